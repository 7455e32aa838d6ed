//! Axes: days into months, values into heights, and where the ticks go.

use super::theme::number;
use jiff::civil::Date;

/// Days from `first` to `date`.
pub fn day(first: Date, date: Date) -> f64 {
    first.until(date).map_or(0.0, |span| f64::from(span.get_days()))
}

/// Days put together into months, or into weeks or single days when a run is short.
#[derive(Debug, Clone)]
pub struct Bins {
    /// `month`, `week` or `day`.
    pub per: &'static str,
    /// Begin and end of each, in days from the first date.
    pub spans: Vec<(f64, f64)>,
    /// The bin of each day; none for the days of an incomplete month or week at either end.
    of: Vec<Option<usize>>,
    /// Some days at an end were left out, since a part of a month beside whole ones looks like a fall.
    pub cut: bool,
}

impl Bins {
    /// Bins for these days.
    pub fn new(dates: &[Date]) -> Bins {
        let per = match dates.len() {
            0..=42 => "day",
            43..=150 => "week",
            _ => "month",
        };
        let Some(first) = dates.first().copied() else {
            return Bins { per, spans: Vec::new(), of: Vec::new(), cut: false };
        };
        let key = |d: Date| match per {
            "month" => i64::from(d.year()) * 12 + i64::from(d.month()),
            "week" => (day(first, d) / 7.0) as i64,
            _ => day(first, d) as i64,
        };
        let mut runs: Vec<std::ops::Range<usize>> = Vec::new();
        for (i, d) in dates.iter().enumerate() {
            match runs.last_mut() {
                Some(run) if key(dates[run.start]) == key(*d) => run.end = i + 1,
                _ => runs.push(i..i + 1),
            }
        }
        let whole = |run: &std::ops::Range<usize>| match per {
            "month" => run.len() >= dates[run.start].days_in_month() as usize,
            "week" => run.len() >= 7,
            _ => true,
        };
        let mut kept: &[_] = &runs;
        if runs.iter().filter(|r| whole(r)).count() >= 3 {
            kept = kept.strip_prefix(&kept[..usize::from(!whole(&kept[0]))]).unwrap_or(kept);
            let end = kept.len() - usize::from(!whole(&kept[kept.len() - 1]));
            kept = &kept[..end];
        }
        let mut of = vec![None; dates.len()];
        let mut spans = Vec::new();
        for (n, run) in kept.iter().enumerate() {
            of[run.clone()].fill(Some(n));
            spans.push((day(first, dates[run.start]), day(first, dates[run.end - 1]) + 1.0));
        }
        Bins { per, spans, of, cut: kept.len() < runs.len() }
    }

    /// Sums of daily values; NaN for a bin without any.
    pub fn sum(&self, daily: &[f64]) -> Vec<f64> {
        self.gather(daily).into_iter().map(|(sum, n)| if n > 0.0 { sum } else { f64::NAN }).collect()
    }

    /// Means of daily values; NaN for a bin without any.
    pub fn mean(&self, daily: &[f64]) -> Vec<f64> {
        self.gather(daily).into_iter().map(|(sum, n)| sum / n).collect()
    }

    /// Sum and number of the values in each bin.
    fn gather(&self, daily: &[f64]) -> Vec<(f64, f64)> {
        let mut all = vec![(0.0, 0.0); self.spans.len()];
        for (v, bin) in daily.iter().zip(&self.of) {
            if let (Some(n), true) = (bin, v.is_finite()) {
                all[*n] = (all[*n].0 + v, all[*n].1 + 1.0);
            }
        }
        all
    }
}

/// A tick: where (a value, or a day) and what is written at it.
pub type Tick = (f64, String);

/// The axis of values.
#[derive(Debug, Clone, PartialEq)]
pub enum Values {
    /// From zero to `top` in equal steps.
    Linear { top: f64, step: f64 },
    /// From `low` to `top` in equal steps, most with zero between them or at an end.
    Signed { low: f64, top: f64, step: f64 },
    /// Decades from `floor` to `top`, with zero below: a month without any still has a place.
    Log { floor: f64, top: f64 },
}

/// Height of the part between zero and `floor`, in decades.
const BELOW: f64 = 0.5;

impl Values {
    /// A linear axis that holds `max`, with about `ticks` ticks; `whole` where halves make no sense.
    pub fn linear(max: f64, ticks: f64, whole: bool) -> Values {
        let max = if max > 0.0 { max } else { 1.0 };
        let mut step = even_step(max / ticks.max(1.0));
        if whole {
            step = step.max(1.0);
        }
        Values::Linear { top: (max / step).ceil() * step, step }
    }

