//! Weapons: what moved, who holds them, how they came to armed groups, what they cost.

use super::{COUNTRIES, Kind, Metric, is_country, mean, metric};
use crate::agents::accounts::{ARMS, Arms};
use crate::agents::arms::{CHANNEL_NAMES, CLASS_NAMES, CLASSES, Class, ORIGINS, Origin, pieces, slot};
use crate::agents::group::is_official;
use crate::agents::patron::WAY_NAMES;
use crate::agents::tally::{Leak, Received};
use crate::agents::world::World;
use crate::region::CountryId;

pub(super) fn flows(m: &mut Vec<Metric>) {
    type Read = fn(&World, usize) -> i64;
    let flows: [(&str, &str, Read); 10] = [
        ("arms_looted", "Taken from depots", |w, c| w.tally.looted[c]),
        ("arms_left_libya", "Carried out of Libya over land", |w, c| w.tally.left_libya[c]),
        ("arms_reached_sahel", "Delivered in the Sahel, by crews and by returning fighters", |w, c| {
            w.tally.reached_sahel[c]
        }),
        ("arms_reached_sahel_returning", "Of these, brought by returning fighters", |w, c| {
            w.tally.reached_sahel_returning[c]
        }),
        ("arms_seized", "Seized by land patrols", |w, c| w.tally.seized[c]),
        ("arms_destroyed", "Of these, destroyed", |w, c| w.tally.destroyed[c]),
        ("arms_collected", "Bought or collected by levers, and destroyed", |w, c| w.tally.collected[c]),
        ("arms_leaked_seized", "Of these, sold on by those who seized them", |w, c| {
            w.tally.leaks[Leak::Seized as usize][c]
        }),
        ("arms_leaked_custody", "Gone astray from custody", |w, c| w.tally.leaks[Leak::Custody as usize][c]),
        ("arms_leaked_legal", "Diverted from armies' stores and legal transfers", |w, c| {
            w.tally.leaks[Leak::Legal as usize][c]
        }),
    ];
    for (name, about, read) in flows {
        for (c, class) in CLASS_NAMES.into_iter().enumerate() {
            let seized = name == "arms_seized";
            let mut x =
                metric(format!("{name}_{}", class), unit(c, true), "arms_flow", Kind::Flow, about, move |w: &World| {
                    read(w, c) as f64
                });
            if name == "arms_left_libya" {
                x.about += "; observed: what was seized";
                x = x.seen(move |w| w.tally.seized[c] as f64);
            }
            if seized {
                x = x.seen(move |w| w.tally.seized[c] as f64);
            }
            m.push(x);
        }
    }
    m.push(metric("depot_raids", "raids/day", "arms_flow", Kind::Flow, "Raids on depots", |w| w.tally.raids as f64));
    let about = "Fighters who came home with a convoy";
    m.push(metric("fighters_home", "fighters/day", "arms_flow", Kind::Flow, about, |w| w.tally.fighters_home as f64));
}

pub(super) fn stocks(m: &mut Vec<Metric>) {
    let holders = [
        Arms::Depots,
        Arms::Groups,
        Arms::Civilians,
        Arms::Markets,
        Arms::Crews,
        Arms::Convoys,
        Arms::Custody,
        Arms::Destroyed,
        Arms::Worn,
    ];
    for holder in holders {
        for (c, class) in CLASS_NAMES.into_iter().enumerate() {
            let about = match holder {
                Arms::Destroyed => "Destroyed since the first day".into(),
                Arms::Worn => "Worn out since the first day".into(),
                _ => format!("Held by {}", ARMS[holder as usize]),
            };
            m.push(metric(
                format!("arms_in_{}_{}", ARMS[holder as usize], class),
                unit(c, false),
                "arms_stock",
                Kind::Stock,
                about,
                move |w: &World| {
                    (c * ORIGINS..(c + 1) * ORIGINS)
                        .map(|item| w.ledgers.arms.balance(item, holder as usize))
                        .sum::<i64>() as f64
                },
            ));
        }
    }
    for [name, iso3, people] in &COUNTRIES[1..] {
        let about = format!(
            "Of the weapons held by groups in {people} other than armies, the share that came from a Libyan depot"
        );
        let share = |w: &World| libyan_share(w, iso3);
        m.push(metric(format!("libyan_share_{name}"), "share", "arms_stock", Kind::Stock, about, share));
    }
}

