//! Sea zones (where weather and patrols are one) and lanes (from a departure coast to a landing place).

use super::PlaceId;

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
    pub km: f64,
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
