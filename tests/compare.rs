//! Policies compared on the same luck: `sirocco compare`, and the bands of `sirocco run --replicates`.
//!
//! Contract: a comparison that runs the shared past once is byte for byte one that does not; so is one on other threads, and
//! one that was killed and resumed. What cannot be compared is refused before anything runs, with place and reason. A run that
//! fails is reported and the others go on. Bands and effects are those of the replicates' own files.

mod common;

use common::{Files, code, files, rows, said, same_files, shipped};
use sirocco::engine::rng::mix;
use sirocco::sim::Ground;
use sirocco::study::branch::{Arms, parts_on, replicate};
use sirocco::study::outcome::Outcome;
use sirocco::study::stats::{quantile, sorted};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

type Done = Result<(), Box<dyn Error>>;

const BASE: &str = r#"title = "Base"
[run]
start = 2011-10-20
end = 2012-01-20
seed = 3
resolution = 3
persons_per_agent = 30
[region]
countries = ["LBY", "TUN", "DZA", "NER", "TCD", "MLI"]
[initial.migrants]
residents = 20000
on_coast = 3000
[output]
charts = false
"#;

/// From the second month on.
const PATROL: &str = r#"extends = "base.toml"
title = "Patrol"
[[lever]]
kind = "border_patrol"
start = 2011-11-25
where = ["LBY-NER"]
intensity = 200
"#;

/// From the first day.
const GUARDS: &str = r#"extends = "base.toml"
title = "Guards <b>"
[[lever]]
kind = "depot_security"
start = 2011-10-20
intensity = 1
"#;

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Result<Desk, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        for (name, text) in [("base", BASE), ("patrol", PATROL), ("guards", GUARDS)] {
            fs::write(folder.path().join(format!("{name}.toml")), text)?;
        }
        Ok(Desk(folder))
    }
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sirocco"));
        command.current_dir(self.0.path()).args(args).env("SIROCCO_DATA", common::DATA);
        command
    }
    fn compare(&self, out: &str, more: &[&str]) -> Command {
        let mut all =
            vec!["compare", "base.toml", "patrol.toml", "guards.toml", "--quiet", "--replicates", "3", "--out", out];
        all.extend(more);
        self.command(&all)
    }
    fn complete(&self, out: &str) -> Result<Files, Box<dyn Error>> {
        let mut files = files(&self.path(out))?;
        files.remove(Path::new("runtime.json")).ok_or("no runtime.json")?;
        Ok(files)
    }
    fn refused(&self, args: &[&str]) -> Result<String, Box<dyn Error>> {
        let out = self.command(args).output()?;
        assert_eq!(code(&out), 2, "{args:?}: {}", said(&out));
        assert!(!self.path("output").exists(), "{args:?} wrote something");
        Ok(said(&out))
    }
}

#[test]
fn a_shared_past_threads_and_kills_change_nothing() -> Done {
    let desk = Desk::new()?;
    let whole = desk.compare("whole", &[]).output()?;
    assert_eq!(code(&whole), 0, "{}", said(&whole));
    let want = desk.complete("whole")?;
    assert!(
        ["effects.csv", "ranking.csv", "costs.csv", "replicates.csv", "bands.csv", "displacement.csv", "manifest.json"]
            .iter()
            .all(|name| want.contains_key(Path::new(name)))
    );
    // Cells and prices of the first replicate, of a policy that parts in the second month too, are those of runs by themselves.
    for name in ["base", "patrol", "guards"] {
        let alone = desk.command(&["run", &format!("{name}.toml"), "--quiet", "--out", &format!("alone-{name}")]);
        assert_eq!(code(&{ alone }.output()?), 0);
        for file in ["cells.csv", "prices.csv"] {
            let kept = &want[&Path::new("first-replicate").join(name).join(file)];
            assert_eq!(*kept, fs::read(desk.path(&format!("alone-{name}")).join(file))?, "{name}/{file}");
        }
    }
    assert_eq!(want.keys().filter(|path| path.starts_with("first-replicate")).count(), 6, "nothing else is there");

    assert_eq!(code(&desk.compare("straight", &["--no-branch"]).output()?), 0);
    let mut straight = desk.complete("straight")?;
    same_files("without branching", &straight, &want);
    straight.clear();
    assert_eq!(code(&desk.compare("one", &["--threads", "1"]).output()?), 0);
    same_files("on one thread", &desk.complete("one")?, &want);

    let mut survived = 0;
    for round in 0..4u64 {
        let mut child = desk.compare("killed", &["--force"]).stderr(Stdio::null()).stdout(Stdio::null()).spawn()?;
        std::thread::sleep(Duration::from_millis(100 + mix(round) % 1200));
        child.kill()?;
        child.wait()?;
        if desk.path("killed/.partial/.order.json").is_file() {
            let out = desk.command(&["resume", "killed", "--quiet"]).output()?;
            assert_eq!(code(&out), 0, "{}", said(&out));
            survived += 1;
            same_files("killed and resumed", &desk.complete("killed")?, &want);
        }
    }
    println!("{survived} of 4 kills fell before the end");
    Ok(())
}

