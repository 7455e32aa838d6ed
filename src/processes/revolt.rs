//! Revolt in a homeland, coups in the capital, alliances that break (equation 10).

use crate::agents::arms;
use crate::agents::group::{FOREIGN, STATE, TIES, is_jihadist, is_official};
use crate::agents::hostility::NO_END;
use crate::agents::hypotheses::Hypotheses;
use crate::agents::tally::Entry;
use crate::agents::world::World;
use crate::engine::rng::Purpose;
use crate::engine::step::Process;
use crate::engine::wake::own_day;
use crate::region::CountryId;
use crate::units::{Probability, Tick};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Log-odds of a revolt in a month where nothing speaks for it (b0); -1000: never.
    #[schemars(range(min = -1000, max = 10), extend("x-unit" = "log-odds", "x-source" = "assumption (model.md eq. 10)", "x-low" = -7, "x-high" = -5))]
    pub base: f64,
    /// Weight of the logarithm of returned fighters per 1,000 people (bR).
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 10)", "x-low" = 0, "x-high" = 2))]
    pub returnees: f64,
    /// Weight of kin at war in a country next door (bN).
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 10)", "x-low" = 0, "x-high" = 1.5))]
    pub contagion: f64,
    /// Weight of what the state lacks in capacity (bS).
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 10)", "x-low" = 0.5, "x-high" = 3))]
    pub weak_state: f64,
    /// Weight of grievance (bG).
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 10)", "x-low" = 0, "x-high" = 1))]
    pub grievance: f64,
    /// Hazard of a coup while all towns of a homeland are lost; in proportion when part of them is.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption", "x-low" = 0.005, "x-high" = 0.05))]
    pub coup_rate: f64,
    /// What a coup leaves of the capacity of the state, and of its will.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.3, "x-high" = 0.8))]
    pub after_coup: f64,
    /// Days in which no second coup follows.
    #[schemars(range(min = 0, max = 36_500), extend("x-unit" = "days", "x-source" = "assumption"))]
    pub coup_pause_days: u32,
    /// Chance a month that those who rose together turn on each other once the state holds no town of the homeland.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/month", "x-source" = "assumption: nationalists and jihadists fell out three months after the north of Mali had fallen", "x-low" = 0.1, "x-high" = 0.5))]
    pub split_rate: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            base: -6.0,
            returnees: 1.0,
            contagion: 0.7,
            weak_state: 1.0,
            grievance: 0.5,
            coup_rate: 0.02,
            after_coup: 0.6,
            coup_pause_days: 730,
            split_rate: 0.25,
        }
    }
}

const RISE: Purpose = Purpose::new("revolt.rise");
const COUP: Purpose = Purpose::new("revolt.coup");
const SPLIT: Purpose = Purpose::new("revolt.split");
/// Days in a month of homelands.
const MONTH: u32 = 30;

/// What speaks for a revolt in a homeland.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Grounds {
    /// Arms of groups other than armies per 1,000 people.
    pub arms: f64,
    /// Fighters who have come home, per 1,000 people.
    pub returnees: f64,
    /// Kin are at war next door.
    pub contagion: bool,
    /// What reaches it of the state's capacity, 0 to 1.
    pub capacity: f64,
    /// Grievance, 0 to 1.
    pub grievance: f64,
}

/// Chance of a revolt in a month (equation 10).
pub fn chance_of_revolt(p: &Params, h: &Hypotheses, g: &Grounds) -> f64 {
    let (w, r) = (libm::log1p(g.arms), libm::log1p(g.returnees));
    let odds = p.base
        + h.arms_to_revolt * w
        + p.returnees * r
        + h.arms_with_returnees * w * r
        + p.contagion * f64::from(u8::from(g.contagion))
        + p.weak_state * (1.0 - g.capacity)
        + p.grievance * g.grievance;
    1.0 / (1.0 + libm::exp(-odds))
}

/// Revolt.
pub struct Revolt;

impl Process<World> for Revolt {
    const NAME: &'static str = "revolt";
    const ABOUT: &'static str =
        "A people rises in its homeland, soldiers in the capital, and allies fall out (equation 10).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        for h in w.homelands.rows().collect::<Vec<_>>() {
            let home = w.homelands.get(h);
            if home.revolt == 0 {
                if own_day(day, home.key, MONTH) {
                    let chance = chance_of_revolt(p, &w.hypotheses, &grounds(w, h));
                    let able = rebels(w, h).iter().any(|&g| w.groups.tie()[g] == home.tie);
                    if able && w.luck.on(RISE, day).chance(home.key, chance) {
                        rise(w, h, day);
                    }
                }
                continue;
            }
            coup(p, w, h, day);
            if home.united == 1 && own_day(day, home.key, MONTH) && lost_share(w, h) >= 1.0 {
                split(p, w, h, day);
            }
        }
    }
}

/// Groups that stand in a homeland and are no army, with fighters, in order of keys.
fn rebels(w: &World, h: usize) -> Vec<usize> {
    let here = |&g: &usize| {
        w.groups.fighters()[g] > 0
            && !is_official(w.groups.bloc()[g])
            && w.homesteads[h].nodes.binary_search(&w.groups.node()[g]).is_ok()
    };
    let mut rows: Vec<usize> = w.groups.rows().filter(here).collect();
    rows.sort_unstable_by_key(|&g| w.groups.key()[g]);
    rows
}

