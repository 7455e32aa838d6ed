//! Calibration: which parameters bring the model near to what was observed.
//!
//! In waves first (history matching; Craig et al. 1997, Vernon, Goldstein and Bower 2010, Bayesian Analysis 5): points spread over the
//! prior are run, surfaces are fitted to what they came to ([`Surface`]), and the next wave is spread over what the surfaces do not rule out.
//! Then in generations (approximate Bayesian computation by adaptive population Monte Carlo; Lenormand, Jabot and Deffuant 2013,
//! Computational Statistics 28): the particles nearest to the data are kept, new ones are drawn around them, and each has the weight
//! that makes the whole a sample of the prior, as far as it comes within the tolerance.
//!
//! Every stage has so many points, or all that are left, and is a function of the outcomes of those before it: it can be broken off, shared between
//! machines and done again.

use super::design::{MOST_SOBOL, luck, sobol};
use super::emulator::{Cholesky, Surface};
use crate::engine::dist::{choose, normal};
use crate::error::{Error, Result};

/// How a calibration goes about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Course {
    /// Waves over the prior and what is left of it; at least 1.
    pub waves: usize,
    /// Points of a wave and of a generation.
    pub points: usize,
    /// A place is ruled out when a surface is farther from an observation than this many standard deviations.
    pub cutoff: f64,
    /// Most generations.
    pub generations: usize,
    /// Particles kept of each.
    pub particles: usize,
    /// The last generation is the first of which no larger share than this comes within the tolerance of the one before.
    pub least_accepted: f64,
}

/// An observation that the model should come near to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Aim {
    /// What was observed, on the scale of the comparison.
    pub observed: f64,
    /// Standard deviation of how far a perfect choice of parameters may miss it: error of observation and what the model leaves out.
    pub within: f64,
    /// What it counts for in the distance.
    pub weight: f64,
}

/// A point that was run.
#[derive(Clone, Debug, PartialEq)]
pub struct Tried {
    /// Its place in the unit cube.
    pub at: Vec<f64>,
    /// What it came to, aim by aim, on their scales; NaN where it has no value.
    pub came_to: Vec<f64>,
}

/// What a stage did, for the reader.
#[derive(Clone, Debug, PartialEq)]
pub struct Stage {
    pub name: String,
    /// Points it ran.
    pub points: usize,
    /// Share of the prior that was not ruled out when its points were drawn.
    pub left: f64,
    /// Of a generation: share of its points within the tolerance of the one before; NaN of a wave.
    pub accepted: f64,
    /// Distance of the farthest particle kept after it; NaN of a wave.
    pub tolerance: f64,
    /// Number of equally weighted particles that would be worth as much as those kept (Kish 1965); NaN of a wave.
    pub effective: f64,
}

/// A set of parameters that came near.
#[derive(Clone, Debug, PartialEq)]
pub struct Particle {
    /// Which of the points tried.
    pub point: usize,
    /// Share of the posterior.
    pub weight: f64,
    /// Root of the weighted mean square of the misses, in standard deviations.
    pub distance: f64,
}

/// What comes next.
#[derive(Clone, Debug, PartialEq)]
pub enum Next {
    /// These places are to be run.
    Run(Vec<Vec<f64>>),
    /// Nothing: this is the posterior, the nearest particle first.
    Fitted(Vec<Particle>),
}

/// What an observation is missed by, in standard deviations; the root of the weighted mean square. Infinite where a value is missing.
pub fn distance(aims: &[Aim], came_to: &[f64]) -> f64 {
    let weighed = aims.iter().zip(came_to).filter(|(a, _)| a.weight > 0.0);
    let misses = weighed.map(|(a, v)| (a.weight, (v - a.observed) / a.within));
    let (sum, weights) = misses.fold((0.0, 0.0), |(s, w), (weight, m)| (s + weight * m * m, w + weight));
    let d = libm::sqrt(sum / weights);
    if d.is_nan() { f64::INFINITY } else { d }
}

