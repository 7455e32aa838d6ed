//! `indicators.csv`: what a year, and the whole run, come to in a few numbers.

use super::metric::{COUNTRIES, Kind, Metric};
use super::recorder::{create, flush, io, number};
use super::sums::{Period, Sums};
use crate::agents::arms::CHANNEL_NAMES;
use crate::agents::crew::CARGO_NAMES;
use crate::error::Result;
use crate::region::NodeId;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;

/// How often crews with cargo entered each cell.
pub type Passages = BTreeMap<NodeId, u64>;

/// Each cell in a list with how often it is there.
pub fn distinct(cells: &[NodeId]) -> Passages {
    let mut sorted = cells.to_vec();
    sorted.sort_unstable();
    sorted.chunk_by(|a, b| a == b).map(|same| (same[0], same.len() as u64)).collect()
}

/// Shannon entropy of passages over cells, bits: 0 when all is in one cell, log2 n when it is even over n cells.
pub fn entropy_bits(passages: &Passages) -> f64 {
    let all: u64 = passages.values().sum();
    let bits = |n: u64| n as f64 / all as f64 * libm::log2(all as f64 / n as f64);
    passages.values().map(|&n| bits(n)).sum()
}

/// A year, or the whole run: every metric, true and observed, and the passages of crews with cargo.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Span {
    pub metrics: Vec<(Period, Period)>,
    pub passages: Passages,
}

impl Span {
    /// A span in which nothing has been counted yet.
    pub fn new(metrics: usize) -> Span {
        Span { metrics: vec![Default::default(); metrics], passages: Passages::new() }
    }
    /// Adds passages.
    pub fn pass(&mut self, passages: &Passages) {
        for (&cell, &n) in passages {
            *self.passages.entry(cell).or_default() += n;
        }
    }
    /// Adds a later span.
    pub fn add(&mut self, other: &Span) {
        for (a, b) in self.metrics.iter_mut().zip(&other.metrics) {
            a.0.join(&b.0);
            a.1.join(&b.1);
        }
        self.pass(&other.passages);
    }
}

/// What a span comes to.
struct Reading<'a> {
    metrics: &'a [Metric],
    span: &'a Span,
}

