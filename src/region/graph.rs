//! The land graph: neighbours, distances, travel hours by mode, and the border an edge crosses.

use super::NodeId;

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

/// Directed edges in compressed rows: the edges of node `i` are `start[i]..start[i + 1]`. Every edge has its reverse.
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
    /// Edge numbers of a node.
    pub fn edges(&self, node: NodeId) -> std::ops::Range<usize> {
        self.start[node as usize] as usize..self.start[node as usize + 1] as usize
    }
    /// The edge from `a` to `b`.
    pub fn edge(&self, a: NodeId, b: NodeId) -> Option<usize> {
        self.edges(a).find(|&e| self.to[e] == b)
    }
}
