//! Maps of what passed where: H3 cells coloured by the passages over the run, on the countries' outlines.

use super::axis::decimals;
use super::canvas::{Align, Canvas, Figure, Pen};
use super::chart::heading;
use super::read::{Place, Ring};
use super::theme::{
    AXIS, BODY, BORDER, GREY, INK, LAND, SEA, SMALL, WIDTH, number, scale_colour, text_width,
};
use crate::error::Result;
use h3o::CellIndex;
use plotters::backend::DrawingBackend;
use std::collections::BTreeMap;

/// The line that the makers of the outlines and of the places ask for.
pub const ATTRIBUTION: &str =
    "Made with Natural Earth. Places and towns: GeoNames (CC BY 4.0, changed).";
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
/// Libya: west, south, east, north. Every map covers it.
const LIBYA: Box4 = Box4 {
    west: 9.3,
    south: 19.5,
    east: 25.2,
    north: 33.2,
};
/// What `geo/` covers.
const DATA: Box4 = Box4 {
    west: -20.0,
    south: -3.0,
    east: 54.0,
    north: 48.0,
};
const KM_PER_DEGREE: f64 = 111.195;
/// Left and top of the map, and its largest size.
const LEFT: f64 = 20.0;
const TOP: f64 = 66.0;
const MAP_WIDTH: f64 = 724.0;
const MAP_HEIGHTS: (f64, f64) = (380.0, 640.0);
/// Space under the map for the attribution and the caption.
const FOOT: f64 = 50.0;

/// A box of degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Box4 {
    west: f64,
    south: f64,
    east: f64,
    north: f64,
}

/// A map of passages.
#[derive(Debug, Clone)]
pub struct Map<'a> {
    title: String,
    subtitle: String,
    caption: String,
    /// What the colours count, in lines that fit beside the map.
    counts: [&'a str; 2],
    cells: Vec<(Ring, f64)>,
    countries: &'a [Ring],
    places: &'a [Place],
    view: Box4,
    low: f64,
    high: f64,
    height: f64,
}

/// The texts of a map.
#[derive(Debug, Clone)]
pub struct Texts<'a> {
    /// What the map shows.
    pub title: &'a str,
    /// Title of the scenario.
    pub subtitle: &'a str,
    /// The line at the bottom.
    pub caption: &'a str,
    /// Over the colours.
    pub counts: [&'a str; 2],
}

/// The cells as H3 cells; `None` when one is not (a network of named places).
pub fn as_h3(
    names: &BTreeMap<String, super::read::Passages>,
) -> Option<Vec<(CellIndex, &super::read::Passages)>> {
    names
        .iter()
        .map(|(name, p)| Some((name.parse().ok()?, p)))
        .collect()
}

