//! How a force shares its teams over its cells.

use super::Params;
use crate::agents::patrol::Strategy;
use crate::region::NodeId;

/// What a force goes by in one of its cells.
#[derive(Clone, Copy, Debug)]
pub struct Cell {
    pub node: NodeId,
    /// Documented ways of crews that cross it.
    pub crossings: u32,
    /// Detections, and daily hazards of search, as remembered at the last reallocation.
    pub found: f64,
    pub effort: f64,
    /// Hazard of being found by one team while a crew crosses the cell.
    pub hazard: f64,
}

/// Teams by cell. `lot(i, n)` draws a number below `n` for the `i`-th team.
pub fn place(
    strategy: Strategy,
    teams: f64,
    cells: &[Cell],
    p: &Params,
    lot: impl Fn(u64, usize) -> usize,
) -> Vec<(NodeId, f64)> {
    let shares = match strategy {
        Strategy::Even => even(teams, cells.len()),
        Strategy::Fixed => fixed(teams, cells),
        Strategy::Random => random(teams, cells.len(), lot),
        Strategy::Adaptive => adaptive(teams, cells, p),
        Strategy::Optimised => optimised(teams, cells, p),
    };
    cells.iter().map(|c| c.node).zip(shares).filter(|(_, n)| *n > 0.0).collect()
}

fn even(teams: f64, cells: usize) -> Vec<f64> {
    vec![teams / cells as f64; cells]
}

/// The cells that most ways cross, at most one a team, evenly; all cells when no way crosses any.
fn fixed(teams: f64, cells: &[Cell]) -> Vec<f64> {
    let mut on_ways: Vec<usize> = (0..cells.len()).filter(|&i| cells[i].crossings > 0).collect();
    if on_ways.is_empty() {
        return even(teams, cells.len());
    }
    on_ways.sort_by_key(|&i| (std::cmp::Reverse(cells[i].crossings), cells[i].node));
    on_ways.truncate(libm::ceil(teams) as usize);
    let mut shares = vec![0.0; cells.len()];
    for &i in &on_ways {
        shares[i] = teams / on_ways.len() as f64;
    }
    shares
}

/// Each team, and the fraction that is left, in a cell of its own lot.
fn random(teams: f64, cells: usize, lot: impl Fn(u64, usize) -> usize) -> Vec<f64> {
    let mut shares = vec![0.0; cells];
    let (mut left, mut i) = (teams, 0);
    while left > 0.0 && cells > 0 {
        shares[lot(i, cells)] += left.min(1.0);
        left -= 1.0;
        i += 1;
    }
    shares
}

/// By share of the detections, with the prior in every cell; the share `exploration` evenly.
fn adaptive(teams: f64, cells: &[Cell], p: &Params) -> Vec<f64> {
    let total: f64 = cells.iter().map(|c| c.found + p.prior).sum();
    let spread = p.exploration / cells.len() as f64;
    cells.iter().map(|c| teams * ((1.0 - p.exploration) * (c.found + p.prior) / total + spread)).collect()
}