/// What the surfaces of one wave rule out.
struct Ruling {
    surfaces: Vec<Option<Surface>>,
    /// The cutoff; more where it would leave fewer places than a wave needs.
    bound: f64,
}

/// How implausible a place is by one wave: the largest miss of a surface in standard deviations of miss, luck and surface together.
fn implausible(surfaces: &[Option<Surface>], aims: &[Aim], at: &[f64]) -> f64 {
    let of = |(s, a): (&Option<Surface>, &Aim)| {
        let s = s.as_ref().filter(|_| a.weight > 0.0)?;
        Some((s.at(at) - a.observed).abs() / libm::hypot(s.error, a.within))
    };
    surfaces.iter().zip(aims).filter_map(of).fold(0.0, f64::max)
}

/// What is left of the prior.
#[derive(Default)]
struct Left {
    rulings: Vec<Ruling>,
    /// Its share.
    share: f64,
}

impl Left {
    fn holds(&self, aims: &[Aim], at: &[f64]) -> bool {
        self.rulings.iter().all(|r| implausible(&r.surfaces, aims, at) <= r.bound)
    }

    /// Rules out by what was run so far, and gives the places of the next wave.
    fn narrow(&mut self, aims: &[Aim], tried: &[Tried], c: &Course, seed: u64) -> Result<Vec<Vec<f64>>> {
        let inside: Vec<&Tried> = tried.iter().filter(|t| self.holds(aims, &t.at)).collect();
        let places: Vec<&[f64]> = inside.iter().map(|t| t.at.as_slice()).collect();
        let of = |aim: usize| inside.iter().map(|t| t.came_to[aim]).collect::<Vec<f64>>();
        let surfaces: Vec<_> = (0..aims.len()).map(|aim| Surface::fit(&places, &of(aim))).collect();
        let factors = tried.first().map_or(0, |t| t.at.len());
        // Another scrambling in every wave, so that places are new.
        let wave = 1 + self.rulings.len() as u64;
        let everywhere = sobol(MOST_SOBOL, factors, luck(seed, 0, "study.calibrate.wave").bits(wave))?;
        let mut by_doubt: Vec<(f64, Vec<f64>)> = everywhere
            .into_iter()
            .filter(|at| self.holds(aims, at))
            .map(|at| (implausible(&surfaces, aims, &at), at))
            .collect();
        let mut doubts: Vec<f64> = by_doubt.iter().map(|p| p.0).collect();
        doubts.sort_by(f64::total_cmp);
        // Where hardly anything is left, the least implausible is.
        let needed = doubts.get(c.points.min(doubts.len()).saturating_sub(1)).copied().unwrap_or(0.0);
        let bound = c.cutoff.max(needed);
        by_doubt.retain(|p| p.0 <= bound);
        self.share = by_doubt.len() as f64 / MOST_SOBOL as f64;
        self.rulings.push(Ruling { surfaces, bound });
        Ok(by_doubt.into_iter().take(c.points).map(|p| p.1).collect())
    }
}

