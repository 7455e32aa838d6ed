//! No scenario file crashes the reader (promise 10), and its checker agrees with an independent judge, the `jsonschema`
//! crate, on what the schema allows.
//!
//! The judge is laxer in three ways that are ours on purpose: it takes 3.0 for an integer, an unquoted date for any text,
//! and knows nothing of names, of NaN (which JSON lacks) and of items that are named twice. The generator keeps clear of
//! those.

use proptest::prelude::*;
use sirocco::scenario::assemble::scenario_schema;
use sirocco::scenario::diagnose::{Names, Report};
use sirocco::scenario::load::{load, peek};
use std::fs;

const VALID: &str = r#"title = "Valid"
about = "With one of everything"

[run]
start = 2011-10-20
end = 2013-10-20
seed = 5
replicates = 2
resolution = 4
persons_per_agent = 1

[region]
countries = ["LBY", "NER"]

[processes.weather]
mean_wave_m = 1.5

[[event]]
kind = "armed_return"
date = 2012-01-01
from = "Sabha"
to = "Gao"
fighters = 300

[[event]]
kind = "departure_shift"
date = 2012-01-01
until = 2012-06-01
countries = ["NGA"]
factor = 2.5

[[lever]]
kind = "naval_patrol"
start = 2012-01-01
intensity = 2
ramp_days = 30
standoff_nm = 20.5

[[lever]]
kind = "border_patrol"
name = "south"
start = 2012-02-01
end = 2012-12-31
intensity = 4.5
where = ["LBY-NER"]
budget_usd_per_year = 1e6

[output]
cells = false
"#;

fn names() -> Names {
    let list = |all: &[&str]| all.iter().map(ToString::to_string).collect();
    Names::new(list(&["LBY", "NER", "NGA"]), list(&["Sabha", "Gao"]), list(&["LBY-NER"]), list(&["Tripolitania"]))
}

/// Loads bytes as a file; the report, if refused.
fn refused(bytes: &[u8], sets: &[String]) -> Option<Report> {
    let folder = tempfile::tempdir().ok()?;
    let path = folder.path().join("s.toml");
    fs::write(&path, bytes).ok()?;
    let _ = peek(&path, sets);
    let report = load(&path, sets, &names()).err();
    if let Some(report) = &report {
        assert!(!report.diagnostics.is_empty(), "refused without a reason");
        assert!(!report.to_string().is_empty());
    }
    report
}

#[test]
fn the_valid_scenario_is_valid() {
    assert_eq!(refused(VALID.as_bytes(), &[]).map(|r| r.to_string()), None);
}

/// Pieces of TOML that tend to break readers.
fn scrap() -> impl Strategy<Value = String> {
    prop_oneof![
        "[\\[\\]\"'=.,#{}\n a-z0-9-]{0,12}",
        "\\PC{0,6}",
        prop::sample::select(vec![
            "[[",
            "]]",
            "\"\"\"",
            "'''",
            "= nan",
            "= -inf",
            "= 1e999",
            "= 0x",
            "= 2012-02-30",
            "[lever]\n",
            "[[run]]\n",
            "[[lever]]\n",
            "[[event]]\n",
            "extends = \"s.toml\"\n",
            "extends = \"\"\n",
            "a.b.c.d.e = 1\n",
            "kind = 3\n",
            "\u{feff}",
            "\u{0}",
            "\r",
            "\t",
            "99999999999999999999999999",
            "{}",
            "[]",
            "[[[[[[",
            "where = [1, {}, []]\n",
            "\"\" = 1\n",
            "'a.b' = 1\n",
            "name = \"1\"\n",
            "name = \"\"\n",
            "processes = 3\n",
            "lever = []\n",
            "[run.start]\n",
        ])
        .prop_map(String::from),
    ]
}

