//! Who holds which ground: the share of control of each bloc in a cell, and how violent it is there.

use super::group::{BLOC_COUNT, LOCAL, STATE};
use super::migrant::END;
use super::world::World;
use crate::engine::rng::Key;
use crate::region::NodeId;
use crate::table;

table! {
    /// Cells that are or were contested; all others are held by whoever holds them at the start.
    Territory("territory"),
    /// A cell.
    Ground {
        key: u64,
        node: u32,
        /// Bloc with the largest share; the last one when nobody is there.
        holder: u8,
        /// Fatalities a day, the mean of about the last month.
        violence: f32,
        /// Share of control by bloc, 0-1, together 1 (kappa of equation 8).
        share: [f32; BLOC_COUNT],
    }
}

impl World {
    /// Who holds a cell that nobody has fought over: the state, in Libya local militias.
    fn first_holder(&self, node: NodeId) -> u8 {
        if Some(self.region.nodes.country[node as usize]) == self.libya { LOCAL } else { STATE }
    }

    /// The bloc that holds a cell.
    pub fn holder(&self, node: NodeId) -> u8 {
        match self.territory_of[node as usize] {
            END => self.first_holder(node),
            row => self.territory.holder()[row as usize],
        }
    }

    /// A bloc's share of control of a cell, 0 to 1.
    pub fn control(&self, node: NodeId, bloc: u8) -> f64 {
        match self.territory_of[node as usize] {
            END => f64::from(u8::from(self.first_holder(node) == bloc)),
            row => f64::from(self.territory.share()[row as usize][usize::from(bloc)]),
        }
    }

    /// Fatalities a day in a cell, the mean of about the last month.
    pub fn violence(&self, node: NodeId) -> f64 {
        match self.territory_of[node as usize] {
            END => 0.0,
            row => f64::from(self.territory.violence()[row as usize]),
        }
    }

    /// Row of a cell, made when it is first contested.
    pub fn ground(&mut self, node: NodeId) -> usize {
        let known = self.territory_of[node as usize];
        if known != END {
            return known as usize;
        }
        let row = self.territory.push(self.ground_now(node));
        self.territory_of[node as usize] = row as u32;
        row
    }

    /// The row of a cell, or what it would be if there were one.
    pub fn ground_now(&self, node: NodeId) -> Ground {
        let known = self.territory_of[node as usize];
        if known != END {
            return self.territory.get(known as usize);
        }
        let holder = self.first_holder(node);
        let mut share = [0.0; BLOC_COUNT];
        share[usize::from(holder)] = 1.0;
        let key = Key::named("territory", "node", self.region.nodes.id[node as usize]).0;
        Ground { key, node, holder, violence: 0.0, share }
    }

    /// Row of each cell, [`END`] where there is none.
    pub(super) fn find_territory(&self) -> Vec<u32> {
        let mut rows = vec![END; self.region.nodes.len()];
        for i in self.territory.rows() {
            rows[self.territory.node()[i] as usize] = i as u32;
        }
        rows
    }
}
