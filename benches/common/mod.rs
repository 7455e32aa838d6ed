//! What the benches share: clocks, medians, tables on the screen, the walkers, and how a scenario is made ready.

// Each bench uses its part of this.
#![allow(dead_code)]

use rand_philox::splitmix64;
use rayon::{ThreadPool, ThreadPoolBuilder};
use sirocco::cli::prepare;
use sirocco::engine::hop::Hops;
use sirocco::engine::rng::{Luck, Purpose, mix};
use sirocco::sim::{Ground, RunPlan};
use sirocco::units::Tick;
use std::hint::black_box;
use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Instant;

pub const LUCK: Luck = Luck { seed: 1, replicate: 0 };
pub const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");

// ---- which parts run --------------------------------------------------------------------------------------------

/// Part of a bench: its name and what it does.
pub type Part = (&'static str, fn());

/// The parts that the command line names, all when it names none.
pub fn wanted(parts: &[Part]) -> Vec<Part> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if !args.iter().any(|a| a == "--bench") {
        println!("these are measurements, not tests: run them with `cargo bench`");
        return vec![];
    }
    let names: Vec<&String> = args.iter().filter(|a| !a.starts_with('-')).collect();
    let named = |part: &&Part| names.is_empty() || names.iter().any(|n| part.0.contains(n.as_str()));
    parts.iter().filter(named).copied().collect()
}

/// Runs parts, and says what the machine was worth meanwhile.
pub fn run(parts: &[Part]) {
    if parts.is_empty() {
        return;
    }
    parts.iter().for_each(|(_, part)| part());
    let two = pool(2);
    let [core] = medians_by(on_core, 5, [&mut spin]);
    let [alone, both] = medians_by(
        by_clock,
        5,
        [&mut spin, &mut || {
            two.join(spin, spin);
        }],
    );
    println!(
        "\nOne thread got {:.0} % of a core, two together {:.0} %. Below 95 % and 190 %, take no figure by the clock for true.",
        100.0 * core / alone,
        200.0 * core / both
    );
}

/// Work for a tenth of a second or so.
pub fn spin() {
    black_box((0..60_000_000_u64).fold(0, |s, i| mix(s ^ i)));
}

// ---- clocks and medians -----------------------------------------------------------------------------------------

/// Median seconds of each task over `samples` rounds; in each round every task
/// runs, as often as makes a sample long enough. A run before the first round is not counted.
pub fn medians<const N: usize>(samples: usize, tasks: [&mut dyn FnMut(); N]) -> [f64; N] {
    medians_by(on_core, samples, tasks)
}

pub fn medians_by<const N: usize>(clock: fn() -> f64, samples: usize, mut tasks: [&mut dyn FnMut(); N]) -> [f64; N] {
    // How often a task must run for a sample to be long beside the ticks of the clocks.
    let times = tasks.each_mut().map(|task| {
        let start = Instant::now();
        task();
        (SAMPLE / start.elapsed().as_secs_f64()).clamp(1.0, 1e6) as u32
    });
    let mut took = vec![[0.0; N]; samples];
    for round in &mut took {
        for ((task, seconds), &times) in tasks.iter_mut().zip(round).zip(&times) {
            let start = clock();
            (0..times).for_each(|_| task());
            *seconds = (clock() - start) / f64::from(times);
        }
    }
    std::array::from_fn(|k| median(took.iter().map(|round| round[k]).collect()))
}

/// As [`medians`], for tasks that must make something ready first: each says itself what it took, s.
pub fn medians_told<const N: usize>(samples: usize, mut tasks: [&mut dyn FnMut() -> f64; N]) -> [f64; N] {
    let took: Vec<[f64; N]> = (0..=samples).map(|_| tasks.each_mut().map(|task| task())).skip(1).collect();
    std::array::from_fn(|k| median(took.iter().map(|round| round[k]).collect()))
}

/// Seconds that a task takes.
pub fn time(clock: fn() -> f64, task: impl FnOnce()) -> f64 {
    let start = clock();
    task();
    clock() - start
}

/// Least seconds of a sample, about.
const SAMPLE: f64 = 0.1;

/// Seconds by the clock.
pub fn by_clock() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64()
}

/// Seconds that all threads of this process had a core; by the clock where the system does not tell.
pub fn on_core() -> f64 {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return by_clock() };
    let nanos = |t: std::fs::DirEntry| -> Option<u64> {
        std::fs::read_to_string(t.path().join("schedstat")).ok()?.split(' ').next()?.parse().ok()
    };
    let all: Option<u64> = tasks.flatten().map(nanos).sum();
    all.map_or_else(by_clock, |n| n as f64 / 1e9)
}

pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

