//! The map of a report: what passed each cell month by month, with the outline of every cell, as one packed text.
//!
//! The form is that which `map.js` reads: JSON, compressed (gzip) and written in base64, since a page that opens from disk cannot
//! fetch a file beside it. Values are those of `cells.csv` and `prices.csv`, digit for digit.

use super::super::folder::{Folder, Mapped};
use super::super::read::{Ground, NUMBERS, Place, PriceMonth, Ring};
use super::super::theme::words;
use crate::error::{Error, Result};
use base64::Engine;
use serde::Serialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::io::BufWriter;

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

/// The packed map; empty when there are no cells.
///
/// # Errors
/// None that a user could mend.
pub fn payload(folder: &Folder) -> Result<String> {
    let Some(Ground { lands, places }) = &folder.ground else { return Ok(String::new()) };
    let all = &folder.maps;
    let of_all = |list: fn(&Mapped) -> &[String]| -> Vec<&str> {
        let names: BTreeSet<&str> = all.iter().flat_map(list).map(String::as_str).collect();
        names.into_iter().collect()
    };
    // Of several runs each has lists of its own: all that one of them has, in order.
    let at = |list: &[&str], own: &[String]| -> Vec<usize> {
        own.iter().filter_map(|name| list.binary_search(&name.as_str()).ok()).collect()
    };
    let (ids, months) = (of_all(|m| &m.cells.names), of_all(|m| &m.cells.months));
    let holders = of_all(|m| &m.cells.holders);
    let outlines: BTreeMap<&str, &Ring> =
        all.iter().flat_map(|m| m.cells.names.iter().map(String::as_str).zip(&m.outlines)).collect();
    let mut layers: Vec<Value> = vec![];
    let mut views: Vec<View> = all.iter().map(|m| View { layers: BTreeMap::new(), name: &m.name }).collect();
    for (key, title, unit, scale, note) in LAYERS {
        let column = NUMBERS.iter().position(|n| *n == key);
        let of = |m: &Mapped| -> Vec<(usize, usize, f64)> {
            let [cell_at, month_at, holder_at] =
                [(&ids, &m.cells.names), (&months, &m.cells.months), (&holders, &m.cells.holders)]
                    .map(|l| at(l.0, l.1));
            let rows = m.cells.rows.iter().filter_map(|r| {
                let v = match column {
                    // What nobody fears is a belief; in the other layers most cells are zero in most months, and no value says that.
                    Some(i) => Some(r.values[i]).filter(|v| v.is_finite() && (*v != 0.0 || key == "believed"))?,
                    None => holder_at[r.holder?] as f64,
                };
                Some((month_at[r.month], cell_at[r.cell], v))
            });
            rows.collect()
        };
        let found: Vec<_> = all.iter().map(of).collect();
        if found.iter().all(Vec::is_empty) {
            continue;
        }
        let max = if key == "outside_state" { json!(1) } else { Value::Null };
        layers.push(
            json!({"key": key, "title": title, "unit": unit, "scale": scale, "signed": false, "note": note, "max": max,
            "zero_where_absent": ZERO_WHERE_ABSENT.contains(&key)}),
        );
        for (view, rows) in views.iter_mut().zip(found) {
            view.layers.insert(key, packed(months.len(), rows));
        }
    }
    let rifles = |m: &Mapped| m.prices.iter().filter(|p| p.class == "small_arms").cloned().collect::<Vec<_>>();
    let prices: Vec<_> = all.iter().map(rifles).collect();
    let hubs: BTreeSet<&str> = prices.iter().flatten().map(|p| p.hub.as_str()).collect();
    let mut known: Vec<&Place> = places.iter().filter(|p| hubs.contains(p.name.as_str()) || rank(p) < LEAST).collect();
    known.sort_by(|a, b| rank(a).cmp(&rank(b)).then(b.population.total_cmp(&a.population)).then(a.name.cmp(&b.name)));
    let place_of: BTreeMap<&str, usize> = known.iter().enumerate().rev().map(|(i, p)| (p.name.as_str(), i)).collect();
    let mut priced = false;
    for (prices, view) in prices.iter().zip(&mut views) {
        let row = |p: &PriceMonth| {
            Some((months.binary_search(&p.month.as_str()).ok()?, *place_of.get(p.hub.as_str())?, p.price_usd))
        };
        let rows: Vec<_> = prices.iter().filter_map(row).collect();
        priced |= !rows.is_empty();
        view.layers.insert("price", by_month(months.len(), rows));
    }
    if priced {
        layers.push(
            json!({"key": "price", "title": "Price of a rifle", "unit": "USD, mean of the month", "scale": "log",
            "signed": false, "points": true, "note": "On the black market of each hub."}),
        );
    }
    let points = |ring: &Ring| -> Vec<i64> { ring.iter().flat_map(|p| [thousandths(p.0), thousandths(p.1)]).collect() };
    let map = Atlas {
        cells: &ids,
        holders: holders.iter().map(|h| words(h)).collect(),
        land: lands
            .iter()
            .map(|(name, rings)| json!({"name": name, "rings": rings.iter().map(points).collect::<Vec<_>>()}))
            .collect(),
        layers,
        months: &months,
        outlines: outlines.values().map(|ring| points(ring)).collect(),
        places: known
            .iter()
            .map(|p| json!({"name": p.name, "x": thousandths(p.lon), "y": thousandths(p.lat), "kind": p.kind, "rank": rank(p)}))
            .collect(),
        views,
    };
    // Written straight into the packer: as text it would be ten times as large.
    let mut out = BufWriter::new(flate2::write::GzEncoder::new(vec![], flate2::Compression::new(7)));
    let packed = serde_json::to_writer(&mut out, &map).map_err(std::io::Error::from);
    let packed = packed.and_then(|()| out.into_inner().map_err(|e| e.into_error())?.finish());
    let packed = packed.map_err(|e| Error::io("the map of a report", e))?;
    Ok(base64::engine::general_purpose::STANDARD.encode(packed))
}

