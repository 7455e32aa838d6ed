//! The shipped geodata (`geo/*.csv`, `model/sea_zones.csv`) as parsed rows; see `data/geo/PROVENANCE.md` for what they are.

use super::table::{Row, Table, suggestion};
use super::{Country, CountryId, Road, Terrain};
use crate::error::{Error, Result};
use std::path::Path;

/// "No country" in [`CellRow::country`]: a sea cell.
pub const NO_COUNTRY: CountryId = CountryId::MAX;

/// A row of `cells.csv`: one H3 cell of resolution 4.
#[derive(Clone, Copy, Debug)]
pub struct CellRow {
    /// H3 index.
    pub id: u64,
    /// Index into [`GeoData::countries`], or [`NO_COUNTRY`].
    pub country: CountryId,
    /// Share of the cell that is land, 0 to 1.
    pub land_share: f64,
    pub terrain: Terrain,
    /// People, 2012.
    pub population: u32,
    pub road: Road,
    /// km from the centre to the nearest coast.
    pub coast_km: f32,
    /// km from the centre to the nearest land border; infinite where there is none.
    pub border_km: f32,
}

/// A row of `places.csv`.
#[derive(Clone, Debug)]
pub struct PlaceRow {
    pub name: String,
    /// Index into [`GeoData::countries`]; [`NO_COUNTRY`] for a state without facts.
    pub country: CountryId,
    pub lat: f64,
    pub lon: f64,
    /// Present population (GeoNames).
    pub population: u32,
    pub kind: String,
    /// True for the places of the story.
    pub story: bool,
}

/// A row of `corridors.csv`, not yet resolved.
#[derive(Clone, Debug)]
pub struct CorridorRow {
    pub id: String,
    pub name: String,
    pub flow: String,
    pub medium: String,
    pub transport: String,
    pub period: String,
    pub places: Vec<String>,
    /// `land`, `sea` or `air`, one fewer than places.
    pub legs: Vec<String>,
    /// `file:line`, for errors.
    pub spot: String,
}

/// A row of `sea_distances.csv`.
#[derive(Clone, Debug)]
pub struct SeaRow {
    pub from: String,
    pub to: String,
    pub km: f64,
    /// `file:line`, for errors.
    pub spot: String,
}

/// A row of `model/sea_zones.csv`: the point from which a zone grows.
#[derive(Clone, Debug)]
pub struct ZoneSeed {
    pub name: String,
    pub lat: f64,
    pub lon: f64,
}

/// Speeds on one terrain, km/h.
#[derive(Clone, Copy, Debug, Default)]
pub struct Speed {
    /// A 4x4 or truck without a road.
    pub offroad: f64,
    /// A vehicle on a road, by [`Road`]; the entry for no road repeats `offroad`.
    pub road: [f64; 4],
    pub foot: f64,
}

/// Everything read from the data folder.
#[derive(Clone, Debug, Default)]
pub struct GeoData {
    /// Cells by rising id.
    pub cells: Vec<CellRow>,
    /// Pairs of neighbouring cells (H3, lower first, ascending) that no land joins.
    pub water_edges: Vec<(u64, u64)>,
    /// Countries by code.
    pub countries: Vec<Country>,
    pub places: Vec<PlaceRow>,
    pub corridors: Vec<CorridorRow>,
    pub sea: Vec<SeaRow>,
    /// Lengths of land borders, km, by pair of countries, ascending.
    pub borders: Vec<((CountryId, CountryId), f64)>,
    /// Speeds by [`Terrain`].
    pub speeds: Vec<Speed>,
    pub zones: Vec<ZoneSeed>,
    /// Paths relative to the data folder, and blake3 in hex.
    pub inputs: Vec<(String, String)>,
}

impl GeoData {
    /// Reads and checks the files below `data_dir` (the folder that holds `geo` and `model`).
    pub fn load(data_dir: &Path) -> Result<GeoData> {
        let mut geo = GeoData::default();
        let mut open = |file: &str| -> Result<Table> {
            let table = Table::read(data_dir, file)?;
            geo.inputs.push(table.input.clone());
            Ok(table)
        };
        let (facts, cells) = (open("geo/country_facts.csv")?, open("geo/cells.csv")?);
        let (water, places) = (open("geo/water_edges.csv")?, open("geo/places.csv")?);
        let (corridors, sea) = (open("geo/corridors.csv")?, open("geo/sea_distances.csv")?);
        let local = open("model/local_roads.csv")?;
        let (terrain, borders, zones) =
            (open("geo/terrain.csv")?, open("geo/borders.csv")?, open("model/sea_zones.csv")?);
        geo.read_countries(&facts)?;
        geo.read_cells(&cells)?;
        geo.read_water(&water)?;
        geo.read_places(&places)?;
        geo.read_corridors(&corridors)?;
        geo.read_corridors(&local)?;
        geo.read_sea(&sea)?;
        geo.read_speeds(&terrain)?;
        geo.read_borders(&borders)?;
        geo.read_zones(&zones)?;
        geo.check_speeds()?;
        Ok(geo)
    }

