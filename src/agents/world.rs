//! The whole state of a run: tables, ledgers, today's tally, and what is derived from them.

use super::accounts::{Arms, Ledgers};
use super::actor::Actors;
use super::arms::{self, Bag, CLASSES, Channel};
use super::belief::{BeliefIndex, Beliefs, News};
use super::bill::Bills;
use super::cohort::Cohorts;
use super::controls::Controls;
use super::convoy::Convoys;
use super::crew::Crews;
use super::depot::Depots;
use super::displaced::{Displaced, Refuge, Sites};
use super::fare::Fares;
use super::fired::Fired;
use super::group::{Groups, is_official};
use super::homeland::{Homelands, Homestead};
use super::hostility::Hostilities;
use super::hypotheses::Hypotheses;
use super::market::Markets;
use super::migrant::{CLOCKS, Clocks, END, Migrant, Migrants, Origins, Status};
use super::network::{self, Networks};
use super::oil::OilSites;
use super::outlook::{Outlook, Terms};
use super::patrol::{Patrols, Watch};
use super::patron::{Inflows, Patrons};
use super::routes::{HubId, Routes, ToGo};
use super::sighting::Sightings;
use super::state::States;
use super::store::{self, Stores};
use super::tally::{CellCounts, Entry, LegCounts, Received, Tally};
use super::territory::Territory;
use super::ticket::Tickets;
use super::vessel::{Boats, Vessels, Zones};
use crate::engine::rng::{Key, Luck, Purpose};
use crate::engine::table::Table;
use crate::engine::wake::{Calendar, HazardQueue, Line};
use crate::region::graph::Mode;
use crate::region::{Area, CountryId, NodeId, PlaceId, Region};
use crate::units::{Tick, great_circle_km};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Order of people in lines, drawn once per joining.
pub const LINE_ORDER: Purpose = Purpose::new("line.order");

/// Least costs between hubs in the current year at the fares quoted; derived.
#[derive(Clone, Debug, Default)]
pub struct Ways {
    /// The year whose legs and lanes are in use.
    pub year: i16,
    /// For people who pay fares.
    pub person: ToGo,
    /// For crews with nothing aboard.
    pub empty: ToGo,
    /// Sea zone that boats leave from at each hub this year.
    pub coast: Vec<Option<usize>>,
    /// Cost for a person from each hub to the cheapest open coast and over the sea, [`NO_WAY`](super::routes::NO_WAY) if there is
    /// none.
    pub sea: Vec<u64>,
}

/// Lines and clocks; derived from the columns.
#[derive(Clone, Debug, Default)]
pub struct Queues {
    /// For seats, by directed leg.
    pub seats: Vec<Line>,
    /// For boats, by sea zone.
    pub beach: Vec<Line>,
    /// Those who wait for a clock, by its row in [`World::clocks`] and their threshold.
    pub clocked: [HazardQueue; CLOCKS.len()],
    /// People in Europe whose case is to be decided, in the order of landing.
    pub cases: Line,
    /// Everyone who waits for a day.
    pub calendar: Calendar,
}

/// The state of a run.
#[derive(Clone, Debug)]
pub struct World {
    pub luck: Luck,
    /// Today.
    pub day: Tick,
    /// Persons one migrant row stands for.
    pub persons_per_agent: u32,
    pub region: Arc<Region>,
    pub routes: Arc<Routes>,
    /// Index of Libya, if it is in the region.
    pub libya: Option<CountryId>,

    pub depots: Depots,
    pub groups: Groups,
    /// Ground where a people may rise.
    pub homelands: Homelands,
    /// Who is at war with whom.
    pub hostilities: Hostilities,
    /// Who holds the cells that are or were contested.
    pub territory: Territory,
    /// Conditional events that have happened.
    pub fired: Fired,
    /// What levers have cost that are billed by what they do.
    pub bills: Bills,
    /// Stocks of markets, civilians and custody.
    pub stores: Stores,
    /// Prices of weapons.
    pub markets: Markets,
    /// Smuggling networks.
    pub networks: Networks,
    /// Their crews.
    pub crews: Crews,
    /// What networks believe of cells.
    pub beliefs: Beliefs,
    /// What a seat costs on each leg.
    pub fares: Fares,
    pub tickets: Tickets,
    pub convoys: Convoys,
    /// Men in courses of training.
    pub cohorts: Cohorts,
    pub patrols: Patrols,
    /// What enforcement remembers of cells.
    pub sightings: Sightings,
    /// States and their consent.
    pub states: States,
    /// Who acts from abroad.
    pub actors: Actors,
    /// Oil fields and terminals.
    pub oil_sites: OilSites,
    /// States abroad that arm blocs.
    pub patrons: Patrons,
    /// What came to the groups of countries with politics.
    pub inflows: Inflows,
    /// Doors by which people leave home.
    pub origins: Origins,
    pub migrants: Migrants,
    pub boats: Boats,
    /// Rescue vessels.
    pub vessels: Vessels,
    /// Weather and beliefs by sea zone.
    pub zones: Zones,
    /// Clocks of cumulative hazard.
    pub clocks: Clocks,
    /// Where displaced people can be.
    pub sites: Sites,
    pub displaced: Displaced,
    /// Arms, people, fighters, boats, money.
    pub ledgers: Ledgers,

