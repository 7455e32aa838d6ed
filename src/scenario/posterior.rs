//! `[posterior]`: every replicate takes a row of a sample of parameters, such as a calibration writes (`posterior.csv`), so that
//! replicates differ by what is not known of the parameters and not by luck alone.
//!
//! A row is laid on the scenario like arguments of `--set`. What the scenario, or a `--set`, says itself stays: those columns are not drawn.

use super::diagnose::{Diagnostic, Severity, Sources};
use super::extend::{LARGEST, read_limited};
use super::syntax;
use super::tree::{Node, overwrite};
use super::words;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::path::{Component, Path};

/// A sample that replicates draw their parameters from.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Posterior {
    /// CSV file beside the scenario file, or below it: a column a key such as `processes.sea.memory`, a row a set of values.
    pub sample: String,
    /// Columns that are not drawn: the scenario's own values hold.
    #[serde(default)]
    pub except: Vec<String>,
}

/// Where parameters are; dates, the region and levers are the scenario's own.
const DRAWN_FROM: [&str; 3] = ["processes.", "initial.", "hypotheses."];

/// Most rows: each is a scenario of its own in memory.
pub const MOST_ROWS: usize = 1000;

/// A sample that was read.
pub(crate) struct Sample {
    /// The scenario with each row laid on it.
    pub rows: Vec<Node>,
    /// The file as an input: path and hash.
    pub input: (String, String),
    /// Columns that are drawn.
    pub drawn: Vec<String>,
    /// Columns that are not, since the scenario says them itself.
    pub warnings: Vec<Diagnostic>,
}

/// Reads the sample of a scenario. Nothing when it names none, or when that is wrong, which `out` then tells.
pub(crate) fn rows(root: &Node, folder: &Path, sources: &mut Sources, out: &mut Vec<Diagnostic>) -> Option<Sample> {
    let table = root.get("posterior")?;
    let node = table.get("sample")?;
    let name = node.text()?;
    // Beside the file that names it, which may be one that this scenario extends.
    let label = sources.get(node.at.source).filter(|s| !s.is_set).map(|s| s.label.clone());
    let folder = label.as_deref().and_then(|l| Path::new(l).parent()).unwrap_or(folder);
    let path = folder.join(name);
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let mut refuse = |sources: &Sources, message: String| {
        let shown = words::short(name);
        let mut d =
            sources.diagnostic(node.at, "posterior.sample", format!("`posterior.sample` names {shown:?}, {message}"));
        d.expected = "a CSV file in the folder of the scenario or below it".into();
        out.push(d);
        None
    };
    let plain = Path::new(name).components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
    let real = path.canonicalize().ok().zip(folder.canonicalize().ok());
    if name.is_empty() || !plain || real.is_some_and(|(file, folder)| !file.starts_with(folder)) {
        return refuse(sources, "which leads out of the folder".into());
    }
    let bytes = match read_limited(&path) {
        Ok(bytes) => bytes,
        Err(why) => return refuse(sources, format!("which cannot be read: {why}")),
    };
    if bytes.len() as u64 > LARGEST {
        return refuse(sources, format!("which is larger than {} KiB", LARGEST / 1024));
    }
    let input = (name.replace('\\', "/"), blake3::hash(&bytes).to_hex().to_string());
    let except: Vec<&str> =
        table.get("except").and_then(Node::list).unwrap_or(&[]).iter().filter_map(Node::text).collect();
    let shown = path.display().to_string();
    let found = out.len();
    let (rows, drawn, said) = read(root, &bytes, &shown, &except, sources, out);
    let own = |key: &String| {
        let at = says(root, key).map_or(node.at, |own| own.at);
        let why = format!("`{key}` is said here, and so this column of the posterior is not drawn");
        let mut d = sources.diagnostic(at, key, why);
        d.severity = Severity::Warning;
        d.help = Some("leave it out here, or name it in `posterior.except`".into());
        d
    };
    let warnings = said.iter().map(own).collect();
    (out.len() == found).then_some(Sample { rows, input, drawn, warnings })
}

fn read(
    root: &Node,
    bytes: &[u8],
    file: &str,
    except: &[&str],
    sources: &mut Sources,
    out: &mut Vec<Diagnostic>,
) -> (Vec<Node>, Vec<String>, Vec<String>) {
    let mut say = |line: u64, message: String| {
        let mut d = Diagnostic::of_file(file, message);
        (d.line, d.column) = (line as usize, 1);
        out.push(d);
    };
    let mut table = csv::Reader::from_reader(bytes);
    let head = match table.headers() {
        Ok(head) => head.clone(),
        Err(why) => {
            say(1, format!("not readable as CSV: {why}"));
            return Default::default();
        }
    };
    for key in except.iter().filter(|key| !head.iter().any(|h| h == **key)) {
        say(1, format!("`posterior.except` names `{}`, which is no column", words::short(key)));
    }
    let said = |key: &str| says(root, key).is_some();
    let drawn: Vec<bool> = head.iter().map(|key| !except.contains(&key) && !said(key)).collect();
    let astray = |key: &str| !DRAWN_FROM.iter().any(|s| key.starts_with(s));
    for (key, _) in head.iter().zip(&drawn).filter(|(key, drawn)| **drawn && astray(key)) {
        let of = "processes, the initial state and hypotheses";
        say(1, format!("the column `{}` is no parameter of {of}", words::short(key)));
    }
    let mut texts = vec![];
    for row in table.records() {
        match row {
            Ok(row) => {
                let line = row.position().map_or(1, csv::Position::line);
                if row.iter().any(|cell| cell.contains(['\n', '\r'])) {
                    say(line, "a value goes over the end of its line".into());
                    continue;
                }
                let cells = head.iter().zip(&row).zip(&drawn).filter(|(_, drawn)| **drawn);
                texts.push((line, cells.map(|((key, cell), _)| format!("{key} = {cell}\n")).collect::<String>()));
            }
            Err(why) => {
                let line = why.position().map_or(1, csv::Position::line);
                say(line, format!("not readable as CSV: {why}"));
            }
        }
    }
    if texts.is_empty() {
        say(1, "the sample has no rows".into());
    }
    if texts.len() > MOST_ROWS {
        say(1, format!("the sample has {} rows; more than {MOST_ROWS} are not taken", texts.len()));
        return Default::default();
    }
    let mut rows = vec![];
    for (line, text) in texts {
        // What is wrong with a value is told by its file and line.
        let source = sources.add(format!("{file}:{line}"), text, true);
        let over = syntax::parse(sources, source, out);
        let mut own = root.clone();
        if let Some(all) = own.table_mut() {
            all.remove("posterior");
        }
        overwrite(&mut own, over);
        rows.push(own);
    }
    let keys = |wanted: &dyn Fn(usize, &str) -> bool| -> Vec<String> {
        head.iter().enumerate().filter(|(i, key)| wanted(*i, key)).map(|(_, key)| key.to_string()).collect()
    };
    (rows, keys(&|i, _| drawn[i]), keys(&|_, key| said(key) && !except.contains(&key)))
}

/// What a scenario says itself at a key.
fn says<'a>(root: &'a Node, key: &str) -> Option<&'a Node> {
    key.split('.').try_fold(root, |node, part| node.get(part))
}
