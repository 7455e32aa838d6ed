//! Armed groups: fighters and the arms they hold.

use super::accounts::{Arms, Fighters};
use super::arms::{Bag, CLASSES, Class, EMPTY, Origin, slot};
use super::world::World;
use super::{depot, store};
use crate::engine::dist::{apportion, choose, normal};
use crate::engine::rng::{Key, Purpose};
use crate::region::Town;
use crate::table;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Blocs a group may belong to (model.md, section 2).
pub const BLOCS: &[&str] = &[
    "local",
    "gna",
    "hor_lna",
    "libya_dawn",
    "tuareg",
    "toubou",
    "mnla",
    "ansar_dine",
    "aqim",
    "mujao",
    "islamic_state",
    "boko_haram",
    "state",
    "rebels",
    "foreign_force",
];
/// A bloc by its name; the first when there is none of that name.
pub fn bloc_of(name: &str) -> u8 {
    BLOCS.iter().position(|b| *b == name).unwrap_or(0) as u8
}

/// Number of blocs.
pub const BLOC_COUNT: usize = BLOCS.len();
/// Militias of a town or a tribe.
pub const LOCAL: u8 = 0;
/// Tuareg groups that are not of the other blocs.
pub const TUAREG: u8 = 4;
/// Toubou groups.
pub const TOUBOU: u8 = 5;
/// Armies.
pub const STATE: u8 = 12;
/// Troops from abroad on the side of the state.
pub const FOREIGN: u8 = 14;

/// True for the jihadist blocs.
pub fn is_jihadist(bloc: u8) -> bool {
    matches!(BLOCS[usize::from(bloc)], "ansar_dine" | "aqim" | "mujao" | "islamic_state" | "boko_haram")
}

/// True for armies and for troops from abroad beside them.
pub fn is_official(bloc: u8) -> bool {
    bloc == STATE || bloc == FOREIGN
}
/// Ethnic ties across borders: none, Tuareg, Toubou.
pub const TIES: &[&str] = &["none", "tuareg", "toubou"];

table! {
    /// Armed groups.
    Groups("groups"),
    /// A group.
    Group {
        key: u64,
        node: u32,
        country: u16,
        /// Index into [`BLOCS`].
        bloc: u8,
        /// Index into [`TIES`].
        tie: u8,
        fighters: u32,
        /// Node it calls home; `node` is where it is.
        home: u32,
        /// US cents.
        money: i64,
        /// Training and experience: factor of its capability, 1 for a militia.
        skill: f32,
        /// Fighters among them whom a programme has trained, and who still serve in the force that they were trained for.
        trained: u32,
        arms: Bag,
    }
}

/// How many of those who leave a group are trained, where it is no whole number.
pub const TRAINED: Purpose = Purpose::new("group.trained");

impl Group {
    /// Takes `n` fighters away, at most all; of the trained as many as is their share, rounded by a lot `u` in (0, 1).
    /// Returns how many of those who left are trained.
    pub fn lose(&mut self, n: u32, u: f64) -> u32 {
        let n = n.min(self.fighters);
        let exact = f64::from(self.trained) * f64::from(n) / f64::from(self.fighters.max(1));
        // Those who stay are never fewer than the trained among them.
        let least = (self.trained + n).saturating_sub(self.fighters);
        let trained = (libm::floor(exact + u) as u32).clamp(least, self.trained.min(n));
        self.fighters -= n;
        self.trained -= trained;
        trained
    }

    /// Takes away `n` of the trained, at most all, who have this skill: that of the others is left, and is never less than a
    /// militia's for it. Returns how many left.
    pub fn lose_trained(&mut self, n: u32, skill: f64) -> u32 {
        let n = n.min(self.trained);
        let (men, own) = (f64::from(self.fighters), f64::from(self.skill));
        self.fighters -= n;
        self.trained -= n;
        if self.fighters > 0 {
            let left = (own * men - skill * f64::from(n)) / f64::from(self.fighters);
            self.skill = left.max(own.min(1.0)) as f32;
        }
        n
    }

    /// Adds `n` fighters of a skill: the group's becomes the mean of its fighters'.
    pub fn gain(&mut self, n: u32, skill: f64) {
        let (men, new) = (f64::from(self.fighters), f64::from(n));
        if men + new > 0.0 {
            self.skill = ((f64::from(self.skill) * men + skill * new) / (men + new)) as f32;
        }
        self.fighters += n;
    }
}

