//! What becomes of people who land in Europe: cases are decided, some of those refused are sent back.

use crate::agents::accounts::People;
use crate::agents::controls::ReadmissionOrder;
use crate::agents::migrant::{END, Migrant, NO_LEG, SEA, Status};
use crate::agents::tally::Landing;
use crate::agents::world::{LINE_ORDER, World};
use crate::engine::rng::{Purpose, absorb};
use crate::engine::step::Process;
use crate::processes::captivity::detain;
use crate::processes::moves::{change, go_on, leave, settle};
use crate::region::PlaceId;
use crate::units::Tick;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Cases decided a day without any policy.
    #[schemars(range(min = 0, max = 1_000_000), extend("x-unit" = "persons/day", "x-source" = "assumption: about 36,000 to 91,000 decisions a year in Italy in 2014-2016 (recalled)", "x-low" = 100, "x-high" = 250))]
    pub decisions_per_day: f64,
    /// Share of cases refused.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: about three in five first decisions in Italy in 2016 (recalled)", "x-low" = 0.4, "x-high" = 0.7))]
    pub refused_share: f64,
    /// Share of those refused who are sent home without any policy; the others stay without papers.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.3))]
    pub sent_home_share: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params { decisions_per_day: 180.0, refused_share: 0.6, sent_home_share: 0.05 }
    }
}

const REFUSED: Purpose = Purpose::new("landings.refused");
const RELOCATED: Purpose = Purpose::new("landings.relocated");
const SENT: Purpose = Purpose::new("landings.sent_back");
const SENT_AT_SEA: Purpose = Purpose::new("landings.sent_back_at_sea");
const SENT_HOME: Purpose = Purpose::new("landings.sent_home");
const EXTRA: Purpose = Purpose::new("landings.fraction_of_a_case");

/// Landings.
pub struct Landings;

impl Process<World> for Landings {
    const NAME: &'static str = "landings";
    const ABOUT: &'static str = "Cases of people who landed in Europe are decided; some who are refused are sent back.";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        let whole = |rate: f64, luck: bool| libm::floor(rate) as usize + usize::from(luck);
        let luck = w.luck.on(EXTRA, day);
        let size = f64::from(w.persons_per_agent);
        let at_sea = w.controls.processing_at_sea / size;
        let aboard = whole(at_sea, luck.nth(1).chance(w.clocks.key()[0], at_sea - libm::floor(at_sea)));
        // In the order of the line in Europe, not of the ships.
        let mut landed = std::mem::take(&mut w.landed_today);
        let lot = w.luck.on(LINE_ORDER, day);
        landed.sort_by_cached_key(|&row| {
            let key = w.migrants.key()[row as usize];
            (lot.bits(key), key)
        });
        for (nth, row) in landed.into_iter().enumerate() {
            if nth < aboard {
                decide(p, w, row as usize, day);
            } else {
                w.enlist(row as usize);
            }
        }
        let rate = (p.decisions_per_day + w.controls.processing) / size;
        for _ in 0..whole(rate, luck.chance(w.clocks.key()[0], rate - libm::floor(rate))) {
            let Some(row) = w.queues.cases.serve() else { break };
            decide(p, w, row as usize, day);
        }
    }
}

/// Sets somebody who has put to sea at `Migrant::hub` on land at a place in Europe, or, off a ship (`ship`), back where a policy
/// says so.
pub fn disembark(w: &mut World, row: usize, at: PlaceId, ship: bool, day: Tick) {
    let m = w.migrants.get(row);
    if ship && let Some(order) = order_for(w, &m, true, day) {
        w.tally.returned_from_ships += i64::from(w.persons_per_agent);
        send_back(w, row, &order, day);
        return;
    }
    let size = w.persons_per_agent;
    w.tally.arrivals += i64::from(size);
    w.tally.landings.push(Landing { origin: m.origin, hub: m.hub, at, people: size });
    let mut m = m;
    m.enter(Status::InProcessing);
    (m.since, m.due, m.leg, m.next) = (day.0, 0, NO_LEG, END);
    if ship {
        // Offices aboard come first; the others join the line in Europe tonight.
        change(w, row, m);
        w.landed_today.push(row as u32);
    } else {
        go_on(w, row, m);
    }
}

