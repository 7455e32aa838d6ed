//! Holds a tree against a JSON Schema and says everything that is wrong with it, each mistake once and at its place.
//!
//! Why not the `jsonschema` crate at run time: it knows neither places nor our `x-` keywords, calls 3.0 an integer
//! (which a Rust `u32` does not read), and says of a table with alternatives only that none fits. It stands in the
//! tests as the judge of this file: both must agree on thousands of mutated scenarios.

use super::diagnose::{Diagnostic, Names, Sources};
use super::tree::{Kind, Node, Span, date_shaped, lever_name, parse_date};
use super::words::{self, did_you_mean, expected, nearest};
use serde_json::Value;
use std::collections::BTreeSet;

/// Keys from the top to a value, as `--set` names them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Path(pub Vec<String>);

impl Path {
    pub(crate) fn join(&self, key: &str) -> Path {
        let mut keys = self.0.clone();
        keys.push(key.to_string());
        Path(keys)
    }

    /// Path of an item of a list: levers by name, all else by number from 1.
    pub(crate) fn item(&self, index: usize, item: &Node) -> Path {
        let by_name = self.0 == ["lever"];
        match lever_name(item).filter(|_| by_name) {
            Some(name) => self.join(&words::short(name)),
            None => self.join(&(index + 1).to_string()),
        }
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.join("."))
    }
}

/// After so many mistakes the rest is not looked at: nobody reads on, and a hostile file could have a million.
pub(crate) const MOST: usize = 500;

/// The checker: what it knows, and what it found.
pub(crate) struct Checker<'a> {
    pub sources: &'a Sources,
    pub names: &'a Names,
    /// Schema of the whole scenario, to find the section a stray key belongs in.
    pub root: &'a Value,
    /// A file of the scenario could not be read, so that nothing can be said to be missing.
    pub incomplete: bool,
    pub out: Vec<Diagnostic>,
}

impl<'a> Checker<'a> {
    pub(crate) fn say(
        &mut self,
        at: Span,
        path: &Path,
        found: String,
        expected: String,
        message: String,
        help: Option<String>,
    ) {
        let mut d = self.sources.diagnostic(at, &path.to_string(), message);
        d.found = found;
        d.expected = expected;
        d.help = help;
        self.out.push(d);
    }

    /// "`key` is X; it must be Y".
    pub(crate) fn wrong(&mut self, node: &Node, path: &Path, expected: String, help: Option<String>) {
        let found = words::found(node, self.sources);
        let message = format!("`{path}` is {found}; it must be {expected}");
        self.say(node.at, path, found, expected, message, help);
    }

    /// Checks a value against a schema.
    pub(crate) fn node(&mut self, schema: &Value, node: &Node, path: &Path) {
        if self.out.len() >= MOST || !self.is_finite(node, path) {
            return;
        }
        if let Some(values) = words::allowed(schema) {
            return self.choice(&values, node, path);
        }
        let branches = words::branches(schema);
        if !branches.is_empty() {
            return self.union(schema, &branches, node, path);
        }
        let types = words::types(schema);
        if !types.is_empty() && !types.iter().any(|t| fits(t, schema, node)) {
            return self.mismatch(schema, node, path);
        }
        match &node.kind {
            Kind::Text(text) | Kind::Day(text) => self.text(schema, text, node, path),
            Kind::Whole(_) | Kind::Real(_) => self.number(schema, node, path),
            Kind::List(items) => self.list(schema, items, node, path),
            Kind::Table(table) => self.table(schema, table, node, path),
            Kind::Time(_) | Kind::TooLarge | Kind::Bool(_) => {}
        }
    }

    fn is_finite(&mut self, node: &Node, path: &Path) -> bool {
        match node.kind {
            Kind::Real(f) if !f.is_finite() => {
                self.wrong(node, path, "a finite number".into(), None);
                false
            }
            Kind::TooLarge => {
                self.wrong(node, path, "a number that fits in 64 bits".into(), None);
                false
            }
            _ => true,
        }
    }

    fn choice(&mut self, values: &[&Value], node: &Node, path: &Path) {
        let value = node.to_json();
        if !values.contains(&&value) {
            let help = node.text().and_then(|t| nearest(t, values.iter().filter_map(|v| v.as_str()))).map(did_you_mean);
            self.wrong(node, path, words::one_of(values), help);
        }
    }

    /// A value of the wrong type, with advice for the usual slips.
    fn mismatch(&mut self, schema: &Value, node: &Node, path: &Path) {
        let types = words::types(schema);
        let last = path.0.last().map_or("", String::as_str);
        let help = match &node.kind {
            Kind::Text(t) if !types.contains(&"string") && t.parse::<f64>().is_ok() => {
                Some(format!("write it without quotes: {last} = {}", words::short(t)))
            }
            Kind::Real(f) if types.contains(&"integer") && libm::trunc(*f) == *f && f.abs() < 1e15 => {
                Some(format!("write it without a point: {last} = {f:.0}"))
            }
            Kind::Text(t) if types.contains(&"array") => {
                Some(format!("put it in brackets: {last} = [{:?}]", words::short(t)))
            }
            Kind::Table(_) if types.contains(&"array") && path.0.len() == 1 => {
                Some(format!("write [[{last}]] with two brackets"))
            }
            Kind::List(_) if types.contains(&"object") => Some(format!("write [{path}] with one bracket")),
            Kind::Time(t) if words::is_date(schema) => {
                t.get(..10).filter(|d| parse_date(d).is_some()).map(|d| format!("leave the time out: {last} = {d}"))
            }
            _ => None,
        };
        self.wrong(node, path, expected(schema), help);
    }

