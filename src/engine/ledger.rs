//! Double-entry accounts in whole numbers. A unit is only ever moved, so the sum over all accounts stays zero; what
//! enters or leaves the modelled world does so through an account that may be negative.

use super::digest::Hasher;
use super::rng::hash_name;
use serde::Serialize;

/// A ledger over `items` (such as weapon class and origin) and `accounts` (who holds them).
#[derive(Clone, Debug)]
pub struct Ledger {
    pub name: &'static str,
    pub accounts: &'static [&'static str],
    pub items: usize,
    /// How many of the first accounts may be negative: the outside world.
    sources: usize,
    balance: Vec<i64>,
    /// Total moved from account to account since the start, by item.
    moved: Vec<i64>,
    /// Whether anything was moved since the last check.
    unchecked: bool,
}

/// What is wrong with a ledger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Residual {
    pub ledger: &'static str,
    pub account: String,
    pub item: usize,
    pub booked: i64,
    pub counted: i64,
}

impl Ledger {
    /// An empty ledger; the first `sources` accounts may go below zero.
    pub fn new(name: &'static str, accounts: &'static [&'static str], items: usize, sources: usize) -> Ledger {
        let a = accounts.len();
        let (balance, moved) = (vec![0; a * items], vec![0; a * a * items]);
        Ledger { name, accounts, items, sources, balance, moved, unchecked: false }
    }
    /// Moves `n` of `item` from one account to another.
    pub fn transfer(&mut self, item: usize, from: usize, to: usize, n: i64) {
        debug_assert!(n >= 0, "{}: a transfer of {n} from {}", self.name, self.accounts[from]);
        let a = self.accounts.len();
        self.unchecked = true;
        self.balance[item * a + from] -= n;
        self.balance[item * a + to] += n;
        self.moved[(item * a + from) * a + to] += n;
    }
    /// What `account` holds of `item`.
    pub fn balance(&self, item: usize, account: usize) -> i64 {
        self.balance[item * self.accounts.len() + account]
    }
    /// What `account` holds of all items.
    pub fn total(&self, account: usize) -> i64 {
        (0..self.items).map(|i| self.balance(i, account)).sum()
    }
    /// How much of `item` has gone from one account to another since the start.
    pub fn moved(&self, item: usize, from: usize, to: usize) -> i64 {
        let a = self.accounts.len();
        self.moved[(item * a + from) * a + to]
    }
    /// Checks that nothing was created or lost and that nobody but the outside world owes: `Err` names the first fault.
    pub fn check(&self) -> Result<(), Residual> {
        let a = self.accounts.len();
        for item in 0..self.items {
            let row = &self.balance[item * a..(item + 1) * a];
            let sum: i64 = row.iter().sum();
            if sum != 0 {
                return Err(self.residual("all accounts", item, sum, 0));
            }
            if let Some(i) = (self.sources..a).find(|&i| row[i] < 0) {
                return Err(self.residual(self.accounts[i], item, row[i], 0));
            }
        }
        Ok(())
    }
    /// The same if anything was moved since the last call that found no fault.
    pub fn check_moved(&mut self) -> Result<(), Residual> {
        if self.unchecked {
            self.check()?;
            self.unchecked = false;
        }
        Ok(())
    }
    /// Compares an account with a count of what its holders really have.
    pub fn compare(&self, item: usize, account: usize, counted: i64) -> Result<(), Residual> {
        let booked = self.balance(item, account);
        if booked == counted { Ok(()) } else { Err(self.residual(self.accounts[account], item, booked, counted)) }
    }
    fn residual(&self, account: &str, item: usize, booked: i64, counted: i64) -> Residual {
        Residual { ledger: self.name, account: account.to_string(), item, booked, counted }
    }
    /// Digest of the balances.
    pub fn digest(&self) -> u128 {
        let mut h = Hasher::new(hash_name(self.name));
        for &b in &self.balance {
            h.word(b as u64);
        }
        h.finish()
    }
    /// Balances and totals moved, for saving.
    pub fn parts(&self) -> (&[i64], &[i64]) {
        (&self.balance, &self.moved)
    }
    /// Puts saved balances back; false when the lengths do not fit.
    pub fn restore(&mut self, balance: &[i64], moved: &[i64]) -> bool {
        let fits = balance.len() == self.balance.len() && moved.len() == self.moved.len();
        if fits {
            self.unchecked = true;
            self.balance.copy_from_slice(balance);
            self.moved.copy_from_slice(moved);
        }
        fits
    }
}

impl std::fmt::Display for Residual {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Residual { ledger, account, item, booked, counted } = self;
        write!(f, "ledger `{ledger}`, account `{account}`, item {item}: booked {booked}, counted {counted}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transfers_sum_to_zero_and_faults_are_named() {
        let mut l = Ledger::new("test", &["outside", "a", "b"], 2, 1);
        l.transfer(1, 0, 1, 10);
        l.transfer(1, 1, 2, 4);
        assert_eq!((l.balance(1, 0), l.balance(1, 1), l.balance(1, 2)), (-10, 6, 4));
        assert_eq!(l.moved(1, 1, 2), 4);
        assert!(l.check_moved().is_ok());
        assert!(l.compare(1, 1, 6).is_ok());
        assert_eq!(
            l.compare(1, 1, 7).unwrap_err().to_string(),
            "ledger `test`, account `a`, item 1: booked 6, counted 7"
        );
        l.transfer(1, 1, 2, 7);
        assert_eq!(l.check().unwrap_err().account, "a");
        assert_eq!(l.check_moved(), l.check());
        assert_eq!(l.check_moved(), l.check(), "a fault is found again");
    }
}
