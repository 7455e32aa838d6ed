//! Who looks at a run: the recorder, a test, or nobody.

use crate::agents::world::World;
use crate::error::Result;

/// Sees the world at the end of every day.
pub trait Observer {
    /// Called once a day, after the last process.
    ///
    /// # Errors
    /// Whatever ends the run, such as a full disk.
    fn day(&mut self, world: &World, spent: &[(String, i64)]) -> Result<()>;

    /// Makes what was written so far durable, and gives what is needed to go on from here.
    ///
    /// # Errors
    /// As [`Observer::day`].
    fn keep(&mut self) -> Result<Vec<u8>> {
        Ok(vec![])
    }

    /// Called once, after the last day.
    ///
    /// # Errors
    /// As [`Observer::day`].
    fn end(&mut self, _world: &World) -> Result<()> {
        Ok(())
    }
}

/// An observer that sees nothing.
pub struct Blind;

impl Observer for Blind {
    fn day(&mut self, _: &World, _: &[(String, i64)]) -> Result<()> {
        Ok(())
    }
}
