//! Benchmarks: short runs against what was stored of them. A record has a digest for every part of every day, so that a
//! difference can be traced to the rule that made it, and what the run comes to, so that it can be judged.

use super::ensemble::{Split, runs};
use crate::error::Result;
use crate::observe::indicator::{self, Span, distinct};
use crate::observe::metric::{self, Kind};
use crate::scenario::schema::Scenario;
use crate::sim::{Ground, RunPlan, Simulation};
use serde::Deserialize;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Instant;

/// Significant digits of a stored value: enough to judge a change, few enough to read.
const DIGITS: usize = 6;

/// What is stored of a benchmark's run, its first replicate.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Record {
    /// Digest of the first morning.
    pub start: u64,
    /// Digest of the last evening, whole.
    pub last: u128,
    /// The parts of a day, in order: events and levers, every process, the books.
    pub parts: Vec<String>,
    pub days: Vec<Day>,
    /// Metrics over the whole run, and what was observed of them (`NAME_observed`); those of nothing or zero are left out.
    pub metrics: BTreeMap<String, Value>,
    /// Indicators over the whole run that are no metric; those of nothing or zero are left out.
    pub indicators: BTreeMap<String, Value>,
}

/// A day of a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Day {
    pub date: String,
    /// Digest after each part.
    pub parts: Vec<u16>,
    /// Digest of the evening.
    pub digest: u64,
}

/// A number with its unit.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Value {
    pub value: f64,
    /// Empty where a stored name is no longer known.
    pub unit: String,
}

/// A benchmark that was run, and how long that took.
#[derive(Clone, Debug)]
pub struct Ran {
    pub record: Record,
    pub seconds: f64,
}

/// Runs scenarios side by side; results are in their order.
///
/// # Errors
/// Each run's own, such as a ledger that does not balance.
pub fn run_all(benchmarks: &[(Arc<Scenario>, Ground)], threads: usize) -> Vec<Result<Ran>> {
    runs(benchmarks.len() as u32, Split::of(threads, benchmarks.len(), None), |k| {
        let began = Instant::now();
        let (scenario, ground) = &benchmarks[k as usize];
        let record = record(scenario, ground)?;
        Ok(Ran { record, seconds: began.elapsed().as_secs_f64() })
    })
}

/// Runs a scenario's first replicate and keeps what is to be stored of it.
///
/// # Errors
/// See [`Simulation::new`] and [`Simulation::day`].
pub fn record(scenario: &Arc<Scenario>, ground: &Ground) -> Result<Record> {
    let plan = RunPlan { scenario: scenario.clone(), replicate: 0, values: vec![], audit: false };
    let mut sim = Simulation::new(&plan, ground)?;
    let mut out = Record { start: short(sim.world.digest()), ..Record::default() };
    let metrics = metric::all();
    let mut span = Span::new(metrics.len());
    loop {
        let mut parts = vec![];
        sim.day_watched(&mut |part, w| {
            // Settled each time, or every digest would count the rows of all parts before it again.
            w.settle();
            parts.push((part, tiny(w.digest())));
        })?;
        let w = &sim.world;
        if out.parts.is_empty() {
            out.parts = parts.iter().map(|p| p.0.to_string()).collect();
        }
        out.last = w.digest();
        let parts = parts.iter().map(|p| p.1).collect();
        out.days.push(Day { date: w.day.date().to_string(), parts, digest: short(out.last) });
        span.pass(&distinct(&w.tally.active));
        for (m, (truth, seen)) in metrics.iter().zip(&mut span.metrics) {
            truth.add((m.value)(w));
            if let Some(observed) = &m.observed {
                seen.add(observed(w));
            }
        }
        if w.day >= sim.last_day() {
            break;
        }
        sim.next_morning();
    }
    let mut keep = |name: String, unit: &str, value: f64| put(&mut out.metrics, name, unit, value);
    for (m, (truth, seen)) in metrics.iter().zip(&span.metrics) {
        let unit = if m.kind == Kind::Flow { m.unit.trim_end_matches("/day") } else { m.unit };
        keep(m.name.clone(), unit, truth.value(m.kind));
        if m.observed.is_some() {
            keep(m.twin(), unit, seen.value(m.kind));
        }
    }
    for (name, unit, value) in indicator::of(&metrics, &span) {
        if !metrics.iter().any(|m| m.name == name) {
            put(&mut out.indicators, name, unit, value);
        }
    }
    Ok(out)
}

