//! Files of other programs become scenarios of this one.
//!
//! Input is not trusted: nothing outside the folder is read and nothing in it is run. What is wrong is said all at once, by file and line
//! ([`log`]); what cannot be carried over is named, never dropped in silence. Nothing here writes: [`crate::cli`] does.

pub mod flee;
mod log;
mod sheet;
mod yaml;
