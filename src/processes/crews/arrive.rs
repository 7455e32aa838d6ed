//! The end of a day's drive: passages are counted, stopped crews lose their cargo, crews that arrive deliver it.

use super::Params;
use super::choose::{next_leg, set_off};
use super::drive::{End, Outcome, Trip, news};
use crate::agents::accounts::{Arms, Money, People};
use crate::agents::arms::{self, Bag, Class, EMPTY};
use crate::agents::crew::{self, Cargo, Crew};
use crate::agents::group::is_official;
use crate::agents::migrant::{END, NO_LEG, Status};
use crate::agents::sighting;
use crate::agents::store;
use crate::agents::tally::{Crossing, Entry, Leak};
use crate::agents::ticket::Desk;
use crate::agents::world::World;
use crate::engine::dist::{apportion, binomial};
use crate::engine::rng::Purpose;
use crate::processes::captivity::hold;
use crate::processes::moves::{go_on, leave};
use crate::region::{CountryId, NodeId};
use crate::units::{Probability, Tick, Usd};
use std::collections::BTreeMap;

const DESERT_DEATH: Purpose = Purpose::new("crews.desert_death");
const HELD: Purpose = Purpose::new("crews.held_for_ransom");
const DESTROYED: Purpose = Purpose::new("crews.seized_destroyed");
const LEAKED: Purpose = Purpose::new("crews.seized_leaked");

/// Applies the day's trips.
pub fn settle(p: &Params, w: &mut World, trips: Vec<Trip>, day: Tick) {
    w.tally.crews_on_road += trips.len() as i64;
    for t in trips {
        count(w, &t);
        let heard = news(w, &t);
        w.news.extend(heard);
        w.crews.set(t.row, t.after);
        pay_on_the_way(p, w, &t);
        match t.end {
            End::OnTheWay => {}
            End::Arrived => arrived(p, w, t.row, day),
            End::Stopped => stopped(p, w, t.row, day),
        }
    }
    share_tolls(w);
}

/// Counts what passed where, and what patrols and sensors made of it.
fn count(w: &mut World, t: &Trip) {
    let by_class = arms::by_class(&t.after.arms);
    let weapons: u32 = by_class.iter().sum();
    let leg = &w.routes.legs[t.after.leg as usize];
    let northward = w.routes.hubs[leg.to as usize].lat > w.routes.hubs[leg.from as usize].lat;
    for &node in &t.passed {
        let cell = &mut w.cells[node as usize];
        cell.people += t.after.riders;
        cell.arms += weapons;
        cell.crews += 1;
        if t.after.riders > 0 && w.posts.contains(&node) {
            w.tally.counted[usize::from(!northward)] += i64::from(t.after.riders);
        }
    }
    if t.after.carries().is_some() {
        w.tally.active.extend(&t.passed);
    }
    for &(from, to) in &t.borders {
        let cargo = t.after.carries();
        let people = t.after.riders;
        w.tally.crossings.push(Crossing { from, to, cargo, people, arms: by_class, convoy: false });
    }
    for met in &t.encounters {
        w.tally.found_by_teams += i64::from(met.team);
        w.tally.seen_by_sensors += i64::from(met.sensor);
        match met.outcome {
            Outcome::Tolerated => w.tally.tolerated += 1,
            Outcome::Seized => {}
            Outcome::NobodyCame | Outcome::Bribed { .. } | Outcome::LetPass => w.tally.not_acted_on += 1,
        }
        sighting::found(w, met.node, 1);
    }
}

/// Counts what a crew that has come to `to` has carried out of the country where its leg began.
fn count_abroad(w: &mut World, c: &Crew, to: CountryId) {
    let leg = &w.routes.legs[c.leg as usize];
    let (a, b) = (&w.routes.hubs[leg.from as usize], &w.routes.hubs[leg.to as usize]);
    let (from, northward) = (a.country, b.lat > a.lat);
    if from == to {
        return;
    }
    if northward && w.posts.iter().any(|&n| w.region.nodes.country[n as usize] == from) {
        w.tally.northbound += i64::from(c.riders);
    }
    if Some(to) == w.libya {
        w.tally.into_libya += i64::from(c.riders);
    }
    if Some(from) == w.libya {
        for class in Class::ALL {
            w.tally.left_libya[class as usize] += i64::from(arms::of_class(&c.arms, class));
        }
    }
}

