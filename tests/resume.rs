//! A run is never lost (promises 6 to 9 of docs/reliability.md).
//!
//! Contract: a run that is stopped, killed or cut off by a full disk at any moment goes on from its last good checkpoint, on
//! any number of threads, to the same files byte for byte (`runtime.json` aside); a damaged checkpoint is seen, named and
//! passed over; what cannot be resumed is refused by name.
//!
//! The long forms take their numbers from `SIROCCO_KILLS`, `SIROCCO_STOPS` and `SIROCCO_FLIPS` (`scripts/long-tests.sh
//! resume`). Nothing here hangs on chance but the moments at which processes are killed.

mod common;

use common::{Files, code, files, said, same_files, shipped};
use sirocco::agents::world::World;
use sirocco::engine::checkpoint::Checkpoints;
use sirocco::engine::rng::mix;
use sirocco::engine::save::Sections;
use sirocco::error::Error as Fault;
use sirocco::observe::observer::{Kept, Observer};
use sirocco::observe::recorder::Recorder;
use sirocco::sim::{Keeping, OBSERVER, RunPlan, run_kept};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

type Done = Result<(), Box<dyn Error>>;

/// How often, if the long form does not say otherwise.
fn times(name: &str, short: usize) -> usize {
    std::env::var(name).ok().and_then(|n| n.parse().ok()).unwrap_or(short)
}

// ---- stopped ----------------------------------------------------------------------------------------------------

/// A recorder that asks its own run to stop on one evening.
struct Stops {
    recorder: Recorder,
    on: u32,
    stop: Arc<AtomicUsize>,
}

impl Observer for Stops {
    fn day(&mut self, w: &World, spent: &[(String, i64)]) -> sirocco::error::Result<()> {
        if w.day.0 == self.on {
            self.stop.store(2, Ordering::Relaxed);
        }
        self.recorder.day(w, spent)
    }
    fn keep(&mut self) -> sirocco::error::Result<Kept> {
        self.recorder.keep()
    }
    fn end(&mut self, w: &World) -> sirocco::error::Result<()> {
        self.recorder.end(w)
    }
}

/// Runs a scenario with a stop on each of these days, and gives its files and the digests of all days.
fn run_in_parts(b: &common::Bench, stops: &[u32]) -> Result<(Files, Vec<u128>), Box<dyn Error>> {
    let dir = tempfile::tempdir()?;
    let out = dir.path().join("out");
    fs::create_dir(&out)?;
    let checkpoints = Checkpoints::in_folder(dir.path().join("checkpoints"));
    let last = b.scenario.run.end.tick();
    let plan = RunPlan { scenario: b.scenario.clone(), replicate: 0, values: vec![], audit: false };
    for (k, &on) in stops.iter().chain([&u32::MAX]).enumerate() {
        let stop = Arc::new(AtomicUsize::new(0));
        let keeping =
            Keeping { checkpoints: checkpoints.clone(), every: 45, at_least: Duration::ZERO, stop: stop.clone() };
        let found = checkpoints.latest(|s| Recorder::fits(&out, s.get(OBSERVER)?))?;
        assert!(found.damaged.is_empty(), "{:?}", found.damaged);
        let recorder = match &found.state {
            Some(state) => Recorder::resume(&out, last, state.get(OBSERVER)?)?,
            None => Recorder::new(&out, true, last)?,
        };
        let mut observer = Stops { recorder, on, stop };
        let run = || run_kept(&plan, &b.ground, &mut observer, Some(&keeping), found.state.as_ref());
        let pool = rayon::ThreadPoolBuilder::new().num_threads(k % 3 + 1).build()?;
        match pool.install(run) {
            Ok(done) => return Ok((files(&out)?, done.digests)),
            Err(Fault::Interrupted { .. }) => {}
            Err(other) => return Err(other.into()),
        }
    }
    Err("the run did not end".into())
}

