//! Which figures a comparison of policies has, and what is in them.

use super::axis::Values;
use super::read::{Better, Cost, Effect, Manifest};
use super::rows::{Row, Rows, TICKS};
use super::theme::{Rounding, capital, file_name, large, number, title_words};
use super::tradeoff::{Point, Tradeoff, dominated};
use super::verdict::{Verdict, is_shown};
use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

/// Rows of a forest plot: more are not read.
const MOST_ROWS: usize = 24;
/// Measures with figures of their own.
const MOST_MEASURES: usize = 8;
/// Policies in a figure.
const MOST_POLICIES: usize = 40;
/// What a policy costs is an axis beside the measures, and no measure of what it does.
const SPENDING: &str = "policy_spending";
/// An axis reaches this far in percent at least before something is cut off: nothing falls by more than all of it.
const LEAST_CUT: f64 = 100.0;

/// A comparison as its files have it.
pub struct Comparison<'a> {
    manifest: &'a Manifest,
    effects: &'a [Effect],
    costs: &'a [Cost],
    /// Names of the policies, in the manifest's order.
    policies: Vec<&'a str>,
    /// What charts call them.
    names: BTreeMap<String, String>,
}

impl<'a> Comparison<'a> {
    /// Puts the files together.
    pub fn new(manifest: &'a Manifest, effects: &'a [Effect], costs: &'a [Cost]) -> Comparison<'a> {
        let mut policies: Vec<&str> = Vec::new();
        let listed = manifest.policies.iter().chain(effects.iter().map(|e| &e.policy));
        for policy in listed {
            if !policies.contains(&policy.as_str()) {
                policies.push(policy);
            }
        }
        let names = short_names(manifest, &policies);
        Comparison { manifest, effects, costs, policies, names }
    }

    /// A forest plot for each policy, by file name.
    pub fn forests(&self) -> Vec<(String, Rows)> {
        let mut names = Names::default();
        let all = self.policies.iter().filter_map(|p| Some((*p, self.forest(p)?)));
        all.map(|(policy, rows)| (names.free("forest", policy), rows)).collect()
    }

    /// What each policy does to a measure, for the measures that most policies move, by file name.
    pub fn tornados(&self) -> Vec<(String, Rows)> {
        let mut names = Names::default();
        let all = self.measures().into_iter().filter_map(|m| Some((m, self.tornado(m)?)));
        all.map(|(measure, rows)| (names.free("tornado", measure), rows)).collect()
    }

    /// What that costs, for the same measures, by file name.
    pub fn tradeoffs(&self) -> Vec<(String, Tradeoff)> {
        let mut names = Names::default();
        let all = self.measures().into_iter().filter_map(|m| Some((m, self.tradeoff(m)?)));
        all.map(|(measure, figure)| (names.free("cost_effect", measure), figure)).collect()
    }

    fn forest(&self, policy: &str) -> Option<Rows> {
        let chosen = headline(self.effects, policy);
        if chosen.rows.is_empty() {
            return None;
        }
        let axis = percent_axis(&chosen.rows);
        let row = |(i, e): (usize, &&Effect)| Row {
            heading: (e.better.is_none() && i > 0 && chosen.rows[i - 1].better.is_some())
                .then(|| "Neither way is better".to_string()),
            name: title_words(&e.measure),
            unit: e.unit.clone(),
            at: e.percent,
            low: e.percent_low,
            high: e.percent_high,
            verdict: Verdict::of(e),
            numbers: numbers(e),
        };
        let rows: Vec<Row> = chosen.rows.iter().enumerate().map(row).collect();
        let (least, most) = axis.ends();
        let beyond = rows.iter().any(|r| r.at.min(r.low) < least || r.at.max(r.high) > most);
        let cut = if beyond { " (arrows: beyond the scale)" } else { "" };
        let mut left_out = Vec::new();
        if chosen.more > 0 {
            left_out.push(format!("{} more", chosen.more));
        }
        if chosen.idle > 0 {
            left_out.push(format!("{} unchanged or not above zero in the baseline", chosen.idle));
        }
        let left_out = match left_out.is_empty() {
            true => String::new(),
            false => format!(" Not shown: {}.", left_out.join(", and ")),
        };
        Some(Rows {
            title: capital(self.title(policy)),
            subtitle: format!("What the policy changes, against the baseline: {}", self.manifest.title),
            names: "Over the whole run".into(),
            columns: COLUMNS,
            axis_title: format!("Change in percent of the baseline's mean{cut}"),
            axis,
            bars: false,
            said: Verdict::label,
            rows,
            note: format!("{}{left_out}", how("Mean", &chosen.rows)),
            caption: self.manifest.caption_of_many(),
        })
    }

    fn tornado(&self, measure: &str) -> Option<Rows> {
        let mut all: Vec<&Effect> =
            self.effects.iter().filter(|e| e.measure == measure && e.effect.is_finite()).collect();
        let first = *all.first()?;
        let more = all.len().saturating_sub(MOST_POLICIES);
        all.sort_by(|a, b| is_shown(b).cmp(&is_shown(a)).then(b.effect.abs().total_cmp(&a.effect.abs())));
        all.truncate(MOST_POLICIES);
        // The best at the top.
        let sign = if first.better == Some(Better::Higher) { -1.0 } else { 1.0 };
        all.sort_by(|a, b| (sign * a.effect).total_cmp(&(sign * b.effect)));
        let ends = all.iter().flat_map(|e| [e.effect, e.low, e.high]).filter(|v| v.is_finite());
        let (low, high) = ends.fold((0.0, 0.0), |(a, b): (f64, f64), v| (a.min(v), b.max(v)));
        let (divide, word) = large(high.max(-low));
        let unit = format!("{word} {}", first.unit);
        let rows = all.iter().map(|e| Row {
            heading: None,
            name: self.name(&e.policy),
            unit: String::new(),
            at: e.effect / divide,
            low: e.low / divide,
            high: e.high / divide,
            verdict: Verdict::of(e),
            numbers: numbers(e),
        });
        let baseline = Some(first.baseline).filter(|b| b.is_finite());
        let without = baseline.map_or(String::new(), |b| format!(" Baseline's mean: {} {}.", plain(b), first.unit));
        Some(Rows {
            title: format!("{}: what each policy changes", title_words(measure)),
            subtitle: format!("Against the baseline: {}", self.manifest.title),
            names: "Policy".into(),
            columns: COLUMNS,
            axis_title: format!("Change over the whole run, {}{}", unit.trim(), direction(first.better)),
            axis: Values::signed(low / divide, high / divide, TICKS),
            bars: true,
            said: Verdict::label,
            rows: rows.collect(),
            note: format!("{}{without}{}", how("Bars: mean", &all), not_shown(more)),
            caption: self.manifest.caption_of_many(),
        })
    }

    fn tradeoff(&self, measure: &str) -> Option<Tradeoff> {
        let mut costs: Vec<&Cost> = self.costs.iter().filter(|c| c.measure == measure).collect();
        costs.retain(|c| c.cost_usd.is_finite() && c.gain.is_finite());
        let unit = costs.first()?.unit.clone();
        costs.sort_by(|a, b| a.cost_usd.total_cmp(&b.cost_usd).then(b.gain.total_cmp(&a.gain)));
        let by_means = dominated(&costs.iter().map(|c| (c.cost_usd, c.gain)).collect::<Vec<_>>());
        let million = |usd: f64| usd / 1e6;
        let ends = costs.iter().flat_map(|c| [c.gain, c.gain_low, c.gain_high]).filter(|v| v.is_finite());
        let (divide, word) = large(ends.fold(0.0, |m: f64, v| m.max(v.abs())));
        let unit = format!("{word} {unit}");
        let points = costs.iter().zip(by_means).map(|(c, beaten)| Point {
            name: self.name(&c.policy),
            cost: [c.cost_usd, c.cost_low, c.cost_high].map(million),
            gain: [c.gain, c.gain_low, c.gain_high].map(|v| v / divide),
            // The file knows more digits than it prints.
            dominated: beaten || !c.dominated_by.is_empty(),
        });
        let mut points: Vec<Point> = points.collect();
        let more = points.len().saturating_sub(MOST_POLICIES);
        if more > 0 {
            points.sort_by_key(|p| p.dominated);
            points.truncate(MOST_POLICIES);
            points.sort_by(|a, b| a.cost[0].total_cmp(&b.cost[0]));
        }
        Some(Tradeoff {
            title: format!("{}: what a gain costs", title_words(measure)),
            subtitle: format!("Against the baseline: {}", self.manifest.title),
            cost_title: "Spent more than in the baseline, million USD".into(),
            gain_title: format!("Gain over the whole run, {} (above zero is better)", unit.trim()),
            points,
            note: format!(
                "Means and 95 % intervals over pairs of runs. Dominated: by the means, another or the baseline costs no \
                 more and gains no less.{}",
                not_shown(more)
            ),
            caption: self.manifest.caption_of_many(),
        })
    }

    /// Measures with a better way that a policy is shown to move: indicators come first, and of them those that most policies
    /// move.
    fn measures(&self) -> Vec<&'a str> {
        let mut known: BTreeSet<&str> = BTreeSet::new();
        let mut all: Vec<(usize, bool, f64, &str)> = Vec::new();
        for e in self.effects.iter().filter(|e| e.better.is_some() && e.measure != SPENDING) {
            if !known.insert(&e.measure) {
                continue;
            }
            let moved: Vec<&Effect> = self.effects.iter().filter(|x| x.measure == e.measure && is_shown(x)).collect();
            let most = moved.iter().map(|x| x.percent.abs()).filter(|p| p.is_finite()).fold(0.0, f64::max);
            all.push((moved.len(), e.indicator, most, &e.measure));
        }
        all.retain(|m| m.0 > 0);
        // Leaks of one class of weapons from custody may be moved by more policies than deaths are; they are not asked for first.
        // As many policies: what is moved furthest, then the file's order.
        all.sort_by(|a, b| b.1.cmp(&a.1).then(b.0.cmp(&a.0)).then(b.2.total_cmp(&a.2)));
        all.into_iter().take(MOST_MEASURES).map(|m| m.3).collect()
    }

