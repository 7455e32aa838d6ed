//! Fighters who drive home with their arms (the armed return of equation 5).

use super::arms::Bag;
use crate::table;

table! {
    /// Convoys on the way.
    Convoys("convoys"),
    /// A convoy.
    Convoy {
        key: u64,
        /// Hub it makes for.
        to: u16,
        /// Bloc and tie of its fighters.
        bloc: u8,
        tie: u8,
        /// Day of arrival.
        due: u32,
        fighters: u32,
        arms: Bag,
    }
}