/// Keeps a value as it would be read again, if it is one.
fn put(values: &mut BTreeMap<String, Value>, name: String, unit: &str, value: f64) {
    let value = rounded(value);
    if !value.is_nan() && value != 0.0 {
        values.insert(name, Value { value, unit: unit.into() });
    }
}

/// 64 of a digest's 128 bits, all of them in it.
fn short(digest: u128) -> u64 {
    (digest ^ (digest >> 64)) as u64
}

/// 16 bits of a digest: one change in 65,536 is missed here and seen in the evening.
fn tiny(digest: u128) -> u16 {
    let d = short(digest);
    (d ^ (d >> 16) ^ (d >> 32) ^ (d >> 48)) as u16
}

fn rounded(v: f64) -> f64 {
    format!("{v:.*e}", DIGITS - 1).parse().unwrap_or(v)
}

/// A number without needless digits, as TOML and people read it.
pub fn number(v: f64) -> String {
    if v == libm::trunc(v) && v.abs() < 1e15 { format!("{}", v as i64) } else { format!("{v:?}") }
}

/// A record's file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Stored {
    start: String,
    last: String,
    parts: Vec<String>,
    days: BTreeMap<String, String>,
    metrics: BTreeMap<String, f64>,
    indicators: BTreeMap<String, f64>,
}

/// Hexadecimal digits of a part's digest.
const PART: usize = 4;

impl Record {
    /// As it is stored: TOML.
    pub fn text(&self) -> String {
        let quoted: Vec<String> = self.parts.iter().map(|p| format!("{p:?}")).collect();
        let mut out = format!(
            "# Written by `sirocco check --bless`; not to be edited. Digests of the first morning and of the last evening.\n\
             start = \"{:016x}\"\nlast = \"{:032x}\"\n# The parts of a day.\nparts = [{}]\n\n\
             # Digest after every part, {PART} digits each, and of the evening.\n[days]\n",
            self.start,
            self.last,
            quoted.join(", ")
        );
        for d in &self.days {
            let parts: String = d.parts.iter().map(|p| format!("{p:04x}")).collect();
            out += &format!("{} = \"{parts} {:016x}\"\n", d.date, d.digest);
        }
        for (head, values) in [("metrics", &self.metrics), ("indicators", &self.indicators)] {
            out += &format!("\n# Over the whole run; what has no value or is zero is left out.\n[{head}]\n");
            for (name, v) in values {
                out += &format!("{name} = {} # {}\n", number(v.value), v.unit);
            }
        }
        out
    }

    /// Reads what [`Record::text`] gave; units are not read.
    ///
    /// # Errors
    /// Why it is no such text.
    pub fn parse(text: &str) -> std::result::Result<Record, String> {
        let stored: Stored = toml::from_str(text).map_err(|e| e.message().to_string())?;
        let hex = |text: &str| u128::from_str_radix(text, 16).map_err(|_| format!("`{text}` is no digest"));
        let day = |(date, text): (String, String)| {
            let (parts, digest) = text.split_once(' ').ok_or_else(|| format!("`{text}` are no digests"))?;
            if !parts.is_ascii() || parts.len() != PART * stored.parts.len() {
                return Err(format!("{date} has not as many digests as there are parts"));
            }
            let parts = (0..stored.parts.len()).map(|i| hex(&parts[PART * i..PART * (i + 1)]).map(|d| d as u16));
            Ok(Day { date, parts: parts.collect::<std::result::Result<_, _>>()?, digest: hex(digest)? as u64 })
        };
        let days = stored.days.into_iter().map(day).collect::<std::result::Result<_, String>>()?;
        let values = |v: BTreeMap<String, f64>| {
            v.into_iter().map(|(name, value)| (name, Value { value, unit: String::new() })).collect()
        };
        Ok(Record {
            start: hex(&stored.start)? as u64,
            last: hex(&stored.last)?,
            days,
            metrics: values(stored.metrics),
            indicators: values(stored.indicators),
            parts: stored.parts,
        })
    }
}

