//! Good scenarios load as written: what `extends` and `--set` change, what defaults fill in, what the manifest gets.

use sirocco::processes::weather;
use sirocco::scenario::diagnose::Names;
use sirocco::scenario::load::{load, peek};
use sirocco::scenario::schema::Scenario;
use std::error::Error;
use std::fs;
use std::path::Path;

const BASE: &str = r#"title = "Base"
[run]
start = 2011-10-20
end = 2013-10-20
seed = 5
[processes.weather]
mean_wave_m = 1.5
[[event]]
kind = "departure_shift"
date = 2012-01-01
until = 2012-06-01
factor = 2
[[lever]]
kind = "naval_patrol"
start = 2012-01-01
intensity = 2
standoff_nm = 30
[[lever]]
kind = "border_patrol"
start = 2012-01-01
intensity = 3
"#;

const CHILD: &str = r#"extends = "below/base.toml"
title = "Child"
[run]
seed = 6
[[event]]
kind = "departure_shift"
date = 2012-01-01
until = 2012-06-01
factor = 3
[[lever]]
kind = "border_patrol"
name = "second"
start = 2012-03-01
intensity = 4
[[lever]]
kind = "naval_patrol"
start = 2012-02-01
intensity = 9
"#;

fn child(folder: &Path, sets: &[&str]) -> Result<Scenario, Box<dyn Error>> {
    fs::create_dir_all(folder.join("below"))?;
    fs::write(folder.join("below/base.toml"), BASE)?;
    fs::write(folder.join("child.toml"), CHILD)?;
    let sets: Vec<String> = sets.iter().map(ToString::to_string).collect();
    load(&folder.join("child.toml"), &sets, &Names::any()).map_err(|r| r.to_string().into())
}

#[test]
fn a_file_wins_over_the_one_it_extends() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let s = child(folder.path(), &[])?;
    assert_eq!((s.name.as_str(), s.title.as_str(), s.run.seed), ("child", "Child", 6));
    assert_eq!(s.run.start.to_string(), "2011-10-20", "inherited");
    let waves = s.params.get("weather").ok_or("no weather")?.get::<weather::Params>();
    assert_eq!(waves.mean_wave_m, 1.5);
    let factors: Vec<_> =
        s.resolved["event"].as_array().ok_or("no events")?.iter().map(|e| e["factor"].as_f64()).collect();
    assert_eq!(factors, [Some(2.0), Some(3.0)], "the parent's events come first");
    let levers: Vec<_> = s.levers.iter().map(|l| (l.name(), l.common.intensity)).collect();
    assert_eq!(
        levers,
        [("naval_patrol", 9.0), ("border_patrol", 3.0), ("second", 4.0)],
        "a lever of the same name is replaced"
    );
    assert_eq!(s.resolved["lever"][0]["standoff_nm"], 24.0, "replaced as a whole: the parent's 30 is gone");
    let names: Vec<_> = s.inputs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["child.toml", "below/base.toml"]);
    assert_eq!(s.inputs[0].1, blake3::hash(CHILD.as_bytes()).to_hex().to_string());
    Ok(())
}

/// A file in a folder `policies` may extend one in the folder above it, and nothing else out of its folder.
#[test]
fn a_policy_extends_the_scenario_above_it() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let policy = |sub: &str, extends: &str| -> Result<Scenario, Box<dyn Error>> {
        fs::create_dir_all(folder.path().join("a").join(sub))?;
        fs::write(folder.path().join("a/base.toml"), BASE)?;
        fs::write(folder.path().join("outside.toml"), BASE)?;
        let path = folder.path().join("a").join(sub).join("policy.toml");
        fs::write(&path, format!("extends = \"{extends}\"\ntitle = \"Policy\"\n"))?;
        load(&path, &[], &Names::any()).map_err(|r| r.to_string().into())
    };
    let s = policy("policies", "../base.toml")?;
    assert_eq!((s.title.as_str(), s.run.seed), ("Policy", 5));
    let names: Vec<_> = s.inputs.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["policy.toml", "../base.toml"]);
    for (sub, extends) in
        [("policies", "../../outside.toml"), ("policies", "../base.toml/../../outside.toml"), ("other", "../base.toml")]
    {
        let said = policy(sub, extends).err().map(|e| e.to_string()).ok_or("accepted")?;
        assert!(said.contains("leads out of the folder"), "{said}");
    }
    Ok(())
}

#[test]
fn sets_win_over_files_and_later_over_earlier() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let sets = [
        "run.seed=7",
        "lever.second.intensity=0",
        "lever.1.ramp_days=9",
        "event.2.factor=0.5",
        "processes.weather.mean_wave_m=1",
        "run.end=2012-12-31",
        "output.charts=false",
        "run.seed=8",
    ];
    let s = child(folder.path(), &sets)?;
    assert_eq!((s.run.seed, s.run.end.to_string().as_str(), s.output.charts), (8, "2012-12-31", false));
    assert_eq!(s.resolved["event"][1]["factor"], 0.5);
    assert_eq!(s.levers[2].common.intensity, 0.0);
    assert_eq!(s.levers[0].common.ramp_days, 9);
    Ok(())
}

/// The manifest's copy is the same every time, has every default, and is itself a scenario.
#[test]
fn the_resolved_scenario_is_whole_and_stable() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let (a, b) = (child(folder.path(), &[])?, child(folder.path(), &[])?);
    assert_eq!(a.resolved.to_string(), b.resolved.to_string());
    assert_eq!(a.resolved["run"]["replicates"], 1);
    assert!(a.resolved["initial"].as_object().is_some_and(|i| !i.is_empty()));
    for step in sirocco::processes::DAY {
        assert!(a.resolved["processes"][step.name].is_object(), "{}", step.name);
    }
    assert_eq!(a.resolved.get("extends"), None);
    let keys: Vec<&String> = a.resolved.as_object().ok_or("no object")?.keys().collect();
    assert!(keys.is_sorted());
    let mut again = a.resolved.clone();
    strip_nulls(&mut again);
    let path = folder.path().join("again.toml");
    fs::write(&path, toml::to_string(&again)?)?;
    let again = load(&path, &[], &Names::any()).map_err(|r| r.to_string())?;
    assert_eq!(again.resolved, a.resolved);
    Ok(())
}

fn strip_nulls(value: &mut serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => {
            map.retain(|_, v| !v.is_null());
            map.values_mut().for_each(strip_nulls);
        }
        serde_json::Value::Array(all) => all.iter_mut().for_each(strip_nulls),
        _ => {}
    }
}

#[test]
fn a_peek_tells_the_region_of_a_wrong_file_too() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("s.toml");
    fs::write(&path, "[run]\nresolution = 3\nnonsense = \n[region]\nnetwork = \"net\"\n")?;
    let peeked = peek(&path, &["run.resolution=5".into()]).map_err(|r| r.to_string())?;
    assert_eq!((peeked.region.network.as_deref(), peeked.resolution), (Some("net"), 5));
    Ok(())
}

#[test]
fn unlikely_dates_are_warned_of_and_run() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let s = child(folder.path(), &["run.end=2012-02-15"])?;
    let said: Vec<_> = s.warnings.iter().map(|w| w.key.as_str()).collect();
    assert_eq!(said, ["lever.second.start"]);
    Ok(())
}
