//! Hostilities, truces, interventions, and arms that states send.

use super::Event;
use crate::agents::accounts::{Arms, Fighters};
use crate::agents::arms::{CLASSES, Class, EMPTY, Origin, slot};
use crate::agents::depot::{Depot, LARGE};
use crate::agents::group::{BLOCS, FOREIGN, Group, STATE, bloc_of};
use crate::agents::hostility::NO_END;
use crate::agents::patron::{months, supply_growth};
use crate::agents::tally::Entry;
use crate::agents::world::World;
use crate::engine::dist::apportion;
use crate::engine::rng::{Key, Purpose};
use crate::processes::patrons::deliver;
use crate::units::Tick;

const ROUNDING: Purpose = Purpose::new("calendar.supply_rounding");

/// What an event of this kind does today.
pub fn happen(event: &Event, number: u64, begins: bool, w: &mut World, day: Tick) {
    match event {
        Event::Hostility { until, country, bloc, against, level, .. } if begins => {
            let Some(country) = w.region.country(country) else { return };
            let (a, b) = (bloc_of(bloc), bloc_of(against));
            w.open_war(country, a, b, *level, until.map_or(NO_END, |u| u.tick().0));
        }
        Event::Ceasefire { country, bloc, against, .. } if begins => {
            let Some(at) = w.region.country(country) else { return };
            let (a, b) = (bloc_of(bloc), bloc_of(against));
            w.make_peace(at, a, b);
            // Who makes peace with a state makes it with the troops at its side.
            for (x, y) in [(a, b), (b, a)] {
                if y == STATE {
                    w.make_peace(at, x, FOREIGN);
                }
            }
            let (place, item) = (country.clone(), BLOCS[usize::from(a)]);
            w.log.push(Entry { day, kind: "ceasefire", place, item, count: 1, key: number });
        }
        Event::Intervention { until, .. } => {
            if begins {
                intervene(event, number, w, day);
            }
            if until.is_some_and(|u| u.tick() == day) {
                withdraw(event, number, w, day);
            }
        }
        Event::PatronSupply { date, until, .. } => {
            let over = until.is_some_and(|u| day >= u.tick());
            if day >= date.tick() && !over && day.date().0.day() == 1 {
                supply(event, number, w, day);
            }
        }
        Event::LegalTransfer { place, stock, .. } if begins => transfer(place, *stock, number, w),
        _ => {}
    }
}

/// Battle groups assemble and are at war with everyone who is at war with the state.
fn intervene(event: &Event, number: u64, w: &mut World, day: Tick) {
    let Event::Intervention { place, troops, groups, skill, .. } = event else { return };
    let Some(at) = w.region.place(place).map(|p| w.region.places[p as usize].clone()) else { return };
    let Some(node) = at.node else { return };
    let parts = apportion(u64::from(*troops), &vec![1.0; *groups as usize]);
    for (i, men) in parts.into_iter().enumerate() {
        let mut arms = EMPTY;
        // A rifle each, a machine gun for three, a heavy gun on a vehicle for ten (assumption).
        for (class, each) in [(Class::SmallArms, 1), (Class::LightWeapons, 3), (Class::AntiAircraft, 10)] {
            arms[slot(class, Origin::StateStock)] = (men / each) as u32;
        }
        w.ledgers.move_fighters(Fighters::Outside, Fighters::Groups, men as u32);
        w.ledgers.move_arms(Arms::Outside, Arms::Groups, &arms);
        w.groups.push(Group {
            key: battle_group(place, number, i as u32),
            node,
            country: at.country,
            bloc: FOREIGN,
            tie: 0,
            fighters: men as u32,
            home: node,
            money: 0,
            skill: *skill as f32,
            trained: 0,
            arms,
        });
    }
    let rebels: Vec<u8> = w
        .wars(at.country)
        .filter_map(|(a, b, _)| [(a, b), (b, a)].iter().find(|x| x.1 == STATE).map(|x| x.0))
        .collect();
    for rebel in rebels.into_iter().filter(|&r| r != FOREIGN) {
        w.open_war(at.country, rebel, FOREIGN, 1.0, NO_END);
    }
    w.groups_moved();
    let count = i64::from(*troops);
    w.log.push(Entry { day, kind: "intervention", place: place.clone(), item: "troops", count, key: number });
}

