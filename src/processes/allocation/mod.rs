//! Where patrol teams, sensors and vessels are today, and what they amount to (step 3 of the day; equation 4).
//!
//! [`strategy`] shares teams over cells; [`watch`] turns teams and sensors into the hazards that crews meet;
//! [`vessels`] go where levers want them. Strategies go by the memory of the last weeks as it stood on the last day of
//! reallocation, so that today's places follow from the saved state alone.

mod strategy;
pub(crate) mod vessels;
mod watch;

use crate::agents::world::World;
use crate::engine::step::Process;
use crate::units::Tick;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Days from one reallocation to the next.
const WEEK: u32 = 7;

/// Parameters of allocation, detection and seizure (equation 4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Area a team searches in a day (v_p x w_p).
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "km2/day", "x-source" = "assumption (model.md eq. 4)", "x-low" = 200, "x-high" = 6000))]
    pub search_km2_per_day: f64,
    /// Part of a force's effect that is lost when the sides that work in its cells do not act together.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption (model.md eq. 4)", "x-low" = 0.1, "x-high" = 0.6))]
    pub coordination_weight: f64,
    /// Area a sensor sweeps in an hour (v_I x w_I).
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "km2/h", "x-source" = "assumption (model.md eq. 4)", "x-low" = 1000, "x-high" = 6000))]
    pub sensor_km2_per_hour: f64,
    /// Chance that a sensor knows a smuggler's vehicle when it sees one (q).
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption (model.md eq. 4)", "x-low" = 0.1, "x-high" = 0.6))]
    pub recognition: f64,
    /// Chance that a sensor's detection reaches the teams of a state without an agreement.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.2))]
    pub own_sharing: f64,
    /// Distance from which teams come when a sensor calls.
    #[schemars(range(min = 0, max = 2000), extend("x-unit" = "km", "x-source" = "model.md eq. 4", "x-low" = 75, "x-high" = 300))]
    pub reach_km: f64,
    /// Teams in reach that come with probability 1 - 1/e.
    #[schemars(range(min = 0.001, max = 1000), extend("x-unit" = "teams", "x-source" = "assumption (model.md eq. 4)", "x-low" = 0.25, "x-high" = 2))]
    pub response_teams: f64,
    /// Chance that a patrol lets a crew pass for money.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption (model.md eq. 4)", "x-low" = 0.1, "x-high" = 0.8))]
    pub corruption: f64,
    /// The same where a group that is not the state's is at home, but for teams under a command from outside.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption (model.md eq. 4)", "x-low" = 0.6, "x-high" = 1))]
    pub militia_corruption: f64,
    /// Chance that a patrol acts on what it sees.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption (model.md eq. 4)", "x-low" = 0.3, "x-high" = 0.9))]
    pub will: f64,
    /// Countries in which carrying people is not prosecuted.
    #[schemars(extend("x-names" = "country", "x-source" = "Niger before its Law 2015-36 (ISS 2016; GITOC 2019); others assumption"))]
    pub tolerant_countries: Vec<String>,
    /// Chance that a crew with people that a patrol has found is stopped there at all.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.1))]
    pub tolerated_arrest: f64,
    /// Rate at which detections and efforts are forgotten.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption: half in five weeks", "x-low" = 0.01, "x-high" = 0.05))]
    pub memory_loss: f64,
    /// Share of its teams that an `adaptive` force spreads evenly.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.02, "x-high" = 0.3))]
    pub exploration: f64,
    /// Detections, and daily hazards of search, that every cell is credited with before any experience.
    #[schemars(range(min = 0.000001, max = 1000), extend("x-unit" = "1", "x-source" = "assumption", "x-low" = 0.02, "x-high" = 1))]
    pub prior: f64,
    /// How sharply an `optimised` force takes smugglers to shun cells by their chance of detection (lambda_q).
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "1", "x-source" = "assumption", "x-low" = 1, "x-high" = 15))]
    pub quantal_sharpness: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            search_km2_per_day: 2000.0,
            coordination_weight: 0.3,
            sensor_km2_per_hour: 4000.0,
            recognition: 0.3,
            own_sharing: 0.05,
            reach_km: 150.0,
            response_teams: 0.5,
            corruption: 0.4,
            militia_corruption: 0.9,
            will: 0.6,
            tolerant_countries: ["NER", "MLI", "TCD", "SDN", "BFA"].map(String::from).to_vec(),
            tolerated_arrest: 0.02,
            memory_loss: 0.02,
            exploration: 0.1,
            prior: 0.1,
            quantal_sharpness: 5.0,
        }
    }
}

/// Allocation of patrols, sensors and vessels.
pub struct Allocation;

impl Process<World> for Allocation {
    const NAME: &'static str = "allocation";
    const ABOUT: &'static str = "Places patrol teams by their strategies, sensors and vessels, and reckons how likely each cell is to detect and \
         to act (equation 4).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        // Tolls and penalties are part of how networks see the ground.
        let held = w.find_militia();
        if held != w.militia || w.penalty != w.controls.penalty {
            w.militia = held;
            w.penalty = w.controls.penalty.clone();
            w.look_again();
        }
        w.arrest = arrest(p, w);
        recall(p, w, day);
        watch::watch(p, w, day);
        note_effort(p, w, day);
        vessels::vessels(w);
    }
}

/// By country, the chance that a crew found with people is stopped.
fn arrest(p: &Params, w: &World) -> Vec<f32> {
    let mut arrest = vec![1.0; w.region.countries.len()];
    for country in p.tolerant_countries.iter().filter_map(|c| w.region.country(c)) {
        arrest[country as usize] = p.tolerated_arrest;
    }
    arrest.iter().zip(&w.controls.arrest).map(|(a, law)| a.max(*law) as f32).collect()
}

