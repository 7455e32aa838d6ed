//! The tables of a report: results, the scenario as it was run, and what it was made from.

use super::super::folder::Folder;
use super::super::read;
use super::super::theme::words;
use super::Table;
use super::words::readable;
use crate::error::Result;
use serde_json::Value;
use std::collections::BTreeSet;

/// Rows of a table on the page; the rest is in the file.
const MOST: usize = 150;

/// Columns of names and counts, which are not rounded.
const AS_THEY_ARE: [&str; 15] = [
    "periods",
    "reference_periods",
    "year",
    "point",
    "dominated_by",
    "value",
    "points",
    "holds",
    "clauses",
    "pairs",
    "replicates",
    "rank",
    "rank_from",
    "rank_to",
    "front",
];

/// A table from a file's rows: its columns under their names in words.
fn table(title: &str, note: &str, file: &str, (head, rows): (Vec<String>, Vec<Vec<String>>)) -> Option<Table> {
    if rows.is_empty() {
        return None;
    }
    let number = |text: &String| text.is_empty() || text.parse::<f64>().is_ok();
    let numeric: Vec<bool> = (0..head.len()).map(|i| rows.iter().all(|r| r.get(i).is_none_or(number))).collect();
    let all = rows.len();
    let cell = |(i, text): (usize, &String)| match text.parse::<f64>() {
        Ok(v) if numeric[i] && !AS_THEY_ARE.contains(&head[i].as_str()) => readable(v),
        _ => text.clone(),
    };
    let rows: Vec<Vec<String>> = rows.iter().take(MOST).map(|r| r.iter().enumerate().map(cell).collect()).collect();
    let more = if all > MOST { format!(" The first {MOST} of {all} rows.") } else { String::new() };
    Some(Table {
        title: title.into(),
        note: format!("{note} All digits are in {file}.{more}"),
        head: head.iter().map(|h| words(h)).collect(),
        rows,
        numeric,
    })
}

/// Results in tables.
///
/// # Errors
/// A column that is missing.
pub fn results(folder: &Folder) -> Result<Vec<Table>> {
    let manifest = &folder.manifest;
    let some = |file: &str, columns: &[&str], keep: &dyn Fn(&read::Line) -> bool| folder.columns(file, columns, keep);
    let any = |_: &read::Line| true;
    let mut out = vec![];
    match manifest.kind.as_str() {
        "comparison" => {
            let columns = [
                "policy", "measure", "unit", "pairs", "baseline", "effect", "low", "high", "percent", "helps", "worse",
            ];
            let indicator = |l: &read::Line| l.get("indicator") == "true";
            let note = "Mean change over pairs, with its 95 % interval (t); shares of pairs in which the policy helps and makes it worse.";
            out.push(table(
                "Effects on the indicators",
                note,
                "effects.csv",
                some("effects.csv", &columns, &indicator)?,
            ));
            let columns = ["policy", "measure", "unit", "cost_usd", "gain", "usd_per_unit", "dominated_by"];
            out.push(table("Costs", "Over the baseline.", "costs.csv", some("costs.csv", &columns, &any)?));
            let columns = ["measure", "arm", "mean", "rank", "rank_from", "rank_to", "regret"];
            let note = "Ranks from and to: those that the data leave open (Holm, 5 %).";
            out.push(table("Ranking", note, "ranking.csv", some("ranking.csv", &columns, &any)?));
        }
        "study" => {
            for (title, file) in [
                ("Patterns", "patterns.csv"),
                ("Sensitivity indices", "indices.csv"),
                ("Effects", "effects.csv"),
                ("Ways to share the budget", "pareto.csv"),
                ("Boxes (PRIM)", "boxes.csv"),
                ("Orders that change", "flips.csv"),
            ] {
                out.push(table(title, "", file, some(file, &[], &any)?));
            }
            // Months of a published series stand in a table of their own.
            let months = some("predictive.csv", &["metric", "month"], &any)?.1;
            let months: BTreeSet<String> = months.iter().map(|row| row.join("@")).collect();
            let other = |l: &read::Line| !months.contains(l.get("measure"));
            let note = "Over the points of the study, means of their replicates.";
            out.push(table("What the runs come to", note, "spread.csv", some("spread.csv", &[], &other)?));
            let columns = ["target", "observed", "prior_q05", "prior_q95", "q05", "q50", "q95", "miss"];
            let note = "Published, the prior's runs, and the runs of the sample; miss in standard deviations.";
            out.push(table("What was fitted", note, "targets.csv", some("targets.csv", &columns, &any)?));
            let note = "Ends of the prior, quantiles of the sample; learnt: share of the prior's spread that is gone.";
            out.push(table("Parameters", note, "parameters.csv", some("parameters.csv", &[], &any)?));
            let note = "CRPS in the unit of the series. Skill: share of the CRPS of a forecast without a model that is gone; below 0 that one is better.";
            out.push(table("Forecasts scored", note, "scores.csv", scores(folder)?));
            let columns = ["metric", "month", "observed", "q05", "q25", "q50", "q75", "q95"];
            let note = "Runs, and what the model leaves out of a month; what was published beside.";
            out.push(table("Foretold by month", note, "predictive.csv", some("predictive.csv", &columns, &any)?));
            out.push(table("Stages of the fit", "", "stages.csv", some("stages.csv", &[], &any)?));
        }
        _ if manifest.replicates > 1 => {
            let columns = ["indicator", "unit", "mean", "q05", "q25", "q50", "q75", "q95"];
            let note = "Mean and quantiles over replicates.";
            out.push(table(
                "Indicators of the whole run",
                note,
                "indicators.csv",
                some("indicators.csv", &columns, &any)?,
            ));
        }
        _ => {
            let whole = |l: &read::Line| l.get("year") == "all" && !["", "0"].contains(&l.get("value"));
            let rows = some("indicators.csv", &["indicator", "unit", "value"], &whole)?;
            out.push(table("Indicators of the whole run", "Those that are not zero.", "indicators.csv", rows));
            let spent = |l: &read::Line| l.get("year") == "all" && l.get("metric").starts_with("spent_");
            let (head, mut rows) = some("summary.csv", &["metric", "value"], &spent)?;
            rows.iter_mut()
                .flat_map(|r| r.first_mut())
                .for_each(|name| *name = name.trim_start_matches("spent_").into());
            out.push(table("What levers cost, USD", "", "summary.csv", (head, rows)));
        }
    }
    let note =
        "Mean over days; of runs, of their mean, and of a forecast without a model. Errors are over all registered.";
    let rows = some("displacement_scores.csv", &[], &any)?;
    out.push(table("Camps beside registrations", note, "displacement_scores.csv", rows));
    Ok(out.into_iter().flatten().collect())
}

