//! What a calibration found: the sample of the posterior, what the data say of each parameter, and how well runs of the sample foretell
//! the published series, beside forecasts that need no model.

use super::analysis::Results;
use super::factors::{Axis, Range, Scale};
use super::plan::{Fit, Held, SAMPLE};
use super::stats::{mean, quantile, sorted, variance};
use super::tables::{BAND, table};
use super::targets::{Period, Published, Watched, log};
use crate::error::Result;
use crate::observe::recorder::number;
use statrs::distribution::{ContinuousCDF, Normal};
use std::collections::BTreeMap;
use std::path::Path;

/// Standard deviation of a uniform number from 0 to 1.
const UNIFORM: f64 = 0.288_675_134_594_812_9;

/// Points of a stage of a calibration.
fn of_stage(r: &Results, name: &str) -> Vec<usize> {
    (0..r.plan.points.len()).filter(|&p| r.plan.points[p].name == name).collect()
}

/// Writes what a calibration found: `stages.csv`, `particles.csv`, `posterior.csv` and `parameters.csv`. Gives what could not be said.
///
/// # Errors
/// A file that cannot be written, by its path.
pub fn write(folder: &Path, r: &Results, fit: &Fit) -> Result<Vec<String>> {
    let sample = of_stage(r, SAMPLE);
    write_stages(folder, fit)?;
    write_particles(folder, fit)?;
    write_posterior(folder, r, &sample)?;
    write_parameters(folder, r, &sample)?;
    let mut notes = vec![];
    let generations = fit.stages.len() - fit.course.waves.min(fit.stages.len());
    if let Some(last) = fit.stages.last()
        && (last.accepted.is_nan() || last.accepted > fit.course.least_accepted)
    {
        notes.push(if generations < fit.course.generations {
            format!(
                "after {generations} generations no new places could be drawn within what is left: name fewer factors"
            )
        } else {
            let share = 100.0 * last.accepted;
            format!(
                "after {generations} generations {share:.0} % still come nearer than the one before: more may narrow it"
            )
        });
    }
    Ok(notes)
}

/// Writes how runs compare with what was published: `targets.csv`, `predictive.csv` and `scores.csv`; of a calibration those of its sample, of
/// another study all.
///
/// # Errors
/// A file that cannot be written, by its path.
pub fn write_held(folder: &Path, r: &Results, held: &Held) -> Result<()> {
    let prior = of_stage(r, "wave 1");
    let sample = if r.plan.fit.is_some() { of_stage(r, SAMPLE) } else { (0..r.plan.points.len()).collect() };
    write_targets(folder, r, held, &prior, &sample)?;
    let forecasts: Vec<[Forecast; 2]> = held.watched.iter().map(|w| Forecast::new(r, w, &sample)).collect();
    table(
        folder,
        "predictive.csv",
        "metric,month,observed,fitted,runs_q05,runs_q50,runs_q95,q05,q25,q50,q75,q95",
        |line| forecasts.iter().try_for_each(|[months, _]| months.list(line)),
    )?;
    let head = "metric,by,part,periods,discrepancy,median_error,within_50,within_90,crps,reference,reference_periods,reference_crps,skill";
    table(folder, "scores.csv", head, |line| forecasts.iter().flatten().try_for_each(|f| f.scores(line)))
}

type Row<'a> = &'a mut dyn FnMut(Vec<String>) -> Result<()>;

fn write_stages(folder: &Path, fit: &Fit) -> Result<()> {
    table(folder, "stages.csv", "stage,points,left,accepted,tolerance,effective", |line| {
        for s in &fit.stages {
            let numbers = [s.left, s.accepted, s.tolerance, s.effective].map(number);
            line([s.name.clone(), s.points.to_string()].into_iter().chain(numbers).collect())?;
        }
        Ok(())
    })
}

/// The posterior itself: which points, with which weights.
fn write_particles(folder: &Path, fit: &Fit) -> Result<()> {
    table(folder, "particles.csv", "point,weight,distance", |line| {
        fit.posterior.iter().try_for_each(|p| line(vec![p.point.to_string(), number(p.weight), number(p.distance)]))
    })
}

