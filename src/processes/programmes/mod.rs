//! Programmes: courses of training (equation 19, [`training`]), demobilisation (equation 18, [`ddr`]), and the reform of the
//! security sector, by which militias come into the force of the government (equation 19, [`ssr`]).

use crate::agents::arms::EMPTY;
use crate::agents::group::Group;
use crate::agents::world::World;
use crate::engine::rng::{Key, absorb};
use crate::engine::step::Process;
use crate::region::{CountryId, NodeId};
use crate::units::{Probability, Tick};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

mod ddr;
mod ssr;
mod training;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Unity of a country whose politics are not simulated.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: rivals share a country", "x-low" = 0, "x-high" = 0.5))]
    pub unity_unknown: f64,
    /// Share of those who begin a course and do not join the force.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "model.md eq. 19", "x-low" = 0.15, "x-high" = 0.5))]
    pub wastage: f64,
    /// Skill of a trained man; that of a militia is 1.
    #[schemars(range(min = 0.1, max = 10), extend("x-unit" = "factor", "x-source" = "assumption (model.md eq. 19)", "x-low" = 1, "x-high" = 1.5))]
    pub trained_skill: f64,
    /// Share of the trained men who leave their force in a year where there is no unity and nobody was looked into.
    #[schemars(range(min = 0, max = 2), extend("x-unit" = "1/year", "x-source" = "assumption (model.md eq. 19)", "x-low" = 0.1, "x-high" = 0.5))]
    pub leak_rate: f64,
    /// Share of those who leave it who take a rifle along.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: model.md eq. 19 has at most 0.3", "x-low" = 0.1, "x-high" = 0.3))]
    pub leak_arms: f64,
    /// Share of the fighters who ask for a place in a month where everything speaks for it.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/month", "x-source" = "assumption (model.md eq. 18)", "x-low" = 0.05, "x-high" = 0.2))]
    pub ddr_rate: f64,
    /// How strongly what a civilian earns over what a fighter does draws them.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 18)", "x-low" = 0.5, "x-high" = 3))]
    pub ddr_wage_weight: f64,
    /// How strongly unity, or a settlement of rivals, does.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 18)", "x-low" = 1, "x-high" = 5))]
    pub ddr_unity_weight: f64,
    /// How strongly fighting keeps them from it.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 18)", "x-low" = 0.5, "x-high" = 4))]
    pub ddr_insecurity_weight: f64,
    /// How ready they are when nothing speaks for it or against it, log-odds.
    #[schemars(range(min = -10, max = 10), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 18)", "x-low" = -3, "x-high" = 0))]
    pub ddr_base: f64,
    /// Deaths in fighting a day, in the country, at which nobody is safe without arms.
    #[schemars(range(min = 0.001, max = 10_000), extend("x-unit" = "persons/day", "x-source" = "assumption: Vref of model.md eq. 5", "x-low" = 2, "x-high" = 10))]
    pub insecure_deaths: f64,
    /// Weapons that a fighter lays down, as far as the group has any.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "pieces per fighter", "x-source" = "assumption (model.md eq. 18)", "x-low" = 0.1, "x-high" = 1))]
    pub weapons_laid_down: f64,
    /// Share of the demobilised who take up arms again in a year where there is unity and pay is alike.
    #[schemars(range(min = 0, max = 2), extend("x-unit" = "1/year", "x-source" = "assumption (model.md eq. 18)", "x-low" = 0.04, "x-high" = 0.2))]
    pub relapse_rate: f64,
    /// How strongly disunity drives them to it.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 18)", "x-low" = 1, "x-high" = 3))]
    pub relapse_unity_weight: f64,
    /// What a civilian earns where politics and wages are not simulated.
    #[schemars(range(min = 1, max = 100_000), extend("x-unit" = "USD/month", "x-source" = "assumption: as much as a fighter, as in `recruitment`", "x-low" = 100, "x-high" = 1000))]
    pub wage_civil_usd: f64,
    /// What a fighter earns there.
    #[schemars(range(min = 1, max = 100_000), extend("x-unit" = "USD/month", "x-source" = "assumption", "x-low" = 100, "x-high" = 2000))]
    pub wage_militia_usd: f64,
    /// Unity up to which no militia comes under the government's command.
    #[schemars(range(min = 0, max = 0.99), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.2, "x-high" = 0.6))]
    pub ssr_unity_floor: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            unity_unknown: 0.2,
            wastage: 0.28,
            trained_skill: 1.2,
            leak_rate: 0.3,
            leak_arms: 0.3,
            ddr_rate: 0.1,
            ddr_wage_weight: 1.5,
            ddr_unity_weight: 3.0,
            ddr_insecurity_weight: 2.0,
            ddr_base: -1.0,
            insecure_deaths: 4.0,
            weapons_laid_down: 0.5,
            relapse_rate: 0.08,
            relapse_unity_weight: 2.0,
            wage_civil_usd: 500.0,
            wage_militia_usd: 500.0,
            ssr_unity_floor: 0.4,
        }
    }
}

