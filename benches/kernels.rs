//! Times of the hot kernels, each beside a plain reference measured in the same run: `cargo bench`, `cargo bench -- walk`.
//!
//! Every figure is the median of several samples, and the samples of a kernel and of its reference are taken by turns, so
//! that the ratios hold where the times move about. Work on one thread is measured by the time that the process had a
//! core, where the system tells it (Linux), so that other work on the machine counts less; work on two threads by the
//! clock, and that is only right on an idle machine: the last line says how much of a core one thread got. Nothing here
//! passes or fails by time.

use rand_philox::{Philox, philox4x32_10, splitmix64};
use rayon::{ThreadPool, ThreadPoolBuilder};
use sirocco::engine::digest::Feed;
use sirocco::engine::hop::Hops;
use sirocco::engine::rng::{Luck, Purpose, Stream, mix};
use sirocco::engine::table::Table;
use sirocco::engine::wake::{Calendar, HazardQueue, advance, threshold};
use sirocco::observe::observer::Blind;
use sirocco::region::Region;
use sirocco::region::costs::{CLOSED, CostField, Costs, Scratch};
use sirocco::region::geodata::GeoData;
use sirocco::region::graph::Graph;
use sirocco::scenario::diagnose::Names;
use sirocco::scenario::load::{load, peek};
use sirocco::sim::{Ground, RunPlan, run_one};
use sirocco::units::Tick;
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::path::Path;
use std::sync::{Arc, LazyLock};
use std::time::Instant;

const LUCK: Luck = Luck { seed: 1, replicate: 0 };
const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");
const SCENARIOS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios");

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    if !args.iter().any(|a| a == "--bench") {
        println!("these are measurements, not tests: run them with `cargo bench`");
        return;
    }
    let wanted: Vec<&String> = args.iter().filter(|a| !a.starts_with('-')).collect();
    let benches: [(&str, fn()); 6] =
        [("walk", walk), ("draws", draws), ("route", route), ("wake", wake), ("table", table_rows), ("model", model)];
    for (name, bench) in benches {
        if wanted.is_empty() || wanted.iter().any(|w| name.contains(w.as_str())) {
            bench();
        }
    }
    let [clock, core] = [by_clock, on_core].map(|clock| medians_by(clock, 5, [&mut spin])[0]);
    println!(
        "\nOne thread got {:.0} % of a core. Below 95 %, take no figure by the clock for true.",
        100.0 * core / clock
    );
}

/// Work for a tenth of a second or so.
fn spin() {
    black_box((0..60_000_000_u64).fold(0, |s, i| mix(s ^ i)));
}

// ---- the harness ------------------------------------------------------------------------------------------------

/// Median seconds of each task over `samples` rounds; in each round every task
/// runs, as often as makes a sample long enough. A run before the first round is not counted.
fn medians<const N: usize>(samples: usize, tasks: [&mut dyn FnMut(); N]) -> [f64; N] {
    medians_by(on_core, samples, tasks)
}

