//! More than one run.

pub mod check;
pub mod design;
pub mod displacement;
pub mod ensemble;
mod files;
pub mod sensitivity;
pub mod weapons_kept;
