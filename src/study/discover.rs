//! Scenario discovery: a box of inputs in which an outcome mostly happens, found by the patient rule induction method
//! (Friedman and Fisher 1999, Statistics and Computing 9), with the measures of Bryant and Lempert (2010, Technological
//! Forecasting and Social Change 77). For a second box, leave out the points that the first one holds and ask again.

use crate::error::{Error, Result};

/// How a box is looked for.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Share of a box's points that one peel takes off, between 0 and 1; also what pasting puts on.
    pub peel: f64,
    /// Peeling stops before a box would hold a smaller share of all points than this, above 0.
    pub least_mass: f64,
    /// Restrictions of the chosen box that have a larger quasi-p-value are dropped. A bound is the best of some hundred
    /// tried, so the usual 0.05 lets chance through: of 500 sets of pure noise it left a restricted box in 53, 0.001 in 1.
    pub most_quasi_p: f64,
    pub rule: Rule,
}

impl Default for Options {
    fn default() -> Options {
        Options { peel: 0.05, least_mass: 0.05, most_quasi_p: 0.001, rule: Rule::Balanced }
    }
}

/// Which box of the trajectory is chosen; among equals the one peeled least.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// Where the harmonic mean of coverage and density is largest.
    Balanced,
    /// The largest coverage of those with at least this density, 0 to 1; none may have it. What is dropped afterwards may
    /// cost the box some of it.
    Density(f64),
}

/// Bounds of one input; both belong to the box.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Restriction {
    pub dimension: usize,
    pub low: Option<f64>,
    pub high: Option<f64>,
    /// Chance of as many hits among as many points if the box without this restriction had the same density everywhere
    /// (one-sided binomial). A guide only: the bounds were chosen on the same points.
    pub quasi_p: f64,
}

/// A box and what it holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// Of the restricted inputs only, in their order.
    pub restrictions: Vec<Restriction>,
    pub points: usize,
    /// Points in it with the outcome.
    pub hits: usize,
    /// Share of all points with the outcome that it holds.
    pub coverage: f64,
    /// Share of its points that have the outcome.
    pub density: f64,
    /// Share of all points that it holds.
    pub mass: f64,
}

impl Found {
    /// Whether a point lies in the box.
    pub fn holds(&self, point: &[f64]) -> bool {
        let within = |r: &Restriction| {
            point.get(r.dimension).is_some_and(|v| r.low.is_none_or(|l| *v >= l) && r.high.is_none_or(|h| *v <= h))
        };
        self.restrictions.iter().all(within)
    }
}

/// What was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Discovery {
    /// From the box of all points, peel by peel.
    pub trajectory: Vec<Found>,
    /// Index of the box that the rule chose.
    pub step: Option<usize>,
    /// That box without restrictions that may be chance, then pasted.
    pub chosen: Option<Found>,
    /// Points left out because an input is not finite.
    pub left_out: usize,
}

/// Finds a box in which `y` is mostly true.
///
/// Each peel takes the lowest or highest share of the box's points off one input: the one that raises density most for
/// each point lost (where values repeat, a peel takes all of one value). Peeling ends at the least mass, or when nothing but
/// hits is left. The chosen box loses, one by one, the restrictions with the largest quasi-p-value above the limit. Then it
/// is pasted: bounds move outwards, by the same share, as long as density does not fall.
///
/// # Errors
/// Other than one outcome for each point, points of different length, no points to use or no outcome among them, options
/// out of range.
pub fn prim(x: &[Vec<f64>], y: &[bool], options: &Options) -> Result<Discovery> {
    let refuse = |why: String| Err(Error::Input(why));
    let inside = |v: f64| v > 0.0 && v < 1.0;
    if !inside(options.peel) || !inside(options.least_mass) || !(0.0..=1.0).contains(&options.most_quasi_p) {
        return refuse("shares to peel and to leave lie between 0 and 1, and so does a quasi-p-value".into());
    }
    let dimensions = x.first().map_or(0, Vec::len);
    if x.len() != y.len() || x.iter().any(|p| p.len() != dimensions) {
        return refuse(format!("{} points and {} outcomes do not match, or points differ in length", x.len(), y.len()));
    }
    let finite = x.iter().zip(y).filter(|(p, _)| p.iter().all(|v| v.is_finite()));
    let data = Data { rows: finite.map(|(p, y)| (&p[..], *y)).collect(), dimensions };
    let hits = data.rows.iter().filter(|r| r.1).count();
    if hits == 0 {
        return refuse(format!("none of {} points has the outcome", data.rows.len()));
    }
    let mut current = vec![(f64::NEG_INFINITY, f64::INFINITY); dimensions];
    let mut boxes = vec![current.clone()];
    let least = libm::ceil(options.least_mass * data.rows.len() as f64) as usize;
    while let Some(peeled) = data.peeled(&current, options.peel, least) {
        current = peeled;
        boxes.push(current.clone());
    }
    let trajectory: Vec<Found> = boxes.iter().map(|b| data.found(b, hits)).collect();
    let score = |f: &Found| match options.rule {
        Rule::Balanced => 2.0 * f.hits as f64 / (f.points + hits) as f64,
        Rule::Density(least) if f.density >= least => f.coverage,
        Rule::Density(_) => -1.0,
    };
    let first_best = |best: Option<usize>, i: usize| match best {
        Some(b) if score(&trajectory[b]) >= score(&trajectory[i]) => Some(b),
        _ => Some(i),
    };
    let step = (0..trajectory.len()).filter(|&i| score(&trajectory[i]) >= 0.0).fold(None, first_best);
    let chosen = step.map(|step| {
        let mut chosen = boxes[step].clone();
        loop {
            let found = data.found(&chosen, hits);
            let worst = found.restrictions.iter().max_by(|a, b| a.quasi_p.total_cmp(&b.quasi_p));
            let Some(worst) = worst.filter(|r| r.quasi_p > options.most_quasi_p) else { break };
            chosen[worst.dimension] = (f64::NEG_INFINITY, f64::INFINITY);
        }
        while let Some(pasted) = data.pasted(&chosen, options.peel) {
            chosen = pasted;
        }
        data.found(&chosen, hits)
    });
    Ok(Discovery { trajectory, step, chosen, left_out: x.len() - data.rows.len() })
}

