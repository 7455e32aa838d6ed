//! People driven from home by war, one row a person (or as many as a row stands for), and the sites where they are (equation 20).

use super::accounts::People;
use super::world::World;
use crate::engine::wake::{Calendar, HazardQueue};
use crate::region::displacement::{Barred, DisplacementNet, Kind};
use crate::table;
use crate::units::Tick;
use std::sync::Arc;

table! {
    /// Sites.
    Sites("sites"),
    /// A camp, town or place at war.
    Site {
        key: u64,
        /// How hard the war is here today, 0 to 1.
        intensity: f64,
        /// Day on which it came to be at war; [`NEVER`] before.
        since: u32,
        /// Day on which the last war ended; [`NEVER`] during one and before the first.
        peace: u32,
        /// Residents left, persons.
        residents: u32,
        /// Cumulative hazard of moving on of those who stay here.
        clock: u64,
    }
}

table! {
    /// Displaced people.
    Displaced("displaced"),
    /// One of them.
    Person {
        key: u64,
        /// Site where the person is; of somebody under way the link.
        at: u32,
        /// Site that the person fled from.
        home: u32,
        /// The route that was chosen (index into [`Routes`]), [`NONE`] without one; `step`: how many of its links are done.
        plan: u32,
        /// Of somebody under way: day on which the end of the link is reached, and what is travelled of it by the evening before, km.
        due: u32,
        km: f32,
        /// How much of a day's travel was done of late, 0 to 1, as it was on the evening of `since`.
        recent: f32,
        /// Last day on which the person came somewhere or travelled.
        since: u32,
        /// Of [`UNDER_WAY`] and [`FIRST`].
        state: u8,
        step: u8,
        /// Clock of a site that is seldom left at which the person moves on; 0 where that is drawn every day, [`u64::MAX`] for never.
        threshold: u64,
    }
}

impl Person {
    /// Somebody at a site, with no route.
    pub fn at(key: u64, at: u32, home: u32) -> Person {
        let (plan, km, recent) = (NONE, 0.0, 0.0);
        Person { key, at, state: 0, home, plan, step: 0, due: 0, km, recent, since: 0, threshold: 0 }
    }
}

/// On a link.
pub const UNDER_WAY: u8 = 1;
/// Has not come anywhere yet.
pub const FIRST: u8 = 2;
/// No day.
pub const NEVER: u32 = u32::MAX;
/// No route.
pub const NONE: u32 = u32::MAX;

/// A way from a site to another, over so many links that none is left out.
#[derive(Clone, Copy, Debug)]
pub struct Route {
    pub end: u32,
    pub km: f64,
    /// Its links in [`Routes::links`].
    links: (u32, u8),
}

/// All ways that people are aware of, by the site where they begin.
#[derive(Clone, Debug, Default)]
pub struct Routes {
    /// Over how many sites; a fork is none.
    pub awareness: u32,
    all: Vec<Route>,
    /// First route of each site, and the end.
    first: Vec<u32>,
    links: Vec<u32>,
    /// Links gone over in search of them.
    tried: usize,
}

/// Most routes: a few hundred bytes each.
const MOST: usize = 20_000_000;

impl Routes {
    /// Finds them: no site comes twice on a route, and forks are passed through.
    ///
    /// # Panics
    /// When there are more than 20 million, or as many links are gone over in search of them; the run then stops with this text.
    pub fn find(net: &DisplacementNet, awareness: u32) -> Routes {
        let mut out = Routes { awareness, ..Routes::default() };
        let mut way = vec![];
        for site in 0..net.sites.len() as u32 {
            out.first.push(out.all.len() as u32);
            out.go_on(net, site, site, 0.0, 1, &mut way);
        }
        out.first.push(out.all.len() as u32);
        out
    }

