//! Charts and maps of a run, of an ensemble, of a comparison of policies and of a study, from their output files alone.
//!
//! A folder is read once ([`folder`]), the list of its figures is made once ([`drawing`]), and each is drawn once: for its files in
//! `charts/` and for the page.

mod axis;
mod bands;
mod camps;
mod canvas;
mod chart;
mod compare;
mod drawing;
mod figures;
mod fitted;
mod folder;
mod geo;
mod map;
mod maps;
mod page;
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

use crate::engine::disk;
use crate::error::{Error, Result};
use drawing::Drawing;
pub use folder::FIRST_REPLICATE;
use folder::Folder;
use page::Page;
use rayon::prelude::*;
use read::Manifest;
use std::path::{Path, PathBuf};
use theme::Look;
pub(crate) use theme::number;

/// Whether a folder holds a run or an ensemble, and no comparison or study.
///
/// # Errors
/// A manifest that cannot be read.
pub fn is_run(dir: &Path) -> Result<bool> {
    Ok(Manifest::read(dir)?.0.kind.is_empty())
}

/// What a user says of a report beside the folder it is of.
#[derive(Debug, Clone, Copy, Default)]
pub struct Own<'a> {
    /// Folder of a run whose map stands beside.
    pub baseline: Option<&'a Path>,
    /// Folder with parts of the page.
    pub templates: Option<&'a Path>,
    /// Every figure is written for a dark ground too, as `NAME-dark`.
    pub dark: bool,
    /// Sentences and tables are written as `report.md` too.
    pub markdown: bool,
}

/// Everything that can be shown of a folder, from its files alone: figures as `dir/charts/NAME.svg` and `.png`, `cells.geojson` and
/// `report.html`. Returns the files of figures, in order of their names.
///
/// Metrics that are missing or never other than zero give no chart; cells that are not H3 cells give no map, and `data_dir` (coast, borders
/// and places, in `geo/`) is looked at only for maps and for published figures.
///
/// # Errors
/// A file that is missing, cannot be read or has something wrong in it, by its path; a template that is wrong.
pub fn all(dir: &Path, data_dir: &Path, own: Own) -> Result<Vec<PathBuf>> {
    let folder = Folder::read(dir, data_dir, own.baseline)?;
    let figures = drawing::all(&folder, data_dir)?;
    let out = dir.join("charts");
    let one = |(name, figure): &(String, Drawing)| -> Result<(Vec<PathBuf>, String)> {
        let (files, svg) = canvas::save(figure, Look::Light, &out, name)?;
        let mut files = files.to_vec();
        if own.dark {
            files.extend(canvas::save(figure, Look::Dark, &out, &format!("{name}-dark"))?.0);
        }
        Ok((files, if figure.stands_still() { svg } else { String::new() }))
    };
    let drawn: Result<Vec<_>> = figures.par_iter().map(one).collect();
    let (files, svgs): (Vec<_>, Vec<_>) = drawn?.into_iter().unzip();
    if let Some(map) = folder.own_map() {
        geo::write(dir, map)?;
    }
    let page = Page::new(&folder, &figures, own.templates)?;
    page.write(dir, &svgs)?;
    if own.markdown {
        page.write_markdown(dir)?;
    }
    let mut files = files.concat();
    files.sort();
    Ok(files)
}

/// Writes `dir/name`, under another name first, so that a reader finds it whole or not at all.
fn write_whole(dir: &Path, name: &str, bytes: &[u8]) -> Result<PathBuf> {
    let (path, part) = (dir.join(name), dir.join(format!(".{}.{name}", std::process::id())));
    disk::write(&part, bytes).map_err(|e| Error::io(&part, e))?;
    disk::rename(&part, &path).map_err(|e| Error::io(&path, e))?;
    Ok(path)
}
