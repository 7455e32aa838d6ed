//! Hubs and the legs between them: the corridors cut where one changes vehicles, with the documented ways of each leg.
//!
//! Built once per run from the region and the travel costs (equation 1); a crew on a documented way follows it from
//! waypoint to waypoint over the land graph by cost-to-go fields, which are made when first needed. What a network thinks
//! of the ways is in [`super::outlook`].

use super::crew::{CARGOES, Cargo};
use crate::region::corridor::in_use;
use crate::region::costs::{CostField, Costs, cost_to_go};
use crate::region::{Carrier, Corridor, CountryId, NodeId, PlaceId, Region, Road, Terrain};
use crate::units::great_circle_km;
use std::sync::{Arc, OnceLock};

/// Index of a hub.
pub type HubId = u16;
/// Index of a directed leg.
pub type LegId = u16;
/// Cost of a way that does not exist.
pub const NO_WAY: u64 = u64::MAX;

/// What travelling costs (equation 1), from the parameters of the processes `crews` and `beliefs`.
#[derive(Clone, Debug, PartialEq)]
pub struct TravelCosts {
    /// USD per km at speed factor 1 (f).
    pub usd_per_km: f64,
    /// Off the roads a km costs this many times what its pace would make it cost.
    pub offroad_factor: f64,
    /// Perceived chance of being seized in a cell without any experience.
    pub prior_risk: f64,
    /// Cost of losing the vehicle and going to jail, USD (F).
    pub loss_usd: f64,
    /// Cargo value by [`Cargo`], USD (X_c).
    pub cargo_usd: [f64; CARGOES],
    /// Toll for passing a cell held by a militia, USD.
    pub toll_usd: f64,
    /// A crew thinks of leaving the road where it costs this much more, as a share, than a newcomer expects; infinite:
    /// never.
    pub detour_threshold: f64,
    /// Hours on the road per day.
    pub hours_per_day: f64,
    /// Fare with a crew on the first day, USD per km.
    pub crew_fare_usd_per_km: f64,
    /// Fare of buses and cars, USD per km.
    pub bus_fare_usd_per_km: f64,
    /// Fare over the shortest lanes, USD.
    pub sea_usd: f64,
    /// What each km beyond [`SHORT_LANE_KM`] adds to it.
    pub sea_usd_per_km: f64,
    /// Value of a day on the way, USD.
    pub day_usd: f64,
    /// Deaths per 1,000 km in the desert on a road and off it (equation 15).
    pub deaths_per_1000_km: [f64; 2],
}

/// The shortest crossings from Libya are about this long, km.
pub const SHORT_LANE_KM: f64 = 300.0;

