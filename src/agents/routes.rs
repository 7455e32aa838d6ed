//! Hubs and the legs between them: the corridors cut where one changes vehicles, with the cost of each way.
//!
//! Built once per run from the region and the travel costs (equation 1); a crew follows a leg from waypoint to waypoint
//! over the land graph by cost-to-go fields, which are made when first needed.

use crate::region::costs::{CostField, cost_to_go};
use crate::region::{Carrier, CountryId, NodeId, PlaceId, Region, Road, Terrain};
use crate::units::great_circle_km;
use std::sync::{Arc, OnceLock};

/// Index of a hub.
pub type HubId = u16;
/// Index of a directed leg.
pub type LegId = u16;
/// Cost of a way that does not exist.
pub const NO_WAY: u64 = u64::MAX;
/// Number of cargo value classes for which fields differ.
pub const VALUE_CLASSES: usize = 3;

/// What travelling costs (equation 1), from the parameters of the process `crews`.
#[derive(Clone, Debug, PartialEq)]
pub struct TravelCosts {
    /// USD per km at speed factor 1 (f).
    pub usd_per_km: f64,
    /// Perceived chance of being stopped in a cell without any experience.
    pub prior_risk: f64,
    /// Cost of losing the vehicle and going to jail, USD (F).
    pub loss_usd: f64,
    /// Cargo value by class, USD (X_c).
    pub cargo_usd: [f64; VALUE_CLASSES],
    /// Hours on the road per day.
    pub hours_per_day: f64,
    /// Fare with a crew, USD per km.
    pub crew_fare_usd_per_km: f64,
    /// Fare of buses and cars, USD per km.
    pub bus_fare_usd_per_km: f64,
    /// Value of a day on the way, USD.
    pub day_usd: f64,
    /// Deaths per 1,000 km in the desert on a road and off it (equation 15).
    pub deaths_per_1000_km: [f64; 2],
}

/// A place where people and cargo change hands.
#[derive(Clone, Debug)]
pub struct Hub {
    pub place: PlaceId,
    pub name: String,
    pub node: NodeId,
    pub country: CountryId,
    pub lat: f64,
    pub lon: f64,
    /// Sea zone that boats leave from here, if any do.
    pub coast: Option<usize>,
    /// People who live within 60 km.
    pub population: u64,
    /// True when a leg begins here.
    pub connected: bool,
}

/// A directed way from one hub to the next along a corridor.
#[derive(Clone, Debug)]
pub struct Leg {
    pub from: HubId,
    pub to: HubId,
    /// Index into the region's corridors.
    pub corridor: usize,
    /// Nodes to pass, from the first hub's to the last hub's.
    pub waypoints: Vec<NodeId>,
    /// Every node of the least-cost way, without the first.
    pub path: Vec<NodeId>,
    pub carrier: Carrier,
    pub people: bool,
    pub arms: bool,
    /// Along the least-cost way.
    pub km: f64,
    pub hours: f64,
    /// Sum of death hazards along that way.
    pub hazard: f64,
    /// Cost to a crew of driving it with a cargo of the lowest value class, US cents, without the risk.
    pub fuel_cents: u64,
    /// The same with the perceived risk.
    pub crew_cents: u64,
    /// Fare of a passenger, US cents.
    pub fare_cents: u64,
    /// Fare plus time, US cents: what a traveller weighs.
    pub traveller_cents: u64,
}

/// Least costs between hubs in one year, for one kind of traveller: `cost[to * hubs + from]`.
#[derive(Clone, Debug, Default)]
pub struct ToGo {
    hubs: usize,
    cost: Vec<u64>,
}

impl ToGo {
    /// Least cost from one hub to another, [`NO_WAY`] if there is none.
    pub fn cost(&self, from: HubId, to: HubId) -> u64 {
        self.cost[to as usize * self.hubs + from as usize]
    }
}

/// Who travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traveller {
    /// A person who pays fares.
    Person,
    /// A crew with arms.
    ArmsCrew,
    /// A crew on its way home.
    EmptyCrew,
}

