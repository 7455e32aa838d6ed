//! Long forms of what docs/reliability.md promises and other files hold in short: any number of threads (1), pairing (5),
//! nothing created or lost (12).
//!
//! All are left out of `cargo test`; `scripts/long-tests.sh reliability` runs them and prints the figures.

mod common;

use common::{scenario, shipped};
use std::collections::BTreeMap;
use std::process::Command;

fn on_threads<T: Send>(n: usize, f: impl FnOnce() -> T + Send) -> T {
    rayon::ThreadPoolBuilder::new().num_threads(n).build().expect("a pool").install(f)
}

/// Promise 1 in full: a year of three scenarios on 1, 2, 3, 8, 16 and 64 threads, the digest of every day.
#[test]
#[ignore = "long: see scripts/long-tests.sh"]
fn a_year_is_the_same_on_up_to_64_threads() {
    for (name, end) in [("libya-2011", "2012-10-18"), ("central-med-2014", "2014-12-31"), ("nato-2016", "2017-06-30")] {
        let b = shipped(name, &["run.persons_per_agent=5", &format!("run.end={end}")]);
        let one = on_threads(1, || b.run(0).digests);
        assert_eq!(one.len(), 365, "{name}");
        for n in [2, 3, 8, 16, 64] {
            let other = on_threads(n, || b.run(0).digests);
            let part = one.iter().zip(&other).position(|(a, b)| a != b);
            assert!(part.is_none() && one.len() == other.len(), "{name} on {n} threads parts on day {part:?}");
        }
        println!("{name}: 365 days the same on 1, 2, 3, 8, 16 and 64 threads");
    }
}

/// Promise 5 in full: for three full-strength policies (depots, naval, political) one to one, with 64 pairs, the standard error of
/// the paired effect is at most half of that without pairing on 70 % of the indicators. Prints the table of docs/compare.md.
#[test]
#[ignore = "long: see scripts/long-tests.sh"]
fn pairing_takes_most_of_the_luck_out_of_effects() {
    let n = std::env::var("SIROCCO_REPLICATES").unwrap_or("64".into());
    let scratch = tempfile::tempdir().expect("a folder");
    let mut table: BTreeMap<String, [String; 3]> = BTreeMap::new();
    let policies = [
        ("libya-2011", "libya-2011-guard-all"),
        ("central-med-2014", "central-med-ships-near"),
        ("nato-2016", "nato-2016-oil-unity"),
    ];
    for (column, (base, policy)) in policies.into_iter().enumerate() {
        let out = scratch.path().join(policy);
        let done = Command::new(env!("CARGO_BIN_EXE_sirocco"))
            .args(["compare", &format!("scenarios/{base}.toml"), &format!("scenarios/policies/{policy}.toml")])
            .args(["--replicates", &n, "--quiet", "--out"])
            .arg(&out)
            .status();
        assert!(done.is_ok_and(|s| s.success()), "{policy}");
        let effects = common::rows(&out.join("effects.csv")).expect("effects");
        let mut ratios = vec![];
        for r in effects.iter().filter(|r| r["indicator"] == "true") {
            let cell = r["error_ratio"].parse().map_or(String::new(), |x: f64| format!("{x:.2}"));
            table.entry(r["measure"].clone()).or_default()[column] = cell;
            ratios.extend(r["error_ratio"].parse::<f64>());
        }
        let good = ratios.iter().filter(|r| **r <= 0.5).count();
        println!("{policy}: {n} pairs, at most half on {good} of {} indicators", ratios.len());
        assert!(good * 10 >= ratios.len() * 7, "{policy}");
    }
    for (measure, [a, b, c]) in table {
        println!("| `{measure}` | {a} | {b} | {c} |");
    }
}

/// Promise 12 in full: a million people at one to one, a year, every book and the digest recounted every day.
#[test]
#[ignore = "long: see scripts/long-tests.sh"]
fn a_million_people_balance_every_day_of_a_year() {
    let sets = ["initial.migrants.residents=1000000", "run.persons_per_agent=1", "run.end=2014-12-31"];
    let seen = scenario("central-med-2014", &sets).run_audited(0, true);
    let people = seen.end().migrants.len();
    assert!(people >= 1_000_000 && seen.digests.len() == 365);
    println!("365 days with up to {people} people: no residual in arms, people, fighters, boats and money");
}
