//! Figures with a row for each thing: its name, its place on an axis through zero, its numbers.

use super::axis::Values;
use super::canvas::{Align, Canvas, Figure, Pen};
use super::chart::heading;
use super::theme::{AXIS, BODY, GREY, GRID, INK, SMALL, STRIPE, WHITE, WIDTH, fit, mix, text_width, wrap};
use super::verdict::{Verdict, key};
use crate::error::Result;
use plotters::backend::DrawingBackend;
use plotters::style::RGBColor;

/// Left of everything.
const LEFT: f64 = 20.0;
/// Widths of the names and of the three columns of numbers, from left to right.
const NAMES: f64 = 218.0;
const COLUMNS: [f64; 3] = [150.0, 92.0, 64.0];
/// Left and right end of the axis.
const AXIS_ENDS: (f64, f64) = (LEFT + NAMES + 16.0, WIDTH - LEFT - COLUMNS[0] - COLUMNS[1] - COLUMNS[2] - 8.0);
/// Top of the rows, and the height of a row and of a heading between rows.
const TOP: f64 = 122.0;
const ROW: f64 = 33.0;
const HEADING: f64 = 24.0;
/// Space under the rows: ticks, title of the axis, notes, caption.
const FOOT: f64 = 100.0;
/// About how many ticks an axis has.
pub const TICKS: f64 = 8.0;

/// A row.
#[derive(Debug, Clone)]
pub struct Row {
    /// Printed above it.
    pub heading: Option<String>,
    /// What it is.
    pub name: String,
    /// Under the name; without it a long name has two lines.
    pub unit: String,
    /// Value and interval, on the axis.
    pub at: f64,
    pub low: f64,
    pub high: f64,
    /// Whether it is for the better.
    pub verdict: Verdict,
    /// Three columns of numbers, each with a second line.
    pub numbers: [[String; 2]; 3],
}

/// A figure of rows.
#[derive(Debug, Clone)]
pub struct Rows {
    /// What the figure shows.
    pub title: String,
    /// Under it.
    pub subtitle: String,
    /// Over the names.
    pub names: String,
    /// Over the columns of numbers.
    pub columns: [&'static str; 3],
    /// What the axis counts.
    pub axis_title: String,
    /// Holds zero; what lies beyond its ends has an arrow.
    pub axis: Values,
    /// Bars from zero, with the interval as a whisker.
    pub bars: bool,
    /// What a mark says.
    pub said: fn(Verdict) -> &'static str,
    /// From top to bottom.
    pub rows: Vec<Row>,
    /// Two lines at the bottom.
    pub note: String,
    pub caption: String,
}

impl Rows {
    fn height_of_rows(&self) -> f64 {
        self.rows.iter().map(|r| ROW + if r.heading.is_some() { HEADING } else { 0.0 }).sum()
    }

    fn x(&self, v: f64) -> f64 {
        AXIS_ENDS.0 + self.axis.at(v) * (AXIS_ENDS.1 - AXIS_ENDS.0)
    }

    fn grid<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>, bottom: f64) -> Result<()> {
        let mut ticks = self.axis.ticks(TICKS);
        // Every second label is left out, from zero outwards, until none touches the next.
        let widest = ticks.iter().map(|t| text_width(&t.1, SMALL, false)).fold(0.0, f64::max) + 8.0;
        let step = ticks.get(1).map_or(widest, |t| self.x(t.0) - self.x(ticks[0].0));
        let each = (widest / step.max(1.0)).ceil().max(1.0) as usize;
        let zero = ticks.iter().position(|t| t.0.abs() < 1e-9).unwrap_or(0);
        for (_, (_, label)) in ticks.iter_mut().enumerate().filter(|(i, _)| i.abs_diff(zero) % each != 0) {
            label.clear();
        }
        for (v, label) in ticks {
            let x = self.x(v);
            on.line(&[(x, TOP), (x, bottom)], 1.0, GRID)?;
            on.text(&label, (x, bottom + 17.0), Pen::new(SMALL, GREY), Align::Middle)?;
        }
        let zero = self.x(0.0);
        on.line(&[(zero, TOP - 4.0), (zero, bottom + 4.0)], 1.4, AXIS)?;
        let (left, right) = (LEFT, WIDTH - LEFT);
        // The title stands under the axis, or as far to the left as it has to.
        let width = text_width(&self.axis_title, BODY, false).min(right - left);
        let middle = f64::midpoint(AXIS_ENDS.0, AXIS_ENDS.1).clamp(left + width / 2.0, right - width / 2.0);
        let title = fit(&self.axis_title, BODY, false, right - left);
        on.text(&title, (middle, bottom + 37.0), Pen::new(BODY, INK), Align::Middle)
    }

    fn heads<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()> {
        let pen = Pen::bold(SMALL, INK);
        on.text(&self.names, (LEFT, TOP - 12.0), pen, Align::Left)?;
        for (head, x) in self.columns.iter().zip(column_ends()) {
            on.text(head, (x, TOP - 12.0), pen, Align::Right)?;
        }
        Ok(())
    }

