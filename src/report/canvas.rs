//! One sheet, two back ends: a figure is drawn once in logical pixels, and comes out as SVG and as PNG.
//!
//! Plotters counts in whole pixels. So an SVG is drawn ten times as large under a `viewBox` (coordinates to a tenth of a
//! pixel), and a PNG is drawn at twice its size and averaged down (smooth edges, evenly spaced letters).
//!
//! Figures name colours as they are on paper; what they are on a dark ground is decided here, with [`Look`].

use super::theme::{self, BITMAP_EM, FAMILY, Look, WHITE};
use super::write_whole;
use crate::engine::disk;
use crate::error::{Error, Result};
use plotters::backend::{BitMapBackend, DrawingBackend, SVGBackend};
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{Color, FontStyle, RGBColor, TextStyle};
use std::path::{Path, PathBuf};

/// Drawn pixels for a logical one in an SVG.
const SVG_SCALE: f64 = 10.0;
/// Pixels of a PNG for a logical one.
const PNG_SCALE: usize = 2;
/// Tiles that are narrower than this many logical pixels have no hairline.
const HAIR: f64 = 2.0;
/// A PNG is drawn this many times larger in each direction and averaged down.
const SMOOTH: usize = 2;

/// Where a text stands relative to its point.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Align {
    /// It begins there.
    Left,
    /// Its middle is there.
    Middle,
    /// It ends there.
    Right,
}

/// A way to write: size, weight, colour.
#[derive(Clone, Copy, Debug)]
pub struct Pen {
    /// Em height in logical pixels.
    pub size: f64,
    /// Bold type.
    pub bold: bool,
    /// Colour of the text.
    pub colour: RGBColor,
}

impl Pen {
    /// Regular type.
    pub fn new(size: f64, colour: RGBColor) -> Pen {
        Pen { size, bold: false, colour }
    }
    /// Bold type.
    pub fn bold(size: f64, colour: RGBColor) -> Pen {
        Pen { size, bold: true, colour }
    }
}

/// What a figure draws on, in logical pixels from the upper left corner.
pub struct Canvas<'a, B: DrawingBackend> {
    back: &'a mut B,
    scale: f64,
    svg: bool,
    look: Look,
}