    /// A linear axis that holds zero and both ends, with about `ticks` ticks.
    pub fn signed(low: f64, high: f64, ticks: f64) -> Values {
        let (low, mut high) = (low.min(0.0), high.max(0.0));
        if high <= low {
            high = 1.0;
        }
        let step = even_step((high - low) / ticks.max(1.0));
        Values::Signed { low: (low / step).floor() * step, top: (high / step).ceil() * step, step }
    }

    /// A linear axis that holds both ends and need not hold zero, with about `ticks` ticks: for points, not for bars.
    pub fn free(low: f64, high: f64, ticks: f64) -> Values {
        let room = if high > low { high - low } else { high.abs().max(1.0) };
        let step = even_step(room / ticks.max(1.0));
        // An end that is a step but for rounding is that step.
        let (low, top) = ((low / step + 1e-9).floor() * step, (high / step - 1e-9).ceil() * step);
        Values::Signed { low, top: if top > low { top } else { low + step }, step }
    }

    /// The least and the greatest value.
    pub fn ends(&self) -> (f64, f64) {
        match *self {
            Values::Linear { top, .. } | Values::Log { top, .. } => (0.0, top),
            Values::Signed { low, top, .. } => (low, top),
        }
    }

    /// A logarithmic axis for peaks between `low` and `max`.
    pub fn log(low: f64, max: f64, whole: bool) -> Values {
        let floor = decade(low / 10.0).max(decade(max) / 1e6);
        let floor = if whole { floor.max(1.0) } else { floor };
        Values::Log { floor, top: (max * 1.25).max(floor * 10.0) }
    }

    /// Height of a value: 0 at the bottom, 1 at the top.
    pub fn at(&self, v: f64) -> f64 {
        match *self {
            Values::Linear { top, .. } => v / top,
            Values::Signed { low, top, .. } => (v - low) / (top - low),
            Values::Log { floor, top } => {
                let all = BELOW + libm::log10(top / floor);
                let up = if v < floor { BELOW * v / floor } else { BELOW + libm::log10(v / floor) };
                up / all
            }
        }
    }

    /// Ticks, not more of them than about `most` on a logarithmic axis.
    pub fn ticks(&self, most: f64) -> Vec<Tick> {
        match *self {
            Values::Linear { top, step } => {
                let n = (top / step).round() as usize;
                let decimals = decimals(step);
                (0..=n).map(|i| (i as f64 * step, number(i as f64 * step, decimals))).collect()
            }
            Values::Signed { low, top, step } => {
                let n = ((top - low) / step).round() as usize;
                let decimals = decimals(step);
                (0..=n).map(|i| low + i as f64 * step).map(|v| (v, number(v, decimals))).collect()
            }
            Values::Log { floor, top } => {
                let all = libm::log10(top / floor).floor() as usize;
                let each = ((all as f64 / most.max(1.0)).ceil() as usize).max(1);
                let mut ticks = vec![(0.0, "0".to_string())];
                for k in (0..=all).step_by(each) {
                    let v = floor * libm::pow(10.0, k as f64);
                    ticks.push((v, number(v, decimals(v))));
                }
                ticks
            }
        }
    }
}

/// The least of 1, 2, 5 times a power of ten that is not below `raw`.
fn even_step(raw: f64) -> f64 {
    let tens = decade(raw);
    [1.0, 2.0, 5.0, 10.0].into_iter().map(|m| m * tens).find(|s| *s >= raw * 0.999).unwrap_or(raw)
}

/// The power of ten at or below `v`.
fn decade(v: f64) -> f64 {
    libm::pow(10.0, libm::log10(v * 1.000_000_1).floor())
}

/// Digits after the point that a step needs.
pub fn decimals(step: f64) -> usize {
    (0..9).find(|d| (step * libm::pow(10.0, *d as f64)).fract().min(1.0) < 1e-6 || *d == 8).unwrap_or(0)
}