    /// Index of a country by its code.
    pub fn country(&self, iso3: &str) -> Option<CountryId> {
        self.countries.binary_search_by(|c| c.iso3.as_str().cmp(iso3)).ok().map(|i| i as CountryId)
    }

    /// The country named in a field, or an error that suggests one.
    fn known_country(&self, row: &Row, i: usize) -> Result<CountryId> {
        let iso3 = row.text(i)?;
        self.country(iso3).ok_or_else(|| {
            let like = suggestion(iso3, self.countries.iter().map(|c| c.iso3.as_str()));
            row.fault(format!("country `{iso3}` is not in country_facts.csv{like}"))
        })
    }

    fn read_countries(&mut self, table: &Table) -> Result<()> {
        table.rows(&["iso3", "name", "population_2012", "gdp_per_head_usd_2012", "fsi_2012"], |row| {
            self.countries.push(Country {
                iso3: row.text(0)?.to_string(),
                name: row.text(1)?.to_string(),
                population: row.maybe_number(2, 0.0, 1e10)?,
                gdp_per_head_usd: row.maybe_number(3, 0.0, 1e7)?,
                fragility: row.maybe_number(4, 0.0, 120.0)?,
            });
            Ok(())
        })?;
        self.countries.sort_by(|a, b| a.iso3.cmp(&b.iso3));
        match self.countries.windows(2).find(|w| w[0].iso3 == w[1].iso3) {
            Some(w) => Err(Error::Input(format!("{}: country `{}` stands twice", table.input.0, w[0].iso3))),
            None => Ok(()),
        }
    }

    fn read_cells(&mut self, table: &Table) -> Result<()> {
        let columns = ["h3", "iso3", "land_share", "terrain", "population", "road", "dist_coast_km", "dist_border_km"];
        // Rows of one country lie together, so the last answer is usually the next one.
        let mut last = (String::new(), NO_COUNTRY);
        table.rows(&columns, |row| {
            let iso3 = row.text(1)?;
            if iso3 != last.0 {
                let id = if iso3.is_empty() { NO_COUNTRY } else { self.known_country(row, 1)? };
                last = (iso3.to_string(), id);
            }
            self.cells.push(CellRow {
                id: h3(row, 0)?,
                country: last.1,
                land_share: row.number(2, 0.0, 1.0)?,
                terrain: terrain(row, 3)?,
                population: people(row, 4)?,
                road: road(row, 5)?,
                coast_km: row.number(6, 0.0, 1e5)? as f32,
                border_km: row.maybe_number(7, 0.0, 1e5)?.map_or(f32::INFINITY, |x| x as f32),
            });
            Ok(())
        })?;
        self.cells.sort_unstable_by_key(|c| c.id);
        match self.cells.windows(2).find(|w| w[0].id == w[1].id) {
            Some(w) => Err(Error::Input(format!("{}: cell {:x} stands twice", table.input.0, w[0].id))),
            None => Ok(()),
        }
    }

    fn read_water(&mut self, table: &Table) -> Result<()> {
        table.rows(&["h3_a", "h3_b"], |row| {
            let (a, b) = (h3(row, 0)?, h3(row, 1)?);
            self.water_edges.push((a.min(b), a.max(b)));
            Ok(())
        })?;
        self.water_edges.sort_unstable();
        Ok(())
    }

    fn read_places(&mut self, table: &Table) -> Result<()> {
        let mut names = std::collections::BTreeSet::new();
        table.rows(&["name", "iso3", "lat", "lon", "population", "kind", "story"], |row| {
            let name = row.text(0)?.to_string();
            let story = row.text(6)? == "1";
            if name.is_empty() || (story && !names.insert(name.clone())) {
                return Err(row.fault(format!("place `{name}` has no name of its own")));
            }
            let country = match self.country(row.text(1)?) {
                None if story => self.known_country(row, 1)?,
                other => other.unwrap_or(NO_COUNTRY),
            };
            self.places.push(PlaceRow {
                name,
                country,
                lat: row.number(2, -90.0, 90.0)?,
                lon: row.number(3, -180.0, 180.0)?,
                population: people(row, 4)?,
                kind: row.text(5)?.to_string(),
                story,
            });
            Ok(())
        })
    }

