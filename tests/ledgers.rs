//! Nothing is created or lost (promise 12), and a cooked book is caught on the day (promise 13).
//!
//! Contract: with a full recount every day the shipped scenarios end without a fault; weapons of Libyan depots keep their
//! origin whoever holds them; one unit booked without being moved, or moved without being booked, stops the run with a
//! message that names ledger and account.

mod common;

use common::{Bench, shipped, shipped_with};
use sirocco::agents::accounts::{Arms, Fighters, Hulls, Money, People};
use sirocco::agents::arms::{CLASSES, Class, ORIGINS, Origin, slot};
use sirocco::agents::world::World;
use sirocco::engine::rng::{absorb, mix};
use sirocco::error::{Error, Result};
use sirocco::observe::observer::{Blind, Observer};
use sirocco::sim::{RunPlan, run_one};

const LIGHT: &str = "run.persons_per_agent=5";

/// Every weapon that somebody holds, by class and origin, counted from the rows.
fn held(w: &World) -> Vec<i64> {
    let gone =
        |item: usize| [Arms::Destroyed, Arms::Worn].map(|a| w.ledgers.arms.balance(item, a as usize)).iter().sum();
    let mut sum: Vec<i64> = (0..CLASSES * ORIGINS).map(gone).collect();
    for d in w.depots.rows() {
        for class in Class::ALL {
            sum[slot(class, Origin::LibyanDepot) + usize::from(w.depots.origin()[d])] +=
                i64::from(w.depots.stock()[d][class as usize]);
        }
    }
    let bags = w.groups.rows().map(|i| w.groups.arms()[i]);
    let bags = bags.chain(w.stores.rows().map(|i| w.stores.arms()[i]));
    let bags = bags.chain(w.crews.rows().map(|i| w.crews.arms()[i]));
    for bag in bags.chain(w.convoys.rows().map(|i| w.convoys.arms()[i])) {
        sum.iter_mut().zip(bag).for_each(|(s, n)| *s += i64::from(n));
    }
    sum
}

/// Holds every day against the first.
#[derive(Default)]
struct Constant {
    first: Option<Vec<i64>>,
    moved: bool,
}

impl Observer for Constant {
    fn day(&mut self, w: &World, _: &[(String, i64)]) -> Result<()> {
        let now = held(w);
        for (item, &n) in now.iter().enumerate() {
            assert_eq!(n, -w.ledgers.arms.balance(item, Arms::Outside as usize), "item {item} on {}", w.day.date());
        }
        // States abroad send more; nothing else comes in.
        let inside = |(item, &n): (usize, &i64)| if item % ORIGINS == Origin::Patron as usize { 0 } else { n };
        let now: Vec<i64> = now.iter().enumerate().map(inside).collect();
        let first = self.first.get_or_insert_with(|| now.clone());
        assert_eq!(*first, now, "weapons by class and origin on {}", w.day.date());
        let crews = w.ledgers.arms.total(Arms::Crews as usize) + w.ledgers.arms.total(Arms::Convoys as usize);
        self.moved |= crews > 0;
        Ok(())
    }
}

fn balanced(b: &Bench) {
    let mut constant = Constant::default();
    let plan = RunPlan { audit: true, ..b.plan(0) };
    let out = run_one(&plan, &b.ground, &mut constant).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(out.days, 120);
    let first = constant.first.unwrap_or_default();
    assert!(first[slot(Class::SmallArms, Origin::LibyanDepot)] >= 475_000, "{first:?}");
    assert!(constant.moved, "arms were on the road");
}

#[test]
fn libya_2011_balances_every_day() {
    balanced(&shipped("libya-2011", &[LIGHT, "run.end=2012-02-16"]));
}

#[test]
fn central_med_2014_balances_every_day() {
    balanced(&shipped("central-med-2014", &[LIGHT, "run.end=2014-04-30"]));
}

/// What the run says of a world that someone has tampered with.
fn caught(b: &Bench, cook: impl FnOnce(&mut World)) -> String {
    let plan = RunPlan { audit: true, ..b.plan(0) };
    let mut sim = sirocco::sim::Simulation::new(&plan, &b.ground).expect("the plan fits");
    sim.day().expect("an honest day");
    sim.next_morning();
    cook(&mut sim.world);
    let error = sim.day().expect_err("a cooked book must not pass");
    assert_eq!(error.exit_code(), 4);
    assert!(matches!(&error, Error::Model { process, .. } if process == "recount"), "{error}");
    error.to_string()
}

#[test]
fn cooked_books_are_caught_by_name() {
    let b = shipped("libya-2011", &["run.persons_per_agent=30"]);
    let rifle = slot(Class::SmallArms, Origin::LibyanDepot);
    let said = caught(&b, |w| w.ledgers.arms.transfer(rifle, Arms::Depots as usize, Arms::Civilians as usize, 1));
    assert!(said.contains("ledger `arms`, account `depots`, item 0: booked"), "{said}");
    assert!(said.starts_with("model fault on 2011-10-21 in process `recount`"), "{said}");
    let said = caught(&b, |w| w.ledgers.move_people(People::Working, People::AtHubs, 30));
    assert!(said.contains("ledger `people`, account `"), "{said}");
    let said = caught(&b, |w| w.ledgers.move_fighters(Fighters::Groups, Fighters::Convoys, 1));
    assert!(said.contains("ledger `fighters`, account `groups`"), "{said}");
    let said = caught(&b, |w| w.ledgers.move_hulls(Hulls::Outside, Hulls::AtSea, 1));
    assert!(said.contains("ledger `boats`, account `at_sea`"), "{said}");
    let said = caught(&b, |w| w.ledgers.pay(Money::Economy, Money::Crews, 1));
    assert!(said.contains("ledger `money`, account `crews`"), "{said}");
}