impl<'a> Map<'a> {
    /// A map of these cells, if any has a passage.
    pub fn new(
        texts: &Texts<'a>,
        cells: &[(CellIndex, f64)],
        countries: &'a [Ring],
        places: &'a [Place],
    ) -> Option<Map<'a>> {
        let outline =
            |c: CellIndex| -> Ring { c.boundary().iter().map(|p| (p.lng(), p.lat())).collect() };
        let cells: Vec<(Ring, f64)> = cells
            .iter()
            .filter(|c| c.1 > 0.0)
            .map(|c| (outline(c.0), c.1))
            .collect();
        if cells.is_empty() {
            return None;
        }
        let high = cells.iter().map(|c| c.1).fold(0.0, f64::max);
        let low = cells
            .iter()
            .map(|c| c.1)
            .fold(high, f64::min)
            .max(high / 1e6);
        let (view, height) = view(&cells);
        Some(Map {
            title: texts.title.to_string(),
            subtitle: texts.subtitle.to_string(),
            caption: texts.caption.to_string(),
            counts: texts.counts,
            cells,
            countries,
            places,
            view,
            low,
            high,
            height,
        })
    }

    fn at(&self, (lon, lat): (f64, f64)) -> (f64, f64) {
        let v = &self.view;
        let x = LEFT + (lon - v.west) / (v.east - v.west) * MAP_WIDTH;
        let y = TOP + (v.north - lat) / (v.north - v.south) * self.height;
        (x, y)
    }

    /// A ring on paper, without points too near to be told apart, cut at the map's edge.
    fn ring(&self, ring: &Ring, least: f64) -> Vec<(f64, f64)> {
        let mut points: Vec<(f64, f64)> = Vec::new();
        for p in ring.iter().map(|p| self.at(*p)) {
            if points
                .last()
                .is_none_or(|q| libm::hypot(p.0 - q.0, p.1 - q.1) >= least)
            {
                points.push(p);
            }
        }
        clip(points, (LEFT, TOP), (LEFT + MAP_WIDTH, TOP + self.height))
    }

    /// How dark a value is: 0 the fewest passages, 1 the most.
    fn shade(&self, v: f64) -> f64 {
        if self.high <= self.low {
            1.0
        } else {
            libm::log10(v / self.low) / libm::log10(self.high / self.low)
        }
    }

    fn ground<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()> {
        let end = (LEFT + MAP_WIDTH, TOP + self.height);
        on.rect((LEFT, TOP), end, SEA)?;
        let rings: Vec<_> = self
            .countries
            .iter()
            .map(|r| self.ring(r, 0.4))
            .filter(|r| r.len() > 2)
            .collect();
        for ring in &rings {
            on.fill(ring, LAND)?;
        }
        for (ring, v) in &self.cells {
            on.tile(&self.ring(ring, 0.0), scale_colour(self.shade(*v)))?;
        }
        for mut ring in rings {
            ring.extend(ring.first().copied());
            on.line(&ring, 0.8, BORDER)?;
        }
        on.line(
            &[(LEFT, TOP), (end.0, TOP), end, (LEFT, end.1), (LEFT, TOP)],
            1.2,
            AXIS,
        )
    }

    fn labels<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()> {
        let find = |(name, iso3): &(&str, &str)| {
            self.places
                .iter()
                .find(|p| p.name == *name && p.iso3 == *iso3)
        };
        let inside = |p: &(f64, f64)| {
            p.0 > LEFT + 6.0
                && p.0 < LEFT + MAP_WIDTH - 6.0
                && p.1 > TOP + 6.0
                && p.1 < TOP + self.height - 6.0
        };
        let shown: Vec<(&str, (f64, f64))> = LABELS
            .iter()
            .filter_map(|l| find(l).map(|p| (l.0, self.at((p.lon, p.lat)))))
            .filter(|(_, p)| inside(p))
            .collect();
        let mut taken: Vec<[f64; 4]> = shown
            .iter()
            .map(|(_, p)| [p.0 - 3.0, p.1 - 3.0, p.0 + 3.0, p.1 + 3.0])
            .collect();
        for (_, p) in &shown {
            on.dot(*p, 3.4, plotters::style::RGBColor(255, 255, 255))?;
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
                    && a[3] < TOP + self.height - 2.0
                    && !taken
                        .iter()
                        .any(|t| a[0] < t[2] && a[2] > t[0] && a[1] < t[3] && a[3] > t[1])
            };
            if let Some(spot) = spots.into_iter().find(|s| fits(&area(*s))) {
                taken.push(area(spot));
                on.text_rim(name, spot, Pen::new(SMALL, INK), Align::Left)?;
            }
        }
        Ok(())
    }

    fn key<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()> {
        let x = LEFT + MAP_WIDTH + 18.0;
        for (i, line) in self.counts.iter().enumerate() {
            on.text(
                line,
                (x, TOP + 11.0 + 16.0 * i as f64),
                Pen::new(BODY, INK),
                Align::Left,
            )?;
        }
        let (top, height, width) = (TOP + 46.0, 210.0, 18.0);
        const STEPS: usize = 70;
        let y = |t: f64| top + height * (1.0 - t);
        for i in 0..STEPS {
            let (a, b) = (i as f64 / STEPS as f64, (i + 1) as f64 / STEPS as f64);
            on.rect((x, y(b)), (x + width, y(a)), scale_colour((a + b) / 2.0))?;
        }
        for v in key_ticks(self.low, self.high) {
            let y = y(self.shade(v));
            on.line(&[(x + width, y), (x + width + 5.0, y)], 1.0, AXIS)?;
            let at = (x + width + 9.0, y + SMALL * 0.36);
            on.text(
                &number(v, decimals(v).min(2)),
                at,
                Pen::new(SMALL, INK),
                Align::Left,
            )?;
        }
        on.text(
            "logarithmic",
            (x, top + height + 20.0),
            Pen::new(SMALL, GREY),
            Align::Left,
        )?;

        let px_per_km = self.height / ((self.view.north - self.view.south) * KM_PER_DEGREE);
        let km = [1000.0, 500.0, 300.0, 200.0, 100.0]
            .into_iter()
            .find(|km| km * px_per_km <= 105.0)
            .unwrap_or(50.0);
        let (y, end) = (TOP + self.height - 6.0, x + km * px_per_km);
        on.line(&[(x, y - 4.0), (x, y), (end, y), (end, y - 4.0)], 1.4, INK)?;
        on.text(
            &format!("{} km", number(km, 0)),
            (x, y - 9.0),
            Pen::new(SMALL, INK),
            Align::Left,
        )
    }
}

impl Figure for Map<'_> {
    fn size(&self) -> (f64, f64) {
        (WIDTH, (TOP + self.height + FOOT).round())
    }

    fn title(&self) -> &str {
        &self.title
    }

    fn draw<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()> {
        heading(on, self.size(), &self.title, &self.subtitle, &self.caption)?;
        self.ground(on)?;
        self.labels(on)?;
        self.key(on)?;
        on.text(
            ATTRIBUTION,
            (LEFT, TOP + self.height + 18.0),
            Pen::new(SMALL, GREY),
            Align::Left,
        )
    }
}

