//! Dated events (step 1 of the day).

use crate::agents::accounts::{Arms, Fighters};
use crate::agents::arms::{self, Class, EMPTY};
use crate::agents::convoy::{Convoy, STAY};
use crate::agents::group::TIES;
use crate::agents::tally::Entry;
use crate::agents::world::World;
use crate::engine::rng::{Key, Purpose};
use crate::region::costs::CLOSED;
use crate::units::{Date, Tick, great_circle_km};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A dated event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "snake_case", deny_unknown_fields)]
pub enum Event {
    /// Fighters go home with their arms (the armed return of equation 5).
    ArmedReturn {
        /// Day on which the first convoys leave.
        date: Date,
        /// Where they gather; fighters come from the groups with the tie in that country, the nearest first.
        #[schemars(extend("x-names" = "place"))]
        from: String,
        /// Where they go.
        #[schemars(extend("x-names" = "place"))]
        to: String,
        /// How many.
        #[schemars(range(min = 1, max = 100_000), extend("x-unit" = "fighters", "x-source" = "800-4,000 Tuareg in 2011 (UN S/2012/42, recalled)", "x-low" = 800, "x-high" = 4000))]
        fighters: u32,
        /// Rifles each takes along, as far as the groups have them.
        #[serde(default = "rifles")]
        #[schemars(range(min = 0, max = 20), extend("x-unit" = "pieces per fighter", "x-source" = "model.md eq. 5"))]
        rifles_per_fighter: f64,
        /// Machine guns and rocket launchers per fighter.
        #[serde(default = "light_weapons")]
        #[schemars(range(min = 0, max = 20), extend("x-unit" = "pieces per fighter", "x-source" = "assumption"))]
        light_weapons_per_fighter: f64,
        /// Heavy guns on pickups per fighter.
        #[serde(default = "heavy")]
        #[schemars(range(min = 0, max = 20), extend("x-unit" = "pieces per fighter", "x-source" = "assumption"))]
        heavy_per_fighter: f64,
        /// Days over which the convoys leave.
        #[serde(default = "days")]
        #[schemars(range(min = 1, max = 3650), extend("x-unit" = "days", "x-source" = "assumption"))]
        over_days: u32,
        /// Tie that makes fighters go.
        #[serde(default = "tuareg")]
        #[schemars(extend("enum" = TIES))]
        tie: String,
    },
    /// Departures from some countries are multiplied for a time: war, drought, a new law at home.
    DepartureShift {
        date: Date,
        /// First day on which it no longer holds.
        until: Date,
        /// ISO 3166 alpha-3 codes; all origins when left out.
        #[serde(default)]
        #[schemars(extend("x-names" = "country"))]
        countries: Vec<String>,
        #[schemars(range(min = 0, max = 100), extend("x-unit" = "factor"))]
        factor: f64,
    },
    /// A state becomes more or less willing to let others work on its ground.
    ConsentShift {
        date: Date,
        #[schemars(extend("x-names" = "country"))]
        country: String,
        /// Its consent from that day on.
        #[schemars(range(min = 0, max = 1), extend("x-unit" = "share"))]
        level: f64,
    },
}

fn rifles() -> f64 {
    1.2
}
fn light_weapons() -> f64 {
    0.15
}
fn heavy() -> f64 {
    0.03
}
fn days() -> u32 {
    30
}
fn tuareg() -> String {
    "tuareg".into()
}

const DELAY: Purpose = Purpose::new("calendar.convoy_delay");
/// Fighters in a convoy of some ten pickups (assumption).
const CONVOY: u32 = 50;
/// Hours a convoy drives in a day (assumption).
const HOURS_PER_DAY: f64 = 12.0;

/// Applies the events of a day.
pub fn happen(events: &[Event], w: &mut World, day: Tick) {
    shift_departures(events, w, day);
    for (i, event) in events.iter().enumerate() {
        match event {
            Event::ArmedReturn { date, .. } if date.tick() == day => armed_return(event, i as u64, w, day),
            Event::ConsentShift { date, country, level } if date.tick() == day => shift_consent(country, *level, w),
            _ => {}
        }
    }
}

/// Product of all shifts in force, by origin.
fn shift_departures(events: &[Event], w: &mut World, day: Tick) {
    for row in 0..w.origins.len() {
        let iso3 = w.region.countries[w.origins.country()[row] as usize].iso3.clone();
        let mut product = 1.0;
        for e in events {
            if let Event::DepartureShift { date, until, countries, factor } = e
                && (date.tick()..until.tick()).contains(&day)
                && (countries.is_empty() || countries.contains(&iso3))
            {
                product *= factor;
            }
        }
        if w.origins.shift()[row] != product {
            w.origins.update(row, |o| o.shift = product);
        }
    }
}