/// Takes yesterday's detections into the memory; once a week all of it is brought up to date and becomes what
/// strategies go by.
fn recall(p: &Params, w: &mut World, day: Tick) {
    let weekly = day.0.is_multiple_of(WEEK);
    for i in 0..w.sightings.len() {
        if !weekly && w.sightings.fresh()[i] == 0 {
            continue;
        }
        w.sightings.update(i, |s| {
            *s = s.at(day, p.memory_loss);
            if weekly {
                (s.found_then, s.effort_then) = (s.found, s.effort);
            }
        });
    }
}

/// Adds today's search to the memory.
fn note_effort(p: &Params, w: &mut World, day: Tick) {
    for node in 0..w.watch.len() {
        let x = w.watch[node];
        if !x.is_empty() {
            let row = w.sighting(node as u32);
            w.sightings.update(row, |s| {
                *s = s.at(day, p.memory_loss);
                s.effort += x.search + x.sensor;
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::patrol::{Patrol, Strategy};
    use crate::agents::routes::Routes;
    use crate::agents::sighting::found;
    use crate::engine::rng::Luck;
    use crate::region::Region;
    use std::sync::Arc;

    /// Three places in a row, Libya, Libya and Niger.
    pub fn world() -> World {
        let region = Region::from_parts(
            &[("A", "LBY", 27.0, 14.4, 1), ("B", "LBY", 25.0, 12.0, 1), ("C", "NER", 24.0, 10.0, 1)],
            &[("A", "B", 300.0), ("B", "C", 300.0)],
            &[],
            &[],
        );
        let costs = crate::processes::crews::Params::default().travel_costs(0.002);
        let routes = Arc::new(Routes::build(&region, &costs, &[], &[]));
        World::empty(Arc::new(region), routes, Luck { seed: 1, replicate: 0 }, Tick(14_999), 1)
    }

    /// The node of a place of [`world`].
    pub fn node(w: &World, name: &str) -> u32 {
        w.region.places[w.region.place(name).unwrap() as usize].node.unwrap()
    }

    /// A unit at B, with A and C on its beat.
    pub fn unit(w: &mut World, teams: f32, strategy: Strategy) {
        let middle = node(w, "B");
        let country = w.region.country("LBY").unwrap();
        w.patrols.push(Patrol { key: 1, node: middle, country, teams, beat_km: 500.0, strategy: strategy as u8 });
        w.rederive();
    }

    /// Six teams whose beat takes in three places: two each; yesterday's teams are forgotten.
    #[test]
    fn a_unit_shares_its_teams_over_its_beat() {
        let mut w = world();
        unit(&mut w, 6.0, Strategy::Even);
        let p = Params::default();
        for _ in 0..2 {
            w.tally = Default::default();
            Allocation::run(&p, &mut w, Tick(14_999));
            let area = w.region.nodes.area_km2[0];
            assert!((f64::from(w.watch[0].search) - 2000.0 * 2.0 / area).abs() < 1e-6);
            assert_eq!(w.patrolled, [0, 1, 2]);
            assert_eq!(w.tally.teams_on_duty, 6_000_000);
        }
    }

    /// Day 15,001 is a multiple of seven: what is found before it moves teams from then on and not before; what is
    /// found on it moves none until the next week.
    #[test]
    fn adaptive_teams_move_once_a_week() {
        assert_eq!(15_001 % WEEK, 0);
        let mut w = world();
        unit(&mut w, 6.0, Strategy::Adaptive);
        let p = Params { memory_loss: 0.0, prior: 1.0, ..Params::default() };
        let (a, b) = (node(&w, "A"), node(&w, "B"));
        let mut teams = vec![];
        for day in 14_999..15_010 {
            w.day = Tick(day);
            Allocation::run(&p, &mut w, Tick(day));
            let area = w.region.nodes.area_km2[0];
            teams.push(f64::from(w.watch[a as usize].search) * area / 2000.0);
            match day {
                15_000 => found(&mut w, a, 7),
                15_003 => found(&mut w, b, 90),
                _ => {}
            }
        }
        // From the second week on A has 8 of 10 shares of nine tenths, and a third of the rest; then 8 of 100.
        let share = |s: f64| 6.0 * (0.9 * s + 0.1 / 3.0);
        for (d, got) in teams.iter().enumerate() {
            let want = [share(1.0 / 3.0), share(0.8), share(0.08)][usize::from(d >= 2) + usize::from(d >= 9)];
            assert!((got - want).abs() < 1e-4, "day {d}: {got}, {want}");
        }
        let row = w.sighting_of[a as usize] as usize;
        let effort: f64 = teams.iter().map(|t| t * 2000.0 / w.region.nodes.area_km2[0]).sum();
        assert!((f64::from(w.sightings.effort()[row]) - effort).abs() < 1e-4);
        assert_eq!(w.sightings.found()[row], 7.0);
    }

    /// Niger tolerates the transport of people, by default, until a law is made; a weaker law than custom changes nothing.
    #[test]
    fn the_law_raises_the_chance_of_arrest() {
        let mut w = world();
        let (libya, niger) = (w.region.country("LBY").unwrap() as usize, w.region.country("NER").unwrap() as usize);
        let p = Params::default();
        assert_eq!((arrest(&p, &w)[libya], arrest(&p, &w)[niger]), (1.0, 0.02));
        w.controls.arrest[niger] = 0.7;
        w.controls.arrest[libya] = 0.5;
        assert_eq!((arrest(&p, &w)[libya], arrest(&p, &w)[niger]), (1.0, 0.7));
        w.controls.arrest[niger] = 0.01;
        assert_eq!(arrest(&p, &w)[niger], 0.02);
    }
}
