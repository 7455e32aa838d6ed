//! The files with a block a month: `cells.csv`, `legs.csv` and `borders.csv`.

use super::recorder::{Out, create, flush, io, number};
use crate::agents::belief;
use crate::agents::crew::CARGO_NAMES;
use crate::agents::routes::LegId;
use crate::agents::tally::{CellCount, Crossing, LegCount};
use crate::agents::world::World;
use crate::error::Result;
use crate::region::{Carrier, CountryId, NodeId};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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

/// Writes the monthly files.
pub struct Monthly {
    folder: PathBuf,
    cells: Option<Out>,
    legs: Out,
    borders: Out,
    /// Since the first of the month.
    crossings: BTreeMap<BorderKey, BorderCount>,
    /// By leg, the fares of each day since the first of the month, US cents, added up.
    fares: Vec<u64>,
    days: u32,
}

impl Monthly {
    /// Opens the files in `folder`, `cells.csv` only if it is wanted.
    ///
    /// # Errors
    /// A file that cannot be made, by its path.
    pub fn new(folder: &Path, cells: bool) -> Result<Monthly> {
        const CELLS: [&str; 9] = ["cell", "month", "people", "arms", "crews", "deaths", "seizures", "risk", "believed"];
        let by_cargo = |what: &str| CARGO_NAMES.map(|c| format!("{what}_{c}"));
        let mut legs: Vec<String> = ["month", "from", "to", "carrier", "people", "deaths"].map(String::from).to_vec();
        legs.extend([by_cargo("trips"), by_cargo("stopped")].concat());
        legs.push("fare_usd".into());
        let legs: Vec<&str> = legs.iter().map(String::as_str).collect();
        let borders = ["month", "from", "to", "carrier", "people", "crews", "empty", "arms"];
        Ok(Monthly {
            folder: folder.to_path_buf(),
            cells: if cells { Some(create(folder, "cells.csv", &CELLS)?) } else { None },
            legs: create(folder, "legs.csv", &legs)?,
            borders: create(folder, "borders.csv", &borders)?,
            crossings: BTreeMap::new(),
            fares: vec![],
            days: 0,
        })
    }

    /// Adds a day; on the last of a month (`end`) writes it down.
    ///
    /// # Errors
    /// A file that cannot be written, by its path.
    pub fn day(&mut self, w: &World, end: bool) -> Result<()> {
        add_crossings(&mut self.crossings, &w.tally.crossings);
        self.fares.resize(w.routes.legs.len(), 0);
        for (leg, sum) in self.fares.iter_mut().enumerate() {
            *sum += u64::from(w.fare(leg as LegId));
        }
        self.days += 1;
        if !end {
            return Ok(());
        }
        let date = w.day.date().0;
        let month = format!("{:04}-{:02}", date.year(), date.month());
        self.write_cells(w, &month)?;
        self.write_legs(w, &month)?;
        self.write_borders(w, &month)?;
        self.crossings.clear();
        self.fares.fill(0);
        self.days = 0;
        Ok(())
    }

    /// Makes sure that everything is in the files.
    ///
    /// # Errors
    /// As [`Monthly::day`].
    pub fn flush(&mut self) -> Result<()> {
        flush(&mut self.legs, &self.folder.join("legs.csv"))?;
        flush(&mut self.borders, &self.folder.join("borders.csv"))?;
        match &mut self.cells {
            Some(out) => flush(out, &self.folder.join("cells.csv")),
            None => Ok(()),
        }
    }

