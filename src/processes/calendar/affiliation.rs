//! Groups that go over to a bloc, and the ground that goes with them.

use super::Event;
use crate::agents::group::{BLOC_COUNT, BLOCS, bloc_of};
use crate::agents::tally::Entry;
use crate::agents::world::World;
use crate::engine::rng::{Purpose, absorb};
use crate::region::NodeId;
use crate::units::{Tick, great_circle_km};

const JOINS: Purpose = Purpose::new("calendar.alignment");

/// Groups of the blocs named around the places join the bloc; with `claim` it holds the cells around them.
pub fn align(event: &Event, number: u64, w: &mut World, day: Tick) {
    let Event::Alignment { places, radius_km, bloc, from, share, claim, .. } = event else { return };
    let to = bloc_of(bloc);
    let from: Vec<u8> = from.iter().map(|name| bloc_of(name)).collect();
    let region = w.region.clone();
    let centres: Vec<_> = places.iter().filter_map(|p| region.place(p)).map(|p| &region.places[p as usize]).collect();
    let around = |node: NodeId| {
        let n = &region.nodes;
        let (lat, lon, country) = (n.lat[node as usize], n.lon[node as usize], n.country[node as usize]);
        centres.iter().any(|c| c.country == country && great_circle_km(c.lat, c.lon, lat, lon) <= *radius_km)
    };
    let luck = w.luck.on(JOINS, day);
    let mut count = 0;
    for g in w.groups.rows().collect::<Vec<_>>() {
        let group = w.groups.get(g);
        let meant = from.contains(&group.bloc) && around(group.node);
        if meant && luck.chance(absorb(group.key, number), *share) {
            w.groups.update(g, |x| x.bloc = to);
            count += i64::from(group.fighters);
        }
    }
    if *claim {
        for node in (0..region.nodes.len() as NodeId).filter(|&n| around(n)) {
            if from.contains(&w.holder(node)) {
                let row = w.ground(node);
                let mut shares = [0.0; BLOC_COUNT];
                shares[usize::from(to)] = 1.0;
                w.territory.update(row, |t| (t.share, t.holder) = (shares, to));
            }
        }
    }
    w.groups_moved();
    let place = places.first().cloned().unwrap_or_default();
    w.log.push(Entry { day, kind: "alignment", place, item: BLOCS[usize::from(to)], count, key: number });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::accounts::Fighters;
    use crate::agents::group::{Group, LOCAL, TUAREG};
    use crate::processes::test_world;
    use crate::units::Date;

    fn event(places: &[&str], share: f64, claim: bool) -> Event {
        Event::Alignment {
            name: None,
            date: Date::new(2014, 5, 16),
            places: places.iter().map(ToString::to_string).collect(),
            radius_km: 100.0,
            bloc: "hor_lna".into(),
            from: vec!["local".into()],
            share,
            claim,
        }
    }

    /// Militias of Sabha join and hold it; those of Ghat and the Tuareg of Sabha do not.
    #[test]
    fn groups_around_a_place_join_and_hold_it() {
        let mut w = test_world();
        let node = |w: &World, place: &str| w.region.places[w.region.place(place).unwrap() as usize].node.unwrap();
        for (key, place, bloc) in [(1, "Sabha", LOCAL), (2, "Sabha", TUAREG), (3, "Ghat", LOCAL)] {
            let node = node(&w, place);
            let country = w.region.nodes.country[node as usize];
            let arms = crate::agents::arms::EMPTY;
            w.ledgers.move_fighters(Fighters::Outside, Fighters::Groups, 10);
            let (tie, money, skill, trained) = (0, 0, 1.0, 0);
            w.groups.push(Group {
                key,
                node,
                country,
                bloc,
                tie,
                fighters: 10,
                home: node,
                money,
                skill,
                trained,
                arms,
            });
        }
        let lna = bloc_of("hor_lna");
        let day = w.day;
        align(&event(&["Sabha"], 0.0, false), 1, &mut w, day);
        assert_eq!(w.groups.bloc().to_vec(), [LOCAL, TUAREG, LOCAL], "nobody, by lot");
        align(&event(&["Sabha"], 1.0, true), 1, &mut w, day);
        assert_eq!(w.groups.bloc().to_vec(), [lna, TUAREG, LOCAL]);
        assert_eq!([w.holder(node(&w, "Sabha")), w.holder(node(&w, "Ghat"))], [lna, LOCAL]);
        assert_eq!(w.log.last().map(|e| (e.kind, e.count)), Some(("alignment", 10)));
        w.audit().expect("the digests hold");
    }
}
