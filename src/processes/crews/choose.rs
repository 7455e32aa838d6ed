//! What an idle crew carries next and where: people in line here, arms in the black market here, fuel, drugs, or nothing;
//! and by which way.

use super::arrive::{earn, pay};
use super::{KG, Params};
use crate::agents::accounts::{Arms, Money};
use crate::agents::arms::{self, CLASSES, Class};
use crate::agents::crew::{self, Cargo, Crew};
use crate::agents::migrant::{NO_LEG, Status};
use crate::agents::outlook::{Outlook, Terms, WAY_ROUND};
use crate::agents::routes::{HubId, LegId, NO_WAY};
use crate::agents::store;
use crate::agents::ticket::Desk;
use crate::agents::world::World;
use crate::engine::dist::{choose, poisson};
use crate::engine::grant::{Request, grant};
use crate::engine::rng::{Key, Purpose, Stream};
use crate::processes::moves::go_on;
use crate::processes::route_choice::{logit_over_least, nearer_leg};
use crate::region::Carrier;
use crate::units::{Tick, Usd};
use std::collections::BTreeMap;

const SEATS: Purpose = Purpose::new("crews.seats");
const CARGO: Purpose = Purpose::new("crews.cargo");
const TURN: Purpose = Purpose::new("crews.turn");
const WAY: Purpose = Purpose::new("crews.way");
const ROAD: Purpose = Purpose::new("crews.road");
const LOADS: Purpose = Purpose::new("crews.loads");

/// What a crew means to do today.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plan {
    Wait,
    /// Take people along a leg.
    People(LegId),
    /// Take arms of a class to a hub.
    Arms(Class, HubId),
    /// Take a load of fuel or drugs to a hub.
    Goods(Cargo, HubId),
    /// Drive empty to a hub where people wait.
    Empty(HubId),
    /// Drive home empty.
    Home,
}

/// Crews whose time out of business is over are idle at home again.
pub fn back_in_business(w: &mut World, day: Tick) {
    let back = |i: &usize| w.crews.state()[*i] == crew::STOPPED && w.crews.due()[*i] <= day.0;
    for i in w.crews.rows().filter(back).collect::<Vec<_>>() {
        let c = w.crews.get(i);
        let node = w.routes.hubs[c.home as usize].node;
        w.crews.set(i, Crew { state: crew::IDLE, hub: c.home, node, due: 0, ..c });
    }
}

/// What there is to carry this morning.
pub struct Offers {
    /// Weapons for sale in markets, by hub and class.
    supply: Vec<[u64; CLASSES]>,
    /// Weapons that groups and civilians around a hub lack beyond what its market has and crews are bringing.
    wanted: Vec<[u64; CLASSES]>,
    /// Loads of fuel and of drugs for sale at each hub.
    loads: [Vec<u64>; 2],
    /// Hubs that buy fuel and drugs, ascending.
    buyers: [Vec<HubId>; 2],
    /// Idle crews at each hub: they share what is there.
    idle: Vec<u64>,
    /// Hubs where people wait for more seats than crews are bringing.
    waits: Vec<Wait>,
}

/// Goods that are counted in loads only, in the order of [`Offers::loads`].
const GOODS: [Cargo; 2] = [Cargo::Fuel, Cargo::Drugs];

/// A hub where people wait.
struct Wait {
    hub: HubId,
    /// Crews it takes to carry them.
    crews: u64,
    /// US cents that the best leg from there leaves over fuel.
    gain: f64,
}

/// Reads markets and lines, and draws the loads of goods.
pub fn offers(p: &Params, w: &World, day: Tick) -> Offers {
    let hubs = w.routes.hubs.len();
    let mut o = Offers {
        supply: vec![[0; CLASSES]; hubs],
        wanted: w.shortfall.clone(),
        loads: GOODS.map(|cargo| loads(p, w, cargo, day)),
        buyers: GOODS.map(|cargo| buyers(p, w, cargo)),
        idle: vec![0; hubs],
        waits: vec![],
    };
    for i in w.crews.rows() {
        if w.crews.state()[i] == crew::IDLE {
            o.idle[w.crews.hub()[i] as usize] += 1;
        } else if w.crews.cargo()[i] == Cargo::Arms as u8 {
            let c = w.crews.get(i);
            let wanted = &mut o.wanted[c.goal as usize];
            for class in Class::ALL {
                let n = u64::from(arms::of_class(&c.arms, class));
                wanted[class as usize] = wanted[class as usize].saturating_sub(n);
            }
        }
    }
    for i in w.stores.rows().filter(|&i| w.stores.kind()[i] == store::MARKET) {
        let hub = w.stores.at()[i] as usize;
        for class in Class::ALL {
            let n = u64::from(arms::of_class(&w.stores.arms()[i], class));
            o.supply[hub][class as usize] = n;
            o.wanted[hub][class as usize] = o.wanted[hub][class as usize].saturating_sub(n);
        }
    }
    o.waits = waits(p, w, &o.idle);
    o
}

