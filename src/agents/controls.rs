//! What the levers add up to today. Zeroed every day; levers only add.

use super::actor::ACTOR_COUNT;
use super::arms::CLASSES;
use super::group::{BLOC_COUNT, LOCAL, TOUBOU, TUAREG};
use super::patrol::Force;
use super::routes::HubId;
use super::world::World;
use crate::region::{Area, CountryId, NodeId, PlaceId, Region};
use std::collections::BTreeMap;

/// Guards put on depots by a lever.
#[derive(Clone, Debug)]
pub struct DepotOrder {
    /// Guards per depot.
    pub guards: f64,
    /// Depots here are guarded.
    pub area: Area,
    /// Large sites only, small sites only, or all.
    pub tier: Option<u8>,
    /// Which classes these guards watch.
    pub classes: [bool; CLASSES],
}

/// Weapons that a lever buys or collects, to be destroyed.
#[derive(Clone, Debug)]
pub struct DestructionOrder {
    /// Hash of the lever's name: its luck hangs on it.
    pub sender: u64,
    /// Countries where it works.
    pub area: Area,
    /// Kinds of stores it takes them from ([`store`](super::store)), by number.
    pub from: [bool; 3],
    /// Pieces (tonnes) a year, by class.
    pub per_year: [f64; CLASSES],
}

/// Vessels sent by a lever.
#[derive(Clone, Debug)]
pub struct NavalOrder {
    /// Hash of the lever's name: names its vessels.
    pub sender: u64,
    /// The sea zone.
    pub zone: usize,
    /// How many are on station.
    pub vessels: u32,
    /// How near to the coast they go.
    pub standoff_km: f64,
    /// Persons one can take aboard.
    pub capacity: u32,
    /// What they do: bits of [`vessel`](super::vessel), e.g. [`RESCUE`](super::vessel::RESCUE).
    pub missions: u8,
    /// Share of their work that is worth something (equation 4).
    pub effect: f64,
}

/// A coast guard that brings boats back (equation 17).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Guard {
    /// Boat-days per 100 km of coast and day.
    pub boat_days: f64,
    /// Rescuers are kept this far from the coast, km.
    pub keep_out_km: f64,
}

/// What a lever does against some blocs in a country.
#[derive(Clone, Debug)]
pub struct Campaign {
    /// Hash of the lever's name: its luck hangs on it.
    pub sender: u64,
    pub country: CountryId,
    /// The blocs, by number.
    pub against: Vec<u8>,
    /// Sorties by aircraft a day.
    pub sorties: f64,
    /// Advisers with those who fight these blocs, persons.
    pub advisers: f64,
    /// Troops who fight beside them, persons.
    pub troops: f64,
}

/// Money for the groups at a beach.
#[derive(Clone, Debug)]
pub struct PayoffOrder {
    /// The departure hub.
    pub hub: HubId,
    /// Keys of the groups that are paid.
    pub groups: Vec<u64>,
    /// What each of them gets today, US cents.
    pub cents: u64,
    /// Share of the beach's boats that stay ashore for it, 0 to 1.
    pub shut: f64,
}

/// Visas that a lever offers.
#[derive(Clone, Debug)]
pub struct VisaOrder {
    /// Visas a year.
    pub per_year: f64,
    /// For people of these countries, as numbers ([`nationality`](super::migrant::nationality)), ascending; of all when empty.
    pub nations: Vec<u32>,
}

impl VisaOrder {
    /// Visas a year for the people of an origin: shared out by how many set out from each.
    pub fn per_year_of(&self, w: &World, row: usize) -> f64 {
        let o = &w.origins;
        let meant = |i: &usize| self.nations.is_empty() || self.nations.binary_search(&o.nationality()[*i]).is_ok();
        if !meant(&row) {
            return 0.0;
        }
        let all: f64 = o.rows().filter(meant).map(|i| o.rate()[i] * o.pool()[i] as f64).sum();
        if all > 0.0 { self.per_year * o.rate()[row] * o.pool()[row] as f64 / all } else { 0.0 }
    }
}

/// Whom a lever sends back.
#[derive(Clone, Debug)]
pub struct ReadmissionOrder {
    /// Hash of the lever's name: its luck hangs on it.
    pub sender: u64,
    /// Share of those refused in Europe who are sent back.
    pub share: f64,
    /// Home, people of these countries as numbers, ascending.
    pub nations: Vec<u32>,
    /// To these countries, whoever put to sea from there.
    pub coasts: Vec<CountryId>,
    /// From aboard the ships that saved them, without a decision: the share of all who would be landed.
    pub at_sea: bool,
}