    fn title<'b>(&'b self, policy: &'b str) -> &'b str {
        title(self.manifest, policy)
    }

    fn name(&self, policy: &str) -> String {
        self.names.get(policy).cloned().unwrap_or_else(|| policy.to_string())
    }
}

/// Over the columns of numbers.
const COLUMNS: [&str; 3] = ["Change", "In percent", "Helps in"];

/// What is written beside an effect: in its unit, in percent, and the share of pairs.
fn numbers(e: &Effect) -> [[String; 2]; 3] {
    let with_interval =
        |v: f64, low: f64, high: f64, r: Rounding, sign: &str| match (v.is_finite(), (low + high).is_finite()) {
            (false, _) => ["–".to_string(), String::new()],
            (true, false) => [r.change(v) + sign, String::new()],
            (true, true) => [r.change(v) + sign, r.interval(low, high)],
        };
    let percent = Rounding::percent(e.percent_low, e.percent_high);
    let helps = match e.helps.is_finite() {
        true => format!("{} of {}", number((e.helps * f64::from(e.pairs)).round(), 0), e.pairs),
        false => "–".to_string(),
    };
    [
        with_interval(e.effect, e.low, e.high, Rounding::of(e.effect, e.low, e.high), ""),
        with_interval(e.percent, e.percent_low, e.percent_high, percent, " %"),
        [helps, String::new()],
    ]
}

