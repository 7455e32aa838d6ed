//! Where the time of a run goes: by process and by simulated year, with the rows of agents that each touched.
//!
//! Always kept, since it costs some 50 readings of the clock a day; shown by `sirocco run --profile`.

use crate::agents::world::World;
use serde::Serialize;
use serde_json::json;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::time::Instant;

/// Time and work of one part of the day in one simulated year.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Span {
    /// Time by the clock, s.
    pub seconds: f64,
    /// Rows of all tables written, added or emptied.
    pub rows: u64,
}

impl std::ops::AddAssign for Span {
    fn add_assign(&mut self, other: Span) {
        self.seconds += other.seconds;
        self.rows += other.rows;
    }
}

/// What a table holds at the end of a year.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Held {
    pub table: &'static str,
    /// Rows in use and empty ones kept.
    pub rows: usize,
    /// MiB of its columns.
    pub mib: f64,
}

/// The parts of the day in the order in which they ran, year by year.
#[derive(Clone, Debug, Default)]
pub struct Profile {
    parts: Vec<&'static str>,
    spans: BTreeMap<(i16, usize), Span>,
    held: BTreeMap<i16, Vec<Held>>,
    /// When the part that runs now began, and the rows written until then (a world put in the place of another begins anew).
    last: Option<(Instant, u64)>,
}

/// Tables smaller than this are not listed, MiB.
const LISTED_MIB: f64 = 0.1;

impl Profile {
    /// What runs from now on is charged to the next [`Profile::lap`].
    pub fn start(&mut self, w: &World) {
        self.last = Some((Instant::now(), written(w)));
    }

    /// Charges what ran since the last call to a part of the day.
    pub fn lap(&mut self, part: &'static str, w: &World) {
        let (now, rows) = (Instant::now(), written(w));
        if let Some((then, before)) = self.last.replace((now, rows)) {
            let span = Span { seconds: (now - then).as_secs_f64(), rows: rows.saturating_sub(before) };
            self.charge(w.day.date().0.year(), part, span);
        }
    }

    fn charge(&mut self, year: i16, part: &'static str, span: Span) {
        let at = self.parts.iter().position(|p| *p == part).unwrap_or_else(|| {
            self.parts.push(part);
            self.parts.len() - 1
        });
        *self.spans.entry((year, at)).or_default() += span;
    }

    /// Notes what the tables hold; the last call of a year stands.
    pub fn weigh(&mut self, w: &World) {
        let held = w.tables().into_iter().map(|t| {
            let rows = t.rows_kept();
            Held { table: t.name(), rows, mib: (rows * t.row_bytes()) as f64 / f64::from(1 << 20) }
        });
        self.held.insert(w.day.date().0.year(), held.filter(|h| h.mib >= LISTED_MIB).collect());
    }

