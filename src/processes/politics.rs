//! Unity of a country, and acceptance of those who act in it from abroad (equation 11).

use crate::agents::actor::{ACTOR_COUNT, AT_REST, MANY_TROOPS};
use crate::agents::group::FOREIGN;
use crate::agents::world::World;
use crate::engine::step::Process;
use crate::region::CountryId;
use crate::units::Tick;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Unity when nothing speaks for it or against it.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "model.md eq. 11", "x-low" = 0.1, "x-high" = 0.3))]
    pub base: f64,
    /// What services as in normal times add to it.
    #[schemars(range(min = 0, max = 5), extend("x-unit" = "share", "x-source" = "model.md eq. 11", "x-low" = 0.2, "x-high" = 0.6))]
    pub services: f64,
    /// What a dialogue that everybody takes part in adds.
    #[schemars(range(min = 0, max = 5), extend("x-unit" = "share", "x-source" = "model.md eq. 11", "x-low" = 0.1, "x-high" = 0.3))]
    pub dialogue: f64,
    /// What full acceptance of those who act from abroad adds.
    #[schemars(range(min = 0, max = 5), extend("x-unit" = "share", "x-source" = "model.md eq. 11", "x-low" = 0.1, "x-high" = 0.3))]
    pub acceptance: f64,
    /// What it costs that all new arms come from abroad.
    #[schemars(range(min = 0, max = 5), extend("x-unit" = "share", "x-source" = "model.md eq. 11", "x-low" = 0.1, "x-high" = 0.4))]
    pub interference: f64,
    /// What violence at its reference costs; at most twice that.
    #[schemars(range(min = 0, max = 5), extend("x-unit" = "share", "x-source" = "model.md eq. 11", "x-low" = 0.05, "x-high" = 0.25))]
    pub violence: f64,
    /// That reference.
    #[schemars(range(min = 0.01, max = 1000), extend("x-unit" = "deaths/day", "x-source" = "Vref of model.md eq. 5"))]
    pub violence_ref: f64,
    /// What 10,000 foreign troops cost.
    #[schemars(range(min = 0, max = 5), extend("x-unit" = "share", "x-source" = "model.md eq. 11", "x-low" = 0, "x-high" = 0.2))]
    pub troops: f64,
    /// Days in which unity goes most of the way to where all this would put it.
    #[schemars(range(min = 1, max = 1_000_000), extend("x-unit" = "days", "x-source" = "model.md eq. 11", "x-low" = 180, "x-high" = 730))]
    pub memory_days: f64,
    /// What help that people see, and that is not military, adds to the acceptance of who gives it.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "model.md eq. 11", "x-low" = 0.1, "x-high" = 0.5))]
    pub help: f64,
    /// What 10,000 troops take from the acceptance of who sends them.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "model.md eq. 11", "x-low" = 0.1, "x-high" = 0.6))]
    pub resentment: f64,
    /// Days in which acceptance follows.
    #[schemars(range(min = 1, max = 1_000_000), extend("x-unit" = "days", "x-source" = "model.md eq. 11", "x-low" = 90, "x-high" = 365))]
    pub acceptance_days: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            base: 0.2,
            services: 0.4,
            dialogue: 0.2,
            acceptance: 0.2,
            interference: 0.25,
            violence: 0.15,
            violence_ref: 4.0,
            troops: 0.1,
            memory_days: 365.0,
            help: 0.3,
            resentment: 0.4,
            acceptance_days: 180.0,
        }
    }
}

/// Memory of how many are killed, days.
const MONTH: f64 = 30.0;

/// Politics.
pub struct Politics;

impl Process<World> for Politics {
    const NAME: &'static str = "politics";
    const ABOUT: &'static str = "One government comes to command the country, or does not; those who act from abroad are accepted, or not (equation 11).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, _: Tick) {
        let polities = w.polities();
        if polities.is_empty() {
            return;
        }
        for a in 0..ACTOR_COUNT {
            let (help, troops) = (w.controls.help[a], w.controls.actor_troops[a]);
            w.actors.update(a, |x| x.acceptance = follow(x.acceptance, accepted(p, help, troops), p.acceptance_days));
        }
        for country in polities {
            let row = usize::from(country);
            let killed: i64 = w.tally.fatalities.iter().filter(|f| f.0 == country).map(|f| f.1).sum();
            w.states.update(row, |s| s.fighting = follow(s.fighting, killed as f64, MONTH));
            let target = unity_sought(p, &grounds(w, country));
            w.states.update(row, |s| {
                s.unity = follow(s.unity, target, p.memory_days).clamp(0.0, 1.0);
                s.consent = s.unity;
            });
        }
    }
}

