//! `sirocco processes`: the rules of a day, in their order.

use super::{ListArgs, describe, print};
use crate::error::Result;
use crate::processes::DAY;
use serde_json::{Value, json};

/// Prints the processes.
pub fn processes(args: &ListArgs) -> Result<()> {
    describe::known("process", &args.names, &DAY.iter().map(|s| s.name).collect::<Vec<_>>())?;
    let chosen =
        || DAY.iter().enumerate().filter(|(_, s)| args.names.is_empty() || args.names.iter().any(|n| n == s.name));
    if args.json {
        let one = |(i, step): (usize, &crate::engine::step::Step<_>)| json!({"order": i + 1, "name": step.name, "about": step.about, "schema": (step.schema)().to_value()});
        return print(&format!("{:#}\n", Value::Array(chosen().map(one).collect())));
    }
    let mut out = String::new();
    for (i, step) in chosen() {
        out.push_str(&format!("{}{}. {}\n", if out.is_empty() { "" } else { "\n" }, i + 1, step.name));
        describe::wrap(step.about, 2, &mut out);
        out.push_str(&describe::parameters(&(step.schema)().to_value()));
    }
    print(&out)
}
