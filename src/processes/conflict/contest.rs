//! Control of cells (equation 8).

use super::Params;
use super::arena::{Arena, Strengths};
use crate::agents::group::BLOC_COUNT;
use crate::agents::world::World;
use crate::engine::parallel::map_items;
use crate::region::NodeId;

/// Days over which a cell's violence is averaged.
const MONTH: f32 = 30.0;
/// Smaller changes than this are left out, so that a settled war touches nothing.
const SETTLED: f32 = 1e-4;
/// A party without this share of a cell, and not this strong there, is not there.
const THERE: f64 = 0.01;

/// Shares of control of a cell by bloc.
type Shares = [f32; BLOC_COUNT];

/// A cell that has changed hands.
pub struct Lost {
    pub node: NodeId,
    pub by: u8,
    pub to: u8,
}

/// Violence fades where nobody was killed.
pub fn calm(w: &mut World) {
    for i in 0..w.territory.len() {
        let v = w.territory.violence()[i];
        if v > 0.0 {
            let left = v * (1.0 - 1.0 / MONTH);
            w.territory.update(i, |t| t.violence = if left < 1e-6 { 0.0 } else { left });
        }
    }
}

/// Adds today's dead to the violence of a cell.
pub fn note_violence(w: &mut World, node: NodeId, dead: u64) {
    let row = w.ground(node);
    w.territory.update(row, |t| t.violence += dead as f32 / MONTH);
}

/// What passes in a day from each party to each of its enemies: a share 1/tau of what it holds, times the enemy's part of all
/// strengths to the power of `m`. Who holds the cell has `K0` to the good, so that an empty cell stays with its last
/// holder. Between two parties this is equation 8: `(T*K_a^m/sum - kappa_a)/tau`, with T what both hold; those who fight on
/// one side take nothing from each other.
pub fn drift(
    p: &Params,
    strength: &Strengths,
    share: &Strengths,
    holder: u8,
    arena: &Arena,
    there: &[u8],
) -> Strengths {
    let power = |b: u8| {
        let own = libm::pow(strength[usize::from(b)], p.decisiveness);
        if b == holder { own + libm::pow(p.least_strength, p.decisiveness) } else { own }
    };
    let mut powers = [0.0; BLOC_COUNT];
    for &b in there {
        powers[usize::from(b)] = power(b);
    }
    let all: f64 = there.iter().map(|&b| powers[usize::from(b)]).sum();
    let mut out = [0.0; BLOC_COUNT];
    for &a in there {
        for &b in there.iter().filter(|&&b| arena.hostile(a, b)) {
            let passes =
                if all > 0.0 { share[usize::from(a)] * powers[usize::from(b)] / all / p.control_days } else { 0.0 };
            out[usize::from(a)] -= passes;
            out[usize::from(b)] += passes;
        }
    }
    out
}

/// Moves control in every cell that is within reach of two parties at war; returns cells that changed hands.
pub fn contest(p: &Params, w: &mut World, arena: &Arena) -> Vec<Lost> {
    let moved = map_items(&arena.strength, 64, |(node, strength)| shares_after(p, w, arena, *node, strength));
    let mut lost = vec![];
    for ((node, _), moved) in arena.strength.iter().zip(moved) {
        let (node, Some(moved)) = (*node, moved) else { continue };
        let row = w.ground(node);
        let Some(share) = moved else { continue };
        let last = w.territory.holder()[row];
        let holder = holder_of(&share, last);
        w.territory.update(row, |x| (x.share, x.holder) = (share, holder));
        if holder != last {
            lost.push(Lost { node, by: last, to: holder });
        }
    }
    lost
}

/// Shares of control of a cell after today; `None` where nobody fights, and inside that where hardly anything moves.
fn shares_after(p: &Params, w: &World, arena: &Arena, node: NodeId, strength: &Strengths) -> Option<Option<Shares>> {
    let there = |b: u8| strength[usize::from(b)] >= 1.0 || w.control(node, b) > THERE;
    let parties: Vec<u8> = arena.parties.iter().copied().filter(|&b| there(b)).collect();
    if !parties.iter().any(|&a| parties.iter().any(|&b| arena.hostile(a, b))) {
        return None;
    }
    let t = w.ground_now(node);
    let change = drift(p, strength, &t.share.map(f64::from), t.holder, arena, &parties);
    let mut share = t.share;
    for (s, d) in share.iter_mut().zip(change) {
        *s = (f64::from(*s) + d) as f32;
    }
    let settled = share.iter().zip(&t.share).all(|(a, b)| (a - b).abs() < SETTLED);
    Some((!settled).then_some(share))
}

