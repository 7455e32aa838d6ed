//! Sensitivity: how much each factor of a design matters for a result. Intervals are percentiles of bootstrap resamples.
//!
//! Results that are not finite take what depends on them out of the reckoning (a trajectory, a base row, a replicate);
//! how many are left out is always said.

use super::design::{Effect, Point, luck};
use crate::error::{Error, Result};

/// How intervals are found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bootstrap {
    /// Number of resamples, 2 or more.
    pub resamples: u32,
    /// Chance to cover, between 0 and 1.
    pub level: f64,
    pub seed: u64,
}

impl Default for Bootstrap {
    fn default() -> Bootstrap {
        Bootstrap { resamples: 1000, level: 0.95, seed: 0 }
    }
}

/// An estimate and the bounds of its interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Interval {
    pub value: f64,
    pub low: f64,
    pub high: f64,
}

impl Interval {
    /// Whether a number lies within the bounds.
    pub fn holds(&self, v: f64) -> bool {
        self.low <= v && v <= self.high
    }
}

/// What was estimated for each factor, in order, and on how much.
#[derive(Clone, Debug, PartialEq)]
pub struct Estimates<T> {
    pub factors: Vec<T>,
    /// Trajectories or base rows that count.
    pub used: usize,
    /// Those left out because a result is not finite.
    pub left_out: usize,
}

/// Elementary effects of a factor, in units of the result over the factor's whole range.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Elementary {
    /// Mean: near zero as well when effects of both signs cancel.
    pub mu: Interval,
    /// Mean without signs (Campolongo, Cariboni and Saltelli 2007): how much the factor matters at all.
    pub mu_star: Interval,
    /// Standard deviation (n - 1): curvature and interactions with other factors.
    pub sigma: Interval,
}

/// Shares of the result's variance; all zero when it does not vary.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shares {
    /// What the factor explains alone; noise may take it below zero.
    pub first: Interval,
    /// What is lost without the factor: alone and together with others.
    pub total: Interval,
}

/// Elementary effects (Morris 1991, Technometrics 33(2)) from the points of [`super::design::morris`], or others of that
/// form, and a result for each. Bounds come from resampled trajectories.
///
/// # Errors
/// Points that are no trajectories, other than one result a point, fewer than two trajectories to use, a bad `bootstrap`.
pub fn morris(points: &[Point], y: &[f64], bootstrap: &Bootstrap) -> Result<Estimates<Elementary>> {
    let k = points.first().map_or(0, Vec::len);
    if k == 0 || !points.len().is_multiple_of(k + 1) || points.iter().any(|p| p.len() != k) {
        return Err(Error::Input(format!("{} points in {k} factors are no trajectories", points.len())));
    }
    if points.len() != y.len() {
        return Err(Error::Input(format!("{} points have {} results", points.len(), y.len())));
    }
    let mut effects: Vec<Vec<f64>> = vec![];
    for (trajectory, y) in points.chunks(k + 1).zip(y.chunks(k + 1)) {
        let (mut of, mut done) = (vec![0.0; k], vec![false; k]);
        for (w, y) in trajectory.windows(2).zip(y.windows(2)) {
            let moved: Vec<usize> = (0..k).filter(|&f| w[0][f] != w[1][f]).collect();
            let &[f] = &moved[..] else {
                return Err(Error::Input(format!("a step of a trajectory moves {} factors, not one", moved.len())));
            };
            if std::mem::replace(&mut done[f], true) {
                return Err(Error::Input(format!("a trajectory moves factor {f} twice")));
            }
            of[f] = (y[1] - y[0]) / (w[1][f] - w[0][f]);
        }
        effects.push(of);
    }
    let all = effects.len();
    effects.retain(|of| of.iter().all(|e| e.is_finite()));
    let one = |f: usize, rows: &[usize]| {
        let n = rows.len() as f64;
        let sum = |g: &dyn Fn(f64) -> f64| rows.iter().map(|&r| g(effects[r][f])).sum::<f64>();
        let mu = sum(&|e| e) / n;
        [mu, sum(&|e| e.abs()) / n, libm::sqrt(sum(&|e| (e - mu) * (e - mu)) / (n - 1.0))]
    };
    let found = resampled(effects.len(), k, "study.morris.bootstrap", bootstrap, one)?;
    let factors = found.into_iter().map(|[mu, mu_star, sigma]| Elementary { mu, mu_star, sigma }).collect();
    Ok(Estimates { factors, used: effects.len(), left_out: all - effects.len() })
}

