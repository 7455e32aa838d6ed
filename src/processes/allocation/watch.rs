//! What teams and sensors amount to in each cell: hazards, the chance of a response, bribes and will (equation 4).

use super::strategy::{Cell, place};
use super::{Params, WEEK};
use crate::agents::migrant::END;
use crate::agents::patrol::{Beat, Force, Strategy, Watch};
use crate::agents::sighting::Sighting;
use crate::agents::world::World;
use crate::engine::rng::{Key, Purpose};
use crate::region::{CountryId, NodeId};
use crate::units::{Probability, Tick};

const POST: Purpose = Purpose::new("allocation.post");

/// One team or sensor hour in fixed point, so that sums do not hang on the order in which forces come.
const UNIT: f64 = 1_000_000.0;

fn fixed(x: f64) -> u64 {
    libm::round(x * UNIT) as u64
}

/// Teams in effect at a node, of one country.
type Post = (CountryId, NodeId, u64);

/// Sums by node in fixed point.
struct Sums {
    /// Teams in effect: teams times the effect of coordination.
    teams: Vec<u64>,
    /// Those times the chance that they take a bribe, and that they act.
    bribe: Vec<u64>,
    will: Vec<u64>,
    /// Sensor hours a day.
    hours: Vec<u64>,
    posts: Vec<Post>,
}

/// Sets what teams and sensors amount to at every node.
pub fn watch(p: &Params, w: &mut World, day: Tick) {
    let sums = sums(p, w, day);
    let response = response(p, w, &sums);
    w.watch.fill(Watch::default());
    w.patrolled.clear();
    for node in 0..w.watch.len() {
        let (teams, hours) = (sums.teams[node], sums.hours[node]);
        if teams == 0 && hours == 0 {
            continue;
        }
        let area = w.region.nodes.area_km2[node].max(1.0);
        let mean = |sum: u64, without: f64| if teams > 0 { sum as f64 / teams as f64 } else { without };
        w.watch[node] = Watch {
            search: (p.search_km2_per_day * teams as f64 / UNIT / area) as f32,
            sensor: (p.sensor_km2_per_hour * p.recognition * hours as f64 / UNIT / area) as f32,
            response: 0.0,
            bribe: mean(sums.bribe[node], corruption(p, w, node, None, false)) as f32,
            will: mean(sums.will[node], p.will) as f32,
        };
        if teams > 0 {
            w.patrolled.push(node as NodeId);
        }
    }
    for (node, chance) in response {
        w.watch[node as usize].response = chance as f32;
    }
}

/// Chance that a team at a node lets a crew pass for money.
fn corruption(p: &Params, w: &World, node: usize, own: Option<f64>, outside: bool) -> f64 {
    let usual = own.unwrap_or(p.corruption);
    if w.militia[node] && !outside { usual.max(p.militia_corruption) } else { usual }
}

/// Places every force and the sensors.
fn sums(p: &Params, w: &mut World, day: Tick) -> Sums {
    let zero = || vec![0; w.region.nodes.len()];
    let mut s = Sums { teams: zero(), bribe: zero(), will: zero(), hours: zero(), posts: vec![] };
    let units = w.patrols.rows().map(|i| {
        let strategy = Strategy::ALL.get(usize::from(w.patrols.strategy()[i])).copied().unwrap_or_default();
        Force::new(w.patrols.key()[i], Beat::Unit(i), f64::from(w.patrols.teams()[i]), strategy)
    });
    let mut on_duty = 0;
    for force in units.chain(w.controls.forces.iter().copied()).filter(|f| f.teams > 0.0) {
        let effect = 1.0 - p.coordination_weight * (1.0 - force.coordination);
        let base = match force.beat {
            Beat::Unit(row) => Some(w.patrols.country()[row]),
            Beat::Border(_) => None,
        };
        for (node, teams) in posts(p, w, &force, effect, day) {
            let i = node as usize;
            s.posts.push((base.unwrap_or(w.region.nodes.country[i]), node, fixed(teams * effect)));
            let on_road = match force.strategy {
                Strategy::Fixed => on_the_road(w.region.nodes.area_km2[i]),
                _ => 1.0,
            };
            let teams = teams * effect * on_road;
            s.teams[i] += fixed(teams);
            s.bribe[i] += fixed(teams * corruption(p, w, i, force.corruption, force.outside));
            s.will[i] += fixed(teams * force.will.unwrap_or(p.will));
        }
        on_duty += fixed(force.teams);
    }
    let mut seeing = 0;
    for order in w.controls.sensors.iter().filter(|o| !o.nodes.is_empty()) {
        for &node in &order.nodes {
            s.hours[node as usize] += fixed(order.hours / order.nodes.len() as f64);
        }
        seeing += fixed(order.hours);
    }
    (w.tally.teams_on_duty, w.tally.sensor_hours) = (on_duty as i64, seeing as i64);
    s
}

