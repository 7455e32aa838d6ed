//! Who buys and sells weapons at a hub: groups for money, civilians of the country.

use super::Params;
use super::needs::{buyers, civilian_rate, civilians_offer, market_rows, purchase_rate, shortfall, surplus};
use crate::agents::accounts::{Arms, Money};
use crate::agents::arms::{self, CLASSES, Channel, Class};
use crate::agents::store;
use crate::agents::world::World;
use crate::engine::dist::poisson;
use crate::engine::grant::{Request, grant};
use crate::engine::rng::{Purpose, Stream};
use crate::units::{Tick, Usd};

const TURN: Purpose = Purpose::new("markets.turn");
const CIVILIANS: Purpose = Purpose::new("markets.civilians");
const SOLD: Purpose = Purpose::new("markets.civilians_sell");
const SURPLUS: Purpose = Purpose::new("markets.groups_sell");
const ROUNDING: Purpose = Purpose::new("markets.rounding");

/// Civilians sell more the dearer weapons are: their part of S in equation 6, in whole pieces. What they get for them stays
/// in the economy, of which they are part.
pub fn civilians_sell(p: &Params, w: &mut World, day: Tick) {
    let luck = w.luck.on(SOLD, day);
    let response = at_prices(p, w, 1.0);
    for (hub, offer) in civilians_offer(p, w).into_iter().enumerate() {
        for class in Class::ALL {
            let n = libm::floor(offer[class as usize] * response[hub][class as usize] + chance(w, luck, hub, class));
            if n < 1.0 {
                continue;
            }
            let civilians = w.store(store::CIVILIANS, w.routes.hubs[hub].country);
            let bag = w.stores.update(civilians, |s| arms::take(&mut s.arms, class, n as u32));
            let market = w.store(store::MARKET, hub as u16);
            w.stores.update(market, |s| arms::add(&mut s.arms, &bag));
            w.ledgers.move_arms(Arms::Civilians, Arms::Markets, &bag);
        }
    }
}

/// Groups sell part of what they have and do not need, mostly loot, at today's price.
pub fn groups_sell(p: &Params, w: &mut World, day: Tick) {
    let luck = w.luck.on(SURPLUS, day);
    let rows: Vec<(usize, usize)> = buyers(w).collect();
    let response = at_prices(p, w, 1.0);
    let sales = crate::engine::parallel::map_items(&rows, 256, |&(g, hub)| {
        let group = w.groups.get(g);
        Class::ALL.map(|class| {
            let spare = surplus(p, class, group.fighters, arms::of_class(&group.arms, class)) as f64;
            let offer = spare * p.groups_offer * response[hub][class as usize];
            if offer <= 0.0 { 0 } else { libm::floor(offer + luck.nth(class as u32).unit(group.key)).min(spare) as u32 }
        })
    });
    for ((g, hub), sold) in rows.into_iter().zip(sales) {
        for class in Class::ALL.into_iter().filter(|&c| sold[c as usize] > 0) {
            let n = sold[class as usize];
            let pay = cents(w, hub, class) * u64::from(n);
            let bag = w.groups.update(g, |g| {
                g.money += pay as i64;
                arms::take(&mut g.arms, class, n)
            });
            w.ledgers.pay(Money::Economy, Money::Groups, pay);
            let market = w.store(store::MARKET, hub as u16);
            w.stores.update(market, |s| arms::add(&mut s.arms, &bag));
            w.ledgers.move_arms(Arms::Groups, Arms::Markets, &bag);
        }
    }
}

/// By hub and class, what a piece a day at the usual price comes to at today's: more by the response for sellers (`sign` 1), less
/// for buyers (-1); 0 where a class is not traded. Taken once a day, since every group asks.
fn at_prices(p: &Params, w: &World, sign: f64) -> Vec<[f64; CLASSES]> {
    let of = |hub: usize, class: Class| {
        let usual = w.usual_price(hub as u16, class);
        if usual <= 0.0 { 0.0 } else { libm::pow(w.price(hub as u16, class) / usual, sign * p.elasticity) }
    };
    (0..w.routes.hubs.len()).map(|hub| Class::ALL.map(|class| of(hub, class))).collect()
}

/// A keyed uniform of a hub and a class.
fn chance(w: &World, luck: Stream, hub: usize, class: Class) -> f64 {
    luck.nth(class as u32).unit(w.markets.key()[hub])
}

