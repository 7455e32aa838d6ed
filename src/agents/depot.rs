//! Arms depots: stock by class, guards, and who holds the site.

use super::accounts::Arms;
use super::arms::{CLASSES, Class, EMPTY, ORIGINS, Origin};
use super::world::World;
use crate::engine::dist::{apportion, choose, exponential, normal};
use crate::engine::rng::{Key, Purpose};
use crate::region::{Town, TownKind};
use crate::table;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Small site.
pub const SMALL: u8 = 0;
/// One of the large sites that hold half the stock.
pub const LARGE: u8 = 1;

table! {
    /// Depots.
    Depots("depots"),
    /// A depot.
    Depot {
        key: u64,
        node: u32,
        country: u16,
        /// [`SMALL`] or [`LARGE`].
        tier: u8,
        /// Origin of all of its stock, as a number ([`Origin`]).
        origin: u8,
        /// True (1) when inspectors or a unit that holds together keep it shut (the mustard stock of 2011).
        sealed: u8,
        /// Guards of whoever holds the site.
        guards: f32,
        /// Control of the area by the holder, 0-1 (kappa_s of equation 5).
        control: f32,
        /// By class: pieces, tonnes for munitions and chemical.
        stock: [u32; CLASSES],
    }
}

/// Depots of Libya at the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Initial {
    /// Depots in all ("well over a thousand").
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "sites", "x-source" = "CFR 2013"))]
    pub count: u32,
    /// Large sites, which hold half of the stock.
    #[schemars(range(min = 0, max = 10_000), extend("x-unit" = "sites", "x-source" = "assumption"))]
    pub large: u32,
    /// Share of the pre-war stock that is still in depots on the first day; the rest is with groups and civilians.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.4, "x-high" = 0.9))]
    pub share_in_depots: f64,
    /// Of what has left the depots before the first day, the share that groups hold; civilians have the rest.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.3, "x-high" = 0.8))]
    pub share_of_rest_with_groups: f64,
    /// Mean number of guards at a site (exponentially distributed over sites).
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "guards", "x-source" = "assumption", "x-low" = 0, "x-high" = 15))]
    pub mean_guards: f64,
    /// Mean control of the area by whoever holds a site.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.1, "x-high" = 0.6))]
    pub mean_control: f64,
    /// Pre-war military rifles and pistols.
    #[schemars(range(min = 0, max = 10_000_000), extend("x-unit" = "pieces", "x-source" = "UN Panel / Small Arms Survey, recalled: 250,000-700,000", "x-low" = 250_000, "x-high" = 700_000))]
    pub small_arms: u32,
    /// Machine guns, rocket launchers and mortars.
    #[schemars(range(min = 0, max = 10_000_000), extend("x-unit" = "pieces", "x-source" = "assumption: a tenth of the small arms", "x-low" = 20_000, "x-high" = 90_000))]
    pub light_weapons: u32,
    /// Heavy guns that can be mounted on vehicles.
    #[schemars(range(min = 0, max = 1_000_000), extend("x-unit" = "pieces", "x-source" = "assumption", "x-low" = 1000, "x-high" = 6000))]
    pub anti_aircraft: u32,
    /// Rockets, shells, ammunition, explosives.
    #[schemars(range(min = 0, max = 10_000_000), extend("x-unit" = "tonnes", "x-source" = "UN and UK estimates of all conventional arms by weight, recalled: 250,000-1,000,000", "x-low" = 100_000, "x-high" = 500_000))]
    pub munitions_tonnes: u32,
    /// Portable anti-aircraft missiles.
    #[schemars(range(min = 0, max = 1_000_000), extend("x-unit" = "pieces", "x-source" = "US State Department 2012: 20,000", "x-low" = 15_000, "x-high" = 30_000))]
    pub manpads: u32,
    /// Sulfur mustard; it stands at one sealed site.
    #[schemars(range(min = 0, max = 10_000), extend("x-unit" = "tonnes", "x-source" = "OPCW: about 11.3 t in place in November 2011"))]
    pub chemical_tonnes: u32,
    /// Use the armies' depots of `data/model/depots.csv`.
    pub armies: bool,
    /// Depots of armies besides those.
    pub sites: Vec<SiteSpec>,
}

impl Default for Initial {
    fn default() -> Self {
        Initial {
            count: 1000,
            large: 20,
            share_in_depots: 0.6,
            share_of_rest_with_groups: 0.6,
            mean_guards: 5.0,
            mean_control: 0.3,
            small_arms: 475_000,
            light_weapons: 47_500,
            anti_aircraft: 3000,
            munitions_tonnes: 300_000,
            manpads: 20_000,
            chemical_tonnes: 11,
            armies: true,
            sites: vec![],
        }
    }
}

/// A depot given in the scenario or in `data/model/depots.csv`: stock of a state's army.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SiteSpec {
    /// Where it is; also its name.
    #[schemars(extend("x-names" = "place"))]
    pub place: String,
    #[serde(default)]
    #[schemars(range(min = 0, max = 10_000), extend("x-unit" = "guards"))]
    pub guards: f64,
    /// Control of the area by the army.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share"))]
    pub control: f64,
    /// Weapons by class: pieces, tonnes for munitions and chemical.
    #[schemars(inner(range(min = 0, max = 10_000_000)), extend("x-unit" = "pieces"))]
    pub stock: [u32; CLASSES],
}

