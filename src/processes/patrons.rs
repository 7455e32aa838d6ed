//! States abroad arm the blocs that they support, by sea, by air and over land, past an embargo (equation 13).

use crate::agents::accounts::Arms;
use crate::agents::arms::{self, CLASSES, Channel, Class, EMPTY, ORIGINS, Origin};
use crate::agents::controls::ExemptionOrder;
use crate::agents::patron::{AIR, LAND, NOWHERE, OFF_MAP, Patron, SEA, WAY_NAMES, WAYS};
use crate::agents::routes::HubId;
use crate::agents::store;
use crate::agents::tally::{Entry, Leak};
use crate::agents::vessel::ARMS;
use crate::agents::world::World;
use crate::engine::dist::{apportion, binomial};
use crate::engine::rng::Purpose;
use crate::engine::step::Process;
use crate::engine::wake::own_day;
use crate::region::PlaceId;
use crate::units::{Tick, great_circle_km};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Share of what a patron is kept from sending that the other patrons of the bloc make good in the end.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption (model.md eq. 13)", "x-low" = 0.2, "x-high" = 0.8))]
    pub substitution: f64,
    /// Time over which they come to do so: after it they are 63 % of the way there.
    #[schemars(range(min = 1, max = 3650), extend("x-unit" = "days", "x-source" = "assumption (model.md eq. 13)", "x-low" = 60, "x-high" = 365))]
    pub substitution_days: f64,
    /// How sharply patrons choose the cheaper and safer way.
    #[schemars(range(min = 0, max = 200), extend("x-unit" = "1", "x-source" = "assumption", "x-low" = 5, "x-high" = 20))]
    pub way_choice: f64,
    /// Time over which a patron forgets what it has lost on a way.
    #[schemars(range(min = 1, max = 3650), extend("x-unit" = "days", "x-source" = "assumption", "x-low" = 60, "x-high" = 365))]
    pub risk_memory_days: f64,
    /// Weapons in one ship, aircraft or convoy of lorries: it gets through or is lost as a whole.
    #[schemars(range(min = 1, max = 1_000_000), extend("x-unit" = "pieces", "x-source" = "assumption", "x-low" = 20, "x-high" = 1000))]
    pub load: f64,
    /// How much one vessel with the mandate `arms` adds to the hazard that a ship bound for its zone is hailed.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1/vessel", "x-source" = "assumption", "x-low" = 0.03, "x-high" = 0.3))]
    pub hail_per_vessel: f64,
    /// Chance that a ship with arms that was hailed is to be boarded.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption: of all ships hailed off Libya 26 in 12,606 were boarded (one series, recalled); of those with arms more, by tips", "x-low" = 0.002, "x-high" = 0.5))]
    pub board: f64,
    /// Chance that its flag state lets them come aboard.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption", "x-low" = 0.1, "x-high" = 1))]
    pub consent: f64,
    /// Chance that the arms aboard are then found and seized.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption: 3 seizures in 26 boardings of all ships (one series, recalled), of those with arms more", "x-low" = 0.1, "x-high" = 0.9))]
    pub find: f64,
    /// Chance that a load by air that monitors look at is stopped.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption", "x-low" = 0.02, "x-high" = 0.4))]
    pub stop_air: f64,
    /// The same over land.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "probability", "x-source" = "assumption", "x-low" = 0.05, "x-high" = 0.6))]
    pub stop_land: f64,
    /// Share of its supply that a patron gives up where all transfers of its country are traced.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: arms sold to third states must not end up in Libya (PISM 2016)", "x-low" = 0, "x-high" = 0.6))]
    pub tracing: f64,
    /// Time over which it is forgotten whence groups got their arms: the memory of `interference`.
    #[schemars(range(min = 1, max = 3650), extend("x-unit" = "days", "x-source" = "assumption", "x-low" = 90, "x-high" = 365))]
    pub interference_days: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            substitution: 0.5,
            substitution_days: 180.0,
            way_choice: 10.0,
            risk_memory_days: 180.0,
            load: 100.0,
            hail_per_vessel: 0.1,
            board: 0.1,
            consent: 0.5,
            find: 0.5,
            stop_air: 0.1,
            stop_land: 0.3,
            tracing: 0.3,
            interference_days: 180.0,
        }
    }
}

