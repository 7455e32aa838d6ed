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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::routes::Routes;
    use crate::engine::rng::Luck;
    use crate::region::Region;
    use crate::units::Tick;
    use std::sync::Arc;

    /// A network's border is 100 km a crossing link: LBY-NER two links, LBY-MLI one.
    #[test]
    fn teams_follow_the_length_of_the_borders_named() {
        let region = Region::from_parts(
            &[
                ("Sabha", "LBY", 27.0, 14.4, 130_000),
                ("Ghat", "LBY", 25.0, 10.2, 20_000),
                ("Agadez", "NER", 17.0, 8.0, 110_000),
                ("Kidal", "MLI", 18.4, 1.4, 35_000),
            ],
            &[("Sabha", "Agadez", 1400.0), ("Ghat", "Agadez", 900.0), ("Ghat", "Kidal", 1200.0)],
            &[],
            &[],
        );
        let costs = crate::processes::crews::Params::default().travel_costs(0.002);
        let routes = Arc::new(Routes::build(&region, &costs, &[], &[]));
        let w = World::empty(Arc::new(region), routes, Luck { seed: 1, replicate: 0 }, Tick(15_000), 1);
        let units = |names: &[&str]| {
            let names: Vec<String> = names.iter().map(ToString::to_string).collect();
            BorderPatrol {}.units(3.0, &w.region.area(&names).unwrap(), &w)
        };
        assert_eq!(units(&["LBY-NER"]), 6.0);
        assert_eq!(units(&["MLI"]), 3.0);
        assert_eq!(units(&["LBY"]), 9.0);
        assert_eq!(units(&[]), 9.0, "everywhere");
        assert_eq!(units(&["LBY", "LBY-NER"]), 9.0, "named twice, sent once");
    }
}
