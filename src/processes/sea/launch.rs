//! Which boat is launched, and whether it is (equation 16).

use super::Params;
use super::beaches::{limit, pay_off, slots, take_dues};
use super::crossing::ashore;
use super::rescue::{Waters, chart, destroyed_share, hours_to_rescue};
use crate::agents::accounts::{Hulls, Money};
use crate::agents::migrant::{END, Status};
use crate::agents::routes::HubId;
use crate::agents::vessel::{Boat, RUBBER, WOOD};
use crate::agents::world::World;
use crate::engine::rng::{Key, Purpose};
use crate::processes::moves::go_on;
use crate::units::{Probability, Tick, Usd};

const KIND: Purpose = Purpose::new("sea.kind");
const LAUNCH: Purpose = Purpose::new("sea.launch");
const LOAD: Purpose = Purpose::new("sea.load");

/// How near rescue is, from 1 (at hand) to 0 (far, or `None`: there is none): exp(-hours / corner_hours).
pub fn nearness(p: &Params, hours_to_rescue: Option<f64>) -> f64 {
    hours_to_rescue.map_or(0.0, |h| libm::exp(-h / p.corner_hours))
}

/// Chance that a boat of a kind is launched at a wave height in metres (equation 16); the midpoint rises with the
/// nearness of rescue.
pub fn launch_chance(p: &Params, kind: u8, wave_m: f64, nearness: f64) -> f64 {
    let midpoint = p.launch_wave_m[kind as usize] + p.bolder_m * nearness;
    1.0 / (1.0 + libm::exp(-p.launch_slope * (midpoint - wave_m)))
}

/// Factor of a new boat's rate of sinking: 1 + corner_cutting x nearness of rescue.
pub fn quality(p: &Params, nearness: f64) -> f64 {
    1.0 + p.corner_cutting * nearness
}

/// Share of wooden hulls that launchers reckon to get back (equation 16): `rescued`, the share of attempts that end with a
/// rescue, of those the share that is not destroyed, and of those the share that is fetched back.
pub fn recovered_share(p: &Params, rescued: f64, destroyed: f64) -> f64 {
    rescued * (1.0 - destroyed) * p.hulls_recovered
}

/// Share of rubber boats: logit on cost per seat, USD, plus the loss a launcher fears on the way to the first rescuer. A
/// wooden hull costs its price less what comes back of it.
pub fn rubber_share(p: &Params, hours_to_rescue: f64, recovered: f64) -> f64 {
    let cost = |kind: u8| {
        let [least, most] = p.load[kind as usize];
        let price = p.hull_usd[kind as usize] * if kind == WOOD { 1.0 - recovered } else { 1.0 };
        let per_seat = price / (f64::from(least + most) / 2.0).max(1.0);
        let sinks = Probability::of_hazard(p.sinking_per_hour[kind as usize], hours_to_rescue).get();
        per_seat + sinks * p.deaths_given_sinking * p.loss_per_death_usd
    };
    1.0 / (1.0 + libm::exp((cost(RUBBER) - cost(WOOD)) / p.kind_scale_usd))
}

/// What the launchers of a hub reckon with today.
struct Plan {
    hub: HubId,
    zone: usize,
    lane: usize,
    /// Length of the lane.
    km: f64,
    /// Share of rubber boats.
    rubber: f64,
    nearness: f64,
}

impl Plan {
    fn of(p: &Params, w: &World, hub: HubId, zone: usize, lane: usize, here: &Waters) -> Plan {
        let km = w.region.sea.lanes[lane].km;
        let whole = km / p.boat_kmh;
        let hours = hours_to_rescue(p, w, here).map(|h| h.min(whole));
        let recovered = recovered_share(p, w.zones.rescue_belief()[zone], destroyed_share(p, w, hub, here));
        let rubber = rubber_share(p, hours.unwrap_or(whole), recovered);
        // No launcher sends an inflatable boat that far.
        let rubber = if km > p.rubber_km { 0.0 } else { rubber };
        Plan { hub, zone, lane, km, rubber, nearness: nearness(p, hours) }
    }
}

/// People on a beach that no boat leaves from any more look for another way.
pub(super) fn release_closed_beaches(w: &mut World, day: Tick) {
    for zone in 0..w.queues.beach.len() {
        if w.queues.beach[zone].is_empty() || w.ways.coast.contains(&Some(zone)) {
            continue;
        }
        while let Some(row) = w.queues.beach[zone].serve() {
            ashore(w, row as usize, day);
        }
    }
}

