//! Boats with people, vessels that may rescue them, and sea zones with their weather.

use super::migrant::END;
use super::world::World;
use crate::engine::rng::Key;
use crate::table;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Inflatable boat.
pub const RUBBER: u8 = 0;
/// Wooden fishing boat.
pub const WOOD: u8 = 1;
/// Bits of [`Vessel::missions`]: it takes people aboard.
pub const RESCUE: u8 = 1;
/// It destroys the boats of smugglers.
pub const BOATS: u8 = 2;
/// It, or an aircraft, only looks and reports.
pub const MONITOR: u8 = 4;
/// It stops and searches ships for arms.
pub const ARMS: u8 = 8;
/// It stops ships that carry smuggled oil.
pub const OIL: u8 = 16;
/// "No hour yet" in [`Vessel::first_rescue`].
pub const NEVER: u32 = u32::MAX;

table! {
    /// Boats at sea.
    Boats("boats"),
    /// A boat.
    Boat {
        key: u64,
        zone: u16,
        lane: u16,
        /// Hub that it left from.
        hub: u16,
        /// [`RUBBER`] or [`WOOD`].
        kind: u8,
        /// 1 when its engine has failed: it makes no way.
        adrift: u8,
        /// 1 when it has called for help.
        called: u8,
        /// Hours since it was launched.
        hours: u16,
        /// Way made since, km.
        km: f64,
        /// Factor of its rate of sinking, 1 for a sound boat, more where corners were cut.
        quality: f64,
        people: u32,
    } links {
        /// Head of the list of people aboard.
        first: u32,
    }
}

table! {
    /// Vessels that may rescue.
    Vessels("vessels"),
    /// A vessel.
    Vessel {
        key: u64,
        /// Lever that sent it, 0 for those that are always there.
        sender: u64,
        zone: u16,
        /// 1 while it is ordered to be there.
        on_duty: u8,
        /// What it does: bits [`RESCUE`], [`BOATS`], [`MONITOR`], [`ARMS`], [`OIL`].
        missions: u8,
        standoff_km: f32,
        /// Share of its work that is worth something, less than 1 where operations work side by side (equation 4).
        effect: f32,
        capacity: u32,
        aboard: u32,
        /// Hour (24 x day + hour) of the first rescue since it was last in port, or [`NEVER`].
        first_rescue: u32,
        /// Day on which it lands its people, 0 when it has none or is still taking some.
        lands: u32,
        /// First day on which it is back on station.
        back: u32,
    } links {
        /// Head of the list of people aboard.
        first: u32,
    }
}

table! {
    /// Sea zones.
    Zones("zones"),
    /// Weather and memory of a zone.
    ZoneState {
        key: u64,
        /// Deviation of the logarithm of wave height from its seasonal mean.
        log_dev: f64,
        /// Significant wave height today, m.
        wave_m: f64,
        /// Deaths per attempt as people believe it, a lagged mean of what was reported.
        death_belief: f64,
        /// Share of attempts that ended where they began, as people believe it.
        return_belief: f64,
        /// Share of attempts that ended aboard a rescuer, as people believe it.
        rescue_belief: f64,
        /// Attempts that end a day, a mean with the same lag.
        attempts: f64,
        /// People sent back since the last news of it: from ships or after a decision.
        sent_back: u32,
        /// Wooden hulls brought back to its beaches after a rescue, to be used again.
        spare_hulls: u32,
    }
}

/// Vessels that are there without any policy: merchant ships and coast guards near Europe.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Initial {
    /// Vessels in every zone from which boats leave.
    #[schemars(range(min = 0, max = 100), extend("x-unit" = "vessels", "x-source" = "assumption", "x-low" = 1, "x-high" = 5))]
    pub per_zone: u32,
    /// How near to the coast of departure they come.
    #[schemars(range(min = 0, max = 500), extend("x-unit" = "nautical miles", "x-source" = "assumption", "x-low" = 40, "x-high" = 120))]
    pub standoff_nm: f64,
    /// Persons one can take aboard.
    #[schemars(range(min = 1, max = 5000), extend("x-unit" = "persons", "x-source" = "model.md eq. 17", "x-low" = 150, "x-high" = 800))]
    pub capacity: u32,
}

impl Default for Initial {
    fn default() -> Self {
        Initial { per_zone: 2, standoff_nm: 80.0, capacity: 400 }
    }
}

/// Nautical mile, km.
pub const NM_KM: f64 = 1.852;

/// Makes the zones, and the vessels that are always off every departure coast.
pub fn populate(w: &mut World, init: &Initial) {
    let region = w.region.clone();
    for (z, zone) in region.sea.zones.iter().enumerate() {
        let key = Key::named("zone", &zone.name, 0).0;
        w.zones.push(ZoneState {
            key,
            log_dev: 0.0,
            wave_m: 0.0,
            death_belief: 0.0,
            return_belief: 0.0,
            rescue_belief: 0.0,
            attempts: 0.0,
            sent_back: 0,
            spare_hulls: 0,
        });
        if !w.routes.hubs.iter().any(|h| h.coast == Some(z)) {
            continue;
        }
        for k in 0..init.per_zone {
            w.vessels.push(Vessel {
                key: Key::named("vessel", &zone.name, u64::from(k)).0,
                sender: 0,
                zone: z as u16,
                on_duty: 1,
                missions: RESCUE,
                standoff_km: (init.standoff_nm * NM_KM) as f32,
                effect: 1.0,
                capacity: init.capacity,
                aboard: 0,
                first_rescue: NEVER,
                lands: 0,
                back: 0,
                first: END,
            });
        }
    }
}

/// A port of `data/model/landing_places.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct PortSpec {
    pub place: String,
    /// How often vessels are sent there, relative to the other ports of its country.
    pub weight: f64,
}

/// Opens the ports that the region has.
pub fn open_ports(w: &mut World, ports: &[PortSpec]) {
    w.ports = ports.iter().filter_map(|p| w.region.place(&p.place).map(|at| (at, p.weight))).collect();
}
