//! A day on the way: who stays and who goes, how far they come, and whether they go on.
//!
//! All decide by what was known in the morning: which ways are open, and how full camps are. So nothing hangs on an order of people, and
//! everybody's day is a function of its own, reckoned side by side. (Flee moves people one after the other, each of whom knows how full camps
//! have become; what difference that makes: docs/flee.md.) A day costs what happens in it: who is on a road is looked at when its end is
//! reached, who stays in a camp when the wait is over.

use super::Params;
use super::routes::{Known, Way, scores};
use crate::agents::displaced::{FIRST, NEVER, NONE, Person, UNDER_WAY};
use crate::agents::world::World;
use crate::engine::dist::exponential;
use crate::engine::parallel::map_chunks;
use crate::engine::rng::{Purpose, Stream};
use crate::engine::wake::{advance, threshold};
use crate::region::displacement::{Kind, Link};
use crate::units::Tick;

const WAY: Purpose = Purpose::new("displacement.way");
const LEAVE: Purpose = Purpose::new("displacement.leave");
const STAY: Purpose = Purpose::new("displacement.stay");
const GO_ON: Purpose = Purpose::new("displacement.go_on");
const WALK: Purpose = Purpose::new("displacement.walk");
const SETTLE: Purpose = Purpose::new("displacement.settle");

/// Where fewer leave than this share a day, each has a threshold; elsewhere all are asked.
const LONG: f64 = 0.05;

/// People who are asked and moved together by one thread.
const TOGETHER: usize = 512;

/// Key and row of somebody who is asked every day.
type Asked = (u64, u32);

/// Somebody on the way today.
#[derive(Clone, Copy)]
struct Traveller {
    row: u32,
    m: Person,
    /// Site where the day began; [`NONE`] on a road.
    from: u32,
    /// Links of today, this one too.
    n: usize,
    /// Part of the day that is left.
    left: f64,
    /// Travelled today, km.
    km: f64,
    /// Whether part of the day is left to go on.
    more: bool,
}

