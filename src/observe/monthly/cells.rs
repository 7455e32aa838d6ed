//! `cells.csv`: what passed each cell, what it risked there, and whose the ground was.

use super::{Block, Row, names};
use crate::agents::belief;
use crate::agents::group::{BLOCS, is_official};
use crate::agents::migrant::END;
use crate::agents::tally::CellCount;
use crate::agents::world::World;
use crate::observe::recorder::number;
use crate::region::NodeId;

/// Cells; what passed them is counted by the world itself.
pub struct Cells;

impl Block for Cells {
    fn file(&self) -> &'static str {
        "cells.csv"
    }

    fn columns(&self) -> Row {
        const COLUMNS: [&str; 12] = [
            "cell",
            "people",
            "arms",
            "crews",
            "deaths",
            "seizures",
            "risk",
            "believed",
            "patrol_search",
            "holder",
            "outside_state",
            "violence",
        ];
        names(&COLUMNS)
    }

    fn before_month(&self) -> usize {
        1
    }

    /// Cells where something passed, that are watched, that somebody fears more than a newcomer would, that are or were
    /// contested, or that armies do not hold alone.
    fn end_month(&mut self, w: &World) -> Vec<Row> {
        let believed = believed(w);
        let mut rows = vec![];
        for (i, c) in w.cells.iter().enumerate() {
            let node = i as NodeId;
            let (risk, belief, outside) = (risk(w, node), believed[i], outside_state(w, node));
            let feared = belief.is_some_and(|b| b > w.routes.travel.prior_risk);
            let fought_over = w.territory_of[i] != END || outside > 0.0;
            if *c == CellCount::default() && risk <= 0.0 && !feared && !fought_over {
                continue;
            }
            let counts = [c.people, c.arms, c.crews, c.deaths, c.seizures].map(|n| n.to_string());
            let mut row = vec![w.region.node_label(node)];
            row.extend(counts);
            row.extend([number(risk), belief.map_or(String::new(), number), number(f64::from(w.watch[i].search))]);
            row.push(BLOCS[usize::from(w.holder(node))].into());
            row.extend([outside, w.violence(node)].map(number));
            rows.push(row);
        }
        rows
    }
}

/// Share of control of a cell that armies do not have, 0 to 1.
pub(super) fn outside_state(w: &World, node: NodeId) -> f64 {
    let armies = (0..BLOCS.len() as u8).filter(|&b| is_official(b)).map(|b| w.control(node, b));
    (1.0 - armies.sum::<f64>()).clamp(0.0, 1.0)
}

/// Chance that a crew with arms, fuel or drugs is seized today on its way through a cell, by road if there is one.
fn risk(w: &World, node: NodeId) -> f64 {
    let watch = &w.watch[node as usize];
    if watch.is_empty() {
        return 0.0;
    }
    let g = &w.region.graph;
    let roads = g.edges(node).filter(|&e| g.on_road[e]).count();
    let hours: Vec<f64> =
        g.edges(node).filter(|&e| roads == 0 || g.on_road[e]).map(|e| f64::from(w.drive_hours(e))).collect();
    watch.seizure(hours.iter().sum::<f64>() / hours.len().max(1) as f64)
}

/// By cell, the risk for arms, fuel and drugs that the networks which know it act on, weighted by their crews.
fn believed(w: &World) -> Vec<Option<f64>> {
    let mut crews = vec![0.0; w.networks.len()];
    for i in w.crews.rows() {
        crews[usize::from(w.crews.network()[i])] += 1.0;
    }
    let mut sums = vec![(0.0, 0.0); w.region.nodes.len()];
    for (network, &n) in crews.iter().enumerate() {
        for (node, row) in w.belief_index.rows(network as u16, belief::CONTRABAND) {
            let sum = &mut sums[node as usize];
            *sum = (sum.0 + n * f64::from(w.beliefs.acted()[row]), sum.1 + n);
        }
    }
    sums.into_iter().map(|(sum, n)| (n > 0.0).then(|| sum / n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::hand_made::{contest, world};

    /// Militias hold Sabha from the first day; nothing is written of ground that the state holds and nobody uses.
    #[test]
    fn contested_cells_have_a_line() {
        let mut w = world();
        contest(&mut w, "Kidal", "mnla", 0.75, 0.5);
        contest(&mut w, "Gao", "mnla", 0.0, 0.0);
        let mut rows: Vec<String> = Cells.end_month(&w).into_iter().map(|row| row.join(",")).collect();
        rows.sort();
        let want =
            ["Gao,0,0,0,0,0,0,,0,state,0,0", "Kidal,0,0,0,0,0,0,,0,mnla,0.75,0.5", "Sabha,0,0,0,0,0,0,,0,local,1,0"];
        assert_eq!(rows, want);
        assert_eq!(Cells.columns().len(), 12);
    }
}
