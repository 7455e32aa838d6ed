//! Policies against a baseline on the same luck: effects, ranks, costs, tails.
//!
//! Everything here is about replicates in pairs: the k-th value of one arm and the k-th of another had the same luck. What has
//! no value in one of them (NaN) is left out of the pair.

use super::measure::Better;
use super::stats::{
    Interval, bootstrap_interval, mean, p_value, percentile_interval, quantile, resample, sorted, t_interval,
    tail_mean, variance,
};

/// Intervals are of 95 %.
pub const ALPHA: f64 = 0.05;
/// Tails are of the worst 5 %.
pub const TAIL: f64 = 0.05;

/// What a policy does to a measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Effect {
    /// Pairs in which both have a value.
    pub pairs: usize,
    /// Means of the two, over these pairs.
    pub baseline: f64,
    pub policy: f64,
    /// Mean of the differences, policy less baseline.
    pub effect: f64,
    /// 95 % interval of the effect by Student's t over pairs, and by bootstrap of pairs.
    pub by_t: Interval,
    pub by_bootstrap: Interval,
    /// Shares of pairs in which the measure is higher with the policy, and lower; the rest are the same.
    pub up: f64,
    pub down: f64,
    /// Standard error of the effect over that of two ensembles of the same size with other luck each. NaN where the baseline
    /// or the policy always gives the same number: then there is nothing to pair.
    pub error_ratio: f64,
    /// Quantiles of the worst end (of the high end when there is none), and the mean beyond: baseline, policy.
    pub tail: [f64; 2],
    pub tail_mean: [f64; 2],
}

/// Pairs of which both have a value.
fn pairs(a: &[f64], b: &[f64]) -> (Vec<f64>, Vec<f64>) {
    a.iter().zip(b).filter(|(a, b)| !a.is_nan() && !b.is_nan()).map(|(a, b)| (*a, *b)).unzip()
}

/// Compares replicates of a policy with those of its baseline. `seed` names the luck of the bootstrap.
pub fn effect(baseline: &[f64], policy: &[f64], better: Option<Better>, seed: u64) -> Effect {
    let (a, b) = pairs(baseline, policy);
    let differences: Vec<f64> = a.iter().zip(&b).map(|(a, b)| b - a).collect();
    let share = |way: fn(&f64) -> bool| differences.iter().filter(|d| way(d)).count() as f64 / differences.len() as f64;
    let (va, vb) = (variance(&a), variance(&b));
    let error_ratio = if va > 0.0 && vb > 0.0 { libm::sqrt(variance(&differences) / (va + vb)) } else { f64::NAN };
    let high = better != Some(Better::Higher);
    let tail = |x: &[f64]| quantile(&sorted(x), if high { 1.0 - TAIL } else { TAIL });
    Effect {
        pairs: a.len(),
        baseline: mean(&a),
        policy: mean(&b),
        effect: mean(&differences),
        by_t: t_interval(&differences, ALPHA),
        by_bootstrap: bootstrap_interval(&differences, seed, ALPHA),
        up: share(|d| *d > 0.0),
        down: share(|d| *d < 0.0),
        error_ratio,
        tail: [tail(&a), tail(&b)],
        tail_mean: [tail_mean(&a, TAIL, high), tail_mean(&b, TAIL, high)],
    }
}

impl Effect {
    /// How many times as many replicates the same interval would need without pairing.
    pub fn replicates_saved(&self) -> f64 {
        1.0 / (self.error_ratio * self.error_ratio)
    }
}

/// Where an arm stands among all on a measure.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rank {
    pub mean: f64,
    /// By the mean; 1 is best.
    pub rank: usize,
    /// The ranks that the data leave open: arms between which no difference is shown may change places.
    pub from: usize,
    pub to: usize,
    /// Share of replicates in which no arm is better.
    pub best: f64,
    /// How much worse than the best arm of the same replicate: the mean, and the quantile of 95 %.
    pub regret: f64,
    pub regret_95: f64,
}

