//! The list of metrics: name, unit, what it is, how to read it from the world, and its observed twin.

use super::indicator::{distinct, entropy_bits};
use crate::agents::accounts::{ARMS, Arms, FIGHTERS, HULLS, MONEY, Money, PEOPLE, People};
use crate::agents::arms::{CLASS_NAMES, ORIGINS};
use crate::agents::crew::{CARGO_NAMES, Cargo};
use crate::agents::migrant::Status;
use crate::agents::routes::LegId;
use crate::agents::tally::Leak;
use crate::agents::world::World;
use crate::region::Carrier;

/// How daily values add up over a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Counted per day; a period's value is the sum.
    Flow,
    /// A stock; a period's value is the last day's.
    Stock,
    /// A level such as a wave height; a period's value is the mean.
    Level,
}

impl Kind {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Kind::Flow => "flow",
            Kind::Stock => "stock",
            Kind::Level => "level",
        }
    }
}

/// Reads a value from the world.
pub type Reader = Box<dyn Fn(&World) -> f64 + Send + Sync>;

/// One column of `series.csv` (two, when it has an observed twin).
pub struct Metric {
    pub name: String,
    pub unit: &'static str,
    pub group: &'static str,
    pub about: String,
    pub kind: Kind,
    /// Value at the end of a day; NaN where there is none.
    pub value: Reader,
    /// What registers, seizures and posts would have counted.
    pub observed: Option<Reader>,
}

/// Every metric, in the order of the columns.
pub fn all() -> Vec<Metric> {
    let mut m = vec![];
    people(&mut m);
    sea(&mut m);
    crews(&mut m);
    routes(&mut m);
    enforcement(&mut m);
    arms(&mut m);
    books(&mut m);
    m
}

fn metric(
    name: impl Into<String>,
    unit: &'static str,
    group: &'static str,
    kind: Kind,
    about: impl Into<String>,
    value: impl Fn(&World) -> f64 + Send + Sync + 'static,
) -> Metric {
    Metric { name: name.into(), unit, group, about: about.into(), kind, value: Box::new(value), observed: None }
}

impl Metric {
    fn seen(mut self, observed: impl Fn(&World) -> f64 + Send + Sync + 'static) -> Metric {
        self.observed = Some(Box::new(observed));
        self
    }
}

fn people(m: &mut Vec<Metric>) {
    let state = |name: &str, about: &str, account: People| {
        metric(format!("people_{name}"), "persons", "people_state", Kind::Stock, about, move |w: &World| {
            w.ledgers.people.balance(0, account as usize) as f64
        })
    };
    m.push(state("travelling", "On a bus, on foot or with a crew", People::Travelling));
    m.push(state("at_hubs", "At a hub on the way, waiting for a seat or working for the fare", People::AtHubs));
    m.push(state("on_coast", "On the coast, waiting for a boat or working for the fare", People::OnCoast));
    m.push(state("at_sea", "At sea", People::AtSea));
    m.push(state("aboard", "Aboard rescuers", People::Aboard));
    let residents = state("working", "Living and working in Libya", People::Working);
    m.push(Metric { group: "people_residents", ..residents });
    let total = |name: &str, about: &str, account: People| {
        metric(format!("people_{name}"), "persons", "people_total", Kind::Stock, about, move |w: &World| {
            w.ledgers.people.balance(0, account as usize) as f64
        })
    };
    m.push(total("home", "At home in the countries of origin, able to leave", People::Home));
    m.push(total("arrived", "Landed in Europe since the first day", People::Arrived));
    m.push(total("returned", "Gone home from Libya since the first day", People::Returned));
    m.push(total("dead_desert", "Dead on the way over land since the first day", People::DeadDesert));
    m.push(total("dead_sea", "Dead at sea since the first day", People::DeadSea));
    let flow = |name: &'static str, about: &str, f: fn(&World) -> i64| {
        metric(name, "persons/day", "people_flow", Kind::Flow, about, move |w: &World| f(w) as f64)
    };
    m.push(flow("people_entered", "Set out from home", |w| w.tally.entered));
    m.push(flow("people_into_libya", "Crossed into Libya with a crew", |w| w.tally.into_libya));
    m.push(flow("people_intercepted", "Sent back by land patrols", |w| w.tally.intercepted));
    m.push(flow("people_went_home", "Went home from Libya", |w| w.tally.returned));
    m.push(flow("desert_deaths", "Died on the way over land", |w| w.tally.deaths_desert));
    m.push(metric(
        "seat_queue",
        "persons",
        "people_state_detail",
        Kind::Stock,
        "In line for a seat with a crew",
        |w| status_count(w, Status::Queuing),
    ));
    m.push(metric("beach_queue", "persons", "people_state_detail", Kind::Stock, "In line for a boat", |w| {
        status_count(w, Status::Beach)
    }));
}