/// Policies for which there was no room.
fn not_shown(more: usize) -> String {
    if more > 0 { format!(" Not shown: {more} more.") } else { String::new() }
}

/// What points and intervals are.
fn how(mark: &str, effects: &[&Effect]) -> String {
    let pairs: BTreeSet<u32> = effects.iter().map(|e| e.pairs).collect();
    let pairs = match (pairs.first(), pairs.last()) {
        (Some(a), Some(b)) if a != b => format!("{a} to {b}"),
        (Some(a), _) => a.to_string(),
        _ => "no".into(),
    };
    format!("{mark} and 95 % interval (t) over {pairs} pairs of runs that share their luck.")
}

fn direction(better: Option<Better>) -> &'static str {
    match better {
        Some(Better::Lower) => " (less is better)",
        Some(Better::Higher) => " (more is better)",
        None => "",
    }
}

/// A mean, to three digits.
fn plain(v: f64) -> String {
    Rounding::of(v, 0.9 * v, 1.1 * v).change(v).trim_start_matches('+').to_string()
}

/// The title of a scenario, or its name.
fn title<'a>(manifest: &'a Manifest, name: &'a str) -> &'a str {
    manifest.titles.get(name).filter(|t| !t.trim().is_empty()).map_or(name, String::as_str)
}

