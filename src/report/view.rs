//! What part of the earth a map shows, and what falls outside it.

use super::read::Ring;

/// Libya: west, south, east, north. Every map covers it.
const LIBYA: Degrees = Degrees { west: 9.3, south: 19.5, east: 25.2, north: 33.2 };
/// What `geo/` covers.
const DATA: Degrees = Degrees { west: -20.0, south: -3.0, east: 54.0, north: 48.0 };
/// Width of every map in logical pixels.
pub const MAP_WIDTH: f64 = 724.0;
/// The least and the greatest height.
const MAP_HEIGHTS: (f64, f64) = (380.0, 640.0);

/// A box of degrees.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Degrees {
    /// Its western edge, in degrees.
    pub west: f64,
    /// Its southern edge, in degrees.
    pub south: f64,
    /// Its eastern edge, in degrees.
    pub east: f64,
    /// Its northern edge, in degrees.
    pub north: f64,
}

/// What the map shows and how high it is: the cells' outlines and Libya with a margin, widened to the map's shape.
pub fn view<'a>(outlines: impl Iterator<Item = &'a Ring>) -> (Degrees, f64) {
    let mut b = LIBYA;
    for (lon, lat) in outlines.flatten() {
        b.west = b.west.min(*lon);
        b.east = b.east.max(*lon);
        b.south = b.south.min(*lat);
        b.north = b.north.max(*lat);
    }
    // A margin, but nothing beyond the data: there is no coast there, and all would look like sea.
    let (mx, my) = ((b.east - b.west) * 0.04, (b.north - b.south) * 0.04);
    b.west = (b.west - mx).max(DATA.west);
    b.east = (b.east + mx).min(DATA.east);
    b.south = (b.south - my).max(DATA.south);
    b.north = (b.north + my).min(DATA.north);
    let mid = f64::midpoint(b.south, b.north);
    let squeeze = libm::cos(mid.to_radians());
    let (w, h) = (b.east - b.west, b.north - b.south);
    let height = (MAP_WIDTH * h / (w * squeeze)).clamp(MAP_HEIGHTS.0, MAP_HEIGHTS.1).round();
    // Pixels for a degree of latitude: the smaller of what the two directions allow.
    let scale = (height / h).min(MAP_WIDTH / (w * squeeze));
    let (w, h) = (MAP_WIDTH / (scale * squeeze), height / scale);
    let (west, east) = around(f64::midpoint(b.west, b.east), w, DATA.west, DATA.east);
    let (south, north) = around(mid, h, DATA.south, DATA.north);
    (Degrees { west, south, east, north }, height)
}

/// A stretch of that length around the middle, shifted to stay between the ends of the data where it fits.
fn around(middle: f64, length: f64, low: f64, high: f64) -> (f64, f64) {
    let begin = (middle - length / 2.0).min(high - length).max(low);
    (begin, begin + length)
}

/// Sutherland and Hodgman's clipping of a polygon at a rectangle.
pub fn clip(mut points: Vec<(f64, f64)>, low: (f64, f64), high: (f64, f64)) -> Vec<(f64, f64)> {
    // Each side as (which coordinate, its limit, the sign that makes "inside" positive).
    for (axis, limit, sign) in [(0, low.0, 1.0), (0, high.0, -1.0), (1, low.1, 1.0), (1, high.1, -1.0)] {
        let depth = |p: (f64, f64)| sign * (if axis == 0 { p.0 } else { p.1 } - limit);
        let Some(mut before) = points.last().copied() else {
            return points;
        };
        let mut kept = Vec::with_capacity(points.len() + 4);
        for p in points {
            let (a, b) = (depth(before), depth(p));
            if (a >= 0.0) != (b >= 0.0) {
                let t = a / (a - b);
                kept.push((before.0 + (p.0 - before.0) * t, before.1 + (p.1 - before.1) * t));
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
        for (lon, lat) in [(15.0, 25.0), (-8.0, 12.6), (32.5, 15.5), (12.6, 45.0), (-19.9, 47.9)] {
            let (v, height) = view(std::iter::once(&vec![(lon, lat)]));
            assert!(v.west <= LIBYA.west && v.east >= LIBYA.east && v.south <= LIBYA.south && v.north >= LIBYA.north);
            assert!(v.west <= lon && v.east >= lon && v.south <= lat && v.north >= lat, "{v:?}");
            let across = MAP_WIDTH / ((v.east - v.west) * libm::cos(f64::midpoint(v.south, v.north).to_radians()));
            let down = height / (v.north - v.south);
            assert!((across / down - 1.0).abs() < 0.12, "{v:?} {across} {down}");
        }
    }
}
