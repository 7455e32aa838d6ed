//! Reading a CSV file with errors that name the file, the line and the reason.

use crate::error::{Error, Result};
use std::io::Read;
use std::path::Path;
use std::str::FromStr;

/// Largest file that is read: a file of the wrong kind must not fill the memory. The largest of `data/` has 1 MiB.
const LARGEST: u64 = 64 << 20;

/// A file in memory and its checksum.
pub(crate) struct Table {
    /// Path as shown in errors.
    shown: String,
    bytes: Vec<u8>,
    /// (path relative to the folder, blake3 in hex), for the manifest.
    pub input: (String, String),
}

impl Table {
    /// Reads `dir/relative`; a missing file is an I/O error with its path.
    pub fn read(dir: &Path, relative: &str) -> Result<Table> {
        let path = dir.join(relative);
        let io = |e| Error::io(&path, e);
        let mut bytes = Vec::new();
        std::fs::File::open(&path).map_err(io)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(io)?;
        if bytes.len() as u64 > LARGEST {
            let (shown, most) = (path.display(), LARGEST >> 20);
            return Err(Error::Input(format!("{shown}:1: the file is larger than {most} MiB; no region needs that")));
        }
        let hash = blake3::hash(&bytes).to_hex().to_string();
        Ok(Table { shown: path.display().to_string(), bytes, input: (relative.to_string(), hash) })
    }

    /// As [`Table::read`], but `None` when there is no such file.
    pub fn read_if_there(dir: &Path, relative: &str) -> Result<Option<Table>> {
        match Table::read(dir, relative) {
            Err(Error::Io { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => Ok(None),
            other => other.map(Some),
        }
    }

    /// An error of the file as a whole.
    pub fn fault(&self, what: &str) -> Error {
        Error::Input(format!("{}:1: {what}", self.shown))
    }

    /// Calls `each` for every row. Columns are asked for by name, in the order in which [`Row`] then numbers them; a name
    /// that ends in `?` may be missing and then reads as empty.
    pub fn rows(&self, columns: &[&str], mut each: impl FnMut(&Row) -> Result<()>) -> Result<()> {
        let mut reader = csv::ReaderBuilder::new().from_reader(self.bytes.as_slice());
        let fault = |e: csv::Error| self.csv_fault(&e);
        let head = reader.byte_headers().map_err(fault)?.clone();
        let mut at = Vec::with_capacity(columns.len());
        for &column in columns {
            let name = column.trim_end_matches('?');
            match head.iter().position(|h| h.trim_ascii() == name.as_bytes()) {
                Some(i) => at.push(i),
                None if column.ends_with('?') => at.push(usize::MAX),
                None => {
                    return Err(Error::Input(format!("{}:1: no column `{name}`", self.shown)));
                }
            }
        }
        let mut record = csv::ByteRecord::new();
        while reader.read_byte_record(&mut record).map_err(fault)? {
            let line = record.position().map_or(0, csv::Position::line);
            each(&Row { shown: &self.shown, line, record: &record, at: &at, columns })?;
        }
        Ok(())
    }

    fn csv_fault(&self, e: &csv::Error) -> Error {
        let line = e.position().map_or(1, csv::Position::line);
        let what = match e.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                format!("{len} fields instead of {expected_len}")
            }
            _ => e.to_string(),
        };
        Error::Input(format!("{}:{line}: {what}", self.shown))
    }
}

/// One row: fields by the order in which the columns were asked for.
pub(crate) struct Row<'a> {
    shown: &'a str,
    /// Line in the file, from 1.
    pub line: u64,
    record: &'a csv::ByteRecord,
    at: &'a [usize],
    columns: &'a [&'a str],
}

impl<'a> Row<'a> {
    /// An error at this row.
    pub fn fault(&self, what: impl std::fmt::Display) -> Error {
        Error::Input(format!("{}: {what}", self.spot()))
    }
    /// Name of a column, without the mark that it may be missing.
    fn column(&self, i: usize) -> &'a str {
        self.columns[i].trim_end_matches('?')
    }
    /// `file:line`, for faults that are found later.
    pub fn spot(&self) -> String {
        format!("{}:{}", self.shown, self.line)
    }
    /// A field as text, without blanks around it; empty when the column is missing.
    pub fn text(&self, i: usize) -> Result<&'a str> {
        let raw = self.record.get(self.at[i]).unwrap_or_default();
        let text = std::str::from_utf8(raw).map_err(|_| self.fault(format!("`{}` is not UTF-8", self.column(i))))?;
        Ok(text.trim())
    }
    /// A field that may be empty.
    pub fn maybe<T: FromStr>(&self, i: usize) -> Result<Option<T>> {
        let text = self.text(i)?;
        if text.is_empty() {
            return Ok(None);
        }
        let fault = || self.fault(format!("`{}` is `{text}`, which is no number that fits", self.column(i)));
        text.parse().map(Some).map_err(|_| fault())
    }
    /// A number from `low` to `high` that must be there.
    pub fn number(&self, i: usize, low: f64, high: f64) -> Result<f64> {
        self.maybe_number(i, low, high)?.ok_or_else(|| self.fault(format!("`{}` is empty", self.column(i))))
    }
    /// A number from `low` to `high`, or nothing.
    pub fn maybe_number(&self, i: usize, low: f64, high: f64) -> Result<Option<f64>> {
        match self.maybe::<f64>(i)? {
            Some(x) if !(low..=high).contains(&x) => {
                Err(self.fault(format!("`{}` is {x}, outside {low} to {high}", self.column(i))))
            }
            other => Ok(other),
        }
    }
}

/// " (did you mean `x`?)" for the known name most like `name`, or nothing; the first of equals wins.
pub(super) fn suggestion<'a>(name: &str, known: impl Iterator<Item = &'a str>) -> String {
    let mut best: Option<(f64, &str)> = None;
    for k in known {
        let like = strsim::jaro_winkler(&name.to_lowercase(), &k.to_lowercase());
        if like > best.map_or(0.7, |b| b.0) {
            best = Some((like, k));
        }
    }
    best.map_or_else(String::new, |(_, k)| format!(" (did you mean `{k}`?)"))
}
