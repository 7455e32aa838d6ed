//! Who looks at a run: the recorder, a test, or nobody.

use crate::agents::world::World;
use crate::error::Result;
use std::path::PathBuf;

/// What an observer needs to go on.
#[derive(Clone, Debug, Default)]
pub struct Kept {
    pub state: Vec<u8>,
    /// Files whose content must be durable before the state is.
    pub files: Vec<PathBuf>,
}

/// Sees the world at the end of every day.
pub trait Observer {
    /// Called once a day, after the last process.
    ///
    /// # Errors
    /// Whatever ends the run, such as a full disk.
    fn day(&mut self, world: &World, spent: &[(String, i64)]) -> Result<()>;

    /// Gives what is needed to go on from here, with everything so far in the files.
    ///
    /// # Errors
    /// As [`Observer::day`].
    fn keep(&mut self) -> Result<Kept> {
        Ok(Kept::default())
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
