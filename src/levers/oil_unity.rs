//! One corporation for all oil fields (model.md, section 5): it enters equation 12. Those who lose their say at a site may shut it.

use super::{AreaKind, Lever, Prospect};
use crate::agents::controls::Controls;
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever has no keys of its own.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OilUnity {}

impl Lever for OilUnity {
    const KIND: &'static str = "oil_unity";
    const ABOUT: &'static str = "Brings oil fields under one corporation for the whole country, whoever rules where; those who lose their say may shut a site.";
    const UNIT: &'static str = "share of fields";
    const COST: (f64, &'static str) = (10_000_000.0, "per scheme at full intensity, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[];
    const MOST: f64 = 1.0;

    fn apply(&self, strength: f64, _: &Area, _: &World, controls: &mut Controls) {
        controls.oil_unity = controls.oil_unity.max(strength);
        controls.show_help(strength);
    }

    fn units(&self, strength: f64, _: &Area, _: &World) -> f64 {
        strength
    }

    fn idle(&self, _: f64, _: &Area, given: &Prospect) -> Option<String> {
        given.no_politics()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::world;
    use super::*;

    /// The better scheme holds; people see both, never more than all there is to see.
    #[test]
    fn the_better_scheme_holds_and_is_seen() {
        let w = world();
        let mut c = Controls::none(&w.region);
        c.by = 2;
        OilUnity {}.apply(0.5, &Area::default(), &w, &mut c);
        OilUnity {}.apply(0.25, &Area::default(), &w, &mut c);
        OilUnity {}.apply(0.5, &Area::default(), &w, &mut c);
        assert_eq!((c.oil_unity, c.help[2], c.help[0]), (0.5, 1.0, 0.0));
    }
}
