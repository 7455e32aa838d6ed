//! Sea zones (where weather and patrols are one) and lanes (from a departure coast to a landing place).

use super::corridor::find;
use super::corridor::in_use;
use super::geodata::{CellRow, GeoData, NO_COUNTRY, SeaRow, ZoneSeed, is_land};
use super::grid::{cell, geometry};
use super::lookup::nearest;
use super::{PlaceId, Region};
use crate::error::{Error, Result};
use crate::units::great_circle_km;
use h3o::Resolution;
use rayon::prelude::*;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap};

/// A sea zone.
#[derive(Clone, Debug, PartialEq)]
pub struct Zone {
    pub name: String,
    /// Middle of it, for charts.
    pub lat: f64,
    pub lon: f64,
    /// Sea area, km2.
    pub area_km2: f64,
}

/// A way over sea from a departure place to a landing place.
#[derive(Clone, Debug, PartialEq)]
pub struct Lane {
    pub from: PlaceId,
    pub to: PlaceId,
    /// Zone in which boats of this lane launch and spend most of the way.
    pub zone: usize,
    /// Length of the way, km.
    pub km: f64,
    /// Years in which boats with people are known to use it (`corridors.csv`), as closed ranges; none: not in use.
    pub years: Vec<(i16, i16)>,
}

impl Lane {
    /// True when boats use it in that year.
    pub fn open(&self, year: i16) -> bool {
        in_use(&self.years, year)
    }
}

/// The sea of a region.
#[derive(Clone, Debug, Default)]
pub struct Sea {
    /// H3 ids of sea cells, ascending (empty in a network).
    pub cell_id: Vec<u64>,
    /// Zone of each sea cell.
    pub cell_zone: Vec<u16>,
    pub zones: Vec<Zone>,
    pub lanes: Vec<Lane>,
}

/// Sea cells of the grid, the zone of each, and the lanes of the data. Zones are grown at resolution 4, so that they and
/// the lanes are the same at every resolution.
pub(super) fn build(geo: &GeoData, res: Resolution, region: &Region) -> Result<Sea> {
    let cells: Vec<&CellRow> = geo.cells.iter().filter(|c| c.country == NO_COUNTRY).collect();
    if cells.is_empty() {
        return Err(Error::Input("geo/cells.csv: no sea cell".to_string()));
    }
    let ids: Vec<u64> = cells.iter().map(|c| c.id).collect();
    let shapes: Vec<(f64, f64, f64)> = ids.par_iter().map(|&id| geometry(id)).collect();
    let zone_of = grow(&ids, &shapes, &geo.zones);
    let mut zones: Vec<Zone> = geo
        .zones
        .iter()
        .map(|seed| Zone { name: seed.name.clone(), lat: seed.lat, lon: seed.lon, area_km2: 0.0 })
        .collect();
    for ((&zone, shape), cell) in zone_of.iter().zip(&shapes).zip(&cells) {
        zones[usize::from(zone)].area_km2 += shape.2 * (1.0 - cell.land_share);
    }
    if let Some(dry) = zones.iter().find(|z| z.area_km2 <= 0.0) {
        return Err(Error::Input(format!("model/sea_zones.csv: no sea cell belongs to zone `{}`", dry.name)));
    }
    let lanes = geo.sea.iter().map(|row| lane(row, region, geo, &shapes, &zone_of)).collect::<Result<Vec<_>>>()?;
    let (cell_id, cell_zone) = at_resolution(geo, res, &ids, &zone_of);
    Ok(Sea { cell_id, cell_zone, zones, lanes })
}

/// A lane; its zone is that of the sea cell nearest to where it departs.
fn lane(row: &SeaRow, region: &Region, geo: &GeoData, shapes: &[(f64, f64, f64)], zone_of: &[u16]) -> Result<Lane> {
    let (from, to) = (find(region, &row.from, &row.spot)?, find(region, &row.to, &row.spot)?);
    let start = &region.places[usize::from(from)];
    let cell = nearest(shapes.iter().map(|s| (s.0, s.1)), start.lat, start.lon, f64::INFINITY);
    Ok(Lane { from, to, zone: cell.map_or(0, |i| usize::from(zone_of[i])), km: row.km, years: years_in_use(row, geo)? })
}

/// Years of the sea corridors between the two places of a lane.
fn years_in_use(row: &SeaRow, geo: &GeoData) -> Result<Vec<(i16, i16)>> {
    let mut out = vec![];
    for c in geo.corridors.iter().filter(|c| c.legs.iter().all(|l| l == "sea")) {
        if c.places.first() == Some(&row.from) && c.places.last() == Some(&row.to) {
            out.extend(super::corridor::years(&c.period).map_err(|e| Error::Input(format!("{}: {e}", c.spot)))?);
        }
    }
    Ok(out)
}

