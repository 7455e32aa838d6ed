//! A folder of results, read once: all that its figures, its maps and its page are made from.

use super::read::{
    self, Band, CampDay, Cell, Cells, Change, Correlation, Cost, Effect, Flow, Foretold, Ground, Index, Manifest,
    Pattern, PriceMonth, Ring, Series, Shared, Sheet,
};
use crate::error::{Error, Result};
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};

/// Where a comparison keeps the cells and prices of its first replicate, a folder for each scenario.
pub const FIRST_REPLICATE: &str = "first-replicate";

/// Lines of `cells.csv` on one page: more would make it larger than 5 MB.
const MOST_LINES: usize = 800_000;

/// What a folder holds.
#[derive(Debug)]
pub struct Folder {
    pub manifest: Manifest,
    /// `manifest.json` as it is.
    pub whole: Value,
    /// Days of a run; nothing in a folder of another kind.
    pub series: Option<Series>,
    pub flows: Vec<Flow>,
    pub bands: Vec<Band>,
    /// Camps where people are registered, by day.
    pub camps: Vec<CampDay>,
    pub effects: Vec<Effect>,
    pub costs: Vec<Cost>,
    pub indices: Vec<Index>,
    pub correlations: Vec<Correlation>,
    pub patterns: Vec<Pattern>,
    pub changes: Vec<Change>,
    pub shared: Vec<Shared>,
    pub foretold: Vec<Foretold>,
    /// Tables that the page shows, by file name.
    pub sheets: BTreeMap<&'static str, Sheet>,
    /// What is on the map, the baseline first if there is one; nothing where there are no H3 cells.
    pub maps: Vec<Mapped>,
    /// Policies whose cells have no room on the page.
    pub unmapped: Vec<String>,
    /// Under the maps, if there are any.
    pub ground: Option<Ground>,
}

/// A run whose cells go on a map.
#[derive(Debug)]
pub struct Mapped {
    pub name: String,
    pub cells: Cells,
    /// Outline of each cell.
    pub outlines: Vec<Ring>,
    /// What each comes to over all months.
    pub whole: Vec<Cell>,
    pub prices: Vec<PriceMonth>,
}

impl Mapped {
    /// Puts together what a run has on a map.
    pub fn new(name: &str, cells: Cells, prices: Vec<PriceMonth>) -> Mapped {
        Mapped {
            name: name.to_string(),
            outlines: cells.h3.iter().map(|c| c.boundary().iter().map(|p| (p.lng(), p.lat())).collect()).collect(),
            whole: cells.over(&(0..cells.months.len())),
            prices,
            cells,
        }
    }

    /// Reads the cells and prices of a run; nothing when there are no H3 cells.
    fn read(name: &str, files: &Path) -> Result<Option<Mapped>> {
        let Some(cells) = Cells::read(files)? else { return Ok(None) };
        Ok(Some(Mapped::new(name, cells, Sheet::read(&files.join("prices.csv"))?.rows()?)))
    }
}

impl Folder {
    /// Reads a folder; `baseline` is that of another run, whose map stands beside that of this one.
    ///
    /// # Errors
    /// A file that is missing, cannot be read or has something wrong in it, by its path.
    pub fn read(dir: &Path, data_dir: &Path, baseline: Option<&Path>) -> Result<Folder> {
        let (manifest, whole) = Manifest::read(dir)?;
        let names: &[&str] = match manifest.kind.as_str() {
            "comparison" => &["effects.csv", "costs.csv", "ranking.csv"],
            "study" => &[
                "patterns.csv",
                "indices.csv",
                "effects.csv",
                "pareto.csv",
                "boxes.csv",
                "flips.csv",
                "targets.csv",
                "parameters.csv",
                "scores.csv",
                "stages.csv",
                "spread.csv",
                "predictive.csv",
            ],
            _ => &["indicators.csv", "summary.csv", "displacement_scores.csv"],
        };
        let sheets = names.iter().map(|n| Ok((*n, Sheet::read(&dir.join(n))?))).collect::<Result<BTreeMap<_, _>>>()?;
        let mut folder = Folder {
            manifest,
            whole,
            series: None,
            flows: vec![],
            bands: Sheet::read(&dir.join("bands.csv"))?.rows()?,
            camps: vec![],
            effects: vec![],
            costs: vec![],
            indices: vec![],
            correlations: vec![],
            patterns: vec![],
            changes: vec![],
            shared: vec![],
            foretold: vec![],
            sheets,
            maps: vec![],
            unmapped: vec![],
            ground: None,
        };
        match folder.manifest.kind.as_str() {
            "comparison" => {
                folder.effects = folder.sheets["effects.csv"].rows()?;
                folder.costs = folder.sheets["costs.csv"].rows()?;
                folder.read_pairs(&dir.join(FIRST_REPLICATE), MOST_LINES)?;
            }
            "study" => {
                folder.indices = folder.sheets["indices.csv"].rows()?;
                folder.correlations = Sheet::read(&dir.join("correlations.csv"))?.rows()?;
                folder.patterns = folder.sheets["patterns.csv"].rows()?;
                folder.changes = folder.sheets["effects.csv"].rows()?;
                folder.shared = Shared::of(&folder.sheets["pareto.csv"]);
                folder.foretold = Sheet::read(&dir.join("predictive.csv"))?.rows()?;
            }
            _ => {
                let files = first_run(dir);
                folder.series = Some(Series::read(&files)?);
                folder.flows = Sheet::read(&files.join("flows.csv"))?.rows()?;
                let bands = dir.join("displacement_bands.csv");
                let camps = if bands.exists() { bands } else { files.join("displacement.csv") };
                folder.camps = Sheet::read(&camps)?.rows()?;
                folder.maps.extend(Mapped::read(&folder.manifest.scenario, &files)?);
                if let (Some(other), false) = (baseline, folder.maps.is_empty()) {
                    folder.beside(dir, other)?;
                }
            }
        }
        if !folder.maps.is_empty() {
            folder.ground = Some(Ground::read(data_dir)?);
        }
        Ok(folder)
    }

