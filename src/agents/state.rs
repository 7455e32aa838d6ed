//! States: how willing each is to let others work on its ground.

use super::accounts::Money;
use super::world::World;
use crate::engine::rng::Key;
use crate::region::CountryId;
use crate::table;
use crate::units::Usd;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

table! {
    /// States; a state's row is the number of its country.
    States("states"),
    /// A state.
    State {
        key: u64,
        country: u16,
        /// Consent to foreign measures on its ground, 0 to 1: a lever works there from its threshold on.
        consent: f64,
        /// How far its administration, police and army work, 0 to 1.
        capacity: f64,
        /// How far they want to act, 0 to 1.
        will: f64,
        /// Day of the last coup; 0 for none.
        coup: u32,
        /// Places in its detention centres for migrants, persons.
        detention_places: u32,
        /// Persons in them.
        detained: u32,
        /// How far one government commands it, 0 to 1 (U of equation 11); [`NO_POLITICS`] where that is not simulated.
        unity: f64,
        /// What people get of the state, 1 as in the last year of peace (S/S* of equation 11).
        services: f64,
        /// Share of the arms that its groups got lately which came from abroad, 0 to 1 (interference of equation 11).
        interference: f64,
        /// People killed in fighting a day, the mean of about the last month.
        fighting: f64,
        /// US cents in the hands of the central bank.
        treasury: i64,
        /// What a civilian earns, and a fighter, USD a month.
        wage_civil: f64,
        wage_militia: f64,
        /// What fighters earn over what civilians do, relative to the first day.
        pay: f64,
        /// What its oil brings, USD a year, and what armed groups make of it and pay their men.
        revenue: f64,
        rents: f64,
        /// What fighters earned over what civilians did on the first day, and what the state then spent, USD a year; 0 before.
        first_ratio: f64,
        first_spending: f64,
        /// Fighters whom programmes have demobilised there and who have not taken up arms again.
        demobilised: u32,
        /// How well those whom programmes trained for its forces were looked into, 0 to 1, the mean of all of them.
        vetting: f64,
    }
}

/// Unity of a state whose politics are not simulated.
pub const NO_POLITICS: f64 = -1.0;

/// States at the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Initial {
    /// Consent of each state to foreign measures on its ground, by country; 1 for those left out. A lever with a higher
    /// threshold (`consent`) does not work there.
    #[schemars(extend("additionalProperties" = {"type": "number", "minimum": 0, "maximum": 1}, "x-names" = "country", "x-unit" = "share", "x-source" = "assumption: all agree"))]
    pub consent: BTreeMap<String, f64>,
    /// Capacity of states, by country, in the place of that of `data/model/states.csv` (0.5 where that has none).
    #[schemars(extend("additionalProperties" = {"type": "number", "minimum": 0, "maximum": 1}, "x-names" = "country", "x-unit" = "share", "x-source" = "assumption"))]
    pub capacity: BTreeMap<String, f64>,
    /// Their will to act, in the same way.
    #[schemars(extend("additionalProperties" = {"type": "number", "minimum": 0, "maximum": 1}, "x-names" = "country", "x-unit" = "share", "x-source" = "assumption"))]
    pub will: BTreeMap<String, f64>,
    /// Places in detention centres for migrants, by country; none for those left out.
    #[schemars(extend("additionalProperties" = {"type": "integer", "minimum": 0, "maximum": 10_000_000}, "x-names" = "country", "x-unit" = "persons", "x-source" = "model.md eq. 14: 7,000 in Libya; IOM recorded 6,620 in detention in December 2016 (libya_migrants)"))]
    pub detention_places: BTreeMap<String, u32>,
    /// Unity of states whose politics are simulated, by country (equations 11 and 12): how far one government commands the
    /// country. There consent follows unity. Nothing of it is simulated for those left out.
    #[schemars(extend("additionalProperties" = {"type": "number", "minimum": 0, "maximum": 1}, "x-names" = "country", "x-unit" = "share", "x-source" = "assumption"))]
    pub unity: BTreeMap<String, f64>,
    /// Reserves of the central banks of those states, by country.
    #[schemars(extend("additionalProperties" = {"type": "number", "minimum": 0, "maximum": 1e12}, "x-names" = "country", "x-unit" = "USD", "x-source" = "assumption: Libya's stood at about 70 billion in 2016 (recalled)"))]
    pub reserves_usd: BTreeMap<String, f64>,
}

