//! Towns that change hands: the beaten flee and leave arms behind, and those who are free march on the next town.

use super::Params;
use super::arena::{Arena, felt, strength_of};
use super::contest::Lost;
use crate::agents::accounts::{Arms, Fighters};
use crate::agents::arms::{self, Bag, CLASSES, Channel, Class, EMPTY, ORIGINS};
use crate::agents::group::{BLOCS, Group, TRAINED, is_jihadist, is_official};
use crate::agents::homeland::Homestead;
use crate::agents::tally::Entry;
use crate::agents::world::World;
use crate::engine::rng::{Key, Purpose};
use crate::engine::wake::own_day;
use crate::region::{CountryId, NodeId};
use crate::units::Tick;

const TAKEN: Purpose = Purpose::new("conflict.taken");
const EXPEDITION: Purpose = Purpose::new("conflict.expedition");
/// Days between two marches of a group.
const WEEK: u32 = 7;
/// A group is free to march when its side has this much of the ground it stands on.
const SECURE: f64 = 0.7;
/// A group flees where its side has less than this.
const LOST: f64 = 0.3;

/// What happens to those who stood in cells that changed hands; true when a group moved.
pub fn towns(p: &Params, w: &mut World, lost: &[Lost], day: Tick) -> bool {
    let mut moved = false;
    for l in lost {
        let country = w.region.nodes.country[l.node as usize];
        if w.hostile(country, l.by, l.to) == 0.0 {
            continue;
        }
        let mut beaten: Vec<usize> = w.groups.rows().filter(|&g| w.groups.node()[g] == l.node).collect();
        beaten.retain(|&g| w.groups.country()[g] == country && w.hostile(country, w.groups.bloc()[g], l.to) > 0.0);
        beaten.sort_unstable_by_key(|&g| w.groups.key()[g]);
        let victor = strongest(p, w, country, l.to, l.node);
        for g in beaten {
            moved |= flee(p, w, g, victor, day);
        }
        if let Some(victor) = victor.filter(|_| is_official(l.by) && !is_official(l.to)) {
            take_stores(p, w, l, victor, day);
        }
        log_town(w, l, day);
    }
    moved
}

/// The group of a bloc that is strongest at a cell.
fn strongest(p: &Params, w: &World, country: CountryId, bloc: u8, node: NodeId) -> Option<usize> {
    let strength = |g: usize| felt(p, w, g, node);
    let of_bloc = |&g: &usize| w.groups.bloc()[g] == bloc && w.groups.country()[g] == country;
    let there = w.groups.rows().filter(of_bloc).filter(|&g| w.groups.fighters()[g] > 0);
    there.max_by(|&a, &b| strength(a).total_cmp(&strength(b)).then(w.groups.key()[b].cmp(&w.groups.key()[a])))
}

/// A beaten group goes to the nearest town that its side holds. Armies leave part of their arms to the victor and lose
/// deserters; fighters who know the ground take theirs along. Whoever has nowhere to go stays and hides.
fn flee(p: &Params, w: &mut World, g: usize, victor: Option<usize>, day: Tick) -> bool {
    let group = w.groups.get(g);
    let Some(to) = refuge(w, &group) else { return false };
    if is_official(group.bloc) {
        let luck = w.luck.on(TAKEN, day);
        let left = match victor {
            Some(_) => {
                w.groups.update(g, |x| share_of(&mut x.arms, p.abandoned_share, |c| luck.nth(c).unit(group.key)))
            }
            None => EMPTY,
        };
        let deserters = libm::floor(f64::from(group.fighters) * p.desertion + luck.nth(99).unit(group.key)) as u32;
        let deserters = deserters.min(group.fighters);
        let lot = w.luck.on(TRAINED, day).unit(group.key);
        w.groups.update(g, |x| x.lose(deserters, lot));
        w.ledgers.move_fighters(Fighters::Groups, Fighters::Outside, deserters);
        w.tally.quit += i64::from(deserters);
        if let Some(victor) = victor {
            w.arm(victor, Arms::Groups, Channel::Captured, &left);
        }
    }
    w.groups.update(g, |x| x.node = to);
    true
}

/// A share of each class of a bag, rounded by lot.
fn share_of(bag: &mut Bag, share: f64, u: impl Fn(u32) -> f64) -> Bag {
    let mut out = EMPTY;
    for class in Class::ALL {
        let have = arms::of_class(bag, class);
        let n = (libm::floor(f64::from(have) * share + u(class as u32)) as u32).min(have);
        arms::add(&mut out, &arms::take(bag, class, n));
    }
    out
}

/// The nearest town of its country that a group's side holds.
fn refuge(w: &World, g: &Group) -> Option<NodeId> {
    let safe = |&&t: &&NodeId| t != g.node && ours(w, g, t);
    let towns = w.towns[usize::from(g.country)].iter().filter(safe);
    towns.copied().min_by(|&a, &b| w.km_between(g.node, a).total_cmp(&w.km_between(g.node, b)).then(a.cmp(&b)))
}

