//! Replicates of a scenario in one process: the ground is read once, each replicate has its own luck.

use crate::error::Result;
use crate::observe::observer::Observer;
use crate::scenario::schema::Scenario;
use crate::sim::{Ground, RunOutput, RunPlan, run_one};
use rayon::prelude::*;
use std::sync::Arc;

/// Runs replicates `0..n` side by side; `observer` makes the observer of each. Results are in order of replicates.
pub fn replicates<O: Observer + Send>(
    scenario: &Arc<Scenario>,
    ground: &Ground,
    n: u32,
    audit: bool,
    observer: impl Fn(u32) -> Result<O> + Sync,
) -> Vec<Result<(RunOutput, O)>> {
    (0..n)
        .into_par_iter()
        .map(|replicate| {
            let mut seen = observer(replicate)?;
            let plan = RunPlan { scenario: scenario.clone(), replicate, values: vec![], audit };
            run_one(&plan, ground, &mut seen).map(|out| (out, seen))
        })
        .collect()
}
