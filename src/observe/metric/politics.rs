//! Politics and oil of Libya: unity, what the state gives, who holds what, and the four risks of the second paper. NaN where
//! politics are not simulated.

use super::{Kind, Metric, metric};
use crate::agents::group::{bloc_of, is_jihadist};
use crate::agents::state::State;
use crate::agents::world::World;
use crate::region::{CountryId, NodeId};

const GROUP: &str = "politics";

/// Blocs of Libya's wars that have metrics of their own.
const PARTIES: [&str; 7] = ["local", "gna", "hor_lna", "libya_dawn", "islamic_state", "tuareg", "toubou"];

/// Deaths a day and crossings of the sea a day at which a risk is at its most (assumption: twice Vref of equation 11; the
/// busiest summer days of 2016).
const WORST: [f64; 2] = [8.0, 2000.0];

/// Cells whose centre is nearer to the sea than this have a coast, km.
const ON_COAST_KM: f32 = 22.0;

/// Attacks abroad a year that 1,000 jihadist fighters on 100 km of coast stand for (assumption: a scale, no forecast).
const ATTACKS: f64 = 0.5;

pub(super) fn politics(m: &mut Vec<Metric>) {
    let state = |name, unit, kind, about, f: fn(&State) -> f64| {
        // Nothing flows where politics are not simulated; a level or a stock is not known there.
        let none = if kind == Kind::Flow { 0.0 } else { f64::NAN };
        metric(name, unit, GROUP, kind, about, move |w: &World| {
            libya(w).map_or(none, |c| f(&w.states.get(usize::from(c))))
        })
    };
    let stock = Kind::Stock;
    m.push(state("unity", "share", stock, "How far one government commands Libya", |s| s.unity));
    m.push(state("services", "share", stock, "What people in Libya get of the state, 1 as in normal times", |s| {
        s.services
    }));
    let about = "What one civilian in Libya earns";
    m.push(state("wage_civil", "USD/month", Kind::Level, about, |s| s.wage_civil));
    let about = "What one fighter in Libya earns";
    m.push(state("wage_militia", "USD/month", Kind::Level, about, |s| s.wage_militia));
    m.push(state("central_bank", "USD", stock, "Reserves of Libya's central bank", |s| s.treasury as f64 / 100.0));
    m.push(state("oil_revenue", "USD/day", Kind::Flow, "What Libya's oil brings", |s| s.revenue / 365.0));
    let about = "What armed groups make of smuggled oil and of protection at oil sites";
    m.push(state("oil_rents", "USD/day", Kind::Flow, about, |s| s.rents / 365.0));
    m.push(metric("oil_production", "kb/d", GROUP, Kind::Level, "Oil that reaches ships in Libya", |w| {
        libya(w).map_or(f64::NAN, |c| w.oil_production(c))
    }));
    m.push(metric("acceptance", "share", GROUP, stock, "Acceptance of those who act in Libya from abroad", |w| {
        libya(w).map_or(f64::NAN, |_| w.acceptance())
    }));
    for party in PARTIES {
        let bloc = bloc_of(party);
        let about = format!("Fighters in Libya of the bloc {party}");
        m.push(metric(format!("fighters_{party}"), "fighters", GROUP, stock, about, move |w| {
            fighters(w, |b| b == bloc)
        }));
        let about = format!("Share of Libya's people who live where the bloc {party} holds the ground");
        m.push(metric(format!("control_{party}"), "share", GROUP, stock, about, move |w| held_by(w, bloc)));
    }
    m.push(metric("jihadist_coast", "km", GROUP, stock, "Coast of Libya that jihadists hold", jihadist_coast));
    for (name, about, f) in [
        ("sorties", "Sorties flown against jihadists", (|w| w.tally.sorties as f64 / 1e6) as fn(&World) -> f64),
        ("killed_by_sorties", "Fighters killed by them", |w| w.tally.killed_by_sorties as f64),
        ("jihadists_recruited", "People who joined jihadists in Libya", |w| w.tally.recruited_jihadist_libya as f64),
    ] {
        m.push(metric(
            name,
            if name == "sorties" { "sorties/day" } else { "persons/day" },
            GROUP,
            Kind::Flow,
            about,
            f,
        ));
    }
}

