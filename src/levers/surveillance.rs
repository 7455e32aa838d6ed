//! Drones and aircraft that watch the ground (model.md, section 5): they enter detection, equation 4.

use super::{AreaKind, Lever};
use crate::agents::controls::{Controls, SensorOrder};
use crate::agents::world::World;
use crate::region::{Area, NodeId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Distance from a named place within which its sensors look, km: a medium drone's usual radius (assumption).
const AROUND_KM: f64 = 150.0;

/// The lever has no keys of its own: sensors look at every cell of its area for the same time.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Surveillance {}

/// Cells of the area.
fn cells(at: &Area, world: &World) -> Vec<NodeId> {
    (0..world.region.nodes.len() as NodeId).filter(|&n| world.in_area_within(at, n, AROUND_KM)).collect()
}

impl Lever for Surveillance {
    const KIND: &'static str = "surveillance";
    const ABOUT: &'static str = "Keeps drones and aircraft over an area, evenly: they see smugglers and stop none. What comes of it hangs on \
         teams within reach and on whether they are told.";
    const UNIT: &'static str = "sensor hours per day";
    const COST: (f64, &'static str) = (1_460_000.0, "per hour a day: 4,000 an hour, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Country, AreaKind::Place, AreaKind::Border];
    const MOST: f64 = 1_000_000.0;

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        controls.sensors.push(SensorOrder { nodes: cells(at, world), hours: strength });
    }

    fn units(&self, strength: f64, _: &Area, _: &World) -> f64 {
        strength
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world};
    use super::*;

    #[test]
    fn sensors_look_at_the_cells_of_their_area() {
        let w = world();
        let seen = |names: &[&str]| {
            let mut c = Controls::none(&w.region);
            Surveillance {}.apply(20.0, &area(&w, names), &w, &mut c);
            assert_eq!(c.sensors[0].hours, 20.0);
            c.sensors[0].nodes.len()
        };
        assert_eq!((seen(&[]), seen(&["LBY"]), seen(&["Sabha"]), seen(&["LBY-MLI"])), (4, 2, 1, 2));
        assert_eq!(Surveillance {}.units(20.0, &area(&w, &["LBY"]), &w), 20.0, "paid by the hour, whatever the area");
    }
}
