//! `sirocco study`: many points of a scenario, on one machine or in shards on many.

use super::data::{prepare_on, shared_grounds};
use super::progress::Progress;
use super::run::{COMMIT, OUTPUT, VERSION, inputs, peak_memory_mib, stopped_by_signals};
use super::{data_folder, print};
use crate::engine::disk;
use crate::error::{Error, Result};
use crate::observe::sums::Sums;
use crate::report::{self, Own};
use crate::scenario::schema::{RegionSpec, Scenario};
use crate::sim::Ground;
use crate::study::analysis::{self, Results};
use crate::study::branch::{Arms, comparable, replicate};
use crate::study::ensemble::{Split, all_of, runs};
use crate::study::measure::{Measure, Part, measures};
use crate::study::outcome::{Course, Outcome, Store};
use crate::study::plan::{Plan, stem};
use crate::study::spec::Design;
use crate::study::targets::Goal;
use crate::units::Tick;
use serde::{Deserialize, Serialize};
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Arguments of `study`.
#[derive(clap::Args, Debug)]
#[command(args_conflicts_with_subcommands = true, arg_required_else_help = true)]
pub struct StudyArgs {
    #[command(subcommand)]
    pub action: Option<Action>,
    #[command(flatten)]
    pub run: RunStudyArgs,
}

/// What else can be done with a study.
#[derive(clap::Subcommand, Debug)]
pub enum Action {
    /// Put the shards of a study together
    Merge(MergeArgs),
    /// Write the batch files that run a study as a Slurm job array
    Slurm(SlurmArgs),
}

/// Arguments of a study that is run.
#[derive(clap::Args, Debug)]
pub struct RunStudyArgs {
    /// Study file
    #[arg(value_name = "STUDY", required = true)]
    pub study: Option<PathBuf>,
    /// Folder for the results; output/STUDY when left out. A study that was broken off goes on when it is run again
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Run only the I-th of N parts; `study merge` puts them together
    #[arg(long, value_name = "I/N", value_parser = shard)]
    pub shard: Option<Shard>,
    #[command(flatten)]
    pub changes: Changes,
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

/// What is other than in the study file.
#[derive(clap::Args, Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Changes {
    /// Leave a year or months out of what a calibration sees (2016, 2016-07..2016-12); they are scored by themselves
    #[arg(long, value_name = "PERIOD")]
    pub without: Vec<String>,
    /// Change a key of the scenario and of all policies, after those that the study file sets
    #[arg(long = "set", value_name = "KEY=VALUE")]
    #[serde(default)]
    pub sets: Vec<String>,
}

/// Arguments of `study merge`.
#[derive(clap::Args, Debug)]
pub struct MergeArgs {
    /// Folder of the study
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Folder of the input data, if it has moved
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print nothing but errors
    #[arg(long)]
    pub quiet: bool,
}

/// Arguments of `study slurm`.
#[derive(clap::Args, Debug)]
pub struct SlurmArgs {
    /// Study file
    #[arg(value_name = "STUDY")]
    pub study: PathBuf,
    /// Folder for the results, on a disk that all nodes share; output/STUDY when left out
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    #[command(flatten)]
    pub changes: Changes,
    /// About how many runs a task of the array does
    #[arg(long, value_name = "N", default_value_t = 200, value_parser = clap::value_parser!(u64).range(1..))]
    pub runs_per_task: u64,
    /// Threads of a task
    #[arg(long, value_name = "T", default_value_t = 1, value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub threads: u16,
    /// Time limit of a task, as Slurm writes it
    #[arg(long, value_name = "TIME", default_value = "04:00:00", value_parser = limit)]
    pub time: String,
    /// Folder of the input data
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// A part of a study: the `number`-th (from 1) of `of`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    pub number: u64,
    pub of: u64,
}

fn shard(text: &str) -> std::result::Result<Shard, String> {
    let parts = text.split_once('/').and_then(|(i, n)| Some((i.parse().ok()?, n.parse().ok()?)));
    let right = parts.filter(|&(i, n): &(u64, u64)| 1 <= i && i <= n);
    right.map(|(number, of)| Shard { number, of }).ok_or_else(|| "it must be a part such as 3/8".into())
}

