//! What an effect amounts to, and the mark that stands for it: told apart by shape and not by colour alone.

use super::canvas::{Align, Canvas, Pen};
use super::read::{Better, Effect};
use super::theme::{FAINT, INK, OKABE_ITO, SMALL, WHITE, text_width};
use crate::error::Result;
use plotters::backend::DrawingBackend;
use plotters::style::RGBColor;

/// What an effect amounts to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// For the better, and its interval leaves zero out.
    Better,
    /// For the worse, and its interval leaves zero out.
    Worse,
    /// Its interval leaves zero out, but neither way is the better one.
    Changed,
    /// Its interval holds zero.
    Unclear,
}

impl Verdict {
    /// Of a measure's effect.
    pub fn of(e: &Effect) -> Verdict {
        if !is_shown(e) {
            return Verdict::Unclear;
        }
        match (e.better, e.effect > 0.0) {
            (None, _) => Verdict::Changed,
            (Some(Better::Higher), true) | (Some(Better::Lower), false) => Verdict::Better,
            _ => Verdict::Worse,
        }
    }

    /// Its colour.
    pub fn colour(self) -> RGBColor {
        match self {
            Verdict::Better => OKABE_ITO[0],
            Verdict::Worse => OKABE_ITO[1],
            Verdict::Changed => INK,
            Verdict::Unclear => FAINT,
        }
    }

    /// What it says of a policy's effect.
    pub fn label(self) -> &'static str {
        match self {
            Verdict::Better => "better",
            Verdict::Worse => "worse",
            Verdict::Changed => "changed, neither way is better",
            Verdict::Unclear => "may be chance: the interval holds zero",
        }
    }

    /// Its mark: a disc, a square, a diamond or a ring.
    pub fn mark<B: DrawingBackend>(self, on: &mut Canvas<'_, B>, (x, y): (f64, f64)) -> Result<()> {
        let colour = self.colour();
        match self {
            Verdict::Better => on.dot((x, y), 4.4, colour),
            Verdict::Worse => on.rect((x - 4.0, y - 4.0), (x + 4.0, y + 4.0), colour),
            Verdict::Changed => on.fill(&[(x - 5.2, y), (x, y - 5.2), (x + 5.2, y), (x, y + 5.2)], colour),
            Verdict::Unclear => ring(on, (x, y), colour),
        }
    }
}

/// Its interval leaves zero out.
pub fn is_shown(e: &Effect) -> bool {
    e.low > 0.0 || e.high < 0.0
}

/// A hollow disc.
pub fn ring<B: DrawingBackend>(on: &mut Canvas<'_, B>, at: (f64, f64), colour: RGBColor) -> Result<()> {
    on.dot(at, 4.4, colour)?;
    on.dot(at, 2.8, WHITE)
}

/// A row that says what the marks of these verdicts mean.
pub fn key<B: DrawingBackend>(
    on: &mut Canvas<'_, B>,
    at: (f64, f64),
    verdicts: &[Verdict],
    said: fn(Verdict) -> &'static str,
) -> Result<()> {
    let mut x = at.0 + 5.0;
    for verdict in [Verdict::Better, Verdict::Worse, Verdict::Changed, Verdict::Unclear] {
        if !verdicts.contains(&verdict) || said(verdict).is_empty() {
            continue;
        }
        verdict.mark(on, (x, at.1))?;
        on.text(said(verdict), (x + 11.0, at.1 + SMALL * 0.36), Pen::new(SMALL, INK), Align::Left)?;
        x += 11.0 + text_width(said(verdict), SMALL, false) + 24.0;
    }
    Ok(())
}
