//! States abroad that arm blocs (equation 13) over small ensembles: pattern L5 of model.md (cutting one patron only partly works,
//! since others substitute) and the shift of an embargo, each with the mechanism behind it switched off; and the books, the
//! order of storage and a restore with all of it at once.
//!
//! Contract: fixed seeds, the same luck in both cells of a comparison; every figure is printed (`cargo test --test patrons --
//! --nocapture`). A pattern that no longer holds is news about the model: report it, do not bend the bound.

mod common;

use common::{Bench, PATRONS, interval, tiny};
use rayon::prelude::*;
use sirocco::agents::accounts::Arms;
use sirocco::agents::arms::{Class, Origin, slot};
use sirocco::agents::patron::{AIR, LAND, SEA, WAYS};
use sirocco::sim::Simulation;

const REPLICATES: u32 = 8;

/// Two years; only what bears on patrons goes on.
const TWO_YEARS: &str = "run.end=2015-12-31";

fn lever(kind: &str, keys: &str, intensity: f64) -> String {
    format!("[[lever]]\nkind = \"{kind}\"\nname = \"{kind}\"\nstart = 2014-01-01\nintensity = {intensity}\n{keys}\n")
}

/// Pieces that the patrons of the government brought in the second year by each way, and all that an embargo stopped then, by
/// replicate.
fn second_year(more: &str, sets: &[&str]) -> Vec<([f64; WAYS], f64)> {
    let bench = tiny(&format!("{PATRONS}\n{more}"), &[&[TWO_YEARS], sets].concat());
    // The rivals' patron would blur what goes over land.
    let run = |replicate: u32| {
        let mut sim = bench.sim(replicate);
        let third = (0..sim.world.patrons.len()).find(|&i| sim.world.patrons.cost()[i] != [0.1; WAYS]).expect("Third");
        sim.world.patrons.update(third, |p| p.until = 0);
        let (mut ways, mut stopped) = ([0.0; WAYS], 0.0);
        for day in 0..730 {
            sim.day().expect("a day");
            if day >= 365 {
                let t = &sim.world.tally;
                ways.iter_mut().zip(t.patron_arms).for_each(|(sum, n)| *sum += n as f64);
                stopped += (t.embargo_seized[0] + t.embargo_seized[1] + t.embargo_seized[2]) as f64;
            }
            sim.next_morning();
        }
        (ways, stopped)
    };
    (0..REPLICATES).into_par_iter().map(run).collect()
}

fn all(runs: &[([f64; WAYS], f64)]) -> Vec<f64> {
    runs.iter().map(|r| r.0.iter().sum()).collect()
}

/// L5: First sends six of ten weapons that the government gets, past an embargo with some luck in it. Without First the government
/// gets less by much less than that, since Second makes good of it; without substitution by exactly that, on the same luck.
#[test]
fn l5_cutting_one_patron_works_in_part_since_others_substitute() {
    let embargo = lever("embargo", "", 4.0);
    let searching = ["processes.patrons.board=0.6", "processes.patrons.find=0.8"];
    let without =
        |who: &str| format!("{embargo}{}", lever("neighbour_diplomacy", &format!("patrons = [\"{who}\"]"), 1.0));
    let alone =
        |who: &str| all(&second_year(&without(who), &[&searching[..], &["processes.patrons.substitution=0"]].concat()));
    let baseline = all(&second_year(&embargo, &searching));
    let cut = all(&second_year(&without("First"), &searching));
    let (only_second, only_first) = (alone("First"), alone("Second"));
    for ((&both, &second), &first) in baseline.iter().zip(&only_second).zip(&only_first) {
        assert_eq!(both, first + second, "without substitution patrons have nothing to do with each other");
    }
    let of = |f: &dyn Fn(usize) -> f64| interval(&(0..baseline.len()).map(f).collect::<Vec<_>>());
    let share = of(&|i| only_first[i] / baseline[i]);
    let fall = of(&|i| 1.0 - cut[i] / baseline[i]);
    println!(
        "L5: share of the patron {:.3} +- {:.3}, fall without it {:.3} +- {:.3}",
        share.0, share.1, fall.0, fall.1
    );
    assert!((share.0 - 0.6).abs() < 0.05, "{share:?}");
    assert!(fall.0 + fall.1 < 0.7 * (share.0 - share.1), "the others make good a part: {fall:?}");
    assert!(fall.0 - fall.1 > 0.2 * share.0, "and a part only: {fall:?}");
}

/// Ships are searched, and nothing else is: less comes by sea, more by air and over land, and less in all. Patrons who cannot
/// choose their way lose at sea and send as much as before by the others.
#[test]
fn an_embargo_at_sea_moves_supply_to_the_air_and_the_land() {
    let searching = ["processes.patrons.board=1", "processes.patrons.consent=0.9"];
    let blind = [&searching[..], &["processes.patrons.way_choice=0"]].concat();
    let embargo = lever("embargo", "", 10.0);
    for (sets, choosing) in [(&searching[..], true), (&blind, false)] {
        let (free, blocked) = (second_year("", sets), second_year(&embargo, sets));
        let by = |runs: &[([f64; WAYS], f64)], way: usize| {
            runs.iter().map(|r| r.0[way]).sum::<f64>() / f64::from(REPLICATES)
        };
        let change = [SEA, AIR, LAND].map(|way| by(&blocked, way) / by(&free, way) - 1.0);
        let stopped = blocked.iter().map(|r| r.1).sum::<f64>() / f64::from(REPLICATES);
        println!("embargo, choosing {choosing}: change by sea, air, land {change:.2?}, stopped {stopped:.0} a year");
        assert!(free.iter().all(|r| r.1 == 0.0) && stopped > 100.0);
        assert!(change[0] < -0.25, "{change:?}");
        if choosing {
            assert!(change[1] > 0.1 && change[2] > 0.1, "{change:?}");
            assert!(change[0] < -0.5, "those who can choose shun the sea: {change:?}");
            assert!(all(&blocked).iter().sum::<f64>() < all(&free).iter().sum::<f64>());
        } else {
            assert!(change[1].abs() < 0.001 && change[2].abs() < 0.001, "{change:?}");
        }
    }
}

