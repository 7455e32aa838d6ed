//! Events, dated or waiting for a condition (step 1 of the day).
//!
//! [`returns`] fighters who drive home or come from abroad; [`war`] hostilities, truces, interventions, supplies;
//! [`affiliation`] groups that go over to a bloc.

mod affiliation;
mod returns;
mod war;

use crate::agents::arms::CLASSES;
use crate::agents::group::{BLOCS, TIES};
use crate::agents::migrant::nationality_name;
use crate::agents::oil::site_key;
use crate::agents::tally::Entry;
use crate::agents::world::World;
use crate::processes::oil::set_open;
use crate::units::{Date, Tick};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A dated event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// Fighters go home with their arms (the armed return of equation 5).
    ArmedReturn {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        /// Day on which the first convoys leave.
        date: Date,
        /// Where they gather; fighters come from the groups with the tie in that country, the nearest first.
        #[schemars(extend("x-names" = "place"))]
        from: String,
        /// Where they go.
        #[schemars(extend("x-names" = "place"))]
        to: String,
        /// How many.
        #[schemars(range(min = 1, max = 100_000), extend("x-unit" = "fighters", "x-source" = "800-4,000 Tuareg in 2011 (UN S/2012/42, recalled)", "x-low" = 800, "x-high" = 4000))]
        fighters: u32,
        /// Rifles each takes along, as far as the groups have them.
        #[serde(default = "rifles")]
        #[schemars(range(min = 0, max = 20), extend("x-unit" = "pieces per fighter", "x-source" = "model.md eq. 5"))]
        rifles_per_fighter: f64,
        /// Machine guns and rocket launchers per fighter.
        #[serde(default = "light_weapons")]
        #[schemars(range(min = 0, max = 20), extend("x-unit" = "pieces per fighter", "x-source" = "assumption"))]
        light_weapons_per_fighter: f64,
        /// Heavy guns on pickups per fighter.
        #[serde(default = "heavy")]
        #[schemars(range(min = 0, max = 20), extend("x-unit" = "pieces per fighter", "x-source" = "assumption"))]
        heavy_per_fighter: f64,
        /// Days over which the convoys leave.
        #[serde(default = "days")]
        #[schemars(range(min = 1, max = 3650), extend("x-unit" = "days", "x-source" = "assumption"))]
        over_days: u32,
        /// Tie that makes fighters go.
        #[serde(default = "tuareg")]
        #[schemars(extend("enum" = TIES))]
        tie: String,
        /// False: only their arms go, with hired drivers, and the fighters stay. For telling apart what men and arms do.
        #[serde(default = "yes")]
        with_fighters: bool,
    },
    /// Fighters come from abroad to join a bloc.
    ForeignFighters {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        /// First day; they come on the first of each month.
        date: Date,
        /// First day on which nobody comes any more.
        until: Date,
        /// Where they cross into the region.
        #[schemars(extend("x-names" = "place"))]
        from: String,
        /// Where they go.
        #[schemars(extend("x-names" = "place"))]
        to: String,
        /// Whom they join.
        #[schemars(extend("enum" = BLOCS))]
        bloc: String,
        #[schemars(range(min = 1, max = 100_000), extend("x-unit" = "fighters/month"))]
        per_month: u32,
    },
    /// Two blocs fight each other in a country, from one day to another.
    Hostility {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        date: Date,
        /// First day of peace; to the end of the run when left out.
        #[serde(default)]
        until: Option<Date>,
        #[schemars(extend("x-names" = "country"))]
        country: String,
        #[schemars(extend("enum" = BLOCS))]
        bloc: String,
        #[schemars(extend("enum" = BLOCS))]
        against: String,
        /// How hard they fight; 1 is open war.
        #[schemars(range(min = 0, max = 100), extend("x-unit" = "factor"))]
        level: f64,
    },
    /// Two blocs stop fighting each other in a country.
    Ceasefire {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        /// Day on which they stop.
        #[serde(default)]
        date: Option<Date>,
        /// In the place of a date: a condition on a metric, such as `towns_lost_mali < 1`.
        #[serde(default)]
        when: Option<String>,
        /// The condition is not looked at before.
        #[serde(default)]
        earliest: Option<Date>,
        /// Nor after.
        #[serde(default)]
        latest: Option<Date>,
        #[schemars(extend("x-names" = "country"))]
        country: String,
        #[schemars(extend("enum" = BLOCS))]
        bloc: String,
        #[schemars(extend("enum" = BLOCS))]
        against: String,
    },
    /// Troops from abroad fight on the side of the state against everyone who is at war with it.
    Intervention {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        /// Day on which they come.
        #[serde(default)]
        date: Option<Date>,
        /// In the place of a date: a condition on a metric, such as `rebels_km_from_capital_mali < 650`.
        #[serde(default)]
        when: Option<String>,
        /// The condition is not looked at before.
        #[serde(default)]
        earliest: Option<Date>,
        /// Nor after.
        #[serde(default)]
        latest: Option<Date>,
        /// Day on which they go home; they stay when left out.
        #[serde(default)]
        until: Option<Date>,
        /// Where they assemble; the country is that of the place.
        #[schemars(extend("x-names" = "place"))]
        place: String,
        #[schemars(range(min = 1, max = 1_000_000), extend("x-unit" = "persons"))]
        troops: u32,
        /// Battle groups that march apart.
        #[serde(default = "groups")]
        #[schemars(range(min = 1, max = 100), extend("x-unit" = "groups", "x-source" = "assumption"))]
        groups: u32,
        /// Training, weapons and air support: factor of their capability.
        #[serde(default = "skill")]
        #[schemars(range(min = 0.1, max = 10), extend("x-unit" = "factor", "x-source" = "assumption"))]
        skill: f64,
    },
    /// A state abroad arms a bloc (equation 13, without embargo and substitution).
    PatronSupply {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        date: Date,
        /// First day on which nothing comes any more; to the end of the run when left out.
        #[serde(default)]
        until: Option<Date>,
        /// Who sends them; a label.
        patron: String,
        /// Where they land; groups of the bloc within 300 km get them, by fighters.
        #[schemars(extend("x-names" = "place"))]
        place: String,
        #[schemars(extend("enum" = BLOCS))]
        bloc: String,
        /// Weapons a year by class, on the first of each month.
        #[schemars(inner(range(min = 0, max = 10_000_000)), extend("x-unit" = "pieces/year"))]
        per_year: [f64; CLASSES],
        /// Growth of that a month, up to twice the first.
        #[serde(default = "growth")]
        #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/month", "x-source" = "assumption (model.md eq. 13)"))]
        growth: f64,
    },
    /// Weapons that a state has bought come to one of its stores.
    LegalTransfer {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        date: Date,
        #[schemars(extend("x-names" = "place"))]
        place: String,
        /// Weapons by class.
        #[schemars(inner(range(min = 0, max = 10_000_000)), extend("x-unit" = "pieces"))]
        stock: [u32; CLASSES],
    },
    /// Departures from some countries are multiplied for a time: war, drought, a new law at home.
    DepartureShift {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        date: Date,
        /// First day on which it no longer holds.
        until: Date,
        /// ISO 3166 alpha-3 codes; all origins when left out.
        #[serde(default)]
        #[schemars(extend("x-names" = "country"))]
        countries: Vec<String>,
        #[schemars(range(min = 0, max = 100), extend("x-unit" = "factor"))]
        factor: f64,
    },
    /// Employers in Libya want more or fewer foreign workers for a time: it changes how many come to work there, and, the other
    /// way round, how readily those who live there go home.
    LabourDemand {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        date: Date,
        /// First day on which it no longer holds.
        until: Date,
        /// Demand, relative to the first day.
        #[schemars(range(min = 0.01, max = 100), extend("x-unit" = "factor"))]
        factor: f64,
    },
    /// Launchers have more or fewer boats than usual for a time.
    LaunchShift {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        date: Date,
        /// First day on which it no longer holds.
        until: Date,
        /// Boats that a beach can launch on a good day, relative to the usual limit.
        #[schemars(range(min = 0, max = 100), extend("x-unit" = "factor"))]
        factor: f64,
    },
    /// Armed groups around some places go over to a bloc.
    Alignment {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        date: Date,
        #[schemars(extend("x-names" = "place"))]
        places: Vec<String>,
        /// How far from them.
        #[schemars(range(min = 1, max = 1000), extend("x-unit" = "km", "x-source" = "assumption"))]
        radius_km: f64,
        /// Whom they join.
        #[schemars(extend("enum" = BLOCS))]
        bloc: String,
        /// Groups of these blocs go over.
        #[serde(default = "locals")]
        #[schemars(extend("items" = {"type": "string", "enum": BLOCS}))]
        from: Vec<String>,
        /// Share of them that does, by lot.
        #[serde(default = "whole")]
        #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption"))]
        share: f64,
        /// True: the bloc holds that ground from now on.
        #[serde(default)]
        claim: bool,
    },
    /// A permission that levers need is given: by the Security Council, a host, a regional body.
    Mandate {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        /// What levers call it in their `mandates`.
        mandate: String,
        date: Date,
        /// First day on which it no longer holds; to the end of the run when left out.
        #[serde(default)]
        until: Option<Date>,
        /// True: somebody with the right to says no, and it never comes into force.
        #[serde(default)]
        vetoed: bool,
    },
    /// Rivals talk, or stop talking: how far an agreement holds (the dialogue of equation 11).
    Agreement {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        date: Date,
        /// First day on which it no longer holds; to the end of the run when left out.
        #[serde(default)]
        until: Option<Date>,
        /// How far it holds; with several in force the highest counts.
        #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption"))]
        level: f64,
    },
    /// Oil fields and terminals are shut, or opened again; what happens to them later is up to the rules.
    OilSites {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        date: Date,
        #[schemars(extend("x-names" = "place"))]
        places: Vec<String>,
        /// True: they are opened.
        open: bool,
    },
    /// What a barrel of oil brings from that day on.
    OilPrice {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        date: Date,
        #[schemars(range(min = 0, max = 1000), extend("x-unit" = "USD/barrel"))]
        usd: f64,
    },
    /// A state becomes more or less willing to let others work on its ground.
    ConsentShift {
        /// Name: a file that extends this one replaces the event by one of the same name.
        #[serde(default)]
        name: Option<String>,
        date: Date,
        #[schemars(extend("x-names" = "country"))]
        country: String,
        /// Its consent from that day on.
        #[schemars(range(min = 0, max = 1), extend("x-unit" = "share"))]
        level: f64,
    },
}