/// Hubs, legs and the fields between waypoints.
#[derive(Debug)]
pub struct Routes {
    pub hubs: Vec<Hub>,
    pub legs: Vec<Leg>,
    /// Legs out of each hub.
    pub out: Vec<Vec<LegId>>,
    /// Great-circle distance between hubs, km: `km[a * hubs + b]`.
    km: Vec<f64>,
    /// Years in which each leg is open.
    years: Vec<Vec<(i16, i16)>>,
    /// Cost of each edge by cargo value class, US cents.
    pub edge_cost: [Vec<u32>; VALUE_CLASSES],
    /// Fuel of each edge, US cents.
    pub edge_fuel: Vec<u32>,
    /// Death hazard of each edge.
    pub edge_hazard: Vec<f32>,
    /// Mean edge cost by class (cbar of equation 2).
    pub mean_cost: [f64; VALUE_CLASSES],
    fields: Vec<[OnceLock<Arc<CostField>>; VALUE_CLASSES]>,
    waypoint_slot: std::collections::BTreeMap<NodeId, usize>,
}

impl Routes {
    /// Builds hubs and legs. `homes` are further places that must be hubs (network homes,
    /// origins); boats leave from the coasts of the countries in `coasts`, from all when it is empty.
    pub fn build(region: &Region, costs: &TravelCosts, homes: &[PlaceId], coasts: &[String]) -> Routes {
        let hubs = find_hubs(region, homes, coasts);
        let (edge_cost, edge_fuel, edge_hazard) = edge_costs(region, costs);
        let mean_cost = [0, 1, 2].map(|c: usize| {
            let sum: u64 = edge_cost[c].iter().map(|&x| u64::from(x)).sum();
            (sum as f64 / edge_cost[c].len().max(1) as f64).max(1.0)
        });
        let mut routes = Routes {
            out: vec![vec![]; hubs.len()],
            km: distances(&hubs),
            hubs,
            legs: vec![],
            years: vec![],
            edge_cost,
            edge_fuel,
            edge_hazard,
            mean_cost,
            fields: vec![],
            waypoint_slot: Default::default(),
        };
        let cut = cut_corridors(region, &routes.hubs);
        for (node, slot) in cut
            .iter()
            .flat_map(|c| &c.waypoints)
            .copied()
            .collect::<std::collections::BTreeSet<_>>()
            .into_iter()
            .zip(0..)
        {
            routes.waypoint_slot.insert(node, slot);
        }
        routes.fields = (0..routes.waypoint_slot.len()).map(|_| Default::default()).collect();
        let walked = crate::engine::parallel::map_items(&cut, 1, |c| routes.walk(region, costs, c));
        for (cut, leg) in cut.into_iter().zip(walked) {
            let Some(leg) = leg else { continue };
            routes.out[leg.from as usize].push(routes.legs.len() as LegId);
            routes.hubs[leg.from as usize].connected = true;
            routes.years.push(region.corridors[cut.corridor].years.clone());
            routes.legs.push(leg);
        }
        routes
    }

    /// The field of least cost to `node`, a waypoint, for a value class.
    pub fn field(&self, region: &Region, node: NodeId, class: usize) -> Arc<CostField> {
        let Some(slot) = self.waypoint_slot.get(&node) else {
            return Arc::new(cost_to_go(&region.graph, &self.edge_cost[class], node));
        };
        self.fields[*slot][class]
            .get_or_init(|| Arc::new(cost_to_go(&region.graph, &self.edge_cost[class], node)))
            .clone()
    }

    /// True when the leg is in use in that year.
    pub fn open(&self, leg: LegId, year: i16) -> bool {
        self.years[leg as usize].iter().any(|&(a, b)| (a..=b).contains(&year))
    }

    /// Great-circle distance between two hubs, km.
    pub fn km_between(&self, a: HubId, b: HubId) -> f64 {
        self.km[a as usize * self.hubs.len() + b as usize]
    }

    /// The hub at a place.
    pub fn hub_of(&self, place: PlaceId) -> Option<HubId> {
        self.hubs.iter().position(|h| h.place == place).map(|i| i as HubId)
    }

    /// The hub nearest to a point among those that `wanted` accepts, with its distance in km.
    pub fn nearest_hub(&self, lat: f64, lon: f64, wanted: impl Fn(&Hub) -> bool) -> Option<(HubId, f64)> {
        let mut best: Option<(HubId, f64)> = None;
        for (i, h) in self.hubs.iter().enumerate().filter(|(_, h)| wanted(h)) {
            let km = great_circle_km(lat, lon, h.lat, h.lon);
            if best.is_none_or(|(_, b)| km < b) {
                best = Some((i as HubId, km));
            }
        }
        best
    }