/// Promise 6: stopped on random days, among them the first, the last but one and days in a row, and gone on with on other
/// numbers of threads; with events that wait for a condition, levers of every kind and the year's turn.
#[test]
fn a_run_that_is_stopped_goes_on_as_if_nothing_had_happened() -> Done {
    let light = ["run.persons_per_agent=30"];
    for (n, (name, end)) in
        [("libya-2011", "2012-04-30"), ("central-med-2014", "2015-01-10"), ("nato-2016", "2017-01-31")]
            .into_iter()
            .enumerate()
    {
        let end = format!("run.end={end}");
        let b = shipped(name, &[&light[..], &[&end]].concat());
        let (first, last) = (b.scenario.run.start.tick().0, b.scenario.run.end.tick().0);
        let random = (0..times("SIROCCO_STOPS", 17) as u64)
            .map(|i| first + (mix(i + 100 * n as u64) % u64::from(last - first - 1)) as u32);
        let mut stops: Vec<u32> = random.chain([first, first + 1, last - 1]).collect();
        stops.sort_unstable();
        stops.dedup();
        let (want, digests) = run_in_parts(&b, &[])?;
        let (got, also) = run_in_parts(&b, &stops)?;
        assert!(digests == also, "{name}: digests of days");
        same_files(name, &got, &want);
        assert!(want.len() > 10 && want.values().all(|bytes| !bytes.is_empty()), "{name}");
    }
    Ok(())
}

// ---- the program ------------------------------------------------------------------------------------------------

const SHORT: &str = r#"title = "Short"
[run]
start = 2011-10-20
end = 2011-12-05
seed = 3
resolution = 3
replicates = 2
persons_per_agent = 30
[initial.migrants]
residents = 20000
on_coast = 3000
[[lever]]
kind = "border_patrol"
start = 2011-10-25
where = ["LBY-NER"]
intensity = 1
[output]
charts = false
"#;

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Result<Desk, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("short.toml"), SHORT)?;
        Ok(Desk(folder))
    }
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sirocco"));
        command.current_dir(self.0.path()).args(args).env("SIROCCO_DATA", common::DATA);
        command
    }
    fn begin(&self, out: &str) -> Command {
        self.begin_on("2", out)
    }
    /// On one thread replicates run one after the other, and calls that write come in the same order every time.
    fn begin_on(&self, threads: &str, out: &str) -> Command {
        self.command(&[
            "run",
            "short.toml",
            "--quiet",
            "--force",
            "--checkpoint",
            "6",
            "--threads",
            threads,
            "--out",
            out,
        ])
    }
    fn resume(&self, out: &str) -> Command {
        self.command(&["resume", out, "--quiet", "--threads", "1"])
    }
    /// The files of a complete run.
    fn complete(&self, out: &str) -> Result<Files, Box<dyn Error>> {
        let mut files = files(&self.path(out))?;
        files.remove(Path::new("runtime.json")).ok_or("no runtime.json")?;
        Ok(files)
    }
    /// True when a run can be gone on with, be it only to remove what it needed.
    fn can_go_on(&self, out: &str) -> bool {
        let partial = self.path(out).join(".partial");
        partial.join(".order.json").is_file() || partial.is_dir() && self.path(out).join("manifest.json").is_file()
    }
    /// Goes on with a run, or begins it anew where nothing was kept, until it is complete.
    fn bring_to_an_end(&self, out: &str) -> Result<Files, Box<dyn Error>> {
        let ended = if self.can_go_on(out) { self.resume(out).output()? } else { self.begin(out).output()? };
        assert_eq!(code(&ended), 0, "{}", said(&ended));
        self.complete(out)
    }
}

/// Day of the newest checkpoint of a replicate.
fn newest(folder: &Path, replicate: u32) -> Option<u32> {
    let names = fs::read_dir(folder.join(format!(".partial/.checkpoints/{replicate:05}"))).ok()?;
    let names = names.filter_map(|e| e.ok()?.file_name().into_string().ok());
    names.filter_map(|n| n.strip_suffix(".checkpoint")?.parse().ok()).max()
}

