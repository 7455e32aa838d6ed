//! A region of named places and links in place of the grid, as in Flee's `locations.csv` and `routes.csv`.
//!
//! Every node is also a place. Ids are hashes of names, so that a place keeps its luck when others come or go.

use super::corridor::{find, flow};
use super::graph::{Graph, Link, Mode, NO_BORDER, find_borders};
use super::lookup::nearest;
use super::places::town_kind;
use super::sea::{Lane, Sea, Zone};
use super::table::Table;
use super::{Carrier, Corridor, Country, NodeId, Nodes, Place, Region, Road, Terrain, Town};
use crate::error::{Error, Result};
use crate::units::great_circle_km;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Speeds on a link that names none, km/h, by [`Road`]: those of the steppe in `terrain.csv`.
const ROAD_KMH: [f64; 4] = [25.0, 35.0, 45.0, 75.0];
/// Walking speed, km/h: that of the steppe.
const FOOT_KMH: f64 = 3.0;
/// Ground of a node, km2: that of a hexagon of resolution 4.
const NODE_KM2: f64 = 1_770.0;
/// Water of a zone, km2 (assumption: the middling zone of the grid).
const ZONE_KM2: f64 = 150_000.0;
/// Border that a link stands for, km.
const BORDER_KM: f64 = 100.0;
/// A corridor of a network is in use in every year.
const ALWAYS: (i16, i16) = (0, 9999);

/// What the files say, with names not yet looked up.
#[derive(Default)]
struct Parts {
    nodes: Vec<NodePart>,
    links: Vec<LinkPart>,
    lanes: Vec<LanePart>,
    corridors: Vec<CorridorPart>,
    inputs: Vec<(String, String)>,
}

struct NodePart {
    name: String,
    country: String,
    lat: f64,
    lon: f64,
    population: u32,
    terrain: Terrain,
    kind: String,
    spot: String,
}

struct LinkPart {
    a: String,
    b: String,
    km: f64,
    road: Road,
    speed_kmh: Option<f64>,
    spot: String,
}

struct LanePart {
    from: String,
    to: String,
    zone: String,
    km: f64,
    spot: String,
}

struct CorridorPart {
    id: String,
    name: String,
    people: bool,
    arms: bool,
    carrier: Carrier,
    places: Vec<String>,
    spot: String,
}

impl Region {
    /// Reads `nodes.csv` (name, country, lat, lon, population and, if wanted, terrain, kind), `links.csv` (a, b, km and, if
    /// wanted, road, speed_kmh) and, if there, `lanes.csv` (from, to, zone, km) and `corridors.csv` (id, name, flow,
    /// carrier, places with `;` between them) in `dir`. A link without a road class is a paved road.
    pub fn from_network(dir: &Path) -> Result<Region> {
        let mut parts = Parts::default();
        parts.read_nodes(&Table::read(dir, "nodes.csv")?)?;
        parts.read_links(&Table::read(dir, "links.csv")?)?;
        if let Some(table) = Table::read_if_there(dir, "lanes.csv")? {
            parts.read_lanes(&table)?;
        }
        if let Some(table) = Table::read_if_there(dir, "corridors.csv")? {
            parts.read_corridors(&table)?;
        }
        parts.build()
    }

