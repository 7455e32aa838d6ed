//! The command line: one file per command. Texts go to standard output, mistakes to standard error.

use crate::engine::disk;
use crate::error::{Error, Result};
use clap::{Parser, Subcommand};
use std::ffi::OsString;
use std::io::Write;

pub mod check;
pub mod compare;
pub mod cost_per_weapon;
mod data;
mod describe;
pub mod displacement;
pub mod import;
mod junit;
pub mod levers;
mod live;
pub mod metrics;
pub mod processes;
mod progress;
pub mod report;
pub mod resume;
pub mod run;
pub mod schema;
pub mod study;
pub mod validate;

pub use data::{data_folder, prepare};

/// Simulates arms, smuggling and migration across Libya, the Sahel and the central Mediterranean, and what policy can
/// do about it.
#[derive(Parser, Debug)]
#[command(name = "sirocco", version, about, arg_required_else_help = true)]
pub struct Cli {
    #[command(subcommand)]
    pub command: Command,
}

/// What can be done.
#[derive(Subcommand, Debug)]
pub enum Command {
    /// Run a scenario: series, maps and charts
    Run(run::RunArgs),
    /// Compare policies with their baseline on the same luck: effects with intervals, costs, ranks
    Compare(compare::CompareArgs),
    /// Run many points of a scenario: sweeps, screening, sensitivity, budgets, variants; or put its shards together
    Study(study::StudyArgs),
    /// Go on with a run or comparison that was stopped, as if nothing had happened
    Resume(resume::ResumeArgs),
    /// Draw the charts and write the page (report.html) of runs, comparisons and studies again, from their files alone
    Report(report::ReportArgs),
    /// Make a scenario of another program's files
    Import(import::ImportArgs),
    /// Check scenario files and say everything that is wrong with them
    Validate(validate::ValidateArgs),
    /// Run a suite of benchmarks and say what has changed since its results were stored
    Check(check::CheckArgs),
    /// Print the JSON Schema of a file format, for editors
    Schema(schema::SchemaArgs),
    /// List the policy levers with their keys, units, ranges and costs
    Levers(ListArgs),
    /// List the processes of a day with their parameters
    Processes(ListArgs),
    /// List the metrics of a run with their units
    Metrics(ListArgs),
    /// Compare the border crossings of two runs: what moved elsewhere
    Displacement(displacement::DisplacementArgs),
    /// Compare what came to armed groups in two runs: what a policy paid per weapon that it kept from them
    CostPerWeapon(cost_per_weapon::CostPerWeaponArgs),
}

/// How to print a list.
#[derive(clap::Args, Debug)]
pub struct ListArgs {
    /// Only these, by name
    pub names: Vec<String>,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
}

/// Reads the arguments, does what they say, prints what went wrong, and gives the exit code.
pub fn main<I: IntoIterator<Item = OsString>>(args: I) -> i32 {
    let cli = match Cli::try_parse_from(args) {
        Ok(cli) => cli,
        Err(error) => {
            // Help and version come as errors too, with exit code 0. Nothing is left to do when printing fails.
            let _ = error.print();
            return error.exit_code();
        }
    };
    let done = run_command(cli.command);
    if let Some(calls) = disk::calls() {
        eprintln!("calls that write: {calls}");
    }
    match done {
        Ok(()) => 0,
        Err(error) => {
            let _ = writeln!(std::io::stderr(), "{}", headed(&error));
            error.exit_code()
        }
    }
}

fn run_command(command: Command) -> Result<()> {
    match command {
        Command::Run(args) => run::run(&args),
        Command::Compare(args) => compare::compare(&args),
        Command::Study(args) => study::study(&args),
        Command::Resume(args) => resume::resume(&args),
        Command::Report(args) => report::report(&args),
        Command::Import(args) => import::import(&args),
        Command::Validate(args) => validate::validate(&args),
        Command::Check(args) => check::check(&args),
        Command::Schema(args) => schema::schema(&args),
        Command::Levers(args) => levers::levers(&args),
        Command::Processes(args) => processes::processes(&args),
        Command::Metrics(args) => metrics::metrics(&args),
        Command::Displacement(args) => displacement::show(&args),
        Command::CostPerWeapon(args) => cost_per_weapon::show(&args),
    }
}

/// An error as printed: reports of scenario files stand as they are, all else says that it is an error.
fn headed(error: &Error) -> String {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or("");
    if first.contains(": error: ") || first.starts_with("error: ") { text } else { format!("error: {text}") }
}

/// Writes to standard output. A reader that has gone away (`| head`) is no error.
pub fn print(text: &str) -> Result<()> {
    let mut out = std::io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(why) if why.kind() != std::io::ErrorKind::BrokenPipe => Err(Error::io("standard output", why)),
        _ => Ok(()),
    }
}
