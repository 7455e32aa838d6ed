//! A world as bytes, and back.

use super::arms::ORIGINS;
use super::belief::SUBJECTS;
use super::group::{BLOC_COUNT, TIES};
use super::migrant::END;
use super::outlook::WAY_ROUND;
use super::tally::LegCount;
use super::world::World;
use crate::engine::save::Sections;
use crate::engine::table::{Column, column_from_bytes};
use crate::units::Tick;

/// The evening of a saved state.
///
/// # Errors
/// That it has none.
pub fn saved_day(s: &Sections) -> Result<Tick, String> {
    let day = s.get("day")?;
    Ok(Tick(u32::from_le_bytes(day.try_into().map_err(|_| "section `day` has a wrong length")?)))
}

impl World {
    /// The state as bytes: every column, every ledger, the day.
    pub fn save(&self) -> Vec<u8> {
        let mut s = Sections::default();
        self.save_into(&mut s);
        s.to_bytes()
    }

    /// Adds the state's sections to others.
    pub fn save_into(&self, s: &mut Sections) {
        s.put("day", self.day.0.to_le_bytes());
        for t in self.tables() {
            for ((name, _), bytes) in t.columns().into_iter().zip(t.column_bytes()) {
                s.put(format!("table/{}/{name}", t.name()), bytes);
            }
        }
        for l in self.ledgers.all() {
            let (balance, moved) = l.parts();
            s.put(format!("ledger/{}/balance", l.name), bytemuck::cast_slice::<_, u8>(balance));
            s.put(format!("ledger/{}/moved", l.name), bytemuck::cast_slice::<_, u8>(moved));
        }
        let cells: Vec<[u32; 5]> =
            self.cells.iter().map(|c| [c.people, c.arms, c.crews, c.deaths, c.seizures]).collect();
        s.put("cells", bytemuck::cast_slice::<_, u8>(&cells));
        s.put("legs", bytemuck::cast_slice::<_, u8>(&self.leg_counts));
    }

