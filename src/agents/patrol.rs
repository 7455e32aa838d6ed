//! Patrol units with a base: border posts and desert bases; and what patrols and sensors amount to in a cell.

use super::world::World;
use crate::engine::rng::Key;
use crate::table;
use crate::units::Probability;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

table! {
    /// Patrol units.
    Patrols("patrols"),
    /// A unit.
    Patrol {
        key: u64,
        node: u32,
        country: u16,
        /// Teams on duty on an average day.
        teams: f32,
        /// Distance from its base within which it patrols, km.
        beat_km: f32,
        /// Index into [`Strategy::ALL`].
        strategy: u8,
    }
}

/// How a force shares its teams over its cells. All but `even` and `fixed` do so anew every seven days.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// On the documented ways for ever: the cells that most ways of crews cross, one a team.
    Fixed,
    /// In proportion to the detections of the last weeks, a share (`exploration`) evenly.
    Adaptive,
    /// Each team in a cell drawn by lot.
    Random,
    /// The same in every cell.
    #[default]
    Even,
    /// Team by team where it adds most to expected seizures, given smugglers who shun watched cells.
    Optimised,
}

impl Strategy {
    /// Every strategy, in the order of their numbers.
    pub const ALL: [Strategy; 5] =
        [Strategy::Fixed, Strategy::Adaptive, Strategy::Random, Strategy::Even, Strategy::Optimised];
}

/// The cells that a force works over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beat {
    /// Those of a patrol unit, by row.
    Unit(usize),
    /// Those along a border, on both sides, by index into `Region::borders`.
    Border(usize),
}

/// Teams under one command.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Force {
    /// Names it; its luck hangs on it.
    pub key: u64,
    pub beat: Beat,
    pub teams: f64,
    pub strategy: Strategy,
    /// How well the sides that work in its cells act together, 0 to 1.
    pub coordination: f64,
    /// Chance that a team lets a crew pass for money, when it is not that of all patrols.
    pub corruption: Option<f64>,
    /// Chance that a team acts, when it is not that of all patrols.
    pub will: Option<f64>,
    /// Under a command from outside (joint or United Nations): an armed group at home in a cell does not own these teams.
    pub outside: bool,
}

impl Force {
    /// Teams with nothing particular about them.
    pub fn new(key: u64, beat: Beat, teams: f64, strategy: Strategy) -> Force {
        Force { key, beat, teams, strategy, coordination: 1.0, corruption: None, will: None, outside: false }
    }
}

/// What enforcement there is in a cell today (equation 4), set by the process `allocation`.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Watch {
    /// Hazard of being found by a team, per day in the cell: `v_p w_p E / A`.
    pub search: f32,
    /// Hazard of being seen by a sensor, per day in the cell: `v_I w_I H q / A`.
    pub sensor: f32,
    /// Chance that a team comes when a sensor has seen something: `s (1 - exp(-E_reach / 0.5))`.
    pub response: f32,
    /// Chance that a team lets a crew pass for money (corr).
    pub bribe: f32,
    /// Chance that a team that takes no money acts (will).
    pub will: f32,
}

impl Watch {
    /// Chances that a team, and that a sensor, detects a crew that spends `hours` in the cell.
    pub fn odds(&self, hours: f64) -> (f64, f64) {
        let seen = |hazard: f32| Probability::of_hazard(f64::from(hazard), hours / 24.0).get();
        (seen(self.search), seen(self.sensor))
    }

    /// Chance that a crew whose cargo is not tolerated is seized when it spends `hours` in the cell.
    pub fn seizure(&self, hours: f64) -> f64 {
        let (team, sensor) = self.odds(hours);
        let met = 1.0 - (1.0 - team) * (1.0 - sensor * f64::from(self.response));
        met * (1.0 - f64::from(self.bribe)) * f64::from(self.will)
    }

    /// True when nobody and nothing watches the cell.
    pub fn is_empty(&self) -> bool {
        self.search <= 0.0 && self.sensor <= 0.0
    }
}

/// Patrol units at the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Initial {
    /// Teams on duty at every border post and desert base of the region.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "teams", "x-source" = "assumption", "x-low" = 0.25, "x-high" = 4))]
    pub teams_per_base: f64,
    /// Distance from its base within which a unit patrols: the same ground at every resolution of the grid.
    #[schemars(range(min = 1, max = 1000), extend("x-unit" = "km", "x-source" = "assumption", "x-low" = 30, "x-high" = 120))]
    pub beat_km: f64,
    /// How units share their teams over their beats.
    pub strategy: Strategy,
    /// Bases besides the border posts and military bases of `places.csv`.
    pub bases: Vec<Base>,
}

/// A base given in the scenario.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Base {
    #[schemars(extend("x-names" = "place"))]
    pub place: String,
    /// Teams on duty.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "teams"))]
    pub teams: f64,
}

impl Default for Initial {
    fn default() -> Self {
        Initial { teams_per_base: 1.0, beat_km: 60.0, strategy: Strategy::Even, bases: vec![] }
    }
}

/// Puts a unit at every border post and desert base, and at the bases of the scenario; a unit without teams is a base that
/// levers may send some to.
pub fn populate(w: &mut World, init: &Initial) {
    let region = w.region.clone();
    let posts = region.places.iter().filter(|p| matches!(p.kind.as_str(), "border_post" | "military_base"));
    let given = init.bases.iter().filter_map(|b| region.place(&b.place).map(|p| (&region.places[p as usize], b.teams)));
    for (place, teams) in posts.map(|p| (p, init.teams_per_base)).chain(given) {
        if let Some(node) = place.node {
            let key = Key::named("patrol", &place.name, w.patrols.len() as u64).0;
            w.patrols.push(Patrol {
                key,
                node,
                country: place.country,
                teams: teams as f32,
                beat_km: init.beat_km as f32,
                strategy: init.strategy as u8,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A hazard of ln 2 a day for teams and for sensors, a day in the cell, half of the calls answered: met with
    /// 1 - 0.5 x 0.75; a fifth bribe their way out, half of the other teams act.
    #[test]
    fn a_seizure_needs_a_team_without_a_bribe_and_with_a_will() {
        let ln2 = std::f32::consts::LN_2;
        let w = Watch { search: ln2, sensor: ln2, response: 0.5, bribe: 0.2, will: 0.5 };
        assert!((w.seizure(24.0) - 0.625 * 0.8 * 0.5).abs() < 1e-6);
        assert_eq!(Watch::default().seizure(24.0), 0.0);
    }
}
