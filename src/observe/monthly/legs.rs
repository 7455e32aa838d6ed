//! `legs.csv`: what became of crews with cargo between two hubs.

use super::{Block, Row, names, pack, unpack};
use crate::agents::crew::CARGO_NAMES;
use crate::agents::routes::LegId;
use crate::agents::tally::LegCount;
use crate::agents::world::World;
use crate::observe::recorder::number;
use crate::region::Carrier;
use serde::{Deserialize, Serialize};

/// Legs since the first of the month.
#[derive(Default, Serialize, Deserialize)]
pub struct Legs {
    /// By leg, the fares of each day, US cents, added up.
    fares: Vec<u64>,
    days: u32,
}

impl Block for Legs {
    fn file(&self) -> &'static str {
        "legs.csv"
    }

    fn columns(&self) -> Row {
        let by_cargo = |what: &str| CARGO_NAMES.map(|c| format!("{what}_{c}"));
        let mut head = names(&["from", "to", "carrier", "people", "deaths"]);
        head.extend([by_cargo("trips"), by_cargo("stopped")].concat());
        head.push("fare_usd".into());
        head
    }

    fn day(&mut self, w: &World) {
        self.fares.resize(w.routes.legs.len(), 0);
        for (leg, sum) in self.fares.iter_mut().enumerate() {
            *sum += u64::from(w.fare(leg as LegId));
        }
        self.days += 1;
    }

    fn keep(&self) -> Vec<u8> {
        pack(self)
    }

    fn resume(&mut self, kept: &[u8]) -> Result<(), String> {
        *self = unpack(kept)?;
        Ok(())
    }

    fn end_month(&mut self, w: &World) -> Vec<Row> {
        let month = std::mem::take(self);
        let used = w.leg_counts.iter().enumerate().filter(|x| *x.1 != LegCount::default());
        let row = |(i, c): (usize, &LegCount)| {
            let leg = &w.routes.legs[i];
            let name = |hub: u16| w.routes.hubs[hub as usize].name.clone();
            let mut row = vec![name(leg.from), name(leg.to), carrier(leg.carrier).into()];
            row.extend(leg_values(c, month.fares[i], month.days));
            row
        };
        used.map(row).collect()
    }
}

/// Name of a carrier in files.
fn carrier(c: Carrier) -> &'static str {
    match c {
        Carrier::Crew => "crews",
        Carrier::Public => "buses",
    }
}

/// The numbers of a line of `legs.csv`; `fares` are those of all `days`, US cents, added up.
fn leg_values(c: &LegCount, fares: u64, days: u32) -> Vec<String> {
    let counts = [c.people, c.deaths].into_iter().chain(c.trips).chain(c.stopped);
    counts.map(|n| n.to_string()).chain([number(fares as f64 / 100.0 / f64::from(days))]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The numbers are in the order of the head: 29 people on a trip, one of them dead; a stopped load of drugs; fares of
    /// 100 and 101 USD on two days.
    #[test]
    fn a_line_of_a_leg_is_in_the_order_of_its_head() {
        let c = LegCount { people: 29, deaths: 1, trips: [1, 2, 3, 4], stopped: [0, 0, 0, 1] };
        assert_eq!(leg_values(&c, 20_100, 2), ["29", "1", "1", "2", "3", "4", "0", "0", "0", "1", "100.5"]);
    }
}
