//! Offices that decide cases of people who crossed the sea (model.md, section 5): they enter what follows a landing.

use super::{AreaKind, Lever, Prospect};
use crate::agents::controls::Controls;
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Processing {
    /// True: aboard the ships that rescue people, on the day they are landed; false: in Europe, in the order of landing.
    pub at_sea: bool,
    /// Share of all who are accepted, there or elsewhere, that other states take over.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.5))]
    pub relocated: f64,
}

impl Lever for Processing {
    const KIND: &'static str = "processing";
    const ABOUT: &'static str = "Adds offices that decide the cases of people who crossed the sea, in Europe or aboard the ships that saved them.";
    const UNIT: &'static str = "cases a day";
    const COST: (f64, &'static str) = (1_095_000.0, "per case a day: 3,000 a case, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[];

    fn apply(&self, strength: f64, _: &Area, _: &World, controls: &mut Controls) {
        controls.relocation = controls.relocation.max(self.relocated);
        if self.at_sea {
            controls.processing_at_sea += strength;
        } else {
            controls.processing += strength;
        }
    }

    fn units(&self, strength: f64, _: &Area, _: &World) -> f64 {
        strength
    }

    fn idle(&self, strength: f64, _: &Area, _: &Prospect) -> Option<String> {
        let idle = strength == 0.0 && self.relocated > 0.0;
        idle.then(|| "at intensity 0 nobody is relocated: `relocated` only acts with an intensity above 0".into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::world;
    use super::*;

    #[test]
    fn offices_add_up_ashore_and_at_sea() {
        let w = world();
        let mut c = Controls::none(&w.region);
        for (at_sea, cases, relocated) in [(false, 100.0, 0.25), (false, 50.0, 0.125), (true, 30.0, 0.0)] {
            Processing { at_sea, relocated }.apply(cases, &Area::default(), &w, &mut c);
        }
        assert_eq!((c.processing, c.processing_at_sea, c.relocation), (150.0, 30.0, 0.25));
    }
}
