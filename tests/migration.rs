//! Patterns of crossings, rescues and returns (M2 to M6 of model.md, section 1) over small ensembles, each with its
//! tolerance and with the mechanism behind it switched off; and what detention, ransom and the books come to under all
//! policies of the sea at once.
//!
//! Contract: fixed seeds, the same luck in both cells of a comparison; every figure is printed (`cargo test --test migration
//! -- --nocapture`). Each test sets the parameters it depends on, so that a new fit of the defaults leaves it alone. The long
//! forms run shipped scenarios on their own grid (`scripts/long-tests.sh migration`); the three that print tables with
//! intervals are `scripts/sea-experiments.sh`. A pattern that no longer holds is news about the model: report it, do not bend
//! the bound.

mod common;

use common::{Bench, interval, near, tiny};
use rayon::prelude::*;
use sirocco::agents::accounts::{Money, People};
use sirocco::agents::migrant::{Destination, Status};
use sirocco::agents::tally::Tally;
use sirocco::agents::world::World;
use sirocco::engine::rng::hash_name;
use sirocco::error::Result;
use sirocco::observe::metric;
use sirocco::observe::observer::Observer;
use sirocco::sim::{RunPlan, Simulation, run_one};

/// What is counted every day.
#[derive(Clone, Copy)]
enum What {
    Home,
    Attempts,
    Arrivals,
    Deaths,
    PulledBack,
    Boats,
    Rubber,
    Detained,
    SentBack,
    FromLibya,
    Horn,
    WestAfrica,
}
use What::*;
const COUNTS: usize = 12;

/// A run, day by day.
#[derive(Default)]
struct Run {
    years: Vec<i16>,
    months: Vec<i8>,
    days: Vec<[f64; COUNTS]>,
    /// Migrants in Libya.
    in_libya: Vec<f64>,
    /// Persons in detention, and whether any state held more than it has places for, on any day.
    detained: Vec<f64>,
    crowded: bool,
    digests: Vec<u128>,
}

impl Run {
    fn sum(&self, what: What) -> f64 {
        self.days.iter().map(|d| d[what as usize]).sum()
    }
    fn in_year(&self, what: What, year: i16) -> f64 {
        self.days.iter().zip(&self.years).filter(|x| *x.1 == year).map(|x| x.0[what as usize]).sum()
    }
    /// From a day on.
    fn since(&self, what: What, day: usize) -> f64 {
        self.days[day..].iter().map(|d| d[what as usize]).sum()
    }
    fn in_month(&self, what: What, year: i16, month: i8) -> f64 {
        let days = self.days.iter().zip(self.years.iter().zip(&self.months));
        days.filter(|x| x.1 == (&year, &month)).map(|x| x.0[what as usize]).sum()
    }
    fn column(&self, what: What) -> Vec<f64> {
        self.days.iter().map(|d| d[what as usize]).collect()
    }
}

/// Writes a run down.
struct Notes {
    run: Run,
    /// Metrics that the tally has not: from Libya, of the Horn, of West Africa.
    landed: Vec<metric::Metric>,
}

impl Observer for Notes {
    fn day(&mut self, w: &World, _: &[(String, i64)]) -> Result<()> {
        let t = &w.tally;
        let landed: [f64; 3] = std::array::from_fn(|i| (self.landed[i].value)(w));
        let [libya, horn, west] = landed;
        // For the sea alone: who goes to work in Libya does not look at it.
        let home = t.set_out[Destination::Sea as usize];
        let whole = [home, t.departures, t.arrivals, t.deaths_sea, t.pulled_back, t.boats, t.boats_rubber];
        let [home, attempts, arrivals, deaths, back, boats, rubber] = whole.map(|n| n as f64);
        let [detained, sent] = [t.detained, t.readmitted].map(|n| n as f64);
        // In the order of `What`.
        self.run.days.push([home, attempts, arrivals, deaths, back, boats, rubber, detained, sent, libya, horn, west]);
        self.run.years.push(w.day.date().0.year());
        self.run.months.push(w.day.date().0.month());
        self.run.in_libya.push(w.libya.map_or(0.0, |c| w.present[usize::from(c)] as f64));
        let s = &w.states;
        self.run.crowded |= s.rows().any(|i| s.detained()[i] > s.detention_places()[i]);
        let inside: i64 = s.rows().map(|i| i64::from(s.detained()[i])).sum();
        assert_eq!(
            inside,
            w.ledgers.people.balance(0, People::Detained as usize),
            "states and books on {}",
            w.day.date()
        );
        self.run.detained.push(inside as f64);
        Ok(())
    }
}

fn run(b: &Bench, replicate: u32, audit: bool) -> Run {
    let names = ["sea_arrivals_from_libya", "sea_arrivals_horn", "sea_arrivals_west_africa"];
    let named = |name: &str| metric::all().into_iter().find(|m| m.name == name).expect("a metric");
    let mut notes = Notes { run: Run::default(), landed: names.map(named).into() };
    let plan = RunPlan { scenario: b.scenario.clone(), replicate, values: vec![], audit };
    let out = run_one(&plan, &b.ground, &mut notes).unwrap_or_else(|e| panic!("{e}"));
    Run { digests: out.digests, ..notes.run }
}

fn runs(b: &Bench, replicates: u32) -> Vec<Run> {
    (0..replicates).into_par_iter().map(|r| run(b, r, false)).collect()
}

/// Sum of something over an ensemble.
fn all(runs: &[Run], what: What) -> f64 {
    runs.iter().map(|r| r.sum(what)).sum()
}

fn deaths_per_attempt(runs: &[Run]) -> f64 {
    all(runs, Deaths) / all(runs, Attempts)
}

fn rubber_share(runs: &[Run]) -> f64 {
    all(runs, Rubber) / all(runs, Boats)
}

/// Mean of `f` over pairs of runs with the same luck, and the half-width of its interval of 95 % (Student).
fn paired(a: &[Run], b: &[Run], f: impl Fn(&Run, &Run) -> f64) -> (f64, f64) {
    interval(&a.iter().zip(b).map(|(a, b)| f(a, b)).collect::<Vec<f64>>())
}

