//! Tables of the model that are not geography: networks, origins, groups outside Libya, depots of armies, states,
//! homelands, ports, oil, patrons (`data/model`).

use super::arms::{self, CLASSES};
use super::depot::SiteSpec;
use super::group::GroupSpec;
use super::homeland::HomelandSpec;
use super::migrant::OriginSpec;
use super::network::NetworkSpec;
use super::oil::OilSpec;
use super::patron::{self, PatronSpec};
use super::state::StateSpec;
use super::vessel::PortSpec;
use crate::error::Result;
use crate::region::table::Table;
use crate::units::Date;
use std::path::Path;

/// What `data/model` says.
#[derive(Clone, Debug, Default)]
pub struct ModelData {
    pub networks: Vec<NetworkSpec>,
    pub origins: Vec<OriginSpec>,
    pub groups: Vec<GroupSpec>,
    pub depots: Vec<SiteSpec>,
    pub states: Vec<StateSpec>,
    pub homelands: Vec<HomelandSpec>,
    pub landing_places: Vec<PortSpec>,
    pub oil: Vec<OilSpec>,
    pub patrons: Vec<PatronSpec>,
    /// Paths and blake3 hashes of the files, for the manifest.
    pub inputs: Vec<(String, String)>,
}

impl ModelData {
    /// Reads the tables below `data_dir/model`.
    ///
    /// # Errors
    /// A missing file by its path; a bad row by file and line.
    pub fn load(data_dir: &Path) -> Result<ModelData> {
        let mut d = ModelData::default();
        let mut open = |name: &str| -> Result<Table> {
            let t = Table::read(data_dir, name)?;
            d.inputs.push(t.input.clone());
            Ok(t)
        };
        let mut table = |name: &str| open(&format!("model/{name}.csv"));
        let (networks, origins, groups) = (table("networks")?, table("origins")?, table("groups")?);
        let (depots, states, homelands) = (table("depots")?, table("states")?, table("homelands")?);
        let (ports, oil) = (table("landing_places")?, table("oil")?);
        let patrons = table("patrons")?;
        let list = |text: &str| text.split(';').map(str::trim).filter(|n| !n.is_empty()).map(String::from).collect();
        networks.rows(&["name", "home", "weight", "range_km", "ties"], |r| {
            d.networks.push(NetworkSpec {
                name: r.text(0)?.into(),
                home: r.text(1)?.into(),
                weight: r.number(2, 0.0, 1e6)?,
                range_km: r.number(3, 0.0, 20_000.0)?,
                ties: list(r.text(4)?),
            });
            Ok(())
        })?;
        for n in &d.networks {
            if let Some(t) = n.ties.iter().find(|t| !d.networks.iter().any(|m| m.name == **t)) {
                let message = format!("model/networks.csv: `{}` has a tie to `{t}`, which is no network", n.name);
                return Err(crate::error::Error::Input(message));
            }
        }
        let columns = [
            "place",
            "pool",
            "per_year",
            "iso3",
            "sea",
            "libya",
            "algeria",
            "western",
            "residents",
            "diaspora",
            "season",
            "peak",
        ];
        origins.rows(&columns, |r| {
            d.origins.push(OriginSpec {
                place: r.text(0)?.into(),
                pool: r.number(1, 0.0, 1e9)? as u64,
                per_year: r.number(2, 0.0, 1e9)?,
                nationality: Some(r.text(3)?.into()),
                shares: Some([
                    r.number(4, 0.0, 1.0)?,
                    r.number(5, 0.0, 1.0)?,
                    r.number(6, 0.0, 1.0)?,
                    r.number(7, 0.0, 1.0)?,
                ]),
                residents: r.number(8, 0.0, 1e9)?,
                diaspora: r.number(9, 0.0, 1.0)?,
                season: r.number(10, 0.0, 1.0)?,
                peak_month: r.number(11, 1.0, 12.0)? as u8,
            });
            Ok(())
        })?;
        for o in &d.origins {
            let sum: f64 = o.shares.iter().flatten().sum();
            if (sum - 1.0).abs() > 1e-6 {
                let message = format!("model/origins.csv: the shares of `{}` sum to {sum}, not to 1", o.place);
                return Err(crate::error::Error::Input(message));
            }
        }
        depots.rows(&[&["place", "guards", "control"][..], &arms::CLASS_NAMES].concat(), |r| {
            let mut stock = [0; CLASSES];
            for (c, n) in stock.iter_mut().enumerate() {
                *n = r.number(3 + c, 0.0, 1e7)? as u32;
            }
            let (place, guards, control) = (r.text(0)?.into(), r.number(1, 0.0, 1e4)?, r.number(2, 0.0, 1.0)?);
            d.depots.push(SiteSpec { place, guards, control, stock });
            Ok(())
        })?;
        states.rows(&["country", "capacity", "will"], |r| {
            let (country, capacity, will) = (r.text(0)?.into(), r.number(1, 0.0, 1.0)?, r.number(2, 0.0, 1.0)?);
            d.states.push(StateSpec { country, capacity, will });
            Ok(())
        })?;
        ports.rows(&["place", "weight"], |r| {
            d.landing_places.push(PortSpec { place: r.text(0)?.into(), weight: r.number(1, 0.0, 1e6)? });
            Ok(())
        })?;
        oil.rows(&["place", "kind", "capacity_kbd", "outlet"], |r| {
            let terminal = r.text(1)? == "terminal";
            let capacity = if terminal { 0.0 } else { r.number(2, 0.0, 10_000.0)? };
            let outlet = if terminal { String::new() } else { r.text(3)?.into() };
            d.oil.push(OilSpec { place: r.text(0)?.into(), terminal, capacity, outlet });
            Ok(())
        })?;
        let ways = ["name", "country", "bloc", "port", "airfield", "land_place", "since", "growth"];
        patrons.rows(&[&ways[..], &arms::CLASS_NAMES].concat(), |r| {
            let named = |i: usize| r.text(i).map(|t| Some(t.to_string()).filter(|t| !t.is_empty()));
            let mut per_year = [0.0; CLASSES];
            for (c, n) in per_year.iter_mut().enumerate() {
                *n = r.number(8 + c, 0.0, 1e7)?;
            }
            d.patrons.push(PatronSpec {
                name: r.text(0)?.into(),
                country: named(1)?,
                bloc: r.text(2)?.into(),
                port: named(3)?,
                airfield: named(4)?,
                land_place: named(5)?,
                per_year,
                growth: r.number(7, 0.0, 1.0)?,
                costs: patron::costs(),
                since: r.maybe(6)?.map(Date),
                until: None,
            });
            Ok(())
        })?;
        homelands.rows(&["name", "tie", "places", "radius_km", "reach", "grievance"], |r| {
            d.homelands.push(HomelandSpec {
                name: r.text(0)?.into(),
                tie: r.text(1)?.into(),
                places: list(r.text(2)?),
                radius_km: r.number(3, 1.0, 1000.0)?,
                reach: r.number(4, 0.0, 1.0)?,
                grievance: r.number(5, 0.0, 1.0)?,
            });
            Ok(())
        })?;
        let columns = ["name", "place", "fighters", "bloc", "tie", "skill", "rifles", "light_weapons", "heavy"];
        groups.rows(&columns, |r| {
            d.groups.push(GroupSpec {
                name: r.text(0)?.into(),
                place: r.text(1)?.into(),
                fighters: r.number(2, 0.0, 1e6)? as u32,
                bloc: r.text(3)?.into(),
                tie: r.text(4)?.into(),
                skill: r.number(5, 0.1, 10.0)?,
                arms_per_fighter: Some([
                    r.number(6, 0.0, 100.0)?,
                    r.number(7, 0.0, 100.0)?,
                    r.number(8, 0.0, 100.0)?,
                    0.0,
                    0.0,
                    0.0,
                ]),
            });
            Ok(())
        })?;
        Ok(d)
    }
}
