//! Oil fields and the terminals that they pump to.

use super::migrant::END;
use super::world::World;
use crate::engine::rng::Key;
use crate::region::{CountryId, NodeId};
use crate::table;

/// A field; its oil flows while it and its terminal are open.
pub const FIELD: u8 = 0;
/// A terminal on the coast.
pub const TERMINAL: u8 = 1;
/// Node of a field in the sea: nobody holds it.
pub const OFFSHORE: NodeId = END;

table! {
    /// Oil sites of the countries whose politics are simulated.
    OilSites("oil_sites"),
    /// A field or a terminal.
    OilSite {
        key: u64,
        node: u32,
        country: u16,
        /// [`FIELD`] or [`TERMINAL`].
        kind: u8,
        /// 1 when it works.
        open: u8,
        /// What a field gives when it is open, thousand barrels a day.
        capacity: f32,
    }
    links {
        /// Row of a field's terminal; of a terminal, its own.
        outlet: u32,
    }
}

/// A row of `data/model/oil.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct OilSpec {
    pub place: String,
    /// True for a terminal.
    pub terminal: bool,
    /// Thousand barrels a day; 0 for terminals.
    pub capacity: f64,
    /// Name of the field's terminal.
    pub outlet: String,
}

/// Key of the site at a place.
pub fn site_key(place: &str) -> u64 {
    Key::named("oil site", place, 0).0
}

/// Opens every site of the countries whose politics are simulated.
pub fn populate(w: &mut World, sites: &[OilSpec]) {
    for spec in sites.iter().filter(|s| s.terminal).chain(sites.iter().filter(|s| !s.terminal)) {
        let Some(place) = w.region.place(&spec.place).map(|p| w.region.places[p as usize].clone()) else { continue };
        if w.unity(place.country).is_none() {
            continue;
        }
        let outlet = site_key(if spec.terminal { &spec.place } else { &spec.outlet });
        let own = w.oil_sites.len();
        let outlet = w.oil_sites.key().iter().position(|&k| k == outlet).unwrap_or(own) as u32;
        w.oil_sites.push(OilSite {
            key: site_key(&spec.place),
            node: place.node.unwrap_or(OFFSHORE),
            country: place.country,
            kind: if spec.terminal { TERMINAL } else { FIELD },
            open: 1,
            capacity: spec.capacity as f32,
            outlet,
        });
    }
}

impl World {
    /// Oil that reaches the ships of a country today, thousand barrels a day.
    pub fn oil_production(&self, country: CountryId) -> f64 {
        let s = &self.oil_sites;
        let flows = |&i: &usize| {
            let works = s.open()[i] == 1 && s.open()[s.outlet()[i] as usize] == 1;
            s.country()[i] == country && s.kind()[i] == FIELD && works
        };
        s.rows().filter(flows).map(|i| f64::from(s.capacity()[i])).sum()
    }

    /// Oil of a country when every site is open, thousand barrels a day.
    pub fn oil_capacity(&self, country: CountryId) -> f64 {
        let s = &self.oil_sites;
        s.rows().filter(|&i| s.country()[i] == country).map(|i| f64::from(s.capacity()[i])).sum()
    }
}
