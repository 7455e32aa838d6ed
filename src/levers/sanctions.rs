//! Sanctions on the money of armed groups (model.md, section 5): they enter what groups earn (equation 7).

use super::{AreaKind, Lever};
use crate::agents::controls::{Controls, PART_OF_HELP};
use crate::agents::group::{BLOCS, is_official};
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Sanctions {
    /// Blocs whose money is meant; all but armies when left out.
    #[schemars(extend("items" = {"type": "string", "enum": BLOCS}))]
    pub blocs: Vec<String>,
    /// Share of the money covered that gets past the sanctions.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.2, "x-high" = 0.8))]
    pub evasion: f64,
}

impl Default for Sanctions {
    fn default() -> Self {
        Sanctions { blocs: vec![], evasion: 0.4 }
    }
}

impl Lever for Sanctions {
    const KIND: &'static str = "sanctions";
    const ABOUT: &'static str =
        "Keeps armed groups from a part of what they earn, by holding assets and watching payments; a part gets past.";
    const UNIT: &'static str = "share of the groups' money covered";
    const COST: (f64, &'static str) = (2_000_000.0, "at full coverage, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[];
    const MOST: f64 = 1.0;

    fn apply(&self, strength: f64, _: &Area, _: &World, controls: &mut Controls) {
        for (bloc, name) in BLOCS.iter().enumerate() {
            let meant =
                if self.blocs.is_empty() { !is_official(bloc as u8) } else { self.blocs.iter().any(|b| b == name) };
            if meant {
                let kept = &mut controls.sanctions[bloc];
                *kept = kept.max(strength * (1.0 - self.evasion));
            }
        }
        controls.show_help(strength * PART_OF_HELP);
    }

    fn units(&self, strength: f64, _: &Area, _: &World) -> f64 {
        strength
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::world;
    use super::*;

    /// Half of the money is covered, four tenths of that get past: 0.3 is kept from them.
    #[test]
    fn blocs_lose_what_is_covered_and_does_not_get_past() {
        let w = world();
        let mut c = Controls::none(&w.region);
        let of = |c: &Controls, bloc: &str| c.sanctions[BLOCS.iter().position(|b| *b == bloc).expect("a bloc")];
        Sanctions { blocs: vec!["aqim".into()], evasion: 0.4 }.apply(0.5, &Area::default(), &w, &mut c);
        assert_eq!((of(&c, "aqim"), of(&c, "mujao")), (0.3, 0.0));
        Sanctions::default().apply(0.1, &Area::default(), &w, &mut c);
        assert!((of(&c, "mujao") - 0.06).abs() < 1e-12);
        assert_eq!((of(&c, "aqim"), of(&c, "state")), (0.3, 0.0));
        assert!((c.help[0] - 0.2).abs() < 1e-12, "people see it");
    }
}
