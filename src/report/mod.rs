//! Charts and maps of a run, of an ensemble, of a comparison of policies and of a study, from their output files alone.

mod axis;
mod bands;
mod canvas;
mod chart;
mod compare;
mod figures;
mod geo;
mod map;
pub mod page;
mod pareto;
mod published;
mod read;
mod rows;
mod sankey;
mod study;
mod theme;
mod tradeoff;
mod verdict;
mod view;

use crate::error::Result;
use map::{Map, Scale, Texts};
use rayon::prelude::*;
use read::{Cell, Manifest, Series};
use std::path::{Path, PathBuf};
pub(crate) use theme::number;

/// Draws every chart and map that a run has something to show in, as `dir/charts/NAME.svg` and `.png`, and returns what was
/// written. `dir` has `manifest.json`, `files` the run's tables: the same folder, or that of one replicate in it. `data_dir` has `geo/countries.geojson` and `geo/places.csv`, read only for maps.
///
/// Metrics that are missing or never other than zero give no chart; cells that are not H3 cells give no map.
pub fn charts(dir: &Path, files: &Path, data_dir: &Path) -> Result<Vec<PathBuf>> {
    let manifest = Manifest::read(dir)?;
    let series = Series::read(files)?;
    let out = dir.join("charts");
    let mut all = figures::all(&manifest, &series);
    published::beside(&mut all, data_dir)?;
    let drawn: Result<Vec<_>> = all.par_iter().map(|(name, chart)| canvas::save(chart, &out, name)).collect();
    let mut written = drawn?.concat();
    written.extend(save_all(&sankey::all(&manifest, &read::flows(files)?), &out)?);
    written.extend(maps(files, data_dir, &manifest, &out)?);
    Ok(written)
}

/// Draws what the comparison of policies in `dir` found, as `dir/charts/NAME.svg` and `.png`, and returns what was written:
/// for each policy what it changes (`forest_POLICY`), for the measures that most policies move what each does to it
/// (`tornado_MEASURE`) and at what cost (`cost_effect_MEASURE`).
///
/// A folder that is no comparison, or one without `effects.csv`, gives none.
pub fn comparison(dir: &Path) -> Result<Vec<PathBuf>> {
    let manifest = Manifest::read(dir)?;
    if manifest.kind != "comparison" {
        return Ok(Vec::new());
    }
    let (effects, costs) = (read::effects(dir)?, read::costs(dir)?);
    let all = compare::Comparison::new(&manifest, &effects, &costs);
    let out = dir.join("charts");
    let mut written = save_all(&all.forests(), &out)?;
    written.extend(save_all(&all.tornados(), &out)?);
    written.extend(save_all(&all.tradeoffs(), &out)?);
    Ok(written)
}

/// Draws how far the replicates of an ensemble, or of the scenarios of a comparison, lie apart, month by month, as
/// `dir/charts/bands_METRIC.svg` and `.png`, and returns what was written. A folder without `bands.csv` gives none.
pub fn bands(dir: &Path, data_dir: &Path) -> Result<Vec<PathBuf>> {
    let manifest = Manifest::read(dir)?;
    let mut all = bands::all(&manifest, &read::bands(dir)?);
    published::beside(&mut all, data_dir)?;
    save_all(&all, &dir.join("charts"))
}

/// Draws what the study in `dir` found, as `dir/charts/NAME.svg` and `.png`, and returns what was written: what each factor does
/// to a measure (`indices_MEASURE`, `correlations_MEASURE` or `effects_MEASURE`), ways to share a budget
/// (`pareto_GOAL_GOAL`), and where patterns hold (`patterns`). A folder without these tables gives none.
pub fn studied(dir: &Path) -> Result<Vec<PathBuf>> {
    let manifest = Manifest::read(dir)?;
    let mut all = study::indices(&manifest, &read::indices(dir)?);
    all.extend(study::correlations(&manifest, &read::correlations(dir)?));
    all.extend(study::patterns(&manifest, &read::patterns(dir)?).map(|f| ("patterns".to_string(), f)));
    all.extend(study::effects(&manifest, &read::changes(dir)?));
    let out = dir.join("charts");
    let mut written = save_all(&all, &out)?;
    written.extend(save_all(&pareto::all(&manifest, &read::shared(dir)?), &out)?);
    Ok(written)
}

