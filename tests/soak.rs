//! Memory stays flat over many runs in one process (promise 15).
//!
//! Contract: after a warm-up, run after run of the same scenario grows the process by less than 1 % (and 2 MiB, which the
//! allocator may hold back). `SIROCCO_SOAK_SECONDS` says for how long; speed is printed and not judged, since a test must not
//! hang on how busy a machine is. The only test of its file: others beside it would share its memory.

mod common;

use common::shipped;
use std::time::Instant;

/// Resident memory of this process now, KiB, where the system tells.
fn resident_kib() -> Option<f64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmRSS:"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn memory_stays_flat_over_many_runs() {
    if resident_kib().is_none() {
        println!("skipped: this system does not say how much memory a process has");
        return;
    }
    let seconds = std::env::var("SIROCCO_SOAK_SECONDS").ok().and_then(|n| n.parse().ok()).unwrap_or(20.0);
    let b = shipped("libya-2011", &["run.persons_per_agent=30", "run.end=2011-11-30"]);
    let began = Instant::now();
    // Kept out of the way of the measure: so many numbers are reserved at once.
    let (mut kib, mut took) = (Vec::with_capacity(100_000), Vec::with_capacity(100_000));
    while began.elapsed().as_secs_f64() < seconds || kib.len() < 12 {
        let run = Instant::now();
        b.run(0);
        took.push(run.elapsed().as_secs_f64());
        kib.push(resident_kib().unwrap_or(0.0));
    }
    let third = kib.len() / 3;
    let mean = |x: &[f64]| x.iter().sum::<f64>() / x.len() as f64;
    let (before, after) = (mean(&kib[third..2 * third]), mean(&kib[2 * third..]));
    println!(
        "{} runs in {:.0} s: {:.1} MiB in the second third, {:.1} in the last ({:+.2} %); {:.3} and {:.3} s a run",
        kib.len(),
        began.elapsed().as_secs_f64(),
        before / 1024.0,
        after / 1024.0,
        100.0 * (after / before - 1.0),
        mean(&took[third..2 * third]),
        mean(&took[2 * third..]),
    );
    assert!(after < before * 1.01 + 2048.0, "{before:.0} KiB before, {after:.0} after");
}
