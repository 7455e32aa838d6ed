//! Small teams of guards from outside at border posts and bases (model.md, section 5): they enter equation 4.

use super::{AreaKind, Lever};
use crate::agents::controls::Controls;
use crate::agents::patrol::{Beat, Force, Strategy};
use crate::agents::world::World;
use crate::engine::rng::Key;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Patrol teams that a team of 20 guards stands for: eight soldiers make a patrol, as in `border_patrol`.
const PATROLS: f64 = 20.0 / 8.0;

/// The lever's own keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NicheTeams {
    /// Chance that a team lets a crew pass for money.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.3))]
    pub corruption: f64,
    /// Chance that a team acts on what it sees.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption", "x-low" = 0.7, "x-high" = 1))]
    pub will: f64,
}

impl Default for NicheTeams {
    fn default() -> Self {
        NicheTeams { corruption: 0.1, will: 0.9 }
    }
}

/// Rows of the patrol units whose base is in the area: of its countries, near its places, with a beat on its borders.
fn bases(at: &Area, world: &World) -> Vec<usize> {
    let on = |i: usize, b: &usize| {
        let border = &world.region.borders[*b].nodes;
        world.beats[i].iter().any(|n| border.binary_search(n).is_ok())
    };
    let places = Area { places: at.places.clone(), ..Area::default() };
    let near = |i: usize| !places.is_everywhere() && world.in_area(&places, world.patrols.node()[i]);
    let named =
        |i: usize| at.countries.contains(&world.patrols.country()[i]) || near(i) || at.borders.iter().any(|b| on(i, b));
    world.patrols.rows().filter(|&i| at.is_everywhere() || named(i)).collect()
}

impl Lever for NicheTeams {
    const KIND: &'static str = "niche_teams";
    const ABOUT: &'static str = "Posts United Nations teams of 20 guards at border posts and bases, evenly: hard to bribe, and welcome where a \
         large force is not.";
    const UNIT: &'static str = "teams of 20 guards";
    const COST: (f64, &'static str) = (2_000_000.0, "per team, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Country, AreaKind::Place, AreaKind::Border];
    const MOST: f64 = 10_000.0;
    const CONSENT: f64 = 0.15;

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        let bases = bases(at, world);
        let teams = strength * PATROLS / bases.len() as f64;
        for i in bases {
            let key = Key::named("force", "base", world.patrols.key()[i] ^ controls.sender).0;
            let force = Force::new(key, Beat::Unit(i), teams, Strategy::Even);
            let (corruption, will) = (Some(self.corruption), Some(self.will));
            controls.forces.push(Force { corruption, will, outside: true, ..force });
        }
    }

    fn units(&self, strength: f64, at: &Area, world: &World) -> f64 {
        if bases(at, world).is_empty() { 0.0 } else { strength }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world};
    use super::*;
    use crate::agents::patrol::{Base, Initial, populate};

    /// Bases at Ghat and Agadez, without teams of their own: four teams of guards there are five patrols each.
    #[test]
    fn guards_are_shared_over_the_bases_of_the_area() {
        let mut w = world();
        let at = |place: &str| Base { place: place.into(), teams: 0.0 };
        populate(&mut w, &Initial { bases: vec![at("Ghat"), at("Agadez")], ..Initial::default() });
        w.rederive();
        let orders = |names: &[&str]| {
            let mut c = Controls::none(&w.region);
            NicheTeams::default().apply(4.0, &area(&w, names), &w, &mut c);
            c.forces.iter().map(|f| (f.beat, f.teams)).collect::<Vec<_>>()
        };
        let both = vec![(Beat::Unit(0), 5.0), (Beat::Unit(1), 5.0)];
        assert_eq!((orders(&[]), orders(&["LBY-NER"])), (both.clone(), both));
        assert_eq!(orders(&["LBY"]), [(Beat::Unit(0), 10.0)]);
        assert_eq!(orders(&["Agadez"]), [(Beat::Unit(1), 10.0)]);
        assert_eq!(orders(&["MLI"]), []);
        let units = |names: &[&str]| NicheTeams::default().units(4.0, &area(&w, names), &w);
        assert_eq!((units(&["LBY"]), units(&["MLI"])), (4.0, 0.0), "no base, no bill");
    }
}
