//! Tickets: what a draw hangs on where it should hang neither on a person or a crew nor on a day.
//!
//! Two runs with common random numbers soon differ in who is where on which day. Were the fate of a passenger drawn by his
//! key and the day, one day's delay would make it a fresh draw, and sums over many passengers would be as far apart as with
//! other luck. So it is drawn by the how-many-eth passenger of the leg he is: sums over passengers then stay together as
//! long as their numbers and chances do. It is the coupling of the common reaction path (Rathinam, Sheppard and Khammash
//! 2010, J. Chem. Phys. 132, 034103): every channel of events has its own clock and its own luck.

use super::crew::Cargo;
use super::migrant::Status;
use super::world::World;
use crate::engine::rng::Key;
use crate::table;
use crate::units::Tick;

table! {
    /// Counters of tickets, in the order of [`Desk`]: those of legs, then those of hubs.
    Tickets("tickets"),
    /// What is given out by one desk at one place.
    Counter {
        key: u64,
        given: u64,
    }
}

/// Who gives out tickets, and for what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Desk {
    /// For a passenger whom a crew sets down at the end of a leg, after a trip mostly on roads (0) or off them (1).
    Passenger(usize),
    /// For a trip along a leg with a cargo, or empty.
    Trip(Option<Cargo>),
    /// For a crew that chooses its next leg at a hub, with a cargo or empty.
    Onward(Option<Cargo>),
    /// For somebody who is held or detained at a hub.
    In(Status),
    /// For somebody whose captivity or detention at a hub ends.
    Out(Status),
}

/// Desks of a leg: two for passengers, one for each cargo and one for no cargo.
const OF_LEG: usize = 7;
/// Desks of a hub: one for each cargo and one for no cargo, and two each for those held and those detained.
const OF_HUB: usize = 9;

/// Number of a cargo, or of none.
fn number(cargo: Option<Cargo>) -> usize {
    cargo.map_or(Cargo::ALL.len(), |c| c as usize)
}

impl Desk {
    /// Row of the counter of this desk at leg or hub `at`, where there are so many legs.
    fn row(self, at: usize, legs: usize) -> usize {
        let hub = |n: usize| OF_LEG * legs + OF_HUB * at + n;
        let detained = |s: Status| usize::from(s == Status::Detained);
        match self {
            Desk::Passenger(kind) => OF_LEG * at + kind,
            Desk::Trip(cargo) => OF_LEG * at + 2 + number(cargo),
            Desk::Onward(cargo) => hub(number(cargo)),
            Desk::In(state) => hub(5 + detained(state)),
            Desk::Out(state) => hub(7 + detained(state)),
        }
    }
}

/// Sets up every desk.
pub fn populate(w: &mut World) {
    let routes = w.routes.clone();
    for l in &routes.legs {
        let name = |h: u16| routes.hubs[h as usize].name.as_str();
        let leg = Key::named(name(l.from), name(l.to), l.carrier as u64);
        for n in 0..OF_LEG as u64 {
            w.tickets.push(Counter { key: leg.child(Tick(0), n).0, given: 0 });
        }
    }
    for hub in &routes.hubs {
        for n in 0..OF_HUB as u64 {
            w.tickets.push(Counter { key: Key::named("desk", &hub.name, n).0, given: 0 });
        }
    }
}

impl World {
    /// The next ticket of a desk at a leg or hub: a key for draws that hang on no day ([`crate::engine::rng::Luck::at_start`]).
    pub fn ticket(&mut self, desk: Desk, at: usize) -> u64 {
        let row = desk.row(at, self.routes.legs.len());
        self.tickets.update(row, |t| {
            t.given += 1;
            Key(t.key).child(Tick(0), t.given).0
        })
    }
}
