//! How cost grows: `cargo bench --bench scaling`, or `cargo bench -- sleepers` for one part (agents, asleep, sleepers, cells,
//! threads, replicates). Each part prints a table in the form of `docs/performance.md`, to be pasted there.
//!
//! Sizes that are compared take their samples by turns, so that a machine that grows slower bends no ratio much. A ratio compares
//! a line's cost per unit with that of the first line of its table: 1.00 is growth in proportion, or, where the unit is a day of a
//! world with more in it, no growth at all. Clocks are those of `kernels.rs`. Memory is what the system held for the process.

mod common;

use common::*;
use rayon::ThreadPool;
use sirocco::agents::migrant::{Migrant, Migrants, Status};
use sirocco::engine::rng::{Purpose, mix};
use sirocco::engine::table::Table;
use sirocco::engine::wake::{HazardQueue, advance, threshold};
use sirocco::observe::observer::Blind;
use sirocco::sim::{Ground, RunPlan, Simulation, run_one};
use sirocco::study::ensemble::{Split, runs};
use sirocco::units::Tick;
use std::cell::RefCell;
use std::fmt::Display;
use std::process::Command;

const PARTS: [Part; 6] = [
    ("scaling-agents", agents),
    ("scaling-asleep", asleep),
    ("scaling-sleepers", sleepers),
    ("scaling-cells", cells),
    ("scaling-threads", threads),
    ("scaling-replicates", many_replicates),
];

fn main() {
    let parts = wanted(&PARTS);
    if parts.len() == 1 {
        return run(&parts);
    }
    // Each in a process of its own: memory that one has freed would be had by the next without the system seeing it.
    for (name, _) in parts {
        let program = std::env::current_exe().expect("this program");
        let ended = Command::new(program).args(["--bench", name]).status().expect("a process");
        assert!(ended.success(), "{name} failed");
    }
}

// ---- tables and memory ------------------------------------------------------------------------------------------

/// A table in Markdown, with what it says in plain words above it. `columns` are those between size and ratio.
struct Sheet {
    first: Option<f64>,
}

impl Sheet {
    fn new(says: &str, size: &str, columns: &[&str]) -> Sheet {
        println!("\n{says}\n\n| {size} | {} | ratio |\n|{}", columns.join(" | "), "---|".repeat(columns.len() + 2));
        Sheet { first: None }
    }
    /// A line; `each` is the cost per unit, of which the ratio is told.
    fn line(&mut self, size: impl Display, cells: &[String], each: f64) {
        let first = *self.first.get_or_insert(each);
        self.line_against(first, size, cells, each);
    }
    /// A line with a reference of its own.
    fn line_against(&self, reference: f64, size: impl Display, cells: &[String], each: f64) {
        println!("| {size} | {} | {:.2} |", cells.join(" | "), each / reference);
    }
}

/// A number of about three digits.
fn short(x: f64) -> String {
    match x {
        x if x >= 100.0 => format!("{x:.0}"),
        x if x >= 10.0 => format!("{x:.1}"),
        x => format!("{x:.2}"),
    }
}

/// A size in `/proc/self/status`, bytes; 0 where the system does not tell.
fn status(field: &str) -> f64 {
    let text = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix(field)?.strip_prefix(':'));
    line.and_then(|l| l.split_whitespace().next()?.parse::<f64>().ok()).unwrap_or(0.0) * 1024.0
}

/// Bytes held now; what was held at most is counted from here on.
fn forget_peak() -> f64 {
    // 5 resets the peak; where that is not allowed the first peak stands, and is too high rather than too low.
    let _ = std::fs::write("/proc/self/clear_refs", "5");
    status("VmRSS")
}

fn peak() -> f64 {
    status("VmHWM")
}

const MIB: f64 = 1048576.0;

/// True when the machine has so many bytes free, or does not tell; says so when not.
fn has_free(bytes: f64, for_what: &str) -> bool {
    let text = std::fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let free =
        text.lines().find_map(|l| l.strip_prefix("MemAvailable:")?.split_whitespace().next()?.parse::<f64>().ok());
    let enough = free.is_none_or(|kib| kib * 1024.0 > bytes);
    if !enough {
        println!("(left out for want of free memory: {for_what})");
    }
    enough
}

// ---- agents -----------------------------------------------------------------------------------------------------

