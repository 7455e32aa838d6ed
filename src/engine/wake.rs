//! Who is due: a calendar for known days, and hazard clocks for waits under a rate that changes from day to day.
//! Sleeping agents cost nothing. All of it is derived from columns (due day, threshold), so a saved state need not hold it.

use super::dist::exponential;
use crate::units::Tick;
use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};

/// Rows by the day they are due.
#[derive(Clone, Debug, Default)]
pub struct Calendar {
    days: BTreeMap<u32, Vec<u32>>,
    /// Lists of days that are over, to be used again.
    spare: Vec<Vec<u32>>,
}

impl Calendar {
    /// Wakes `row` on `day`.
    pub fn schedule(&mut self, day: Tick, row: u32) {
        let spare = &mut self.spare;
        self.days.entry(day.0).or_insert_with(|| spare.pop().unwrap_or_default()).push(row);
    }
    /// All rows due on or before `day`, taken out.
    pub fn take(&mut self, day: Tick) -> Vec<u32> {
        let later = self.days.split_off(&(day.0 + 1));
        let due = std::mem::replace(&mut self.days, later);
        due.into_values().flatten().collect()
    }
    /// Gives back memory that is kept for days to come.
    pub fn shrink(&mut self) {
        self.spare = vec![];
    }
    /// The same as [`Calendar::take`], added to a list; memory is kept, so that threads need not wait for each other to allocate.
    pub fn take_into(&mut self, day: Tick, due: &mut Vec<u32>) {
        while let Some(first) = self.days.first_entry().filter(|first| *first.key() <= day.0) {
            let mut rows = first.remove();
            due.append(&mut rows);
            self.spare.push(rows);
        }
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

/// Rows waiting in one hazard class, by threshold: in coarse steps of the clock, of which only the one that the clock stands in
/// is ever looked through (a heap of a million rows waits for the memory at each of twenty levels).
#[derive(Clone, Debug, Default)]
pub struct HazardQueue {
    /// The first is that of the clock when rows were last taken.
    steps: VecDeque<Vec<(u64, u32)>>,
    /// Number of the first.
    first: u64,
    /// Those of steps too far ahead for a list of them, and the least of their thresholds.
    far: Vec<(u64, u32)>,
    nearest_far: u64,
    len: usize,
}

/// Steps listed at most; a wait drawn by lot ends within 5,000 of them.
const LISTED: usize = 1 << 15;

/// Bits of a threshold below its step: steps of 2^-7.
const STEP: u32 = 33;

impl HazardQueue {
    /// Adds a row with its threshold.
    pub fn push(&mut self, threshold: u64, row: u32) {
        // What lies behind the clock comes out with what is due next.
        let step = (threshold >> STEP).saturating_sub(self.first) as usize;
        self.len += 1;
        if step >= LISTED {
            self.nearest_far = if self.far.is_empty() { threshold } else { self.nearest_far.min(threshold) };
            self.far.push((threshold, row));
            return;
        }
        if step >= self.steps.len() {
            self.steps.resize_with(step + 1, Vec::new);
        }
        self.steps[step].push((threshold, row));
    }
    /// Rows whose threshold the clock has reached, taken out by threshold.
    pub fn take(&mut self, clock: u64) -> Vec<u32> {
        let mut due = vec![];
        while self.first < clock >> STEP {
            let Some(step) = self.steps.pop_front() else {
                self.first = clock >> STEP;
                break;
            };
            due.extend(step);
            self.first += 1;
        }
        if let Some(step) = self.steps.front_mut() {
            due.extend(step.extract_if(.., |x| x.0 <= clock));
        }
        if !self.far.is_empty() && self.nearest_far <= clock {
            due.extend(self.far.extract_if(.., |x| x.0 <= clock));
            self.nearest_far = self.far.iter().map(|x| x.0).min().unwrap_or(0);
        }
        self.len -= due.len();
        due.sort_unstable();
        due.into_iter().map(|x| x.1).collect()
    }
    /// How many wait.
    pub fn len(&self) -> usize {
        self.len
    }
    /// True when nobody waits.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }
}

/// A line of people: served by (day of joining, keyed priority, key), so a day's newcomers stand in random order.
#[derive(Clone, Debug, Default)]
pub struct Line {
    /// Who joined on a day; put in order, last first, when the first of them is served.
    days: BTreeMap<u32, Day>,
    len: usize,
}

#[derive(Clone, Debug, Default)]
struct Day {
    joined: Vec<(u64, u64, u32)>,
    in_order: bool,
}

impl Line {
    /// Joins the line.
    pub fn join(&mut self, since: Tick, priority: u64, key: u64, row: u32) {
        let day = self.days.entry(since.0).or_default();
        let newcomer = (priority, key, row);
        let place = if day.in_order { day.joined.partition_point(|x| *x > newcomer) } else { day.joined.len() };
        day.joined.insert(place, newcomer);
        self.len += 1;
    }
    /// The next in line, taken out.
    pub fn serve(&mut self) -> Option<u32> {
        let mut first = self.days.first_entry()?;
        let day = first.get_mut();
        if !day.in_order {
            day.joined.sort_unstable_by_key(|&x| Reverse(x));
            day.in_order = true;
        }
        let (_, _, row) = day.joined.pop()?;
        if day.joined.is_empty() {
            first.remove();
        }
        self.len -= 1;
        Some(row)
    }
    /// How many stand in it.
    pub fn len(&self) -> usize {
        self.len
    }
    /// True when nobody stands in it.
    pub fn is_empty(&self) -> bool {
        self.len == 0
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
        let mut due = vec![9];
        for day in 10..14 {
            c.schedule(Tick(day), day);
            c.schedule(Tick(day + 1), 100);
        }
        c.take_into(Tick(11), &mut due);
        assert_eq!(due, [9, 10, 100, 11]);
        c.schedule(Tick(13), 4);
        c.take_into(Tick(20), &mut due);
        assert_eq!(due[4..], [100, 12, 100, 13, 4, 100]);
        assert_eq!(c.take(Tick(99)), [0; 0]);
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

    /// Rows come by threshold, then by number, however they were added and whatever steps of the clock they lie in; a few wait
    /// for a day far off, and one for ever.
    #[test]
    fn a_hazard_queue_gives_rows_by_threshold() {
        let s = crate::engine::rng::Luck { seed: 5, replicate: 0 }.at_start(crate::engine::rng::Purpose::new("t"));
        let (mut q, mut left) = (HazardQueue::default(), vec![]);
        let add = |q: &mut HazardQueue, left: &mut Vec<(u64, u32)>, row: u32, clock: u64| {
            let wait = s.unit(u64::from(row) + 1) * 2f64.powi(if row % 500 == 7 { 52 } else { 35 });
            let t = if row == 2999 { u64::MAX } else { clock + wait as u64 / 3 * 3 };
            q.push(t, row);
            left.push((t, row));
        };
        (0..3000).for_each(|row| add(&mut q, &mut left, row, 0));
        for n in 1..400_u64 {
            let clock = n << 27;
            left.sort_unstable();
            let due: Vec<u32> = left.extract_if(.., |x| x.0 <= clock).map(|x| x.1).collect();
            assert_eq!(q.take(clock), due, "clock {clock}");
            add(&mut q, &mut left, 3000 + n as u32, clock);
            assert_eq!(q.len(), left.len());
        }
        assert!(left.len() < 400);
        assert_eq!(q.take(1 << 52).len() + 1, left.len());
        assert_eq!((q.take(u64::MAX - 1).len(), q.take(u64::MAX)), (0, vec![2999]));
    }

    /// Whoever joins while a day's people are being served takes the place that the lot gives among those left.
    #[test]
    fn a_latecomer_takes_its_place_in_line() {
        let mut l = Line::default();
        for (priority, row) in [(5, 50), (1, 10), (3, 30)] {
            l.join(Tick(1), priority, priority, row);
        }
        assert_eq!(l.serve(), Some(10));
        l.join(Tick(1), 4, 4, 40);
        l.join(Tick(0), 9, 9, 90);
        let order: Vec<u32> = std::iter::from_fn(|| l.serve()).collect();
        assert_eq!(order, [90, 30, 40, 50]);
        assert!(l.is_empty());
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
