//! The whole state of a run.

/// The state.
#[derive(Clone, Debug, Default)]
pub struct World {}
