//! Where the data is.

use crate::error::{Error, Result};
use crate::scenario::diagnose::{Names, Report};
use crate::scenario::idle;
use crate::scenario::load::{load, peek};
use crate::scenario::schema::{RegionSpec, Scenario};
use crate::sim::Ground;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A file that only the data folder has.
const MARK: &str = "geo/cells.csv";

/// The data folder: `--data`, else the variable `SIROCCO_DATA`, else `data` in this folder or one above it, else `data`
/// beside or above the program. The error names what was tried.
pub fn data_folder(given: Option<&Path>) -> Result<PathBuf> {
    let from_environment = std::env::var_os("SIROCCO_DATA").filter(|v| !v.is_empty()).map(PathBuf::from);
    // What the user names is taken or refused: another folder would be a silent surprise.
    if let Some(folder) = given.map(Path::to_path_buf).or(from_environment) {
        let how = if given.is_some() { "--data" } else { "SIROCCO_DATA" };
        let found = folder.join(MARK).is_file();
        let why = || Error::Input(format!("{how} names `{}`, which has no file `{MARK}`", folder.display()));
        return if found { Ok(folder) } else { Err(why()) };
    }
    let here = Path::new("data").to_path_buf();
    let mut tried = vec![here.clone()];
    if here.join(MARK).is_file() {
        return Ok(here);
    }
    let starts = [std::env::current_dir().ok(), std::env::current_exe().ok().and_then(|p| p.canonicalize().ok())];
    for start in starts.iter().flatten() {
        for folder in start.ancestors().skip(1) {
            let candidate = folder.join("data");
            if candidate.join(MARK).is_file() {
                return Ok(candidate);
            }
            if !tried.contains(&candidate) {
                tried.push(candidate);
            }
        }
    }
    let tried: Vec<String> = tried.iter().map(|p| format!("`{}`", p.display())).collect();
    Err(Error::Input(format!(
        "no data folder found (one with `{MARK}`); tried {}; name it with --data DIR or SIROCCO_DATA",
        tried.join(", ")
    )))
}

/// A scenario with the ground it runs on, or all that is wrong with the file. The outer error is of the data, not of the
/// file.
///
/// The ground is only loaded for a `[region]` without mistakes: it tells which places there are, and a wrong region must be
/// named at its line and open nothing.
///
/// # Errors
/// A missing or bad data file.
pub fn prepare(file: &Path, sets: &[String], data: &Path) -> Result<std::result::Result<(Scenario, Ground), Report>> {
    prepare_on(file, sets, &mut |spec, resolution, folder| Ground::load(data, spec, resolution, folder))
}

/// Gives the ground of a region at a resolution, for a scenario file in a folder; see [`Ground::load`].
pub type Grounds<'a> = dyn FnMut(&RegionSpec, u8, &Path) -> Result<Ground> + 'a;

/// Gives grounds, each built once for all scenarios that stand on it.
pub fn shared_grounds(data: &Path) -> impl FnMut(&RegionSpec, u8, &Path) -> Result<Ground> + '_ {
    let mut built: BTreeMap<(u8, Vec<String>), Ground> = BTreeMap::new();
    move |spec, resolution, folder| {
        if spec.network.is_some() || spec.displacement.is_some() {
            return Ground::load(data, spec, resolution, folder);
        }
        let key = (resolution, spec.countries.clone());
        if let Some(ground) = built.get(&key) {
            return Ok(ground.clone());
        }
        let ground = Ground::load(data, spec, resolution, folder)?;
        built.insert(key, ground.clone());
        Ok(ground)
    }
}

/// As [`prepare`], with the ground from `grounds`, which may keep what several scenarios share.
///
/// # Errors
/// Those of `grounds`.
pub fn prepare_on(
    file: &Path,
    sets: &[String],
    grounds: &mut Grounds,
) -> Result<std::result::Result<(Scenario, Ground), Report>> {
    if let Err(report) = load(file, sets, &Names::any())
        && (report.unreadable.is_some() || report.diagnostics.iter().any(|d| d.key.starts_with("region")))
    {
        return Ok(Err(report));
    }
    let peeked = match peek(file, sets) {
        Ok(peeked) => peeked,
        Err(report) => return Ok(Err(report)),
    };
    let ground = match grounds(&peeked.region, peeked.resolution, &peeked.folder) {
        Ok(ground) => ground,
        // Perhaps a country that is none: the whole ground knows all names, and the file's own line is named.
        Err(why) => {
            let whole = RegionSpec { countries: vec![], ..peeked.region };
            let ground = grounds(&whole, peeked.resolution, &peeked.folder)?;
            return match load(file, sets, &Names::of(&ground.region)) {
                Err(report) => Ok(Err(report)),
                Ok(_) => Err(why),
            };
        }
    };
    Ok(load(file, sets, &Names::of(&ground.region)).and_then(|mut scenario| {
        idle::look(&mut scenario, &ground.region, &ground.data)?;
        Ok((scenario, ground))
    }))
}