fn limit(text: &str) -> std::result::Result<String, String> {
    let plain = !text.is_empty() && text.chars().all(|c| c.is_ascii_digit() || ":-".contains(c));
    if plain { Ok(text.into()) } else { Err("it must be a time such as 04:00:00 or 1-00:00:00".into()) }
}

/// What is done in a folder, so that no other study is mixed with it.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
struct Order {
    version: String,
    commit: String,
    study: PathBuf,
    /// Hash of the study file.
    hash: String,
    #[serde(flatten)]
    changes: Changes,
    data: PathBuf,
    /// Files read, with their hashes.
    inputs: Vec<(String, String)>,
}

/// In the folder of a study: its order, and what runs came to.
const ORDER: &str = "study.json";
const OUTCOMES: &str = "outcomes";
/// Written last.
const MANIFEST: &str = "manifest.json";

/// A study that is ready to run.
struct Study {
    plan: Plan,
    known: Vec<Measure>,
    order: Order,
    /// Files of the scenario and its policies.
    files: Vec<PathBuf>,
}

/// Runs a study, a shard of it, or what else was asked for.
///
/// # Errors
/// What is wrong with the study file, its scenarios or ranges, before anything runs; a folder that holds another study; missing
/// shards; whatever ends a run of all.
pub fn study(args: &StudyArgs) -> Result<()> {
    match &args.action {
        Some(Action::Merge(merge)) => merge_shards(merge),
        Some(Action::Slurm(slurm)) => write_slurm(slurm),
        None => run_study(&args.run),
    }
}

fn run_study(args: &RunStudyArgs) -> Result<()> {
    let began = Instant::now();
    let file = args.study.clone().ok_or_else(|| Error::Input("no study file".into()))?;
    let data = data_folder(args.data.as_deref())?;
    let mut study = ready(&file, &data, &args.changes)?;
    let folder = folder_of(args.out.as_deref(), &file, &args.changes);
    claim(&folder, &study.order)?;
    let done = |what: &str| print(&format!("{what}; results in {}\n", folder.display()));
    if folder.join(MANIFEST).is_file() {
        return if args.quiet { Ok(()) } else { done("complete already") };
    }
    let threads = args.threads.map_or_else(|| std::thread::available_parallelism().map_or(1, usize::from), usize::from);
    loop {
        let jobs = jobs(&study, args.shard);
        run_all(&study, &folder, &jobs, threads, args.quiet, &data)?;
        let more = go_on(&mut study, &folder);
        if let Some(shard) = args.shard
            && !matches!(more, Ok(true))
        {
            // Of a calibration the next stage hangs on all parts of this one: the part is run again when they are there.
            let waiting = if more.is_err() { "; other parts of this stage are not there yet" } else { "" };
            let what = format!("part {} of {}: {} points and replicates done", shard.number, shard.of, jobs.len());
            let said = format!("{what} in {:.1} s{waiting}\n", began.elapsed().as_secs_f64());
            return if args.quiet { Ok(()) } else { print(&said) };
        }
        if !more? {
            break;
        }
    }
    finish(&study, &folder, began, threads, args.quiet)
}

fn merge_shards(args: &MergeArgs) -> Result<()> {
    let began = Instant::now();
    let path = args.folder.join(ORDER);
    let text = std::fs::read(&path).map_err(|e| Error::io(&path, e))?;
    let order: Order = serde_json::from_slice(&text).map_err(|e| Error::Input(format!("{}: {e}", path.display())))?;
    let data = data_folder(Some(args.data.as_deref().unwrap_or(&order.data)))?;
    let mut study = ready(&order.study, &data, &order.changes)?;
    claim(&args.folder, &study.order)?;
    while go_on(&mut study, &args.folder)? {}
    finish(&study, &args.folder, began, 1, args.quiet)
}

/// Adds the points of the next stage, of a study that has stages; false when there are none.
fn go_on(study: &mut Study, folder: &Path) -> Result<bool> {
    if study.plan.fit.is_none() {
        return Ok(false);
    }
    let results = results(study, folder)?;
    let names: Vec<String> = results.measures.iter().map(|m| m.name.clone()).collect();
    let means: Vec<Vec<f64>> =
        (0..study.plan.points.len()).map(|p| (0..names.len()).map(|m| results.mean(p, 0, m)).collect()).collect();
    let value = |p: usize, name: &str| names.iter().position(|n| n == name).map_or(f64::NAN, |m| means[p][m]);
    study.plan.go_on(&value)
}

