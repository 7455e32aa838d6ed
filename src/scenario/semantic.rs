//! What no schema can say: the order of dates, names used twice, folders that must exist.

use super::check::{MOST, Path as Keys};
use super::diagnose::{Diagnostic, Severity, Sources};
use super::tree::{Node, event_name, lever_name};
use super::words;
use crate::observe::condition::Condition;
use crate::observe::metric;
use crate::units::Date;
use std::collections::BTreeMap;
use std::path::{Component, Path};

/// Longest run, years.
const LONGEST: i64 = 100;
/// Days are counted from here.
const FIRST: Date = Date::new(1970, 1, 1);

/// Kinds of events that may wait for a condition in the place of a date.
const WAITING: [&str; 2] = ["ceasefire", "intervention"];

/// What is looked at, and what was found.
pub(crate) struct Semantic<'a> {
    pub sources: &'a Sources,
    pub errors: Vec<Diagnostic>,
    pub warnings: Vec<Diagnostic>,
}

impl Semantic<'_> {
    /// Runs every check. Values that the schema has refused are passed over. `folder` is that of the scenario file.
    pub(crate) fn check(&mut self, root: &Node, folder: &Path) {
        self.run_dates(root);
        let date = |key| root.get("run").and_then(|r| r.get(key)).and_then(Node::date);
        let span = date("start").zip(date("end")).filter(|(start, end)| start <= end);
        for (list, first, last) in
            [("lever", "start", "end"), ("event", "date", "until"), ("event", "earliest", "latest")]
        {
            for (i, item) in root.get(list).and_then(Node::list).unwrap_or(&[]).iter().enumerate() {
                if self.errors.len() + self.warnings.len() >= MOST {
                    return;
                }
                let path = Keys(vec![list.into()]).item(i, item);
                self.ordered(item, &path, first, last);
                if let Some(span) = span {
                    self.within(item, &path, first, last, span);
                }
                if first == "earliest" {
                    self.timing(item, &path);
                }
            }
        }
        self.twins(root, "lever", lever_name);
        self.twins(root, "event", event_name);
        self.mandates(root);
        self.consent(root);
        self.origins(root);
        self.folder(root, folder, "network", ["nodes.csv", "links.csv"], &["lanes.csv", "corridors.csv"]);
        let also = ["closures.csv", "conflict.csv", "registrations.csv"];
        self.folder(root, folder, "displacement", ["sites.csv", "routes.csv"], &also);
        self.displacement(root);
    }

    /// Without a network of sites nobody is displaced, whatever is said of how.
    fn displacement(&mut self, root: &Node) {
        let section = root.get("processes").and_then(|p| p.get("displacement"));
        let named = root.get("region").and_then(|r| r.get("displacement")).is_some();
        if let Some(node) = section.filter(|_| !named) {
            let path = Keys(vec!["processes".into(), "displacement".into()]);
            let message = "`processes.displacement` has no effect: the scenario names no `region.displacement`".into();
            let mut d = self.diagnostic(node, &path, "a folder with sites and routes".into(), message);
            d.severity = Severity::Warning;
            self.warnings.push(d);
        }
    }

    /// Where politics are simulated consent follows unity: what else is said of it has no effect.
    fn consent(&mut self, root: &Node) {
        let states = root.get("initial").and_then(|i| i.get("states"));
        let simulated = |iso3: &str| states.and_then(|s| s.get("unity")).and_then(|u| u.get(iso3)).is_some();
        let mut said = vec![];
        for (i, item) in root.get("event").and_then(Node::list).unwrap_or(&[]).iter().enumerate() {
            let shifts = item.get("kind").and_then(Node::text) == Some("consent_shift");
            if let Some(node) = item.get("country").filter(|n| shifts && n.text().is_some_and(simulated)) {
                said.push((node, Keys(vec!["event".into()]).item(i, item).join("country")));
            }
        }
        for (node, path) in said {
            let message =
                format!("`{path}`: politics are simulated there, and consent follows unity: it will have no effect");
            let mut d = self.diagnostic(node, &path, "a country without `initial.states.unity`".into(), message);
            d.severity = Severity::Warning;
            self.warnings.push(d);
        }
    }

    /// A mandate that a lever needs must be given by an event.
    fn mandates(&mut self, root: &Node) {
        let list = |key| root.get(key).and_then(Node::list).unwrap_or(&[]);
        let given: Vec<&str> = list("event").iter().filter_map(|e| e.get("mandate")?.text()).collect();
        for (i, item) in list("lever").iter().enumerate() {
            let path = Keys(vec!["lever".into()]).item(i, item).join("mandates");
            for node in item.get("mandates").and_then(Node::list).unwrap_or(&[]) {
                let Some(name) = node.text().filter(|n| !given.contains(n)) else { continue };
                if self.errors.len() >= MOST {
                    return;
                }
                let message = format!("`{path}` names {:?}, and no event gives that mandate", words::short(name));
                let expected = "the `mandate` of an event of the kind `mandate`".into();
                let mut d = self.diagnostic(node, &path, expected, message);
                d.help = words::nearest(name, given.iter().copied()).map(words::did_you_mean);
                self.errors.push(d);
            }
        }
    }

    /// Shares of an origin are shares of all who leave it; nationalities are codes.
    fn origins(&mut self, root: &Node) {
        let list = root.get("initial").and_then(|i| i.get("migrants")).and_then(|m| m.get("origins"));
        for (i, item) in list.and_then(Node::list).unwrap_or(&[]).iter().enumerate() {
            if self.errors.len() >= MOST {
                return;
            }
            let path = Keys(vec!["initial".into(), "migrants".into(), "origins".into()]).item(i, item);
            if let Some((node, shares)) = item.get("shares").and_then(|n| Some((n, n.list()?))) {
                let numbers: Option<Vec<f64>> = shares.iter().map(|n| n.to_json().as_f64()).collect();
                let sum = numbers.map(|n| n.iter().sum::<f64>()).filter(|s| (s - 1.0).abs() > 1e-6);
                if let Some(sum) = sum {
                    let at = path.join("shares");
                    let message = format!("the shares of `{at}` sum to {sum}; they are of all who leave");
                    self.errors.push(self.diagnostic(node, &at, "four shares that sum to 1".into(), message));
                }
            }
            let number = |key| item.get(key).and_then(|n| Some((n, n.to_json().as_f64()?)));
            if let (Some((node, 0.0)), Some((_, yearly))) = (number("pool"), number("per_year"))
                && yearly > 0.0
            {
                let at = path.join("pool");
                let message = format!("`{at}` is 0, and {yearly} a year are to leave; nobody could");
                self.errors.push(self.diagnostic(node, &at, "more than 0 people".into(), message));
            }
            let code = item.get("nationality").and_then(|n| Some((n, n.text()?)));
            if let Some((node, text)) = code.filter(|c| !c.1.bytes().all(|b| b.is_ascii_uppercase())) {
                let at = path.join("nationality");
                let message = format!("`{at}` is {:?}, which is no ISO 3166 alpha-3 code", words::short(text));
                self.errors.push(self.diagnostic(node, &at, "three capital letters such as \"ERI\"".into(), message));
            }
        }
    }

    fn diagnostic(&self, node: &Node, path: &Keys, expected: String, message: String) -> Diagnostic {
        let mut d = self.sources.diagnostic(node.at, &path.to_string(), message);
        d.found = words::found(node, self.sources);
        d.expected = expected;
        d
    }

    fn run_dates(&mut self, root: &Node) {
        let Some(run) = root.get("run") else { return };
        let path = Keys(vec!["run".into()]);
        self.ordered(run, &path, "start", "end");
        let Some((node, start)) = run.get("start").and_then(|n| Some((n, n.date()?))) else {
            return;
        };
        if start < FIRST {
            let message =
                format!("`run.start` is {start}; days are counted from {FIRST}, and no run may begin before it");
            self.errors.push(self.diagnostic(node, &path.join("start"), format!("a date from {FIRST} on"), message));
        }
        let Some((node, end)) = run.get("end").and_then(|n| Some((n, n.date()?))) else {
            return;
        };
        let latest = Date(start.0.saturating_add(jiff::Span::new().years(LONGEST)));
        if end > latest {
            let message =
                format!("`run.end` is {end}; a run that begins on {start} must end by {latest} ({LONGEST} years)");
            self.errors.push(self.diagnostic(node, &path.join("end"), format!("a date up to {latest}"), message));
        }
    }

    /// The date under `last` must not be before that under `first`.
    fn ordered(&mut self, table: &Node, path: &Keys, first: &str, last: &str) {
        let (Some(a), Some(b)) = (table.get(first), table.get(last)) else {
            return;
        };
        let (Some(begin), Some(end)) = (a.date(), b.date()) else {
            return;
        };
        if end < begin {
            let at = path.join(last);
            let message = format!("`{at}` is {end}, before `{first}`, which is {begin}");
            self.errors.push(self.diagnostic(b, &at, format!("a date from {begin} on"), message));
        }
    }

    /// An event happens on its date or waits for a condition on a metric; one of the two.
    fn timing(&mut self, event: &Node, path: &Keys) {
        let Some(when) = event.get("when") else {
            let looked_at = ["earliest", "latest"].into_iter().find_map(|key| Some((key, event.get(key)?)));
            if let Some((key, node)) = looked_at {
                let message = format!("`{}` is set, and the event has no `when` that it could limit", path.join(key));
                self.errors.push(self.diagnostic(node, &path.join(key), "a `when` beside it".into(), message));
            }
            let waits = event.get("kind").and_then(Node::text).is_some_and(|k| WAITING.contains(&k));
            if event.get("date").is_none() && waits {
                let message = format!("`{path}` has neither `date` nor `when`: it would never happen");
                self.errors.push(self.diagnostic(event, path, "a date, or a condition on a metric".into(), message));
            }
            return;
        };
        let at = path.join("when");
        let expected = "a condition such as \"depot_raids > 2\"".to_string();
        if event.get("date").is_some() {
            let message = format!("`{path}` has both `date` and `when`; it can follow one of them");
            self.errors.push(self.diagnostic(when, &at, "no `date` beside it".into(), message));
        }
        let Some(text) = when.text() else { return };
        let metrics = metric::all();
        if let Err(why) = Condition::parse(text, &metrics) {
            let mut d = self.diagnostic(when, &at, expected, format!("`{at}` is {:?}: {why}", words::short(text)));
            let name = text.split(['<', '>']).next().unwrap_or("").trim();
            d.help = words::nearest(name, metrics.iter().map(|m| m.name.as_str())).map(words::did_you_mean);
            self.errors.push(d);
        }
    }

    /// Warns of what happens only before or after the run.
    fn within(&mut self, table: &Node, path: &Keys, first: &str, last: &str, (start, end): (Date, Date)) {
        let Some((node, begin)) = table.get(first).and_then(|n| Some((n, n.date()?))) else {
            return;
        };
        let over = table.get(last).and_then(Node::date);
        let range = format!("a date from {start} to {end}");
        let (node, at, message) = if begin > end {
            let at = path.join(first);
            let message = format!("`{at}` is {begin}, after the run's last day, {end}: it will have no effect");
            (node, at, message)
        } else if let Some((node, over)) = table.get(last).zip(over.filter(|d| *d < start && *d >= begin)) {
            let at = path.join(last);
            let message = format!("`{at}` is {over}, before the run's first day, {start}: it will have no effect");
            (node, at, message)
        } else if begin < start && table.get(last).is_none() && first == "date" {
            let at = path.join(first);
            let message = format!("`{at}` is {begin}, before the run's first day, {start}: it will not happen");
            (node, at, message)
        } else {
            return;
        };
        let mut d = self.diagnostic(node, &at, range, message);
        d.severity = Severity::Warning;
        self.warnings.push(d);
    }

    /// Luck and outputs hang on the names of levers, and names tell which event is replaced: no two may share one.
    fn twins(&mut self, root: &Node, list: &str, name_of: fn(&Node) -> Option<&str>) {
        let mut seen: BTreeMap<&str, &Node> = BTreeMap::new();
        for item in root.get(list).and_then(Node::list).unwrap_or(&[]) {
            let Some((name, node)) = name_of(item).zip(item.get("name").or_else(|| item.get("kind"))) else {
                continue;
            };
            if self.errors.len() >= MOST {
                return;
            }
            let Some(first) = seen.insert(name, node) else {
                continue;
            };
            let place = match self.sources.get(first.at.source) {
                Some(s) if !s.is_set => {
                    format!("{}, line {}", s.label, self.sources.line(first.at))
                }
                Some(s) => s.label.clone(),
                None => String::new(),
            };
            let path = Keys(vec![list.into()]).join(&words::short(name)).join("name");
            let message = format!("two {list}s are named `{}`; the other is in {place}", words::short(name));
            let mut d = self.diagnostic(node, &path, "a name of its own".into(), message);
            d.help = Some(format!("give one of them another name: name = \"{}_2\"", words::short(name)));
            self.errors.push(d);
        }
    }

    /// A folder that the region is read from must be beside the scenario, with these files; others may be there.
    fn folder(&mut self, root: &Node, folder: &Path, key: &str, needed: [&str; 2], also: &[&str]) {
        let Some(node) = root.get("region").and_then(|r| r.get(key)) else {
            return;
        };
        let Some(text) = node.text() else { return };
        let path = Keys(vec!["region".into(), key.into()]);
        let relative = Path::new(text);
        let plain = relative.components().all(|c| matches!(c, Component::Normal(_) | Component::CurDir));
        let real = folder.join(relative).canonicalize().ok();
        let inside =
            real.as_ref().zip(folder.canonicalize().ok()).is_none_or(|(real, folder)| real.starts_with(folder));
        let shown = words::short(text);
        let astray = needed.iter().chain(also).find(|f| {
            let file = folder.join(relative).join(f).canonicalize().ok();
            file.zip(folder.canonicalize().ok()).is_some_and(|(file, folder)| !file.starts_with(folder))
        });
        let message = if text.is_empty() || !plain || !inside {
            format!("`{path}` names {shown:?}, which leads out of the folder of the scenario")
        } else if let Some(file) = astray {
            format!("`{path}` names {shown:?}, whose `{file}` is a link that leads out of the folder of the scenario")
        } else if let Some(missing) = needed.iter().find(|f| !folder.join(relative).join(f).is_file()) {
            format!("`{path}` names the folder {shown:?}, which has no file `{missing}`")
        } else {
            return;
        };
        let expected = format!("a folder beside the scenario file with {} and {}", needed[0], needed[1]);
        self.errors.push(self.diagnostic(node, &path, expected, message));
    }
}
