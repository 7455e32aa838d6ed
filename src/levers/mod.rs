//! Policy levers: what a user can pull. One file a lever, one line here.

use crate::agents::actor::ACTORS;
use crate::agents::controls::Controls;
use crate::agents::world::World;
use crate::engine::step::{AnyParams, Params, schema_of};
use crate::region::{Area, CountryId, PlaceId, Region};
use crate::units::Date;
use schemars::{JsonSchema, Schema};
use serde::{Deserialize, Serialize};

pub mod boat_destruction;
pub mod border_patrol;
pub mod coast_guard;
pub mod counter_is;
pub mod ddr;
pub mod depot_security;
pub mod economic_support;
pub mod embargo;
pub mod embargo_exemption;
pub mod intelligence_sharing;
pub mod legal_pathways;
pub mod mediation_dialogue;
pub mod militia_payoff;
pub mod naval_patrol;
pub mod neighbour_diplomacy;
pub mod niche_teams;
pub mod oil_smuggling_control;
pub mod oil_unity;
pub mod processing;
pub mod readmission;
pub mod sanctions;
pub mod ssr;
pub mod stabilisation_force;
pub mod surveillance;
pub mod training;
pub mod transfer_tracing;
pub mod transit_criminalisation;
pub mod weapons_destruction;

/// Every lever there is.
pub static LEVERS: &[LeverKind] = &[
    lever::<depot_security::DepotSecurity>(),
    lever::<border_patrol::BorderPatrol>(),
    lever::<naval_patrol::NavalPatrol>(),
    lever::<boat_destruction::BoatDestruction>(),
    lever::<coast_guard::CoastGuard>(),
    lever::<militia_payoff::MilitiaPayoff>(),
    lever::<surveillance::Surveillance>(),
    lever::<intelligence_sharing::IntelligenceSharing>(),
    lever::<transit_criminalisation::TransitCriminalisation>(),
    lever::<niche_teams::NicheTeams>(),
    lever::<stabilisation_force::StabilisationForce>(),
    lever::<weapons_destruction::WeaponsDestruction>(),
    lever::<transfer_tracing::TransferTracing>(),
    lever::<processing::Processing>(),
    lever::<readmission::Readmission>(),
    lever::<legal_pathways::LegalPathways>(),
    lever::<oil_unity::OilUnity>(),
    lever::<oil_smuggling_control::OilSmugglingControl>(),
    lever::<economic_support::EconomicSupport>(),
    lever::<mediation_dialogue::MediationDialogue>(),
    lever::<counter_is::CounterIs>(),
    lever::<neighbour_diplomacy::NeighbourDiplomacy>(),
    lever::<embargo::Embargo>(),
    lever::<embargo_exemption::EmbargoExemption>(),
    lever::<sanctions::Sanctions>(),
    lever::<training::Training>(),
    lever::<ddr::Ddr>(),
    lever::<ssr::Ssr>(),
];

/// What a lever's own file says.
pub trait Lever: Params {
    /// Name in scenario files: `kind = "..."`.
    const KIND: &'static str;
    /// One plain sentence for `sirocco levers`.
    const ABOUT: &'static str;
    /// Unit of `intensity`.
    const UNIT: &'static str;
    /// Cost of one unit of intensity for a year, USD, with its source or "assumption".
    const COST: (f64, &'static str);
    /// What `where` may name; a lever without any has no `where`.
    const PLACES: &'static [AreaKind];
    /// Most that `intensity` may be.
    const MOST: f64 = f64::INFINITY;
    /// True when `where` must name something: the lever does not work everywhere.
    const NAMED: bool = false;
    /// Consent that a country must have for the lever to work there, 0 to 1 (U* of equation 11); 0 for a state's own
    /// measures.
    const CONSENT: f64 = 0.0;
    /// True when it comes in whole units, so that what is lost for want of coordination is lost in what each does.
    const WHOLE: bool = false;
    /// The same for this use of the lever, where it hangs on its own keys.
    fn consent(&self) -> f64 {
        Self::CONSENT
    }
    /// True when it is billed in the evening for what it did that day, and not in the morning for what it is.
    const BY_DEED: bool = false;
    /// Adds the lever's effect to today's controls. `strength` is the intensity after ramp and budget, more than 0.
    fn apply(&self, strength: f64, at: &Area, world: &World, controls: &mut Controls);
    /// Units that `strength` stands for at `at`, times the unit cost the yearly bill (guards: strength x depots). Of a lever that
    /// is billed by deed, what a year of days like today would come to; `world.controls.sender` says which lever is asked.
    fn units(&self, strength: f64, at: &Area, world: &World) -> f64;
    /// Why this use of the lever, or a part of it, can do nothing, if that is plain before the run: for a warning.
    fn idle(&self, _strength: f64, _at: &Area, _given: &Prospect) -> Option<String> {
        None
    }
}

/// Said of a lever that works on departures where there are none.
const NOBODY_LEAVES: &str = "no boat leaves from there in the years of this lever: it will have no effect";

/// What a scenario gives a lever to act on, as far as that is known before its world is made.
pub struct Prospect<'a> {
    pub region: &'a Region,
    /// Places that boats leave from in a year of the lever, with the sea zone of each.
    pub departures: Vec<(PlaceId, usize)>,
    /// Nationalities of those who may leave home ([`nationality`](crate::agents::migrant::nationality)).
    pub nations: Vec<u32>,
    /// Names of the patrons.
    pub patrons: Vec<String>,
    /// True where politics are simulated in some country.
    pub politics: bool,
}

