//! Vessels that levers call up and send home.

use crate::agents::migrant::END;
use crate::agents::vessel::{NEVER, Vessel};
use crate::agents::world::World;
use crate::engine::rng::Key;
use crate::units::Tick;

/// Calls up the vessels that levers ask for and sends home those they ask for no more.
pub fn vessels(w: &mut World) {
    let orders = std::mem::take(&mut w.controls.naval);
    let mut wanted = std::collections::BTreeMap::new();
    for o in &orders {
        for k in 0..o.vessels {
            let key = Key::named("sent", &w.region.sea.zones[o.zone].name, o.sender).child(Tick(0), u64::from(k)).0;
            wanted.insert(key, o);
        }
    }
    for i in 0..w.vessels.len() {
        let v = w.vessels.get(i);
        if v.key == 0 || v.sender == 0 {
            continue;
        }
        match wanted.remove(&v.key) {
            Some(o) => w.vessels.set(
                i,
                Vessel {
                    on_duty: 1,
                    standoff_km: o.standoff_km as f32,
                    capacity: o.capacity,
                    missions: o.missions,
                    effect: o.effect as f32,
                    ..v
                },
            ),
            None if v.on_duty == 1 => w.vessels.set(i, Vessel { on_duty: 0, ..v }),
            None => {}
        }
    }
    for (key, o) in wanted {
        w.vessels.push(Vessel {
            key,
            sender: o.sender,
            zone: o.zone as u16,
            on_duty: 1,
            missions: o.missions,
            standoff_km: o.standoff_km as f32,
            effect: o.effect as f32,
            capacity: o.capacity,
            aboard: 0,
            first_rescue: NEVER,
            lands: 0,
            back: 0,
            first: END,
        });
    }
    w.controls.naval = orders;
}
