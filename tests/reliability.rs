//! Long forms of what docs/reliability.md promises and other files hold in short: any number of threads (1), pairing (5),
//! nothing created or lost (12).
//!
//! All are left out of `cargo test`; `scripts/long-tests.sh reliability` runs them and prints the figures.

mod common;

use common::{Bench, Seen, scenario, shipped};
use rayon::prelude::*;
use sirocco::observe::metric::{self, Kind};

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

/// What each metric comes to over a run.
fn totals(seen: &Seen) -> Vec<f64> {
    let days = seen.values.len() as f64;
    let column = |i: usize| seen.values.iter().map(move |day| day[i]).filter(|v| !v.is_nan());
    let total = |(i, m): (usize, &metric::Metric)| match m.kind {
        Kind::Flow => column(i).sum(),
        Kind::Level => column(i).sum::<f64>() / days,
        Kind::Stock => column(i).next_back().unwrap_or(f64::NAN),
    };
    seen.flows.iter().enumerate().map(total).collect()
}

fn variance(x: &[f64]) -> f64 {
    let mean = x.iter().sum::<f64>() / x.len() as f64;
    x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (x.len() - 1) as f64
}

fn ensemble(b: &Bench, n: u32) -> Vec<Vec<f64>> {
    (0..n).into_par_iter().map(|k| totals(&b.run(k))).collect()
}

/// Promise 5: policies are compared on the same luck. For each metric the standard error of the mean effect over pairs,
/// against that of two independent ensembles of the same size.
#[test]
#[ignore = "long: see scripts/long-tests.sh"]
fn pairing_takes_most_of_the_luck_out_of_an_effect() {
    let n = std::env::var("SIROCCO_REPLICATES").ok().and_then(|n| n.parse().ok()).unwrap_or(64);
    let light = ["run.persons_per_agent=20"];
    for (base, policy) in [
        ("libya-2011", "policies/libya-2011-guard-all"),
        ("central-med-2014", "policies/central-med-ships-near"),
        ("nato-2016", "policies/nato-2016-long-term-plan"),
    ] {
        let (a, b) = (ensemble(&shipped(base, &light), n), ensemble(&shipped(policy, &light), n));
        let mut ratios: Vec<(String, f64)> = vec![];
        for (i, m) in metric::all().iter().enumerate() {
            let of = |runs: &[Vec<f64>]| runs.iter().map(|r| r[i]).collect::<Vec<f64>>();
            let (x, y) = (of(&a), of(&b));
            let apart = variance(&x) + variance(&y);
            let pairs: Vec<f64> = x.iter().zip(&y).map(|(x, y)| y - x).collect();
            // What luck does not touch at all, and what has no value, has no ratio.
            if apart > 0.0 && apart.is_finite() {
                ratios.push((m.name.clone(), libm::sqrt(variance(&pairs) / apart)));
            }
        }
        ratios.sort_by(|a, b| a.1.total_cmp(&b.1));
        for (name, ratio) in &ratios {
            println!("{policy:44} {name:44} {ratio:.3}");
        }
        let good = ratios.iter().filter(|r| r.1 <= 0.5).count() as f64 / ratios.len() as f64;
        println!("{policy}: paired standard error at most half on {:.0} % of {} metrics", 100.0 * good, ratios.len());
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
