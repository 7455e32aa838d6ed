//! `sirocco compare`: policies against a baseline on the same luck.

use super::data::{prepare_on, shared_grounds};
use super::progress::Progress;
use super::run::{
    COMMIT, Effort, OUTPUT, VERSION, inputs, peak_memory_mib, say_how_to_go_on, stopped_by_signals, write_json,
};
use super::{data_folder, print};
use crate::engine::disk;
use crate::error::{Error, Result};
use crate::observe::folder::{CHECKPOINTS, ORDER, RunFolder};
use crate::observe::sums::Sums;
use crate::report::{self, FIRST_REPLICATE, Own};
use crate::scenario::nearest;
use crate::scenario::schema::Scenario;
use crate::sim::Ground;
use crate::study::branch::{self, comparable, parts_on, replicate};
use crate::study::displacement::border;
use crate::study::ensemble::{Split, all_of, runs};
use crate::study::maps::MapFolders;
use crate::study::measure::measures;
use crate::study::outcome::Store;
use crate::study::paired::replicates_for;
use crate::study::tables::{self, Compared};
use crate::units::Tick;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Arguments of `compare`.
#[derive(clap::Args, Debug)]
pub struct CompareArgs {
    /// Scenario file of the baseline
    #[arg(value_name = "BASELINE")]
    pub baseline: PathBuf,
    /// Scenario files of the policies
    #[arg(value_name = "POLICY", required = true)]
    pub policies: Vec<PathBuf>,
    /// How many pairs; with --until-width the first so many
    #[arg(long, value_name = "N", default_value_t = 16, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub replicates: u32,
    /// Go on until the 95 % interval of each policy's effect on every --indicator is at most so wide to either side, as a
    /// share of the baseline's mean: 0.05 for 5 %
    #[arg(long, value_name = "W", requires = "indicator", value_parser = share)]
    pub until_width: Option<f64>,
    /// A measure that --until-width is about; may be given several times
    #[arg(long, value_name = "NAME", requires = "until_width")]
    pub indicator: Vec<String>,
    /// Most pairs that --until-width may take
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub max_replicates: u32,
    /// Run every policy from the first day, also where it shares its past with the baseline: slower, and the same
    #[arg(long)]
    pub no_branch: bool,
    /// Change a key in all scenarios: run.end=2012-01-01, processes.NAME.KEY=1.5
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<String>,
    /// Folder for the results; output/BASELINE-compared when left out
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Overwrite the folder for the results
    #[arg(long)]
    pub force: bool,
    /// Threads; all cores when left out. Results are the same on any number
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub threads: Option<u16>,
    /// Folder of the input data
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print nothing but errors
    #[arg(long)]
    pub quiet: bool,
}

fn share(text: &str) -> std::result::Result<f64, String> {
    let wrong = || "it must be a share above 0, such as 0.05".to_string();
    text.parse().ok().filter(|w| (1e-6..=1e6).contains(w)).ok_or_else(wrong)
}

/// What `order.json` says the command is, for `sirocco resume`.
pub(super) const COMMAND: &str = "compare";

/// What is to be done, as it stands in the folder of an unfinished comparison.
#[derive(Debug, Serialize, Deserialize)]
struct Order {
    command: String,
    version: String,
    commit: String,
    /// Files of the baseline and the policies.
    scenarios: Vec<PathBuf>,
    sets: Vec<String>,
    data: PathBuf,
    replicates: u32,
    width: Option<Width>,
    branch: bool,
    force: bool,
    /// Scenarios as they were read.
    resolved: Vec<Value>,
    /// Files read, with their hashes.
    inputs: Vec<(String, String)>,
}

/// When to stop.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Width {
    /// Half of the interval over the baseline's mean.
    share: f64,
    measures: Vec<String>,
    most: u32,
}

/// The baseline and its policies, ready to run.
struct Arms {
    scenarios: Vec<Arc<Scenario>>,
    ground: Ground,
}

