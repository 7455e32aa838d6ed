//! Who sets out, and where to (equation 14).

use crate::agents::accounts::People;
use crate::agents::migrant::{DESTINATIONS, Destination, Migrant, Origin, SEA, Status};
use crate::agents::routes::{HubId, NO_WAY};
use crate::agents::vessel::ZoneState;
use crate::agents::world::World;
use crate::engine::dist::{choose, normal, poisson};
use crate::engine::rng::{Key, Purpose};
use crate::engine::step::Process;
use crate::region::CountryId;
use crate::units::{Tick, Usd};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Elasticity of departures to the price of the way.
    #[schemars(range(min = 0.001, max = 5), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 14)", "x-low" = 0.2, "x-high" = 1.5))]
    pub cost_elasticity: f64,
    /// How readily people change their destination when prices change: elasticity of the shares to each other's price. At least
    /// `cost_elasticity`.
    #[schemars(range(min = 0.01, max = 20), extend("x-unit" = "1", "x-source" = "assumption", "x-low" = 0.6, "x-high" = 5))]
    pub switch_elasticity: f64,
    /// Weight of the believed share of attempts that end in death (bD).
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 14)", "x-low" = 0, "x-high" = 10))]
    pub death_weight: f64,
    /// Weight of the believed share of attempts that end where they began (bB).
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 14)", "x-low" = 0, "x-high" = 3))]
    pub return_weight: f64,
    /// Days after which news of the sea has come home.
    #[schemars(range(min = 1, max = 3650), extend("x-unit" = "days", "x-source" = "model.md eq. 14: 30 days"))]
    pub news_days: f64,
    /// Share of those who set out that mean to cross the sea, of origins that do not say; the others look for work in Libya.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption (model.md eq. 14)", "x-low" = 0.15, "x-high" = 0.5))]
    pub seabound_share: f64,
    /// Share of visas that go to somebody who would have set out for the sea.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.1, "x-high" = 1))]
    pub visa_substitution: f64,
    /// Median money at setting out.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "USD", "x-source" = "assumption", "x-low" = 300, "x-high" = 2000))]
    pub money_usd: f64,
    /// Standard deviation of its logarithm.
    #[schemars(range(min = 0, max = 3), extend("x-unit" = "1", "x-source" = "assumption", "x-low" = 0.4, "x-high" = 1))]
    pub money_log_sd: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            cost_elasticity: 0.6,
            switch_elasticity: 2.0,
            death_weight: 5.0,
            return_weight: 1.0,
            news_days: 30.0,
            seabound_share: 0.3,
            visa_substitution: 0.5,
            money_usd: 900.0,
            money_log_sd: 0.7,
        }
    }
}

const COUNT: [Purpose; DESTINATIONS] = [
    Purpose::new("departures.count"),
    Purpose::new("departures.count_libya"),
    Purpose::new("departures.count_algeria"),
    Purpose::new("departures.count_western"),
];
const VISAS: Purpose = Purpose::new("departures.visas");
const RELATIVES: Purpose = Purpose::new("departures.relatives");
const PURSE: Purpose = Purpose::new("departures.purse");
const GOAL: Purpose = Purpose::new("departures.goal");

/// What people think of an attempt to cross the sea: shares of attempts that end in death, in a return, by a rescue.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct News {
    pub death: f64,
    pub back: f64,
    pub rescue: f64,
}

/// How much such news changes departures for the sea: exp(-bD death - bB return + bR rescue) (equation 14); bR, `pull`, is the
/// contested effect of rescue, 0 by default.
pub fn deterrence(p: &Params, news: News, pull: f64) -> f64 {
    libm::exp(-p.death_weight * news.death - p.return_weight * news.back + pull * news.rescue)
}

