//! Clashes: who is killed, and whose arms are taken (equation 9).

use super::Params;
use super::arena::{Arena, felt};
use super::contest::note_violence;
use crate::agents::accounts::{Arms, Fighters};
use crate::agents::arms::{self, Bag, Channel, Class, EMPTY, of_class};
use crate::agents::group::{BLOC_COUNT, TRAINED};
use crate::agents::world::World;
use crate::engine::dist::{apportion, binomial, poisson};
use crate::engine::rng::{Purpose, absorb};
use crate::region::NodeId;
use crate::units::Tick;

const DEAD: Purpose = Purpose::new("conflict.dead");
const FIGHTERS: Purpose = Purpose::new("conflict.fighters");
const SIDE: Purpose = Purpose::new("conflict.side");
const ARMS: Purpose = Purpose::new("conflict.arms");

/// Expected fatalities a day of two parties in a cell (equation 9): strengths, shares of control, and how hard they fight.
pub fn fatality_rate(p: &Params, strength: (f64, f64), control: (f64, f64), level: f64) -> f64 {
    p.violence * level * libm::sqrt(strength.0 * strength.1) * control.0 * control.1
}

/// Draws the dead of every cell where a party to a war stands.
pub fn clash(p: &Params, w: &mut World, arena: &Arena, day: Tick) {
    let keepers = w.controls.peacekeepers.get(usize::from(arena.country)).copied().unwrap_or(0.0);
    let quieter = libm::exp(-keepers / p.peacekeeper_scale);
    for &node in &arena.stands {
        let k = arena.at(node);
        let key = w.region.nodes.id[node as usize];
        let mut all = 0;
        for (i, &a) in arena.parties.iter().enumerate() {
            for &b in &arena.parties[i + 1..] {
                let level = arena.level[usize::from(a)][usize::from(b)];
                if level <= 0.0 {
                    continue;
                }
                let strength = (k[usize::from(a)], k[usize::from(b)]);
                let control = (presence(p, w, arena, node, a), presence(p, w, arena, node, b));
                let mean = fatality_rate(p, strength, control, level) * quieter;
                let pair = u32::from(a) * BLOC_COUNT as u32 + u32::from(b);
                let dead = poisson(w.luck.on(DEAD, day).nth(pair).unit(key), mean);
                if dead > 0 {
                    all += dead;
                    let of_fighters = binomial(w.luck.on(FIGHTERS, day).nth(pair).unit(key), dead, p.fighters_share);
                    // The weaker side loses more.
                    let weak = strength.1 / (strength.0 + strength.1);
                    let of_a = binomial(w.luck.on(SIDE, day).nth(pair).unit(key), of_fighters, weak);
                    lose(p, w, arena, node, (a, b), of_a as u32, day);
                    lose(p, w, arena, node, (b, a), (of_fighters - of_a) as u32, day);
                }
            }
        }
        if all > 0 {
            note_violence(w, node, all);
            w.tally.fatalities.push((arena.country, all as i64));
        }
    }
}

/// A bloc's share of control of a cell; men in hiding count for a little where they hold nothing.
fn presence(p: &Params, w: &World, arena: &Arena, node: NodeId, bloc: u8) -> f64 {
    let hidden = if arena.present.contains(&(node, bloc)) { p.hidden_share } else { 0.0 };
    w.control(node, bloc).max(hidden)
}

/// Groups of a bloc in reach of a cell with their strength there.
fn in_reach(p: &Params, w: &World, arena: &Arena, node: NodeId, bloc: u8) -> (Vec<usize>, Vec<f64>) {
    let rows = arena.groups.get(&bloc).cloned().unwrap_or_default();
    let strengths = rows.iter().map(|&g| felt(p, w, g, node)).collect();
    (rows, strengths)
}

/// `dead` fighters of the first bloc fall, and part of their arms comes to the strongest group of the second.
fn lose(p: &Params, w: &mut World, arena: &Arena, node: NodeId, (losers, winners): (u8, u8), dead: u32, day: Tick) {
    if dead == 0 {
        return;
    }
    let (rows, strengths) = in_reach(p, w, arena, node, losers);
    let (others, theirs) = in_reach(p, w, arena, node, winners);
    // Rows are in the order of keys: of equals the first.
    let strongest = |best: Option<(usize, f64)>, (&g, &k): (&usize, &f64)| best.filter(|b| b.1 >= k).or(Some((g, k)));
    let best = others.iter().zip(&theirs).fold(None, strongest).map(|x| x.0);
    for (g, fallen) in rows.into_iter().zip(apportion(u64::from(dead), &strengths)) {
        let fallen = (fallen as u32).min(w.groups.fighters()[g]);
        if fallen == 0 {
            continue;
        }
        let u = w.luck.on(ARMS, day).unit(at_cell(w, g, node));
        let pieces = libm::floor(f64::from(fallen) * p.captured_per_death + u) as u32;
        let lot = w.luck.on(TRAINED, day).unit(at_cell(w, g, node));
        let taken = w.groups.update(g, |g| {
            g.lose(fallen, lot);
            if best.is_some() { take_some(&mut g.arms, pieces) } else { EMPTY }
        });
        w.ledgers.move_fighters(Fighters::Groups, Fighters::Dead, fallen);
        if let Some(winner) = best {
            w.arm(winner, Arms::Groups, Channel::Captured, &taken);
        }
    }
}

/// A key for what happens to a group at a cell.
fn at_cell(w: &World, group: usize, node: NodeId) -> u64 {
    absorb(w.groups.key()[group], w.region.nodes.id[node as usize])
}

/// Takes so many pieces out of a bag, classes in proportion to what is there.
pub fn take_some(bag: &mut Bag, pieces: u32) -> Bag {
    const CARRIED: [Class; 3] = [Class::SmallArms, Class::LightWeapons, Class::AntiAircraft];
    let have = CARRIED.map(|c| f64::from(of_class(bag, c)));
    let most = have.iter().sum::<f64>() as u64;
    let mut out = EMPTY;
    for (class, n) in CARRIED.into_iter().zip(apportion(u64::from(pieces).min(most), &have)) {
        arms::add(&mut out, &arms::take(bag, class, n as u32));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::arms::{Origin, slot};

    /// Equation 9 by hand: v0 0.005, strengths 400 and 100, control shared evenly, open war: 0.005 x 200 / 4.
    #[test]
    fn fatalities_are_those_of_equation_9() {
        let p = Params { violence: 0.005, ..Params::default() };
        let v = |strength, control, level| fatality_rate(&p, strength, control, level);
        assert!((v((400.0, 100.0), (0.5, 0.5), 1.0) - 0.25).abs() < 1e-12);
        assert_eq!(v((400.0, 100.0), (1.0, 0.0), 1.0), 0.0, "who holds all of it fights nobody");
        assert!((v((400.0, 100.0), (0.5, 0.5), 0.2) - 0.05).abs() < 1e-12);
    }

    #[test]
    fn captured_arms_keep_the_mix() {
        let mut bag = EMPTY;
        bag[slot(Class::SmallArms, Origin::StateStock)] = 80;
        bag[slot(Class::LightWeapons, Origin::StateStock)] = 20;
        bag[slot(Class::Manpads, Origin::StateStock)] = 9;
        let got = take_some(&mut bag, 10);
        assert_eq!((of_class(&got, Class::SmallArms), of_class(&got, Class::LightWeapons)), (8, 2));
        assert_eq!(arms::pieces(&take_some(&mut bag, 1000)), 90, "no more than there is");
        assert_eq!(arms::pieces(&bag), 9);
    }
}
