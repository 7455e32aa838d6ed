//! Writes a run's files as it goes: `series.csv` a row a day, `events.csv`, `displacement.csv` a row a day and camp, the monthly files, and at the end
//! `summary.csv`, `indicators.csv` and `flows.csv`.

use super::indicator;
use super::metric::Kind;
use super::monthly::Monthly;
use super::observer::{Kept, Observer};
use super::sums::Sums;
use crate::agents::arms::{CLASS_NAMES, ORIGIN_NAMES, ORIGINS};
use crate::agents::world::World;
use crate::engine::disk::File;
use crate::engine::save::{pack, unpack};
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::io::BufWriter;
use std::path::{Path, PathBuf};

/// A file of a table.
pub(crate) type Out = csv::Writer<BufWriter<File>>;

/// The file with a row a day.
const SERIES: &str = "series.csv";
/// The file with a row an event.
const EVENTS: &str = "events.csv";
/// The file with a row a day and camp, of runs that have any.
pub(crate) const CAMPS: &str = "displacement.csv";
const CAMPS_HEAD: [&str; 5] = ["date", "site", "displaced", "registered", "baseline"];

/// Writes one replicate's files.
pub struct Recorder {
    sums: Sums,
    folder: PathBuf,
    series: Out,
    events: Out,
    /// None before the first day, and where nobody registers.
    camps: Option<Out>,
    monthly: Monthly,
    last_day: crate::units::Tick,
}

/// What a table could not be written for.
pub(crate) fn io(path: &Path) -> impl Fn(csv::Error) -> Error + '_ {
    move |e| match e.into_kind() {
        csv::ErrorKind::Io(source) => Error::io(path, source),
        other => Error::io(path, std::io::Error::other(format!("{other:?}"))),
    }
}

/// A new table with this head, if it has one.
pub(crate) fn create(folder: &Path, name: &str, head: &[&str]) -> Result<Out> {
    let path = folder.join(name);
    let file = File::create(&path).map_err(|e| Error::io(&path, e))?;
    let mut out = writer(file);
    if !head.is_empty() {
        out.write_record(head).map_err(io(&path))?;
    }
    Ok(out)
}

fn writer(file: File) -> Out {
    csv::WriterBuilder::new().from_writer(BufWriter::new(file))
}

/// Goes on with a file after its first `len` bytes.
pub(super) fn reopen(folder: &Path, name: &str, lengths: &Lengths) -> Result<Out> {
    let path = folder.join(name);
    let len = *lengths.get(name).ok_or_else(|| Error::Input(format!("the saved state knows no file `{name}`")))?;
    File::after(&path, len).map(writer).map_err(|e| Error::io(&path, e))
}

/// Writes out what is waiting for a file and notes how long it is.
pub(super) fn note_length(out: &mut Out, folder: &Path, name: &str, lengths: &mut Lengths) -> Result<()> {
    let path = folder.join(name);
    flush(out, &path)?;
    let len = out.get_ref().get_ref().bytes().map_err(|e| Error::io(&path, e))?;
    lengths.insert(name.into(), len);
    Ok(())
}

/// Bytes of each file when the state was saved.
pub(super) type Lengths = BTreeMap<String, u64>;

/// What a recorder needs to go on: how far its files were, and what it has added up.
#[derive(Serialize, Deserialize)]
struct Added {
    lengths: Lengths,
    sums: Sums,
    /// Of each monthly file, by its name.
    blocks: BTreeMap<String, Vec<u8>>,
}

/// Makes sure that everything is in the file.
pub(crate) fn flush(out: &mut Out, path: &Path) -> Result<()> {
    out.flush().map_err(|e| Error::io(path, e))
}

/// A number without needless digits: whole numbers as such, others with up to six decimals; nothing for NaN.
pub fn number(v: f64) -> String {
    if v.is_nan() {
        return String::new();
    }
    if v == libm::trunc(v) && v.abs() < 1e15 {
        format!("{}", v as i64)
    } else {
        format!("{v:.6}").trim_end_matches('0').to_string()
    }
}

impl Recorder {
    /// Opens the files in `folder`.
    ///
    /// # Errors
    /// A file that cannot be made, by its path.
    pub fn new(folder: &Path, cells: bool, last_day: crate::units::Tick) -> Result<Recorder> {
        let sums = Sums::default();
        let mut head = vec!["date".to_string()];
        for m in sums.metrics.iter() {
            head.push(m.name.clone());
            if m.observed.is_some() {
                head.push(m.twin());
            }
        }
        let head: Vec<&str> = head.iter().map(String::as_str).collect();
        Ok(Recorder {
            sums,
            folder: folder.to_path_buf(),
            series: create(folder, SERIES, &head)?,
            events: create(folder, EVENTS, &["date", "kind", "place", "item", "count"])?,
            camps: None,
            monthly: Monthly::new(folder, cells)?,
            last_day,
        })
    }

    /// Goes on with the files in `folder` from a state that [`Recorder::keep`] gave.
    ///
    /// # Errors
    /// A file that cannot be opened or is shorter than it was; bytes that are no such state.
    pub fn resume(folder: &Path, last_day: crate::units::Tick, kept: &[u8]) -> Result<Recorder> {
        let kept: Added = unpack(kept).map_err(Error::Input)?;
        Ok(Recorder {
            sums: kept.sums,
            folder: folder.to_path_buf(),
            series: reopen(folder, SERIES, &kept.lengths)?,
            events: reopen(folder, EVENTS, &kept.lengths)?,
            camps: kept.lengths.contains_key(CAMPS).then(|| reopen(folder, CAMPS, &kept.lengths)).transpose()?,
            monthly: Monthly::resume(folder, &kept.lengths, &kept.blocks)?,
            last_day,
        })
    }

