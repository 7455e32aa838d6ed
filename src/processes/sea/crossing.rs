//! What befalls boats at sea, hour by hour (equation 17).

use super::Params;
use super::rescue::{Waters, board, chart, hull_left, in_reach, rescue_rate};
use crate::agents::accounts::{Hulls, People};
use crate::agents::migrant::{END, NO_LEG, Status};
use crate::agents::tally::{Attempts, Entry};
use crate::agents::vessel::Boat;
use crate::agents::world::World;
use crate::engine::dist::exponential;
use crate::engine::rng::{Key, Purpose};
use crate::processes::captivity::detain;
use crate::processes::landings::disembark;
use crate::processes::moves::{go_on, leave};
use crate::units::Tick;

const ORDER: Purpose = Purpose::new("sea.order");
const HOUR: Purpose = Purpose::new("sea.hour");
const DROWN: Purpose = Purpose::new("sea.drown");
const CALL: Purpose = Purpose::new("sea.call");

/// Rate of sinking of a sound boat, 1/h (equation 17).
pub fn sinking_rate(p: &Params, kind: u8, wave_m: f64) -> f64 {
    p.sinking_per_hour[kind as usize] * libm::exp(p.wave_effect * (wave_m - 1.0))
}

/// Rate at which a coast guard brings a boat back that has made `km`, 1/h (equation 17): within its range, and in a sea that
/// its own boats bear.
pub fn pullback_rate(p: &Params, boat_days: f64, km: f64, wave_m: f64) -> f64 {
    let out = km <= p.coast_guard_km && wave_m <= p.coast_guard_wave_m;
    if out { p.pullback_per_hour * boat_days } else { 0.0 }
}

/// What may befall a boat in an hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fate {
    Sinks,
    Rescued,
    PulledBack,
    EngineFails,
    WashedAshore,
}

/// What happens within an hour, if anything: the first of waits that are exponential, each at its own rate and from its own
/// uniform in (0, 1) that `u` gives by number, if it is over within the hour. So something happens with probability
/// 1 - exp(-sum of the rates), each in proportion to its rate; and where a policy raises one rate alone, nothing else
/// happens than before but what that one forestalls.
fn befalls(rates: &[(Fate, f64)], u: impl Fn(usize) -> f64) -> Option<Fate> {
    let waits = rates.iter().enumerate().filter(|(_, r)| r.1 > 0.0).map(|(i, r)| (r.0, exponential(u(i)) / r.1));
    waits.min_by(|a, b| a.1.total_cmp(&b.1)).filter(|x| x.1 < 1.0).map(|x| x.0)
}

/// One hour of every boat at sea, in an order by lot, since rescuers are scarce.
pub(super) fn cross(p: &Params, w: &mut World, day: Tick, hour: u32) {
    if w.boats.live() == 0 {
        return;
    }
    let lot = w.luck.on(ORDER, day).nth(hour);
    // What befalls a boat hangs on the boat and its hours at sea, not on the day.
    let luck = w.luck.at_start(HOUR);
    let mut boats: Vec<usize> = w.boats.rows().collect();
    boats.sort_by_cached_key(|&b| lot.bits(w.boats.key()[b]));
    // Who is on station changes at the end of an hour only.
    let chart = chart(w, day);
    for b in boats {
        let boat = w.boats.get(b);
        w.tally.boat_hours += 1;
        let here = &chart[usize::from(boat.zone)];
        let rates = rates(p, w, &boat, here);
        let now = Key(boat.key).child(Tick(0), u64::from(boat.hours)).0;
        match befalls(&rates, |fate| luck.nth(fate as u32).unit(now)) {
            Some(Fate::Sinks) => founder(p, w, b, here, day, hour),
            Some(Fate::Rescued) => rescued(p, w, b, here, day, hour),
            Some(Fate::PulledBack) => pull_back(w, b, day),
            Some(Fate::WashedAshore) => washed_ashore(w, b, day),
            Some(Fate::EngineFails) => drift(p, w, b),
            None => sail(p, w, b, day),
        }
    }
}

/// Rates of all that may befall a boat this hour, 1/h.
fn rates(p: &Params, w: &World, boat: &Boat, here: &Waters) -> [(Fate, f64); 4] {
    let wave_m = w.zones.wave_m()[usize::from(boat.zone)];
    let own = if boat.adrift == 1 {
        (Fate::WashedAshore, p.washed_ashore_per_hour)
    } else {
        (Fate::EngineFails, p.engine_failure_per_hour[boat.kind as usize])
    };
    [
        (Fate::Sinks, sinking_rate(p, boat.kind, wave_m) * boat.quality),
        (Fate::Rescued, rescue_rate(p, w, boat, here)),
        (Fate::PulledBack, pullback_rate(p, here.guard.boat_days, boat.km, wave_m)),
        own,
    ]
}

