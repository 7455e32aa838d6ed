//! Cost-to-go fields over the land graph: least cost from every node to one destination.
//!
//! Whole numbers make the answer exact: it does not depend on the order of work, so the bits are the same everywhere.
//! The queue is a ring of buckets (Dial 1969; Denardo and Fox 1979): a bucket is at most as wide as the cheapest edge
//! where that is not too narrow, so that nearly every node is looked at once. Where buckets are wider, a node whose cost
//! falls while its bucket is open is simply looked at again, so the answer is exact for any width.

use super::NodeId;
use super::graph::Graph;

/// Cost of an edge that cannot be used, and of a node from which the destination cannot be reached.
pub const CLOSED: u32 = u32::MAX;

/// Buckets that the dearest edge may span; bounds the memory and the walk over empty buckets.
const SPAN: u32 = 1024;

/// Least cost to one destination.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CostField {
    /// By node, in the unit of the edge costs; [`CLOSED`] where there is no way.
    pub to_go: Vec<u32>,
}

/// Edge costs made ready for fields to many destinations: each node's ways in, with their costs, side by side.
#[derive(Clone, Debug, Default)]
pub struct Costs {
    /// For each edge `e` of a node: the neighbour, and the cost from there to the node.
    ways_in: Vec<(NodeId, u32)>,
    /// Cheapest and dearest edge.
    low: u32,
    high: u32,
}

/// Buffers kept between fields, so that none is allocated again.
#[derive(Clone, Debug, Default)]
pub struct Scratch {
    /// The ring: nodes that wait, with the cost at which they were entered. All empty between fields.
    buckets: Vec<Vec<(NodeId, u32)>>,
    /// The bucket being emptied.
    open: Vec<(NodeId, u32)>,
    costs: Costs,
}

/// Least cost from every node to `dest`. `edge_cost[e]` is the cost to travel the directed edge `e` from its start to its
/// end; [`CLOSED`] shuts it. Sums stop below [`CLOSED`]: what costs that much counts as unreachable.
pub fn cost_to_go(graph: &Graph, edge_cost: &[u32], dest: NodeId) -> CostField {
    let mut field = CostField::default();
    cost_to_go_into(graph, edge_cost, dest, &mut Scratch::default(), &mut field);
    field
}

/// As [`cost_to_go`], into `field` and with buffers that are used again.
pub fn cost_to_go_into(graph: &Graph, edge_cost: &[u32], dest: NodeId, scratch: &mut Scratch, field: &mut CostField) {
    let mut costs = std::mem::take(&mut scratch.costs);
    costs.set(graph, edge_cost);
    costs.field(graph, dest, scratch, field);
    scratch.costs = costs;
}

impl Costs {
    /// Takes new edge costs (one for each directed edge, as in [`cost_to_go`]).
    pub fn set(&mut self, graph: &Graph, edge_cost: &[u32]) {
        debug_assert_eq!(edge_cost.len(), graph.edge_count());
        (self.low, self.high) = (u32::MAX, 0);
        for &c in edge_cost {
            self.low = self.low.min(c);
            self.high = self.high.max(if c == CLOSED { 0 } else { c });
        }
        // The edge that leads into a node is the reverse of the one that leaves it.
        let ways = graph.to.iter().zip(&graph.reverse).map(|(&from, &back)| (from, edge_cost[back as usize]));
        self.ways_in.clear();
        self.ways_in.extend(ways);
    }

    /// Least cost from every node to `dest`, into `field`. `graph` is the one the costs were set for.
    pub fn field(&self, graph: &Graph, dest: NodeId, scratch: &mut Scratch, field: &mut CostField) {
        self.search(graph, dest, |_| 0, 0, None, scratch, field);
    }

    /// As [`Costs::field`], with a further cost for entering each node, and no farther than asked: the answer is exact for
    /// every node that is no dearer than the dearest of `from`; nodes beyond are [`CLOSED`].
    pub fn field_from(
        &self,
        graph: &Graph,
        dest: NodeId,
        enter: &[u32],
        from: &[NodeId],
        scratch: &mut Scratch,
        field: &mut CostField,
    ) {
        let dearest = enter.iter().copied().max().unwrap_or(0);
        self.search(graph, dest, |node| enter[node as usize], dearest, Some(from), scratch, field);
    }

