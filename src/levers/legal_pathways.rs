//! Visas for people who might leave otherwise (model.md, section 5): they enter departures, equation 14.

use super::{AreaKind, Lever, Prospect};
use crate::agents::controls::{Controls, VisaOrder};
use crate::agents::migrant::nationality;
use crate::agents::world::World;
use crate::region::{Area, Region};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever has no keys of its own.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LegalPathways {}

impl Lever for LegalPathways {
    const KIND: &'static str = "legal_pathways";
    const ABOUT: &'static str = "Gives visas to people of the countries named, shared out by how many set out from each; some of them would have gone by sea.";
    const UNIT: &'static str = "visas a year";
    const COST: (f64, &'static str) = (1000.0, "per visa, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Country];

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        controls.visas.push(VisaOrder { per_year: strength, nations: nations(at, &world.region) });
    }

    fn units(&self, strength: f64, _: &Area, _: &World) -> f64 {
        strength
    }

    fn idle(&self, _: f64, at: &Area, given: &Prospect) -> Option<String> {
        no_origin(at, given)
    }
}

/// Nationalities of the countries of an area, ascending; none for everywhere.
pub(super) fn nations(at: &Area, region: &Region) -> Vec<u32> {
    let number = |&c: &u16| nationality(&region.countries[usize::from(c)].iso3);
    let mut all: Vec<u32> = at.countries.iter().map(number).collect();
    all.sort_unstable();
    all
}

/// Says so when nobody of the countries of an area leaves home in the scenario.
pub(super) fn no_origin(at: &Area, given: &Prospect) -> Option<String> {
    let named = nations(at, given.region);
    let none = !named.is_empty() && !given.nations.iter().any(|n| named.contains(n));
    none.then(|| "nobody of the countries named sets out in this scenario: it will have no effect".into())
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world};
    use super::*;
    use crate::agents::migrant::Origin;

    /// 900 visas for Niger and Mali, from where 100 and 200 people a year leave: 300 and 600; none for Libya.
    #[test]
    fn visas_follow_those_who_leave() {
        let mut w = world();
        for (key, iso3, rate) in [(1, "NER", 1e-4), (2, "MLI", 2e-4), (3, "LBY", 5e-4)] {
            w.origins.push(Origin { pool: 1_000_000, rate, ..Origin::at(key, 0, nationality(iso3)) });
        }
        let mut c = Controls::none(&w.region);
        LegalPathways {}.apply(900.0, &area(&w, &["NER", "MLI"]), &w, &mut c);
        let got: Vec<f64> = (0..3).map(|row| c.visas[0].per_year_of(&w, row)).collect();
        assert!((got[0] - 300.0).abs() < 1e-9 && (got[1] - 600.0).abs() < 1e-9, "{got:?}");
        assert_eq!(got[2], 0.0);
    }
}
