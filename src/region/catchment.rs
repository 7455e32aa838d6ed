//! What the ground says of sites: how far it is over land from one to another, and how many people live nearest to each.

use super::costs::{CLOSED, CostField, Costs, Scratch};
use super::graph::Mode;
use super::{CountryId, NodeId, Region};

/// Ways over the land of a region by vehicle.
pub struct OverLand<'a> {
    pub region: &'a Region,
    /// Over each directed edge, at least one.
    minutes: Vec<u32>,
    costs: Costs,
    scratch: Scratch,
    /// Minutes from every node to the one that was looked for last.
    field: CostField,
}

impl<'a> OverLand<'a> {
    /// Over the land of this region.
    pub fn of(region: &'a Region) -> OverLand<'a> {
        let whole = |&hours: &f32| libm::round(f64::from(hours) * 60.0).clamp(1.0, 1e8) as u32;
        let minutes: Vec<u32> = region.graph.hours[Mode::Vehicle as usize].iter().map(whole).collect();
        let mut costs = Costs::default();
        costs.set(&region.graph, &minutes);
        OverLand { region, minutes, costs, scratch: Scratch::default(), field: CostField::default() }
    }

    /// Minutes from every node to one; [`CLOSED`] where there is no way.
    fn search(&mut self, to: NodeId) -> &[u32] {
        self.costs.field(&self.region.graph, to, &mut self.scratch, &mut self.field);
        &self.field.to_go
    }

    /// Length of the fastest way, km; `None` within a node and where there is no way.
    pub fn km(&mut self, from: NodeId, to: NodeId) -> Option<f64> {
        self.search(to);
        let (to_go, graph) = (&self.field.to_go, &self.region.graph);
        if from == to || to_go[from as usize] == CLOSED {
            return None;
        }
        let (mut at, mut km) = (from, 0.0);
        while at != to {
            let left = |e: usize| to_go[graph.to[e] as usize].saturating_add(self.minutes[e]);
            // Of edges that are as fast the first, so that the length is the same in every run.
            let next = graph.edges(at).find(|&e| left(e) == to_go[at as usize])?;
            km += f64::from(graph.km[next]);
            at = graph.to[next];
        }
        Some(km)
    }

    /// Of each of some nodes how many people of a country live nearer to it than to the others of that country, by hours; of two as near it is the
    /// first. Who can reach none of them is left out.
    pub fn catchments(&mut self, of: &[(NodeId, CountryId)]) -> Vec<u64> {
        let nodes = &self.region.nodes;
        let mut nearest = vec![(CLOSED, usize::MAX); nodes.len()];
        for (i, &(site, country)) in of.iter().enumerate() {
            let to_go = self.search(site);
            for (node, best) in nearest.iter_mut().enumerate() {
                if to_go[node] < best.0 && nodes.country[node] == country {
                    *best = (to_go[node], i);
                }
            }
        }
        let mut people = vec![0; of.len()];
        for (node, &(_, i)) in nearest.iter().enumerate().filter(|x| x.1.1 != usize::MAX) {
            people[i] += u64::from(nodes.population[node]);
        }
        people
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A - B - C in a line of one country, D in another beside A, E by itself.
    fn region() -> Region {
        Region::from_parts(
            &[
                ("A", "AAA", 16.0, 0.0, 100),
                ("B", "AAA", 16.0, 1.0, 30),
                ("C", "AAA", 16.0, 2.0, 7),
                ("D", "BBB", 17.0, 0.0, 1_000),
                ("E", "AAA", 30.0, 0.0, 5),
            ],
            &[("A", "B", 110.0), ("B", "C", 120.0), ("A", "D", 50.0)],
            &[],
            &[],
        )
    }

    fn node(region: &Region, name: &str) -> NodeId {
        region.places[region.place(name).unwrap() as usize].node.unwrap()
    }

    #[test]
    fn the_way_over_land_is_the_sum_of_its_edges() {
        let r = region();
        let mut land = OverLand::of(&r);
        let mut km = |a, b| land.km(node(&r, a), node(&r, b));
        assert_eq!((km("A", "C"), km("C", "D")), (Some(230.0), Some(280.0)));
        assert_eq!((km("A", "A"), km("A", "E")), (None, None));
    }

    #[test]
    fn people_belong_to_the_nearest_site_of_their_country() {
        let r = region();
        let site = |name: &&str| (node(&r, name), r.nodes.country[node(&r, name) as usize]);
        let mut land = OverLand::of(&r);
        let mut of = |names: &[&str]| land.catchments(&names.iter().map(site).collect::<Vec<_>>());
        assert_eq!(of(&["A", "C"]), [130, 7], "B is 110 km from A and 120 from C; E can reach neither");
        assert_eq!(of(&["B", "D"]), [137, 1_000], "nobody of A goes by D, which is nearer");
        assert_eq!(of(&["A", "A"]), [137, 0], "of two as near the first");
        let abroad = (node(&r, "D"), r.country("AAA").unwrap());
        assert_eq!(land.catchments(&[abroad]), [137], "a border town in a cell of the neighbour has people of its own");
    }
}
