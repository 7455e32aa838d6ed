//! Patterns of smugglers and patrols (S1 to S4 of model.md, section 1) over small ensembles, each with its tolerance and
//! with the mechanism behind it switched off.
//!
//! Contract: fixed seeds; every figure is printed (`cargo test --test smuggling -- --nocapture`). The bounds leave room for
//! other luck: with `SIROCCO_REPLICATE_SET=1` to `8` in the environment other replicates run, and the patterns of the
//! synthetic desert held in all eight. A pattern that no longer holds is news about the model: report it, do not bend the
//! bound.

mod common;

use common::{Bench, Seen, desert};
use sirocco::agents::crew::Cargo;

const REPLICATES: u32 = 4;
/// Days left out at the start, until networks and patrols know each other.
const SETTLED: usize = 120;

/// First replicate: that of another set when the environment names one.
fn first() -> u32 {
    let set = std::env::var("SIROCCO_REPLICATE_SET").ok().and_then(|s| s.parse::<u32>().ok()).unwrap_or(0);
    set * 100
}

fn ensemble(b: &Bench) -> Vec<Seen> {
    (first()..first() + REPLICATES).map(|r| b.run(r)).collect()
}

/// What drug runs come to after the first months, over an ensemble.
#[derive(Debug, Clone, Copy)]
struct Outcome {
    /// Share of trips that ended with a seizure.
    seized: f64,
    /// Trips that arrived, a day.
    delivered: f64,
    /// Cells entered by loaded crews.
    cells: f64,
    /// Shannon entropy of those passages over cells, bits.
    entropy: f64,
    /// Detections by teams and by sensors, a day.
    by_teams: f64,
    by_sensors: f64,
}

fn outcome(runs: &[Seen]) -> Outcome {
    outcome_of(runs, SETTLED, Cargo::Drugs)
}

/// The same for any cargo and another start.
fn outcome_of(runs: &[Seen], settled: usize, cargo: Cargo) -> Outcome {
    let n = runs.len() as f64;
    let late = || runs.iter().flat_map(|r| &r.tallies[settled..]);
    let days = late().count() as f64;
    let sum = |f: &dyn Fn(&sirocco::agents::tally::Tally) -> i64| late().map(f).sum::<i64>() as f64;
    let (stopped, delivered) = (sum(&|t| t.stopped[cargo as usize]), sum(&|t| t.delivered[cargo as usize]));
    let (mut cells, mut entropy) = (0.0, 0.0);
    for r in runs {
        let mut passes = std::collections::BTreeMap::new();
        for node in r.tallies[settled..].iter().flat_map(|t| &t.active) {
            *passes.entry(*node).or_insert(0u32) += 1;
        }
        let all: f64 = passes.values().map(|&p| f64::from(p)).sum();
        cells += passes.len() as f64 / n;
        entropy -= passes.values().map(|&p| f64::from(p) / all).map(|s| s * libm::log2(s)).sum::<f64>() / n;
    }
    let seized = stopped / (stopped + delivered).max(1.0);
    let by_teams = sum(&|t| t.found_by_teams) / days;
    let by_sensors = sum(&|t| t.seen_by_sensors) / days;
    Outcome { seized, delivered: delivered / days, cells, entropy, by_teams, by_sensors }
}

/// Drug runs past Post, from where `teams` watch the desert within 200 km.
fn watched(teams: f64, strategy: &str, sets: &[&str]) -> Outcome {
    let base = format!("\n[[initial.patrols.bases]]\nplace = \"Post\"\nteams = {teams}\n");
    let strategy = format!("initial.patrols.strategy=\"{strategy}\"");
    let mut all = vec!["run.end=2015-06-30", "initial.patrols.beat_km=200", &strategy];
    all.extend(sets);
    outcome(&ensemble(&desert(&base, &all)))
}

/// S1: patrols that stay on the road where smugglers first were seize next to nothing once networks have learnt; the same
/// teams spread or moved at random seize several times as much, and those that go where they find someone, or where that
/// is expected to pay best, more still.
#[test]
fn s1_fixed_patrols_barely_matter_and_moving_ones_do() {
    let none = watched(0.0, "fixed", &[]);
    let [fixed, even, random, adaptive, optimised] =
        ["fixed", "even", "random", "adaptive", "optimised"].map(|s| watched(6.0, s, &[]));
    println!(
        "S1 six teams: fixed {fixed:.4?}\n even {even:.4?}\n random {random:.4?}\n adaptive {adaptive:.4?}\n optimised {optimised:.4?}"
    );
    assert!(fixed.delivered > 0.98 * none.delivered, "fixed patrols barely cut deliveries");
    assert!(random.seized > 4.0 * fixed.seized && even.seized > 4.0 * fixed.seized);
    assert!(fixed.by_teams < random.by_teams, "nobody drives where they sit");
    assert!(adaptive.seized > 1.5 * random.seized && optimised.seized > 1.5 * random.seized);
}

