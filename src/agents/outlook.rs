//! How a network sees the ground: what each cell, each leg and each way round would cost it (equations 1 and 2).
//!
//! An outlook is a pure function of the risks that the network acts on ([`super::belief::Belief::acted`]) and of what
//! never changes; its parts are computed when a crew first needs them and thrown away when the network changes its plans.

use super::belief::{self, BeliefIndex, Beliefs};
use super::crew::{CARGOES, Cargo};
use super::routes::{HubId, LegId, NO_WAY, Routes, ToGo, Way, cents};
use crate::region::costs::{CLOSED, CostField, Scratch};
use crate::region::{NodeId, Region};
use std::cell::RefCell;
use std::sync::{Arc, OnceLock};

/// A way that is not a documented one: over any ground, by what the network believes.
pub const WAY_ROUND: u8 = u8::MAX;

/// What one network thinks of the ground, by cargo.
#[derive(Debug, Default)]
pub struct Outlook {
    cargoes: [OnceLock<View>; CARGOES],
}

/// What it thinks with one cargo aboard.
#[derive(Debug)]
struct View {
    /// Cost of entering each node: toll and risk, US cents.
    enter: Vec<u32>,
    /// Fields to hubs over any ground.
    fields: Vec<OnceLock<Arc<CostField>>>,
    /// Cost of each leg by its documented ways, in the order of [`Leg::ways`](super::routes::Leg::ways), and by the way round.
    legs: Vec<OnceLock<LegCosts>>,
    /// Least costs between hubs over all legs of the current year.
    to_go: OnceLock<ToGo>,
}

/// What the ways of a leg cost a crew, US cents.
#[derive(Clone, Debug, PartialEq)]
pub struct LegCosts {
    /// Each documented way; [`NO_WAY`] where it is shut or not for this cargo.
    pub ways: Vec<u64>,
    /// Any other ground, if the crew has thought of leaving the road.
    pub round: Option<u64>,
}

impl LegCosts {
    /// The least of them.
    pub fn least(&self) -> u64 {
        self.ways.iter().copied().chain(self.round).min().unwrap_or(NO_WAY)
    }
}

/// What does not change from network to network.
#[derive(Clone, Copy)]
pub struct Terms<'a> {
    /// The ground.
    pub region: &'a Region,
    /// Hubs, legs and what driving costs.
    pub routes: &'a Routes,
    /// Cells where a toll is taken.
    pub militia: &'a [bool],
    /// By country, what prison and fines add to the loss of a crew caught with people, USD.
    pub penalty: &'a [f64],
    pub beliefs: &'a Beliefs,
    /// Their rows by network and cell.
    pub index: &'a BeliefIndex,
    /// Whose outlook it is.
    pub network: u16,
    /// Year in which ways must be in use.
    pub year: i16,
}

