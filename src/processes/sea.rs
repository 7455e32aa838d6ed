//! Launch and crossing: beaches, boats, waves, hazards by the hour, rescuers, landings (equations 16 and 17).

use crate::agents::accounts::{Hulls, Money, People};
use crate::agents::migrant::{END, NO_LEG, Status};
use crate::agents::tally::Entry;
use crate::agents::vessel::{Boat, NEVER, RUBBER, Vessel, WOOD};
use crate::agents::world::World;
use crate::engine::rng::{Key, Purpose, absorb};
use crate::engine::step::Process;
use crate::processes::journeys::{go_on, leave};
use crate::processes::landings::disembark;
use crate::region::PlaceId;
use crate::units::{Probability, Tick, Usd};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters. Pairs are for (rubber, wood).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Boats that a departure place can launch on a good day (L): beaches, engines, militias.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "boats/day", "x-source" = "fitted to arrivals of 2014-2016", "x-low" = 0.4, "x-high" = 2))]
    pub boats_per_beach: f64,
    /// How sharply a rising sea stops launches.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "1/m", "x-source" = "assumption (model.md eq. 16)"))]
    pub launch_slope: f64,
    /// Wave height at which half of the boats stay ashore.
    #[schemars(inner(range(min = 0, max = 20)), extend("x-unit" = "m", "x-source" = "assumption (model.md eq. 16): 0.4-0.8 and 0.5-1.1"))]
    pub launch_wave_m: [f64; 2],
    /// Least and most people on a boat of each kind.
    #[schemars(inner(inner(range(min = 1, max = 5000))), extend("x-unit" = "persons", "x-source" = "assumption (model.md eq. 16)"))]
    pub load: [[u32; 2]; 2],
    /// Price of a boat with its engine.
    #[schemars(inner(range(min = 0, max = 10_000_000)), extend("x-unit" = "USD", "x-source" = "assumption"))]
    pub hull_usd: [f64; 2],
    /// What a launcher reckons to lose, in later custom, by the death of a passenger.
    #[schemars(range(min = 0, max = 1_000_000), extend("x-unit" = "USD", "x-source" = "assumption", "x-low" = 0, "x-high" = 5000))]
    pub loss_per_death_usd: f64,
    /// Difference in cost per seat that makes one kind of boat e times as likely as the other.
    #[schemars(range(min = 0.1, max = 10_000), extend("x-unit" = "USD", "x-source" = "assumption", "x-low" = 20, "x-high" = 120))]
    pub kind_scale_usd: f64,
    /// Rate of sinking at a wave height of 1 m.
    #[schemars(inner(range(min = 0, max = 10)), extend("x-unit" = "1/h", "x-source" = "fitted to deaths per attempt within the assumed range of rubber boats, 0.001-0.01"))]
    pub sinking_per_hour: [f64; 2],
    /// How the rate grows with wave height: exp(x (Hs - 1)).
    #[schemars(range(min = 0, max = 20), extend("x-unit" = "1/m", "x-source" = "assumption (model.md eq. 17)"))]
    pub wave_effect: f64,
    /// Share of those aboard who die when a boat sinks.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption (model.md eq. 17)", "x-low" = 0.4, "x-high" = 0.9))]
    pub deaths_given_sinking: f64,
    /// Rate at which one vessel finds and rescues a boat beyond its standoff.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1/h", "x-source" = "fitted to deaths per attempt within the assumed range", "x-low" = 0.01, "x-high" = 0.1))]
    pub rescue_per_hour: f64,
    /// Speed of a loaded boat.
    #[schemars(range(min = 1, max = 60), extend("x-unit" = "km/h", "x-source" = "model.md eq. 17"))]
    pub boat_kmh: f64,
    /// Hours after its first rescue at which a vessel makes for port, full or not.
    #[schemars(range(min = 1, max = 1000), extend("x-unit" = "h", "x-source" = "model.md eq. 17"))]
    pub hours_on_scene: u32,
    /// Days a vessel is away to land people.
    #[schemars(range(min = 1, max = 60), extend("x-unit" = "days", "x-source" = "model.md eq. 17"))]
    pub days_to_land: u32,
    /// Memory of what is known about deaths on the way.
    #[schemars(range(min = 1, max = 3650), extend("x-unit" = "days", "x-source" = "model.md eq. 14: 30 days"))]
    pub belief_days: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            boats_per_beach: 0.75,
            launch_slope: 8.0,
            launch_wave_m: [0.6, 0.75],
            load: [[100, 160], [200, 450]],
            hull_usd: [7500.0, 35_000.0],
            loss_per_death_usd: 2000.0,
            kind_scale_usd: 60.0,
            sinking_per_hour: [0.006, 0.002],
            wave_effect: 1.5,
            deaths_given_sinking: 0.6,
            rescue_per_hour: 0.015,
            boat_kmh: 9.0,
            hours_on_scene: 24,
            days_to_land: 2,
            belief_days: 30.0,
        }
    }
}

