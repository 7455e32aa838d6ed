//! No lever of the catalogue is dead: at full strength against none, on the same luck, at least one of its own indicators moves
//! beyond its interval of 95 %. One row a lever; a lever without a row fails the test.
//!
//! Contract: six pairs of replicates, 60 to 180 days at the coarse grid; the interval is Student's of the paired differences, so
//! that about one row in forty of levers that do nothing would pass by luck. An indicator that is zero in every run without the
//! lever moves when it is not zero in every run with it.

mod common;

use common::{Seen, interval, shipped_with};
use rayon::prelude::*;

/// Kind, further keys, intensity, scenario, days, indicator (a metric, summed over the run's days).
type Row = (&'static str, &'static str, &'static str, &'static str, &'static str, &'static str);

const ARMS: &str = "libya-2011";
const SEA: &str = "central-med-2014";
const POLITICS: &str = "nato-2016";

const ROWS: [Row; 28] = [
    ("depot_security", "", "100", ARMS, "2011-12-20", "arms_looted_small_arms"),
    ("weapons_destruction", "where = [\"LBY\"]", "100000", ARMS, "2011-12-20", "arms_collected_small_arms"),
    (
        "stabilisation_force",
        "where = [\"LBY\"]\nconsent = 0\nguarding = 1",
        "20000",
        ARMS,
        "2011-12-20",
        "arms_looted_small_arms",
    ),
    ("niche_teams", "where = [\"LBY\"]\nstockpiles = 1", "500", ARMS, "2011-12-20", "arms_looted_small_arms"),
    ("border_patrol", "where = [\"LBY\"]", "50", ARMS, "2011-12-20", "crews_stopped"),
    ("surveillance", "where = [\"LBY\", \"NER\"]", "2000", ARMS, "2011-12-20", "seen_by_sensors"),
    (
        "intelligence_sharing",
        "where = [\"LBY\", \"NER\", \"TCD\", \"DZA\"]",
        "1",
        "surveillance",
        "2011-12-20",
        "crews_stopped",
    ),
    (
        "transfer_tracing",
        "where = [\"MLI\", \"NER\", \"TCD\", \"DZA\"]",
        "1",
        ARMS,
        "2012-03-20",
        "arms_leaked_legal_small_arms",
    ),
    ("transit_criminalisation", "where = [\"NER\"]", "1", "patrols", "2014-03-01", "crews_stopped"),
    // Off Tripolitania the ships of Mare Nostrum already take nearly all.
    ("naval_patrol", "where = [\"Cyrenaica\"]\nstandoff_nm = 12", "20", SEA, "2014-06-30", "sea_rescued"),
    ("boat_destruction", "where = [\"LBY\"]", "1", SEA, "2014-06-30", "hulls_destroyed"),
    ("coast_guard", "where = [\"Tripolitania\"]", "5", SEA, "2014-06-30", "sea_pulled_back"),
    ("militia_payoff", "where = [\"LBY\"]", "1e7", SEA, "2014-06-30", "boats_launched"),
    ("processing", "", "1000", SEA, "2014-06-30", "people_decided"),
    (
        "readmission",
        "where = [\"NGA\", \"SDN\", \"SEN\", \"GMB\", \"SOM\", \"ERI\"]\nconsent = 0",
        "1",
        SEA,
        "2014-06-30",
        "people_sent_home",
    ),
    ("legal_pathways", "where = [\"NGA\", \"SDN\"]", "100000", SEA, "2014-03-01", "people_given_visas"),
    ("oil_unity", "", "1", POLITICS, "2016-12-31", "oil_production"),
    ("oil_smuggling_control", "consent = 0", "1", POLITICS, "2016-08-31", "oil_rents"),
    ("economic_support", "", "5e9", POLITICS, "2016-08-31", "services"),
    ("mediation_dialogue", "", "1", POLITICS, "2016-08-31", "unity"),
    ("counter_is", "where = [\"LBY\"]\nconsent = 0", "20", POLITICS, "2016-08-31", "fighters_islamic_state"),
    ("neighbour_diplomacy", "", "1", POLITICS, "2016-09-30", "patron_arms_sea"),
    (
        "embargo",
        "where = [\"Tripolitania\", \"Cyrenaica\", \"Gulf of Sirte\"]\nland = 1\nair = 1",
        "50",
        POLITICS,
        "2016-12-31",
        "embargo_seized",
    ),
    ("embargo_exemption", "where = [\"Tripoli\", \"Misrata\"]", "50000", POLITICS, "2016-09-30", "embargo_exempted"),
    ("sanctions", "", "1", POLITICS, "2016-09-30", "money_groups"),
    ("training", "where = [\"LBY\"]\nconsent = 0", "10000", POLITICS, "2016-09-30", "trainees"),
    ("ddr", "where = [\"LBY\"]\njobs = 1\nsettlement = 1", "20000", POLITICS, "2016-09-30", "ddr_demobilised"),
    ("ssr", "where = [\"LBY\"]\nsettlement = 1\nconsent = 0", "0.2", "united", "2016-09-30", "integrated"),
];

