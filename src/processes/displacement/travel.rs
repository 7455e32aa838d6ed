//! A day on the way: who stays and who goes, how far they come, and whether they go on.
//!
//! In the morning all decide together. Then they travel, in rounds: those who have come somewhere with part of the day left may go on in the next.
//! Whoever decides in a round knows how full camps were at its beginning, so that nothing hangs on an order of people (parts of people one after
//! the other, by lot, come no nearer to Flee: docs/flee.md). A day costs what happens in it: who is on a road is looked at when its end is reached,
//! who stays in a camp when the wait is over.

use super::Params;
use super::routes::{Known, Way, scores};
use crate::agents::displaced::{FIRST, NEVER, NONE, Person, UNDER_WAY};
use crate::agents::world::World;
use crate::engine::dist::exponential;
use crate::engine::rng::{Purpose, Stream};
use crate::engine::wake::{advance, threshold};
use crate::region::displacement::{Kind, Link};
use crate::units::Tick;
use rayon::prelude::*;
use std::cmp::Reverse;

const WAY: Purpose = Purpose::new("displacement.way");
const LEAVE: Purpose = Purpose::new("displacement.leave");
const STAY: Purpose = Purpose::new("displacement.stay");
const GO_ON: Purpose = Purpose::new("displacement.go_on");
const WALK: Purpose = Purpose::new("displacement.walk");
const SETTLE: Purpose = Purpose::new("displacement.settle");

/// Where fewer leave than this share a day, each has a threshold; elsewhere all are asked.
const LONG: f64 = 0.05;

/// People of one site who are asked together by one thread.
const ASKED: usize = 4096;

/// Somebody on the way today. Nobody else looks at the row until the day's travel is done, so it is written once.
#[derive(Clone, Copy)]
struct Traveller {
    row: u32,
    m: Person,
    /// Part of the day that is left.
    left: f64,
    /// Travelled today, km.
    km: f64,
}

/// Moves everybody.
pub fn travel(p: &Params, w: &mut World, day: Tick) {
    let arrivals = w.refuge.under_way.take(day);
    w.refuge.on_links -= arrivals.len() as u32;
    let mut going: Vec<Traveller> = arrivals
        .into_iter()
        .map(|row| Traveller { row, m: w.displaced.get(row as usize), left: 1.0, km: 0.0 })
        .collect();
    let scores = scores(p, w, day);
    let leaving = leaving(p, w, day, &scores);
    going.extend(depart(p, w, day, 1, leaving));
    let mut round = 1;
    while !going.is_empty() {
        let come = arrive(p, w, day, round, going);
        round += 1;
        let further = further(p, w, day, round, &scores, come);
        going = depart(p, w, day, round, further);
    }
}

/// Puts somebody who stays at a site into its queue.
pub fn stay(w: &mut World, row: usize, m: Person, day: Tick) {
    stay_by(w, row, m, w.luck.on(STAY, day));
}

/// The same with a draw of its own.
fn stay_by(w: &mut World, row: usize, mut m: Person, luck: Stream) {
    let site = m.at as usize;
    m.threshold = 0;
    if m.plan != NONE {
        w.refuge.on_route.push(row as u32);
    } else if w.refuge.waiting[site].long {
        m.threshold = threshold(w.sites.clock()[site], luck.unit(m.key));
        w.refuge.waiting[site].by_clock.push(Reverse((m.threshold, row as u32)));
    } else {
        w.refuge.waiting[site].daily.push((m.key, row as u32));
    }
    w.displaced.set(row, m);
}

/// Chance a day that somebody at a site moves on.
fn chance(p: &Params, w: &World, site: usize) -> f64 {
    let (s, at_war) = (&w.refuge.net.sites[site], w.sites.intensity()[site] > 0.0);
    p.move_chance(w.refuge.kinds[site], at_war, f64::from(s.capacity.max(w.sites.residents()[site])))
}