/// True when a hub lies in one of the countries.
fn lies_in(w: &World, hub: HubId, countries: &[String]) -> bool {
    countries.contains(&w.region.countries[w.routes.hubs[hub as usize].country as usize].iso3)
}

/// Hubs where fuel (outside its sources) or drugs (at their markets) are sold.
fn buyers(p: &Params, w: &World, cargo: Cargo) -> Vec<HubId> {
    let buys = |&hub: &HubId| match cargo {
        Cargo::Drugs => lies_in(w, hub, &p.drug_markets),
        _ => !lies_in(w, hub, &p.fuel_sources),
    };
    (0..w.routes.hubs.len() as HubId).filter(buys).collect()
}

/// Loads of fuel or drugs for sale today at each hub: fuel where people live, drugs alike at all sources.
fn loads(p: &Params, w: &World, cargo: Cargo, day: Tick) -> Vec<u64> {
    let (sources, rate) = match cargo {
        Cargo::Drugs => (&p.drug_sources, p.drug_loads_per_day),
        _ => (&p.fuel_sources, p.fuel_loads_per_day),
    };
    let weight = |h: usize| match (w.routes.hubs[h].connected && lies_in(w, h as HubId, sources), cargo) {
        (false, _) => 0.0,
        (true, Cargo::Drugs) => 1.0,
        (true, _) => w.routes.hubs[h].population as f64 + 1.0,
    };
    let weights: Vec<f64> = (0..w.routes.hubs.len()).map(weight).collect();
    let sum: f64 = weights.iter().sum();
    let luck = w.luck.on(LOADS, day).nth(cargo as u32);
    let draw = |(h, x): (usize, &f64)| {
        let key = w.region.nodes.id[w.routes.hubs[h].node as usize];
        if *x > 0.0 { poisson(luck.unit(key), rate * x / sum) } else { 0 }
    };
    weights.iter().enumerate().map(draw).collect()
}

/// Hubs worth driving to for passengers: those where more loads wait than crews are there or on their way.
fn waits(p: &Params, w: &World, idle: &[u64]) -> Vec<Wait> {
    let mut coming = idle.to_vec();
    let empty = |i: &usize| w.crews.state()[*i] == crew::DRIVING && w.crews.cargo()[*i] == crew::NOTHING;
    for i in w.crews.rows().filter(empty) {
        coming[w.crews.goal()[i] as usize] += 1;
    }
    let size = u64::from(w.persons_per_agent);
    let seats = u64::from(p.seats);
    let mut out = vec![];
    for (hub, legs) in w.routes.out.iter().enumerate() {
        let open = legs.iter().filter(|&&l| w.routes.legs[l as usize].people_way(w.ways.year).is_some());
        let loads: u64 = open.map(|&l| (w.queues.seats[l as usize].len() as u64 * size).div_ceil(seats)).sum();
        if loads <= coming[hub] {
            continue;
        }
        let gain = |&l: &LegId| {
            let n = (w.queues.seats[l as usize].len() as u64 * size).min(seats) as f64;
            let way = w.routes.legs[l as usize].people_way(w.ways.year);
            way.map_or(f64::NEG_INFINITY, |x| n * f64::from(w.fare(l)) - x.newcomer_cents as f64)
        };
        let best = legs.iter().map(gain).fold(f64::NEG_INFINITY, f64::max);
        if best > 0.0 {
            out.push(Wait { hub: hub as HubId, crews: loads - coming[hub], gain: best });
        }
    }
    out
}

