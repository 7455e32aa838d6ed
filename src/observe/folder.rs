//! A run's folder: its files appear whole, all together, or not at all.
//!
//! While a run lasts everything is under `NAME/.partial/`; [`RunFolder::finish`] moves it into place, without what begins
//! with a dot. A run that is dropped before that leaves nothing, unless it has saved a state: then [`RunFolder::resume`] goes
//! on with it. Two runs never share a folder: `create_dir` has one winner, and the owner of a `.partial`
//! holds a lock on a file in it, so that what a dead run left can be told from what a living one is writing.

use crate::engine::disk;
use crate::error::{Error, Result};
use serde::{Deserialize, Serialize};
use std::fs::{self, File, TryLockError};
use std::io::{BufWriter, ErrorKind};
use std::path::{Component, Path, PathBuf};

/// Where a run writes until it is complete.
const PARTIAL: &str = ".partial";
/// Locked by the run that owns the `.partial` it lies in.
const LOCK: &str = ".lock";
/// Where the old content waits, inside `.partial`, while the new one is moved into place.
const OLD: &str = ".old";
/// In `.partial`: what a run is to do, for `sirocco resume`. Gone when all is in place.
pub const ORDER: &str = ".order.json";
/// In `.partial`: saved states, by replicate.
pub const CHECKPOINTS: &str = ".checkpoints";
/// In `.partial`: what is being moved into place, while it is.
const MOVES: &str = ".moves.json";
/// Moved into place last: a folder that has it is complete.
const LAST: &str = "manifest.json";
/// A folder that holds one of these was written by this program. `--force` replaces no other: a slip of the finger in
/// `--out` must not empty somebody's home.
const OURS: [&str; 4] = [LAST, PARTIAL, "effects.csv", "design.csv"];
/// How many names `NAME-2`, `NAME-3` ... are tried.
const MAX_NAMES: u32 = 100_000;

/// A folder that a run is writing to.
#[derive(Debug)]
pub struct RunFolder {
    folder: PathBuf,
    /// The folder is not older than its run.
    created: bool,
    force: bool,
    /// Held open, and with it the lock, as long as the run lasts.
    _lock: File,
    finished: bool,
    /// What is there stays when the run is dropped.
    kept: bool,
}

/// What came of trying to own a folder's `.partial`.
enum Claim {
    Mine(File),
    /// Another run has it, or had it a moment ago.
    Taken,
}

impl RunFolder {
    /// Makes the folder of a run: `out_root/NAME`, or `NAME-2`, `NAME-3` ... when that exists (with `force`: `NAME` itself).
    /// With `explicit` it is exactly that folder, refused when it holds anything unless `force`. What a forced folder holds
    /// stays until the new run is complete.
    pub fn create(out_root: &Path, name: &str, force: bool, explicit: Option<&Path>) -> Result<RunFolder> {
        if let Some(dir) = explicit {
            return RunFolder::exactly(dir, force);
        }
        if !is_plain(Path::new(name)) || Path::new(name).components().count() != 1 {
            return Err(Error::Input(format!("`{name}` cannot be the name of a run's folder")));
        }
        if force {
            return RunFolder::exactly(&out_root.join(name), true);
        }
        make_all(out_root)?;
        for n in 1..=MAX_NAMES {
            let folder = match n {
                1 => out_root.join(name),
                _ => out_root.join(format!("{name}-{n}")),
            };
            match disk::create_dir(&folder) {
                Ok(()) => {}
                Err(e) if e.kind() == ErrorKind::AlreadyExists => continue,
                Err(e) => return Err(Error::io(folder, e)),
            }
            // Between the two create_dir a forced run may have taken the folder: then the next name is ours.
            if let Claim::Mine(lock) = claim(&folder, Found::Refuse)? {
                return Ok(RunFolder { folder, created: true, force, _lock: lock, finished: false, kept: false });
            }
        }
        Err(Error::Input(format!("{}: {MAX_NAMES} runs named `{name}` are there already", out_root.display())))
    }