/// Greedy best response to smugglers who answer by quantal choice: in small parts, each where it adds most to
/// `sum q p`, with p the chance of detection on crossing a cell and q the share of crews there, in proportion to
/// `f exp(-lambda p)`. The flow f is estimated by detections per hazard of search; the prior makes cells that nobody has
/// searched for long worth a look.
fn optimised(teams: f64, cells: &[Cell], p: &Params) -> Vec<f64> {
    // Parts of a team for a few teams, of several teams for many: between 20 and 40 in all.
    let parts = libm::ceil(teams).clamp(20.0, 40.0);
    let each = teams / parts;
    // Weight of a cell in the smugglers' choice with `n` parts in it, and the same times p.
    let terms = |c: &Cell, n: u32| {
        let seen = 1.0 - libm::exp(-c.hazard * each * f64::from(n));
        let weight = (c.found + p.prior) / (c.effort + p.prior) * libm::exp(-p.quantal_sharpness * seen);
        (weight, weight * seen)
    };
    let mut placed = vec![0u32; cells.len()];
    let mut now: Vec<(f64, f64)> = cells.iter().map(|c| terms(c, 0)).collect();
    let mut next: Vec<(f64, f64)> = cells.iter().map(|c| terms(c, 1)).collect();
    for _ in 0..parts as u32 {
        let (weight, caught) = now.iter().fold((0.0, 0.0), |s, x| (s.0 + x.0, s.1 + x.1));
        let mut best = (f64::NEG_INFINITY, 0);
        for i in 0..cells.len() {
            let expected = (caught - now[i].1 + next[i].1) / (weight - now[i].0 + next[i].0);
            if expected > best.0 {
                best = (expected, i);
            }
        }
        let i = best.1;
        placed[i] += 1;
        now[i] = next[i];
        next[i] = terms(&cells[i], placed[i] + 1);
    }
    placed.into_iter().map(|n| f64::from(n) * each).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cells of (crossings, found, effort), with a team's hazard of `hazard` in each.
    fn cells(of: &[(u32, f64, f64)], hazard: f64) -> Vec<Cell> {
        let cell = |(i, &(crossings, found, effort)): (usize, &(u32, f64, f64))| Cell {
            node: 10 + i as u32,
            crossings,
            found,
            effort,
            hazard,
        };
        of.iter().enumerate().map(cell).collect()
    }

    fn placed(strategy: Strategy, teams: f64, cells: &[Cell], p: &Params) -> Vec<(u32, f64)> {
        place(strategy, teams, cells, p, |i, n| (i as usize * 2) % n)
    }

    #[track_caller]
    fn close(got: &[(u32, f64)], want: &[(u32, f64)]) {
        let same = got.len() == want.len() && got.iter().zip(want).all(|(g, w)| g.0 == w.0 && (g.1 - w.1).abs() < 1e-9);
        assert!(same, "{got:?}, not {want:?}");
    }

    #[test]
    fn even_is_the_same_everywhere() {
        let p = Params::default();
        close(&placed(Strategy::Even, 6.0, &cells(&[(0, 9.0, 0.0), (5, 0.0, 0.0)], 1.0), &p), &[(10, 3.0), (11, 3.0)]);
    }

    #[test]
    fn fixed_sits_on_the_ways_most_used() {
        let p = Params::default();
        let c = cells(&[(2, 0.0, 0.0), (5, 0.0, 0.0), (0, 0.0, 0.0), (2, 0.0, 0.0), (2, 0.0, 0.0)], 1.0);
        // 1.5 teams sit in two cells: the busiest, and the lowest of equals.
        close(&placed(Strategy::Fixed, 1.5, &c, &p), &[(10, 0.75), (11, 0.75)]);
        close(&placed(Strategy::Fixed, 8.0, &c, &p), &[(10, 2.0), (11, 2.0), (13, 2.0), (14, 2.0)]);
        close(&placed(Strategy::Fixed, 3.0, &cells(&[(0, 9.0, 0.0), (0, 0.0, 0.0)], 1.0), &p), &[(10, 1.5), (11, 1.5)]);
    }

    /// 3.5 teams by lot 0, 2, 4 and 6 among three cells: cells 0, 2, 1 and, for the half team, 0.
    #[test]
    fn random_teams_go_where_their_lot_sends_them() {
        let p = Params::default();
        let c = cells(&[(0, 0.0, 0.0); 3], 1.0);
        close(&placed(Strategy::Random, 3.5, &c, &p), &[(10, 1.5), (11, 1.0), (12, 1.0)]);
    }

    /// Detections 3 and 0, each plus 1: four fifths and one fifth of nine tenths, and half a tenth each.
    #[test]
    fn adaptive_follows_what_was_found() {
        let p = Params { prior: 1.0, ..Params::default() };
        let c = cells(&[(0, 3.0, 7.0), (0, 0.0, 0.0)], 1.0);
        close(&placed(Strategy::Adaptive, 10.0, &c, &p), &[(10, 7.7), (11, 2.3)]);
        let c = cells(&[(0, 0.0, 7.0), (0, 0.0, 0.0)], 1.0);
        close(&placed(Strategy::Adaptive, 10.0, &c, &p), &[(10, 5.0), (11, 5.0)]);
    }

    /// A hazard of 1 per part (a twentieth of a team) and smugglers who do not care: a part more in a cell with flow f
    /// and n parts adds f e^-n (1 - 1/e). With flows e^2.5 and 1 the first takes three, then they take turns, the second
    /// first: of the other 17 it has 9. Smugglers who shun detection even it out.
    #[test]
    fn optimised_equalises_what_the_next_team_would_find() {
        let flow = libm::exp(2.5);
        let p = Params { prior: 1.0, quantal_sharpness: 0.0, ..Params::default() };
        // (found + 1) / (effort + 1): flows e^2.5 and 1.
        let c = cells(&[(0, 2.0 * flow - 1.0, 1.0), (0, 3.0, 3.0)], 20.0);
        close(&placed(Strategy::Optimised, 1.0, &c, &p), &[(10, 0.55), (11, 0.45)]);
        let shy = Params { quantal_sharpness: 5.0, ..p.clone() };
        let few = cells(&[(0, 2.0 * flow - 1.0, 1.0), (0, 3.0, 3.0)], 0.5);
        let first = |p: &Params| placed(Strategy::Optimised, 1.0, &few, p)[0].1;
        assert!(first(&p) == 1.0 && first(&shy) < 1.0, "{} {}", first(&p), first(&shy));
    }

    /// Equal cells get equal shares; a cell that was searched in vain is left, one that nobody has seen is tried.
    #[test]
    fn optimised_explores() {
        let p = Params::default();
        let equal = cells(&[(0, 2.0, 2.0); 4], 0.1);
        close(&placed(Strategy::Optimised, 60.0, &equal, &p), &[(10, 15.0), (11, 15.0), (12, 15.0), (13, 15.0)]);
        let c = cells(&[(0, 0.0, 30.0), (0, 0.0, 0.0)], 0.1);
        assert_eq!(placed(Strategy::Optimised, 1.0, &c, &p)[0].0, 11);
    }
}
