//! What levers do against some blocs: aircraft strike them, advisers and troops stand by those who fight them.

use super::Params;
use super::arena::Arena;
use super::contest::note_violence;
use crate::agents::accounts::Fighters;
use crate::agents::group::TRAINED;
use crate::agents::world::World;
use crate::engine::dist::{apportion, poisson};
use crate::engine::rng::Purpose;
use crate::region::{CountryId, NodeId};
use crate::units::Tick;
use std::collections::BTreeSet;

const STRUCK: Purpose = Purpose::new("conflict.struck");
const BESIDE: Purpose = Purpose::new("conflict.struck_civilians");

/// Fighters of whom aircraft find and kill half as many as of a crowd (assumption): the few who are left hide.
const HIDING: f64 = 500.0;

/// Killed by a day's sorties among so many fighters, in the mean.
pub fn killed_by_sorties(p: &Params, sorties: f64, fighters: f64) -> f64 {
    sorties * p.killed_per_sortie * fighters / (fighters + HIDING)
}

/// A day's strikes of every campaign in a country.
pub fn strike(p: &Params, w: &mut World, country: CountryId, day: Tick) {
    for c in w.controls.campaigns.clone().into_iter().filter(|c| c.country == country && c.sorties > 0.0) {
        w.tally.sorties += libm::round(c.sorties * 1e6) as i64;
        let meant = |&g: &usize| w.groups.country()[g] == country && c.against.contains(&w.groups.bloc()[g]);
        let mut rows: Vec<usize> = w.groups.rows().filter(meant).filter(|&g| w.groups.fighters()[g] > 0).collect();
        rows.sort_unstable_by_key(|&g| w.groups.key()[g]);
        let fighters: Vec<f64> = rows.iter().map(|&g| f64::from(w.groups.fighters()[g])).collect();
        let mean = killed_by_sorties(p, c.sorties, fighters.iter().sum());
        let dead = poisson(w.luck.on(STRUCK, day).unit(c.sender), mean);
        let (mut all, mut cells) = (0, vec![]);
        for (g, n) in rows.into_iter().zip(apportion(dead, &fighters)) {
            let fallen = (n as u32).min(w.groups.fighters()[g]);
            if fallen > 0 {
                let lot = w.luck.on(TRAINED, day).unit(w.groups.key()[g]);
                w.groups.update(g, |g| g.lose(fallen, lot));
                w.ledgers.move_fighters(Fighters::Groups, Fighters::Dead, fallen);
                note_violence(w, w.groups.node()[g], u64::from(fallen));
                all += u64::from(fallen);
                cells.push(w.groups.node()[g]);
            }
        }
        let beside = poisson(w.luck.on(BESIDE, day).unit(c.sender), all as f64 * p.civilians_per_killed);
        if let Some(&cell) = cells.first() {
            note_violence(w, cell, beside);
            w.tally.fatalities.push((country, (all + beside) as i64));
        }
        w.tally.killed_by_sorties += all as i64;
    }
}

/// Advisers raise the strength of whoever fights the blocs in a cell; troops fight beside the strongest of them in the cells
/// where these blocs stand.
pub fn stand_by(p: &Params, w: &World, arena: &mut Arena) {
    for c in w.controls.campaigns.iter().filter(|c| c.country == arena.country) {
        if c.advisers <= 0.0 && c.troops <= 0.0 {
            continue;
        }
        let helped: Vec<u8> =
            arena.parties.iter().copied().filter(|&b| c.against.iter().any(|&x| arena.hostile(b, x))).collect();
        let stand = arena.present.iter().filter(|x| c.against.contains(&x.1)).map(|x| x.0);
        let cells: BTreeSet<NodeId> = stand.collect();
        let troops = c.troops * p.troop_skill / cells.len().max(1) as f64;
        for cell in cells {
            let Some(slot) = arena.slot(cell) else { continue };
            let k = &mut arena.strength[slot].1;
            for &b in &helped {
                k[usize::from(b)] *= 1.0 + (p.adviser_effect * c.advisers / 100.0).min(1.0);
            }
            let best = helped.iter().copied().reduce(|a, b| if k[usize::from(b)] > k[usize::from(a)] { b } else { a });
            if let Some(best) = best {
                k[usize::from(best)] += troops;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::agents::arms::EMPTY;
    use crate::agents::controls::Campaign;
    use crate::agents::group::{Group, bloc_of};
    use crate::processes::test_world;

    /// Ten sorties a day on 1,500 fighters kill 10 x 1 x 1500/2000 = 7.5 a day in the mean: 225 in 30 days at the start, fewer as
    /// they hide; nobody else is hit on purpose.
    #[test]
    fn sorties_kill_those_they_are_meant_for() {
        let p = Params::default();
        assert!((killed_by_sorties(&Params { killed_per_sortie: 1.0, ..p.clone() }, 10.0, 1500.0) - 7.5).abs() < 1e-12);
        let mut w = test_world();
        let country = w.libya.unwrap();
        for (key, name) in [(1, "islamic_state"), (2, "local")] {
            let node = w.region.places[w.region.place("Sabha").unwrap() as usize].node.unwrap();
            let bloc = bloc_of(name);
            let (fighters, tie, money, skill, trained, arms) = (1500, 0, 0, 1.0, 0, EMPTY);
            w.ledgers.move_fighters(Fighters::Outside, Fighters::Groups, fighters);
            w.groups.push(Group { key, node, country, bloc, tie, fighters, home: node, money, skill, trained, arms });
        }
        let against = vec![bloc_of("islamic_state")];
        let campaign = Campaign { sender: 9, country, against, sorties: 10.0, advisers: 0.0, troops: 0.0 };
        w.controls.campaigns = vec![campaign];
        for _ in 0..30 {
            w.tally = Default::default();
            let day = w.day;
            strike(&p, &mut w, country, day);
            w.day = w.day.next();
            w.audit().unwrap();
        }
        let killed = 1500 - w.groups.fighters()[0];
        let mean = 30.0 * 10.0 * p.killed_per_sortie * 0.73;
        assert!((f64::from(killed) - mean).abs() < 5.0 * libm::sqrt(mean), "{killed} for {mean}");
        assert_eq!(w.groups.fighters()[1], 1500);
    }
}
