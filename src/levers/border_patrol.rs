//! Placeholder while the lever is written.
use super::{AreaKind, Lever};
use crate::agents::controls::Controls;
use crate::region::{Area, Region};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BorderPatrol {
    /// How far from the coast.
    #[schemars(range(min = 0, max = 300), extend("x-unit" = "nautical miles"))]
    pub standoff_nm: f64,
}

impl Default for BorderPatrol {
    fn default() -> Self {
        BorderPatrol { standoff_nm: 12.0 }
    }
}

impl Lever for BorderPatrol {
    const KIND: &'static str = "border_patrol";
    const ABOUT: &'static str = "A lever.";
    const UNIT: &'static str = "units";
    const COST: (f64, &'static str) = (15_000.0, "assumption");
    const PLACES: &'static [AreaKind] = &[AreaKind::Border];
    fn apply(&self, _: f64, _: &Area, _: &Region, _: &mut Controls) {}
    fn units(&self, s: f64, _: &Area, _: &Region, _: &Controls) -> f64 {
        s
    }
}
