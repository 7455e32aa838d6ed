//! Laws against carrying migrants, such as Niger's Law 2015-36 (model.md, section 5).

use super::{AreaKind, Lever};
use crate::agents::controls::Controls;
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever has no keys of its own. What it does to prices, deaths and ways follows from what crews make of it.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TransitCriminalisation {}

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
        let lever = TransitCriminalisation {};
        lever.apply(0.5, &area(&w, &["NER"]), &w, &mut c);
        lever.apply(0.25, &area(&w, &["NER", "MLI"]), &w, &mut c);
        let arrest = |iso3| c.arrest[w.region.country(iso3).unwrap() as usize];
        assert_eq!((arrest("LBY"), arrest("NER"), arrest("MLI")), (0.0, 0.5, 0.25));
        assert_eq!(lever.units(0.5, &area(&w, &["NER", "MLI"]), &w), 1.0);
    }
}
