//! Money for the armed groups at a beach, so that boats stay ashore (model.md, section 5). The money buys
//! arms, and on the day that it ends so does what it bought. Nobody asks for more than the price: there is no blackmail.

use super::{AreaKind, Lever, NOBODY_LEAVES, Prospect};
use crate::agents::controls::{Controls, PayoffOrder};
use crate::agents::group::is_official;
use crate::agents::routes::HubId;
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MilitiaPayoff {
    /// What a group asks a year to keep every boat ashore; for less it keeps as large a share of them ashore.
    #[schemars(range(min = 1, max = 1_000_000_000), extend("x-unit" = "USD/year", "x-source" = "assumption (model.md, section 5)", "x-low" = 5_000_000, "x-high" = 20_000_000))]
    pub price_usd: f64,
}

impl Default for MilitiaPayoff {
    fn default() -> Self {
        MilitiaPayoff { price_usd: 10_000_000.0 }
    }
}

/// Hubs of an area that boats leave from this year and where groups are at home that are no army, with the keys of these groups.
fn paid(at: &Area, world: &World) -> Vec<(HubId, Vec<u64>)> {
    let (hubs, groups) = (&world.routes.hubs, &world.groups);
    let meant = |h: &usize| {
        world.ways.coast[*h].is_some() && (at.covers(hubs[*h].country) || at.places.contains(&hubs[*h].place))
    };
    let on = |h: usize| {
        let there = |g: &usize| {
            groups.node()[*g] == hubs[h].node && groups.fighters()[*g] > 0 && !is_official(groups.bloc()[*g])
        };
        let mut keys: Vec<u64> = groups.rows().filter(there).map(|g| groups.key()[g]).collect();
        keys.sort_unstable();
        (h as HubId, keys)
    };
    (0..hubs.len()).filter(meant).map(on).filter(|x| !x.1.is_empty()).collect()
}

/// The groups of an area, each once: two beaches may lie in one cell.
fn groups(at: &Area, world: &World) -> usize {
    let mut keys: Vec<u64> = paid(at, world).into_iter().flat_map(|x| x.1).collect();
    keys.sort_unstable();
    keys.dedup();
    keys.len()
}

impl Lever for MilitiaPayoff {
    const KIND: &'static str = "militia_payoff";
    const ABOUT: &'static str =
        "Pays the armed groups at departure beaches to keep boats ashore; what they get they may spend on arms.";
    const UNIT: &'static str = "USD per group and year";
    const COST: (f64, &'static str) = (1.0, "what the groups are paid; 5-20 million per group (model.md), assumption");
    const PLACES: &'static [AreaKind] = &[AreaKind::Place, AreaKind::Country];
    const NAMED: bool = true;

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        // A whole number of cents for each, never more than the bill.
        let cents = libm::floor(strength * 100.0 / 365.0).max(0.0) as u64;
        let shut = (strength / self.price_usd).clamp(0.0, 1.0);
        let mut seen = vec![];
        for (hub, mut groups) in paid(at, world) {
            groups.retain(|g| !seen.contains(g));
            seen.extend(&groups);
            controls.payoffs.push(PayoffOrder { hub, groups, cents, shut });
        }
    }

    fn units(&self, strength: f64, at: &Area, world: &World) -> f64 {
        strength * groups(at, world) as f64
    }

    fn idle(&self, _: f64, at: &Area, given: &Prospect) -> Option<String> {
        let there = given.departs_from(&at.countries) || given.departures.iter().any(|d| at.places.contains(&d.0));
        (!there).then(|| NOBODY_LEAVES.into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, hub, world_with_coasts};
    use super::*;
    use crate::agents::arms::EMPTY;
    use crate::agents::group::{BLOCS, Group};

    /// Two militias and an army in Zuwara, one militia in Misrata, none in Zarzis: 7.3 million for each are 20,000 USD a day, and
    /// 73 % of the boats of those two beaches.
    #[test]
    fn the_groups_at_the_beaches_are_paid() {
        let mut w = world_with_coasts();
        let bloc = |official: bool| (0..BLOCS.len() as u8).find(|&b| is_official(b) == official).unwrap();
        for (key, place, official, fighters) in
            [(4, "Zuwara", false, 10), (3, "Zuwara", false, 5), (5, "Zuwara", true, 9), (6, "Misrata", false, 1)]
        {
            let at = &w.routes.hubs[hub(&w, place) as usize];
            let (node, country, bloc) = (at.node, at.country, bloc(official));
            let arms = EMPTY;
            w.groups.push(Group {
                key,
                node,
                country,
                bloc,
                tie: 0,
                fighters,
                home: node,
                money: 0,
                skill: 1.0,
                trained: 0,
                arms,
            });
        }
        let lever = MilitiaPayoff::default();
        let mut c = Controls::none(&w.region);
        lever.apply(7.3e6, &area(&w, &["LBY", "TUN"]), &w, &mut c);
        let got: Vec<_> = c.payoffs.iter().map(|o| (o.hub, o.groups.clone(), o.cents)).collect();
        let mut want = vec![(hub(&w, "Zuwara"), vec![3, 4], 2_000_000), (hub(&w, "Misrata"), vec![6], 2_000_000)];
        want.sort();
        assert_eq!(got, want);
        assert!(c.payoffs.iter().all(|o| (o.shut - 0.73).abs() < 1e-12));
        assert_eq!(lever.units(7.3e6, &area(&w, &["LBY"]), &w), 21.9e6);
        assert_eq!(lever.units(7.3e6, &area(&w, &["Zarzis"]), &w), 0.0, "nobody to pay");
        let misrata = usize::from(hub(&w, "Misrata"));
        w.ways.coast[misrata] = None;
        assert_eq!(lever.units(7.3e6, &area(&w, &["LBY"]), &w), 14.6e6, "no boat leaves from Misrata any more");
    }
}