    /// Contested effects, as the scenario has them.
    pub hypotheses: Hypotheses,
    /// What levers add up to today.
    pub controls: Controls,
    /// How much what is known of the sea keeps people from it, as a factor: by sea zone, and the mean of the coasts in use at
    /// the end; set each morning by departures.
    pub deterrence: Vec<f64>,
    /// Demand for foreign labour in Libya, relative to the first day; set each morning from events.
    pub labour: f64,
    /// What launchers can do, relative to their limit; set each morning from events.
    pub launching: f64,
    /// Mandates in force, by name; set each morning from events.
    pub mandates: Vec<String>,
    /// What a barrel of oil brings, USD; set each morning from events, `None` without any.
    pub oil_price: Option<f64>,
    /// How far an agreement of rivals holds, 0 to 1; set each morning from events.
    pub agreement: f64,
    /// What happened today.
    pub tally: Tally,
    /// Counts by node since the first of the month.
    pub cells: CellCounts,
    /// Counts by leg since the first of the month.
    pub leg_counts: LegCounts,
    /// Today's lines for `events.csv`.
    pub log: Vec<Entry>,

    pub queues: Queues,
    /// The ground of displacement, and who is where on it.
    pub refuge: Refuge,
    /// Least costs between hubs.
    pub ways: Ways,
    /// What enforcement there is at each node today.
    pub watch: Vec<Watch>,
    /// Nodes where a team is today, ascending.
    pub patrolled: Vec<NodeId>,
    /// By country, the chance that a patrol which finds a crew with people stops it at all: 1 where carrying people is an
    /// offence that is prosecuted.
    pub arrest: Vec<f32>,
    /// By country, what prison and fines cost a crew caught with people there, USD.
    pub penalty: Vec<f64>,
    /// True at nodes that are home to fighters of a group which is not the state's.
    pub militia: Vec<bool>,
    /// For each depot the nodes with groups within 300 km, nearest first.
    pub takers: Vec<Vec<NodeId>>,
    /// For each depot the nearest hub of its country with a way to it: where what leaves it is sold.
    pub outlets: Vec<Option<HubId>>,
    /// Nodes that each patrol unit goes round, ascending.
    pub beats: Vec<Vec<NodeId>>,
    /// What of each network never changes.
    pub grounds: Vec<network::Ground>,
    /// How each network sees the ground.
    pub outlooks: Vec<Arc<Outlook>>,
    /// Rows of the beliefs by network and node.
    pub belief_index: BeliefIndex,
    /// What crews have seen today; empty between days.
    pub news: Vec<News>,
    /// What the crews of each network have earned today over what they paid, US cents; zero between days.
    pub earned: Vec<i64>,
    /// Ground and towns of each homeland.
    pub homesteads: Vec<Homestead>,
    /// Row of the homeland of each cell, [`END`] for none.
    pub homeland_of: Vec<u32>,
    /// Row of each cell in `territory`, [`END`] where there is none.
    pub territory_of: Vec<u32>,
    /// Towns of each country: nodes of places where people live, ascending.
    pub towns: Vec<Vec<NodeId>>,
    /// For a node, cells in reach of a group there with the share of its strength felt there; filled as needed.
    pub reach: BTreeMap<NodeId, Arc<Vec<(NodeId, f32)>>>,
    /// Tolls taken in cells today, US cents; empty between days.
    pub tolls: Vec<(NodeId, u64)>,
    /// By country, people on the way or at work at its hubs, in whatever state.
    pub present: Vec<i64>,
    /// People whom vessels have landed today; empty between days.
    pub landed_today: Vec<u32>,
    /// Ports where vessels land people, with their weights; fixed once set.
    pub ports: Vec<(PlaceId, f64)>,
    /// Nodes where passing vehicles are counted; an observer, without effect.
    pub posts: Vec<NodeId>,
    /// By node, documented ways of crews that cross it.
    pub crossings: Vec<u32>,
    /// Row of each node's memory in `sightings`, [`END`] where there is none.
    pub sighting_of: Vec<u32>,
    /// Nodes that teams at a node can come to when a sensor calls; filled as needed.
    pub callable: BTreeMap<NodeId, Vec<NodeId>>,
    /// By country, nodes in reach of its oil sites, ascending; filled as needed.
    pub near_oil: BTreeMap<CountryId, Arc<Vec<NodeId>>>,
    /// Hub of the black market nearest to each group, within 300 km.
    pub market_of: Vec<Option<HubId>>,
    /// What the groups around each hub lacked this morning, by class.
    pub shortfall: Vec<[u64; CLASSES]>,
    /// Countries of the Sahel in the region.
    sahel: Vec<CountryId>,
}