/// A crew that decides what to do. Crews of one network at one hub differ in nothing that matters for it, so luck hangs on
/// which of them it is by number, not by name: with as many there as in another run, as many do the same.
#[derive(Clone, Copy, Debug)]
pub struct Idle {
    row: usize,
    lot: u64,
}

/// Plans of all idle crews, decided in parallel on the state as it stands.
pub fn plans(p: &Params, w: &World, o: &Offers, day: Tick) -> Vec<(Idle, Plan)> {
    // Crews of one network at one hub have the same choice and differ in luck only.
    let mut sets: BTreeMap<(u16, HubId), Vec<usize>> = BTreeMap::new();
    for i in w.crews.rows().filter(|&i| w.crews.state()[i] == crew::IDLE) {
        sets.entry((w.crews.network()[i], w.crews.hub()[i])).or_default().push(i);
    }
    let sets: Vec<((u16, HubId), Vec<usize>)> = sets.into_iter().collect();
    let luck = w.luck.on(CARGO, day);
    let plans = crate::engine::parallel::map_items(&sets, 1, |((network, hub), rows)| {
        let choice = Choice::of(p, w, o, *network, *hub);
        let set = Key(w.networks.key()[usize::from(*network)]).child(Tick(0), w.hub_key(*hub));
        let mut rows = rows.clone();
        rows.sort_unstable_by_key(|&i| w.crews.key()[i]);
        let idle = rows.into_iter().zip(0..).map(|(row, n)| Idle { row, lot: set.child(day, n).0 });
        idle.map(|i| (i, choice.draw(p, luck, i.lot))).collect::<Vec<_>>()
    });
    plans.into_iter().flatten().collect()
}

/// What the crews of one network at one hub can do, by kind.
struct Choice {
    nests: [Nest; 5],
    /// Away from home, with a way back.
    home: bool,
}

impl Choice {
    fn of(p: &Params, w: &World, o: &Offers, network: u16, hub: HubId) -> Choice {
        let t = Site { p, w, o, network, hub, home: w.networks.home()[usize::from(network)] };
        let home = hub != t.home && w.ways.empty.cost(hub, t.home) != NO_WAY;
        let nests = [t.people(), t.arms(), t.far(), t.goods(0), t.goods(1)];
        Choice { nests: nests.map(|options| Nest::new(options, p.profit_scale_usd)), home }
    }

    /// Nested: first the best of each kind, then the kind; else many poor destinations would outweigh one good load.
    fn draw(&self, p: &Params, luck: Stream, key: u64) -> Plan {
        let mut kinds = vec![(Plan::Wait, 0.0)];
        kinds.extend((1..).zip(&self.nests).filter_map(|(n, nest)| nest.draw(luck.nth(n).unit(key))));
        // The way home has to be driven anyhow, so it weighs as much as waiting.
        if self.home {
            kinds.push((Plan::Home, 0.0));
        }
        Nest::new(kinds, p.profit_scale_usd).draw(luck.nth(0).unit(key)).map_or(Plan::Wait, |k| k.0)
    }
}

/// Plans with what they leave, USD, and how readily each is chosen: by logit on profit, what loses money never.
struct Nest {
    options: Vec<(Plan, f64)>,
    weights: Vec<f64>,
}

impl Nest {
    fn new(options: Vec<(Plan, f64)>, scale: f64) -> Nest {
        let best = options.iter().map(|o| o.1).fold(f64::NEG_INFINITY, f64::max);
        let weight = |profit: f64| if profit >= 0.0 { libm::exp((profit - best) / scale) } else { 0.0 };
        let weights = options.iter().map(|o| weight(o.1)).collect();
        Nest { options, weights }
    }
    /// One of the options; `None` when all lose money.
    fn draw(&self, u: f64) -> Option<(Plan, f64)> {
        choose(u, &self.weights).map(|k| self.options[k])
    }
}

/// The crews of one network at one hub this morning.
struct Site<'a> {
    p: &'a Params,
    w: &'a World,
    o: &'a Offers,
    network: u16,
    hub: HubId,
    home: HubId,
}

