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

#[cfg(test)]
mod tests {
    use super::super::tests::{add, days, libya, rifles};
    use super::*;
    use crate::agents::group::bloc_of;

    /// By hand: nothing up to a unity of 0.4; at 0.7 half, with half a settlement a quarter; all at 1.
    #[test]
    fn reform_needs_unity_and_a_settlement() {
        let p = Params::default();
        let works = |u, s| effect(&p, u, s);
        assert_eq!([works(0.2, 1.0), works(0.4, 1.0), works(1.0, 0.0), works(1.0, 1.0)], [0.0, 0.0, 0.0, 1.0]);
        assert!((works(0.7, 0.5) - 0.25).abs() < 1e-12);
    }

    /// A fifth a year at full effect: in 360 days 1 - exp(-0.2 x 360/365) = 17.9 % of 5,000 men, standard deviation 27, change over
    /// with as large a part of the rifles, and the trained among them; the rival government's men stay.
    #[test]
    fn militias_change_over_with_their_arms() {
        let run = |unity: f64, settlement: f64| {
            let mut w = crate::processes::test_world();
            let (country, bloc) = (libya(&w), bloc_of("gna"));
            let militia = add(&mut w, 1, "Ghat", "local", 5000);
            w.groups.update(militia, |g| g.trained = 1000);
            w.states.update(usize::from(country), |s| (s.unity, s.vetting) = (unity, 1.0));
            add(&mut w, 2, "Ghat", "hor_lna", 5000);
            w.controls.integration = vec![IntegrationOrder { sender: 9, country, bloc, per_year: 0.2, settlement }];
            days(&Params::default(), &mut w, 360);
            w
        };
        let w = run(1.0, 1.0);
        let force = w.groups.get(2);
        assert_eq!((force.bloc, w.groups.fighters()[1], w.tally.integrated), (1, 5000, i64::from(force.fighters)));
        assert!((f64::from(force.fighters) - 895.0).abs() < 4.0 * 27.0, "{}", force.fighters);
        assert!(rifles(&w, 2).abs_diff(force.fighters) <= 12, "a rifle each, rounded each month by lot");
        assert!(force.trained.abs_diff(force.fighters / 5) <= 12 && w.groups.trained()[0] + force.trained == 1000);
        assert_eq!(run(1.0, 0.0).groups.live(), 2, "no settlement");
        assert_eq!(run(0.4, 1.0).groups.live(), 2, "no government");
    }
}