/// A comparison of shipped scenarios with events that wait for a condition, mandates, a policy of two years later, and policies
/// that begin in another state: every branch ends in the state of a run from the start. (Until November 2026 another initial state was lost
/// in comparisons and studies, with branching and without.)
#[test]
fn branches_of_shipped_scenarios_end_like_runs_from_the_start() -> Done {
    let sets = |start: &str, end: &str| {
        ["run.persons_per_agent=30".into(), format!("run.start={start}"), format!("run.end={end}")]
    };
    let (later, accord) = (sets("2018-04-01", "2018-08-15"), sets("2015-05-01", "2015-06-20"));
    for (base, policies, sets) in [
        ("nato-2016", ["policies/nato-2016-delay-two-years", "policies/nato-2016-long-term-plan"], &later),
        ("nato-2016", ["policies/nato-2016-strikes", "policies/nato-2016-embargo"], &later),
        // They begin with another consent than the baseline: nothing is shared.
        ("central-med-2014", ["policies/central-med-accord", "policies/central-med-return-libya"], &accord),
    ] {
        let sets = sets.each_ref().map(String::as_str);
        let benches = [shipped(base, &sets), shipped(policies[0], &sets), shipped(policies[1], &sets)];
        let arms: Vec<Arc<_>> = benches.iter().map(|b| b.scenario.clone()).collect();
        let ground: &Ground = &benches[0].ground;
        let end = |branch| -> Result<Vec<Outcome>, Box<dyn Error>> {
            let mut all = BTreeMap::new();
            let all_arms = Arms { scenarios: &arms, ground, branch, maps: None };
            replicate(&all_arms, 2, &[true; 3], &|_| Ok(()), &mut |arm, tried| {
                all.insert(arm, tried);
                Ok(())
            })?;
            Ok(all.into_values().collect::<Result<_, _>>()?)
        };
        let (branched, straight) = (end(true)?, end(false)?);
        let parts: Vec<String> = arms.iter().map(|a| parts_on(&arms[0], a).date().to_string()).collect();
        for arm in 0..3 {
            assert_eq!(branched[arm].digest, straight[arm].digest, "{policies:?}, {arm}, {parts:?}");
            // NaN is not equal to itself.
            assert_eq!(format!("{:?}", branched[arm]), format!("{:?}", straight[arm]), "{policies:?}, {arm}");
            // A run of its own, which shares nothing with anybody.
            let alone = benches[arm].run(2).digests.last().copied();
            assert_eq!(alone, Some(branched[arm].digest), "{policies:?}, {arm}");
        }
        assert!(branched[1].digest != branched[0].digest, "{policies:?}");
    }
    Ok(())
}

/// The numbers of `effects.csv` from the values of every run, and those of a policy's own run.
#[test]
fn effects_are_those_of_the_runs() -> Done {
    let desk = Desk::new()?;
    assert_eq!(code(&desk.compare("c", &[]).output()?), 0);
    let mut values: BTreeMap<(String, String), Vec<f64>> = BTreeMap::new();
    for r in rows(&desk.path("c/replicates.csv"))? {
        let v = if r["value"].is_empty() { f64::NAN } else { r["value"].parse()? };
        values.entry((r["arm"].clone(), r["measure"].clone())).or_default().push(v);
    }
    let mean = |arm: &str, m: &str| {
        let x = &values[&(arm.to_string(), m.to_string())];
        x.iter().sum::<f64>() / x.len() as f64
    };
    let effects = rows(&desk.path("c/effects.csv"))?;
    let of = |policy: &str, m: &str| effects.iter().find(|r| r["policy"] == policy && r["measure"] == m).unwrap();
    for policy in ["patrol", "guards"] {
        for m in ["arms_looted_small_arms", "sea_departures", "policy_spending", "crews_total"] {
            let want = mean(policy, m) - mean("base", m);
            let got: f64 = of(policy, m)["effect"].parse()?;
            assert!((got - want).abs() < 1e-5 * (1.0 + want.abs()), "{policy} {m}: {got} and {want}");
        }
    }
    let looted = of("guards", "arms_looted_small_arms");
    assert!(
        looted["effect"].parse::<f64>()? < 0.0 && looted["better"] == "lower" && looted["helps"] == "1",
        "{looted:?}"
    );

    // A run of the policy by itself comes to the same.
    let run = desk.command(&["run", "patrol.toml", "--replicates", "3", "--quiet", "--out", "alone"]).output()?;
    assert_eq!(code(&run), 0, "{}", said(&run));
    let alone = rows(&desk.path("alone/indicators.csv"))?;
    let departures = alone.iter().find(|r| r["indicator"] == "sea_departures").ok_or("no departures")?;
    assert!((departures["mean"].parse::<f64>()? - mean("patrol", "sea_departures")).abs() < 1e-5);

    // Only the patrol names a border.
    let displaced = rows(&desk.path("c/displacement.csv"))?;
    assert!(displaced.len() == 3 && displaced.iter().all(|r| r["policy"] == "patrol" && r["borders"] == "LBY-NER"));
    let costs = rows(&desk.path("c/costs.csv"))?;
    assert!(costs.iter().all(|r| r["cost_usd"].parse::<f64>().is_ok_and(|usd| usd > 0.0)));
    Ok(())
}

