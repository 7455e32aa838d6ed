//! Oil fields and terminals are shut and opened; what is smuggled feeds armed groups (equation 12).

use crate::agents::accounts::Money;
use crate::agents::group::is_official;
use crate::agents::oil::{OFFSHORE, site_key};
use crate::agents::tally::Entry;
use crate::agents::vessel::OIL;
use crate::agents::world::World;
use crate::engine::dist::apportion;
use crate::engine::rng::Purpose;
use crate::engine::step::Process;
use crate::engine::wake::own_day;
use crate::region::{CountryId, NodeId};
use crate::units::{Probability, Tick, Usd};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::sync::Arc;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// What a barrel brings, where no event `oil_price` says so.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "USD/barrel", "x-source" = "assumption; Brent was about 44 in 2016 (recalled)", "x-low" = 40, "x-high" = 110))]
    pub price_usd: f64,
    /// Hazard that an open site is shut by whoever wants to be paid, where no government commands the country; less in
    /// proportion to its unity.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption, with the next so that about 400 of 1,600 kb/d flow at the unity of mid-2016 (PISM 2016: less than 400)", "x-low" = 0.003, "x-high" = 0.02))]
    pub shut_rate: f64,
    /// Hazard that a shut site is opened again under a united government.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption", "x-low" = 0.005, "x-high" = 0.05))]
    pub open_rate: f64,
    /// Share of that without any unity: deals are struck all the same.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.05, "x-high" = 0.4))]
    pub open_floor: f64,
    /// Hazard that fighting at it shuts a site, at the violence below and above.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption", "x-low" = 0.01, "x-high" = 0.2))]
    pub fighting_rate: f64,
    /// Violence in the cell at which that hazard holds; less in proportion.
    #[schemars(range(min = 0.0001, max = 100), extend("x-unit" = "deaths/day", "x-source" = "Vref_c of model.md eq. 5"))]
    pub fighting_ref: f64,
    /// Hazard that people at a site shut it because one corporation takes their say, at full `oil_unity` and without unity.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption (model.md, section 5: local contest)", "x-low" = 0, "x-high" = 0.005))]
    pub contest_rate: f64,
    /// What smuggled fuel and crude bring where no government commands the country; less in proportion to its unity.
    #[schemars(range(min = 0, max = 1e12), extend("x-unit" = "USD/year", "x-source" = "NOC 2018: 750 million; Audit Bureau 1.8 billion (libya_state_economy)", "x-low" = 750_000_000, "x-high" = 1_800_000_000))]
    pub smuggling_usd: f64,
    /// Share of it that leaves by sea.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.3, "x-high" = 0.7))]
    pub smuggled_by_sea: f64,
    /// How well vessels with the mandate `oil` stop that: n of them stop the share 1 - exp(-x n).
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1/vessel", "x-source" = "assumption", "x-low" = 0.02, "x-high" = 0.3))]
    pub stopped_per_vessel: f64,
    /// Share of the proceeds of open sites that groups at them take for their protection.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.05))]
    pub protection_share: f64,
    /// Groups within this distance of a site live on it.
    #[schemars(range(min = 1, max = 1000), extend("x-unit" = "km", "x-source" = "assumption"))]
    pub reach_km: f64,
    /// Of these rents, what a group keeps after pay and may spend on arms.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.02, "x-high" = 0.3))]
    pub kept_share: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            price_usd: 50.0,
            shut_rate: 0.01,
            open_rate: 0.022,
            open_floor: 0.2,
            fighting_rate: 0.05,
            fighting_ref: 0.05,
            contest_rate: 0.001,
            smuggling_usd: 750e6,
            smuggled_by_sea: 0.5,
            stopped_per_vessel: 0.1,
            protection_share: 0.02,
            reach_km: 100.0,
            kept_share: 0.1,
        }
    }
}

const SHUT: Purpose = Purpose::new("oil.shut");
const OPEN: Purpose = Purpose::new("oil.open");
/// Days between two payments to a group.
const MONTH: u32 = 30;

/// Oil.
pub struct Oil;

impl Process<World> for Oil {
    const NAME: &'static str = "oil";
    const ABOUT: &'static str =
        "Oil fields and terminals are shut and opened again; smuggling and protection feed armed groups (equation 12).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        for country in w.polities() {
            shut_and_open(p, w, country, day);
            let price = w.oil_price.unwrap_or(p.price_usd);
            let revenue = w.oil_production(country) * 1000.0 * price * 365.0;
            let usd = rents(p, w, country, revenue);
            w.states.update(usize::from(country), |s| (s.revenue, s.rents) = (revenue, usd * (1.0 - p.kept_share)));
            pay_groups(p, w, country, usd, day);
        }
    }
}

/// How far the oil is in one hand: unity, and what one corporation for all fields adds to it.
fn one_hand(w: &World, country: CountryId) -> f64 {
    let apart = 1.0 - w.unity(country).unwrap_or(0.0);
    1.0 - apart * (1.0 - w.controls.oil_unity)
}

/// Hazards that an open site is shut, and a shut one opened, on a day (equation 12).
pub fn hazards(p: &Params, one_hand: f64, unity: f64, corporation: f64, violence: f64) -> [f64; 2] {
    let fighting = (violence / p.fighting_ref).min(1.0);
    let contest = p.contest_rate * corporation * (1.0 - unity);
    let shut = p.shut_rate * (1.0 - one_hand) + p.fighting_rate * fighting + contest;
    let open = p.open_rate * (p.open_floor + (1.0 - p.open_floor) * one_hand) * (1.0 - fighting);
    [shut, open]
}

