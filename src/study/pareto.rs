//! Trade-offs: which of several points no other beats in every objective.

use crate::error::{Error, Result};
use std::cmp::Ordering;

/// What is wanted of an objective.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Goal {
    Minimise,
    Maximise,
}

/// Whether `a` is at least as good as `b` in every objective and better in one. Never where a number is NaN.
pub fn dominates(a: &[f64], b: &[f64], goals: &[Goal]) -> bool {
    let mut better = false;
    for ((a, b), goal) in a.iter().zip(b).zip(goals) {
        match (a.partial_cmp(b), goal) {
            (Some(Ordering::Equal), _) => {}
            (Some(Ordering::Less), Goal::Minimise) | (Some(Ordering::Greater), Goal::Maximise) => better = true,
            _ => return false,
        }
    }
    better
}

/// The front of each point: 0 for those that no other dominates, 1 for those that only points of front 0 dominate, and so
/// on (Goldberg 1989). Equal points share a front. None for a point with NaN, which takes no part.
///
/// # Errors
/// Points with another number of objectives than there are goals.
pub fn fronts(points: &[Vec<f64>], goals: &[Goal]) -> Result<Vec<Option<usize>>> {
    fits(points, goals)?;
    let mut left: Vec<usize> = (0..points.len()).filter(|&i| !points[i].iter().any(|v| v.is_nan())).collect();
    let mut fronts = vec![None; points.len()];
    for front in 0.. {
        let beaten = |&i: &usize| left.iter().any(|&j| dominates(&points[j], &points[i], goals));
        let (next, now): (Vec<usize>, Vec<usize>) = left.iter().partition(|i| beaten(i));
        if now.is_empty() {
            break;
        }
        now.into_iter().for_each(|i| fronts[i] = Some(front));
        left = next;
    }
    Ok(fronts)
}

/// How surely a point is dominated.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Doubt {
    /// The point that dominates it in the largest share of replicates, the first of such; none if none ever does.
    pub by: Option<usize>,
    /// That share, 0 to 1.
    pub share: f64,
    /// Whether the share is at least what was asked for.
    pub surely: bool,
    /// Replicates with NaN in one of the two; they count as ones in which it is not dominated.
    pub left_out: usize,
}

/// Dominance under uncertainty: `results[point][replicate]` are objectives, replicate by replicate with the same luck. A
/// point is dominated surely only if one other dominates it in a share of at least `p` of the replicates.
///
/// # Errors
/// A `p` that is not above 0.5 and up to 1 (below, two points could dominate each other); points with other numbers of
/// replicates, or none; other numbers of objectives than goals.
pub fn doubts(results: &[Vec<Vec<f64>>], goals: &[Goal], p: f64) -> Result<Vec<Doubt>> {
    if !(p > 0.5 && p <= 1.0) {
        return Err(Error::Input(format!("a share of {p} is not above 0.5 and up to 1")));
    }
    results.iter().try_for_each(|of| fits(of, goals))?;
    let replicates = results.first().map_or(1, Vec::len);
    if replicates == 0 || results.iter().any(|of| of.len() != replicates) {
        return Err(Error::Input("points need replicates, and all as many".into()));
    }
    let against = |i: usize, j: usize| {
        let pairs = || results[j].iter().zip(&results[i]);
        let count = pairs().filter(|(a, b)| dominates(a, b, goals)).count();
        let left_out = pairs().filter(|(a, b)| a.iter().chain(*b).any(|v| v.is_nan())).count();
        let share = count as f64 / replicates as f64;
        Doubt { by: (count > 0).then_some(j), share, surely: share >= p, left_out }
    };
    let most = |i: usize| {
        let none = Doubt { by: None, share: 0.0, surely: false, left_out: 0 };
        let others = (0..results.len()).filter(|&j| j != i).map(|j| against(i, j));
        others.fold(none, |best, next| if next.share > best.share { next } else { best })
    };
    Ok((0..results.len()).map(most).collect())
}

fn fits(points: &[Vec<f64>], goals: &[Goal]) -> Result<()> {
    match points.iter().find(|p| p.len() != goals.len()) {
        None => Ok(()),
        Some(p) => Err(Error::Input(format!("a point has {} objectives and there are {} goals", p.len(), goals.len()))),
    }
}

#[cfg(test)]
mod tests {
    use super::Goal::{Maximise, Minimise};
    use super::*;

    type Tested = std::result::Result<(), Box<dyn std::error::Error>>;

    /// Cost down, effect up: 0 and 1 trade off, 2 equals 1, 3 loses to 0, 4 to 3 as well, 5 has no result.
    #[test]
    fn fronts_by_hand() -> Tested {
        let points = [[1.0, 5.0], [3.0, 9.0], [3.0, 9.0], [2.0, 5.0], [2.0, 4.0], [0.0, f64::NAN]].map(|p| p.to_vec());
        let goals = [Minimise, Maximise];
        assert_eq!(fronts(&points, &goals)?, [Some(0), Some(0), Some(0), Some(1), Some(2), None]);
        assert_eq!(fronts(&points[..3], &[Maximise, Maximise])?, [Some(1), Some(0), Some(0)]);
        assert_eq!(fronts(&[], &goals)?, []);
        assert!(fronts(&points, &[Minimise]).is_err());
        Ok(())
    }

    /// Point 1 is worse than 0 in four replicates of five; the fifth of point 2 has no result.
    #[test]
    fn dominance_needs_most_replicates() -> Tested {
        let of = |v: [f64; 5]| v.map(|v| vec![v]).to_vec();
        let results =
            [of([1.0, 1.0, 1.0, 1.0, 1.0]), of([2.0, 2.0, 2.0, 2.0, 0.5]), of([3.0, 3.0, 3.0, 0.0, f64::NAN])];
        let sure =
            |p| -> Result<Vec<bool>> { Ok(doubts(&results, &[Minimise], p)?.iter().map(|d| d.surely).collect()) };
        assert_eq!(
            (sure(0.8)?, sure(0.9)?, sure(0.6)?),
            (vec![false, true, false], vec![false, false, false], vec![false, true, true])
        );
        let got = doubts(&results, &[Minimise], 0.8)?;
        assert_eq!(got[2], Doubt { by: Some(0), share: 0.6, surely: false, left_out: 1 });
        assert_eq!((got[0].by, got[0].share), (Some(1), 0.2));
        assert!(sure(0.5).is_err() && doubts(&[vec![], vec![]], &[Minimise], 0.9).is_err());
        assert!(doubts(&[of([1.0; 5]), vec![vec![1.0]]], &[Minimise], 0.9).is_err());
        Ok(())
    }
}