/// Compares policies with their baseline and writes the folder of the comparison.
///
/// # Errors
/// What is wrong with any of the scenarios; scenarios that do not have the same luck, dates or region; an indicator that is
/// none; whatever ends a run of all, such as a full disk. [`Error::SomeFailed`] when single runs failed.
pub fn compare(args: &CompareArgs) -> Result<()> {
    let began = Instant::now();
    let data = data_folder(args.data.as_deref())?;
    let files: Vec<PathBuf> = [&args.baseline].into_iter().chain(&args.policies).cloned().collect();
    let arms = arms(&files, &args.sets, &data)?;
    let width = args.until_width.map(|share| {
        let most = args.max_replicates.max(args.replicates);
        Width { share, measures: args.indicator.clone(), most }
    });
    let known = measures(&Sums::default());
    for name in width.iter().flat_map(|w| &w.measures) {
        if !known.iter().any(|m| m.name == *name) {
            let meant = nearest(name, known.iter().map(|m| m.name.as_str()));
            let meant = meant.map_or(String::new(), |n| format!("; did you mean `{n}`?"));
            return Err(Error::Input(format!("--indicator: there is no measure `{name}`{meant}")));
        }
    }
    // What policies share with their baseline is said once.
    let warnings: BTreeSet<String> =
        arms.scenarios.iter().flat_map(|s| &s.warnings).map(|w| w.to_string().replace("policies/../", "")).collect();
    warnings.iter().for_each(|w| eprint!("{w}"));
    let name = format!("{}-compared", arms.scenarios[0].name);
    let folder = RunFolder::create(Path::new(OUTPUT), &name, args.force, args.out.as_deref())?;
    let absolute = |p: &PathBuf| std::path::absolute(p).map_err(|e| Error::io(p, e));
    let order = Order {
        command: COMMAND.into(),
        version: VERSION.into(),
        commit: COMMIT.into(),
        scenarios: files.iter().map(absolute).collect::<Result<_>>()?,
        sets: args.sets.clone(),
        data: absolute(&data)?,
        replicates: args.replicates,
        width,
        branch: !args.no_branch,
        force: args.force,
        resolved: arms.scenarios.iter().map(|s| s.resolved.clone()).collect(),
        inputs: all_inputs(&arms),
    };
    let path = folder.path(ORDER);
    let text = serde_json::to_vec_pretty(&order).map_err(|e| Error::io(&path, e.into()))?;
    disk::write_durably(&path, &text).map_err(|e| Error::io(&path, e))?;
    let effort = Effort { threads: args.threads, threads_per_run: None, quiet: args.quiet, live: false };
    carry_out(&order, effort, &arms, folder, began)
}

/// Goes on with an unfinished comparison.
///
/// # Errors
/// Another version of the program, or scenarios or data that have changed since; else as [`compare`].
pub(super) fn resume(folder: RunFolder, order: Value, data: Option<&Path>, effort: Effort) -> Result<()> {
    let began = Instant::now();
    let shown = folder.folder().display().to_string();
    let refuse = |why: String| Error::Input(format!("{shown} cannot be resumed: {why}"));
    let mut order: Order = serde_json::from_value(order).map_err(|e| refuse(e.to_string()))?;
    if (order.version.as_str(), order.commit.as_str()) != (VERSION, COMMIT) {
        let (version, commit) = (&order.version, &order.commit);
        return Err(refuse(format!(
            "it was begun by sirocco {version} ({commit}) and this is sirocco {VERSION} ({COMMIT})"
        )));
    }
    order.data = data_folder(Some(data.unwrap_or(&order.data)))?;
    let arms = arms(&order.scenarios, &order.sets, &order.data)?;
    if let Some(at) = (0..arms.scenarios.len()).find(|&a| arms.scenarios[a].resolved != order.resolved[a]) {
        return Err(refuse(format!("scenario `{}` has changed since it began", arms.scenarios[at].name)));
    }
    let now = all_inputs(&arms);
    if let Some((name, _)) = order.inputs.iter().find(|x| !now.contains(x)) {
        return Err(refuse(format!("`{name}` has changed since it began")));
    }
    let folder = folder.replacing(order.force);
    carry_out(&order, effort, &arms, folder, began)
}

