//! Who acts from abroad, and how far each is accepted (equation 11).

use super::world::World;
use crate::engine::rng::Key;
use crate::table;

/// Names of actors in files; the first stands for whoever is not named.
pub const ACTORS: &[&str] = &["other", "un", "eu", "nato", "united_states", "neighbours"];
/// Number of actors.
pub const ACTOR_COUNT: usize = ACTORS.len();

table! {
    /// Actors from abroad; an actor's row is its number in [`ACTORS`].
    Actors("actors"),
    /// An actor.
    Actor {
        key: u64,
        /// How far people in the country of the politics accept it, 0 to 1.
        acceptance: f64,
    }
}

/// Acceptance of an actor who neither helps nor sends troops: where equation 11 is at rest.
pub const AT_REST: f64 = 0.3;

impl World {
    /// Adds a row for every actor.
    pub(super) fn found_actors(&mut self) {
        for name in ACTORS {
            self.actors.push(Actor { key: Key::named("actor", name, 0).0, acceptance: AT_REST });
        }
    }
}

/// The number of an actor by its name.
pub fn actor_of(name: &str) -> Option<usize> {
    ACTORS.iter().position(|a| *a == name)
}