    fn read_corridors(&mut self, table: &Table) -> Result<()> {
        let columns = ["id", "name", "flow", "medium", "transport", "period", "places", "leg_modes"];
        table.rows(&columns, |row| {
            let list = |i| row.text(i).map(|t| t.split(';').map(|s| s.trim().to_string()).collect::<Vec<_>>());
            let (places, legs) = (list(6)?, list(7)?);
            if legs.len() + 1 != places.len() {
                return Err(row.fault(format!("{} places but {} legs", places.len(), legs.len())));
            }
            let text = |i| row.text(i).map(str::to_string);
            self.corridors.push(CorridorRow {
                id: text(0)?,
                name: text(1)?,
                flow: text(2)?,
                medium: text(3)?,
                transport: text(4)?,
                period: text(5)?,
                places,
                legs,
                spot: row.spot(),
            });
            Ok(())
        })
    }

    fn read_sea(&mut self, table: &Table) -> Result<()> {
        table.rows(&["from", "to", "km"], |row| {
            let (from, to) = (row.text(0)?.to_string(), row.text(1)?.to_string());
            self.sea.push(SeaRow { from, to, km: row.number(2, 0.1, 20_000.0)?, spot: row.spot() });
            Ok(())
        })
    }

    fn read_speeds(&mut self, table: &Table) -> Result<()> {
        self.speeds = vec![Speed::default(); Terrain::ALL.len()];
        let columns = ["terrain", "offroad_kmh_4x4", "road_track_kmh", "road_mixed_kmh", "road_paved_kmh", "foot_kmh"];
        table.rows(&columns, |row| {
            let kmh = |i| row.number(i, 0.0, 300.0);
            let offroad = kmh(1)?;
            self.speeds[terrain(row, 0)? as usize] =
                Speed { offroad, road: [offroad, kmh(2)?, kmh(3)?, kmh(4)?], foot: kmh(5)? };
            Ok(())
        })
    }

    /// Borders between countries without facts (the file also has those just outside the box) are left out.
    fn read_borders(&mut self, table: &Table) -> Result<()> {
        table.rows(&["iso3_a", "iso3_b", "computed_km"], |row| {
            let km = row.number(2, 0.0, 1e5)?;
            if let (Some(a), Some(b)) = (self.country(row.text(0)?), self.country(row.text(1)?)) {
                self.borders.push(((a.min(b), a.max(b)), km));
            }
            Ok(())
        })?;
        self.borders.sort_by_key(|b| b.0);
        Ok(())
    }

    fn read_zones(&mut self, table: &Table) -> Result<()> {
        table.rows(&["name", "lat", "lon"], |row| {
            let name = row.text(0)?.to_string();
            if name.is_empty() || self.zones.iter().any(|z| z.name == name) {
                return Err(row.fault(format!("zone `{name}` has no name of its own")));
            }
            let (lat, lon) = (row.number(1, -90.0, 90.0)?, row.number(2, -180.0, 180.0)?);
            self.zones.push(ZoneSeed { name, lat, lon });
            Ok(())
        })?;
        if self.zones.is_empty() {
            return Err(Error::Input(format!("{}: no zone", table.input.0)));
        }
        Ok(())
    }

    /// A terrain on which a land cell lies must have speeds above 0, or hours would be infinite.
    fn check_speeds(&self) -> Result<()> {
        for cell in &self.cells {
            let speed = &self.speeds[cell.terrain as usize];
            let slowest = speed.road.iter().fold(speed.foot, |a, &b| a.min(b));
            if is_land(cell) && slowest <= 0.0 {
                let name = cell.terrain.name();
                return Err(Error::Input(format!("geo/terrain.csv: terrain `{name}` needs speeds above 0")));
            }
        }
        Ok(())
    }
}

/// True for a cell that becomes a node: it has a country and is not a lake.
pub(super) fn is_land(cell: &CellRow) -> bool {
    cell.country != NO_COUNTRY && !matches!(cell.terrain, Terrain::Lake | Terrain::Sea)
}

