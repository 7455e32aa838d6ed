//! What weapons cost in the black market of each hub.

use super::arms::{CLASSES, Class};
use super::routes::HubId;
use super::world::World;
use crate::engine::rng::Key;
use crate::table;

table! {
    /// Markets: row n is that of hub n.
    Markets("markets"),
    /// The market of a hub; its stock is a [store](super::store).
    Market {
        key: u64,
        /// USD for a weapon (a tonne of munitions), by class.
        price: [f64; CLASSES],
        /// The usual price, around which buyers and sellers respond (p0 of equation 6).
        usual: [f64; CLASSES],
    }
}

/// Prices of the first day.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FirstPrices {
    /// Usual in Libya, USD by class.
    pub libya: [f64; CLASSES],
    /// Usual elsewhere.
    pub elsewhere: [f64; CLASSES],
    /// What Libya's prices are on the first day, over the usual ones.
    pub libya_factor: f64,
}

/// Opens the market of every hub at the prices of the first day.
pub fn populate(w: &mut World, first: &FirstPrices) {
    let routes = w.routes.clone();
    for h in &routes.hubs {
        let key = Key::named("market", &h.name, 0).0;
        let (usual, factor) =
            if Some(h.country) == w.libya { (first.libya, first.libya_factor) } else { (first.elsewhere, 1.0) };
        w.markets.push(Market { key, price: usual.map(|x| x * factor), usual });
    }
}

impl World {
    /// Price of a weapon at a hub today, USD; 0 where it is not traded.
    pub fn price(&self, hub: HubId, class: Class) -> f64 {
        self.markets.price().get(usize::from(hub)).map_or(0.0, |p| p[class as usize])
    }

    /// Its usual price there (p0 of equation 6).
    pub fn usual_price(&self, hub: HubId, class: Class) -> f64 {
        self.markets.usual().get(usize::from(hub)).map_or(0.0, |p| p[class as usize])
    }

    /// Today's price over the usual one; 1 where it is not traded.
    pub fn price_ratio(&self, hub: HubId, class: Class) -> f64 {
        let usual = self.usual_price(hub, class);
        if usual > 0.0 { self.price(hub, class) / usual } else { 1.0 }
    }
}
