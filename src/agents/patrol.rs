//! Patrol units with a base: border posts and desert bases.

use super::world::World;
use crate::engine::rng::Key;
use crate::table;
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
        Initial { teams_per_base: 1.0, beat_km: 60.0, bases: vec![] }
    }
}

/// Puts a unit at every border post and desert base, and at the bases of the scenario.
pub fn populate(w: &mut World, init: &Initial) {
    let region = w.region.clone();
    let posts = region.places.iter().filter(|p| matches!(p.kind.as_str(), "border_post" | "military_base"));
    let given = init.bases.iter().filter_map(|b| region.place(&b.place).map(|p| (&region.places[p as usize], b.teams)));
    for (place, teams) in posts.map(|p| (p, init.teams_per_base)).chain(given) {
        if let Some(node) = place.node
            && teams > 0.0
        {
            let key = Key::named("patrol", &place.name, w.patrols.len() as u64).0;
            w.patrols.push(Patrol {
                key,
                node,
                country: place.country,
                teams: teams as f32,
                beat_km: init.beat_km as f32,
            });
        }
    }
}
