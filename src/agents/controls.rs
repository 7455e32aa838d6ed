//! What levers add up to today.

/// Zeroed every day; levers only add.
#[derive(Clone, Debug, Default)]
pub struct Controls {}