/// The four risks of the second paper, each 0 to 1, and what of them is felt abroad.
pub(super) fn risks(m: &mut Vec<Metric>) {
    let about = "Risk of war in Libya: people killed a day over 8, at most 1";
    m.push(risk("risk_conflict", about, |_, s| (s.fighting / WORST[0]).min(1.0)));
    let about = "Risk of collapse in Libya: mean of what services and unity lack";
    m.push(risk("risk_collapse", about, |_, s| 1.0 - (s.services.min(1.0) + s.unity) / 2.0));
    let about = "Risk of trafficking in Libya: people who put to sea a day over 2,000, at most 1";
    m.push(risk("risk_trafficking", about, |w, _| (w.tally.departures as f64 / WORST[1]).min(1.0)));
    let about = "Risk of jihadists in Libya: their share of all fighters";
    m.push(risk("risk_jihadism", about, |w, _| fighters(w, is_jihadist) / fighters(w, |_| true).max(1.0)));
    let about =
        "Hazard of attacks abroad from Libya: 0.5 a year for 1,000 jihadist fighters and 100 km of coast; an index";
    m.push(metric("attack_hazard_abroad", "1/year", GROUP, Kind::Level, about, |w| {
        libya(w).map_or(f64::NAN, |_| ATTACKS * fighters(w, is_jihadist) / 1000.0 * jihadist_coast(w) / 100.0)
    }));
}

fn risk(name: &str, about: &str, f: impl Fn(&World, &State) -> f64 + Send + Sync + 'static) -> Metric {
    metric(name, "share", GROUP, Kind::Level, about, move |w: &World| {
        libya(w).map_or(f64::NAN, |c| f(w, &w.states.get(usize::from(c))))
    })
}

/// Libya, where its politics are simulated.
fn libya(w: &World) -> Option<CountryId> {
    w.libya.filter(|&c| w.unity(c).is_some())
}

/// Fighters in Libya of some blocs.
fn fighters(w: &World, of: impl Fn(u8) -> bool) -> f64 {
    let Some(libya) = libya(w) else { return f64::NAN };
    let meant = |&g: &usize| w.groups.country()[g] == libya && of(w.groups.bloc()[g]);
    w.groups.rows().filter(meant).map(|g| f64::from(w.groups.fighters()[g])).sum()
}

/// Share of Libya's people who live where a bloc holds the ground.
fn held_by(w: &World, bloc: u8) -> f64 {
    let Some(libya) = libya(w) else { return f64::NAN };
    let n = &w.region.nodes;
    let mut sums = [0u64; 2];
    for i in (0..n.len()).filter(|&i| n.country[i] == libya) {
        sums[0] += u64::from(n.population[i]);
        sums[1] += u64::from(n.population[i]) * u64::from(w.holder(i as NodeId) == bloc);
    }
    sums[1] as f64 / sums[0] as f64
}

/// Coast of Libya that jihadists hold, km: the widths of the cells on it.
fn jihadist_coast(w: &World) -> f64 {
    let Some(libya) = libya(w) else { return f64::NAN };
    let n = &w.region.nodes;
    let held =
        |i: &usize| n.country[*i] == libya && n.coast_km[*i] < ON_COAST_KM && is_jihadist(w.holder(*i as NodeId));
    (0..n.len()).filter(held).map(|i| libm::sqrt(n.area_km2[i])).sum()
}

#[cfg(test)]
mod tests {
    use crate::agents::arms::EMPTY;
    use crate::observe::hand_made::{add_group, contest, read, world};

    /// Nothing of it where politics are not simulated; then 300 of 1,000 fighters are jihadists, and all people live in Sabha,
    /// which they hold.
    #[test]
    fn politics_are_read_where_they_are_simulated() {
        let mut w = world();
        for name in ["unity", "oil_production", "fighters_gna", "control_local", "risk_jihadism", "acceptance"] {
            assert!(read(&w, name).is_nan(), "{name}");
        }
        add_group(&mut w, "Sabha", "islamic_state", 300, EMPTY);
        add_group(&mut w, "Sabha", "local", 700, EMPTY);
        let libya = usize::from(w.libya.unwrap());
        w.states.update(libya, |s| (s.unity, s.services, s.fighting) = (0.25, 0.5, 2.0));
        assert_eq!((read(&w, "fighters_islamic_state"), read(&w, "risk_jihadism")), (300.0, 0.3));
        assert_eq!((read(&w, "risk_conflict"), read(&w, "risk_collapse")), (0.25, 0.625));
        assert_eq!((read(&w, "control_local"), read(&w, "control_islamic_state")), (1.0, 0.0));
        contest(&mut w, "Sabha", "islamic_state", 0.9, 0.0);
        assert_eq!(read(&w, "control_islamic_state"), 1.0);
        assert!((read(&w, "acceptance") - 0.3).abs() < 1e-12);
    }
}
