//! Smuggling crews: choose a cargo and a way, load, drive cell by cell, are stopped or arrive (equations 1, 2, 4, 15).
//!
//! [`choose`] what to carry where; [`drive`] the road and the patrols; [`arrive`] what happens at the end of a leg.

mod arrive;
mod choose;
mod drive;

use crate::agents::arms::CLASSES;
use crate::agents::routes::{TravelCosts, VALUE_CLASSES};
use crate::agents::world::World;
use crate::engine::step::Process;
use crate::units::Tick;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Driving costs per km on a paved desert road (f); slower ground costs more in proportion.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "USD/km", "x-source" = "assumption (model.md eq. 1)", "x-low" = 0.4, "x-high" = 3))]
    pub usd_per_km: f64,
    /// Cost of losing the vehicle and going to jail (F).
    #[schemars(range(min = 0, max = 10_000_000), extend("x-unit" = "USD", "x-source" = "assumption (model.md eq. 1)", "x-low" = 8000, "x-high" = 40_000))]
    pub loss_usd: f64,
    /// Perceived chance of being stopped in a cell without any experience: equation 3 with no observation, 0.1 / 50.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "model.md eq. 3"))]
    pub prior_risk: f64,
    /// Hours of driving a day.
    #[schemars(range(min = 1, max = 24), extend("x-unit" = "h/day", "x-source" = "assumption: Agadez to Sabha in about three days (IRIN 2016)", "x-low" = 8, "x-high" = 16))]
    pub hours_per_day: f64,
    /// People a vehicle carries.
    #[schemars(range(min = 1, max = 200), extend("x-unit" = "persons", "x-source" = "IRIN 2016: up to 31 in a pickup"))]
    pub seats: u32,
    /// Fare with a crew.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "USD/km", "x-source" = "150-450 EUR Agadez to Libya, 2014 (recalled; smuggling_prices)", "x-low" = 0.12, "x-high" = 0.35))]
    pub fare_usd_per_km: f64,
    /// Fare of buses and cars.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "USD/km", "x-source" = "90 USD from West Africa to Agadez (IOM 2016; smuggling_prices)", "x-low" = 0.02, "x-high" = 0.1))]
    pub bus_fare_usd_per_km: f64,
    /// What a traveller thinks a day on the way costs.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "USD/day", "x-source" = "assumption: a day's savings"))]
    pub day_usd: f64,
    /// Sharpness of the choice between ways: exp(-sharpness x (C - Cmin) / Cmin).
    #[schemars(range(min = 0.1, max = 100), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 2)", "x-low" = 3, "x-high" = 20))]
    pub choice_sharpness: f64,
    /// Sharpness of the choice of the next cell (lambda).
    #[schemars(range(min = 0.1, max = 100), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 2)", "x-low" = 2, "x-high" = 15))]
    pub link_sharpness: f64,
    /// Profit difference that makes one cargo e times as likely as another.
    #[schemars(range(min = 1, max = 1_000_000), extend("x-unit" = "USD", "x-source" = "assumption", "x-low" = 1000, "x-high" = 15_000))]
    pub profit_scale_usd: f64,
    /// Weight a vehicle carries in arms.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "kg", "x-source" = "assumption", "x-low" = 300, "x-high" = 3000))]
    pub arms_load_kg: f64,
    /// Price of a weapon (a tonne of munitions) outside Libya by class; 0: not traded.
    #[schemars(inner(range(min = 0, max = 10_000_000)), extend("x-unit" = "USD", "x-source" = "rifle 300-1,500 in Mali and Niger, 2012 (UNODC, recalled; weapons_prices); others assumptions"))]
    pub arms_price_usd: [f64; CLASSES],
    /// Price in Libya's black markets as a share of that.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.25, "x-high" = 0.8))]
    pub source_price_share: f64,
    /// Days out of business after being stopped.
    #[schemars(range(min = 0, max = 3650), extend("x-unit" = "days", "x-source" = "assumption", "x-low" = 14, "x-high" = 180))]
    pub stopped_days: u32,
    /// Deaths of passengers per 1,000 km of desert on a road.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/1,000 km", "x-source" = "assumption (model.md eq. 15)", "x-low" = 0.001, "x-high" = 0.008))]
    pub deaths_per_1000_km_road: f64,
    /// The same off the roads.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/1,000 km", "x-source" = "assumption (model.md eq. 15)", "x-low" = 0.001, "x-high" = 0.03))]
    pub deaths_per_1000_km_offroad: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            usd_per_km: 1.2,
            loss_usd: 20_000.0,
            prior_risk: 0.002,
            hours_per_day: 12.0,
            seats: 30,
            fare_usd_per_km: 0.2,
            bus_fare_usd_per_km: 0.04,
            day_usd: 5.0,
            choice_sharpness: 8.0,
            link_sharpness: 5.0,
            profit_scale_usd: 4000.0,
            arms_load_kg: 1000.0,
            arms_price_usd: [600.0, 2500.0, 8000.0, 3000.0, 10_000.0, 0.0],
            source_price_share: 0.5,
            stopped_days: 60,
            deaths_per_1000_km_road: 0.003,
            deaths_per_1000_km_offroad: 0.012,
        }
    }
}

/// Weight of a weapon with its ammunition by class, kg (a tonne of munitions is a tonne; assumption).
pub const KG: [f64; CLASSES] = [8.0, 30.0, 500.0, 1000.0, 20.0, 1000.0];

impl Params {
    /// The part that the routes are built from.
    pub fn travel_costs(&self) -> TravelCosts {
        let seats_value = f64::from(self.seats) * self.fare_usd_per_km * 1500.0;
        let cargo_usd: [f64; VALUE_CLASSES] = [seats_value, 60_000.0, 200_000.0];
        TravelCosts {
            usd_per_km: self.usd_per_km,
            prior_risk: self.prior_risk,
            loss_usd: self.loss_usd,
            cargo_usd,
            hours_per_day: self.hours_per_day,
            crew_fare_usd_per_km: self.fare_usd_per_km,
            bus_fare_usd_per_km: self.bus_fare_usd_per_km,
            day_usd: self.day_usd,
            deaths_per_1000_km: [self.deaths_per_1000_km_road, self.deaths_per_1000_km_offroad],
        }
    }
}

/// Smuggling crews.
pub struct CrewsAtWork;

impl Process<World> for CrewsAtWork {
    const NAME: &'static str = "crews";
    const ABOUT: &'static str =
        "Crews choose cargo and way, load, drive, are stopped by patrols or arrive (equations 1, 2, 4, 15).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        choose::back_in_business(w, day);
        let waits = choose::waits(p, w);
        let plans = choose::plans(p, w, &waits, day);
        choose::load(p, w, &waits, plans, day);
        let trips = drive::drive(p, w, day);
        arrive::settle(p, w, trips, day);
    }
}
