//! War: the dead, who joins and who gives up, and how far the writ of the states runs.

use super::{COUNTRIES, Kind, Metric, is_country, metric};
use crate::agents::group::is_official;
use crate::agents::world::World;
use crate::region::NodeId;
use crate::units::great_circle_km;

const GROUP: &str = "conflict";

pub(super) fn conflict(m: &mut Vec<Metric>) {
    m.push(metric("fatalities", "persons/day", GROUP, Kind::Flow, "Killed in fighting, everywhere", |w| {
        w.tally.fatalities.iter().map(|x| x.1).sum::<i64>() as f64
    }));
    for [name, iso3, people] in &COUNTRIES {
        let about = format!("Killed in fighting in {people}");
        m.push(metric(format!("fatalities_{name}"), "persons/day", GROUP, Kind::Flow, about, |w| {
            w.tally.fatalities.iter().filter(|x| is_country(w, x.0, iso3)).map(|x| x.1).sum::<i64>() as f64
        }));
    }
    for (name, about, f) in [
        ("fighters_recruited", "Joined an armed group", (|w| w.tally.recruited) as fn(&World) -> i64),
        ("fighters_quit", "Left their armed group for civil life", |w| w.tally.quit),
    ] {
        m.push(metric(name, "fighters/day", GROUP, Kind::Flow, about, move |w: &World| f(w) as f64));
    }
    m.push(metric("homelands_in_revolt", "homelands", GROUP, Kind::Stock, "Homelands that have risen", |w| {
        w.homelands.rows().filter(|&i| w.homelands.revolt()[i] > 0).count() as f64
    }));
    m.push(metric("coups", "coups/day", GROUP, Kind::Flow, "Governments that fell to a coup", |w| {
        w.states.coup().iter().filter(|&&day| day == w.day.0).count() as f64
    }));
}

pub(super) fn control(m: &mut Vec<Metric>) {
    for [name, iso3, people] in &COUNTRIES[1..] {
        let about = format!("Share of the people of the homelands in {people} who live in cells that armies hold");
        m.push(metric(format!("state_control_{name}"), "share", GROUP, Kind::Stock, about, |w| state_control(w, iso3)));
    }
    let about = "1 on a day on which armies hold less than half of the people of northern Mali";
    m.push(metric("northern_mali_lost", "days/day", GROUP, Kind::Flow, about, |w| {
        f64::from(u8::from(state_control(w, "MLI") < 0.5))
    }));
    let about = "Towns of the homelands in Mali that armies do not hold";
    m.push(metric("towns_lost_mali", "towns", GROUP, Kind::Stock, about, |w| {
        let towns = homesteads(w, "MLI").flat_map(|i| &w.homesteads[i].towns);
        towns.filter(|&&node| !is_official(w.holder(node))).count() as f64
    }));
    let about = "From the capital of Mali to the nearest cell that somebody other than an army holds";
    m.push(metric("rebels_km_from_capital_mali", "km", GROUP, Kind::Level, about, |w| rebels_km(w, "MLI")));
}

/// Rows of the homelands in a country.
fn homesteads<'a>(w: &'a World, iso3: &'a str) -> impl Iterator<Item = usize> + 'a {
    w.homelands.rows().filter(move |&i| is_country(w, w.homelands.country()[i], iso3))
}

/// Of the people of a country's homelands, the share that lives in cells which armies hold; NaN when nobody lives there.
fn state_control(w: &World, iso3: &str) -> f64 {
    let people = |held: &dyn Fn(NodeId) -> bool| -> f64 {
        let nodes = homesteads(w, iso3).flat_map(|i| &w.homesteads[i].nodes).filter(|&&node| held(node));
        nodes.map(|&node| f64::from(w.region.nodes.population[node as usize])).sum()
    };
    people(&|node| is_official(w.holder(node))) / people(&|_| true)
}

/// From a country's capital to the nearest of its cells that armies do not hold, km; NaN without capital or such a cell.
fn rebels_km(w: &World, iso3: &str) -> f64 {
    let capital = w.region.places.iter().find(|p| p.kind == "capital" && is_country(w, p.country, iso3));
    let Some(capital) = capital else { return f64::NAN };
    let n = &w.region.nodes;
    let lost = (0..n.len()).filter(|&i| n.country[i] == capital.country && !is_official(w.holder(i as NodeId)));
    lost.map(|i| great_circle_km(capital.lat, capital.lon, n.lat[i], n.lon[i])).fold(f64::NAN, f64::min)
}

#[cfg(test)]
mod tests {
    use crate::observe::hand_made::{contest, country, read, world};

    /// Kidal, with 30,000 of the north's 100,000, is lost first, then Gao. Along the great circle Bamako is 954 km from Gao
    /// and 1,195 km from Kidal.
    #[test]
    fn the_state_loses_the_north_town_by_town() {
        let mut w = world();
        let all = |w: &_| ["state_control_mali", "towns_lost_mali", "northern_mali_lost"].map(|name| read(w, name));
        assert_eq!(all(&w), [1.0, 0.0, 0.0]);
        assert!(read(&w, "rebels_km_from_capital_mali").is_nan(), "no rebels hold ground");
        assert!(read(&w, "state_control_niger").is_nan(), "no homeland in Niger");
        contest(&mut w, "Kidal", "mnla", 0.6, 0.1);
        contest(&mut w, "Gao", "mnla", 0.4, 0.1);
        assert_eq!(all(&w), [0.7, 1.0, 0.0]);
        let from_kidal = read(&w, "rebels_km_from_capital_mali");
        contest(&mut w, "Gao", "mnla", 0.9, 0.1);
        assert_eq!(all(&w), [0.0, 2.0, 1.0]);
        let from_gao = read(&w, "rebels_km_from_capital_mali");
        assert!((from_gao - 954.0).abs() < 2.0 && (from_kidal - 1195.0).abs() < 2.0, "{from_gao} {from_kidal}");
        contest(&mut w, "Gao", "foreign_force", 0.9, 0.0);
        assert_eq!(all(&w), [0.7, 1.0, 0.0], "troops from abroad hold it for the state");
    }

    #[test]
    fn the_dead_are_counted_by_country() {
        let mut w = world();
        let [mali, libya] = ["MLI", "LBY"].map(|c| country(&w, c));
        w.tally.fatalities = vec![(mali, 12), (libya, 3), (mali, 5)];
        (w.tally.recruited, w.tally.quit) = (40, 9);
        let got = ["fatalities", "fatalities_mali", "fatalities_libya", "fatalities_niger"].map(|name| read(&w, name));
        assert_eq!(got, [20.0, 17.0, 3.0, 0.0]);
        assert_eq!((read(&w, "fighters_recruited"), read(&w, "fighters_quit")), (40.0, 9.0));
    }

    #[test]
    fn revolts_last_and_coups_are_of_the_day() {
        let mut w = world();
        assert_eq!((read(&w, "homelands_in_revolt"), read(&w, "coups")), (0.0, 0.0));
        let today = w.day.0;
        w.homelands.update(0, |h| h.revolt = today - 60);
        let mali = usize::from(country(&w, "MLI"));
        w.states.update(mali, |s| s.coup = today);
        assert_eq!((read(&w, "homelands_in_revolt"), read(&w, "coups")), (1.0, 1.0));
        w.day = w.day.next();
        assert_eq!((read(&w, "homelands_in_revolt"), read(&w, "coups")), (1.0, 0.0));
    }
}
