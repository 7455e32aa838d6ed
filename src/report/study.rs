//! Which figures a study has: what its factors do to a measure, and where patterns hold.

use super::axis::Values;
use super::compare::Names;
use super::read::{Change, Correlation, Index, Manifest, Pattern};
use super::rows::{Row, Rows, TICKS};
use super::theme::{capital, number, title_words};
use super::verdict::Verdict;

/// Factors in a figure: more are not read.
const MOST: usize = 24;

/// What a mark says in these figures.
pub fn said(v: Verdict) -> &'static str {
    match v {
        Verdict::Unclear => "within what chance alone gives",
        _ => "beyond what chance alone gives",
    }
}

/// Indices and shares cannot fall below zero: that their interval leaves it out says nothing.
pub fn nothing_said(_: Verdict) -> &'static str {
    ""
}

/// A factor with its index.
struct Bar {
    name: String,
    at: f64,
    low: f64,
    high: f64,
    numbers: [String; 3],
    verdict: Verdict,
}

/// What all bars of a figure share.
struct Frame<'a> {
    title: String,
    subtitle: &'a str,
    names: &'static str,
    columns: [&'static str; 3],
    axis_title: String,
    /// Ends that the axis has at least.
    ends: (f64, f64),
    note: String,
    caption: String,
    said: fn(Verdict) -> &'static str,
}

/// A figure of bars, the longest first; `None` when no factor has a value.
fn bars(frame: Frame, mut all: Vec<Bar>) -> Option<Rows> {
    all.retain(|b| b.at.is_finite());
    all.sort_by(|a, b| b.at.abs().total_cmp(&a.at.abs()).then(a.name.cmp(&b.name)));
    let more = all.len().saturating_sub(MOST);
    all.truncate(MOST);
    let ends = all.iter().flat_map(|b| [b.at, b.low, b.high]).filter(|v| v.is_finite());
    let (low, high) = ends.fold(frame.ends, |(a, b), v| (a.min(v), b.max(v)));
    if all.is_empty() || low >= high {
        return None;
    }
    let row = |b: Bar| Row {
        heading: None,
        name: b.name,
        unit: String::new(),
        at: b.at,
        low: b.low,
        high: b.high,
        verdict: b.verdict,
        numbers: b.numbers.map(|n| [n, String::new()]),
    };
    let not_shown = if more > 0 { format!(" Not shown: {more} more.") } else { String::new() };
    Some(Rows {
        title: frame.title,
        subtitle: frame.subtitle.to_string(),
        names: frame.names.into(),
        columns: frame.columns,
        axis_title: frame.axis_title,
        axis: Values::signed(low, high, TICKS),
        bars: true,
        said: frame.said,
        rows: all.into_iter().map(row).collect(),
        note: format!("{}{not_shown}", frame.note),
        caption: frame.caption,
    })
}

/// A key such as `processes.stockpiles.raid_rate` for people.
pub fn factor(key: &str) -> String {
    let parts: Vec<&str> = key.split('.').skip(1).map(|p| p.trim_matches('"')).collect();
    let words: Vec<String> = parts.iter().map(|p| p.replace('_', " ")).collect();
    if words.is_empty() { key.to_string() } else { capital(&words.join(": ")) }
}

/// A number to three digits.
fn three(v: f64) -> String {
    if !v.is_finite() {
        return "–".into();
    }
    let decimals = if v == 0.0 { 0.0 } else { (2.0 - libm::floor(libm::log10(v.abs()))).clamp(0.0, 6.0) };
    number(v, decimals as usize)
}

/// A share, to hundredths: estimates are not better than that.
fn hundredths(v: f64) -> String {
    if v.is_finite() { number(v, 2) } else { "–".into() }
}

/// Measures of each arm, in the order of the file.
fn groups<'a, T>(rows: &'a [T], of: impl Fn(&'a T) -> (&'a str, &'a str)) -> Vec<(&'a str, &'a str, Vec<&'a T>)> {
    let mut out: Vec<(&str, &str, Vec<&T>)> = vec![];
    for row in rows {
        let (arm, measure) = of(row);
        match out.iter_mut().find(|g| (g.0, g.1) == (arm, measure)) {
            Some(group) => group.2.push(row),
            None => out.push((arm, measure, vec![row])),
        }
    }
    out
}

/// Name of a file for a measure of an arm; that of the scenario itself is not named.
fn file(names: &mut Names, kind: &str, manifest: &Manifest, arm: &str, measure: &str) -> String {
    let of = if arm == manifest.scenario { measure.to_string() } else { format!("{measure}_{arm}") };
    names.free(kind, &of)
}