fn rifles() -> f64 {
    1.2
}
fn light_weapons() -> f64 {
    0.15
}
fn heavy() -> f64 {
    0.03
}
fn days() -> u32 {
    30
}
fn tuareg() -> String {
    "tuareg".into()
}
fn locals() -> Vec<String> {
    vec!["local".into()]
}
fn whole() -> f64 {
    1.0
}
fn yes() -> bool {
    true
}
fn groups() -> u32 {
    4
}
fn skill() -> f64 {
    3.0
}
fn growth() -> f64 {
    0.02
}

impl Event {
    /// The day on which it happens, if that is set.
    pub fn date(&self) -> Option<Date> {
        match self {
            Event::ArmedReturn { date, .. }
            | Event::DepartureShift { date, .. }
            | Event::LabourDemand { date, .. }
            | Event::LaunchShift { date, .. }
            | Event::ConsentShift { date, .. }
            | Event::Alignment { date, .. }
            | Event::OilSites { date, .. }
            | Event::OilPrice { date, .. }
            | Event::Mandate { date, .. }
            | Event::Agreement { date, .. }
            | Event::ForeignFighters { date, .. }
            | Event::Hostility { date, .. }
            | Event::PatronSupply { date, .. }
            | Event::LegalTransfer { date, .. } => Some(*date),
            Event::Ceasefire { date, .. } | Event::Intervention { date, .. } => *date,
        }
    }