/// The points that come next after those tried, or the posterior; and what each stage so far did.
///
/// # Errors
/// More factors than a Sobol sequence has; nothing left of the prior; no point with a value for every observation.
pub fn next(c: &Course, aims: &[Aim], factors: usize, tried: &[Tried], seed: u64) -> Result<(Next, Vec<Stage>)> {
    let mut left = Left { rulings: vec![], share: 1.0 };
    let mut stages = vec![];
    let stage = |name: String, points: usize, left: f64| Stage {
        name,
        points,
        left,
        accepted: f64::NAN,
        tolerance: f64::NAN,
        effective: f64::NAN,
    };
    let mut done = 0;
    for wave in 1..=c.waves {
        let places = match wave {
            1 => sobol(c.points, factors, luck(seed, 0, "study.calibrate.wave").bits(0))?,
            _ => left.narrow(aims, &tried[..done], c, seed)?,
        };
        if places.is_empty() {
            return Err(Error::Input(format!(
                "nothing of the ranges is left for wave {wave}: take fewer waves, or more points"
            )));
        }
        stages.push(stage(format!("wave {wave}"), places.len(), left.share));
        if tried.len() <= done {
            return Ok((Next::Run(places), stages));
        }
        done += places.len();
    }
    // Each wave's places are spread evenly over what was left then; those that still are, over what is left now.
    let start = (0..done).filter(|&i| left.holds(aims, &tried[i].at));
    let mut kept: Vec<Particle> = start.map(|i| particle(aims, tried, i, 1.0)).collect();
    let mut tolerance = keep(&mut kept, c.particles);
    if kept.first().is_none_or(|p| p.distance.is_infinite()) {
        return Err(Error::Input("no point has a value for every target".into()));
    }
    for generation in 1..=c.generations {
        let around = Kernel::new(&kept, tried, factors);
        let drawn = around.draw(c.points, |at| left.holds(aims, at), seed, generation as u32);
        // Where nothing new can be drawn, what is there is the answer.
        let Some((places, inside)) = drawn else { break };
        stages.push(stage(format!("generation {generation}"), places.len(), left.share));
        if tried.len() <= done {
            return Ok((Next::Run(places), stages));
        }
        let mut new: Vec<Particle> = (done..done + places.len())
            .map(|i| particle(aims, tried, i, inside / (left.share * around.density(&tried[i].at))))
            .collect();
        done += places.len();
        let near = new.iter().filter(|p| p.distance <= tolerance).count();
        kept.append(&mut new);
        tolerance = keep(&mut kept, c.particles);
        if let Some(last) = stages.last_mut() {
            last.accepted = near as f64 / places.len() as f64;
            last.tolerance = tolerance;
            last.effective = effective(&kept);
            if last.accepted <= c.least_accepted {
                break;
            }
        }
    }
    let sum: f64 = kept.iter().map(|p| p.weight).sum();
    kept.iter_mut().for_each(|p| p.weight /= sum);
    Ok((Next::Fitted(kept), stages))
}

fn particle(aims: &[Aim], tried: &[Tried], point: usize, weight: f64) -> Particle {
    Particle { point, weight, distance: distance(aims, &tried[point].came_to) }
}

/// Keeps the nearest, in order; gives the distance of the farthest of them.
fn keep(all: &mut Vec<Particle>, n: usize) -> f64 {
    all.sort_by(|a, b| a.distance.total_cmp(&b.distance).then(a.point.cmp(&b.point)));
    all.truncate(n);
    // What came to nothing is no particle, as long as there are others.
    if all.first().is_some_and(|p| p.distance.is_finite()) {
        all.retain(|p| p.distance.is_finite());
    }
    all.last().map_or(f64::INFINITY, |p| p.distance)
}

/// Number of equal weights that estimate as well (Kish 1965).
fn effective(all: &[Particle]) -> f64 {
    let (sum, squares) = all.iter().fold((0.0, 0.0), |(s, q), p| (s + p.weight, q + p.weight * p.weight));
    sum * sum / squares
}

/// Normal clouds around particles, of twice their weighted covariance.
struct Kernel<'a> {
    centres: Vec<&'a [f64]>,
    weights: Vec<f64>,
    spread: Cholesky,
}

/// Draws of a place before it is given up.
const TRIES: u64 = 10_000;
/// Least standard deviation of the cloud in any direction, as a share of the prior's range.
const LEAST_SPREAD: f64 = 0.003;

