//! `sirocco validate`: every mistake of every file in one pass.

use super::{data_folder, prepare, print};
use crate::error::{Error, Result};
use crate::scenario::diagnose::Report;
use std::io::Write;
use std::path::PathBuf;

/// Arguments of `validate`.
#[derive(clap::Args, Debug)]
pub struct ValidateArgs {
    /// Scenario files
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Change a key, as `sirocco run` would: run.end=2012-01-01, lever.NAME.intensity=0
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<String>,
    /// Folder of the input data
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// Checks each file, prints what is wrong to standard error, and `FILE: ok` for the good ones to standard output.
pub fn validate(args: &ValidateArgs) -> Result<()> {
    let data = data_folder(args.data.as_deref())?;
    let (mut wrong, mut unreadable) = (0, None);
    for file in &args.files {
        match prepare(file, &args.sets, &data)? {
            Ok((scenario, _)) => {
                complain(&Report { warnings: scenario.warnings, ..Report::default() }.to_string());
                print(&format!("{}: ok\n", file.display()))?;
            }
            Err(report) => {
                if report.unreadable.is_some() && unreadable.is_none() {
                    unreadable = report.unreadable;
                    continue;
                }
                complain(&report.to_string());
                if !report.diagnostics.is_empty() {
                    complain(&format!("{}: {}\n", file.display(), count(&report)));
                    wrong += 1;
                }
            }
        }
    }
    let files = |n: usize| {
        if n == 1 { "1 file".to_string() } else { format!("{n} files") }
    };
    // The first file that cannot be read is the command's own error, unless there is a worse one.
    match (wrong, unreadable) {
        (0, None) => Ok(()),
        (0, Some((path, why))) => Err(Error::io(path, why)),
        (n, unread) => {
            complain(&Report { unreadable: unread, ..Report::default() }.to_string());
            Err(Error::Input(format!("{} of {} with errors", n, files(args.files.len()))))
        }
    }
}

fn count(report: &Report) -> String {
    let several = |n: usize, word: &str| {
        if n == 1 { format!("1 {word}") } else { format!("{n} {word}s") }
    };
    let errors = several(report.diagnostics.len(), "error");
    if report.warnings.is_empty() { errors } else { format!("{errors}, {}", several(report.warnings.len(), "warning")) }
}

/// Writes to standard error; when even that fails there is nobody to tell.
fn complain(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}
