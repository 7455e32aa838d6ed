//! Crews, the ways they take, and those who stop them.

use super::super::indicator::{distinct, entropy_bits};
use super::{Kind, Metric, metric};
use crate::agents::crew::{CARGO_NAMES, Cargo};
use crate::agents::routes::LegId;
use crate::agents::world::World;
use crate::region::Carrier;

pub(super) fn crews(m: &mut Vec<Metric>) {
    m.push(metric("crews_total", "crews", "crews", Kind::Stock, "Smuggling crews", |w| w.crews.rows().count() as f64));
    m.push(metric("crews_on_road", "crews", "crews", Kind::Level, "Smuggling crews on the road", |w| {
        w.tally.crews_on_road as f64
    }));
    m.push(metric("crews_carrying_people", "crews", "crews", Kind::Level, "Crews with people aboard", |w| {
        carrying(w, Cargo::People)
    }));
    m.push(metric("crews_carrying_arms", "crews", "crews", Kind::Level, "Crews with arms aboard", |w| {
        carrying(w, Cargo::Arms)
    }));
    let flow = |name: &str, unit, about: &str, f: fn(&World) -> i64| {
        metric(name, unit, "crews", Kind::Flow, about, move |w: &World| f(w) as f64)
    };
    m.push(flow("crews_stopped", "crews/day", "Crews stopped by land patrols", |w| w.tally.crews_stopped));
    m.push(flow("crews_founded", "crews/day", "Crews founded by networks that earn well", |w| w.tally.crews_founded));
    m.push(flow("crews_left", "crews/day", "Crews that gave up", |w| w.tally.crews_left));
    let about = "Takings less costs, dues, tolls and bribes of a crew, mean over all crews";
    m.push(metric("crew_income", "USD/crew/day", "crews", Kind::Level, about, |w| {
        w.tally.crew_income as f64 / 100.0 / w.crews.rows().count() as f64
    }));
    for (name, about, f) in [
        ("bribes", "Bribes that crews paid", (|w| w.tally.bribes) as fn(&World) -> i64),
        ("tolls", "Tolls that crews paid to militias", |w| w.tally.tolls),
    ] {
        m.push(metric(name, "USD/day", "crews", Kind::Flow, about, move |w: &World| f(w) as f64 / 100.0));
    }
    let about = "Fare with a crew by the cheapest documented way, mean over those who wait for a seat, over all legs when nobody does";
    m.push(metric("fare_usd_per_1000_km", "USD/1,000 km", "crews", Kind::Level, about, fare_per_1000_km));
    for (c, cargo) in CARGO_NAMES.into_iter().enumerate() {
        let about = format!("Trips with {cargo} that ended where they were to end (people: legs)");
        let of = move |w: &World| w.tally.delivered[c] as f64;
        m.push(metric(format!("trips_delivered_{cargo}"), "trips/day", "crews", Kind::Flow, about, of));
    }
}

pub(super) fn routes(m: &mut Vec<Metric>) {
    let flow = |name: &str, about: &str, f: fn(&World) -> i64| {
        metric(name, "persons/day", "routes", Kind::Flow, about, move |w: &World| f(w) as f64)
    };
    m.push(
        flow(
            "people_north_past_posts",
            "Left the countries of the counting posts northward with a crew; observed: counted at the posts",
            |w| w.tally.northbound,
        )
        .seen(|w| w.tally.counted[0] as f64),
    );
    m.push(flow("carried_on_road", "Set down by crews after a leg mostly on roads", |w| w.tally.carried[0]));
    m.push(flow("carried_off_road", "Set down by crews after a leg mostly off the roads", |w| w.tally.carried[1]));
    m.push(flow("carried_dead_on_road", "Of those carried on roads, the dead", |w| w.tally.carried_dead[0]));
    m.push(flow("carried_dead_off_road", "Of those carried off the roads, the dead", |w| w.tally.carried_dead[1]));
    let about = "Different cells that crews with cargo entered";
    m.push(metric("active_route_cells", "cells", "routes", Kind::Level, about, |w| {
        distinct(&w.tally.active).len() as f64
    }));
    let about = "Shannon entropy of their passages over the cells";
    m.push(metric("route_entropy", "bits", "routes", Kind::Level, about, |w| entropy_bits(&distinct(&w.tally.active))));
}

/// Mean fare of a seat with a crew, USD per 1,000 km; NaN when no leg is open to people.
fn fare_per_1000_km(w: &World) -> f64 {
    let (mut waiting, mut asked, mut legs, mut plain) = (0.0, 0.0, 0.0, 0.0);
    let of_crews = w.routes.legs.iter().enumerate().filter(|(_, l)| l.carrier == Carrier::Crew);
    for (i, way) in of_crews.filter_map(|(i, l)| Some((i, l.people_way(w.ways.year)?))) {
        let usd = f64::from(w.fare(i as LegId)) / 100.0 / (way.km / 1000.0);
        let people = w.queues.seats[i].len() as f64;
        (waiting, asked) = (waiting + people, asked + people * usd);
        (legs, plain) = (legs + 1.0, plain + usd);
    }
    if waiting > 0.0 { asked / waiting } else { plain / legs }
}

pub(super) fn enforcement(m: &mut Vec<Metric>) {
    let level = |name: &str, unit, about: &str, f: fn(&World) -> i64| {
        metric(name, unit, "enforcement", Kind::Level, about, move |w: &World| f(w) as f64 / 1e6)
    };
    m.push(level("teams_on_duty", "teams", "Patrol teams on duty on land", |w| w.tally.teams_on_duty));
    m.push(level("sensor_hours", "h/day", "Hours that sensors spend over land", |w| w.tally.sensor_hours));
    let met = |name: &str, about: &str, f: fn(&World) -> i64| {
        metric(name, "detections/day", "enforcement", Kind::Flow, about, move |w: &World| f(w) as f64)
    };
    m.push(met("found_by_teams", "Crews with cargo that a team found", |w| w.tally.found_by_teams));
    m.push(met("seen_by_sensors", "Crews with cargo that a sensor saw", |w| w.tally.seen_by_sensors));
    let about = "Detections after which nobody stopped the crew: no team came, or it was bribed or let it pass";
    m.push(met("detections_not_acted_on", about, |w| w.tally.not_acted_on));
    m.push(met("detections_tolerated", "Detections of crews whose cargo is tolerated there", |w| w.tally.tolerated));
    for (c, cargo) in CARGO_NAMES.into_iter().enumerate() {
        let about = format!("Trips with {cargo} that patrols ended");
        let of = move |w: &World| w.tally.stopped[c] as f64;
        m.push(metric(format!("trips_stopped_{cargo}"), "trips/day", "enforcement", Kind::Flow, about, of));
    }
    for (c, cargo) in CARGO_NAMES.into_iter().enumerate() {
        let about = format!("Worth of vehicles and cargo seized from crews with {cargo}");
        let of = move |w: &World| w.tally.seized_cents[c] as f64 / 100.0;
        m.push(metric(format!("seized_value_{cargo}"), "USD/day", "enforcement", Kind::Flow, about, of));
    }
}

fn carrying(w: &World, cargo: Cargo) -> f64 {
    w.crews.rows().filter(|&i| w.crews.cargo()[i] == cargo as u8).count() as f64
}