/// The sample, as `[posterior]` of a scenario reads it: a column a key, a row a set of values.
fn write_posterior(folder: &Path, r: &Results, sample: &[usize]) -> Result<()> {
    let keys: Vec<&str> = r.plan.axes.iter().map(|a| a.key.as_str()).collect();
    // A comma in a key or a list is quoted.
    let head = keys.join(",");
    table(folder, "posterior.csv", &head, |line| sample.iter().try_for_each(|&p| line(r.plan.points[p].values.clone())))
}

/// A place on an axis as the value there, or what a list is multiplied with.
fn value(axis: &Axis, u: f64) -> f64 {
    match &axis.range {
        Range::Between { low, high, scale: Scale::Linear, .. } => low + u * (high - low),
        Range::Between { low, high, scale: Scale::Log, .. } => low * libm::exp(u * libm::log(high / low)),
        Range::OneOf(_) => f64::NAN,
    }
}

/// What the data say of each parameter: `learnt` is the share of the prior's standard deviation that is gone.
fn write_parameters(folder: &Path, r: &Results, sample: &[usize]) -> Result<()> {
    table(folder, "parameters.csv", "key,prior_low,prior_high,q05,q25,q50,q75,q95,learnt", |line| {
        for (i, axis) in r.plan.axes.iter().enumerate() {
            let places: Vec<f64> = sample.iter().map(|&p| r.plan.points[p].at[i]).collect();
            let ranked = sorted(&places);
            let ends = [0.0, 1.0].map(|u| number(value(axis, u)));
            let band = BAND.map(|p| number(value(axis, quantile(&ranked, p))));
            let learnt = number(1.0 - libm::sqrt(variance(&places)) / UNIFORM);
            line([axis.key.clone()].into_iter().chain(ends).chain(band).chain([learnt]).collect())?;
        }
        Ok(())
    })
}

/// Every target: what was published, what the prior came to and what the sample does.
fn write_targets(folder: &Path, r: &Results, held: &Held, prior: &[usize], sample: &[usize]) -> Result<()> {
    let head = "target,source,observed,within,weight,prior_q05,prior_q50,prior_q95,q05,q50,q95,miss";
    table(folder, "targets.csv", head, |line| {
        for g in &held.goals {
            let come = |points: &[usize]| {
                sorted(&points.iter().map(|&p| g.came_to(&|m| r.of_measure(p, m))).collect::<Vec<_>>())
            };
            let (before, after) = (come(prior), come(sample));
            let of = |x: &[f64]| [0.05, 0.5, 0.95].map(|p| number(quantile(x, p)));
            // In standard deviations, of the middle run.
            let miss = (g.scaled(quantile(&after, 0.5)) - g.aim.observed) / g.aim.within;
            let first = [number(g.observed), number(g.aim.within), number(g.aim.weight)];
            let text = [g.name.clone(), g.source.clone()];
            line(text.into_iter().chain(first).chain(of(&before)).chain(of(&after)).chain([number(miss)]).collect())?;
        }
        Ok(())
    })
}

/// Steps by which what the model leaves out is gone through: middles of as many shares of a normal distribution.
const STEPS: usize = 19;

/// Runs of the sample beside a published series, by month or by quarter.
struct Forecast {
    of: Watched,
    /// What `of` lists.
    by: Period,
    /// By period, what each run came to.
    runs: Vec<Vec<f64>>,
    /// Standard deviation of what the model leaves out of a period, in logarithms: what the periods that were fitted are missed by, beyond
    /// the spread of the runs. NaN where none was fitted.
    discrepancy: f64,
}

impl Forecast {
    /// The forecast by month and that by quarter.
    fn new(r: &Results, of: &Watched, sample: &[usize]) -> [Forecast; 2] {
        let at = |month: &str| sample.iter().flat_map(|&p| r.runs_of(p, &of.measure(month))).collect::<Vec<f64>>();
        let runs: Vec<Vec<f64>> = of.months.iter().map(|m| at(&m.month)).collect();
        let (quarters, of_quarters) = quarters(of, &runs);
        [Forecast::with(of.clone(), Period::Month, runs), Forecast::with(quarters, Period::Quarter, of_quarters)]
    }