/// Arms that an embargo lets through to a bloc.
#[derive(Clone, Debug)]
pub struct ExemptionOrder {
    /// Hash of the lever's name: its luck hangs on it.
    pub sender: u64,
    /// Who gets them: groups of this bloc near the places.
    pub bloc: u8,
    /// Where they are landed, as much at each.
    pub places: Vec<PlaceId>,
    /// Pieces (tonnes) a year, by class.
    pub per_year: [f64; CLASSES],
    /// Share of them that goes to the market nearest to where they are landed.
    pub leaked: f64,
}

/// Men whom a lever trains for a force (equation 19).
#[derive(Clone, Debug, PartialEq)]
pub struct TrainingOrder {
    /// Hash of the lever's name: its luck hangs on it.
    pub sender: u64,
    /// Country and bloc (index into [`BLOCS`](super::group::BLOCS)) of the force.
    pub country: CountryId,
    pub bloc: u8,
    /// Men who begin a course in a year.
    pub per_year: f64,
    /// Days that the course lasts.
    pub course_days: u32,
    /// How well they are looked into, 0 to 1.
    pub vetting: f64,
}

/// Places in a programme of demobilisation (equation 18).
#[derive(Clone, Debug, PartialEq)]
pub struct DemobilisationOrder {
    /// Hash of the lever's name: its luck hangs on it.
    pub sender: u64,
    /// Groups here may leave.
    pub area: Area,
    /// Places for fighters in a year, without those that others take.
    pub per_year: f64,
    /// What a fighter gets, USD, spread over a year.
    pub package_usd: f64,
    /// Share of the gap between a civilian's and a fighter's pay that the work closes which is found for those who leave.
    pub jobs: f64,
    /// How far rivals have settled, 0 to 1.
    pub settlement: f64,
}

/// Militias that a lever takes into the force of a government (equation 19).
#[derive(Clone, Debug, PartialEq)]
pub struct IntegrationOrder {
    /// Hash of the lever's name: its luck hangs on it.
    pub sender: u64,
    /// Country and bloc (index into [`BLOCS`](super::group::BLOCS)) of the force.
    pub country: CountryId,
    pub bloc: u8,
    /// Share of the fighters of its militias that can be taken in in a year.
    pub per_year: f64,
    /// How far rivals have settled, 0 to 1.
    pub settlement: f64,
}

/// Sensors sent by a lever.
#[derive(Clone, Debug)]
pub struct SensorOrder {
    /// Cells they look at, evenly.
    pub nodes: Vec<NodeId>,
    /// Sensor hours a day over all of them.
    pub hours: f64,
}

