//! Monthly cells and prices of one replicate of a baseline and its policies, for the map of the comparison's report.

use crate::agents::world::World;
use crate::engine::disk;
use crate::error::{Error, Result};
use crate::observe::monthly::Monthly;
use crate::units::Tick;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Where they go. The files of a run that has ended are whole in `done/NAME`; until then they are in `going/NAME`.
#[derive(Clone, Debug)]
pub struct MapFolders {
    pub going: PathBuf,
    pub done: PathBuf,
}

impl MapFolders {
    /// True when the files of an arm are there.
    pub fn has(&self, name: &str) -> bool {
        self.done.join(name).is_dir()
    }
}

/// The files of a run that goes on.
pub(super) struct MapFiles {
    folder: PathBuf,
    done: PathBuf,
    monthly: Monthly,
}

impl MapFiles {
    /// Begins the files of an arm; what a run that was killed has left of them goes.
    pub(super) fn new(folders: &MapFolders, name: &str) -> Result<MapFiles> {
        let (folder, done) = MapFiles::begin(folders, name)?;
        Ok(MapFiles { monthly: Monthly::of_a_map(&folder)?, folder, done })
    }

    /// The files of an arm that shares everything until now with the run that these are of.
    pub(super) fn branch(&mut self, folders: &MapFolders, name: &str) -> Result<MapFiles> {
        let mut lengths = BTreeMap::new();
        let blocks = self.monthly.keep(&self.folder, &mut lengths)?;
        let (folder, done) = MapFiles::begin(folders, name)?;
        for file in lengths.keys() {
            let (from, to) = (self.folder.join(file), folder.join(file));
            let bytes = std::fs::read(&from).map_err(|e| Error::io(&from, e))?;
            disk::write(&to, &bytes).map_err(|e| Error::io(&to, e))?;
        }
        Ok(MapFiles { monthly: Monthly::resume(&folder, &lengths, &blocks)?, folder, done })
    }

    fn begin(folders: &MapFolders, name: &str) -> Result<(PathBuf, PathBuf)> {
        let (folder, done) = (folders.going.join(name), folders.done.join(name));
        clear(&folder)?;
        disk::create_dir_all(&folder).map_err(|e| Error::io(&folder, e))?;
        Ok((folder, done))
    }

    /// Adds a day.
    pub(super) fn day(&mut self, w: &World, last: Tick) -> Result<()> {
        self.monthly.day(w, w.day.next().date().0.day() == 1 || w.day == last)
    }

    /// Puts the files in their place, where they are found whole or not at all.
    pub(super) fn finish(mut self) -> Result<()> {
        self.monthly.flush()?;
        let entries = std::fs::read_dir(&self.folder).map_err(|e| Error::io(&self.folder, e))?;
        for entry in entries {
            let path = entry.map_err(|e| Error::io(&self.folder, e))?.path();
            disk::sync_file(&path).map_err(|e| Error::io(&path, e))?;
        }
        disk::sync_folder(&self.folder).map_err(|e| Error::io(&self.folder, e))?;
        clear(&self.done)?;
        let above = self.done.parent().map_or(Ok(()), disk::create_dir_all);
        above.and_then(|()| disk::rename(&self.folder, &self.done)).map_err(|e| Error::io(&self.done, e))
    }
}

/// Removes a folder, if there is one.
fn clear(folder: &Path) -> Result<()> {
    if folder.exists() { disk::remove(folder).map_err(|e| Error::io(folder, e)) } else { Ok(()) }
}
