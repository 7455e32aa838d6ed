//! Who fights in a country, and how strong each party is where.

use super::Params;
use crate::agents::arms::{Class, of_class};
use crate::agents::group::{BLOC_COUNT, Group, STATE};
use crate::agents::world::World;
use crate::region::{CountryId, NodeId};
use std::collections::{BTreeMap, BTreeSet};

/// Strength is added up in thousandths of a fighter, so that the sum does not hang on the order.
const MILLI: f64 = 1000.0;
/// Beyond so many times the reach nobody feels a group.
const FARTHEST: f64 = 3.0;

/// Strength by bloc.
pub type Strengths = [f64; BLOC_COUNT];

/// The parties to the wars of a country.
pub struct Arena {
    pub country: CountryId,
    /// How hard each pair of blocs fights.
    pub level: [[f64; BLOC_COUNT]; BLOC_COUNT],
    /// Blocs that fight anyone.
    pub parties: Vec<u8>,
    /// Rows of their groups with fighters, by bloc, in order of keys.
    pub groups: BTreeMap<u8, Vec<usize>>,
    /// Strength of each bloc in each cell that its groups reach, fighters; cells ascending.
    pub strength: Vec<(NodeId, Strengths)>,
    /// Cells where groups of the parties stand.
    pub stands: Vec<NodeId>,
    /// The same with the bloc of each.
    pub present: BTreeSet<(NodeId, u8)>,
}

/// Capability of a group (equation 7): its fighters as far as they are armed, raised by heavy arms and skill.
pub fn capability(g: &Group) -> f64 {
    if g.fighters == 0 {
        return 0.0;
    }
    let fighters = f64::from(g.fighters);
    let armed = f64::from(of_class(&g.arms, Class::SmallArms) + of_class(&g.arms, Class::LightWeapons));
    let heavy = f64::from(of_class(&g.arms, Class::AntiAircraft));
    fighters * (armed / fighters).min(1.0) * (1.0 + 0.5 * (10.0 * heavy / fighters).min(1.0)) * f64::from(g.skill)
}

/// How much of its army's capability a state brings to bear in a cell, by its will and by what of its capacity reaches
/// there.
pub fn army_effect(p: &Params, w: &World, node: NodeId) -> f64 {
    let s = w.states.get(usize::from(w.region.nodes.country[node as usize]));
    p.army_floor + (1.0 - p.army_floor) * s.capacity * w.reach_of_state(node) * s.will
}

/// A group's capability where it stands: an army's as far as its state works.
pub fn strength_of(p: &Params, w: &World, g: &Group) -> f64 {
    capability(g) * if g.bloc == STATE { army_effect(p, w, g.node) } else { 1.0 }
}

/// What of a group's strength is felt in a cell.
pub fn felt(p: &Params, w: &World, group: usize, cell: NodeId) -> f64 {
    let g = w.groups.get(group);
    strength_of(p, w, &g) * libm::exp(-w.km_between(g.node, cell) / p.reach_km)
}

impl Arena {
    /// The parties of a country and their strength today.
    pub fn of(p: &Params, w: &mut World, country: CountryId) -> Arena {
        let mut level = [[0.0; BLOC_COUNT]; BLOC_COUNT];
        for (a, b, hard) in w.wars(country) {
            let hard = hard * w.controls.calmed(a, b);
            level[usize::from(a)][usize::from(b)] = hard;
            level[usize::from(b)][usize::from(a)] = hard;
        }
        let fights = |b: &u8| level[usize::from(*b)].iter().any(|&x| x > 0.0);
        let parties: Vec<u8> = (0..BLOC_COUNT as u8).filter(fights).collect();
        let mut groups: BTreeMap<u8, Vec<usize>> = BTreeMap::new();
        for g in w.groups.rows() {
            let bloc = w.groups.bloc()[g];
            if w.groups.country()[g] == country && w.groups.fighters()[g] > 0 && parties.contains(&bloc) {
                groups.entry(bloc).or_default().push(g);
            }
        }
        for rows in groups.values_mut() {
            rows.sort_unstable_by_key(|&g| w.groups.key()[g]);
        }
        let mut at: BTreeMap<(NodeId, u8), u64> = BTreeMap::new();
        for (&bloc, rows) in &groups {
            for &g in rows {
                let milli = libm::round(strength_of(p, w, &w.groups.get(g)) * MILLI) as u64;
                *at.entry((w.groups.node()[g], bloc)).or_default() += milli;
            }
        }
        let mut strength: Vec<(NodeId, Strengths)> = vec![];
        // Where a cell's strengths lie: a look at a column is cheaper than a search for each cell of each group.
        let mut slot = vec![u32::MAX; w.region.nodes.len()];
        let mut stands: Vec<NodeId> = at.keys().map(|k| k.0).collect();
        stands.dedup();
        let present = at.keys().copied().collect();
        for (&(node, bloc), &milli) in &at {
            for &(cell, near) in reach(p, w, node).iter() {
                if w.region.nodes.country[cell as usize] == country {
                    let slot = &mut slot[cell as usize];
                    if *slot == u32::MAX {
                        *slot = strength.len() as u32;
                        strength.push((cell, [0.0; BLOC_COUNT]));
                    }
                    strength[*slot as usize].1[usize::from(bloc)] += milli as f64 / MILLI * f64::from(near);
                }
            }
        }
        strength.sort_unstable_by_key(|x| x.0);
        if parties.contains(&STATE) {
            for (cell, k) in &mut strength {
                if w.holder(*cell) == STATE {
                    k[usize::from(STATE)] += police(p, w, *cell);
                }
            }
        }
        Arena { country, level, parties, groups, strength, stands, present }
    }

