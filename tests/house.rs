//! The house rules that a compiler does not check: the map of the code, the direction of dependencies, words that must
//! not be in the code, sources beside every number, and docs that name everything there is.
//!
//! Each failure lists all offenders and says what to do. Source text is read with comments and the insides of strings
//! blanked and `#[cfg(test)]` items left out, so a word in a comment never counts.

use schemars::Schema;
use serde_json::Value;
use sirocco::agents::{crew, depot, group, migrant, patrol, patron, state, vessel};
use sirocco::engine::step::schema_of;
use sirocco::levers::LEVERS;
use sirocco::observe::metric;
use sirocco::processes::DAY;
use sirocco::processes::calendar::Event;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn text(path: impl AsRef<Path>) -> String {
    let path = root().join(path);
    fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))
}

/// Names in a folder below the root, sorted; folders end with `/`.
fn names(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(root().join(folder)).unwrap_or_else(|e| panic!("{folder}: {e}"));
    let mut names: Vec<String> = entries
        .map(|e| e.unwrap())
        .map(|e| format!("{}{}", e.file_name().to_string_lossy(), if e.path().is_dir() { "/" } else { "" }))
        .collect();
    names.sort();
    names
}

/// Every Rust file under `src`, by its path from `src`, with the code that is compiled into the program.
fn sources() -> Vec<(String, String)> {
    fn walk(folder: &Path, out: &mut Vec<PathBuf>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, out);
            } else if path.extension().is_some_and(|x| x == "rs") {
                out.push(path);
            }
        }
    }
    let src = root().join("src");
    let mut paths = vec![];
    walk(&src, &mut paths);
    paths.sort();
    let name = |p: &Path| p.strip_prefix(&src).unwrap().to_string_lossy().replace('\\', "/");
    let files = paths.iter().map(|p| (name(p), fs::read_to_string(p).unwrap()));
    // Files of tests are pulled in by `#[cfg(test)] #[path = ..._tests.rs]`.
    files.filter(|(n, _)| !n.ends_with("_tests.rs")).map(|(n, t)| (n, without_tests(&blanked(&t)))).collect()
}

/// The text with comments gone and the insides of strings and character literals emptied.
fn blanked(code: &str) -> String {
    let c: Vec<char> = code.chars().collect();
    let at = |i: usize| c.get(i).copied().unwrap_or('\0');
    let (mut out, mut i) = (String::new(), 0);
    while i < c.len() {
        let raw = at(i) == 'r' && matches!(at(i + 1), '"' | '#') && (i == 0 || !at(i - 1).is_alphanumeric());
        if at(i) == '/' && at(i + 1) == '/' {
            while i < c.len() && c[i] != '\n' {
                i += 1;
            }
        } else if at(i) == '/' && at(i + 1) == '*' {
            let mut depth = 0;
            loop {
                match (at(i), at(i + 1)) {
                    ('/', '*') => (depth, i) = (depth + 1, i + 2),
                    ('*', '/') => (depth, i) = (depth - 1, i + 2),
                    ('\n', _) => (_, i) = (out.push('\n'), i + 1),
                    _ => i += 1,
                }
                if depth == 0 || i >= c.len() {
                    break;
                }
            }
        } else if raw && c[i + 1..].iter().find(|x| **x != '#') == Some(&'"') {
            let hashes = c[i + 1..].iter().take_while(|x| **x == '#').count();
            i += hashes + 2;
            let close = |i: usize| at(i) == '"' && (1..=hashes).all(|k| at(i + k) == '#');
            out.push('"');
            while i < c.len() && !close(i) {
                out.push_str(if c[i] == '\n' { "\n" } else { "" });
                i += 1;
            }
            i += hashes + 1;
            out.push('"');
        } else if at(i) == '"' {
            out.push('"');
            i += 1;
            while i < c.len() && c[i] != '"' {
                let width = if c[i] == '\\' { 2 } else { 1 };
                out.extend(c[i..(i + width).min(c.len())].iter().filter(|x| **x == '\n'));
                i += width;
            }
            out.push('"');
            i += 1;
        } else if at(i) == '\'' && (at(i + 1) == '\\' || at(i + 2) == '\'') {
            i += if at(i + 1) == '\\' { 3 } else { 2 };
            while i < c.len() && c[i] != '\'' {
                i += 1;
            }
            i += 1;
            out.push_str("' '");
        } else {
            out.push(c[i]);
            i += 1;
        }
    }
    out
}