/// People who are looked at together.
enum Group<'a> {
    /// They come to the end of a link.
    Come(&'a [u32]),
    /// They were drawn for today.
    Due(&'a [u32]),
    /// They are asked at a site every day.
    Asked(usize, &'a [Asked]),
}

/// What has become of some people.
#[derive(Default)]
struct Moved {
    gone: Vec<Traveller>,
    /// Who stays where they are, and where that is.
    stay: (usize, Vec<Asked>),
    /// What replacing the rows of the others does to the digest.
    change: u128,
}

/// Moves everybody.
pub fn travel(p: &Params, w: &mut World, day: Tick) {
    change_queues(p, w, day);
    let come = w.refuge.under_way.take(day);
    w.refuge.on_links -= come.len() as u32;
    let (due, asked) = awake(p, w, day);
    let scores = scores(p, w, day);
    let morning = Morning::new(p, w, day, &scores);
    // Where every way leads to a full camp, or none out, nobody need be asked.
    let (shut, asked): (Vec<_>, Vec<_>) = asked.into_iter().partition(|x| morning.is_shut(x.0));
    let mut some: Vec<Group> = come.chunks(TOGETHER).map(Group::Come).collect();
    some.extend(due.chunks(TOGETHER).map(Group::Due));
    some.extend(asked.iter().flat_map(|(site, who)| who.chunks(TOGETHER).map(|c| Group::Asked(*site, c))));
    let number = come.len() + due.len() + asked.iter().map(|x| x.1.len()).sum::<usize>();
    let together = if number > TOGETHER { 1 } else { some.len() };
    let all = map_chunks(some.len(), together, |r| some[r].iter().map(|g| morning.day_of(g)).collect::<Vec<_>>());
    for (site, who) in shut {
        w.refuge.waiting[site].daily = who;
    }
    for moved in all.into_iter().flatten() {
        let (site, who) = moved.stay;
        w.refuge.waiting[site].daily.extend(who);
        for t in &moved.gone {
            if t.from != NONE {
                w.refuge.present[t.from as usize] -= 1;
            }
            if t.m.state & UNDER_WAY == 0 {
                w.refuge.present[t.m.at as usize] += 1;
            }
            queue(w, t.row, &t.m);
        }
        w.displaced.set_all(moved.gone.iter().map(|t| (t.row, t.m)), moved.change);
    }
}

/// Puts somebody who stays at a site into its queue.
pub fn stay(w: &mut World, row: usize, mut m: Person, day: Tick) {
    wait(w, &mut m, w.luck.on(STAY, day));
    queue(w, row as u32, &m);
    w.displaced.set(row, m);
}

/// Draws when somebody moves on who stays at a site that is seldom left.
fn wait(w: &World, m: &mut Person, luck: Stream) {
    let long = m.plan == NONE && w.refuge.waiting[m.at as usize].long;
    m.threshold = if long { threshold(w.sites.clock()[m.at as usize], luck.unit(m.key)) } else { 0 };
}

/// Notes when somebody is to be looked at again.
fn queue(w: &mut World, row: u32, m: &Person) {
    let refuge = &mut w.refuge;
    if m.state & UNDER_WAY != 0 {
        refuge.under_way.schedule(Tick(m.due), row);
        refuge.on_links += 1;
        return;
    }
    let waiting = &mut refuge.waiting[m.at as usize];
    if m.plan != NONE {
        refuge.on_route.push(row);
    } else if waiting.long {
        waiting.by_clock.push(m.threshold, row);
    } else {
        waiting.daily.push((m.key, row));
    }
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
        let mut rows: Vec<u32> = std::mem::take(&mut w.refuge.waiting[site].by_clock).take(u64::MAX);
        rows.sort_unstable();
        rows.dedup();
        for row in rows {
            // Today they are asked beside the others.
            if still_waits(w, site, row, u64::MAX - 1) && !settles(w, row as usize, Tick(day.0 - 1)) {
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
        waiting.by_clock.push(until, row);
        w.displaced.update(row as usize, |m| m.threshold = until);
    }
}

/// The same for all sites.
fn change_queues(p: &Params, w: &mut World, day: Tick) {
    for site in 0..w.sites.len() {
        let long = chance(p, w, site) < LONG;
        if long != w.refuge.waiting[site].long {
            change_queue(w, site, long, day);
        }
    }
}

/// Rows of those whose wait is over or who have part of a route before them, and of each site those who are asked every day.
fn awake(p: &Params, w: &mut World, day: Tick) -> (Vec<u32>, Vec<(usize, Vec<Asked>)>) {
    let mut due = std::mem::take(&mut w.refuge.on_route);
    let mut daily = vec![];
    for site in 0..w.sites.len() {
        if w.refuge.waiting[site].long {
            due.extend(over(p, w, site, day));
        } else if !w.refuge.waiting[site].daily.is_empty() {
            let mut who = std::mem::take(&mut w.refuge.waiting[site].daily);
            settle_daily(w, site, &mut who, day);
            daily.push((site, who));
        }
    }
    (due, daily)
}

/// Those at a site that is seldom left whose wait is over today: after so many days that the logarithm of the chance of having stayed has come to
/// a number drawn on the first of them.
fn over(p: &Params, w: &mut World, site: usize, day: Tick) -> Vec<u32> {
    let clock = advance(w.sites.clock()[site], exponential(1.0 - chance(p, w, site)));
    w.sites.update(site, |s| s.clock = clock);
    let mut due = w.refuge.waiting[site].by_clock.take(clock);
    due.retain(|&row| still_waits(w, site, row, clock) && !settles(w, row as usize, day));
    // One row may stand in the queue for somebody who left and for who has it now.
    due.sort_unstable();
    due.dedup();
    due
}

/// Whether a row that was put into a site's queue is still somebody who waits there by its clock, up to a threshold: people may have left, and others
/// have their rows.
fn still_waits(w: &World, site: usize, row: u32, until: u64) -> bool {
    let m = w.displaced.get(row as usize);
    let there = m.key != 0 && m.state & UNDER_WAY == 0 && m.plan == NONE && m.at as usize == site;
    there && m.threshold > 0 && m.threshold <= until
}

/// Takes those out of the people of a camp who settle for good today, where all are asked every day.
fn settle_daily(w: &mut World, site: usize, who: &mut Vec<Asked>, day: Tick) {
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
pub fn settles(w: &mut World, row: usize, day: Tick) -> bool {
    let luck = w.luck.on(SETTLE, day);
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

/// The draws of a purpose on a day: the first, and those that each further link of the day has of its own.
struct Draws {
    purpose: Purpose,
    first: [Stream; 8],
}

impl Draws {
    fn new(w: &World, purpose: Purpose, day: Tick) -> Draws {
        Draws { purpose, first: std::array::from_fn(|n| Draws::draw(w, purpose, day, n + 1)) }
    }

    fn draw(w: &World, purpose: Purpose, day: Tick, n: usize) -> Stream {
        let luck = w.luck.on(purpose, day);
        if n == 1 { luck } else { luck.nth(n as u32) }
    }
}

/// What all know and draw from on a day.
struct Morning<'a> {
    p: &'a Params,
    w: &'a World,
    day: Tick,
    known: Known<'a>,
    /// Of each site the chance that somebody there moves on.
    chances: Vec<f64>,
    ways: Draws,
    go_on: Draws,
    leave: Stream,
    stay: Stream,
}

impl<'a> Morning<'a> {
    fn new(p: &'a Params, w: &'a World, day: Tick, scores: &'a [f64]) -> Morning<'a> {
        Morning {
            p,
            w,
            day,
            known: Known::new(p, w, scores),
            chances: (0..w.sites.len()).map(|site| chance(p, w, site)).collect(),
            ways: Draws::new(w, WAY, day),
            go_on: Draws::new(w, GO_ON, day),
            leave: w.luck.on(LEAVE, day),
            stay: w.luck.on(STAY, day),
        }
    }

    /// The stream of somebody's draw for the link number `n` of the day.
    fn draw(&self, of: &Draws, n: usize) -> Stream {
        of.first.get(n - 1).copied().unwrap_or_else(|| Draws::draw(self.w, of.purpose, self.day, n))
    }

    /// Whether nobody can leave a site.
    fn is_shut(&self, site: usize) -> bool {
        !self.known.by_home() && self.known.ways(site as u32).iter().all(|way| way.full)
    }

    /// The day of some people.
    fn day_of(&self, group: &Group) -> Moved {
        let mut moved = Moved::default();
        match group {
            Group::Come(rows) | Group::Due(rows) => moved.gone.extend(rows.iter().map(|&row| self.traveller(row))),
            Group::Asked(site, who) => self.ask(*site, who, &mut moved),
        }
        for t in &mut moved.gone {
            match group {
                Group::Come(_) => self.arrive(t),
                Group::Asked(..) if t.m.plan != NONE => self.step(t),
                _ => self.set_out(t),
            }
            while t.more {
                self.go_on(t);
            }
            moved.change = moved.change.wrapping_add(self.w.displaced.digest_change(t.row as usize, &t.m));
        }
        moved
    }

    /// Somebody as the day begins.
    fn traveller(&self, row: u32) -> Traveller {
        let m = self.w.displaced.get(row as usize);
        let from = if m.state & UNDER_WAY != 0 { NONE } else { m.at };
        Traveller { row, m, from, n: 1, left: 1.0, km: 0.0, more: false }
    }

    /// Asks people of a site, who stay or leave. Whoever finds that the camp at the end of the way chosen is full stays.
    fn ask(&self, site: usize, who: &[Asked], moved: &mut Moved) {
        let (chance, ways) = (self.chances[site], self.draw(&self.ways, 1));
        // Otherwise all have weights of their own.
        let open = if self.known.by_home() { None } else { Some(self.known.ways(site as u32)) };
        moved.stay = (site, Vec::with_capacity(who.len()));
        for &(key, row) in who {
            let leaves = chance >= 1.0 || self.leave.chance(key, chance);
            let route = match open {
                Some(open) if leaves => Way::draw(open, ways.unit(key)),
                _ => NONE,
            };
            if !leaves || open.is_some() && route == NONE {
                moved.stay.1.push((key, row));
                continue;
            }
            let mut t = self.traveller(row);
            (t.m.plan, t.m.step) = (route, 0);
            moved.gone.push(t);
        }
    }

    /// Somebody who was drawn for today leaves, or begins to wait anew; the wait may have begun today.
    fn set_out(&self, t: &mut Traveller) {
        self.choose(t);
        if t.m.plan != NONE {
            return self.step(t);
        }
        let yesterday = self.day.0.saturating_sub(1);
        (t.m.recent, t.m.since) = (recent(&t.m, self.day) as f32, t.m.since.max(yesterday));
        wait(self.w, &mut t.m, self.stay.nth(1));
    }

    /// Somebody who has come somewhere with part of the day left goes on, or stays for the night.
    fn go_on(&self, t: &mut Traveller) {
        (t.n, t.more) = (t.n + 1, false);
        let (w, site) = (self.w, t.m.at as usize);
        let town = matches!(w.refuge.kinds[site], Kind::Town | Kind::ConflictZone) && w.sites.since()[site] == NEVER;
        let short = || (recent(&t.m, self.day) + t.km / self.p.km_per_day) / 2.0 < 0.5;
        let pressed = t.m.plan != NONE || self.p.avoid_short_stints && town && short();
        if !pressed && !self.draw(&self.go_on, t.n).chance(t.m.key, self.chances[site]) {
            return self.rest(t);
        }
        self.choose(t);
        if t.m.plan == NONE { self.rest(t) } else { self.step(t) }
    }

    /// Chooses a route where none is begun. It is given up when its next link is closed or the camp at its end is full.
    fn choose(&self, t: &mut Traveller) {
        let m = &mut t.m;
        if m.plan == NONE {
            (m.plan, m.step) = (self.known.choose(m, self.draw(&self.ways, t.n).unit(m.key)), 0);
        }
        if m.plan != NONE {
            let routes = &self.w.refuge.routes;
            let link = routes.links(m.plan)[usize::from(m.step)];
            if self.w.refuge.closed[link as usize] || self.known.is_full(routes.get(m.plan).end) {
                (m.plan, m.step) = (NONE, 0);
            }
        }
    }

    /// Sends somebody off on the next link of the route. When those will arrive who do not today is reckoned now.
    fn step(&self, t: &mut Traveller) {
        let m = &mut t.m;
        let links = self.w.refuge.routes.links(m.plan);
        let link = links[usize::from(m.step)];
        m.step += 1;
        if usize::from(m.step) == links.len() {
            (m.plan, m.step) = (NONE, 0);
        }
        let on = &self.w.refuge.net.links[link as usize];
        (m.at, m.state, m.km) = (link, m.state | UNDER_WAY, 0.0);
        let (mut day, mut left, mut km) = (self.day, t.left, t.km);
        loop {
            let speed = self.speed(on, m, day, if day == self.day { t.n } else { 1 });
            let reach = if self.p.fault_km_per_hop { speed } else { speed * left };
            if f64::from(m.km) + reach > on.km {
                break;
            }
            m.km += reach as f32;
            evening(self.p, m, km + reach, day);
            (day, left, km) = (day.next(), 1.0, 0.0);
        }
        m.due = day.0;
        if day == self.day {
            self.arrive(t);
        }
    }

    /// Brings somebody to the end of a link, or back where it is closed.
    fn arrive(&self, t: &mut Traveller) {
        let on = &self.w.refuge.net.links[t.m.at as usize];
        let (speed, rest) = (self.speed(on, &t.m, self.day, t.n), on.km - f64::from(t.m.km));
        t.km += rest;
        t.left = (t.left - rest / speed).max(0.0);
        let closed = self.w.refuge.closed[t.m.at as usize];
        t.m.at = if closed { on.from } else { on.to };
        (t.m.state, t.m.km, t.m.due) = (0, 0.0, 0);
        if closed {
            (t.m.plan, t.m.step) = (NONE, 0);
        }
        t.more = !closed && if self.p.fault_km_per_hop { t.km < speed } else { t.left > 0.0 };
        if !t.more {
            self.rest(t);
        }
    }

    /// Somebody goes no further today.
    fn rest(&self, t: &mut Traveller) {
        evening(self.p, &mut t.m, t.km, self.day);
        wait(self.w, &mut t.m, self.stay);
    }

    /// How far a day takes somebody on a link, km.
    fn speed(&self, on: &Link, m: &Person, day: Tick, n: usize) -> f64 {
        let first = self.p.start_on_foot && m.state & FIRST != 0;
        let walks = || self.w.luck.on(WALK, day).nth(n as u32).chance(m.key, on.walk_share);
        match on.km_per_day {
            _ if first => self.p.walk_km_per_day,
            _ if on.walk_share > 0.0 && walks() => self.p.walk_km_per_day,
            own if own.is_finite() => own,
            _ => self.p.km_per_day,
        }
    }
}

/// Of a day's travel what was done of late: half of it is forgotten every day.
fn evening(p: &Params, m: &mut Person, km: f64, day: Tick) {
    m.recent = ((recent(m, day) + km / p.km_per_day) / 2.0) as f32;
    m.since = day.0;
}

/// The same as it was yesterday evening.
fn recent(m: &Person, day: Tick) -> f64 {
    let days = day.0.saturating_sub(1).saturating_sub(m.since);
    // Two to the power of minus so many days.
    f64::from(m.recent) * f64::from_bits(u64::from(1023_u32.saturating_sub(days)) << 52)
}