/// What all runs came to.
fn results<'a>(study: &'a Study, folder: &Path) -> Result<Results<'a>> {
    let names = study.files.iter().map(|f| stem(f)).collect();
    Results::read(&study.plan, names, &study.known, &Store::in_folder(folder.join(OUTCOMES)))
}

/// The folder of a study.
fn folder_of(given: Option<&Path>, file: &Path, changes: &Changes) -> PathBuf {
    let left_out: String = changes.without.iter().map(|period| format!("-without-{period}")).collect();
    let plain = |c: char| if c.is_ascii_alphanumeric() || "._=-".contains(c) { c } else { '_' };
    let set: String =
        changes.sets.iter().map(|set| format!("-{}", set.chars().map(plain).collect::<String>())).collect();
    given.map_or_else(|| Path::new(OUTPUT).join(format!("{}{left_out}{set}", stem(file))), Path::to_path_buf)
}

/// The key of `KEY=VALUE`.
fn key_of(set: &str) -> &str {
    set.split('=').next().unwrap_or(set).trim()
}

/// Reads a study and makes sure that its scenarios can be run at the ends of all ranges.
fn ready(file: &Path, data: &Path, changes: &Changes) -> Result<Study> {
    let mut known = measures(&Sums::default());
    let mut plan = Plan::read(file, &known, &changes.without)?;
    let varied = plan.points.iter().flat_map(|p| &p.sets).chain(&plan.file.predict.set);
    let varied: BTreeSet<&str> = varied.map(|set| key_of(set)).collect();
    if let Some(set) = changes.sets.iter().find(|set| varied.contains(key_of(set))) {
        return Err(Error::Input(format!("--set {set}: {} sets that key itself, at its points", file.display())));
    }
    plan.file.set.extend(changes.sets.iter().cloned());
    let parts = plan.parts();
    known.extend(parts.iter().map(|part| part.measure.clone()));
    let beside = file.parent().unwrap_or(Path::new(""));
    // Named as the study names them, wherever it is run from.
    let own = plan.file.reads().into_iter().map(|file| -> Result<(String, String)> {
        let path = beside.join(file);
        let bytes = std::fs::read(&path).map_err(|e| Error::io(&path, e))?;
        Ok((file.display().to_string(), blake3::hash(&bytes).to_hex().to_string()))
    });
    let own = own.collect::<Result<Vec<_>>>()?;
    let files: Vec<PathBuf> =
        [&plan.file.scenario].into_iter().chain(&plan.file.policies).map(|p| beside.join(p)).collect();
    let text = std::fs::read(file).map_err(|e| Error::io(file, e))?;
    let absolute = |p: &Path| std::path::absolute(p).map_err(|e| Error::io(p, e));
    let order = Order {
        version: VERSION.into(),
        commit: COMMIT.into(),
        study: absolute(file)?,
        hash: blake3::hash(&text).to_hex().to_string(),
        changes: changes.clone(),
        data: absolute(data)?,
        inputs: own,
    };
    let mut study = Study { plan, known, order, files };
    let mut grounds = shared_grounds(data);
    for point in ends(&study.plan) {
        let place = |why: String| Error::Input(format!("{}: point {point}: {why}", file.display()));
        let wrong = |e: Error| if let Error::Input(why) = e { place(why) } else { e };
        let (arms, ground) = arms(&study, point, &mut grounds).map_err(wrong)?;
        within(&arms[0], &parts).map_err(place)?;
        study.order.inputs.extend(arms.iter().flat_map(|s| inputs(s, &ground)));
        whole_months(&arms[0], &study.plan.held.goals).map_err(place)?;
    }
    // What the sample of a calibration is run with must be sound before the fit, which takes an hour, is made.
    if study.plan.fit.is_some() && !study.plan.file.predict.set.is_empty() {
        let place = |why: String| Error::Input(format!("{}: [predict]: {why}", file.display()));
        let wrong = |e: Error| if let Error::Input(why) = e { place(why) } else { e };
        let sets: Vec<String> = study.plan.points[0].sets.iter().chain(&study.plan.file.predict.set).cloned().collect();
        let (arms, _) = arms_with(&study, &sets, &mut grounds).map_err(wrong)?;
        within(&arms[0], &parts).map_err(place)?;
    }
    study.order.inputs.sort();
    study.order.inputs.dedup();
    Ok(study)
}

