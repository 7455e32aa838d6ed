//! The files of a comparison and of an ensemble, tidy tables that open in Python and R as they are.

use super::displacement::border;
use super::measure::{Better, Measure, total_unit};
use super::outcome::{Course, Outcome, Store};
use super::paired::{ALPHA, Effect, Price, effect, prices, ranks};
use super::stats::{Interval, mean, percentile_interval, quantile, resample, sorted, t_interval};
use crate::error::{Error, Result};
use crate::observe::metric::Metric;
use crate::observe::recorder::{create, flush, io, number};
use std::collections::BTreeMap;
use std::path::Path;

/// Quantiles of a band.
pub const BAND: [f64; 5] = [0.05, 0.25, 0.5, 0.75, 0.95];
/// Most numbers of a block of bands that is held at a time: memory must not grow with replicates.
const BLOCK: usize = 1 << 17;

/// People, crews and arms over each border, both ways together.
pub type Crossed = BTreeMap<(String, String), [f64; 3]>;

/// What runs came to, arm by arm; the first is the baseline.
pub struct Compared {
    pub arms: Vec<String>,
    pub measures: Vec<Measure>,
    /// By arm and replicate; `None` for a run that failed.
    pub values: Vec<Vec<Option<Vec<f64>>>>,
    /// USD spent, by arm and replicate; NaN for a run that failed.
    pub spent: Vec<Vec<f64>>,
    /// Borders that each arm's levers of its own name.
    pub watched: Vec<Vec<(String, String)>>,
    /// By arm and replicate.
    pub crossings: Vec<Vec<Crossed>>,
    /// Names the luck of bootstraps.
    pub seed: u64,
}

impl Compared {
    /// An empty comparison.
    pub fn new(arms: Vec<String>, measures: Vec<Measure>, watched: Vec<Vec<(String, String)>>, seed: u64) -> Compared {
        let n = arms.len();
        let (values, spent, crossings) = (vec![vec![]; n], vec![vec![]; n], vec![vec![]; n]);
        Compared { arms, measures, values, spent, watched, crossings, seed }
    }

    /// Adds the next replicate of an arm.
    pub fn push(&mut self, arm: usize, outcome: Option<Outcome>) {
        let mut crossed = Crossed::new();
        for ((a, b), c) in outcome.iter().flat_map(|o| &o.crossings) {
            let sum: &mut [f64; 3] = crossed.entry(border(a, b)).or_default();
            sum.iter_mut().zip([c.people, c.crews, c.arms]).for_each(|(s, n)| *s += n as f64);
        }
        self.crossings[arm].push(crossed);
        self.spent[arm].push(outcome.as_ref().map_or(f64::NAN, Outcome::spent_usd));
        self.values[arm].push(outcome.map(|o| o.values));
    }

    /// A measure's values in an arm, by replicate; NaN where there is none.
    pub fn of(&self, arm: usize, measure: usize) -> Vec<f64> {
        self.values[arm].iter().map(|v| v.as_ref().map_or(f64::NAN, |v| v[measure])).collect()
    }

    /// Every measure of every run that did not fail: arm, replicate, measure, value.
    fn long(&self) -> impl Iterator<Item = (&str, usize, &str, f64)> {
        let runs =
            self.arms.iter().zip(&self.values).flat_map(|(arm, runs)| runs.iter().enumerate().map(move |r| (arm, r)));
        runs.flat_map(|(arm, (k, values))| {
            let each = self.measures.iter().zip(values.iter().flatten());
            each.map(move |(m, v)| (arm.as_str(), k, m.name.as_str(), *v))
        })
    }

    /// The effect of an arm on a measure.
    pub fn effect(&self, arm: usize, measure: usize) -> Effect {
        effect(&self.of(0, measure), &self.of(arm, measure), self.measures[measure].better, self.seed)
    }

    /// Number of a measure by its name.
    pub fn measure(&self, name: &str) -> Option<usize> {
        self.measures.iter().position(|m| m.name == name)
    }
}

