//! Sirocco
pub mod agents;
pub mod engine;
pub mod error;
pub mod levers;
pub mod processes;
pub mod region;
pub mod scenario;
pub mod units;
