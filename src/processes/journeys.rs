//! What people on the way do when something is due: arrive, work for the next fare, take a bus, join a line; and what
//! residents of Libya do when their wait ends (equations 2, 14 and 15).

use crate::agents::accounts::{Money, People};
use crate::agents::arms::CLASSES;
use crate::agents::migrant::{Migrant, NO_LEG, RESIDENTS, SEA, SETTLED, Status};
use crate::agents::routes::{HubId, LegId, Way};
use crate::agents::tally::Crossing;
use crate::agents::world::World;
use crate::engine::dist::{binomial, choose};
use crate::engine::rng::{Key, Purpose};
use crate::engine::step::Process;
use crate::engine::wake::advance;
use crate::processes::captivity::detain;
use crate::processes::moves::{go_on, leave, settle};
use crate::processes::route_choice::nearer_leg;
use crate::region::Carrier;
use crate::units::{Probability, Tick, Usd};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// What a migrant saves on a day of work.
    #[schemars(range(min = 0.1, max = 1000), extend("x-unit" = "USD/day", "x-source" = "assumption (model.md eq. 14)", "x-low" = 3, "x-high" = 10))]
    pub wage_usd_per_day: f64,
    /// Rate at which residents of Libya turn to the sea when nothing is known against it, those of an origin from which all make
    /// for the sea; for others in proportion.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption (model.md eq. 14)", "x-low" = 0.0002, "x-high" = 0.002))]
    pub turn_to_sea_rate: f64,
    /// Rate at which residents of Libya go home at the demand for labour of the first day.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption (model.md eq. 14)", "x-low" = 0.0002, "x-high" = 0.0008))]
    pub go_home_rate: f64,
    /// Rate at which residents of Libya are arrested for want of papers.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.0002))]
    pub arrest_rate: f64,
    /// Rate at which who works in Algeria, or has settled in another country but Libya, leaves it.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption", "x-low" = 0.001, "x-high" = 0.01))]
    pub leave_algeria_rate: f64,
    /// Share of them who make for the sea, over the coast that is cheapest for them; the others go home.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.2))]
    pub onward_share: f64,
    /// What a resident puts aside a day.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "USD/day", "x-source" = "assumption", "x-low" = 0.5, "x-high" = 4))]
    pub resident_savings_usd_per_day: f64,
    /// Fare for the sea over the shortest lanes.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "USD", "x-source" = "800-2,500 by nationality (Malakooti, partly recalled; smuggling_prices)", "x-low" = 800, "x-high" = 2500))]
    pub sea_fare_usd: f64,
    /// What each km beyond 300 adds to it.
    #[schemars(range(min = 0, max = 1000), extend("x-unit" = "USD/km", "x-source" = "assumption", "x-low" = 0.3, "x-high" = 2))]
    pub sea_fare_usd_per_km: f64,
    /// Share of those short of a crew's fare who travel on credit, and work it off where they arrive.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.4))]
    pub credit_share: f64,
    /// What a lender takes on top of the debt.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.2, "x-high" = 1))]
    pub credit_interest: f64,
    /// Rate at which who waits for a boat gives up, and stays to work; the fare is lost.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption", "x-low" = 0.001, "x-high" = 0.01))]
    pub give_up_rate: f64,
    /// Sharpness of the choice between ways: exp(-sharpness x (C - Cmin) / Cmin).
    #[schemars(range(min = 0.1, max = 100), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 2)", "x-low" = 3, "x-high" = 20))]
    pub choice_sharpness: f64,
    /// Hours a bus or walker is on the road a day.
    #[schemars(range(min = 1, max = 24), extend("x-unit" = "h/day", "x-source" = "assumption"))]
    pub public_hours_per_day: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            wage_usd_per_day: 5.0,
            turn_to_sea_rate: 0.001,
            go_home_rate: 0.0004,
            arrest_rate: 0.00005,
            leave_algeria_rate: 0.003,
            onward_share: 0.1,
            resident_savings_usd_per_day: 2.0,
            sea_fare_usd: 1000.0,
            sea_fare_usd_per_km: 0.3,
            credit_share: 0.15,
            credit_interest: 0.5,
            give_up_rate: 0.004,
            choice_sharpness: 8.0,
            public_hours_per_day: 12.0,
        }
    }
}

const ROAD_DEATH: Purpose = Purpose::new("journeys.road_death");
const WAY: Purpose = Purpose::new("journeys.way");
const CAUSE: Purpose = Purpose::new("journeys.resident_cause");
const TURN: Purpose = Purpose::new("journeys.resident_turns");
const CREDIT: Purpose = Purpose::new("journeys.credit");
const GIVE_UP: Purpose = Purpose::new("journeys.give_up");