/// Whether a folder holds a run or an ensemble, and no comparison or study.
///
/// # Errors
/// A manifest that cannot be read.
pub fn is_run(dir: &Path) -> Result<bool> {
    Ok(Manifest::read(dir)?.kind.is_empty())
}

/// What a user gives a report beside the folder it is of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Own<'a> {
    /// Folder of a run whose map stands beside.
    pub baseline: Option<&'a Path>,
    /// Folder with parts of the page.
    pub templates: Option<&'a Path>,
}

/// Everything that can be drawn of a folder, from its files alone: charts, maps, `cells.geojson` and `report.html`. Returns the charts
/// written.
///
/// # Errors
/// A file that is missing, cannot be read or has something wrong in it, by its path.
pub fn all(dir: &Path, data_dir: &Path, own: Own) -> Result<Vec<PathBuf>> {
    let manifest = Manifest::read(dir)?;
    let files = read::first_run(dir);
    let mut written = match manifest.kind.as_str() {
        "comparison" => [comparison(dir)?, bands(dir, data_dir)?].concat(),
        "study" => studied(dir)?,
        _ => [charts(dir, &files, data_dir)?, bands(dir, data_dir)?].concat(),
    };
    written.sort();
    geo::write(dir, &files)?;
    page::write(&page::Sources {
        dir,
        files: &files,
        data: data_dir,
        baseline: own.baseline,
        templates: own.templates,
    })?;
    Ok(written)
}

fn save_all<F: canvas::Figure + Sync>(figures: &[(String, F)], out: &Path) -> Result<Vec<PathBuf>> {
    let drawn: Result<Vec<_>> = figures.par_iter().map(|(name, figure)| canvas::save(figure, out, name)).collect();
    Ok(drawn?.concat())
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
    let drawn: Result<Vec<_>> = MAPS
        .par_iter()
        .map(|(name, title, key, value)| {
            let texts = Texts { title, subtitle: &manifest.title, caption: &caption, key: *key };
            let values: Vec<_> = cells.iter().map(|(id, c)| (*id, value(c))).collect();
            let scale = match *name {
                // What is and what is believed are told apart by eye only on one scale.
                "map_risk" | "map_believed" => Scale::of(cells.iter().flat_map(|(_, c)| [risk(c), believed(c)])),
                "map_control" => Scale::PERCENT,
                _ => Scale::of(values.iter().map(|v| v.1)),
            };
            match Map::new(&texts, &values, scale, &countries, &places) {
                Some(map) => canvas::save(&map, out, name),
                None => Ok(Vec::new()),
            }
        })
        .collect();
    Ok(drawn?.concat())
}

/// Name, title, key and value of every map.
type Kind = (&'static str, &'static str, [&'static str; 2], fn(&Cell) -> f64);

const MAPS: [Kind; 7] = [
    ("map_people", "Where people passed, over the whole run", ["Passages", "of people"], |c| c.people),
    ("map_arms", "Where arms passed, over the whole run", ["Passages", "of arms"], |c| c.arms),
    ("map_crews", "Where crews drove, over the whole run", ["Passages", "of crews"], |c| c.crews),
    (
        "map_risk",
        "Chance that a crew with arms, fuel or drugs is seized, by cell, mean over the run",
        ["Chance, %", "per passage"],
        risk,
    ),
    (
        "map_believed",
        "The same chance as the networks that know the cell believe it",
        ["Chance, %", "per passage"],
        believed,
    ),
    (
        "map_control",
        "Control by others than the state's armies and their allies, mean over the run",
        ["Control, %", "of the cell"],
        |c| 100.0 * c.outside_state,
    ),
    ("map_violence", "Where people are killed in fighting, mean over the run", ["Fatalities", "a year"], |c| {
        365.25 * c.violence
    }),
];

fn risk(c: &Cell) -> f64 {
    100.0 * c.risk
}

fn believed(c: &Cell) -> f64 {
    100.0 * c.believed
}
