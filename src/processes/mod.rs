//! The day, in order. One rule, one file: parameters, equation, step, tests.
//!
//!  1. calendar: events and levers ([`calendar`]; called by `sim`, since they come from the scenario)
//!  2. weather: wave heights
//!  3. allocation: patrol teams, sensors and vessels
//!  4. stockpiles: depots are raided
//!  5. leakage: stocks leak, weapons wear out or are destroyed
//!  6. armed groups: fighters come home
//!  7. markets: prices of weapons; groups and civilians buy
//!  8. fares: what a seat costs
//!  9. departures: who leaves home
//! 10. journeys: who is due arrives, works, takes a bus, joins a line
//! 11. crews: choose, load, drive, are stopped or arrive
//! 12. sea: launches, crossings, rescues, landings
//! 13. beliefs: networks learn where patrols are
//! 14. ledgers, digest, observers (by `sim`)
//!
//! Every process reads the state as it finds it, decides in parallel, and applies whole-number transfers.

use crate::agents::world::World;
use crate::engine::step::{Step, step};

pub mod allocation;
pub mod armed_groups;
pub mod beliefs;
pub mod calendar;
pub mod crews;
pub mod departures;
pub mod fares;
pub mod journeys;
pub mod leakage;
pub mod markets;
pub mod route_choice;
pub mod sea;
pub mod stockpiles;
pub mod weather;

/// THE day: one line a rule, in order.
pub static DAY: &[Step<World>] = &[
    step::<World, weather::Weather>(),
    step::<World, allocation::Allocation>(),
    step::<World, stockpiles::Stockpiles>(),
    step::<World, leakage::Leakage>(),
    step::<World, armed_groups::ArmedGroups>(),
    step::<World, markets::BlackMarkets>(),
    step::<World, fares::FaresOfTheDay>(),
    step::<World, departures::Departures>(),
    step::<World, journeys::Journeys>(),
    step::<World, crews::CrewsAtWork>(),
    step::<World, sea::SeaCrossing>(),
    step::<World, beliefs::BeliefsOfTheDay>(),
];