impl Prospect<'_> {
    /// Why a lever of politics and oil does nothing, where there are none.
    pub fn no_politics(&self) -> Option<String> {
        let why = "no politics are simulated (`initial.states.unity` is empty): it will have no effect";
        (!self.politics).then(|| why.to_string())
    }

    /// True when boats leave from one of these countries.
    pub fn departs_from(&self, countries: &[CountryId]) -> bool {
        self.departures.iter().any(|d| countries.contains(&self.region.places[usize::from(d.0)].country))
    }
}

/// The kinds of things that a `where` entry can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AreaKind {
    /// A country by ISO 3166 alpha-3 code: `LBY`.
    Country,
    /// A place by name: `Agadez`.
    Place,
    /// A land border by its two countries: `LBY-NER`.
    Border,
    /// A sea zone by name: `Tripolitania`.
    Zone,
}

/// Keys that every `[[lever]]` table has.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Common {
    /// Which lever; see `sirocco levers`.
    pub kind: String,
    /// Name of this use of the lever in outputs; the kind when left out. Luck hangs on it, so keep it when you vary a policy.
    #[serde(default)]
    pub name: Option<String>,
    /// First day.
    pub start: Date,
    /// Last day; the end of the run when left out.
    #[serde(default)]
    pub end: Option<Date>,
    /// Days over which it grows from nothing to full strength after `start`.
    #[serde(default)]
    #[schemars(range(max = 36500), extend("x-unit" = "days"))]
    pub ramp_days: u32,
    /// Where: countries (`LBY`), places (`Sabha`), borders (`LBY-NER`) or sea zones (`Tripolitania`), as the lever allows. Everywhere when left out.
    #[serde(default, rename = "where")]
    pub area: Vec<String>,
    /// How much, in the lever's own unit; 0 is exactly the baseline.
    #[schemars(range(min = 0))]
    pub intensity: f64,
    /// Most that may be spent, USD a year; a dearer intensity is cut to what the money buys. A lever that is paid by what it
    /// does pauses while it has cost more than its budget since its start.
    #[serde(default)]
    #[schemars(range(min = 0), extend("x-unit" = "USD/year"))]
    pub budget_usd_per_year: Option<f64>,
    /// Consent that a country must have for the lever to work there, when it is not the lever's usual threshold.
    #[serde(default)]
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share"))]
    pub consent: Option<f64>,
    /// Who acts, from abroad: acceptance hangs on it (equation 11).
    #[serde(default = "nobody")]
    #[schemars(extend("enum" = ACTORS))]
    pub by: String,
    /// Names of the mandates that must be in force for it to work (events of the kind `mandate`): of the Security Council, of a
    /// host, of a regional body.
    #[serde(default)]
    pub mandates: Vec<String>,
    /// How well it is worked together with others: its effect is 1 - 0.3 x (1 - this), at the same bill.
    #[serde(default = "together")]
    #[schemars(range(min = 0, max = 1), extend("x-unit" = "share", "x-source" = "assumption (model.md eq. 4)"))]
    pub coordination: f64,
}

fn nobody() -> String {
    ACTORS[0].into()
}

fn together() -> f64 {
    1.0
}

/// Share of the effect that is lost without any coordination (model.md, equation 4).
const LOST_APART: f64 = 0.3;

impl Common {
    /// Names of the keys in this struct, as files write them.
    pub const KEYS: &'static [&'static str] = &[
        "kind",
        "name",
        "start",
        "end",
        "ramp_days",
        "where",
        "intensity",
        "budget_usd_per_year",
        "consent",
        "by",
        "mandates",
        "coordination",
    ];

    /// Share of its effect that is left by how it is worked together with others.
    pub fn effect(&self) -> f64 {
        1.0 - LOST_APART * (1.0 - self.coordination)
    }
}