/// Reads all scenarios and makes sure that they can be compared.
fn arms(files: &[PathBuf], sets: &[String], data: &Path) -> Result<Arms> {
    let mut grounds = shared_grounds(data);
    let mut scenarios: Vec<Arc<Scenario>> = vec![];
    let (mut ground, mut wrong) = (None, String::new());
    for file in files {
        match prepare_on(file, sets, &mut grounds)? {
            Ok((scenario, its)) => {
                scenarios.push(Arc::new(scenario));
                ground.get_or_insert(its);
            }
            Err(report) if report.unreadable.is_some() => return Err(report.into()),
            Err(report) => wrong.push_str(&report.to_string()),
        }
    }
    if !wrong.is_empty() {
        return Err(Error::Input(wrong.trim_end().to_string()));
    }
    for (k, s) in scenarios.iter().enumerate().skip(1) {
        let file = files[k].display();
        comparable(&scenarios[0], s).map_err(|why| Error::Input(format!("{file}: cannot be compared: {why}")))?;
        let end = scenarios[0].run.end;
        if parts_on(&scenarios[0], s) > end.tick() {
            let why = format!("nothing in it differs from the baseline by {end}, the run's last day");
            return Err(Error::Input(format!("{file}: cannot be compared: {why}")));
        }
        if scenarios[..k].iter().any(|other| other.name == s.name) {
            return Err(Error::Input(format!("{file}: two scenarios are named `{}`", s.name)));
        }
    }
    let ground = ground.ok_or_else(|| Error::Input("no scenario to compare".into()))?;
    Ok(Arms { scenarios, ground })
}

fn all_inputs(arms: &Arms) -> Vec<(String, String)> {
    let mut all: Vec<_> = arms.scenarios.iter().flat_map(|s| inputs(s, &arms.ground)).collect();
    all.sort();
    all.dedup();
    all
}

/// Runs what is still to be run and moves the files into place.
fn carry_out(order: &Order, effort: Effort, arms: &Arms, folder: RunFolder, began: Instant) -> Result<()> {
    let threads =
        effort.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    let store = Store::in_folder(folder.path(format!("{CHECKPOINTS}/outcomes")));
    // One pair of runs is enough for a map, and of one the files are small beside those of a run.
    let maps = arms.scenarios[0].output.cells.then(|| MapFolders {
        going: folder.path(format!("{CHECKPOINTS}/{FIRST_REPLICATE}")),
        done: folder.path(FIRST_REPLICATE),
    });
    let kept = Kept { store: &store, maps: maps.as_ref() };
    let written = || -> Result<(Compared, Vec<String>)> {
        let mut n = order.replicates;
        let mut compared = empty(arms);
        let mut failures = vec![];
        loop {
            run_all(order, effort.quiet, threads, arms, &kept, n)?;
            for k in compared.values[0].len() as u32..n {
                for arm in 0..arms.scenarios.len() {
                    // A file that was damaged in the meantime is as good as none.
                    let tried = store.read(arm, k).unwrap_or_else(|| Err("what it came to cannot be read".into()));
                    let name = &arms.scenarios[arm].name;
                    failures.extend(tried.as_ref().err().map(|why| format!("replicate {k} of {name}: {why}")));
                    compared.push(arm, tried.ok());
                }
            }
            match order.width.as_ref().and_then(|w| more(w, &compared, n)) {
                Some(next) => n = next,
                None => break,
            }
        }
        let at = folder.path("");
        tables::write_effects(&at, &compared)?;
        tables::write_ranking(&at, &compared)?;
        tables::write_costs(&at, &compared)?;
        tables::write_displacement(&at, &compared)?;
        tables::write_replicates(&at, &compared)?;
        let metrics = Sums::default().metrics;
        tables::write_bands(&at, &compared.arms, &metrics, &store, n)?;
        write_json(&folder, "manifest.json", &manifest(order, arms, n, &failures))?;
        if arms.scenarios[0].output.charts {
            report::all(&at, &order.data, Own::default())?;
        }
        Ok((compared, failures))
    };
    let (compared, failures) = written().inspect_err(|why| say_how_to_go_on(why, &folder))?;
    let runtime = json!({
        "seconds": began.elapsed().as_secs_f64(),
        "threads": threads,
        "peak_memory_mib": peak_memory_mib(),
        "system": std::env::consts::OS,
        "processor": std::env::consts::ARCH,
    });
    write_json(&folder, "runtime.json", &runtime).inspect_err(|why| say_how_to_go_on(why, &folder))?;
    let done = folder.finish()?;
    if !effort.quiet {
        print(&summary(order, &compared))?;
        let (pairs, seconds) = (compared.values[0].len(), began.elapsed().as_secs_f64());
        print(&format!("{pairs} pairs in {seconds:.1} s; results in {}\n", done.display()))?;
    }
    let all = failures.len();
    match failures.into_iter().next() {
        None => Ok(()),
        Some(first) => Err(Error::SomeFailed(format!("{all} runs failed and are left out; {first}"))),
    }
}