fn shift_consent(iso3: &str, level: f64, w: &mut World) {
    let Some(country) = w.region.country(iso3) else { return };
    w.set_consent(country, level);
    let (place, count) = (iso3.to_string(), libm::round(level * 100.0) as i64);
    w.log.push(Entry { day: w.day, kind: "consent_shift", place, item: "percent", count, key: u64::from(country) });
}

fn armed_return(event: &Event, number: u64, w: &mut World, day: Tick) {
    let Event::ArmedReturn {
        from,
        to,
        fighters,
        rifles_per_fighter,
        light_weapons_per_fighter,
        heavy_per_fighter,
        over_days,
        tie,
        ..
    } = event
    else {
        return;
    };
    let (Some(start), Some(end)) = (w.region.place(from), w.region.place(to)) else { return };
    let (start, end) = (w.region.places[start as usize].clone(), w.region.places[end as usize].clone());
    let (Some(node), Some((hub, _))) = (start.node, w.routes.nearest_hub(end.lat, end.lon, |_| true)) else { return };
    let tie = TIES.iter().position(|t| t == tie).unwrap_or(0) as u8;
    let travel = drive_days(w, node, hub);
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
        while left > 0 && w.groups.fighters()[g] > 0 {
            let men = left.min(CONVOY).min(w.groups.fighters()[g]);
            let key = event_key.child(day, ordinal).0;
            let delay = w.luck.on(DELAY, day).below(key, u64::from(*over_days)) as u32;
            let mut bag = EMPTY;
            w.groups.update(g, |x| {
                x.fighters -= men;
                for (class, each) in per_fighter {
                    arms::add(&mut bag, &arms::take(&mut x.arms, class, libm::round(f64::from(men) * each) as u32));
                }
            });
            w.ledgers.move_fighters(Fighters::Groups, Fighters::Convoys, men);
            w.ledgers.move_arms(Arms::Groups, Arms::Convoys, &bag);
            if Some(start.country) == w.libya && Some(w.routes.hubs[hub as usize].country) != w.libya {
                for class in Class::ALL {
                    w.tally.left_libya[class as usize] += i64::from(arms::of_class(&bag, class));
                }
            }
            let bloc = w.groups.bloc()[g];
            w.convoys.push(Convoy {
                key,
                to: hub,
                bloc,
                tie,
                due: day.0 + delay + travel,
                fighters: men,
                errand: STAY,
                arms: bag,
            });
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

/// Days of driving along the least-cost way to a hub, at least one.
fn drive_days(w: &World, from: u32, hub: u16) -> u32 {
    let target = w.routes.hubs[hub as usize].node;
    let field = w.routes.field(&w.region, target);
    let g = &w.region.graph;
    let (mut at, mut hours) = (from, 0.0);
    while at != target && field.to_go[at as usize] != CLOSED {
        let next =
            g.edges(at).min_by_key(|&e| u64::from(w.routes.edge_cost[e]) + u64::from(field.to_go[g.to[e] as usize]));
        let Some(e) = next else { break };
        hours += f64::from(w.drive_hours(e));
        at = g.to[e];
    }
    libm::ceil(hours / HOURS_PER_DAY).max(1.0) as u32
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
        assert_eq!(drive_days(&w, w.routes.hubs[sabha as usize].node, kidal), 2);
        assert_eq!(drive_days(&w, w.routes.hubs[kidal as usize].node, kidal), 1);
    }

    #[test]
    fn shifts_multiply_while_they_hold_and_end_on_their_day() {
        let mut w = world();
        let mali = w.region.country("MLI").unwrap();
        w.origins.push(crate::agents::migrant::Origin {
            key: 1,
            pool: 10,
            rate: 0.0,
            base_cost: 0.0,
            shift: 1.0,
            country: mali,
            hub: 0,
        });
        let shift = |from: i8, to: i8, countries: &[&str], factor| Event::DepartureShift {
            date: Date::new(2012, from, 1),
            until: Date::new(2012, to, 1),
            countries: countries.iter().map(ToString::to_string).collect(),
            factor,
        };
        let events = [shift(2, 5, &["MLI"], 2.0), shift(4, 6, &[], 1.5), shift(1, 12, &["NER"], 100.0)];
        for (month, want) in [(1, 1.0), (2, 2.0), (4, 3.0), (5, 1.5), (6, 1.0)] {
            happen(&events, &mut w, Date::new(2012, month, 1).tick());
            assert_eq!(w.origins.shift()[0], want, "month {month}");
        }
    }
}
