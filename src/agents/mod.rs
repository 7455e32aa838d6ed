//! Agent kinds: their columns and how they start.
pub mod controls;
pub mod crew;
pub mod depot;
pub mod group;
pub mod migrant;
pub mod patrol;
pub mod vessel;
pub mod world;
