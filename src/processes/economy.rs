//! The state's purse, what people get of it, and what civilians and fighters earn (equations 11 and 12).

use crate::agents::accounts::Money;
use crate::agents::group::is_official;
use crate::agents::world::World;
use crate::engine::step::Process;
use crate::region::CountryId;
use crate::units::{Tick, Usd};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// What the state spends a year in normal times, of revenue and reserves.
    #[schemars(range(min = 1, max = 1e13), extend("x-unit" = "USD/year", "x-source" = "state expenditure of 2016: 30 billion LYD (NOC 2017; libya_state_economy) at the official rate of about 1.38", "x-low" = 15e9, "x-high" = 30e9))]
    pub normal_spending_usd: f64,
    /// Share of its reserves that it spends in a year.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1/year", "x-source" = "assumption", "x-low" = 0.05, "x-high" = 0.2))]
    pub reserves_spent: f64,
    /// Share of what is spent that reaches people where no government commands the country; all does under a united one.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "model.md eq. 11", "x-low" = 0.2, "x-high" = 0.5))]
    pub reaches_apart: f64,
    /// What a civilian earns in normal times.
    #[schemars(range(min = 1, max = 100_000), extend("x-unit" = "USD/month", "x-source" = "750 LYD in 2010 (Libya Herald 2015; libya_state_economy)", "x-low" = 500, "x-high" = 600))]
    pub civil_wage_usd: f64,
    /// Share of that which does not hang on the state's services.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.2, "x-high" = 0.6))]
    pub private_share: f64,
    /// What the state pays a fighter on its payroll in normal times.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "USD/month", "x-source" = "assumption: militias are on the state's payroll (Libya Herald 2015)", "x-low" = 300, "x-high" = 1000))]
    pub payroll_usd: f64,
    /// Share of foreign support that is captured by armed groups where no government commands the country.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption (model.md, section 5: capture)", "x-low" = 0.1, "x-high" = 0.5))]
    pub captured_share: f64,
    /// How the demand for foreign labour follows what the state spends: elasticity.
    #[schemars(range(min = 0, max = 5), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 14: oil income makes it a destination)", "x-low" = 0, "x-high" = 1))]
    pub labour_response: f64,
    /// People whom a dollar a month of support for livelihoods is shared by: those who might take up arms.
    #[schemars(range(min = 1, max = 1e9), extend("x-unit" = "persons", "x-source" = "assumption: young men of Libya, 12 % of 6.3 million", "x-low" = 400_000, "x-high" = 1_200_000))]
    pub livelihoods: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            normal_spending_usd: 22e9,
            reserves_spent: 0.1,
            reaches_apart: 0.3,
            civil_wage_usd: 550.0,
            private_share: 0.4,
            payroll_usd: 550.0,
            captured_share: 0.3,
            labour_response: 0.3,
            livelihoods: 750_000.0,
        }
    }
}

/// The economy.
pub struct Economy;

impl Process<World> for Economy {
    const NAME: &'static str = "economy";
    const ABOUT: &'static str = "Oil fills the state's purse, the state spends, and what reaches people and fighters sets what they earn (equations 11, 12).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, _: Tick) {
        let polities = w.polities();
        for &country in &polities {
            day_of(p, w, country, 1.0 / polities.len() as f64);
        }
    }
}

/// Services relative to normal times, from what is spent relative to normal times and unity (equation 11).
pub fn services(p: &Params, spending: f64, unity: f64) -> f64 {
    spending * (p.reaches_apart + (1.0 - p.reaches_apart) * unity)
}

/// What a civilian and a fighter earn, USD a month: from services, support for livelihoods, spending and rents a fighter.
pub fn wages(p: &Params, services: f64, support: f64, spending: f64, rents: f64) -> [f64; 2] {
    let civil = p.civil_wage_usd * (p.private_share + (1.0 - p.private_share) * services.min(1.0)) + support;
    [civil, p.payroll_usd * spending.min(1.0) + rents]
}