/// True when a town's holder is the group's bloc, or fights beside it.
fn ours(w: &World, g: &Group, town: NodeId) -> bool {
    let holder = w.holder(town);
    holder == g.bloc || is_official(holder) && is_official(g.bloc) || w.allied(g.country, holder, g.bloc)
}

/// The victor takes a share of the army's stores in a cell; what is left there has no guard any more.
fn take_stores(p: &Params, w: &mut World, l: &Lost, victor: usize, day: Tick) {
    let here = |&d: &usize| w.depots.node()[d] == l.node;
    for d in w.depots.rows().filter(here).collect::<Vec<_>>() {
        let (luck, key) = (w.luck.on(TAKEN, day), w.depots.key()[d]);
        let origin = usize::from(w.depots.origin()[d]);
        let mut bag = EMPTY;
        w.depots.update(d, |x| {
            for c in 0..CLASSES {
                let share = f64::from(x.stock[c]) * p.abandoned_share;
                let n = (libm::floor(share + luck.nth(c as u32).unit(key)) as u32).min(x.stock[c]);
                x.stock[c] -= n;
                bag[c * ORIGINS + origin] = n;
            }
            (x.guards, x.control) = (0.0, 0.0);
        });
        w.arm(victor, Arms::Depots, Channel::Captured, &bag);
    }
}

/// A line in `events.csv` when a place of the story has been taken by an enemy of who held it.
fn log_town(w: &mut World, l: &Lost, day: Tick) {
    let region = w.region.clone();
    let country = region.nodes.country[l.node as usize];
    let towns = region.places.iter().filter(|p| p.node == Some(l.node) && p.country == country && p.population > 0);
    for place in towns {
        let kind = if is_official(l.to) { "town_retaken" } else { "town_taken" };
        let item = BLOCS[usize::from(l.to)];
        let key = Key::named("town", &place.name, 0).0;
        w.log.push(Entry { day, kind, place: place.name.clone(), item, count: i64::from(place.population), key });
    }
}

/// Groups on secure ground march on the town where they would tip the balance most; groups on lost ground flee, each on its
/// own day of the week. True when a group moved.
pub fn march(p: &Params, w: &mut World, arena: &Arena, day: Tick) -> bool {
    let mut moved = false;
    let rows: Vec<usize> = arena.groups.values().flatten().copied().collect();
    for g in rows {
        let group = w.groups.get(g);
        if group.fighters < p.march_fighters.max(1) || !own_day(day, group.key, WEEK) {
            continue;
        }
        let side: f64 =
            arena.parties.iter().filter(|&&b| arena.same_side(group.bloc, b)).map(|&b| w.control(group.node, b)).sum();
        let enemy: f64 =
            arena.parties.iter().filter(|&&b| arena.hostile(group.bloc, b)).map(|&b| w.control(group.node, b)).sum();
        if side < LOST && enemy > 0.5 {
            moved |= flee(p, w, g, None, day);
        } else if side > SECURE
            && let Some(town) = target(p, w, arena, &group, day)
        {
            w.groups.update(g, |x| x.node = town);
            moved = true;
        }
    }
    moved
}

/// The town within a march that the enemy holds, lies in the group's theatre, and where its side with it would be strongest
/// in proportion; `None` when nowhere strong enough.
fn target(p: &Params, w: &World, arena: &Arena, g: &Group, day: Tick) -> Option<NodeId> {
    let theatre = theatre(p, w, g, day);
    let own = strength_of(p, w, g);
    let ratio = |town: NodeId| {
        let (ours, theirs) = arena.balance(town, g.bloc);
        let here = own * libm::exp(-w.km_between(g.node, town) / p.reach_km);
        (ours - here + own) / (theirs + p.least_strength)
    };
    let enemy = |t: NodeId| arena.hostile(g.bloc, w.holder(t));
    let towns = w.towns[usize::from(g.country)].iter().copied();
    let open = towns.filter(|&t| {
        t != g.node
            && enemy(t)
            && theatre.is_none_or(|h| h.nodes.binary_search(&t).is_ok())
            && w.km_between(g.node, t) <= p.march_km
    });
    let best = open.map(|t| (t, ratio(t))).filter(|x| x.1 >= p.advance_ratio);
    // The nearest of those that can be taken: a campaign goes from town to town.
    best.min_by(|a, b| w.km_between(g.node, a.0).total_cmp(&w.km_between(g.node, b.0)).then(a.0.cmp(&b.0))).map(|x| x.0)
}

/// The homeland that a group fights for; `None`: it fights in the whole country, as armies do. Jihadists go beyond it now
/// and then once the state holds no town of it.
fn theatre<'a>(p: &Params, w: &'a World, g: &Group, day: Tick) -> Option<&'a Homestead> {
    if is_official(g.bloc) {
        return None;
    }
    let home = w.homesteads.iter().find(|h| h.nodes.binary_search(&g.home).is_ok())?;
    let won = home.towns.iter().all(|&t| !is_official(w.holder(t)));
    let goes = is_jihadist(g.bloc) && won && w.luck.on(EXPEDITION, day).chance(g.key, p.expedition_rate);
    if goes { None } else { Some(home) }
}
