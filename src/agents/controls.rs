//! What the levers add up to today. Zeroed every day; levers only add.

use super::arms::CLASSES;
use crate::region::{Area, Region};

/// Guards put on depots by a lever.
#[derive(Clone, Debug)]
pub struct DepotOrder {
    /// Guards per depot.
    pub guards: f64,
    pub area: Area,
    /// Large sites only, small sites only, or all.
    pub tier: Option<u8>,
    /// Which classes these guards watch.
    pub classes: [bool; CLASSES],
}

/// Vessels sent by a lever.
#[derive(Clone, Debug)]
pub struct NavalOrder {
    /// Hash of the lever's name: names its vessels.
    pub sender: u64,
    pub zone: usize,
    pub vessels: u32,
    /// How near to the coast they go.
    pub standoff_km: f64,
    /// Persons one can take aboard.
    pub capacity: u32,
    /// False: they patrol but rescue nobody.
    pub rescue: bool,
}

/// Sums of today's levers.
#[derive(Clone, Debug, Default)]
pub struct Controls {
    /// Hash of the name of the lever that is being applied.
    pub sender: u64,
    pub depots: Vec<DepotOrder>,
    /// Patrol teams by border (index into `Region::borders`).
    pub border_teams: Vec<f64>,
    pub naval: Vec<NavalOrder>,
    /// Chance per day and network that a leak tells it where one of today's patrols is.
    pub leak: f64,
}

impl Controls {
    /// No lever at all.
    pub fn none(region: &Region) -> Controls {
        Controls { border_teams: vec![0.0; region.borders.len()], ..Controls::default() }
    }
}
