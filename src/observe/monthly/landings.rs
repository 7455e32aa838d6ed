//! `landings.csv`: who landed in Europe, from which coast and where.

use super::{Block, Row, iso3, names};
use crate::agents::migrant::nationality_name;
use crate::agents::tally::Landing;
use crate::agents::world::World;
use std::collections::BTreeMap;

/// Landings since the first of the month, by origin, hub of departure and place.
#[derive(Default)]
pub struct Landings {
    people: BTreeMap<(u8, u16, u16), u64>,
}

impl Block for Landings {
    fn file(&self) -> &'static str {
        "landings.csv"
    }

    fn columns(&self) -> Row {
        names(&["nationality", "departed_from", "country", "landed_at", "people"])
    }

    fn day(&mut self, w: &World) {
        add(&mut self.people, &w.tally.landings);
    }

    fn end_month(&mut self, w: &World) -> Vec<Row> {
        let row = |((origin, hub, at), people): ((u8, u16, u16), u64)| {
            let nation = w.origins.nationality().get(usize::from(origin));
            let hub = &w.routes.hubs[usize::from(hub)];
            let at = w.region.places[usize::from(at)].name.clone();
            vec![
                nation.map_or(String::new(), |n| nationality_name(*n)),
                hub.name.clone(),
                iso3(w, hub.country),
                at,
                people.to_string(),
            ]
        };
        std::mem::take(&mut self.people).into_iter().map(row).collect()
    }
}

fn add(sums: &mut BTreeMap<(u8, u16, u16), u64>, landings: &[Landing]) {
    for l in landings {
        *sums.entry((l.origin, l.hub, l.at)).or_default() += u64::from(l.people);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three of one origin and two of another from the same beach, and one who lands elsewhere.
    #[test]
    fn landings_add_up_by_origin_beach_and_port() {
        let l = |origin, at, people| Landing { origin, hub: 4, at, people };
        let mut sums = BTreeMap::new();
        add(&mut sums, &[l(1, 7, 1), l(1, 7, 2), l(2, 7, 2), l(1, 8, 1)]);
        assert_eq!(sums, BTreeMap::from([((1, 4, 7), 3), ((2, 4, 7), 2), ((1, 4, 8), 1)]));
    }
}
