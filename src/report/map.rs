//! Maps: H3 cells coloured by a value, such as the passages over the run, on the countries' outlines.

use super::axis::decimals;
use super::canvas::{Align, Canvas, Figure, Pen};
use super::chart::heading;
use super::read::{Ground, Ring};
use super::theme::{AXIS, BODY, BORDER, GREY, INK, LAND, SEA, SMALL, WHITE, WIDTH, number, text_width};
use super::view::{Degrees, MAP_WIDTH, clip, view};
use crate::error::Result;
use plotters::backend::DrawingBackend;

/// The line that the makers of the outlines and of the places ask for.
pub const ATTRIBUTION: &str = "Made with Natural Earth. Places and towns: GeoNames (CC BY 4.0, changed).";
/// Places a reader knows, the largest first: an earlier one keeps its label when two collide.
const LABELS: [(&str, &str); 15] = [
    ("Tripoli", "LBY"),
    ("Benghazi", "LBY"),
    ("Sabha", "LBY"),
    ("Agadez", "NER"),
    ("Lampedusa", "ITA"),
    ("Kufra", "LBY"),
    ("Cairo", "EGY"),
    ("Tunis", "TUN"),
    ("Niamey", "NER"),
    ("Bamako", "MLI"),
    ("Khartoum", "SDN"),
    ("N'Djamena", "TCD"),
    ("Gao", "MLI"),
    ("Kidal", "MLI"),
    ("Tamanrasset", "DZA"),
];
/// Kilometres in a degree of latitude.
const KM_PER_DEGREE: f64 = 111.195;
/// Left and top of the map.
pub const LEFT: f64 = 20.0;
pub const TOP: f64 = 66.0;
/// Space under the map for the attribution and the caption.
pub const FOOT: f64 = 50.0;

/// A map.
#[derive(Debug, Clone)]
pub struct Map<'a> {
    texts: Texts,
    cells: Cells<'a>,
    ground: &'a Ground,
    field: Field,
    scale: Scale,
}

/// Outlines of cells, each with its value.
pub type Cells<'a> = Vec<(&'a Ring, f64)>;

/// A part of the sheet with a map in it.
#[derive(Debug, Clone, Copy)]
pub struct Field {
    pub left: f64,
    pub top: f64,
    pub width: f64,
    pub height: f64,
    /// What part of the earth it shows.
    pub view: Degrees,
}

/// From the lightest to the darkest colour.
#[derive(Debug, Clone, Copy)]
pub struct Scale {
    low: f64,
    high: f64,
    logarithmic: bool,
}

impl Scale {
    /// From the least to the greatest of the values above zero, logarithmic; small ones are not told apart.
    pub fn of(values: impl Iterator<Item = f64> + Clone) -> Scale {
        let high = values.clone().fold(0.0, f64::max);
        let low = values.filter(|v| *v > 0.0).fold(high, f64::min);
        Scale { low: low.max(high / 1e6), high, logarithmic: true }
    }

    /// Percents of a whole, linear.
    pub const PERCENT: Scale = Scale { low: 0.0, high: 100.0, logarithmic: false };

    /// How dark a value is: 0 the least, 1 the greatest.
    fn shade(self, v: f64) -> f64 {
        match self {
            Scale { low, high, .. } if high <= low => 1.0,
            Scale { low, high, logarithmic: false } => (v - low) / (high - low),
            Scale { low, high, .. } => libm::log10(v / low) / libm::log10(high / low),
        }
    }

    /// Numbers beside the colours.
    fn ticks(self) -> Vec<f64> {
        if self.logarithmic {
            key_ticks(self.low, self.high)
        } else {
            (0..=4).map(|i| self.low + (self.high - self.low) * f64::from(i) / 4.0).collect()
        }
    }

    /// The colours and what they stand for, right of all maps; `text` says what they count.
    pub fn key<B: DrawingBackend>(self, on: &mut Canvas<'_, B>, text: &[&str]) -> Result<()> {
        let x = LEFT + MAP_WIDTH + 18.0;
        for (i, line) in text.iter().enumerate() {
            on.text(line, (x, TOP + 11.0 + 16.0 * i as f64), Pen::new(BODY, INK), Align::Left)?;
        }
        let pen = Pen::new(SMALL, INK);
        let (top, width) = (TOP + 46.0, 18.0);
        if self.high <= self.low {
            // One value needs one colour, not a scale.
            on.swatch((x, top), (x + width, top + width), 1.0)?;
            let at = (x + width + 9.0, top + width / 2.0 + SMALL * 0.36);
            return on.text(&written(self.high), at, pen, Align::Left);
        }
        const STEPS: usize = 70;
        let height = 210.0;
        let y = |t: f64| top + height * (1.0 - t);
        for i in 0..STEPS {
            let (a, b) = (i as f64 / STEPS as f64, (i + 1) as f64 / STEPS as f64);
            on.swatch((x, y(b)), (x + width, y(a)), (a + b) / 2.0)?;
        }
        for v in self.ticks() {
            let y = y(self.shade(v));
            on.line(&[(x + width, y), (x + width + 5.0, y)], 1.0, AXIS)?;
            let at = (x + width + 9.0, y + SMALL * 0.36);
            on.text(&written(v), at, pen, Align::Left)?;
        }
        let kind = if self.logarithmic { "logarithmic" } else { "linear" };
        on.text(kind, (x, top + height + 20.0), Pen::new(SMALL, GREY), Align::Left)
    }
}

