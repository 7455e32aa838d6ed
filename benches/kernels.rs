//! Times of the hot kernels, each beside a plain reference measured in the same run: `cargo bench`, `cargo bench -- walk`.
//!
//! Every figure is the median of several samples, and the samples of a kernel and of its reference are taken by turns, so
//! that the ratios hold where the times move about. Work on one thread is measured by the time that the process had a
//! core, where the system tells it (Linux), so that other work on the machine counts less; work on two threads by the
//! clock, and that is only right on an idle machine: the last line says how much of a core threads got. Nothing here
//! passes or fails by time.

mod common;

use common::*;
use rand_philox::{Philox, philox4x32_10, splitmix64};
use rayon::ThreadPool;
use sirocco::agents::accounts::{Hulls, People};
use sirocco::agents::controls::Guard;
use sirocco::agents::migrant::{END, Migrant, SEA, Status};
use sirocco::agents::tally::Tally;
use sirocco::agents::vessel::{Boat, NEVER, NM_KM, RESCUE, RUBBER, Vessel, WOOD};
use sirocco::agents::world::World;
use sirocco::cli::run::{RunArgs, run as run_command};
use sirocco::engine::digest::Feed;
use sirocco::engine::rng::{Purpose, Stream, mix};
use sirocco::engine::step::Process;
use sirocco::engine::table::Table;
use sirocco::engine::wake::{Calendar, HazardQueue, advance, threshold};
use sirocco::observe::observer::Observer;
use sirocco::processes::sea::{Params as SeaParams, SeaCrossing, sinking_rate};
use sirocco::region::Region;
use sirocco::region::costs::{CLOSED, CostField, Costs, Scratch};
use sirocco::region::geodata::GeoData;
use sirocco::region::graph::Graph;
use sirocco::report;
use sirocco::sim::{Simulation, run_one};
use sirocco::units::{Date, Tick};
use std::cell::RefCell;
use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::hint::black_box;
use std::path::{Path, PathBuf};

fn main() {
    run(&wanted(&[
        ("walk", walk),
        ("draws", draws),
        ("route", route),
        ("wake", wake),
        ("table", table_rows),
        ("sea", sea),
        ("report", report),
        ("model", model),
    ]));
}

// ---- walk -------------------------------------------------------------------------------------------------------

/// A plain day cut in as many parts as there are threads, each with counts of its own.
fn plain_day_on(threads: usize, net: &PlainNet, agents: &mut [Plain], counts: &mut [Vec<i64>]) {
    let part = agents.len().div_ceil(threads);
    rayon::scope(|s| {
        for (agents, counts) in agents.chunks_mut(part).zip(counts) {
            s.spawn(|_| net.day(agents, counts));
        }
    });
}

