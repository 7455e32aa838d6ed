//! How many boats a beach has on a good day (equation 16), what militias take of a launch, and what they get for shutting
//! a beach.

use super::Params;
use crate::agents::accounts::Money;
use crate::agents::routes::HubId;
use crate::agents::world::World;
use crate::engine::rng::{Key, Purpose};
use crate::units::Tick;
use std::collections::BTreeMap;

const SLOT: Purpose = Purpose::new("sea.slot");

/// Boats that a departure hub can launch on a good day, boats/day: L of its country as events change it, less the share that is paid for to stay
/// ashore.
pub(super) fn limit(p: &Params, w: &World, hub: HubId, shut: f64) -> f64 {
    let country = usize::from(w.routes.hubs[usize::from(hub)].country);
    let own = p.boats_per_beach_of.get(&w.region.countries[country].iso3);
    own.copied().unwrap_or(p.boats_per_beach) * w.launching * (1.0 - shut)
}

/// Launches that may be tried today: a fractional L is a whole number of them, and one more with the chance of the rest.
pub(super) fn slots(w: &World, beach: Key, limit: f64, day: Tick) -> u64 {
    let whole = libm::floor(limit);
    whole as u64 + u64::from(w.luck.on(SLOT, day).chance(beach.0, limit - whole))
}

/// Pays the groups that levers pay, out of what these were billed; returns for each beach the share of its boats that stay
/// ashore for it.
pub(super) fn pay_off(w: &mut World) -> BTreeMap<HubId, f64> {
    let orders = std::mem::take(&mut w.controls.payoffs);
    let mut shut: BTreeMap<HubId, f64> = BTreeMap::new();
    for o in &orders {
        for key in &o.groups {
            // A group that is gone since this morning is not paid.
            let Some(g) = w.groups.rows().find(|&g| w.groups.key()[g] == *key) else { continue };
            w.ledgers.pay(Money::Policy, Money::Groups, o.cents);
            w.groups.update(g, |g| g.money += o.cents as i64);
            w.tally.payoffs += o.cents as i64;
        }
        let s = shut.entry(o.hub).or_default();
        *s = (*s + o.shut).min(1.0);
    }
    w.controls.payoffs = orders;
    shut
}

