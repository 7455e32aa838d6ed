//! What a run does while it runs (`run --live`): date and speed, where people and arms are, who is at war, what happened last.

use crate::agents::accounts::{ARMS, PEOPLE};
use crate::agents::arms::{Class, ORIGINS};
use crate::agents::world::World;
use crate::report::number;
use crate::units::Tick;
use std::collections::VecDeque;
use std::io::Write;
use std::time::{Duration, Instant};

/// Least time between two pictures: an eye sees no more, and drawing costs.
const PAUSE: Duration = Duration::from_millis(100);
/// Events that are shown.
const RECENT: usize = 8;
/// Signs of a full bar.
const BAR: usize = 30;
/// Width of the names.
const NAME: usize = 22;

/// A view of a run on a terminal.
pub struct Live {
    title: String,
    first: Tick,
    last: Tick,
    began: Instant,
    drawn: Option<Instant>,
    recent: VecDeque<String>,
}

impl Live {
    /// A view of a run from its first day to its last.
    pub fn new(title: &str, first: Tick, last: Tick) -> Live {
        let title = title.chars().filter(|c| !c.is_control()).collect();
        Live { title, first, last, began: Instant::now(), drawn: None, recent: VecDeque::new() }
    }

    /// Notes what happened today, and draws when it is time. A terminal that cannot be written to is no reason to end a run.
    pub fn day(&mut self, w: &World) {
        self.note(w);
        let last = w.day == self.last;
        if self.drawn.is_some_and(|t| t.elapsed() < PAUSE) && !last {
            return;
        }
        // Over the whole screen the first time, over the same lines then.
        let start = if self.drawn.is_none() { "\x1b[2J\x1b[H" } else { "\x1b[H" };
        self.drawn = Some(Instant::now());
        let lines = self.lines(w).join("\x1b[K\n");
        let mut out = std::io::stderr().lock();
        let _ = out.write_all(format!("{start}{lines}\x1b[K\n\x1b[J").as_bytes()).and_then(|()| out.flush());
    }

    fn note(&mut self, w: &World) {
        for e in &w.log {
            let place: String = e.place.chars().filter(|c| !c.is_control()).collect();
            let what = if e.count == 0 { String::new() } else { format!(", {} {}", number(e.count as f64, 0), e.item) };
            self.recent.push_back(format!("{}  {} {place}{what}", e.day.date(), e.kind.replace('_', " ")));
        }
        while self.recent.len() > RECENT {
            self.recent.pop_front();
        }
    }

    /// The picture, line by line.
    fn lines(&self, w: &World) -> Vec<String> {
        let (done, all) = (w.day.0 - self.first.0 + 1, self.last.0 - self.first.0 + 1);
        let seconds = self.began.elapsed().as_secs_f64().max(1e-9);
        let speed = f64::from(done) / seconds;
        let part = f64::from(done) / f64::from(all);
        let mut out = vec![
            self.title.clone(),
            format!("{}  {} {:3.0} %  {} days/s", w.day.date(), bar(part), 100.0 * part, number(speed, 0)),
            String::new(),
        ];
        let people = |account: usize| w.ledgers.people.balance(0, account) as f64;
        // Those at home are a thousand times as many as those on the way.
        let shown = |name: &&str| !["outside", "home"].contains(name);
        let rows: Vec<(&str, f64)> =
            PEOPLE.iter().enumerate().filter(|(_, n)| shown(n)).map(|(i, n)| (*n, people(i))).collect();
        section(&mut out, "People", &rows);
        let rifles = |account: usize| {
            let items = Class::SmallArms as usize * ORIGINS..(Class::SmallArms as usize + 1) * ORIGINS;
            items.map(|item| w.ledgers.arms.balance(item, account)).sum::<i64>() as f64
        };
        let rows: Vec<(&str, f64)> =
            ARMS.iter().enumerate().filter(|(_, n)| **n != "outside").map(|(i, n)| (*n, rifles(i))).collect();
        section(&mut out, "Small arms", &rows);
        let t = &w.tally;
        out.push(format!(
            "Today: {} put to sea, {} died at sea, {} killed in fighting, {} crews stopped",
            number(t.departures as f64, 0),
            number(t.deaths_sea as f64, 0),
            number(t.fatalities.iter().map(|f| f.1).sum::<i64>() as f64, 0),
            number(t.stopped.iter().sum::<i64>() as f64, 0),
        ));
        out.push(String::new());
        out.push("Last events".into());
        out.extend(self.recent.iter().rev().map(|e| format!("  {e}")));
        out
    }
}

/// Amounts with bars, those above zero, all to one scale.
fn section(out: &mut Vec<String>, title: &str, rows: &[(&str, f64)]) {
    let most = rows.iter().map(|r| r.1).fold(0.0, f64::max);
    if most <= 0.0 {
        return;
    }
    out.push(title.into());
    for (name, n) in rows.iter().filter(|r| r.1 > 0.0) {
        out.push(format!("  {:NAME$} {:>12}  {}", name.replace('_', " "), number(*n, 0), bar(n / most)));
    }
    out.push(String::new());
}

/// A bar for a share: full blocks, and an eighth for what is more than nothing.
fn bar(share: f64) -> String {
    let eighths = libm::round(share.clamp(0.0, 1.0) * (BAR * 8) as f64) as usize;
    let eighths = if share > 0.0 { eighths.max(1) } else { 0 };
    let last = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"][eighths % 8];
    let text = format!("{}{last}", "█".repeat(eighths / 8));
    format!("{text}{}", " ".repeat(BAR - text.chars().count()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::observe::hand_made::world;

    #[test]
    fn bars_are_as_long_as_shares() {
        assert_eq!(bar(0.0).trim(), "");
        assert_eq!(bar(1.0), "█".repeat(BAR));
        assert_eq!(bar(0.5).trim(), "█".repeat(BAR / 2));
        assert_eq!(bar(1e-9).trim(), "▏");
        assert!([0.0, 0.123, 0.9999, 1.0, 7.0].iter().all(|s| bar(*s).chars().count() == BAR));
    }

    #[test]
    fn the_picture_has_the_day_and_no_control_characters() {
        let w = world();
        let live = Live::new("a\x1b[31m title", w.day, Tick(w.day.0 + 9));
        let lines = live.lines(&w);
        assert_eq!(lines[0], "a[31m title");
        assert!(lines[1].starts_with(&w.day.date().to_string()) && lines[1].contains("10 %"), "{}", lines[1]);
        assert!(lines.iter().all(|l| !l.chars().any(char::is_control)));
    }
}
