//! What every region must fulfil, whether it was built from the grid or from a network.

use super::graph::NO_BORDER;
use super::{NodeId, Region};

/// Checks a region; the error says what the first fault is.
pub fn check_invariants(region: &Region) -> Result<(), String> {
    columns(region)?;
    edges(region)?;
    borders(region)?;
    places(region)?;
    sea(region)
}

fn ensure(holds: bool, what: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(what()) }
}

fn columns(region: &Region) -> Result<(), String> {
    let (nodes, n) = (&region.nodes, region.nodes.len());
    let lengths = [
        nodes.lat.len(),
        nodes.lon.len(),
        nodes.country.len(),
        nodes.area_km2.len(),
        nodes.terrain.len(),
        nodes.road.len(),
        nodes.population.len(),
        nodes.border_km.len(),
        nodes.coast_km.len(),
        region.graph.len(),
    ];
    ensure(lengths.iter().all(|&l| l == n), || format!("columns of {n} nodes have lengths {lengths:?}"))?;
    let rising = nodes.id.windows(2).all(|w| w[0] < w[1]) && nodes.id.first() != Some(&0);
    ensure(rising, || "node ids do not rise from above 0".to_string())?;
    let codes = region.countries.windows(2).all(|w| w[0].iso3 < w[1].iso3);
    ensure(codes, || "countries are not in the order of the alphabet".to_string())?;
    for i in 0..n {
        let good = usize::from(nodes.country[i]) < region.countries.len()
            && (-90.0..=90.0).contains(&nodes.lat[i])
            && (-180.0..=180.0).contains(&nodes.lon[i])
            && nodes.area_km2[i] > 0.0
            && nodes.border_km[i] >= 0.0
            && nodes.coast_km[i] >= 0.0;
        ensure(good, || format!("node {} has a value out of range", region.node_label(i as NodeId)))?;
    }
    Ok(())
}

fn edges(region: &Region) -> Result<(), String> {
    let graph = &region.graph;
    let m = graph.edge_count();
    let lengths = [
        graph.km.len(),
        graph.hours[0].len(),
        graph.hours[1].len(),
        graph.on_road.len(),
        graph.border.len(),
        graph.reverse.len(),
    ];
    ensure(lengths.iter().all(|&l| l == m), || format!("columns of {m} edges have lengths {lengths:?}"))?;
    ensure(graph.start.last().is_none_or(|&s| s as usize == m), || "rows of the graph do not end".to_string())?;
    let country = |node: NodeId| region.nodes.country[node as usize];
    for node in 0..graph.len() as NodeId {
        let row = graph.edges(node);
        let rising = graph.to[row.clone()].windows(2).all(|w| w[0] < w[1]);
        ensure(rising, || format!("edges of node {node} do not rise"))?;
        for e in row {
            let (to, back) = (graph.to[e], graph.reverse[e] as usize);
            ensure(to != node, || format!("node {node} has an edge to itself"))?;
            ensure(graph.edge(to, node) == Some(back), || format!("edge {e} has no reverse"))?;
            let same = graph.km[e] == graph.km[back]
                && graph.hours.iter().all(|h| h[e] == h[back])
                && graph.on_road[e] == graph.on_road[back]
                && graph.border[e] == graph.border[back];
            ensure(same, || format!("edge {e} differs from its reverse"))?;
            let sane = |x: f32| x > 0.0 && x.is_finite();
            let good = sane(graph.km[e]) && graph.hours.iter().all(|h| sane(h[e]));
            ensure(good, || format!("edge {e} has no finite length or hours"))?;
            let between = region.border_between(country(node), country(to)).map_or(NO_BORDER, |b| b as u16);
            let crosses = country(node) != country(to);
            ensure(crosses == (between != NO_BORDER), || format!("edge {e} crosses a border that is not there"))?;
            ensure(graph.border[e] == between, || format!("edge {e} names the wrong border"))?;
        }
    }
    Ok(())
}

fn borders(region: &Region) -> Result<(), String> {
    let rising = region.borders.windows(2).all(|w| (w[0].a, w[0].b) < (w[1].a, w[1].b));
    ensure(rising, || "borders do not rise".to_string())?;
    for border in &region.borders {
        let label = || region.border_label(border);
        let km = border.a < border.b && border.km > 0.0 && border.km.is_finite();
        ensure(km, || format!("border {} has no length", label()))?;
        let nodes = !border.nodes.is_empty() && border.nodes.windows(2).all(|w| w[0] < w[1]);
        ensure(nodes, || format!("nodes of border {} do not rise", label()))?;
        for &node in &border.nodes {
            let own = region.nodes.country[node as usize];
            ensure(own == border.a || own == border.b, || format!("node {node} is not at border {}", label()))?;
        }
    }
    Ok(())
}

