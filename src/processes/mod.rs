//! The day, in order: one line a rule.

use crate::agents::world::World;
use crate::engine::step::{Step, step};

pub mod calendar;
pub mod weather;

/// The day.
pub static DAY: &[Step<World>] = &[step::<World, weather::Weather>()];
