//! Designs: which points of a space of factors to run. All points lie in the unit cube, one number a factor; what a
//! number means (a share of a range, a quantile) is for the layer above. The same seed gives the same design, to the bit.

use crate::engine::rng::{Luck, Purpose, Stream};
use crate::error::{Error, Result};
use crate::units::Tick;
use std::collections::BTreeMap;

/// A place in the unit cube: one number in [0, 1] for each factor.
pub type Point = Vec<f64>;

/// Most factors of a fractional factorial: a thousand runs at the most, and a design is chosen in less than a second.
pub const MOST_FRACTIONAL: usize = 512;

/// Draws of one part of a study; `replicate` numbers what is drawn anew.
pub(super) fn luck(seed: u64, replicate: u32, purpose: &str) -> Stream {
    Luck { seed, replicate }.on(Purpose::new(purpose), Tick(0))
}

fn refuse<T>(why: String) -> Result<T> {
    Err(Error::Input(why))
}

/// The baseline first, then each factor at each of its levels with all others at the baseline. A level equal to the
/// baseline is not run again.
///
/// # Errors
/// Numbers outside [0, 1]; not one list of levels for each factor.
pub fn one_at_a_time(baseline: &[f64], levels: &[Vec<f64>]) -> Result<Vec<Point>> {
    if baseline.is_empty() || baseline.len() != levels.len() {
        return refuse(format!("{} factors have {} lists of levels", baseline.len(), levels.len()));
    }
    if let Some(bad) = baseline.iter().chain(levels.iter().flatten()).find(|v| !(0.0..=1.0).contains(*v)) {
        return refuse(format!("a level of {bad} is not from 0 to 1"));
    }
    let mut points = vec![baseline.to_vec()];
    for (factor, levels) in levels.iter().enumerate() {
        for &level in levels.iter().filter(|&&l| l != baseline[factor]) {
            let mut point = baseline.to_vec();
            point[factor] = level;
            points.push(point);
        }
    }
    Ok(points)
}

/// Every combination of levels; the last factor changes fastest. Levels are evenly spread over [0, 1], both ends among
/// them; a factor with one level is at 0.5.
///
/// # Errors
/// No factors, a factor without a level, or more than `most` points.
pub fn full_factorial(levels: &[usize], most: usize) -> Result<Vec<Point>> {
    if levels.is_empty() || levels.contains(&0) {
        return refuse("a factorial design needs factors, and each factor a level".into());
    }
    let size = levels.iter().try_fold(1usize, |n, &l| n.checked_mul(l)).filter(|&n| n <= most);
    let Some(size) = size else {
        return refuse(format!("all combinations of {levels:?} levels are more than {most} points"));
    };
    let level = |i: usize, of: usize| if of == 1 { 0.5 } else { i as f64 / (of - 1) as f64 };
    let point = |mut n: usize| {
        let mut point: Point = levels.iter().rev().map(|&of| (level(n % of, of), n /= of).0).collect();
        point.reverse();
        point
    };
    Ok((0..size).map(point).collect())
}

/// What changes an outcome: one factor, or two together. Factors are numbered from 0.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Effect {
    Main(usize),
    /// The first factor has the lower number.
    Pair(usize, usize),
}

impl Effect {
    /// All main effects, then all two-factor interactions, of `factors` factors.
    pub fn up_to_pairs(factors: usize) -> Vec<Effect> {
        let pairs = (0..factors).flat_map(|i| (i + 1..factors).map(move |j| Effect::Pair(i, j)));
        (0..factors).map(Effect::Main).chain(pairs).collect()
    }
}

/// What a fractional factorial must keep apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Resolution {
    /// Main effects from each other.
    Three,
    /// Main effects from each other and from two-factor interactions.
    Four,
}

/// A two-level fractional factorial design; low is 0 and high is 1.
#[derive(Clone, Debug, PartialEq)]
pub struct Fractional {
    pub points: Vec<Point>,
    /// Number of basic factors, which come first and take all combinations: there are 2 to this power points.
    pub basic: usize,
    /// For each other factor, in order, the basic factors whose product it is (high counts as +1, low as -1).
    pub generators: Vec<Vec<usize>>,
    /// 3 or 4; 5 stands for 5 or more, when no two effects up to two-factor interactions are aliased.
    pub resolution: u32,
    /// Sets of main effects and two-factor interactions that the design cannot tell apart, all of one sign.
    pub aliases: Vec<Vec<Effect>>,
}

