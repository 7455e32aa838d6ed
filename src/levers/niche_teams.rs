//! Small teams of guards from outside at border posts and bases, and at depots (model.md, section 5): they enter equations 4
//! and 5.

use super::{AreaKind, Lever};
use crate::agents::arms::CLASSES;
use crate::agents::controls::{Controls, DepotOrder};
use crate::agents::depot::LARGE;
use crate::agents::patrol::{Beat, Force, Strategy};
use crate::agents::world::World;
use crate::engine::rng::Key;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Patrol teams that a team of 20 guards stands for: eight soldiers make a patrol, as in `border_patrol`.
const PATROLS: f64 = GUARDS / 8.0;
/// Guards of a team.
const GUARDS: f64 = 20.0;

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
    /// Share of the teams that guards large depots, evenly, in the place of border posts and bases.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: a choice of policy"))]
    pub stockpiles: f64,
}

impl Default for NicheTeams {
    fn default() -> Self {
        NicheTeams { corruption: 0.1, will: 0.9, stockpiles: 0.0 }
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

/// Large depots in the area.
fn large_depots(at: &Area, world: &World) -> usize {
    let large = |i: &usize| world.depots.tier()[*i] == LARGE && world.in_area(at, world.depots.node()[*i]);
    world.depots.rows().filter(large).count()
}

impl Lever for NicheTeams {
    const KIND: &'static str = "niche_teams";
    const ABOUT: &'static str = "Posts United Nations teams of 20 guards at border posts and bases, or large depots, evenly: hard to bribe, and welcome where a \
         large force is not.";
    const UNIT: &'static str = "teams of 20 guards";
    const COST: (f64, &'static str) = (2_000_000.0, "per team, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Country, AreaKind::Place, AreaKind::Border];
    const MOST: f64 = 10_000.0;
    const CONSENT: f64 = 0.15;

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        let bases = bases(at, world);
        let teams = strength * (1.0 - self.stockpiles) * PATROLS / bases.len() as f64;
        for i in bases.into_iter().filter(|_| teams > 0.0) {
            let key = Key::named("force", "base", world.patrols.key()[i] ^ controls.sender).0;
            let force = Force::new(key, Beat::Unit(i), teams, Strategy::Even);
            let (corruption, will) = (Some(self.corruption), Some(self.will));
            controls.forces.push(Force { corruption, will, outside: true, ..force });
        }
        let depots = if self.stockpiles > 0.0 { large_depots(at, world) } else { 0 };
        if depots > 0 {
            let guards = strength * self.stockpiles * GUARDS / depots as f64;
            let (area, tier, classes) = (at.clone(), Some(LARGE), [true; CLASSES]);
            controls.depots.push(DepotOrder { guards, area, tier, classes });
        }
    }

    /// No base or no depot, no bill for it.
    fn units(&self, strength: f64, at: &Area, world: &World) -> f64 {
        let borders = if bases(at, world).is_empty() { 0.0 } else { 1.0 - self.stockpiles };
        let depots = self.stockpiles > 0.0 && large_depots(at, world) > 0;
        strength * (borders + if depots { self.stockpiles } else { 0.0 })
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

    /// Of four teams in Niger three go to its two large depots, 30 guards each; one goes to the border.
    #[test]
    fn some_teams_guard_depots() {
        let mut w = world();
        populate(&mut w, &Initial { bases: vec![Base { place: "Agadez".into(), teams: 0.0 }], ..Initial::default() });
        let niger = w.region.country("NER").unwrap();
        let node = w.region.nodes.country.iter().position(|&c| c == niger).unwrap() as u32;
        let depot = |key, tier| crate::agents::depot::Depot {
            key,
            node,
            country: niger,
            tier,
            origin: 2,
            sealed: 0,
            guards: 0.0,
            control: 0.5,
            stock: [1; CLASSES],
        };
        for (key, tier) in [(1, LARGE), (2, LARGE), (3, crate::agents::depot::SMALL)] {
            w.depots.push(depot(key, tier));
        }
        w.rederive();
        let lever = NicheTeams { stockpiles: 0.75, ..NicheTeams::default() };
        let mut c = Controls::none(&w.region);
        lever.apply(4.0, &area(&w, &["NER"]), &w, &mut c);
        let depots: Vec<_> = c.depots.iter().map(|o| (o.guards, o.tier)).collect();
        assert_eq!(depots, [(30.0, Some(LARGE))]);
        assert_eq!(c.forces.iter().map(|f| f.teams).collect::<Vec<_>>(), [2.5]);
        assert_eq!(lever.units(4.0, &area(&w, &["NER"]), &w), 4.0);
        assert_eq!(lever.units(4.0, &area(&w, &["MLI"]), &w), 0.0);
    }
}