/// Everything at once: war, depots, crews, every lever on patrons and on the money of groups.
fn everything() -> Bench {
    let more = [
        lever("neighbour_diplomacy", "patrons = [\"First\"]\nmediation = 0.8", 0.6),
        lever("embargo", "land = 0.5\nair = 0.4", 5.0),
        lever("embargo_exemption", "where = [\"Zuwara\"]\nvetting = 0.3", 12_000.0),
        lever("sanctions", "blocs = [\"hor_lna\"]\nby = \"un\"", 0.7),
        lever("transfer_tracing", "where = [\"NER\"]", 0.8),
        lever("naval_patrol", "mandate = [\"rescue\", \"arms\"]", 2.0),
        "[[event]]\nkind = \"hostility\"\ndate = 2014-02-01\ncountry = \"LBY\"\nbloc = \"gna\"\nagainst = \"hor_lna\"\nlevel = 1\n".into(),
    ];
    let sets = [
        TWO_YEARS,
        "initial.depots.count=60",
        "initial.crews.count=20",
        "processes.patrons.board=0.9",
        "processes.patrons.find=0.9",
        "processes.conflict.reach_km=900",
    ];
    tiny(&format!("{PATRONS}\n{}", more.concat()), &sets)
}

fn days(sim: &mut Simulation, n: u32) -> Vec<u128> {
    let mut digests = vec![];
    for _ in 0..n {
        sim.day().expect("a day");
        digests.push(sim.world.digest());
        sim.next_morning();
    }
    digests
}

/// Two years with a recount of everything on every day. What patrons have sent is what groups got and what was stopped.
#[test]
fn two_years_with_everything_balance_every_day() {
    let seen = everything().run_audited(0, true);
    assert_eq!(seen.tallies.len(), 730);
    let w = seen.end();
    for class in [Class::SmallArms, Class::LightWeapons, Class::AntiAircraft] {
        let entered = -w.ledgers.arms.balance(slot(class, Origin::Patron), Arms::Outside as usize);
        assert!(entered > 0, "{class:?}");
    }
    let pieces = [Class::SmallArms, Class::LightWeapons, Class::AntiAircraft, Class::Manpads];
    let entered: i64 =
        pieces.iter().map(|&c| -w.ledgers.arms.balance(slot(c, Origin::Patron), Arms::Outside as usize)).sum();
    let (brought, stopped) = (
        seen.sum(|t| t.patron_arms.iter().sum()),
        seen.sum(|t| pieces.iter().map(|&c| t.embargo_seized[c as usize]).sum()),
    );
    println!("brought {brought}, stopped {stopped}, exempted {}", seen.sum(|t| t.exempted));
    assert_eq!(brought + stopped, entered as f64);
    assert!(stopped > 0.0 && seen.sum(|t| t.exempted) > 10_000.0 && seen.sum(|t| t.patron_arms[LAND]) > 0.0);
    let share = seen.metric("interference_libya");
    let interference: Vec<f64> = seen.values.iter().map(|v| v[share]).collect();
    println!("interference from day 100 on: mean {:.2}", interference[100..].iter().sum::<f64>() / 630.0);
    assert!(interference.iter().all(|x| (0.0..=1.0).contains(x)) && interference[729] > 0.05);
}

/// Puts the rows of tables in reverse order.
macro_rules! reverse {
    ($w:expr; $($table:ident),*) => {$({
        let rows: Vec<_> = $w.$table.rows().map(|i| $w.$table.get(i)).collect();
        $w.$table = Default::default();
        for row in rows.into_iter().rev() {
            $w.$table.push(row);
        }
    })*};
}

#[test]
fn patrons_survive_a_restore_and_any_order_of_storage() {
    let bench = everything();
    let mut whole = bench.sim(0);
    days(&mut whole, 200);
    let mut resumed = bench.sim(0);
    resumed.world.restore(&whole.world.save()).expect("it fits");
    let mut turned = whole.clone();
    reverse!(turned.world; patrons, inflows, groups, stores);
    turned.world.rederive();
    let want = days(&mut whole, 100);
    assert!(want == days(&mut resumed, 100), "restored");
    assert!(want == days(&mut turned, 100), "rows in reverse order");
}

/// Where nobody mediates Toubou and the people of Sabha kill each other; mediation in full ends that.
#[test]
fn mediation_ends_the_killing() {
    let dead = |mediation: f64| {
        let more = lever("neighbour_diplomacy", &format!("patrons = [\"nobody\"]\nmediation = {mediation}"), 1.0);
        tiny(&format!("{PATRONS}\n{more}"), &["run.end=2014-06-30"])
            .run(0)
            .sum(|t| t.fatalities.iter().map(|f| f.1).sum())
    };
    let (none, half, full) = (dead(0.0), dead(0.5), dead(1.0));
    println!("mediation: dead in half a year {none} without, {half} with half, {full} with full");
    assert!(none > 20.0 && half < 0.8 * none && full == 0.0);
}