/// Sobol indices from results in the order of [`super::design::saltelli`]: of the first order by the estimator of Saltelli
/// et al. (2010, Computer Physics Communications 181, table 2 b), in total by that of Jansen (1999, ibid. 117). Both over
/// the variance of the rows of A and B together; results are taken from their mean first, which steadies the first order
/// and changes nothing else. Bounds come from resampled base rows; those of a Sobol sequence err less than they say.
///
/// # Errors
/// No factors, results that are no whole number of base rows, fewer than two of these to use, a bad `bootstrap`.
pub fn sobol(factors: usize, y: &[f64], bootstrap: &Bootstrap) -> Result<Estimates<Shares>> {
    let size = factors.saturating_add(2);
    if factors == 0 || !y.len().is_multiple_of(size) {
        return Err(Error::Input(format!("{} results are no base rows of {factors} factors", y.len())));
    }
    let rows: Vec<&[f64]> = y.chunks(size).filter(|row| row.iter().all(|v| v.is_finite())).collect();
    let mean = rows.iter().copied().flatten().sum::<f64>() / (rows.len() * size) as f64;
    let one = |f: usize, picked: &[usize]| {
        let n = picked.len() as f64;
        let row = |r: &usize| {
            let y = rows[*r];
            (y[0] - mean, y[f + 1] - mean, y[factors + 1] - mean)
        };
        let sum = |g: &dyn Fn((f64, f64, f64)) -> f64| picked.iter().map(|r| g(row(r))).sum::<f64>();
        let middle = sum(&|(a, _, b)| a + b) / (2.0 * n);
        let square = |v: f64| v * v;
        let variance = sum(&|(a, _, b)| square(a - middle) + square(b - middle)) / (2.0 * n);
        let first = row(&picked[0]).0;
        // Asked of the results themselves: rounding of the mean would leave a variance that is not quite zero.
        if picked.iter().map(row).all(|(a, _, b)| a == first && b == first) {
            return [0.0, 0.0];
        }
        [sum(&|(a, ab, b)| b * (ab - a)) / n / variance, sum(&|(a, ab, _)| square(a - ab)) / (2.0 * n) / variance]
    };
    let found = resampled(rows.len(), factors, "study.sobol.bootstrap", bootstrap, one)?;
    let factors = found.into_iter().map(|[first, total]| Shares { first, total }).collect();
    Ok(Estimates { factors, used: rows.len(), left_out: y.len() / size - rows.len() })
}

/// Effects of two-level factorial designs.
#[derive(Clone, Debug, PartialEq)]
pub struct Factorial {
    /// All main effects, then all two-factor interactions. In a fraction, aliased ones have the same size.
    pub effects: Vec<Size>,
    /// Replicates that count.
    pub used: usize,
    /// Those left out because a result is not finite.
    pub left_out: usize,
}

/// How much an effect is.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    pub effect: Effect,
    /// Mean result where the factor is high (for two: where both are high or both low) less the mean of the other runs.
    pub size: f64,
    /// Standard error over replicates; none with fewer than two.
    pub error: Option<f64>,
}