    fn exactly(dir: &Path, force: bool) -> Result<RunFolder> {
        if dir.exists() && !dir.is_dir() {
            return Err(Error::Input(format!("{} is a file, not a folder", dir.display())));
        }
        if let Some(parent) = dir.parent().filter(|p| !p.as_os_str().is_empty()) {
            make_all(parent)?;
        }
        let created = match disk::create_dir(dir) {
            Ok(()) => true,
            Err(e) if e.kind() == ErrorKind::AlreadyExists => false,
            Err(e) => return Err(Error::io(dir, e)),
        };
        may_use(dir, force)?;
        let Claim::Mine(lock) = claim(dir, if force { Found::Empty } else { Found::Refuse })? else {
            return Err(Error::Input(format!("another run is writing to {}", dir.display())));
        };
        let run = RunFolder { folder: dir.to_path_buf(), created, force, _lock: lock, finished: false, kept: false };
        // Looked at again now that it is ours: another run may have finished in it in between.
        if !force && !entries(dir)?.iter().all(|e| e == PARTIAL) {
            return Err(not_empty(dir));
        }
        Ok(run)
    }

    /// Goes on with the unfinished run of a folder.
    ///
    /// # Errors
    /// A folder without one, or whose run is still going on.
    pub fn resume(dir: &Path) -> Result<RunFolder> {
        let partial = dir.join(PARTIAL);
        let complete = dir.join(LAST).is_file();
        if !(partial.join(ORDER).is_file() || complete && partial.is_dir()) {
            let why = if complete { "its run is complete" } else { "it holds no unfinished run" };
            return Err(Error::Input(format!("{}: there is nothing to resume: {why}", dir.display())));
        }
        let Claim::Mine(lock) = claim(dir, Found::Keep)? else {
            return Err(Error::Input(format!("{}: its run is still going on", dir.display())));
        };
        Ok(RunFolder {
            folder: dir.to_path_buf(),
            created: false,
            force: false,
            _lock: lock,
            finished: false,
            kept: true,
        })
    }

    /// The same folder, whose old content goes when the run is complete if `force`.
    pub fn replacing(mut self, force: bool) -> RunFolder {
        self.force = force;
        self
    }

    /// True when a state is saved from which the run can go on.
    pub fn can_go_on(&self) -> bool {
        let saved = entries(&self.path(CHECKPOINTS)).unwrap_or_default();
        saved.iter().any(|e| !entries(&self.path(CHECKPOINTS).join(e)).is_ok_and(|inside| inside.is_empty()))
    }

    /// Makes the files in a folder of the run durable, not those in folders below it: other replicates write and remove there.
    ///
    /// # Errors
    /// The system's, with the path.
    pub fn sync(&self, dir: &Path) -> Result<()> {
        sync_files(dir)?;
        sync_dir(dir)
    }

    /// The folder where the files will be when the run is complete.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Where the file `rel` (relative to the run's folder) is while the run lasts.
    pub fn path(&self, rel: impl AsRef<Path>) -> PathBuf {
        self.folder.join(PARTIAL).join(rel)
    }

    /// A new file of the run, in a subfolder if `rel` has one. Flush or drop it before [`RunFolder::finish`].
    pub fn file(&self, rel: &str) -> Result<BufWriter<disk::File>> {
        if !is_plain(Path::new(rel)) {
            return Err(Error::Input(format!("`{rel}` cannot be the name of a run's file")));
        }
        let path = self.path(rel);
        if let Some(parent) = path.parent() {
            make_all(parent)?;
        }
        let file = disk::File::create(&path).map_err(|e| Error::io(&path, e))?;
        Ok(BufWriter::new(file))
    }

    /// Makes the run's files durable and moves them into place. Old content of a forced folder goes only now; when moving
    /// fails everything is put back, and when the program is killed meanwhile [`RunFolder::finish_moving`] goes on.
    pub fn finish(mut self) -> Result<PathBuf> {
        sync_tree(&self.path(""))?;
        let moves = self.moves()?;
        let journal = self.path(MOVES);
        let text = serde_json::to_vec(&moves).map_err(|e| Error::io(&journal, e.into()))?;
        disk::write_durably(&journal, &text).map_err(|e| Error::io(&journal, e))?;
        let mut moved = Vec::new();
        if let Err(e) = self.swap(&moves, &mut moved) {
            for (from, to) in moved.into_iter().rev() {
                // Should even this fail, `.partial/.old` must survive: it is the only copy of the old content.
                if fs::rename(&to, &from).is_err() {
                    self.finished = true;
                }
            }
            if !self.finished {
                let _ = fs::remove_file(journal);
            }
            return Err(e);
        }
        self.clean()
    }

