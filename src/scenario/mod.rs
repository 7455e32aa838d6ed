//! What the user writes: schema, loading with `extends` and `--set`, and diagnostics that name the place and the reason.

pub mod diagnose;
pub mod load;
pub mod schema;