/// A scenario of the table with the lever at a strength, and what else it needs in both cells.
fn runs(row: &Row, strength: &str) -> Vec<Seen> {
    let (kind, keys, _, base, end, _) = *row;
    let (scenario, more, own) = match base {
        "surveillance" => (
            ARMS,
            "[[lever]]\nkind = \"surveillance\"\nname = \"base\"\nstart = 2011-10-20\nwhere = [\"LBY\", \"NER\"]\nintensity = 2000\n",
            "",
        ),
        // A law is enforced by whoever patrols.
        "patrols" => (
            SEA,
            "[[lever]]\nkind = \"border_patrol\"\nname = \"base\"\nstart = 2014-01-01\nwhere = [\"NER\"]\nintensity = 50\n",
            "",
        ),
        "united" => (POLITICS, "", "initial.states.unity.LBY=0.9"),
        name => (name, "", "run.seed=11"),
    };
    let start = match scenario {
        ARMS => "2011-10-20",
        SEA => "2014-01-01",
        _ => "2016-07-01",
    };
    let lever = format!(
        "{more}[[lever]]\nkind = \"{kind}\"\nname = \"tested\"\nstart = {start}\nintensity = {strength}\n{keys}\n"
    );
    let until = format!("run.end={end}");
    let sets: Vec<&str> = ["run.persons_per_agent=20", &until, own].into_iter().filter(|s| !s.is_empty()).collect();
    let b = shipped_with(scenario, &lever, &sets);
    (0..6).into_par_iter().map(|r| b.run(r)).collect()
}

fn total(s: &Seen, name: &str) -> f64 {
    let at = s.flows.iter().position(|m| m.name == name).unwrap_or_else(|| panic!("no metric {name}"));
    s.values.iter().map(|day| day[at]).filter(|v| v.is_finite()).sum()
}

#[test]
#[ignore = "long: see scripts/long-tests.sh"]
fn no_lever_of_the_catalogue_is_dead() {
    let tested: std::collections::BTreeSet<&str> = ROWS.iter().map(|r| r.0).collect();
    let all: std::collections::BTreeSet<&str> = sirocco::levers::LEVERS.iter().map(|l| l.kind).collect();
    assert_eq!(tested, all, "every lever has a row");
    let mut dead = vec![];
    for row in &ROWS {
        let (without, with) = (runs(row, "0"), runs(row, row.2));
        let d: Vec<f64> = with.iter().zip(&without).map(|(a, b)| total(a, row.5) - total(b, row.5)).collect();
        let (mean, half) = interval(&d);
        let base = without.iter().map(|s| total(s, row.5)).sum::<f64>() / 6.0;
        println!("{:24} {:32} {base:14.2} {mean:+14.2} +- {half:.2}", row.0, row.5);
        if mean.abs() <= half || mean == 0.0 {
            dead.push(row.0);
        }
    }
    assert!(dead.is_empty(), "dead: {dead:?}");
}
