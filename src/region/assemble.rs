//! Building a region from the parts of a network, with their names not yet looked up.

use super::corridor::find;
use super::graph::{Graph, Link, Mode, NO_BORDER, find_borders};
use super::lookup::nearest;
use super::places::town_kind;
use super::sea::{Lane, Sea, Zone};
use super::{Carrier, Corridor, Country, NodeId, Nodes, Place, PlaceId, Region, Road, Terrain, Town};
use crate::error::{Error, Result};
use crate::units::great_circle_km;
use std::collections::{BTreeMap, BTreeSet};

/// Speeds on a link that names none, km/h, by [`Road`]: those of the steppe in `terrain.csv`.
const ROAD_KMH: [f64; 4] = [25.0, 35.0, 45.0, 75.0];
/// Walking speed, km/h: that of the steppe.
const FOOT_KMH: f64 = 3.0;
/// Ground of a node, km2: that of a hexagon of resolution 4.
const NODE_KM2: f64 = 1_770.0;
/// Water of a zone, km2 (assumption: the middling zone of the grid).
const ZONE_KM2: f64 = 150_000.0;
/// Border that a link stands for, km.
const BORDER_KM: f64 = 100.0;
/// A corridor of a network is in use in every year.
const ALWAYS: (i16, i16) = (0, 9999);

/// What the files say, with names not yet looked up.
#[derive(Default)]
pub(super) struct Parts {
    pub nodes: Vec<NodePart>,
    pub links: Vec<LinkPart>,
    pub lanes: Vec<LanePart>,
    pub corridors: Vec<CorridorPart>,
    pub inputs: Vec<(String, String)>,
}

pub(super) struct NodePart {
    pub name: String,
    pub country: String,
    pub lat: f64,
    pub lon: f64,
    pub population: u32,
    pub terrain: Terrain,
    pub kind: String,
    pub spot: String,
}

pub(super) struct LinkPart {
    pub a: String,
    pub b: String,
    pub km: f64,
    pub road: Road,
    pub speed_kmh: Option<f64>,
    pub spot: String,
}

pub(super) struct LanePart {
    pub from: String,
    pub to: String,
    pub zone: String,
    pub km: f64,
    pub spot: String,
}

pub(super) struct CorridorPart {
    pub id: String,
    pub name: String,
    pub people: bool,
    pub arms: bool,
    pub carrier: Carrier,
    pub places: Vec<String>,
    pub spot: String,
}

impl Parts {
    /// The region these parts make, or the first fault in them.
    pub(super) fn build(mut self) -> Result<Region> {
        let mut region = Region { inputs: std::mem::take(&mut self.inputs), ..Region::default() };
        self.add_places(&mut region)?;
        self.add_links(&mut region)?;
        self.add_lanes(&mut region)?;
        self.add_corridors(&mut region)?;
        fill_distances(&mut region);
        Ok(region)
    }

    /// Countries, nodes (by rising id), places (in the order of the file) and towns.
    fn add_places(&self, region: &mut Region) -> Result<()> {
        if self.nodes.len() > usize::from(PlaceId::MAX) {
            let (count, most) = (self.nodes.len(), PlaceId::MAX);
            return Err(Error::Input(format!("{count} places; a network has at most {most}")));
        }
        let codes: BTreeSet<&str> = self.nodes.iter().map(|n| n.country.as_str()).collect();
        let people =
            |code: &str| self.nodes.iter().filter(|n| n.country == code).map(|n| f64::from(n.population)).sum::<f64>();
        let country = |code: &&str| Country {
            iso3: code.to_string(),
            name: code.to_string(),
            population: Some(people(code)),
            gdp_per_head_usd: None,
            fragility: None,
        };
        region.countries = codes.iter().map(country).collect();
        let mut order: Vec<(u64, usize)> = self.nodes.iter().enumerate().map(|(i, n)| (name_id(&n.name), i)).collect();
        order.sort_unstable();
        if let Some(w) = order.windows(2).find(|w| w[0].0 == w[1].0) {
            let twice = &self.nodes[w[1].1];
            return Err(Error::Input(format!("{}: place `{}` stands twice", twice.spot, twice.name)));
        }
        let mut node_of = vec![0; self.nodes.len()];
        for (k, &(id, i)) in order.iter().enumerate() {
            let n = &self.nodes[i];
            node_of[i] = k as NodeId;
            region.nodes.id.push(id);
            region.nodes.lat.push(n.lat);
            region.nodes.lon.push(n.lon);
            region.nodes.country.push(codes.range(..n.country.as_str()).count() as u16);
            region.nodes.area_km2.push(NODE_KM2);
            region.nodes.terrain.push(n.terrain);
            region.nodes.road.push(Road::None);
            region.nodes.population.push(n.population);
        }
        for (n, &node) in self.nodes.iter().zip(&node_of) {
            let (lat, lon, population, country) = (n.lat, n.lon, n.population, region.nodes.country[node as usize]);
            let (name, kind) = (n.name.clone(), n.kind.clone());
            if let Some(kind) = town_kind(&kind, population) {
                region.towns.push(Town { node, country, lat, lon, population, kind });
            }
            region.places.push(Place { name, country, lat, lon, population, kind, node: Some(node) });
        }
        region.index_names();
        Ok(())
    }

