//! `sirocco check`: the shipped suite leaves nothing out, and the command says what differs and where it began.
//!
//! The whole suite is run by `scripts/test.sh` in a release build; here only two small benchmarks are, in a copy.

mod common;

use assert_cmd::Command;
use common::DATA;
use serde_json::Value;
use sirocco::agents::patrol::Strategy;
use sirocco::agents::{crew, depot, group, migrant, patrol, patron, state, vessel};
use sirocco::engine::step::schema_of;
use sirocco::levers::LEVERS;
use sirocco::processes::DAY;
use sirocco::processes::calendar::Event;
use sirocco::scenario::diagnose::Names;
use sirocco::scenario::load::{load, peek};
use sirocco::sim::Ground;
use sirocco::study::check::record;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const SUITE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/benchmarks");

/// The two smallest: a network with crews, people and boats, and one with a war.
const SMALL: [&str; 2] = ["network-people", "network-patrons"];

fn toml_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|e| e.expect("an entry").path());
    let mut files: Vec<PathBuf> = entries.filter(|p| p.extension().is_some_and(|x| x == "toml")).collect();
    files.sort();
    files
}

// ---- the suite leaves nothing out ----

/// The scenarios of the suite as they run, defaults filled in.
fn resolved() -> Vec<(String, Value)> {
    let read = |path: PathBuf| {
        let s = load(&path, &[], &Names::any()).unwrap_or_else(|r| panic!("{r}"));
        (s.name, s.resolved)
    };
    toml_files(Path::new(SUITE)).into_iter().map(read).collect()
}

/// Every value under a key of that name, at any depth.
fn values<'a>(v: &'a Value, key: &str, out: &mut Vec<&'a Value>) {
    match v {
        Value::Object(map) => map.iter().for_each(|(k, v)| {
            if k == key {
                out.push(v);
            }
            values(v, key, out);
        }),
        Value::Array(list) => list.iter().for_each(|v| values(v, key, out)),
        _ => {}
    }
}

/// Texts under a key in any scenario; those of levers of no intensity are left out.
fn said(all: &[(String, Value)], part: &str, key: &str) -> BTreeSet<String> {
    let mut found = vec![];
    for list in all.iter().filter_map(|(_, s)| s.get(part)) {
        match list {
            Value::Array(list) => {
                let idle = |v: &&Value| v.get("intensity").is_some_and(|i| i.as_f64() == Some(0.0));
                list.iter().filter(|v| !idle(v)).for_each(|v| values(v, key, &mut found));
            }
            other => values(other, key, &mut found),
        }
    }
    let texts = found.iter().flat_map(|v| match v {
        Value::Array(list) => list.iter().collect(),
        one => vec![*one],
    });
    texts.filter_map(Value::as_str).map(String::from).collect()
}

fn missing(what: &str, want: impl IntoIterator<Item = String>, have: &BTreeSet<String>) -> Vec<String> {
    want.into_iter().filter(|w| !have.contains(w)).map(|w| format!("{what} `{w}`")).collect()
}

/// Switches of a schema (`key`, default).
fn switches(schema: &Value) -> Vec<(String, bool)> {
    let properties = schema.get("properties").and_then(Value::as_object).into_iter().flatten();
    let of = |(key, sub): (&String, &Value)| Some((key.clone(), sub.get("default")?.as_bool()?));
    properties.filter_map(of).collect()
}

