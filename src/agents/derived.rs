//! What of the world is derived from its tables, and how: nothing here is saved.

use super::belief::BeliefIndex;
use super::group;
use super::routes::{HubId, NO_WAY};
use super::world::{Queues, Ways, World};
use crate::engine::wake::Line;
use crate::region::{Carrier, NodeId, PlaceId};
use crate::units::{Tick, great_circle_km};
use std::collections::BTreeMap;

impl World {
    /// Rebuilds lines, clocks, ways and takers from the columns.
    pub fn rederive(&mut self) {
        self.queues = Queues {
            seats: vec![Line::default(); self.routes.legs.len()],
            beach: vec![Line::default(); self.region.sea.zones.len()],
            ..Queues::default()
        };
        self.present = vec![0; self.region.countries.len()];
        for row in 0..self.migrants.len() {
            let m = self.migrants.get(row);
            if m.key != 0 {
                self.enlist(row);
                self.count_present(&m, 1);
            }
        }
        self.rederive_displaced();
        self.ways = self.ways_of(self.day);
        self.takers = self.find_takers();
        self.outlets = self.find_outlets();
        self.market_of = self.find_markets();
        self.beats = self.find_beats();
        self.militia = self.find_militia();
        self.belief_index = BeliefIndex::of(&self.beliefs, self.networks.len());
        self.earned = vec![0; self.networks.len()];
        self.crossings = self.find_crossings();
        self.sighting_of = self.find_sightings();
        self.territory_of = self.find_territory();
        self.homeland_of = self.find_homelands();
        self.callable.clear();
        self.near_oil.clear();
        self.look_again();
    }

    /// Goes on to the next morning; in a new year other legs and lanes are in use from its first hour, as after a restore.
    pub fn next_morning(&mut self) {
        self.day = self.day.next();
        if self.day.date().0.year() != self.ways.year {
            self.ways = self.ways_of(self.day);
            self.look_again();
        }
    }

    /// Nodes where fighters of groups other than armies are.
    pub fn find_militia(&self) -> Vec<bool> {
        let mut held = vec![false; self.region.nodes.len()];
        let armed = |i: &usize| !group::is_official(self.groups.bloc()[*i]) && self.groups.fighters()[*i] > 0;
        for i in self.groups.rows().filter(armed) {
            held[self.groups.node()[i] as usize] = true;
        }
        held
    }

    /// By country, the nodes of its places with at least 5,000 people: towns that are taken and lost (assumption).
    pub(super) fn find_towns(&self) -> Vec<Vec<NodeId>> {
        const TOWN: u32 = 5000;
        let mut towns = vec![vec![]; self.region.countries.len()];
        for p in self.region.places.iter().filter(|p| p.population >= TOWN) {
            let own = |n: &NodeId| self.region.nodes.country[*n as usize] == p.country;
            towns[usize::from(p.country)].extend(p.node.filter(own));
        }
        for nodes in &mut towns {
            nodes.sort_unstable();
            nodes.dedup();
        }
        towns
    }

    /// What is derived from where groups and depots are, anew: after one has moved, come or gone.
    pub fn groups_moved(&mut self) {
        self.takers = self.find_takers();
        self.market_of = self.find_markets();
        self.outlets = self.find_outlets();
    }

    /// Nodes within each patrol unit's beat; at least its own.
    fn find_beats(&self) -> Vec<Vec<NodeId>> {
        let units: Vec<usize> = (0..self.patrols.len()).collect();
        crate::engine::parallel::map_items(&units, 4, |&i| {
            self.nodes_within(self.patrols.node()[i], f64::from(self.patrols.beat_km()[i]))
        })
    }

    /// By node, how many documented ways of crews cross it.
    fn find_crossings(&self) -> Vec<u32> {
        let mut crossings = vec![0; self.region.nodes.len()];
        for leg in self.routes.legs.iter().filter(|l| l.carrier == Carrier::Crew) {
            for &node in leg.ways.iter().flat_map(|x| &x.path) {
                crossings[node as usize] += 1;
            }
        }
        crossings
    }