impl Site<'_> {
    /// USD that a load leaves which brings `gain` USD and costs `cents` to take to a hub: less the way home from there,
    /// and what the crew must earn for its time.
    fn profit(&self, gain: f64, cents: u64, to: HubId) -> f64 {
        let empty = &self.w.ways.empty;
        let (from_there, from_here) = (empty.cost(to, self.home), empty.cost(self.hub, self.home));
        let back = if from_there == NO_WAY || from_here == NO_WAY { 0.0 } else { from_there as f64 - from_here as f64 };
        // Time in proportion to the fuel of the empty way, at the pace of the paved road, there and back.
        let fuel = empty.cost(self.hub, to);
        let km = if fuel == NO_WAY { 0.0 } else { fuel as f64 / 100.0 / self.p.usd_per_km.max(0.01) };
        let days = 2.0 * km / (80.0 * self.p.hours_per_day);
        gain - (cents as f64 + back) / 100.0 - days * self.p.wage_usd_per_day
    }

    /// True for hubs within so many times the network's range from its home.
    fn reaches(&self, to: HubId, times: f64) -> bool {
        self.w.routes.km_between(self.home, to) <= times * self.w.grounds[usize::from(self.network)].range_km
    }

    /// Chance of getting one of so many loads against the other idle crews here. It weighs gain and cost alike, since
    /// only a crew that gets a load drives.
    fn share(&self, loads: f64) -> f64 {
        (loads / self.o.idle[self.hub as usize].max(1) as f64).min(1.0)
    }

    fn outlook(&self) -> (&Outlook, Terms<'_>) {
        (&self.w.outlooks[usize::from(self.network)], self.w.terms(self.network))
    }

    /// People in line here.
    fn people(&self) -> Vec<(Plan, f64)> {
        let (p, w) = (self.p, self.w);
        let (outlook, terms) = self.outlook();
        let mut options = vec![];
        for &leg in &w.routes.out[self.hub as usize] {
            let l = &w.routes.legs[leg as usize];
            let waiting = w.queues.seats[leg as usize].len() as u64 * u64::from(w.persons_per_agent);
            if l.carrier != Carrier::Crew || waiting == 0 || !self.reaches(l.to, 1.0) {
                continue;
            }
            let cost = outlook.leg(&terms, Cargo::People, leg).least();
            if cost != NO_WAY {
                let fares = waiting.min(u64::from(p.seats)) as f64 * f64::from(w.fare(leg)) / 100.0;
                let share = self.share(waiting as f64 / f64::from(p.seats));
                options.push((Plan::People(leg), self.profit(fares, cost, l.to) * share));
            }
        }
        options
    }

    /// Hubs where people wait and crews lack; idle crews everywhere may think of the same.
    fn far(&self) -> Vec<(Plan, f64)> {
        let everyone: u64 = self.o.idle.iter().sum();
        let waits = self.o.waits.iter().filter(|x| x.hub != self.hub && self.reaches(x.hub, 1.0));
        let options = waits.filter_map(|x| {
            let cost = self.w.ways.empty.cost(self.hub, x.hub);
            let chance = (x.crews as f64 / everyone.max(1) as f64).min(1.0);
            (cost != NO_WAY).then(|| (Plan::Empty(x.hub), self.profit(x.gain / 100.0, cost, x.hub) * chance))
        });
        options.collect()
    }

    /// Fuel or drugs for sale here, to every hub that buys them. They and arms pay for trips twice as long as people do
    /// (assumption).
    fn goods(&self, k: usize) -> Vec<(Plan, f64)> {
        let p = self.p;
        let (cargo, here) = (GOODS[k], self.o.loads[k][self.hub as usize]);
        if here == 0 {
            return vec![];
        }
        let margin = if cargo == Cargo::Fuel { p.fuel_margin_usd } else { p.drug_margin_usd };
        let (outlook, terms) = self.outlook();
        let to_go = outlook.to_go(&terms, cargo);
        let hubs = self.o.buyers[k].iter().copied().filter(|&to| to != self.hub && self.reaches(to, 2.0));
        let options = hubs.filter_map(|to| {
            let cost = to_go.cost(self.hub, to);
            (cost != NO_WAY).then(|| (Plan::Goods(cargo, to), self.profit(margin, cost, to) * self.share(here as f64)))
        });
        options.collect()
    }

    /// USD that a piece of a class sold at a hub brings over what it costs here.
    fn spread(&self, class: Class, to: HubId) -> f64 {
        self.w.price(to, class) * (1.0 - self.p.dealers_share) - self.w.price(self.hub, class)
    }

    /// Arms worth carrying from here, to any market where they are wanted and dearer: for each the class that pays best.
    fn arms(&self) -> Vec<(Plan, f64)> {
        let (p, w, o) = (self.p, self.w, self.o);
        let supply = o.supply[self.hub as usize];
        let mut options = vec![];
        if supply.iter().all(|&n| n == 0) {
            return options;
        }
        let load = |class: Class, to: HubId| {
            let wanted = o.wanted[to as usize][class as usize];
            load_of(p, class).min(supply[class as usize]).min(wanted)
        };
        let pays = |class: Class, to: HubId| load(class, to) > 0 && self.spread(class, to) > 0.0;
        // Costs are asked for last: they may have to be computed.
        let hubs = (0..w.routes.hubs.len() as HubId).filter(|&to| to != self.hub && self.reaches(to, 2.0));
        let hubs: Vec<HubId> = hubs.filter(|&to| Class::ALL.into_iter().any(|k| pays(k, to))).collect();
        if hubs.is_empty() {
            return options;
        }
        let (outlook, terms) = self.outlook();
        let to_go = outlook.to_go(&terms, Cargo::Arms);
        for to in hubs {
            let cost = to_go.cost(self.hub, to);
            if cost == NO_WAY {
                continue;
            }
            let profit = |class: Class| {
                let loads = supply[class as usize] as f64 / load_of(p, class).max(1) as f64;
                let gain = load(class, to) as f64 * self.spread(class, to);
                self.profit(gain, cost, to) * self.share(loads)
            };
            let there = Class::ALL.into_iter().filter(|&k| pays(k, to));
            let best = there.map(|k| (k, profit(k))).max_by(|a, b| a.1.total_cmp(&b.1));
            options.extend(best.map(|(class, gain)| (Plan::Arms(class, to), gain)));
        }
        options
    }
}

