//! `holdings.csv`, `received.csv` and `prices.csv`: who holds which arms, how they came to armed groups, what they cost.

use super::{Block, Row, iso3, names, pack, unpack};
use crate::agents::arms::{Bag, CHANNEL_NAMES, CLASS_NAMES, CLASSES, EMPTY, ORIGIN_NAMES, ORIGINS};
use crate::agents::group::BLOCS;
use crate::agents::store;
use crate::agents::tally::Received;
use crate::agents::world::World;
use crate::observe::recorder::number;
use crate::region::CountryId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the holders of each country have.
pub struct Holdings;

/// By country and holder, class and origin (an item of the arms ledger).
type Held = BTreeMap<(CountryId, &'static str), [u64; CLASSES * ORIGINS]>;

impl Block for Holdings {
    fn file(&self) -> &'static str {
        "holdings.csv"
    }

    fn columns(&self) -> Row {
        names(&["country", "holder", "class", "origin", "count"])
    }

    fn end_month(&mut self, w: &World) -> Vec<Row> {
        let mut rows = vec![];
        for ((country, holder), bag) in held(w) {
            for (item, n) in bag.iter().enumerate().filter(|x| *x.1 > 0) {
                let (class, origin) = (CLASS_NAMES[item / ORIGINS], ORIGIN_NAMES[item % ORIGINS]);
                let row = [iso3(w, country), holder.into(), class.into(), origin.into(), n.to_string()];
                rows.push(row.to_vec());
            }
        }
        rows
    }
}

/// All weapons but those on the road, by where they are and who has them.
fn held(w: &World) -> Held {
    let mut held = Held::new();
    let mut add = |country: CountryId, holder: &'static str, bag: &Bag| {
        let sum = held.entry((country, holder)).or_insert([0; CLASSES * ORIGINS]);
        sum.iter_mut().zip(bag).for_each(|(sum, &n)| *sum += u64::from(n));
    };
    for i in w.groups.rows() {
        add(w.groups.country()[i], BLOCS[usize::from(w.groups.bloc()[i])], &w.groups.arms()[i]);
    }
    for i in w.depots.rows() {
        let d = w.depots.get(i);
        let mut bag = EMPTY;
        (0..CLASSES).for_each(|class| bag[class * ORIGINS + usize::from(d.origin)] = d.stock[class]);
        add(d.country, "depot", &bag);
    }
    for i in w.stores.rows() {
        let s = w.stores.get(i);
        let (country, holder) = match s.kind {
            store::MARKET => (w.routes.hubs[usize::from(s.at)].country, "market"),
            store::CIVILIANS => (s.at, "civilians"),
            _ => (s.at, "custody"),
        };
        add(country, holder, &s.arms);
    }
    held
}

/// What came to armed groups since the first of the month, by country, bloc and channel.
#[derive(Default, Serialize, Deserialize)]
pub struct Receipts {
    sums: BTreeMap<(CountryId, u8, usize), [u64; CLASSES]>,
}

impl Receipts {
    fn add(&mut self, received: &[Received]) {
        for r in received {
            let sums = self.sums.entry((r.country, r.bloc, r.by as usize)).or_default();
            sums.iter_mut().zip(r.arms).for_each(|(sum, n)| *sum += u64::from(n));
        }
    }
}

impl Block for Receipts {
    fn file(&self) -> &'static str {
        "received.csv"
    }

    fn columns(&self) -> Row {
        names(&["country", "bloc", "channel", "class", "count"])
    }

    fn day(&mut self, w: &World) {
        self.add(&w.tally.received);
    }

    fn keep(&self) -> Vec<u8> {
        pack(self)
    }

    fn resume(&mut self, kept: &[u8]) -> Result<(), String> {
        *self = unpack(kept)?;
        Ok(())
    }

    fn end_month(&mut self, w: &World) -> Vec<Row> {
        let mut rows = vec![];
        for ((country, bloc, channel), counts) in std::mem::take(&mut self.sums) {
            for (class, n) in counts.into_iter().enumerate().filter(|x| x.1 > 0) {
                let words = [BLOCS[usize::from(bloc)], CHANNEL_NAMES[channel], CLASS_NAMES[class]];
                let mut row = vec![iso3(w, country)];
                row.extend(words.map(String::from));
                row.push(n.to_string());
                rows.push(row);
            }
        }
        rows
    }
}

/// Prices of each day since the first of the month, added up by hub.
#[derive(Default, Serialize, Deserialize)]
pub struct Prices {
    sums: Vec<[f64; CLASSES]>,
    days: u32,
}