    fn with(of: Watched, by: Period, mut runs: Vec<Vec<f64>>) -> Forecast {
        runs.iter_mut().for_each(|of_period| of_period.retain(|v| !v.is_nan()));
        let mut squares = vec![];
        for (m, runs) in of.months.iter().zip(&runs) {
            if let (Some(y), true) = (m.observed, m.fitted)
                && runs.len() > 1
            {
                let logs: Vec<f64> = runs.iter().map(|v| log(*v)).collect();
                let off = log(y) - mean(&logs);
                squares.push(off * off - variance(&logs));
            }
        }
        let beyond = mean(&squares);
        let discrepancy = if squares.is_empty() { f64::NAN } else { libm::sqrt(beyond.max(0.0)) };
        Forecast { of, by, runs, discrepancy }
    }

    /// What a period may come to: each run, spread by what the model leaves out.
    fn draws(&self, period: usize) -> Vec<f64> {
        let sd = if self.discrepancy.is_nan() { self.of.error } else { self.discrepancy };
        if sd == 0.0 {
            return sorted(&self.runs[period]);
        }
        let steps = normal_steps(STEPS);
        let spread = |v: &f64| steps.iter().map(|z| libm::exp(log(*v) + sd * z) - 1.0).collect::<Vec<f64>>();
        sorted(&self.runs[period].iter().flat_map(spread).collect::<Vec<f64>>())
    }

    fn list(&self, line: Row) -> Result<()> {
        for (i, m) in self.of.months.iter().enumerate() {
            let (runs, draws) = (sorted(&self.runs[i]), self.draws(i));
            let of_runs = [0.05, 0.5, 0.95].map(|p| number(quantile(&runs, p)));
            let band = BAND.map(|p| number(quantile(&draws, p).max(0.0)));
            let seen = [m.month.clone(), m.observed.map_or(String::new(), number), u8::from(m.fitted).to_string()];
            line([self.of.metric.clone()].into_iter().chain(seen).chain(of_runs).chain(band).collect())?;
        }
        Ok(())
    }

    /// Periods that were fitted, those that were not, and every year.
    fn parts(&self) -> Vec<(String, Vec<usize>)> {
        let known: Vec<usize> = (0..self.of.months.len()).filter(|&i| self.of.months[i].observed.is_some()).collect();
        let that = |f: &dyn Fn(usize) -> bool| known.iter().copied().filter(|&i| f(i)).collect::<Vec<_>>();
        let mut out = vec![
            ("fitted".to_string(), that(&|i| self.of.months[i].fitted)),
            ("not fitted".into(), that(&|i| !self.of.months[i].fitted)),
        ];
        let mut years: Vec<&str> = known.iter().map(|&i| &self.of.months[i].month[..4]).collect();
        years.dedup();
        out.extend(years.into_iter().map(|y| (y.to_string(), that(&|i| self.of.months[i].month.starts_with(y)))));
        out.retain(|part| !part.1.is_empty());
        out
    }

    fn scores(&self, line: Row) -> Result<()> {
        let a_year = 12 / self.by.months();
        for (part, periods) in self.parts() {
            let observed = |i: usize| self.of.months[i].observed.unwrap_or(f64::NAN);
            let draws: BTreeMap<usize, Vec<f64>> = periods.iter().map(|&i| (i, self.draws(i))).collect();
            let off = |i: &usize| (quantile(&draws[i], 0.5) / observed(*i) - 1.0).abs();
            let median_error = quantile(&sorted(&periods.iter().map(off).collect::<Vec<_>>()), 0.5);
            let within = |low: f64, high: f64| {
                let holds =
                    |i: &&usize| (quantile(&draws[i], low)..=quantile(&draws[i], high)).contains(&observed(**i));
                periods.iter().filter(holds).count() as f64 / periods.len() as f64
            };
            let ours = |of: &[usize]| mean(&of.iter().map(|i| crps(&draws[i], observed(*i))).collect::<Vec<_>>());
            for (reference, of) in REFERENCES {
                let score = |&i: &usize| Some((i, crps(&of(&self.of.months, i, a_year)?, observed(i))));
                let theirs: Vec<(usize, f64)> = periods.iter().filter_map(score).collect();
                let both: Vec<usize> = theirs.iter().map(|t| t.0).collect();
                let theirs = mean(&theirs.iter().map(|t| t.1).collect::<Vec<_>>());
                let numbers = [self.discrepancy, median_error, within(0.25, 0.75), within(0.05, 0.95), ours(&periods)];
                let numbers = numbers.map(number);
                let beside =
                    [reference.to_string(), both.len().to_string(), number(theirs), number(1.0 - ours(&both) / theirs)];
                let by = if self.by == Period::Month { "month" } else { "quarter" };
                let first = [self.of.metric.clone(), by.into(), part.clone(), periods.len().to_string()];
                line(first.into_iter().chain(numbers).chain(beside).collect())?;
            }
        }
        Ok(())
    }
}

