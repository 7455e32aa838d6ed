//! What has a date: the period (`sim_period.csv`), closures (`closures.csv`), wars (`conflicts.csv`, or the dates in `locations.csv`).

use super::super::log::{Log, quoted};
use super::super::sheet::{Row, Sheet};
use super::places::{Routes, Sites};
use super::{Period, Source};
use crate::region::displacement::Kind;
use crate::units::{Date, Tick};
use jiff::civil;
use std::collections::BTreeSet;

/// Longest run, days: a hundred years.
const LONGEST: u32 = 36_524;
/// Last day number of a closure. Who writes a large one means for ever.
const LAST_DAY: u32 = 1_000_000;
/// Below this there is no war.
const PEACE: f64 = 0.000_001;

/// What is closed, as `closures.csv` writes it.
pub(super) struct Closure {
    pub kind: &'static str,
    pub a: String,
    pub b: String,
    pub from: u32,
    pub until: u32,
}

/// Wars: from a day of the run on a site has an intensity.
#[derive(Default)]
pub(super) struct Wars {
    /// Changes by day, then site.
    pub changes: Vec<(u32, usize, f64)>,
    /// An intensity changes while it is above 0.
    pub vary: bool,
    /// Conflict zones of `locations.csv` that are at peace on the first day.
    pub at_peace: BTreeSet<usize>,
}

/// The date in a text such as 2012-02-29, from 1970 on.
pub(super) fn date(text: &str) -> Option<Tick> {
    let mut parts = text.split('-');
    let mut part = || parts.next().filter(|p| p.bytes().all(|b| b.is_ascii_digit()));
    let (year, month, day) = (part()?.parse().ok()?, part()?.parse().ok()?, part()?.parse().ok()?);
    let date = civil::Date::new(year, month, day).ok()?;
    (parts.next().is_none() && year >= 1970).then(|| Date(date).tick())
}

/// A date of a row, or nothing after a fault.
pub(super) fn date_of(row: &Row, i: usize, log: &mut Log) -> Option<Tick> {
    let found = date(row.get(i));
    if found.is_none() {
        row.fault(log, format!("{} is no date from 1970 on, such as 2012-02-29", quoted(row.get(i))));
    }
    found
}

/// Reads `sim_period.csv`.
pub(super) fn period(source: &mut Source, log: &mut Log) -> Period {
    let Some(sheet) = source.need("input_csv", "sim_period.csv", log) else { return Period::default() };
    let (mut start, mut days) = (None, None);
    let mut seen = [false; 2];
    sheet.data(|row| match row.get(0) {
        "StartDate" => (start, seen[0]) = (date_of(row, 1, log), true),
        "Length" => {
            (days, seen[1]) = (row.whole(1, "Length", LONGEST, log), true);
            if days == Some(0) {
                row.fault(log, "`Length` is 0, below 1");
            }
        }
        other => log.note(format!("{}: line {}, {}", sheet.name, row.line, quoted(other))),
    });
    for (seen, what) in seen.iter().zip(["StartDate", "Length"]) {
        if !seen {
            log.fault(&sheet.shown, 1, format!("there is no line `{what}`"));
        }
    }
    Period { start: start.unwrap_or_default(), days: days.unwrap_or(0) }
}

/// Reads `closures.csv`.
pub(super) fn closures(
    source: &mut Source,
    sites: &Sites,
    routes: &Routes,
    period: Period,
    log: &mut Log,
) -> Vec<Closure> {
    let mut all = vec![];
    let Some(sheet) = source.maybe("input_csv", "closures.csv", log) else {
        log.note("there is no file closures.csv: nothing is ever closed");
        return all;
    };
    sheet.data(|row| {
        if row.len() < 5 {
            row.fault(log, format!("{} fields, where 5 are needed", row.len()));
        } else if let Some(closure) = closure(row, sites, routes, log) {
            let at = format!("{}: line {}, a closure of kind {}", sheet.name, row.line, quoted(row.get(0)));
            if closure.from >= period.days {
                log.note(format!("{at} from day {}: the run has {} days", closure.from, period.days));
            } else if closure.from == closure.until {
                log.note(format!("{at} that ends on the day on which it begins"));
            } else if let Some(why) = idle(&closure, sites, routes) {
                log.note(format!("{at}: {why}"));
            } else {
                all.push(closure);
            }
        }
    });
    all
}

