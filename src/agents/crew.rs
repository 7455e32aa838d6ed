//! Smuggling crews: vehicles that carry people, arms, fuel and drugs from hub to hub, in networks with a home.

use super::accounts::Money;
use super::arms::{Bag, EMPTY};
use super::migrant::{END, NO_LEG};
use super::network::{self, NetworkSpec};
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
pub const NOTHING: u8 = u8::MAX;

/// What a crew may carry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Cargo {
    /// Migrants who have paid for a seat.
    People = 0,
    /// Weapons bought in a market of Libya.
    Arms = 1,
    /// Subsidised fuel out of Libya; counted as loads and money only.
    Fuel = 2,
    /// Drugs on their way through; counted as loads and money only.
    Drugs = 3,
}

/// Number of kinds of cargo.
pub const CARGOES: usize = 4;

/// Names of the cargoes in files.
pub const CARGO_NAMES: [&str; CARGOES] = ["people", "arms", "fuel", "drugs"];

impl Cargo {
    /// All of them, by number.
    pub const ALL: [Cargo; CARGOES] = [Cargo::People, Cargo::Arms, Cargo::Fuel, Cargo::Drugs];
}

impl Crew {
    /// What it carries; `None` on an empty run.
    pub fn carries(&self) -> Option<Cargo> {
        Cargo::ALL.get(usize::from(self.cargo)).copied()
    }
}

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
        /// Hub where its cargo goes, or where it drives empty.
        goal: u16,
        /// Hub where its arms were loaded, or [`NOWHERE`].
        source: u16,
        /// Next waypoint of the leg.
        waypoint: u8,
        /// [`IDLE`], [`DRIVING`] or [`STOPPED`].
        state: u8,
        /// A [`Cargo`] or [`NOTHING`].
        cargo: u8,
        /// Number of the documented way of the leg, or [`super::outlook::WAY_ROUND`].
        way: u8,
        /// Persons who died on the way are drawn at arrival from this sum of hazards.
        hazard: f32,
        /// Hours already driven on the edge it is on; the next morning they count for the edge it then takes.
        edge_hours: f32,
        /// Driven on this leg, km, and how much of it off the roads.
        km: f32,
        rough_km: f32,
        node: u32,
        /// Ticket of its trip along the leg: what its luck on the way hangs on ([`super::ticket`]).
        trip: u64,
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
    /// Money in the common purse of a network at the start.
    #[schemars(range(min = 0, max = 10_000_000_000_f64), extend("x-unit" = "USD", "x-source" = "assumption"))]
    pub funds_usd: f64,
    /// Networks given here replace those of `data/model/networks.csv`.
    pub networks: Vec<NetworkSpec>,
}

impl Default for Initial {
    fn default() -> Self {
        Initial { count: 2000, money_usd: 20_000.0, funds_usd: 100_000.0, networks: vec![] }
    }
}

/// Founds the networks, with their crews at home.
pub fn populate(w: &mut World, init: &Initial, networks: &[NetworkSpec]) {
    let networks = if init.networks.is_empty() { networks } else { &init.networks };
    network::populate(w, networks, Usd::dollars(init.funds_usd).0);
    let has_home = |i: usize| w.networks.home()[i] != NOWHERE;
    let weights: Vec<f64> =
        networks.iter().enumerate().map(|(i, n)| if has_home(i) { n.weight } else { 0.0 }).collect();
    let money = Usd::dollars(init.money_usd).0;
    for (i, n) in apportion(u64::from(init.count), &weights).into_iter().enumerate() {
        for k in 0..n {
            found(w, i as u16, Key::named("crew", &networks[i].name, k), money);
            w.ledgers.pay(Money::Economy, Money::Crews, money.max(0) as u64);
        }
    }
}

/// Adds a crew at the home of its network; who pays for it is the caller's business.
pub fn found(w: &mut World, network: u16, key: Key, money: i64) {
    let home = w.networks.home()[usize::from(network)];
    let node = w.routes.hubs[home as usize].node;
    w.crews.push(Crew {
        key: key.0,
        money,
        network,
        home,
        hub: home,
        leg: NO_LEG,
        goal: NOWHERE,
        source: NOWHERE,
        waypoint: 0,
        state: IDLE,
        cargo: NOTHING,
        way: 0,
        hazard: 0.0,
        edge_hours: 0.0,
        km: 0.0,
        rough_km: 0.0,
        node,
        trip: 0,
        riders: 0,
        due: 0,
        arms: EMPTY,
        first: END,
    });
}
