//! A day on the road: cell by cell by hours, and the patrols in each cell (equations 2 and 4).

use super::Params;
use crate::agents::belief::{News, subject};
use crate::agents::crew::{self, Cargo, Crew};
use crate::agents::outlook::WAY_ROUND;
use crate::agents::routes::Leg;
use crate::agents::world::World;
use crate::engine::dist::choose;
use crate::engine::rng::{Key, Purpose, Stream};
use crate::region::NodeId;
use crate::region::costs::CLOSED;
use crate::region::graph::NO_BORDER;
use crate::units::Tick;

const LINK: Purpose = Purpose::new("crews.link");
const TEAM_FINDS: Purpose = Purpose::new("crews.team_finds");
const SENSOR_SEES: Purpose = Purpose::new("crews.sensor_sees");
const TEAM_COMES: Purpose = Purpose::new("crews.team_comes");
const OFFENCE: Purpose = Purpose::new("crews.offence");
const BRIBE: Purpose = Purpose::new("crews.bribe");
const WILL: Purpose = Purpose::new("crews.will");
const WARNING: Purpose = Purpose::new("crews.warning");
const HINT: Purpose = Purpose::new("crews.hint");

/// How a day on the road ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    OnTheWay,
    /// At the last waypoint of its leg.
    Arrived,
    /// Stopped by a patrol at its node.
    Stopped,
}

/// What a patrol or sensor in a cell did about a crew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encounter {
    pub node: NodeId,
    /// What its luck hangs on.
    pub luck: u64,
    /// A team found it; a sensor saw it.
    pub team: bool,
    pub sensor: bool,
    pub outcome: Outcome,
}

/// What came of a detection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// What it carries is tolerated there.
    Tolerated,
    /// Only a sensor saw it, and no team came.
    NobodyCame,
    /// It passed for money; with a hint where another patrol is.
    Bribed {
        warned: bool,
    },
    /// The patrol did nothing.
    LetPass,
    Seized,
}

/// What a day on the road did to a crew.
pub struct Trip {
    pub row: usize,
    pub after: Crew,
    pub end: End,
    /// Nodes entered.
    pub passed: Vec<NodeId>,
    /// Cost of driving there, US cents.
    pub fuel: u64,
    /// Country left and entered, once for every border crossed that day.
    pub borders: Vec<(u16, u16)>,
    pub encounters: Vec<Encounter>,
}

/// Moves every crew that is on the road, in parallel.
pub fn drive(p: &Params, w: &World) -> Vec<Trip> {
    let mut rows: Vec<usize> = w.crews.rows().filter(|&i| w.crews.state()[i] == crew::DRIVING).collect();
    // They take tickets when they arrive, in an order that does not hang on where a row lies.
    rows.sort_unstable_by_key(|&i| w.crews.key()[i]);
    let dice = Dice::of(w);
    crate::engine::parallel::map_items(&rows, 16, |&row| trip(p, w, &dice, row))
}

/// Luck on the road: it hangs on the trip and the cell ([`place`]), not on the crew and the day.
struct Dice {
    link: Stream,
    team_finds: Stream,
    sensor_sees: Stream,
    team_comes: Stream,
    offence: Stream,
    bribe: Stream,
    will: Stream,
    warning: Stream,
}

impl Dice {
    fn of(w: &World) -> Dice {
        let on = |purpose| w.luck.at_start(purpose);
        Dice {
            link: on(LINK),
            team_finds: on(TEAM_FINDS),
            sensor_sees: on(SENSOR_SEES),
            team_comes: on(TEAM_COMES),
            offence: on(OFFENCE),
            bribe: on(BRIBE),
            will: on(WILL),
            warning: on(WARNING),
        }
    }
}

/// What luck hangs on in a cell on a trip; a way that doubles back comes to a cell again, on its way to another waypoint.
fn place(w: &World, c: &Crew) -> u64 {
    Key(c.trip).child(Tick(u32::from(c.waypoint)), w.region.nodes.id[c.node as usize]).0
}

fn trip(p: &Params, w: &World, dice: &Dice, row: usize) -> Trip {
    let mut c = w.crews.get(row);
    let mut t =
        Trip { row, after: c, end: End::OnTheWay, passed: vec![], fuel: 0, borders: vec![], encounters: vec![] };
    let leg = &w.routes.legs[c.leg as usize];
    let mut left = p.hours_per_day as f32;
    while left > 0.0 && t.end == End::OnTheWay {
        let Some(e) = next_edge(p, w, leg, &mut c, dice.link) else {
            t.end = End::Arrived;
            break;
        };
        let need = (w.drive_hours(e) - c.edge_hours).max(0.0);
        if need > left {
            c.edge_hours += left;
            break;
        }
        left -= need;
        c.edge_hours = 0.0;
        let g = &w.region.graph;
        let to = g.to[e];
        if g.border[e] != NO_BORDER {
            let crossed = (w.region.nodes.country[c.node as usize], w.region.nodes.country[to as usize]);
            // A way along a border may cross it to and fro.
            if !t.borders.contains(&crossed) {
                t.borders.push(crossed);
            }
        }
        c.node = to;
        c.hazard += w.routes.edge_hazard[e];
        c.km += g.km[e];
        c.rough_km += if g.on_road[e] { 0.0 } else { g.km[e] };
        t.passed.push(to);
        t.fuel += u64::from(w.routes.edge_fuel[e]);
        if let Some(met) = c.carries().and_then(|cargo| encounter(p, w, dice, &c, cargo, w.drive_hours(e))) {
            t.encounters.push(met);
            if met.outcome == Outcome::Seized {
                t.end = End::Stopped;
            }
        }
    }
    t.after = c;
    t
}

