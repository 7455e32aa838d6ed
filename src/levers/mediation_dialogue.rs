//! Mediation between rivals, and diplomats who are present (model.md, section 5): the dialogue of equation 11.

use super::{AreaKind, Lever, Prospect};
use crate::agents::controls::Controls;
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever has no keys of its own.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct MediationDialogue {}

impl Lever for MediationDialogue {
    const KIND: &'static str = "mediation_dialogue";
    const ABOUT: &'static str = "Brings rivals to talk and keeps diplomats in the country; unity grows by it.";
    const UNIT: &'static str = "share of the rivals who talk";
    const COST: (f64, &'static str) = (2_000_000.0, "per scheme at full intensity, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[];
    const MOST: f64 = 1.0;

    fn apply(&self, strength: f64, _: &Area, _: &World, controls: &mut Controls) {
        controls.dialogue = controls.dialogue.max(strength);
    }

    fn units(&self, strength: f64, _: &Area, _: &World) -> f64 {
        strength
    }

    fn idle(&self, _: f64, _: &Area, given: &Prospect) -> Option<String> {
        given.no_politics()
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::world;
    use super::*;

    #[test]
    fn the_better_mediator_counts() {
        let w = world();
        let mut c = Controls::none(&w.region);
        MediationDialogue {}.apply(0.5, &Area::default(), &w, &mut c);
        MediationDialogue {}.apply(0.25, &Area::default(), &w, &mut c);
        assert_eq!(c.dialogue, 0.5);
    }
}