/// People in one of the lines (the lines know their length; nothing is scanned).
fn status_count(w: &World, s: Status) -> f64 {
    let lines = if s == Status::Queuing { &w.queues.seats } else { &w.queues.beach };
    let n: usize = lines.iter().map(|l| l.len()).sum();
    (n * w.persons_per_agent as usize) as f64
}

fn sea(m: &mut Vec<Metric>) {
    let flow = |name: &'static str, unit, about: &str, f: fn(&World) -> i64| {
        metric(name, unit, "sea", Kind::Flow, about, move |w: &World| f(w) as f64)
    };
    m.push(flow("sea_departures", "persons/day", "Put to sea towards Europe", |w| w.tally.departures));
    m.push(
        flow("sea_arrivals", "persons/day", "Landed in Europe; everyone who lands is registered", |w| w.tally.arrivals)
            .seen(|w| w.tally.arrivals as f64),
    );
    m.push(
        flow("sea_deaths", "persons/day", "Died at sea; observed: in sinkings that somebody survived", |w| {
            w.tally.deaths_sea
        })
        .seen(|w| w.tally.deaths_sea_reported as f64),
    );
    m.push(flow("sea_rescued", "persons/day", "Taken aboard by a rescuer", |w| w.tally.rescued));
    m.push(flow("boats_launched", "boats/day", "Boats launched", |w| w.tally.boats));
    m.push(flow("boats_rubber", "boats/day", "Rubber boats among them", |w| w.tally.boats_rubber));
    m.push(flow("boats_sunk", "boats/day", "Boats that sank", |w| w.tally.sinkings));
    m.push(metric("vessels_on_station", "vessels", "sea", Kind::Level, "Rescue vessels ready on station", |w| {
        let v = &w.vessels;
        let ready =
            |i: &usize| v.on_duty()[*i] == 1 && v.rescues()[*i] == 1 && v.lands()[*i] == 0 && v.back()[*i] <= w.day.0;
        v.rows().filter(ready).count() as f64
    }));
    m.push(metric(
        "wave_height",
        "m",
        "sea",
        Kind::Level,
        "Significant wave height, mean of the zones that boats leave from",
        |w| {
            let zones: std::collections::BTreeSet<usize> = w.ways.coast.iter().flatten().copied().collect();
            let sum: f64 = zones.iter().map(|&z| w.zones.wave_m()[z]).sum();
            sum / zones.len().max(1) as f64
        },
    ));
}