/// Ranks arms on a measure. Replicates that one of them has no value in are left out. Differences are held against luck by
/// paired t-tests with Holm's correction over all pairs of arms, 5 % in all.
pub fn ranks(arms: &[&[f64]], better: Better) -> Vec<Rank> {
    let n = arms.iter().map(|a| a.len()).min().unwrap_or(0);
    let whole: Vec<usize> = (0..n).filter(|&k| arms.iter().all(|a| !a[k].is_nan())).collect();
    let gains: Vec<Vec<f64>> = arms.iter().map(|a| whole.iter().map(|&k| better.gain(a[k])).collect()).collect();
    let means: Vec<f64> = gains.iter().map(|g| mean(g)).collect();
    let better_than = shown(&gains);
    let best: Vec<f64> =
        (0..whole.len()).map(|k| gains.iter().map(|g| g[k]).fold(f64::NEG_INFINITY, f64::max)).collect();
    let of = |i: usize| {
        let regrets: Vec<f64> = best.iter().zip(&gains[i]).map(|(b, g)| b - g).collect();
        Rank {
            mean: better.gain(means[i]),
            rank: 1 + means.iter().filter(|m| **m > means[i]).count(),
            from: 1 + better_than.iter().filter(|x| x.1 == i).count(),
            to: arms.len() - better_than.iter().filter(|x| x.0 == i).count(),
            best: regrets.iter().filter(|r| **r == 0.0).count() as f64 / regrets.len() as f64,
            regret: mean(&regrets),
            regret_95: quantile(&sorted(&regrets), 0.95),
        }
    };
    (0..arms.len()).map(of).collect()
}

/// Pairs of arms, the better one first, whose difference luck does not explain (Holm 1979).
fn shown(gains: &[Vec<f64>]) -> Vec<(usize, usize)> {
    let mut tests = vec![];
    for i in 0..gains.len() {
        for j in i + 1..gains.len() {
            let differences: Vec<f64> = gains[i].iter().zip(&gains[j]).map(|(a, b)| a - b).collect();
            let pair = if mean(&differences) > 0.0 { (i, j) } else { (j, i) };
            tests.push((p_value(&differences), pair));
        }
    }
    tests.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let m = tests.len();
    let passed = tests.iter().enumerate().take_while(|(k, (p, _))| *p <= ALPHA / (m - k) as f64);
    passed.map(|(_, (_, pair))| *pair).collect()
}

/// What a policy costs and what that buys.
#[derive(Clone, Debug, PartialEq)]
pub struct Price {
    /// Spent more than in the baseline, USD: mean and 95 % interval.
    pub cost: f64,
    pub cost_interval: Interval,
    /// USD per unit of gain, with the 95 % interval by bootstrap of pairs. None when no gain is shown, or it costs nothing.
    pub per_unit: Option<(f64, Interval)>,
    /// Arms that cost no more and gain no less, one of the two strictly, by the means; with the share of resamples in which that
    /// is so.
    pub dominated_by: Vec<(usize, f64)>,
}

/// Prices of policies for their gains on a measure. `costs` and `gains`: over the baseline, by policy and replicate.
pub fn prices(costs: &[Vec<f64>], gains: &[Vec<f64>], seed: u64) -> Vec<Price> {
    let n = gains.iter().map(Vec::len).min().unwrap_or(0);
    let whole: Vec<usize> = (0..n).filter(|&k| gains.iter().all(|g| !g[k].is_nan())).collect();
    let pick = |x: &[Vec<f64>]| x.iter().map(|x| whole.iter().map(|&k| x[k]).collect()).collect::<Vec<Vec<f64>>>();
    let (costs, gains) = (pick(costs), pick(gains));
    let arms = costs.len();
    let point: Vec<(f64, f64)> = costs.iter().zip(&gains).map(|(c, g)| (mean(c), mean(g))).collect();
    let beats = |a: (f64, f64), b: (f64, f64)| a.0 <= b.0 && a.1 >= b.1 && a != b;
    let (mut ratios, mut beaten) = (vec![vec![]; arms], vec![vec![0u32; arms]; arms]);
    let mut rounds = 0u32;
    resample(whole.len(), seed, |rows| {
        let at = |x: &[f64]| rows.iter().map(|&k| x[k]).sum::<f64>() / rows.len() as f64;
        let drawn: Vec<(f64, f64)> = costs.iter().zip(&gains).map(|(c, g)| (at(c), at(g))).collect();
        rounds += 1;
        for i in 0..arms {
            ratios[i].push(drawn[i].0 / drawn[i].1);
            for j in 0..arms {
                beaten[i][j] += u32::from(beats(drawn[j], drawn[i]));
            }
        }
    });
    let of = |i: usize| {
        let (cost, gain) = point[i];
        let shown = t_interval(&gains[i], ALPHA).low > 0.0;
        let per_unit =
            (shown && cost > 0.0).then(|| (cost / gain, percentile_interval(&ratios[i], whole.len(), ALPHA)));
        let by = |&j: &usize| beats(point[j], point[i]);
        let share = |j: usize| f64::from(beaten[i][j]) / f64::from(rounds.max(1));
        Price {
            cost,
            cost_interval: t_interval(&costs[i], ALPHA),
            per_unit,
            dominated_by: (0..arms).filter(by).map(|j| (j, share(j))).collect(),
        }
    };
    (0..arms).map(of).collect()
}

