//! Placeholder while the agents are written.
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Initial state.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Initial {
    /// How many.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "count", "x-source" = "assumption"))]
    pub count: u32,
}

impl Default for Initial {
    fn default() -> Self {
        Initial { count: 10 }
    }
}
