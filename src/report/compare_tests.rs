//! Made-up comparisons and ensembles: which figures there are, what is in them, and what is said about bad files.
//!
//! To look at the pictures: `SIROCCO_LOOK=folder cargo test --lib report` keeps them there.

use super::*;
use crate::error::Error;
use crate::report::{Own, all};
use std::error::Error as StdError;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

type R = Result<(), Box<dyn StdError>>;

/// Files of the figures of a report, those with bands and the others.
fn drawn(dir: &Path, with_bands: bool) -> crate::error::Result<Vec<PathBuf>> {
    let mut files = all(dir, dir, Own::default())?;
    files.retain(|f| f.file_name().is_some_and(|n| n.to_string_lossy().starts_with("bands_")) == with_bands);
    Ok(files)
}

fn bands(dir: &Path) -> crate::error::Result<Vec<PathBuf>> {
    drawn(dir, true)
}

fn comparison(dir: &Path) -> crate::error::Result<Vec<PathBuf>> {
    drawn(dir, false)
}

const EFFECTS: &str = "policy,measure,unit,better,indicator,pairs,baseline,with_policy,effect,low,high,boot_low,\
    boot_high,percent,percent_low,percent_high,up,down,helps,worse,error_ratio,replicates_saved,tail_baseline,\
    tail_policy,tail_mean_baseline,tail_mean_policy\n";
const COSTS: &str = "policy,measure,unit,cost_usd,cost_low,cost_high,gain,gain_low,gain_high,usd_per_unit,usd_low,\
    usd_high,dominated_by\n";
const BANDS: &str = "arm,month,metric,unit,kind,replicates,mean,q05,q25,q50,q75,q95\n";

