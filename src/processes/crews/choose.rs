//! What an idle crew carries next and where: people in line here, arms in the black market here, or nothing.

use super::{KG, Params};
use crate::agents::accounts::{Arms, Money};
use crate::agents::arms::{self, CLASSES, Class};
use crate::agents::crew::{self, Crew};
use crate::agents::migrant::{NO_LEG, Status};
use crate::agents::routes::{HubId, LegId, NO_WAY};
use crate::agents::store;
use crate::agents::world::World;
use crate::engine::dist::choose;
use crate::engine::grant::{Request, grant};
use crate::engine::rng::Purpose;
use crate::processes::journeys::{go_on, logit_over_least};
use crate::region::Carrier;
use crate::units::{Tick, Usd};

const CARGO: Purpose = Purpose::new("crews.cargo");
const TURN: Purpose = Purpose::new("crews.turn");
const WAY: Purpose = Purpose::new("crews.way");

/// What a crew means to do today.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Plan {
    Wait,
    /// Take people along a leg.
    People(LegId),
    /// Take arms of a class to a hub.
    Arms(Class, HubId),
    /// Drive empty to a hub where people wait.
    Empty(HubId),
    /// Drive home empty.
    Home,
}

/// Crews whose time out of business is over are idle at home again.
pub fn back_in_business(w: &mut World, day: Tick) {
    for i in 0..w.crews.len() {
        let c = w.crews.get(i);
        if c.state == crew::STOPPED && c.due <= day.0 {
            let node = w.routes.hubs[c.home as usize].node;
            w.crews.set(i, Crew { state: crew::IDLE, hub: c.home, node, due: 0, ..c });
        }
    }
}

/// Arms for sale and arms wanted, by hub and class.
struct Trade {
    supply: Vec<[u64; CLASSES]>,
    wanted: Vec<[u64; CLASSES]>,
    /// Idle crews at each hub: they share what is there.
    idle: Vec<u64>,
}

/// Reads the black markets: what Libya's hubs have, and what groups around other hubs lack beyond what their market has
/// and crews are bringing.
fn trade(w: &World) -> Trade {
    let hubs = w.routes.hubs.len();
    let mut t = Trade { supply: vec![[0; CLASSES]; hubs], wanted: vec![[0; CLASSES]; hubs], idle: vec![0; hubs] };
    for i in w.crews.rows().filter(|&i| w.crews.state()[i] == crew::IDLE) {
        t.idle[w.crews.hub()[i] as usize] += 1;
    }
    for (hub, lack) in w.shortfall.iter().enumerate() {
        t.wanted[hub] = *lack;
    }
    for i in w.stores.rows().filter(|&i| w.stores.kind()[i] == store::MARKET) {
        let hub = w.stores.at()[i] as usize;
        for class in Class::ALL {
            let n = u64::from(arms::of_class(&w.stores.arms()[i], class));
            if Some(w.routes.hubs[hub].country) == w.libya {
                t.supply[hub][class as usize] = n;
            }
            t.wanted[hub][class as usize] = t.wanted[hub][class as usize].saturating_sub(n);
        }
    }
    for i in w.crews.rows().filter(|&i| w.crews.cargo()[i] == crew::ARMS) {
        let hub = w.crews.goal()[i] as usize;
        for class in Class::ALL {
            let n = u64::from(arms::of_class(&w.crews.arms()[i], class));
            t.wanted[hub][class as usize] = t.wanted[hub][class as usize].saturating_sub(n);
        }
    }
    for hub in 0..hubs {
        if Some(w.routes.hubs[hub].country) == w.libya {
            t.wanted[hub] = [0; CLASSES];
        }
    }
    t
}

/// A hub where people wait for more seats than crews are bringing.
pub struct Wait {
    hub: HubId,
    /// Crews it takes to carry them.
    crews: u64,
    /// US cents that the best leg from there leaves over its costs.
    gain: f64,
}

