//! Reading the files of finished runs.

use crate::error::{Error, Result};
use serde::de::DeserializeOwned;
use std::path::Path;

/// The lines of a CSV file.
///
/// # Errors
/// A file that cannot be read, by its path.
pub fn rows<T: DeserializeOwned>(path: &Path) -> Result<Vec<T>> {
    let bad = |e: csv::Error| Error::Input(format!("{}: {e}", path.display()));
    let mut reader = csv::Reader::from_path(path).map_err(bad)?;
    reader.deserialize().map(|row| row.map_err(bad)).collect()
}
