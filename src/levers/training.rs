//! Men trained for a force (model.md, section 5; equation 19): some never join it, and where nobody stands behind it trained men
//! leave it for others, with their rifles.

use super::{AreaKind, Lever};
use crate::agents::controls::{Controls, TrainingOrder};
use crate::agents::group::{BLOCS, bloc_of};
use crate::agents::world::World;
use crate::region::Area;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// The lever's own keys.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Training {
    /// Where they are trained: `inside` their country, which it must consent to by 0.35, or `abroad`, for which 0.15 is enough.
    pub site: Site,
    /// How well they are looked into: at 1 nobody is taken who would leave.
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption: a choice of policy"))]
    pub vetting: f64,
    /// Days that a course lasts.
    #[schemars(range(min = 1, max = 3650), extend("x-unit" = "days", "x-source" = "assumption", "x-low" = 60, "x-high" = 180))]
    pub course_days: u32,
    /// Bloc whose force it is.
    #[schemars(extend("enum" = BLOCS))]
    pub bloc: String,
}

/// Where men are trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Site {
    Inside,
    Abroad,
}

impl Default for Training {
    fn default() -> Self {
        Training { site: Site::Inside, vetting: 0.0, course_days: 90, bloc: "gna".into() }
    }
}

/// Consent that is enough for training abroad (U* of equation 11, assumption).
const CONSENT_ABROAD: f64 = 0.15;

impl Lever for Training {
    const KIND: &'static str = "training";
    const ABOUT: &'static str = "Trains men for a force of the countries named; before one government commands it, trained men leave it with their rifles.";
    const UNIT: &'static str = "trainees/year";
    const COST: (f64, &'static str) = (40_000.0, "per trainee, assumption (model.md)");
    const PLACES: &'static [AreaKind] = &[AreaKind::Country];
    const NAMED: bool = true;
    const CONSENT: f64 = 0.35;

    fn consent(&self) -> f64 {
        match self.site {
            Site::Inside => Self::CONSENT,
            Site::Abroad => CONSENT_ABROAD,
        }
    }

    fn apply(&self, strength: f64, at: &Area, _: &World, controls: &mut Controls) {
        let per_year = strength / at.countries.len().max(1) as f64;
        let (sender, bloc) = (controls.sender, bloc_of(&self.bloc));
        for &country in &at.countries {
            let (course_days, vetting) = (self.course_days, self.vetting);
            controls.training.push(TrainingOrder { sender, country, bloc, per_year, course_days, vetting });
        }
    }

    fn units(&self, strength: f64, _: &Area, _: &World) -> f64 {
        strength
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{area, world};
    use super::*;

    /// 1,000 trainees a year for the forces of two countries are 500 for each.
    #[test]
    fn trainees_are_shared_over_the_countries() {
        let w = world();
        let mut c = Controls::none(&w.region);
        c.sender = 7;
        let lever = Training { vetting: 0.5, bloc: "hor_lna".into(), ..Training::default() };
        lever.apply(1000.0, &area(&w, &["LBY", "MLI"]), &w, &mut c);
        let country = |iso3: &str| w.region.country(iso3).unwrap();
        let order = |country| TrainingOrder {
            sender: 7,
            country,
            bloc: bloc_of("hor_lna"),
            per_year: 500.0,
            course_days: 90,
            vetting: 0.5,
        };
        assert_eq!(c.training, [order(country("LBY")), order(country("MLI"))]);
        assert_eq!(lever.units(1000.0, &area(&w, &["LBY"]), &w), 1000.0);
    }

    #[test]
    fn training_abroad_is_accepted_sooner() {
        let abroad = Training { site: Site::Abroad, ..Training::default() };
        assert_eq!((Training::default().consent(), abroad.consent()), (0.35, 0.15));
    }
}
