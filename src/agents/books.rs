//! The books: every holder's stock counted anew and compared with the ledgers, every digest with a recount.

use super::accounts::{Arms, Fighters, Hulls, Money, PEOPLE, People};
use super::arms::{Bag, CLASSES, Class, ORIGINS};
use super::migrant::{Migrant, Status};
use super::world::World;
use crate::engine::ledger::Residual;
use crate::engine::parallel::{CHUNK, map_chunks};

impl World {
    /// Recounts digests and ledgers from every row; the error says what does not fit.
    pub fn audit(&self) -> Result<(), String> {
        let torn = self.tables().into_iter().find(|t| t.digest() != t.recount());
        if let Some(t) = torn {
            return Err(format!("table `{}`: the digest kept along differs from a recount", t.name()));
        }
        if let Some(fault) = self.tables().into_iter().find_map(|t| t.check_all()) {
            return Err(fault);
        }
        if let Some(g) = self.groups.rows().find(|&g| self.groups.trained()[g] > self.groups.fighters()[g]) {
            return Err(format!("group {:x}: more trained men than fighters", self.groups.key()[g]));
        }
        self.count_ledgers().map_err(|r| r.to_string())
    }

    /// The first NaN or infinity that was written since the last call: table, column, key and value.
    pub fn check_numbers(&mut self) -> Option<String> {
        self.tables_mut().into_iter().find_map(|t| t.check_touched())
    }

    /// Puts a number into a float column of the first agent of a table and gives its key, for tests of what must stop a run;
    /// `None` when there is no such agent or column.
    #[doc(hidden)]
    pub fn poison(&mut self, table: &str, column: &str, x: f64) -> Option<u64> {
        self.tables_mut().into_iter().find(|t| t.name() == table)?.poison(column, x)
    }

    /// Sums every holder's stock and compares it with the books.
    pub fn count_ledgers(&self) -> Result<(), Residual> {
        let l = &self.ledgers;
        for ledger in l.all() {
            ledger.check()?;
        }
        self.count_arms()?;
        self.count_people()?;
        let fighters: i64 = self.groups.rows().map(|i| i64::from(self.groups.fighters()[i])).sum();
        let driving: i64 = self.convoys.rows().map(|i| i64::from(self.convoys.fighters()[i])).sum();
        l.fighters.compare(0, Fighters::Groups as usize, fighters)?;
        l.fighters.compare(0, Fighters::Convoys as usize, driving)?;
        let training: i64 = self.cohorts.rows().map(|i| i64::from(self.cohorts.men()[i])).sum();
        l.fighters.compare(0, Fighters::InTraining as usize, training)?;
        let demobilised: i64 = self.states.demobilised().iter().map(|&n| i64::from(n)).sum();
        l.fighters.compare(0, Fighters::Demobilised as usize, demobilised)?;
        l.hulls.compare(0, Hulls::AtSea as usize, self.boats.live() as i64)?;
        let spare: i64 = self.zones.rows().map(|i| i64::from(self.zones.spare_hulls()[i])).sum();
        l.hulls.compare(0, Hulls::Recovered as usize, spare)?;
        let crews: i64 = self.crews.rows().map(|i| self.crews.money()[i]).sum();
        let migrants = self.sum_migrants(0, |sum: &mut i64, m| *sum += i64::from(m.money), |a, b| a + b);
        l.money.compare(0, Money::Crews as usize, crews)?;
        let groups: i64 = self.groups.rows().map(|i| self.groups.money()[i]).sum();
        l.money.compare(0, Money::Groups as usize, groups)?;
        let treasury: i64 = self.states.treasury().iter().sum();
        l.money.compare(0, Money::Treasury as usize, treasury)?;
        let funds: i64 = self.networks.rows().map(|i| self.networks.funds()[i]).sum();
        l.money.compare(0, Money::Networks as usize, funds)?;
        l.money.compare(0, Money::Migrants as usize, migrants * i64::from(self.persons_per_agent))
    }

    fn count_arms(&self) -> Result<(), Residual> {
        let mut depots = [0i64; CLASSES * ORIGINS];
        for i in self.depots.rows() {
            for class in Class::ALL {
                depots[class as usize * ORIGINS + usize::from(self.depots.origin()[i])] +=
                    i64::from(self.depots.stock()[i][class as usize]);
            }
        }
        let mut by_store = [[0i64; CLASSES * ORIGINS]; 3];
        for i in self.stores.rows() {
            add_up(&mut by_store[self.stores.kind()[i] as usize], &self.stores.arms()[i]);
        }
        let bags = |bags: &mut dyn Iterator<Item = Bag>| {
            let mut sum = [0i64; CLASSES * ORIGINS];
            bags.for_each(|bag| add_up(&mut sum, &bag));
            sum
        };
        let groups = bags(&mut self.groups.rows().map(|i| self.groups.arms()[i]));
        let crews = bags(&mut self.crews.rows().map(|i| self.crews.arms()[i]));
        let convoys = bags(&mut self.convoys.rows().map(|i| self.convoys.arms()[i]));
        let [markets, civilians, custody] = by_store;
        let counted = [
            (Arms::Depots, depots),
            (Arms::Groups, groups),
            (Arms::Markets, markets),
            (Arms::Civilians, civilians),
            (Arms::Custody, custody),
            (Arms::Crews, crews),
            (Arms::Convoys, convoys),
        ];
        for (account, sums) in counted {
            for (item, n) in sums.into_iter().enumerate() {
                self.ledgers.arms.compare(item, account as usize, n)?;
            }
        }
        Ok(())
    }

    /// Adds something up over all migrants, in parallel; `add` must not mind the order.
    fn sum_migrants<T: Copy + Send + Sync>(
        &self,
        zero: T,
        count: impl Fn(&mut T, &Migrant) + Sync + Send,
        add: impl Fn(T, T) -> T,
    ) -> T {
        let sums = map_chunks(self.migrants.len(), CHUNK, |rows| {
            let mut sum = zero;
            rows.map(|i| self.migrants.get(i)).filter(|m| m.key != 0).for_each(|m| count(&mut sum, &m));
            sum
        });
        sums.into_iter().fold(zero, add)
    }

    fn count_people(&self) -> Result<(), Residual> {
        let size = i64::from(self.persons_per_agent);
        let count = |sums: &mut [i64; PEOPLE.len()], m: &Migrant| sums[Status::account(m.status()) as usize] += size;
        let add = |a: [i64; PEOPLE.len()], b: [i64; PEOPLE.len()]| std::array::from_fn(|i| a[i] + b[i]);
        let counted = self.sum_migrants([0; PEOPLE.len()], count, add);
        let home: i64 = self.origins.rows().map(|i| self.origins.pool()[i] as i64).sum();
        self.ledgers.people.compare(0, People::Home as usize, home)?;
        self.ledgers.people.compare(0, People::Displaced as usize, self.displaced.live() as i64 * size)?;
        for account in Status::ACCOUNTS.map(|a| a.1 as usize) {
            self.ledgers.people.compare(0, account, counted[account])?;
        }
        Ok(())
    }
}

fn add_up(sum: &mut [i64; CLASSES * ORIGINS], bag: &Bag) {
    for (s, &b) in sum.iter_mut().zip(bag) {
        *s += i64::from(b);
    }
}