/// A closure of a row, or nothing after a fault.
fn closure(row: &Row, sites: &Sites, routes: &Routes, log: &mut Log) -> Option<Closure> {
    let kinds = [
        ("country", "border"),
        ("location", "site"),
        ("link", "route"),
        ("camp", "camp"),
        ("idpcamp", "idp_camp"),
        ("remove_forced_redirection", "forced"),
    ];
    let kind = kinds.iter().find(|k| k.0 == row.get(0)).map(|k| k.1);
    if kind.is_none() {
        let like = log.guess(row.get(0), kinds.iter().map(|k| k.0));
        row.fault(log, format!("unknown kind of closure {}{like}", quoted(row.get(0))));
    }
    let ends = match kind {
        Some("border") => sites.country(row, 1, log).zip(sites.country(row, 2, log)),
        Some("route" | "forced") => match (sites.named(row, 1, log), sites.named(row, 2, log)) {
            (Some(a), Some(b)) if routes.between(a, b).is_none() => {
                let (a, b) = (quoted(row.get(1)), quoted(row.get(2)));
                row.fault(log, format!("no route joins {a} and {b}"));
                None
            }
            (a, b) => a.and(b).map(|_| (row.get(1), row.get(2))),
        },
        Some(_) => sites.named(row, 1, log).map(|_| (row.get(1), "")),
        None => None,
    };
    let (from, until) = (row.whole(3, "closure_start", LAST_DAY, log), row.whole(4, "closure_end", LAST_DAY, log));
    let (kind, (a, b), from, until) = (kind?, ends?, from?, until?);
    if until < from {
        row.fault(log, format!("it ends on day {until}, before it begins on day {from}"));
    }
    Some(Closure { kind, a: a.to_string(), b: b.to_string(), from, until })
}

/// Why a closure can do nothing.
fn idle(closure: &Closure, sites: &Sites, routes: &Routes) -> Option<String> {
    let a = sites.find(&closure.a);
    match closure.kind {
        "camp" | "idp_camp" if a.is_some_and(|a| !sites.all[a].kind.is_camp()) => {
            Some(format!("{} is no camp; Flee makes it one on day {}", quoted(&closure.a), closure.until))
        }
        "forced" => {
            let b = sites.find(&closure.b);
            let forced = a.zip(b).and_then(|(a, b)| routes.between(a, b)).and_then(|r| r.forced);
            let why = || format!("nobody is redirected from {} to {}", quoted(&closure.a), quoted(&closure.b));
            (forced.is_none() || forced != b).then(why)
        }
        _ => None,
    }
}

/// Reads `conflicts.csv`, or without it takes the dates in `locations.csv`.
pub(super) fn wars(source: &mut Source, sites: &Sites, period: Period, parity: bool, log: &mut Log) -> Wars {
    let mut wars = match source.maybe("input_csv", "conflicts.csv", log) {
        Some(sheet) => of_table(&sheet, sites, period, parity, log),
        None if source.folder.has(&source.path("input_csv", "conflicts.csv")) => Wars::default(),
        None => of_dates(sites, period, log),
    };
    wars.changes.sort_by_key(|c| (c.0, c.1));
    wars
}

/// Wars by the dates in `locations.csv`.
fn of_dates(sites: &Sites, period: Period, log: &mut Log) -> Wars {
    let mut wars = Wars::default();
    let mut late = vec![];
    for (i, site) in sites.all.iter().enumerate() {
        match site.war {
            Some((day, _)) if day >= period.days => late.push(site.name.as_str()),
            Some((day, intensity)) if intensity >= PEACE => wars.changes.push((day, i, intensity)),
            _ => {}
        }
    }
    log.note_names("locations.csv: wars that begin after the run", late);
    wars
}

/// A column of `conflicts.csv`.
struct Column {
    site: usize,
    /// In force so far.
    now: f64,
    /// War in the table so far.
    begun: bool,
}

