//! War on jihadists from outside (model.md, section 5): sorties by aircraft, advisers, or troops; it enters equations 7, 9
//! and 11. Troops draw recruits to their enemies as far as their sender is not accepted.

use super::{AreaKind, Lever};
use crate::agents::controls::{Campaign, Controls};
use crate::agents::group::{BLOCS, bloc_of};
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CounterIs {
    /// What is sent: `strikes`, `advisers` or `troops`.
    pub with: Means,
    /// Blocs it is sent against.
    #[schemars(extend("items" = {"type": "string", "enum": BLOCS}))]
    pub against: Vec<String>,
}

/// What is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Means {
    /// Sorties by aircraft.
    Strikes,
    /// Special forces who stand by those who fight, and fight little themselves.
    Advisers,
    /// Boots on the ground.
    Troops,
}

impl Default for CounterIs {
    fn default() -> Self {
        CounterIs { with: Means::Strikes, against: vec!["islamic_state".into()] }
    }
}

/// A person costs 150,000 USD a year, a sortie a day 3 million.
const PERSON: f64 = 0.05;

impl Lever for CounterIs {
    const KIND: &'static str = "counter_is";
    const ABOUT: &'static str = "Fights jihadists from outside by strikes, advisers or troops; troops draw recruits to jihadists where their sender is not \
         accepted.";
    const UNIT: &'static str = "sorties a day (advisers, troops: persons)";
    const COST: (f64, &'static str) = (3_000_000.0, "per sortie a day; a person 150,000, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Country];
    const NAMED: bool = true;
    const CONSENT: f64 = 0.15;

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        let against: Vec<u8> = self.against.iter().map(|name| bloc_of(name)).collect();
        let each = strength / at.countries.len().max(1) as f64;
        let amount = |means: Means| if self.with == means { each } else { 0.0 };
        for &country in &at.countries {
            controls.campaigns.push(Campaign {
                sender: controls.sender,
                country,
                against: against.clone(),
                sorties: amount(Means::Strikes),
                advisers: amount(Means::Advisers),
                troops: amount(Means::Troops),
            });
            if self.with == Means::Troops {
                controls.post_troops(country, each, world.unity(country).is_some());
            }
        }
    }

    fn units(&self, strength: f64, _: &Area, _: &World) -> f64 {
        if self.with == Means::Strikes { strength } else { strength * PERSON }
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world};
    use super::*;

    #[test]
    fn only_troops_are_troops() {
        let w = world();
        let at = area(&w, &["LBY"]);
        let sent = |with| {
            let mut c = Controls::none(&w.region);
            let lever = CounterIs { with, ..CounterIs::default() };
            lever.apply(200.0, &at, &w, &mut c);
            let o = &c.campaigns[0];
            ([o.sorties, o.advisers, o.troops], c.troops.iter().sum::<f64>(), lever.units(200.0, &at, &w))
        };
        assert_eq!(sent(Means::Strikes), ([200.0, 0.0, 0.0], 0.0, 200.0));
        assert_eq!(sent(Means::Advisers), ([0.0, 200.0, 0.0], 0.0, 10.0));
        assert_eq!(sent(Means::Troops), ([0.0, 0.0, 200.0], 200.0, 10.0));
    }
}
