//! Smuggling crews: choose a cargo and a way, load, drive cell by cell, are stopped or arrive (equations 1, 2, 4, 15).
//!
//! [`choose`] what to carry where; [`drive`] the road and the patrols; [`arrive`] what happens at the end of a leg;
//! [`business`] what is left of the money, who gives up and who begins.

pub mod arrive;
mod business;
mod choose;
mod drive;

use crate::agents::arms::CLASSES;
use crate::agents::crew::Cargo;
use crate::agents::routes::TravelCosts;
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
    /// Off the roads a km costs this many times what its pace alone would make it cost: spare fuel, breakdowns, a guide.
    #[schemars(range(min = 1, max = 20), extend("x-unit" = "factor", "x-source" = "assumption", "x-low" = 1, "x-high" = 3))]
    pub offroad_factor: f64,
    /// Cost of losing the vehicle and going to jail (F).
    #[schemars(range(min = 0, max = 10_000_000), extend("x-unit" = "USD", "x-source" = "assumption (model.md eq. 1)", "x-low" = 8000, "x-high" = 40_000))]
    pub loss_usd: f64,
    /// Hours of driving a day.
    #[schemars(range(min = 1, max = 24), extend("x-unit" = "h/day", "x-source" = "assumption: Agadez to Sabha in about three days (IRIN 2016)", "x-low" = 8, "x-high" = 16))]
    pub hours_per_day: f64,
    /// People a vehicle carries.
    #[schemars(range(min = 1, max = 200), extend("x-unit" = "persons", "x-source" = "IRIN 2016: up to 31 in a pickup"))]
    pub seats: u32,
    /// Fare with a crew on the first day; then it moves (process `fares`).
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
    /// Share of the price that dealers keep of what a crew sells them. Without it crews would shuttle one load to and fro on
    /// the smallest difference of prices.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.05, "x-high" = 0.4))]
    pub dealers_share: f64,
    /// What a full load of arms is worth to those who lose it (X_c), before they know their cargo and its market.
    #[schemars(range(min = 0, max = 10_000_000), extend("x-unit" = "USD", "x-source" = "assumption: 125 rifles at 600 USD", "x-low" = 40_000, "x-high" = 150_000))]
    pub arms_load_usd: f64,
    /// A crew thinks of leaving the documented road where that costs this much more, as a share, than a newcomer would
    /// expect; 1,000: never.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.3))]
    pub detour_threshold: f64,
    /// Toll for a loaded vehicle in each cell that is home to a militia.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "USD", "x-source" = "assumption", "x-low" = 0, "x-high" = 100))]
    pub toll_usd: f64,
    /// What a patrol takes to let a crew pass.
    #[schemars(range(min = 0, max = 1_000_000), extend("x-unit" = "USD", "x-source" = "assumption", "x-low" = 50, "x-high" = 1000))]
    pub bribe_usd: f64,
    /// Chance that a bribed patrol tells a crew where another one is.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption (model.md eq. 3)", "x-low" = 0, "x-high" = 0.6))]
    pub warned: f64,
    /// What a crew must earn for a day on the road to set out.
    #[schemars(range(min = 0, max = 10_000), extend("x-unit" = "USD/day", "x-source" = "assumption", "x-low" = 20, "x-high" = 150))]
    pub wage_usd_per_day: f64,
    /// What a crew lives on, on the road or not.
    #[schemars(range(min = 0, max = 10_000), extend("x-unit" = "USD/day", "x-source" = "assumption", "x-low" = 10, "x-high" = 60))]
    pub living_usd_per_day: f64,
    /// Debt at which a crew gives up.
    #[schemars(range(min = 0, max = 100_000_000), extend("x-unit" = "USD", "x-source" = "assumption", "x-low" = 5000, "x-high" = 50_000))]
    pub credit_usd: f64,
    /// Share of its takings that a crew pays into the purse of its network.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.3))]
    pub dues_share: f64,
    /// Price of the vehicle of a new crew, paid from that purse.
    #[schemars(range(min = 0, max = 10_000_000), extend("x-unit" = "USD", "x-source" = "assumption", "x-low" = 8000, "x-high" = 30_000))]
    pub vehicle_usd: f64,
    /// Income of the crews of a network, after all costs, above which it founds new ones.
    #[schemars(range(min = 0, max = 10_000), extend("x-unit" = "USD/day", "x-source" = "assumption", "x-low" = 10, "x-high" = 100))]
    pub entry_income_usd: f64,
    /// Most crews that it founds in a month, as a share of those it has.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1/month", "x-source" = "assumption", "x-low" = 0.01, "x-high" = 0.2))]
    pub entry_rate: f64,
    /// Countries where fuel is cheap enough to be smuggled out.
    #[schemars(extend("x-names" = "country", "x-source" = "Libya: 30-40 % of its fuel is smuggled (NOC 2018; libya_state_economy)"))]
    pub fuel_sources: Vec<String>,
    /// Loads of fuel for sale a day in all of them.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "loads/day", "x-source" = "assumption: what leaves over the desert by pickup", "x-low" = 30, "x-high" = 400))]
    pub fuel_loads_per_day: f64,
    /// What a load of fuel brings abroad, over its price.
    #[schemars(range(min = 0, max = 1_000_000), extend("x-unit" = "USD", "x-source" = "assumption: 3,000 l at 0.7 USD", "x-low" = 800, "x-high" = 4000))]
    pub fuel_margin_usd: f64,
    /// Countries where drugs are loaded.
    #[schemars(extend("x-names" = "country", "x-source" = "northern Mali: drug convoys by the Salvador Pass (SAS 2017; corridors)"))]
    pub drug_sources: Vec<String>,
    /// Countries where they are delivered.
    #[schemars(extend("x-names" = "country", "x-source" = "Libya (SAS 2017; corridors)"))]
    pub drug_markets: Vec<String>,
    /// Loads a day.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "loads/day", "x-source" = "assumption", "x-low" = 0, "x-high" = 5))]
    pub drug_loads_per_day: f64,
    /// What a load brings to the crew that delivers it.
    #[schemars(range(min = 0, max = 10_000_000), extend("x-unit" = "USD", "x-source" = "assumption", "x-low" = 10_000, "x-high" = 60_000))]
    pub drug_margin_usd: f64,
    /// Share of seized weapons that is destroyed.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.5))]
    pub destroyed_share: f64,
    /// Share of the others that those who seized them sell on.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.4))]
    pub leaked_share: f64,
    /// Days out of business after being stopped.
    #[schemars(range(min = 0, max = 3650), extend("x-unit" = "days", "x-source" = "assumption", "x-low" = 14, "x-high" = 180))]
    pub stopped_days: u32,
    /// Deaths of passengers per 1,000 km of desert on a road.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/1,000 km", "x-source" = "assumption (model.md eq. 15)", "x-low" = 0.001, "x-high" = 0.008))]
    pub deaths_per_1000_km_road: f64,
    /// The same off the roads.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/1,000 km", "x-source" = "assumption (model.md eq. 15)", "x-low" = 0.001, "x-high" = 0.03))]
    pub deaths_per_1000_km_offroad: f64,
    /// Share of people brought into Libya from abroad whom captors take and hold for ransom.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption (model.md eq. 14)", "x-low" = 0.05, "x-high" = 0.5))]
    pub held_share: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            usd_per_km: 1.2,
            offroad_factor: 1.35,
            loss_usd: 20_000.0,
            hours_per_day: 12.0,
            seats: 30,
            fare_usd_per_km: 0.2,
            bus_fare_usd_per_km: 0.04,
            day_usd: 5.0,
            choice_sharpness: 8.0,
            link_sharpness: 5.0,
            profit_scale_usd: 4000.0,
            arms_load_kg: 1000.0,
            dealers_share: 0.15,
            arms_load_usd: 75_000.0,
            detour_threshold: 0.05,
            toll_usd: 20.0,
            bribe_usd: 200.0,
            warned: 0.3,
            wage_usd_per_day: 50.0,
            living_usd_per_day: 20.0,
            credit_usd: 15_000.0,
            dues_share: 0.1,
            vehicle_usd: 15_000.0,
            entry_income_usd: 30.0,
            entry_rate: 0.05,
            fuel_sources: vec!["LBY".into()],
            fuel_loads_per_day: 120.0,
            fuel_margin_usd: 2000.0,
            drug_sources: vec!["MLI".into()],
            drug_markets: vec!["LBY".into()],
            drug_loads_per_day: 1.0,
            drug_margin_usd: 30_000.0,
            destroyed_share: 0.1,
            leaked_share: 0.15,
            stopped_days: 60,
            deaths_per_1000_km_road: 0.003,
            deaths_per_1000_km_offroad: 0.012,
            held_share: 0.15,
        }
    }
}

