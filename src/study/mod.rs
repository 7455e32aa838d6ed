//! More than one run.

pub mod displacement;
pub mod ensemble;
