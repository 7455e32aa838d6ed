//! Loss of depots (equation 5).

use crate::agents::accounts::Arms;
use crate::agents::arms::{CLASSES, Channel, Class, EMPTY, ORIGINS};
use crate::agents::group::is_official;
use crate::agents::store;
use crate::agents::tally::Entry;
use crate::agents::world::World;
use crate::engine::dist::{apportion, beta, exponential};
use crate::engine::rng::{Key, Purpose, absorb};
use crate::engine::step::Process;
use crate::units::{Probability, Tick};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Hazard of a raid on a site without guards and control (h0).
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption", "x-low" = 0.003, "x-high" = 0.03))]
    pub raid_rate: f64,
    /// Number of guards that cuts the hazard to 1/e.
    #[schemars(range(min = 0.1, max = 1000), extend("x-unit" = "guards", "x-source" = "assumption (model.md eq. 5)", "x-low" = 8, "x-high" = 30))]
    pub guard_scale: f64,
    /// First shape of the Beta distribution of the share looted in a raid.
    #[schemars(range(min = 1, max = 20), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 5)"))]
    pub loot_alpha: u32,
    /// Second shape.
    #[schemars(range(min = 1, max = 20), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 5)"))]
    pub loot_beta: u32,
    /// Share of the loot that the local group keeps.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.3, "x-high" = 0.7))]
    pub to_group: f64,
    /// Share that civilians carry off; the rest goes to the black market of the nearest hub.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.1, "x-high" = 0.5))]
    pub to_civilians: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params { raid_rate: 0.01, guard_scale: 15.0, loot_alpha: 2, loot_beta: 5, to_group: 0.5, to_civilians: 0.3 }
    }
}

const RAID: Purpose = Purpose::new("stockpiles.raid");
const SHARE: Purpose = Purpose::new("stockpiles.share");
const CLASS: Purpose = Purpose::new("stockpiles.class");
const TAKER: Purpose = Purpose::new("stockpiles.taker");

/// Hazard of a raid a day on a site with `guards` under a holder with control `kappa` (equation 5 at peace and at the
/// pre-war price: violence and price enter with their own rules).
pub fn raid_hazard(p: &Params, guards: f64, kappa: f64) -> f64 {
    let open = 1.0 - kappa;
    p.raid_rate * open * open * libm::exp(-guards / p.guard_scale)
}

/// Loss of depots.
pub struct Stockpiles;

/// A raid: which depot, who comes, and how much of each class goes.
struct Raid {
    depot: usize,
    taker: usize,
    loot: [u32; CLASSES],
}

impl Process<World> for Stockpiles {
    const NAME: &'static str = "stockpiles";
    const ABOUT: &'static str =
        "Raids on arms depots; loot goes to the local group, civilians and the nearest black market (equation 5).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        let takers = fighters_by_node(w);
        let depots: Vec<usize> = w.depots.rows().collect();
        let raids = crate::engine::parallel::map_items(&depots, 128, |&d| decide(p, w, &takers, d, day));
        for raid in raids.into_iter().flatten() {
            carry_off(p, w, &raid, day);
        }
    }
}

/// Rows of groups with fighters, by node.
fn fighters_by_node(w: &World) -> std::collections::BTreeMap<u32, Vec<usize>> {
    let mut by_node = std::collections::BTreeMap::<u32, Vec<usize>>::new();
    for g in w.groups.rows().filter(|&g| w.groups.fighters()[g] > 0 && !is_official(w.groups.bloc()[g])) {
        by_node.entry(w.groups.node()[g]).or_default().push(g);
    }
    by_node
}

fn decide(
    p: &Params,
    w: &World,
    groups: &std::collections::BTreeMap<u32, Vec<usize>>,
    d: usize,
    day: Tick,
) -> Option<Raid> {
    let depot = w.depots.get(d);
    if depot.sealed == 1 || depot.stock.iter().all(|&n| n == 0) {
        return None;
    }
    let hazard = Class::ALL.map(|c| raid_hazard(p, guards_of(w, d, c), f64::from(depot.control)));
    let worst = hazard.iter().fold(0.0, |a: f64, &b| a.max(b));
    if !w.luck.on(RAID, day).chance(depot.key, Probability::of_hazard(worst, 1.0).get()) {
        return None;
    }
    let nearby = w.takers[d].iter().find_map(|n| groups.get(n))?;
    let taker = pick_taker(w, nearby, depot.key, day)?;
    let share = beta(w.luck.on(SHARE, day), depot.key, p.loot_alpha, p.loot_beta);
    let mut loot = [0; CLASSES];
    for c in Class::ALL {
        // A class guarded better than the rest is lost in fewer of the raids, so that each class keeps its own hazard.
        let lost = w.luck.on(CLASS, day).nth(c as u32).chance(depot.key, hazard[c as usize] / worst);
        if lost {
            loot[c as usize] = libm::round(f64::from(depot.stock[c as usize]) * share) as u32;
        }
    }
    Some(Raid { depot: d, taker, loot })
}