/// Hubs worth driving to for passengers, less the seats of crews already on their way there.
pub fn waits(p: &Params, w: &World) -> Vec<Wait> {
    let mut coming = vec![0u64; w.routes.hubs.len()];
    for i in w.crews.rows().filter(|&i| w.crews.state()[i] == crew::DRIVING && w.crews.cargo()[i] == crew::EMPTY_RUN) {
        coming[w.crews.goal()[i] as usize] += u64::from(p.seats);
    }
    let size = u64::from(w.persons_per_agent);
    let mut out = vec![];
    for (hub, legs) in w.routes.out.iter().enumerate() {
        let here: u64 = legs.iter().map(|&l| w.queues.seats[l as usize].len() as u64 * size).sum();
        if here <= coming[hub] {
            continue;
        }
        let gain = |&l: &LegId| {
            let leg = &w.routes.legs[l as usize];
            let fares = (w.queues.seats[l as usize].len() as u64 * size).min(u64::from(p.seats)) * leg.fare_cents;
            if w.routes.open(l, w.ways.year) { fares as f64 - leg.crew_cents as f64 } else { f64::NEG_INFINITY }
        };
        let best = legs.iter().map(gain).fold(f64::NEG_INFINITY, f64::max);
        if best > 0.0 {
            out.push(Wait { hub: hub as HubId, crews: (here - coming[hub]).div_ceil(u64::from(p.seats)), gain: best });
        }
    }
    out
}

/// Plans of all idle crews, decided in parallel on the state as it stands.
pub fn plans(p: &Params, w: &World, waits: &[Wait], day: Tick) -> Vec<(usize, Plan)> {
    let t = trade(w);
    let idle: Vec<usize> = w.crews.rows().filter(|&i| w.crews.state()[i] == crew::IDLE).collect();
    crate::engine::parallel::map_items(&idle, 64, |&i| (i, plan(p, w, &t, waits, i, day)))
}

fn plan(p: &Params, w: &World, t: &Trade, waits: &[Wait], i: usize, day: Tick) -> Plan {
    let c = w.crews.get(i);
    let away = |hub: HubId| w.routes.km_between(c.home, hub);
    let reach = |hub: HubId| away(hub) <= w.network_range[c.network as usize];
    // Arms pay for trips twice as long as people do (assumption).
    let arms_reach = |hub: HubId| away(hub) <= 2.0 * w.network_range[c.network as usize];
    let mut people = vec![];
    for &leg in &w.routes.out[c.hub as usize] {
        let l = &w.routes.legs[leg as usize];
        let waiting = w.queues.seats[leg as usize].len() as u64 * u64::from(w.persons_per_agent);
        if l.carrier == Carrier::Crew && waiting > 0 && w.routes.open(leg, w.ways.year) && reach(l.to) {
            let fares = waiting.min(u64::from(p.seats)) * l.fare_cents;
            let gain = Usd(fares as i64 - l.crew_cents as i64).as_dollars();
            let loads = waiting as f64 / f64::from(p.seats);
            people.push((Plan::People(leg), gain * (loads / t.idle[c.hub as usize] as f64).min(1.0)));
        }
    }
    let far = waits.iter().filter(|x| x.hub != c.hub && reach(x.hub)).filter_map(|x| {
        let cost = w.ways.empty.cost(c.hub, x.hub);
        (cost != NO_WAY).then(|| (Plan::Empty(x.hub), (x.gain - cost as f64) / 100.0))
    });
    let luck = w.luck.on(CARGO, day);
    let pick = |nest: u32, options: &[(Plan, f64)]| logit(options, p.profit_scale_usd, luck.nth(nest).unit(c.key));
    // Nested: first the best of each kind, then the kind; else many poor destinations would outweigh one good load.
    let mut kinds = vec![(Plan::Wait, 0.0)];
    kinds.extend(pick(1, &people));
    kinds.extend(pick(2, &arms_options(p, w, t, &c, &arms_reach)));
    kinds.extend(pick(3, &far.collect::<Vec<_>>()));
    // The way home has to be driven anyhow, so it weighs as much as waiting.
    if c.hub != c.home && w.ways.empty.cost(c.hub, c.home) != NO_WAY {
        kinds.push((Plan::Home, 0.0));
    }
    pick(0, &kinds).map_or(Plan::Wait, |k| k.0)
}

/// Arms worth carrying from here: for each hub that lacks some, the class that pays best.
fn arms_options(p: &Params, w: &World, t: &Trade, c: &Crew, reach: &dyn Fn(HubId) -> bool) -> Vec<(Plan, f64)> {
    let supply = t.supply[c.hub as usize];
    let mut options = vec![];
    if supply.iter().all(|&n| n == 0) {
        return options;
    }
    for to in 0..w.routes.hubs.len() as HubId {
        let cost = w.ways.arms.cost(c.hub, to);
        if to == c.hub || cost == NO_WAY || t.wanted[to as usize].iter().all(|&n| n == 0) || !reach(to) {
            continue;
        }
        let profit = |class: Class| {
            let n = load_of(p, class).min(supply[class as usize]).min(t.wanted[to as usize][class as usize]);
            let loads = supply[class as usize] as f64 / load_of(p, class).max(1) as f64;
            let margin = p.arms_price_usd[class as usize] * (1.0 - p.source_price_share);
            // Only a crew that gets a load drives, so the chance of getting one weighs gain and cost alike.
            (n as f64 * margin - Usd(cost as i64).as_dollars()) * (loads / t.idle[c.hub as usize] as f64).min(1.0)
        };
        let best = Class::ALL.into_iter().map(|k| (k, profit(k))).max_by(|a, b| a.1.total_cmp(&b.1));
        options.extend(best.map(|(class, gain)| (Plan::Arms(class, to), gain)));
    }
    options
}