/// Countries counted as the Sahel and its southern edge in `arms_reached_sahel_*`.
pub const SAHEL: &[&str] = &["MRT", "MLI", "BFA", "NER", "TCD", "SDN", "NGA"];

impl World {
    /// An empty world on a region.
    pub fn empty(region: Arc<Region>, routes: Arc<Routes>, luck: Luck, day: Tick, persons_per_agent: u32) -> World {
        let nodes = region.nodes.id.len();
        let mut w = World {
            luck,
            day,
            persons_per_agent,
            libya: region.country("LBY"),
            depots: Default::default(),
            groups: Default::default(),
            homelands: Default::default(),
            hostilities: Default::default(),
            territory: Default::default(),
            fired: Default::default(),
            bills: Default::default(),
            markets: Default::default(),
            stores: Default::default(),
            networks: Default::default(),
            crews: Default::default(),
            beliefs: Default::default(),
            fares: Default::default(),
            tickets: Default::default(),
            convoys: Default::default(),
            cohorts: Default::default(),
            patrols: Default::default(),
            sightings: Default::default(),
            states: Default::default(),
            actors: Default::default(),
            oil_sites: Default::default(),
            patrons: Default::default(),
            inflows: Default::default(),
            origins: Default::default(),
            migrants: Default::default(),
            boats: Default::default(),
            vessels: Default::default(),
            zones: Default::default(),
            clocks: Default::default(),
            sites: Default::default(),
            displaced: Default::default(),
            ledgers: Default::default(),
            hypotheses: Hypotheses::default(),
            controls: Controls::none(&region),
            deterrence: vec![1.0; region.sea.zones.len() + 1],
            labour: 1.0,
            launching: 1.0,
            mandates: vec![],
            oil_price: None,
            agreement: 0.0,
            tally: Default::default(),
            cells: vec![Default::default(); nodes],
            leg_counts: vec![Default::default(); routes.legs.len()],
            log: vec![],
            queues: Default::default(),
            refuge: Default::default(),
            ways: Default::default(),
            watch: vec![Watch::default(); nodes],
            patrolled: vec![],
            arrest: vec![1.0; region.countries.len()],
            penalty: vec![0.0; region.countries.len()],
            militia: vec![false; nodes],
            takers: vec![],
            outlets: vec![],
            beats: vec![],
            grounds: vec![],
            outlooks: vec![],
            belief_index: Default::default(),
            news: vec![],
            earned: vec![],
            homesteads: vec![],
            homeland_of: vec![END; nodes],
            territory_of: vec![END; nodes],
            tolls: vec![],
            present: vec![0; region.countries.len()],
            landed_today: vec![],
            towns: vec![],
            reach: Default::default(),
            ports: vec![],
            posts: vec![],
            crossings: vec![],
            sighting_of: vec![],
            callable: Default::default(),
            near_oil: Default::default(),
            market_of: vec![],
            shortfall: vec![[0; CLASSES]; routes.hubs.len()],
            sahel: SAHEL.iter().filter_map(|c| region.country(c)).collect(),
            region,
            routes,
        };
        w.found_states();
        w.found_actors();
        w.towns = w.find_towns();
        for name in CLOCKS {
            w.clocks.push(super::migrant::Clock { key: Key::named("clock", name, 0).0, value: 0 });
        }
        super::ticket::populate(&mut w);
        w.rederive();
        w
    }

