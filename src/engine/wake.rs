//! Who is due: a calendar for known days, and hazard clocks for waits under a rate that changes from day to day.
//! Sleeping agents cost nothing. All of it is derived from columns (due day, threshold), so a saved state need not hold it.

use super::dist::exponential;
use crate::units::Tick;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BinaryHeap};

/// Rows by the day they are due.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    days: BTreeMap<u32, Vec<u32>>,
}

impl Calendar {
    /// Wakes `row` on `day`.
    pub fn schedule(&mut self, day: Tick, row: u32) {
        self.days.entry(day.0).or_default().push(row);
    }
    /// All rows due on or before `day`, taken out.
    pub fn take(&mut self, day: Tick) -> Vec<u32> {
        let later = self.days.split_off(&(day.0 + 1));
        let due = std::mem::replace(&mut self.days, later);
        due.into_values().flatten().collect()
    }
}

/// True on one day in every `period` days, which day hangs on the key: so that not everybody acts on the same day.
pub fn own_day(day: Tick, key: u64, period: u32) -> bool {
    (u64::from(day.0) + key % u64::from(period)).is_multiple_of(u64::from(period))
}

/// Fixed-point unit of hazard clocks: 2^-40, so clocks add exactly.
const UNIT: f64 = (1u64 << 40) as f64;

/// Threshold of someone who enters a class whose clock stands at `clock`, with one keyed uniform `u`: the clock value
/// at which the wait ends. A rate changed later moves the end but redraws nothing.
pub fn threshold(clock: u64, u: f64) -> u64 {
    clock + (exponential(u) * UNIT) as u64 + 1
}

/// How far a clock moves in a day at `rate` per day.
pub fn advance(clock: u64, rate: f64) -> u64 {
    clock + libm::round(rate.max(0.0) * UNIT) as u64
}

/// Rows waiting in one hazard class, by threshold.
#[derive(Clone, Debug, Default)]
pub struct HazardQueue {
    heap: BinaryHeap<Reverse<(u64, u32)>>,
}

impl HazardQueue {
    /// Adds a row with its threshold.
    pub fn push(&mut self, threshold: u64, row: u32) {
        self.heap.push(Reverse((threshold, row)));
    }
    /// Rows whose threshold the clock has reached, taken out.
    pub fn take(&mut self, clock: u64) -> Vec<u32> {
        let mut due = vec![];
        while let Some(&Reverse((t, row))) = self.heap.peek() {
            if t > clock {
                break;
            }
            self.heap.pop();
            due.push(row);
        }
        due
    }
    /// How many wait.
    pub fn len(&self) -> usize {
        self.heap.len()
    }
    /// True when nobody waits.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

/// A line of people: served by (day of joining, keyed priority, key), so a day's newcomers stand in random order.
#[derive(Clone, Debug, Default)]
pub struct Line {
    heap: BinaryHeap<Reverse<(u32, u64, u64, u32)>>,
}

impl Line {
    /// Joins the line.
    pub fn join(&mut self, since: Tick, priority: u64, key: u64, row: u32) {
        self.heap.push(Reverse((since.0, priority, key, row)));
    }
    /// The next in line, taken out.
    pub fn serve(&mut self) -> Option<u32> {
        self.heap.pop().map(|Reverse((_, _, _, row))| row)
    }
    /// How many stand in it.
    pub fn len(&self) -> usize {
        self.heap.len()
    }
    /// True when nobody stands in it.
    pub fn is_empty(&self) -> bool {
        self.heap.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calendar_gives_each_row_on_its_day() {
        let mut c = Calendar::default();
        c.schedule(Tick(5), 1);
        c.schedule(Tick(7), 2);
        c.schedule(Tick(5), 3);
        assert_eq!(c.take(Tick(4)), [0u32; 0]);
        assert_eq!(c.take(Tick(5)), [1, 3]);
        assert_eq!(c.take(Tick(9)), [2]);
    }

    /// Waits under a rate that halves midway: the share gone after 100 days is 1 - exp(-sum of rates), here
    /// 1 - exp(-0.75), within 4 standard errors of 20,000 (keys fixed, so the test cannot flicker).
    #[test]
    fn thresholds_follow_the_cumulative_hazard() {
        let s = crate::engine::rng::Luck { seed: 3, replicate: 0 }.at_start(crate::engine::rng::Purpose::new("t"));
        let mut q = HazardQueue::default();
        let n = 20_000u32;
        for k in 0..n {
            q.push(threshold(0, s.unit(u64::from(k) + 1)), k);
        }
        let (mut clock, mut gone) = (0, 0);
        for day in 0..100 {
            clock = advance(clock, if day < 50 { 0.01 } else { 0.005 });
            gone += q.take(clock).len();
        }
        let want = 1.0 - libm::exp(-0.75);
        let se = (want * (1.0 - want) / f64::from(n)).sqrt();
        assert!((gone as f64 / f64::from(n) - want).abs() < 4.0 * se);
        assert_eq!(q.len() + gone, n as usize);
    }

    #[test]
    fn a_line_is_served_by_day_then_lot() {
        let mut l = Line::default();
        l.join(Tick(2), 1, 1, 10);
        l.join(Tick(1), 9, 2, 11);
        l.join(Tick(1), 3, 3, 12);
        let order: Vec<u32> = std::iter::from_fn(|| l.serve()).collect();
        assert_eq!(order, [12, 11, 10]);
    }
}
