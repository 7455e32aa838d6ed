//! Many runs in one process, side by side.

use crate::error::{Error, Result};
use std::sync::atomic::{AtomicU32, Ordering};

/// How threads are shared: so many runs side by side, each with so many threads of its own. Results do not hang on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Split {
    pub side_by_side: usize,
    pub inside: usize,
}

impl Split {
    /// Shares `threads` between `runs`. A day is for the most part sequential and replicates are not at all
    /// (`docs/performance.md`), so as many runs as there are threads go side by side; only when there are fewer runs do they
    /// get several threads each. `inside` says how many each gets instead.
    pub fn of(threads: usize, runs: usize, inside: Option<usize>) -> Split {
        let threads = threads.max(1);
        let side_by_side = match inside {
            Some(inside) => (threads / inside.max(1)).clamp(1, runs.max(1)),
            None => threads.min(runs.max(1)),
        };
        Split { side_by_side, inside: inside.unwrap_or(threads / side_by_side).max(1) }
    }
}

/// Does runs `0..n`; results are in their order.
///
/// # Errors
/// Each run's own; all of them when no threads can be had.
pub fn runs<T: Send>(n: u32, split: Split, one: impl Fn(u32) -> Result<T> + Sync) -> Vec<Result<T>> {
    let next = AtomicU32::new(0);
    // A lane takes the next run when it has done one. Its threads are its own: were all in one pool, a thread that
    // waits for a part of one run would begin another and keep the first one waiting, and memory would grow.
    let lane = || {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(split.inside).build();
        let take = || Some(next.fetch_add(1, Ordering::Relaxed)).filter(|&k| k < n);
        let run = |k: u32| match &pool {
            Ok(pool) => (k, pool.install(|| one(k))),
            Err(e) => (k, Err(Error::Input(format!("threads: {e}")))),
        };
        std::iter::from_fn(take).map(run).collect::<Vec<_>>()
    };
    let mut results: Vec<_> = std::thread::scope(|scope| {
        let lanes: Vec<_> = (0..split.side_by_side).map(|_| scope.spawn(lane)).collect();
        let joined = lanes.into_iter().map(|lane| lane.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)));
        joined.flatten().collect()
    });
    results.sort_unstable_by_key(|r| r.0);
    results.into_iter().map(|r| r.1).collect()
}

/// The results of all runs, or the first error; one that says more than that a run was stopped comes before those.
///
/// # Errors
/// That error.
pub fn all_of<T>(results: Vec<Result<T>>) -> Result<Vec<T>> {
    let (stopped, rest): (Vec<_>, Vec<_>) =
        results.into_iter().partition(|r| matches!(r, Err(Error::Interrupted { .. })));
    rest.into_iter().chain(stopped).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn threads_go_to_replicates_first() {
        let split = |threads, runs, inside| {
            let s = Split::of(threads, runs, inside);
            (s.side_by_side, s.inside)
        };
        assert_eq!(split(8, 1, None), (1, 8), "one run has them all");
        assert_eq!(split(8, 3, None), (3, 2));
        assert_eq!(split(8, 100, None), (8, 1));
        assert_eq!(split(8, 100, Some(4)), (2, 4));
        assert_eq!(split(2, 100, Some(4)), (1, 4), "asked for, so given");
        assert_eq!(split(0, 0, None), (1, 1));
    }
}
