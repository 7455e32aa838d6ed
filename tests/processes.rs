//! Every process on a network of seven places, alone or with the rest of the day quiet, against its equation.
//!
//! Contract: means over fixed seeds lie within 4 standard errors of what the equation says (two-sided error rate 6e-5 per
//! comparison if the seeds were drawn anew; they are fixed, so a test passes or fails for good), and the ledgers balance by
//! a full recount. Whatever changes a draw (a purpose's name, an order of draws) may move a mean but not out of its bounds.

mod common;

use common::{hub, near, node, stock_market, tiny};
use sirocco::agents::accounts::{Arms, Fighters, Hulls, Money, People};
use sirocco::agents::arms::{Class, Origin, slot};
use sirocco::agents::migrant::Status;
use sirocco::agents::store;
use sirocco::agents::vessel::{RUBBER, WOOD};
use sirocco::processes::{sea, stockpiles, weather};
use std::collections::BTreeMap;

const GROUPS: &str = r#"
[[initial.groups.list]]
name = "South"
place = "Sabha"
fighters = 800
tie = "tuareg"
[[initial.groups.list]]
name = "Coast"
place = "Zuwara"
fighters = 500
"#;

/// Equation 16: the mean over days of wave / seasonal mean is 1, the logarithm has sd 0.38 and correlation 0.7.
#[test]
fn waves_have_the_mean_spread_and_memory_of_equation_16() {
    let b = tiny("", &[]);
    let p = b.scenario.params["weather"].get::<weather::Params>();
    let (mut ratios, mut devs, mut pairs) = (vec![], vec![], vec![]);
    for r in 0..40 {
        let mut w = b.sim(r).world;
        let mut before = None;
        for d in 0..365 {
            b.step("weather", &mut w);
            let dev = w.zones.log_dev()[0];
            // The first days still remember the calm they start from.
            if d >= 30 {
                ratios.push(w.zones.wave_m()[0] / weather::seasonal_mean(p, w.day.date().day_of_year()));
                devs.push(dev);
                pairs.extend(before.map(|x: f64| x * dev));
            }
            before = Some(dev);
            w.day = w.day.next();
        }
    }
    let n = ratios.len() as f64;
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
    // Days are correlated: n days are worth n (1 - 0.7) / (1 + 0.7) independent ones.
    let worth = n * 0.3 / 1.7;
    let sd = libm::sqrt(libm::exp(0.38 * 0.38) - 1.0);
    near("wave over seasonal mean", mean(&ratios), 1.0, sd / libm::sqrt(worth));
    let var = mean(&devs.iter().map(|d| d * d).collect::<Vec<_>>());
    near("log sd squared", var, 0.38 * 0.38, 0.38 * 0.38 * libm::sqrt(2.0 / worth));
    near("memory", mean(&pairs) / var, 0.7, libm::sqrt((1.0 - 0.49) / n));
}

#[test]
fn teams_spread_over_a_base_and_a_border_and_add_up() {
    let more = r#"
[[initial.patrols.bases]]
place = "Toummo"
teams = 4
[[lever]]
kind = "border_patrol"
start = 2014-01-01
where = ["LBY-NER"]
intensity = 3
"#;
    let b = tiny(more, &[]);
    let mut sim = b.sim(0);
    sim.day().expect("a day");
    let w = &sim.world;
    // A team searches 2,000 km2 of a node's 1,770 in a day. No other place lies within Toummo's beat; the border (one
    // link, 100 km) adds 3 over its two nodes, whose sides work apart: 0.7 of their effect.
    for (name, teams) in [("Toummo", 4.0 + 0.7 * 1.5), ("Sabha", 0.7 * 1.5), ("Agadez", 0.0), ("Kidal", 0.0)] {
        let search = f64::from(w.watch[node(w, name)].search);
        assert!((search - teams * 2000.0 / 1770.0).abs() < 1e-5, "{name}: {search}");
    }
    assert_eq!(w.tally.teams_on_duty, 7_000_000);
    // 560,000 USD a team and year.
    assert_eq!(sim.spent, [("border_patrol".to_string(), (3.0 * 560_000.0 / 365.0 * 100.0_f64).round() as i64)]);
}