/// Calls that write in a run of the short scenario.
fn calls(desk: &Desk) -> Result<u64, Box<dyn Error>> {
    let out = desk.begin("counted").env("SIROCCO_FAULT", "count:0").output()?;
    let text = said(&out);
    assert_eq!(code(&out), 0, "{text}");
    let n = text.lines().find_map(|l| l.strip_prefix("calls that write: ")).ok_or("no count")?;
    Ok(n.parse()?)
}

/// Promise 7: killed at random moments again and again, a run gets on from checkpoint to checkpoint and to the same files.
#[test]
fn a_run_that_is_killed_at_any_moment_goes_on_as_if_nothing_had_happened() -> Done {
    let desk = Desk::new()?;
    let began = std::time::Instant::now();
    assert_eq!(code(&desk.begin("whole").output()?), 0);
    let takes = began.elapsed().as_millis() as u64;
    let want = desk.complete("whole")?;
    let (kills, mut killed, mut round) = (times("SIROCCO_KILLS", 20) / 2, 0, 0u64);
    while killed < kills {
        round += 1;
        let out = format!("killed-{round}");
        let mut reached = [None, None];
        loop {
            let mut command = if desk.can_go_on(&out) { desk.resume(&out) } else { desk.begin(&out) };
            let mut child = command.stderr(Stdio::null()).stdout(Stdio::null()).spawn()?;
            std::thread::sleep(Duration::from_millis(mix(round * 1000 + killed as u64) % takes));
            child.kill()?;
            child.wait()?;
            killed += 1;
            // The manifest comes last: from then on the run is complete, and only what it needed is removed.
            if desk.path(&out).join("manifest.json").is_file() {
                desk.bring_to_an_end(&out)?;
                break;
            }
            for (replicate, before) in reached.iter_mut().enumerate() {
                let now = newest(&desk.path(&out), replicate as u32);
                let done = desk.path(&out).join(format!(".partial/.checkpoints/{replicate:05}.done")).is_file();
                assert!(done || now >= *before, "replicate {replicate} fell back from {before:?} to {now:?}");
                *before = now;
            }
            if killed >= kills || reached.iter().all(Option::is_some) && killed % 5 == 0 {
                desk.bring_to_an_end(&out)?;
                break;
            }
        }
        same_files(&format!("killed until kill {killed}"), &desk.complete(&out)?, &want);
        fs::remove_dir_all(desk.path(&out))?;
    }
    println!("{killed} kills survived");
    Ok(())
}

/// Promise 7, the other half: killed in the middle of writing, at calls spread over all that write.
#[test]
fn a_run_that_is_killed_while_it_writes_goes_on_as_if_nothing_had_happened() -> Done {
    let desk = Desk::new()?;
    let calls = calls(&desk)?;
    let want = desk.complete("counted")?;
    let kills = (times("SIROCCO_KILLS", 20) as u64 / 2).min(calls);
    for k in 0..kills {
        // The last calls move the files into place, and they are all tried.
        let at = if k < kills / 2 { k * calls / kills } else { calls - 1 - (kills - 1 - k) };
        let out = desk.begin("killed").env("SIROCCO_FAULT", format!("kill:{at}")).output()?;
        assert_ne!(code(&out), 0, "killed at call {at} of {calls}");
        let got = desk.bring_to_an_end("killed")?;
        same_files(&format!("killed at call {at} of {calls}"), &got, &want);
        fs::remove_dir_all(desk.path("killed"))?;
    }
    println!("{kills} kills at writes survived, of {calls} calls");
    Ok(())
}