/// Fuel, tolls of militias in the cells passed, and bribes.
fn pay_on_the_way(p: &Params, w: &mut World, t: &Trip) {
    pay(w, t.row, Money::Economy, t.fuel);
    if t.after.carries().is_none() {
        return;
    }
    let held = t.passed.iter().filter(|&&n| w.militia[n as usize]).count() as u64;
    let bribed = t.encounters.iter().filter(|m| matches!(m.outcome, Outcome::Bribed { .. })).count() as u64;
    let tolls = held * Usd::dollars(p.toll_usd).0.max(0) as u64;
    let bribes = bribed * Usd::dollars(p.bribe_usd).0.max(0) as u64;
    w.tally.tolls += tolls as i64;
    w.tally.bribes += bribes as i64;
    pay(w, t.row, Money::Groups, tolls);
    let toll = Usd::dollars(p.toll_usd).0.max(0) as u64;
    w.tolls.extend(t.passed.iter().filter(|&&n| w.militia[n as usize]).map(|&n| (n, toll)));
    pay(w, t.row, Money::Officials, bribes);
}

/// Shares out what was taken in each cell among the groups there, by fighters; it is in the account of groups already.
pub fn share_tolls(w: &mut World) {
    let mut tolls = std::mem::take(&mut w.tolls);
    tolls.sort_unstable();
    let mut at: BTreeMap<NodeId, Vec<usize>> = tolls.iter().map(|t| (t.0, vec![])).collect();
    for g in w.groups.rows().filter(|&g| !is_official(w.groups.bloc()[g]) && w.groups.fighters()[g] > 0) {
        if let Some(there) = at.get_mut(&w.groups.node()[g]) {
            there.push(g);
        }
    }
    for same in tolls.chunk_by(|a, b| a.0 == b.0) {
        let (node, cents): (NodeId, u64) = (same[0].0, same.iter().map(|t| t.1).sum());
        let mut there = at.remove(&node).unwrap_or_default();
        there.sort_unstable_by_key(|&g| w.groups.key()[g]);
        let fighters: Vec<f64> = there.iter().map(|&g| f64::from(w.groups.fighters()[g])).collect();
        let parts = apportion(cents, &fighters);
        let given: u64 = parts.iter().sum();
        for (g, part) in there.into_iter().zip(parts) {
            w.groups.update(g, |g| g.money += part as i64);
        }
        // Whoever took the toll has gone since this morning.
        w.ledgers.pay(Money::Groups, Money::Economy, cents - given);
    }
}

/// A crew pays; what it has left may fall below zero.
pub fn pay(w: &mut World, row: usize, to: Money, cents: u64) {
    if cents > 0 {
        w.ledgers.pay(Money::Crews, to, cents);
        w.crews.update(row, |c| c.money -= cents as i64);
        w.earned[usize::from(w.crews.network()[row])] -= cents as i64;
    }
}

/// A crew is paid, and gives its network its share.
pub fn earn(p: &Params, w: &mut World, row: usize, from: Money, cents: u64) {
    if cents == 0 {
        return;
    }
    let network = usize::from(w.crews.network()[row]);
    let dues = libm::round(cents as f64 * p.dues_share) as i64;
    w.ledgers.pay(from, Money::Crews, cents);
    w.ledgers.pay(Money::Crews, Money::Networks, dues as u64);
    w.networks.update(network, |n| n.funds += dues);
    w.crews.update(row, |c| c.money += cents as i64 - dues);
    w.earned[network] += cents as i64 - dues;
}

