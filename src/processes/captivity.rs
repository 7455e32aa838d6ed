//! People held for ransom, and people in detention (equation 14).

use crate::agents::migrant::{DETAINED, END, HELD, NO_LEG, Status};
use crate::agents::routes::HubId;
use crate::agents::world::World;
use crate::engine::rng::Purpose;
use crate::engine::wake::threshold;
use crate::processes::journeys::go_on;
use crate::units::Tick;

const WAIT: Purpose = Purpose::new("captivity.wait");

/// Puts somebody into the detention centres of the country of a hub; false, and nothing done, when they are full.
pub fn detain(w: &mut World, row: usize, hub: HubId, day: Tick) -> bool {
    let s = w.states.get(w.routes.hubs[hub as usize].country as usize);
    if s.detained + w.persons_per_agent > s.detention_places {
        return false;
    }
    w.tally.detained += i64::from(w.persons_per_agent);
    lock_up(w, row, hub, Status::Detained, DETAINED, day);
    true
}

/// Captors take somebody at a hub.
pub fn hold(w: &mut World, row: usize, hub: HubId, day: Tick) {
    w.tally.taken_captive += i64::from(w.persons_per_agent);
    lock_up(w, row, hub, Status::Held, HELD, day);
}

fn lock_up(w: &mut World, row: usize, hub: HubId, status: Status, clock: usize, day: Tick) {
    let mut m = w.migrants.get(row);
    m.enter(status);
    m.threshold = threshold(w.clocks.value()[clock], w.luck.on(WAIT, day).unit(m.key));
    (m.hub, m.since, m.due, m.leg, m.next) = (hub, day.0, 0, NO_LEG, END);
    go_on(w, row, m);
}
