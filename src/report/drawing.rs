//! The list of figures: all that there is to draw of a folder, each with the name of its files.

use super::canvas::{Canvas, Figure};
use super::chart::Chart;
use super::compare::Comparison;
use super::folder::Folder;
use super::map::Map;
use super::maps::{self, Multiples};
use super::pareto::Pareto;
use super::rows::Rows;
use super::sankey::Sankey;
use super::tradeoff::Tradeoff;
use super::{bands, camps, figures, fitted, pareto, published, sankey, study};
use crate::error::Result;
use plotters::backend::DrawingBackend;
use std::path::Path;

/// A figure.
#[derive(Debug, Clone)]
pub enum Drawing<'a> {
    /// Over time. The page draws it again from its numbers, so that it can be pointed at.
    Chart(Chart),
    Flows(Sankey),
    Rows(Rows),
    Costs(Tradeoff),
    Fronts(Pareto),
    /// The page has a map of its own.
    Map(Map<'a>),
    Maps(Multiples<'a>),
}

impl Drawing<'_> {
    /// It stands on the page as it is.
    pub fn stands_still(&self) -> bool {
        !matches!(self, Drawing::Chart(_) | Drawing::Map(_) | Drawing::Maps(_))
    }
}

/// Everything that can be drawn of a folder, in the order of the page, by file name. Metrics that are missing or never other than zero give
/// no chart. Published figures come from `data_dir`.
///
/// # Errors
/// A file of published figures that cannot be read.
pub fn all<'a>(folder: &'a Folder, data_dir: &Path) -> Result<Vec<(String, Drawing<'a>)>> {
    let f = folder;
    let mut charts = bands::all(&f.manifest, &f.bands);
    charts.extend(f.series.iter().flat_map(|series| figures::all(&f.manifest, series)));
    charts.extend(camps::chart(&f.manifest, &f.camps).map(|c| ("camps".to_string(), c)));
    published::beside(&mut charts, data_dir)?;
    charts.extend(fitted::all(&f.manifest, &f.foretold));
    let compared = Comparison::new(&f.manifest, &f.effects, &f.costs);
    let patterns = study::patterns(&f.manifest, &f.patterns).map(|rows| ("patterns".to_string(), rows));
    let all = named(charts, Drawing::Chart)
        .chain(named(sankey::all(&f.manifest, &f.flows), Drawing::Flows))
        .chain(named(compared.forests(), Drawing::Rows))
        .chain(named(compared.tornados(), Drawing::Rows))
        .chain(named(compared.tradeoffs(), Drawing::Costs))
        .chain(named(patterns, Drawing::Rows))
        .chain(named(study::indices(&f.manifest, &f.indices), Drawing::Rows))
        .chain(named(study::correlations(&f.manifest, &f.correlations), Drawing::Rows))
        .chain(named(study::effects(&f.manifest, &f.changes), Drawing::Rows))
        .chain(named(pareto::all(&f.manifest, &f.shared), Drawing::Fronts))
        .chain(named(maps::single(f), Drawing::Map))
        .chain(named(maps::by_period(f), Drawing::Maps));
    Ok(all.collect())
}

fn named<'a, F>(
    figures: impl IntoIterator<Item = (String, F)>,
    of: impl Fn(F) -> Drawing<'a>,
) -> impl Iterator<Item = (String, Drawing<'a>)> {
    figures.into_iter().map(move |(name, figure)| (name, of(figure)))
}

impl Figure for Drawing<'_> {
    fn size(&self) -> (f64, f64) {
        match self {
            Drawing::Chart(f) => f.size(),
            Drawing::Flows(f) => f.size(),
            Drawing::Rows(f) => f.size(),
            Drawing::Costs(f) => f.size(),
            Drawing::Fronts(f) => f.size(),
            Drawing::Map(f) => f.size(),
            Drawing::Maps(f) => f.size(),
        }
    }

    fn title(&self) -> &str {
        match self {
            Drawing::Chart(f) => f.title(),
            Drawing::Flows(f) => f.title(),
            Drawing::Rows(f) => f.title(),
            Drawing::Costs(f) => f.title(),
            Drawing::Fronts(f) => f.title(),
            Drawing::Map(f) => f.title(),
            Drawing::Maps(f) => f.title(),
        }
    }

    fn draw<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()> {
        match self {
            Drawing::Chart(f) => f.draw(on),
            Drawing::Flows(f) => f.draw(on),
            Drawing::Rows(f) => f.draw(on),
            Drawing::Costs(f) => f.draw(on),
            Drawing::Fronts(f) => f.draw(on),
            Drawing::Map(f) => f.draw(on),
            Drawing::Maps(f) => f.draw(on),
        }
    }
}
