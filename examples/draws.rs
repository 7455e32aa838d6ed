//! Raw 64-bit draws of the engine's keyed generator on standard output, for test suites of random numbers.
//! `scripts/rng-quality.sh` feeds them to dieharder. The argument says along which argument of a draw the sequence runs;
//! a keyed generator must look random along each of them, and across them.

use sirocco::engine::rng::{Luck, Purpose, Stream, mix};
use sirocco::units::Tick;
use std::io::Write;

/// Draws in one block of output.
const BLOCK: usize = 8192;

fn main() {
    let kind = std::env::args().nth(1).unwrap_or_default();
    let seed = std::env::args().nth(2).and_then(|s| s.parse().ok()).unwrap_or(1);
    let luck = Luck { seed, replicate: 0 };
    let purpose = Purpose::new("quality");
    let on = |day: u64| luck.on(purpose, Tick(day as u32));
    let today: Stream = on(15_000);
    // Odd purposes, so that the streams of one day differ by their name only.
    let purposes: Vec<Purpose> = (0..64).map(|n| Purpose(mix(n))).collect();
    match kind.as_str() {
        // One stream, keys 1, 2, 3, ...: the hardest input for a mixer of keys.
        "sequential" => write(|i| today.bits(i + 1)),
        // One stream, keys that differ in their high half only (all different for 2^32 draws).
        "high" => write(|i| today.bits(i << 32 | 1)),
        // Keys as the model makes them (hashes), one stream after another: 65,536 agents a day.
        "hashed" => write(|i| on(i >> 16).bits(mix(i & 0xffff))),
        // One agent, day after day.
        "days" => write(|i| on(i).bits(42)),
        // One agent on one day, first, second, third draw and so on.
        "ordinals" => write(|i| today.nth(i as u32).bits(42)),
        // Neighbouring keys, ordinals and days by turns: 4 keys x 4 ordinals x 4 days, then the next keys.
        "interleaved" => write(|i| on((i >> 4) & 3).nth(((i >> 2) & 3) as u32).bits((i >> 6) * 4 + (i & 3))),
        // The same small keys under one purpose, replicate and seed after another.
        "streams" => write(|i| {
            let luck = Luck { seed: seed + (i >> 16), replicate: ((i >> 12) & 15) as u32 };
            luck.on(purposes[((i >> 6) & 63) as usize], Tick(1)).bits(i & 63)
        }),
        _ => eprintln!("usage: draws sequential|high|hashed|days|ordinals|interleaved|streams [SEED]"),
    }
}

/// Writes draws 0, 1, 2, ... until the reader has had enough.
fn write(draw: impl Fn(u64) -> u64) {
    let mut out = std::io::stdout().lock();
    let mut block = Vec::with_capacity(BLOCK * 8);
    for first in (0_u64..).step_by(BLOCK) {
        block.clear();
        block.extend((first..first + BLOCK as u64).flat_map(|i| draw(i).to_le_bytes()));
        if out.write_all(&block).is_err() {
            return;
        }
    }
}
