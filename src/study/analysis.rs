//! The tables of a study: what its design allows one to say.

use super::design::Effect;
use super::discover::{Options, prim};
use super::fitted;
use super::measure::{Better, Measure};
use super::outcome::Store;
use super::paired::{ALPHA, effect, ranks};
use super::pareto::{Goal, doubts, fronts};
use super::plan::{Plan, Point};
use super::sensitivity::{self, Bootstrap};
use super::spec::{Design, Pattern};
use super::stats::{Interval, mean, quantile, sorted, t_interval, wilson_interval};
use super::tables::{BAND, Line, table};
use crate::error::{Error, Result};
use crate::observe::recorder::number;
use std::path::Path;

/// What runs came to: the measures of the study, by point, arm and replicate. NaN for a run that failed and where there is
/// no value.
pub struct Results<'a> {
    pub plan: &'a Plan,
    /// Names of the arms: the scenario and its policies.
    pub arms: Vec<String>,
    /// The measures looked at.
    pub measures: Vec<Measure>,
    /// Runs that failed, with the reason, by point and replicate.
    pub failed: Vec<String>,
    values: Vec<f64>,
}

impl<'a> Results<'a> {
    /// Reads the outcomes of all runs. `known` are all measures that a run comes to.
    ///
    /// # Errors
    /// Runs that have none, by point and replicate.
    pub fn read(plan: &'a Plan, arms: Vec<String>, known: &[Measure], store: &Store) -> Result<Results<'a>> {
        let at: Vec<usize> =
            plan.file.measures.iter().filter_map(|name| known.iter().position(|m| m.name == *name)).collect();
        let (mut values, mut missing, mut failed) = (vec![], vec![], vec![]);
        for point in 0..plan.points.len() {
            for arm in 0..arms.len() {
                for k in 0..plan.file.replicates {
                    match store.read(point * arms.len() + arm, k) {
                        Some(Ok(outcome)) => values.extend(at.iter().map(|&i| outcome.values[i])),
                        Some(Err(why)) => {
                            failed.push((point, k, arm, why));
                            values.extend(at.iter().map(|_| f64::NAN));
                        }
                        None => missing.push((point, arm, k)),
                    }
                }
            }
        }
        if let Some(&(point, arm, k)) = missing.first() {
            let n = missing.len();
            let first = format!("point {point}, {}, replicate {k}", arms[arm]);
            return Err(Error::Input(format!("{n} runs are missing or damaged; the first: {first}")));
        }
        let measures = at.iter().map(|&i| known[i].clone()).collect();
        failed.sort();
        let failed = failed.into_iter().map(|(point, k, _, why)| format!("point {point}, replicate {k}: {why}"));
        let failed = failed.collect();
        Ok(Results { plan, arms, measures, failed, values })
    }

    /// Values by replicate.
    pub fn of(&self, point: usize, arm: usize, measure: usize) -> Vec<f64> {
        let n = self.plan.file.replicates as usize;
        let first = (point * self.arms.len() + arm) * n;
        (first..first + n).map(|run| self.values[run * self.measures.len() + measure]).collect()
    }

    /// Mean over the replicates that have a value; NaN when none has.
    pub fn mean(&self, point: usize, arm: usize, measure: usize) -> f64 {
        mean(&known(&self.of(point, arm, measure)))
    }

    /// Values by replicate of a measure by its name; nothing when it is not looked at.
    pub fn runs_of(&self, point: usize, name: &str) -> Vec<f64> {
        self.measures.iter().position(|m| m.name == name).map_or(vec![], |m| self.of(point, 0, m))
    }

    /// Mean of a measure by its name; NaN when it is not looked at.
    pub fn of_measure(&self, point: usize, name: &str) -> f64 {
        self.measures.iter().position(|m| m.name == name).map_or(f64::NAN, |m| self.mean(point, 0, m))
    }

    /// Mean of every point.
    fn means(&self, arm: usize, measure: usize) -> Vec<f64> {
        (0..self.plan.points.len()).map(|p| self.mean(p, arm, measure)).collect()
    }

    /// Every arm with every measure.
    fn each(&self) -> impl Iterator<Item = (usize, usize)> {
        let measures = self.measures.len();
        (0..self.arms.len()).flat_map(move |a| (0..measures).map(move |m| (a, m)))
    }
}

fn known(x: &[f64]) -> Vec<f64> {
    x.iter().copied().filter(|v| !v.is_nan()).collect()
}

/// What could not be estimated, with the reason.
type Notes = Vec<String>;

/// Writes `design.csv`, `results.csv`, and what the design allows. Gives what it could not say, with the reason.
///
/// # Errors
/// A file that cannot be written, by its path.
pub fn write(folder: &Path, r: &Results) -> Result<Notes> {
    let mut notes = vec![];
    write_design(folder, r.plan)?;
    write_results(folder, r)?;
    match &r.plan.file.design {
        Design::OneAtATime { .. } => write_steps(folder, r)?,
        Design::Factorial { levels: 2 } | Design::FractionalFactorial { .. } => write_factorial(folder, r, &mut notes)?,
        Design::Morris { .. } => write_morris(folder, r, &mut notes)?,
        Design::SobolIndices { .. } => write_indices(folder, r, &mut notes)?,
        Design::Budget { .. } => write_pareto(folder, r, &mut notes)?,
        Design::Variants => write_variants(folder, r)?,
        Design::LatinHypercube { .. } | Design::Sobol { .. } | Design::Sample { .. } => {
            write_correlations(folder, r)?;
            write_spread(folder, r)?;
        }
        Design::Calibrate { .. } => {
            if let Some(fit) = &r.plan.fit {
                notes.extend(fitted::write(folder, r, fit)?);
            }
        }
        Design::Factorial { .. } => {}
    }
    if !r.plan.held.is_empty() {
        fitted::write_held(folder, r, &r.plan.held)?;
    }
    if r.arms.len() > 1 {
        write_rankings(folder, r)?;
    }
    write_boxes(folder, r, &mut notes)?;
    write_patterns(folder, r)?;
    Ok(notes)
}

/// `design.csv`: a row a point, a column a factor.
fn write_design(folder: &Path, plan: &Plan) -> Result<()> {
    let names: Vec<String> = match &plan.file.design {
        Design::Budget { levers, .. } => levers.clone(),
        _ => plan.axes.iter().map(|a| a.key.clone()).collect(),
    };
    let head: Vec<&str> = ["point", "name"].into_iter().chain(names.iter().map(String::as_str)).collect();
    table(folder, "design.csv", &head.join(","), |line| {
        for (i, p) in plan.points.iter().enumerate() {
            line([i.to_string(), p.name.clone()].into_iter().chain(p.values.iter().cloned()).collect())?;
        }
        Ok(())
    })
}

/// Every run and measure: point, arm, replicate, measure, value.
fn long<'b>(r: &'b Results) -> impl Iterator<Item = (usize, &'b str, usize, &'b str, f64)> {
    let points = (0..r.plan.points.len()).flat_map(move |point| r.each().map(move |(arm, m)| (point, arm, m)));
    points.flat_map(move |(point, arm, m)| {
        let runs = r.of(point, arm, m).into_iter().enumerate();
        runs.map(move |(k, v)| (point, r.arms[arm].as_str(), k, r.measures[m].name.as_str(), v))
    })
}