#[test]
fn the_suite_has_every_lever_event_strategy_switch_hypothesis_and_kind_of_ground() {
    let all = resolved();
    assert!(all.len() >= 30);
    let mut gaps = missing("lever", LEVERS.iter().map(|l| l.kind.to_string()), &said(&all, "lever", "kind"));

    let events = schema_of::<Event>();
    let one_of = events.as_value()["oneOf"].as_array().cloned().unwrap_or_default();
    let kinds = one_of.iter().filter_map(|e| e.pointer("/properties/kind/const")?.as_str().map(String::from));
    let kinds: Vec<String> = kinds.collect();
    assert!(!kinds.is_empty(), "the schema of events has no kinds");
    gaps.extend(missing("event", kinds, &said(&all, "event", "kind")));

    let names = Strategy::ALL.map(|s| serde_json::to_value(s).unwrap().as_str().unwrap_or_default().to_string());
    gaps.extend(missing("strategy of units", names.clone(), &said(&all, "initial", "strategy")));
    let missions = ["rescue", "boats", "monitor", "arms", "oil"].map(String::from);
    gaps.extend(missing("mandate of vessels", missions, &said(&all, "lever", "mandate")));
    let with = ["strikes", "advisers", "troops"].map(String::from);
    gaps.extend(missing("war on jihadists with", with, &said(&all, "lever", "with")));

    // Every switch stands the other way somewhere.
    let mut schemas: Vec<(String, Value)> =
        DAY.iter().map(|s| (format!("/processes/{}", s.name), (s.schema)().as_value().clone())).collect();
    for (name, schema) in [
        ("depots", schema_of::<depot::Initial>()),
        ("groups", schema_of::<group::Initial>()),
        ("crews", schema_of::<crew::Initial>()),
        ("migrants", schema_of::<migrant::Initial>()),
        ("patrols", schema_of::<patrol::Initial>()),
        ("patrons", schema_of::<patron::Initial>()),
        ("states", schema_of::<state::Initial>()),
        ("vessels", schema_of::<vessel::Initial>()),
    ] {
        schemas.push((format!("/initial/{name}"), schema.as_value().clone()));
    }
    let mut seen = 0;
    for (path, schema) in schemas {
        for (key, default) in switches(&schema) {
            seen += 1;
            let at = format!("{path}/{key}");
            let set = |s: &Value| s.pointer(&at).and_then(Value::as_bool) == Some(!default);
            if !all.iter().any(|(_, s)| set(s)) {
                gaps.push(format!("{at} = {}", !default));
            }
        }
    }
    assert!(seen >= 4, "the schemas have switches");
    let mut hypotheses = BTreeSet::new();
    for (_, s) in &all {
        for (key, v) in s["hypotheses"].as_object().into_iter().flatten() {
            hypotheses.insert((key.clone(), v.as_f64() == Some(0.0)));
        }
    }
    for key in hypotheses.clone().into_iter().map(|h| h.0) {
        for off in [false, true] {
            if !hypotheses.contains(&(key.clone(), off)) {
                gaps.push(format!("hypothesis `{key}` {}", if off { "off" } else { "on" }));
            }
        }
    }

    for resolution in [3, 4, 5] {
        if !all.iter().any(|(_, s)| s["run"]["resolution"] == resolution && s["region"]["network"].is_null()) {
            gaps.push(format!("a grid of resolution {resolution}"));
        }
    }
    if !all.iter().any(|(_, s)| s["region"]["network"].is_string()) {
        gaps.push("a network".into());
    }
    if !all.iter().any(|(_, s)| s["region"]["countries"].as_array().is_some_and(|c| !c.is_empty())) {
        gaps.push("a region of a few countries".into());
    }
    assert!(gaps.is_empty(), "scenarios/benchmarks lacks: {}", gaps.join(", "));
}

#[test]
fn every_benchmark_says_what_it_guards_and_is_stored() {
    let mut size = 0;
    for (name, s) in resolved() {
        assert!(s["about"].as_str().is_some_and(|a| a.starts_with("Guards ")), "{name}: `about` says what it guards");
        let stored = Path::new(SUITE).join(format!("expected/{name}.toml"));
        size += fs::metadata(&stored).unwrap_or_else(|e| panic!("{}: {e}", stored.display())).len();
    }
    assert!(size < 600_000, "{size} bytes are stored: shorten the benchmarks");
    let stored = toml_files(&Path::new(SUITE).join("expected")).len();
    assert_eq!(stored, toml_files(Path::new(SUITE)).len(), "a file is stored for each benchmark and no other");
}

// ---- the command ----

/// A copy of the two smallest benchmarks with what is stored of them, below a folder with a changelog.
fn copied() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("CHANGELOG.md"), "# Changelog\n\n## New\n\n### Added\n\n- a\n").expect("a file");
    let to = suite(&folder);
    let mut files = vec!["bases/network.toml".to_string()];
    files.extend(["nodes", "links", "lanes", "corridors"].map(|n| format!("net/{n}.csv")));
    files.extend(SMALL.iter().flat_map(|n| [format!("{n}.toml"), format!("expected/{n}.toml")]));
    for file in files {
        let target = to.join(&file);
        fs::create_dir_all(target.parent().expect("a folder")).expect("a folder");
        fs::copy(Path::new(SUITE).join(&file), target).unwrap_or_else(|e| panic!("{file}: {e}"));
    }
    folder
}

