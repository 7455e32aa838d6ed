//! `sirocco import`: files of another program become a scenario.

use super::print;
use crate::engine::disk;
use crate::error::{Error, Result};
use crate::import::flee::{self, Imported, Options};
use std::path::{Path, PathBuf};

/// Arguments of `import`.
#[derive(clap::Args, Debug)]
pub struct ImportArgs {
    #[command(subcommand)]
    pub from: From,
}

/// Whose files.
#[derive(clap::Subcommand, Debug)]
pub enum From {
    /// An instance of Flee: input_csv/, source_data/ and simsetting.yml, or these files side by side
    Flee(FleeArgs),
}

/// What to import from Flee, and how.
#[derive(clap::Args, Debug)]
pub struct FleeArgs {
    /// Folder of the instance
    #[arg(value_name = "DIR")]
    pub instance: PathBuf,
    /// Folder to write: scenario.toml and network/
    #[arg(long, value_name = "DIR")]
    pub out: PathBuf,
    /// Settings in the place of the instance's simsetting.yml
    #[arg(long, value_name = "FILE")]
    pub settings: Option<PathBuf>,
    /// Do as Flee does where it has faults, to compare results with its own
    #[arg(long)]
    pub parity: bool,
}

/// Reads the files, writes the scenario and says what of them it does not hold.
///
/// # Errors
/// All that is wrong with the files; a folder to write that is not empty; the system's.
pub fn import(args: &ImportArgs) -> Result<()> {
    let From::Flee(args) = &args.from;
    let options = Options { settings: args.settings.clone(), parity: args.parity };
    refuse_used(&args.out)?;
    let imported = flee::import(&args.instance, &options)?;
    write(&args.out, &imported)?;
    let mut text = format!("{}\n", imported.summary);
    for (file, _) in &imported.files {
        text.push_str(&format!("wrote {}\n", args.out.join(file).display()));
    }
    text.push_str(if imported.notes.is_empty() { "everything is carried over\n" } else { "not carried over:\n" });
    for note in &imported.notes {
        text.push_str(&format!("- {note}\n"));
    }
    print(&text)
}

/// What is there stays as it is.
fn refuse_used(out: &Path) -> Result<()> {
    if out.is_file() {
        return Err(Error::Input(format!("{} is a file, not a folder", out.display())));
    }
    match std::fs::read_dir(out).map(Iterator::count) {
        Ok(0) => Ok(()),
        Ok(_) => Err(Error::Input(format!("{} is not empty: name another folder", out.display()))),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(e) => Err(Error::io(out, e)),
    }
}

/// Writes all files, or leaves none.
fn write(out: &Path, imported: &Imported) -> Result<()> {
    let there = out.is_dir();
    let all = || {
        let network = out.join("network");
        disk::create_dir_all(&network).map_err(|e| Error::io(&network, e))?;
        for (name, text) in &imported.files {
            let path = out.join(name);
            disk::write_durably(&path, text.as_bytes()).map_err(|e| Error::io(&path, e))?;
        }
        Ok(())
    };
    all().inspect_err(|_| {
        // There is nobody to tell: what stays is refused by the next attempt, which names it.
        let _ = disk::remove(&out.join("network"));
        let _ = disk::remove(&out.join("scenario.toml"));
        if !there {
            let _ = disk::remove(out);
        }
    })
}
