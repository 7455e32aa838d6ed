//! People on the way, over land and at sea.

use super::{Kind, Metric, metric};
use crate::agents::accounts::People;
use crate::agents::migrant::{DESTINATIONS, Status, nationality};
use crate::agents::vessel::RESCUE;
use crate::agents::world::World;

/// Destinations: ending of the metric's name, what it is.
const DESTINATION_WORDS: [[&str; 2]; DESTINATIONS] = [
    ["sea", "for the sea"],
    ["libya", "for work in Libya"],
    ["algeria", "for work in Algeria"],
    ["western", "by the Western route"],
];
/// The two great routes by where their people come from: ending of the metric's name, name for people, codes.
const ROUTES: [(&str, &str, &[&str]); 2] = [
    ("horn", "the Horn of Africa and Sudan", &["ERI", "SOM", "ETH", "SDN", "DJI", "SSD"]),
    (
        "west_africa",
        "West and Central Africa",
        &[
            "NGA", "NER", "SEN", "GMB", "CIV", "GHA", "GIN", "MLI", "BFA", "CMR", "TCD", "BEN", "TGO", "SLE", "LBR",
            "GNB", "MRT",
        ],
    ),
];
/// Departure coasts: ending of the metric's name, code, name for people.
const COASTS: [[&str; 3]; 4] = [
    ["libya", "LBY", "Libya"],
    ["tunisia", "TUN", "Tunisia"],
    ["egypt", "EGY", "Egypt"],
    ["algeria", "DZA", "Algeria"],
];

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
    let grouped = |group: &'static str, m: Metric| Metric { group, ..m };
    let residents = state("working", "Living and working in Libya", People::Working);
    m.push(grouped("people_residents", residents));
    let elsewhere = state(
        "working_elsewhere",
        "Living and working at hubs outside Libya, most in Algeria",
        People::WorkingElsewhere,
    );
    m.push(grouped("people_residents", elsewhere));
    m.push(grouped("people_captive", state("held", "Held for ransom", People::Held)));
    m.push(grouped("people_captive", state("detained", "In detention", People::Detained)));
    let cases = state("in_processing", "In Europe, waiting for a decision", People::InProcessing);
    m.push(grouped("people_total", cases));
    let about = "Migrants in Libya, at its hubs and coasts, working, waiting, held or detained";
    m.push(metric("people_in_libya", "persons", "people_state_detail", Kind::Stock, about, |w| {
        w.libya.map_or(0.0, |c| w.present[usize::from(c)] as f64)
    }));
    let total = |name: &str, about: &str, account: People| {
        metric(format!("people_{name}"), "persons", "people_total", Kind::Stock, about, move |w: &World| {
            w.ledgers.people.balance(0, account as usize) as f64
        })
    };
    m.push(total("home", "At home in the countries of origin, able to leave", People::Home));
    m.push(total("arrived", "Landed in Europe since the first day, case decided, and still there", People::Arrived));
    m.push(total(
        "relocated",
        "Landed in Europe and taken over by another state since the first day",
        People::Relocated,
    ));
    m.push(total("admitted", "Gone to Europe with a visa since the first day", People::Admitted));
    m.push(total("diverted", "Gone by the Western route since the first day", People::Diverted));
    m.push(total("returned", "Gone or sent home since the first day", People::Returned));
    m.push(total("dead_captive", "Dead in captivity or detention since the first day", People::DeadCaptive));
    m.push(total("dead_desert", "Dead on the way over land since the first day", People::DeadDesert));
    m.push(total("dead_sea", "Dead at sea since the first day", People::DeadSea));
    let flow = |name: &'static str, about: &str, f: fn(&World) -> i64| {
        metric(name, "persons/day", "people_flow", Kind::Flow, about, move |w: &World| f(w) as f64)
    };
    m.push(flow("people_entered", "Set out from home", |w| w.tally.entered));
    for (i, [name, about]) in DESTINATION_WORDS.into_iter().enumerate() {
        let text = format!("Set out {about}");
        m.push(metric(
            format!("people_set_out_{name}"),
            "persons/day",
            "people_flow",
            Kind::Flow,
            text,
            move |w: &World| w.tally.set_out[i] as f64,
        ));
    }
    m.push(flow("people_given_visas", "Left with a visa", |w| w.tally.admitted));
    m.push(flow("people_taken_captive", "Taken by captors on the way into Libya", |w| w.tally.taken_captive));
    m.push(flow("people_put_into_detention", "Put into detention", |w| w.tally.detained));
    m.push(flow("people_gave_up", "Gave up waiting for a boat", |w| w.tally.gave_up));
    m.push(flow("captive_deaths", "Died in captivity or detention", |w| w.tally.deaths_captive));
    m.push(flow("people_helped_home", "Went home out of detention with help", |w| w.tally.returned_detained));
    m.push(flow("people_decided", "Cases decided in Europe or aboard", |w| w.tally.decided));
    m.push(flow("people_sent_home", "Sent home from Europe, or straight from the ships that saved them", |w| {
        w.tally.returned_europe
    }));
    m.push(flow(
        "people_sent_back",
        "Sent back to the country they had left by boat, from Europe or straight from ships",
        |w| w.tally.readmitted,
    ));
    m.push(flow("people_returned_from_ships", "Sent back or home straight from the ships that saved them", |w| {
        w.tally.returned_from_ships
    }));
    let about = "Paid for the freedom of people held or detained";
    m.push(metric("ransom", "USD/day", "money_flow", Kind::Flow, about, |w| w.tally.ransom as f64 / 100.0));
    m.push(flow("people_into_libya", "Crossed into Libya with a crew", |w| w.tally.into_libya));
    m.push(flow("people_intercepted", "Sent back by land patrols", |w| w.tally.intercepted));
    m.push(flow("people_went_home", "Went home from Libya, or from work in Algeria", |w| w.tally.returned));
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
    for [name, code, people] in COASTS {
        let about = format!("Landed in Europe from the coast of {people}");
        m.push(metric(
            format!("sea_arrivals_from_{name}"),
            "persons/day",
            "sea",
            Kind::Flow,
            about,
            move |w: &World| {
                let from = |hub: u16| super::is_country(w, w.routes.hubs[usize::from(hub)].country, code);
                w.tally.landings.iter().filter(|l| from(l.hub)).map(|l| f64::from(l.people)).sum()
            },
        ));
    }
    for (name, people, codes) in ROUTES {
        let about = format!("Landed in Europe, people from {people}");
        m.push(metric(format!("sea_arrivals_{name}"), "persons/day", "sea", Kind::Flow, about, move |w: &World| {
            let own = |origin: u8| {
                let n = w.origins.nationality().get(usize::from(origin));
                n.is_some_and(|n| codes.iter().any(|c| nationality(c) == *n))
            };
            w.tally.landings.iter().filter(|l| own(l.origin)).map(|l| f64::from(l.people)).sum()
        }));
    }
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
