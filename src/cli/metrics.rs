//! `sirocco metrics`: what a run reports.

use super::run::metric_json;
use super::{ListArgs, describe, print};
use crate::error::Result;
use crate::observe::metric::all;
use serde_json::Value;

/// Prints the metrics, by group.
pub fn metrics(args: &ListArgs) -> Result<()> {
    let metrics = all();
    describe::known("metric", &args.names, &metrics.iter().map(|m| m.name.as_str()).collect::<Vec<_>>())?;
    let chosen = || metrics.iter().filter(|m| args.names.is_empty() || args.names.contains(&m.name));
    if args.json {
        return print(&format!("{:#}\n", Value::Array(chosen().map(metric_json).collect())));
    }
    let mut out = String::new();
    let mut group = "";
    for m in chosen() {
        if m.group != group {
            group = m.group;
            out.push_str(&format!("\n{group}\n"));
        }
        let twin = if m.observed.is_some() { ", with an observed twin" } else { "" };
        out.push_str(&format!("  {:<44} {:<13} {:<6} {}{twin}\n", m.name, m.unit, m.kind.name(), m.about));
    }
    print(out.trim_start_matches('\n'))
}
