//! `locations.csv` and `routes.csv`: sites and what joins them.

use super::super::log::{Log, quoted};
use super::super::sheet::{Row, Sheet};
use super::Source;
use super::settings::Settings;
use crate::region::displacement::Kind;
use std::collections::{BTreeMap, BTreeSet};

/// Most residents of a site, and most persons that a camp has room for.
const MOST_PEOPLE: u32 = 100_000_000;

/// A site.
pub(super) struct Site {
    pub name: String,
    pub country: String,
    pub lat: f64,
    pub lon: f64,
    pub kind: Kind,
    /// Residents; of camps the persons they have room for.
    pub people: u32,
    /// In the country of the first site.
    pub home: bool,
    /// Share of the people in a camp who settle for good in a day.
    pub leave_per_day: Option<f64>,
    /// Of a conflict zone: the day of the run on which war begins, and how intense it is if it is there on the first.
    pub war: Option<(u32, f64)>,
    /// An intensity was given.
    pub says_intensity: bool,
}

/// All sites, with an index of their names.
#[derive(Default)]
pub(super) struct Sites {
    pub all: Vec<Site>,
    by_name: BTreeMap<String, usize>,
    lines: Vec<u64>,
    countries: BTreeSet<String>,
    /// The file was read: a name that it has not is unknown.
    there: bool,
}

/// A route.
pub(super) struct Route {
    pub a: usize,
    pub b: usize,
    pub km: f64,
    /// The end that everybody at the other one must go to.
    pub forced: Option<usize>,
    pub km_per_day: Option<f64>,
    pub walk_share: Option<f64>,
}

/// All routes, with the line of each by its ends, the lower one first.
#[derive(Default)]
pub(super) struct Routes {
    pub all: Vec<Route>,
    by_ends: BTreeMap<(usize, usize), (u64, usize)>,
}

/// Columns past the fixed ones, by the name in the first comment of a file.
struct Attributes {
    names: Vec<String>,
    columns: BTreeMap<String, usize>,
    fixed: usize,
}

/// Flee looks for words in a type, in this order.
fn kind_of(text: &str) -> Option<Kind> {
    let text = text.to_lowercase();
    let kinds = [
        ("camp", if text.contains("idp") { Kind::IdpCamp } else { Kind::Camp }),
        ("conflict", Kind::ConflictZone),
        ("forward", Kind::Hub),
        ("marker", Kind::Marker),
        ("flood_zone", Kind::Town),
        ("default", Kind::Town),
        ("town", Kind::Town),
    ];
    kinds.iter().find(|(word, _)| text.contains(word)).map(|k| k.1)
}

impl Sites {
    /// The site of this name.
    pub fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }

    /// The site that a field of a row names, or nothing after a fault.
    pub fn named(&self, row: &Row, i: usize, log: &mut Log) -> Option<usize> {
        self.lookup(row.get(i), row, log)
    }

    /// The site of this name, or nothing after a fault in a row.
    pub fn lookup(&self, name: &str, row: &Row, log: &mut Log) -> Option<usize> {
        let found = self.find(name);
        if found.is_none() && self.there {
            let like = self.like(name, log);
            row.fault(log, format!("unknown place {}{like}", quoted(name)));
        }
        found
    }

    /// " (did you mean `x`?)", or nothing.
    pub fn like(&self, name: &str, log: &mut Log) -> String {
        log.guess(name, self.by_name.keys().map(String::as_str))
    }

    /// The country that a field names, or nothing after a fault.
    pub fn country<'a>(&self, row: &Row<'a>, i: usize, log: &mut Log) -> Option<&'a str> {
        let name = row.get(i);
        if self.countries.contains(name) || !self.there {
            return Some(name);
        }
        let like = log.guess(name, self.countries.iter().map(String::as_str));
        row.fault(log, format!("no place is in the country {}{like}", quoted(name)));
        None
    }

    /// Enters a name, which lines that are wrong otherwise know too, so that routes to the place are no faults.
    fn enter(&mut self, row: &Row, log: &mut Log) -> Option<String> {
        let name = row.get(0);
        if name.is_empty() {
            row.fault(log, "a place without a name");
        } else if ["total", "elsewhere"].contains(&name) {
            row.fault(log, format!("no place can be called `{name}`: registrations use the name"));
        } else if name.chars().any(char::is_control) {
            row.fault(log, format!("the name {} has characters that are no text", quoted(name)));
        } else if let Some(&before) = self.by_name.get(name) {
            row.fault(log, format!("place {} stands twice, first on line {}", quoted(name), self.lines[before]));
        } else {
            self.by_name.insert(name.to_string(), self.lines.len());
            self.lines.push(row.line);
            return Some(name.to_string());
        }
        None
    }
}