fn agents() {
    let mut sheet = Sheet::new(
        &format!("Walkers on {CELLS} cells (`engine::hop`), one thread."),
        "agents",
        &["ms a day", "ns per agent and day", "bytes per agent"],
    );
    let one = pool(1);
    let sizes = [100_000_u64, 1_000_000, 10_000_000, 100_000_000];
    let sizes: Vec<u64> =
        sizes.into_iter().filter(|&n| has_free(n as f64 * 13.0 + 1e9, &format!("{n} walkers"))).collect();
    let mut walks: Vec<(Walk, f64)> = vec![];
    for &n in &sizes {
        let before = status("VmRSS");
        let mut walk = Walk::new(n);
        one.install(|| walk.day());
        walks.push((walk, (status("VmRSS") - before) / n as f64));
    }
    let took = by_turns(5, &mut walks, |(walk, _)| {
        // A sample of the small ones must be long beside the ticks of the clock.
        let days = (100_000_000 / walk.agents() as u32).clamp(1, 100);
        time(on_core, || one.install(|| (0..days).for_each(|_| walk.day()))) / f64::from(days)
    });
    for ((n, (_, bytes)), day) in sizes.iter().zip(&walks).zip(took) {
        let each = day * 1e9 / *n as f64;
        sheet.line(n, &[short(day * 1e3), short(each), short(*bytes)], each);
    }
}

/// What each of these takes, median over rounds in which each has its turn; `task` says the seconds.
fn by_turns<T>(rounds: usize, these: &mut [T], task: impl Fn(&mut T) -> f64) -> Vec<f64> {
    let took: Vec<Vec<f64>> = (0..rounds).map(|_| these.iter_mut().map(&task).collect()).collect();
    (0..these.len()).map(|k| median(took.iter().map(|round| round[k]).collect())).collect()
}

// ---- asleep -----------------------------------------------------------------------------------------------------

/// Rows of migrants that sleep until the clock reaches their threshold, in the engine's own table and queue.
struct Sleepers {
    people: Migrants,
    queue: HazardQueue,
    clock: u64,
    rate: f64,
    day: u32,
    /// Who woke over the last days that were counted.
    woken: usize,
}

/// Who wakes on a day, of however many who sleep.
const WAKE: f64 = 10_000.0;

impl Sleepers {
    fn new(n: u64) -> Sleepers {
        let (mut people, mut queue) = (Migrants::default(), HazardQueue::default());
        let start = LUCK.on(Purpose::new("bench.asleep"), Tick(0));
        for k in 1..=n {
            let key = mix(k);
            let threshold = threshold(0, start.unit(key));
            let row = people.push(Migrant { threshold, ..Migrant::at(key, 0, Status::Resident) });
            queue.push(threshold, row as u32);
        }
        people.settle();
        Sleepers { people, queue, clock: 0, rate: WAKE / n as f64, day: 0, woken: 0 }
    }

    /// Who is due wakes, is written, and sleeps again; the digest of the table is settled in the evening.
    fn day(&mut self) -> usize {
        self.day += 1;
        self.clock = advance(self.clock, self.rate);
        let due = self.queue.take(self.clock);
        self.people.read_ahead(&due);
        let again = LUCK.on(Purpose::new("bench.asleep"), Tick(self.day));
        for &row in &due {
            let mut m = self.people.get(row as usize);
            (m.since, m.threshold) = (self.day, threshold(self.clock, again.unit(m.key)));
            self.people.set(row as usize, m);
            self.queue.push(m.threshold, row);
        }
        self.people.settle();
        due.len()
    }
}