/// Sums of today's levers.
#[derive(Clone, Debug, Default)]
pub struct Controls {
    /// Hash of the name of the lever that is being applied or billed.
    pub sender: u64,
    /// Number of the actor behind that lever.
    pub by: usize,
    /// What is left of its effect by how it is worked together with others, 0.7 to 1.
    pub effect: f64,
    /// By actor, what people see of its help that is not military: oil, assets, tracing of arms, livelihoods; 0 to 1.
    pub help: [f64; ACTOR_COUNT],
    /// By actor, troops in countries whose politics are simulated, persons.
    pub actor_troops: [f64; ACTOR_COUNT],
    /// Share of the oil fields that one corporation for the whole country runs; the highest of all levers.
    pub oil_unity: f64,
    /// Share of smuggled fuel and crude that is stopped; the highest of all levers.
    pub oil_control: f64,
    /// Foreign money for the state's services, and for the livelihoods of those who might take up arms, USD a year.
    pub support_usd: [f64; 2],
    /// How far mediators bring rivals to talk, 0 to 1; the highest of all levers.
    pub dialogue: f64,
    /// Against jihadists, by country.
    pub campaigns: Vec<Campaign>,
    /// Guards on depots.
    pub depots: Vec<DepotOrder>,
    /// Weapons to be destroyed.
    pub destruction: Vec<DestructionOrder>,
    /// By country, the share of transfers and legal stocks that are traced to their end use; the highest of all levers.
    pub tracing: Vec<f64>,
    /// Patrol teams besides those of the units.
    pub forces: Vec<Force>,
    /// Drones and aircraft.
    pub sensors: Vec<SensorOrder>,
    /// By country, the share of what sensors see that its teams are told; the highest of all levers.
    pub sharing: Vec<f64>,
    /// By country, the chance that who is found carrying people is stopped at all; the highest of all levers.
    pub arrest: Vec<f64>,
    /// By country, what prison and fines cost a crew caught with people, USD; the highest of all levers.
    pub penalty: Vec<f64>,
    /// By country, foreign troops of levers, persons; those of them who keep a peace.
    pub troops: Vec<f64>,
    pub peacekeepers: Vec<f64>,
    /// Ships.
    pub naval: Vec<NavalOrder>,
    /// Visas.
    pub visas: Vec<VisaOrder>,
    /// Returns from Europe.
    pub readmission: Vec<ReadmissionOrder>,
    /// Cases a day decided in Europe besides those of the usual offices.
    pub processing: f64,
    /// Share of those accepted who are relocated to other states; the highest of all levers.
    pub relocation: f64,
    /// Cases a day decided aboard rescuing ships.
    pub processing_at_sea: f64,
    /// By sea zone, coast guards that bring boats back: their boats add up, the widest keep-out holds.
    pub guards: BTreeMap<usize, Guard>,
    /// By departure hub, the share of hulls that would be used again and are destroyed; the highest of all levers.
    pub hulls_destroyed: BTreeMap<HubId, f64>,
    /// Money for groups at beaches.
    pub payoffs: Vec<PayoffOrder>,
    /// By name of the patron (hashed), the share of its supply that it is kept from sending; the highest of all levers.
    pub patron_cuts: BTreeMap<u64, f64>,
    /// How far Tuareg and Toubou, and Toubou and their neighbours, are kept from fighting each other, 0 to 1; the highest of all
    /// levers.
    pub mediation: f64,
    /// By sea zone, vessels that search ships for arms and do nothing else.
    pub embargo: BTreeMap<usize, f64>,
    /// Share of what comes by air, and over land, that monitors look at, 0 to 1; the highest of all levers.
    pub monitored: [f64; 2],
    /// Arms let through an embargo.
    pub exemptions: Vec<ExemptionOrder>,
    /// By bloc, the share of what groups earn that sanctions keep from them; the highest of all levers.
    pub sanctions: [f64; BLOC_COUNT],
    /// Chance per day and network that a leak tells it where one of today's patrols is.
    pub leak: f64,

    /// Courses of training.
    pub training: Vec<TrainingOrder>,
    /// Programmes of demobilisation.
    pub demobilisation: Vec<DemobilisationOrder>,
    /// Militias taken into a force.
    pub integration: Vec<IntegrationOrder>,
}

/// What one kind of help that is not military counts when it is given in full: model.md names three, to do with oil, assets and
/// the tracing of arms (assumption: they count alike).
pub const PART_OF_HELP: f64 = 1.0 / 3.0;

impl Controls {
    /// People see so much help, 0 to 1, of the actor whose lever is being applied.
    pub fn show_help(&mut self, share: f64) {
        self.help[self.by] = (self.help[self.by] + share).min(1.0);
    }

    /// The actor whose lever is being applied has so many troops in a country; `politics` says that these are simulated there.
    pub fn post_troops(&mut self, country: CountryId, troops: f64, politics: bool) {
        self.troops[usize::from(country)] += troops;
        if politics {
            self.actor_troops[self.by] += troops;
        }
    }

    /// What is left of the level of a war between two blocs under mediation.
    pub fn calmed(&self, a: u8, b: u8) -> f64 {
        let pair = (a.min(b), a.max(b));
        if pair == (TUAREG, TOUBOU) || pair == (LOCAL, TOUBOU) { 1.0 - self.mediation } else { 1.0 }
    }

    /// No lever at all.
    pub fn none(region: &Region) -> Controls {
        let by_country = vec![0.0; region.countries.len()];
        Controls {
            effect: 1.0,
            tracing: by_country.clone(),
            sharing: by_country.clone(),
            arrest: by_country.clone(),
            penalty: by_country.clone(),
            troops: by_country.clone(),
            peacekeepers: by_country,
            ..Controls::default()
        }
    }
}
