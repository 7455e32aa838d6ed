//! Vessels: who is on station, whom they reach, where they land people, and what becomes of the boats they empty
//! (equations 16 and 17).

use super::Params;
use crate::agents::accounts::Hulls;
use crate::agents::controls::Guard;
use crate::agents::migrant::{END, Status};
use crate::agents::routes::HubId;
use crate::agents::vessel::{BOATS, Boat, MONITOR, NEVER, RESCUE, Vessel, WOOD};
use crate::agents::world::World;
use crate::engine::dist::choose;
use crate::engine::rng::{Purpose, absorb};
use crate::processes::landings::disembark;
use crate::processes::moves::go_on;
use crate::region::PlaceId;
use crate::units::{Probability, Tick};

const VESSEL: Purpose = Purpose::new("sea.vessel");
const HULL: Purpose = Purpose::new("sea.hull");
const BERTH: Purpose = Purpose::new("sea.berth");
const PORT: Purpose = Purpose::new("sea.port");

/// What there is in a sea zone this hour.
#[derive(Clone, Debug, Default)]
pub(super) struct Waters {
    /// Rows of the vessels on station that take people aboard.
    pub ready: Vec<usize>,
    /// Vessels that look and report, and vessels that destroy boats: sums of their effects.
    pub monitors: f64,
    pub boats: f64,
    /// The coast guard.
    pub guard: Guard,
}

/// All sea zones.
pub(super) fn chart(w: &World, day: Tick) -> Vec<Waters> {
    let v = &w.vessels;
    let mut zones = vec![Waters::default(); w.zones.len()];
    for i in v.rows().filter(|&i| v.on_duty()[i] == 1 && v.lands()[i] == 0 && v.back()[i] <= day.0) {
        let here = &mut zones[usize::from(v.zone()[i])];
        let (missions, effect) = (v.missions()[i], f64::from(v.effect()[i]));
        if missions & RESCUE != 0 {
            here.ready.push(i);
        }
        here.monitors += if missions & MONITOR != 0 { effect } else { 0.0 };
        here.boats += if missions & BOATS != 0 { effect } else { 0.0 };
    }
    for (&zone, &guard) in &w.controls.guards {
        zones[zone].guard = guard;
    }
    zones
}

/// Factor of the rate at which boats are found that those who only look and report bring: 2 - exp(-monitor_factor x m).
pub fn found_by_monitors(p: &Params, monitors: f64) -> f64 {
    2.0 - libm::exp(-p.monitor_factor * monitors)
}

/// How near to the coast a vessel comes, km.
fn standoff(w: &World, vessel: usize, guard: &Guard) -> f64 {
    f64::from(w.vessels.standoff_km()[vessel]).max(guard.keep_out_km)
}

/// Vessels of the zone with room that come to a boat: those whose standoff it has passed, and all to a boat that has called
/// for help, unless a coast guard keeps them out.
pub(super) fn in_reach<'a>(w: &'a World, boat: &Boat, here: &'a Waters) -> impl Iterator<Item = usize> + 'a {
    let (km, called) = (boat.km, boat.called == 1);
    here.ready.iter().copied().filter(move |&v| {
        let least = if called { here.guard.keep_out_km } else { standoff(w, v, &here.guard) };
        least <= km && w.vessels.aboard()[v] < w.vessels.capacity()[v]
    })
}

/// Rate at which a boat is rescued, 1/h (equation 17).
pub(super) fn rescue_rate(p: &Params, w: &World, boat: &Boat, here: &Waters) -> f64 {
    let vessels: f64 = in_reach(w, boat, here).map(|v| f64::from(w.vessels.effect()[v])).sum();
    let call = if boat.called == 1 { p.call_factor } else { 1.0 };
    p.rescue_per_hour * vessels * found_by_monitors(p, here.monitors) * call
}