    /// Puts a saved state into this world, which must be of the same scenario; the error says what does not fit.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.restore_from(&Sections::from_bytes(bytes)?)
    }

    /// The same from sections.
    ///
    /// # Errors
    /// A section that is missing or does not fit.
    pub fn restore_from(&mut self, s: &Sections) -> Result<(), String> {
        let day = saved_day(s)?;
        // Days are counted in 32 bits, hours too: beyond this nothing could be added to one.
        if day.0 > LATEST {
            return Err(format!("section `day` is {}, and no run goes beyond day {LATEST}", day.0));
        }
        self.day = day;
        for t in self.tables_mut() {
            let (prefix, rows) = (format!("table/{}/", t.name()), t.rows_kept());
            t.restore(&s.under(&prefix))?;
            if FIXED.contains(&t.name()) && t.rows_kept() != rows {
                return Err(format!("table `{}` has {} rows; it must have {rows}", t.name(), t.rows_kept()));
            }
        }
        self.fits()?;
        for l in self.ledgers.all_mut() {
            let column = |part: &str| -> Result<Vec<i64>, String> {
                let name = format!("ledger/{}/{part}", l.name);
                column_from_bytes(s.get(&name)?).ok_or(format!("section `{name}` has a wrong length"))
            };
            let (balance, moved) = (column("balance")?, column("moved")?);
            if !l.restore(&balance, &moved) {
                return Err(format!("ledger `{}` has a wrong length", l.name));
            }
        }
        let cells: Vec<[u32; 5]> = column_from_bytes(s.get("cells")?).ok_or("section `cells` has a wrong length")?;
        if cells.len() != self.cells.len() {
            return Err("section `cells` has a wrong length".into());
        }
        for (c, v) in self.cells.iter_mut().zip(cells) {
            [c.people, c.arms, c.crews, c.deaths, c.seizures] = v;
        }
        let legs: Vec<LegCount> = column_from_bytes(s.get("legs")?).ok_or("section `legs` has a wrong length")?;
        if legs.len() != self.leg_counts.len() {
            return Err("section `legs` has a wrong length".into());
        }
        self.leg_counts = legs;
        self.rederive();
        Ok(())
    }

    /// Checks that every number of a place, leg, bloc or row in the tables is one that there is: the checksum of a saved state
    /// says that it is as it was written, not that it was written by this program for this scenario.
    fn fits(&self) -> Result<(), String> {
        let (r, routes) = (&self.region, &self.routes);
        let (nodes, countries, places) = (r.nodes.len(), r.countries.len(), r.places.len());
        let (zones, lanes) = (r.sea.zones.len(), r.sea.lanes.len());
        let (hubs, legs, people) = (routes.hubs.len(), routes.legs.len(), self.migrants.len());
        below("depots.node", self.depots.node(), nodes, NEVER)?;
        below("depots.country", self.depots.country(), countries, NEVER)?;
        below("depots.origin", self.depots.origin(), ORIGINS, NEVER)?;
        below("groups.node", self.groups.node(), nodes, NEVER)?;
        below("groups.home", self.groups.home(), nodes, NEVER)?;
        below("groups.country", self.groups.country(), countries, NEVER)?;
        below("groups.bloc", self.groups.bloc(), BLOC_COUNT, NEVER)?;
        below("groups.tie", self.groups.tie(), TIES.len(), NEVER)?;
        below("homelands.country", self.homelands.country(), countries, NEVER)?;
        below("homelands.tie", self.homelands.tie(), TIES.len(), NEVER)?;
        below("hostilities.country", self.hostilities.country(), countries, NEVER)?;
        below("hostilities.a", self.hostilities.a(), BLOC_COUNT, NEVER)?;
        below("hostilities.b", self.hostilities.b(), BLOC_COUNT, NEVER)?;
        below("territory.node", self.territory.node(), nodes, NEVER)?;
        below("territory.holder", self.territory.holder(), BLOC_COUNT, NEVER)?;
        below("stores.kind", self.stores.kind(), 3, NEVER)?;
        let ends = |i: &usize| if self.stores.kind()[*i] == super::store::MARKET { hubs } else { countries };
        if let Some(i) = (0..self.stores.len()).find(|i| usize::from(self.stores.at()[*i]) >= ends(i)) {
            return Err(format!("`stores.at` has {}, and there is none", self.stores.at()[i]));
        }
        below("networks.home", self.networks.home(), hubs, NONE_16)?;
        below("crews.network", self.crews.network(), self.networks.len(), NEVER)?;
        below("crews.home", self.crews.home(), hubs, NEVER)?;
        below("crews.hub", self.crews.hub(), hubs, NEVER)?;
        below("crews.leg", self.crews.leg(), legs, NONE_16)?;
        below("crews.goal", self.crews.goal(), hubs, NONE_16)?;
        below("crews.source", self.crews.source(), hubs, NONE_16)?;
        below("crews.node", self.crews.node(), nodes, NEVER)?;
        let strays = |c: super::crew::Crew| {
            let ways = routes.legs.get(usize::from(c.leg)).map_or(usize::MAX, |l| l.ways.len());
            c.state == super::crew::DRIVING && (ways == usize::MAX || c.way != WAY_ROUND && usize::from(c.way) >= ways)
        };
        if let Some(i) = self.crews.rows().find(|&i| strays(self.crews.get(i))) {
            return Err(format!("crew {:x} drives a way that there is not", self.crews.key()[i]));
        }
        below("beliefs.network", self.beliefs.network(), self.networks.len(), NEVER)?;
        below("beliefs.subject", self.beliefs.subject(), SUBJECTS, NEVER)?;
        below("beliefs.node", self.beliefs.node(), nodes, NEVER)?;
        below("convoys.to", self.convoys.to(), hubs, NEVER)?;
        below("convoys.bloc", self.convoys.bloc(), BLOC_COUNT, NEVER)?;
        below("convoys.tie", self.convoys.tie(), TIES.len(), NEVER)?;
        below("cohorts.country", self.cohorts.country(), countries, NEVER)?;
        below("cohorts.bloc", self.cohorts.bloc(), BLOC_COUNT, NEVER)?;
        below("patrols.node", self.patrols.node(), nodes, NEVER)?;
        below("patrols.country", self.patrols.country(), countries, NEVER)?;
        below("sightings.node", self.sightings.node(), nodes, NEVER)?;
        below("states.country", self.states.country(), countries, NEVER)?;
        // A site beyond the edge of the region has no node.
        below("oil_sites.node", self.oil_sites.node(), nodes, NONE_32)?;
        below("oil_sites.country", self.oil_sites.country(), countries, NEVER)?;
        below("oil_sites.outlet", self.oil_sites.outlet(), self.oil_sites.len(), NEVER)?;
        below("patrons.country", self.patrons.country(), countries, NONE_16)?;
        below("patrons.bloc", self.patrons.bloc(), BLOC_COUNT, NEVER)?;
        for way in 0..super::patron::WAYS {
            let lands = self.patrons.lands().iter().map(|l| u64::from(l[way]));
            below_all("patrons.lands", lands, places, NONE_16)?;
        }
        below("inflows.country", self.inflows.country(), countries, NEVER)?;
        below("origins.hub", self.origins.hub(), hubs, NEVER)?;
        below("migrants.hub", self.migrants.hub(), hubs, NEVER)?;
        below("migrants.goal", self.migrants.goal(), hubs, NEVER)?;
        below("migrants.leg", self.migrants.leg(), legs, NONE_16)?;
        below("migrants.origin", self.migrants.origin(), self.origins.len(), NONE_8)?;
        below("migrants.next", self.migrants.next(), people, NONE_32)?;
        below("boats.zone", self.boats.zone(), zones, NEVER)?;
        below("boats.lane", self.boats.lane(), lanes, NEVER)?;
        below("boats.hub", self.boats.hub(), hubs, NEVER)?;
        below("boats.kind", self.boats.kind(), 2, NEVER)?;
        below("vessels.zone", self.vessels.zone(), zones, NEVER)?;
        self.displaced_fit()?;
        let queue = super::migrant::Status::Queuing as u8;
        if self.migrants.rows().map(|i| self.migrants.get(i)).any(|m| m.status() == queue && usize::from(m.leg) >= legs)
        {
            return Err("a migrant waits for a seat on a leg that there is not".into());
        }
        self.lists_fit()
    }

    /// Nobody may be aboard twice: a list that came back to itself would have no end.
    fn lists_fit(&self) -> Result<(), String> {
        let crews = self.crews.rows().filter(|&i| self.crews.riders()[i] > 0).map(|i| self.crews.first()[i]);
        let boats = self.boats.rows().map(|i| self.boats.first()[i]);
        let vessels = self.vessels.rows().filter(|&i| self.vessels.aboard()[i] > 0).map(|i| self.vessels.first()[i]);
        let mut aboard = vec![false; self.migrants.len()];
        for first in crews.chain(boats).chain(vessels) {
            let mut at = first;
            while at != END {
                match aboard.get_mut(at as usize) {
                    Some(twice) if !*twice => *twice = true,
                    Some(_) => return Err(format!("the migrant in row {at} is aboard twice")),
                    None => return Err(format!("somebody aboard is in row {at} of the migrants, which has none")),
                }
                at = self.migrants.next()[at as usize];
            }
        }
        Ok(())
    }
}

