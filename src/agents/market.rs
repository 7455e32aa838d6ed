//! What weapons cost in the black market of each hub.

use super::arms::CLASSES;
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
        /// The price of the first day, around which buyers and sellers respond (p0 of equation 6).
        usual: [f64; CLASSES],
    }
}

/// Opens the market of every hub at its usual prices, USD by class, in Libya and elsewhere.
pub fn populate(w: &mut World, libya: [f64; CLASSES], elsewhere: [f64; CLASSES]) {
    let routes = w.routes.clone();
    for h in &routes.hubs {
        let key = Key::named("market", &h.name, 0).0;
        let usual = if Some(h.country) == w.libya { libya } else { elsewhere };
        w.markets.push(Market { key, price: usual, usual });
    }
}
