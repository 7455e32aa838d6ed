//! Parallel work in fixed chunks: the cut depends on the amount of work only, never on the number of threads, and
//! results come back in order, so sums of them are the same on any machine.

use std::cell::Cell;
use std::num::NonZero;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// Rows per chunk for cheap work on columns.
pub const CHUNK: usize = 65_536;

/// Calls `f` on every chunk of `0..len` (at most `chunk` long) in parallel; results in order.
pub fn map_chunks<T: Send>(len: usize, chunk: usize, f: impl Fn(Range<usize>) -> T + Sync + Send) -> Vec<T> {
    let chunk = chunk.max(1);
    share_out((0..len.div_ceil(chunk)).map(|i| i * chunk..((i + 1) * chunk).min(len)), f)
}

/// Calls `f` on every item in parallel, `chunk` at a time; results in order.
pub fn map_items<A: Sync, T: Send>(items: &[A], chunk: usize, f: impl Fn(&A) -> T + Sync + Send) -> Vec<T> {
    if items.len() <= chunk {
        return items.iter().map(f).collect();
    }
    let parts = share_out(items.chunks(chunk), |part| part.iter().map(&f).collect::<Vec<T>>());
    parts.into_iter().flatten().collect()
}

/// Calls `f` on every `chunk` of a mutable column together with its chunk number, in parallel; results in order.
pub fn map_column<A: Send, T: Send>(
    column: &mut [A],
    chunk: usize,
    f: impl Fn(usize, &mut [A]) -> T + Sync + Send,
) -> Vec<T> {
    share_out(column.chunks_mut(chunk).enumerate(), |(i, part)| f(i, part))
}

/// Calls `f` on every `len` rows together with their number and something of their own, in parallel if `side_by_side`; results in order.
///
/// # Panics
/// When there is not one thing of its own for each piece: a mistake in the program.
pub fn map_pieces<A: Send, S: Send, T: Send>(
    rows: &mut [A],
    len: usize,
    own: &mut [S],
    side_by_side: bool,
    f: impl Fn(usize, &mut [A], &mut S) -> T + Sync + Send,
) -> Vec<T> {
    assert_eq!(rows.len().div_ceil(len), own.len(), "something of its own for each piece");
    let pieces = rows.chunks_mut(len).zip(own).enumerate();
    let one = |(i, (rows, own)): (usize, (&mut [A], &mut S))| f(i, rows, own);
    if side_by_side { share_out(pieces, one) } else { pieces.map(one).collect() }
}

thread_local! {
    /// Helpers of this thread that are awake. Nothing that comes of a run hangs on it.
    static AWAKE: Arc<AtomicUsize> = Arc::default();
    /// Pieces of work, and helpers, that this thread is in the midst of.
    static BUSY: Cell<usize> = const { Cell::new(0) };
}

/// In the midst of something until it is dropped.
struct Busy;

impl Busy {
    fn begin() -> Busy {
        BUSY.set(BUSY.get() + 1);
        Busy
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        BUSY.set(BUSY.get() - 1);
    }
}

/// Cores that this process may use.
fn cores() -> usize {
    static CORES: OnceLock<usize> = OnceLock::new();
    *CORES.get_or_init(|| std::thread::available_parallelism().map_or(1, NonZero::get))
}

/// How long a helper looks for work before it goes to sleep: longer than what a short day does on one thread.
const LOOK: Duration = Duration::from_micros(500);

/// Lets a microsecond pass, and others have the core if there are more threads than cores.
fn wait_a_little() {
    (0..32).for_each(|_| std::hint::spin_loop());
    std::thread::yield_now();
}

