//! All writing to disk goes through here, so that a test can put a fault in the way of every single call.
//!
//! `SIROCCO_FAULT=KIND:N` makes the `N`-th call fail (counted from 0 over the whole process): `full` and `readonly` that one
//! and all that write after it, as a full disk and a folder turned read-only do; `eio` that one only; `short` writes half of
//! what was to be written there, which is no error and must change nothing. `count:0` prints the number of calls at the end
//! of every command; `kill` ends the process there and then, as `kill -9` does. For tests; nobody sets it by accident.

use std::fs;
use std::io::{self, ErrorKind, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU64, Ordering};

/// What goes wrong at a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fault {
    Full,
    ReadOnly,
    Eio,
    Short,
    Count,
    Kill,
}

static PLAN: OnceLock<Option<(Fault, u64)>> = OnceLock::new();
static CALLS: AtomicU64 = AtomicU64::new(0);

fn plan() -> Option<(Fault, u64)> {
    *PLAN.get_or_init(|| {
        let text = std::env::var("SIROCCO_FAULT").ok()?;
        let (kind, n) = text.split_once(':')?;
        let kind = match kind {
            "full" => Fault::Full,
            "readonly" => Fault::ReadOnly,
            "eio" => Fault::Eio,
            "short" => Fault::Short,
            "count" => Fault::Count,
            "kill" => Fault::Kill,
            _ => return None,
        };
        Some((kind, n.parse().ok()?))
    })
}

/// Calls so far, when they are counted.
pub fn calls() -> Option<u64> {
    plan().map(|_| CALLS.load(Ordering::Relaxed))
}

/// Counts a call. `Ok(true)`: it is to be cut short.
fn call() -> io::Result<bool> {
    let Some((fault, at)) = plan() else { return Ok(false) };
    let now = CALLS.fetch_add(1, Ordering::Relaxed);
    match fault {
        Fault::Full if now >= at => Err(ErrorKind::StorageFull.into()),
        Fault::ReadOnly if now >= at => Err(ErrorKind::ReadOnlyFilesystem.into()),
        Fault::Eio if now == at => Err(io::Error::other("input/output error")),
        Fault::Short => Ok(now == at),
        // No destructor runs and no buffer is flushed.
        Fault::Kill if now == at => std::process::abort(),
        _ => Ok(false),
    }
}

/// A file to be written.
#[derive(Debug)]
pub struct File(fs::File);

impl File {
    /// A new, empty file in the place of any other.
    ///
    /// # Errors
    /// The system's.
    pub fn create(path: &Path) -> io::Result<File> {
        call()?;
        fs::File::create(path).map(File)
    }

    /// The first `len` bytes of a file that is there; what is written next follows them.
    ///
    /// # Errors
    /// The system's; a file that is shorter.
    pub fn after(path: &Path, len: u64) -> io::Result<File> {
        call()?;
        let mut file = fs::File::options().write(true).open(path)?;
        if file.metadata()?.len() < len {
            return Err(io::Error::new(ErrorKind::UnexpectedEof, "it is shorter than it was"));
        }
        file.set_len(len)?;
        file.seek(SeekFrom::End(0))?;
        Ok(File(file))
    }

    /// Makes what was written durable.
    ///
    /// # Errors
    /// The system's.
    pub fn sync(&self) -> io::Result<()> {
        call()?;
        self.0.sync_all()
    }

    /// Bytes in the file.
    ///
    /// # Errors
    /// The system's.
    pub fn bytes(&self) -> io::Result<u64> {
        self.0.metadata().map(|m| m.len())
    }
}

impl Write for File {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let cut = call()? && bytes.len() > 1;
        self.0.write(if cut { &bytes[..bytes.len() / 2] } else { bytes })
    }
    fn flush(&mut self) -> io::Result<()> {
        self.0.flush()
    }
}

/// Writes a whole file.
///
/// # Errors
/// The system's.
pub fn write(path: &Path, bytes: &[u8]) -> io::Result<()> {
    File::create(path)?.write_all(bytes)
}

/// Writes a file so that a reader finds it whole or not at all, even after the power has failed: beside, synced, renamed, the
/// folder synced.
///
/// # Errors
/// The system's; the file that was there before is left as it was.
pub fn write_durably(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let name = path.file_name().ok_or(ErrorKind::InvalidInput)?;
    let beside = path.with_file_name(format!(".{}.new", name.to_string_lossy()));
    let done = || {
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync()?;
        rename(&beside, path)?;
        path.parent().map_or(Ok(()), sync_folder)
    };
    done().inspect_err(|_| {
        // What cannot be removed either is overwritten by the next attempt.
        let _ = fs::remove_file(&beside);
    })
}

/// Renames a file or folder.
///
/// # Errors
/// The system's.
pub fn rename(from: &Path, to: &Path) -> io::Result<()> {
    call()?;
    fs::rename(from, to)
}

/// Removes a file, or a folder with all that is in it.
///
/// # Errors
/// The system's.
pub fn remove(path: &Path) -> io::Result<()> {
    call()?;
    if path.symlink_metadata()?.is_dir() { fs::remove_dir_all(path) } else { fs::remove_file(path) }
}

/// Makes one folder.
///
/// # Errors
/// The system's.
pub fn create_dir(path: &Path) -> io::Result<()> {
    call()?;
    fs::create_dir(path)
}

/// Makes a folder and those above it.
///
/// # Errors
/// The system's.
pub fn create_dir_all(path: &Path) -> io::Result<()> {
    call()?;
    fs::create_dir_all(path)
}

/// Makes a file durable that is closed already.
///
/// # Errors
/// The system's.
pub fn sync_file(path: &Path) -> io::Result<()> {
    call()?;
    fs::File::open(path)?.sync_all()
}

/// A folder's names are durable only after its own fsync; elsewhere than on Unix a folder cannot be opened for that.
///
/// # Errors
/// The system's.
pub fn sync_folder(path: &Path) -> io::Result<()> {
    call()?;
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    if cfg!(unix) { fs::File::open(path)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_goes_on_after_its_first_bytes() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        write(&path, b"0123456789").unwrap();
        let mut file = File::after(&path, 4).unwrap();
        file.write_all(b"x").unwrap();
        assert_eq!(file.bytes().unwrap(), 5);
        assert_eq!(fs::read(&path).unwrap(), b"0123x");
        assert_eq!(File::after(&path, 6).unwrap_err().kind(), ErrorKind::UnexpectedEof);
        assert_eq!(fs::read(&path).unwrap(), b"0123x", "left as it was");
    }

    #[test]
    fn a_durable_file_replaces_another_whole() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("a");
        write_durably(&path, b"old").unwrap();
        write_durably(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 1);
        assert!(write_durably(&dir.path().join("none/a"), b"x").is_err());
    }
}
