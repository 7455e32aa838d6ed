//! Sirocco
pub mod agents;
pub mod cli;
pub mod engine;
pub mod error;
pub mod levers;
pub mod observe;
pub mod processes;
pub mod region;
pub mod report;
pub mod scenario;
pub mod sim;
pub mod study;
pub mod units;
