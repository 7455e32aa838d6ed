//! A scenario as a tree whose every key and value knows the file and the bytes it came from.

use crate::units::Date;
use serde_json::{Map, Number, Value};
use std::collections::BTreeMap;

/// Where something stands: bytes `start..end` of source number `source`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Span {
    pub source: usize,
    pub start: usize,
    pub end: usize,
}

impl Span {
    pub(crate) fn new(source: usize, range: std::ops::Range<usize>) -> Span {
        Span { source, start: range.start, end: range.end }
    }
}

/// A value and its place. For a table the place is its header.
#[derive(Clone, Debug)]
pub(crate) struct Node {
    pub at: Span,
    pub kind: Kind,
}

/// A key of a table with its place, and its value.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub key: Span,
    pub node: Node,
}

/// Keys and values of a table.
pub(crate) type Table = BTreeMap<String, Entry>;

/// What a value is.
#[derive(Clone, Debug)]
pub(crate) enum Kind {
    Text(String),
    /// A date without time, unquoted in TOML.
    Day(String),
    /// A time, or a date with time; no key takes one.
    Time(String),
    Whole(Number),
    /// A number with a point or exponent; may be NaN or infinite, which the check refuses.
    Real(f64),
    /// A number that no machine type holds.
    TooLarge,
    Bool(bool),
    List(Vec<Node>),
    Table(Table),
}

impl Node {
    /// An empty table at the head of a source.
    pub(crate) fn empty(source: usize) -> Node {
        Node { at: Span::new(source, 0..0), kind: Kind::Table(Table::new()) }
    }

    pub(crate) fn table(&self) -> Option<&Table> {
        if let Kind::Table(t) = &self.kind { Some(t) } else { None }
    }

    pub(crate) fn table_mut(&mut self) -> Option<&mut Table> {
        if let Kind::Table(t) = &mut self.kind { Some(t) } else { None }
    }

    pub(crate) fn list(&self) -> Option<&[Node]> {
        if let Kind::List(l) = &self.kind { Some(l) } else { None }
    }

    /// The value under `key` when this is a table that has it.
    pub(crate) fn get(&self, key: &str) -> Option<&Node> {
        self.table()?.get(key).map(|e| &e.node)
    }

    pub(crate) fn text(&self) -> Option<&str> {
        if let Kind::Text(t) = &self.kind { Some(t) } else { None }
    }

    /// The date this is, written as TOML date or as text.
    pub(crate) fn date(&self) -> Option<Date> {
        match &self.kind {
            Kind::Text(t) | Kind::Day(t) => parse_date(t),
            _ => None,
        }
    }

    /// The same as JSON, dates as text.
    pub(crate) fn to_json(&self) -> Value {
        match &self.kind {
            Kind::Text(t) | Kind::Day(t) | Kind::Time(t) => Value::String(t.clone()),
            Kind::Whole(n) => Value::Number(n.clone()),
            Kind::Real(f) => Number::from_f64(*f).map_or(Value::Null, Value::Number),
            Kind::TooLarge => Value::Null,
            Kind::Bool(b) => Value::Bool(*b),
            Kind::List(l) => Value::Array(l.iter().map(Node::to_json).collect()),
            Kind::Table(t) => {
                Value::Object(t.iter().map(|(k, e)| (k.clone(), e.node.to_json())).collect::<Map<_, _>>())
            }
        }
    }
}

/// Reads `2011-10-20` and nothing looser (jiff alone would also take a time or a week date).
pub(crate) fn parse_date(text: &str) -> Option<Date> {
    if date_shaped(text) { text.parse().ok().map(Date) } else { None }
}

/// Four digits, two and two, with hyphens; perhaps a day that does not exist.
pub(crate) fn date_shaped(text: &str) -> bool {
    let fits = |(i, b): (usize, u8)| {
        if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() }
    };
    text.len() == 10 && text.bytes().enumerate().all(fits)
}

/// Name of a lever in outputs and in paths: its `name`, or else its `kind`.
pub(crate) fn lever_name(lever: &Node) -> Option<&str> {
    lever.get("name").or_else(|| lever.get("kind")).and_then(Node::text)
}

/// Name of an event, if it has one.
pub(crate) fn event_name(event: &Node) -> Option<&str> {
    event.get("name").and_then(Node::text)
}

/// Lays a file on the one it inherits from: tables key by key, lists of events and levers one after the other, all else
/// replaced. A table that both have is then placed where `over` has it.
pub(crate) fn inherit(base: &mut Node, over: Node) {
    lay(base, over, true, true);
}

/// Lays `--set` keys on a table. Tables stay placed where the file has them.
pub(crate) fn overwrite(base: &mut Node, over: Node) {
    lay(base, over, false, false);
}

fn lay(base: &mut Node, over: Node, top: bool, moves: bool) {
    if moves {
        base.at = over.at;
    }
    let (Some(base), Kind::Table(over)) = (base.table_mut(), over.kind) else {
        return;
    };
    for (key, entry) in over {
        let Some(old) = base.get_mut(&key) else {
            base.insert(key, entry);
            continue;
        };
        match (key.as_str(), &mut old.node.kind, entry.node.kind) {
            ("lever", Kind::List(olds), Kind::List(news)) if top => add_named(olds, news, lever_name),
            ("event", Kind::List(olds), Kind::List(news)) if top => add_named(olds, news, event_name),
            (_, Kind::Table(_), Kind::Table(new)) => {
                lay(&mut old.node, Node { at: entry.node.at, kind: Kind::Table(new) }, false, moves);
            }
            (_, _, kind) => *old = Entry { key: entry.key, node: Node { at: entry.node.at, kind } },
        }
    }
}

/// An item that bears the name of an inherited one takes its place; others are added.
fn add_named(olds: &mut Vec<Node>, news: Vec<Node>, name_of: fn(&Node) -> Option<&str>) {
    let named = olds.iter().enumerate().filter_map(|(i, old)| Some((name_of(old)?.to_string(), i)));
    let inherited: BTreeMap<String, usize> = named.collect();
    for new in news {
        let twin = name_of(&new).and_then(|name| inherited.get(name)).copied();
        match twin.and_then(|i| olds.get_mut(i)) {
            Some(old) => *old = new,
            None => olds.push(new),
        }
    }
}