/// The first policy that sends this person back, by lot on its share: from a ship, or after a refusal.
fn order_for(w: &World, m: &Migrant, at_sea: bool, day: Tick) -> Option<ReadmissionOrder> {
    let nation = w.origins.nationality().get(usize::from(m.origin)).copied();
    let coast = w.routes.hubs[m.hub as usize].country;
    let meant = |o: &&ReadmissionOrder| {
        o.at_sea == at_sea && (nation.is_some_and(|n| o.nations.binary_search(&n).is_ok()) || o.coasts.contains(&coast))
    };
    // One lot a person, policy and occasion: a policy more or less changes nobody's luck with the others.
    let luck = w.luck.on(if at_sea { SENT_AT_SEA } else { SENT }, day);
    let mut orders = w.controls.readmission.iter().filter(meant);
    orders.find(|o| luck.chance(absorb(m.key, o.sender), o.share)).cloned()
}

fn decide(p: &Params, w: &mut World, row: usize, day: Tick) {
    let m = w.migrants.get(row);
    w.tally.decided += i64::from(w.persons_per_agent);
    if !w.luck.on(REFUSED, day).chance(m.key, p.refused_share) {
        let goes_on = w.luck.on(RELOCATED, day).chance(m.key, w.controls.relocation);
        leave(w, row, if goes_on { People::Relocated } else { People::Arrived });
        return;
    }
    if let Some(order) = order_for(w, &m, false, day) {
        send_back(w, row, &order, day);
    } else if w.luck.on(SENT_HOME, day).chance(m.key, p.sent_home_share) {
        go_home(w, row);
    } else {
        leave(w, row, People::Arrived);
    }
}

/// Those on the coast that somebody had left hear that it was for nothing.
fn hear_of_return(w: &mut World, row: usize) {
    if let Some(zone) = w.routes.hubs[usize::from(w.migrants.hub()[row])].coast {
        let size = w.persons_per_agent;
        w.zones.update(zone, |z| z.sent_back += size);
    }
}

fn go_home(w: &mut World, row: usize) {
    hear_of_return(w, row);
    w.tally.returned_europe += i64::from(w.persons_per_agent);
    leave(w, row, People::Returned);
}