/// Indices of Morris or of Sobol, a figure for each arm and measure, by file name.
pub fn indices(manifest: &Manifest, rows: &[Index]) -> Vec<(String, Rows)> {
    let mut names = Names::default();
    let mut out = vec![];
    for (arm, measure, rows) in groups(rows, |r: &Index| (r.arm.as_str(), r.measure.as_str())) {
        let sobol = rows.iter().any(|r| r.total.is_finite());
        let bar = |r: &&Index| {
            let name = factor(&r.factor);
            match sobol {
                true => Bar {
                    name,
                    at: r.total,
                    low: r.total_low,
                    high: r.total_high,
                    numbers: [
                        format!("{} to {}", hundredths(r.total_low), hundredths(r.total_high)),
                        hundredths(r.total),
                        hundredths(r.first),
                    ],
                    verdict: Verdict::Changed,
                },
                false => Bar {
                    name,
                    at: r.mu_star,
                    low: r.mu_star_low,
                    high: r.mu_star_high,
                    numbers: [three(r.mu_star), three(r.mu), three(r.sigma)],
                    verdict: Verdict::Changed,
                },
            }
        };
        let unit = rows.first().map_or("", |r| r.unit.as_str());
        let frame = Frame {
            title: format!("{}: what it hangs on", title_words(measure)),
            subtitle: &manifest.title,
            names: "Factor",
            columns: if sobol { ["95 % interval", "Total", "Alone"] } else { ["Mean size", "Mean", "Spread"] },
            axis_title: match sobol {
                true => "Total-order index: share of the variance left when all others are fixed".into(),
                false => format!("Mean size of an elementary effect over the factor's range, {unit}"),
            },
            ends: (0.0, 0.0),
            note: match sobol {
                true => "Bars: total-order index and its 95 % interval (bootstrap). Alone: first-order index.".into(),
                false => {
                    "Bars: mu* and its 95 % interval (bootstrap). A large spread (sigma): bent, or not alone.".into()
                }
            },
            caption: manifest.caption_of_many(),
            said: nothing_said,
        };
        out.extend(
            bars(frame, rows.iter().map(bar).collect())
                .map(|f| (file(&mut names, "indices", manifest, arm, measure), f)),
        );
    }
    out
}

/// What each variant, value of a factor or two-level effect does to a measure, a figure for each arm and measure, by file name.
pub fn effects(manifest: &Manifest, rows: &[Change]) -> Vec<(String, Rows)> {
    let mut names = Names::default();
    let mut out = vec![];
    for (arm, measure, rows) in groups(rows, |r: &Change| (r.arm.as_str(), r.measure.as_str())) {
        let two_levels = rows.iter().any(|r| !r.effect_of.is_empty());
        let tested = rows.iter().any(|r| r.standard_error.is_finite() || r.low.is_finite());
        let bar = |r: &&Change| {
            let error = 2.0 * r.standard_error;
            let (low, high) = if two_levels { (r.effect - error, r.effect + error) } else { (r.low, r.high) };
            let keys: Vec<String> = r.effect_of.split(" x ").map(factor).collect();
            Bar {
                name: match (r.variant.is_empty(), r.factor.is_empty()) {
                    (false, _) => capital(&r.variant),
                    (_, false) => format!("{} = {}", factor(&r.factor), r.value),
                    _ => keys.join(" x "),
                },
                at: r.effect,
                low,
                high,
                numbers: [format!("{} to {}", three(low), three(high)), three(r.effect), String::new()],
                verdict: if low > 0.0 || high < 0.0 { Verdict::Changed } else { Verdict::Unclear },
            }
        };
        let unit = rows.first().map_or("", |r| r.unit.as_str());
        let frame = Frame {
            title: format!("{}: what changes it", title_words(measure)),
            subtitle: &manifest.title,
            names: "Change",
            columns: [if two_levels { "± 2 errors" } else { "95 % interval" }, "Effect", ""],
            axis_title: format!("Change, {unit}"),
            ends: (0.0, 0.0),
            note: match (two_levels, tested) {
                (_, false) => "Bars: one run each: what is chance cannot be told. Replicates give intervals.".into(),
                (true, _) => {
                    "Bars: mean change from the factor's low to its high level, with twice its standard error. a x b: \
                              interaction."
                        .into()
                }
                _ => "Bars: mean change against the first point on the same luck, with its 95 % interval (t).".into(),
            },
            caption: manifest.caption_of_many(),
            said: if tested { said } else { nothing_said },
        };
        let figure = bars(frame, rows.iter().map(bar).collect());
        out.extend(figure.map(|f| (file(&mut names, "effects", manifest, arm, measure), f)));
    }
    out
}

