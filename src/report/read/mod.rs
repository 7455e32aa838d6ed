//! Reading output files. Nothing else of the program is asked: a figure can be drawn again from the files alone.

mod cells;
mod ground;
mod many;

use crate::error::{Error, Result};
use jiff::civil::Date;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

pub use cells::{Cell, Cells, NUMBERS, PriceMonth};
pub use ground::{Ground, Place, Ring};
pub use many::{Band, Better, CampDay, Change, Correlation, Cost, Effect, Foretold, Index, Pattern, Shared};

/// What the figures need of `manifest.json`.
#[derive(Debug, Clone, Deserialize)]
pub struct Manifest {
    /// Title of the scenario, for people.
    pub title: String,
    /// Name of the scenario.
    pub scenario: String,
    /// Seed of the run.
    pub seed: u64,
    /// Version of the program.
    pub version: String,
    /// The columns of `series.csv`.
    #[serde(default)]
    pub metrics: Vec<Metric>,
    /// `comparison` for one of policies; nothing for a run or an ensemble.
    #[serde(default)]
    pub kind: String,
    /// Names of the policies that a comparison holds against its scenario.
    #[serde(default)]
    pub policies: Vec<String>,
    /// Titles of its scenarios, by name.
    #[serde(default)]
    pub titles: BTreeMap<String, String>,
    /// How many times each scenario was run.
    #[serde(default)]
    pub replicates: u32,
    /// State of the program's source.
    #[serde(default)]
    pub commit: String,
    #[serde(default)]
    resolved: Resolved,
}

/// What the figures need of the scenario as it was run.
#[derive(Debug, Clone, Default, Deserialize)]
struct Resolved {
    #[serde(default)]
    run: Days,
}

#[derive(Debug, Clone, Default, Deserialize)]
struct Days {
    start: Option<Date>,
    end: Option<Date>,
}

/// A column of `series.csv`, as far as the figures need to know it.
#[derive(Debug, Clone, Deserialize)]
pub struct Metric {
    /// Its name in the header.
    pub name: String,
    /// Metrics that belong together.
    #[serde(default)]
    pub group: String,
}

impl Manifest {
    /// Reads `manifest.json` of a folder, and gives it as it is too.
    ///
    /// # Errors
    /// A file that is missing or is none.
    pub fn read(dir: &Path) -> Result<(Manifest, Value)> {
        let path = dir.join("manifest.json");
        let text = fs::read_to_string(&path).map_err(|e| Error::io(&path, e))?;
        let wrong = |e: serde_json::Error| Error::Input(format!("{}: {e}", path.display()));
        let mut manifest: Manifest = serde_json::from_str(&text).map_err(wrong)?;
        let whole = serde_json::from_str(&text).map_err(wrong)?;
        for text in [&mut manifest.title, &mut manifest.scenario, &mut manifest.version, &mut manifest.commit] {
            clean(text);
        }
        manifest.policies.iter_mut().for_each(clean);
        let clean_copy = |text: &String| {
            let mut text = text.clone();
            clean(&mut text);
            text
        };
        manifest.titles = manifest.titles.iter().map(|(k, v)| (clean_copy(k), clean_copy(v))).collect();
        Ok((manifest, whole))
    }

    /// First and last day of the run, where the manifest tells.
    pub fn days(&self) -> (Option<Date>, Option<Date>) {
        (self.resolved.run.start, self.resolved.run.end)
    }

    /// The line under a figure of many runs.
    pub fn caption_of_many(&self) -> String {
        let commit = if self.commit.is_empty() { String::new() } else { format!(" ({})", self.commit) };
        let n = self.replicates;
        let many = if n == 1 { "" } else { "s" };
        format!("Scenario {}, {n} replicate{many}, seed {}, Sirocco {}{commit}", self.scenario, self.seed, self.version)
    }

    /// The line under a figure of one run. Of an ensemble it says that it is of one replicate alone.
    pub fn caption(&self) -> String {
        let one = match self.replicates {
            0 | 1 => String::new(),
            n => format!("One replicate of {n}, the first that did not fail. "),
        };
        format!("{one}Scenario {}, seed {}, Sirocco {}", self.scenario, self.seed, self.version)
    }
}

/// `series.csv`: a row a day, a column a metric.
#[derive(Debug, Clone)]
pub struct Series {
    /// The days, in order.
    pub dates: Vec<Date>,
    /// Values by metric, one a day; an empty field is NaN.
    pub columns: BTreeMap<String, Vec<f64>>,
}