/// A state that withdraws its consent for a time: guards are there before and after, and paid for then only.
#[test]
fn a_lever_waits_for_the_consent_of_its_host() {
    let more = r#"
[initial.states]
consent = { NER = 0.5 }
[[initial.patrols.bases]]
place = "Toummo"
teams = 0
[[event]]
kind = "consent_shift"
date = 2014-01-03
country = "NER"
level = 0.1
[[event]]
kind = "consent_shift"
date = 2014-01-05
country = "NER"
level = 0.15
[[lever]]
kind = "niche_teams"
start = 2014-01-02
where = ["NER"]
intensity = 2
[[lever]]
kind = "niche_teams"
name = "early"
start = 2014-01-03
where = ["NER"]
intensity = 2
"#;
    let mut sim = tiny(more, &[]).sim(0);
    let (mut teams, mut spent, mut log) = (vec![], vec![], vec![]);
    for _ in 0..6 {
        sim.day().expect("a day");
        teams.push(sim.world.tally.teams_on_duty / 1_000_000);
        spent.push(sim.spent.iter().map(|s| s.1 > 0).collect::<Vec<_>>());
        log.extend(sim.world.log.iter().map(|e| (e.kind, e.place.clone(), e.count)));
        sim.next_morning();
    }
    assert_eq!(teams, [0, 5, 0, 0, 10, 10]);
    let paid = |a: bool, b: bool| vec![a, b];
    let (none, both) = (paid(false, false), paid(true, true));
    assert_eq!(spent, [none.clone(), paid(true, false), none.clone(), none, both.clone(), both]);
    let want = [
        ("lever_start", "niche_teams", 2),
        ("consent_shift", "NER", 10),
        ("refused", "early", 2),
        ("consent_shift", "NER", 15),
    ];
    assert_eq!(log, want.map(|(kind, place, n)| (kind, place.to_string(), n)));
}

#[test]
fn vessels_come_and_go_with_their_lever_and_keep_their_names() {
    let lever = |start: &str, end: &str| {
        format!(
            "\n[[lever]]\nkind = \"naval_patrol\"\nname = \"n{start}\"\nstart = {start}\nend = {end}\n\
             where = [\"Central\"]\nintensity = 3\nstandoff_nm = 10\n"
        )
    };
    let b = tiny(&format!("{}{}", lever("2014-01-02", "2014-01-04"), lever("2014-01-08", "2014-01-09")), &[]);
    let mut sim = b.sim(0);
    let mut on_duty = vec![];
    for _ in 0..10 {
        sim.day().expect("a day");
        on_duty.push(sim.world.vessels.on_duty().iter().filter(|&&x| x == 1).count());
        sim.next_morning();
    }
    assert_eq!(on_duty, [0, 3, 3, 3, 0, 0, 0, 3, 3, 0]);
    assert!(sim.world.vessels.standoff_km().iter().all(|&km| (km - 18.52).abs() < 1e-4));
    let mut keys: Vec<u64> = sim.world.vessels.key().to_vec();
    keys.sort_unstable();
    keys.dedup();
    assert_eq!(keys.len(), 6, "two levers send three vessels each, all with names of their own");
}