    fn go_on(&mut self, net: &DisplacementNet, from: u32, at: u32, km: f64, step: u32, way: &mut Vec<u32>) {
        for &l in &net.leaving[at as usize] {
            let link = net.links[l as usize];
            if link.to == from || way.iter().any(|&w| net.links[w as usize].from == link.to) {
                continue;
            }
            way.push(l);
            self.tried += 1;
            assert!(self.tried <= 10 * MOST, "too many ways: set a lower `awareness`, or leave out forks");
            let (km, fork) = (km + link.km, net.sites[link.to as usize].kind == Kind::Marker);
            if !fork {
                let links = (self.links.len() as u32, way.len() as u8);
                self.links.extend(way.iter());
                self.all.push(Route { end: link.to, km, links });
                assert!(self.all.len() <= MOST, "more than {MOST} routes: set a lower `awareness`");
            }
            // A fork does not count; more than 255 in a row are no road.
            let step = if fork { step } else { step + 1 };
            if step <= self.awareness && way.len() < 255 {
                self.go_on(net, from, link.to, km, step, way);
            }
            way.pop();
        }
    }

    /// Numbers of the routes from a site.
    pub fn of(&self, site: u32) -> std::ops::Range<u32> {
        self.first[site as usize]..self.first[site as usize + 1]
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.all.len()
    }

    /// True when there is none.
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// A route by its number.
    pub fn get(&self, n: u32) -> Route {
        self.all[n as usize]
    }

    /// Its links in order.
    pub fn links(&self, n: u32) -> &[u32] {
        let (first, len) = self.all[n as usize].links;
        &self.links[first as usize..first as usize + usize::from(len)]
    }
}

/// Who stays at a site.
#[derive(Clone, Debug, Default)]
pub struct Waiting {
    /// True where people stay long: each has a threshold, and nobody is asked before.
    pub long: bool,
    /// These, by threshold.
    pub by_clock: HazardQueue,
}

/// Key and row of somebody who is asked every day.
pub type Asked = (u64, u32);

/// When so many neighbouring rows ([`SHARD`]) are looked at: one thread works through them.
#[derive(Clone, Debug, Default)]
pub struct Shard {
    /// Who is on a link, by the day on which its end is reached.
    pub under_way: Calendar,
    /// Who is looked at when the shard is worked through next: they stay somewhere for the night with part of their route before them, or their
    /// wait is over.
    pub due: Vec<u32>,
    /// Who is asked every day, by site.
    pub daily: Vec<Vec<Asked>>,
    /// What is done today.
    pub today: Today,
}

/// What the people of a shard do on a day, and what it changes elsewhere. Memory is kept from day to day (but see [`Shard::shrink`]), so that
/// threads need not wait for each other to allocate.
#[derive(Clone, Debug, Default)]
pub struct Today {
    /// Rows of those who come to the end of a link, or were due.
    pub awake: Vec<u32>,
    /// Rows of those who were asked and leave, and the routes they take.
    pub leave: Vec<(u32, u32)>,
    /// How many more there are at each site.
    pub present: Vec<i32>,
    /// How many more are on links.
    pub on_links: i32,
    /// Who begins to wait by the clock of a site: site, threshold and row.
    pub by_clock: Vec<(u32, u64, u32)>,
}

impl Today {
    /// Begins a day.
    pub fn begin(&mut self, sites: usize) {
        self.awake.clear();
        self.leave.clear();
        self.present.clear();
        self.present.resize(sites, 0);
        self.on_links = 0;
        self.by_clock.clear();
    }

    /// Counts somebody where they are.
    pub fn count(&mut self, m: &Person, more: i32) {
        if m.state & UNDER_WAY != 0 {
            self.on_links += more;
        } else {
            self.present[m.at as usize] += more;
        }
    }
}

/// Rows of a [`Shard`].
pub const SHARD: usize = 2048;

