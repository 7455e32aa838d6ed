//! `borders.csv`: what crossed each land border.

use super::legs::carrier;
use super::{Block, Row, iso3, names};
use crate::agents::tally::Crossing;
use crate::agents::world::World;
use crate::region::{Carrier, CountryId};
use std::collections::BTreeMap;

/// What crossed a border in one direction with crews or with buses.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct BorderCount {
    people: u64,
    /// Crews with cargo, and without.
    crews: u64,
    empty: u64,
    arms: u64,
}

/// Country left, country entered, and whether people went by bus.
type BorderKey = (CountryId, CountryId, bool);

/// Crossings since the first of the month.
#[derive(Default)]
pub struct Borders {
    crossings: BTreeMap<BorderKey, BorderCount>,
}

impl Block for Borders {
    fn file(&self) -> &'static str {
        "borders.csv"
    }

    fn columns(&self) -> Row {
        names(&["from", "to", "carrier", "people", "crews", "empty", "arms"])
    }

    fn day(&mut self, w: &World) {
        add_crossings(&mut self.crossings, &w.tally.crossings);
    }

    fn end_month(&mut self, w: &World) -> Vec<Row> {
        let row = |((from, to, bus), c): (BorderKey, BorderCount)| {
            let by = carrier(if bus { Carrier::Public } else { Carrier::Crew });
            let counts = [c.people, c.crews, c.empty, c.arms].map(|n| n.to_string());
            [iso3(w, from), iso3(w, to), by.into()].into_iter().chain(counts).collect()
        };
        std::mem::take(&mut self.crossings).into_iter().map(row).collect()
    }
}

fn add_crossings(sums: &mut BTreeMap<BorderKey, BorderCount>, crossings: &[Crossing]) {
    for x in crossings {
        // A crossing without a cargo is a bus with people or a crew with nobody.
        let bus = x.cargo.is_none() && x.people > 0;
        let sum = sums.entry((x.from, x.to, bus)).or_default();
        sum.people += u64::from(x.people);
        sum.arms += u64::from(x.arms);
        sum.crews += u64::from(x.cargo.is_some());
        sum.empty += u64::from(x.cargo.is_none() && !bus);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::crew::Cargo;

    /// Two crews with people and arms and an empty one to the north, one back with fuel, a bus.
    #[test]
    fn crossings_add_up_by_border_direction_and_carrier() {
        let x = |from, to, cargo, people, arms| Crossing { from, to, cargo, people, arms };
        let mut sums = BTreeMap::new();
        add_crossings(&mut sums, &[x(1, 2, Some(Cargo::People), 30, 0), x(1, 2, None, 0, 0), x(1, 2, None, 4, 0)]);
        add_crossings(&mut sums, &[x(1, 2, Some(Cargo::Arms), 0, 12), x(2, 1, Some(Cargo::Fuel), 0, 0)]);
        let count = |people, crews, empty, arms| BorderCount { people, crews, empty, arms };
        let want = [
            ((1, 2, false), count(30, 2, 1, 12)),
            ((1, 2, true), count(4, 0, 0, 0)),
            ((2, 1, false), count(0, 1, 0, 0)),
        ];
        assert_eq!(sums, BTreeMap::from(want));
    }
}