/// The launches of the day, beach by beach.
pub(super) fn launch(p: &Params, w: &mut World, day: Tick) {
    let shut = pay_off(w);
    let chart = chart(w, day);
    for hub in 0..w.routes.hubs.len() {
        let Some(zone) = w.ways.coast[hub] else { continue };
        let Some(lane) = w.open_lane(hub) else { continue };
        let beach = Key::named("beach", &w.routes.hubs[hub].name, 0);
        let limit = limit(p, w, hub as HubId, shut.get(&(hub as HubId)).copied().unwrap_or(0.0));
        let plan = Plan::of(p, w, hub as HubId, zone, lane, &chart[zone]);
        for k in 0..slots(w, beach, limit, day) {
            let key = beach.child(day, k).0;
            let kind = if w.luck.on(KIND, day).chance(key, plan.rubber) { RUBBER } else { WOOD };
            let chance = launch_chance(p, kind, w.zones.wave_m()[zone], plan.nearness);
            if w.luck.on(LAUNCH, day).chance(key, chance) {
                let flotilla = if kind == RUBBER { u64::from(p.rubber_for_wood) } else { 1 };
                for n in 0..flotilla {
                    let boat = if n == 0 { key } else { Key(key).child(day, n).0 };
                    push_off(p, w, boat, &plan, kind, day);
                }
            }
        }
    }
}

