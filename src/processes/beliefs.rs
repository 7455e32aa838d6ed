//! What networks learn of patrols (equation 3): from their own crews, from networks they have ties with, from leaks; and
//! when they change their plans.

use crate::agents::belief::{Memory, News, SUBJECTS};
use crate::agents::world::World;
use crate::engine::dist::binomial;
use crate::engine::rng::{Key, Purpose};
use crate::engine::step::Process;
use crate::engine::wake::own_day;
use crate::region::NodeId;
use crate::units::Tick;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// False: networks learn nothing and act on what a newcomer believes (for experiments).
    pub learning: bool,
    /// Rate at which what was seen is forgotten.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption (model.md eq. 3)", "x-low" = 0.003, "x-high" = 0.05))]
    pub decay: f64,
    /// Seizures that a newcomer reckons with, among `prior_seen` crossings of a cell.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "seizures", "x-source" = "model.md eq. 3"))]
    pub prior_seized: f64,
    /// Crossings that a newcomer's belief is worth.
    #[schemars(range(min = 0.1, max = 100_000), extend("x-unit" = "crossings", "x-source" = "model.md eq. 3"))]
    pub prior_seen: f64,
    /// Chance that something new is passed on to a network with a tie.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption (model.md eq. 3)", "x-low" = 0.02, "x-high" = 0.4))]
    pub passed_on: f64,
    /// Chance that what is passed on names a wrong neighbouring cell.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption (model.md eq. 3)", "x-low" = 0, "x-high" = 0.3))]
    pub garbled: f64,
    /// Days after which a network looks at its plans again, each network on its own day.
    #[schemars(range(min = 1, max = 365), extend("x-unit" = "days", "x-source" = "model.md eq. 2"))]
    pub review_days: u32,
    /// Change of its beliefs, as a share of them all, that makes a network look again before that day.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "share", "x-source" = "model.md eq. 2"))]
    pub review_change: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            learning: true,
            decay: 0.01,
            prior_seized: 0.1,
            prior_seen: 50.0,
            passed_on: 0.1,
            garbled: 0.1,
            review_days: 14,
            review_change: 0.05,
        }
    }
}

impl Params {
    /// How memory works.
    pub fn memory(&self) -> Memory {
        Memory { decay: self.decay, prior_seized: self.prior_seized, prior_seen: self.prior_seen }
    }
}

const PASS: Purpose = Purpose::new("beliefs.pass");
const WRONG: Purpose = Purpose::new("beliefs.wrong");
const WHICH: Purpose = Purpose::new("beliefs.which");
const LEAK: Purpose = Purpose::new("beliefs.leak");

/// Beliefs.
pub struct BeliefsOfTheDay;

impl Process<World> for BeliefsOfTheDay {
    const NAME: &'static str = "beliefs";
    const ABOUT: &'static str =
        "Networks learn from seizures and safe crossings, pass news on, and change their plans (equation 3).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        let mut news = std::mem::take(&mut w.news);
        if !p.learning {
            return;
        }
        leaks(w, &mut news, day);
        let first_hand = added_up(news);
        let told: Vec<Vec<News>> = crate::engine::parallel::map_items(&first_hand, 256, |n| pass_on(p, w, n, day));
        let all = added_up(first_hand.into_iter().chain(told.into_iter().flatten()).collect());
        for n in all {
            w.learn(&p.memory(), n, day);
        }
        review(p, w, day);
    }
}

/// One piece of news for each network, subject and cell.
fn added_up(mut news: Vec<News>) -> Vec<News> {
    let place = |n: &News| u64::from(n.network) << 40 | u64::from(n.subject) << 32 | u64::from(n.node);
    news.sort_unstable_by_key(place);
    news.dedup_by(|b, a| {
        let same = (a.network, a.subject, a.node) == (b.network, b.subject, b.node);
        if same {
            a.seized += b.seized;
            a.safe += b.safe;
        }
        same
    });
    news
}