/// Wars by the table, with one row a day.
fn of_table(sheet: &Sheet, sites: &Sites, period: Period, parity: bool, log: &mut Log) -> Wars {
    let (mut wars, mut columns, mut day, mut last) = (Wars::default(), None, 0, 1);
    let mut odd = None;
    sheet.rows(|row| {
        last = row.line;
        let Some(columns) = &mut columns else {
            columns = Some(heads(row, sites, log));
            return;
        };
        if row.is_comment() {
            return;
        }
        if day < period.days || period.days == 0 {
            a_day(row, day, columns, &mut wars, parity.then_some(sites), log);
        }
        if odd.is_none() && row.get(0) != day.to_string() {
            odd = Some((row.line, row.get(0).to_string()));
        }
        day += 1;
    });
    if day < period.days {
        let days = period.days;
        log.fault(&sheet.shown, last, format!("the table ends here, after {day} days of {days} of the run"));
    } else if day > period.days {
        log.note(format!("{}: days after the run: {}", sheet.name, day - period.days));
    }
    if let Some((line, text)) = odd {
        let name = &sheet.name;
        log.note(format!("{name}: line {line} says day {}; as in Flee, days are counted by lines", quoted(&text)));
    }
    without_column(sheet, sites, &columns.unwrap_or_default(), parity, &mut wars, log);
    wars
}

/// The columns of the first row; none where the head is empty.
fn heads(row: &Row, sites: &Sites, log: &mut Log) -> Vec<Option<Column>> {
    let mut seen = BTreeSet::new();
    let mut head = |name: &str| {
        if name.is_empty() {
            return None;
        }
        let site = sites.lookup(name, row, log)?;
        if !seen.insert(site) {
            row.fault(log, format!("{} has two columns", quoted(name)));
        }
        Some(Column { site, now: 0.0, begun: false })
    };
    row.fields().skip(1).map(&mut head).collect()
}

/// Writes down what a day changes. `zones` are given when conflict zones of `locations.csv` are at war until the table first says otherwise.
fn a_day(row: &Row, day: u32, columns: &mut [Option<Column>], wars: &mut Wars, zones: Option<&Sites>, log: &mut Log) {
    let beyond = row.fields().enumerate().skip(1).find(|(i, f)| !f.is_empty() && *i > columns.len());
    if let Some((_, text)) = beyond {
        row.fault(log, format!("{} stands in a column without a head", quoted(text)));
    }
    for (i, column) in columns.iter_mut().enumerate() {
        let Some(column) = column else { continue };
        let value = match row.get(i + 1) {
            "0" => 0.0,
            "1" => 1.0,
            _ => row.number(i + 1, "intensity", 0.0, 1.0, log).unwrap_or(column.now),
        };
        let value = if value < PEACE { 0.0 } else { value };
        let before = column.begun;
        column.begun |= value > 0.0;
        let zone = zones.and_then(|s| s.all[column.site].war).filter(|w| w.0 == 0 && !column.begun);
        let value = zone.map_or(value, |w| w.1);
        if day == 0 && value == 0.0 {
            wars.at_peace.insert(column.site);
        }
        if value != column.now {
            wars.vary |= value > 0.0 && column.now > 0.0 && before;
            wars.changes.push((day, column.site, value));
            column.now = value;
        }
    }
}

/// Names where `locations.csv` and the table differ; a conflict zone of the former that the latter does not know is at war.
fn without_column(
    sheet: &Sheet,
    sites: &Sites,
    columns: &[Option<Column>],
    parity: bool,
    wars: &mut Wars,
    log: &mut Log,
) {
    let mut has = vec![false; sites.all.len()];
    columns.iter().flatten().for_each(|c| has[c.site] = true);
    let zones = || sites.all.iter().enumerate().filter_map(|(i, s)| s.war.map(|w| (i, s, w)));
    for (i, _, (day, intensity)) in zones().filter(|(i, ..)| !has[*i]) {
        if day == 0 && intensity >= PEACE {
            wars.changes.push((0, i, intensity));
        }
    }
    let none = |first: bool| zones().filter(move |(_, _, w)| (w.0 == 0) == first).filter(|(i, ..)| !has[*i]);
    let name = &sheet.name;
    let about = format!("{name}: conflict zones of locations.csv without a column, at war throughout");
    log.note_names(&about, none(true).map(|z| z.1.name.as_str()));
    let about = format!("{name}: conflict zones of locations.csv without a column, never at war");
    log.note_names(&about, none(false).map(|z| z.1.name.as_str()));
    wars.at_peace.retain(|&i| sites.all[i].kind == Kind::ConflictZone);
    if !parity {
        let about = format!("{name} is followed, and not locations.csv, where at war on the first day there");
        log.note_names(&about, wars.at_peace.iter().map(|&i| sites.all[i].name.as_str()));
    }
    let unused = zones().filter(|(i, s, _)| s.says_intensity && has[*i] && !parity);
    log.note_names(
        "locations.csv: `conflict_intensity`, since conflicts.csv says it by day",
        unused.map(|z| z.1.name.as_str()),
    );
}
