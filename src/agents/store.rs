//! Stores of weapons that belong to no group: black markets at hubs, civilians and custody by country.

use super::arms::Bag;
use super::world::World;
use crate::region::CountryId;
use crate::table;

/// Black market at a hub.
pub const MARKET: u8 = 0;
/// All civilians of a country.
pub const CIVILIANS: u8 = 1;
/// Seized weapons held by a country.
pub const CUSTODY: u8 = 2;

table! {
    /// Stores of weapons.
    Stores("stores"),
    /// A store.
    Store {
        key: u64,
        /// [`MARKET`], [`CIVILIANS`] or [`CUSTODY`].
        kind: u8,
        /// Hub of a market, country of the others.
        at: u16,
        arms: Bag,
    }
}

impl World {
    /// Country that a store is in.
    pub fn store_country(&self, row: usize) -> CountryId {
        let at = self.stores.at()[row];
        if self.stores.kind()[row] == MARKET { self.routes.hubs[usize::from(at)].country } else { at }
    }
}
