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

#[cfg(test)]
mod tests {
    use super::super::tests::{add, days, libya, rifles};
    use super::*;
    use crate::agents::group::bloc_of;

    fn order(w: &World, vetting: f64) -> TrainingOrder {
        let (sender, country, bloc) = (9, libya(w), bloc_of("gna"));
        TrainingOrder { sender, country, bloc, per_year: 12_000.0, course_days: 60, vetting }
    }

    /// Equation 19 by hand: 0.3 x (1 - 0.2) x (1 - 0.5) = 0.12; nobody leaves where there is unity or all were looked into.
    #[test]
    fn the_leak_is_that_of_equation_19() {
        let p = Params::default();
        let leak = |u, v| leak_rate(&p, u, v);
        assert!((leak(0.2, 0.5) - 0.12).abs() < 1e-12 && (leak(0.0, 0.0) - 0.3).abs() < 1e-12);
        assert_eq!((leak(1.0, 0.0), leak(0.0, 1.0)), (0.0, 0.0));
    }

    /// 12,000 a year are 986.3 in 30 days. After a course of 60 days 28 % have gone home: of the 986 or 987 some 710 join, with
    /// standard deviation sqrt(986 x 0.28 x 0.72) = 14; each has a rifle, and their skill is 1.2 where no others are.
    #[test]
    fn a_cohort_joins_after_its_course() {
        let p = Params { leak_rate: 0.0, ..Params::default() };
        let mut w = crate::processes::test_world();
        w.controls.training = vec![order(&w, 0.0)];
        days(&p, &mut w, 30);
        let begun = w.ledgers.fighters.balance(0, Fighters::InTraining as usize);
        assert!([986, 987].contains(&begun) && w.groups.live() == 0 && w.cohorts.live() == 1);
        w.controls.training.clear();
        days(&p, &mut w, 60);
        assert_eq!((w.ledgers.fighters.balance(0, Fighters::InTraining as usize), w.cohorts.live()), (0, 0));
        let g = w.groups.get(0);
        assert!((710.0 - f64::from(g.fighters)).abs() < 4.0 * 14.0, "{}", g.fighters);
        assert_eq!((g.trained, rifles(&w, 0), g.skill, g.bloc), (g.fighters, g.fighters, 1.2, bloc_of("gna")));
        assert_eq!(g.arms[slot(Class::SmallArms, Origin::Programme)], g.fighters);
    }

    /// A force of 1,000, all trained, without unity: in a year 1 - exp(-0.3 x 360/365) = 25.6 % leave, for the nearest group that
    /// is neither of the bloc nor an army, and 0.3 of them take a rifle; with vetting, unity, or nowhere to go nobody does.
    #[test]
    fn trained_men_leave_for_the_nearest_group_of_others() {
        let p = Params::default();
        let leaked = |unity: f64, vetting: f64, rivals: bool| {
            let mut w = crate::processes::test_world();
            let force = add(&mut w, 1, "Sabha", "gna", 1000);
            w.groups.update(force, |g| (g.trained, g.skill) = (1000, 1.2));
            add(&mut w, 2, "Sabha", "state", 50);
            if rivals {
                add(&mut w, 3, "Ghat", "tuareg", 100);
                add(&mut w, 4, "Sabha", "local", 1000);
            }
            let country = libya(&w);
            w.states.update(usize::from(country), |s| (s.unity, s.vetting) = (unity, vetting));
            days(&p, &mut w, 360);
            let g = w.groups.get(force);
            assert_eq!((g.fighters, w.tally.trained_leaked), (g.trained, 1000 - i64::from(g.fighters)));
            assert!((g.skill - 1.2).abs() < 1e-4, "those who stay are as good");
            if rivals {
                let near = w.groups.get(3);
                assert_eq!((w.groups.fighters()[2], i64::from(near.fighters)), (100, 1000 + w.tally.trained_leaked));
                assert_eq!(i64::from(rifles(&w, 3)), 1000 + w.tally.arms_leaked_training);
                let want = (1000.0 + 1.2 * w.tally.trained_leaked as f64) / f64::from(near.fighters);
                assert!((f64::from(near.skill) - want).abs() < 1e-4);
            }
            (w.tally.trained_leaked as f64, w.tally.arms_leaked_training as f64)
        };
        let (men, arms) = leaked(0.0, 0.0, true);
        // Standard deviation sqrt(1000 x 0.256 x 0.744) = 13.8; rifles are rounded by lot each month.
        assert!((men - 256.0).abs() < 4.0 * 13.8, "{men}");
        assert!((arms - 0.3 * men).abs() < 12.0, "{arms} of {men}");
        assert_eq!(leaked(1.0, 0.0, true), (0.0, 0.0));
        assert_eq!(leaked(0.0, 1.0, true), (0.0, 0.0));
        assert_eq!(leaked(0.0, 0.0, false), (0.0, 0.0));
    }

    /// 300 men of vetting 0 and then 100 of 1: the mean is 0.25.
    #[test]
    fn vetting_is_the_mean_of_the_men() {
        let mut w = crate::processes::test_world();
        let g = add(&mut w, 1, "Sabha", "gna", 300);
        w.groups.update(g, |g| g.trained = 300);
        let (country, bloc) = (libya(&w), bloc_of("gna"));
        let cohort = Cohort { key: 1, country, bloc, men: 100, due: 0, sender: 1, vetting: 1.0 };
        look_into(&mut w, &cohort, 100);
        assert_eq!(w.states.vetting()[usize::from(country)], 0.25);
    }
}