/// The smallest two-level design 2^(k-p) of the resolution asked for or more (Box and Hunter 1961, Technometrics 3).
///
/// Rule for the generators. With q basic factors: one more factor is the product of them all. If there are at most
/// 2^(q-1) factors, only products of an odd number of basic factors are used, which gives resolution IV. Otherwise any.
/// Each next factor takes the product that adds the fewest words of three letters to the defining relation, then the
/// fewest of four; among equals the longest, then the first in the order of letters. Short products are named first.
///
/// # Errors
/// No factors, or more than [`MOST_FRACTIONAL`].
pub fn fractional_factorial(factors: usize, at_least: Resolution) -> Result<Fractional> {
    if factors == 0 || factors > MOST_FRACTIONAL {
        return refuse(format!("a fractional factorial has 1 to {MOST_FRACTIONAL} factors, not {factors}"));
    }
    // Columns of a design are the non-empty products of its basic factors: sets of bits, multiplied by exclusive or.
    let room = |q: usize| match at_least {
        Resolution::Three => (1 << q) - 1,
        Resolution::Four => (1 << q) / 2,
    };
    let basic = (1..).find(|&q| room(q) >= factors).unwrap_or(factors).min(factors);
    let all = (1usize << basic) - 1;
    let mut columns: Vec<usize> = (0..basic).map(|i| 1 << i).collect();
    if factors == basic + 1 {
        columns.push(all);
    }
    let odd_only = factors <= 1 << (basic - 1);
    // How many products of two and of three columns come to each product: words of 3 and 4 letters that it would close.
    let mut words = vec![(0u32, 0u32); all + 1];
    let mut count = 0;
    loop {
        for new in count..columns.len() {
            for i in 0..new {
                let pair = columns[i] ^ columns[new];
                words[pair].0 += 1;
                columns[..i].iter().for_each(|c| words[pair ^ c].1 += 1);
            }
        }
        count = columns.len();
        if count == factors {
            break;
        }
        let free = (1..=all).filter(|c| !columns.contains(c) && (!odd_only || c.count_ones() % 2 == 1));
        let Some(best) = free.min_by_key(|&c| (words[c], std::cmp::Reverse(c.count_ones()), c)) else {
            return refuse(format!("{basic} basic factors have no product left for {factors} factors"));
        };
        columns.push(best);
    }
    columns[basic..].sort_by_key(|c| (c.count_ones(), *c));

    // Two effects are aliased when their products of basic factors are the same.
    let mut same: BTreeMap<usize, Vec<Effect>> = BTreeMap::new();
    for effect in Effect::up_to_pairs(factors) {
        let product = match effect {
            Effect::Main(i) => columns[i],
            Effect::Pair(i, j) => columns[i] ^ columns[j],
        };
        same.entry(product).or_default().push(effect);
    }
    let mut aliases: Vec<Vec<Effect>> = same.into_values().filter(|set| set.len() > 1).collect();
    aliases.sort();
    let resolution = match aliases.first() {
        None => 5,
        Some(set) if matches!(set[0], Effect::Main(_)) => 3,
        Some(_) => 4,
    };
    // A product is high when an even number of its factors are low. The first basic factor changes slowest.
    let low = |run: usize, factor: usize| run >> (basic - 1 - factor) & 1 == 0;
    let letters = |c: usize| (0..basic).filter(move |i| c >> i & 1 == 1);
    let high = |run: usize, c: usize| letters(c).filter(|&i| low(run, i)).count().is_multiple_of(2);
    let points = (0..=all).map(|run| columns.iter().map(|&c| f64::from(u8::from(high(run, c)))).collect()).collect();
    let generators = columns[basic..].iter().map(|&c| letters(c).collect()).collect();
    Ok(Fractional { points, basic, generators, resolution, aliases })
}

/// `0..n` in a random order (Fisher and Yates).
fn shuffled(n: usize, luck: Stream) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    for i in (1..n).rev() {
        order.swap(i, luck.below(i as u64, i as u64 + 1) as usize);
    }
    order
}

