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
use crate::engine::wake::own_day;
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
    /// Fatalities a day in a site's cell that add the hazard of peace once more (Vref_c).
    #[schemars(range(min = 0.001, max = 100), extend("x-unit" = "fatalities/day", "x-source" = "model.md eq. 5: a fixed constant"))]
    pub violence_scale: f64,
    /// Most times that fighting can add it.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "factor", "x-source" = "assumption (model.md eq. 5)", "x-low" = 2, "x-high" = 8))]
    pub violence_most: f64,
    /// Power of the price, over the usual one in the nearest market of the country, in the hazard.
    #[schemars(range(min = 0, max = 5), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 5)", "x-low" = 0, "x-high" = 1))]
    pub price_power: f64,
    /// Guards who desert in a year where the state has no capacity; where it has all, none do.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/year", "x-source" = "assumption (model.md eq. 5: x (1 - U), of which the state's capacity takes the place)", "x-low" = 0.02, "x-high" = 0.3))]
    pub desertion: f64,
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
        Params {
            raid_rate: 0.01,
            guard_scale: 15.0,
            violence_scale: 0.05,
            violence_most: 4.0,
            price_power: 0.5,
            desertion: 0.05,
            loot_alpha: 2,
            loot_beta: 5,
            to_group: 0.5,
            to_civilians: 0.3,
        }
    }
}

const RAID: Purpose = Purpose::new("stockpiles.raid");
const SHARE: Purpose = Purpose::new("stockpiles.share");
const CLASS: Purpose = Purpose::new("stockpiles.class");
const TAKER: Purpose = Purpose::new("stockpiles.taker");

/// Guards desert, where they do, once in so many days, each site on its own day.
const MONTH: u32 = 30;

/// What a site is like on a day, as equation 5 sees it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Site {
    /// Guards of whoever holds it and of levers (G).
    pub guards: f64,
    /// The holder's control of the area, 0 to 1 (kappa_s).
    pub control: f64,
    /// Fatalities a day in the cell (V_c).
    pub violence: f64,
    /// Price over the usual one in the nearest market (p / p0).
    pub price: f64,
}

/// Equation 5: hazard of a raid a day, `h0 (1 - kappa_s)^2 exp(-G / scale) (1 + min(V_c / Vref_c, 4)) (p / p0)^0.5`.
pub fn raid_hazard(p: &Params, s: &Site) -> f64 {
    let open = 1.0 - s.control;
    let fighting = 1.0 + (s.violence / p.violence_scale).min(p.violence_most);
    p.raid_rate * open * open * libm::exp(-s.guards / p.guard_scale) * fighting * libm::pow(s.price, p.price_power)
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
        desert(p, w, day);
        let takers = fighters_by_node(w);
        let depots: Vec<usize> = w.depots.rows().collect();
        let raids = crate::engine::parallel::map_items(&depots, 128, |&d| decide(p, w, &takers, d, day));
        for raid in raids.into_iter().flatten() {
            carry_off(p, w, &raid, day);
        }
    }
}

/// Guards of a site's holder who leave for good, in proportion to how little the state can do.
fn desert(p: &Params, w: &mut World, day: Tick) {
    let manned = |i: &usize| w.depots.guards()[*i] > 0.0 && own_day(day, w.depots.key()[*i], MONTH);
    let due: Vec<usize> = if p.desertion > 0.0 { w.depots.rows().filter(manned).collect() } else { vec![] };
    for i in due {
        let stay = libm::exp(-lost_in_a_year(p, w, w.depots.country()[i]) * f64::from(MONTH) / 365.0);
        w.depots.update(i, |d| d.guards = (f64::from(d.guards) * stay) as f32);
    }
}

