//! The words of messages: what was found, what was expected, what is nearest.

use super::diagnose::Sources;
use super::tree::{Kind, Node};
use serde_json::Value;

/// What stands there, for "`run.seed` is ...".
pub(crate) fn found(node: &Node, sources: &Sources) -> String {
    match &node.kind {
        Kind::Text(t) => format!("the text {:?}", short(t)),
        Kind::Day(d) => format!("the date {d}"),
        Kind::Time(t) => format!("the time {t}"),
        Kind::Whole(_) | Kind::Real(_) | Kind::TooLarge => short(sources.text(node.at)),
        Kind::Bool(b) => b.to_string(),
        Kind::List(_) => "a list".into(),
        Kind::Table(_) => "a table".into(),
    }
}

/// A text cut to what fits in a message.
pub(crate) fn short(text: &str) -> String {
    const MOST: usize = 60;
    if text.chars().count() <= MOST { text.into() } else { text.chars().take(MOST).chain("...".chars()).collect() }
}

/// What a schema asks for, for "it must be ...".
pub(crate) fn expected(schema: &Value) -> String {
    if let Some(values) = allowed(schema) {
        return one_of(&values);
    }
    let words: Vec<String> = types(schema).into_iter().map(|t| of_type(t, schema)).collect();
    if words.is_empty() {
        let mut branches = branches(schema).into_iter().map(expected).collect::<Vec<_>>();
        // 28 kinds of levers are all tables.
        branches.dedup();
        return if branches.is_empty() { "something else".into() } else { branches.join(", or ") };
    }
    words.join(" or ")
}

fn of_type(kind: &str, schema: &Value) -> String {
    let name = || name_kinds(schema).join(" or ");
    match kind {
        "string" if is_date(schema) => "a date such as 2011-10-20".into(),
        "string" if !name_kinds(schema).is_empty() => format!("the name of a {} in quotes", name()),
        "string" => "text in quotes".into(),
        "integer" => format!("a whole number{}", range(schema)),
        "number" => format!("a number{}", range(schema)),
        "boolean" => "true or false".into(),
        "array" if !name_kinds(schema).is_empty() => {
            format!("a list of {}", plurals(&name_kinds(schema)))
        }
        "array" => match schema.get("items") {
            Some(items) if items.get("type").is_some() => {
                format!("a list, each item {}", expected(items))
            }
            _ => "a list".into(),
        },
        "object" => "a table".into(),
        other => other.into(),
    }
}

/// A range with its unit: " from 0 to 10 m", " of at least 0 guards per depot", or only " in km"; starts with a space.
fn range(schema: &Value) -> String {
    let bounds = bounds(schema);
    match (bounds.is_empty(), unit(schema)) {
        (true, Some(unit)) => format!(" in {unit}"),
        (true, None) => String::new(),
        (false, _) if schema.get("minimum").is_some() && schema.get("maximum").is_some() => {
            format!(" {bounds}")
        }
        (false, _) => format!(" of {bounds}"),
    }
}

/// A range with its unit: "from 0 to 10 m", "at least 0 guards per depot"; empty when there is none.
pub(crate) fn bounds(schema: &Value) -> String {
    let unit = unit(schema).map(|u| format!(" {u}")).unwrap_or_default();
    let get = |key: &str| schema.get(key).filter(|v| v.is_number());
    if let (Some(low), Some(high)) = (get("minimum"), get("maximum")) {
        return format!("from {} to {}{unit}", number(low), number(high));
    }
    let parts: Vec<String> = [
        ("minimum", "at least"),
        ("exclusiveMinimum", "more than"),
        ("maximum", "at most"),
        ("exclusiveMaximum", "less than"),
    ]
    .into_iter()
    .filter_map(|(key, words)| get(key).map(|v| format!("{words} {}", number(v))))
    .collect();
    if parts.is_empty() { String::new() } else { format!("{}{unit}", parts.join(" and ")) }
}

/// A number without a needless `.0`.
pub(crate) fn number(value: &Value) -> String {
    let text = value.to_string();
    text.strip_suffix(".0").map_or(text.clone(), String::from)
}

/// The unit of a parameter, `x-unit`.
pub(crate) fn unit(schema: &Value) -> Option<&str> {
    schema.get("x-unit").and_then(Value::as_str).filter(|u| !u.is_empty())
}

