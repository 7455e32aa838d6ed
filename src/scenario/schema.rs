//! The shape of a scenario file.

use super::diagnose::Diagnostic;
use super::idle::Spots;
use super::posterior::Posterior;
use crate::agents::hypotheses::Hypotheses;
use crate::agents::{crew, depot, group, homeland, migrant, patrol, patron, state, vessel};
use crate::engine::rng::{Luck, Purpose};
use crate::engine::step::ParamSet;
use crate::levers::LeverUse;
use crate::processes::calendar::Event;
use crate::units::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A scenario file. `[processes.NAME]` and `[[lever]]` tables are read by the process or lever they name.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ScenarioFile {
    /// A file beside this one whose keys this one inherits; this file's keys win, its events and levers are added.
    #[serde(default)]
    pub extends: Option<String>,
    /// Title on charts and reports.
    pub title: String,
    /// What it is, in a sentence or two.
    #[serde(default)]
    pub about: String,
    pub run: Run,
    #[serde(default)]
    pub region: RegionSpec,
    #[serde(default)]
    pub initial: Initial,
    /// Parameters by process; see `sirocco processes`.
    #[serde(default)]
    pub processes: serde_json::Map<String, serde_json::Value>,
    /// Dated events.
    #[serde(default)]
    pub event: Vec<Event>,
    /// Policy levers; see `sirocco levers`.
    #[serde(default)]
    pub lever: Vec<serde_json::Value>,
    /// Contested effects.
    #[serde(default)]
    pub hypotheses: Hypotheses,
    #[serde(default)]
    pub output: Output,
    /// Draws the parameters of every replicate from a sample, as a calibration writes it.
    #[serde(default)]
    pub posterior: Option<Posterior>,
}

/// Dates, luck and scale.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Run {
    /// First simulated day.
    pub start: Date,
    /// Last simulated day.
    pub end: Date,
    /// Seed of all luck.
    #[serde(default = "one")]
    pub seed: u64,
    /// How many replicates (same scenario, other luck).
    #[serde(default = "one_u32")]
    #[schemars(range(min = 1, max = 100_000))]
    pub replicates: u32,
    /// H3 resolution of the grid.
    #[serde(default = "four")]
    #[schemars(range(min = 3, max = 5))]
    pub resolution: u8,
    /// Persons one migrant agent stands for.
    #[serde(default = "one_u32")]
    #[schemars(range(min = 1, max = 30))]
    pub persons_per_agent: u32,
}

fn one() -> u64 {
    1
}
fn one_u32() -> u32 {
    1
}
fn four() -> u8 {
    4
}

/// Which ground: the grid by default, or a network of places.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RegionSpec {
    /// Folder beside the scenario file with `nodes.csv` and `links.csv` (and, if wanted, `lanes.csv`): the region is this network of places.
    #[serde(default)]
    pub network: Option<String>,
    /// Folder beside the scenario file with `sites.csv` and `routes.csv` (and, if wanted, `closures.csv`, `conflict.csv` and `registrations.csv`):
    /// where people driven out by war can go.
    #[serde(default)]
    pub displacement: Option<String>,
    /// Countries that are kept (ISO 3166 alpha-3); all when left out.
    #[serde(default)]
    #[schemars(extend("x-names" = "country"))]
    pub countries: Vec<String>,
}

/// The state on the first day.
#[derive(Clone, Debug, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Initial {
    pub depots: depot::Initial,
    pub groups: group::Initial,
    pub homelands: homeland::Initial,
    pub crews: crew::Initial,
    pub migrants: migrant::Initial,
    pub patrols: patrol::Initial,
    pub patrons: patron::Initial,
    pub states: state::Initial,
    pub vessels: vessel::Initial,
}

/// What is written.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Output {
    /// Write `cells.csv` (monthly maps).
    pub cells: bool,
    /// Draw `charts/`.
    pub charts: bool,
    /// Places where people who pass with crews are counted.
    #[schemars(extend("x-names" = "place"))]
    pub counting_posts: Vec<String>,
}

impl Default for Output {
    fn default() -> Self {
        Output { cells: true, charts: true, counting_posts: vec![] }
    }
}

/// A scenario that has passed every check, ready to run.
#[derive(Clone)]
pub struct Scenario {
    /// The file's name without extension; names the output folder.
    pub name: String,
    pub title: String,
    pub about: String,
    pub run: Run,
    pub region: RegionSpec,
    /// Folder of the scenario file, against which `region.network` is read.
    pub folder: std::path::PathBuf,
    pub initial: Initial,
    /// Parameters of every process of the day.
    pub params: ParamSet,
    pub events: Vec<Event>,
    pub levers: Vec<LeverUse>,
    pub hypotheses: Hypotheses,
    pub output: Output,
    /// The resolved scenario as JSON (defaults filled in), for the manifest.
    pub resolved: serde_json::Value,
    /// Paths and blake3 hashes of the scenario files read.
    pub inputs: Vec<(String, String)>,
    /// What is allowed but probably not meant, to be printed before the run.
    pub warnings: Vec<Diagnostic>,
    /// Where things stand that only the ground can tell to be idle.
    pub spots: Spots,
    /// The scenario with each row of its posterior's sample; empty when it has none.
    pub rows: Vec<Arc<Scenario>>,
    /// Keys that they differ in.
    pub drawn: Vec<String>,
    /// blake3 hash of the sample.
    pub sample: Option<String>,
}

const ROW: Purpose = Purpose::new("posterior");

impl Scenario {
    /// Which row of the sample a replicate takes: all are taken once, in an order by lot that hangs on the seed, before one is taken
    /// again. A baseline and its policies take the same. None without a sample.
    pub fn row(&self, replicate: u32) -> Option<usize> {
        let luck = Luck { seed: self.run.seed, replicate: 0 }.at_start(ROW);
        let mut order: Vec<usize> = (0..self.rows.len()).collect();
        order.sort_by_key(|&i| (luck.bits(i as u64), i));
        order.get(replicate as usize % order.len().max(1)).copied()
    }

    /// The scenario as a replicate runs it.
    pub fn of_replicate(self: &Arc<Scenario>, replicate: u32) -> Arc<Scenario> {
        self.row(replicate).map_or_else(|| self.clone(), |row| self.rows[row].clone())
    }
}