/// A Latin hypercube (McKay, Beckman and Conover 1979, Technometrics 21): `n` points, and in every factor one in each of
/// `n` equal strata, anywhere in it. Of `tries` such designs the one whose two closest points are farthest apart
/// (maximin, Johnson, Moore and Ylvisaker 1990); among equals the first tried.
///
/// # Errors
/// No points, factors or tries.
pub fn latin_hypercube(n: usize, factors: usize, seed: u64, tries: u32) -> Result<Vec<Point>> {
    if n == 0 || factors == 0 || tries == 0 {
        return refuse(format!("a Latin hypercube of {n} points, {factors} factors and {tries} tries is empty"));
    }
    let one = |number: u32| {
        let mut points = vec![vec![0.0; factors]; n];
        for factor in 0..factors {
            let column = luck(seed, number, "study.latin_hypercube").nth(factor as u32);
            let (order, within) = (shuffled(n, column.nth(0)), column.nth(1));
            for (i, point) in points.iter_mut().enumerate() {
                point[factor] = (order[i] as f64 + within.unit(i as u64)) / n as f64;
            }
        }
        points
    };
    let mut best = one(0);
    let mut apart = if tries > 1 { closest(&best) } else { 0.0 };
    for number in 1..tries {
        let next = one(number);
        let distance = closest(&next);
        if distance > apart {
            (best, apart) = (next, distance);
        }
    }
    Ok(best)
}

/// Square of the distance of the two closest points; infinite for one point.
fn closest(points: &[Point]) -> f64 {
    let mut least = f64::INFINITY;
    for (i, a) in points.iter().enumerate() {
        for b in &points[..i] {
            least = least.min(a.iter().zip(b).map(|(x, y)| (x - y) * (x - y)).sum());
        }
    }
    least
}

/// Most points of a Sobol sequence: the crate's.
pub const MOST_SOBOL: usize = 1 << 16;

/// The first `n` points of a Sobol sequence with Owen's scrambling, by hashes (Burley 2020, JCGT 9(4); directions of Joe
/// and Kuo 2008). Best balanced when `n` is a power of two. Numbers are odd multiples of 2^-24: never 0 or 1.
///
/// # Errors
/// No points or factors; more than the sequence has: [`MOST_SOBOL`] points, 256 factors.
pub fn sobol(n: usize, factors: usize, seed: u64) -> Result<Vec<Point>> {
    let most = sobol_burley::NUM_DIMENSIONS as usize;
    if n == 0 || n > MOST_SOBOL {
        return refuse(format!("a Sobol sequence has 1 to {MOST_SOBOL} points here, not {n}"));
    }
    if factors == 0 || factors > most {
        return refuse(format!("a Sobol sequence has 1 to {most} dimensions here, not {factors}"));
    }
    let scramble = (luck(seed, 0, "study.sobol").bits(0) >> 32) as u32;
    // The crate gives the lower end of a cell 2^-23 wide; its middle can be mapped to any distribution.
    let number = |i, d| f64::from(sobol_burley::sample(i, d, scramble)) + 1.0 / f64::from(1 << 24);
    Ok((0..n as u32).map(|i| (0..factors as u32).map(|d| number(i, d)).collect()).collect())
}

/// Trajectories for the method of Morris (1991, Technometrics 33(2)): on a grid of `levels` values, each begins anywhere
/// and moves every factor once, in random order, by `levels / (2 (levels - 1))` up or down. A trajectory is
/// `factors + 1` points; they follow one another.
///
/// # Errors
/// No factors or trajectories; levels that are odd or fewer than 2.
pub fn morris(factors: usize, trajectories: usize, levels: usize, seed: u64) -> Result<Vec<Point>> {
    if factors == 0 || trajectories == 0 || levels < 2 || !levels.is_multiple_of(2) {
        return refuse(format!(
            "{trajectories} trajectories over {factors} factors with {levels} levels: all must be 1 or more, levels even"
        ));
    }
    let half = levels / 2;
    let mut points = vec![];
    for t in 0..trajectories {
        let draw = luck(seed, 0, "study.morris").nth(t as u32);
        // With an even grid every step leads from its lower half to the upper or back, and all levels are as likely.
        let mut at: Vec<usize> = (0..factors as u64)
            .map(|f| draw.nth(0).below(f, half as u64) as usize + if draw.nth(1).chance(f, 0.5) { half } else { 0 })
            .collect();
        let place = |at: &[usize]| -> Point { at.iter().map(|&l| l as f64 / (levels - 1) as f64).collect() };
        points.push(place(&at));
        for factor in shuffled(factors, draw.nth(2)) {
            at[factor] = (at[factor] + half) % levels;
            points.push(place(&at));
        }
    }
    Ok(points)
}