fn asleep() {
    const DAYS: u32 = 60;
    let mut sheet = Sheet::new(
        &format!(
            "Rows of migrants ({} bytes each, {} of them in columns) asleep in table and `HazardQueue`; {WAKE} wake a day, \
             whatever the number.",
            std::mem::size_of::<Migrant>(),
            Migrants::default().row_bytes()
        ),
        "asleep",
        &["wake a day", "ms a day", "ns per wake", "MiB", "bytes each"],
    );
    assert!(std::mem::size_of::<Migrant>() <= 48, "a migrant's row has outgrown 48 bytes");
    let one = pool(1);
    let mut worlds: Vec<(u64, Sleepers, f64)> = vec![];
    let start = forget_peak();
    for n in [100_000_u64, 1_000_000, 10_000_000, 100_000_000] {
        if !has_free(n as f64 * 90.0 + 1e9, &format!("{n} sleepers")) {
            continue;
        }
        let before = status("VmRSS");
        let mut all = Sleepers::new(n);
        one.install(|| all.woken = (0..DAYS).map(|_| all.day()).sum());
        worlds.push((n, all, status("VmRSS") - before));
    }
    let took = by_turns(3, &mut worlds, |(_, all, _)| {
        time(on_core, || one.install(|| all.woken = (0..DAYS).map(|_| all.day()).sum()))
    });
    for ((n, all, held), seconds) in worlds.iter().zip(took) {
        let (day, woken) = (seconds / f64::from(DAYS), all.woken as f64 / f64::from(DAYS));
        let cells =
            [short(woken), short(day * 1e3), short(day * 1e9 / woken), short(held / MIB), short(held / *n as f64)];
        sheet.line(n, &cells, day);
    }
    let held = peak() - start;
    println!("\nAll of these together held {} MiB at most.", short(held / MIB));
    assert!(held < 8.0 * 1024.0 * MIB, "10^8 agents take more than 8 GiB");
}

// ---- sleepers ---------------------------------------------------------------------------------------------------

/// Days between the model's own recounts of all books and digests, which read every row.
const RECOUNT_DAYS: u32 = 30;

/// A world whose days are measured: seconds of a day without a recount, of a recount, rows written a day, bytes at most.
struct Days {
    day: f64,
    recount: f64,
    rows: f64,
    held: f64,
}

fn days_of(plan: &RunPlan, ground: &Ground) -> Days {
    forget_peak();
    let mut sim = Simulation::new(plan, ground).expect("world");
    let written = |sim: &Simulation| sim.world.tables().iter().map(|t| t.written()).sum::<u64>();
    // The first day hashes every row that populating the world has touched.
    sim.day().expect("day");
    sim.next_morning();
    let first = written(&sim);
    let (mut plain, mut counted) = (vec![], vec![]);
    loop {
        let day = sim.world.day;
        let took = time(on_core, || sim.day().expect("day"));
        let last = day >= sim.last_day();
        if last || day.0.is_multiple_of(RECOUNT_DAYS) { &mut counted } else { &mut plain }.push(took);
        if last {
            break;
        }
        sim.next_morning();
    }
    let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len().max(1) as f64;
    let rows = (written(&sim) - first) as f64 / (plain.len() + counted.len()) as f64;
    Days { day: mean(&plain), recount: mean(&counted) - mean(&plain), rows, held: peak() }
}

fn sleepers() {
    const PEOPLE: u64 = 700_000;
    const TIMES: [u64; 2] = [1, 10];
    let mut sheet = Sheet::new(
        "`central-med-2014`, 90 days, one thread: residents of Libya who sleep until they turn to the sea or go home, at rates such that \
         as many wake a day. (The recount of all books, every 30 days, reads every row and stands apart.)",
        "residents",
        &["rows written a day", "ms a day", "ms a recount", "MiB at most"],
    );
    let worlds: Vec<(RunPlan, Ground)> = TIMES
        .iter()
        .map(|&times| {
            let rate = |name: &str, r: f64| format!("processes.journeys.{name}={}", r / times as f64);
            let sets = [
                "run.end=2014-03-31".into(),
                format!("initial.migrants.residents={}", PEOPLE * times),
                rate("turn_to_sea_rate", 0.001),
                rate("go_home_rate", 0.0004),
                rate("arrest_rate", 0.00005),
            ];
            ready("central-med-2014", &sets.each_ref().map(String::as_str))
        })
        .collect();
    // By turns, as everywhere where a ratio is told.
    let one = pool(1);
    let rounds: Vec<Vec<Days>> =
        (0..3).map(|_| worlds.iter().map(|(p, g)| one.install(|| days_of(p, g))).collect()).collect();
    for (k, times) in TIMES.iter().enumerate() {
        let of = |f: fn(&Days) -> f64| median(rounds.iter().map(|r| f(&r[k])).collect());
        let day = of(|d| d.day);
        let cells =
            [short(of(|d| d.rows)), short(day * 1e3), short(of(|d| d.recount) * 1e3), short(of(|d| d.held) / MIB)];
        sheet.line(PEOPLE * times, &cells, day);
    }
}

// ---- cells ------------------------------------------------------------------------------------------------------