/// Main effects and two-factor interactions of a two-level design, full or fractional, from the results of its runs:
/// `y[run][replicate]`. An effect is taken in each replicate and averaged; its standard error is that of this average, and
/// so stays true when replicates share luck across runs. A replicate with a result that is not finite is left out whole:
/// without one run, effects could not be told apart.
///
/// # Errors
/// Factors that have other than two levels or always the same product; other than as many replicates of each run; none
/// to use.
pub fn factorial(points: &[Point], y: &[Vec<f64>]) -> Result<Factorial> {
    let refuse = |why: String| Err(Error::Input(why));
    let k = points.first().map_or(0, Vec::len);
    if k == 0 || points.len() != y.len() || points.iter().any(|p| p.len() != k) {
        return refuse(format!("{} points of {k} factors and {} results do not match", points.len(), y.len()));
    }
    let mut columns: Vec<Vec<bool>> = vec![];
    for f in 0..k {
        let mut levels: Vec<f64> = points.iter().map(|p| p[f]).collect();
        levels.sort_by(f64::total_cmp);
        levels.dedup();
        let &[_, high] = &levels[..] else {
            return refuse(format!("factor {f} has {} levels, not two", levels.len()));
        };
        columns.push(points.iter().map(|p| p[f] == high).collect());
    }
    let replicates = y[0].len();
    if let Some(run) = y.iter().position(|of| of.len() != replicates) {
        return refuse(format!("run {run} has {} replicates and the first {replicates}", y[run].len()));
    }
    let used: Vec<usize> = (0..replicates).filter(|&r| y.iter().all(|of| of[r].is_finite())).collect();
    if used.is_empty() {
        return refuse(format!("none of {replicates} replicates has a result in every run"));
    }
    let mut effects = vec![];
    for effect in Effect::up_to_pairs(k) {
        let high = |run: usize| match effect {
            Effect::Main(i) => columns[i][run],
            Effect::Pair(i, j) => columns[i][run] == columns[j][run],
        };
        let runs = |side: bool| (0..y.len()).filter(move |&run| high(run) == side);
        let mean = |side: bool, r: usize| runs(side).map(|run| y[run][r]).sum::<f64>() / runs(side).count() as f64;
        if [false, true].iter().any(|&side| runs(side).next().is_none()) {
            return refuse(format!("{effect:?} is the same in every run"));
        }
        let sizes: Vec<f64> = used.iter().map(|&r| mean(true, r) - mean(false, r)).collect();
        let n = sizes.len() as f64;
        let size = sizes.iter().sum::<f64>() / n;
        let squares = sizes.iter().map(|s| (s - size) * (s - size)).sum::<f64>();
        let error = (sizes.len() > 1).then(|| libm::sqrt(squares / (n - 1.0) / n));
        effects.push(Size { effect, size, error });
    }
    Ok(Factorial { effects, used: used.len(), left_out: replicates - used.len() })
}

/// The estimates of every factor over all of `n` rows, with bounds from resampled rows: the same ones for all factors.
fn resampled<const E: usize>(
    n: usize,
    factors: usize,
    purpose: &str,
    bootstrap: &Bootstrap,
    one: impl Fn(usize, &[usize]) -> [f64; E],
) -> Result<Vec<[Interval; E]>> {
    let Bootstrap { resamples, level, seed } = *bootstrap;
    if resamples < 2 || !(level > 0.0 && level < 1.0) {
        return Err(Error::Input(format!("{resamples} resamples and a level of {level} give no interval")));
    }
    if n < 2 {
        return Err(Error::Input(format!("{n} complete rows or trajectories are left; two are needed")));
    }
    let every: Vec<usize> = (0..n).collect();
    let mut drawn: Vec<Vec<[f64; E]>> = vec![vec![]; factors];
    for b in 0..resamples {
        let draw = luck(seed, 0, purpose).nth(b);
        let rows: Vec<usize> = (0..n as u64).map(|i| draw.below(i, n as u64) as usize).collect();
        drawn.iter_mut().enumerate().for_each(|(f, of)| of.push(one(f, &rows)));
    }
    let of_factor = |(f, drawn): (usize, &Vec<[f64; E]>)| {
        let values = one(f, &every);
        std::array::from_fn(|e| {
            let mut sorted: Vec<f64> = drawn.iter().map(|d| d[e]).collect();
            sorted.sort_by(f64::total_cmp);
            let bound = |p: f64| percentile(&sorted, p);
            Interval { value: values[e], low: bound((1.0 - level) / 2.0), high: bound((1.0 + level) / 2.0) }
        })
    };
    Ok(drawn.iter().enumerate().map(of_factor).collect())
}