/// Armed groups at the start.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Initial {
    /// Groups in Libya, drawn over its towns by population.
    #[schemars(range(min = 0, max = 100_000), extend("x-unit" = "groups", "x-source" = "PISM 2016: some 2,000"))]
    pub libya_count: u32,
    /// Fighters in them in all (lognormal sizes).
    #[schemars(range(min = 0, max = 10_000_000), extend("x-unit" = "fighters", "x-source" = "ICG 2011 (recalled) 125,000; BBC 2012 over 200,000 armed", "x-low" = 125_000, "x-high" = 200_000))]
    pub libya_fighters: u32,
    /// Standard deviation of the logarithm of group size.
    #[schemars(range(min = 0, max = 3), extend("x-unit" = "1", "x-source" = "assumption", "x-low" = 0.7, "x-high" = 1.5))]
    pub size_log_sd: f64,
    /// Use the groups outside Libya of `data/model/groups.csv`.
    pub regional: bool,
    /// Rifles per fighter on the first day of a group of `list` outside Libya that says nothing of its arms.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "pieces per fighter", "x-source" = "assumption", "x-low" = 0.4, "x-high" = 1))]
    pub rifles_per_fighter: f64,
    /// Groups besides those.
    pub list: Vec<GroupSpec>,
}

/// A group given in the scenario or in `data/model/groups.csv`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GroupSpec {
    pub name: String,
    /// Where it is at home.
    #[schemars(extend("x-names" = "place"))]
    pub place: String,
    #[schemars(range(min = 0, max = 1_000_000), extend("x-unit" = "fighters"))]
    pub fighters: u32,
    /// One of the blocs of the model.
    #[serde(default = "local")]
    #[schemars(extend("enum" = BLOCS))]
    pub bloc: String,
    /// Tie across borders.
    #[serde(default = "none")]
    #[schemars(extend("enum" = TIES))]
    pub tie: String,
    /// Training and experience: factor of its capability.
    #[serde(default = "one")]
    #[schemars(range(min = 0.1, max = 10), extend("x-unit" = "factor"))]
    pub skill: f64,
    /// Weapons per fighter on the first day, by class; rifles alone when left out.
    #[serde(default)]
    #[schemars(inner(range(min = 0, max = 100)), extend("x-unit" = "pieces per fighter"))]
    pub arms_per_fighter: Option<[f64; CLASSES]>,
}

fn one() -> f64 {
    1.0
}
fn local() -> String {
    "local".into()
}
fn none() -> String {
    "none".into()
}

impl Default for Initial {
    fn default() -> Self {
        Initial {
            libya_count: 2000,
            libya_fighters: 160_000,
            size_log_sd: 1.0,
            regional: true,
            rifles_per_fighter: 0.7,
            list: vec![],
        }
    }
}

const TOWN: Purpose = Purpose::new("start.group.town");
const SIZE: Purpose = Purpose::new("start.group.size");

/// Draws Libya's groups over its towns, adds the regional ones and those of the scenario, and arms them: in Libya from
/// what had left the depots before the first day, elsewhere from local stock.
pub fn populate(w: &mut World, init: &Initial, regional: &[GroupSpec], depots: &depot::Initial) {
    draw_libyan(w, init);
    let listed = regional.iter().filter(|_| init.regional).chain(&init.list);
    for spec in listed {
        add_listed(w, spec, init.rifles_per_fighter);
    }
    arm_libyans(w, depots);
}

fn draw_libyan(w: &mut World, init: &Initial) {
    let Some(libya) = w.libya else { return };
    let towns: Vec<Town> = w.region.towns.iter().filter(|t| t.country == libya && t.population > 0).copied().collect();
    if towns.is_empty() || init.libya_count == 0 {
        return;
    }
    let weights: Vec<f64> = towns.iter().map(|t| f64::from(t.population)).collect();
    let keys: Vec<u64> = (0..init.libya_count).map(|i| Key::named("group", "libya", u64::from(i)).0).collect();
    let sizes: Vec<f64> =
        keys.iter().map(|&k| libm::exp(init.size_log_sd * normal(w.luck.at_start(SIZE), k))).collect();
    let fighters = apportion(u64::from(init.libya_fighters), &sizes);
    for (key, n) in keys.into_iter().zip(fighters) {
        let town = towns[choose(w.luck.at_start(TOWN).unit(key), &weights).unwrap_or(0)];
        let tie = tie_of(&town);
        add(
            w,
            Group {
                key,
                node: town.node,
                country: libya,
                bloc: match tie {
                    1 => TUAREG,
                    2 => TOUBOU,
                    _ => LOCAL,
                },
                tie,
                fighters: n as u32,
                home: town.node,
                money: 0,
                skill: 1.0,
                trained: 0,
                arms: EMPTY,
            },
        );
    }
}

/// Tuareg in the south-west, Toubou in the south and south-east (assumption: by place).
fn tie_of(town: &Town) -> u8 {
    match (town.lat, town.lon) {
        (lat, lon) if lat < 27.0 && lon < 13.2 => 1,
        (lat, _) if lat < 26.0 => 2,
        _ => 0,
    }
}

fn add(w: &mut World, g: Group) {
    w.ledgers.move_fighters(Fighters::Outside, Fighters::Groups, g.fighters);
    w.groups.push(g);
}

