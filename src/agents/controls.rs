//! What the levers add up to today. Zeroed every day; levers only add.

use super::arms::CLASSES;
use super::patrol::Force;
use crate::region::{Area, NodeId, Region};

/// Guards put on depots by a lever.
#[derive(Clone, Debug)]
pub struct DepotOrder {
    /// Guards per depot.
    pub guards: f64,
    /// Depots here are guarded.
    pub area: Area,
    /// Large sites only, small sites only, or all.
    pub tier: Option<u8>,
    /// Which classes these guards watch.
    pub classes: [bool; CLASSES],
}

/// Weapons that a lever buys or collects, to be destroyed.
#[derive(Clone, Debug)]
pub struct DestructionOrder {
    /// Hash of the lever's name: its luck hangs on it.
    pub sender: u64,
    /// Countries where it works.
    pub area: Area,
    /// Kinds of stores it takes them from ([`store`](super::store)), by number.
    pub from: [bool; 3],
    /// Pieces (tonnes) a year, by class.
    pub per_year: [f64; CLASSES],
}

/// Vessels sent by a lever.
#[derive(Clone, Debug)]
pub struct NavalOrder {
    /// Hash of the lever's name: names its vessels.
    pub sender: u64,
    /// The sea zone.
    pub zone: usize,
    /// How many are on station.
    pub vessels: u32,
    /// How near to the coast they go.
    pub standoff_km: f64,
    /// Persons one can take aboard.
    pub capacity: u32,
    /// False: they patrol but rescue nobody.
    pub rescue: bool,
}

/// Sensors sent by a lever.
#[derive(Clone, Debug)]
pub struct SensorOrder {
    /// Cells they look at, evenly.
    pub nodes: Vec<NodeId>,
    /// Sensor hours a day over all of them.
    pub hours: f64,
}

/// Sums of today's levers.
#[derive(Clone, Debug, Default)]
pub struct Controls {
    /// Hash of the name of the lever that is being applied.
    pub sender: u64,
    /// Guards on depots.
    pub depots: Vec<DepotOrder>,
    /// Weapons to be destroyed.
    pub destruction: Vec<DestructionOrder>,
    /// By country, the share of transfers and legal stocks that are traced to their end use; the highest of all levers.
    pub tracing: Vec<f64>,
    /// Patrol teams besides those of the units.
    pub forces: Vec<Force>,
    /// Drones and aircraft.
    pub sensors: Vec<SensorOrder>,
    /// By country, the share of what sensors see that its teams are told; the highest of all levers.
    pub sharing: Vec<f64>,
    /// By country, the chance that who is found carrying people is stopped at all; the highest of all levers.
    pub arrest: Vec<f64>,
    /// By country, what prison and fines cost a crew caught with people, USD; the highest of all levers.
    pub penalty: Vec<f64>,
    /// By country, foreign troops that keep a peace, persons.
    pub troops: Vec<f64>,
    /// Ships.
    pub naval: Vec<NavalOrder>,
    /// Chance per day and network that a leak tells it where one of today's patrols is.
    pub leak: f64,
}

impl Controls {
    /// No lever at all.
    pub fn none(region: &Region) -> Controls {
        let by_country = vec![0.0; region.countries.len()];
        Controls {
            tracing: by_country.clone(),
            sharing: by_country.clone(),
            arrest: by_country.clone(),
            penalty: by_country.clone(),
            troops: by_country,
            ..Controls::default()
        }
    }
}