const SLOT: Purpose = Purpose::new("sea.slot");
const KIND: Purpose = Purpose::new("sea.kind");
const LAUNCH: Purpose = Purpose::new("sea.launch");
const LOAD: Purpose = Purpose::new("sea.load");
const HOUR: Purpose = Purpose::new("sea.hour");
const VESSEL: Purpose = Purpose::new("sea.vessel");
const DROWN: Purpose = Purpose::new("sea.drown");

/// Launch and crossing.
pub struct SeaCrossing;

impl Process<World> for SeaCrossing {
    const NAME: &'static str = "sea";
    const ABOUT: &'static str = "Boats are launched in good weather, sink, are rescued or arrive; vessels land those they saved (equations 16, 17).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        land(p, w, day);
        release_closed_beaches(w, day);
        launch(p, w, day);
        let before = outcome(w);
        for hour in 0..24 {
            cross(p, w, day, hour);
        }
        believe(p, w, before);
    }
}

/// Chance that a boat of a kind is launched at a wave height (equation 16).
pub fn launch_chance(p: &Params, kind: u8, wave_m: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-p.launch_slope * (p.launch_wave_m[kind as usize] - wave_m)))
}

/// Rate of sinking per hour (equation 17).
pub fn sinking_rate(p: &Params, kind: u8, wave_m: f64) -> f64 {
    p.sinking_per_hour[kind as usize] * libm::exp(p.wave_effect * (wave_m - 1.0))
}

/// Share of rubber boats: logit on cost per seat plus the loss a launcher fears on the way to the first rescuer.
pub fn rubber_share(p: &Params, hours_to_rescue: f64) -> f64 {
    let cost = |kind: u8| {
        let [least, most] = p.load[kind as usize];
        let per_seat = p.hull_usd[kind as usize] / (f64::from(least + most) / 2.0).max(1.0);
        let sinks = Probability::of_hazard(p.sinking_per_hour[kind as usize], hours_to_rescue).get();
        per_seat + sinks * p.deaths_given_sinking * p.loss_per_death_usd
    };
    1.0 / (1.0 + libm::exp((cost(RUBBER) - cost(WOOD)) / p.kind_scale_usd))
}

/// Vessels that can take people aboard in a zone.
fn ready(w: &World, zone: u16, day: Tick) -> Vec<usize> {
    let v = &w.vessels;
    let free = |i: &usize| {
        v.zone()[*i] == zone
            && v.on_duty()[*i] == 1
            && v.rescues()[*i] == 1
            && v.lands()[*i] == 0
            && v.back()[*i] <= day.0
    };
    v.rows().filter(free).collect()
}

/// Hours until a boat may hope for rescue: to the nearest standoff, plus the mean search, at most the whole way.
fn hours_to_rescue(p: &Params, w: &World, zone: u16, lane_km: f64, day: Tick) -> f64 {
    let vessels = ready(w, zone, day);
    let whole = lane_km / p.boat_kmh;
    let near = vessels.iter().map(|&i| f64::from(w.vessels.standoff_km()[i])).fold(f64::INFINITY, f64::min);
    let search = 1.0 / (p.rescue_per_hour * vessels.len() as f64).max(1e-9);
    (near / p.boat_kmh + search).min(whole)
}

/// People on a beach that no boat leaves from any more look for another way.
fn release_closed_beaches(w: &mut World, day: Tick) {
    for zone in 0..w.queues.beach.len() {
        if w.queues.beach[zone].is_empty() || w.ways.coast.contains(&Some(zone)) {
            continue;
        }
        while let Some(row) = w.queues.beach[zone].serve() {
            ashore(w, row as usize, day);
        }
    }
}

