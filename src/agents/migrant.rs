//! People on the move, one row each (or one row for several, see `run.persons_per_agent`), and the countries they leave.

use super::accounts::{Money, People};
use super::routes::{HubId, NO_WAY};
use super::world::World;
use crate::engine::dist::apportion;
use crate::engine::rng::{Key, Purpose};
use crate::engine::wake::threshold;
use crate::table;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Nobody follows in a list of riders.
pub const END: u32 = u32::MAX;
/// No leg.
pub const NO_LEG: u16 = u16::MAX;
/// Was in Libya before the first day.
pub const NO_ORIGIN: u8 = u8::MAX;

/// Status of a migrant; what the other columns mean hangs on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Status {
    /// On a bus or on foot along `leg`; due to arrive on `due`.
    Riding = 1,
    /// With a crew along `leg`; in the crew's list.
    Carried = 2,
    /// In the line for a seat on `leg`.
    Queuing = 3,
    /// Working at `hub` for the next fare until `due`.
    Earning = 4,
    /// Living and working at `hub` in Libya; leaves that state when the class's clock reaches `threshold`.
    Resident = 5,
    /// In the line for a boat at `hub`'s coast.
    Beach = 6,
    /// Working on the coast for the boat's fare until `due`.
    BeachEarning = 7,
    /// At sea; in the boat's list.
    AtSea = 8,
    /// Aboard a rescuer; in the vessel's list.
    Aboard = 9,
    /// Living and working at `hub` outside Libya; as a resident.
    Settled = 10,
    /// Held at `hub` until the ransom comes, when the class's clock reaches `threshold`.
    Held = 11,
    /// In detention in the country of `hub`, until the class's clock reaches `threshold`.
    Detained = 12,
    /// Landed in Europe; the case is decided on `due`.
    InProcessing = 13,
}

/// Number of values of [`Status`], with one for none.
pub const STATUSES: usize = 14;

impl Status {
    /// The hazard clock of those in this state, if they wait for one.
    pub fn clock(status: u8) -> Option<usize> {
        let clocks = [
            (Status::Resident, RESIDENTS),
            (Status::Settled, SETTLED),
            (Status::Held, HELD),
            (Status::Detained, DETAINED),
        ];
        clocks.iter().find(|c| c.0 as u8 == status).map(|c| c.1)
    }
}

/// Row of the clock of residents of Libya in [`World::clocks`].
pub const RESIDENTS: usize = 0;
/// Of those who live and work elsewhere.
pub const SETTLED: usize = 1;
/// Of those held for ransom.
pub const HELD: usize = 2;
/// Of those in detention.
pub const DETAINED: usize = 3;
/// Names of the clocks.
pub const CLOCKS: [&str; 4] = ["residents", "settled", "held", "detained"];

table! {
    /// Migrants.
    Migrants("migrants"),
    /// A migrant: 44 bytes.
    Migrant {
        key: u64,
        /// Clock value at which a resident's wait ends.
        threshold: u64,
        /// Money, US cents.
        money: u32,
        /// Owed to whoever carried it on credit, US cents.
        debt: u32,
        /// Day of joining a line or becoming a resident.
        since: u32,
        /// Day on which something is due.
        due: u32,
        /// Hub where it is, or from which it set out.
        hub: u16,
        /// Hub it makes for; for those bound for the sea any coast will do.
        goal: u16,
        /// Directed leg it waits for or travels on.
        leg: u16,
        /// Row of its origin.
        origin: u8,
        /// [`Status`], and in the top bit the wish to cross the sea.
        state: u8,
    } links {
        /// Next in the list of the crew, boat or vessel that carries it.
        next: u32,
    }
}

/// Bit of [`Migrant::state`] that says "wants to cross the sea".
pub const SEA: u8 = 0x80;