    /// Nearest hub of each group's black market, within 300 km.
    pub fn find_markets(&self) -> Vec<Option<HubId>> {
        let n = &self.region.nodes;
        let mut by_node = BTreeMap::new();
        let nodes: Vec<NodeId> = self.groups.node().to_vec();
        for at in nodes.iter().copied() {
            by_node.entry(at).or_insert_with(|| {
                let near = self.routes.nearest_hub(n.lat[at as usize], n.lon[at as usize], |_| true);
                near.filter(|x| x.1 <= 300.0).map(|x| x.0)
            });
        }
        nodes.iter().map(|at| by_node[at]).collect()
    }

    /// Least costs between hubs on the legs open in the year of `day`.
    pub fn ways_of(&self, day: Tick) -> Ways {
        let year = day.date().0.year();
        let person = self.routes.to_go(|l| self.traveller_cents(l, year));
        let empty = self.routes.to_go(|l| self.routes.legs[l as usize].fuel_cents(year));
        let hubs = &self.routes.hubs;
        let coast: Vec<_> = hubs.iter().map(|h| h.coast.filter(|_| self.lane_of(h.place, year).is_some())).collect();
        let coasts: Vec<HubId> = (0..hubs.len()).filter(|&h| coast[h].is_some()).map(|h| h as HubId).collect();
        let fare = |hub: HubId| {
            let lane = self.lane_of(hubs[hub as usize].place, year);
            lane.map_or(NO_WAY, |l| self.routes.travel.sea_cents(self.region.sea.lanes[l].km))
        };
        let coasts: Vec<(HubId, u64)> = coasts.into_iter().map(|h| (h, fare(h))).collect();
        let nearest = |from| {
            let whole = coasts.iter().map(|&(to, fare)| person.cost(from, to).saturating_add(fare));
            whole.min().unwrap_or(NO_WAY)
        };
        let sea = (0..hubs.len() as HubId).map(nearest).collect();
        Ways { year, person, empty, coast, sea }
    }

    pub(super) fn lane_of(&self, place: PlaceId, year: i16) -> Option<usize> {
        let lanes = &self.region.sea.lanes;
        let open = (0..lanes.len()).filter(|&l| lanes[l].from == place && lanes[l].open(year));
        open.min_by(|&a, &b| lanes[a].km.total_cmp(&lanes[b].km).then(a.cmp(&b)))
    }

    /// Nodes with groups within 300 km of each depot (equation 5), nearest first, at most six.
    pub fn find_takers(&self) -> Vec<Vec<NodeId>> {
        const REACH_KM: f64 = 300.0;
        let raids = |&i: &usize| !group::is_official(self.groups.bloc()[i]);
        let mut nodes: Vec<NodeId> = self.groups.rows().filter(raids).map(|i| self.groups.node()[i]).collect();
        nodes.sort_unstable();
        nodes.dedup();
        let n = &self.region.nodes;
        let depots: Vec<usize> = (0..self.depots.len()).collect();
        crate::engine::parallel::map_items(&depots, 64, |&d| {
            let at = self.depots.node()[d] as usize;
            let mut near: Vec<(f64, NodeId)> = nodes
                .iter()
                .map(|&g| (great_circle_km(n.lat[at], n.lon[at], n.lat[g as usize], n.lon[g as usize]), g))
                .filter(|&(km, _)| km <= REACH_KM)
                .collect();
            near.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
            near.into_iter().take(6).map(|(_, g)| g).collect()
        })
    }

    /// Nearest market of its own country for each depot.
    fn find_outlets(&self) -> Vec<Option<HubId>> {
        let n = &self.region.nodes;
        let outlet = |d: usize| {
            let (at, country) = (self.depots.node()[d] as usize, self.depots.country()[d]);
            let near = self.routes.nearest_hub(n.lat[at], n.lon[at], |h| h.country == country && h.connected);
            near.map(|h| h.0)
        };
        (0..self.depots.len()).map(outlet).collect()
    }
}
