//! An arms embargo (model.md, section 5): vessels that search ships, monitors of airfields and borders. It enters the losses of
//! patrons (equation 13), who turn to other ways.

use super::naval_patrol::zones;
use super::{AreaKind, Lever};
use crate::agents::controls::Controls;
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Embargo {
    /// Share of what comes over land that monitors at the borders look at, on every day on which the lever is in force.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: an embargo at sea alone unless the scenario says so"))]
    pub land: f64,
    /// The same at airfields.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: an embargo at sea alone unless the scenario says so"))]
    pub air: f64,
}

/// Vessels that cost as much as monitors of everything that comes by air, or over land (assumption).
const MONITORS: f64 = 1.0;

impl Lever for Embargo {
    const KIND: &'static str = "embargo";
    const ABOUT: &'static str = "Searches ships for arms from states abroad, with monitors at airfields and borders if wanted; what is blocked at sea \
         moves to the air and the land.";
    const UNIT: &'static str = "vessels per zone";
    const COST: (f64, &'static str) = (27_375_000.0, "per vessel: about 75,000 a vessel-day (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Zone];

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        for zone in zones(at, world) {
            *controls.embargo.entry(zone).or_default() += strength;
        }
        for (most, own) in controls.monitored.iter_mut().zip([self.air, self.land]) {
            *most = most.max(own);
        }
    }

    fn units(&self, strength: f64, at: &Area, world: &World) -> f64 {
        let monitors = if strength > 0.0 { MONITORS * (self.air + self.land) } else { 0.0 };
        strength * zones(at, world).len() as f64 + monitors
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::world_with_coasts;
    use super::*;

    /// Two vessels and three add up in the zone of both; of monitors the better count.
    #[test]
    fn vessels_add_up_and_monitors_do_not() {
        let w = world_with_coasts();
        let area = |name: &str| w.region.area(&[name.to_string()]).expect("a zone");
        let mut c = Controls::none(&w.region);
        Embargo { land: 0.2, air: 0.5 }.apply(2.0, &area("West"), &w, &mut c);
        Embargo { land: 0.4, air: 0.0 }.apply(3.0, &Area::default(), &w, &mut c);
        let (west, gabes) = (w.region.zone("West").expect("a zone"), w.region.zone("Gabes").expect("a zone"));
        assert_eq!((c.embargo[&west], c.embargo[&gabes], c.monitored), (5.0, 3.0, [0.5, 0.4]));
        let units = |strength| Embargo { land: 0.4, air: 0.1 }.units(strength, &Area::default(), &w);
        assert_eq!((units(3.0), units(0.0)), (6.5, 0.0));
    }
}