impl Series {
    /// Reads `series.csv` of a run's folder.
    pub fn read(dir: &Path) -> Result<Series> {
        let path = dir.join("series.csv");
        let mut csv = open(&path)?;
        let header = csv.headers().map_err(|e| bad_csv(&path, e))?.clone();
        if header.get(0) != Some("date") {
            return Err(Error::Input(format!("{}:1: the first column should be `date`", path.display())));
        }
        let mut names: BTreeSet<&str> = BTreeSet::new();
        if let Some(twice) = header.iter().find(|name| !names.insert(name)) {
            return Err(Error::Input(format!("{}:1: two columns are named `{twice}`", path.display())));
        }
        let mut dates: Vec<Date> = Vec::new();
        let mut columns: Vec<Vec<f64>> = vec![Vec::new(); header.len() - 1];
        for row in csv.records() {
            let row = row.map_err(|e| bad_csv(&path, e))?;
            let line = row.position().map_or(0, csv::Position::line);
            let day = row.get(0).unwrap_or_default();
            let date: Date = day.parse().map_err(|_| bad(&path, line, "date", day, "a date like 2014-01-31"))?;
            if dates.last().is_some_and(|last| *last >= date) {
                return Err(bad(&path, line, "date", day, "a later day than the line before"));
            }
            dates.push(date);
            for (i, col) in columns.iter_mut().enumerate() {
                let name = header.get(i + 1).unwrap_or_default();
                col.push(value(&path, line, name, row.get(i + 1).unwrap_or_default())?);
            }
        }
        let names = header.iter().skip(1).map(str::to_string);
        Ok(Series { dates, columns: names.zip(columns).collect() })
    }

    /// The values of a metric, if it is there and ever other than zero.
    pub fn live(&self, name: &str) -> Option<&[f64]> {
        let col = self.columns.get(name)?;
        col.iter().any(|v| *v != 0.0 && v.is_finite()).then_some(col)
    }
}

/// A table, read once: whole rows and single columns are taken from it.
#[derive(Debug, Clone, Default)]
pub struct Sheet {
    path: PathBuf,
    header: csv::StringRecord,
    rows: Vec<csv::StringRecord>,
}

/// Names of columns, and rows.
pub type Columns = (Vec<String>, Vec<Vec<String>>);

impl Sheet {
    /// Reads a CSV file; one without columns when there is no such file.
    ///
    /// # Errors
    /// A file that cannot be read or is torn.
    pub fn read(path: &Path) -> Result<Sheet> {
        if !path.exists() {
            return Ok(Sheet::default());
        }
        let mut csv = open(path)?;
        let header = csv.headers().map_err(|e| bad_csv(path, e))?.clone();
        let rows = csv.records().map(|row| row.map_err(|e| bad_csv(path, e))).collect::<Result<_>>()?;
        Ok(Sheet { path: path.to_path_buf(), header, rows })
    }

    /// All rows.
    ///
    /// # Errors
    /// A field that is not what it should be, by line and column.
    pub fn rows<T: DeserializeOwned>(&self) -> Result<Vec<T>> {
        let named = |e: csv::Error| match e.kind() {
            csv::ErrorKind::Deserialize { pos, err } => {
                let line = pos.as_ref().map_or(1, csv::Position::line);
                let column = err.field().and_then(|i| self.header.get(i as usize));
                let column = column.map_or(String::new(), |c| format!("`{c}`: "));
                Error::Input(format!("{}:{line}: {column}{}", self.path.display(), err.kind()))
            }
            _ => bad_csv(&self.path, e),
        };
        self.rows.iter().map(|row| row.deserialize(Some(&self.header)).map_err(named)).collect()
    }

    /// The lines, by the names of their columns.
    pub fn lines(&self) -> impl Iterator<Item = Line<'_>> {
        self.rows.iter().map(|row| Line { header: &self.header, row })
    }

    /// These columns (all when none is named), of the lines that are kept; nothing when there is no such file.
    ///
    /// # Errors
    /// A column that is missing.
    pub fn columns(&self, wanted: &[&str], keep: &dyn Fn(&Line) -> bool) -> Result<Columns> {
        if self.header.is_empty() {
            return Ok(Default::default());
        }
        if let Some(missing) = wanted.iter().find(|w| !self.header.iter().any(|h| h == **w)) {
            return Err(self.wrong(&format!("no column `{missing}`")));
        }
        let shown: Vec<usize> = (0..self.header.len())
            .filter(|&i| wanted.is_empty() || wanted.contains(&self.header.get(i).unwrap_or_default()))
            .collect();
        let texts = |row: &csv::StringRecord| -> Vec<String> {
            let text = |&i: &usize| row.get(i).unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
            shown.iter().map(text).collect()
        };
        Ok((texts(&self.header), self.lines().filter(keep).map(|line| texts(line.row)).collect()))
    }

    /// Something that is wrong with the head of the file.
    fn wrong(&self, why: &str) -> Error {
        Error::Input(format!("{}:1: {why}", self.path.display()))
    }
}

/// A line of a table, by the names of its columns.
#[derive(Debug, Clone, Copy)]
pub struct Line<'a> {
    header: &'a csv::StringRecord,
    row: &'a csv::StringRecord,
}

