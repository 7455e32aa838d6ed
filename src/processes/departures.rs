//! Who sets out (equation 14).

use crate::agents::accounts::{Money, People};
use crate::agents::migrant::{END, Migrant, NO_LEG, SEA, Status, sea_cost};
use crate::agents::routes::{HubId, NO_WAY};
use crate::agents::world::World;
use crate::engine::dist::{choose, normal, poisson};
use crate::engine::rng::{Key, Purpose};
use crate::engine::step::Process;
use crate::units::{Tick, Usd};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Elasticity of departures to the cost of the way to the sea.
    #[schemars(range(min = 0, max = 5), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 14)", "x-low" = 0.2, "x-high" = 1.5))]
    pub cost_elasticity: f64,
    /// Weight of the believed share of attempts that end in death (bD).
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 14)", "x-low" = 0, "x-high" = 10))]
    pub death_weight: f64,
    /// Share of those who set out that mean to cross the sea; the others look for work in Libya.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption (model.md eq. 14)", "x-low" = 0.15, "x-high" = 0.5))]
    pub seabound_share: f64,
    /// Median money at setting out.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "USD", "x-source" = "assumption", "x-low" = 300, "x-high" = 2000))]
    pub money_usd: f64,
    /// Standard deviation of its logarithm.
    #[schemars(range(min = 0, max = 3), extend("x-unit" = "1", "x-source" = "assumption", "x-low" = 0.4, "x-high" = 1))]
    pub money_log_sd: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params { cost_elasticity: 0.6, death_weight: 5.0, seabound_share: 0.3, money_usd: 900.0, money_log_sd: 0.7 }
    }
}

const COUNT: Purpose = Purpose::new("departures.count");
const WISH: Purpose = Purpose::new("departures.wish");
const PURSE: Purpose = Purpose::new("departures.purse");
const GOAL: Purpose = Purpose::new("departures.goal");

/// Expected departures a day (equation 14 without the terms for return and rescue, which have no rule yet).
pub fn expected(p: &Params, pool: f64, rate: f64, cost_ratio: f64, death: f64, push: f64) -> f64 {
    pool * rate * libm::pow(cost_ratio.max(0.01), -p.cost_elasticity) * libm::exp(-p.death_weight * death) * push
}

/// Who sets out.
pub struct Departures;

impl Process<World> for Departures {
    const NAME: &'static str = "departures";
    const ABOUT: &'static str = "Draws who leaves home, for the sea or for work in Libya (equation 14).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        let death = believed_death(w);
        for row in 0..w.origins.len() {
            let o = w.origins.get(row);
            let Some(cost) = sea_cost(w, o.hub) else { continue };
            let ratio = if o.base_cost > 0.0 { cost as f64 / o.base_cost } else { 1.0 };
            let mean = expected(p, o.pool as f64, o.rate, ratio, death, o.shift);
            let size = u64::from(w.persons_per_agent);
            let n = poisson(w.luck.on(COUNT, day).unit(o.key), mean / size as f64).min(o.pool / size);
            set_out(p, w, row, n, day);
        }
    }
}

/// Believed deaths per attempt: the mean over the zones that boats leave from.
fn believed_death(w: &World) -> f64 {
    let zones: std::collections::BTreeSet<usize> = w.routes.hubs.iter().filter_map(|h| h.coast).collect();
    let sum: f64 = zones.iter().map(|&z| w.zones.death_belief()[z]).sum();
    sum / zones.len().max(1) as f64
}

fn set_out(p: &Params, w: &mut World, row: usize, n: u64, day: Tick) {
    let o = w.origins.get(row);
    let size = u64::from(w.persons_per_agent);
    w.origins.update(row, |o| o.pool -= n * size);
    let (hubs, weights) = work_goals(w, o.hub);
    let (wish, purse, goal) = (w.luck.on(WISH, day), w.luck.on(PURSE, day), w.luck.on(GOAL, day));
    for k in 0..n {
        let key = Key(o.key).child(day, k).0;
        let seabound = wish.chance(key, p.seabound_share);
        let dollars = p.money_usd * libm::exp(p.money_log_sd * normal(purse, key));
        let money = Usd::dollars(dollars.min(1e6)).0 as u32;
        let work = choose(goal.unit(key), &weights).map_or(o.hub, |i| hubs[i]);
        let row = w.migrants.push(Migrant {
            key,
            threshold: 0,
            money,
            debt: 0,
            since: day.0,
            due: day.0,
            hub: o.hub,
            goal: work,
            leg: NO_LEG,
            origin: row as u8,
            state: Status::Earning as u8 | if seabound { SEA } else { 0 },
            next: END,
        });
        w.ledgers.pay(Money::Economy, Money::Migrants, u64::from(money) * size);
        w.ledgers.move_people(People::Home, People::AtHubs, size);
        w.enlist(row);
    }
    w.tally.entered += (n * size) as i64;
}

/// Hubs in Libya to work at, weighted by the people around them and against the cost of going there.
fn work_goals(w: &World, from: HubId) -> (Vec<HubId>, Vec<f64>) {
    let all = (0..w.routes.hubs.len() as HubId).filter(|&h| Some(w.routes.hubs[h as usize].country) == w.libya);
    all.filter_map(|h| {
        let cost = w.ways.person.cost(from, h);
        let pull = w.routes.hubs[h as usize].population as f64 / (cost.max(1) as f64 * cost.max(1) as f64);
        (cost != NO_WAY).then_some((h, pull))
    })
    .unzip()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Equation 14 by hand: at twice the cost 2^-0.6, with 2 % deaths exp(-0.1), under a shift of 3 three times as many.
    #[test]
    fn expected_departures_are_those_of_equation_14() {
        let p = Params::default();
        let at = |cost, death, push| expected(&p, 1e6, 1e-4, cost, death, push);
        assert!((at(1.0, 0.0, 1.0) - 100.0).abs() < 1e-9);
        assert!((at(2.0, 0.0, 1.0) - 65.975_395).abs() < 1e-5);
        assert!((at(0.5, 0.0, 1.0) - 151.571_657).abs() < 1e-5);
        assert!((at(1.0, 0.02, 1.0) - 90.483_742).abs() < 1e-5);
        assert!((at(1.0, 0.0, 3.0) - 300.0).abs() < 1e-9);
        assert_eq!(at(1.0, 0.0, 0.0), 0.0);
        assert!(at(0.0, 0.0, 1.0).is_finite(), "a way that costs nothing draws no infinite crowd");
        // The elasticity: a change of cost by 1 % changes departures by -0.6 %.
        let change = libm::log(at(1.01, 0.0, 1.0) / at(1.0, 0.0, 1.0)) / libm::log(1.01);
        assert!((change + 0.6).abs() < 1e-9);
    }
}
