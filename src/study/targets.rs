//! What a calibration is held against: single published figures (`[[target]]`) and published series by month (`[[series]]`).

use super::calibrate::Aim;
use super::factors::Scale;
use super::measure::{PART, Part};
use crate::observe::metric::Kind;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A published figure that the model should come near to.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Target {
    pub name: String,
    /// What it is in the model: a measure, over the whole run or a part of it.
    pub measure: String,
    /// Measures that it is divided by, added up: a target may be a share or a rate.
    #[serde(default)]
    pub over: Vec<String>,
    /// What the quotient is multiplied by: 100 for a figure in percent.
    #[serde(default = "one")]
    pub times: f64,
    /// The published figure.
    pub observed: f64,
    /// Standard deviation of the observation's own error: in its unit, or in (natural) logarithms with `scale = "log"`.
    #[serde(default)]
    pub error: f64,
    /// Standard deviation of what the model leaves out (its discrepancy), in the same terms.
    pub within: f64,
    #[serde(default)]
    pub scale: Scale,
    /// What it counts for in the distance.
    #[serde(default = "one")]
    pub weight: f64,
    /// Where it was published.
    pub source: String,
}

/// A published series by month. Sums over its periods are compared by their logarithm.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SeriesTarget {
    /// The metric that it is in the model.
    pub metric: String,
    /// CSV file with a column `month` (2014-01), beside the study file.
    pub file: PathBuf,
    /// Its column with the series; months without a figure are empty.
    pub column: String,
    /// First and last month that are looked at.
    pub from: String,
    pub to: String,
    /// What is compared in the fit; scores are of months and of quarters in any case.
    #[serde(default)]
    pub by: Period,
    /// Years or months (2016, 2016-10) that the fit does not see; they are scored by themselves.
    #[serde(default)]
    pub except: Vec<String>,
    /// Standard deviation of the observation's own error, in logarithms.
    #[serde(default)]
    pub error: f64,
    /// Standard deviation of what the model leaves out of a period (its discrepancy), in logarithms.
    pub within: f64,
    /// What each period counts for in the distance; with 0 the series is looked at and not fitted.
    #[serde(default = "one")]
    pub weight: f64,
    /// Where it was published.
    pub source: String,
}

fn one() -> f64 {
    1.0
}

/// Span over which a series is added up.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Period {
    Month,
    #[default]
    Quarter,
    Year,
}

impl Period {
    /// How many months it has.
    pub fn months(self) -> usize {
        match self {
            Period::Month => 1,
            Period::Quarter => 3,
            Period::Year => 12,
        }
    }

    /// The period that a month (2014-05) is in, and its number of months.
    pub(super) fn of(self, month: &str) -> (String, usize) {
        let (year, m) = month.split_at(month.len().min(4));
        let m: usize = m.trim_start_matches('-').parse().unwrap_or(1);
        let name = match self {
            Period::Month => month.to_string(),
            Period::Quarter => format!("{year} Q{}", m.div_ceil(3)),
            Period::Year => year.to_string(),
        };
        (name, self.months())
    }
}

/// An aim of the fit, and how it is reckoned from the measures of a study.
#[derive(Clone, Debug)]
pub struct Goal {
    pub name: String,
    pub source: String,
    /// Measures that are added up, those that they are divided by, and the factor.
    pub of: Vec<String>,
    pub over: Vec<String>,
    pub times: f64,
    pub on: On,
    /// As it was published.
    pub observed: f64,
    pub aim: Aim,
}

/// What a figure is compared on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Itself,
    /// Its logarithm; nothing and less have none.
    Log,
    /// The logarithm of a count, one added: a month may have none.
    Count,
}

impl Goal {
    /// What a run comes to, in the unit of the published figure; NaN where it has no value. `value` gives a measure by its name.
    pub fn came_to(&self, value: &dyn Fn(&str) -> f64) -> f64 {
        let sum = |names: &[String]| names.iter().map(|n| value(n)).sum::<f64>();
        let over = if self.over.is_empty() { 1.0 } else { sum(&self.over) };
        let v = self.times * sum(&self.of) / over;
        if v.is_finite() { v } else { f64::NAN }
    }

