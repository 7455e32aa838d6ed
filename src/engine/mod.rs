//! The engine: generic over the world, knows no smuggler.
pub mod step;