fn battle_group(place: &str, number: u64, i: u32) -> u64 {
    Key::named("intervention", place, number).child(Tick(0), u64::from(i)).0
}

/// What is left of them goes home with its arms.
fn withdraw(event: &Event, number: u64, w: &mut World, day: Tick) {
    let Event::Intervention { place, groups, .. } = event else { return };
    let keys: Vec<u64> = (0..*groups).map(|i| battle_group(place, number, i)).collect();
    let mut count = 0;
    for g in w.groups.rows().filter(|&g| keys.contains(&w.groups.key()[g])).collect::<Vec<_>>() {
        let group = w.groups.get(g);
        w.ledgers.move_fighters(Fighters::Groups, Fighters::Outside, group.fighters);
        w.ledgers.move_arms(Arms::Groups, Arms::Outside, &group.arms);
        w.groups.remove(g);
        count += i64::from(group.fighters);
    }
    if count > 0 {
        w.groups_moved();
        w.log.push(Entry { day, kind: "withdrawal", place: place.clone(), item: "troops", count, key: number });
    }
}

/// A month's arms for the groups of a bloc around a landing place.
fn supply(event: &Event, number: u64, w: &mut World, day: Tick) {
    let Event::PatronSupply { date, patron, place, bloc: name, per_year, growth, .. } = event else { return };
    let Some(at) = w.region.place(place) else { return };
    let factor = supply_growth(*growth, months(date.tick(), day));
    let (key, luck) = (Key::named("patron", patron, number).0, w.luck.on(ROUNDING, day));
    let sent = Class::ALL.map(|c| {
        let u = luck.nth(c as u32).unit(key);
        libm::floor(per_year[c as usize] / 12.0 * factor + u) as u64
    });
    if deliver(w, at, bloc_of(name), Origin::Patron, sent) {
        let count = sent.iter().sum::<u64>() as i64;
        w.log.push(Entry { day, kind: "patron_supply", place: place.clone(), item: "weapons", count, key });
    }
}

