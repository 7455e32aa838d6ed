//! Many walkers on a net of cells: who moves today, and to which neighbour.
//!
//! The kernel for the largest columns. What makes it fast, none of which changes an answer: one 64-byte line per cell
//! holds all that a walker must read; draws are filled in blocks; movers are listed without a branch; a pass that only
//! reads finds where each goes, so that the reads of one block overlap, and another pass moves them; counts are kept as whole-number differences, one set for each worker, which add
//! up to the same whatever the order. Nothing is allocated once every worker has been through a step.

use super::parallel::{CHUNK, map_column};
use super::rng::Stream;
use std::sync::{Mutex, PoisonError};

/// Most neighbours that a cell may have.
pub const WAYS: usize = 8;

/// Walkers for whom draws are filled at once; a power of two.
const BLOCK: usize = 1024;

/// Neighbours of a cell. Neighbour `k` is chosen by numbers up to `last[k]` and above `last[k - 1]`.
#[derive(Clone, Copy, Debug)]
#[repr(align(64))]
struct Line {
    to: [u32; WAYS],
    last: [u32; WAYS],
}

/// A net of cells with weighted ways from cell to cell.
#[derive(Debug)]
pub struct Hops {
    lines: Vec<Line>,
    /// Buffers of workers that are not at work; as many as ever worked at once.
    idle: Mutex<Vec<Worker>>,
}

/// Buffers of one worker.
#[derive(Debug)]
struct Worker {
    /// By cell: who came less who left. All zero between steps.
    change: Vec<u32>,
    bits: Box<[u64; BLOCK]>,
    /// Places in the block of those who move, and the cells they move to.
    movers: Box<[u16; BLOCK]>,
    goals: Box<[u32; BLOCK]>,
}

impl Hops {
    /// A net from each cell's ways out: neighbour and weight. A cell without a way of positive weight keeps who is there.
    ///
    /// # Errors
    /// Says which cell has more than [`WAYS`] ways, a way to a cell that is not there, or a weight that is no number >= 0.
    pub fn new(ways: &[Vec<(u32, f64)>]) -> Result<Hops, String> {
        let lines: Result<Vec<Line>, String> =
            ways.iter().enumerate().map(|(cell, out)| Line::new(cell, out, ways.len())).collect();
        Ok(Hops { lines: lines?, idle: Mutex::default() })
    }

    /// Number of cells.
    pub fn cells(&self) -> usize {
        self.lines.len()
    }

    /// One day: walker `i` stands in `at[i]` and has the key `keys[i]`; it moves with probability `p`, to a neighbour by
    /// weight. `counts[c]`, the number of walkers in cell `c`, follows. What a walker does hangs on `stream`, its key and
    /// its cell only, never on the other walkers, on its row or on the number of threads.
    ///
    /// # Panics
    /// When the columns are of different lengths, or a walker stands outside the net.
    pub fn step(&mut self, stream: Stream, p: f64, keys: &[u64], at: &mut [u32], counts: &mut [u32]) {
        assert_eq!(keys.len(), at.len(), "a key for every walker");
        assert_eq!(counts.len(), self.lines.len(), "a count for every cell");
        let go = threshold(p);
        let (lines, idle) = (&self.lines, &self.idle);
        map_column(at, CHUNK, |i, at| {
            let keys = &keys[i * CHUNK..][..at.len()];
            let mut worker = lock(idle).pop().unwrap_or_else(|| Worker::new(lines.len()));
            for (at, keys) in at.chunks_mut(BLOCK).zip(keys.chunks(BLOCK)) {
                worker.block(lines, stream, go, keys, at);
            }
            lock(idle).push(worker);
        });
        for worker in self.idle.get_mut().unwrap_or_else(PoisonError::into_inner) {
            for (count, change) in counts.iter_mut().zip(&mut worker.change) {
                *count = count.wrapping_add(std::mem::take(change));
            }
        }
    }
}