    /// Strength of each bloc in a cell.
    pub fn at(&self, node: NodeId) -> Strengths {
        self.slot(node).map_or([0.0; BLOC_COUNT], |i| self.strength[i].1)
    }

    /// Where a cell's strengths are; `None` when nobody reaches it.
    pub fn slot(&self, node: NodeId) -> Option<usize> {
        self.strength.binary_search_by_key(&node, |x| x.0).ok()
    }

    /// True when two blocs fight each other.
    pub fn hostile(&self, a: u8, b: u8) -> bool {
        self.level[usize::from(a)][usize::from(b)] > 0.0
    }

    /// True for two that fight the same enemy and not each other.
    pub fn same_side(&self, a: u8, b: u8) -> bool {
        a == b || !self.hostile(a, b) && self.parties.iter().any(|&x| self.hostile(a, x) && self.hostile(b, x))
    }

    /// Strength of a bloc and of those on its side, and of its enemies, in a cell.
    pub fn balance(&self, node: NodeId, bloc: u8) -> (f64, f64) {
        let k = self.at(node);
        let sum = |of: &dyn Fn(u8) -> bool| self.parties.iter().filter(|&&b| of(b)).map(|&b| k[usize::from(b)]).sum();
        (sum(&|b| self.same_side(bloc, b)), sum(&|b| self.hostile(bloc, b)))
    }
}

/// Strength of the police of a cell that the state holds.
fn police(p: &Params, w: &World, node: NodeId) -> f64 {
    f64::from(w.region.nodes.population[node as usize]) / 1000.0 * p.police_per_1000 * army_effect(p, w, node)
}

/// Cells within reach of a node with the share of strength felt there; remembered, since it never changes.
fn reach(p: &Params, w: &mut World, node: NodeId) -> std::sync::Arc<Vec<(NodeId, f32)>> {
    if let Some(known) = w.reach.get(&node) {
        return known.clone();
    }
    let near = |cell: NodeId| (cell, libm::exp(-w.km_between(node, cell) / p.reach_km) as f32);
    let cells: Vec<_> = w.nodes_within(node, FARTHEST * p.reach_km).into_iter().map(near).collect();
    let cells = std::sync::Arc::new(cells);
    w.reach.insert(node, cells.clone());
    cells
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::arms::{EMPTY, Origin, slot};

    /// Equation 7 by hand: 100 men with 80 rifles count 80; 5 heavy guns raise that by half of a half; 10 by half, and no
    /// number by more; skill multiplies; nobody is nothing, however many arms lie about.
    #[test]
    fn capability_is_that_of_equation_7() {
        let mut arms = EMPTY;
        arms[slot(Class::SmallArms, Origin::Local)] = 80;
        let mut g = Group {
            key: 1,
            node: 0,
            country: 0,
            bloc: 0,
            tie: 0,
            fighters: 100,
            home: 0,
            money: 0,
            skill: 1.0,
            trained: 0,
            arms,
        };
        assert!((capability(&g) - 80.0).abs() < 1e-9);
        g.arms[slot(Class::AntiAircraft, Origin::LibyanDepot)] = 5;
        assert!((capability(&g) - 100.0).abs() < 1e-9);
        g.arms[slot(Class::AntiAircraft, Origin::LibyanDepot)] = 50;
        assert!((capability(&g) - 120.0).abs() < 1e-9);
        g.arms[slot(Class::LightWeapons, Origin::LibyanDepot)] = 500;
        g.skill = 2.0;
        assert!((capability(&g) - 300.0).abs() < 1e-9);
        g.fighters = 0;
        assert_eq!(capability(&g), 0.0);
    }
}