/// Groups ask their market for part of what they lack, as far as their money goes at today's price; what is short goes by
/// lot. They pay the sellers, who are part of the economy.
pub fn groups_buy(p: &Params, w: &mut World, day: Tick) {
    let stores = market_rows(w);
    let mut requests = requests(p, w, &stores, day);
    let mut supply = vec![0u64; w.routes.hubs.len() * CLASSES];
    for (hub, row) in stores.iter().enumerate().filter_map(|(hub, row)| Some((hub, (*row)?))) {
        for class in Class::ALL {
            supply[hub * CLASSES + class as usize] = u64::from(arms::of_class(&w.stores.arms()[row], class));
        }
    }
    let mut granted = vec![];
    grant(&mut requests, &mut supply, |r, n| granted.push((r, n)));
    for (r, n) in granted.into_iter().filter(|g| g.1 > 0) {
        let (hub, class) = (r.resource as usize / CLASSES, Class::ALL[r.resource as usize % CLASSES]);
        let Some(market) = stores[hub] else { continue };
        let cents = cents(w, hub, class) * u64::from(n);
        let bag = w.stores.update(market, |s| arms::take(&mut s.arms, class, n));
        w.groups.update(r.row as usize, |g| g.money -= cents as i64);
        w.ledgers.pay(Money::Groups, Money::Economy, cents);
        w.arm(r.row as usize, Arms::Markets, Channel::Market, &bag);
    }
}

/// Today's price of a piece, US cents.
fn cents(w: &World, hub: usize, class: Class) -> u64 {
    Usd::dollars(w.price(hub as u16, class)).0.max(0) as u64
}

/// What every group asks for: whole pieces by a keyed rounding, so that small groups buy one now and then.
fn requests(p: &Params, w: &World, stores: &[Option<usize>], day: Tick) -> Vec<Request> {
    let (turn, rounding) = (w.luck.on(TURN, day), w.luck.on(ROUNDING, day));
    let rows: Vec<(usize, usize)> =
        buyers(w).filter(|&(g, hub)| stores[hub].is_some() && w.groups.money()[g] > 0).collect();
    let response = at_prices(p, w, -1.0);
    let asked = crate::engine::parallel::map_items(&rows, 256, |&(g, hub)| {
        let group = w.groups.get(g);
        let mut purse = group.money.max(0) as u64;
        let mut out = vec![];
        let Some(market) = stores[hub] else { return out };
        for class in Class::ALL {
            let price = cents(w, hub, class);
            if price == 0 || arms::of_class(&w.stores.arms()[market], class) == 0 {
                continue;
            }
            let lack = shortfall(p, class, group.fighters, arms::of_class(&group.arms, class));
            let rate = lack as f64 * purchase_rate(p, w, g) * response[hub][class as usize];
            let want = libm::floor(rate + rounding.nth(class as u32).unit(group.key)) as u64;
            let want = want.min(lack).min(purse / price).min(u64::from(u32::MAX));
            purse -= want * price;
            if want > 0 {
                let resource = (hub * CLASSES + class as usize) as u32;
                let priority = turn.bits(group.key);
                out.push(Request { resource, priority, key: group.key, row: g as u32, want: want as u32 });
            }
        }
        out
    });
    asked.into_iter().flatten().collect()
}

/// Civilians buy rifles, fewer the dearer they are; sellers and buyers are both part of the economy, so no account is paid.
pub fn civilians_buy(p: &Params, w: &mut World, day: Tick) {
    let luck = w.luck.on(CIVILIANS, day);
    let response = at_prices(p, w, -1.0);
    for (hub, market) in market_rows(w).into_iter().enumerate() {
        let Some(market) = market else { continue };
        let rate = civilian_rate(p, w, hub) * response[hub][Class::SmallArms as usize];
        let n = poisson(luck.unit(w.stores.key()[market]), rate).min(u64::from(u32::MAX)) as u32;
        if n == 0 {
            continue;
        }
        let bag = w.stores.update(market, |s| arms::take(&mut s.arms, Class::SmallArms, n));
        let civilians = w.store(store::CIVILIANS, w.routes.hubs[hub].country);
        w.stores.update(civilians, |s| arms::add(&mut s.arms, &bag));
        w.ledgers.move_arms(Arms::Markets, Arms::Civilians, &bag);
    }
}