    /// Of several replicates together.
    pub fn of_all<'a>(profiles: impl Iterator<Item = &'a Profile>) -> Profile {
        let mut all = Profile::default();
        profiles.for_each(|p| all.add(p));
        all
    }

    /// Adds another replicate's; what its tables held stands where this one has no such year.
    fn add(&mut self, other: &Profile) {
        for (&(year, at), &span) in &other.spans {
            self.charge(year, other.parts[at], span);
        }
        for (&year, held) in &other.held {
            self.held.entry(year).or_insert_with(|| held.clone());
        }
    }

    /// Parts of the day with what they took over all years, in the order of the day.
    pub fn by_part(&self) -> Vec<(&'static str, Span)> {
        let mut sums: Vec<(&'static str, Span)> = self.parts.iter().map(|p| (*p, Span::default())).collect();
        for (&(_, at), &span) in &self.spans {
            sums[at].1 += span;
        }
        sums
    }

    /// Years with what the whole day took.
    pub fn by_year(&self) -> BTreeMap<i16, Span> {
        let mut sums: BTreeMap<i16, Span> = BTreeMap::new();
        for (&(year, _), &span) in &self.spans {
            *sums.entry(year).or_default() += span;
        }
        sums
    }

    /// As it stands in `runtime.json`.
    pub fn json(&self) -> serde_json::Value {
        let named = |s: &Span| json!({"seconds": s.seconds, "rows": s.rows});
        let years = self.by_year();
        let of_year = |year: i16| {
            let parts = self.spans.range((year, 0)..=(year, usize::MAX));
            parts.map(|(&(_, at), s)| (self.parts[at].to_string(), named(s))).collect::<serde_json::Map<_, _>>()
        };
        let years = years.iter().map(|(year, all)| {
            let held = self.held.get(year);
            (year.to_string(), json!({"all": named(all), "parts": of_year(*year), "tables": held}))
        });
        json!({
            "parts": self.by_part().iter().map(|(p, s)| (p.to_string(), named(s))).collect::<serde_json::Map<_, _>>(),
            "years": years.collect::<serde_json::Map<_, _>>(),
        })
    }

    /// The same for the screen: the parts that take longest, then the years.
    pub fn text(&self) -> String {
        let mut parts = self.by_part();
        parts.sort_by(|a, b| b.1.seconds.total_cmp(&a.1.seconds));
        let all: f64 = parts.iter().map(|p| p.1.seconds).sum();
        let mut out = format!("{:<22} {:>9} {:>6} {:>15} {:>9}\n", "part of the day", "s", "%", "rows", "ns/row");
        for (part, s) in &parts {
            let each = if s.rows > 0 { format!("{:.0}", s.seconds * 1e9 / s.rows as f64) } else { "-".into() };
            let share = 100.0 * s.seconds / all.max(1e-12);
            let _ = writeln!(out, "{part:<22} {:>9.3} {share:>6.1} {:>15} {each:>9}", s.seconds, s.rows);
        }
        let _ = writeln!(out, "\n{:<6} {:>9} {:>15} {:>10}  largest tables (rows, MiB)", "year", "s", "rows", "MiB");
        for (year, s) in self.by_year() {
            let mut held = self.held.get(&year).cloned().unwrap_or_default();
            held.sort_by(|a, b| b.mib.total_cmp(&a.mib));
            let mib: f64 = held.iter().map(|h| h.mib).sum();
            let largest: Vec<String> =
                held.iter().take(3).map(|h| format!("{} {} {:.1}", h.table, h.rows, h.mib)).collect();
            let _ = writeln!(out, "{year:<6} {:>9.3} {:>15} {mib:>10.1}  {}", s.seconds, s.rows, largest.join(", "));
        }
        out
    }
}

/// Rows written in all tables since the run began.
fn written(w: &World) -> u64 {
    w.tables().iter().map(|t| t.written()).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rows are charged to the part that wrote them, years are kept apart, replicates add up.
    #[test]
    fn work_is_charged_to_the_part_that_did_it() {
        let mut w = crate::levers::tests::world_with_hubs();
        let mut p = Profile::default();
        p.start(&w);
        for _ in 0..3 {
            w.clocks.update(0, |c| c.value += 1);
        }
        p.lap("clocks", &w);
        p.lap("nothing", &w);
        p.weigh(&w);
        let rows = |p: &Profile| p.by_part().iter().map(|(n, s)| (*n, s.rows)).collect::<Vec<_>>();
        assert_eq!(rows(&p), [("clocks", 3), ("nothing", 0)]);
        w.day.0 += 366;
        w.clocks.update(0, |c| c.value += 1);
        p.lap("clocks", &w);
        assert_eq!(p.by_year().values().map(|s| s.rows).collect::<Vec<_>>(), [3, 1]);
        let two = Profile::of_all([&p, &p].into_iter());
        assert_eq!(rows(&two), [("clocks", 8), ("nothing", 0)]);
        assert_eq!(two.json()["parts"]["clocks"]["rows"], 8);
        assert!(two.text().contains("clocks"));
    }
}