    /// On the scale of the comparison.
    pub fn scaled(&self, v: f64) -> f64 {
        match self.on {
            On::Itself => v,
            On::Log if v > 0.0 => libm::log(v),
            On::Log => f64::NAN,
            On::Count => log(v),
        }
    }
}

/// Logarithm of a count, one added: a month may have none.
pub fn log(v: f64) -> f64 {
    libm::log(1.0 + v.max(0.0))
}

/// A published series that runs are looked at beside.
#[derive(Clone, Debug)]
pub struct Watched {
    pub metric: String,
    /// Standard deviation of the observation's error in logarithms.
    pub error: f64,
    pub months: Vec<Published>,
}

/// A month of a published series.
#[derive(Clone, Debug, PartialEq)]
pub struct Published {
    /// As 2014-01.
    pub month: String,
    pub observed: Option<f64>,
    /// Whether the fit sees it.
    pub fitted: bool,
}

impl Watched {
    /// Name of the measure of a month.
    pub fn measure(&self, month: &str) -> String {
        format!("{}{PART}{month}", self.metric)
    }
}

/// The aim of a single figure.
///
/// # Errors
/// What is wrong with it.
pub fn goal(t: &Target) -> Result<Goal, String> {
    let is = |what: &str, v: f64, right: bool| {
        if right { Ok(()) } else { Err(format!("the target `{}` has {what} = {v}", t.name)) }
    };
    is("observed", t.observed, t.observed.is_finite() && (t.scale != Scale::Log || t.observed > 0.0))?;
    is("within", t.within, t.within.is_finite() && t.within >= 0.0)?;
    is("error", t.error, t.error.is_finite() && t.error >= 0.0)?;
    is("weight", t.weight, t.weight.is_finite() && t.weight >= 0.0)?;
    is("times", t.times, t.times.is_finite() && t.times != 0.0)?;
    let within = libm::hypot(t.within, t.error);
    is("within and error together", within, within > 0.0)?;
    let (on, observed) = match t.scale {
        Scale::Linear => (On::Itself, t.observed),
        Scale::Log => (On::Log, libm::log(t.observed)),
    };
    Ok(Goal {
        name: t.name.clone(),
        source: t.source.clone(),
        of: vec![t.measure.clone()],
        over: t.over.clone(),
        times: t.times,
        on,
        observed: t.observed,
        aim: Aim { observed, within, weight: t.weight },
    })
}

/// A series with the aims of its periods. A period is fitted when every month of it was published and none is left out.
///
/// # Errors
/// What is wrong with it.
pub fn series(s: &SeriesTarget, beside: &Path) -> Result<(Watched, Vec<Goal>), String> {
    let all = Part::read(&format!("{}{PART}{}..{}", s.metric, s.from, s.to))?;
    let within = libm::hypot(s.within, s.error);
    let sound = [s.within, s.error, s.weight].iter().all(|v| v.is_finite() && *v >= 0.0) && within > 0.0;
    if !sound {
        return Err(format!(
            "`within`, `error` and `weight` of `{}` must be numbers of 0 or more, not all 0",
            s.metric
        ));
    }
    if all.kind() != Kind::Flow {
        return Err(format!("`{}` is no flow: months of it cannot be added up; use `[[target]]`", s.metric));
    }
    let mut left_out = vec![];
    for part in &s.except {
        let part = Part::read(&format!("{}{PART}{part}", s.metric))?;
        left_out.push((part.from, part.to));
    }
    let published = column(&beside.join(&s.file), &s.column)?;
    let seen = |m: &String| s.weight > 0.0 && !left_out.iter().any(|(from, to)| from <= m && m <= to);
    let of = |month: String| {
        let observed = published.get(&month).copied();
        Published { fitted: observed.is_some() && seen(&month), month, observed }
    };
    let months: Vec<Published> = months(&all.from, &all.to).into_iter().map(of).collect();
    if !months.iter().any(|m| m.observed.is_some()) {
        let file = s.file.display();
        return Err(format!("`{}` of {file} has no figure from {} to {}", s.column, all.from, all.to));
    }
    let mut watched = Watched { metric: s.metric.clone(), error: s.error, months };
    let mut periods: BTreeMap<String, (usize, Vec<&Published>)> = BTreeMap::new();
    for m in &watched.months {
        let (name, length) = s.by.of(&m.month);
        periods.entry(name).or_insert((length, vec![])).1.push(m);
    }
    let mut goals = vec![];
    for (name, (length, of)) in periods {
        if of.len() < length || !of.iter().all(|m| m.fitted) {
            continue;
        }
        let observed = of.iter().filter_map(|m| m.observed).sum::<f64>();
        goals.push(Goal {
            name: format!("{} {name}", s.metric),
            source: s.source.clone(),
            of: of.iter().map(|m| watched.measure(&m.month)).collect(),
            over: vec![],
            times: 1.0,
            on: On::Count,
            observed,
            aim: Aim { observed: log(observed), within, weight: s.weight },
        });
    }
    // A month of a period that is not whole was not seen either.
    let in_one = |m: &Published| goals.iter().any(|g: &Goal| g.of.contains(&watched.measure(&m.month)));
    let fitted: Vec<bool> = watched.months.iter().map(in_one).collect();
    watched.months.iter_mut().zip(fitted).for_each(|(m, fitted)| m.fitted = fitted);
    Ok((watched, goals))
}

