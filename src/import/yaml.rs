//! YAML as a small tree that knows its lines: maps, lists and scalars. Aliases and tags are refused, since a few lines of them can stand for
//! gigabytes, and so is what is nested deeply.

use super::log::quoted;
use saphyr_parser::{Event, Parser, ScalarStyle};
use std::collections::BTreeSet;

/// Deepest nesting that is read; settings need four.
const DEEPEST: usize = 16;

/// A node and the line where it begins.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub line: u64,
    pub value: Value,
}

/// What a node is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Value {
    /// A text, and true when it stands without quotes: then it may mean a number, a switch or nothing.
    Scalar(String, bool),
    List(Vec<Node>),
    Map(Vec<Entry>),
}

/// A key of a map with its value.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Entry {
    pub key: String,
    pub line: u64,
    pub node: Node,
}

/// A list or map that has not ended.
enum Open {
    List(u64, Vec<Node>),
    Map(u64, Vec<Entry>, Keys),
}

/// Keys of a map that has not ended: all so far, and the one that waits for its value.
#[derive(Default)]
struct Keys {
    all: BTreeSet<String>,
    waiting: Option<(String, u64)>,
}

type Fault = (u64, String);

/// Reads the only document of a text; nothing when it is empty. A fault is a line and the reason.
pub(super) fn parse(text: &str) -> Result<Option<Node>, Fault> {
    let mut open: Vec<Open> = vec![];
    let mut root = None;
    for event in Parser::new_from_str(text) {
        let (event, span) = event.map_err(|e| (e.marker().line().max(1) as u64, e.info().to_string()))?;
        let line = span.start.line().max(1) as u64;
        let fault = |what: &str| Err((line, what.to_string()));
        let node = match event {
            Event::Alias(_) => return fault("aliases are not read"),
            Event::Scalar(_, _, _, Some(_)) | Event::SequenceStart(_, Some(_)) | Event::MappingStart(_, Some(_)) => {
                return fault("tags are not read");
            }
            Event::DocumentStart(_) if root.is_some() => return fault("a second document begins here"),
            Event::SequenceStart(..) | Event::MappingStart(..) if open.len() == DEEPEST => {
                return fault("nested too deeply");
            }
            Event::SequenceStart(..) => {
                open.push(Open::List(line, vec![]));
                continue;
            }
            Event::MappingStart(..) => {
                open.push(Open::Map(line, vec![], Keys::default()));
                continue;
            }
            Event::Scalar(text, style, ..) => {
                Node { line, value: Value::Scalar(text.into_owned(), style == ScalarStyle::Plain) }
            }
            Event::SequenceEnd | Event::MappingEnd => match open.pop() {
                Some(Open::List(line, nodes)) => Node { line, value: Value::List(nodes) },
                Some(Open::Map(line, entries, _)) => Node { line, value: Value::Map(entries) },
                None => return fault("an end without a beginning"),
            },
            _ => continue,
        };
        place(node, &mut open, &mut root)?;
    }
    Ok(root.filter(|n| !n.is_null()))
}

/// Puts a node where it belongs.
fn place(node: Node, open: &mut [Open], root: &mut Option<Node>) -> Result<(), Fault> {
    match open.last_mut() {
        None => *root = Some(node),
        Some(Open::List(_, nodes)) => nodes.push(node),
        Some(Open::Map(_, entries, keys)) => match (keys.waiting.take(), node.value) {
            (Some((key, line)), value) => {
                if !keys.all.insert(key.clone()) {
                    return Err((line, format!("{} stands twice", quoted(&key))));
                }
                entries.push(Entry { key, line, node: Node { line: node.line, value } });
            }
            (None, Value::Scalar(text, _)) => keys.waiting = Some((text, node.line)),
            (None, _) => return Err((node.line, "a key must be a text".to_string())),
        },
    }
    Ok(())
}

impl Node {
    /// True of nothing: an empty value, `~` or `null`.
    pub fn is_null(&self) -> bool {
        matches!(&self.value, Value::Scalar(t, true) if matches!(t.as_str(), "" | "~" | "null" | "Null" | "NULL"))
    }

    /// A short description for messages.
    pub fn shown(&self) -> String {
        match &self.value {
            Value::Scalar(text, _) => quoted(text),
            Value::List(_) => "a list".to_string(),
            Value::Map(_) => "a table".to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_node_has_its_line() {
        let root = parse("# head\na:\n  b: 1\n  c: [x, 2.5]\n\nd: ~\n").unwrap().unwrap();
        let Value::Map(top) = &root.value else { panic!() };
        assert_eq!((top[0].key.as_str(), top[0].line, top[1].line), ("a", 2, 6));
        let Value::Map(a) = &top[0].node.value else { panic!() };
        assert_eq!((a[0].line, a[1].line), (3, 4));
        let Value::List(c) = &a[1].node.value else { panic!() };
        assert_eq!(c[1], Node { line: 4, value: Value::Scalar("2.5".into(), true) });
        assert!(top[1].node.is_null() && parse("").unwrap().is_none() && parse("# x\n").unwrap().is_none());
    }

    #[test]
    fn what_is_dangerous_or_wrong_is_refused_with_its_line() {
        for (text, line, what) in [
            ("a: &x 1\nb: *x\n", 2, "aliases"),
            ("a: 1\nb: !!str 2\n", 2, "tags"),
            ("a: 1\n\na: 2\n", 3, "`a` stands twice"),
            ("a: 1\n---\nb: 2\n", 2, "second document"),
            ("a:\n  - [1, 2\nb: 3\n", 3, ""),
            ("? [a]\n: 1\n", 1, "a key must be"),
        ] {
            let (at, why) = parse(text).unwrap_err();
            assert!(at == line && why.contains(what), "{text}: {at}: {why}");
        }
        let deep = "- ".repeat(100_000);
        assert_eq!(parse(&deep).unwrap_err().1, "nested too deeply");
        assert!(parse(&"[".repeat(100_000)).is_err());
    }
}
