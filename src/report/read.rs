//! Reading a run's output files. Nothing else of the program is asked: a figure can be drawn again from the files alone.

use crate::error::{Error, Result};
use jiff::civil::Date;
use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

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
    /// Reads `manifest.json` of a run's folder.
    pub fn read(dir: &Path) -> Result<Manifest> {
        let path = dir.join("manifest.json");
        let text = fs::read_to_string(&path).map_err(|e| Error::io(&path, e))?;
        let mut manifest: Manifest =
            serde_json::from_str(&text).map_err(|e| Error::Input(format!("{}: {e}", path.display())))?;
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
        Ok(manifest)
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

    /// The line under a figure.
    pub fn caption(&self) -> String {
        format!("Scenario {}, seed {}, Sirocco {}", self.scenario, self.seed, self.version)
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

/// What the maps show of a cell, over the whole run.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    /// Passages of people, of arms and of crews.
    pub people: f64,
    pub arms: f64,
    pub crews: f64,
    /// Chance that a crew is seized in it, mean over the months of the run.
    pub risk: f64,
    /// The same as networks believe it, mean over the months in which any did; 0 when none ever.
    pub believed: f64,
    /// Share of control that armies do not have, 0 to 1, mean over the months of the run.
    pub outside_state: f64,
    /// Fatalities a day, mean over the months of the run.
    pub violence: f64,
}

/// Reads `cells.csv` of a run's folder and puts the months together; `None` when there is no such file.
pub fn cells(dir: &Path) -> Result<Option<BTreeMap<String, Cell>>> {
    let path = dir.join("cells.csv");
    if !path.exists() {
        return Ok(None);
    }
    let mut csv = open(&path)?;
    let header = csv.headers().map_err(|e| bad_csv(&path, e))?.clone();
    let column = |name: &str| {
        header
            .iter()
            .position(|h| h == name)
            .ok_or_else(|| Error::Input(format!("{}:1: no column `{name}`", path.display())))
    };
    let (cell, month) = (column("cell")?, column("month")?);
    const VALUES: [&str; 7] = ["people", "arms", "crews", "risk", "believed", "outside_state", "violence"];
    let columns = VALUES.iter().map(|name| Ok((*name, column(name)?))).collect::<Result<Vec<_>>>()?;
    let mut months: BTreeSet<String> = BTreeSet::new();
    // Sum and number of the values of each cell.
    let mut sums: BTreeMap<String, [(f64, f64); VALUES.len()]> = BTreeMap::new();
    for row in csv.records() {
        let row = row.map_err(|e| bad_csv(&path, e))?;
        let line = row.position().map_or(0, csv::Position::line);
        months.insert(row.get(month).unwrap_or_default().to_string());
        let sums = sums.entry(row.get(cell).unwrap_or_default().to_string()).or_default();
        for ((name, i), sum) in columns.iter().zip(sums) {
            let v = value(&path, line, name, row.get(*i).unwrap_or_default())?;
            if v.is_finite() {
                *sum = (sum.0 + v, sum.1 + 1.0);
            }
        }
    }
    // A month without a row is one without a risk, held by the state, and quiet.
    let n = months.len() as f64;
    let whole = |[people, arms, crews, risk, believed, outside, violence]: [(f64, f64); VALUES.len()]| Cell {
        people: people.0,
        arms: arms.0,
        crews: crews.0,
        risk: risk.0 / n,
        believed: believed.0 / believed.1.max(1.0),
        outside_state: outside.0 / n,
        violence: violence.0 / n,
    };
    Ok(Some(sums.into_iter().map(|(name, sums)| (name, whole(sums))).collect()))
}

/// A named place of `geo/places.csv`.
#[derive(Debug, Clone, Deserialize)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Its country.
    pub iso3: String,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// People who live there; 0 where that is not known.
    #[serde(default, deserialize_with = "or_zero")]
    pub population: f64,
    /// `capital`, `city`, `border_post` and so on.
    #[serde(default)]
    pub kind: String,
}

fn or_zero<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<f64, D::Error> {
    number(from).map(|v| if v.is_nan() { 0.0 } else { v })
}

/// Reads `geo/places.csv`.
pub fn places(data_dir: &Path) -> Result<Vec<Place>> {
    let path = data_dir.join("geo").join("places.csv");
    open(&path)?.deserialize().collect::<std::result::Result<_, _>>().map_err(|e| bad_csv(&path, e))
}

/// A closed line of (longitude, latitude).
pub type Ring = Vec<(f64, f64)>;

