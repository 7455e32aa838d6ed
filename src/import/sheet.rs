//! Text files in a folder that is not trusted, and rows of comma-separated fields in them.

use super::log::{Log, quoted};
use crate::error::{Error, Result};
use csv::StringRecord;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Largest file that is read: one of another kind must not fill the memory.
const LARGEST: u64 = 64 << 20;

/// A folder; nothing outside it is read.
pub(super) struct Folder {
    given: PathBuf,
    real: PathBuf,
}

/// A file as text.
pub(super) struct Sheet {
    /// Path from the user's view, for faults.
    pub shown: String,
    /// Path in the folder, for notes.
    pub name: String,
    pub text: String,
}

/// A row of a sheet; blanks around fields are not part of them, and a field that is not there is empty.
pub(super) struct Row<'a> {
    shown: &'a str,
    /// Line in the file, from 1.
    pub line: u64,
    record: &'a StringRecord,
}

impl Folder {
    /// # Errors
    /// A path that is no folder.
    pub fn open(dir: &Path) -> Result<Folder> {
        let real = dir.canonicalize().map_err(|e| Error::io(dir, e))?;
        if !real.is_dir() {
            return Err(Error::Input(format!("{} is no folder", dir.display())));
        }
        Ok(Folder { given: dir.to_path_buf(), real })
    }

    /// What the folder is called.
    pub fn name(&self) -> String {
        self.real.file_name().map_or_else(String::new, |n| n.to_string_lossy().into_owned())
    }

    /// True of a path in the folder that leads to a file or folder.
    pub fn has(&self, name: &str) -> bool {
        self.real.join(name).exists()
    }

    /// A path in the folder as the user would write it.
    pub fn shown(&self, name: &str) -> String {
        self.given.join(name).display().to_string()
    }

    /// Names in a folder of the folder, in the order of the alphabet; none when there is no such folder.
    pub fn entries(&self, name: &str) -> Vec<String> {
        let entries = std::fs::read_dir(self.real.join(name)).into_iter().flatten().flatten();
        let mut names: Vec<String> = entries.map(|e| e.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    /// Reads a file of the folder, or says why it cannot be read.
    pub fn read(&self, name: &str) -> std::result::Result<Sheet, Unread> {
        let inside = |c: Component| matches!(c, Component::Normal(_) | Component::CurDir);
        let path = Path::new(name);
        // A name that is none on this system may be one on another.
        if name.is_empty() || !path.components().all(inside) || name.contains(['\\', ':', '\0']) {
            return Err(Unread::whole("a path that leads out of the folder is not followed"));
        }
        let real = match self.real.join(path).canonicalize() {
            Err(e) if e.kind() == std::io::ErrorKind::NotFound => return Err(Unread::whole("there is no such file")),
            other => other.map_err(|e| Unread::whole(format!("cannot be read: {e}")))?,
        };
        if !real.starts_with(&self.real) {
            return Err(Unread::whole("a link that leads out of the folder is not followed"));
        }
        let text = text(&real)?;
        Ok(Sheet { shown: self.shown(name), name: name.to_string(), text })
    }
}

impl Sheet {
    /// Reads a file that the user named; it may lie anywhere.
    pub fn read(path: &Path) -> std::result::Result<Sheet, Unread> {
        let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
        Ok(Sheet { shown: path.display().to_string(), name, text: text(path)? })
    }

    /// Calls `each` for every row that is not blank, comments among them.
    pub fn rows(&self, mut each: impl FnMut(&Row)) {
        let bytes = self.text.as_bytes();
        let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
        let mut record = StringRecord::new();
        let (mut line, mut at) = (1, 0);
        // The text is UTF-8 and rows may have any length: no error is left.
        while matches!(reader.read_record(&mut record), Ok(true)) {
            // The reader puts a row's place before the ends of lines that it skips on the way to it.
            let mut start = record.position().map_or(at, |p| p.byte() as usize);
            while matches!(bytes.get(start), Some(b'\n' | b'\r')) {
                start += 1;
            }
            line += ends_of_lines(&bytes[at..start]);
            at = start;
            if record.iter().any(|f| !f.trim().is_empty()) {
                each(&Row { shown: &self.shown, line, record: &record });
            }
        }
    }

    /// As [`Sheet::rows`], without comments.
    pub fn data(&self, mut each: impl FnMut(&Row)) {
        self.rows(|row| {
            if !row.is_comment() {
                each(row);
            }
        });
    }
}

impl<'a> Row<'a> {
    /// A field.
    pub fn get(&self, i: usize) -> &'a str {
        self.record.get(i).unwrap_or("").trim()
    }

    /// All fields.
    pub fn fields(&self) -> impl Iterator<Item = &'a str> {
        self.record.iter().map(str::trim)
    }

    /// Number of fields.
    pub fn len(&self) -> usize {
        self.record.len()
    }

    /// True of a row that begins with `#`.
    pub fn is_comment(&self) -> bool {
        self.get(0).starts_with('#')
    }

    /// Something is wrong with this row.
    pub fn fault(&self, log: &mut Log, what: impl std::fmt::Display) {
        log.fault(self.shown, self.line, what);
    }

