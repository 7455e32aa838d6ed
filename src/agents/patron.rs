//! States abroad that arm a bloc (equation 13), and how much of what a country's groups get comes from them.

use super::arms::{Bag, CLASSES, Channel, Class, ORIGINS, Origin};
use super::group::{BLOCS, bloc_of};
use super::world::World;
use crate::engine::rng::{Key, hash_name};
use crate::region::{CountryId, PlaceId};
use crate::table;
use crate::units::{Date, Tick, great_circle_km};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Number of ways to send arms.
pub const WAYS: usize = 3;
/// Names of the ways in files.
pub const WAY_NAMES: [&str; WAYS] = ["sea", "air", "land"];
/// By ship, by aircraft, over a land border.
pub const SEA: usize = 0;
pub const AIR: usize = 1;
pub const LAND: usize = 2;

/// "No place" in [`Patron::lands`].
pub const NOWHERE: PlaceId = PlaceId::MAX;
/// "Outside the region" in [`Patron::country`].
pub const OFF_MAP: CountryId = CountryId::MAX;
/// A patron that never stops.
pub const FOR_EVER: u32 = u32::MAX;

table! {
    /// Patrons; one that arms two blocs has two rows.
    Patrons("patrons"),
    /// A patron and the bloc that it arms.
    Patron {
        key: u64,
        /// Hash of its name: what levers find it by.
        name: u64,
        /// Its country, [`OFF_MAP`] when that is not in the region.
        country: u16,
        /// Index into [`BLOCS`].
        bloc: u8,
        /// Place where its arms come in by each way, [`NOWHERE`] where it has none.
        lands: [PlaceId; WAYS],
        /// Cost of each way, as a share of the worth of what is sent.
        cost: [f64; WAYS],
        /// Weapons a year by class in its first month.
        per_year: [f64; CLASSES],
        /// Growth of that a month, up to twice the first.
        growth: f64,
        /// Days from and to which it sends arms.
        since: u32,
        until: u32,
        /// What it sends besides to make good of what others were kept from sending, weapons a year by class.
        makes_good: [f64; CLASSES],
        /// Share of what it sent by each way lately that was lost: the loss it reckons with.
        risk: [f64; WAYS],
    }
}

table! {
    /// What came to the groups of countries whose politics are simulated; one row each.
    Inflows("inflows"),
    /// Pieces that came to the groups of a country other than armies.
    Inflow {
        key: u64,
        country: u16,
        /// Since this morning: from patrons, and in all.
        foreign_now: u64,
        all_now: u64,
        /// Before, fading.
        foreign: f64,
        all: f64,
    }
}

/// Patrons at the start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Initial {
    /// Use the patrons of `data/model/patrons.csv`.
    pub regional: bool,
    /// Patrons besides those.
    pub list: Vec<PatronSpec>,
}

/// A patron given in the scenario or in `data/model/patrons.csv`. It needs a place for at least one way.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PatronSpec {
    /// What levers call it.
    pub name: String,
    /// Its country, if that is in the region: there its transfers can be traced.
    #[serde(default)]
    #[schemars(extend("x-names" = "country"))]
    pub country: Option<String>,
    /// The bloc that it arms.
    #[schemars(extend("enum" = BLOCS))]
    pub bloc: String,
    /// Where its ships unload.
    #[serde(default)]
    #[schemars(extend("x-names" = "place"))]
    pub port: Option<String>,
    /// Where its aircraft land.
    #[serde(default)]
    #[schemars(extend("x-names" = "place"))]
    pub airfield: Option<String>,
    /// Where its lorries come to over land.
    #[serde(default)]
    #[schemars(extend("x-names" = "place"))]
    pub land_place: Option<String>,
    /// Weapons a year by class in its first month.
    #[schemars(inner(range(min = 0, max = 10_000_000)), extend("x-unit" = "pieces/year"))]
    pub per_year: [f64; CLASSES],
    /// Growth of that a month, up to twice the first.
    #[serde(default = "growth")]
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/month", "x-source" = "assumption (model.md eq. 13)"))]
    pub growth: f64,
    /// Cost of sending by sea, by air and over land, as a share of the worth of what is sent.
    #[serde(default = "costs")]
    #[schemars(inner(range(min = 0, max = 10)), extend("x-unit" = "share", "x-source" = "assumption: ships carry cheapest, aircraft dearest"))]
    pub costs: [f64; WAYS],
    /// First day; that of the run when left out.
    #[serde(default)]
    pub since: Option<Date>,
    /// First day on which it sends nothing any more; never when left out.
    #[serde(default)]
    pub until: Option<Date>,
}

pub(super) fn growth() -> f64 {
    0.02
}

pub(super) fn costs() -> [f64; WAYS] {
    [0.05, 0.2, 0.1]
}

/// Adds the patrons of the data and of the scenario, and a row of inflows for every country with politics.
pub fn populate(w: &mut World, init: &Initial, regional: &[PatronSpec]) {
    let listed: Vec<&PatronSpec> = regional.iter().filter(|_| init.regional).chain(&init.list).collect();
    for (i, spec) in listed.iter().enumerate() {
        let twin = |s: &&&PatronSpec| (&s.name, &s.bloc) == (&spec.name, &spec.bloc);
        let nth = listed[..i].iter().filter(twin).count() as u64;
        add(w, spec, nth);
    }
    for country in w.polities() {
        let key = Key::named("inflow", &w.region.countries[usize::from(country)].iso3, 0).0;
        w.inflows.push(Inflow { key, country, foreign_now: 0, all_now: 0, foreign: 0.0, all: 0.0 });
    }
}