impl Routes {
    /// The route between two sites, in either order.
    pub fn between(&self, a: usize, b: usize) -> Option<&Route> {
        self.by_ends.get(&(a.min(b), a.max(b))).and_then(|r| self.all.get(r.1))
    }
}

impl Attributes {
    /// Reads the names from the first comment of a sheet.
    fn of(sheet: &Sheet, fixed: usize) -> Attributes {
        let mut names: Option<Vec<String>> = None;
        sheet.rows(|row| {
            if row.is_comment() && names.is_none() {
                names = Some(row.fields().skip(fixed).map(str::to_string).collect());
            }
        });
        let names = names.unwrap_or_default();
        let columns = names.iter().enumerate().rev().map(|(i, n)| (n.clone(), fixed + i)).collect();
        Attributes { names, columns, fixed }
    }

    /// The column of an attribute.
    fn column(&self, name: &str) -> usize {
        self.columns.get(name).copied().unwrap_or(usize::MAX)
    }

    /// A fault when a row has more values than there are names, or lacks one of the first `least` fields.
    fn check(&self, row: &Row, least: usize, log: &mut Log) -> bool {
        if row.len() < least {
            row.fault(log, format!("{} fields, where at least {least} are needed", row.len()));
            return false;
        }
        let named = self.fixed + self.names.len();
        if let Some(text) = row.fields().skip(named).find(|f| !f.is_empty()) {
            row.fault(log, format!("{} stands in a column that the first line does not name", quoted(text)));
        }
        true
    }

    /// Names the columns with values that are not carried over.
    fn name_the_rest(&self, sheet: &Sheet, known: &[&str], log: &mut Log) {
        let mut used = vec![false; self.names.len()];
        sheet.data(|row| {
            for (used, field) in used.iter_mut().zip(row.fields().skip(self.fixed)) {
                *used |= !field.is_empty();
            }
        });
        let other = self.names.iter().zip(&used).filter(|(n, used)| **used && !known.contains(&n.as_str()));
        log.note_names(&format!("{}: columns that mean nothing here", sheet.name), other.map(|(n, _)| n.as_str()));
    }
}

/// Sites with something that is not carried over.
#[derive(Default)]
struct Lost {
    regions: bool,
    floods: Vec<String>,
    nowhere: Vec<String>,
    dates: Vec<String>,
}

impl Lost {
    fn look(&mut self, name: &str, row: &Row) {
        let kind = row.get(5).to_lowercase();
        self.regions |= !row.get(1).is_empty();
        let mut put = |list: fn(&mut Lost) -> &mut Vec<String>| list(self).push(name.to_string());
        if kind.contains("flood_zone") {
            put(|l| &mut l.floods);
        }
        if row.get(3).is_empty() && row.get(4).is_empty() {
            put(|l| &mut l.nowhere);
        }
        if !matches!(row.get(6), "" | "0") && kind_of(&kind) != Some(Kind::ConflictZone) {
            put(|l| &mut l.dates);
        }
    }

    fn name(&self, file: &str, log: &mut Log) {
        if self.regions {
            log.note(format!("{file}: the column of regions, which Flee uses for region_attributes_*.csv alone"));
        }
        for (what, names) in [
            ("floods; these zones are towns", &self.floods),
            ("places without coordinates, put at 0, 0 as Flee does", &self.nowhere),
            ("dates of conflict of places that are no conflict zones", &self.dates),
        ] {
            log.note_names(&format!("{file}: {what}"), names.iter().map(String::as_str));
        }
    }
}

/// Reads `locations.csv`.
pub(super) fn sites(source: &mut Source, settings: &Settings, log: &mut Log) -> Sites {
    let mut sites = Sites::default();
    let Some(sheet) = source.need("input_csv", "locations.csv", log) else { return sites };
    sites.there = true;
    let attributes = Attributes::of(&sheet, 8);
    let mut lost = Lost::default();
    sheet.data(|row| {
        let Some(name) = sites.enter(row, log) else { return };
        if attributes.check(row, 8, log) {
            lost.look(&name, row);
        }
        let site = site(name, row, &attributes, settings, sites.all.first(), log);
        sites.countries.insert(site.country.clone());
        sites.all.push(site);
    });
    if sites.all.is_empty() {
        log.fault(&sheet.shown, 1, "there is no place in it");
    }
    lost.name(&sheet.name, log);
    let mut known = vec!["conflict_intensity"];
    known.extend(settings.camps_are_sinks.then_some("deactivation_probability"));
    attributes.name_the_rest(&sheet, &known, log);
    sites
}