fn row(out: &mut crate::observe::recorder::Out, path: &Path, row: &[String]) -> Result<()> {
    out.write_record(row).map_err(io(path))
}

/// Writes a line of a table.
pub type Line<'a> = dyn FnMut(Vec<String>) -> Result<()> + 'a;

/// A table in a folder: `fill` is given a function that writes a line.
///
/// # Errors
/// A file that cannot be written, by its path.
pub fn table(folder: &Path, name: &str, head: &str, fill: impl FnOnce(&mut Line) -> Result<()>) -> Result<()> {
    let path = folder.join(name);
    let mut out = create(folder, name, &head.split(',').collect::<Vec<_>>())?;
    fill(&mut |line| row(&mut out, &path, &line))?;
    flush(&mut out, &path)
}

fn ends(i: Interval) -> [String; 2] {
    [number(i.low), number(i.high)]
}

/// Writes `effects.csv`: what each policy does to each measure.
///
/// # Errors
/// A file that cannot be written, by its path; so all of this module.
pub fn write_effects(folder: &Path, c: &Compared) -> Result<()> {
    let head = "policy,measure,unit,better,indicator,pairs,baseline,with_policy,effect,low,high,boot_low,boot_high,\
                percent,percent_low,percent_high,up,down,helps,worse,error_ratio,replicates_saved,\
                tail_baseline,tail_policy,tail_mean_baseline,tail_mean_policy";
    table(folder, "effects.csv", head, |line| {
        for arm in 1..c.arms.len() {
            for (i, m) in c.measures.iter().enumerate() {
                let e = c.effect(arm, i);
                let percent = |v: f64| if e.baseline == 0.0 { f64::NAN } else { 100.0 * v / e.baseline.abs() };
                let (helps, worse) = match m.better {
                    Some(Better::Lower) => (e.down, e.up),
                    Some(Better::Higher) => (e.up, e.down),
                    None => (f64::NAN, f64::NAN),
                };
                let better = m.better.map_or("", Better::name);
                let texts =
                    [c.arms[arm].as_str(), &m.name, &m.unit, better, if m.indicator { "true" } else { "false" }];
                let numbers = [
                    e.pairs as f64,
                    e.baseline,
                    e.policy,
                    e.effect,
                    e.by_t.low,
                    e.by_t.high,
                    e.by_bootstrap.low,
                    e.by_bootstrap.high,
                    percent(e.effect),
                    percent(e.by_t.low),
                    percent(e.by_t.high),
                    e.up,
                    e.down,
                    helps,
                    worse,
                    e.error_ratio,
                    e.replicates_saved(),
                    e.tail[0],
                    e.tail[1],
                    e.tail_mean[0],
                    e.tail_mean[1],
                ];
                line(texts.map(String::from).into_iter().chain(numbers.map(number)).collect())?;
            }
        }
        Ok(())
    })
}

/// Writes `ranking.csv`: arms in their order on every measure with a better end, and which ranks are left open.
///
/// # Errors
/// As [`write_effects`].
pub fn write_ranking(folder: &Path, c: &Compared) -> Result<()> {
    let head = "measure,unit,better,arm,mean,rank,rank_from,rank_to,best,regret,regret_95";
    table(folder, "ranking.csv", head, |line| {
        for (i, m) in c.measures.iter().enumerate() {
            let Some(better) = m.better else { continue };
            let values: Vec<Vec<f64>> = (0..c.arms.len()).map(|arm| c.of(arm, i)).collect();
            let all = ranks(&values.iter().map(Vec::as_slice).collect::<Vec<_>>(), better);
            let mut order: Vec<usize> = (0..c.arms.len()).collect();
            order.sort_by_key(|&a| (all[a].rank, a));
            for a in order {
                let r = &all[a];
                let texts = [m.name.as_str(), &m.unit, better.name(), &c.arms[a]];
                let ranks = [r.rank, r.from, r.to].map(|n| n.to_string());
                let numbers = [r.best, r.regret, r.regret_95].map(number);
                let cells = texts.map(String::from).into_iter().chain([number(r.mean)]).chain(ranks).chain(numbers);
                line(cells.collect())?;
            }
        }
        Ok(())
    })
}