/// A patrol takes the vehicle and the cargo; passengers are sent back to where they boarded.
fn stopped(p: &Params, w: &mut World, row: usize, day: Tick) {
    let c = w.crews.get(row);
    let start = w.routes.legs[c.leg as usize].from;
    let country = w.region.nodes.country[c.node as usize];
    // People are sent back; arms are where they were found.
    count_abroad(w, &Crew { riders: 0, ..c }, country);
    w.tally.crews_stopped += 1;
    w.cells[c.node as usize].seizures += 1;
    for rider in w.list(c.first) {
        let mut m = w.migrants.get(rider as usize);
        m.hub = start;
        send_to_hub(w, rider as usize, &mut m, day);
    }
    w.tally.intercepted += i64::from(c.riders);
    if let Some(cargo) = c.carries() {
        let goods = match cargo {
            Cargo::People => 0,
            Cargo::Arms => value(w, &c.arms, c.goal) as i64,
            Cargo::Fuel => Usd::dollars(p.fuel_margin_usd).0,
            Cargo::Drugs => Usd::dollars(p.drug_margin_usd).0,
        };
        w.tally.stopped[cargo as usize] += 1;
        w.leg_counts[c.leg as usize].stopped[cargo as usize] += 1;
        w.tally.seized_cents[cargo as usize] += goods + Usd::dollars(p.vehicle_usd).0;
    }
    if c.carries() == Some(Cargo::Arms) {
        seize_arms(p, w, &c, day);
    }
    w.crews.set(row, Crew { state: crew::STOPPED, due: day.0 + p.stopped_days, ..unloaded(c) });
    let penalty = if c.carries() == Some(Cargo::People) { w.penalty[country as usize] } else { 0.0 };
    pay(w, row, Money::Economy, Usd::dollars(p.loss_usd + penalty).0.max(0) as u64);
}

/// Seized weapons are destroyed, sold on by those who seized them, or kept in custody.
fn seize_arms(p: &Params, w: &mut World, c: &Crew, day: Tick) {
    let (destroy, leak) = (w.luck.at_start(DESTROYED), w.luck.at_start(LEAKED));
    let (mut destroyed, mut leaked): (Bag, Bag) = (EMPTY, EMPTY);
    let n = &w.region.nodes;
    let (lat, lon) = (n.lat[c.node as usize], n.lon[c.node as usize]);
    let market = w.routes.nearest_hub(lat, lon, |h| h.connected).map(|x| x.0);
    for (item, &seized) in c.arms.iter().enumerate().filter(|x| *x.1 > 0) {
        let draw = |s: crate::engine::rng::Stream, of: u32, share: f64| {
            binomial(s.nth(item as u32).unit(c.trip), u64::from(of), share) as u32
        };
        destroyed[item] = draw(destroy, seized, p.destroyed_share);
        leaked[item] = if market.is_some() { draw(leak, seized - destroyed[item], p.leaked_share) } else { 0 };
    }
    let mut kept = c.arms;
    for item in 0..kept.len() {
        kept[item] -= destroyed[item] + leaked[item];
    }
    let country = w.region.nodes.country[c.node as usize];
    let custody = w.store(store::CUSTODY, country);
    w.stores.update(custody, |s| arms::add(&mut s.arms, &kept));
    if let Some(hub) = market {
        let market = w.store(store::MARKET, hub);
        w.stores.update(market, |s| arms::add(&mut s.arms, &leaked));
    }
    w.ledgers.move_arms(Arms::Crews, Arms::Custody, &kept);
    w.ledgers.move_arms(Arms::Crews, Arms::Markets, &leaked);
    w.ledgers.move_arms(Arms::Crews, Arms::Destroyed, &destroyed);
    for class in Class::ALL {
        w.tally.seized[class as usize] += i64::from(arms::of_class(&c.arms, class));
        w.tally.destroyed[class as usize] += i64::from(arms::of_class(&destroyed, class));
        w.tally.leaks[Leak::Seized as usize][class as usize] += i64::from(arms::of_class(&leaked, class));
    }
    let place = w.region.countries[country as usize].iso3.clone();
    let count = arms::pieces(&c.arms);
    w.log.push(Entry { day, kind: "arms_seized", place, item: "weapons", count, key: c.key });
}