impl Worker {
    fn new(cells: usize) -> Worker {
        Worker {
            change: vec![0; cells],
            bits: Box::new([0; BLOCK]),
            movers: Box::new([0; BLOCK]),
            goals: Box::new([0; BLOCK]),
        }
    }

    /// Moves up to [`BLOCK`] walkers. The low half of a draw says whether, the high half whither.
    #[inline]
    fn block(&mut self, lines: &[Line], stream: Stream, go: u64, keys: &[u64], at: &mut [u32]) {
        let Worker { change, bits, movers, goals } = self;
        stream.fill(keys, &mut bits[..]);
        let mut n = 0_usize;
        for (i, b) in bits[..at.len()].iter().enumerate() {
            movers[n % BLOCK] = i as u16;
            n = n.wrapping_add(usize::from(b & 0xffff_ffff < go));
        }
        for (&i, goal) in movers[..n].iter().zip(goals.iter_mut()) {
            let i = usize::from(i);
            *goal = lines[at[i] as usize].choose((bits[i % BLOCK] >> 32) as u32);
        }
        for (&i, &to) in movers[..n].iter().zip(goals.iter()) {
            let from = std::mem::replace(&mut at[usize::from(i)], to) as usize;
            change[from] = change[from].wrapping_sub(1);
            change[to as usize] = change[to as usize].wrapping_add(1);
        }
    }
}

impl Line {
    fn new(cell: usize, ways: &[(u32, f64)], cells: usize) -> Result<Line, String> {
        if let Some((to, w)) = ways.iter().find(|(to, w)| *to as usize >= cells || !w.is_finite() || *w < 0.0) {
            return Err(format!("cell {cell}: bad way to {to} of weight {w}"));
        }
        let open = || ways.iter().filter(|(_, w)| *w > 0.0);
        if open().count() > WAYS {
            return Err(format!("cell {cell}: more than {WAYS} ways out"));
        }
        let end = open().next_back().map_or(cell as u32, |(to, _)| *to);
        let mut line = Line { to: [end; WAYS], last: [u32::MAX; WAYS] };
        let total: f64 = open().map(|(_, w)| w).sum();
        let mut sum = 0.0;
        for (k, (to, w)) in open().enumerate() {
            sum += w;
            line.to[k] = *to;
            line.last[k] = threshold(sum / total).saturating_sub(1) as u32;
        }
        Ok(line)
    }

    /// The neighbour that the number `r` stands for.
    #[inline]
    fn choose(&self, r: u32) -> u32 {
        let k = self.last.iter().fold(0_u32, |k, &l| k.wrapping_add(u32::from(r > l)));
        self.to[k as usize % WAYS]
    }
}

/// The whole number from 0 to 2^32 such that a uniform 32-bit number lies below it with probability `p`.
fn threshold(p: f64) -> u64 {
    libm::round(p.clamp(0.0, 1.0) * 4_294_967_296.0) as u64
}

