//! Laws against carrying migrants, such as Niger's Law 2015-36 (model.md, section 5).

use super::{AreaKind, Lever};
use crate::agents::controls::Controls;
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys. What it does to prices, deaths and ways follows from what crews make of it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TransitCriminalisation {
    /// What prison and fines cost a crew that is caught with people, besides its vehicle.
    #[schemars(range(min = 0, max = 10_000_000), extend("x-unit" = "USD", "x-source" = "assumption; Law 2015-36: prison of 1 to 30 years, fines up to 30 m CFA (Le Monde diplomatique 2019)", "x-low" = 0, "x-high" = 60_000))]
    pub penalty_usd: f64,
}

impl Default for TransitCriminalisation {
    fn default() -> Self {
        TransitCriminalisation { penalty_usd: 30_000.0 }
    }
}

impl Lever for TransitCriminalisation {
    const KIND: &'static str = "transit_criminalisation";
    const ABOUT: &'static str = "Makes the transport of migrants an offence in the countries named: patrols there stop crews with people that \
         they used to let pass.";
    const UNIT: &'static str = "arrest probability";
    const COST: (f64, &'static str) =
        (180_000_000.0, "per country at full intensity: 140-230 million of aid to Niger (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Country];
    const MOST: f64 = 1.0;
    const NAMED: bool = true;

    fn apply(&self, strength: f64, at: &Area, _: &World, controls: &mut Controls) {
        for &c in &at.countries {
            let arrest = &mut controls.arrest[c as usize];
            *arrest = arrest.max(strength);
            let penalty = &mut controls.penalty[c as usize];
            *penalty = penalty.max(self.penalty_usd);
        }
    }

    fn units(&self, strength: f64, at: &Area, _: &World) -> f64 {
        strength * at.countries.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world};
    use super::*;

    #[test]
    fn the_stricter_law_holds_in_its_countries_only() {
        let w = world();
        let mut c = Controls::none(&w.region);
        let lever = TransitCriminalisation { penalty_usd: 5000.0 };
        lever.apply(0.5, &area(&w, &["NER"]), &w, &mut c);
        lever.apply(0.25, &area(&w, &["NER", "MLI"]), &w, &mut c);
        let arrest = |iso3| c.arrest[w.region.country(iso3).unwrap() as usize];
        assert_eq!((arrest("LBY"), arrest("NER"), arrest("MLI")), (0.0, 0.5, 0.25));
        let penalty = |iso3| c.penalty[w.region.country(iso3).unwrap() as usize];
        assert_eq!((penalty("LBY"), penalty("NER"), penalty("MLI")), (0.0, 5000.0, 5000.0));
        assert_eq!(lever.units(0.5, &area(&w, &["NER", "MLI"]), &w), 1.0);
    }
}