const SITE: Purpose = Purpose::new("start.depot.site");
const SIZE: Purpose = Purpose::new("start.depot.size");
const GUARDS: Purpose = Purpose::new("start.depot.guards");
const CONTROL: Purpose = Purpose::new("start.depot.control");

impl Initial {
    /// Pre-war stock by class.
    pub fn stock(&self) -> [u32; CLASSES] {
        [
            self.small_arms,
            self.light_weapons,
            self.anti_aircraft,
            self.munitions_tonnes,
            self.manpads,
            self.chemical_tonnes,
        ]
    }

    /// Part of the pre-war stock of each class that is in depots on the first day.
    pub fn in_depots(&self) -> [u32; CLASSES] {
        let mut s = self.stock().map(|n| libm::round(f64::from(n) * self.share_in_depots) as u32);
        // The mustard stock never moved (OPCW: "still in place").
        s[Class::Chemical as usize] = self.chemical_tonnes;
        if self.count == 0 { [0; CLASSES] } else { s }
    }
}

/// The depots of the first day: Libya's are drawn, those of armies are given.
pub fn populate(w: &mut World, init: &Initial, armies: &[SiteSpec]) {
    draw_libyan(w, init);
    for spec in armies.iter().filter(|_| init.armies).chain(&init.sites) {
        add_site(w, spec);
    }
}

fn add_site(w: &mut World, spec: &SiteSpec) {
    let Some(place) = w.region.place(&spec.place) else { return };
    let p = &w.region.places[place as usize];
    let Some(node) = p.node else { return };
    let country = p.country;
    let depot = Depot {
        key: Key::named("depot", &spec.place, 0).0,
        node,
        country,
        tier: LARGE,
        origin: Origin::StateStock as u8,
        sealed: 0,
        guards: spec.guards as f32,
        control: spec.control as f32,
        stock: [0; CLASSES],
    };
    put_in(w, depot, spec.stock);
}

/// Adds a depot with its stock, which enters the model with it.
fn put_in(w: &mut World, depot: Depot, stock: [u32; CLASSES]) {
    let mut bag = EMPTY;
    for class in Class::ALL {
        bag[class as usize * ORIGINS + usize::from(depot.origin)] = stock[class as usize];
    }
    w.ledgers.move_arms(Arms::Outside, Arms::Depots, &bag);
    w.depots.push(Depot { stock, ..depot });
}

/// Draws the depots of Libya: large sites on airbases and in big towns, small ones over its towns.
fn draw_libyan(w: &mut World, init: &Initial) {
    let Some(libya) = w.libya else { return };
    let mut towns: Vec<Town> = w.region.towns.iter().filter(|t| t.country == libya).copied().collect();
    if towns.is_empty() || init.count == 0 {
        return;
    }
    towns.sort_by_key(|t| (t.kind == TownKind::Settlement, std::cmp::Reverse(t.population), t.node));
    let large = init.large.min(init.count);
    let weights: Vec<f64> = towns.iter().map(|t| libm::sqrt(f64::from(t.population.max(5000)))).collect();
    let rows: Vec<Depot> = (0..init.count).map(|i| site(w, init, libya, &towns, &weights, i, i < large)).collect();
    let sizes: Vec<f64> = rows.iter().map(|d| libm::exp(normal(w.luck.at_start(SIZE), d.key))).collect();
    let total = init.in_depots();
    let mut stocks = vec![[0u32; CLASSES]; rows.len()];
    for class in Class::ALL {
        let n = u64::from(total[class as usize]);
        if class == Class::Chemical {
            stocks[0][class as usize] = n as u32;
            continue;
        }
        let in_large = if large == 0 {
            0
        } else if large == init.count {
            n
        } else {
            n / 2
        };
        let (big, small) = sizes.split_at(large as usize);
        let parts = apportion(in_large, big).into_iter().chain(apportion(n - in_large, small));
        for (s, part) in stocks.iter_mut().zip(parts) {
            s[class as usize] = part as u32;
        }
    }
    for (row, stock) in rows.into_iter().zip(stocks) {
        put_in(w, row, stock);
    }
}

fn site(w: &World, init: &Initial, libya: u16, towns: &[Town], weights: &[f64], i: u32, large: bool) -> Depot {
    let key = Key::named("depot", "libya", u64::from(i)).0;
    let town =
        if large { i as usize % towns.len() } else { choose(w.luck.at_start(SITE).unit(key), weights).unwrap_or(0) };
    // Small sites lie in the town's cell or in one beside it.
    let edges = w.region.graph.edges(towns[town].node);
    let pick = w.luck.at_start(SITE).nth(1).below(key, edges.len() as u64 + 1) as usize;
    let beside =
        edges.clone().nth(pick).map(|e| w.region.graph.to[e]).filter(|&n| w.region.nodes.country[n as usize] == libya);
    let control = init.mean_control + 0.2 * (w.luck.at_start(CONTROL).unit(key) - 0.5);
    Depot {
        key,
        node: if large { towns[town].node } else { beside.unwrap_or(towns[town].node) },
        country: libya,
        tier: if large { LARGE } else { SMALL },
        origin: Origin::LibyanDepot as u8,
        sealed: u8::from(i == 0 && init.chemical_tonnes > 0),
        guards: (init.mean_guards * exponential(w.luck.at_start(GUARDS).unit(key))) as f32,
        control: control.clamp(0.0, 1.0) as f32,
        stock: [0; CLASSES],
    }
}
