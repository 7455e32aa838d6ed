//! People on the move, one row each (or one row for several, see `run.persons_per_agent`), and the countries they leave.

use super::accounts::{Money, People};
use super::routes::{HubId, NO_WAY};
use super::world::World;
use crate::engine::dist::apportion;
use crate::engine::rng::{Key, Purpose};
use crate::engine::wake::threshold;
use crate::region::CountryId;
use crate::table;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Nobody follows in a list of riders.
pub const END: u32 = u32::MAX;
/// No leg.
pub const NO_LEG: u16 = u16::MAX;
/// Of no origin of the scenario.
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
    /// Landed in Europe; in the line of those whose case is to be decided.
    InProcessing = 13,
}

/// Number of values of [`Status`], with one for none.
pub const STATUSES: usize = 14;

impl Status {
    /// True in the states in which somebody is at `Migrant::hub` and not on the road, at sea or in Europe.
    pub fn at_hub(status: u8) -> bool {
        use Status::*;
        const STATES: [Status; 8] = [Queuing, Earning, Resident, Settled, Beach, BeachEarning, Held, Detained];
        const BITS: u32 = {
            let (mut bits, mut i) = (0, 0);
            while i < STATES.len() {
                bits |= 1 << STATES[i] as u32;
                i += 1;
            }
            bits
        };
        BITS >> (status % 32) & 1 == 1
    }

    /// The account of people in each state.
    pub const ACCOUNTS: [(Status, People); STATUSES - 1] = [
        (Status::Riding, People::Travelling),
        (Status::Carried, People::Travelling),
        (Status::Queuing, People::AtHubs),
        (Status::Earning, People::AtHubs),
        (Status::Resident, People::Working),
        (Status::Settled, People::WorkingElsewhere),
        (Status::Beach, People::OnCoast),
        (Status::BeachEarning, People::OnCoast),
        (Status::AtSea, People::AtSea),
        (Status::Aboard, People::Aboard),
        (Status::Held, People::Held),
        (Status::Detained, People::Detained),
        (Status::InProcessing, People::InProcessing),
    ];

    /// Ledger account of people in a state.
    #[inline]
    pub fn account(status: u8) -> People {
        const OF: [People; STATUSES] = {
            let mut of = [People::AtHubs; STATUSES];
            let mut i = 0;
            while i < Status::ACCOUNTS.len() {
                of[Status::ACCOUNTS[i].0 as usize] = Status::ACCOUNTS[i].1;
                i += 1;
            }
            of
        };
        OF[usize::from(status) % STATUSES]
    }

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
    /// Somebody at a hub who has nothing, makes for nowhere else and came on the first of all days.
    pub fn at(key: u64, hub: HubId, status: Status) -> Migrant {
        Migrant {
            key,
            threshold: 0,
            money: 0,
            debt: 0,
            since: 0,
            due: 0,
            hub,
            goal: hub,
            leg: NO_LEG,
            origin: NO_ORIGIN,
            state: status as u8,
            next: END,
        }
    }
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
        /// Price of the way to each [`Destination`] at the start, US cents; the C0 of equation 14. Zero: no such way then.
        base_cost: [f64; DESTINATIONS],
        /// Shares of the destinations at these prices.
        shares: [f64; DESTINATIONS],
        /// Product of the departure shifts in force today.
        shift: f64,
        /// Deaths per attempt to cross the sea, as people at home believe.
        death_belief: f64,
        /// Share of attempts that end where they began or at home, as they believe.
        return_belief: f64,
        /// Share of attempts that rescuers end, as they believe.
        rescue_belief: f64,
        /// People of this origin among those who live in Libya on the first day, relative to the other origins.
        residents: f64,
        /// Share of those bound for the sea whose relatives abroad pay for the trip.
        diaspora: f64,
        /// Amplitude of the season of departures, and the day of the year of its peak.
        season: f64,
        peak: f64,
        /// Nationality: an ISO 3166 alpha-3 code, its letters in the three lower bytes.
        nationality: u32,
        /// Hub where the way begins.
        hub: u16,
    }
}

impl Origin {
    /// A door at a hub with nobody behind it and no news: all of its people would make for the sea.
    pub fn at(key: u64, hub: HubId, nationality: u32) -> Origin {
        Origin {
            key,
            pool: 0,
            rate: 0.0,
            base_cost: [0.0; DESTINATIONS],
            shares: [1.0, 0.0, 0.0, 0.0],
            shift: 1.0,
            death_belief: 0.0,
            return_belief: 0.0,
            rescue_belief: 0.0,
            residents: 0.0,
            diaspora: 0.0,
            season: 0.0,
            peak: 0.0,
            nationality,
            hub,
        }
    }
}

/// Where somebody who sets out means to go (equation 14).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Destination {
    /// Over a departure coast to Europe.
    Sea,
    /// To Libya, to work.
    Libya,
    /// To Algeria, to work.
    Algeria,
    /// To Europe by Morocco or the Atlantic: a way that the model does not walk.
    Western,
}

/// How many there are.
pub const DESTINATIONS: usize = 4;