/// `results.csv`: a row a run and measure, in full precision; with the feature `parquet` the same as `results.parquet`.
fn write_results(folder: &Path, r: &Results) -> Result<()> {
    table(folder, "results.csv", "point,arm,replicate,measure,value", |line| {
        for (point, arm, k, measure, v) in long(r) {
            let value = if v.is_nan() { String::new() } else { v.to_string() };
            line(vec![point.to_string(), arm.into(), k.to_string(), measure.into(), value])?;
        }
        Ok(())
    })?;
    #[cfg(feature = "parquet")]
    {
        use super::columns::{Column, write};
        let columns = [
            ("point", Column::Whole(long(r).map(|x| x.0 as i32).collect())),
            ("arm", Column::Text(long(r).map(|x| x.1.into()).collect())),
            ("replicate", Column::Whole(long(r).map(|x| x.2 as i32).collect())),
            ("measure", Column::Text(long(r).map(|x| x.3.into()).collect())),
            ("value", Column::Number(long(r).map(|x| x.4).collect())),
        ];
        write(folder, "results", &columns)?;
    }
    Ok(())
}

/// What is the same in every table: arm, measure, unit.
fn label(r: &Results, arm: usize, m: usize) -> [String; 3] {
    [r.arms[arm].clone(), r.measures[m].name.clone(), r.measures[m].unit.clone()]
}

