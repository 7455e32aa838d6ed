//! Reform of the security sector (equation 19): militias come into the force of the government, where there is one and rivals
//! have settled.

use super::{MONTH, Params, force, lot_of, monthly, unity};
use crate::agents::arms::{self, Class, EMPTY};
use crate::agents::controls::IntegrationOrder;
use crate::agents::group::{LOCAL, TOUBOU, TRAINED, TUAREG};
use crate::agents::world::World;
use crate::engine::dist::binomial;
use crate::engine::rng::{Purpose, absorb};
use crate::engine::wake::own_day;
use crate::units::Tick;

const JOIN: Purpose = Purpose::new("programmes.ssr");
const ARMS: Purpose = Purpose::new("programmes.ssr_arms");
/// Militias of a town, a tribe or a people: not those of rival governments.
const MILITIAS: [u8; 3] = [LOCAL, TUAREG, TOUBOU];

/// Militias are taken into the force.
pub fn run(p: &Params, w: &mut World, day: Tick) {
    for order in w.controls.integration.clone() {
        if own_day(day, lot_of(w, order.sender, order.country), MONTH) {
            integrate(p, w, &order, day);
        }
    }
}

/// Share of what is planned that comes about (equation 19): none below a unity, all where it is whole and rivals have settled.
pub fn effect(p: &Params, unity: f64, settlement: f64) -> f64 {
    ((unity - p.ssr_unity_floor) / (1.0 - p.ssr_unity_floor)).max(0.0) * settlement
}

/// A month: fighters of each militia change sides with their part of its arms.
fn integrate(p: &Params, w: &mut World, o: &IntegrationOrder, day: Tick) {
    let works = effect(p, unity(p, w, o.country), o.settlement.max(w.agreement));
    let chance = monthly(o.per_year * works);
    if chance <= 0.0 {
        return;
    }
    let meant = |&g: &usize| {
        let bloc = w.groups.bloc()[g];
        w.groups.country()[g] == o.country && MILITIAS.contains(&bloc) && bloc != o.bloc && w.groups.fighters()[g] > 0
    };
    let mut rows: Vec<usize> = w.groups.rows().filter(meant).collect();
    rows.sort_unstable_by_key(|&g| w.groups.key()[g]);
    let Some(to) = force(w, o.country, o.bloc, o.sender, day).filter(|_| !rows.is_empty()) else { return };
    for g in rows {
        let group = w.groups.get(g);
        let key = absorb(group.key, o.sender);
        let n = binomial(w.luck.on(JOIN, day).unit(key), u64::from(group.fighters), chance) as u32;
        if n == 0 {
            continue;
        }
        let lots = w.luck.on(ARMS, day);
        let lot = w.luck.on(TRAINED, day).unit(group.key);
        let part = f64::from(n) / f64::from(group.fighters);
        let mut bag = EMPTY;
        let trained = w.groups.update(g, |x| {
            for class in Class::ALL {
                let u = lots.nth(class as u32).unit(key);
                let pieces = libm::floor(f64::from(arms::of_class(&x.arms, class)) * part + u) as u32;
                arms::add(&mut bag, &arms::take(&mut x.arms, class, pieces));
            }
            x.lose(n, lot)
        });
        // From group to group: the books, which have one account for all groups, stay as they are.
        w.groups.update(to, |x| {
            x.gain(n, f64::from(group.skill));
            x.trained += trained;
            arms::add(&mut x.arms, &bag);
        });
        w.tally.integrated += i64::from(n);
    }
}