/// Equation 5 over 8 x 60 days of 400 sites: raids are as many as the hazards say, a raid takes 2/7 of each class, and half
/// of it stays with the group, 0.3 with civilians, the rest with the market.
#[test]
fn raids_and_loot_follow_equation_5() {
    let b = tiny(GROUPS, &["initial.depots.count=400"]);
    let p = b.scenario.params["stockpiles"].get::<stockpiles::Params>();
    let (mut raids, mut expected, mut variance) = (0.0, 0.0, 0.0);
    let (mut shares, mut to) = (vec![], [0i64; 3]);
    for r in 0..8 {
        let mut w = b.sim(r).world;
        let start = w.ledgers.clone();
        for _ in 0..60 {
            let before: Vec<_> = w.depots.rows().map(|d| w.depots.get(d)).collect();
            w.tally = Default::default();
            b.step("stockpiles", &mut w);
            for (d, was) in before.iter().enumerate() {
                // Guards desert before the raiders come; prices are the usual ones and nobody fights.
                let (guards, control) = (f64::from(w.depots.guards()[d]), f64::from(was.control));
                let site = stockpiles::Site { guards, control, violence: 0.0, price: 1.0 };
                let h = stockpiles::raid_hazard(p, &site);
                let chance = if was.stock.iter().all(|&n| n == 0) { 0.0 } else { 1.0 - libm::exp(-h) };
                expected += chance;
                variance += chance * (1.0 - chance);
                let (had, has) = (was.stock[0], w.depots.stock()[d][0]);
                if has != had && had > 200 {
                    shares.push(f64::from(had - has) / f64::from(had));
                }
            }
            raids += w.tally.raids as f64;
            w.day = w.day.next();
        }
        for (k, account) in [Arms::Groups, Arms::Civilians, Arms::Markets].into_iter().enumerate() {
            to[k] += w.ledgers.arms.total(account as usize) - start.arms.total(account as usize);
        }
        w.audit().expect("the books balance");
    }
    near("raids", raids, expected, libm::sqrt(variance));
    // Beta(2, 5) has standard deviation 0.16.
    let n = shares.len() as f64;
    near("share looted", shares.iter().sum::<f64>() / n, 2.0 / 7.0, 0.16 / libm::sqrt(n));
    let all: i64 = to.iter().sum();
    for (got, want) in to.iter().zip([0.5, 0.3, 0.2]) {
        let share = *got as f64 / all as f64;
        assert!((share - want).abs() < 0.01, "{share} instead of {want}");
    }
}

/// Without anyone within 300 km, a sealed site, or with a full complement of guards, nothing is taken.
#[test]
fn nobody_near_takes_nothing() {
    let far = "\n[[initial.groups.list]]\nname = \"Far\"\nplace = \"Kidal\"\nfighters = 800\n";
    let b = tiny(far, &["initial.depots.count=200", "run.end=2014-03-01"]);
    assert_eq!(b.run_audited(0, true).sum(|t| t.raids), 0.0);
}

/// Groups buy a hundredth of what they lack: 0.01 x 450 rifles is 4.5 a day on average, whole numbers each; no more than
/// there is or than their money buys at the price of the day, in Libya as elsewhere; armies buy nothing.
#[test]
fn groups_buy_a_share_of_what_they_lack_for_what_they_have() {
    let more = |bloc: &str, place: &str| {
        format!("\n[[initial.groups.list]]\nname = \"North\"\nplace = \"{place}\"\nfighters = 900\nbloc = \"{bloc}\"\n")
    };
    let rifle = slot(Class::SmallArms, Origin::LibyanDepot);
    let bought = |bloc: &str, place: &str, r: u32, stock: u32, usd: i64| {
        let rates = ["processes.markets.purchase_rate=0.01", "processes.markets.purchase_rate_libya=0.01"];
        let quiet = ["processes.markets.speed=0", rates[0], rates[1]];
        let civilians = ["processes.markets.civilian_purchases=0", "processes.markets.civilian_purchases_libya=0"];
        let arms = "initial.groups.rifles_per_fighter=0.7";
        let prices =
            ["processes.markets.libya_usd=[1300, 0, 0, 0, 0, 0]", "processes.markets.usual_usd=[800, 0, 0, 0, 0, 0]"];
        let b = tiny(&more(bloc, place), &[&quiet[..], &civilians, &[arms], &prices].concat());
        let mut w = b.sim(r).world;
        let market = hub(&w, place);
        stock_market(&mut w, market, rifle, stock);
        w.groups.update(0, |g| g.money += usd * 100);
        w.ledgers.pay(Money::Economy, Money::Groups, usd as u64 * 100);
        b.step("markets", &mut w);
        w.audit().expect("the books balance");
        let n = w.groups.arms()[0][rifle];
        let price = if place == "Sabha" { 1300 } else { 800 };
        assert_eq!(w.groups.money()[0], (usd - i64::from(n) * price) * 100, "paid at the price of the day");
        n
    };
    let days: Vec<u32> = (0..100).map(|r| bought("local", "Kidal", r, 10_000, 1_000_000)).collect();
    assert!(days.iter().all(|n| [4, 5].contains(n)), "{days:?}");
    near("rifles a day", f64::from(days.iter().sum::<u32>()) / 100.0, 4.5, 0.5 / libm::sqrt(100.0));
    assert_eq!(bought("local", "Kidal", 0, 2, 1_000_000), 2, "all there is");
    assert_eq!(bought("local", "Kidal", 0, 10_000, 2399), 2, "all that the money buys");
    assert_eq!(bought("local", "Kidal", 0, 10_000, 0), 0);
    assert_eq!(bought("state", "Kidal", 0, 10_000, 1_000_000), 0, "an army is supplied by its state");
    // In Libya a listed group has what left the depots; here nothing did, so it lacks all of its 1,080.
    assert!([10, 11].contains(&bought("local", "Sabha", 0, 10_000, 1_000_000)));
}

