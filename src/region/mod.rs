//! The ground: cells or places, the land graph, borders, sea zones and lanes, corridors. Immutable once built.
//!
//! The model sees nodes and edges only. A node is an H3 cell of the grid ([`grid`]) or a place of a plain network
//! ([`network`]); nothing downstream can tell which.

mod assemble;
pub mod catchment;
pub mod check;
pub mod corridor;
pub mod costs;
pub mod displacement;
pub mod geodata;
pub mod graph;
pub mod grid;
mod lookup;
pub mod network;
mod places;
pub mod sea;
pub(crate) mod table;

use std::collections::BTreeMap;

/// Index of a node (land cell or network place).
pub type NodeId = u32;
/// Index of a place.
pub type PlaceId = u16;
/// Index of a country.
pub type CountryId = u16;

/// Terrain class of a node; speeds by class come from `terrain.csv`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Terrain {
    DesertFlat,
    DesertHills,
    SandSea,
    Mountain,
    Hills,
    Steppe,
    Savanna,
    Mediterranean,
    Temperate,
    Forest,
    Farmland,
    Wetland,
    Urban,
    Lake,
    Sea,
}

impl Terrain {
    /// Every class, in the order of their numbers.
    pub const ALL: [Terrain; 15] = [
        Terrain::DesertFlat,
        Terrain::DesertHills,
        Terrain::SandSea,
        Terrain::Mountain,
        Terrain::Hills,
        Terrain::Steppe,
        Terrain::Savanna,
        Terrain::Mediterranean,
        Terrain::Temperate,
        Terrain::Forest,
        Terrain::Farmland,
        Terrain::Wetland,
        Terrain::Urban,
        Terrain::Lake,
        Terrain::Sea,
    ];
    /// Its name in the data files.
    pub fn name(self) -> &'static str {
        match self {
            Terrain::DesertFlat => "desert_flat",
            Terrain::DesertHills => "desert_hills",
            Terrain::SandSea => "sand_sea",
            Terrain::Mountain => "mountain",
            Terrain::Hills => "hills",
            Terrain::Steppe => "steppe",
            Terrain::Savanna => "savanna",
            Terrain::Mediterranean => "mediterranean",
            Terrain::Temperate => "temperate",
            Terrain::Forest => "forest",
            Terrain::Farmland => "farmland",
            Terrain::Wetland => "wetland",
            Terrain::Urban => "urban",
            Terrain::Lake => "lake",
            Terrain::Sea => "sea",
        }
    }
    /// The class with this name.
    pub fn from_name(name: &str) -> Option<Terrain> {
        Terrain::ALL.into_iter().find(|t| t.name() == name)
    }
}

/// Best road class in a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(u8)]
pub enum Road {
    None,
    Track,
    Mixed,
    Paved,
}

impl Road {
    /// The class with this name; empty is none.
    pub fn from_name(name: &str) -> Option<Road> {
        match name {
            "" | "none" => Some(Road::None),
            "track" => Some(Road::Track),
            "mixed" => Some(Road::Mixed),
            "paved" => Some(Road::Paved),
            _ => None,
        }
    }
}

/// Land nodes, column by column.
#[derive(Clone, Debug, Default)]
pub struct Nodes {
    /// Stable id: the H3 index, or a hash of the name in a network. Ascending.
    pub id: Vec<u64>,
    /// Degrees north.
    pub lat: Vec<f64>,
    /// Degrees east.
    pub lon: Vec<f64>,
    pub country: Vec<CountryId>,
    /// The whole hexagon, with what water is in it, km2.
    pub area_km2: Vec<f64>,
    pub terrain: Vec<Terrain>,
    pub road: Vec<Road>,
    /// People, 2012.
    pub population: Vec<u32>,
    /// km from the node's centre to the nearest land border; infinite where there is none.
    pub border_km: Vec<f32>,
    /// km from the node's centre to the nearest coast.
    pub coast_km: Vec<f32>,
}

