//! Politics, oil and the war on jihadists (equations 7, 11 and 12): pattern L3 and what unity, oil and policies come to, over
//! small ensembles of `nato-2016` on the coarse grid, without crews and migrants.
//!
//! Contract: fixed seeds, the same luck in both cells of a comparison; every figure is printed (`cargo test --test politics --
//! --nocapture`). L5 is in `patrons.rs`, L1 and L2 in `programmes.rs`. The long forms run shipped scenarios as they are
//! (`scripts/long-tests.sh politics`).

mod common;

use common::{Bench, Seen, interval, scenario, shipped};
use rayon::prelude::*;

/// No crews, nobody on the move: what is left is the country itself.
const AT_HOME: [&str; 5] = [
    "initial.crews.count=0",
    "initial.migrants.residents=0",
    "initial.migrants.on_coast=0",
    "initial.migrants.departure_scale=0",
    "run.persons_per_agent=10",
];

fn country(name: &str, sets: &[&str]) -> Bench {
    shipped(name, &[&AT_HOME[..], sets].concat())
}

fn runs(b: &Bench, n: u32) -> Vec<Seen> {
    (0..n).into_par_iter().map(|r| b.run(r)).collect()
}

/// A metric day by day.
fn column(s: &Seen, name: &str) -> Vec<f64> {
    let at = s.flows.iter().position(|m| m.name == name).unwrap_or_else(|| panic!("no metric {name}"));
    s.values.iter().map(|day| day[at]).collect()
}

fn mean(s: &Seen, name: &str) -> f64 {
    let all = column(s, name);
    all.iter().sum::<f64>() / all.len() as f64
}

fn sum(s: &Seen, name: &str) -> f64 {
    column(s, name).iter().sum()
}

/// Mean of a difference over pairs with the same luck, and the half-width of its interval of 95 %.
fn paired(a: &[Seen], b: &[Seen], f: impl Fn(&Seen) -> f64) -> (f64, f64) {
    interval(&a.iter().zip(b).map(|(a, b)| f(a) - f(b)).collect::<Vec<f64>>())
}

/// L3: foreign troops who fight the Islamic State take ground from it; where nobody accepts them they draw recruits to it: more
/// join with 5,000 unwanted troops in the country than without, and of those who fight it the same number leaves more recruits
/// with the backlash than without. Six pairs of a year; the intervals leave zero out. Without backlash unwanted troops draw
/// nobody. (In all, fewer join where it loses the ground on which it recruits.)
#[test]
fn l3_boots_on_the_ground_take_ground_and_draw_recruits() {
    let cell = |name: &str, backlash: &str| runs(&country(name, &["run.end=2017-06-30", backlash]), 6);
    let (on, off) = ("processes.recruitment.backlash=0.3", "processes.recruitment.backlash=0");
    let (boots, unwanted) = ("policies/nato-2016-boots", "policies/nato-2016-stabilisation-unwanted");
    let (none, fight, keep) = (cell("nato-2016", on), cell(boots, on), cell(unwanted, on));
    let held = paired(&fight, &none, |s| mean(s, "control_islamic_state"));
    let recruits = |s: &Seen| sum(s, "jihadists_recruited");
    let drawn = paired(&keep, &none, recruits);
    let of = none.iter().map(recruits).sum::<f64>() / 6.0;
    println!(
        "L3: boots change the share of people held by {held:+.5?}; unwanted troops draw {drawn:+.0?} recruits on {of:.0}"
    );
    assert!(held.0 + held.1 < 0.0, "they hold less: {held:?}");
    assert!(drawn.0 - drawn.1 > 0.0, "more join: {drawn:?}");
    let by_backlash = paired(&fight, &cell(boots, off), recruits);
    println!("L3: of boots, what the backlash adds {by_backlash:+.0?}");
    assert!(by_backlash.0 - by_backlash.1 > 0.0, "{by_backlash:?}");
    let without = paired(&cell(unwanted, off), &cell("nato-2016", off), recruits);
    println!("L3 off: unwanted troops without backlash {without:+.0?}");
    assert!(without.0 <= without.1, "{without:?}");
}

