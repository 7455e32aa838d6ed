//! Armed groups: convoys of fighters come home, and groups buy arms in the nearest black market (first form of rule 7).

use crate::agents::accounts::{Arms, Fighters};
use crate::agents::arms::{self, CLASSES, Channel, Class, EMPTY};
use crate::agents::group::{Group, is_official};
use crate::agents::store;
use crate::agents::tally::Entry;
use crate::agents::world::World;
use crate::engine::dist::poisson;
use crate::engine::grant::{Request, grant};
use crate::engine::rng::Purpose;
use crate::engine::step::Process;
use crate::units::{Tick, great_circle_km};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Weapons a group wants per fighter, by class (tonnes per fighter for munitions and chemical).
    #[schemars(inner(range(min = 0, max = 1000)), extend("x-unit" = "pieces per fighter", "x-source" = "1.2 rifles: model.md eq. 7; others assumptions"))]
    pub wanted_per_fighter: [f64; CLASSES],
    /// Share of what it lacks that a group can pay for in a day.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption", "x-low" = 0.002, "x-high" = 0.05))]
    pub purchase_rate: f64,
    /// Rifles that civilians around a hub outside Libya buy, a year and per 1,000 people within 60 km.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "pieces/year per 1,000 people", "x-source" = "assumption", "x-low" = 0.1, "x-high" = 2))]
    pub civilian_purchases: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params { wanted_per_fighter: [1.2, 0.2, 0.02, 0.05, 0.01, 0.0], purchase_rate: 0.01, civilian_purchases: 0.3 }
    }
}

const TURN: Purpose = Purpose::new("armed_groups.turn");
const CIVILIANS: Purpose = Purpose::new("armed_groups.civilians");
const ROUNDING: Purpose = Purpose::new("armed_groups.rounding");

/// What a group of `fighters` lacks of a class when it has `have`.
pub fn shortfall(p: &Params, class: Class, fighters: u32, have: u32) -> u64 {
    let want = libm::round(f64::from(fighters) * p.wanted_per_fighter[class as usize]) as u64;
    want.saturating_sub(u64::from(have))
}

/// Armed groups.
pub struct ArmedGroups;

impl Process<World> for ArmedGroups {
    const NAME: &'static str = "armed_groups";
    const ABOUT: &'static str = "Convoys of returning fighters arrive; groups buy arms in the nearest black market.";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        // The first to come may found a group, so the order is that of keys and not of rows.
        let mut due: Vec<usize> = w.convoys.rows().filter(|&i| w.convoys.due()[i] <= day.0).collect();
        due.sort_unstable_by_key(|&i| w.convoys.key()[i]);
        let mut founded = false;
        for i in due {
            founded |= come_home(w, i, day);
        }
        if founded {
            w.groups_moved();
        }
        buy(p, w, day);
        civilians_buy(p, w, day);
        w.shortfall = lacking(p, w);
    }
}

/// The convoy's fighters and arms join the nearest group of their people (of their bloc when they have no tie), or found
/// one; true when they did.
fn come_home(w: &mut World, i: usize, day: Tick) -> bool {
    let c = w.convoys.get(i);
    let hub = w.routes.hubs[c.to as usize].clone();
    let n = &w.region.nodes;
    let near = |g: usize| {
        let at = w.groups.node()[g] as usize;
        great_circle_km(hub.lat, hub.lon, n.lat[at], n.lon[at])
    };
    let kin = |&g: &usize| {
        let (tie, bloc) = (w.groups.tie()[g], w.groups.bloc()[g]);
        (if c.tie > 0 { tie == c.tie } else { bloc == c.bloc }) && !is_official(bloc)
    };
    let same = w.groups.rows().filter(kin).filter(|&g| w.groups.country()[g] == hub.country && near(g) < 300.0);
    let best = same.min_by(|&a, &b| near(a).total_cmp(&near(b)).then(w.groups.key()[a].cmp(&w.groups.key()[b])));
    let joined = match best {
        Some(g) => g,
        None => w.groups.push(Group {
            key: c.key,
            node: hub.node,
            country: hub.country,
            bloc: c.bloc,
            tie: c.tie,
            fighters: 0,
            home: hub.node,
            money: 0,
            skill: 1.0,
            arms: EMPTY,
        }),
    };
    for h in w.homelands.rows().collect::<Vec<_>>() {
        if w.homelands.tie()[h] == c.tie && w.homesteads[h].nodes.binary_search(&hub.node).is_ok() {
            w.homelands.update(h, |h| h.returned += c.fighters);
        }
    }
    w.groups.update(joined, |g| g.fighters += c.fighters);
    w.ledgers.move_fighters(Fighters::Convoys, Fighters::Groups, c.fighters);
    w.arm(joined, Arms::Convoys, Channel::Returnee, &c.arms);
    w.tally.fighters_home += i64::from(c.fighters);
    if w.in_sahel(hub.country) {
        for class in Class::ALL {
            let n = i64::from(arms::of_class(&c.arms, class));
            w.tally.reached_sahel[class as usize] += n;
            w.tally.reached_sahel_returning[class as usize] += n;
        }
    }
    w.log.push(Entry {
        day,
        kind: "fighters_home",
        place: hub.name,
        item: "fighters",
        count: i64::from(c.fighters),
        key: c.key,
    });
    w.convoys.remove(i);
    best.is_none()
}