/// An hour in which nothing happens: a boat whose engine runs makes way, and may come to the end of its lane.
fn sail(p: &Params, w: &mut World, b: usize, day: Tick) {
    let boat = w.boats.get(b);
    let lane = &w.region.sea.lanes[usize::from(boat.lane)];
    let (km, to) = (lane.km, lane.to);
    if boat.adrift == 1 {
        w.boats.update(b, |x| x.hours += 1);
    } else if boat.km + p.boat_kmh < km {
        w.boats.update(b, |x| (x.hours, x.km) = (x.hours + 1, x.km + p.boat_kmh));
    } else {
        for row in w.list(boat.first) {
            disembark(w, row as usize, to, false, day);
        }
        ended(w, &boat, |a| a.landed += i64::from(boat.people));
        end(w, b, Hulls::Landed);
    }
}

/// The engine fails: the boat makes no way from now on; some call for help.
fn drift(p: &Params, w: &mut World, b: usize) {
    let called = w.luck.at_start(CALL).chance(w.boats.key()[b], p.call_chance);
    w.boats.update(b, |x| (x.adrift, x.called, x.hours) = (1, u8::from(called), x.hours + 1));
    w.tally.engine_failures += 1;
    w.tally.calls += i64::from(called);
}

/// A vessel takes everybody aboard.
fn rescued(p: &Params, w: &mut World, b: usize, here: &Waters, day: Tick, hour: u32) {
    let boat = w.boats.get(b);
    let near: Vec<usize> = in_reach(w, &boat, here).collect();
    let people = w.list(boat.first);
    board(w, &people, &near, boat.key, day, hour);
    w.tally.rescued += i64::from(boat.people);
    ended(w, &boat, |a| a.rescued += i64::from(boat.people));
    let hull = hull_left(p, w, &boat, here);
    end(w, b, hull);
}

/// A coast guard brings everybody back to where they left: into detention, or ashore when its centres are full.
fn pull_back(w: &mut World, b: usize, day: Tick) {
    let boat = w.boats.get(b);
    for row in w.list(boat.first) {
        let hub = w.migrants.hub()[row as usize];
        if !detain(w, row as usize, hub, day) {
            ashore(w, row as usize, day);
        }
    }
    w.tally.pulled_back += i64::from(boat.people);
    w.tally.boats_pulled_back += 1;
    ended(w, &boat, |a| a.pulled_back += i64::from(boat.people));
    end(w, b, Hulls::Seized);
}

/// A boat adrift is cast up on the coast it came from.
fn washed_ashore(w: &mut World, b: usize, day: Tick) {
    let boat = w.boats.get(b);
    for row in w.list(boat.first) {
        ashore(w, row as usize, day);
    }
    ended(w, &boat, |a| a.ashore += i64::from(boat.people));
    end(w, b, Hulls::Abandoned);
}

/// A boat sinks: some die; the others are taken aboard by a vessel, or reach the coast they came from.
fn founder(p: &Params, w: &mut World, b: usize, here: &Waters, day: Tick, hour: u32) {
    let boat = w.boats.get(b);
    let luck = w.luck.at_start(DROWN);
    let size = i64::from(w.persons_per_agent);
    let (mut alive, mut dead) = (vec![], 0);
    for (row, n) in w.list(boat.first).into_iter().zip(0..) {
        if luck.nth(n).chance(boat.key, p.deaths_given_sinking) {
            leave(w, row as usize, People::DeadSea);
            dead += size;
        } else {
            alive.push(row);
        }
    }
    let reported = if alive.is_empty() { 0 } else { dead };
    let saved = alive.len() as i64 * size;
    w.tally.sinkings += 1;
    w.tally.deaths_sea += dead;
    w.tally.deaths_sea_reported += reported;
    let near: Vec<usize> = in_reach(w, &boat, here).collect();
    if near.is_empty() {
        for &row in &alive {
            ashore(w, row as usize, day);
        }
        ended(w, &boat, |a| a.ashore += saved);
    } else {
        w.tally.rescued += saved;
        board(w, &alive, &near, boat.key, day, hour);
        ended(w, &boat, |a| a.rescued += saved);
    }
    ended(w, &boat, |a| (a.dead, a.reported) = (a.dead + dead, a.reported + reported));
    let place = w.region.sea.zones[boat.zone as usize].name.clone();
    w.log.push(Entry { day, kind: "boat_sunk", place, item: "dead", count: dead, key: boat.key });
    end(w, b, Hulls::Sunk);
}

/// Puts someone back on land at the hub of departure; tomorrow's journeys decide what follows.
pub(super) fn ashore(w: &mut World, row: usize, day: Tick) {
    let mut m = w.migrants.get(row);
    m.enter(Status::BeachEarning);
    (m.since, m.due, m.leg, m.next) = (day.0 + 1, day.0 + 1, NO_LEG, END);
    go_on(w, row, m);
}