impl Block for Prices {
    fn file(&self) -> &'static str {
        "prices.csv"
    }

    fn columns(&self) -> Row {
        names(&["hub", "country", "class", "price_usd"])
    }

    fn day(&mut self, w: &World) {
        self.sums.resize(w.markets.len(), [0.0; CLASSES]);
        for (sums, price) in self.sums.iter_mut().zip(w.markets.price().iter()) {
            sums.iter_mut().zip(price).for_each(|(sum, p)| *sum += p);
        }
        self.days += 1;
    }

    fn keep(&self) -> Vec<u8> {
        pack(self)
    }

    fn resume(&mut self, kept: &[u8]) -> Result<(), String> {
        *self = unpack(kept)?;
        Ok(())
    }

    fn end_month(&mut self, w: &World) -> Vec<Row> {
        let month = std::mem::take(self);
        let mut rows = vec![];
        for (hub, sums) in w.routes.hubs.iter().zip(month.sums) {
            for (class, sum) in CLASS_NAMES.iter().zip(sums) {
                let mean = number(sum / f64::from(month.days));
                rows.push(vec![hub.name.clone(), iso3(w, hub.country), class.to_string(), mean]);
            }
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::accounts::Arms;
    use crate::agents::arms::{Channel, Class, Origin, slot};
    use crate::agents::depot::Depot;
    use crate::observe::hand_made::{add_group, bloc, country, node, world};

    fn rows(block: &mut dyn Block, w: &World) -> Vec<String> {
        block.end_month(w).into_iter().map(|row| row.join(",")).collect()
    }

    fn bag(class: Class, origin: Origin, n: u32) -> Bag {
        let mut bag = EMPTY;
        bag[slot(class, origin)] = n;
        bag
    }

    #[test]
    fn holdings_are_by_country_holder_class_and_origin() {
        let mut w = world();
        let libyan = Origin::LibyanDepot;
        add_group(&mut w, "Kidal", "mnla", 10, bag(Class::SmallArms, libyan, 7));
        add_group(&mut w, "Gao", "mnla", 10, bag(Class::SmallArms, libyan, 5));
        add_group(&mut w, "Gao", "state", 10, bag(Class::SmallArms, Origin::StateStock, 9));
        let (libya, mali) = (country(&w, "LBY"), country(&w, "MLI"));
        let gao = w.routes.hubs.iter().position(|h| h.name == "Gao").unwrap() as u16;
        for (kind, at, n) in [(store::MARKET, gao, 3), (store::CIVILIANS, libya, 80), (store::CUSTODY, mali, 2)] {
            let row = w.store(kind, at);
            w.stores.update(row, |s| s.arms = bag(Class::Manpads, libyan, n));
        }
        let (key, node, stock) = (1, node(&w, "Sabha"), [0, 0, 0, 400, 0, 0]);
        let origin = libyan as u8;
        let depot = Depot { key, node, country: libya, tier: 0, origin, sealed: 0, guards: 0.0, control: 0.0, stock };
        w.depots.push(depot);
        let want = [
            "LBY,civilians,manpads,libyan_depot,80",
            "LBY,depot,munitions,libyan_depot,400",
            "MLI,custody,manpads,libyan_depot,2",
            "MLI,market,manpads,libyan_depot,3",
            "MLI,mnla,small_arms,libyan_depot,12",
            "MLI,state,small_arms,state_stock,9",
        ];
        assert_eq!(rows(&mut Holdings, &w), want);
        let with_groups: i64 =
            (0..w.ledgers.arms.items).map(|i| w.ledgers.arms.balance(i, Arms::Groups as usize)).sum();
        assert_eq!(with_groups, 21, "as in the ledger");
    }

    #[test]
    fn receipts_add_up_over_the_month_and_begin_anew() {
        let mut w = world();
        let mali = country(&w, "MLI");
        let mut receipts = Receipts::default();
        let got = |by, n| Received { country: mali, bloc: bloc("mnla"), by, arms: [n, 0, 0, 2, 0, 0] };
        w.tally.received = vec![got(Channel::Returnee, 10), got(Channel::Market, 1)];
        receipts.day(&w);
        w.tally.received = vec![got(Channel::Returnee, 5)];
        receipts.day(&w);
        let want = [
            "MLI,mnla,returnee,small_arms,15",
            "MLI,mnla,returnee,munitions,4",
            "MLI,mnla,market,small_arms,1",
            "MLI,mnla,market,munitions,2",
        ];
        assert_eq!(rows(&mut receipts, &w), want);
        assert!(rows(&mut receipts, &w).is_empty());
    }

    #[test]
    fn prices_are_means_of_the_month() {
        let mut w = world();
        let mut prices = Prices::default();
        let sabha = w.routes.hubs.iter().position(|h| h.name == "Sabha").unwrap();
        for usd in [1000.0, 400.0, 250.0] {
            w.markets.update(sabha, |m| m.price[0] = usd);
            prices.day(&w);
        }
        let got = rows(&mut prices, &w);
        assert_eq!(got.len(), 3 * CLASSES);
        assert!(
            got.contains(&"Sabha,LBY,small_arms,550".into()) && got.contains(&"Gao,MLI,manpads,500".into()),
            "{got:?}"
        );
    }
}
