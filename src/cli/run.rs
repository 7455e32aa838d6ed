//! `sirocco run`: a scenario becomes a folder of results.

use super::live::Live;
use super::progress::Progress;
use super::{data_folder, prepare, print};
use crate::agents::saved::saved_day;
use crate::agents::world::World;
use crate::engine::checkpoint::Checkpoints;
use crate::engine::disk;
use crate::engine::save::Sections;
use crate::engine::table::column_from_bytes;
use crate::error::{Error, Result};
use crate::observe::folder::{CHECKPOINTS, ORDER, RunFolder};
use crate::observe::metric;
use crate::observe::observer::{Kept, Observer};
use crate::observe::profile::Profile;
use crate::observe::recorder::Recorder;
use crate::observe::sums::Sums;
use crate::report::{self, Own};
use crate::scenario::schema::Scenario;
use crate::sim::{DIGESTS, Ground, Keeping, OBSERVER, RunOutput, RunPlan, run_kept};
use crate::study::camps;
use crate::study::ensemble::{Split, all_of, runs};
use crate::study::measure::measures;
use crate::study::outcome::{Outcome, Store};
use crate::study::tables;
use crate::units::Date;
use serde::{Deserialize, Serialize};
use serde_json::json;
use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;
use std::io::IsTerminal;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::{Duration, Instant};

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
    /// Days between checkpoints, from which `sirocco resume` goes on; 0: only when the run is stopped. When left out: every
    /// 90 days, but no more often than every 20 seconds
    #[arg(long, value_name = "DAYS")]
    pub checkpoint: Option<u32>,
    /// Recount all ledgers and the digest every day
    #[arg(long)]
    pub audit: bool,
    /// Print where the time went, by part of the day and by simulated year, and add it to runtime.json
    #[arg(long)]
    pub profile: bool,
    /// Show the run on the terminal while it goes: date, speed, where people and arms are, the last events. One replicate only
    #[arg(long, conflicts_with = "quiet")]
    pub live: bool,
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
pub(super) const OUTPUT: &str = "output";
/// Days between checkpoints when nothing is said, and the least time by the clock.
const CHECKPOINT_DAYS: u32 = 90;
/// See [`CHECKPOINT_DAYS`].
const CHECKPOINT_PAUSE: Duration = Duration::from_secs(20);
/// Which program this is.
pub(super) const VERSION: &str = env!("CARGO_PKG_VERSION");
/// See [`VERSION`].
pub(super) const COMMIT: &str = env!("SIROCCO_COMMIT");

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
    if args.live && scenario.run.replicates > 1 {
        let n = scenario.run.replicates;
        return Err(Error::Input(format!("--live shows one run, and there are {n} replicates: add `--replicates 1`")));
    }
    if args.live && !std::io::stderr().is_terminal() {
        return Err(Error::Input("--live needs a terminal, and standard error is none".into()));
    }
    let folder = RunFolder::create(Path::new(OUTPUT), &scenario.name, args.force, args.out.as_deref())?;
    let order = Order {
        version: VERSION.into(),
        commit: COMMIT.into(),
        scenario: std::path::absolute(&args.scenario).map_err(|e| Error::io(&args.scenario, e))?,
        sets,
        data: std::path::absolute(&data).map_err(|e| Error::io(&data, e))?,
        audit: args.audit,
        profile: args.profile,
        checkpoint: args.checkpoint,
        force: args.force,
        resolved: scenario.resolved.clone(),
        inputs: inputs(&scenario, &ground),
    };
    order.write(&folder)?;
    let effort =
        Effort { threads: args.threads, threads_per_run: args.threads_per_run, quiet: args.quiet, live: args.live };
    carry_out(&order, effort, &scenario, &ground, folder, began)
}

/// What is to be done, as it stands in the folder of an unfinished run for `sirocco resume`.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Order {
    pub version: String,
    pub commit: String,
    pub scenario: PathBuf,
    pub sets: Vec<String>,
    pub data: PathBuf,
    pub audit: bool,
    pub profile: bool,
    /// Days between checkpoints, if it was said.
    pub checkpoint: Option<u32>,
    /// Whether the folder's old content goes when the run is complete.
    pub force: bool,
    pub resolved: serde_json::Value,
    /// Files read, with their hashes.
    pub inputs: Vec<(String, String)>,
}

impl Order {
    fn write(&self, folder: &RunFolder) -> Result<()> {
        let path = folder.path(ORDER);
        let text = serde_json::to_vec_pretty(self).map_err(|e| Error::io(&path, e.into()))?;
        disk::write_durably(&path, &text).map_err(|e| Error::io(&path, e))
    }
}

