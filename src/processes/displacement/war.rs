//! Which sites are at war today, and how hard: as recorded, or as the run has it.

use super::Params;
use crate::agents::displaced::NEVER;
use crate::agents::world::World;
use crate::region::displacement::{Kind, Site};
use crate::units::{Tick, great_circle_km};

/// Brings the intensity of every site up to the day.
pub fn today(p: &Params, w: &mut World, day: Tick) {
    if p.simulated_war {
        for (site, intensity) in simulated(p, w).into_iter().enumerate() {
            set(p, w, site, intensity, day);
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
    // A war that began before the run is as old as it is.
    for &(on, site, intensity) in net.conflict[from..].iter().take_while(|c| c.0 <= day) {
        set(p, w, site as usize, intensity, on);
    }
}

fn set(p: &Params, w: &mut World, site: usize, intensity: f64, day: Tick) {
    let mut s = w.sites.get(site);
    if s.intensity == intensity || p.fault_intensity_fixed && s.intensity > 0.0 && intensity > 0.0 {
        return;
    }
    if s.intensity == 0.0 {
        (s.since, s.peace) = (day.0, NEVER);
    }
    s.intensity = intensity;
    if intensity == 0.0 {
        (s.since, s.peace) = (NEVER, day.0);
    }
    w.sites.set(site, s);
}

/// Of each site fatalities a day around it over those of a war of full intensity; 0 where that is less than `war_least`.
fn simulated(p: &Params, w: &World) -> Vec<f64> {
    let nodes = &w.region.nodes;
    // In the order of rows, so that sums are the same in every run.
    let fought = w.territory.rows().filter(|&row| w.territory.violence()[row] > 0.0);
    let fought: Vec<(f64, f64, f64)> = fought
        .map(|row| {
            let node = w.territory.node()[row] as usize;
            (nodes.lat[node], nodes.lon[node], f64::from(w.territory.violence()[row]))
        })
        .collect();
    let near = |lat: f64, lon: f64| {
        let inside = |f: &&(f64, f64, f64)| {
            (f.0 - lat).abs() <= p.war_km / 110.0 + 0.1 && great_circle_km(f.0, f.1, lat, lon) <= p.war_km
        };
        fought.iter().filter(inside).map(|f| f.2).sum::<f64>()
    };
    let of = |site: &Site| {
        let intensity = (near(site.lat, site.lon) / p.war_fatalities).min(1.0);
        if intensity < p.war_least { 0.0 } else { intensity }
    };
    w.refuge.net.sites.iter().map(of).collect()
}
