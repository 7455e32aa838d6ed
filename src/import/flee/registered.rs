//! `data_layout.csv` and the files that it names: how many people are registered where, by date, and `registration_corrections.csv`.

use super::super::log::{Log, quoted};
use super::super::sheet::{Row, Sheet};
use super::Source;
use super::dated::date_of;
use super::places::Sites;
use super::settings::Settings;
use crate::units::Tick;
use std::collections::{BTreeMap, BTreeSet};

/// Most persons in a report.
const MOST: f64 = 1e8;

/// Reports of persons, by day: one a day.
type Table = Vec<(Tick, f64)>;

/// What is known of a site.
pub(super) struct Reports {
    /// A site, `total`, or `elsewhere`: all that is registered at no site.
    pub site: String,
    pub table: Table,
}

/// Reads everything that is registered. Settings under which nobody reads it do without.
pub(super) fn read(
    source: &mut Source,
    sites: &Sites,
    settings: &Settings,
    parity: bool,
    log: &mut Log,
) -> Vec<Reports> {
    let layout = if settings.needs_registrations() {
        source.need("source_data", "data_layout.csv", log)
    } else {
        source.maybe("source_data", "data_layout.csv", log)
    };
    let Some(layout) = layout else {
        log.note("there is no file data_layout.csv: nothing can be compared with registrations");
        return vec![];
    };
    let mut all = listed(source, &layout, parity, log);
    correct(source, sites, &mut all, log);
    let (mut known, unknown): (Vec<_>, Vec<_>) =
        all.into_iter().partition(|r| r.site == "total" || sites.find(&r.site).is_some());
    for r in &unknown {
        let most = r.table.iter().map(|t| t.1).fold(0.0, f64::max);
        let (who, like) = (quoted(&r.site), sites.like(&r.site, log));
        let why = "which is no place of locations.csv: counted under `elsewhere` among those who set out, as in Flee";
        log.note(format!("{}: registrations of {who}{like} (at most {most}), {why}", layout.name));
    }
    if let Some(table) = unknown.into_iter().map(|r| r.table).reduce(|a, b| sum(&a, &b)) {
        known.push(Reports { site: "elsewhere".into(), table });
    }
    known
}

/// The sites of the layout, each with its files added up.
fn listed(source: &mut Source, layout: &Sheet, parity: bool, log: &mut Log) -> Vec<Reports> {
    let mut all: Vec<Reports> = vec![];
    let mut files: BTreeMap<String, Table> = BTreeMap::new();
    let mut seen: BTreeMap<String, u64> = BTreeMap::new();
    layout.data(|row| {
        let site = row.get(0).to_string();
        if all.is_empty() && seen.is_empty() && site != "total" {
            row.fault(log, format!("the first line is of {}; it must be `total`", quoted(&site)));
        }
        if let Some(before) = seen.insert(site.clone(), row.line) {
            row.fault(log, format!("{} stands twice, first on line {before}", quoted(&site)));
        }
        if row.fields().skip(1).all(str::is_empty) {
            row.fault(log, format!("{} has no file", quoted(&site)));
        }
        let mut names = BTreeSet::new();
        let mut tables: Vec<Table> = vec![];
        for name in row.fields().skip(1).filter(|n| !n.is_empty()) {
            if !names.insert(name) {
                row.fault(log, format!("the file {} stands twice", quoted(name)));
            } else if let Some(table) = file(source, name, &mut files, row, log) {
                tables.push(table);
            }
        }
        let add = if parity { as_flee_adds } else { sum };
        if let Some(table) = tables.into_iter().reduce(|a, b| add(&a, &b)) {
            all.push(Reports { site, table });
        }
    });
    if seen.is_empty() {
        log.fault(&layout.shown, 1, "there is no line in it");
    }
    all
}