/// `effects.csv` of points against the first, on the same luck: the mean, the effect and its 95 % interval.
fn against_the_first(folder: &Path, r: &Results, head: &str, of: impl Fn(&Point) -> Vec<String>) -> Result<()> {
    let head = format!("{head},arm,measure,unit,pairs,mean,effect,low,high,helps,worse");
    table(folder, "effects.csv", &head, |line| {
        for (i, p) in r.plan.points.iter().enumerate().skip(1) {
            for (arm, m) in r.each() {
                let better = r.measures[m].better;
                let e = effect(&r.of(0, arm, m), &r.of(i, arm, m), better, r.plan.file.seed);
                let (helps, worse) = match better {
                    Some(Better::Lower) => (e.down, e.up),
                    Some(Better::Higher) => (e.up, e.down),
                    None => (f64::NAN, f64::NAN),
                };
                let numbers = [e.pairs as f64, e.policy, e.effect, e.by_t.low, e.by_t.high, helps, worse].map(number);
                line(of(p).into_iter().chain(label(r, arm, m)).chain(numbers).collect())?;
            }
        }
        Ok(())
    })
}

fn write_steps(folder: &Path, r: &Results) -> Result<()> {
    against_the_first(folder, r, "factor,value", |p| {
        let varied = p.values.iter().position(|v| !v.is_empty());
        varied.map_or(vec![String::new(); 2], |i| vec![r.plan.axes[i].key.clone(), p.values[i].clone()])
    })
}

fn write_variants(folder: &Path, r: &Results) -> Result<()> {
    against_the_first(folder, r, "variant", |p| vec![p.name.clone()])
}

/// An estimate that needs more than there is leaves its lines out, and says so.
fn estimate<T>(notes: &mut Notes, what: &str, of: [String; 3], found: Result<T>) -> Option<T> {
    found.map_err(|why| notes.push(format!("{what} of {}, {}: {why}", of[0], of[1]))).ok()
}

/// `effects.csv` of a two-level design: main effects and two-factor interactions, and what each cannot be told apart from.
fn write_factorial(folder: &Path, r: &Results, notes: &mut Notes) -> Result<()> {
    let name = |e: &Effect| match *e {
        Effect::Main(i) => r.plan.axes[i].key.clone(),
        Effect::Pair(i, j) => format!("{} x {}", r.plan.axes[i].key, r.plan.axes[j].key),
    };
    let places: Vec<Vec<f64>> = r.plan.points.iter().map(|p| p.at.clone()).collect();
    table(
        folder,
        "effects.csv",
        "effect_of,aliases,arm,measure,unit,effect,standard_error,replicates,left_out",
        |line| {
            for (arm, m) in r.each() {
                let y: Vec<Vec<f64>> = (0..r.plan.points.len()).map(|p| r.of(p, arm, m)).collect();
                let found = sensitivity::factorial(&places, &y);
                let Some(found) = estimate(notes, "effects", label(r, arm, m), found) else { continue };
                for s in &found.effects {
                    let all = r.plan.fraction.iter().flat_map(|f| &f.aliases).find(|set| set.contains(&s.effect));
                    let others = all.into_iter().flatten().filter(|e| **e != s.effect).map(name);
                    let numbers =
                        [s.size, s.error.unwrap_or(f64::NAN), found.used as f64, found.left_out as f64].map(number);
                    let texts = [name(&s.effect), others.collect::<Vec<_>>().join("; ")];
                    line(texts.into_iter().chain(label(r, arm, m)).chain(numbers).collect())?;
                }
            }
            Ok(())
        },
    )
}

