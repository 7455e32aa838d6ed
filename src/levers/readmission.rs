//! Returns of people who crossed the sea (model.md, section 5): home, or to the country they had put to sea from.

use super::legal_pathways::nations;
use super::{AreaKind, Lever};
use crate::agents::controls::{Controls, ReadmissionOrder};
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Readmission {
    /// False: people of the countries named are sent home. True: the countries named take back whoever put to sea from their
    /// coast, whatever their nationality.
    pub to_coast: bool,
    /// Returns straight from the ships that saved people, without a decision; the share is then one of all who are saved.
    pub at_sea: bool,
}

impl Lever for Readmission {
    const KIND: &'static str = "readmission";
    const ABOUT: &'static str = "Sends people who crossed the sea home, or back to the country they left by boat, when their case is refused or \
         straight from the ships; that country must consent.";
    const UNIT: &'static str = "share of those refused (at sea: of those saved)";
    const COST: (f64, &'static str) =
        (30_000_000.0, "per scheme at full intensity: 10,000 returns at 3,000 each, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Country];
    const MOST: f64 = 1.0;
    const NAMED: bool = true;
    const CONSENT: f64 = 0.5;

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        let (nations, coasts) =
            if self.to_coast { (vec![], at.countries.clone()) } else { (nations(at, world), vec![]) };
        let (sender, share, at_sea) = (controls.sender, strength, self.at_sea);
        controls.readmission.push(ReadmissionOrder { sender, share, nations, coasts, at_sea });
    }

    fn units(&self, strength: f64, _: &Area, _: &World) -> f64 {
        strength
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world};
    use super::*;

    #[test]
    fn a_country_takes_back_its_own_or_who_left_its_coast() {
        let w = world();
        let mut c = Controls::none(&w.region);
        let at = area(&w, &["NER", "LBY"]);
        Readmission { to_coast: false, at_sea: false }.apply(0.5, &at, &w, &mut c);
        Readmission { to_coast: true, at_sea: true }.apply(0.2, &at, &w, &mut c);
        assert_eq!((c.readmission[0].nations.len(), c.readmission[0].coasts.len()), (2, 0));
        assert_eq!((c.readmission[1].nations.len(), &c.readmission[1].coasts), (0, &at.countries));
        assert!(c.readmission[1].at_sea && c.readmission[1].share == 0.2);
    }
}
