//! Patrol teams along land borders (model.md, section 5): they enter detection, equation 4.

use super::{AreaKind, Lever};
use crate::agents::controls::Controls;
use crate::agents::patrol::{Beat, Force, Strategy};
use crate::agents::world::World;
use crate::engine::rng::Key;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct BorderPatrol {
    /// How the teams of a border are shared over the cells on both sides.
    pub strategy: Strategy,
    /// Whether the two sides patrol joint zones under one command; if not, each works for itself and together they have
    /// less effect, and a militia that is at home in a cell has its say.
    pub joint: bool,
}

/// Borders that an area names: its own, those of its countries, or all.
fn borders(at: &Area, world: &World) -> Vec<usize> {
    let of = |b: &crate::region::Border| at.countries.contains(&b.a) || at.countries.contains(&b.b);
    (0..world.region.borders.len())
        .filter(|&i| at.is_everywhere() || at.borders.contains(&i) || of(&world.region.borders[i]))
        .collect()
}

/// Teams on a border.
fn teams(border: usize, strength: f64, world: &World) -> f64 {
    strength * world.region.borders[border].km / 100.0
}

impl Lever for BorderPatrol {
    const KIND: &'static str = "border_patrol";
    const ABOUT: &'static str = "Sends patrol teams along land borders, shared over the cells on both sides.";
    const UNIT: &'static str = "team-days per 100 km per day";
    const COST: (f64, &'static str) =
        (560_000.0, "per team: 8 soldiers (assumption) at 70,000 (model.md: 50,000-95,000)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Border, AreaKind::Country];
    const MOST: f64 = 1000.0;

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        for b in borders(at, world) {
            let key = Key::named("force", &world.region.border_label(&world.region.borders[b]), controls.sender).0;
            let force = Force::new(key, Beat::Border(b), teams(b, strength, world), self.strategy);
            let coordination = f64::from(u8::from(self.joint));
            controls.forces.push(Force { coordination, outside: self.joint, ..force });
        }
    }

    fn units(&self, strength: f64, at: &Area, world: &World) -> f64 {
        borders(at, world).into_iter().map(|b| teams(b, strength, world)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world};
    use super::*;

    /// A network's border is 100 km a crossing link: LBY-NER two links, LBY-MLI one.
    #[test]
    fn teams_follow_the_length_of_the_borders_named() {
        let w = world();
        let units = |names: &[&str]| BorderPatrol::default().units(3.0, &area(&w, names), &w);
        assert_eq!(units(&["LBY-NER"]), 6.0);
        assert_eq!(units(&["MLI"]), 3.0);
        assert_eq!(units(&["LBY"]), 9.0);
        assert_eq!(units(&[]), 9.0, "everywhere");
        assert_eq!(units(&["LBY", "LBY-NER"]), 9.0, "named twice, sent once");
    }

    #[test]
    fn every_border_has_a_force_of_its_own() {
        let w = world();
        let orders = |sender: u64, joint: bool| {
            let mut c = Controls { sender, ..Controls::none(&w.region) };
            let lever = BorderPatrol { strategy: Strategy::Random, joint };
            lever.apply(3.0, &area(&w, &["LBY"]), &w, &mut c);
            c.forces
        };
        let apart = orders(1, false);
        let mut teams: Vec<f64> = apart.iter().map(|f| f.teams).collect();
        teams.sort_by(f64::total_cmp);
        assert_eq!(teams, [3.0, 6.0]);
        assert!(apart.iter().all(|f| f.coordination == 0.0 && !f.outside && f.strategy == Strategy::Random));
        assert!(orders(1, true).iter().all(|f| f.coordination == 1.0 && f.outside));
        let mut keys: Vec<u64> = apart.iter().chain(&orders(2, false)).map(|f| f.key).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 4, "by border and by lever");
    }
}