/// What the map shows and how high it is: the cells and Libya with a margin, widened to the map's shape.
fn view(cells: &[(Ring, f64)]) -> (Box4, f64) {
    let mut b = LIBYA;
    for (lon, lat) in cells.iter().flat_map(|c| &c.0) {
        b.west = b.west.min(*lon);
        b.east = b.east.max(*lon);
        b.south = b.south.min(*lat);
        b.north = b.north.max(*lat);
    }
    let mid = f64::midpoint(b.south, b.north);
    let squeeze = libm::cos(mid.to_radians());
    let (w, h) = ((b.east - b.west) * 1.08, (b.north - b.south) * 1.08);
    let height = (MAP_WIDTH * h / (w * squeeze))
        .clamp(MAP_HEIGHTS.0, MAP_HEIGHTS.1)
        .round();
    // Pixels for a degree of latitude: the smaller of what the two directions allow.
    let scale = (height / h).min(MAP_WIDTH / (w * squeeze));
    let (w, h) = (MAP_WIDTH / (scale * squeeze), height / scale);
    let (west, east) = around(f64::midpoint(b.west, b.east), w, DATA.west, DATA.east);
    let (south, north) = around(mid, h, DATA.south, DATA.north);
    (
        Box4 {
            west,
            south,
            east,
            north,
        },
        height,
    )
}

/// A stretch of that length around the middle, shifted to stay between the ends of the data where it fits.
fn around(middle: f64, length: f64, low: f64, high: f64) -> (f64, f64) {
    let begin = (middle - length / 2.0).min(high - length).max(low);
    (begin, begin + length)
}

/// Numbers beside the colours: powers of ten, or 1, 2, 5 when those are few.
fn key_ticks(low: f64, high: f64) -> Vec<f64> {
    let from = libm::log10(low).floor() as i32;
    let to = libm::log10(high).ceil() as i32;
    let tens = |steps: &[f64]| -> Vec<f64> {
        let all =
            (from..=to).flat_map(|k| steps.iter().map(move |s| s * libm::pow(10.0, f64::from(k))));
        all.filter(|v| *v >= low * 0.999 && *v <= high * 1.001)
            .collect()
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

/// Sutherland and Hodgman's clipping of a polygon at a rectangle.
fn clip(mut points: Vec<(f64, f64)>, low: (f64, f64), high: (f64, f64)) -> Vec<(f64, f64)> {
    // Each side as (which coordinate, its limit, the sign that makes "inside" positive).
    for (axis, limit, sign) in [
        (0, low.0, 1.0),
        (0, high.0, -1.0),
        (1, low.1, 1.0),
        (1, high.1, -1.0),
    ] {
        let depth = |p: (f64, f64)| sign * (if axis == 0 { p.0 } else { p.1 } - limit);
        let Some(mut before) = points.last().copied() else {
            return points;
        };
        let mut kept = Vec::with_capacity(points.len() + 4);
        for p in points {
            let (a, b) = (depth(before), depth(p));
            if (a >= 0.0) != (b >= 0.0) {
                let t = a / (a - b);
                kept.push((
                    before.0 + (p.0 - before.0) * t,
                    before.1 + (p.1 - before.1) * t,
                ));
            }
            if b >= 0.0 {
                kept.push(p);
            }
            before = p;
        }
        points = kept;
    }
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polygons_are_cut_at_the_edge() {
        let square = vec![(-5.0, -5.0), (5.0, -5.0), (5.0, 5.0), (-5.0, 5.0)];
        let mut cut = clip(square.clone(), (0.0, 0.0), (10.0, 10.0));
        cut.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        assert_eq!(cut, [(0.0, 0.0), (0.0, 5.0), (5.0, 0.0), (5.0, 5.0)]);
        assert!(clip(square, (20.0, 20.0), (30.0, 30.0)).is_empty());
        assert!(clip(Vec::new(), (0.0, 0.0), (1.0, 1.0)).is_empty());
    }

    #[test]
    fn every_view_covers_libya_in_true_proportion() {
        for (lon, lat) in [(15.0, 25.0), (-8.0, 12.6), (32.5, 15.5), (12.6, 45.0)] {
            let (v, height) = view(&[(vec![(lon, lat)], 1.0)]);
            assert!(
                v.west <= LIBYA.west
                    && v.east >= LIBYA.east
                    && v.south <= LIBYA.south
                    && v.north >= LIBYA.north
            );
            assert!(
                v.west <= lon && v.east >= lon && v.south <= lat && v.north >= lat,
                "{v:?}"
            );
            let across = MAP_WIDTH
                / ((v.east - v.west) * libm::cos(f64::midpoint(v.south, v.north).to_radians()));
            let down = height / (v.north - v.south);
            assert!((across / down - 1.0).abs() < 0.12, "{v:?} {across} {down}");
        }
    }

    #[test]
    fn the_key_has_numbers() {
        assert_eq!(key_ticks(1.0, 1e6), [1.0, 10.0, 100.0, 1e3, 1e4, 1e5, 1e6]);
        assert_eq!(key_ticks(3.0, 60.0), [5.0, 10.0, 20.0, 50.0]);
        assert_eq!(key_ticks(7.0, 7.0), [7.0]);
        assert_eq!(key_ticks(6.0, 8.0), [6.0, 8.0]);
    }
}
