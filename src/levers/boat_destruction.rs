//! Boats destroyed after a rescue or seized on the beach (model.md, section 5): wooden hulls are not used again, so that
//! launchers turn to rubber (equation 16).

use super::{AreaKind, Lever, NOBODY_LEAVES, Prospect};
use crate::agents::controls::Controls;
use crate::agents::routes::HubId;
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever has no keys of its own. Vessels with the mandate `boats` of `naval_patrol` do the same at sea.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BoatDestruction {}

/// Hubs of an area that boats leave from this year: those in its countries, and those on its sea zones.
fn beaches(at: &Area, world: &World) -> Vec<HubId> {
    let hubs = &world.routes.hubs;
    let meant = |h: &usize| world.ways.coast[*h].is_some_and(|z| at.covers(hubs[*h].country) || at.zones.contains(&z));
    (0..hubs.len()).filter(meant).map(|h| h as HubId).collect()
}

impl Lever for BoatDestruction {
    const KIND: &'static str = "boat_destruction";
    const ABOUT: &'static str = "Destroys boats after rescues or on the beach, so that wooden hulls are not used again; launchers turn to rubber.";
    const UNIT: &'static str = "share of hulls";
    const COST: (f64, &'static str) =
        (500_000.0, "per departure place at full intensity, assumption; the vessels are paid by naval_patrol");
    const PLACES: &'static [AreaKind] = &[AreaKind::Zone, AreaKind::Country];
    const MOST: f64 = 1.0;

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        for hub in beaches(at, world) {
            let share = controls.hulls_destroyed.entry(hub).or_default();
            *share = share.max(strength);
        }
    }

    fn units(&self, strength: f64, at: &Area, world: &World) -> f64 {
        strength * beaches(at, world).len() as f64
    }

    fn idle(&self, _: f64, at: &Area, given: &Prospect) -> Option<String> {
        let there =
            |d: &(u16, usize)| at.zones.contains(&d.1) || at.covers(given.region.places[usize::from(d.0)].country);
        (!given.departures.iter().any(there)).then(|| NOBODY_LEAVES.into())
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, hub, world_with_coasts};
    use super::*;

    #[test]
    fn the_higher_share_holds_on_the_beaches_named() {
        let mut w = world_with_coasts();
        let mut c = Controls::none(&w.region);
        BoatDestruction {}.apply(0.5, &area(&w, &["West"]), &w, &mut c);
        BoatDestruction {}.apply(0.25, &area(&w, &["LBY", "TUN"]), &w, &mut c);
        let share = |name: &str| c.hulls_destroyed[&hub(&w, name)];
        assert_eq!([share("Zuwara"), share("Misrata"), share("Zarzis")], [0.5, 0.5, 0.25]);
        assert_eq!(BoatDestruction {}.units(0.5, &area(&w, &["West"]), &w), 1.0);
        assert_eq!(BoatDestruction {}.units(1.0, &Area::default(), &w), 3.0);
        let zarzis = usize::from(hub(&w, "Zarzis"));
        w.ways.coast[zarzis] = None;
        assert_eq!(BoatDestruction {}.units(1.0, &Area::default(), &w), 2.0, "nobody leaves from Zarzis any more");
    }
}
