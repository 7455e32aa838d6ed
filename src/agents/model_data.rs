//! Tables of the model that are not geography: networks, origins, groups outside Libya (`data/model`).

use super::group::GroupSpec;
use super::migrant::OriginSpec;
use super::network::NetworkSpec;
use crate::error::Result;
use crate::region::table::Table;
use std::path::Path;

/// What `data/model` says.
#[derive(Clone, Debug, Default)]
pub struct ModelData {
    pub networks: Vec<NetworkSpec>,
    pub origins: Vec<OriginSpec>,
    pub groups: Vec<GroupSpec>,
    /// Paths and blake3 hashes of the files, for the manifest.
    pub inputs: Vec<(String, String)>,
}

impl ModelData {
    /// Reads `networks.csv`, `origins.csv` and `groups.csv` below `data_dir/model`.
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
        let (networks, origins, groups) =
            (open("model/networks.csv")?, open("model/origins.csv")?, open("model/groups.csv")?);
        networks.rows(&["name", "home", "weight", "range_km", "ties"], |r| {
            d.networks.push(NetworkSpec {
                name: r.text(0)?.into(),
                home: r.text(1)?.into(),
                weight: r.number(2, 0.0, 1e6)?,
                range_km: r.number(3, 0.0, 20_000.0)?,
                ties: r.text(4)?.split(';').map(str::trim).filter(|n| !n.is_empty()).map(String::from).collect(),
            });
            Ok(())
        })?;
        for n in &d.networks {
            if let Some(t) = n.ties.iter().find(|t| !d.networks.iter().any(|m| m.name == **t)) {
                let message = format!("model/networks.csv: `{}` has a tie to `{t}`, which is no network", n.name);
                return Err(crate::error::Error::Input(message));
            }
        }
        origins.rows(&["place", "pool", "per_year"], |r| {
            d.origins.push(OriginSpec {
                place: r.text(0)?.into(),
                pool: r.number(1, 0.0, 1e9)? as u64,
                per_year: r.number(2, 0.0, 1e9)?,
            });
            Ok(())
        })?;
        groups.rows(&["name", "place", "fighters", "bloc", "tie"], |r| {
            d.groups.push(GroupSpec {
                name: r.text(0)?.into(),
                place: r.text(1)?.into(),
                fighters: r.number(2, 0.0, 1e6)? as u32,
                bloc: r.text(3)?.into(),
                tie: r.text(4)?.into(),
            });
            Ok(())
        })?;
        Ok(d)
    }
}