    /// A number from `low` to `high`, or nothing after a fault.
    pub fn number(&self, i: usize, what: &str, low: f64, high: f64, log: &mut Log) -> Option<f64> {
        let text = self.get(i);
        match text.parse::<f64>() {
            Ok(x) if (low..=high).contains(&x) => return Some(x),
            _ if text.is_empty() => self.fault(log, format!("`{what}` is empty")),
            Ok(_) => self.fault(log, format!("`{what}` is {}, outside {low} to {high}", quoted(text))),
            Err(_) => self.fault(log, format!("`{what}` is {}, which is no number", quoted(text))),
        }
        None
    }

    /// As [`Row::number`], or nothing without a fault when the field is empty.
    pub fn maybe(&self, i: usize, what: &str, low: f64, high: f64, log: &mut Log) -> Option<f64> {
        if self.get(i).is_empty() { None } else { self.number(i, what, low, high, log) }
    }

    /// A whole number from 0 to `high`, or nothing after a fault.
    pub fn whole(&self, i: usize, what: &str, high: u32, log: &mut Log) -> Option<u32> {
        let text = self.get(i);
        match text.parse::<i64>() {
            Ok(n) if n < 0 => self.fault(log, format!("`{what}` is {n}, below 0")),
            Ok(n) if n <= i64::from(high) => return u32::try_from(n).ok(),
            _ if text.is_empty() => self.fault(log, format!("`{what}` is empty")),
            _ if text.len() > 9 && text.bytes().all(|b| b.is_ascii_digit()) => {
                self.fault(log, format!("`{what}` is {}, above {high}", quoted(text)));
            }
            Ok(n) => self.fault(log, format!("`{what}` is {n}, above {high}")),
            Err(_) => self.fault(log, format!("`{what}` is {}, which is no whole number", quoted(text))),
        }
        None
    }
}

/// Why a file was not read, and the line that is to blame.
pub(super) struct Unread {
    pub line: u64,
    pub why: String,
}

impl Unread {
    fn whole(why: impl Into<String>) -> Unread {
        Unread { line: 1, why: why.into() }
    }
}

fn text(path: &Path) -> std::result::Result<String, Unread> {
    let io = |e: std::io::Error| Unread::whole(format!("cannot be read: {e}"));
    // Opening a pipe would wait for somebody to write into it.
    if !std::fs::metadata(path).map_err(io)?.is_file() {
        return Err(Unread::whole("this is no file"));
    }
    let mut bytes = Vec::new();
    std::fs::File::open(path).map_err(io)?.take(LARGEST + 1).read_to_end(&mut bytes).map_err(io)?;
    if bytes.len() as u64 > LARGEST {
        return Err(Unread::whole(format!("the file is larger than {} MiB", LARGEST >> 20)));
    }
    let text = String::from_utf8(bytes).map_err(|e| {
        let before = &e.as_bytes()[..e.utf8_error().valid_up_to()];
        Unread { line: 1 + ends_of_lines(before), why: "this is not UTF-8".to_string() }
    })?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text))
}

/// Ends of lines of any system.
fn ends_of_lines(bytes: &[u8]) -> u64 {
    let next = |i: usize| bytes.get(i + 1) == Some(&b'\n');
    let ends = bytes.iter().enumerate().filter(|&(i, b)| *b == b'\n' || *b == b'\r' && !next(i));
    ends.count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str) -> Vec<(u64, String)> {
        let sheet = Sheet { shown: "x".into(), name: "x".into(), text: text.into() };
        let mut out = vec![];
        sheet.rows(|r| out.push((r.line, r.get(0).to_string())));
        out
    }

    #[test]
    fn lines_have_their_number_whatever_ends_them() {
        let want = vec![(1, "a".to_string()), (4, "b".to_string()), (5, "c\nd".to_string()), (7, "e".to_string())];
        assert_eq!(lines("a, 1\n\n ,\n b\n\"c\nd\"\ne"), want);
        assert_eq!(lines("a, 1\r\n\r\n ,\r\n b\r\n\"c\nd\"\r\ne\r\n"), want);
        assert_eq!(lines("a\r\rb"), [(1, "a".to_string()), (3, "b".to_string())]);
        assert!(lines("").is_empty());
    }

    #[test]
    fn numbers_that_do_not_fit_are_faults() {
        let sheet =
            Sheet { shown: "x".into(), name: "x".into(), text: "1e400,nan,-1,99999999999999999999,,1.5\n".into() };
        let mut log = Log::default();
        sheet.rows(|r| {
            assert_eq!(r.number(0, "a", 0.0, 1.0, &mut log), None);
            assert_eq!(r.number(1, "b", 0.0, 1.0, &mut log), None);
            assert_eq!(r.whole(2, "c", 10, &mut log), None);
            assert_eq!(r.whole(3, "d", 10, &mut log), None);
            assert_eq!(r.maybe(4, "e", 0.0, 1.0, &mut log), None);
            assert_eq!(r.whole(5, "f", 10, &mut log), None);
        });
        let text = log.finish().unwrap_err().to_string();
        assert_eq!(text.lines().count(), 6, "{text}");
        assert!(text.contains("`d` is `99999999999999999999`, above 10"), "{text}");
    }
}
