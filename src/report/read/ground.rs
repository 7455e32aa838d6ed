//! The ground of maps: outlines of countries and named places (`geo/`).

use super::{bad_csv, number, open};
use crate::error::{Error, Result};
use serde::{Deserialize, Deserializer};
use std::fs;
use std::path::Path;

/// What maps lie on.
#[derive(Debug, Clone)]
pub struct Ground {
    /// Countries, each with its name and its outer rings.
    pub lands: Vec<(String, Vec<Ring>)>,
    pub places: Vec<Place>,
}

impl Ground {
    /// Reads `geo/countries.geojson` and `geo/places.csv`.
    ///
    /// # Errors
    /// A file that is missing or has something wrong in it.
    pub fn read(data_dir: &Path) -> Result<Ground> {
        Ok(Ground { lands: lands(data_dir)?, places: places(data_dir)? })
    }
}

/// A named place of `geo/places.csv`.
#[derive(Debug, Clone, Deserialize)]
pub struct Place {
    /// Its name.
    pub name: String,
    /// Its country.
    pub iso3: String,
    /// Degrees north.
    pub lat: f64,
    /// Degrees east.
    pub lon: f64,
    /// People who live there; 0 where that is not known.
    #[serde(default, deserialize_with = "or_zero")]
    pub population: f64,
    /// `capital`, `city`, `border_post` and so on.
    #[serde(default)]
    pub kind: String,
}

fn or_zero<'de, D: Deserializer<'de>>(from: D) -> std::result::Result<f64, D::Error> {
    number(from).map(|v| if v.is_nan() { 0.0 } else { v })
}

fn places(data_dir: &Path) -> Result<Vec<Place>> {
    let path = data_dir.join("geo").join("places.csv");
    open(&path)?.deserialize().collect::<std::result::Result<_, _>>().map_err(|e| bad_csv(&path, e))
}

/// A closed line of (longitude, latitude).
pub type Ring = Vec<(f64, f64)>;

fn lands(data_dir: &Path) -> Result<Vec<(String, Vec<Ring>)>> {
    let path = data_dir.join("geo").join("countries.geojson");
    let text = fs::read_to_string(&path).map_err(|e| Error::io(&path, e))?;
    let wrong = |e: String| Error::Input(format!("{}: {e}", path.display()));
    let doc: geojson::FeatureCollection = text.parse().map_err(|e: geojson::Error| wrong(e.to_string()))?;
    let mut all = Vec::new();
    for feature in doc.features {
        let name = feature.property("name").and_then(|n| n.as_str()).unwrap_or_default().to_string();
        let rings: Vec<Ring> = match feature.geometry.map(|g| g.value) {
            Some(geojson::GeometryValue::Polygon { coordinates }) => {
                coordinates.first().map(|r| ring(r)).into_iter().collect()
            }
            Some(geojson::GeometryValue::MultiPolygon { coordinates }) => {
                coordinates.iter().filter_map(|p| p.first()).map(|r| ring(r)).collect()
            }
            _ => continue,
        };
        all.push((name, rings));
    }
    if all.iter().all(|(_, rings)| rings.is_empty()) {
        return Err(wrong("no polygon in it".into()));
    }
    Ok(all)
}

fn ring(points: &[geojson::Position]) -> Ring {
    points.iter().filter_map(|p| Some((*p.as_slice().first()?, *p.as_slice().get(1)?))).collect()
}
