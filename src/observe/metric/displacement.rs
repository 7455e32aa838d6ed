//! People driven from home: where they are, and how many were registered.

use super::{Kind, Metric, metric};
use crate::agents::displaced::InCamp;
use crate::agents::world::World;
use crate::region::displacement::Kind as Site;

const GROUP: &str = "displacement";

pub(super) fn displacement(m: &mut Vec<Metric>) {
    let all = |w: &World| w.displaced.live() as f64 * f64::from(w.persons_per_agent);
    m.push(metric(
        "displaced",
        "persons",
        GROUP,
        Kind::Stock,
        "Driven from home by war since the first day, or in camps on it, and neither home again nor gone on",
        all,
    ));
    m.push(metric("displaced_newly", "persons/day", GROUP, Kind::Flow, "Driven from home by war", |w| {
        w.tally.displaced as f64
    }));
    m.push(metric("displaced_returned", "persons/day", GROUP, Kind::Flow, "Displaced people who went home", |w| {
        w.tally.displaced_returned as f64
    }));
    let onward = "Displaced people who went on as migrants, towards the sea";
    m.push(metric("displaced_onward", "persons/day", GROUP, Kind::Flow, onward, |w| w.tally.displaced_onward as f64));
    let camps = "Of the displaced those in camps; observed: registered there";
    m.push(
        metric("displaced_in_camps", "persons", GROUP, Kind::Stock, camps, |w| at(w, |k, _| k.is_camp()))
            .seen(registered),
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
            "The same of a forecast without a model: the shares of the thirtieth day (or of `baseline_day`)",
            baseline,
        ),
    ] {
        m.push(metric(name, "share", "displacement_error", Kind::Level, about, f));
    }
}

/// Differences of camps from what is registered in them over all registered; NaN where nobody registers.
pub(crate) fn relative(camps: impl Iterator<Item = (f64, f64)>) -> f64 {
    let sum = |(off, all, n): (f64, f64, u32), (s, d): (f64, f64)| (off + (s - d).abs(), all + d, n + 1);
    let (off, registered, n) = camps.fold((0.0, 0.0, 0), sum);
    if n == 0 { f64::NAN } else { off / registered.max(1.0) }
}

/// What camps are multiplied by for as many to be in them as are registered.
pub(crate) fn to_registered(camps: impl Iterator<Item = (f64, f64)>) -> f64 {
    let (simulated, registered) = camps.fold((0.0, 0.0), |sum, c| (sum.0 + c.0, sum.1 + c.1));
    if simulated > 0.0 { registered / simulated } else { 0.0 }
}

/// Camps in which people are registered.
fn camps(w: &World) -> Vec<InCamp> {
    let mut all = w.refuge.in_camps(w.day, w.persons_per_agent);
    all.retain(|c| c.registered.is_finite());
    all
}

/// Registered in camps; NaN where there are sites, and nobody registers.
fn registered(w: &World) -> f64 {
    let of = w.refuge.camps().map(|i| w.refuge.registered(i, w.day) as f64);
    of.reduce(|a, b| a + b).unwrap_or(if w.refuge.is_there() { f64::NAN } else { 0.0 })
}

fn error(w: &World) -> f64 {
    relative(camps(w).iter().map(|c| (c.displaced, c.registered)))
}

fn rescaled(w: &World) -> f64 {
    let camps = camps(w);
    let scale = to_registered(camps.iter().map(|c| (c.displaced, c.registered)));
    relative(camps.iter().map(|c| (c.displaced * scale, c.registered)))
}

fn baseline(w: &World) -> f64 {
    relative(camps(w).iter().map(|c| (c.baseline, c.registered)))
}

/// Displaced at sites of some kind, in the country at war or not.
fn at(w: &World, is: fn(Site, bool) -> bool) -> f64 {
    let (net, kinds) = (&w.refuge.net, &w.refuge.kinds);
    let kind = |i: usize| kinds.get(i).copied().unwrap_or(net.sites[i].kind);
    let there = (0..net.sites.len()).filter(|&i| is(kind(i), net.sites[i].home));
    there.map(|i| u64::from(w.refuge.present[i])).sum::<u64>() as f64 * f64::from(w.persons_per_agent)
}