impl<B: DrawingBackend> Canvas<'_, B> {
    fn px(&self, (x, y): (f64, f64)) -> (i32, i32) {
        ((x * self.scale).round() as i32, (y * self.scale).round() as i32)
    }

    /// A filled polygon; its corners in order.
    pub fn fill(&mut self, points: &[(f64, f64)], colour: RGBColor) -> Result<()> {
        let mut px = self.path(points);
        px.dedup();
        if px.len() < 3 {
            return Ok(());
        }
        self.back.fill_polygon(px, &self.look.colour(colour)).map_err(fault)
    }

    /// A filled polygon that others touch, in the palette's colour at `t` in 0..1. A browser leaves a hairline between such polygons,
    /// which tells them apart; a PNG gets one drawn.
    pub fn tile(&mut self, points: &[(f64, f64)], t: f64) -> Result<()> {
        let mut px = self.path(points);
        px.dedup();
        let colour = self.look.palette(t);
        if px.len() > 2 {
            self.back.fill_polygon(px.clone(), &colour).map_err(fault)?;
        }
        px.extend(px.first().copied());
        px.dedup();
        // Around the smallest there would be nothing but hairlines.
        let least = (HAIR * self.scale) as u32;
        let wide = px.iter().any(|p| p.0.abs_diff(px[0].0) >= least);
        if self.svg || px.len() < 2 || !wide {
            return Ok(());
        }
        let hair = theme::mix(colour, self.look.colour(WHITE), 0.35);
        self.back.draw_path(px, &hair.stroke_width(1)).map_err(fault)
    }

    /// A filled rectangle in the palette's colour at `t`.
    pub fn swatch(&mut self, a: (f64, f64), b: (f64, f64), t: f64) -> Result<()> {
        let colour = self.look.palette(t);
        self.filled(a, b, colour)
    }

    /// A filled rectangle between two corners.
    pub fn rect(&mut self, a: (f64, f64), b: (f64, f64), colour: RGBColor) -> Result<()> {
        let colour = self.look.colour(colour);
        self.filled(a, b, colour)
    }

    fn filled(&mut self, a: (f64, f64), b: (f64, f64), colour: RGBColor) -> Result<()> {
        let (a, b) = (self.px(a), self.px(b));
        let (low, high) = ((a.0.min(b.0), a.1.min(b.1)), (a.0.max(b.0), a.1.max(b.1)));
        self.back.draw_rect(low, high, &colour, true).map_err(fault)
    }

    /// What lies between two lines over the same places, let through: several lie over each other and can be told apart.
    pub fn shade(&mut self, upper: &[(f64, f64)], lower: &[(f64, f64)], colour: RGBColor, alpha: f64) -> Result<()> {
        let (upper, lower) = (self.path(upper), self.path(lower));
        let (Some(first), Some(last)) = (upper.first(), upper.last()) else {
            return Ok(());
        };
        let colour = self.look.colour(colour).mix(alpha);
        if self.svg {
            let around = upper.iter().chain(lower.iter().rev()).copied().collect::<Vec<_>>();
            return self.back.fill_polygon(around, &colour).map_err(fault);
        }
        // Plotters' own polygons colour some pixels twice, which shows as stripes when they let through.
        // A rectangle's right and lower ends are left out of it.
        for x in first.0..last.0 {
            let (a, b) = (height_at(&upper, x), height_at(&lower, x));
            self.back.draw_rect((x, a.min(b)), (x + 1, a.max(b)), &colour, true).map_err(fault)?;
        }
        Ok(())
    }

    fn path(&self, points: &[(f64, f64)]) -> Vec<(i32, i32)> {
        points.iter().map(|p| self.px(*p)).collect()
    }

    /// A line through the points, with round corners.
    pub fn line(&mut self, points: &[(f64, f64)], width: f64, colour: RGBColor) -> Result<()> {
        let mut px = self.path(points);
        px.dedup();
        if px.len() < 2 {
            return Ok(());
        }
        let colour = self.look.colour(colour);
        let stroke = ((width * self.scale).round() as u32).max(1);
        if self.svg || stroke == 1 {
            return self.back.draw_path(px, &colour.stroke_width(stroke)).map_err(fault);
        }
        // Plotters' own thick paths have spikes at sharp corners: a quad a segment and a disc a corner have none.
        let half = f64::from(stroke) / 2.0;
        for pair in px.windows(2) {
            self.back.fill_polygon(quad(pair[0], pair[1], half), &colour).map_err(fault)?;
        }
        if stroke > 2 {
            for p in &px[1..px.len() - 1] {
                self.back.draw_circle(*p, stroke / 2, &colour, true).map_err(fault)?;
            }
        }
        Ok(())
    }

    /// A dashed line through the points: `on` and `off` are lengths in logical pixels.
    pub fn dashed(&mut self, points: &[(f64, f64)], width: f64, colour: RGBColor, on: f64, off: f64) -> Result<()> {
        for dash in dashes(points, on, off) {
            self.line(&dash, width, colour)?;
        }
        Ok(())
    }

    /// A disc.
    pub fn dot(&mut self, at: (f64, f64), radius: f64, colour: RGBColor) -> Result<()> {
        let r = ((radius * self.scale).round() as u32).max(1);
        self.back.draw_circle(self.px(at), r, &self.look.colour(colour), true).map_err(fault)
    }

    /// A line of text; the point is on its baseline.
    pub fn text(&mut self, text: &str, (x, y): (f64, f64), pen: Pen, align: Align) -> Result<()> {
        let down = self.drop(pen.size);
        self.put(text, (x, y - down), pen, align)
    }

    /// Text with a rim, readable on any ground.
    pub fn text_rim(&mut self, text: &str, (x, y): (f64, f64), pen: Pen, align: Align) -> Result<()> {
        let rim = Pen { colour: WHITE, ..pen };
        let (d, s) = (1.3, 0.92);
        for (dx, dy) in [(d, 0.0), (-d, 0.0), (0.0, d), (0.0, -d), (s, s), (s, -s), (-s, s), (-s, -s)] {
            self.text(text, (x + dx, y + dy), rim, align)?;
        }
        self.text(text, (x, y), pen, align)
    }

    /// Distance from the top of plotters' text box to the baseline. The two back ends differ.
    fn drop(&self, size: f64) -> f64 {
        if self.svg { 0.76 * size } else { 0.5 * BITMAP_EM * size }
    }

    fn put(&mut self, text: &str, at: (f64, f64), pen: Pen, align: Align) -> Result<()> {
        // An SVG's font size is an em, made smaller by plotters; the bitmap's is ascent plus descent.
        let size = pen.size * self.scale * if self.svg { 1.24 } else { BITMAP_EM };
        let style = if pen.bold { FontStyle::Bold } else { FontStyle::Normal };
        let h = match align {
            Align::Left => HPos::Left,
            Align::Middle => HPos::Center,
            Align::Right => HPos::Right,
        };
        let colour = self.look.colour(pen.colour);
        let style = TextStyle::from((FAMILY, size, style)).color(&colour).pos(Pos::new(h, VPos::Top));
        let at = self.px(at);
        self.back.draw_text(text, &style, at).map_err(fault)
    }
}