/// Linear between the nearest two of at least one sorted values.
fn percentile(sorted: &[f64], p: f64) -> f64 {
    let at = p * (sorted.len() - 1) as f64;
    let below = libm::floor(at) as usize;
    let above = (below + 1).min(sorted.len() - 1);
    sorted[below] + (at - below as f64) * (sorted[above] - sorted[below])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::dist::normal;
    use crate::study::design;
    use Effect::{Main, Pair};
    use std::f64::consts::PI;

    type Tested = std::result::Result<(), Box<dyn std::error::Error>>;

    fn run(points: &[Point], f: impl Fn(&[f64]) -> f64) -> Vec<f64> {
        points.iter().map(|p| f(p)).collect()
    }

    /// Ishigami and Homma's function with a = 7, b = 0.1, each factor over [-pi, pi].
    fn ishigami(u: &[f64]) -> f64 {
        let x: Vec<f64> = u.iter().map(|u| PI * (2.0 * u - 1.0)).collect();
        libm::sin(x[0]) + 7.0 * libm::pow(libm::sin(x[1]), 2.0) + 0.1 * libm::pow(x[2], 4.0) * libm::sin(x[0])
    }

    #[test]
    fn ishigami_has_the_published_indices() -> Tested {
        let y = run(&design::saltelli(1024, 3, 1)?, ishigami);
        let found = sobol(3, &y, &Bootstrap::default())?;
        for (got, (first, total)) in found.factors.iter().zip([(0.3139, 0.5576), (0.4424, 0.4424), (0.0, 0.2437)]) {
            assert!(got.first.holds(first) && got.total.holds(total), "{got:?}: {first} {total}");
            assert!((got.first.value - first).abs() < 0.02 && (got.total.value - total).abs() < 0.02, "{got:?}");
        }
        assert_eq!((found.used, found.left_out), (1024, 0));
        assert_eq!(found, sobol(3, &y, &Bootstrap::default())?);
        Ok(())
    }

    /// Sobol's G-function: V_i = 1 / (3 (1 + a_i)^2), V = product of (1 + V_j) less 1.
    #[test]
    fn the_g_function_has_its_analytic_indices() -> Tested {
        let a: [f64; 8] = [0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0];
        let g = |u: &[f64]| u.iter().zip(a).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product::<f64>();
        let y = run(&design::saltelli(4096, 8, 5)?, g);
        let found = sobol(8, &y, &Bootstrap { resamples: 300, ..Default::default() })?;
        let v = a.map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a)));
        let product = v.iter().map(|v| 1.0 + v).product::<f64>();
        for (got, v) in found.factors.iter().zip(v) {
            let (first, total) = (v / (product - 1.0), v * product / (1.0 + v) / (product - 1.0));
            assert!((got.first.value - first).abs() < 0.02, "{got:?} {first}");
            assert!((got.total.value - total).abs() < 0.02, "{got:?} {total}");
            assert!(got.total.low - 1e-4 < total && total < got.total.high + 1e-4, "{got:?} {total}");
        }
        Ok(())
    }

    /// The G-function of 20 factors, three of which rule (a = 0, 0, 0, then 6.52): Sobol's indices by his formulas, and Morris'
    /// by hand. On four levels with steps of 2/3, |4u - 2| goes from 2 to 2/3 or back, so mu* of a factor is 2 / (1 + a) times the
    /// mean of the others over their levels, (4/3 + a) / (1 + a) each, and mu is 0. Of 60 intervals of 95 % 57 are to be right.
    #[test]
    fn twenty_factors_have_the_indices_of_the_formulas() -> Tested {
        let a: Vec<f64> = (0..20).map(|i| if i < 3 { 0.0 } else { 6.52 }).collect();
        let g = |u: &[f64]| u.iter().zip(&a).map(|(u, a)| ((4.0 * u - 2.0).abs() + a) / (1.0 + a)).product::<f64>();
        let bootstrap = Bootstrap { resamples: 300, ..Default::default() };
        let within = |i: &Interval, want: f64| i.low - 1e-9 <= want && want <= i.high + 1e-9;
        let (mut right, mut all) = (0, 0);

        let found = sobol(20, &run(&design::saltelli(4096, 20, 5)?, g), &bootstrap)?;
        let v: Vec<f64> = a.iter().map(|a| 1.0 / (3.0 * (1.0 + a) * (1.0 + a))).collect();
        let product = v.iter().map(|v| 1.0 + v).product::<f64>();
        for (got, v) in found.factors.iter().zip(&v) {
            let (first, total) = (v / (product - 1.0), v * product / (1.0 + v) / (product - 1.0));
            assert!(
                (got.first.value - first).abs() < 0.03 && (got.total.value - total).abs() < 0.03,
                "{got:?} {first} {total}"
            );
            right += usize::from(within(&got.first, first)) + usize::from(within(&got.total, total));
            all += 2;
        }

        let points = design::morris(20, 200, 4, 3)?;
        let found = morris(&points, &run(&points, g), &bootstrap)?;
        let others = |i: usize| (0..20).filter(|&j| j != i).map(|j| (4.0 / 3.0 + a[j]) / (1.0 + a[j])).product::<f64>();
        for (i, got) in found.factors.iter().enumerate() {
            let want = 2.0 / (1.0 + a[i]) * others(i);
            assert!((got.mu_star.value / want - 1.0).abs() < 0.2, "{i}: {got:?} {want}");
            right += usize::from(within(&got.mu_star, want));
            all += 1;
        }
        println!("{right} of {all} intervals hold the index of the formula");
        assert!((54..=60).contains(&right) && all == 60, "{right} of {all}");
        Ok(())
    }

    #[test]
    fn a_line_has_its_slopes_for_effects() -> Tested {
        let slopes = [3.0, -2.0, 0.0, 0.5];
        let points = design::morris(4, 10, 4, 9)?;
        let y = run(&points, |u| 1.0 + u.iter().zip(slopes).map(|(u, s)| u * s).sum::<f64>());
        for (got, slope) in morris(&points, &y, &Bootstrap::default())?.factors.iter().zip(slopes) {
            for (i, want) in [(got.mu, slope), (got.mu_star, slope.abs()), (got.sigma, 0.0)] {
                assert!([i.value, i.low, i.high].iter().all(|v| (v - want).abs() < 1e-13), "{got:?} {slope}");
            }
        }
        Ok(())
    }

    /// Morris's example of 20 factors (1991), with what he drew from a standard normal drawn here too: factors
    /// 1 to 10 matter, 8 to 10 of them in a straight line, 1 to 7 bent or interacting.
    #[test]
    fn the_example_of_morris_is_screened_as_published() -> Tested {
        let drawn = |i: usize, j: usize| normal(luck(1, 0, "test"), (20 * i + j) as u64);
        let f = |u: &[f64]| {
            let bent = |i: usize| [2, 4, 6].contains(&i);
            let w = |i: usize| 2.0 * (if bent(i) { 1.1 * u[i] / (u[i] + 0.1) } else { u[i] } - 0.5);
            let w: Vec<f64> = (0..20).map(w).collect();
            let mut y = 0.0;
            for i in 0..20 {
                y += w[i] * if i < 10 { 20.0 } else { drawn(i, i) };
                for j in i + 1..20 {
                    y += w[i] * w[j] * if j < 6 { -15.0 } else { drawn(i, j) };
                    for l in j + 1..5 {
                        y += w[i] * w[j] * w[l] * -10.0;
                        (l + 1..4).for_each(|s| y += w[i] * w[j] * w[l] * w[s] * 5.0);
                    }
                }
            }
            y
        };
        let points = design::morris(20, 20, 4, 2)?;
        let found = morris(&points, &run(&points, f), &Bootstrap::default())?;
        let (matter, rest) = found.factors.split_at(10);
        let least = matter.iter().map(|e| e.mu_star.value).fold(f64::INFINITY, f64::min);
        let most = rest.iter().map(|e| e.mu_star.value).fold(0.0, f64::max);
        assert!(least > 2.0 * most, "{least} {most}");
        let (bent, straight) = matter.split_at(7);
        let sigma = |e: &Elementary| e.sigma.value;
        let calm = straight.iter().chain(rest).map(sigma).fold(0.0, f64::max);
        assert!(bent.iter().all(|e| sigma(e) > 1.5 * calm), "{:?} {calm}", bent.iter().map(sigma).collect::<Vec<_>>());
        assert!(straight.iter().all(|e| e.mu.value > 30.0 && e.mu.low > most), "{straight:?}");
        Ok(())
    }

    /// y = 10 + 3 A - 2 B + 4 AB in coded units: effects are twice that. C does nothing but in a fraction C = AB.
    #[test]
    fn factorial_effects_by_hand() -> Tested {
        let sign = |u: f64| 2.0 * u - 1.0;
        let f = |p: &[f64]| 10.0 + 3.0 * sign(p[0]) - 2.0 * sign(p[1]) + 4.0 * sign(p[0]) * sign(p[1]);
        let full = design::full_factorial(&[2, 2, 2], 8)?;
        let got = factorial(&full, &full.iter().map(|p| vec![f(p)]).collect::<Vec<_>>())?;
        let sizes: Vec<(Effect, f64)> = got.effects.iter().map(|e| (e.effect, e.size)).collect();
        let pairs = [(Pair(0, 1), 8.0), (Pair(0, 2), 0.0), (Pair(1, 2), 0.0)];
        assert_eq!(sizes, [&[(Main(0), 6.0), (Main(1), -4.0), (Main(2), 0.0)][..], &pairs].concat());
        assert!(got.effects.iter().all(|e| e.error.is_none()));

        let part = design::fractional_factorial(3, design::Resolution::Three)?.points;
        // Replicates that share luck across runs shift all alike: the shift does not trouble the effects.
        let y: Vec<Vec<f64>> = part.iter().map(|p| vec![f(p), f(p) + 100.0, f(p) + sign(p[0]), f64::NAN]).collect();
        let got = factorial(&part, &y)?;
        assert_eq!((got.used, got.left_out), (3, 1));
        assert_eq!((got.effects[2].size, got.effects[3].size), (8.0, 8.0), "C is aliased with AB");
        // Effects of A: 6, 6, 8: mean 20/3, standard deviation 2 / sqrt(3), error 2/3.
        assert!((got.effects[0].size - 20.0 / 3.0).abs() < 1e-12);
        assert!(got.effects[0].error.is_some_and(|e| (e - 2.0 / 3.0).abs() < 1e-12));
        assert_eq!(got.effects[1].error, Some(0.0));
        Ok(())
    }

    #[test]
    fn what_is_not_finite_is_left_out_and_counted() -> Tested {
        let few = Bootstrap { resamples: 20, ..Default::default() };
        let mut y = run(&design::saltelli(16, 3, 1)?, ishigami);
        let without: Vec<f64> = [&y[..10], &y[15..]].concat();
        y[12] = f64::NAN;
        let got = sobol(3, &y, &few)?;
        assert_eq!((got.used, got.left_out), (15, 1));
        assert_eq!(got.factors, sobol(3, &without, &few)?.factors);

        let points = design::morris(3, 4, 4, 1)?;
        let mut y = run(&points, ishigami);
        y[5] = f64::INFINITY;
        let got = morris(&points, &y, &few)?;
        assert_eq!((got.used, got.left_out), (3, 1));
        assert!(morris(&points, &[f64::NAN; 16], &few).is_err() && sobol(3, &[f64::NAN; 10], &few).is_err());
        Ok(())
    }

    #[test]
    fn a_result_that_never_varies_has_no_shares() -> Tested {
        let got = sobol(2, &[0.1; 40], &Bootstrap::default())?;
        let zero = Interval { value: 0.0, low: 0.0, high: 0.0 };
        assert_eq!(got.factors, [Shares { first: zero, total: zero }; 2]);
        Ok(())
    }

    #[test]
    fn what_does_not_fit_is_refused() -> Tested {
        let (few, points) = (Bootstrap::default(), design::morris(3, 4, 4, 1)?);
        assert!(morris(&points[1..], &[0.0; 15], &few).is_err() && morris(&points, &[0.0; 15], &few).is_err());
        let said = morris(&design::sobol(8, 3, 0)?, &[0.0; 8], &few).unwrap_err().to_string();
        assert!(said.contains("moves 3 factors"), "{said}");
        let back = [[0.0, 0.0], [1.0, 0.0], [0.0, 0.0]].map(|p| p.to_vec());
        let said = morris(&back, &[0.0; 3], &few).unwrap_err().to_string();
        assert!(said.contains("factor 0 twice"), "{said}");
        assert!(sobol(3, &[0.0; 9], &few).is_err() && sobol(0, &[0.0; 4], &few).is_err());
        for bad in [Bootstrap { resamples: 1, ..few }, Bootstrap { level: 1.0, ..few }] {
            assert!(sobol(1, &[0.0; 9], &bad).is_err());
        }
        let three = design::full_factorial(&[3], 3)?;
        assert!(factorial(&three, &vec![vec![1.0]; 3]).is_err());
        let (two, y) = (design::full_factorial(&[2, 2], 4)?, vec![vec![1.0]; 4]);
        assert!(factorial(&two, &y[..3]).is_err() && factorial(&two, &vec![vec![f64::NAN]; 4]).is_err());
        assert!(factorial(&two, &[&y[..3], &[vec![]]].concat()).is_err());
        assert!(factorial(&[vec![0.0, 0.0], vec![1.0, 1.0]], &y[..2]).is_err(), "a product that never changes");
        Ok(())
    }
}
