//! Vessels off the coasts that boats leave from (model.md, section 5): they enter rescue, equation 17.

use super::{AreaKind, Lever};
use crate::agents::controls::{Controls, NavalOrder};
use crate::agents::vessel::NM_KM;
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NavalPatrol {
    /// How near to the coast of departure the vessels come.
    #[schemars(range(min = 0, max = 300), extend("x-unit" = "nautical miles", "x-source" = "assumption; Triton worked 30 nm off Italy, later 138 nm south of Sicily", "x-low" = 8, "x-high" = 120))]
    pub standoff_nm: f64,
    /// Persons one vessel can take aboard before it must land them.
    #[schemars(range(min = 1, max = 5000), extend("x-unit" = "persons", "x-source" = "model.md eq. 17", "x-low" = 150, "x-high" = 800))]
    pub capacity: u32,
    /// Whether the vessels rescue.
    pub rescue: bool,
}

impl Default for NavalPatrol {
    fn default() -> Self {
        NavalPatrol { standoff_nm: 24.0, capacity: 400, rescue: true }
    }
}

/// Zones that an area names, or all that boats leave from.
fn zones(at: &Area, world: &World) -> Vec<usize> {
    if at.is_everywhere() {
        let departure = |z: &usize| world.routes.hubs.iter().any(|h| h.coast == Some(*z));
        return (0..world.region.sea.zones.len()).filter(departure).collect();
    }
    at.zones.clone()
}

/// Only whole vessels sail.
fn whole(strength: f64) -> u32 {
    libm::round(strength.min(10_000.0)) as u32
}

impl Lever for NavalPatrol {
    const KIND: &'static str = "naval_patrol";
    const ABOUT: &'static str =
        "Keeps vessels on station in a sea zone; they rescue boats that come beyond their standoff.";
    const UNIT: &'static str = "vessels per zone (rounded to whole vessels)";
    const COST: (f64, &'static str) = (27_375_000.0, "per vessel: about 75,000 a vessel-day (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Zone];

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        for zone in zones(at, world) {
            controls.naval.push(NavalOrder {
                sender: controls.sender,
                zone,
                vessels: whole(strength),
                standoff_km: self.standoff_nm * NM_KM,
                capacity: self.capacity,
                rescue: self.rescue,
            });
        }
    }

    fn units(&self, strength: f64, at: &Area, world: &World) -> f64 {
        f64::from(whole(strength)) * zones(at, world).len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_vessels_sail() {
        assert_eq!([0.0, 0.4, 0.5, 1.4, 2.6].map(whole), [0, 0, 1, 1, 3]);
        assert_eq!(whole(1e12), 10_000, "an absurd number does not overflow");
    }
}
