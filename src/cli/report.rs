//! `sirocco report`: charts and the page, made again from output files alone.

use super::{data_folder, print};
use crate::error::{Error, Result};
use crate::report;
use std::path::PathBuf;

/// Arguments of `report`.
#[derive(clap::Args, Debug)]
pub struct ReportArgs {
    /// Folders of runs, ensembles, comparisons or studies
    #[arg(value_name = "DIR", required = true)]
    pub folders: Vec<PathBuf>,
    /// Folder of another run, of the baseline: its map stands beside that of each run, with the difference
    #[arg(long, value_name = "DIR")]
    pub baseline: Option<PathBuf>,
    /// Write every figure for a dark ground too, as charts/NAME-dark.svg and charts/NAME-dark.png
    #[arg(long)]
    pub dark: bool,
    /// Write sentences and tables as Markdown too, as report.md
    #[arg(long)]
    pub markdown: bool,
    /// Folder with your own page.html, page.md, page.css, charts.css, charts.js, map.css or map.js; those that are not there are the built-in ones
    #[arg(long, value_name = "DIR")]
    pub templates: Option<PathBuf>,
    /// Folder of the input data (coast, borders and places of maps)
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// Draws charts and maps and writes `report.html` in every folder.
///
/// # Errors
/// A folder that holds no complete run, comparison or study; a file in it that is missing or wrong; the system's.
pub fn report(args: &ReportArgs) -> Result<()> {
    let data = data_folder(args.data.as_deref())?;
    if let Some(folder) = args.templates.as_ref().filter(|f| !f.is_dir()) {
        return Err(Error::Input(format!("{} is no folder", folder.display())));
    }
    for dir in args.folders.iter().chain(&args.baseline) {
        if !dir.join("manifest.json").is_file() {
            let why = "holds no complete run, comparison or study: there is no manifest.json";
            return Err(Error::Input(format!("{} {why}", dir.display())));
        }
    }
    for dir in args.folders.iter().filter(|_| args.baseline.is_some()) {
        if !report::is_run(dir)? {
            let why = "holds no run: --baseline goes with the map of a run";
            return Err(Error::Input(format!("{} {why}", dir.display())));
        }
    }
    for dir in &args.folders {
        let own = report::Own {
            baseline: args.baseline.as_deref(),
            templates: args.templates.as_deref(),
            dark: args.dark,
            markdown: args.markdown,
        };
        let charts = report::all(dir, &data, own)?;
        print(&format!("{} chart files and {}\n", charts.len(), dir.join("report.html").display()))?;
    }
    Ok(())
}
