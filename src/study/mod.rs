//! More than one run.

pub mod branch;
pub mod check;
pub mod displacement;
pub mod ensemble;
pub mod files;
pub mod measure;
pub mod outcome;
pub mod paired;
pub mod stats;
pub mod tables;
pub mod weapons_kept;