/// Share of the pieces held by unofficial groups in a country that came from a Libyan depot; NaN when they hold none.
fn libyan_share(w: &World, iso3: &str) -> f64 {
    let (mut libyan, mut all) = (0, 0);
    let here = |i: &usize| is_country(w, w.groups.country()[*i], iso3) && !is_official(w.groups.bloc()[*i]);
    for bag in w.groups.rows().filter(here).filter_map(|i| w.groups.arms().get(i)) {
        all += pieces(bag);
        let counted = Class::ALL.into_iter().filter(|&c| !weighed(c as usize));
        libyan += counted.map(|c| i64::from(bag[slot(c, Origin::LibyanDepot)])).sum::<i64>();
    }
    libyan as f64 / all as f64
}

/// How weapons came to the groups of Mali (pattern A6).
pub(super) fn received(m: &mut Vec<Metric>) {
    for (channel, name) in CHANNEL_NAMES.into_iter().enumerate() {
        let about = format!("Weapons that came to groups in Mali other than armies, channel: {name}");
        let unit = "pieces/day";
        m.push(metric(format!("received_mali_{name}"), unit, "arms_received", Kind::Flow, about, move |w: &World| {
            let ours =
                |r: &&Received| r.by as usize == channel && !is_official(r.bloc) && is_country(w, r.country, "MLI");
            w.tally.received.iter().filter(ours).map(|r| pieces_of(&r.arms)).sum::<i64>() as f64
        }));
    }
}

/// What patrons send, what an embargo stops and lets through, and what that makes of a country.
pub(super) fn patrons(m: &mut Vec<Metric>) {
    const GROUP: &str = "patrons";
    let people = ["by sea", "by air", "over land"];
    for (way, (name, people)) in WAY_NAMES.into_iter().zip(people).enumerate() {
        let about = format!("Weapons that patrons brought to groups {people}");
        m.push(metric(format!("patron_arms_{name}"), "pieces/day", GROUP, Kind::Flow, about, move |w: &World| {
            w.tally.patron_arms[way] as f64
        }));
    }
    let about = "Weapons on their way from patrons that an embargo stopped";
    let seized = |w: &World| (0..CLASSES).filter(|&c| !weighed(c)).map(|c| w.tally.embargo_seized[c] as f64).sum();
    m.push(metric("embargo_seized", "pieces/day", GROUP, Kind::Flow, about, seized).seen(seized));
    let about = "Weapons that came to groups under an exemption from an embargo";
    m.push(metric("embargo_exempted", "pieces/day", GROUP, Kind::Flow, about, |w| w.tally.exempted as f64));
    let about = "Of the weapons that came to groups in Libya other than armies lately, the share that patrons sent";
    m.push(metric("interference_libya", "share", GROUP, Kind::Level, about, |w| {
        w.libya.map_or(f64::NAN, |c| w.states.interference()[usize::from(c)])
    }));
}

/// Black-market prices, mean over the hubs of Libya and of the Sahel.
pub(super) fn prices(m: &mut Vec<Metric>) {
    type Within = fn(&World, CountryId) -> bool;
    let areas: [(&str, &str, Within); 2] =
        [("libya", "Libya", |w, c| Some(c) == w.libya), ("sahel", "the Sahel", |w, c| w.in_sahel(c))];
    for class in [Class::SmallArms, Class::LightWeapons, Class::Manpads] {
        for (area, people, within) in areas {
            let name = format!("price_{}_{area}", class.name());
            let about = format!("Black-market price of a weapon, mean over the hubs of {people}");
            m.push(metric(name, "USD", "prices", Kind::Level, about, move |w: &World| {
                let hubs = w.routes.hubs.iter().zip(w.markets.price().iter()).filter(|(h, _)| within(w, h.country));
                mean(hubs.map(|(_, price)| price[class as usize]))
            }));
        }
    }
}

/// True for a class that is weighed (tonnes) and not counted.
pub fn weighed(class: usize) -> bool {
    matches!(CLASS_NAMES[class], "munitions" | "chemical")
}

