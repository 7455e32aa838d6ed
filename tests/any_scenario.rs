//! Any valid scenario runs (promises 10, 12, 13): no panic, no residual in the books, no number that is not finite.
//!
//! Contract: scenarios on the tiny network with random levers, events, dates, beginnings and parameters within the ranges of
//! their schemas (beyond the plausible, up to the ends of the range), 50 days each with a full recount every evening. 200 cases
//! here; `SIROCCO_CASES=10000` in the long form. A case is drawn from its number alone, so nothing here can flicker; the
//! scenario of a case that fails is printed whole.

mod common;

use common::{Bench, shipped_with, tiny};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use serde_json::Value;
use sirocco::agents::group::BLOCS;
use sirocco::levers::{AreaKind, LEVERS};
use sirocco::observe::observer::Blind;
use sirocco::processes::DAY;
use sirocco::sim::{RunPlan, run_one};
use std::panic::{AssertUnwindSafe, catch_unwind};

const PLACES: [&str; 6] = ["Zuwara", "Sabha", "Toummo", "Agadez", "Niamey", "Kidal"];
const COUNTRIES: [&str; 4] = ["LBY", "NER", "MLI", "ITA"];

/// Parameters that say how many agents or goods there are: their ends would only make a test slow, not another.
const MOST: f64 = 1e5;

/// A number within the range of a schema: mostly in the plausible part of it, one in ten at an end.
fn number(schema: &Value) -> Option<BoxedStrategy<f64>> {
    let at = |key: &str| schema.get(key).and_then(Value::as_f64);
    let (low, high) = (at("minimum")?, at("maximum")?.min(MOST));
    if high < low {
        return None;
    }
    let (a, b) = (at("x-low").unwrap_or(low).clamp(low, high), at("x-high").unwrap_or(high).clamp(low, high));
    let (a, b) = (a.min(b), a.max(b));
    Some(prop_oneof![1 => Just(low), 1 => Just(high), 4 => low..=high, 14 => a..=b].boxed())
}

/// `key = value` for a parameter that is a number or a switch; `None` for the others.
fn setting(prefix: &str, key: &str, schema: &Value) -> Option<BoxedStrategy<String>> {
    let name = format!("{prefix}{key}");
    match schema.get("type").and_then(Value::as_str)? {
        "boolean" => Some(any::<bool>().prop_map(move |x| format!("{name} = {x}")).boxed()),
        "integer" => Some(number(schema)?.prop_map(move |x| format!("{name} = {}", x.round() as i64)).boxed()),
        "number" => Some(number(schema)?.prop_map(move |x| format!("{name} = {x:?}")).boxed()),
        _ => None,
    }
}

/// Up to four settings of a table, each key once.
fn settings(prefix: &str, schema: &Value, keep_out: &[&str]) -> BoxedStrategy<String> {
    let properties = schema.get("properties").and_then(Value::as_object);
    let all: Vec<_> = properties
        .into_iter()
        .flatten()
        .filter(|(k, _)| !keep_out.contains(&k.as_str()))
        .filter_map(|(k, s)| setting(prefix, k, s))
        .collect();
    if all.is_empty() {
        return Just(String::new()).boxed();
    }
    let most = all.len().min(4);
    proptest::sample::subsequence(all, 0..=most)
        .prop_flat_map(|chosen| chosen.prop_map(|lines| lines.join("\n") + "\n"))
        .boxed()
}

/// A date in the days before, in and after the run.
fn date() -> impl Strategy<Value = String> {
    (1..=70_u32)
        .prop_map(|n| if n <= 28 { format!("2014-01-{n:02}") } else { format!("2014-02-{:02}", (n - 28).min(28)) })
}

fn two_dates() -> impl Strategy<Value = (String, String)> {
    (date(), date()).prop_map(|(a, b)| if a <= b { (a, b) } else { (b, a) })
}

fn bloc() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(BLOCS.to_vec())
}

fn place() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(PLACES.to_vec())
}

fn country() -> impl Strategy<Value = &'static str> {
    proptest::sample::select(COUNTRIES.to_vec())
}

fn lever() -> BoxedStrategy<String> {
    let kinds: Vec<BoxedStrategy<String>> = LEVERS
        .iter()
        .map(|kind| {
            let names: Vec<&str> = kind
                .places
                .iter()
                .flat_map(|k| match k {
                    AreaKind::Country => COUNTRIES.to_vec(),
                    AreaKind::Place => PLACES.to_vec(),
                    AreaKind::Border => vec!["LBY-NER"],
                    AreaKind::Zone => vec!["Central"],
                })
                .collect();
            let least = usize::from(kind.named);
            let area = match names.len() {
                0 => Just(String::new()).boxed(),
                n => proptest::sample::subsequence(names, least..=n.min(3))
                    .prop_map(|w| if w.is_empty() { String::new() } else { format!("where = {w:?}\n") })
                    .boxed(),
            };
            let most = if kind.most.is_finite() { kind.most.min(MOST) } else { 5000.0 };
            let strength = prop_oneof![1 => Just(0.0), 1 => Just(most), 6 => 0.0..=most, 6 => 0.0..=most / 100.0];
            let common = (two_dates(), any::<bool>(), 0..40_u32, strength, area, 0.0..=1.0, 0.0..=1.0);
            let own = settings("", (kind.schema)().as_value(), &[]);
            let name = kind.kind;
            (common, own, proptest::option::of(0.0..1e8))
                .prop_map(move |(((start, end), ends, ramp, x, area, together, consent), own, budget)| {
                    let end = if ends { format!("end = {end}\n") } else { String::new() };
                    let budget = budget.map_or(String::new(), |b: f64| format!("budget_usd_per_year = {b:?}\n"));
                    format!(
                        "[[lever]]\nkind = \"{name}\"\nstart = {start}\n{end}ramp_days = {ramp}\nintensity = {x:?}\n{area}\
                         coordination = {together:?}\nconsent = {consent:?}\n{budget}{own}"
                    )
                })
                .boxed()
        })
        .collect();
    proptest::strategy::Union::new(kinds).boxed()
}