/// The reports of a file, which several sites may share; nothing after a fault.
fn file(
    source: &mut Source,
    name: &str,
    files: &mut BTreeMap<String, Table>,
    row: &Row,
    log: &mut Log,
) -> Option<Table> {
    if let Some(table) = files.get(name) {
        return Some(table.clone()).filter(|t| !t.is_empty());
    }
    let path = source.path("source_data", name);
    let table = match source.folder.read(&path) {
        Ok(sheet) => reports(&sheet, log),
        // What is wrong in the file has its own place; what is wrong with its name has that of the name.
        Err(e) if e.line > 1 => {
            log.fault(&source.folder.shown(&path), e.line, e.why);
            vec![]
        }
        Err(e) => {
            row.fault(log, format!("file {}: {}", quoted(name), e.why));
            vec![]
        }
    };
    source.asked.insert(path);
    files.insert(name.to_string(), table.clone());
    Some(table).filter(|t| !t.is_empty())
}

/// Reads the reports of a file: a date and a count on every line.
fn reports(sheet: &Sheet, log: &mut Log) -> Table {
    let mut lines: Vec<(Tick, f64)> = vec![];
    let (mut first, mut empty, mut more, mut wrong) = (true, 0, 0, false);
    sheet.data(|row| {
        let head = std::mem::take(&mut first) && (row.len() < 2 || row.get(0).starts_with("Date"));
        if head {
            return;
        }
        if row.get(1).is_empty() {
            empty += 1;
            return;
        }
        more += u32::from(row.fields().skip(2).any(|f| !f.is_empty()));
        match (date_of(row, 0, log), row.number(1, "count", 0.0, MOST, log)) {
            (Some(day), Some(count)) => lines.push((day, count)),
            _ => wrong = true,
        }
    });
    for (count, what) in [(empty, "lines without a count"), (more, "lines of which only a date and a count are read")] {
        if count > 0 {
            log.note(format!("{}: {what}: {count}", sheet.name));
        }
    }
    if lines.is_empty() && !wrong {
        log.fault(&sheet.shown, 1, "there is no report in it");
    }
    in_order(lines, sheet, log)
}

/// The reports by day, the last of a day.
fn in_order(mut lines: Table, sheet: &Sheet, log: &mut Log) -> Table {
    if !lines.is_sorted_by_key(|l| l.0) {
        log.note(format!("{}: the order of its lines; they are taken by their dates", sheet.name));
        lines.sort_by_key(|l| l.0);
    }
    let mut table: Table = vec![];
    let mut twice = vec![];
    for (day, count) in lines {
        match table.last_mut() {
            Some(last) if last.0 == day => {
                if last.1 != count {
                    twice.push(day.date().to_string());
                }
                last.1 = count;
            }
            _ => table.push((day, count)),
        }
    }
    let about = format!("{}: all but the last report of a day", sheet.name);
    log.note_names(&about, twice.iter().map(String::as_str));
    table
}

/// Persons on a day: in a straight line between reports, before the first as on it, after the last as on that.
fn on(table: &Table, day: Tick) -> f64 {
    let next = table.partition_point(|t| t.0 <= day);
    match (next.checked_sub(1).map(|i| table[i]), table.get(next)) {
        (Some(last), Some(next)) => {
            let share = f64::from(day.0 - last.0.0) / f64::from(next.0.0 - last.0.0);
            last.1 + share * (next.1 - last.1)
        }
        (Some(one), None) | (None, Some(&one)) => one.1,
        (None, None) => 0.0,
    }
}

/// The sum of two tables on all their days.
fn sum(a: &Table, b: &Table) -> Table {
    let days: BTreeSet<Tick> = a.iter().chain(b).map(|t| t.0).collect();
    days.into_iter().map(|day| (day, on(a, day) + on(b, day))).collect()
}

/// The sum as Flee makes it. Where only one table has a report it takes the other's last one (of `b`) or next one (of `a`), and it stops
/// with the last report of `b`.
fn as_flee_adds(a: &Table, b: &Table) -> Table {
    let mut out: Table = vec![];
    // On the same day the value is the same.
    let mut put = |day, persons| {
        if out.last().is_none_or(|l: &(Tick, f64)| l.0 != day) {
            out.push((day, persons));
        }
    };
    let (mut at, mut last_b) = (0, 0.0);
    for &(day, persons) in b {
        while day > a[at].0 {
            put(a[at].0, last_b + a[at].1);
            if at + 1 == a.len() {
                break;
            }
            at += 1;
        }
        if day <= a[at].0 {
            put(day, persons + a[at].1);
            last_b = persons;
            if day == a[at].0 && at + 1 < a.len() {
                at += 1;
            }
        }
    }
    out
}