/// The text with empty lines for items under `#[cfg(test)]`. Relies on the form that `cargo fmt` gives.
fn without_tests(code: &str) -> String {
    let mut out = String::new();
    let mut lines = code.lines();
    while let Some(line) = lines.next() {
        if line.trim() != "#[cfg(test)]" {
            out.push_str(line);
            out.push('\n');
            continue;
        }
        let end = format!("{}}}", &line[..line.len() - line.trim_start().len()]);
        out.push('\n');
        let mut head = true;
        for inner in lines.by_ref() {
            out.push('\n');
            // Attributes, then the head of the item: it ends there, or at a brace as far in as the attribute.
            let done = head && inner.ends_with([';', '}']);
            head = head && inner.trim_start().starts_with('#');
            if done || inner == end {
                break;
            }
        }
    }
    out
}

/// Identifiers in the code, with the line of each.
fn words(code: &str) -> impl Iterator<Item = (usize, &str)> {
    code.lines().enumerate().flat_map(|(n, line)| {
        line.split(|c: char| !c.is_alphanumeric() && c != '_').filter(|w| !w.is_empty()).map(move |w| (n + 1, w))
    })
}

fn none_of(what: &str, offenders: &[String], advice: &str) {
    assert!(offenders.is_empty(), "{what}:\n  {}\n{advice}", offenders.join("\n  "));
}

#[test]
fn reading_code_leaves_out_comments_strings_and_tests() {
    let code = "fn a() -> char {\n    // unsafe\n    let s = \"a \\\" unsafe\"; /* x /* y */ unsafe */ 'u'\n}\n\n\
                #[cfg(test)]\nmod tests {\n    fn b() {\n        todo!()\n    }\n}\nfn c<'a>(x: &'a str) -> &'a str { x }\n";
    let read = without_tests(&blanked(code));
    assert!(!read.contains("unsafe") && !read.contains("todo") && !read.contains("tests"), "{read}");
    assert!(read.contains("fn c<'a>(x: &'a str)"), "{read}");
    assert_eq!(without_tests("#[cfg(test)]\n#[path = \"\"]\nmod tests;\nfn d() {}\n"), "\n\n\nfn d() {}\n");
}

// ---- the map of the code ----

/// Paths that the code map in `src/lib.rs` names. A line is `PATH  what it is | name name/ ...`; a line that begins with
/// spaces goes on with the names of the one before.
fn code_map() -> BTreeSet<String> {
    let lib = text("src/lib.rs");
    let doc: Vec<&str> = lib.lines().filter_map(|l| l.strip_prefix("//!")).collect();
    let start = doc.iter().position(|l| l.trim() == "# The map of the code").expect("lib.rs has no code map");
    let block = doc[start..].iter().skip_while(|l| l.trim() != "```text").skip(1).take_while(|l| l.trim() != "```");
    let (mut out, mut folder) = (BTreeSet::new(), String::new());
    for line in block {
        let line = line.strip_prefix(' ').unwrap_or(line);
        let (head, list) = line.split_once('|').unwrap_or((line, ""));
        if !line.starts_with(' ') {
            folder = head.split_whitespace().next().unwrap_or("").to_string();
            out.insert(folder.clone());
        }
        for name in list.split_whitespace() {
            let file = if name.ends_with('/') { name.to_string() } else { format!("{name}.rs") };
            out.insert(format!("{folder}{file}"));
        }
    }
    out
}