/// Days in a month of programmes.
const MONTH: u32 = 30;

/// Programmes.
pub struct Programmes;

impl Process<World> for Programmes {
    const NAME: &'static str = "programmes";
    const ABOUT: &'static str = "Men are trained and some leave with their arms (equation 19); fighters are demobilised and some take up arms again \
         (equation 18); militias come into the government's force.";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        training::run(p, w, day);
        ddr::run(p, w, day);
        ssr::run(p, w, day);
    }
}

/// Chance that something happens in a month at so much a year.
fn monthly(per_year: f64) -> f64 {
    Probability::of_hazard(per_year * f64::from(MONTH) / 365.0, 1.0).get()
}

/// A month's part of so many a year, in whole ones by a lot `u`.
fn month_of(per_year: f64, u: f64) -> u32 {
    libm::floor(per_year * f64::from(MONTH) / 365.0 + u).clamp(0.0, f64::from(u32::MAX / 2)) as u32
}

/// Unity of a country.
fn unity(p: &Params, w: &World, country: CountryId) -> f64 {
    w.unity(country).unwrap_or(p.unity_unknown)
}

/// What a lever's doing in a country is drawn by.
fn lot_of(w: &World, sender: u64, country: CountryId) -> u64 {
    absorb(sender, w.states.key()[usize::from(country)])
}

/// The capital of a country, or where most people live.
fn seat(w: &World, country: CountryId) -> Option<NodeId> {
    let places = w.region.places.iter().filter(|p| p.country == country && p.node.is_some());
    places.max_by_key(|p| (p.kind == "capital", p.population, std::cmp::Reverse(p.node))).and_then(|p| p.node)
}