/// The same for a run that takes the place of another: at every moment one of the two is whole or can be brought back. Killed
/// while it removed what it no longer needed, a run once took its own files for those of the old one.
#[test]
fn a_run_killed_while_it_takes_the_place_of_another_loses_neither() -> Done {
    let desk = Desk::new()?;
    let old = || desk.begin("place").args(["--set", "run.seed=4"]).output();
    assert_eq!(code(&old()?), 0);
    let was = desk.complete("place")?;
    let said = said(&desk.begin("place").env("SIROCCO_FAULT", "count:0").output()?);
    let calls: u64 =
        said.lines().find_map(|l| l.strip_prefix("calls that write: ")).ok_or_else(|| said.clone())?.parse()?;
    let want = desk.complete("place")?;
    let kills = times("SIROCCO_KILLS", 20) as u64;
    for at in (calls - kills.min(calls))..calls {
        fs::remove_dir_all(desk.path("place"))?;
        assert_eq!(code(&old()?), 0);
        let out = desk.begin("place").env("SIROCCO_FAULT", format!("kill:{at}")).output()?;
        let what = format!("killed at call {at} of {calls}");
        assert_ne!(code(&out), 0, "{what}");
        let ordered = desk.path("place/.partial/.order.json").is_file();
        if desk.can_go_on("place") {
            assert_eq!(code(&desk.resume("place").output()?), 0, "{what}");
        }
        let got = desk.complete("place")?;
        // Before it knew what to do nothing had been touched; when it no longer has to know, all is done.
        same_files(&what, &got, if got == was && !ordered { &was } else { &want });
    }
    Ok(())
}

/// Promise 9: a disk that is full, a folder that is read-only and an I/O error at any call are named with a path and exit
/// code 3; then the run goes on. A short write is no error and changes nothing.
#[test]
fn faults_of_the_disk_are_named_and_lose_nothing() -> Done {
    let desk = Desk::new()?;
    let calls = calls(&desk)?;
    let want = desk.complete("counted")?;
    let tries = times("SIROCCO_FAULTS", 6) as u64;
    for kind in ["full", "readonly", "eio", "short"] {
        for k in 0..tries.min(calls) {
            let at = k * calls / tries.min(calls) + (mix(k) % (calls / tries.min(calls)).max(1));
            let what = format!("{kind} at call {at} of {calls}");
            let out = desk.begin("faulty").env("SIROCCO_FAULT", format!("{kind}:{at}")).output()?;
            if kind == "short" {
                assert_eq!(code(&out), 0, "{what}: {}", said(&out));
                same_files(&what, &desk.complete("faulty")?, &want);
            } else {
                assert_eq!(code(&out), 3, "{what}: {}", said(&out));
                assert!(said(&out).contains("faulty"), "{what} names no path: {}", said(&out));
                let got = desk.bring_to_an_end("faulty")?;
                same_files(&what, &got, &want);
            }
            fs::remove_dir_all(desk.path("faulty"))?;
        }
    }
    println!("{} faults named", 3 * tries);
    Ok(())
}

/// SIGINT and SIGTERM end a run in the evening with 130 and 143, the state saved, and the way on told.
#[cfg(unix)]
#[test]
fn signals_stop_a_run_in_the_evening() -> Done {
    let desk = Desk::new()?;
    for (signal, want) in [("INT", 130), ("TERM", 143)] {
        let mut command = desk.begin("stopped");
        let mut child = command.stderr(Stdio::piped()).stdout(Stdio::null()).spawn()?;
        while newest(&desk.path("stopped"), 0).is_none() && newest(&desk.path("stopped"), 1).is_none() {
            assert!(child.try_wait()?.is_none(), "it ended before its first checkpoint");
            std::thread::sleep(Duration::from_millis(5));
        }
        Command::new("kill").args([format!("-{signal}"), child.id().to_string()]).status()?;
        let out = child.wait_with_output()?;
        assert_eq!(code(&out), want, "{}", said(&out));
        assert!(said(&out).contains("Go on with: sirocco resume stopped"), "{}", said(&out));
        // Until then nobody takes it for empty or for complete.
        let again = desk.command(&["run", "short.toml", "--quiet", "--out", "stopped"]).output()?;
        assert!(code(&again) == 2 && said(&again).contains("sirocco resume stopped"), "{}", said(&again));
        desk.bring_to_an_end("stopped")?;
    }
    Ok(())
}