const ROUNDING: Purpose = Purpose::new("patrons.rounding");
const STOPPED: Purpose = Purpose::new("patrons.stopped");
const LOST: Purpose = Purpose::new("patrons.lost");
const EXEMPTED: Purpose = Purpose::new("patrons.exempted");
const LEAKED: Purpose = Purpose::new("patrons.leaked");

/// Days in a month of patrons.
const MONTH: u32 = 30;
/// That as a part of a year.
const PART: f64 = MONTH as f64 / 365.0;

/// Patrons at work.
pub struct PatronsAtWork;

impl Process<World> for PatronsAtWork {
    const NAME: &'static str = "patrons";
    const ABOUT: &'static str = "States abroad arm blocs, each on its own day of the month: by sea, air and land, past an embargo, and in the place of \
         others who are kept from it (equation 13).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        let due = |i: &usize| own_day(day, w.patrons.key()[*i], MONTH);
        for row in w.patrons.rows().filter(due).collect::<Vec<_>>() {
            let target = made_good(p, w, row, day);
            let near = approach(p.substitution_days);
            w.patrons.update(row, |x| {
                for (now, then) in x.makes_good.iter_mut().zip(target) {
                    *now += (then - *now) * near;
                }
            });
            send(p, w, row, day);
        }
        for order in w.controls.exemptions.clone() {
            if own_day(day, order.sender, MONTH) {
                let_through(w, &order, day);
            }
        }
        fade(p, w);
    }
}

/// Share of the way to something new that is made in a month, when `days` make 63 % of it.
fn approach(days: f64) -> f64 {
    1.0 - libm::exp(-f64::from(MONTH) / days)
}

/// Share of its supply that a patron is kept from sending: by its neighbours' diplomacy, and where its transfers are traced.
fn kept_back(p: &Params, w: &World, x: &Patron) -> f64 {
    let cut = w.controls.patron_cuts.get(&x.name).copied().unwrap_or(0.0);
    let traced = if x.country == OFF_MAP { 0.0 } else { w.controls.tracing[usize::from(x.country)] };
    1.0 - (1.0 - cut) * (1.0 - p.tracing * traced)
}

/// What a patron would make good of what the others of its bloc are kept from sending, weapons a year by class: the share
/// `substitution` of it, shared by those others of each in proportion to what they want to send.
fn made_good(p: &Params, w: &World, row: usize, day: Tick) -> [f64; CLASSES] {
    let own = w.patrons.get(row);
    let size = |x: &Patron| x.wanted(day).iter().sum::<f64>();
    let mut bloc: Vec<Patron> =
        w.patrons.rows().map(|i| w.patrons.get(i)).filter(|x| x.bloc == own.bloc && size(x) > 0.0).collect();
    // A sum of parts hangs on their order.
    bloc.sort_unstable_by_key(|x| x.key);
    let mut out = [0.0; CLASSES];
    for cut in bloc.iter().filter(|x| x.key != own.key) {
        let others: f64 = bloc.iter().filter(|x| x.key != cut.key).map(size).sum();
        let share = p.substitution * kept_back(p, w, cut) * size(&own) / others.max(f64::MIN_POSITIVE);
        for (sum, n) in out.iter_mut().zip(cut.wanted(day)) {
            *sum += share * n;
        }
    }
    out
}