/// A row for each part of each series, with the skill against each reference in a column of its own.
fn scores(folder: &Folder) -> Result<read::Columns> {
    // Columns come in the order of the file, whatever is asked for: the last two are those beside which the others are the same.
    let columns =
        ["metric", "by", "part", "periods", "median_error", "within_50", "within_90", "crps", "reference", "skill"];
    let (mut head, lines) = folder.columns("scores.csv", &columns, &|_: &read::Line| true)?;
    head.truncate(columns.len() - 2);
    let mut rows: Vec<Vec<String>> = vec![];
    for mut line in lines {
        let (skill, reference) = (line.pop().unwrap_or_default(), line.pop().unwrap_or_default());
        let named = format!("skill_against_{}", reference.replace(' ', "_"));
        if !head.contains(&named) {
            head.push(named);
        }
        match rows.last_mut().filter(|row| row.starts_with(&line)) {
            Some(row) => row.push(skill),
            None => rows.push([line, vec![skill]].concat()),
        }
    }
    Ok((head, rows))
}

/// The scenario as it was run: levers and events.
pub fn scenario(manifest: &Value) -> Vec<Table> {
    let list = |key: &str| manifest["resolved"][key].as_array().cloned().unwrap_or_default();
    let text = |v: &Value| match v {
        Value::Null => String::new(),
        Value::String(s) => s.clone(),
        Value::Array(all) => all.iter().map(plain).collect::<Vec<_>>().join(", "),
        other => other.to_string(),
    };
    let rest = |v: &Value, shown: &[&str]| {
        let all = v.as_object().into_iter().flatten().filter(|(k, v)| !shown.contains(&k.as_str()) && !v.is_null());
        all.map(|(k, v)| format!("{} {}", words(k), text(v))).collect::<Vec<_>>().join("; ")
    };
    let of = |title: &str, note: &str, key: &str, shown: &[&str]| {
        let all = list(key);
        let row = |v: &Value| -> Vec<String> {
            shown.iter().map(|k| text(&v[*k])).chain([rest(v, &[shown, &["name"]].concat())]).collect()
        };
        let head = shown.iter().map(|k| words(k)).chain(["all else".to_string()]).collect();
        (!all.is_empty()).then(|| Table {
            title: title.into(),
            note: note.into(),
            head,
            rows: all.iter().map(row).collect(),
            numeric: vec![false; shown.len() + 1],
        })
    };
    let levers = of(
        "Levers",
        "Policies that are in force, with all their settings.",
        "lever",
        &["name", "kind", "start", "end", "intensity"],
    );
    let events = of("Events", "Dated shocks.", "event", &["name", "kind", "date", "until"]);
    levers.into_iter().chain(events).collect()
}

fn plain(v: &Value) -> String {
    v.as_str().map_or_else(|| v.to_string(), str::to_string)
}

/// Files that it was made from, with their checksums.
pub fn inputs(manifest: &Value) -> Vec<(String, String)> {
    let all = manifest["inputs"].as_array().cloned().unwrap_or_default();
    all.iter().map(|v| (plain(&v["path"]), plain(&v["blake3"]))).collect()
}