/// Poisson purchases of civilians: 35,000 people x 1,000 / 1,000 / 365 = 95.9 rifles a day at the usual price, half of that
/// at a price 2^(1/0.8) as high; those of Libya have a rate of their own.
#[test]
fn civilians_buy_rifles_by_population_and_price() {
    let sets = ["processes.markets.civilian_purchases=1000", "processes.markets.civilian_purchases_libya=100"];
    let b = tiny("", &[&sets[..], &["processes.markets.speed=0", "processes.markets.civilians_offer=0"]].concat());
    let rifle = slot(Class::SmallArms, Origin::LibyanDepot);
    let sold = |place: &str, ratio: f64| {
        let mut sold = 0.0;
        for r in 0..100 {
            let mut w = b.sim(r).world;
            let at = hub(&w, place);
            stock_market(&mut w, at, rifle, 100_000);
            w.markets.update(usize::from(at), |m| m.price = m.price.map(|p| p * ratio));
            b.step("markets", &mut w);
            w.audit().expect("the books balance");
            sold += w.ledgers.arms.total(Arms::Civilians as usize) as f64;
        }
        sold / 100.0
    };
    for (place, ratio, want) in [
        ("Kidal", 1.0, 35_000.0 / 365.0),
        ("Kidal", libm::pow(2.0, 1.25), 17_500.0 / 365.0),
        ("Sabha", 1.0, 13_000.0 / 365.0),
    ] {
        near("rifles a day", sold(place, ratio), want, libm::sqrt(want / 100.0));
    }
}

/// A thousandth of 20,000 rifles, by population in the markets of the country, at the usual price; twice as many at a price
/// 2^(1/0.8) as high.
#[test]
fn civilians_sell_more_when_weapons_are_dear() {
    let sets = ["processes.markets.civilians_offer=0.001", "processes.markets.civilian_purchases_libya=0"];
    let b = tiny("", &[&sets[..], &["processes.markets.speed=0"]].concat());
    let rifle = slot(Class::SmallArms, Origin::LibyanDepot);
    let sold = |ratio: f64| {
        let mut w = b.sim(0).world;
        let libya = w.libya.expect("Libya");
        let row = w.store(store::CIVILIANS, libya);
        w.stores.update(row, |s| s.arms[rifle] += 20_000);
        w.ledgers.arms.transfer(rifle, Arms::Outside as usize, Arms::Civilians as usize, 20_000);
        for hub in 0..w.markets.len() {
            w.markets.update(hub, |m| m.price = m.price.map(|p| p * ratio));
        }
        b.step("markets", &mut w);
        w.audit().expect("the books balance");
        let at = |w: &mut sirocco::agents::world::World, name: &str| {
            let hub = hub(w, name);
            let row = w.store(store::MARKET, hub);
            w.stores.arms()[row][rifle]
        };
        (at(&mut w, "Sabha"), at(&mut w, "Zuwara"), w.ledgers.arms.total(Arms::Markets as usize))
    };
    let (sabha, zuwara, all) = sold(1.0);
    // 130,000 and 1,000 people.
    assert!([19, 20].contains(&sabha) && zuwara <= 1 && (19..=21).contains(&all), "{sabha} {zuwara} {all}");
    let (_, _, dear) = sold(libm::pow(2.0, 1.25));
    assert!((39..=41).contains(&dear), "{dear}");
}