/// Makes a site that has come to be left often, or seldom, one where people are asked every day, or one where they have thresholds.
fn change_queue(w: &mut World, site: usize, long: bool, day: Tick) {
    let clock = w.sites.clock()[site];
    w.refuge.waiting[site].long = long;
    if !long {
        let rows: Vec<u32> = w.refuge.waiting[site].by_clock.drain().map(|x| x.0.1).collect();
        let settled = w.luck.on(SETTLE, day).nth(1);
        for row in rows {
            // Today they are asked beside the others.
            if !settles(w, row as usize, settled, Tick(day.0 - 1)) {
                // 0 says that the person is asked every day, after a restore too.
                w.displaced.update(row as usize, |m| m.threshold = 0);
                w.refuge.waiting[site].daily.push((w.displaced.key()[row as usize], row));
            }
        }
        return;
    }
    let luck = w.luck.on(STAY, day);
    let waiting = &mut w.refuge.waiting[site];
    for (key, row) in std::mem::take(&mut waiting.daily) {
        let until = threshold(clock, luck.unit(key));
        waiting.by_clock.push(Reverse((until, row)));
        w.displaced.update(row as usize, |m| m.threshold = until);
    }
}

/// Those who leave this morning, each with the link that is taken. Whoever finds that the camp at the end of the way chosen is full stays.
fn leaving(p: &Params, w: &mut World, day: Tick, scores: &[f64]) -> Vec<(Traveller, u32)> {
    for site in 0..w.sites.len() {
        let long = chance(p, w, site) < LONG;
        if long != w.refuge.waiting[site].long {
            change_queue(w, site, long, day);
        }
    }
    let on_route = std::mem::take(&mut w.refuge.on_route);
    let mut due: Vec<u32> = vec![];
    let mut daily: Vec<(usize, Vec<(u64, u32)>)> = vec![];
    for site in 0..w.sites.len() {
        if w.refuge.waiting[site].long {
            due.extend(over(p, w, site, day));
        } else if !w.refuge.waiting[site].daily.is_empty() {
            let mut who = std::mem::take(&mut w.refuge.waiting[site].daily);
            settle_daily(w, site, &mut who, day);
            daily.push((site, who));
        }
    }
    let mut known = Known::new(p, w, scores);
    let (ways, leaves) = (w.luck.on(WAY, day), w.luck.on(LEAVE, day));
    let (mut gone, mut stays, mut kept) = (vec![], vec![], vec![]);
    let mut one_by_one = [on_route, due].concat();
    for (site, who) in daily {
        let chance = chance(p, w, site);
        if known.by_home() {
            // All have weights of their own.
            let (go, rest): (Vec<_>, Vec<_>) = who.into_iter().partition(|x| leaves.chance(x.0, chance));
            one_by_one.extend(go.iter().map(|x| x.1));
            kept.push((site, rest));
            continue;
        }
        let (go, rest) = ask_all(known.ways(site as u32), chance, who, ways, leaves);
        for (row, route) in go {
            let mut m = w.displaced.get(row as usize);
            (m.plan, m.step) = (route, 0);
            let link = take_step(w, &mut m);
            gone.push((Traveller { row, m, left: 1.0, km: 0.0 }, link));
        }
        kept.push((site, rest));
    }
    for row in one_by_one {
        match next(w, &mut known, w.displaced.get(row as usize), ways) {
            (m, Some(link)) => gone.push((Traveller { row, m, left: 1.0, km: 0.0 }, link)),
            (m, None) => stays.push((row, m)),
        }
    }
    for (site, rest) in kept {
        w.refuge.waiting[site].daily = rest;
    }
    // Who had waited, and was drawn for today, begins to wait anew; the wait may have begun today.
    let again = w.luck.on(STAY, day).nth(1);
    for (row, mut m) in stays {
        let yesterday = day.0.saturating_sub(1);
        (m.recent, m.since) = (recent(&m, day) as f32, m.since.max(yesterday));
        stay_by(w, row as usize, m, again);
    }
    gone
}

/// Rows with the route taken.
type Going = Vec<(u32, u32)>;
/// Keys and rows.
type Staying = Vec<(u64, u32)>;

/// Of people who all choose from the same ways: who goes, by which, and who stays.
fn ask_all(open: &[Way], chance: f64, who: Staying, ways: Stream, leaves: Stream) -> (Going, Staying) {
    // Where every way leads to a full camp, or none out, nobody need be asked.
    if open.iter().all(|way| way.full) {
        return (vec![], who);
    }
    let one = |part: &[(u64, u32)]| {
        let (mut go, mut rest) = (vec![], Vec::with_capacity(part.len()));
        for &(key, row) in part {
            let leaves = chance >= 1.0 || leaves.unit(key) < chance;
            let route = if leaves { Way::draw(open, ways.unit(key)) } else { NONE };
            if route == NONE {
                rest.push((key, row));
            } else {
                go.push((row, route));
            }
        }
        (go, rest)
    };
    if who.len() <= 2 * ASKED {
        return one(&who);
    }
    let parts: Vec<_> = who.par_chunks(ASKED).map(one).collect();
    let (go, rest): (Vec<_>, Vec<_>) = parts.into_iter().unzip();
    (go.concat(), rest.concat())
}

