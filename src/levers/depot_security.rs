//! Guards on arms depots (model.md, section 5): they enter the hazard of loss of equation 5.

use super::{AreaKind, Lever};
use crate::agents::arms::{CLASSES, Class};
use crate::agents::controls::{Controls, DepotOrder};
use crate::agents::depot::{LARGE, SMALL};
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct DepotSecurity {
    /// Guard only `large` or only `small` sites; all when left out.
    pub tier: Option<Tier>,
    /// Weapon classes the guards watch; all when empty. What they do not watch can still be taken past them.
    pub classes: Vec<Class>,
}

/// Size of a site.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Tier {
    Large,
    Small,
}

impl DepotSecurity {
    fn tier_code(&self) -> Option<u8> {
        self.tier.map(|t| if t == Tier::Large { LARGE } else { SMALL })
    }
}

impl Lever for DepotSecurity {
    const KIND: &'static str = "depot_security";
    const ABOUT: &'static str = "Puts guards on arms depots; looting falls with guards, with diminishing returns.";
    const UNIT: &'static str = "guards per depot";
    const COST: (f64, &'static str) = (15_000.0, "per guard, assumption");
    const PLACES: &'static [AreaKind] = &[AreaKind::Country, AreaKind::Place];

    fn apply(&self, strength: f64, at: &Area, _: &World, controls: &mut Controls) {
        let mut classes = [self.classes.is_empty(); CLASSES];
        for &class in &self.classes {
            classes[class as usize] = true;
        }
        controls.depots.push(DepotOrder { guards: strength, area: at.clone(), tier: self.tier_code(), classes });
    }

    fn units(&self, strength: f64, at: &Area, world: &World) -> f64 {
        let tier = self.tier_code();
        let sites = world
            .depots
            .rows()
            .filter(|&i| tier.is_none_or(|t| t == world.depots.tier()[i]) && world.in_area(at, world.depots.node()[i]));
        strength * sites.count() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::routes::{Routes, TravelCosts};
    use crate::engine::rng::Luck;
    use crate::region::Region;
    use crate::units::Tick;
    use std::sync::Arc;

    fn world() -> World {
        let region = Region::from_parts(
            &[("Sabha", "LBY", 27.0, 14.4, 130_000), ("Kidal", "MLI", 18.4, 1.4, 35_000)],
            &[("Sabha", "Kidal", 1700.0)],
            &[],
            &[],
        );
        let costs: TravelCosts = crate::processes::crews::Params::default().travel_costs(0.002);
        let routes = Arc::new(Routes::build(&region, &costs, &[], &[]));
        let mut w = World::empty(Arc::new(region), routes, Luck { seed: 1, replicate: 0 }, Tick(15_000), 1);
        crate::agents::depot::populate(&mut w, &crate::agents::depot::Initial::default(), &[]);
        w
    }

    #[test]
    fn guards_are_counted_by_site_tier_and_place() {
        let w = world();
        let everywhere = Area::default();
        let all = DepotSecurity::default();
        assert_eq!(all.units(2.0, &everywhere, &w), 2000.0);
        let large = DepotSecurity { tier: Some(Tier::Large), classes: vec![] };
        assert_eq!(large.units(2.0, &everywhere, &w), 40.0);
        let mali = w.region.area(&["MLI".into()]).unwrap();
        assert_eq!(all.units(2.0, &mali, &w), 0.0, "Mali has no depots");
        let sabha = w.region.area(&["Sabha".into()]).unwrap();
        assert_eq!(all.units(2.0, &sabha, &w), 2000.0);
    }

    #[test]
    fn no_class_named_means_all_of_them() {
        let w = world();
        let mut c = Controls::none(&w.region);
        DepotSecurity::default().apply(3.0, &Area::default(), &w, &mut c);
        DepotSecurity { tier: None, classes: vec![Class::Manpads] }.apply(4.0, &Area::default(), &w, &mut c);
        assert_eq!(c.depots[0].classes, [true; CLASSES]);
        assert_eq!(c.depots[1].classes.iter().filter(|x| **x).count(), 1);
        assert!(c.depots[1].classes[Class::Manpads as usize]);
        assert_eq!((c.depots[0].guards, c.depots[1].guards), (3.0, 4.0));
    }
}
