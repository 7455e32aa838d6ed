//! Which sites are at war today, and how hard: as recorded, or as the run has it.

use super::Params;
use crate::agents::displaced::NEVER;
use crate::agents::world::World;
use crate::region::displacement::Kind;
use crate::units::Tick;

/// Brings the intensity of every site up to the day.
pub fn today(p: &Params, w: &mut World, day: Tick) {
    if p.simulated_war {
        for site in 0..w.sites.len() {
            set(p, w, site, simulated(p, w, site), day);
        }
        return;
    }
    let net = w.refuge.net.clone();
    let first = day == w.refuge.start;
    if first && net.conflict.is_empty() {
        let at_war = (0..net.sites.len()).filter(|&i| net.sites[i].kind == Kind::ConflictZone);
        at_war.for_each(|site| set(p, w, site, 1.0, day));
    }
    let from = if first { 0 } else { net.conflict.partition_point(|c| c.0 < day) };
    for &(_, site, intensity) in net.conflict[from..].iter().take_while(|c| c.0 <= day) {
        set(p, w, site as usize, intensity, day);
    }
}

fn set(p: &Params, w: &mut World, site: usize, intensity: f64, day: Tick) {
    let mut s = w.sites.get(site);
    if s.intensity == intensity || p.fault_intensity_fixed && s.intensity > 0.0 && intensity > 0.0 {
        return;
    }
    if s.intensity == 0.0 {
        s.since = day.0;
    }
    s.intensity = intensity;
    if intensity == 0.0 {
        s.since = NEVER;
    }
    w.sites.set(site, s);
}

/// Fatalities a day around a site over those of a war of full intensity.
fn simulated(p: &Params, w: &World, site: usize) -> f64 {
    let Some(node) = w.refuge.net.sites[site].node else { return 0.0 };
    let rows = w.nodes_within(node, p.war_km).into_iter().map(|n| w.territory_of[n as usize]);
    let violence =
        rows.filter(|&row| row != NEVER).map(|row| f64::from(w.territory.violence()[row as usize])).sum::<f64>();
    (violence / p.war_fatalities).min(1.0)
}
