//! Finding things of a region by name or by position.

use super::{Area, Border, CountryId, NodeId, PlaceId, Region};
use crate::units::great_circle_km;

/// km in a degree of latitude, rounded down so that it never rules out a nearer point.
const KM_PER_DEGREE: f64 = 111.19;

impl Region {
    /// The place of this name.
    pub fn place(&self, name: &str) -> Option<PlaceId> {
        self.by_place.get(name).copied()
    }

    /// The country of this three-letter code.
    pub fn country(&self, iso3: &str) -> Option<CountryId> {
        self.by_country.get(iso3).copied()
    }

    /// Index of the border between two countries, in either order.
    pub fn border_between(&self, a: CountryId, b: CountryId) -> Option<usize> {
        let wanted = (a.min(b), a.max(b));
        self.borders.binary_search_by_key(&wanted, |x| (x.a, x.b)).ok()
    }

    /// Index of the sea zone of this name.
    pub fn zone(&self, name: &str) -> Option<usize> {
        self.sea.zones.iter().position(|z| z.name == name)
    }

    /// What a list of names stands for: countries by code, places, borders as `NER-LBY` in either order, sea zones.
    /// The error lists the names that are none of these.
    pub fn area(&self, names: &[String]) -> Result<Area, Vec<String>> {
        let mut area = Area::default();
        let mut unknown = Vec::new();
        for name in names {
            if let Some(c) = self.country(name) {
                area.countries.push(c);
            } else if let Some(p) = self.place(name) {
                area.places.push(p);
            } else if let Some(z) = self.zone(name) {
                area.zones.push(z);
            } else if let Some(b) = self.border_named(name) {
                area.borders.push(b);
            } else {
                unknown.push(name.clone());
            }
        }
        if !unknown.is_empty() {
            return Err(unknown);
        }
        // Sorted and without doubles, so that the same area is equal however it was written.
        fn tidy<T: Ord>(list: &mut Vec<T>) {
            list.sort();
            list.dedup();
        }
        tidy(&mut area.countries);
        tidy(&mut area.places);
        tidy(&mut area.borders);
        tidy(&mut area.zones);
        Ok(area)
    }

    /// Everything that [`Region::area`] knows by name: countries, borders, zones, then places.
    pub fn names(&self) -> Vec<String> {
        let countries = self.countries.iter().map(|c| c.iso3.clone());
        let borders = self.borders.iter().map(|b| self.border_label(b));
        let zones = self.sea.zones.iter().map(|z| z.name.clone());
        countries.chain(borders).chain(zones).chain(self.by_place.keys().cloned()).collect()
    }

    /// `LBY-NER`: the codes of a border's two countries, in the order of the alphabet.
    pub fn border_label(&self, border: &Border) -> String {
        format!("{}-{}", self.countries[border.a as usize].iso3, self.countries[border.b as usize].iso3)
    }

    fn border_named(&self, name: &str) -> Option<usize> {
        let (a, b) = name.split_once('-')?;
        self.border_between(self.country(a)?, self.country(b)?)
    }

    /// The node whose centre is nearest; the lower one of equals.
    pub fn nearest_node(&self, lat: f64, lon: f64) -> Option<NodeId> {
        let points = self.nodes.lat.iter().zip(&self.nodes.lon).map(|(&a, &b)| (a, b));
        nearest(points, lat, lon, f64::INFINITY).map(|i| i as NodeId)
    }

    /// A node for people to read: the H3 index in hex, or the name of the place in a network.
    pub fn node_label(&self, node: NodeId) -> String {
        let named = self.places.iter().find(|p| self.resolution.is_none() && p.node == Some(node));
        named.map_or_else(|| format!("{:x}", self.nodes.id[node as usize]), |p| p.name.clone())
    }

    /// Fills the maps behind [`Region::place`] and [`Region::country`].
    pub(super) fn index_names(&mut self) {
        self.by_place = self.places.iter().enumerate().map(|(i, p)| (p.name.clone(), i as PlaceId)).collect();
        self.by_country = self.countries.iter().enumerate().map(|(i, c)| (c.iso3.clone(), i as CountryId)).collect();
    }
}

/// Number of the nearest of `points` (lat, lon) that is no farther than `within` km; the first of equals.
pub(super) fn nearest(points: impl Iterator<Item = (f64, f64)>, lat: f64, lon: f64, within: f64) -> Option<usize> {
    let mut best = (within, None);
    for (i, (lat2, lon2)) in points.enumerate() {
        // The difference in latitude alone rules out most points without a sine.
        if (lat2 - lat).abs() * KM_PER_DEGREE > best.0 {
            continue;
        }
        let km = great_circle_km(lat, lon, lat2, lon2);
        if km < best.0 || (best.1.is_none() && km <= best.0) {
            best = (km, Some(i));
        }
    }
    best.1
}