/// Reads the outer rings of `geo/countries.geojson`.
pub fn countries(data_dir: &Path) -> Result<Vec<Ring>> {
    Ok(lands(data_dir)?.into_iter().flat_map(|(_, rings)| rings).collect())
}

/// Reads the outer rings of each country in `geo/countries.geojson`, with its name.
pub fn lands(data_dir: &Path) -> Result<Vec<(String, Vec<Ring>)>> {
    let path = data_dir.join("geo").join("countries.geojson");
    let text = fs::read_to_string(&path).map_err(|e| Error::io(&path, e))?;
    let wrong = |e: String| Error::Input(format!("{}: {e}", path.display()));
    let doc: geojson::FeatureCollection = text.parse().map_err(|e: geojson::Error| wrong(e.to_string()))?;
    let mut all = Vec::new();
    for feature in doc.features {
        let name = feature.property("name").and_then(|n| n.as_str()).unwrap_or_default().to_string();
        let rings: Vec<Ring> = match feature.geometry.map(|g| g.value) {
            Some(geojson::GeometryValue::Polygon { coordinates }) => {
                coordinates.first().map(|r| ring(r)).into_iter().collect()
            }
            Some(geojson::GeometryValue::MultiPolygon { coordinates }) => {
                coordinates.iter().filter_map(|p| p.first()).map(|r| ring(r)).collect()
            }
            _ => continue,
        };
        all.push((name, rings));
    }
    if all.iter().all(|(_, rings)| rings.is_empty()) {
        return Err(wrong("no polygon in it".into()));
    }
    Ok(all)
}

fn ring(points: &[geojson::Position]) -> Ring {
    points.iter().filter_map(|p| Some((*p.as_slice().first()?, *p.as_slice().get(1)?))).collect()
}

/// Which way a measure is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    /// Fewer or less.
    Lower,
    /// More.
    Higher,
}

/// A row of `effects.csv`: what a policy does to a measure. Numbers that are not there are NaN.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Effect {
    /// Name of the policy.
    #[serde(deserialize_with = "name")]
    pub policy: String,
    /// Name of the measure.
    #[serde(deserialize_with = "name")]
    pub measure: String,
    /// Its unit.
    #[serde(deserialize_with = "name")]
    pub unit: String,
    /// None where that is for the reader to say.
    pub better: Option<Better>,
    /// One of the few numbers that a run is summed up in.
    pub indicator: bool,
    /// Runs with the policy and runs without it that are held against each other.
    pub pairs: u32,
    /// Mean without the policy.
    #[serde(deserialize_with = "number")]
    pub baseline: f64,
    /// Mean change, and its 95 % interval.
    #[serde(deserialize_with = "number")]
    pub effect: f64,
    #[serde(deserialize_with = "number")]
    pub low: f64,
    #[serde(deserialize_with = "number")]
    pub high: f64,
    /// The same in percent of the mean without the policy.
    #[serde(deserialize_with = "number")]
    pub percent: f64,
    #[serde(deserialize_with = "number")]
    pub percent_low: f64,
    #[serde(deserialize_with = "number")]
    pub percent_high: f64,
    /// Share of the pairs in which it is for the better.
    #[serde(deserialize_with = "number")]
    pub helps: f64,
}

/// A row of `costs.csv`: what a policy costs and what it gains on a measure, both over the baseline.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Cost {
    /// Name of the policy.
    #[serde(deserialize_with = "name")]
    pub policy: String,
    /// Name of the measure.
    #[serde(deserialize_with = "name")]
    pub measure: String,
    /// Its unit.
    #[serde(deserialize_with = "name")]
    pub unit: String,
    /// USD, and the 95 % interval.
    #[serde(deserialize_with = "number")]
    pub cost_usd: f64,
    #[serde(deserialize_with = "number")]
    pub cost_low: f64,
    #[serde(deserialize_with = "number")]
    pub cost_high: f64,
    /// Above zero for the better, and the 95 % interval.
    #[serde(deserialize_with = "number")]
    pub gain: f64,
    #[serde(deserialize_with = "number")]
    pub gain_low: f64,
    #[serde(deserialize_with = "number")]
    pub gain_high: f64,
    /// Policies that cost no more and gain no less; empty when there is none.
    #[serde(deserialize_with = "name")]
    pub dominated_by: String,
}