    #[inline]
    #[allow(clippy::too_many_arguments)]
    fn search(
        &self,
        graph: &Graph,
        dest: NodeId,
        enter: impl Fn(NodeId) -> u32,
        dearest: u32,
        from: Option<&[NodeId]>,
        scratch: &mut Scratch,
        field: &mut CostField,
    ) {
        let to_go = &mut field.to_go;
        to_go.clear();
        to_go.resize(graph.len(), CLOSED);
        let Scratch { buckets, open, .. } = scratch;
        let (shift, ring) = bucket_size(self.low, self.high.saturating_add(dearest));
        if buckets.len() < ring {
            buckets.resize(ring, Vec::new());
        }
        let mut wanted: Vec<NodeId> = from.unwrap_or_default().to_vec();
        let mut limit = CLOSED;

        let mask = ring - 1;
        to_go[dest as usize] = 0;
        buckets[0].push((dest, 0));
        let (mut waiting, mut bucket) = (1_usize, 0_usize);
        while waiting > 0 {
            // New entries may fall into the open bucket, so it is emptied into a list of its own and asked again.
            std::mem::swap(open, &mut buckets[bucket]);
            if open.is_empty() {
                // The bucket is done with: what it held has its least cost.
                if limit != CLOSED {
                    break;
                }
                bucket = (bucket + 1) & mask;
                continue;
            }
            waiting -= open.len();
            for &(at, so_far) in open.iter() {
                // A cheaper way was found after this entry was made: the newer entry stands for the node.
                if to_go[at as usize] != so_far {
                    continue;
                }
                if from.is_some() && !wanted.is_empty() {
                    wanted.retain(|&w| w != at);
                    if wanted.is_empty() {
                        // Everything in this bucket is still looked at, so the limit is its upper edge.
                        limit = ((u64::from(so_far >> shift) + 1) << shift).min(u64::from(CLOSED)) as u32 - 1;
                    }
                }
                let here = so_far.saturating_add(enter(at));
                for &(node, way) in &self.ways_in[graph.edges(at)] {
                    let cost = here.saturating_add(way);
                    let known = &mut to_go[node as usize];
                    if cost < *known {
                        *known = cost;
                        buckets[(cost >> shift) as usize & mask].push((node, cost));
                        waiting += 1;
                    }
                }
            }
            open.clear();
        }
        if waiting > 0 {
            buckets.iter_mut().for_each(Vec::clear);
            to_go.iter_mut().filter(|c| **c > limit).for_each(|c| *c = CLOSED);
        }
    }
}

