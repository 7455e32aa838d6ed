//! Hot kernels allocate nothing once they are warm. One test in this file: it counts the whole process's allocations.

use sirocco::engine::hop::Hops;
use sirocco::engine::rng::{Luck, Purpose, mix};
use sirocco::region::costs::{CostField, Costs, Scratch};
use sirocco::region::graph::{Graph, Link, NO_BORDER};
use sirocco::units::Tick;
use stats_alloc::{INSTRUMENTED_SYSTEM, Region as Count, StatsAlloc};
use std::alloc::System;

#[global_allocator]
static ALLOCATOR: &StatsAlloc<System> = &INSTRUMENTED_SYSTEM;

#[test]
fn hot_kernels_allocate_nothing_once_warm() {
    let n = 300_000;
    let ways: Vec<Vec<(u32, f64)>> = (0..1000).map(|c| vec![((c + 1) % 1000, 1.0), ((c + 7) % 1000, 2.0)]).collect();
    let mut hops = Hops::new(&ways).unwrap();
    let keys: Vec<u64> = (0..n).map(|i| mix(i + 1)).collect();
    let (mut at, mut counts) = (vec![0_u32; n as usize], vec![0_u32; 1000]);
    counts[0] = n as u32;
    let luck = Luck { seed: 5, replicate: 0 };
    let mut walk = |days: std::ops::Range<u32>| {
        days.for_each(|d| hops.step(luck.on(Purpose::new("warm"), Tick(d)), 0.3, &keys, &mut at, &mut counts));
    };
    // One worker: with more, a worker that was idle so far would still make its buffers.
    let pool = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
    let walked = pool.install(|| {
        walk(0..20);
        let count = Count::new(ALLOCATOR);
        walk(20..40);
        count.change().allocations
    });
    assert_eq!(walked, 0, "walkers");

    let links: Vec<Link> =
        (0..999).map(|a| Link { a, b: a + 1, km: 1.0, hours: [1.0; 2], on_road: false, border: NO_BORDER }).collect();
    let graph = Graph::from_links(1000, &links);
    let cost: Vec<u32> = (0..graph.edge_count() as u32).map(|e| 100 + e * 37 % 1000).collect();
    let (mut costs, mut scratch, mut field) = (Costs::default(), Scratch::default(), CostField::default());
    let mut route = || {
        for dest in [0, 500, 999] {
            costs.set(&graph, &cost);
            costs.field(&graph, dest, &mut scratch, &mut field);
        }
    };
    route();
    let count = Count::new(ALLOCATOR);
    route();
    assert_eq!(count.change().allocations, 0, "route fields");
}