/// The other way round: goods moved, books untouched.
#[test]
fn goods_without_books_are_caught_by_name() {
    let b = shipped("libya-2011", &["run.persons_per_agent=30"]);
    let rifle = slot(Class::SmallArms, Origin::LibyanDepot);
    let said = caught(&b, |w| w.groups.update(0, |g| g.arms[rifle] += 1));
    assert!(said.contains("ledger `arms`, account `groups`, item 0"), "{said}");
    let said = caught(&b, |w| w.groups.update(0, |g| g.fighters += 1));
    assert!(said.contains("ledger `fighters`, account `groups`"), "{said}");
    let said = caught(&b, |w| w.crews.update(0, |c| c.money += 1));
    assert!(said.contains("ledger `money`, account `crews`"), "{said}");
    let said = caught(&b, |w| {
        let row = w.migrants.rows().next().expect("a migrant");
        w.migrants.update(row, |m| m.money += 1);
    });
    assert!(said.contains("ledger `money`, account `migrants`"), "{said}");
}

/// Thirty random scenarios: other seeds, other parameters, levers and events by lot. Every holder's stock is counted by class
/// and origin on every day (the audit), so origin tags sum to owners' totals and no ledger has a residual.
#[test]
fn thirty_random_scenarios_balance_every_day() {
    const SETS: [&str; 20] = [
        "processes.stockpiles.raid_rate=0.1",
        "processes.stockpiles.to_group=0",
        "processes.leakage.wear_rate=0.9",
        "processes.leakage.custody_rate=0.9",
        "processes.leakage.diversion_rate=1",
        "processes.markets.speed=0.3",
        "processes.markets.purchase_rate=0.3",
        "processes.recruitment.exit_rate=0.5",
        "processes.recruitment.recruitment_rate=0.1",
        "processes.recruitment.surplus_usd=5000",
        "processes.conflict.violence=0.2",
        "processes.conflict.captured_per_death=1",
        "processes.conflict.abandoned_share=1",
        "processes.conflict.desertion=1",
        "processes.revolt.base=5",
        "processes.revolt.coup_rate=0.5",
        "processes.revolt.split_rate=1",
        "processes.crews.arms_load_kg=5000",
        "processes.crews.destroyed_share=1",
        "event.return_to_mali.with_fighters=false",
    ];
    const MORE: [&str; 9] = [
        "[[lever]]\nkind = 'weapons_destruction'\nstart = 2011-10-25\nwhere = ['LBY']\nintensity = 500000\n",
        "[[lever]]\nkind = 'stabilisation_force'\nstart = 2011-10-25\nwhere = ['MLI']\nintensity = 9000\n",
        "[[lever]]\nkind = 'transfer_tracing'\nstart = 2011-10-25\nwhere = ['NER', 'MLI']\nintensity = 0.5\n",
        "[[lever]]\nkind = 'niche_teams'\nstart = 2011-10-25\nintensity = 50\nstockpiles = 0.5\n",
        "[[event]]\nkind = 'intervention'\ndate = 2011-11-20\nuntil = 2011-12-10\nplace = 'Sevare'\ntroops = 5000\n",
        "[[event]]\nkind = 'foreign_fighters'\ndate = 2011-10-20\nuntil = 2012-10-20\nfrom = 'Tamanrasset'\nto = 'Gao'\n\
         bloc = 'mujao'\nper_month = 300\n",
        "[[event]]\nkind = 'hostility'\ndate = 2011-10-30\ncountry = 'LBY'\nbloc = 'tuareg'\nagainst = 'local'\nlevel = 9\n",
        "[[event]]\nkind = 'ceasefire'\nwhen = 'homelands_in_revolt > 0'\ncountry = 'MLI'\nbloc = 'mnla'\nagainst = 'state'\n",
        "[[initial.patrons.list]]\nname = 'P'\nbloc = 'local'\nport = 'Benghazi'\nairfield = 'Kufra'\nper_year = [9e4, 9e3, 9e2, 9e3, 9, 0]\n\
         [[lever]]\nkind = 'embargo'\nstart = 2011-10-25\nintensity = 90\nair = 1\n\
         [[lever]]\nkind = 'embargo_exemption'\nstart = 2011-10-25\nwhere = ['Tripoli']\nbloc = 'local'\nintensity = 50000\n",
    ];
    for case in 0..30u64 {
        let draw = |k: u64| mix(absorb(case, k));
        let seed = format!("run.seed={}", draw(0) % 1_000_000);
        let base = ["run.end=2011-12-20", LIGHT, "initial.migrants.residents=20000", seed.as_str()];
        let sets: Vec<&str> = (1..).zip(SETS).filter(|x| draw(x.0) % 3 == 0).map(|x| x.1).collect();
        let more: String = (100..).zip(MORE).filter(|x| draw(x.0) % 2 == 0).map(|x| x.1).collect();
        let bench = shipped_with("libya-2011", &more, &[&base[..], &sets].concat());
        let plan = RunPlan { audit: true, ..bench.plan(0) };
        run_one(&plan, &bench.ground, &mut Blind).unwrap_or_else(|e| panic!("case {case} {sets:?} {more}: {e}"));
    }
}