fn event() -> BoxedStrategy<String> {
    let head = |kind: &str, date: &str| format!("[[event]]\nkind = \"{kind}\"\ndate = {date}\n");
    let bag = proptest::array::uniform6(0..3000_u32);
    prop_oneof![
        (date(), place(), place(), 1..3000_u32, 1..60_u32, any::<bool>()).prop_map(move |(d, a, b, n, days, men)| {
            format!(
                "{}from = \"{a}\"\nto = \"{b}\"\nfighters = {n}\nover_days = {days}\nwith_fighters = {men}\n",
                head("armed_return", &d)
            )
        }),
        (two_dates(), place(), place(), bloc(), 1..2000_u32).prop_map(move |((d, u), a, b, bloc, n)| {
            format!(
                "{}until = {u}\nfrom = \"{a}\"\nto = \"{b}\"\nbloc = \"{bloc}\"\nper_month = {n}\n",
                head("foreign_fighters", &d)
            )
        }),
        (two_dates(), country(), bloc(), bloc(), 0.0..=100.0).prop_map(move |((d, u), c, a, b, level)| {
            format!(
                "{}until = {u}\ncountry = \"{c}\"\nbloc = \"{a}\"\nagainst = \"{b}\"\nlevel = {level:?}\n",
                head("hostility", &d)
            )
        }),
        (date(), country(), bloc(), bloc()).prop_map(move |(d, c, a, b)| {
            format!("{}country = \"{c}\"\nbloc = \"{a}\"\nagainst = \"{b}\"\n", head("ceasefire", &d))
        }),
        (two_dates(), place(), 1..5000_u32, 1..9_u32, 0.1..=10.0).prop_map(move |((d, u), p, n, groups, skill)| {
            format!(
                "{}until = {u}\nplace = \"{p}\"\ntroops = {n}\ngroups = {groups}\nskill = {skill:?}\n",
                head("intervention", &d)
            )
        }),
        (date(), place(), bag.clone()).prop_map(move |(d, p, stock)| {
            format!("{}place = \"{p}\"\nstock = {stock:?}\n", head("legal_transfer", &d))
        }),
        (two_dates(), place(), bloc(), bag).prop_map(move |((d, u), p, bloc, bag)| {
            format!(
                "{}until = {u}\npatron = \"P\"\nplace = \"{p}\"\nbloc = \"{bloc}\"\nper_year = {bag:?}\n",
                head("patron_supply", &d)
            )
        }),
        (two_dates(), proptest::sample::select(vec!["departure_shift", "labour_demand", "launch_shift"]), 0.0..=100.0)
            .prop_map(move |((d, u), kind, x)| format!("{}until = {u}\nfactor = {x:?}\n", head(kind, &d))),
        (date(), place(), 1.0..1000.0, bloc(), 0.0..=1.0, any::<bool>()).prop_map(
            move |(d, p, km, bloc, share, claim)| {
                format!(
                    "{}places = [\"{p}\"]\nradius_km = {km:?}\nbloc = \"{bloc}\"\nshare = {share:?}\nclaim = {claim}\n",
                    head("alignment", &d)
                )
            }
        ),
        (two_dates(), 0.0..=1.0)
            .prop_map(move |((d, u), x)| format!("{}until = {u}\nlevel = {x:?}\n", head("agreement", &d))),
        (date(), 0.0..=1000.0).prop_map(move |(d, x)| format!("{}usd = {x:?}\n", head("oil_price", &d))),
        (date(), country(), 0.0..=1.0)
            .prop_map(move |(d, c, x)| { format!("{}country = \"{c}\"\nlevel = {x:?}\n", head("consent_shift", &d)) }),
    ]
    .boxed()
}

