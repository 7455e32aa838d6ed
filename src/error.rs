//! One error enum for the stages of a run, and the exit code of each.

use std::path::PathBuf;

/// Whatever can end a command early.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A benchmark or comparison differs from what it should be.
    #[error("{0}")]
    CheckFailed(String),
    /// The user's files or arguments are wrong. The text is ready to print: it names the place and the reason.
    #[error("{0}")]
    Input(String),
    /// A file or folder could not be read or written.
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: std::io::Error },
    /// Stopped from outside, with the state saved.
    #[error("stopped on {date}; the state of that day is saved")]
    Interrupted { date: String, signal: i32 },
    /// A ledger does not balance, a number is not finite, or something else that a correct model never does.
    #[error("model fault on {date} in process `{process}`: {what}")]
    Model { date: String, process: String, what: String },
    /// Some of many runs ended early; the others are there.
    #[error("{0}")]
    SomeFailed(String),
}

impl Error {
    /// An I/O error with its path.
    pub fn io(path: impl Into<PathBuf>, source: std::io::Error) -> Error {
        Error::Io { path: path.into(), source }
    }
    /// Exit code of the process: 1 a check failed, 2 wrong input, 3 I/O, 4 model fault, 128 and the signal's number when
    /// interrupted (130 for SIGINT, 143 for SIGTERM).
    pub fn exit_code(&self) -> i32 {
        match self {
            Error::CheckFailed(_) => 1,
            Error::Input(_) => 2,
            Error::Io { .. } => 3,
            Error::Model { .. } | Error::SomeFailed(_) => 4,
            Error::Interrupted { signal, .. } => 128 + signal,
        }
    }
}

/// Result with our [`Error`].
pub type Result<T> = std::result::Result<T, Error>;