impl Migrant {
    /// True when bound for the sea.
    pub fn seabound(&self) -> bool {
        self.state & SEA != 0
    }
    /// Status number.
    pub fn status(&self) -> u8 {
        self.state & !SEA
    }
    /// Sets the status and keeps the wish.
    pub fn enter(&mut self, s: Status) {
        self.state = (self.state & SEA) | s as u8;
    }
}

table! {
    /// Countries people leave.
    Origins("origins"),
    /// A country of origin (or one of several doors of it).
    Origin {
        key: u64,
        /// Persons at home who might leave.
        pool: u64,
        /// Departures a day per person of the initial pool, at reference cost.
        rate: f64,
        /// Perceived cost of the way to the sea at the start, cents; the C0 of equation 14.
        base_cost: f64,
        /// Product of the departure shifts in force today.
        shift: f64,
        country: u16,
        /// Hub where the way begins.
        hub: u16,
    }
}

table! {
    /// Hazard clocks.
    Clocks("clocks"),
    /// A clock: cumulative hazard of a class in fixed point.
    Clock {
        key: u64,
        value: u64,
    }
}

/// People at the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Initial {
    /// Migrants living and working in Libya, spread over its hubs by the people around them.
    #[schemars(range(min = 0, max = 10_000_000), extend("x-unit" = "persons", "x-source" = "IOM: 700,000-1,000,000 in 2016 (libya_migrants)", "x-low" = 500_000, "x-high" = 1_000_000))]
    pub residents: u64,
    /// People who wait on the coast for a boat.
    #[schemars(range(min = 0, max = 1_000_000), extend("x-unit" = "persons", "x-source" = "assumption"))]
    pub on_coast: u64,
    /// All departures from home are multiplied by this.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "factor", "x-source" = "assumption"))]
    pub departure_scale: f64,
    /// Countries from whose coasts boats leave (ISO 3166 alpha-3); all coasts when empty.
    #[schemars(extend("x-names" = "country", "x-source" = "Libya only until the other departure coasts are modelled"))]
    pub coasts: Vec<String>,
    /// Origins given here replace those of `data/model/origins.csv`.
    pub origins: Vec<OriginSpec>,
}

/// An origin given in the scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OriginSpec {
    /// Hub where the way begins.
    #[schemars(extend("x-names" = "place"))]
    pub place: String,
    /// Persons at home who might leave.
    #[schemars(range(min = 0, max = 1_000_000_000), extend("x-unit" = "persons"))]
    pub pool: u64,
    /// Departures a year from the full pool at the reference cost.
    #[schemars(range(min = 0, max = 1_000_000_000), extend("x-unit" = "persons/year"))]
    pub per_year: f64,
}

impl Default for Initial {
    fn default() -> Self {
        Initial { residents: 700_000, on_coast: 0, departure_scale: 1.0, coasts: vec!["LBY".into()], origins: vec![] }
    }
}

const SINCE: Purpose = Purpose::new("start.resident.since");
const WAIT: Purpose = Purpose::new("start.resident.wait");
const SAVINGS: Purpose = Purpose::new("start.resident.savings");

/// Fills the home pools and makes the residents of Libya, spread over its hubs by the people around them.
pub fn populate(w: &mut World, init: &Initial, origins: &[OriginSpec]) {
    let origins = if init.origins.is_empty() { origins } else { &init.origins };
    for o in origins {
        let Some(place) = w.region.place(&o.place) else { continue };
        let Some(hub) = w.routes.hub_of(place) else { continue };
        let pool = o.pool - o.pool % u64::from(w.persons_per_agent);
        w.origins.push(Origin {
            key: Key::named("origin", &o.place, 0).0,
            pool,
            rate: if o.pool == 0 { 0.0 } else { o.per_year * init.departure_scale / 365.0 / o.pool as f64 },
            base_cost: sea_cost(w, hub).unwrap_or(0) as f64,
            shift: 1.0,
            country: w.region.places[place as usize].country,
            hub,
        });
        w.ledgers.move_people(People::Outside, People::Home, pool);
    }
    settle_residents(w, init.residents / u64::from(w.persons_per_agent));
    settle_on_coast(w, init.on_coast / u64::from(w.persons_per_agent));
}