/// Ticks of the axis of time from `first` to `last`, as many as fit `width` pixels.
pub fn dates(first: Date, last: Date, width: f64) -> Vec<Tick> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let span = day(first, last) + 1.0;
    let name = |d: Date| MONTHS[usize::from(d.month().unsigned_abs().clamp(1, 12)) - 1];
    if span < 70.0 {
        let each = [1.0, 2.0, 7.0, 14.0].into_iter().find(|s| span / s * 95.0 <= width).unwrap_or(28.0);
        let mut ticks = Vec::new();
        let mut date = first;
        while date <= last {
            if day(first, date) % each == 0.0 {
                ticks.push((day(first, date), format!("{} {} {}", date.day(), name(date), date.year())));
            }
            let Ok(next) = date.tomorrow() else { break };
            date = next;
        }
        return ticks;
    }
    let months = span / 30.44;
    let need = |step: f64| if step < 12.0 { 72.0 } else { 46.0 };
    let step = [1.0, 2.0, 3.0, 6.0, 12.0, 24.0, 60.0, 120.0]
        .into_iter()
        .find(|s| months / s * need(*s) <= width)
        .unwrap_or(240.0) as i32;
    let mut ticks = Vec::new();
    let (from, to) = (i32::from(first.year()) * 12, i32::from(last.year()) * 12 + 12);
    for m in (from..=to).filter(|m| m % step == 0) {
        let Ok(date) = Date::new((m / 12) as i16, (m % 12 + 1) as i8, 1) else {
            continue;
        };
        if date < first || date > last {
            continue;
        }
        let label = if step >= 12 { date.year().to_string() } else { format!("{} {}", name(date), date.year()) };
        ticks.push((day(first, date), label));
    }
    ticks
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn days(first: Date, n: usize) -> Vec<Date> {
        std::iter::successors(Some(first), |d| d.tomorrow().ok()).take(n).collect()
    }

    #[test]
    fn months_are_whole_and_the_rest_is_left_out() {
        let dates = days(date(2014, 1, 15), 200);
        let bins = Bins::new(&dates);
        assert_eq!((bins.per, bins.spans.len(), bins.cut), ("month", 6, true));
        assert_eq!(bins.sum(&[1.0; 200]), [28.0, 31.0, 30.0, 31.0, 30.0, 31.0]);
        assert_eq!(bins.mean(&[3.0; 200]), [3.0; 6]);
        assert_eq!(bins.spans[0], (17.0, 45.0));
        let all = Bins::new(&days(date(2014, 1, 1), 365));
        assert_eq!((all.spans.len(), all.cut), (12, false));
    }

    #[test]
    fn short_runs_have_weeks_and_days() {
        assert_eq!(Bins::new(&days(date(2014, 1, 1), 100)).spans.len(), 14);
        assert_eq!(Bins::new(&days(date(2014, 1, 1), 5)).spans.len(), 5);
        assert!(Bins::new(&[]).spans.is_empty());
    }

    #[test]
    fn axes_hold_their_values() {
        for max in [0.003, 0.7, 3.0, 42.0, 999.0, 3_000_000.0] {
            let axis = Values::linear(max, 5.0, false);
            assert!(axis.at(max) <= 1.0 && axis.at(max) > 0.5, "{max}");
            assert!((2..=8).contains(&axis.ticks(5.0).len()), "{max}");
            let log = Values::log(max / 100.0, max, false);
            assert!(log.at(max) < 1.0 && log.at(0.0) == 0.0 && log.at(max / 10.0) < log.at(max), "{max}");
        }
        let labels: Vec<String> = Values::linear(3.0, 5.0, true).ticks(5.0).into_iter().map(|t| t.1).collect();
        assert_eq!(labels, ["0", "1", "2", "3"]);
        let labels: Vec<String> = Values::log(5.0, 3e6, true).ticks(9.0).into_iter().map(|t| t.1).collect();
        assert_eq!(labels, ["0", "1", "10", "100", "1,000", "10,000", "100,000", "1,000,000"]);
        assert_eq!((decimals(0.25), decimals(0.5), decimals(10.0)), (2, 1, 0));
    }

    #[test]
    fn axes_around_zero_hold_both_ends() {
        let axis = Values::signed(-37.0, 12.0, 6.0);
        assert_eq!(axis.ends(), (-40.0, 20.0));
        let labels: Vec<String> = axis.ticks(6.0).into_iter().map(|t| t.1).collect();
        assert_eq!(labels, ["−40", "−30", "−20", "−10", "0", "10", "20"]);
        assert_eq!((axis.at(-40.0), axis.at(20.0)), (0.0, 1.0));
        assert_eq!(Values::signed(3.0, 9.0, 5.0).ends(), (0.0, 10.0));
        assert_eq!(Values::signed(0.0, 0.0, 5.0).ends(), (0.0, 1.0));
    }

    #[test]
    fn time_ticks_fit() {
        let labels = |n: usize| -> Vec<String> {
            let all = days(date(2014, 1, 1), n);
            dates(all[0], all[n - 1], 630.0).into_iter().map(|t| t.1).collect()
        };
        assert_eq!(labels(730).len(), 8);
        assert_eq!(labels(730)[1], "Apr 2014");
        assert_eq!(labels(365 * 8 + 2)[0], "2014");
        assert_eq!(labels(14)[1], "8 Jan 2014");
    }
}
