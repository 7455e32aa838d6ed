//! What a run reports: metrics (true and observed), the recorder that writes them, and the folder they go to.

pub mod condition;
pub mod folder;
pub mod indicator;
pub mod metric;
pub mod monthly;
pub mod observer;
pub mod profile;
pub mod recorder;
pub mod sums;

#[cfg(test)]
#[path = "hand_made_tests.rs"]
pub(crate) mod hand_made;