/// The points at which a scenario is tried before anything runs: those where a factor is lowest or highest, and all with a name.
fn ends(plan: &Plan) -> Vec<usize> {
    let mut all = vec![0];
    for axis in 0..plan.axes.len() {
        let with = (0..plan.points.len()).filter(|&p| !plan.points[p].at[axis].is_nan());
        let by = |a: &usize, b: &usize| plan.points[*a].at[axis].total_cmp(&plan.points[*b].at[axis]);
        all.extend(with.clone().min_by(by));
        all.extend(with.max_by(by));
    }
    // Those of a calibration are named for their stage.
    all.extend((0..plan.points.len()).filter(|&p| plan.fit.is_none() && !plan.points[p].name.is_empty()));
    all.sort_unstable();
    all.dedup();
    all
}

/// Refuses measures over months that a run does not have.
fn within(s: &Scenario, parts: &[Part]) -> std::result::Result<(), String> {
    let month = |day: crate::units::Date| format!("{:04}-{:02}", day.0.year(), day.0.month());
    let (first, last) = (month(s.run.start), month(s.run.end));
    match parts.iter().find(|p| p.from < first || last < p.to) {
        None => Ok(()),
        Some(p) => Err(format!("`{}` is not within the run, {first} to {last}", p.measure.name)),
    }
}

/// Refuses to hold a part of a month that is run against the whole of it.
fn whole_months(s: &Scenario, goals: &[Goal]) -> std::result::Result<(), String> {
    let month = |day: crate::units::Date| format!("{:04}-{:02}", day.0.year(), day.0.month());
    let (start, end) = (s.run.start, s.run.end);
    let cut = [(start, start.0.day() > 1), (end, end.0 != end.0.last_of_month())];
    let of = |g: &Goal| g.of.iter().chain(&g.over).cloned().collect::<Vec<String>>();
    let held = |m: &str| {
        goals
            .iter()
            .flat_map(of)
            .filter_map(|p| Part::read(&p).ok())
            .any(|p| p.from.as_str() <= m && m <= p.to.as_str())
    };
    match cut.into_iter().find(|(day, cut)| *cut && held(&month(*day))) {
        None => Ok(()),
        Some((day, _)) => Err(format!("a target looks at {}, of which only a part is run", month(day))),
    }
}

/// The scenario and its policies at a point.
fn arms(
    study: &Study,
    point: usize,
    grounds: &mut dyn FnMut(&RegionSpec, u8, &Path) -> Result<Ground>,
) -> Result<(Vec<Arc<Scenario>>, Ground)> {
    arms_with(study, &study.plan.points[point].sets, grounds)
}

/// The same with these changes beside those of all runs.
fn arms_with(
    study: &Study,
    own: &[String],
    grounds: &mut dyn FnMut(&RegionSpec, u8, &Path) -> Result<Ground>,
) -> Result<(Vec<Arc<Scenario>>, Ground)> {
    let sets: Vec<String> = study.plan.file.set.iter().chain(own).cloned().collect();
    let (mut scenarios, mut ground) = (vec![], None);
    for file in &study.files {
        match prepare_on(file, &sets, &mut *grounds)? {
            Ok((scenario, its)) => {
                ground.get_or_insert(its);
                scenarios.push(Arc::new(scenario));
            }
            Err(report) => return Err(report.into()),
        }
    }
    for (file, s) in study.files.iter().zip(&scenarios).skip(1) {
        comparable(&scenarios[0], s)
            .map_err(|why| Error::Input(format!("{}: cannot be compared: {why}", file.display())))?;
    }
    Ok((scenarios, ground.ok_or_else(|| Error::Input("no scenario".into()))?))
}

