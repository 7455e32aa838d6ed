//! What a seat costs on each leg.

use super::routes::{LegId, NO_WAY};
use super::world::World;
use crate::engine::rng::Key;
use crate::region::Carrier;
use crate::table;

table! {
    /// Fares: row n is leg n.
    Fares("fares"),
    /// The fare of a leg.
    Fare {
        key: u64,
        /// Today's fare, US cents.
        price: f64,
        /// Vehicles full of people who waited this morning, and crews that offered to take them.
        wanted: f32,
        offered: u32,
        /// The fare that travellers on the way have last heard of, US cents.
        heard: u32,
    }
}

/// Sets every fare to that of the first day.
pub fn populate(w: &mut World) {
    let routes = w.routes.clone();
    for l in &routes.legs {
        let name = |h: u16| routes.hubs[h as usize].name.as_str();
        let key = Key::named(name(l.from), name(l.to), u64::from(l.carrier == Carrier::Crew)).0;
        let cents = l.fare_cents.min(u64::from(u32::MAX)) as u32;
        w.fares.push(Fare { key, price: f64::from(cents), wanted: 0.0, offered: 0, heard: cents });
    }
}

impl World {
    /// Today's fare on a leg, US cents.
    pub fn fare(&self, leg: LegId) -> u32 {
        libm::round(self.fares.price()[leg as usize]) as u32
    }

    /// What a traveller weighs on a leg: the fare he has heard of and the time, US cents; [`NO_WAY`] when nobody is carried there.
    pub fn traveller_cents(&self, leg: LegId, year: i16) -> u64 {
        let l = &self.routes.legs[leg as usize];
        let fare = self.fares.heard().get(leg as usize).map_or(l.fare_cents, |&h| u64::from(h));
        // At least a cent, so that every leg brings one nearer.
        l.people_way(year).map_or(NO_WAY, |_| (fare + l.time_cents).max(1))
    }
}