/// Parameters on which the short forms depend, as on the day they were written.
const SEA: [&str; 22] = [
    "processes.sea.rubber_for_wood=2",
    "processes.sea.launch_slope=8",
    "processes.sea.launch_wave_m=[0.6, 0.75]",
    "processes.sea.bolder_m=0.05",
    "processes.sea.corner_cutting=0.5",
    "processes.sea.corner_hours=12",
    "processes.sea.load=[[100, 160], [200, 450]]",
    "processes.sea.hull_usd=[7500, 35000]",
    "processes.sea.hulls_recovered=0.5",
    "processes.sea.loss_per_death_usd=2000",
    "processes.sea.kind_scale_usd=60",
    "processes.sea.sinking_per_hour=[0.006, 0.002]",
    "processes.sea.engine_failure_per_hour=[0.004, 0.001]",
    "processes.sea.rescue_per_hour=0.015",
    "processes.sea.pullback_per_hour=0.0125",
    "processes.sea.coast_guard_km=150",
    "processes.sea.coast_guard_wave_m=1.25",
    "processes.captivity.detention_days=90",
    "processes.captivity.discouraged_share=0.3",
    "processes.departures.death_weight=5",
    "processes.departures.return_weight=1",
    "initial.states.detention_places.LBY=7000",
];

/// About 164 people a day who come to the beach of Zuwara with their fare, and boats enough for all on good days: so flows
/// follow those who want to leave, not the boats.
const WANTED: &str = "
[[initial.migrants.origins]]
place = \"Zuwara\"
nationality = \"ERI\"
pool = 5000000
per_year = 60000
shares = [1, 0, 0, 0]
diaspora = 1
";

/// Two years on the tiny network with people who want to leave, these levers and sets.
fn coast(more: &str, sets: &[&str]) -> Bench {
    let own = ["run.persons_per_agent=5", "run.end=2015-12-31", "processes.sea.boats_per_beach=6"];
    tiny(&format!("{WANTED}{more}"), &[&SEA[..], &own, sets].concat())
}

fn ships(name: &str, dates: &str, vessels: u32, standoff_nm: u32) -> String {
    format!(
        "[[lever]]\nkind = \"naval_patrol\"\nname = \"{name}\"\n{dates}\nwhere = [\"Central\"]\n\
         intensity = {vessels}\nstandoff_nm = {standoff_nm}\n"
    )
}

const ALWAYS: &str = "start = 2014-01-01";

/// M2 with launchers who spare fuel and engines where rescue is near: nearer ships save fewer of those aboard. Deaths per
/// attempt at 12 nm over those at 100 nm, at a fixed mix of boats: about 200 to 400 sinkings a cell, so the log of a ratio has
/// a standard error of about 0.08; paired luck makes that of the difference smaller.
#[test]
fn m2_corner_cutting_eats_up_part_of_what_nearer_ships_save() {
    let saved = |cutting: &str| {
        let fixed = ["processes.sea.kind_scale_usd=10000", "processes.sea.bolder_m=0", cutting];
        let at = |nm| runs(&coast(&ships("ships", ALWAYS, 6, nm), &fixed), 8);
        let (near, far) = (at(12), at(100));
        assert!((rubber_share(&near) - rubber_share(&far)).abs() < 0.02, "the same boats");
        let ratio = deaths_per_attempt(&near) / deaths_per_attempt(&far);
        println!("M2 with {cutting}: deaths per attempt at 12 nm over 100 nm {ratio:.3}");
        ratio
    };
    let (without, with) = (saved("processes.sea.corner_cutting=0"), saved("processes.sea.corner_cutting=4"));
    assert!(without < 0.85, "{without}");
    assert!(with > without + 0.15, "{with} {without}");
}

/// M2 off: with launchers to whom kinds are alike and who neither dare nor spare more near ships, the ships' place changes
/// neither boats nor launches: the same boats on every day of a line that never ends.
#[test]
fn m2_vanishes_when_launchers_do_not_look() {
    let off = [
        "processes.sea.kind_scale_usd=10000",
        "processes.sea.corner_cutting=0",
        "processes.sea.bolder_m=0",
        "processes.sea.loss_per_death_usd=0",
        "initial.migrants.on_coast=150000",
        "processes.sea.boats_per_beach=1",
        "run.end=2014-12-31",
    ];
    let at = |nm| runs(&coast(&ships("ships", ALWAYS, 6, nm), &off), 2);
    let (near, far) = (at(12), at(100));
    for (a, b) in near.iter().zip(&far) {
        assert!(a.sum(Boats) > 50.0);
        assert_eq!((a.column(Boats), a.column(Rubber)), (b.column(Boats), b.column(Rubber)));
        assert!(a.column(Deaths) != b.column(Deaths), "ships save people all the same");
    }
}

/// Ships near for two years, or near in the first and far in the second.
fn near_then(far: bool, sets: &[&str]) -> Vec<Run> {
    let first = "start = 2014-01-01\nend = 2014-12-31";
    let second = ships("second", "start = 2015-01-01", 6, if far { 110 } else { 20 });
    runs(&coast(&format!("{}{second}", ships("first", first, 6, 20)), sets), 6)
}

/// Departures from home and arrivals after ships have moved out, over those had they stayed, from the day on which the news is
/// about (60 days later).
fn when_ships_leave(sets: &[&str]) -> ([f64; 2], f64) {
    const SETTLED: usize = 365 + 60;
    let (stay, leave) = (near_then(false, sets), near_then(true, sets));
    let sum = |runs: &[Run], what| runs.iter().map(|r| r.since(what, SETTLED)).sum::<f64>();
    let ratio = |what| sum(&leave, what) / sum(&stay, what);
    let rate = |runs: &[Run]| sum(runs, Deaths) / sum(runs, Attempts);
    println!(
        "M3 {sets:?}: from home {:.3}, arrivals {:.3}, deaths per attempt {:.4} and {:.4}",
        ratio(Home),
        ratio(Arrivals),
        rate(&stay),
        rate(&leave)
    );
    ([ratio(Home), ratio(Arrivals)], rate(&leave) - rate(&stay))
}