fn suite(folder: &tempfile::TempDir) -> PathBuf {
    folder.path().join("suite")
}

/// Runs `sirocco check` on the copy; gives standard output, standard error and exit code.
fn check(folder: &tempfile::TempDir, more: &[&str]) -> (String, String, i32) {
    let mut command = Command::cargo_bin("sirocco").expect("the program");
    let out = command.arg("check").arg(suite(folder)).args(["--data", DATA]).args(more).output().expect("it runs");
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    (text(&out.stdout), text(&out.stderr), out.status.code().unwrap_or(-1))
}

fn edit(path: &Path, from: &str, to: &str) {
    let text = fs::read_to_string(path).expect("a file");
    assert!(text.contains(from), "{}: {from}", path.display());
    fs::write(path, text.replace(from, to)).expect("a file");
}

/// Every file below a folder with its bytes.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut out = vec![];
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        match path.is_dir() {
            true => out.extend(contents(&path)),
            false => out.push((path.clone(), fs::read(&path).expect("a file"))),
        }
    }
    out.sort();
    out
}

#[test]
fn an_unchanged_suite_passes_on_any_number_of_threads_and_blessing_it_writes_nothing() {
    let folder = copied();
    for threads in ["1", "3"] {
        let (out, err, code) = check(&folder, &["--threads", threads]);
        assert_eq!((err.as_str(), code), ("", 0), "{out}");
        assert!(out.contains("2 passed, 0 failed"), "{out}");
    }
    let before = contents(folder.path());
    let (out, _, code) = check(&folder, &["--bless", "no reason to"]);
    assert_eq!(code, 0);
    assert!(out.contains("nothing differs; nothing was written"), "{out}");
    assert!(contents(folder.path()) == before);
}

#[test]
fn a_change_is_traced_and_blessed_with_a_reason() {
    let folder = copied();
    // From the first day on teams stand on the road: what crews meet is other then.
    let file = suite(&folder).join("network-people.toml");
    edit(&file, "[initial.crews]", "[processes.crews]\nstopped_days = 3\n\n[initial.crews]");
    let junit = folder.path().join("junit.xml");
    let (out, err, code) = check(&folder, &["--junit", &junit.to_string_lossy()]);
    assert_eq!(code, 1, "{out}{err}");
    assert!(err.contains("1 of 2 benchmarks failed"), "{err}");
    assert!(out.contains("1 passed, 1 failed"), "{out}");
    assert!(out.contains("differs  network-people"), "{out}");
    assert!(out.contains("first differs on 2014-01-") && out.contains(", in process `crews`"), "{out}");
    let head = out.lines().find(|l| l.contains("metric ")).unwrap_or_default();
    let columns: Vec<&str> = head.split_whitespace().collect();
    assert_eq!(columns, ["metric", "unit", "old", "new", "change", "%"]);
    let xml = fs::read_to_string(&junit).expect("a file");
    assert!(xml.contains("tests=\"2\" failures=\"1\" errors=\"0\""), "{xml}");
    assert!(xml.contains("in process `crews`"), "{xml}");
    well_formed(&xml);

    for empty in ["", " \n"] {
        let (_, err, code) = check(&folder, &["--bless", empty]);
        assert_eq!(code, 2);
        assert!(err.contains("needs a reason"), "{err}");
    }
    let before = contents(folder.path());
    let (out, err, code) = check(&folder, &["--bless", "Crews wait\nless."]);
    assert_eq!(code, 0, "{err}");
    assert!(out.contains("blessed 1 of 2 benchmarks"), "{out}");
    let log = fs::read_to_string(folder.path().join("CHANGELOG.md")).expect("a file");
    let line = "## New\n\n### Results\n\n- Crews wait less (benchmarks blessed: `network-people`)\n\n### Added\n";
    assert!(log.contains(line), "{log}");
    let changed: Vec<_> = contents(folder.path()).into_iter().filter(|f| !before.contains(f)).map(|f| f.0).collect();
    let names: Vec<_> = changed.iter().filter_map(|p| p.file_name()?.to_str()).collect();
    assert_eq!(names, ["CHANGELOG.md", "network-people.toml"]);
    assert_eq!(check(&folder, &[]).2, 0);
}