/// Puts someone back on land at the hub of departure; tomorrow's journeys decide what follows.
fn ashore(w: &mut World, row: usize, day: Tick) {
    let mut m = w.migrants.get(row);
    m.enter(Status::BeachEarning);
    (m.since, m.due, m.leg, m.next) = (day.0 + 1, day.0 + 1, NO_LEG, END);
    go_on(w, row, m);
}

fn launch(p: &Params, w: &mut World, day: Tick) {
    for hub in 0..w.routes.hubs.len() {
        let Some(zone) = w.ways.coast[hub] else { continue };
        let Some(lane) = w.open_lane(hub) else { continue };
        let beach = Key::named("beach", &w.routes.hubs[hub].name, 0);
        // A fractional L is a whole number of slots plus one more with the chance of the rest.
        let extra = w.luck.on(SLOT, day).chance(beach.0, p.boats_per_beach - libm::floor(p.boats_per_beach));
        let slots = libm::floor(p.boats_per_beach) as u64 + u64::from(extra);
        let km = w.region.sea.lanes[lane].km;
        let rubber = rubber_share(p, hours_to_rescue(p, w, zone as u16, km, day));
        for k in 0..slots {
            let key = beach.child(day, k).0;
            let kind = if w.luck.on(KIND, day).chance(key, rubber) { RUBBER } else { WOOD };
            if w.luck.on(LAUNCH, day).chance(key, launch_chance(p, kind, w.zones.wave_m()[zone])) {
                push_off(p, w, key, zone, lane, kind, day);
            }
        }
    }
}

/// Fills and launches one boat, if the line on the beach is long enough to fill it.
fn push_off(p: &Params, w: &mut World, key: u64, zone: usize, lane: usize, kind: u8, day: Tick) {
    let [least, most] = p.load[kind as usize];
    let span = u64::from(most.saturating_sub(least)) + 1;
    let load = u64::from(least) + w.luck.on(LOAD, day).below(key, span);
    let size = u64::from(w.persons_per_agent);
    let agents = load / size;
    let hull = Usd::dollars(p.hull_usd[kind as usize]).0.max(0) as u64;
    // Fares were paid on joining the line; a launcher buys the boat out of them.
    let purse = w.ledgers.money.balance(0, Money::Launchers as usize);
    if agents == 0 || (w.queues.beach[zone].len() as u64) < agents || purse < hull as i64 {
        return;
    }
    let mut first = END;
    for _ in 0..agents {
        let Some(row) = w.queues.beach[zone].serve() else { break };
        let mut m = w.migrants.get(row as usize);
        m.enter(Status::AtSea);
        m.next = first;
        go_on(w, row as usize, m);
        first = row;
    }
    let people = (agents * size) as u32;
    w.ledgers.pay(Money::Launchers, Money::Economy, hull);
    w.ledgers.move_hulls(Hulls::Outside, Hulls::AtSea, 1);
    w.tally.boats += 1;
    w.tally.boats_rubber += i64::from(kind == RUBBER);
    w.tally.departures += i64::from(people);
    w.boats.push(Boat { key, zone: zone as u16, lane: lane as u16, kind, hours: 0, people, first });
}