fn lock(idle: &Mutex<Vec<Worker>>) -> std::sync::MutexGuard<'_, Vec<Worker>> {
    idle.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::rng::{Luck, Purpose, mix};
    use crate::units::Tick;

    const LUCK: Luck = Luck { seed: 11, replicate: 0 };
    const WALK: Purpose = Purpose::new("hop.test");

    /// A ring of cells; from each one step forth (weight 3), one back (1), five forth (4), and a shut way.
    fn ring(cells: u32) -> Vec<Vec<(u32, f64)>> {
        (0..cells)
            .map(|c| {
                vec![
                    ((c + 1) % cells, 3.0),
                    ((c + 9) % cells, 0.0),
                    ((c + cells - 1) % cells, 1.0),
                    ((c + 5) % cells, 4.0),
                ]
            })
            .collect()
    }

    fn walkers(n: u64, cells: u32) -> (Vec<u64>, Vec<u32>) {
        ((0..n).map(|i| mix(i + 1)).collect(), (0..n).map(|i| (mix(i) % u64::from(cells)) as u32).collect())
    }

    fn count(at: &[u32], cells: usize) -> Vec<u32> {
        let mut counts = vec![0; cells];
        for &c in at {
            counts[c as usize] += 1;
        }
        counts
    }

    #[test]
    fn threads_do_not_matter_and_counts_are_kept() {
        let (keys, start) = walkers(200_001, 100);
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            let (mut hops, mut at) = (Hops::new(&ring(100)).unwrap(), start.clone());
            let mut counts = count(&at, 100);
            pool.install(|| (0..9).for_each(|d| hops.step(LUCK.on(WALK, Tick(d)), 0.3, &keys, &mut at, &mut counts)));
            assert_eq!(counts, count(&at, 100));
            at
        };
        let one = run(1);
        assert_ne!(one, start);
        assert_eq!(one, run(2));
        assert_eq!(one, run(3));
    }

    /// A walker by itself, and in another order, goes where it goes among the others: blocks and rows leave no trace.
    #[test]
    fn walkers_do_not_touch_each_other() {
        let (keys, start) = walkers(3000, 100);
        let mut hops = Hops::new(&ring(100)).unwrap();
        let stream = LUCK.on(WALK, Tick(1));
        let mut step = |keys: &[u64], at: &[u32]| {
            let mut at = at.to_vec();
            let mut counts = count(&at, 100);
            hops.step(stream, 0.5, keys, &mut at, &mut counts);
            at
        };
        let all = step(&keys, &start);
        let (back_keys, back): (Vec<u64>, Vec<u32>) = keys.iter().copied().zip(start.iter().copied()).rev().unzip();
        assert!(step(&back_keys, &back).iter().rev().eq(&all));
        assert_eq!(step(&keys[7..8], &start[7..8]), [all[7]]);
    }

    /// Shares of 400,000 walkers within 5 standard errors (keys fixed, so the test cannot flicker).
    #[test]
    fn shares_follow_the_weights() {
        let n = 400_000;
        let (keys, _) = walkers(n, 20);
        let mut hops = Hops::new(&ring(20)).unwrap();
        let (mut at, mut counts) = (vec![10; n as usize], vec![0; 20]);
        counts[10] = n as u32;
        hops.step(LUCK.on(WALK, Tick(3)), 0.4, &keys, &mut at, &mut counts);
        for (cell, share) in [(10, 0.6), (11, 0.15), (9, 0.05), (15, 0.2), (19, 0.0)] {
            let (got, want) = (f64::from(counts[cell]), share * n as f64);
            assert!((got - want).abs() <= 5.0 * (want * (1.0 - share)).sqrt(), "cell {cell}: {got} for {want}");
        }
    }

    #[test]
    fn certain_moves_and_dead_ends() {
        let mut hops = Hops::new(&[vec![(1, 0.5)], vec![]]).unwrap();
        let (mut at, mut counts) = (vec![0; 5000], vec![5000, 0]);
        let keys: Vec<u64> = (1..=5000).collect();
        hops.step(LUCK.on(WALK, Tick(4)), 0.0, &keys, &mut at, &mut counts);
        assert_eq!(counts, [5000, 0]);
        hops.step(LUCK.on(WALK, Tick(5)), 1.0, &keys, &mut at, &mut counts);
        assert_eq!(counts, [0, 5000]);
        hops.step(LUCK.on(WALK, Tick(6)), 1.0, &keys, &mut at, &mut counts);
        assert_eq!(counts, [0, 5000]);
    }

    #[test]
    fn bad_nets_are_refused() {
        for (ways, word) in
            [(vec![(7, 1.0)], "way to 7"), (vec![(0, f64::NAN)], "weight NaN"), (vec![(0, 1.0); 9], "more than 8")]
        {
            let why = Hops::new(&[ways]).unwrap_err();
            assert!(why.contains("cell 0") && why.contains(word), "{why}");
        }
    }
}