    /// Every table.
    pub fn tables(&self) -> [&dyn Table; 31] {
        [
            &self.depots,
            &self.groups,
            &self.homelands,
            &self.hostilities,
            &self.territory,
            &self.fired,
            &self.bills,
            &self.stores,
            &self.markets,
            &self.networks,
            &self.crews,
            &self.beliefs,
            &self.fares,
            &self.tickets,
            &self.convoys,
            &self.cohorts,
            &self.patrols,
            &self.sightings,
            &self.states,
            &self.actors,
            &self.oil_sites,
            &self.patrons,
            &self.inflows,
            &self.origins,
            &self.migrants,
            &self.boats,
            &self.vessels,
            &self.zones,
            &self.clocks,
            &self.sites,
            &self.displaced,
        ]
    }

    /// Every table, to be restored.
    pub(super) fn tables_mut(&mut self) -> [&mut dyn Table; 31] {
        [
            &mut self.depots,
            &mut self.groups,
            &mut self.homelands,
            &mut self.hostilities,
            &mut self.territory,
            &mut self.fired,
            &mut self.bills,
            &mut self.stores,
            &mut self.markets,
            &mut self.networks,
            &mut self.crews,
            &mut self.beliefs,
            &mut self.fares,
            &mut self.tickets,
            &mut self.convoys,
            &mut self.cohorts,
            &mut self.patrols,
            &mut self.sightings,
            &mut self.states,
            &mut self.actors,
            &mut self.oil_sites,
            &mut self.patrons,
            &mut self.inflows,
            &mut self.origins,
            &mut self.migrants,
            &mut self.boats,
            &mut self.vessels,
            &mut self.zones,
            &mut self.clocks,
            &mut self.sites,
            &mut self.displaced,
        ]
    }

    /// Hashes what was touched today (see [`Table::settle`]).
    pub fn settle(&mut self) {
        self.tables_mut().into_iter().for_each(Table::settle);
    }

    /// Digest of the whole state, from the digests kept as rows are touched.
    pub fn digest(&self) -> u128 {
        let tables = self.tables().iter().fold(0u128, |d, t| d.wrapping_add(t.digest()));
        self.ledgers.all().iter().fold(tables, |d, l| d.wrapping_add(l.digest()))
    }

    /// Makes every network look at the ground anew.
    pub fn look_again(&mut self) {
        self.outlooks = (0..self.networks.len()).map(|_| Arc::default()).collect();
    }