/// Weights of the destinations: share x (C / C0)^-theta, with `effect` raised to theta over the elasticity for the sea, so that
/// for a single destination the sum to the power of the elasticity over theta is equation 14.
pub fn weights(
    p: &Params,
    o: &Origin,
    costs: [Option<u64>; DESTINATIONS],
    effect: [f64; DESTINATIONS],
) -> [f64; DESTINATIONS] {
    let theta = p.switch_elasticity.max(p.cost_elasticity);
    std::array::from_fn(|d| {
        let Some(cost) = costs[d].filter(|_| o.base_cost[d] > 0.0 && o.shares[d] > 0.0) else { return 0.0 };
        // Who is there already pays nothing, then as now.
        let ratio = (cost.max(1) as f64 / o.base_cost[d]).max(0.01);
        o.shares[d] * libm::pow(ratio, -theta) * libm::pow(effect[d].max(0.0), theta / p.cost_elasticity)
    })
}

/// Expected departures a day (equation 14): pool x m0 x push, and what the destinations are worth together.
pub fn expected(p: &Params, pool: f64, rate: f64, push: f64, weights: &[f64; DESTINATIONS]) -> f64 {
    let theta = p.switch_elasticity.max(p.cost_elasticity);
    let worth: f64 = weights.iter().sum();
    pool * rate * push * libm::pow(worth, p.cost_elasticity / theta)
}

/// Factor of the season on a day of the year: 1 + amplitude x cos, highest on the day of the peak, 1 over the year.
pub fn season(amplitude: f64, peak: f64, day_of_year: u32) -> f64 {
    1.0 + amplitude * libm::cos(2.0 * core::f64::consts::PI * (f64::from(day_of_year) - peak) / 365.0)
}

/// Who sets out.
pub struct Departures;

impl Process<World> for Departures {
    const NAME: &'static str = "departures";
    const ABOUT: &'static str =
        "Draws who leaves home: for the sea, for work in Libya or Algeria, by the Western route (equation 14).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        let coast = news_of_the_coast(w);
        let zones = (0..w.zones.len()).map(|z| {
            let s = w.zones.get(z);
            News { death: s.death_belief, back: s.return_belief, rescue: s.rescue_belief }
        });
        let known: Vec<News> = zones.chain([coast]).collect();
        w.deterrence = known.into_iter().map(|news| deterrence(p, news, w.hypotheses.rescue_pull)).collect();
        for row in 0..w.origins.len() {
            hear(p, w, row, coast);
            let visas = grant_visas(w, row, day);
            let o = w.origins.get(row);
            let news = News { death: o.death_belief, back: o.return_belief, rescue: o.rescue_belief };
            // Demand for labour weighs the choice of Libya itself, not the elasticity of all departures.
            let labour = libm::pow(w.labour, p.cost_elasticity / p.switch_elasticity.max(p.cost_elasticity));
            let effect = [deterrence(p, news, w.hypotheses.rescue_pull), labour, 1.0, 1.0];
            let costs = w.destination_costs(o.hub);
            let weights = weights(p, &o, costs, effect);
            let price = costs[Destination::Sea as usize].unwrap_or(0).min(100_000_000) as u32;
            let push = o.shift * season(o.season, o.peak, day.date().day_of_year());
            let total = expected(p, o.pool as f64, o.rate, push, &weights);
            let sum: f64 = weights.iter().sum();
            let size = f64::from(w.persons_per_agent);
            for (d, weight) in weights.into_iter().enumerate().filter(|x| x.1 > 0.0) {
                let fewer = if d == Destination::Sea as usize { p.visa_substitution * visas } else { 0.0 };
                let mean = (total * weight / sum - fewer).max(0.0);
                let n = poisson(w.luck.on(COUNT[d], day).unit(o.key), mean / size);
                set_out(p, w, row, d, n.min(w.origins.pool()[row] / u64::from(w.persons_per_agent)), price, day);
            }
        }
    }
}

/// What is known on the coasts in use: the mean over the zones that boats leave from, each as often as it is tried.
fn news_of_the_coast(w: &World) -> News {
    let zones: std::collections::BTreeSet<usize> = w.routes.hubs.iter().filter_map(|h| h.coast).collect();
    let weight = |z: usize| w.zones.attempts()[z] + 1e-6;
    let all: f64 = zones.iter().map(|&z| weight(z)).sum();
    let mean = |what: fn(&ZoneState) -> f64| {
        zones.iter().map(|&z| weight(z) * what(&w.zones.get(z))).sum::<f64>() / all.max(1e-6)
    };
    News { death: mean(|z| z.death_belief), back: mean(|z| z.return_belief), rescue: mean(|z| z.rescue_belief) }
}