fn add_listed(w: &mut World, spec: &GroupSpec, rifles: f64) {
    let Some(place) = w.region.place(&spec.place) else { return };
    let p = &w.region.places[place as usize];
    let Some(node) = p.node else { return };
    let index = |list: &[&str], name: &str| list.iter().position(|x| *x == name).unwrap_or(0) as u8;
    let g = Group {
        key: Key::named("group", &spec.name, 0).0,
        node,
        country: p.country,
        bloc: index(BLOCS, &spec.bloc),
        tie: index(TIES, &spec.tie),
        fighters: spec.fighters,
        home: node,
        money: 0,
        skill: spec.skill as f32,
        trained: 0,
        arms: EMPTY,
    };
    let libyan = Some(g.country) == w.libya && g.bloc != STATE;
    let per_fighter = match (spec.arms_per_fighter, libyan) {
        (Some(each), _) => each,
        // They live on what has left the depots.
        (None, true) => [0.0; CLASSES],
        (None, false) => [rifles, 0.0, 0.0, 0.0, 0.0, 0.0],
    };
    let origin = if is_official(g.bloc) { Origin::StateStock } else { Origin::Local };
    let mut bag = EMPTY;
    for class in Class::ALL {
        bag[slot(class, origin)] = libm::round(f64::from(g.fighters) * per_fighter[class as usize]) as u32;
    }
    w.ledgers.move_arms(Arms::Outside, Arms::Groups, &bag);
    add(w, Group { arms: bag, ..g });
}

/// Shares out what left Libya's depots before the first day: to groups by fighters, the rest to civilians.
fn arm_libyans(w: &mut World, depots: &depot::Initial) {
    let Some(libya) = w.libya else { return };
    if depots.count == 0 {
        return;
    }
    let rows: Vec<usize> =
        w.groups.rows().filter(|&i| w.groups.country()[i] == libya && w.groups.bloc()[i] != STATE).collect();
    let fighters: Vec<f64> = rows.iter().map(|&i| f64::from(w.groups.fighters()[i])).collect();
    let armed = fighters.iter().sum::<f64>() > 0.0;
    let (before, now) = (depots.stock(), depots.in_depots());
    for class in Class::ALL {
        let out = u64::from(before[class as usize] - now[class as usize]);
        let to_groups = if armed { libm::round(out as f64 * depots.share_of_rest_with_groups) as u64 } else { 0 };
        let item = slot(class, Origin::LibyanDepot);
        let give = |w: &mut World, to: Arms, n: u64| {
            w.ledgers.arms.transfer(item, Arms::Outside as usize, to as usize, n as i64)
        };
        for (&row, n) in rows.iter().zip(apportion(to_groups, &fighters)) {
            w.groups.update(row, |g| g.arms[item] += n as u32);
            give(w, Arms::Groups, n);
        }
        let civilians = w.store(store::CIVILIANS, libya);
        w.stores.update(civilians, |s| s.arms[item] += (out - to_groups) as u32);
        give(w, Arms::Civilians, out - to_groups);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn group(fighters: u32, trained: u32, skill: f32) -> Group {
        let (key, node, country, bloc, tie, home, money) = (1, 0, 0, LOCAL, 0, 0, 0);
        Group { key, node, country, bloc, tie, fighters, home, money, skill, trained, arms: EMPTY }
    }

    /// 30 of 100 are trained: of 50 who leave 15 are, of 7 are 2.1, which is two or three by lot; whoever stays is never fewer
    /// than the trained among them.
    #[test]
    fn the_trained_leave_with_the_others_in_proportion() {
        let lose = |n, u| {
            let mut g = group(100, 30, 1.0);
            let gone = g.lose(n, u);
            assert_eq!((g.fighters, g.trained), (100 - n.min(100), 30 - gone));
            gone
        };
        assert_eq!([lose(50, 0.5), lose(7, 0.85), lose(7, 0.95), lose(0, 0.99), lose(200, 0.01)], [15, 2, 3, 0, 30]);
        for n in 0..=10 {
            for u in [0.001, 0.5, 0.999] {
                let mut g = group(10, 9, 1.0);
                g.lose(n, u);
                assert!(g.trained <= g.fighters, "{n} {u}");
            }
        }
        assert_eq!(group(0, 0, 1.0).lose(5, 0.5), 0);
    }

    /// 50 men of skill 1.2 join 50 of skill 1: 1.1; they leave: 1 again. More good men than there can be leave no less than 1.
    #[test]
    fn skill_is_the_mean_of_the_fighters() {
        let mut g = group(50, 0, 1.0);
        g.gain(50, 1.2);
        g.trained = 50;
        assert!((g.skill - 1.1).abs() < 1e-6);
        assert_eq!(g.lose_trained(60, 1.2), 50);
        assert!((g.skill - 1.0).abs() < 1e-6 && g.fighters == 50);
        let mut few = group(10, 5, 1.06);
        few.lose_trained(5, 1.2);
        assert_eq!(few.skill, 1.0);
        let mut new = group(0, 0, 1.0);
        new.gain(40, 1.2);
        assert_eq!(new.skill, 1.2);
    }
}