    /// True when the program was killed while it moved the files of a complete run into place, or cleaned up after that.
    pub fn was_moving(&self) -> bool {
        self.path(MOVES).is_file() || !self.path(ORDER).is_file()
    }

    /// Moves what is not yet in place, and removes what is left.
    ///
    /// # Errors
    /// A file that cannot be moved; another attempt may be made.
    pub fn finish_moving(self) -> Result<PathBuf> {
        if !self.path(ORDER).is_file() {
            return self.clean();
        }
        let journal = self.path(MOVES);
        let text = fs::read(&journal).map_err(|e| Error::io(&journal, e))?;
        let moves = serde_json::from_slice(&text).map_err(|e| Error::io(&journal, e.into()))?;
        self.swap(&moves, &mut Vec::new())?;
        self.clean()
    }

    /// After the last file is in place. The order of the run goes first: the list of moves without the old content beside it
    /// would make a later attempt take the new for the old.
    fn clean(mut self) -> Result<PathBuf> {
        self.finished = true;
        let (partial, order) = (self.path(""), self.path(ORDER));
        sync_dir(&self.folder)?;
        if order.is_file() {
            remove(&order)?;
            sync_dir(&partial)?;
        }
        for e in entries(&partial)? {
            remove(&partial.join(e))?;
        }
        remove(&partial)?;
        sync_dir(&self.folder)?;
        if let Some(parent) = self.folder.parent().filter(|p| !p.as_os_str().is_empty()) {
            sync_dir(parent)?;
        }
        Ok(self.folder.clone())
    }

    /// What is to be moved, in order: the sign of a complete folder goes first and comes last.
    fn moves(&self) -> Result<Moves> {
        let names = |dir: &Path| -> Result<Vec<String>> {
            let text = |e: std::ffi::OsString| {
                e.into_string().map_err(|e| Error::Input(format!("{}: the name {e:?} is not text", dir.display())))
            };
            entries(dir)?.into_iter().map(text).collect()
        };
        let mut old = if self.force { names(&self.folder)? } else { vec![] };
        old.retain(|e| e != PARTIAL);
        old.sort_by_key(|e| (e != LAST, e.clone()));
        let mut new = names(&self.path(""))?;
        new.retain(|e| !e.starts_with('.'));
        new.sort_by_key(|e| (e == LAST, e.clone()));
        Ok(Moves { old, new })
    }

    /// Old content out of the way, new content into place, as far as they are not; every move is noted in `moved` (from, to).
    fn swap(&self, moves: &Moves, moved: &mut Vec<(PathBuf, PathBuf)>) -> Result<()> {
        let mut go = |from: PathBuf, to: PathBuf| -> Result<()> {
            disk::rename(&from, &to).map_err(|e| Error::io(&to, e))?;
            moved.push((from, to));
            Ok(())
        };
        let there = |path: &Path| path.symlink_metadata().is_ok();
        let aside = self.path(OLD);
        if !moves.old.is_empty() {
            make_all(&aside)?;
        }
        for e in moves.old.iter().filter(|e| !there(&aside.join(e))) {
            go(self.folder.join(e), aside.join(e))?;
        }
        for e in moves.new.iter().filter(|e| there(&self.path(e))) {
            let to = self.folder.join(e);
            if there(&to) {
                return Err(Error::io(to, ErrorKind::AlreadyExists.into()));
            }
            go(self.path(e), to)?;
        }
        Ok(())
    }
}

/// Names to be moved out of a run's folder and into it.
#[derive(Debug, Serialize, Deserialize)]
struct Moves {
    old: Vec<String>,
    new: Vec<String>,
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        if self.finished || self.kept || self.can_go_on() {
            return;
        }
        // There is nobody to tell: what cannot be removed now is recognised as a dead run's `.partial` later.
        let _ = fs::remove_dir_all(self.folder.join(PARTIAL));
        if self.created {
            let _ = fs::remove_dir(&self.folder);
        }
    }
}

/// Refuses a folder that holds something, or, forced, something that no run of ours wrote.
fn may_use(dir: &Path, force: bool) -> Result<()> {
    let there = entries(dir)?;
    if there.is_empty() {
        return Ok(());
    }
    if !force {
        return Err(not_empty(dir));
    }
    if !there.iter().any(|e| OURS.iter().any(|o| e == o)) {
        return Err(Error::Input(format!(
            "{} is not empty and holds no run of ours (no {LAST}): it is not replaced, not even with --force",
            dir.display()
        )));
    }
    Ok(())
}