/// Weapons of a class that fit on a vehicle.
fn load_of(p: &Params, class: Class) -> u64 {
    libm::floor(p.arms_load_kg / KG[class as usize]) as u64
}

/// Grants seats' worth of people, market stock, loads and far-off passengers to the crews that want them, and sends those
/// on their way; who gets nothing waits.
pub fn load(p: &Params, w: &mut World, o: &Offers, plans: Vec<(Idle, Plan)>, day: Tick) {
    let turn = w.luck.on(TURN, day);
    let request = |resource: usize, i: Idle, want: u64| Request {
        resource: resource as u32,
        priority: turn.bits(i.lot),
        key: i.lot,
        row: i.row as u32,
        want: want as u32,
    };
    let hubs = w.routes.hubs.len();
    let (mut seats, mut stock, mut far, mut goods) = (vec![], vec![], vec![], vec![]);
    for (i, plan) in plans {
        let row = i.row;
        match plan {
            Plan::Wait => {}
            Plan::People(leg) => seats.push(request(leg as usize, i, places(p, w, i, day))),
            Plan::Arms(class, to) => {
                bind_for(w, row, Cargo::Arms as u8, to);
                let resource = w.crews.hub()[row] as usize * CLASSES + class as usize;
                stock.push(request(resource, i, load_of(p, class).min(o.wanted[to as usize][class as usize])));
            }
            Plan::Goods(cargo, to) => {
                bind_for(w, row, cargo as u8, to);
                let k = usize::from(cargo == GOODS[1]);
                goods.push(request(k * hubs + w.crews.hub()[row] as usize, i, 1));
            }
            Plan::Home => drive_empty(p, w, row, w.crews.home()[row]),
            Plan::Empty(to) => far.push(request(to as usize, i, 1)),
        }
    }
    note_scarcity(p, w, &seats);
    let mut supply: Vec<u64> = w.queues.seats.iter().map(|l| l.len() as u64).collect();
    let mut granted = vec![];
    grant(&mut seats, &mut supply, |r, n| granted.push((r, n)));
    for (r, n) in granted.drain(..).filter(|g| g.1 > 0) {
        board(p, w, r.row as usize, r.resource as LegId, n);
    }
    let mut supply = vec![0; hubs];
    for x in &o.waits {
        supply[x.hub as usize] = x.crews;
    }
    grant(&mut far, &mut supply, |r, n| granted.push((r, n)));
    for (r, _) in granted.drain(..).filter(|g| g.1 > 0) {
        drive_empty(p, w, r.row as usize, r.resource as HubId);
    }
    let mut supply: Vec<u64> = o.supply.iter().flatten().copied().collect();
    grant(&mut stock, &mut supply, |r, n| granted.push((r, n)));
    for (r, n) in granted.drain(..) {
        take_arms(p, w, r.row as usize, Class::ALL[r.resource as usize % CLASSES], n);
    }
    let mut supply: Vec<u64> = o.loads.iter().flatten().copied().collect();
    grant(&mut goods, &mut supply, |r, n| granted.push((r, n)));
    for (r, n) in granted {
        let row = r.row as usize;
        match (n > 0).then(|| next_leg(p, w, row)).flatten() {
            Some(leg) => set_off(p, w, row, leg),
            None => bind_for(w, row, crew::NOTHING, crew::NOWHERE),
        }
    }
}

