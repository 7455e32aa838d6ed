//! What the ground says of sites: how far it is over land from one to another, and how many people live nearest to each.

use super::costs::{CLOSED, cost_to_go};
use super::graph::Mode;
use super::{CountryId, NodeId, Region};

/// Minutes over each directed edge by vehicle, at least one.
fn minutes(region: &Region) -> Vec<u32> {
    let whole = |&hours: &f32| libm::round(f64::from(hours) * 60.0).clamp(1.0, 1e8) as u32;
    region.graph.hours[Mode::Vehicle as usize].iter().map(whole).collect()
}

/// Length of the fastest way by vehicle over land, km; `None` within a node and where there is no way.
pub fn km_over_land(region: &Region, from: NodeId, to: NodeId) -> Option<f64> {
    let minutes = minutes(region);
    let to_go = cost_to_go(&region.graph, &minutes, to).to_go;
    if from == to || to_go[from as usize] == CLOSED {
        return None;
    }
    let (mut at, mut km) = (from, 0.0);
    while at != to {
        let left = |e: usize| to_go[region.graph.to[e] as usize].saturating_add(minutes[e]);
        // Of edges that are as fast the first, so that the length is the same in every run.
        let next = region.graph.edges(at).find(|&e| left(e) == to_go[at as usize])?;
        km += f64::from(region.graph.km[next]);
        at = region.graph.to[next];
    }
    Some(km)
}

/// Of each of some nodes how many people of a country live nearer to it than to the others of that country, by hours over land; of two as near it is
/// the first. Who can reach none of them is left out.
pub fn catchments(region: &Region, of: &[(NodeId, CountryId)]) -> Vec<u64> {
    let (minutes, nodes) = (minutes(region), &region.nodes);
    let mut nearest = vec![(CLOSED, usize::MAX); nodes.len()];
    for (i, &(site, country)) in of.iter().enumerate() {
        let to_go = cost_to_go(&region.graph, &minutes, site).to_go;
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
        let km = |a, b| km_over_land(&r, node(&r, a), node(&r, b));
        assert_eq!((km("A", "C"), km("C", "D")), (Some(230.0), Some(280.0)));
        assert_eq!((km("A", "A"), km("A", "E")), (None, None));
    }

    #[test]
    fn people_belong_to_the_nearest_site_of_their_country() {
        let r = region();
        let site = |name: &&str| (node(&r, name), r.nodes.country[node(&r, name) as usize]);
        let of = |names: &[&str]| catchments(&r, &names.iter().map(site).collect::<Vec<_>>());
        assert_eq!(of(&["A", "C"]), [130, 7], "B is 110 km from A and 120 from C; E can reach neither");
        assert_eq!(of(&["B", "D"]), [137, 1_000], "nobody of A goes by D, which is nearer");
        assert_eq!(of(&["A", "A"]), [137, 0], "of two as near the first");
        let abroad = (node(&r, "D"), r.country("AAA").unwrap());
        assert_eq!(catchments(&r, &[abroad]), [137], "a border town in a cell of the neighbour has people of its own");
    }
}
