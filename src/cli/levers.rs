//! `sirocco levers`: what a policy can pull.

use super::{ListArgs, describe, print};
use crate::engine::step::schema_of;
use crate::error::Result;
use crate::levers::{Common, LEVERS, LeverKind};
use crate::scenario::assemble::{lever_schema, noun};
use serde_json::{Value, json};

/// Prints the levers, first the keys that all have.
pub fn levers(args: &ListArgs) -> Result<()> {
    describe::known("lever", &args.names, &LEVERS.iter().map(|l| l.kind).collect::<Vec<_>>())?;
    let chosen: Vec<&LeverKind> =
        LEVERS.iter().filter(|l| args.names.is_empty() || args.names.iter().any(|n| n == l.kind)).collect();
    if args.json {
        let list: Vec<Value> = chosen.iter().map(|l| as_json(l)).collect();
        return print(&format!("{:#}\n", Value::Array(list)));
    }
    let mut out = String::from("Keys of every lever\n");
    out.push_str(&describe::parameters(&schema_of::<Common>().to_value()));
    for lever in chosen {
        let (cost, source) = lever.cost;
        let places: Vec<&str> = lever.places.iter().map(|p| noun(*p)).collect();
        out.push_str(&format!("\n{}\n", lever.kind));
        describe::wrap(lever.about, 2, &mut out);
        out.push_str(&format!("  intensity: {}\n", lever.unit));
        describe::wrap(&format!("cost: {cost} USD a year for one of them ({source})"), 2, &mut out);
        out.push_str(&format!("  where: {}\n", if places.is_empty() { "nothing".into() } else { places.join(", ") }));
        out.push_str(&describe::parameters(&(lever.schema)().to_value()));
    }
    print(&out)
}

fn as_json(lever: &LeverKind) -> Value {
    json!({
        "kind": lever.kind,
        "about": lever.about,
        "unit": lever.unit,
        "cost_usd_per_year": lever.cost.0,
        "cost_source": lever.cost.1,
        "where": lever.places.iter().map(|p| noun(*p)).collect::<Vec<_>>(),
        "schema": lever_schema(lever),
    })
}