    /// Cost of a leg to a kind of traveller, US cents; [`NO_WAY`] when it is not for them.
    pub fn leg_cost(&self, leg: LegId, who: Traveller) -> u64 {
        let l = &self.legs[leg as usize];
        match who {
            Traveller::Person if l.people => l.traveller_cents,
            Traveller::ArmsCrew if l.arms => l.crew_cents,
            Traveller::EmptyCrew => l.crew_cents,
            _ => NO_WAY,
        }
    }

    /// Least costs between all hubs over the legs open in `year`.
    pub fn to_go(&self, year: i16, who: Traveller) -> ToGo {
        let n = self.hubs.len();
        let mut t = ToGo { hubs: n, cost: vec![NO_WAY; n * n] };
        for to in 0..n {
            // Bellman-Ford by rounds: a few hundred legs, done once a year.
            let row = &mut t.cost[to * n..(to + 1) * n];
            row[to] = 0;
            loop {
                let mut changed = false;
                for (i, l) in self.legs.iter().enumerate() {
                    let (leg, far) = (self.leg_cost(i as LegId, who), row[l.to as usize]);
                    if leg == NO_WAY || far == NO_WAY || !self.open(i as LegId, year) {
                        continue;
                    }
                    if leg + far < row[l.from as usize] {
                        row[l.from as usize] = leg + far;
                        changed = true;
                    }
                }
                if !changed {
                    break;
                }
            }
        }
        t
    }

    /// Follows the least-cost way of a cut corridor; `None` when no land joins it.
    fn walk(&self, region: &Region, costs: &TravelCosts, cut: &Cut) -> Option<Leg> {
        let corridor = &region.corridors[cut.corridor];
        let g = &region.graph;
        let (mut km, mut hours, mut hazard, mut fuel, mut crew) = (0.0, 0.0, 0.0, 0u64, 0u64);
        let mut at = *cut.waypoints.first()?;
        let mut path = vec![];
        for &next in &cut.waypoints[1..] {
            let field = self.field(region, next, 0);
            while at != next {
                let e = g.edges(at).min_by_key(|&e| {
                    u64::from(self.edge_cost[0][e]).saturating_add(u64::from(field.to_go[g.to[e] as usize]))
                })?;
                if field.to_go[g.to[e] as usize] >= field.to_go[at as usize] {
                    return None;
                }
                km += f64::from(g.km[e]);
                hours += f64::from(g.hours[0][e]);
                hazard += f64::from(self.edge_hazard[e]);
                fuel += u64::from(self.edge_fuel[e]);
                crew += u64::from(self.edge_cost[0][e]);
                at = g.to[e];
                path.push(at);
            }
        }
        let fare_per_km = match corridor.carrier {
            Carrier::Public => costs.bus_fare_usd_per_km,
            Carrier::Crew => costs.crew_fare_usd_per_km,
        };
        let fare_cents = libm::round(km * fare_per_km * 100.0) as u64;
        let time = libm::round(hours / costs.hours_per_day * costs.day_usd * 100.0) as u64;
        Some(Leg {
            from: cut.from,
            to: cut.to,
            corridor: cut.corridor,
            waypoints: cut.waypoints.clone(),
            path,
            carrier: corridor.carrier,
            people: corridor.people,
            arms: corridor.arms,
            km,
            hours,
            hazard,
            fuel_cents: fuel,
            crew_cents: crew,
            fare_cents,
            traveller_cents: fare_cents + time,
        })
    }
}

/// A corridor's piece between two hubs, in one direction.
struct Cut {
    from: HubId,
    to: HubId,
    corridor: usize,
    waypoints: Vec<NodeId>,
}