impl<'a> Line<'a> {
    /// What is in a column; nothing when there is none of that name.
    pub fn get(&self, column: &str) -> &'a str {
        self.fields().find(|f| f.0 == column).map_or("", |f| f.1)
    }

    /// Names of columns, and what is in them.
    fn fields(&self) -> impl Iterator<Item = (&'a str, &'a str)> + use<'a> {
        self.header.iter().zip(self.row.iter())
    }
}

/// What every metric of a run comes to, from the years in `summary.csv`: flows added up, stocks on the last day, levels averaged
/// over days.
pub fn totals(summary: &Sheet) -> Result<BTreeMap<String, f64>> {
    let (_, years) = summary.columns(&["metric", "kind", "days", "value"], &|l| l.get("year") != "all")?;
    let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for row in &years {
        let [metric, kind, days, value] = row.as_slice() else {
            return Err(summary.wrong("no columns `metric`, `kind`, `days` and `value`"));
        };
        let (Ok(days), Ok(v)) = (days.parse::<f64>(), value.parse::<f64>()) else { continue };
        let sum = sums.entry(metric.clone()).or_default();
        *sum = match kind.as_str() {
            "flow" => (sum.0 + v, 1.0),
            "stock" => (v, 1.0),
            _ => (sum.0 + v * days, sum.1 + days),
        };
    }
    Ok(sums.into_iter().map(|(metric, (sum, n))| (metric, sum / n)).collect())
}

/// Mean, 5 % and 95 % quantile over replicates of the indicators in an ensemble's `indicators.csv`.
pub fn spreads(indicators: &Sheet) -> Result<BTreeMap<String, [f64; 3]>> {
    let (_, rows) = indicators.columns(&["indicator", "mean", "q05", "q95"], &|l| l.get("year") == "all")?;
    let of = |row: Vec<String>| {
        let number = |i: usize| row.get(i).and_then(|t: &String| t.parse().ok()).unwrap_or(f64::NAN);
        (row[0].clone(), [number(1), number(2), number(3)])
    };
    Ok(rows.into_iter().filter(|r| !r.is_empty()).map(of).collect())
}

/// A row of `flows.csv`: what went from one account to another over the whole run.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Flow {
    pub ledger: String,
    pub item: String,
    pub origin: String,
    pub from: String,
    pub to: String,
    /// Persons, pieces or tonnes, US cents.
    pub count: f64,
}

/// A control character would break the SVG that the text is printed in.
pub fn clean(text: &mut String) {
    text.retain(|c| !c.is_control() && !matches!(c, '\u{fffe}' | '\u{ffff}'));
}

fn name<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<String, D::Error> {
    let mut text = String::deserialize(from)?;
    clean(&mut text);
    Ok(text)
}

fn none() -> f64 {
    f64::NAN
}

/// A number, or NaN where the field is empty.
fn number<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<f64, D::Error> {
    let text = String::deserialize(from)?;
    match text.parse::<f64>() {
        _ if text.is_empty() => Ok(f64::NAN),
        Ok(v) if v.is_finite() => Ok(v),
        _ => Err(D::Error::custom(format!("`{text}` is not a number"))),
    }
}

/// A month such as `2014-01`, as its first day.
fn month<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<Date, D::Error> {
    let text = String::deserialize(from)?;
    let date = if text.len() == 7 { format!("{text}-01").parse().ok() } else { None };
    date.ok_or_else(|| D::Error::custom(format!("`{text}` is not a month like 2014-01")))
}

fn open(path: &Path) -> Result<csv::Reader<File>> {
    let file = File::open(path).map_err(|e| Error::io(path, e))?;
    Ok(csv::Reader::from_reader(file))
}

fn value(path: &Path, line: u64, column: &str, text: &str) -> Result<f64> {
    if text.is_empty() {
        return Ok(f64::NAN);
    }
    match text.parse::<f64>() {
        Ok(v) if v.is_finite() => Ok(v),
        _ => Err(bad(path, line, column, text, "a number")),
    }
}

fn bad(path: &Path, line: u64, column: &str, text: &str, want: &str) -> Error {
    Error::Input(format!("{}:{line}: `{column}` is `{text}`, expected {want}", path.display()))
}

fn bad_csv(path: &Path, e: csv::Error) -> Error {
    let line = e.position().map_or(1, csv::Position::line);
    match e.into_kind() {
        csv::ErrorKind::Io(e) => Error::io(path, e),
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            Error::Input(format!("{}:{line}: {len} fields, expected {expected_len}: is the file torn?", path.display()))
        }
        csv::ErrorKind::Deserialize { err, .. } => Error::Input(format!("{}:{line}: {err}", path.display())),
        _ => Error::Input(format!("{}:{line}: not readable as CSV", path.display())),
    }
}
