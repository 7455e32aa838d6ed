//! Where displaced people can go: sites (camps, towns, places at war), routes between them, and what is known of them by date: wars, closures,
//! registrations. A graph of its own beside the region's: on the grid a site stands in a cell, on a network it may be a place.

use super::catchment::OverLand;
use super::table::{Row, Table, suggestion};
use super::{CountryId, NodeId, Region};
use crate::engine::rng::Key;
use crate::error::{Error, Result};
use crate::units::{Date, Tick, great_circle_km};
use std::collections::BTreeMap;
use std::path::Path;

/// What a site is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum Kind {
    Camp,
    /// A camp of the displaced at home.
    IdpCamp,
    /// At war on the first day.
    ConflictZone,
    Town,
    /// Where everybody goes on from.
    Hub,
    /// A fork of roads: nobody's goal.
    Marker,
}

impl Kind {
    /// As files write them, in their order.
    pub const NAMES: [&str; 6] = ["camp", "idp_camp", "conflict_zone", "town", "hub", "marker"];
    const ALL: [Kind; 6] = [Kind::Camp, Kind::IdpCamp, Kind::ConflictZone, Kind::Town, Kind::Hub, Kind::Marker];

    /// True of camps of both kinds.
    pub fn is_camp(self) -> bool {
        matches!(self, Kind::Camp | Kind::IdpCamp)
    }

    /// As files write it.
    pub fn name(self) -> &'static str {
        Kind::NAMES[self as usize]
    }
}

/// A site.
#[derive(Clone, Debug)]
pub struct Site {
    pub name: String,
    pub key: u64,
    pub country: String,
    pub lat: f64,
    pub lon: f64,
    /// On the first day, as far as the file says.
    pub kind: Kind,
    /// Residents, of whom some may be displaced; 0 of camps. Where the file says `cells`, the people of the nodes nearest to it.
    pub population: u32,
    /// Persons a camp has room for; 0: any number.
    pub capacity: u32,
    /// In the country at war.
    pub home: bool,
    /// Share of the people in a camp who settle for good in a day.
    pub leave_per_day: f64,
    /// The node of the region that it lies in; none outside.
    pub node: Option<NodeId>,
}

/// A route in one direction; that of the other direction lies beside it: number 2n and 2n + 1.
#[derive(Clone, Copy, Debug)]
pub struct Link {
    pub from: u32,
    pub to: u32,
    pub km: f64,
    /// How far a day's travel goes on it; NaN: as elsewhere.
    pub km_per_day: f64,
    /// Share of those on it who walk.
    pub walk_share: f64,
    /// Everybody at its beginning goes this way.
    pub forced: bool,
}

/// What is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Barred {
    /// These links.
    Links,
    /// This camp: it is a town meanwhile.
    Camp,
    /// The redirection of these links.
    Forced,
}

/// Something closed from one day to before another.
#[derive(Clone, Debug)]
pub struct Closure {
    pub what: Barred,
    /// Links; of a camp its site.
    pub of: Vec<u32>,
    /// Closures of a single route alone: the links in the direction that it is not written in. Flee closes no other.
    pub reverse: Vec<u32>,
    pub from: Tick,
    pub until: Tick,
}

/// Reports of how many people are registered, by day, in order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Reports(pub Vec<(i64, f64)>);