/// A figure: it has a size, a title, and draws itself on any back end.
pub trait Figure {
    /// Width and height in logical pixels.
    fn size(&self) -> (f64, f64);
    /// What a reader who cannot see it is told.
    fn title(&self) -> &str;
    /// Draws it.
    fn draw<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()>;
}

/// The figure as an SVG document.
pub fn svg(figure: &impl Figure, look: Look) -> Result<String> {
    theme::fonts()?;
    let (w, h) = figure.size();
    let (sw, sh) = ((w * SVG_SCALE) as u32, (h * SVG_SCALE) as u32);
    let mut text = String::new();
    {
        let mut back = SVGBackend::with_string(&mut text, (sw, sh));
        figure.draw(&mut Canvas { back: &mut back, scale: SVG_SCALE, svg: true, look })?;
        back.present().map_err(fault)?;
    }
    // Plotters' own head has the drawn size as width and height; ours has the logical one, a name, and round corners.
    let body = text.split_once('\n').map_or("", |(_, body)| body);
    // Fully opaque is what a shape is without being told; it is a third of a map's bytes.
    let body = body.replace(" opacity=\"1\"", "").replace(" \"/>", "\"/>");
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"0 0 {sw} {sh}\" role=\"img\" \
         stroke-linejoin=\"round\" stroke-linecap=\"round\">\n<title>{}</title>\n{body}",
        escape(figure.title())
    ))
}

/// The figure as pixels: width, height, and three bytes a pixel.
fn pixels(figure: &impl Figure, look: Look) -> Result<(usize, usize, Vec<u8>)> {
    theme::fonts()?;
    let (w, h) = figure.size();
    let (w, h) = (w as usize * PNG_SCALE, h as usize * PNG_SCALE);
    let (bw, bh) = (w * SMOOTH, h * SMOOTH);
    // What a figure leaves at its edges is ground too.
    let RGBColor(red, green, blue) = look.colour(WHITE);
    let mut big = [red, green, blue].repeat(bw * bh);
    {
        let mut back = BitMapBackend::with_buffer(&mut big, (bw as u32, bh as u32));
        figure.draw(&mut Canvas { back: &mut back, scale: (PNG_SCALE * SMOOTH) as f64, svg: false, look })?;
        back.present().map_err(fault)?;
    }
    let mut small = vec![0u8; w * h * 3];
    for (y, row) in small.chunks_exact_mut(w * 3).enumerate() {
        for (x, px) in row.chunks_exact_mut(3).enumerate() {
            for (c, out) in px.iter_mut().enumerate() {
                let at = |dx: usize, dy: usize| u32::from(big[((y * SMOOTH + dy) * bw + x * SMOOTH + dx) * 3 + c]);
                *out = ((at(0, 0) + at(1, 0) + at(0, 1) + at(1, 1) + 2) / 4) as u8;
            }
        }
    }
    Ok((w, h, small))
}

/// Draws a figure as `dir/name.svg` and `dir/name.png`; gives their paths and the SVG.
pub fn save(figure: &impl Figure, look: Look, dir: &Path, name: &str) -> Result<([PathBuf; 2], String)> {
    disk::create_dir_all(dir).map_err(|e| Error::io(dir, e))?;
    let text = svg(figure, look)?;
    let as_svg = write_whole(dir, &format!("{name}.svg"), text.as_bytes())?;
    let as_png = write_whole(dir, &format!("{name}.png"), &png(figure, look)?)?;
    Ok(([as_svg, as_png], text))
}

