//! From a file to a scenario that is ready to run, or to a report of everything that is wrong with it.

use super::assemble::scenario_schema;
use super::check::{Checker, MOST, Path as Keys};
use super::diagnose::{Diagnostic, Names, Report, Sources};
use super::extend::Reader;
use super::idle::Spots;
use super::posterior;
use super::schema::{RegionSpec, Scenario, ScenarioFile};
use super::semantic::Semantic;
use super::sets;
use super::tree::Node;
use crate::engine::step::{AnyParams, ParamSet};
use crate::levers::{self, Common, LeverUse};
use crate::processes::DAY;
use crate::units::Date;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Reads the scenario at `path`, what it extends, and the `--set` arguments, and checks all of it. `names` is what texts
/// that name places may be; see [`peek`] for how to know which.
///
/// The report has every mistake at once. A file that cannot be opened gives [`Report::unreadable`].
pub fn load(path: &Path, sets: &[String], names: &Names) -> Result<Scenario, Report> {
    let (reader, root) = read(path, sets)?;
    let folder = folder_of(path);
    let Reader { mut sources, mut out, incomplete, mut inputs } = reader;
    let sample = posterior::rows(&root, &folder, &mut sources, &mut out);
    let schema = scenario_schema();
    let mut checker = Checker { sources: &sources, names, root: &schema, incomplete, out: Vec::new() };
    checker.node(&schema, &root, &Keys::default());
    if checker.out.len() >= MOST {
        let file = path.display().to_string();
        out.push(Diagnostic::of_file(file, format!("more than {MOST} mistakes; the rest was not checked")));
    }
    out.append(&mut checker.out);
    let mut semantic = Semantic { sources: &sources, errors: Vec::new(), warnings: Vec::new() };
    semantic.check(&root, &folder);
    out.append(&mut semantic.errors);
    let mut warnings = semantic.warnings;
    warnings.extend(sample.iter().flat_map(|s| s.warnings.iter().cloned()));
    if out.is_empty() {
        // A row is checked once the scenario itself is sound: what is wrong then is wrong with the row.
        for row in sample.iter().flat_map(|s| &s.rows) {
            let mut checker = Checker { sources: &sources, names, root: &schema, incomplete, out: Vec::new() };
            checker.node(&schema, row, &Keys::default());
            out.append(&mut checker.out);
            let mut semantic = Semantic { sources: &sources, errors: Vec::new(), warnings: Vec::new() };
            semantic.check(row, &folder);
            out.append(&mut semantic.errors);
        }
    }
    let refuse = |diagnostics, warnings| Err(Report { diagnostics, warnings, unreadable: None }.tidy());
    if !out.is_empty() {
        return refuse(out, warnings);
    }
    let mut rows = vec![];
    for row in sample.iter().flat_map(|s| &s.rows) {
        match build(row, &sources) {
            Ok(parts) => rows.push(Arc::new(finish(parts, path, folder.clone(), vec![], vec![]))),
            Err(faults) => return refuse(faults, warnings),
        }
    }
    let (drawn, input) = sample.map_or((vec![], None), |s| (s.drawn, Some(s.input)));
    let sample = input.as_ref().map(|i| i.1.clone());
    inputs.extend(input);
    match build(&root, &sources) {
        Ok(parts) => {
            let spots = Spots::find(&root, &sources);
            Ok(Scenario { spots, rows, drawn, sample, ..finish(parts, path, folder, inputs, warnings) })
        }
        Err(faults) => refuse(faults, warnings),
    }
}

/// What must be known of a scenario before its ground can be built, and so before its names can be checked.
#[derive(Clone, Debug)]
pub struct Peek {
    pub region: RegionSpec,
    pub resolution: u8,
    /// Folder of the scenario file.
    pub folder: PathBuf,
}

/// Reads only the region and resolution of a scenario, without checking; what is wrong takes its default and is left to
/// [`load`] to report.
pub fn peek(path: &Path, sets: &[String]) -> Result<Peek, Report> {
    let (_, root) = read(path, sets)?;
    let region = root.get("region").map(Node::to_json).and_then(|v| serde_json::from_value(v).ok()).unwrap_or_default();
    let resolution = root.get("run").and_then(|r| r.get("resolution")).and_then(|n| n.to_json().as_u64());
    let resolution = resolution.and_then(|n| u8::try_from(n).ok()).filter(|r| (3..=5).contains(r)).unwrap_or(4);
    Ok(Peek { region, resolution, folder: folder_of(path) })
}

fn read(path: &Path, sets: &[String]) -> Result<(Reader, Node), Report> {
    let mut reader = Reader::default();
    let mut root =
        reader.read(path).map_err(|why| Report { unreadable: Some((path.into(), why)), ..Report::default() })?;
    sets::apply(&mut root, sets, &mut reader.sources, &mut reader.out);
    Ok((reader, root))
}

/// A date as scenario files write it, `2011-10-20`.
pub fn date(text: &str) -> Option<Date> {
    super::tree::parse_date(text)
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_path_buf(),
        _ => PathBuf::from("."),
    }
}

/// A scenario's typed parts.
struct Parts {
    file: ScenarioFile,
    params: ParamSet,
    levers: Vec<LeverUse>,
}

