//! What happened today, in whole numbers: counters that rules add to and observers read. Zeroed every morning.

use super::arms::CLASSES;
use crate::region::NodeId;
use crate::units::Tick;

/// Counters of one day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    pub looted: [i64; CLASSES],
    pub raids: i64,
    pub left_libya: [i64; CLASSES],
    pub reached_sahel: [i64; CLASSES],
    pub reached_sahel_returning: [i64; CLASSES],
    pub seized: [i64; CLASSES],
    pub fighters_home: i64,
    /// Left their home for good or for work.
    pub entered: i64,
    /// Crossed into Libya.
    pub into_libya: i64,
    /// Turned back by patrols.
    pub intercepted: i64,
    /// Smuggling vehicles stopped by patrols.
    pub crews_stopped: i64,
    pub crews_on_road: i64,
    pub departures: i64,
    pub boats: i64,
    pub boats_rubber: i64,
    pub sinkings: i64,
    pub rescued: i64,
    pub arrivals: i64,
    pub deaths_sea: i64,
    /// Deaths at sea that somebody lived to report.
    pub deaths_sea_reported: i64,
    pub deaths_desert: i64,
    pub returned: i64,
    /// Patrol teams on duty, in millionths.
    pub teams_on_duty: i64,
    /// Hours flown by sensors over land, in millionths.
    pub sensor_hours: i64,
    /// US cents spent on levers.
    pub spent: i64,
}

/// What passed a cell since the first of the month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CellCount {
    pub people: u32,
    pub arms: u32,
    pub deaths: u32,
    pub seizures: u32,
}

/// Monthly counts by node.
pub type CellCounts = Vec<CellCount>;

/// A line for `events.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub day: Tick,
    pub kind: &'static str,
    /// Place or node it happened at.
    pub place: String,
    pub item: &'static str,
    pub count: i64,
    /// Key of whoever it happened to; orders lines of the same day.
    pub key: u64,
}

/// A passage of something through a node, collected in parallel and added afterwards.
#[derive(Clone, Copy, Debug)]
pub struct Passage {
    pub node: NodeId,
    pub people: u32,
    pub arms: u32,
}
