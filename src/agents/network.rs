//! Smuggling networks: crews that share a home, a purse and what they know.

use super::world::World;
use crate::engine::rng::Key;
use crate::table;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

table! {
    /// Networks, in the order of the scenario: a crew's `network` is a row number.
    Networks("networks"),
    /// A network.
    Network {
        key: u64,
        /// Common purse, US cents: dues of the crews, spent on vehicles for new ones.
        funds: i64,
        /// Takings less costs of a crew on an average day of the last weeks, USD.
        income: f64,
        /// Hub that is its home; `NOWHERE` when the region does not have it.
        home: u16,
    }
}

/// A network as given in the scenario or in `data/model/networks.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkSpec {
    pub name: String,
    /// Hub that is its home.
    #[schemars(extend("x-names" = "place"))]
    pub home: String,
    /// Its share of all crews, relative to the other networks.
    #[schemars(range(min = 0, max = 1_000_000))]
    pub weight: f64,
    /// Hubs farther than this from home are not its business.
    #[schemars(range(min = 0, max = 20_000), extend("x-unit" = "km"))]
    pub range_km: f64,
    /// Networks that it trades news with (a tie holds both ways).
    #[serde(default)]
    pub ties: Vec<String>,
}

/// What of a network never changes; from the scenario, so not saved.
#[derive(Clone, Debug, Default)]
pub struct Ground {
    /// Hubs farther than this from home are not its business, km.
    pub range_km: f64,
    /// Rows of the networks it trades news with, ascending.
    pub ties: Vec<u16>,
}

/// Founds the networks; homes must be hubs.
pub fn populate(w: &mut World, networks: &[NetworkSpec], funds_cents: i64) {
    use super::accounts::Money;
    let row = |name: &String| networks.iter().position(|n| n.name == *name);
    for (i, n) in networks.iter().enumerate() {
        let home = w.region.place(&n.home).and_then(|p| w.routes.hub_of(p)).unwrap_or(super::crew::NOWHERE);
        w.networks.push(Network { key: Key::named("network", &n.name, 0).0, funds: funds_cents, income: 0.0, home });
        w.ledgers.pay(Money::Economy, Money::Networks, funds_cents.max(0) as u64);
        let named = |m: &NetworkSpec| m.ties.iter().filter_map(row).any(|t| t == i);
        let mut ties: Vec<u16> = n.ties.iter().filter_map(row).map(|t| t as u16).collect();
        ties.extend(networks.iter().enumerate().filter(|(_, m)| named(m)).map(|(j, _)| j as u16));
        ties.sort_unstable();
        ties.dedup();
        ties.retain(|&t| usize::from(t) != i);
        w.grounds.push(Ground { range_km: n.range_km, ties });
    }
}