/// Share of the guards that desert in a year in a country.
fn lost_in_a_year(p: &Params, w: &World, country: u16) -> f64 {
    p.desertion * (1.0 - w.states.capacity()[usize::from(country)])
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
    let outlet = w.outlets[d];
    let violence = w.violence(depot.node);
    let hazard = Class::ALL.map(|class| {
        let price = outlet.map_or(1.0, |hub| w.price_ratio(hub, class));
        let (guards, control) = (guards_of(p, w, d, class), f64::from(depot.control));
        raid_hazard(p, &Site { guards, control, violence, price })
    });
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

/// Guards that watch a class at a site: the holder's, and those that levers send. Of the latter as many are away at any
/// time as desert in a year: they are replaced, so it does not add up.
fn guards_of(p: &Params, w: &World, d: usize, class: Class) -> f64 {
    let (node, tier) = (w.depots.node()[d], w.depots.tier()[d]);
    let here = w
        .controls
        .depots
        .iter()
        .filter(|o| o.classes[class as usize] && o.tier.is_none_or(|t| t == tier) && w.in_area(&o.area, node));
    let sent: f64 = here.map(|o| o.guards).sum();
    f64::from(w.depots.guards()[d]) + sent * (1.0 - lost_in_a_year(p, w, w.depots.country()[d]))
}

/// One of the groups on the spot, with probability in proportion to fighters: the first in a race of exponential times,
/// so that a group without fighters, or one elsewhere, changes nobody's luck.
fn pick_taker(w: &World, groups: &[usize], depot: u64, day: Tick) -> Option<usize> {
    let luck = w.luck.on(TAKER, day);
    let time = |g: usize| exponential(luck.unit(absorb(depot, w.groups.key()[g]))) / f64::from(w.groups.fighters()[g]);
    groups.iter().copied().min_by(|&a, &b| time(a).total_cmp(&time(b)).then(w.groups.key()[a].cmp(&w.groups.key()[b])))
}

fn carry_off(p: &Params, w: &mut World, raid: &Raid, day: Tick) {
    let country = w.depots.country()[raid.depot];
    let hub = w.outlets[raid.depot];
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
    use crate::agents::controls::DepotOrder;
    use crate::agents::depot::Depot;

    const QUIET: Site = Site { guards: 0.0, control: 0.0, violence: 0.0, price: 1.0 };

    /// Equation 5 by hand: 0.01 without guards and control; a quarter of it at control 0.5; 1/e of it at 15 guards.
    #[test]
    fn the_hazard_of_a_raid_is_that_of_equation_5() {
        let p = Params::default();
        let h = |guards: f64, control: f64| raid_hazard(&p, &Site { guards, control, ..QUIET });
        assert_eq!(h(0.0, 0.0), 0.01);
        assert!((h(0.0, 0.5) - 0.0025).abs() < 1e-15);
        assert!((h(15.0, 0.0) - 0.003_678_794_4).abs() < 1e-10);
        assert!((h(30.0, 0.3) - 0.01 * 0.49 * 0.135_335_283).abs() < 1e-10);
        assert_eq!(h(0.0, 1.0), 0.0);
        let saved = |g: f64| h(g, 0.0) - h(g + 10.0, 0.0);
        assert!(saved(0.0) > saved(10.0) && saved(10.0) > saved(20.0), "diminishing returns");
    }

    /// A death every ten days in the cell makes it three times as likely, more than one in five days not more than five
    /// times; at four times the usual price it is twice as likely.
    #[test]
    fn fighting_and_prices_draw_raiders() {
        let p = Params::default();
        let h = |violence: f64, price: f64| raid_hazard(&p, &Site { violence, price, ..QUIET });
        assert!((h(0.1, 1.0) - 0.03).abs() < 1e-12);
        assert!((h(0.2, 1.0) - 0.05).abs() < 1e-12 && (h(50.0, 1.0) - 0.05).abs() < 1e-12);
        assert!((h(0.0, 4.0) - 0.02).abs() < 1e-12 && (h(0.0, 0.25) - 0.005).abs() < 1e-12);
        assert!((h(0.1, 4.0) - 0.06).abs() < 1e-12);
        assert_eq!(raid_hazard(&Params { price_power: 0.0, ..p }, &Site { price: 9.0, ..QUIET }), 0.01);
    }

    /// Two sites in Libya of capacity 0.2 and one in Niger of capacity 1: after a year 0.05 x 0.8 of the guards are gone in
    /// Libya and none in Niger, and guards sent count for as much less, every day.
    #[test]
    fn guards_desert_where_the_state_is_weak() {
        let mut w = crate::levers::tests::world();
        let country = |w: &World, iso3: &str| w.region.country(iso3).expect("a country");
        let (libya, niger) = (country(&w, "LBY"), country(&w, "NER"));
        for (key, at) in [(1, libya), (2, libya), (3, niger)] {
            let node = w.region.nodes.country.iter().position(|&c| c == at).expect("a node") as u32;
            let (guards, control, stock) = (20.0, 0.5, [9; CLASSES]);
            w.depots.push(Depot { key, node, country: at, tier: 0, origin: 0, sealed: 0, guards, control, stock });
        }
        w.states.update(usize::from(libya), |s| s.capacity = 0.2);
        w.states.update(usize::from(niger), |s| s.capacity = 1.0);
        w.rederive();
        let p = Params::default();
        for day in 0..360 {
            desert(&p, &mut w, Tick(15_000 + day));
        }
        let left = 20.0 * libm::exp(-0.04 * 360.0 / 365.0);
        for (d, want) in [(0, left), (1, left), (2, 20.0)] {
            assert!((f64::from(w.depots.guards()[d]) - want).abs() < 1e-4, "{d}: {}", w.depots.guards()[d]);
        }
        let order = DepotOrder { guards: 10.0, area: Default::default(), tier: None, classes: [true; CLASSES] };
        w.controls.depots.push(order);
        assert!((guards_of(&p, &w, 0, Class::SmallArms) - (left + 9.6)).abs() < 1e-4);
        assert!((guards_of(&p, &w, 2, Class::SmallArms) - 30.0).abs() < 1e-9);
    }
}