/// Titles without what all of them begin with, up to a year or a mark such as a colon: that is the place and the time, which
/// all share. One alone is held against the baseline's.
pub fn short_names(manifest: &Manifest, policies: &[&str]) -> BTreeMap<String, String> {
    let titles: Vec<&str> = policies.iter().map(|p| title(manifest, p)).collect();
    let parts: Vec<Vec<&str>> = titles.iter().map(|t| t.split_whitespace().collect()).collect();
    let bare = |word: &str| word.trim_end_matches([',', ':', ';', '.']).to_string();
    let mut others: Vec<Vec<&str>> = parts.clone();
    if others.len() == 1 {
        others.push(title(manifest, &manifest.scenario).split_whitespace().collect());
    }
    // A word of each policy is left at least.
    let most = parts.iter().map(|p| p.len().saturating_sub(1)).min().unwrap_or(0);
    let same = |i: &usize| others.iter().all(|p| p.get(*i).map(|w| bare(w)) == others[0].get(*i).map(|w| bare(w)));
    let ends = |i: &usize| others.iter().any(|p| p[*i].contains(|c: char| c.is_ascii_digit() || ",:;.".contains(c)));
    let shared = (0..most).take_while(same).filter(ends).last().map_or(0, |i| i + 1);
    let short = |p: &Vec<&str>| capital(&p[shared..].join(" "));
    let names: Vec<String> = parts.iter().map(short).collect();
    let distinct = names.iter().collect::<BTreeSet<_>>().len() == names.len();
    // Two of a name are told apart by their files' names.
    let named = policies.iter().zip(names).map(|(p, n)| (p.to_string(), if distinct { n } else { p.to_string() }));
    named.collect()
}

/// The rows of a forest plot.
struct Headline<'a> {
    rows: Vec<&'a Effect>,
    /// Measures for which there was no room.
    more: usize,
    /// Measures that nothing moves, or that are none without the policy.
    idle: usize,
}

/// The measures that a policy is judged by: first those with a better way; among them those whose interval leaves zero out,
/// the largest first.
fn headline<'a>(effects: &'a [Effect], policy: &str) -> Headline<'a> {
    let all: Vec<&Effect> = effects.iter().filter(|e| e.policy == policy && e.indicator).collect();
    let moves = |e: &&Effect| {
        e.baseline > 0.0
            && e.percent.is_finite()
            && [e.effect, e.low, e.high].iter().any(|v| *v != 0.0 && v.is_finite())
    };
    let mut rows: Vec<&Effect> = all.iter().copied().filter(|e| moves(e)).collect();
    let idle = all.len() - rows.len();
    let order = |a: &&Effect, b: &&Effect| -> Ordering {
        let group = |e: &Effect| (e.better.is_none(), !is_shown(e));
        group(a).cmp(&group(b)).then(b.percent.abs().total_cmp(&a.percent.abs()))
    };
    rows.sort_by(order);
    let more = rows.len().saturating_sub(MOST_ROWS);
    rows.truncate(MOST_ROWS);
    Headline { rows, more, idle }
}

/// An axis that holds the rows, but for a few that would squeeze all others.
fn percent_axis(rows: &[&Effect]) -> Values {
    let ends = |e: &&Effect| [e.percent, e.percent_low, e.percent_high].map(|v| if v.is_finite() { v } else { 0.0 });
    let mut reach: Vec<f64> = rows.iter().map(|e| ends(e).iter().fold(0.0, |m: f64, v| m.max(v.abs()))).collect();
    reach.sort_by(f64::total_cmp);
    let upper = reach.get(reach.len() * 3 / 4).copied().unwrap_or(0.0);
    let cut = (2.0 * upper).max(LEAST_CUT);
    let most = reach.last().copied().unwrap_or(0.0);
    let limit = if most <= 1.5 * cut { most } else { cut };
    let all = rows.iter().flat_map(ends).map(|v| v.clamp(-limit, limit));
    let (low, high) = all.fold((0.0, 0.0), |(a, b): (f64, f64), v| (a.min(v), b.max(v)));
    Values::signed(low, high, TICKS)
}

/// Names of files that are taken: two that differ only in what a file's name cannot hold, or in capitals, need two files.
#[derive(Default)]
pub(super) struct Names {
    taken: BTreeSet<String>,
}

impl Names {
    pub(super) fn free(&mut self, kind: &str, of: &str) -> String {
        let name = format!("{kind}_{}", file_name(of));
        let tries = std::iter::once(name.clone()).chain((2..).map(|n| format!("{name}-{n}")));
        let mut free = tries.filter(|n| self.taken.insert(n.to_lowercase()));
        free.next().unwrap_or(name)
    }
}

#[cfg(test)]
#[path = "compare_tests.rs"]
mod tests;
