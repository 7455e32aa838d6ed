//! Disarmament, demobilisation and reintegration (equation 18): fighters leave for civil life, and some come back.

use super::{MONTH, Params, month_of, monthly, unity};
use crate::agents::accounts::{Arms, Fighters};
use crate::agents::arms;
use crate::agents::controls::DemobilisationOrder;
use crate::agents::group::{TRAINED, is_jihadist, is_official};
use crate::agents::world::World;
use crate::engine::dist::{apportion, binomial, choose};
use crate::engine::rng::{Purpose, absorb};
use crate::engine::wake::own_day;
use crate::processes::conflict::clashes::take_some;
use crate::region::CountryId;
use crate::units::{Probability, Tick};
use std::collections::BTreeMap;

const PLACES: Purpose = Purpose::new("programmes.ddr_places");
const ASK: Purpose = Purpose::new("programmes.ddr_ask");
const ARMS: Purpose = Purpose::new("programmes.ddr_arms");
const RELAPSE: Purpose = Purpose::new("programmes.relapse");
const REJOIN: Purpose = Purpose::new("programmes.rejoin");

/// Fighters ask for places and get them; demobilised men take up arms again.
pub fn run(p: &Params, w: &mut World, day: Tick) {
    for order in w.controls.demobilisation.clone() {
        if own_day(day, order.sender, MONTH) {
            demobilise(p, w, &order, day);
        }
    }
    relapse(p, w, day);
}

/// What a fighter weighs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// What he would earn in civil life and what he earns now, USD a month.
    pub civil: f64,
    pub militia: f64,
    /// What the package gives him, USD.
    pub package: f64,
    /// Unity, or a settlement, 0 to 1.
    pub unity: f64,
    /// Danger without arms, 0 to 1.
    pub insecurity: f64,
}

/// Rate a month at which a fighter asks for a place (equation 18).
pub fn take_up(p: &Params, t: &Terms) -> f64 {
    let pay = (t.civil + t.package / 12.0 - t.militia) / t.militia;
    let x =
        p.ddr_wage_weight * pay + p.ddr_unity_weight * t.unity - p.ddr_insecurity_weight * t.insecurity + p.ddr_base;
    p.ddr_rate / (1.0 + libm::exp(-x))
}

/// Rate a year at which a demobilised man takes up arms again (equation 18).
pub fn relapse_rate(p: &Params, unity: f64, civil: f64, militia: f64) -> f64 {
    p.relapse_rate * libm::exp(p.relapse_unity_weight * (1.0 - unity)) * militia / civil
}

/// What a civilian and a fighter earn in a country, USD a month.
fn wages(p: &Params, w: &World, country: CountryId) -> (f64, f64) {
    let (civil, militia) = (w.states.wage_civil()[usize::from(country)], w.states.wage_militia()[usize::from(country)]);
    if civil > 0.0 && militia > 0.0 { (civil, militia) } else { (p.wage_civil_usd, p.wage_militia_usd) }
}

/// What the fighters of a country weigh under a programme. An agreement of rivals, or a settlement that comes with the
/// programme, counts as unity; its work lifts what a civilian earns towards a fighter's pay.
fn terms(p: &Params, w: &World, o: &DemobilisationOrder, country: CountryId) -> Terms {
    let (civil, militia) = wages(p, w, country);
    Terms {
        civil: civil + o.jobs * (militia - civil).max(0.0),
        militia,
        package: o.package_usd,
        unity: unity(p, w, country).max(o.settlement).max(w.agreement),
        insecurity: (w.states.fighting()[usize::from(country)] / p.insecure_deaths).clamp(0.0, 1.0),
    }
}

/// True for groups whose fighters may leave by a programme, and to which they go back: no armies and no jihadists.
fn may_leave(w: &World, g: usize) -> bool {
    let bloc = w.groups.bloc()[g];
    w.groups.fighters()[g] > 0 && !is_official(bloc) && !is_jihadist(bloc)
}