/// Weapons of a class that fit on a vehicle.
fn load_of(p: &Params, class: Class) -> u64 {
    libm::floor(p.arms_load_kg / KG[class as usize]) as u64
}

/// One of the options that do not lose money, by logit on profit; `None` when there is none.
fn logit(options: &[(Plan, f64)], scale: f64, u: f64) -> Option<(Plan, f64)> {
    let best = options.iter().map(|o| o.1).fold(f64::NEG_INFINITY, f64::max);
    let weight = |profit: f64| if profit >= 0.0 { libm::exp((profit - best) / scale) } else { 0.0 };
    let weights: Vec<f64> = options.iter().map(|o| weight(o.1)).collect();
    choose(u, &weights).map(|k| options[k])
}

/// Grants seats' worth of people, market stock and far-off passengers to the crews that want them, and sends those on
/// their way; who gets nothing waits.
pub fn load(p: &Params, w: &mut World, waits: &[Wait], plans: Vec<(usize, Plan)>, day: Tick) {
    let turn = w.luck.on(TURN, day);
    let request = |w: &World, resource: usize, row: usize, want: u64| {
        let key = w.crews.key()[row];
        Request { resource: resource as u32, priority: turn.bits(key), key, row: row as u32, want: want as u32 }
    };
    let mut seats = vec![];
    let mut stock = vec![];
    let mut far = vec![];
    for (row, plan) in plans {
        match plan {
            Plan::Wait => {}
            Plan::People(leg) => {
                seats.push(request(w, leg as usize, row, u64::from((p.seats / w.persons_per_agent).max(1))))
            }
            Plan::Arms(class, to) => {
                w.crews.update(row, |c| {
                    c.goal = to;
                    c.cargo = crew::ARMS;
                });
                let resource = w.crews.hub()[row] as usize * CLASSES + class as usize;
                stock.push(request(w, resource, row, load_of(p, class)));
            }
            Plan::Home => drive_empty(p, w, row, w.crews.home()[row], day),
            Plan::Empty(to) => far.push(request(w, to as usize, row, 1)),
        }
    }
    let mut supply: Vec<u64> = w.queues.seats.iter().map(|l| l.len() as u64).collect();
    let mut granted = vec![];
    grant(&mut seats, &mut supply, |r, n| granted.push((r, n)));
    for (r, n) in granted.drain(..).filter(|g| g.1 > 0) {
        board(w, r.row as usize, r.resource as LegId, n);
    }
    let mut supply = vec![0; w.routes.hubs.len()];
    for x in waits {
        supply[x.hub as usize] = x.crews;
    }
    grant(&mut far, &mut supply, |r, n| granted.push((r, n)));
    for (r, _) in granted.drain(..).filter(|g| g.1 > 0) {
        drive_empty(p, w, r.row as usize, r.resource as HubId, day);
    }
    let mut supply = market_supply(w);
    grant(&mut stock, &mut supply, |r, n| granted.push((r, n)));
    for (r, n) in granted {
        take_arms(p, w, r.row as usize, Class::ALL[r.resource as usize % CLASSES], n, day);
    }
}

fn market_supply(w: &World) -> Vec<u64> {
    let mut supply = vec![0; w.routes.hubs.len() * CLASSES];
    for i in w.stores.rows().filter(|&i| w.stores.kind()[i] == store::MARKET) {
        for class in Class::ALL {
            supply[w.stores.at()[i] as usize * CLASSES + class as usize] =
                u64::from(arms::of_class(&w.stores.arms()[i], class));
        }
    }
    supply
}

/// Sets a crew on the road along a leg.
pub fn set_off(w: &mut World, row: usize, leg: LegId) {
    let fuel = w.routes.legs[leg as usize].fuel_cents;
    w.crews.update(row, |c| {
        c.leg = leg;
        c.waypoint = 1;
        c.state = crew::DRIVING;
        c.owed = 0.0;
        c.hazard = 0.0;
        c.money -= fuel as i64;
    });
    w.ledgers.pay(Money::Crews, Money::Economy, fuel);
}

