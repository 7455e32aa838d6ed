//! Events that wait for a condition, once they have happened.

use crate::table;

table! {
    /// Conditional events that have happened.
    Fired("fired_events"),
    /// An event that has happened.
    FiredEvent {
        key: u64,
        day: u32,
    }
}