/// Home, if the policy is for people of that country; else to where the person had put to sea, into detention while there is
/// room.
fn send_back(w: &mut World, row: usize, order: &ReadmissionOrder, day: Tick) {
    let m = w.migrants.get(row);
    w.tally.sent_by.push((order.sender, i64::from(w.persons_per_agent)));
    if !order.coasts.contains(&w.routes.hubs[m.hub as usize].country) {
        go_home(w, row);
        return;
    }
    w.tally.readmitted += i64::from(w.persons_per_agent);
    hear_of_return(w, row);
    if !detain(w, row, m.hub, day) {
        let mut m = w.migrants.get(row);
        m.state &= !SEA;
        (m.goal, m.since, m.leg, m.next) = (m.hub, day.0, NO_LEG, END);
        settle(w, &mut m, day);
        go_on(w, row, m);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::levers::tests::{hub, world_with_coasts};

    const PEOPLE: u64 = 4000;

    /// So many people who have put to sea at Zuwara and are aboard a ship.
    fn aboard() -> World {
        let mut w = world_with_coasts();
        let zuwara = hub(&w, "Zuwara");
        for key in 1..=PEOPLE {
            let state = Status::Aboard as u8 | SEA;
            w.migrants.push(Migrant { since: w.day.0, state, ..Migrant::at(key, zuwara, Status::Aboard) });
        }
        w.ledgers.move_people(People::Outside, People::Aboard, PEOPLE);
        w
    }

    fn land_all(w: &mut World) {
        let (at, day) = (w.region.place("Lampedusa").unwrap(), w.day);
        (0..PEOPLE as usize).for_each(|row| disembark(w, row, at, true, day));
    }

    fn people(w: &World, account: People) -> i64 {
        w.ledgers.people.balance(0, account as usize)
    }

    /// 1,000 cases a day: three wait after the first. 60 % are refused and a tenth of those sent home: 0.06 of 4,000 are 240, with
    /// a standard error of 15.
    #[test]
    fn cases_are_decided_in_the_order_of_landing() {
        let p = Params { decisions_per_day: 1000.0, refused_share: 0.6, sent_home_share: 0.1 };
        let mut w = aboard();
        land_all(&mut w);
        assert_eq!((w.tally.arrivals, people(&w, People::InProcessing)), (PEOPLE as i64, PEOPLE as i64));
        for waiting in [3000, 2000, 1000, 0, 0] {
            let day = w.day;
            Landings::run(&p, &mut w, day);
            assert_eq!(people(&w, People::InProcessing), waiting);
            w.audit().unwrap();
            w.day = w.day.next();
        }
        let home = people(&w, People::Returned);
        assert!((home - 240).abs() < 60, "{home}");
        assert_eq!(home + people(&w, People::Arrived), PEOPLE as i64);
    }

    /// Offices aboard decide 500 of those who came today, the one in Europe 100 of those who are left; half of who is accepted
    /// goes on to another state: 0.4 x 0.5 of 600 are 120, standard error 10.
    #[test]
    fn offices_aboard_come_first_and_states_take_people_over() {
        let p = Params { decisions_per_day: 100.0, refused_share: 0.6, sent_home_share: 0.0 };
        let mut w = aboard();
        (w.controls.processing_at_sea, w.controls.relocation) = (500.0, 0.5);
        land_all(&mut w);
        let day = w.day;
        Landings::run(&p, &mut w, day);
        assert_eq!((w.tally.decided, people(&w, People::InProcessing)), (600, 3400));
        assert!((people(&w, People::Relocated) - 120).abs() < 40);
        w.audit().unwrap();
    }

    /// Libya takes back a quarter of those saved, straight from the ships: 1,000 with a standard error of 27, who have not arrived.
    /// It holds 300 of them and lets the others go. Tunisia, which nobody left, takes nobody.
    #[test]
    fn ships_bring_back_whom_the_coast_takes() {
        let mut w = aboard();
        let (libya, tunisia) = (w.libya.unwrap(), w.region.country("TUN").unwrap());
        w.states.update(usize::from(libya), |s| s.detention_places = 300);
        let order = |coast, share| ReadmissionOrder {
            sender: u64::from(coast),
            share,
            nations: vec![],
            coasts: vec![coast],
            at_sea: true,
        };
        w.controls.readmission = vec![order(tunisia, 1.0), order(libya, 0.25)];
        land_all(&mut w);
        let back = w.tally.readmitted;
        assert!((back - 1000).abs() < 110, "{back}");
        assert_eq!(w.tally.arrivals + back, PEOPLE as i64);
        assert_eq!((people(&w, People::Detained), people(&w, People::Working)), (300, back - 300));
        let day = w.day;
        Landings::run(&Params::default(), &mut w, day);
        w.audit().unwrap();
        assert!(w.tally.sent_by.iter().all(|s| s.0 == u64::from(libya)), "Tunisia's order sent nobody");
        assert_eq!(w.tally.sent_by.iter().map(|s| s.1).sum::<i64>(), back);
    }

    /// Who was spared at sea by a policy of 30 % meets another lot on land: of the others 70 % are sent back there, not 57 %; and a
    /// policy that begins beside it changes nothing for either.
    #[test]
    fn policies_of_return_have_luck_of_their_own() {
        let sent = |more: bool| {
            let mut w = aboard();
            let libya = w.libya.unwrap();
            w.states.update(usize::from(libya), |s| s.detention_places = 0);
            let order = |sender, share, at_sea| ReadmissionOrder {
                sender,
                share,
                nations: vec![],
                coasts: vec![libya],
                at_sea,
            };
            w.controls.readmission = vec![order(7, 0.3, true), order(8, 0.7, false)];
            if more {
                w.controls.readmission.insert(0, order(6, 0.0, true));
                w.controls.readmission.insert(0, order(5, 0.0, false));
            }
            land_all(&mut w);
            let (at_sea, landed) = (w.tally.readmitted, w.tally.arrivals);
            let p = Params { decisions_per_day: 1e6, refused_share: 1.0, sent_home_share: 0.0 };
            w.controls.processing_at_sea = 1e6;
            let day = w.day;
            Landings::run(&p, &mut w, day);
            w.audit().unwrap();
            (at_sea, (w.tally.readmitted - at_sea) as f64 / landed as f64)
        };
        let (at_sea, ashore) = sent(false);
        // Standard errors 29 persons and 0.009.
        assert!((at_sea - 1200).abs() < 120 && (ashore - 0.7).abs() < 0.035, "{at_sea} {ashore}");
        assert_eq!(sent(true), (at_sea, ashore));
    }
}