/// Hubs: the ends of corridors, departure coasts, and the places asked for.
fn find_hubs(region: &Region, homes: &[PlaceId], coasts: &[String]) -> Vec<Hub> {
    let mut places: Vec<PlaceId> = homes.to_vec();
    for c in &region.corridors {
        places.extend(c.places.first().into_iter().chain(c.places.last()));
    }
    places.extend(region.sea.lanes.iter().map(|l| l.from));
    places.sort_unstable();
    places.dedup();
    places
        .into_iter()
        .filter_map(|id| {
            let p = &region.places[id as usize];
            let open = coasts.is_empty() || coasts.contains(&region.countries[p.country as usize].iso3);
            let coast = region.sea.lanes.iter().find(|l| open && l.from == id).map(|l| l.zone);
            let population = people_within(region, p.lat, p.lon, 60.0);
            Some(Hub {
                place: id,
                name: p.name.clone(),
                node: p.node?,
                country: p.country,
                lat: p.lat,
                lon: p.lon,
                coast,
                population,
                connected: false,
            })
        })
        .collect()
}

fn distances(hubs: &[Hub]) -> Vec<f64> {
    hubs.iter().flat_map(|a| hubs.iter().map(|b| great_circle_km(a.lat, a.lon, b.lat, b.lon))).collect()
}

fn people_within(region: &Region, lat: f64, lon: f64, km: f64) -> u64 {
    let n = &region.nodes;
    let lat_span = km / 111.0;
    (0..n.id.len())
        .filter(|&i| (n.lat[i] - lat).abs() < lat_span && great_circle_km(lat, lon, n.lat[i], n.lon[i]) < km)
        .map(|i| u64::from(n.population[i]))
        .sum()
}

/// Cuts every corridor at the hubs it passes, in both directions.
fn cut_corridors(region: &Region, hubs: &[Hub]) -> Vec<Cut> {
    let hub_at = |p: PlaceId| hubs.iter().position(|h| h.place == p);
    let mut cuts = vec![];
    for (ci, c) in region.corridors.iter().enumerate() {
        let mut from: Option<HubId> = None;
        let mut nodes: Vec<NodeId> = vec![];
        for &p in &c.places {
            let Some(node) = region.places[p as usize].node else { continue };
            if nodes.last() != Some(&node) {
                nodes.push(node);
            }
            let Some(h) = hub_at(p) else { continue };
            if let Some(f) = from
                && nodes.len() > 1
            {
                let back = nodes.iter().rev().copied().collect();
                cuts.push(Cut { from: f, to: h as HubId, corridor: ci, waypoints: nodes.clone() });
                cuts.push(Cut { from: h as HubId, to: f, corridor: ci, waypoints: back });
            }
            from = Some(h as HubId);
            nodes = vec![node];
        }
    }
    cuts
}

/// Cost, fuel and death hazard of every edge (equations 1 and 15).
fn edge_costs(region: &Region, c: &TravelCosts) -> ([Vec<u32>; VALUE_CLASSES], Vec<u32>, Vec<f32>) {
    let g = &region.graph;
    // Speed factor 1 is the paved desert road of terrain.csv, 80 km/h.
    const REFERENCE_KMH: f64 = 80.0;
    let cents = |usd: f64| libm::round(usd * 100.0).clamp(1.0, 1e9) as u32;
    let mut cost = [Vec::with_capacity(g.to.len()), Vec::with_capacity(g.to.len()), Vec::with_capacity(g.to.len())];
    let mut fuel = Vec::with_capacity(g.to.len());
    let mut hazard = Vec::with_capacity(g.to.len());
    for e in 0..g.to.len() {
        let km = f64::from(g.km[e]);
        let factor = (km / f64::from(g.hours[0][e]).max(1e-6) / REFERENCE_KMH).max(0.01);
        let drive = km * c.usd_per_km / factor;
        fuel.push(cents(drive));
        for (class, value) in c.cargo_usd.iter().enumerate() {
            cost[class].push(cents(drive + c.prior_risk * (value + c.loss_usd)));
        }
        let per_km = c.deaths_per_1000_km[usize::from(!g.on_road[e])] / 1000.0;
        hazard.push(if is_desert(region, g.to[e]) { (km * per_km) as f32 } else { 0.0 });
    }
    (cost, fuel, hazard)
}

/// Where a breakdown kills.
fn is_desert(region: &Region, node: NodeId) -> bool {
    let t = region.nodes.terrain[node as usize];
    matches!(t, Terrain::DesertFlat | Terrain::DesertHills | Terrain::SandSea)
        || (t == Terrain::Mountain
            && region.nodes.road[node as usize] != Road::Paved
            && region.nodes.population[node as usize] < 500)
}
