//! The engine: generic over the world, knows no smuggler.
//!
//! [`step`] the day as a list of processes; [`rng`] keyed draws; [`dist`] counts and sizes from one keyed draw;
//! [`table`] columns with an incremental digest; [`wake`] who is due today; [`ledger`] whole-number accounts;
//! [`grant`] scarce things by keyed priority; [`parallel`] fixed chunks; [`hop`] many walkers on a net; [`save`] a state as bytes,
//! [`checkpoint`] on disk; [`disk`] all writing.

pub mod checkpoint;
pub mod digest;
pub mod disk;
pub mod dist;
pub mod grant;
pub mod hop;
pub mod ledger;
pub mod parallel;
pub mod rng;
pub mod save;
pub mod step;
pub mod table;
pub mod wake;