/// A lever in a scenario: the common keys and the lever's own.
#[derive(Clone)]
pub struct LeverUse {
    pub common: Common,
    pub kind: &'static LeverKind,
    pub own: AnyParams,
}

impl LeverUse {
    /// Name of this use in outputs.
    pub fn name(&self) -> &str {
        self.common.name.as_deref().unwrap_or(self.kind.kind)
    }

    /// The part of its area where the hosts let it work today; `None` when there is none, or a mandate is wanting.
    pub fn allowed(&self, at: &Area, world: &World) -> Option<Area> {
        if !self.common.mandates.iter().all(|m| world.mandates.contains(m)) {
            return None;
        }
        let threshold = self.common.consent.unwrap_or_else(|| (self.kind.consent)(&self.own));
        let willing = |c: CountryId| world.consent(c) >= threshold;
        let region = &world.region;
        let all = (0..region.countries.len() as CountryId).all(willing);
        // What has no place asks those whose politics it is about.
        if self.kind.places.is_empty() {
            return world.polities().into_iter().all(willing).then(|| at.clone());
        }
        // Waters have no host.
        if all || self.kind.places == [AreaKind::Zone] {
            return Some(at.clone());
        }
        let mut left = at.clone();
        if at.is_everywhere() {
            left.countries = (0..region.countries.len() as CountryId).collect();
        }
        left.countries.retain(|&c| willing(c));
        left.places.retain(|&p| willing(region.places[p as usize].country));
        left.borders.retain(|&b| willing(region.borders[b].a) || willing(region.borders[b].b));
        Some(left).filter(|a| !a.is_everywhere())
    }
}

/// A lever in the registry, with its type forgotten.
pub struct LeverKind {
    pub kind: &'static str,
    pub about: &'static str,
    pub unit: &'static str,
    pub cost: (f64, &'static str),
    pub places: &'static [AreaKind],
    pub most: f64,
    pub named: bool,
    pub whole: bool,
    /// Consent that the use with these keys asks for.
    pub consent: fn(&AnyParams) -> f64,
    pub by_deed: bool,
    /// Schema of the lever's own keys (without the common ones).
    pub schema: fn() -> Schema,
    /// Reads the lever's own keys.
    pub parse: fn(serde_json::Value) -> Result<AnyParams, String>,
    pub apply: fn(&AnyParams, f64, &Area, &World, &mut Controls),
    pub units: fn(&AnyParams, f64, &Area, &World) -> f64,
    pub idle: fn(&AnyParams, f64, &Area, &Prospect) -> Option<String>,
}

const fn lever<L: Lever>() -> LeverKind {
    LeverKind {
        kind: L::KIND,
        about: L::ABOUT,
        unit: L::UNIT,
        cost: L::COST,
        places: L::PLACES,
        most: L::MOST,
        named: L::NAMED,
        whole: L::WHOLE,
        consent: |own| own.get::<L>().consent(),
        by_deed: L::BY_DEED,
        schema: schema_of::<L>,
        parse: AnyParams::parse::<L>,
        apply: |own, strength, at, world, controls| own.get::<L>().apply(strength, at, world, controls),
        units: |own, strength, at, world| own.get::<L>().units(strength, at, world),
        idle: |own, strength, at, given| own.get::<L>().idle(strength, at, given),
    }
}

/// The lever of that kind.
pub fn find(kind: &str) -> Option<&'static LeverKind> {
    LEVERS.iter().find(|l| l.kind == kind)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::agents::routes::Routes;
    use crate::engine::rng::Luck;
    use crate::region::{Carrier, Region};
    use crate::units::Tick;
    use serde_json::json;
    use std::sync::Arc;

    /// Two places in Libya, one each in Niger and Mali; borders LBY-NER (200 km) and LBY-MLI (100 km).
    pub fn world() -> World {
        world_on(&[])
    }

    /// The same places with crews between Sabha and Agadez, which makes both of them hubs.
    pub fn world_with_hubs() -> World {
        world_on(&[("desert", Carrier::Crew, &["Sabha", "Agadez"])])
    }