fn unloaded(c: Crew) -> Crew {
    Crew {
        cargo: crew::NOTHING,
        way: 0,
        leg: NO_LEG,
        goal: crew::NOWHERE,
        source: crew::NOWHERE,
        riders: 0,
        first: END,
        arms: EMPTY,
        hazard: 0.0,
        edge_hours: 0.0,
        km: 0.0,
        rough_km: 0.0,
        waypoint: 0,
        trip: 0,
        ..c
    }
}

/// Sets a passenger down; the next morning's journeys decide what follows.
fn send_to_hub(w: &mut World, rider: usize, m: &mut crate::agents::migrant::Migrant, day: Tick) {
    m.enter(Status::Earning);
    m.since = day.0 + 1;
    m.due = day.0 + 1;
    m.leg = NO_LEG;
    m.next = END;
    go_on(w, rider, *m);
}

/// Delivers at the goal, or drives on towards it; a cargo whose way has closed is sold where it is.
fn arrived(p: &Params, w: &mut World, row: usize, day: Tick) {
    let c = w.crews.get(row);
    let hub = w.routes.legs[c.leg as usize].to;
    let node = w.routes.hubs[hub as usize].node;
    count_abroad(w, &c, w.routes.hubs[hub as usize].country);
    if let Some(cargo) = c.carries() {
        w.leg_counts[c.leg as usize].trips[cargo as usize] += 1;
    }
    if c.carries() == Some(Cargo::People) {
        set_down(p, w, &c, hub, day);
    } else if hub != c.goal {
        let there = Crew { hub, node, leg: NO_LEG, state: crew::IDLE, waypoint: 0, edge_hours: 0.0, hazard: 0.0, ..c };
        w.crews.set(row, there);
        if let Some(leg) = next_leg(p, w, row) {
            set_off(p, w, row, leg);
            return;
        }
    }
    let earned = match c.carries() {
        Some(Cargo::Arms) => sell(p, w, &c, hub),
        Some(Cargo::Fuel) if hub == c.goal => Usd::dollars(p.fuel_margin_usd).0.max(0) as u64,
        Some(Cargo::Drugs) if hub == c.goal => Usd::dollars(p.drug_margin_usd).0.max(0) as u64,
        _ => 0,
    };
    if let Some(cargo) = c.carries().filter(|_| hub == c.goal) {
        w.tally.delivered[cargo as usize] += 1;
    }
    w.crews.set(row, Crew { hub, node, state: crew::IDLE, ..unloaded(c) });
    earn(p, w, row, Money::Economy, earned);
}

/// Passengers get off; some have died on the way (equation 15).
fn set_down(p: &Params, w: &mut World, c: &Crew, hub: u16, day: Tick) {
    let died = Probability::of_hazard(f64::from(c.hazard), 1.0).get();
    let (dies, taken) = (w.luck.at_start(DESERT_DEATH), w.luck.at_start(HELD));
    let size = w.persons_per_agent;
    let kind = usize::from(c.rough_km > 0.5 * c.km);
    w.tally.carried[kind] += i64::from(c.riders);
    w.leg_counts[c.leg as usize].people += c.riders;
    let leg = &w.routes.legs[c.leg as usize];
    let country = w.routes.hubs[leg.to as usize].country;
    // One in so many who come to Libya falls into the hands of captors (equation 14).
    let enters = Some(country) == w.libya && w.routes.hubs[leg.from as usize].country != country;
    for rider in w.list(c.first) {
        let ticket = w.ticket(Desk::Passenger(kind), usize::from(c.leg));
        if dies.chance(ticket, died) {
            leave(w, rider as usize, People::DeadDesert);
            w.tally.deaths_desert += i64::from(size);
            w.tally.carried_dead[kind] += i64::from(size);
            w.leg_counts[c.leg as usize].deaths += size;
            w.cells[c.node as usize].deaths += size;
            continue;
        }
        if enters && taken.chance(ticket, p.held_share) {
            hold(w, rider as usize, hub, day);
            continue;
        }
        let mut m = w.migrants.get(rider as usize);
        m.hub = hub;
        send_to_hub(w, rider as usize, &mut m, day);
    }
}

