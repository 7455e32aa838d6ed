//! Instances of Flee, a simulation of displaced people (Suleimenova, Bell and Groen 2017), become scenarios with a displacement folder.
//!
//! An instance has `input_csv/` (places, routes, closures, conflicts, dates), `source_data/` (how many people are registered where) and
//! `simsetting.yml` (rules), or these files side by side.

mod dated;
mod places;
mod registered;
mod settings;
mod write;

use super::log::Log;
use super::sheet::{Folder, Sheet};
use crate::error::Result;
use crate::units::Tick;
use places::{Routes, Sites};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// How to import.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// Settings to use in the place of the instance's `simsetting.yml`.
    pub settings: Option<PathBuf>,
    /// Do as Flee does where it has faults, so that results can be compared.
    pub parity: bool,
}

/// A scenario that has not been written yet.
#[derive(Clone, Debug)]
pub struct Imported {
    /// Files by their path below the scenario's folder. `scenario.toml` is the last one: with it the rest is there.
    pub files: Vec<(&'static str, String)>,
    /// What is not carried over.
    pub notes: Vec<String>,
    /// What it holds, in a line.
    pub summary: String,
}

/// An instance with its names looked up.
struct Instance {
    name: String,
    period: Period,
    sites: Sites,
    routes: Routes,
    closures: Vec<dated::Closure>,
    wars: dated::Wars,
    registered: Vec<registered::Reports>,
    settings: settings::Settings,
    parity: bool,
}

/// Which days are simulated.
#[derive(Clone, Copy, Debug, Default)]
struct Period {
    start: Tick,
    days: u32,
}

/// The folder of an instance, its files by what they are.
struct Source {
    folder: Folder,
    /// Files that were asked for.
    asked: BTreeSet<String>,
}

/// Files of Flee that hold something that is not simulated here.
const NOT_READ: [&str; 4] = ["major_routes.csv", "flood_level.csv", "location_changes.csv", "agents.csv"];

/// Reads an instance.
///
/// # Errors
/// Everything that is wrong with it, by file and line; the system's.
pub fn import(dir: &Path, options: &Options) -> Result<Imported> {
    let mut source = Source { folder: Folder::open(dir)?, asked: BTreeSet::new() };
    let mut log = Log::default();
    let settings = settings::read(&mut source, options, &mut log);
    let period = dated::period(&mut source, &mut log);
    let sites = places::sites(&mut source, &settings, &mut log);
    let routes = places::routes(&mut source, &sites, &mut log);
    let closures = dated::closures(&mut source, &sites, &routes, period, &mut log);
    let wars = dated::wars(&mut source, &sites, period, options.parity, &mut log);
    let registered = registered::read(&mut source, &sites, &settings, options.parity, &mut log);
    source.name_the_rest(&mut log);
    let notes = log.finish()?;
    let (name, parity) = (source.folder.name(), options.parity);
    let instance = Instance { name, period, sites, routes, closures, wars, registered, settings, parity };
    Ok(Imported { files: write::files(&instance, &notes), summary: write::summary(&instance), notes })
}

impl Source {
    /// Where a file of one of the two subfolders is: in it, or beside the others.
    fn path(&self, sub: &str, file: &str) -> String {
        if !sub.is_empty() && self.folder.has(sub) { format!("{sub}/{file}") } else { file.to_string() }
    }

    /// A file of a subfolder that must be there.
    fn need(&mut self, sub: &str, file: &str, log: &mut Log) -> Option<Sheet> {
        let name = self.path(sub, file);
        let read = self.folder.read(&name);
        self.asked.insert(name.clone());
        read.map_err(|e| log.fault(&self.folder.shown(&name), e.line, e.why)).ok()
    }

    /// A file of a subfolder that may be missing.
    fn maybe(&mut self, sub: &str, file: &str, log: &mut Log) -> Option<Sheet> {
        if self.folder.has(&self.path(sub, file)) { self.need(sub, file, log) } else { None }
    }

    /// Names the files of the instance that nobody asked for.
    fn name_the_rest(&self, log: &mut Log) {
        for sub in ["input_csv", "source_data", ""] {
            if !sub.is_empty() && !self.folder.has(sub) {
                continue;
            }
            let path = |n: &String| if sub.is_empty() { n.clone() } else { format!("{sub}/{n}") };
            let mut left = self.folder.entries(sub);
            left.retain(|n| !(self.asked.contains(&path(n)) || sub.is_empty() && is_part(n)));
            let known = |n: &String| NOT_READ.contains(&n.as_str()) || has_a_prefix(n);
            let (known, other): (Vec<String>, Vec<String>) = left.into_iter().partition(known);
            let place = if sub.is_empty() { String::new() } else { format!("{sub}: ") };
            log.note_names(
                &format!("{place}files of Flee with what is not simulated here"),
                known.iter().map(String::as_str),
            );
            log.note_names(&format!("{place}files that are not read"), other.iter().map(String::as_str));
        }
    }
}

/// True of the parts of an instance, of which some may not be needed.
fn is_part(name: &str) -> bool {
    ["input_csv", "source_data", "simsetting.yml"].contains(&name)
}

fn has_a_prefix(name: &str) -> bool {
    ["demographics_", "region_attributes_", "location_attributes_"].iter().any(|p| name.starts_with(p))
}
