//! Fighters who drive home with their arms, and fighters from abroad.

use super::Event;
use crate::agents::accounts::{Arms, Fighters};
use crate::agents::arms::{self, Class, EMPTY};
use crate::agents::convoy::Convoy;
use crate::agents::group::{TIES, TRAINED, bloc_of};
use crate::agents::tally::{Crossing, Entry};
use crate::agents::world::World;
use crate::engine::rng::{Key, Purpose};
use crate::region::CountryId;
use crate::region::costs::CLOSED;
use crate::units::{Tick, great_circle_km};

const DELAY: Purpose = Purpose::new("calendar.convoy_delay");
/// Fighters in a convoy of some ten pickups (assumption).
const CONVOY: u32 = 50;
/// Hours a convoy drives in a day (assumption).
const HOURS_PER_DAY: f64 = 12.0;

/// The armed return of equation 5: fighters leave their groups and drive home in convoys.
pub fn armed_return(event: &Event, number: u64, w: &mut World, day: Tick) {
    let Event::ArmedReturn {
        from,
        to,
        fighters,
        rifles_per_fighter,
        light_weapons_per_fighter,
        heavy_per_fighter,
        over_days,
        tie,
        with_fighters,
        ..
    } = event
    else {
        return;
    };
    let (Some(start), Some(end)) = (w.region.place(from), w.region.place(to)) else { return };
    let (start, end) = (w.region.places[start as usize].clone(), w.region.places[end as usize].clone());
    let (Some(node), Some((hub, _))) = (start.node, w.routes.nearest_hub(end.lat, end.lon, |_| true)) else { return };
    let tie = TIES.iter().position(|t| t == tie).unwrap_or(0) as u8;
    let (travel, borders) = drive(w, node, hub);
    let n = &w.region.nodes;
    let mut groups: Vec<usize> =
        w.groups.rows().filter(|&g| w.groups.tie()[g] == tie && w.groups.country()[g] == start.country).collect();
    let away = |g: usize| {
        let at = w.groups.node()[g] as usize;
        great_circle_km(start.lat, start.lon, n.lat[at], n.lon[at])
    };
    groups.sort_by(|&a, &b| away(a).total_cmp(&away(b)).then(w.groups.key()[a].cmp(&w.groups.key()[b])));
    let per_fighter = [
        (Class::SmallArms, *rifles_per_fighter),
        (Class::LightWeapons, *light_weapons_per_fighter),
        (Class::AntiAircraft, *heavy_per_fighter),
    ];
    let event_key = Key::named("event", &format!("{from}>{to}"), number);
    let (mut left, mut ordinal) = (*fighters, 0);
    for g in groups {
        let mut there = w.groups.fighters()[g];
        while left > 0 && there > 0 {
            let men = left.min(CONVOY).min(there);
            there -= men;
            let key = event_key.child(day, ordinal).0;
            let delay = w.luck.on(DELAY, day).below(key, u64::from(*over_days)) as u32;
            let mut bag = EMPTY;
            let leave = if *with_fighters { men } else { 0 };
            let lot = w.luck.on(TRAINED, day).unit(key);
            w.groups.update(g, |x| {
                // Whoever goes home serves no longer in the force that trained him.
                x.lose(leave, lot);
                for (class, each) in per_fighter {
                    arms::add(&mut bag, &arms::take(&mut x.arms, class, libm::round(f64::from(men) * each) as u32));
                }
            });
            w.ledgers.move_fighters(Fighters::Groups, Fighters::Convoys, leave);
            w.ledgers.move_arms(Arms::Groups, Arms::Convoys, &bag);
            if Some(start.country) == w.libya && Some(w.routes.hubs[hub as usize].country) != w.libya {
                for class in Class::ALL {
                    w.tally.left_libya[class as usize] += i64::from(arms::of_class(&bag, class));
                }
            }
            let bloc = w.groups.bloc()[g];
            let due = day.0 + delay + travel;
            w.convoys.push(Convoy { key, to: hub, bloc, tie, due, fighters: leave, arms: bag });
            let arms = arms::by_class(&bag);
            let crossing = |&(from, to)| Crossing { from, to, cargo: None, people: 0, arms, convoy: true };
            w.tally.crossings.extend(borders.iter().map(crossing));
            left -= men;
            ordinal += 1;
        }
    }
    let count = i64::from(fighters - left);
    w.log.push(Entry {
        day,
        kind: "armed_return",
        place: format!("{from} to {to}"),
        item: "fighters",
        count,
        key: event_key.0,
    });
}

