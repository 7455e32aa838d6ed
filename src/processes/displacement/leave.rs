//! Who is no longer displaced: people go home when the war there is over, and some go on from camps, towards a hub and the sea.

use super::{Params, travel};
use crate::agents::accounts::People;
use crate::agents::displaced::{NEVER, NONE, Person, UNDER_WAY};
use crate::agents::migrant::{Migrant, NO_ORIGIN, SEA, Status};
use crate::agents::routes::HubId;
use crate::agents::world::World;
use crate::engine::parallel::{CHUNK, map_chunks};
use crate::engine::rng::Purpose;
use crate::units::{Tick, Usd};

const LEAVE: Purpose = Purpose::new("displacement.no_longer");

/// Takes those out who are displaced no longer.
pub fn leave(p: &Params, w: &mut World, day: Tick) {
    let returns = p.return_chance.max(p.return_chance_idp) > 0.0;
    let onward = p.onward_chance > 0.0 && w.routes.hubs.iter().any(|h| h.connected);
    // Those who fill camps on the first day have the camp for a home: where they come from is not known.
    let home = |site: usize| !w.refuge.net.sites[site].kind.is_camp();
    let over: Vec<bool> =
        (0..w.sites.len()).map(|s| returns && home(s) && is_over(p, w.sites.peace()[s], day)).collect();
    if !onward && !over.contains(&true) {
        return;
    }
    let luck = w.luck.on(LEAVE, day);
    let who = map_chunks(w.displaced.len(), CHUNK, |rows| {
        let mut out = vec![];
        for row in rows {
            let m = w.displaced.get(row);
            // Who is on the road comes somewhere first; who has settled for good stays.
            if m.key == 0 || m.state & UNDER_WAY != 0 || m.plan != NONE || m.threshold == u64::MAX {
                continue;
            }
            let (home, on) = chances(p, w, &m, over[m.home as usize], onward);
            let u = if home + on > 0.0 { luck.unit(m.key) } else { 1.0 };
            if u < home + on {
                out.push((row, m, u < home));
            }
        }
        out
    });
    let mut left = vec![false; w.sites.len()];
    for (row, m, goes_home) in who.into_iter().flatten() {
        // Of those who wait by the clock of a camp it is drawn when they are to leave whether they have settled.
        if m.threshold > 0 && travel::settles(w, row, day) {
            continue;
        }
        let hub = if goes_home { None } else { nearest_hub(w, &m) };
        if !goes_home && hub.is_none() {
            continue;
        }
        left[m.at as usize] = true;
        w.refuge.present[m.at as usize] -= 1;
        w.displaced.remove(row);
        match hub {
            None => return_home(p, w, &m),
            Some(hub) => go_on(p, w, &m, hub, day),
        }
    }
    // Those who wait by the clock of a site are looked at when it has come to their threshold (`still_waits`).
    for site in (0..left.len()).filter(|&i| left[i]) {
        let keys = w.displaced.key();
        for shard in &mut w.refuge.shards {
            shard.daily[site].retain(|&(key, row)| keys[row as usize] == key);
        }
    }
}

/// Whether people go back to a site: where there has been peace for long enough after a war.
fn is_over(p: &Params, peace: u32, day: Tick) -> bool {
    peace != NEVER && day.0 >= peace.saturating_add(p.return_after_days)
}

/// Chances of a day that somebody goes home, and that somebody in a camp goes on.
fn chances(p: &Params, w: &World, m: &Person, over: bool, onward: bool) -> (f64, f64) {
    let at = m.at as usize;
    let home = match w.refuge.net.sites[at].home {
        _ if !over => 0.0,
        true => p.return_chance_idp,
        false => p.return_chance,
    };
    (home, if onward && w.refuge.kinds[at].is_camp() { p.onward_chance } else { 0.0 })
}

/// Home again; the way there is not walked.
fn return_home(p: &Params, w: &mut World, m: &Person) {
    let size = w.persons_per_agent;
    w.ledgers.move_people(People::Displaced, People::Outside, u64::from(size));
    w.tally.displaced_returned += i64::from(size);
    if p.take_from_population {
        w.sites.update(m.home as usize, |s| s.residents += size);
    }
}

/// The hub nearest to where somebody is that a way leads from.
fn nearest_hub(w: &World, m: &Person) -> Option<HubId> {
    let site = &w.refuge.net.sites[m.at as usize];
    w.routes.nearest_hub(site.lat, site.lon, |h| h.connected).map(|found| found.0)
}

/// On as a migrant who means to cross the sea, from a hub.
fn go_on(p: &Params, w: &mut World, m: &Person, hub: HubId, day: Tick) {
    let size = w.persons_per_agent;
    w.tally.displaced_onward += i64::from(size);
    w.begin_journey(
        Migrant {
            money: Usd::dollars(p.onward_usd).0 as u32,
            since: day.0,
            due: day.0,
            goal: hub,
            origin: NO_ORIGIN,
            state: Status::Earning as u8 | SEA,
            ..Migrant::at(m.key, hub, Status::Earning)
        },
        People::Displaced,
    );
}
