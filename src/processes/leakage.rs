//! What leaves stocks without a raid: custody and legal stocks leak, weapons wear out, and what levers collect is destroyed.

use crate::agents::accounts::Arms;
use crate::agents::arms::{self, Bag, Class, EMPTY, Origin, slot};
use crate::agents::controls::DestructionOrder;
use crate::agents::routes::HubId;
use crate::agents::store;
use crate::agents::tally::{Entry, Leak};
use crate::agents::world::World;
use crate::engine::dist::{apportion, binomial};
use crate::engine::rng::{Purpose, Stream};
use crate::engine::step::Process;
use crate::engine::wake::own_day;
use crate::region::CountryId;
use crate::units::{Probability, Tick};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Share of what is in custody that goes astray in a year, to the largest market of the country.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/year", "x-source" = "assumption (model.md eq. 13)", "x-low" = 0.01, "x-high" = 0.15))]
    pub custody_rate: f64,
    /// Share of legal stocks (of armies, of transfers) that is diverted in a year to the nearest market of the country where
    /// nobody traces them and all officials can be bought.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/year", "x-source" = "assumption (model.md eq. 13)", "x-low" = 0.01, "x-high" = 0.1))]
    pub diversion_rate: f64,
    /// Share of the officials who can be bought.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption (model.md eq. 4)", "x-low" = 0.1, "x-high" = 0.8))]
    pub corruption: f64,
    /// Share of the weapons of groups, civilians, markets and custody that wears out in a year.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/year", "x-source" = "assumption (model.md eq. 9)", "x-low" = 0.01, "x-high" = 0.05))]
    pub wear_rate: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params { custody_rate: 0.05, diversion_rate: 0.03, corruption: 0.4, wear_rate: 0.02 }
    }
}

const CUSTODY: Purpose = Purpose::new("leakage.custody");
const LEGAL: Purpose = Purpose::new("leakage.legal");
const WEAR: Purpose = Purpose::new("leakage.wear");
const COLLECTED: Purpose = Purpose::new("leakage.collected");

/// Every holder's losses are drawn once in so many days, on its own day.
const MONTH: u32 = 30;

/// Leaks, wear and destruction.
pub struct Leakage;

impl Process<World> for Leakage {
    const NAME: &'static str = "leakage";
    const ABOUT: &'static str =
        "Custody and legal stocks leak (equation 13), weapons wear out, what levers collect is destroyed.";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        custody_leaks(p, w, day);
        legal_stocks_leak(p, w, day);
        wear(p, w, day);
        for order in w.controls.destruction.clone() {
            destroy(w, &order, day);
        }
    }
}

/// Chance that a weapon goes in a month at so much a year.
fn monthly(rate: f64) -> f64 {
    Probability::of_hazard(rate * f64::from(MONTH) / 365.0, 1.0).get()
}

/// What a holder loses of a bag when each weapon goes with `chance`: a binomial draw by class and origin.
fn lost(luck: Stream, key: u64, bag: &Bag, chance: f64) -> Bag {
    let mut out = EMPTY;
    for (item, &n) in bag.iter().enumerate().filter(|x| *x.1 > 0) {
        out[item] = binomial(luck.nth(item as u32).unit(key), u64::from(n), chance) as u32;
    }
    out
}

fn subtract(from: &mut Bag, bag: &Bag) {
    for (f, b) in from.iter_mut().zip(bag) {
        *f -= b;
    }
}

/// The market of a country that most people live near.
fn main_market(w: &World, country: CountryId) -> Option<HubId> {
    let hubs = w.routes.hubs.iter().enumerate().filter(|(_, h)| h.country == country && h.connected);
    hubs.max_by_key(|(i, h)| (h.population, std::cmp::Reverse(*i))).map(|(i, _)| i as HubId)
}

fn custody_leaks(p: &Params, w: &mut World, day: Tick) {
    let luck = w.luck.on(CUSTODY, day);
    let due = |i: &usize| w.stores.kind()[*i] == store::CUSTODY && own_day(day, w.stores.key()[*i], MONTH);
    for row in w.stores.rows().filter(due).collect::<Vec<_>>() {
        let s = w.stores.get(row);
        let Some(hub) = main_market(w, s.at) else { continue };
        let gone = lost(luck, s.key, &s.arms, monthly(p.custody_rate));
        w.stores.update(row, |s| subtract(&mut s.arms, &gone));
        sell_off(w, Arms::Custody, Leak::Custody, hub, &gone, s.key, day);
    }
}

fn legal_stocks_leak(p: &Params, w: &mut World, day: Tick) {
    let luck = w.luck.on(LEGAL, day);
    let legal = [Origin::StateStock as u8, Origin::Legal as u8];
    let due = |i: &usize| legal.contains(&w.depots.origin()[*i]) && own_day(day, w.depots.key()[*i], MONTH);
    for row in w.depots.rows().filter(due).collect::<Vec<_>>() {
        let d = w.depots.get(row);
        let Some(hub) = w.outlets[row].filter(|_| d.sealed == 0) else { continue };
        let traced = w.controls.tracing[usize::from(d.country)];
        let chance = monthly(p.diversion_rate * (1.0 - traced) * p.corruption);
        let mut stock = EMPTY;
        for class in Class::ALL {
            stock[slot(class, Origin::LibyanDepot) + usize::from(d.origin)] = d.stock[class as usize];
        }
        let gone = lost(luck, d.key, &stock, chance);
        w.depots.update(row, |d| {
            for class in Class::ALL {
                d.stock[class as usize] -= arms::of_class(&gone, class);
            }
        });
        sell_off(w, Arms::Depots, Leak::Legal, hub, &gone, d.key, day);
    }
}

