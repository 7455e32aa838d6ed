//! Homelands: ground where a people that has risen before may rise again (equation 10).

use super::group::TIES;
use super::migrant::END;
use super::world::World;
use crate::engine::rng::Key;
use crate::region::{CountryId, NodeId};
use crate::table;
use crate::units::great_circle_km;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

table! {
    /// Homelands.
    Homelands("homelands"),
    /// A homeland.
    Homeland {
        key: u64,
        country: u16,
        /// Tie of its people, index into [`TIES`].
        tie: u8,
        /// People who live there.
        people: u32,
        /// Fighters who have come home to it since the first day.
        returned: u32,
        /// How much of the state's capacity reaches it, 0 to 1.
        reach: f64,
        /// Grievance, 0 to 1.
        grievance: f64,
        /// Day on which it rose; 0 while at peace.
        revolt: u32,
        /// 1 while those who rose together fight side by side.
        united: u8,
    }
}

/// A homeland of `data/model/homelands.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct HomelandSpec {
    pub name: String,
    /// Whose people: the tie of its groups.
    #[schemars(extend("enum" = TIES))]
    pub tie: String,
    /// Towns of the homeland, the first of them its centre; all in one country.
    #[schemars(extend("x-names" = "place"))]
    pub places: Vec<String>,
    /// Ground no farther than this from one of them belongs to it.
    #[schemars(range(min = 1, max = 1000), extend("x-unit" = "km"))]
    pub radius_km: f64,
    /// How much of the state's capacity reaches it.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share"))]
    pub reach: f64,
    /// Grievance.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share"))]
    pub grievance: f64,
}

/// Homelands at the start.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Initial {
    /// Homelands in the place of those of `data/model/homelands.csv`.
    pub list: Vec<HomelandSpec>,
}

/// Ground and towns of a homeland: never changes.
#[derive(Clone, Debug, Default)]
pub struct Homestead {
    pub name: String,
    /// Its nodes, ascending.
    pub nodes: Vec<NodeId>,
    /// Node of each of its towns.
    pub towns: Vec<NodeId>,
}

impl World {
    /// How much of the state's capacity reaches a cell: all of it outside homelands.
    pub fn reach_of_state(&self, node: NodeId) -> f64 {
        match self.homeland_of[node as usize] {
            END => 1.0,
            h => self.homelands.reach()[h as usize],
        }
    }

    /// The homeland of each cell, [`END`] for none; of two that overlap the first.
    pub(super) fn find_homelands(&self) -> Vec<u32> {
        let mut of = vec![END; self.region.nodes.len()];
        for (h, home) in self.homesteads.iter().enumerate().rev() {
            home.nodes.iter().for_each(|&n| of[n as usize] = h as u32);
        }
        of
    }
}

/// Lays out the homelands whose towns the region has.
pub fn populate(w: &mut World, init: &Initial, known: &[HomelandSpec]) {
    for spec in if init.list.is_empty() { known } else { &init.list } {
        add(w, spec);
    }
}

fn add(w: &mut World, spec: &HomelandSpec) {
    let places: Vec<usize> = spec.places.iter().filter_map(|p| w.region.place(p)).map(usize::from).collect();
    let Some(&first) = places.first() else { return };
    let country: CountryId = w.region.places[first].country;
    let n = &w.region.nodes;
    let towns: Vec<NodeId> = places.iter().filter_map(|&p| w.region.places[p].node).collect();
    let near = |&i: &usize| {
        n.country[i] == country
            && places.iter().any(|&p| {
                let p = &w.region.places[p];
                great_circle_km(p.lat, p.lon, n.lat[i], n.lon[i]) <= spec.radius_km
            })
    };
    let mut nodes: Vec<NodeId> = (0..n.len()).filter(near).map(|i| i as NodeId).collect();
    nodes.extend(&towns);
    nodes.sort_unstable();
    nodes.dedup();
    let people = nodes.iter().map(|&i| n.population[i as usize]).sum();
    w.homelands.push(Homeland {
        key: Key::named("homeland", &spec.name, 0).0,
        country,
        tie: TIES.iter().position(|t| *t == spec.tie).unwrap_or(0) as u8,
        people,
        returned: 0,
        reach: spec.reach,
        grievance: spec.grievance,
        revolt: 0,
        united: 0,
    });
    w.homesteads.push(Homestead { name: spec.name.clone(), nodes, towns });
}