/// Fighters from abroad cross into the region on the first of a month and drive to those whom they join.
pub fn foreign_fighters(event: &Event, number: u64, w: &mut World, day: Tick) {
    let Event::ForeignFighters { date, until, from, to, bloc, per_month, .. } = event else { return };
    if !(date.tick()..until.tick()).contains(&day) || day.date().0.day() != 1 {
        return;
    }
    let (Some(start), Some(end)) = (w.region.place(from), w.region.place(to)) else { return };
    let end = w.region.places[end as usize].clone();
    let node = w.region.places[start as usize].node;
    let (Some(node), Some((hub, _))) = (node, w.routes.nearest_hub(end.lat, end.lon, |_| true)) else { return };
    let due = day.0 + drive(w, node, hub).0;
    let bloc = bloc_of(bloc);
    let key = Key::named("event", &format!("{from}>{to}"), number).child(day, 0).0;
    w.ledgers.move_fighters(Fighters::Outside, Fighters::Convoys, *per_month);
    w.convoys.push(Convoy { key, to: hub, bloc, tie: 0, due, fighters: *per_month, arms: EMPTY });
}

/// Days of driving along the least-cost way to a hub, at least one, and the borders crossed on it.
fn drive(w: &World, from: u32, hub: u16) -> (u32, Vec<(CountryId, CountryId)>) {
    let target = w.routes.hubs[hub as usize].node;
    let field = w.routes.field(&w.region, target);
    let (g, country) = (&w.region.graph, &w.region.nodes.country);
    let (mut at, mut hours, mut borders) = (from, 0.0, vec![]);
    while at != target && field.to_go[at as usize] != CLOSED {
        let next =
            g.edges(at).min_by_key(|&e| u64::from(w.routes.edge_cost[e]) + u64::from(field.to_go[g.to[e] as usize]));
        let Some(e) = next else { break };
        hours += f64::from(w.drive_hours(e));
        let (a, b) = (country[at as usize], country[g.to[e] as usize]);
        if a != b {
            borders.push((a, b));
        }
        at = g.to[e];
    }
    (libm::ceil(hours / HOURS_PER_DAY).max(1.0) as u32, borders)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::routes::Routes;
    use crate::engine::rng::Luck;
    use crate::region::{Carrier, Region};
    use std::sync::Arc;

    fn world() -> World {
        let region = Region::from_parts(
            &[("Sabha", "LBY", 27.0, 14.4, 130_000), ("Kidal", "MLI", 18.4, 1.4, 35_000)],
            &[("Sabha", "Kidal", 1700.0)],
            &[],
            &[("west", Carrier::Crew, &["Sabha", "Kidal"])],
        );
        let costs = crate::processes::crews::Params::default().travel_costs(0.002);
        let routes = Arc::new(Routes::build(&region, &costs, &[], &[]));
        World::empty(Arc::new(region), routes, Luck { seed: 1, replicate: 0 }, Tick(15_000), 1)
    }

    /// 1,700 km of paved road at 75 km/h are 22.7 hours: two days of twelve hours; at one's own door it takes a day.
    #[test]
    fn a_drive_takes_whole_days() {
        let w = world();
        let hub = |name: &str| w.routes.hubs.iter().position(|h| h.name == name).unwrap() as u16;
        let (sabha, kidal) = (hub("Sabha"), hub("Kidal"));
        let (days, borders) = drive(&w, w.routes.hubs[sabha as usize].node, kidal);
        let [libya, mali] = ["LBY", "MLI"].map(|c| w.region.country(c).unwrap());
        assert_eq!((days, borders), (2, vec![(libya, mali)]));
        assert_eq!(drive(&w, w.routes.hubs[kidal as usize].node, kidal), (1, vec![]));
    }
}
