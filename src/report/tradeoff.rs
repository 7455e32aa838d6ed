//! Figures of what policies cost and what they gain: points with the intervals of both, and the frontier.

use super::axis::Values;
use super::canvas::{Align, Canvas, Figure, Pen};
use super::chart::heading;
use super::theme::{
    AXIS, BODY, FAINT, GREY, GRID, HEIGHT, INK, OKABE_ITO, SMALL, WHITE, WIDTH, fit, mix, text_width, wrap,
};
use super::verdict::ring;
use crate::error::Result;
use plotters::backend::DrawingBackend;
use plotters::style::RGBColor;

/// Left of everything.
const LEFT: f64 = 20.0;
/// Top of the plot.
const TOP: f64 = 122.0;
/// Under the plot: ticks, title of the axis, note, caption.
const FOOT: f64 = 102.0;
/// Width of the list of names beside the plot.
const NAMES: f64 = 235.0;
/// Height of a name in it.
const NAME: f64 = 36.0;

/// What a policy costs and gains over the baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// Its name for people.
    pub name: String,
    /// Mean, and ends of the interval.
    pub cost: [f64; 3],
    pub gain: [f64; 3],
    /// Another costs no more and gains no less, one of the two strictly.
    pub dominated: bool,
}

impl Point {
    /// The two intervals, as lines of (cost, gain).
    fn cross(&self) -> impl Iterator<Item = ((f64, f64), (f64, f64))> + use<> {
        let ([cost, cheap, dear], [gain, low, high]) = (self.cost, self.gain);
        let lines = [((cheap, gain), (dear, gain)), ((cost, low), (cost, high))];
        lines.into_iter().filter(|(a, b)| [a.0, a.1, b.0, b.1].iter().all(|v| v.is_finite()))
    }
}

/// A figure of costs and gains.
#[derive(Debug, Clone)]
pub struct Tradeoff {
    /// What the figure shows.
    pub title: String,
    /// Under it.
    pub subtitle: String,
    /// What the axes count.
    pub cost_title: String,
    pub gain_title: String,
    /// The baseline, at zero, is not among them, but may dominate one.
    pub points: Vec<Point>,
    /// Two lines at the bottom.
    pub note: String,
    pub caption: String,
}

/// Which points another, or doing nothing, dominates by the means: it costs no more and gains no less, one of the two
/// strictly.
pub fn dominated(points: &[(f64, f64)]) -> Vec<bool> {
    let beats = |a: (f64, f64), b: (f64, f64)| a.0 <= b.0 && a.1 >= b.1 && a != b;
    points.iter().map(|p| points.iter().chain([&(0.0, 0.0)]).any(|q| beats(*q, *p))).collect()
}

/// The most that can be gained for a cost, as steps from the left to `end`: what lies between two points is not for sale.
fn steps(points: &[Point], end: f64) -> Vec<(f64, f64)> {
    let mut best: Vec<(f64, f64)> = points.iter().filter(|p| !p.dominated).map(|p| (p.cost[0], p.gain[0])).collect();
    if !best.iter().any(|p| p.0 <= 0.0 && p.1 >= 0.0) {
        best.push((0.0, 0.0));
    }
    best.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
    let mut line: Vec<(f64, f64)> = Vec::new();
    for p in best {
        line.extend(line.last().map(|last| (p.0, last.1)));
        line.push(p);
    }
    line.extend(line.last().map(|last| (end.max(last.0), last.1)));
    line
}

/// Where the plot lies, and its axes.
struct Plot {
    left: f64,
    right: f64,
    bottom: f64,
    cost: Values,
    gain: Values,
}

impl Plot {
    fn at(&self, cost: f64, gain: f64) -> (f64, f64) {
        let within = |axis: &Values, v: f64| axis.at(v.clamp(axis.ends().0, axis.ends().1));
        let x = self.left + within(&self.cost, cost) * (self.right - self.left);
        (x, self.bottom - within(&self.gain, gain) * (self.bottom - TOP))
    }
}

impl Tradeoff {
    fn plot(&self) -> Plot {
        let ends = |of: fn(&Point) -> [f64; 3]| -> (f64, f64) {
            let all = self.points.iter().flat_map(of).filter(|v| v.is_finite());
            all.fold((0.0, 0.0), |(a, b): (f64, f64), v| (a.min(v), b.max(v)))
        };
        let (low, high) = ends(|p| p.gain);
        let gain = Values::signed(low, high, 6.0);
        let widest = gain.ticks(6.0).iter().map(|t| text_width(&t.1, SMALL, false)).fold(0.0, f64::max);
        let left = LEFT + (widest + 9.0).max(36.0);
        let right = WIDTH - LEFT - NAMES - 24.0;
        Plot { left, right, bottom: self.size().1 - FOOT, cost: self.costs(ends(|p| p.cost)), gain }
    }

    /// Costs that lie far apart have a logarithmic axis: on a linear one all but the dearest would lie on zero.
    fn costs(&self, (low, high): (f64, f64)) -> Values {
        let means = self.points.iter().map(|p| p.cost[0]);
        let least = means.clone().filter(|c| *c > 0.0).fold(high, f64::min);
        match means.fold(0.0, f64::min) >= 0.0 && least > 0.0 && high > 30.0 * least {
            // The axis begins a decade below the first argument.
            true => Values::log(10.0 * least, high, false),
            false => Values::signed(low, high, 6.0),
        }
    }

