//! Patterns of programmes (L1 and L2 of model.md, section 1) on the tiny network, each with the mechanism behind it switched off.
//!
//! Contract: fixed seeds, the same luck in all cells of a comparison; every figure is printed (`cargo test --test programmes --
//! --nocapture`). Each test sets what it depends on. Unity and fighting are put back every morning; where
//! a process `politics` simulates unity, its memory is so long that it does not move within the day (`memory_days`).

mod common;

use common::{Bench, tiny};
use sirocco::agents::world::World;
use sirocco::processes::DAY;

/// A large militia and a small force of the government in Sabha, with a rifle for each fighter.
const GROUPS: &str = r#"
[[initial.groups.list]]
name = "Militia"
place = "Sabha"
fighters = 20000
arms_per_fighter = [1, 0, 0, 0, 0, 0]
[[initial.groups.list]]
name = "Force"
place = "Sabha"
fighters = 10
bloc = "gna"
arms_per_fighter = [1, 0, 0, 0, 0, 0]
"#;

/// Nobody joins or leaves a group but by a programme, no weapon wears out or is traded.
const STILL: [&str; 5] = [
    "processes.recruitment.recruitment_rate=0",
    "processes.recruitment.exit_rate=0",
    "processes.leakage.wear_rate=0",
    "processes.recruitment.surplus_libya_usd=0",
    "processes.markets.wanted_per_fighter=[0, 0, 0, 0, 0, 0]",
];

fn bench(lever: &str, sets: &[&str]) -> Bench {
    let mut all = STILL.to_vec();
    if DAY.iter().any(|s| s.name == "politics") {
        all.push("processes.politics.memory_days=100000");
    }
    all.extend(sets);
    tiny(&format!("{GROUPS}{lever}"), &all)
}

/// A run of so many days of which each begins with `pin`, the books recounted once a month; counts of fighters and arms over
/// all days by `count`.
fn run<const N: usize>(b: &Bench, days: u32, pin: impl Fn(&mut World), count: impl Fn(&World) -> [i64; N]) -> [f64; N] {
    let mut sim = b.sim(0);
    let mut sums = [0; N];
    for day in 0..days {
        pin(&mut sim.world);
        sim.day().expect("a day");
        sums.iter_mut().zip(count(&sim.world)).for_each(|(s, n)| *s += n);
        if day % 30 == 0 {
            sim.world.audit().expect("the books balance");
        }
        sim.next_morning();
    }
    sums.map(|n| n as f64)
}

fn libya(w: &World) -> usize {
    usize::from(w.region.country("LBY").expect("Libya"))
}

/// What comes of 3,000 trainees a year for three years at a unity and a vetting: trained, and of these men and arms gone.
fn training(unity: f64, vetting: f64) -> [f64; 3] {
    let lever = format!(
        "[[lever]]\nkind = \"training\"\nstart = 2014-01-01\nwhere = [\"LBY\"]\nintensity = 3000\nconsent = 0\nvetting = {vetting}\n"
    );
    let b = bench(&lever, &["run.end=2016-12-31", &format!("initial.states.unity.LBY={unity}")]);
    let pin = |w: &mut World| {
        let row = libya(w);
        w.states.update(row, |s| s.unity = unity);
    };
    run(&b, 1090, pin, |w| [w.tally.trained, w.tally.trained_leaked, w.tally.arms_leaked_training])
}

/// L1: before one government commands them, trained men leave with arms; after, nearly nobody does. With all of them looked into
/// nobody does: the mechanism off.
#[test]
fn training_before_a_unified_command_leaks_men_and_arms() {
    let before = training(0.1, 0.0);
    let after = training(0.9, 0.0);
    let vetted = training(0.1, 1.0);
    println!("L1: trained, left, rifles: unity 0.1 {before:?}; unity 0.9 {after:?}; vetting 1 {vetted:?}");
    assert_eq!((before[0], vetted[0]), (after[0], after[0]), "the same courses");
    // 3,000 x 0.72 a year from day 90 on, of whom 27 % (3 %) a year leave: over three years some 30 % (4 %) of all.
    let [early, late] = [before, after].map(|x| x[1] / x[0]);
    assert!((0.22..0.36).contains(&early), "{early}");
    assert!(late < 0.06 && late * 5.0 < early, "{late}");
    assert!((before[2] / before[1] - 0.3).abs() < 0.05, "arms");
    assert!(after[2] * 4.0 < before[2]);
    assert_eq!((vetted[1], vetted[2]), (0.0, 0.0));
}

/// What comes of half a year of a programme with more places than anybody asks for: demobilised, as a share of all fighters.
fn take_up(settlement: bool, jobs: bool, security: bool) -> f64 {
    let one = |on: bool| f64::from(u8::from(on));
    let lever = format!(
        "[[lever]]\nkind = \"ddr\"\nstart = 2014-01-01\nwhere = [\"LBY\"]\nintensity = 1000000\nsettlement = {}\njobs = {}\n",
        one(settlement),
        one(jobs)
    );
    // A fighter earns 2,500 and a civilian 750 (libya_state_economy: state salaries of 2015 and 2010, LYD a month; only their ratio
    // and the package matter).
    let sets = [
        "processes.programmes.unity_unknown=0.1",
        "processes.programmes.wage_civil_usd=750",
        "processes.programmes.wage_militia_usd=2500",
        "processes.programmes.relapse_rate=0",
    ];
    let b = bench(&lever, &sets);
    let pin = |w: &mut World| {
        let row = libya(w);
        w.states.update(row, |s| s.fighting = if security { 0.0 } else { 8.0 });
    };
    let [n] = run(&b, 180, pin, |w| [w.tally.ddr_demobilised]);
    n / 20_010.0
}

/// L2: few come without settlement, work and security together. All three do more than the sum of what each does alone, and
/// with none next to nobody comes.
#[test]
fn demobilisation_needs_settlement_jobs_and_security_together() {
    let at = |i: usize| take_up(i & 1 > 0, i & 2 > 0, i & 4 > 0);
    let all: Vec<f64> = (0..8).map(at).collect();
    println!("L2: share demobilised in 180 days by settlement (1), jobs (2), security (4): {all:.3?}");
    let none = all[0];
    let alone: f64 = [1, 2, 4].iter().map(|&i| all[i] - none).sum();
    assert!(none < 0.02, "with none {none}");
    assert!(all[7] - none > 1.3 * alone, "together {} and alone {alone}", all[7] - none);
    for missing in [3, 5, 6] {
        assert!(all[missing] < 0.9 * all[7], "two do less: {missing}");
    }
    assert!(all[1..].iter().all(|&x| x > none), "each helps");
}
