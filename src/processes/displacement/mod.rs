//! War drives people out: to camps, towns and over borders, by Flee's rules (equation 20; Suleimenova, Bell and Groen 2017, Scientific Reports 7;
//! docs/flee.md).

mod leave;
mod origins;
mod routes;
#[cfg(test)]
mod rules_tests;
mod travel;
mod war;

use crate::agents::displaced::{NONE, Routes};
use crate::agents::world::World;
use crate::engine::step::Process;
use crate::region::displacement::Kind;
use crate::units::Tick;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// How a person finds the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Rules {
    /// One link at a time, by what lies at its end.
    Flee1,
    /// One link at a time, by the best that lies behind it.
    Flee2,
    /// A whole route, by what lies at its end.
    Flee3,
}

/// Where the number of the newly displaced comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Spawn {
    /// As many as were newly registered in all.
    Registrations,
    /// So many a day for each site at war.
    Constant,
    /// The same as the mean of a Poisson distribution.
    Poisson,
    /// A share of the residents of each site at war.
    Population,
}

/// Parameters. Defaults are those of Flee 3.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// How people find their way.
    #[schemars(extend("x-source" = "Flee 3"))]
    pub rules: Rules,
    /// Over how many links people know what lies ahead; 0: they take any link.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "links", "x-source" = "Flee 3", "x-low" = 1, "x-high" = 2))]
    pub awareness: u32,
    /// Chance a day that somebody leaves a place at war.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "Flee 3 (Suleimenova et al. 2017)"))]
    pub move_chance_conflict: f64,
    /// Chance a day that somebody leaves a camp.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "Flee 3 (Suleimenova et al. 2017)", "x-low" = 0.0003, "x-high" = 0.01))]
    pub move_chance_camp: f64,
    /// Chance a day that somebody leaves a camp of the displaced at home.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "Flee 3", "x-low" = 0.001, "x-high" = 0.2))]
    pub move_chance_idp_camp: f64,
    /// Chance a day that somebody goes on from a town.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "Flee 3 (Suleimenova et al. 2017)", "x-low" = 0.1, "x-high" = 0.7))]
    pub move_chance_town: f64,
    /// Persons of whom a site has room, or residents, at whom these chances are as they stand.
    #[schemars(range(min = 1, max = 1e9), extend("x-unit" = "persons", "x-source" = "Flee 3"))]
    pub move_chance_population_base: f64,
    /// Power of the number of a site, over that, in the chances; 0: they are the same everywhere.
    #[schemars(range(min = -2, max = 2), extend("x-unit" = "1", "x-source" = "Flee 3"))]
    pub move_chance_population_power: f64,
    /// Attraction of sites abroad.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "factor", "x-source" = "Flee 3", "x-low" = 1, "x-high" = 4))]
    pub foreign_weight: f64,
    /// Attraction of camps, times that.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "factor", "x-source" = "Flee 3", "x-low" = 1, "x-high" = 4))]
    pub camp_weight: f64,
    /// Attraction of sites at war at an intensity of 1.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "factor", "x-source" = "Flee 3 (one over the root of ten)", "x-low" = 0.1, "x-high" = 0.5))]
    pub conflict_weight: f64,
    /// Power of the residents of a site that is no camp in its attraction; 0: none.
    #[schemars(range(min = 0, max = 2), extend("x-unit" = "1", "x-source" = "Flee 3 (off)", "x-low" = 0, "x-high" = 0.5))]
    pub population_power: f64,
    /// Power of the distance from home by which a site attracts less; 0: none.
    #[schemars(range(min = 0, max = 4), extend("x-unit" = "1", "x-source" = "Flee 3 (off)", "x-low" = 0, "x-high" = 1))]
    pub home_distance_power: f64,
    /// Added to every distance.
    #[schemars(range(min = 0.001, max = 10_000), extend("x-unit" = "km", "x-source" = "Flee 3", "x-low" = 5, "x-high" = 100))]
    pub softening_km: f64,
    /// Added to every attraction.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "1", "x-source" = "Flee 3"))]
    pub weight_softening: f64,
    /// Power of the distance by which a site attracts less.
    #[schemars(range(min = 0, max = 5), extend("x-unit" = "1", "x-source" = "Flee 3", "x-low" = 0.5, "x-high" = 2))]
    pub distance_power: f64,
    /// Power of the whole weight: 0, any route is as likely; above 1, the best are more likely still.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1", "x-source" = "Flee 3", "x-low" = 0.5, "x-high" = 3))]
    pub weight_power: f64,
    /// How far a day's travel goes.
    #[schemars(range(min = 1, max = 5000), extend("x-unit" = "km/day", "x-source" = "Flee 3: 30 km/h for 12 hours", "x-low" = 150, "x-high" = 500))]
    pub km_per_day: f64,
    /// The same on foot.
    #[schemars(range(min = 1, max = 5000), extend("x-unit" = "km/day", "x-source" = "Flee 3: 3.5 km/h for 10 hours", "x-low" = 20, "x-high" = 50))]
    pub walk_km_per_day: f64,
    /// Whether the first link is walked.
    #[schemars(extend("x-source" = "Flee 3 (off)"))]
    pub start_on_foot: bool,
    /// Whether nobody stops in a town who has travelled less than a day's distance in the last two days.
    #[schemars(extend("x-source" = "Flee 3 (off)"))]
    pub avoid_short_stints: bool,
    /// Share of its room up to which a camp attracts as an empty one.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "Flee 3", "x-low" = 0.5, "x-high" = 1))]
    pub capacity_buffer: f64,
    /// What the room of camps is multiplied by.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "factor", "x-source" = "Flee 3", "x-low" = 1, "x-high" = 1.5))]
    pub capacity_scaling: f64,
    /// Where the number of the newly displaced comes from.
    #[schemars(extend("x-source" = "Flee 3"))]
    pub spawn: Spawn,
    /// Persons a day for each site at war at an intensity of 1 (`constant`, `poisson`), or the share of its residents a day (`population`).
    #[schemars(range(min = 0, max = 1e9), extend("x-unit" = "persons/day or 1/day", "x-source" = "Flee 3: 500 persons; equation 20: 0.003 of the residents, 0.001 to 0.01"))]
    pub spawn_per_day: f64,
    /// Whether the sum is what was published as such, and not that of the camps.
    #[schemars(extend("x-source" = "Flee 3 (off)"))]
    pub spawn_from_total: bool,
    /// Whether camps begin with those who were registered on the first day.
    #[schemars(extend("x-source" = "Flee 3"))]
    pub fill_on_first_day: bool,
    /// Whether those who were registered on the first day are left out, of people and of registrations.
    #[schemars(extend("x-source" = "Flee 3 (off)"))]
    pub empty_on_first_day: bool,
    /// Whether residents become fewer as people flee.
    #[schemars(extend("x-source" = "Flee 3 (off)"))]
    pub take_from_population: bool,
    /// What is left of the intensity of a war in each span of `decay_days` since it began; the last goes on. None: all.
    #[schemars(inner(range(min = 0, max = 1)), extend("x-unit" = "share", "x-source" = "Flee 3 (none)"))]
    pub decay: Vec<f64>,
    /// Length of these spans.
    #[schemars(range(min = 1, max = 3650), extend("x-unit" = "days", "x-source" = "Flee 3"))]
    pub decay_days: u32,
    /// Chance a day that somebody abroad goes home when there is peace there again; 0: nobody, as in Flee.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption (off)", "x-low" = 0.0003, "x-high" = 0.003))]
    pub return_chance: f64,
    /// The same of somebody in the country at war.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption (off)", "x-low" = 0.001, "x-high" = 0.01))]
    pub return_chance_idp: f64,
    /// Days of peace at home before which nobody goes back.
    #[schemars(range(min = 0, max = 3650), extend("x-unit" = "days", "x-source" = "assumption", "x-low" = 30, "x-high" = 180))]
    pub return_after_days: u32,
    /// Chance a day that somebody in a camp goes on, from the nearest hub, as a migrant who means to cross the sea; 0: nobody, as in Flee.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption (off)", "x-low" = 0.00001, "x-high" = 0.0003))]
    pub onward_chance: f64,
    /// Money that such a person has.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "USD", "x-source" = "assumption", "x-low" = 100, "x-high" = 1500))]
    pub onward_usd: f64,
    /// Whether war is what armed groups of the run do, and not what was recorded.
    #[schemars(extend("x-source" = "a choice of scenario"))]
    pub simulated_war: bool,
    /// Fatalities a day within `war_km` of a site at which its war has an intensity of 1, if it is simulated.
    #[schemars(range(min = 0.0001, max = 1000), extend("x-unit" = "fatalities/day", "x-source" = "assumption", "x-low" = 0.05, "x-high" = 1))]
    pub war_fatalities: f64,
    /// Intensity of a simulated war below which a site is at peace: violence fades for months.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1", "x-source" = "assumption", "x-low" = 0.02, "x-high" = 0.2))]
    pub war_least: f64,
    /// See `war_fatalities`.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "km", "x-source" = "assumption", "x-low" = 30, "x-high" = 150))]
    pub war_km: f64,
    /// Days after the first whose shares of camps the forecast without a model takes, beside which errors are put; 0 for a run that begins
    /// with what is known.
    #[schemars(range(min = 0, max = 3650), extend("x-unit" = "days", "x-source" = "a choice of comparison"))]
    pub baseline_day: u32,
    /// A fault of Flee: nobody is redirected.
    #[schemars(extend("x-source" = "Flee 3"))]
    pub fault_forced_routes_ignored: bool,
    /// A fault of Flee: a route that is closed by itself is closed in the direction alone in which it is not written.
    #[schemars(extend("x-source" = "Flee 3"))]
    pub fault_one_way_closures: bool,
    /// A fault of Flee: a war keeps the intensity that it began with.
    #[schemars(extend("x-source" = "Flee 3"))]
    pub fault_intensity_fixed: bool,
    /// A fault of Flee: with `awareness` 0 nobody goes anywhere.
    #[schemars(extend("x-source" = "Flee 3"))]
    pub fault_awareness_0_freezes: bool,
    /// A fault of Flee: on every link of a day somebody may travel a whole day's distance again.
    #[schemars(extend("x-source" = "Flee 3"))]
    pub fault_km_per_hop: bool,
    /// A fault of Flee: a camp has less room by those who are in it on the first day, and they are counted in it all the same.
    #[schemars(extend("x-source" = "Flee 3"))]
    pub fault_first_day_in_capacity: bool,
    /// A fault of Flee: the distance from home is taken from where somebody is, with latitude and longitude changed over.
    #[schemars(extend("x-source" = "Flee 3"))]
    pub fault_coordinates_swapped: bool,
    /// A fault of Flee: residents make no difference to attraction, but for a site without any, which has none.
    #[schemars(extend("x-source" = "Flee 3"))]
    pub fault_population_unweighted: bool,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            rules: Rules::Flee3,
            awareness: 1,
            move_chance_conflict: 1.0,
            move_chance_camp: 0.001,
            move_chance_idp_camp: 0.1,
            move_chance_town: 0.3,
            move_chance_population_base: 10_000.0,
            move_chance_population_power: 0.0,
            foreign_weight: 1.0,
            camp_weight: 1.0,
            conflict_weight: 0.316_227_766_017,
            population_power: 0.0,
            home_distance_power: 0.0,
            softening_km: 10.0,
            weight_softening: 0.0,
            distance_power: 1.0,
            weight_power: 1.0,
            km_per_day: 360.0,
            walk_km_per_day: 35.0,
            start_on_foot: false,
            avoid_short_stints: false,
            capacity_buffer: 0.9,
            capacity_scaling: 1.0,
            spawn: Spawn::Registrations,
            spawn_per_day: 500.0,
            spawn_from_total: false,
            fill_on_first_day: true,
            empty_on_first_day: false,
            take_from_population: false,
            decay: vec![],
            decay_days: 30,
            return_chance: 0.0,
            return_chance_idp: 0.0,
            return_after_days: 60,
            onward_chance: 0.0,
            onward_usd: 300.0,
            simulated_war: false,
            war_fatalities: 0.2,
            war_least: 0.05,
            war_km: 60.0,
            baseline_day: 30,
            fault_forced_routes_ignored: false,
            fault_one_way_closures: false,
            fault_intensity_fixed: false,
            fault_awareness_0_freezes: false,
            fault_km_per_hop: false,
            fault_first_day_in_capacity: false,
            fault_coordinates_swapped: false,
            fault_population_unweighted: false,
        }
    }
}