/// A comparison without replicates.
fn empty(arms: &Arms) -> Compared {
    let names = arms.scenarios.iter().map(|s| s.name.clone()).collect();
    let base = &arms.scenarios[0].levers;
    let watched = |s: &Arc<Scenario>| {
        let new = s.levers.iter().filter(|l| !base.iter().any(|b| b.name() == l.name()));
        let named = new.flat_map(|l| &l.common.area).filter_map(|name| name.split_once('-'));
        let known = named.filter(|(a, b)| {
            arms.ground.region.borders.iter().any(|x| {
                let iso3 = |c: u16| arms.ground.region.countries[usize::from(c)].iso3.as_str();
                border(a, b) == border(iso3(x.a), iso3(x.b))
            })
        });
        let mut all: Vec<_> = known.map(|(a, b)| border(a, b)).collect();
        all.sort();
        all.dedup();
        all
    };
    let watched = arms.scenarios.iter().map(watched).collect();
    Compared::new(names, measures(&Sums::default()), watched, arms.scenarios[0].run.seed)
}

/// What is kept of the runs.
struct Kept<'a> {
    store: &'a Store,
    /// Of the first replicate, if its cells are wanted.
    maps: Option<&'a MapFolders>,
}

impl Kept<'_> {
    fn maps(&self, replicate: u32) -> Option<&MapFolders> {
        self.maps.filter(|_| replicate == 0)
    }

    /// True when a run is still to be made. A damaged file is found here, before anything hangs on it.
    fn wants(&self, arm: usize, name: &str, replicate: u32) -> bool {
        let mapped = || self.maps(replicate).is_none_or(|maps| maps.has(name));
        self.store.read(arm, replicate).is_none_or(|tried| tried.is_ok() && !mapped())
    }
}

/// Runs the replicates up to `n` that are not there.
fn run_all(order: &Order, quiet: bool, threads: usize, arms: &Arms, kept: &Kept, n: u32) -> Result<()> {
    let wanted = |k: u32| arms.scenarios.iter().enumerate().map(|(a, s)| kept.wants(a, &s.name, k)).collect();
    let wanted: Vec<Vec<bool>> = (0..n).map(wanted).collect();
    let todo: Vec<u32> = (0..n).filter(|&k| wanted[k as usize].contains(&true)).collect();
    let (first, last) = (arms.scenarios[0].run.start.tick().0, arms.scenarios[0].run.end.tick().0);
    let from = |a: usize| {
        if order.branch {
            parts_on(&arms.scenarios[0].of_replicate(0), &arms.scenarios[a].of_replicate(0)).0
        } else {
            first
        }
    };
    let days = |k: &u32| {
        let policies = (1..arms.scenarios.len()).filter(|&a| wanted[*k as usize][a]);
        u64::from(last - first) + policies.map(|a| u64::from(last.saturating_sub(from(a)))).sum::<u64>()
    };
    let progress = Progress::new(todo.iter().map(days).sum::<u64>().max(1), quiet);
    let stop = stopped_by_signals()?;
    let evening = |day: Tick| progress.evening(day.date(), &stop);
    let one = |i: u32| {
        let k = todo[i as usize];
        let mut keep = |arm, tried| kept.store.write(arm, k, &tried);
        let all =
            branch::Arms { scenarios: &arms.scenarios, ground: &arms.ground, branch: order.branch, maps: kept.maps(k) };
        replicate(&all, k, &wanted[k as usize], &evening, &mut keep)
    };
    let results = runs(todo.len() as u32, Split::of(threads, todo.len(), None), one);
    progress.finish();
    all_of(results).map(drop)
}