/// The texts of a map.
#[derive(Debug, Clone)]
pub struct Texts {
    /// What the map shows.
    pub title: String,
    /// Title of the scenario.
    pub subtitle: String,
    /// The line at the bottom.
    pub caption: String,
    /// What the colours mean, in lines that fit beside the map.
    pub key: [&'static str; 2],
}

impl Field {
    fn at(&self, (lon, lat): (f64, f64)) -> (f64, f64) {
        let v = &self.view;
        let x = self.left + (lon - v.west) / (v.east - v.west) * self.width;
        let y = self.top + (v.north - lat) / (v.north - v.south) * self.height;
        (x, y)
    }

    /// A ring on paper, without points too near to be told apart, cut at the map's edge.
    fn ring(&self, ring: &Ring, least: f64) -> Vec<(f64, f64)> {
        let mut points: Vec<(f64, f64)> = Vec::new();
        for p in ring.iter().map(|p| self.at(*p)) {
            if points.last().is_none_or(|q| libm::hypot(p.0 - q.0, p.1 - q.1) >= least) {
                points.push(p);
            }
        }
        clip(points, (self.left, self.top), (self.left + self.width, self.top + self.height))
    }

    /// Sea, land, cells, borders and the frame; borders are lines of that width.
    pub fn draw<B: DrawingBackend>(
        &self,
        on: &mut Canvas<'_, B>,
        ground: &Ground,
        cells: &[(&Ring, f64)],
        scale: Scale,
        border: f64,
    ) -> Result<()> {
        let (left, top, end) = (self.left, self.top, (self.left + self.width, self.top + self.height));
        on.rect((left, top), end, SEA)?;
        let rings = ground.lands.iter().flat_map(|l| &l.1).map(|r| self.ring(r, 0.4));
        let rings: Vec<_> = rings.filter(|r| r.len() > 2).collect();
        for ring in &rings {
            on.fill(ring, LAND)?;
        }
        for (ring, v) in cells {
            on.tile(&self.ring(ring, 0.0), scale.shade(*v))?;
        }
        for mut ring in rings {
            ring.extend(ring.first().copied());
            on.line(&ring, border, BORDER)?;
        }
        on.line(&[(left, top), (end.0, top), end, (left, end.1), (left, top)], 1.5 * border, AXIS)
    }
}

impl<'a> Map<'a> {
    /// A map of the cells with a value above zero, if there are any; colours run over `scale`.
    pub fn new(texts: Texts, mut cells: Cells<'a>, scale: Scale, ground: &'a Ground) -> Option<Map<'a>> {
        cells.retain(|c| c.1 > 0.0);
        if cells.is_empty() {
            return None;
        }
        let (view, height) = view(cells.iter().map(|c| c.0));
        let field = Field { left: LEFT, top: TOP, width: MAP_WIDTH, height, view };
        Some(Map { texts, cells, ground, field, scale })
    }

    fn labels<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()> {
        let find = |(name, iso3): &(&str, &str)| self.ground.places.iter().find(|p| p.name == *name && p.iso3 == *iso3);
        let inside = |p: &(f64, f64)| {
            p.0 > LEFT + 6.0 && p.0 < LEFT + MAP_WIDTH - 6.0 && p.1 > TOP + 6.0 && p.1 < TOP + self.field.height - 6.0
        };
        let shown: Vec<(&str, (f64, f64))> = LABELS
            .iter()
            .filter_map(|l| find(l).map(|p| (l.0, self.field.at((p.lon, p.lat)))))
            .filter(|(_, p)| inside(p))
            .collect();
        let mut taken: Vec<[f64; 4]> =
            shown.iter().map(|(_, p)| [p.0 - 3.0, p.1 - 3.0, p.0 + 3.0, p.1 + 3.0]).collect();
        for (_, p) in &shown {
            on.dot(*p, 3.4, WHITE)?;
            on.dot(*p, 2.3, INK)?;
        }
        for (name, p) in shown {
            let w = text_width(name, SMALL, false);
            let spots = [
                (p.0 + 6.0, p.1 + 4.0),
                (p.0 - 6.0 - w, p.1 + 4.0),
                (p.0 - w / 2.0, p.1 - 7.0),
                (p.0 - w / 2.0, p.1 + 15.0),
            ];
            let area = |s: (f64, f64)| [s.0 - 1.0, s.1 - 9.5, s.0 + w + 1.0, s.1 + 3.5];
            let fits = |a: &[f64; 4]| {
                a[0] > LEFT + 2.0
                    && a[2] < LEFT + MAP_WIDTH - 2.0
                    && a[1] > TOP + 2.0
                    && a[3] < TOP + self.field.height - 2.0
                    && !taken.iter().any(|t| a[0] < t[2] && a[2] > t[0] && a[1] < t[3] && a[3] > t[1])
            };
            if let Some(spot) = spots.into_iter().find(|s| fits(&area(*s))) {
                taken.push(area(spot));
                on.text_rim(name, spot, Pen::new(SMALL, INK), Align::Left)?;
            }
        }
        Ok(())
    }

