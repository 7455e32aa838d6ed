//! The end of a day's drive: passages are counted, stopped crews lose their cargo, crews that arrive deliver it.

use super::Params;
use super::choose::{next_leg, set_off};
use super::drive::Trip;
use crate::agents::accounts::{Arms, Money, People};
use crate::agents::arms::{self, Class, EMPTY};
use crate::agents::crew::{self, Crew};
use crate::agents::migrant::{END, NO_LEG, Status};
use crate::agents::store;
use crate::agents::tally::Entry;
use crate::agents::world::World;
use crate::engine::rng::Purpose;
use crate::processes::journeys::{go_on, leave};
use crate::units::{Probability, Tick, Usd};

const DESERT_DEATH: Purpose = Purpose::new("crews.desert_death");

/// Applies the day's trips.
pub fn settle(p: &Params, w: &mut World, trips: Vec<Trip>, day: Tick) {
    w.tally.crews_on_road += trips.len() as i64;
    for t in trips {
        count(w, &t);
        w.crews.set(t.row, t.after);
        if t.stopped {
            stopped(p, w, t.row, day);
        } else if t.arrived {
            arrived(p, w, t.row, day);
        }
    }
}

fn count(w: &mut World, t: &Trip) {
    for x in &t.passages {
        let cell = &mut w.cells[x.node as usize];
        cell.people += x.people;
        cell.arms += x.arms;
    }
    for &(from, to) in &t.borders {
        if Some(from) == w.libya && t.after.cargo == crew::ARMS {
            for class in Class::ALL {
                w.tally.left_libya[class as usize] += i64::from(arms::of_class(&t.after.arms, class));
            }
        }
        if Some(to) == w.libya {
            w.tally.into_libya += i64::from(t.after.riders);
        }
    }
}

/// A patrol takes the vehicle and the arms; passengers are sent back to where they boarded.
fn stopped(p: &Params, w: &mut World, row: usize, day: Tick) {
    let c = w.crews.get(row);
    let country = w.region.nodes.country[c.node as usize];
    let start = w.routes.legs[c.leg as usize].from;
    w.tally.crews_stopped += 1;
    w.cells[c.node as usize].seizures += 1;
    for rider in w.list(c.first) {
        let mut m = w.migrants.get(rider as usize);
        m.hub = start;
        send_to_hub(w, rider as usize, &mut m, day);
    }
    w.tally.intercepted += i64::from(c.riders);
    if c.cargo == crew::ARMS {
        let custody = w.store(store::CUSTODY, country);
        w.stores.update(custody, |s| arms::add(&mut s.arms, &c.arms));
        w.ledgers.move_arms(Arms::Crews, Arms::Custody, &c.arms);
        for class in Class::ALL {
            w.tally.seized[class as usize] += i64::from(arms::of_class(&c.arms, class));
        }
        let place = w.region.countries[country as usize].iso3.clone();
        let count = arms::pieces(&c.arms);
        w.log.push(Entry { day, kind: "arms_seized", place, item: "weapons", count, key: c.key });
    }
    let loss = Usd::dollars(p.loss_usd).0.max(0);
    w.ledgers.pay(Money::Crews, Money::Economy, loss as u64);
    let due = day.0 + p.stopped_days;
    w.crews.set(row, Crew { state: crew::STOPPED, due, money: c.money - loss, ..unloaded(c) });
}