impl Params {
    /// What is left of a war's intensity after so many days.
    pub fn decayed(&self, days: u32) -> f64 {
        let last = self.decay.len().saturating_sub(1);
        self.decay.get(last.min((days / self.decay_days) as usize)).copied().unwrap_or(1.0)
    }

    /// Chance a day that somebody moves on from a site of this kind, with so many residents or so much room.
    pub fn move_chance(&self, kind: Kind, at_war: bool, size: f64) -> f64 {
        let chance = match kind {
            _ if at_war => self.move_chance_conflict,
            Kind::Camp => self.move_chance_camp,
            Kind::IdpCamp => self.move_chance_idp_camp,
            Kind::ConflictZone | Kind::Town => self.move_chance_town,
            Kind::Hub | Kind::Marker => 1.0,
        };
        let scaled = match self.move_chance_population_power {
            0.0 => chance,
            power => chance * libm::pow(size / self.move_chance_population_base, power),
        };
        // A site without anybody, to a negative power.
        if scaled.is_finite() { scaled.min(1.0) } else { 1.0 }
    }

    /// What a camp with so many people still attracts, as a factor: all of it up to `capacity_buffer` of its room, nothing when it is full, a
    /// straight line between. Room for less than one person is room for any number.
    pub fn room(&self, persons: f64, capacity: f64) -> f64 {
        let room = capacity * self.capacity_scaling;
        let full = self.capacity_buffer * room;
        match persons {
            _ if room < 1.0 => 1.0,
            n if n <= full => 1.0,
            n if n >= room => 0.0,
            n => 1.0 - (n - full) / (room - full),
        }
    }
}

/// Displacement.
pub struct Displacement;

impl Process<World> for Displacement {
    const NAME: &'static str = "displacement";
    const ABOUT: &'static str = "War drives people out, who seek camps, towns and other countries over a network of sites, and go home or on (equation 20).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        if !w.refuge.is_there() {
            return;
        }
        let awareness = if p.rules == Rules::Flee1 { 1 } else { p.awareness.max(1) };
        if w.refuge.routes.awareness != awareness {
            w.refuge.routes = Arc::new(Routes::find(&w.refuge.net, awareness));
            let there = |&n: &u32| n == NONE || (n as usize) < w.refuge.routes.len();
            assert!(
                w.displaced.plan().iter().all(there),
                "somebody is on a route that there is not: a state of another `awareness`?"
            );
        }
        w.refuge.without_first = p.empty_on_first_day;
        w.refuge.baseline_day = p.baseline_day;
        w.refuge.close(day, p.fault_one_way_closures);
        war::today(p, w, day);
        leave::leave(p, w, day);
        origins::flee(p, w, day);
        travel::travel(p, w, day);
    }
}
