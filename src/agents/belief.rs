//! What networks believe of the risk in each cell (equation 3).

use super::crew::Cargo;
use super::world::World;
use crate::engine::rng::Key;
use crate::region::NodeId;
use crate::table;
use crate::units::Tick;

/// Beliefs about people aboard; patrols may tolerate them where they seize everything else.
pub const PEOPLE: u8 = 0;
/// Beliefs about arms, fuel and drugs aboard.
pub const CONTRABAND: u8 = 1;
/// Number of subjects.
pub const SUBJECTS: usize = 2;

/// What a cargo tells and asks about.
pub fn subject(cargo: Cargo) -> u8 {
    if cargo == Cargo::People { PEOPLE } else { CONTRABAND }
}

table! {
    /// Beliefs: a row for each network, subject and cell of which it has heard.
    Beliefs("beliefs"),
    /// A belief.
    Belief {
        key: u64,
        network: u16,
        /// [`PEOPLE`] or [`CONTRABAND`].
        subject: u8,
        node: u32,
        /// Seizures heard of, as they are remembered on `day` (a).
        seized: f32,
        /// Safe crossings, likewise (b).
        safe: f32,
        day: u32,
        /// Risk that the network's present plans rest on.
        acted: f32,
    }
}

/// Something seen in a cell on one day by the crews of one network.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct News {
    /// Row of the network whose crews saw it, or that was told.
    pub network: u16,
    /// [`PEOPLE`] or [`CONTRABAND`].
    pub subject: u8,
    pub node: NodeId,
    /// Seizures there.
    pub seized: u32,
    /// Crews that came through.
    pub safe: u32,
}

/// Rows of the beliefs of each network and subject by node; derived. Lists in order: they are read from end to end every
/// day, and rows are hardly ever added.
#[derive(Clone, Debug, Default)]
pub struct BeliefIndex(Vec<Vec<(NodeId, u32)>>);

impl BeliefIndex {
    fn slot(network: u16, subject: u8) -> usize {
        usize::from(network) * SUBJECTS + usize::from(subject)
    }
    /// The index of the rows of a table.
    pub fn of(beliefs: &Beliefs, networks: usize) -> BeliefIndex {
        let mut index = BeliefIndex(vec![Default::default(); networks * SUBJECTS]);
        for i in beliefs.rows() {
            index.0[Self::slot(beliefs.network()[i], beliefs.subject()[i])].push((beliefs.node()[i], i as u32));
        }
        for rows in &mut index.0 {
            rows.sort_unstable();
        }
        index
    }
    fn insert(&mut self, network: u16, subject: u8, node: NodeId, row: usize) {
        let rows = &mut self.0[Self::slot(network, subject)];
        let at = rows.partition_point(|x| x.0 < node);
        rows.insert(at, (node, row as u32));
    }
    /// Rows of a network on a subject, by rising node.
    pub fn rows(&self, network: u16, subject: u8) -> impl Iterator<Item = (NodeId, usize)> + '_ {
        self.0[Self::slot(network, subject)].iter().map(|&(node, row)| (node, row as usize))
    }
    /// The row about one cell.
    pub fn row(&self, network: u16, subject: u8, node: NodeId) -> Option<usize> {
        let rows = &self.0[Self::slot(network, subject)];
        rows.binary_search_by_key(&node, |x| x.0).ok().map(|at| rows[at].1 as usize)
    }
}

/// How memory works, from the parameters of the process `beliefs`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Memory {
    /// Rate at which what was seen is forgotten, 1/day.
    pub decay: f64,
    /// Seizures and observations in all that a newcomer starts from.
    pub prior_seized: f64,
    pub prior_seen: f64,
}

impl Memory {
    /// Share of what was known on one day that still counts on a later one.
    pub fn kept(&self, from: u32, to: u32) -> f64 {
        libm::exp(-self.decay * f64::from(to.saturating_sub(from)))
    }
    /// Believed chance of seizure in a cell: `(a + 0.1) / (a + b + 50)` (equation 3).
    pub fn risk(&self, seized: f64, safe: f64) -> f64 {
        (seized + self.prior_seized) / (seized + safe + self.prior_seen).max(1e-9)
    }
    /// The risk that a row stands for when this share of what was known still counts ([`Memory::kept`]).
    pub fn risk_after(&self, b: &Belief, kept: f64) -> f64 {
        self.risk(f64::from(b.seized) * kept, f64::from(b.safe) * kept)
    }
}

impl World {
    /// Adds what was seen to a network's belief about a cell.
    pub fn learn(&mut self, memory: &Memory, news: News, day: Tick) {
        let row = self.belief_index.row(news.network, news.subject, news.node).unwrap_or_else(|| {
            let of = self.networks.key()[usize::from(news.network)];
            let node = self.region.nodes.id[news.node as usize];
            let key = Key(of).child(Tick(u32::from(news.subject)), node).0;
            let row = self.beliefs.push(Belief {
                key,
                network: news.network,
                subject: news.subject,
                node: news.node,
                seized: 0.0,
                safe: 0.0,
                day: day.0,
                acted: memory.risk(0.0, 0.0) as f32,
            });
            self.belief_index.insert(news.network, news.subject, news.node, row);
            row
        });
        self.beliefs.update(row, |b| {
            let kept = memory.kept(b.day, day.0);
            b.seized = (f64::from(b.seized) * kept + f64::from(news.seized)) as f32;
            b.safe = (f64::from(b.safe) * kept + f64::from(news.safe)) as f32;
            b.day = day.0;
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MEMORY: Memory = Memory { decay: 0.01, prior_seized: 0.1, prior_seen: 50.0 };

    /// Equation 3 by hand: nothing seen 0.1/50; one seizure 1.1/51; nine safe crossings more 1.1/60; after 100 days at
    /// 0.01 a day both count for 1/e.
    #[test]
    fn beliefs_are_those_of_equation_3() {
        assert!((MEMORY.risk(0.0, 0.0) - 0.002).abs() < 1e-15);
        assert!((MEMORY.risk(1.0, 0.0) - 1.1 / 51.0).abs() < 1e-15);
        assert!((MEMORY.risk(1.0, 9.0) - 1.1 / 60.0).abs() < 1e-15);
        let b = Belief { key: 1, network: 0, subject: PEOPLE, node: 0, seized: 1.0, safe: 9.0, day: 100, acted: 0.0 };
        let e = libm::exp(-1.0);
        assert!((MEMORY.risk_after(&b, MEMORY.kept(100, 200)) - (e + 0.1) / (10.0 * e + 50.0)).abs() < 1e-12);
        assert_eq!(MEMORY.risk_after(&b, MEMORY.kept(100, 100)), MEMORY.risk(1.0, 9.0));
    }
}