/// What becomes of someone who is due.
enum Next {
    /// Goes on with this row.
    Goes {
        to: Migrant,
        money: Payments,
    },
    DiesOnRoad,
    GoesHome,
    IsArrested,
}

/// Money that changes hands, US cents.
#[derive(Clone, Copy, Debug, Default)]
struct Payments {
    /// Earned from employers, or lent.
    earned: u32,
    /// Paid back to a lender.
    repaid: u32,
    /// Paid at once, and to whom.
    fare: Option<(Money, u32)>,
}

/// Journeys.
pub struct Journeys;

impl Process<World> for Journeys {
    const NAME: &'static str = "journeys";
    const ABOUT: &'static str =
        "People on the way arrive, work for fares, choose the next leg; residents of Libya turn to the sea or go home.";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        give_up(p, w, day);
        let rates = [(RESIDENTS, resident_rates(p, w).iter().sum()), (SETTLED, p.leave_algeria_rate)];
        let mut due = vec![];
        for (clock, rate) in rates {
            w.clocks.update(clock, |c| c.value = advance(c.value, rate));
            due.extend(w.queues.clocked[clock].take(w.clocks.value()[clock]));
        }
        due.extend(w.queues.calendar.take(day));
        w.migrants.read_ahead(&due);
        let next =
            crate::engine::parallel::map_items(&due, 512, |&row| decide(p, w, &w.migrants.get(row as usize), day));
        let mut rode = vec![0; w.routes.legs.len()];
        for (row, next) in due.into_iter().zip(next) {
            let before = w.migrants.get(row as usize);
            if before.status() == Status::Riding as u8 {
                rode[before.leg as usize] += w.persons_per_agent;
            }
            apply(w, row as usize, next, day);
        }
        count_passages(w, &rode);
    }
}

/// Rates at which residents of Libya turn to the sea, go home and are arrested.
fn resident_rates(p: &Params, w: &World) -> [f64; 3] {
    [p.turn_to_sea_rate, p.go_home_rate / w.labour.max(0.01), p.arrest_rate]
}

/// Who has waited longest for a boat gives up, as many as the rate says.
fn give_up(p: &Params, w: &mut World, day: Tick) {
    for zone in 0..w.queues.beach.len() {
        let waiting = w.queues.beach[zone].len() as u64;
        let n = binomial(w.luck.on(GIVE_UP, day).unit(w.zones.key()[zone]), waiting, p.give_up_rate);
        for _ in 0..n {
            let Some(row) = w.queues.beach[zone].serve() else { break };
            let mut m = w.migrants.get(row as usize);
            m.state &= !SEA;
            m.goal = m.hub;
            (m.since, m.leg) = (day.0, NO_LEG);
            settle(w, &mut m, day);
            go_on(w, row as usize, m);
            w.tally.gave_up += i64::from(w.persons_per_agent);
        }
    }
}

fn decide(p: &Params, w: &World, m: &Migrant, day: Tick) -> Next {
    let mut to = *m;
    let mut money = Payments::default();
    let days = day.0.saturating_sub(m.since);
    let wages = |usd_per_day: f64| Usd::dollars(usd_per_day * f64::from(days)).0.clamp(0, 10_000_000) as u32;
    match m.status() {
        s if s == Status::Riding as u8 => {
            let leg = &w.routes.legs[m.leg as usize];
            let way = ridden(w, m.leg);
            if w.luck.on(ROAD_DEATH, day).chance(m.key, Probability::of_hazard(way.hazard, 1.0).get()) {
                return Next::DiesOnRoad;
            }
            to.hub = leg.to;
        }
        s if s == Status::Earning as u8 || s == Status::BeachEarning as u8 => money.earned = wages(p.wage_usd_per_day),
        s if s == Status::Settled as u8 => {
            if !w.luck.on(CAUSE, day).chance(m.key, p.onward_share) {
                return Next::GoesHome;
            }
            money.earned = wages(p.resident_savings_usd_per_day);
            to.state |= SEA;
        }
        _ => match choose(w.luck.on(CAUSE, day).unit(m.key), &resident_rates(p, w)) {
            Some(0) => {
                let zone = w.routes.hubs[m.hub as usize].coast;
                let turns = w.wish(m.origin) * w.deterred(zone);
                if w.luck.on(TURN, day).chance(m.key, turns) {
                    money.earned = wages(p.resident_savings_usd_per_day);
                    to.state |= SEA;
                } else {
                    settle(w, &mut to, day);
                    return Next::Goes { to, money };
                }
            }
            Some(2) => return Next::IsArrested,
            _ => return Next::GoesHome,
        },
    }
    to.money += money.earned;
    if to.debt > 0 {
        money.repaid = to.debt.min(to.money);
        to.money -= money.repaid;
        to.debt -= money.repaid;
        if to.debt > 0 {
            let owed = f64::from(to.debt) / 100.0;
            work_for(p, &mut to, owed, Status::Earning, day);
            return Next::Goes { to, money };
        }
    }
    at_hub(p, w, &mut to, &mut money, day);
    Next::Goes { to, money }
}

