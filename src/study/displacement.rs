//! Displacement: how much of what a measure keeps from the borders that it watches comes over the others instead.
//!
//! Crossings are counted, not journeys: whoever goes by Chad and not straight from Niger to Libya crosses two borders in
//! the place of one. To count journeys, keep only the borders of the country of destination ([`of_country`]).

use super::files::rows;
use crate::error::Result;
use std::collections::BTreeMap;
use std::path::Path;

/// Crossings of each border, both ways together; a border is its two countries in the order of the alphabet.
pub type Crossings = BTreeMap<(String, String), f64>;

/// What to count at borders: a column of `borders.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Counted {
    People,
    /// Crews with cargo.
    Crews,
    Arms,
}

/// A measure's effect on crossings. Changes are those of the run with the measure less those of the run without.
#[derive(Clone, Debug, PartialEq)]
pub struct Displacement {
    /// Change at the named borders, and at all others.
    pub inside: f64,
    pub outside: f64,
    /// `-outside / inside`: 1 when all of it moved elsewhere, 0 when none did, below 0 when the others have fewer too;
    /// none when nothing changed inside.
    pub index: Option<f64>,
    /// The part of the index that each of the other borders adds; it sums to the index.
    pub by_border: BTreeMap<(String, String), f64>,
}

/// Compares crossings without a measure and with it. `named` are countries (all their borders) and borders (`LBY-NER`).
pub fn displacement(without: &Crossings, with: &Crossings, named: &[&str]) -> Displacement {
    let is_named = |(a, b): &(String, String)| {
        named
            .iter()
            .any(|n| n == a || n == b || n.split_once('-').is_some_and(|(x, y)| border(x, y) == (a.clone(), b.clone())))
    };
    let at = |all: &Crossings, key| all.get(key).copied().unwrap_or(0.0);
    let mut changes: BTreeMap<_, f64> = BTreeMap::new();
    for key in without.keys().chain(with.keys()) {
        changes.insert(key.clone(), at(with, key) - at(without, key));
    }
    let inside: f64 = changes.iter().filter(|x| is_named(x.0)).map(|x| x.1).sum();
    changes.retain(|key, _| !is_named(key));
    let outside: f64 = changes.values().sum();
    let index = (inside != 0.0).then(|| -outside / inside);
    let by_border =
        if index.is_some() { changes.into_iter().map(|(k, c)| (k, -c / inside)).collect() } else { BTreeMap::new() };
    Displacement { inside, outside, index, by_border }
}

/// The crossings of one country's borders.
pub fn of_country(all: &Crossings, country: &str) -> Crossings {
    all.iter().filter(|((a, b), _)| a == country || b == country).map(|(k, n)| (k.clone(), *n)).collect()
}

/// The border between two countries.
pub fn border(a: &str, b: &str) -> (String, String) {
    if a <= b { (a.into(), b.into()) } else { (b.into(), a.into()) }
}

/// Reads what crews carried over each border in all months of a run's `borders.csv`.
///
/// # Errors
/// A file that cannot be read, by its path.
pub fn crossings(path: &Path, counted: Counted) -> Result<Crossings> {
    #[derive(serde::Deserialize)]
    struct Row {
        from: String,
        to: String,
        carrier: String,
        people: f64,
        crews: f64,
        arms: f64,
    }
    let mut sums = Crossings::new();
    for row in rows::<Row>(path)? {
        let n = match counted {
            Counted::People => row.people,
            Counted::Crews => row.crews,
            Counted::Arms => row.arms,
        };
        if row.carrier == "crews" {
            *sums.entry(border(&row.from, &row.to)).or_default() += n;
        }
    }
    Ok(sums)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(rows: &[(&str, &str, f64)]) -> Crossings {
        rows.iter().map(|&(a, b, n)| (border(a, b), n)).collect()
    }

    /// 100 fewer between Niger and Libya; 30 more by Algeria, 20 more by Chad where nobody went before: half is displaced.
    #[test]
    fn half_of_it_goes_elsewhere() {
        let without = at(&[("NER", "LBY", 400.0), ("NER", "DZA", 50.0), ("SDN", "LBY", 7.0)]);
        let with = at(&[("LBY", "NER", 300.0), ("DZA", "NER", 80.0), ("TCD", "LBY", 20.0), ("SDN", "LBY", 7.0)]);
        let d = displacement(&without, &with, &["NER-LBY"]);
        assert_eq!((d.inside, d.outside, d.index), (-100.0, 50.0, Some(0.5)));
        assert_eq!(d.by_border, at(&[("DZA", "NER", 0.3), ("LBY", "TCD", 0.2), ("LBY", "SDN", 0.0)]));
        // With all borders of Niger named, 70 fewer cross them and 20 more go by Chad.
        let d = displacement(&without, &with, &["NER"]);
        assert_eq!((d.inside, d.outside, d.index), (-70.0, 20.0, Some(20.0 / 70.0)));
    }

    /// 60 go round by Chad: two crossings for one, so the index is 2 over all borders and 1 over those of Libya.
    #[test]
    fn a_way_round_over_two_borders_counts_once_at_the_destination() {
        let without = at(&[("NER", "LBY", 100.0)]);
        let with = at(&[("NER", "LBY", 40.0), ("NER", "TCD", 60.0), ("TCD", "LBY", 60.0)]);
        assert_eq!(displacement(&without, &with, &["LBY-NER"]).index, Some(2.0));
        let libya = displacement(&of_country(&without, "LBY"), &of_country(&with, "LBY"), &["LBY-NER"]);
        assert_eq!(libya.index, Some(1.0));
    }

    #[test]
    fn benefits_spread_below_zero_and_nothing_has_no_index() {
        let without = at(&[("NER", "LBY", 400.0), ("NER", "DZA", 50.0)]);
        let with = at(&[("NER", "LBY", 300.0), ("NER", "DZA", 40.0)]);
        assert_eq!(displacement(&without, &with, &["LBY-NER"]).index, Some(-0.1));
        let same = displacement(&without, &without, &["LBY-NER"]);
        assert_eq!((same.index, same.by_border.len()), (None, 0));
    }

    #[test]
    fn crossings_are_read_from_a_run() -> std::result::Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("borders.csv");
        std::fs::write(
            &path,
            "month,from,to,carrier,people,crews,empty,arms\n2014-01,NER,LBY,crews,60,2,0,0\n\
             2014-01,NER,LBY,buses,9,0,0,0\n2014-02,LBY,NER,crews,0,3,1,40\n",
        )?;
        assert_eq!(crossings(&path, Counted::People)?, at(&[("LBY", "NER", 60.0)]));
        assert_eq!(crossings(&path, Counted::Crews)?, at(&[("LBY", "NER", 5.0)]));
        assert_eq!(crossings(&path, Counted::Arms)?, at(&[("LBY", "NER", 40.0)]));
        let said = crossings(&folder.path().join("no.csv"), Counted::Arms).unwrap_err().to_string();
        assert!(said.contains("no.csv"), "{said}");
        Ok(())
    }
}
