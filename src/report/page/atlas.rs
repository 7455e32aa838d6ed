//! The map of a report: what passed each cell month by month, with the outline of every cell, as one packed text.
//!
//! The form is that which `map.js` reads: JSON, compressed (gzip) and written in base64, since a page that opens from disk cannot
//! fetch a file beside it. Values are those of `cells.csv` and `prices.csv`, digit for digit.

use super::super::read::{self, Manifest, Place};
use super::Sources;
use crate::error::{Error, Result};
use base64::Engine;
use h3o::CellIndex;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::path::{Path, PathBuf};

/// Layers in which a cell that is not named has the value 0: a difference and a mean over months count it as that. In the others it has
/// none.
const ZERO_WHERE_ABSENT: [&str; 4] = ["violence", "outside_state", "risk", "patrol_search"];

/// A layer of cells: column of `cells.csv`, title, unit, scale, note.
type Layer = (&'static str, &'static str, &'static str, &'static str, &'static str);

const LAYERS: [Layer; 10] = [
    ("people", "Flow of people", "passages a month", "log", "Whoever passes three cells counts in all three."),
    ("arms", "Flow of arms", "pieces and tonnes a month", "log", "What passes three cells counts in all three."),
    ("crews", "Flow of crews", "passages a month", "log", "Crews without cargo too."),
    ("deaths", "Deaths on the way", "persons a month", "log", ""),
    ("violence", "Violence", "fatalities a day", "log", "Mean of about a month before the month's last day."),
    (
        "holder",
        "Who holds the ground",
        "",
        "category",
        "The bloc with the largest share of control on the month's last day.",
    ),
    (
        "outside_state",
        "Ground outside state control",
        "share",
        "linear",
        "Share of control that armies do not have, on the month's last day.",
    ),
    (
        "risk",
        "True risk of seizure",
        "chance a passage",
        "linear",
        "Of a crew with arms, fuel or drugs, on the month's last day.",
    ),
    (
        "believed",
        "Believed risk of seizure",
        "chance a passage",
        "linear",
        "What networks that have heard of the cell act on.",
    ),
    (
        "patrol_search",
        "Patrol effort",
        "finds a day",
        "log",
        "Rate at which teams find a crew that stays in the cell, on the month's last day.",
    ),
];

/// The packed map; empty when the run has no cells, or cells that are not H3.
///
/// # Errors
/// A file that cannot be read.
pub fn payload(from: &Sources, manifest: &Manifest) -> Result<String> {
    let Some(own) = read::cell_months(from.files)? else { return Ok(String::new()) };
    let mut all = vec![(manifest.scenario.clone(), own, from.files.to_path_buf())];
    if let Some(dir) = from.baseline {
        let files = read::first_run(dir);
        comparable(from.dir, dir)?;
        let Some(other) = read::cell_months(&files)? else {
            return Err(Error::Input(format!("{}: there is no cells.csv to stand beside", dir.display())));
        };
        let mut names = [Manifest::read(dir)?.scenario, manifest.scenario.clone()];
        if names[0] == names[1] {
            let folder = |d: &Path| d.file_name().map(|n| n.to_string_lossy().into_owned()).unwrap_or_default();
            names = [folder(dir), folder(from.dir)];
        }
        let [first, second] = names;
        all[0].0 = second;
        all.insert(0, (first, other, files));
    }
    let rows = || all.iter().flat_map(|(_, m, _)| &m.rows);
    let ids: BTreeSet<&str> = rows().map(|r| r.cell.as_str()).collect();
    let cells: Option<Vec<CellIndex>> = ids.iter().map(|id| id.parse().ok()).collect();
    let Some(cells) = cells.filter(|cells| !cells.is_empty()) else { return Ok(String::new()) };
    let at: BTreeMap<&str, usize> = ids.iter().enumerate().map(|(i, id)| (*id, i)).collect();
    let months: BTreeSet<&String> = rows().map(|r| &r.month).collect();
    let month_of: BTreeMap<&String, usize> = months.iter().enumerate().map(|(i, m)| (*m, i)).collect();
    let holder = |m: &read::CellMonths| m.columns.iter().position(|c| c == "holder");
    let held = |(_, m, _): &(String, read::CellMonths, PathBuf)| -> Vec<String> {
        holder(m).map_or(vec![], |i| m.rows.iter().map(|r| r.values[i].clone()).collect())
    };
    let holders: BTreeSet<String> = all.iter().flat_map(held).collect();
    let holders: Vec<String> = holders.into_iter().collect();
    let places = read::places(from.data)?;
    let mut layers: Vec<Value> = vec![];
    let mut views: Vec<serde_json::Map<String, Value>> = vec![serde_json::Map::new(); all.len()];
    for (key, title, unit, scale, note) in LAYERS {
        let of = |m: &read::CellMonths| -> Vec<(usize, usize, f64)> {
            let Some(column) = m.columns.iter().position(|c| c == key) else { return vec![] };
            let row = |r: &read::CellMonth| {
                let text = &r.values[column];
                let v = match scale {
                    "category" => holders.iter().position(|h| h == text)? as f64,
                    // What nobody fears is a belief; in the other layers most cells are zero in most months, and no value says that.
                    _ => text.parse::<f64>().ok().filter(|v| *v != 0.0 || key == "believed")?,
                };
                Some((*month_of.get(&r.month)?, *at.get(r.cell.as_str())?, v))
            };
            m.rows.iter().filter_map(row).collect()
        };
        let found: Vec<_> = all.iter().map(|(_, m, _)| of(m)).collect();
        if found.iter().all(Vec::is_empty) {
            continue;
        }
        let max = if key == "outside_state" { json!(1) } else { Value::Null };
        layers.push(
            json!({"key": key, "title": title, "unit": unit, "scale": scale, "signed": false, "note": note, "max": max,
            "zero_where_absent": ZERO_WHERE_ABSENT.contains(&key)}),
        );
        for (view, rows) in views.iter_mut().zip(found) {
            view.insert(key.into(), packed(months.len(), rows));
        }
    }
    let mut prices = vec![];
    for (_, _, files) in &all {
        prices.push(read::price_months(files)?.into_iter().filter(|p| p.class == "small_arms").collect::<Vec<_>>());
    }
    let hubs: BTreeSet<&str> = prices.iter().flatten().map(|p| p.hub.as_str()).collect();
    let mut known: Vec<&Place> = places.iter().filter(|p| hubs.contains(p.name.as_str()) || rank(p) < LEAST).collect();
    known.sort_by(|a, b| rank(a).cmp(&rank(b)).then(b.population.total_cmp(&a.population)).then(a.name.cmp(&b.name)));
    let place_of: BTreeMap<&str, usize> = known.iter().enumerate().rev().map(|(i, p)| (p.name.as_str(), i)).collect();
    let mut priced = false;
    for (prices, view) in prices.iter().zip(&mut views) {
        let row = |p: &read::PriceMonth| Some((*month_of.get(&p.month)?, *place_of.get(p.hub.as_str())?, p.price_usd));
        let rows: Vec<_> = prices.iter().filter_map(row).collect();
        priced |= !rows.is_empty();
        view.insert("price".into(), by_month(months.len(), rows));
    }
    if priced {
        layers.push(
            json!({"key": "price", "title": "Price of a rifle", "unit": "USD, mean of the month", "scale": "log",
            "signed": false, "points": true, "note": "On the black market of each hub."}),
        );
    }
    let outline = |cell: &CellIndex| -> Vec<i64> {
        cell.boundary().iter().flat_map(|c| [thousandths(c.lng()), thousandths(c.lat())]).collect()
    };
    let land = read::lands(from.data)?;
    let map = json!({
        "months": months,
        "cells": ids,
        "outlines": cells.iter().map(outline).collect::<Vec<_>>(),
        "land": land.iter().map(|(name, rings)| json!({
            "name": name,
            "rings": rings.iter().map(|r| r.iter().flat_map(|p| [thousandths(p.0), thousandths(p.1)]).collect::<Vec<_>>()).collect::<Vec<_>>(),
        })).collect::<Vec<_>>(),
        "places": known.iter().map(|p| json!({
            "name": p.name, "x": thousandths(p.lon), "y": thousandths(p.lat), "kind": p.kind, "rank": rank(p),
        })).collect::<Vec<_>>(),
        "holders": holders.iter().map(|h| super::super::theme::words(h)).collect::<Vec<_>>(),
        "views": all.iter().zip(views).map(|((name, _, _), layers)| json!({"name": name, "layers": layers})).collect::<Vec<_>>(),
        "layers": layers,
    });
    let mut zip = flate2::write::GzEncoder::new(vec![], flate2::Compression::new(7));
    let packed = zip.write_all(map.to_string().as_bytes()).and_then(|()| zip.finish());
    let packed = packed.map_err(|e| Error::io("the map of a report", e))?;
    Ok(base64::engine::general_purpose::STANDARD.encode(packed))
}

/// Refuses runs whose maps cannot stand side by side: another time, grid or number of persons an agent would look like an effect.
fn comparable(dir: &Path, baseline: &Path) -> Result<()> {
    let [own, other] = [dir, baseline].map(|d| read::json(&d.join("manifest.json")));
    let (own, other) = (own?, other?);
    for key in ["start", "end", "resolution", "persons_per_agent"] {
        let (a, b) = (&own["resolved"]["run"][key], &other["resolved"]["run"][key]);
        if a != b {
            let why = format!("`run.{key}` is {b}, and {a} in {}", dir.display());
            return Err(Error::Input(format!("{} cannot stand beside as the baseline: {why}", baseline.display())));
        }
    }
    Ok(())
}

/// Degrees in thousandths, which is a hundred metres.
fn thousandths(degrees: f64) -> i64 {
    libm::round(degrees * 1000.0) as i64
}

/// Which places are named first.
fn rank(p: &Place) -> u8 {
    match p.kind.as_str() {
        "capital" => 1,
        "city" if p.population >= 300_000.0 => 2,
        "city" | "town" | "village" if p.population < 100_000.0 => LEAST,
        _ => 3,
    }
}

/// Rank of places that are named only where they are hubs.
const LEAST: u8 = 4;

/// Values by month: the places as steps from one to the next, which pack better, and the values as the file has them.
fn packed(months: usize, rows: Vec<(usize, usize, f64)>) -> Value {
    let mut before = vec![0; months];
    let stepped = |(month, at, v): (usize, usize, f64)| {
        let step = at - before[month];
        before[month] = at;
        (month, step, v)
    };
    let mut rows = rows;
    rows.sort_by_key(|r| (r.0, r.1));
    by_month(months, rows.into_iter().map(stepped).collect())
}

/// Places (or steps) and values of every month.
fn by_month(months: usize, rows: Vec<(usize, usize, f64)>) -> Value {
    let mut all: Vec<(Vec<usize>, Vec<Value>)> = vec![(vec![], vec![]); months];
    for (month, at, v) in rows {
        all[month].0.push(at);
        all[month].1.push(if v.fract() == 0.0 && v.abs() < 1e15 { json!(v as i64) } else { json!(v) });
    }
    json!(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cells come as steps, places as they are: `map.js` reads them so.
    #[test]
    fn cells_are_steps_and_places_are_not() {
        let rows = vec![(0, 5, 2.0), (0, 3, 0.5), (1, 4, 7.0)];
        assert_eq!(packed(2, rows.clone()), json!([[[3, 2], [0.5, 2]], [[4], [7]]]));
        assert_eq!(by_month(2, rows), json!([[[5, 3], [2, 0.5]], [[4], [7]]]));
    }
}
