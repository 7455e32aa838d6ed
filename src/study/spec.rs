//! What a study file may say: its tables and keys.

use super::factors::Factor;
use super::targets::{SeriesTarget, Target};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// A study file. Paths are relative to it.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct StudyFile {
    /// Title on tables and charts.
    pub title: String,
    /// What is asked, in a sentence or two.
    #[serde(default)]
    pub about: String,
    /// Scenario file that is varied.
    pub scenario: PathBuf,
    /// Scenario files of policies to compare with it at every point, on the same luck.
    #[serde(default)]
    pub policies: Vec<PathBuf>,
    /// Changes to all runs, in the form of `--set`: `run.end=2012-06-30`.
    #[serde(default)]
    pub set: Vec<String>,
    /// Replicates of every point; the k-th of one point has the luck of the k-th of any other.
    #[serde(default = "one")]
    #[schemars(range(min = 1, max = 100_000))]
    pub replicates: u32,
    /// Names the luck of the design and of bootstraps; that of runs is the scenario's.
    #[serde(default = "one_u64")]
    pub seed: u64,
    /// Measures that are looked at; see `sirocco metrics` and the indicators in docs/outputs.md. A metric may be taken over a part
    /// of the run: `sea_arrivals@2015`, `sea_arrivals@2015-06..2015-08`; with `_observed` after the metric what posts and registers counted. A
    /// calibration adds those of its targets.
    #[serde(default)]
    pub measures: Vec<String>,
    pub design: Design,
    /// What is varied.
    #[serde(default)]
    pub factor: Vec<Factor>,
    /// Named sets of changes, for the design `variants`.
    #[serde(default)]
    pub variant: Vec<Variant>,
    /// Which box of the factors leads to an outcome (PRIM), for designs that fill space.
    #[serde(default)]
    pub discover: Option<Discover>,
    /// Patterns that the model is to show; counted is at how many of the points it does.
    #[serde(default)]
    pub pattern: Vec<Pattern>,
    /// Published figures that a calibration or a sample is held against.
    #[serde(default)]
    pub target: Vec<Target>,
    /// Published series that a calibration or a sample is held against.
    #[serde(default)]
    pub series: Vec<SeriesTarget>,
    /// How the sample of a calibration is run at the end.
    #[serde(default)]
    pub predict: Predict,
}

impl StudyFile {
    /// Files that the study reads itself: published series, a sample.
    pub fn reads(&self) -> Vec<&Path> {
        let sample = if let Design::Sample { file, .. } = &self.design { Some(file.as_path()) } else { None };
        self.series.iter().map(|s| s.file.as_path()).chain(sample).collect()
    }
}

/// How the sample of the posterior is run: with luck that the fit has not seen.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Predict {
    /// Changes beside those of all runs, in the form of `--set`: `run.persons_per_agent=1`.
    #[serde(default)]
    pub set: Vec<String>,
}

fn one() -> u32 {
    1
}
fn one_u64() -> u64 {
    1
}

/// How points are chosen.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Design {
    /// The scenario, and each factor by itself at so many levels over its range.
    OneAtATime {
        #[serde(default = "five")]
        levels: usize,
    },
    /// All combinations of so many levels.
    Factorial {
        #[serde(default = "two")]
        levels: usize,
    },
    /// A fraction of all combinations of two levels; `resolution` 3 keeps main effects apart, 4 also from interactions.
    FractionalFactorial {
        #[serde(default = "four")]
        resolution: usize,
    },
    /// So many points, one in each of as many layers of every factor; the best spread of `tries`.
    LatinHypercube {
        points: usize,
        #[serde(default = "ten")]
        tries: u32,
    },
    /// So many points of a scrambled Sobol sequence; best a power of two.
    Sobol { points: usize },
    /// Morris screening: so many trajectories of one more point than there are factors.
    Morris {
        trajectories: usize,
        #[serde(default = "four")]
        levels: usize,
    },
    /// Sobol's first-order and total-order indices from so many base points, each run with two points more than there are
    /// factors.
    SobolIndices { points: usize },
    /// One yearly budget shared in so many ways between levers of the scenario.
    Budget { points: usize, usd_per_year: f64, levers: Vec<String> },
    /// The named sets of changes; the first is what the others are held against.
    Variants,
    /// Rows of a sample of parameters, such as the posterior of a calibration (CSV, a column a key): which conclusions hang on what is not known of
    /// them, and what is foretold beside `[[target]]` and `[[series]]`.
    Sample {
        file: PathBuf,
        /// So many rows, evenly over the file; all when left out.
        #[serde(default)]
        points: Option<usize>,
        /// Gives every row a luck of its own, as a forecast needs; when left out all share one, and differ by the parameters alone.
        #[serde(default)]
        own_luck: bool,
    },
    /// Which values of the factors bring the model near to `[[target]]` and `[[series]]`: history matching in waves, then approximate
    /// Bayesian computation in generations. Ranges are the prior. Every stage runs `points`; at the end a sample of so many is run
    /// again, with other luck.
    Calibrate {
        points: usize,
        #[serde(default = "three")]
        waves: usize,
        #[serde(default = "cutoff")]
        cutoff: f64,
        #[serde(default = "five")]
        generations: usize,
        /// Particles that are kept of a generation; half of the points when left out.
        #[serde(default)]
        particles: Option<usize>,
        /// The last generation is the first of which no larger share comes within the tolerance of the one before.
        #[serde(default = "least_accepted")]
        least_accepted: f64,
        /// Size of the sample of the posterior.
        #[serde(default = "sixty_four")]
        sample: usize,
    },
}

fn two() -> usize {
    2
}
fn four() -> usize {
    4
}
fn five() -> usize {
    5
}
fn ten() -> u32 {
    10
}
fn three() -> usize {
    3
}
fn sixty_four() -> usize {
    64
}
/// Pukelsheim's three-sigma rule (1994): at least 95 % of any distribution with one peak.
fn cutoff() -> f64 {
    3.0
}
fn least_accepted() -> f64 {
    0.05
}

/// A named set of changes.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Variant {
    pub name: String,
    /// In the form of `--set`.
    #[serde(default)]
    pub set: Vec<String>,
}

/// An outcome to find the causes of.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Discover {
    /// One of the measures.
    pub measure: String,
    /// The outcome is a mean over replicates above this.
    #[serde(default)]
    pub above: Option<f64>,
    /// The outcome is a mean over replicates below this.
    #[serde(default)]
    pub below: Option<f64>,
}

/// A pattern that is believed of the world (pattern-oriented modelling): a measure's mean over replicates, by itself or over
/// another measure or the same in another arm, within bounds. Several clauses of one name hold together or not at all.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pattern {
    /// Its name; the same for all of its clauses.
    pub name: String,
    /// One of the measures.
    pub measure: String,
    /// The policy looked at, by its file's name without `.toml`; the scenario itself when left out.
    #[serde(default)]
    pub policy: Option<String>,
    /// What its value is divided by: that of this policy, or of the scenario. When left out it is taken as it is.
    #[serde(default)]
    pub over: Option<String>,
    /// Measure that it is divided by, if that is another one; in the arm of `over`, or in the same arm without.
    #[serde(default)]
    pub over_measure: Option<String>,
    #[serde(default)]
    pub at_least: Option<f64>,
    #[serde(default)]
    pub at_most: Option<f64>,
}
