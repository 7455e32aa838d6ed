//! Armed groups earn, pay, recruit and lose men (equation 7, without the buying, which is in [`markets`](super::markets)).

use crate::agents::accounts::{Fighters, Money};
use crate::agents::group::{BLOC_COUNT, Group, STATE, TRAINED, is_jihadist, is_official};
use crate::agents::migrant::END;
use crate::agents::world::World;
use crate::engine::dist::{binomial, poisson};
use crate::engine::parallel::map_items;
use crate::engine::rng::Purpose;
use crate::engine::step::Process;
use crate::engine::wake::own_day;
use crate::processes::politics::{acceptance_of_troops, foreign_troops};
use crate::region::{CountryId, NodeId};
use crate::units::{Tick, Usd};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Share of the young men of a cell who join the groups that hold it in a month, where a fighter earns what a
    /// civilian does.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/month", "x-source" = "assumption (model.md eq. 7)", "x-low" = 0.0005, "x-high" = 0.005))]
    pub recruitment_rate: f64,
    /// Share of the people who are men of fighting age.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: men of 18 to 30", "x-low" = 0.08, "x-high" = 0.15))]
    pub young_men_share: f64,
    /// What a fighter in Libya earns over what a civilian earns.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "ratio", "x-source" = "assumption: about one in 2012; militias were on the state's payroll", "x-low" = 0.8, "x-high" = 3))]
    pub wage_ratio_libya: f64,
    /// The same elsewhere.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "ratio", "x-source" = "assumption", "x-low" = 0.5, "x-high" = 2))]
    pub wage_ratio: f64,
    /// The same for jihadist groups.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "ratio", "x-source" = "assumption: their ranks in Mali grew from about 1,000 to 3,000-12,000 in 2012 (Guidere in FT 2013; armed_groups)", "x-low" = 1, "x-high" = 3))]
    pub wage_ratio_jihadist: f64,
    /// How strongly pay draws recruits.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 7)", "x-low" = 0.5, "x-high" = 3))]
    pub wage_response: f64,
    /// Share of fighters who give up in a month.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/month", "x-source" = "assumption (model.md eq. 7)", "x-low" = 0.005, "x-high" = 0.03))]
    pub exit_rate: f64,
    /// The same where the group is at war with a state (jihadists: with anyone) and its bloc has less than 0.3 of the ground it
    /// stands on: it hides and melts away.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/month", "x-source" = "assumption", "x-low" = 0.1, "x-high" = 0.5))]
    pub scatter_rate: f64,
    /// Men of whom half as large a share as of a crowd melts away so: the few know where to hide.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "fighters", "x-source" = "assumption", "x-low" = 50, "x-high" = 500))]
    pub hidden_men: f64,
    /// Share of the people around them from whom men in hiding draw recruits.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.05))]
    pub hidden_share: f64,
    /// By how much 1,000 foreign troops that nobody asked for raise the recruitment of jihadist groups.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1/1,000 troops", "x-source" = "assumption (model.md eq. 7)", "x-low" = 0, "x-high" = 1))]
    pub backlash: f64,
    /// Most that this multiplies it by.
    #[schemars(range(min = 1, max = 100), extend("x-unit" = "factor", "x-source" = "assumption (model.md eq. 7)"))]
    pub backlash_most: f64,
    /// What is left to a militia in Libya a month and fighter after pay: the state's money, protection, rackets.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "USD/fighter/month", "x-source" = "assumption", "x-low" = 5, "x-high" = 60))]
    pub surplus_libya_usd: f64,
    /// The same for jihadist groups: ransoms, drugs, gifts.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "USD/fighter/month", "x-source" = "assumption: ransom and drug money paid for arms (Guidere in FT 2013)", "x-low" = 20, "x-high" = 200))]
    pub surplus_jihadist_usd: f64,
    /// The same for all others.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "USD/fighter/month", "x-source" = "assumption", "x-low" = 2, "x-high" = 50))]
    pub surplus_usd: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            recruitment_rate: 0.002,
            young_men_share: 0.12,
            wage_ratio_libya: 1.0,
            wage_ratio: 1.0,
            wage_ratio_jihadist: 1.75,
            wage_response: 1.5,
            exit_rate: 0.01,
            scatter_rate: 0.3,
            hidden_men: 100.0,
            hidden_share: 0.01,
            backlash: 0.3,
            backlash_most: 3.0,
            surplus_libya_usd: 20.0,
            surplus_jihadist_usd: 80.0,
            surplus_usd: 10.0,
        }
    }
}