/// A month of a programme: those who ask share the places.
fn demobilise(p: &Params, w: &mut World, o: &DemobilisationOrder, day: Tick) {
    let mut rows: Vec<usize> =
        w.groups.rows().filter(|&g| may_leave(w, g) && w.in_area(&o.area, w.groups.node()[g])).collect();
    // Places are shared out by largest remainders, so the order is that of keys and not of rows.
    rows.sort_unstable_by_key(|&g| w.groups.key()[g]);
    let mut chances: BTreeMap<CountryId, f64> = BTreeMap::new();
    let ask = |&g: &usize| {
        let country = w.groups.country()[g];
        let chance = || Probability::of_hazard(take_up(p, &terms(p, w, o, country)), 1.0).get();
        let chance = *chances.entry(country).or_insert_with(chance);
        let key = absorb(w.groups.key()[g], o.sender);
        binomial(w.luck.on(ASK, day).unit(key), u64::from(w.groups.fighters()[g]), chance)
    };
    let asked: Vec<u64> = rows.iter().map(ask).collect();
    let places = u64::from(month_of(o.per_year, w.luck.on(PLACES, day).unit(o.sender)));
    let weights: Vec<f64> = asked.iter().map(|&n| n as f64).collect();
    let granted = apportion(places.min(asked.iter().sum()), &weights);
    for (g, n) in rows.into_iter().zip(granted).filter(|x| x.1 > 0) {
        let (key, country) = (w.groups.key()[g], w.groups.country()[g]);
        let n = (n as u32).min(w.groups.fighters()[g]);
        let weapons = libm::floor(f64::from(n) * p.weapons_laid_down + w.luck.on(ARMS, day).unit(key)) as u32;
        let lot = w.luck.on(TRAINED, day).unit(key);
        let bag = w.groups.update(g, |x| {
            x.lose(n, lot);
            take_some(&mut x.arms, weapons)
        });
        w.states.update(usize::from(country), |s| s.demobilised += n);
        w.ledgers.move_fighters(Fighters::Groups, Fighters::Demobilised, n);
        w.ledgers.move_arms(Arms::Groups, Arms::Surrendered, &bag);
        w.tally.ddr_demobilised += i64::from(n);
        w.tally.weapons_surrendered += arms::pieces(&bag);
    }
}

