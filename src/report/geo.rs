//! The cells of a run as GeoJSON, for QGIS, kepler.gl, deck.gl and DuckDB.

use super::map::as_h3;
use super::read;
use crate::engine::disk;
use crate::error::{Error, Result};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Writes `dir/cells.geojson`: every cell of `files/cells.csv` with its H3 id, its outline and what it comes to over the whole run.
/// Nothing when there is no such file, or when its cells are not H3.
///
/// # Errors
/// A file that cannot be read or written, by its path.
pub fn write(dir: &Path, files: &Path) -> Result<Option<PathBuf>> {
    let Some(names) = read::cells(files)? else { return Ok(None) };
    let Some(cells) = as_h3(&names).filter(|cells| !cells.is_empty()) else { return Ok(None) };
    let features: Vec<Value> = cells
        .iter()
        .map(|(id, c)| {
            // The first corner comes again at the end, as GeoJSON has it.
            let mut ring: Vec<[f64; 2]> = id.boundary().iter().map(|p| [degrees(p.lng()), degrees(p.lat())]).collect();
            ring.extend(ring.first().copied());
            json!({
                "type": "Feature",
                "geometry": {"type": "Polygon", "coordinates": [ring]},
                "properties": {
                    "h3": id.to_string(), "people": c.people, "arms": c.arms, "crews": c.crews, "risk": c.risk, "believed": c.believed,
                    "outside_state": c.outside_state, "violence": c.violence,
                },
            })
        })
        .collect();
    let path = dir.join("cells.geojson");
    let part = dir.join(format!(".cells.{}.geojson", std::process::id()));
    let text = json!({"type": "FeatureCollection", "features": features}).to_string();
    disk::write(&part, text.as_bytes()).map_err(|e| Error::io(&part, e))?;
    disk::rename(&part, &path).map_err(|e| Error::io(&path, e))?;
    Ok(Some(path))
}

/// Five digits after the point: a metre.
fn degrees(v: f64) -> f64 {
    libm::round(v * 1e5) / 1e5
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_closed_polygons_with_their_ids() {
        let folder = tempfile::tempdir().unwrap();
        let at = folder.path();
        assert!(write(at, at).unwrap().is_none(), "no cells");
        let head = "cell,month,people,arms,crews,risk,believed,outside_state,violence\n";
        let rows = "84384a3ffffffff,2012-01,5,1,2,0.1,,1,0\n84384a3ffffffff,2012-02,7,0,1,0.3,0.2,0,0.5\n";
        std::fs::write(at.join("cells.csv"), format!("{head}{rows}")).unwrap();
        let path = write(at, at).unwrap().unwrap();
        let all: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
        let one = &all["features"][0];
        assert_eq!((&one["properties"]["h3"], &one["properties"]["people"]), (&json!("84384a3ffffffff"), &json!(12.0)));
        let ring = one["geometry"]["coordinates"][0].as_array().unwrap();
        assert_eq!((ring.len(), &ring[0]), (7, &ring[6]));
        std::fs::write(at.join("cells.csv"), format!("{head}Mopti,2012-01,5,1,2,0.1,,1,0\n")).unwrap();
        assert!(write(at, at).unwrap().is_none(), "a network of places");
    }
}