/// News comes home with a lag.
fn hear(p: &Params, w: &mut World, row: usize, coast: News) {
    let step = |belief: &mut f64, told: f64| *belief += (told - *belief) / p.news_days;
    w.origins.update(row, |o| {
        step(&mut o.death_belief, coast.death);
        step(&mut o.return_belief, coast.back);
        step(&mut o.rescue_belief, coast.rescue);
    });
}

/// Visas of the day for an origin (lever `legal_pathways`); returns how many are expected on a day.
fn grant_visas(w: &mut World, row: usize, day: Tick) -> f64 {
    let per_year: f64 = w.controls.visas.iter().map(|v| v.per_year_of(w, row)).sum();
    if per_year <= 0.0 {
        return 0.0;
    }
    let size = u64::from(w.persons_per_agent);
    let o = w.origins.get(row);
    let n = poisson(w.luck.on(VISAS, day).unit(o.key), per_year / 365.0 / size as f64).min(o.pool / size) * size;
    w.origins.update(row, |o| o.pool -= n);
    w.ledgers.move_people(People::Home, People::Admitted, n);
    w.tally.admitted += n as i64;
    per_year / 365.0
}

/// So many leave for a destination; `price` is that of the whole way over the sea, US cents.
fn set_out(p: &Params, w: &mut World, row: usize, destination: usize, n: u64, price: u32, day: Tick) {
    let o = w.origins.get(row);
    let size = u64::from(w.persons_per_agent);
    w.origins.update(row, |o| o.pool -= n * size);
    w.tally.entered += (n * size) as i64;
    w.tally.set_out[destination] += (n * size) as i64;
    if destination == Destination::Western as usize {
        w.ledgers.move_people(People::Home, People::Diverted, n * size);
        return;
    }
    let seabound = destination == Destination::Sea as usize;
    let country = if destination == Destination::Algeria as usize { w.region.country("DZA") } else { w.libya };
    let (hubs, weights) = work_goals(w, o.hub, country);
    let (purse, goal, helped) = (w.luck.on(PURSE, day), w.luck.on(GOAL, day), w.luck.on(RELATIVES, day));
    for k in 0..n {
        let key = Key(o.key).child(day, (destination as u64) << 32 | k).0;
        let dollars = p.money_usd * libm::exp(p.money_log_sd * normal(purse, key));
        let own = Usd::dollars(dollars.min(1e6)).0 as u32;
        // Relatives send what the whole way costs today, and a reserve.
        let sent = if seabound && helped.chance(key, o.diaspora) { price.saturating_mul(6) / 5 } else { 0 };
        let money = own.max(sent);
        let work = choose(goal.unit(key), &weights).map_or(o.hub, |i| hubs[i]);
        let m = Migrant {
            money,
            since: day.0,
            due: day.0,
            goal: work,
            origin: row as u8,
            state: Status::Earning as u8 | if seabound { SEA } else { 0 },
            ..Migrant::at(key, o.hub, Status::Earning)
        };
        w.begin_journey(m, People::Home);
    }
}