impl Reading<'_> {
    fn truth(&self, name: &str) -> Period {
        let at = self.metrics.iter().position(|m| m.name == name);
        at.map(|i| self.span.metrics[i].0).unwrap_or_default()
    }
    fn both(&self, name: &str) -> (f64, f64) {
        let at = self.metrics.iter().position(|m| m.name == name);
        at.map_or((f64::NAN, f64::NAN), |i| {
            let (kind, (truth, seen)): (Kind, _) = (self.metrics[i].kind, &self.span.metrics[i]);
            (truth.value(kind), seen.value(kind))
        })
    }
    fn value(&self, name: &str) -> f64 {
        self.both(name).0
    }

    /// Name, unit and value; NaN where there is none, such as a share of nothing.
    fn indicators(&self) -> Vec<(String, &'static str, f64)> {
        let share = |part: f64, of: f64| if of > 0.0 { part / of } else { f64::NAN };
        let mut out: Vec<(String, &str, f64)> = vec![
            ("active_route_cells".into(), "cells", self.span.passages.len() as f64),
            ("route_entropy".into(), "bits", entropy_bits(&self.span.passages)),
        ];
        for kind in ["on_road", "off_road"] {
            let dead = self.value(&format!("carried_dead_{kind}"));
            let per_1000 = 1000.0 * share(dead, self.value(&format!("carried_{kind}")));
            out.push((format!("deaths_per_1000_{kind}"), "deaths/1,000 persons", per_1000));
        }
        let missed = self.value("detections_not_acted_on");
        let stopped: f64 = CARGO_NAMES.iter().map(|c| self.value(&format!("trips_stopped_{c}"))).sum();
        let detections = missed + self.value("detections_tolerated") + stopped;
        out.push(("not_acted_on_share".into(), "share", share(missed, detections)));
        for cargo in CARGO_NAMES {
            let name = format!("seized_value_{cargo}");
            out.push((name.clone(), "USD", self.value(&name)));
        }
        let (north, counted) = self.both("people_north_past_posts");
        out.push(("counted_share".into(), "share", share(counted, north)));
        for (name, unit) in [("fare_usd_per_1000_km", "USD/1,000 km"), ("crew_income", "USD/crew/day")] {
            out.push((name.into(), unit, self.value(name)));
        }
        out.extend(self.of_the_sea());
        out.extend(self.of_the_war());
        out
    }

    /// What an attempt to cross the sea comes to, whence people come, who is held and what they pay.
    fn of_the_sea(&self) -> Vec<(String, &'static str, f64)> {
        let share = |part: f64, of: f64| if of > 0.0 { part / of } else { f64::NAN };
        let flow = |name: &str| self.value(name);
        let (dead, landed) = (flow("sea_deaths"), flow("sea_arrivals"));
        let attempts = dead + landed + flow("sea_pulled_back") + flow("people_returned_from_ships");
        let mut out: Vec<(String, &str, f64)> = vec![
            ("sea_deaths_per_1000_attempts".into(), "deaths/1,000 attempts", 1000.0 * share(dead, attempts)),
            ("sea_deaths_per_1000_arrivals".into(), "deaths/1,000 arrivals", 1000.0 * share(dead, landed)),
            ("raft_share".into(), "share", share(flow("boats_rubber"), flow("boats_launched"))),
            ("pulled_back_share".into(), "share of attempts", share(flow("sea_pulled_back"), attempts)),
            ("arrivals_share_from_libya".into(), "share", share(flow("sea_arrivals_from_libya"), landed)),
            ("arrivals_share_horn".into(), "share", share(flow("sea_arrivals_horn"), landed)),
            ("arrivals_share_west_africa".into(), "share", share(flow("sea_arrivals_west_africa"), landed)),
        ];
        let mut same = |name: &str, unit| out.push((name.into(), unit, self.value(name)));
        let flows =
            ["sea_departures", "sea_arrivals", "sea_deaths", "sea_pulled_back", "desert_deaths", "captive_deaths"];
        let stocks = ["people_in_libya", "people_detained", "people_held"];
        flows.iter().chain(&stocks).for_each(|name| same(name, "persons"));
        same("ransom", "USD");
        out
    }

    /// The dead, what armed Mali's groups, what that did to prices and to the state.
    fn of_the_war(&self) -> Vec<(String, &'static str, f64)> {
        let mut out: Vec<(String, &str, f64)> = vec![];
        let mut same = |name: String, unit| out.push((name.clone(), unit, self.value(&name)));
        same("fatalities".into(), "persons");
        COUNTRIES.iter().for_each(|[country, ..]| same(format!("fatalities_{country}"), "persons"));
        CHANNEL_NAMES.iter().for_each(|channel| same(format!("received_mali_{channel}"), "pieces"));
        same("libyan_share_mali".into(), "share");
        let patrons = ["patron_arms_sea", "patron_arms_air", "patron_arms_land", "embargo_seized"];
        patrons.iter().for_each(|name| same(name.to_string(), "pieces"));
        same("interference_libya".into(), "share");
        same("northern_mali_lost".into(), "days");
        same("displaced_newly".into(), "persons");
        same("displaced_returned".into(), "persons");
        for area in ["libya", "sahel"] {
            let [first, low, last] = self.truth(&format!("price_small_arms_{area}")).course();
            out.push((format!("price_small_arms_{area}_lowest"), "of the first", low / first));
            out.push((format!("price_small_arms_{area}_last"), "of the first", last / first));
        }
        let [_, nearest, _] = self.truth("rebels_km_from_capital_mali").course();
        out.push(("rebels_km_from_capital_mali_lowest".into(), "km", nearest));
        out
    }
}

/// The indicators of a span: name, unit and value; NaN where there is none, such as a share of nothing.
pub fn of(metrics: &[Metric], span: &Span) -> Vec<(String, &'static str, f64)> {
    Reading { metrics, span }.indicators()
}