/// A patron's month: what it sends, by which ways, what is lost, what it learns from that.
fn send(p: &Params, w: &mut World, row: usize, day: Tick) {
    let x = w.patrons.get(row);
    let open = x.lands.map(|at| at != NOWHERE && !w.receivers(at, x.bloc).is_empty());
    let shares = shares(p, &x, open);
    let free = 1.0 - kept_back(p, w, &x);
    let wanted = x.wanted(day);
    let luck = w.luck.on(ROUNDING, day);
    let mut sent = [[0; CLASSES]; WAYS];
    for c in 0..CLASSES {
        let n = (wanted[c] + x.makes_good[c]) * free * PART;
        let whole = libm::floor(n + luck.nth(c as u32).unit(x.key)) as u64;
        for (way, part) in apportion(whole, &shares).into_iter().enumerate() {
            sent[way][c] = part;
        }
    }
    let mut lost_share = [0.0; WAYS];
    for way in 0..WAYS {
        let all: u64 = sent[way].iter().sum();
        if all == 0 {
            continue;
        }
        let loads = libm::ceil(all as f64 / p.load) as u64;
        let u = w.luck.on(STOPPED, day).nth(way as u32).unit(x.key);
        let stopped = binomial(u, loads, loss(p, w, way, x.lands[way]));
        lost_share[way] = stopped as f64 / loads as f64;
        ship(w, &x, way, sent[way], lost_share[way], day);
    }
    let near = approach(p.risk_memory_days);
    w.patrons.update(row, |x| {
        for (risk, lost) in x.risk.iter_mut().zip(lost_share) {
            *risk += (lost - *risk) * near;
        }
    });
}

/// Share of a patron's arms that go by each way: a logit on what the way costs and what is lost on it.
fn shares(p: &Params, x: &Patron, open: [bool; WAYS]) -> [f64; WAYS] {
    let weight = |way: usize| if open[way] { libm::exp(-p.way_choice * (x.cost[way] + x.risk[way])) } else { 0.0 };
    let weights: [f64; WAYS] = std::array::from_fn(weight);
    let all: f64 = weights.iter().sum();
    if all > 0.0 { weights.map(|x| x / all) } else { weights }
}

/// Chance that a load is stopped on its way to a place.
fn loss(p: &Params, w: &World, way: usize, at: PlaceId) -> f64 {
    match way {
        SEA => hailed(p, vessels(w, at)) * p.board * p.consent * p.find,
        AIR => w.controls.monitored[AIR - 1] * p.stop_air,
        LAND => w.controls.monitored[LAND - 1] * p.stop_land,
        _ => 0.0,
    }
}

/// Chance that a ship is hailed by so many vessels.
fn hailed(p: &Params, vessels: f64) -> f64 {
    1.0 - libm::exp(-p.hail_per_vessel * vessels)
}

/// Vessels that search ships for arms in the waters before a port: the zone of the nearest place that boats leave from.
fn vessels(w: &World, port: PlaceId) -> f64 {
    let place = |p: PlaceId| &w.region.places[usize::from(p)];
    let at = place(port);
    let km = |p: PlaceId| great_circle_km(at.lat, at.lon, place(p).lat, place(p).lon);
    let Some(zone) = w.region.sea.lanes.iter().min_by(|a, b| km(a.from).total_cmp(&km(b.from))).map(|l| l.zone) else {
        return 0.0;
    };
    let searching = w.controls.naval.iter().filter(|o| o.zone == zone && o.missions & ARMS != 0);
    searching.map(|o| f64::from(o.vessels) * o.effect).sum::<f64>()
        + w.controls.embargo.get(&zone).copied().unwrap_or(0.0)
}