/// How many replicates to go on to; none when all intervals are narrow enough, or no more are allowed.
fn more(width: &Width, c: &Compared, n: u32) -> Option<u32> {
    let wide = |arm: usize, name: &String| {
        let e = c.effect(arm, c.measure(name)?);
        let wanted = width.share * e.baseline.abs();
        (e.by_t.half_width() > wanted || e.pairs < 2).then(|| replicates_for(e.pairs, e.by_t.half_width(), wanted))
    };
    let needed = (1..c.arms.len()).flat_map(|arm| width.measures.iter().filter_map(move |m| wide(arm, m))).max()?;
    // Never more than twice as many at once: the first estimate of a variance is a poor one.
    let next = needed.clamp(n + 2, 2 * n).min(width.most);
    (next > n).then_some(next)
}

/// What was compared, the same on every machine and number of threads.
fn manifest(order: &Order, arms: &Arms, n: u32, failures: &[String]) -> Value {
    let names: Vec<&str> = arms.scenarios.iter().map(|s| s.name.as_str()).collect();
    let titles: serde_json::Map<String, Value> =
        arms.scenarios.iter().map(|s| (s.name.clone(), json!(s.title))).collect();
    let parted: Vec<String> = arms
        .scenarios
        .iter()
        .map(|s| parts_on(&arms.scenarios[0].of_replicate(0), &s.of_replicate(0)).date().to_string())
        .collect();
    json!({
        "sirocco": env!("CARGO_PKG_NAME"),
        "kind": "comparison",
        "version": VERSION,
        "commit": COMMIT,
        "scenario": names[0],
        "title": arms.scenarios[0].title,
        "policies": names[1..],
        "titles": titles,
        "parts_on": parted[1..],
        "seed": arms.scenarios[0].run.seed,
        "replicates": n,
        "width": order.width,
        "failed": failures,
        "resolved": arms.scenarios[0].resolved,
        "resolved_policies": arms.scenarios[1..].iter().map(|s| &s.resolved).collect::<Vec<_>>(),
        "inputs": order.inputs.iter().map(|(path, hash)| json!({"path": path, "blake3": hash})).collect::<Vec<_>>(),
    })
}

/// Measures that are printed first when a policy has an effect on them; the tables have all.
const HEADLINES: [&str; 12] = [
    "fatalities",
    "sea_deaths",
    "desert_deaths",
    "sea_arrivals",
    "people_held",
    "people_detained",
    "arms_looted_small_arms",
    "arms_reached_sahel_small_arms",
    "received_mali_market",
    "northern_mali_lost",
    "unity",
    "policy_spending",
];

/// A few lines a policy, for the terminal.
fn summary(order: &Order, c: &Compared) -> String {
    let mut out = String::new();
    let asked: Vec<&str> = order.width.iter().flat_map(|w| w.measures.iter().map(String::as_str)).collect();
    let shown: Vec<&str> = asked.iter().copied().chain(HEADLINES.into_iter().filter(|h| !asked.contains(h))).collect();
    for arm in 1..c.arms.len() {
        out.push_str(&format!("{} against {}\n", c.arms[arm], c.arms[0]));
        for &name in &shown {
            let Some(i) = c.measure(name) else { continue };
            let e = c.effect(arm, i);
            if e.pairs < 2 || (e.effect == 0.0 && !asked.contains(&name)) {
                continue;
            }
            let n = rounded;
            let verdict = match (e.by_t.leaves_zero_out(), c.measures[i].better) {
                _ if name == "policy_spending" => "",
                (false, _) => "not shown",
                (true, None) => "",
                (true, Some(b)) if b.gain(e.effect) > 0.0 => "better",
                _ => "worse",
            };
            let line = format!(
                "  {name:32} {:>14} -> {:>14}  {:>14} [{}, {}]  {verdict}",
                n(e.baseline),
                n(e.policy),
                n(e.effect),
                n(e.by_t.low),
                n(e.by_t.high)
            );
            out.push_str(line.trim_end());
            out.push('\n');
        }
    }
    out
}

/// A number with about four digits that count.
fn rounded(v: f64) -> String {
    if v.is_nan() {
        return "-".into();
    }
    let digits = if v == 0.0 { 0.0 } else { 3.0 - libm::floor(libm::log10(v.abs())) };
    report::number(v, digits.clamp(0.0, 6.0) as usize)
}