/// One hour of every boat at sea, in the order of keys, since rescuers are scarce.
fn cross(p: &Params, w: &mut World, day: Tick, hour: u32) {
    let luck = w.luck.on(HOUR, day).nth(hour);
    let mut boats: Vec<usize> = w.boats.rows().collect();
    boats.sort_by_key(|&b| luck.nth(0).bits(w.boats.key()[b]));
    for b in boats {
        let boat = w.boats.get(b);
        let gone = f64::from(boat.hours) * p.boat_kmh;
        let beyond = |i: &usize| {
            f64::from(w.vessels.standoff_km()[*i]) <= gone && w.vessels.aboard()[*i] < w.vessels.capacity()[*i]
        };
        let near: Vec<usize> = ready(w, boat.zone, day).into_iter().filter(beyond).collect();
        let sink = sinking_rate(p, boat.kind, w.zones.wave_m()[boat.zone as usize]);
        let rescue = p.rescue_per_hour * near.len() as f64;
        let u = luck.unit(boat.key);
        let event = Probability::of_hazard(sink + rescue, 1.0).get();
        if u < event {
            if u < event * sink / (sink + rescue) {
                founder(p, w, b, &near, day, hour);
            } else {
                let people = w.list(boat.first);
                board(w, &people, &near, boat.key, day, hour);
                w.tally.rescued += i64::from(boat.people);
                end(w, b, Hulls::Abandoned);
            }
        } else if gone + p.boat_kmh >= w.region.sea.lanes[boat.lane as usize].km {
            let at = w.region.sea.lanes[boat.lane as usize].to;
            for row in w.list(boat.first) {
                disembark(w, row as usize, at, false, day);
            }
            end(w, b, Hulls::Landed);
        } else {
            w.boats.update(b, |x| x.hours += 1);
        }
    }
    depart(p, w, day, hour);
}

fn end(w: &mut World, boat: usize, into: Hulls) {
    w.ledgers.move_hulls(Hulls::AtSea, into, 1);
    w.boats.remove(boat);
}

/// A boat sinks: some die; the others are taken aboard by a vessel, or reach the coast they came from.
fn founder(p: &Params, w: &mut World, b: usize, near: &[usize], day: Tick, hour: u32) {
    let boat = w.boats.get(b);
    let luck = w.luck.on(DROWN, day);
    let size = i64::from(w.persons_per_agent);
    let (mut alive, mut dead) = (vec![], 0);
    for row in w.list(boat.first) {
        if luck.chance(w.migrants.key()[row as usize], p.deaths_given_sinking) {
            leave(w, row as usize, People::DeadSea);
            dead += size;
        } else {
            alive.push(row);
        }
    }
    w.tally.sinkings += 1;
    w.tally.deaths_sea += dead;
    if !alive.is_empty() {
        w.tally.deaths_sea_reported += dead;
    }
    if near.is_empty() {
        for &row in &alive {
            ashore(w, row as usize, day);
        }
    } else {
        w.tally.rescued += alive.len() as i64 * size;
        board(w, &alive, near, boat.key, day, hour);
    }
    let place = w.region.sea.zones[boat.zone as usize].name.clone();
    w.log.push(Entry { day, kind: "boat_sunk", place, item: "dead", count: dead, key: boat.key });
    end(w, b, Hulls::Sunk);
}

/// Takes people aboard one of the vessels near, by lot.
fn board(w: &mut World, people: &[u32], near: &[usize], boat: u64, day: Tick, hour: u32) {
    let luck = w.luck.on(VESSEL, day);
    let Some(&v) = near.iter().min_by_key(|&&i| luck.bits(absorb(boat, w.vessels.key()[i]))) else { return };
    let mut first = w.vessels.first()[v];
    for &row in people {
        let mut m = w.migrants.get(row as usize);
        m.enter(Status::Aboard);
        m.next = first;
        go_on(w, row as usize, m);
        first = row;
    }
    let n = people.len() as u32 * w.persons_per_agent;
    w.vessels.update(v, |x| {
        x.first = first;
        x.aboard += n;
        x.first_rescue = x.first_rescue.min(day.0 * 24 + hour);
    });
}

/// Vessels that are full, have been on the scene long enough, or are called home make for port.
fn depart(p: &Params, w: &mut World, day: Tick, hour: u32) {
    let now = day.0 * 24 + hour;
    for i in 0..w.vessels.len() {
        let v = w.vessels.get(i);
        if v.key == 0 || v.aboard == 0 || v.lands != 0 {
            continue;
        }
        let long = v.first_rescue != NEVER && now >= v.first_rescue + p.hours_on_scene;
        if v.aboard >= v.capacity || long || v.on_duty == 0 {
            w.vessels.set(i, Vessel { lands: day.0 + p.days_to_land.div_ceil(2), back: day.0 + p.days_to_land, ..v });
        }
    }
}

