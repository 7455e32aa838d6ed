//! Promise 13: NaN, infinity and overflow stop a run within the day, with the process and the agent named (exit code 4).
//!
//! Every float column of every table is poisoned in turn, after one process or another. Nothing here is drawn: no error rate.

mod common;

use common::{Bench, shipped_with, tiny};
use sirocco::agents::cohort::Cohort;
use sirocco::agents::displaced::{Person, Site};
use sirocco::agents::vessel::Boat;
use sirocco::agents::world::World;
use sirocco::error::Error;
use sirocco::observe::observer::Blind;
use sirocco::processes::DAY;
use sirocco::sim::{RunPlan, Simulation, run_one};

/// A scenario in which nearly every table has rows after a few days.
fn busy() -> Bench {
    let sets = ["run.persons_per_agent=30", "run.end=2016-09-01", "initial.depots.count=50"];
    shipped_with("nato-2016", "", &sets)
}

/// Agents of the kinds that come and go, so that none is missing on the day.
fn fill(w: &mut World) {
    let boat = Boat {
        key: 7,
        zone: 0,
        lane: 0,
        hub: 0,
        kind: 0,
        adrift: 0,
        called: 0,
        hours: 0,
        km: 1.0,
        quality: 1.0,
        people: 0,
        first: u32::MAX,
    };
    w.boats.push(boat);
    w.sites.push(Site { key: 9, intensity: 0.0, since: 0, peace: 0, residents: 0, clock: 0 });
    w.displaced.push(Person::at(10, 0, 0));
    w.cohorts.push(Cohort { key: 8, country: 0, bloc: 0, men: 0, due: u32::MAX, sender: 0, vetting: 0.5 });
}

fn float_columns(w: &World) -> Vec<(&'static str, &'static str)> {
    w.tables().iter().flat_map(|t| t.float_columns().into_iter().map(|c| (t.name(), c))).collect()
}

/// A day on which `what` is done after `process`; what the run says.
fn fault_after(
    mut sim: Simulation,
    process: &str,
    what: &mut dyn FnMut(&mut World),
) -> Option<(String, String, String)> {
    let end = sim.day_watched(&mut |name, w| {
        if name == process {
            what(w);
        }
    });
    match end {
        Err(Error::Model { date, process, what }) => Some((date, process, what)),
        Err(e) => panic!("{e}"),
        Ok(()) => None,
    }
}

#[test]
fn every_float_column_of_every_table_stops_the_day_by_name() {
    let b = busy();
    let mut sim = b.sim(0);
    for _ in 0..3 {
        sim.day().expect("a sound day");
        sim.next_morning();
    }
    let columns = float_columns(&sim.world);
    assert!(columns.len() >= 70, "{}", columns.len());
    let parts: Vec<&str> = std::iter::once("events and levers").chain(DAY.iter().map(|s| s.name)).collect();
    for (i, (table, column)) in columns.into_iter().enumerate() {
        let process = parts[i % parts.len()];
        let x = [f64::NAN, f64::INFINITY, f64::NEG_INFINITY][i % 3];
        let mut key = 0;
        let said = fault_after(sim.clone(), process, &mut |w| {
            if ["boats", "cohorts", "sites", "displaced"].contains(&table) {
                fill(w);
            }
            key = w.poison(table, column, x).unwrap_or_else(|| panic!("no agent in `{table}` to be poisoned"));
        });
        let want = ("2016-07-04".to_string(), process.to_string(), format!("`{table}.{column}` of key {key:x} is {x}"));
        assert_eq!(said, Some(want));
    }
}

/// What was wrong before the day is nobody's fault of today, and is said so; the recount finds what nobody has touched since;
/// and a saved state with such a number is not taken up.
#[test]
fn what_was_wrong_before_is_found_too() {
    let b = busy();
    let mut sim = b.sim(0);
    sim.day().expect("a sound day");
    let good = sim.save();
    sim.world.poison("zones", "wave_m", f64::NAN).expect("a zone");
    let mut untouched = sim.clone();
    sim.next_morning();
    let said = fault_after(sim, "weather", &mut |_| {}).expect("a fault");
    assert_eq!((said.0.as_str(), said.1.as_str()), ("2016-07-02", "state of the morning"), "{}", said.2);
    untouched.world.settle();
    let said = untouched.world.audit().expect_err("a recount that sees it");
    assert!(said.starts_with("`zones.wave_m` of key ") && said.ends_with(" is NaN"), "{said}");
    let (mut again, bad) = (b.sim(0), untouched.save());
    let said = again.restore(&bad).expect_err("a state that is refused");
    assert!(said.starts_with("`zones.wave_m` of key "), "{said}");
    b.sim(0).restore(&good).expect("a state that fits");
}

/// An overflow in a process, on its own thread or another, is its fault by name, and no panic.
#[test]
fn an_overflow_is_a_fault_of_its_process() {
    let sim = tiny("", &[]).sim(0);
    let most = std::hint::black_box(u32::MAX);
    let said = fault_after(sim.clone(), "markets", &mut |w| w.persons_per_agent += most);
    assert_eq!(said.map(|s| (s.1, s.2)), Some(("markets".into(), "attempt to add with overflow".into())));
    let said = fault_after(sim.clone(), "sea", &mut |_| {
        sirocco::engine::parallel::map_chunks(100, 10, |r| most + r.start as u32);
    });
    assert_eq!(said.map(|s| (s.1, s.2)), Some(("sea".into(), "attempt to add with overflow".into())));
    assert_eq!(fault_after(sim, "sea", &mut |_| {}), None);
}

/// Values of a study are not held to the ranges of a scenario: a mean wave near the largest float makes a wave that is none.
#[test]
fn a_parameter_set_that_overflows_names_the_process_and_ends_with_4() {
    let b = tiny("", &[]);
    let values = vec![("weather.mean_wave_m".to_string(), serde_json::json!(1e308))];
    let e = run_one(&RunPlan { values, ..b.plan(0) }, &b.ground, &mut Blind).expect_err("a fault");
    assert_eq!(e.exit_code(), 4, "{e}");
    assert!(matches!(&e, Error::Model { process, .. } if process == "weather"), "{e}");
}
