//! Keys of tables: which belong, which are missing, and which was meant.

use super::check::{Checker, MOST, Path};
use super::tree::{Node, Span, Table};
use super::words::{self, did_you_mean, expected, nearest};
use serde_json::Value;
use std::collections::BTreeSet;

impl Checker<'_> {
    /// Checks the keys of a table, and their values.
    pub(super) fn table(&mut self, schema: &Value, table: &Table, node: &Node, path: &Path) {
        let empty = serde_json::Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        let others = schema.get("additionalProperties").or_else(|| schema.get("unevaluatedProperties"));
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut excused = BTreeSet::new();
        for (key, entry) in table {
            if self.out.len() >= MOST {
                return;
            }
            let at = path.join(&words::short(key));
            match (properties.get(key), others) {
                (Some(sub), _) => self.node(sub, &entry.node, &at),
                (None, Some(Value::Bool(false))) => {
                    let meant = self.unknown(schema, table, key, entry.key, &at, &required);
                    excused.extend(meant);
                }
                (None, Some(sub)) if sub.is_object() => {
                    self.name(schema, key, entry.key, path);
                    self.node(sub, &entry.node, &at);
                }
                (None, _) => self.any(&entry.node, &at),
            }
        }
        for key in required {
            let silent = self.incomplete || excused.contains(key) || self.sources.mentions_in_broken(key);
            if !table.contains_key(key) && !silent {
                self.missing(properties.get(key), key, node, path);
            }
        }
    }

    fn missing(&mut self, schema: Option<&Value>, key: &str, node: &Node, path: &Path) {
        let expected = schema.map_or_else(|| "a value".into(), expected);
        let owner = match path.0.as_slice() {
            [] => "the scenario".into(),
            [first, ..] if first == "lever" || first == "event" => format!("`{path}`"),
            _ => format!("`[{path}]`"),
        };
        let message = match schema.map(words::types).as_deref() {
            Some(["object"]) => format!("{owner} lacks the section `[{}]`", path.join(key)),
            _ => format!("{owner} lacks the key `{key}`: {expected}"),
        };
        self.say(node.at, &path.join(key), "nothing".into(), expected, message, None);
    }

    /// Reports a key that does not belong; the required key that was probably meant is then not missing.
    fn unknown(
        &mut self,
        schema: &Value,
        table: &Table,
        key: &str,
        at: Span,
        path: &Path,
        required: &[&str],
    ) -> Option<String> {
        let empty = serde_json::Map::new();
        let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
        // A file has no use for a key twice, but `--set` changes keys that are there.
        let is_set = self.sources.get(at.source).is_some_and(|s| s.is_set);
        let free = properties.keys().map(String::as_str).filter(|k| is_set || !table.contains_key(*k));
        let near = nearest(key, free);
        let expected = match properties.len() {
            0 => "no key at all".to_string(),
            1..=12 => format!("one of {}", properties.keys().map(|k| format!("`{k}`")).collect::<Vec<_>>().join(", ")),
            n => format!("one of {n} keys"),
        };
        let message = match schema.get("x-noun").and_then(Value::as_str) {
            Some(noun) => format!("unknown {noun} `{}`", words::short(key)),
            None => format!("unknown key `{path}`"),
        };
        let help = self.advice(schema, key, path, near, &expected);
        let near = near.filter(|k| required.contains(k) && !table.contains_key(*k)).map(String::from);
        let message = match &near {
            Some(k) => format!("{message}; the key `{k}`, which must be there, is missing"),
            None => message,
        };
        self.say(at, path, words::short(key), expected, message, help);
        near
    }

    /// What to do about a key that does not belong.
    fn advice(&self, schema: &Value, key: &str, path: &Path, near: Option<&str>, expected: &str) -> Option<String> {
        let properties = schema.get("properties").and_then(Value::as_object);
        let known = || properties.into_iter().flat_map(|p| p.keys()).map(String::as_str);
        // A key that is right in another section was most likely put in the wrong one.
        if let Some(section) = self.section_of(key, path) {
            return Some(format!("`{}` belongs {section}", words::short(key)));
        }
        if let Some(near) = near {
            let unit = properties.and_then(|p| p.get(near)).and_then(words::unit);
            return Some(unit.map_or_else(|| did_you_mean(near), |unit| format!("did you mean `{near}` (in {unit})?")));
        }
        if let Some(there) = nearest(key, known()) {
            return Some(format!("`{there}` is there already"));
        }
        match (known().count(), schema.get("x-noun").and_then(Value::as_str)) {
            (1..=12, _) => Some(format!("known here: {expected}")),
            (_, Some("process")) => Some("`sirocco processes` lists them".into()),
            _ => None,
        }
    }

    /// The section of the scenario in which a key would be right, when this one is not.
    fn section_of(&self, key: &str, path: &Path) -> Option<String> {
        let sections = self.root.get("properties").and_then(Value::as_object)?;
        if path.0.len() > 2 || path.0.first().is_some_and(|p| p == "processes") {
            return None;
        }
        if path.0.len() == 2 && sections.contains_key(key) {
            return Some("at the top of the file, above the first [section]".into());
        }
        let holds = |s: &Value| s.get("properties").is_some_and(|p| p.get(key).is_some());
        let (name, _) = sections.iter().find(|(name, s)| path.0.first() != Some(*name) && holds(s))?;
        Some(format!("in [{name}]"))
    }
}