/// How hard to work at it: nothing of this changes a result.
#[derive(Clone, Copy)]
pub(super) struct Effort {
    pub threads: Option<u16>,
    pub threads_per_run: Option<u16>,
    pub quiet: bool,
    /// Show the run on the terminal.
    pub live: bool,
}

/// Files that a run reads, with their hashes.
pub(super) fn inputs(s: &Scenario, ground: &Ground) -> Vec<(String, String)> {
    s.inputs
        .iter()
        .chain(&ground.region.inputs)
        .chain(&ground.data.inputs)
        .chain(&ground.displacement.inputs)
        .cloned()
        .collect()
}

/// Does what is still to be done of a run, and moves its files into place.
pub(super) fn carry_out(
    order: &Order,
    effort: Effort,
    scenario: &Arc<Scenario>,
    ground: &Ground,
    folder: RunFolder,
    began: Instant,
) -> Result<()> {
    let pool = rayon::ThreadPoolBuilder::new().num_threads(effort.threads.map_or(0, usize::from)).build();
    let pool = pool.map_err(|e| Error::Input(format!("--threads: {e}")))?;
    let inside = effort.threads_per_run.map(usize::from);
    let split = Split::of(pool.current_num_threads(), scenario.run.replicates as usize, inside);
    let written = || -> Result<(Runs, usize, f64)> {
        let runs = simulate(order, scenario, ground, &folder, split, effort)?;
        write_json(&folder, "manifest.json", &manifest(scenario, ground, &runs))?;
        if scenario.run.replicates > 1 {
            write_ensemble(&folder, scenario)?;
        }
        let n = scenario.run.replicates;
        let replicates: Vec<PathBuf> = (0..n).map(|k| of_replicate(&folder, n, k)).collect();
        camps::write(&folder.path(""), &replicates)?;
        let simulated = Instant::now();
        let charts = match scenario.output.charts {
            true => pool.install(|| report::all(&folder.path(""), &order.data, Own::default()))?.len(),
            false => 0,
        };
        Ok((runs, charts, simulated.elapsed().as_secs_f64()))
    };
    let (runs, charts, charted) = written().inspect_err(|why| say_how_to_go_on(why, &folder))?;
    let mut runtime = runtime(began, pool.current_num_threads(), split, &runs);
    let profile = order.profile.then(|| Profile::of_all(runs.done().map(|r| &r.profile)));
    if let Some(profile) = &profile {
        runtime["profile"] = profile.json();
        runtime["profile"]["charts_seconds"] = json!(charted);
    }
    write_json(&folder, "runtime.json", &runtime).inspect_err(|why| say_how_to_go_on(why, &folder))?;
    let done = folder.finish()?;
    let failed = runs.failed().next().map_or(Ok(()), |(k, why)| {
        let all = runs.failed().count();
        Err(Error::SomeFailed(format!("{all} replicates failed and are left out of the summary; replicate {k}: {why}")))
    });
    if effort.quiet {
        return failed;
    }
    let days: u32 = runs.done().map(|r| r.days).sum();
    let seconds = began.elapsed().as_secs_f64();
    if let Some(profile) = &profile {
        print(&profile.text())?;
        let memory = peak_memory_mib().map_or(String::new(), |mib| format!("; {mib} MiB at most"));
        print(&format!("charts {charted:.1} s{memory}\n"))?;
    }
    print(&format!("{days} simulated days in {seconds:.1} s; {charts} chart files; results in {}\n", done.display()))?;
    failed
}

/// What came of the replicates: of some, perhaps, only the reason why they failed.
struct Runs(Vec<std::result::Result<RunOutput, String>>);

impl Runs {
    fn done(&self) -> impl Iterator<Item = &RunOutput> {
        self.0.iter().filter_map(|r| r.as_ref().ok())
    }
    fn failed(&self) -> impl Iterator<Item = (usize, &String)> {
        self.0.iter().enumerate().filter_map(|(k, r)| Some((k, r.as_ref().err()?)))
    }
}

/// The outcomes of the replicates of an ensemble, while it lasts.
fn outcomes(folder: &RunFolder) -> Store {
    Store::in_folder(folder.path(format!("{CHECKPOINTS}/outcomes")))
}

/// Where the files of a replicate of so many are.
fn of_replicate(folder: &RunFolder, n: u32, replicate: u32) -> PathBuf {
    if n == 1 { folder.path("") } else { folder.path(format!("replicates/{replicate:05}")) }
}