/// Makes the folder the study's own, or finds that it is.
fn claim(folder: &Path, order: &Order) -> Result<()> {
    let path = folder.join(ORDER);
    match std::fs::read(&path) {
        Ok(text) => {
            let other: Order =
                serde_json::from_slice(&text).map_err(|e| Error::Input(format!("{}: {e}", path.display())))?;
            let differ = match order {
                o if (&o.version, &o.commit) != (&other.version, &other.commit) => {
                    "was made by another version of sirocco"
                }
                o if o.changes.without != other.changes.without => "holds the same fit with other periods left out",
                o if o.changes.sets != other.changes.sets => "holds the same study with other keys set",
                o if o.hash != other.hash => "holds another study, or its file has changed since",
                o if o.inputs != other.inputs => "was begun with other scenarios or data",
                _ => return Ok(()),
            };
            Err(Error::Input(format!("{} {differ}: name another folder", folder.display())))
        }
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => {
            let empty = std::fs::read_dir(folder).map_or(true, |mut d| d.next().is_none());
            if !empty {
                return Err(Error::Input(format!("{} is not empty and holds no study", folder.display())));
            }
            let text = serde_json::to_vec_pretty(order).map_err(|e| Error::io(&path, e.into()))?;
            let made = disk::create_dir_all(folder).and_then(|()| disk::write_durably(&path, &text));
            made.map_err(|e| Error::io(&path, e))
        }
        Err(e) => Err(Error::io(&path, e)),
    }
}

/// Points and replicates of a shard, or of all.
fn jobs(study: &Study, shard: Option<Shard>) -> Vec<(usize, u32)> {
    let n = study.plan.file.replicates;
    let all = (0..study.plan.points.len()).flat_map(|p| (0..n).map(move |k| (p, k)));
    let mine = |i: &u64| shard.is_none_or(|s| i % s.of == s.number - 1);
    (0..).zip(all).filter(|(i, _)| mine(i)).map(|x| x.1).collect()
}

/// Runs what is not there yet.
fn run_all(
    study: &Study,
    folder: &Path,
    jobs: &[(usize, u32)],
    threads: usize,
    quiet: bool,
    data: &Path,
) -> Result<()> {
    let store = Store::in_folder(folder.join(OUTCOMES));
    let arms_of = study.files.len();
    let wanted = |&(point, k): &(usize, u32)| -> Vec<bool> {
        (0..arms_of).map(|a| store.read(point * arms_of + a, k).is_none()).collect()
    };
    let todo: Vec<((usize, u32), Vec<bool>)> =
        jobs.iter().map(|j| (*j, wanted(j))).filter(|(_, wanted)| wanted.contains(&true)).collect();
    let grounds = Mutex::new(shared_grounds(data));
    let shared = |spec: &RegionSpec, resolution: u8, folder: &Path| {
        grounds.lock().unwrap_or_else(PoisonError::into_inner)(spec, resolution, folder)
    };
    let Some(first) = todo.first() else { return Ok(()) };
    let (arms_first, _) = arms(study, first.0.0, &mut { shared })?;
    let days = arms_first[0].run.end.tick().0 - arms_first[0].run.start.tick().0;
    let progress = Progress::new((todo.len() * arms_of) as u64 * u64::from(days.max(1)), quiet);
    let stop = stopped_by_signals()?;
    let evening = |day: Tick| progress.evening(day.date(), &stop);
    let parts = study.plan.parts();
    let one = |i: u32| {
        let ((point, k), wanted) = &todo[i as usize];
        let mut keep = |arm: usize, tried: std::result::Result<Outcome, String>| {
            // A study has many runs, and looks at what they come to; of their months only at those it names.
            let tried = tried.map(|mut o| {
                o.values.extend(parts.iter().map(|part| part.value(&o.monthly)));
                Outcome { monthly: Course::default(), yearly: Course::default(), ..o }
            });
            store.write(point * arms_of + arm, *k, &tried)
        };
        match arms(study, *point, &mut { shared }) {
            Ok((scenarios, ground)) => {
                let all = Arms { scenarios: &scenarios, ground: &ground, branch: true, maps: None };
                replicate(&all, *k, wanted, &evening, &mut keep)
            }
            // Values that only together are wrong: the point is one that failed.
            Err(Error::Input(why)) => (0..arms_of).filter(|&a| wanted[a]).try_for_each(|a| keep(a, Err(why.clone()))),
            Err(other) => Err(other),
        }
    };
    let results = runs(todo.len() as u32, Split::of(threads, todo.len(), None), one);
    progress.finish();
    all_of(results).map(drop).inspect_err(|why| {
        if matches!(why, Error::Interrupted { .. } | Error::Io { .. }) {
            eprintln!("What is done is kept. Run the same command again to go on.");
        }
    })
}

