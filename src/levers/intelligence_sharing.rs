//! States that pass on what sensors see (model.md, section 5): s of equation 4.

use super::{AreaKind, Lever};
use crate::agents::controls::Controls;
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct IntelligenceSharing {
    /// Chance per day and network, at full intensity, that what is shared leaks and tells it where a patrol is.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.05))]
    pub leak_per_day: f64,
}

impl Default for IntelligenceSharing {
    fn default() -> Self {
        IntelligenceSharing { leak_per_day: 0.01 }
    }
}

impl Lever for IntelligenceSharing {
    const KIND: &'static str = "intelligence_sharing";
    const ABOUT: &'static str =
        "Passes what sensors see on to the patrol teams of the states named; smugglers hear some of it too.";
    const UNIT: &'static str = "share of detections passed on";
    const COST: (f64, &'static str) = (8_000_000.0, "per agreement at full intensity, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Country];
    const MOST: f64 = 1.0;
    const NAMED: bool = true;

    fn apply(&self, strength: f64, at: &Area, _: &World, controls: &mut Controls) {
        for &c in &at.countries {
            let share = &mut controls.sharing[c as usize];
            *share = share.max(strength);
        }
        controls.leak += self.leak_per_day * strength;
    }

    fn units(&self, strength: f64, _: &Area, _: &World) -> f64 {
        strength
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world};
    use super::*;

    /// Two agreements: each state is told by the better one, leaks add up.
    #[test]
    fn the_better_agreement_counts_and_leaks_add_up() {
        let w = world();
        let mut c = Controls::none(&w.region);
        let lever = IntelligenceSharing { leak_per_day: 0.1 };
        lever.apply(0.5, &area(&w, &["LBY", "NER"]), &w, &mut c);
        lever.apply(0.25, &area(&w, &["NER", "MLI"]), &w, &mut c);
        let share = |iso3| c.sharing[w.region.country(iso3).unwrap() as usize];
        assert_eq!((share("LBY"), share("NER"), share("MLI")), (0.5, 0.5, 0.25));
        assert!((c.leak - 0.075).abs() < 1e-12);
    }
}
