//! The chart of accounts: who can hold weapons, people, fighters, boats and money. The first account of each ledger is
//! the world outside the model, from which everything enters.

use super::arms::{Bag, CLASSES, ORIGINS};
use crate::engine::ledger::Ledger;

macro_rules! accounts {
    ($(#[$m:meta])* $Name:ident, $list:ident: $( $(#[$vm:meta])* $v:ident = $text:literal ),+ $(,)?) => {
        $(#[$m])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr(usize)]
        pub enum $Name { $( $(#[$vm])* $v ),+ }
        /// Names of the accounts in files.
        pub const $list: &[&str] = &[$($text),+];
    };
}

accounts! {
    /// Who holds weapons.
    Arms, ARMS:
    Outside = "outside", Depots = "depots", Groups = "groups", Civilians = "civilians", Markets = "markets",
    Crews = "crews",
    /// Fighters on their way home with their arms.
    Convoys = "convoys",
    /// Seized, held by a state.
    Custody = "custody",
    /// Destroyed: by those who seized or bought them, or in battle.
    Destroyed = "destroyed",
    /// Worn out.
    Worn = "worn_out",
    /// Laid down by fighters in a programme, and under lock.
    Surrendered = "surrendered",
}

accounts! {
    /// Where people are.
    People, PEOPLE:
    Outside = "outside",
    /// At home, able to leave.
    Home = "home",
    /// On a bus, on foot or on a smuggler's vehicle.
    Travelling = "travelling",
    /// At a hub on the way: waiting for a seat, or working for the fare.
    AtHubs = "at_hubs",
    /// Living and working in Libya.
    Working = "working",
    /// Living and working at hubs outside Libya, most in Algeria.
    WorkingElsewhere = "working_elsewhere",
    /// Held by captors until somebody pays.
    Held = "held_for_ransom",
    /// In a detention centre.
    Detained = "detained",
    /// On the coast, waiting for a boat or working for the fare.
    OnCoast = "on_coast",
    AtSea = "at_sea",
    /// Aboard a rescuer.
    Aboard = "aboard_rescuers",
    /// Landed in Europe; the case is not decided.
    InProcessing = "in_processing",
    /// Landed in Europe, and stays there.
    Arrived = "arrived",
    /// Landed in Europe, was accepted, and went on to another state by agreement.
    Relocated = "relocated",
    /// Came to Europe with a visa.
    Admitted = "admitted",
    /// Left by a way that the model does not walk.
    Diverted = "diverted",
    /// Went home, or was sent home.
    Returned = "returned",
    DeadDesert = "dead_desert",
    /// Dead in captivity or detention.
    DeadCaptive = "dead_captive",
    DeadSea = "dead_sea",
    /// Driven from home by war, at a site or on the way to one.
    Displaced = "displaced",
}

accounts! {
    /// Where fighters are.
    Fighters, FIGHTERS:
    /// Civil life, at home or abroad: recruits come from it, and who gives up goes back.
    Outside = "outside", Groups = "groups", Convoys = "convoys",
    /// In a course of training.
    InTraining = "training",
    /// Out of a programme of demobilisation, in civil life; some take up arms again.
    Demobilised = "demobilised",
    /// Killed in fighting.
    Dead = "dead",
}

accounts! {
    /// What becomes of boats.
    Hulls, HULLS:
    Outside = "outside", AtSea = "at_sea",
    Sunk = "sunk",
    /// Left adrift after a rescue, or cast up on the coast they came from.
    Abandoned = "abandoned",
    Landed = "landed",
    /// Brought back to a beach after a rescue, to be used again.
    Recovered = "recovered",
    /// Destroyed, after a rescue or on the beach.
    Destroyed = "destroyed",
    /// Taken by a coast guard.
    Seized = "seized",
}

accounts! {
    /// Who has money (US cents).
    Money, MONEY:
    /// The rest of the economy: employers, traders, fuel sellers, boat builders.
    Economy = "economy",
    /// Public purses that pay for policy; negative by what they have paid.
    Purse = "public_purse",
    /// Crews; below zero they are in debt to the economy.
    Crews = "crews",
    Migrants = "migrants",
    /// Common purses of the networks.
    Networks = "networks",
    /// Armed groups.
    Groups = "groups",
    /// Officials who take bribes.
    Officials = "officials",
    /// Those who launch boats.
    Launchers = "launchers",
    /// Paid for policy levers.
    Policy = "policy",
    /// Central banks of the states whose politics are simulated.
    Treasury = "treasury",
}

/// The five ledgers of a run.
#[derive(Clone, Debug)]
pub struct Ledgers {
    /// By class and origin.
    pub arms: Ledger,
    pub people: Ledger,
    pub fighters: Ledger,
    pub hulls: Ledger,
    pub money: Ledger,
}

impl Default for Ledgers {
    fn default() -> Self {
        Ledgers {
            arms: Ledger::new("arms", ARMS, CLASSES * ORIGINS, 1),
            people: Ledger::new("people", PEOPLE, 1, 1),
            fighters: Ledger::new("fighters", FIGHTERS, 1, 1),
            hulls: Ledger::new("boats", HULLS, 1, 1),
            money: Ledger::new("money", MONEY, 1, 3),
        }
    }
}

impl Ledgers {
    /// All of them.
    pub fn all(&self) -> [&Ledger; 5] {
        [&self.arms, &self.people, &self.fighters, &self.hulls, &self.money]
    }
    /// All of them, to be restored.
    pub fn all_mut(&mut self) -> [&mut Ledger; 5] {
        [&mut self.arms, &mut self.people, &mut self.fighters, &mut self.hulls, &mut self.money]
    }
    /// Moves a bag of weapons.
    pub fn move_arms(&mut self, from: Arms, to: Arms, bag: &Bag) {
        for (item, &n) in bag.iter().enumerate() {
            if n > 0 {
                self.arms.transfer(item, from as usize, to as usize, i64::from(n));
            }
        }
    }
    /// Moves people.
    pub fn move_people(&mut self, from: People, to: People, n: u64) {
        self.people.transfer(0, from as usize, to as usize, n as i64);
    }
    /// Moves fighters.
    pub fn move_fighters(&mut self, from: Fighters, to: Fighters, n: u32) {
        self.fighters.transfer(0, from as usize, to as usize, i64::from(n));
    }
    /// Moves boats.
    pub fn move_hulls(&mut self, from: Hulls, to: Hulls, n: u32) {
        self.hulls.transfer(0, from as usize, to as usize, i64::from(n));
    }
    /// Pays `cents`.
    pub fn pay(&mut self, from: Money, to: Money, cents: u64) {
        self.money.transfer(0, from as usize, to as usize, cents as i64);
    }
}
