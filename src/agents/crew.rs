//! Smuggling crews: vehicles that carry people and arms from hub to hub, in networks with a home.

use super::accounts::Money;
use super::arms::{Bag, EMPTY};
use super::migrant::{END, NO_LEG};
use super::world::World;
use crate::engine::dist::apportion;
use crate::engine::rng::Key;
use crate::table;
use crate::units::Usd;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Waiting at a hub for something worth carrying.
pub const IDLE: u8 = 0;
/// On the road.
pub const DRIVING: u8 = 1;
/// Stopped by a patrol: back in business on `due`, at home.
pub const STOPPED: u8 = 2;

/// Nothing aboard.
pub const EMPTY_RUN: u8 = 0;
/// People aboard.
pub const PEOPLE: u8 = 1;
/// Arms aboard.
pub const ARMS: u8 = 2;

/// No destination.
pub const NOWHERE: u16 = u16::MAX;

table! {
    /// Crews.
    Crews("crews"),
    /// A crew of one vehicle (or a small convoy that travels as one).
    Crew {
        key: u64,
        /// US cents; below zero it is in debt.
        money: i64,
        network: u16,
        /// Home hub.
        home: u16,
        /// Hub where it is or from which it set out.
        hub: u16,
        /// Directed leg it drives, or `NO_LEG`.
        leg: u16,
        /// Hub where its cargo goes (its home on an empty run).
        goal: u16,
        /// Next waypoint of the leg.
        waypoint: u8,
        /// [`IDLE`], [`DRIVING`] or [`STOPPED`].
        state: u8,
        /// [`EMPTY_RUN`], [`PEOPLE`] or [`ARMS`].
        cargo: u8,
        /// Persons who died on the way are drawn at arrival from this sum of hazards.
        hazard: f32,
        /// Hours of driving still owed for the edge it is on.
        owed: f32,
        node: u32,
        /// People aboard and head of their list.
        riders: u32,
        due: u32,
        arms: Bag,
    } links {
        /// Head of the list of people aboard.
        first: u32,
    }
}

/// Crews at the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Initial {
    /// Crews in all, shared over the networks by their size in `data/model/networks.csv`.
    #[schemars(range(min = 0, max = 1_000_000), extend("x-unit" = "crews", "x-source" = "model.md section 2: about 2,000 in 24 networks"))]
    pub count: u32,
    /// Money of a crew at the start.
    #[schemars(range(min = 0, max = 10_000_000), extend("x-unit" = "USD", "x-source" = "assumption"))]
    pub money_usd: f64,
    /// Networks given here replace those of `data/model/networks.csv`.
    pub networks: Vec<NetworkSpec>,
}

/// A network given in the scenario.
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
}

impl Default for Initial {
    fn default() -> Self {
        Initial { count: 2000, money_usd: 20_000.0, networks: vec![] }
    }
}

/// Makes the crews of every network at its home.
pub fn populate(w: &mut World, init: &Initial, networks: &[NetworkSpec]) {
    let networks = if init.networks.is_empty() { networks } else { &init.networks };
    let homes: Vec<Option<u16>> =
        networks.iter().map(|n| w.region.place(&n.home).and_then(|p| w.routes.hub_of(p))).collect();
    let weights: Vec<f64> =
        networks.iter().zip(&homes).map(|(n, h)| if h.is_some() { n.weight } else { 0.0 }).collect();
    let money = Usd::dollars(init.money_usd).0;
    for (i, n) in apportion(u64::from(init.count), &weights).into_iter().enumerate() {
        w.network_range.push(networks[i].range_km);
        let Some(home) = homes[i] else { continue };
        let node = w.routes.hubs[home as usize].node;
        for k in 0..n {
            w.crews.push(Crew {
                key: Key::named("crew", &networks[i].name, k).0,
                money,
                network: i as u16,
                home,
                hub: home,
                leg: NO_LEG,
                goal: NOWHERE,
                waypoint: 0,
                state: IDLE,
                cargo: EMPTY_RUN,
                hazard: 0.0,
                owed: 0.0,
                node,
                riders: 0,
                due: 0,
                arms: EMPTY,
                first: END,
            });
            w.ledgers.pay(Money::Economy, Money::Crews, money.max(0) as u64);
        }
    }
}
