//! Counts and sizes from one keyed uniform each.
//!
//! Counts are drawn by inversion, so with the same luck a slightly higher rate gives the same or a slightly higher
//! count: that is what makes two policies comparable run by run.

use super::rng::Stream;

/// Smallest k with P(X <= k) >= u, for X ~ Poisson(`mean`). `mean` <= 0 gives 0.
pub fn poisson(u: f64, mean: f64) -> u64 {
    if mean <= 0.0 {
        return 0;
    }
    let mode = libm::floor(mean);
    let at_mode = libm::exp(mode * libm::log(mean) - mean - libm::lgamma(mode + 1.0));
    invert(u, mode as u64, at_mode, u64::MAX, |k| mean / k as f64)
}

/// Smallest k with P(X <= k) >= u, for X ~ Binomial(`n`, `p`).
pub fn binomial(u: f64, n: u64, p: f64) -> u64 {
    if n == 0 || p <= 0.0 {
        return 0;
    }
    if p >= 1.0 {
        return n;
    }
    let nf = n as f64;
    let mode = libm::floor((nf + 1.0) * p).min(nf);
    let log_choose = libm::lgamma(nf + 1.0) - libm::lgamma(mode + 1.0) - libm::lgamma(nf - mode + 1.0);
    let at_mode = libm::exp(log_choose + mode * libm::log(p) + (nf - mode) * libm::log1p(-p));
    let odds = p / (1.0 - p);
    invert(u, mode as u64, at_mode, n, |k| (n - k + 1) as f64 / k as f64 * odds)
}

/// Inversion from the mode outwards; `ratio(k)` is P(k) / P(k - 1).
fn invert(u: f64, mode: u64, at_mode: f64, top: u64, ratio: impl Fn(u64) -> f64) -> u64 {
    // P(X < mode), summed downwards until it adds nothing.
    let (mut below, mut p, mut k) = (0.0, at_mode, mode);
    while k > 0 {
        p /= ratio(k);
        if p < below * 1e-17 || p == 0.0 {
            break;
        }
        below += p;
        k -= 1;
    }
    if u > below {
        let (mut cdf, mut p, mut k) = (below + at_mode, at_mode, mode);
        while cdf < u && k < top {
            k += 1;
            p *= ratio(k);
            if p < 1e-300 {
                break;
            }
            cdf += p;
        }
        return k;
    }
    // Walk down: the answer is the smallest k whose cdf still reaches u.
    let (mut cdf, mut p, mut k) = (below, at_mode, mode);
    while k > 0 {
        p /= ratio(k);
        k -= 1;
        // cdf is P(X <= k) here; the next lower one is cdf - p.
        if cdf - p < u {
            return k;
        }
        cdf -= p;
    }
    0
}

/// Exponential with mean 1 from a uniform in (0, 1).
pub fn exponential(u: f64) -> f64 {
    -libm::log(u)
}

/// Standard normal of `key` (Box-Muller on two keyed uniforms).
pub fn normal(s: Stream, key: u64) -> f64 {
    let r = libm::sqrt(-2.0 * libm::log(s.unit(key)));
    r * libm::cos(2.0 * core::f64::consts::PI * s.nth(1).unit(key))
}

/// Beta(`a`, `b`) for whole `a`, `b` >= 1: the a-th smallest of a + b - 1 keyed uniforms.
pub fn beta(s: Stream, key: u64, a: u32, b: u32) -> f64 {
    let mut u: Vec<f64> = (0..a + b - 1).map(|i| s.nth(i).unit(key)).collect();
    u.sort_by(f64::total_cmp);
    u[a as usize - 1]
}

/// Index chosen with probability in proportion to `weights` (all >= 0); `None` when they sum to nothing.
pub fn choose(u: f64, weights: &[f64]) -> Option<usize> {
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return None;
    }
    let mut left = u * total;
    for (i, w) in weights.iter().enumerate() {
        left -= w;
        if left < 0.0 {
            return Some(i);
        }
    }
    weights.iter().rposition(|w| *w > 0.0)
}