/// Writes `costs.csv`: what each policy costs and what that buys, on every measure with a better end.
///
/// # Errors
/// As [`write_effects`].
pub fn write_costs(folder: &Path, c: &Compared) -> Result<()> {
    let head = "policy,measure,unit,cost_usd,cost_low,cost_high,gain,gain_low,gain_high,usd_per_unit,usd_low,usd_high,\
                dominated_by";
    let policies = 1..c.arms.len();
    let over = |base: &[f64], x: &[f64]| base.iter().zip(x).map(|(a, b)| b - a).collect::<Vec<f64>>();
    let costs: Vec<Vec<f64>> = policies.clone().map(|arm| over(&c.spent[0], &c.spent[arm])).collect();
    table(folder, "costs.csv", head, |line| {
        for (i, m) in c.measures.iter().enumerate() {
            // What is spent is the cost and no gain.
            let Some(better) = m.better.filter(|_| m.name != "policy_spending") else { continue };
            let gain = |arm| over(&c.of(0, i), &c.of(arm, i)).into_iter().map(|d| better.gain(d)).collect::<Vec<f64>>();
            let gains: Vec<Vec<f64>> = policies.clone().map(gain).collect();
            for (k, p) in prices(&costs, &gains, c.seed).iter().enumerate() {
                let known: Vec<f64> = gains[k].iter().copied().filter(|g| !g.is_nan()).collect();
                // What no run has a value of, such as the unity of a country without politics, has no price.
                if !known.is_empty() {
                    line(price_line(c, m, k + 1, p, &known))?;
                }
            }
        }
        Ok(())
    })
}

fn price_line(c: &Compared, m: &Measure, arm: usize, p: &Price, gains: &[f64]) -> Vec<String> {
    let per_unit = p.per_unit.map_or([const { String::new() }; 3], |(usd, i)| {
        let [low, high] = ends(i);
        [number(usd), low, high]
    });
    let by: Vec<String> =
        p.dominated_by.iter().map(|(k, share)| format!("{} ({:.0} %)", c.arms[k + 1], 100.0 * share)).collect();
    [c.arms[arm].clone(), m.name.clone(), m.unit.clone(), number(p.cost)]
        .into_iter()
        .chain(ends(p.cost_interval))
        .chain([number(mean(gains))])
        .chain(ends(t_interval(gains, ALPHA)))
        .chain(per_unit)
        .chain([by.join("; ")])
        .collect()
}

/// Writes `displacement.csv`: what policies change at the borders that their levers name, and at all others. Only for policies
/// that name some.
///
/// # Errors
/// As [`write_effects`].
pub fn write_displacement(folder: &Path, c: &Compared) -> Result<()> {
    let head = "policy,borders,counted,pairs,inside,inside_low,inside_high,outside,outside_low,outside_high,index,\
                index_low,index_high";
    table(folder, "displacement.csv", head, |line| {
        for arm in (1..c.arms.len()).filter(|&a| !c.watched[a].is_empty()) {
            let names: Vec<String> = c.watched[arm].iter().map(|(a, b)| format!("{a}-{b}")).collect();
            for (n, counted) in ["people", "crews", "arms"].iter().enumerate() {
                let (inside, outside) = changes(c, arm, n);
                let index = index(&inside, &outside, c.seed);
                let texts = [c.arms[arm].clone(), names.join(" "), counted.to_string(), inside.len().to_string()];
                let part = |x: &[f64]| {
                    let [low, high] = ends(t_interval(x, ALPHA));
                    [number(mean(x)), low, high]
                };
                let cells = texts.into_iter().chain(part(&inside)).chain(part(&outside)).chain(index);
                line(cells.collect())?;
            }
        }
        Ok(())
    })
}

