//! Who flees today, and from where.

use super::travel::{displace, stay_luck};
use super::{Params, Spawn};
use crate::agents::world::World;
use crate::engine::dist::poisson;
use crate::engine::rng::{Purpose, Stream};
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
    let (net, luck) = (w.refuge.net.clone(), stay_luck(w, day));
    for site in (0..net.sites.len()).filter(|&i| net.sites[i].kind.is_camp()) {
        let persons = net.registered[site].as_ref().map_or(0, |r| r.on(day));
        for n in 0..agents(persons, w) {
            // Others may flee from the same site on the same day, numbered from 0.
            displace(w, site as u32, day, 1 << 32 | n, luck);
        }
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

/// Brings the number of those who have come in all since the first day up to a day: where fewer are registered than the day before, nobody new is
/// displaced until as many have come again. So it is the largest increase over the first day so far.
fn count_come(p: &Params, w: &mut World, days: u32) {
    let start = w.refuge.start;
    let net = w.refuge.net.clone();
    let at_first =
        if p.fill_on_first_day || p.empty_on_first_day { registered(&net, p.spawn_from_total, start) } else { 0 };
    while w.refuge.come.len() <= days as usize {
        let today = Tick(start.0 + w.refuge.come.len() as u32);
        let so_far = w.refuge.come.last().copied().unwrap_or(0);
        w.refuge.come.push(so_far.max(registered(&net, p.spawn_from_total, today) - at_first));
    }
}

fn from_registrations(p: &Params, w: &mut World, day: Tick) {
    let days = day.0 - w.refuge.start.0;
    count_come(p, w, days);
    let until = |days: u32| agents(w.refuge.come[days as usize], w);
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
    let (luck, stays) = (w.luck.on(ORIGIN, day), stay_luck(w, day));
    for n in 0..number {
        let at = luck.unit(n) * sum;
        let i = up_to.partition_point(|u| u.0 <= at).min(up_to.len() - 1);
        one(p, w, up_to[i].1, day, n, stays);
    }
}

fn from_each(p: &Params, w: &mut World, day: Tick) {
    let share = p.spawn == Spawn::Population;
    assert!(
        !share || p.spawn_per_day <= 1.0,
        "with `spawn = \"population\"`, `spawn_per_day` is a share of residents, 0 to 1"
    );
    let size = f64::from(w.persons_per_agent);
    let (luck, stays) = (w.luck.on(NUMBER, day), stay_luck(w, day));
    for site in 0..w.sites.len() {
        let s = w.sites.get(site);
        if s.intensity <= 0.0 {
            continue;
        }
        let mean = match p.spawn {
            Spawn::Population => p.spawn_per_day * f64::from(s.residents) * s.intensity,
            _ => p.spawn_per_day * s.intensity,
        };
        let persons = match p.spawn {
            Spawn::Constant => libm::floor(mean),
            Spawn::Poisson => poisson(luck.unit(s.key), mean) as f64,
            _ => mean,
        };
        // The part of an agent by lot: small places lose people too.
        let (whole, part) = (libm::floor(persons / size), persons / size - libm::floor(persons / size));
        let number = whole as u64 + u64::from(luck.nth(1).unit(s.key) < part);
        (0..number).for_each(|n| one(p, w, site as u32, day, n, stays));
    }
}

/// One more has fled from a site, if anybody is left there.
fn one(p: &Params, w: &mut World, site: u32, day: Tick, n: u64, luck: Stream) {
    if p.take_from_population {
        let size = w.persons_per_agent;
        if w.sites.residents()[site as usize] < size {
            return;
        }
        w.sites.update(site as usize, |s| s.residents -= size);
    }
    displace(w, site, day, n, luck);
    w.tally.displaced += i64::from(w.persons_per_agent);
}