    /// What a network's outlook is computed from.
    pub fn terms(&self, network: u16) -> Terms<'_> {
        Terms {
            region: &self.region,
            routes: &self.routes,
            militia: &self.militia,
            penalty: &self.penalty,
            beliefs: &self.beliefs,
            index: &self.belief_index,
            network,
            year: self.ways.year,
        }
    }

    /// Great-circle distance of two nodes, km.
    pub fn km_between(&self, a: NodeId, b: NodeId) -> f64 {
        let (n, a, b) = (&self.region.nodes, a as usize, b as usize);
        great_circle_km(n.lat[a], n.lon[a], n.lat[b], n.lon[b])
    }

    /// Nodes no farther than `km` from a node, with that node itself, ascending.
    pub fn nodes_within(&self, node: NodeId, km: f64) -> Vec<NodeId> {
        let n = &self.region.nodes;
        let (lat, lon) = (n.lat[node as usize], n.lon[node as usize]);
        let near = |j: &usize| {
            *j == node as usize
                || (n.lat[*j] - lat).abs() <= km / 110.0 && great_circle_km(lat, lon, n.lat[*j], n.lon[*j]) <= km
        };
        (0..n.len()).filter(near).map(|j| j as NodeId).collect()
    }

    /// What luck at a hub hangs on: two hubs may lie in one cell.
    pub fn hub_key(&self, hub: HubId) -> u64 {
        let node = self.routes.hubs[usize::from(hub)].node;
        Key(self.region.nodes.id[node as usize]).child(Tick(0), u64::from(hub)).0
    }

    /// True for a country of the Sahel.
    pub fn in_sahel(&self, country: CountryId) -> bool {
        self.sahel.contains(&country)
    }

    /// Hours to drive an edge.
    pub fn drive_hours(&self, edge: usize) -> f32 {
        self.region.graph.hours[Mode::Vehicle as usize][edge]
    }

    /// Factor by which what is known of the sea keeps people from it: at a coast what is known there.
    pub fn deterred(&self, zone: Option<usize>) -> f64 {
        self.deterrence[zone.unwrap_or(self.deterrence.len() - 1)]
    }

    /// Puts a migrant into the line, clock or calendar that its columns call for.
    pub fn enlist(&mut self, row: usize) {
        let m = self.migrants.get(row);
        let q = &mut self.queues;
        let lot = || self.luck.on(LINE_ORDER, Tick(m.since)).bits(m.key);
        match m.status() {
            s if s == Status::Queuing as u8 => q.seats[m.leg as usize].join(Tick(m.since), lot(), m.key, row as u32),
            s if s == Status::Beach as u8 => {
                if let Some(zone) = self.routes.hubs[m.hub as usize].coast {
                    q.beach[zone].join(Tick(m.since), lot(), m.key, row as u32);
                }
            }
            s if s == Status::InProcessing as u8 => q.cases.join(Tick(m.since), lot(), m.key, row as u32),
            s if [Status::Riding, Status::Earning, Status::BeachEarning].iter().any(|&x| x as u8 == s) => {
                q.calendar.schedule(Tick(m.due), row as u32);
            }
            s => {
                if let Some(clock) = Status::clock(s) {
                    q.clocked[clock].push(m.threshold, row as u32);
                }
            }
        }
    }

    /// Counts somebody in (1) or out (-1) of those present in a country; whoever is on the road or at sea is in none.
    pub fn count_present(&mut self, m: &Migrant, sign: i64) {
        if Status::at_hub(m.status()) {
            let country = self.routes.hubs[m.hub as usize].country;
            self.present[country as usize] += sign * i64::from(self.persons_per_agent);
        }
    }

    /// The lane that boats take from a hub this year: the shortest in use.
    pub fn open_lane(&self, hub: usize) -> Option<usize> {
        self.lane_of(self.routes.hubs[hub].place, self.ways.year)
    }

    /// Fare of a boat from a hub this year, US cents; `None` where none leaves.
    pub fn sea_fare(&self, hub: HubId) -> Option<u64> {
        let lane = self.open_lane(usize::from(hub)).filter(|_| self.ways.coast[usize::from(hub)].is_some())?;
        Some(self.routes.travel.sea_cents(self.region.sea.lanes[lane].km))
    }

    /// The store of a kind at a hub or country, made when first needed.
    pub fn store(&mut self, kind: u8, at: u16) -> usize {
        if let Some(i) = self.stores.rows().find(|&i| self.stores.kind()[i] == kind && self.stores.at()[i] == at) {
            return i;
        }
        let name = match kind {
            store::MARKET => self.routes.hubs[at as usize].name.clone(),
            _ => self.region.countries[at as usize].iso3.clone(),
        };
        let key = Key::named("store", &name, u64::from(kind)).0;
        self.stores.push(store::Store { key, kind, at, arms: super::arms::EMPTY })
    }

    /// Gives weapons to a group, and counts how they came.
    pub fn arm(&mut self, group: usize, from: Arms, by: Channel, bag: &Bag) {
        if bag.iter().all(|&n| n == 0) {
            return;
        }
        self.groups.update(group, |g| arms::add(&mut g.arms, bag));
        self.ledgers.move_arms(from, Arms::Groups, bag);
        let (country, bloc) = (self.groups.country()[group], self.groups.bloc()[group]);
        self.tally.received.push(Received { country, bloc, by, arms: arms::by_class(bag) });
        if !is_official(bloc) {
            self.note_inflow(country, by, bag);
        }
    }

    /// True when a node lies in a lever's area (near a named place: within 60 km; on a named border).
    pub fn in_area(&self, area: &Area, node: NodeId) -> bool {
        self.in_area_within(area, node, 60.0)
    }

    /// The same, with the distance in km that counts as near a named place.
    pub fn in_area_within(&self, area: &Area, node: NodeId, near_km: f64) -> bool {
        if area.is_everywhere() {
            return true;
        }
        let n = &self.region.nodes;
        let i = node as usize;
        area.countries.contains(&n.country[i])
            || area.borders.iter().any(|&b| self.region.borders[b].nodes.binary_search(&node).is_ok())
            || area.places.iter().any(|&p| {
                let p = &self.region.places[p as usize];
                (p.lat - n.lat[i]).abs() <= near_km / 110.0
                    && great_circle_km(p.lat, p.lon, n.lat[i], n.lon[i]) <= near_km
            })
    }

    /// Rows of a linked list of migrants.
    pub fn list(&self, first: u32) -> Vec<u32> {
        let mut out = vec![];
        let mut at = first;
        while at != END {
            out.push(at);
            at = self.migrants.next()[at as usize];
        }
        out
    }
}
