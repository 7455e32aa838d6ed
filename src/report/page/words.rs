//! What a run, an ensemble, a comparison or a study amounts to, in sentences and in a few numbers, with the interval and the
//! caveat beside them.

use super::super::compare::short_names;
use super::super::folder::{FIRST_REPLICATE, Folder};
use super::super::read::{self, Effect, Index};
use super::super::theme::{capital, number, title_words, words};
use super::super::verdict::{Verdict, is_shown};
use super::Tile;
use crate::error::Result;
use serde::Serialize;
use serde_json::Value;

/// The words of a page.
#[derive(Debug, Clone, Default)]
pub struct Words {
    /// What the page is of.
    pub kind: &'static str,
    /// When, how often, where from: name and text.
    pub facts: Vec<(&'static str, String)>,
    /// What it comes to.
    pub sentences: Vec<String>,
    /// What to bear in mind about it.
    pub caveats: Vec<String>,
    pub tiles: Vec<Tile>,
    /// Which runs the map is of, where that is not plain.
    pub map: String,
}

/// A contested hypothesis as it was run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Hypothesis {
    pub key: String,
    pub value: String,
    pub about: &'static str,
}

/// The words for a folder.
///
/// # Errors
/// A table that cannot be read.
pub fn of(folder: &Folder) -> Result<Words> {
    let manifest = &folder.manifest;
    let mut all = match manifest.kind.as_str() {
        "comparison" => comparison(folder),
        "study" => study(folder),
        _ if manifest.replicates > 1 => ensemble(folder)?,
        _ => run(folder)?,
    };
    let mut facts = vec![];
    if let (Some(first), Some(last)) = manifest.days() {
        facts.push(("Simulated", format!("{first} to {last}")));
    }
    facts.push(("Scenario", manifest.scenario.clone()));
    facts.push(("Replicates", manifest.replicates.max(1).to_string()));
    facts.push(("Seed", manifest.seed.to_string()));
    facts.append(&mut all.facts);
    all.facts = facts;
    all.caveats.push(
        "The model ranks policies and explains side effects. It does not predict events, and many of its parameters are assumptions: see \
         the list of them below and in the book."
            .into(),
    );
    Ok(all)
}

/// A metric at the top of a run's page: name, label, unit, and a sentence with `{}` for the number.
type Headline = (&'static str, &'static str, &'static str, &'static str);

const HEADLINES: [Headline; 18] = [
    ("displaced_newly", "Driven from home by war", "persons", "war drives {} people from home"),
    ("displaced_returned", "Displaced people who went home", "persons", "{} displaced people go home"),
    ("sea_arrivals", "Landed in Europe", "persons", "{} people land in Europe by sea"),
    ("sea_deaths", "Died at sea", "persons", "{} people die at sea"),
    ("sea_pulled_back", "Brought back at sea", "persons", "coast guards bring {} people back"),
    ("desert_deaths", "Died on the way over land", "persons", "{} people die on the way over land"),
    ("people_in_libya", "Migrants in Libya, last day", "persons", "{} migrants are in Libya on the last day"),
    ("people_detained", "In detention, last day", "persons", "{} people are in detention on the last day"),
    ("ransom", "Ransoms", "USD", "ransoms come to USD {}"),
    ("arms_looted_small_arms", "Small arms looted from depots", "pieces", "{} small arms are looted from depots"),
    ("arms_left_libya_small_arms", "Small arms carried out of Libya", "pieces", "{} small arms leave Libya over land"),
    ("arms_reached_sahel_small_arms", "Small arms delivered in the Sahel", "pieces", "{} small arms reach the Sahel"),
    ("fatalities_libya", "Killed in fighting in Libya", "persons", "{} people are killed in fighting in Libya"),
    ("fatalities_mali", "Killed in fighting in Mali", "persons", "{} people are killed in fighting in Mali"),
    (
        "northern_mali_lost",
        "Northern Mali out of the army's hands",
        "days",
        "armies hold less than half of northern Mali on {} days",
    ),
    ("unity", "Unity of Libya, last day", "0 to 1", "unity stands at {} on the last day"),
    ("oil_production", "Oil, mean", "thousand barrels a day", "oil averages {} thousand barrels a day"),
    ("policy_spending", "Spent on policy levers", "USD", "levers cost USD {}"),
];

/// Tiles at the top: more are not read at a glance.
const TILES: usize = 8;