/// Sends weapons by one way: of each class the share `lost` is stopped and destroyed, the rest comes to the groups.
fn ship(w: &mut World, x: &Patron, way: usize, sent: [u64; CLASSES], lost: f64, day: Tick) {
    let luck = w.luck.on(LOST, day).nth(way as u32);
    let mut rest = sent;
    let mut bag = EMPTY;
    for (c, n) in rest.iter_mut().enumerate() {
        // A whole number by a keyed rounding, never more than there is.
        let gone = libm::floor(*n as f64 * lost + luck.nth(c as u32).unit(x.key)) as u64;
        let gone = if lost > 0.0 { gone.min(*n) } else { 0 };
        *n -= gone;
        bag[c * ORIGINS + Origin::Patron as usize] = gone as u32;
        w.tally.embargo_seized[c] += gone as i64;
    }
    let place = w.region.places[usize::from(x.lands[way])].name.clone();
    let mut say = |kind, count: u64| {
        if count > 0 {
            let (place, count) = (place.clone(), count as i64);
            w.log.push(Entry { day, kind, place, item: WAY_NAMES[way], count, key: x.key });
        }
    };
    say("embargo_seizure", sent.iter().sum::<u64>() - rest.iter().sum::<u64>());
    say("patron_supply", rest.iter().sum());
    w.ledgers.move_arms(Arms::Outside, Arms::Destroyed, &bag);
    deliver(w, x.lands[way], x.bloc, Origin::Patron, rest);
    w.tally.patron_arms[way] += pieces(&rest);
}

/// Weapons that are counted and not weighed.
fn pieces(by_class: &[u64; CLASSES]) -> i64 {
    let counted = Class::ALL.into_iter().filter(|c| !matches!(c, Class::Munitions | Class::Chemical));
    counted.map(|c| by_class[c as usize] as i64).sum()
}

/// Gives weapons from abroad to the groups of a bloc within 300 km of where they come in, in that country, by fighters; false
/// when there is none, and nothing comes.
pub fn deliver(w: &mut World, place: PlaceId, bloc: u8, origin: Origin, by_class: [u64; CLASSES]) -> bool {
    let rows = w.receivers(place, bloc);
    let fighters: Vec<f64> = rows.iter().map(|&g| f64::from(w.groups.fighters()[g])).collect();
    let mut bags = vec![EMPTY; rows.len()];
    for (c, n) in by_class.into_iter().enumerate() {
        for (bag, part) in bags.iter_mut().zip(apportion(n, &fighters)) {
            bag[c * ORIGINS + origin as usize] = part as u32;
        }
    }
    for (&g, bag) in rows.iter().zip(bags) {
        w.arm(g, Arms::Outside, Channel::Patron, &bag);
    }
    !rows.is_empty()
}

/// A month's arms under an exemption: bought openly, searched by nobody, part of them sold on.
fn let_through(w: &mut World, order: &ExemptionOrder, day: Tick) {
    let places: Vec<PlaceId> =
        order.places.iter().copied().filter(|&p| !w.receivers(p, order.bloc).is_empty()).collect();
    for &at in &places {
        let place = w.region.places[usize::from(at)].clone();
        let hub = market_near(w, at);
        let (mut kept, mut sold) = ([0; CLASSES], EMPTY);
        for (c, n) in kept.iter_mut().enumerate() {
            let u = |purpose| w.luck.on(purpose, day).nth(c as u32).nth(u32::from(at)).unit(order.sender);
            let all = libm::floor(order.per_year[c] * PART / places.len() as f64 + u(EXEMPTED)) as u64;
            let gone = if hub.is_some() { binomial(u(LEAKED), all, order.leaked) } else { 0 };
            *n = all - gone;
            sold[c * ORIGINS + Origin::Legal as usize] = gone as u32;
        }
        deliver(w, at, order.bloc, Origin::Legal, kept);
        w.tally.exempted += pieces(&kept);
        if let Some(hub) = hub {
            let market = w.store(store::MARKET, hub);
            w.stores.update(market, |s| arms::add(&mut s.arms, &sold));
            w.ledgers.move_arms(Arms::Outside, Arms::Markets, &sold);
            for class in Class::ALL {
                let n = arms::of_class(&sold, class);
                w.tally.leaks[Leak::Legal as usize][class as usize] += i64::from(n);
            }
        }
        let count = kept.iter().sum::<u64>() as i64;
        if count > 0 {
            let key = order.sender;
            w.log.push(Entry { day, kind: "exempted_supply", place: place.name, item: "weapons", count, key });
        }
    }
}