/// A row of `bands.csv`: a metric of one scenario in a month, over its replicates.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Band {
    /// Name of the scenario.
    #[serde(deserialize_with = "name")]
    pub arm: String,
    /// Its first day.
    #[serde(deserialize_with = "month")]
    pub month: Date,
    /// Name of the metric.
    #[serde(deserialize_with = "name")]
    pub metric: String,
    /// Its unit.
    #[serde(deserialize_with = "name")]
    pub unit: String,
    /// `flow`, `stock` or `level`.
    #[serde(deserialize_with = "name")]
    pub kind: String,
    /// Quantiles: 5, 25, 50, 75 and 95 %.
    #[serde(deserialize_with = "number")]
    pub q05: f64,
    #[serde(deserialize_with = "number")]
    pub q25: f64,
    #[serde(deserialize_with = "number")]
    pub q50: f64,
    #[serde(deserialize_with = "number")]
    pub q75: f64,
    #[serde(deserialize_with = "number")]
    pub q95: f64,
}

/// A row of `indices.csv`: what a factor does to a measure, by Sobol's indices or by Morris'.
#[derive(Debug, Clone, Default, PartialEq, Deserialize)]
pub struct Index {
    /// Key of the factor, name of the arm, of the measure and its unit.
    #[serde(deserialize_with = "name")]
    pub factor: String,
    #[serde(deserialize_with = "name")]
    pub arm: String,
    #[serde(deserialize_with = "name")]
    pub measure: String,
    #[serde(deserialize_with = "name")]
    pub unit: String,
    /// First-order and total-order index, the latter with its 95 % interval.
    #[serde(default = "none", deserialize_with = "number")]
    pub first: f64,
    #[serde(default = "none", deserialize_with = "number")]
    pub total: f64,
    #[serde(default = "none", deserialize_with = "number")]
    pub total_low: f64,
    #[serde(default = "none", deserialize_with = "number")]
    pub total_high: f64,
    /// Mean elementary effect, mean of its size with the 95 % interval, and standard deviation.
    #[serde(default = "none", deserialize_with = "number")]
    pub mu: f64,
    #[serde(default = "none", deserialize_with = "number")]
    pub mu_star: f64,
    #[serde(default = "none", deserialize_with = "number")]
    pub mu_star_low: f64,
    #[serde(default = "none", deserialize_with = "number")]
    pub mu_star_high: f64,
    #[serde(default = "none", deserialize_with = "number")]
    pub sigma: f64,
}

/// A row of `correlations.csv`: Spearman's rank correlation of a factor with a measure over points.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Correlation {
    #[serde(deserialize_with = "name")]
    pub factor: String,
    #[serde(deserialize_with = "name")]
    pub arm: String,
    #[serde(deserialize_with = "name")]
    pub measure: String,
    #[serde(deserialize_with = "number")]
    pub spearman: f64,
    pub points: u32,
}

/// A row of `patterns.csv`: at how many points a pattern holds, and the share with its 95 % interval.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Pattern {
    #[serde(deserialize_with = "name")]
    pub pattern: String,
    pub points: u32,
    pub holds: u32,
    #[serde(deserialize_with = "number")]
    pub share: f64,
    #[serde(deserialize_with = "number")]
    pub low: f64,
    #[serde(deserialize_with = "number")]
    pub high: f64,
}

/// A row of the `effects.csv` of a study: what a variant, a factor's value or a two-level effect does to a measure.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Change {
    /// One of these says what was changed.
    #[serde(default, deserialize_with = "name")]
    pub variant: String,
    #[serde(default, deserialize_with = "name")]
    pub factor: String,
    #[serde(default, deserialize_with = "name")]
    pub value: String,
    /// Key of a factor, or two with ` x ` between them.
    #[serde(default, deserialize_with = "name")]
    pub effect_of: String,
    #[serde(deserialize_with = "name")]
    pub arm: String,
    #[serde(deserialize_with = "name")]
    pub measure: String,
    #[serde(deserialize_with = "name")]
    pub unit: String,
    /// Its size, with its 95 % interval, or with its standard error.
    #[serde(default = "none", deserialize_with = "number")]
    pub effect: f64,
    #[serde(default = "none", deserialize_with = "number")]
    pub low: f64,
    #[serde(default = "none", deserialize_with = "number")]
    pub high: f64,
    #[serde(default = "none", deserialize_with = "number")]
    pub standard_error: f64,
}

/// A way to share a budget: a row of `pareto.csv`.
#[derive(Debug, Clone, PartialEq)]
pub struct Shared {
    pub arm: String,
    /// Name of a corner, if it has one.
    pub name: String,
    /// Shares of the levers and values of the goals, by name.
    pub shares: Vec<(String, f64)>,
    pub goals: Vec<(String, f64)>,
    /// Nothing that was tried is better in all goals.
    pub first: bool,
}

fn none() -> f64 {
    f64::NAN
}

/// Reads the `effects.csv` of a study; nothing when there is no such file.
pub fn changes(dir: &Path) -> Result<Vec<Change>> {
    rows(&dir.join("effects.csv"))
}