/// A nationality as a number.
pub fn nationality(iso3: &str) -> u32 {
    iso3.bytes().take(3).fold(0, |n, b| n << 8 | u32::from(b))
}

/// A nationality as its ISO 3166 alpha-3 code.
pub fn nationality_name(number: u32) -> String {
    [16, 8, 0].iter().map(|shift| char::from((number >> shift) as u8)).collect()
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
    #[schemars(extend("x-names" = "country", "x-source" = "departure coasts of the central Mediterranean (corridors.csv)"))]
    pub coasts: Vec<String>,
    /// Origins given here replace those of `data/model/origins.csv`; 254 at most.
    #[schemars(length(max = 254))]
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
    /// Nationality (ISO 3166 alpha-3); that of the place when left out.
    #[serde(default)]
    #[schemars(length(min = 3, max = 3))]
    pub nationality: Option<String>,
    /// Shares of those who set out for the sea, for work in Libya, for work in Algeria and by the Western route. When left
    /// out, `processes.departures.seabound_share` make for the sea and all others for work in Libya.
    #[serde(default)]
    #[schemars(inner(range(min = 0, max = 1)), extend("x-unit" = "share"))]
    pub shares: Option<[f64; DESTINATIONS]>,
    /// People of this origin who live in Libya on the first day, relative to the other origins.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1_000_000_000), extend("x-unit" = "1"))]
    pub residents: f64,
    /// Share of those bound for the sea whose relatives abroad pay for the whole trip.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share"))]
    pub diaspora: f64,
    /// How far departures rise above and fall below their mean over the year: with harvest, rain and school.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share"))]
    pub season: f64,
    /// Month in the middle of which most leave, 1 to 12.
    #[serde(default = "january")]
    #[schemars(range(min = 1, max = 12), extend("x-unit" = "month"))]
    pub peak_month: u8,
}

fn january() -> u8 {
    1
}

impl Default for Initial {
    fn default() -> Self {
        Initial {
            residents: 700_000,
            on_coast: 0,
            departure_scale: 1.0,
            coasts: ["LBY", "TUN", "EGY", "DZA"].map(String::from).to_vec(),
            origins: vec![],
        }
    }
}

const SINCE: Purpose = Purpose::new("start.resident.since");
const WAIT: Purpose = Purpose::new("start.resident.wait");
const SAVINGS: Purpose = Purpose::new("start.resident.savings");
const NATION: Purpose = Purpose::new("start.resident.nation");

/// Fills the home pools and makes the residents of Libya, spread over its hubs by the people around them. Of an origin that
/// does not say where its people go, `seabound_share` make for the sea.
pub fn populate(w: &mut World, init: &Initial, origins: &[OriginSpec], seabound_share: f64) {
    let origins = if init.origins.is_empty() { origins } else { &init.origins };
    for (nth, o) in origins.iter().enumerate() {
        let Some(place) = w.region.place(&o.place) else { continue };
        let Some(hub) = w.routes.hub_of(place) else { continue };
        let pool = o.pool - o.pool % u64::from(w.persons_per_agent);
        let country = w.region.places[place as usize].country;
        let iso3 = o.nationality.as_deref().unwrap_or(&w.region.countries[country as usize].iso3);
        // Two doors of one country at one place are told apart by their order.
        let key = Key::named("origin", &format!("{iso3} {}", o.place), same(&origins[..nth], o)).0;
        w.origins.push(Origin {
            pool,
            rate: if o.pool == 0 { 0.0 } else { o.per_year * init.departure_scale / 365.0 / o.pool as f64 },
            base_cost: w.destination_costs(hub).map(|c| c.map_or(0.0, |c| c.max(1) as f64)),
            shares: o.shares.unwrap_or([seabound_share, 1.0 - seabound_share, 0.0, 0.0]),
            residents: o.residents,
            diaspora: o.diaspora,
            season: o.season,
            // Middle of the month.
            peak: (f64::from(o.peak_month) - 0.5) * 365.0 / 12.0,
            ..Origin::at(key, hub, nationality(iso3))
        });
        w.ledgers.move_people(People::Outside, People::Home, pool);
    }
    settle_residents(w, init.residents / u64::from(w.persons_per_agent));
    settle_on_coast(w, init.on_coast / u64::from(w.persons_per_agent));
}

/// How many of these origins are of the same country and place.
fn same(others: &[OriginSpec], o: &OriginSpec) -> u64 {
    others.iter().filter(|x| x.place == o.place && x.nationality == o.nationality).count() as u64
}

impl World {
    /// Price of the way from a hub to each [`Destination`] today, US cents; `None` where there is none. The Western route has
    /// no price of its own.
    pub fn destination_costs(&self, hub: HubId) -> [Option<u64>; DESTINATIONS] {
        let open = |cents: u64| Some(cents).filter(|&c| c != NO_WAY);
        let nearest = |country: Option<CountryId>| {
            let there = |h: &HubId| Some(self.routes.hubs[*h as usize].country) == country;
            let hubs = (0..self.routes.hubs.len() as HubId).filter(there);
            hubs.map(|h| self.ways.person.cost(hub, h)).min().and_then(open)
        };
        [open(self.ways.sea[hub as usize]), nearest(self.libya), nearest(self.region.country("DZA")), Some(1)]
    }

