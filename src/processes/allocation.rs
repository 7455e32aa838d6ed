//! Where patrol teams and vessels are today (step 3 of the day).
//!
//! Units stay around their base: this first form has no strategy. Levers add teams along borders and vessels to zones.

use crate::agents::migrant::END;
use crate::agents::patrol::Watch;
use crate::agents::vessel::{NEVER, Vessel};
use crate::agents::world::World;
use crate::engine::rng::Key;
use crate::engine::step::Process;
use crate::region::NodeId;
use crate::units::Tick;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters of detection and seizure (equation 4).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Area a team searches in a day (v_p x w_p).
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "km2/day", "x-source" = "assumption (model.md eq. 4)", "x-low" = 200, "x-high" = 6000))]
    pub search_km2_per_day: f64,
    /// Chance that a patrol lets a crew pass for money.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption (model.md eq. 4)", "x-low" = 0.1, "x-high" = 0.8))]
    pub corruption: f64,
    /// Chance that a patrol acts on what it sees.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption (model.md eq. 4)", "x-low" = 0.3, "x-high" = 0.9))]
    pub will: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params { search_km2_per_day: 2000.0, corruption: 0.4, will: 0.6 }
    }
}

/// One patrol team in fixed point, so that sums do not hang on the order of units.
const TEAM: f64 = 1_000_000.0;

/// Allocation of patrols and vessels.
pub struct Allocation;

impl Process<World> for Allocation {
    const NAME: &'static str = "allocation";
    const ABOUT: &'static str =
        "Puts patrol teams around their bases and along the borders of levers, and vessels on station.";
    type Params = Params;

    fn run(p: &Params, w: &mut World, _: Tick) {
        watch(p, w);
        vessels(w);
    }
}

/// Sets what teams amount to at every node.
fn watch(p: &Params, w: &mut World) {
    let teams = teams(w);
    w.patrolled.clear();
    for (node, &n) in teams.iter().enumerate() {
        let area = w.region.nodes.area_km2[node].max(1.0);
        let search = (p.search_km2_per_day * n as f64 / TEAM / area) as f32;
        w.watch[node] = Watch { search, bribe: p.corruption as f32, will: p.will as f32, ..Watch::default() };
        if n > 0 {
            w.patrolled.push(node as NodeId);
        }
    }
}

/// Teams by node: a unit's teams evenly over its beat, a border's over its cells on both sides.
fn teams(w: &World) -> Vec<u64> {
    let mut teams = vec![0; w.region.nodes.len()];
    for i in w.patrols.rows() {
        let share = fixed(f64::from(w.patrols.teams()[i]) / w.beats[i].len() as f64);
        for &node in &w.beats[i] {
            teams[node as usize] += share;
        }
    }
    for (b, &n) in w.controls.border_teams.iter().enumerate().filter(|(_, n)| **n > 0.0) {
        let nodes = &w.region.borders[b].nodes;
        for &node in nodes {
            teams[node as usize] += fixed(n / nodes.len() as f64);
        }
    }
    teams
}

fn fixed(teams: f64) -> u64 {
    libm::round(teams * TEAM) as u64
}

/// Calls up the vessels that levers ask for and sends home those they ask for no more.
fn vessels(w: &mut World) {
    let orders = std::mem::take(&mut w.controls.naval);
    let mut wanted = std::collections::BTreeMap::new();
    for o in &orders {
        for k in 0..o.vessels {
            let key = Key::named("sent", &w.region.sea.zones[o.zone].name, o.sender).child(Tick(0), u64::from(k)).0;
            wanted.insert(key, o);
        }
    }
    for i in 0..w.vessels.len() {
        let v = w.vessels.get(i);
        if v.key == 0 || v.sender == 0 {
            continue;
        }
        match wanted.remove(&v.key) {
            Some(o) => w.vessels.set(
                i,
                Vessel {
                    on_duty: 1,
                    standoff_km: o.standoff_km as f32,
                    capacity: o.capacity,
                    rescues: u8::from(o.rescue),
                    ..v
                },
            ),
            None if v.on_duty == 1 => w.vessels.set(i, Vessel { on_duty: 0, ..v }),
            None => {}
        }
    }
    for (key, o) in wanted {
        w.vessels.push(Vessel {
            key,
            sender: o.sender,
            zone: o.zone as u16,
            on_duty: 1,
            rescues: u8::from(o.rescue),
            standoff_km: o.standoff_km as f32,
            capacity: o.capacity,
            aboard: 0,
            first_rescue: NEVER,
            lands: 0,
            back: 0,
            first: END,
        });
    }
    w.controls.naval = orders;
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::patrol::Patrol;
    use crate::agents::routes::Routes;
    use crate::engine::rng::Luck;
    use crate::region::Region;
    use std::sync::Arc;

    /// Six teams whose beat takes in three places: two each; yesterday's teams are forgotten.
    #[test]
    fn a_unit_shares_its_teams_over_its_beat() {
        let region = Region::from_parts(
            &[("A", "LBY", 27.0, 14.4, 1), ("B", "LBY", 25.0, 12.0, 1), ("C", "LBY", 24.0, 10.0, 1)],
            &[("A", "B", 300.0), ("B", "C", 300.0)],
            &[],
            &[],
        );
        let middle = region.places[region.place("B").unwrap() as usize].node.unwrap();
        let costs = crate::processes::crews::Params::default().travel_costs(0.002);
        let routes = Arc::new(Routes::build(&region, &costs, &[], &[]));
        let mut w = World::empty(Arc::new(region), routes, Luck { seed: 1, replicate: 0 }, Tick(15_000), 1);
        w.patrols.push(Patrol { key: 1, node: middle, country: 0, teams: 6.0, beat_km: 500.0 });
        w.rederive();
        assert_eq!(teams(&w), [2 * TEAM as u64; 3]);
        let p = Params::default();
        for _ in 0..2 {
            Allocation::run(&p, &mut w, Tick(15_000));
            let area = w.region.nodes.area_km2[0];
            assert!((f64::from(w.watch[0].search) - 2000.0 * 2.0 / area).abs() < 1e-6);
            assert_eq!(w.patrolled, [0, 1, 2]);
        }
    }
}
