//! Fighters who drive home with their arms (the armed return of equation 5).

use super::arms::Bag;
use crate::table;

/// The fighters come to stay.
pub const STAY: u8 = 0;
/// They hand over their arms and drive back.
pub const HAND_OVER: u8 = 1;

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
        /// What they are to do: [`STAY`], or [`HAND_OVER`] their arms to the nearest group and drive back.
        errand: u8,
        arms: Bag,
    }
}
