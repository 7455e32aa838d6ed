//! Explore.
mod common;
use common::shipped;
use sirocco::agents::accounts::{Arms, Money};
use sirocco::agents::arms::{self, Class};
use sirocco::agents::store;

#[test]
fn explore() {
    let extra: Vec<String> = std::env::var("SETS").unwrap_or_default().split_whitespace().map(String::from).collect();
    let usd: i64 = std::env::var("USD").ok().and_then(|s| s.parse().ok()).unwrap_or(0);
    let income: i64 = std::env::var("INC").ok().and_then(|s| s.parse().ok()).unwrap_or(0);
    let mut sets =
        vec!["initial.migrants.residents=0", "initial.migrants.departure_scale=0", "processes.markets.libya_start=2.3"];
    sets.extend(extra.iter().map(|s| s.as_str()));
    let b = shipped("libya-2011", &sets);
    let mut sim = b.sim(0);
    let mut n = 0;
    let (mut looted, mut left, mut raids, mut sahel) = (0, 0, 0, 0);
    let t0 = std::time::Instant::now();
    loop {
        if n % 30 == 0 {
            let w = &mut sim.world;
            for g in w.groups.rows().collect::<Vec<_>>() {
                let per = if n == 0 { usd } else { income };
                let cents = i64::from(w.groups.fighters()[g]) * per * 100;
                w.groups.update(g, |x| x.money += cents);
                w.ledgers.pay(Money::Economy, Money::Groups, cents as u64);
            }
        }
        sim.day().expect("a day");
        let w = &sim.world;
        looted += w.tally.looted[0];
        raids += w.tally.raids;
        left += w.tally.left_libya[0];
        sahel += w.tally.reached_sahel[0];
        if n % 60 == 0 {
            let hubs: Vec<usize> = (0..w.routes.hubs.len())
                .filter(|&h| Some(w.routes.hubs[h].country) == w.libya && w.routes.hubs[h].connected)
                .collect();
            let pop: f64 = hubs.iter().map(|&h| w.routes.hubs[h].population as f64).sum();
            let price: f64 =
                hubs.iter().map(|&h| w.routes.hubs[h].population as f64 * w.markets.price()[h][0]).sum::<f64>() / pop;
            let at = |name: &str| {
                w.routes.hubs.iter().position(|h| h.name == name).map_or(0.0, |h| w.price(h as u16, Class::SmallArms))
            };
            let stock: u32 = w
                .stores
                .rows()
                .filter(|&i| w.stores.kind()[i] == store::MARKET && hubs.contains(&usize::from(w.stores.at()[i])))
                .map(|i| arms::of_class(&w.stores.arms()[i], Class::SmallArms))
                .sum();
            let civ = (0..7).map(|k| w.ledgers.arms.balance(k, Arms::Civilians as usize)).sum::<i64>();
            let grp = (0..7).map(|k| w.ledgers.arms.balance(k, Arms::Groups as usize)).sum::<i64>();
            let lack: u64 = hubs.iter().map(|&h| w.shortfall[h][0]).sum();
            let bought: i64 = w.ledgers.money.balance(0, Money::Groups as usize) / 100;
            println!(
                "{n:5} pop {pop:.0} price {price:6.0} Tripoli {:5.0} Sabha {:5.0} Gao {:5.0} Agadez {:5.0} manpads {:6.0} stock {stock:6} civ {civ:7} grp {grp:7} lack {lack:6} loot/d {:4} raids {raids} left {left} sahel {sahel} money {bought} t {:.1}",
                at("Tripoli"),
                at("Sabha"),
                at("Gao"),
                at("Agadez"),
                w.routes.hubs.iter().position(|h| h.name == "Sabha").map_or(0.0, |h| w.price(h as u16, Class::Manpads)),
                looted / (n as i64 + 1),
                t0.elapsed().as_secs_f64()
            );
        }
        n += 1;
        if w.day >= sim.last_day() {
            break;
        }
        sim.next_morning();
    }
    sim.world.audit().unwrap();
}
