//! What is kept of a run in a comparison or study: a small file of numbers, written whole or not at all.

use super::measure::values;
use crate::engine::disk;
use crate::engine::save::{Sections, pack, unpack};
use crate::error::{Error, Result};
use crate::observe::metric::{Metric, with_twins};
use crate::observe::sums::{Carried, Period, Sums};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What a run came to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// In the order of [`super::measure::measures`].
    pub values: Vec<f64>,
    /// US cents by lever.
    pub spent: BTreeMap<String, i64>,
    /// What crews carried over each border, by country left and country entered.
    pub crossings: BTreeMap<(String, String), Carried>,
    /// Digest of the last day's state.
    pub digest: u128,
    /// Every metric and every observed twin in every month ([`with_twins`]).
    pub monthly: Course,
    /// Every metric in every year.
    pub yearly: Course,
}

/// Values of every metric in periods of time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Course {
    /// Months or years, in order.
    pub periods: Vec<String>,
    /// Days of each that the run has.
    pub days: Vec<u32>,
    /// Metric by metric.
    pub values: Vec<f64>,
}

/// Days of a period: those of the metric that has a value on most of them.
fn days<'a>(metrics: impl Iterator<Item = &'a Period>) -> u32 {
    metrics.map(|m| m.days).max().unwrap_or(0)
}

impl Outcome {
    /// What the sums of a run that has ended come to.
    pub fn of(sums: &Sums) -> Outcome {
        let in_months = |(i, (_, of)): (usize, (String, &Metric))| {
            let kind = of.kind;
            sums.months.values().map(move |m| m[i].value(kind))
        };
        let in_years = |(i, of): (usize, &'_ Metric)| {
            sums.years.values().map(|y| y.metrics[i].0.value(of.kind)).collect::<Vec<_>>()
        };
        Outcome {
            values: values(sums),
            spent: sums.spent.clone(),
            crossings: sums.crossings.clone(),
            digest: sums.digest,
            monthly: Course {
                periods: sums.months.keys().cloned().collect(),
                days: sums.months.values().map(|m| days(m.iter())).collect(),
                values: with_twins(&sums.metrics).enumerate().flat_map(in_months).collect(),
            },
            yearly: Course {
                periods: sums.years.keys().map(i16::to_string).collect(),
                days: sums.years.values().map(|y| days(y.metrics.iter().map(|m| &m.0))).collect(),
                values: sums.metrics.iter().enumerate().flat_map(in_years).collect(),
            },
        }
    }
    /// USD spent by all levers.
    pub fn spent_usd(&self) -> f64 {
        self.spent.values().sum::<i64>() as f64 / 100.0
    }
}

/// A run that has none, with the reason.
pub type Tried = std::result::Result<Outcome, String>;

/// A folder of outcomes, one file each: what is there is not run again.
#[derive(Clone, Debug)]
pub struct Store {
    folder: PathBuf,
}

const SECTION: &str = "outcome";

impl Store {
    /// The outcomes in a folder, which is made with the first.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Store {
        Store { folder: folder.into() }
    }

    fn path(&self, arm: usize, replicate: u32) -> PathBuf {
        self.folder.join(format!("{arm:05}-{replicate:05}"))
    }

    /// What a run came to before; none when it was not done, or its file is damaged and it must be done again.
    pub fn read(&self, arm: usize, replicate: u32) -> Option<Tried> {
        read(&self.path(arm, replicate)).ok()
    }

    /// True when there is a file for the run; whether it is whole is not looked at.
    pub fn has(&self, arm: usize, replicate: u32) -> bool {
        self.path(arm, replicate).is_file()
    }

    /// Keeps what a run came to.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn write(&self, arm: usize, replicate: u32, tried: &Tried) -> Result<()> {
        let path = self.path(arm, replicate);
        let mut state = Sections::default();
        state.put(SECTION, pack(tried));
        let made = disk::create_dir_all(&self.folder).and_then(|()| disk::write_durably(&path, &state.to_bytes()));
        made.map_err(|e| Error::io(path, e))
    }
}

fn read(path: &Path) -> std::result::Result<Tried, String> {
    let bytes = std::fs::read(path).map_err(|e| e.to_string())?;
    unpack(Sections::from_bytes(&bytes)?.get(SECTION)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_kept_comes_back_and_what_is_damaged_does_not() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::in_folder(dir.path().join("deep"));
        assert!(store.read(0, 3).is_none() && !store.has(0, 3));
        let outcome = Outcome { digest: 7, ..Outcome::of(&Sums::default()) };
        store.write(0, 3, &Ok(outcome.clone())).unwrap();
        store.write(1, 3, &Err("no ground".into())).unwrap();
        let back = store.read(0, 3).unwrap().unwrap();
        assert_eq!((back.digest, back.values.len()), (7, outcome.values.len()));
        assert_eq!(store.read(1, 3).unwrap().unwrap_err(), "no ground");
        let path = store.path(0, 3);
        let mut bytes = std::fs::read(&path).unwrap();
        let n = bytes.len();
        bytes[n / 2] ^= 1;
        std::fs::write(&path, bytes).unwrap();
        assert!(store.read(0, 3).is_none() && store.has(0, 3));
    }
}
