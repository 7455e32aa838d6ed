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