/// The whole quarters of a series by month, and what each run comes to in them.
fn quarters(of: &Watched, runs: &[Vec<f64>]) -> (Watched, Vec<Vec<f64>>) {
    let quarter = |m: &Published| Period::Quarter.of(&m.month).0;
    let (mut months, mut sums) = (vec![], vec![]);
    let mut first = 0;
    for mine in of.months.chunk_by(|a, b| quarter(a) == quarter(b)) {
        let its = &runs[first..first + mine.len()];
        first += mine.len();
        if mine.len() < Period::Quarter.months() {
            continue;
        }
        let observed = mine.iter().map(|m| m.observed).sum::<Option<f64>>();
        months.push(Published { month: quarter(&mine[0]), observed, fitted: mine.iter().all(|m| m.fitted) });
        sums.push((0..its[0].len()).map(|run| its.iter().map(|month| month[run]).sum()).collect());
    }
    (Watched { months, ..of.clone() }, sums)
}

fn normal_steps(n: usize) -> Vec<f64> {
    let normal = Normal::standard();
    (0..n).map(|i| normal.inverse_cdf((i as f64 + 0.5) / n as f64)).collect()
}

/// Continuous ranked probability score of a forecast by sorted draws (Gneiting and Raftery 2007): mean distance from what was observed, less
/// half of the mean distance between two draws. In the unit of the series; lower is better; of a single draw it is the absolute error.
pub fn crps(sorted: &[f64], observed: f64) -> f64 {
    let n = sorted.len() as f64;
    let off = sorted.iter().map(|x| (x - observed).abs()).sum::<f64>() / n;
    // Sum over all pairs of |x - y| from the ranks.
    let apart: f64 = sorted.iter().enumerate().map(|(i, x)| (2.0 * i as f64 - n + 1.0) * x).sum();
    off - apart / (n * n)
}

/// A forecast that needs no model: draws of a period, from the others; of so many a year.
type Reference = fn(&[Published], usize, usize) -> Option<Vec<f64>>;

const REFERENCES: [(&str, Reference); 3] =
    [("climatology", climatology), ("persistence", |m, i, _| back(m, i, 1)), ("seasonal naive", back)];

/// What was published so many periods before.
fn back(periods: &[Published], i: usize, by: usize) -> Option<Vec<f64>> {
    Some(vec![periods.get(i.checked_sub(by)?)?.observed?])
}