/// A site of a row; what is wrong in it has a value that does no harm.
fn site(
    name: String,
    row: &Row,
    attributes: &Attributes,
    settings: &Settings,
    first: Option<&Site>,
    log: &mut Log,
) -> Site {
    let whole_row = row.len() >= 8;
    let kind = kind_of(row.get(5));
    if whole_row && kind.is_none() {
        let known = "camp, idpcamp, conflict_zone, town, forwarding_hub, marker";
        row.fault(log, format!("unknown type of place {} (known: {known})", quoted(row.get(5))));
    }
    let kind = kind.unwrap_or(Kind::Town);
    let placed = whole_row && !(row.get(3).is_empty() && row.get(4).is_empty());
    let mut degrees = |i, what, most: f64| if placed { row.number(i, what, -most, most, log) } else { None };
    let (lat, lon) = (degrees(3, "latitude", 90.0), degrees(4, "longitude", 180.0));
    let country = if row.get(2).is_empty() { "unknown" } else { row.get(2) };
    let people = if row.get(7).is_empty() { None } else { row.whole(7, "population", MOST_PEOPLE, log) };
    let intensity = row.maybe(attributes.column("conflict_intensity"), "conflict_intensity", 0.0, 1.0, log);
    let war = if kind == Kind::ConflictZone && whole_row { row.whole(6, "conflict_date", u32::MAX, log) } else { None };
    let leaving = "deactivation_probability";
    let leave_per_day = row.maybe(attributes.column(leaving), leaving, 0.0, 1.0, log);
    Site {
        name,
        country: country.to_string(),
        lat: lat.unwrap_or(0.0),
        lon: lon.unwrap_or(0.0),
        kind: if war.is_some_and(|day| day > 0) { Kind::Town } else { kind },
        people: people.unwrap_or(0),
        home: first.is_none_or(|f| f.country == country),
        leave_per_day: leave_per_day.filter(|_| settings.camps_are_sinks && kind.is_camp()),
        war: war.map(|day| (day, if day == 0 { intensity.unwrap_or(1.0) } else { 1.0 })),
        says_intensity: intensity.is_some(),
    }
}

/// Reads `routes.csv`.
pub(super) fn routes(source: &mut Source, sites: &Sites, log: &mut Log) -> Routes {
    let mut routes = Routes::default();
    let Some(sheet) = source.need("input_csv", "routes.csv", log) else { return routes };
    let attributes = Attributes::of(&sheet, 4);
    sheet.data(|row| {
        if attributes.check(row, 3, log)
            && let Some(route) = route(row, &attributes, sites, &mut routes, log)
        {
            routes.all.push(route);
        }
    });
    attributes.name_the_rest(&sheet, &["max_move_speed", "walk_probability"], log);
    routes
}

/// A route of a row, or nothing after a fault.
fn route(row: &Row, attributes: &Attributes, sites: &Sites, routes: &mut Routes, log: &mut Log) -> Option<Route> {
    let ends = (sites.named(row, 0, log), sites.named(row, 1, log));
    let km = row.number(2, "distance", 0.001, 20_000.0, log);
    let forced = match row.get(3) {
        "" | "0" => Some(None),
        "1" => Some(ends.1),
        "2" => Some(ends.0),
        other => {
            row.fault(log, format!("`forced_redirection` is {}, none of 0, 1, 2", quoted(other)));
            None
        }
    };
    let mut attribute = |name, low, high| row.maybe(attributes.column(name), name, low, high, log);
    let km_per_day = attribute("max_move_speed", 0.001, 20_000.0);
    let walk_share = attribute("walk_probability", 0.0, 1.0);
    let (Some(a), Some(b)) = ends else { return None };
    let (one, other) = (quoted(row.get(0)), quoted(row.get(1)));
    if a == b {
        row.fault(log, format!("the route from {one} leads back to it"));
        return None;
    }
    let key = (a.min(b), a.max(b));
    if let Some((before, _)) = routes.by_ends.get(&key) {
        row.fault(log, format!("the route between {one} and {other} stands twice, first on line {before}"));
        return None;
    }
    routes.by_ends.insert(key, (row.line, routes.all.len()));
    // Wrong rows give no scenario, but closures of theirs are no faults.
    let (km, forced) = (km.unwrap_or(1.0), forced.flatten());
    Some(Route { a, b, km, forced, km_per_day, walk_share })
}