/// Makes the tables of a study all of whose runs are there.
fn finish(study: &Study, folder: &Path, began: Instant, threads: usize, quiet: bool) -> Result<()> {
    let results = results(study, folder)?;
    let failed = &results.failed;
    // Beside, and then into place: nobody takes half a table for a whole one.
    let new = folder.join(".tables");
    if new.exists() {
        disk::remove(&new).map_err(|e| Error::io(&new, e))?;
    }
    disk::create_dir_all(&new).map_err(|e| Error::io(&new, e))?;
    let notes = analysis::write(&new, &results)?;
    notes.iter().for_each(|note| eprintln!("warning: {note}"));
    let path = new.join(MANIFEST);
    let manifest = format!("{:#}\n", manifest(study, &results, failed, &notes));
    disk::write(&path, manifest.as_bytes()).map_err(|e| Error::io(&path, e))?;
    report::all(&new, &study.order.data, Own::default())?;
    let path = new.join("runtime.json");
    let runtime = json!({
        "seconds": began.elapsed().as_secs_f64(),
        "threads": threads,
        "peak_memory_mib": peak_memory_mib(),
        "system": std::env::consts::OS,
        "processor": std::env::consts::ARCH,
    });
    disk::write(&path, format!("{runtime:#}\n").as_bytes()).map_err(|e| Error::io(&path, e))?;
    let entries = std::fs::read_dir(&new).map_err(|e| Error::io(&new, e))?;
    let mut made: Vec<_> = entries.filter_map(|e| Some(e.ok()?.file_name())).collect();
    made.sort_by_key(|name| (name == MANIFEST, name.clone()));
    for name in made {
        disk::sync_file(&new.join(&name)).map_err(|e| Error::io(new.join(&name), e))?;
        // Charts of a time that was broken off here.
        if folder.join(&name).is_dir() {
            disk::remove(&folder.join(&name)).map_err(|e| Error::io(folder.join(&name), e))?;
        }
        disk::rename(&new.join(&name), &folder.join(&name)).map_err(|e| Error::io(folder.join(&name), e))?;
    }
    disk::remove(&new).map_err(|e| Error::io(&new, e))?;
    disk::sync_folder(folder).map_err(|e| Error::io(folder, e))?;
    if !quiet {
        let (points, n) = (study.plan.points.len(), study.plan.file.replicates);
        let seconds = began.elapsed().as_secs_f64();
        print(&format!("{points} points, {n} replicates each, in {seconds:.1} s; results in {}\n", folder.display()))?;
    }
    match failed.first() {
        None => Ok(()),
        Some(first) => Err(Error::SomeFailed(format!("{} runs failed and are left out; {first}", failed.len()))),
    }
}

/// What was studied, the same on every machine and however it was run.
fn manifest(study: &Study, results: &Results, failed: &[String], notes: &[String]) -> serde_json::Value {
    let plan = &study.plan;
    json!({
        "sirocco": env!("CARGO_PKG_NAME"),
        "kind": "study",
        "version": VERSION,
        "commit": COMMIT,
        "scenario": results.arms[0],
        "title": plan.file.title,
        "policies": results.arms[1..],
        "seed": plan.file.seed,
        "replicates": plan.file.replicates,
        "study": plan.file,
        "points": plan.points.len(),
        "factors": plan.axes.iter().map(|a| a.key.as_str()).collect::<Vec<_>>(),
        "resolution": plan.fraction.as_ref().map(|f| f.resolution),
        "failed": failed,
        "notes": notes,
        "inputs": study.order.inputs.iter().map(|(path, hash)| json!({"path": path, "blake3": hash})).collect::<Vec<_>>(),
    })
}