/// Three digits, with words for large numbers.
pub fn readable(v: f64) -> String {
    if !v.is_finite() {
        return "no value".into();
    }
    if v == 0.0 {
        return "0".into();
    }
    let size = v.abs();
    let digits = |v: f64| {
        let digits = 2.0 - libm::floor(libm::log10(v.abs()));
        let unit = libm::pow(10.0, -digits);
        number(libm::round(v / unit) * unit, digits.clamp(0.0, 6.0) as usize)
    };
    match size {
        _ if size >= 1e9 => format!("{} billion", digits(v / 1e9)),
        _ if size >= 1e7 => format!("{} million", digits(v / 1e6)),
        // A count below a thousand is exact.
        _ if size < 1000.0 && v.fract() == 0.0 => number(v, 0),
        _ => digits(v),
    }
}

fn run(folder: &Folder) -> Result<Words> {
    let totals = read::totals(&folder.sheets["summary.csv"])?;
    let mut out = Words { kind: "One run", ..Words::default() };
    for (name, label, unit, sentence) in HEADLINES {
        let Some(v) = totals.get(name).copied().filter(|v| v.is_finite() && *v != 0.0) else { continue };
        out.sentences.push(format!("{}.", capital(&sentence.replace("{}", &readable(v)))));
        out.tiles.push(Tile { label: label.into(), value: readable(v), unit: unit.into(), range: String::new() });
    }
    out.tiles.truncate(TILES);
    out.caveats.push(
        "This is one run: what it shows may be luck. Run replicates (--replicates) before you conclude anything."
            .into(),
    );
    Ok(out)
}

fn ensemble(folder: &Folder) -> Result<Words> {
    let (manifest, spreads) = (&folder.manifest, read::spreads(&folder.sheets["indicators.csv"])?);
    let mut out = Words { kind: "Replicates of one scenario", ..Words::default() };
    for (name, label, unit, sentence) in HEADLINES {
        let Some([mean, low, high]) = spreads.get(name).copied() else { continue };
        if !mean.is_finite() || mean == 0.0 {
            continue;
        }
        let range = format!("{} and {}", readable(low), readable(high));
        let mean = readable(mean);
        out.sentences.push(format!(
            "{} in the mean of replicates (5 and 95 % quantiles {range}).",
            capital(&sentence.replace("{}", &mean))
        ));
        out.tiles.push(Tile { label: label.into(), value: mean, unit: unit.into(), range });
    }
    out.tiles.truncate(TILES);
    let n = manifest.replicates;
    let few = if n < 20 { "; of so few they lie between the lowest and the highest" } else { "" };
    let of_sample = folder.whole["posterior_rows"].is_array();
    let what = match of_sample {
        true => "with luck of their own and parameters from the posterior's sample",
        false => "with different luck and the same parameters",
    };
    let on_top = if of_sample { "" } else { " What is not known about the parameters comes on top." };
    out.caveats.push(format!(
        "Quantiles (5 and 95 %) are over {n} replicates {what}{few}.{on_top} The map, the flows and the charts without bands \
         are of one replicate alone, the first that did not fail."
    ));
    out.map =
        format!("The map is of one replicate of {n} alone, the first that did not fail: what it shows may be luck.");
    Ok(out)
}

/// How many effects of a policy are told in a sentence.
const TOLD: usize = 4;