fn shut_and_open(p: &Params, w: &mut World, country: CountryId, day: Tick) {
    let (hand, unity) = (one_hand(w, country), w.unity(country).unwrap_or(0.0));
    let (shut, open) = (w.luck.on(SHUT, day), w.luck.on(OPEN, day));
    for i in w.oil_sites.rows().collect::<Vec<_>>() {
        let site = w.oil_sites.get(i);
        if site.country != country || site.node == OFFSHORE {
            continue;
        }
        let rates = hazards(p, hand, unity, w.controls.oil_unity, w.violence(site.node));
        let was_open = site.open == 1;
        let (luck, rate) = if was_open { (shut, rates[0]) } else { (open, rates[1]) };
        if luck.chance(site.key, Probability::of_hazard(rate, 1.0).get()) {
            set_open(w, i, !was_open, day);
        }
    }
}

/// Shuts or opens a site and writes it down.
pub fn set_open(w: &mut World, row: usize, open: bool, day: Tick) {
    let site = w.oil_sites.get(row);
    if (site.open == 1) == open {
        return;
    }
    w.oil_sites.update(row, |s| s.open = u8::from(open));
    let place = w.region.places.iter().find(|p| site_key(&p.name) == site.key);
    let place = place.map(|p| p.name.clone()).unwrap_or_default();
    let kind = if open { "oil_opened" } else { "oil_shut" };
    w.log.push(Entry {
        day,
        kind,
        place,
        item: "kb/d",
        count: libm::round(f64::from(site.capacity)) as i64,
        key: site.key,
    });
}

/// What smuggling and protection bring the groups of a country, USD a year, at so much revenue a year.
fn rents(p: &Params, w: &World, country: CountryId, revenue: f64) -> f64 {
    let off = |zone: usize| w.routes.hubs.iter().any(|h| h.country == country && h.coast == Some(zone));
    let orders = w.controls.naval.iter().filter(|o| o.missions & OIL != 0 && off(o.zone));
    let vessels: f64 = orders.map(|o| f64::from(o.vessels) * o.effect).sum();
    let at_sea = p.smuggled_by_sea * libm::exp(-p.stopped_per_vessel * vessels);
    let by_land = 1.0 - p.smuggled_by_sea;
    let apart = 1.0 - w.unity(country).unwrap_or(1.0);
    let smuggled = p.smuggling_usd * apart * (at_sea + by_land) * (1.0 - w.controls.oil_control);
    smuggled + p.protection_share * apart * revenue
}

/// Once a month each group in reach of a site gets its part, by fighters, of what it keeps after pay.
fn pay_groups(p: &Params, w: &mut World, country: CountryId, usd: f64, day: Tick) {
    let near = near_sites(p, w, country);
    let lives_on_it = |&g: &usize| {
        let g = w.groups.get(g);
        g.country == country && g.fighters > 0 && !is_official(g.bloc) && near.binary_search(&g.node).is_ok()
    };
    let mut rows: Vec<usize> = w.groups.rows().filter(lives_on_it).collect();
    rows.sort_unstable_by_key(|&g| w.groups.key()[g]);
    let cents = Usd::dollars(usd * p.kept_share * f64::from(MONTH) / 365.0).0.max(0) as u64;
    let fighters: Vec<f64> = rows.iter().map(|&g| f64::from(w.groups.fighters()[g])).collect();
    for (g, part) in rows.iter().zip(apportion(cents, &fighters)) {
        if own_day(day, w.groups.key()[*g], MONTH) {
            w.groups.update(*g, |g| g.money += part as i64);
            w.ledgers.pay(Money::Economy, Money::Groups, part);
        }
    }
}

/// Cells in reach of an oil site of a country, ascending; remembered, since they never change.
fn near_sites(p: &Params, w: &mut World, country: CountryId) -> Arc<Vec<NodeId>> {
    if let Some(known) = w.near_oil.get(&country) {
        return known.clone();
    }
    let s = &w.oil_sites;
    let sites = s.rows().filter(|&i| s.country()[i] == country && s.node()[i] != OFFSHORE);
    let nodes: BTreeSet<NodeId> = sites.flat_map(|i| w.nodes_within(s.node()[i], p.reach_km)).collect();
    let nodes = Arc::new(nodes.into_iter().collect::<Vec<_>>());
    w.near_oil.insert(country, nodes.clone());
    nodes
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand at U = 0.2 without a corporation: shut 0.01 x 0.8, opened 0.022 x (0.2 + 0.8 x 0.2); in a fight as bad as the
    /// reference 0.05 more, and never opened. One corporation for all fields: shut only by those who lost their say.
    #[test]
    fn sites_are_shut_and_opened_at_their_rates() {
        let p = Params::default();
        let close = |got: [f64; 2], want: [f64; 2]| {
            assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-12), "{got:?}")
        };
        close(hazards(&p, 0.2, 0.2, 0.0, 0.0), [0.008, 0.022 * 0.36]);
        close(hazards(&p, 0.2, 0.2, 0.0, 0.05), [0.058, 0.0]);
        close(hazards(&p, 1.0, 0.2, 1.0, 0.0), [0.0008, 0.022]);
        close(hazards(&p, 1.0, 1.0, 0.0, 0.0), [0.0, 0.022]);
    }
}
