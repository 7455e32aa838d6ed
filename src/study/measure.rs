//! What runs are judged by: every indicator and every metric over the whole run, and which way each is better.

use super::outcome::Course;
use crate::observe::indicator;
use crate::observe::metric::{self, Kind, Metric, with_twins};
use crate::observe::sums::Sums;
use crate::scenario::nearest;
use std::collections::BTreeSet;

/// Which way is better.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Better {
    Lower,
    Higher,
}

impl Better {
    /// As files write it.
    pub fn name(self) -> &'static str {
        match self {
            Better::Lower => "lower",
            Better::Higher => "higher",
        }
    }
    /// A change as a gain: above zero for the better.
    pub fn gain(self, change: f64) -> f64 {
        match self {
            Better::Lower => -change,
            Better::Higher => change,
        }
    }
}

/// A number that a run comes to.
#[derive(Clone, Debug, PartialEq)]
pub struct Measure {
    pub name: String,
    pub unit: String,
    /// None where that is for the reader to say: whether fewer people should travel is no matter of arithmetic.
    pub better: Option<Better>,
    /// Listed in `indicators.csv`, or one of the [`HEADLINES`]: what is shown first. The others are further metrics.
    pub indicator: bool,
}

/// All measures: first the indicators, then the metrics that are none. What a run spends is the last.
pub fn measures(sums: &Sums) -> Vec<Measure> {
    let indicators = indicator::of(&sums.metrics, &indicator::Span::new(sums.metrics.len()));
    let mut out: Vec<Measure> =
        indicators.into_iter().map(|(name, unit, _)| measure(name, unit.to_string(), true)).collect();
    let known: BTreeSet<String> = out.iter().map(|m| m.name.clone()).collect();
    let others = sums.metrics.iter().filter(|m| !known.contains(&m.name));
    out.extend(others.map(|m| measure(m.name.clone(), total_unit(m), HEADLINES.contains(&m.name.as_str()))));
    out
}

/// The values of all measures over a whole run, in the same order; NaN where there is none.
pub fn values(sums: &Sums) -> Vec<f64> {
    let whole = sums.whole();
    let indicators = indicator::of(&sums.metrics, &whole);
    let known: BTreeSet<&str> = indicators.iter().map(|x| x.0.as_str()).collect();
    let others = sums.metrics.iter().zip(&whole.metrics).filter(|(m, _)| !known.contains(m.name.as_str()));
    let others = others.map(|(m, (truth, _))| truth.value(m.kind));
    indicators.iter().map(|x| x.2).chain(others).collect()
}

/// Stands between a metric and the part of the run that it is taken over: `sea_arrivals@2015-06..2015-08`.
pub const PART: char = '@';

/// A metric over some months of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub measure: Measure,
    /// Place among what is kept of a month.
    column: usize,
    kind: Kind,
    /// First and last month, as `2015-06`.
    pub from: String,
    pub to: String,
}

