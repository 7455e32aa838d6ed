//! What is wanted and what is offered around each hub.

use super::Params;
use crate::agents::arms::{self, CLASSES, Class};
use crate::agents::group::is_official;
use crate::agents::store;
use crate::agents::world::World;
use crate::units::Usd;

/// Sums over groups are kept in millionths, so that they do not hang on the order of rows.
const UNIT: f64 = 1e6;

/// What a group of `fighters` lacks of a class when it has `have`.
pub fn shortfall(p: &Params, class: Class, fighters: u32, have: u32) -> u64 {
    let want = libm::round(f64::from(fighters) * p.wanted_per_fighter[class as usize]) as u64;
    want.saturating_sub(u64::from(have))
}

/// What a group has of a class beyond what its fighters want.
pub fn surplus(p: &Params, class: Class, fighters: u32, have: u32) -> u64 {
    let want = libm::round(f64::from(fighters) * p.wanted_per_fighter[class as usize]) as u64;
    u64::from(have).saturating_sub(want)
}

/// Share of what a group lacks that it would buy in a day at the usual price.
pub fn purchase_rate(p: &Params, w: &World, group: usize) -> f64 {
    if Some(w.groups.country()[group]) == w.libya { p.purchase_rate_libya } else { p.purchase_rate }
}

/// Rifles a day that civilians around a hub want at the usual price.
pub fn civilian_rate(p: &Params, w: &World, hub: usize) -> f64 {
    let h = &w.routes.hubs[hub];
    let rate = if Some(h.country) == w.libya { p.civilian_purchases_libya } else { p.civilian_purchases };
    h.population as f64 / 1000.0 * rate / 365.0
}

/// Row of the market at each hub, if there is one.
pub fn market_rows(w: &World) -> Vec<Option<usize>> {
    let mut rows = vec![None; w.routes.hubs.len()];
    for i in w.stores.rows().filter(|&i| w.stores.kind()[i] == store::MARKET) {
        rows[w.stores.at()[i] as usize] = Some(i);
    }
    rows
}

/// Rows of groups that buy, with the hub where they do: armies are supplied by their states.
pub fn buyers(w: &World) -> impl Iterator<Item = (usize, usize)> + '_ {
    let buys = |&g: &usize| w.groups.fighters()[g] > 0 && !is_official(w.groups.bloc()[g]);
    w.groups.rows().filter(buys).filter_map(|g| Some((g, usize::from(w.market_of[g]?))))
}

/// What would find a buyer around each hub within a month, by class: of what groups lack, as much as they buy in that time at
/// the usual price and can pay today; what civilians buy. Without these bounds crews carried a lot to where it was lacked,
/// nobody bought it, and other crews carried it on to the next such place and back.
pub fn lacking(p: &Params, w: &World) -> Vec<[u64; CLASSES]> {
    let mut out = vec![[0; CLASSES]; w.routes.hubs.len()];
    for (hub, wanted) in out.iter_mut().enumerate() {
        wanted[Class::SmallArms as usize] = libm::round(civilian_rate(p, w, hub) * 30.0) as u64;
    }
    for (g, hub) in buyers(w) {
        let (mut purse, month) = (w.groups.money()[g].max(0) as u64, (30.0 * purchase_rate(p, w, g)).min(1.0));
        for class in Class::ALL {
            let have = arms::of_class(&w.groups.arms()[g], class);
            let lack = shortfall(p, class, w.groups.fighters()[g], have);
            let price = Usd::dollars(w.price(hub as u16, class)).0.max(1) as u64;
            let wants = (libm::ceil(lack as f64 * month) as u64).min(purse / price);
            purse -= wants * price;
            out[hub][class as usize] += wants;
        }
    }
    out
}

/// D0 of equation 6, pieces a day by hub and class: what groups would buy at the usual price with the money they have, and
/// what civilians would.
pub fn wanted(p: &Params, w: &World) -> Vec<[f64; CLASSES]> {
    let mut sums = vec![[0u64; CLASSES]; w.routes.hubs.len()];
    for (g, hub) in buyers(w).filter(|x| w.groups.money()[x.0] > 0) {
        let usd = w.groups.money()[g] as f64 / 100.0;
        for class in Class::ALL {
            let usual = w.usual_price(hub as u16, class);
            let have = arms::of_class(&w.groups.arms()[g], class);
            let lack = shortfall(p, class, w.groups.fighters()[g], have) as f64;
            if usual > 0.0 && lack > 0.0 {
                sums[hub][class as usize] += ((lack * purchase_rate(p, w, g)).min(usd / usual) * UNIT) as u64;
            }
        }
    }
    let mut out: Vec<[f64; CLASSES]> = sums.into_iter().map(|s| s.map(|n| n as f64 / UNIT)).collect();
    for (hub, wanted) in out.iter_mut().enumerate() {
        wanted[Class::SmallArms as usize] += civilian_rate(p, w, hub);
    }
    out
}

/// What the civilians around each hub would offer on a day at the usual price: their part, by population, of what those of
/// the country have.
pub fn civilians_offer(p: &Params, w: &World) -> Vec<[f64; CLASSES]> {
    let mut people = vec![0u64; w.region.countries.len()];
    for h in w.routes.hubs.iter().filter(|h| h.connected) {
        people[h.country as usize] += h.population;
    }
    let mut stocks = vec![[0u32; CLASSES]; w.region.countries.len()];
    for i in w.stores.rows().filter(|&i| w.stores.kind()[i] == store::CIVILIANS) {
        stocks[w.stores.at()[i] as usize] = arms::by_class(&w.stores.arms()[i]);
    }
    let of_hub = |h: &crate::agents::routes::Hub| {
        let all = people[h.country as usize];
        let part = if h.connected && all > 0 { h.population as f64 / all as f64 } else { 0.0 };
        stocks[h.country as usize].map(|n| f64::from(n) * part * p.civilians_offer)
    };
    w.routes.hubs.iter().map(of_hub).collect()
}

/// S0 of equation 6, pieces a day by hub and class: part of the market's stock, and what civilians and groups would sell.
pub fn offered(p: &Params, w: &World) -> Vec<[f64; CLASSES]> {
    let mut out = civilians_offer(p, w);
    for (hub, row) in market_rows(w).into_iter().enumerate() {
        if Some(w.routes.hubs[hub].country) != w.libya {
            out[hub][Class::SmallArms as usize] += civilian_rate(p, w, hub);
        }
        let Some(row) = row else { continue };
        for class in Class::ALL {
            out[hub][class as usize] += f64::from(arms::of_class(&w.stores.arms()[row], class)) * p.stock_offered;
        }
    }
    let mut spare = vec![[0u64; CLASSES]; out.len()];
    for (g, hub) in buyers(w) {
        for class in Class::ALL {
            let have = arms::of_class(&w.groups.arms()[g], class);
            spare[hub][class as usize] += surplus(p, class, w.groups.fighters()[g], have);
        }
    }
    for (out, spare) in out.iter_mut().flatten().zip(spare.iter().flatten()) {
        *out += *spare as f64 * p.groups_offer;
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
        assert_eq!([70, 120, 5000].map(|have| surplus(&p, Class::SmallArms, 100, have)), [0, 0, 4880]);
    }
}