/// Hubs of a country to work at, weighted by the people around them and against the cost of going there.
fn work_goals(w: &World, from: HubId, country: Option<CountryId>) -> (Vec<HubId>, Vec<f64>) {
    let all = (0..w.routes.hubs.len() as HubId).filter(|&h| Some(w.routes.hubs[h as usize].country) == country);
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

    fn origin(shares: [f64; 4]) -> Origin {
        Origin {
            pool: 1_000_000,
            rate: 1e-4,
            base_cost: [100_000.0, 80_000.0, 50_000.0, 1.0],
            shares,
            ..Origin::at(1, 0, 0)
        }
    }

    /// With one destination, equation 14 by hand: at twice the price 2^-0.6, with 2 % deaths exp(-0.1), with 30 % returns
    /// exp(-0.3), under a shift of 3 three times as many; rescue counts only where its switch says so.
    #[test]
    fn expected_departures_are_those_of_equation_14() {
        let p = Params::default();
        let at = |cost: u64, news: News, pull: f64, push: f64| {
            let w = weights(
                &p,
                &origin([1.0, 0.0, 0.0, 0.0]),
                [Some(cost), None, None, None],
                [deterrence(&p, news, pull), 1.0, 1.0, 1.0],
            );
            expected(&p, 1e6, 1e-4, push, &w)
        };
        let none = News::default();
        assert!((at(100_000, none, 0.0, 1.0) - 100.0).abs() < 1e-9);
        assert!((at(200_000, none, 0.0, 1.0) - 65.975_395).abs() < 1e-5);
        assert!((at(50_000, none, 0.0, 1.0) - 151.571_657).abs() < 1e-5);
        assert!((at(100_000, News { death: 0.02, ..none }, 0.0, 1.0) - 90.483_742).abs() < 1e-5);
        assert!((at(100_000, News { back: 0.3, ..none }, 0.0, 1.0) - 74.081_822).abs() < 1e-5);
        assert!((at(100_000, News { rescue: 0.5, ..none }, 0.0, 1.0) - 100.0).abs() < 1e-9);
        assert!((at(100_000, News { rescue: 0.5, ..none }, 0.4, 1.0) - 122.140_276).abs() < 1e-5);
        assert!((at(100_000, none, 0.0, 3.0) - 300.0).abs() < 1e-9);
        assert_eq!(at(100_000, none, 0.0, 0.0), 0.0);
        assert!(at(0, none, 0.0, 1.0).is_finite(), "a way that costs nothing draws no infinite crowd");
    }

    /// A season of 0.2 with its peak on day 45: 1.2 then, 0.8 half a year later, 1 over the year.
    #[test]
    fn the_season_of_departures_has_a_mean_of_one() {
        assert!((season(0.2, 45.0, 45) - 1.2).abs() < 1e-12);
        assert!((season(0.2, 45.0, 228) - 0.8).abs() < 1e-4);
        let mean = (1..=365).map(|d| season(0.2, 45.0, d)).sum::<f64>() / 365.0;
        assert!((mean - 1.0).abs() < 1e-9);
        assert_eq!(season(0.0, 45.0, 200), 1.0);
    }

    /// At the prices of the first day the shares are those of the table; when the sea costs twice as much a quarter as many
    /// choose it in relation to the others, who take some of them in: fewer leave, but not by 40 % of all.
    #[test]
    fn destinations_take_from_each_other() {
        let p = Params::default();
        let o = origin([0.4, 0.3, 0.2, 0.1]);
        let at = |sea: u64| weights(&p, &o, [Some(sea), Some(80_000), Some(50_000), Some(1)], [1.0; 4]);
        let (before, after) = (at(100_000), at(200_000));
        for (w, share) in before.iter().zip([0.4, 0.3, 0.2, 0.1]) {
            assert!((w - share).abs() < 1e-12);
        }
        assert!((after[0] - 0.1).abs() < 1e-12, "2^-2 of 0.4");
        let total = |w: &[f64; 4]| expected(&p, 1e6, 1e-4, 1.0, w);
        assert!((total(&before) - 100.0).abs() < 1e-9);
        // (0.1 + 0.6)^(0.6 / 2) = 0.7^0.3
        assert!((total(&after) - 89.852_324).abs() < 1e-3, "{}", total(&after));
        let to_libya = |w: &[f64; 4]| total(w) * w[1] / w.iter().sum::<f64>();
        assert!(to_libya(&after) > to_libya(&before));
        // Somebody whose way costs nothing, on the first day or on any other, has the share of the table.
        let there = Origin { base_cost: [100_000.0, 1.0, 50_000.0, 1.0], ..o };
        let stays = weights(&p, &there, [Some(100_000), Some(0), Some(50_000), Some(1)], [1.0; 4]);
        assert!((stays[1] - 0.3).abs() < 1e-12, "{stays:?}");
        let shut = weights(&p, &o, [None, Some(80_000), None, Some(1)], [1.0; 4]);
        assert_eq!((shut[0], shut[2]), (0.0, 0.0), "a way that is shut takes nobody");
    }
}
