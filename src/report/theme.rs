//! How the figures look: colours, sizes, fonts, the way numbers and names are written.

use crate::error::{Error, Result};
use plotters::style::{FontFamily, FontStyle, IntoFont, RGBColor, register_font};
use std::sync::OnceLock;

/// Width of a figure in logical pixels (an SVG's; a PNG has twice as many).
pub const WIDTH: f64 = 900.0;
/// Height of a figure with one or two panels.
pub const HEIGHT: f64 = 520.0;
/// Font sizes in logical pixels.
pub const TITLE: f64 = 17.0;
/// Axis titles, legends, names of panels.
pub const BODY: f64 = 12.5;
/// Numbers at the ticks, captions.
pub const SMALL: f64 = 11.5;

/// Text.
pub const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// Secondary text.
pub const GREY: RGBColor = RGBColor(0x5a, 0x5a, 0x5a);
/// Grid lines.
pub const GRID: RGBColor = RGBColor(0xe4, 0xe4, 0xe4);
/// Axis lines.
pub const AXIS: RGBColor = RGBColor(0x77, 0x77, 0x77);
/// Sea of a map.
pub const SEA: RGBColor = RGBColor(0xe6, 0xf0, 0xf6);
/// Land of a map.
pub const LAND: RGBColor = RGBColor(0xf7, 0xf5, 0xf0);
/// Borders of a map.
pub const BORDER: RGBColor = RGBColor(0x8a, 0x86, 0x80);

/// Okabe and Ito's colours, told apart by all kinds of colour vision; those that read best as lines come first.
pub const OKABE_ITO: [RGBColor; 8] = [
    RGBColor(0x00, 0x72, 0xb2),
    RGBColor(0xd5, 0x5e, 0x00),
    RGBColor(0x00, 0x9e, 0x73),
    RGBColor(0xcc, 0x79, 0xa7),
    RGBColor(0xe6, 0x9f, 0x00),
    RGBColor(0x56, 0xb4, 0xe9),
    RGBColor(0x00, 0x00, 0x00),
    RGBColor(0xf0, 0xe4, 0x42),
];

/// The `i`th colour; after the eighth they come again, lighter.
pub fn colour(i: usize) -> RGBColor {
    let n = OKABE_ITO.len();
    let c = OKABE_ITO[i % n];
    match i / n {
        0 => c,
        _ => mix(c, RGBColor(255, 255, 255), 0.5),
    }
}

/// The `i`th colour of a filled area: a large black one would weigh more than what it stands for.
pub fn area_colour(i: usize) -> RGBColor {
    match colour(i) {
        RGBColor(0, 0, 0) => RGBColor(0x99, 0x99, 0x99),
        c => c,
    }
}

/// Anchors of a sequential palette from few (light) to many (dark): viridis turned round, since the ground is light.
const SCALE: [RGBColor; 9] = [
    RGBColor(0xfd, 0xe7, 0x25),
    RGBColor(0xad, 0xdc, 0x30),
    RGBColor(0x5e, 0xc9, 0x62),
    RGBColor(0x28, 0xae, 0x80),
    RGBColor(0x21, 0x91, 0x8c),
    RGBColor(0x2c, 0x72, 0x8e),
    RGBColor(0x3b, 0x52, 0x8b),
    RGBColor(0x47, 0x2d, 0x7b),
    RGBColor(0x44, 0x01, 0x54),
];

/// The palette's colour at `t` in 0..1.
pub fn scale_colour(t: f64) -> RGBColor {
    let at = t.clamp(0.0, 1.0) * (SCALE.len() - 1) as f64;
    let i = (at as usize).min(SCALE.len() - 2);
    mix(SCALE[i], SCALE[i + 1], at - i as f64)
}

/// A colour between two: the first at 0, the second at 1.
pub fn mix(a: RGBColor, b: RGBColor, t: f64) -> RGBColor {
    let m = |x: u8, y: u8| (f64::from(x) + (f64::from(y) - f64::from(x)) * t).round() as u8;
    RGBColor(m(a.0, b.0), m(a.1, b.1), m(a.2, b.2))
}