/// S1 rests on learning: networks that learn nothing, or never leave the road, lose most to the patrol that sits on it.
#[test]
fn s1_vanishes_without_learning_or_ways_round() {
    for off in ["processes.beliefs.learning=false", "processes.crews.detour_threshold=1000"] {
        let [fixed, random] = ["fixed", "random"].map(|s| watched(6.0, s, &[off]));
        println!("S1 with {off}: fixed {:.4}, random {:.4}", fixed.seized, random.seized);
        assert!(fixed.seized > 4.0 * random.seized, "{off}");
    }
}

/// S2: the more interdiction, the more cells smugglers use, and the more evenly; without learning they use what they used.
#[test]
fn s2_interdiction_spreads_smugglers() {
    let [none, few, many] = [0.0, 2.0, 6.0].map(|teams| watched(teams, "adaptive", &[]));
    println!("S2 no team {none:.3?}\n two {few:.3?}\n six {many:.3?}");
    assert!(few.cells > 1.5 * none.cells && many.cells > 1.5 * few.cells);
    assert!(few.entropy > none.entropy + 0.3 && many.entropy > few.entropy + 0.5);
    let off = watched(6.0, "adaptive", &["processes.beliefs.learning=false"]);
    println!("S2 six teams, nobody learns {off:.3?}");
    assert!(off.cells < 1.1 * none.cells && (off.entropy - none.entropy).abs() < 0.1);
}

/// Teams at Post with a short beat, and sensors over a country.
fn sensed(teams: f64, country: &str, hours: u32, shared: f64) -> Vec<Seen> {
    let more = format!(
        "\n[[initial.patrols.bases]]\nplace = \"Post\"\nteams = {teams}\n\
         [[lever]]\nkind = \"surveillance\"\nstart = 2014-01-01\nwhere = [\"{country}\"]\nintensity = {hours}\n\
         [[lever]]\nkind = \"intelligence_sharing\"\nstart = 2014-01-01\nwhere = [\"NER\"]\nintensity = {shared}\n\
         leak_per_day = 0\n"
    );
    ensemble(&desert(&more, &["run.end=2014-12-31", "initial.patrols.beat_km=60"]))
}

/// S3: sensors where no team can come change no seizure at all; with teams near and their detections shared they
/// multiply them; the teams alone, and unshared sensors, do not.
#[test]
fn s3_surveillance_needs_teams_and_sharing() {
    let alone = outcome(&sensed(2.0, "NER", 0, 0.0));
    let far = outcome(&sensed(2.0, "MLI", 150, 0.0));
    let unshared = outcome(&sensed(2.0, "NER", 150, 0.0));
    let shared = outcome(&sensed(2.0, "NER", 150, 1.0));
    let no_teams = outcome(&sensed(0.0, "NER", 150, 1.0));
    println!(
        "S3 teams alone {alone:.4?}\n sensors far from teams {far:.4?}\n unshared {unshared:.4?}\n shared {shared:.4?}\n \
         no teams {no_teams:.4?}"
    );
    assert!(far.by_sensors > 0.3 && (far.seized - alone.seized).abs() <= 0.02 * alone.seized);
    assert!(no_teams.by_sensors > 0.3 && no_teams.seized == 0.0);
    assert!(shared.seized > 2.5 * alone.seized && shared.seized > 2.0 * unshared.seized);
}

/// People from West who look for work in Libya, through a country that tolerates their transit until a law is applied by
/// posts on the road: a day before the law, and a day of the last half-year.
#[derive(Debug)]
struct Transit {
    /// Counted at Post, and really brought to Libya.
    counted: [f64; 2],
    carried: [f64; 2],
    /// Mean fare, USD per 1,000 km.
    fare: [f64; 2],
    /// Cells entered by loaded crews.
    cells: [f64; 2],
}

impl Transit {
    /// Change of something by the law, as a share.
    fn change(x: [f64; 2]) -> f64 {
        x[1] / x[0] - 1.0
    }
}