    /// Cells where something passed, that are watched, or that somebody fears more than a newcomer would.
    fn write_cells(&mut self, w: &World, month: &str) -> Result<()> {
        let Some(out) = &mut self.cells else { return Ok(()) };
        let path = self.folder.join("cells.csv");
        let believed = believed(w);
        for (i, c) in w.cells.iter().enumerate() {
            let (risk, belief) = (risk(w, i as NodeId), believed[i]);
            if *c == CellCount::default() && risk <= 0.0 && belief.is_none_or(|b| b <= w.routes.travel.prior_risk) {
                continue;
            }
            let counts = [c.people, c.arms, c.crews, c.deaths, c.seizures].map(|n| n.to_string());
            let row = [w.region.node_label(i as u32), month.to_string()].into_iter().chain(counts);
            let row = row.chain([number(risk), belief.map_or(String::new(), number)]);
            out.write_record(row.collect::<Vec<_>>()).map_err(io(&path))?;
        }
        Ok(())
    }

    fn write_legs(&mut self, w: &World, month: &str) -> Result<()> {
        let path = self.folder.join("legs.csv");
        for (i, c) in w.leg_counts.iter().enumerate().filter(|x| *x.1 != LegCount::default()) {
            let leg = &w.routes.legs[i];
            let name = |hub: u16| w.routes.hubs[hub as usize].name.clone();
            let mut row = vec![month.to_string(), name(leg.from), name(leg.to), carrier(leg.carrier).into()];
            row.extend(leg_values(c, self.fares[i], self.days));
            self.legs.write_record(&row).map_err(io(&path))?;
        }
        Ok(())
    }

    fn write_borders(&mut self, w: &World, month: &str) -> Result<()> {
        let path = self.folder.join("borders.csv");
        let iso3 = |c: CountryId| w.region.countries[c as usize].iso3.as_str();
        for (&(from, to, bus), c) in &self.crossings {
            let by = carrier(if bus { Carrier::Public } else { Carrier::Crew });
            let [people, crews, empty, arms] = [c.people, c.crews, c.empty, c.arms].map(|n| n.to_string());
            let row = [month, iso3(from), iso3(to), by, &people, &crews, &empty, &arms];
            self.borders.write_record(row).map_err(io(&path))?;
        }
        Ok(())
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

/// Chance that a crew with arms, fuel or drugs is seized today on its way through a cell, by road if there is one.
fn risk(w: &World, node: NodeId) -> f64 {
    let watch = &w.watch[node as usize];
    if watch.is_empty() {
        return 0.0;
    }
    let g = &w.region.graph;
    let roads = g.edges(node).filter(|&e| g.on_road[e]).count();
    let hours: Vec<f64> =
        g.edges(node).filter(|&e| roads == 0 || g.on_road[e]).map(|e| f64::from(w.drive_hours(e))).collect();
    watch.seizure(hours.iter().sum::<f64>() / hours.len().max(1) as f64)
}

/// By cell, the risk for arms, fuel and drugs that the networks which know it act on, weighted by their crews.
fn believed(w: &World) -> Vec<Option<f64>> {
    let mut crews = vec![0.0; w.networks.len()];
    for i in w.crews.rows() {
        crews[usize::from(w.crews.network()[i])] += 1.0;
    }
    let mut sums = vec![(0.0, 0.0); w.region.nodes.len()];
    for (network, &n) in crews.iter().enumerate() {
        for (node, row) in w.belief_index.rows(network as u16, belief::CONTRABAND) {
            let sum = &mut sums[node as usize];
            *sum = (sum.0 + n * f64::from(w.beliefs.acted()[row]), sum.1 + n);
        }
    }
    sums.into_iter().map(|(sum, n)| (n > 0.0).then(|| sum / n)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::crew::Cargo;

    /// The numbers are in the order of the head: 29 people on a trip, one of them dead; a stopped load of drugs; fares of
    /// 100 and 101 USD on two days.
    #[test]
    fn a_line_of_a_leg_is_in_the_order_of_its_head() {
        let c = LegCount { people: 29, deaths: 1, trips: [1, 2, 3, 4], stopped: [0, 0, 0, 1] };
        assert_eq!(leg_values(&c, 20_100, 2), ["29", "1", "1", "2", "3", "4", "0", "0", "0", "1", "100.5"]);
    }

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
