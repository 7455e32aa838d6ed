//! Training (equation 19): cohorts begin and end a course; trained men leave a force that nobody stands behind.

use super::{MONTH, Params, force, lot_of, month_of, monthly, unity};
use crate::agents::accounts::{Arms, Fighters};
use crate::agents::arms::{self, Channel, Class, EMPTY, Origin, slot};
use crate::agents::cohort::Cohort;
use crate::agents::controls::TrainingOrder;
use crate::agents::group::is_official;
use crate::agents::world::World;
use crate::engine::dist::binomial;
use crate::engine::rng::{Key, Purpose};
use crate::engine::wake::own_day;
use crate::units::Tick;

const BEGIN: Purpose = Purpose::new("programmes.training");
const WASTAGE: Purpose = Purpose::new("programmes.wastage");
const LEAVE: Purpose = Purpose::new("programmes.trained_leave");
const RIFLES: Purpose = Purpose::new("programmes.trained_rifles");

/// Courses end and begin, trained men leave.
pub fn run(p: &Params, w: &mut World, day: Tick) {
    graduate(p, w, day);
    for order in w.controls.training.clone() {
        begin(w, &order, day);
    }
    leave(p, w, day);
}

/// Trained men who leave their force in a year, as a share (equation 19).
pub fn leak_rate(p: &Params, unity: f64, vetting: f64) -> f64 {
    p.leak_rate * (1.0 - unity) * (1.0 - vetting)
}

/// Once a month a cohort leaves civil life for a course.
fn begin(w: &mut World, o: &TrainingOrder, day: Tick) {
    let lot = lot_of(w, o.sender, o.country);
    if !own_day(day, lot, MONTH) {
        return;
    }
    let men = month_of(o.per_year, w.luck.on(BEGIN, day).unit(lot));
    if men == 0 {
        return;
    }
    let (key, due) = (Key(lot).child(day, u64::from(o.bloc)).0, day.0 + o.course_days);
    let (country, bloc, sender, vetting) = (o.country, o.bloc, o.sender, o.vetting);
    w.cohorts.push(Cohort { key, country, bloc, men, due, sender, vetting });
    w.ledgers.move_fighters(Fighters::Outside, Fighters::InTraining, men);
    w.tally.trainees += i64::from(men);
}

/// Of a cohort at the end of its course some go home; the others join their force, with a rifle each.
fn graduate(p: &Params, w: &mut World, day: Tick) {
    // The first of them may found a group, so the order is that of keys and not of rows.
    let mut due: Vec<usize> = w.cohorts.rows().filter(|&i| w.cohorts.due()[i] <= day.0).collect();
    due.sort_unstable_by_key(|&i| w.cohorts.key()[i]);
    for i in due {
        let c = w.cohorts.get(i);
        let wasted = binomial(w.luck.on(WASTAGE, day).unit(c.key), u64::from(c.men), p.wastage) as u32;
        // A country without any place has no force to join.
        let joined = force(w, c.country, c.bloc, c.sender, day);
        let men = if joined.is_some() { c.men - wasted } else { 0 };
        w.cohorts.remove(i);
        w.ledgers.move_fighters(Fighters::InTraining, Fighters::Outside, c.men - men);
        let Some(g) = joined.filter(|_| men > 0) else { continue };
        look_into(w, &c, men);
        w.ledgers.move_fighters(Fighters::InTraining, Fighters::Groups, men);
        w.groups.update(g, |x| {
            x.gain(men, p.trained_skill);
            x.trained += men;
        });
        let mut rifles = EMPTY;
        rifles[slot(Class::SmallArms, Origin::Programme)] = men;
        w.arm(g, Arms::Outside, Channel::Programme, &rifles);
        w.tally.trained += i64::from(men);
    }
}

/// The mean vetting of the trained men of a country, with those who now join.
fn look_into(w: &mut World, c: &Cohort, men: u32) {
    let here = w.groups.rows().filter(|&g| w.groups.country()[g] == c.country);
    let before = here.map(|g| u64::from(w.groups.trained()[g])).sum::<u64>() as f64;
    let new = f64::from(men);
    w.states.update(usize::from(c.country), |s| s.vetting = (s.vetting * before + c.vetting * new) / (before + new));
}

/// Trained men leave for the nearest group of another bloc that is no army, with their skill and some of their rifles, each
/// group's once a month.
fn leave(p: &Params, w: &mut World, day: Tick) {
    let due = |&g: &usize| w.groups.trained()[g] > 0 && own_day(day, w.groups.key()[g], MONTH);
    let mut rows: Vec<usize> = w.groups.rows().filter(due).collect();
    rows.sort_unstable_by_key(|&g| w.groups.key()[g]);
    for g in rows {
        let group = w.groups.get(g);
        let vetting = w.states.vetting()[usize::from(group.country)];
        let chance = monthly(leak_rate(p, unity(p, w, group.country), vetting));
        let men = binomial(w.luck.on(LEAVE, day).unit(group.key), u64::from(group.trained), chance) as u32;
        let Some(to) = nearest_rival(w, g).filter(|_| men > 0) else { continue };
        let u = w.luck.on(RIFLES, day).unit(group.key);
        let rifles = libm::floor(f64::from(men) * p.leak_arms + u) as u32;
        let bag = w.groups.update(g, |x| {
            x.lose_trained(men, p.trained_skill);
            arms::take(&mut x.arms, Class::SmallArms, rifles.min(men))
        });
        w.groups.update(to, |x| x.gain(men, p.trained_skill));
        w.arm(to, Arms::Groups, Channel::Programme, &bag);
        w.tally.trained_leaked += i64::from(men);
        w.tally.arms_leaked_training += arms::pieces(&bag);
    }
}

/// The nearest group with fighters, in the same country, of another bloc and no army.
fn nearest_rival(w: &World, g: usize) -> Option<usize> {
    let own = w.groups.get(g);
    let rival = |&x: &usize| {
        let bloc = w.groups.bloc()[x];
        w.groups.country()[x] == own.country && bloc != own.bloc && !is_official(bloc) && w.groups.fighters()[x] > 0
    };
    let km = |x: usize| w.km_between(own.node, w.groups.node()[x]);
    let order = |&a: &usize, &b: &usize| km(a).total_cmp(&km(b)).then(w.groups.key()[a].cmp(&w.groups.key()[b]));
    w.groups.rows().filter(rival).min_by(order)
}
