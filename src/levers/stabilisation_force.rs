//! Observers and blue helmets (model.md, section 5): they stand guard on depots (equation 5), keep the peace (equation 9),
//! and draw recruits to their enemies where nobody asked for them (equation 7).

use super::{AreaKind, Lever};
use crate::agents::arms::CLASSES;
use crate::agents::controls::{Controls, DepotOrder};
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct StabilisationForce {
    /// Share of the force that stands guard on depots, as many at each; the others keep the peace.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.6))]
    pub guarding: f64,
}

impl Default for StabilisationForce {
    fn default() -> Self {
        StabilisationForce { guarding: 0.3 }
    }
}

impl Lever for StabilisationForce {
    const KIND: &'static str = "stabilisation_force";
    const ABOUT: &'static str = "Sends observers or blue helmets, who guard depots and keep the peace; hosts may refuse them, and jihadists recruit \
         against them.";
    const UNIT: &'static str = "persons";
    const COST: (f64, &'static str) = (100_000.0, "per person, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Country];
    const NAMED: bool = true;
    const CONSENT: f64 = 0.5;

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        let each = strength / at.countries.len().max(1) as f64;
        for &country in &at.countries {
            let keepers = each * (1.0 - self.guarding);
            controls.peacekeepers[usize::from(country)] += keepers;
            controls.post_troops(country, keepers, world.unity(country).is_some());
            let depots = world.depots.rows().filter(|&d| world.depots.country()[d] == country).count();
            if self.guarding > 0.0 && depots > 0 {
                let guards = each * self.guarding / depots as f64;
                let area = Area { countries: vec![country], ..Area::default() };
                controls.depots.push(DepotOrder { guards, area, tier: None, classes: [true; CLASSES] });
            }
        }
    }

    fn units(&self, strength: f64, _: &Area, _: &World) -> f64 {
        strength
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world};
    use super::*;
    use crate::agents::depot;

    /// 1,000 in Libya, 40 % of them at its 100 depots: four guards at each, and 600 who keep the peace; half as many each
    /// in two countries.
    #[test]
    fn a_force_guards_and_keeps_the_peace() {
        let mut w = world();
        depot::populate(&mut w, &depot::Initial { count: 100, large: 0, ..depot::Initial::default() }, &[]);
        let orders = |names: &[&str]| {
            let mut c = Controls::none(&w.region);
            StabilisationForce { guarding: 0.4 }.apply(1000.0, &area(&w, names), &w, &mut c);
            let troops = |iso3: &str| c.troops[usize::from(w.region.country(iso3).unwrap())];
            (c.depots.iter().map(|d| d.guards).collect::<Vec<_>>(), troops("LBY"), troops("MLI"))
        };
        assert_eq!(orders(&["LBY"]), (vec![4.0], 600.0, 0.0));
        assert_eq!(orders(&["LBY", "MLI"]), (vec![2.0], 300.0, 300.0));
    }
}
