//! `sirocco resume`: goes on with a run that was stopped, as if nothing had happened.

use super::run::{COMMIT, Effort, Order, VERSION, carry_out, inputs};
use super::{compare, data_folder, prepare, print};
use crate::error::{Error, Result};
use crate::observe::folder::{ORDER, RunFolder};
use serde_json::Value;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Instant;

/// Arguments of `resume`.
#[derive(clap::Args, Debug)]
pub struct ResumeArgs {
    /// Folder of the unfinished run
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Threads; all cores when left out. Results are the same on any number
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub threads: Option<u16>,
    /// Threads for each replicate; when left out, replicates go side by side first
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub threads_per_run: Option<u16>,
    /// Folder of the input data, if it has moved
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print nothing but errors
    #[arg(long)]
    pub quiet: bool,
}

/// Goes on with an unfinished run.
///
/// # Errors
/// A folder without one, or whose run is still going on; another version of the program, or a scenario or data that have
/// changed since, each by name; and whatever ends a run.
pub fn resume(args: &ResumeArgs) -> Result<()> {
    let began = Instant::now();
    let folder = RunFolder::resume(&args.folder)?;
    if folder.was_moving() {
        let done = folder.finish_moving()?;
        return if args.quiet { Ok(()) } else { print(&format!("complete; results in {}\n", done.display())) };
    }
    let path = folder.path(ORDER);
    let text = std::fs::read(&path).map_err(|e| Error::io(&path, e))?;
    let effort =
        Effort { threads: args.threads, threads_per_run: args.threads_per_run, quiet: args.quiet, live: false };
    let broken = |e: serde_json::Error| Error::Input(format!("{}: {e}", path.display()));
    let order: Value = serde_json::from_slice(&text).map_err(broken)?;
    if order["command"] == compare::COMMAND {
        return compare::resume(folder, order, args.data.as_deref(), effort);
    }
    let mut order: Order = serde_json::from_value(order).map_err(broken)?;
    let refuse = |why: String| Error::Input(format!("{} cannot be resumed: {why}", args.folder.display()));
    if (order.version.as_str(), order.commit.as_str()) != (VERSION, COMMIT) {
        return Err(refuse(format!(
            "it was begun by sirocco {} ({}) and this is sirocco {VERSION} ({COMMIT})",
            order.version, order.commit
        )));
    }
    order.data = data_folder(Some(args.data.as_deref().unwrap_or(&order.data)))?;
    let (scenario, ground) = prepare(&order.scenario, &order.sets, &order.data)??;
    if let Some(what) = changed(&order, &inputs(&scenario, &ground), &scenario.resolved) {
        return Err(refuse(what));
    }
    let folder = folder.replacing(order.force);
    carry_out(&order, effort, &Arc::new(scenario), &ground, folder, began)
}

/// What is not as it was when the run began: files by name, else the key of the scenario.
fn changed(order: &Order, inputs: &[(String, String)], resolved: &Value) -> Option<String> {
    let missing = |all: &[(String, String)], (name, _): &(String, String)| !all.iter().any(|x| x.0 == *name);
    let other = |(name, hash): &&(String, String)| inputs.iter().any(|x| x.0 == *name && x.1 != *hash);
    if let Some((name, _)) = order.inputs.iter().find(other) {
        return Some(format!("`{name}` has changed since it began"));
    }
    if let Some((name, _)) = order.inputs.iter().find(|x| missing(inputs, x)) {
        return Some(format!("`{name}` was read when it began and is not now"));
    }
    if let Some((name, _)) = inputs.iter().find(|x| missing(&order.inputs, x)) {
        return Some(format!("`{name}` is read now and was not when it began"));
    }
    differing_key(&order.resolved, resolved, "")
        .map(|key| format!("`{key}` of the scenario has changed since it began"))
}

/// The first key at which two values differ.
fn differing_key(a: &Value, b: &Value, at: &str) -> Option<String> {
    let (Value::Object(x), Value::Object(y)) = (a, b) else { return (a != b).then(|| at.to_string()) };
    let below = |key: &String| if at.is_empty() { key.clone() } else { format!("{at}.{key}") };
    let null = Value::Null;
    x.keys()
        .chain(y.keys())
        .find_map(|k| differing_key(x.get(k).unwrap_or(&null), y.get(k).unwrap_or(&null), &below(k)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn order(inputs: &[(&str, &str)]) -> Order {
        Order {
            version: VERSION.into(),
            commit: COMMIT.into(),
            scenario: "a.toml".into(),
            sets: vec![],
            data: "data".into(),
            audit: false,
            profile: false,
            checkpoint: None,
            force: false,
            resolved: json!({"run": {"seed": 1, "end": "2012-01-01"}}),
            inputs: owned(inputs),
        }
    }

    fn owned(inputs: &[(&str, &str)]) -> Vec<(String, String)> {
        inputs.iter().map(|x| (x.0.into(), x.1.into())).collect()
    }

    #[test]
    fn what_has_changed_is_named() {
        let o = order(&[("a.toml", "1"), ("geo/cells.csv", "2")]);
        let said = |inputs: &[(&str, &str)], seed: u32| {
            let resolved = json!({"run": {"seed": seed, "end": "2012-01-01"}});
            changed(&o, &owned(inputs), &resolved).unwrap_or_default()
        };
        assert_eq!(said(&[("a.toml", "1"), ("geo/cells.csv", "2")], 1), "");
        assert!(said(&[("a.toml", "1"), ("geo/cells.csv", "3")], 1).contains("`geo/cells.csv` has changed"));
        assert!(said(&[("a.toml", "1")], 1).contains("`geo/cells.csv` was read"));
        assert!(said(&[("a.toml", "1"), ("geo/cells.csv", "2"), ("b.toml", "1")], 1).contains("`b.toml` is read now"));
        assert!(said(&[("a.toml", "1"), ("geo/cells.csv", "2")], 2).contains("`run.seed`"));
    }
}
