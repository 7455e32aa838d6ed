//! What levers have cost that are billed by what they do: a budget must know it, also after a restore.

use crate::table;

table! {
    /// Bills of such levers.
    Bills("bills"),
    /// What a lever has cost so far; its key is the hash of the lever's name.
    Bill {
        key: u64,
        /// US cents.
        cents: u64,
    }
}