/// A lognormal distribution around the same months (quarters) of the other years, as wide as these differ from each other, over all months of the
/// year; none where there are not two other years.
fn climatology(months: &[Published], i: usize, _: usize) -> Option<Vec<f64>> {
    let year = &months[i].month[..4];
    let mut by_month: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for m in months.iter().filter(|m| &m.month[..4] != year) {
        by_month.entry(&m.month[5..]).or_default().extend(m.observed.map(log));
    }
    let mine = by_month.get(&months[i].month[5..]).filter(|x| x.len() > 1)?;
    let several = by_month.values().filter(|x| x.len() > 1);
    let (squares, freedom) =
        several.fold((0.0, 0.0), |(s, f), x| (s + variance(x) * (x.len() - 1) as f64, f + (x.len() - 1) as f64));
    let sd = libm::sqrt(squares / freedom * (1.0 + 1.0 / mine.len() as f64));
    Some(normal_steps(199).iter().map(|z| libm::exp(mean(mine) + sd * z) - 1.0).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crps_by_hand() {
        assert_eq!(crps(&[3.0], 5.0), 2.0);
        // Distances 1 and 1; two of four pairs are 2 apart: 1 - 0.5 x 1.
        assert_eq!(crps(&[4.0, 6.0], 5.0), 0.5);
        // A standard normal at its middle: (sqrt 2 - 1) / sqrt pi = 0.2337.
        assert!((crps(&normal_steps(2000), 0.0) - 0.233_70).abs() < 2e-3);
    }

    fn watched(published: &[f64], fitted: usize) -> Watched {
        let months = super::super::targets::months("2014-01", "2016-12");
        let of = |(i, month)| Published { month, observed: published.get(i).copied(), fitted: i < fitted };
        Watched { metric: "x".into(), error: 0.0, months: months.into_iter().enumerate().map(of).collect() }
    }

    #[test]
    fn references_look_at_other_months_only() {
        let published: Vec<f64> = (0..36).map(|i| f64::from(100 + 10 * (i % 12) + i / 12)).collect();
        let w = watched(&published, 24);
        assert_eq!(
            (back(&w.months, 13, 1), back(&w.months, 13, 12), back(&w.months, 5, 12)),
            (Some(vec![100.0 + 1.0]), Some(vec![110.0]), None)
        );
        let other = climatology(&w.months, 0, 12).unwrap();
        // The Januaries of 2015 and 2016 are 101 and 102.
        let middle = quantile(&other, 0.5);
        assert!((101.0..102.0).contains(&middle), "{middle}");
        assert!(quantile(&other, 0.95) < 104.0 && quantile(&other, 0.05) > 99.0);
        assert!(
            climatology(&watched(&published[..24], 24).months, 3, 12).is_none(),
            "one other year says nothing of a spread"
        );
    }

    #[test]
    fn quarters_are_sums_of_whole_ones() {
        let mut w = watched(&(0..35).map(f64::from).collect::<Vec<f64>>(), 7);
        w.months.remove(0);
        let runs: Vec<Vec<f64>> = (1..36).map(|m| vec![f64::from(m), if m == 4 { f64::NAN } else { 1.0 }]).collect();
        let (quarters, sums) = quarters(&w, &runs);
        let names: Vec<&str> = quarters.months.iter().map(|q| q.month.as_str()).collect();
        assert_eq!((names.len(), names[0], names[10]), (11, "2014 Q2", "2016 Q4"), "the first quarter is not whole");
        assert_eq!((quarters.months[0].observed, quarters.months[10].observed), (Some(12.0), None));
        assert_eq!((quarters.months[0].fitted, quarters.months[1].fitted), (true, false));
        assert_eq!((sums[0][0], sums[1][1]), (12.0, 3.0));
        assert!(sums[0][1].is_nan());
        let f = Forecast::with(quarters, Period::Quarter, sums);
        assert_eq!(f.runs[0], [12.0], "a run without a value in a month has none in the quarter");
        // Of the second quarter of 2015 the year before, four quarters back, and the two other years.
        let i = 4;
        assert_eq!(back(&f.of.months, i, 4), Some(vec![12.0]));
        assert!(climatology(&f.of.months, i, 4).is_some());
    }

    /// What the model leaves out is what months are missed by beyond the spread of the runs, and the bands then hold as many months as they say:
    /// of 36 made-up months between 29 and 36 in that of 90 % (chance below 1 % otherwise, were it exact).
    #[test]
    fn bands_hold_as_many_months_as_they_say() {
        let luck = super::super::design::luck(3, 0, "test.fitted");
        let normal = |n: u32, i: usize| crate::engine::dist::normal(luck.nth(n), i as u64);
        let runs: Vec<Vec<f64>> =
            (0..36).map(|i| (0..50).map(|k| 1000.0 * libm::exp(0.1 * normal(1 + k, i))).collect()).collect();
        let published: Vec<f64> = (0..36).map(|i| 1000.0 * libm::exp(0.3 * normal(0, i))).collect();
        let w = watched(&published, 36);
        let f = Forecast::with(w, Period::Month, runs);
        assert!((0.2..0.4).contains(&f.discrepancy), "{}", f.discrepancy);
        let held = (0..36).filter(|&i| {
            let d = f.draws(i);
            (quantile(&d, 0.05)..=quantile(&d, 0.95)).contains(&published[i])
        });
        let held = held.count();
        assert!((29..=36).contains(&held), "{held}");
        let mut rows = vec![];
        f.scores(&mut |row| {
            rows.push(row);
            Ok(())
        })
        .unwrap();
        // Fitted and three years, each beside three references.
        assert_eq!(rows.len(), 12);
        assert_eq!(
            (rows[0][1].as_str(), rows[0][2].as_str(), rows[0][3].as_str(), rows[0][9].as_str()),
            ("month", "fitted", "36", "climatology")
        );
    }
}
