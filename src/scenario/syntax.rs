//! TOML text to a tree with places. Where the text is no TOML, the statement is reported and blanked and the rest is
//! read again, so that one broken line hides no other mistake and breeds no false ones.

use super::diagnose::{Diagnostic, Sources};
use super::tree::{Entry, Kind, Node, Span, Table};
use super::words;
use serde_json::Number;
use std::ops::Range;
use toml::Spanned;
use toml::de::{DeTable, DeValue, Error};

/// A file with more broken statements than this is given up.
const MOST_BROKEN: usize = 50;
/// So many errors at once are no slip of a typist, and reading again and again would take minutes.
const HOPELESS: usize = 1000;

/// Reads a source. What is broken is added to `out`; the tree holds the rest.
pub(crate) fn parse(sources: &mut Sources, source: usize, out: &mut Vec<Diagnostic>) -> Node {
    let Some(original) = sources.get(source).map(|s| s.text.clone()) else {
        return Node::empty(source);
    };
    let mut text = original.clone();
    for _ in 0..MOST_BROKEN {
        let (table, errors) = DeTable::parse_recoverable(&text);
        let first = errors.iter().min_by_key(|e| e.span().map_or(0, |s| s.start));
        let Some(error) = first else {
            return Node { at: Span::new(source, 0..0), kind: Kind::Table(build_table(table.get_ref(), source)) };
        };
        let at = error.span().unwrap_or(0..0);
        let place = find(table.get_ref(), at.start, Vec::new());
        out.push(describe(sources, source, error, &errors, place.as_ref()));
        let hidden = statement(&text, at.start, place.as_ref());
        let head = original.get(hidden.start..).and_then(|t| t.lines().next()).unwrap_or("");
        sources.add_broken(source, head);
        let blanked = blank(&text, hidden);
        // Nothing more to blank: the error is not in any statement. It has been reported; the rest cannot be read.
        if blanked == text {
            return Node::empty(source);
        }
        text = blanked;
        if errors.len() > HOPELESS {
            break;
        }
    }
    out.push(sources.diagnostic(
        Span::new(source, 0..0),
        "",
        "too many broken lines; the rest of this file was not checked",
    ));
    sources.add_broken(source, &original);
    Node::empty(source)
}

/// The statement whose value holds a byte: its keys, and where its last key and its value stand.
struct Place {
    path: Vec<String>,
    key: Range<usize>,
    value: Range<usize>,
}

fn find(table: &DeTable, at: usize, path: Vec<String>) -> Option<Place> {
    for (key, value) in table.iter() {
        let mut path = path.clone();
        path.push(key.get_ref().to_string());
        let deeper = match value.get_ref() {
            DeValue::Table(t) => find(t, at, path.clone()),
            DeValue::Array(a) => a.iter().enumerate().find_map(|(i, item)| match item.get_ref() {
                DeValue::Table(t) => find(t, at, path.iter().cloned().chain([(i + 1).to_string()]).collect()),
                _ => None,
            }),
            _ => None,
        };
        let span = value.span();
        let holds = !matches!(value.get_ref(), DeValue::Table(_)) && span.start <= at && at <= span.end;
        if deeper.is_some() {
            return deeper;
        }
        if holds && key.span().end <= span.start {
            return Some(Place { path, key: key.span(), value: span });
        }
    }
    None
}

/// The parser's message in words that help.
fn describe(sources: &Sources, source: usize, error: &Error, all: &[Error], place: Option<&Place>) -> Diagnostic {
    let at = error.span().unwrap_or(0..0);
    let path = place.map(|p| p.path.join(".")).unwrap_or_default();
    // Messages name the last key alone: the number of an event in its file is not its number in the scenario.
    let key = place.and_then(|p| p.path.last()).cloned().unwrap_or_default();
    let here = Span::new(source, at.clone());
    let written = words::short(sources.text(here));
    let says = error.message();
    let mut d = sources.diagnostic(here, &path, String::new());
    d.found = written.clone();
    d.expected = says.into();
    if says.contains("invalid date") {
        d.message = format!("`{key}` is {written}, which is no date ({says})");
        d.expected = "a date such as 2011-10-20".into();
    } else if says == "duplicate key" {
        d.message = format!("`{written}` is written twice");
        d.help = Some("keep one of the two; a second `[[lever]]` or `[[event]]` has two brackets".into());
    } else if let Some(place) = place.filter(|_| all.iter().any(|e| e.message().starts_with("unclosed array"))) {
        let start = Span::new(source, place.value.start..place.value.start + 1);
        d = sources.diagnostic(start, &path, format!("the list `{key}` has no closing `]`"));
    } else if (says.starts_with("string values must") || says.starts_with("invalid boolean")) && place.is_some() {
        if written.trim().is_empty() {
            d.message = format!("`{key}` has no value");
        } else {
            d.message = format!("`{key}` is {written}, which is no number, date, true or false; text needs quotes");
            d.help = Some(format!("{key} = {written:?}"));
        }
    } else if says.starts_with("invalid unquoted key") && written.starts_with(':') {
        d.message = "a key is followed by `=`, not by `:`".into();
    } else if says.contains("string, expected") && place.is_some() {
        d.message =
            format!("the text of `{key}` is not closed by a quote, or has a character that must not stand there");
    } else if says.starts_with("unclosed table") {
        d.message = "this header has no closing `]`; the keys below it were not checked".into();
    } else {
        d.message = format!("not TOML: {says}");
    }
    d
}