    /// A small network for tests: nodes (name, country, lat, lon, population), links (a, b, km; paved), lanes (from, to,
    /// zone, km) and corridors (id, carrier, places; for people and arms, in every year).
    ///
    /// # Panics
    /// When a name is unknown or stands twice: what is wrong is in the test, not in a user's file.
    #[track_caller]
    pub fn from_parts(
        nodes: &[(&str, &str, f64, f64, u32)],
        links: &[(&str, &str, f64)],
        lanes: &[(&str, &str, &str, f64)],
        corridors: &[(&str, Carrier, &[&str])],
    ) -> Region {
        let spot = |what: &str, i: usize| format!("{what}:{}", i + 1);
        let mut parts = Parts::default();
        for (i, &(name, country, lat, lon, population)) in nodes.iter().enumerate() {
            let (name, country, kind) = (name.to_string(), country.to_string(), "town".to_string());
            let (terrain, spot) = (Terrain::Steppe, spot("nodes", i));
            parts.nodes.push(NodePart {
                name,
                country,
                lat,
                lon,
                population,
                terrain,
                kind,
                spot,
            });
        }
        for (i, &(a, b, km)) in links.iter().enumerate() {
            let (a, b, spot) = (a.to_string(), b.to_string(), spot("links", i));
            parts.links.push(LinkPart {
                a,
                b,
                km,
                road: Road::Paved,
                speed_kmh: None,
                spot,
            });
        }
        for (i, &(from, to, zone, km)) in lanes.iter().enumerate() {
            let (from, to, zone) = (from.to_string(), to.to_string(), zone.to_string());
            parts.lanes.push(LanePart {
                from,
                to,
                zone,
                km,
                spot: spot("lanes", i),
            });
        }
        for (i, &(id, carrier, places)) in corridors.iter().enumerate() {
            let (id, name) = (id.to_string(), id.to_string());
            let places = places.iter().map(|p| p.to_string()).collect();
            let spot = spot("corridors", i);
            parts.corridors.push(CorridorPart {
                id,
                name,
                people: true,
                arms: true,
                carrier,
                places,
                spot,
            });
        }
        match parts.build() {
            Ok(region) => region,
            Err(e) => panic!("{e}"),
        }
    }
}

impl Parts {
    fn read_nodes(&mut self, table: &Table) -> Result<()> {
        self.inputs.push(table.input.clone());
        table.rows(
            &[
                "name",
                "country",
                "lat",
                "lon",
                "population",
                "terrain?",
                "kind?",
            ],
            |row| {
                let (name, country, kind) = (
                    row.text(0)?.to_string(),
                    row.text(1)?.to_string(),
                    row.text(6)?,
                );
                if name.is_empty() || country.is_empty() {
                    return Err(row.fault("a node needs a name and a country"));
                }
                let terrain = if row.text(5)?.is_empty() {
                    Terrain::Steppe
                } else {
                    super::geodata::terrain(row, 5)?
                };
                self.nodes.push(NodePart {
                    name,
                    country,
                    lat: row.number(2, -90.0, 90.0)?,
                    lon: row.number(3, -180.0, 180.0)?,
                    population: row.maybe(4)?.unwrap_or(0),
                    terrain,
                    kind: if kind.is_empty() { "town" } else { kind }.to_string(),
                    spot: row.spot(),
                });
                Ok(())
            },
        )?;
        if self.nodes.is_empty() {
            return Err(Error::Input(format!("{}: no node", table.input.0)));
        }
        Ok(())
    }

    fn read_links(&mut self, table: &Table) -> Result<()> {
        self.inputs.push(table.input.clone());
        table.rows(&["a", "b", "km", "road?", "speed_kmh?"], |row| {
            let road = if row.text(3)?.is_empty() {
                Road::Paved
            } else {
                super::geodata::road(row, 3)?
            };
            self.links.push(LinkPart {
                a: row.text(0)?.to_string(),
                b: row.text(1)?.to_string(),
                km: row.number(2, 0.001, 20_000.0)?,
                road,
                speed_kmh: row.maybe_number(4, 0.1, 300.0)?,
                spot: row.spot(),
            });
            Ok(())
        })
    }

    fn read_lanes(&mut self, table: &Table) -> Result<()> {
        self.inputs.push(table.input.clone());
        table.rows(&["from", "to", "zone", "km"], |row| {
            let text = |i| row.text(i).map(str::to_string);
            let (from, to, zone) = (text(0)?, text(1)?, text(2)?);
            if zone.is_empty() {
                return Err(row.fault("a lane needs a zone"));
            }
            self.lanes.push(LanePart {
                from,
                to,
                zone,
                km: row.number(3, 0.1, 20_000.0)?,
                spot: row.spot(),
            });
            Ok(())
        })
    }

