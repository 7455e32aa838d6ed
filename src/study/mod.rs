//! More than one run.

pub mod check;
pub mod design;
pub mod discover;
pub mod displacement;
pub mod ensemble;
mod files;
pub mod pareto;
pub mod sensitivity;
pub mod weapons_kept;
