//! Wave heights by sea zone (equation 16).

use crate::agents::world::World;
use crate::engine::dist::normal;
use crate::engine::rng::Purpose;
use crate::engine::step::Process;
use crate::units::Tick;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Parameters.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Params {
    /// Yearly mean of the daily significant wave height.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "m", "x-source" = "model.md eq. 16", "x-low" = 0.7, "x-high" = 1.1))]
    pub mean_wave_m: f64,
    /// Half of the difference between mid-January and mid-July.
    #[schemars(range(min = 0, max = 10), extend("x-unit" = "m", "x-source" = "model.md eq. 16", "x-low" = 0.3, "x-high" = 0.5))]
    pub season_m: f64,
    /// Correlation of one day's deviation with the next.
    #[schemars(range(min = 0, max = 0.99), extend("x-unit" = "1", "x-source" = "model.md eq. 16", "x-low" = 0.5, "x-high" = 0.8))]
    pub memory: f64,
    /// Standard deviation of the logarithm of wave height.
    #[schemars(range(min = 0, max = 2), extend("x-unit" = "1", "x-source" = "model.md eq. 16", "x-low" = 0.3, "x-high" = 0.5))]
    pub log_sd: f64,
}

impl Default for Params {
    fn default() -> Self {
        Params { mean_wave_m: 0.9, season_m: 0.4, memory: 0.7, log_sd: 0.38 }
    }
}

const WAVE: Purpose = Purpose::new("weather.wave");

/// Seasonal mean on a day of the year, m.
pub fn seasonal_mean(p: &Params, day_of_year: u32) -> f64 {
    let angle = 2.0 * core::f64::consts::PI * (f64::from(day_of_year) - 15.0) / 365.0;
    (p.mean_wave_m + p.season_m * libm::cos(angle)).max(0.0)
}

/// Wave heights.
pub struct Weather;

impl Process<World> for Weather {
    const NAME: &'static str = "weather";
    const ABOUT: &'static str = "Draws the day's wave height in every sea zone (equation 16).";
    type Params = Params;

    fn run(p: &Params, w: &mut World, day: Tick) {
        let mean = seasonal_mean(p, day.date().day_of_year());
        let luck = w.luck.on(WAVE, day);
        let fresh = libm::sqrt(1.0 - p.memory * p.memory) * p.log_sd;
        for z in 0..w.zones.len() {
            w.zones.update(z, |s| {
                s.log_dev = p.memory * s.log_dev + fresh * normal(luck, s.key);
                // The mean of exp(dev) is exp(sd^2 / 2); without the correction the mean wave would be 7 % too high.
                s.wave_m = mean * libm::exp(s.log_dev - p.log_sd * p.log_sd / 2.0);
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Mid-January is the roughest day (0.9 + 0.4), half a year later the calmest (0.9 - 0.4), autumn between them.
    #[test]
    fn the_season_peaks_in_mid_january() {
        let p = Params::default();
        assert!((seasonal_mean(&p, 15) - 1.3).abs() < 1e-12);
        assert!((seasonal_mean(&p, 197) - 0.5).abs() < 1e-4);
        assert!((seasonal_mean(&p, 106) - 0.9).abs() < 0.01);
        assert!((seasonal_mean(&p, 380) - seasonal_mean(&p, 15)).abs() < 1e-12, "a year later");
        let flat = Params { season_m: 0.0, ..p.clone() };
        assert_eq!(seasonal_mean(&flat, 15), seasonal_mean(&flat, 200));
        let negative = Params { mean_wave_m: 0.1, ..p };
        assert_eq!(seasonal_mean(&negative, 197), 0.0, "no waves below zero");
    }
}