/// Who holds a cell with these shares: the last holder until another has more than half, or he has less than a tenth.
fn holder_of(share: &Shares, last: u8) -> u8 {
    let best = (0..BLOC_COUNT).fold(usize::from(last), |best, b| if share[b] > share[best] { b } else { best });
    if share[best] > 0.5 || share[usize::from(last)] < 0.1 { best as u8 } else { last }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arena(wars: &[(u8, u8)]) -> Arena {
        let mut level = [[0.0; BLOC_COUNT]; BLOC_COUNT];
        for &(a, b) in wars {
            (level[usize::from(a)][usize::from(b)], level[usize::from(b)][usize::from(a)]) = (1.0, 1.0);
        }
        let (parties, groups, strength) = (vec![], Default::default(), Default::default());
        Arena { country: 0, level, parties, groups, strength, stands: vec![], present: Default::default() }
    }

    /// Equation 8 by hand with m = 1.5, K0 = 20 and tau = 30: 400 against 100 where the weaker holds all of the cell:
    /// 8,000 of 9,089.4 parts, a thirtieth a day.
    #[test]
    fn control_goes_to_the_stronger() {
        let p = Params { decisiveness: 1.5, least_strength: 20.0, control_days: 30.0, ..Params::default() };
        let (mut k, mut share) = ([0.0; BLOC_COUNT], [0.0; BLOC_COUNT]);
        (k[6], k[12], share[12]) = (400.0, 100.0, 1.0);
        let d = drift(&p, &k, &share, 12, &arena(&[(6, 12)]), &[6, 12]);
        assert!((d[6] - 8000.0 / 9089.443 / 30.0).abs() < 1e-9 && (d[6] + d[12]).abs() < 1e-15);
        // At the shares of the contest nothing moves.
        (share[6], share[12]) = (8000.0 / 9_089.442_719_1, 1_089.442_719_1 / 9_089.442_719_1);
        assert!(drift(&p, &k, &share, 12, &arena(&[(6, 12)]), &[6, 12])[6].abs() < 1e-9);
        let nobody = drift(&p, &[0.0; BLOC_COUNT], &share, 12, &arena(&[(6, 12)]), &[6, 12]);
        assert!(nobody[6] < 0.0, "an empty cell goes back to its holder");
        assert_eq!(drift(&p, &k, &share, 12, &arena(&[]), &[6, 12]), [0.0; BLOC_COUNT], "without a war nothing moves");
    }

    /// Two on one side against a third: they take from him by their strengths, and nothing from each other.
    #[test]
    fn allies_take_nothing_from_each_other() {
        let p = Params { decisiveness: 1.0, ..Params::default() };
        let (mut k, mut share) = ([0.0; BLOC_COUNT], [0.0; BLOC_COUNT]);
        (k[6], k[7], share[6], share[7]) = (300.0, 100.0, 0.5, 0.5);
        let d = drift(&p, &k, &share, 6, &arena(&[(6, 12), (7, 12)]), &[6, 7, 12]);
        assert_eq!((d[6], d[7]), (0.0, 0.0));
        (share[6], share[7], share[12]) = (0.0, 0.0, 1.0);
        let d = drift(&p, &k, &share, 12, &arena(&[(6, 12), (7, 12)]), &[6, 7, 12]);
        assert!((d[6] - 3.0 * d[7]).abs() < 1e-12 && d[12] < 0.0);
    }

    #[test]
    fn a_cell_changes_hands_when_another_has_more_than_half() {
        let share = |a: f32, b: f32, c: f32| {
            let mut s = [0.0; BLOC_COUNT];
            (s[6], s[9], s[12]) = (a, b, c);
            s
        };
        assert_eq!(holder_of(&share(0.49, 0.0, 0.51), 12), 12);
        assert_eq!(holder_of(&share(0.51, 0.0, 0.49), 12), 6);
        assert_eq!(holder_of(&share(0.49, 0.20, 0.31), 12), 12, "two against one do not take it from him");
        assert_eq!(holder_of(&share(0.48, 0.45, 0.07), 12), 6, "but he is gone");
        assert_eq!(holder_of(&share(0.5, 0.0, 0.5), 6), 6);
    }
}
