//! The business of smuggling: living costs, crews that give up, networks that found new ones.

use super::Params;
use crate::agents::accounts::Money;
use crate::agents::crew;
use crate::agents::tally::Entry;
use crate::agents::world::World;
use crate::engine::rng::{Key, Purpose};
use crate::engine::wake::own_day;
use crate::units::{Tick, Usd};

const ROUNDING: Purpose = Purpose::new("crews.new_crews");
/// Crews settle their living costs, and networks think of new crews, once in so many days, each on its own day.
const MONTH: u32 = 30;
/// Memory of a network's income, days.
const MEMORY: f64 = 60.0;

/// Once a day, after the road.
pub fn settle(p: &Params, w: &mut World, day: Tick) {
    let due: Vec<usize> = w.crews.rows().filter(|&i| own_day(day, w.crews.key()[i], MONTH)).collect();
    for row in due {
        let living = Usd::dollars(p.living_usd_per_day * f64::from(MONTH)).0.max(0) as u64;
        super::arrive::pay(w, row, Money::Economy, living);
        let c = w.crews.get(row);
        if c.state == crew::IDLE && c.money < -Usd::dollars(p.credit_usd).0 {
            give_up(w, row);
        }
    }
    let mut crews = vec![0u64; w.networks.len()];
    for i in w.crews.rows() {
        crews[usize::from(w.crews.network()[i])] += 1;
    }
    for (network, &n) in crews.iter().enumerate() {
        let earned = std::mem::take(&mut w.earned[network]);
        w.tally.crew_income += earned;
        if n > 0 {
            let today = earned as f64 / 100.0 / n as f64;
            w.networks.update(network, |x| x.income += (today - x.income) / MEMORY);
        }
        if own_day(day, w.networks.key()[network], MONTH) {
            found_crews(p, w, network, n, day);
        }
    }
}

/// A broke crew disbands; its creditors get nothing.
fn give_up(w: &mut World, row: usize) {
    let c = w.crews.get(row);
    w.ledgers.pay(Money::Economy, Money::Crews, c.money.unsigned_abs());
    w.crews.remove(row);
    w.tally.crews_left += 1;
}

/// A network whose crews earn well buys vehicles for new ones, as far as its purse goes.
fn found_crews(p: &Params, w: &mut World, network: usize, crews: u64, day: Tick) {
    let n = w.networks.get(network);
    let price = Usd::dollars(p.vehicle_usd).0.max(1);
    if n.income <= p.entry_income_usd || n.home == crew::NOWHERE {
        return;
    }
    let whole = crews as f64 * p.entry_rate + w.luck.on(ROUNDING, day).unit(n.key);
    let wanted = (libm::floor(whole) as i64).min(n.funds / price).max(0);
    for k in 0..wanted {
        crew::found(w, network as u16, Key(n.key).child(day, k as u64), 0);
    }
    w.networks.update(network, |x| x.funds -= wanted * price);
    w.ledgers.pay(Money::Networks, Money::Economy, (wanted * price) as u64);
    w.tally.crews_founded += wanted;
    if wanted > 0 {
        let place = w.routes.hubs[n.home as usize].name.clone();
        w.log.push(Entry { day, kind: "crews_founded", place, item: "crews", count: wanted, key: n.key });
    }
}