/// All that is counted and not weighed.
fn pieces_of(by_class: &[u32; CLASSES]) -> i64 {
    (0..CLASSES).filter(|&c| !weighed(c)).map(|c| i64::from(by_class[c])).sum()
}

fn unit(class: usize, per_day: bool) -> &'static str {
    match (weighed(class), per_day) {
        (true, true) => "tonnes/day",
        (true, false) => "tonnes",
        (false, true) => "pieces/day",
        (false, false) => "pieces",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::arms::{Channel, EMPTY};
    use crate::observe::hand_made::{add_group, bloc, country, read, world};

    /// 30 of 100 pieces are Libyan; the army's, what is weighed and what is in Niger do not count.
    #[test]
    fn the_libyan_share_is_of_the_pieces_of_unofficial_groups() {
        let mut w = world();
        assert!(read(&w, "libyan_share_mali").is_nan(), "nobody has arms");
        let bag = |counts: &[(Class, Origin, u32)]| {
            let mut bag = EMPTY;
            counts.iter().for_each(|&(class, origin, n)| bag[slot(class, origin)] = n);
            bag
        };
        let libyan = Origin::LibyanDepot;
        let rebels = bag(&[(Class::SmallArms, libyan, 25), (Class::SmallArms, Origin::Local, 70)]);
        add_group(&mut w, "Kidal", "mnla", 100, rebels);
        add_group(&mut w, "Gao", "mujao", 50, bag(&[(Class::Manpads, libyan, 5), (Class::Munitions, libyan, 900)]));
        add_group(&mut w, "Gao", "state", 500, bag(&[(Class::SmallArms, Origin::StateStock, 500)]));
        add_group(&mut w, "Agadez", "local", 50, bag(&[(Class::SmallArms, Origin::Local, 10)]));
        assert_eq!(read(&w, "libyan_share_mali"), 0.3);
        assert_eq!(read(&w, "libyan_share_niger"), 0.0);
    }

    #[test]
    fn what_malis_groups_received_is_told_by_channel() {
        let mut w = world();
        let (mali, niger) = (country(&w, "MLI"), country(&w, "NER"));
        let got = |country, of: &str, by, arms| Received { country, bloc: bloc(of), by, arms };
        w.tally.received = vec![
            got(mali, "mnla", Channel::Captured, [10, 2, 1, 40, 1, 7]),
            got(mali, "aqim", Channel::Captured, [6, 0, 0, 0, 0, 0]),
            got(mali, "state", Channel::Captured, [100, 0, 0, 0, 0, 0]),
            got(niger, "local", Channel::Captured, [100, 0, 0, 0, 0, 0]),
            got(mali, "mnla", Channel::Returnee, [3, 0, 0, 0, 0, 0]),
        ];
        let all = ["captured", "returnee", "market"].map(|channel| read(&w, &format!("received_mali_{channel}")));
        assert_eq!(all, [20.0, 3.0, 0.0]);
    }

    /// Tonnes are left out; what was seized is known to those who did it.
    #[test]
    fn what_patrons_send_is_told_by_way() {
        let mut w = world();
        w.tally.patron_arms = [30, 20, 10];
        w.tally.embargo_seized = [5, 4, 3, 100, 1, 100];
        w.tally.exempted = 9;
        let libya = usize::from(country(&w, "LBY"));
        w.states.update(libya, |s| s.interference = 0.25);
        let got = ["patron_arms_sea", "patron_arms_air", "patron_arms_land", "embargo_seized", "embargo_exempted"];
        assert_eq!(got.map(|name| read(&w, name)), [30.0, 20.0, 10.0, 13.0, 9.0]);
        assert_eq!(read(&w, "interference_libya"), 0.25);
    }

    /// Kidal and Gao are hubs of the Sahel, at 500 USD; a rifle rises to 900 in one of them.
    #[test]
    fn prices_are_means_over_hubs() {
        let mut w = world();
        let kidal = w.routes.hubs.iter().position(|h| h.name == "Kidal").unwrap();
        w.markets.update(kidal, |m| m.price[Class::SmallArms as usize] = 900.0);
        let got = ["small_arms_sahel", "manpads_sahel", "small_arms_libya"].map(|x| read(&w, &format!("price_{x}")));
        assert_eq!(got, [700.0, 500.0, 1000.0]);
    }
}