/// Where unity is held at 0.25 about 400 of 1,600 kb/d flow, the mean of six runs over two and a half years (PISM 2016: less
/// than 400; a run scatters by some 150); at 0.9 nearly all. One corporation raises it at 0.25. Nothing is shut or opened
/// without the hazards.
#[test]
fn oil_flows_as_far_as_the_country_is_united() {
    let flow = |unity: &str, more: &[&str]| {
        let sets = [&["run.end=2018-12-31", "processes.politics.memory_days=1000000", unity], more].concat();
        let all = runs(&country("nato-2016", &sets), 6);
        all.iter().map(|s| mean(s, "oil_production")).sum::<f64>() / 6.0
    };
    let apart = flow("initial.states.unity.LBY=0.25", &[]);
    let united = flow("initial.states.unity.LBY=0.9", &[]);
    println!("oil: {apart:.0} kb/d at a unity of 0.25, {united:.0} at 0.9");
    assert!((280.0..=560.0).contains(&apart) && united > 1200.0);
    let still = ["processes.oil.shut_rate=0", "processes.oil.open_rate=0", "processes.oil.fighting_rate=0"];
    let one = country("nato-2016", &[&["run.end=2016-12-31"], &still[..]].concat()).run(0);
    let days = column(&one, "oil_production");
    assert!(days.iter().all(|d| *d == days[0]), "{:?}", &days[..5]);
}

/// Unity goes where equation 11 says: more dialogue and one oil corporation raise it over two years, each beyond its interval;
/// in no run does it leave 0 to 1. Consent is unity.
#[test]
fn dialogue_and_oil_raise_unity() {
    let cell = |name: &str| runs(&country(name, &["run.end=2018-06-30"]), 6);
    let [none, talk, oil] = ["nato-2016", "policies/nato-2016-diplomacy", "policies/nato-2016-oil-unity"].map(cell);
    let last = |s: &Seen| *column(s, "unity").last().unwrap();
    for (name, cell) in [("dialogue", &talk), ("oil unity", &oil)] {
        let (more, half) = paired(cell, &none, last);
        println!("unity after two years with {name}: {more:+.3} +- {half:.3}");
        assert!(more - half > 0.0, "{name}");
    }
    for s in [none, talk, oil].iter().flatten() {
        assert!(column(s, "unity").iter().all(|u| (0.0..=1.0).contains(u)));
        let w = s.last.as_ref().unwrap();
        let libya = w.libya.unwrap();
        assert_eq!(Some(w.consent(libya)), w.unity(libya));
    }
}

/// A mandate that is vetoed keeps its lever from starting: the same days as without it.
#[test]
fn a_veto_stops_a_mission() {
    let end = ["run.end=2016-09-30"];
    let [none, veto, mission] =
        ["nato-2016", "policies/nato-2016-veto", "policies/nato-2016-joint-sea"].map(|n| country(n, &end).run(0));
    assert_eq!(none.digests, veto.digests);
    assert_ne!(none.digests.last(), mission.digests.last());
}

/// Fighters, money and all the rest balance on every day of a year of the whole plan.
#[test]
fn books_balance_every_day_of_the_long_term_plan() {
    let sets = ["run.end=2018-12-31", "run.start=2018-03-01", "initial.states.unity.LBY=0.6"];
    let s = country("policies/nato-2016-long-term-plan", &sets).run_audited(0, true);
    let w = s.last.as_ref().unwrap();
    assert!(sum(&s, "trainees") > 0.0 && sum(&s, "ddr_demobilised") > 0.0, "the plan does something");
    assert!(w.states.treasury()[usize::from(w.libya.unwrap())] > 0);
}

/// Deaths in Libya by year and in Mali over three, 2014 to 2016, of the long run, against UCDP's (data/targets): within a factor
/// of three of 1,455, 1,594 and 2,349, and of 729. Means of the replicates.
#[test]
#[ignore = "long: see scripts/long-tests.sh"]
fn fatalities_of_2014_to_2016_are_of_the_order_of_ucdps() {
    let n = std::env::var("SIROCCO_REPLICATES").ok().and_then(|n| n.parse().ok()).unwrap_or(8);
    let sets = [&AT_HOME[1..], &["run.end=2016-12-31"]].concat();
    let all = runs(&scenario("libya-2011-2018", &sets), n);
    let days = all[0].values.len();
    // 2016 is the last year of the run: count its days from the end.
    let year = |y: usize| {
        let end = days - [731, 366, 0][y];
        end - [365, 365, 366][y]..end
    };
    let dead = |name: &str, y: usize| {
        all.iter().map(|s| column(s, name)[year(y)].iter().sum::<f64>()).sum::<f64>() / f64::from(n)
    };
    let libya = [0, 1, 2].map(|y| dead("fatalities_libya", y));
    let mali: f64 = (0..3).map(|y| dead("fatalities_mali", y)).sum();
    println!("Libya {libya:.0?} for 1455, 1594, 2349; Mali {mali:.0} for 729");
    for s in &all {
        let of = |name: &str, y: usize| column(s, name)[year(y)].iter().sum::<f64>();
        println!(
            "  {:?} {:?}",
            [0, 1, 2].map(|y| of("fatalities_libya", y)),
            [0, 1, 2].map(|y| of("fatalities_mali", y))
        );
    }
    for (got, want) in libya.into_iter().zip([1455.0, 1594.0, 2349.0]).chain([(mali, 729.0)]) {
        assert!((want / 3.0..=want * 3.0).contains(&got), "{got} for {want}");
    }
}