/// The figure as a PNG file.
fn png(figure: &impl Figure, look: Look) -> Result<Vec<u8>> {
    let (w, h, px) = pixels(figure, look)?;
    let mut bytes = vec![];
    let mut encoder = png::Encoder::new(&mut bytes, w as u32, h as u32);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // Plain areas and letters: the library's fast way, made for photographs, would give files twenty times as large.
    encoder.set_compression(png::Compression::Default);
    encoder.set_filter(png::FilterType::NoFilter);
    let done = encoder.write_header().and_then(|mut out| out.write_image_data(&px));
    done.map_err(fault)?;
    Ok(bytes)
}

/// Drawing into memory fails for no reason a user could mend; the text is for a bug report.
fn fault(e: impl std::fmt::Display) -> Error {
    Error::Input(format!("a chart could not be drawn: {e}"))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// Height of a line that runs from left to right, at `x`.
fn height_at(line: &[(i32, i32)], x: i32) -> i32 {
    let after = line.partition_point(|p| p.0 <= x).clamp(1, line.len().max(2) - 1);
    match (line.get(after - 1), line.get(after)) {
        (Some(a), Some(b)) if b.0 > a.0 => {
            let t = f64::from(x - a.0) / f64::from(b.0 - a.0);
            (f64::from(a.1) + t * f64::from(b.1 - a.1)).round() as i32
        }
        (Some(a), _) => a.1,
        _ => 0,
    }
}

/// The four corners of a thick segment.
fn quad(a: (i32, i32), b: (i32, i32), half: f64) -> Vec<(i32, i32)> {
    let (dx, dy) = (f64::from(b.0 - a.0), f64::from(b.1 - a.1));
    let len = libm::hypot(dx, dy).max(1e-9);
    let (nx, ny) = (-dy / len * half, dx / len * half);
    let at =
        |p: (i32, i32), s: f64| ((f64::from(p.0) + s * nx).round() as i32, (f64::from(p.1) + s * ny).round() as i32);
    vec![at(a, 1.0), at(b, 1.0), at(b, -1.0), at(a, -1.0)]
}

/// A path cut into dashes.
fn dashes(points: &[(f64, f64)], on: f64, off: f64) -> Vec<Vec<(f64, f64)>> {
    let mut out = Vec::new();
    let (mut drawing, mut left) = (true, on);
    let mut dash: Vec<(f64, f64)> = points.first().copied().into_iter().collect();
    for pair in points.windows(2) {
        let (mut a, b) = (pair[0], pair[1]);
        loop {
            let len = libm::hypot(b.0 - a.0, b.1 - a.1);
            if len <= left {
                left -= len;
                if drawing {
                    dash.push(b);
                }
                break;
            }
            let t = left / len;
            a = (a.0 + (b.0 - a.0) * t, a.1 + (b.1 - a.1) * t);
            if drawing {
                dash.push(a);
                out.push(std::mem::take(&mut dash));
            } else {
                dash = vec![a];
            }
            drawing = !drawing;
            left = if drawing { on } else { off };
        }
    }
    if drawing && dash.len() > 1 {
        out.push(dash);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_have_a_height_between_their_points() {
        let line = [(0, 0), (10, 100), (20, 100)];
        assert_eq!([0, 5, 10, 15, 20].map(|x| height_at(&line, x)), [0, 50, 100, 100, 100]);
        assert_eq!((height_at(&[(3, 7)], 3), height_at(&[], 3)), (7, 0));
    }

    #[test]
    fn dashes_cover_their_share() {
        let all = dashes(&[(0.0, 0.0), (60.0, 0.0), (100.0, 0.0)], 6.0, 4.0);
        assert_eq!(all.len(), 10);
        let drawn: f64 = all.iter().flat_map(|d| d.windows(2)).map(|p| p[1].0 - p[0].0).sum();
        assert!((drawn - 60.0).abs() < 1e-9, "{drawn}");
    }
}