/// Writes the files about all replicates.
fn write_ensemble(folder: &RunFolder, scenario: &Scenario) -> Result<()> {
    let (at, store, sums, n) = (folder.path(""), outcomes(folder), Sums::default(), scenario.run.replicates);
    tables::write_summary(&at, &sums.metrics, &store, n)?;
    tables::write_indicators(&at, &measures(&sums), &store, n)?;
    tables::write_bands(&at, std::slice::from_ref(&scenario.name), &sums.metrics, &store, n)
}

/// Where a run that ended early has left something to go on from, says how.
pub(super) fn say_how_to_go_on(why: &Error, folder: &RunFolder) {
    if matches!(why, Error::Interrupted { .. } | Error::Io { .. }) && folder.can_go_on() {
        eprintln!("What is done is kept. Go on with: sirocco resume {}", folder.folder().display());
    }
}

/// Runs all replicates, as far as they are not done. A single one writes to the folder itself, several to `replicates/00000` and
/// so on. Of several one may fail, and the others go on.
fn simulate(
    order: &Order,
    scenario: &Arc<Scenario>,
    ground: &Ground,
    folder: &RunFolder,
    split: Split,
    effort: Effort,
) -> Result<Runs> {
    let n = scenario.run.replicates;
    let store = outcomes(folder);
    let (first, last) = (scenario.run.start.tick(), scenario.run.end.tick());
    let days = u64::from(last.0 - first.0 + 1);
    let progress = Arc::new(Progress::new(days * u64::from(n), effort.quiet || effort.live));
    let stop = stopped_by_signals()?;
    let one = |replicate: u32| {
        let at = of_replicate(folder, n, replicate);
        let checkpoints = Checkpoints::in_folder(folder.path(format!("{CHECKPOINTS}/{replicate:05}")));
        let done = folder.path(format!("{CHECKPOINTS}/{replicate:05}.done"));
        if let Some(out) = done_before(&done) {
            progress.skip(u64::from(out.days));
            return Ok(Ok(out));
        }
        if let Some(Err(why)) = store.read(0, replicate).filter(|_| n > 1) {
            return Ok(Err(why));
        }
        let signal = stop.load(Ordering::Relaxed);
        if signal != 0 {
            return Err(Error::Interrupted { date: first.date().to_string(), signal: signal as i32 });
        }
        disk::create_dir_all(&at).map_err(|e| Error::io(&at, e))?;
        let found = checkpoints.latest(|state| Recorder::fits(&at, state.get(OBSERVER)?));
        let found = found.map_err(|e| Error::io(checkpoints.folder(), e))?;
        for (path, why) in &found.damaged {
            eprintln!("warning: {}: {why}; this checkpoint is not used", path.display());
        }
        let recorder = match &found.state {
            Some(state) => Recorder::resume(&at, last, state.get(OBSERVER).map_err(Error::Input)?)?,
            None => Recorder::new(&at, scenario.output.cells, last)?,
        };
        if !found.damaged.is_empty() && found.state.is_none() {
            eprintln!("warning: replicate {replicate} has no other checkpoint and begins anew");
        }
        if let Some(state) = &found.state {
            let day = saved_day(state).map_err(Error::Input)?;
            progress.skip(u64::from((day.0 + 1).saturating_sub(first.0)));
            if !effort.quiet {
                eprintln!("replicate {replicate} goes on after {}", day.date());
            }
        }
        let live = effort.live.then(|| Live::new(&scenario.title, first, last));
        let mut watched = Watched { recorder, progress: progress.clone(), live };
        let plan = RunPlan { scenario: scenario.clone(), replicate, values: vec![], audit: order.audit };
        let (every, at_least) =
            order.checkpoint.map_or((CHECKPOINT_DAYS, CHECKPOINT_PAUSE), |days| (days, Duration::ZERO));
        let keeping = Keeping { checkpoints, every, at_least, stop: stop.clone() };
        let out = match run_kept(&plan, ground, &mut watched, Some(&keeping), found.state.as_ref()) {
            Err(why @ Error::Model { .. }) if n > 1 => {
                // Half a series would be taken for a whole one; the reason stays in the manifest.
                drop(watched);
                disk::remove(&at).map_err(|e| Error::io(&at, e))?;
                store.write(0, replicate, &Err(why.to_string()))?;
                return Ok(Err(why.to_string()));
            }
            other => other?,
        };
        folder.sync(&at)?;
        if n > 1 {
            store.write(0, replicate, &Ok(Outcome::of(watched.recorder.sums())))?;
        }
        note_done(&done, &out)?;
        // They are large, and there may be hundreds of replicates.
        keeping.checkpoints.remove().map_err(|e| Error::io(keeping.checkpoints.folder(), e))?;
        Ok(Ok(out))
    };
    let results = runs(n, split, one);
    progress.finish();
    let runs = Runs(all_of(results)?);
    if let (None, Some((_, why))) = (runs.done().next(), runs.failed().next()) {
        return Err(Error::SomeFailed(format!("all {n} replicates failed; the first: {why}")));
    }
    Ok(runs)
}