fn comparison(folder: &Folder) -> Words {
    let (manifest, effects) = (&folder.manifest, &folder.effects);
    let mut out = Words { kind: "Policies compared on the same luck", ..Words::default() };
    let policies: Vec<&str> = manifest.policies.iter().map(String::as_str).collect();
    let names = short_names(manifest, &policies);
    let mut pairs = 0;
    for policy in &policies {
        let name = names.get(*policy).cloned().unwrap_or_else(|| policy.to_string());
        let mine: Vec<&Effect> = effects.iter().filter(|e| e.policy == *policy && e.indicator).collect();
        pairs = mine.iter().map(|e| e.pairs).max().unwrap_or(pairs);
        let mut shown: Vec<&&Effect> = mine.iter().filter(|e| is_shown(e)).collect();
        // What is for the better or the worse first, then what is surest: how far the interval stays away from zero.
        let judged = |e: &Effect| matches!(Verdict::of(e), Verdict::Better | Verdict::Worse);
        // Where there was nothing before there is no percentage, and nothing to measure it by.
        let away = |e: &Effect| if e.percent.is_finite() { e.percent_low.abs().min(e.percent_high.abs()) } else { 0.0 };
        shown.sort_by(|a, b| {
            judged(b).cmp(&judged(a)).then(away(b).total_cmp(&away(a))).then(a.measure.cmp(&b.measure))
        });
        let count = |v: Verdict| mine.iter().filter(|e| Verdict::of(e) == v).count();
        out.sentences.push(match shown.is_empty() {
            true if pairs < 2 => format!("{name}: one pair of runs gives no interval, so no effect is shown."),
            true => format!("{name}: no effect on any indicator is shown; every interval holds zero."),
            false => {
                let told: Vec<String> = shown.iter().take(TOLD).map(|e| effect(e)).collect();
                format!("{name}: {}.", told.join("; "))
            }
        });
        out.tiles.push(Tile {
            label: name,
            value: format!("{} better, {} worse", count(Verdict::Better), count(Verdict::Worse)),
            unit: format!("of {} indicators", mine.len()),
            range: format!("{} unclear", count(Verdict::Unclear)),
        });
    }
    out.tiles.truncate(TILES);
    out.facts.push(("Policies", policies.len().to_string()));
    out.map = "The map is of one pair of runs: the first replicate of the baseline and that of the policy, on the same luck. It shows where a \
               policy changes something in that pair; how sure a change is stands in the effects."
        .into();
    if !folder.unmapped.is_empty() {
        let (left_out, folder) = (folder.unmapped.join(", "), FIRST_REPLICATE);
        out.map.push_str(&format!(" There is no room on the page for the cells of {left_out}; they are in {folder}/."));
    }
    out.caveats.push(format!(
        "Effects are means over {pairs} pairs of runs that share their luck, with 95 % intervals. Of many intervals that each miss with 5 %, some do."
    ));
    out
}

/// `deaths at sea fall by 12 % (95 % interval 3 to 20)`.
fn effect(e: &Effect) -> String {
    if !e.percent.is_finite() {
        let to = readable(e.baseline + e.effect);
        return format!(
            "{} goes from {} to {to} {} (95 % interval of the change {} to {})",
            words_of(&e.measure),
            readable(e.baseline),
            e.unit,
            readable(e.low),
            readable(e.high)
        );
    }
    let (way, low, high) = match e.percent < 0.0 {
        true => ("falls", -e.percent_high, -e.percent_low),
        false => ("rises", e.percent_low, e.percent_high),
    };
    let verdict = match Verdict::of(e) {
        Verdict::Better => ", for the better",
        Verdict::Worse => ", for the worse",
        _ => "",
    };
    let p = |v: f64| readable(v);
    format!(
        "{} {way} by {} % (95 % interval {} to {}){verdict}",
        words_of(&e.measure),
        p(e.percent.abs()),
        p(low),
        p(high)
    )
}

/// A measure in the middle of a sentence.
fn words_of(measure: &str) -> String {
    let text = title_words(measure);
    // Names of countries keep their capital letter; the first word is a measure's.
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |c| c.to_lowercase().chain(chars).collect())
}

fn study(folder: &Folder) -> Words {
    let mut out = Words { kind: "A study", ..Words::default() };
    let (manifest, indices) = (&folder.manifest, &folder.indices);
    let points = folder.whole["points"].as_u64().unwrap_or(0);
    for p in &folder.patterns {
        let without = points.saturating_sub(u64::from(p.points));
        let without = if without > 0 { format!("; {without} more have no value") } else { String::new() };
        let interval = match p.low.is_finite() {
            true => format!(" (95 % interval {:.0} to {:.0} %)", 100.0 * p.low, 100.0 * p.high),
            false => String::new(),
        };
        out.sentences.push(format!(
            "{}: holds at {} of {} points, {:.0} %{interval}{without}.",
            capital(&p.pattern),
            p.holds,
            p.points,
            100.0 * p.share
        ));
    }
    let mut measures: Vec<(&str, &str)> = indices.iter().map(|i| (i.arm.as_str(), i.measure.as_str())).collect();
    measures.dedup();
    for (arm, measure) in measures {
        let mine = indices.iter().filter(|i| (i.arm.as_str(), i.measure.as_str()) == (arm, measure));
        let size = |i: &Index| if i.total.is_finite() { i.total } else { i.mu_star };
        let first = mine.filter(|i| size(i).is_finite()).max_by(|a, b| size(a).total_cmp(&size(b)));
        let Some(first) = first.filter(|i| size(i) > 0.0) else { continue };
        let (what, low, high) = match first.total.is_finite() {
            true => ("total-order index", first.total_low, first.total_high),
            false => ("mean size of an elementary effect (mu*)", first.mu_star_low, first.mu_star_high),
        };
        let of = if arm == manifest.scenario { String::new() } else { format!(" under {}", words(arm)) };
        out.sentences.push(format!(
            "{}{of} hangs most on {}: {what} {} (95 % interval {} to {}).",
            capital(&words_of(measure)),
            super::super::study::factor(&first.factor),
            readable(size(first)),
            readable(low),
            readable(high)
        ));
    }
    out.sentences.extend(calibration(folder));
    if out.sentences.is_empty() {
        out.sentences.push("What each factor does is in the figures and tables below.".into());
    }
    out.caveats.push("Shares and indices are over the ranges that the study names: other ranges give others.".into());
    out
}