/// Decides what someone at a hub does next.
fn at_hub(p: &Params, w: &World, m: &mut Migrant, money: &mut Payments, day: Tick) {
    m.since = day.0;
    m.leg = NO_LEG;
    m.due = 0;
    let hub = &w.routes.hubs[m.hub as usize];
    if let Some(fare) = w.sea_fare(m.hub).filter(|_| m.seabound()) {
        let fare = fare as u32;
        wait_or_work(p, m, fare, Status::Beach, Status::BeachEarning, day);
        if m.status() == Status::Beach as u8 {
            m.money -= fare;
            money.fare = Some((Money::Launchers, fare));
        }
        return;
    }
    if !m.seabound() && m.hub == m.goal {
        settle(w, m, day);
        return;
    }
    let Some(leg) = choose_leg(p, w, m) else {
        // No way on: stay and work where there is work, else try again in a month.
        if Some(hub.country) == w.libya && !m.seabound() {
            settle(w, m, day);
        } else {
            m.enter(Status::Earning);
            m.due = day.0 + 30;
        }
        return;
    };
    let l = &w.routes.legs[leg as usize];
    let fare = w.fare(leg);
    m.leg = leg;
    if l.carrier == Carrier::Crew {
        if m.money < fare && w.luck.on(CREDIT, day).chance(m.key, p.credit_share) {
            // The lender pays the crew, and is paid back with interest where the journey ends.
            let lent = fare - m.money;
            money.earned += lent;
            m.money = fare;
            m.debt += libm::round(f64::from(lent) * (1.0 + p.credit_interest)) as u32;
        }
        wait_or_work(p, m, fare, Status::Queuing, Status::Earning, day);
        return;
    }
    if m.money < fare {
        wait_or_work(p, m, fare, Status::Earning, Status::Earning, day);
        return;
    }
    m.money -= fare;
    m.enter(Status::Riding);
    m.due = day.0 + (libm::ceil(ridden(w, leg).hours / p.public_hours_per_day) as u32).max(1);
    money.fare = Some((Money::Economy, fare));
}

/// The way that buses take on a leg.
fn ridden(w: &World, leg: LegId) -> &Way {
    let l = &w.routes.legs[leg as usize];
    // The year may have turned since the bus left.
    l.people_way(w.ways.year).unwrap_or(&l.ways[0])
}

/// Joins the line when the money is there, else works until it is.
fn wait_or_work(p: &Params, m: &mut Migrant, fare: u32, line: Status, work: Status, day: Tick) {
    if m.money >= fare {
        m.enter(line);
        return;
    }
    work_for(p, m, Usd(i64::from(fare - m.money)).as_dollars(), work, day);
}

/// Works until so much is earned.
fn work_for(p: &Params, m: &mut Migrant, usd: f64, work: Status, day: Tick) {
    m.enter(work);
    m.since = day.0;
    m.due = day.0 + (libm::ceil(usd / p.wage_usd_per_day) as u32).clamp(1, 3650);
}

/// The next leg by logit on the cost of the whole trip (equation 2), among legs that bring one nearer. Somebody's taste
/// for one way or the other stays: he who comes to the same hub again finds what he found before.
pub fn choose_leg(p: &Params, w: &World, m: &Migrant) -> Option<LegId> {
    let to_go = |from: HubId| if m.seabound() { w.ways.sea[from as usize] } else { w.ways.person.cost(from, m.goal) };
    let u = w.luck.at_start(WAY).unit(Key(m.key).child(Tick(0), w.hub_key(m.hub)).0);
    nearer_leg(w, m.hub, |l| w.traveller_cents(l, w.ways.year), to_go, p.choice_sharpness, u)
}

