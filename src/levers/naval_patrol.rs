//! Vessels off the coasts that boats leave from (model.md, section 5), of navies, border agencies or NGOs: they enter the
//! choice of boats (equation 16), rescue (equation 17) and the losses of patrons (equation 13). An NGO ship is a use
//! of this lever with a name of its own.

use super::{AreaKind, Lever, Prospect};
use crate::agents::controls::{Controls, NavalOrder};
use crate::agents::vessel::{ARMS, BOATS, MONITOR, NM_KM, OIL, RESCUE};
use crate::agents::world::World;
use crate::region::Area;
use crate::units::{Date, Tick};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct NavalPatrol {
    /// How near to the coast of departure the vessels come.
    #[schemars(range(min = 0, max = 300), extend("x-unit" = "nautical miles", "x-source" = "assumption; Triton worked 30 nm off Italy, later 138 nm south of Sicily", "x-low" = 8, "x-high" = 120))]
    pub standoff_nm: f64,
    /// Persons one vessel can take aboard before it must land them.
    #[schemars(range(min = 1, max = 5000), extend("x-unit" = "persons", "x-source" = "model.md eq. 17", "x-low" = 150, "x-high" = 800))]
    pub capacity: u32,
    /// What the vessels do: `rescue` people, destroy the `boats` of smugglers, `monitor`, which is to look and report, search ships
    /// for `arms`, or stop those that carry smuggled `oil`.
    pub mandate: Vec<Mission>,
    /// Last day of the mandate; then only what needs none goes on: rescue, which is a duty of every vessel under the law of
    /// the sea.
    pub mandate_ends: Option<Date>,
}

/// What vessels are there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mission {
    Rescue,
    Boats,
    Monitor,
    Arms,
    Oil,
}

impl Mission {
    /// Its bit in [`Vessel::missions`](crate::agents::vessel::Vessel::missions).
    fn bit(self) -> u8 {
        match self {
            Mission::Rescue => RESCUE,
            Mission::Boats => BOATS,
            Mission::Monitor => MONITOR,
            Mission::Arms => ARMS,
            Mission::Oil => OIL,
        }
    }
}

impl Default for NavalPatrol {
    fn default() -> Self {
        NavalPatrol { standoff_nm: 24.0, capacity: 400, mandate: vec![Mission::Rescue], mandate_ends: None }
    }
}

impl NavalPatrol {
    /// What the vessels may do on a day.
    fn missions(&self, day: Tick) -> u8 {
        let all = self.mandate.iter().fold(0, |bits, m| bits | m.bit());
        if self.mandate_ends.is_some_and(|last| day > last.tick()) { all & RESCUE } else { all }
    }
}

/// Zones that an area names, or all that boats leave from this year.
pub(super) fn zones(at: &Area, world: &World) -> Vec<usize> {
    if at.is_everywhere() {
        let departure = |z: &usize| world.ways.coast.contains(&Some(*z));
        return (0..world.region.sea.zones.len()).filter(departure).collect();
    }
    at.zones.clone()
}

/// Says which of the zones named no boat leaves from while the lever is in force.
pub(super) fn empty_zones(at: &Area, given: &Prospect) -> Option<String> {
    let empty = at.zones.iter().filter(|&&z| given.departures.iter().all(|d| d.1 != z));
    let names: Vec<&str> = empty.map(|&z| given.region.sea.zones[z].name.as_str()).collect();
    (!names.is_empty()).then(|| {
        format!(
            "no boat leaves from {} in the years of this lever; it will be paid there for nothing",
            names.join(", ")
        )
    })
}

/// Only whole vessels sail.
fn whole(strength: f64) -> u32 {
    libm::round(strength.min(10_000.0)) as u32
}

impl Lever for NavalPatrol {
    const KIND: &'static str = "naval_patrol";
    const ABOUT: &'static str = "Keeps vessels on station in a sea zone; they rescue boats that come beyond their standoff, destroy boats, look and \
         report, search ships for arms, or stop smuggled oil.";
    const UNIT: &'static str = "vessels per zone (rounded to whole vessels)";
    const COST: (f64, &'static str) = (27_375_000.0, "per vessel: about 75,000 a vessel-day (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Zone];
    const WHOLE: bool = true;

    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls) {
        for zone in zones(at, world) {
            controls.naval.push(NavalOrder {
                sender: controls.sender,
                zone,
                vessels: whole(strength),
                standoff_km: self.standoff_nm * NM_KM,
                capacity: self.capacity,
                missions: self.missions(world.day),
                effect: controls.effect,
            });
        }
    }

    fn units(&self, strength: f64, at: &Area, world: &World) -> f64 {
        f64::from(whole(strength)) * zones(at, world).len() as f64
    }

    fn idle(&self, _: f64, at: &Area, given: &Prospect) -> Option<String> {
        empty_zones(at, given)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, hub, world_with_coasts};
    use super::*;

    /// All three bits up to the last day of the mandate, rescue alone from the next.
    #[test]
    fn a_mandate_ends_and_rescue_goes_on() {
        let last = Date::new(2016, 10, 9);
        let mandate = vec![Mission::Boats, Mission::Rescue, Mission::Monitor];
        let lever = NavalPatrol { mandate, mandate_ends: Some(last), ..NavalPatrol::default() };
        assert_eq!(lever.missions(last.tick()), 7);
        assert_eq!(lever.missions(last.tick().next()), RESCUE);
        let boats = NavalPatrol { mandate: vec![Mission::Boats], mandate_ends: Some(last), ..lever };
        assert_eq!((boats.missions(last.tick()), boats.missions(last.tick().next())), (BOATS, 0));
        let usual = NavalPatrol::default();
        assert_eq!(usual.missions(last.tick()), RESCUE);
    }

    /// When the last boats of Zarzis have left, ships without a `where` are neither sent to its zone nor paid there; who names
    /// the zone sends them all the same.
    #[test]
    fn ships_go_and_are_paid_where_boats_leave() {
        let mut w = world_with_coasts();
        let orders = |w: &World, names: &[&str]| {
            let mut c = Controls::none(&w.region);
            NavalPatrol::default().apply(2.0, &area(w, names), w, &mut c);
            (c.naval.len(), NavalPatrol::default().units(2.0, &area(w, names), w))
        };
        assert_eq!(orders(&w, &[]), (2, 4.0));
        let zarzis = usize::from(hub(&w, "Zarzis"));
        w.ways.coast[zarzis] = None;
        assert_eq!(orders(&w, &[]), (1, 2.0));
        assert_eq!(orders(&w, &["Gabes"]), (1, 2.0));
    }

    #[test]
    fn only_whole_vessels_sail() {
        assert_eq!([0.0, 0.4, 0.5, 1.4, 2.6].map(whole), [0, 0, 1, 1, 3]);
        assert_eq!(whole(1e12), 10_000, "an absurd number does not overflow");
    }
}
