//! The land graph: neighbours, distances, travel hours by mode, and the border an edge crosses.

use super::{Border, CountryId, NodeId};
use std::collections::BTreeMap;

/// How one moves over land.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Mode {
    /// 4x4 or truck: road speed where a road joins both nodes, off-road speed elsewhere.
    Vehicle = 0,
    Foot = 1,
}

/// "No border" in [`Graph::border`].
pub const NO_BORDER: u16 = u16::MAX;

/// Directed edges in compressed rows: the edges of node `i` are `start[i]..start[i + 1]`, by rising `to`. Every edge
/// has its reverse, of the same length and hours.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub start: Vec<u32>,
    pub to: Vec<NodeId>,
    /// Length along the ground, km (centre to centre).
    pub km: Vec<f32>,
    /// Hours to cross, by [`Mode`].
    pub hours: [Vec<f32>; 2],
    /// True when a road of any class joins both ends.
    pub on_road: Vec<bool>,
    /// Index into [`super::Region::borders`], or [`NO_BORDER`].
    pub border: Vec<u16>,
    /// The edge that goes back: from `to[e]` to the node that `e` leaves.
    pub reverse: Vec<u32>,
}

/// One way between two nodes, before it becomes two directed edges.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub a: NodeId,
    pub b: NodeId,
    /// Length along the ground, km.
    pub km: f32,
    /// Hours to cross, by [`Mode`].
    pub hours: [f32; 2],
    pub on_road: bool,
    /// Index of the border it crosses, or [`NO_BORDER`].
    pub border: u16,
}

impl Graph {
    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.start.len().saturating_sub(1)
    }
    /// True when there is no node.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
    /// Number of directed edges.
    pub fn edge_count(&self) -> usize {
        self.to.len()
    }
    /// Edge numbers of a node.
    pub fn edges(&self, node: NodeId) -> std::ops::Range<usize> {
        self.start[node as usize] as usize..self.start[node as usize + 1] as usize
    }
    /// The edge from `a` to `b`.
    pub fn edge(&self, a: NodeId, b: NodeId) -> Option<usize> {
        self.edges(a).find(|&e| self.to[e] == b)
    }
    /// The node that an edge leaves.
    pub fn from(&self, edge: usize) -> NodeId {
        self.to[self.reverse[edge] as usize]
    }

    /// Both directions of every link, over `nodes` nodes. No pair may be given twice.
    pub fn from_links(nodes: usize, links: &[Link]) -> Graph {
        let mut directed: Vec<(NodeId, NodeId, u32)> = Vec::with_capacity(2 * links.len());
        for (i, link) in links.iter().enumerate() {
            directed.push((link.a, link.b, i as u32));
            directed.push((link.b, link.a, i as u32));
        }
        directed.sort_unstable();
        let mut graph = Graph { start: vec![0; nodes + 1], ..Graph::default() };
        let mut slots = vec![[0_u32; 2]; links.len()];
        for (e, &(from, to, i)) in directed.iter().enumerate() {
            let link = &links[i as usize];
            graph.start[from as usize + 1] += 1;
            graph.to.push(to);
            graph.km.push(link.km);
            for (hours, &h) in graph.hours.iter_mut().zip(&link.hours) {
                hours.push(h);
            }
            graph.on_road.push(link.on_road);
            graph.border.push(link.border);
            slots[i as usize][usize::from(from == link.b)] = e as u32;
        }
        for i in 0..nodes {
            graph.start[i + 1] += graph.start[i];
        }
        graph.reverse =
            directed.iter().map(|&(from, _, i)| slots[i as usize][usize::from(from == links[i as usize].a)]).collect();
        graph
    }

    /// Number of the connected piece each node is in; pieces are numbered by their lowest node.
    pub fn pieces(&self) -> Vec<u32> {
        let mut piece = vec![u32::MAX; self.len()];
        let mut stack = Vec::new();
        let mut count = 0;
        for first in 0..self.len() as NodeId {
            if piece[first as usize] != u32::MAX {
                continue;
            }
            piece[first as usize] = count;
            stack.push(first);
            while let Some(node) = stack.pop() {
                for e in self.edges(node) {
                    let next = self.to[e];
                    if piece[next as usize] == u32::MAX {
                        piece[next as usize] = count;
                        stack.push(next);
                    }
                }
            }
            count += 1;
        }
        piece
    }
}

/// The borders that the links cross, by rising pair of countries; writes each link's border. `km_of` gives the length
/// for (a, b, number of crossing links, mean length of those in km).
pub(super) fn find_borders(
    country: &[CountryId],
    links: &mut [Link],
    km_of: impl Fn(CountryId, CountryId, usize, f64) -> f64,
) -> Vec<Border> {
    let mut crossing: BTreeMap<(CountryId, CountryId), Vec<usize>> = BTreeMap::new();
    for (i, link) in links.iter().enumerate() {
        let (p, q) = (country[link.a as usize], country[link.b as usize]);
        if p != q {
            crossing.entry((p.min(q), p.max(q))).or_default().push(i);
        }
    }
    let mut borders = Vec::with_capacity(crossing.len());
    for ((a, b), which) in crossing {
        let mean = which.iter().map(|&i| f64::from(links[i].km)).sum::<f64>() / which.len() as f64;
        let mut nodes: Vec<NodeId> = which.iter().flat_map(|&i| [links[i].a, links[i].b]).collect();
        nodes.sort_unstable();
        nodes.dedup();
        for &i in &which {
            links[i].border = borders.len() as u16;
        }
        borders.push(Border { a, b, km: km_of(a, b, which.len(), mean), nodes });
    }
    borders
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link(a: NodeId, b: NodeId, km: f32) -> Link {
        Link { a, b, km, hours: [km / 40.0, km / 3.0], on_road: false, border: NO_BORDER }
    }

    #[test]
    fn every_edge_knows_its_way_back() {
        let graph = Graph::from_links(5, &[link(3, 0, 10.0), link(0, 1, 20.0), link(1, 3, 30.0)]);
        assert_eq!(graph.start, [0, 2, 4, 4, 6, 6]);
        assert_eq!(graph.to, [1, 3, 0, 3, 0, 1]);
        for e in 0..graph.edge_count() {
            let back = graph.reverse[e] as usize;
            assert_eq!(graph.reverse[back] as usize, e);
            assert_eq!(graph.km[back], graph.km[e]);
            assert!(graph.edges(graph.from(e)).contains(&e));
        }
        assert_eq!(graph.pieces(), [0, 0, 1, 0, 2]);
    }

    #[test]
    fn borders_are_ordered_and_hold_both_sides() {
        let mut links = [link(0, 1, 10.0), link(1, 2, 20.0), link(0, 2, 40.0)];
        let borders = find_borders(&[7, 3, 3], &mut links, |_, _, n, mean| n as f64 * mean);
        assert_eq!(borders.len(), 1);
        assert_eq!((borders[0].a, borders[0].b, borders[0].km), (3, 7, 50.0));
        assert_eq!(borders[0].nodes, [0, 1, 2]);
        assert_eq!(links.map(|l| l.border), [0, NO_BORDER, 0]);
    }
}
