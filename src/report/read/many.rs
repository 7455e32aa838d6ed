//! Rows of the tables of comparisons and studies.

use super::{Line, Sheet, clean, month, name, none, number};
use jiff::civil::Date;
use serde::Deserialize;

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

/// A row of `displacement.csv` or `displacement_bands.csv`: a camp on a day, persons.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct CampDay {
    pub date: Date,
    /// Name of the camp.
    #[serde(deserialize_with = "name")]
    pub site: String,
    /// NaN where nobody registers.
    #[serde(deserialize_with = "number")]
    pub registered: f64,
    /// By a forecast without a model; NaN where there is none.
    #[serde(default = "none", deserialize_with = "number")]
    pub baseline: f64,
    /// The run's, or the median of several.
    #[serde(alias = "displaced", deserialize_with = "number")]
    pub q50: f64,
    /// Quantiles of several runs.
    #[serde(default = "none", deserialize_with = "number")]
    pub q05: f64,
    #[serde(default = "none", deserialize_with = "number")]
    pub q25: f64,
    #[serde(default = "none", deserialize_with = "number")]
    pub q75: f64,
    #[serde(default = "none", deserialize_with = "number")]
    pub q95: f64,
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

/// A row of `predictive.csv`: what a calibrated model foretells of a month, and what was published of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Foretold {
    #[serde(deserialize_with = "name")]
    pub metric: String,
    /// Its first day.
    #[serde(deserialize_with = "month")]
    pub month: Date,
    #[serde(deserialize_with = "number")]
    pub observed: f64,
    /// 1 when the fit saw it.
    pub fitted: u8,
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

impl Shared {
    /// The rows of `pareto.csv`, whose columns are named for the levers and the goals.
    pub fn of(pareto: &Sheet) -> Vec<Shared> {
        const OTHERS: [&str; 7] = ["arm", "point", "name", "front", "dominated_by", "share_of_replicates", "surely"];
        let named = |line: &Line, wanted: &dyn Fn(&str) -> Option<String>| -> Vec<(String, f64)> {
            let value = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
            line.fields().filter_map(|(column, text)| Some((wanted(column)?, value(text)))).collect()
        };
        let text = |line: &Line, column: &str| {
            let mut text = line.get(column).to_string();
            clean(&mut text);
            text
        };
        let of = |line: Line| Shared {
            arm: text(&line, "arm"),
            name: text(&line, "name"),
            shares: named(&line, &|key| key.strip_prefix(SHARE).map(str::to_string)),
            goals: named(&line, &|key| (!key.starts_with(SHARE) && !OTHERS.contains(&key)).then(|| key.to_string())),
            first: line.get("front") == "1",
        };
        pareto.lines().map(of).collect()
    }
}

/// How the columns with the shares of levers begin.
const SHARE: &str = "share_of_budget_";
