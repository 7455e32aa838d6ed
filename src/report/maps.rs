//! Which maps there are, and small multiples: the same map once for every year or quarter, on one scale.

use super::canvas::{Align, Canvas, Figure, Pen};
use super::chart::heading;
use super::folder::{Folder, Mapped};
use super::map::{ATTRIBUTION, Cells, FOOT, Field, LEFT, Map, Scale, TOP, Texts};
use super::read::{Cell, Ground, Manifest};
use super::theme::{BODY, GREY, INK, SMALL, WIDTH};
use super::view::{MAP_WIDTH, view};
use crate::error::Result;
use jiff::civil::Date;
use plotters::backend::DrawingBackend;
use std::ops::Range;

/// Name, title, key and value of a map over the whole run.
type Kind = (&'static str, &'static str, [&'static str; 2], fn(&Cell) -> f64);

const MAPS: [Kind; 7] = [
    ("map_people", "Where people passed, over the whole run", ["Passages", "of people"], |c| c.people),
    ("map_arms", "Where arms passed, over the whole run", ["Passages", "of arms"], |c| c.arms),
    ("map_crews", "Where crews drove, over the whole run", ["Passages", "of crews"], |c| c.crews),
    (
        "map_risk",
        "Chance that a crew with arms, fuel or drugs is seized, by cell, mean over the run",
        ["Chance, %", "per passage"],
        risk,
    ),
    (
        "map_believed",
        "The same chance as the networks that know the cell believe it",
        ["Chance, %", "per passage"],
        believed,
    ),
    (
        "map_control",
        "Control by others than the state's armies and their allies, mean over the run",
        ["Control, %", "of the cell"],
        outside,
    ),
    ("map_violence", "Where people are killed in fighting, mean over the run", ["Fatalities", "a year"], killed),
];

fn risk(c: &Cell) -> f64 {
    100.0 * c.risk
}

fn believed(c: &Cell) -> f64 {
    100.0 * c.believed
}

fn outside(c: &Cell) -> f64 {
    100.0 * c.outside_state
}

fn killed(c: &Cell) -> f64 {
    365.25 * c.violence
}

/// Name, title, key and value of a row of maps; what is counted is counted a month, so that a part of a year can stand beside whole ones.
type ManyKind = (&'static str, &'static str, [&'static str; 2], fn(&Cell) -> f64, bool);

const MULTIPLES: [ManyKind; 5] = [
    ("people", "Where people passed", ["People", "a month"], |c| c.people, true),
    ("arms", "Where arms passed", ["Arms", "a month"], |c| c.arms, true),
    ("deaths", "Where people died on the way over land", ["Deaths", "a month"], |c| c.deaths, true),
    ("violence", "Where people are killed in fighting", ["Fatalities", "a year"], killed, false),
    (
        "control",
        "Control by others than the state's armies and their allies",
        ["Control, %", "of the cell"],
        outside,
        false,
    ),
];

/// The map of every value over the whole run, by file name.
pub fn single(folder: &Folder) -> Vec<(String, Map<'_>)> {
    let (Some(map), Some(ground)) = (folder.own_map(), &folder.ground) else { return vec![] };
    let of = |(name, title, key, value): &Kind| {
        let texts = texts(&folder.manifest, title.to_string(), *key);
        let values = || map.whole.iter().map(value);
        let scale = match *name {
            // What is and what is believed are told apart by eye only on one scale.
            "map_risk" | "map_believed" => Scale::of(map.whole.iter().flat_map(|c| [risk(c), believed(c)])),
            "map_control" => Scale::PERCENT,
            _ => Scale::of(values()),
        };
        let cells = map.outlines.iter().zip(values()).collect();
        Some((name.to_string(), Map::new(texts, cells, scale, ground)?))
    };
    MAPS.iter().filter_map(of).collect()
}

fn texts(manifest: &Manifest, title: String, key: [&'static str; 2]) -> Texts {
    Texts { title, subtitle: manifest.title.clone(), caption: manifest.caption(), key }
}

/// The same maps once for every year, or for every quarter of a short run, by file name. A run of one period has none.
pub fn by_period(folder: &Folder) -> Vec<(String, Multiples<'_>)> {
    let (Some(map), Some(ground)) = (folder.own_map(), &folder.ground) else { return vec![] };
    let (per, periods) = periods(&map.cells.months);
    if periods.len() < 2 {
        return vec![];
    }
    let sums: Vec<Vec<Cell>> = periods.iter().map(|p| map.cells.over(&p.months)).collect();
    let of = |(name, title, key, value, counted): &ManyKind| {
        let texts = texts(&folder.manifest, format!("{title}, by {per}"), *key);
        let share = |p: &Period| if *counted { p.months.len() as f64 } else { 1.0 };
        let values = |(p, cells): (&Period, &Vec<Cell>)| cells.iter().map(|c| value(c) / share(p)).collect();
        let values: Vec<Vec<f64>> = periods.iter().zip(&sums).map(values).collect();
        let titles = periods.iter().map(|p| p.title.clone()).collect();
        let scale = if *name == "control" { Scale::PERCENT } else { Scale::of(values.iter().flatten().copied()) };
        Some((format!("maps_{name}_by_{per}"), Multiples::new(texts, map, (titles, values), scale, ground)?))
    };
    MULTIPLES.iter().filter_map(of).collect()
}

/// Months that a map is of.
#[derive(Debug, Clone, PartialEq)]
struct Period {
    title: String,
    /// Their numbers in the list of months.
    months: Range<usize>,
}

/// Runs shorter than this many months are shown by quarter.
const SHORT: usize = 18;
/// Maps in a figure: more would be too small.
const MOST: usize = 12;

/// The months put together into years, or into quarters when they are few; when years are too many, several of them at a time. A period
/// that is not whole says which months it has.
fn periods(months: &[String]) -> (&'static str, Vec<Period>) {
    let dates: Vec<Date> = months.iter().filter_map(|m| format!("{m}-01").parse().ok()).collect();
    if dates.len() != months.len() || dates.is_empty() {
        return ("year", vec![]);
    }
    let short = dates.len() < SHORT;
    let years = i32::from(dates[dates.len() - 1].year()) - i32::from(dates[0].year()) + 1;
    let several = (years as usize).div_ceil(MOST).max(1) as i32;
    let first = i32::from(dates[0].year());
    let part = |d: &Date| match short {
        true => i32::from(d.year()) * 4 + i32::from(d.month() - 1) / 3,
        false => (i32::from(d.year()) - first) / several,
    };
    let mut out: Vec<Period> = vec![];
    let mut begin = 0;
    for end in 1..=dates.len() {
        if end < dates.len() && part(&dates[end]) == part(&dates[begin]) {
            continue;
        }
        let (a, b) = (dates[begin], dates[end - 1]);
        let whole = if short { 3 } else { 12 * several as usize };
        let month = |d: Date| d.strftime("%b").to_string();
        let title = match (end - begin == whole, a.year() == b.year()) {
            (true, true) if !short => a.year().to_string(),
            (true, false) => format!("{}–{}", a.year(), b.year()),
            (_, true) if begin + 1 == end => format!("{} {}", month(a), a.year()),
            (_, true) => format!("{}–{} {}", month(a), month(b), a.year()),
            (false, false) => format!("{} {}–{} {}", month(a), a.year(), month(b), b.year()),
        };
        out.push(Period { title, months: begin..end });
        begin = end;
    }
    (if short { "quarter" } else { "year" }, out)
}

/// The same map several times over.
#[derive(Debug, Clone)]
pub struct Multiples<'a> {
    texts: Texts,
    panels: Vec<(String, Cells<'a>, Field)>,
    ground: &'a Ground,
    scale: Scale,
}

/// Room between two maps, and above each for its title.
const GAP: f64 = 10.0;
const NAME: f64 = 22.0;

impl<'a> Multiples<'a> {
    /// A map for every period, by its title and the values of all cells in it; nothing when all are zero.
    fn new(
        texts: Texts,
        map: &'a Mapped,
        (titles, values): (Vec<String>, Vec<Vec<f64>>),
        scale: Scale,
        ground: &'a Ground,
    ) -> Option<Multiples<'a>> {
        let shown: Vec<Cells> =
            values.iter().map(|v| map.outlines.iter().zip(v.iter().copied()).filter(|c| c.1 > 0.0).collect()).collect();
        if shown.iter().all(Vec::is_empty) {
            return None;
        }
        // All show the same part of the earth.
        let (view, height) = view(shown.iter().flatten().map(|c| c.0));
        let columns = match shown.len() {
            n if n <= 4 => 2,
            n if n <= 9 => 3,
            _ => 4,
        };
        let width = (MAP_WIDTH - GAP * (columns - 1) as f64) / columns as f64;
        let height = height * width / MAP_WIDTH;
        let field = |i: usize| Field {
            left: LEFT + (width + GAP) * (i % columns) as f64,
            top: TOP + NAME + (height + NAME + GAP) * (i / columns) as f64,
            width,
            height,
            view,
        };
        let panels = titles.into_iter().zip(shown).enumerate().map(|(i, (title, cells))| (title, cells, field(i)));
        Some(Multiples { texts, panels: panels.collect(), ground, scale })
    }

    fn bottom(&self) -> f64 {
        // The key needs its room beside one row of maps too.
        self.panels.iter().map(|p| p.2.top + p.2.height).fold(TOP + 290.0, f64::max)
    }
}

impl Figure for Multiples<'_> {
    fn size(&self) -> (f64, f64) {
        (WIDTH, (self.bottom() + FOOT).round())
    }

    fn title(&self) -> &str {
        &self.texts.title
    }

    fn draw<B: DrawingBackend>(&self, on: &mut Canvas<'_, B>) -> Result<()> {
        let Texts { title, subtitle, caption, key } = &self.texts;
        heading(on, self.size(), title, subtitle, caption)?;
        for (name, cells, field) in &self.panels {
            on.text(name, (field.left, field.top - 7.0), Pen::bold(BODY, INK), Align::Left)?;
            field.draw(on, self.ground, cells, self.scale, 0.5)?;
        }
        self.scale.key(on, key)?;
        on.text(ATTRIBUTION, (LEFT, self.bottom() + 18.0), Pen::new(SMALL, GREY), Align::Left)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn months(first: &str, n: usize) -> Vec<String> {
        let first: Date = format!("{first}-01").parse().unwrap();
        let all = std::iter::successors(Some(first), |d| d.last_of_month().tomorrow().ok());
        all.take(n).map(|d| d.strftime("%Y-%m").to_string()).collect()
    }

    #[test]
    fn long_runs_are_cut_into_years_and_short_ones_into_quarters() {
        let of = |first: &str, n: usize| {
            let (per, all) = periods(&months(first, n));
            assert_eq!(all.iter().map(|p| p.months.len()).sum::<usize>(), n, "no month is lost");
            assert!(all.windows(2).all(|p| p[0].months.end == p[1].months.start));
            (per, all.into_iter().map(|p| p.title).collect::<Vec<_>>())
        };
        assert_eq!(of("2011-10", 27), ("year", vec!["Oct–Dec 2011".into(), "2012".into(), "2013".into()]));
        assert_eq!(of("2011-10", 6), ("quarter", vec!["Oct–Dec 2011".into(), "Jan–Mar 2012".into()]));
        assert_eq!(of("2011-12", 2), ("quarter", vec!["Dec 2011".into(), "Jan 2012".into()]));
        let (_, many) = of("2001-01", 12 * 25 + 1);
        assert!(many.len() <= MOST, "{many:?}");
        assert_eq!((many[0].as_str(), many.last().map(String::as_str)), ("2001–2003", Some("Jan 2025–Jan 2026")));
        assert!(periods(&["first".into()]).1.is_empty() && periods(&[]).1.is_empty());
    }
}