const JOIN: Purpose = Purpose::new("recruitment.join");
const QUIT: Purpose = Purpose::new("recruitment.quit");
/// A group at war whose bloc has less of the ground it stands on is beaten there.
const BEATEN: f64 = 0.3;
/// Days in a month of groups.
const MONTH: u32 = 30;

/// Recruitment.
pub struct Recruitment;

impl Process<World> for Recruitment {
    const NAME: &'static str = "recruitment";
    const ABOUT: &'static str =
        "Armed groups earn, recruit and lose men, each on its own day of the month (equation 7).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        let due = |&g: &usize| {
            let g = w.groups.get(g);
            g.fighters > 0 && !is_official(g.bloc) && own_day(day, g.key, MONTH)
        };
        let rows: Vec<usize> = w.groups.rows().filter(due).collect();
        if rows.is_empty() {
            return;
        }
        let grounds = grounds(p, w);
        let changes = map_items(&rows, 64, |&g| month(p, w, &grounds, w.groups.get(g), day));
        for (&g, (join, quit)) in rows.iter().zip(changes) {
            let fighters = f64::from(w.groups.fighters()[g]);
            let kept = 1.0 - w.controls.sanctions[usize::from(w.groups.bloc()[g])];
            let cents = Usd::dollars(surplus(p, w, &w.groups.get(g)) * fighters * kept).0.max(0);
            let lot = w.luck.on(TRAINED, day).unit(w.groups.key()[g]);
            w.groups.update(g, |g| {
                g.lose(quit, lot);
                g.fighters += join;
                g.money += cents;
            });
            w.ledgers.pay(Money::Economy, Money::Groups, cents as u64);
            w.ledgers.move_fighters(Fighters::Outside, Fighters::Groups, join);
            w.ledgers.move_fighters(Fighters::Groups, Fighters::Outside, quit);
            w.tally.recruited += i64::from(join);
            if is_jihadist(w.groups.bloc()[g]) && Some(w.groups.country()[g]) == w.libya {
                w.tally.recruited_jihadist_libya += i64::from(join);
            }
            w.tally.quit += i64::from(quit);
        }
    }
}

/// What a bloc can recruit from in a country.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Ground {
    /// Its fighters.
    fighters: u64,
    /// People of the cells it holds, by its share of control.
    people: f64,
}

/// The ground of each bloc in each country: cells that it has fought for, and those where its groups stand.
fn grounds(p: &Params, w: &World) -> BTreeMap<(CountryId, u8), Ground> {
    let mut grounds: BTreeMap<(CountryId, u8), Ground> = BTreeMap::new();
    let mut cells: Vec<(u8, NodeId)> = vec![];
    // Fighters of each cell, by bloc.
    let mut armed: Vec<(NodeId, u8, u64)> = vec![];
    for g in w.groups.rows() {
        let bloc = w.groups.bloc()[g];
        if w.groups.fighters()[g] == 0 {
            continue;
        }
        let (node, fighters) = (w.groups.node()[g], u64::from(w.groups.fighters()[g]));
        grounds.entry((w.groups.country()[g], bloc)).or_default().fighters += fighters;
        cells.push((bloc, node));
        armed.push((node, bloc, fighters));
    }
    armed.sort_unstable();
    for i in w.territory.rows() {
        let share = w.territory.share()[i];
        cells.extend((0..BLOC_COUNT).filter(|&b| share[b] > 0.0).map(|b| (b as u8, w.territory.node()[i])));
    }
    cells.sort_unstable();
    cells.dedup();
    for (bloc, node) in cells {
        let country = w.region.nodes.country[node as usize];
        if let Some(ground) = grounds.get_mut(&(country, bloc)) {
            // Militias of different peoples share a town that they have not fought over.
            let at_peace = w.territory_of[node as usize] == END && !is_official(w.holder(node));
            let here = armed[armed.partition_point(|x| x.0 < node)..].iter().take_while(|x| x.0 == node);
            let (own, all) = here.fold((0, 0), |(own, all), x| (own + if x.1 == bloc { x.2 } else { 0 }, all + x.2));
            let held = if at_peace { own as f64 / (all as f64).max(1.0) } else { w.control(node, bloc) };
            // Men in hiding have friends.
            let held = if is_jihadist(bloc) && own > 0 { held.max(p.hidden_share) } else { held };
            ground.people += f64::from(w.region.nodes.population[node as usize]) * held;
        }
    }
    grounds
}

