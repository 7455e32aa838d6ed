//! Armed groups: fighters and the arms they hold.

use super::arms::Bag;
use crate::table;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Blocs a group may belong to (model.md, section 2).
pub const BLOCS: &[&str] = &[
    "local", "gna", "hor_lna", "libya_dawn", "tuareg", "toubou", "mnla", "ansar_dine", "aqim", "mujao", "islamic_state",
    "boko_haram", "state", "rebels",
];
/// Ethnic ties across borders: none, Tuareg, Toubou.
pub const TIES: &[&str] = &["none", "tuareg", "toubou"];

table! {
    /// Armed groups.
    Groups("groups"),
    /// A group.
    Group {
        key: u64,
        node: u32,
        country: u16,
        /// Index into [`BLOCS`].
        bloc: u8,
        /// Index into [`TIES`].
        tie: u8,
        fighters: u32,
        arms: Bag,
    }
}

/// Armed groups at the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Initial {
    /// Groups in Libya, drawn over its towns by population.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "groups", "x-source" = "PISM 2016: some 2,000"))]
    pub libya_count: u32,
    /// Fighters in them in all (lognormal sizes).
    #[schemars(range(min = 0, max = 10_000_000), extend("x-unit" = "fighters", "x-source" = "ICG 2011 (recalled) 125,000; BBC 2012 over 200,000 armed", "x-low" = 125_000, "x-high" = 200_000))]
    pub libya_fighters: u32,
    /// Standard deviation of the logarithm of group size.
    #[schemars(range(min = 0, max = 3), extend("x-unit" = "1", "x-source" = "assumption", "x-low" = 0.7, "x-high" = 1.5))]
    pub size_log_sd: f64,
    /// Use the groups outside Libya of `data/model/groups.csv`.
    pub regional: bool,
    /// Rifles per fighter of a group outside Libya on the first day.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "pieces per fighter", "x-source" = "assumption", "x-low" = 0.4, "x-high" = 1))]
    pub rifles_per_fighter: f64,
    /// Groups besides those.
    pub list: Vec<GroupSpec>,
}

/// A group given in the scenario or in `data/model/groups.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupSpec {
    pub name: String,
    /// Where it is at home.
    #[schemars(extend("x-names" = "place"))]
    pub place: String,
    #[schemars(range(min = 0, max = 1_000_000), extend("x-unit" = "fighters"))]
    pub fighters: u32,
    /// One of the blocs of the model.
    #[serde(default = "local")]
    #[schemars(extend("enum" = BLOCS))]
    pub bloc: String,
    /// Tie across borders.
    #[serde(default = "none")]
    #[schemars(extend("enum" = TIES))]
    pub tie: String,
}

fn local() -> String {
    "local".into()
}
fn none() -> String {
    "none".into()
}

impl Default for Initial {
    fn default() -> Self {
        Initial {
            libya_count: 2000,
            libya_fighters: 160_000,
            size_log_sd: 1.0,
            regional: true,
            rifles_per_fighter: 0.7,
            list: vec![],
        }
    }
}