/// M3: when ships leave for far waters (Mare Nostrum to Triton) and rescues do not draw people, fewer set out only by what the
/// deaths explain: exp(-5 x difference of deaths per attempt), and arrivals fall by no more than that and the deaths. With
/// the pull they fall. About 50,000 departures a cell and paired luck: standard error of a ratio below 0.005.
#[test]
fn m3_departures_follow_rescue_only_when_the_switch_says_so() {
    let ([home, arrivals], deadlier) = when_ships_leave(&["hypotheses.rescue_pull=0"]);
    let explained = libm::exp(-5.0 * deadlier.max(0.0));
    assert!(home > explained - 0.03 && home < 1.03, "{home} {explained}");
    // Boats that nobody rescues come in later or drift back: a little is lost besides the dead.
    assert!(arrivals > explained - deadlier.max(0.0) - 0.1, "{arrivals} {explained} {deadlier}");
    let ([home, arrivals], _) = when_ships_leave(&["hypotheses.rescue_pull=1"]);
    assert!(home < 0.85 && arrivals < 0.85, "{home} {arrivals}");
}

/// With no weight on anything heard of the sea the same people leave home on every day, wherever ships are.
#[test]
fn m3_vanishes_exactly_without_any_weight_of_news() {
    let deaf =
        ["hypotheses.rescue_pull=0", "processes.departures.death_weight=0", "processes.departures.return_weight=0"];
    let (stay, leave) = (near_then(false, &deaf), near_then(true, &deaf));
    for (a, b) in stay.iter().zip(&leave) {
        assert_eq!(a.column(Home), b.column(Home));
        assert!(a.digests.last() != b.digests.last());
    }
}

fn guard(boat_days: f64, keep_out_nm: u32) -> String {
    format!(
        "[[lever]]\nkind = \"coast_guard\"\nstart = 2014-01-01\nwhere = [\"Central\"]\nintensity = {boat_days}\n\
         keep_out_nm = {keep_out_nm}\n"
    )
}

/// M4: a coast guard that brings boats back: fewer set out from home, fewer boats leave the beach (people try again, so by
/// less), more people are in detention, fewer arrive. Deaths per attempt rise with a guard that brings few back but keeps
/// rescuers far out, and not with one that leaves them where they are. A strong guard lowers them in any case, as whoever is
/// brought back has lived; of those whom it does not bring back more die where it keeps rescuers out. Eight pairs, 80,000 to
/// 220,000 attempts a cell: standard errors of the ratios of flows below 0.01, of those of deaths about 0.05.
#[test]
fn m4_pull_back_cuts_arrivals_and_fills_detention() {
    let with = |more: &str| runs(&coast(&format!("{}{more}", ships("ships", ALWAYS, 4, 15)), &[]), 8);
    let (none, back, shut) = (with(""), with(&guard(3.0, 0)), with(&guard(3.0, 60)));
    let (few, few_shut) = (with(&guard(0.3, 0)), with(&guard(0.3, 60)));
    let ratio = |a: &[Run], what| all(a, what) / all(&none, what);
    let inside = |a: &[Run]| a.iter().map(|r| r.detained.iter().sum::<f64>()).sum::<f64>() / a.len() as f64 / 730.0;
    let not_back = |a: &[Run]| all(a, Deaths) / (all(a, Attempts) - all(a, PulledBack));
    for (name, a) in [
        ("none", &none),
        ("3 boat-days", &back),
        ("3, rescuers kept out", &shut),
        ("0.3", &few),
        ("0.3, rescuers kept out", &few_shut),
    ] {
        println!(
            "M4 {name}: from home {:.3}, attempts {:.3}, arrivals {:.3}; of attempts pulled back {:.3}, dead {:.4}, of \
             others dead {:.4}; rubber {:.3}, in detention {:.0}",
            ratio(a, Home),
            ratio(a, Attempts),
            ratio(a, Arrivals),
            all(a, PulledBack) / all(a, Attempts),
            deaths_per_attempt(a),
            not_back(a),
            rubber_share(a),
            inside(a)
        );
    }
    assert!(ratio(&back, Home) < 0.9 && ratio(&back, Attempts) < 0.97);
    assert!(ratio(&back, Arrivals) < 0.8 && all(&back, PulledBack) > 0.1 * all(&back, Attempts));
    // Some who gave up waiting are arrested ashore without any guard.
    assert!(inside(&none) < 20.0 && inside(&back) > 500.0);
    let rate = deaths_per_attempt(&none);
    assert!(deaths_per_attempt(&back) < 1.1 * rate && deaths_per_attempt(&few) < 1.1 * rate);
    assert!(deaths_per_attempt(&few_shut) > 1.05 * rate);
    assert!(not_back(&shut) > 1.2 * not_back(&back));
}

/// M4 off: a coast guard of intensity 0 is the baseline bit for bit; one that brings nobody back, and keeps nobody out,
/// changes nothing but the bill.
#[test]
fn m4_vanishes_without_a_guard_that_brings_boats_back() {
    let year = ["run.end=2014-12-31"];
    let ships = ships("ships", ALWAYS, 4, 15);
    let none = run(&coast(&ships, &year), 0, false);
    let idle = run(&coast(&format!("{ships}{}", guard(0.0, 0)), &year), 0, false);
    assert!(none.digests == idle.digests);
    let off = ["run.end=2014-12-31", "processes.sea.pullback_per_hour=0"];
    let blind = run(&coast(&format!("{ships}{}", guard(3.0, 0)), &off), 0, false);
    assert_eq!(none.days, blind.days);
    assert!(none.sum(Attempts) > 10_000.0);
}