/// Promise 5 in short: three months of a small region, 16 pairs. For two full-strength policies the paired standard error is at
/// most half of that without pairing on 70 % of the indicators that vary (79 and 90 % when this was written; the runs are the
/// same every time, so nothing here hangs on chance). Whole runs: `reliability pairing`.
#[test]
fn pairing_takes_most_of_the_luck_out_of_effects() -> Done {
    let desk = Desk::new()?;
    assert_eq!(
        code(
            &desk
                .command(&[
                    "compare",
                    "base.toml",
                    "patrol.toml",
                    "guards.toml",
                    "--quiet",
                    "--replicates",
                    "16",
                    "--out",
                    "c",
                ])
                .output()?
        ),
        0
    );
    let effects = rows(&desk.path("c/effects.csv"))?;
    for policy in ["patrol", "guards"] {
        let of = effects.iter().filter(|r| r["policy"] == policy && r["indicator"] == "true");
        let ratios: Vec<f64> = of.filter_map(|r| r["error_ratio"].parse().ok()).collect();
        let good = ratios.iter().filter(|r| **r <= 0.5).count();
        println!("{policy}: at most half on {good} of {} indicators", ratios.len());
        assert!(ratios.len() >= 30 && good * 10 >= ratios.len() * 7, "{policy}: {good} of {}", ratios.len());
    }
    Ok(())
}

/// Bands of an ensemble, from the daily files of its replicates.
#[test]
fn bands_are_those_of_the_replicates() -> Done {
    let desk = Desk::new()?;
    let run = desk.command(&["run", "base.toml", "--replicates", "5", "--quiet", "--out", "e"]).output()?;
    assert_eq!(code(&run), 0, "{}", said(&run));
    let (mut november, mut year) = (vec![], vec![]);
    for k in 0..5 {
        let days = rows(&desk.path(&format!("e/replicates/{k:05}/series.csv")))?;
        let sum = |begin: &str| -> f64 {
            let here = days.iter().filter(|r| r["date"].starts_with(begin));
            here.map(|r| r["sea_departures"].parse::<f64>().unwrap()).sum()
        };
        november.push(sum("2011-11"));
        year.push(sum("2011"));
    }
    let check = |row: &BTreeMap<String, String>, values: &[f64]| -> Done {
        let all = sorted(values);
        assert_eq!(row["replicates"], "5");
        for (column, want) in [
            ("mean", values.iter().sum::<f64>() / 5.0),
            ("q05", quantile(&all, 0.05)),
            ("q50", all[2]),
            ("q95", quantile(&all, 0.95)),
        ] {
            assert!((row[column].parse::<f64>()? - want).abs() < 1e-5, "{column}: {row:?} and {want}");
        }
        assert!(all[0] < all[4], "luck has no part in it");
        Ok(())
    };
    let find = |file: &str, column: &str, period: &str| -> Result<BTreeMap<String, String>, Box<dyn Error>> {
        let all = rows(&desk.path(file))?;
        let found = all.into_iter().find(|r| r[column] == period && r["metric"] == "sea_departures");
        found.ok_or_else(|| format!("{file} has no {period}").into())
    };
    check(&find("e/bands.csv", "month", "2011-11")?, &november)?;
    check(&find("e/summary.csv", "year", "2011")?, &year)
}