/// Weapons that a state has bought come to a store of their own beside its others.
fn transfer(place: &str, stock: [u32; CLASSES], number: u64, w: &mut World) {
    let Some(at) = w.region.place(place).map(|p| w.region.places[p as usize].clone()) else { return };
    let Some(node) = at.node else { return };
    let mut bag = EMPTY;
    for class in Class::ALL {
        bag[slot(class, Origin::Legal)] = stock[class as usize];
    }
    w.ledgers.move_arms(Arms::Outside, Arms::Depots, &bag);
    // Guarded as the best of the army's stores of the country are.
    let own = |&d: &usize| w.depots.country()[d] == at.country;
    let best =
        |what: fn(&Depot) -> f32| w.depots.rows().filter(own).map(|d| what(&w.depots.get(d))).fold(0.0, f32::max);
    let (guards, control) = (best(|d| d.guards), best(|d| d.control));
    w.depots.push(Depot {
        key: Key::named("depot", &format!("legal:{place}"), number).0,
        node,
        country: at.country,
        tier: LARGE,
        origin: Origin::Legal as u8,
        sealed: 0,
        guards,
        control,
        stock,
    });
    w.groups_moved();
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::units::Date;

    fn mali(w: &World) -> u16 {
        w.region.country("MLI").unwrap()
    }

    fn group(w: &World, key: u64, place: &str, bloc: u8, fighters: u32) -> Group {
        let p = &w.region.places[w.region.place(place).unwrap() as usize];
        let (node, country) = (p.node.unwrap(), p.country);
        Group { key, node, country, bloc, tie: 0, fighters, home: node, money: 0, skill: 1.0, trained: 0, arms: EMPTY }
    }

    #[test]
    fn a_war_lasts_from_its_event_to_its_truce() {
        let mut w = crate::processes::test_world();
        let today = w.day;
        let (bloc, against) = ("mnla".to_string(), "state".to_string());
        let country = "MLI".to_string();
        let date = today.date();
        let (c, x, y) = (country.clone(), bloc.clone(), against.clone());
        let war = Event::Hostility { name: None, date, until: None, country: c, bloc: x, against: y, level: 0.5 };
        happen(&war, 0, true, &mut w, today);
        let (a, b) = (bloc_of("mnla"), bloc_of("state"));
        assert_eq!((w.hostile(mali(&w), a, b), w.hostile(mali(&w), b, a)), (0.5, 0.5));
        assert_eq!(w.countries_at_war(), [mali(&w)]);
        let peace = Event::Ceasefire {
            name: None,
            date: None,
            when: None,
            earliest: None,
            latest: None,
            country,
            bloc,
            against,
        };
        happen(&peace, 1, true, &mut w, today);
        assert_eq!((w.hostile(mali(&w), a, b), w.countries_at_war().len()), (0.0, 0));
    }

    /// 3,000 troops in four groups, at war with whoever fights the state; they leave with all they brought.
    #[test]
    fn an_intervention_comes_and_goes() {
        let mut w = crate::processes::test_world();
        let (today, at) = (w.day, mali(&w));
        w.open_war(at, bloc_of("mnla"), STATE, 1.0, NO_END);
        let event = Event::Intervention {
            name: None,
            date: None,
            when: None,
            earliest: None,
            latest: None,
            until: Some(today.next().date()),
            place: "Gao".into(),
            troops: 3000,
            groups: 4,
            skill: 3.0,
        };
        happen(&event, 0, true, &mut w, today);
        let men: u32 = w.groups.rows().map(|g| w.groups.fighters()[g]).sum();
        assert_eq!((men, w.groups.live(), w.hostile(at, bloc_of("mnla"), FOREIGN)), (3000, 4, 1.0));
        w.audit().unwrap();
        happen(&event, 0, false, &mut w, today.next());
        assert_eq!((w.groups.live(), w.ledgers.fighters.balance(0, Fighters::Groups as usize)), (0, 0));
        w.audit().unwrap();
    }

    /// 1,200 rifles a year are 100 a month, shared by fighters among the groups of the bloc near the landing place.
    #[test]
    fn a_patron_arms_the_groups_of_a_bloc() {
        let mut w = crate::processes::test_world();
        for (key, place, of, men) in [(1, "Gao", "mnla", 300), (2, "Kidal", "mnla", 100), (3, "Gao", "aqim", 900)] {
            let g = group(&w, key, place, bloc_of(of), men);
            w.ledgers.move_fighters(Fighters::Outside, Fighters::Groups, men);
            w.groups.push(g);
        }
        let date = Date::new(2012, 1, 1);
        let event = Event::PatronSupply {
            name: None,
            date,
            until: None,
            patron: "somebody".into(),
            place: "Gao".into(),
            bloc: "mnla".into(),
            per_year: [1200.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            growth: 0.0,
        };
        happen(&event, 0, true, &mut w, date.tick());
        let rifles = |g: usize| w.groups.arms()[g][slot(Class::SmallArms, Origin::Patron)];
        assert_eq!([rifles(0), rifles(1), rifles(2)], [75, 25, 0]);
        w.audit().unwrap();
    }

    #[test]
    fn bought_arms_stand_in_a_store_with_their_origin() {
        let mut w = crate::processes::test_world();
        transfer("Agadez", [500, 0, 0, 0, 0, 0], 0, &mut w);
        assert_eq!((w.depots.live(), w.depots.stock()[0][0], w.depots.origin()[0]), (1, 500, Origin::Legal as u8));
        w.audit().unwrap();
    }
}