/// What leaked comes to a market.
fn sell_off(w: &mut World, from: Arms, cause: Leak, hub: HubId, bag: &Bag, key: u64, day: Tick) {
    if bag.iter().all(|&n| n == 0) {
        return;
    }
    let market = w.store(store::MARKET, hub);
    w.stores.update(market, |s| arms::add(&mut s.arms, bag));
    w.ledgers.move_arms(from, Arms::Markets, bag);
    for class in Class::ALL {
        w.tally.leaks[cause as usize][class as usize] += i64::from(arms::of_class(bag, class));
    }
    let place = w.routes.hubs[usize::from(hub)].name.clone();
    w.log.push(Entry { day, kind: "leak", place, item: "weapons", count: arms::pieces(bag), key });
}

/// Weapons in use wear out; those in depots are greased and those on the road are few.
fn wear(p: &Params, w: &mut World, day: Tick) {
    let (luck, chance) = (w.luck.on(WEAR, day), monthly(p.wear_rate));
    let groups: Vec<usize> = w.groups.rows().filter(|&g| own_day(day, w.groups.key()[g], MONTH)).collect();
    for g in groups {
        let gone = lost(luck, w.groups.key()[g], &w.groups.arms()[g], chance);
        if gone != EMPTY {
            w.groups.update(g, |g| subtract(&mut g.arms, &gone));
            w.ledgers.move_arms(Arms::Groups, Arms::Worn, &gone);
        }
    }
    let stores: Vec<usize> = w.stores.rows().filter(|&i| own_day(day, w.stores.key()[i], MONTH)).collect();
    for row in stores {
        let gone = lost(luck, w.stores.key()[row], &w.stores.arms()[row], chance);
        if gone != EMPTY {
            w.stores.update(row, |s| subtract(&mut s.arms, &gone));
            w.ledgers.move_arms(account(w.stores.kind()[row]), Arms::Worn, &gone);
        }
    }
}

/// Whose weapons a kind of store holds.
fn account(kind: u8) -> Arms {
    match kind {
        store::MARKET => Arms::Markets,
        store::CIVILIANS => Arms::Civilians,
        _ => Arms::Custody,
    }
}

