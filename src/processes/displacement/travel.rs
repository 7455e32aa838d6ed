//! A day on the way: who stays and who goes, how far they come, and whether they go on.
//!
//! All decide by what was known in the morning: which ways are open, and how full camps are. So nothing hangs on an order of people, and
//! everybody's day is a function of its own, and threads work through shards of neighbouring rows side by side. (Flee moves people one after
//! the other, each of whom knows how full camps have become; what difference that makes: docs/flee.md.) A day costs what happens in it: who is
//! on a road is looked at when its end is reached, who stays in a camp when the wait is over. (And a little for each shard and site: a list.)

use super::Params;
use super::routes::{Known, Way, scores};
use crate::agents::displaced::{Asked, FIRST, NEVER, NONE, Person, SHARD, Shard, Today, UNDER_WAY};
use crate::agents::world::World;
use crate::engine::dist::exponential;
use crate::engine::rng::{Key, Purpose, Stream};
use crate::engine::table::Piece;
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

/// So many people at most are moved on one thread: shared out, they would take as long.
const FEW: usize = 512;

/// Days after which shards give back what memory they do not use.
const SHRINK_DAYS: u32 = 32;

/// Somebody on the way today.
#[derive(Clone, Copy)]
struct Traveller {
    m: Person,
    /// Links of today, this one too.
    n: usize,
    /// Part of the day that is left.
    left: f64,
    /// Travelled today, km.
    km: f64,
    /// Whether part of the day is left to go on.
    more: bool,
}

/// Moves everybody.
pub fn travel(p: &Params, w: &mut World, day: Tick) {
    w.refuge.make_shards(w.displaced.len());
    change_queues(p, w, day);
    for site in 0..w.sites.len() {
        if w.refuge.waiting[site].long {
            for row in over(p, w, site, day) {
                w.refuge.shards[row as usize / SHARD].due.push(row);
            }
        }
    }
    let scores = scores(p, w, day);
    let (mut people, mut shards) = (std::mem::take(&mut w.displaced), std::mem::take(&mut w.refuge.shards));
    let morning = Morning::new(p, w, day, &scores);
    // As many as yesterday, more or less.
    let number: usize = shards.iter().map(|s| s.today.awake.len() + s.today.leave.len()).sum();
    people.change_pieces(SHARD, &mut shards, number > FEW, |rows, shard| morning.day_of(rows, shard));
    for today in shards.iter().map(|s| &s.today) {
        w.refuge.on_links = w.refuge.on_links.strict_add_signed(today.on_links);
        for (here, more) in w.refuge.present.iter_mut().zip(&today.present) {
            *here = here.strict_add_signed(*more);
        }
        for &(site, threshold, row) in &today.by_clock {
            w.refuge.waiting[site as usize].by_clock.push(threshold, row);
        }
    }
    (w.displaced, w.refuge.shards) = (people, shards);
}

/// The stream by which people draw when they move on who come to a site, or are displaced there.
pub fn stay_luck(w: &World, day: Tick) -> Stream {
    w.luck.on(STAY, day)
}

/// Somebody more is displaced, at a site; `luck` is that of [`stay_luck`].
pub fn displace(w: &mut World, site: u32, day: Tick, ordinal: u64, luck: Stream) {
    let key = Key(w.sites.key()[site as usize]).child(day, ordinal).0;
    let mut m = Person { state: FIRST, since: day.0, ..Person::at(key, site, site) };
    wait(w, &mut m, luck);
    w.displace(m);
}

/// Draws when somebody moves on who stays at a site that is seldom left.
fn wait(w: &World, m: &mut Person, luck: Stream) {
    let long = m.plan == NONE && w.refuge.waiting[m.at as usize].long;
    m.threshold = if long { threshold(w.sites.clock()[m.at as usize], luck.unit(m.key)) } else { 0 };
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
                w.refuge.note(row, &w.displaced.get(row as usize));
            }
        }
        return;
    }
    let luck = w.luck.on(STAY, day);
    for shard in 0..w.refuge.shards.len() {
        for (key, row) in std::mem::take(&mut w.refuge.shards[shard].daily[site]) {
            let until = threshold(clock, luck.unit(key));
            w.refuge.waiting[site].by_clock.push(until, row);
            w.displaced.update(row as usize, |m| m.threshold = until);
        }
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
    /// Sites that nobody can leave.
    shut: Vec<bool>,
    ways: Draws,
    go_on: Draws,
    leave: Stream,
    stay: Stream,
    settle: Stream,
}