/// Measure, unit, better, baseline, and for each of three policies the change in percent and half the interval.
type Sample = (&'static str, &'static str, &'static str, f64, [(f64, f64); 3]);
const SAMPLES: [Sample; 32] = [
    ("sea_deaths", "persons", "lower", 3456.0, [(-4.0, 6.0), (1.0, 5.0), (-32.0, 4.0)]),
    ("sea_deaths_per_1000_attempts", "deaths/1,000 attempts", "lower", 17.4, [(-2.0, 5.0), (1.0, 4.0), (-21.0, 4.0)]),
    ("desert_deaths", "persons", "lower", 812.0, [(2.0, 7.0), (-11.0, 6.0), (9.0, 8.0)]),
    ("captive_deaths", "persons", "lower", 240.0, [(0.0, 9.0), (-3.0, 9.0), (4.0, 8.0)]),
    ("fatalities_libya", "persons", "lower", 11_870.0, [(-18.0, 6.0), (-2.0, 4.0), (0.4, 3.0)]),
    ("fatalities_mali", "persons", "lower", 2210.0, [(-27.0, 9.0), (-8.0, 7.0), (1.0, 6.0)]),
    ("fatalities_niger", "persons", "lower", 145.0, [(-12.0, 30.0), (22.0, 28.0), (3.0, 25.0)]),
    ("arms_looted_small_arms", "pieces", "lower", 402_300.0, [(-71.0, 3.0), (0.3, 1.0), (0.0, 0.0)]),
    ("arms_looted_manpads", "pieces", "lower", 611.0, [(-83.5, 2.0), (0.1, 2.0), (0.0, 0.0)]),
    ("arms_left_libya_small_arms", "pieces", "lower", 96_500.0, [(-55.0, 5.0), (-31.0, 4.0), (1.2, 3.0)]),
    ("arms_reached_sahel_small_arms", "pieces", "lower", 41_240.0, [(-58.0, 6.0), (-39.0, 5.0), (2.0, 4.0)]),
    ("received_mali_market", "pieces", "lower", 9860.0, [(-48.0, 9.0), (-22.0, 8.0), (1.0, 6.0)]),
    ("northern_mali_lost", "days", "lower", 388.0, [(-15.0, 14.0), (-4.0, 12.0), (0.0, 9.0)]),
    ("interference_libya", "share", "lower", 0.41, [(-3.0, 5.0), (0.5, 3.0), (0.0, 2.0)]),
    ("oil_production", "kb/d", "higher", 987.0, [(6.0, 3.0), (0.3, 2.0), (0.1, 2.0)]),
    ("unity", "share", "higher", 0.433, [(5.0, 2.0), (1.0, 2.0), (-1.0, 2.0)]),
    ("services", "share", "higher", 0.61, [(3.0, 2.0), (0.2, 1.0), (-0.4, 1.0)]),
    ("sea_rescued", "persons", "higher", 152_000.0, [(-1.0, 4.0), (0.6, 4.0), (38.0, 5.0)]),
    ("ransom", "USD", "lower", 61_500_000.0, [(2.0, 6.0), (14.0, 7.0), (-6.0, 5.0)]),
    ("bribes", "USD", "lower", 3_900_000.0, [(4.0, 8.0), (640.0, 120.0), (-2.0, 8.0)]),
    ("sea_arrivals", "persons", "", 171_400.0, [(-2.0, 4.0), (-6.0, 4.0), (11.0, 5.0)]),
    ("active_route_cells", "cells", "", 1290.0, [(-4.0, 2.0), (17.0, 3.0), (0.2, 1.0)]),
    ("route_entropy", "bits", "", 8.41, [(-0.4, 0.6), (3.1, 0.5), (0.1, 0.4)]),
    ("seized_value_arms", "USD", "", 1_230_000.0, [(-41.0, 12.0), (210.0, 40.0), (2.0, 9.0)]),
    ("fare_usd_per_1000_km", "USD/1,000 km", "", 214.0, [(0.0, 2.0), (12.0, 2.0), (-1.0, 2.0)]),
    ("crew_income", "USD/crew/day", "", 96.0, [(-3.0, 4.0), (-8.0, 4.0), (2.0, 4.0)]),
    ("raft_share", "share", "", 0.57, [(0.4, 3.0), (1.0, 3.0), (14.0, 4.0)]),
    ("libyan_share_mali", "share", "", 0.22, [(-36.0, 11.0), (-19.0, 10.0), (2.0, 8.0)]),
    ("price_small_arms_libya_last", "of the first", "", 0.71, [(44.0, 9.0), (2.0, 5.0), (0.0, 4.0)]),
    ("price_small_arms_sahel_last", "of the first", "", 0.83, [(29.0, 10.0), (13.0, 8.0), (1.0, 6.0)]),
    ("coups", "coups", "lower", 0.0, [(0.0, 0.0), (0.0, 0.0), (0.0, 0.0)]),
    ("jihadist_fighters", "fighters", "lower", 1890.0, [(-9.0, 8.0), (-4.0, 7.0), (0.6, 6.0)]),
];
const POLICIES: [(&str, &str, f64); 3] = [
    ("libya-2011-guard-all", "Libya 2011: guards for all classes of weapons at every depot that is known", 212e6),
    ("libya-2011-borders-first", "Libya 2011: border control first", 1_480e6),
    ("libya-2011-ships", "Libya 2011 with ships near the coast", 64e6),
];

/// Names and titles of the policies of a made-up comparison.
fn policies() -> Vec<(String, String, f64)> {
    POLICIES.iter().map(|p| (p.0.to_string(), p.1.to_string(), p.2)).collect()
}

fn quoted(text: &str) -> String {
    format!("\"{}\"", text.replace('"', "\"\""))
}

fn write_manifest(dir: &Path, kind: &str, policies: &[(String, String, f64)]) -> R {
    let mut titles: BTreeMap<String, String> = policies.iter().map(|p| (p.0.clone(), p.1.clone())).collect();
    titles.insert("libya-2011".into(), "Libya after the war".into());
    let names: Vec<&String> = policies.iter().map(|p| &p.0).collect();
    let run = serde_json::json!({"start": "2011-10-20", "end": "2014-03-31"});
    let all = serde_json::json!({
        "kind": kind, "title": "Libya after the war", "scenario": "libya-2011", "policies": names, "titles": titles,
        "replicates": 64, "version": "0.1.0", "commit": "7553ac1d0f0e", "seed": 1, "resolved": {"run": run},
    });
    Ok(fs::write(dir.join("manifest.json"), all.to_string())?)
}

fn write_comparison(dir: &Path, policies: &[(String, String, f64)]) -> R {
    write_manifest(dir, "comparison", policies)?;
    let (mut effects, mut costs) = (EFFECTS.to_string(), COSTS.to_string());
    for (n, (policy, _, cost)) in policies.iter().enumerate() {
        let policy = quoted(policy);
        for (measure, unit, better, base, changes) in &SAMPLES {
            let (percent, half) = changes[n % 3];
            let of = |p: f64| base * p / 100.0;
            let (effect, low, high) = (of(percent), of(percent - half), of(percent + half));
            let sign = if *better == "lower" { -1.0 } else { 1.0 };
            let helps = 0.5 + 0.5 * (sign * percent / (half + 1.0) / 2.0).clamp(-1.0, 1.0);
            let helps = if better.is_empty() { String::new() } else { format!("{helps:.4}") };
            let unit = quoted(unit);
            let percents = match *base > 0.0 {
                true => format!("{percent},{},{}", percent - half, percent + half),
                false => ",,".into(),
            };
            writeln!(
                effects,
                "{policy},{measure},{unit},{better},true,64,{base},{},{effect},{low},{high},{low},{high},{percents},\
                 0.1,0.9,{helps},0.1,1.2,,1,1,1,1",
                base + effect
            )?;
            if !better.is_empty() {
                let ends = [cost * 0.93, cost * 1.08].map(|c| format!("{c:.0}"));
                let (a, b) = (sign * low, sign * high);
                let by = if n == 1 && sign * percent < 0.0 { "libya-2011-ships (97 %)" } else { "" };
                let gain = format!("{},{},{}", sign * effect, a.min(b), a.max(b));
                writeln!(costs, "{policy},{measure},{unit},{cost:.0},{},{gain},,,,{by}", ends.join(","))?;
            }
        }
    }
    fs::write(dir.join("effects.csv"), effects)?;
    Ok(fs::write(dir.join("costs.csv"), costs)?)
}

fn write_bands(dir: &Path, arms: &[&str]) -> R {
    let mut csv = BANDS.to_string();
    let metrics = [
        ("sea_departures", "persons/day", "flow", 9000.0),
        ("sea_deaths", "persons/day", "flow", 160.0),
        ("people_in_libya", "persons", "stock", 640_000.0),
        ("price_small_arms_libya", "USD", "level", 900.0),
        ("unity", "share", "stock", 0.4),
        ("fatalities_mali", "persons/day", "flow", 0.0),
        ("boats_sunk", "boats/day", "flow", 4.0),
    ];
    for (n, arm) in arms.iter().enumerate() {
        for m in 0..30i32 {
            let (year, month) = (2011 + (m + 9) / 12, (m + 9) % 12 + 1);
            for (metric, unit, kind, size) in metrics {
                let t = f64::from(m);
                // A seasonal course, a bump every year, that the policies lower.
                let season = 1.0 - (f64::from((month - 7).abs()) / 7.0).min(0.9);
                let part = if m == 0 && kind == "flow" { 0.4 } else { 1.0 };
                let mid = size * part * (0.3 + season + t * 0.01) * (1.0 - 0.14 * n as f64 * t / 30.0);
                let q = [0.62, 0.87, 1.0, 1.15, 1.5].map(|f| mid * (1.0 + (f - 1.0) * (0.3 + t / 30.0)));
                let q = q.map(|v| format!("{v:.3}")).join(",");
                writeln!(csv, "{},{year}-{month:02},{metric},{unit},{kind},64,{mid:.3},{q}", quoted(arm))?;
            }
        }
    }
    Ok(fs::write(dir.join("bands.csv"), csv)?)
}

/// Where a test's files go: a folder that vanishes, or one to look at.
fn folder(name: &str) -> Result<(Option<tempfile::TempDir>, PathBuf), Box<dyn StdError>> {
    if let Some(look) = std::env::var_os("SIROCCO_LOOK") {
        let dir = Path::new(&look).join(name);
        fs::create_dir_all(&dir)?;
        return Ok((None, dir));
    }
    let tmp = tempfile::tempdir()?;
    let dir = tmp.path().to_path_buf();
    Ok((Some(tmp), dir))
}

fn names(paths: &[PathBuf]) -> Vec<String> {
    let svg = paths.iter().filter(|p| p.extension().is_some_and(|e| e == "svg"));
    svg.filter_map(|p| Some(p.file_stem()?.to_string_lossy().into_owned())).collect()
}

/// Tags are closed in the order they were opened, texts hold nothing bare, and no number is missing.
fn check(paths: &[PathBuf]) -> R {
    for path in paths.iter().filter(|p| p.extension().is_some_and(|e| e == "svg")) {
        let text = fs::read_to_string(path)?;
        let mut open: Vec<&str> = Vec::new();
        for tag in text.split('<').skip(1) {
            let (inside, after) = tag.split_once('>').ok_or("a tag without an end")?;
            if let Some(name) = inside.strip_prefix('/') {
                assert_eq!(open.pop(), Some(name), "{}", path.display());
            } else if !inside.ends_with('/') {
                open.push(inside.split_whitespace().next().ok_or("a tag without a name")?);
            }
            for amp in after.split('&').skip(1) {
                assert!(["amp;", "lt;", "gt;", "quot;", "apos;"].iter().any(|e| amp.starts_with(e)), "{after}");
            }
        }
        assert!(open.is_empty() && text.len() > 3000, "{}", path.display());
        assert!(!text.contains("NaN") && !text.contains("inf"), "{}", path.display());
        assert!(!text.contains(|c: char| c.is_control() && c != '\n'), "{}", path.display());
    }
    for path in paths {
        assert!(path.exists() && fs::metadata(path)?.len() > 3000, "{}", path.display());
    }
    Ok(())
}

fn effect(measure: &str, better: Option<Better>, percent: f64, half: f64) -> Effect {
    Effect {
        policy: "p".into(),
        measure: measure.into(),
        unit: "x".into(),
        better,
        indicator: true,
        pairs: 64,
        baseline: 100.0,
        effect: percent,
        low: percent - half,
        high: percent + half,
        percent,
        percent_low: percent - half,
        percent_high: percent + half,
        helps: 0.5,
    }
}

#[test]
fn a_comparison_has_its_figures() -> R {
    let (_tmp, dir) = folder("comparison")?;
    write_comparison(&dir, &policies())?;
    write_bands(&dir, &["libya-2011", POLICIES[0].0, POLICIES[1].0, POLICIES[2].0, "a-fifth"])?;
    let written = comparison(&dir)?;
    let all = names(&written);
    let of = |kind: &str| all.iter().filter_map(|n| n.strip_prefix(kind)).map(str::to_string).collect::<Vec<_>>();
    assert_eq!(of("forest_"), ["libya-2011-borders-first", "libya-2011-guard-all", "libya-2011-ships"]);
    assert_eq!(of("tornado_").len(), MOST_MEASURES);
    assert_eq!(of("tornado_"), of("cost_effect_"));
    // The page has them in the order of the policies and of what most of them move, with bribes by more than any other.
    let page = fs::read_to_string(dir.join("report.html"))?;
    let figures: Vec<&str> = page.split("id=\"figure-").skip(1).filter_map(|part| part.split('"').next()).collect();
    assert_eq!(
        figures[..4],
        [
            "forest_libya-2011-guard-all",
            "forest_libya-2011-borders-first",
            "forest_libya-2011-ships",
            "tornado_arms_reached_sahel_small_arms"
        ]
    );
    check(&written)?;
    let written = bands(&dir)?;
    let wanted = ["sea_departures", "sea_deaths", "people_in_libya", "price_small_arms_libya", "unity"];
    let wanted: BTreeSet<String> = wanted.iter().map(|n| format!("bands_{n}")).collect();
    assert_eq!(names(&written), wanted.into_iter().collect::<Vec<_>>());
    check(&written)?;
    let svg = fs::read_to_string(dir.join("charts/bands_sea_departures.svg"))?;
    assert!(svg.contains("one more policy is not drawn") && svg.contains("Incomplete months are left out."), "{svg}");
    assert_eq!(
        fs::read_dir(dir.join("charts"))?
            .filter_map(|f| f.ok())
            .filter(|f| f.file_name().to_string_lossy().starts_with('.'))
            .count(),
        0
    );
    Ok(())
}

#[test]
fn many_policies_fit_on_a_page() -> R {
    let (_tmp, dir) = folder("many")?;
    const KINDS: [&str; 4] = ["a joint mission", "support for services and livelihoods", "advisers", "monitoring only"];
    let cost = |i: i32| 3e6 * 1.6f64.powi(i % 13) * f64::from(1 + i % 3);
    let many: Vec<(String, String, f64)> = (0..14)
        .map(|i| {
            (
                format!("policy-{i}"),
                format!("Libya 2016-2019, {} of kind {i}", KINDS[i as usize % KINDS.len()]),
                cost(i),
            )
        })
        .collect();
    write_comparison(&dir, &many)?;
    let written = comparison(&dir)?;
    assert_eq!(names(&written).iter().filter(|n| n.starts_with("forest_")).count(), 14);
    check(&written)
}

#[test]
fn an_ensemble_has_bands_and_nothing_to_compare() -> R {
    let (_tmp, dir) = folder("ensemble")?;
    write_manifest(&dir, "", &[])?;
    fs::write(dir.join("series.csv"), "date,x\n2011-10-20,0\n")?;
    write_bands(&dir, &["libya-2011"])?;
    let written = bands(&dir)?;
    assert_eq!(names(&written).len(), 5);
    check(&written)?;
    // What `sirocco displacement` writes has the same name and other columns.
    fs::write(dir.join("effects.csv"), "a,b\n1,2\n")?;
    assert!(comparison(&dir)?.is_empty());
    Ok(())
}

#[test]
fn files_that_are_not_there_give_no_figure() -> R {
    let tmp = tempfile::tempdir()?;
    let dir = tmp.path();
    assert!(matches!(comparison(dir), Err(Error::Io { path, .. }) if path == dir.join("manifest.json")));
    assert!(matches!(bands(dir), Err(Error::Io { path, .. }) if path == dir.join("manifest.json")));
    write_comparison(dir, &policies())?;
    fs::remove_file(dir.join("costs.csv"))?;
    assert!(!names(&comparison(dir)?).iter().any(|n| n.starts_with("cost_effect")));
    fs::remove_file(dir.join("effects.csv"))?;
    assert!(comparison(dir)?.is_empty() && bands(dir)?.is_empty());
    Ok(())
}

#[test]
fn rows_are_ordered_and_cut() {
    let less = Some(Better::Lower);
    let mut all = vec![
        effect("plain_small", None, -2.0, 1.0),
        effect("plain_chance", None, 50.0, 60.0),
        effect("plain_large", None, 30.0, 1.0),
        effect("chance", less, -80.0, 90.0),
        effect("small", less, -3.0, 1.0),
        effect("large", Some(Better::Higher), -40.0, 1.0),
        effect("same", less, 0.0, 0.0),
        Effect { baseline: 0.0, percent: f64::NAN, ..effect("new", less, 5.0, 1.0) },
        Effect { indicator: false, ..effect("metric", less, 9.0, 1.0) },
        Effect { policy: "q".into(), ..effect("other", less, 9.0, 1.0) },
    ];
    let names = |h: &Headline| h.rows.iter().map(|e| e.measure.clone()).collect::<Vec<_>>();
    let h = headline(&all, "p");
    assert_eq!(names(&h), ["large", "small", "chance", "plain_large", "plain_small", "plain_chance"]);
    assert_eq!((h.more, h.idle), (0, 2));
    let verdicts: Vec<Verdict> = h.rows.iter().map(|e| Verdict::of(e)).collect();
    use Verdict::{Better as B, Changed as C, Unclear as U, Worse as W};
    assert_eq!(verdicts, [W, B, U, C, C, U]);
    all.extend((0..30).map(|i| effect(&format!("more_{i}"), less, -60.0 + f64::from(i), 0.5)));
    let h = headline(&all, "p");
    assert_eq!((h.rows.len(), h.more, h.idle), (MOST_ROWS, 12, 2));
    assert_eq!((names(&h)[0].as_str(), names(&h)[MOST_ROWS - 1].as_str()), ("more_0", "more_22"));
}

#[test]
fn a_huge_change_is_cut_off() {
    let less = Some(Better::Lower);
    let mut all: Vec<Effect> = (0..9).map(|i| effect("m", less, -10.0 * f64::from(i), 5.0)).collect();
    assert_eq!(percent_axis(&all.iter().collect::<Vec<_>>()).ends(), (-100.0, 20.0));
    all.push(effect("huge", less, 5000.0, 900.0));
    let (low, high) = percent_axis(&all.iter().collect::<Vec<_>>()).ends();
    assert!(low >= -100.0 && (130.0..=200.0).contains(&high), "{low} {high}");
    // When all are large none is.
    let large: Vec<Effect> = (1..9).map(|i| effect("m", less, 500.0 * f64::from(i), 5.0)).collect();
    assert!(percent_axis(&large.iter().collect::<Vec<_>>()).ends().1 >= 4005.0);
}

#[test]
fn measures_are_those_that_most_policies_move() -> R {
    let tmp = tempfile::tempdir()?;
    write_manifest(tmp.path(), "comparison", &policies())?;
    let (manifest, _) = Manifest::read(tmp.path())?;
    let less = Some(Better::Lower);
    let of = |policy: &str, e: Effect| Effect { policy: policy.into(), ..e };
    let effects = [
        of("p", effect("one", less, -40.0, 1.0)),
        of("p", effect("two", less, -4.0, 1.0)),
        of("q", effect("two", less, 4.0, 1.0)),
        of("p", effect("chance", less, 4.0, 9.0)),
        of("p", effect("no_direction", None, 4.0, 1.0)),
        of("p", effect(SPENDING, less, 900.0, 1.0)),
        of("p", Effect { indicator: false, ..effect("metric", less, -90.0, 1.0) }),
    ];
    let all = Comparison::new(&manifest, &effects, &[]);
    assert_eq!(all.measures(), ["two", "one", "metric"]);
    let tornado = all.tornado("two").ok_or("no figure")?;
    let order: Vec<(&str, Verdict)> = tornado.rows.iter().map(|r| (r.name.as_str(), r.verdict)).collect();
    assert_eq!(order, [("P", Verdict::Better), ("Q", Verdict::Worse)]);
    // Of too many policies the smallest effects are left out.
    let half = |i: u32| effect("two", less, if i.is_multiple_of(2) { 1.0 } else { -1.0 } * f64::from(i), 0.1);
    let effects: Vec<Effect> = (1..=50).map(|i| of(&format!("p{i}"), half(i))).collect();
    let tornado = Comparison::new(&manifest, &effects, &[]).tornado("two").ok_or("no figure")?;
    let ends = [&tornado.rows[0], &tornado.rows[MOST_POLICIES - 1]].map(|r| r.at);
    assert_eq!((tornado.rows.len(), ends), (MOST_POLICIES, [-49.0, 50.0]));
    assert!(tornado.rows.iter().all(|r| r.at.abs() > 10.0) && tornado.note.ends_with("Not shown: 10 more."));
    Ok(())
}

#[test]
fn titles_lose_what_all_begin_with() -> R {
    let tmp = tempfile::tempdir()?;
    let short = |titles: &[(&str, &str)]| -> Result<Vec<String>, Box<dyn StdError>> {
        let all: Vec<_> = titles.iter().map(|t| (t.0.to_string(), t.1.to_string(), 0.0)).collect();
        write_manifest(tmp.path(), "comparison", &all)?;
        let names: Vec<&str> = titles.iter().map(|t| t.0).collect();
        let short = short_names(&Manifest::read(tmp.path())?.0, &names);
        Ok(names.iter().map(|n| short[*n].clone()).collect())
    };
    let titles = [("a", "Libya 2011: guards for all"), ("b", "Libya 2011 with a force"), ("c", "Libya 2011: guards")];
    assert_eq!(short(&titles)?, ["Guards for all", "With a force", "Guards"]);
    assert_eq!(
        short(&[("a", "Guards for missiles"), ("b", "Guards for rifles")])?,
        ["Guards for missiles", "Guards for rifles"]
    );
    assert_eq!(
        short(&[("a", "Libya 2016-2019"), ("b", "Libya 2016-2019, visas")])?,
        ["Libya 2016-2019", "Libya 2016-2019, visas"]
    );
    assert_eq!(short(&[("a", "Libya after a coup")])?, ["Libya after a coup"]);
    assert_eq!(short(&[("a", "Twin"), ("b", "Twin")])?, ["a", "b"]);
    assert_eq!(short(&[("a", ""), ("b", "Other")])?, ["A", "Other"]);
    Ok(())
}

#[test]
fn hostile_names_do_no_harm() -> R {
    let (_tmp, dir) = folder("hostile")?;
    let long = "a very long name that does not end ".repeat(12);
    let hostile: Vec<(String, String, f64)> = vec![
        ("../../<script>alert(1)</script>&\"".into(), "<script>&\u{1}\"x\"</title>".into(), 1e6),
        ("..-..--script-alert-1---script---".into(), long.clone(), 2e6),
        (long.clone(), String::new(), 4e9),
        (long.to_uppercase(), "WWWWWWWWWW".repeat(30), 1e3),
    ];
    write_comparison(&dir, &hostile)?;
    write_bands(&dir, &["libya-2011", &hostile[0].0, &hostile[1].0, &hostile[2].0])?;
    let mut written = comparison(&dir)?;
    written.extend(bands(&dir)?);
    check(&written)?;
    let forests: Vec<String> = names(&written).into_iter().filter(|n| n.starts_with("forest_")).collect();
    assert_eq!(
        forests[..2],
        ["forest_-------script-alert-1---script----2", "forest_-------script-alert-1---script---"]
    );
    assert_eq!(forests.iter().map(|n| n.to_lowercase()).collect::<BTreeSet<_>>().len(), 4, "{forests:?}");
    for path in &written {
        assert_eq!(path.parent(), Some(dir.join("charts").as_path()), "{}", path.display());
        assert!(path.file_name().is_some_and(|n| n.len() < 120), "{}", path.display());
        if path.extension().is_some_and(|e| e == "svg") {
            assert!(!fs::read_to_string(path)?.contains("<script"), "{}", path.display());
        }
    }
    Ok(())
}

#[test]
fn broken_files_are_named_with_their_line() -> R {
    let tmp = tempfile::tempdir()?;
    let dir = tmp.path();
    write_comparison(dir, &policies())?;
    write_bands(dir, &["libya-2011"])?;
    let cases = [
        ("effects.csv", "policy,measure\na,b\n", "effects.csv:2: missing field `unit`"),
        ("effects.csv", "policy,measure\na\n", "effects.csv:2: 1 fields, expected 2"),
        (
            "effects.csv",
            &format!("{EFFECTS}{}", "p,m,u,sideways,true,64".to_string() + &",1".repeat(20)),
            "effects.csv:2: ",
        ),
        (
            "effects.csv",
            &format!("{EFFECTS}{}", "p,m,u,lower,true,64,inf".to_string() + &",1".repeat(19)),
            "effects.csv:2: `inf`",
        ),
        (
            "effects.csv",
            &format!("{EFFECTS}{}", "p,m,u,lower,true,x".to_string() + &",1".repeat(20)),
            "effects.csv:2: `pairs`",
        ),
        ("costs.csv", &format!("{COSTS}p,m,u,1,1,1,1,1,1,1,1,1,\np,m,u,1,1,x,1,1,1,1,1,1,\n"), "costs.csv:3: `x`"),
        ("bands.csv", &format!("{BANDS}a,2011-13,sea_deaths,u,flow,1,1,1,1,1,1,1\n"), "bands.csv:2: `2011-13`"),
        ("bands.csv", &format!("{BANDS}a,2011-1-1,sea_deaths,u,flow,1,1,1,1,1,1,1\n"), "bands.csv:2: `2011-1-1`"),
    ];
    for (file, text, place) in cases {
        let whole = fs::read_to_string(dir.join(file))?;
        fs::write(dir.join(file), text)?;
        let got = comparison(dir).and_then(|_| bands(dir));
        let Err(Error::Input(said)) = got else {
            return Err(format!("{place} {got:?}").into());
        };
        assert!(said.contains(place) && said.contains(&dir.display().to_string()), "{said}");
        fs::write(dir.join(file), whole)?;
    }
    Ok(())
}
