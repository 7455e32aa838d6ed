//! A day is a list of steps. A step is a process with its parameters; the engine runs them in order and knows no more.

use crate::units::Tick;
use schemars::{JsonSchema, Schema};
use serde::{Serialize, de::DeserializeOwned};
use std::any::Any;
use std::collections::BTreeMap;
use std::sync::Arc;

/// Parameters of a process or a lever: read from TOML, described by a JSON Schema that carries unit (`x-unit`), range
/// (`minimum`, `maximum`), default, plausible range (`x-low`, `x-high`) and source (`x-source`).
pub trait Params: Serialize + DeserializeOwned + JsonSchema + Default + Clone + Send + Sync + 'static {}
impl<T: Serialize + DeserializeOwned + JsonSchema + Default + Clone + Send + Sync + 'static> Params for T {}

/// One rule of the model. `run` reads the state as it stands, decides, and applies whole-number transfers.
pub trait Process<W> {
    /// Name in scenario files: `[processes.NAME]`.
    const NAME: &'static str;
    /// One plain sentence for `sirocco processes`.
    const ABOUT: &'static str;
    /// Its parameters.
    type Params: Params;
    /// One day of it.
    fn run(params: &Self::Params, world: &mut W, day: Tick);
}

/// A process in the list of the day, with its parameter type forgotten.
pub struct Step<W: 'static> {
    pub name: &'static str,
    pub about: &'static str,
    pub schema: fn() -> Schema,
    /// Reads parameters (missing keys take their defaults); the error names the path.
    pub parse: fn(serde_json::Value) -> Result<AnyParams, String>,
    pub run: fn(&AnyParams, &mut W, Tick),
}

/// Parameters of one step, typed inside, with the JSON they resolve to (defaults filled in) for the manifest.
#[derive(Clone)]
pub struct AnyParams {
    value: Arc<dyn Any + Send + Sync>,
    pub resolved: serde_json::Value,
}

impl AnyParams {
    /// Reads `T` from JSON.
    pub fn parse<T: Params>(json: serde_json::Value) -> Result<AnyParams, String> {
        let v: T = serde_path_to_error::deserialize(json).map_err(|e| e.to_string())?;
        let resolved = serde_json::to_value(&v).map_err(|e| e.to_string())?;
        Ok(AnyParams { value: Arc::new(v), resolved })
    }
    /// The typed parameters. Panics when asked for another type than was parsed: a programming error.
    pub fn get<T: Params>(&self) -> &T {
        self.value.downcast_ref().expect("parameters asked for under another type than they were read as")
    }
}

/// Registers a process as a step.
pub const fn step<W, P: Process<W>>() -> Step<W> {
    Step {
        name: P::NAME,
        about: P::ABOUT,
        schema: schema_of::<P::Params>,
        parse: AnyParams::parse::<P::Params>,
        run: |params, world, day| P::run(params.get::<P::Params>(), world, day),
    }
}

/// JSON Schema of a type, with all sub-schemas inline.
pub fn schema_of<T: JsonSchema>() -> Schema {
    let settings = schemars::generate::SchemaSettings::draft2020_12().with(|s| s.inline_subschemas = true);
    settings.into_generator().into_root_schema_for::<T>()
}

/// Parameters of all steps of a day, by step name.
pub type ParamSet = BTreeMap<&'static str, AnyParams>;