    /// The condition that it waits for in the place of a date, with the days on which that is looked at.
    pub fn condition(&self) -> Option<(&str, Option<Date>, Option<Date>)> {
        match self {
            Event::Ceasefire { when, earliest, latest, .. } | Event::Intervention { when, earliest, latest, .. } => {
                when.as_deref().map(|w| (w, *earliest, *latest))
            }
            _ => None,
        }
    }
}

/// Applies the events of a day; `begin` says which begin today.
pub fn happen(events: &[Event], begin: &[bool], w: &mut World, day: Tick) {
    shift_departures(events, w, day);
    w.labour = product(events, day, |e| match e {
        Event::LabourDemand { date, until, factor, .. } => Some((*date, *until, *factor)),
        _ => None,
    });
    w.launching = product(events, day, |e| match e {
        Event::LaunchShift { date, until, factor, .. } => Some((*date, *until, *factor)),
        _ => None,
    });
    w.mandates = mandates(events, day);
    w.agreement = agreement(events, day);
    w.oil_price = oil_price(events, day);
    for (i, (event, &begins)) in events.iter().zip(begin).enumerate() {
        match event {
            Event::ArmedReturn { .. } if begins => returns::armed_return(event, i as u64, w, day),
            Event::OilSites { places, open, .. } if begins => oil_sites(places, *open, w, day),
            Event::Alignment { .. } if begins => affiliation::align(event, i as u64, w, day),
            Event::ConsentShift { country, level, .. } if begins => shift_consent(country, *level, w),
            Event::ForeignFighters { .. } => returns::foreign_fighters(event, i as u64, w, day),
            _ => war::happen(event, i as u64, begins, w, day),
        }
    }
}

