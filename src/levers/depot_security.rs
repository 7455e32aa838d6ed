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
    /// Share of the guards that is spread over the large sites only; the rest over all of them. The number of guards, and
    /// so the bill, stays as it is.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: a choice of policy"))]
    pub priority: f64,
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

    /// Sites of a tier that it may guard in an area.
    fn sites(&self, tier: Option<u8>, at: &Area, world: &World) -> usize {
        let tiers = world.depots.tier();
        let wanted = |i: usize| [self.tier_code(), tier].into_iter().flatten().all(|t| t == tiers[i]);
        world.depots.rows().filter(|&i| wanted(i) && world.in_area(at, world.depots.node()[i])).count()
    }
}

impl Lever for DepotSecurity {
    const KIND: &'static str = "depot_security";
    const ABOUT: &'static str = "Puts guards on arms depots; looting falls with guards, with diminishing returns.";
    const UNIT: &'static str = "guards per depot";
    const COST: (f64, &'static str) = (15_000.0, "per guard, assumption");
    const PLACES: &'static [AreaKind] = &[AreaKind::Country, AreaKind::Place];

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        let mut classes = [self.classes.is_empty(); CLASSES];
        for &class in &self.classes {
            classes[class as usize] = true;
        }
        let large = if self.priority > 0.0 { self.sites(Some(LARGE), at, world) } else { 0 };
        let first = if large > 0 { self.priority } else { 0.0 };
        let order = |guards, tier| DepotOrder { guards, area: at.clone(), tier, classes };
        controls.depots.push(order(strength * (1.0 - first), self.tier_code()));
        if first > 0.0 {
            let guards = strength * first * self.sites(None, at, world) as f64 / large as f64;
            controls.depots.push(order(guards, Some(LARGE)));
        }
    }

    fn units(&self, strength: f64, at: &Area, world: &World) -> f64 {
        strength * self.sites(None, at, world) as f64
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
        let large = DepotSecurity { tier: Some(Tier::Large), ..DepotSecurity::default() };
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
        DepotSecurity { classes: vec![Class::Manpads], ..DepotSecurity::default() }.apply(
            4.0,
            &Area::default(),
            &w,
            &mut c,
        );
        assert_eq!(c.depots[0].classes, [true; CLASSES]);
        assert_eq!(c.depots[1].classes.iter().filter(|x| **x).count(), 1);
        assert!(c.depots[1].classes[Class::Manpads as usize]);
        assert_eq!((c.depots[0].guards, c.depots[1].guards), (3.0, 4.0));
    }

    /// Two guards for each of 1,000 sites, 20 of them large: with half of the guards first for the large ones these have
    /// 1 + 1,000 / 20 each, the others one, and the bill is the same.
    #[test]
    fn priority_moves_guards_and_adds_none() {
        let w = world();
        let orders = |lever: &DepotSecurity, at: &Area| {
            let mut c = Controls::none(&w.region);
            lever.apply(2.0, at, &w, &mut c);
            c.depots.iter().map(|o| (o.guards, o.tier)).collect::<Vec<_>>()
        };
        let half = DepotSecurity { priority: 0.5, ..DepotSecurity::default() };
        let everywhere = Area::default();
        assert_eq!(orders(&half, &everywhere), [(1.0, None), (50.0, Some(LARGE))]);
        assert_eq!(half.units(2.0, &everywhere, &w), 2000.0);
        assert_eq!(1000.0 + 20.0 * 50.0, 2000.0);
        assert_eq!(orders(&DepotSecurity::default(), &everywhere), [(2.0, None)]);
        let small = DepotSecurity { tier: Some(Tier::Small), ..half.clone() };
        assert_eq!(orders(&small, &everywhere), [(2.0, Some(SMALL))], "no large site to go first");
        let mali = w.region.area(&["MLI".into()]).unwrap();
        assert_eq!(orders(&half, &mali), [(2.0, None)]);
    }
}