/// A team that sits on a road watches the road and not its cell: a crossing of the cell takes a time that grows with the
/// side of the cell, the hazard falls with its area, and this makes up for it, so that the chance of being found at a
/// post is at every resolution that of the cells of resolution 4.
fn on_the_road(area_km2: f64) -> f64 {
    const RESOLUTION_4_KM2: f64 = 1770.0;
    libm::sqrt(area_km2 / RESOLUTION_4_KM2)
}

/// Teams of a force by node.
fn posts(p: &Params, w: &World, force: &Force, effect: f64, day: Tick) -> Vec<(NodeId, f64)> {
    let beat = match force.beat {
        Beat::Unit(row) => &w.beats[row],
        Beat::Border(b) => &w.region.borders[b].nodes,
    };
    let cells: Vec<Cell> = beat.iter().map(|&node| cell(p, w, node, effect)).collect();
    let week = Tick(day.0 - day.0 % WEEK);
    let (luck, key) = (w.luck.on(POST, week), Key(force.key));
    let lot = |team: u64, n: usize| luck.below(key.child(week, team).0, n as u64) as usize;
    place(force.strategy, force.teams, &cells, p, lot)
}

fn cell(p: &Params, w: &World, node: NodeId, effect: f64) -> Cell {
    let i = node as usize;
    let remembered = |what: fn(&Sighting) -> f32| match w.sighting_of[i] {
        END => 0.0,
        row => f64::from(what(&w.sightings.get(row as usize))),
    };
    let edges = w.region.graph.edges(node);
    let hours = edges.clone().map(|e| f64::from(w.drive_hours(e))).sum::<f64>() / edges.len().max(1) as f64;
    let area = w.region.nodes.area_km2[i].max(1.0);
    Cell {
        node,
        crossings: w.crossings[i],
        found: remembered(|s| s.found_then),
        effort: remembered(|s| s.effort_then),
        hazard: p.search_km2_per_day * effect / area * hours / 24.0,
    }
}

/// For every node that a sensor looks at, the chance that teams of at least one country come: each is told with its
/// own probability, and comes with 1 - exp(-E / response_teams), E being its teams in reach.
fn response(p: &Params, w: &mut World, sums: &Sums) -> Vec<(NodeId, f64)> {
    let seen: Vec<NodeId> = (0..sums.hours.len() as NodeId).filter(|&j| sums.hours[j as usize] > 0).collect();
    if seen.is_empty() {
        return vec![];
    }
    let mut posts = sums.posts.clone();
    posts.sort_unstable();
    for &(_, node, _) in &posts {
        if !w.callable.contains_key(&node) {
            let near = w.nodes_within(node, p.reach_km);
            w.callable.insert(node, near);
        }
    }
    let mut nobody = vec![1.0; seen.len()];
    let mut reach = vec![0u64; sums.hours.len()];
    for of_country in posts.chunk_by(|a, b| a.0 == b.0) {
        for of_node in of_country.chunk_by(|a, b| a.1 == b.1) {
            let teams: u64 = of_node.iter().map(|x| x.2).sum();
            let near = w.callable.get(&of_node[0].1).into_iter().flatten();
            for &j in near.filter(|j| sums.hours[**j as usize] > 0) {
                reach[j as usize] += teams;
            }
        }
        let told = p.own_sharing.max(w.controls.sharing[of_country[0].0 as usize]);
        for (none, &j) in nobody.iter_mut().zip(&seen) {
            let teams = std::mem::take(&mut reach[j as usize]) as f64 / UNIT;
            *none *= 1.0 - told * Probability::of_hazard(1.0 / p.response_teams, teams).get();
        }
    }
    seen.into_iter().zip(nobody).map(|(j, none)| (j, 1.0 - none)).collect()
}

#[cfg(test)]
mod tests {
    use super::super::tests::{node, unit, world};
    use super::*;
    use crate::agents::controls::SensorOrder;

    fn border(w: &World) -> Beat {
        let (libya, niger) = (w.region.country("LBY").unwrap(), w.region.country("NER").unwrap());
        Beat::Border(w.region.border_between(libya, niger).unwrap())
    }

    /// Two teams on each side of a border of two cells that do not act together: 0.7 of the effect of two that do.
    #[test]
    fn sides_that_work_apart_have_less_effect() {
        let p = Params::default();
        let mut w = world();
        let mut force = Force { coordination: 0.0, ..Force::new(5, border(&w), 4.0, Strategy::Even) };
        for (coordination, effect) in [(0.0, 0.7), (1.0, 1.0)] {
            force.coordination = coordination;
            w.controls.forces = vec![force];
            watch(&p, &mut w, Tick(14_999));
            for place in ["B", "C"] {
                let i = node(&w, place) as usize;
                let want = 2000.0 * 2.0 * effect / w.region.nodes.area_km2[i];
                assert!((f64::from(w.watch[i].search) - want).abs() < 1e-5, "{place}");
            }
            assert!(w.watch[node(&w, "A") as usize].is_empty());
            assert_eq!(w.tally.teams_on_duty, 4_000_000, "as many teams on duty");
        }
    }

