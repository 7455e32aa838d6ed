//! Armed groups: convoys of fighters come home (first form of rule 7). What groups buy is in [`markets`](super::markets).

use crate::agents::accounts::{Arms, Fighters};
use crate::agents::arms::{self, Channel, Class, EMPTY};
use crate::agents::group::{Group, is_jihadist, is_official};
use crate::agents::tally::Entry;
use crate::agents::world::World;
use crate::engine::step::Process;
use crate::units::{Tick, great_circle_km};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {}

/// Armed groups.
pub struct ArmedGroups;

impl Process<World> for ArmedGroups {
    const NAME: &'static str = "armed_groups";
    const ABOUT: &'static str = "Convoys of returning fighters arrive.";
    type Params = Params;

    fn run(_: &Params, w: &mut World, day: Tick) {
        // The first to come may found a group, so the order is that of keys and not of rows.
        let mut due: Vec<usize> = w.convoys.rows().filter(|&i| w.convoys.due()[i] <= day.0).collect();
        due.sort_unstable_by_key(|&i| w.convoys.key()[i]);
        let mut founded = false;
        for i in due {
            founded |= come_home(w, i, day);
        }
        if founded {
            w.groups_moved();
        }
    }
}

/// The convoy's fighters and arms join the nearest group of their people (of their bloc when they have no tie), or found
/// one; true when they did.
fn come_home(w: &mut World, i: usize, day: Tick) -> bool {
    let c = w.convoys.get(i);
    let hub = w.routes.hubs[c.to as usize].clone();
    let n = &w.region.nodes;
    let near = |g: usize| {
        let at = w.groups.node()[g] as usize;
        great_circle_km(hub.lat, hub.lon, n.lat[at], n.lon[at])
    };
    let kin = |&g: &usize| {
        let (tie, bloc) = (w.groups.tie()[g], w.groups.bloc()[g]);
        (if c.tie > 0 { tie == c.tie } else { bloc == c.bloc }) && !is_official(bloc)
    };
    let same = w.groups.rows().filter(kin).filter(|&g| w.groups.country()[g] == hub.country && near(g) < 300.0);
    // They fought for pay or for their people: those of their people who are no jihadists come first.
    let jihadist = |g: usize| is_jihadist(w.groups.bloc()[g]);
    let order = |&a: &usize, &b: &usize| {
        let nearer = near(a).total_cmp(&near(b));
        jihadist(a).cmp(&jihadist(b)).then(nearer).then(w.groups.key()[a].cmp(&w.groups.key()[b]))
    };
    let best = same.min_by(order);
    let joined = match best {
        Some(g) => g,
        None => w.groups.push(Group {
            key: c.key,
            node: hub.node,
            country: hub.country,
            bloc: c.bloc,
            tie: c.tie,
            fighters: 0,
            home: hub.node,
            money: 0,
            skill: 1.0,
            trained: 0,
            arms: EMPTY,
        }),
    };
    for h in w.homelands.rows().collect::<Vec<_>>() {
        if c.tie > 0 && w.homelands.tie()[h] == c.tie && w.homesteads[h].nodes.binary_search(&hub.node).is_ok() {
            w.homelands.update(h, |h| h.returned += c.fighters);
        }
    }
    w.groups.update(joined, |g| g.fighters += c.fighters);
    w.ledgers.move_fighters(Fighters::Convoys, Fighters::Groups, c.fighters);
    w.arm(joined, Arms::Convoys, Channel::Returnee, &c.arms);
    w.tally.fighters_home += i64::from(c.fighters);
    if w.in_sahel(hub.country) {
        for class in Class::ALL {
            let n = i64::from(arms::of_class(&c.arms, class));
            w.tally.reached_sahel[class as usize] += n;
            w.tally.reached_sahel_returning[class as usize] += n;
        }
    }
    w.log.push(Entry {
        day,
        kind: "fighters_home",
        place: hub.name,
        item: "fighters",
        count: i64::from(c.fighters),
        key: c.key,
    });
    w.convoys.remove(i);
    best.is_none()
}