/// Once a month some of a country's demobilised join one of its groups again, which one by a lot in proportion to fighters.
fn relapse(p: &Params, w: &mut World, day: Tick) {
    for country in 0..w.states.len() as CountryId {
        let s = w.states.get(usize::from(country));
        if s.demobilised == 0 || !own_day(day, s.key, MONTH) {
            continue;
        }
        let (civil, militia) = wages(p, w, country);
        let chance = monthly(relapse_rate(p, unity(p, w, country).max(w.agreement), civil, militia));
        let n = binomial(w.luck.on(RELAPSE, day).unit(s.key), u64::from(s.demobilised), chance) as u32;
        let here = |&g: &usize| w.groups.country()[g] == country && may_leave(w, g);
        let mut rows: Vec<usize> = w.groups.rows().filter(here).collect();
        rows.sort_unstable_by_key(|&g| w.groups.key()[g]);
        let fighters: Vec<f64> = rows.iter().map(|&g| f64::from(w.groups.fighters()[g])).collect();
        let Some(i) = choose(w.luck.on(REJOIN, day).unit(s.key), &fighters).filter(|_| n > 0) else {
            continue;
        };
        w.groups.update(rows[i], |x| x.fighters += n);
        w.states.update(usize::from(country), |s| s.demobilised -= n);
        w.ledgers.move_fighters(Fighters::Demobilised, Fighters::Groups, n);
        w.tally.ddr_relapsed += i64::from(n);
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{add, days, libya, rifles};
    use super::*;
    use crate::region::Area;

    fn order(w: &World, per_year: f64, settlement: f64) -> DemobilisationOrder {
        let area = Area { countries: vec![libya(w)], ..Area::default() };
        DemobilisationOrder { sender: 9, area, per_year, package_usd: 1200.0, jobs: 0.0, settlement }
    }

    /// Equation 18 by hand. Pay 400 and 500 and a package of 1,200, which is 100 a month: no gap, so the exponent is 3U - 2I - 1.
    /// U 0.5, I 0.25: 0, half of 0.1. U 1, I 0: 2, 0.1/(1 + e^-2) = 0.0880797. Without package and at pay of 250 and 500 the gap is
    /// -0.5: 1.5 x -0.5 + 0 - 2 - 1 = -3.75, 0.1/(1 + e^3.75) = 0.0022977.
    #[test]
    fn take_up_is_that_of_equation_18() {
        let p = Params::default();
        let rate = |civil, package, unity, insecurity| {
            take_up(&p, &Terms { civil, militia: 500.0, package, unity, insecurity })
        };
        assert!((rate(400.0, 1200.0, 0.5, 0.25) - 0.05).abs() < 1e-12);
        assert!((rate(400.0, 1200.0, 1.0, 0.0) - 0.088_079_7).abs() < 1e-7);
        assert!((rate(250.0, 0.0, 0.0, 1.0) - 0.002_297_7).abs() < 1e-7);
    }

    /// 0.08 a year at unity and equal pay; e^2 = 7.389 times that without any; twice that where a fighter earns twice as much.
    #[test]
    fn relapse_is_that_of_equation_18() {
        let p = Params::default();
        assert_eq!(relapse_rate(&p, 1.0, 500.0, 500.0), 0.08);
        assert!((relapse_rate(&p, 0.0, 500.0, 1000.0) - 0.08 * 7.389_056 * 2.0).abs() < 1e-6);
    }

    /// A settlement, an agreement in force and unity count by the highest of them; work lifts a civilian's pay to a fighter's and
    /// no further; two deaths a day are half of the danger.
    #[test]
    fn settlement_jobs_and_security_enter_the_terms() {
        let p = Params { wage_civil_usd: 300.0, wage_militia_usd: 700.0, ..Params::default() };
        let mut w = crate::processes::test_world();
        let at = libya(&w);
        let of = |w: &World, settlement: f64, jobs: f64| {
            let t = terms(&p, w, &DemobilisationOrder { jobs, ..order(w, 1.0, settlement) }, at);
            (t.civil, t.unity, t.insecurity)
        };
        assert_eq!(of(&w, 0.0, 0.0), (300.0, 0.2, 0.0), "unity that is not known is 0.2");
        assert_eq!(of(&w, 0.7, 0.5), (500.0, 0.7, 0.0));
        w.agreement = 0.9;
        w.states.update(usize::from(at), |s| (s.unity, s.fighting) = (0.4, 2.0));
        assert_eq!(of(&w, 0.7, 1.0), (700.0, 0.9, 0.5));
        w.states.update(usize::from(at), |s| (s.wage_civil, s.wage_militia, s.fighting) = (900.0, 600.0, 99.0));
        assert_eq!(of(&w, 0.7, 1.0), (900.0, 0.9, 1.0));
    }

    /// 3,650 places a year are 300 a month, and more ask for them: at unity 1 and equal pay 10,000 x (1 - exp(-0.1/(1 + e^-2.3))) =
    /// 869. The two groups share the places by their size; each lays down half a weapon. Jihadists and armies are left alone.
    #[test]
    fn places_are_shared_and_arms_laid_down() {
        let p = Params { relapse_rate: 0.0, ..Params::default() };
        let mut w = crate::processes::test_world();
        for (key, place, bloc, men) in [
            (1, "Sabha", "local", 8000),
            (2, "Ghat", "tuareg", 2000),
            (3, "Ghat", "aqim", 500),
            (4, "Sabha", "state", 500),
        ] {
            add(&mut w, key, place, bloc, men);
        }
        w.controls.demobilisation = vec![order(&w, 3650.0, 1.0)];
        days(&p, &mut w, 30);
        let left = |g: usize, had: u32| had - w.groups.fighters()[g];
        let (big, small) = (left(0, 8000), left(1, 2000));
        assert_eq!((big + small, left(2, 500), left(3, 500)), (300, 0, 0));
        assert!((50..=70).contains(&small), "{small} of 300");
        let laid_down = (8000 - rifles(&w, 0)) + (2000 - rifles(&w, 1));
        assert!((149..=151).contains(&laid_down), "{laid_down}");
        let of = |account: Arms| w.ledgers.arms.total(account as usize);
        assert_eq!(of(Arms::Surrendered), i64::from(laid_down));
        assert_eq!(w.states.demobilised()[usize::from(libya(&w))], 300);
        let ghosts = order(&w, 0.0, 1.0);
        w.controls.demobilisation = vec![ghosts];
        let before = w.groups.fighters()[0];
        days(&p, &mut w, 30);
        assert_eq!(w.groups.fighters()[0], before, "no places for fighters");
    }

    /// 10,000 demobilised at unity 0.5 and equal pay: 0.08 x e^1 = 0.21746 a year, in 360 days 1 - exp(-0.21448) = 19.3 %, with a
    /// standard deviation of 39; they go back to groups of the country.
    #[test]
    fn some_take_up_arms_again() {
        let mut w = crate::processes::test_world();
        let at = libya(&w);
        add(&mut w, 1, "Sabha", "local", 100);
        add(&mut w, 2, "Ghat", "aqim", 100);
        add(&mut w, 3, "Kidal", "tuareg", 100);
        w.states.update(usize::from(at), |s| (s.demobilised, s.unity) = (10_000, 0.5));
        w.ledgers.move_fighters(Fighters::Outside, Fighters::Demobilised, 10_000);
        days(&Params::default(), &mut w, 360);
        let back = w.groups.fighters()[0] - 100;
        assert!((f64::from(back) - 1930.0).abs() < 4.0 * 39.0, "{back}");
        assert_eq!((w.groups.fighters()[1], w.groups.fighters()[2], w.tally.ddr_relapsed), (100, 100, i64::from(back)));
        assert_eq!(w.states.demobilised()[usize::from(at)], 10_000 - back);
    }
}