fn places(region: &Region) -> Result<(), String> {
    let n = region.nodes.len();
    for (i, place) in region.places.iter().enumerate() {
        let here = region.place(&place.name) == u16::try_from(i).ok();
        ensure(here, || format!("place `{}` is not found by its name", place.name))?;
        let good = usize::from(place.country) < region.countries.len();
        let on = place.node.is_none_or(|node| (node as usize) < n);
        ensure(good && on, || format!("place `{}` lies nowhere", place.name))?;
    }
    for town in &region.towns {
        let good = (town.node as usize) < n && usize::from(town.country) < region.countries.len();
        ensure(good, || format!("a town at {} {} lies nowhere", town.lat, town.lon))?;
    }
    let piece = region.graph.pieces();
    for corridor in &region.corridors {
        let of = |p: u16| region.places[usize::from(p)].node.map(|node| piece[node as usize]);
        let joined = corridor.places.windows(2).all(|w| of(w[0]).is_some() && of(w[0]) == of(w[1]));
        ensure(corridor.places.len() >= 2 && joined, || format!("corridor `{}` has a gap", corridor.id))?;
        let years = !corridor.years.is_empty() && corridor.years.iter().all(|y| y.0 <= y.1);
        ensure(years, || format!("corridor `{}` is never open", corridor.id))?;
    }
    Ok(())
}