/// How many replicates an interval of half-width `wanted` would take, when `n` gave `half_width`: its square root law.
pub fn replicates_for(n: usize, half_width: f64, wanted: f64) -> u32 {
    if !(half_width.is_finite() && wanted > 0.0) {
        return n as u32;
    }
    let ratio = half_width / wanted;
    libm::ceil(n as f64 * ratio * ratio).min(f64::from(u32::MAX)) as u32
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Pairs by hand: differences 1, 2, 3 of values that vary by ten times as much.
    #[test]
    fn an_effect_by_hand() {
        let (a, b) = ([10.0, 20.0, 30.0, f64::NAN], [11.0, 22.0, 33.0, 5.0]);
        let e = effect(&a, &b, Some(Better::Lower), 1);
        assert_eq!((e.pairs, e.baseline, e.policy, e.effect), (3, 20.0, 22.0, 2.0));
        assert_eq!((e.up, e.down), (1.0, 0.0));
        // t(0.975, 2) = 4.3027; standard error 1 / sqrt(3).
        assert!((e.by_t.high - 2.0 - 4.302_653 / 3f64.sqrt()).abs() < 1e-5, "{e:?}");
        assert!((e.error_ratio - (1.0f64 / (100.0 + 121.0)).sqrt()).abs() < 1e-12);
        assert!((e.replicates_saved() - 221.0).abs() < 1e-9);
        assert_eq!(e.tail_mean, [30.0, 33.0]);
        assert_eq!(effect(&a, &b, Some(Better::Higher), 1).tail_mean, [10.0, 11.0]);
        assert!(e.by_bootstrap.low > 0.0 && e.by_bootstrap.holds(2.0));
        let constant = effect(&[0.0, 0.0], &[1.0, 2.0], None, 1);
        assert!(constant.error_ratio.is_nan() && constant.effect == 1.5);
        assert_eq!(effect(&[], &[], None, 1).pairs, 0);
    }

    /// Three arms: one clearly best, two that differ by luck alone.
    #[test]
    fn ranks_that_are_not_shown_are_left_open() {
        let a: Vec<f64> = (0..20).map(|k| 100.0 + f64::from(k % 5)).collect();
        let b: Vec<f64> = (0..20).map(|k| 100.0 + f64::from((k + 2) % 5)).collect();
        let best: Vec<f64> = a.iter().map(|x| x - 50.0).collect();
        let r = ranks(&[&a, &b, &best], Better::Lower);
        assert_eq!((r[2].rank, r[2].from, r[2].to, r[2].best, r[2].regret), (1, 1, 1, 1.0, 0.0));
        assert_eq!([(r[0].from, r[0].to), (r[1].from, r[1].to)], [(2, 3); 2]);
        assert_eq!((r[0].regret, r[0].best, r[0].mean), (50.0, 0.0, 102.0));
        let r = ranks(&[&a, &b, &best], Better::Higher);
        assert_eq!((r[2].from, r[2].to), (3, 3));
    }

    /// Twice the price for half the gain is dominated; a gain that is not shown has no price.
    #[test]
    fn prices_by_hand() {
        let gains: Vec<Vec<f64>> =
            [vec![9.0, 10.0, 11.0], vec![4.0, 5.0, 6.0], vec![-9.0, 1.0, 9.0]].into_iter().collect();
        let costs = [vec![100.0; 3], vec![200.0; 3], vec![10.0; 3]];
        let p = prices(&costs, &gains, 3);
        let (usd, interval) = p[0].per_unit.unwrap();
        assert!(usd == 10.0 && interval.holds(10.0) && interval.low > 8.0 && interval.high < 12.0, "{interval:?}");
        assert_eq!((p[0].dominated_by.clone(), p[1].dominated_by.clone()), (vec![], vec![(0, 1.0)]));
        assert!(p[2].per_unit.is_none() && p[2].dominated_by.is_empty());
        assert_eq!(p[1].cost, 200.0);
    }

    #[test]
    fn half_the_width_takes_four_times_as_many() {
        assert_eq!(replicates_for(16, 2.0, 1.0), 64);
        assert_eq!(replicates_for(16, 1.0, 2.0), 4);
        assert_eq!(replicates_for(16, f64::NAN, 2.0), 16);
    }
}