/// Equation 4 for a crew in the cell it has just entered: found by a team, or seen by a sensor. If what it carries is an
/// offence there and a team is at hand or comes, bribe and will decide.
fn encounter(p: &Params, w: &World, dice: &Dice, c: &Crew, cargo: Cargo, hours: f32) -> Option<Encounter> {
    let watch = &w.watch[c.node as usize];
    if watch.is_empty() {
        return None;
    }
    let here = place(w, c);
    let happens = |s: &Stream, chance: f64| s.chance(here, chance);
    let (by_team, by_sensor) = watch.odds(f64::from(hours));
    let (team, sensor) = (happens(&dice.team_finds, by_team), happens(&dice.sensor_sees, by_sensor));
    if !team && !sensor {
        return None;
    }
    let arrest = w.arrest[w.region.nodes.country[c.node as usize] as usize];
    let outcome = if cargo == Cargo::People && !happens(&dice.offence, f64::from(arrest)) {
        Outcome::Tolerated
    } else if !team && !happens(&dice.team_comes, f64::from(watch.response)) {
        Outcome::NobodyCame
    } else if happens(&dice.bribe, f64::from(watch.bribe)) {
        Outcome::Bribed { warned: happens(&dice.warning, p.warned) }
    } else if happens(&dice.will, f64::from(watch.will)) {
        Outcome::Seized
    } else {
        Outcome::LetPass
    };
    Some(Encounter { node: c.node, luck: here, team, sensor, outcome })
}

/// What a network learns from a trip: a seizure, the cells passed safely, and what bribed patrols gave away.
pub fn news(w: &World, t: &Trip) -> Vec<News> {
    let Some(cargo) = t.after.carries() else { return vec![] };
    let piece = |node, seized, safe| News { network: t.after.network, subject: subject(cargo), node, seized, safe };
    let safe = t.passed.len() - usize::from(t.end == End::Stopped);
    let mut out: Vec<News> = t.passed[..safe].iter().map(|&node| piece(node, 0, 1)).collect();
    if t.end == End::Stopped {
        out.push(piece(t.after.node, 1, 0));
    }
    for met in &t.encounters {
        if met.outcome == (Outcome::Bribed { warned: true })
            && let Some(node) = another_patrol(w, met.node, w.luck.at_start(HINT).unit(met.luck))
        {
            out.push(piece(node, 1, 0));
        }
    }
    out
}

/// One of the patrolled cells near another, the nearer the likelier; `None` when there is none.
fn another_patrol(w: &World, node: NodeId, u: f64) -> Option<NodeId> {
    const KNOWN_KM: f64 = 300.0;
    let n = &w.region.nodes;
    let at = |i: NodeId| (n.lat[i as usize], n.lon[i as usize]);
    let (lat, lon) = at(node);
    let weight = |&other: &NodeId| {
        let (a, b) = at(other);
        if other == node || (a - lat).abs() > KNOWN_KM / 110.0 {
            return 0.0;
        }
        let km = crate::units::great_circle_km(lat, lon, a, b);
        if km > KNOWN_KM { 0.0 } else { 1.0 / (10.0 + km) }
    };
    let weights: Vec<f64> = w.patrolled.iter().map(weight).collect();
    choose(u, &weights).map(|i| w.patrolled[i])
}

/// The next edge towards the crew's next waypoint, or over any ground towards the end of its leg: only neighbours from
/// which it is cheaper, by logit on the detour (equation 2). `None` at the end of the leg.
fn next_edge(p: &Params, w: &World, leg: &Leg, c: &mut Crew, luck: Stream) -> Option<usize> {
    let end = w.routes.hubs[leg.to as usize].node;
    if c.node == end && (c.way == WAY_ROUND || leg.ways[usize::from(c.way)].waypoints.len() <= usize::from(c.waypoint))
    {
        return None;
    }
    let u = luck.unit(place(w, c));
    if let (WAY_ROUND, Some(cargo)) = (c.way, c.carries()) {
        let outlook = &w.outlooks[usize::from(c.network)];
        let terms = w.terms(c.network);
        let field = outlook.field(&terms, cargo, leg.to);
        if field.to_go[c.node as usize] != CLOSED {
            let enter = outlook.enter(&terms, cargo);
            let cost = |e: usize, to: NodeId| u64::from(w.routes.edge_fuel[e]) + u64::from(enter[to as usize]);
            return downhill(p, w, c.node, &field.to_go, cost, u);
        }
    }
    // A documented way; or the crew has strayed beyond what its network has thought through and takes the plain way.
    let target = if c.way == WAY_ROUND {
        end
    } else {
        let waypoints = &leg.ways[usize::from(c.way)].waypoints;
        while waypoints.get(c.waypoint as usize) == Some(&c.node) {
            c.waypoint += 1;
        }
        *waypoints.get(c.waypoint as usize)?
    };
    let field = w.routes.field(&w.region, target);
    downhill(p, w, c.node, &field.to_go, |e, _| u64::from(w.routes.edge_cost[e]), u)
}

fn downhill(
    p: &Params,
    w: &World,
    at: NodeId,
    to_go: &[u32],
    cost: impl Fn(usize, NodeId) -> u64,
    u: f64,
) -> Option<usize> {
    let g = &w.region.graph;
    let here = to_go[at as usize];
    let mut edges = [0usize; 16];
    let mut weights = [0.0f64; 16];
    let mut n = 0;
    for e in g.edges(at) {
        let to = g.to[e];
        let there = to_go[to as usize];
        if there < here && n < 16 {
            let detour = cost(e, to) as f64 + f64::from(there) - f64::from(here);
            edges[n] = e;
            weights[n] = libm::exp(-p.link_sharpness * detour / w.routes.mean_cost);
            n += 1;
        }
    }
    choose(u, &weights[..n]).map(|i| edges[i])
}
