//! Diplomacy with the states that arm blocs, and between peoples who fight each other (model.md, section 5): it enters the
//! supply of patrons (equation 13) and the level of wars (equation 9).

use super::{AreaKind, Lever, Prospect};
use crate::agents::controls::Controls;
use crate::agents::world::World;
use crate::engine::rng::hash_name;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NeighbourDiplomacy {
    /// Names of the patrons that are talked to; all when left out. One that the scenario does not have does nothing.
    pub patrons: Vec<String>,
    /// How far, at an intensity of 1, the wars of Tuareg with Toubou and of Toubou with local militias are calmed.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: no mediation unless the scenario says so"))]
    pub mediation: f64,
}

impl Lever for NeighbourDiplomacy {
    const KIND: &'static str = "neighbour_diplomacy";
    const ABOUT: &'static str = "Moves states abroad to send fewer arms, and mediates between Tuareg and Toubou; other patrons of the same bloc make \
         good of a part.";
    const UNIT: &'static str = "share of each patron's supply cut";
    const COST: (f64, &'static str) = (5_000_000.0, "at full intensity, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[];
    const MOST: f64 = 1.0;

    fn apply(&self, strength: f64, _: &Area, world: &World, controls: &mut Controls) {
        let talked_to: Vec<u64> = self.patrons.iter().map(|n| hash_name(n)).collect();
        for &name in world.patrons.name().iter().filter(|n| talked_to.is_empty() || talked_to.contains(n)) {
            let cut = controls.patron_cuts.entry(name).or_default();
            *cut = cut.max(strength);
        }
        controls.mediation = controls.mediation.max(self.mediation * strength);
    }

    fn units(&self, strength: f64, _: &Area, _: &World) -> f64 {
        strength
    }

    fn idle(&self, _: f64, _: &Area, given: &Prospect) -> Option<String> {
        let unknown: Vec<&str> =
            self.patrons.iter().filter(|p| !given.patrons.contains(p)).map(String::as_str).collect();
        let none = "the scenario has no patrons, so that only mediation can have an effect".to_string();
        match (given.patrons.is_empty(), unknown.is_empty()) {
            (true, _) => Some(none).filter(|_| self.mediation == 0.0 || !self.patrons.is_empty()),
            (false, false) => {
                Some(format!("no patron is named {}; there are {}", unknown.join(", "), given.patrons.join(", ")))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::world;
    use super::*;
    use crate::agents::group::{BLOCS, LOCAL, STATE, TOUBOU, TUAREG};
    use crate::agents::patron::{self, Initial, PatronSpec};

    fn with_patrons() -> World {
        let mut w = world();
        let list = ["Egypt", "Qatar"].map(|name| PatronSpec {
            name: name.into(),
            country: None,
            bloc: BLOCS[0].into(),
            port: None,
            airfield: None,
            land_place: Some("Ghat".into()),
            per_year: [1.0; 6],
            growth: 0.0,
            costs: [0.0; 3],
            since: None,
            until: None,
        });
        patron::populate(&mut w, &Initial { regional: false, list: list.to_vec() }, &[]);
        w
    }

    #[test]
    fn named_patrons_are_cut_or_all_and_the_stronger_use_counts() {
        let w = with_patrons();
        let cut = |c: &Controls, name: &str| c.patron_cuts.get(&hash_name(name)).copied();
        let mut c = Controls::none(&w.region);
        let one = NeighbourDiplomacy { patrons: vec!["Egypt".into(), "Nobody".into()], mediation: 0.0 };
        one.apply(0.5, &Area::default(), &w, &mut c);
        assert_eq!((cut(&c, "Egypt"), cut(&c, "Qatar"), cut(&c, "Nobody")), (Some(0.5), None, None));
        NeighbourDiplomacy::default().apply(0.3, &Area::default(), &w, &mut c);
        assert_eq!((cut(&c, "Egypt"), cut(&c, "Qatar")), (Some(0.5), Some(0.3)));
    }

    /// Half of 0.8: two of the three wars of the Toubou are fought at 0.6 of their level, that with the state as before.
    #[test]
    fn mediation_calms_two_wars_and_no_other() {
        let w = with_patrons();
        let mut c = Controls::none(&w.region);
        NeighbourDiplomacy { patrons: vec![], mediation: 0.8 }.apply(0.5, &Area::default(), &w, &mut c);
        let all = [(TUAREG, TOUBOU), (TOUBOU, TUAREG), (TOUBOU, LOCAL), (TOUBOU, STATE), (TUAREG, LOCAL)];
        assert_eq!(all.map(|(a, b)| c.calmed(a, b)), [0.6, 0.6, 0.6, 1.0, 1.0]);
    }
}