    fn read_corridors(&mut self, table: &Table) -> Result<()> {
        self.inputs.push(table.input.clone());
        table.rows(&["id", "name", "flow", "carrier", "places"], |row| {
            let (people, arms) = flow(row.text(2)?, &row.spot())?;
            let carrier = match row.text(3)? {
                "public" => Carrier::Public,
                "crew" => Carrier::Crew,
                other => {
                    return Err(row.fault(format!("carrier `{other}` is neither public nor crew")));
                }
            };
            let places = row
                .text(4)?
                .split(';')
                .map(|p| p.trim().to_string())
                .collect();
            let (id, name) = (row.text(0)?.to_string(), row.text(1)?.to_string());
            self.corridors.push(CorridorPart {
                id,
                name,
                people,
                arms,
                carrier,
                places,
                spot: row.spot(),
            });
            Ok(())
        })
    }

    fn build(mut self) -> Result<Region> {
        let mut region = Region {
            inputs: std::mem::take(&mut self.inputs),
            ..Region::default()
        };
        self.add_places(&mut region)?;
        self.add_links(&mut region)?;
        self.add_lanes(&mut region)?;
        self.add_corridors(&mut region)?;
        fill_distances(&mut region);
        Ok(region)
    }

    /// Countries, nodes (by rising id), places (in the order of the file) and towns.
    fn add_places(&self, region: &mut Region) -> Result<()> {
        let codes: BTreeSet<&str> = self.nodes.iter().map(|n| n.country.as_str()).collect();
        let people = |code: &str| {
            self.nodes
                .iter()
                .filter(|n| n.country == code)
                .map(|n| f64::from(n.population))
                .sum::<f64>()
        };
        let country = |code: &&str| Country {
            iso3: code.to_string(),
            name: code.to_string(),
            population: Some(people(code)),
            gdp_per_head_usd: None,
            fragility: None,
        };
        region.countries = codes.iter().map(country).collect();
        let mut order: Vec<(u64, usize)> = self
            .nodes
            .iter()
            .enumerate()
            .map(|(i, n)| (name_id(&n.name), i))
            .collect();
        order.sort_unstable();
        if let Some(w) = order.windows(2).find(|w| w[0].0 == w[1].0) {
            let twice = &self.nodes[w[1].1];
            return Err(Error::Input(format!(
                "{}: place `{}` stands twice",
                twice.spot, twice.name
            )));
        }
        let mut node_of = vec![0; self.nodes.len()];
        for (k, &(id, i)) in order.iter().enumerate() {
            let n = &self.nodes[i];
            node_of[i] = k as NodeId;
            region.nodes.id.push(id);
            region.nodes.lat.push(n.lat);
            region.nodes.lon.push(n.lon);
            region
                .nodes
                .country
                .push(codes.range(..n.country.as_str()).count() as u16);
            region.nodes.area_km2.push(NODE_KM2);
            region.nodes.terrain.push(n.terrain);
            region.nodes.road.push(Road::None);
            region.nodes.population.push(n.population);
        }
        for (n, &node) in self.nodes.iter().zip(&node_of) {
            let (lat, lon, population, country) = (
                n.lat,
                n.lon,
                n.population,
                region.nodes.country[node as usize],
            );
            let (name, kind) = (n.name.clone(), n.kind.clone());
            if let Some(kind) = town_kind(&kind, population) {
                region.towns.push(Town {
                    node,
                    country,
                    lat,
                    lon,
                    population,
                    kind,
                });
            }
            region.places.push(Place {
                name,
                country,
                lat,
                lon,
                population,
                kind,
                node: Some(node),
            });
        }
        region.index_names();
        Ok(())
    }

