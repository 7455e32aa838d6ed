//! What weapons cost in black markets (equation 6).

use crate::agents::arms::CLASSES;
use crate::agents::world::World;
use crate::engine::step::Process;
use crate::units::Tick;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Usual price of a weapon (a tonne of munitions) in Libya by class; 0: not traded.
    #[schemars(inner(range(min = 0, max = 10_000_000)), extend("x-unit" = "USD", "x-source" = "rifle 2,000-4,000 in February 2011 (press, recalled; weapons_prices), 1,300 in 2014-15 (BBC 2016); others assumptions"))]
    pub libya_usd: [f64; CLASSES],
    /// Usual price outside Libya.
    #[schemars(inner(range(min = 0, max = 10_000_000)), extend("x-unit" = "USD", "x-source" = "rifle 300-1,500 in Mali and Niger, 2012 (UNODC, recalled; weapons_prices); others assumptions"))]
    pub usual_usd: [f64; CLASSES],
    /// Growth of the logarithm of a price in a day, per logarithm of demand over supply; 0: prices never change.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption (model.md eq. 6)", "x-low" = 0.01, "x-high" = 0.1))]
    pub speed: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            libya_usd: [1300.0, 2500.0, 8000.0, 3000.0, 10_000.0, 0.0],
            usual_usd: [800.0, 2500.0, 8000.0, 3000.0, 10_000.0, 0.0],
            speed: 0.03,
        }
    }
}

/// Black markets.
pub struct BlackMarkets;

impl Process<World> for BlackMarkets {
    const NAME: &'static str = "markets";
    const ABOUT: &'static str =
        "Prices of weapons rise where they are wanted and fall where they are on sale (equation 6).";
    type Params = Params;

    fn run(_: &Params, _: &mut World, _: Tick) {}
}