/// A figure of a table of policies: its name, and what a run comes to.
type Line = (&'static str, fn(&Seen) -> f64);

/// Prints a baseline's levels, and what each policy `prefix*` of `scenarios/policies` differs by, with intervals of 95 % (Student,
/// `SIROCCO_REPLICATES` pairs on the same luck, 4 by default). With `SIROCCO_POLICY` only the files whose name holds it.
fn policy_table(base: &str, prefix: &str, lines: &[Line], cell: impl Fn(&str) -> Bench) {
    let n: u32 = std::env::var("SIROCCO_REPLICATES").ok().and_then(|n| n.parse().ok()).unwrap_or(4);
    let without = runs(&cell(base), n);
    let head: Vec<&str> = lines.iter().map(|l| l.0).collect();
    println!("| policy | {} |\n|{}", head.join(" | "), "---|".repeat(head.len() + 1));
    let show = |x: f64| if x.abs() < 10.0 { format!("{x:+.3}") } else { format!("{x:+.0}") };
    let level = |f: fn(&Seen) -> f64| without.iter().map(f).sum::<f64>() / f64::from(n);
    let levels: Vec<String> = lines.iter().map(|l| show(level(l.1)).replace('+', "")).collect();
    println!("| `{base}` | {} |", levels.join(" | "));
    let only = std::env::var("SIROCCO_POLICY").unwrap_or_default();
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/policies");
    let mut names: Vec<String> = std::fs::read_dir(folder)
        .expect("the policies")
        .map(|f| f.expect("a file").file_name().to_string_lossy().trim_end_matches(".toml").to_string())
        .filter(|name| name.starts_with(prefix) && name.contains(&only))
        .collect();
    names.sort();
    for name in names {
        let with = runs(&cell(&format!("policies/{name}")), n);
        let cells: Vec<String> = lines
            .iter()
            .map(|(_, f)| {
                let (mean, half) = paired(&with, &without, f);
                format!("{} ± {}", show(mean), show(half).replace('+', ""))
            })
            .collect();
        println!("| `{}` | {} |", name.trim_start_matches(prefix), cells.join(" | "));
    }
}

/// The second paper's recommendations, each against `nato-2016` on the same luck: what docs/papers.md says of what came out. On the
/// coarse grid, ten persons an agent.
#[test]
#[ignore = "long: scripts/long-tests.sh politics"]
fn every_recommendation_against_its_baseline() {
    const LINES: [Line; 9] = [
        ("unity at the end", |s| *column(s, "unity").last().unwrap()),
        ("services, mean", |s| mean(s, "services")),
        ("oil, kb/d", |s| mean(s, "oil_production")),
        ("killed in Libya", |s| sum(s, "fatalities_libya")),
        ("jihadists, mean", |s| mean(s, "fighters_islamic_state")),
        ("arms out of Libya", |s| sum(s, "arms_left_libya_small_arms")),
        ("sea arrivals", |s| sum(s, "sea_arrivals")),
        ("sea deaths", |s| sum(s, "sea_deaths")),
        ("cost, million USD", |s| sum(s, "policy_spending") / 1e6),
    ];
    policy_table("nato-2016", "nato-2016-", &LINES, |name| shipped(name, &["run.persons_per_agent=10"]));
}

/// Its recommendations for the sea, each against `central-med-2014` on the grid of resolution 4, ten persons an agent.
#[test]
#[ignore = "long: scripts/long-tests.sh politics"]
fn every_recommendation_for_the_sea_against_its_baseline() {
    const LINES: [Line; 8] = [
        ("put to sea", |s| sum(s, "sea_departures")),
        ("arrivals", |s| sum(s, "sea_arrivals")),
        ("deaths at sea", |s| sum(s, "sea_deaths")),
        ("deaths per 1,000 who put to sea", |s| 1000.0 * sum(s, "sea_deaths") / sum(s, "sea_departures")),
        ("pulled back", |s| sum(s, "sea_pulled_back")),
        ("sent back or home", |s| sum(s, "people_sent_back") + sum(s, "people_sent_home")),
        ("in detention, mean", |s| mean(s, "people_detained")),
        ("cost, million USD", |s| sum(s, "policy_spending") / 1e6),
    ];
    policy_table("central-med-2014", "central-med-", &LINES, |name| scenario(name, &["run.persons_per_agent=10"]));
}
