//! More than one run.

pub mod ensemble;
