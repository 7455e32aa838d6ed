//! A region of H3 hexagons from the shipped geodata: resolution 4 as it is, 3 by parents, 5 by children.

use super::geodata::{CellRow, GeoData, Speed, is_land};
use super::graph::{Graph, Link, Mode, NO_BORDER, find_borders};
use super::lookup::nearest;
use super::places::Locator;
use super::table::suggestion;
use super::{Border, CountryId, NodeId, Nodes, Region, Road, corridor, sea};
use crate::error::{Error, Result};
use crate::units::great_circle_km;
use h3o::{CellIndex, LatLng, Resolution};
use rayon::prelude::*;
use std::collections::BTreeMap;

/// How much longer a real road is than the straight line between its anchors (median of 92 lines, PROVENANCE.md).
const ROAD_DETOUR: f64 = 1.09;
/// Off the road one drives straight from centre to centre; over cells the way is already about 1.1 times the line.
const OFFROAD_DETOUR: f64 = 1.0;

impl Region {
    /// The grid at H3 `resolution` 3, 4 or 5. With `countries` (codes) only their cells become nodes.
    pub fn build_grid(geo: &GeoData, resolution: u8, countries: &[String]) -> Result<Region> {
        let res = match resolution {
            3 => Resolution::Three,
            4 => Resolution::Four,
            5 => Resolution::Five,
            _ => {
                return Err(Error::Input(format!("resolution {resolution} of the grid is none of 3, 4, 5")));
            }
        };
        let keep = kept_countries(geo, countries)?;
        let base: Vec<CellRow> =
            geo.cells.iter().filter(|c| is_land(c) && keep[usize::from(c.country)]).copied().collect();
        let base_nodes = nodes_of(&base);
        let mut parent: Vec<NodeId> = Vec::new();
        let (nodes, pairs) = match res {
            Resolution::Three => {
                let (cells, up) = parents(&base, &base_nodes.area_km2);
                let base_pairs = joined_pairs(&base, geo);
                let main = Mainland::of(&base, &base_nodes, &base_pairs, &up, cells.len());
                let pairs = main.lift(&base_pairs, &up);
                parent = main.parent_of_places(&base_nodes, &up);
                (nodes_of(&cells), pairs)
            }
            Resolution::Five => {
                let cells = children(&base);
                let pairs = joined_pairs(&cells, geo);
                (nodes_of(&cells), pairs)
            }
            _ => (base_nodes.clone(), joined_pairs(&base, geo)),
        };
        let mut links: Vec<Link> = pairs.par_iter().map(|&(a, b)| link(&nodes, &geo.speeds, a, b)).collect();
        let borders = borders(geo, &nodes, &mut links);
        let locator = match res {
            Resolution::Five => Locator::new(&nodes, &[], Resolution::Five),
            _ => Locator::new(&base_nodes, &parent, Resolution::Four),
        };
        let (places, towns) = (locator.places(geo), locator.towns(geo));
        let mut region = Region {
            graph: Graph::from_links(nodes.len(), &links),
            nodes,
            countries: geo.countries.clone(),
            borders,
            places,
            towns,
            resolution: Some(resolution),
            inputs: geo.inputs.clone(),
            ..Region::default()
        };
        region.index_names();
        region.sea = sea::build(geo, res, &region)?;
        region.corridors = corridor::from_rows(geo, &region)?;
        Ok(region)
    }
}

/// By country, whether its cells become nodes.
fn kept_countries(geo: &GeoData, countries: &[String]) -> Result<Vec<bool>> {
    let mut keep = vec![countries.is_empty(); geo.countries.len()];
    for iso3 in countries {
        let c = geo.country(iso3).ok_or_else(|| {
            let like = suggestion(iso3, geo.countries.iter().map(|c| c.iso3.as_str()));
            Error::Input(format!("unknown country `{iso3}`{like}"))
        })?;
        keep[usize::from(c)] = true;
    }
    Ok(keep)
}

/// The H3 cell of an id; ids were checked when they were read.
pub(super) fn cell(id: u64) -> Option<CellIndex> {
    CellIndex::try_from(id).ok()
}

/// Centre (degrees) and area (km2) of a cell. Rounded to a centimetre and to a tenth of a hectare, so that a last
/// digit in which one platform's sine differs from another's does not reach the model.
pub(super) fn geometry(id: u64) -> (f64, f64, f64) {
    let round = |x: f64, scale: f64| libm::round(x * scale) / scale;
    cell(id).map_or((0.0, 0.0, 0.0), |c| {
        let centre = LatLng::from(c);
        (round(centre.lat(), 1e7), round(centre.lng(), 1e7), round(c.area_km2(), 1e3))
    })
}

