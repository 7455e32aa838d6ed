//! An exemption from an arms embargo (model.md, section 5): weapons for a government's groups, part of which leaks (equation 13).

use super::{AreaKind, Lever};
use crate::agents::arms::CLASSES;
use crate::agents::controls::{Controls, ExemptionOrder};
use crate::agents::group::{BLOCS, bloc_of};
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct EmbargoExemption {
    /// The bloc of the government: its groups within 300 km of the places named get the weapons, by fighters.
    #[schemars(extend("enum" = BLOCS))]
    pub bloc: String,
    /// What the items are, by class, relative to each other.
    #[schemars(inner(range(min = 0, max = 1_000_000)), extend("x-unit" = "share", "x-source" = "assumption: as the armies of data/model/depots.csv; 12,000 items a year are the rifles of 10,000 men at 1.2 each (equation 7) with a tenth as many machine guns"))]
    pub mix: [f64; CLASSES],
    /// Share of the items that goes to the market nearest to where they are landed, if nobody vets who gets them.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.05, "x-high" = 0.4))]
    pub leakage: f64,
    /// How well those who get them are vetted, 0 to 1: so much less leaks.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: a choice of policy"))]
    pub vetting: f64,
}

impl Default for EmbargoExemption {
    fn default() -> Self {
        EmbargoExemption { bloc: "gna".into(), mix: [10.0, 1.0, 0.1, 1.0, 0.0, 0.0], leakage: 0.2, vetting: 0.0 }
    }
}

impl EmbargoExemption {
    /// What is let through to where, at so many items a year.
    fn order(&self, strength: f64, at: &Area, sender: u64) -> ExemptionOrder {
        let all: f64 = self.mix.iter().sum();
        ExemptionOrder {
            sender,
            bloc: bloc_of(&self.bloc),
            places: at.places.clone(),
            per_year: self.mix.map(|part| if all > 0.0 { strength * part / all } else { 0.0 }),
            leaked: self.leakage * (1.0 - self.vetting),
        }
    }
}

impl Lever for EmbargoExemption {
    const KIND: &'static str = "embargo_exemption";
    const ABOUT: &'static str = "Lets arms through an embargo to the groups of a government, once a month; a part of them leaks to the market nearest to \
         where they are landed.";
    const UNIT: &'static str = "items/year";
    const COST: (f64, &'static str) = (1_500.0, "per item with its transport, assumption");
    const PLACES: &'static [AreaKind] = &[AreaKind::Place];
    const NAMED: bool = true;

    fn apply(&self, strength: f64, at: &Area, _: &World, controls: &mut Controls) {
        let order = self.order(strength, at, controls.sender);
        controls.exemptions.push(order);
    }

    /// Nobody pays for what has nobody to go to.
    fn units(&self, strength: f64, at: &Area, world: &World) -> f64 {
        let order = self.order(strength, at, 0);
        let goes = order.places.iter().any(|&p| !world.receivers(p, order.bloc).is_empty());
        if goes { order.per_year.iter().sum() } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world};
    use super::*;
    use crate::agents::arms::EMPTY;
    use crate::agents::group::Group;

    /// 1,210 items of 10 : 1 : 0.1 : 1 are 1,000 rifles, 100 machine guns, 10 heavy guns and 100 tonnes; half of 0.2 leaks where
    /// half are vetted; without a group of the bloc there is no bill.
    #[test]
    fn items_are_shared_out_by_the_mix_and_billed_where_they_go() {
        let mut w = world();
        let lever = EmbargoExemption { vetting: 0.5, ..EmbargoExemption::default() };
        let at = area(&w, &["Sabha"]);
        let order = lever.order(1210.0, &at, 7);
        for (got, want) in order.per_year.iter().zip([1000.0, 100.0, 10.0, 100.0, 0.0, 0.0]) {
            assert!((got - want).abs() < 1e-9, "{got}, expected {want}");
        }
        assert_eq!((order.leaked, BLOCS[usize::from(order.bloc)], order.sender), (0.1, "gna", 7));
        assert_eq!(lever.units(1210.0, &at, &w), 0.0);
        let place = &w.region.places[usize::from(at.places[0])];
        let (node, country) = (place.node.expect("on land"), place.country);
        let (bloc, tie) = (order.bloc, 0);
        w.groups.push(Group {
            key: 1,
            node,
            country,
            bloc,
            tie,
            fighters: 5,
            home: node,
            money: 0,
            skill: 1.0,
            trained: 0,
            arms: EMPTY,
        });
        assert!((lever.units(1210.0, &at, &w) - 1210.0).abs() < 1e-9);
    }
}