#[test]
fn the_code_map_is_true() {
    let map = code_map();
    let gone: Vec<String> = map.iter().filter(|p| !root().join("src").join(p).exists()).cloned().collect();
    none_of("the code map in src/lib.rs names what is not there", &gone, "take it out of the map");
    let mut there = vec![];
    for name in names("src") {
        if name.ends_with('/') {
            let inside = names(&format!("src/{name}"));
            there.extend(inside.into_iter().filter(|n| n != "mod.rs").map(|n| format!("{name}{n}")));
        }
        there.push(name);
    }
    let missing: Vec<String> = there.into_iter().filter(|p| p != "lib.rs" && !map.contains(p)).collect();
    none_of("not in the code map in src/lib.rs", &missing, "name it there, after the | of its folder");
    assert!(text("src/lib.rs").lines().count() <= 150, "the crate docs should stay readable at one go");
}

// ---- which way dependencies point ----

/// What each layer may use; `main.rs` and `cli` may use all.
const MAY_USE: &[(&str, &[&str])] = &[
    ("study", &["sim", "scenario", "observe", "levers", "processes", "agents", "region", "engine", "units", "error"]),
    ("sim", &["scenario", "levers", "processes", "observe", "agents", "region", "engine", "units", "error"]),
    ("observe", &["agents", "region", "engine", "units", "error"]),
    ("scenario", &["levers", "processes", "observe", "agents", "region", "engine", "units", "error"]),
    ("levers", &["agents", "region", "engine", "units", "error"]),
    ("processes", &["agents", "region", "engine", "units", "error"]),
    ("agents", &["region", "engine", "units", "error"]),
    ("region", &["engine", "units", "error"]),
    ("engine", &["units", "error"]),
    // Reads a run's files and nothing else of the program; of the engine it has the writing to disk.
    ("report", &["engine", "units", "error"]),
    ("import", &["scenario", "region", "units", "error"]),
    ("units", &[]),
    ("error", &[]),
];

/// First names after `crate::` in a file's code, with their lines.
fn uses(code: &str) -> Vec<(usize, String)> {
    let mut out = vec![];
    for (at, _) in code.match_indices("crate::") {
        let line = code[..at].matches('\n').count() + 1;
        let rest = &code[at + "crate::".len()..];
        let heads: Vec<&str> = match rest.strip_prefix('{') {
            // use crate::{agents::world::World, units::Tick}: the names at the first depth.
            Some(group) => {
                let mut depth = 0;
                let end = group.find(|c| {
                    depth += i32::from(c == '{') - i32::from(c == '}');
                    depth < 0
                });
                let mut depth = 0;
                group[..end.unwrap_or(0)]
                    .split(move |c| {
                        depth += i32::from(c == '{') - i32::from(c == '}');
                        c == ',' && depth == 0
                    })
                    .collect()
            }
            None => vec![rest],
        };
        for head in heads {
            let name: String = head.trim_start().chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
            if !name.is_empty() {
                out.push((line, name));
            }
        }
    }
    out
}

#[test]
fn uses_are_read_whole() {
    let code = "use crate::{agents::{a, b}, units::Tick};\nfn f() { crate::engine::x() }\nmacro_rules! m { () => { $crate::table! {} } }";
    let read: Vec<String> = uses(code).into_iter().map(|u| u.1).collect();
    assert_eq!(read, ["agents", "units", "engine", "table"]);
}

#[test]
fn dependencies_point_one_way() {
    let mut wrong = vec![];
    for (file, code) in sources() {
        let layer = file.split('/').next().unwrap_or("").trim_end_matches(".rs").to_string();
        if ["lib", "main", "cli"].contains(&layer.as_str()) {
            continue;
        }
        let Some((_, may)) = MAY_USE.iter().find(|l| l.0 == layer) else {
            wrong.push(format!("src/{file}: the layer `{layer}` is not in MAY_USE"));
            continue;
        };
        for (line, name) in uses(&code) {
            // `table` is the engine's macro, which Rust puts at the root of the crate.
            let layer_of = if name == "table" { "engine" } else { name.as_str() };
            if layer_of != layer && !may.contains(&layer_of) {
                wrong.push(format!("src/{file}:{line}: `{layer}` uses `{name}`"));
            }
        }
        if code.contains("super::super::super") || (code.contains("super::super") && file.matches('/').count() < 2) {
            wrong.push(format!("src/{file}: `super::super` hides which layer is used; write `crate::`"));
        }
    }
    none_of(
        "dependencies against the order of docs (cli > study > sim > scenario > {levers, processes, observe} > agents > engine > units)",
        &wrong,
        "move what is shared down, or hand it in as an argument",
    );
}

