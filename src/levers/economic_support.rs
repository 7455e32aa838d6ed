//! Foreign money for services and livelihoods (model.md, section 5): it enters equations 7, 11 and 12. Part of it ends with
//! armed groups where no government keeps it from them.

use super::{AreaKind, Lever, Prospect};
use crate::agents::controls::Controls;
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EconomicSupport {
    /// Share of the money that goes to the livelihoods of those who might take up arms; the rest pays for the state's services.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: a choice of policy"))]
    pub livelihoods: f64,
}

impl Default for EconomicSupport {
    fn default() -> Self {
        EconomicSupport { livelihoods: 0.3 }
    }
}

/// Money a year that everybody sees (assumption).
const SEEN_USD: f64 = 1e9;

impl Lever for EconomicSupport {
    const KIND: &'static str = "economic_support";
    const ABOUT: &'static str = "Pays for services of the state and for livelihoods; part of it ends with armed groups where no government keeps it from them.";
    const UNIT: &'static str = "USD a year";
    const COST: (f64, &'static str) = (1.0, "what is given (model.md: 1:1)");
    const PLACES: &'static [AreaKind] = &[];

    fn apply(&self, strength: f64, _: &Area, _: &World, controls: &mut Controls) {
        controls.support_usd[0] += strength * (1.0 - self.livelihoods);
        controls.support_usd[1] += strength * self.livelihoods;
        controls.show_help(strength / SEEN_USD);
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
    fn money_adds_up() {
        let w = world();
        let mut c = Controls::none(&w.region);
        EconomicSupport { livelihoods: 0.25 }.apply(4e8, &Area::default(), &w, &mut c);
        EconomicSupport { livelihoods: 1.0 }.apply(1e8, &Area::default(), &w, &mut c);
        assert_eq!(c.support_usd, [3e8, 2e8]);
        assert!((c.help[0] - 0.5).abs() < 1e-12);
    }
}