/// Whoever stands in a line for a leg that is no longer in use leaves it; the morning's journeys decide what follows.
pub fn leave_shut_lines(w: &mut World, day: Tick) {
    for leg in 0..w.routes.legs.len() {
        if w.queues.seats[leg].is_empty() || w.routes.legs[leg].people_way(w.ways.year).is_some() {
            continue;
        }
        while let Some(row) = w.queues.seats[leg].serve() {
            let mut m = w.migrants.get(row as usize);
            m.enter(Status::Earning);
            (m.since, m.due, m.leg) = (day.0, day.0, NO_LEG);
            go_on(w, row as usize, m);
        }
    }
}

/// Counts the people who came by bus today, so many along each leg, in the cells and at the borders of its way.
fn count_passages(w: &mut World, rode: &[u32]) {
    let routes = w.routes.clone();
    for (leg, &people) in routes.legs.iter().zip(rode).filter(|x| *x.1 > 0) {
        let way = leg.people_way(w.ways.year).unwrap_or(&leg.ways[0]);
        for &node in &way.path {
            w.cells[node as usize].people += people;
        }
        let crossing =
            |&(from, to): &(u16, u16)| Crossing { from, to, cargo: None, people, arms: [0; CLASSES], convoy: false };
        w.tally.crossings.extend(way.borders.iter().map(crossing));
    }
}

fn apply(w: &mut World, row: usize, next: Next, day: Tick) {
    let size = u64::from(w.persons_per_agent);
    let before = w.migrants.get(row);
    match next {
        Next::Goes { to, money } => {
            w.ledgers.pay(Money::Economy, Money::Migrants, u64::from(money.earned) * size);
            w.ledgers.pay(Money::Migrants, Money::Economy, u64::from(money.repaid) * size);
            if let Some((whom, cents)) = money.fare {
                w.ledgers.pay(Money::Migrants, whom, u64::from(cents) * size);
            }
            go_on(w, row, to);
        }
        Next::IsArrested => {
            if !detain(w, row, before.hub, day) {
                // No room: let go, and back to work.
                let mut m = before;
                settle(w, &mut m, day);
                go_on(w, row, m);
            }
        }
        Next::DiesOnRoad => {
            let end = w.routes.hubs[w.routes.legs[w.migrants.leg()[row] as usize].to as usize].node;
            leave(w, row, People::DeadDesert);
            w.tally.deaths_desert += size as i64;
            w.cells[end as usize].deaths += size as u32;
        }
        Next::GoesHome => {
            leave(w, row, People::Returned);
            w.tally.returned += size as i64;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Somebody who owes 100 USD and has 30 pays that and works 14 days for the other 70; then goes on. Who owes nothing does not
    /// stop.
    #[test]
    fn debts_are_worked_off_before_one_goes_on() {
        let mut w = crate::levers::tests::world_with_hubs();
        let p = Params::default();
        let hub = (0..w.routes.hubs.len()).find(|&h| Some(w.routes.hubs[h].country) == w.libya).unwrap() as u16;
        let m = Migrant {
            money: 2500,
            debt: 10_000,
            since: w.day.0 - 1,
            due: w.day.0,
            ..Migrant::at(1, hub, Status::Earning)
        };
        let Next::Goes { to, money } = decide(&p, &w, &m, w.day) else { panic!("goes on") };
        assert_eq!((money.earned, money.repaid, to.debt, to.money), (500, 3000, 7000, 0));
        assert_eq!((to.status(), to.due), (Status::Earning as u8, w.day.0 + 14));
        w.day = Tick(to.due);
        let Next::Goes { to, money } = decide(&p, &w, &to, w.day) else { panic!("goes on") };
        assert_eq!((money.repaid, to.debt, to.status()), (7000, 0, Status::Resident as u8));
        let free = Migrant { debt: 0, ..m };
        let Next::Goes { to, .. } = decide(&p, &w, &free, w.day) else { panic!("goes on") };
        assert_eq!(to.status(), Status::Resident as u8);
    }

    /// 12 USD short at 5 USD a day: three days of work; enough money: at once in line.
    #[test]
    fn whoever_lacks_the_fare_works_for_it() {
        let p = Params::default();
        let mut m = Migrant { money: 8800, state: SEA, ..Migrant::at(1, 0, Status::Earning) };
        wait_or_work(&p, &mut m, 10_000, Status::Queuing, Status::Earning, Tick(100));
        assert_eq!((m.status(), m.due, m.seabound()), (Status::Earning as u8, 103, true));
        m.money = 10_000;
        wait_or_work(&p, &mut m, 10_000, Status::Queuing, Status::Earning, Tick(103));
        assert_eq!((m.status(), m.seabound()), (Status::Queuing as u8, true));
    }
}