/// Those at a site that is seldom left whose wait is over today: after so many days that the logarithm of the chance of having stayed has come to
/// a number drawn on the first of them.
fn over(p: &Params, w: &mut World, site: usize, day: Tick) -> Vec<u32> {
    if w.refuge.waiting[site].by_clock.is_empty() {
        return vec![];
    }
    let clock = advance(w.sites.clock()[site], exponential(1.0 - chance(p, w, site)));
    w.sites.update(site, |s| s.clock = clock);
    let settled = w.luck.on(SETTLE, day);
    let mut due = vec![];
    while w.refuge.waiting[site].by_clock.peek().is_some_and(|x| x.0.0 <= clock) {
        due.extend(w.refuge.waiting[site].by_clock.pop().map(|x| x.0.1));
    }
    due.retain(|&row| !settles(w, row as usize, settled, day));
    due
}

/// Takes those out of the people of a camp who settle for good today, where all are asked every day.
fn settle_daily(w: &mut World, site: usize, who: &mut Vec<(u64, u32)>, day: Tick) {
    let share = w.refuge.net.sites[site].leave_per_day;
    if share <= 0.0 || !w.refuge.kinds[site].is_camp() {
        return;
    }
    let luck = w.luck.on(SETTLE, day);
    who.retain(|&(key, row)| {
        let stays = luck.chance(key, share);
        if stays {
            w.displaced.update(row as usize, |m| m.threshold = u64::MAX);
        }
        !stays
    });
}

/// Whether somebody had settled for good in a camp before the day came to move on; such a person stays.
fn settles(w: &mut World, row: usize, luck: Stream, day: Tick) -> bool {
    let m = w.displaced.get(row);
    let site = &w.refuge.net.sites[m.at as usize];
    let days = f64::from(day.0.saturating_sub(m.since));
    let stays = site.leave_per_day > 0.0
        && w.refuge.kinds[m.at as usize].is_camp()
        && !luck.chance(m.key, libm::pow(1.0 - site.leave_per_day, days));
    if stays {
        w.displaced.update(row, |x| x.threshold = u64::MAX);
    }
    stays
}

/// The link that somebody takes, by the route begun or one chosen now. A route is given up when its next link is closed or the camp at its end
/// is full.
fn next(w: &World, known: &mut Known, mut m: Person, ways: Stream) -> (Person, Option<u32>) {
    if m.plan == NONE {
        (m.plan, m.step) = (known.choose(&m, ways.unit(m.key)), 0);
    }
    if m.plan == NONE {
        return (m, None);
    }
    let routes = &w.refuge.routes;
    let link = routes.links(m.plan)[usize::from(m.step)];
    if w.refuge.closed[link as usize] || known.is_full(routes.get(m.plan).end) {
        (m.plan, m.step) = (NONE, 0);
        return (m, None);
    }
    let link = take_step(w, &mut m);
    (m, Some(link))
}

/// The next link of somebody's route.
fn take_step(w: &World, m: &mut Person) -> u32 {
    let links = w.refuge.routes.links(m.plan);
    let link = links[usize::from(m.step)];
    m.step += 1;
    if usize::from(m.step) == links.len() {
        (m.plan, m.step) = (NONE, 0);
    }
    link
}