/// Weight of a weapon with its ammunition by class, kg (a tonne of munitions is a tonne; assumption).
pub const KG: [f64; CLASSES] = [8.0, 30.0, 500.0, 1000.0, 20.0, 1000.0];

impl Params {
    /// The part that the routes are built from; `prior_risk` is what a newcomer believes of a cell (equation 3).
    pub fn travel_costs(&self, prior_risk: f64) -> TravelCosts {
        TravelCosts {
            usd_per_km: self.usd_per_km,
            offroad_factor: self.offroad_factor,
            prior_risk,
            loss_usd: self.loss_usd,
            cargo_usd: Cargo::ALL.map(|c| self.cargo_usd(c)),
            toll_usd: self.toll_usd,
            detour_threshold: if self.detour_threshold < 1000.0 { self.detour_threshold } else { f64::INFINITY },
            hours_per_day: self.hours_per_day,
            crew_fare_usd_per_km: self.fare_usd_per_km,
            bus_fare_usd_per_km: self.bus_fare_usd_per_km,
            // What the sea costs is for `journeys` to say.
            sea_usd: 0.0,
            sea_usd_per_km: 0.0,
            day_usd: self.day_usd,
            deaths_per_1000_km: [self.deaths_per_1000_km_road, self.deaths_per_1000_km_offroad],
        }
    }

    /// What a load is worth to those who lose it, USD (X_c): the fares of a trip of 1,500 km, a full vehicle of arms,
    /// the margin of other goods.
    fn cargo_usd(&self, cargo: Cargo) -> f64 {
        match cargo {
            Cargo::People => f64::from(self.seats) * self.fare_usd_per_km * 1500.0,
            Cargo::Arms => self.arms_load_usd,
            Cargo::Fuel => self.fuel_margin_usd,
            Cargo::Drugs => self.drug_margin_usd,
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
        let offers = choose::offers(p, w, day);
        let plans = choose::plans(p, w, &offers, day);
        choose::load(p, w, &offers, plans, day);
        let trips = drive::drive(p, w);
        arrive::settle(p, w, trips, day);
        business::settle(p, w, day);
    }
}
