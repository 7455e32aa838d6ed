//! Figures of ways to share a budget: what each comes to in two goals, and which of them nothing else beats.

use super::axis::Values;
use super::canvas::{Align, Canvas, Figure, Pen};
use super::chart::heading;
use super::compare::Names;
use super::read::{Manifest, Shared};
use super::theme::{
    AXIS, BODY, FAINT, GREY, GRID, HEIGHT, INK, OKABE_ITO, SMALL, WIDTH, fit, mix, text_width, title_words, words, wrap,
};
use super::verdict::ring;
use crate::error::Result;
use plotters::backend::DrawingBackend;
use plotters::style::RGBColor;

/// Left of everything.
const LEFT: f64 = 20.0;
/// Left end of the plot: ticks lie before it.
const PLOT: f64 = LEFT + 70.0;
/// Top of the plot.
const TOP: f64 = 122.0;
/// Under the plot: ticks, title of the axis, note, caption.
const FOOT: f64 = 102.0;
/// Width of the list of names beside the plot, and height of a name in it.
const NAMES: f64 = 270.0;
const NAME: f64 = 52.0;
const TICKS: f64 = 6.0;

/// A way to share the budget.
#[derive(Debug, Clone)]
struct Way {
    name: String,
    at: (f64, f64),
    /// Nothing that was tried is better in all goals; those of a corner of the budget have a name without that.
    first: bool,
    listed: bool,
}

/// What ways to share a budget come to in two goals.
#[derive(Debug, Clone)]
pub struct Pareto {
    title: String,
    subtitle: String,
    goals: [String; 2],
    ways: Vec<Way>,
    note: String,
    caption: String,
}

/// Shares in words: those that make up a hundredth of the budget or more, the largest first.
fn shares(way: &Shared) -> String {
    let mut all: Vec<&(String, f64)> = way.shares.iter().filter(|s| s.1 >= 0.01).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    let said: Vec<String> = all.iter().map(|(lever, s)| format!("{} {:.0} %", words(lever), 100.0 * s)).collect();
    said.join(", ")
}

/// A figure for every two goals of each arm, by file name.
pub fn all(manifest: &Manifest, rows: &[Shared]) -> Vec<(String, Pareto)> {
    let mut names = Names::default();
    let mut out = vec![];
    let mut arms: Vec<&str> = rows.iter().map(|r| r.arm.as_str()).collect();
    arms.dedup();
    for arm in arms {
        let mine: Vec<&Shared> = rows.iter().filter(|r| r.arm == arm).collect();
        let goals = mine.first().map_or(0, |r| r.goals.len());
        for (i, j) in (0..goals).flat_map(|i| (i + 1..goals).map(move |j| (i, j))) {
            let way = |r: &&Shared| Way {
                name: shares(r),
                at: (r.goals[i].1, r.goals[j].1),
                first: r.first,
                listed: r.first || !r.name.is_empty(),
            };
            let ways: Vec<Way> = mine.iter().map(way).filter(|w| w.at.0.is_finite() && w.at.1.is_finite()).collect();
            if ways.is_empty() {
                continue;
            }
            let name = |k: usize| mine[0].goals[k].0.as_str();
            let figure = Pareto {
                title: "Ways to share a budget".into(),
                subtitle: manifest.title.clone(),
                goals: [title_words(name(i)), title_words(name(j))],
                ways,
                note: format!(
                    "Means over replicates; fronts are of all {goals} goals. Means that lie close may be chance."
                ),
                caption: manifest.caption_of_many(),
            };
            let of = if arm == manifest.scenario { String::new() } else { format!("_{arm}") };
            out.push((names.free("pareto", &format!("{}_{}{of}", name(i), name(j))), figure));
        }
    }
    out
}

fn colour(first: bool) -> RGBColor {
    if first { OKABE_ITO[0] } else { FAINT }
}

fn mark<B: DrawingBackend>(on: &mut Canvas<'_, B>, at: (f64, f64), first: bool) -> Result<()> {
    if first { on.dot(at, 4.8, colour(true)) } else { ring(on, at, colour(false)) }
}

impl Pareto {
    fn listed(&self) -> impl Iterator<Item = &Way> {
        self.ways.iter().filter(|w| w.listed)
    }

    fn axes(&self) -> [Values; 2] {
        let ends = |of: fn(&Way) -> f64| {
            let all = || self.ways.iter().map(of);
            (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max))
        };
        [ends(|w| w.at.0), ends(|w| w.at.1)].map(|(low, high)| Values::free(low, high, TICKS))
    }
}

