//! Control of cells (equation 8).

use super::Params;
use super::arena::{Arena, Strengths};
use crate::agents::group::BLOC_COUNT;
use crate::agents::migrant::END;
use crate::agents::world::World;
use crate::region::NodeId;

/// Days over which a cell's violence is averaged.
const MONTH: f32 = 30.0;
/// Smaller changes than this are left out, so that a settled war touches nothing.
const SETTLED: f32 = 1e-4;
/// A party without this share of a cell, and not this strong there, is not there.
const THERE: f64 = 0.01;

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

/// Where the contest of equation 8 would end: of the `together` that the contestants hold, each gets its part by strength
/// to the power of `m`; who holds the cell has `K0` to the good, so that an empty cell stays with its last holder.
pub fn shares(p: &Params, strength: &Strengths, parties: &[u8], holder: u8, together: f64) -> Strengths {
    let power = |k: f64| libm::pow(k, p.decisiveness);
    let base = power(p.least_strength);
    let mut out = [0.0; BLOC_COUNT];
    let mut sum = 0.0;
    for &b in parties {
        let mine = power(strength[usize::from(b)]) + if b == holder { base } else { 0.0 };
        out[usize::from(b)] = mine;
        sum += mine;
    }
    // A holder who is no party leaves the base to nobody: the shares are then slower to settle, but sum alike.
    if sum > 0.0 { out.map(|x| together * x / sum) } else { out }
}

/// Moves control in every cell that is within reach of two parties at war; returns cells that changed hands.
pub fn contest(p: &Params, w: &mut World, arena: &Arena) -> Vec<Lost> {
    let mut lost = vec![];
    for (&node, strength) in &arena.strength {
        let known = w.territory_of[node as usize];
        let there = |b: u8| strength[usize::from(b)] >= 1.0 || w.control(node, b) > THERE;
        let parties: Vec<u8> = arena.parties.iter().copied().filter(|&b| there(b)).collect();
        let fight = parties.iter().any(|&a| parties.iter().any(|&b| arena.hostile(a, b)));
        if !fight {
            continue;
        }
        let row = if known == END { w.ground(node) } else { known as usize };
        let t = w.territory.get(row);
        let together: f64 = parties.iter().map(|&b| f64::from(t.share[usize::from(b)])).sum();
        let goal = shares(p, strength, &parties, t.holder, together);
        let mut share = t.share;
        for &b in &parties {
            let b = usize::from(b);
            share[b] += ((goal[b] - f64::from(share[b])) / p.control_days) as f32;
        }
        if share.iter().zip(&t.share).all(|(a, b)| (a - b).abs() < SETTLED) {
            continue;
        }
        let holder = holder_of(&share, t.holder);
        w.territory.update(row, |x| (x.share, x.holder) = (share, holder));
        if holder != t.holder {
            lost.push(Lost { node, by: t.holder, to: holder });
        }
    }
    lost
}

/// Who holds a cell with these shares: the last holder until another has more than half, or he has less than a tenth.
fn holder_of(share: &[f32; BLOC_COUNT], last: u8) -> u8 {
    let best = (0..BLOC_COUNT).fold(usize::from(last), |best, b| if share[b] > share[best] { b } else { best });
    if share[best] > 0.5 || share[usize::from(last)] < 0.1 { best as u8 } else { last }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Equation 8 by hand with m = 1.5 and K0 = 20: 400 against 100 where the weaker holds: 8,000 and 1,000 + 89.4.
    #[test]
    fn control_goes_to_the_stronger() {
        let p = Params { decisiveness: 1.5, least_strength: 20.0, ..Params::default() };
        let mut k = [0.0; BLOC_COUNT];
        (k[6], k[12]) = (400.0, 100.0);
        let s = shares(&p, &k, &[6, 12], 12, 1.0);
        assert!((s[6] - 8000.0 / 9089.443).abs() < 1e-6 && (s[6] + s[12] - 1.0).abs() < 1e-12);
        assert_eq!(shares(&p, &k, &[6, 12], 12, 0.5)[6], s[6] / 2.0, "of what they hold together");
        let nobody = shares(&p, &[0.0; BLOC_COUNT], &[6, 12], 12, 1.0);
        assert_eq!((nobody[6], nobody[12]), (0.0, 1.0), "an empty cell stays with its last holder");
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