/// Changes over pairs, at the borders named and at the others.
fn changes(c: &Compared, arm: usize, counted: usize) -> (Vec<f64>, Vec<f64>) {
    let whole = (0..c.values[0].len()).filter(|&k| c.values[0][k].is_some() && c.values[arm][k].is_some());
    let of = |k: usize| {
        let sum = |of: usize, named: bool| {
            let here = c.crossings[of][k].iter().filter(|x| c.watched[arm].contains(x.0) == named);
            here.map(|x| x.1[counted]).sum::<f64>()
        };
        (sum(arm, true) - sum(0, true), sum(arm, false) - sum(0, false))
    };
    whole.map(of).unzip()
}

/// The displacement index, the ratio of the mean changes, with its bootstrap interval; empty when the change inside is not
/// shown to be any.
fn index(inside: &[f64], outside: &[f64], seed: u64) -> [String; 3] {
    if inside.len() < 2 || !t_interval(inside, ALPHA).leaves_zero_out() {
        return [const { String::new() }; 3];
    }
    let mut drawn = vec![];
    resample(inside.len(), seed, |rows| {
        let sum = |x: &[f64]| rows.iter().map(|&k| x[k]).sum::<f64>();
        drawn.push(-sum(outside) / sum(inside));
    });
    let [low, high] = ends(percentile_interval(&drawn, inside.len(), ALPHA));
    [number(-mean(outside) / mean(inside)), low, high]
}

/// Writes `replicates.csv`: every measure of every run, in full precision.
///
/// # Errors
/// As [`write_effects`].
pub fn write_replicates(folder: &Path, c: &Compared) -> Result<()> {
    table(folder, "replicates.csv", "arm,replicate,measure,value", |line| {
        for (arm, k, measure, v) in c.long() {
            let value = if v.is_nan() { String::new() } else { v.to_string() };
            line(vec![arm.into(), k.to_string(), measure.into(), value])?;
        }
        Ok(())
    })?;
    #[cfg(feature = "parquet")]
    {
        use super::columns::{Column, write};
        let columns = [
            ("arm", Column::Text(c.long().map(|x| x.0.into()).collect())),
            ("replicate", Column::Whole(c.long().map(|x| x.1 as i32).collect())),
            ("measure", Column::Text(c.long().map(|x| x.2.into()).collect())),
            ("value", Column::Number(c.long().map(|x| x.3).collect())),
        ];
        write(folder, "replicates", &columns)?;
    }
    Ok(())
}

/// Writes `bands.csv`: for every arm, metric and month the mean and the quantiles over replicates.
///
/// # Errors
/// As [`write_effects`]; an outcome that is no longer there.
pub fn write_bands(folder: &Path, arms: &[String], metrics: &[Metric], store: &Store, n: u32) -> Result<()> {
    let head = "arm,month,metric,unit,kind,replicates,mean,q05,q25,q50,q75,q95";
    table(folder, "bands.csv", head, |line| {
        for (a, arm) in arms.iter().enumerate() {
            courses(metrics, (store, a, n), |o| &o.monthly, &mut |period, m, values| {
                let texts = [arm.clone(), period.into(), m.name.clone(), total_unit(m), m.kind.name().into()];
                line(texts.into_iter().chain(spread(values)).collect())
            })?;
        }
        Ok(())
    })
}

