//! Patrol teams along land borders (model.md, section 5): they enter detection, equation 4.

use super::{AreaKind, Lever};
use crate::agents::controls::Controls;
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever has no keys of its own yet; teams are spread evenly along the border.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BorderPatrol {}

/// Borders that an area names: its own, those of its countries, or all.
fn borders(at: &Area, world: &World) -> Vec<usize> {
    let of = |b: &crate::region::Border| at.countries.contains(&b.a) || at.countries.contains(&b.b);
    (0..world.region.borders.len())
        .filter(|&i| at.is_everywhere() || at.borders.contains(&i) || of(&world.region.borders[i]))
        .collect()
}

impl Lever for BorderPatrol {
    const KIND: &'static str = "border_patrol";
    const ABOUT: &'static str = "Sends patrol teams along land borders, spread evenly over the cells on both sides.";
    const UNIT: &'static str = "team-days per 100 km per day";
    const COST: (f64, &'static str) =
        (560_000.0, "per team: 8 soldiers (assumption) at 70,000 (model.md: 50,000-95,000)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Border, AreaKind::Country];

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        for b in borders(at, world) {
            controls.border_teams[b] += strength * world.region.borders[b].km / 100.0;
        }
    }

    fn units(&self, strength: f64, at: &Area, world: &World) -> f64 {
        borders(at, world).into_iter().map(|b| strength * world.region.borders[b].km / 100.0).sum()
    }
}
