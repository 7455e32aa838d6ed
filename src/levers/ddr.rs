//! Disarmament, demobilisation and reintegration (model.md, section 5; equation 18): fighters are taken in places in a programme,
//! lay down arms and live as civilians; some of the places go to people who never fought, and some fighters come back.

use super::{AreaKind, Lever};
use crate::agents::controls::{Controls, DemobilisationOrder};
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Ddr {
    /// What each gets: money, tools, training, over a year.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "USD", "x-source" = "model.md, section 5: 1,000 to 1,500", "x-low" = 1000, "x-high" = 1500))]
    pub package_usd: f64,
    /// Work found for those who leave: the share of the gap between a civilian's and a fighter's pay that it closes. Without any
    /// gap it does nothing.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: a choice of policy"))]
    pub jobs: f64,
    /// How far rivals have settled, when no event says it: counts as unity with fighters, as an agreement in force does.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: a choice of policy"))]
    pub settlement: f64,
    /// Share of the places that people take who never fought: they are paid for and change nothing.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.5))]
    pub ghosts: f64,
}

impl Default for Ddr {
    fn default() -> Self {
        Ddr { package_usd: 1250.0, jobs: 0.0, settlement: 0.0, ghosts: 0.2 }
    }
}

/// What work for one man costs a year, USD, at `jobs` = 1 (assumption).
const JOB_USD: f64 = 5000.0;
/// Places a year from which on everybody sees the work that is found (assumption).
const SEEN: f64 = 10_000.0;

impl Lever for Ddr {
    const KIND: &'static str = "ddr";
    const ABOUT: &'static str = "Takes fighters back into civil life: few come without a settlement, work and security together, some never fought, and \
         some take up arms again.";
    const UNIT: &'static str = "places/year";
    const COST: (f64, &'static str) = (
        2_500.0,
        "per place: a package of 1,000-1,500 and as much again to run it, assumption (model.md); work 5,000 more, assumption",
    );
    const PLACES: &'static [AreaKind] = &[AreaKind::Country, AreaKind::Place];
    const NAMED: bool = true;

    fn apply(&self, strength: f64, at: &Area, _: &World, controls: &mut Controls) {
        if self.jobs > 0.0 {
            controls.show_help(self.jobs * (strength / SEEN).min(1.0));
        }
        controls.demobilisation.push(DemobilisationOrder {
            sender: controls.sender,
            area: at.clone(),
            per_year: strength * (1.0 - self.ghosts),
            package_usd: self.package_usd,
            jobs: self.jobs,
            settlement: self.settlement,
        });
    }

    /// Places of the usual package that cost as much. All are paid for, whether or not anybody comes.
    fn units(&self, strength: f64, _: &Area, _: &World) -> f64 {
        strength * (2.0 * self.package_usd + self.jobs * JOB_USD) / Self::COST.0
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world};
    use super::*;

    /// Of 1,000 places 200 go to ghosts; a thousand of 1,250 USD cost 2.5 million, with work for half 5 million.
    #[test]
    fn ghosts_take_places_and_all_are_paid_for() {
        let w = world();
        let libya = area(&w, &["LBY"]);
        let mut c = Controls::none(&w.region);
        let lever = Ddr::default();
        lever.apply(1000.0, &libya, &w, &mut c);
        assert_eq!((c.demobilisation[0].per_year, c.help[0]), (800.0, 0.0));
        assert_eq!(lever.units(1000.0, &libya, &w), 1000.0);
        let work = Ddr { jobs: 0.5, ..lever };
        work.apply(1000.0, &libya, &w, &mut c);
        assert_eq!(work.units(1000.0, &libya, &w), 2000.0);
        assert!((c.help[0] - 0.05).abs() < 1e-12, "work for a tenth of those whom everybody sees");
    }
}
