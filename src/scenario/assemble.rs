//! The JSON Schema of a whole scenario file, put together from the registries: what editors complete and what
//! [`super::load`] checks are one and the same.

use super::schema::ScenarioFile;
use crate::engine::step::schema_of;
use crate::levers::{AreaKind, Common, LEVERS, LeverKind};
use crate::processes::DAY;
use schemars::Schema;
use serde_json::{Map, Value, json};

/// The schema of a scenario file with every process's section and every lever's keys in place.
///
/// Beside the standard keywords it carries our own: `x-unit`, `x-low`, `x-high`, `x-source`, `x-names` (text that must
/// name a `place`, `country`, `border` or `zone`; one of them or a list of them) and `x-noun` (what a key or kind is
/// called in messages).
pub fn scenario_schema() -> Value {
    let mut root = plain(schema_of::<ScenarioFile>());
    let mut sections = Map::new();
    for step in DAY {
        let mut schema = plain((step.schema)());
        put(&mut schema, "description", json!(step.about));
        sections.insert(step.name.to_string(), schema);
    }
    let properties = &mut root["properties"];
    put(&mut properties["processes"], "properties", Value::Object(sections));
    put(&mut properties["processes"], "additionalProperties", json!(false));
    put(&mut properties["processes"], "x-noun", json!("process"));
    let levers: Vec<Value> = LEVERS.iter().map(lever_schema).collect();
    put(&mut properties["lever"], "items", json!({"x-noun": "lever", "oneOf": levers}));
    put(&mut properties["event"]["items"], "x-noun", json!("event"));
    close_integers(&mut root);
    root
}

/// Schema of one `[[lever]]` table: the common keys and the lever's own.
pub fn lever_schema(lever: &LeverKind) -> Value {
    let mut schema = plain(schema_of::<Common>());
    let own = plain((lever.schema)());
    put(&mut schema, "description", json!(lever.about));
    put(&mut schema, "title", json!(lever.kind));
    let properties = &mut schema["properties"];
    if let (Some(all), Some(own)) = (properties.as_object_mut(), own["properties"].as_object()) {
        all.extend(own.clone());
    }
    put(&mut properties["kind"], "const", json!(lever.kind));
    put(&mut properties["intensity"], "x-unit", json!(lever.unit));
    let places: Vec<&str> = lever.places.iter().map(|p| noun(*p)).collect();
    // A lever that works nowhere in particular has no `where`.
    match properties.as_object_mut() {
        Some(all) if places.is_empty() => drop(all.remove("where")),
        _ => put(&mut properties["where"], "x-names", json!(places)),
    }
    if lever.most.is_finite() {
        put(&mut properties["intensity"], "maximum", json!(lever.most));
    }
    if lever.named {
        put(&mut properties["where"], "minItems", json!(1));
    }
    if let Some(all) = schema["required"].as_array_mut() {
        all.extend(own["required"].as_array().into_iter().flatten().cloned());
        all.extend(lever.named.then(|| json!("where")));
    }
    schema
}

/// What a kind of area is called, in `x-names` and in messages.
pub fn noun(kind: AreaKind) -> &'static str {
    match kind {
        AreaKind::Country => "country",
        AreaKind::Place => "place",
        AreaKind::Border => "border",
        AreaKind::Zone => "zone",
    }
}

/// A schema as plain JSON, without the `$schema` line that only a root may have.
fn plain(schema: Schema) -> Value {
    let mut value = schema.to_value();
    if let Some(map) = value.as_object_mut() {
        map.remove("$schema");
    }
    value
}

/// Sets a key of a schema; a schema that is no table (`true`) becomes one.
fn put(schema: &mut Value, key: &str, value: Value) {
    if !schema.is_object() {
        *schema = json!({});
    }
    schema[key] = value;
}

/// Writes the range of `u8`, `u32` and their like as `minimum` and `maximum`, so that a number too large for its column
/// is found here, with its place, and not when it is read.
fn close_integers(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(close_integers),
        Value::Object(map) => {
            let range = match map.get("format").and_then(Value::as_str) {
                Some("uint8") => Some((0, i64::from(u8::MAX))),
                Some("uint16") => Some((0, i64::from(u16::MAX))),
                Some("uint32") => Some((0, i64::from(u32::MAX))),
                Some("int8") => Some((i64::from(i8::MIN), i64::from(i8::MAX))),
                Some("int16") => Some((i64::from(i16::MIN), i64::from(i16::MAX))),
                Some("int32") => Some((i64::from(i32::MIN), i64::from(i32::MAX))),
                _ => None,
            };
            if let Some((low, high)) = range {
                map.entry("minimum").or_insert(json!(low));
                map.entry("maximum").or_insert(json!(high));
            }
            map.values_mut().for_each(close_integers);
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Keywords that `check` understands, and annotations that need no check. A schema with another keyword would be
    /// checked only in part, so it must be taught here and there.
    const KNOWN: &[&str] = &[
        "$schema",
        "title",
        "description",
        "default",
        "examples",
        "deprecated",
        "type",
        "properties",
        "required",
        "additionalProperties",
        "unevaluatedProperties",
        "items",
        "prefixItems",
        "minItems",
        "maxItems",
        "uniqueItems",
        "enum",
        "const",
        "anyOf",
        "oneOf",
        "format",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "minLength",
        "maxLength",
    ];

    fn walk(schema: &Value, at: &str) {
        let Some(map) = schema.as_object() else {
            return;
        };
        for (key, value) in map {
            assert!(
                KNOWN.contains(&key.as_str()) || key.starts_with("x-"),
                "{at}: schema keyword `{key}` is not checked"
            );
            match (key.as_str(), value) {
                ("properties", Value::Object(all)) => all.iter().for_each(|(k, v)| walk(v, &format!("{at}.{k}"))),
                ("anyOf" | "oneOf" | "prefixItems", Value::Array(all)) => all.iter().for_each(|v| walk(v, at)),
                ("items" | "additionalProperties", v) => walk(v, at),
                _ => {}
            }
        }
    }

    #[test]
    fn every_keyword_of_every_schema_is_checked() {
        walk(&scenario_schema(), "scenario");
    }

    #[test]
    fn no_lever_has_a_key_of_its_own_that_all_levers_have() {
        for lever in LEVERS {
            let own = plain((lever.schema)());
            for key in own["properties"].as_object().into_iter().flat_map(Map::keys) {
                assert!(!Common::KEYS.contains(&key.as_str()), "{}: `{key}` is a common key", lever.kind);
            }
        }
        let common = plain(schema_of::<Common>());
        let mut keys: Vec<&String> = common["properties"].as_object().map(|m| m.keys().collect()).unwrap_or_default();
        let mut known = Common::KEYS.to_vec();
        keys.sort();
        known.sort_unstable();
        assert_eq!(keys, known, "Common::KEYS and the struct differ");
    }

    #[test]
    fn every_name_kind_is_known() {
        fn names(schema: &Value) {
            match schema {
                Value::Array(all) => all.iter().for_each(names),
                Value::Object(map) => {
                    if let Some(n) = map.get("x-names") {
                        let kinds = super::super::words::name_kinds(schema);
                        assert!(!kinds.is_empty(), "{n}");
                        for k in kinds {
                            assert!(["country", "place", "border", "zone"].contains(&k), "x-names = {k}");
                        }
                    }
                    map.values().for_each(names);
                }
                _ => {}
            }
        }
        names(&scenario_schema());
    }
}
