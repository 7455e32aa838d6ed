//! `sirocco check`: the benchmark suite against what is stored of it.

use super::data::{prepare_on, shared_grounds};
use super::junit::{Case, Trouble, junit};
use super::{data_folder, print};
use crate::engine::disk;
use crate::error::{Error, Result};
use crate::scenario::schema::Scenario;
use crate::sim::Ground;
use crate::study::check::{Change, Difference, Ran, Record, compare, number, run_all};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

/// Arguments of `check`.
#[derive(clap::Args, Debug)]
pub struct CheckArgs {
    /// Folder of the suite; scenarios/benchmarks here or beside the data when left out
    #[arg(value_name = "SUITE")]
    pub suite: Option<PathBuf>,
    /// Store what the runs give now; the reason goes into CHANGELOG.md
    #[arg(long, value_name = "REASON")]
    pub bless: Option<String>,
    /// Also write the result as JUnit XML
    #[arg(long, value_name = "FILE")]
    pub junit: Option<PathBuf>,
    /// Threads; all cores when left out. Results are the same on any number
    #[arg(long, value_name = "T", value_parser = clap::value_parser!(u16).range(1..=4096))]
    pub threads: Option<u16>,
    /// Folder of the input data
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
}

/// The shipped suite.
const SUITE: &str = "scenarios/benchmarks";
/// Folder in a suite with what is stored, a file a scenario.
const EXPECTED: &str = "expected";
/// Most lines of a table of changes.
const LINES: usize = 20;

/// Runs a suite, prints what differs, writes JUnit's file if asked to, and stores the results if asked to.
///
/// # Errors
/// [`Error::CheckFailed`] when a benchmark differs, has nothing stored, or cannot be run, and is not blessed; wrong
/// arguments; files that cannot be read or written.
pub fn check(args: &CheckArgs) -> Result<()> {
    let began = Instant::now();
    let reason = args.bless.as_deref().map(|r| r.split_whitespace().collect::<Vec<_>>().join(" "));
    if reason.as_deref() == Some("") {
        return Err(Error::Input("--bless needs a reason: say why results are others now".into()));
    }
    let data = data_folder(args.data.as_deref())?;
    let suite = suite_folder(args.suite.as_deref(), &data);
    let names = toml_files(&suite)?;
    if names.is_empty() {
        return Err(Error::Input(format!("{}: there is no scenario in this folder", suite.display())));
    }
    let checks = run(&suite, &names, &data, args.threads)?;
    for c in &checks {
        print(&c.printed())?;
    }
    let seconds = began.elapsed().as_secs_f64();
    let failed = checks.iter().filter(|c| c.verdict != Verdict::Passed).count();
    print(&format!("{} passed, {failed} failed, in {seconds:.1} s\n", checks.len() - failed))?;
    if let Some(path) = &args.junit {
        let cases: Vec<Case> = checks.iter().map(Check::case).collect();
        let text = junit("sirocco check", &cases, seconds);
        disk::write_durably(path, text.as_bytes()).map_err(|e| Error::io(path, e))?;
    }
    match reason {
        Some(reason) => bless(&suite, &checks, &reason),
        None if failed > 0 => Err(Error::CheckFailed(format!(
            "{failed} of {} benchmarks failed; where the change is meant: sirocco check --bless \"why\"",
            checks.len()
        ))),
        None => Ok(()),
    }
}

/// Where the suite is: as named, else here, else beside the data.
fn suite_folder(given: Option<&Path>, data: &Path) -> PathBuf {
    let here = PathBuf::from(SUITE);
    match given {
        Some(folder) => folder.to_path_buf(),
        None if here.is_dir() => here,
        None => data.parent().map_or(here, |above| above.join(SUITE)),
    }
}

/// Names of a folder's TOML files without their endings, sorted.
fn toml_files(folder: &Path) -> Result<Vec<String>> {
    let io = |e| Error::io(folder, e);
    let mut names = vec![];
    for entry in std::fs::read_dir(folder).map_err(io)? {
        let path = entry.map_err(io)?.path();
        if path.is_file()
            && path.extension().is_some_and(|x| x == "toml")
            && let Some(name) = path.file_stem()
        {
            names.push(name.to_string_lossy().into_owned());
        }
    }
    names.sort();
    Ok(names)
}

