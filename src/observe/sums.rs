//! What a run adds up to as it goes: every metric by year and by month, what levers cost, what crossed each border.
//!
//! The [`Recorder`](super::recorder::Recorder) writes it down beside its daily files; a comparison or a study keeps nothing
//! else of its runs ([`Sums`] is an observer by itself).

use super::indicator::{Span, distinct};
use super::metric::{Kind, Metric};
use super::observer::Observer;
use crate::agents::world::World;
use crate::engine::parallel::map_items;
use crate::error::Result;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Running sum of a metric over the days on which it has a value.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Period {
    sum: f64,
    first: f64,
    last: f64,
    low: f64,
    pub days: u32,
}

impl Default for Period {
    fn default() -> Self {
        Period { sum: 0.0, first: f64::NAN, last: f64::NAN, low: f64::NAN, days: 0 }
    }
}

impl Period {
    /// Adds a day; NaN is a day without a value.
    pub fn add(&mut self, v: f64) {
        if !v.is_nan() {
            self.join(&Period { sum: v, first: v, last: v, low: v, days: 1 });
        }
    }
    /// Adds a later period.
    pub fn join(&mut self, later: &Period) {
        if self.days == 0 {
            self.first = later.first;
        }
        if later.days > 0 {
            self.last = later.last;
        }
        self.low = self.low.min(later.low);
        self.sum += later.sum;
        self.days += later.days;
    }
    /// First, lowest and last value; NaN when there is none.
    pub fn course(&self) -> [f64; 3] {
        [self.first, self.low, self.last]
    }
    /// What it comes to: sum, last value or mean.
    pub fn value(&self, kind: Kind) -> f64 {
        match kind {
            Kind::Flow => self.sum,
            Kind::Stock => self.last,
            Kind::Level => self.sum / f64::from(self.days),
        }
    }
}

/// What crews carried over a land border in one direction.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carried {
    pub people: u64,
    /// Crews with cargo.
    pub crews: u64,
    pub arms: u64,
}

/// The sums, and the metrics they are of.
#[derive(Clone, Serialize, Deserialize)]
pub struct Sums {
    #[serde(skip, default = "metrics")]
    pub metrics: Arc<Vec<Metric>>,
    pub years: BTreeMap<i16, Span>,
    /// By month (`2014-03`), in the order of [`with_twins`](super::metric::with_twins).
    pub months: BTreeMap<String, Vec<Period>>,
    /// US cents by lever.
    pub spent: BTreeMap<String, i64>,
    /// By country left and country entered (ISO 3166-1 alpha-3).
    pub crossings: BTreeMap<(String, String), Carried>,
    /// Digest of the state on the last day seen.
    pub digest: u128,
}

fn metrics() -> Arc<Vec<Metric>> {
    Arc::new(super::metric::all())
}

impl Default for Sums {
    fn default() -> Self {
        Sums {
            metrics: metrics(),
            years: BTreeMap::new(),
            months: BTreeMap::new(),
            spent: BTreeMap::new(),
            crossings: BTreeMap::new(),
            digest: 0,
        }
    }
}

/// A metric's value today and that of its observed twin, if it has one.
pub type Reading = (f64, Option<f64>);

impl Sums {
    /// Adds a day and gives what every metric was.
    pub fn add(&mut self, w: &World, spent: &[(String, i64)]) -> Vec<Reading> {
        let read = |m: &Metric| ((m.value)(w), m.observed.as_ref().map(|observed| observed(w)));
        let values: Vec<Reading> = map_items(&self.metrics, 16, read);
        let date = w.day.date().0;
        let n = self.metrics.len();
        let year = self.years.entry(date.year()).or_insert_with(|| Span::new(n));
        year.pass(&distinct(&w.tally.active));
        let month = format!("{:04}-{:02}", date.year(), date.month());
        for ((v, observed), (truth, seen)) in values.iter().zip(&mut year.metrics) {
            truth.add(*v);
            if let Some(v) = observed {
                seen.add(*v);
            }
        }
        let twins = values.iter().filter_map(|v| v.1);
        let month = self.months.entry(month).or_insert_with(|| vec![Period::default(); n + twins.clone().count()]);
        values.iter().map(|v| v.0).chain(twins).zip(month).for_each(|(v, in_month)| in_month.add(v));
        for (lever, cents) in spent {
            *self.spent.entry(lever.clone()).or_default() += cents;
        }
        // Convoys and buses are no crews.
        for x in w.tally.crossings.iter().filter(|x| !x.convoy && (x.cargo.is_some() || x.people == 0)) {
            let iso3 = |c: u16| w.region.countries[usize::from(c)].iso3.clone();
            let sum = self.crossings.entry((iso3(x.from), iso3(x.to))).or_default();
            sum.people += u64::from(x.people);
            sum.crews += u64::from(x.cargo.is_some());
            sum.arms += x.arms.iter().map(|&n| u64::from(n)).sum::<u64>();
        }
        values
    }

    /// Everything since the first day.
    pub fn whole(&self) -> Span {
        let mut all = Span::new(self.metrics.len());
        self.years.values().for_each(|span| all.add(span));
        all
    }
}

impl Observer for Sums {
    fn day(&mut self, w: &World, spent: &[(String, i64)]) -> Result<()> {
        self.add(w, spent);
        Ok(())
    }
    fn end(&mut self, w: &World) -> Result<()> {
        self.digest = w.digest();
        Ok(())
    }
}