impl Reports {
    /// Persons on a day: as reported, in a straight line between reports and cut to whole persons; before the first report it is that, after
    /// the last the last.
    pub fn on(&self, day: Tick) -> i64 {
        let (day, all) = (i64::from(day.0), &self.0);
        let next = all.partition_point(|r| r.0 <= day);
        let v = match (next.checked_sub(1).map(|i| all[i]), all.get(next)) {
            (None, None) => 0.0,
            (None, Some(first)) => first.1,
            (Some(last), None) => last.1,
            (Some(a), Some(b)) => a.1 + (day - a.0) as f64 / (b.0 - a.0) as f64 * (b.1 - a.1),
        };
        libm::trunc(v) as i64
    }
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub struct DisplacementNet {
    pub sites: Vec<Site>,
    pub links: Vec<Link>,
    /// Links that leave each site, by their numbers.
    pub leaving: Vec<Vec<u32>>,
    pub closures: Vec<Closure>,
    /// Recorded war: (from this day on, site, intensity), by day.
    pub conflict: Vec<(Tick, u32, f64)>,
    /// By site; none where nobody registers.
    pub registered: Vec<Option<Reports>>,
    /// Registered in all, as published by itself.
    pub total: Reports,
    /// Registered at places that are no site.
    pub elsewhere: Reports,
    /// Files that it was read from, with their checksums.
    pub inputs: Vec<(String, String)>,
}

/// Sites by name, with their spot in the file.
type Names = BTreeMap<String, u32>;

impl DisplacementNet {
    /// Reads `sites.csv` (name, country, lat, lon, kind, population, capacity, home, leave_per_day), `routes.csv` (a, b, km, forced, km_per_day,
    /// walk_share) and, if there, `closures.csv` (kind, a, b, from, until), `conflict.csv` (date, site, intensity) and `registrations.csv` (site,
    /// date, persons; site `total` for the sum as it was published, `elsewhere` for all that is registered at no site) in `dir`. A population
    /// `cells` is that of the nodes nearest to the site ([`OverLand::catchments`]), an empty km the way over land ([`OverLand::km`]), and a
    /// straight line within a node.
    ///
    /// # Errors
    /// A file that cannot be read; the first thing that is wrong, by file and line.
    pub fn read(dir: &Path, region: &Region) -> Result<DisplacementNet> {
        let mut net = DisplacementNet::default();
        let table = Table::read(dir, "sites.csv")?;
        let mut land = OverLand::of(region);
        let names = net.read_sites(&table, &mut land)?;
        if net.sites.is_empty() {
            return Err(table.fault("no site below the first line"));
        }
        net.read_routes(&Table::read(dir, "routes.csv")?, &names, &mut land)?;
        if let Some(table) = Table::read_if_there(dir, "closures.csv")? {
            net.read_closures(&table, &names)?;
        }
        if let Some(table) = Table::read_if_there(dir, "conflict.csv")? {
            net.read_conflict(&table, &names)?;
        }
        if let Some(table) = Table::read_if_there(dir, "registrations.csv")? {
            net.read_registrations(&table, &names)?;
        }
        Ok(net)
    }