/// Lowest and highest value of each input that a box holds; infinite where it has no bound.
type Bounds = Vec<(f64, f64)>;

struct Data<'a> {
    rows: Vec<(&'a [f64], bool)>,
    dimensions: usize,
}

impl Data<'_> {
    /// Points in a box, not asking about `free`.
    fn within<'b>(&'b self, bounds: &'b Bounds, free: Option<usize>) -> impl Iterator<Item = (&'b [f64], bool)> {
        self.rows.iter().copied().filter(move |(p, _)| {
            p.iter().zip(bounds).enumerate().all(|(d, (v, (low, high)))| Some(d) == free || (v >= low && v <= high))
        })
    }

    /// Points and hits of a box.
    fn count(&self, bounds: &Bounds, free: Option<usize>) -> (usize, usize) {
        self.within(bounds, free).fold((0, 0), |(n, hits), (_, hit)| (n + 1, hits + usize::from(hit)))
    }

    fn found(&self, bounds: &Bounds, all_hits: usize) -> Found {
        let (points, hits) = self.count(bounds, None);
        let restriction = |(dimension, &(low, high)): (usize, &(f64, f64))| {
            let [low, high] = [low, high].map(|v| Some(v).filter(|v| v.is_finite()));
            (low.is_some() || high.is_some()).then(|| {
                let (n, of) = self.count(bounds, Some(dimension));
                Restriction { dimension, low, high, quasi_p: at_least(hits, points, of as f64 / n as f64) }
            })
        };
        Found {
            restrictions: bounds.iter().enumerate().filter_map(restriction).collect(),
            points,
            hits,
            coverage: hits as f64 / all_hits as f64,
            density: hits as f64 / points as f64,
            mass: points as f64 / self.rows.len() as f64,
        }
    }

    /// The box less the best peel; none when it holds nothing but hits or every peel would leave fewer than `least` points.
    fn peeled(&self, bounds: &Bounds, share: f64, least: usize) -> Option<Bounds> {
        let (n, hits) = self.count(bounds, None);
        if hits == n {
            return None;
        }
        let mut best: Option<(f64, Bounds)> = None;
        for d in 0..self.dimensions {
            let mut column: Vec<(f64, bool)> = self.within(bounds, None).map(|(p, hit)| (p[d], hit)).collect();
            column.sort_by(|a, b| a.0.total_cmp(&b.0));
            for from_below in [true, false] {
                let Some((edge, lost, hits_lost)) = slice(&column, share).filter(|s| n - s.1 >= least.max(1)) else {
                    column.reverse();
                    continue;
                };
                let gain = (hits - hits_lost) as f64 / (n - lost) as f64 - hits as f64 / n as f64;
                let gain = gain / lost as f64;
                if best.as_ref().is_none_or(|b| gain > b.0) {
                    let mut next = bounds.clone();
                    if from_below {
                        next[d].0 = edge
                    } else {
                        next[d].1 = edge
                    }
                    best = Some((gain, next));
                }
                column.reverse();
            }
        }
        best.map(|b| b.1)
    }

    /// The box with the best slice put on; none when each would lower its density.
    fn pasted(&self, bounds: &Bounds, share: f64) -> Option<Bounds> {
        let (n, hits) = self.count(bounds, None);
        let size = (libm::floor(share * n as f64) as usize).max(1);
        let mut best: Option<(f64, Bounds)> = None;
        for (d, &(low, high)) in bounds.iter().enumerate() {
            for below in [true, false] {
                if !(if below { low } else { high }).is_finite() {
                    continue;
                }
                let beyond = |v: f64| if below { v < low } else { v > high };
                let outside = self.within(bounds, Some(d)).map(|(p, _)| p[d]).filter(|v| beyond(*v));
                let mut outside: Vec<f64> = outside.collect();
                outside.sort_by(f64::total_cmp);
                if below {
                    outside.reverse();
                }
                let mut next = bounds.clone();
                // All that is left: then the bound goes too.
                let edge = outside.get(size - 1).copied().filter(|_| outside.len() > size);
                if below {
                    next[d].0 = edge.unwrap_or(f64::NEG_INFINITY);
                } else {
                    next[d].1 = edge.unwrap_or(f64::INFINITY);
                }
                let (more, more_hits) = self.count(&next, None);
                let density = more_hits as f64 / more as f64;
                if density >= hits as f64 / n as f64 && best.as_ref().is_none_or(|b| density > b.0) {
                    best = Some((density, next));
                }
            }
        }
        best.map(|b| b.1)
    }
}

