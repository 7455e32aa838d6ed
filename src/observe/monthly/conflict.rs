//! `conflict.csv`: the war in each country.

use super::{Block, Row, iso3, names, pack, unpack};
use crate::agents::group::is_official;
use crate::agents::world::World;
use crate::region::{CountryId, NodeId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A cell is contested while nobody has more of it than this.
const HELD: f32 = 0.9;

/// The numbers of a line, in the order of its columns.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct War {
    /// Killed in the month.
    fatalities: i64,
    /// Pairs of blocs at war.
    wars: u64,
    contested_cells: u64,
    /// Cells that armies do not hold, and the people in them.
    cells_lost: u64,
    people_lost: u64,
    /// Fighters of groups other than armies, and of armies.
    fighters: u64,
    soldiers: u64,
    revolts: u64,
}

/// The dead since the first of the month.
#[derive(Default, Serialize, Deserialize)]
pub struct Conflict {
    fatalities: BTreeMap<CountryId, i64>,
}

impl Block for Conflict {
    fn file(&self) -> &'static str {
        "conflict.csv"
    }

    fn columns(&self) -> Row {
        names(&[
            "country",
            "fatalities",
            "wars",
            "contested_cells",
            "cells_outside_state_control",
            "people_outside_state_control",
            "fighters",
            "soldiers",
            "homelands_in_revolt",
        ])
    }

    fn day(&mut self, w: &World) {
        for &(country, n) in &w.tally.fatalities {
            *self.fatalities.entry(country).or_default() += n;
        }
    }

    fn keep(&self) -> Vec<u8> {
        pack(self)
    }

    fn resume(&mut self, kept: &[u8]) -> Result<(), String> {
        *self = unpack(kept)?;
        Ok(())
    }

    fn end_month(&mut self, w: &World) -> Vec<Row> {
        let mut wars = wars(w);
        for (country, n) in std::mem::take(&mut self.fatalities) {
            wars[usize::from(country)].fatalities = n;
        }
        let at_war = wars.into_iter().enumerate().filter(|x| x.1 != War::default());
        let row = |(country, c): (usize, War)| {
            let counts = [c.wars, c.contested_cells, c.cells_lost, c.people_lost, c.fighters, c.soldiers, c.revolts];
            let mut row = vec![iso3(w, country as CountryId), c.fatalities.to_string()];
            row.extend(counts.map(|n| n.to_string()));
            row
        };
        at_war.map(row).collect()
    }
}

/// By country, how things stand today; the dead are not in it.
fn wars(w: &World) -> Vec<War> {
    let now = |country| w.wars(country as CountryId).filter(|war| war.2 > 0.0).count() as u64;
    let mut wars: Vec<War> =
        (0..w.region.countries.len()).map(|country| War { wars: now(country), ..War::default() }).collect();
    let n = &w.region.nodes;
    for i in w.territory.rows() {
        let largest = w.territory.share()[i].into_iter().fold(0.0, f32::max);
        let country = n.country[w.territory.node()[i] as usize];
        wars[usize::from(country)].contested_cells += u64::from(largest <= HELD);
    }
    for i in (0..n.len()).filter(|&i| !is_official(w.holder(i as NodeId))) {
        let war = &mut wars[usize::from(n.country[i])];
        war.cells_lost += 1;
        war.people_lost += u64::from(n.population[i]);
    }
    for i in w.groups.rows() {
        let war = &mut wars[usize::from(w.groups.country()[i])];
        let men = if is_official(w.groups.bloc()[i]) { &mut war.soldiers } else { &mut war.fighters };
        *men += u64::from(w.groups.fighters()[i]);
    }
    for i in w.homelands.rows().filter(|&i| w.homelands.revolt()[i] > 0) {
        wars[usize::from(w.homelands.country()[i])].revolts += 1;
    }
    wars
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::arms::EMPTY;
    use crate::agents::hostility::NO_END;
    use crate::observe::hand_made::{add_group, bloc, contest, country, world};

    /// Kidal (30,000) is lost and Gao contested; in Libya militias hold Sabha (130,000) from the first day; of two wars
    /// one is over.
    #[test]
    fn a_line_says_how_the_war_stands() {
        let mut w = world();
        add_group(&mut w, "Kidal", "mnla", 700, EMPTY);
        add_group(&mut w, "Gao", "state", 900, EMPTY);
        contest(&mut w, "Kidal", "mnla", 0.95, 0.5);
        contest(&mut w, "Gao", "mnla", 0.4, 0.5);
        let mali = country(&w, "MLI");
        w.open_war(mali, bloc("mnla"), bloc("state"), 1.0, NO_END);
        w.open_war(mali, bloc("mnla"), bloc("aqim"), 1.0, NO_END);
        w.make_peace(mali, bloc("mnla"), bloc("aqim"));
        w.homelands.update(0, |h| h.revolt = 15_400);
        let mut conflict = Conflict::default();
        for dead in [80, 3] {
            w.tally.fatalities = vec![(mali, dead)];
            conflict.day(&w);
        }
        let rows: Vec<String> = conflict.end_month(&w).into_iter().map(|row| row.join(",")).collect();
        assert_eq!(rows, ["LBY,0,0,0,1,130000,0,0,0", "MLI,83,1,1,1,30000,700,900,1"]);
        w.tally.fatalities.clear();
        conflict.day(&w);
        assert_eq!(conflict.end_month(&w)[1][1], "0", "the next month begins anew");
    }
}
