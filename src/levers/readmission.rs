//! Returns of people who crossed the sea (model.md, section 5): home, or to the country they had put to sea from.

use super::legal_pathways::{nations, no_origin};
use super::{AreaKind, Lever, NOBODY_LEAVES, Prospect};
use crate::agents::controls::{Controls, ReadmissionOrder};
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys. Each return is paid on its day. How many there will be is not known in the morning, so a budget stops
/// the lever on days on which it has cost more, since its start, than the budget allows up to that day: it is overdrawn by no
/// more than one day's returns, and what is not used on one day may be used later.
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
    const COST: (f64, &'static str) = (3000.0, "per return, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Country];
    const MOST: f64 = 1.0;
    const NAMED: bool = true;
    const CONSENT: f64 = 0.5;
    const BY_DEED: bool = true;

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        let (nations, coasts) =
            if self.to_coast { (vec![], at.countries.clone()) } else { (nations(at, &world.region), vec![]) };
        let (sender, share, at_sea) = (controls.sender, strength, self.at_sea);
        controls.readmission.push(ReadmissionOrder { sender, share, nations, coasts, at_sea });
    }

    fn units(&self, _: f64, _: &Area, world: &World) -> f64 {
        let own = world.tally.sent_by.iter().filter(|s| s.0 == world.controls.sender);
        own.map(|s| s.1).sum::<i64>() as f64 * 365.0
    }

    fn idle(&self, _: f64, at: &Area, given: &Prospect) -> Option<String> {
        if self.to_coast {
            return (!given.departs_from(&at.countries)).then(|| NOBODY_LEAVES.into());
        }
        no_origin(at, given)
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

    #[test]
    fn a_scheme_pays_for_its_own_returns() {
        let mut w = world();
        w.tally.sent_by = vec![(7, 10), (8, 10), (7, 20)];
        let units = |w: &World| Readmission::default().units(1.0, &Area::default(), w);
        assert_eq!(units(&w), 0.0);
        w.controls.sender = 7;
        assert_eq!(units(&w), 30.0 * 365.0);
    }
}