    fn grid<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>, plot: &Plot) -> Result<()> {
        let pen = Pen::new(SMALL, GREY);
        for (v, label) in plot.gain.ticks(6.0) {
            let (_, y) = plot.at(0.0, v);
            on.line(&[(plot.left, y), (plot.right, y)], 1.0, GRID)?;
            on.text(&label, (plot.left - 7.0, y + SMALL * 0.36), pen, Align::Right)?;
        }
        let mut free = f64::NEG_INFINITY;
        for (v, label) in plot.cost.ticks(6.0) {
            let (x, _) = plot.at(v, 0.0);
            on.line(&[(x, TOP), (x, plot.bottom)], 1.0, GRID)?;
            let half = text_width(&label, SMALL, false) / 2.0;
            if x - half > free {
                on.text(&label, (x, plot.bottom + 17.0), pen, Align::Middle)?;
                free = x + half + 8.0;
            }
        }
        let (x, y) = plot.at(0.0, 0.0);
        on.line(&[(plot.left, y), (plot.right, y)], 1.4, AXIS)?;
        on.line(&[(x, TOP), (x, plot.bottom)], 1.4, AXIS)?;
        let log = if matches!(plot.cost, Values::Log { .. }) { " (logarithmic)" } else { "" };
        let pen = Pen::new(BODY, INK);
        let title = format!("{}{log}", self.cost_title);
        on.text(&title, (f64::midpoint(plot.left, plot.right), plot.bottom + 37.0), pen, Align::Middle)?;
        on.text(&fit(&self.gain_title, BODY, false, plot.right - LEFT), (LEFT, TOP - 13.0), pen, Align::Left)
    }

    fn names<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>, x: f64) -> Result<()> {
        let pen = Pen::new(BODY, INK);
        for (i, p) in self.points.iter().enumerate() {
            let y = TOP + 8.0 + NAME * i as f64;
            mark(on, (x + 5.0, y), p.dominated)?;
            on.text(&(i + 1).to_string(), (x + 31.0, y + BODY * 0.36), Pen::bold(SMALL, INK), Align::Right)?;
            for (k, line) in wrap(&p.name, BODY, NAMES - 39.0, 2).iter().enumerate() {
                on.text(line, (x + 39.0, y + BODY * 0.36 + 15.0 * k as f64), pen, Align::Left)?;
            }
        }
        Ok(())
    }

    /// Each point's number beside it, where nothing else is; the further away with a line to its point.
    fn numbers<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>, plot: &Plot) -> Result<()> {
        let points: Vec<(f64, f64)> = self.points.iter().map(|p| plot.at(p.cost[0], p.gain[0])).collect();
        let around = |p: (f64, f64), w: f64, h: f64| [p.0 - w, p.1 - h, p.0 + w, p.1 + h];
        let mut taken: Vec<[f64; 4]> = points.iter().map(|p| around(*p, 5.0, 5.0)).collect();
        taken.push(around(plot.at(0.0, 0.0), 5.0, 5.0));
        let frontier = steps(&self.points, plot.cost.ends().1);
        let frontier = frontier.windows(2).map(|pair| (pair[0], pair[1]));
        let ((cheap, dear), (low, high)) = (plot.cost.ends(), plot.gain.ends());
        let zeros = [((cheap, 0.0), (dear, 0.0)), ((0.0, low), (0.0, high))];
        for (a, b) in self.points.iter().flat_map(Point::cross).chain(frontier).chain(zeros) {
            let (a, b) = (plot.at(a.0, a.1), plot.at(b.0, b.1));
            taken.push([a.0.min(b.0) - 0.5, a.1.min(b.1) - 0.5, a.0.max(b.0) + 0.5, a.1.max(b.1) + 0.5]);
        }
        for (i, p) in points.iter().enumerate() {
            let text = (i + 1).to_string();
            let half = text_width(&text, SMALL, true) / 2.0 + 1.5;
            let free = |s: &(f64, f64)| {
                let a = around(*s, half, 6.5);
                a[0] > plot.left
                    && a[2] < plot.right
                    && a[1] > TOP
                    && a[3] < plot.bottom
                    && !taken.iter().any(|t| a[0] < t[2] && a[2] > t[0] && a[1] < t[3] && a[3] > t[1])
            };
            let spot = spots(*p, half).find(free).unwrap_or((p.0, p.1 - 13.0));
            taken.push(around(spot, half, 6.5));
            let far = libm::hypot(spot.0 - p.0, spot.1 - p.1);
            if far > 24.0 + half {
                let t = (far - 8.0) / far;
                on.line(&[*p, (p.0 + (spot.0 - p.0) * t, p.1 + (spot.1 - p.1) * t)], 0.8, AXIS)?;
            }
            on.text_rim(&text, (spot.0, spot.1 + SMALL * 0.36), Pen::bold(SMALL, INK), Align::Middle)?;
        }
        Ok(())
    }
}

