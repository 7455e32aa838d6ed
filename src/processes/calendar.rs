//! Dated events.
use crate::units::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A dated event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// Fighters go home with arms (equation 5).
    ArmedReturn {
        /// Day.
        date: Date,
        /// Place they leave.
        #[schemars(extend("x-names" = "place"))]
        from: String,
        /// Place they go to.
        #[schemars(extend("x-names" = "place"))]
        to: String,
        /// How many.
        #[schemars(range(min = 1, max = 100_000))]
        fighters: u32,
    },
    /// Departures from some countries are multiplied for a time.
    DepartureShift {
        date: Date,
        /// First day on which it no longer holds.
        until: Date,
        /// ISO 3166 alpha-3 codes; all origins when left out.
        #[serde(default)]
        #[schemars(extend("x-names" = "country"))]
        countries: Vec<String>,
        #[schemars(range(min = 0, max = 100))]
        factor: f64,
    },
}