/// Reads `pareto.csv`, whose columns are named for the levers and the goals; nothing when there is no such file.
pub fn shared(dir: &Path) -> Result<Vec<Shared>> {
    type Row = BTreeMap<String, String>;
    let path = dir.join("pareto.csv");
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut csv = open(&path)?;
    let header = csv.headers().map_err(|e| bad_csv(&path, e))?.clone();
    let named = |row: &Row, wanted: &dyn Fn(&str) -> Option<String>| -> Vec<(String, f64)> {
        let value = |key: &str| row.get(key).and_then(|v| v.parse::<f64>().ok()).unwrap_or(f64::NAN);
        header.iter().filter_map(|key| Some((wanted(key)?, value(key)))).collect()
    };
    const OTHERS: [&str; 7] = ["arm", "point", "name", "front", "dominated_by", "share_of_replicates", "surely"];
    let text = |row: &Row, key: &str| {
        let mut text = row.get(key).cloned().unwrap_or_default();
        clean(&mut text);
        text
    };
    let of = |row: Row| Shared {
        arm: text(&row, "arm"),
        name: text(&row, "name"),
        shares: named(&row, &|key| key.strip_prefix(SHARE).map(str::to_string)),
        goals: named(&row, &|key| (!key.starts_with(SHARE) && !OTHERS.contains(&key)).then(|| key.to_string())),
        first: row.get("front").is_some_and(|f| f == "1"),
    };
    csv.deserialize().map(|row| row.map(of).map_err(|e| bad_csv(&path, e))).collect()
}

/// How the columns with the shares of levers begin.
const SHARE: &str = "share_of_budget_";

/// Reads `indices.csv`; nothing when there is no such file.
pub fn indices(dir: &Path) -> Result<Vec<Index>> {
    rows(&dir.join("indices.csv"))
}

/// Reads `correlations.csv`; nothing when there is no such file.
pub fn correlations(dir: &Path) -> Result<Vec<Correlation>> {
    rows(&dir.join("correlations.csv"))
}

/// Reads `patterns.csv`; nothing when there is no such file.
pub fn patterns(dir: &Path) -> Result<Vec<Pattern>> {
    rows(&dir.join("patterns.csv"))
}

/// Reads `effects.csv`; nothing when there is no such file.
pub fn effects(dir: &Path) -> Result<Vec<Effect>> {
    rows(&dir.join("effects.csv"))
}

/// Reads `costs.csv`; nothing when there is no such file.
pub fn costs(dir: &Path) -> Result<Vec<Cost>> {
    rows(&dir.join("costs.csv"))
}

/// Reads `bands.csv`; nothing when there is no such file.
pub fn bands(dir: &Path) -> Result<Vec<Band>> {
    rows(&dir.join("bands.csv"))
}

fn rows<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    if !path.exists() {
        return Ok(Vec::new());
    }
    let mut csv = open(path)?;
    let header = csv.headers().map_err(|e| bad_csv(path, e))?.clone();
    let named = |e: csv::Error| match e.kind() {
        csv::ErrorKind::Deserialize { pos, err } => {
            let line = pos.as_ref().map_or(1, csv::Position::line);
            let column = err.field().and_then(|i| header.get(i as usize));
            let column = column.map_or(String::new(), |c| format!("`{c}`: "));
            Error::Input(format!("{}:{line}: {column}{}", path.display(), err.kind()))
        }
        _ => bad_csv(path, e),
    };
    csv.deserialize().map(|row| row.map_err(named)).collect()
}

/// A JSON file.
pub fn json(path: &Path) -> Result<serde_json::Value> {
    let text = fs::read_to_string(path).map_err(|e| Error::io(path, e))?;
    serde_json::from_str(&text).map_err(|e| Error::Input(format!("{}: {e}", path.display())))
}

/// Folder with the tables of a run: of several replicates that of the first that did not fail.
pub fn first_run(dir: &Path) -> PathBuf {
    let replicates = dir.join("replicates");
    let mut all: Vec<PathBuf> = fs::read_dir(replicates)
        .map(|entries| {
            entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.join("series.csv").is_file()).collect()
        })
        .unwrap_or_default();
    all.sort();
    all.into_iter().next().unwrap_or_else(|| dir.to_path_buf())
}

/// A line of a table, by the names of its columns.
pub struct Line<'a> {
    header: &'a csv::StringRecord,
    row: &'a csv::StringRecord,
}

impl Line<'_> {
    /// What is in a column; nothing when there is none of that name.
    pub fn get(&self, column: &str) -> &str {
        self.header.iter().position(|h| h == column).and_then(|i| self.row.get(i)).unwrap_or_default()
    }
}

