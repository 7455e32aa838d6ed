//! `landings.csv`: who landed in Europe, from which coast and where.

use super::{Block, Row, iso3, names, pack, unpack};
use crate::agents::migrant::nationality_name;
use crate::agents::tally::Landing;
use crate::agents::world::World;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Landings since the first of the month, by nationality, hub of departure and place.
#[derive(Default, Serialize, Deserialize)]
pub struct Landings {
    people: BTreeMap<(u32, u16, u16), u64>,
}

impl Block for Landings {
    fn file(&self) -> &'static str {
        "landings.csv"
    }

    fn columns(&self) -> Row {
        names(&["nationality", "departed_from", "country", "landed_at", "people"])
    }

    fn day(&mut self, w: &World) {
        let nations = w.origins.nationality();
        add(&mut self.people, &w.tally.landings, |origin| nations.get(usize::from(origin)).copied().unwrap_or(0));
    }

    fn keep(&self) -> Vec<u8> {
        pack(self)
    }

    fn resume(&mut self, kept: &[u8]) -> Result<(), String> {
        *self = unpack(kept)?;
        Ok(())
    }

    fn end_month(&mut self, w: &World) -> Vec<Row> {
        let row = |((nation, hub, at), people): ((u32, u16, u16), u64)| {
            let hub = &w.routes.hubs[usize::from(hub)];
            let at = w.region.places[usize::from(at)].name.clone();
            vec![
                if nation == 0 { String::new() } else { nationality_name(nation) },
                hub.name.clone(),
                iso3(w, hub.country),
                at,
                people.to_string(),
            ]
        };
        std::mem::take(&mut self.people).into_iter().map(row).collect()
    }
}

fn add(sums: &mut BTreeMap<(u32, u16, u16), u64>, landings: &[Landing], nation: impl Fn(u8) -> u32) {
    for l in landings {
        *sums.entry((nation(l.origin), l.hub, l.at)).or_default() += u64::from(l.people);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three of one nationality, from two origins of it, and two of another from the same beach, and one who lands elsewhere.
    #[test]
    fn landings_add_up_by_nationality_beach_and_port() {
        let l = |origin, at, people| Landing { origin, hub: 4, at, people };
        let mut sums = BTreeMap::new();
        add(&mut sums, &[l(1, 7, 1), l(3, 7, 2), l(2, 7, 2), l(1, 8, 1)], |o| u32::from(o % 2));
        assert_eq!(sums, BTreeMap::from([((1, 4, 7), 3), ((0, 4, 7), 2), ((1, 4, 8), 1)]));
    }
}
