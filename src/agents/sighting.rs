//! What enforcement remembers of a cell: how often something was found there, and how hard it was looked for.

use super::migrant::END;
use super::world::World;
use crate::engine::rng::Key;
use crate::region::NodeId;
use crate::table;
use crate::units::Tick;

table! {
    /// Memory of the cells where something was found or where teams or sensors have worked.
    Sightings("sightings"),
    /// Memory of a cell.
    Sighting {
        key: u64,
        node: u32,
        /// Detections by teams and sensors up to the morning of `day`, the older the less.
        found: f32,
        /// Sum of the daily hazards of being found by a team or seen by a sensor, faded in the same way.
        effort: f32,
        /// Morning up to which both are reckoned.
        day: u32,
        /// Detections since then: a count, so that the order in which they come in does not matter.
        fresh: u32,
        /// `found` at the last weekly reallocation: what strategies go by until the next.
        found_then: f32,
        /// `effort` at that time.
        effort_then: f32,
    }
}

impl Sighting {
    /// The memory on the morning of `day`, fading at `rate` per day.
    pub fn at(self, day: Tick, rate: f64) -> Sighting {
        let keep = libm::exp(-rate * f64::from(day.0.saturating_sub(self.day)));
        let faded = |x: f32| f64::from(x) * keep;
        let found = (faded(self.found) + f64::from(self.fresh)) as f32;
        Sighting { found, effort: faded(self.effort) as f32, day: day.0, fresh: 0, ..self }
    }
}

/// Books `n` detections by teams or sensors at a node today.
pub fn found(w: &mut World, node: NodeId, n: u32) {
    let row = w.sighting(node);
    w.sightings.update(row, |s| s.fresh = s.fresh.saturating_add(n));
}

impl World {
    /// Row of a node's memory, made when first needed.
    pub fn sighting(&mut self, node: NodeId) -> usize {
        let known = self.sighting_of[node as usize];
        if known != END {
            return known as usize;
        }
        let key = Key::named("sighting", "node", self.region.nodes.id[node as usize]).0;
        let day = self.day.0;
        let row = self.sightings.push(Sighting {
            key,
            node,
            found: 0.0,
            effort: 0.0,
            day,
            fresh: 0,
            found_then: 0.0,
            effort_then: 0.0,
        });
        self.sighting_of[node as usize] = row as u32;
        row
    }

    /// Row of each node's memory, [`END`] where there is none.
    pub(super) fn find_sightings(&self) -> Vec<u32> {
        let mut rows = vec![END; self.region.nodes.len()];
        for i in self.sightings.rows() {
            rows[self.sightings.node()[i] as usize] = i as u32;
        }
        rows
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Eight detections of which a week at a rate of ln 2 / 7 leaves half, and three of yesterday in full.
    #[test]
    fn memory_fades_and_takes_in_what_is_fresh() {
        let s =
            Sighting { key: 1, node: 0, found: 8.0, effort: 4.0, day: 10, fresh: 3, found_then: 9.0, effort_then: 5.0 };
        let later = s.at(Tick(17), libm::log(2.0) / 7.0);
        assert!((later.found - 7.0).abs() < 1e-6 && (later.effort - 2.0).abs() < 1e-6);
        assert_eq!((later.day, later.fresh, later.found_then, later.effort_then), (17, 0, 9.0, 5.0));
        assert_eq!(s.at(Tick(10), 0.1).found, 11.0, "no day has passed");
    }
}