const RETURNS: &str = "
[[lever]]
kind = \"readmission\"
start = 2015-05-15
where = [\"LBY\"]
intensity = 0.8
to_coast = true
at_sea = true
";

fn accord(boat_days: f64, returned: &str) -> String {
    let guard = guard(boat_days, 0).replace("2014-01-01", "2015-05-15");
    format!("{}{guard}{}", ships("ships", ALWAYS, 6, 30), RETURNS.replace("0.8", returned))
}

/// The first twelve months of an accord that begins on 15 May of the second year, that year and the next.
const ACCORD_YEARS: [fn(&Run) -> f64; 3] = [
    |r| r.days[499..864].iter().map(|d| d[Arrivals as usize]).sum(),
    |r| r.in_year(Arrivals, 2015),
    |r| r.in_year(Arrivals, 2016),
];

fn accord_holds(name: &str, [twelve_months, first, second]: [f64; 3]) {
    println!(
        "M6, {name}: arrivals over those without an accord: twelve months {twelve_months:.3}, first calendar year \
         {first:.3}, second {second:.3}"
    );
    assert!(twelve_months < 0.25 && (0.15..=0.5).contains(&first) && second < 0.2);
}

/// M6: an accord like that of 2008, pull-back and returns from the ships. It was signed in August 2008 and came into force on
/// the sea in May 2009 (recalled), and so does this one in the middle of May: the calendar year in which it begins has four
/// months and a half without it. Arrivals of its first twelve months are less than a quarter of what they would have been, those
/// of the calendar year 0.15 to 0.5, those of the next less than 0.2 (published, of the year before it: 0.26 and 0.12). Six
/// pairs; standard error of a ratio about 0.01. Without pull-back and returns the accord does nothing: the same arrivals day by
/// day.
#[test]
fn m6_an_accord_cuts_arrivals_by_three_quarters() {
    let sets = ["run.end=2016-12-31"];
    let [none, with] = [accord(0.0, "0"), accord(5.0, "0.8")].map(|levers| runs(&coast(&levers, &sets), 6));
    let of = |a: &[Run], f: fn(&Run) -> f64| a.iter().map(f).sum::<f64>();
    assert_eq!(of(&none, |r| r.in_year(Arrivals, 2014)), of(&with, |r| r.in_year(Arrivals, 2014)));
    accord_holds("short form", ACCORD_YEARS.map(|f| of(&with, f) / of(&none, f)));
    let off = ["run.end=2015-12-31", "processes.sea.pullback_per_hour=0"];
    let blind = run(&coast(&accord(5.0, "0"), &off), 0, false);
    assert_eq!(blind.days[..], none[0].days[..blind.days.len()]);
    // An accord that Libya does not agree to sends nobody back.
    let refused = ["run.end=2015-12-31", "processes.sea.pullback_per_hour=0", "initial.states.consent.LBY=0.1"];
    let refused = run(&coast(&accord(5.0, "0.8"), &refused), 0, false);
    assert_eq!(refused.days, blind.days);
}

/// Returns cost 3,000 USD each on the day they are made. A budget of 10 million a year, of which they want more, is never
/// overdrawn by more than a day's returns, is used up to its last day's returns, and a restored run goes on with it.
#[test]
fn returns_are_paid_one_by_one_within_a_budget() {
    const BUDGET: i64 = 1_000_000_000;
    let year = |budget: &str| {
        let levers = format!("{}{RETURNS}{budget}", ships("ships", ALWAYS, 6, 30)).replace("2015-05-15", "2014-03-01");
        coast(&levers, &["run.end=2014-09-30"])
    };
    let (limited, free) = (year(&format!("budget_usd_per_year = {}\n", BUDGET / 100)), year(""));
    let run = |sim: &mut Simulation, days: u32| {
        let mut out = vec![];
        for _ in 0..days {
            sim.day().expect("a day");
            let bill = sim.spent.iter().find(|s| s.0 == "readmission").expect("the lever").1;
            assert_eq!(bill, 300_000 * sim.world.tally.returned_from_ships);
            out.push((bill, sim.world.digest()));
            sim.next_morning();
        }
        out
    };
    let total = |days: &[(i64, u128)]| days.iter().map(|d| d.0).sum::<i64>();
    let (mut sim, before) = (limited.sim(0), 59);
    let mut seen = run(&mut sim, before + 60);
    let mut resumed = limited.sim(0);
    resumed.world.restore(&sim.world.save()).expect("it fits");
    let rest = run(&mut sim, 60);
    assert!(rest == run(&mut resumed, 60), "a restored run pays as one that was never stopped");
    seen.extend(rest);
    let mut so_far = 0;
    for (day, (bill, _)) in (1i64..).zip(&seen[before as usize..]) {
        assert!(so_far < BUDGET * day / 365 + 1 || *bill == 0, "day {day}");
        so_far += bill;
    }
    let wanted = total(&run(&mut free.sim(0), before + 120));
    println!("returns in 120 days cost {so_far} cents within a budget, {wanted} without");
    assert!(so_far > BUDGET * 115 / 365 && wanted > 2 * so_far, "{so_far} {wanted}");
}

/// Captors take `held_share` of those whom crews set down in Libya, within 4 standard errors; whoever came out of their hands
/// alive was paid for, every ransom once, and it is what groups got. Nobody dies on these roads, and groups earn nothing else.
#[test]
fn captors_take_their_share_and_every_ransom_reaches_the_groups() {
    let more = "
[[initial.crews.networks]]
name = \"Agadez\"
home = \"Agadez\"
weight = 1
range_km = 3000
[[initial.groups.list]]
name = \"South\"
place = \"Sabha\"
fighters = 300
[[initial.migrants.origins]]
place = \"Agadez\"
pool = 1000000
per_year = 18000
shares = [0, 1, 0, 0]
diaspora = 0
";
    let sets = [
        "initial.crews.count=100",
        "processes.departures.money_usd=2000",
        "processes.crews.held_share=0.3",
        "processes.crews.toll_usd=0",
        "processes.crews.arms_load_kg=0",
        "processes.crews.deaths_per_1000_km_road=0",
        "processes.crews.deaths_per_1000_km_offroad=0",
        "processes.captivity.ransom_usd=1500",
        "processes.captivity.ransom_days=40",
        "processes.journeys.arrest_rate=0",
        "processes.recruitment.surplus_libya_usd=0",
        "processes.recruitment.surplus_usd=0",
        "processes.recruitment.exit_rate=0",
        "processes.markets.purchase_rate=0",
    ];
    let b = tiny(more, &sets);
    let (mut came, mut taken) = (0.0, 0.0);
    for r in 0..4 {
        let seen = b.run(r);
        came += seen.sum(|t| t.into_libya);
        taken += seen.sum(|t| t.taken_captive);
        let w = seen.end();
        let held = w.migrants.rows().filter(|&m| w.migrants.get(m).status() == Status::Held as u8).count() as f64;
        let freed = seen.sum(|t| t.taken_captive - t.deaths_captive) - held;
        assert!(freed > 500.0, "{freed}");
        assert_eq!(seen.sum(|t| t.ransom), freed * 150_000.0, "one ransom each");
        let booked = w.ledgers.money.moved(0, Money::Economy as usize, Money::Groups as usize)
            - w.ledgers.money.moved(0, Money::Groups as usize, Money::Economy as usize);
        assert_eq!(booked as f64, seen.sum(|t| t.ransom), "in the books");
        assert_eq!(w.groups.money().iter().sum::<i64>(), booked, "in the hands of groups");
    }
    println!("captors: {taken:.0} of {came:.0}");
    near("share held", taken / came, 0.3, libm::sqrt(0.3 * 0.7 / came));
}

/// Detention never holds more than it has places for, on any day, and fills up; the others are put ashore.
#[test]
fn detention_is_never_above_its_places() {
    let sets = ["initial.states.detention_places.LBY=500", "run.end=2014-12-31"];
    let r = run(&coast(&guard(8.0, 0), &sets), 0, true);
    let most = r.detained.iter().copied().fold(0.0, f64::max);
    println!("detention: at most {most} of 500, {} pulled back", r.sum(PulledBack));
    assert!(!r.crowded && most == 500.0);
    assert!(r.sum(PulledBack) > r.sum(Detained));
}

/// Every lever of the sea and of people at once.
const EVERYTHING: &str = "
[[lever]]
kind = \"naval_patrol\"
name = \"ships\"
start = 2015-06-10
where = [\"Tripolitania\"]
intensity = 4
standoff_nm = 20
mandate = [\"rescue\", \"boats\", \"monitor\"]
mandate_ends = 2015-08-20
coordination = 0.5
[[lever]]
kind = \"coast_guard\"
name = \"guard\"
start = 2015-06-10
intensity = 2
keep_out_nm = 15
[[lever]]
kind = \"boat_destruction\"
name = \"hulls\"
start = 2015-06-10
where = [\"LBY\"]
intensity = 0.6
[[lever]]
kind = \"militia_payoff\"
name = \"payoffs\"
start = 2015-06-10
where = [\"LBY\"]
intensity = 3000000
[[lever]]
kind = \"processing\"
name = \"ashore\"
start = 2015-06-10
intensity = 50
[[lever]]
kind = \"processing\"
name = \"aboard\"
start = 2015-06-10
intensity = 100
at_sea = true
[[lever]]
kind = \"readmission\"
name = \"home\"
start = 2015-06-10
where = [\"NGA\", \"SEN\", \"SDN\"]
intensity = 0.7
[[lever]]
kind = \"readmission\"
name = \"from_ships\"
start = 2015-06-10
where = [\"LBY\"]
intensity = 0.3
to_coast = true
at_sea = true
[[lever]]
kind = \"readmission\"
name = \"to the coast\"
start = 2015-06-10
where = [\"LBY\", \"TUN\"]
intensity = 0.3
to_coast = true
[[lever]]
kind = \"legal_pathways\"
name = \"visas\"
start = 2015-06-10
intensity = 100000
";

/// Three months of a summer with all levers of the sea.
fn everything(sets: &[&str]) -> Bench {
    let own = ["run.start=2015-06-01", "run.end=2015-08-31", "run.persons_per_agent=10"];
    // So few decisions that cases wait: more offices decide more.
    let rates = ["processes.journeys.arrest_rate=0.001", "processes.landings.decisions_per_day=50"];
    let all = [&own[..], &rates, sets].concat();
    common::shipped_with("central-med-2014", EVERYTHING, &all)
}

/// Ledgers of people, boats and money agree with a recount of the rows on every day (`audit`) with all these levers on, for
/// three seeds.
#[test]
fn books_balance_every_day_with_all_levers_of_the_sea() {
    for seed in ["run.seed=11", "run.seed=2015", "run.seed=777001"] {
        let seen = everything(&[seed]).run_audited(0, true);
        assert!(seen.sum(|t| t.arrivals) > 1000.0 && seen.sum(|t| t.detained) > 0.0, "{seed}");
        let w = seen.end();
        let hulls = (0..sirocco::agents::accounts::HULLS.len()).map(|a| w.ledgers.hulls.balance(0, a)).sum::<i64>();
        let people = (0..sirocco::agents::accounts::PEOPLE.len()).map(|a| w.ledgers.people.balance(0, a)).sum::<i64>();
        assert_eq!((hulls, people), (0, 0));
    }
}

/// Each of these levers does what it is for: there is more of it than in the same run without that lever alone, on the same
/// luck, and none of what only this lever does.
#[test]
fn each_lever_of_the_sea_does_its_own_work_among_the_others() {
    fn sent(name: &str, t: &Tally) -> i64 {
        t.sent_by.iter().filter(|s| s.0 == hash_name(name)).map(|s| s.1).sum()
    }
    type Does = (&'static str, bool, fn(&Tally) -> i64);
    const DO: [Does; 9] = [
        ("ships", false, |t| t.hulls_destroyed),
        ("guard", false, |t| t.pulled_back),
        ("hulls", false, |t| t.hulls_destroyed),
        ("payoffs", true, |t| t.payoffs),
        ("ashore", false, |t| t.decided),
        ("aboard", false, |t| t.decided),
        ("home", true, |t| sent("home", t)),
        ("from_ships", true, |t| sent("from_ships", t)),
        ("visas", true, |t| t.admitted),
    ];
    let with = everything(&[]).run(0);
    let wrong: Vec<String> = DO
        .into_par_iter()
        .filter_map(|(lever, alone, count)| {
            let without = everything(&[&format!("lever.{lever}.intensity=0")]).run(0).sum(count);
            let all = with.sum(count);
            println!("{lever}: {all} with it, {without} without");
            let good = all > without && (!alone || without == 0.0);
            (!good).then(|| format!("{lever}: {all} with it, {without} without"))
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

/// A shipped scenario of the central Mediterranean, ten persons an agent.
fn med(name: &str, sets: &[&str]) -> Bench {
    common::scenario(name, &[&["run.persons_per_agent=10"], sets].concat())
}

/// Policies that the long forms run.
const ACCORD: &str = "policies/central-med-accord";
const PULL_BACK: &str = "policies/central-med-pull-back";
const SHIPS: [&str; 2] = ["policies/central-med-ships-far", "policies/central-med-ships-near"];

/// Regression: the policies were moved, and a long form that nobody runs every day asked for one where it had been.
#[test]
fn policies_of_the_long_forms_are_where_they_are_asked_for() {
    for name in [ACCORD, PULL_BACK, SHIPS[0], SHIPS[1]] {
        med(name, &["run.resolution=3"]);
    }
}

fn replicates(short: u32) -> u32 {
    std::env::var("SIROCCO_REPLICATES").ok().and_then(|n| n.parse().ok()).unwrap_or(short)
}

/// M5 on the grid: who lands in Italy comes by two great routes, from the Horn and from West Africa, and nearly all put to sea
/// in Libya: within 5 points of 83, 91 and 90 % in 2014 to 2016. Shares are of all who landed in three years; over replicates
/// they scatter by about a point.
#[test]
#[ignore = "long: see scripts/long-tests.sh"]
fn m5_two_routes_and_most_by_libya() {
    let all_runs = runs(&med("central-med-2014", &[]), replicates(4));
    let share = |what| all(&all_runs, what) / all(&all_runs, Arrivals);
    println!("M5 Horn {:.3}, West Africa {:.3}", share(Horn), share(WestAfrica));
    let year = |what, y| all_runs.iter().map(|r| r.in_year(what, y)).sum::<f64>();
    let libya = [2014, 2015, 2016].map(|y| year(FromLibya, y) / year(Arrivals, y));
    println!("M5 share that put to sea in Libya {libya:.3?}");
    assert!((0.15..=0.45).contains(&share(Horn)) && (0.35..=0.75).contains(&share(WestAfrica)));
    for (got, want) in libya.into_iter().zip([0.83, 0.91, 0.90]) {
        assert!((got - want).abs() <= 0.05, "{got:.3} for {want}");
    }
}

/// M5 off: with nobody in Libya on the first day, and nobody leaving the Horn, nobody of the Horn lands; and those of West Africa
/// come as before: what the Horn leaves free on the beaches does not draw many more of them (0.9 to 1.6 times as many).
#[test]
#[ignore = "long: see scripts/long-tests.sh"]
fn m5_vanishes_when_the_horn_is_closed() {
    let closed = "
[[event]]
kind = \"departure_shift\"
name = \"Horn closed\"
date = 2014-01-01
until = 2016-12-31
countries = [\"ERI\", \"SOM\", \"ETH\", \"SDN\", \"DJI\"]
factor = 0
";
    let sets = [
        "run.end=2015-12-31",
        "run.persons_per_agent=10",
        "initial.migrants.residents=0",
        "initial.migrants.on_coast=0",
    ];
    let cell = |more: &str| runs(&common::scenario_with("central-med-2014", more, &sets), 2);
    let (open, shut) = (cell(""), cell(closed));
    let share = |r: &[Run]| all(r, Horn) / all(r, Arrivals);
    let west = paired(&shut, &open, |a, b| a.sum(WestAfrica) / b.sum(WestAfrica)).0;
    println!(
        "M5 share of the Horn when nobody was in Libya before: {:.3}, closed {:.3}; West Africa {west:.3} times as many",
        share(&open),
        share(&shut)
    );
    assert!(share(&open) > 0.15 && share(&shut) == 0.0);
    assert!((0.9..=1.6).contains(&west), "{west}");
}

/// Arrivals in Italy by month from January 2014 to December 2016 (UNHCR, data/targets).
fn published() -> Vec<f64> {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/data/targets/central_med_monthly.csv");
    let mut table = csv::Reader::from_path(path).expect("the targets");
    let column = table.headers().unwrap().iter().position(|h| h == "arrivals_italy_unhcr").unwrap();
    let rows = table.records().map(|r| r.expect("a row"));
    let rows = rows.filter(|r| ("2014-01".."2017-01").contains(&&r[0]));
    rows.map(|r| r[column].parse().expect("a number")).collect()
}

/// Value below which the share `q` of the others lie, of a sorted list.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let at = q * (sorted.len() - 1) as f64;
    let (low, part) = (at.floor() as usize, at - at.floor());
    sorted[low] + part * (sorted[(low + 1).min(sorted.len() - 1)] - sorted[low])
}

/// Errors of the four quarters of a year, as shares of what was published.
fn quarters(ours: &[f64], truth: &[f64]) -> [f64; 4] {
    std::array::from_fn(|q| {
        let sum = |x: &[f64]| x[3 * q..3 * q + 3].iter().sum::<f64>();
        sum(ours) / sum(truth) - 1.0
    })
}

/// Median of the absolute errors.
fn middle(errors: &[f64]) -> f64 {
    let mut sizes: Vec<f64> = errors.iter().map(|e| e.abs()).collect();
    sizes.sort_by(f64::total_cmp);
    quantile(&sizes, 0.5)
}

/// Arrivals in Italy over the posterior of the shipped scenario, which was fitted to the quarters of these three years, deaths per attempt and
/// Libya's share (`scenarios/studies/fit-central-med.toml`; years left out one by one are in docs/validation.md). Deaths per attempt are 1.5 to
/// 2.6 % every year, Libya's share is within 5 points of 83, 91 and 90 % in 2014 and 7 in the others, its stock of migrants 0.5 to 1.0 million, and
/// the band of the runs alone, without what the model leaves out, holds 27 of the 36 months.
#[test]
#[ignore = "long: see scripts/long-tests.sh"]
fn arrivals_over_the_posterior() {
    let held = arrivals_hold(&runs(&med("central-med-2014", &[]), replicates(48)));
    assert!(held >= 27, "{held}");
}

/// Prints and checks arrivals, deaths, Libya's share and stock; returns how many months the band of 90 % holds.
fn arrivals_hold(all_runs: &[Run]) -> usize {
    let truth = published();
    let months: Vec<Vec<f64>> = (0..36)
        .map(|m| {
            let (year, month) = (2014 + m / 12, 1 + (m % 12) as i8);
            let mut sorted: Vec<f64> = all_runs.iter().map(|r| r.in_month(Arrivals, year, month)).collect();
            sorted.sort_by(f64::total_cmp);
            sorted
        })
        .collect();
    let medians: Vec<f64> = months.iter().map(|m| quantile(m, 0.5)).collect();
    for year in 0..3 {
        let at = 12 * year..12 * year + 12;
        let errors = quarters(&medians[at.clone()], &truth[at.clone()]);
        // References: the other years' mean of each month; level and one yearly wave fitted to all months.
        let others: Vec<f64> =
            (0..12).map(|m| (0..3).filter(|y| *y != year).map(|y| truth[12 * y + m]).sum::<f64>() / 2.0).collect();
        let turn = |m: usize| core::f64::consts::TAU * (m % 12) as f64 / 12.0;
        let wave = |f: fn(f64) -> f64| (0..36).map(|m| truth[m] * f(turn(m))).sum::<f64>() / 18.0;
        let (level, c, s) = (truth.iter().sum::<f64>() / 36.0, wave(libm::cos), wave(libm::sin));
        let sinusoid: Vec<f64> = (0..12).map(|m| level + c * libm::cos(turn(m)) + s * libm::sin(turn(m))).collect();
        println!(
            "{}: quarters {errors:+.2?}, median error {:.3}; mean of the other years {:.3}; sinusoid {:.3}",
            2014 + year,
            middle(&errors),
            middle(&quarters(&others, &truth[at.clone()])),
            middle(&quarters(&sinusoid, &truth[at.clone()]))
        );
    }
    let (mut held, mut held_before) = (0, 0);
    for (m, month) in months.iter().enumerate() {
        let (low, high) = (quantile(month, 0.05), quantile(month, 0.95));
        let within = usize::from((low..=high).contains(&truth[m]));
        *(if m < 24 { &mut held_before } else { &mut held }) += within;
        let (year, of_year) = (2014 + m / 12, m % 12 + 1);
        println!("{year}-{of_year:02}: {low:.0} to {high:.0}, median {:.0}, published {:.0}", medians[m], truth[m]);
    }
    println!("the band of 90 % holds {held} of 12 months of 2016, and {held_before} of the 24 before");
    let year = |what, y| all_runs.iter().map(|r| r.in_year(what, y)).sum::<f64>();
    let deaths = [2014, 2015, 2016].map(|y| {
        let ended = year(Deaths, y) + year(Arrivals, y) + year(PulledBack, y);
        100.0 * year(Deaths, y) / ended
    });
    let libya = [2014, 2015, 2016].map(|y| 100.0 * year(FromLibya, y) / year(Arrivals, y));
    let stock = all_runs
        .iter()
        .flat_map(|r| &r.in_libya)
        .fold([f64::INFINITY, 0.0], |[a, b]: [f64; 2], &x| [a.min(x), b.max(x)]);
    let n = all_runs.len() as f64;
    println!("arrivals {:.0?}, rafts {:.2}", [2014, 2015, 2016].map(|y| year(Arrivals, y) / n), rubber_share(all_runs));
    println!("rafts by year {:.2?}", [2014, 2015, 2016].map(|y| year(Rubber, y) / year(Boats, y)));
    println!("pulled back {:.0?}", [2014, 2015, 2016].map(|y| year(PulledBack, y) / n));
    println!("deaths, % of attempts {deaths:.2?}; from Libya, % {libya:.1?}; migrants in Libya {stock:.0?}");
    let season = |y: i16| {
        let mean = |months: &[i8]| {
            let sum: f64 =
                all_runs.iter().map(|r| months.iter().map(|&m| r.in_month(Arrivals, y, m)).sum::<f64>()).sum();
            sum / months.len() as f64
        };
        mean(&[6, 7, 8, 9]) / mean(&[12, 1, 2, 3])
    };
    println!("M1 summer over winter {:.2?}", [2014, 2015, 2016].map(season));
    let all: Vec<f64> =
        (0..3).flat_map(|y| quarters(&medians[12 * y..12 * y + 12], &truth[12 * y..12 * y + 12])).collect();
    assert!(middle(&all) <= 0.30, "{all:?}");
    assert!(deaths.iter().all(|d| (1.5..=2.6).contains(d)), "{deaths:?}");
    let wanted = [(83.0, 5.0), (91.0, 7.0), (90.0, 7.0)];
    assert!(libya.iter().zip(wanted).all(|(got, (want, off))| (got - want).abs() <= off), "{libya:?}");
    assert!(stock[0] >= 5e5 && stock[1] <= 1e6, "{stock:?}");
    held + held_before
}

/// M6 on the grid: the shipped accord, in force from the middle of May 2015, against its baseline.
#[test]
#[ignore = "long: see scripts/long-tests.sh"]
fn m6_the_shipped_accord_cuts_arrivals_by_three_quarters() {
    let n = replicates(4);
    let [none, with] = ["central-med-2014", ACCORD].map(|s| runs(&med(s, &[]), n));
    accord_holds("on the grid", ACCORD_YEARS.map(|f| paired(&with, &none, |a, b| f(a) / f(b)).0));
}

/// A table of cells over the same luck, and what each differs by from the first.
fn table(title: &str, cells: &[(&str, Vec<Run>)]) {
    type Line = (&'static str, usize, fn(&Run) -> f64);
    const LINES: [Line; 9] = [
        ("set out for the sea", 0, |r| r.sum(Home)),
        ("put to sea (attempts)", 0, |r| r.sum(Attempts)),
        ("arrivals", 0, |r| r.sum(Arrivals)),
        ("pulled back", 0, |r| r.sum(PulledBack)),
        ("sent back from ships", 0, |r| r.sum(SentBack)),
        ("deaths per 1,000 attempts", 2, |r| 1000.0 * r.sum(Deaths) / r.sum(Attempts)),
        ("the same, not pulled back", 2, |r| 1000.0 * r.sum(Deaths) / (r.sum(Attempts) - r.sum(PulledBack))),
        ("share of rubber boats, %", 1, |r| 100.0 * r.sum(Rubber) / r.sum(Boats)),
        ("in detention at the end", 0, |r| r.detained.last().copied().unwrap_or(0.0)),
    ];
    println!(
        "\n{title}: {} paired replicates, 2014-2015; means, and differences with 95 % intervals",
        cells[0].1.len()
    );
    print!("  {:26}", "");
    for (name, _) in cells {
        print!("{name:>30}");
    }
    println!();
    for (what, digits, f) in LINES {
        print!("  {what:26}");
        for (i, (_, runs)) in cells.iter().enumerate() {
            let mean = interval(&runs.iter().map(f).collect::<Vec<f64>>()).0;
            let text = if i == 0 {
                format!("{mean:.digits$}")
            } else {
                let (d, half) = paired(runs, &cells[0].1, |a, b| f(a) - f(b));
                format!("{mean:.digits$} ({d:+.digits$} +- {half:.digits$})")
            };
            print!("{text:>30}");
        }
        println!();
    }
}

const TWO_YEARS: [&str; 1] = ["run.end=2015-12-31"];

/// The mean of a cell less that of another lies above (or below) zero with its interval.
fn clearly(a: &[Run], b: &[Run], f: impl Fn(&Run) -> f64) -> (f64, f64) {
    paired(a, b, |x, y| f(x) - f(y))
}

fn rate(r: &Run) -> f64 {
    r.sum(Deaths) / r.sum(Attempts)
}

/// M2 on the grid: EU vessels near against far. With the kinds of boats as launchers choose them, nearer ships mean more rubber,
/// which is deadlier, so that deaths per attempt may go either way: they are printed. At a fixed mix of boats and waves, and
/// with corners cut as ever, nearer ships save people.
#[test]
#[ignore = "long: scripts/sea-experiments.sh"]
fn experiment_standoff() {
    let n = replicates(8);
    let cells = SHIPS.map(|c| runs(&med(c, &TWO_YEARS), n));
    let [far, near] = cells;
    let cells = [("EU ships at 110 nm", far), ("at 12 nm", near)];
    table("Standoff (M2)", &cells);
    let [(_, far), (_, near)] = &cells;
    let (raft, half) = clearly(near, far, |r| r.sum(Rubber) / r.sum(Boats));
    assert!(raft - half > 0.0, "M2: nearer ships, more rubber: {raft} +- {half}");
    let (deaths, half) = clearly(near, far, rate);
    println!("deaths per attempt near less far, boats as chosen: {deaths:+.5} +- {half:.5}");
    let fixed = [TWO_YEARS[0], "processes.sea.kind_scale_usd=10000", "processes.sea.bolder_m=0"];
    let [far, near] = SHIPS.map(|ships| runs(&med(ships, &fixed), n));
    let cells = [("EU ships at 110 nm", far), ("at 12 nm", near)];
    table("Standoff at a fixed mix of boats (M2)", &cells);
    let [(_, far), (_, near)] = &cells;
    let (deaths, half) = clearly(near, far, rate);
    println!("deaths per attempt near less far, boats fixed: {deaths:+.5} +- {half:.5}");
    assert!(deaths + half < 0.0, "M2: nearer ships, fewer deaths: {deaths} +- {half}");
}

/// M4 on the grid: a strong coast guard, with and without keeping rescuers out. The ships of 2015 stand so far out that the
/// second changes little; its difference is printed and not asserted.
#[test]
#[ignore = "long: scripts/sea-experiments.sh"]
fn experiment_pull_back() {
    let n = replicates(8);
    let open = [TWO_YEARS[0], "lever.pull-back.keep_out_nm=0"];
    let cells = [
        ("central-med-2014", runs(&med("central-med-2014", &TWO_YEARS), n)),
        ("pull-back, nobody kept out", runs(&med(PULL_BACK, &open), n)),
        ("rescuers kept 50 nm off", runs(&med(PULL_BACK, &TWO_YEARS), n)),
    ];
    table("Pull-back from 2015 (M4)", &cells);
    let [(_, none), (_, open), (_, shut)] = &cells;
    let (arrivals, half) = clearly(open, none, |r| r.in_year(Arrivals, 2015));
    assert!(arrivals + half < 0.0, "M4: arrivals fall: {arrivals} +- {half}");
    let (inside, half) = clearly(open, none, |r| r.detained.last().copied().unwrap_or(0.0));
    assert!(inside - half > 0.0, "M4: detention rises: {inside} +- {half}");
    let (deadlier, half) = clearly(shut, open, rate);
    println!("deaths per attempt with rescuers kept out less without: {deadlier:+.5} +- {half:.5}");
}

/// M3 on the grid: ships near and far, with and without the pull of rescues.
#[test]
#[ignore = "long: scripts/sea-experiments.sh"]
fn experiment_rescue_pull() {
    let n = replicates(8);
    let [far, near] = SHIPS;
    let cell = |ships: &str, pull: &str| runs(&med(ships, &[TWO_YEARS[0], pull]), n);
    let off = [("near, no pull", cell(near, OFF)), ("far, no pull", cell(far, OFF))];
    let on = [("near, pull 1", cell(near, ON)), ("far, pull 1", cell(far, ON))];
    table("Ships leave, rescues do not draw people (M3)", &off);
    table("Ships leave, rescues draw people (M3)", &on);
    let home = |x: &[(&str, Vec<Run>); 2]| paired(&x[1].1, &x[0].1, |a, b| a.sum(Home) / b.sum(Home) - 1.0);
    let (without, with) = (home(&off), home(&on));
    // Of each replicate, how much more they fall with the pull than without.
    let fall = |x: &[(&str, Vec<Run>); 2], i: usize| x[1].1[i].sum(Home) / x[0].1[i].sum(Home);
    let more = interval(&(0..off[0].1.len()).map(|i| fall(&on, i) - fall(&off, i)).collect::<Vec<f64>>());
    let deadlier = paired(&off[1].1, &off[0].1, |a, b| rate(a) - rate(b)).0;
    println!("set out for the sea, far over near, less 1:");
    for (name, x) in [("without the pull", without), ("with it", with), ("what the pull adds", more)] {
        println!("  {name:20} {:+.4} +- {:.4}", x.0, x.1);
    }
    // Equation 14 with one destination gives exp(-5 x deaths); where people may go elsewhere instead, the elasticity between
    // destinations over that of departures (2 / 0.6) is the most by which that grows.
    let explained = [1.0, 2.0 / 0.6].map(|k| libm::exp(-5.0 * deadlier.max(0.0) * k) - 1.0);
    println!("  deaths explain {:+.4} to {:+.4}", explained[0], explained[1]);
    assert!(without.0 + without.1 > explained[1], "M3: {without:?} {explained:?}");
    assert!(more.0 + more.1 < 0.0, "M3: {more:?}");
}
const OFF: &str = "hypotheses.rescue_pull=0";
const ON: &str = "hypotheses.rescue_pull=1";