/// Keeps other threads of the pool awake, no more than there are cores, from one piece of parallel work to the next, while these follow each
/// other closely. A thread that sleeps takes some 50 microseconds to wake, which is long where a day takes 300.
fn keep_awake(helpers: usize) {
    let awake = AWAKE.with(Arc::clone);
    while awake.load(Ordering::Relaxed) < helpers.min(cores() - 1) {
        awake.fetch_add(1, Ordering::Relaxed);
        let awake = awake.clone();
        rayon::spawn(move || {
            // Who only waits for the end of a piece of work, or helps already, would be kept from it.
            let (mut since, free) = (Instant::now(), BUSY.get() == 0);
            let _busy = Busy::begin();
            while free && since.elapsed() < LOOK {
                match rayon::yield_now() {
                    Some(rayon::Yield::Executed) => since = Instant::now(),
                    _ => wait_a_little(),
                }
            }
            awake.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

/// A piece of work, and then what came of it.
struct Work<A, T> {
    todo: Option<A>,
    result: Option<T>,
}

/// Counts a piece of work as done, even if it panicked.
struct Counted<'a>(&'a AtomicUsize);

impl Drop for Counted<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Release);
    }
}

/// Calls `f` on every item; whichever thread is free takes the next. Results in order.
fn share_out<A: Send, T: Send>(items: impl ExactSizeIterator<Item = A>, f: impl Fn(A) -> T + Sync) -> Vec<T> {
    let helpers = rayon::current_num_threads().min(items.len()).saturating_sub(1);
    if helpers == 0 {
        return items.map(f).collect();
    }
    let all: Vec<Mutex<Work<A, T>>> = items.map(|a| Mutex::new(Work { todo: Some(a), result: None })).collect();
    let done = AtomicUsize::new(0);
    let work = |nth: usize| {
        let _busy = Busy::begin();
        // Of two threads each begins where it did the day before, since what it changed then is still at hand: the first from the front, the
        // other backwards.
        let (before, after) = all.split_at(nth * all.len() / helpers);
        let backwards = before.iter().rev().chain(after.iter().rev());
        let turn = |one: &Mutex<Work<A, T>>| {
            let Ok(mut one) = one.try_lock() else { return };
            if let Some(a) = one.todo.take() {
                let _counted = Counted(&done);
                one.result = Some(f(a));
            }
        };
        if nth == 0 { all.iter().for_each(turn) } else { backwards.for_each(turn) }
    };
    let busy = Busy::begin();
    rayon::scope(|s| {
        (0..helpers).for_each(|n| s.spawn(move |_| work(n + 1)));
        keep_awake(helpers);
        work(0);
        // What others still do is short: who waits for it stays awake.
        let since = Instant::now();
        while done.load(Ordering::Acquire) < all.len() && since.elapsed() < LOOK {
            wait_a_little();
        }
    });
    drop(busy);
    let n = all.len();
    let results = all.into_iter().map(|one| one.into_inner().unwrap_or_else(PoisonError::into_inner));
    let results: Vec<T> = results.filter_map(|one| one.result).collect();
    assert_eq!(results.len(), n, "a piece of work was left out");
    results
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Results are in order whatever threads do, within a pool, outside of one, and in work that is itself shared out.
    #[test]
    fn results_are_in_order_on_any_number_of_threads() {
        let items: Vec<u64> = (0..1000).collect();
        let nested = |&n: &u64| map_chunks(n as usize % 50, 7, |r| r.sum::<usize>()).into_iter().sum::<usize>();
        let want: Vec<usize> = items.iter().map(|n| (0..*n as usize % 50).sum()).collect();
        assert_eq!(map_items(&items, 3, nested), want);
        for threads in [1, 2, 3, 8] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            for _ in 0..20 {
                assert_eq!(pool.install(|| map_items(&items, 3, nested)), want, "{threads} threads");
            }
        }
        assert_eq!(map_chunks(0, 7, |r| r.len()), [0; 0]);
        let mut column = vec![1; 10];
        assert_eq!(map_column(&mut column, 4, |i, part| (i, part.len())), [(0, 4), (1, 4), (2, 2)]);
    }

    /// A panic in a piece of work stops the whole, whichever thread had it, and leaves the pool in order.
    #[test]
    fn a_panic_comes_through() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        for bad in [0, 50, 99] {
            let work = || pool.install(|| map_chunks(100, 1, |r| assert_ne!(r.start, bad)));
            assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(work)).is_err(), "{bad}");
            assert_eq!(pool.install(|| map_chunks(100, 1, |r| r.start)).len(), 100);
        }
    }
}
