//! What happened today, in whole numbers: counters that rules add to and observers read. Zeroed every morning.

use super::arms::{CLASSES, Channel};
use super::crew::{CARGOES, Cargo};
use super::migrant::DESTINATIONS;
use super::patron::WAYS;
use crate::region::{CountryId, NodeId, PlaceId};
use crate::units::Tick;

/// A vehicle, or somebody on a bus, crosses a land border.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Crossing {
    pub from: CountryId,
    pub to: CountryId,
    /// What a crew carries; `None` for buses.
    pub cargo: Option<Cargo>,
    /// People aboard.
    pub people: u32,
    /// Weapons aboard, by class.
    pub arms: [u32; CLASSES],
    /// Fighters with their own vehicles, no crew.
    pub convoy: bool,
}

/// Weapons that came to an armed group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Received {
    pub country: CountryId,
    /// Index into [`BLOCS`](super::group::BLOCS).
    pub bloc: u8,
    pub by: Channel,
    pub arms: [u32; CLASSES],
}

/// People landed in Europe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Landing {
    /// Row of their origin, [`NO_ORIGIN`](super::migrant::NO_ORIGIN) when it is not known.
    pub origin: u8,
    /// Hub they put to sea from.
    pub hub: u16,
    /// Where they were landed.
    pub at: PlaceId,
    pub people: u32,
}

/// How attempts to cross from a sea zone ended, persons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Attempts {
    pub dead: i64,
    /// Of the dead, those whom somebody lived to report.
    pub reported: i64,
    /// Taken aboard a rescuer.
    pub rescued: i64,
    /// Landed by themselves.
    pub landed: i64,
    /// Brought back by a coast guard.
    pub pulled_back: i64,
    /// Back on the coast they came from by themselves.
    pub ashore: i64,
}

impl Attempts {
    /// All attempts that ended.
    pub fn ended(&self) -> i64 {
        self.dead + self.rescued + self.landed + self.pulled_back + self.ashore
    }
}

/// How weapons leave the stocks of states without a raid.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(usize)]
pub enum Leak {
    /// Out of custody.
    Custody,
    /// Diverted from an army's or a legal stock.
    Legal,
    /// Sold on at once by those who seized them.
    Seized,
}

/// Number of causes of leaks.
pub const LEAKS: usize = 3;