/// An H3 index of resolution 4 in hex.
fn h3(row: &Row, i: usize) -> Result<u64> {
    let text = row.text(i)?;
    let cell = u64::from_str_radix(text, 16).ok().and_then(|id| h3o::CellIndex::try_from(id).ok());
    match cell {
        Some(cell) if cell.resolution() == h3o::Resolution::Four => Ok(cell.into()),
        _ => Err(row.fault(format!("`{text}` is not an H3 cell of resolution 4"))),
    }
}

/// A number of people; empty is 0. Bounded, so that sums over cells stay far below what their type holds.
pub(super) fn people(row: &Row, i: usize) -> Result<u32> {
    match row.maybe::<u32>(i)?.unwrap_or(0) {
        n if n > 100_000_000 => Err(row.fault(format!("{n} people in one spot"))),
        n => Ok(n),
    }
}

/// A terrain class by name.
pub(super) fn terrain(row: &Row, i: usize) -> Result<Terrain> {
    let text = row.text(i)?;
    Terrain::from_name(text).ok_or_else(|| {
        let like = suggestion(text, Terrain::ALL.iter().map(|t| t.name()));
        row.fault(format!("`{text}` is no terrain class{like}"))
    })
}

/// A road class by name; empty is none.
pub(super) fn road(row: &Row, i: usize) -> Result<Road> {
    let text = row.text(i)?;
    Road::from_name(text).ok_or_else(|| row.fault(format!("`{text}` is no road class (paved, mixed, track or none)")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    fn copy_of_data() -> tempfile::TempDir {
        let from = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data");
        let dir = tempfile::tempdir().unwrap();
        for sub in ["geo", "model"] {
            std::fs::create_dir(dir.path().join(sub)).unwrap();
            for entry in std::fs::read_dir(from.join(sub)).unwrap() {
                let path = entry.unwrap().path();
                if path.extension().is_some_and(|e| e == "csv") {
                    std::fs::copy(&path, dir.path().join(sub).join(path.file_name().unwrap())).unwrap();
                }
            }
        }
        dir
    }

    fn message_after(file: &str, change: impl Fn(String) -> String) -> String {
        let dir = copy_of_data();
        let path = dir.path().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, change(text)).unwrap();
        GeoData::load(dir.path()).unwrap_err().to_string()
    }

    #[test]
    fn a_missing_file_names_its_path() {
        let dir = copy_of_data();
        std::fs::remove_file(dir.path().join("geo/places.csv")).unwrap();
        let error = GeoData::load(dir.path()).unwrap_err();
        assert!(error.to_string().contains("places.csv"), "{error}");
        assert_eq!(error.exit_code(), 3);
    }

    #[test]
    fn a_bad_row_names_file_line_and_reason() {
        let m = message_after("geo/terrain.csv", |t| t.replace("sand_sea,12", "sand_see,12"));
        assert!(m.contains("terrain.csv:4: `sand_see` is no terrain class (did you mean `sand_sea`?)"), "{m}");
        let m = message_after("geo/sea_distances.csv", |t| t.replace("Zuwara,Lampedusa,289", "Zuwara,Lampedusa,x"));
        assert!(m.contains("sea_distances.csv:2: `km` is `x`"), "{m}");
        let m = message_after("geo/borders.csv", |t| t.replacen("computed_km", "km", 1));
        assert!(m.contains("borders.csv:1: no column `computed_km`"), "{m}");
        let m = message_after("geo/water_edges.csv", |t| t.replacen("84184cbffffffff,", "84184cbffffffff,,", 1));
        assert!(m.contains("water_edges.csv:2: 5 fields instead of 4"), "{m}");
        let m = message_after("geo/cells.csv", |t| t.replacen(",FRA,", ",FRX,", 1));
        assert!(m.contains("country `FRX`") && m.contains("FRA"), "{m}");
        let m = message_after("geo/terrain.csv", |t| t.replace("steppe,25", "steppe,0"));
        assert!(m.contains("terrain `steppe` needs speeds above 0"), "{m}");
    }

    #[test]
    fn the_shipped_files_are_whole() {
        let geo = GeoData::load(&PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("data")).unwrap();
        assert_eq!(geo.cells.len(), 20_168);
        assert_eq!(geo.countries.len(), 72);
        assert_eq!(geo.inputs.len(), 10);
        assert!(geo.inputs.iter().all(|(path, hash)| !path.starts_with('/') && hash.len() == 64));
    }
}