fn crews(m: &mut Vec<Metric>) {
    m.push(metric("crews_total", "crews", "crews", Kind::Stock, "Smuggling crews", |w| w.crews.rows().count() as f64));
    m.push(metric("crews_on_road", "crews", "crews", Kind::Level, "Smuggling crews on the road", |w| {
        w.tally.crews_on_road as f64
    }));
    m.push(metric("crews_carrying_people", "crews", "crews", Kind::Level, "Crews with people aboard", |w| {
        carrying(w, Cargo::People)
    }));
    m.push(metric("crews_carrying_arms", "crews", "crews", Kind::Level, "Crews with arms aboard", |w| {
        carrying(w, Cargo::Arms)
    }));
    let flow = |name: &str, unit, about: &str, f: fn(&World) -> i64| {
        metric(name, unit, "crews", Kind::Flow, about, move |w: &World| f(w) as f64)
    };
    m.push(flow("crews_stopped", "crews/day", "Crews stopped by land patrols", |w| w.tally.crews_stopped));
    m.push(flow("crews_founded", "crews/day", "Crews founded by networks that earn well", |w| w.tally.crews_founded));
    m.push(flow("crews_left", "crews/day", "Crews that gave up", |w| w.tally.crews_left));
    let about = "Takings less costs, dues, tolls and bribes of a crew, mean over all crews";
    m.push(metric("crew_income", "USD/crew/day", "crews", Kind::Level, about, |w| {
        w.tally.crew_income as f64 / 100.0 / w.crews.rows().count() as f64
    }));
    for (name, about, f) in [
        ("bribes", "Bribes that crews paid", (|w| w.tally.bribes) as fn(&World) -> i64),
        ("tolls", "Tolls that crews paid to militias", |w| w.tally.tolls),
    ] {
        m.push(metric(name, "USD/day", "crews", Kind::Flow, about, move |w: &World| f(w) as f64 / 100.0));
    }
    let about = "Fare with a crew by the cheapest documented way, mean over those who wait for a seat, over all legs when nobody does";
    m.push(metric("fare_usd_per_1000_km", "USD/1,000 km", "crews", Kind::Level, about, fare_per_1000_km));
    for (c, cargo) in CARGO_NAMES.into_iter().enumerate() {
        let about = format!("Trips with {cargo} that ended where they were to end (people: legs)");
        let of = move |w: &World| w.tally.delivered[c] as f64;
        m.push(metric(format!("trips_delivered_{cargo}"), "trips/day", "crews", Kind::Flow, about, of));
    }
}

fn routes(m: &mut Vec<Metric>) {
    let flow = |name: &str, about: &str, f: fn(&World) -> i64| {
        metric(name, "persons/day", "routes", Kind::Flow, about, move |w: &World| f(w) as f64)
    };
    m.push(
        flow(
            "people_north_past_posts",
            "Left the countries of the counting posts northward with a crew; observed: counted at the posts",
            |w| w.tally.northbound,
        )
        .seen(|w| w.tally.counted[0] as f64),
    );
    m.push(flow("carried_on_road", "Set down by crews after a leg mostly on roads", |w| w.tally.carried[0]));
    m.push(flow("carried_off_road", "Set down by crews after a leg mostly off the roads", |w| w.tally.carried[1]));
    m.push(flow("carried_dead_on_road", "Of those carried on roads, the dead", |w| w.tally.carried_dead[0]));
    m.push(flow("carried_dead_off_road", "Of those carried off the roads, the dead", |w| w.tally.carried_dead[1]));
    let about = "Different cells that crews with cargo entered";
    m.push(metric("active_route_cells", "cells", "routes", Kind::Level, about, |w| {
        distinct(&w.tally.active).len() as f64
    }));
    let about = "Shannon entropy of their passages over the cells";
    m.push(metric("route_entropy", "bits", "routes", Kind::Level, about, |w| entropy_bits(&distinct(&w.tally.active))));
}

/// Mean fare of a seat with a crew, USD per 1,000 km; NaN when no leg is open to people.
fn fare_per_1000_km(w: &World) -> f64 {
    let (mut waiting, mut asked, mut legs, mut plain) = (0.0, 0.0, 0.0, 0.0);
    let of_crews = w.routes.legs.iter().enumerate().filter(|(_, l)| l.carrier == Carrier::Crew);
    for (i, way) in of_crews.filter_map(|(i, l)| Some((i, l.people_way(w.ways.year)?))) {
        let usd = f64::from(w.fare(i as LegId)) / 100.0 / (way.km / 1000.0);
        let people = w.queues.seats[i].len() as f64;
        (waiting, asked) = (waiting + people, asked + people * usd);
        (legs, plain) = (legs + 1.0, plain + usd);
    }
    if waiting > 0.0 { asked / waiting } else { plain / legs }
}