/// Sends people off on their links; gives those who come to the end today. When the others will is reckoned now.
fn depart(p: &Params, w: &mut World, day: Tick, round: u32, who: Vec<(Traveller, u32)>) -> Vec<Traveller> {
    let mut today = vec![];
    for (mut t, link) in who {
        w.refuge.present[t.m.at as usize] -= 1;
        let on = w.refuge.net.links[link as usize];
        let m = &mut t.m;
        (m.at, m.state, m.km) = (link, m.state | UNDER_WAY, 0.0);
        let (mut on_day, mut left, mut km) = (day, t.left, t.km);
        loop {
            let speed = speed(p, w, &on, m, on_day, if on_day == day { round } else { 1 });
            let reach = if p.fault_km_per_hop { speed } else { speed * left };
            if f64::from(m.km) + reach > on.km {
                break;
            }
            m.km += reach as f32;
            evening(p, m, km + reach, on_day);
            (on_day, left, km) = (on_day.next(), 1.0, 0.0);
        }
        m.due = on_day.0;
        if on_day == day {
            today.push(t);
        } else {
            w.displaced.set(t.row as usize, t.m);
            w.refuge.under_way.schedule(on_day, t.row);
            w.refuge.on_links += 1;
        }
    }
    today
}

/// How far a day takes somebody on a link, km.
fn speed(p: &Params, w: &World, on: &Link, m: &Person, day: Tick, round: u32) -> f64 {
    let first = p.start_on_foot && m.state & FIRST != 0;
    match on.km_per_day {
        _ if first => p.walk_km_per_day,
        _ if on.walk_share > 0.0 && w.luck.on(WALK, day).nth(round).chance(m.key, on.walk_share) => p.walk_km_per_day,
        own if own.is_finite() => own,
        _ => p.km_per_day,
    }
}

/// Brings people to the end of their links; gives those who have part of the day left. Where the link is closed they turn back.
fn arrive(p: &Params, w: &mut World, day: Tick, round: u32, going: Vec<Traveller>) -> Vec<Traveller> {
    let mut come = vec![];
    for mut t in going {
        let on = w.refuge.net.links[t.m.at as usize];
        let (speed, rest) = (speed(p, w, &on, &t.m, day, round), on.km - f64::from(t.m.km));
        t.km += rest;
        t.left = (t.left - rest / speed).max(0.0);
        let closed = w.refuge.closed[t.m.at as usize];
        t.m.at = if closed { on.from } else { on.to };
        (t.m.state, t.m.km, t.m.due) = (0, 0.0, 0);
        if closed {
            (t.m.plan, t.m.step) = (NONE, 0);
        }
        w.refuge.present[t.m.at as usize] += 1;
        let more = if p.fault_km_per_hop { t.km < speed } else { t.left > 0.0 };
        if more && !closed {
            come.push(t);
        } else {
            rest_here(p, w, t, day);
        }
    }
    come
}

/// Somebody goes no further today.
fn rest_here(p: &Params, w: &mut World, mut t: Traveller, day: Tick) {
    evening(p, &mut t.m, t.km, day);
    stay(w, t.row as usize, t.m, day);
}

/// Of a day's travel what was done of late: half of it is forgotten every day.
fn evening(p: &Params, m: &mut Person, km: f64, day: Tick) {
    m.recent = ((recent(m, day) + km / p.km_per_day) / 2.0) as f32;
    m.since = day.0;
}

/// The same as it was yesterday evening.
fn recent(m: &Person, day: Tick) -> f64 {
    let days = day.0.saturating_sub(1).saturating_sub(m.since);
    f64::from(m.recent) * libm::exp2(-f64::from(days))
}

/// Of those who have come somewhere, who goes on today, and by which link.
fn further(
    p: &Params,
    w: &mut World,
    day: Tick,
    round: u32,
    scores: &[f64],
    come: Vec<Traveller>,
) -> Vec<(Traveller, u32)> {
    let (luck, ways) = (w.luck.on(GO_ON, day).nth(round), w.luck.on(WAY, day).nth(round));
    let (mut on, mut stays) = (vec![], vec![]);
    let mut known = Known::new(p, w, scores);
    for mut t in come {
        let site = t.m.at as usize;
        let town = matches!(w.refuge.kinds[site], Kind::Town | Kind::ConflictZone) && w.sites.since()[site] == NEVER;
        let short = (recent(&t.m, day) + t.km / p.km_per_day) / 2.0 < 0.5;
        let pressed = t.m.plan != NONE || p.avoid_short_stints && town && short;
        if !pressed && !luck.chance(t.m.key, chance(p, w, site)) {
            stays.push(t);
            continue;
        }
        let (m, link) = next(w, &mut known, t.m, ways);
        t.m = m;
        match link {
            Some(link) => on.push((t, link)),
            None => stays.push(t),
        }
    }
    stays.into_iter().for_each(|t| rest_here(p, w, t, day));
    on
}