const ORIGIN: &str = "\n[[initial.migrants.origins]]\nplace = \"PLACE\"\npool = 1000000\nper_year = 36500\n";

fn origin(place: &str) -> String {
    ORIGIN.replace("PLACE", place)
}

/// Equation 14 at reference cost: 100 a day, 0.3 of them for the sea, log-normal purses with median 900 USD; twice as many
/// under a shift of 2; none without a way to the sea.
#[test]
fn departures_follow_the_pool_the_rate_and_the_shift() {
    let b = tiny(&origin("Agadez"), &[]);
    let (mut n, mut expected, mut sea, mut logs) = (0.0, 0.0, 0.0, vec![]);
    for r in 0..5 {
        let mut w = b.sim(r).world;
        for _ in 0..40 {
            expected += w.origins.pool()[0] as f64 * w.origins.rate()[0];
            b.step("departures", &mut w);
            w.day = w.day.next();
        }
        n += w.tally.entered as f64;
        for i in w.migrants.rows() {
            let m = w.migrants.get(i);
            sea += f64::from(u8::from(m.seabound()));
            logs.push(libm::log(f64::from(m.money) / 100.0));
        }
        w.audit().expect("the books balance");
    }
    near("departures", n, expected, libm::sqrt(expected));
    near("share for the sea", sea / n, 0.3, libm::sqrt(0.21 / n));
    near("log money", logs.iter().sum::<f64>() / n, libm::log(900.0), 0.7 / libm::sqrt(n));
    let shift = "\n[[event]]\nkind = \"departure_shift\"\ndate = 2014-01-11\nuntil = 2014-01-21\nfactor = 2\n\
                 countries = [\"NER\"]\n";
    let sets = ["run.end=2014-01-30", "processes.fares.speed=0"];
    let seen = tiny(&format!("{}{shift}", origin("Agadez")), &sets).run(0);
    let ten = |from: usize| seen.tallies[from..from + 10].iter().map(|t| t.entered).sum::<i64>() as f64;
    near("before", ten(0), 1000.0, libm::sqrt(1000.0));
    near("in the shift", ten(10), 2000.0, libm::sqrt(2000.0));
    near("after", ten(20), 1000.0, libm::sqrt(1000.0));
}

/// Residents under two hazards, 0.0005 to the sea and 0.0004 home: after 100 days 1 - exp(-0.09) have left, 5 to 4.
#[test]
fn residents_leave_at_their_two_rates() {
    let rates = ["processes.journeys.turn_to_sea_rate=0.0005", "processes.journeys.arrest_rate=0"];
    let b = tiny("", &[&rates[..], &["initial.migrants.residents=20000"]].concat());
    let mut w = b.sim(0).world;
    for _ in 0..100 {
        b.step("journeys", &mut w);
        w.day = w.day.next();
    }
    w.audit().expect("the books balance");
    let left = 20_000.0 - w.ledgers.people.balance(0, People::Working as usize) as f64;
    let p = 1.0 - libm::exp(-0.09);
    near("left", left, 20_000.0 * p, libm::sqrt(20_000.0 * p * (1.0 - p)));
    let home = w.ledgers.people.balance(0, People::Returned as usize) as f64;
    near("went home", home / left, 4.0 / 9.0, libm::sqrt(20.0 / 81.0 / left));
    assert_eq!(home, w.tally.returned as f64);
}

/// Buses: nobody waits for a seat, and equation 15 takes its share (made large here): 950 km to a place in the steppe none.
#[test]
fn buses_cost_money_and_time_but_no_seat() {
    let b = tiny(&origin("Niamey"), &["run.end=2014-04-10", "processes.departures.seabound_share=0"]);
    let seen = b.run_audited(0, true);
    let w = seen.end();
    let agadez = hub(w, "Agadez");
    let queue =
        w.migrants.rows().filter(|&i| w.migrants.status_is(i, Status::Queuing) && w.migrants.hub()[i] == agadez);
    assert!(queue.count() > 1000, "with no crew the line at Agadez grows");
    assert_eq!(seen.sum(|t| t.deaths_desert), 0.0);
    // 38 USD a head (950 km at 0.04 USD), paid to the economy by everyone who has left Niamey.
    let niamey = hub(w, "Niamey");
    let gone = w.migrants.rows().filter(|&i| w.migrants.hub()[i] != niamey || w.migrants.status_is(i, Status::Riding));
    let paid = w.ledgers.money.moved(0, Money::Migrants as usize, Money::Economy as usize);
    assert_eq!(paid, gone.count() as i64 * 3800);
}