fn sea(region: &Region) -> Result<(), String> {
    let sea = &region.sea;
    ensure(sea.cell_id.len() == sea.cell_zone.len(), || "a sea cell has no zone".to_string())?;
    let rising = sea.cell_id.windows(2).all(|w| w[0] < w[1]);
    ensure(rising, || "sea cells do not rise".to_string())?;
    let known = sea.cell_zone.iter().all(|&z| usize::from(z) < sea.zones.len());
    ensure(known, || "a sea cell has an unknown zone".to_string())?;
    for zone in &sea.zones {
        ensure(zone.area_km2 > 0.0, || format!("zone `{}` has no water", zone.name))?;
    }
    for lane in &sea.lanes {
        let count = region.places.len();
        let ends = usize::from(lane.from) < count && usize::from(lane.to) < count && lane.from != lane.to;
        ensure(ends && lane.zone < sea.zones.len() && lane.km > 0.0, || format!("a lane leads nowhere: {lane:?}"))?;
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::region::costs::{CLOSED, cost_to_go};
    use crate::region::geodata::GeoData;
    use crate::region::{Carrier, Terrain};
    use std::path::PathBuf;
    use std::sync::OnceLock;

    fn geo() -> &'static GeoData {
        static GEO: OnceLock<GeoData> = OnceLock::new();
        GEO.get_or_init(|| GeoData::load(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data")).unwrap())
    }

    /// The whole shipped region at a resolution, built once for all tests.
    pub(crate) fn shipped(resolution: u8) -> &'static Region {
        static BUILT: [OnceLock<Region>; 3] = [OnceLock::new(), OnceLock::new(), OnceLock::new()];
        BUILT[usize::from(resolution) - 3].get_or_init(|| Region::build_grid(geo(), resolution, &[]).unwrap())
    }

    fn node(region: &Region, name: &str) -> NodeId {
        region.places[usize::from(region.place(name).unwrap())].node.unwrap()
    }

    /// km between two places centre to centre, without the road detour.
    fn way_km(region: &Region, a: &str, b: &str) -> Option<f64> {
        let graph = &region.graph;
        let metres = |e: usize| {
            let detour = if graph.on_road[e] { 1.09 } else { 1.0 };
            (f64::from(graph.km[e]) * 1000.0 / detour).round() as u32
        };
        let cost: Vec<u32> = (0..graph.edge_count()).map(metres).collect();
        let to_go = cost_to_go(graph, &cost, node(region, b)).to_go[node(region, a) as usize];
        (to_go != CLOSED).then_some(f64::from(to_go) / 1000.0)
    }

    #[test]
    fn every_resolution_holds_together() {
        for resolution in 3..=5 {
            check_invariants(shipped(resolution)).unwrap();
        }
        assert_eq!(shipped(4).nodes.len(), 14_990);
    }

    #[test]
    fn no_person_is_lost_between_resolutions() {
        let total: u64 = geo().cells.iter().map(|c| u64::from(c.population)).sum();
        for resolution in 3..=5 {
            let sum: u64 = shipped(resolution).nodes.population.iter().map(|&p| u64::from(p)).sum();
            assert_eq!(sum, total, "resolution {resolution}");
        }
    }

    #[test]
    fn known_ways_have_known_lengths() {
        let region = shipped(4);
        for (a, b, km) in [("Agadez", "Sabha", 1471.0), ("Gao", "Tamanrasset", 965.0), ("Khartoum", "Kufra", 1594.0)] {
            let way = way_km(region, a, b).unwrap();
            assert!((way / km - 1.0).abs() < 0.05, "{a}-{b}: {way} km instead of {km}");
        }
    }

    #[test]
    fn the_sea_divides() {
        for resolution in 3..=5 {
            let region = shipped(resolution);
            assert_eq!(way_km(region, "Tripoli", "Lampedusa"), None, "resolution {resolution}");
            assert_eq!(way_km(region, "Tangier", "Algeciras"), None, "resolution {resolution}");
        }
    }

    #[test]
    fn every_crew_corridor_can_be_driven() {
        for resolution in 3..=5 {
            let region = shipped(resolution);
            for corridor in region.corridors.iter().filter(|c| c.carrier == Carrier::Crew) {
                for leg in corridor.places.windows(2) {
                    let name = |p: u16| region.places[usize::from(p)].name.as_str();
                    let way = way_km(region, name(leg[0]), name(leg[1]));
                    assert!(way.is_some(), "{} {}-{}", corridor.id, name(leg[0]), name(leg[1]));
                }
            }
            assert_eq!(region.corridors.len(), 50);
        }
    }

    #[test]
    fn places_stand_where_they_should() {
        for resolution in 3..=5 {
            let astray = shipped(resolution).places.iter().filter(|p| p.node.is_none());
            let names: Vec<&str> = astray.map(|p| p.name.as_str()).collect();
            assert_eq!(names, ["Bouri"], "resolution {resolution}");
        }
        let region = shipped(4);
        let wet = |t: &Terrain| matches!(t, Terrain::Lake | Terrain::Sea);
        assert!(!region.nodes.terrain.iter().any(wet));
        for p in &region.places {
            let Some(node) = p.node else { continue };
            let (lat, lon) = (region.nodes.lat[node as usize], region.nodes.lon[node as usize]);
            assert!(crate::units::great_circle_km(p.lat, p.lon, lat, lon) < 60.0, "{}", p.name);
        }
        assert!(region.towns.len() > 3000, "{}", region.towns.len());
    }

    #[test]
    fn a_part_of_the_world_is_closed_in_itself() {
        let only = ["LBY".to_string(), "NER".to_string()];
        for resolution in 3..=5 {
            let region = Region::build_grid(geo(), resolution, &only).unwrap();
            check_invariants(&region).unwrap();
            assert_eq!(region.borders.len(), 1);
            assert!(region.place("Lampedusa").is_some(), "lanes still need their landing places");
            assert!(region.corridors.iter().any(|c| c.id == "c01"));
            let total: u64 = region.nodes.population.iter().map(|&p| u64::from(p)).sum();
            let own = |c: u16| c == region.country("LBY").unwrap() || c == region.country("NER").unwrap();
            let want: u64 = geo().cells.iter().filter(|c| own(c.country)).map(|c| u64::from(c.population)).sum();
            assert_eq!(total, want);
        }
        let error = Region::build_grid(geo(), 4, &["LBYA".to_string()]).unwrap_err().to_string();
        assert!(error.contains("unknown country `LBYA`") && error.contains("LBY"), "{error}");
        assert!(Region::build_grid(geo(), 6, &[]).is_err());
    }

    #[test]
    fn names_are_found_in_any_form() {
        let region = shipped(4);
        let (lby, ner) = (region.country("LBY").unwrap(), region.country("NER").unwrap());
        let list = |names: &[&str]| names.iter().map(|s| s.to_string()).collect::<Vec<_>>();
        let area = region.area(&list(&["NER-LBY", "Faya-Largeau", "Tripolitania", "NER", "LBY-NER"])).unwrap();
        assert_eq!(area.countries, [ner]);
        assert_eq!(area.places, [region.place("Faya-Largeau").unwrap()]);
        assert_eq!(area.borders, [region.border_between(ner, lby).unwrap()]);
        assert_eq!(area.zones, [region.zone("Tripolitania").unwrap()]);
        assert_eq!(region.area(&list(&["Sabha", "Atlantis", "LBY-FRA"])), Err(list(&["Atlantis", "LBY-FRA"])));
        assert!(region.area(&[]).unwrap().is_everywhere());
        for name in region.names() {
            assert!(region.area(std::slice::from_ref(&name)).is_ok(), "{name}");
        }
        let border = &region.borders[region.border_between(lby, ner).unwrap()];
        assert!((border.km - 342.0).abs() < 20.0, "{}", border.km);
        let sabha = node(region, "Sabha");
        assert_eq!(
            region.nearest_node(region.nodes.lat[sabha as usize], region.nodes.lon[sabha as usize]),
            Some(sabha)
        );
        assert!(region.node_label(sabha).starts_with("84") && region.node_label(sabha).len() == 15);
    }
}