fn unloaded(c: Crew) -> Crew {
    Crew {
        cargo: crew::EMPTY_RUN,
        leg: NO_LEG,
        goal: crew::NOWHERE,
        riders: 0,
        first: END,
        arms: EMPTY,
        hazard: 0.0,
        owed: 0.0,
        waypoint: 0,
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

fn arrived(p: &Params, w: &mut World, row: usize, day: Tick) {
    let c = w.crews.get(row);
    let hub = w.routes.legs[c.leg as usize].to;
    let node = w.routes.hubs[hub as usize].node;
    if c.cargo == crew::PEOPLE {
        set_down(w, &c, hub, day);
    }
    let there = Crew { hub, node, leg: NO_LEG, state: crew::IDLE, waypoint: 0, owed: 0.0, hazard: 0.0, ..c };
    if c.cargo == crew::PEOPLE || hub == c.goal {
        if c.cargo == crew::ARMS {
            sell(p, w, &c, hub);
        }
        let earned = if c.cargo == crew::ARMS { value(p, &c) } else { 0 };
        w.crews.set(row, Crew { hub, node, state: crew::IDLE, money: c.money + earned as i64, ..unloaded(c) });
        return;
    }
    w.crews.set(row, there);
    match next_leg(p, w, row, day) {
        Some(leg) => set_off(w, row, leg),
        // The way on has closed: what it carries goes to the market here.
        None => {
            if c.cargo == crew::ARMS {
                sell(p, w, &c, hub);
            }
            let earned = if c.cargo == crew::ARMS { value(p, &c) } else { 0 };
            w.crews.set(row, Crew { hub, node, state: crew::IDLE, money: c.money + earned as i64, ..unloaded(c) });
        }
    }
}

/// Passengers get off; some have died on the way (equation 15).
fn set_down(w: &mut World, c: &Crew, hub: u16, day: Tick) {
    let died = Probability::of_hazard(f64::from(c.hazard), 1.0).get();
    let luck = w.luck.on(DESERT_DEATH, day);
    let size = w.persons_per_agent;
    for rider in w.list(c.first) {
        let mut m = w.migrants.get(rider as usize);
        if luck.chance(m.key, died) {
            leave(w, rider as usize, People::DeadDesert);
            w.tally.deaths_desert += i64::from(size);
            w.cells[c.node as usize].deaths += size;
            continue;
        }
        m.hub = hub;
        send_to_hub(w, rider as usize, &mut m, day);
    }
}

/// What the arms of a crew are worth outside Libya, US cents.
fn value(p: &Params, c: &Crew) -> u64 {
    Class::ALL
        .into_iter()
        .map(|k| Usd::dollars(p.arms_price_usd[k as usize]).0.max(0) as u64 * u64::from(arms::of_class(&c.arms, k)))
        .sum()
}

fn sell(p: &Params, w: &mut World, c: &Crew, hub: u16) {
    let market = w.store(store::MARKET, hub);
    w.stores.update(market, |s| arms::add(&mut s.arms, &c.arms));
    w.ledgers.move_arms(Arms::Crews, Arms::Markets, &c.arms);
    w.ledgers.pay(Money::Economy, Money::Crews, value(p, c));
    if w.in_sahel(w.routes.hubs[hub as usize].country) {
        for class in Class::ALL {
            w.tally.reached_sahel[class as usize] += i64::from(arms::of_class(&c.arms, class));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::arms::{Origin, slot};

    /// Ten rifles at 600 USD and two missiles at 10,000, whatever their origin, in cents.
    #[test]
    fn a_cargo_is_worth_its_price_by_class() {
        let p = Params { arms_price_usd: [600.0, 2500.0, 8000.0, 3000.0, 10_000.0, 0.0], ..Params::default() };
        let mut arms = EMPTY;
        arms[slot(Class::SmallArms, Origin::LibyanDepot)] = 7;
        arms[slot(Class::SmallArms, Origin::Local)] = 3;
        arms[slot(Class::Manpads, Origin::LibyanDepot)] = 2;
        arms[slot(Class::Chemical, Origin::LibyanDepot)] = 5;
        let c = Crew {
            key: 1,
            money: 0,
            network: 0,
            home: 0,
            hub: 0,
            leg: NO_LEG,
            goal: 0,
            waypoint: 3,
            state: crew::DRIVING,
            cargo: crew::ARMS,
            hazard: 0.5,
            owed: 1.0,
            node: 0,
            riders: 0,
            due: 0,
            arms,
            first: END,
        };
        assert_eq!(value(&p, &c), 26_000 * 100);
        let u = unloaded(c);
        assert_eq!((u.arms, u.cargo, u.leg, u.goal), (EMPTY, crew::EMPTY_RUN, NO_LEG, crew::NOWHERE));
        assert_eq!((u.hazard, u.owed, u.waypoint), (0.0, 0.0, 0));
    }
}