    fn read_sites(&mut self, table: &Table, land: &mut OverLand) -> Result<Names> {
        let region = land.region;
        self.inputs.push(table.input.clone());
        let mut names = Names::new();
        let mut by_cells: Vec<(usize, (NodeId, CountryId))> = vec![];
        let columns = ["name", "country", "lat", "lon", "kind", "population?", "capacity?", "home?", "leave_per_day?"];
        table.rows(&columns, |row| {
            let name = row.text(0)?.to_string();
            if name.is_empty() || row.text(1)?.is_empty() {
                return Err(row.fault("a site needs a name and a country"));
            }
            if ["total", "elsewhere"].contains(&name.as_str()) {
                return Err(row.fault(format!("a site cannot be called `{name}`: registrations use the name")));
            }
            if names.insert(name.clone(), self.sites.len() as u32).is_some() {
                return Err(row.fault(format!("the site `{name}` comes twice")));
            }
            let (lat, lon) = (row.number(2, -90.0, 90.0)?, row.number(3, -180.0, 180.0)?);
            let kind = row.text(4)?;
            let kind = Kind::NAMES.iter().position(|k| *k == kind);
            let kind = kind.ok_or_else(|| row.fault(format!("`kind` is none of {}", Kind::NAMES.join(", "))))?;
            let whole = |i| Ok::<u32, Error>(row.maybe_number(i, 0.0, f64::from(u32::MAX))?.unwrap_or(0.0) as u32);
            let named = region.place(&name).and_then(|p| region.places[p as usize].node);
            let node = named.or_else(|| region.nearest_node(lat, lon));
            let kind = Kind::ALL[kind];
            let population = if row.text(5)? == "cells" {
                let node = node.filter(|_| !kind.is_camp());
                let why = "`population = cells` is of towns on the ground of the region";
                let node = node.ok_or_else(|| row.fault(why))?;
                let of_cell = region.nodes.country[node as usize];
                by_cells.push((self.sites.len(), (node, region.country(row.text(1)?).unwrap_or(of_cell))));
                0
            } else {
                whole(5)?
            };
            let home = match row.text(7)? {
                "yes" | "" => true,
                "no" => false,
                other => return Err(row.fault(format!("`home` is `{other}`, neither yes nor no"))),
            };
            self.sites.push(Site {
                key: Key::named("displacement site", &name, 0).0,
                name,
                country: row.text(1)?.to_string(),
                lat,
                lon,
                kind,
                population,
                capacity: whole(6)?,
                home,
                leave_per_day: row.maybe_number(8, 0.0, 1.0)?.unwrap_or(0.0),
                node,
            });
            Ok(())
        })?;
        let nodes: Vec<(NodeId, CountryId)> = by_cells.iter().map(|x| x.1).collect();
        for (&(site, _), people) in by_cells.iter().zip(land.catchments(&nodes)) {
            self.sites[site].population = people.min(u64::from(u32::MAX)) as u32;
        }
        self.leaving = vec![vec![]; self.sites.len()];
        self.registered = vec![None; self.sites.len()];
        Ok(names)
    }

    fn read_routes(&mut self, table: &Table, names: &Names, land: &mut OverLand) -> Result<()> {
        self.inputs.push(table.input.clone());
        let mut known = std::collections::BTreeSet::new();
        table.rows(&["a", "b", "km?", "forced?", "km_per_day?", "walk_share?"], |row| {
            let (a, b) = (site(names, row, 0)?, site(names, row, 1)?);
            if a == b || !known.insert((a.min(b), a.max(b))) {
                let why = if a == b { "leads back to itself" } else { "comes twice" };
                return Err(row.fault(format!("the route from `{}` to `{}` {why}", row.text(0)?, row.text(1)?)));
            }
            let forced = if row.text(3)?.is_empty() { None } else { Some(site(names, row, 3)?) };
            if forced.is_some_and(|end| end != a && end != b) {
                return Err(row.fault("`forced` is no end of the route"));
            }
            let mut over_land = || {
                let (a, b) = (&self.sites[a as usize], &self.sites[b as usize]);
                let km = match (a.node, b.node) {
                    (Some(x), Some(y)) if x == y => Some(great_circle_km(a.lat, a.lon, b.lat, b.lon).max(1.0)),
                    (Some(x), Some(y)) => land.km(x, y),
                    _ => None,
                };
                km.ok_or_else(|| row.fault("`km` is empty, and the region has no way over land from one to the other"))
            };
            let km = row.maybe_number(2, 0.001, 20_000.0)?.map_or_else(&mut over_land, Ok)?;
            let walk_share = row.maybe_number(5, 0.0, 1.0)?.unwrap_or(0.0);
            let km_per_day = row.maybe_number(4, 1.0, 20_000.0)?.unwrap_or(f64::NAN);
            for (from, to) in [(a, b), (b, a)] {
                self.leaving[from as usize].push(self.links.len() as u32);
                self.links.push(Link { from, to, km, km_per_day, walk_share, forced: forced == Some(to) });
            }
            Ok(())
        })
    }