fn bootstrap(r: &Results) -> Bootstrap {
    Bootstrap { seed: r.plan.file.seed, ..Bootstrap::default() }
}

fn write_morris(folder: &Path, r: &Results, notes: &mut Notes) -> Result<()> {
    let places: Vec<Vec<f64>> = r.plan.points.iter().map(|p| p.at.clone()).collect();
    let head = "factor,arm,measure,unit,mu,mu_low,mu_high,mu_star,mu_star_low,mu_star_high,sigma,sigma_low,sigma_high,\
                trajectories,left_out";
    table(folder, "indices.csv", head, |line| {
        for (arm, m) in r.each() {
            let found = sensitivity::morris(&places, &r.means(arm, m), &bootstrap(r));
            let Some(found) = estimate(notes, "Morris indices", label(r, arm, m), found) else { continue };
            for (axis, e) in r.plan.axes.iter().zip(&found.factors) {
                let three = [e.mu, e.mu_star, e.sigma].into_iter().flat_map(|i| [i.value, i.low, i.high]);
                let counts = [found.used as f64, found.left_out as f64];
                let numbers = three.chain(counts).map(number);
                line([axis.key.clone()].into_iter().chain(label(r, arm, m)).chain(numbers).collect())?;
            }
        }
        Ok(())
    })
}

fn write_indices(folder: &Path, r: &Results, notes: &mut Notes) -> Result<()> {
    let head = "factor,arm,measure,unit,first,first_low,first_high,total,total_low,total_high,base_points,left_out";
    table(folder, "indices.csv", head, |line| {
        for (arm, m) in r.each() {
            let found = sensitivity::sobol(r.plan.axes.len(), &r.means(arm, m), &bootstrap(r));
            let Some(found) = estimate(notes, "Sobol indices", label(r, arm, m), found) else { continue };
            for (axis, s) in r.plan.axes.iter().zip(&found.factors) {
                let two = [s.first, s.total].into_iter().flat_map(|i| [i.value, i.low, i.high]);
                let counts = [found.used as f64, found.left_out as f64];
                let numbers = two.chain(counts).map(number);
                line([axis.key.clone()].into_iter().chain(label(r, arm, m)).chain(numbers).collect())?;
            }
        }
        Ok(())
    })
}

/// `correlations.csv`: Spearman's rank correlation of every factor with every measure over points.
fn write_correlations(folder: &Path, r: &Results) -> Result<()> {
    table(folder, "correlations.csv", "factor,arm,measure,unit,spearman,points", |line| {
        for (arm, m) in r.each() {
            let y = r.means(arm, m);
            let whole: Vec<usize> = (0..y.len()).filter(|&p| !y[p].is_nan()).collect();
            let of = |x: &dyn Fn(usize) -> f64| middle_ranks(&whole.iter().map(|&p| x(p)).collect::<Vec<_>>());
            let by = of(&|p| y[p]);
            for (i, axis) in r.plan.axes.iter().enumerate() {
                let rho = correlation(&of(&|p| r.plan.points[p].at[i]), &by);
                let numbers = [rho, whole.len() as f64].map(number);
                line([axis.key.clone()].into_iter().chain(label(r, arm, m)).chain(numbers).collect())?;
            }
        }
        Ok(())
    })
}

/// `spread.csv`: what the points come to, means over their replicates: how far results are open where the factors are.
fn write_spread(folder: &Path, r: &Results) -> Result<()> {
    table(folder, "spread.csv", "arm,measure,unit,points,mean,q05,q25,q50,q75,q95", |line| {
        for (arm, m) in r.each() {
            let y = sorted(&r.means(arm, m));
            let band = BAND.map(|p| number(quantile(&y, p)));
            let numbers = [y.len().to_string(), number(mean(&y))];
            line(label(r, arm, m).into_iter().chain(numbers).chain(band).collect())?;
        }
        Ok(())
    })
}

