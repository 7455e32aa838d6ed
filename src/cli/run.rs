//! `sirocco run`: a scenario becomes a folder of results.

use super::progress::Progress;
use super::{data_folder, prepare, print};
use crate::agents::world::World;
use crate::error::{Error, Result};
use crate::observe::folder::RunFolder;
use crate::observe::metric;
use crate::observe::observer::Observer;
use crate::observe::profile::Profile;
use crate::observe::recorder::Recorder;
use crate::report;
use crate::scenario::schema::Scenario;
use crate::sim::{Ground, RunOutput};
use crate::study::ensemble::{Split, replicates};
use crate::units::Date;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Arguments of `run`.
#[derive(clap::Args, Debug)]
pub struct RunArgs {
    /// Scenario file
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// How many replicates, instead of the scenario's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub replicates: Option<u32>,
    /// Seed of all luck, instead of the scenario's
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Threads; all cores when left out. Results are the same on any number
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub threads: Option<u16>,
    /// Threads for each replicate; when left out, replicates go side by side first
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub threads_per_run: Option<u16>,
    /// Last day, instead of the scenario's
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub until: Option<Date>,
    /// Change a key: run.end=2012-01-01, lever.NAME.intensity=0, processes.NAME.KEY=1.5
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<String>,
    /// Folder for the results; output/NAME when left out
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Overwrite the folder for the results
    #[arg(long)]
    pub force: bool,
    /// Recount all ledgers and the digest every day
    #[arg(long)]
    pub audit: bool,
    /// Print where the time went, by part of the day and by simulated year, and add it to runtime.json
    #[arg(long)]
    pub profile: bool,
    /// Folder of the input data
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print nothing but errors
    #[arg(long)]
    pub quiet: bool,
}

impl RunArgs {
    /// All changes to the scenario, in the form of `--set`: the short options come last and so win.
    pub fn all_sets(&self) -> Vec<String> {
        let mut sets = self.sets.clone();
        sets.extend(self.replicates.map(|n| format!("run.replicates={n}")));
        sets.extend(self.seed.map(|s| format!("run.seed={s}")));
        sets.extend(self.until.map(|d| format!("run.end={d}")));
        sets
    }
}

/// Folder that results go to when `--out` is not given.
const OUTPUT: &str = "output";

/// Runs a scenario and writes its folder.
///
/// # Errors
/// Whatever is wrong with the scenario (all of it at once), the data, the folder, or the model's books.
pub fn run(args: &RunArgs) -> Result<()> {
    let began = Instant::now();
    let data = data_folder(args.data.as_deref())?;
    let sets = args.all_sets();
    let (scenario, ground) = prepare(&args.scenario, &sets, &data)??;
    let scenario = Arc::new(scenario);
    for warning in &scenario.warnings {
        eprint!("{warning}");
    }
    let folder = RunFolder::create(Path::new(OUTPUT), &scenario.name, args.force, args.out.as_deref())?;
    let threads = args.threads.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|e| Error::Input(format!("--threads: {e}")))?;
    let inside = args.threads_per_run.map(usize::from);
    let split = Split::of(pool.current_num_threads(), scenario.run.replicates as usize, inside);
    let runs = simulate(&scenario, &ground, &folder, split, args)?;
    write_json(&folder, "manifest.json", &manifest(&scenario, &ground, &runs))?;
    let simulated = Instant::now();
    let charts = match scenario.output.charts {
        true => pool.install(|| report::charts(&folder.path(""), &data))?.len(),
        false => 0,
    };
    let charted = simulated.elapsed();
    let mut runtime = runtime(began, pool.current_num_threads(), split, &runs);
    let profile = args.profile.then(|| Profile::of_all(runs.iter().map(|r| &r.profile)));
    if let Some(profile) = &profile {
        runtime["profile"] = profile.json();
        runtime["profile"]["charts_seconds"] = json!(charted.as_secs_f64());
    }
    write_json(&folder, "runtime.json", &runtime)?;
    let done = folder.finish()?;
    if args.quiet {
        return Ok(());
    }
    let days: u32 = runs.iter().map(|r| r.days).sum();
    let seconds = began.elapsed().as_secs_f64();
    if let Some(profile) = &profile {
        print(&profile.text())?;
        let memory = peak_memory_mib().map_or(String::new(), |mib| format!("; {mib} MiB at most"));
        print(&format!("charts {:.1} s{memory}\n", charted.as_secs_f64()))?;
    }
    print(&format!("{} simulated days in {seconds:.1} s; {charts} chart files; results in {}\n", days, done.display()))
}

