//! Who flees today, and from where.

use super::{Params, Spawn};
use crate::agents::world::World;
use crate::engine::dist::poisson;
use crate::engine::rng::Purpose;
use crate::region::displacement::DisplacementNet;
use crate::units::Tick;

const ORIGIN: Purpose = Purpose::new("displacement.origin");
const NUMBER: Purpose = Purpose::new("displacement.number");

/// Adds the newly displaced of the day.
pub fn flee(p: &Params, w: &mut World, day: Tick) {
    if day == w.refuge.start && p.fill_on_first_day {
        fill(p, w, day);
    } else if p.spawn == Spawn::Registrations {
        from_registrations(p, w, day);
    }
    if p.spawn != Spawn::Registrations {
        from_each(p, w, day);
    }
}

/// Those who are in camps on the first day.
fn fill(p: &Params, w: &mut World, day: Tick) {
    if p.empty_on_first_day {
        return;
    }
    let net = w.refuge.net.clone();
    for (site, s) in net.sites.iter().enumerate().filter(|s| s.1.kind.is_camp()) {
        let persons = net.registered[site].as_ref().map_or(0, |r| r.on(day));
        for n in 0..agents(persons, w) {
            let row = w.displace(site as u32, day, n);
            super::travel::stay(w, row, w.displaced.get(row), day);
        }
        debug_assert!(s.kind.is_camp());
    }
}

/// Persons as agents; a part of one is left out.
fn agents(persons: i64, w: &World) -> u64 {
    persons.max(0) as u64 / u64::from(w.persons_per_agent)
}

/// Registered in all on a day.
pub fn registered(net: &DisplacementNet, from_total: bool, day: Tick) -> i64 {
    if from_total {
        return net.total.on(day);
    }
    net.registered.iter().flatten().chain([&net.elsewhere]).map(|r| r.on(day)).sum()
}

/// How many have come in all since the first day, by day: where fewer are registered than the day before, nobody new is displaced until as many
/// have come again. So it is the largest increase over the first day so far.
fn come(p: &Params, net: &DisplacementNet, start: Tick) -> Vec<i64> {
    let last =
        net.registered.iter().flatten().chain([&net.total, &net.elsewhere]).filter_map(|r| Some(r.0.last()?.0)).max();
    let last = last.map_or(start.0, |day| day.clamp(i64::from(start.0), i64::from(u32::MAX)) as u32);
    let at_first =
        if p.fill_on_first_day || p.empty_on_first_day { registered(net, p.spawn_from_total, start) } else { 0 };
    let mut most = 0;
    let so_far = |day| {
        most = most.max(registered(net, p.spawn_from_total, Tick(day)) - at_first);
        most
    };
    (start.0..=last).map(so_far).collect()
}

fn from_registrations(p: &Params, w: &mut World, day: Tick) {
    if w.refuge.come.is_empty() {
        w.refuge.come = come(p, &w.refuge.net, w.refuge.start);
    }
    let until = |days: u32| agents(w.refuge.come[(days as usize).min(w.refuge.come.len() - 1)], w);
    let days = day.0 - w.refuge.start.0;
    let number = until(days) - if days > 0 { until(days - 1) } else { 0 };
    if number == 0 {
        return;
    }
    let mut sum = 0.0;
    let mut up_to: Vec<(f64, u32)> = vec![];
    for site in 0..w.sites.len() {
        let s = w.sites.get(site);
        if s.intensity > 0.0 {
            sum += f64::from(s.residents) * s.intensity * p.decayed(day.0 - s.since);
            up_to.push((sum, site as u32));
        }
    }
    // Where nobody is at war, nobody can have fled.
    if sum <= 0.0 {
        return;
    }
    let luck = w.luck.on(ORIGIN, day);
    for n in 0..number {
        let at = luck.unit(n) * sum;
        let i = up_to.partition_point(|u| u.0 <= at).min(up_to.len() - 1);
        one(p, w, up_to[i].1, day, n);
    }
}

fn from_each(p: &Params, w: &mut World, day: Tick) {
    let size = f64::from(w.persons_per_agent);
    let luck = w.luck.on(NUMBER, day);
    for site in 0..w.sites.len() {
        let s = w.sites.get(site);
        if s.intensity <= 0.0 {
            continue;
        }
        let mean = match p.spawn {
            Spawn::Population => p.spawn_per_day * f64::from(s.residents) * s.intensity,
            _ => p.spawn_per_day * s.intensity,
        } / size;
        let u = luck.unit(s.key);
        let number = match p.spawn {
            Spawn::Constant => libm::floor(mean) as u64,
            Spawn::Poisson => poisson(u, mean),
            // The fraction by lot: small places lose people too.
            _ => libm::floor(mean) as u64 + u64::from(u < mean - libm::floor(mean)),
        };
        (0..number).for_each(|n| one(p, w, site as u32, day, n));
    }
}

/// One more has fled from a site, if anybody is left there.
fn one(p: &Params, w: &mut World, site: u32, day: Tick, n: u64) {
    if p.take_from_population {
        let size = w.persons_per_agent;
        if w.sites.residents()[site as usize] < size {
            return;
        }
        w.sites.update(site as usize, |s| s.residents -= size);
    }
    // On the first day those in camps have ordinals of their own sites: no key comes twice.
    let row = w.displace(site, day, n);
    w.tally.displaced += i64::from(w.persons_per_agent);
    super::travel::stay(w, row, w.displaced.get(row), day);
}
