//! Weapon classes, where weapons came from, and a holder's stock as whole numbers.

use crate::engine::dist::apportion;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Number of weapon classes.
pub const CLASSES: usize = 6;
/// Number of origin tags.
pub const ORIGINS: usize = 7;

/// Weapon classes (model.md, section 2). `Munitions` and `Chemical` are tonnes, the others pieces.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
#[repr(usize)]
pub enum Class {
    SmallArms,
    LightWeapons,
    AntiAircraft,
    Munitions,
    Manpads,
    Chemical,
}

impl Class {
    /// All classes in column order.
    pub const ALL: [Class; CLASSES] =
        [Class::SmallArms, Class::LightWeapons, Class::AntiAircraft, Class::Munitions, Class::Manpads, Class::Chemical];
    /// Name in files.
    pub fn name(self) -> &'static str {
        CLASS_NAMES[self as usize]
    }
}

/// Names of the classes in files.
pub const CLASS_NAMES: [&str; CLASSES] =
    ["small_arms", "light_weapons", "anti_aircraft", "munitions", "manpads", "chemical"];

/// Where a weapon entered the modelled world. Set once, at entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
pub enum Origin {
    LibyanDepot,
    LibyanCivilian,
    /// Stock of a state's army before the run. What model.md calls "captured from a state" is this origin in the hands of
    /// others: an origin is set at entry and never changes, how weapons changed hands is their [`Channel`].
    StateStock,
    Patron,
    Legal,
    Programme,
    /// Stock that groups outside Libya held before the run; not in model.md's list, which has no tag for it.
    Local,
}

/// Names of the origins in files.
pub const ORIGIN_NAMES: [&str; ORIGINS] =
    ["libyan_depot", "libyan_civilian", "state_stock", "patron", "legal", "programme", "local"];

/// How weapons came to an armed group: what pattern A6 counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(usize)]
pub enum Channel {
    /// From a depot.
    Looted,
    /// With fighters who drove home.
    Returnee,
    /// From those beaten.
    Captured,
    /// Bought.
    Market,
    /// From a state abroad.
    Patron,
    /// From a programme of training, or with men who left the force that it trained them for.
    Programme,
}

/// Number of channels.
pub const CHANNELS: usize = 6;
/// Names of the channels in files.
pub const CHANNEL_NAMES: [&str; CHANNELS] = ["looted", "returnee", "captured", "market", "patron", "programme"];

/// A holder's weapons, by class and origin.
pub type Bag = [u32; CLASSES * ORIGINS];

/// An empty bag.
pub const EMPTY: Bag = [0; CLASSES * ORIGINS];

/// Place of (class, origin) in a bag, and item number in the arms ledger.
pub const fn slot(class: Class, origin: Origin) -> usize {
    class as usize * ORIGINS + origin as usize
}

/// Class of an item number.
pub const fn class_of(item: usize) -> usize {
    item / ORIGINS
}

/// Weapons of one class in a bag.
pub fn of_class(bag: &Bag, class: Class) -> u32 {
    bag[class as usize * ORIGINS..(class as usize + 1) * ORIGINS].iter().sum()
}

/// Weapons of every class in a bag.
pub fn by_class(bag: &Bag) -> [u32; CLASSES] {
    Class::ALL.map(|c| of_class(bag, c))
}

/// Pieces in a bag: all weapons but munitions and chemical, which are tonnes.
pub fn pieces(bag: &Bag) -> i64 {
    let counted = Class::ALL.into_iter().filter(|c| !matches!(c, Class::Munitions | Class::Chemical));
    counted.map(|c| i64::from(of_class(bag, c))).sum()
}

/// Takes up to `n` weapons of a class out of a bag, origins in proportion to what is there.
pub fn take(bag: &mut Bag, class: Class, n: u32) -> Bag {
    let range = class as usize * ORIGINS..(class as usize + 1) * ORIGINS;
    let have: Vec<f64> = bag[range.clone()].iter().map(|&x| f64::from(x)).collect();
    let n = u64::from(n.min(of_class(bag, class)));
    let mut out = EMPTY;
    for (i, part) in range.zip(apportion(n, &have)) {
        // Largest remainders never exceed what is there when n is at most the sum.
        let part = (part as u32).min(bag[i]);
        bag[i] -= part;
        out[i] = part;
    }
    out
}

/// Adds the weapons of one bag to another.
pub fn add(to: &mut Bag, from: &Bag) {
    for (t, f) in to.iter_mut().zip(from) {
        *t += f;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn taking_keeps_the_mix_and_the_sum() {
        let mut bag = EMPTY;
        bag[slot(Class::SmallArms, Origin::LibyanDepot)] = 90;
        bag[slot(Class::SmallArms, Origin::Local)] = 10;
        bag[slot(Class::Manpads, Origin::LibyanDepot)] = 5;
        let got = take(&mut bag, Class::SmallArms, 50);
        assert_eq!(
            (got[slot(Class::SmallArms, Origin::LibyanDepot)], got[slot(Class::SmallArms, Origin::Local)]),
            (45, 5)
        );
        assert_eq!(of_class(&bag, Class::SmallArms), 50);
        assert_eq!(of_class(&bag, Class::Manpads), 5);
        assert_eq!(of_class(&take(&mut bag, Class::Manpads, 99), Class::Manpads), 5);
    }
}
