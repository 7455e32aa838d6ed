//! How far replicates lie apart, month by month: medians, with bands around them.

use super::axis::day;
use super::chart::{Chart, Mark, Panel, Set};
use super::compare::short_names;
use super::read::{Band, Manifest};
use super::theme::{INK, capital, colour};
use jiff::civil::Date;
use plotters::style::RGBColor;
use std::collections::{BTreeMap, BTreeSet};

/// Metrics with a figure, and what it is called.
const HEADLINES: [(&str, &str); 12] = [
    ("sea_departures", "People who put to sea towards Europe"),
    ("sea_arrivals", "People who landed in Europe"),
    ("sea_deaths", "People who died at sea"),
    ("people_in_libya", "Migrants in Libya"),
    ("people_detained", "People in detention"),
    ("arms_looted_small_arms", "Small arms looted from depots"),
    ("arms_reached_sahel_small_arms", "Small arms that reached the Sahel"),
    ("price_small_arms_libya", "What a rifle costs in Libya's black markets"),
    ("fatalities_libya", "People killed in fighting in Libya"),
    ("fatalities_mali", "People killed in fighting in Mali"),
    ("oil_production", "Oil that reaches ships in Libya"),
    ("unity", "How far one government commands Libya"),
];
/// Scenarios in a figure: the bands of more cannot be told apart.
const MOST_ARMS: usize = 4;
/// What lines and bands are.
const BANDS: &str = "median, 25 to 75 % (inner band) and 5 to 95 % (outer) of the replicates";

/// A figure for each headline metric that is ever other than zero, by file name.
pub fn all(manifest: &Manifest, rows: &[Band]) -> Vec<(String, Chart)> {
    let arms = arms(manifest, rows);
    let figure = |(metric, title): &(&str, &str)| {
        let of: Vec<&Band> = rows.iter().filter(|b| b.metric == *metric).collect();
        Some((format!("bands_{metric}"), chart(manifest, title, &of, &arms)?))
    };
    HEADLINES.iter().filter_map(figure).collect()
}

/// A scenario of a figure.
struct Arm {
    name: String,
    label: String,
    colour: RGBColor,
}

/// The scenarios that are drawn, the baseline first, and how many are not.
fn arms(manifest: &Manifest, rows: &[Band]) -> (Vec<Arm>, usize) {
    let mut names: Vec<&str> = Vec::new();
    let listed = [manifest.scenario.as_str(), "baseline"].into_iter();
    let listed = listed.chain(manifest.policies.iter().map(String::as_str));
    let here: BTreeSet<&str> = rows.iter().map(|b| b.arm.as_str()).collect();
    for name in listed.filter(|n| here.contains(n)).chain(rows.iter().map(|b| b.arm.as_str())) {
        if !names.contains(&name) {
            names.push(name);
        }
    }
    let baseline = |name: &str| name == manifest.scenario || name == "baseline";
    let policies: Vec<&str> = names.iter().take(MOST_ARMS).copied().filter(|n| !baseline(n)).collect();
    let labels = short_names(manifest, &policies);
    let mut next = 0;
    let all = names.iter().take(MOST_ARMS).map(|name| match baseline(name) {
        true => Arm { name: name.to_string(), label: "Baseline".into(), colour: INK },
        false => {
            next += 1;
            let label = labels.get(*name).cloned().unwrap_or_else(|| name.to_string());
            Arm { name: name.to_string(), label, colour: colour(next - 1) }
        }
    });
    (all.collect(), names.len().saturating_sub(MOST_ARMS))
}

fn chart(manifest: &Manifest, title: &str, rows: &[&Band], (arms, more): &(Vec<Arm>, usize)) -> Option<Chart> {
    let live = |b: &&&Band| arms.iter().any(|a| a.name == b.arm) && [b.q05, b.q50, b.q95].iter().any(|v| v.abs() > 0.0);
    let one: &Band = rows.iter().find(live)?;
    let (months, cut) = months(manifest, rows);
    let first = *months.first()?;
    let end = months.last()?.last_of_month();
    let spans: Vec<(f64, f64)> = months.iter().map(|m| (day(first, *m), day(first, m.last_of_month()) + 1.0)).collect();
    let mut sets = Vec::new();
    let mut lines = Vec::new();
    for arm in arms {
        let by_month: BTreeMap<Date, &Band> =
            rows.iter().filter(|b| b.arm == arm.name).map(|b| (b.month, *b)).collect();
        if by_month.is_empty() {
            continue;
        }
        let values = |of: fn(&Band) -> f64| -> Vec<f64> {
            months.iter().map(|m| by_month.get(m).map_or(f64::NAN, |b| of(b))).collect()
        };
        let set = |label: &str, mark, y, low| Set {
            label: label.to_string(),
            colour: arm.colour,
            mark,
            spans: spans.clone(),
            y,
            low,
        };
        sets.push(set("", Mark::Band, values(|b| b.q95), values(|b| b.q05)));
        sets.push(set("", Mark::Band, values(|b| b.q75), values(|b| b.q25)));
        lines.push(set(&arm.label, Mark::Line, values(|b| b.q50), Vec::new()));
    }
    // No band hides a median.
    sets.append(&mut lines);
    let mut caption = manifest.caption_of_many();
    if cut {
        caption.push_str(". Incomplete months are left out.");
    }
    let subtitle = match more {
        0 => manifest.title.clone(),
        1 => format!("{}; one more policy is not drawn", manifest.title),
        n => format!("{}; {n} more policies are not drawn", manifest.title),
    };
    Some(Chart {
        title: title.to_string(),
        subtitle,
        caption,
        days: (first, end),
        panels: vec![Panel { axis_title: format!("{}: {BANDS}", axis_title(one)), weight: 1.0, whole: false, sets }],
    })
}

/// What a month's value is.
fn axis_title(b: &Band) -> String {
    match b.kind.as_str() {
        "flow" => format!("{} a month", capital(b.unit.trim_end_matches("/day"))),
        "stock" => format!("{}, on the last day of the month", capital(&b.unit)),
        _ => format!("{}, mean of the month", capital(&b.unit)),
    }
}

/// The months, every one between the first and the last, and whether some at an end were left out: a part of a month beside
/// whole ones looks like a fall.
fn months(manifest: &Manifest, rows: &[&Band]) -> (Vec<Date>, bool) {
    let (Some(first), Some(last)) = (rows.iter().map(|b| b.month).min(), rows.iter().map(|b| b.month).max()) else {
        return (Vec::new(), false);
    };
    let next = |m: &Date| m.last_of_month().tomorrow().ok().filter(|m| *m <= last);
    let all: Vec<Date> = std::iter::successors(Some(first), next).collect();
    let (start, end) = manifest.days();
    let whole = |m: &&Date| start.is_none_or(|s| s <= **m) && end.is_none_or(|e| m.last_of_month() <= e);
    let kept: Vec<Date> = all.iter().filter(whole).copied().collect();
    if kept.len() < 3 {
        return (all, false);
    }
    let cut = kept.len() < all.len();
    (kept, cut)
}