/// Hours until a boat may hope for rescue: to the nearest standoff, plus the mean search; `None` where no vessel is.
pub(super) fn hours_to_rescue(p: &Params, w: &World, here: &Waters) -> Option<f64> {
    let near = here.ready.iter().map(|&v| standoff(w, v, &here.guard)).reduce(f64::min)?;
    let vessels: f64 = here.ready.iter().map(|&v| f64::from(w.vessels.effect()[v])).sum();
    let search = 1.0 / (p.rescue_per_hour * vessels * found_by_monitors(p, here.monitors)).max(1e-9);
    Some(near / p.boat_kmh + search)
}

/// Share of the hulls of a hub's boats that is destroyed after a rescue (equation 16): 1 - exp(-x n) by the n vessels of the zone
/// that do this, and of the rest what a lever destroys.
pub(super) fn destroyed_share(p: &Params, w: &World, hub: HubId, here: &Waters) -> f64 {
    let lever = w.controls.hulls_destroyed.get(&hub).copied().unwrap_or(0.0);
    let vessels = Probability::of_hazard(p.destroyed_per_vessel * here.boats, 1.0).get();
    1.0 - (1.0 - lever) * (1.0 - vessels)
}

/// What becomes of the hull of a boat whose people were taken aboard.
pub(super) fn hull_left(p: &Params, w: &mut World, boat: &Boat, here: &Waters) -> Hulls {
    let luck = w.luck.at_start(HULL);
    if luck.chance(boat.key, destroyed_share(p, w, boat.hub, here)) {
        w.tally.hulls_destroyed += 1;
        return Hulls::Destroyed;
    }
    if boat.kind == WOOD && luck.nth(0).chance(boat.key, p.hulls_recovered) {
        w.zones.update(usize::from(boat.zone), |z| z.spare_hulls += 1);
        return Hulls::Recovered;
    }
    Hulls::Abandoned
}