/// Rank correlations of a design that fills space, a figure for each arm and measure, by file name.
pub fn correlations(manifest: &Manifest, rows: &[Correlation]) -> Vec<(String, Rows)> {
    let mut names = Names::default();
    let mut out = vec![];
    for (arm, measure, rows) in groups(rows, |r: &Correlation| (r.arm.as_str(), r.measure.as_str())) {
        let points = rows.first().map_or(0, |r| r.points);
        // Of points without any connection 95 % lie within this of zero.
        let chance = 1.96 / libm::sqrt(f64::from(points.max(2) - 1));
        let bar = |r: &&Correlation| Bar {
            name: factor(&r.factor),
            at: r.spearman,
            low: f64::NAN,
            high: f64::NAN,
            numbers: [three(r.spearman), String::new(), String::new()],
            verdict: if r.spearman.abs() > chance { Verdict::Changed } else { Verdict::Unclear },
        };
        let frame = Frame {
            title: format!("{}: what it goes with", title_words(measure)),
            subtitle: &manifest.title,
            names: "Factor",
            columns: ["Spearman", "", ""],
            axis_title: "Rank correlation with the factor, over points".into(),
            ends: (0.0, 0.0),
            note: format!("{points} points. By chance alone 95 % of rank correlations lie within {chance:.2} of zero."),
            caption: manifest.caption_of_many(),
            said,
        };
        let figure = bars(frame, rows.iter().map(bar).collect());
        out.extend(figure.map(|f| (file(&mut names, "correlations", manifest, arm, measure), f)));
    }
    out
}

/// At how many points patterns hold.
pub fn patterns(manifest: &Manifest, rows: &[Pattern]) -> Option<Rows> {
    let bar = |r: &Pattern| Bar {
        name: capital(&r.pattern),
        at: 100.0 * r.share,
        low: 100.0 * r.low,
        high: 100.0 * r.high,
        numbers: [format!("{} of {}", r.holds, r.points), format!("{} %", number(100.0 * r.share, 0)), String::new()],
        verdict: Verdict::Changed,
    };
    let frame = Frame {
        title: "Where patterns hold".into(),
        subtitle: &manifest.title,
        names: "Pattern",
        columns: ["Points", "Share", ""],
        axis_title: "Share of the points at which it holds, %".into(),
        ends: (0.0, 100.0),
        note:
            "Bars: share with its 95 % interval (Wilson). What holds everywhere is built in as far as these factors go."
                .into(),
        caption: manifest.caption_of_many(),
        said: nothing_said,
    };
    bars(frame, rows.iter().map(bar).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_words() {
        assert_eq!(factor("processes.stockpiles.raid_rate"), "Stockpiles: raid rate");
        assert_eq!(factor("lever.\"Law 2015-36\".intensity"), "Law 2015-36: intensity");
        assert_eq!(factor("seed"), "seed");
        assert_eq!([0.0, 0.0123, 1234.5, f64::NAN].map(three), ["0", "0.0123", "1,234", "–"]);
    }

    fn manifest() -> Manifest {
        serde_json::from_str(r#"{"title": "T", "scenario": "s", "seed": 1, "version": "0", "replicates": 2}"#).unwrap()
    }

    /// The longest bar comes first, factors without a value are left out; another arm has a
    /// file of its own.
    #[test]
    fn factors_come_by_size() {
        let index = |arm: &str, factor: &str, total: f64, low: f64| Index {
            factor: format!("lever.{factor}.intensity"),
            arm: arm.into(),
            measure: "unity".into(),
            total,
            total_low: low,
            total_high: total + 0.1,
            ..Index::default()
        };
        let rows = [
            index("s", "a", 0.1, 0.0),
            index("s", "b", 0.8, 0.6),
            index("s", "c", f64::NAN, 0.0),
            index("p", "a", 0.5, 0.4),
        ];
        let all = indices(&manifest(), &rows);
        let names: Vec<&str> = all.iter().map(|f| f.0.as_str()).collect();
        assert_eq!(names, ["indices_unity", "indices_unity_p"]);
        let shown: Vec<&str> = all[0].1.rows.iter().map(|r| r.name.as_str()).collect();
        assert_eq!(shown, ["B: intensity", "A: intensity"]);
    }

    #[test]
    fn patterns_are_shares_of_points() {
        let row = Pattern { pattern: "A1".into(), points: 20, holds: 19, share: 0.95, low: 0.76, high: 0.99 };
        let figure = patterns(&manifest(), &[row]).unwrap();
        assert_eq!((figure.rows[0].at, figure.rows[0].numbers[0][0].as_str()), (95.0, "19 of 20"));
        assert_eq!(figure.axis.ends(), (0.0, 100.0));
        assert!(patterns(&manifest(), &[]).is_none());
    }
}