/// What `map.js` reads.
#[derive(Serialize)]
struct Atlas<'a> {
    cells: &'a [&'a str],
    holders: Vec<String>,
    land: Vec<Value>,
    layers: Vec<Value>,
    months: &'a [&'a str],
    outlines: Vec<Vec<i64>>,
    places: Vec<Value>,
    views: Vec<View<'a>>,
}

/// A run: of each layer the months.
#[derive(Serialize)]
struct View<'a> {
    layers: BTreeMap<&'static str, Vec<Month>>,
    name: &'a str,
}

/// Places (or steps) and values.
type Month = (Vec<u32>, Vec<Digits>);

/// A number as the file has it: whole ones without a point.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
#[serde(untagged)]
enum Digits {
    Whole(i64),
    Real(f64),
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
fn packed(months: usize, mut rows: Vec<(usize, usize, f64)>) -> Vec<Month> {
    let mut before = vec![0; months];
    rows.sort_by_key(|r| (r.0, r.1));
    for (month, at, _) in &mut rows {
        let here = *at;
        *at -= before[*month];
        before[*month] = here;
    }
    by_month(months, rows)
}

/// Places (or steps) and values of every month.
fn by_month(months: usize, rows: Vec<(usize, usize, f64)>) -> Vec<Month> {
    let mut all: Vec<Month> = vec![(vec![], vec![]); months];
    for (month, at, v) in rows {
        all[month].0.push(at as u32);
        all[month].1.push(if v.fract() == 0.0 && v.abs() < 1e15 { Digits::Whole(v as i64) } else { Digits::Real(v) });
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Cells come as steps, places as they are: `map.js` reads them so.
    #[test]
    fn cells_are_steps_and_places_are_not() {
        let rows = vec![(0, 5, 2.0), (0, 3, 0.5), (1, 4, 7.0)];
        assert_eq!(json!(packed(2, rows.clone())), json!([[[3, 2], [0.5, 2]], [[4], [7]]]));
        assert_eq!(json!(by_month(2, rows)), json!([[[5, 3], [2, 0.5]], [[4], [7]]]));
    }
}