fn transit(law: f64, sets: &[&str]) -> Transit {
    let more = format!(
        "\n[[initial.patrols.bases]]\nplace = \"Post\"\nteams = 6\n\
         [[initial.migrants.origins]]\nplace = \"West\"\npool = 4000000\nper_year = 40000\n\
         [[lever]]\nkind = \"transit_criminalisation\"\nstart = 2014-07-01\nwhere = [\"NER\"]\nintensity = {law}\n\
         [output]\ncounting_posts = [\"Post\"]\n"
    );
    let mut all = vec![
        "run.end=2015-06-30",
        "initial.patrols.beat_km=60",
        "initial.patrols.strategy=\"fixed\"",
        "processes.departures.seabound_share=0",
        "processes.crews.drug_loads_per_day=0",
        "initial.crews.count=400",
    ];
    all.extend(sets);
    let runs = ensemble(&desert(&more, &all));
    let (before, after) = (90..181, 365..546);
    let mean = |range: &std::ops::Range<usize>, f: &dyn Fn(&Seen, usize) -> f64| {
        let sum: f64 = runs.iter().map(|r| range.clone().map(|d| f(r, d)).sum::<f64>()).sum();
        sum / (runs.len() * range.len()) as f64
    };
    let both = |f: &dyn Fn(&Seen, usize) -> f64| [mean(&before, f), mean(&after, f)];
    let fare = runs[0].metric("fare_usd_per_1000_km");
    let cells = |range: &std::ops::Range<usize>| {
        let seen = |r: &Seen| {
            let nodes: std::collections::BTreeSet<u32> =
                r.tallies[range.clone()].iter().flat_map(|t| t.active.iter().copied()).collect();
            nodes.len() as f64
        };
        runs.iter().map(seen).sum::<f64>() / runs.len() as f64
    };
    Transit {
        counted: both(&|r, d| r.tallies[d].counted[0] as f64),
        carried: both(&|r, d| r.tallies[d].into_libya as f64),
        fare: both(&|r, d| r.values[d][fare]),
        cells: [cells(&before), cells(&after)],
    }
}

/// S4: the law cuts what posts count far more than what really passes, the fare rises, and crews use more cells.
#[test]
fn s4_a_transit_law_cuts_counts_more_than_flows() {
    let (without, with) = (transit(0.0, &[]), transit(0.9, &[]));
    println!("S4 without the law {without:.1?}\n with it {with:.1?}");
    let natural = Transit::change(without.carried);
    assert!(Transit::change(with.counted) < -0.5);
    assert!(Transit::change(with.carried) > -0.4 && Transit::change(with.carried) < natural - 0.02);
    assert!(with.fare[1] > 1.08 * without.fare[1]);
    assert!(with.cells[1] > 1.4 * without.cells[1]);
}

/// S4 rests on learning (else everybody still drives past the post) and on fares that move (else there is no price to rise).
#[test]
fn s4_vanishes_without_its_mechanisms() {
    let blind = transit(0.9, &["processes.beliefs.learning=false"]);
    let rigid = transit(0.9, &["processes.fares.speed=0"]);
    println!("S4 nobody learns {blind:.1?}\n fares fixed {rigid:.1?}");
    assert!((blind.counted[1] / blind.carried[1] - blind.counted[0] / blind.carried[0]).abs() < 0.1);
    assert!((blind.cells[1] - blind.cells[0]).abs() <= 1.0);
    assert_eq!(rigid.fare[0], rigid.fare[1]);
}

/// Monthly means of `niger-law-2015` from May to July 2016 and from September to November, after the law.
#[derive(Debug, Clone, Copy)]
struct Agadez {
    /// Counted at Arlit and Seguedine, and really carried north out of Niger.
    counted: [f64; 2],
    carried: [f64; 2],
    /// Fare from Agadez to Sabha, USD.
    fare: [f64; 2],
    /// People who enter Algeria or Chad from the south.
    around: [f64; 2],
    /// Deaths with crews per 1,000 carried.
    deaths: [f64; 2],
    /// Of 1,000 carried those whose way was mostly off the roads.
    rough: [f64; 2],
}