fn enforcement(m: &mut Vec<Metric>) {
    let level = |name: &str, unit, about: &str, f: fn(&World) -> i64| {
        metric(name, unit, "enforcement", Kind::Level, about, move |w: &World| f(w) as f64 / 1e6)
    };
    m.push(level("teams_on_duty", "teams", "Patrol teams on duty on land", |w| w.tally.teams_on_duty));
    m.push(level("sensor_hours", "h/day", "Hours that sensors spend over land", |w| w.tally.sensor_hours));
    let met = |name: &str, about: &str, f: fn(&World) -> i64| {
        metric(name, "detections/day", "enforcement", Kind::Flow, about, move |w: &World| f(w) as f64)
    };
    m.push(met("found_by_teams", "Crews with cargo that a team found", |w| w.tally.found_by_teams));
    m.push(met("seen_by_sensors", "Crews with cargo that a sensor saw", |w| w.tally.seen_by_sensors));
    let about = "Detections after which nobody stopped the crew: no team came, or it was bribed or let it pass";
    m.push(met("detections_not_acted_on", about, |w| w.tally.not_acted_on));
    m.push(met("detections_tolerated", "Detections of crews whose cargo is tolerated there", |w| w.tally.tolerated));
    for (c, cargo) in CARGO_NAMES.into_iter().enumerate() {
        let about = format!("Trips with {cargo} that patrols ended");
        let of = move |w: &World| w.tally.stopped[c] as f64;
        m.push(metric(format!("trips_stopped_{cargo}"), "trips/day", "enforcement", Kind::Flow, about, of));
    }
    for (c, cargo) in CARGO_NAMES.into_iter().enumerate() {
        let about = format!("Worth of vehicles and cargo seized from crews with {cargo}");
        let of = move |w: &World| w.tally.seized_cents[c] as f64 / 100.0;
        m.push(metric(format!("seized_value_{cargo}"), "USD/day", "enforcement", Kind::Flow, about, of));
    }
}

fn carrying(w: &World, cargo: Cargo) -> f64 {
    w.crews.rows().filter(|&i| w.crews.cargo()[i] == cargo as u8).count() as f64
}

fn arms(m: &mut Vec<Metric>) {
    type Read = fn(&World, usize) -> i64;
    let flows: [(&str, &str, Read); 7] = [
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
        ("arms_leaked", "Of these, sold on by those who seized them", |w, c| w.tally.leaks[Leak::Seized as usize][c]),
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
    m.push(metric("depot_raids", "raids/day", "arms_flow", Kind::Flow, "Raids on depots", |w| w.tally.raids as f64));
    m.push(metric(
        "fighters_home",
        "fighters/day",
        "arms_flow",
        Kind::Flow,
        "Fighters who came home with a convoy",
        |w| w.tally.fighters_home as f64,
    ));
}

fn unit(class: usize, per_day: bool) -> &'static str {
    match (matches!(CLASS_NAMES[class], "munitions" | "chemical"), per_day) {
        (true, true) => "tonnes/day",
        (true, false) => "tonnes",
        (false, true) => "pieces/day",
        (false, false) => "pieces",
    }
}

fn books(m: &mut Vec<Metric>) {
    for (i, name) in FIGHTERS.iter().enumerate().skip(1) {
        m.push(metric(
            format!("fighters_in_{name}"),
            "fighters",
            "fighters",
            Kind::Stock,
            "Fighters",
            move |w: &World| w.ledgers.fighters.balance(0, i) as f64,
        ));
    }
    for (i, name) in HULLS.iter().enumerate().skip(1) {
        m.push(metric(
            format!("boats_{name}_total"),
            "boats",
            "boats",
            Kind::Stock,
            "Boats that ended so, or are at sea",
            move |w: &World| w.ledgers.hulls.balance(0, i) as f64,
        ));
    }
    let holders = [Money::Migrants, Money::Crews, Money::Networks, Money::Groups, Money::Officials, Money::Launchers];
    for account in holders {
        let name = MONEY[account as usize];
        m.push(metric(format!("money_{name}"), "USD", "money", Kind::Stock, "Money held", move |w: &World| {
            w.ledgers.money.balance(0, account as usize) as f64 / 100.0
        }));
    }
    m.push(metric("policy_spending", "USD/day", "money", Kind::Flow, "Spent on policy levers", |w| {
        w.tally.spent as f64 / 100.0
    }));
    m.push(metric(
        "ledger_residual",
        "units",
        "books",
        Kind::Level,
        "Sum over all ledgers of what does not add up; zero in a correct model",
        |w| {
            let residual =
                |l: &&crate::engine::ledger::Ledger| (0..l.accounts.len()).map(|a| l.total(a)).sum::<i64>().abs();
            w.ledgers.all().iter().map(residual).sum::<i64>() as f64
        },
    ));
    debug_assert_eq!(PEOPLE.len(), 12);
}
