//! Agent kinds: one file each, with its columns and how it starts; and the world that holds them.

pub mod accounts;
pub mod arms;
pub mod belief;
mod books;
pub mod controls;
pub mod convoy;
pub mod crew;
pub mod depot;
pub mod fare;
pub mod group;
pub mod migrant;
pub mod model_data;
pub mod network;
pub mod outlook;
pub mod patrol;
pub mod routes;
mod saved;
pub mod sighting;
pub mod state;
pub mod store;
pub mod tally;
pub mod vessel;
pub mod world;
