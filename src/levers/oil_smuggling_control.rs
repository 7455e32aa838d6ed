//! Control of smuggled fuel and crude (model.md, section 5): it enters equation 12. At sea the same is the mandate `oil` of
//! `naval_patrol`.

use super::{AreaKind, Lever, Prospect};
use crate::agents::controls::Controls;
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever has no keys of its own.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct OilSmugglingControl {}

impl Lever for OilSmugglingControl {
    const KIND: &'static str = "oil_smuggling_control";
    const ABOUT: &'static str =
        "Stops part of the smuggling of fuel and crude on land and in ports, on which armed groups live.";
    const UNIT: &'static str = "share of what is smuggled";
    const COST: (f64, &'static str) = (10_000_000.0, "per scheme at full intensity, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[];
    const MOST: f64 = 1.0;
    const CONSENT: f64 = 0.15;

    fn apply(&self, strength: f64, _: &Area, _: &World, controls: &mut Controls) {
        controls.oil_control = controls.oil_control.max(strength);
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

    #[test]
    fn the_better_scheme_holds() {
        let w = world();
        let mut c = Controls::none(&w.region);
        OilSmugglingControl {}.apply(0.25, &Area::default(), &w, &mut c);
        OilSmugglingControl {}.apply(0.5, &Area::default(), &w, &mut c);
        assert_eq!((c.oil_control, c.help[0]), (0.5, 0.75));
    }
}