    fn add_links(&self, region: &mut Region) -> Result<()> {
        let mut links: BTreeMap<(NodeId, NodeId), Link> = BTreeMap::new();
        for part in &self.links {
            let (a, b) = (
                node(region, &part.a, &part.spot)?,
                node(region, &part.b, &part.spot)?,
            );
            let mut hours = [0.0; 2];
            hours[Mode::Vehicle as usize] =
                (part.km / part.speed_kmh.unwrap_or(ROAD_KMH[part.road as usize])) as f32;
            hours[Mode::Foot as usize] = (part.km / FOOT_KMH) as f32;
            let on_road = part.road != Road::None;
            let (a, b) = (a.min(b), a.max(b));
            let link = Link {
                a,
                b,
                km: part.km as f32,
                hours,
                on_road,
                border: NO_BORDER,
            };
            if a == b {
                return Err(Error::Input(format!(
                    "{}: `{}` is linked to itself",
                    part.spot, part.a
                )));
            }
            if links.insert((a, b), link).is_some() {
                return Err(Error::Input(format!(
                    "{}: `{}` and `{}` are linked twice",
                    part.spot, part.a, part.b
                )));
            }
            for n in [a, b] {
                let best = &mut region.nodes.road[n as usize];
                *best = part.road.max(*best);
            }
        }
        let mut links: Vec<Link> = links.into_values().collect();
        region.borders = find_borders(&region.nodes.country, &mut links, |_, _, n, _| {
            BORDER_KM * n as f64
        });
        region.graph = Graph::from_links(region.nodes.len(), &links);
        Ok(())
    }

    fn add_lanes(&self, region: &mut Region) -> Result<()> {
        let names: BTreeSet<&str> = self.lanes.iter().map(|l| l.zone.as_str()).collect();
        let mut sea = Sea::default();
        for (z, name) in names.iter().enumerate() {
            let (mut lat, mut lon, mut count) = (0.0, 0.0, 0.0);
            for part in self.lanes.iter().filter(|l| l.zone == *name) {
                let (from, to) = (
                    find(region, &part.from, &part.spot)?,
                    find(region, &part.to, &part.spot)?,
                );
                if from == to {
                    return Err(Error::Input(format!(
                        "{}: a lane from `{}` to itself",
                        part.spot, part.from
                    )));
                }
                for end in [from, to] {
                    lat += region.places[usize::from(end)].lat;
                    lon += region.places[usize::from(end)].lon;
                    count += 1.0;
                }
                sea.lanes.push(Lane {
                    from,
                    to,
                    zone: z,
                    km: part.km,
                });
            }
            let (lat, lon) = (lat / count, lon / count);
            sea.zones.push(Zone {
                name: name.to_string(),
                lat,
                lon,
                area_km2: ZONE_KM2,
            });
        }
        region.sea = sea;
        Ok(())
    }

    fn add_corridors(&self, region: &mut Region) -> Result<()> {
        let piece = region.graph.pieces();
        for part in &self.corridors {
            let places = part
                .places
                .iter()
                .map(|p| find(region, p, &part.spot))
                .collect::<Result<Vec<_>>>()?;
            let of = |p: u16| {
                region.places[usize::from(p)]
                    .node
                    .map(|n| piece[n as usize])
            };
            if places.len() < 2 || places.windows(2).any(|w| of(w[0]) != of(w[1])) {
                let what = "needs at least two places, each joined to the next by links";
                return Err(Error::Input(format!(
                    "{}: corridor `{}` {what}",
                    part.spot, part.id
                )));
            }
            let (id, name) = (part.id.clone(), part.name.clone());
            let (people, arms, carrier) = (part.people, part.arms, part.carrier);
            region.corridors.push(Corridor {
                id,
                name,
                people,
                arms,
                carrier,
                places,
                years: vec![ALWAYS],
            });
        }
        Ok(())
    }
}