/// The first value that stays when a share of a sorted column goes, and how many points and hits go: none with the value
/// that stays, but at least all of the first value. None when all values are the same.
fn slice(column: &[(f64, bool)], share: f64) -> Option<(f64, usize, usize)> {
    let size = (libm::floor(share * column.len() as f64) as usize).max(1);
    let first = column.first()?.0;
    let mut edge = column.get(size)?.0;
    if edge == first {
        edge = column.iter().find(|c| c.0 != first)?.0;
    }
    let gone = column.iter().take_while(|c| c.0 != edge);
    let (lost, hits) = gone.fold((0, 0), |(n, hits), c| (n + 1, hits + usize::from(c.1)));
    Some((edge, lost, hits))
}

/// Chance of at least `k` successes in `n` trials that each succeed with chance `p`.
fn at_least(k: usize, n: usize, p: f64) -> f64 {
    if k == 0 || p >= 1.0 {
        return 1.0;
    }
    let (nf, kf, odds) = (n as f64, k as f64, p / (1.0 - p));
    let choose = libm::lgamma(nf + 1.0) - libm::lgamma(kf + 1.0) - libm::lgamma(nf - kf + 1.0);
    let at_k = libm::exp(choose + kf * libm::log(p) + (nf - kf) * libm::log1p(-p));
    let (mut sum, mut term) = (0.0, at_k);
    // Away from the mean, so that terms shrink.
    if kf > nf * p {
        for i in k..=n {
            sum += term;
            term *= (n - i) as f64 / (i + 1) as f64 * odds;
        }
        return sum.min(1.0);
    }
    for i in (1..=k).rev() {
        term *= i as f64 / (n - i + 1) as f64 / odds;
        sum += term;
    }
    (1.0 - sum).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::design::{latin_hypercube, luck};

    type Tested = std::result::Result<(), Box<dyn std::error::Error>>;

    /// Hits fill 0.3 to 0.7 of input 0 where input 2 is above 0.6; of five inputs three mean nothing. One outcome in fifty
    /// is turned around.
    #[test]
    fn a_planted_box_is_found() -> Tested {
        for seed in 0..5 {
            let x = latin_hypercube(1500, 5, seed, 1)?;
            let planted = |p: &[f64]| (0.3..=0.7).contains(&p[0]) && p[2] > 0.6;
            let noise = luck(seed, 0, "test");
            let y: Vec<bool> = (0..).zip(&x).map(|(i, p)| planted(p) != noise.chance(i, 0.02)).collect();
            let clean: Vec<bool> = x.iter().map(|p| planted(p)).collect();
            for y in [&clean, &y] {
                let got = prim(&x, y, &Options::default())?;
                assert_eq!(got, prim(&x, y, &Options::default())?);
                let best = got.chosen.ok_or("none")?;
                let least = if *y == clean { 0.9 } else { 0.8 };
                assert!(best.coverage > least && best.density > 0.9, "seed {seed}: {best:?}");
                let restricted: Vec<usize> = best.restrictions.iter().map(|r| r.dimension).collect();
                assert_eq!(restricted, [0, 2], "seed {seed}: {best:?}");
                assert!(best.restrictions.iter().all(|r| r.quasi_p < 1e-6));
                assert_eq!(x.iter().filter(|p| best.holds(p)).count(), best.points);
                let first = &got.trajectory[0];
                assert_eq!((first.coverage, first.mass, first.restrictions.len()), (1.0, 1.0, 0));
                assert!(got.trajectory.iter().all(|f| f.mass >= 0.05));
                assert!(got.trajectory.windows(2).all(|w| w[1].points < w[0].points));
            }
        }
        Ok(())
    }

    #[test]
    fn noise_restricts_nothing() -> Tested {
        for (seed, share) in (0..20).flat_map(|seed| [(seed, 0.1), (seed, 0.4)]) {
            let x = latin_hypercube(400, 4, seed, 1)?;
            let coin = luck(seed, 0, "test");
            let y: Vec<bool> = (0..400).map(|i| coin.chance(i, share)).collect();
            let got = prim(&x, &y, &Options::default())?;
            let best = got.chosen.ok_or("none")?;
            assert!(best.restrictions.is_empty() && best.points == 400, "seed {seed}: {best:?}");
            assert!(got.trajectory.len() > 20, "it was looked for");
        }
        Ok(())
    }

    #[test]
    fn a_rule_may_ask_for_density() -> Tested {
        let x: Vec<Vec<f64>> = (0..100).map(|i| vec![f64::from(i)]).collect();
        // Hits become more frequent upwards: none below 40, half from 40 to 79, all from 80.
        let y: Vec<bool> = (0..100).map(|i| i >= 80 || (i >= 40 && i % 2 == 0)).collect();
        let ask = |d| prim(&x, &y, &Options { rule: Rule::Density(d), ..Options::default() });
        let half = ask(0.6)?.chosen.ok_or("none")?;
        assert!((0.6..0.7).contains(&half.density) && half.coverage == 1.0, "{half:?}");
        let all = ask(1.0)?.chosen.ok_or("none")?;
        assert_eq!((all.density, all.hits, all.restrictions[0].low), (1.0, 20, Some(80.0)));
        let noise: Vec<bool> = (0..100).map(|i| i % 2 == 0).collect();
        assert_eq!(prim(&x, &noise, &Options { rule: Rule::Density(0.9), ..Options::default() })?.chosen, None);
        Ok(())
    }

    /// Three values only: a peel takes the whole of one.
    #[test]
    fn values_that_repeat_are_peeled_together() -> Tested {
        let x: Vec<Vec<f64>> = (0..90).map(|i| vec![f64::from(i % 3), 1.0]).collect();
        let y: Vec<bool> = (0..90).map(|i| i % 3 == 1).collect();
        let got = prim(&x, &y, &Options::default())?;
        let best = got.chosen.ok_or("none")?;
        assert_eq!((best.coverage, best.density, best.points), (1.0, 1.0, 30));
        let r = best.restrictions[0];
        assert_eq!((best.restrictions.len(), r.dimension, r.low, r.high), (1, 0, Some(1.0), Some(1.0)));
        Ok(())
    }

    #[test]
    fn quasi_p_by_hand() {
        // Binomial(4, 0.5): 5/16 for 3 or more, 1/16 for 4; (10, 0.3): 0.0473490 for 6 or more.
        let cases = [(3, 4, 0.5, 0.3125), (4, 4, 0.5, 0.0625), (1, 4, 0.5, 0.9375), (6, 10, 0.3, 0.0473489874)];
        for (k, n, p, want) in cases {
            assert!((at_least(k, n, p) - want).abs() < 1e-10, "{k} of {n}");
        }
        assert_eq!((at_least(3, 5, 1.0), at_least(0, 4, 0.5)), (1.0, 1.0));
    }

    #[test]
    fn what_does_not_fit_is_refused_and_nan_is_counted() -> Tested {
        let x = vec![vec![0.0], vec![1.0], vec![f64::NAN]];
        let plain = Options::default();
        let got = prim(&x, &[false, true, true], &plain)?;
        assert_eq!((got.left_out, got.trajectory[0].points, got.trajectory[0].hits), (1, 2, 1));
        assert!(prim(&x, &[true, true], &plain).is_err() && prim(&x, &[false; 3], &plain).is_err());
        assert!(prim(&[], &[], &plain).is_err() && prim(&[vec![], vec![0.0]], &[true, true], &plain).is_err());
        assert!(prim(&x, &[true; 3], &Options { peel: 0.0, ..plain }).is_err());
        Ok(())
    }
}