fn not_empty(dir: &Path) -> Error {
    if dir.join(PARTIAL).join(ORDER).is_file()
        && entries(&dir.join(PARTIAL).join(CHECKPOINTS)).is_ok_and(|e| !e.is_empty())
    {
        let dir = dir.display();
        return Error::Input(format!(
            "{dir} holds an unfinished run: go on with `sirocco resume {dir}`, name another folder, or replace it with --force"
        ));
    }
    Error::Input(format!("{} is not empty: name another folder, or replace its run with --force", dir.display()))
}

/// What to do with a `.partial` that a dead run left.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Refuse,
    Empty,
    Keep,
}

/// Tries to own the `.partial` of `dir`.
fn claim(dir: &Path, found: Found) -> Result<Claim> {
    let partial = dir.join(PARTIAL);
    let made = match disk::create_dir(&partial) {
        Ok(()) => true,
        Err(e) if e.kind() == ErrorKind::AlreadyExists && found != Found::Refuse => false,
        Err(e) if e.kind() == ErrorKind::AlreadyExists => return Ok(Claim::Taken),
        Err(e) => return Err(Error::io(partial, e)),
    };
    let path = partial.join(LOCK);
    let lock = match File::options().create(true).truncate(false).write(true).open(&path) {
        Ok(f) => f,
        // The owner finished and took its `.partial` away.
        Err(e) if e.kind() == ErrorKind::NotFound => return Ok(Claim::Taken),
        Err(e) => return Err(Error::io(path, e)),
    };
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Ok(Claim::Taken),
        // A file system without locks: having made the folder is proof enough, finding one is not.
        Err(TryLockError::Error(_)) if made => return Ok(Claim::Mine(lock)),
        Err(TryLockError::Error(_)) => return Ok(Claim::Taken),
    }
    if !same_file(&lock, &path) {
        return Ok(Claim::Taken);
    }
    if !made && found == Found::Empty {
        for e in entries(&partial)?.into_iter().filter(|e| e != LOCK) {
            remove(&partial.join(e))?;
        }
    }
    Ok(Claim::Mine(lock))
}

/// The file opened is still the one at `path`: its owner may have removed it before our lock held.
#[cfg(unix)]
fn same_file(file: &File, path: &Path) -> bool {
    use std::os::unix::fs::MetadataExt;
    match (file.metadata(), fs::metadata(path)) {
        (Ok(a), Ok(b)) => a.ino() == b.ino() && a.dev() == b.dev(),
        _ => false,
    }
}

#[cfg(not(unix))]
fn same_file(_file: &File, path: &Path) -> bool {
    path.exists()
}

/// A relative path of plain names: nothing that leads out of the folder.
fn is_plain(path: &Path) -> bool {
    !path.as_os_str().is_empty() && path.components().all(|c| matches!(c, Component::Normal(_)))
}

fn make_all(dir: &Path) -> Result<()> {
    disk::create_dir_all(dir).map_err(|e| Error::io(dir, e))
}

fn remove(path: &Path) -> Result<()> {
    disk::remove(path).map_err(|e| Error::io(path, e))
}

/// Names in a folder, sorted.
fn entries(dir: &Path) -> Result<Vec<std::ffi::OsString>> {
    let names =
        fs::read_dir(dir).and_then(|d| d.map(|e| e.map(|e| e.file_name())).collect::<std::io::Result<Vec<_>>>());
    let mut names = names.map_err(|e| Error::io(dir, e))?;
    names.sort();
    Ok(names)
}

fn sync_tree(dir: &Path) -> Result<()> {
    for name in entries(dir)? {
        let path = dir.join(name);
        let meta = path.symlink_metadata().map_err(|e| Error::io(&path, e))?;
        if meta.is_dir() {
            sync_tree(&path)?;
        }
    }
    sync_files(dir)?;
    sync_dir(dir)
}

/// The files in a folder.
fn sync_files(dir: &Path) -> Result<()> {
    for name in entries(dir)? {
        let path = dir.join(name);
        if path.is_file() {
            disk::sync_file(&path).map_err(|e| Error::io(&path, e))?;
        }
    }
    Ok(())
}

fn sync_dir(dir: &Path) -> Result<()> {
    disk::sync_folder(dir).map_err(|e| Error::io(dir, e))
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;
