//! Charts and maps of a run, from its output files alone.

mod axis;
mod canvas;
mod chart;
mod figures;
mod map;
mod read;
mod theme;
mod view;

use crate::error::Result;
use map::{Map, Texts};
use rayon::prelude::*;
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
    let all = figures::all(&manifest, &series);
    let drawn: Result<Vec<_>> = all.par_iter().map(|(name, chart)| canvas::save(chart, &out, name)).collect();
    let mut written = drawn?.concat();
    written.extend(maps(dir, data_dir, &manifest, &out)?);
    Ok(written)
}

fn maps(dir: &Path, data_dir: &Path, manifest: &Manifest, out: &Path) -> Result<Vec<PathBuf>> {
    let Some(names) = read::cells(dir)? else {
        return Ok(Vec::new());
    };
    let Some(cells) = map::as_h3(&names).filter(|cells| !cells.is_empty()) else {
        return Ok(Vec::new());
    };
    let countries = read::countries(data_dir)?;
    let places = read::places(data_dir)?;
    let caption = manifest.caption();
    let people: Vec<_> = cells.iter().map(|(c, p)| (*c, p.people)).collect();
    let arms: Vec<_> = cells.iter().map(|(c, p)| (*c, p.arms)).collect();
    let all = [
        ("map_people", "Where people passed, over the whole run", ["Passages", "of people"], people),
        ("map_arms", "Where arms passed, over the whole run", ["Passages", "of arms"], arms),
    ];
    let draw = |(name, title, counts, cells): &(&str, &str, [&str; 2], Vec<_>)| {
        let texts = Texts { title, subtitle: &manifest.title, caption: &caption, counts: *counts };
        match Map::new(&texts, cells, &countries, &places) {
            Some(map) => canvas::save(&map, out, name),
            None => Ok(Vec::new()),
        }
    };
    let drawn: Result<Vec<_>> = all.par_iter().map(draw).collect();
    Ok(drawn?.concat())
}