fn agadez(replicates: u32, sets: &[&str]) -> Agadez {
    let mut all = vec!["run.seed=3", "run.start=2015-01-01", "run.end=2016-11-30"];
    all.extend(sets);
    let b = common::scenario("niger-law-2015", &all);
    let runs: Vec<Seen> = (first()..first() + replicates).map(|r| b.run(r)).collect();
    let day = |y, m, d| (sirocco::units::Date::new(y, m, d).tick().0 - b.scenario.run.start.tick().0) as usize;
    let windows = [day(2016, 5, 1)..day(2016, 8, 1), day(2016, 9, 1)..day(2016, 12, 1)];
    let of = |f: &dyn Fn(&Seen, usize) -> f64| {
        [0, 1].map(|i| {
            let sum: f64 = runs.iter().map(|r| windows[i].clone().map(|d| f(r, d)).sum::<f64>()).sum();
            sum / runs.len() as f64 / 3.0
        })
    };
    let w = runs[0].end();
    let hub = |name| common::hub(w, name);
    let leg = w.routes.legs.iter().position(|l| l.from == hub("Agadez") && l.to == hub("Sabha")).expect("a leg");
    let country = |iso3: &str| w.region.country(iso3).expect("a country");
    let into = |from: &[&str], to: &str| (from.iter().map(|c| country(c)).collect::<Vec<_>>(), country(to));
    let ways_round = [into(&["MLI", "NER"], "DZA"), into(&["NER"], "TCD")];
    let around = |r: &Seen, d: usize| -> f64 {
        let round = |c: &&sirocco::agents::tally::Crossing| {
            c.cargo == Some(Cargo::People) && ways_round.iter().any(|(from, to)| from.contains(&c.from) && *to == c.to)
        };
        r.tallies[d].crossings.iter().filter(round).map(|c| f64::from(c.people)).sum()
    };
    let carried = of(&|r, d| r.tallies[d].carried.iter().sum::<i64>() as f64);
    let dead = of(&|r, d| r.tallies[d].carried_dead.iter().sum::<i64>() as f64);
    let rough = of(&|r, d| r.tallies[d].carried[1] as f64);
    let per_1000 = |x: [f64; 2]| [0, 1].map(|i| 1000.0 * x[i] / carried[i]);
    let days = [0, 1].map(|i| windows[i].len() as f64 / 3.0);
    let fare = of(&|r, d| r.fares[d][leg] / 100.0);
    Agadez {
        counted: of(&|r, d| r.tallies[d].counted[0] as f64),
        carried: of(&|r, d| r.tallies[d].northbound as f64),
        fare: [fare[0] / days[0], fare[1] / days[1]],
        around: of(&around),
        deaths: per_1000(dead),
        rough: per_1000(rough),
    }
}

/// S4 in `niger-law-2015` with the law, without it, and when nobody learns.
fn laws_at_agadez(replicates: u32, sets: &[&str]) -> [Agadez; 3] {
    let with = |more: &[&str]| agadez(replicates, &[sets, more].concat());
    let [law, none, blind] =
        [with(&[]), with(&["lever.\"Law 2015-36\".intensity=0"]), with(&["processes.beliefs.learning=false"])];
    println!("S4 Agadez with the law {law:.1?}\n without {none:.1?}\n nobody learns {blind:.1?}");
    [law, none, blind]
}

/// Two replicates, five persons an agent, seeds fixed. Single ones fall by 19 to 64 %: with other luck the first bound would fail
/// about once in ten times.
#[test]
fn s4_holds_at_agadez_in_short() {
    let [law, none, _] = laws_at_agadez(2, &["run.persons_per_agent=5"]);
    let change = Transit::change;
    assert!(change(law.counted) < -0.3, "counted {:.2}", change(law.counted));
    assert!(change(law.carried) > change(law.counted) + 0.1, "true {:.2}", change(law.carried));
    assert!(law.fare[1] > none.fare[1], "fare");
    assert!(change(none.counted) > -0.25, "without the law {:.2}", change(none.counted));
}

/// What the posts count falls by 50 to 90 % within three months (published: 71 %), the true flow by less, the fare and
/// deaths rise, people turn up by Algeria or Chad, more ways lead off the roads; without the law none of this, and when
/// nobody learns counts and flows lie less than half as far apart. The figures of `docs/validation.md`; minutes, so only when asked for.
#[test]
#[ignore = "long: see scripts/long-tests.sh"]
fn s4_holds_at_agadez_over_an_ensemble() {
    let [law, none, blind] = laws_at_agadez(4, &[]);
    let change = Transit::change;
    assert!((-0.9..=-0.5).contains(&change(law.counted)), "counted {:.2}", change(law.counted));
    assert!(change(law.carried) > change(law.counted) + 0.2, "true {:.2}", change(law.carried));
    assert!(law.fare[1] > 1.1 * none.fare[1], "fare");
    assert!(law.around[1] > 1.05 * none.around[1], "Algeria and Chad");
    assert!(law.rough[1] > 1.5 * none.rough[1], "off the roads");
    assert!(law.deaths[1] > none.deaths[1], "deaths");
    assert!(change(none.counted) > -0.25, "without the law {:.2}", change(none.counted));
    let gap = |x: &Agadez| change(x.carried) - change(x.counted);
    assert!(gap(&blind) < 0.5 * gap(&law), "nobody learns: {:.2} against {:.2}", gap(&blind), gap(&law));
}

