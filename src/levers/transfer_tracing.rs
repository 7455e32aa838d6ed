//! Tracing of arms transfers to their end use (model.md, section 5): it enters the diversion and the patrons of equation 13.

use super::{AreaKind, Lever};
use crate::agents::controls::{Controls, PART_OF_HELP};
use crate::agents::world::World;
use crate::region::{Area, CountryId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever has no keys of its own.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct TransferTracing {}

impl Lever for TransferTracing {
    const KIND: &'static str = "transfer_tracing";
    const ABOUT: &'static str = "Traces arms transfers and the stocks of armies to their end use, by treaty and checks of third parties: less is \
         diverted in the countries that take part, and patrons there send less.";
    const UNIT: &'static str = "share of transfers and stocks traced";
    const COST: (f64, &'static str) = (4_000_000.0, "per scheme at full intensity, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Country];
    const MOST: f64 = 1.0;

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        for c in (0..world.region.countries.len() as CountryId).filter(|&c| at.covers(c)) {
            let traced = &mut controls.tracing[usize::from(c)];
            *traced = traced.max(strength);
        }
        controls.show_help(strength * PART_OF_HELP);
    }

    fn units(&self, strength: f64, _: &Area, _: &World) -> f64 {
        strength
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world};
    use super::*;

    #[test]
    fn the_better_scheme_counts_where_a_country_takes_part() {
        let w = world();
        let mut c = Controls::none(&w.region);
        TransferTracing {}.apply(0.5, &area(&w, &["NER"]), &w, &mut c);
        TransferTracing {}.apply(0.25, &area(&w, &["NER", "MLI"]), &w, &mut c);
        let traced = |c: &Controls, iso3| c.tracing[usize::from(w.region.country(iso3).unwrap())];
        assert_eq!((traced(&c, "LBY"), traced(&c, "NER"), traced(&c, "MLI")), (0.0, 0.5, 0.25));
        TransferTracing {}.apply(0.3, &Area::default(), &w, &mut c);
        assert_eq!((traced(&c, "LBY"), traced(&c, "NER"), traced(&c, "MLI")), (0.3, 0.5, 0.3));
        assert!((c.help[0] - 1.05 / 3.0).abs() < 1e-12, "people see it");
        assert_eq!(TransferTracing {}.units(0.3, &Area::default(), &w), 0.3);
    }
}