thread_local! {
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

impl Outlook {
    fn view(&self, t: &Terms, cargo: Cargo) -> &View {
        self.cargoes[cargo as usize].get_or_init(|| View {
            enter: enter(t, cargo),
            fields: vec![OnceLock::new(); t.routes.hubs.len()],
            legs: vec![OnceLock::new(); t.routes.legs.len()],
            to_go: OnceLock::new(),
        })
    }

    /// Cost of entering each node with a cargo, US cents.
    pub fn enter(&self, t: &Terms, cargo: Cargo) -> &[u32] {
        &self.view(t, cargo).enter
    }

    /// Least cost to a hub over any ground, exact as far as the hubs from which legs lead there.
    pub fn field(&self, t: &Terms, cargo: Cargo, to: HubId) -> Arc<CostField> {
        let view = self.view(t, cargo);
        let make = || {
            let from: Vec<NodeId> = t.routes.into[to as usize]
                .iter()
                .map(|&l| t.routes.hubs[t.routes.legs[l as usize].from as usize].node)
                .collect();
            let dest = t.routes.hubs[to as usize].node;
            let mut field = CostField::default();
            SCRATCH.with_borrow_mut(|scratch| {
                t.routes.fuel.field_from(&t.region.graph, dest, &view.enter, &from, scratch, &mut field);
            });
            Arc::new(field)
        };
        view.fields[to as usize].get_or_init(make).clone()
    }

    /// What the ways of a leg cost.
    pub fn leg(&self, t: &Terms, cargo: Cargo, leg: LegId) -> &LegCosts {
        let view = self.view(t, cargo);
        view.legs[leg as usize].get_or_init(|| {
            let l = &t.routes.legs[leg as usize];
            let ways: Vec<u64> = l.ways.iter().map(|w| way_cost(t, &view.enter, w, cargo)).collect();
            // Where the road costs about what a newcomer would expect, nobody thinks of leaving it.
            let best = l.ways.iter().zip(&ways).filter(|x| *x.1 != NO_WAY).min_by_key(|x| *x.1);
            let risk = u64::from(newcomer_risk(t, cargo));
            let toll = u64::from(cents(t.routes.travel.toll_usd));
            let dear = |(w, &cost): (&Way, &u64)| {
                let held = w.path.iter().filter(|&&n| t.militia[n as usize]).count() as u64;
                let expected = w.fuel_cents + risk * w.path.len() as u64 + toll * held;
                cost as f64 > expected as f64 * (1.0 + t.routes.travel.detour_threshold)
            };
            let round = best.filter(|&b| dear(b)).and_then(|_| {
                let from = t.routes.hubs[l.from as usize].node;
                let cost = self.field(t, cargo, l.to).to_go[from as usize];
                (cost != CLOSED).then_some(u64::from(cost))
            });
            LegCosts { ways, round }
        })
    }

    /// Least costs between hubs over the legs of the year.
    pub fn to_go(&self, t: &Terms, cargo: Cargo) -> &ToGo {
        let view = self.view(t, cargo);
        view.to_go.get_or_init(|| t.routes.to_go(|l| self.leg(t, cargo, l).least()))
    }
}

/// Risk cost of a cell with the belief of a newcomer, US cents.
fn newcomer_risk(t: &Terms, cargo: Cargo) -> u32 {
    cents(t.routes.travel.prior_risk * at_stake(t, cargo))
}

/// What a seizure costs: cargo, vehicle and jail, USD.
fn at_stake(t: &Terms, cargo: Cargo) -> f64 {
    t.routes.travel.cargo_usd[cargo as usize] + t.routes.travel.loss_usd
}

fn enter(t: &Terms, cargo: Cargo) -> Vec<u32> {
    // A cell that is new to a network costs what it will cost once there is a row for it, so that a row that is added
    // between two reviews changes nothing.
    let prior = t.routes.travel.prior_risk as f32;
    let by_country: Vec<f64> =
        t.penalty.iter().map(|&p| at_stake(t, cargo) + if cargo == Cargo::People { p } else { 0.0 }).collect();
    let risk = |node: usize, risk: f32| cents(f64::from(risk) * by_country[usize::from(t.region.nodes.country[node])]);
    let usual: Vec<u32> = by_country.iter().map(|&x| cents(f64::from(prior) * x)).collect();
    let mut out: Vec<u32> = t.region.nodes.country.iter().map(|&c| usual[usize::from(c)]).collect();
    for (node, row) in t.index.rows(t.network, belief::subject(cargo)) {
        out[node as usize] = risk(node as usize, t.beliefs.acted()[row]);
    }
    let toll = cents(t.routes.travel.toll_usd);
    for (cost, _) in out.iter_mut().zip(t.militia).filter(|x| *x.1) {
        *cost += toll;
    }
    out
}

fn way_cost(t: &Terms, enter: &[u32], way: &Way, cargo: Cargo) -> u64 {
    if !way.open(t.year) || !carries(way, cargo) {
        return NO_WAY;
    }
    way.fuel_cents + way.path.iter().map(|&n| u64::from(enter[n as usize])).sum::<u64>()
}

/// True when a documented way is used with that cargo.
pub fn carries(way: &Way, cargo: Cargo) -> bool {
    if cargo == Cargo::People { way.people } else { way.arms || cargo == Cargo::Fuel }
}