    fn text(&mut self, schema: &Value, text: &str, node: &Node, path: &Path) {
        if words::is_date(schema) && parse_date(text).is_none() {
            let help = date_shaped(text).then(|| "there is no such day".to_string());
            return self.wrong(node, path, "a date such as 2011-10-20".into(), help);
        }
        let count = text.chars().count() as u64;
        let limit = |key: &str| schema.get(key).and_then(Value::as_u64);
        if limit("minLength").is_some_and(|min| count < min) || limit("maxLength").is_some_and(|max| count > max) {
            let range = match (limit("minLength"), limit("maxLength")) {
                (Some(1), None) => "text that is not empty".into(),
                (min, max) => format!(
                    "text of {} to {} letters",
                    min.unwrap_or(0),
                    max.map_or("any number of".into(), |m| m.to_string())
                ),
            };
            return self.wrong(node, path, range, None);
        }
        self.name(schema, text, node.at, path);
    }

    /// A text, or a key, that must name something on the map.
    pub(super) fn name(&mut self, schema: &Value, text: &str, at: Span, path: &Path) {
        let kinds = words::name_kinds(schema);
        if kinds.is_empty() || self.names.any || kinds.iter().any(|k| self.names.list(k).iter().any(|n| n == text)) {
            return;
        }
        let shown = words::short(text);
        let all = kinds.iter().flat_map(|k| self.names.list(k)).map(String::as_str);
        let help = nearest(text, all).map(did_you_mean);
        let takes = words::plurals(&kinds);
        let message = match self.names.kind_of(text) {
            Some(other) => format!("`{path}` names the {other} `{shown}`; it takes {takes}"),
            None => format!("`{path}` names the unknown {} `{shown}`", kinds.join(" or ")),
        };
        self.say(at, path, shown, takes, message, help);
    }

    fn number(&mut self, schema: &Value, node: &Node, path: &Path) {
        let (value, limit) = (node.to_json(), |key: &str| schema.get(key).filter(|v| v.is_number()));
        let below = |key: &str, or_equal: bool| limit(key).is_some_and(|l| less(&value, l, or_equal));
        let above = |key: &str, or_equal: bool| limit(key).is_some_and(|l| less(l, &value, or_equal));
        if below("minimum", false)
            || below("exclusiveMinimum", true)
            || above("maximum", false)
            || above("exclusiveMaximum", true)
        {
            self.wrong(node, path, words::bounds(schema), None);
        }
    }

    fn list(&mut self, schema: &Value, items: &[Node], node: &Node, path: &Path) {
        let limit = |key: &str| schema.get(key).and_then(Value::as_u64);
        let (min, max) = (limit("minItems"), limit("maxItems"));
        let count = items.len() as u64;
        if min.is_some_and(|min| count < min) || max.is_some_and(|max| count > max) {
            let words = match (min, max) {
                (Some(a), Some(b)) if a == b => format!("a list of {a}"),
                (Some(a), Some(b)) => format!("a list of {a} to {b}"),
                (Some(a), None) => format!("a list of at least {a}"),
                (_, b) => format!("a list of at most {}", b.unwrap_or(0)),
            };
            let message = format!("`{path}` has {count} item{}; it must be {words}", if count == 1 { "" } else { "s" });
            self.say(node.at, path, format!("{count} items"), words, message, None);
        }
        let first: &[Value] = schema.get("prefixItems").and_then(Value::as_array).map_or(&[], Vec::as_slice);
        let named = !words::name_kinds(schema).is_empty();
        let unique = named || schema.get("uniqueItems").and_then(Value::as_bool) == Some(true);
        let mut seen = BTreeSet::new();
        for (i, item) in items.iter().enumerate() {
            let before = self.out.len();
            let at = path.item(i, item);
            match first.get(i).or_else(|| schema.get("items")) {
                Some(sub) => self.node(sub, item, &at),
                None => self.any(item, &at),
            }
            // A list's `x-names` speaks of its items.
            if let Some(text) = item.text().filter(|_| named && self.out.len() == before) {
                self.name(schema, text, item.at, path);
            }
            if unique && !seen.insert(item.to_json().to_string()) && self.out.len() == before {
                let found =
                    item.text().map_or_else(|| words::found(item, self.sources), |t| format!("`{}`", words::short(t)));
                let message = format!("`{path}` has {found} twice");
                self.say(item.at, path, found, "each item once".into(), message, None);
            }
        }
    }

    /// A value that no schema describes: only its numbers must be finite.
    pub(super) fn any(&mut self, node: &Node, path: &Path) {
        self.node(&Value::Bool(true), node, path);
    }
}

/// Whether a value is of a JSON Schema type, as Rust would read it: no whole number from `3.0`, no text from a date.
pub(crate) fn fits(kind: &str, schema: &Value, node: &Node) -> bool {
    match (kind, &node.kind) {
        ("string", Kind::Day(_)) => words::is_date(schema),
        ("string", Kind::Text(_))
        | ("integer", Kind::Whole(_))
        | ("number", Kind::Whole(_) | Kind::Real(_))
        | ("boolean", Kind::Bool(_))
        | ("array", Kind::List(_))
        | ("object", Kind::Table(_)) => true,
        _ => false,
    }
}

/// `a < b`, or `a <= b`; whole numbers are compared as such.
fn less(a: &Value, b: &Value, or_equal: bool) -> bool {
    let whole = |v: &Value| v.as_i64().map(i128::from).or_else(|| v.as_u64().map(i128::from));
    match (whole(a), whole(b)) {
        (Some(a), Some(b)) => a < b || or_equal && a == b,
        _ => match (a.as_f64(), b.as_f64()) {
            (Some(a), Some(b)) => a < b || or_equal && a == b,
            _ => false,
        },
    }
}