    fn row<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>, row: &Row, y: f64) -> Result<()> {
        let second = Pen::new(SMALL, GREY);
        let (upper, lower, only) = (y - 3.0, y + 11.0, y + BODY * 0.36);
        if row.unit.is_empty() {
            let lines = wrap(&row.name, BODY, NAMES, 2);
            for (line, y) in lines.iter().zip(if lines.len() > 1 { [upper, lower] } else { [only, only] }) {
                on.text(line, (LEFT, y), Pen::new(BODY, INK), Align::Left)?;
            }
        } else {
            on.text(&fit(&row.name, BODY, false, NAMES), (LEFT, upper), Pen::new(BODY, INK), Align::Left)?;
            on.text(&fit(&row.unit, SMALL, false, NAMES), (LEFT, lower), second, Align::Left)?;
        }
        for ((lines, x), width) in row.numbers.iter().zip(column_ends()).zip(COLUMNS) {
            let first = if lines[1].is_empty() { only } else { upper };
            on.text(&fit(&lines[0], BODY, false, width - 6.0), (x, first), Pen::new(BODY, INK), Align::Right)?;
            on.text(&fit(&lines[1], SMALL, false, width - 6.0), (x, lower), second, Align::Right)?;
        }
        self.interval(on, row, y)
    }

    /// The value with its interval. An arrow stands for what lies beyond an end of the axis.
    fn interval<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>, row: &Row, y: f64) -> Result<()> {
        let (least, most) = self.axis.ends();
        let inside = |v: f64| self.x(v.clamp(least, most));
        let colour = row.verdict.colour();
        let mut whisker = colour;
        if self.bars {
            let light = mix(colour, WHITE, if row.verdict == Verdict::Unclear { 0.7 } else { 0.45 });
            on.rect((self.x(0.0), y - 7.5), (inside(row.at), y + 7.5), light)?;
            whisker = mix(colour, INK, 0.35);
        }
        if row.low.is_finite() && row.high.is_finite() {
            let (a, b) = (inside(row.low), inside(row.high));
            on.line(&[(a, y), (b, y)], 1.8, whisker)?;
            for (x, cut, out) in [(a, row.low < least, -1.0), (b, row.high > most, 1.0)] {
                match cut {
                    false => on.line(&[(x, y - 3.5), (x, y + 3.5)], 1.4, whisker)?,
                    true => arrow(on, (x, y), out, whisker)?,
                }
            }
            // All of it lies beyond an end: there would be nothing but the arrow's head.
            if row.low > most || row.high < least {
                let back = if row.low > most { -14.0 } else { 14.0 };
                on.line(&[(a, y), (a + back, y)], 1.8, whisker)?;
            }
        }
        match row.at >= least && row.at <= most {
            true => row.verdict.mark(on, (self.x(row.at), y)),
            false => arrow(on, (inside(row.at), y), if row.at > most { 1.0 } else { -1.0 }, whisker),
        }
    }
}

impl Figure for Rows {
    fn size(&self) -> (f64, f64) {
        (WIDTH, TOP + self.height_of_rows() + FOOT)
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn draw<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()> {
        let size = self.size();
        heading(on, size, &self.title, &self.subtitle, &self.caption)?;
        let note = fit(&self.note, SMALL, false, WIDTH - 2.0 * LEFT);
        on.text(&note, (LEFT, size.1 - 30.0), Pen::new(SMALL, GREY), Align::Left)?;
        let verdicts: Vec<Verdict> = self.rows.iter().map(|r| r.verdict).collect();
        key(on, (LEFT, 76.0), &verdicts, self.said)?;
        let bottom = TOP + self.height_of_rows();
        let mut middles = Vec::new();
        let mut y = TOP;
        for (i, row) in self.rows.iter().enumerate() {
            if let Some(text) = &row.heading {
                on.text(text, (LEFT, y + 17.0), Pen::bold(SMALL, INK), Align::Left)?;
                y += HEADING;
            }
            if i % 2 == 0 {
                on.rect((LEFT - 6.0, y), (WIDTH - LEFT + 6.0, y + ROW), STRIPE)?;
            }
            middles.push(y + ROW / 2.0);
            y += ROW;
        }
        self.heads(on)?;
        self.grid(on, bottom)?;
        for (row, y) in self.rows.iter().zip(middles) {
            self.row(on, row, y)?;
        }
        Ok(())
    }
}

/// Right ends of the columns of numbers.
fn column_ends() -> [f64; 3] {
    let right = WIDTH - LEFT;
    [right - COLUMNS[2] - COLUMNS[1], right - COLUMNS[2], right]
}

/// The head of an arrow that points outwards.
fn arrow<B: DrawingBackend>(on: &mut Canvas<'_, B>, (x, y): (f64, f64), out: f64, colour: RGBColor) -> Result<()> {
    on.fill(&[(x + 6.0 * out, y), (x - 3.0 * out, y - 5.0), (x - 3.0 * out, y + 5.0)], colour)
}