/// What speaks for unity and against it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Grounds {
    /// Services relative to normal times.
    pub services: f64,
    /// How far rivals talk, 0 to 1.
    pub dialogue: f64,
    /// Acceptance of those present from abroad, 0 to 1.
    pub acceptance: f64,
    /// Share of new arms that comes from abroad, 0 to 1.
    pub interference: f64,
    /// People killed a day.
    pub killed: f64,
    /// Foreign troops, persons.
    pub troops: f64,
}

/// Where equation 11 would put unity.
pub fn unity_sought(p: &Params, g: &Grounds) -> f64 {
    p.base + p.services * g.services.min(1.0) + p.dialogue * g.dialogue + p.acceptance * g.acceptance
        - p.interference * g.interference
        - p.violence * (g.killed / p.violence_ref).min(2.0)
        - p.troops * (g.troops / MANY_TROOPS).min(1.0)
}

/// Where equation 11 would put the acceptance of an actor who gives so much help and has so many troops there.
pub fn accepted(p: &Params, help: f64, troops: f64) -> f64 {
    AT_REST + p.help * help.min(1.0) - p.resentment * (troops / MANY_TROOPS).min(1.0)
}

fn follow(now: f64, target: f64, days: f64) -> f64 {
    now + (target - now) / days
}

fn grounds(w: &World, country: CountryId) -> Grounds {
    let s = w.states.get(usize::from(country));
    Grounds {
        services: s.services,
        // Who mediates adds to an agreement that holds in part.
        dialogue: 1.0 - (1.0 - w.agreement) * (1.0 - w.controls.dialogue),
        acceptance: w.acceptance(),
        interference: s.interference,
        killed: s.fighting,
        troops: foreign_troops(w, country) as f64,
    }
}

/// How far the foreign troops in a country are accepted, 0 to 1: those of levers as their senders are, where politics are
/// simulated; elsewhere as the country consents.
pub fn acceptance_of_troops(w: &World, country: CountryId) -> f64 {
    let sent: f64 = w.controls.actor_troops.iter().sum();
    if w.unity(country).is_none() || sent == 0.0 {
        return w.consent(country);
    }
    let of = |a: usize| w.controls.actor_troops[a] * w.actors.acceptance()[a];
    (0..ACTOR_COUNT).map(of).sum::<f64>() / sent
}

/// Foreign troops in a country: those who fight, and those of levers.
pub fn foreign_troops(w: &World, country: CountryId) -> u64 {
    let foreign = |&g: &usize| w.groups.bloc()[g] == FOREIGN && w.groups.country()[g] == country;
    let fight: u64 = w.groups.rows().filter(foreign).map(|g| u64::from(w.groups.fighters()[g])).sum();
    fight + w.controls.troops.get(usize::from(country)).map_or(0, |t| *t as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 0.2 + 0.4 x 0.5 + 0.2 x 0.5 + 0.2 x 0.25 - 0.25 x 0.4 - 0.15 x 0.5 - 0.1 x 0.2; plenty of services and a slaughter
    /// are bounded.
    #[test]
    fn unity_is_sought_as_in_equation_11() {
        let p = Params::default();
        let g =
            Grounds { services: 0.5, dialogue: 0.5, acceptance: 0.25, interference: 0.4, killed: 2.0, troops: 2000.0 };
        assert!((unity_sought(&p, &g) - 0.355).abs() < 1e-12);
        assert!((unity_sought(&p, &Grounds { services: 9.0, ..Grounds::default() }) - 0.6).abs() < 1e-12);
        assert!((unity_sought(&p, &Grounds { killed: 900.0, ..Grounds::default() }) + 0.1).abs() < 1e-12);
    }

    /// Half the help and 5,000 troops: 0.3 + 0.15 - 0.2; a day goes 1/180 of the way.
    #[test]
    fn acceptance_follows_help_and_troops() {
        let p = Params::default();
        assert!((accepted(&p, 0.5, 5000.0) - 0.25).abs() < 1e-12);
        assert!((accepted(&p, 7.0, 1e9) - 0.2).abs() < 1e-12, "bounded");
        assert!((follow(0.3, 0.12, 180.0) - 0.299).abs() < 1e-12);
    }

    #[test]
    fn troops_of_levers_and_of_interventions_count_alike() {
        let mut w = crate::processes::test_world();
        let mali = w.region.country("MLI").unwrap();
        assert_eq!(foreign_troops(&w, mali), 0);
        let node = w.region.places[w.region.place("Kidal").unwrap() as usize].node.unwrap();
        w.groups.push(crate::agents::group::Group {
            key: 7,
            node,
            country: mali,
            bloc: FOREIGN,
            tie: 0,
            fighters: 400,
            home: node,
            money: 0,
            skill: 3.0,
            trained: 0,
            arms: crate::agents::arms::EMPTY,
        });
        w.controls.troops[usize::from(mali)] = 100.0;
        assert_eq!(foreign_troops(&w, mali), 500);
    }
}