    /// A single run or a replicate of an ensemble whose cells are its own.
    pub fn own_map(&self) -> Option<&Mapped> {
        self.maps.last().filter(|_| self.manifest.kind.is_empty())
    }

    /// The first replicate of the baseline and of every policy, as far as they were kept and the page has room.
    fn read_pairs(&mut self, dir: &Path, most_lines: usize) -> Result<()> {
        let mut lines = 0;
        for name in [&self.manifest.scenario].into_iter().chain(&self.manifest.policies) {
            // A name from a file is no way out of the folder.
            let plain = matches!(Path::new(name).components().collect::<Vec<_>>()[..], [Component::Normal(_)]);
            let Some(map) = (if plain { Mapped::read(name, &dir.join(name))? } else { None }) else { continue };
            lines += map.cells.rows.len();
            match self.maps.len() >= 2 && lines > most_lines {
                true => self.unmapped.push(name.clone()),
                false => self.maps.push(map),
            }
        }
        // A policy without its baseline has nothing to stand beside, and a baseline without any policy is no comparison.
        if self.maps.first().is_none_or(|m| m.name != self.manifest.scenario) || self.maps.len() < 2 {
            self.maps.clear();
        }
        Ok(())
    }

    /// Puts the map of another run before that of this one.
    fn beside(&mut self, dir: &Path, baseline: &Path) -> Result<()> {
        let (other, whole) = Manifest::read(baseline)?;
        self.comparable(dir, &whole, baseline)?;
        let Some(mut map) = Mapped::read(&other.scenario, &first_run(baseline))? else {
            let why = "there is no cells.csv with H3 cells to stand beside";
            return Err(Error::Input(format!("{}: {why}", baseline.display())));
        };
        if let Some(own) = self.maps.iter_mut().find(|own| own.name == map.name) {
            let folder = |d: &Path| d.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            (map.name, own.name) = (folder(baseline), folder(dir));
        }
        self.maps.insert(0, map);
        Ok(())
    }

    /// Refuses runs whose maps cannot stand side by side: another time, grid or number of persons an agent would look like an effect.
    fn comparable(&self, dir: &Path, other: &Value, baseline: &Path) -> Result<()> {
        for key in ["start", "end", "resolution", "persons_per_agent"] {
            let (a, b) = (&self.whole["resolved"]["run"][key], &other["resolved"]["run"][key]);
            if a != b {
                let why = format!("`run.{key}` is {b}, and {a} in {}", dir.display());
                return Err(Error::Input(format!("{} cannot stand beside as the baseline: {why}", baseline.display())));
            }
        }
        Ok(())
    }

    /// These columns of a table, of the lines that are kept.
    ///
    /// # Errors
    /// A column that is missing.
    pub fn columns(&self, file: &str, wanted: &[&str], keep: &dyn Fn(&read::Line) -> bool) -> Result<read::Columns> {
        self.sheets.get(file).map_or(Ok(Default::default()), |sheet| sheet.columns(wanted, keep))
    }
}

/// Folder with the tables of a run: of several replicates that of the first that did not fail.
fn first_run(dir: &Path) -> PathBuf {
    let replicates = dir.join("replicates");
    let mut all: Vec<PathBuf> = std::fs::read_dir(replicates)
        .map(|entries| {
            entries.filter_map(|e| Some(e.ok()?.path())).filter(|p| p.join("series.csv").is_file()).collect()
        })
        .unwrap_or_default();
    all.sort();
    all.into_iter().next().unwrap_or_else(|| dir.to_path_buf())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;

    /// The baseline comes first; what has no cells, no room or a name that leads elsewhere is not on the map.
    #[test]
    fn a_comparison_has_the_maps_that_there_is_room_for() {
        let at = tempfile::tempdir().unwrap();
        let policies = ["one", "../out", "without", "two", "three"];
        let manifest = serde_json::json!({"title": "T", "scenario": "base", "seed": 1, "version": "0", "kind": "comparison",
            "policies": policies});
        fs::write(at.path().join("manifest.json"), manifest.to_string()).unwrap();
        let kept = at.path().join(FIRST_REPLICATE);
        for name in ["base", "one", "two", "three", "../out"] {
            fs::create_dir_all(kept.join(name)).unwrap();
            let head = "cell,month,people,arms,crews,risk,believed,outside_state,violence\n";
            let text = format!("{head}84384a3ffffffff,2012-01,5,1,2,0.1,,1,0\n");
            fs::write(kept.join(name).join("cells.csv"), text).unwrap();
        }
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let mut folder = Folder::read(at.path(), &data, None).unwrap();
        let names = |f: &Folder| f.maps.iter().map(|m| m.name.clone()).collect::<Vec<_>>();
        assert_eq!(names(&folder), ["base", "one", "two", "three"]);
        assert!(folder.unmapped.is_empty() && folder.own_map().is_none() && folder.ground.is_some());
        folder.maps.clear();
        folder.read_pairs(&kept, 3).unwrap();
        assert_eq!((names(&folder).join(" "), folder.unmapped.join(" ")), ("base one two".into(), "three".into()));
        folder.maps.clear();
        fs::remove_dir_all(kept.join("base")).unwrap();
        folder.read_pairs(&kept, 3).unwrap();
        assert!(folder.maps.is_empty(), "nothing to stand beside");
    }
}
