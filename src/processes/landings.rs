//! What becomes of people who land in Europe.

use crate::agents::accounts::People;
use crate::agents::tally::Landing;
use crate::agents::world::World;
use crate::processes::journeys::leave;
use crate::region::PlaceId;
use crate::units::Tick;

/// Sets somebody who has put to sea at `Migrant::hub` on land at a place in Europe.
pub fn disembark(w: &mut World, row: usize, at: PlaceId, _day: Tick) {
    let m = w.migrants.get(row);
    let size = w.persons_per_agent;
    w.tally.arrivals += i64::from(size);
    w.tally.landings.push(Landing { origin: m.origin, hub: m.hub, at, people: size });
    leave(w, row, People::Arrived);
}
