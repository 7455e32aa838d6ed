//! Coast guards that bring boats back to where they left (model.md, section 5): pull-back, equation 17. Who is brought back
//! goes into detention as far as there is room; some buy their way out, and militias earn by it.

use super::naval_patrol::{empty_zones, zones};
use super::{AreaKind, Lever, Prospect};
use crate::agents::controls::Controls;
use crate::agents::vessel::NM_KM;
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CoastGuard {
    /// Rescuers are kept at least this far off the coast, as by a rescue zone that others may not enter; 0: they are not.
    #[schemars(range(min = 0, max = 300), extend("x-unit" = "nautical miles", "x-source" = "assumption: a choice of policy; Libya announced a rescue zone of its own on 10 August 2017 (policy_timeline)"))]
    pub keep_out_nm: f64,
}

impl Lever for CoastGuard {
    const KIND: &'static str = "coast_guard";
    const ABOUT: &'static str =
        "Keeps boats of a coast guard off a coast of departure, which bring people back to where they left.";
    const UNIT: &'static str = "boat-days per 100 km of coast and day";
    const COST: (f64, &'static str) = (30_000_000.0, "per unit and sea zone, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Zone];

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        for zone in zones(at, world) {
            let guard = controls.guards.entry(zone).or_default();
            guard.boat_days += strength;
            guard.keep_out_km = guard.keep_out_km.max(self.keep_out_nm * NM_KM);
        }
    }

    fn units(&self, strength: f64, at: &Area, world: &World) -> f64 {
        strength * zones(at, world).len() as f64
    }

    fn idle(&self, _: f64, at: &Area, given: &Prospect) -> Option<String> {
        empty_zones(at, given)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world_with_coasts};
    use super::*;
    use crate::agents::controls::Guard;

    /// Boats of two programmes add up; the wider keep-out holds: 50 nautical miles are 92.6 km.
    #[test]
    fn boats_add_up_and_the_wider_keep_out_holds() {
        let w = world_with_coasts();
        let mut c = Controls::none(&w.region);
        CoastGuard { keep_out_nm: 50.0 }.apply(0.5, &area(&w, &["West"]), &w, &mut c);
        CoastGuard::default().apply(1.0, &Area::default(), &w, &mut c);
        let (west, gabes) = (w.region.zone("West").unwrap(), w.region.zone("Gabes").unwrap());
        assert_eq!(c.guards[&west].boat_days, 1.5);
        assert!((c.guards[&west].keep_out_km - 92.6).abs() < 1e-9);
        assert_eq!(c.guards[&gabes], Guard { boat_days: 1.0, keep_out_km: 0.0 });
        assert_eq!(CoastGuard::default().units(0.5, &Area::default(), &w), 1.0);
    }
}