/// USD a month and fighter that a group keeps after pay.
fn surplus(p: &Params, w: &World, g: &Group) -> f64 {
    match (Some(g.country) == w.libya, is_jihadist(g.bloc)) {
        (_, true) => p.surplus_jihadist_usd,
        (true, false) => p.surplus_libya_usd,
        (false, false) => p.surplus_usd,
    }
}

/// Who joins a group and who gives up in its month.
fn month(p: &Params, w: &World, grounds: &BTreeMap<(CountryId, u8), Ground>, g: Group, day: Tick) -> (u32, u32) {
    // Groups in hiding, under a state at peace, neither grow nor shrink.
    let at_war = w.wars(g.country).any(|x| x.0 == g.bloc || x.1 == g.bloc);
    if Some(g.country) != w.libya && !at_war {
        return (0, 0);
    }
    let ground = grounds.get(&(g.country, g.bloc)).copied().unwrap_or_default();
    let idle = (ground.people * p.young_men_share - ground.fighters as f64).max(0.0);
    let ratio = match (Some(g.country) == w.libya, is_jihadist(g.bloc)) {
        (_, true) => p.wage_ratio_jihadist,
        (true, false) => p.wage_ratio_libya * w.states.pay()[usize::from(g.country)],
        (false, false) => p.wage_ratio,
    };
    let mut mean = recruits(p, idle, ratio) * f64::from(g.fighters) / ground.fighters.max(1) as f64;
    if is_jihadist(g.bloc) {
        mean *= backlash(p, foreign_troops(w, g.country), acceptance_of_troops(w, g.country));
    }
    // Jihadists are hunted by whoever fights them, others by the state alone: they live among their own.
    let hunted = if is_jihadist(g.bloc) { at_war } else { w.hostile(g.country, g.bloc, STATE) > 0.0 };
    let beaten = hunted && w.control(g.node, g.bloc) < BEATEN;
    let men = f64::from(g.fighters);
    let leaving = if beaten { p.scatter_rate * men / (men + p.hidden_men) + p.exit_rate } else { p.exit_rate };
    let join = poisson(w.luck.on(JOIN, day).unit(g.key), mean).min(u64::from(u32::MAX / 2)) as u32;
    let quit = binomial(w.luck.on(QUIT, day).unit(g.key), u64::from(g.fighters), leaving) as u32;
    (join, quit)
}

/// Recruits of a month from so many young men at a ratio of wages (equation 7).
pub fn recruits(p: &Params, idle: f64, wage_ratio: f64) -> f64 {
    p.recruitment_rate * idle * libm::exp((p.wage_response * (wage_ratio - 1.0)).clamp(-3.0, 2.0))
}

/// How much foreign troops raise the recruitment of jihadist groups where so many agree with them (equation 7).
pub fn backlash(p: &Params, troops: u64, acceptance: f64) -> f64 {
    (1.0 + p.backlash * troops as f64 / 1000.0 * (1.0 - acceptance)).min(p.backlash_most)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 100,000 young men at equal pay: 200 a month; at twice the pay e^1.5 times that, bounded at e^2 and e^-3.
    #[test]
    fn recruits_follow_pay() {
        let p = Params::default();
        assert!((recruits(&p, 100_000.0, 1.0) - 200.0).abs() < 1e-9);
        assert!((recruits(&p, 100_000.0, 2.0) - 200.0 * libm::exp(1.5)).abs() < 1e-9);
        assert!((recruits(&p, 100_000.0, 9.0) - 200.0 * libm::exp(2.0)).abs() < 1e-9);
        assert!((recruits(&p, 100_000.0, -9.0) - 200.0 * libm::exp(-3.0)).abs() < 1e-9);
    }

    /// 5,000 unwelcome troops: 1 + 0.3 x 5 = 2.5; welcome ones change nothing; 50,000 are bounded at 3.
    #[test]
    fn unwelcome_troops_draw_recruits() {
        let p = Params::default();
        assert!((backlash(&p, 5000, 0.0) - 2.5).abs() < 1e-12);
        assert_eq!((backlash(&p, 5000, 1.0), backlash(&p, 50_000, 0.0), backlash(&p, 0, 0.0)), (1.0, 3.0, 1.0));
    }
}
