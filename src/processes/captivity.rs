//! People held for ransom, and people in detention (equation 14).

use crate::agents::accounts::{Money, People};
use crate::agents::migrant::{DETAINED, END, HELD, Migrant, NO_LEG, SEA, Status};
use crate::agents::routes::HubId;
use crate::agents::ticket::Desk;
use crate::agents::world::World;
use crate::engine::dist::choose;
use crate::engine::rng::Purpose;
use crate::engine::step::Process;
use crate::engine::wake::{advance, threshold};
use crate::processes::moves::{go_on, leave, settle};
use crate::units::{Tick, Usd};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Ransom.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "USD", "x-source" = "model.md eq. 14; 2,000 LYD or 1,458 USD asked in Sabha (IRIN, March 2016; smuggling_prices)", "x-low" = 500, "x-high" = 5000))]
    pub ransom_usd: f64,
    /// Mean time until relatives have sent it.
    #[schemars(range(min = 1, max = 3650), extend("x-unit" = "days", "x-source" = "two months to raise it (IRIN, March 2016; smuggling_prices)", "x-low" = 30, "x-high" = 120))]
    pub ransom_days: f64,
    /// Rate of death of those held.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption", "x-low" = 0.0001, "x-high" = 0.001))]
    pub death_held_rate: f64,
    /// Mean time in detention.
    #[schemars(range(min = 1, max = 3650), extend("x-unit" = "days", "x-source" = "assumption (model.md eq. 14)", "x-low" = 30, "x-high" = 180))]
    pub detention_days: f64,
    /// Share of those who leave detention who go home with help.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.4))]
    pub assisted_return_share: f64,
    /// Share of them who buy their way out; the others escape or are let go.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.6))]
    pub bought_out_share: f64,
    /// What that costs.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "USD", "x-source" = "assumption", "x-low" = 200, "x-high" = 1500))]
    pub bought_out_usd: f64,
    /// Share of those who come out of detention without going home who give up the sea.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.6))]
    pub discouraged_share: f64,
    /// Rate of death in detention.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.0005))]
    pub death_detained_rate: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            ransom_usd: 2000.0,
            ransom_days: 60.0,
            death_held_rate: 0.0003,
            detention_days: 90.0,
            assisted_return_share: 0.1,
            bought_out_share: 0.3,
            bought_out_usd: 500.0,
            discouraged_share: 0.3,
            death_detained_rate: 0.0001,
        }
    }
}

const WAIT: Purpose = Purpose::new("captivity.wait");
const END_OF_IT: Purpose = Purpose::new("captivity.end");
const DISCOURAGED: Purpose = Purpose::new("captivity.discouraged");

/// How captivity or detention ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Release {
    Dies,
    /// Somebody pays so many US cents.
    Paid(u64),
    /// Goes home with help.
    Home,
    /// Escapes, or is let go.
    Free,
}

/// Captivity.
pub struct Captivity;

impl Process<World> for Captivity {
    const NAME: &'static str = "captivity";
    const ABOUT: &'static str = "People held for ransom are paid for, people in detention are let go, escape, buy themselves out or go home (equation 14).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        for (clock, state) in [(HELD, Status::Held), (DETAINED, Status::Detained)] {
            w.clocks.update(clock, |c| c.value = advance(c.value, rates(p, clock).iter().sum()));
            let mut due = w.queues.clocked[clock].take(w.clocks.value()[clock]);
            due.sort_unstable_by_key(|&row| w.migrants.key()[row as usize]);
            for row in due {
                let ticket = w.ticket(Desk::Out(state), usize::from(w.migrants.hub()[row as usize]));
                release(p, w, row as usize, how(p, clock, w.luck.at_start(END_OF_IT).unit(ticket)), ticket, day);
            }
        }
    }
}

/// Rates at which those held, or those in detention, die and leave.
fn rates(p: &Params, clock: usize) -> [f64; 2] {
    match clock {
        HELD => [p.death_held_rate, 1.0 / p.ransom_days],
        _ => [p.death_detained_rate, 1.0 / p.detention_days],
    }
}

/// How it ends for somebody whose wait is over, by one uniform `u`.
fn how(p: &Params, clock: usize, u: f64) -> Release {
    let [dies, leaves] = rates(p, clock);
    let cents = |usd: f64| Usd::dollars(usd).0.max(0) as u64;
    if clock == HELD {
        let ends = [(dies, Release::Dies), (leaves, Release::Paid(cents(p.ransom_usd)))];
        return pick(u, &ends);
    }
    let (home, bought) = (p.assisted_return_share, p.bought_out_share.min(1.0 - p.assisted_return_share));
    pick(
        u,
        &[
            (dies, Release::Dies),
            (leaves * home, Release::Home),
            (leaves * bought, Release::Paid(cents(p.bought_out_usd))),
            (leaves * (1.0 - home - bought), Release::Free),
        ],
    )
}

fn pick(u: f64, ends: &[(f64, Release)]) -> Release {
    let weights: Vec<f64> = ends.iter().map(|e| e.0).collect();
    choose(u, &weights).map_or(Release::Free, |i| ends[i].1)
}