/// What speaks for a revolt in a homeland today.
pub fn grounds(w: &World, h: usize) -> Grounds {
    let home = w.homelands.get(h);
    let thousands = (f64::from(home.people) / 1000.0).max(1.0);
    let pieces: i64 = rebels(w, h).iter().map(|&g| arms::pieces(&w.groups.arms()[g])).sum();
    let kin = |o: usize| {
        let other = w.homelands.get(o);
        o != h && other.tie == home.tie && other.revolt > 0 && borders(w, other.country, home.country)
    };
    Grounds {
        arms: pieces as f64 / thousands,
        returnees: f64::from(home.returned) / thousands,
        contagion: home.tie > 0 && w.homelands.rows().any(kin),
        capacity: w.states.capacity()[usize::from(home.country)] * home.reach,
        grievance: home.grievance,
    }
}

fn borders(w: &World, a: CountryId, b: CountryId) -> bool {
    w.region.borders.iter().any(|x| (x.a, x.b) == (a, b) || (x.a, x.b) == (b, a))
}

/// All who bear arms there rise together: the people's groups and the jihadists beside them.
fn rise(w: &mut World, h: usize, day: Tick) {
    let home = w.homelands.get(h);
    let rows = rebels(w, h);
    let joins = |g: usize| w.groups.tie()[g] == home.tie || is_jihadist(w.groups.bloc()[g]);
    let blocs: BTreeSet<u8> = rows.iter().filter(|&&g| joins(g)).map(|&g| w.groups.bloc()[g]).collect();
    for &bloc in &blocs {
        for official in [STATE, FOREIGN] {
            w.open_war(home.country, bloc, official, 1.0, NO_END);
        }
    }
    w.homelands.update(h, |x| (x.revolt, x.united) = (day.0, 1));
    let count = rows.iter().map(|&g| i64::from(w.groups.fighters()[g])).sum();
    let place = w.homesteads[h].name.clone();
    w.log.push(Entry { day, kind: "revolt", place, item: TIES[usize::from(home.tie)], count, key: home.key });
}

/// Share of the towns of a homeland that the state does not hold.
pub fn lost_share(w: &World, h: usize) -> f64 {
    let towns = &w.homesteads[h].towns;
    let lost = towns.iter().filter(|&&t| !is_official(w.holder(t))).count();
    lost as f64 / towns.len().max(1) as f64
}

/// Soldiers take power after losses in the field; the state works worse for it.
fn coup(p: &Params, w: &mut World, h: usize, day: Tick) {
    let (country, key) = (w.homelands.country()[h], w.homelands.key()[h]);
    let last = w.states.coup()[usize::from(country)];
    let chance = Probability::of_hazard(p.coup_rate * lost_share(w, h), 1.0).get();
    if (last > 0 && day.0 < last + p.coup_pause_days) || !w.luck.on(COUP, day).chance(key, chance) {
        return;
    }
    w.states.update(usize::from(country), |s| {
        s.coup = day.0;
        s.capacity *= p.after_coup;
        s.will *= p.after_coup;
    });
    let place = w.region.countries[usize::from(country)].iso3.clone();
    let count = libm::round(w.states.capacity()[usize::from(country)] * 100.0) as i64;
    w.log.push(Entry { day, kind: "coup", place, item: "percent of capacity", count, key });
}

