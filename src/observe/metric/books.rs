//! Fighters, boats, money, and whether the books balance.

use super::{Kind, Metric, metric};
use crate::agents::accounts::{FIGHTERS, HULLS, MONEY, Money};
use crate::agents::world::World;

pub(super) fn books(m: &mut Vec<Metric>) {
    for (i, name) in FIGHTERS.iter().enumerate().skip(1) {
        m.push(metric(
            format!("fighters_in_{name}"),
            "fighters",
            "fighters",
            Kind::Stock,
            "Fighters",
            move |w: &World| w.ledgers.fighters.balance(0, i) as f64,
        ));
    }
    for (i, name) in HULLS.iter().enumerate().skip(1) {
        m.push(metric(
            format!("boats_{name}_total"),
            "boats",
            "boats",
            Kind::Stock,
            "Boats that ended so, or are at sea",
            move |w: &World| w.ledgers.hulls.balance(0, i) as f64,
        ));
    }
    let holders = [Money::Migrants, Money::Crews, Money::Networks, Money::Groups, Money::Officials, Money::Launchers];
    for account in holders {
        let name = MONEY[account as usize];
        m.push(metric(format!("money_{name}"), "USD", "money", Kind::Stock, "Money held", move |w: &World| {
            w.ledgers.money.balance(0, account as usize) as f64 / 100.0
        }));
    }
    m.push(metric("policy_spending", "USD/day", "money", Kind::Flow, "Spent on policy levers", |w| {
        w.tally.spent as f64 / 100.0
    }));
    m.push(metric(
        "ledger_residual",
        "units",
        "books",
        Kind::Level,
        "Sum over all ledgers of what does not add up; zero in a correct model",
        |w| {
            let residual =
                |l: &&crate::engine::ledger::Ledger| (0..l.accounts.len()).map(|a| l.total(a)).sum::<i64>().abs();
            w.ledgers.all().iter().map(residual).sum::<i64>() as f64
        },
    ));
}