/// Agents that a vehicle takes: what does not make a whole one is one more with the chance of the rest; at least one.
fn places(p: &Params, w: &World, i: Idle, day: Tick) -> u64 {
    let size = w.persons_per_agent;
    let rest = f64::from(p.seats % size) / f64::from(size);
    let more = w.luck.on(SEATS, day).chance(i.lot, rest);
    (u64::from(p.seats / size) + u64::from(more)).max(1)
}

/// Notes how many loads of people waited on each leg and how many crews would have taken one; fares follow tomorrow.
fn note_scarcity(p: &Params, w: &mut World, seats: &[Request]) {
    let mut offered = vec![0u32; w.routes.legs.len()];
    for r in seats {
        offered[r.resource as usize] += 1;
    }
    for (leg, &offered) in offered.iter().enumerate() {
        let waiting = w.queues.seats[leg].len() as u64 * u64::from(w.persons_per_agent);
        // In parts of a load: one person in line must not drive up the fare as a full vehicle does.
        let wanted = (waiting as f64 / f64::from(p.seats)) as f32;
        if waiting > 0 || offered > 0 {
            w.fares.update(leg, |f| (f.wanted, f.offered) = (wanted, offered));
        }
    }
}

/// Gives a crew a cargo and a goal.
fn bind_for(w: &mut World, row: usize, cargo: u8, goal: HubId) {
    w.crews.update(row, |c| (c.cargo, c.goal) = (cargo, goal));
}

/// Sets a crew on the road along a leg, by one of its ways.
pub fn set_off(p: &Params, w: &mut World, row: usize, leg: LegId) {
    let c = w.crews.get(row);
    let trip = w.ticket(Desk::Trip(c.carries()), usize::from(leg));
    let l = &w.routes.legs[leg as usize];
    let way = match c.carries() {
        None => l.ways.iter().position(|x| x.open(w.ways.year)).unwrap_or(0) as u8,
        Some(cargo) => choose_way(p, w, &Crew { trip, ..c }, cargo, leg),
    };
    w.crews.update(row, |c| {
        c.leg = leg;
        c.trip = trip;
        c.way = way;
        c.waypoint = 1;
        c.state = crew::DRIVING;
        (c.edge_hours, c.hazard, c.km, c.rough_km) = (0.0, 0.0, 0.0, 0.0);
    });
}

/// The first step of equation 2: which way to take, by logit on what each would cost.
fn choose_way(p: &Params, w: &World, c: &Crew, cargo: Cargo, leg: LegId) -> u8 {
    let costs = w.outlooks[usize::from(c.network)].leg(&w.terms(c.network), cargo, leg);
    let open = costs.ways.iter().enumerate().filter(|x| *x.1 != NO_WAY).map(|(i, &cost)| (i as u8, cost));
    let all: Vec<(u8, u64)> = open.chain(costs.round.map(|cost| (WAY_ROUND, cost))).collect();
    let weights = logit_over_least(&all.iter().map(|x| x.1 as f64).collect::<Vec<_>>(), p.choice_sharpness);
    choose(w.luck.at_start(ROAD).unit(c.trip), &weights).map_or(0, |k| all[k].0)
}

