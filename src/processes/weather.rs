//! Wave heights (equation 16).
use crate::agents::world::World;
use crate::engine::step::Process;
use crate::units::Tick;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Yearly mean of the daily significant wave height.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "m", "x-source" = "model.md eq. 16", "x-low" = 0.7, "x-high" = 1.1))]
    pub mean_wave_m: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params { mean_wave_m: 0.9 }
    }
}

/// Wave heights.
pub struct Weather;

impl Process<World> for Weather {
    const NAME: &'static str = "weather";
    const ABOUT: &'static str = "Draws the day's wave height in every sea zone.";
    type Params = Params;
    fn run(_: &Params, _: &mut World, _: Tick) {}
}