/// What a world begins with: small, so that a case takes no longer than a second.
fn beginning() -> BoxedStrategy<(String, Vec<String>)> {
    let counts = (0..40_u32, 0..40_u32, 0..60_u32, 0..3000_u32, 0..3000_u32, 0..3_u32, 1..=30_u32, any::<u64>());
    let group = (place(), 0..3000_u32, bloc(), 0.1..=10.0);
    let groups = proptest::collection::vec(group, 0..5);
    let origins = proptest::collection::vec((place(), 0..200_000_u32, 0..60_000_u32), 0..3);
    (counts, groups, origins, proptest::option::of(0.0..=1.0))
        .prop_map(|((depots, militias, crews, residents, coast, vessels, size, seed), groups, origins, unity)| {
            let mut more = String::new();
            if let Some(unity) = unity {
                more += &format!("[initial.states.unity]\nLBY = {unity:?}\n");
            }
            for (i, (place, n, bloc, skill)) in groups.iter().enumerate() {
                more += &format!(
                    "[[initial.groups.list]]\nname = \"G{i}\"\nplace = \"{place}\"\nfighters = {n}\nbloc = \"{bloc}\"\n\
                     skill = {skill:?}\n"
                );
            }
            for (place, pool, rate) in origins.iter().filter(|o| o.1 > 0) {
                more +=
                    &format!("[[initial.migrants.origins]]\nplace = \"{place}\"\npool = {pool}\nper_year = {rate}\n");
            }
            for home in ["Agadez", "Sabha"] {
                more += &format!(
                    "[[initial.crews.networks]]\nname = \"{home}\"\nhome = \"{home}\"\nweight = 1\nrange_km = 3000\n"
                );
            }
            let sets = vec![
                "run.end=2014-02-19".to_string(),
                format!("run.seed={}", seed >> 1),
                format!("run.persons_per_agent={size}"),
                format!("initial.depots.count={depots}"),
                format!("initial.groups.libya_count={militias}"),
                format!("initial.crews.count={crews}"),
                format!("initial.migrants.residents={residents}"),
                format!("initial.migrants.on_coast={coast}"),
                format!("initial.vessels.per_zone={vessels}"),
            ];
            (more, sets)
        })
        .boxed()
}

fn parameters() -> BoxedStrategy<String> {
    let all: Vec<_> = DAY
        .iter()
        .map(|step| {
            let name = step.name;
            settings("", (step.schema)().as_value(), &[])
                .prop_map(move |s| if s.trim().is_empty() { String::new() } else { format!("[processes.{name}]\n{s}") })
        })
        .collect();
    all.prop_map(|tables| tables.concat()).boxed()
}

/// Names for those that would share one.
fn named(items: &[String]) -> String {
    items.iter().enumerate().map(|(i, text)| format!("{text}name = \"n{i}\"\n")).collect()
}

fn cases(short: u32) -> u32 {
    std::env::var("SIROCCO_CASES").ok().and_then(|n| n.parse().ok()).unwrap_or(short)
}

#[test]
fn any_valid_scenario_runs_and_its_books_balance() {
    all_run(cases(200), tiny);
}

/// The same on real geography at resolution 3, with all its places, borders, corridors and zones: a quarter of the cases.
#[test]
fn any_valid_scenario_runs_on_the_grid() {
    let on_the_grid = |text: &str, sets: &[&str]| {
        // Two places of the small network are no places here.
        let text = text.replace("\"Central\"", "\"Tripolitania\"").replace("\"Toummo\"", "\"Ghat\"");
        let sets = [&["run.start=2014-01-01"], sets].concat();
        shipped_with("quiet", &text, &sets)
    };
    all_run(cases(200) / 4, on_the_grid);
}

fn all_run(cases: u32, build: impl Fn(&str, &[&str]) -> Bench + std::panic::RefUnwindSafe) {
    let levers = proptest::collection::vec(lever(), 0..5);
    let events = proptest::collection::vec(event(), 0..6);
    let all = (beginning(), parameters(), levers, events);
    let mut faults = vec![];
    let mut refused = 0;
    for case in 0..cases {
        let mut luck = [0; 32];
        luck[..4].copy_from_slice(&case.to_le_bytes());
        let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &luck);
        let mut runner = TestRunner::new_with_rng(ProptestConfig::default(), rng);
        let drawn = all.new_tree(&mut runner).expect("a scenario").current();
        let ((more, sets), parameters, levers, events) = drawn;
        let text = format!("{more}{parameters}{}{}", named(&levers), named(&events));
        let sets: Vec<&str> = sets.iter().map(String::as_str).collect();
        // A scenario that the checker refuses is a fault of this generator: it must draw valid ones.
        let Ok(b) = catch_unwind(|| build(&text, &sets)) else {
            refused += 1;
            faults.push(format!("case {case} is refused\n{sets:?}\n{text}"));
            continue;
        };
        let plan = RunPlan { audit: true, ..b.plan(0) };
        let end = catch_unwind(AssertUnwindSafe(|| run_one(&plan, &b.ground, &mut Blind)));
        match end {
            Ok(Ok(out)) => assert_eq!(out.days, 50),
            Ok(Err(e)) => faults.push(format!("case {case}: {e}\n{sets:?}\n{text}")),
            Err(_) => faults.push(format!("case {case} panics\n{sets:?}\n{text}")),
        }
    }
    assert!(
        faults.is_empty(),
        "{} of {cases} ({refused} refused)\n{}",
        faults.len(),
        faults[..faults.len().min(3)].join("\n---\n")
    );
}