fn board(p: &Params, w: &mut World, row: usize, leg: LegId, n: u32) {
    let fare = w.fare(leg);
    let size = u64::from(w.persons_per_agent);
    let mut first = crate::agents::migrant::END;
    let mut paid = 0;
    for _ in 0..n {
        let Some(rider) = w.queues.seats[leg as usize].serve() else { break };
        let mut m = w.migrants.get(rider as usize);
        // Whoever joined the line before the fare rose pays what he has.
        let pays = fare.min(m.money);
        m.money -= pays;
        paid += u64::from(pays) * size;
        m.enter(Status::Carried);
        m.next = first;
        go_on(w, rider as usize, m);
        first = rider;
    }
    let to = w.routes.legs[leg as usize].to;
    w.crews.update(row, |c| {
        c.cargo = Cargo::People as u8;
        c.goal = to;
        c.riders = n * size as u32;
        c.first = first;
    });
    earn(p, w, row, Money::Migrants, paid);
    set_off(p, w, row, leg);
}

fn take_arms(p: &Params, w: &mut World, row: usize, class: Class, n: u32) {
    let c = w.crews.get(row);
    let cost = Usd::dollars(w.price(c.hub, class)).0.max(0) as u64 * u64::from(n);
    let Some(leg) = (n > 0).then(|| next_leg(p, w, row)).flatten() else {
        bind_for(w, row, crew::NOTHING, crew::NOWHERE);
        return;
    };
    let market = w.store(store::MARKET, c.hub);
    let bag = w.stores.update(market, |s| arms::take(&mut s.arms, class, n));
    w.ledgers.move_arms(Arms::Markets, Arms::Crews, &bag);
    w.crews.update(row, |x| (x.arms, x.source) = (bag, c.hub));
    pay(w, row, Money::Economy, cost);
    set_off(p, w, row, leg);
}

fn drive_empty(p: &Params, w: &mut World, row: usize, to: HubId) {
    bind_for(w, row, crew::NOTHING, to);
    match next_leg(p, w, row) {
        Some(leg) => set_off(p, w, row, leg),
        None => bind_for(w, row, crew::NOTHING, crew::NOWHERE),
    }
}

/// The next leg towards a crew's goal, by logit on the cost of the whole trip among legs that bring it nearer.
pub fn next_leg(p: &Params, w: &mut World, row: usize) -> Option<LegId> {
    let c = w.crews.get(row);
    let ticket = w.ticket(Desk::Onward(c.carries()), usize::from(c.hub));
    let u = w.luck.at_start(WAY).unit(ticket);
    debug_assert!(c.leg == NO_LEG || c.state == crew::IDLE);
    let Some(cargo) = c.carries() else {
        let fuel = |l: LegId| w.routes.legs[l as usize].fuel_cents(w.ways.year);
        return nearer_leg(w, c.hub, fuel, |from| w.ways.empty.cost(from, c.goal), p.choice_sharpness, u);
    };
    let (outlook, terms) = (&w.outlooks[usize::from(c.network)], w.terms(c.network));
    let to_go = outlook.to_go(&terms, cargo);
    let cost = |l: LegId| outlook.leg(&terms, cargo, l).least();
    nearer_leg(w, c.hub, cost, |from| to_go.cost(from, c.goal), p.choice_sharpness, u)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vehicle_carries_its_weight_in_whole_weapons() {
        let p = Params { arms_load_kg: 2000.0, ..Params::default() };
        assert_eq!(Class::ALL.map(|c| load_of(&p, c)), [250, 66, 4, 2, 100, 2]);
    }

    /// Profits of 8,000, 4,000 and 0 at a scale of 4,000: weights 1, 1/e and 1/e^2, so shares .665, .245 and .090; what
    /// loses money is never chosen.
    #[test]
    fn profits_are_weighed_on_their_scale() {
        let options = [(Plan::Home, 8000.0), (Plan::Empty(1), 4000.0), (Plan::Wait, 0.0), (Plan::Empty(2), -1.0)];
        let at = |u: f64| Nest::new(options.to_vec(), 4000.0).draw(u).map(|o| o.0);
        assert_eq!([at(0.66), at(0.67)], [Some(Plan::Home), Some(Plan::Empty(1))]);
        assert_eq!([at(0.90), at(0.92), at(0.999_999)], [Some(Plan::Empty(1)), Some(Plan::Wait), Some(Plan::Wait)]);
        assert_eq!(Nest::new(options[3..].to_vec(), 4000.0).draw(0.5), None);
    }
}