/// A day's part of what a lever collects, in whole pieces by a keyed rounding, from the stores of its countries in proportion
/// to what they have. The lever's bill pays the sellers.
fn destroy(w: &mut World, order: &DestructionOrder, day: Tick) {
    let luck = w.luck.on(COLLECTED, day);
    let mut stores: Vec<usize> = w
        .stores
        .rows()
        .filter(|&i| order.from[usize::from(w.stores.kind()[i])] && order.area.covers(w.store_country(i)))
        .collect();
    stores.sort_unstable_by_key(|&i| w.stores.key()[i]);
    for class in Class::ALL {
        let have: Vec<f64> = stores.iter().map(|&i| f64::from(arms::of_class(&w.stores.arms()[i], class))).collect();
        let today = order.per_year[class as usize] / 365.0 + luck.nth(class as u32).unit(order.sender);
        let n = libm::floor(today).min(have.iter().sum());
        for (&row, part) in stores.iter().zip(apportion(n as u64, &have)).filter(|x| x.1 > 0) {
            let bag = w.stores.update(row, |s| arms::take(&mut s.arms, class, part as u32));
            w.ledgers.move_arms(account(w.stores.kind()[row]), Arms::Destroyed, &bag);
            w.tally.collected[class as usize] += bag.iter().map(|&n| i64::from(n)).sum::<i64>();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::controls::Controls;
    use crate::agents::depot::{Depot, LARGE};
    use crate::agents::store::Store;
    use crate::engine::rng::Luck;

    const RIFLES: usize = slot(Class::SmallArms, Origin::StateStock);

    /// Custody, civilians and a market of 10,000 rifles each, and an army's depot of 10,000, all in Niger with a market.
    fn world(seed: u64) -> World {
        let mut w = crate::levers::tests::world_with_hubs();
        w.luck = Luck { seed, replicate: 0 };
        let niger = w.region.country("NER").expect("Niger");
        let hub = main_market(&w, niger).expect("a market");
        let mut arms = EMPTY;
        arms[RIFLES] = 10_000;
        for (key, kind, at) in [(11, store::CUSTODY, niger), (12, store::CIVILIANS, niger), (13, store::MARKET, hub)] {
            w.stores.push(Store { key, kind, at, arms });
            w.ledgers.move_arms(Arms::Outside, account(kind), &arms);
        }
        let node = w.routes.hubs[usize::from(hub)].node;
        let (origin, stock) = (Origin::StateStock as u8, [10_000, 0, 0, 0, 0, 0]);
        w.depots.push(Depot {
            key: 14,
            node,
            country: niger,
            tier: LARGE,
            origin,
            sealed: 0,
            guards: 9.0,
            control: 0.9,
            stock,
        });
        w.ledgers.move_arms(Arms::Outside, Arms::Depots, &arms);
        w.controls = Controls::none(&w.region);
        w.rederive();
        w
    }

    /// A year of one of the rules over 40 seeds: mean share of 10,000 rifles that has left an account.
    fn year(account: Arms, tracing: f64, rule: impl Fn(&mut World, Tick)) -> f64 {
        let runs = (0..40).map(|seed| {
            let mut w = world(seed);
            w.controls.tracing.fill(tracing);
            for day in 0..360 {
                rule(&mut w, Tick(15_000 + day));
            }
            w.audit().expect("the books balance");
            1.0 - w.ledgers.arms.total(account as usize) as f64 / 10_000.0
        });
        runs.sum::<f64>() / 40.0
    }

    /// Twelve months of 30 days at 5, 3 x 0.4 and 2 % a year; bounds of 4 standard errors over 400,000 rifles.
    #[test]
    fn stocks_leak_and_wear_at_their_rates() {
        let p = Params::default();
        let close = |what: &str, got: f64, rate: f64| {
            let want = 1.0 - libm::exp(-rate * 360.0 / 365.0);
            let se = libm::sqrt(want * (1.0 - want) / 400_000.0);
            assert!((got - want).abs() <= 4.0 * se, "{what}: {got}, expected {want}");
        };
        close("custody", year(Arms::Custody, 0.0, |w, day| custody_leaks(&p, w, day)), 0.05);
        close("diverted", year(Arms::Depots, 0.0, |w, day| legal_stocks_leak(&p, w, day)), 0.012);
        close("traced", year(Arms::Depots, 0.75, |w, day| legal_stocks_leak(&p, w, day)), 0.003);
        assert_eq!(year(Arms::Depots, 1.0, |w, day| legal_stocks_leak(&p, w, day)), 0.0);
        for account in [Arms::Custody, Arms::Civilians, Arms::Markets] {
            close("worn", year(account, 0.0, |w, day| wear(&p, w, day)), 0.02);
        }
        assert_eq!(year(Arms::Depots, 0.0, |w, day| wear(&p, w, day)), 0.0, "depots are greased");
    }

    #[test]
    fn what_leaks_comes_to_the_market_and_is_counted() {
        let mut w = world(3);
        for day in 0..30 {
            custody_leaks(&Params::default(), &mut w, Tick(15_000 + day));
            legal_stocks_leak(&Params::default(), &mut w, Tick(15_000 + day));
        }
        let gone = |account: Arms| 10_000 - w.ledgers.arms.total(account as usize);
        let (custody, depots) = (gone(Arms::Custody), gone(Arms::Depots));
        assert!(custody > 0 && depots > 0);
        assert_eq!(-gone(Arms::Markets), custody + depots);
        assert_eq!([w.tally.leaks[0][0], w.tally.leaks[1][0], w.tally.leaks[2][0]], [custody, depots, 0]);
        let logged: Vec<(&str, i64)> = w.log.iter().map(|e| (e.kind, e.count)).collect();
        assert!(logged.contains(&("leak", custody)) && logged.contains(&("leak", depots)), "{logged:?}");
    }

    /// 3,650 rifles a year from civilians and the market: ten a day, five of each; no more than there are.
    #[test]
    fn a_buy_back_takes_from_all_stores_alike() {
        let mut w = world(1);
        let mut per_year = [0.0; arms::CLASSES];
        per_year[0] = 3650.0;
        let area =
            crate::region::Area { countries: vec![w.region.country("NER").expect("Niger")], ..Default::default() };
        let order = DestructionOrder { sender: 5, area: area.clone(), from: [true, true, false], per_year };
        for day in 0..20 {
            destroy(&mut w, &order, Tick(15_000 + day));
        }
        let held = |w: &World, account: Arms| w.ledgers.arms.total(account as usize);
        assert_eq!([Arms::Civilians, Arms::Markets, Arms::Custody].map(|a| held(&w, a)), [9900, 9900, 10_000]);
        assert_eq!((held(&w, Arms::Destroyed), w.tally.collected[0]), (200, 200));
        per_year[0] = 1e9;
        destroy(&mut w, &DestructionOrder { sender: 6, area, from: [true, true, false], per_year }, Tick(15_020));
        assert_eq!((held(&w, Arms::Civilians), held(&w, Arms::Markets)), (0, 0));
        let libya =
            crate::region::Area { countries: vec![w.region.country("LBY").expect("Libya")], ..Default::default() };
        destroy(&mut w, &DestructionOrder { sender: 7, area: libya, from: [true; 3], per_year }, Tick(15_021));
        assert_eq!(held(&w, Arms::Custody), 10_000, "another country's");
        w.audit().expect("the books balance");
    }
}