    fn world_on(corridors: &[(&str, Carrier, &[&str])]) -> World {
        let region = Region::from_parts(
            &[
                ("Sabha", "LBY", 27.0, 14.4, 130_000),
                ("Ghat", "LBY", 25.0, 10.2, 20_000),
                ("Agadez", "NER", 17.0, 8.0, 110_000),
                ("Kidal", "MLI", 18.4, 1.4, 35_000),
            ],
            &[("Sabha", "Agadez", 1400.0), ("Ghat", "Agadez", 900.0), ("Ghat", "Kidal", 1200.0)],
            &[],
            corridors,
        );
        let costs = crate::processes::crews::Params::default().travel_costs(0.002);
        let routes = Arc::new(Routes::build(&region, &costs, &[], &[]));
        World::empty(Arc::new(region), routes, Luck { seed: 1, replicate: 0 }, Tick(15_000), 1)
    }

    /// Zuwara and Misrata in Libya on the zone `West`, Zarzis in Tunisia on the zone `Gabes`, lanes to Lampedusa.
    pub fn world_with_coasts() -> World {
        let region = Region::from_parts(
            &[
                ("Zuwara", "LBY", 32.9, 12.1, 60_000),
                ("Misrata", "LBY", 32.4, 15.1, 300_000),
                ("Zarzis", "TUN", 33.5, 11.1, 70_000),
                ("Lampedusa", "ITA", 35.5, 12.6, 6_000),
                ("Augusta", "ITA", 37.2, 15.2, 31_000),
            ],
            &[("Zuwara", "Misrata", 320.0), ("Zuwara", "Zarzis", 150.0), ("Lampedusa", "Augusta", 300.0)],
            &[
                ("Zuwara", "Lampedusa", "West", 300.0),
                ("Misrata", "Lampedusa", "West", 400.0),
                ("Zarzis", "Lampedusa", "Gabes", 250.0),
            ],
            &[("coast", Carrier::Crew, &["Zarzis", "Zuwara", "Misrata"])],
        );
        let mut costs = crate::processes::crews::Params::default().travel_costs(0.002);
        costs.sea_usd = 1000.0;
        let routes = Arc::new(Routes::build(&region, &costs, &[], &[]));
        let mut w = World::empty(Arc::new(region), routes, Luck { seed: 1, replicate: 0 }, Tick(16_000), 1);
        crate::agents::vessel::populate(
            &mut w,
            &crate::agents::vessel::Initial { per_zone: 0, ..crate::agents::vessel::Initial::default() },
        );
        w
    }

    /// A hub of [`world_with_coasts`] by its name.
    pub fn hub(w: &World, name: &str) -> crate::agents::routes::HubId {
        w.routes.hub_of(w.region.place(name).unwrap()).unwrap()
    }

    /// The area of these names in [`world`].
    pub fn area(w: &World, names: &[&str]) -> Area {
        let names: Vec<String> = names.iter().map(ToString::to_string).collect();
        w.region.area(&names).unwrap()
    }

    fn used(kind: &str, consent: Option<f64>) -> LeverUse {
        let kind = find(kind).unwrap();
        let common = Common {
            kind: kind.kind.into(),
            name: None,
            start: Date::new(2012, 1, 1),
            end: None,
            ramp_days: 0,
            area: vec![],
            intensity: 1.0,
            budget_usd_per_year: None,
            consent,
            by: ACTORS[0].into(),
            mandates: vec![],
            coordination: 1.0,
        };
        LeverUse { common, kind, own: (kind.parse)(json!({})).unwrap() }
    }

    #[test]
    fn hosts_that_refuse_are_left_out() {
        let mut w = world();
        let everywhere = Area::default();
        let teams = used("niche_teams", None);
        assert_eq!(teams.allowed(&everywhere, &w), Some(Area::default()), "all agree");
        w.set_consent(w.region.country("LBY").unwrap(), 0.1);
        let allowed = |l: &LeverUse, names: &[&str]| l.allowed(&area(&w, names), &w);
        assert_eq!(allowed(&teams, &[]), Some(area(&w, &["NER", "MLI"])));
        assert_eq!(allowed(&teams, &["LBY"]), None);
        assert_eq!(allowed(&teams, &["LBY", "Sabha", "Kidal"]), Some(area(&w, &["Kidal"])));
        assert_eq!(allowed(&teams, &["LBY-NER"]), Some(area(&w, &["LBY-NER"])), "one side is enough");
        assert_eq!(
            allowed(&used("niche_teams", Some(0.1)), &["LBY"]),
            Some(area(&w, &["LBY"])),
            "it is asked for less"
        );
        assert_eq!(allowed(&used("border_patrol", None), &["LBY"]), Some(area(&w, &["LBY"])), "its own measure");
        assert_eq!(allowed(&used("border_patrol", Some(0.5)), &["LBY"]), None);
        assert_eq!(allowed(&used("naval_patrol", Some(0.5)), &[]), Some(Area::default()), "the sea has no host");
    }
}