impl<'a> Kernel<'a> {
    fn new(kept: &[Particle], tried: &'a [Tried], k: usize) -> Kernel<'a> {
        let sum: f64 = kept.iter().map(|p| p.weight).sum();
        let weights: Vec<f64> = kept.iter().map(|p| p.weight / sum).collect();
        let centres: Vec<&[f64]> = kept.iter().map(|p| tried[p.point].at.as_slice()).collect();
        let over = |f: &dyn Fn(&[f64]) -> f64| weights.iter().zip(&centres).map(|(w, c)| w * f(c)).sum::<f64>();
        let middle: Vec<f64> = (0..k).map(|i| over(&|c| c[i])).collect();
        let mut spread = vec![0.0; k * k];
        for i in 0..k {
            for j in 0..k {
                spread[i * k + j] = 2.0 * over(&|c| (c[i] - middle[i]) * (c[j] - middle[j]));
            }
            spread[i * k + i] += LEAST_SPREAD * LEAST_SPREAD;
        }
        let wide = |k: usize| (0..k * k).map(|i| if i % (k + 1) == 0 { 0.01 } else { 0.0 }).collect::<Vec<f64>>();
        // Always positive definite but for values that are no numbers: then a cloud of a tenth of every range.
        let spread = Cholesky::of(&spread, k).or_else(|| Cholesky::of(&wide(k), k));
        Kernel { centres, weights, spread: spread.unwrap_or_else(|| unreachable!("a diagonal matrix")) }
    }

    /// So many places of the cube for which `allowed` holds, and the share of draws that did; none when a place cannot be found.
    fn draw(
        &self,
        n: usize,
        allowed: impl Fn(&[f64]) -> bool,
        seed: u64,
        generation: u32,
    ) -> Option<(Vec<Vec<f64>>, f64)> {
        let luck = luck(seed, generation, "study.calibrate.generation");
        let mut draws = 0u64;
        let one = |i: usize| {
            let own = luck.nth(i as u32);
            for attempt in 0..TRIES {
                draws += 1;
                let centre = choose(own.nth(0).unit(attempt), &self.weights).unwrap_or(0);
                let z: Vec<f64> =
                    (0..self.centres[centre].len() as u32).map(|d| normal(own.nth(1 + d), attempt)).collect();
                let at: Vec<f64> = self.centres[centre].iter().zip(self.spread.times(&z)).map(|(c, s)| c + s).collect();
                if at.iter().all(|u| (0.0..=1.0).contains(u)) && allowed(&at) {
                    return Some(at);
                }
            }
            None
        };
        let places: Option<Vec<Vec<f64>>> = (0..n).map(one).collect();
        Some((places?, n as f64 / draws.max(1) as f64))
    }

    /// Density of the clouds at a place, before any of it is cut off.
    fn density(&self, at: &[f64]) -> f64 {
        let k = at.len() as f64;
        let scale = 0.5 * k * libm::log(2.0 * core::f64::consts::PI) + self.spread.half_log_determinant();
        let of = |(w, c): (&f64, &&[f64])| {
            let off: Vec<f64> = at.iter().zip(c.iter()).map(|(a, b)| a - b).collect();
            let square: f64 = self.spread.forward(&off).iter().map(|v| v * v).sum();
            w * libm::exp(-0.5 * square - scale)
        };
        self.weights.iter().zip(&self.centres).map(of).sum::<f64>().max(f64::MIN_POSITIVE)
    }
}

/// So many particles in the place of weighted ones (systematic resampling, Kitagawa 1996), the nearest first.
pub fn sample(particles: &[Particle], n: usize, seed: u64) -> Vec<usize> {
    let first = luck(seed, 0, "study.calibrate.sample").unit(0);
    let sum: f64 = particles.iter().map(|p| p.weight).sum();
    let (mut out, mut so_far) = (vec![], 0.0);
    for p in particles {
        so_far += p.weight / sum * n as f64;
        while out.len() < n && (out.len() as f64 + first) < so_far {
            out.push(p.point);
        }
    }
    // Rounding may leave the last one out.
    let last = particles.last().map(|p| p.point);
    out.extend(last.into_iter().cycle().take(n - out.len()));
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::stats::{quantile, sorted};

    const COURSE: Course =
        Course { waves: 3, points: 64, cutoff: 3.0, generations: 8, particles: 64, least_accepted: 0.1 };

    /// Runs a made-up model until it is fitted.
    fn fit(
        c: &Course,
        aims: &[Aim],
        k: usize,
        seed: u64,
        model: impl Fn(usize, &[f64]) -> Vec<f64>,
    ) -> (Vec<Tried>, Vec<Particle>, Vec<Stage>) {
        let mut tried: Vec<Tried> = vec![];
        loop {
            match next(c, aims, k, &tried, seed).unwrap() {
                (Next::Run(places), _) => {
                    for at in places {
                        let came_to = model(tried.len(), &at);
                        tried.push(Tried { at, came_to });
                    }
                }
                (Next::Fitted(kept), stages) => return (tried, kept, stages),
            }
        }
    }

    /// Two statistics of three parameters, the third of which does nothing, with luck of their own.
    fn toy(seed: u64) -> impl Fn(usize, &[f64]) -> Vec<f64> {
        move |i, p| {
            let noise = |j| 0.05 * normal(luck(seed, 0, "test.toy").nth(j), i as u64);
            vec![p[0] + p[1] + noise(0), p[0] - p[1] + 0.5 * p[0] * p[0] + noise(1)]
        }
    }

    /// Mean, standard deviation and 90 % interval of a parameter over a sample of the posterior.
    fn told(tried: &[Tried], kept: &[Particle], i: usize) -> (f64, f64, [f64; 2]) {
        let all: Vec<f64> = sample(kept, 400, 1).into_iter().map(|p| tried[p].at[i]).collect();
        let m = all.iter().sum::<f64>() / 400.0;
        let sd = libm::sqrt(all.iter().map(|v| (v - m) * (v - m)).sum::<f64>() / 400.0);
        let s = sorted(&all);
        (m, sd, [quantile(&s, 0.05), quantile(&s, 0.95)])
    }

    /// Data made by the model with known parameters: over twenty such twins the 90 % intervals hold both. Were they exact, fewer than 31
    /// of the 40 held would have a chance of 0.5 %; those of approximate computation are wider.
    #[test]
    fn known_parameters_are_found_again() {
        let (mut held, mut spread) = (0, [0.0; 3]);
        for twin in 0..20 {
            let truth: Vec<f64> = (0..3).map(|d| 0.2 + 0.6 * luck(twin, 0, "test.truth").unit(d)).collect();
            let made = toy(1000 + twin)(9999, &truth);
            let aims: Vec<Aim> = made.iter().map(|&observed| Aim { observed, within: 0.05, weight: 1.0 }).collect();
            let (tried, kept, stages) = fit(&COURSE, &aims, 3, twin, toy(twin));
            for (i, sum) in spread.iter_mut().enumerate() {
                let (_, sd, [low, high]) = told(&tried, &kept, i);
                held += usize::from(i < 2 && low <= truth[i] && truth[i] <= high);
                *sum += sd / 20.0;
            }
            assert!(stages[2].left < 0.6 * stages[0].left, "{stages:?}");
            let last = stages.last().unwrap();
            assert!(last.tolerance < 2.0 && last.effective > 10.0, "{stages:?}");
        }
        assert!(held >= 31, "{held} of 40");
        // A uniform prior has a standard deviation of 0.29; two parameters are learnt and the third is not.
        assert!(spread[0] < 0.1 && spread[1] < 0.12 && (0.24..0.33).contains(&spread[2]), "{spread:?}");
    }

    /// A prior that is uniform, and data that say nothing: the posterior is the prior, whatever the kernel and its edges do. Mean and standard
    /// deviation of 64 particles within four standard errors.
    #[test]
    fn weights_make_up_for_where_particles_were_drawn() {
        let aims = [Aim { observed: 0.0, within: 1.0, weight: 1.0 }];
        let c = Course { least_accepted: 0.0, generations: 3, points: 512, particles: 512, waves: 1, ..COURSE };
        // The distance is luck alone.
        let model = |i: usize, _: &[f64]| vec![luck(5, 0, "test.nothing").unit(i as u64)];
        let (tried, kept, _) = fit(&c, &aims, 2, 3, model);
        for i in 0..2 {
            let (m, sd, _) = told(&tried, &kept, i);
            assert!((m - 0.5).abs() < 0.06 && (sd - 0.289).abs() < 0.04, "{m} {sd}");
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_points_whenever_it_is_asked() {
        let aims = [Aim { observed: 1.0, within: 0.05, weight: 1.0 }, Aim { observed: 0.2, within: 0.05, weight: 1.0 }];
        let (tried, kept, stages) = fit(&COURSE, &aims, 3, 7, toy(7));
        let n = COURSE.points;
        assert_eq!(tried.len(), n * stages.len());
        // Broken off after any stage, the next is the same.
        for stage in 0..stages.len() {
            let (now, _) = next(&COURSE, &aims, 3, &tried[..stage * n], 7).unwrap();
            let places = tried[stage * n..(stage + 1) * n].iter().map(|t| t.at.clone()).collect();
            assert_eq!(now, Next::Run(places), "stage {stage}");
        }
        assert!((kept.iter().map(|p| p.weight).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!(kept.windows(2).all(|w| w[0].distance <= w[1].distance));
        let other = fit(&COURSE, &aims, 3, 8, toy(7)).0;
        assert_ne!(tried[0], other[0]);
    }

    #[test]
    fn runs_without_values_are_far_away() {
        let aims = [Aim { observed: 1.0, within: 0.5, weight: 1.0 }, Aim { observed: 3.0, within: 1.0, weight: 3.0 }];
        // Misses of 2 and 1 standard deviations, the second three times as heavy: root of (4 + 3) / 4.
        assert!((distance(&aims, &[2.0, 2.0]) - libm::sqrt(7.0 / 4.0)).abs() < 1e-12);
        assert_eq!(distance(&aims, &[f64::NAN, 2.0]), f64::INFINITY);
        let none = |i: usize, p: &[f64]| if i.is_multiple_of(5) { vec![f64::NAN, 1.0] } else { vec![p[0], p[1]] };
        let (tried, kept, _) = fit(&COURSE, &aims, 2, 1, none);
        assert!(kept.iter().all(|p| tried[p.point].came_to[0].is_finite()));
        let all: Vec<Tried> = sobol(COURSE.points, 2, 1)
            .unwrap()
            .into_iter()
            .map(|at| Tried { at, came_to: vec![f64::NAN, 1.0] })
            .collect();
        let course = Course { waves: 1, ..COURSE };
        assert!(next(&course, &aims, 2, &all, 1).unwrap_err().to_string().contains("no point has a value"));
    }

    /// What has no weight is looked at only: it neither rules out nor counts in the distance, whatever its value.
    #[test]
    fn what_has_no_weight_does_nothing() {
        let aim = |observed, weight| Aim { observed, within: 0.1, weight };
        assert_eq!(distance(&[aim(1.0, 1.0), aim(5.0, 0.0)], &[1.0, f64::NAN]), 0.0);
        let model = |_: usize, p: &[f64]| vec![p[0], p[1]];
        let with = fit(&COURSE, &[aim(0.5, 1.0), aim(99.0, 0.0)], 2, 1, model);
        let without = fit(&COURSE, &[aim(0.5, 1.0)], 2, 1, |i, p| model(i, p)[..1].to_vec());
        assert_eq!(with.1, without.1);
    }

    /// Of forty factors that nothing is known of hardly a draw around a particle stays in the cube: the fit ends there and makes no copies.
    #[test]
    fn a_fit_ends_where_nothing_new_can_be_drawn() {
        let luck = luck(2, 0, "test.forty");
        let model = |i: usize, _: &[f64]| vec![luck.unit(i as u64)];
        let aims = [Aim { observed: 0.0, within: 0.2, weight: 1.0 }];
        let (tried, kept, stages) = fit(&Course { waves: 1, ..COURSE }, &aims, 40, 1, model);
        assert_eq!((tried.len(), stages.len()), (64, 1), "{stages:?}");
        assert!((kept.iter().map(|p| p.weight).sum::<f64>() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn a_sample_follows_the_weights() {
        let particle = |point, weight| Particle { point, weight, distance: point as f64 };
        let got = sample(&[particle(4, 0.5), particle(2, 0.3), particle(9, 0.2)], 10, 3);
        assert_eq!([4, 2, 9].map(|p| got.iter().filter(|g| **g == p).count()), [5, 3, 2]);
        assert_eq!(sample(&[particle(4, 1.0)], 3, 1), [4, 4, 4]);
    }
}
