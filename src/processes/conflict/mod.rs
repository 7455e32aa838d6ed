//! War: who holds which ground (equation 8), who is killed (equation 9), towns taken and lost.
//!
//! [`arena`] who fights in a country and how strong each is where; [`contest`] control of cells; [`campaign`] what levers do against some of them; [`clashes`] the dead and
//! the arms taken from them; [`fronts`] towns that change hands, flight and advance.

mod arena;
mod campaign;
pub mod clashes;
mod contest;
mod fronts;

use crate::agents::world::World;
use crate::engine::step::Process;
use crate::units::Tick;
use arena::Arena;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// How decisive strength is in the contest for a cell (m of the Tullock contest).
    #[schemars(range(min = 0.1, max = 10), extend("x-unit" = "1", "x-source" = "assumption (model.md eq. 8)", "x-low" = 1, "x-high" = 2.5))]
    pub decisiveness: f64,
    /// Distance over which the strength of a group falls to 1/e.
    #[schemars(range(min = 1, max = 1000), extend("x-unit" = "km", "x-source" = "assumption (model.md eq. 8)", "x-low" = 80, "x-high" = 250))]
    pub reach_km: f64,
    /// Days in which control moves most of the way to where strength would put it.
    #[schemars(range(min = 1, max = 1000), extend("x-unit" = "days", "x-source" = "assumption (model.md eq. 8)", "x-low" = 15, "x-high" = 60))]
    pub control_days: f64,
    /// Strength that it takes to hold a cell against nobody (K0).
    #[schemars(range(min = 0.1, max = 10_000), extend("x-unit" = "fighters", "x-source" = "assumption (model.md eq. 8)"))]
    pub least_strength: f64,
    /// Fatalities a day and pair of parties of strength 1 that share a cell (v0).
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "persons/day", "x-source" = "fitted to UCDP's deaths in Mali 2012-13 (data/targets)", "x-low" = 0.001, "x-high" = 0.02))]
    pub violence: f64,
    /// Share of control of a cell for which men in hiding there count when it comes to fighting: ambushes, bombs.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption; Mali's war went on after its towns were retaken (UCDP: 729 killed in 2014-16)", "x-low" = 0, "x-high" = 0.05))]
    pub hidden_share: f64,
    /// Share of those killed who are fighters.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.5, "x-high" = 1))]
    pub fighters_share: f64,
    /// Weapons taken from each fighter killed.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "pieces per fighter", "x-source" = "assumption (model.md eq. 9)", "x-low" = 0.2, "x-high" = 0.8))]
    pub captured_per_death: f64,
    /// Share of its arms, and of the stores of the town, that a beaten army leaves to those who take a town.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption; army vehicles, guns and artillery were taken as soldiers fled (Guidere in FT 2013)", "x-low" = 0.2, "x-high" = 0.8))]
    pub abandoned_share: f64,
    /// Share of its men who desert when an army loses a town.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0.1, "x-high" = 0.6))]
    pub desertion: f64,
    /// A group marches on a town where its side would be so many times as strong as those who hold it.
    #[schemars(range(min = 0.1, max = 100), extend("x-unit" = "ratio", "x-source" = "assumption", "x-low" = 1, "x-high" = 3))]
    pub advance_ratio: f64,
    /// Farthest that it marches at once.
    #[schemars(range(min = 0, max = 5000), extend("x-unit" = "km", "x-source" = "assumption", "x-low" = 200, "x-high" = 500))]
    pub march_km: f64,
    /// Groups of fewer fighters than this stay at home.
    #[schemars(range(min = 0, max = 1_000_000), extend("x-unit" = "fighters", "x-source" = "assumption"))]
    pub march_fighters: u32,
    /// Share of what an army could do with full capacity and will that it does with none.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption", "x-low" = 0, "x-high" = 0.3))]
    pub army_floor: f64,
    /// Policemen and gendarmes per 1,000 people, who stand by a state in the cells that it holds.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "persons/1,000 people", "x-source" = "assumption", "x-low" = 0.5, "x-high" = 3))]
    pub police_per_1000: f64,
    /// Chance a week that a jihadist group goes beyond the homeland once the state holds no town of it.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/week", "x-source" = "assumption: Douentza was taken five months after the north, Konna nine", "x-low" = 0.01, "x-high" = 0.2))]
    pub expedition_rate: f64,
    /// Fighters whom a sortie by aircraft kills, of a crowd of them.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "fighters/sortie", "x-source" = "assumption", "x-low" = 0.3, "x-high" = 2))]
    pub killed_per_sortie: f64,
    /// Others killed beside each of them.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "persons/fighter", "x-source" = "assumption", "x-low" = 0.05, "x-high" = 0.5))]
    pub civilians_per_killed: f64,
    /// What 100 foreign advisers add to the strength of those they stand by, as a share; at most as much again.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "share/100 persons", "x-source" = "assumption", "x-low" = 0.02, "x-high" = 0.3))]
    pub adviser_effect: f64,
    /// Strength of a foreign soldier of a lever.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "fighters", "x-source" = "assumption: as the skill of an intervention", "x-low" = 2, "x-high" = 5))]
    pub troop_skill: f64,
    /// Peacekeepers in a country who cut its fatalities to 1/e.
    #[schemars(range(min = 1, max = 1_000_000), extend("x-unit" = "persons", "x-source" = "assumption, after Hultman, Kathman and Shannon 2013 (recalled): 8,000 troops cut killings of civilians from over 100 a month to a few", "x-low" = 1000, "x-high" = 8000))]
    pub peacekeeper_scale: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params {
            decisiveness: 1.5,
            reach_km: 150.0,
            control_days: 30.0,
            least_strength: 20.0,
            violence: 0.0028,
            hidden_share: 0.02,
            fighters_share: 0.7,
            captured_per_death: 0.5,
            abandoned_share: 0.4,
            desertion: 0.3,
            advance_ratio: 1.5,
            march_km: 350.0,
            march_fighters: 100,
            army_floor: 0.05,
            police_per_1000: 1.0,
            expedition_rate: 0.03,
            killed_per_sortie: 1.0,
            civilians_per_killed: 0.15,
            adviser_effect: 0.1,
            troop_skill: 3.0,
            peacekeeper_scale: 2000.0,
        }
    }
}