fn release(p: &Params, w: &mut World, row: usize, how: Release, ticket: u64, day: Tick) {
    let size = u64::from(w.persons_per_agent);
    let m = w.migrants.get(row);
    match how {
        Release::Dies => {
            leave(w, row, People::DeadCaptive);
            w.tally.deaths_captive += size as i64;
        }
        Release::Home => {
            leave(w, row, People::Returned);
            w.tally.returned_detained += size as i64;
        }
        Release::Paid(cents) => {
            // Relatives send it; whoever holds the ground gets it when the tolls of the day are shared out.
            w.ledgers.pay(Money::Economy, Money::Groups, cents * size);
            w.tolls.push((w.routes.hubs[m.hub as usize].node, cents * size));
            w.tally.ransom += (cents * size) as i64;
            set_free(p, w, row, ticket, day);
        }
        Release::Free => set_free(p, w, row, ticket, day),
    }
}

/// Goes on the next morning; some who were in detention have had enough of the sea.
fn set_free(p: &Params, w: &mut World, row: usize, ticket: u64, day: Tick) {
    let mut m = w.migrants.get(row);
    let detained = m.status() == Status::Detained as u8;
    if detained && m.seabound() && w.luck.at_start(DISCOURAGED).chance(ticket, p.discouraged_share) {
        m.state &= !SEA;
        m.goal = m.hub;
    }
    if detained && !m.seabound() {
        m.since = day.0;
        settle(w, &mut m, day);
    } else {
        wait_for_morning(&mut m, day);
    }
    go_on(w, row, m);
}

fn wait_for_morning(m: &mut Migrant, day: Tick) {
    m.enter(Status::Earning);
    (m.since, m.due, m.leg, m.next) = (day.0 + 1, day.0 + 1, NO_LEG, END);
}

/// Puts somebody into the detention centres of the country of a hub; false, and nothing done, when they are full.
pub fn detain(w: &mut World, row: usize, hub: HubId, day: Tick) -> bool {
    let s = w.states.get(w.routes.hubs[hub as usize].country as usize);
    if s.detained + w.persons_per_agent > s.detention_places {
        return false;
    }
    w.tally.detained += i64::from(w.persons_per_agent);
    lock_up(w, row, hub, Status::Detained, day);
    true
}

/// Captors take somebody at a hub.
pub fn hold(w: &mut World, row: usize, hub: HubId, day: Tick) {
    w.tally.taken_captive += i64::from(w.persons_per_agent);
    lock_up(w, row, hub, Status::Held, day);
}

fn lock_up(w: &mut World, row: usize, hub: HubId, status: Status, day: Tick) {
    let clock = if status == Status::Held { HELD } else { DETAINED };
    let ticket = w.ticket(Desk::In(status), usize::from(hub));
    let mut m = w.migrants.get(row);
    m.enter(status);
    m.threshold = threshold(w.clocks.value()[clock], w.luck.at_start(WAIT).unit(ticket));
    (m.hub, m.since, m.due, m.leg, m.next) = (hub, day.0, 0, NO_LEG, END);
    go_on(w, row, m);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levers::tests::world_with_hubs as world;

    /// Of those held 1/60 a day are paid for and 0.0003 die: 1.77 % of the ends are deaths. Of those who leave detention a
    /// tenth go home, three tenths pay.
    #[test]
    fn captivity_ends_in_these_shares() {
        let p = Params { ransom_days: 60.0, death_held_rate: 0.0003, ..Params::default() };
        assert_eq!(how(&p, HELD, 0.0176), Release::Dies);
        assert_eq!(how(&p, HELD, 0.0178), Release::Paid(200_000));
        let p = Params { death_detained_rate: 0.0, assisted_return_share: 0.1, bought_out_share: 0.3, ..p };
        let at = |u| how(&p, DETAINED, u);
        assert_eq!(
            [at(0.09), at(0.11), at(0.39), at(0.41)],
            [Release::Home, Release::Paid(50_000), Release::Paid(50_000), Release::Free]
        );
    }

    /// One place in Sabha: the second who is caught is not taken in; whoever leaves makes room. The books agree throughout.
    #[test]
    fn detention_has_so_many_places() {
        let mut w = world();
        let hub = (0..w.routes.hubs.len()).find(|&h| Some(w.routes.hubs[h].country) == w.libya).unwrap() as HubId;
        let libya = w.libya.unwrap();
        w.states.update(libya as usize, |s| s.detention_places = 1);
        for key in 1..3 {
            let resident = Migrant::at(key, hub, Status::Resident);
            let row = w.migrants.push(Migrant { threshold: u64::MAX, since: w.day.0, ..resident });
            w.enlist(row);
        }
        w.ledgers.move_people(People::Outside, People::Working, 2);
        let day = w.day;
        assert!(detain(&mut w, 0, hub, day) && !detain(&mut w, 1, hub, day));
        assert_eq!(w.states.detained()[libya as usize], 1);
        w.audit().unwrap();
        release(&Params::default(), &mut w, 0, Release::Home, 1, day);
        assert_eq!(w.states.detained()[libya as usize], 0);
        assert!(detain(&mut w, 1, hub, day));
        w.audit().unwrap();
    }
}
