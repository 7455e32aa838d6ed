//! `sirocco schema`: JSON Schemas for editors.

use super::print;
use crate::error::Result;
use crate::scenario::assemble::scenario_schema;
use crate::study::spec::StudyFile;

/// Arguments of `schema`.
#[derive(clap::Args, Debug)]
pub struct SchemaArgs {
    /// Which file format
    #[arg(value_enum)]
    pub format: Format,
}

/// The file formats there are.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
pub enum Format {
    /// A scenario; write `#:schema ./scenario.json` at its head and editors complete it
    Scenario,
    /// The same for a study
    Study,
}

/// Prints the schema.
pub fn schema(args: &SchemaArgs) -> Result<()> {
    let schema = match args.format {
        Format::Scenario => scenario_schema(),
        Format::Study => schemars::schema_for!(StudyFile).to_value(),
    };
    print(&format!("{schema:#}\n"))
}
