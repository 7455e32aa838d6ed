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

    /// Acceptance of the actors, each by how much is seen of it; of all alike when nothing is.
    pub fn acceptance(&self) -> f64 {
        let c = &self.controls;
        let seen = |a: usize| 0.01 + c.help[a] + (c.actor_troops[a] / MANY_TROOPS).min(1.0);
        let all: f64 = (0..ACTOR_COUNT).map(seen).sum();
        (0..ACTOR_COUNT).map(|a| seen(a) * self.actors.acceptance()[a]).sum::<f64>() / all
    }
}

/// Troops that weigh fully in equation 11.
pub const MANY_TROOPS: f64 = 10_000.0;

/// The number of an actor by its name.
pub fn actor_of(name: &str) -> Option<usize> {
    ACTORS.iter().position(|a| *a == name)
}