/// Width of a bucket as a power of two (its exponent) and the number of buckets in the ring, also a power of two.
fn bucket_size(low: u32, high: u32) -> (u32, usize) {
    // No wider than the cheapest edge, but wide enough that the dearest one spans no more than SPAN buckets.
    let narrow = low.max(1).ilog2();
    let wide = (high / SPAN).checked_ilog2().map_or(0, |w| w + 1);
    let shift = narrow.max(wide).min(31);
    // An entry lies at most `high` past the open bucket, so the ring must hold that many buckets and two more.
    let ring = ((high >> shift) as usize + 2).next_power_of_two();
    (shift, ring)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::graph::{Link, NO_BORDER};
    use proptest::prelude::*;

    /// Bellman and Ford's rounds over all edges: slow and plain.
    fn naive(graph: &Graph, cost: &[u32], dest: NodeId) -> Vec<u32> {
        let mut best = vec![CLOSED; graph.len()];
        best[dest as usize] = 0;
        loop {
            let before = best.clone();
            for node in 0..graph.len() {
                for e in graph.edges(node as NodeId) {
                    let over = best[graph.to[e] as usize].saturating_add(cost[e]);
                    best[node] = best[node].min(over);
                }
            }
            if best == before {
                return best;
            }
        }
    }

    fn random_graph() -> impl Strategy<Value = (Graph, Vec<u32>)> {
        let cost = prop_oneof![0_u32..4, 1_u32..100, 1_u32..1_000_000, Just(CLOSED), (u32::MAX - 9)..=u32::MAX];
        let pairs = prop::collection::btree_map((0_u32..30, 0_u32..30), (cost.clone(), cost), 0..90);
        pairs.prop_map(|pairs| {
            let pairs: Vec<_> = pairs.into_iter().filter(|((a, b), _)| a < b).collect();
            let link = |a, b| Link { a, b, km: 1.0, hours: [1.0; 2], on_road: false, border: NO_BORDER };
            let links: Vec<Link> = pairs.iter().map(|&((a, b), _)| link(a, b)).collect();
            let graph = Graph::from_links(30, &links);
            let mut cost = vec![0; graph.edge_count()];
            for ((a, b), (there, back)) in pairs {
                cost[graph.edge(a, b).unwrap()] = there;
                cost[graph.edge(b, a).unwrap()] = back;
            }
            (graph, cost)
        })
    }

    proptest! {
        #[test]
        fn fields_are_those_of_bellman_and_ford((graph, cost) in random_graph(), dest in 0_u32..30) {
            let mut scratch = Scratch::default();
            let mut field = CostField::default();
            for d in [dest, 0, dest] {
                cost_to_go_into(&graph, &cost, d, &mut scratch, &mut field);
                prop_assert_eq!(&field.to_go, &naive(&graph, &cost, d));
            }
        }
    }

    proptest! {
        /// With a cost for entering nodes the field is that of edges made dearer, as far as it was asked for.
        #[test]
        fn fields_from_some_nodes_are_exact_as_far_as_they_go(
            (graph, cost) in random_graph(),
            dest in 0_u32..30,
            enter in prop::collection::vec(0_u32..5000, 30),
            from in prop::collection::vec(0_u32..30, 0..4),
        ) {
            let dearer: Vec<u32> =
                (0..graph.edge_count()).map(|e| cost[e].saturating_add(enter[graph.to[e] as usize])).collect();
            let want = naive(&graph, &dearer, dest);
            let reach = from.iter().map(|&n| want[n as usize]).max().unwrap_or(0);
            let mut scratch = Scratch::default();
            let mut field = CostField::default();
            let mut costs = Costs::default();
            costs.set(&graph, &cost);
            for _ in 0..2 {
                costs.field_from(&graph, dest, &enter, &from, &mut scratch, &mut field);
                for (node, &c) in want.iter().enumerate() {
                    let got = field.to_go[node];
                    prop_assert!(got == c || (c > reach && got == CLOSED), "node {}: {} for {}", node, got, c);
                }
            }
        }
    }

    #[test]
    fn the_direction_of_travel_counts() {
        let link = Link { a: 0, b: 1, km: 1.0, hours: [1.0; 2], on_road: false, border: NO_BORDER };
        let graph = Graph::from_links(3, &[link]);
        let mut cost = vec![0; 2];
        cost[graph.edge(0, 1).unwrap()] = 5;
        cost[graph.edge(1, 0).unwrap()] = 9;
        assert_eq!(cost_to_go(&graph, &cost, 1).to_go, [5, 0, CLOSED]);
        assert_eq!(cost_to_go(&graph, &cost, 0).to_go, [0, 9, CLOSED]);
        assert_eq!(cost_to_go(&graph, &[CLOSED; 2], 0).to_go, [0, CLOSED, CLOSED]);
    }

    #[test]
    fn the_real_grid_agrees_with_pathfinding() {
        let region = crate::region::check::tests::shipped(4);
        let graph = &region.graph;
        // Costs as a network may believe them: cheap roads, dear deserts, one edge in fifty guarded.
        let cost: Vec<u32> = (0..graph.edge_count())
            .map(|e| (graph.hours[0][e] * 100.0) as u32 + if e % 50 == 0 { 20_000 } else { 0 })
            .collect();
        for name in ["Sabha", "Bamako", "Lampedusa"] {
            let dest = region.places[region.place(name).unwrap() as usize].node.unwrap();
            let field = cost_to_go(graph, &cost, dest);
            let back = |&node: &NodeId| {
                graph.edges(node).map(|e| (graph.to[e], cost[graph.reverse[e] as usize])).collect::<Vec<_>>()
            };
            let all = pathfinding::prelude::dijkstra_all(&dest, back);
            for node in 0..graph.len() as NodeId {
                let want = if node == dest { 0 } else { all.get(&node).map_or(CLOSED, |&(_, c)| c) };
                assert_eq!(field.to_go[node as usize], want, "{name} from {}", region.node_label(node));
            }
        }
    }
}