/// Points for Sobol indices (Saltelli et al. 2010, Computer Physics Communications 181), from a Sobol sequence of twice
/// as many dimensions, whose halves are the rows of two matrices A and B. For each of `n` base rows: that of A; for each
/// factor, that of A with this factor from B; that of B. Together `n (factors + 2)` points. `n` should be a power of two.
///
/// # Errors
/// As [`sobol`], with twice the factors.
pub fn saltelli(n: usize, factors: usize, seed: u64) -> Result<Vec<Point>> {
    let base = sobol(n, factors.saturating_mul(2), seed)?;
    let mut points = vec![];
    for row in &base {
        let (a, b) = row.split_at(factors);
        points.push(a.to_vec());
        for factor in 0..factors {
            let mut mixed = a.to_vec();
            mixed[factor] = b[factor];
            points.push(mixed);
        }
        points.push(b.to_vec());
    }
    Ok(points)
}

#[cfg(test)]
mod tests {
    use super::Effect::{Main, Pair};
    use super::*;
    use std::collections::BTreeSet;

    type Tested = std::result::Result<(), Box<dyn std::error::Error>>;

    #[test]
    fn one_at_a_time_by_hand() -> Tested {
        let points = one_at_a_time(&[0.5, 0.0], &[vec![0.0, 0.5, 1.0], vec![1.0]])?;
        assert_eq!(points, [[0.5, 0.0], [0.0, 0.0], [1.0, 0.0], [0.5, 1.0]]);
        assert!(one_at_a_time(&[0.5], &[vec![1.5]]).is_err() && one_at_a_time(&[f64::NAN], &[vec![]]).is_err());
        assert!(one_at_a_time(&[0.5], &[]).is_err());
        Ok(())
    }

    #[test]
    fn full_factorial_by_hand() -> Tested {
        let want =
            [[0.0, 0.5, 0.0], [0.0, 0.5, 1.0], [0.5, 0.5, 0.0], [0.5, 0.5, 1.0], [1.0, 0.5, 0.0], [1.0, 0.5, 1.0]];
        assert_eq!(full_factorial(&[3, 1, 2], 6)?, want);
        let said = full_factorial(&[3, 1, 2], 5).unwrap_err().to_string();
        assert!(said.contains("more than 5 points"), "{said}");
        assert!(full_factorial(&[usize::MAX, 3], usize::MAX).is_err() && full_factorial(&[2, 0], 9).is_err());
        Ok(())
    }

    /// Confounding worked out by hand: C=AB; D=ABC; D=AB, E=AC, F=BC, G=ABC (Box, Hunter and Hunter's 2^(7-4)).
    #[test]
    fn aliases_of_the_classic_fractions() -> Tested {
        let d = fractional_factorial(3, Resolution::Three)?;
        assert_eq!((d.points.len(), d.resolution, &d.generators), (4, 3, &vec![vec![0, 1]]));
        let want = [vec![Main(0), Pair(1, 2)], vec![Main(1), Pair(0, 2)], vec![Main(2), Pair(0, 1)]];
        assert_eq!(d.aliases, want);
        assert_eq!(d.points, [[0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 0.0], [1.0, 1.0, 1.0]]);

        let d = fractional_factorial(4, Resolution::Four)?;
        assert_eq!((d.points.len(), d.resolution, &d.generators), (8, 4, &vec![vec![0, 1, 2]]));
        let want = [[Pair(0, 1), Pair(2, 3)], [Pair(0, 2), Pair(1, 3)], [Pair(0, 3), Pair(1, 2)]];
        assert_eq!(d.aliases, want);

        let d = fractional_factorial(7, Resolution::Three)?;
        assert_eq!((d.points.len(), d.resolution), (8, 3));
        assert_eq!(d.generators, [vec![0, 1], vec![0, 2], vec![1, 2], vec![0, 1, 2]]);
        // A = BD = CE = FG, B = AD = CF = EG, and so on: every factor with three of the 21 interactions.
        assert_eq!(d.aliases.len(), 7);
        assert_eq!(d.aliases[0], [Main(0), Pair(1, 3), Pair(2, 4), Pair(5, 6)]);
        assert_eq!(d.aliases[1], [Main(1), Pair(0, 3), Pair(2, 5), Pair(4, 6)]);
        assert_eq!(d.aliases[6], [Main(6), Pair(0, 5), Pair(1, 4), Pair(2, 3)]);
        Ok(())
    }

