//! How far a run is: a bar on a terminal, a plain line now and then otherwise.

use crate::error::{Error, Result};
use crate::units::Date;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::io::IsTerminal;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};
use std::time::Instant;

/// Progress over the days of all replicates.
pub struct Progress {
    bar: ProgressBar,
    plain: bool,
    total: u64,
    done: AtomicU64,
    /// Of these, days done before.
    skipped: AtomicU64,
    began: Instant,
}

/// Plain lines in all.
const LINES: u64 = 10;

impl Progress {
    /// Progress over `total` days; `quiet` shows nothing.
    pub fn new(total: u64, quiet: bool) -> Progress {
        let terminal = std::io::stderr().is_terminal();
        let target = if terminal && !quiet { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
        let bar = ProgressBar::with_draw_target(Some(total), target);
        let style = ProgressStyle::with_template("{msg} [{bar:40}] {percent}% {per_sec} left {eta}");
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Progress {
            bar,
            plain: !terminal && !quiet,
            total,
            done: AtomicU64::new(0),
            skipped: AtomicU64::new(0),
            began: Instant::now(),
        }
    }

    /// So many days were done before.
    pub fn skip(&self, days: u64) {
        self.done.fetch_add(days, Ordering::Relaxed);
        self.skipped.fetch_add(days, Ordering::Relaxed);
        self.bar.inc(days);
    }

    /// One more day is done.
    pub fn day(&self, date: Date) {
        let done = self.done.fetch_add(1, Ordering::Relaxed) + 1;
        self.bar.set_message(date.to_string());
        self.bar.inc(1);
        if self.plain && done * LINES / self.total != (done - 1) * LINES / self.total {
            let seconds = self.began.elapsed().as_secs_f64();
            let speed = (done - self.skipped.load(Ordering::Relaxed)) as f64 / seconds.max(1e-9);
            let left = (self.total - done) as f64 / speed;
            eprintln!("{date}  {:3} %  {speed:.0} days/s  {left:.0} s left", done * 100 / self.total);
        }
    }

    /// One more day is done, unless a signal has asked to stop: the number that `stop` then holds.
    ///
    /// # Errors
    /// [`Error::Interrupted`].
    pub fn evening(&self, date: Date, stop: &AtomicUsize) -> Result<()> {
        match stop.load(Ordering::Relaxed) {
            0 => {
                self.day(date);
                Ok(())
            }
            signal => Err(Error::Interrupted { date: date.to_string(), signal: signal as i32 }),
        }
    }

    /// The run is over.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