/// What cannot be resumed is refused by name, and left as it was.
#[test]
fn a_resume_is_refused_by_name() -> Done {
    let desk = Desk::new()?;
    let refused = |out: &str, why: &str| -> Done {
        let got = desk.resume(out).output()?;
        assert_eq!(code(&got), 2, "{}", said(&got));
        assert!(said(&got).contains(why), "wanted `{why}`: {}", said(&got));
        Ok(())
    };
    refused("nowhere", "nothing to resume")?;
    let calls = calls(&desk)?;
    refused("counted", "its run is complete")?;
    desk.begin("half").env("SIROCCO_FAULT", format!("kill:{}", calls * 2 / 3)).output()?;
    let order = desk.path("half/.partial/.order.json");
    let (before, text) = (files(&desk.path("half"))?, fs::read_to_string(&order)?);
    fs::write(desk.path("short.toml"), SHORT.replace("seed = 3", "seed = 4"))?;
    refused("half", "`short.toml` has changed")?;
    fs::write(desk.path("short.toml"), SHORT)?;
    fs::write(&order, text.replacen("\"version\": \"", "\"version\": \"9.", 1))?;
    refused("half", "it was begun by sirocco 9.")?;
    fs::write(&order, "{")?;
    refused("half", ".order.json")?;
    fs::write(&order, text)?;
    same_files("refused", &files(&desk.path("half"))?, &before);
    let want = desk.complete("counted")?;
    same_files("then resumed", &desk.bring_to_an_end("half")?, &want);
    Ok(())
}

// ---- damaged checkpoints ----------------------------------------------------------------------------------------

/// Promise 8 with the program: of two checkpoints the newer is damaged; it is named and the older one used. With both
/// damaged the run begins anew.
#[test]
fn a_damaged_checkpoint_is_named_and_the_one_before_it_is_used() -> Done {
    let desk = Desk::new()?;
    let calls = calls(&desk)?;
    let want = desk.complete("counted")?;
    for damaged in 1..=2 {
        // In the middle of the first replicate.
        desk.begin_on("1", "half").env("SIROCCO_FAULT", format!("kill:{}", calls / 3)).output()?;
        let folder = desk.path("half/.partial/.checkpoints/00000");
        let mut paths: Vec<PathBuf> =
            fs::read_dir(&folder)?.map(|e| e.map(|e| e.path())).collect::<Result<Vec<_>, _>>()?;
        paths.retain(|p| p.extension().is_some_and(|e| e == "checkpoint"));
        paths.sort();
        assert_eq!(paths.len(), 2, "two generations");
        for path in paths.iter().rev().take(damaged) {
            let mut bytes = fs::read(path)?;
            let at = bytes.len() / 2;
            bytes[at] ^= 16;
            fs::write(path, bytes)?;
        }
        let out = desk.resume("half").output()?;
        assert_eq!(code(&out), 0, "{}", said(&out));
        assert_eq!(said(&out).matches("the checksum does not fit").count(), damaged, "{}", said(&out));
        same_files("with a damaged checkpoint", &desk.complete("half")?, &want);
        fs::remove_dir_all(desk.path("half"))?;
    }
    Ok(())
}

/// Promise 8: every flipped bit and every cut is seen. And bytes that are wrong under a right checksum, which no disk does by
/// itself, are an error or another state, never a panic while they are read.
#[test]
fn every_flip_and_every_cut_of_a_checkpoint_is_seen() -> Done {
    let b = common::tiny("", &["run.end=2014-02-01"]);
    let mut sim = b.sim(0);
    for _ in 0..20 {
        sim.day()?;
        sim.next_morning();
    }
    let whole = sim.save().to_bytes();
    assert!(Sections::from_bytes(&whole).is_ok());
    let flips = times("SIROCCO_FLIPS", 500) as u64;
    for i in 0..flips {
        let at = (mix(i) % whole.len() as u64) as usize;
        let mut bytes = whole.clone();
        bytes[at] ^= 1 << (mix(i + flips) % 8);
        assert!(Sections::from_bytes(&bytes).is_err(), "flip at {at}");
        assert!(Sections::from_bytes(&whole[..at]).is_err(), "cut at {at}");
        // The same under a checksum made anew.
        let body = bytes.len() - 32;
        let sum = *blake3::hash(&bytes[..body]).as_bytes();
        bytes[body..].copy_from_slice(&sum);
        drop(Sections::from_bytes(&bytes));
    }
    println!("{flips} flips and {flips} cuts seen");
    Ok(())
}