/// People carried out of Niger in the last seven months of 2015 with the law in force from the first day.
#[derive(Debug, Clone, Copy)]
struct Desert {
    /// Share of trips with people that patrols ended.
    seized: f64,
    /// People brought north out of Niger, a month.
    carried: f64,
    /// Cells of the whole region entered by loaded crews, and the entropy of those passages, bits.
    cells: f64,
    entropy: f64,
}

fn niger(more: &str, sets: &[&str]) -> Desert {
    const REPLICATES: u32 = 3;
    let mut all = vec!["run.seed=3", "run.end=2015-12-31", "lever.\"Law 2015-36\".start=2015-01-01"];
    all.extend(sets);
    let b = common::scenario_with("niger-law-2015", more, &all);
    let runs: Vec<Seen> = (first()..first() + REPLICATES).map(|r| b.run(r)).collect();
    let o = outcome_of(&runs, 151, Cargo::People);
    let carried: i64 = runs.iter().flat_map(|r| &r.tallies[151..]).map(|t| t.northbound).sum();
    let months = f64::from(REPLICATES) * 7.0;
    Desert { seized: o.seized, carried: carried as f64 / months, cells: o.cells, entropy: o.entropy }
}

/// S1 to S3 on real ground (figures of `docs/validation.md`): Niger's patrols under each strategy, with the law and
/// without, and with sensors over Niger that nobody, few or all are told of.
#[test]
#[ignore = "long: see scripts/long-tests.sh"]
fn s1_to_s3_hold_at_agadez() {
    let by = |s: &str| niger("", &[&format!("initial.patrols.strategy=\"{s}\"")]);
    let strategies = ["fixed", "even", "random", "adaptive", "optimised"];
    let [fixed, even, random, adaptive, optimised] = strategies.map(by);
    println!(
        "S1 fixed {fixed:.4?}\n even {even:.4?}\n random {random:.4?}\n adaptive {adaptive:.4?}\n optimised {optimised:.4?}"
    );
    let none = niger("", &["lever.\"Law 2015-36\".intensity=0"]);
    println!("S2 without the law {none:.4?}\n with it {adaptive:.4?}");
    let blind = niger("", &["processes.beliefs.learning=false"]);
    println!(" with it, nobody learns {blind:.4?}");
    let sensors = |hours: u32, shared: f64, sets: &[&str]| {
        let more = format!(
            "[[lever]]\nkind = \"surveillance\"\nstart = 2015-01-01\nwhere = [\"NER\"]\nintensity = {hours}\n\
             [[lever]]\nkind = \"intelligence_sharing\"\nstart = 2015-01-01\nwhere = [\"NER\"]\nintensity = {shared}\n\
             leak_per_day = 0\n"
        );
        niger(&more, sets)
    };
    let no_teams = [
        "initial.patrols.bases=[]",
        "initial.patrols.teams_per_base=0",
        "lever.\"Algerian border troops\".intensity=0",
    ];
    let (unseen, seen) = (sensors(0, 0.0, &no_teams), sensors(400, 1.0, &no_teams));
    let (untold, told) = (sensors(400, 0.0, &[]), sensors(400, 1.0, &[]));
    println!(
        "S3 no teams {unseen:.4?}\n sensors, no teams {seen:.4?}\n teams {adaptive:.4?}\n sensors, teams, not told {untold:.4?}\n told {told:.4?}"
    );
    assert!(
        random.seized > fixed.seized && adaptive.seized > 1.5 * fixed.seized && optimised.seized > 1.5 * fixed.seized
    );
    assert!(adaptive.cells > 1.02 * none.cells && adaptive.entropy > none.entropy + 0.02);
    assert!(seen.seized <= 1.02 * unseen.seized && told.seized > 1.5 * adaptive.seized);
    assert!(fixed.carried > 0.95 * none.carried && told.carried < adaptive.carried && adaptive.carried < fixed.carried);
}