/// A day of a country that gets this part of all foreign support.
fn day_of(p: &Params, w: &mut World, country: CountryId, part: f64) {
    let row = usize::from(country);
    let unity = w.unity(country).unwrap_or(0.0);
    let revenue = Usd::dollars(w.states.revenue()[row] / 365.0).0.max(0);
    let reserves = w.states.treasury()[row].max(0);
    let spent = revenue + (reserves as f64 * p.reserves_spent / 365.0) as i64;
    w.ledgers.pay(Money::Economy, Money::Treasury, revenue as u64);
    w.ledgers.pay(Money::Treasury, Money::Economy, spent as u64);
    // What levers give: part of it ends with armed groups where nobody keeps it from them.
    let [given, livelihoods] = w.controls.support_usd.map(|usd| usd * part);
    let captured = p.captured_share * (1.0 - unity);
    let to_services = given * (1.0 - captured) * 100.0 / 365.0;
    let spending = (spent as f64 + to_services) / (p.normal_spending_usd * 100.0 / 365.0);
    let services = services(p, spending, unity);
    let first = if w.states.first_spending()[row] > 0.0 { w.states.first_spending()[row] } else { spending };
    if Some(country) == w.libya && first > 0.0 {
        w.labour *= libm::pow(spending / first, p.labour_response);
    }
    let armed = fighters(w, country).max(1) as f64;
    let rents = (w.states.rents()[row] + (given + livelihoods) * captured) / 12.0 / armed;
    let support = livelihoods * (1.0 - captured) / 12.0 / p.livelihoods;
    let [civil, militia] = wages(p, services, support, spending, rents);
    // Where a civilian earns nothing at all the ratio has no value; a dollar a month gives it one.
    let ratio = militia / civil.max(1.0);
    w.states.update(row, |s| {
        if s.first_ratio == 0.0 {
            (s.first_ratio, s.first_spending) = (ratio, first);
        }
        s.treasury += revenue - spent;
        (s.services, s.wage_civil, s.wage_militia) = (services, civil, militia);
        s.pay = if s.first_ratio > 0.0 { ratio / s.first_ratio } else { 1.0 };
    });
}

/// Fighters of a country who are not of an army.
fn fighters(w: &World, country: CountryId) -> u64 {
    let own = |&g: &usize| w.groups.country()[g] == country && !is_official(w.groups.bloc()[g]);
    w.groups.rows().filter(own).map(|g| u64::from(w.groups.fighters()[g])).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Found by random scenarios: without private work and without reserves to spend, civilians earned 0 and pay was NaN.
    #[test]
    fn pay_has_a_value_where_civilians_earn_nothing() {
        let mut w = crate::processes::test_world();
        let libya = w.libya.unwrap();
        w.states.update(usize::from(libya), |s| (s.unity, s.revenue, s.treasury) = (0.5, 0.0, 0));
        let p = Params { private_share: 0.0, reserves_spent: 0.0, ..Params::default() };
        for _ in 0..2 {
            let day = w.day;
            Economy::run(&p, &mut w, day);
        }
        let s = w.states.get(usize::from(libya));
        assert!(s.pay.is_finite() && s.wage_civil == 0.0, "{} {}", s.pay, s.wage_civil);
    }

    /// By hand: two thirds of normal spending at U = 0.2 give services of 0.44 x 2/3; a civilian earns 550 x (0.4 + 0.6 x that),
    /// a fighter 550 x 2/3 and the rents.
    #[test]
    fn services_and_wages_follow_spending() {
        let p = Params::default();
        let s = services(&p, 2.0 / 3.0, 0.2);
        assert!((s - 0.293_333).abs() < 1e-6, "{s}");
        let [civil, militia] = wages(&p, s, 10.0, 2.0 / 3.0, 100.0);
        assert!((civil - (550.0 * (0.4 + 0.6 * s) + 10.0)).abs() < 1e-9);
        assert!((militia - (550.0 * 2.0 / 3.0 + 100.0)).abs() < 1e-9);
        assert!((wages(&p, 3.0, 0.0, 3.0, 0.0)[0] - 550.0).abs() < 1e-9, "plenty does not raise them for ever");
    }
}
