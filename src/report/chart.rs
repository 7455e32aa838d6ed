//! Charts over time: panels, one above the other, that share an axis of time.

use super::axis::{Tick, Values, dates};
use super::canvas::{Align, Canvas, Figure, Pen};
use super::theme::{AXIS, BODY, GREY, GRID, HEIGHT, INK, SMALL, TITLE, WHITE, WIDTH, fit, mix, text_width, wrap};
use crate::error::Result;
use jiff::civil::Date;
use plotters::backend::DrawingBackend;
use plotters::style::RGBColor;

/// Space left of and right of everything.
const MARGIN: f64 = 20.0;
/// Space above a panel for its axis title.
const HEAD: f64 = 28.0;
/// The widest a legend may be.
const LEGEND: f64 = 215.0;
/// Height that a third panel and each further one adds.
const MORE: f64 = 150.0;
/// How dark a band is, and one of many; one within another is darker.
const SHADES: [f64; 2] = [0.15, 0.07];

/// How values are drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Mark {
    /// A line through the middles of the spans.
    Line,
    /// The same, dashed.
    Dashed,
    /// A bar a span.
    Bar,
    /// An area on top of the areas before it.
    Area,
    /// What lies between `low` and `y`, let through.
    Band,
}

/// One set of values.
#[derive(Debug, Clone)]
pub struct Set {
    /// In the legend; a set without one is not there.
    pub label: String,
    /// Its colour.
    pub colour: RGBColor,
    /// How it is drawn.
    pub mark: Mark,
    /// Begin and end of what each value stands for, in days from the first date.
    pub spans: Vec<(f64, f64)>,
    /// The values; NaN where there is none.
    pub y: Vec<f64>,
    /// The lower values of a band; nothing for the other marks.
    pub low: Vec<f64>,
}

/// A panel with its own axis of values.
#[derive(Debug, Clone)]
pub struct Panel {
    /// What the axis counts, and in what unit.
    pub axis_title: String,
    /// Share of the height.
    pub weight: f64,
    /// Fractions of the unit make no sense.
    pub whole: bool,
    /// What is drawn.
    pub sets: Vec<Set>,
}

/// A figure of panels.
#[derive(Debug, Clone)]
pub struct Chart {
    /// What the figure shows.
    pub title: String,
    /// Title of the scenario.
    pub subtitle: String,
    /// The line at the bottom.
    pub caption: String,
    /// First and last day.
    pub days: (Date, Date),
    /// From top to bottom.
    pub panels: Vec<Panel>,
}

/// A rectangle.
#[derive(Debug, Clone, Copy)]
struct Frame {
    left: f64,
    right: f64,
    top: f64,
    bottom: f64,
}

impl Panel {
    /// Lines whose peaks lie far apart get a logarithmic axis, since a linear one would show the largest alone.
    fn axis(&self, ticks: f64) -> Values {
        let peak = |s: &Set| s.y.iter().copied().filter(|v| v.is_finite()).fold(0.0, f64::max);
        let peaks: Vec<f64> = self.sets.iter().map(peak).filter(|p| *p > 0.0).collect();
        let (low, high) = peaks.iter().fold((f64::MAX, 0.0), |(l, h): (f64, f64), p| (l.min(*p), h.max(*p)));
        if self.sets.iter().all(|s| s.mark == Mark::Line) && high > 30.0 * low {
            return Values::log(low, high, self.whole);
        }
        let top = self.stack().into_iter().fold(high, f64::max);
        let least = self.sets.iter().flat_map(|s| s.y.iter().chain(&s.low)).copied().fold(0.0, f64::min);
        if least < 0.0 {
            return Values::signed(least, top, ticks);
        }
        Values::linear(top, ticks, self.whole)
    }

    /// The end of the linear piece of a logarithmic axis; nothing when the axis is linear.
    pub fn log_floor(&self) -> Option<f64> {
        match self.axis(6.0) {
            Values::Log { floor, .. } => Some(floor),
            _ => None,
        }
    }

    /// Height of the stacked areas at each value.
    fn stack(&self) -> Vec<f64> {
        let mut sum: Vec<f64> = Vec::new();
        for set in self.sets.iter().filter(|s| s.mark == Mark::Area) {
            sum.resize(sum.len().max(set.y.len()), 0.0);
            for (s, v) in sum.iter_mut().zip(&set.y) {
                *s += if v.is_finite() { *v } else { 0.0 };
            }
        }
        sum
    }

    /// The sets that the legend names; one alone needs none.
    fn named(&self) -> Vec<&Set> {
        let named: Vec<&Set> = self.sets.iter().filter(|s| !s.label.is_empty()).collect();
        if named.len() < 2 { Vec::new() } else { named }
    }

    fn legend_width(&self) -> f64 {
        let named = self.named();
        if named.is_empty() {
            return 0.0;
        }
        let widest = named.iter().map(|s| text_width(&s.label, BODY, false)).fold(0.0, f64::max);
        (widest + 48.0).min(LEGEND)
    }
}

