//! What a seat costs (the rule of equation 6, with vehicles full of people in the place of weapons), and what people on
//! the way hear of it.

use crate::agents::world::World;
use crate::engine::step::Process;
use crate::processes::journeys;
use crate::processes::markets::{moved, scarcity};
use crate::region::Carrier;
use crate::units::Tick;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Growth of the logarithm of a fare in a day, per logarithm of loads waiting over crews offering; 0: fares never
    /// change.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "1/day", "x-source" = "assumption (model.md eq. 6)", "x-low" = 0.01, "x-high" = 0.1))]
    pub speed: f64,
    /// Lowest fare, as a share of that of the first day.
    #[schemars(range(min = 0.01, max = 1), extend("x-unit" = "share", "x-source" = "assumption (model.md eq. 6: 0.05 for arms)"))]
    pub least: f64,
    /// Highest fare, in the same way.
    #[schemars(range(min = 1, max = 100), extend("x-unit" = "factor", "x-source" = "assumption", "x-low" = 4, "x-high" = 20))]
    pub most: f64,
    /// Days between two days on which travellers hear of new fares.
    #[schemars(range(min = 1, max = 365), extend("x-unit" = "days", "x-source" = "assumption"))]
    pub news_days: u32,
}

impl Default for Params {
    fn default() -> Self {
        Params { speed: 0.03, least: 0.2, most: 8.0, news_days: 7 }
    }
}

/// A fare after a day on which `wanted` loads waited and `offered` crews would have taken one. Where nobody trades the
/// fare asked goes back towards that of the first day: else one bad month would shut a road for ever.
pub fn next_price(p: &Params, price: f64, first: f64, wanted: f32, offered: u32) -> f64 {
    let scarce = if wanted <= 0.0 && offered == 0 {
        libm::log(first.max(1.0) / price.max(1.0))
    } else {
        scarcity(f64::from(wanted), f64::from(offered))
    };
    moved(price, p.speed, scarce, [first * p.least, first * p.most])
}

/// Fares.
pub struct FaresOfTheDay;

impl Process<World> for FaresOfTheDay {
    const NAME: &'static str = "fares";
    const ABOUT: &'static str = "Fares with crews rise where people wait and fall where crews do (equation 6).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        let heard = day.0.is_multiple_of(p.news_days);
        for leg in 0..w.fares.len() {
            let f = w.fares.get(leg);
            let l = &w.routes.legs[leg];
            if l.carrier != Carrier::Crew {
                continue;
            }
            let price = next_price(p, f.price, l.fare_cents as f64, f.wanted, f.offered);
            let known = if heard { libm::round(price) as u32 } else { f.heard };
            if price != f.price || known != f.heard || f.wanted > 0.0 || f.offered > 0 {
                w.fares.update(leg, |f| (f.price, f.heard, f.wanted, f.offered) = (price, known, 0.0, 0));
            }
        }
        if heard {
            w.ways = w.ways_of(day);
        }
        // By the date and not by what changed since yesterday, of which a restored run knows nothing.
        if (day.date().0.month(), day.date().0.day()) == (1, 1) {
            journeys::leave_shut_lines(w, day);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: nine loads and no crew, ln 10 x 0.03; as many crews as loads, nothing; never beyond the bounds.
    #[test]
    fn fares_follow_scarcity() {
        let p = Params::default();
        let up = next_price(&p, 100.0, 100.0, 9.0, 0);
        assert!((libm::log(up / 100.0) - 0.03 * libm::log(10.0)).abs() < 1e-12);
        assert_eq!(next_price(&p, 100.0, 100.0, 5.0, 5), 100.0);
        assert!((next_price(&p, up, 100.0, 0.0, 9) - 100.0).abs() < 1e-9, "the other way round takes it back");
        assert_eq!(next_price(&p, 800.0, 100.0, 50.0, 0), 800.0);
        assert_eq!(next_price(&p, 20.0, 100.0, 0.0, 50), 20.0);
        let idle = next_price(&p, 200.0, 100.0, 0.0, 0);
        assert!((libm::log(idle / 200.0) + 0.03 * libm::log(2.0)).abs() < 1e-12, "back towards the first fare");
        assert_eq!(next_price(&Params { speed: 0.0, ..p }, 70.0, 100.0, 50.0, 0), 70.0);
    }
}