impl Nodes {
    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.id.len()
    }
    /// True when there is no node.
    pub fn is_empty(&self) -> bool {
        self.id.is_empty()
    }
}

/// A country with the facts of `country_facts.csv` (2012); blanks are `None`.
#[derive(Clone, Debug)]
pub struct Country {
    pub iso3: String,
    pub name: String,
    pub population: Option<f64>,
    pub gdp_per_head_usd: Option<f64>,
    pub fragility: Option<f64>,
}

/// A land border between two countries (`a` before `b` in the alphabet).
#[derive(Clone, Debug)]
pub struct Border {
    pub a: CountryId,
    pub b: CountryId,
    /// Length, km (computed from Natural Earth; where that has none, from the hexagon sides between the two; in a
    /// network 100 km per crossing link).
    pub km: f64,
    /// Nodes of either country that touch the other, ascending.
    pub nodes: Vec<NodeId>,
}

/// A named place. Its country is its own, not that of its cell (at 45 km cells a border post may lie across the line).
#[derive(Clone, Debug)]
pub struct Place {
    pub name: String,
    pub country: CountryId,
    pub lat: f64,
    pub lon: f64,
    /// Present population; 0 where nobody is known to live.
    pub population: u32,
    /// `city`, `border_post`, `airbase` ...: the words of `places.csv`.
    pub kind: String,
    /// The node it stands on; `None` offshore.
    pub node: Option<NodeId>,
}

/// Who carries people along a corridor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Carrier {
    /// Buses, cars or feet: no smuggler needed, no limit of seats.
    Public,
    /// Pickups and trucks of smuggling crews.
    Crew,
}

/// A documented way (`corridors.csv`): an ordered list of places over land.
#[derive(Clone, Debug)]
pub struct Corridor {
    pub id: String,
    pub name: String,
    pub people: bool,
    pub arms: bool,
    pub carrier: Carrier,
    pub places: Vec<PlaceId>,
    /// Years in which it is in use, as closed ranges.
    pub years: Vec<(i16, i16)>,
}

/// The whole ground of a run.
#[derive(Clone, Debug, Default)]
pub struct Region {
    pub nodes: Nodes,
    pub graph: graph::Graph,
    pub countries: Vec<Country>,
    pub borders: Vec<Border>,
    /// Only the places of the story (a few hundred); towns that are only people are in the nodes' population.
    pub places: Vec<Place>,
    /// Towns, cities and bases, for drawing depots and groups; they have no name here.
    pub towns: Vec<Town>,
    pub sea: sea::Sea,
    /// Corridors over land only (legs by sea or air are left out).
    pub corridors: Vec<Corridor>,
    /// Resolution of the grid, or `None` for a network.
    pub resolution: Option<u8>,
    /// Paths and blake3 hashes of the files it was built from, for the manifest.
    pub inputs: Vec<(String, String)>,
    by_place: BTreeMap<String, PlaceId>,
    by_country: BTreeMap<String, CountryId>,
}

/// A town as a spot where depots and groups may stand.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Town {
    pub node: NodeId,
    pub country: CountryId,
    pub lat: f64,
    pub lon: f64,
    pub population: u32,
    pub kind: TownKind,
}

/// What a town-like spot is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TownKind {
    Settlement,
    Airbase,
    MilitaryBase,
}

/// What a lever's `where` stands for: everything named, already resolved. All four empty means everywhere.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Area {
    pub countries: Vec<CountryId>,
    pub places: Vec<PlaceId>,
    /// Indices into [`Region::borders`].
    pub borders: Vec<usize>,
    /// Indices into [`sea::Sea::zones`].
    pub zones: Vec<usize>,
}

impl Area {
    /// Nothing named: the lever works everywhere.
    pub fn is_everywhere(&self) -> bool {
        *self == Area::default()
    }

    /// True for a country it names, and for all when it is everywhere.
    pub fn covers(&self, country: CountryId) -> bool {
        self.is_everywhere() || self.countries.contains(&country)
    }
}