impl Shard {
    /// Gives back memory that is far from being used: where most of a shard's people have come to a camp, its lists stay short.
    pub fn shrink(&mut self) {
        fn shrink<T>(list: &mut Vec<T>) {
            if list.capacity() > 4 * list.len() {
                list.shrink_to(2 * list.len());
            }
        }
        self.under_way.shrink();
        self.daily.iter_mut().for_each(shrink);
        shrink(&mut self.due);
        shrink(&mut self.today.awake);
        shrink(&mut self.today.leave);
        shrink(&mut self.today.by_clock);
    }

    /// Notes when somebody is to be looked at again; `false` for who waits by the clock of a site, who is noted there.
    pub fn note(&mut self, row: u32, m: &Person) -> bool {
        match m.threshold {
            _ if m.state & UNDER_WAY != 0 => self.under_way.schedule(Tick(m.due), row),
            _ if m.plan != NONE => self.due.push(row),
            0 => self.daily[m.at as usize].push((m.key, row)),
            u64::MAX => {}
            _ => return false,
        }
        true
    }
}

/// A camp on a day, persons. `registered` is NaN where nobody registers, `baseline` also where nobody is registered on the day that it takes
/// the shares of.
#[derive(Clone, Copy, Debug)]
pub struct InCamp {
    pub site: usize,
    pub displaced: f64,
    pub registered: f64,
    pub baseline: f64,
}

/// What is derived of displacement, and its ground.
#[derive(Clone, Debug, Default)]
pub struct Refuge {
    pub net: Arc<DisplacementNet>,
    pub routes: Arc<Routes>,
    /// First day of the run.
    pub start: Tick,
    /// Agents at each site.
    pub present: Vec<u32>,
    /// Agents on links.
    pub on_links: u32,
    /// Those who stay at each site.
    pub waiting: Vec<Waiting>,
    /// When rows are looked at.
    pub shards: Vec<Shard>,
    /// Links that are closed today, and links on which nobody is redirected today.
    pub closed: Vec<bool>,
    pub free: Vec<bool>,
    /// What each site is today, wars aside.
    pub kinds: Vec<Kind>,
    /// Persons displaced since the first day by registrations, by day; empty until it is needed.
    pub come: Vec<i64>,
    /// Whether those who were registered on the first day are left out of what is registered.
    pub without_first: bool,
    /// Days after the first whose shares of camps the forecast without a model takes.
    pub baseline_day: u32,
}

impl Refuge {
    /// Whether there is any of it.
    pub fn is_there(&self) -> bool {
        !self.net.sites.is_empty()
    }

