//! `borders.csv`: what crossed each land border.

use super::{Block, Row, iso3, names, pack, unpack};
use crate::agents::arms::{CLASS_NAMES, CLASSES};
use crate::agents::tally::Crossing;
use crate::agents::world::World;
use crate::region::CountryId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What crossed a border in one direction with crews, with buses, or with convoys of fighters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct BorderCount {
    people: u64,
    /// Crews with cargo, and without.
    crews: u64,
    empty: u64,
    arms: [u64; CLASSES],
}

/// Country left, country entered, and who carried it.
type BorderKey = (CountryId, CountryId, u8);

/// Who carries over borders, in the order of their numbers.
const BY: [&str; 3] = ["buses", "convoys", "crews"];
const BUSES: u8 = 0;
const CONVOYS: u8 = 1;
const CREWS: u8 = 2;

/// Crossings since the first of the month.
#[derive(Default, Serialize, Deserialize)]
pub struct Borders {
    crossings: BTreeMap<BorderKey, BorderCount>,
}

impl Block for Borders {
    fn file(&self) -> &'static str {
        "borders.csv"
    }

    fn columns(&self) -> Row {
        let plain = names(&["from", "to", "carrier", "people", "crews", "empty", "arms"]);
        plain.into_iter().chain(CLASS_NAMES.map(|c| format!("arms_{c}"))).collect()
    }

    fn day(&mut self, w: &World) {
        add_crossings(&mut self.crossings, &w.tally.crossings);
    }

    fn keep(&self) -> Vec<u8> {
        pack(self)
    }

    fn resume(&mut self, kept: &[u8]) -> Result<(), String> {
        *self = unpack(kept)?;
        Ok(())
    }

    fn end_month(&mut self, w: &World) -> Vec<Row> {
        let row = |((from, to, by), c): (BorderKey, BorderCount)| {
            let counts = [c.people, c.crews, c.empty, c.arms.iter().sum()].into_iter().chain(c.arms);
            let counts = counts.map(|n| n.to_string());
            [iso3(w, from), iso3(w, to), BY[usize::from(by)].into()].into_iter().chain(counts).collect()
        };
        std::mem::take(&mut self.crossings).into_iter().map(row).collect()
    }
}

fn add_crossings(sums: &mut BTreeMap<BorderKey, BorderCount>, crossings: &[Crossing]) {
    for x in crossings {
        // A crossing without a cargo is a bus with people or a crew with nobody.
        let bus = x.cargo.is_none() && x.people > 0;
        let by = match (x.convoy, bus) {
            (true, _) => CONVOYS,
            (false, true) => BUSES,
            (false, false) => CREWS,
        };
        let sum = sums.entry((x.from, x.to, by)).or_default();
        sum.people += u64::from(x.people);
        sum.arms.iter_mut().zip(x.arms).for_each(|(s, n)| *s += u64::from(n));
        sum.crews += u64::from(x.cargo.is_some());
        sum.empty += u64::from(x.cargo.is_none() && !bus && !x.convoy);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::crew::Cargo;

    /// Two crews with people and arms and an empty one to the north, one back with fuel, a bus, a convoy.
    #[test]
    fn crossings_add_up_by_border_direction_and_carrier() {
        let rifles = |n| [n, 0, 0, 0, 0, 0];
        let x = |from, to, cargo, people, n| Crossing { from, to, cargo, people, arms: rifles(n), convoy: false };
        let convoy = Crossing { convoy: true, ..x(2, 1, None, 0, 60) };
        let mut sums = BTreeMap::new();
        add_crossings(&mut sums, &[x(1, 2, Some(Cargo::People), 30, 0), x(1, 2, None, 0, 0), x(1, 2, None, 4, 0)]);
        add_crossings(&mut sums, &[x(1, 2, Some(Cargo::Arms), 0, 12), x(2, 1, Some(Cargo::Fuel), 0, 0), convoy]);
        let count = |people, crews, empty, n| BorderCount { people, crews, empty, arms: [n, 0, 0, 0, 0, 0] };
        let want = [
            ((1, 2, CREWS), count(30, 2, 1, 12)),
            ((1, 2, BUSES), count(4, 0, 0, 0)),
            ((2, 1, CONVOYS), count(0, 0, 0, 60)),
            ((2, 1, CREWS), count(0, 1, 0, 0)),
        ];
        assert_eq!(sums, BTreeMap::from(want));
    }
}