impl<'a> Morning<'a> {
    fn new(p: &'a Params, w: &'a World, day: Tick, scores: &'a [f64]) -> Morning<'a> {
        let known = Known::new(p, w, scores);
        // Where what attracts hangs on the home, ways are weighed for each home, and nobody looks at all of them.
        let shut = |site: usize| {
            let sought = w.refuge.present[site] > 0 && !known.by_home();
            sought && known.ways(site as u32).iter().all(|way| way.full)
        };
        Morning {
            p,
            w,
            day,
            shut: (0..w.sites.len()).map(shut).collect(),
            known,
            chances: (0..w.sites.len()).map(|site| chance(p, w, site)).collect(),
            ways: Draws::new(w, WAY, day),
            go_on: Draws::new(w, GO_ON, day),
            leave: w.luck.on(LEAVE, day),
            stay: stay_luck(w, day),
            settle: w.luck.on(SETTLE, day),
        }
    }

    /// The stream of somebody's draw for the link number `n` of the day.
    fn draw(&self, of: &Draws, n: usize) -> Stream {
        of.first.get(n - 1).copied().unwrap_or_else(|| Draws::draw(self.w, of.purpose, self.day, n))
    }

    /// The day of the people of a shard.
    fn day_of(&self, rows: &mut Piece<Person>, shard: &mut Shard) {
        if self.day.0.is_multiple_of(SHRINK_DAYS) {
            shard.shrink();
        }
        let mut today = std::mem::take(&mut shard.today);
        today.begin(self.w.sites.len());
        shard.under_way.take_into(self.day, &mut today.awake);
        today.awake.append(&mut shard.due);
        // Whoever comes to a site today is not asked there.
        for (site, who) in shard.daily.iter_mut().enumerate().filter(|x| !x.1.is_empty()) {
            self.settle_daily(rows, site, who);
            // Where every way leads to a full camp, or none out, nobody need be asked.
            if !self.shut[site] {
                self.ask(site, who, &mut today.leave);
            }
        }
        rows.read_ahead(today.awake.iter().copied().chain(today.leave.iter().map(|x| x.0)));
        for n in 0..today.awake.len() {
            let begin = |t: &mut Traveller| if t.m.state & UNDER_WAY != 0 { self.arrive(t) } else { self.set_out(t) };
            let row = today.awake[n];
            self.moves(rows, shard, &mut today, row, begin);
        }
        for n in 0..today.leave.len() {
            let (row, plan) = today.leave[n];
            let begin = |t: &mut Traveller| {
                (t.m.plan, t.m.step) = (plan, 0);
                if plan == NONE { self.set_out(t) } else { self.step(t) }
            };
            self.moves(rows, shard, &mut today, row, begin);
        }
        shard.today = today;
    }

    /// The day of somebody who is on the way.
    fn moves(
        &self,
        rows: &mut Piece<Person>,
        shard: &mut Shard,
        today: &mut Today,
        row: u32,
        begin: impl Fn(&mut Traveller),
    ) {
        let mut t = Traveller { m: rows.get(row as usize), n: 1, left: 1.0, km: 0.0, more: false };
        today.count(&t.m, -1);
        begin(&mut t);
        while t.more {
            self.go_on(&mut t);
        }
        today.count(&t.m, 1);
        if !shard.note(row, &t.m) {
            today.by_clock.push((t.m.at, t.m.threshold, row));
        }
        rows.set(row as usize, t.m);
    }

    /// Asks people of a site, who stay or leave: row and route. Whoever finds that the camp at the end of the way chosen is full stays.
    fn ask(&self, site: usize, who: &mut Vec<Asked>, leave: &mut Vec<(u32, u32)>) {
        let (chance, ways) = (self.chances[site], self.draw(&self.ways, 1));
        // Otherwise all have weights of their own.
        let open = if self.known.by_home() { None } else { Some(self.known.ways(site as u32)) };
        who.retain(|&(key, row)| {
            let leaves = chance >= 1.0 || self.leave.chance(key, chance);
            let route = match open {
                Some(open) if leaves => Way::draw(open, ways.unit(key)),
                _ => NONE,
            };
            let stays = !leaves || open.is_some() && route == NONE;
            if !stays {
                leave.push((row, route));
            }
            stays
        });
    }

    /// Takes those out of the people of a camp who settle for good today, where all are asked every day.
    fn settle_daily(&self, rows: &mut Piece<Person>, site: usize, who: &mut Vec<Asked>) {
        let share = self.w.refuge.net.sites[site].leave_per_day;
        if share <= 0.0 || !self.w.refuge.kinds[site].is_camp() {
            return;
        }
        who.retain(|&(key, row)| {
            let settles = self.settle.chance(key, share);
            if settles {
                rows.set(row as usize, Person { threshold: u64::MAX, ..rows.get(row as usize) });
            }
            !settles
        });
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
        let town = || matches!(w.refuge.kinds[site], Kind::Town | Kind::ConflictZone) && w.sites.since()[site] == NEVER;
        let short = || (recent(&t.m, self.day) + t.km / self.p.km_per_day) / 2.0 < 0.5;
        let pressed = t.m.plan != NONE || self.p.avoid_short_stints && town() && short();
        if !pressed && !self.draw(&self.go_on, t.n).chance(t.m.key, self.chances[site]) {
            return self.rest(t);
        }
        self.choose(t);
        if t.m.plan == NONE { self.rest(t) } else { self.step(t) }
    }

    /// Chooses a route where none is begun. One that is begun is given up when its next link is closed or the camp at its end is full.
    fn choose(&self, t: &mut Traveller) {
        let m = &mut t.m;
        if m.plan == NONE {
            (m.plan, m.step) = (self.known.choose(m, self.draw(&self.ways, t.n).unit(m.key)), 0);
            return;
        }
        let routes = &self.w.refuge.routes;
        let link = routes.links(m.plan)[usize::from(m.step)];
        if self.w.refuge.closed[link as usize] || self.known.is_full(routes.get(m.plan).end) {
            (m.plan, m.step) = (NONE, 0);
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
