//! What a study varies: factors with their ranges, from the rules' own metadata where the study names none.

use super::design::Point;
use super::plan::{Wrong, did_you_mean};
use crate::processes::DAY;
use crate::scenario::nearest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;

/// Something that is varied.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Factor {
    /// A key as `--set` takes it: `processes.NAME.KEY`, `lever.NAME.intensity`.
    #[serde(default)]
    pub key: Option<String>,
    /// In the place of `key`: every parameter of this process (or of `all`) that has a range of its own.
    #[serde(default)]
    pub all_of: Option<String>,
    /// With `all_of`: keys that are left as they are, as those that make the scenario what it is.
    #[serde(default)]
    pub except: Vec<String>,
    /// Ends of the range; those of the rule's own metadata when left out.
    #[serde(default)]
    pub low: Option<f64>,
    /// See `low`.
    #[serde(default)]
    pub high: Option<f64>,
    /// Spread evenly over the range, or over its logarithm.
    #[serde(default)]
    pub scale: Scale,
    /// Whole numbers only, as for `run.seed`; parameters of rules know that by themselves.
    #[serde(default)]
    pub whole: bool,
    /// In the place of a range: these values, alike likely.
    #[serde(default)]
    pub values: Vec<Value>,
    /// Numbers that the value is multiplied with, for a key that is a list.
    #[serde(default)]
    pub times: Vec<f64>,
}

/// How a range is gone over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    #[default]
    Linear,
    Log,
}

/// A factor with its range.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    pub key: String,
    pub range: Range,
}

/// What a factor may be.
#[derive(Clone, Debug, PartialEq)]
pub enum Range {
    /// From, to, by its logarithm, in whole numbers; times each of a list, when there is one.
    Between { low: f64, high: f64, scale: Scale, whole: bool, times: Vec<f64> },
    /// One of these.
    OneOf(Vec<Value>),
}

impl Axis {
    /// The value at a place from 0 to 1, as it is written in a file.
    pub fn value(&self, u: f64) -> String {
        match &self.range {
            Range::OneOf(values) => values[((u * values.len() as f64) as usize).min(values.len() - 1)].to_string(),
            Range::Between { low, high, scale, whole, times } => {
                let v = match scale {
                    Scale::Linear => low + u * (high - low),
                    Scale::Log => low * libm::exp(u * libm::log(high / low)),
                };
                // Twelve digits: 0.16 and not 0.15999999999999998.
                let short = |v: f64| format!("{:?}", format!("{v:.11e}").parse().unwrap_or(v));
                match times.as_slice() {
                    _ if *whole => format!("{}", libm::round(v)),
                    [] => short(v),
                    of => format!("[{}]", of.iter().map(|t| short(t * v)).collect::<Vec<_>>().join(", ")),
                }
            }
        }
    }
}

/// The axes of a factor; none when something is wrong with it.
pub(super) fn axes(f: &Factor, wrong: &mut Wrong) -> Vec<Axis> {
    let (key, range) = match (&f.key, &f.all_of) {
        (Some(key), None) => (key, own_range(f, key, wrong)),
        (None, Some(process)) => return all_of(f, process, wrong),
        _ => {
            wrong.say("[[factor]]", "a factor needs either `key` or `all_of`".into());
            return vec![];
        }
    };
    if !f.except.is_empty() {
        wrong.say(key, format!("`{key}` has `except`, which goes with `all_of`"));
    }
    range.map(|range| Axis { key: key.clone(), range }).into_iter().collect()
}

fn own_range(f: &Factor, key: &str, wrong: &mut Wrong) -> Option<Range> {
    if !f.values.is_empty() {
        if f.low.is_some() || f.high.is_some() {
            wrong.say(key, format!("`{key}` has both `values` and a range"));
        }
        return Some(Range::OneOf(f.values.clone()));
    }
    let known = match metadata(key) {
        Ok(known) => known,
        Err(why) => {
            wrong.say(key, why);
            return None;
        }
    };
    let end = |own: Option<f64>, of: &str| own.or_else(|| known.as_ref()?[of].as_f64());
    let (Some(low), Some(high)) = (end(f.low, "x-low"), end(f.high, "x-high")) else {
        wrong.say(key, format!("`{key}` has no range of its own: give `low` and `high`, or `values`"));
        return None;
    };
    if !low.is_finite() || !high.is_finite() || low >= high {
        wrong.say(key, format!("the range of `{key}` is empty: from {low} to {high}"));
        return None;
    }
    if f.scale == Scale::Log && low <= 0.0 {
        wrong.say(key, format!("`{key}` begins at {low}: a range by its logarithm begins above 0"));
        return None;
    }
    let whole = f.whole || known.is_some_and(|k| k["type"] == "integer");
    if whole && !f.times.is_empty() {
        wrong.say(key, format!("`{key}` has `times`, which does not go with whole numbers"));
    }
    Some(Range::Between { low, high, scale: f.scale, whole, times: f.times.clone() })
}