    /// Camps where people are registered, in their order.
    pub fn camps(&self) -> impl Iterator<Item = usize> + Clone + '_ {
        (0..self.net.sites.len()).filter(|&i| self.net.registered[i].is_some() && self.net.sites[i].kind.is_camp())
    }

    /// Persons registered at a site on a day; none where nobody registers.
    pub fn registered(&self, site: usize, day: Tick) -> i64 {
        let on = |day| self.net.registered[site].as_ref().map_or(0, |r| r.on(day));
        on(day) - if self.without_first { on(self.start) } else { 0 }
    }

    /// Of each camp how many are in it today, how many are registered, and how many a forecast without a model puts there: all who are registered
    /// in camps, by the shares of a day (`baseline_day`).
    pub fn in_camps(&self, day: Tick, persons_per_agent: u32) -> Vec<InCamp> {
        let then = Tick(self.start.0 + self.baseline_day);
        let sum = |day| self.camps().map(|i| self.registered(i, day)).sum::<i64>() as f64;
        let (all, of) = (sum(day), sum(then));
        let one = |site: usize| {
            let counted = self.net.registered[site].is_some();
            InCamp {
                site,
                displaced: f64::from(self.present[site]) * f64::from(persons_per_agent),
                registered: if counted { self.registered(site, day) as f64 } else { f64::NAN },
                baseline: if counted && of > 0.0 { all * self.registered(site, then) as f64 / of } else { f64::NAN },
            }
        };
        (0..self.net.sites.len()).filter(|&i| self.net.sites[i].kind.is_camp()).map(one).collect()
    }

    /// Makes the shards of so many rows, the last of which may be empty.
    pub fn make_shards(&mut self, rows: usize) {
        let number = rows.div_ceil(SHARD).max(self.shards.len());
        let none = || Shard { daily: vec![vec![]; self.net.sites.len()], ..Shard::default() };
        self.shards.resize_with(number, none);
    }

    /// Notes when somebody is to be looked at again.
    pub fn note(&mut self, row: u32, m: &Person) {
        self.make_shards(row as usize + 1);
        if !self.shards[row as usize / SHARD].note(row, m) {
            self.waiting[m.at as usize].by_clock.push(m.threshold, row);
        }
    }

    /// Takes over what is closed on a day. `reverse_only`: a route by itself is closed in one direction, as in Flee.
    pub fn close(&mut self, day: Tick, reverse_only: bool) {
        self.closed = vec![false; self.net.links.len()];
        self.free = vec![false; self.net.links.len()];
        self.kinds = self.net.sites.iter().map(|s| s.kind).collect();
        for c in self.net.closures.iter().filter(|c| c.from <= day && day < c.until) {
            let of = if reverse_only && !c.reverse.is_empty() { &c.reverse } else { &c.of };
            for &i in of {
                match c.what {
                    Barred::Links => self.closed[i as usize] = true,
                    Barred::Forced => self.free[i as usize] = true,
                    Barred::Camp => self.kinds[i as usize] = Kind::Town,
                }
            }
        }
    }
}

/// Makes the sites of a scenario with displacement.
pub fn populate(w: &mut World, net: &Arc<DisplacementNet>) {
    w.refuge = Refuge { net: net.clone(), start: w.day, ..Refuge::default() };
    for s in &net.sites {
        w.sites.push(Site {
            key: s.key,
            intensity: 0.0,
            since: NEVER,
            peace: NEVER,
            residents: s.population,
            clock: 0,
        });
    }
}

impl World {
    /// A displaced person more, at a site. Residents are not counted down.
    pub fn displace(&mut self, m: Person) {
        let row = self.displaced.push(m);
        self.refuge.present[m.at as usize] += 1;
        self.refuge.note(row as u32, &m);
        self.ledgers.move_people(People::Outside, People::Displaced, u64::from(self.persons_per_agent));
    }

    /// Checks the numbers of sites and links in a restored state; routes are found again, and are as many as they were.
    pub(super) fn displaced_fit(&self) -> Result<(), String> {
        let (sites, links) = (self.refuge.net.sites.len(), self.refuge.net.links.len());
        for p in self.displaced.rows().map(|i| self.displaced.get(i)) {
            let ends = if p.state & UNDER_WAY != 0 { links } else { sites };
            if p.at as usize >= ends || p.home as usize >= sites {
                return Err(format!("the displaced person {:x} is at {}, and there is none", p.key, p.at));
            }
        }
        Ok(())
    }

    /// Counts the displaced anew, and puts those who stay somewhere into its queue.
    pub(super) fn rederive_displaced(&mut self) {
        let sites = self.sites.len();
        self.refuge.present = vec![0; sites];
        self.refuge.waiting = vec![Waiting::default(); sites];
        (self.refuge.shards, self.refuge.on_links) = (vec![], 0);
        for row in 0..self.displaced.len() as u32 {
            let p = self.displaced.get(row as usize);
            if p.key == 0 {
                continue;
            }
            self.refuge.note(row, &p);
            if p.state & UNDER_WAY != 0 {
                self.refuge.on_links += 1;
                continue;
            }
            self.refuge.present[p.at as usize] += 1;
            if p.plan == NONE && p.threshold > 0 && p.threshold < u64::MAX {
                self.refuge.waiting[p.at as usize].long = true;
            }
        }
    }
}