/// What came of a benchmark.
#[derive(Debug, PartialEq)]
enum Verdict {
    Passed,
    Differs(Difference),
    /// Nothing is stored, or what is cannot be read.
    Missing(String),
    /// Something is stored and there is no scenario of that name.
    Orphan,
    /// The scenario is wrong or the model failed.
    Broken(String),
}

/// A benchmark and what came of it.
struct Check {
    name: String,
    verdict: Verdict,
    ran: Option<Ran>,
}

/// Runs all benchmarks of a suite and compares them.
fn run(suite: &Path, names: &[String], data: &Path, threads: Option<u16>) -> Result<Vec<Check>> {
    let prepared = prepare_all(suite, names, data);
    let good: Vec<_> = prepared.iter().filter_map(|p| p.as_ref().ok().cloned()).collect();
    let threads = threads.map(usize::from).or_else(|| std::thread::available_parallelism().ok().map(usize::from));
    let mut results = run_all(&good, threads.unwrap_or(1)).into_iter();
    let mut checks = vec![];
    for (name, prepared) in names.iter().zip(prepared) {
        let ran = match prepared {
            Ok(_) => results.next().map_or_else(|| Err(String::new()), |ran| ran.map_err(|e| e.to_string())),
            Err(why) => Err(why),
        };
        let verdict = match &ran {
            Ok(ran) => verdict(&stored_at(suite, name), &ran.record),
            Err(why) => Verdict::Broken(why.clone()),
        };
        checks.push(Check { name: name.clone(), verdict, ran: ran.ok() });
    }
    let expected = suite.join(EXPECTED);
    if expected.is_dir() {
        let orphans = toml_files(&expected)?.into_iter().filter(|n| !names.contains(n));
        checks.extend(orphans.map(|name| Check { name, verdict: Verdict::Orphan, ran: None }));
    }
    Ok(checks)
}

/// Reads all scenarios; what is wrong with one is said as `sirocco validate` says it. A ground is built once for all that
/// stand on it.
fn prepare_all(
    suite: &Path,
    names: &[String],
    data: &Path,
) -> Vec<std::result::Result<(Arc<Scenario>, Ground), String>> {
    let mut grounds = shared_grounds(data);
    let mut one = |name: &String| {
        let file = suite.join(format!("{name}.toml"));
        match prepare_on(&file, &[], &mut grounds) {
            Ok(Ok((scenario, ground))) => Ok((Arc::new(scenario), ground)),
            Ok(Err(report)) => Err(report.to_string().trim_end().to_string()),
            Err(why) => Err(why.to_string()),
        }
    };
    names.iter().map(&mut one).collect()
}

fn stored_at(suite: &Path, name: &str) -> PathBuf {
    suite.join(EXPECTED).join(format!("{name}.toml"))
}

fn verdict(path: &Path, new: &Record) -> Verdict {
    let text = match std::fs::read_to_string(path) {
        Ok(text) => text,
        Err(why) if why.kind() == std::io::ErrorKind::NotFound => {
            return Verdict::Missing(format!("nothing is stored: there is no {}", path.display()));
        }
        Err(why) => return Verdict::Missing(format!("{} cannot be read: {why}", path.display())),
    };
    match Record::parse(&text) {
        Ok(old) => compare(&old, new).map_or(Verdict::Passed, Verdict::Differs),
        Err(why) => Verdict::Missing(format!("{} is damaged: {why}", path.display())),
    }
}

impl Check {
    /// In a line.
    fn message(&self) -> String {
        match &self.verdict {
            Verdict::Passed => String::new(),
            Verdict::Differs(Difference { first: None, .. }) => {
                "the state agrees on every day; what is read from it differs".into()
            }
            Verdict::Differs(Difference { first: Some(first), changes }) if changes.is_empty() => {
                format!("{first}; no metric differs")
            }
            Verdict::Differs(Difference { first: Some(first), .. }) => first.to_string(),
            Verdict::Missing(why) => format!("{why}; store what it gives now: sirocco check --bless \"why\""),
            Verdict::Orphan => "something is stored, and there is no such scenario; --bless removes it".into(),
            Verdict::Broken(why) => why.lines().next().unwrap_or("").to_string(),
        }
    }