/// A number that SIGINT and SIGTERM set, for runs to see in the evening. A second signal ends the program at once.
pub(super) fn stopped_by_signals() -> Result<Arc<AtomicUsize>> {
    let (stop, again) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
    for signal in [SIGINT, SIGTERM] {
        let now = flag::register_conditional_shutdown(signal, 128 + signal, again.clone())
            .and_then(|_| flag::register(signal, again.clone()))
            .and_then(|_| flag::register_usize(signal, stop.clone(), signal as usize));
        now.map_err(|e| Error::io("signals", e))?;
    }
    Ok(stop)
}

/// What came of a replicate that was done before.
fn done_before(path: &Path) -> Option<RunOutput> {
    let state = Sections::from_bytes(&std::fs::read(path).ok()?).ok()?;
    let digests: Vec<u128> = column_from_bytes(state.get(DIGESTS).ok()?)?;
    Some(RunOutput { days: digests.len() as u32, digests, ..RunOutput::default() })
}

/// Notes that a replicate is done.
fn note_done(path: &Path, out: &RunOutput) -> Result<()> {
    let mut state = Sections::default();
    state.put(DIGESTS, bytemuck::cast_slice::<_, u8>(&out.digests));
    let made = path.parent().map_or(Ok(()), disk::create_dir_all);
    made.and_then(|()| disk::write_durably(path, &state.to_bytes())).map_err(|e| Error::io(path, e))
}

/// A recorder that also moves the progress bar.
struct Watched {
    recorder: Recorder,
    progress: Arc<Progress>,
    live: Option<Live>,
}

impl Observer for Watched {
    fn day(&mut self, world: &World, spent: &[(String, i64)]) -> Result<()> {
        self.progress.day(world.day.date());
        if let Some(live) = &mut self.live {
            live.day(world);
        }
        self.recorder.day(world, spent)
    }
    fn keep(&mut self) -> Result<Kept> {
        self.recorder.keep()
    }
    fn end(&mut self, world: &World) -> Result<()> {
        self.recorder.end(world)
    }
}

/// What the run was, the same on every machine and number of threads.
fn manifest(s: &Scenario, ground: &Ground, runs: &Runs) -> serde_json::Value {
    let inputs: Vec<_> =
        inputs(s, ground).into_iter().map(|(path, hash)| json!({"path": path, "blake3": hash})).collect();
    let metrics: Vec<_> = metric::all().iter().map(metric_json).collect();
    let mut all = json!({
        "sirocco": env!("CARGO_PKG_NAME"),
        "version": VERSION,
        "commit": COMMIT,
        "scenario": s.name,
        "title": s.title,
        "about": s.about,
        "seed": s.run.seed,
        "replicates": s.run.replicates,
        "failed": runs.failed().map(|(k, why)| json!({"replicate": k, "why": why})).collect::<Vec<_>>(),
        "digests": runs.0.iter().map(|r| r.as_ref().ok()?.digests.last().map(|d| format!("{d:032x}"))).collect::<Vec<_>>(),
        "resolved": s.resolved,
        "inputs": inputs,
        "metrics": metrics,
    });
    if !s.rows.is_empty() {
        all["posterior_drawn"] = json!(s.drawn);
        all["posterior_rows"] = json!((0..s.run.replicates).filter_map(|k| s.row(k)).collect::<Vec<_>>());
    }
    all
}

/// A metric's description.
pub(super) fn metric_json(m: &metric::Metric) -> serde_json::Value {
    json!({"name": m.name, "unit": m.unit, "kind": m.kind.name(), "group": m.group, "about": m.about, "observed": m.observed.is_some()})
}

/// What differs from machine to machine; outside every comparison.
fn runtime(began: Instant, threads: usize, split: Split, runs: &Runs) -> serde_json::Value {
    let days: u32 = runs.done().map(|r| r.days).sum();
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
pub(super) fn peak_memory_mib() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace().nth(1)?.parse::<u64>().ok().map(|kib| kib / 1024)
}

pub(super) fn write_json(folder: &RunFolder, name: &str, value: &serde_json::Value) -> Result<()> {
    let path = folder.path(name);
    disk::write(&path, format!("{value:#}\n").as_bytes()).map_err(|e| Error::io(path, e))
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