    fn read_closures(&mut self, table: &Table, names: &Names) -> Result<()> {
        self.inputs.push(table.input.clone());
        table.rows(&["kind", "a", "b?", "from", "until"], |row| {
            let (from, until) = (date(row, 3)?, date(row, 4)?);
            if until < from {
                return Err(row.fault("`until` lies before `from`"));
            }
            let between = |one: &dyn Fn(u32) -> bool, other: &dyn Fn(u32) -> bool| -> Vec<u32> {
                let both = |l: &Link| one(l.from) && other(l.to) || other(l.from) && one(l.to);
                (0..self.links.len() as u32).filter(|&i| both(&self.links[i as usize])).collect()
            };
            let mut reverse = vec![];
            let (what, of) = match row.text(0)? {
                "border" => {
                    let (a, b) = (row.text(1)?, row.text(2)?);
                    if let Some(no) = [a, b].into_iter().find(|c| !self.sites.iter().any(|s| s.country == **c)) {
                        let near = suggestion(no, self.sites.iter().map(|s| s.country.as_str()));
                        return Err(row.fault(format!("no site lies in the country `{no}`{near}")));
                    }
                    let of = |s: u32| self.sites[s as usize].country.as_str();
                    (Barred::Links, between(&|s| of(s) == a, &|s| of(s) == b))
                }
                "site" => {
                    let a = site(names, row, 1)?;
                    (Barred::Links, between(&|s| s == a, &|_| true))
                }
                kind @ ("route" | "forced") => {
                    let (a, b) = (site(names, row, 1)?, site(names, row, 2)?);
                    let all = between(&|s| s == a, &|s| s == b);
                    if all.is_empty() {
                        return Err(row.fault("no route joins these sites"));
                    }
                    reverse = all.iter().copied().filter(|&l| self.links[l as usize].from == b).collect();
                    (if kind == "route" { Barred::Links } else { Barred::Forced }, all)
                }
                "camp" | "idp_camp" => (Barred::Camp, vec![site(names, row, 1)?]),
                other => {
                    let all = "border, site, route, camp, idp_camp, forced";
                    return Err(row.fault(format!("`kind` is `{other}`, none of {all}")));
                }
            };
            self.closures.push(Closure { what, of, reverse, from, until });
            Ok(())
        })
    }

    fn read_conflict(&mut self, table: &Table, names: &Names) -> Result<()> {
        self.inputs.push(table.input.clone());
        table.rows(&["date", "site", "intensity"], |row| {
            self.conflict.push((date(row, 0)?, site(names, row, 1)?, row.number(2, 0.0, 1.0)?));
            Ok(())
        })?;
        self.conflict.sort_by_key(|c| (c.0, c.1));
        Ok(())
    }

    fn read_registrations(&mut self, table: &Table, names: &Names) -> Result<()> {
        self.inputs.push(table.input.clone());
        table.rows(&["site", "date", "persons"], |row| {
            let reports = match row.text(0)? {
                "total" => &mut self.total,
                "elsewhere" => &mut self.elsewhere,
                _ => self.registered[site(names, row, 0)? as usize].get_or_insert_default(),
            };
            let (day, persons) = (i64::from(date(row, 1)?.0), row.number(2, 0.0, 1e8)?);
            if reports.0.last().is_some_and(|last| last.0 >= day) {
                return Err(row.fault("reports of a site are not in the order of their dates"));
            }
            reports.0.push((day, persons));
            Ok(())
        })
    }
}

fn site(names: &Names, row: &Row, i: usize) -> Result<u32> {
    let name = row.text(i)?;
    names.get(name).copied().ok_or_else(|| {
        let near = suggestion(name, names.keys().map(String::as_str));
        row.fault(format!("unknown site `{name}`{near}"))
    })
}

fn date(row: &Row, i: usize) -> Result<Tick> {
    let text = row.text(i)?;
    let date = text.parse::<jiff::civil::Date>().ok().filter(|d| d.year() >= 1970).ok_or(());
    date.map(|d| Date(d).tick()).map_err(|_| row.fault(format!("`{text}` is no date from 1970 on (2012-02-29)")))
}