fn medians_by<const N: usize>(clock: fn() -> f64, samples: usize, mut tasks: [&mut dyn FnMut(); N]) -> [f64; N] {
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

/// Least seconds of a sample, about.
const SAMPLE: f64 = 0.1;

/// Seconds by the clock.
fn by_clock() -> f64 {
    static START: LazyLock<Instant> = LazyLock::new(Instant::now);
    START.elapsed().as_secs_f64()
}

/// Seconds that all threads of this process had a core; by the clock where the system does not tell.
fn on_core() -> f64 {
    let Ok(tasks) = std::fs::read_dir("/proc/self/task") else { return by_clock() };
    let nanos = |t: std::fs::DirEntry| -> Option<u64> {
        std::fs::read_to_string(t.path().join("schedstat")).ok()?.split(' ').next()?.parse().ok()
    };
    let all: Option<u64> = tasks.flatten().map(nanos).sum();
    all.map_or_else(by_clock, |n| n as f64 / 1e9)
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn title(name: &str, unit: &str) {
    println!("\n{name:<62} {unit:>16} {:>9}", "ratio");
}

/// One line of a table; the ratio says how many times as fast as the reference.
fn line(what: &str, value: f64, ratio: Option<f64>) {
    let ratio = ratio.map_or("reference".into(), |r| format!("{r:.2}"));
    println!("  {what:<60} {value:>16.2} {ratio:>9}");
}

/// Threads that live to the end, so that the sum of their times only grows.
fn pool(threads: usize) -> &'static ThreadPool {
    Box::leak(Box::new(ThreadPoolBuilder::new().num_threads(threads).build().expect("threads")))
}

/// Uniform number in [0, 1) of the plain references: one splitmix generator for each agent.
fn splitmix_next(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    (splitmix64(*state) >> 11) as f64 / (1_u64 << 53) as f64
}

// ---- walk -------------------------------------------------------------------------------------------------------

const WALK: Purpose = Purpose::new("bench.walk");
const WIDTH: u32 = 250;
const CELLS: u32 = WIDTH * 200;
const P: f64 = 0.3;

/// A hexagonal net on a torus, six neighbours by weight; every third cell has two far ones (a road) on top.
fn net() -> Vec<Vec<(u32, f64)>> {
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

/// The model as one would write it first: agents as structs, weights as floats, one agent after another.
struct Plain {
    cell: usize,
    luck: u64,
}

struct PlainNet {
    ways: Vec<Vec<(u32, f64)>>,
    totals: Vec<f64>,
}

impl PlainNet {
    fn day(&self, agents: &mut [Plain], counts: &mut [i64]) {
        for a in agents {
            if splitmix_next(&mut a.luck) < P {
                let ways = &self.ways[a.cell];
                let mut left = splitmix_next(&mut a.luck) * self.totals[a.cell];
                let mut to = ways[ways.len() - 1].0;
                for &(cell, weight) in ways {
                    left -= weight;
                    if left < 0.0 {
                        to = cell;
                        break;
                    }
                }
                counts[a.cell] -= 1;
                a.cell = to as usize;
                counts[a.cell] += 1;
            }
        }
    }

    /// The same cut in as many parts as there are threads, each with counts of its own.
    fn day_on(&self, threads: usize, agents: &mut [Plain], counts: &mut [Vec<i64>]) {
        let part = agents.len().div_ceil(threads);
        rayon::scope(|s| {
            for (agents, counts) in agents.chunks_mut(part).zip(counts) {
                s.spawn(|_| self.day(agents, counts));
            }
        });
    }
}

fn start_cell(i: u64) -> u32 {
    (mix(i) % u64::from(CELLS)) as u32
}

/// The engine's walkers.
struct Walk {
    hops: Hops,
    keys: Vec<u64>,
    at: Vec<u32>,
    counts: Vec<u32>,
    day: u32,
}

impl Walk {
    fn new(n: u64) -> Walk {
        let at: Vec<u32> = (0..n).map(start_cell).collect();
        let mut counts = vec![0; CELLS as usize];
        at.iter().for_each(|&c| counts[c as usize] += 1);
        Walk { hops: Hops::new(&net()).expect("net"), keys: (0..n).map(|i| mix(i + 1)).collect(), at, counts, day: 0 }
    }
    fn day(&mut self) {
        self.day += 1;
        self.hops.step(LUCK.on(WALK, Tick(self.day)), P, &self.keys, &mut self.at, &mut self.counts);
    }
    fn hash(&self) -> u64 {
        let rows = self.keys.iter().zip(&self.at).map(|(k, c)| mix(k ^ mix(u64::from(*c))));
        rows.fold(0, u64::wrapping_add)
    }
}

fn walk() {
    title(&format!("walk: {CELLS} cells, 6-8 ways, p = {P}"), "M agent-ticks/s");
    let (one, two) = (pool(1), pool(2));
    let ways = net();
    let totals = ways.iter().map(|w| w.iter().map(|x| x.1).sum()).collect();
    let plain = PlainNet { ways, totals };
    for (n, days, samples) in [(1_000_000_u64, 5, 7), (10_000_000, 1, 5)] {
        let mut agents: Vec<Plain> = (0..n).map(|i| Plain { cell: start_cell(i) as usize, luck: mix(i + 1) }).collect();
        let mut counts = vec![vec![0; CELLS as usize]; 2];
        let walk = RefCell::new(Walk::new(n));
        let walk_on = |pool: &ThreadPool| {
            let walk: &mut Walk = &mut walk.borrow_mut();
            pool.install(|| (0..days).for_each(|_| walk.day()));
        };
        let mut plain_on = |pool: &ThreadPool| {
            let threads = pool.current_num_threads();
            pool.install(|| (0..days).for_each(|_| plain.day_on(threads, &mut agents, &mut counts)));
        };
        let rate = |seconds: f64| n as f64 * f64::from(days) / seconds / 1e6;
        let [slow, fast] = medians(samples, [&mut || plain_on(one), &mut || walk_on(one)]);
        line(&format!("plain loop, {n} agents, 1 thread"), rate(slow), None);
        line(&format!("engine::hop, {n} agents, 1 thread"), rate(fast), Some(slow / fast));
        let [slow, alone, fast] =
            medians_by(by_clock, samples, [&mut || plain_on(two), &mut || walk_on(one), &mut || walk_on(two)]);
        line(&format!("plain loop, {n} agents, 2 threads, by the clock"), rate(slow), None);
        line(&format!("engine::hop, {n} agents, 2 threads, by the clock"), rate(fast), Some(slow / fast));
        line("  the same against 1 thread by the clock", rate(fast), Some(alone / fast));
    }
    let hashes: Vec<u64> = [1, 2, 3]
        .map(|threads| {
            let mut walk = Walk::new(1_000_000);
            pool(threads).install(|| (0..10).for_each(|_| walk.day()));
            walk.hash()
        })
        .into();
    assert!(hashes.iter().all(|h| *h == hashes[0]), "threads changed the walk: {hashes:x?}");
    println!("  final hash over 1, 2 and 3 threads: equal ({:016x})", hashes[0]);
}

// ---- draws ------------------------------------------------------------------------------------------------------

fn draws() {
    const N: usize = 1 << 20;
    title("draws: one 64-bit number for each of 2^20 keys", "ns per draw");
    let keys: Vec<u64> = (0..N as u64).map(|i| mix(i + 1)).collect();
    let mut out = vec![0_u64; N];
    let stream: Stream = LUCK.on(Purpose::new("bench.draws"), Tick(15_000));
    let sum = |f: &dyn Fn(u64) -> u64| keys.iter().fold(0_u64, |s, &k| s.wrapping_add(f(k)));
    let mut block = vec![0_u64; 1024];
    let mut words = vec![0_u32; 2048];
    let pair = |w: [u32; 4]| u64::from(w[0]) | u64::from(w[1]) << 32;
    let day = 15_000_u64;
    let took = medians(
        7,
        [
            // Keyed, 128 bits made and 64 used: what a stable key for every entity costs with Philox.
            &mut || {
                black_box(keys.iter().fold(0_u64, |s, &k| {
                    s.wrapping_add(pair(philox4x32_10([k as u32, (k >> 32) as u32, day as u32, 7], [1, 0])))
                }));
            },
            &mut || {
                black_box(sum(&|k| Philox::new([1, 7], u128::from(k) | u128::from(day) << 64).next_u64()));
            },
            // Philox where all 128 bits are used: rows must then be drawn in order, which keys forbid.
            &mut || {
                let mut philox = Philox::new([1, 7], u128::from(day) << 64);
                for _ in 0..N / 1024 {
                    philox.fill_u32(&mut words);
                    black_box(&words);
                }
            },
            &mut || {
                black_box(keys.iter().fold(0_u64, |s, &k| s.wrapping_add(stream.bits(k))));
            },
            &mut || {
                for keys in keys.chunks(1024) {
                    stream.fill(keys, &mut block);
                    black_box(&block);
                }
            },
            &mut || stream.fill(&keys, black_box(&mut out)),
            &mut || {
                black_box(keys.iter().fold(0_u64, |s, &k| s.wrapping_add(stream.nth(1).bits(k))));
            },
            // Fast, but two days of two keys that differ by a multiple of phi run over the same sequence.
            &mut || {
                let add = day.wrapping_mul(0x9e37_79b9_7f4a_7c15);
                black_box(keys.iter().fold(0_u64, |s, &k| s.wrapping_add(splitmix64(k.wrapping_add(add)))));
            },
            // The stream itself: what a rule pays once a day, not once a draw.
            &mut || {
                black_box((0..N as u32).fold(0_u64, |s, d| s.wrapping_add(LUCK.on(WALK, Tick(d)).bits(1))));
            },
        ],
    );
    let names = [
        "Philox4x32-10, a block for each key, half of it used",
        "the same through the generator's own interface",
        "Philox4x32-10, all bits used, in order (no stable keys)",
        "engine Stream::bits, one by one",
        "engine Stream::fill, blocks of 1,024",
        "engine Stream::fill, all at once",
        "engine Stream::nth(1), one by one",
        "splitmix of (key + day * phi) (streams overlap: unfit)",
        "engine Luck::on, a new stream and one draw",
    ];
    for (k, (name, seconds)) in names.iter().zip(took).enumerate() {
        line(name, seconds / N as f64 * 1e9, (k > 0).then(|| took[0] / seconds));
    }
}

// ---- route ------------------------------------------------------------------------------------------------------

/// Dijkstra (1959) with a binary heap, as a textbook has it.
fn dijkstra(graph: &Graph, cost: &[u32], dest: u32) -> Vec<u32> {
    let mut best = vec![CLOSED; graph.len()];
    best[dest as usize] = 0;
    let mut heap = BinaryHeap::from([Reverse((0_u32, dest))]);
    while let Some(Reverse((so_far, at))) = heap.pop() {
        if so_far > best[at as usize] {
            continue;
        }
        for e in graph.edges(at) {
            let (node, over) = (graph.to[e], so_far.saturating_add(cost[graph.reverse[e] as usize]));
            if over < best[node as usize] {
                best[node as usize] = over;
                heap.push(Reverse((over, node)));
            }
        }
    }
    best
}

fn route() {
    let geo = GeoData::load(Path::new(DATA)).expect("data");
    let region = Region::build_grid(&geo, 4, &[]).expect("region");
    let graph = &region.graph;
    title(&format!("route: cost-to-go over {} cells, {} edges", graph.len(), graph.edge_count()), "ms per field");
    for (what, spread) in [("costs by length", 1), ("noise of 20,000", 20_000)] {
        let cost: Vec<u32> =
            (0..graph.edge_count()).map(|e| (graph.km[e] * 120.0) as u32 + (mix(e as u64) % spread) as u32).collect();
        let dests: Vec<u32> = (0..graph.len() as u32).step_by(701).collect();
        let (mut scratch, mut field, mut costs) = (Scratch::default(), CostField::default(), Costs::default());
        costs.set(graph, &cost);
        for &d in &dests {
            costs.field(graph, d, &mut scratch, &mut field);
            assert_eq!(field.to_go, dijkstra(graph, &cost, d), "the reference disagrees");
        }
        let [plain, ours, set] = medians(
            9,
            [
                &mut || dests.iter().for_each(|&d| drop(black_box(dijkstra(graph, &cost, d)))),
                &mut || {
                    for &d in &dests {
                        costs.field(graph, d, &mut scratch, &mut field);
                        black_box(&field);
                    }
                },
                &mut || Costs::default().set(graph, black_box(&cost)),
            ],
        );
        let each = 1000.0 / dests.len() as f64;
        line(&format!("binary heap, {what}"), plain * each, None);
        line(&format!("region::costs, {what}"), ours * each, Some(plain / ours));
        println!("  {:<60} {:>16.2}", "  new edge costs, once for all destinations", set * 1000.0);
    }
}

// ---- wake -------------------------------------------------------------------------------------------------------

fn wake() {
    const N: u32 = 1_000_000;
    const DAYS: u32 = 200;
    title(&format!("wake: {N} sleepers, {DAYS} days"), "ns per event");
    let stream = LUCK.on(Purpose::new("bench.wake"), Tick(0));
    let rate = 0.01;
    let u: Vec<f64> = (0..N).map(|k| stream.unit(u64::from(k) + 1)).collect();
    let (mut asked, mut woken) = (0_u64, 0_u64);
    let [plain, queue] = medians(
        3,
        [
            // Everybody who waits draws every day.
            &mut || {
                let p = 1.0 - libm::exp(-rate);
                let mut waiting: Vec<u32> = (0..N).collect();
                asked = 0;
                for day in 0..DAYS {
                    let today = LUCK.on(Purpose::new("bench.wake"), Tick(day));
                    waiting.retain(|&k| !today.chance(u64::from(k) + 1, p));
                    asked += waiting.len() as u64;
                }
                asked = u64::from(N) - waiting.len() as u64;
            },
            &mut || {
                let mut q = HazardQueue::default();
                for (k, u) in (0..N).zip(&u) {
                    q.push(threshold(0, *u), k);
                }
                let mut clock = 0;
                woken = 0;
                for _ in 0..DAYS {
                    clock = advance(clock, rate);
                    woken += black_box(q.take(clock)).len() as u64;
                }
            },
        ],
    );
    line("every sleeper draws every day", plain * 1e9 / asked as f64, None);
    line("HazardQueue: push and take", queue * 1e9 / woken as f64, Some(plain * woken as f64 / queue / asked as f64));

    let span = |k: u32, day: u32| 1 + (mix(u64::from(k) << 16 | u64::from(day)) % 60) as u32;
    let mut events = 0_u64;
    let [plain, calendar] = medians(
        3,
        [
            // A column of due days, read whole every day.
            &mut || {
                let mut due: Vec<u32> = (0..N).map(|k| span(k, 0)).collect();
                for day in 0..DAYS {
                    for (k, d) in (0..N).zip(&mut due) {
                        if *d <= day {
                            *d = day + span(k, day);
                        }
                    }
                }
                black_box(due);
            },
            &mut || {
                let mut c = Calendar::default();
                (0..N).for_each(|k| c.schedule(Tick(span(k, 0)), k));
                events = 0;
                for day in 0..DAYS {
                    for k in c.take(Tick(day)) {
                        c.schedule(Tick(day + span(k, day)), k);
                        events += 1;
                    }
                }
            },
        ],
    );
    let each = 1e9 / events as f64;
    line("a column of due days, read whole every day", plain * each, None);
    line("Calendar: take and schedule again (30 days on average)", calendar * each, Some(plain / calendar));
}

// ---- table ------------------------------------------------------------------------------------------------------

sirocco::table! {
    /// As wide as a migrant's row.
    Rows("bench.rows"),
    /// One row.
    Row { key: u64, due: u64, money: i64, place: u32, since: u32, route: u16, origin: u16, status: u8, flags: [u8; 3] }
}

fn table_rows() {
    const N: usize = 1_000_000;
    let row = |k: u64| Row {
        key: k,
        due: k * 3,
        money: 7,
        place: 9,
        since: 1,
        route: 2,
        origin: 3,
        status: 4,
        flags: [0; 3],
    };
    let mut rows = Rows::default();
    for k in 1..=N as u64 {
        rows.push(row(k));
    }
    title(&format!("table: {N} rows of {} bytes", rows.row_bytes()), "ns per row");
    let mut plain: Vec<Row> = (1..=N as u64).map(row).collect();
    // Rows as events touch them: not in order.
    let order: Vec<usize> = (0..N).map(|i| i * 7919 % N).collect();
    // The digest kept as the definition says: both rows hashed, each from its first column to its last.
    let hash = |r: &Row| {
        let mut h = Feed::new(7);
        h.add(&r.key);
        h.add(&r.due);
        h.add(&r.money);
        h.add(&r.place);
        h.add(&r.since);
        h.add(&r.route);
        h.add(&r.origin);
        h.add(&r.status);
        h.add(&r.flags);
        h.finish()
    };
    let mut digest = 0_u128;
    let mut structs = plain.clone();
    let rows = RefCell::new(rows);
    let [whole, bare, every, second, tenth] = medians(
        7,
        [
            &mut || {
                for &i in &order {
                    let old = hash(&structs[i]);
                    structs[i].place = structs[i].place.wrapping_add(1);
                    digest = digest.wrapping_sub(old).wrapping_add(hash(&structs[i]));
                }
                black_box(digest);
            },
            &mut || order.iter().for_each(|&i| plain[i].place = plain[i].place.wrapping_add(1)),
            &mut || touch(&rows, &order, 1),
            &mut || touch(&rows, &order, 2),
            &mut || touch(&rows, &order, 10),
        ],
    );
    let rows = rows.into_inner();
    let one = pool(1);
    let [recount] = medians(7, [&mut || assert_eq!(one.install(|| rows.recount()), rows.digest())]);
    let each = 1e9 / N as f64;
    line("array of structs, old and new row hashed whole", whole * each, None);
    for (what, seconds) in [
        ("Table::update, settled after every pass", every),
        ("Table::update, after every second one", second),
        ("Table::update, after every tenth one", tenth),
        ("array of structs, no digest", bare),
    ] {
        line(what, seconds * each, Some(whole / seconds));
    }
    println!("  {:<60} {:>16.2}", "digest recounted from all rows, in order, 1 thread", recount * each);
}

/// Every row changed, the digest settled after every `passes`-th call.
fn touch(rows: &RefCell<Rows>, order: &[usize], passes: u32) {
    let mut rows = rows.borrow_mut();
    order.iter().for_each(|&i| rows.update(i, |r| r.due += 1));
    if rows.get(0).due.is_multiple_of(u64::from(passes)) {
        rows.settle();
    }
}

// ---- model ------------------------------------------------------------------------------------------------------

fn model() {
    title("model: whole days of the shipped scenarios", "days per second");
    let (one, two) = (pool(1), pool(2));
    for (name, end) in [("libya-2011", "2012-02-16"), ("central-med-2014", "2014-04-30")] {
        let file = Path::new(SCENARIOS).join(format!("{name}.toml"));
        let sets = [format!("run.end={end}")];
        let start = Instant::now();
        let peeked = peek(&file, &sets).expect("scenario");
        let ground = Ground::load(Path::new(DATA), &peeked.region, peeked.resolution, &peeked.folder).expect("ground");
        let scenario = Arc::new(load(&file, &sets, &Names::of(&ground.region)).expect("scenario"));
        let loading = start.elapsed().as_secs_f64();
        let plan = RunPlan { scenario, replicate: 0, values: vec![], audit: false };
        let (mut days, mut digests) = (0, vec![]);
        let mut run = |pool: &ThreadPool| {
            let out = pool.install(|| run_one(&plan, &ground, &mut Blind)).expect("run");
            days = out.days;
            digests.push(out.digests.last().copied());
        };
        let run = RefCell::new(&mut run);
        let mut worked = vec![];
        let [single, double] = medians_by(
            by_clock,
            3,
            [
                &mut || {
                    let start = on_core();
                    run.borrow_mut()(one);
                    worked.push(on_core() - start);
                },
                &mut || run.borrow_mut()(two),
            ],
        );
        assert!(digests.iter().all(|d| *d == digests[0]), "threads changed the model");
        println!("  {:<60} {:>16.2}", format!("{name}, {days} days, 1 thread"), f64::from(days) / median(worked));
        line(&format!("{name}, 1 thread, by the clock"), f64::from(days) / single, None);
        line(&format!("{name}, 2 threads, by the clock"), f64::from(days) / double, Some(single / double));
        println!("  {:<60} {loading:>16.2}", "  seconds to read data and scenario, once");
    }
}