/// Ranks from 1; equal values share the middle one.
fn middle_ranks(x: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..x.len()).collect();
    order.sort_by(|&i, &j| x[i].total_cmp(&x[j]));
    let mut ranks = vec![0.0; x.len()];
    let mut first = 0;
    for same in order.chunk_by(|&i, &j| x[i] == x[j]) {
        let middle = first as f64 + (same.len() + 1) as f64 / 2.0;
        same.iter().for_each(|&i| ranks[i] = middle);
        first += same.len();
    }
    ranks
}

/// Pearson's correlation; NaN when one of the two never varies.
fn correlation(x: &[f64], y: &[f64]) -> f64 {
    let (mx, my) = (mean(x), mean(y));
    let sum = |f: &dyn Fn(f64, f64) -> f64| x.iter().zip(y).map(|(x, y)| f(x - mx, y - my)).sum::<f64>();
    sum(&|x, y| x * y) / libm::sqrt(sum(&|x, _| x * x) * sum(&|_, y| y * y))
}

/// `pareto.csv`: ways to share a budget, what each comes to on the measures with a better end, its front, and how sure it is
/// that another is better in all.
fn write_pareto(folder: &Path, r: &Results, notes: &mut Notes) -> Result<()> {
    let wanted: Vec<usize> = (0..r.measures.len()).filter(|&m| r.measures[m].better.is_some()).collect();
    if wanted.is_empty() {
        notes.push("none of the measures has a better end, so there is no Pareto front".into());
        return Ok(());
    }
    let goal = |m: &usize| match r.measures[*m].better {
        Some(Better::Higher) => Goal::Maximise,
        _ => Goal::Minimise,
    };
    let goals: Vec<Goal> = wanted.iter().map(goal).collect();
    let Design::Budget { levers, .. } = &r.plan.file.design else { return Ok(()) };
    let names = levers.iter().map(|l| format!("share_of_budget_{l}"));
    let measured = wanted.iter().map(|&m| r.measures[m].name.clone());
    let head: Vec<String> = ["arm".into(), "point".into(), "name".into()]
        .into_iter()
        .chain(names)
        .chain(measured)
        .chain(["front", "dominated_by", "share_of_replicates", "surely"].map(String::from))
        .collect();
    table(folder, "pareto.csv", &head.join(","), |line| {
        for arm in 0..r.arms.len() {
            let means: Vec<Vec<f64>> =
                (0..r.plan.points.len()).map(|p| wanted.iter().map(|&m| r.mean(p, arm, m)).collect()).collect();
            let each: Vec<Vec<Vec<f64>>> = (0..r.plan.points.len())
                .map(|p| {
                    let by: Vec<Vec<f64>> = wanted.iter().map(|&m| r.of(p, arm, m)).collect();
                    (0..r.plan.file.replicates as usize).map(|k| by.iter().map(|x| x[k]).collect()).collect()
                })
                .collect();
            let (front, doubt) = (fronts(&means, &goals)?, doubts(&each, &goals, 0.95)?);
            for (i, p) in r.plan.points.iter().enumerate() {
                let texts = [r.arms[arm].clone(), i.to_string(), p.name.clone()];
                let numbers = p.at.iter().chain(&means[i]).map(|v| number(*v));
                let d = &doubt[i];
                let last = [
                    front[i].map_or(String::new(), |f| (f + 1).to_string()),
                    d.by.map_or(String::new(), |b| b.to_string()),
                    number(d.share),
                    d.surely.to_string(),
                ];
                line(texts.into_iter().chain(numbers).chain(last).collect())?;
            }
        }
        Ok(())
    })
}

