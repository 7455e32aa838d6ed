//! A region of named places and links in place of the grid, as in Flee's `locations.csv` and `routes.csv`.
//!
//! Every node is also a place. Ids are hashes of names, so that a place keeps its luck when others come or go.

use super::assemble::{CorridorPart, LanePart, LinkPart, NodePart, Parts};
use super::corridor::flow;
use super::geodata::{people, road, terrain};
use super::table::Table;
use super::{Carrier, Region, Road, Terrain};
use crate::error::Result;
use std::path::Path;

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
            parts.nodes.push(NodePart { name, country, lat, lon, population, terrain, kind, spot });
        }
        for (i, &(a, b, km)) in links.iter().enumerate() {
            let (a, b, spot) = (a.to_string(), b.to_string(), spot("links", i));
            parts.links.push(LinkPart { a, b, km, road: Road::Paved, speed_kmh: None, spot });
        }
        for (i, &(from, to, zone, km)) in lanes.iter().enumerate() {
            let (from, to, zone) = (from.to_string(), to.to_string(), zone.to_string());
            parts.lanes.push(LanePart { from, to, zone, km, spot: spot("lanes", i) });
        }
        for (i, &(id, carrier, places)) in corridors.iter().enumerate() {
            let (id, name) = (id.to_string(), id.to_string());
            let places = places.iter().map(|p| p.to_string()).collect();
            let spot = spot("corridors", i);
            parts.corridors.push(CorridorPart { id, name, people: true, arms: true, carrier, places, spot });
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
        table.rows(&["name", "country", "lat", "lon", "population", "terrain?", "kind?"], |row| {
            let (name, country, kind) = (row.text(0)?.to_string(), row.text(1)?.to_string(), row.text(6)?);
            if name.is_empty() || country.is_empty() {
                return Err(row.fault("a node needs a name and a country"));
            }
            let terrain = if row.text(5)?.is_empty() { Terrain::Steppe } else { terrain(row, 5)? };
            self.nodes.push(NodePart {
                name,
                country,
                lat: row.number(2, -90.0, 90.0)?,
                lon: row.number(3, -180.0, 180.0)?,
                population: people(row, 4)?,
                terrain,
                kind: if kind.is_empty() { "town" } else { kind }.to_string(),
                spot: row.spot(),
            });
            Ok(())
        })?;
        if self.nodes.is_empty() {
            return Err(table.fault("no node below the first line"));
        }
        Ok(())
    }

    fn read_links(&mut self, table: &Table) -> Result<()> {
        self.inputs.push(table.input.clone());
        table.rows(&["a", "b", "km", "road?", "speed_kmh?"], |row| {
            let road = if row.text(3)?.is_empty() { Road::Paved } else { road(row, 3)? };
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
            self.lanes.push(LanePart { from, to, zone, km: row.number(3, 0.1, 20_000.0)?, spot: row.spot() });
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
            let places = row.text(4)?.split(';').map(|p| p.trim().to_string()).collect();
            let (id, name) = (row.text(0)?.to_string(), row.text(1)?.to_string());
            self.corridors.push(CorridorPart { id, name, people, arms, carrier, places, spot: row.spot() });
            Ok(())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::check::check_invariants;
    use crate::region::costs::cost_to_go;
    use crate::region::graph::Mode;

    const NODES: &str = "name,country,lat,lon,population,kind\nAgadez,NER,17,8,100000,city\nSabha,LBY,27,14.4,130000,\n\
                         Tripoli,LBY,32.9,13.2,1000000,city\nRidge,NER,20,9,0,pass\nLampedusa,ITA,35.5,12.6,6000,island\n";
    const LINKS: &str =
        "a,b,km,road,speed_kmh\nAgadez,Ridge,400,track,\nRidge,Sabha,900,none,15\nSabha,Tripoli,770,,\n";
    const LANES: &str = "from,to,zone,km\nTripoli,Lampedusa,Central,295\n";
    const CORRIDORS: &str = "id,name,flow,carrier,places\nx,North,both,crew,Agadez; Sabha; Tripoli\n";

    fn load(files: &[(&str, &str)]) -> Result<Region> {
        let dir = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(dir.path().join(name), text).unwrap();
        }
        Region::from_network(dir.path())
    }

    #[test]
    fn spreadsheets_may_leave_their_marks() {
        let mut files = whole();
        let nodes = format!("\u{feff}{}", NODES.replace('\n', "\r\n"));
        files[0].1 = &nodes;
        check_invariants(&load(&files).unwrap()).unwrap();
    }

    fn whole<'a>() -> [(&'a str, &'a str); 4] {
        [("nodes.csv", NODES), ("links.csv", LINKS), ("lanes.csv", LANES), ("corridors.csv", CORRIDORS)]
    }

    #[test]
    fn a_network_is_a_region_like_any_other() {
        let region = load(&whole()).unwrap();
        check_invariants(&region).unwrap();
        assert_eq!(region.inputs.len(), 4);
        assert_eq!(region.resolution, None);
        assert_eq!(
            region.names(),
            ["ITA", "LBY", "NER", "LBY-NER", "Central", "Agadez", "Lampedusa", "Ridge", "Sabha", "Tripoli"]
        );
        assert_eq!(region.borders[0].km, 100.0);
        let node = |name: &str| region.places[region.place(name).unwrap() as usize].node.unwrap();
        let e = region.graph.edge(node("Ridge"), node("Sabha")).unwrap();
        assert_eq!(region.graph.hours[Mode::Vehicle as usize][e], 60.0);
        assert!(!region.graph.on_road[e]);
        assert_eq!(region.nodes.border_km[node("Sabha") as usize], 450.0);
        assert_eq!(region.nodes.coast_km[node("Tripoli") as usize], 0.0);
        assert!(crate::region::corridor::in_use(&region.corridors[0].years, 1999));
        assert_eq!(region.node_label(node("Sabha")), "Sabha");
        assert_eq!(region.nearest_node(27.0, 14.0), Some(node("Sabha")));
        assert_eq!(region.towns.len(), 3, "neither a pass nor an island is a town");
        let cost = vec![1; region.graph.edge_count()];
        assert_eq!(cost_to_go(&region.graph, &cost, node("Tripoli")).to_go[node("Agadez") as usize], 3);
    }

    #[test]
    fn faults_name_the_line_and_the_nearest_name() {
        let say = |file: &str, from: &str, to: &str| {
            let mut files = whole();
            let text = files.iter().find(|f| f.0 == file).unwrap().1.replace(from, to);
            files.iter_mut().filter(|f| f.0 == file).for_each(|f| f.1 = &text);
            load(&files).unwrap_err().to_string()
        };
        let m = say("links.csv", "Ridge,Sabha", "Ridge,Sebha");
        assert!(m.contains("links.csv:3: unknown place `Sebha` (did you mean `Sabha`?)"), "{m}");
        let m = say("lanes.csv", "Tripoli,", "Tripolis,");
        assert!(m.contains("lanes.csv:2: unknown place `Tripolis`"), "{m}");
        let m = say("corridors.csv", "Agadez; Sabha", "Lampedusa; Sabha");
        assert!(m.contains("corridors.csv:2: corridor `x` needs"), "{m}");
        let m = say("corridors.csv", "crew", "camel");
        assert!(m.contains("corridors.csv:2: carrier `camel`"), "{m}");
        let m = say("nodes.csv", "Ridge,NER,20", "Ridge,NER,200");
        assert!(m.contains("nodes.csv:5: `lat` is 200, outside -90 to 90"), "{m}");
        let m = say("nodes.csv", "Ridge,NER", "Agadez,NER");
        assert!(m.contains("nodes.csv:5: place `Agadez` stands twice"), "{m}");
        let m = say("links.csv", "Sabha,Tripoli,770", "Sabha,Ridge,770");
        assert!(m.contains("links.csv:4: `Sabha` and `Ridge` are linked twice"), "{m}");
        let m = load(&whole()[..1]).unwrap_err().to_string();
        assert!(m.contains("links.csv"), "{m}");
    }

    #[test]
    fn parts_make_a_region() {
        let region = Region::from_parts(
            &[("A", "LBY", 30.0, 10.0, 5), ("B", "NER", 20.0, 10.0, 7), ("C", "ITA", 36.0, 12.0, 1)],
            &[("A", "B", 1000.0)],
            &[("A", "C", "Middle", 300.0)],
            &[("ab", Carrier::Crew, &["B", "A"])],
        );
        check_invariants(&region).unwrap();
        assert_eq!(region.sea.lanes[0].km, 300.0);
        assert!(region.corridors[0].people && region.corridors[0].arms);
    }
}