/// Names of columns, and rows.
pub type Columns = (Vec<String>, Vec<Vec<String>>);

/// These columns of a CSV file (all when none is named), of the lines that are kept; nothing when there is no such file.
pub fn columns(path: &Path, wanted: &[&str], keep: &dyn Fn(&Line) -> bool) -> Result<Columns> {
    if !path.exists() {
        return Ok(Default::default());
    }
    let mut csv = open(path)?;
    let header = csv.headers().map_err(|e| bad_csv(path, e))?.clone();
    if let Some(missing) = wanted.iter().find(|w| !header.iter().any(|h| h == **w)) {
        return Err(Error::Input(format!("{}:1: no column `{missing}`", path.display())));
    }
    let shown: Vec<usize> = (0..header.len())
        .filter(|&i| wanted.is_empty() || wanted.contains(&header.get(i).unwrap_or_default()))
        .collect();
    let texts = |row: &csv::StringRecord| -> Vec<String> {
        shown.iter().map(|&i| row.get(i).unwrap_or_default().chars().filter(|c| !c.is_control()).collect()).collect()
    };
    let mut rows = vec![];
    for row in csv.records() {
        let row = row.map_err(|e| bad_csv(path, e))?;
        if keep(&Line { header: &header, row: &row }) {
            rows.push(texts(&row));
        }
    }
    Ok((texts(&header), rows))
}

/// What every metric of a run comes to, from the years in `summary.csv`: flows added up, stocks on the last day, levels averaged
/// over days.
pub fn totals(dir: &Path) -> Result<BTreeMap<String, f64>> {
    let path = dir.join("summary.csv");
    let (_, years) = columns(&path, &["metric", "kind", "days", "value"], &|l| l.get("year") != "all")?;
    let mut sums: BTreeMap<String, (f64, f64)> = BTreeMap::new();
    for row in &years {
        let [metric, kind, days, value] = row.as_slice() else {
            return Err(Error::Input(format!("{}:1: no columns `metric`, `kind`, `days` and `value`", path.display())));
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
pub fn spreads(dir: &Path) -> Result<BTreeMap<String, [f64; 3]>> {
    let path = dir.join("indicators.csv");
    let (_, rows) = columns(&path, &["indicator", "mean", "q05", "q95"], &|l| l.get("year") == "all")?;
    let of = |row: Vec<String>| {
        let number = |i: usize| row.get(i).and_then(|t: &String| t.parse().ok()).unwrap_or(f64::NAN);
        (row[0].clone(), [number(1), number(2), number(3)])
    };
    Ok(rows.into_iter().filter(|r| !r.is_empty()).map(of).collect())
}

/// `cells.csv` as it is.
pub struct CellMonths {
    /// Names of the columns beside `cell` and `month`.
    pub columns: Vec<String>,
    pub rows: Vec<CellMonth>,
}

/// A line of it.
pub struct CellMonth {
    pub cell: String,
    pub month: String,
    pub values: Vec<String>,
}

/// Reads `cells.csv`, every line by itself; `None` when there is no such file.
pub fn cell_months(dir: &Path) -> Result<Option<CellMonths>> {
    let path = dir.join("cells.csv");
    if !path.exists() {
        return Ok(None);
    }
    let mut csv = open(&path)?;
    let header = csv.headers().map_err(|e| bad_csv(&path, e))?.clone();
    if header.get(0) != Some("cell") || header.get(1) != Some("month") {
        return Err(Error::Input(format!("{}:1: its first columns are not `cell` and `month`", path.display())));
    }
    let texts = |row: &csv::StringRecord| row.iter().skip(2).map(str::to_string).collect::<Vec<_>>();
    let mut rows = vec![];
    for row in csv.records() {
        let row = row.map_err(|e| bad_csv(&path, e))?;
        rows.push(CellMonth { cell: row[0].to_string(), month: row[1].to_string(), values: texts(&row) });
    }
    Ok(Some(CellMonths { columns: texts(&header), rows }))
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

/// Reads `flows.csv`; nothing when there is no such file.
pub fn flows(dir: &Path) -> Result<Vec<Flow>> {
    rows(&dir.join("flows.csv"))
}

/// A row of `prices.csv`.
#[derive(Debug, Clone, Deserialize)]
pub struct PriceMonth {
    pub month: String,
    pub hub: String,
    pub class: String,
    pub price_usd: f64,
}

/// Reads `prices.csv`; nothing when there is no such file.
pub fn price_months(dir: &Path) -> Result<Vec<PriceMonth>> {
    rows(&dir.join("prices.csv"))
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
