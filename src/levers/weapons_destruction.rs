//! Weapons that are bought or collected and destroyed (model.md, section 5): stock goes, prices rise, and raids and
//! smugglers fill the markets again.

use super::{AreaKind, Lever};
use crate::agents::arms::{self, CLASSES, Class};
use crate::agents::controls::{Controls, DestructionOrder};
use crate::agents::store::{CIVILIANS, CUSTODY, MARKET};
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct WeaponsDestruction {
    /// Classes it collects, as many of each.
    pub classes: Vec<Class>,
    /// Whose weapons, in proportion to what each has.
    pub from: Vec<Source>,
}

/// Who holds the weapons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Source {
    Civilians,
    Markets,
    Custody,
}

/// What a piece (a tonne) costs, over a rifle, by class: a missile 8,000 USD (40 million USD for 5,000 of them, State
/// Department 2012); 1.2 usual prices for the others; chemicals by the tonne cost as much as a plant (assumptions).
const COST_OVER_RIFLE: [f64; CLASSES] = [1.0, 3.0, 10.0, 3.6, 8.0, 1000.0];

impl Default for WeaponsDestruction {
    fn default() -> Self {
        WeaponsDestruction { classes: vec![Class::SmallArms], from: vec![Source::Civilians, Source::Markets] }
    }
}

impl WeaponsDestruction {
    /// What it takes and where, at so many weapons a year.
    fn order(&self, strength: f64, at: &Area, sender: u64) -> DestructionOrder {
        let (mut from, mut per_year) = ([false; 3], [0.0; CLASSES]);
        for source in &self.from {
            let kind = match source {
                Source::Civilians => CIVILIANS,
                Source::Markets => MARKET,
                Source::Custody => CUSTODY,
            };
            from[usize::from(kind)] = true;
        }
        for &class in &self.classes {
            per_year[class as usize] += strength / self.classes.len() as f64;
        }
        DestructionOrder { sender, area: at.clone(), from, per_year }
    }
}

impl Lever for WeaponsDestruction {
    const KIND: &'static str = "weapons_destruction";
    const ABOUT: &'static str = "Buys or collects weapons and destroys them; what is left gets dearer, and raids and smugglers refill the markets.";
    const UNIT: &'static str = "weapons/year";
    const COST: (f64, &'static str) = (
        1_000.0,
        "per rifle, 1.2 times its price, assumption; missiles 8,000 (40 million USD for 5,000, State Department 2012)",
    );
    const PLACES: &'static [AreaKind] = &[AreaKind::Country];

    fn apply(&self, strength: f64, at: &Area, _: &World, controls: &mut Controls) {
        let order = self.order(strength, at, controls.sender);
        controls.destruction.push(order);
    }

    /// Rifles that cost as much; nobody is paid for weapons that are not there.
    fn units(&self, strength: f64, at: &Area, world: &World) -> f64 {
        let order = self.order(strength, at, 0);
        let taken = |i: &usize| order.from[usize::from(world.stores.kind()[*i])] && at.covers(world.store_country(*i));
        let mut have = [0.0; CLASSES];
        for i in world.stores.rows().filter(taken) {
            for (sum, n) in have.iter_mut().zip(arms::by_class(&world.stores.arms()[i])) {
                *sum += f64::from(n);
            }
        }
        let cost = |k: usize| order.per_year[k].min(have[k] * 365.0) * COST_OVER_RIFLE[k];
        (0..CLASSES).map(cost).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world};
    use super::*;
    use crate::agents::arms::{EMPTY, Origin, slot};

    /// Libya's civilians have 5,000 rifles and three missiles.
    fn armed() -> World {
        let mut w = world();
        let libya = w.region.country("LBY").unwrap();
        let row = w.store(CIVILIANS, libya);
        let mut bag = EMPTY;
        bag[slot(Class::SmallArms, Origin::LibyanDepot)] = 5000;
        bag[slot(Class::Manpads, Origin::LibyanDepot)] = 3;
        w.stores.update(row, |s| s.arms = bag);
        w
    }

    #[test]
    fn the_order_names_classes_and_holders() {
        let w = armed();
        let mut c = Controls::none(&w.region);
        c.sender = 77;
        WeaponsDestruction::default().apply(1000.0, &area(&w, &["LBY"]), &w, &mut c);
        let both = vec![Class::SmallArms, Class::Manpads];
        WeaponsDestruction { classes: both, from: vec![Source::Custody] }.apply(1000.0, &Area::default(), &w, &mut c);
        let [a, b] = &c.destruction[..] else { panic!("two orders") };
        assert_eq!((a.sender, a.from, a.per_year), (77, [true, true, false], [1000.0, 0.0, 0.0, 0.0, 0.0, 0.0]));
        assert_eq!((b.from, b.per_year), ([false, false, true], [500.0, 0.0, 0.0, 0.0, 500.0, 0.0]));
    }

    /// A rifle is a unit, a missile eight; three missiles are bought on one day and then there are none: 3 x 365 x 8.
    #[test]
    fn missiles_cost_eight_times_as_much_and_what_is_not_there_nothing() {
        let w = armed();
        let libya = area(&w, &["LBY"]);
        let rifles = WeaponsDestruction::default();
        assert_eq!(rifles.units(1000.0, &libya, &w), 1000.0);
        assert_eq!(rifles.units(1000.0, &area(&w, &["NER"]), &w), 0.0);
        assert_eq!(rifles.units(0.0, &libya, &w), 0.0);
        let missiles = WeaponsDestruction { classes: vec![Class::Manpads], ..rifles };
        assert_eq!(missiles.units(100.0, &libya, &w), 800.0);
        assert_eq!(missiles.units(10_000.0, &libya, &w), 8760.0);
        let custody = WeaponsDestruction { from: vec![Source::Custody], ..missiles };
        assert_eq!(custody.units(100.0, &libya, &w), 0.0);
    }
}