/// Splits `n` in proportion to `weights` into whole parts that sum to `n` exactly (largest remainders, first index first).
pub fn apportion(n: u64, weights: &[f64]) -> Vec<u64> {
    let total: f64 = weights.iter().sum();
    if total <= 0.0 {
        return vec![0; weights.len()];
    }
    let exact: Vec<f64> = weights.iter().map(|w| n as f64 * w / total).collect();
    let mut parts: Vec<u64> = exact.iter().map(|x| libm::floor(*x) as u64).collect();
    let left: u64 = n.saturating_sub(parts.iter().sum());
    if left == 0 {
        return parts;
    }
    let rest = |i: usize| exact[i] - parts[i] as f64;
    let mut order: Vec<usize> = (0..weights.len()).filter(|&i| weights[i] > 0.0).collect();
    let larger = |&i: &usize, &j: &usize| rest(j).total_cmp(&rest(i)).then(i.cmp(&j));
    // Whose remainders are the largest, not in which order; rounding may leave one more than there are weights.
    if (left as usize) < order.len() {
        order.select_nth_unstable_by(left as usize, larger);
    } else {
        order.sort_unstable_by(larger);
    }
    for &i in order.iter().cycle().take((left as usize).min(order.len() * 2)) {
        parts[i] += 1;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rng::{Luck, Purpose};
    use crate::units::Tick;

    fn s() -> Stream {
        Luck { seed: 1, replicate: 0 }.on(Purpose::new("dist"), Tick(1))
    }

    #[test]
    fn poisson_inverts_its_cdf() {
        // P(X <= 2) for mean 3 is 0.42319; for mean 3, u just below and above it.
        assert_eq!(poisson(0.4231, 3.0), 2);
        assert_eq!(poisson(0.4233, 3.0), 3);
        assert_eq!(poisson(0.049, 3.0), 0);
        assert_eq!(poisson(0.9999999, 0.0), 0);
        assert_eq!(poisson(0.5, 1e6), 1_000_000);
    }

    #[test]
    fn binomial_inverts_its_cdf() {
        // Binomial(4, 0.5): cdf 1/16, 5/16, 11/16, 15/16, 1.
        for (u, k) in [(0.06, 0), (0.07, 1), (0.31, 1), (0.32, 2), (0.69, 3), (0.94, 4)] {
            assert_eq!(binomial(u, 4, 0.5), k, "u {u}");
        }
        assert_eq!(binomial(0.5, 10, 1.0), 10);
        assert_eq!(binomial(0.999_999, 3, 0.999), 3);
    }

    /// Means over 20,000 keyed draws within 4 standard errors (one-off error rate 6e-5 each; the seed is fixed).
    #[test]
    fn means_are_right() {
        let n = 20_000u64;
        let mean = |f: &dyn Fn(u64) -> f64| (0..n).map(f).sum::<f64>() / n as f64;
        for m in [0.3, 4.0, 77.0, 900.0] {
            let got = mean(&|k| poisson(s().unit(k), m) as f64);
            assert!((got - m).abs() < 4.0 * (m / n as f64).sqrt(), "poisson {m}: {got}");
        }
        let got = mean(&|k| beta(s(), k, 2, 5));
        assert!((got - 2.0 / 7.0).abs() < 4.0 * 0.16 / (n as f64).sqrt(), "beta {got}");
        let got = mean(&|k| normal(s(), k));
        assert!(got.abs() < 4.0 / (n as f64).sqrt(), "normal {got}");
        let got = mean(&|k| binomial(s().unit(k), 700_000, 0.0009) as f64);
        assert!((got - 630.0).abs() < 4.0 * (630.0f64 / n as f64).sqrt(), "binomial {got}");
    }

    #[test]
    fn a_higher_rate_never_gives_a_lower_count() {
        for k in 0..500 {
            let u = s().unit(k);
            let mut last = 0;
            for m in 1..60 {
                let c = poisson(u, f64::from(m) * 0.7);
                assert!(c >= last);
                last = c;
            }
        }
    }

    #[test]
    fn apportion_keeps_the_sum() {
        assert_eq!(apportion(10, &[1.0, 1.0, 1.0]), [4, 3, 3]);
        assert_eq!(apportion(7, &[0.0, 2.0, 5.0]), [0, 2, 5]);
        assert_eq!(apportion(5, &[0.0]), [0]);
        assert_eq!(choose(0.5, &[0.0, 0.0]), None);
        assert_eq!(choose(0.999, &[1.0, 0.0]), Some(0));
    }
}
