//! Sirocco
pub mod error;
pub mod units;