#[test]
fn what_is_missing_wrong_or_left_over_is_told_and_the_rest_is_run() {
    let folder = copied();
    let expected = suite(&folder).join("expected");
    fs::rename(expected.join("network-people.toml"), expected.join("old.toml")).expect("renamed");
    fs::write(suite(&folder).join("wrong.toml"), "title = \"<W>\"\n[run]\nstart = 2014-01-01\nendd = 3\n")
        .expect("a file");
    let junit = folder.path().join("junit.xml");
    let (out, err, code) = check(&folder, &["--junit", &junit.to_string_lossy()]);
    assert_eq!(code, 1, "{out}{err}");
    assert!(out.contains("missing  network-people") && out.contains("sirocco check --bless"), "{out}");
    assert!(out.contains("orphan   old"), "{out}");
    assert!(out.contains("broken   wrong") && out.contains("wrong.toml:4:1: error:"), "{out}");
    assert!(out.contains("did you mean `end`?"), "{out}");
    assert!(out.contains("ok       network-patrons") && out.contains("1 passed, 3 failed"), "{out}");
    let xml = fs::read_to_string(&junit).expect("a file");
    assert!(xml.contains("failures=\"2\" errors=\"1\""), "{xml}");
    well_formed(&xml);

    let before = contents(folder.path());
    let (_, err, code) = check(&folder, &["--bless", "a reason"]);
    assert_eq!(code, 1);
    assert!(err.contains("nothing is blessed while these cannot be run: wrong"), "{err}");
    assert!(contents(folder.path()) == before);
    fs::remove_file(suite(&folder).join("wrong.toml")).expect("removed");
    fs::remove_file(folder.path().join("CHANGELOG.md")).expect("removed");
    let (out, _, code) = check(&folder, &["--bless", "a reason"]);
    assert_eq!(code, 0);
    assert!(out.contains("the reason was not written"), "{out}");
    assert!(!expected.join("old.toml").exists());
    assert_eq!(check(&folder, &[]).2, 0);
}

#[test]
fn a_suite_that_is_none_is_refused() {
    let folder = tempfile::tempdir().expect("a folder");
    let (_, err, code) = check(&folder, &[]);
    assert_eq!(code, 3, "{err}");
    fs::create_dir(suite(&folder)).expect("a folder");
    let (_, err, code) = check(&folder, &[]);
    assert_eq!(code, 2);
    assert!(err.contains("no scenario"), "{err}");
}

/// Watching the day must not change it: the digests are those of a run that nobody watches.
#[test]
fn a_watched_run_is_the_same_run() {
    let path = Path::new(SUITE).join("network-people.toml");
    let peeked = peek(&path, &[]).unwrap_or_else(|r| panic!("{r}"));
    let ground = Ground::load(Path::new(DATA), &peeked.region, peeked.resolution, &peeked.folder).expect("a ground");
    let scenario = Arc::new(load(&path, &[], &Names::of(&ground.region)).unwrap_or_else(|r| panic!("{r}")));
    let watched = record(&scenario, &ground).expect("a run");
    let plan = sirocco::sim::RunPlan { scenario, replicate: 0, values: vec![], audit: false };
    let out = sirocco::sim::run_one(&plan, &ground, &mut sirocco::observe::observer::Blind).expect("a run");
    let short = |d: &u128| (d ^ (d >> 64)) as u64;
    let digests: Vec<u64> = watched.days.iter().map(|d| d.digest).collect();
    assert_eq!(digests, out.digests.iter().map(short).collect::<Vec<_>>());
    assert_eq!(Some(&watched.last), out.digests.last());
}

/// Tags that close in order, and no bare `<` or `&` in texts.
#[track_caller]
fn well_formed(xml: &str) {
    let mut open = vec![];
    let body = xml.strip_prefix("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n").expect("a declaration");
    for part in body.split('<').skip(1) {
        let (tag, text) = part.split_once('>').expect("a tag ends");
        assert!(!text.contains('>'), "{text}");
        let entity = |rest: &str| ["amp;", "lt;", "gt;", "quot;", "apos;"].iter().any(|e| rest.starts_with(e));
        assert!(part.split('&').skip(1).all(entity), "{part}");
        match tag.strip_prefix('/') {
            Some(name) => assert_eq!(open.pop(), Some(name)),
            None if tag.ends_with('/') => {}
            None => open.push(tag.split(' ').next().unwrap_or("")),
        }
        assert_eq!(tag.matches('"').count() % 2, 0, "{tag}");
    }
    assert!(open.is_empty(), "{open:?}");
}