/// Vessels in port set their people down.
fn land(_: &Params, w: &mut World, day: Tick) {
    for i in 0..w.vessels.len() {
        let v = w.vessels.get(i);
        if v.key == 0 || v.lands == 0 || v.lands > day.0 {
            continue;
        }
        let at = landing_place(w, v.zone);
        for row in w.list(v.first) {
            disembark(w, row as usize, at, true, day);
        }
        w.vessels.set(i, Vessel { aboard: 0, first: END, first_rescue: NEVER, lands: 0, ..v });
    }
}

/// Where vessels of a zone land those they saved: the end of the shortest lane.
fn landing_place(w: &World, zone: u16) -> PlaceId {
    let lanes = w.region.sea.lanes.iter().filter(|l| l.zone == usize::from(zone));
    lanes.min_by(|a, b| a.km.total_cmp(&b.km)).map_or(0, |l| l.to)
}

/// Deaths reported and attempts that ended so far, by the day's tally.
fn outcome(w: &World) -> (i64, i64) {
    (w.tally.deaths_sea_reported, w.tally.deaths_sea + w.tally.rescued + w.tally.arrivals)
}

/// What is known of deaths at sea follows what is reported, with a lag (equation 14).
fn believe(p: &Params, w: &mut World, before: (i64, i64)) {
    let now = outcome(w);
    let (dead, ended) = (now.0 - before.0, now.1 - before.1);
    if ended <= 0 {
        return;
    }
    let share = dead as f64 / ended as f64;
    let zones: std::collections::BTreeSet<usize> = w.ways.coast.iter().flatten().copied().collect();
    for z in zones {
        w.zones.update(z, |s| s.death_belief += (share - s.death_belief) / p.belief_days);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn p() -> Params {
        Params {
            launch_slope: 8.0,
            launch_wave_m: [0.6, 0.75],
            sinking_per_hour: [0.006, 0.002],
            wave_effect: 1.5,
            ..Params::default()
        }
    }

    /// Equation 16 by hand: half at the midpoint, 1 / (1 + exp(8 x 0.4)) at 1 m for rubber; wood bears more.
    #[test]
    fn the_chance_of_a_launch_falls_with_the_waves() {
        let p = p();
        assert_eq!(launch_chance(&p, RUBBER, 0.6), 0.5);
        assert_eq!(launch_chance(&p, WOOD, 0.75), 0.5);
        assert!((launch_chance(&p, RUBBER, 1.0) - 0.039_165_722).abs() < 1e-8);
        assert!((launch_chance(&p, RUBBER, 0.2) - 0.960_834_277).abs() < 1e-8);
        assert!(launch_chance(&p, WOOD, 0.7) > launch_chance(&p, RUBBER, 0.7));
    }

    /// Equation 17 by hand: the rate itself at 1 m, exp(1.5) times it at 2 m.
    #[test]
    fn the_rate_of_sinking_grows_with_the_waves() {
        let p = p();
        assert_eq!(sinking_rate(&p, RUBBER, 1.0), 0.006);
        assert_eq!(sinking_rate(&p, WOOD, 1.0), 0.002);
        assert!((sinking_rate(&p, RUBBER, 2.0) - 0.006 * 4.481_689_07).abs() < 1e-9);
        assert!((sinking_rate(&p, RUBBER, 0.0) - 0.006 * 0.223_130_16).abs() < 1e-9);
    }

    /// By hand at the default prices (7,500 / 130 = 57.7 and 35,000 / 325 = 107.7 USD a seat): without any fear of loss the
    /// share of rubber is 1 / (1 + exp(-50 / 60)); the nearer the rescue, the more rubber.
    #[test]
    fn nearer_rescue_brings_more_rubber() {
        let p = Params { load: [[100, 160], [200, 450]], hull_usd: [7500.0, 35_000.0], kind_scale_usd: 60.0, ..p() };
        assert!((rubber_share(&p, 0.0) - 0.697_059).abs() < 1e-5, "{}", rubber_share(&p, 0.0));
        let shares: Vec<f64> = [0.0, 5.0, 15.0, 33.0].iter().map(|&h| rubber_share(&p, h)).collect();
        assert!(shares.windows(2).all(|w| w[1] < w[0]), "{shares:?}");
        let fearless = Params { loss_per_death_usd: 0.0, ..p };
        assert_eq!(rubber_share(&fearless, 0.0), rubber_share(&fearless, 33.0));
    }
}