fn board(w: &mut World, row: usize, leg: LegId, n: u32) {
    let fare = w.routes.legs[leg as usize].fare_cents as u32;
    let size = u64::from(w.persons_per_agent);
    let mut first = crate::agents::migrant::END;
    for _ in 0..n {
        let Some(rider) = w.queues.seats[leg as usize].serve() else { break };
        let mut m = w.migrants.get(rider as usize);
        m.money -= fare;
        m.enter(Status::Carried);
        m.next = first;
        go_on(w, rider as usize, m);
        first = rider;
    }
    let paid = u64::from(fare) * u64::from(n) * size;
    w.ledgers.pay(Money::Migrants, Money::Crews, paid);
    let to = w.routes.legs[leg as usize].to;
    w.crews.update(row, |c| {
        c.money += paid as i64;
        c.cargo = crew::PEOPLE;
        c.goal = to;
        c.riders = n * size as u32;
        c.first = first;
    });
    set_off(w, row, leg);
}

fn take_arms(p: &Params, w: &mut World, row: usize, class: Class, n: u32, day: Tick) {
    let c = w.crews.get(row);
    let cost = Usd::dollars(p.arms_price_usd[class as usize] * p.source_price_share).0.max(0) as u64 * u64::from(n);
    let leg = next_leg(p, w, row, day);
    let (true, Some(leg)) = (n > 0, leg) else {
        w.crews.update(row, |c| {
            c.goal = crew::NOWHERE;
            c.cargo = crew::EMPTY_RUN;
        });
        return;
    };
    let market = w.store(store::MARKET, c.hub);
    let bag = w.stores.update(market, |s| arms::take(&mut s.arms, class, n));
    w.ledgers.move_arms(Arms::Markets, Arms::Crews, &bag);
    w.ledgers.pay(Money::Crews, Money::Economy, cost);
    w.crews.update(row, |c| {
        c.money -= cost as i64;
        c.arms = bag;
    });
    set_off(w, row, leg);
}

fn drive_empty(p: &Params, w: &mut World, row: usize, to: HubId, day: Tick) {
    w.crews.update(row, |c| {
        c.goal = to;
        c.cargo = crew::EMPTY_RUN;
    });
    match next_leg(p, w, row, day) {
        Some(leg) => set_off(w, row, leg),
        None => w.crews.update(row, |c| c.goal = crew::NOWHERE),
    }
}

/// The next leg towards a crew's goal, by logit on the cost of the whole way among legs that bring it nearer.
pub fn next_leg(p: &Params, w: &World, row: usize, day: Tick) -> Option<LegId> {
    let c = w.crews.get(row);
    let armed = c.cargo == crew::ARMS;
    let ways = if armed { &w.ways.arms } else { &w.ways.empty };
    let here = ways.cost(c.hub, c.goal);
    let mut legs = vec![];
    let mut costs = vec![];
    for &leg in &w.routes.out[c.hub as usize] {
        let l = &w.routes.legs[leg as usize];
        let rest = ways.cost(l.to, c.goal);
        if w.routes.open(leg, w.ways.year) && (l.arms || !armed) && rest != NO_WAY && rest < here {
            legs.push(leg);
            costs.push((l.crew_cents + rest) as f64);
        }
    }
    debug_assert!(c.leg == NO_LEG || c.state == crew::IDLE);
    let weights = logit_over_least(&costs, p.choice_sharpness);
    choose(w.luck.on(WAY, day).unit(c.key), &weights).map(|k| legs[k])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_vehicle_carries_its_weight_in_whole_weapons() {
        let p = Params { arms_load_kg: 2000.0, ..Params::default() };
        assert_eq!(Class::ALL.map(|c| load_of(&p, c)), [250, 66, 4, 2, 100, 2]);
    }

    /// A profit lower by one scale is e times less likely; only differences count.
    #[test]
    fn profits_are_weighed_on_their_scale() {
        let w = logit(&[4000.0, 0.0, 8000.0], 4000.0);
        assert_eq!(w[2], 1.0);
        assert!((w[0] - 0.367_879_441).abs() < 1e-8 && (w[1] - 0.135_335_283).abs() < 1e-8);
        assert_eq!(logit(&[4100.0, 100.0, 8100.0], 4000.0), w);
    }
}