    /// All there is to say besides: a table, or the mistakes of a scenario.
    fn details(&self) -> String {
        match &self.verdict {
            Verdict::Differs(d) if !d.changes.is_empty() => table(&d.changes),
            Verdict::Broken(why) => why.lines().skip(1).map(|l| format!("{l}\n")).collect(),
            _ => String::new(),
        }
    }

    fn seconds(&self) -> f64 {
        self.ran.as_ref().map_or(0.0, |r| r.seconds)
    }

    fn printed(&self) -> String {
        let word = match self.verdict {
            Verdict::Passed => "ok",
            Verdict::Differs(_) => "differs",
            Verdict::Missing(_) => "missing",
            Verdict::Orphan => "orphan",
            Verdict::Broken(_) => "broken",
        };
        let mut out = format!("{word:<8} {:<32} {:6.2} s\n", self.name, self.seconds());
        for line in [self.message(), self.details()].iter().flat_map(|text| text.lines()) {
            out += &format!("    {line}\n");
        }
        out
    }

    fn case(&self) -> Case {
        let failed = !matches!(self.verdict, Verdict::Broken(_));
        let trouble = (self.verdict != Verdict::Passed).then(|| {
            let message = self.message();
            let text = format!("{message}\n{}", self.details());
            Trouble { failed, message, text }
        });
        Case { name: self.name.clone(), seconds: self.seconds(), trouble }
    }
}

/// A table of changes: name, unit, old, new, change, change in percent.
fn table(changes: &[Change]) -> String {
    let head = ["metric", "unit", "old", "new", "change", "%"].map(String::from);
    let row = |c: &Change| {
        let value = |v: Option<f64>| v.map_or("-".into(), number);
        let percent = c.relative().map_or("new".into(), |r| format!("{:+.2}", 100.0 * r));
        [c.name.clone(), c.unit.clone(), value(c.old), value(c.new), signed(c.absolute()), percent]
    };
    let rows: Vec<[String; 6]> = std::iter::once(head).chain(changes.iter().take(LINES).map(row)).collect();
    let width = |k: usize| rows.iter().map(|r| r[k].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..6).map(width).collect();
    let mut out = String::new();
    for r in &rows {
        let [a, b] = [0, 1].map(|k| format!("{:<w$}", r[k], w = widths[k]));
        let rest: Vec<String> = (2..6).map(|k| format!("{:>w$}", r[k], w = widths[k])).collect();
        out += &format!("{a}  {b}  {}\n", rest.join("  "));
    }
    if changes.len() > LINES {
        out += &format!("and {} more\n", changes.len() - LINES);
    }
    out
}

/// A change as its sign and as many digits as are stored.
fn signed(v: f64) -> String {
    let digits = number(format!("{v:.5e}").parse().unwrap_or(v));
    if v > 0.0 { format!("+{digits}") } else { digits }
}

/// Stores what differs, and says why in the changelog. Nothing at all when a benchmark cannot be run.
fn bless(suite: &Path, checks: &[Check], reason: &str) -> Result<()> {
    let broken: Vec<&str> =
        checks.iter().filter(|c| matches!(c.verdict, Verdict::Broken(_))).map(|c| c.name.as_str()).collect();
    if !broken.is_empty() {
        return Err(Error::CheckFailed(format!("nothing is blessed while these cannot be run: {}", broken.join(", "))));
    }
    let changed: Vec<&Check> = checks.iter().filter(|c| c.verdict != Verdict::Passed).collect();
    if changed.is_empty() {
        return print("nothing differs; nothing was written\n");
    }
    let folder = suite.join(EXPECTED);
    disk::create_dir_all(&folder).map_err(|e| Error::io(&folder, e))?;
    for c in &changed {
        let path = stored_at(suite, &c.name);
        let done = match &c.ran {
            Some(ran) => disk::write_durably(&path, ran.record.text().as_bytes()),
            None => std::fs::remove_file(&path),
        };
        done.map_err(|e| Error::io(&path, e))?;
    }
    print(&format!("blessed {} of {} benchmarks\n", changed.len(), checks.len()))?;
    let root = std::path::absolute(suite).map_err(|e| Error::io(suite, e))?;
    let Some(path) = root.ancestors().map(|a| a.join("CHANGELOG.md")).find(|p| p.is_file()) else {
        return print("the reason was not written: there is no CHANGELOG.md in a folder above the suite\n");
    };
    let text = std::fs::read_to_string(&path).map_err(|e| Error::io(&path, e))?;
    let text = with_line(&text, &line(reason, &changed));
    disk::write_durably(&path, text.as_bytes()).map_err(|e| Error::io(&path, e))?;
    print(&format!("the reason is in {}\n", path.display()))
}