trait Is {
    fn status_is(&self, row: usize, s: Status) -> bool;
}

impl Is for sirocco::agents::migrant::Migrants {
    fn status_is(&self, row: usize, s: Status) -> bool {
        self.get(row).status() == s as u8
    }
}

const CREWS: &str = r#"
[[initial.crews.networks]]
name = "Agadez"
home = "Agadez"
weight = 1
range_km = 3000
"#;

/// Crews carry people north; equation 15 (made large: 0.1 deaths per 1,000 km) takes 1 - exp(-0.14) of those who ride
/// 1,400 km, and equation 4 stops as many trips as teams, hours and area say.
#[test]
fn crews_deliver_people_and_the_desert_and_patrols_take_their_share() {
    let sets = [
        "run.end=2014-06-30",
        "initial.crews.count=200",
        "processes.departures.seabound_share=0",
        "processes.departures.money_usd=5000",
        "processes.crews.stopped_days=1",
        "processes.crews.fuel_loads_per_day=0",
        "processes.fares.speed=0",
        "processes.beliefs.learning=false",
        "processes.allocation.tolerated_arrest=1",
    ];
    let deadly = [&sets[..], &["processes.crews.deaths_per_1000_km_road=0.1"]].concat();
    let b = tiny(&format!("{CREWS}{}", origin("Agadez")), &deadly);
    let seen = b.run_audited(0, true);
    let w = seen.end();
    let dead = seen.sum(|t| t.deaths_desert);
    let into = seen.sum(|t| t.into_libya);
    let carried = w.ledgers.people.balance(0, People::Travelling as usize) as f64;
    assert!(into > 5000.0, "{into}");
    let p = 1.0 - libm::exp(-0.14);
    // Those still on the way have not been drawn for; those who went on to the coast were drawn for twice (under 1 %).
    let rode = into - carried;
    near("died", dead / rode, p, libm::sqrt(p * (1.0 - p) / rode) + 0.002);

    let base = "\n[[initial.patrols.bases]]\nplace = \"Toummo\"\nteams = 3\n";
    let b = tiny(&format!("{CREWS}{}{base}", origin("Agadez")), &sets);
    let seen = b.run_audited(0, true);
    let w = seen.end();
    let leg = w.routes.legs.iter().find(|l| w.routes.hubs[l.from as usize].name == "Agadez" && l.ways[0].km > 1000.0);
    let fare = leg.expect("the leg north").fare_cents as f64;
    let boarded = w.ledgers.money.moved(0, Money::Migrants as usize, Money::Crews as usize) as f64 / fare;
    // All three teams are in Toummo, which crews enter over 800 km at 75 km/h.
    let p = (1.0 - libm::exp(-3.0 * 2000.0 / 1770.0 * 800.0 / 75.0 / 24.0)) * 0.6 * 0.6;
    // Up to 30 share the luck of a vehicle.
    let trips = boarded / 30.0;
    near("stopped", seen.sum(|t| t.intercepted) / boarded, p, libm::sqrt(p * (1.0 - p) / trips));
}

/// A crew with arms for sale in Libya and a lack abroad: arms reach Kidal, each piece booked, and the crew is paid.
#[test]
fn crews_carry_arms_to_where_they_are_lacking() {
    let more = "\n[[initial.groups.list]]\nname = \"North\"\nplace = \"Kidal\"\nfighters = 2000\n\
                [[initial.crews.networks]]\nname = \"Sabha\"\nhome = \"Sabha\"\nweight = 1\nrange_km = 3000\n";
    let b = tiny(more, &["initial.crews.count=5", "run.end=2014-04-30"]);
    let mut sim = b.sim(0);
    let sabha = hub(&sim.world, "Sabha");
    let rifle = slot(Class::SmallArms, Origin::LibyanDepot);
    stock_market(&mut sim.world, sabha, rifle, 1000);
    let (mut reached, mut left) = (0, 0);
    for _ in 0..120 {
        sim.day().expect("a day");
        sim.world.audit().expect("the books balance");
        reached += sim.world.tally.reached_sahel[0];
        left += sim.world.tally.left_libya[0];
        sim.next_morning();
    }
    // As many as the group can pay for, and civilians buy, within a month.
    assert!(reached >= 150 && left >= reached && left <= 1000, "{reached} reached, {left} left");
    let bought = sim.world.ledgers.arms.moved(rifle, Arms::Markets as usize, Arms::Groups as usize);
    assert!(bought > 0, "the group in Kidal buys");
}