/// What arms are worth at today's prices of a hub, US cents.
fn value(w: &World, bag: &Bag, hub: u16) -> u64 {
    let of = |k: Class| Usd::dollars(w.price(hub, k)).0.max(0) as u64 * u64::from(arms::of_class(bag, k));
    Class::ALL.into_iter().map(of).sum()
}

/// Sells a crew's arms to the market at a hub; returns what they bring, US cents.
fn sell(p: &Params, w: &mut World, c: &Crew, hub: u16) -> u64 {
    let market = w.store(store::MARKET, hub);
    w.stores.update(market, |s| arms::add(&mut s.arms, &c.arms));
    w.ledgers.move_arms(Arms::Crews, Arms::Markets, &c.arms);
    // What is traded within the Sahel has been counted when it came.
    let from = w.routes.hubs.get(usize::from(c.source)).map(|h| h.country);
    if w.in_sahel(w.routes.hubs[hub as usize].country) && !from.is_some_and(|f| w.in_sahel(f)) {
        for class in Class::ALL {
            w.tally.reached_sahel[class as usize] += i64::from(arms::of_class(&c.arms, class));
        }
    }
    libm::round(value(w, &c.arms, hub) as f64 * (1.0 - p.dealers_share)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::arms::{Origin, slot};

    /// A hub where a rifle costs 600 USD and a missile 10,000.
    fn world() -> World {
        let mut w = crate::levers::tests::world();
        let price = [600.0, 2500.0, 8000.0, 3000.0, 10_000.0, 0.0];
        w.markets.push(crate::agents::market::Market { key: 1, price, usual: price });
        w
    }

    /// Ten rifles at 600 USD and two missiles at 10,000, whatever their origin, in cents.
    #[test]
    fn a_cargo_is_worth_its_price_by_class() {
        let mut arms = EMPTY;
        arms[slot(Class::SmallArms, Origin::LibyanDepot)] = 7;
        arms[slot(Class::SmallArms, Origin::Local)] = 3;
        arms[slot(Class::Manpads, Origin::LibyanDepot)] = 2;
        arms[slot(Class::Chemical, Origin::LibyanDepot)] = 5;
        let mut w = world();
        assert_eq!(value(&w, &arms, 0), 26_000 * 100);
        w.markets.update(0, |m| m.price[0] *= 2.0);
        assert_eq!(value(&w, &arms, 0), 32_000 * 100, "at today's price");
        assert_eq!(value(&w, &arms, crew::NOWHERE), 0);
    }

    #[test]
    fn an_unloaded_crew_has_nothing_left_of_its_trip() {
        let mut arms = EMPTY;
        arms[slot(Class::SmallArms, Origin::LibyanDepot)] = 7;
        let c = Crew {
            key: 1,
            money: 0,
            network: 0,
            home: 0,
            hub: 0,
            leg: NO_LEG,
            goal: 0,
            source: 0,
            waypoint: 3,
            state: crew::DRIVING,
            cargo: Cargo::Arms as u8,
            way: 0,
            hazard: 0.5,
            edge_hours: 1.0,
            km: 9.0,
            rough_km: 3.0,
            node: 0,
            trip: 7,
            riders: 0,
            due: 0,
            arms,
            first: END,
        };
        let u = unloaded(c);
        assert_eq!((u.arms, u.carries(), u.leg, u.goal), (EMPTY, None, NO_LEG, crew::NOWHERE));
        assert_eq!((u.hazard, u.edge_hours, u.waypoint, u.km, u.rough_km), (0.0, 0.0, 0, 0.0, 0.0));
    }
}