impl Default for Initial {
    fn default() -> Self {
        Initial {
            consent: BTreeMap::new(),
            capacity: BTreeMap::new(),
            will: BTreeMap::new(),
            detention_places: BTreeMap::from([("LBY".to_string(), 7000)]),
            unity: BTreeMap::new(),
            reserves_usd: BTreeMap::from([("LBY".to_string(), 70e9)]),
        }
    }
}

/// A state of `data/model/states.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct StateSpec {
    /// ISO 3166 alpha-3 code.
    pub country: String,
    pub capacity: f64,
    pub will: f64,
}

/// Capacity and will of a state of which nothing is said (assumption).
const USUAL: f64 = 0.5;

/// Gives each state its capacity, will and consent of the first day.
pub fn populate(w: &mut World, init: &Initial, known: &[StateSpec]) {
    let known = known.iter().map(|s| (&s.country, s.capacity, s.will));
    for (iso3, capacity, will) in known {
        if let Some(country) = w.region.country(iso3) {
            w.states.update(country as usize, |s| (s.capacity, s.will) = (capacity, will));
        }
    }
    for (iso3, level) in &init.capacity {
        if let Some(country) = w.region.country(iso3) {
            w.states.update(country as usize, |s| s.capacity = *level);
        }
    }
    for (iso3, level) in &init.will {
        if let Some(country) = w.region.country(iso3) {
            w.states.update(country as usize, |s| s.will = *level);
        }
    }
    for (iso3, places) in &init.detention_places {
        if let Some(country) = w.region.country(iso3) {
            w.states.update(country as usize, |s| s.detention_places = *places);
        }
    }
    for (iso3, level) in &init.consent {
        if let Some(country) = w.region.country(iso3) {
            w.set_consent(country, *level);
        }
    }
    for (iso3, level) in &init.unity {
        if let Some(country) = w.region.country(iso3) {
            let cents = Usd::dollars(init.reserves_usd.get(iso3).copied().unwrap_or(0.0)).0.max(0);
            w.states.update(country as usize, |s| (s.unity, s.consent, s.treasury) = (*level, *level, cents));
            w.ledgers.pay(Money::Economy, Money::Treasury, cents as u64);
        }
    }
}

impl World {
    /// Adds a row for every country, all of full consent.
    pub(super) fn found_states(&mut self) {
        let region = self.region.clone();
        for (i, c) in region.countries.iter().enumerate() {
            let key = Key::named("state", &c.iso3, 0).0;
            let country = i as CountryId;
            self.states.push(State {
                key,
                country,
                consent: 1.0,
                capacity: USUAL,
                will: USUAL,
                coup: 0,
                detention_places: 0,
                detained: 0,
                unity: NO_POLITICS,
                services: 1.0,
                interference: 0.0,
                fighting: 0.0,
                treasury: 0,
                wage_civil: 0.0,
                wage_militia: 0.0,
                pay: 1.0,
                revenue: 0.0,
                rents: 0.0,
                first_ratio: 0.0,
                first_spending: 0.0,
                demobilised: 0,
                vetting: 0.0,
            });
        }
    }

    /// Consent of a country to foreign measures on its ground, 0 to 1.
    pub fn consent(&self, country: CountryId) -> f64 {
        self.states.consent()[country as usize]
    }

    /// How far one government commands a country, 0 to 1; `None` where politics are not simulated.
    pub fn unity(&self, country: CountryId) -> Option<f64> {
        Some(self.states.unity()[country as usize]).filter(|u| *u >= 0.0)
    }

    /// Countries whose politics are simulated.
    pub fn polities(&self) -> Vec<CountryId> {
        (0..self.states.len() as CountryId).filter(|&c| self.unity(c).is_some()).collect()
    }

    /// Changes a country's consent.
    pub fn set_consent(&mut self, country: CountryId, level: f64) {
        self.states.update(country as usize, |s| s.consent = level);
    }
}
