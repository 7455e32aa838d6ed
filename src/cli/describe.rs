//! Parameters as aligned, readable text, all from their schema.

use crate::error::{Error, Result};
use serde_json::Value;

/// Longest line of running text.
const WIDTH: usize = 100;

/// The parameters of a schema, one block each: key, what it is, default, range, plausible range, source.
pub(super) fn parameters(schema: &Value) -> String {
    let mut out = String::new();
    let required: Vec<&Value> = schema["required"].as_array().into_iter().flatten().collect();
    let lines = leaves(schema, "");
    let width = lines.iter().map(|(key, _)| key.chars().count()).max().unwrap_or(0);
    for (key, one) in &lines {
        let must = required.iter().any(|r| r.as_str() == Some(key));
        // The key stands where the first line of its facts is indented.
        let mut block = String::new();
        wrap(&facts(one, must), width + 4, &mut block);
        out.push_str(&format!("  {key:width$}  {}", block.get(width + 4..).unwrap_or("\n")));
        let text = one["description"].as_str().unwrap_or("").replace('\n', " ");
        let source = one["x-source"].as_str().map(|s| format!("source: {s}"));
        for text in [Some(text), source].into_iter().flatten() {
            wrap(&text, width + 4, &mut out);
        }
    }
    if lines.is_empty() {
        out.push_str("  (no parameters)\n");
    }
    out
}

/// Text from a column on, over as many lines as it needs.
pub(super) fn wrap(text: &str, indent: usize, out: &mut String) {
    let mut column = 0;
    for word in text.split_whitespace() {
        let length = word.chars().count();
        if column > 0 && column + 1 + length > WIDTH {
            out.push('\n');
            column = 0;
        }
        if column == 0 {
            out.push_str(&" ".repeat(indent));
            column = indent;
        } else {
            out.push(' ');
            column += 1;
        }
        out.push_str(word);
        column += length;
    }
    if column > 0 {
        out.push('\n');
    }
}

/// The keys of a schema; those of a table inside it with a dot.
fn leaves<'a>(schema: &'a Value, prefix: &str) -> Vec<(String, &'a Value)> {
    let mut all = Vec::new();
    for (key, sub) in schema["properties"].as_object().into_iter().flatten() {
        let name = format!("{prefix}{key}");
        if sub["properties"].as_object().is_some_and(|p| !p.is_empty()) {
            all.extend(leaves(sub, &format!("{name}.")));
        } else {
            all.push((name, sub));
        }
    }
    all
}

/// "number in m, default 0.9, range 0 to 10, plausible 0.7 to 1.1".
fn facts(schema: &Value, must: bool) -> String {
    let kind = match &schema["type"] {
        Value::Array(all) => all.iter().filter_map(Value::as_str).find(|t| *t != "null").unwrap_or("value"),
        Value::String(one) => one,
        _ => "value",
    };
    let kind = match kind {
        "string" if schema["format"] == "date" => "date",
        "string" => "text",
        "integer" => "whole number",
        "boolean" => "true or false",
        "array" => "list",
        "object" => "table",
        other => other,
    };
    let mut facts = vec![match schema["x-unit"].as_str() {
        Some(unit) => format!("{kind} ({unit})"),
        None => kind.to_string(),
    }];
    match &schema["default"] {
        Value::Null if must => facts.push("required".into()),
        Value::Null => facts.push("optional".into()),
        value => facts.push(format!("default {}", number(value))),
    }
    let values = schema["enum"].as_array().map(|all| all.iter().map(number).collect::<Vec<_>>().join(", "));
    facts.extend(values.map(|v| format!("one of {v}")));
    facts.extend(pair(schema, "minimum", "maximum").map(|r| format!("range {r}")));
    facts.extend(pair(schema, "x-low", "x-high").map(|r| format!("plausible {r}")));
    facts.join(", ")
}

fn pair(schema: &Value, low: &str, high: &str) -> Option<String> {
    let get = |key: &str| schema.get(key).filter(|v| v.is_number()).map(number);
    match (get(low), get(high)) {
        (Some(a), Some(b)) => Some(format!("{a} to {b}")),
        (Some(a), None) => Some(format!("from {a}")),
        (None, Some(b)) => Some(format!("up to {b}")),
        (None, None) => None,
    }
}

/// A number without a needless `.0`, any other value as JSON.
fn number(value: &Value) -> String {
    let text = value.to_string();
    if value.is_number() { text.strip_suffix(".0").unwrap_or(&text).to_string() } else { text }
}

/// Refuses a name that is none of those in a list, with the nearest.
pub(super) fn known(noun: &str, asked: &[String], all: &[&str]) -> Result<()> {
    let Some(wrong) = asked.iter().find(|a| !all.contains(&a.as_str())) else {
        return Ok(());
    };
    let help = match crate::scenario::nearest(wrong, all.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("there are {}", all.join(", ")),
    };
    Err(Error::Input(format!("unknown {noun} `{wrong}`; {help}")))
}