/// The group of a force whose ranks its new men join: of the bloc's groups in the country that nearest to the capital, or one
/// founded there.
fn force(w: &mut World, country: CountryId, bloc: u8, sender: u64, day: Tick) -> Option<usize> {
    let node = seat(w, country)?;
    let own = |&g: &usize| w.groups.country()[g] == country && w.groups.bloc()[g] == bloc;
    let near = |g: usize| w.km_between(node, w.groups.node()[g]);
    let order = |&a: &usize, &b: &usize| near(a).total_cmp(&near(b)).then(w.groups.key()[a].cmp(&w.groups.key()[b]));
    if let Some(g) = w.groups.rows().filter(own).min_by(order) {
        return Some(g);
    }
    let key = Key(lot_of(w, sender, country)).child(day, u64::from(bloc)).0;
    let (tie, fighters, money, skill, trained) = (0, 0, 0, 1.0, 0);
    let founded = w.groups.push(Group {
        key,
        node,
        country,
        bloc,
        tie,
        fighters,
        home: node,
        money,
        skill,
        trained,
        arms: EMPTY,
    });
    w.groups_moved();
    Some(founded)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::agents::accounts::{Arms, Fighters};
    use crate::agents::arms::{Class, Origin, slot};
    use crate::agents::controls::{DemobilisationOrder, IntegrationOrder, TrainingOrder};
    use crate::agents::group::{LOCAL, bloc_of};
    use crate::region::Area;

    /// Adds a group in a place with as many rifles as fighters.
    pub fn add(w: &mut World, key: u64, place: &str, bloc: &str, fighters: u32) -> usize {
        let node = w.region.places[usize::from(w.region.place(place).unwrap())].node.unwrap();
        let country = w.region.nodes.country[node as usize];
        let mut arms = EMPTY;
        arms[slot(Class::SmallArms, Origin::Local)] = fighters;
        w.ledgers.move_fighters(Fighters::Outside, Fighters::Groups, fighters);
        w.ledgers.move_arms(Arms::Outside, Arms::Groups, &arms);
        let (bloc, tie, money, skill, trained) = (bloc_of(bloc), 0, 0, 1.0, 0);
        w.groups.push(Group { key, node, country, bloc, tie, fighters, home: node, money, skill, trained, arms })
    }

    pub fn libya(w: &World) -> CountryId {
        w.region.country("LBY").unwrap()
    }

    /// Lets the process work for so many days.
    pub fn days(p: &Params, w: &mut World, n: u32) {
        for _ in 0..n {
            let day = w.day;
            Programmes::run(p, w, day);
            w.audit().expect("the books balance");
            w.day = day.next();
        }
    }

    pub fn rifles(w: &World, g: usize) -> u32 {
        crate::agents::arms::of_class(&w.groups.arms()[g], Class::SmallArms)
    }

    /// Two years of all three with the books counted every day; no fighter comes or goes but by the accounts.
    #[test]
    fn nobody_is_made_or_lost() {
        let mut w = crate::processes::test_world();
        for (key, place, bloc, men) in
            [(1, "Sabha", "local", 3000), (2, "Ghat", "tuareg", 900), (3, "Ghat", "islamic_state", 400)]
        {
            add(&mut w, key, place, bloc, men);
        }
        let country = libya(&w);
        let (sender, bloc, settlement) = (77, bloc_of("gna"), 0.8);
        w.states.update(usize::from(country), |s| (s.unity, s.fighting) = (0.6, 1.0));
        w.controls.training =
            vec![TrainingOrder { sender, country, bloc, per_year: 2000.0, course_days: 90, vetting: 0.2 }];
        let area = Area { countries: vec![country], ..Area::default() };
        let (per_year, package_usd, jobs) = (1000.0, 1250.0, 0.5);
        w.controls.demobilisation = vec![DemobilisationOrder { sender, area, per_year, package_usd, jobs, settlement }];
        w.controls.integration = vec![IntegrationOrder { sender, country, bloc, per_year: 0.2, settlement }];
        let mut seen = [0; 8];
        for _ in 0..730 {
            w.tally = Default::default();
            days(&Params::default(), &mut w, 1);
            let t = &w.tally;
            let today = [t.trainees, t.trained, t.trained_leaked, t.arms_leaked_training, t.ddr_demobilised];
            let more = [t.weapons_surrendered, t.ddr_relapsed, t.integrated];
            seen.iter_mut().zip(today.iter().chain(&more)).for_each(|(s, t)| *s += t);
        }
        assert!(seen.iter().all(|&n| n > 0), "all of it happened: {seen:?}");
        let of = |account: Fighters| w.ledgers.fighters.balance(0, account as usize);
        assert_eq!(of(Fighters::Demobilised), seen[4] - seen[6]);
        assert_eq!(w.ledgers.arms.total(Arms::Surrendered as usize), seen[5]);
        assert_eq!(of(Fighters::Groups), 4300 + seen[1] - seen[4] + seen[6]);
        let leaked = w.groups.rows().find(|&g| w.groups.bloc()[g] == LOCAL).map(|g| w.groups.skill()[g]);
        assert!(leaked.is_some_and(|s| s > 1.0 && s < 1.2), "those who came had been trained: {leaked:?}");
    }

    /// Orders, cohorts, trained and demobilised: without any of these nothing moves and nobody is founded.
    #[test]
    fn without_a_programme_nothing_happens() {
        let mut w = crate::processes::test_world();
        add(&mut w, 1, "Sabha", "local", 3000);
        let before = w.digest();
        days(&Params::default(), &mut w, 90);
        assert_eq!(w.digest(), before);
    }

    /// The capital wins over the largest town, and without one that is the seat.
    #[test]
    fn a_force_is_founded_at_the_seat() {
        let mut w = crate::processes::test_world();
        let (country, gna, day) = (libya(&w), bloc_of("gna"), w.day);
        let at = |w: &World, g: usize| w.groups.node()[g];
        let node = |place: &str| w.region.places[usize::from(w.region.place(place).unwrap())].node.unwrap();
        let (sabha, ghat) = (node("Sabha"), node("Ghat"));
        let first = force(&mut w, country, gna, 5, day).unwrap();
        assert_eq!((at(&w, first), w.groups.bloc()[first]), (sabha, gna));
        assert_eq!(force(&mut w, country, gna, 6, day), Some(first), "the same for another lever");
        let mut region = (*w.region).clone();
        region.places.iter_mut().filter(|p| p.name == "Ghat").for_each(|p| p.kind = "capital".into());
        w.region = std::sync::Arc::new(region);
        let other = force(&mut w, country, bloc_of("hor_lna"), 5, day).unwrap();
        assert_eq!(at(&w, other), ghat);
    }
}
