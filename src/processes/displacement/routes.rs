//! Which way somebody takes: what sites attract, how far they are, and which route is drawn.

use super::{Params, Rules};
use crate::agents::displaced::{NONE, Person};
use crate::agents::world::World;
use crate::region::displacement::Kind;
use crate::units::{Tick, great_circle_km};
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// A way out of a site.
#[derive(Clone, Copy)]
pub struct Way {
    /// Sum of the weights of the ways up to this one.
    up_to: f64,
    route: u32,
    /// Whether nobody sets out on it, since the camp at its end is full.
    pub full: bool,
}

impl Way {
    /// The route that is taken by somebody who draws `u` in (0, 1); [`NONE`] when there is none, or the one drawn leads to a full camp.
    pub fn draw(ways: &[Way], u: f64) -> u32 {
        let Some(last) = ways.last() else { return NONE };
        let at = u * last.up_to;
        let way = ways[ways.partition_point(|x| x.up_to <= at).min(ways.len() - 1)];
        if way.full { NONE } else { way.route }
    }
}

/// Ways out by site and home.
type ByHome = BTreeMap<(u32, u32), Arc<[Way]>>;

/// What everybody knows who chooses in the same round: nothing in it changes until all have chosen.
pub struct Known<'a> {
    p: &'a Params,
    w: &'a World,
    /// What each site attracts today, wherever somebody comes from.
    scores: &'a [f64],
    /// Camps that have less than half of their attraction left: nobody sets out for them.
    full: Vec<bool>,
    /// Ways out of the sites at which somebody has chosen.
    ways: Vec<OnceLock<Vec<Way>>>,
    /// The same where what a site attracts hangs on the home.
    ways_by_home: RwLock<ByHome>,
}