    fn scale_bar<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()> {
        let x = LEFT + MAP_WIDTH + 18.0;
        let px_per_km = self.field.height / ((self.field.view.north - self.field.view.south) * KM_PER_DEGREE);
        let km = [1000.0, 500.0, 300.0, 200.0, 100.0].into_iter().find(|km| km * px_per_km <= 105.0).unwrap_or(50.0);
        let (y, end) = (TOP + self.field.height - 6.0, x + km * px_per_km);
        on.line(&[(x, y - 4.0), (x, y), (end, y), (end, y - 4.0)], 1.4, INK)?;
        on.text(&format!("{} km", number(km, 0)), (x, y - 9.0), Pen::new(SMALL, INK), Align::Left)
    }
}

impl Figure for Map<'_> {
    fn size(&self) -> (f64, f64) {
        (WIDTH, (TOP + self.field.height + FOOT).round())
    }

    fn title(&self) -> &str {
        &self.texts.title
    }

    fn draw<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()> {
        let Texts { title, subtitle, caption, key } = &self.texts;
        heading(on, self.size(), title, subtitle, caption)?;
        self.field.draw(on, self.ground, &self.cells, self.scale, 0.8)?;
        self.labels(on)?;
        self.scale.key(on, key)?;
        self.scale_bar(on)?;
        on.text(ATTRIBUTION, (LEFT, TOP + self.field.height + 18.0), Pen::new(SMALL, GREY), Align::Left)
    }
}

/// A number beside the colours.
fn written(v: f64) -> String {
    number(v, decimals(v).min(if v < 1.0 { 4 } else { 2 }))
}

/// Numbers beside the colours: powers of ten, or 1, 2, 5 when those are few.
fn key_ticks(low: f64, high: f64) -> Vec<f64> {
    let from = libm::log10(low).floor() as i32;
    let to = libm::log10(high).ceil() as i32;
    let tens = |steps: &[f64]| -> Vec<f64> {
        let all = (from..=to).flat_map(|k| steps.iter().map(move |s| s * libm::pow(10.0, f64::from(k))));
        all.filter(|v| *v >= low * 0.999 && *v <= high * 1.001).collect()
    };
    let decades = tens(&[1.0]);
    if decades.len() > 2 {
        return decades;
    }
    let fine = tens(&[1.0, 2.0, 5.0]);
    match fine.len() {
        0 | 1 if high > low => vec![low, high],
        0 | 1 => vec![high],
        _ => fine,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shares_have_a_linear_scale_and_counts_a_logarithmic_one() {
        let counts = Scale::of([0.0, 1.0, 100.0].into_iter());
        assert_eq!([1.0, 10.0, 100.0].map(|v| counts.shade(v)), [0.0, 0.5, 1.0]);
        assert_eq!([25.0, 100.0].map(|v| Scale::PERCENT.shade(v)), [0.25, 1.0]);
        assert_eq!(Scale::PERCENT.ticks(), [0.0, 25.0, 50.0, 75.0, 100.0]);
    }

    #[test]
    fn the_key_has_numbers() {
        assert_eq!(key_ticks(1.0, 1e6), [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6]);
        assert_eq!(key_ticks(3.0, 60.0), [5.0, 10.0, 20.0, 50.0]);
        assert_eq!(key_ticks(7.0, 7.0), [7.0]);
        let texts: Vec<String> = key_ticks(1e-4, 1e3).into_iter().map(written).collect();
        assert_eq!(texts, ["0.0001", "0.001", "0.01", "0.1", "1", "10", "100", "1,000"]);
        assert_eq!(key_ticks(6.0, 8.0), [6.0, 8.0]);
    }
}