/// Stable id of a name: the first eight bytes of its blake3 hash, never 0.
fn name_id(name: &str) -> u64 {
    let mut first = [0; 8];
    first.copy_from_slice(&blake3::hash(name.as_bytes()).as_bytes()[..8]);
    u64::from_le_bytes(first).max(1)
}

fn node(region: &Region, name: &str, spot: &str) -> Result<NodeId> {
    let place = find(region, name, spot)?;
    region.places[usize::from(place)]
        .node
        .ok_or_else(|| Error::Input(format!("{spot}: `{name}` is no node")))
}

/// Distance to a border: half the way to it for a node next to it, the line to such a node for others; to the coast: the
/// line to the nearest end of a lane.
fn fill_distances(region: &mut Region) {
    let (nodes, graph): (&mut Nodes, &Graph) = (&mut region.nodes, &region.graph);
    let mut at_border: Vec<Option<f32>> = vec![None; nodes.len()];
    for node in 0..nodes.len() {
        for e in graph
            .edges(node as NodeId)
            .filter(|&e| graph.border[e] != NO_BORDER)
        {
            let half = 0.5 * graph.km[e];
            at_border[node] = Some(at_border[node].map_or(half, |d| d.min(half)));
        }
    }
    let ports: Vec<(f64, f64)> = region
        .sea
        .lanes
        .iter()
        .flat_map(|lane| [lane.from, lane.to])
        .map(|p| {
            (
                region.places[usize::from(p)].lat,
                region.places[usize::from(p)].lon,
            )
        })
        .collect();
    for i in 0..nodes.len() {
        let (lat, lon) = (nodes.lat[i], nodes.lon[i]);
        let km = |a: f64, b: f64| great_circle_km(lat, lon, a, b) as f32;
        let over = |k: usize| at_border[k].map(|half| half + km(nodes.lat[k], nodes.lon[k]));
        let border = at_border[i].unwrap_or_else(|| {
            (0..nodes.len())
                .filter_map(over)
                .fold(f32::INFINITY, f32::min)
        });
        let port = nearest(ports.iter().copied(), lat, lon, f64::INFINITY);
        let coast = port.map_or(f32::INFINITY, |k| km(ports[k].0, ports[k].1));
        nodes.border_km.push(border);
        nodes.coast_km.push(coast);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::check::check_invariants;
    use crate::region::costs::cost_to_go;

    const NODES: &str = "name,country,lat,lon,population,kind\nAgadez,NER,17,8,100000,city\nSabha,LBY,27,14.4,130000,\n\
                         Tripoli,LBY,32.9,13.2,1000000,city\nRidge,NER,20,9,0,pass\nLampedusa,ITA,35.5,12.6,6000,island\n";
    const LINKS: &str = "a,b,km,road,speed_kmh\nAgadez,Ridge,400,track,\nRidge,Sabha,900,none,15\nSabha,Tripoli,770,,\n";
    const LANES: &str = "from,to,zone,km\nTripoli,Lampedusa,Central,295\n";
    const CORRIDORS: &str =
        "id,name,flow,carrier,places\nx,North,both,crew,Agadez; Sabha; Tripoli\n";

    fn load(files: &[(&str, &str)]) -> Result<Region> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        Region::from_network(dir.path())
    }

    fn whole() -> [(&'static str, &'static str); 4] {
        [
            ("nodes.csv", NODES),
            ("links.csv", LINKS),
            ("lanes.csv", LANES),
            ("corridors.csv", CORRIDORS),
        ]
    }

    #[test]
    fn a_network_is_a_region_like_any_other() {
        let region = load(&whole()).unwrap();
        check_invariants(&region).unwrap();
        assert_eq!(region.inputs.len(), 4);
        assert_eq!(region.resolution, None);
        assert_eq!(
            region.names(),
            [
                "ITA",
                "LBY",
                "NER",
                "LBY-NER",
                "Central",
                "Agadez",
                "Lampedusa",
                "Ridge",
                "Sabha",
                "Tripoli"
            ]
        );
        assert_eq!(region.borders[0].km, 100.0);
        let node = |name: &str| {
            region.places[region.place(name).unwrap() as usize]
                .node
                .unwrap()
        };
        let e = region.graph.edge(node("Ridge"), node("Sabha")).unwrap();
        assert_eq!(region.graph.hours[Mode::Vehicle as usize][e], 60.0);
        assert!(!region.graph.on_road[e]);
        assert_eq!(region.nodes.border_km[node("Sabha") as usize], 450.0);
        assert_eq!(region.nodes.coast_km[node("Tripoli") as usize], 0.0);
        assert!(region.corridors[0].open(1999));
        assert_eq!(region.node_label(node("Sabha")), "Sabha");
        assert_eq!(region.nearest_node(27.0, 14.0), Some(node("Sabha")));
        assert_eq!(
            region.towns.len(),
            3,
            "neither a pass nor an island is a town"
        );
        let cost = vec![1; region.graph.edge_count()];
        assert_eq!(
            cost_to_go(&region.graph, &cost, node("Tripoli")).to_go[node("Agadez") as usize],
            3
        );
    }

    #[test]
    fn faults_name_the_line_and_the_nearest_name() {
        let say = |file: &str, from: &str, to: &str| {
            let mut files = whole();
            let text = files
                .iter()
                .find(|f| f.0 == file)
                .unwrap()
                .1
                .replace(from, to);
            files
                .iter_mut()
                .filter(|f| f.0 == file)
                .for_each(|f| f.1 = &text);
            load(&files).unwrap_err().to_string()
        };
        let m = say("links.csv", "Ridge,Sabha", "Ridge,Sebha");
        assert!(
            m.contains("links.csv:3: unknown place `Sebha` (did you mean `Sabha`?)"),
            "{m}"
        );
        let m = say("lanes.csv", "Tripoli,", "Tripolis,");
        assert!(m.contains("lanes.csv:2: unknown place `Tripolis`"), "{m}");
        let m = say("corridors.csv", "Agadez; Sabha", "Lampedusa; Sabha");
        assert!(m.contains("corridors.csv:2: corridor `x` needs"), "{m}");
        let m = say("corridors.csv", "crew", "camel");
        assert!(m.contains("corridors.csv:2: carrier `camel`"), "{m}");
        let m = say("nodes.csv", "Ridge,NER,20", "Ridge,NER,200");
        assert!(
            m.contains("nodes.csv:5: `lat` is 200, outside -90 to 90"),
            "{m}"
        );
        let m = say("nodes.csv", "Ridge,NER", "Agadez,NER");
        assert!(
            m.contains("nodes.csv:5: place `Agadez` stands twice"),
            "{m}"
        );
        let m = say("links.csv", "Sabha,Tripoli,770", "Sabha,Ridge,770");
        assert!(
            m.contains("links.csv:4: `Sabha` and `Ridge` are linked twice"),
            "{m}"
        );
        let m = load(&whole()[..1]).unwrap_err().to_string();
        assert!(m.contains("links.csv"), "{m}");
    }

    #[test]
    fn parts_make_a_region() {
        let region = Region::from_parts(
            &[
                ("A", "LBY", 30.0, 10.0, 5),
                ("B", "NER", 20.0, 10.0, 7),
                ("C", "ITA", 36.0, 12.0, 1),
            ],
            &[("A", "B", 1000.0)],
            &[("A", "C", "Middle", 300.0)],
            &[("ab", Carrier::Crew, &["B", "A"])],
        );
        check_invariants(&region).unwrap();
        assert_eq!(region.sea.lanes[0].km, 300.0);
        assert!(region.corridors[0].people && region.corridors[0].arms);
    }

    #[test]
    fn ids_depend_on_the_name_alone() {
        assert_eq!(name_id("Sabha"), name_id("Sabha"));
        assert_ne!(name_id("Sabha"), name_id("Sabhá"));
    }
}