    fn add_links(&self, region: &mut Region) -> Result<()> {
        let mut links: BTreeMap<(NodeId, NodeId), Link> = BTreeMap::new();
        for part in &self.links {
            let (a, b) = (node(region, &part.a, &part.spot)?, node(region, &part.b, &part.spot)?);
            let mut hours = [0.0; 2];
            hours[Mode::Vehicle as usize] = (part.km / part.speed_kmh.unwrap_or(ROAD_KMH[part.road as usize])) as f32;
            hours[Mode::Foot as usize] = (part.km / FOOT_KMH) as f32;
            let on_road = part.road != Road::None;
            let (a, b) = (a.min(b), a.max(b));
            let link = Link { a, b, km: part.km as f32, hours, on_road, border: NO_BORDER };
            if a == b {
                return Err(Error::Input(format!("{}: `{}` is linked to itself", part.spot, part.a)));
            }
            if links.insert((a, b), link).is_some() {
                return Err(Error::Input(format!("{}: `{}` and `{}` are linked twice", part.spot, part.a, part.b)));
            }
            for n in [a, b] {
                let best = &mut region.nodes.road[n as usize];
                *best = part.road.max(*best);
            }
        }
        let mut links: Vec<Link> = links.into_values().collect();
        region.borders = find_borders(&region.nodes.country, &mut links, |_, _, n, _| BORDER_KM * n as f64);
        if region.borders.len() >= usize::from(NO_BORDER) {
            return Err(Error::Input(format!("more than {NO_BORDER} borders between countries")));
        }
        region.graph = Graph::from_links(region.nodes.len(), &links);
        Ok(())
    }

    fn add_lanes(&self, region: &mut Region) -> Result<()> {
        let names: BTreeSet<&str> = self.lanes.iter().map(|l| l.zone.as_str()).collect();
        let mut sea = Sea::default();
        for (z, name) in names.iter().enumerate() {
            let (mut lat, mut lon, mut count) = (0.0, 0.0, 0.0);
            for part in self.lanes.iter().filter(|l| l.zone == *name) {
                let (from, to) = (find(region, &part.from, &part.spot)?, find(region, &part.to, &part.spot)?);
                if from == to {
                    return Err(Error::Input(format!("{}: a lane from `{}` to itself", part.spot, part.from)));
                }
                for end in [from, to] {
                    lat += region.places[usize::from(end)].lat;
                    lon += region.places[usize::from(end)].lon;
                    count += 1.0;
                }
                sea.lanes.push(Lane { from, to, zone: z, km: part.km, years: vec![(0, 9999)] });
            }
            let (lat, lon) = (lat / count, lon / count);
            sea.zones.push(Zone { name: name.to_string(), lat, lon, area_km2: ZONE_KM2 });
        }
        region.sea = sea;
        Ok(())
    }

    fn add_corridors(&self, region: &mut Region) -> Result<()> {
        let piece = region.graph.pieces();
        for part in &self.corridors {
            let places = part.places.iter().map(|p| find(region, p, &part.spot)).collect::<Result<Vec<_>>>()?;
            let of = |p: u16| region.places[usize::from(p)].node.map(|n| piece[n as usize]);
            if places.len() < 2 || places.windows(2).any(|w| of(w[0]) != of(w[1])) {
                let what = "needs at least two places, each joined to the next by links";
                return Err(Error::Input(format!("{}: corridor `{}` {what}", part.spot, part.id)));
            }
            let (id, name) = (part.id.clone(), part.name.clone());
            let (people, arms, carrier) = (part.people, part.arms, part.carrier);
            region.corridors.push(Corridor { id, name, people, arms, carrier, places, years: vec![ALWAYS] });
        }
        Ok(())
    }
}

/// Stable id of a name: the first eight bytes of its blake3 hash, never 0.
fn name_id(name: &str) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&blake3::hash(name.as_bytes()).as_bytes()[..8]);
    u64::from_le_bytes(first).max(1)
}

fn node(region: &Region, name: &str, spot: &str) -> Result<NodeId> {
    let place = find(region, name, spot)?;
    region.places[usize::from(place)].node.ok_or_else(|| Error::Input(format!("{spot}: `{name}` is no node")))
}

/// Distance to a border: half the way to it for a node next to it, the line to such a node for others; to the coast: the
/// line to the nearest end of a lane.
fn fill_distances(region: &mut Region) {
    let (nodes, graph): (&mut Nodes, &Graph) = (&mut region.nodes, &region.graph);
    let mut at_border: Vec<Option<f32>> = vec![None; nodes.len()];
    for (node, own) in at_border.iter_mut().enumerate() {
        for e in graph.edges(node as NodeId).filter(|&e| graph.border[e] != NO_BORDER) {
            let half = 0.5 * graph.km[e];
            *own = Some(own.map_or(half, |d| d.min(half)));
        }
    }
    let ports: Vec<(f64, f64)> = region
        .sea
        .lanes
        .iter()
        .flat_map(|lane| [lane.from, lane.to])
        .map(|p| (region.places[usize::from(p)].lat, region.places[usize::from(p)].lon))
        .collect();
    for i in 0..nodes.len() {
        let (lat, lon) = (nodes.lat[i], nodes.lon[i]);
        let km = |a: f64, b: f64| great_circle_km(lat, lon, a, b) as f32;
        let over = |k: usize| at_border[k].map(|half| half + km(nodes.lat[k], nodes.lon[k]));
        let border = at_border[i].unwrap_or_else(|| (0..nodes.len()).filter_map(over).fold(f32::INFINITY, f32::min));
        let port = nearest(ports.iter().copied(), lat, lon, f64::INFINITY);
        let coast = port.map_or(f32::INFINITY, |k| km(ports[k].0, ports[k].1));
        nodes.border_km.push(border);
        nodes.coast_km.push(coast);
    }
}

#[cfg(test)]
mod tests {
    use super::name_id;

    #[test]
    fn ids_depend_on_the_name_alone() {
        assert_eq!(name_id("Sabha"), name_id("Sabha"));
        assert_ne!(name_id("Sabha"), name_id("Sabh\u{e1}"));
    }
}