/// What the rules say about a key: the schema of a process' parameter; nothing for other keys.
fn metadata(key: &str) -> std::result::Result<Option<Value>, String> {
    let mut parts = key.split('.');
    let (Some("processes"), Some(process), Some(name)) = (parts.next(), parts.next(), parts.next()) else {
        return Ok(None);
    };
    let Some(step) = DAY.iter().find(|s| s.name == process) else {
        let meant = did_you_mean(nearest(process, DAY.iter().map(|s| s.name)));
        return Err(format!("there is no process `{process}`{meant}"));
    };
    let schema = (step.schema)();
    let all = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
    match all.get(name) {
        Some(found) => Ok(Some(found.clone())),
        None => {
            let meant = did_you_mean(nearest(name, all.keys().map(String::as_str)));
            Err(format!("the process `{process}` has no parameter `{name}`{meant}"))
        }
    }
}

/// The axes and points of a sample of parameters, such as a calibration writes: a column a key, a row a set of values. A row's place on an
/// axis is the middle rank of its value. `points` takes so many rows, evenly over the file.
///
/// # Errors
/// What is wrong with the file, with its line.
pub(super) fn of_sample(path: &Path, points: Option<usize>) -> Result<(Vec<Axis>, Vec<Point>), String> {
    let shown = path.display();
    let mut table = csv::Reader::from_path(path).map_err(|e| format!("{shown}: {e}"))?;
    let keys = table.headers().map_err(|e| format!("{shown}: {e}"))?.clone();
    let mut rows: Vec<Vec<Value>> = vec![];
    for row in table.records() {
        let row = row.map_err(|e| format!("{shown}: {e}"))?;
        let line = row.position().map_or(0, csv::Position::line);
        let value = |(key, cell): (&str, &str)| match toml::from_str::<BTreeMap<String, Value>>(&format!("v = {cell}"))
        {
            Ok(mut read) if read.len() == 1 => Ok(read.remove("v").unwrap_or_default()),
            _ => Err(format!("{shown}:{line}: `{key}` is `{cell}`, expected a value as in TOML")),
        };
        rows.push(keys.iter().zip(&row).map(value).collect::<Result<_, _>>()?);
    }
    let n = points.unwrap_or(rows.len());
    if rows.is_empty() || n == 0 || n > rows.len() {
        return Err(format!("{shown} has {} rows; {n} points are asked for", rows.len()));
    }
    let rows: Vec<Vec<Value>> = (0..n).map(|i| rows[i * rows.len() / n].clone()).collect();
    // A list is ranked by its first number: it is one shape times a factor.
    fn size(v: &Value) -> f64 {
        v.as_array().map_or_else(|| v.as_f64().unwrap_or(0.0), |list| list.first().map_or(0.0, size))
    }
    let mut places = vec![vec![]; n];
    let mut axes = vec![];
    for (i, key) in keys.iter().enumerate() {
        let mut values: Vec<Value> = rows.iter().map(|row| row[i].clone()).collect();
        values.sort_by(|a, b| size(a).total_cmp(&size(b)));
        for (place, row) in places.iter_mut().zip(&rows) {
            let below = values.partition_point(|v| size(v) < size(&row[i]));
            let up_to = values.partition_point(|v| size(v) <= size(&row[i]));
            place.push((below + up_to) as f64 / (2 * n) as f64);
        }
        axes.push(Axis { key: key.into(), range: Range::OneOf(values) });
    }
    Ok((axes, places))
}

/// Every parameter of a process, or of all, that has a range of its own.
fn all_of(f: &Factor, process: &str, wrong: &mut Wrong) -> Vec<Axis> {
    if f.low.is_some() || f.high.is_some() || !f.values.is_empty() || !f.times.is_empty() {
        let why = "`all_of` takes the ranges of the rules: no `low`, `high`, `values` or `times`";
        wrong.say(process, why.into());
        return vec![];
    }
    let steps: Vec<_> = DAY.iter().filter(|s| process == "all" || s.name == process).collect();
    if steps.is_empty() {
        let meant = did_you_mean(nearest(process, DAY.iter().map(|s| s.name)));
        wrong.say(process, format!("there is no process `{process}`{meant}"));
    }
    let mut out = vec![];
    for step in &steps {
        let schema = (step.schema)();
        for (name, p) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            if let (Some(low), Some(high)) = (p["x-low"].as_f64(), p["x-high"].as_f64())
                && low < high
            {
                let whole = p["type"] == "integer";
                let range = Range::Between { low, high, scale: f.scale, whole, times: vec![] };
                out.push(Axis { key: format!("processes.{}.{name}", step.name), range });
            }
        }
    }
    for key in &f.except {
        if !out.iter().any(|a| a.key == *key) && !steps.is_empty() {
            let meant = did_you_mean(nearest(key, out.iter().map(|a| a.key.as_str())));
            wrong.say(key, format!("`except` names `{key}`, which has no range in `{process}`{meant}"));
        }
    }
    out.retain(|a| !f.except.contains(&a.key));
    out
}