/// Counters of one day.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tally {
    /// People driven from home; of them, who went home, and who went on as migrants.
    pub displaced: i64,
    pub displaced_returned: i64,
    pub displaced_onward: i64,
    /// Weapons taken from depots.
    pub looted: [i64; CLASSES],
    pub raids: i64,
    /// Weapons carried out of Libya by crews and convoys.
    pub left_libya: [i64; CLASSES],
    /// Weapons delivered in the Sahel.
    pub reached_sahel: [i64; CLASSES],
    /// Of these, brought by returning fighters.
    pub reached_sahel_returning: [i64; CLASSES],
    /// Weapons that came to armed groups.
    pub received: Vec<Received>,
    /// People killed in fighting, by country.
    pub fatalities: Vec<(CountryId, i64)>,
    /// Fighters who joined groups, and who gave up.
    pub recruited: i64,
    /// Of them, those who joined jihadists in Libya.
    pub recruited_jihadist_libya: i64,
    pub quit: i64,
    /// Weapons seized by patrols.
    pub seized: [i64; CLASSES],
    pub fighters_home: i64,
    /// Left their home for good or for work.
    pub entered: i64,
    /// The same by [`Destination`](super::migrant::Destination).
    pub set_out: [i64; DESTINATIONS],
    /// Left with a visa.
    pub admitted: i64,
    /// Brought to Libya from abroad by crews.
    pub into_libya: i64,
    /// Turned back by patrols.
    pub intercepted: i64,
    /// Smuggling vehicles stopped by patrols.
    pub crews_stopped: i64,
    /// Crews that drove today.
    pub crews_on_road: i64,
    /// Crews of networks that gave up, and that were founded.
    pub crews_left: i64,
    pub crews_founded: i64,
    /// Takings less costs of all crews, US cents.
    pub crew_income: i64,
    /// Bribes and tolls they paid, US cents.
    pub bribes: i64,
    pub tolls: i64,
    /// Crews with cargo that a team found, and that a sensor saw.
    pub found_by_teams: i64,
    pub seen_by_sensors: i64,
    /// Of these, detections after which nobody stopped the crew, though what it carried was to be stopped.
    pub not_acted_on: i64,
    /// Of these, crews whose cargo is tolerated where they were.
    pub tolerated: i64,
    /// Trips that ended where they were to end, by cargo.
    pub delivered: [i64; CARGOES],
    /// Trips that patrols ended, by cargo.
    pub stopped: [i64; CARGOES],
    /// Worth of what was seized with the vehicles, US cents, by cargo.
    pub seized_cents: [i64; CARGOES],
    /// Weapons seized and destroyed.
    pub destroyed: [i64; CLASSES],
    /// Weapons that left the stocks of states for a black market without a raid, by [`Leak`].
    pub leaks: [[i64; CLASSES]; LEAKS],
    /// Weapons that a policy bought or collected and destroyed.
    pub collected: [i64; CLASSES],
    /// People set down by crews after a journey mostly on roads, and mostly off them.
    pub carried: [i64; 2],
    /// Those among them who died on the way.
    pub carried_dead: [i64; 2],
    /// People whom crews carried north past the counting posts, and south.
    pub counted: [i64; 2],
    /// People whom crews brought north out of the countries of the counting posts, on arrival.
    pub northbound: i64,
    /// Every crossing of a land border.
    pub crossings: Vec<Crossing>,
    /// Nodes that crews with cargo entered, as often as they did.
    pub active: Vec<NodeId>,
    /// People who put to sea.
    pub departures: i64,
    pub boats: i64,
    /// Rubber boats among them.
    pub boats_rubber: i64,
    pub sinkings: i64,
    /// People taken aboard by rescuers.
    pub rescued: i64,
    /// People brought back by a coast guard, and their boats.
    pub pulled_back: i64,
    pub boats_pulled_back: i64,
    /// Hours of all boats at sea today.
    pub boat_hours: i64,
    /// Voyages that ended today, however, and the hours they took in all.
    pub voyages: i64,
    pub voyage_hours: i64,
    /// Boats whose engine failed, and those of them that called for help.
    pub engine_failures: i64,
    pub calls: i64,
    /// Wooden hulls launched again, and hulls destroyed after a rescue.
    pub hulls_reused: i64,
    pub hulls_destroyed: i64,
    /// What militias took of launches, US cents.
    pub launch_dues: i64,
    /// Sorties flown against jihadists, in millionths.
    pub sorties: i64,
    /// Fighters whom they killed.
    pub killed_by_sorties: i64,
    /// What groups got for keeping boats ashore, US cents.
    pub payoffs: i64,
    /// How attempts ended, by sea zone.
    pub attempts: Vec<Attempts>,
    /// People landed in Europe.
    pub arrivals: i64,
    /// The same by origin, departure and landing place.
    pub landings: Vec<Landing>,
    /// People put into detention.
    pub detained: i64,
    /// People whom captors took.
    pub taken_captive: i64,
    pub deaths_sea: i64,
    /// Deaths at sea that somebody lived to report.
    pub deaths_sea_reported: i64,
    /// Deaths on the way over land.
    pub deaths_desert: i64,
    /// People who went home from Libya.
    pub returned: i64,
    /// People sent or helped home out of detention, and out of Europe or straight from ships.
    pub returned_detained: i64,
    pub returned_europe: i64,
    /// People sent back from Europe, or from a ship, to the country they had put to sea from.
    pub readmitted: i64,
    /// Of those sent home and those sent back, people straight from ships, who have not arrived.
    pub returned_from_ships: i64,
    /// People whom levers sent back or home, by the hash of the lever's name; one lever many times.
    pub sent_by: Vec<(u64, i64)>,
    /// Cases of people in Europe decided.
    pub decided: i64,
    /// People who died in captivity or detention.
    pub deaths_captive: i64,
    /// Paid for the freedom of people held or detained, US cents.
    pub ransom: i64,
    /// People who gave up waiting for a boat.
    pub gave_up: i64,
    /// Weapons that patrons have brought to groups, by way, pieces.
    pub patron_arms: [i64; WAYS],
    /// Weapons on their way from patrons that an embargo stopped, by class.
    pub embargo_seized: [i64; CLASSES],
    /// Weapons that came to groups under an exemption from the embargo, pieces.
    pub exempted: i64,
    /// Patrol teams on duty, in millionths.
    pub teams_on_duty: i64,
    /// Hours flown by sensors over land, in millionths.
    pub sensor_hours: i64,
    /// US cents spent on levers.
    pub spent: i64,

    /// People who began a course of training, and who finished one and joined a force.
    pub trainees: i64,
    pub trained: i64,
    /// Trained men who left their force for another group, and the weapons they took along.
    pub trained_leaked: i64,
    pub arms_leaked_training: i64,
    /// Fighters demobilised, the weapons they laid down, and demobilised men who took up arms again.
    pub ddr_demobilised: i64,
    pub weapons_surrendered: i64,
    pub ddr_relapsed: i64,
    /// Fighters of militias taken into the force of the government.
    pub integrated: i64,
}

/// What passed a cell since the first of the month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct CellCount {
    /// Passages of people.
    pub people: u32,
    /// Passages of weapons, pieces and tonnes.
    pub arms: u32,
    /// Passages of crews, with cargo or without.
    pub crews: u32,
    /// People who died on the way and would have been set down here.
    pub deaths: u32,
    /// Crews that patrols stopped here.
    pub seizures: u32,
}

/// Monthly counts by node.
pub type CellCounts = Vec<CellCount>;

/// What became of crews with cargo on a leg since the first of the month.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, bytemuck::NoUninit, bytemuck::AnyBitPattern)]
#[repr(C)]
pub struct LegCount {
    /// People who were driven to its end, dead or alive, and the dead among them.
    pub people: u32,
    pub deaths: u32,
    /// Crews that reached its end, by cargo.
    pub trips: [u32; CARGOES],
    /// Crews that patrols stopped on it, by cargo.
    pub stopped: [u32; CARGOES],
}

/// Monthly counts by leg.
pub type LegCounts = Vec<LegCount>;

/// A line for `events.csv`.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub day: Tick,
    /// Name of the kind of event.
    pub kind: &'static str,
    /// Place or node it happened at.
    pub place: String,
    /// What is counted.
    pub item: &'static str,
    pub count: i64,
    /// Key of whoever it happened to; orders lines of the same day.
    pub key: u64,
}