/// Takes people aboard one of the vessels near, by lot.
pub(super) fn board(w: &mut World, people: &[u32], near: &[usize], boat: u64, day: Tick, hour: u32) {
    // Whoever finds nobody alive stays where it is.
    if people.is_empty() {
        return;
    }
    let luck = w.luck.at_start(VESSEL);
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
pub(super) fn depart(p: &Params, w: &mut World, day: Tick, hour: u32) {
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
pub(super) fn land(w: &mut World, day: Tick) {
    let mut in_port: Vec<usize> = w.vessels.rows().collect();
    in_port.retain(|&i| w.vessels.lands()[i] != 0 && w.vessels.lands()[i] <= day.0);
    // Beds may be scarce where people are sent back: ships come by lot.
    let lot = w.luck.on(BERTH, day);
    in_port.sort_by_cached_key(|&i| (lot.bits(w.vessels.key()[i]), w.vessels.key()[i]));
    for i in in_port {
        let v = w.vessels.get(i);
        let at = landing_place(w, &v, day);
        for row in w.list(v.first) {
            disembark(w, row as usize, at, true, day);
        }
        w.vessels.set(i, Vessel { aboard: 0, first: END, first_rescue: NEVER, lands: 0, ..v });
    }
}

/// The port that a vessel is sent to, by lot among those of the country where the shortest lane of its zone ends; that end
/// itself where no port is known.
fn landing_place(w: &World, v: &Vessel, day: Tick) -> PlaceId {
    let shortest = |open: bool| {
        let lanes = w.region.sea.lanes.iter().filter(|l| l.zone == usize::from(v.zone));
        lanes.filter(|l| !open || l.open(w.ways.year)).min_by(|a, b| a.km.total_cmp(&b.km))
    };
    let Some(lane) = shortest(true).or_else(|| shortest(false)) else { return 0 };
    let country = |place: PlaceId| w.region.places[usize::from(place)].country;
    let ports: Vec<(PlaceId, f64)> = w.ports.iter().copied().filter(|x| country(x.0) == country(lane.to)).collect();
    let weights: Vec<f64> = ports.iter().map(|x| x.1).collect();
    choose(w.luck.on(PORT, day).unit(v.key), &weights).map_or(lane.to, |i| ports[i].0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::vessel::RUBBER;
    use crate::levers::tests::{hub, world_with_coasts};

    fn vessel(w: &mut World, key: u64, zone: &str, missions: u8, standoff_km: f32, effect: f32) -> usize {
        let zone = w.region.zone(zone).unwrap() as u16;
        w.vessels.push(Vessel {
            key,
            sender: 0,
            zone,
            on_duty: 1,
            missions,
            standoff_km,
            effect,
            capacity: 400,
            aboard: 0,
            first_rescue: NEVER,
            lands: 0,
            back: 0,
            first: END,
        })
    }

    fn boat(w: &World, kind: u8, km: f64, called: u8) -> Boat {
        let hub = hub(w, "Zuwara");
        let zone = w.region.zone("West").unwrap() as u16;
        let (adrift, lane) = (called, w.open_lane(usize::from(hub)).unwrap() as u16);
        Boat { key: 5, zone, lane, hub, kind, adrift, called, hours: 9, km, quality: 1.0, people: 120, first: END }
    }

    fn p() -> Params {
        Params { rescue_per_hour: 0.015, monitor_factor: 0.5, call_factor: 4.0, boat_kmh: 9.0, ..Params::default() }
    }

    /// Equation 17 by hand: at 81 km only the vessel that comes to 45 km is near: 0.015; at 180 km the other too, of which 70 % is
    /// worth something: 0.0255. With one that looks and reports 2 - exp(-0.5) = 1.39347 times as much. After a call all come: four
    /// times the rate of both, at any distance. None comes nearer than a coast guard lets them; full ones take nobody.
    #[test]
    fn vessels_rescue_beyond_their_standoff_or_when_called() {
        let (mut w, p) = (world_with_coasts(), p());
        let near = vessel(&mut w, 1, "West", RESCUE, 45.0, 1.0);
        vessel(&mut w, 2, "West", RESCUE | BOATS, 150.0, 0.7);
        vessel(&mut w, 3, "Gabes", RESCUE, 0.0, 1.0);
        let west = w.region.zone("West").unwrap();
        let rate = |w: &World, km, called| rescue_rate(&p, w, &boat(w, RUBBER, km, called), &chart(w, w.day)[west]);
        let is = |got: f64, want: f64| assert!((got - want).abs() < 1e-8, "{got} for {want}");
        is(rate(&w, 44.0, 0), 0.0);
        is(rate(&w, 81.0, 0), 0.015);
        is(rate(&w, 180.0, 0), 0.0255);
        is(rate(&w, 0.0, 1), 0.102);
        let monitor = vessel(&mut w, 4, "West", MONITOR, 0.0, 1.0);
        is(rate(&w, 81.0, 0), 0.015 * 1.393_469_34);
        w.vessels.update(monitor, |v| v.on_duty = 0);
        w.controls.guards.insert(west, Guard { boat_days: 1.0, keep_out_km: 100.0 });
        is(rate(&w, 81.0, 0), 0.0);
        is(rate(&w, 99.0, 1), 0.0);
        is(rate(&w, 100.0, 0), 0.015);
        is(rate(&w, 100.0, 1), 0.102);
        w.vessels.update(near, |v| v.aboard = 400);
        is(rate(&w, 100.0, 0), 0.0);
    }

    /// 45 km at 9 km/h and a search of 1 / (0.015 + 0.0105) hours: 44.216; kept out to 90 km 5 hours more; `None` without vessels.
    #[test]
    fn hours_to_rescue_are_the_way_and_the_search() {
        let (mut w, p) = (world_with_coasts(), p());
        let west = w.region.zone("West").unwrap();
        let hours = |w: &World| hours_to_rescue(&p, w, &chart(w, w.day)[west]);
        assert_eq!(hours(&w), None);
        vessel(&mut w, 1, "West", RESCUE, 45.0, 1.0);
        vessel(&mut w, 2, "West", RESCUE, 81.0, 0.7);
        assert!((hours(&w).unwrap() - 44.215_686).abs() < 1e-5);
        w.controls.guards.insert(west, Guard { boat_days: 0.0, keep_out_km: 90.0 });
        assert!((hours(&w).unwrap() - 49.215_686).abs() < 1e-5);
    }

    /// Five vessels at 0.2 destroy 1 - exp(-1) = 0.63212; a lever that takes half of the rest 0.81606; both switched off none.
    #[test]
    fn hulls_are_destroyed_by_vessels_and_levers() {
        let mut w = world_with_coasts();
        let p = Params { destroyed_per_vessel: 0.2, ..p() };
        let (zuwara, misrata) = (hub(&w, "Zuwara"), hub(&w, "Misrata"));
        let here = Waters { boats: 5.0, ..Waters::default() };
        assert!((destroyed_share(&p, &w, zuwara, &here) - 0.632_120_559).abs() < 1e-8);
        w.controls.hulls_destroyed.insert(zuwara, 0.5);
        assert!((destroyed_share(&p, &w, zuwara, &here) - 0.816_060_279).abs() < 1e-8);
        assert!((destroyed_share(&p, &w, misrata, &here) - 0.632_120_559).abs() < 1e-8);
        assert_eq!(destroyed_share(&p, &w, misrata, &Waters::default()), 0.0);
    }

    /// A hull that is not destroyed comes back if it is of wood, and is a spare of its zone; one that is comes back to nobody.
    #[test]
    fn wooden_hulls_come_back_unless_they_are_destroyed() {
        let mut w = world_with_coasts();
        let p = Params { hulls_recovered: 1.0, ..p() };
        let none = Waters::default();
        let west = w.region.zone("West").unwrap();
        let (rubber, wood) = (boat(&w, RUBBER, 0.0, 0), boat(&w, WOOD, 0.0, 0));
        assert_eq!(hull_left(&p, &mut w, &rubber, &none), Hulls::Abandoned);
        assert_eq!(hull_left(&p, &mut w, &wood, &none), Hulls::Recovered);
        assert_eq!(w.zones.spare_hulls()[west], 1);
        w.controls.hulls_destroyed.insert(wood.hub, 1.0);
        assert_eq!(hull_left(&p, &mut w, &wood, &none), Hulls::Destroyed);
        assert_eq!(hull_left(&p, &mut w, &rubber, &none), Hulls::Destroyed);
        assert_eq!((w.zones.spare_hulls()[west], w.tally.hulls_destroyed), (1, 2));
    }

    /// Without ports vessels land where the lane ends; with them three times as often in Augusta as in Lampedusa (standard error over
    /// 2,000 trips: 0.01), and never in another country.
    #[test]
    fn vessels_land_at_the_ports_of_the_country_where_the_lane_ends() {
        let mut w = world_with_coasts();
        let v = vessel(&mut w, 1, "West", RESCUE, 0.0, 1.0);
        let v = w.vessels.get(v);
        let place = |w: &World, name: &str| w.region.place(name).unwrap();
        let (augusta, lampedusa, zarzis) = (place(&w, "Augusta"), place(&w, "Lampedusa"), place(&w, "Zarzis"));
        assert_eq!(landing_place(&w, &v, Tick(1)), lampedusa);
        w.ports = vec![(zarzis, 50.0), (augusta, 3.0), (lampedusa, 1.0)];
        let at: Vec<PlaceId> = (0..2000).map(|d| landing_place(&w, &v, Tick(d))).collect();
        assert!(at.iter().all(|x| [augusta, lampedusa].contains(x)));
        let share = at.iter().filter(|x| **x == augusta).count() as f64 / 2000.0;
        assert!((share - 0.75).abs() < 0.04, "{share}");
        w.ports = vec![(zarzis, 50.0)];
        assert_eq!(landing_place(&w, &v, Tick(1)), lampedusa);
    }
}
