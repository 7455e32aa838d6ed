//! Mistakes in scenario files as the user sees them: place, reason, and the nearest thing that would be right.

use super::tree::Span;
use crate::error::Error;
use crate::region::Region;
use std::fmt;
use std::path::PathBuf;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The scenario is refused.
    Error,
    /// The scenario runs, but probably not as meant.
    Warning,
}

/// One mistake, with its place and all that is known of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    pub severity: Severity,
    /// The file as the user named it, or `--set KEY=VALUE`.
    pub file: String,
    /// Line from 1; 0 when the place is a `--set` or the file as a whole.
    pub line: usize,
    /// Column in characters from 1; 0 when the place is a `--set` or the file as a whole.
    pub column: usize,
    /// The key, as `--set` would name it: `run.end`, `lever.depot_security.intensity`; empty for broken TOML.
    pub key: String,
    /// What stands there.
    pub found: String,
    /// What should: type, range with unit, or the allowed values.
    pub expected: String,
    pub message: String,
    /// What to do about it, such as "did you mean `end`?".
    pub help: Option<String>,
    /// The line of the file, with control characters blanked, and the caret line under it.
    pub excerpt: Option<(String, String)>,
}

impl Diagnostic {
    /// A mistake with no place but a file.
    pub fn of_file(file: impl Into<String>, message: impl Into<String>) -> Diagnostic {
        Diagnostic {
            severity: Severity::Error,
            file: file.into(),
            line: 0,
            column: 0,
            key: String::new(),
            found: String::new(),
            expected: String::new(),
            message: message.into(),
            help: None,
            excerpt: None,
        }
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = match self.severity {
            Severity::Error => "error",
            Severity::Warning => "warning",
        };
        let place =
            if self.line == 0 { self.file.clone() } else { format!("{}:{}:{}", self.file, self.line, self.column) };
        writeln!(f, "{place}: {word}: {}", self.message)?;
        if let Some((line, caret)) = &self.excerpt {
            writeln!(f, "  | {line}")?;
            writeln!(f, "  | {caret}")?;
        }
        match &self.help {
            Some(help) => writeln!(f, "  help: {help}"),
            None => Ok(()),
        }
    }
}

/// Everything that is wrong with a scenario, sorted by file and line.
#[derive(Debug, Default)]
pub struct Report {
    /// Errors; the scenario is refused.
    pub diagnostics: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
    /// Set when the file itself could not be read; it makes the exit code that of I/O.
    pub unreadable: Option<(PathBuf, std::io::Error)>,
}

impl Report {
    /// Sorts, and drops what is said twice.
    pub(crate) fn tidy(mut self) -> Report {
        for list in [&mut self.diagnostics, &mut self.warnings] {
            list.sort_by(|a, b| {
                (&a.file, a.line, a.column, &a.key, &a.message).cmp(&(&b.file, b.line, b.column, &b.key, &b.message))
            });
            list.dedup();
        }
        self
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((path, why)) = &self.unreadable {
            writeln!(f, "{}: error: cannot be read: {why}", path.display())?;
        }
        let mut all: Vec<&Diagnostic> = self.diagnostics.iter().chain(&self.warnings).collect();
        all.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
        all.into_iter().try_for_each(|d| d.fmt(f))
    }
}

impl From<Report> for Error {
    fn from(report: Report) -> Error {
        match report.unreadable {
            Some((path, why)) => Error::io(path, why),
            None => Error::Input(report.to_string().trim_end().to_string()),
        }
    }
}

/// The names that scenario files may use, each list sorted.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Names {
    /// ISO 3166 alpha-3 codes.
    pub countries: Vec<String>,
    pub places: Vec<String>,
    /// Land borders, `LBY-NER`, countries in alphabetical order.
    pub borders: Vec<String>,
    /// Sea zones.
    pub zones: Vec<String>,
    /// True when nothing is known, so that no name is refused: only the shape of a file is checked.
    pub any: bool,
}

impl Names {
    /// Names from plain lists; sorts them.
    pub fn new(countries: Vec<String>, places: Vec<String>, borders: Vec<String>, zones: Vec<String>) -> Names {
        let mut names = Names { countries, places, borders, zones, any: false };
        for list in [&mut names.countries, &mut names.places, &mut names.borders, &mut names.zones] {
            list.sort();
            list.dedup();
        }
        names
    }

    /// The names of a region.
    pub fn of(region: &Region) -> Names {
        let iso = |id: u16| region.countries.get(usize::from(id)).map_or("???", |c| c.iso3.as_str());
        let border = |a: &str, b: &str| {
            if a <= b { format!("{a}-{b}") } else { format!("{b}-{a}") }
        };
        Names::new(
            region.countries.iter().map(|c| c.iso3.clone()).collect(),
            region.places.iter().map(|p| p.name.clone()).collect(),
            region.borders.iter().map(|b| border(iso(b.a), iso(b.b))).collect(),
            region.sea.zones.iter().map(|z| z.name.clone()).collect(),
        )
    }

    /// No names known: every name passes.
    pub fn any() -> Names {
        Names { any: true, ..Names::default() }
    }