impl Part {
    /// Reads `METRIC@2015`, `METRIC@2015-06` or `METRIC@2015-06..2015-08` (years too), of a metric or its observed twin.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read(name: &str) -> Result<Part, String> {
        let (of, months) = name.split_once(PART).ok_or_else(|| format!("`{name}` names no part of the run"))?;
        let all = metric::all();
        let columns: Vec<(String, &Metric)> = with_twins(&all).collect();
        let Some(column) = columns.iter().position(|c| c.0 == of) else {
            let sums = Sums::default();
            if measures(&sums).iter().any(|m| m.name == of) {
                return Err(format!(
                    "`{of}` is an indicator of the whole run; only metrics are taken over a part of it"
                ));
            }
            let meant = nearest(of, columns.iter().map(|c| c.0.as_str()));
            let meant = meant.map_or(String::new(), |w| format!("; did you mean `{w}`?"));
            return Err(format!("there is no metric `{of}`{meant}"));
        };
        let Some((from, to)) = span(months) else {
            return Err(format!("`{months}` is no part of a run; write 2015, 2015-06 or 2015-06..2015-08"));
        };
        if to < from {
            return Err(format!("`{months}` ends before it begins"));
        }
        let metric = columns[column].1;
        let measure = Measure { indicator: false, ..measure(name.into(), total_unit(metric), false) };
        Ok(Part { measure, column, kind: metric.kind, from, to })
    }

    /// Whether it is a flow, a stock or a level.
    pub fn kind(&self) -> Kind {
        self.kind
    }

    /// What it comes to: the sum of a flow, the last value of a stock, the mean over days of a level; NaN when no month of
    /// the run is in it.
    pub fn value(&self, monthly: &Course) -> f64 {
        let n = monthly.periods.len();
        let mine = (0..n).filter(|&i| self.from <= monthly.periods[i] && monthly.periods[i] <= self.to);
        // What an older version kept may have no twins.
        let at = |i: usize| monthly.values.get(self.column * n + i).copied().unwrap_or(f64::NAN);
        let of = |i: usize| (at(i), f64::from(monthly.days[i]));
        let values: Vec<(f64, f64)> = mine.map(of).filter(|v| !v.0.is_nan()).collect();
        match (self.kind, values.last()) {
            (_, None) => f64::NAN,
            (Kind::Stock, Some(&(last, _))) => last,
            (Kind::Flow, _) => values.iter().map(|v| v.0).sum(),
            (Kind::Level, _) => values.iter().map(|v| v.0 * v.1).sum::<f64>() / values.iter().map(|v| v.1).sum::<f64>(),
        }
    }
}

/// First and last month of a part of a run, written as 2015, 2015-06 or 2015-06..2015-08.
pub fn span(text: &str) -> Option<(String, String)> {
    let (from, to) = text.split_once("..").unwrap_or((text, text));
    Some((month(from)?.0, month(to)?.1))
}

/// First and last month of a month or year.
fn month(text: &str) -> Option<(String, String)> {
    let digits = |t: &str, n: usize| t.len() == n && t.bytes().all(|b| b.is_ascii_digit());
    match text.split_once('-') {
        None if digits(text, 4) => Some((format!("{text}-01"), format!("{text}-12"))),
        Some((year, m)) if digits(year, 4) && digits(m, 2) && ("01"..="12").contains(&m) => {
            Some((text.into(), text.into()))
        }
        _ => None,
    }
}

/// Unit of what a metric comes to over a run.
pub fn total_unit(m: &Metric) -> String {
    if m.kind == Kind::Flow { m.unit.trim_end_matches("/day").into() } else { m.unit.into() }
}

fn measure(name: String, unit: String, indicator: bool) -> Measure {
    Measure { better: better(&name), name, unit, indicator }
}

/// Metrics that are no indicators and that policies are judged by all the same.
const HEADLINES: [&str; 10] = [
    "arms_looted_small_arms",
    "arms_looted_manpads",
    "arms_left_libya_small_arms",
    "arms_reached_sahel_small_arms",
    "arms_reached_sahel_manpads",
    "unity",
    "services",
    "oil_production",
    "state_control_mali",
    "jihadist_coast",
];

/// Measures of harm, by the beginning of their names: fewer are better.
const HARM: &[&str] = &[
    "fatalities",
    "killed_by_sorties",
    "displaced_newly",
    "sea_deaths",
    "desert_deaths",
    "captive_deaths",
    "deaths_per_1000",
    "carried_dead",
    "people_dead",
    "people_held",
    "people_taken_captive",
    "boats_sunk",
    "ransom",
    "arms_looted",
    "arms_left_libya",
    "arms_reached_sahel",
    "arms_leaked",
    "received_mali",
    "patron_arms",
    "trained_leaked",
    "ddr_relapsed",
    "depot_raids",
    "homelands_in_revolt",
    "coups",
    "northern_mali_lost",
    "towns_lost_mali",
    "interference_libya",
    "fighters_islamic_state",
    "control_islamic_state",
    "jihadist",
    "risk_",
    "attack_hazard_abroad",
    "militia_payoffs",
    "bribes",
    "tolls",
    "policy_spending",
];