#[test]
fn the_engine_knows_no_migrant() {
    let banned = ["migrant", "smuggler", "libya", "crew", "depot", "weapon", "vessel"];
    let mut wrong = vec![];
    for (file, code) in sources().into_iter().filter(|(f, _)| f.starts_with("engine/")) {
        for (line, word) in words(&code) {
            let lower = word.to_lowercase();
            if banned.iter().any(|b| lower.contains(b)) {
                wrong.push(format!("src/{file}:{line}: `{word}`"));
            }
        }
    }
    none_of("the engine is generic", &wrong, "move the rule to src/processes or src/agents");
}

// ---- words that must not be in the code ----

/// Places where a broken promise of the code itself may stop the program: (file, the call's line contains, why).
const MAY_PANIC: &[(&str, &str, &str)] =
    &[("engine/step.rs", "downcast_ref().expect(", "the registry pairs a step with its own parameter type")];

#[test]
fn no_banned_words() {
    let mut wrong = vec![];
    for (file, code) in sources() {
        let talks = file.starts_with("cli/") || file == "main.rs";
        for (n, line) in code.lines().enumerate() {
            let mut say = |what: &str| wrong.push(format!("src/{file}:{}: {what}: {}", n + 1, line.trim()));
            for (_, word) in words(line).filter(|(_, w)| ["unsafe", "todo", "unimplemented", "dbg"].contains(w)) {
                if word == "unsafe" || line.contains(&format!("{word}!")) {
                    say(word);
                }
            }
            let prints = ["println!", "eprintln!", "print!", "eprint!"];
            if !talks
                && words(line).any(|(_, w)| prints.iter().any(|p| p.trim_end_matches('!') == w && line.contains(p)))
            {
                say("printing outside src/cli");
            }
            let panics = line.contains(".unwrap()") || line.contains(".expect(");
            if panics && !MAY_PANIC.iter().any(|(f, part, _)| *f == file && line.contains(part)) {
                say("may panic");
            }
        }
    }
    none_of("words that must not be in the program", &wrong, "return an Error, or give a reason in MAY_PANIC");
}

#[test]
fn the_list_of_panics_is_in_use() {
    let sources = sources();
    let used = |f: &str, part: &str| sources.iter().any(|(file, code)| file == f && code.contains(part));
    let idle: Vec<String> =
        MAY_PANIC.iter().filter(|(f, part, _)| !used(f, part)).map(|(f, part, _)| format!("{f}: {part}")).collect();
    none_of("entries of MAY_PANIC that match nothing", &idle, "take them out");
}

// ---- a source beside every number ----

#[test]
fn every_row_of_the_model_tables_has_a_source() {
    let mut wrong = vec![];
    for name in names("data/model").into_iter().filter(|n| n.ends_with(".csv")) {
        let mut rows = csv::Reader::from_path(root().join("data/model").join(&name)).unwrap();
        let Some(column) = rows.headers().unwrap().iter().position(|h| h == "source") else {
            wrong.push(format!("data/model/{name}: no column `source`"));
            continue;
        };
        for (i, row) in rows.records().enumerate() {
            let row = row.unwrap_or_else(|e| panic!("data/model/{name}: {e}"));
            if row.get(column).is_none_or(|s| s.trim().is_empty()) {
                wrong.push(format!("data/model/{name}: row {} has no source", i + 2));
            }
        }
    }
    none_of("numbers without a source", &wrong, "name the source, or say `assumption`");
}

/// Numbers that only compare rows of one list.
const NO_UNIT: &[&str] = &["weight"];

/// Goes through a schema's properties, and through those of lists of tables and of alternatives.
fn properties(path: &str, schema: &Value, found: &mut dyn FnMut(&str, &str, &Value)) {
    for (key, sub) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let at = format!("{path}.{key}");
        found(&at, key, sub);
        if let Some(items) = sub.get("items").filter(|i| i.get("properties").is_some()) {
            properties(&format!("{at}[]"), items, found);
        }
    }
    for one in schema.get("oneOf").and_then(Value::as_array).into_iter().flatten() {
        let kind = one.pointer("/properties/kind/const").and_then(Value::as_str).unwrap_or("?");
        properties(&format!("{path}.{kind}"), one, found);
    }
}