impl<'a> Known<'a> {
    /// What is known now; `scores` are those of the day.
    pub fn new(p: &'a Params, w: &'a World, scores: &'a [f64]) -> Known<'a> {
        let full = |site: usize| w.refuge.kinds[site].is_camp() && room(p, w, site) < 0.5;
        Known {
            p,
            w,
            scores,
            full: (0..scores.len()).map(full).collect(),
            ways: scores.iter().map(|_| OnceLock::new()).collect(),
            ways_by_home: RwLock::default(),
        }
    }

    /// Whether what a site attracts hangs on where somebody's home is.
    pub fn by_home(&self) -> bool {
        self.p.home_distance_power > 0.0 && !self.p.fault_coordinates_swapped
    }

    /// The route that somebody at a site chooses who draws `u` in (0, 1): see [`Way::draw`].
    pub fn choose(&self, who: &Person, u: f64) -> u32 {
        if self.by_home() {
            return Way::draw(&self.ways_from_home(who.at, who.home), u);
        }
        Way::draw(self.ways(who.at), u)
    }

    /// The ways out of a site for those of a home. Two threads may reckon the same at once, and come to the same.
    fn ways_from_home(&self, site: u32, home: u32) -> Arc<[Way]> {
        let found = self.ways_by_home.read().unwrap_or_else(PoisonError::into_inner).get(&(site, home)).cloned();
        found.unwrap_or_else(|| {
            let ways: Arc<[Way]> = self.weigh(site, Some(home)).into();
            self.ways_by_home.write().unwrap_or_else(PoisonError::into_inner).insert((site, home), ways.clone());
            ways
        })
    }

    /// The ways out of a site, for all who are there.
    pub fn ways(&self, site: u32) -> &[Way] {
        self.ways[site as usize].get_or_init(|| self.weigh(site, None))
    }

    /// Whether nobody sets out for a camp.
    pub fn is_full(&self, site: u32) -> bool {
        self.full[site as usize]
    }

    /// The routes from a site that are open, with the sum of their weights up to each; all alike when none attracts.
    fn weigh(&self, site: u32, home: Option<u32>) -> Vec<Way> {
        let (p, refuge) = (self.p, &self.w.refuge);
        if p.awareness == 0 && p.fault_awareness_0_freezes {
            return vec![];
        }
        let open = |n: &u32| refuge.routes.links(*n).iter().all(|&l| !refuge.closed[l as usize]);
        let first = |n: u32| refuge.routes.links(n)[0] as usize;
        let forced = |n: &u32| {
            let l = first(*n);
            !p.fault_forced_routes_ignored && refuge.net.links[l].forced && !refuge.free[l]
        };
        let mut routes: Vec<u32> = refuge.routes.of(site).filter(open).collect();
        if routes.iter().any(forced) {
            routes.retain(forced);
        }
        let weight = |n: &u32| if p.awareness == 0 { 1.0 } else { self.weight(site, *n, home) };
        let mut weighed: Vec<(f64, u32)> = routes.iter().map(|n| (weight(n), *n)).collect();
        if p.rules == Rules::Flee2 {
            // Of a link the best that lies behind it, and the first of its routes alone; forks belong to the link behind them.
            let to_first_site = |n: u32| {
                let links = refuge.routes.links(n);
                let fork = |l: &u32| refuge.net.sites[refuge.net.links[*l as usize].to as usize].kind == Kind::Marker;
                &links[..=links.iter().position(|l| !fork(l)).unwrap_or(0)]
            };
            let links = weighed.chunk_by(|a, b| to_first_site(a.1) == to_first_site(b.1));
            weighed = links.map(|l| (l.iter().map(|x| x.0).fold(0.0, f64::max), l[0].1)).collect();
        }
        let alike = weighed.iter().all(|x| x.0 <= 0.0);
        let mut up_to = 0.0;
        let one = |(weight, route): (f64, u32)| {
            up_to += if alike { 1.0 } else { weight };
            Way { up_to, route, full: self.is_full(refuge.routes.get(route).end) }
        };
        weighed.into_iter().map(one).collect()
    }

    /// Weight of a route: what its end attracts, over how far it is, as far as there is room.
    fn weight(&self, site: u32, route: u32, home: Option<u32>) -> f64 {
        let (p, r) = (self.p, self.w.refuge.routes.get(route));
        let mut score = self.scores[r.end as usize];
        if p.home_distance_power > 0.0 {
            let km = self.km(home.unwrap_or(site), r.end);
            score /= libm::pow(km.max(1.0), p.home_distance_power);
        }
        let near = libm::pow(p.softening_km + r.km, p.distance_power);
        libm::pow((p.weight_softening + score) / near * room(p, self.w, r.end as usize), p.weight_power)
    }

    /// Great-circle distance of two sites.
    fn km(&self, a: u32, b: u32) -> f64 {
        let net = &self.w.refuge.net;
        let (a, b) = (&net.sites[a as usize], &net.sites[b as usize]);
        if self.p.fault_coordinates_swapped {
            great_circle_km(a.lon, a.lat, b.lon, b.lat)
        } else {
            great_circle_km(a.lat, a.lon, b.lat, b.lon)
        }
    }
}

fn room(p: &Params, w: &World, site: usize) -> f64 {
    let persons = f64::from(w.refuge.present[site]) * f64::from(w.persons_per_agent);
    let capacity = f64::from(w.refuge.net.sites[site].capacity);
    let first = if p.fault_first_day_in_capacity { w.refuge.registered(site, w.refuge.start) as f64 } else { 0.0 };
    p.room(persons, capacity - first)
}

/// What each site attracts on a day, wherever somebody comes from.
pub fn scores(p: &Params, w: &World, day: Tick) -> Vec<f64> {
    (0..w.sites.len()).map(|site| score(p, w, site, day)).collect()
}

fn score(p: &Params, w: &World, site: usize, day: Tick) -> f64 {
    let (s, state) = (&w.refuge.net.sites[site], w.sites.get(site));
    let camp = w.refuge.kinds[site].is_camp();
    let mut score = if s.home { 1.0 } else { p.foreign_weight };
    if camp {
        score *= p.camp_weight;
    }
    if state.intensity > 0.0 {
        score *= libm::pow(p.conflict_weight, state.intensity * p.decayed(day.0 - state.since));
    }
    match f64::from(state.residents) {
        _ if camp || p.population_power == 0.0 => score,
        residents if p.fault_population_unweighted => score * residents.min(1.0),
        residents => score * libm::pow(residents, p.population_power),
    }
}
