//! How people change state with the books kept: every rule that moves somebody goes through here.

use crate::agents::accounts::{Money, People};
use crate::agents::migrant::{Migrant, RESIDENTS, SETTLED, Status};
use crate::agents::world::World;
use crate::engine::rng::Purpose;
use crate::engine::wake::threshold;
use crate::units::Tick;

const WAIT: Purpose = Purpose::new("journeys.resident_wait");

/// Lives and works at a hub from now on.
pub fn settle(w: &World, m: &mut Migrant, day: Tick) {
    let libya = Some(w.routes.hubs[m.hub as usize].country) == w.libya;
    let (status, clock) = if libya { (Status::Resident, RESIDENTS) } else { (Status::Settled, SETTLED) };
    m.enter(status);
    m.due = 0;
    m.threshold = threshold(w.clocks.value()[clock], w.luck.on(WAIT, day).unit(m.key));
}

/// Replaces a migrant's row, books the change of state and puts it where it waits.
pub fn go_on(w: &mut World, row: usize, to: Migrant) {
    change(w, row, to);
    w.enlist(row);
}

/// Replaces a migrant's row and books the change of state; it waits for nothing yet.
pub fn change(w: &mut World, row: usize, to: Migrant) {
    let before = w.migrants.get(row);
    count_detained(w, &before, false);
    w.count_present(&before, -1);
    let (from, into) = (Status::account(before.status()), Status::account(to.status()));
    if from != into {
        w.ledgers.move_people(from, into, u64::from(w.persons_per_agent));
    }
    w.migrants.set(row, to);
    count_detained(w, &to, true);
    w.count_present(&to, 1);
}

/// Takes a migrant out of the model into a final account; the money left goes to the economy.
pub fn leave(w: &mut World, row: usize, into: People) {
    let m = w.migrants.get(row);
    let size = u64::from(w.persons_per_agent);
    count_detained(w, &m, false);
    w.count_present(&m, -1);
    w.ledgers.move_people(Status::account(m.status()), into, size);
    w.ledgers.pay(Money::Migrants, Money::Economy, u64::from(m.money) * size);
    w.migrants.remove(row);
}

/// Counts somebody in or out of a state's detention centres.
fn count_detained(w: &mut World, m: &Migrant, enters: bool) {
    if m.status() != Status::Detained as u8 {
        return;
    }
    let (country, size) = (w.routes.hubs[m.hub as usize].country, w.persons_per_agent);
    w.states.update(country as usize, |s| s.detained = if enters { s.detained + size } else { s.detained - size });
}