/// What a calibration found; nothing of another study.
fn calibration(folder: &Folder) -> Vec<String> {
    let rows = |file: &str, columns: &[&str], keep: &dyn Fn(&read::Line) -> bool| {
        folder.columns(file, columns, keep).map_or(vec![], |found| found.1)
    };
    let number = |text: &str| text.parse::<f64>().unwrap_or(f64::NAN);
    let mut out = vec![];
    let parameters = rows("parameters.csv", &["key", "q05", "q50", "q95", "learnt"], &|_| true);
    let learnt = |row: &Vec<String>| number(&row[4]);
    if let Some(most) = parameters.iter().max_by(|a, b| learnt(a).total_cmp(&learnt(b))) {
        let little: Vec<String> =
            parameters.iter().filter(|row| learnt(row) < 0.1).map(|row| super::super::study::factor(&row[0])).collect();
        out.push(format!(
            "The data say most of {}: {} (90 % interval {} to {}).",
            super::super::study::factor(&most[0]),
            readable(number(&most[2])),
            readable(number(&most[1])),
            readable(number(&most[3]))
        ));
        if !little.is_empty() {
            out.push(format!(
                "They say little or nothing (less than a tenth of the prior's spread is gone) of {}.",
                little.join("; ")
            ));
        }
    }
    let columns = ["metric", "part", "periods", "median_error", "within_90", "skill"];
    let whole = |l: &read::Line| {
        l.get("by") == "month" && l.get("reference") == "climatology" && l.get("part").ends_with("fitted")
    };
    for row in rows("scores.csv", &columns, &whole) {
        let [metric, part, months, error, within, skill] = row.as_slice() else { continue };
        let (skill, held) = (number(skill), number(within) * number(months));
        let beside = match skill {
            s if s.is_nan() => String::new(),
            s if s > 0.0 => format!(", and scores {:.0} % better than climatology (CRPS)", 100.0 * s),
            s => format!(", and scores {:.0} % worse than climatology (CRPS)", -100.0 * s),
        };
        out.push(format!(
            "{}, months {part}: the 90 % band holds {held:.0} of {months}, the middle forecast misses by {:.0} % in the median month{beside}.",
            capital(&words_of(metric)),
            100.0 * number(error)
        ));
    }
    out
}

/// The contested hypotheses of the scenario as it was run.
pub fn hypotheses(manifest: &Value) -> Vec<Hypothesis> {
    const KNOWN: [(&str, &str); 3] = [
        (
            "arms_to_revolt",
            "Weight of arms in the chance that a homeland rises; the literature contests that there is any.",
        ),
        ("arms_with_returnees", "Weight of arms and returning fighters together in the same chance."),
        (
            "rescue_pull",
            "How far rescues draw people to set out; 0, none, is the default, since studies found no such effect.",
        ),
    ];
    let of = |(key, about): &(&str, &'static str)| {
        let value = manifest["resolved"]["hypotheses"].get(key)?;
        Some(Hypothesis { key: key.to_string(), value: value.to_string(), about })
    };
    KNOWN.iter().filter_map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_can_be_read() {
        let all = [0.0, 7.0, 999.0, 1234.0, 168_321.0, 12_345_678.0, 2.5e9, 0.123_456, f64::NAN].map(readable);
        assert_eq!(all, ["0", "7", "999", "1,230", "168,000", "12.3 million", "2.50 billion", "0.123", "no value"]);
    }
}