/// Zone of each cell: that of the seed with the shortest way over sea cells; where no such way leads, the nearest seed.
fn grow(ids: &[u64], shapes: &[(f64, f64, f64)], seeds: &[ZoneSeed]) -> Vec<u16> {
    const NONE: u16 = u16::MAX;
    let mut zone = vec![NONE; ids.len()];
    // Whole metres, so that equal ways tie alike everywhere; ties go to the first zone.
    let mut queue: BinaryHeap<Reverse<(u64, u16, usize)>> = BinaryHeap::new();
    for (z, seed) in (0_u16..).zip(seeds) {
        if let Some(i) = nearest(shapes.iter().map(|s| (s.0, s.1)), seed.lat, seed.lon, f64::INFINITY) {
            queue.push(Reverse((0, z, i)));
        }
    }
    while let Some(Reverse((metres, z, i))) = queue.pop() {
        if zone[i] != NONE {
            continue;
        }
        zone[i] = z;
        for other in cell(ids[i]).map_or_else(Vec::new, |c| c.grid_disk::<Vec<_>>(1)) {
            let Ok(j) = ids.binary_search(&u64::from(other)) else {
                continue;
            };
            if zone[j] == NONE {
                let km = great_circle_km(shapes[i].0, shapes[i].1, shapes[j].0, shapes[j].1);
                queue.push(Reverse((metres + libm::round(km * 1000.0) as u64, z, j)));
            }
        }
    }
    for (z, shape) in zone.iter_mut().zip(shapes) {
        if *z == NONE {
            let seeds = seeds.iter().map(|s| (s.lat, s.lon));
            *z = nearest(seeds, shape.0, shape.1, f64::INFINITY).unwrap_or(0) as u16;
        }
    }
    zone
}

/// Sea cells at the resolution of the grid, ascending, and their zones: children keep their parent's; a parent is sea
/// when no cell in it is land, and takes the zone of most of its cells.
fn at_resolution(geo: &GeoData, res: Resolution, ids: &[u64], zone_of: &[u16]) -> (Vec<u64>, Vec<u16>) {
    let up = |id: u64| cell(id).and_then(|c| c.parent(Resolution::Three)).map_or(0, u64::from);
    match res {
        Resolution::Four => (ids.to_vec(), zone_of.to_vec()),
        Resolution::Five => {
            let below = |id: u64| cell(id).map_or_else(Vec::new, |c| c.children(res).map(u64::from).collect());
            let pairs = ids.iter().zip(zone_of).flat_map(|(&id, &z)| below(id).into_iter().map(move |c| (c, z)));
            let mut pairs: Vec<(u64, u16)> = pairs.collect();
            pairs.sort_unstable();
            pairs.into_iter().unzip()
        }
        _ => {
            let land: BTreeSet<u64> = geo.cells.iter().filter(|c| is_land(c)).map(|c| up(c.id)).collect();
            let mut votes: BTreeMap<u64, BTreeMap<u16, u32>> = BTreeMap::new();
            for (&id, &z) in ids.iter().zip(zone_of) {
                if !land.contains(&up(id)) {
                    *votes.entry(up(id)).or_default().entry(z).or_insert(0) += 1;
                }
            }
            let winner = |votes: BTreeMap<u16, u32>| {
                votes.into_iter().max_by_key(|&(z, n)| (n, Reverse(z))).map_or(0, |(z, _)| z)
            };
            votes.into_iter().map(|(id, votes)| (id, winner(votes))).unzip()
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::region::check::tests::shipped;

    #[test]
    fn departures_lie_in_their_waters() {
        let region = shipped(4);
        let zone = |name: &str| {
            let place = region.place(name).unwrap();
            let lane = region.sea.lanes.iter().find(|l| l.from == place).unwrap();
            region.sea.zones[lane.zone].name.clone()
        };
        for name in ["Zuwara", "Sabratha", "Zawiya", "Tripoli", "Garabulli", "Khoms", "Misrata"] {
            assert_eq!(zone(name), "Tripolitania", "{name}");
        }
        for name in ["Benghazi", "Derna", "Tobruk"] {
            assert_eq!(zone(name), "Cyrenaica", "{name}");
        }
        assert_eq!(zone("Sfax"), "Gulf of Gabes");
        assert_eq!(zone("Zarzis"), "Gulf of Gabes");
        assert_eq!(zone("Alexandria"), "Off Egypt");
        assert_eq!(zone("Nador"), "Alboran");
        assert_eq!(zone("Tangier"), "Gulf of Cadiz");
        assert_eq!(zone("Obock"), "Gulf of Aden");
        assert_eq!(zone("Laayoune"), "Canaries Atlantic");
    }

    #[test]
    fn zones_and_lanes_do_not_change_with_the_resolution() {
        let (three, four, five) = (shipped(3), shipped(4), shipped(5));
        for other in [three, five] {
            assert_eq!(other.sea.zones, four.sea.zones);
            assert_eq!(other.sea.lanes, four.sea.lanes);
        }
        assert_eq!(four.sea.cell_id.len(), 5158);
        assert!(five.sea.cell_id.len() > 7 * 5158 - 10);
        assert!(three.sea.cell_id.len() > 500);
    }
}
