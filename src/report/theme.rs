//! How the figures look: colours, sizes, fonts, the way numbers and names are written.

use crate::error::{Error, Result};
use plotters::style::{FontFamily, FontStyle, IntoFont, RGBColor, register_font};
use std::collections::BTreeMap;
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

/// The ground.
pub const WHITE: RGBColor = RGBColor(0xff, 0xff, 0xff);
/// Text.
pub const INK: RGBColor = RGBColor(0x22, 0x22, 0x22);
/// Secondary text.
pub const GREY: RGBColor = RGBColor(0x5a, 0x5a, 0x5a);
/// Marks of what is of less weight.
pub const FAINT: RGBColor = RGBColor(0x80, 0x80, 0x80);
/// Behind every other row.
pub const STRIPE: RGBColor = RGBColor(0xf6, 0xf6, 0xf6);
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
        _ => mix(c, WHITE, 0.5),
    }
}

/// A large area in black would weigh more than what it stands for.
const AREA: RGBColor = RGBColor(0x99, 0x99, 0x99);

/// The `i`th colour of a filled area.
pub fn area_colour(i: usize) -> RGBColor {
    match colour(i) {
        RGBColor(0, 0, 0) => AREA,
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

/// The same on a dark ground, from few (dark) to many (bright): the ramp of the page's map in the dark.
const DARK_SCALE: [RGBColor; 7] = [
    RGBColor(0x4b, 0x3b, 0x7c),
    RGBColor(0x41, 0x58, 0x9a),
    RGBColor(0x2f, 0x7b, 0x98),
    RGBColor(0x25, 0x9a, 0x8b),
    RGBColor(0x55, 0xb9, 0x6c),
    RGBColor(0xa9, 0xd6, 0x4a),
    RGBColor(0xfd, 0xec, 0x5a),
];

/// A palette's colour at `t` in 0..1.
fn along(palette: &[RGBColor], t: f64) -> RGBColor {
    let at = t.clamp(0.0, 1.0) * (palette.len() - 1) as f64;
    let i = (at as usize).min(palette.len() - 2);
    mix(palette[i], palette[i + 1], at - i as f64)
}

/// What ground a figure is drawn for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Look {
    /// White paper.
    Light,
    /// The dark form of the page and of many slides.
    Dark,
}

impl Look {
    /// What a colour of a figure is on this ground.
    pub fn colour(self, c: RGBColor) -> RGBColor {
        if self == Look::Light { c } else { dark(c) }
    }

    /// The colour of a value on a map, at `t` from the least (0) to the greatest (1), which stands out most from the ground.
    pub fn palette(self, t: f64) -> RGBColor {
        along(if self == Look::Light { &SCALE } else { &DARK_SCALE }, t)
    }
}

/// Colours on paper, and what they are in the dark. Ground, text and land are those of `page.css`. Lines keep their hue, so that text may
/// name them; blue and black would be lost.
const IN_THE_DARK: [(RGBColor, RGBColor); 19] = [
    (WHITE, RGBColor(0x19, 0x1d, 0x23)),
    (INK, RGBColor(0xe6, 0xe9, 0xee)),
    (GREY, RGBColor(0xa3, 0xac, 0xb8)),
    (FAINT, RGBColor(0x98, 0xa0, 0xab)),
    (STRIPE, RGBColor(0x20, 0x25, 0x2c)),
    (GRID, RGBColor(0x34, 0x3a, 0x44)),
    (AXIS, RGBColor(0x84, 0x8c, 0x97)),
    (SEA, RGBColor(0x17, 0x22, 0x2b)),
    (LAND, RGBColor(0x26, 0x2a, 0x2f)),
    (BORDER, RGBColor(0x7b, 0x80, 0x88)),
    (AREA, RGBColor(0x8e, 0x95, 0x9e)),
    (OKABE_ITO[0], RGBColor(0x2f, 0x8f, 0xd0)),
    (OKABE_ITO[1], RGBColor(0xe0, 0x6c, 0x14)),
    (OKABE_ITO[2], RGBColor(0x00, 0xa8, 0x7b)),
    (OKABE_ITO[3], OKABE_ITO[3]),
    (OKABE_ITO[4], OKABE_ITO[4]),
    (OKABE_ITO[5], RGBColor(0x6c, 0xc3, 0xf2)),
    (OKABE_ITO[6], RGBColor(0xf2, 0xf4, 0xf7)),
    (OKABE_ITO[7], OKABE_ITO[7]),
];

/// A colour in the dark. Figures mix colours with white and with ink, to make them lighter and darker: what is mixed so is mixed with the
/// dark ground and with light ink. Any other colour stays, or is made lighter until it can be seen.
pub fn dark(c: RGBColor) -> RGBColor {
    static KNOWN: OnceLock<BTreeMap<[u8; 3], RGBColor>> = OnceLock::new();
    let key = |c: RGBColor| [c.0, c.1, c.2];
    let known = KNOWN.get_or_init(|| {
        let mut all: BTreeMap<_, _> = IN_THE_DARK.iter().map(|(a, b)| (key(*a), *b)).collect();
        for (a, b) in IN_THE_DARK {
            for (other, its) in [IN_THE_DARK[0], IN_THE_DARK[1]] {
                for t in (1..20).map(|k| f64::from(k) / 20.0) {
                    all.entry(key(mix(a, other, t))).or_insert_with(|| mix(b, its, t));
                }
            }
        }
        all
    });
    let lighter = |k: u32| mix(c, WHITE, f64::from(k) / 10.0);
    let seen = |c: &RGBColor| contrast(*c, IN_THE_DARK[0].1) >= 3.0;
    known.get(&key(c)).copied().unwrap_or_else(|| (0..10).map(lighter).find(seen).unwrap_or(WHITE))
}

/// How well two colours can be told apart: from 1, not at all, to 21 (WCAG 2.2: 4.5 for text, 3 for lines).
fn contrast(a: RGBColor, b: RGBColor) -> f64 {
    let linear = |v: u8| match f64::from(v) / 255.0 {
        v if v <= 0.04045 => v / 12.92,
        v => libm::pow((v + 0.055) / 1.055, 2.4),
    };
    let light = |c: RGBColor| 0.2126 * linear(c.0) + 0.7152 * linear(c.1) + 0.0722 * linear(c.2) + 0.05;
    let (a, b) = (light(a), light(b));
    a.max(b) / a.min(b)
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

/// The text in at most `lines` lines, broken between words; what does not fit into the last is cut with an ellipsis.
pub fn wrap(text: &str, size: f64, max: f64, lines: usize) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for word in text.split_whitespace() {
        let full = out.len() >= lines;
        match out.last_mut() {
            Some(line) if full || text_width(&format!("{line} {word}"), size, false) <= max => {
                line.push(' ');
                line.push_str(word);
            }
            _ => out.push(word.to_string()),
        }
    }
    out.into_iter().map(|line| fit(&line, size, false, max)).collect()
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

/// A metric's name in plain English: underscores become spaces; after it the part of the run that it is taken over.
pub fn words(name: &str) -> String {
    let (name, part) = name.split_once('@').unwrap_or((name, ""));
    let part = if part.is_empty() { String::new() } else { format!(", {}", part.replace("..", " to ")) };
    format!("{}{part}", name.replace('_', " "))
}

/// The text with a capital letter at its beginning.
pub fn capital(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_uppercase().chain(chars).collect())
}

/// What large numbers are divided by to be read, and the word for that.
pub fn large(most: f64) -> (f64, &'static str) {
    match most {
        m if m >= 1e9 => (1e9, "billion"),
        m if m >= 1e6 => (1e6, "million"),
        _ => (1.0, ""),
    }
}

/// A measure's name in plain English: as [`words`], with capital letters where they belong.
pub fn title_words(name: &str) -> String {
    const NAMES: [&str; 12] = [
        "libya", "mali", "niger", "sahel", "europe", "egypt", "tunisia", "algeria", "chad", "sudan", "africa", "tuareg",
    ];
    const SHORT: [&str; 6] = ["gna", "hor", "lna", "usd", "ddr", "ssr"];
    let word = |w: &str| match w {
        _ if NAMES.contains(&w) => capital(w),
        _ if SHORT.contains(&w) => w.to_uppercase(),
        _ => w.to_string(),
    };
    let name = words(name);
    capital(&name.split(' ').map(word).collect::<Vec<_>>().join(" ")).replace("islamic state", "Islamic State")
}

/// A value and its interval, rounded to what the interval can tell: two digits of its half, and five of the value at most.
#[derive(Debug, Clone, Copy)]
pub struct Rounding {
    /// Values are multiples of this, after `divide`.
    unit: f64,
    /// Digits after the point.
    decimals: usize,
    /// Large numbers are written in millions or billions.
    divide: f64,
    suffix: &'static str,
}

impl Rounding {
    /// How to write a value with that interval.
    pub fn of(v: f64, low: f64, high: f64) -> Rounding {
        let most = [v, low, high].into_iter().filter(|v| v.is_finite()).fold(0.0, |m: f64, v| m.max(v.abs()));
        let (divide, suffix) = match large(most) {
            (divide, "million") => (divide, " million"),
            (divide, "billion") => (divide, " billion"),
            (divide, _) => (divide, ""),
        };
        if most == 0.0 {
            return Rounding::to(0, 1.0, "");
        }
        let half = Some((high - low) / 2.0).filter(|h| h.is_finite()).unwrap_or(0.0);
        let least = half.max(most * 1e-3).max(1e-5) / divide;
        Rounding::to(libm::floor(libm::log10(least)) as i32 - 1, divide, suffix)
    }

    /// How to write a percentage with that interval: one digit after the point at most.
    pub fn percent(low: f64, high: f64) -> Rounding {
        let wide = (high - low) / 2.0 >= 2.0 || low.abs().max(high.abs()) >= 100.0;
        let zero = low == 0.0 && high == 0.0;
        Rounding::to(if wide || zero { 0 } else { -1 }, 1.0, "")
    }

    fn to(digit: i32, divide: f64, suffix: &'static str) -> Rounding {
        let decimals = digit.min(0).unsigned_abs() as usize;
        Rounding { unit: libm::pow(10.0, f64::from(digit)), decimals, divide, suffix }
    }

    /// The number with its sign; zero has none.
    fn bare(&self, v: f64) -> String {
        let rounded = (v / self.divide / self.unit).round() * self.unit;
        let text = number(rounded, self.decimals);
        let zero = !text.contains(|c: char| c.is_ascii_digit() && c != '0');
        if rounded > 0.0 && !zero { format!("+{text}") } else { text }
    }

    /// A change: `−1,200`.
    pub fn change(&self, v: f64) -> String {
        format!("{}{}", self.bare(v), self.suffix)
    }

    /// An interval: `−1,500 to −900`.
    pub fn interval(&self, low: f64, high: f64) -> String {
        format!("{} to {}{}", self.bare(low), self.bare(high), self.suffix)
    }
}

/// The text as a part of a file's name on any system: what is no letter, digit, `_`, `-` becomes `-`.
pub fn file_name(text: &str) -> String {
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' || c == '-' { c } else { '-' };
    let name: String = text.chars().map(plain).take(80).collect();
    if name.is_empty() { "unnamed".into() } else { name }
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
    fn numbers_are_rounded_to_what_their_interval_tells() {
        let write = |v: f64, low: f64, high: f64| {
            let r = Rounding::of(v, low, high);
            (r.change(v), r.interval(low, high))
        };
        let pair = |a: &str, b: &str| (a.to_string(), b.to_string());
        assert_eq!(write(-12_345.6, -14_600.0, -10_100.0), pair("−12,300", "−14,600 to −10,100"));
        assert_eq!(write(0.01234, -0.002, 0.026), pair("+0.012", "−0.002 to +0.026"));
        assert_eq!(write(0.0, -1.0, 1.0), pair("0.0", "−1.0 to +1.0"));
        assert_eq!(write(2.5e9, 2.1e9, 2.9e9), pair("+2.50 billion", "+2.10 to +2.90 billion"));
        assert_eq!(write(-123_456.0, -123_457.0, -123_455.0).0, "−123,460");
        assert_eq!(write(5.0, f64::NAN, f64::NAN).0, "+5.0000");
        assert_eq!(write(0.0, 0.0, 0.0), pair("0", "0 to 0"));
        assert_eq!(Rounding::percent(-13.0, -11.0).change(-12.34), "−12.3");
        assert_eq!(Rounding::percent(-15.0, -9.0).change(-12.34), "−12");
        assert_eq!(Rounding::percent(400.0, 900.0).change(651.2), "+651");
    }

    #[test]
    fn names_of_measures_read_as_text() {
        assert_eq!(title_words("arms_reached_sahel_small_arms"), "Arms reached Sahel small arms");
        assert_eq!(title_words("fighters_gna"), "Fighters GNA");
    }

    #[test]
    fn names_of_files_are_plain() {
        assert_eq!(file_name("libya-2011_guard"), "libya-2011_guard");
        assert_eq!(file_name("../<script>/é"), "----script---");
        assert_eq!((file_name(""), file_name(&"x".repeat(300)).len()), ("unnamed".to_string(), 80));
    }

    #[test]
    fn long_texts_are_broken_between_words() -> Result<()> {
        fonts()?;
        let lines = wrap("one two three four five six seven eight", 12.0, 80.0, 2);
        assert!(lines.len() == 2 && lines[1].ends_with('…') && !lines[0].contains('…'), "{lines:?}");
        assert!(lines.iter().all(|l| text_width(l, 12.0, false) <= 80.0), "{lines:?}");
        assert_eq!(wrap("one", 12.0, 80.0, 2), ["one"]);
        assert!(wrap("", 12.0, 80.0, 2).is_empty());
        Ok(())
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
        assert_eq!(Look::Light.palette(0.0), SCALE[0]);
        assert_eq!(Look::Light.palette(1.0), SCALE[8]);
        assert_eq!(Look::Light.palette(f64::NAN.max(0.0)), SCALE[0]);
        assert_eq!(Look::Dark.palette(1.0), DARK_SCALE[6]);
        assert_ne!(colour(0), colour(8));
    }

    /// Text on every ground that lies behind text, and lines on the ground of charts.
    #[test]
    fn what_is_dark_can_be_read() {
        assert!((contrast(WHITE, RGBColor(0, 0, 0)) - 21.0).abs() < 1e-9);
        assert!((contrast(RGBColor(0x77, 0x77, 0x77), WHITE) - 4.48).abs() < 0.01, "as WCAG has it");
        let grounds = [WHITE, STRIPE, SEA, LAND].map(dark);
        for ground in [grounds[0], grounds[1]] {
            for text in [INK, GREY, mix(INK, FAINT, 0.4)] {
                assert!(contrast(dark(text), ground) >= 4.5, "{text:?}");
            }
            for line in OKABE_ITO.into_iter().chain([FAINT, AXIS, AREA]) {
                assert!(contrast(dark(line), ground) >= 3.0, "{line:?} {}", contrast(dark(line), ground));
                // Whiskers are made darker on paper, and lighter in the dark.
                assert!(contrast(dark(mix(line, INK, 0.35)), ground) >= 3.0, "{line:?}");
            }
        }
        assert!(grounds.iter().all(|g| contrast(dark(INK), *g) >= 4.5));
        assert!(contrast(dark(BORDER), dark(LAND)) >= 3.0);
        let on_land = |t: f64| contrast(Look::Dark.palette(t), dark(LAND));
        assert!(on_land(1.0) > 9.0 && on_land(0.0) > 1.4 && on_land(0.5) > on_land(0.2), "high is bright");
        // Lines stay apart from each other.
        for (i, a) in OKABE_ITO.iter().enumerate() {
            assert!(OKABE_ITO[..i].iter().all(|b| dark(*a) != dark(*b)));
        }
    }

    #[test]
    fn what_figures_mix_is_mixed_in_the_dark() {
        let blue = OKABE_ITO[0];
        assert_eq!(dark(mix(blue, WHITE, 0.7)), mix(dark(blue), dark(WHITE), 0.7));
        assert_eq!(dark(mix(blue, INK, 0.35)), mix(dark(blue), dark(INK), 0.35));
        assert_eq!(dark(colour(8)), mix(dark(blue), dark(WHITE), 0.5));
        let unknown = RGBColor(0x30, 0x04, 0x50);
        assert!(contrast(dark(unknown), dark(WHITE)) >= 3.0);
        assert_eq!([blue, INK, unknown].map(|c| Look::Light.colour(c)), [blue, INK, unknown]);
    }
}