/// `rankings.csv`: at every point the policies in their order on every measure with a better end, and whether this is the order
/// of the first point. `flips.csv` counts, for every two arms, the points at which the one and the other is shown to be better.
fn write_rankings(folder: &Path, r: &Results) -> Result<()> {
    let judged: Vec<(usize, Better)> = (0..r.measures.len()).filter_map(|m| Some((m, r.measures[m].better?))).collect();
    let head = "point,name,measure,arm,mean,rank,rank_from,rank_to,rank_at_first";
    table(folder, "rankings.csv", head, |line| {
        for &(m, better) in &judged {
            let at = |p: usize| {
                let values: Vec<Vec<f64>> = (0..r.arms.len()).map(|a| r.of(p, a, m)).collect();
                ranks(&values.iter().map(Vec::as_slice).collect::<Vec<_>>(), better)
            };
            let first = at(0);
            for (i, p) in r.plan.points.iter().enumerate() {
                for (a, rank) in at(i).iter().enumerate() {
                    let texts = [i.to_string(), p.name.clone(), r.measures[m].name.clone(), r.arms[a].clone()];
                    let all = [rank.rank, rank.from, rank.to, first[a].rank].map(|n| n.to_string());
                    line(texts.into_iter().chain([number(rank.mean)]).chain(all).collect())?;
                }
            }
        }
        Ok(())
    })?;
    table(folder, "flips.csv", "measure,arm,other,points,arm_better,other_better,not_shown", |line| {
        for &(m, better) in &judged {
            for (a, b) in (0..r.arms.len()).flat_map(|a| (a + 1..r.arms.len()).map(move |b| (a, b))) {
                let mut counts = [0usize; 3];
                for p in 0..r.plan.points.len() {
                    let pairs = r.of(p, a, m).into_iter().zip(r.of(p, b, m)).map(|(x, y)| better.gain(x - y));
                    let i = t_interval(&known(&pairs.collect::<Vec<_>>()), ALPHA);
                    counts[if i.low > 0.0 {
                        0
                    } else if i.high < 0.0 {
                        1
                    } else {
                        2
                    }] += 1;
                }
                let texts = [r.measures[m].name.clone(), r.arms[a].clone(), r.arms[b].clone()];
                let all = [r.plan.points.len(), counts[0], counts[1], counts[2]].map(|n| n.to_string());
                line(texts.into_iter().chain(all).collect())?;
            }
        }
        Ok(())
    })
}

/// `boxes.csv`: the box of factors in which the outcome asked for mostly happens.
fn write_boxes(folder: &Path, r: &Results, notes: &mut Notes) -> Result<()> {
    let Some(d) = &r.plan.file.discover else { return Ok(()) };
    let Some(m) = r.measures.iter().position(|m| m.name == d.measure) else { return Ok(()) };
    let head = "arm,measure,factor,low,high,quasi_p,coverage,density,mass,points,outcomes";
    let write = |line: &mut Line| -> Result<()> {
        for arm in 0..r.arms.len() {
            let y = r.means(arm, m);
            let whole: Vec<usize> = (0..y.len()).filter(|&p| !y[p].is_nan()).collect();
            let x: Vec<Vec<f64>> = whole.iter().map(|&p| r.plan.points[p].at.clone()).collect();
            let hit: Vec<bool> =
                whole.iter().map(|&p| d.above.is_some_and(|v| y[p] > v) || d.below.is_some_and(|v| y[p] < v)).collect();
            let outcomes = hit.iter().filter(|h| **h).count();
            let found = estimate(notes, "boxes", label(r, arm, m), prim(&x, &hit, &Options::default()));
            let Some(chosen) = found.and_then(|f| f.chosen) else { continue };
            for s in &chosen.restrictions {
                let end = |u: Option<f64>| u.map_or(String::new(), |u| r.plan.axes[s.dimension].value(u));
                let texts = [r.arms[arm].clone(), d.measure.clone(), r.plan.axes[s.dimension].key.clone()];
                let numbers = [s.quasi_p, chosen.coverage, chosen.density, chosen.mass].map(number);
                let counts = [whole.len(), outcomes].map(|n| n.to_string());
                let cells = texts.into_iter().chain([end(s.low), end(s.high)]).chain(numbers).chain(counts);
                line(cells.collect())?;
            }
        }
        Ok(())
    };
    table(folder, "boxes.csv", head, write)
}