    /// Every column is balanced, every two are orthogonal, the resolution is what was asked for, and two effects have the
    /// same column exactly when they are listed as aliases.
    #[test]
    fn fractions_are_orthogonal() -> Tested {
        for factors in 1..=20 {
            for (asked, least) in [(Resolution::Three, 3), (Resolution::Four, 4)] {
                let d = fractional_factorial(factors, asked)?;
                assert!(d.resolution >= least, "{factors}: {}", d.resolution);
                let sign = |p: &Point, i: usize| 2.0 * p[i] - 1.0;
                let column = |e: &Effect| -> Vec<i8> {
                    let product = |p: &Point| match *e {
                        Main(i) => sign(p, i),
                        Pair(i, j) => sign(p, i) * sign(p, j),
                    };
                    d.points.iter().map(|p| product(p) as i8).collect()
                };
                let mut sets: BTreeMap<Vec<i8>, Vec<Effect>> = BTreeMap::new();
                for e in Effect::up_to_pairs(factors) {
                    let c = column(&e);
                    assert_eq!(c.iter().map(|&v| i32::from(v)).sum::<i32>(), 0, "{factors}: {e:?} is not balanced");
                    sets.entry(c).or_default().push(e);
                }
                let mut same: Vec<Vec<Effect>> = sets.into_values().filter(|s| s.len() > 1).collect();
                same.sort();
                assert_eq!(d.aliases, same, "{factors}");
            }
        }
        // Known sizes: resolution III up to 15 factors in 16 runs, IV up to 8; V with 5 comes for nothing.
        let runs = |k, r| fractional_factorial(k, r).map(|d| (d.points.len(), d.resolution));
        assert_eq!((runs(15, Resolution::Three)?, runs(16, Resolution::Three)?), ((16, 3), (32, 4)));
        assert_eq!((runs(8, Resolution::Four)?, runs(9, Resolution::Four)?), ((16, 4), (32, 4)));
        assert_eq!((runs(5, Resolution::Four)?, runs(1, Resolution::Three)?), ((16, 5), (2, 5)));
        assert_eq!(runs(MOST_FRACTIONAL, Resolution::Four)?, (1024, 4));
        assert!(fractional_factorial(0, Resolution::Three).is_err() && runs(513, Resolution::Three).is_err());
        Ok(())
    }

    #[test]
    fn latin_hypercubes_have_one_point_in_each_stratum() -> Tested {
        let mut apart = vec![];
        for tries in [1, 30] {
            let points = latin_hypercube(50, 7, 3, tries)?;
            for f in 0..7 {
                let strata: BTreeSet<u32> = points.iter().map(|p| (p[f] * 50.0) as u32).collect();
                assert_eq!(strata, (0..50).collect());
            }
            apart.push(closest(&points));
        }
        assert!(apart[1] > apart[0], "{apart:?}");
        assert!(latin_hypercube(0, 1, 0, 1).is_err() && latin_hypercube(1, 1, 0, 0).is_err());
        Ok(())
    }

    /// The crate's directions give the first points as in Joe and Kuo's listing (binary order, first three dimensions).
    #[test]
    fn the_plain_sobol_sequence_begins_as_published() {
        use sobol_burley::parts::{sobol_rev, u32_to_f32_norm};
        let point = |i: u32| [0, 1, 2].map(|d| u32_to_f32_norm(sobol_rev(i.reverse_bits(), d).reverse_bits()));
        assert_eq!((point(0), point(1)), ([0.0; 3], [0.5; 3]));
        assert_eq!((point(2), point(3)), ([0.25, 0.75, 0.75], [0.75, 0.25, 0.25]));
    }

