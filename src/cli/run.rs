//! `sirocco run`: the arguments.

use crate::units::Date;
use std::path::PathBuf;

/// Arguments of `run`.
#[derive(clap::Args, Debug)]
pub struct RunArgs {
    /// Scenario file
    #[arg(value_name = "SCENARIO")]
    pub scenario: PathBuf,
    /// How many replicates, instead of the scenario's
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub replicates: Option<u32>,
    /// Seed of all luck, instead of the scenario's
    #[arg(long, value_name = "S")]
    pub seed: Option<u64>,
    /// Threads; all cores when left out. Results are the same on any number
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub threads: Option<u16>,
    /// Last day, instead of the scenario's
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub until: Option<Date>,
    /// Change a key: run.end=2012-01-01, lever.NAME.intensity=0, processes.NAME.KEY=1.5
    #[arg(long = "set", value_name = "KEY=VALUE")]
    pub sets: Vec<String>,
    /// Folder for the results; output/NAME when left out
    #[arg(long, value_name = "DIR")]
    pub out: Option<PathBuf>,
    /// Overwrite the folder for the results
    #[arg(long)]
    pub force: bool,
    /// Recount all ledgers and the digest every day
    #[arg(long)]
    pub audit: bool,
    /// Folder of the input data
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Print nothing but errors
    #[arg(long)]
    pub quiet: bool,
}

impl RunArgs {
    /// All changes to the scenario, in the form of `--set`: the short options come last and so win.
    pub fn all_sets(&self) -> Vec<String> {
        let mut sets = self.sets.clone();
        sets.extend(self.replicates.map(|n| format!("run.replicates={n}")));
        sets.extend(self.seed.map(|s| format!("run.seed={s}")));
        sets.extend(self.until.map(|d| format!("run.end={d}")));
        sets
    }
}

/// A date given as an argument.
fn date(text: &str) -> Result<Date, String> {
    crate::scenario::load::date(text).ok_or_else(|| "it must be a date such as 2011-10-20".into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct Only {
        #[command(flatten)]
        args: RunArgs,
    }

    #[test]
    fn short_options_come_after_sets() {
        let words = [
            "run",
            "a.toml",
            "--set",
            "run.seed=1",
            "--seed",
            "2",
            "--until",
            "2012-01-01",
            "--replicates",
            "3",
        ];
        let args = Only::try_parse_from(words)
            .map(|o| o.args.all_sets())
            .unwrap_or_default();
        assert_eq!(
            args,
            [
                "run.seed=1",
                "run.replicates=3",
                "run.seed=2",
                "run.end=2012-01-01"
            ]
        );
    }

    #[test]
    fn impossible_dates_are_refused() {
        assert!(Only::try_parse_from(["run", "a.toml", "--until", "2012-02-30"]).is_err());
        assert!(Only::try_parse_from(["run", "a.toml", "--replicates", "0"]).is_err());
    }
}