/// Whether a clause of a pattern holds at a point; `None` where it has no value.
fn holds(r: &Results, p: &Pattern, point: usize) -> Option<bool> {
    let arm = |name: &Option<String>| name.as_ref().map_or(Some(0), |n| r.arms.iter().position(|a| a == n));
    let at = |name: &str| r.measures.iter().position(|m| m.name == name);
    let value = r.mean(point, arm(&p.policy)?, at(&p.measure)?);
    let value = if p.over.is_none() && p.over_measure.is_none() {
        value
    } else {
        let same_arm = p.over.as_ref().or(p.policy.as_ref()).cloned();
        value / r.mean(point, arm(&same_arm)?, at(p.over_measure.as_ref().unwrap_or(&p.measure))?)
    };
    // More than nothing over nothing is beyond any bound; nothing over nothing has no value.
    (!value.is_nan()).then(|| p.at_least.is_none_or(|x| value >= x) && p.at_most.is_none_or(|x| value <= x))
}

/// `patterns.csv`: at how many points every clause of a pattern holds, and the share with its 95 % interval (Wilson) where
/// points are spread evenly over the factors; it is then somewhat too wide. `points` are those with a value. What holds at all of
/// them is built in as far as these factors go.
fn write_patterns(folder: &Path, r: &Results) -> Result<()> {
    let all = &r.plan.file.pattern;
    if all.is_empty() {
        return Ok(());
    }
    // Points of the other designs are no sample of anything.
    let sample =
        matches!(r.plan.file.design, Design::LatinHypercube { .. } | Design::Sobol { .. } | Design::Sample { .. });
    let mut names: Vec<&str> = vec![];
    for p in all.iter() {
        if !names.contains(&p.name.as_str()) {
            names.push(&p.name);
        }
    }
    table(folder, "patterns.csv", "pattern,clauses,points,holds,share,low,high", |line| {
        for name in names {
            let clauses: Vec<&Pattern> = all.iter().filter(|p| p.name == name).collect();
            // One clause that fails is enough, whether or not the others have a value there.
            let at = |point: usize| {
                let each: Vec<Option<bool>> = clauses.iter().map(|p| holds(r, p, point)).collect();
                if each.contains(&Some(false)) {
                    Some(false)
                } else {
                    each.into_iter().collect::<Option<Vec<_>>>().map(|_| true)
                }
            };
            let seen: Vec<bool> = (0..r.plan.points.len()).filter_map(at).collect();
            let held = seen.iter().filter(|h| **h).count();
            let i = if sample { wilson_interval(held, seen.len(), ALPHA) } else { Interval::NONE };
            let share = held as f64 / seen.len() as f64;
            let counts = [clauses.len(), seen.len(), held].map(|n| n.to_string());
            line([name.to_string()].into_iter().chain(counts).chain([share, i.low, i.high].map(number)).collect())?;
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_correlation_by_hand() {
        assert_eq!(middle_ranks(&[3.0, 1.0, 3.0, 2.0]), [3.5, 1.0, 3.5, 2.0]);
        let rho = |x: &[f64], y: &[f64]| correlation(&middle_ranks(x), &middle_ranks(y));
        assert_eq!(rho(&[1.0, 2.0, 3.0], &[1.0, 4.0, 9.0]), 1.0);
        assert_eq!(rho(&[1.0, 2.0, 3.0], &[5.0, 4.0, 1.0]), -1.0);
        // Differences of ranks 0, 1, 1: 1 - 6 x 2 / (3 x 8).
        assert!((rho(&[1.0, 2.0, 3.0], &[1.0, 3.0, 2.0]) - 0.5).abs() < 1e-12);
        assert!(rho(&[1.0, 1.0], &[1.0, 2.0]).is_nan());
    }
}