    /// Puts somebody new on the way at a hub, with money that comes from the economy, out of an account of people.
    pub fn begin_journey(&mut self, m: Migrant, out_of: People) {
        let size = u64::from(self.persons_per_agent);
        let row = self.migrants.push(m);
        self.ledgers.pay(Money::Economy, Money::Migrants, u64::from(m.money) * size);
        self.ledgers.move_people(out_of, Status::account(m.status()), size);
        self.enlist(row);
        self.count_present(&m, 1);
    }

    /// Share of an origin's people in Libya who would turn to the sea; all of those whose origin is not known.
    pub fn wish(&self, origin: u8) -> f64 {
        let Some(&shares) = self.origins.shares().get(usize::from(origin)) else { return 1.0 };
        let (sea, work) = (shares[Destination::Sea as usize], shares[Destination::Libya as usize]);
        if sea + work > 0.0 { sea / (sea + work) } else { 0.0 }
    }

    /// Origin of somebody of whom it is not known: drawn by how many of each live in Libya, for those on the coast by how many of
    /// them make for the sea.
    fn origin_of_resident(&self, coast: bool, u: f64) -> u8 {
        let weight = |i: usize| self.origins.residents()[i] * if coast { self.wish(i as u8) } else { 1.0 };
        let weights: Vec<f64> = (0..self.origins.len()).map(weight).collect();
        crate::engine::dist::choose(u, &weights).map_or(NO_ORIGIN, |i| i as u8)
    }
}

/// People in line for a boat on the first day, spread over the departure places; their fare is paid.
fn settle_on_coast(w: &mut World, agents: u64) {
    let beaches: Vec<usize> = (0..w.routes.hubs.len()).filter(|&h| w.ways.coast[h].is_some()).collect();
    // Waits are for Libya's boats; elsewhere people of the country itself leave, from home.
    let libyan = |&h: &usize| f64::from(u8::from(Some(w.routes.hubs[h].country) == w.libya));
    let even: Vec<f64> = beaches.iter().map(libyan).collect();
    let nation = w.luck.at_start(NATION);
    let mut settled = 0;
    for (&hub, n) in beaches.iter().zip(apportion(agents, &even)) {
        for k in 0..n {
            let key = Key::named("on_coast", &w.routes.hubs[hub].name, k).0;
            let origin = w.origin_of_resident(true, nation.unit(key));
            let row = w.migrants.push(Migrant {
                since: w.day.0,
                origin,
                state: Status::Beach as u8 | SEA,
                ..Migrant::at(key, hub as HubId, Status::Beach)
            });
            w.enlist(row);
            settled += u64::from(w.persons_per_agent);
        }
        // The launchers hold what these people have paid.
        let fare = w.sea_fare(hub as HubId).unwrap_or(0);
        w.ledgers.pay(Money::Economy, Money::Launchers, n * u64::from(w.persons_per_agent) * fare);
    }
    w.ledgers.move_people(People::Outside, People::OnCoast, settled);
}

fn settle_residents(w: &mut World, agents: u64) {
    let Some(libya) = w.libya else { return };
    let hubs: Vec<usize> = (0..w.routes.hubs.len()).filter(|&h| w.routes.hubs[h].country == libya).collect();
    let weights: Vec<f64> = hubs.iter().map(|&h| w.routes.hubs[h].population as f64).collect();
    let (since, wait, savings) = (w.luck.at_start(SINCE), w.luck.at_start(WAIT), w.luck.at_start(SAVINGS));
    let nation = w.luck.at_start(NATION);
    let mut placed = 0;
    for (&hub, n) in hubs.iter().zip(apportion(agents, &weights)) {
        placed += n;
        for k in 0..n {
            let key = Key::named("resident", &w.routes.hubs[hub].name, k).0;
            let origin = w.origin_of_resident(false, nation.unit(key));
            // They came over the two years before the first day and hold up to a quarter of a sea fare.
            let money = savings.below(key, 25_000) as u32;
            let row = w.migrants.push(Migrant {
                threshold: threshold(w.clocks.value()[RESIDENTS], wait.unit(key)),
                money,
                since: w.day.0.saturating_sub(since.below(key, 730) as u32),
                origin,
                ..Migrant::at(key, hub as HubId, Status::Resident)
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
    fn every_status_has_one_account_of_its_own_name() {
        let statuses: Vec<u8> = Status::ACCOUNTS.iter().map(|a| a.0 as u8).collect();
        let mut sorted = statuses.clone();
        sorted.sort_unstable();
        assert_eq!(sorted, (1..STATUSES as u8).collect::<Vec<u8>>());
        assert_eq!(Status::account(Status::BeachEarning as u8), People::OnCoast);
        assert_eq!(Status::account(Status::Settled as u8), People::WorkingElsewhere);
    }

    #[test]
    fn status_and_wish_share_a_byte() {
        let mut m = Migrant { state: SEA, ..Migrant::at(1, 0, Status::Resident) };
        m.enter(Status::Beach);
        assert!(m.seabound());
        assert_eq!(m.status(), Status::Beach as u8);
    }
}