/// Reads the checked tree into Rust types. Faults here are what the schema let through.
fn build(root: &Node, sources: &Sources) -> Result<Parts, Vec<Diagnostic>> {
    let mut faults = Vec::new();
    let mut fault = |node: &Node, key: String, why: String| {
        let name = if key.is_empty() { "the scenario".into() } else { format!("`{key}`") };
        faults.push(sources.diagnostic(node.at, &key, format!("{name} cannot be read: {why}")));
    };
    let mut params = ParamSet::new();
    for step in DAY {
        let section = root.get("processes").and_then(|p| p.get(step.name));
        match (step.parse)(section.map_or_else(|| json!({}), Node::to_json)) {
            Ok(p) => {
                params.insert(step.name, p);
            }
            Err(why) => fault(section.unwrap_or(root), format!("processes.{}", step.name), why),
        }
    }
    let mut uses = Vec::new();
    for (i, node) in root.get("lever").and_then(Node::list).unwrap_or(&[]).iter().enumerate() {
        match lever_use(node) {
            Ok(used) => uses.push(used),
            Err(why) => fault(node, Keys(vec!["lever".into()]).item(i, node).to_string(), why),
        }
    }
    let file = serde_path_to_error::deserialize::<_, ScenarioFile>(root.to_json());
    let file = match file {
        Ok(file) => Some(file),
        Err(error) => {
            let (node, key) = locate(root, error.path());
            fault(node, key, error.inner().to_string());
            None
        }
    };
    match file {
        Some(file) if faults.is_empty() => Ok(Parts { file, params, levers: uses }),
        _ => Err(faults),
    }
}

fn lever_use(node: &Node) -> Result<LeverUse, String> {
    let Value::Object(all) = node.to_json() else {
        return Err("it is no table".into());
    };
    let (common, own): (Map<_, _>, Map<_, _>) = all.into_iter().partition(|(k, _)| Common::KEYS.contains(&k.as_str()));
    let common: Common = serde_path_to_error::deserialize(Value::Object(common)).map_err(|e| e.to_string())?;
    let kind = levers::find(&common.kind).ok_or("unknown kind")?;
    let own: AnyParams = (kind.parse)(Value::Object(own))?;
    Ok(LeverUse { common, kind, own })
}

/// The deepest node on the path of a serde error, and its key.
fn locate<'a>(root: &'a Node, path: &serde_path_to_error::Path) -> (&'a Node, String) {
    use serde_path_to_error::Segment;
    let (mut node, mut keys) = (root, Keys::default());
    for segment in path.iter() {
        let next = match segment {
            Segment::Map { key } => node.get(key).map(|n| (n, keys.join(key))),
            Segment::Seq { index } => node.list().and_then(|l| l.get(*index)).map(|n| (n, keys.item(*index, n))),
            _ => None,
        };
        let Some((n, k)) = next else { break };
        (node, keys) = (n, k);
    }
    (node, keys.to_string())
}

fn finish(
    parts: Parts,
    path: &Path,
    folder: PathBuf,
    inputs: Vec<(String, String)>,
    warnings: Vec<Diagnostic>,
) -> Scenario {
    let resolved = resolve(&parts);
    let Parts { file, params, levers } = parts;
    Scenario {
        name: path.file_stem().map_or_else(|| "scenario".into(), |s| s.to_string_lossy().into_owned()),
        title: file.title,
        about: file.about,
        run: file.run,
        region: file.region,
        folder,
        initial: file.initial,
        params,
        events: file.event,
        levers,
        hypotheses: file.hypotheses,
        output: file.output,
        resolved,
        inputs,
        warnings: Report { warnings, ..Report::default() }.tidy().warnings,
        spots: Spots::default(),
        rows: vec![],
        drawn: vec![],
        sample: None,
    }
}

/// The whole scenario with its defaults filled in, keys in alphabetical order.
fn resolve(parts: &Parts) -> Value {
    let file = &parts.file;
    let processes: Map<String, Value> =
        parts.params.iter().map(|(name, p)| (name.to_string(), p.resolved.clone())).collect();
    let levers: Vec<Value> = parts
        .levers
        .iter()
        .map(|used| {
            let mut all = serde_json::to_value(&used.common).unwrap_or_default();
            if let (Some(all), Some(own)) = (all.as_object_mut(), used.own.resolved.as_object()) {
                all.extend(own.clone());
            }
            all
        })
        .collect();
    let mut all = json!({
        "title": file.title,
        "about": file.about,
        "run": file.run,
        "region": file.region,
        "initial": file.initial,
        "processes": processes,
        "event": file.event,
        "lever": levers,
        "hypotheses": file.hypotheses,
        "output": file.output,
    });
    if let Some(posterior) = &file.posterior {
        all["posterior"] = json!(posterior);
    }
    sorted(all)
}

/// The same JSON with all keys in order, whatever order the map type keeps.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<(String, Value)> = map.into_iter().map(|(k, v)| (k, sorted(v))).collect();
            keys.sort_by(|a, b| a.0.cmp(&b.0));
            Value::Object(keys.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}
