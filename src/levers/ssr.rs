//! Reform of the security sector (model.md, section 5; equation 19): militias come into the force of a government, slowly, and only
//! where there is a government and rivals have settled. What is lost to those who capture the budget is not modelled.

use super::{AreaKind, Lever};
use crate::agents::controls::{Controls, IntegrationOrder};
use crate::agents::group::{BLOCS, bloc_of};
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Ssr {
    /// How far rivals have settled, when no event says it: an agreement in force counts when it is more.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: a choice of policy"))]
    pub settlement: f64,
    /// Bloc of the force that takes them in.
    #[schemars(extend("enum" = BLOCS))]
    pub bloc: String,
}

impl Default for Ssr {
    fn default() -> Self {
        Ssr { settlement: 0.0, bloc: "gna".into() }
    }
}

impl Lever for Ssr {
    const KIND: &'static str = "ssr";
    const ABOUT: &'static str = "Takes militias with their arms into the force of a government: slow, and only where one commands the country and rivals have \
         settled.";
    const UNIT: &'static str = "share of fighters/year";
    const COST: (f64, &'static str) =
        (250_000_000.0, "per whole share; 50 million at the most, a fifth a year, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Country];
    const MOST: f64 = 0.2;
    const NAMED: bool = true;

    fn apply(&self, strength: f64, at: &Area, _: &World, controls: &mut Controls) {
        let (sender, bloc, settlement) = (controls.sender, bloc_of(&self.bloc), self.settlement);
        for &country in &at.countries {
            controls.integration.push(IntegrationOrder { sender, country, bloc, per_year: strength, settlement });
        }
    }

    fn units(&self, strength: f64, at: &Area, _: &World) -> f64 {
        strength * at.countries.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world};
    use super::*;

    /// A twentieth a year in each of two countries: 12.5 million USD each.
    #[test]
    fn each_country_has_its_reform() {
        let w = world();
        let both = area(&w, &["LBY", "MLI"]);
        let mut c = Controls::none(&w.region);
        let lever = Ssr { settlement: 0.5, ..Ssr::default() };
        lever.apply(0.05, &both, &w, &mut c);
        let got: Vec<_> = c.integration.iter().map(|o| (o.per_year, o.settlement, o.bloc)).collect();
        assert_eq!(got, [(0.05, 0.5, bloc_of("gna")); 2]);
        assert!((lever.units(0.05, &both, &w) * Ssr::COST.0 - 25e6).abs() < 1e-6);
    }
}
