//! People on the way, over land and at sea.

use super::{Kind, Metric, metric};
use crate::agents::accounts::People;
use crate::agents::migrant::Status;
use crate::agents::vessel::RESCUE;
use crate::agents::world::World;

pub(super) fn people(m: &mut Vec<Metric>) {
    let state = |name: &str, about: &str, account: People| {
        metric(format!("people_{name}"), "persons", "people_state", Kind::Stock, about, move |w: &World| {
            w.ledgers.people.balance(0, account as usize) as f64
        })
    };
    m.push(state("travelling", "On a bus, on foot or with a crew", People::Travelling));
    m.push(state("at_hubs", "At a hub on the way, waiting for a seat or working for the fare", People::AtHubs));
    m.push(state("on_coast", "On the coast, waiting for a boat or working for the fare", People::OnCoast));
    m.push(state("at_sea", "At sea", People::AtSea));
    m.push(state("aboard", "Aboard rescuers", People::Aboard));
    let residents = state("working", "Living and working in Libya", People::Working);
    m.push(Metric { group: "people_residents", ..residents });
    let total = |name: &str, about: &str, account: People| {
        metric(format!("people_{name}"), "persons", "people_total", Kind::Stock, about, move |w: &World| {
            w.ledgers.people.balance(0, account as usize) as f64
        })
    };
    m.push(total("home", "At home in the countries of origin, able to leave", People::Home));
    m.push(total("arrived", "Landed in Europe since the first day", People::Arrived));
    m.push(total("returned", "Gone home from Libya since the first day", People::Returned));
    m.push(total("dead_desert", "Dead on the way over land since the first day", People::DeadDesert));
    m.push(total("dead_sea", "Dead at sea since the first day", People::DeadSea));
    let flow = |name: &'static str, about: &str, f: fn(&World) -> i64| {
        metric(name, "persons/day", "people_flow", Kind::Flow, about, move |w: &World| f(w) as f64)
    };
    m.push(flow("people_entered", "Set out from home", |w| w.tally.entered));
    m.push(flow("people_into_libya", "Crossed into Libya with a crew", |w| w.tally.into_libya));
    m.push(flow("people_intercepted", "Sent back by land patrols", |w| w.tally.intercepted));
    m.push(flow("people_went_home", "Went home from Libya", |w| w.tally.returned));
    m.push(flow("desert_deaths", "Died on the way over land", |w| w.tally.deaths_desert));
    m.push(metric(
        "seat_queue",
        "persons",
        "people_state_detail",
        Kind::Stock,
        "In line for a seat with a crew",
        |w| status_count(w, Status::Queuing),
    ));
    m.push(metric("beach_queue", "persons", "people_state_detail", Kind::Stock, "In line for a boat", |w| {
        status_count(w, Status::Beach)
    }));
}

/// People in one of the lines (the lines know their length; nothing is scanned).
fn status_count(w: &World, s: Status) -> f64 {
    let lines = if s == Status::Queuing { &w.queues.seats } else { &w.queues.beach };
    let n: usize = lines.iter().map(|l| l.len()).sum();
    (n * w.persons_per_agent as usize) as f64
}

pub(super) fn sea(m: &mut Vec<Metric>) {
    let flow = |name: &'static str, unit, about: &str, f: fn(&World) -> i64| {
        metric(name, unit, "sea", Kind::Flow, about, move |w: &World| f(w) as f64)
    };
    m.push(flow("sea_departures", "persons/day", "Put to sea towards Europe", |w| w.tally.departures));
    m.push(
        flow("sea_arrivals", "persons/day", "Landed in Europe; everyone who lands is registered", |w| w.tally.arrivals)
            .seen(|w| w.tally.arrivals as f64),
    );
    m.push(
        flow("sea_deaths", "persons/day", "Died at sea; observed: in sinkings that somebody survived", |w| {
            w.tally.deaths_sea
        })
        .seen(|w| w.tally.deaths_sea_reported as f64),
    );
    m.push(flow("sea_rescued", "persons/day", "Taken aboard by a rescuer", |w| w.tally.rescued));
    m.push(flow("boats_launched", "boats/day", "Boats launched", |w| w.tally.boats));
    m.push(flow("boats_rubber", "boats/day", "Rubber boats among them", |w| w.tally.boats_rubber));
    let about = "Share of rubber boats among those launched today";
    m.push(metric("rubber_share", "share", "sea", Kind::Level, about, |w| {
        w.tally.boats_rubber as f64 / w.tally.boats as f64
    }));
    m.push(flow("boats_sunk", "boats/day", "Boats that sank", |w| w.tally.sinkings));
    m.push(metric("boats_adrift", "boats", "sea", Kind::Stock, "Boats at sea without an engine that runs", |w| {
        w.boats.rows().filter(|&b| w.boats.adrift()[b] == 1).count() as f64
    }));
    let about = "Hours from launch to the end, however, mean of the voyages that ended today";
    m.push(metric("hours_at_sea", "h", "sea", Kind::Level, about, |w| {
        w.tally.voyage_hours as f64 / w.tally.voyages as f64
    }));
    m.push(flow("sea_pulled_back", "persons/day", "Brought back by a coast guard", |w| w.tally.pulled_back));
    m.push(flow("boats_pulled_back", "boats/day", "Boats that a coast guard brought back", |w| {
        w.tally.boats_pulled_back
    }));
    m.push(flow("hulls_reused", "boats/day", "Wooden hulls launched that were used before", |w| w.tally.hulls_reused));
    m.push(flow("hulls_destroyed", "boats/day", "Boats destroyed after a rescue", |w| w.tally.hulls_destroyed));
    for (name, about, f) in [
        ("launch_dues", "What militias took of launches", (|w| w.tally.launch_dues) as fn(&World) -> i64),
        ("militia_payoffs", "What groups got to keep boats ashore", |w| w.tally.payoffs),
    ] {
        m.push(metric(name, "USD/day", "sea", Kind::Flow, about, move |w: &World| f(w) as f64 / 100.0));
    }
    m.push(metric("vessels_on_station", "vessels", "sea", Kind::Level, "Rescue vessels ready on station", |w| {
        let v = &w.vessels;
        let ready = |i: &usize| {
            let on_station = v.on_duty()[*i] == 1 && v.lands()[*i] == 0 && v.back()[*i] <= w.day.0;
            on_station && v.missions()[*i] & RESCUE != 0
        };
        v.rows().filter(ready).count() as f64
    }));
    m.push(metric(
        "wave_height",
        "m",
        "sea",
        Kind::Level,
        "Significant wave height, mean of the zones that boats leave from",
        |w| {
            let zones: std::collections::BTreeSet<usize> = w.ways.coast.iter().flatten().copied().collect();
            let sum: f64 = zones.iter().map(|&z| w.zones.wave_m()[z]).sum();
            sum / zones.len().max(1) as f64
        },
    ));
}
