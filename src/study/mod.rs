//! More than one run.

pub mod analysis;
pub mod branch;
pub mod check;
#[cfg(feature = "parquet")]
pub mod columns;
pub mod design;
pub mod discover;
pub mod displacement;
pub mod ensemble;
pub mod files;
pub mod maps;
pub mod measure;
pub mod outcome;
pub mod paired;
pub mod pareto;
pub mod plan;
pub mod sensitivity;
pub mod stats;
pub mod tables;
pub mod weapons_kept;