/// Where two runs part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum First {
    /// The state differs before anything has happened.
    Morning,
    /// On a day, in the part of it that was the first to leave another state; none when only the evenings tell.
    On { date: String, part: Option<String> },
    /// The runs have other days: the first of the old and of the new that the other has not.
    Days { old: Option<String>, new: Option<String> },
    /// Only the digest of the last evening tells.
    End,
}

impl fmt::Display for First {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let none = "none";
        match self {
            First::Morning => write!(f, "first differs on the first morning, before any process"),
            First::On { date, part: Some(part) } => write!(f, "first differs on {date}, in process `{part}`"),
            First::On { date, part: None } => write!(f, "first differs on {date}, in a process that cannot be told"),
            First::Days { old, new } => {
                let (old, new) = (old.as_deref().unwrap_or(none), new.as_deref().unwrap_or(none));
                write!(f, "the runs have other days: the next was {old} and is {new}")
            }
            First::End => write!(f, "first differs in the digest of the last evening"),
        }
    }
}

/// A value that has changed. None: nothing or zero.
#[derive(Clone, Debug, PartialEq)]
pub struct Change {
    pub name: String,
    pub unit: String,
    pub old: Option<f64>,
    pub new: Option<f64>,
}

impl Change {
    /// Change from the old value to the new.
    pub fn absolute(&self) -> f64 {
        self.new.unwrap_or(0.0) - self.old.unwrap_or(0.0)
    }
    /// The same as a share of the old value; none when that was zero.
    pub fn relative(&self) -> Option<f64> {
        self.old.map(|old| self.absolute() / old.abs())
    }
}

/// What differs between two records.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// None when the state is the same and only what is read from it differs.
    pub first: Option<First>,
    /// Metrics and indicators, the largest relative change first.
    pub changes: Vec<Change>,
}

/// What differs between what was stored and what is now; None when nothing does.
pub fn compare(old: &Record, new: &Record) -> Option<Difference> {
    let first = first(old, new);
    let mut changes = changes(&old.metrics, &new.metrics);
    changes.extend(self::changes(&old.indicators, &new.indicators));
    let size = |c: &Change| c.relative().map_or(f64::INFINITY, f64::abs);
    changes.sort_by(|a, b| size(b).total_cmp(&size(a)).then_with(|| a.name.cmp(&b.name)));
    (first.is_some() || !changes.is_empty()).then_some(Difference { first, changes })
}

fn first(old: &Record, new: &Record) -> Option<First> {
    if old.start != new.start {
        return Some(First::Morning);
    }
    let (mut before, mut now) = (old.days.iter(), new.days.iter());
    loop {
        let (a, b) = match (before.next(), now.next()) {
            (None, None) => return (old.last != new.last).then_some(First::End),
            (Some(a), Some(b)) if a.date == b.date => (a, b),
            (a, b) => return Some(First::Days { old: a.map(|d| d.date.clone()), new: b.map(|d| d.date.clone()) }),
        };
        let part = first_part(&old.parts, a, &new.parts, b);
        if part.is_some() || a.digest != b.digest {
            return Some(First::On { date: a.date.clone(), part });
        }
    }
}

/// The part of a day that was the first to leave another state. One that is new, and does something, is named in the
/// place of the one after it.
fn first_part(old_parts: &[String], old: &Day, new_parts: &[String], new: &Day) -> Option<String> {
    let mut newcomer = None;
    for (j, name) in new_parts.iter().enumerate() {
        match old_parts.iter().position(|p| p == name) {
            Some(i) if old.parts.get(i) != new.parts.get(j) => return Some(newcomer.unwrap_or(name).clone()),
            None if j > 0 && new.parts.get(j) != new.parts.get(j - 1) => newcomer = newcomer.or(Some(name)),
            _ => {}
        }
    }
    None
}

