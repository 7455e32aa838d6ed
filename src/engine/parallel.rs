//! Parallel work in fixed chunks: the cut depends on the amount of work only, never on the number of threads, and
//! results come back in order, so sums of them are the same on any machine.

use rayon::prelude::*;
use std::ops::Range;

/// Rows per chunk for cheap work on columns.
pub const CHUNK: usize = 65_536;

/// Calls `f` on every chunk of `0..len` (at most `chunk` long) in parallel; results in order.
pub fn map_chunks<T: Send>(len: usize, chunk: usize, f: impl Fn(Range<usize>) -> T + Sync + Send) -> Vec<T> {
    let n = len.div_ceil(chunk.max(1));
    let range = |i: usize| i * chunk..((i + 1) * chunk).min(len);
    if n <= 1 {
        return (0..n).map(|i| f(range(i))).collect();
    }
    // A chunk is a task of its own: they may differ much in what they cost.
    (0..n).into_par_iter().with_max_len(1).map(|i| f(range(i))).collect()
}

/// Calls `f` on every item in parallel, `chunk` at a time; results in order.
pub fn map_items<A: Sync, T: Send>(items: &[A], chunk: usize, f: impl Fn(&A) -> T + Sync + Send) -> Vec<T> {
    if items.len() <= chunk {
        return items.iter().map(f).collect();
    }
    items.par_iter().with_min_len(chunk).map(f).collect()
}

/// Calls `f` on every `chunk` of a mutable column together with its chunk number, in parallel; results in order.
pub fn map_column<A: Send, T: Send>(
    column: &mut [A],
    chunk: usize,
    f: impl Fn(usize, &mut [A]) -> T + Sync + Send,
) -> Vec<T> {
    column.par_chunks_mut(chunk).enumerate().map(|(i, c)| f(i, c)).collect()
}