/// Writes the `summary.csv` of an ensemble: for every metric and year the mean and the quantiles over replicates, and at the
/// end what each lever cost.
///
/// # Errors
/// As [`write_bands`].
pub fn write_summary(folder: &Path, metrics: &[Metric], store: &Store, n: u32) -> Result<()> {
    let head = "year,metric,unit,kind,replicates,mean,q05,q25,q50,q75,q95";
    table(folder, "summary.csv", head, |line| {
        courses(metrics, (store, 0, n), |o| &o.yearly, &mut |year, m, values| {
            let texts = [year.into(), m.name.clone(), total_unit(m), m.kind.name().into()];
            line(texts.into_iter().chain(spread(values)).collect())
        })?;
        let mut spent: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for outcome in (0..n).filter_map(|k| store.read(0, k)?.ok()) {
            for (lever, cents) in outcome.spent {
                spent.entry(lever).or_default().push(cents as f64 / 100.0);
            }
        }
        for (lever, usd) in spent {
            let texts = ["all".into(), format!("spent_{lever}"), "USD".into(), "flow".into()];
            line(texts.into_iter().chain(spread(&usd)).collect())?;
        }
        Ok(())
    })
}

/// Writes the `indicators.csv` of an ensemble: every indicator over the whole run, with the quantiles over replicates.
///
/// # Errors
/// As [`write_bands`].
pub fn write_indicators(folder: &Path, measures: &[Measure], store: &Store, n: u32) -> Result<()> {
    let runs: Vec<Vec<f64>> = (0..n).filter_map(|k| store.read(0, k)?.ok()).map(|o| o.values).collect();
    table(folder, "indicators.csv", "year,indicator,unit,replicates,mean,q05,q25,q50,q75,q95", |line| {
        for (i, m) in measures.iter().enumerate().filter(|(_, m)| m.indicator) {
            let values: Vec<f64> = runs.iter().map(|r| r[i]).collect();
            let texts = ["all".into(), m.name.clone(), m.unit.clone()];
            line(texts.into_iter().chain(spread(&values)).collect())?;
        }
        Ok(())
    })
}

/// How many have a value, their mean and their quantiles.
fn spread(values: &[f64]) -> Vec<String> {
    let known = sorted(values);
    let band = BAND.map(|p| number(quantile(&known, p)));
    [known.len().to_string(), number(mean(&known))].into_iter().chain(band).collect()
}

/// What is done with a period, a metric, and its values by replicate.
type Each<'a> = dyn FnMut(&str, &Metric, &[f64]) -> Result<()> + 'a;

/// Goes through the periods of every metric, with the values of all runs of an arm that did not fail. Metrics are read in
/// blocks, so that memory does not grow with the number of replicates.
fn courses(
    metrics: &[Metric],
    (store, arm, n): (&Store, usize, u32),
    of: fn(&Outcome) -> &Course,
    each: &mut Each,
) -> Result<()> {
    let Some(first) = (0..n).find_map(|k| store.read(arm, k)?.ok()) else { return Ok(()) };
    let periods = of(&first).periods.clone();
    let block = (BLOCK / (periods.len() * n as usize).max(1)).clamp(1, metrics.len());
    for (b, part) in metrics.chunks(block).enumerate() {
        let from = b * block * periods.len();
        let runs = read_part((store, arm, n), of, from..from + part.len() * periods.len())?;
        let lines = part.iter().flat_map(|m| periods.iter().map(move |p| (p, m)));
        for (at, (period, metric)) in lines.enumerate() {
            each(period, metric, &runs.iter().map(|r| r[at]).collect::<Vec<_>>())?;
        }
    }
    Ok(())
}

/// A part of a course of every run of an arm that has not failed.
fn read_part(
    (store, arm, n): (&Store, usize, u32),
    of: fn(&Outcome) -> &Course,
    part: std::ops::Range<usize>,
) -> Result<Vec<Vec<f64>>> {
    let gone = |k: u32| Error::Input(format!("what replicate {k} came to is no longer there, or damaged"));
    let one = |k: u32| match store.read(arm, k) {
        Some(Ok(o)) => of(&o).values.get(part.clone()).map(|x| Some(x.to_vec())).ok_or_else(|| gone(k)),
        Some(Err(_)) => Ok(None),
        None => Err(gone(k)),
    };
    Ok((0..n).map(one).collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
}