/// The valid text with a few cuts and insertions at character borders.
fn mutated() -> impl Strategy<Value = String> {
    prop::collection::vec((any::<prop::sample::Index>(), 0_usize..12, scrap()), 1..5).prop_map(|edits| {
        let mut text: Vec<char> = VALID.chars().collect();
        for (at, cut, put) in edits {
            let at = at.index(text.len() + 1);
            let end = (at + cut).min(text.len());
            text.splice(at..end, put.chars());
        }
        text.into_iter().collect()
    })
}

/// A value that may stand in place of another.
fn value() -> impl Strategy<Value = String> {
    let known = vec![
        "true",
        "3",
        "-3",
        "0",
        "101",
        "1000000",
        "0.5",
        "-0.5",
        "[]",
        "{}",
        "[\"LBY\"]",
        "[3]",
        "\"LBY\"",
        "\"naval_patrol\"",
        "\"armed_return\"",
        "\"\"",
        "\"2012-02-30\"",
        "\"2012-03-30\"",
        "{ x = 1 }",
        "18446744073709551615",
    ];
    prop::sample::select(known).prop_map(String::from)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn bytes_never_crash(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        refused(&bytes, &[]);
    }

    #[test]
    fn mutated_scenarios_never_crash(text in mutated()) {
        refused(text.as_bytes(), &[]);
    }

    #[test]
    fn sets_never_crash(sets in prop::collection::vec(prop_oneof!["\\PC{0,20}", "(run|lever|event|processes|extends|lever\\.south|event\\.1|output)(\\.[a-z_0-9]{1,9}){0,3}=.{0,9}"], 1..4)) {
        refused(VALID.as_bytes(), &sets);
    }

    /// Values swapped, keys renamed, lines dropped: the checker and the judge must both refuse, or both accept.
    #[test]
    fn the_checker_agrees_with_the_judge(edits in prop::collection::vec((any::<prop::sample::Index>(), 0_u8..4, value()), 1..4)) {
        let mut lines: Vec<String> = VALID.lines().map(String::from).collect();
        for (at, what, value) in edits {
            let at = at.index(lines.len());
            let line = lines[at].clone();
            let Some((key, old)) = line.split_once(" = ") else { continue };
            lines[at] = match what {
                0 => String::new(),
                1 => format!("{key}x = {old}"),
                _ => format!("{key} = {value}"),
            };
        }
        let text = lines.join("\n");
        let table: toml::Table = toml::from_str(&text).map_err(|e| TestCaseError::reject(e.to_string()))?;
        let mut json = serde_json::to_value(&table).map_err(|e| TestCaseError::reject(e.to_string()))?;
        plain_dates(&mut json);
        let schema = scenario_schema();
        let judge = jsonschema::options().should_validate_formats(true).build(&schema).map_err(|e| TestCaseError::fail(e.to_string()))?;
        let report = refused(text.as_bytes(), &[]);
        // The schema must catch all that Rust's types would: nothing may be left to the last reading.
        let late = report.iter().flat_map(|r| &r.diagnostics).find(|d| d.message.contains("cannot be read"));
        prop_assert!(late.is_none(), "{:?}", late);
        // What only we see: names, order of dates, twins.
        let ours: Vec<_> = report.iter().flat_map(|r| &r.diagnostics).filter(|d| {
            !["names the", "before `", "twice", "must end by", "two levers"].iter().any(|w| d.message.contains(w))
        }).map(|d| d.message.clone()).collect();
        prop_assert_eq!(judge.is_valid(&json), ours.is_empty(), "{}\n{:?}", text, ours);
    }
}

/// `toml` writes its dates to JSON as a table with one odd key.
fn plain_dates(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Object(map) if map.len() == 1 && map.contains_key("$__toml_private_datetime") => {
            *json = map.values().next().cloned().unwrap_or_default();
        }
        serde_json::Value::Object(map) => map.values_mut().for_each(plain_dates),
        serde_json::Value::Array(all) => all.iter_mut().for_each(plain_dates),
        _ => {}
    }
}
