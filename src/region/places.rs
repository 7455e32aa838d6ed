//! Putting the places and towns of `places.csv` on the nodes of a grid.

use super::geodata::{GeoData, PlaceRow};
use super::lookup::nearest;
use super::{NodeId, Nodes, Place, Town, TownKind};
use h3o::{LatLng, Resolution};

/// A place whose cell is no node goes to the nearest node of its own country, if it has one this near (km): some 1.5
/// cells, so that a port on a spit gets its land and an oil field far offshore does not.
const REACH_KM: f64 = 60.0;

/// Finds the node of a point. At resolution 3 by way of the cell of resolution 4, since the hexagons of one resolution
/// do not lie exactly in their parents and a place must not change its land with the resolution.
pub(super) struct Locator<'a> {
    /// Nodes of resolution 4 or 5, by rising id.
    nodes: &'a Nodes,
    /// Node of the region for each of `nodes`; empty when they are the same.
    parent: &'a [NodeId],
    resolution: Resolution,
    /// Numbers in `nodes` by country.
    own: Vec<Vec<u32>>,
}

impl<'a> Locator<'a> {
    pub fn new(nodes: &'a Nodes, parent: &'a [NodeId], resolution: Resolution) -> Locator<'a> {
        let countries = nodes.country.iter().max().map_or(0, |&c| usize::from(c) + 1);
        let mut own = vec![Vec::new(); countries];
        for (i, &c) in nodes.country.iter().enumerate() {
            own[usize::from(c)].push(i as u32);
        }
        Locator { nodes, parent, resolution, own }
    }

    /// The node on which a place stands.
    fn node(&self, row: &PlaceRow) -> Option<NodeId> {
        // A country that is left out of the run takes its places with it, whoever's cell they lie in.
        let own = self.own.get(usize::from(row.country)).filter(|own| !own.is_empty())?;
        let cell: u64 = LatLng::new(row.lat, row.lon).ok()?.to_cell(self.resolution).into();
        let i = self.nodes.id.binary_search(&cell).ok().or_else(|| self.nearest_of(own, row))?;
        Some(self.parent.get(i).copied().unwrap_or(i as NodeId))
    }

    fn nearest_of(&self, own: &[u32], row: &PlaceRow) -> Option<usize> {
        let points = own.iter().map(|&i| (self.nodes.lat[i as usize], self.nodes.lon[i as usize]));
        nearest(points, row.lat, row.lon, REACH_KM).map(|k| own[k] as usize)
    }

    /// The places of the story, in the order of the file.
    pub fn places(&self, geo: &GeoData) -> Vec<Place> {
        let place = |row: &PlaceRow| Place {
            name: row.name.clone(),
            country: row.country,
            lat: row.lat,
            lon: row.lon,
            population: row.population,
            kind: row.kind.clone(),
            node: self.node(row),
        };
        geo.places.iter().filter(|row| row.story).map(place).collect()
    }

    /// Towns with people, and bases, that have a node.
    pub fn towns(&self, geo: &GeoData) -> Vec<Town> {
        let town = |row: &PlaceRow| {
            let kind = town_kind(&row.kind, row.population)?;
            let node = self.node(row)?;
            Some(Town { node, country: row.country, lat: row.lat, lon: row.lon, population: row.population, kind })
        };
        geo.places.iter().filter_map(town).collect()
    }
}

/// What a place is for depots and groups; nothing for an empty waypoint or a border post.
pub(super) fn town_kind(kind: &str, population: u32) -> Option<TownKind> {
    match kind {
        "airbase" => Some(TownKind::Airbase),
        "military_base" => Some(TownKind::MilitaryBase),
        "capital" | "city" | "town" | "village" | "oasis" if population > 0 => Some(TownKind::Settlement),
        _ => None,
    }
}