    /// At C one team of the border (0.4, or 0.9 where a militia is at home) and one from outside that takes 0.1 and acts
    /// with 0.9: means of the two.
    #[test]
    fn bribes_and_will_are_means_over_teams() {
        let p = Params::default();
        let mut w = world();
        let i = node(&w, "C") as usize;
        let usual = Force::new(5, border(&w), 2.0, Strategy::Even);
        let guards = Force { corruption: Some(0.1), will: Some(0.9), outside: true, ..usual };
        for (militia, bribe) in [(false, 0.25), (true, 0.5)] {
            w.militia[i] = militia;
            w.controls.forces = vec![usual, guards];
            watch(&p, &mut w, Tick(14_999));
            assert!((w.watch[i].bribe - bribe).abs() < 1e-5, "{:?}", w.watch[i]);
            assert!((w.watch[i].will - 0.75).abs() < 1e-5);
        }
        w.controls.forces = vec![Force { outside: true, ..usual }];
        watch(&p, &mut w, Tick(14_999));
        assert!((w.watch[i].bribe - 0.4).abs() < 1e-5, "a joint team is not the militia's");
    }

    /// Six sensor hours a day over A and B: 4,000 km2/h x 3 h x 0.3 over the area. A unit of Libya at B (one team, all
    /// its beat in reach of everywhere here) is told with 0.05, or 0.8 when it shares.
    #[test]
    fn sensors_see_and_teams_in_reach_come_as_far_as_they_are_told() {
        let p = Params { reach_km: 1000.0, ..Params::default() };
        let mut w = world();
        let nodes = vec![node(&w, "A"), node(&w, "B")];
        w.controls.sensors = vec![SensorOrder { nodes, hours: 6.0 }];
        watch(&p, &mut w, Tick(14_999));
        let a = node(&w, "A") as usize;
        let want = 4000.0 * 3.0 * 0.3 / w.region.nodes.area_km2[a];
        assert!((f64::from(w.watch[a].sensor) - want).abs() < 1e-5);
        assert_eq!((w.watch[a].search, w.watch[a].response), (0.0, 0.0), "nobody is there to come");
        assert!(w.watch[node(&w, "C") as usize].is_empty());
        unit(&mut w, 1.0, Strategy::Even);
        let comes = 1.0 - libm::exp(-1.0 / 0.5);
        let libya = w.region.country("LBY").unwrap() as usize;
        for (shared, told) in [(0.0, 0.05), (0.8, 0.8)] {
            w.controls.sharing[libya] = shared;
            watch(&p, &mut w, Tick(14_999));
            assert!((f64::from(w.watch[a].response) - told * comes).abs() < 1e-5, "{:?}", w.watch[a]);
        }
        // Niger's teams on the border come too, or not: 1 - (1 - 0.8 x ...) (1 - 0.05 x ...).
        w.controls.forces = vec![Force::new(5, border(&w), 2.0, Strategy::Even)];
        watch(&p, &mut w, Tick(14_999));
        let (own, other) = (0.8 * (1.0 - libm::exp(-2.0 / 0.5)), 0.05 * comes);
        let want = 1.0 - (1.0 - own) * (1.0 - other);
        assert!((f64::from(w.watch[a].response) - want).abs() < 1e-5, "{:?}", w.watch[a]);
    }

    /// Teams that are too far away do not come.
    #[test]
    fn teams_out_of_reach_do_not_come() {
        let mut w = world();
        w.controls.sensors = vec![SensorOrder { nodes: vec![node(&w, "A")], hours: 6.0 }];
        w.controls.forces = vec![Force::new(5, border(&w), 2.0, Strategy::Even)];
        watch(&Params::default(), &mut w, Tick(14_999));
        assert_eq!(w.watch[node(&w, "A") as usize].response, 0.0);
    }

    /// Lots hold for a week: day 14,994 begins one, 15,001 the next. More teams leave the first where they are.
    #[test]
    fn lots_are_drawn_once_a_week() {
        let p = Params::default();
        let mut w = world();
        unit(&mut w, 1.0, Strategy::Random);
        let at = |w: &mut World, day| {
            watch(&p, w, Tick(day));
            w.patrolled[0]
        };
        let first = at(&mut w, 14_994);
        assert!((14_994..15_001).all(|d| at(&mut w, d) == first));
        let weeks: Vec<NodeId> = (0..30).map(|k| at(&mut w, 14_994 + 7 * k)).collect();
        assert!((0..3).all(|n| weeks.contains(&n)), "every cell has its turn: {weeks:?}");
        w.patrols.update(0, |u| u.teams = 1.5);
        watch(&p, &mut w, Tick(14_994));
        assert!(w.patrolled.contains(&first));
    }
}