/// Threads that live to the end, so that the sum of their times only grows.
pub fn pool(threads: usize) -> &'static ThreadPool {
    Box::leak(Box::new(ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")))
}

// ---- what is printed --------------------------------------------------------------------------------------------

pub fn title(name: &str, unit: &str) {
    println!("\n{name:<62} {unit:>16} {:>9}", "ratio");
}

/// One line of a table; the ratio says how many times as fast as the reference.
pub fn line(what: &str, value: f64, ratio: Option<f64>) {
    let ratio = ratio.map_or("reference".into(), |r| format!("{r:.2}"));
    println!("  {what:<60} {value:>16.2} {ratio:>9}");
}

/// A line beside the comparison.
pub fn aside(what: &str, value: f64) {
    println!("  {what:<60} {value:>16.2}");
}

// ---- scenarios --------------------------------------------------------------------------------------------------

/// File of a shipped scenario.
pub fn scenario_file(name: &str) -> PathBuf {
    Path::new(SCENARIOS).join(format!("{name}.toml"))
}

/// A shipped scenario with some keys changed, and its ground.
pub fn ready(name: &str, sets: &[&str]) -> (RunPlan, Ground) {
    let sets: Vec<String> = sets.iter().map(ToString::to_string).collect();
    let (scenario, ground) =
        prepare(&scenario_file(name), &sets, Path::new(DATA)).expect("data").unwrap_or_else(|_| panic!("bad {name}"));
    (RunPlan { scenario: Arc::new(scenario), replicate: 0, values: vec![], audit: false }, ground)
}

// ---- walkers ----------------------------------------------------------------------------------------------------

pub const WALK: Purpose = Purpose::new("bench.walk");
pub const WIDTH: u32 = 250;
pub const CELLS: u32 = WIDTH * 200;
/// Chance that a walker moves on a day.
pub const P: f64 = 0.3;

/// Ways out of each cell: neighbour and weight.
pub type Ways = Vec<Vec<(u32, f64)>>;

/// A hexagonal net on a torus, six neighbours by weight; every third cell has two far ones (a road) on top.
pub fn net() -> Ways {
    let way =
        |cell: u32, step: u32| ((cell + step) % CELLS, 0.1 + (mix(u64::from(cell * 8 + step)) % 1000) as f64 / 1000.0);
    (0..CELLS)
        .map(|cell| {
            let near = [1, CELLS - 1, WIDTH, CELLS - WIDTH, WIDTH + 1, CELLS - WIDTH - 1];
            let far = [9 * WIDTH, CELLS - 9 * WIDTH];
            let far = &far[..if cell % 3 == 0 { 2 } else { 0 }];
            near.iter().chain(far).map(|&step| way(cell, step)).collect()
        })
        .collect()
}

pub fn start_cell(i: u64) -> u32 {
    (mix(i) % u64::from(CELLS)) as u32
}

/// Cells in which agents 0 to `n` start.
pub fn start_cells(n: u64) -> Vec<u32> {
    (0..n).map(start_cell).collect()
}

/// Key of agent `i`, from which its luck comes.
fn key(i: u64) -> u64 {
    mix(i + 1)
}

/// Uniform number in [0, 1) of the plain references: one splitmix generator for each agent.
pub fn splitmix_next(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    (splitmix64(*state) >> 11) as f64 / (1_u64 << 53) as f64
}

/// The model as one would write it first: agents as structs, weights as floats, one agent after another.
#[derive(Clone, Copy)]
pub struct Plain {
    pub cell: usize,
    luck: u64,
}

impl Plain {
    /// Agents in the given cells.
    pub fn all(start: &[u32]) -> Vec<Plain> {
        (0..).zip(start).map(|(i, &cell)| Plain { cell: cell as usize, luck: key(i) }).collect()
    }

    /// One day of one agent.
    #[inline]
    pub fn day(&mut self, net: &PlainNet, counts: &mut [i64]) {
        if splitmix_next(&mut self.luck) < P {
            let ways = &net.ways[self.cell];
            let mut left = splitmix_next(&mut self.luck) * net.totals[self.cell];
            let mut to = ways[ways.len() - 1].0;
            for &(cell, weight) in ways {
                left -= weight;
                if left < 0.0 {
                    to = cell;
                    break;
                }
            }
            counts[self.cell] -= 1;
            self.cell = to as usize;
            counts[self.cell] += 1;
        }
    }
}

/// The net of the plain agents, and the sum of the weights of each cell.
pub struct PlainNet {
    ways: Ways,
    totals: Vec<f64>,
}

impl PlainNet {
    pub fn new(ways: Ways) -> PlainNet {
        let totals = ways.iter().map(|w| w.iter().map(|x| x.1).sum()).collect();
        PlainNet { ways, totals }
    }

    pub fn day(&self, agents: &mut [Plain], counts: &mut [i64]) {
        agents.iter_mut().for_each(|a| a.day(self, counts));
    }
}

/// The engine's walkers.
pub struct Walk {
    hops: Hops,
    keys: Vec<u64>,
    pub at: Vec<u32>,
    pub counts: Vec<u32>,
    day: u32,
}

impl Walk {
    pub fn new(n: u64) -> Walk {
        Walk::from(start_cells(n))
    }
    /// Walkers in the given cells.
    pub fn from(at: Vec<u32>) -> Walk {
        let mut counts = vec![0; CELLS as usize];
        at.iter().for_each(|&c| counts[c as usize] += 1);
        Walk {
            hops: Hops::new(&net()).expect("net"),
            keys: (0..at.len() as u64).map(key).collect(),
            at,
            counts,
            day: 0,
        }
    }
    pub fn day(&mut self) {
        self.day += 1;
        self.hops.step(LUCK.on(WALK, Tick(self.day)), P, &self.keys, &mut self.at, &mut self.counts);
    }
    pub fn agents(&self) -> usize {
        self.at.len()
    }
    pub fn hash(&self) -> u64 {
        let rows = self.keys.iter().zip(&self.at).map(|(k, c)| mix(k ^ mix(u64::from(*c))));
        rows.fold(0, u64::wrapping_add)
    }
}