/// Guards that watch a class at a site: the holder's and those that levers send.
fn guards_of(w: &World, d: usize, class: Class) -> f64 {
    let (node, tier) = (w.depots.node()[d], w.depots.tier()[d]);
    let sent = w
        .controls
        .depots
        .iter()
        .filter(|o| o.classes[class as usize] && o.tier.is_none_or(|t| t == tier) && w.in_area(&o.area, node));
    f64::from(w.depots.guards()[d]) + sent.map(|o| o.guards).sum::<f64>()
}

/// One of the groups on the spot, with probability in proportion to fighters: the first in a race of exponential times,
/// so that a group without fighters, or one elsewhere, changes nobody's luck.
fn pick_taker(w: &World, groups: &[usize], depot: u64, day: Tick) -> Option<usize> {
    let luck = w.luck.on(TAKER, day);
    let time = |g: usize| exponential(luck.unit(absorb(depot, w.groups.key()[g]))) / f64::from(w.groups.fighters()[g]);
    groups.iter().copied().min_by(|&a, &b| time(a).total_cmp(&time(b)).then(w.groups.key()[a].cmp(&w.groups.key()[b])))
}

fn carry_off(p: &Params, w: &mut World, raid: &Raid, day: Tick) {
    let node = w.depots.node()[raid.depot];
    let country = w.depots.country()[raid.depot];
    let (lat, lon) = (w.region.nodes.lat[node as usize], w.region.nodes.lon[node as usize]);
    let hub = w.routes.nearest_hub(lat, lon, |h| h.country == country && h.connected).map(|h| h.0);
    let market_share = (1.0 - p.to_group - p.to_civilians).max(0.0);
    let shares = [p.to_group, p.to_civilians, if hub.is_some() { market_share } else { 0.0 }];
    let mut parts = [EMPTY; 3];
    for c in Class::ALL {
        let item = c as usize * ORIGINS + usize::from(w.depots.origin()[raid.depot]);
        for (bag, n) in parts.iter_mut().zip(apportion(u64::from(raid.loot[c as usize]), &shares)) {
            bag[item] = n as u32;
        }
        let gone: u32 = parts.iter().map(|b| b[item]).sum();
        w.depots.update(raid.depot, |d| d.stock[c as usize] -= gone);
        w.tally.looted[c as usize] += i64::from(gone);
    }
    w.arm(raid.taker, Arms::Depots, Channel::Looted, &parts[0]);
    let civilians = w.store(store::CIVILIANS, country);
    w.stores.update(civilians, |s| crate::agents::arms::add(&mut s.arms, &parts[1]));
    w.ledgers.move_arms(Arms::Depots, Arms::Civilians, &parts[1]);
    if let Some(hub) = hub {
        let market = w.store(store::MARKET, hub);
        w.stores.update(market, |s| crate::agents::arms::add(&mut s.arms, &parts[2]));
        w.ledgers.move_arms(Arms::Depots, Arms::Markets, &parts[2]);
    }
    w.tally.raids += 1;
    let key = Key(w.depots.key()[raid.depot]).0;
    let place = hub.map_or(String::new(), |h| format!("near {}", w.routes.hubs[h as usize].name));
    let count = parts.iter().map(crate::agents::arms::pieces).sum();
    w.log.push(Entry { day, kind: "depot_raid", place, item: "weapons", count, key });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Equation 5 by hand: 0.01 without guards and control; a quarter of it at control 0.5; 1/e of it at 15 guards.
    #[test]
    fn the_hazard_of_a_raid_is_that_of_equation_5() {
        let p = Params::default();
        assert_eq!(raid_hazard(&p, 0.0, 0.0), 0.01);
        assert!((raid_hazard(&p, 0.0, 0.5) - 0.0025).abs() < 1e-15);
        assert!((raid_hazard(&p, 15.0, 0.0) - 0.003_678_794_4).abs() < 1e-10);
        assert!((raid_hazard(&p, 30.0, 0.3) - 0.01 * 0.49 * 0.135_335_283).abs() < 1e-10);
        assert_eq!(raid_hazard(&p, 0.0, 1.0), 0.0);
        let saved = |g: f64| raid_hazard(&p, g, 0.0) - raid_hazard(&p, g + 10.0, 0.0);
        assert!(saved(0.0) > saved(10.0) && saved(10.0) > saved(20.0), "diminishing returns");
    }
}