    /// The names of a kind: `country`, `place`, `border` or `zone`.
    pub fn list(&self, kind: &str) -> &[String] {
        match kind {
            "country" => &self.countries,
            "place" => &self.places,
            "border" => &self.borders,
            "zone" => &self.zones,
            _ => &[],
        }
    }

    /// What kind of name this is, if any.
    pub fn kind_of(&self, name: &str) -> Option<&'static str> {
        ["country", "place", "border", "zone"].into_iter().find(|kind| self.list(kind).iter().any(|n| n == name))
    }
}

/// The texts that were read, so that a place in one can be shown.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    list: Vec<Source>,
}

/// A scenario file, or one `--set`.
#[derive(Debug)]
pub(crate) struct Source {
    /// As the user named it.
    pub label: String,
    pub text: String,
    /// Where each line starts, bytes.
    lines: Vec<usize>,
    /// A `--set`: it has no lines.
    pub is_set: bool,
    /// Statements that are no TOML; keys in them do not count as missing.
    pub broken: String,
}

/// Longest part of a line that is shown, in characters.
const SHOWN: usize = 120;

impl Sources {
    pub(crate) fn add(&mut self, label: impl Into<String>, text: impl Into<String>, is_set: bool) -> usize {
        let text = text.into();
        let lines = std::iter::once(0).chain(text.match_indices('\n').map(|(i, _)| i + 1)).collect();
        self.list.push(Source { label: label.into(), text, lines, is_set, broken: String::new() });
        self.list.len() - 1
    }

    pub(crate) fn get(&self, source: usize) -> Option<&Source> {
        self.list.get(source)
    }

    /// Notes a statement that could not be read.
    pub(crate) fn add_broken(&mut self, source: usize, text: &str) {
        if let Some(s) = self.list.get_mut(source) {
            s.broken.push_str(text);
            s.broken.push('\n');
        }
    }

    /// True when a statement that could not be read mentions the key.
    pub(crate) fn mentions_in_broken(&self, key: &str) -> bool {
        let part = |c: char| !(c.is_alphanumeric() || c == '_' || c == '-');
        self.list.iter().any(|s| s.broken.split(part).any(|word| word == key))
    }

    /// The text at a place.
    pub(crate) fn text(&self, at: Span) -> &str {
        self.get(at.source).and_then(|s| s.text.get(at.start..at.end)).unwrap_or("")
    }

    /// Line of a place, from 1.
    pub(crate) fn line(&self, at: Span) -> usize {
        self.get(at.source).map_or(1, |s| s.lines.partition_point(|start| *start <= at.start))
    }

    /// A diagnostic at a place, with the line shown.
    pub(crate) fn diagnostic(&self, at: Span, key: &str, message: impl Into<String>) -> Diagnostic {
        let Some(source) = self.get(at.source) else {
            return Diagnostic::of_file("", message);
        };
        let mut d = Diagnostic::of_file(source.label.clone(), message);
        d.key = key.to_string();
        let start = source.lines.get(self.line(at).saturating_sub(1)).copied().unwrap_or(0);
        let line = source.text.get(start..).unwrap_or("").lines().next().unwrap_or("");
        let column = source.text.get(start..at.start).unwrap_or("").chars().count();
        if !source.is_set {
            d.line = self.line(at);
            d.column = column + 1;
        }
        if source.text.is_empty() {
            return d;
        }
        let length = self.text(at).lines().next().unwrap_or("").chars().count().max(1);
        d.excerpt = Some(excerpt(line, column, length));
        d
    }
}

/// The part of a line around a place, and a caret line under it.
fn excerpt(line: &str, column: usize, length: usize) -> (String, String) {
    let skip = if column + length.min(40) > SHOWN { column.saturating_sub(SHOWN / 2) } else { 0 };
    let shown: String = line.chars().skip(skip).take(SHOWN).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let shown = shown.trim_end().to_string();
    let carets = length.min((shown.chars().count() + skip).saturating_sub(column)).max(1);
    let caret = format!("{}{}", " ".repeat(column - skip), "^".repeat(carets));
    (shown, caret)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_line_is_cut_around_the_place() {
        let line = format!("{}KEY{}", "x".repeat(500), "y".repeat(500));
        let (shown, caret) = excerpt(&line, 500, 3);
        let at = caret.find('^').unwrap_or(0);
        assert_eq!(shown.chars().skip(at).take(3).collect::<String>(), "KEY");
        assert!(shown.chars().count() <= SHOWN);
    }

    #[test]
    fn columns_count_characters_and_not_bytes() {
        let mut sources = Sources::default();
        let s = sources.add("f", "a = \"\u{e9}\u{e9}\" # \nb = 1", false);
        let d = sources.diagnostic(Span::new(s, 10..11), "", "m");
        assert_eq!((d.line, d.column), (1, 9));
        let d = sources.diagnostic(Span::new(s, 14..15), "", "m");
        assert_eq!((d.line, d.column), (2, 1));
    }

    #[test]
    fn names_of_a_region_are_sorted_and_borders_joined() {
        let names = Names::new(vec!["NER".into(), "LBY".into()], vec![], vec!["LBY-NER".into()], vec![]);
        assert_eq!(names.countries, ["LBY", "NER"]);
        assert_eq!(names.kind_of("LBY-NER"), Some("border"));
        assert_eq!(names.kind_of("LBX"), None);
    }
}