impl TravelCosts {
    /// Fare over a lane, US cents.
    pub fn sea_cents(&self, km: f64) -> u64 {
        let usd = self.sea_usd + self.sea_usd_per_km * (km - SHORT_LANE_KM).max(0.0);
        libm::round(usd * 100.0).max(0.0) as u64
    }
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

/// A documented way of a leg: the places of a corridor between its hubs.
#[derive(Clone, Debug, PartialEq)]
pub struct Way {
    /// Index into the region's corridors: the one that names it.
    pub corridor: usize,
    /// Nodes to pass, from the first hub's to the last hub's.
    pub waypoints: Vec<NodeId>,
    /// Every node of the least-cost way through them, without the first.
    pub path: Vec<NodeId>,
    /// True when it is documented for people.
    pub people: bool,
    /// True when it is documented for arms.
    pub arms: bool,
    /// Years in which it is in use, as closed ranges.
    pub years: Vec<(i16, i16)>,
    /// Along the least-cost way.
    pub km: f64,
    pub hours: f64,
    /// Sum of death hazards along that way.
    pub hazard: f64,
    /// Cost of driving it, US cents.
    pub fuel_cents: u64,
    /// The same with the risk that a newcomer expects for people aboard.
    pub newcomer_cents: u64,
    /// Country left and entered at every border it crosses.
    pub borders: Vec<(CountryId, CountryId)>,
}

impl Way {
    /// True when the way is in use in that year.
    pub fn open(&self, year: i16) -> bool {
        in_use(&self.years, year)
    }
}

/// A directed journey from one hub to another, by one of several ways.
#[derive(Clone, Debug, PartialEq)]
pub struct Leg {
    pub from: HubId,
    pub to: HubId,
    /// Crews, or buses and feet.
    pub carrier: Carrier,
    /// Documented ways, the cheapest first; never empty.
    pub ways: Vec<Way>,
    /// Fare of a passenger on the first day, US cents.
    pub fare_cents: u64,
    /// What a traveller's time on it is worth, US cents.
    pub time_cents: u64,
}

impl Leg {
    /// The cheapest way that is in use in `year` and that `wanted` accepts.
    pub fn way(&self, year: i16, wanted: impl Fn(&Way) -> bool) -> Option<&Way> {
        self.ways.iter().find(|w| w.open(year) && wanted(w))
    }
    /// Fuel of the cheapest way in use, whatever it is documented for, US cents: what an empty crew reckons with;
    /// [`NO_WAY`] when none is in use.
    pub fn fuel_cents(&self, year: i16) -> u64 {
        self.way(year, |_| true).map_or(NO_WAY, |w| w.fuel_cents)
    }
    /// The cheapest way for people.
    pub fn people_way(&self, year: i16) -> Option<&Way> {
        self.way(year, |w| w.people)
    }
}

/// Least costs between hubs for one kind of traveller: `cost[to * hubs + from]`.
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

/// Hubs, legs and the fields between waypoints.
#[derive(Debug)]
pub struct Routes {
    pub hubs: Vec<Hub>,
    pub legs: Vec<Leg>,
    /// Legs out of each hub.
    pub out: Vec<Vec<LegId>>,
    /// Legs into each hub.
    pub into: Vec<Vec<LegId>>,
    /// What it was built from.
    pub travel: TravelCosts,
    /// Great-circle distance between hubs, km: `km[a * hubs + b]`.
    km: Vec<f64>,
    /// Cost of driving each edge, US cents.
    pub edge_fuel: Vec<u32>,
    /// The same with the risk that a newcomer expects: what documented roads are followed by.
    pub edge_cost: Vec<u32>,
    /// Death hazard of each edge.
    pub edge_hazard: Vec<f32>,
    /// Mean of `edge_cost` (cbar of equation 2).
    pub mean_cost: f64,
    /// `edge_fuel` made ready for fields.
    pub fuel: Costs,
    fields: Vec<OnceLock<Arc<CostField>>>,
    waypoint_slot: std::collections::BTreeMap<NodeId, usize>,
}

/// Longest through-leg past another hub, km along the straight lines between its places: what a crew drives in one go.
const THROUGH_KM: f64 = 2000.0;

impl Routes {
    /// Builds hubs and legs. `homes` are further places that must be hubs (network homes,
    /// origins); boats leave from the coasts of the countries in `coasts`, from all when it is empty.
    pub fn build(region: &Region, travel: &TravelCosts, homes: &[PlaceId], coasts: &[String]) -> Routes {
        let lines = lines(region, homes);
        let hubs = find_hubs(region, &lines, homes, coasts);
        let (edge_cost, edge_fuel, edge_hazard) = edge_costs(region, travel);
        let sum: u64 = edge_cost.iter().map(|&x| u64::from(x)).sum();
        let mut fuel = Costs::default();
        fuel.set(&region.graph, &edge_fuel);
        let mut routes = Routes {
            out: vec![vec![]; hubs.len()],
            into: vec![vec![]; hubs.len()],
            km: distances(&hubs),
            hubs,
            legs: vec![],
            travel: travel.clone(),
            mean_cost: (sum as f64 / edge_cost.len().max(1) as f64).max(1.0),
            edge_cost,
            edge_fuel,
            edge_hazard,
            fuel,
            fields: vec![],
            waypoint_slot: Default::default(),
        };
        let cuts = cut_lines(region, &lines, &routes.hubs);
        let waypoints: std::collections::BTreeSet<NodeId> = cuts.iter().flat_map(|c| &c.waypoints).copied().collect();
        routes.waypoint_slot = waypoints.into_iter().zip(0..).collect();
        routes.fields = (0..routes.waypoint_slot.len()).map(|_| Default::default()).collect();
        let walked = crate::engine::parallel::map_items(&cuts, 1, |c| routes.walk(region, &lines[c.line], c));
        // Ways between the same hubs by the same means are one leg, in the order in which they first appear.
        let mut slot = std::collections::BTreeMap::new();
        for (cut, way) in cuts.iter().zip(walked) {
            let Some(way) = way else { continue };
            let carrier = lines[cut.line].carrier;
            let at = *slot.entry((cut.from, cut.to, carrier == Carrier::Crew)).or_insert(routes.legs.len());
            if at == routes.legs.len() {
                let (from, to) = (cut.from, cut.to);
                routes.legs.push(Leg { from, to, carrier, ways: vec![], fare_cents: 0, time_cents: 0 });
            }
            let ways = &mut routes.legs[at].ways;
            match ways.iter_mut().find(|w| w.path == way.path && w.years == way.years) {
                Some(same) => (same.people, same.arms) = (same.people || way.people, same.arms || way.arms),
                None => ways.push(way),
            }
        }
        for (i, leg) in routes.legs.iter_mut().enumerate() {
            leg.ways.sort_by_key(|w| w.newcomer_cents);
            let first = leg.ways.iter().find(|w| w.people).unwrap_or(&leg.ways[0]);
            let fare_per_km = match leg.carrier {
                Carrier::Public => travel.bus_fare_usd_per_km,
                Carrier::Crew => travel.crew_fare_usd_per_km,
            };
            leg.fare_cents = libm::round(first.km * fare_per_km * 100.0) as u64;
            leg.time_cents = libm::round(first.hours / travel.hours_per_day * travel.day_usd * 100.0) as u64;
            routes.out[leg.from as usize].push(i as LegId);
            routes.into[leg.to as usize].push(i as LegId);
            routes.hubs[leg.from as usize].connected = true;
        }
        routes
    }