/// People in line for a boat on the first day, spread over the departure places; their fare is paid.
fn settle_on_coast(w: &mut World, agents: u64) {
    let beaches: Vec<usize> = (0..w.routes.hubs.len()).filter(|&h| w.ways.coast[h].is_some()).collect();
    let even = vec![1.0; beaches.len()];
    let mut settled = 0;
    for (&hub, n) in beaches.iter().zip(apportion(agents, &even)) {
        for k in 0..n {
            let key = Key::named("on_coast", &w.routes.hubs[hub].name, k).0;
            let row = w.migrants.push(Migrant {
                key,
                threshold: 0,
                money: 0,
                debt: 0,
                since: w.day.0,
                due: 0,
                hub: hub as u16,
                goal: hub as u16,
                leg: NO_LEG,
                origin: NO_ORIGIN,
                state: Status::Beach as u8 | SEA,
                next: END,
            });
            w.enlist(row);
            settled += u64::from(w.persons_per_agent);
        }
    }
    // The launchers hold what these people have paid, at the fare of the default parameters.
    w.ledgers.pay(Money::Economy, Money::Launchers, settled * 100_000);
    w.ledgers.move_people(People::Outside, People::OnCoast, settled);
}

/// Least perceived cost from a hub to any departure coast, US cents.
pub fn sea_cost(w: &World, hub: HubId) -> Option<u64> {
    Some(w.ways.sea[hub as usize]).filter(|&c| c != NO_WAY)
}

fn settle_residents(w: &mut World, agents: u64) {
    let Some(libya) = w.libya else { return };
    let hubs: Vec<usize> = (0..w.routes.hubs.len()).filter(|&h| w.routes.hubs[h].country == libya).collect();
    let weights: Vec<f64> = hubs.iter().map(|&h| w.routes.hubs[h].population as f64).collect();
    let (since, wait, savings) = (w.luck.at_start(SINCE), w.luck.at_start(WAIT), w.luck.at_start(SAVINGS));
    let mut placed = 0;
    for (&hub, n) in hubs.iter().zip(apportion(agents, &weights)) {
        placed += n;
        for k in 0..n {
            let key = Key::named("resident", &w.routes.hubs[hub].name, k).0;
            // They came over the two years before the first day and hold up to a quarter of a sea fare.
            let money = savings.below(key, 25_000) as u32;
            let row = w.migrants.push(Migrant {
                key,
                threshold: threshold(w.clocks.value()[RESIDENTS], wait.unit(key)),
                money,
                debt: 0,
                since: w.day.0.saturating_sub(since.below(key, 730) as u32),
                due: 0,
                hub: hub as u16,
                goal: hub as u16,
                leg: NO_LEG,
                origin: NO_ORIGIN,
                state: Status::Resident as u8,
                next: END,
            });
            w.ledgers.pay(Money::Economy, Money::Migrants, u64::from(money) * u64::from(w.persons_per_agent));
            w.enlist(row);
        }
    }
    w.ledgers.move_people(People::Outside, People::Working, placed * u64::from(w.persons_per_agent));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::table::Table;

    #[test]
    fn a_row_fits_in_48_bytes() {
        assert!(Migrants::default().row_bytes() <= 48, "{}", Migrants::default().row_bytes());
    }

    #[test]
    fn status_and_wish_share_a_byte() {
        let mut m = Migrant {
            key: 1,
            threshold: 0,
            money: 0,
            debt: 0,
            since: 0,
            due: 0,
            next: END,
            hub: 0,
            goal: 0,
            leg: NO_LEG,
            origin: 0,
            state: SEA,
        };
        m.enter(Status::Beach);
        assert!(m.seabound());
        assert_eq!(m.status(), Status::Beach as u8);
    }
}