/// Product of all shifts in force, by origin.
fn shift_departures(events: &[Event], w: &mut World, day: Tick) {
    for row in 0..w.origins.len() {
        let iso3 = nationality_name(w.origins.nationality()[row]);
        let mut product = 1.0;
        for e in events {
            if let Event::DepartureShift { date, until, countries, factor, .. } = e
                && (date.tick()..until.tick()).contains(&day)
                && (countries.is_empty() || countries.contains(&iso3))
            {
                product *= factor;
            }
        }
        if w.origins.shift()[row] != product {
            w.origins.update(row, |o| o.shift = product);
        }
    }
}

/// Product of the factors of one kind of event that are in force.
fn product(events: &[Event], day: Tick, of: impl Fn(&Event) -> Option<(Date, Date, f64)>) -> f64 {
    let in_force = events.iter().filter_map(of).filter(|x| (x.0.tick()..x.1.tick()).contains(&day));
    in_force.map(|x| x.2).product()
}

/// Mandates in force.
fn mandates(events: &[Event], day: Tick) -> Vec<String> {
    let in_force = |e: &Event| match e {
        Event::Mandate { mandate, date, until, vetoed: false, .. } if holds(*date, *until, day) => {
            Some(mandate.clone())
        }
        _ => None,
    };
    events.iter().filter_map(in_force).collect()
}

/// How far the best of the agreements in force holds.
fn agreement(events: &[Event], day: Tick) -> f64 {
    let in_force = |e: &Event| match e {
        Event::Agreement { date, until, level, .. } if holds(*date, *until, day) => Some(*level),
        _ => None,
    };
    events.iter().filter_map(in_force).fold(0.0, f64::max)
}

/// The price of oil of the last event up to today.
fn oil_price(events: &[Event], day: Tick) -> Option<f64> {
    let past = events.iter().filter_map(|e| match e {
        Event::OilPrice { date, usd, .. } if date.tick() <= day => Some((date.tick(), *usd)),
        _ => None,
    });
    past.max_by_key(|x| x.0).map(|x| x.1)
}

fn oil_sites(places: &[String], open: bool, w: &mut World, day: Tick) {
    let keys: Vec<u64> = places.iter().map(|p| site_key(p)).collect();
    for row in w.oil_sites.rows().filter(|&i| keys.contains(&w.oil_sites.key()[i])).collect::<Vec<_>>() {
        set_open(w, row, open, day);
    }
}

fn holds(date: Date, until: Option<Date>, day: Tick) -> bool {
    date.tick() <= day && until.is_none_or(|u| day < u.tick())
}

fn shift_consent(iso3: &str, level: f64, w: &mut World) {
    let Some(country) = w.region.country(iso3) else { return };
    w.set_consent(country, level);
    let (place, count) = (iso3.to_string(), libm::round(level * 100.0) as i64);
    w.log.push(Entry { day: w.day, kind: "consent_shift", place, item: "percent", count, key: u64::from(country) });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::migrant::{Origin, nationality};

    #[test]
    fn shifts_multiply_while_they_hold_and_end_on_their_day() {
        let mut w = crate::processes::test_world();
        w.origins.push(Origin { pool: 10, ..Origin::at(1, 0, nationality("MLI")) });
        let shift = |from: i8, to: i8, countries: &[&str], factor| Event::DepartureShift {
            name: None,
            date: Date::new(2012, from, 1),
            until: Date::new(2012, to, 1),
            countries: countries.iter().map(ToString::to_string).collect(),
            factor,
        };
        let events = [shift(2, 5, &["MLI"], 2.0), shift(4, 6, &[], 1.5), shift(1, 12, &["NER"], 100.0)];
        for (month, want) in [(1, 1.0), (2, 2.0), (4, 3.0), (5, 1.5), (6, 1.0)] {
            happen(&events, &[false; 3], &mut w, Date::new(2012, month, 1).tick());
            assert_eq!(w.origins.shift()[0], want, "month {month}");
        }
    }
}