/// Writes the batch files of a job array and of the merge after it.
fn write_slurm(args: &SlurmArgs) -> Result<()> {
    let data = data_folder(args.data.as_deref())?;
    let study = ready(&args.study, &data, &args.changes)?;
    let folder = folder_of(args.out.as_deref(), &args.study, &args.changes);
    claim(&folder, &study.order)?;
    // A calibration has its runs in stages, each after the one before; the array is submitted once for each.
    let stages = study.plan.fit.as_ref().map_or(1, |f| f.course.waves + f.course.generations + 1);
    let runs = (study.plan.points.len() * study.files.len()) as u64 * u64::from(study.plan.file.replicates);
    let tasks = runs.div_ceil(args.runs_per_task);
    let program = std::env::current_exe().map_err(|e| Error::io("the program itself", e))?;
    let absolute = |p: &Path| std::path::absolute(p).map_err(|e| Error::io(p, e));
    let at = absolute(&folder)?.join("slurm");
    disk::create_dir_all(&at).map_err(|e| Error::io(&at, e))?;
    let q = |p: &Path| quoted(&p.display().to_string());
    let (program, out, data) = (q(&program), q(&absolute(&folder)?), q(&study.order.data));
    let (file, here) = (q(&study.order.study), at.display());
    let name =
        args.study.file_stem().unwrap_or_default().to_string_lossy().replace(|c: char| !c.is_ascii_alphanumeric(), "-");
    let (time, threads) = (&args.time, args.threads);
    let given =
        |flag: &str, all: &[String]| all.iter().map(|one| format!(" {flag} {}", quoted(one))).collect::<String>();
    let changes = given("--without", &args.changes.without) + &given("--set", &args.changes.sets);
    let array = format!(
        "#!/bin/bash\n\
         #SBATCH --job-name=sirocco-{name}\n\
         #SBATCH --array=1-{tasks}\n\
         #SBATCH --cpus-per-task={threads}\n\
         #SBATCH --time={time}\n\
         #SBATCH --requeue\n\
         #SBATCH --open-mode=append\n\
         #SBATCH --output=\"{here}/task-%a.log\"\n\
         # A part that was done before is not done again, so a task may be requeued at any time.\n\
         exec {program} study {file} --data {data} --out {out}{changes} --threads {threads} --shard \"$SLURM_ARRAY_TASK_ID/{tasks}\" --quiet\n"
    );
    let merge = format!(
        "#!/bin/bash\n\
         #SBATCH --job-name=sirocco-{name}-merge\n\
         #SBATCH --time={time}\n\
         #SBATCH --output=\"{here}/merge.log\"\n\
         # Names what is missing when a task has failed for good: submit the array again and merge again.\n\
         exec {program} study merge {out} --data {data}\n"
    );
    let again = (1..stages).map(|_| "array=$(sbatch --parsable --dependency=\"afterany:$array\" array.sbatch)\n");
    let again: String = again.collect();
    let submit = format!(
        "#!/bin/bash\n\
         # Submits the array, and the merge for when all its tasks have ended, one way or the other.\n\
         set -euo pipefail\n\
         cd \"$(dirname \"$0\")\"\n\
         array=$(sbatch --parsable array.sbatch)\n\
         {again}sbatch --parsable --dependency=\"afterany:$array\" merge.sbatch\n"
    );
    for (name, text) in [("array.sbatch", array.as_str()), ("merge.sbatch", &merge), ("submit.sh", &submit)] {
        let path = at.join(name);
        disk::write_durably(&path, text.as_bytes()).map_err(|e| Error::io(&path, e))?;
    }
    let each = if matches!(study.plan.file.design, Design::Variants) { "variants" } else { "points" };
    print(&format!(
        "{} {each}, {runs} runs in {tasks} tasks{}; submit with: bash {}/submit.sh\n",
        study.plan.points.len(),
        if stages > 1 { format!(", in each of up to {stages} stages") } else { String::new() },
        at.display()
    ))
}

/// A word for a shell, whatever is in it.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shards_are_read_and_words_are_quoted() {
        assert_eq!(shard("3/8"), Ok(Shard { number: 3, of: 8 }));
        for wrong in ["0/8", "9/8", "3", "a/b", "3/0", ""] {
            assert!(shard(wrong).is_err(), "{wrong}");
        }
        assert_eq!(quoted("it's"), "'it'\\''s'");
        assert!(limit("1-00:00:00").is_ok() && limit("1\n#SBATCH").is_err());
    }
}