/// The hub with a market of the same country that is nearest to a place.
fn market_near(w: &World, place: PlaceId) -> Option<HubId> {
    let at = &w.region.places[usize::from(place)];
    let km = |i: usize| {
        let n = w.routes.hubs[i].node as usize;
        great_circle_km(at.lat, at.lon, w.region.nodes.lat[n], w.region.nodes.lon[n])
    };
    let hubs =
        (0..w.routes.hubs.len()).filter(|&i| w.routes.hubs[i].country == at.country && w.routes.hubs[i].connected);
    hubs.min_by(|&a, &b| km(a).total_cmp(&km(b))).map(|i| i as HubId)
}

/// What came to groups since yesterday joins what came before, which fades; interference is the part of it that patrons sent.
fn fade(p: &Params, w: &mut World) {
    let kept = libm::exp(-1.0 / p.interference_days);
    for row in w.inflows.rows().collect::<Vec<_>>() {
        w.inflows.update(row, |i| {
            i.foreign = i.foreign * kept + i.foreign_now as f64;
            i.all = i.all * kept + i.all_now as f64;
            (i.foreign_now, i.all_now) = (0, 0);
        });
        let i = w.inflows.get(row);
        let share = if i.all > 0.0 { i.foreign / i.all } else { 0.0 };
        w.states.update(usize::from(i.country), |s| s.interference = share);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::accounts::Fighters;
    use crate::agents::arms::slot;
    use crate::agents::controls::NavalOrder;
    use crate::agents::group::{BLOCS, Group};
    use crate::agents::patron::{self, Initial, PatronSpec};
    use crate::agents::vessel::RESCUE;

    fn bloc(name: &str) -> u8 {
        BLOCS.iter().position(|b| *b == name).expect("a bloc") as u8
    }

    fn spec(name: &str, of: &str, rifles: f64) -> PatronSpec {
        PatronSpec {
            name: name.into(),
            country: None,
            bloc: of.into(),
            port: Some("Zuwara".into()),
            airfield: Some("Zuwara".into()),
            land_place: Some("Zarzis".into()),
            per_year: [rifles, 0.0, 0.0, 0.0, 0.0, 0.0],
            growth: 0.0,
            costs: [0.1, 0.1, 0.1],
            since: None,
            until: None,
        }
    }

    /// Zuwara and Misrata in Libya, Zarzis in Tunisia, on two zones; 100 fighters of the bloc `gna` in Zuwara.
    fn world(patrons: &[PatronSpec]) -> World {
        let mut w = crate::levers::tests::world_with_coasts();
        let libya = w.libya.expect("Libya");
        w.states.update(usize::from(libya), |s| s.unity = 0.5);
        patron::populate(&mut w, &Initial { regional: true, list: vec![] }, patrons);
        add_group(&mut w, 1, "Zuwara", "gna", 100);
        w.rederive();
        w
    }

    fn add_group(w: &mut World, key: u64, place: &str, of: &str, fighters: u32) {
        let p = &w.region.places[usize::from(w.region.place(place).expect("a place"))];
        let (node, country, bloc) = (p.node.expect("on land"), p.country, bloc(of));
        w.ledgers.move_fighters(Fighters::Outside, Fighters::Groups, fighters);
        let (tie, money, skill, trained, arms) = (0, 0, 1.0, 0, EMPTY);
        w.groups.push(Group { key, node, country, bloc, tie, fighters, home: node, money, skill, trained, arms });
    }

    fn days(p: &Params, w: &mut World, n: u32) {
        for _ in 0..n {
            PatronsAtWork::run(p, w, w.day);
            w.day = w.day.next();
        }
    }

    /// 1,200 a year are 98 or 99 a month of 30 days, by two open ways of the same cost: nobody of the bloc is in Tunisia.
    #[test]
    fn a_patron_sends_a_month_by_the_ways_that_are_open() {
        let mut w = world(&[spec("A", "gna", 1200.0)]);
        days(&Params::default(), &mut w, 30);
        let [sea, air, land] = w.tally.patron_arms;
        assert!((98..=99).contains(&(sea + air)) && (sea - air).abs() <= 1 && land == 0, "{sea} {air} {land}");
        assert_eq!(i64::from(w.groups.arms()[0][slot(Class::SmallArms, Origin::Patron)]), sea + air);
        w.audit().expect("the books balance");
        days(&Params::default(), &mut w, 335);
        let all: i64 = w.tally.patron_arms.iter().sum();
        assert!((1180..=1300).contains(&all), "{all} in a year of 12 or 13 shipments");
    }

    #[test]
    fn nothing_is_sent_where_nobody_waits() {
        let mut w = world(&[spec("A", "libya_dawn", 1200.0)]);
        days(&Params::default(), &mut w, 60);
        assert_eq!((w.tally.patron_arms, w.tally.received.len()), ([0; 3], 0));
    }

    /// A and B want 300 and 100 for one bloc, C 400 for another. A is kept from 0.5 of its part: B makes good half of 150. With a
    /// D of 300, B has a quarter of that. What is made good is approached: 1 - exp(-30/180) of it in the first month.
    #[test]
    fn others_of_the_bloc_make_good_a_part_of_a_cut() {
        let p = Params::default();
        let mut w = world(&[spec("A", "gna", 300.0), spec("B", "gna", 100.0), spec("C", "hor_lna", 400.0)]);
        let day = w.day;
        let cut = |w: &mut World, row: usize, share: f64| w.controls.patron_cuts.insert(w.patrons.name()[row], share);
        cut(&mut w, 0, 0.5);
        let rifles = |p: &Params, w: &World| [0, 1, 2].map(|row| made_good(p, w, row, day)[0]);
        assert_eq!(rifles(&p, &w), [0.0, 75.0, 0.0]);
        let none = Params { substitution: 0.0, ..p.clone() };
        assert_eq!(rifles(&none, &w), [0.0; 3]);
        cut(&mut w, 1, 1.0);
        assert_eq!(rifles(&p, &w), [50.0, 75.0, 0.0], "each would for the other");
        let mut w = world(&[spec("A", "gna", 300.0), spec("B", "gna", 100.0), spec("D", "gna", 300.0)]);
        cut(&mut w, 0, 0.5);
        assert_eq!(rifles(&p, &w), [0.0, 18.75, 56.25]);
        days(&p, &mut w, 30);
        let want = 18.75 * (1.0 - libm::exp(-1.0 / 6.0));
        assert!((w.patrons.makes_good()[1][0] - want).abs() < 1e-9);
    }

    /// A cut of 0.4 and half of the transfers traced: 1 - 0.6 x 0.85 is kept back. Off the map nothing can be traced.
    #[test]
    fn diplomacy_and_tracing_keep_a_patron_back() {
        let at_home = PatronSpec { country: Some("TUN".into()), ..spec("A", "gna", 100.0) };
        let mut w = world(&[at_home, spec("B", "gna", 100.0)]);
        w.controls.tracing.fill(0.5);
        w.controls.patron_cuts.insert(w.patrons.name()[0], 0.4);
        let p = Params::default();
        let kept = |row: usize| kept_back(&p, &w, &w.patrons.get(row));
        assert!((kept(0) - 0.49).abs() < 1e-12, "{}", kept(0));
        assert_eq!(kept(1), 0.0);
    }

    fn order(w: &World, zone: &str, vessels: u32, missions: u8) -> NavalOrder {
        let zone = w.region.zone(zone).expect("a zone");
        NavalOrder { sender: 1, zone, vessels, standoff_km: 0.0, capacity: 0, missions, effect: 0.5 }
    }

    /// Four vessels of half effect and one of the embargo's own before Zuwara: 1 - exp(-0.1 x 3) of the ships are hailed, and lost
    /// with 0.1 x 0.5 x 0.5 of that. Vessels elsewhere or without the mandate do not count; nor do ways without monitors.
    #[test]
    fn ships_are_lost_by_hail_board_consent_and_find() {
        let p = Params::default();
        let mut w = world(&[]);
        let zuwara = w.region.place("Zuwara").expect("a place");
        let all = |w: &World| [SEA, AIR, LAND].map(|way| loss(&p, w, way, zuwara));
        assert_eq!(all(&w), [0.0; 3]);
        w.controls.naval =
            vec![order(&w, "West", 4, ARMS | RESCUE), order(&w, "West", 9, RESCUE), order(&w, "Gabes", 9, ARMS)];
        w.controls.embargo.insert(w.region.zone("West").expect("a zone"), 1.0);
        let want = (1.0 - libm::exp(-0.3)) * 0.1 * 0.5 * 0.5;
        let got = all(&w);
        assert!((got[SEA] - want).abs() < 1e-12 && got[1..] == [0.0; 2], "{got:?}");
        w.controls.monitored = [0.5, 0.2];
        let [_, air, land] = all(&w);
        assert!((air - 0.05).abs() < 1e-12 && (land - 0.06).abs() < 1e-12, "{air} {land}");
    }

    /// At 0.1 dearer, or 0.1 riskier, a way gets exp(-1) of the other's share; a closed one nothing.
    #[test]
    fn ways_are_chosen_by_cost_and_by_what_was_lost() {
        let p = Params::default();
        let mut w = world(&[PatronSpec { costs: [0.1, 0.2, 0.0], ..spec("A", "gna", 100.0) }]);
        let share = |w: &World, open| shares(&p, &w.patrons.get(0), open);
        let odds = libm::exp(-1.0);
        let [sea, air, land] = share(&w, [true, true, false]);
        assert!((sea - 1.0 / (1.0 + odds)).abs() < 1e-12 && (sea + air - 1.0).abs() < 1e-12 && land == 0.0);
        w.patrons.update(0, |x| x.risk = [0.2, 0.0, 0.0]);
        let [sea, air, _] = share(&w, [true, true, false]);
        assert!((sea / air - odds).abs() < 1e-12);
        assert_eq!(share(&w, [false; 3]), [0.0; 3]);
    }

    /// Every ship is found: what goes by sea is destroyed, the patron comes to reckon with that and flies, and forgets when the
    /// embargo ends.
    #[test]
    fn what_is_blocked_at_sea_moves_to_the_air() {
        let p = Params { hail_per_vessel: 10.0, board: 1.0, consent: 1.0, find: 1.0, ..Params::default() };
        let mut w = world(&[spec("A", "gna", 12_000.0)]);
        let west = w.region.zone("West").expect("a zone");
        w.controls.embargo.insert(west, 10.0);
        days(&p, &mut w, 30);
        let first = w.tally.patron_arms[AIR];
        assert_eq!((w.tally.patron_arms[SEA], w.tally.embargo_seized[0] - first), (0, 0), "half went each way");
        assert_eq!(w.ledgers.arms.total(Arms::Destroyed as usize), w.tally.embargo_seized[0]);
        assert!((w.patrons.risk()[0][SEA] - (1.0 - libm::exp(-1.0 / 6.0))).abs() < 1e-12);
        days(&p, &mut w, 330);
        let (before, seized) = (w.tally.patron_arms[AIR], w.tally.embargo_seized[0]);
        days(&p, &mut w, 30);
        let (air, sea) = (w.tally.patron_arms[AIR] - before, w.tally.embargo_seized[0] - seized);
        assert!(air > 2 * sea && sea < first, "in the thirteenth month {air} by air and {sea} by sea");
        w.audit().expect("the books balance");
        w.controls.embargo.clear();
        let risk = w.patrons.risk()[0][SEA];
        days(&p, &mut w, 180);
        assert!((w.patrons.risk()[0][SEA] / risk - libm::exp(-1.0)).abs() < 1e-9, "forgotten in so many days");
    }

    /// 3,650 items a year: 300 in a month of 30 days, 30 of them leak with a chance of 0.1; nothing without a group of the bloc.
    #[test]
    fn an_exemption_arms_a_bloc_and_leaks() {
        let mut w = world(&[]);
        let zuwara = w.region.place("Zuwara").expect("a place");
        let order = |of: &str| ExemptionOrder {
            sender: 3,
            bloc: bloc(of),
            places: vec![zuwara],
            per_year: [3650.0, 0.0, 0.0, 0.0, 0.0, 0.0],
            leaked: 0.1,
        };
        w.controls.exemptions = vec![order("gna"), order("hor_lna")];
        days(&Params::default(), &mut w, 30);
        let (kept, sold) = (w.tally.exempted, w.tally.leaks[Leak::Legal as usize][0]);
        assert_eq!((kept + sold, w.ledgers.arms.total(Arms::Groups as usize)), (300, kept));
        assert!((10..=50).contains(&sold) && w.ledgers.arms.total(Arms::Markets as usize) == sold, "{sold}");
        assert_eq!(w.tally.patron_arms, [0; 3]);
        w.audit().expect("the books balance");
    }

    /// 98 from a patron and 98 from a market: a half; nothing more from the patron, and as much again from the market each
    /// month: the share falls. What a government is let have does not count as interference.
    #[test]
    fn interference_is_the_share_that_patrons_sent_lately() {
        let p = Params::default();
        let mut w = world(&[spec("A", "gna", 1200.0)]);
        let libya = usize::from(w.libya.expect("Libya"));
        days(&p, &mut w, 1);
        assert_eq!(w.states.interference()[libya], 0.0, "nothing was received");
        days(&p, &mut w, 30);
        assert!(w.states.interference()[libya] > 0.999, "all came from abroad");
        let sent = w.tally.patron_arms.iter().sum::<i64>() as u32;
        let buy = |w: &mut World, by, origin| {
            let mut bag = EMPTY;
            bag[slot(Class::SmallArms, origin)] = sent;
            w.arm(0, Arms::Outside, by, &bag);
        };
        let fading = w.inflows.foreign()[0];
        buy(&mut w, Channel::Market, Origin::Local);
        buy(&mut w, Channel::Patron, Origin::Legal);
        fade(&p, &mut w);
        let want = fading * libm::exp(-1.0 / 180.0);
        let got = w.states.interference()[libya];
        assert!((got - want / (want + 2.0 * f64::from(sent))).abs() < 1e-9, "{got}");
    }

    /// The event gives what it gave before patrons were agents: shared by fighters among those near the place.
    #[test]
    fn arms_are_shared_by_fighters_among_those_near() {
        let mut w = world(&[]);
        add_group(&mut w, 2, "Zuwara", "gna", 300);
        add_group(&mut w, 3, "Zuwara", "hor_lna", 900);
        let zuwara = w.region.place("Zuwara").expect("a place");
        assert!(deliver(&mut w, zuwara, bloc("gna"), Origin::Patron, [100, 0, 0, 0, 0, 0]));
        let rifles = |g: usize| w.groups.arms()[g][slot(Class::SmallArms, Origin::Patron)];
        assert_eq!([0, 1, 2].map(rifles), [25, 75, 0]);
        assert!(!deliver(&mut w, zuwara, bloc("mnla"), Origin::Patron, [100, 0, 0, 0, 0, 0]));
    }
}