/// The name both back ends know the font by. A browser takes its own sans-serif; a PNG is drawn with DejaVu Sans.
pub const FAMILY: FontFamily<'static> = FontFamily::SansSerif;

/// Height that DejaVu Sans asks for beyond its em: `ab_glyph` scales by ascent plus descent.
pub const BITMAP_EM: f64 = 1.164;

/// Makes DejaVu Sans known to plotters, once; no font of the system is looked for.
pub fn fonts() -> Result<()> {
    static DONE: OnceLock<bool> = OnceLock::new();
    let ok = DONE.get_or_init(|| {
        register_font("sans-serif", FontStyle::Normal, dejavu::sans::regular()).is_ok()
            && register_font("sans-serif", FontStyle::Bold, dejavu::sans::bold()).is_ok()
    });
    if *ok { Ok(()) } else { Err(Error::Input("the embedded font DejaVu Sans cannot be read".into())) }
}

/// Width of a text in logical pixels. Measured ten times as large, because plotters counts in whole pixels.
pub fn text_width(text: &str, size: f64, bold: bool) -> f64 {
    let style = if bold { FontStyle::Bold } else { FontStyle::Normal };
    let font = (FAMILY, size * 10.0 * BITMAP_EM, style).into_font();
    match font.box_size(text) {
        Ok((w, _)) => f64::from(w) / 10.0,
        Err(_) => text.chars().count() as f64 * size * 0.6,
    }
}

/// The text, cut with an ellipsis when it is wider than `max`.
pub fn fit(text: &str, size: f64, bold: bool, max: f64) -> String {
    if text_width(text, size, bold) <= max {
        return text.to_string();
    }
    let mut cut: Vec<char> = text.chars().collect();
    while cut.pop().is_some() {
        let short: String = cut.iter().collect::<String>().trim_end().to_string() + "…";
        if text_width(&short, size, bold) <= max {
            return short;
        }
    }
    String::new()
}

/// A number with thousands separators and `decimals` digits after the point.
pub fn number(v: f64, decimals: usize) -> String {
    let plain = format!("{:.*}", decimals, v.abs());
    let (whole, rest) = plain.split_once('.').unwrap_or((&plain, ""));
    let mut out = String::new();
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if !rest.is_empty() {
        out.push('.');
        out.push_str(rest);
    }
    let zero = plain.chars().all(|c| c == '0' || c == '.');
    if v < 0.0 && !zero { format!("−{out}") } else { out }
}

/// A metric's name in plain English: underscores become spaces.
pub fn words(name: &str) -> String {
    name.replace('_', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_grouped_by_thousands() {
        let cases = [(0.0, 0, "0"), (999.0, 0, "999"), (1000.0, 0, "1,000"), (3_000_000.0, 0, "3,000,000")];
        for (v, d, want) in cases {
            assert_eq!(number(v, d), want);
        }
        assert_eq!(number(1234.56, 1), "1,234.6");
        assert_eq!(number(-1234.0, 0), "−1,234");
        assert_eq!(number(-0.001, 1), "0.0");
    }

    #[test]
    fn long_texts_are_cut_to_fit() -> Result<()> {
        fonts()?;
        assert_eq!(fit("short", 12.0, false, 200.0), "short");
        let cut = fit(&"long ".repeat(40), 12.0, false, 100.0);
        assert!(cut.ends_with('…') && text_width(&cut, 12.0, false) <= 100.0, "{cut}");
        Ok(())
    }

    #[test]
    fn the_palette_runs_from_end_to_end() {
        assert_eq!(scale_colour(0.0), SCALE[0]);
        assert_eq!(scale_colour(1.0), SCALE[8]);
        assert_eq!(scale_colour(f64::NAN.max(0.0)), SCALE[0]);
        assert_ne!(colour(0), colour(8));
    }
}
