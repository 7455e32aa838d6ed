//! Keeps what is wrong with files and what of them is not used, so that all of it can be said at once.

use crate::error::{Error, Result};
use crate::scenario::nearest;
use std::fmt::Display;

/// Faults that are kept; a file of another kind would have one on each of millions of lines.
const MOST: usize = 1000;
/// Names that are looked for among those known: each takes time that grows with their number.
const GUESSES: u32 = 20;
/// Names in one note.
const LISTED: usize = 20;

/// Faults and notes, in the order in which they were found.
#[derive(Default)]
pub(super) struct Log {
    faults: Vec<(String, u64, String)>,
    beyond: usize,
    guessed: u32,
    notes: Vec<String>,
}

impl Log {
    /// Something wrong in a file at a line.
    pub fn fault(&mut self, file: &str, line: u64, what: impl Display) {
        if self.faults.len() == MOST {
            self.beyond += 1;
        } else {
            self.faults.push((file.to_string(), line, what.to_string()));
        }
    }

    /// Something that is not carried over.
    pub fn note(&mut self, what: impl Into<String>) {
        self.notes.push(what.into());
    }

    /// A note that ends with a list of names, if there are any: "about: a, b, c".
    pub fn note_names<'a>(&mut self, about: &str, names: impl IntoIterator<Item = &'a str>) {
        let names: Vec<String> = names.into_iter().map(quoted).collect();
        if !names.is_empty() {
            let more = names.len().saturating_sub(LISTED);
            let end = if more > 0 { format!(" and {more} more") } else { String::new() };
            self.note(format!("{about}: {}{end}", names[..names.len() - more].join(", ")));
        }
    }

    /// " (did you mean `x`?)", or nothing.
    pub fn guess<'a>(&mut self, name: &str, known: impl IntoIterator<Item = &'a str>) -> String {
        self.guessed += 1;
        let like = if self.guessed > GUESSES { None } else { nearest(name, known) };
        like.map_or_else(String::new, |like| format!(" (did you mean {}?)", quoted(like)))
    }

    /// The notes when nothing is wrong, else all that is: by file, then line.
    pub fn finish(mut self) -> Result<Vec<String>> {
        if self.faults.is_empty() {
            return Ok(self.notes);
        }
        self.faults.sort();
        self.faults.dedup();
        let mut text: String =
            self.faults.iter().map(|(file, line, what)| format!("{file}:{line}: error: {what}\n")).collect();
        let count = self.faults.len() + self.beyond;
        let hidden = if self.beyond > 0 { format!(", of which {MOST} are shown") } else { String::new() };
        text.push_str(&format!("{count} error{}{hidden}", if count == 1 { "" } else { "s" }));
        Err(Error::Input(text))
    }
}

/// A text from a file between backticks, on one line and not long: it may hold anything.
pub(super) fn quoted(text: &str) -> String {
    let mut short: String = text.chars().take(60).flat_map(escaped).collect();
    if text.chars().nth(60).is_some() {
        short.push('…');
    }
    format!("`{short}`")
}

fn escaped(c: char) -> Vec<char> {
    if c.is_control() { c.escape_default().collect() } else { vec![c] }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_by_file_and_line() {
        let mut log = Log::default();
        log.fault("b", 2, "x");
        log.fault("b", 10, "y");
        log.fault("a", 7, "z");
        let text = log.finish().unwrap_err().to_string();
        assert_eq!(text, "a:7: error: z\nb:2: error: x\nb:10: error: y\n3 errors");
    }

    #[test]
    fn there_is_an_end_to_faults_and_names() {
        let mut log = Log::default();
        (0..2000).for_each(|i| log.fault("a", i, "x"));
        assert!(log.finish().unwrap_err().to_string().ends_with("2000 errors, of which 1000 are shown"));
        let mut log = Log::default();
        log.note_names("odd", std::iter::repeat_n("x\n", 22));
        let note = log.finish().unwrap().concat();
        assert!(note.starts_with("odd: `x\\n`, ") && note.ends_with(" and 2 more"), "{note}");
        assert_eq!(quoted(&"é".repeat(100)).chars().count(), 63);
    }
}
