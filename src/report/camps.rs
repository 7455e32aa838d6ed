//! People of camps, camp by camp, beside the registered where people are.

use super::axis::day;
use super::chart::{Chart, Mark, Panel, Set};
use super::read::{CampDay, Manifest};
use super::theme::{INK, colour};
use std::collections::BTreeMap;

/// Camps of a figure: the largest.
const MOST: usize = 6;
/// Days that are drawn.
const MOST_POINTS: usize = 200;

/// The figure, where anybody is in a camp: of a run its people, of several their median and bands.
pub fn chart(manifest: &Manifest, rows: &[CampDay]) -> Option<Chart> {
    let (first, last) = (rows.first()?.date, rows.last()?.date);
    let mut camps: BTreeMap<&str, Vec<&CampDay>> = BTreeMap::new();
    rows.iter().for_each(|r| camps.entry(&r.site).or_default().push(r));
    let registers = |r: &CampDay| r.registered.is_finite();
    let size = |rows: &[&CampDay]| rows.iter().map(|r| if registers(r) { r.registered } else { r.q50 }).sum::<f64>();
    let mut by_size: Vec<(&str, Vec<&CampDay>)> = camps.into_iter().filter(|c| size(&c.1) > 0.0).collect();
    by_size.sort_by(|a, b| size(&b.1).total_cmp(&size(&a.1)));
    let left_out = by_size.len().saturating_sub(MOST);
    let several = rows.iter().any(|r| r.q05.is_finite());
    let panel = |(site, rows): &(&str, Vec<&CampDay>)| {
        let step = rows.len().div_ceil(MOST_POINTS).max(1);
        let shown: Vec<&CampDay> = rows.iter().copied().step_by(step).collect();
        let spans: Vec<(f64, f64)> = shown.iter().map(|r| (day(first, r.date), day(first, r.date) + 1.0)).collect();
        let set = |label: &str, colour, mark, y: fn(&CampDay) -> f64, low: Option<fn(&CampDay) -> f64>| Set {
            label: label.into(),
            colour,
            mark,
            spans: spans.clone(),
            y: shown.iter().map(|r| y(r)).collect(),
            low: low.map_or(vec![], |low| shown.iter().map(|r| low(r)).collect()),
        };
        let mut sets = vec![];
        if several {
            sets.push(set("", colour(0), Mark::Band, |r| r.q95, Some(|r| r.q05)));
            sets.push(set("", colour(0), Mark::Band, |r| r.q75, Some(|r| r.q25)));
        }
        let people = if several { "median of runs" } else { "this run" };
        sets.push(set(people, colour(0), Mark::Line, |r| r.q50, None));
        if shown.iter().any(|r| r.baseline.is_finite()) {
            sets.push(set("without a model", colour(3), Mark::Dashed, |r| r.baseline, None));
        }
        if shown.iter().any(|r| registers(r)) {
            sets.push(set("registered", INK, Mark::Dashed, |r| r.registered, None));
        }
        Panel { axis_title: format!("{site}, persons"), weight: 1.0, whole: true, sets }
    };
    let panels: Vec<Panel> = by_size.iter().take(MOST).map(panel).collect();
    let subtitle = match left_out {
        0 => manifest.title.clone(),
        1 => format!("{}; the smallest camp is not drawn", manifest.title),
        n => format!("{}; the {n} smallest camps are not drawn", manifest.title),
    };
    let bands = if several { "; bands: the middle half and nine tenths" } else { "" };
    let beside = if rows.iter().any(registers) { " beside those registered there" } else { "" };
    let title = format!("People in camps{beside}{bands}");
    let caption = if several { manifest.caption_of_many() } else { manifest.caption() };
    (!panels.is_empty()).then_some(Chart { title, subtitle, caption, days: (first, last), panels })
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    #[test]
    fn the_largest_camps_come_first_and_empty_ones_not_at_all() {
        let row = |site: &str, n: i8, registered: f64| CampDay {
            date: date(2012, 3, n),
            site: site.into(),
            registered,
            baseline: 1.0,
            q05: f64::NAN,
            q25: f64::NAN,
            q50: registered + 1.0,
            q75: f64::NAN,
            q95: f64::NAN,
        };
        let rows: Vec<CampDay> = (1..=3)
            .flat_map(|n| [row("Nobody", n, 0.0), row("Small", n, 10.0), row("Large", n, 30.0 * f64::from(n))])
            .collect();
        let manifest: Manifest =
            serde_json::from_str(r#"{"title": "T", "scenario": "s", "seed": 1, "version": "0"}"#).expect("a manifest");
        let chart = chart(&manifest, &rows).expect("a chart");
        let titles: Vec<&str> = chart.panels.iter().map(|p| p.axis_title.as_str()).collect();
        assert_eq!(titles, ["Large, persons", "Small, persons"]);
        assert_eq!(chart.panels[0].sets[0].y, [31.0, 61.0, 91.0]);
        assert_eq!(chart.panels[0].sets[0].spans, [(0.0, 1.0), (1.0, 2.0), (2.0, 3.0)]);
        assert_eq!(chart.days, (date(2012, 3, 1), date(2012, 3, 3)));
        assert!(super::chart(&manifest, &[]).is_none());
    }
}