/// The bytes to blank after an error at `at`: the whole section for a broken header, the whole value for one of many
/// lines, else the line.
fn statement(text: &str, at: usize, place: Option<&Place>) -> Range<usize> {
    let line_start = |at: usize| text.get(..at).and_then(|t| t.rfind('\n')).map_or(0, |i| i + 1);
    let line_end = |at: usize| text.get(at..).and_then(|t| t.find('\n')).map_or(text.len(), |i| at + i);
    let start = line_start(at);
    if let Some(place) = place {
        let first = line_start(place.key.start);
        if first < start {
            let body = text.get(line_end(place.key.start)..place.value.end).unwrap_or("");
            // A value that swallows other statements is one that was never closed: only its first line is its own.
            let swallows = body.lines().any(|l| is_header(l) || l.split_once('=').is_some_and(|(k, _)| is_key(k)));
            return first..if swallows { line_end(place.key.start) } else { line_end(place.value.end) };
        }
    }
    if text.get(start..line_end(at)).is_some_and(is_header) {
        // The keys under a header that cannot be read belong to no known table.
        let mut end = line_end(at);
        while end < text.len() && !text.get(end + 1..line_end(end + 1)).is_none_or(is_header) {
            end = line_end(end + 1);
        }
        return start..end;
    }
    start..line_end(at)
}

fn is_header(line: &str) -> bool {
    line.trim_start().starts_with('[')
}

fn is_key(text: &str) -> bool {
    let text = text.trim();
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || "_-.".contains(c))
}

/// Replaces everything in the range but line ends by spaces, byte for byte, so that all other places stay.
fn blank(text: &str, range: Range<usize>) -> String {
    let mut out = String::with_capacity(text.len());
    for (i, c) in text.char_indices() {
        if range.contains(&i) && c != '\n' {
            out.extend(std::iter::repeat_n(' ', c.len_utf8()));
        } else {
            out.push(c);
        }
    }
    out
}

fn build_table(table: &DeTable, source: usize) -> Table {
    let entry = |(key, value): (&Spanned<toml::de::DeString>, &Spanned<DeValue>)| {
        let entry = Entry { key: Span::new(source, key.span()), node: build(value, source) };
        (key.get_ref().to_string(), entry)
    };
    table.iter().map(entry).collect()
}

fn build(value: &Spanned<DeValue>, source: usize) -> Node {
    let kind = match value.get_ref() {
        DeValue::String(s) => Kind::Text(s.to_string()),
        DeValue::Integer(i) => match i128::from_str_radix(i.as_str(), i.radix()) {
            Ok(n) => Number::from_i128(n).map_or(Kind::TooLarge, Kind::Whole),
            Err(_) => Kind::TooLarge,
        },
        // "1e999" reads as infinite too; the check refuses both.
        DeValue::Float(f) => f.as_str().parse().map_or(Kind::TooLarge, Kind::Real),
        DeValue::Boolean(b) => Kind::Bool(*b),
        DeValue::Datetime(d) if d.time.is_none() && d.offset.is_none() => Kind::Day(d.to_string()),
        DeValue::Datetime(d) => Kind::Time(d.to_string()),
        DeValue::Array(a) => Kind::List(a.iter().map(|item| build(item, source)).collect()),
        DeValue::Table(t) => Kind::Table(build_table(t, source)),
    };
    Node { at: Span::new(source, value.span()), kind }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> (Node, Vec<String>) {
        let mut sources = Sources::default();
        let s = sources.add("f", text, false);
        let mut out = Vec::new();
        let node = parse(&mut sources, s, &mut out);
        (node, out.into_iter().map(|d| format!("{}: {}", d.line, d.message)).collect())
    }

    #[test]
    fn a_broken_line_hides_no_other() {
        let (node, said) = read("a = \nb = 1\nc = hello\n[t]\nd = 2012-02-30\ne = 2\n");
        assert_eq!(said.len(), 3, "{said:?}");
        assert!(said[0].starts_with("1: `a` has no value"));
        assert!(said[1].starts_with("3: `c` is hello"));
        assert!(said[2].starts_with("5: `d` is 2012-02-30, which is no date"));
        assert!(node.get("b").is_some() && node.get("t").is_some_and(|t| t.get("e").is_some()));
    }

    #[test]
    fn an_open_list_is_one_error_and_the_rest_is_read() {
        let (node, said) = read("[[lever]]\nwhere = ['x', 'y'\n[[lever]]\nkind = 'b'\n[run]\nk = 2\n");
        assert_eq!(said, ["2: the list `where` has no closing `]`"]);
        assert_eq!(node.get("lever").and_then(Node::list).map(<[Node]>::len), Some(2));
        assert!(node.get("run").is_some_and(|t| t.get("k").is_some()));
    }

    #[test]
    fn a_broken_header_takes_its_section_with_it() {
        let (node, said) = read("a = 1\n[region\nb = 2\nc = 3\n[run]\nd = 4\n");
        assert_eq!(said.len(), 1, "{said:?}");
        assert_eq!(node.table().map(|t| t.keys().cloned().collect::<Vec<_>>()), Some(vec!["a".into(), "run".into()]));
    }
}
