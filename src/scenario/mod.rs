//! What the user writes: schema, loading with `extends` and `--set`, and diagnostics that name the place and the reason.
//!
//! In order: [`syntax`] turns TOML into a [`tree`] that knows its places; [`extend`] lays a file on the one it inherits
//! from, and [`sets`] lays `--set` on top; [`check`] holds the tree against the schema that [`assemble`] puts together
//! from the registries; [`semantic`] looks at what no schema can say; [`load`] runs all that and builds the scenario, with each row of
//! its [`posterior`] once more. [`idle`]
//! then looks at what of it can do nothing on its ground.

pub mod assemble;
mod check;
pub mod diagnose;
mod extend;
pub mod idle;
mod keys;
pub mod load;
pub mod posterior;
pub mod schema;
mod semantic;
mod sets;
mod syntax;
mod tree;
mod union;
mod words;

pub(crate) use words::nearest;