/// Runs all replicates; the first writes to the folder itself, the others below `replicates`.
fn simulate(
    scenario: &Arc<Scenario>,
    ground: &Ground,
    folder: &RunFolder,
    split: Split,
    args: &RunArgs,
) -> Result<Vec<RunOutput>> {
    let n = scenario.run.replicates;
    let days = scenario.run.end.tick().0 - scenario.run.start.tick().0 + 1;
    let progress = Arc::new(Progress::new(u64::from(days) * u64::from(n), args.quiet));
    let results = replicates(scenario, ground, n, split, args.audit, |replicate| {
        let at = match replicate {
            0 => folder.path(""),
            k => folder.path(format!("replicates/{k:05}")),
        };
        std::fs::create_dir_all(&at).map_err(|e| Error::io(&at, e))?;
        let recorder = Recorder::new(&at, scenario.output.cells, scenario.run.end.tick())?;
        Ok(Watched { recorder, progress: progress.clone() })
    });
    progress.finish();
    results.into_iter().map(|r| r.map(|(out, _)| out)).collect()
}

/// A recorder that also moves the progress bar.
struct Watched {
    recorder: Recorder,
    progress: Arc<Progress>,
}

impl Observer for Watched {
    fn day(&mut self, world: &World, spent: &[(String, i64)]) -> Result<()> {
        self.progress.day(world.day.date());
        self.recorder.day(world, spent)
    }
    fn end(&mut self, world: &World) -> Result<()> {
        self.recorder.end(world)
    }
}

/// What the run was, the same on every machine and number of threads.
fn manifest(s: &Scenario, ground: &Ground, runs: &[RunOutput]) -> serde_json::Value {
    let inputs = s.inputs.iter().chain(&ground.region.inputs).chain(&ground.data.inputs);
    let inputs: Vec<_> = inputs.map(|(path, hash)| json!({"path": path, "blake3": hash})).collect();
    let metrics: Vec<_> = metric::all().iter().map(metric_json).collect();
    json!({
        "sirocco": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "commit": env!("SIROCCO_COMMIT"),
        "scenario": s.name,
        "title": s.title,
        "about": s.about,
        "seed": s.run.seed,
        "replicates": s.run.replicates,
        "digests": runs.iter().map(|r| r.digests.last().map(|d| format!("{d:032x}"))).collect::<Vec<_>>(),
        "resolved": s.resolved,
        "inputs": inputs,
        "metrics": metrics,
    })
}

/// A metric's description.
pub(super) fn metric_json(m: &metric::Metric) -> serde_json::Value {
    json!({"name": m.name, "unit": m.unit, "kind": m.kind.name(), "group": m.group, "about": m.about, "observed": m.observed.is_some()})
}

/// What differs from machine to machine; outside every comparison.
fn runtime(began: Instant, threads: usize, split: Split, runs: &[RunOutput]) -> serde_json::Value {
    let days: u32 = runs.iter().map(|r| r.days).sum();
    let seconds = began.elapsed().as_secs_f64();
    json!({
        "seconds": seconds,
        "simulated_days": days,
        "days_per_second": f64::from(days) / seconds.max(1e-9),
        "threads": threads,
        "runs_side_by_side": split.side_by_side,
        "threads_per_run": split.inside,
        "peak_memory_mib": peak_memory_mib(),
        "system": std::env::consts::OS,
        "processor": std::env::consts::ARCH,
    })
}

/// Peak resident memory of this process, where the system tells.
fn peak_memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

fn write_json(folder: &RunFolder, name: &str, value: &serde_json::Value) -> Result<()> {
    let path = folder.path(name);
    std::fs::write(&path, format!("{value:#}\n")).map_err(|e| Error::io(path, e))
}

/// A date given as an argument.
fn date(text: &str) -> std::result::Result<Date, String> {
    crate::scenario::load::date(text).ok_or_else(|| "it must be a date such as 2011-10-20".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        args: RunArgs,
    }

    #[test]
    fn short_options_come_after_sets() {
        let words =
            ["run", "a.toml", "--set", "run.seed=1", "--seed", "2", "--until", "2012-01-01", "--replicates", "3"];
        let args = Only::try_parse_from(words).map(|o| o.args.all_sets()).unwrap_or_default();
        assert_eq!(args, ["run.seed=1", "run.replicates=3", "run.seed=2", "run.end=2012-01-01"]);
    }

    #[test]
    fn impossible_dates_are_refused() {
        assert!(Only::try_parse_from(["run", "a.toml", "--until", "2012-02-30"]).is_err());
        assert!(Only::try_parse_from(["run", "a.toml", "--replicates", "0"]).is_err());
    }
}