impl Chart {
    fn frames(&self, left: f64, right: f64) -> Vec<Frame> {
        let (_, height) = self.size();
        let (top, bottom) = (66.0, height - 58.0);
        let gap = 10.0;
        let n = self.panels.len() as f64;
        let room = bottom - top - n * HEAD - (n - 1.0) * gap;
        let all: f64 = self.panels.iter().map(|p| p.weight).sum();
        let mut y = top;
        let mut frames = Vec::new();
        for p in &self.panels {
            let h = room * p.weight / all;
            frames.push(Frame { left, right, top: y + HEAD, bottom: y + HEAD + h });
            y += HEAD + h + gap;
        }
        frames
    }
}

impl Figure for Chart {
    fn size(&self) -> (f64, f64) {
        (WIDTH, HEIGHT + MORE * self.panels.len().saturating_sub(2) as f64)
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn draw<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()> {
        let size = self.size();
        heading(on, size, &self.title, &self.subtitle, &self.caption)?;
        let legend = self.panels.iter().map(Panel::legend_width).fold(0.0, f64::max);
        let rough = self.frames(0.0, 1.0);
        let axes: Vec<(Values, Vec<Tick>)> = self
            .panels
            .iter()
            .zip(&rough)
            .map(|(p, f)| {
                let most = ((f.bottom - f.top) / 38.0).clamp(2.0, 7.0);
                let axis = p.axis(most);
                let ticks = axis.ticks(most);
                (axis, ticks)
            })
            .collect();
        let widest = axes.iter().flat_map(|a| &a.1).map(|t| text_width(&t.1, SMALL, false)).fold(0.0, f64::max);
        // Half of the last date's label may stand out to the right.
        let right = size.0 - MARGIN - legend.max(14.0);
        // And half of the first one's to the left, under short numbers.
        let left = MARGIN + (widest + 9.0).max(36.0);
        let time = dates(self.days.0, self.days.1, right - left);
        let span = super::axis::day(self.days.0, self.days.1) + 1.0;
        let frames = self.frames(left, right);
        for (i, ((panel, frame), (axis, ticks))) in self.panels.iter().zip(&frames).zip(&axes).enumerate() {
            let last = i + 1 == self.panels.len();
            grid(on, frame, axis, ticks, (&time, span), last)?;
            let log = if matches!(axis, Values::Log { .. }) { " (logarithmic)" } else { "" };
            let title = format!("{}{log}", panel.axis_title);
            let title = fit(&title, BODY, false, size.0 - 2.0 * MARGIN);
            on.text(&title, (MARGIN, frame.top - 13.0), Pen::new(BODY, INK), Align::Left)?;
            let bands = panel.sets.iter().filter(|s| s.mark == Mark::Band).count();
            for (set, base) in panel.sets.iter().zip(bases(panel)) {
                values(on, frame, axis, span, (set, &base), bands)?;
            }
            on.line(&[(frame.left, frame.bottom), (frame.right, frame.bottom)], 1.0, AXIS)?;
            legend_of(on, panel, frame)?;
        }
        Ok(())
    }
}

/// Title, subtitle and caption of a figure, on white.
pub(super) fn heading<B: DrawingBackend>(
    on: &mut Canvas<'_, B>,
    (w, h): (f64, f64),
    title: &str,
    subtitle: &str,
    caption: &str,
) -> Result<()> {
    let room = w - 2.0 * MARGIN;
    on.rect((0.0, 0.0), (w, h), WHITE)?;
    on.text(&fit(title, TITLE, true, room), (MARGIN, 30.0), Pen::bold(TITLE, INK), Align::Left)?;
    on.text(&fit(subtitle, BODY, false, room), (MARGIN, 50.0), Pen::new(BODY, GREY), Align::Left)?;
    on.text(&fit(caption, SMALL, false, room), (MARGIN, h - 13.0), Pen::new(SMALL, GREY), Align::Left)
}

/// Where each set's values begin: on the areas below it, or at zero.
fn bases(panel: &Panel) -> Vec<Vec<f64>> {
    let mut sum: Vec<f64> = Vec::new();
    let mut all = Vec::new();
    for set in &panel.sets {
        sum.resize(sum.len().max(set.y.len()), 0.0);
        if set.mark != Mark::Area {
            all.push(vec![0.0; set.y.len()]);
            continue;
        }
        all.push(sum.clone());
        for (s, v) in sum.iter_mut().zip(&set.y) {
            *s += if v.is_finite() { *v } else { 0.0 };
        }
    }
    all
}

fn grid<B: DrawingBackend>(
    on: &mut Canvas<'_, B>,
    f: &Frame,
    axis: &Values,
    ticks: &[Tick],
    (time, span): (&[Tick], f64),
    last: bool,
) -> Result<()> {
    let pen = Pen::new(SMALL, GREY);
    for (v, label) in ticks {
        let y = f.bottom - axis.at(*v) * (f.bottom - f.top);
        on.line(&[(f.left, y), (f.right, y)], 1.0, GRID)?;
        on.text(label, (f.left - 7.0, y + SMALL * 0.36), pen, Align::Right)?;
    }
    for (d, label) in time {
        let x = f.left + d / span * (f.right - f.left);
        on.line(&[(x, f.top), (x, f.bottom)], 1.0, GRID)?;
        if last {
            on.line(&[(x, f.bottom), (x, f.bottom + 4.0)], 1.0, AXIS)?;
            on.text(label, (x, f.bottom + 18.0), pen, Align::Middle)?;
        }
    }
    Ok(())
}

fn values<B: DrawingBackend>(
    on: &mut Canvas<'_, B>,
    f: &Frame,
    axis: &Values,
    span: f64,
    (set, base): (&Set, &[f64]),
    bands: usize,
) -> Result<()> {
    let x = |d: f64| f.left + d / span * (f.right - f.left);
    let y = |v: f64| f.bottom - axis.at(v) * (f.bottom - f.top);
    let middle = |s: &(f64, f64)| x((s.0 + s.1) / 2.0);
    match set.mark {
        Mark::Bar => {
            for (s, v) in set.spans.iter().zip(&set.y).filter(|(_, v)| **v > 0.0) {
                let gap = ((x(s.1) - x(s.0)) * 0.1).max(0.2);
                on.rect((x(s.0) + gap, y(*v)), (x(s.1) - gap, f.bottom), set.colour)?;
            }
        }
        Mark::Area => {
            let v = |i: usize| if set.y[i].is_finite() { set.y[i] } else { 0.0 };
            let upper: Vec<_> = set.spans.iter().enumerate().map(|(i, s)| (middle(s), y(base[i] + v(i)))).collect();
            let lower = set.spans.iter().enumerate().map(|(i, s)| (middle(s), y(base[i])));
            let mut all = upper.clone();
            all.extend(lower.collect::<Vec<_>>().into_iter().rev());
            on.fill(&all, set.colour)?;
            on.line(&upper, 0.6, WHITE)?;
        }
        Mark::Band => {
            let shade = SHADES[usize::from(bands > 2)];
            let both = set.spans.iter().zip(&set.y).zip(&set.low);
            let points: Vec<_> = both
                .map(|((s, v), low)| (*v - *low).is_finite().then(|| ((middle(s), y(*v)), (middle(s), y(*low)))))
                .collect();
            for run in points.split(Option::is_none) {
                let (upper, lower): (Vec<_>, Vec<_>) = run.iter().flatten().copied().unzip();
                on.shade(&upper, &lower, set.colour, shade)?;
                // Where bands lie over each other their edges tell whose they are.
                let edge = mix(set.colour, WHITE, 0.6);
                on.line(&upper, 0.7, edge)?;
                on.line(&lower, 0.7, edge)?;
            }
        }
        Mark::Line | Mark::Dashed => {
            let points: Vec<_> =
                set.spans.iter().zip(&set.y).map(|(s, v)| v.is_finite().then(|| (middle(s), y(*v)))).collect();
            for run in points.split(Option::is_none) {
                let run: Vec<_> = run.iter().flatten().copied().collect();
                if set.mark == Mark::Dashed {
                    on.dashed(&run, 1.6, set.colour, 5.0, 3.5)?;
                } else {
                    on.line(&run, 1.9, set.colour)?;
                }
                if points.len() <= 36 && set.mark == Mark::Line || run.len() == 1 {
                    for p in run {
                        on.dot(p, 2.6, set.colour)?;
                    }
                }
            }
        }
    }
    Ok(())
}

fn legend_of<B: DrawingBackend>(on: &mut Canvas<'_, B>, panel: &Panel, f: &Frame) -> Result<()> {
    let mut sets = panel.named();
    if sets.is_empty() {
        return Ok(());
    }
    let room = (f.bottom - f.top) / sets.len() as f64;
    let step = room.clamp(14.0, 20.0);
    let x = f.right + 16.0;
    // Stacked areas are listed from the top, as they lie.
    if sets.iter().all(|s| s.mark == Mark::Area) {
        sets.reverse();
    }
    let mut y = f.top + 7.0;
    for set in sets {
        match set.mark {
            Mark::Line => on.line(&[(x, y), (x + 18.0, y)], 2.4, set.colour)?,
            Mark::Dashed => on.dashed(&[(x, y), (x + 18.0, y)], 1.8, set.colour, 5.0, 3.5)?,
            Mark::Bar | Mark::Area | Mark::Band => on.rect((x, y - 5.5), (x + 18.0, y + 5.5), set.colour)?,
        }
        let width = WIDTH - MARGIN / 2.0 - x - 25.0;
        // A long name has a second line where that moves nothing out of the panel.
        let lines = wrap(&set.label, BODY, width, ((room / 20.0) as usize).clamp(1, 3));
        for line in &lines {
            on.text(line, (x + 25.0, y + BODY * 0.36), Pen::new(BODY, INK), Align::Left)?;
            y += if lines.len() > 1 { 15.0 } else { step };
        }
        y += if lines.len() > 1 { 6.0 } else { 0.0 };
    }
    Ok(())
}