fn changes(old: &BTreeMap<String, Value>, new: &BTreeMap<String, Value>) -> Vec<Change> {
    let change = |name: &String| {
        let (a, b) = (old.get(name), new.get(name));
        let (was, is) = (a.map(|v| v.value), b.map(|v| v.value));
        let unit = b.or(a).map_or(String::new(), |v| v.unit.clone());
        (was != is).then(|| Change { name: name.clone(), unit, old: was, new: is })
    };
    let gone = old.keys().filter(|name| !new.contains_key(*name));
    new.keys().chain(gone).filter_map(change).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts() -> Vec<String> {
        ["events and levers", "crews", "sea"].map(String::from).to_vec()
    }

    fn record() -> Record {
        let day = |date: &str, k: u16| Day { date: date.into(), parts: vec![k, k + 1, k + 2], digest: u64::from(k) };
        let value = |value, unit: &str| Value { value, unit: unit.into() };
        Record {
            start: 1,
            last: 77,
            parts: parts(),
            days: vec![day("2012-03-03", 7), day("2012-03-04", 17)],
            metrics: BTreeMap::from([
                ("sea_deaths".into(), value(12.0, "persons")),
                ("fares".into(), value(0.25, "USD")),
                ("gone".into(), value(-3.0, "")),
            ]),
            indicators: BTreeMap::from([("route_entropy".into(), value(1.5e-9, "bits"))]),
        }
    }

    #[test]
    fn what_is_stored_is_read_again() {
        let r = record();
        let mut want = r.clone();
        want.metrics.values_mut().chain(want.indicators.values_mut()).for_each(|v| v.unit.clear());
        let read = Record::parse(&r.text()).unwrap();
        assert_eq!(read, want);
        assert_eq!(compare(&read, &r), None, "units do not count");
    }

    #[test]
    fn damaged_files_are_refused() {
        let text = record().text();
        for (what, damaged) in [
            ("empty", String::new()),
            ("cut", text[..text.len() / 2].into()),
            ("no digest", text.replace("start = \"0", "start = \"x")),
            ("a part too few", text.replace("\"crews\", ", "")),
            ("not ASCII", text.replace("\"0007", "\"é07")),
        ] {
            assert!(Record::parse(&damaged).is_err(), "{what}");
        }
    }

    #[test]
    fn the_first_day_and_process_are_found() {
        let old = record();
        let said = |change: &dyn Fn(&mut Record)| {
            let mut new = old.clone();
            change(&mut new);
            compare(&old, &new).and_then(|d| d.first).map_or(String::new(), |f| f.to_string())
        };
        assert_eq!(said(&|_| {}), "");
        assert_eq!(said(&|r| r.start = 2), "first differs on the first morning, before any process");
        assert_eq!(said(&|r| r.days[1].parts[1] = 0), "first differs on 2012-03-04, in process `crews`");
        assert!(said(&|r| r.days[0].digest = 0).contains("2012-03-03, in a process that cannot be told"));
        assert!(said(&|r| r.last = 0).contains("last evening"));
        assert!(said(&|r| drop(r.days.pop())).contains("was 2012-03-04 and is none"));
        let inserted = |digest: u16| {
            said(&|r: &mut Record| {
                r.parts.insert(1, "rain".into());
                r.days[0].parts = vec![7, 7, 8, 9];
                r.days[1].parts = vec![17, digest, 30, 31];
            })
        };
        assert_eq!(inserted(29), "first differs on 2012-03-04, in process `rain`");
        assert_eq!(inserted(17), "first differs on 2012-03-04, in process `crews`", "it rained on nobody");
    }

    #[test]
    fn the_largest_relative_change_comes_first() {
        let old = record();
        let mut new = old.clone();
        new.metrics.remove("gone");
        for (name, value) in [("sea_deaths", 15.0), ("fares", 0.5), ("born", 1.0)] {
            new.metrics.insert(name.into(), Value { value, unit: "x".into() });
        }
        new.indicators.insert("route_entropy".into(), Value { value: 1.6e-9, unit: "bits".into() });
        let d = compare(&old, &new).unwrap();
        assert_eq!(d.first, None);
        let names: Vec<&str> = d.changes.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, ["born", "fares", "gone", "sea_deaths", "route_entropy"]);
        assert_eq!((d.changes[1].absolute(), d.changes[1].relative()), (0.25, Some(1.0)));
        assert_eq!((d.changes[2].absolute(), d.changes[2].relative()), (3.0, Some(1.0)));
        assert_eq!(d.changes[0].relative(), None);
    }

    #[test]
    fn values_are_kept_as_they_are_read() {
        for (v, text) in [(1234567.8, "1234570"), (0.1 + 0.2, "0.3"), (-2.5e-7, "-2.5e-7"), (1e20, "1e20")] {
            assert_eq!(number(rounded(v)), text);
        }
    }
}