    /// The field of least cost to `node`, a waypoint, as a newcomer sees it.
    pub fn field(&self, region: &Region, node: NodeId) -> Arc<CostField> {
        let make = || Arc::new(cost_to_go(&region.graph, &self.edge_cost, node));
        self.waypoint_slot.get(&node).map_or_else(make, |&slot| self.fields[slot].get_or_init(make).clone())
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

    /// Least costs between all hubs when a leg costs what `cost` says ([`NO_WAY`]: closed).
    pub fn to_go(&self, cost: impl Fn(LegId) -> u64) -> ToGo {
        let n = self.hubs.len();
        let mut t = ToGo { hubs: n, cost: vec![NO_WAY; n * n] };
        let open: Vec<(usize, usize, u64)> = (0..self.legs.len())
            .map(|i| (self.legs[i].from as usize, self.legs[i].to as usize, cost(i as LegId)))
            .filter(|l| l.2 != NO_WAY)
            .collect();
        for to in 0..n {
            // Bellman-Ford by rounds: a few hundred legs.
            let row = &mut t.cost[to * n..(to + 1) * n];
            row[to] = 0;
            loop {
                let mut changed = false;
                for &(from, via, leg) in &open {
                    if row[via] != NO_WAY && leg + row[via] < row[from] {
                        row[from] = leg + row[via];
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

    /// Follows the least-cost way of a cut line; `None` when no land joins it.
    fn walk(&self, region: &Region, line: &Line, cut: &Cut) -> Option<Way> {
        let g = &region.graph;
        let mut way = Way {
            corridor: line.corridor,
            waypoints: cut.waypoints.clone(),
            path: vec![],
            people: line.people,
            arms: line.arms,
            years: line.years.clone(),
            km: 0.0,
            hours: 0.0,
            hazard: 0.0,
            fuel_cents: 0,
            newcomer_cents: 0,
            borders: vec![],
        };
        let mut at = *cut.waypoints.first()?;
        for &next in &cut.waypoints[1..] {
            let field = self.field(region, next);
            while at != next {
                let e = g.edges(at).min_by_key(|&e| {
                    u64::from(self.edge_cost[e]).saturating_add(u64::from(field.to_go[g.to[e] as usize]))
                })?;
                if field.to_go[g.to[e] as usize] >= field.to_go[at as usize] {
                    return None;
                }
                way.km += f64::from(g.km[e]);
                way.hours += f64::from(g.hours[0][e]);
                way.hazard += f64::from(self.edge_hazard[e]);
                way.fuel_cents += u64::from(self.edge_fuel[e]);
                way.newcomer_cents += u64::from(self.edge_cost[e]);
                let country = |node: NodeId| region.nodes.country[node as usize];
                if country(at) != country(g.to[e]) {
                    way.borders.push((country(at), country(g.to[e])));
                }
                at = g.to[e];
                way.path.push(at);
            }
        }
        Some(way)
    }
}

/// A corridor, or one that branches off another at a place where nobody changes vehicles, followed to the hub before it.
#[derive(Clone, Debug, PartialEq)]
struct Line {
    corridor: usize,
    places: Vec<PlaceId>,
    carrier: Carrier,
    people: bool,
    arms: bool,
    years: Vec<(i16, i16)>,
}

/// A piece of a line between two hubs, in one direction.
struct Cut {
    from: HubId,
    to: HubId,
    line: usize,
    waypoints: Vec<NodeId>,
}

/// Fewer people than this at the end of a corridor that others pass through make it a fork and no hub.
const FORK_POPULATION: u32 = 5000;

/// True when corridors of crews fork at a place where hardly anyone lives.
fn is_fork(region: &Region, place: PlaceId, homes: &[PlaceId]) -> bool {
    let inside =
        |c: &Corridor| c.places.iter().position(|&p| p == place).is_some_and(|i| i > 0 && i + 1 < c.places.len());
    !homes.contains(&place)
        && region.places[place as usize].population < FORK_POPULATION
        && region.corridors.iter().any(|c| c.carrier == Carrier::Crew && inside(c))
}

/// Every corridor; those of crews that end at a fork are led on along each corridor that passes it.
fn lines(region: &Region, homes: &[PlaceId]) -> Vec<Line> {
    let line = |(i, c): (usize, &Corridor)| Line {
        corridor: i,
        places: c.places.clone(),
        carrier: c.carrier,
        people: c.people,
        arms: c.arms,
        years: c.years.clone(),
    };
    let mut lines: Vec<Line> = region.corridors.iter().enumerate().map(line).collect();
    for end in [false, true] {
        lines = lines.into_iter().flat_map(|l| led_on(region, l, end, homes)).collect();
    }
    lines
}

/// A line with its last (`end`) or first place led on where that is a fork.
fn led_on(region: &Region, line: Line, end: bool, homes: &[PlaceId]) -> Vec<Line> {
    let Some(&fork) = (if end { line.places.last() } else { line.places.first() }) else { return vec![line] };
    if line.carrier != Carrier::Crew || !is_fork(region, fork, homes) {
        return vec![line];
    }
    let mut out = vec![];
    for (i, c) in region.corridors.iter().enumerate().filter(|(_, c)| c.carrier == Carrier::Crew) {
        let Some(at) = c.places.iter().position(|&p| p == fork).filter(|_| i != line.corridor) else { continue };
        for mut half in [c.places[at + 1..].to_vec(), c.places[..at].iter().rev().copied().collect()] {
            if half.is_empty() || half.iter().any(|p| line.places.contains(p)) {
                continue;
            }
            let mut places = line.places.clone();
            if end {
                places.extend(half);
            } else {
                half.reverse();
                half.extend(places);
                places = half;
            }
            out.push(Line {
                places,
                people: line.people && c.people,
                arms: line.arms && c.arms,
                years: both(&line.years, &c.years),
                ..line.clone()
            });
        }
    }
    if out.is_empty() { vec![line] } else { out }
}

/// Years in both of two lists of closed ranges.
fn both(a: &[(i16, i16)], b: &[(i16, i16)]) -> Vec<(i16, i16)> {
    let pairs = a.iter().flat_map(|x| b.iter().map(move |y| (x.0.max(y.0), x.1.min(y.1))));
    pairs.filter(|(from, to)| from <= to).collect()
}

/// Hubs: the ends of corridors, departure coasts, and the places asked for.
fn find_hubs(region: &Region, lines: &[Line], homes: &[PlaceId], coasts: &[String]) -> Vec<Hub> {
    let mut places: Vec<PlaceId> = homes.to_vec();
    for l in lines {
        places.extend(l.places.first().into_iter().chain(l.places.last()));
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

/// Cuts every line at the hubs it passes, in both directions; crews also drive on through hubs, as far as
/// [`THROUGH_KM`].
fn cut_lines(region: &Region, lines: &[Line], hubs: &[Hub]) -> Vec<Cut> {
    let mut cuts = vec![];
    for (line, l) in lines.iter().enumerate() {
        // Hubs on the line: position among the nodes, and km from its start.
        let mut stops: Vec<(HubId, usize, f64)> = vec![];
        let mut nodes: Vec<NodeId> = vec![];
        let mut km = 0.0;
        let mut before: Option<PlaceId> = None;
        for &p in &l.places {
            let place = &region.places[p as usize];
            if let Some(b) = before.map(|b| &region.places[b as usize]) {
                km += great_circle_km(b.lat, b.lon, place.lat, place.lon);
            }
            before = Some(p);
            let Some(node) = place.node else { continue };
            if nodes.last() != Some(&node) {
                nodes.push(node);
            }
            if let Some(h) = hubs.iter().position(|h| h.place == p) {
                stops.push((h as HubId, nodes.len() - 1, km));
            }
        }
        for (i, &(from, a, start)) in stops.iter().enumerate() {
            for (j, &(to, b, end)) in stops.iter().enumerate().skip(i + 1) {
                let next = j == i + 1;
                if b == a || !(next || l.carrier == Carrier::Crew && end - start <= THROUGH_KM) {
                    continue;
                }
                let waypoints = nodes[a..=b].to_vec();
                let back = waypoints.iter().rev().copied().collect();
                cuts.push(Cut { from, to, line, waypoints });
                cuts.push(Cut { from: to, to: from, line, waypoints: back });
            }
        }
    }
    cuts
}

/// Cost, fuel and death hazard of every edge (equations 1 and 15).
fn edge_costs(region: &Region, c: &TravelCosts) -> (Vec<u32>, Vec<u32>, Vec<f32>) {
    let g = &region.graph;
    // Speed factor 1 is the paved desert road of terrain.csv, 80 km/h.
    const REFERENCE_KMH: f64 = 80.0;
    let risk = c.prior_risk * (c.cargo_usd[Cargo::People as usize] + c.loss_usd);
    let (mut cost, mut fuel, mut hazard) = (vec![], vec![], vec![]);
    for e in 0..g.to.len() {
        let km = f64::from(g.km[e]);
        let factor = (km / f64::from(g.hours[0][e]).max(1e-6) / REFERENCE_KMH).max(0.01);
        let drive = km * c.usd_per_km / factor * if g.on_road[e] { 1.0 } else { c.offroad_factor };
        fuel.push(cents(drive).max(1));
        cost.push(cents(drive + risk).max(1));
        let per_km = c.deaths_per_1000_km[usize::from(!g.on_road[e])] / 1000.0;
        hazard.push(if is_desert(region, g.to[e]) { (km * per_km) as f32 } else { 0.0 });
    }
    (cost, fuel, hazard)
}

/// US cents as a whole number, at most ten million USD.
pub fn cents(usd: f64) -> u32 {
    libm::round(usd * 100.0).clamp(0.0, 1e9) as u32
}

/// Where a breakdown kills.
fn is_desert(region: &Region, node: NodeId) -> bool {
    let t = region.nodes.terrain[node as usize];
    matches!(t, Terrain::DesertFlat | Terrain::DesertHills | Terrain::SandSea)
        || (t == Terrain::Mountain
            && region.nodes.road[node as usize] != Road::Paved
            && region.nodes.population[node as usize] < 500)
}