/// Applies `registration_corrections.csv`: where a count was mended on a day, earlier reports are scaled by as much.
fn correct(source: &mut Source, sites: &Sites, all: &mut [Reports], log: &mut Log) {
    let Some(sheet) = source.maybe("input_csv", "registration_corrections.csv", log) else { return };
    let by_site: BTreeMap<String, usize> = all.iter().enumerate().map(|(i, r)| (r.site.clone(), i)).collect();
    sheet.data(|row| {
        let (name, day) = (row.get(0), date_of(row, 1, log));
        if !matches!(row.get(2), "" | "normalize") {
            row.fault(log, format!("unknown kind of correction {} (known: normalize)", quoted(row.get(2))));
        }
        let Some(reports) = by_site.get(name).map(|&i| &mut all[i]) else {
            if sites.find(name).is_some() {
                row.fault(log, format!("{} has no registrations in data_layout.csv", quoted(name)));
            } else {
                sites.lookup(name, row, log);
            }
            return;
        };
        let Some(day) = day else { return };
        match reports.table.binary_search_by_key(&day, |t| t.0) {
            Ok(0) => log.note(format!("{}: line {}, since no report is earlier", sheet.name, row.line)),
            Ok(i) if reports.table[i - 1].1 == 0.0 => {
                row.fault(log, format!("the report before {} is 0, which nothing can scale", row.get(1)));
            }
            Ok(i) => {
                let factor = reports.table[i].1 / reports.table[i - 1].1;
                reports.table[..i].iter_mut().for_each(|t| t.1 *= factor);
            }
            Err(_) => {
                let why = format!("since {} has no report on {}", quoted(name), row.get(1));
                log.note(format!("{}: line {}, {why}", sheet.name, row.line));
            }
        }
    });
}

#[cfg(test)]
mod tests {
    use super::super::dated::date;
    use super::*;

    fn table(rows: &[(u32, f64)]) -> Table {
        rows.iter().map(|r| (Tick(r.0), r.1)).collect()
    }

    #[test]
    fn sums_are_straight_between_reports() {
        let (a, b) = (table(&[(0, 0.0), (10, 100.0)]), table(&[(5, 1.0), (15, 3.0)]));
        assert_eq!(sum(&a, &b), table(&[(0, 1.0), (5, 51.0), (10, 102.0), (15, 103.0)]));
        assert_eq!(sum(&a, &b), sum(&b, &a));
    }

    #[test]
    fn flee_adds_in_another_way() {
        let (a, b) = (table(&[(0, 1.0), (10, 100.0), (20, 7.0)]), table(&[(5, 10.0), (10, 20.0), (12, 30.0)]));
        // Day 0: nothing yet of b; day 5: the next of a; the last of a is lost.
        assert_eq!(as_flee_adds(&a, &b), table(&[(0, 1.0), (5, 110.0), (10, 120.0), (12, 37.0)]));
        // b goes on after the end of a: its reports are lost.
        assert_eq!(as_flee_adds(&b, &table(&[(0, 1.0), (13, 5.0), (14, 6.0)])), {
            table(&[(0, 11.0), (5, 11.0), (10, 21.0), (12, 31.0)])
        });
    }

    #[test]
    fn dates_are_days_that_exist() {
        assert_eq!(date("2012-2-29"), Some(crate::units::Date::new(2012, 2, 29).tick()));
        for bad in ["2013-02-29", "2012-02", "2012-02-29-1", "", "1969-12-31", "-2012-02-29", "+2012-1-1", "2012-01-0x"]
        {
            assert_eq!(date(bad), None, "{bad}");
        }
    }
}