fn nodes_of(cells: &[CellRow]) -> Nodes {
    let places: Vec<(f64, f64, f64)> = cells.par_iter().map(|c| geometry(c.id)).collect();
    Nodes {
        id: cells.iter().map(|c| c.id).collect(),
        lat: places.iter().map(|p| p.0).collect(),
        lon: places.iter().map(|p| p.1).collect(),
        area_km2: places.iter().map(|p| p.2).collect(),
        country: cells.iter().map(|c| c.country).collect(),
        terrain: cells.iter().map(|c| c.terrain).collect(),
        road: cells.iter().map(|c| c.road).collect(),
        population: cells.iter().map(|c| c.population).collect(),
        border_km: cells.iter().map(|c| c.border_km).collect(),
        coast_km: cells.iter().map(|c| c.coast_km).collect(),
    }
}

/// The parents of all cells, by rising id, and each cell's parent: people are summed, country and terrain are those of
/// most land, the road is the best, distances are the shortest.
fn parents(base: &[CellRow], area_km2: &[f64]) -> (Vec<CellRow>, Vec<NodeId>) {
    let id_of = |c: &CellRow| cell(c.id).and_then(|x| x.parent(Resolution::Three)).map_or(0, u64::from);
    let mut members: BTreeMap<u64, Vec<usize>> = BTreeMap::new();
    for (i, c) in base.iter().enumerate() {
        members.entry(id_of(c)).or_default().push(i);
    }
    let mut up = vec![0; base.len()];
    let mut cells = Vec::with_capacity(members.len());
    for (id, which) in members {
        let land = |i: usize| area_km2[i] * base[i].land_share;
        let total: f64 = which.iter().map(|&i| area_km2[i]).sum();
        for &i in &which {
            up[i] = cells.len() as NodeId;
        }
        cells.push(CellRow {
            id,
            country: most(which.iter().map(|&i| (base[i].country, land(i)))).unwrap_or(base[which[0]].country),
            terrain: most(which.iter().map(|&i| (base[i].terrain, land(i)))).unwrap_or(base[which[0]].terrain),
            land_share: which.iter().map(|&i| land(i)).sum::<f64>() / total,
            population: which.iter().map(|&i| base[i].population).sum(),
            road: which.iter().map(|&i| base[i].road).max().unwrap_or(Road::None),
            coast_km: which.iter().map(|&i| base[i].coast_km).fold(f32::INFINITY, f32::min),
            border_km: which.iter().map(|&i| base[i].border_km).fold(f32::INFINITY, f32::min),
        });
    }
    (cells, up)
}

/// The key with the largest sum; the lowest of equals.
fn most<K: Ord + Copy>(items: impl Iterator<Item = (K, f64)>) -> Option<K> {
    let mut sums: BTreeMap<K, f64> = BTreeMap::new();
    for (key, x) in items {
        *sums.entry(key).or_insert(0.0) += x;
    }
    let mut best: Option<(K, f64)> = None;
    for (key, x) in sums {
        if best.is_none_or(|b| x > b.1) {
            best = Some((key, x));
        }
    }
    best.map(|b| b.0)
}

/// The children of all cells, by rising id; people are shared evenly, and the first children get what is left over.
fn children(base: &[CellRow]) -> Vec<CellRow> {
    let mut cells = Vec::with_capacity(7 * base.len());
    for row in base {
        let below: Vec<CellIndex> = cell(row.id).map_or_else(Vec::new, |c| c.children(Resolution::Five).collect());
        let count = below.len() as u32;
        for (k, child) in (0_u32..).zip(below) {
            let population = row.population / count + u32::from(k < row.population % count);
            cells.push(CellRow { id: child.into(), population, ..*row });
        }
    }
    cells.sort_unstable_by_key(|c| c.id);
    cells
}

/// Pairs of neighbours (lower number first, ascending) that land joins. A pentagon has five neighbours, so they are
/// asked for, never counted.
fn joined_pairs(cells: &[CellRow], geo: &GeoData) -> Vec<(NodeId, NodeId)> {
    let over_water = |a: CellIndex, b: CellIndex| {
        let up = |c: CellIndex| c.parent(Resolution::Four).map_or(0, u64::from);
        let (a, b) = (up(a), up(b));
        geo.water_edges.binary_search(&(a.min(b), a.max(b))).is_ok()
    };
    let of_cell = |i: usize| {
        let here = cell(cells[i].id);
        let around = here.map_or_else(Vec::new, |c| c.grid_disk::<Vec<_>>(1));
        let mut pairs: Vec<(NodeId, NodeId)> = around
            .into_iter()
            .filter(|&other| u64::from(other) > cells[i].id && here.is_some_and(|c| !over_water(c, other)))
            .filter_map(|other| cells.binary_search_by_key(&u64::from(other), |c| c.id).ok())
            .map(|j| (i as NodeId, j as NodeId))
            .collect();
        pairs.sort_unstable();
        pairs
    };
    (0..cells.len()).into_par_iter().flat_map_iter(of_cell).collect()
}