impl Figure for Pareto {
    fn size(&self) -> (f64, f64) {
        (WIDTH, (HEIGHT + 40.0).max(TOP + NAME * self.listed().count() as f64 + FOOT))
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn draw<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()> {
        let size = self.size();
        heading(on, size, &self.title, &self.subtitle, &self.caption)?;
        let small = Pen::new(SMALL, GREY);
        on.text(&fit(&self.note, SMALL, false, WIDTH - 2.0 * LEFT), (LEFT, size.1 - 30.0), small, Align::Left)?;
        let mut x = LEFT + 5.0;
        for (text, first) in [("nothing tried is better in all goals", true), ("another is", false)] {
            mark(on, (x, 76.0), first)?;
            on.text(text, (x + 11.0, 76.0 + SMALL * 0.36), Pen::new(SMALL, INK), Align::Left)?;
            x += 35.0 + text_width(text, SMALL, false);
        }
        let (right, bottom) = (WIDTH - LEFT - NAMES - 24.0, size.1 - FOOT);
        let [across, up] = self.axes();
        let place = |at: (f64, f64)| (PLOT + across.at(at.0) * (right - PLOT), bottom - up.at(at.1) * (bottom - TOP));
        for (v, label) in up.ticks(TICKS) {
            let (_, y) = place((across.ends().0, v));
            on.line(&[(PLOT, y), (right, y)], 1.0, GRID)?;
            on.text(&label, (PLOT - 7.0, y + SMALL * 0.36), small, Align::Right)?;
        }
        for (v, label) in across.ticks(TICKS) {
            let (x, _) = place((v, up.ends().0));
            on.line(&[(x, TOP), (x, bottom)], 1.0, GRID)?;
            on.text(&label, (x, bottom + 17.0), small, Align::Middle)?;
        }
        on.line(&[(PLOT, TOP), (PLOT, bottom), (right, bottom)], 1.4, AXIS)?;
        let ink = Pen::new(BODY, INK);
        on.text(&self.goals[0], (f64::midpoint(PLOT, right), bottom + 37.0), ink, Align::Middle)?;
        on.text(&fit(&self.goals[1], BODY, false, right - LEFT), (LEFT, TOP - 13.0), ink, Align::Left)?;
        let mut number = 0;
        for way in &self.ways {
            let at = place(way.at);
            mark(on, at, way.first)?;
            if way.listed {
                number += 1;
                let text = number.to_string();
                on.text_rim(&text, (at.0 + 8.0, at.1 - 5.0), Pen::bold(SMALL, INK), Align::Left)?;
                let (x, y) = (right + 24.0, TOP + 8.0 + NAME * f64::from(number - 1));
                mark(on, (x + 5.0, y), way.first)?;
                on.text(&text, (x + 31.0, y + BODY * 0.36), Pen::bold(SMALL, INK), Align::Right)?;
                let pen = Pen::new(BODY, mix(INK, colour(false), if way.first { 0.0 } else { 0.4 }));
                for (k, line) in wrap(&way.name, BODY, NAMES - 39.0, 3).iter().enumerate() {
                    on.text(line, (x + 39.0, y + BODY * 0.36 + 15.0 * k as f64), pen, Align::Left)?;
                }
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn way(name: &str, oil: f64, goals: [f64; 2], first: bool) -> Shared {
        Shared {
            arm: "s".into(),
            name: name.into(),
            shares: vec![("oil".into(), oil), ("training".into(), 1.0 - oil)],
            goals: vec![("unity".into(), goals[0]), ("services".into(), goals[1])],
            first,
        }
    }

    /// Ways of the first front and the corners are named by their shares; a way without a value has no place.
    #[test]
    fn ways_of_the_front_and_corners_are_named() {
        let manifest = r#"{"title": "T", "scenario": "s", "seed": 1, "version": "0", "replicates": 2}"#;
        let manifest: Manifest = serde_json::from_str(manifest).unwrap();
        let rows = [
            way("", 0.3, [0.5, 0.6], true),
            way("only oil", 1.0, [0.4, 0.4], false),
            way("", 0.5, [0.3, 0.3], false),
            way("", 0.5, [f64::NAN, 0.3], false),
        ];
        let figures = all(&manifest, &rows);
        assert_eq!((figures.len(), figures[0].0.as_str()), (1, "pareto_unity_services"));
        let figure = &figures[0].1;
        assert_eq!(figure.ways.len(), 3);
        let named: Vec<&str> = figure.listed().map(|w| w.name.as_str()).collect();
        assert_eq!(named, ["training 70 %, oil 30 %", "oil 100 %"]);
        // The axes need not hold zero.
        let (low, top) = figure.axes()[0].ends();
        assert!((low - 0.3).abs() < 1e-9 && (top - 0.5).abs() < 1e-9);
    }
}