/// Kinds of names that a text (or a list's texts, or a table's keys) must be of: `x-names`, one or a list.
pub(crate) fn name_kinds(schema: &Value) -> Vec<&str> {
    match schema.get("x-names") {
        Some(Value::String(s)) => vec![s.as_str()],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
}

/// Types a schema allows; TOML has no null, so that is left out.
pub(crate) fn types(schema: &Value) -> Vec<&str> {
    match schema.get("type") {
        Some(Value::String(s)) => vec![s.as_str()],
        Some(Value::Array(all)) => all.iter().filter_map(Value::as_str).filter(|t| *t != "null").collect(),
        _ => Vec::new(),
    }
}

pub(crate) fn is_date(schema: &Value) -> bool {
    schema.get("format").and_then(Value::as_str) == Some("date")
}

/// The alternatives of a schema, without null.
pub(crate) fn branches(schema: &Value) -> Vec<&Value> {
    let all = schema.get("oneOf").or_else(|| schema.get("anyOf")).and_then(Value::as_array);
    let is_null = |s: &Value| s.get("type").and_then(Value::as_str) == Some("null");
    all.map(|list| list.iter().filter(|s| !is_null(s)).collect()).unwrap_or_default()
}

/// The values a schema allows, when it lists them (`enum`, `const`, or alternatives that are each a `const`).
pub(crate) fn allowed(schema: &Value) -> Option<Vec<&Value>> {
    if let Some(one) = schema.get("const") {
        return Some(vec![one]);
    }
    if let Some(list) = schema.get("enum").and_then(Value::as_array) {
        return Some(list.iter().filter(|v| !v.is_null()).collect());
    }
    let branches = branches(schema);
    if branches.is_empty() {
        return None;
    }
    let each: Option<Vec<Vec<&Value>>> = branches.into_iter().map(allowed).collect();
    each.map(|lists| lists.into_iter().flatten().collect())
}

/// "`a`", or "one of `a`, `b`, `c`".
pub(crate) fn one_of(values: &[&Value]) -> String {
    let quoted: Vec<String> = values.iter().map(|v| format!("`{}`", plain(v))).collect();
    if quoted.len() == 1 { quoted.concat() } else { format!("one of {}", quoted.join(", ")) }
}

/// A value as a user would say it: texts without quotes.
pub(crate) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), String::from)
}

/// The candidate nearest to a word, when it is near enough to be meant: a third of the letters may differ, or one is
/// the beginning of the other. Of equals the one that begins more alike is nearer, then the first in the alphabet.
pub(crate) fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    // Longer words are no typing errors, and the comparison takes time that grows with the square of the length.
    if word.len() > 200 {
        return None;
    }
    let lower = word.to_lowercase();
    let rank = |c: &'a str| {
        let other = c.to_lowercase();
        let unlike = ((1.0 - strsim::jaro_winkler(&lower, &other)) * 1e6) as u32;
        (distance(&lower, &other), unlike, c)
    };
    let (distance, _, candidate) = candidates.into_iter().map(rank).min()?;
    let letters = word.chars().count().max(candidate.chars().count());
    (distance <= (letters / 3).max(1) && distance < letters).then_some(candidate)
}

fn distance(a: &str, b: &str) -> usize {
    let edits = strsim::damerau_levenshtein(a, b);
    let begins = a.len() >= 4 && b.len() >= 4 && (a.starts_with(b) || b.starts_with(a));
    // A border named from its other side.
    let swapped = a.split_once('-').is_some_and(|(x, y)| b.split_once('-') == Some((y, x)));
    if swapped || begins { 0 } else { edits }
}

/// Kinds of names with an example: "countries such as `LBY`".
pub(crate) fn plurals(kinds: &[&str]) -> String {
    let plural = |k: &&str| match *k {
        "country" => "countries such as `LBY`".to_string(),
        "place" => "places such as `Sabha`".to_string(),
        "border" => "borders such as `LBY-NER`".to_string(),
        other => format!("sea {other}s"),
    };
    kinds.iter().map(plural).collect::<Vec<_>>().join(", ")
}

/// "did you mean `x`?"
pub(crate) fn did_you_mean(candidate: &str) -> String {
    format!("did you mean `{candidate}`?")
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn nearest_takes_typing_errors_and_leaves_other_words() {
        let keys = ["start", "end", "seed", "replicates", "speed_kmh"];
        assert_eq!(nearest("edn", keys), Some("end"));
        assert_eq!(nearest("speed", keys), Some("speed_kmh"), "a forgotten unit is likelier than a letter too many");
        assert_eq!(nearest("speed_km", keys), Some("speed_kmh"));
        assert_eq!(nearest("SEED", keys), Some("seed"));
        assert_eq!(nearest("colour", keys), None);
        assert_eq!(nearest("NER-LBY", ["DZA-LBY", "LBY-NER"]), Some("LBY-NER"));
        assert_eq!(nearest("NGR", ["BGR", "NER", "NGA"]), Some("NGA"));
        assert_eq!(nearest("", keys), None);
    }

    #[test]
    fn ranges_carry_their_unit() {
        assert_eq!(bounds(&json!({"minimum": 0.0, "maximum": 10, "x-unit": "m"})), "from 0 to 10 m");
        assert_eq!(bounds(&json!({"exclusiveMinimum": 0})), "more than 0");
        assert_eq!(expected(&json!({"type": ["integer", "null"], "minimum": 1})), "a whole number of at least 1");
        assert_eq!(expected(&json!({"type": "number", "x-unit": "km"})), "a number in km");
        assert_eq!(expected(&json!({"anyOf": [{"const": "a"}, {"const": "b"}]})), "one of `a`, `b`");
    }
}