    /// Says why the files in `folder` are not those of a state that [`Recorder::keep`] gave.
    ///
    /// # Errors
    /// The reason, with the file's name.
    pub fn fits(folder: &Path, kept: &[u8]) -> std::result::Result<(), String> {
        let kept: Added = unpack(kept)?;
        for (name, len) in kept.lengths {
            let there = std::fs::metadata(folder.join(&name)).map_err(|e| format!("{name}: {e}"))?.len();
            if there < len {
                return Err(format!("{name} has {there} bytes, and had {len} then"));
            }
        }
        Ok(())
    }

    /// What the run has added up to.
    pub fn sums(&self) -> &Sums {
        &self.sums
    }

    /// Writes down how many are in each camp, and how many are registered there.
    fn write_camps(&mut self, w: &World) -> Result<()> {
        let camps = w.refuge.in_camps(w.day, w.persons_per_agent);
        if camps.is_empty() {
            return Ok(());
        }
        let out = match &mut self.camps {
            Some(out) => out,
            none => none.insert(create(&self.folder, CAMPS, &CAMPS_HEAD)?),
        };
        let (path, date) = (self.folder.join(CAMPS), w.day.date().to_string());
        for c in camps {
            let [displaced, registered, baseline] = [c.displaced, c.registered, c.baseline].map(number);
            let row = [date.as_str(), &w.refuge.net.sites[c.site].name, &displaced, &registered, &baseline];
            out.write_record(row).map_err(io(&path))?;
        }
        Ok(())
    }

    fn write_summary(&self) -> Result<()> {
        let path = self.folder.join("summary.csv");
        let mut out =
            create(&self.folder, "summary.csv", &["year", "metric", "unit", "kind", "days", "value", "observed"])?;
        for (year, span) in &self.sums.years {
            for (m, (truth, seen)) in self.sums.metrics.iter().zip(&span.metrics) {
                let observed = m.observed.as_ref().map_or(String::new(), |_| number(seen.value(m.kind)));
                let unit = if m.kind == Kind::Flow { m.unit.trim_end_matches("/day") } else { m.unit };
                let row = [
                    year.to_string(),
                    m.name.clone(),
                    unit.into(),
                    m.kind.name().into(),
                    truth.days.to_string(),
                    number(truth.value(m.kind)),
                    observed,
                ];
                out.write_record(&row).map_err(io(&path))?;
            }
        }
        for (lever, cents) in &self.sums.spent {
            let row = ["all", &format!("spent_{lever}"), "USD", "flow", "", &number(*cents as f64 / 100.0), ""];
            out.write_record(row).map_err(io(&path))?;
        }
        flush(&mut out, &path)
    }

    /// Everything that went from one account to another over the run, by ledger and item.
    fn write_flows(&self, w: &World) -> Result<()> {
        let path = self.folder.join("flows.csv");
        let mut out = create(&self.folder, "flows.csv", &["ledger", "item", "origin", "from", "to", "count"])?;
        for l in w.ledgers.all() {
            for item in 0..l.items {
                let (name, origin) = match l.name {
                    "arms" => (CLASS_NAMES[item / ORIGINS], ORIGIN_NAMES[item % ORIGINS]),
                    "money" => ("us_cents", ""),
                    other => (other, ""),
                };
                for from in 0..l.accounts.len() {
                    for to in 0..l.accounts.len() {
                        let n = l.moved(item, from, to);
                        if n != 0 {
                            let row = [l.name, name, origin, l.accounts[from], l.accounts[to], &n.to_string()];
                            out.write_record(row).map_err(io(&path))?;
                        }
                    }
                }
            }
        }
        flush(&mut out, &path)
    }
}

impl Observer for Recorder {
    fn day(&mut self, w: &World, spent: &[(String, i64)]) -> Result<()> {
        let mut row = vec![w.day.date().to_string()];
        for (v, observed) in self.sums.add(w, spent) {
            row.push(number(v));
            row.extend(observed.map(number));
        }
        let path = self.folder.join(SERIES);
        self.series.write_record(&row).map_err(io(&path))?;
        let path = self.folder.join(EVENTS);
        for e in &w.log {
            self.events
                .write_record([&e.day.date().to_string(), e.kind, &e.place, e.item, &e.count.to_string()])
                .map_err(io(&path))?;
        }
        self.write_camps(w)?;
        self.monthly.day(w, w.day.next().date().0.day() == 1 || w.day == self.last_day)
    }

    fn keep(&mut self) -> Result<Kept> {
        let mut lengths = Lengths::new();
        note_length(&mut self.series, &self.folder, SERIES, &mut lengths)?;
        note_length(&mut self.events, &self.folder, EVENTS, &mut lengths)?;
        if let Some(out) = &mut self.camps {
            note_length(out, &self.folder, CAMPS, &mut lengths)?;
        }
        let blocks = self.monthly.keep(&self.folder, &mut lengths)?;
        let files = lengths.keys().map(|name| self.folder.join(name)).collect();
        let state = Added { lengths, sums: self.sums.clone(), blocks };
        Ok(Kept { state: pack(&state), files })
    }

    fn end(&mut self, w: &World) -> Result<()> {
        self.sums.end(w)?;
        self.write_summary()?;
        self.write_flows(w)?;
        indicator::write(&self.folder, &self.sums)?;
        flush(&mut self.series, &self.folder.join(SERIES))?;
        flush(&mut self.events, &self.folder.join(EVENTS))?;
        if let Some(out) = &mut self.camps {
            flush(out, &self.folder.join(CAMPS))?;
        }
        self.monthly.flush()
    }
}