    /// Scrambling keeps what makes the sequence even: of the first 2^m points each stratum of every factor has one, and
    /// each rectangle of area 2^-m in the first two factors.
    #[test]
    fn scrambled_sobol_points_are_a_net() -> Tested {
        for seed in 0..5 {
            let points = sobol(256, 40, seed)?;
            for m in 0..=8u32 {
                let n = 1 << m;
                let cell = |x: f64, bits: u32| (x * f64::from(1 << bits)) as u32;
                for f in 0..40 {
                    let strata: BTreeSet<u32> = points[..n].iter().map(|p| cell(p[f], m)).collect();
                    assert_eq!(strata.len(), n, "seed {seed}, factor {f}");
                }
                for a in 0..=m {
                    let cells: BTreeSet<_> = points[..n].iter().map(|p| (cell(p[0], a), cell(p[1], m - a))).collect();
                    assert_eq!(cells.len(), n, "seed {seed}: 2^-{a} by 2^-{}", m - a);
                }
            }
        }
        assert!(sobol(1 << 16, 1, 0)?.iter().all(|p| p[0] > 0.0 && p[0] < 1.0));
        assert!(sobol((1 << 16) + 1, 1, 0).is_err() && sobol(1, 257, 0).is_err() && saltelli(1, 129, 0).is_err());
        Ok(())
    }

    #[test]
    fn morris_moves_every_factor_once_by_delta() -> Tested {
        let (k, r) = (9, 50);
        for (levels, delta) in [(2, 1.0), (4, 2.0 / 3.0), (6, 0.6)] {
            let points = morris(k, r, levels, 1)?;
            assert_eq!(points.len(), r * (k + 1));
            let (mut up, mut seen) = (0, BTreeSet::new());
            for t in points.chunks(k + 1) {
                let mut moved = BTreeSet::new();
                for w in t.windows(2) {
                    let changes: Vec<_> = (0..k).filter(|&f| w[0][f] != w[1][f]).collect();
                    assert_eq!(changes.len(), 1);
                    let step = w[1][changes[0]] - w[0][changes[0]];
                    assert!((step.abs() - delta).abs() < 1e-15, "{step}");
                    up += usize::from(step > 0.0);
                    moved.insert(changes[0]);
                }
                assert_eq!(moved.len(), k);
                let level = |x: &f64| libm::round(x * (levels - 1) as f64) as usize;
                seen.extend(t.iter().flatten().inspect(|x| assert!((0.0..=1.0).contains(*x))).map(level));
            }
            assert_eq!(seen, (0..levels).collect());
            // 450 fair coins: mean 225, standard deviation 10.6.
            assert!(up.abs_diff(225) < 53, "{up} up");
        }
        assert!(morris(3, 5, 5, 0).is_err() && morris(0, 5, 4, 0).is_err());
        Ok(())
    }

    #[test]
    fn saltelli_takes_one_factor_at_a_time_from_the_other_matrix() -> Tested {
        let points = saltelli(8, 3, 2)?;
        assert_eq!(points.len(), 8 * 5);
        for (rows, base) in points.chunks(5).zip(sobol(8, 6, 2)?) {
            assert_eq!((&rows[0][..], &rows[4][..]), (&base[..3], &base[3..]));
            for (row, f) in (1..4).map(|i| (&rows[i], i - 1)) {
                (0..3).for_each(|g| assert_eq!(row[g], if f == g { base[3 + g] } else { base[g] }));
            }
        }
        Ok(())
    }

    #[test]
    fn a_seed_names_a_design() -> Tested {
        for seed in [0, 1, u64::MAX] {
            let all = |seed| -> Result<_> {
                let sequences = [sobol(20, 4, seed)?, saltelli(4, 4, seed)?];
                Ok((latin_hypercube(20, 4, seed, 3)?, morris(4, 4, 4, seed)?, sequences))
            };
            let (one, again, other) = (all(seed)?, all(seed)?, all(seed ^ 2)?);
            assert_eq!(one, again);
            assert!(one.0 != other.0 && one.1 != other.1 && one.2[0] != other.2[0] && one.2[1] != other.2[1]);
        }
        Ok(())
    }
}