/// War.
pub struct Conflict;

impl Process<World> for Conflict {
    const NAME: &'static str = "conflict";
    const ABOUT: &'static str =
        "Parties at war contest cells, clash, take arms from each other, take towns and lose them (equations 8, 9).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        contest::calm(w);
        let mut moved = false;
        for country in w.countries_at_war() {
            let mut arena = Arena::of(p, w, country);
            campaign::stand_by(p, w, &mut arena);
            let lost = contest::contest(p, w, &arena);
            clashes::clash(p, w, &arena, day);
            moved |= fronts::towns(p, w, &lost, day);
            moved |= fronts::march(p, w, &arena, day);
        }
        let mut struck: Vec<_> = w.controls.campaigns.iter().map(|c| c.country).collect();
        struck.sort_unstable();
        struck.dedup();
        for country in struck {
            campaign::strike(p, w, country, day);
        }
        if moved {
            w.groups_moved();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::accounts::{Arms, Fighters};
    use crate::agents::arms::{Channel, Class, EMPTY, Origin, of_class, slot};
    use crate::agents::depot::{Initial, SiteSpec, populate};
    use crate::agents::group::{BLOCS, FOREIGN, Group, STATE};
    use crate::agents::hostility::NO_END;
    use crate::region::NodeId;

    const MNLA: u8 = 6;

    fn node(w: &World, place: &str) -> NodeId {
        w.region.places[w.region.place(place).unwrap() as usize].node.unwrap()
    }

    /// Adds a group with a rifle for each of its fighters.
    fn group(w: &mut World, key: u64, place: &str, bloc: u8, fighters: u32) -> usize {
        let node = node(w, place);
        let mut arms = EMPTY;
        arms[slot(Class::SmallArms, if bloc == STATE { Origin::StateStock } else { Origin::Local })] = fighters;
        w.ledgers.move_fighters(Fighters::Outside, Fighters::Groups, fighters);
        w.ledgers.move_arms(Arms::Outside, Arms::Groups, &arms);
        let country = w.region.nodes.country[node as usize];
        w.groups.push(Group {
            key,
            node,
            country,
            bloc,
            tie: 0,
            fighters,
            home: node,
            money: 0,
            skill: 1.0,
            trained: 0,
            arms,
        })
    }

    /// Rebels at Kidal, the army at Gao 320 km away and at Bamako, at war.
    fn war(rebels: u32, army: u32) -> World {
        assert_eq!(BLOCS[usize::from(MNLA)], "mnla");
        let mut w = crate::processes::test_world();
        group(&mut w, 11, "Kidal", MNLA, rebels);
        group(&mut w, 12, "Gao", STATE, army);
        group(&mut w, 13, "Bamako", STATE, 3000);
        let mali = w.region.country("MLI").unwrap();
        w.states.update(usize::from(mali), |s| (s.capacity, s.will) = (1.0, 1.0));
        w.open_war(mali, MNLA, STATE, 1.0, NO_END);
        w
    }

    fn fight(p: &Params, w: &mut World, days: u32) -> i64 {
        let mut dead = 0;
        for _ in 0..days {
            w.tally = Default::default();
            Conflict::run(p, w, w.day);
            dead += w.tally.fatalities.iter().map(|f| f.1).sum::<i64>();
            w.audit().unwrap();
            w.day = w.day.next();
        }
        dead
    }

    #[test]
    fn nothing_happens_without_a_war() {
        let mut w = war(2000, 100);
        let mali = w.region.country("MLI").unwrap();
        w.make_peace(mali, MNLA, STATE);
        let before = w.digest();
        assert_eq!(fight(&Params::default(), &mut w, 60), 0);
        assert_eq!(w.digest(), before);
    }

    /// The strong take Gao within two months; the garrison flees to Bamako and leaves arms; so does the army's store.
    #[test]
    fn the_stronger_take_the_town_and_the_arms() {
        let mut w = war(3000, 100);
        let store = SiteSpec { place: "Gao".into(), guards: 50.0, control: 0.9, stock: [1000, 0, 0, 0, 0, 0] };
        populate(&mut w, &Initial { count: 0, ..Initial::default() }, &[store]);
        let (gao, p) = (node(&w, "Gao"), Params { police_per_1000: 0.0, ..Params::default() });
        assert_eq!(w.holder(gao), STATE);
        fight(&p, &mut w, 90);
        assert_eq!(w.holder(gao), MNLA);
        assert_eq!(w.groups.node()[1], node(&w, "Bamako"), "the garrison has fled");
        let rifles = |g: usize| of_class(&w.groups.arms()[g], Class::SmallArms);
        assert!(rifles(1) < 100 && w.groups.fighters()[1] < 100, "arms left behind, and deserters");
        let captured = w.groups.arms()[0][slot(Class::SmallArms, Origin::StateStock)];
        assert!(captured >= 400, "two fifths of the store at the least: {captured}");
        assert_eq!((w.depots.guards()[0], w.depots.control()[0]), (0.0, 0.0));
        assert!(w.tally.received.iter().all(|r| r.by == Channel::Captured));
    }

    #[test]
    fn the_weak_take_nothing() {
        let mut w = war(60, 1000);
        fight(&Params::default(), &mut w, 120);
        assert_eq!(w.holder(node(&w, "Gao")), STATE);
    }

    /// An army counts as far as its state works: with a capacity of nothing the same garrison loses the town.
    #[test]
    fn a_weak_state_loses_what_a_strong_one_holds() {
        let holds = |capacity: f64| {
            let mut w = war(800, 600);
            let mali = w.region.country("MLI").unwrap();
            w.states.update(usize::from(mali), |s| s.capacity = capacity);
            fight(&Params { police_per_1000: 0.0, ..Params::default() }, &mut w, 120);
            w.holder(node(&w, "Gao")) == STATE
        };
        assert_eq!([holds(1.0), holds(0.0)], [true, false]);
    }

    /// Without violence nobody dies; peacekeepers quiet it; the dead are in the books.
    #[test]
    fn violence_can_be_switched_off_and_quieted() {
        let dead = |violence: f64, keepers: f64| {
            let mut w = war(1500, 1500);
            let mali = usize::from(w.region.country("MLI").unwrap());
            w.controls.peacekeepers[mali] = keepers;
            let p = Params { violence, ..Params::default() };
            let dead = fight(&p, &mut w, 60);
            assert!(w.ledgers.fighters.balance(0, Fighters::Dead as usize) <= dead);
            dead
        };
        let (war, quiet) = (dead(0.05, 0.0), dead(0.05, 8000.0));
        assert_eq!(dead(0.0, 0.0), 0);
        assert!(war > 50 && quiet * 5 < war, "{war} {quiet}");
    }

    /// Foreign troops on the side of the state take the town back.
    #[test]
    fn an_intervention_turns_the_war() {
        let mut w = war(3000, 100);
        let p = Params { police_per_1000: 0.0, march_km: 1500.0, ..Params::default() };
        fight(&p, &mut w, 90);
        let g = group(&mut w, 14, "Bamako", FOREIGN, 4000);
        w.groups.update(g, |x| x.skill = 3.0);
        let mali = w.region.country("MLI").unwrap();
        w.open_war(mali, MNLA, FOREIGN, 1.0, NO_END);
        fight(&p, &mut w, 150);
        assert!(matches!(w.holder(node(&w, "Gao")), STATE | FOREIGN));
    }
}