/// Fixed weather without rescuers (equations 16, 17): launches, kinds, sinkings and drownings are as many as the rates say.
#[test]
fn launches_sinkings_and_deaths_follow_equations_16_and_17() {
    let calm = ["processes.weather.mean_wave_m=0.5", "processes.weather.season_m=0", "processes.weather.log_sd=0"];
    let line = ["initial.migrants.on_coast=400000", "processes.journeys.give_up_rate=0"];
    let sound = ["processes.sea.engine_failure_per_hour=[0,0]", "processes.sea.rubber_for_wood=1"];
    let sets = [&calm[..], &line, &sound, &["processes.sea.boats_per_beach=4"]].concat();
    let b = tiny("", &sets);
    let p = b.scenario.params["sea"].get::<sea::Params>();
    let mut sim = b.sim(0);
    let (mut boats, mut rubber, mut sunk) = (0.0, 0.0, 0.0);
    let (mut drowned, mut aboard) = (0.0, 0.0);
    for _ in 0..300 {
        let at_sea: BTreeMap<u64, u32> =
            sim.world.boats.rows().map(|i| (sim.world.boats.key()[i], sim.world.boats.people()[i])).collect();
        sim.day().expect("a day");
        let w = &sim.world;
        boats += w.tally.boats as f64;
        rubber += w.tally.boats_rubber as f64;
        sunk += w.tally.sinkings as f64;
        for e in w.log.iter().filter(|e| e.kind == "boat_sunk") {
            if let Some(&people) = at_sea.get(&e.key) {
                drowned += e.count as f64;
                aboard += f64::from(people);
            }
        }
        for i in w.boats.rows() {
            let [least, most] = p.load[w.boats.kind()[i] as usize];
            assert!((least..=most).contains(&w.boats.people()[i]));
        }
        sim.next_morning();
    }
    sim.world.audit().expect("the books balance");
    let share = sea::rubber_share(p, 300.0 / 9.0, 0.0);
    let chance = [RUBBER, WOOD].map(|k| sea::launch_chance(p, k, 0.5, 0.0));
    let (r, o) = (share * chance[0], (1.0 - share) * chance[1]);
    let slots = 4.0 * 300.0;
    near("boats", boats, slots * (r + o), libm::sqrt(slots * (r + o) * (1.0 - r - o)));
    near("rubber", rubber / boats, r / (r + o), libm::sqrt(r * o / (r + o) / (r + o) / boats));
    // 300 km at 9 km/h: 34 hours at risk. Boats still at sea at the end are fewer than one standard error.
    let sink = [RUBBER, WOOD].map(|k| 1.0 - libm::exp(-34.0 * sea::sinking_rate(p, k, 0.5)));
    let wood = boats - rubber;
    let var = rubber * sink[0] * (1.0 - sink[0]) + wood * sink[1] * (1.0 - sink[1]);
    near("sinkings", sunk, rubber * sink[0] + wood * sink[1], libm::sqrt(var));
    near("drowned", drowned / aboard, 0.6, libm::sqrt(0.24 / aboard));
    assert_eq!(sim.world.ledgers.hulls.balance(0, Hulls::Abandoned as usize), 0, "nobody rescues");
}

