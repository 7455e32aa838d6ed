//! Effects that the literature contests: switches of their own, so that nobody takes them for granted.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Contested effects.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Hypotheses {
    /// Do arms in the hands of groups make a revolt more likely? Weight of the logarithm of arms per 1,000 people (bW);
    /// 0: they do not.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 10)", "x-low" = 0, "x-high" = 1.2))]
    pub arms_to_revolt: f64,
    /// Do arms and returned fighters together do more than each alone (bWR)? 0: they do not.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 10)", "x-low" = 0, "x-high" = 1))]
    pub arms_with_returnees: f64,
    /// Do rescues draw more people to the sea? Weight of the believed share of attempts that rescuers end (bR of equation 14);
    /// 0: they do not.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1", "x-source" = "0 by default: no effect found (Rodriguez Sanchez et al. 2023); assumption (model.md eq. 14)", "x-low" = 0, "x-high" = 1))]
    pub rescue_pull: f64,
}

impl Default for Hypotheses {
    fn default() -> Self {
        Hypotheses { arms_to_revolt: 0.5, arms_with_returnees: 0.5, rescue_pull: 0.0 }
    }
}