/// Which piece of land each parent belongs to. A parent of 12,000 km2 can lie on both shores of a strait; it then counts
/// as part of the shore with most land in it, or one could walk from Tangier to Spain.
struct Mainland {
    /// Connected piece of the graph of resolution 4, by cell.
    piece: Vec<u32>,
    /// Piece of most land, by parent.
    main: Vec<u32>,
}

impl Mainland {
    fn of(base: &[CellRow], base_nodes: &Nodes, pairs: &[(NodeId, NodeId)], up: &[NodeId], parents: usize) -> Mainland {
        let bare =
            |&(a, b): &(NodeId, NodeId)| Link { a, b, km: 0.0, hours: [0.0; 2], on_road: false, border: NO_BORDER };
        let links: Vec<Link> = pairs.iter().map(bare).collect();
        let piece = Graph::from_links(base.len(), &links).pieces();
        let mut land: Vec<Vec<(u32, f64)>> = vec![Vec::new(); parents];
        for i in 0..base.len() {
            land[up[i] as usize].push((piece[i], base_nodes.area_km2[i] * base[i].land_share));
        }
        let main = land.into_iter().map(|l| most(l.into_iter()).unwrap_or(u32::MAX)).collect();
        Mainland { piece, main }
    }

    fn on_main(&self, i: usize, up: &[NodeId]) -> bool {
        self.piece[i] == self.main[up[i] as usize]
    }

    /// Pairs of parents joined by any pair of cells that stand for them.
    fn lift(&self, pairs: &[(NodeId, NodeId)], up: &[NodeId]) -> Vec<(NodeId, NodeId)> {
        let mut lifted: Vec<(NodeId, NodeId)> = pairs
            .iter()
            .filter(|p| self.on_main(p.0 as usize, up) && self.on_main(p.1 as usize, up))
            .map(|p| (up[p.0 as usize], up[p.1 as usize]))
            .map(|(a, b)| (a.min(b), a.max(b)))
            .filter(|(a, b)| a != b)
            .collect();
        lifted.sort_unstable();
        lifted.dedup();
        lifted
    }

    /// The parent on which the places of each cell stand: its own, or, when that belongs to the other shore, the nearest
    /// one on the right shore. An islet without such a parent stays where it is.
    fn parent_of_places(&self, nodes: &Nodes, up: &[NodeId]) -> Vec<NodeId> {
        let mut parent = up.to_vec();
        for i in (0..up.len()).filter(|&i| !self.on_main(i, up)) {
            let same: Vec<usize> =
                (0..up.len()).filter(|&j| self.piece[j] == self.piece[i] && self.on_main(j, up)).collect();
            let points = same.iter().map(|&j| (nodes.lat[j], nodes.lon[j]));
            if let Some(k) = nearest(points, nodes.lat[i], nodes.lon[i], f64::INFINITY) {
                parent[i] = up[same[k]];
            }
        }
        parent
    }
}

/// Length and hours between two nodes: each half at the speed of its own ground, on the worse road of the two ends.
fn link(nodes: &Nodes, speeds: &[Speed], a: NodeId, b: NodeId) -> Link {
    let (i, j) = (a as usize, b as usize);
    let road = nodes.road[i].min(nodes.road[j]);
    let on_road = road != Road::None;
    let straight = great_circle_km(nodes.lat[i], nodes.lon[i], nodes.lat[j], nodes.lon[j]);
    let km = straight * if on_road { ROAD_DETOUR } else { OFFROAD_DETOUR };
    let (p, q) = (&speeds[nodes.terrain[i] as usize], &speeds[nodes.terrain[j] as usize]);
    let at = |v: f64, w: f64| (0.5 * km / v + 0.5 * km / w) as f32;
    let mut hours = [0.0; 2];
    hours[Mode::Vehicle as usize] = at(p.road[road as usize], q.road[road as usize]);
    hours[Mode::Foot as usize] = at(p.foot, q.foot);
    Link { a, b, km: km as f32, hours, on_road, border: NO_BORDER }
}

/// Borders with the length in `borders.csv`. Where that has none, each link that crosses stands for one side of a hexagon,
/// which is the link's length over the root of three (over the 76 known borders this gives 1.09 times their length in the
/// median; the length of the links themselves would give 1.9 times).
fn borders(geo: &GeoData, nodes: &Nodes, links: &mut [Link]) -> Vec<Border> {
    let length = |a: CountryId, b: CountryId, crossing: usize, mean_km: f64| {
        let known = geo.borders.binary_search_by_key(&(a, b), |x| x.0).ok().map(|i| geo.borders[i].1);
        known.unwrap_or(crossing as f64 * mean_km / 3.0_f64.sqrt())
    };
    find_borders(&nodes.country, links, length)
}
