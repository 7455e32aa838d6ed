//! Kernels whose instructions are counted by `scripts/instruction-counts.sh`, under valgrind's callgrind: a count is the same on a
//! busy machine, a time is not.
//!
//! Run with `count KERNEL` it runs that kernel once. Only what happens inside [`counted_part`] is counted, by its name. All
//! inputs are fixed, and the main thread is the only one: work that threads share out would be cut another way each time.

mod common;

use common::*;
use sirocco::engine::rng::{Purpose, mix};
use sirocco::engine::wake::{HazardQueue, advance, threshold};
use sirocco::observe::observer::Blind;
use sirocco::region::costs::{CostField, Costs, Scratch};
use sirocco::region::graph::{Graph, Link, NO_BORDER};
use sirocco::sim::run_one;
use sirocco::units::Tick;
use std::hint::black_box;

const KERNELS: [(&str, fn()); 5] =
    [("walk", walk), ("draws", draws), ("route", route), ("wake", wake), ("model", model)];

fn main() {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match args.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["list"] => KERNELS.iter().for_each(|(name, _)| println!("{name}")),
        ["count", kernel] => {
            let threads = rayon::ThreadPoolBuilder::new().num_threads(1).use_current_thread();
            threads.build_global().expect("this thread as the only one");
            let (_, run) = KERNELS.iter().find(|(name, _)| *name == kernel).expect("a kernel of the list");
            run();
        }
        // `cargo bench` measures times and has nothing to do here.
        _ => {}
    }
}

/// What is counted: callgrind is told to begin and to stop where this function is entered and left.
#[inline(never)]
fn counted_part(kernel: &mut dyn FnMut()) {
    kernel();
    // Something after the call: the last call of a function may become a jump, and then nothing is left any more.
    black_box(());
}

/// 100,000 walkers, ten days.
fn walk() {
    let mut walk = Walk::new(100_000);
    // Workers make their buffers on the first day.
    walk.day();
    counted_part(&mut || (0..10).for_each(|_| walk.day()));
    black_box(walk.hash());
}

/// Half a million draws one by one, and as many in blocks.
fn draws() {
    let keys: Vec<u64> = (0..1 << 19).map(|i| mix(i + 1)).collect();
    let stream = LUCK.on(Purpose::new("counts.draws"), Tick(15_000));
    let mut block = vec![0_u64; 1024];
    counted_part(&mut || {
        black_box(keys.iter().fold(0_u64, |s, &k| s.wrapping_add(stream.bits(black_box(k)))));
        for keys in keys.chunks(1024) {
            stream.fill(keys, &mut block);
            black_box(&block);
        }
    });
}

/// Ten fields over the net of the walkers, with edges from cheap to dear. (Not the real grid: a change of the data is none of
/// the code.)
fn route() {
    let steps = [1, WIDTH, WIDTH + 1];
    let link = |a: u32, b: u32| Link { a, b, km: 1.0, hours: [1.0; 2], on_road: false, border: NO_BORDER };
    let links: Vec<Link> = (0..CELLS).flat_map(|a| steps.map(|s| link(a, (a + s) % CELLS))).collect();
    let graph = Graph::from_links(CELLS as usize, &links);
    let cost: Vec<u32> = (0..graph.edge_count() as u64).map(|e| 3000 + (mix(e) % 20_000) as u32).collect();
    let (mut costs, mut scratch, mut field) = (Costs::default(), Scratch::default(), CostField::default());
    let mut fields = |n: u32| {
        costs.set(&graph, &cost);
        (0..n).for_each(|k| costs.field(&graph, k * 4999, &mut scratch, &mut field));
    };
    fields(1);
    counted_part(&mut || fields(10));
    black_box(&field);
}

/// 100,000 sleepers put in, and those taken out who wake within 100 days.
fn wake() {
    let stream = LUCK.on(Purpose::new("counts.wake"), Tick(0));
    let u: Vec<f64> = (0..100_000).map(|k| stream.unit(k + 1)).collect();
    let mut queue = HazardQueue::default();
    counted_part(&mut || {
        (0..).zip(&u).for_each(|(k, u)| queue.push(threshold(0, *u), k));
        let mut clock = 0;
        for _ in 0..100 {
            clock = advance(clock, 0.01);
            black_box(queue.take(clock));
        }
    });
}

/// A shipped scenario on coarse cells with fewer people: the world made, and its first 30 days.
fn model() {
    let sets = ["run.resolution=3", "run.end=2011-11-18", "initial.migrants.residents=50000"];
    let (plan, ground) = ready("libya-2011", &sets);
    counted_part(&mut || drop(black_box(run_one(&plan, &ground, &mut Blind).expect("run"))));
}