/// Notes how the attempts of a boat ended.
fn ended(w: &mut World, boat: &Boat, note: impl FnOnce(&mut Attempts)) {
    note(&mut w.tally.attempts[usize::from(boat.zone)]);
}

/// The voyage is over.
fn end(w: &mut World, b: usize, into: Hulls) {
    w.tally.voyages += 1;
    w.tally.voyage_hours += i64::from(w.boats.hours()[b]) + 1;
    w.ledgers.move_hulls(Hulls::AtSea, into, 1);
    w.boats.remove(b);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::vessel::{RUBBER, WOOD};

    fn p() -> Params {
        Params { sinking_per_hour: [0.006, 0.002], wave_effect: 1.5, ..Params::default() }
    }

    /// Equation 17 by hand: the rate itself at 1 m, exp(1.5) times it at 2 m.
    #[test]
    fn the_rate_of_sinking_grows_with_the_waves() {
        let p = p();
        assert_eq!(sinking_rate(&p, RUBBER, 1.0), 0.006);
        assert_eq!(sinking_rate(&p, WOOD, 1.0), 0.002);
        assert!((sinking_rate(&p, RUBBER, 2.0) - 0.006 * 4.481_689_07).abs() < 1e-9);
        assert!((sinking_rate(&p, RUBBER, 0.0) - 0.006 * 0.223_130_16).abs() < 1e-9);
    }

    /// Equation 17 by hand: two boat-days per 100 km make 0.025 an hour within 150 km in a sea of up to 1.25 m, and nothing beyond.
    #[test]
    fn a_coast_guard_brings_boats_back_near_its_coast_in_calm_seas() {
        let p = Params { pullback_per_hour: 0.0125, coast_guard_km: 150.0, coast_guard_wave_m: 1.25, ..p() };
        assert_eq!(pullback_rate(&p, 2.0, 0.0, 1.0), 0.025);
        assert_eq!(pullback_rate(&p, 2.0, 150.0, 1.25), 0.025);
        assert_eq!(pullback_rate(&p, 2.0, 150.1, 1.0), 0.0);
        assert_eq!(pullback_rate(&p, 2.0, 0.0, 1.26), 0.0);
        assert_eq!(pullback_rate(&p, 0.0, 0.0, 1.0), 0.0);
    }

    /// Waits by hand: with a uniform exp(-x) and a rate r it is x / r hours. The shortest counts, if it is over within the hour.
    #[test]
    fn the_first_wait_that_is_over_counts() {
        use Fate::*;
        let rates = [(Sinks, 0.1), (Rescued, 0.2), (PulledBack, 0.0), (EngineFails, 0.1)];
        let at = |x: [f64; 4]| befalls(&rates, |fate| libm::exp(-x[fate]));
        assert_eq!(at([0.09, 0.17, 0.0, 0.5]), Some(Rescued), "0.9, 0.85 and 5 hours");
        assert_eq!(at([0.08, 0.17, 0.0, 0.5]), Some(Sinks));
        assert_eq!(at([0.11, 0.21, 0.0, 0.11]), None);
        assert_eq!(befalls(&[(Sinks, 0.0); 4], |_| 1e-9), None);
    }

    /// Rates 0.1, 0.2 and 0.1: something happens with 1 - exp(-0.4) = 0.32968, in the shares 1, 2 and 1 of 4. Of 100,000 draws, within
    /// four standard errors (error rate 3e-4 over the four comparisons; seed fixed). With the second rate doubled the first
    /// and the last happen only where they happened before.
    #[test]
    fn rates_compete_in_proportion() {
        use Fate::*;
        let s = crate::engine::rng::Luck { seed: 3, replicate: 0 }.at_start(HOUR);
        let drawn = |rescued: f64| -> Vec<Option<Fate>> {
            let rates = [(Sinks, 0.1), (Rescued, rescued), (PulledBack, 0.0), (EngineFails, 0.1)];
            (0..100_000).map(|key| befalls(&rates, |fate| s.nth(fate as u32).unit(key))).collect()
        };
        let (one, two) = (drawn(0.2), drawn(0.4));
        let event = 0.329_679_953_964;
        let shares = [
            (Some(Sinks), 0.25 * event),
            (Some(Rescued), 0.5 * event),
            (Some(EngineFails), 0.25 * event),
            (None, 1.0 - event),
        ];
        for (fate, share) in shares {
            let n = one.iter().filter(|&&f| f == fate).count() as f64;
            assert!((n - 1e5 * share).abs() < 4.0 * libm::sqrt(1e5 * share * (1.0 - share)), "{fate:?}: {n}");
        }
        let others = |f: &Option<Fate>| matches!(f, Some(Sinks | EngineFails));
        assert!(one.iter().zip(&two).all(|(a, b)| !others(b) || a == b));
        assert!(two.iter().filter(|f| others(f)).count() < one.iter().filter(|f| others(f)).count());
    }
}