fn cells() {
    let mut sheet = Sheet::new(
        "`libya-2011`, 60 days, one thread, on finer and finer cells; the ratio is that of a day.",
        "resolution",
        &["land cells", "s to load", "s to populate", "ms a day", "µs per cell and day", "MiB at most"],
    );
    let one = pool(1);
    let mut grounds = vec![];
    for resolution in [3, 4, 5] {
        forget_peak();
        let mut made = None;
        let sets = [format!("run.resolution={resolution}"), "run.end=2011-12-18".into()];
        let loading = time(by_clock, || made = Some(ready("libya-2011", &sets.each_ref().map(String::as_str))));
        let (plan, ground) = made.expect("ready");
        let populating = time(on_core, || drop(one.install(|| Simulation::new(&plan, &ground))));
        one.install(|| days_of_all(&plan, &ground));
        grounds.push((resolution, plan, ground, [loading, populating, peak() / MIB]));
    }
    let took = by_turns(3, &mut grounds, |(_, plan, ground, _)| one.install(|| days_of_all(plan, ground)));
    for ((resolution, _, ground, [loading, populating, mib]), day) in grounds.iter().zip(took) {
        let n = ground.region.nodes.len();
        let each = [*loading, *populating, day * 1e3, day * 1e6 / n as f64, *mib].map(short);
        sheet.line(resolution, &[&[n.to_string()], &each[..]].concat(), day);
    }
}

/// Seconds of a day, mean over a run without its making.
fn days_of_all(plan: &RunPlan, ground: &Ground) -> f64 {
    let mut sim = Simulation::new(plan, ground).expect("world");
    let mut days = 1;
    let took = time(on_core, || {
        loop {
            sim.day().expect("day");
            if sim.world.day >= sim.last_day() {
                break;
            }
            sim.next_morning();
            days += 1;
        }
    });
    took / f64::from(days)
}

// ---- threads ----------------------------------------------------------------------------------------------------

fn threads() {
    let (one, two) = (pool(1), pool(2));
    let pools = [(1, one), (2, two)];
    let walk = RefCell::new(Walk::new(10_000_000));
    let walk_on = |threads: &ThreadPool| {
        let walk: &mut Walk = &mut walk.borrow_mut();
        threads.install(|| walk.day());
    };
    let days = medians_by(by_clock, 5, [&mut || walk_on(one), &mut || walk_on(two)]);
    let (plan, ground) = ready("libya-2011", &["run.end=2011-11-18"]);
    let run = |p: &ThreadPool| drop(p.install(|| run_one(&plan, &ground, &mut Blind)).expect("run"));
    let model = medians_by(by_clock, 3, [&mut || run(one), &mut || run(two)]);
    for (what, unit, times, per) in
        [("10^7 walkers", "ms a day", days, 1e3), ("`libya-2011`, 30 days", "s a run", model, 1.0)]
    {
        let mut sheet =
            Sheet::new(&format!("{what}, by the clock; the same answer on any number of threads."), "threads", &[unit]);
        for ((n, _), seconds) in pools.iter().zip(times) {
            sheet.line(n, &[short(seconds * per)], seconds);
        }
    }
}

// ---- replicates -------------------------------------------------------------------------------------------------

fn many_replicates() {
    let (plan, ground) = ready("libya-2011", &["run.end=2011-11-18"]);
    let one = pool(1);
    let replicate = |replicate: u32| run_one(&RunPlan { replicate, ..plan.clone() }, &ground, &mut Blind);
    let together = |n: u32| {
        for result in runs(n, Split::of(2, n as usize, None), replicate) {
            drop(result.expect("run"));
        }
    };
    // Other luck is other work: each replicate is its own reference.
    let alone = |n: u32| drop(replicate(n).expect("run"));
    let sheet = Sheet::new(
        "Replicates of `libya-2011`, 30 days, on one ground, by the clock; the ratio is that of side by side to one by one, at \
         best 0.5.",
        "replicates",
        &["s one by one, 1 thread", "s side by side, 2 threads", "s each, side by side", "MiB at most"],
    );
    for n in [1, 2, 4] {
        forget_peak();
        let [one_by_one, side_by_side] =
            medians_by(by_clock, 3, [&mut || one.install(|| (0..n).for_each(alone)), &mut || together(n)]);
        let cells = [short(one_by_one), short(side_by_side), short(side_by_side / f64::from(n)), short(peak() / MIB)];
        sheet.line_against(one_by_one, n, &cells, side_by_side);
    }
}