fn walk() {
    title(&format!("walk: {CELLS} cells, 6-8 ways, p = {P}"), "M agent-ticks/s");
    let (one, two) = (pool(1), pool(2));
    let plain = PlainNet::new(net());
    for (n, days, samples) in [(1_000_000_u64, 5, 7), (10_000_000, 1, 5)] {
        let mut agents = Plain::all(&start_cells(n));
        let mut counts = vec![vec![0; CELLS as usize]; 2];
        let walk = RefCell::new(Walk::new(n));
        let walk_on = |pool: &ThreadPool| {
            let walk: &mut Walk = &mut walk.borrow_mut();
            pool.install(|| (0..days).for_each(|_| walk.day()));
        };
        let mut plain_on = |pool: &ThreadPool| {
            let threads = pool.current_num_threads();
            pool.install(|| (0..days).for_each(|_| plain_day_on(threads, &plain, &mut agents, &mut counts)));
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

const ROWS: usize = 1_000_000;

fn row(k: u64) -> Row {
    Row { key: k, due: k * 3, money: 7, place: 9, since: 1, route: 2, origin: 3, status: 4, flags: [0; 3] }
}

fn filled() -> Rows {
    let mut rows = Rows::default();
    for k in 1..=ROWS as u64 {
        rows.push(row(k));
    }
    rows
}

/// Rows as events touch them: not in order.
fn scattered() -> Vec<usize> {
    (0..ROWS).map(|i| i * 7919 % ROWS).collect()
}

fn table_rows() {
    const N: usize = ROWS;
    let rows = filled();
    title(&format!("table: {N} rows of {} bytes", rows.row_bytes()), "ns per row");
    let mut plain: Vec<Row> = (1..=N as u64).map(row).collect();
    let order = scattered();
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

// ---- sea --------------------------------------------------------------------------------------------------------

const BOATS: usize = 2000;
const DAYS_AT_SEA: u32 = 5;
const WAVE_M: f64 = 0.8;

/// How voyages ended: boats landed, sunk, brought back, left behind after a rescue or cast ashore, still at sea; with the
/// dead and the hours under way of all boats.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Ends {
    boats: [i64; 5],
    dead: i64,
    hours: i64,
}

/// Parameters of the voyages: no boat is launched later, and no vessel goes to port, so that boats do not compete for
/// rescuers. Then a loop that knows nothing of the other boats must come to the same shares.
fn sea_params() -> SeaParams {
    SeaParams { boats_per_beach: 0.0, hours_on_scene: 1000, ..SeaParams::default() }
}

/// Kind of a boat, and people aboard.
fn load(boat: usize) -> (u8, usize) {
    if boat.is_multiple_of(3) { (WOOD, 325) } else { (RUBBER, 130) }
}

/// The world of a shipped scenario with so many boats put out from one beach at once, and vessels off it that never fill.
fn put_out() -> World {
    let (plan, ground) = ready("central-med-2014", &["initial.migrants.residents=0", "initial.migrants.on_coast=0"]);
    let mut w = Simulation::new(&plan, &ground).expect("world").world;
    let libyan = |&h: &usize| Some(w.routes.hubs[h].country) == w.libya && w.ways.coast[h].is_some();
    let hub = (0..w.routes.hubs.len()).find(libyan).expect("a beach");
    let (zone, lane) = (w.ways.coast[hub].expect("a coast"), w.open_lane(hub).expect("a lane"));
    w.zones.update(zone, |z| z.wave_m = WAVE_M);
    w.controls.guards.insert(zone, Guard { boat_days: 0.3, keep_out_km: 0.0 });
    let vessel = |key: u64| Vessel {
        key,
        sender: 0,
        zone: zone as u16,
        on_duty: 1,
        missions: RESCUE,
        standoff_km: (30.0 * NM_KM) as f32,
        effect: 1.0,
        capacity: 400,
        aboard: 0,
        first_rescue: NEVER,
        lands: 0,
        back: 0,
        first: END,
    };
    for key in 1..=5 {
        w.vessels.push(vessel(key));
    }
    (0..w.vessels.len()).for_each(|v| w.vessels.update(v, |v| v.capacity = u32::MAX));
    let all: usize = (0..BOATS).map(|b| load(b).1).sum();
    for k in 1..=all as u64 {
        let state = Status::AtSea as u8 | SEA;
        w.migrants.push(Migrant { state, ..Migrant::at(mix(k), hub as u16, Status::AtSea) });
    }
    w.ledgers.move_people(People::Outside, People::AtSea, all as u64);
    w.ledgers.move_hulls(Hulls::Outside, Hulls::AtSea, BOATS as u32);
    let mut rows = boarding(all);
    for b in 0..BOATS {
        let (kind, people) = load(b);
        let first = rows.by_ref().take(people).fold(END, |next, row| {
            w.migrants.update(row as usize, |m| m.next = next);
            row
        });
        w.boats.push(Boat {
            key: mix(b as u64 + 7),
            zone: zone as u16,
            lane: lane as u16,
            hub: hub as u16,
            kind,
            adrift: 0,
            called: 0,
            hours: 0,
            km: 0.0,
            quality: 1.0,
            people: people as u32,
            first,
        });
    }
    w.settle();
    w
}

/// Rows of people in the order in which they board: as they come from a line, not side by side in the table.
fn boarding(all: usize) -> impl Iterator<Item = u32> {
    (0..all).map(move |i| (i * 7919 % all) as u32)
}

/// The days through the engine; the evening's digest too, if asked for.
fn voyages(w: &mut World, p: &SeaParams, digest: bool) {
    for _ in 0..DAYS_AT_SEA {
        let day = w.day;
        SeaCrossing::run(p, w, day);
        if digest {
            w.settle();
        }
        w.day = day.next();
    }
}

fn ends_of(w: &World) -> Ends {
    let hulls = |a: Hulls| w.ledgers.hulls.balance(0, a as usize);
    let left = hulls(Hulls::Abandoned) + hulls(Hulls::Recovered) + hulls(Hulls::Destroyed);
    Ends {
        boats: [hulls(Hulls::Landed), hulls(Hulls::Sunk), hulls(Hulls::Seized), left, hulls(Hulls::AtSea)],
        dead: w.tally.deaths_sea,
        hours: w.tally.boat_hours,
    }
}

struct PlainBoat {
    kind: u8,
    km: f64,
    adrift: bool,
    called: bool,
    people: Vec<u32>,
    luck: u64,
}

/// The waters of the plain reference.
struct PlainSea {
    p: SeaParams,
    standoff_km: Vec<f64>,
    boat_days: f64,
    lane_km: f64,
}

impl PlainSea {
    fn of(w: &World, p: SeaParams) -> PlainSea {
        let (boat, v) = (w.boats.get(0), &w.vessels);
        let here = |i: &usize| v.zone()[*i] == boat.zone;
        let standoff_km = v.rows().filter(here).map(|i| f64::from(v.standoff_km()[i])).collect();
        let guard = w.controls.guards[&usize::from(boat.zone)];
        let lane_km = w.region.sea.lanes[usize::from(boat.lane)].km;
        PlainSea { p, standoff_km, boat_days: guard.boat_days, lane_km }
    }

    fn boats(all: usize) -> Vec<PlainBoat> {
        let mut rows = boarding(all);
        let boat = |b: usize| {
            let (kind, people) = load(b);
            let people = rows.by_ref().take(people).collect();
            PlainBoat { kind, km: 0.0, adrift: false, called: false, people, luck: mix(b as u64 + 99) }
        };
        (0..BOATS).map(boat).collect()
    }

    /// An hour of a boat: false when its voyage is over.
    fn hour(&self, b: &mut PlainBoat, people: &mut [Migrant], ends: &mut Ends) -> bool {
        let p = &self.p;
        ends.hours += 1;
        let sinks = sinking_rate(p, b.kind, WAVE_M);
        let near = self.standoff_km.iter().filter(|s| b.called || **s <= b.km).count() as f64;
        let rescued = p.rescue_per_hour * near * if b.called { p.call_factor } else { 1.0 };
        let out = b.km <= p.coast_guard_km && WAVE_M <= p.coast_guard_wave_m;
        let back = if out { p.pullback_per_hour * self.boat_days } else { 0.0 };
        let own = if b.adrift { p.washed_ashore_per_hour } else { p.engine_failure_per_hour[usize::from(b.kind)] };
        let sum = sinks + rescued + back + own;
        let (u, event) = (splitmix_next(&mut b.luck), 1.0 - libm::exp(-sum));
        let mut put = |state: Status| {
            for &row in &b.people {
                people[row as usize].enter(state);
            }
        };
        if u >= event {
            b.km += if b.adrift { 0.0 } else { p.boat_kmh };
            if b.km < self.lane_km {
                return true;
            }
            put(Status::InProcessing);
            ends.boats[0] += 1;
            return false;
        }
        let at = u / event * sum;
        if at < sinks {
            put(Status::Aboard);
            for &row in &b.people {
                if splitmix_next(&mut b.luck) < p.deaths_given_sinking {
                    people[row as usize].key = 0;
                    ends.dead += 1;
                }
            }
            ends.boats[1] += 1;
        } else if at < sinks + rescued {
            put(Status::Aboard);
            ends.boats[3] += 1;
        } else if at < sinks + rescued + back {
            put(Status::Detained);
            ends.boats[2] += 1;
        } else if b.adrift {
            put(Status::BeachEarning);
            ends.boats[3] += 1;
        } else {
            b.adrift = true;
            b.called = splitmix_next(&mut b.luck) < p.call_chance;
            return true;
        }
        false
    }
}

fn sea() {
    let start = put_out();
    let (p, people) = (sea_params(), start.migrants.len());
    title(&format!("sea: {BOATS} boats, {people} people, {DAYS_AT_SEA} days by the hour"), "ns per boat-hour");
    let waters = PlainSea::of(&start, p.clone());
    let (mut plain, ours) = (Ends::default(), RefCell::new(Ends::default()));
    let one = pool(1);
    let through_engine = |digest: bool| {
        let mut w = start.clone();
        w.tally = Tally::default();
        let took = time(on_core, || one.install(|| voyages(&mut w, &p, digest)));
        *ours.borrow_mut() = ends_of(&w);
        took
    };
    let took = medians_told(
        5,
        [
            &mut || {
                let mut boats = PlainSea::boats(people);
                let mut rows: Vec<Migrant> = (0..people).map(|i| start.migrants.get(i)).collect();
                plain = Ends::default();
                let took = time(on_core, || {
                    for _ in 0..DAYS_AT_SEA * 24 {
                        boats.retain_mut(|b| waters.hour(b, &mut rows, &mut plain));
                    }
                });
                black_box(rows);
                plain.boats[4] = boats.len() as i64;
                took
            },
            &mut || through_engine(false),
            &mut || through_engine(true),
        ],
    );
    let ours = ours.into_inner();
    let each = |seconds: f64, e: &Ends| seconds * 1e9 / e.hours as f64;
    line("plain loop over boats and hours, no books", each(took[0], &plain), None);
    for (what, seconds) in
        [("processes::sea, with its ledgers", took[1]), ("the same, digest settled each evening", took[2])]
    {
        line(what, each(seconds, &ours), Some(each(took[0], &plain) / each(seconds, &ours)));
    }
    aside("  the last by person aboard, ns", took[2] * 1e9 / people as f64);
    let shown = |e: &Ends| format!("{:?}, {} dead, {} boat-hours", e.boats, e.dead, e.hours);
    println!("  boats landed, sunk, brought back, left after a rescue or cast ashore, still out:");
    println!("    plain loop {}\n    engine     {}", shown(&plain), shown(&ours));
    // Two counts of the same chance differ by five standard errors once in a million times.
    for (a, b) in plain.boats.iter().zip(ours.boats) {
        assert!(((a - b) as f64).abs() <= 5.0 * ((a + b) as f64).sqrt() + 1.0, "the reference disagrees");
    }
}

// ---- report -----------------------------------------------------------------------------------------------------

fn report() {
    let temporary = tempfile::tempdir().expect("a folder");
    let out = temporary.path().join("run");
    let command = RunArgs {
        scenario: scenario_file("libya-2011"),
        replicates: None,
        seed: None,
        threads: None,
        threads_per_run: None,
        checkpoint: None,
        until: Some(Date::new(2012, 12, 31)),
        sets: vec![],
        out: Some(out.clone()),
        force: false,
        audit: false,
        profile: false,
        data: Some(DATA.into()),
        quiet: true,
        live: false,
    };
    run_command(&command).expect("run");
    let geo = Path::new(DATA).join("geo");
    let inputs = ["manifest.json", "series.csv", "cells.csv"].map(|f| out.join(f));
    let inputs: Vec<PathBuf> =
        inputs.into_iter().chain(["countries.geojson", "places.csv"].map(|f| geo.join(f))).collect();
    let all = || report::all(&out, Path::new(DATA), report::Own::default()).expect("report");
    let files = all();
    let drawn: Vec<Vec<u8>> = files.iter().map(|f| std::fs::read(f).expect("chart")).collect();
    let bytes: usize = drawn.iter().map(Vec::len).sum();
    title(&format!("report: {} chart files of 14 months, {:.1} MB", files.len(), bytes as f64 / 1e6), "ms for all");
    let copies = temporary.path().join("copies");
    std::fs::create_dir_all(&copies).expect("a folder");
    let draw = |threads: &ThreadPool| drop(threads.install(all));
    let (one, two) = (pool(1), pool(2));
    let [read, write, alone] = medians(
        3,
        [
            &mut || inputs.iter().for_each(|f| assert!(black_box(plain_reading(f)).is_finite())),
            &mut || {
                for (file, bytes) in files.iter().zip(&drawn) {
                    std::fs::write(copies.join(file.file_name().expect("name")), bytes).expect("copy");
                }
            },
            &mut || draw(one),
        ],
    );
    let [single, both] = medians_by(by_clock, 3, [&mut || draw(one), &mut || draw(two)]);
    line("the same files read, every field parsed as a number", read * 1e3, None);
    aside("the finished charts written once more", write * 1e3);
    line("report::all, 1 thread", alone * 1e3, Some(read / alone));
    line("report::all, 2 threads, by the clock, against 1", both * 1e3, Some(single / both));
    aside("  a file, 1 thread", alone * 1e3 / files.len() as f64);
}

/// What a program does at least that draws from a file: every number of it parsed.
fn plain_reading(file: &Path) -> f64 {
    let bytes = std::fs::read(file).expect("file");
    if file.extension().is_none_or(|x| x != "csv") {
        let json: serde_json::Value = serde_json::from_slice(&bytes).expect("json");
        return json.as_object().map_or(0.0, |o| o.len() as f64);
    }
    let mut rows = csv::Reader::from_reader(bytes.as_slice());
    let mut record = csv::StringRecord::new();
    let mut sum = 0.0;
    while rows.read_record(&mut record).expect("row") {
        sum += record.iter().filter_map(|f| f.parse::<f64>().ok()).sum::<f64>();
    }
    sum
}

// ---- model ------------------------------------------------------------------------------------------------------

/// Counts the agents' rows that are written from the second day on.
#[derive(Default)]
struct Writes {
    before: Option<u64>,
    after: u64,
}

impl Observer for Writes {
    fn day(&mut self, w: &World, _: &[(String, i64)]) -> sirocco::error::Result<()> {
        self.after = w.tables().iter().map(|t| t.written()).sum();
        self.before.get_or_insert(self.after);
        Ok(())
    }
}

fn model() {
    title("model: whole days of the shipped scenarios", "days per second");
    let (one, two) = (pool(1), pool(2));
    let (mut rows, order) = (filled(), scattered());
    for (name, end) in [("libya-2011", "2012-02-16"), ("central-med-2014", "2014-04-30")] {
        let mut made = None;
        let loading = time(by_clock, || made = Some(ready(name, &[&format!("run.end={end}")])));
        let (plan, ground) = made.expect("ready");
        let (mut days, mut digests, mut events) = (0, vec![], 0);
        let mut run = |pool: &ThreadPool| {
            let mut writes = Writes::default();
            let out = pool.install(|| run_one(&plan, &ground, &mut writes)).expect("run");
            (days, events) = (out.days, writes.after - writes.before.unwrap_or(0));
            digests.push(out.digests.last().copied());
        };
        let run = RefCell::new(&mut run);
        let mut worked = vec![];
        let [single, double] = medians_by(
            by_clock,
            3,
            [&mut || worked.push(time(on_core, || run.borrow_mut()(one))), &mut || run.borrow_mut()(two)],
        );
        assert!(digests.iter().all(|d| *d == digests[0]), "threads changed the model");
        // As many rows of one table written, and the digest settled as often, with no rule that says what to write.
        let settled_after = events / u64::from(days);
        let [bare] = medians(
            3,
            [&mut || {
                one.install(|| {
                    for (nth, &i) in (1..=events).zip(order.iter().cycle()) {
                        rows.update(i, |r| r.due += 1);
                        if nth.is_multiple_of(settled_after) {
                            rows.settle();
                        }
                    }
                });
            }],
        );
        let worked = median(worked);
        let per_second = |seconds: f64| f64::from(days) / seconds;
        line(&format!("as many rows written as in {name}, and no more"), per_second(bare), None);
        line(&format!("{name}, {days} days, 1 thread"), per_second(worked), Some(bare / worked));
        aside("  the same, million rows written a second", events as f64 / worked / 1e6);
        line(&format!("{name}, 1 thread, by the clock"), per_second(single), None);
        line(&format!("{name}, 2 threads, by the clock"), per_second(double), Some(single / double));
        aside("  seconds to read data and scenario, once", loading);
    }
}