/// A line of the changelog.
fn line(reason: &str, changed: &[&Check]) -> String {
    const NAMED: usize = 3;
    let mut names: Vec<String> = changed.iter().take(NAMED).map(|c| format!("`{}`", c.name)).collect();
    if changed.len() > NAMED {
        names.push(format!("{} more", changed.len() - NAMED));
    }
    format!("- {} (benchmarks blessed: {})", reason.trim_end_matches('.'), names.join(", "))
}

/// A changelog with a line more: at the end of `### Results` in the topmost section (`## `), which is made when there is none.
fn with_line(text: &str, line: &str) -> String {
    let mut lines: Vec<&str> = text.lines().collect();
    let at = |from: usize, found: &dyn Fn(&str) -> bool| (from..lines.len()).find(|&i| found(lines[i]));
    let heading = at(0, &|l| l.starts_with("## "));
    let from = heading.map_or(lines.len(), |h| h + 1);
    let end = at(from, &|l| l.starts_with("## ")).unwrap_or(lines.len());
    let results = at(from, &|l| l.trim() == "### Results").filter(|&r| r < end);
    match results {
        Some(results) => {
            let end = at(results + 1, &|l| l.starts_with("## ") || l.starts_with("### ")).unwrap_or(lines.len());
            let last = (results..end).rev().find(|&i| !lines[i].trim().is_empty()).unwrap_or(results);
            let new: &[&str] = if last == results { &["", line] } else { &[line] };
            lines.splice(last + 1..last + 1, new.iter().copied());
        }
        None => {
            lines.splice(from..from, ["", "### Results", "", line]);
        }
    }
    lines.join("\n") + "\n"
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::study::check::First;

    #[test]
    fn the_reason_goes_to_the_results_of_the_topmost_section() {
        let text =
            "# C\n\n## New\n\n### Added\n\n- a\n\n### Results\n\n- b\n  c\n\n### Fixed\n\n## Old\n\n### Results\n";
        let want =
            "# C\n\n## New\n\n### Added\n\n- a\n\n### Results\n\n- b\n  c\n- x\n\n### Fixed\n\n## Old\n\n### Results\n";
        assert_eq!(with_line(text, "- x"), want);
        assert_eq!(with_line("## 2\n\n- a\n\n## 1\n", "- x"), "## 2\n\n### Results\n\n- x\n\n- a\n\n## 1\n");
        assert_eq!(with_line("## 2\n### Results\n## 1\n", "- x"), "## 2\n### Results\n\n- x\n## 1\n");
        assert_eq!(with_line("# C\n", "- x"), "# C\n\n### Results\n\n- x\n");
    }

    fn change(name: &str, old: Option<f64>, new: Option<f64>) -> Change {
        Change { name: name.into(), unit: "persons".into(), old, new }
    }

    #[test]
    fn a_table_by_hand() {
        let rows = [change("born", None, Some(2.0)), change("deaths", Some(8.0), Some(6.5))];
        let want = "metric  unit     old  new  change       %\n\
                    born    persons    -    2      +2     new\n\
                    deaths  persons    8  6.5    -1.5  -18.75\n";
        assert_eq!(table(&rows), want);
        let many: Vec<Change> = (0..25).map(|k| change(&format!("m{k}"), None, Some(1.0))).collect();
        assert!(table(&many).ends_with("and 5 more\n"));
        assert_eq!(table(&many).lines().count(), LINES + 2);
    }

    #[test]
    fn what_is_said_of_a_difference() {
        let said = |first, changes| {
            let verdict = Verdict::Differs(Difference { first, changes });
            Check { name: "a".into(), verdict, ran: None }.printed()
        };
        assert!(said(Some(First::Morning), vec![]).contains("before any process; no metric differs"));
        assert!(said(None, vec![change("a", None, Some(1.0))]).contains("the state agrees on every day"));
    }
}