/// What shared intelligence gives away: a network hears where one of today's patrols is.
fn leaks(w: &World, news: &mut Vec<News>, day: Tick) {
    if w.controls.leak <= 0.0 || w.patrolled.is_empty() {
        return;
    }
    let luck = w.luck.on(LEAK, day);
    for (network, &key) in w.networks.key().iter().enumerate() {
        if luck.chance(key, w.controls.leak) {
            let node = w.patrolled[luck.nth(1).below(key, w.patrolled.len() as u64) as usize];
            for subject in 0..SUBJECTS as u8 {
                news.push(News { network: network as u16, subject, node, seized: 1, safe: 0 });
            }
        }
    }
}

/// What the networks with a tie to this one hear of its news, once.
fn pass_on(p: &Params, w: &World, n: &News, day: Tick) -> Vec<News> {
    let (pass, wrong, which) = (w.luck.on(PASS, day), w.luck.on(WRONG, day), w.luck.on(WHICH, day));
    let from = w.networks.key()[usize::from(n.network)];
    let mut out = vec![];
    for &to in &w.grounds[usize::from(n.network)].ties {
        let key = Key(from ^ w.region.nodes.id[n.node as usize])
            .child(Tick(u32::from(n.subject)), w.networks.key()[usize::from(to)])
            .0;
        // Both kinds of news go through the same two draws: what is passed on, and what of it names a wrong cell.
        for (kind, count) in [(0, n.seized), (1, n.safe)] {
            let told = binomial(pass.nth(kind).unit(key), u64::from(count), p.passed_on);
            let garbled = binomial(wrong.nth(kind).unit(key), told, p.garbled);
            let mut tell = |node: NodeId, count: u64| {
                let count = count as u32;
                let (seized, safe) = if kind == 0 { (count, 0) } else { (0, count) };
                if count > 0 {
                    out.push(News { network: to, node, seized, safe, ..*n });
                }
            };
            tell(n.node, told - garbled);
            let near = w.region.graph.edges(n.node);
            if garbled > 0 && !near.is_empty() {
                let edge = near.start + which.nth(kind).below(key, near.len() as u64) as usize;
                tell(w.region.graph.to[edge], garbled);
            }
        }
    }
    out
}

/// Networks whose beliefs have moved, or whose day it is, act on what they now believe.
fn review(p: &Params, w: &mut World, day: Tick) {
    let memory = p.memory();
    let oldest = w.beliefs.day().iter().min().map_or(0, |&first| day.0.saturating_sub(first));
    // By the days since: cheaper than for every row.
    let kept: Vec<f64> = (0..=oldest).map(|age| memory.kept(0, age)).collect();
    let networks: Vec<u16> = (0..w.networks.len() as u16).collect();
    let plans = crate::engine::parallel::map_items(&networks, 1, |&n| {
        let turn = own_day(day, w.networks.key()[usize::from(n)], p.review_days);
        let rows = (0..SUBJECTS as u8).flat_map(|s| w.belief_index.rows(n, s));
        let (mut moved, mut sum) = (0.0, 0.0);
        let now: Vec<(usize, f32)> = rows
            .map(|(_, row)| {
                let b = w.beliefs.get(row);
                let risk = memory.risk_after(&b, kept[day.0.saturating_sub(b.day) as usize]) as f32;
                moved += f64::from((risk - b.acted).abs());
                sum += f64::from(b.acted);
                (row, risk)
            })
            .collect();
        (moved > 0.0 && (turn || moved > p.review_change * sum)).then_some(now)
    });
    for (network, plan) in plans.into_iter().enumerate() {
        let Some(plan) = plan else { continue };
        for (row, risk) in plan {
            // Not worth a new plan: what a newcomer believes of a cell, within a hundredth.
            if (w.beliefs.acted()[row] - risk).abs() > 0.01 * risk {
                w.beliefs.update(row, |b| b.acted = risk);
            }
        }
        w.outlooks[network] = Arc::default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_of_one_cell_adds_up_whatever_its_order() {
        let n = |network, node, seized, safe| News { network, subject: 0, node, seized, safe };
        let a = added_up(vec![n(1, 7, 1, 0), n(0, 7, 0, 1), n(1, 7, 0, 3), n(1, 6, 0, 1)]);
        let b = added_up(vec![n(1, 6, 0, 1), n(1, 7, 0, 3), n(0, 7, 0, 1), n(1, 7, 1, 0)]);
        assert_eq!(a, b);
        assert_eq!(a, [n(0, 7, 0, 1), n(1, 6, 0, 1), n(1, 7, 1, 3)]);
    }
}