#[test]
fn a_run_that_fails_is_reported_and_the_others_go_on() -> Done {
    // A place that the region does not have passes no reader; here it stands for any fault of a run.
    let b = shipped("libya-2011", &["run.persons_per_agent=30", "run.end=2011-11-10"]);
    let mut broken = (*shipped("policies/libya-2011-guard-all", &["run.persons_per_agent=30", "run.end=2011-11-10"])
        .scenario)
        .clone();
    broken.levers[0].common.area = vec!["Atlantis".into()];
    // Replicates run the scenario itself, and no row of its posterior.
    broken.rows.clear();
    let arms = [b.scenario.clone(), Arc::new(broken), b.scenario.clone()];
    let mut all = BTreeMap::new();
    let all_arms = Arms { scenarios: &arms, ground: &b.ground, branch: true, maps: None };
    replicate(&all_arms, 0, &[true; 3], &|_| Ok(()), &mut |arm, tried| {
        all.insert(arm, tried);
        Ok(())
    })?;
    assert!(all[&1].as_ref().is_err_and(|why| why.contains("Atlantis")), "{:?}", all[&1].as_ref().err());
    let digest = |arm: usize| all[&arm].as_ref().map(|o| o.digest);
    assert!(digest(0).is_ok() && digest(0) == digest(2));
    Ok(())
}

#[test]
fn replicates_are_added_until_the_interval_is_narrow() -> Done {
    let desk = Desk::new()?;
    let half = |out: &str| -> Result<(usize, f64), Box<dyn Error>> {
        let all = rows(&desk.path(out).join("effects.csv"))?;
        let r = all.into_iter().find(|r| r["measure"] == "arms_looted_small_arms").ok_or("no row")?;
        let of = |k: &str| r[k].parse::<f64>();
        Ok((of("pairs")? as usize, (of("high")? - of("low")?) / 2.0 / of("baseline")?))
    };
    let base = [
        "compare",
        "base.toml",
        "guards.toml",
        "--quiet",
        "--replicates",
        "3",
        "--indicator",
        "arms_looted_small_arms",
    ];
    let run = |out: &str, more: &[&str]| {
        let all: Vec<&str> = base.iter().chain(["--out", out].iter()).chain(more).copied().collect();
        desk.command(&all).output()
    };
    assert_eq!(code(&run("few", &["--until-width", "100"])?), 0);
    let (pairs, first) = half("few")?;
    assert_eq!(pairs, 3, "wide enough at once");
    let width = (0.5 * first).to_string();
    assert_eq!(code(&run("more", &["--until-width", &width, "--max-replicates", "40"])?), 0);
    let (pairs, width) = half("more")?;
    assert!(pairs > 3 && (width <= 0.5 * first || pairs == 40), "{pairs} pairs, {width} of {first}");
    assert_eq!(code(&run("most", &["--until-width", "0.000001", "--max-replicates", "5"])?), 0);
    assert_eq!(half("most")?.0, 5);
    Ok(())
}

#[test]
fn what_cannot_be_compared_is_refused_before_anything_runs() -> Done {
    let desk = Desk::new()?;
    let write = |name: &str, text: &str| fs::write(desk.path(name), text);
    write("seed.toml", "extends = \"base.toml\"\n[run]\nseed = 4\n")?;
    write("late.toml", &PATROL.replace("2011-11-25", "2013-01-01"))?;
    write("broken.toml", &PATROL.replace("border_patrol", "border_patrl"))?;
    write("region.toml", "extends = \"base.toml\"\n[region]\ncountries = [\"LBY\", \"TUN\"]\n")?;
    fs::create_dir(desk.path("b"))?;
    write("b/base.toml", BASE)?;
    write("b/patrol.toml", PATROL)?;
    for (args, wants) in [
        (vec!["base.toml", "seed.toml"], vec!["seed.toml", "`run.seed` is 4 and 3"]),
        (vec!["base.toml", "late.toml"], vec!["late.toml", "nothing in it differs", "2012-01-20"]),
        (vec!["base.toml", "patrol.toml", "broken.toml"], vec!["broken.toml:4", "did you mean `border_patrol`"]),
        (vec!["base.toml", "region.toml"], vec!["region.toml", "`region`"]),
        (vec!["base.toml", "patrol.toml", "b/patrol.toml"], vec!["b/patrol.toml", "two scenarios are named `patrol`"]),
        (vec!["base.toml", "no.toml"], vec!["no.toml"]),
        (
            vec!["base.toml", "patrol.toml", "--until-width", "0.1", "--indicator", "sea_death"],
            vec!["`sea_death`", "did you mean `sea_deaths`"],
        ),
        (vec!["base.toml", "patrol.toml", "--until-width", "0.1"], vec!["--indicator"]),
        (vec!["base.toml", "patrol.toml", "--replicates", "1"], vec!["--replicates"]),
        (vec!["base.toml"], vec!["POLICY"]),
    ] {
        let all: Vec<&str> = ["compare"].into_iter().chain(args).collect();
        if all.contains(&"no.toml") {
            let out = desk.command(&all).output()?;
            assert!(code(&out) == 3 && said(&out).contains("no.toml"), "{}", said(&out));
            continue;
        }
        let said = desk.refused(&all)?;
        assert!(wants.iter().all(|w| said.contains(w)), "{all:?}: {said}");
    }
    Ok(())
}
