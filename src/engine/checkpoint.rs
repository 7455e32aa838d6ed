//! Saved states of a run on disk: two generations, each written beside, checked, and only then in the place of an older one.

use super::disk;
use super::save::Sections;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::thread::JoinHandle;

/// Generations kept: when the newest is damaged, the one before it is there.
const KEPT: usize = 2;
const ENDING: &str = ".checkpoint";

/// A folder of checkpoints.
#[derive(Clone, Debug)]
pub struct Checkpoints {
    folder: PathBuf,
}

/// What was found in a folder of checkpoints.
#[derive(Default)]
pub struct Found {
    /// The newest state that can be used.
    pub state: Option<Sections>,
    /// Newer checkpoints that cannot: path and reason.
    pub damaged: Vec<(PathBuf, String)>,
}

impl Checkpoints {
    /// The checkpoints in a folder, which is made when the first is written.
    pub fn in_folder(folder: impl Into<PathBuf>) -> Checkpoints {
        Checkpoints { folder: folder.into() }
    }

    /// Where they are.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Writes the state of a day. It is read back and checked before an older one is removed, so that there is always one
    /// that was found whole.
    ///
    /// # Errors
    /// The system's; older checkpoints are left as they were.
    pub fn write(&self, day: u32, state: &Sections) -> Result<(), Failed> {
        let failed = |path: &Path| {
            let path = path.to_path_buf();
            move |why| (path, why)
        };
        disk::create_dir_all(&self.folder).map_err(failed(&self.folder))?;
        // Of equal length, so that names are in the order of days.
        let path = self.folder.join(format!("{day:010}{ENDING}"));
        disk::write_durably(&path, &state.to_bytes()).map_err(failed(&path))?;
        if let Err(why) = read(&path) {
            let _ = fs::remove_file(&path);
            return Err(failed(&path)(io::Error::other(format!("what was written is not what is read: {why}"))));
        }
        for old in self.newest_first().map_err(failed(&self.folder))?.into_iter().skip(KEPT) {
            disk::remove(&old).map_err(failed(&old))?;
        }
        Ok(())
    }

    /// The newest checkpoint that is whole and that `fits` accepts.
    ///
    /// # Errors
    /// A folder that cannot be read.
    pub fn latest(&self, fits: impl Fn(&Sections) -> Result<(), String>) -> io::Result<Found> {
        let mut found = Found::default();
        for path in self.newest_first()? {
            match read(&path).and_then(|state| fits(&state).map(|()| state)) {
                Ok(state) => {
                    found.state = Some(state);
                    break;
                }
                Err(why) => found.damaged.push((path, why)),
            }
        }
        Ok(found)
    }

    /// Removes them all.
    ///
    /// # Errors
    /// The system's.
    pub fn remove(&self) -> io::Result<()> {
        match disk::remove(&self.folder) {
            Err(e) if e.kind() != io::ErrorKind::NotFound => Err(e),
            _ => Ok(()),
        }
    }

    fn newest_first(&self) -> io::Result<Vec<PathBuf>> {
        let names = match fs::read_dir(&self.folder) {
            Ok(names) => names.map(|e| e.map(|e| e.path())).collect::<io::Result<Vec<_>>>()?,
            Err(e) if e.kind() == io::ErrorKind::NotFound => vec![],
            Err(e) => return Err(e),
        };
        let mut paths: Vec<PathBuf> = names.into_iter().filter(|p| day_of(p).is_some()).collect();
        paths.sort();
        paths.reverse();
        Ok(paths)
    }
}

/// A file that could not be written, with the reason.
pub type Failed = (PathBuf, io::Error);

/// Writes checkpoints while the run goes on, one at a time.
pub struct Writer {
    checkpoints: Checkpoints,
    now: Option<JoinHandle<Result<(), Failed>>>,
}

impl Writer {
    /// A writer into these.
    pub fn new(checkpoints: Checkpoints) -> Writer {
        Writer { checkpoints, now: None }
    }

    /// Begins to write the state of a day, after `files`, which it tells the length of, are durable.
    ///
    /// # Errors
    /// What became of the one before, for which this waits.
    pub fn begin(&mut self, day: u32, state: Sections, files: Vec<PathBuf>) -> Result<(), Failed> {
        self.wait()?;
        let checkpoints = self.checkpoints.clone();
        self.now = Some(std::thread::spawn(move || {
            for file in files {
                disk::sync_file(&file).map_err(|e| (file, e))?;
            }
            checkpoints.write(day, &state)
        }));
        Ok(())
    }

    /// Waits until the last one is written.
    ///
    /// # Errors
    /// Why it is not.
    pub fn wait(&mut self) -> Result<(), Failed> {
        let Some(now) = self.now.take() else { return Ok(()) };
        now.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // A run that ends early says why by itself; its folder must not be written to any more.
        if let Some(now) = self.now.take() {
            let _ = now.join();
        }
    }
}

/// Day of a checkpoint by its name.
fn day_of(path: &Path) -> Option<u32> {
    path.file_name()?.to_str()?.strip_suffix(ENDING)?.parse().ok()
}

fn read(path: &Path) -> Result<Sections, String> {
    let bytes = fs::read(path).map_err(|e| e.to_string())?;
    Sections::from_bytes(&bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state(day: u32) -> Sections {
        let mut s = Sections::default();
        s.put("day", day.to_le_bytes());
        s
    }

    fn latest(c: &Checkpoints) -> (Option<u32>, usize) {
        let found = c.latest(|_| Ok(())).unwrap();
        let day = found.state.map(|s| u32::from_le_bytes(s.get("day").unwrap().try_into().unwrap()));
        (day, found.damaged.len())
    }

    #[test]
    fn two_generations_are_kept_and_a_damaged_one_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let c = Checkpoints::in_folder(dir.path().join("deep/down"));
        assert_eq!(latest(&c), (None, 0), "a folder that is not there");
        for day in [90, 180, 14_000] {
            c.write(day, &state(day)).unwrap();
        }
        assert_eq!(latest(&c), (Some(14_000), 0));
        assert_eq!(fs::read_dir(c.folder()).unwrap().count(), 2);
        let newest = c.folder().join("0000014000.checkpoint");
        let mut bytes = fs::read(&newest).unwrap();
        bytes[20] ^= 4;
        fs::write(&newest, &bytes).unwrap();
        assert_eq!(latest(&c), (Some(180), 1));
        fs::write(c.folder().join("0000000180.checkpoint"), b"").unwrap();
        assert_eq!(latest(&c), (None, 2));
        c.write(14_090, &state(14_090)).unwrap();
        assert_eq!(latest(&c), (Some(14_090), 0));
    }

    #[test]
    fn one_that_does_not_fit_is_passed_over() {
        let dir = tempfile::tempdir().unwrap();
        let c = Checkpoints::in_folder(dir.path());
        for day in [1, 2] {
            c.write(day, &state(day)).unwrap();
        }
        let old = |s: &Sections| if s.get("day")? == 1u32.to_le_bytes() { Ok(()) } else { Err("too new".to_string()) };
        let found = c.latest(old).unwrap();
        assert_eq!(found.state.unwrap().get("day").unwrap(), 1u32.to_le_bytes());
        assert_eq!(found.damaged[0].1, "too new");
    }
}
