//! Launch and crossing: beaches, boats, waves, hazards by the hour, rescuers, coast guards, landings (equations 16 and 17).
//!
//! [`beaches`] how many boats a beach has and who is paid there; [`launch`] which boat, and whether it goes; [`crossing`] what
//! befalls it; [`rescue`] vessels: who is near, whom they take aboard, where they land them.

mod beaches;
mod crossing;
mod launch;
mod rescue;

pub use crossing::sinking_rate;
pub use launch::{launch_chance, nearness, rubber_share};

use crate::agents::tally::Attempts;
use crate::agents::world::World;
use crate::engine::step::Process;
use crate::processes::crews::arrive::share_tolls;
use crate::units::Tick;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Parameters. Pairs are for (rubber, wood).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Wooden boats that a departure place can launch on a good day (L): beaches, engines, militias.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "boats/day", "x-source" = "fitted to arrivals of 2014-15", "x-low" = 0.4, "x-high" = 2))]
    pub boats_per_beach: f64,
    /// Rubber boats that go out in the place of one wooden one: they are smaller and lie on any beach.
    #[schemars(range(min = 1, max = 10), extend("x-unit" = "boats", "x-source" = "assumption: about as many people as one wooden boat holds", "x-low" = 1, "x-high" = 3))]
    pub rubber_for_wood: u32,
    /// The same limit for the departure places of some countries, in its place.
    #[schemars(extend("additionalProperties" = {"type": "number", "minimum": 0, "maximum": 1000}, "x-names" = "country", "x-unit" = "boats/day", "x-source" = "assumption: none differs"))]
    pub boats_per_beach_of: BTreeMap<String, f64>,
    /// Share of the fares of those aboard that a militia at home on the beach takes of a launch.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.05, "x-high" = 0.4))]
    pub militia_share: f64,
    /// How sharply a rising sea stops launches.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "1/m", "x-source" = "fitted to arrivals of 2014-15; model.md eq. 16: 8", "x-low" = 5, "x-high" = 9))]
    pub launch_slope: f64,
    /// Wave height at which half of the boats stay ashore.
    #[schemars(inner(range(min = 0, max = 20)), extend("x-unit" = "m", "x-source" = "fitted to arrivals of 2014-15 within the assumed 0.4-0.8 and 0.5-1.1 (model.md eq. 16)"))]
    pub launch_wave_m: [f64; 2],
    /// How much higher the waves may be with rescue at hand: launchers dare more where it comes soon.
    #[schemars(range(min = 0, max = 2), extend("x-unit" = "m", "x-source" = "assumption; after the mechanism of Deiana et al.", "x-low" = 0, "x-high" = 0.15))]
    pub bolder_m: f64,
    /// How much more readily a boat sinks, as a share of its rate, with rescue at hand: launchers spare fuel, engines and hulls
    /// where it comes soon; 0: they do not.
    #[schemars(range(min = 0, max = 20), extend("x-unit" = "share", "x-source" = "assumption; after the mechanism of Deiana et al.", "x-low" = 0, "x-high" = 2))]
    pub corner_cutting: f64,
    /// Hours to rescue over which both of these fall by the factor e.
    #[schemars(range(min = 0.1, max = 1000), extend("x-unit" = "h", "x-source" = "assumption", "x-low" = 6, "x-high" = 24))]
    pub corner_hours: f64,
    /// Lanes longer than this are for wooden boats only.
    #[schemars(range(min = 0, max = 10_000), extend("x-unit" = "km", "x-source" = "assumption", "x-low" = 400, "x-high" = 800))]
    pub rubber_km: f64,
    /// On such lanes go larger fishing vessels: factor of the rate at which wooden boats sink.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "factor", "x-source" = "assumption", "x-low" = 0.05, "x-high" = 0.5))]
    pub large_boat_sinking: f64,
    /// Least and most people on a boat of each kind.
    #[schemars(inner(inner(range(min = 1, max = 5000))), extend("x-unit" = "persons", "x-source" = "assumption (model.md eq. 16)"))]
    pub load: [[u32; 2]; 2],
    /// Price of a boat with its engine.
    #[schemars(inner(range(min = 0, max = 10_000_000)), extend("x-unit" = "USD", "x-source" = "assumption"))]
    pub hull_usd: [f64; 2],
    /// Chance that the wooden hull of a boat that was rescued, and not destroyed, comes back to the beach to be used again.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: hulls left adrift after rescues were fetched back", "x-low" = 0, "x-high" = 0.9))]
    pub hulls_recovered: f64,
    /// How well vessels with the mandate `boats` destroy hulls: n of them destroy the share 1 - exp(-x n) of those rescued.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "1/vessel", "x-source" = "assumption", "x-low" = 0.05, "x-high" = 0.5))]
    pub destroyed_per_vessel: f64,
    /// What a launcher reckons to lose, in later custom, by the death of a passenger.
    #[schemars(range(min = 0, max = 1_000_000), extend("x-unit" = "USD", "x-source" = "assumption", "x-low" = 0, "x-high" = 5000))]
    pub loss_per_death_usd: f64,
    /// Difference in cost per seat that makes one kind of boat e times as likely as the other.
    #[schemars(range(min = 0.1, max = 10_000), extend("x-unit" = "USD", "x-source" = "assumption", "x-low" = 20, "x-high" = 120))]
    pub kind_scale_usd: f64,
    /// Rate of sinking at a wave height of 1 m.
    #[schemars(inner(range(min = 0, max = 10)), extend("x-unit" = "1/h", "x-source" = "fitted to deaths per attempt of 2014-15 within the assumed range of rubber boats, 0.001-0.01"))]
    pub sinking_per_hour: [f64; 2],
    /// How the rate grows with wave height: exp(x (Hs - 1)).
    #[schemars(range(min = 0, max = 20), extend("x-unit" = "1/m", "x-source" = "assumption (model.md eq. 17)"))]
    pub wave_effect: f64,
    /// Share of those aboard who die when a boat sinks.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption (model.md eq. 17)", "x-low" = 0.4, "x-high" = 0.9))]
    pub deaths_given_sinking: f64,
    /// Rate at which an engine fails, after which the boat is adrift.
    #[schemars(inner(range(min = 0, max = 10)), extend("x-unit" = "1/h", "x-source" = "assumption"))]
    pub engine_failure_per_hour: [f64; 2],
    /// Rate at which a boat adrift is cast up on the coast it came from.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1/h", "x-source" = "assumption", "x-low" = 0.003, "x-high" = 0.03))]
    pub washed_ashore_per_hour: f64,
    /// Chance that a boat adrift calls for help: it has a satellite telephone, and somebody answers.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.2, "x-high" = 0.9))]
    pub call_chance: f64,
    /// How much more readily a boat that has called is found; vessels come to it from beyond their standoff.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "factor", "x-source" = "assumption", "x-low" = 1, "x-high" = 10))]
    pub call_factor: f64,
    /// Rate at which one vessel finds and rescues a boat beyond its standoff.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1/h", "x-source" = "fitted to deaths per attempt of 2014-15 within the assumed range", "x-low" = 0.01, "x-high" = 0.1))]
    pub rescue_per_hour: f64,
    /// How much vessels or aircraft that only look and report help: m of them make that rate 2 - exp(-x m) times as high, at
    /// most twice.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.1, "x-high" = 1))]
    pub monitor_factor: f64,
    /// Rate at which a coast guard of one boat-day per 100 km and day brings a boat back.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1/h", "x-source" = "model.md eq. 17", "x-low" = 0.005, "x-high" = 0.03))]
    pub pullback_per_hour: f64,
    /// How far from where boats leave it does so.
    #[schemars(range(min = 0, max = 10_000), extend("x-unit" = "km", "x-source" = "model.md eq. 17", "x-low" = 50, "x-high" = 200))]
    pub coast_guard_km: f64,
    /// Wave height above which its boats stay in port.
    #[schemars(range(min = 0, max = 20), extend("x-unit" = "m", "x-source" = "assumption", "x-low" = 1, "x-high" = 2))]
    pub coast_guard_wave_m: f64,
    /// Speed of a loaded boat.
    #[schemars(range(min = 1, max = 60), extend("x-unit" = "km/h", "x-source" = "model.md eq. 17"))]
    pub boat_kmh: f64,
    /// Hours after its first rescue at which a vessel makes for port, full or not.
    #[schemars(range(min = 1, max = 1000), extend("x-unit" = "h", "x-source" = "model.md eq. 17"))]
    pub hours_on_scene: u32,
    /// Days a vessel is away to land people.
    #[schemars(range(min = 1, max = 60), extend("x-unit" = "days", "x-source" = "model.md eq. 17"))]
    pub days_to_land: u32,
    /// Memory of what is known about how attempts end.
    #[schemars(range(min = 1, max = 3650), extend("x-unit" = "days", "x-source" = "model.md eq. 14: 30 days"))]
    pub belief_days: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            boats_per_beach: 0.6,
            rubber_for_wood: 2,
            boats_per_beach_of: BTreeMap::new(),
            militia_share: 0.2,
            launch_slope: 6.5,
            launch_wave_m: [0.54, 0.69],
            bolder_m: 0.05,
            corner_cutting: 0.5,
            corner_hours: 12.0,
            rubber_km: 600.0,
            large_boat_sinking: 0.15,
            load: [[100, 160], [200, 450]],
            hull_usd: [6000.0, 40_000.0],
            hulls_recovered: 0.6,
            destroyed_per_vessel: 0.2,
            loss_per_death_usd: 1000.0,
            kind_scale_usd: 40.0,
            sinking_per_hour: [0.0075, 0.0017],
            wave_effect: 1.5,
            deaths_given_sinking: 0.6,
            engine_failure_per_hour: [0.004, 0.001],
            washed_ashore_per_hour: 0.01,
            call_chance: 0.5,
            call_factor: 4.0,
            rescue_per_hour: 0.015,
            monitor_factor: 0.5,
            pullback_per_hour: 0.0125,
            coast_guard_km: 150.0,
            coast_guard_wave_m: 1.25,
            boat_kmh: 9.0,
            hours_on_scene: 24,
            days_to_land: 2,
            belief_days: 30.0,
        }
    }
}