fn add(w: &mut World, spec: &PatronSpec, nth: u64) {
    let place = |name: &Option<String>| name.as_ref().and_then(|n| w.region.place(n)).unwrap_or(NOWHERE);
    w.patrons.push(Patron {
        key: Key::named("patron", &format!("{}:{}", spec.name, spec.bloc), nth).0,
        name: hash_name(&spec.name),
        country: spec.country.as_ref().and_then(|c| w.region.country(c)).unwrap_or(OFF_MAP),
        bloc: bloc_of(&spec.bloc),
        lands: [place(&spec.port), place(&spec.airfield), place(&spec.land_place)],
        cost: spec.costs,
        per_year: spec.per_year,
        growth: spec.growth,
        since: spec.since.map_or(w.day, Date::tick).0,
        until: spec.until.map_or(FOR_EVER, |d| d.tick().0),
        makes_good: [0.0; CLASSES],
        risk: [0.0; WAYS],
    });
}

/// Factor of a patron's supply after so many months: grows from 1 to at most 2 (equation 13).
pub fn supply_growth(growth: f64, months: f64) -> f64 {
    (1.0 + growth * months).min(2.0)
}

/// Months from one day to another.
pub fn months(from: Tick, to: Tick) -> f64 {
    f64::from(to.0.saturating_sub(from.0)) / 30.4
}

impl Patron {
    /// Weapons a year by class that it would send today if nobody kept it from it.
    pub fn wanted(&self, day: Tick) -> [f64; CLASSES] {
        if !(self.since..self.until).contains(&day.0) {
            return [0.0; CLASSES];
        }
        self.per_year.map(|n| n * supply_growth(self.growth, months(Tick(self.since), day)))
    }
}

/// Arms from abroad reach groups this near to where they come in (assumption).
const LANDING_KM: f64 = 300.0;

impl World {
    /// Groups of a bloc that arms brought to a place reach: within 300 km of it, in its country, in the order of their keys.
    pub fn receivers(&self, place: PlaceId, bloc: u8) -> Vec<usize> {
        let (at, n, g) = (&self.region.places[usize::from(place)], &self.region.nodes, &self.groups);
        let near = |&i: &usize| {
            let node = g.node()[i] as usize;
            g.bloc()[i] == bloc
                && g.country()[i] == at.country
                && g.fighters()[i] > 0
                && great_circle_km(at.lat, at.lon, n.lat[node], n.lon[node]) <= LANDING_KM
        };
        let mut rows: Vec<usize> = g.rows().filter(near).collect();
        rows.sort_unstable_by_key(|&i| g.key()[i]);
        rows
    }

    /// Remembers that weapons came to a group of a country: what of them a patron sent on its own account counts as foreign.
    pub(super) fn note_inflow(&mut self, country: CountryId, by: Channel, bag: &Bag) {
        let Some(row) = self.inflows.rows().find(|&i| self.inflows.country()[i] == country) else { return };
        let counted = |item: usize| {
            let class = item / ORIGINS;
            class != Class::Munitions as usize && class != Class::Chemical as usize
        };
        let sum = |of: &dyn Fn(usize) -> bool| -> u64 {
            bag.iter().enumerate().filter(|x| counted(x.0) && of(x.0)).map(|x| u64::from(*x.1)).sum()
        };
        let foreign = if by == Channel::Patron { sum(&|item| item % ORIGINS == Origin::Patron as usize) } else { 0 };
        let all = sum(&|_| true);
        self.inflows.update(row, |i| {
            i.foreign_now += foreign;
            i.all_now += all;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spec(name: &str, bloc: &str) -> PatronSpec {
        PatronSpec {
            name: name.into(),
            country: None,
            bloc: bloc.into(),
            port: None,
            airfield: None,
            land_place: Some("Ghat".into()),
            per_year: [1200.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            growth: 0.02,
            costs: costs(),
            since: None,
            until: None,
        }
    }

    /// Grows by 2 % of the first month a month, up to twice; nothing before its first day nor from its last on.
    #[test]
    fn supply_grows_to_twice_and_keeps_to_its_dates() {
        assert_eq!((supply_growth(0.02, 10.0), supply_growth(0.02, 80.0)), (1.2, 2.0));
        let mut w = crate::processes::test_world();
        let (since, until) = (Date::new(2012, 1, 1), Date::new(2020, 1, 1));
        let dated = PatronSpec { since: Some(since), until: Some(until), ..spec("A", "local") };
        populate(&mut w, &Initial { regional: true, list: vec![] }, &[dated]);
        let p = w.patrons.get(0);
        let rifles = |day: Tick| p.wanted(day)[0];
        assert_eq!(rifles(Tick(since.tick().0 - 1)), 0.0);
        assert_eq!(rifles(since.tick()), 1200.0);
        assert!((rifles(since.tick().plus(304)) - 1440.0).abs() < 1e-9);
        assert_eq!(rifles(since.tick().plus(2900)), 2400.0);
        assert_eq!(rifles(until.tick()), 0.0);
    }

    /// The data is used only when asked for; the same name and bloc twice are two patrons with keys of their own.
    #[test]
    fn patrons_come_from_the_data_and_the_scenario() {
        let mut w = crate::processes::test_world();
        let list = vec![spec("A", "local"), spec("A", "local"), spec("A", "tuareg")];
        populate(&mut w, &Initial { regional: false, list }, &[spec("B", "local")]);
        let mut keys = w.patrons.key().to_vec();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), 3);
        assert!(w.patrons.name().iter().all(|&n| n == hash_name("A")));
        let ghat = w.region.place("Ghat").unwrap();
        assert_eq!(w.patrons.lands()[0], [NOWHERE, NOWHERE, ghat]);
        assert!(w.inflows.is_empty(), "no politics are simulated");
    }
}