/// Last day that a saved state may have: the last of the year 9999, and of the calendar.
const LATEST: u32 = 2_932_896;

/// Tables whose rows are made with the world and stay.
const FIXED: [&str; 13] = [
    "networks",
    "homelands",
    "markets",
    "fares",
    "tickets",
    "patrols",
    "states",
    "actors",
    "oil_sites",
    "origins",
    "zones",
    "clocks",
    "sites",
];

/// What stands for "none" in columns of 8, 16 and 32 bits; no column has the last.
const NONE_8: u64 = u8::MAX as u64;
const NONE_16: u64 = u16::MAX as u64;
const NONE_32: u64 = u32::MAX as u64;
const NEVER: u64 = u64::MAX;

/// Checks that a column numbers something of which there are so many, or `none`. Empty rows too: what is derived from some tables
/// looks at all of them.
fn below<'a, R: 'a, T: Copy + Into<u64> + 'a>(
    what: &str,
    column: Column<'a, R, T>,
    many: usize,
    none: u64,
) -> Result<(), String> {
    below_all(what, column.iter().map(|&x| x.into()), many, none)
}

fn below_all(what: &str, mut numbers: impl Iterator<Item = u64>, many: usize, none: u64) -> Result<(), String> {
    match numbers.find(|&x| x >= many as u64 && x != none) {
        Some(x) => Err(format!("`{what}` has {x}, and there are {many}")),
        None => Ok(()),
    }
}