/// Without a common enemy in the land the nationalists and the jihadists fall out.
fn split(p: &Params, w: &mut World, h: usize, day: Tick) {
    let home = w.homelands.get(h);
    let at_war = |b: u8| w.hostile(home.country, b, STATE) > 0.0;
    let blocs: BTreeSet<u8> = rebels(w, h).iter().map(|&g| w.groups.bloc()[g]).filter(|&b| at_war(b)).collect();
    let (jihadists, others): (Vec<u8>, Vec<u8>) = blocs.into_iter().partition(|&b| is_jihadist(b));
    let both = !jihadists.is_empty() && !others.is_empty();
    if !both || !w.luck.on(SPLIT, day).chance(home.key, p.split_rate) {
        return;
    }
    for &a in &jihadists {
        for &b in &others {
            w.open_war(home.country, a, b, 1.0, NO_END);
        }
    }
    w.homelands.update(h, |x| x.united = 0);
    let (place, count) = (w.homesteads[h].name.clone(), (jihadists.len() * others.len()) as i64);
    w.log.push(Entry { day, kind: "split", place, item: "pairs of blocs", count, key: home.key });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Equation 10 by hand at no capacity: 3 arms and 2.5 returnees per 1,000 people.
    #[test]
    fn the_chance_of_a_revolt_is_that_of_equation_10() {
        let (p, h) = (Params::default(), Hypotheses::default());
        let of = |arms, returnees| chance_of_revolt(&p, &h, &Grounds { arms, returnees, ..Grounds::default() });
        let logit = |x: f64| libm::log(x / (1.0 - x));
        assert!((logit(of(0.0, 0.0)) + 5.0).abs() < 1e-9);
        let (w, r) = (libm::log(4.0), libm::log(3.5));
        assert!((logit(of(3.0, 0.0)) - (-5.0 + 0.5 * w)).abs() < 1e-9);
        assert!((logit(of(3.0, 2.5)) - (-5.0 + 0.5 * w + r + 0.5 * w * r)).abs() < 1e-9);
        let more = Grounds { contagion: true, capacity: 1.0, grievance: 1.0, ..Grounds::default() };
        assert!((logit(chance_of_revolt(&p, &h, &more)) - (-6.0 + 0.7 + 0.5)).abs() < 1e-9);
        // Without the contested effect arms change nothing, with returnees or without.
        let none = Hypotheses { arms_to_revolt: 0.0, arms_with_returnees: 0.0, rescue_pull: 0.0 };
        let of = |arms| chance_of_revolt(&p, &none, &Grounds { arms, returnees: 2.5, ..Grounds::default() });
        assert_eq!(of(0.0), of(9.0));
    }

    use crate::agents::accounts::Fighters;
    use crate::agents::arms::EMPTY;
    use crate::agents::group::Group;
    use crate::agents::homeland::{HomelandSpec, Initial, populate};

    /// Northern Mali with Tuareg fighters at Kidal and jihadists at Gao.
    fn north() -> World {
        let mut w = crate::processes::test_world();
        for (key, place, bloc, tie) in [(1, "Kidal", "mnla", 1), (2, "Gao", "mujao", 0)] {
            let p = &w.region.places[w.region.place(place).unwrap() as usize];
            let (node, country) = (p.node.unwrap(), p.country);
            let bloc = crate::agents::group::BLOCS.iter().position(|b| *b == bloc).unwrap() as u8;
            w.ledgers.move_fighters(Fighters::Outside, Fighters::Groups, 500);
            let (fighters, home, arms) = (500, node, EMPTY);
            w.groups.push(Group {
                key,
                node,
                country,
                bloc,
                tie,
                fighters,
                home,
                money: 0,
                skill: 1.0,
                trained: 0,
                arms,
            });
        }
        let north = HomelandSpec {
            name: "North".into(),
            tie: "tuareg".into(),
            places: vec!["Kidal".into(), "Gao".into()],
            radius_km: 100.0,
            reach: 0.5,
            grievance: 0.0,
        };
        populate(&mut w, &Initial { list: vec![north] }, &[]);
        w.rederive();
        w
    }

    fn pass(p: &Params, w: &mut World, days: u32) {
        for _ in 0..days {
            w.log.clear();
            Revolt::run(p, w, w.day);
            w.audit().unwrap();
            w.day = w.day.next();
        }
    }

    #[test]
    fn a_people_rises_once_with_all_who_bear_arms_there() {
        let mut w = north();
        let mali = w.region.country("MLI").unwrap();
        pass(&Params { base: -1000.0, ..Params::default() }, &mut w, 60);
        assert_eq!((w.homelands.revolt()[0], w.countries_at_war().len()), (0, 0), "never");
        pass(&Params { base: 10.0, coup_rate: 0.0, ..Params::default() }, &mut w, 30);
        assert!(w.homelands.revolt()[0] > 0);
        let rebels: Vec<u8> = w.wars(mali).filter(|x| x.1 == STATE).map(|x| x.0).collect();
        assert_eq!(rebels.len(), 2, "both blocs are at war with the state");
        assert!(w.allied(mali, rebels[0], rebels[1]));
    }

    #[test]
    fn nobody_rises_where_nobody_of_the_people_bears_arms() {
        let mut w = north();
        w.groups.update(0, |g| g.fighters = 0);
        w.ledgers.move_fighters(Fighters::Groups, Fighters::Outside, 500);
        pass(&Params { base: 10.0, ..Params::default() }, &mut w, 60);
        assert_eq!(w.homelands.revolt()[0], 0);
    }

    /// While all towns are lost at a certain coup, the state's capacity falls to 0.6 of what it was, once; and the allies
    /// split.
    #[test]
    fn losses_bring_a_coup_and_victory_a_split() {
        let mut w = north();
        let mali = w.region.country("MLI").unwrap();
        let p = Params { base: 10.0, coup_rate: 100.0, split_rate: 1.0, ..Params::default() };
        pass(&p, &mut w, 31);
        assert_eq!(w.states.coup()[usize::from(mali)], 0, "no town is lost yet");
        for town in w.homesteads[0].towns.clone() {
            let row = w.ground(town);
            w.territory.update(row, |t| t.holder = 6);
        }
        assert_eq!(lost_share(&w, 0), 1.0);
        pass(&p, &mut w, 40);
        assert!((w.states.capacity()[usize::from(mali)] - 0.3).abs() < 1e-12);
        assert_eq!(w.homelands.united()[0], 0);
        let rebels: Vec<u8> = w.wars(mali).filter(|x| x.1 == STATE).map(|x| x.0).collect();
        assert!(w.hostile(mali, rebels[0], rebels[1]) > 0.0 && !w.allied(mali, rebels[0], rebels[1]));
    }
}
