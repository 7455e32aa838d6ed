//! A run's folder: its files appear whole, all together, or not at all.
//!
//! While a run lasts everything is under `NAME/.partial/`; [`RunFolder::finish`] moves it into place. A run that is dropped
//! before that leaves nothing. Two runs never share a folder: `create_dir` has one winner, and the owner of a `.partial`
//! holds a lock on a file in it, so that what a dead run left can be told from what a living one is writing.

use crate::error::{Error, Result};
use std::fs::{self, File, TryLockError};
use std::io::{BufWriter, ErrorKind};
use std::path::{Component, Path, PathBuf};

/// Where a run writes until it is complete.
const PARTIAL: &str = ".partial";
/// Locked by the run that owns the `.partial` it lies in.
const LOCK: &str = ".lock";
/// Where the old content waits, inside `.partial`, while the new one is moved into place.
const OLD: &str = ".old";
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
    /// The folder did not exist before.
    created: bool,
    force: bool,
    /// Held open, and with it the lock, as long as the run lasts.
    _lock: File,
    finished: bool,
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
            match fs::create_dir(&folder) {
                Ok(()) => {}
                Err(e) if e.kind() == ErrorKind::AlreadyExists => continue,
                Err(e) => return Err(Error::io(folder, e)),
            }
            // Between the two create_dir a forced run may have taken the folder: then the next name is ours.
            if let Claim::Mine(lock) = claim(&folder, false)? {
                return Ok(RunFolder { folder, created: true, force, _lock: lock, finished: false });
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
        let created = match fs::create_dir(dir) {
            Ok(()) => true,
            Err(e) if e.kind() == ErrorKind::AlreadyExists => false,
            Err(e) => return Err(Error::io(dir, e)),
        };
        may_use(dir, force)?;
        let Claim::Mine(lock) = claim(dir, force)? else {
            return Err(Error::Input(format!("another run is writing to {}", dir.display())));
        };
        let run = RunFolder { folder: dir.to_path_buf(), created, force, _lock: lock, finished: false };
        // Looked at again now that it is ours: another run may have finished in it in between.
        if !force && !entries(dir)?.iter().all(|e| e == PARTIAL) {
            return Err(not_empty(dir));
        }
        Ok(run)
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
    pub fn file(&self, rel: &str) -> Result<BufWriter<File>> {
        if !is_plain(Path::new(rel)) {
            return Err(Error::Input(format!("`{rel}` cannot be the name of a run's file")));
        }
        let path = self.path(rel);
        if let Some(parent) = path.parent() {
            make_all(parent)?;
        }
        let file = File::create(&path).map_err(|e| Error::io(&path, e))?;
        Ok(BufWriter::new(file))
    }

    /// Makes the run's files durable and moves them into place. Old content of a forced folder goes only now; when moving
    /// fails everything is put back.
    pub fn finish(mut self) -> Result<PathBuf> {
        let partial = self.folder.join(PARTIAL);
        sync_tree(&partial)?;
        let mut new: Vec<_> = entries(&partial)?.into_iter().filter(|e| e != LOCK && e != OLD).collect();
        new.sort_by_key(|e| (e == LAST, e.clone()));
        let mut moved = Vec::new();
        if let Err(e) = self.swap(&partial, &new, &mut moved) {
            for (from, to) in moved.into_iter().rev() {
                // Should even this fail, `.partial/.old` must survive: it is the only copy of the old content.
                if fs::rename(&to, &from).is_err() {
                    self.finished = true;
                }
            }
            return Err(e);
        }
        self.finished = true;
        sync_dir(&self.folder)?;
        fs::remove_dir_all(&partial).map_err(|e| Error::io(&partial, e))?;
        sync_dir(&self.folder)?;
        if let Some(parent) = self.folder.parent().filter(|p| !p.as_os_str().is_empty()) {
            sync_dir(parent)?;
        }
        Ok(self.folder.clone())
    }

    /// Old content out of the way, new content into place; every move is noted in `moved` (from, to).
    fn swap(&self, partial: &Path, new: &[std::ffi::OsString], moved: &mut Vec<(PathBuf, PathBuf)>) -> Result<()> {
        let mut go = |from: PathBuf, to: PathBuf| -> Result<()> {
            fs::rename(&from, &to).map_err(|e| Error::io(&to, e))?;
            moved.push((from, to));
            Ok(())
        };
        if self.force {
            let old = partial.join(OLD);
            make_all(&old)?;
            let mut kept: Vec<_> = entries(&self.folder)?.into_iter().filter(|e| e != PARTIAL).collect();
            // The sign of a complete folder goes first, as it comes last.
            kept.sort_by_key(|e| (e != LAST, e.clone()));
            for e in kept {
                go(self.folder.join(&e), old.join(&e))?;
            }
        }
        for e in new {
            let to = self.folder.join(e);
            if to.symlink_metadata().is_ok() {
                return Err(Error::io(to, ErrorKind::AlreadyExists.into()));
            }
            go(partial.join(e), to)?;
        }
        Ok(())
    }
}

impl Drop for RunFolder {
    fn drop(&mut self) {
        if self.finished {
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
    Error::Input(format!("{} is not empty: name another folder, or replace its run with --force", dir.display()))
}

/// Tries to own the `.partial` of `dir`; with `take_over` also one that a dead run left, emptied.
fn claim(dir: &Path, take_over: bool) -> Result<Claim> {
    let partial = dir.join(PARTIAL);
    let made = match fs::create_dir(&partial) {
        Ok(()) => true,
        Err(e) if e.kind() == ErrorKind::AlreadyExists && take_over => false,
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
    if !made {
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
    fs::create_dir_all(dir).map_err(|e| Error::io(dir, e))
}

fn remove(path: &Path) -> Result<()> {
    let is_dir = path.symlink_metadata().map_err(|e| Error::io(path, e))?.is_dir();
    let done = if is_dir { fs::remove_dir_all(path) } else { fs::remove_file(path) };
    done.map_err(|e| Error::io(path, e))
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
        } else if meta.is_file() {
            File::open(&path).and_then(|f| f.sync_all()).map_err(|e| Error::io(&path, e))?;
        }
    }
    sync_dir(dir)
}

/// A folder's names are durable only after its own fsync; elsewhere than on Unix a folder cannot be opened for that.
fn sync_dir(dir: &Path) -> Result<()> {
    if cfg!(unix) {
        File::open(dir).and_then(|f| f.sync_all()).map_err(|e| Error::io(dir, e))?;
    }
    Ok(())
}

#[cfg(test)]
#[path = "folder_tests.rs"]
mod tests;
