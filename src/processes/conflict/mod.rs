//! War: who holds which ground (equation 8), who is killed (equation 9), towns taken and lost.
//!
//! [`arena`] who fights in a country and how strong each is where; [`contest`] control of cells; [`clashes`] the dead and
//! the arms taken from them; [`fronts`] towns that change hands, flight and advance.

mod arena;
mod clashes;
mod contest;
mod fronts;

pub use arena::capability;
pub use contest::shares;

use crate::agents::world::World;
use crate::engine::step::Process;
use crate::units::Tick;
use arena::Arena;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// How decisive strength is in the contest for a cell (m of the Tullock contest).
    #[schemars(range(min = 0.1, max = 10), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 8)", "x-low" = 1, "x-high" = 2.5))]
    pub decisiveness: f64,
    /// Distance over which the strength of a group falls to 1/e.
    #[schemars(range(min = 1, max = 1000), extend("x-unit" = "km", "x-source" = "assumption (model.md eq. 8)", "x-low" = 80, "x-high" = 250))]
    pub reach_km: f64,
    /// Days in which control moves most of the way to where strength would put it.
    #[schemars(range(min = 1, max = 1000), extend("x-unit" = "days", "x-source" = "assumption (model.md eq. 8)", "x-low" = 15, "x-high" = 60))]
    pub control_days: f64,
    /// Strength that it takes to hold a cell against nobody (K0).
    #[schemars(range(min = 0.1, max = 10_000), extend("x-unit" = "fighters", "x-source" = "assumption (model.md eq. 8)"))]
    pub least_strength: f64,
    /// Fatalities a day and pair of parties of strength 1 that share a cell (v0).
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "persons/day", "x-source" = "fitted to UCDP's deaths in Mali 2012-13 (data/targets)", "x-low" = 0.001, "x-high" = 0.02))]
    pub violence: f64,
    /// Share of those killed who are fighters.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.5, "x-high" = 1))]
    pub fighters_share: f64,
    /// Weapons taken from each fighter killed.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "pieces per fighter", "x-source" = "assumption (model.md eq. 9)", "x-low" = 0.2, "x-high" = 0.8))]
    pub captured_per_death: f64,
    /// Share of its arms, and of the stores of the town, that a beaten army leaves to those who take a town.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption; army vehicles, guns and artillery were taken as soldiers fled (Guidere in FT 2013)", "x-low" = 0.2, "x-high" = 0.8))]
    pub abandoned_share: f64,
    /// Share of its men who desert when an army loses a town.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.1, "x-high" = 0.6))]
    pub desertion: f64,
    /// A group marches on a town where its side would be so many times as strong as those who hold it.
    #[schemars(range(min = 0.1, max = 100), extend("x-unit" = "ratio", "x-source" = "assumption", "x-low" = 1, "x-high" = 3))]
    pub advance_ratio: f64,
    /// Farthest that it marches at once.
    #[schemars(range(min = 0, max = 5000), extend("x-unit" = "km", "x-source" = "assumption", "x-low" = 200, "x-high" = 500))]
    pub march_km: f64,
    /// Groups of fewer fighters than this stay at home.
    #[schemars(range(min = 0, max = 1_000_000), extend("x-unit" = "fighters", "x-source" = "assumption"))]
    pub march_fighters: u32,
    /// Share of what an army could do with full capacity and will that it does with none.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.3))]
    pub army_floor: f64,
    /// Policemen and gendarmes per 1,000 people, who stand by a state in the cells that it holds.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "persons/1,000 people", "x-source" = "assumption", "x-low" = 0.5, "x-high" = 3))]
    pub police_per_1000: f64,
    /// Chance a week that a jihadist group goes beyond the homeland once the state holds no town of it.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/week", "x-source" = "assumption: Douentza was taken five months after the north, Konna nine", "x-low" = 0.01, "x-high" = 0.2))]
    pub expedition_rate: f64,
    /// Peacekeepers in a country who cut its fatalities to 1/e.
    #[schemars(range(min = 1, max = 1_000_000), extend("x-unit" = "persons", "x-source" = "assumption, after Hultman, Kathman and Shannon 2013 (recalled): 8,000 troops cut killings of civilians from over 100 a month to a few", "x-low" = 1000, "x-high" = 8000))]
    pub peacekeeper_scale: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            decisiveness: 1.5,
            reach_km: 150.0,
            control_days: 30.0,
            least_strength: 20.0,
            violence: 0.004,
            fighters_share: 0.7,
            captured_per_death: 0.5,
            abandoned_share: 0.4,
            desertion: 0.3,
            advance_ratio: 1.5,
            march_km: 350.0,
            march_fighters: 100,
            army_floor: 0.05,
            police_per_1000: 1.0,
            expedition_rate: 0.03,
            peacekeeper_scale: 2000.0,
        }
    }
}

/// War.
pub struct Conflict;

impl Process<World> for Conflict {
    const NAME: &'static str = "conflict";
    const ABOUT: &'static str =
        "Parties at war contest cells, clash, take arms from each other, take towns and lose them (equations 8, 9).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        contest::calm(w);
        let mut moved = false;
        for country in w.countries_at_war() {
            let arena = Arena::of(p, w, country);
            let lost = contest::contest(p, w, &arena);
            clashes::clash(p, w, &arena, day);
            moved |= fronts::towns(p, w, &lost, day);
            moved |= fronts::march(p, w, &arena, day);
        }
        if moved {
            w.groups_moved();
        }
    }
}
