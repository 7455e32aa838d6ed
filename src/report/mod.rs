//! Charts and maps of a run, from its output files alone.

mod axis;
mod canvas;
mod chart;
mod figures;
mod map;
mod read;
mod theme;

use crate::error::Result;
use map::{Map, Texts};
use read::{Manifest, Series};
use std::path::{Path, PathBuf};

/// Draws every chart and map that the run in `dir` has something to show in, as `dir/charts/NAME.svg` and `.png`, and
/// returns what was written. `data_dir` has `geo/countries.geojson` and `geo/places.csv`, read only for maps.
///
/// Metrics that are missing or never other than zero give no chart; cells that are not H3 cells give no map.
pub fn charts(dir: &Path, data_dir: &Path) -> Result<Vec<PathBuf>> {
    let manifest = Manifest::read(dir)?;
    let series = Series::read(dir)?;
    let out = dir.join("charts");
    let mut written = Vec::new();
    for (name, chart) in figures::all(&manifest, &series) {
        written.extend(canvas::save(&chart, &out, name)?);
    }
    written.extend(maps(dir, data_dir, &manifest, &out)?);
    Ok(written)
}

fn maps(dir: &Path, data_dir: &Path, manifest: &Manifest, out: &Path) -> Result<Vec<PathBuf>> {
    let mut written = Vec::new();
    let Some(names) = read::cells(dir)? else { return Ok(written) };
    let Some(cells) = map::as_h3(&names) else { return Ok(written) };
    if cells.is_empty() {
        return Ok(written);
    }
    let countries = read::countries(data_dir)?;
    let places = read::places(data_dir)?;
    let caption = manifest.caption();
    let people: Vec<_> = cells.iter().map(|(c, p)| (*c, p.people)).collect();
    let arms: Vec<_> = cells.iter().map(|(c, p)| (*c, p.arms)).collect();
    let all = [
        ("map_people", "Where people passed, over the whole run", ["Passages", "of people"], people),
        ("map_arms", "Where arms passed, over the whole run", ["Passages", "of arms"], arms),
    ];
    for (name, title, counts, cells) in all {
        let texts = Texts { title, subtitle: &manifest.title, caption: &caption, counts };
        if let Some(map) = Map::new(&texts, &cells, &countries, &places) {
            written.extend(canvas::save(&map, out, name)?);
        }
    }
    Ok(written)
}
