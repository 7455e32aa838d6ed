//! More than one run.

pub mod analysis;
pub mod branch;
pub mod calibrate;
pub mod check;
#[cfg(feature = "parquet")]
pub mod columns;
pub mod design;
pub mod discover;
pub mod displacement;
pub mod emulator;
pub mod ensemble;
pub mod factors;
pub mod files;
pub mod fitted;
pub mod maps;
pub mod measure;
pub mod outcome;
pub mod paired;
pub mod pareto;
pub mod plan;
pub mod sensitivity;
pub mod spec;
pub mod stats;
pub mod tables;
pub mod targets;
pub mod weapons_kept;