/// Writes the indicators of every year, and of the whole run as year `all`.
///
/// # Errors
/// A file that cannot be written, by its path.
pub fn write(folder: &Path, sums: &Sums) -> Result<()> {
    let path = folder.join("indicators.csv");
    let mut out = create(folder, "indicators.csv", &["year", "indicator", "unit", "value"])?;
    let all = sums.whole();
    let named = sums.years.iter().map(|(year, span)| (year.to_string(), span));
    for (year, span) in named.chain([("all".to_string(), &all)]) {
        for (name, unit, value) in of(&sums.metrics, span) {
            out.write_record([&year, &name, unit, &number(value)]).map_err(io(&path))?;
        }
    }
    flush(&mut out, &path)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::metric;

    /// By hand: one cell 0; four alike 2; halves and quarters 0.5 x 1 + 2 x 0.25 x 2 = 1.5; no passage 0.
    #[test]
    fn entropy_is_that_of_shannon() {
        let bits = |counts: &[u64]| entropy_bits(&(0..).zip(counts.iter().copied()).collect());
        assert_eq!(bits(&[7]), 0.0);
        assert_eq!(bits(&[3, 3, 3, 3]), 2.0);
        assert_eq!(bits(&[2, 1, 1]), 1.5);
        assert_eq!(bits(&[]), 0.0);
        assert_eq!(distinct(&[5, 2, 5]), Passages::from([(2, 1), (5, 2)]));
    }

    /// A year in which the price falls from 1,000 to 300 and comes back to 600, rebels come within 400 km and are driven
    /// off, and a year of silence.
    #[test]
    fn the_course_of_a_war() {
        let metrics = metric::all();
        let mut war = Span::new(metrics.len());
        let silence = war.clone();
        let mut put = |name: &str, values: &[f64]| {
            let i = metrics.iter().position(|m| m.name == name).unwrap();
            values.iter().for_each(|&v| war.metrics[i].0.add(v));
        };
        put("price_small_arms_libya", &[1000.0, 300.0, 600.0]);
        put("rebels_km_from_capital_mali", &[f64::NAN, 700.0, 400.0, f64::NAN]);
        put("northern_mali_lost", &[0.0, 1.0, 1.0, 0.0]);
        put("fatalities_mali", &[0.0, 80.0, 5.0]);
        put("received_mali_captured", &[0.0, 700.0, 0.0]);
        put("libyan_share_mali", &[f64::NAN, 0.2, 0.5, f64::NAN]);
        let mut both = silence.clone();
        both.add(&war);
        both.add(&silence);
        let read = |span: &Span, name: &str| {
            let all = Reading { metrics: &metrics, span }.indicators();
            all.into_iter().find(|x| x.0 == name).unwrap().2
        };
        for span in [&war, &both] {
            let of = |name: &str| read(span, name);
            assert_eq!((of("price_small_arms_libya_lowest"), of("price_small_arms_libya_last")), (0.3, 0.6));
            assert_eq!((of("rebels_km_from_capital_mali_lowest"), of("northern_mali_lost")), (400.0, 2.0));
            assert_eq!((of("fatalities_mali"), of("received_mali_captured")), (85.0, 700.0));
            assert_eq!(of("libyan_share_mali"), 0.5);
        }
        assert!(read(&silence, "rebels_km_from_capital_mali_lowest").is_nan());
        assert!(read(&silence, "libyan_share_mali").is_nan() && read(&silence, "price_small_arms_sahel_last").is_nan());
    }

    /// Two years by hand: 3 of 1,000 and 1 of 1,000 dead on roads; 6 of 8 and 0 of 2 detections without a seizure; 40 of
    /// 100 counted and nobody there; fares of 200 on one day and of 300 on the next two.
    #[test]
    fn indicators_of_two_years_and_of_both() {
        let metrics = metric::all();
        let mut first = Span::new(metrics.len());
        let mut second = first.clone();
        let put = |span: &mut Span, name: &str, truth: &[f64], seen: f64| {
            let i = metrics.iter().position(|m| m.name == name).unwrap();
            truth.iter().for_each(|&v| span.metrics[i].0.add(v));
            span.metrics[i].1.add(seen);
        };
        put(&mut first, "carried_on_road", &[600.0, 400.0], 0.0);
        put(&mut second, "carried_on_road", &[1000.0], 0.0);
        put(&mut first, "carried_dead_on_road", &[3.0], 0.0);
        put(&mut second, "carried_dead_on_road", &[1.0], 0.0);
        put(&mut first, "detections_not_acted_on", &[6.0], 0.0);
        put(&mut first, "detections_tolerated", &[1.0], 0.0);
        put(&mut first, "trips_stopped_arms", &[1.0], 0.0);
        put(&mut second, "trips_stopped_people", &[2.0], 0.0);
        put(&mut first, "people_north_past_posts", &[100.0], 40.0);
        put(&mut first, "fare_usd_per_1000_km", &[f64::NAN, 200.0], 0.0);
        put(&mut second, "fare_usd_per_1000_km", &[300.0, 300.0], 0.0);
        first.passages = Passages::from([(1, 4)]);
        second.passages = Passages::from([(1, 4), (2, 8)]);
        let mut both = first.clone();
        both.add(&second);
        let read = |span: &Span, name: &str| {
            let all = Reading { metrics: &metrics, span }.indicators();
            all.into_iter().find(|x| x.0 == name).unwrap().2
        };
        let spans = [&first, &second, &both];
        assert_eq!(spans.map(|s| read(s, "deaths_per_1000_on_road")), [3.0, 1.0, 2.0]);
        assert_eq!(spans.map(|s| read(s, "not_acted_on_share")), [0.75, 0.0, 0.6]);
        assert_eq!(spans.map(|s| read(s, "active_route_cells")), [1.0, 2.0, 2.0]);
        assert_eq!(read(&both, "route_entropy"), 1.0);
        assert_eq!((read(&first, "counted_share"), read(&second, "counted_share").is_nan()), (0.4, true));
        assert_eq!(read(&first, "fare_usd_per_1000_km"), 200.0);
        assert!((read(&both, "fare_usd_per_1000_km") - 800.0 / 3.0).abs() < 1e-9);
        assert!(read(&both, "deaths_per_1000_off_road").is_nan(), "nobody was carried there");
    }
}