/// Groups ask their market for part of what they lack; what is short goes by lot. Libya's own groups live on loot:
/// until markets have prices (equation 6) nothing would stop them from emptying the markets before anyone else.
fn buy(p: &Params, w: &mut World, day: Tick) {
    let (turn, rounding) = (w.luck.on(TURN, day), w.luck.on(ROUNDING, day));
    let buys = |g: &usize| {
        w.groups.fighters()[*g] > 0
            && !is_official(w.groups.bloc()[*g])
            && w.market_of[*g].is_some()
            && Some(w.groups.country()[*g]) != w.libya
    };
    let rows: Vec<usize> = w.groups.rows().filter(buys).collect();
    let stores = market_rows(w);
    let asked = crate::engine::parallel::map_items(&rows, 256, |&g| {
        let group = w.groups.get(g);
        let hub = w.market_of[g].unwrap_or(0) as usize;
        let mut out = vec![];
        let Some(market) = stores[hub] else { return out };
        for class in Class::ALL {
            if arms::of_class(&w.stores.arms()[market], class) == 0 {
                continue;
            }
            let lack = shortfall(p, class, group.fighters, arms::of_class(&group.arms, class));
            // A keyed rounding: small groups buy one now and then.
            let want = libm::floor(lack as f64 * p.purchase_rate + rounding.nth(class as u32).unit(group.key)) as u32;
            if want > 0 {
                let resource = (hub * CLASSES + class as usize) as u32;
                out.push(Request { resource, priority: turn.bits(group.key), key: group.key, row: g as u32, want });
            }
        }
        out
    });
    let mut requests: Vec<Request> = asked.into_iter().flatten().collect();
    let mut supply = vec![0u64; w.routes.hubs.len() * CLASSES];
    for (hub, store) in stores.iter().enumerate() {
        for class in Class::ALL {
            supply[hub * CLASSES + class as usize] =
                store.map_or(0, |s| u64::from(arms::of_class(&w.stores.arms()[s], class)));
        }
    }
    let mut granted = vec![];
    grant(&mut requests, &mut supply, |r, n| granted.push((r, n)));
    for (r, n) in granted.into_iter().filter(|g| g.1 > 0) {
        let (hub, class) = (r.resource as usize / CLASSES, Class::ALL[r.resource as usize % CLASSES]);
        let Some(market) = stores[hub] else { continue };
        let bag = w.stores.update(market, |s| arms::take(&mut s.arms, class, n));
        w.arm(r.row as usize, Arms::Markets, Channel::Market, &bag);
    }
}

/// Rifles a day that civilians around a hub want.
fn civilian_rate(p: &Params, w: &World, hub: usize) -> f64 {
    let h = &w.routes.hubs[hub];
    if Some(h.country) == w.libya { 0.0 } else { h.population as f64 / 1000.0 * p.civilian_purchases / 365.0 }
}

/// Civilians buy rifles in the markets outside Libya.
fn civilians_buy(p: &Params, w: &mut World, day: Tick) {
    let luck = w.luck.on(CIVILIANS, day);
    for (hub, market) in market_rows(w).into_iter().enumerate() {
        let Some(market) = market else { continue };
        let n = poisson(luck.unit(w.stores.key()[market]), civilian_rate(p, w, hub)).min(u64::from(u32::MAX)) as u32;
        let bag = w.stores.update(market, |s| arms::take(&mut s.arms, Class::SmallArms, n));
        let civilians = w.store(store::CIVILIANS, w.routes.hubs[hub].country);
        w.stores.update(civilians, |s| arms::add(&mut s.arms, &bag));
        w.ledgers.move_arms(Arms::Markets, Arms::Civilians, &bag);
    }
}

/// Row of the market at each hub, if there is one.
fn market_rows(w: &World) -> Vec<Option<usize>> {
    let mut rows = vec![None; w.routes.hubs.len()];
    for i in w.stores.rows().filter(|&i| w.stores.kind()[i] == store::MARKET) {
        rows[w.stores.at()[i] as usize] = Some(i);
    }
    rows
}

/// What is wanted around each hub, by class: what groups lack, and a month's purchases of civilians.
fn lacking(p: &Params, w: &World) -> Vec<[u64; CLASSES]> {
    let mut out = vec![[0; CLASSES]; w.routes.hubs.len()];
    for (hub, wanted) in out.iter_mut().enumerate() {
        wanted[Class::SmallArms as usize] = libm::round(civilian_rate(p, w, hub) * 30.0) as u64;
    }
    for g in w.groups.rows() {
        let Some(hub) = w.market_of[g].filter(|_| !is_official(w.groups.bloc()[g])) else { continue };
        for class in Class::ALL {
            let have = arms::of_class(&w.groups.arms()[g], class);
            out[hub as usize][class as usize] += shortfall(p, class, w.groups.fighters()[g], have);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 1.2 rifles a fighter: 100 fighters with 70 rifles lack 50; whoever has more than enough lacks none.
    #[test]
    fn a_group_lacks_what_its_fighters_want_and_it_has_not() {
        let p = Params { wanted_per_fighter: [1.2, 0.2, 0.02, 0.05, 0.01, 0.0], ..Params::default() };
        assert_eq!(shortfall(&p, Class::SmallArms, 100, 70), 50);
        assert_eq!(shortfall(&p, Class::SmallArms, 100, 120), 0);
        assert_eq!(shortfall(&p, Class::SmallArms, 100, 5000), 0);
        assert_eq!(shortfall(&p, Class::LightWeapons, 12, 0), 2, "rounded to whole weapons");
        assert_eq!(shortfall(&p, Class::Chemical, 1_000_000, 0), 0, "nobody wants it");
        assert_eq!(shortfall(&p, Class::SmallArms, 0, 0), 0);
    }
}