fn is_number(schema: &Value) -> bool {
    let types: Vec<&str> = match &schema["type"] {
        Value::String(t) => vec![t],
        Value::Array(all) => all.iter().filter_map(Value::as_str).collect(),
        _ => vec![],
    };
    let lists = types.contains(&"array")
        && ["items", "prefixItems"].iter().any(|k| match &schema[*k] {
            Value::Array(all) => all.iter().any(is_number),
            one => one.is_object() && is_number(one),
        });
    types.contains(&"number") || types.contains(&"integer") || lists
}

/// Every schema with parameters: processes, levers, events, the state on the first day.
fn schemas() -> Vec<(String, Schema)> {
    let mut all: Vec<(String, Schema)> = DAY.iter().map(|s| (format!("processes.{}", s.name), (s.schema)())).collect();
    all.extend(LEVERS.iter().map(|l| (format!("lever.{}", l.kind), (l.schema)())));
    all.push(("event".into(), schema_of::<Event>()));
    all.push(("initial.depots".into(), schema_of::<depot::Initial>()));
    all.push(("initial.groups".into(), schema_of::<group::Initial>()));
    all.push(("initial.crews".into(), schema_of::<crew::Initial>()));
    all.push(("initial.migrants".into(), schema_of::<migrant::Initial>()));
    all.push(("initial.patrols".into(), schema_of::<patrol::Initial>()));
    all.push(("initial.patrons".into(), schema_of::<patron::Initial>()));
    all.push(("initial.states".into(), schema_of::<state::Initial>()));
    all.push(("initial.vessels".into(), schema_of::<vessel::Initial>()));
    all
}

#[test]
fn every_parameter_has_unit_and_source() {
    let mut wrong = vec![];
    for (path, schema) in schemas() {
        properties(&path, schema.as_value(), &mut |at, key, sub| {
            // What a user lists (a group, a network, a base) or an event states has its source in the scenario file;
            // what has a default needs one here.
            let given = at.contains("[]") || sub.get("default").is_none();
            if sub.get("description").is_none() && !given {
                wrong.push(format!("{at}: no description"));
            }
            if !is_number(sub) {
                return;
            }
            if sub.get("x-unit").is_none() && !NO_UNIT.contains(&key) {
                wrong.push(format!("{at}: no x-unit"));
            }
            if sub.get("x-source").is_none() && !given {
                wrong.push(format!("{at}: no x-source"));
            }
        });
    }
    none_of("parameters without unit or source", &wrong, "add it to the field: #[schemars(extend(\"x-unit\" = ...))]");
}

// ---- docs that name everything ----

/// Fails when a name is not written as code (in backticks) in a file of docs.
fn named_in(file: &str, what: &str, names: impl IntoIterator<Item = String>) {
    let doc = text(file);
    let missing: Vec<String> = names.into_iter().filter(|n| !doc.contains(&format!("`{n}`"))).collect();
    none_of(&format!("{what} that {file} does not name (in backticks)"), &missing, "describe it there");
}

#[test]
fn the_model_description_names_every_rule() {
    named_in("docs/odd.md", "processes", DAY.iter().map(|s| s.name.to_string()));
    named_in("docs/odd.md", "levers", LEVERS.iter().map(|l| l.kind.to_string()));
    let events = schema_of::<Event>();
    let one_of = events.as_value()["oneOf"].as_array().cloned().unwrap_or_default();
    let kinds: Vec<String> =
        one_of.iter().filter_map(|e| e.pointer("/properties/kind/const")?.as_str().map(str::to_string)).collect();
    assert!(!kinds.is_empty(), "the schema of events has no kinds");
    named_in("docs/odd.md", "kinds of events", kinds);
}

