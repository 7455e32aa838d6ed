//! A day on the road: cell by cell by hours, and the patrols in each cell (equations 2 and 4).

use super::Params;
use crate::agents::crew::{self, Crew};
use crate::agents::tally::Passage;
use crate::agents::world::World;
use crate::engine::dist::choose;
use crate::engine::rng::Purpose;
use crate::region::NodeId;
use crate::region::graph::NO_BORDER;
use crate::units::Tick;

const LINK: Purpose = Purpose::new("crews.link");
const STOP: Purpose = Purpose::new("crews.stop");

/// What a day on the road did to a crew.
pub struct Trip {
    pub row: usize,
    pub after: Crew,
    /// Stopped by a patrol at its node.
    pub stopped: bool,
    /// Reached the last waypoint of its leg.
    pub arrived: bool,
    pub passages: Vec<Passage>,
    /// Country left and entered, for every border crossed.
    pub borders: Vec<(u16, u16)>,
}

/// Moves every crew that is on the road, in parallel.
pub fn drive(p: &Params, w: &World, day: Tick) -> Vec<Trip> {
    let rows: Vec<usize> = w.crews.rows().filter(|&i| w.crews.state()[i] == crew::DRIVING).collect();
    crate::engine::parallel::map_items(&rows, 16, |&row| trip(p, w, row, day))
}

fn trip(p: &Params, w: &World, row: usize, day: Tick) -> Trip {
    let mut c = w.crews.get(row);
    let mut t = Trip { row, after: c, stopped: false, arrived: false, passages: vec![], borders: vec![] };
    let leg = &w.routes.legs[c.leg as usize];
    let class = usize::from(c.cargo == crew::ARMS);
    let (link, stop) = (w.luck.on(LINK, day), w.luck.on(STOP, day));
    let arms: u32 = c.arms.iter().sum();
    let mut left = p.hours_per_day as f32;
    let mut step = 0;
    while left > 0.0 && !t.arrived && !t.stopped {
        while leg.waypoints.get(c.waypoint as usize) == Some(&c.node) {
            c.waypoint += 1;
        }
        let Some(&target) = leg.waypoints.get(c.waypoint as usize) else {
            t.arrived = true;
            break;
        };
        let Some(e) = next_edge(p, w, c.node, target, class, link.nth(step).unit(c.key)) else {
            t.arrived = true;
            break;
        };
        let hours = w.drive_hours(e);
        let need = (hours - c.owed).max(0.0);
        if need > left {
            c.owed += left;
            break;
        }
        left -= need;
        c.owed = 0.0;
        let to = w.region.graph.to[e];
        if w.region.graph.border[e] != NO_BORDER {
            t.borders.push((w.region.nodes.country[c.node as usize], w.region.nodes.country[to as usize]));
        }
        c.node = to;
        c.hazard += w.routes.edge_hazard[e];
        t.passages.push(Passage { node: to, people: c.riders, arms });
        let watch = &w.watch[to as usize];
        if !watch.is_empty() && c.cargo != crew::EMPTY_RUN {
            let found = watch.odds(f64::from(hours)).0;
            let acts = f64::from((1.0 - watch.bribe) * watch.will);
            t.stopped = stop.nth(step).chance(c.key, found * acts);
        }
        step += 1;
    }
    t.after = c;
    t
}

/// The next edge towards a waypoint: only neighbours from which it is cheaper, by logit on the detour (equation 2).
fn next_edge(p: &Params, w: &World, at: NodeId, target: NodeId, class: usize, u: f64) -> Option<usize> {
    let g = &w.region.graph;
    let field = w.routes.field(&w.region, target, class);
    let here = field.to_go[at as usize];
    let mut edges = [0usize; 16];
    let mut weights = [0.0f64; 16];
    let mut n = 0;
    for e in g.edges(at) {
        let there = field.to_go[g.to[e] as usize];
        if there < here && n < 16 {
            let detour = f64::from(w.routes.edge_cost[class][e]) + f64::from(there) - f64::from(here);
            edges[n] = e;
            weights[n] = libm::exp(-p.link_sharpness * detour / w.routes.mean_cost[class]);
            n += 1;
        }
    }
    choose(u, &weights[..n]).map(|i| edges[i])
}
