//! Policy levers: what a user can pull. One file a lever, one line here.

use crate::agents::controls::Controls;
use crate::agents::world::World;
use crate::engine::step::{AnyParams, Params, schema_of};
use crate::region::Area;
use crate::units::Date;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

pub mod border_patrol;
pub mod depot_security;
pub mod naval_patrol;

/// Every lever there is.
pub static LEVERS: &[LeverKind] = &[
    lever::<depot_security::DepotSecurity>(),
    lever::<border_patrol::BorderPatrol>(),
    lever::<naval_patrol::NavalPatrol>(),
];

/// What a lever's own file says.
pub trait Lever: Params {
    /// Name in scenario files: `kind = "..."`.
    const KIND: &'static str;
    /// One plain sentence for `sirocco levers`.
    const ABOUT: &'static str;
    /// Unit of `intensity`.
    const UNIT: &'static str;
    /// Cost of one unit of intensity for a year, USD, with its source or "assumption".
    const COST: (f64, &'static str);
    /// What `where` may name.
    const PLACES: &'static [AreaKind];
    /// Adds the lever's effect to today's controls. `strength` is the intensity after ramp and budget, more than 0.
    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls);
    /// Units that `strength` stands for at `at`, times the unit cost the yearly bill (guards: strength x depots).
    fn units(&self, strength: f64, at: &Area, world: &World) -> f64;
}

/// The kinds of things that a `where` entry can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AreaKind {
    /// A country by ISO 3166 alpha-3 code: `LBY`.
    Country,
    /// A place by name: `Agadez`.
    Place,
    /// A land border by its two countries: `LBY-NER`.
    Border,
    /// A sea zone by name: `Tripolitania`.
    Zone,
}

/// Keys that every `[[lever]]` table has.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Common {
    /// Which lever; see `sirocco levers`.
    pub kind: String,
    /// Name of this use of the lever in outputs; the kind when left out. Luck hangs on it, so keep it when you vary a policy.
    #[serde(default)]
    pub name: Option<String>,
    /// First day.
    pub start: Date,
    /// Last day; the end of the run when left out.
    #[serde(default)]
    pub end: Option<Date>,
    /// Days over which it grows from nothing to full strength after `start`.
    #[serde(default)]
    #[schemars(range(max = 36500), extend("x-unit" = "days"))]
    pub ramp_days: u32,
    /// Where: countries (`LBY`), places (`Sabha`), borders (`LBY-NER`) or sea zones (`Tripolitania`), as the lever allows. Everywhere when left out.
    #[serde(default, rename = "where")]
    pub area: Vec<String>,
    /// How much, in the lever's own unit; 0 is exactly the baseline.
    #[schemars(range(min = 0))]
    pub intensity: f64,
    /// Most that may be spent, USD a year; a dearer intensity is cut to what the money buys.
    #[serde(default)]
    #[schemars(range(min = 0), extend("x-unit" = "USD/year"))]
    pub budget_usd_per_year: Option<f64>,
}

impl Common {
    /// Names of the keys in this struct, as files write them.
    pub const KEYS: &'static [&'static str] =
        &["kind", "name", "start", "end", "ramp_days", "where", "intensity", "budget_usd_per_year"];
}

/// A lever in a scenario: the common keys and the lever's own.
#[derive(Clone)]
pub struct LeverUse {
    pub common: Common,
    pub kind: &'static LeverKind,
    pub own: AnyParams,
}

impl LeverUse {
    /// Name of this use in outputs.
    pub fn name(&self) -> &str {
        self.common.name.as_deref().unwrap_or(self.kind.kind)
    }
}

/// A lever in the registry, with its type forgotten.
pub struct LeverKind {
    pub kind: &'static str,
    pub about: &'static str,
    pub unit: &'static str,
    pub cost: (f64, &'static str),
    pub places: &'static [AreaKind],
    /// Schema of the lever's own keys (without the common ones).
    pub schema: fn() -> Schema,
    /// Reads the lever's own keys.
    pub parse: fn(serde_json::Value) -> Result<AnyParams, String>,
    pub apply: fn(&AnyParams, f64, &Area, &World, &mut Controls),
    pub units: fn(&AnyParams, f64, &Area, &World) -> f64,
}

const fn lever<L: Lever>() -> LeverKind {
    LeverKind {
        kind: L::KIND,
        about: L::ABOUT,
        unit: L::UNIT,
        cost: L::COST,
        places: L::PLACES,
        schema: schema_of::<L>,
        parse: AnyParams::parse::<L>,
        apply: |own, strength, at, world, controls| own.get::<L>().apply(strength, at, world, controls),
        units: |own, strength, at, world| own.get::<L>().units(strength, at, world),
    }
}

/// The lever of that kind.
pub fn find(kind: &str) -> Option<&'static LeverKind> {
    LEVERS.iter().find(|l| l.kind == kind)
}
