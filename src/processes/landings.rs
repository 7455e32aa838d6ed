//! What becomes of people who land in Europe: cases are decided, some of those refused are sent back.

use crate::agents::accounts::People;
use crate::agents::controls::ReadmissionOrder;
use crate::agents::migrant::{END, Migrant, NO_LEG, SEA, Status};
use crate::agents::tally::Landing;
use crate::agents::world::World;
use crate::engine::rng::Purpose;
use crate::engine::step::Process;
use crate::processes::captivity::detain;
use crate::processes::journeys::{change, go_on, leave, settle};
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
const SENT: Purpose = Purpose::new("landings.sent_back");
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
        for (nth, row) in std::mem::take(&mut w.landed_today).into_iter().enumerate() {
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
    let luck = w.luck.on(SENT, day);
    let orders = w.controls.readmission.iter().filter(meant);
    orders.zip(0..).find(|(o, nth)| luck.nth(*nth).chance(m.key, o.share)).map(|(o, _)| o.clone())
}

fn decide(p: &Params, w: &mut World, row: usize, day: Tick) {
    let m = w.migrants.get(row);
    w.tally.decided += i64::from(w.persons_per_agent);
    if !w.luck.on(REFUSED, day).chance(m.key, p.refused_share) {
        leave(w, row, People::Arrived);
        return;
    }
    if let Some(order) = order_for(w, &m, false, day) {
        send_back(w, row, &order, day);
    } else if w.luck.on(SENT, day).nth(u32::MAX).chance(m.key, p.sent_home_share) {
        go_home(w, row);
    } else {
        leave(w, row, People::Arrived);
    }
}

fn go_home(w: &mut World, row: usize) {
    w.tally.returned_europe += i64::from(w.persons_per_agent);
    leave(w, row, People::Returned);
}

/// Home, if the policy is for people of that country; else to where the person had put to sea, into detention while there is
/// room.
fn send_back(w: &mut World, row: usize, order: &ReadmissionOrder, day: Tick) {
    let m = w.migrants.get(row);
    if !order.coasts.contains(&w.routes.hubs[m.hub as usize].country) {
        go_home(w, row);
        return;
    }
    w.tally.readmitted += i64::from(w.persons_per_agent);
    if !detain(w, row, m.hub, day) {
        let mut m = w.migrants.get(row);
        m.state &= !SEA;
        (m.goal, m.since, m.leg, m.next) = (m.hub, day.0, NO_LEG, END);
        settle(w, &mut m, day);
        go_on(w, row, m);
    }
}