/// Launch and crossing.
pub struct SeaCrossing;

impl Process<World> for SeaCrossing {
    const NAME: &'static str = "sea";
    const ABOUT: &'static str = "Boats are launched in good weather, sink, drift, are rescued, pulled back or arrive; vessels land those they saved \
         (equations 16, 17).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        w.tally.attempts = vec![Attempts::default(); w.zones.len()];
        rescue::land(w, day);
        launch::release_closed_beaches(w, day);
        launch::launch(p, w, day);
        // What militias took on the beaches is theirs at once.
        share_tolls(w);
        for hour in 0..24 {
            crossing::cross(p, w, day, hour);
            rescue::depart(p, w, day, hour);
        }
        believe(p, w);
    }
}

/// What is known of how attempts end follows what is reported, zone by zone, with a lag (equation 14). Days on which no
/// attempt ended teach nothing.
fn believe(p: &Params, w: &mut World) {
    for (z, a) in std::mem::take(&mut w.tally.attempts).into_iter().enumerate() {
        let ended = a.ended() as f64;
        let sent_back = i64::from(w.zones.sent_back()[z]);
        w.zones.update(z, |s| s.attempts += (ended - s.attempts) / p.belief_days);
        if ended > 0.0 {
            let learn = |old: f64, n: i64| old + ((n as f64 / ended).min(1.0) - old) / p.belief_days;
            w.zones.update(z, |s| {
                s.death_belief = learn(s.death_belief, a.reported);
                s.return_belief = learn(s.return_belief, a.pulled_back + sent_back);
                s.sent_back = 0;
                s.rescue_belief = learn(s.rescue_belief, a.rescued);
            });
        }
        w.tally.attempts.push(a);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::accounts::{Hulls, People};
    use crate::agents::controls::{Guard, NavalOrder};
    use crate::agents::migrant;
    use crate::agents::vessel::{BOATS, MONITOR, RESCUE};
    use crate::levers::tests::world_with_coasts;

    /// By hand: 10 of 200 attempts ended in a death that was reported, 100 aboard a rescuer, 60 were pulled back; with a memory
    /// of 10 days a belief of 0 goes a tenth of the way. A zone where nothing ended keeps what it believed.
    #[test]
    fn each_zone_learns_from_its_own_attempts() {
        let mut w = world_with_coasts();
        let p = Params { belief_days: 10.0, ..Params::default() };
        w.zones.update(1, |z| z.death_belief = 0.5);
        let seen = Attempts { dead: 12, reported: 10, rescued: 100, landed: 20, pulled_back: 60, ashore: 8 };
        w.tally.attempts = vec![seen, Attempts::default()];
        believe(&p, &mut w);
        let z = w.zones.get(0);
        let want = [0.005, 0.03, 0.05];
        let got = [z.death_belief, z.return_belief, z.rescue_belief];
        assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-12), "{got:?}");
        let z = w.zones.get(1);
        assert_eq!([z.death_belief, z.return_belief, z.rescue_belief], [0.5, 0.0, 0.0]);
        believe(&p, &mut w);
        assert!((w.zones.get(0).death_belief - 0.0095).abs() < 1e-12, "0.005 + (0.05 - 0.005) / 10");
    }

    /// Sixty days with everything at once: each hull that entered is in one account, each person too, and the books agree with a
    /// recount on every evening; every account of ended voyages has seen some.
    #[test]
    fn hulls_and_people_are_conserved() {
        let mut w = world_with_coasts();
        let libya = w.libya.unwrap();
        w.states.update(usize::from(libya), |s| s.detention_places = 500);
        migrant::populate(&mut w, &migrant::Initial { residents: 0, on_coast: 60_000, ..Default::default() }, &[], 1.0);
        w.persons_per_agent = 1;
        let west = w.region.zone("West").unwrap();
        let order = |sender, missions, vessels, standoff_km| NavalOrder {
            sender,
            zone: west,
            vessels,
            standoff_km,
            capacity: 400,
            missions,
            effect: 0.9,
        };
        w.controls.naval =
            vec![order(1, RESCUE, 3, 20.0), order(2, BOATS | RESCUE, 1, 60.0), order(3, MONITOR, 1, 0.0)];
        crate::processes::allocation::vessels::vessels(&mut w);
        w.controls.guards.insert(west, Guard { boat_days: 0.5, keep_out_km: 0.0 });
        let p = Params { boats_per_beach: 3.0, washed_ashore_per_hour: 0.05, ..Params::default() };
        for z in 0..w.zones.len() {
            w.zones.update(z, |z| z.wave_m = 0.5);
        }
        let (mut launched, mut pulled, mut detained) = (0, 0, 0);
        for _ in 0..60 {
            let day = w.day;
            w.tally = Default::default();
            SeaCrossing::run(&p, &mut w, day);
            w.audit().unwrap();
            launched += w.tally.boats;
            (pulled, detained) = (pulled + w.tally.pulled_back, detained + w.tally.detained);
            w.day = w.day.next();
        }
        let hulls = |a: Hulls| w.ledgers.hulls.balance(0, a as usize);
        use Hulls::*;
        let all = [AtSea, Sunk, Abandoned, Landed, Recovered, Destroyed, Seized];
        let new = -hulls(Outside);
        assert_eq!(all.iter().map(|&a| hulls(a)).sum::<i64>(), new);
        let again = w.ledgers.hulls.moved(0, Recovered as usize, AtSea as usize);
        assert_eq!(launched, new + again);
        assert!(again > 0);
        for a in [Sunk, Abandoned, Landed, Destroyed, Seized] {
            assert!(hulls(a) > 0, "no hull in account {a:?}");
        }
        assert_eq!(detained, 500, "the centres are full");
        assert!(pulled > detained, "the others are put ashore");
        assert_eq!(w.ledgers.people.balance(0, People::Detained as usize), 500);
    }
}