/// Competing hazards: with 50 vessels at the beach (0.05 rescues an hour in all) the share of boats rescued is
/// r / (r + s) (1 - exp(-34 (r + s))), and vessels land whom they saved.
#[test]
fn rescue_competes_with_sinking_as_in_equation_17() {
    let b = tiny(
        "",
        &[
            "processes.weather.mean_wave_m=0.5",
            "processes.weather.season_m=0",
            "processes.weather.log_sd=0",
            "initial.migrants.on_coast=100000",
            "processes.sea.boats_per_beach=3",
            "processes.sea.rescue_per_hour=0.001",
            "processes.sea.hours_on_scene=1000",
            "initial.vessels.per_zone=50",
            "initial.vessels.standoff_nm=0",
            "initial.vessels.capacity=5000",
            "processes.sea.engine_failure_per_hour=[0,0]",
            "processes.sea.corner_cutting=0",
            "processes.sea.hulls_recovered=0",
            "run.end=2014-02-05",
        ],
    );
    let p = b.scenario.params["sea"].get::<sea::Params>();
    let (mut rescued, mut expected, mut variance, mut landed) = (0.0, 0.0, 0.0, 0.0);
    for r in 0..8 {
        let seen = b.run_audited(r, true);
        let w = seen.end();
        let rubber = seen.sum(|t| t.boats_rubber);
        for (kind, n) in [(RUBBER, rubber), (WOOD, seen.sum(|t| t.boats) - rubber)] {
            let s = sea::sinking_rate(p, kind, 0.5);
            let share = 0.05 / (0.05 + s) * (1.0 - libm::exp(-34.0 * (0.05 + s)));
            expected += n * share;
            variance += n * share * (1.0 - share);
        }
        // Of the boats still at sea some will be rescued: they count by half, with the error of a coin.
        let open = w.boats.live() as f64;
        rescued += w.ledgers.hulls.balance(0, Hulls::Abandoned as usize) as f64 + open / 2.0;
        variance += open / 4.0;
        landed += seen.sum(|t| t.arrivals);
    }
    near("boats rescued", rescued, expected, libm::sqrt(variance));
    assert!(landed > 0.0);
}

/// Fighters go home: all of them, with their arms, over the days of the event and the drive, and join their kin.
#[test]
fn an_armed_return_moves_men_and_arms_to_their_kin() {
    let event = r#"
[[initial.groups.list]]
name = "Kin"
place = "Kidal"
fighters = 100
tie = "tuareg"
[[event]]
kind = "armed_return"
date = 2014-01-05
from = "Sabha"
to = "Kidal"
fighters = 500
rifles_per_fighter = 1.2
light_weapons_per_fighter = 0
heavy_per_fighter = 0
"#;
    // Prewar stock with the groups, so that the men have rifles.
    // Nothing wears out, groups sell nothing, nobody joins or gives up.
    let sets = ["initial.depots.count=1", "processes.stockpiles.raid_rate=0", "processes.leakage.wear_rate=0"];
    let still = ["recruitment.exit_rate", "recruitment.recruitment_rate", "markets.groups_offer"];
    let still = still.map(|name| format!("processes.{name}=0"));
    let sets: Vec<&str> = sets.into_iter().chain(still.iter().map(String::as_str)).collect();
    let b = tiny(&format!("{GROUPS}{event}"), &sets);
    let mut sim = b.sim(0);
    let kin = sim.world.groups.rows().find(|&g| sim.world.groups.fighters()[g] == 100).expect("the group");
    let before = sim.world.groups.arms()[kin];
    let (mut home, mut left) = (0, 0);
    for d in 0..45 {
        sim.day().expect("a day");
        let w = &sim.world;
        w.audit().expect("the books balance");
        home += w.tally.fighters_home;
        left += w.tally.left_libya[0];
        // The drive of 1,700 km takes two days of 12 hours; convoys leave over 30 days from 5 January (day 4).
        assert!(home == 0 || d >= 6, "nobody drives faster");
        assert!(d < 4 + 29 + 2 || home == 500, "day {d}: {home}");
        sim.next_morning();
    }
    let w = &sim.world;
    assert_eq!(w.groups.fighters()[kin], 600);
    let rifle = slot(Class::SmallArms, Origin::LibyanDepot);
    assert_eq!(i64::from(w.groups.arms()[kin][rifle] - before[rifle]), 600);
    assert_eq!(left, 600);
    assert_eq!(w.ledgers.fighters.moved(0, Fighters::Convoys as usize, Fighters::Groups as usize), 500);
}