/// The table of parameters of a schema, as docs/odd.md shows it.
fn table(schema: &Value) -> String {
    let mut rows = String::new();
    for (key, sub) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let word = |k: &str| match &sub[k] {
            Value::Null => String::new(),
            Value::String(s) => s.replace('\n', " ").replace('|', "\\|"),
            other => other.to_string(),
        };
        let range = match (word("x-low"), word("x-high")) {
            (low, high) if low.is_empty() && high.is_empty() => String::new(),
            (low, high) => format!("{low} to {high}"),
        };
        let [default, unit, about, source] = ["default", "x-unit", "description", "x-source"].map(word);
        rows += &format!("| `{key}` | {default} | {unit} | {range} | {about} | {source} |\n");
    }
    match rows.is_empty() {
        true => "No parameters.\n".into(),
        false => format!("| key | default | unit | plausible | what | source |\n|---|---|---|---|---|---|\n{rows}"),
    }
}

/// `BLESS=1 cargo test --test house` writes the tables anew.
#[test]
fn the_tables_of_parameters_are_true() {
    let mut doc = text("docs/odd.md");
    let mut wrong = vec![];
    for (path, schema) in schemas().into_iter().filter(|(path, _)| path != "event") {
        let name = path.trim_start_matches("processes.").trim_start_matches("lever.");
        let open = format!("<!-- parameters: {name} -->\n");
        let Some(start) = doc.find(&open).map(|i| i + open.len()) else {
            wrong.push(format!("{name}: no line `{}`", open.trim()));
            continue;
        };
        let Some(end) = doc[start..].find("<!-- end -->").map(|i| i + start) else {
            wrong.push(format!("{name}: no line `<!-- end -->`"));
            continue;
        };
        let want = table(schema.as_value());
        if doc[start..end] != want {
            wrong.push(format!("{name}: the table is out of date"));
            doc.replace_range(start..end, &want);
        }
    }
    if std::env::var_os("BLESS").is_some_and(|v| v == "1") {
        fs::write(root().join("docs/odd.md"), doc).unwrap();
        return;
    }
    none_of("tables in docs/odd.md", &wrong, "run: BLESS=1 cargo test --test house");
}

#[test]
fn the_page_on_outputs_names_every_group_of_metrics() {
    let groups: BTreeSet<String> = metric::all().into_iter().map(|m| m.group.to_string()).collect();
    named_in("docs/outputs.md", "groups of metrics", groups);
    // Names that differ only in the weapon class are described once.
    let classes = sirocco::agents::arms::CLASS_NAMES;
    let stem = |name: &str| {
        let class = classes.iter().find(|c| name.ends_with(&format!("_{c}")));
        class.map_or(name.to_string(), |c| name.replace(&format!("_{c}"), "_*"))
    };
    let metrics: BTreeSet<String> = metric::all().iter().map(|m| stem(&m.name)).collect();
    named_in("docs/outputs.md", "metrics", metrics);
}

#[test]
fn the_summary_names_every_page() {
    let summary = text("docs/SUMMARY.md");
    // The page on speed may come and go with its measurements.
    let pages = names("docs").into_iter().filter(|n| n.ends_with(".md") && n != "SUMMARY.md" && n != "performance.md");
    let missing: Vec<String> = pages.filter(|p| !summary.contains(&format!("({p})"))).collect();
    none_of("pages that docs/SUMMARY.md does not name", &missing, "add a line");
}

#[test]
fn links_of_the_docs_lead_somewhere() {
    let mut files: Vec<String> =
        names("docs").into_iter().filter(|n| n.ends_with(".md")).map(|n| format!("docs/{n}")).collect();
    files.extend(
        ["README.md", "CHANGELOG.md", "data/README.md", "data/model/README.md", "data/targets/README.md"]
            .map(String::from),
    );
    let mut dead = vec![];
    for file in files {
        let folder = Path::new(&file).parent().unwrap_or(Path::new("")).to_path_buf();
        for part in text(&file).split("](").skip(1) {
            let target = part.split([')', '#']).next().unwrap_or("");
            if target.is_empty() || target.contains("://") {
                continue;
            }
            if !root().join(&folder).join(target).exists() {
                dead.push(format!("{file}: {target}"));
            }
        }
    }
    none_of("links that lead nowhere", &dead, "mend or remove them");
}