/// A militia at home on the beach takes its share of the fares of those aboard, as far as the launchers have money.
pub(super) fn take_dues(p: &Params, w: &mut World, hub: HubId, people: u32) {
    let node = w.routes.hubs[usize::from(hub)].node;
    let purse = w.ledgers.money.balance(0, Money::Launchers as usize).max(0) as u64;
    let fare = w.sea_fare(hub).unwrap_or(0) as f64;
    let cents = (libm::round(p.militia_share * fare * f64::from(people)) as u64).min(purse);
    if !w.militia[node as usize] || cents == 0 {
        return;
    }
    w.ledgers.pay(Money::Launchers, Money::Groups, cents);
    w.tolls.push((node, cents));
    w.tally.launch_dues += cents as i64;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::accounts::Fighters;
    use crate::agents::arms::EMPTY;
    use crate::agents::controls::PayoffOrder;
    use crate::agents::group::{BLOCS, Group, is_official};
    use crate::levers::tests::{hub, world_with_coasts};

    /// 0.75 boats a day in Libya and 2.5 in Tunisia; 40 % of a Libyan beach is paid for: 0.45. Of many days with a limit of 2.25
    /// a quarter has three slots and the others two (standard error over 4,000 days: 0.007).
    #[test]
    fn a_beach_has_the_boats_of_its_country_less_those_paid_for() {
        let w = world_with_coasts();
        let p = Params {
            boats_per_beach_of: [("TUN".to_string(), 2.5)].into(),
            boats_per_beach: 0.75,
            ..Params::default()
        };
        assert_eq!(limit(&p, &w, hub(&w, "Zuwara"), 0.0), 0.75);
        assert_eq!(limit(&p, &w, hub(&w, "Zarzis"), 0.0), 2.5);
        assert!((limit(&p, &w, hub(&w, "Misrata"), 0.4) - 0.45).abs() < 1e-12);
        assert_eq!(limit(&p, &w, hub(&w, "Misrata"), 1.0), 0.0);
        let days: Vec<u64> = (0..4000).map(|d| slots(&w, Key(7), 2.25, Tick(d))).collect();
        assert!(days.iter().all(|n| [2, 3].contains(n)));
        let three = days.iter().filter(|n| **n == 3).count() as f64 / 4000.0;
        assert!((three - 0.25).abs() < 0.03, "{three}");
        assert!((0..100).all(|d| slots(&w, Key(7), 0.0, Tick(d)) == 0));
    }

    fn militia(w: &mut World, key: u64, place: &str, fighters: u32) -> usize {
        let bloc = (0..BLOCS.len() as u8).find(|&b| !is_official(b)).unwrap();
        let at = &w.routes.hubs[usize::from(hub(w, place))];
        let (node, country, arms) = (at.node, at.country, EMPTY);
        let g =
            Group { key, node, country, bloc, tie: 0, fighters, home: node, money: 0, skill: 1.0, trained: 0, arms };
        let row = w.groups.push(g);
        w.ledgers.move_fighters(Fighters::Outside, Fighters::Groups, fighters);
        w.militia = w.find_militia();
        row
    }

    /// A fifth of 100 fares of 1,000 USD is 20,000 USD, shared by fighters, 3 to 1; nothing where no militia is, and never more
    /// than the launchers have.
    #[test]
    fn a_militia_takes_its_share_of_a_launch() {
        let p = Params { militia_share: 0.2, ..Params::default() };
        let mut w = world_with_coasts();
        w.ledgers.pay(Money::Economy, Money::Launchers, 3_000_000);
        let (a, b) = (militia(&mut w, 1, "Zuwara", 30), militia(&mut w, 2, "Zuwara", 10));
        let (zuwara, misrata) = (hub(&w, "Zuwara"), hub(&w, "Misrata"));
        take_dues(&p, &mut w, misrata, 100);
        assert_eq!(w.tally.launch_dues, 0);
        take_dues(&p, &mut w, zuwara, 100);
        assert_eq!(w.tally.launch_dues, 2_000_000);
        take_dues(&p, &mut w, zuwara, 100);
        assert_eq!(w.tally.launch_dues, 3_000_000, "that is all they have");
        crate::processes::crews::arrive::share_tolls(&mut w);
        assert_eq!((w.groups.money()[a], w.groups.money()[b]), (2_250_000, 750_000));
        assert!(w.tolls.is_empty());
        w.audit().unwrap();
    }

    /// Two orders for one beach add up to 0.75; a group that is gone is not paid, and the books balance.
    #[test]
    fn groups_are_paid_for_boats_that_stay_ashore() {
        let mut w = world_with_coasts();
        let row = militia(&mut w, 1, "Zuwara", 30);
        let zuwara = hub(&w, "Zuwara");
        w.ledgers.pay(Money::Purse, Money::Policy, 900);
        let order = |groups: &[u64], shut| PayoffOrder { hub: zuwara, groups: groups.to_vec(), cents: 300, shut };
        w.controls.payoffs = vec![order(&[1, 9], 0.5), order(&[1], 0.25)];
        assert_eq!(pay_off(&mut w), [(zuwara, 0.75)].into());
        assert_eq!((w.groups.money()[row], w.tally.payoffs), (600, 600));
        assert_eq!(w.ledgers.money.balance(0, Money::Policy as usize), 300);
        w.audit().unwrap();
        w.controls.payoffs.push(order(&[1], 0.5));
        assert_eq!(pay_off(&mut w)[&zuwara], 1.0, "no more than all of them");
    }
}
