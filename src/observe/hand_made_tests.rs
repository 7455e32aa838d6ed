//! A small world made by hand for the tests of this folder: Libya, Mali with its north, Niger.

use super::metric;
use crate::agents::accounts::{Arms, Fighters};
use crate::agents::arms::Bag;
use crate::agents::group::{BLOC_COUNT, BLOCS, Group};
use crate::agents::homeland::{self, HomelandSpec};
use crate::agents::market::{self, FirstPrices};
use crate::agents::routes::Routes;
use crate::agents::world::World;
use crate::engine::rng::Luck;
use crate::region::{Carrier, CountryId, NodeId, Region};
use crate::units::Tick;
use std::sync::Arc;

/// Northern Mali is Kidal (30,000) and Gao (70,000); hubs are Sabha, Kidal and Gao.
pub fn world() -> World {
    let mut region = Region::from_parts(
        &[
            ("Sabha", "LBY", 27.0, 14.4, 130_000),
            ("Kidal", "MLI", 18.4, 1.4, 30_000),
            ("Gao", "MLI", 16.3, 0.0, 70_000),
            ("Bamako", "MLI", 12.6, -8.0, 2_000_000),
            ("Agadez", "NER", 17.0, 8.0, 110_000),
        ],
        &[("Sabha", "Kidal", 1700.0), ("Kidal", "Gao", 350.0), ("Gao", "Bamako", 1200.0), ("Sabha", "Agadez", 1400.0)],
        &[],
        &[("west", Carrier::Crew, &["Sabha", "Kidal"]), ("river", Carrier::Crew, &["Kidal", "Gao"])],
    );
    region.places.iter_mut().filter(|p| p.name == "Bamako").for_each(|p| p.kind = "capital".into());
    let costs = crate::processes::crews::Params::default().travel_costs(0.002);
    let routes = Arc::new(Routes::build(&region, &costs, &[], &[]));
    let mut w = World::empty(Arc::new(region), routes, Luck { seed: 1, replicate: 0 }, Tick(15_429), 1);
    let north = HomelandSpec {
        name: "Northern Mali".into(),
        tie: "tuareg".into(),
        places: vec!["Kidal".into(), "Gao".into()],
        radius_km: 50.0,
        reach: 0.1,
        grievance: 1.0,
    };
    homeland::populate(&mut w, &homeland::Initial::default(), &[north]);
    let first = FirstPrices { libya: [1000.0; 6], elsewhere: [500.0; 6], libya_factor: 1.0 };
    market::populate(&mut w, &first);
    w
}

pub fn node(w: &World, place: &str) -> NodeId {
    w.region.places[usize::from(w.region.place(place).unwrap())].node.unwrap()
}

pub fn country(w: &World, iso3: &str) -> CountryId {
    w.region.country(iso3).unwrap()
}

pub fn bloc(name: &str) -> u8 {
    BLOCS.iter().position(|b| *b == name).unwrap() as u8
}

/// Adds a group with its arms, from outside.
pub fn add_group(w: &mut World, place: &str, of: &str, fighters: u32, arms: Bag) {
    let node = node(w, place);
    let (key, country) = (w.groups.len() as u64 + 1, w.region.nodes.country[node as usize]);
    w.ledgers.move_fighters(Fighters::Outside, Fighters::Groups, fighters);
    w.ledgers.move_arms(Arms::Outside, Arms::Groups, &arms);
    w.groups.push(Group {
        key,
        node,
        country,
        bloc: bloc(of),
        tie: 0,
        fighters,
        home: node,
        money: 0,
        skill: 1.0,
        trained: 0,
        arms,
    });
}

/// Gives a bloc a share of control of a place's cell and the state the rest; the greater of the two holds it.
pub fn contest(w: &mut World, place: &str, by: &str, share: f32, violence: f32) {
    let row = w.ground(node(w, place));
    let mut shares = [0.0; BLOC_COUNT];
    shares[usize::from(bloc("state"))] = 1.0 - share;
    shares[usize::from(bloc(by))] = share;
    let holder = bloc(if share > 0.5 { by } else { "state" });
    w.territory.update(row, |g| (g.share, g.holder, g.violence) = (shares, holder, violence));
}

/// Value of a metric today.
pub fn read(w: &World, name: &str) -> f64 {
    let all = metric::all();
    (all.iter().find(|m| m.name == name).unwrap().value)(w)
}