/// Fills and launches one boat, if the line on the beach is long enough to fill it.
fn push_off(p: &Params, w: &mut World, key: u64, plan: &Plan, kind: u8, day: Tick) {
    let [least, most] = p.load[kind as usize];
    let span = u64::from(most.saturating_sub(least)) + 1;
    let load = u64::from(least) + w.luck.on(LOAD, day).below(key, span);
    let size = u64::from(w.persons_per_agent);
    // What does not make a whole agent is one more with the chance of the rest, so that loads are right on average.
    let rest = (load % size) as f64 / size as f64;
    let agents = load / size + u64::from(w.luck.on(LOAD, day).nth(1).chance(key, rest));
    let again = kind == WOOD && w.zones.spare_hulls()[plan.zone] > 0;
    let hull = if again { 0 } else { Usd::dollars(p.hull_usd[kind as usize]).0.max(0) as u64 };
    // Fares were paid on joining the line; a launcher buys the boat out of them.
    let purse = w.ledgers.money.balance(0, Money::Launchers as usize);
    if agents == 0 || (w.queues.beach[plan.zone].len() as u64) < agents || purse < hull as i64 {
        return;
    }
    let mut first = END;
    for _ in 0..agents {
        let Some(row) = w.queues.beach[plan.zone].serve() else { break };
        let mut m = w.migrants.get(row as usize);
        // Whoever waits anywhere on this coast is driven to the beach from which a boat leaves.
        m.enter(Status::AtSea);
        (m.hub, m.next) = (plan.hub, first);
        go_on(w, row as usize, m);
        first = row;
    }
    let people = (agents * size) as u32;
    if again {
        w.zones.update(plan.zone, |z| z.spare_hulls -= 1);
        w.tally.hulls_reused += 1;
    } else {
        w.ledgers.pay(Money::Launchers, Money::Economy, hull);
    }
    w.ledgers.move_hulls(if again { Hulls::Recovered } else { Hulls::Outside }, Hulls::AtSea, 1);
    take_dues(p, w, plan.hub, people);
    w.tally.boats += 1;
    w.tally.boats_rubber += i64::from(kind == RUBBER);
    w.tally.departures += i64::from(people);
    w.boats.push(Boat {
        key,
        zone: plan.zone as u16,
        lane: plan.lane as u16,
        hub: plan.hub,
        kind,
        adrift: 0,
        called: 0,
        hours: 0,
        km: 0.0,
        quality: quality(p, plan.nearness) * if plan.km > p.rubber_km { p.large_boat_sinking } else { 1.0 },
        people,
        first,
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levers::tests::{hub, world_with_coasts};

    fn p() -> Params {
        Params {
            launch_slope: 8.0,
            launch_wave_m: [0.6, 0.75],
            sinking_per_hour: [0.006, 0.002],
            load: [[100, 160], [200, 450]],
            hull_usd: [7500.0, 35_000.0],
            kind_scale_usd: 60.0,
            corner_hours: 12.0,
            ..Params::default()
        }
    }

    /// Equation 16 by hand: half at the midpoint, 1 / (1 + exp(8 x 0.4)) at 1 m for rubber; wood bears more.
    #[test]
    fn the_chance_of_a_launch_falls_with_the_waves() {
        let p = p();
        let far = |kind, wave_m| launch_chance(&p, kind, wave_m, 0.0);
        assert_eq!(far(RUBBER, 0.6), 0.5);
        assert_eq!(far(WOOD, 0.75), 0.5);
        assert!((far(RUBBER, 1.0) - 0.039_165_722).abs() < 1e-8);
        assert!((far(RUBBER, 0.2) - 0.960_834_277).abs() < 1e-8);
        assert!(far(WOOD, 0.7) > far(RUBBER, 0.7));
    }

    /// Rescue at hand has nearness 1, 12 hours away 1 / e, none at all 0. At hand the midpoint is 0.05 m higher: at 0.6 m the chance
    /// is 1 / (1 + exp(-0.4)); and a boat sinks half as readily again.
    #[test]
    fn launchers_dare_more_and_spare_more_where_rescue_is_near() {
        let p = Params { bolder_m: 0.05, corner_cutting: 0.5, ..p() };
        assert_eq!((nearness(&p, Some(0.0)), nearness(&p, None)), (1.0, 0.0));
        assert!((nearness(&p, Some(12.0)) - 0.367_879_441).abs() < 1e-9);
        assert!((launch_chance(&p, RUBBER, 0.6, 1.0) - 0.598_687_660).abs() < 1e-9);
        assert_eq!((quality(&p, 1.0), quality(&p, 0.0)), (1.5, 1.0));
        assert!((quality(&p, nearness(&p, Some(12.0))) - 1.183_939_721).abs() < 1e-9);
        let off = Params { bolder_m: 0.0, corner_cutting: 0.0, ..p };
        assert_eq!((launch_chance(&off, RUBBER, 0.6, 1.0), quality(&off, 1.0)), (0.5, 1.0), "switched off");
    }

    /// By hand at the default prices (7,500 / 130 = 57.7 and 35,000 / 325 = 107.7 USD a seat): without any fear of loss the
    /// share of rubber is 1 / (1 + exp(-50 / 60)); the nearer the rescue, the more rubber.
    #[test]
    fn nearer_rescue_brings_more_rubber() {
        let p = p();
        assert!((rubber_share(&p, 0.0, 0.0) - 0.697_059).abs() < 1e-5, "{}", rubber_share(&p, 0.0, 0.0));
        let shares: Vec<f64> = [0.0, 5.0, 15.0, 33.0].iter().map(|&h| rubber_share(&p, h, 0.0)).collect();
        assert!(shares.windows(2).all(|w| w[1] < w[0]), "{shares:?}");
        let fearless = Params { loss_per_death_usd: 0.0, ..p };
        assert_eq!(rubber_share(&fearless, 0.0, 0.0), rubber_share(&fearless, 33.0, 0.0));
    }

    /// 0.8 of boats are rescued and half of the wooden hulls fetched back: 0.4 of the price, so that a seat costs 64.6 USD and the
    /// share of rubber is 1 / (1 + exp(-6.923 / 60)). With half of the hulls destroyed 0.2 come back, with all of them none.
    #[test]
    fn destroying_hulls_turns_launchers_from_wood_to_rubber() {
        let p = Params { hulls_recovered: 0.5, ..p() };
        let shares: Vec<f64> = [0.0, 0.5, 1.0].iter().map(|d| recovered_share(&p, 0.8, *d)).collect();
        assert_eq!(shares, [0.4, 0.2, 0.0]);
        let rubber: Vec<f64> = shares.iter().map(|s| rubber_share(&p, 0.0, *s)).collect();
        assert!((rubber[0] - 0.528_814).abs() < 1e-5, "{rubber:?}");
        assert!(rubber.windows(2).all(|r| r[0] < r[1]));
        assert!((rubber[2] - 0.697_059).abs() < 1e-5);
    }

    /// Only wood goes farther than 350 km: Misrata's lane is 400 km long, Zuwara's 300.
    #[test]
    fn long_lanes_are_for_wood_only() {
        let w = world_with_coasts();
        let p = Params { rubber_km: 350.0, ..p() };
        let chart = chart(&w, w.day);
        let rubber = |name: &str| {
            let hub = hub(&w, name);
            let zone = w.ways.coast[usize::from(hub)].unwrap();
            Plan::of(&p, &w, hub, zone, w.open_lane(usize::from(hub)).unwrap(), &chart[zone]).rubber
        };
        assert_eq!(rubber("Misrata"), 0.0);
        assert!(rubber("Zuwara") > 0.1);
    }
}