impl Figure for Tradeoff {
    fn size(&self) -> (f64, f64) {
        (WIDTH, (HEIGHT + 40.0).max(TOP + NAME * self.points.len() as f64 + FOOT))
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn draw<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()> {
        let size = self.size();
        heading(on, size, &self.title, &self.subtitle, &self.caption)?;
        let note = fit(&self.note, SMALL, false, WIDTH - 2.0 * LEFT);
        on.text(&note, (LEFT, size.1 - 30.0), Pen::new(SMALL, GREY), Align::Left)?;
        key(on, 76.0)?;
        let plot = self.plot();
        self.grid(on, &plot)?;
        let line: Vec<_> = steps(&self.points, plot.cost.ends().1).iter().map(|p| plot.at(p.0, p.1)).collect();
        on.dashed(&line, 1.4, OKABE_ITO[0], 5.0, 3.5)?;
        for p in &self.points {
            let light = mix(colour(p.dominated), WHITE, 0.35);
            for (a, b) in p.cross() {
                on.line(&[plot.at(a.0, a.1), plot.at(b.0, b.1)], 1.4, light)?;
            }
        }
        baseline(on, plot.at(0.0, 0.0))?;
        for p in &self.points {
            mark(on, plot.at(p.cost[0], p.gain[0]), p.dominated)?;
        }
        self.numbers(on, &plot)?;
        self.names(on, plot.right + 24.0)
    }
}

/// Places for a text of that half width around a point, the nearest first, each ring from the upper right.
fn spots(p: (f64, f64), half: f64) -> impl Iterator<Item = (f64, f64)> {
    [13.0, 17.0, 24.0, 34.0, 46.0, 60.0, 75.0].into_iter().flat_map(move |r| {
        (0..12).map(move |k| {
            let angle = (45.0 + 30.0 * f64::from(k)).to_radians();
            (p.0 + (r + half - 1.0) * libm::cos(angle), p.1 - r * libm::sin(angle))
        })
    })
}

fn colour(dominated: bool) -> RGBColor {
    if dominated { FAINT } else { OKABE_ITO[0] }
}

fn mark<B: DrawingBackend>(on: &mut Canvas<'_, B>, at: (f64, f64), dominated: bool) -> Result<()> {
    if dominated { ring(on, at, colour(true)) } else { on.dot(at, 4.4, colour(false)) }
}

fn baseline<B: DrawingBackend>(on: &mut Canvas<'_, B>, (x, y): (f64, f64)) -> Result<()> {
    on.rect((x - 4.0, y - 4.0), (x + 4.0, y + 4.0), INK)
}

/// What the marks mean.
fn key<B: DrawingBackend>(on: &mut Canvas<'_, B>, y: f64) -> Result<()> {
    let pen = Pen::new(SMALL, INK);
    let texts = ["baseline", "efficient", "dominated", "the most that is to be had for the money"];
    let mut x = LEFT + 5.0;
    for (i, text) in texts.iter().enumerate() {
        let mut width = 11.0;
        match i {
            0 => baseline(on, (x, y))?,
            1 | 2 => mark(on, (x, y), i == 2)?,
            _ => {
                on.dashed(&[(x, y), (x + 18.0, y)], 1.4, OKABE_ITO[0], 5.0, 3.5)?;
                width = 25.0;
            }
        }
        on.text(text, (x + width, y + SMALL * 0.36), pen, Align::Left)?;
        x += width + text_width(text, SMALL, false) + 24.0;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn point((cost, gain): (f64, f64), dominated: bool) -> Point {
        Point { name: String::new(), cost: [cost; 3], gain: [gain; 3], dominated }
    }

    #[test]
    fn the_frontier_is_what_nothing_dominates() {
        // Cheap and good, dearer and better, dearer and worse than the first, harmful, as good as the second for more.
        let all = [(1.0, 10.0), (5.0, 30.0), (2.0, 9.0), (3.0, -4.0), (6.0, 30.0)];
        assert_eq!(dominated(&all), [false, false, true, true, true]);
        // Twins do not dominate each other; what saves money may do harm.
        assert_eq!(dominated(&[(1.0, 1.0), (1.0, 1.0), (-2.0, -3.0)]), [false, false, false]);
        // Doing nothing dominates what costs and does nothing.
        assert_eq!(dominated(&[(1.0, 0.0)]), [true]);
        let points: Vec<Point> = all.iter().zip(dominated(&all)).map(|(p, d)| point(*p, d)).collect();
        let line = [(0.0, 0.0), (1.0, 0.0), (1.0, 10.0), (5.0, 10.0), (5.0, 30.0), (8.0, 30.0)];
        assert_eq!(steps(&points, 8.0), line);
        // What saves money and gains takes the baseline's place.
        assert_eq!(steps(&[point((-1.0, 2.0), false)], 3.0), [(-1.0, 2.0), (3.0, 2.0)]);
        // What saves money and harms does not.
        assert_eq!(steps(&[point((-1.0, -2.0), false)], 3.0), [(-1.0, -2.0), (0.0, -2.0), (0.0, 0.0), (3.0, 0.0)]);
    }
}
