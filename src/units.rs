//! Checked units. Columns hold plain numbers for speed; these types guard the borders where numbers come in.

use jiff::civil::Date as CivilDate;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};
use std::fmt;

/// A simulated day, counted from 1970-01-01, so that a date has the same number (and the same luck) in every run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct Tick(pub u32);

impl Tick {
    /// The calendar date of this day.
    pub fn date(self) -> Date {
        let epoch = CivilDate::constant(1970, 1, 1);
        Date(epoch.saturating_add(jiff::Span::new().days(i64::from(self.0))))
    }
    /// The day `days` later.
    pub fn plus(self, days: u32) -> Tick {
        Tick(self.0 + days)
    }
    /// The day after.
    pub fn next(self) -> Tick {
        self.plus(1)
    }
}

/// A calendar date, written `2011-10-20` in every file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Date(pub CivilDate);

impl Date {
    /// The tick of this date; dates before 1970 are not simulated and give tick 0.
    pub fn tick(self) -> Tick {
        let epoch = CivilDate::constant(1970, 1, 1);
        let days = self.0.since((jiff::Unit::Day, epoch)).map_or(0, |s| s.get_days());
        Tick(u32::try_from(days).unwrap_or(0))
    }
    /// A date from numbers; panics on an impossible one, so it is for constants and tests.
    pub const fn new(year: i16, month: i8, day: i8) -> Date {
        Date(CivilDate::constant(year, month, day))
    }
    /// Day of the year, 1 to 366.
    pub fn day_of_year(self) -> u32 {
        self.0.day_of_year() as u32
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl JsonSchema for Date {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Date".into()
    }
    fn inline_schema() -> bool {
        true
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({"type": "string", "format": "date"})
    }
}

/// Money in whole US cents; all sums are exact.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Usd(pub i64);

impl Usd {
    /// From dollars, rounded to the cent.
    pub fn dollars(d: f64) -> Usd {
        Usd(libm::round(d * 100.0) as i64)
    }
    /// In dollars.
    pub fn as_dollars(self) -> f64 {
        self.0 as f64 / 100.0
    }
}

/// A number from 0 to 1.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd, Default)]
pub struct Probability(f64);

impl Probability {
    /// None when `p` is not a number from 0 to 1.
    pub fn new(p: f64) -> Option<Probability> {
        (0.0..=1.0).contains(&p).then_some(Probability(p))
    }
    /// The number.
    pub fn get(self) -> f64 {
        self.0
    }
    /// Probability that something with hazard `rate` per unit happens within `time` units.
    pub fn of_hazard(rate: f64, time: f64) -> Probability {
        Probability(1.0 - libm::exp(-(rate * time).max(0.0)))
    }
}

/// Great-circle distance in km between two points in degrees (haversine on a sphere of 6,371.0088 km).
pub fn great_circle_km(lat1: f64, lon1: f64, lat2: f64, lon2: f64) -> f64 {
    let rad = core::f64::consts::PI / 180.0;
    let (p1, p2) = (lat1 * rad, lat2 * rad);
    let (dp, dl) = ((lat2 - lat1) * rad, (lon2 - lon1) * rad);
    let s = libm::sin(dp / 2.0);
    let t = libm::sin(dl / 2.0);
    let a = s * s + libm::cos(p1) * libm::cos(p2) * t * t;
    2.0 * 6371.0088 * libm::asin(libm::sqrt(a.min(1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_and_ticks_go_both_ways() {
        let d = Date::new(2011, 10, 20);
        assert_eq!(d.tick().date(), d);
        assert_eq!(Date::new(1970, 1, 1).tick(), Tick(0));
        assert_eq!(d.tick().next().date(), Date::new(2011, 10, 21));
        assert_eq!(Date::new(2012, 12, 31).day_of_year(), 366);
    }

    #[test]
    fn money_is_whole_cents() {
        assert_eq!(Usd::dollars(12.34).0, 1234);
        assert_eq!(Usd::dollars(-0.005).0, -1);
        assert_eq!(Usd(250).as_dollars(), 2.5);
    }

    #[test]
    fn probability_refuses_what_is_none() {
        assert!(Probability::new(1.01).is_none());
        assert!(Probability::new(f64::NAN).is_none());
        assert!((Probability::of_hazard(0.01, 10.0).get() - 0.095_162_58).abs() < 1e-8);
    }

    #[test]
    fn distance_tripoli_lampedusa_is_as_published() {
        let d = great_circle_km(32.8874, 13.1873, 35.501, 12.61);
        assert!((d - 295.0).abs() < 2.0, "{d}");
    }
}
