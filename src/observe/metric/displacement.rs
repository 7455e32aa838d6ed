//! People driven from home: where they are, and how many were registered.

use super::{Kind, Metric, metric};
use crate::agents::world::World;
use crate::region::displacement::Kind as Site;
use crate::units::Tick;

const GROUP: &str = "displacement";

pub(super) fn displacement(m: &mut Vec<Metric>) {
    let all = |w: &World| w.displaced.live() as f64 * f64::from(w.persons_per_agent);
    m.push(metric(
        "displaced",
        "persons",
        GROUP,
        Kind::Stock,
        "Driven from home by war since the first day, or before",
        all,
    ));
    m.push(metric("displaced_newly", "persons/day", GROUP, Kind::Flow, "Driven from home by war", |w| {
        w.tally.displaced as f64
    }));
    let camps = "Of the displaced those in camps; observed: registered there";
    m.push(
        metric("displaced_in_camps", "persons", GROUP, Kind::Stock, camps, |w| at(w, |k, _| k.is_camp()))
            .seen(|w| w.refuge.camps().map(|i| w.refuge.registered(i, w.day)).sum::<i64>() as f64),
    );
    m.push(metric("displaced_abroad", "persons", GROUP, Kind::Stock, "Of the displaced those at sites abroad", |w| {
        at(w, |_, home| !home)
    }));
    m.push(metric(
        "displaced_at_home",
        "persons",
        GROUP,
        Kind::Stock,
        "Of the displaced those at sites of the country at war",
        |w| at(w, |_, home| home),
    ));
    m.push(metric("displaced_under_way", "persons", GROUP, Kind::Stock, "Of the displaced those between sites", |w| {
        f64::from(w.refuge.on_links) * f64::from(w.persons_per_agent)
    }));
    m.push(metric("sites_at_war", "sites", GROUP, Kind::Stock, "Sites of displacement that are at war", |w| {
        w.sites.intensity().iter().filter(|x| **x > 0.0).count() as f64
    }));
}

/// How far camps are from what was registered in them: `sum |s - d| / max(1, sum d)` of a day, the mean of which over days is Flee's averaged
/// relative difference (docs/flee.md).
pub(super) fn errors(m: &mut Vec<Metric>) {
    for (name, about, f) in [
        (
            "displacement_error",
            "Differences between camps and registrations, over all registered",
            error as fn(&World) -> f64,
        ),
        (
            "displacement_error_rescaled",
            "The same with camps scaled so that as many are in them as are registered",
            rescaled,
        ),
        (
            "displacement_error_baseline",
            "The same of a forecast without a model: the shares of the thirtieth day",
            baseline,
        ),
    ] {
        m.push(metric(name, "share", "displacement_error", Kind::Level, about, f));
    }
}

/// Of each camp what is in it, and what was registered.
fn camps(w: &World) -> Vec<(f64, f64)> {
    let size = f64::from(w.persons_per_agent);
    let both = |i: usize| (f64::from(w.refuge.present[i]) * size, w.refuge.registered(i, w.day) as f64);
    w.refuge.camps().map(both).collect()
}

/// Differences over all registered; NaN where nobody registers.
fn relative(camps: &[(f64, f64)]) -> f64 {
    let registered: f64 = camps.iter().map(|c| c.1).sum();
    let off: f64 = camps.iter().map(|c| (c.0 - c.1).abs()).sum();
    if camps.is_empty() { f64::NAN } else { off / registered.max(1.0) }
}

fn error(w: &World) -> f64 {
    relative(&camps(w))
}

fn rescaled(w: &World) -> f64 {
    let mut camps = camps(w);
    let (simulated, registered) = camps.iter().fold((0.0, 0.0), |sum, c| (sum.0 + c.0, sum.1 + c.1));
    let scale = if simulated > 0.0 { registered / simulated } else { 0.0 };
    camps.iter_mut().for_each(|c| c.0 *= scale);
    relative(&camps)
}

/// Days after the first whose shares the forecast without a model takes.
const SHARES: u32 = 30;

fn baseline(w: &World) -> f64 {
    let (mut camps, then) = (camps(w), Tick(w.refuge.start.0 + SHARES));
    let registered: f64 = camps.iter().map(|c| c.1).sum();
    let shares: Vec<f64> = w.refuge.camps().map(|i| w.refuge.registered(i, then) as f64).collect();
    let sum: f64 = shares.iter().sum();
    camps.iter_mut().zip(shares).for_each(|(c, share)| c.0 = if sum > 0.0 { registered * share / sum } else { 0.0 });
    relative(&camps)
}

/// Displaced at sites of some kind, in the country at war or not.
fn at(w: &World, is: fn(Site, bool) -> bool) -> f64 {
    let (net, kinds) = (&w.refuge.net, &w.refuge.kinds);
    let kind = |i: usize| kinds.get(i).copied().unwrap_or(net.sites[i].kind);
    let there = (0..net.sites.len()).filter(|&i| is(kind(i), net.sites[i].home));
    there.map(|i| u64::from(w.refuge.present[i])).sum::<u64>() as f64 * f64::from(w.persons_per_agent)
}
