//! The cells of a run as GeoJSON, for QGIS, kepler.gl, deck.gl and DuckDB.

use super::folder::Mapped;
use super::write_whole;
use crate::error::Result;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Writes `dir/cells.geojson`: every cell of a run with its H3 id, its outline and what it comes to over the whole run.
///
/// # Errors
/// A file that cannot be written, by its path.
pub fn write(dir: &Path, map: &Mapped) -> Result<PathBuf> {
    write_whole(dir, "cells.geojson", geojson(map).to_string().as_bytes())
}

fn geojson(map: &Mapped) -> Value {
    let cells = map.cells.h3.iter().zip(&map.outlines).zip(&map.whole);
    let features: Vec<Value> = cells
        .map(|((id, outline), c)| {
            // The first corner comes again at the end, as GeoJSON has it.
            let corners = outline.iter().chain(outline.first());
            let ring: Vec<[f64; 2]> = corners.map(|p| [degrees(p.0), degrees(p.1)]).collect();
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
    json!({"type": "FeatureCollection", "features": features})
}

/// Five digits after the point: a metre.
fn degrees(v: f64) -> f64 {
    libm::round(v * 1e5) / 1e5
}

#[cfg(test)]
mod tests {
    use super::super::read::Cells;
    use super::*;

    #[test]
    fn cells_are_closed_polygons_with_their_ids() {
        let folder = tempfile::tempdir().unwrap();
        let head = "cell,month,people,arms,crews,risk,believed,outside_state,violence\n";
        let rows = "84384a3ffffffff,2012-01,5,1,2,0.1,,1,0\n84384a3ffffffff,2012-02,7,0,1,0.3,0.2,0,0.5\n";
        std::fs::write(folder.path().join("cells.csv"), format!("{head}{rows}")).unwrap();
        let cells = Cells::read(folder.path()).unwrap().unwrap();
        let all = geojson(&Mapped::new("run", cells, vec![]));
        let one = &all["features"][0];
        assert_eq!((&one["properties"]["h3"], &one["properties"]["people"]), (&json!("84384a3ffffffff"), &json!(12.0)));
        let ring = one["geometry"]["coordinates"][0].as_array().unwrap();
        assert_eq!((ring.len(), &ring[0]), (7, &ring[6]));
    }
}
