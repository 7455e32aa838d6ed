//! The grid against reference cells and border lengths that are not shipped (`../shared/data/geo_reference`). Where that
//! folder is missing the tests say so and pass. The tolerances are those measured when the data was made, with a margin.

use sirocco::region::Region;
use sirocco::region::geodata::GeoData;
use std::path::{Path, PathBuf};

fn reference(file: &str) -> Option<Vec<csv::StringRecord>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/geo_reference").join(file);
    if !path.exists() {
        println!("skipped: reference data not here");
        return None;
    }
    let mut reader = csv::Reader::from_path(path).expect("the file opens");
    Some(reader.records().map(|r| r.expect("a row reads")).collect())
}

fn grid(resolution: u8) -> Region {
    let geo = GeoData::load(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data")).expect("the data loads");
    Region::build_grid(&geo, resolution, &[]).expect("the grid builds")
}

fn number(record: &csv::StringRecord, i: usize) -> f64 {
    record[i].parse().unwrap_or(f64::NAN)
}

/// Shares of the reference's land cells that are nodes here, and of those that have the same country.
fn agreement(resolution: u8, file: &str) -> Option<(f64, f64)> {
    let rows = reference(file)?;
    let region = grid(resolution);
    let (mut land, mut both, mut same) = (0.0, 0.0, 0.0);
    for row in rows.iter().filter(|r| !r[4].is_empty() && &r[7] != "lake") {
        land += 1.0;
        let id = u64::from_str_radix(&row[0], 16).expect("a hex id");
        let Ok(i) = region.nodes.id.binary_search(&id) else {
            continue;
        };
        both += 1.0;
        same += f64::from(region.countries[usize::from(region.nodes.country[i])].iso3 == row[4]);
        assert!((region.nodes.lat[i] - number(row, 1)).abs() < 1e-3, "{}", &row[0]);
        assert!((region.nodes.lon[i] - number(row, 2)).abs() < 1e-3, "{}", &row[0]);
        assert!((region.nodes.area_km2[i] / number(row, 3) - 1.0).abs() < 1e-3, "{}", &row[0]);
    }
    println!("resolution {resolution}: {:.4} of land, {:.4} of countries agree", both / land, same / both);
    Some((both / land, same / both))
}

#[test]
fn land_and_countries_agree_at_resolution_4() {
    if let Some((land, country)) = agreement(4, "cells_r4.csv") {
        assert!(land > 0.995, "{land}");
        assert!(country > 0.995, "{country}");
    }
}

#[test]
fn land_and_countries_agree_at_resolution_3() {
    // The reference gives a cell to the country at its centre, the grid to the one with most land in its children.
    if let Some((land, country)) = agreement(3, "cells_r3.csv") {
        assert!(land > 0.98, "{land}");
        assert!(country > 0.95, "{country}");
    }
}

#[test]
fn border_lengths_agree_with_computed_and_published_ones() {
    let Some(rows) = reference("borders.csv") else {
        return;
    };
    let region = grid(4);
    let (mut seen, mut libya) = (0, 0);
    for row in &rows {
        let (Some(a), Some(b)) = (region.country(&row[0]), region.country(&row[1])) else {
            continue;
        };
        let Some(i) = region.border_between(a, b) else {
            continue;
        };
        let km = region.borders[i].km;
        seen += 1;
        assert!((km - number(row, 2)).abs() < 1.0, "{}-{}: {km} km", &row[0], &row[1]);
        if &row[0] == "LBY" || &row[1] == "LBY" {
            libya += 1;
            assert!((km / number(row, 4) - 1.0).abs() < 0.03, "{}-{}: {km} km", &row[0], &row[1]);
        }
    }
    println!("{seen} borders compared, {libya} of Libya");
    assert!(seen > 70 && libya == 6);
}