/// Measures of what is good, by the beginning of their names: more are better.
const GOOD: &[&str] = &[
    "unity",
    "services",
    "oil_production",
    "oil_revenue",
    "central_bank",
    "acceptance",
    "state_control",
    "rebels_km_from_capital",
    "weapons_surrendered",
    "arms_collected",
    "arms_destroyed",
    "sea_rescued",
];

fn better(name: &str) -> Option<Better> {
    let begins = |list: &[&str]| list.iter().any(|start| name.starts_with(start));
    match (begins(HARM), begins(GOOD)) {
        (true, _) => Some(Better::Lower),
        (_, true) => Some(Better::Higher),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_measure_has_a_value_and_every_judgement_a_measure() {
        let sums = Sums::default();
        let all = measures(&sums);
        assert_eq!(all.len(), values(&sums).len());
        let names: BTreeSet<&str> = all.iter().map(|m| m.name.as_str()).collect();
        assert_eq!(names.len(), all.len(), "two of a name");
        assert!(sums.metrics.iter().all(|m| names.contains(m.name.as_str())));
        for headline in HEADLINES {
            assert!(all.iter().any(|m| m.name == headline && m.indicator), "{headline}");
        }
        for start in HARM.iter().chain(GOOD) {
            assert!(all.iter().any(|m| m.name.starts_with(start)), "{start} is no measure");
        }
        let of = |name: &str| all.iter().find(|m| m.name == name).unwrap().better;
        assert_eq!(
            (of("sea_deaths"), of("unity"), of("sea_arrivals")),
            (Some(Better::Lower), Some(Better::Higher), None)
        );
        assert_eq!((Better::Lower.gain(-3.0), Better::Higher.gain(-3.0)), (3.0, -3.0));
    }

    #[test]
    fn a_metric_is_taken_over_a_part_of_the_run() {
        let all = metric::all();
        let months = 4;
        let (metrics, columns) = (all.len(), with_twins(&all).count());
        // The value of a month is its number, of observed twins a tenth of it.
        let monthly = Course {
            periods: ["2014-12", "2015-01", "2015-02", "2015-03"].map(String::from).to_vec(),
            days: vec![31, 31, 28, 31],
            values: (0..columns)
                .flat_map(|c| (1..=months).map(move |m| f64::from(m) / if c < metrics { 1.0 } else { 10.0 }))
                .collect(),
        };
        let of = |name: &str| Part::read(name).unwrap().value(&monthly);
        assert_eq!((of("sea_arrivals@2015"), of("sea_arrivals@2014-12..2015-01")), (9.0, 3.0));
        assert_eq!(
            (of("people_in_libya@2015-01..2015-02"), of("wave_height@2015")),
            (3.0, (2.0 * 31.0 + 3.0 * 28.0 + 4.0 * 31.0) / 90.0)
        );
        assert_eq!((of("sea_arrivals@2014..2015"), of("sea_arrivals@2015-02")), (10.0, 3.0));
        assert!(of("sea_arrivals@2016").is_nan());
        assert_eq!(of("people_north_past_posts_observed@2015-01..2015-02"), 0.5);
        let part = Part::read("sea_deaths@2015").unwrap().measure;
        assert_eq!((part.better, part.unit.as_str()), (Some(Better::Lower), "persons"));
        for (wrong, why) in [
            ("sea_arivals@2015", "did you mean `sea_arrivals`?"),
            ("raft_share@2015", "an indicator of the whole run"),
            ("sea_arrivals@2015-13", "no part of a run"),
            ("sea_arrivals@soon", "no part of a run"),
            ("sea_arrivals@2015..2014", "ends before it begins"),
        ] {
            let said = Part::read(wrong).unwrap_err();
            assert!(said.contains(why), "{wrong}: {said}");
        }
    }
}