/// A column of a file by its month; months without a figure are left out.
fn column(path: &Path, name: &str) -> Result<BTreeMap<String, f64>, String> {
    let shown = path.display();
    let mut table = csv::Reader::from_path(path).map_err(|e| format!("{shown}: {e}"))?;
    let head = table.headers().map_err(|e| format!("{shown}: {e}"))?.clone();
    let at = |key: &str| head.iter().position(|h| h == key).ok_or_else(|| format!("{shown}: no column `{key}`"));
    let (month, value) = (at("month")?, at(name)?);
    let mut out = BTreeMap::new();
    for row in table.records() {
        let row = row.map_err(|e| format!("{shown}: {e}"))?;
        let line = row.position().map_or(0, csv::Position::line);
        let text = row.get(value).unwrap_or_default();
        if text.is_empty() {
            continue;
        }
        let v = text.parse::<f64>().ok().filter(|v| v.is_finite() && *v >= 0.0);
        let v = v.ok_or_else(|| format!("{shown}:{line}: `{name}` is `{text}`, expected a number of 0 or more"))?;
        if out.insert(row.get(month).unwrap_or_default().to_string(), v).is_some() {
            return Err(format!("{shown}:{line}: the month comes twice"));
        }
    }
    Ok(out)
}

/// Months from one to another, both as 2014-01.
pub fn months(from: &str, to: &str) -> Vec<String> {
    let number = |text: &str| {
        let (y, m) = text.split_once('-')?;
        Some(12 * y.parse::<i64>().ok()? + m.parse::<i64>().ok()? - 1)
    };
    let (Some(from), Some(to)) = (number(from), number(to)) else { return vec![] };
    (from..=to).map(|n| format!("{:04}-{:02}", n.div_euclid(12), n.rem_euclid(12) + 1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arrivals(by: Period, except: &[&str]) -> SeriesTarget {
        SeriesTarget {
            metric: "sea_arrivals".into(),
            file: "published.csv".into(),
            column: "people".into(),
            from: "2014".into(),
            to: "2015-02".into(),
            by,
            except: except.iter().map(|s| s.to_string()).collect(),
            error: 0.03,
            within: 0.04,
            weight: 1.0,
            source: "made up".into(),
        }
    }

    #[test]
    fn a_series_is_added_up_over_the_periods_that_are_whole() {
        let folder = tempfile::tempdir().unwrap();
        let rows: Vec<String> = (1..=12)
            .map(|m| format!("2014-{m:02},{}", 10 * m))
            .chain(["2015-01,7".into(), "2015-02,".into()])
            .collect();
        std::fs::write(folder.path().join("published.csv"), format!("month,people\n{}\n", rows.join("\n"))).unwrap();
        let (watched, goals) = series(&arrivals(Period::Quarter, &["2014-05"]), folder.path()).unwrap();
        let month = |m: &str, observed| Published { month: m.into(), observed, fitted: false };
        assert_eq!((watched.months.len(), &watched.months[4]), (14, &month("2014-05", Some(50.0))));
        assert_eq!(watched.months[13], month("2015-02", None));
        // The second quarter has a month that is left out, the first of 2015 one without a figure.
        let names: Vec<(&str, f64)> = goals.iter().map(|g| (g.name.as_str(), g.observed)).collect();
        assert_eq!(
            names,
            [("sea_arrivals 2014 Q1", 60.0), ("sea_arrivals 2014 Q3", 240.0), ("sea_arrivals 2014 Q4", 330.0)]
        );
        assert!((goals[0].aim.within - 0.05).abs() < 1e-12);
        let fitted: Vec<&str> = watched.months.iter().filter(|m| m.fitted).map(|m| m.month.as_str()).collect();
        assert_eq!((fitted.len(), fitted[3]), (9, "2014-07"), "months of a quarter that is not whole are not fitted");
        assert_eq!(goals[0].came_to(&|m| if m.ends_with("-02") { 5.0 } else { 1.0 }), 7.0);
        let (_, by_month) = series(&arrivals(Period::Month, &["2014"]), folder.path()).unwrap();
        assert_eq!(by_month.iter().map(|g| g.name.as_str()).collect::<Vec<_>>(), ["sea_arrivals 2015-01"]);

        let wrong = |change: fn(&mut SeriesTarget)| {
            let mut s = arrivals(Period::Year, &[]);
            change(&mut s);
            series(&s, folder.path()).unwrap_err()
        };
        assert!(wrong(|s| s.metric = "sea_arivals".into()).contains("did you mean `sea_arrivals`"));
        assert!(wrong(|s| s.metric = "people_in_libya".into()).contains("no flow"));
        assert!(wrong(|s| s.column = "boats".into()).contains("no column `boats`"));
        assert!(wrong(|s| (s.from, s.to) = ("2019".into(), "2020".into())).contains("no figure from 2019-01"));
        assert!(wrong(|s| (s.within, s.error) = (0.0, 0.0)).contains("not all 0"));
        assert!(wrong(|s| s.except = vec!["soon".into()]).contains("no part of a run"));
        std::fs::write(folder.path().join("published.csv"), "month,people\n2014-01,many\n").unwrap();
        assert!(wrong(|_| ()).contains("published.csv:2: `people` is `many`"));
    }

    #[test]
    fn a_target_is_a_quotient_on_its_scale() {
        let mut t = Target {
            name: "deaths".into(),
            measure: "a".into(),
            over: vec!["a".into(), "b".into()],
            times: 100.0,
            observed: 2.0,
            error: 0.0,
            within: 0.2,
            scale: Scale::Linear,
            weight: 1.0,
            source: "made up".into(),
        };
        let g = goal(&t).unwrap();
        let value = |m: &str| if m == "a" { 1.0 } else { 3.0 };
        assert_eq!((g.came_to(&value), g.scaled(25.0), g.aim.observed), (25.0, 25.0, 2.0));
        assert!(g.came_to(&|_| 0.0).is_nan(), "nothing over nothing");
        t.scale = Scale::Log;
        let g = goal(&t).unwrap();
        assert_eq!((g.aim.observed, g.scaled(2.0), g.scaled(0.0).is_nan()), (libm::log(2.0), libm::log(2.0), true));
        t.within = 0.0;
        assert!(goal(&t).unwrap_err().contains("`deaths` has within and error together = 0"));
        t.observed = -1.0;
        assert!(goal(&t).unwrap_err().contains("observed = -1"));
        t.observed = 0.0;
        assert!(goal(&t).unwrap_err().contains("observed = 0"), "zero has no logarithm");
    }

    #[test]
    fn months_go_over_the_year() {
        assert_eq!(months("2014-11", "2015-02"), ["2014-11", "2014-12", "2015-01", "2015-02"]);
        assert_eq!(Period::Quarter.of("2014-11"), ("2014 Q4".into(), 3));
        assert_eq!((Period::Year.of("2014-11").0, Period::Month.of("2014-11").0), ("2014".into(), "2014-11".into()));
    }
}
