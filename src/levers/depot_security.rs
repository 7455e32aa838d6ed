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
