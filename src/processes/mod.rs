//! The day, in order. One rule, one file: parameters, equation, step, tests.
//!
//!  1. calendar: events and levers ([`calendar`]; called by `sim`, since they come from the scenario)
//!  2. weather: wave heights
//!  3. allocation: patrol teams, sensors and vessels
//!  4. oil: fields and terminals shut and opened, what is smuggled
//!  5. economy: the state's purse, services, wages
//!  6. patrons: states abroad arm blocs, past an embargo
//!  7. stockpiles: guards desert, depots are raided
//!  8. leakage: stocks leak, weapons wear out or are destroyed
//!  9. armed groups: fighters come home
//! 10. programmes: men are trained, fighters demobilised, militias taken into the force of a government
//! 11. recruitment: what groups earn, who joins one and who gives up
//! 12. markets: prices of weapons; civilians and groups sell and buy
//! 13. fares: what a seat costs
//! 14. departures: who leaves home, and where to
//! 15. journeys: who is due arrives, works, takes a bus, joins a line
//! 16. captivity: who is held or detained is paid for, let go, goes home or dies
//! 17. crews: choose, load, drive, are stopped or arrive
//! 18. sea: launches, crossings, rescues, pull-backs, people set on land
//! 19. landings: cases decided in Europe, returns
//! 20. conflict: who holds the ground, clashes, strikes, towns taken and lost
//! 21. revolt: homelands that rise, coups, alliances that break
//! 22. displacement: who flees from war, and where to
//! 23. politics: unity of a country, acceptance of those who act in it
//! 24. beliefs: networks learn where patrols are
//! 25. ledgers, digest, observers (by `sim`)
//!
//! Every process reads the state as it finds it, decides in parallel, and applies whole-number transfers.

use crate::agents::world::World;
use crate::engine::step::{Step, step};

pub mod allocation;
pub mod armed_groups;
pub mod beliefs;
pub mod calendar;
pub mod captivity;
pub mod conflict;
pub mod crews;
pub mod departures;
pub mod displacement;
pub mod economy;
pub mod fares;
pub mod journeys;
pub mod landings;
pub mod leakage;
pub mod markets;
pub mod moves;
pub mod oil;
pub mod patrons;
pub mod politics;
pub mod programmes;
pub mod recruitment;
pub mod revolt;
pub mod route_choice;
pub mod sea;
pub mod stockpiles;
pub mod weather;

/// THE day: one line a rule, in order.
pub static DAY: &[Step<World>] = &[
    step::<World, weather::Weather>(),
    step::<World, allocation::Allocation>(),
    step::<World, oil::Oil>(),
    step::<World, economy::Economy>(),
    step::<World, patrons::PatronsAtWork>(),
    step::<World, stockpiles::Stockpiles>(),
    step::<World, leakage::Leakage>(),
    step::<World, armed_groups::ArmedGroups>(),
    step::<World, programmes::Programmes>(),
    step::<World, recruitment::Recruitment>(),
    step::<World, markets::BlackMarkets>(),
    step::<World, fares::FaresOfTheDay>(),
    step::<World, departures::Departures>(),
    step::<World, journeys::Journeys>(),
    step::<World, captivity::Captivity>(),
    step::<World, crews::CrewsAtWork>(),
    step::<World, sea::SeaCrossing>(),
    step::<World, landings::Landings>(),
    step::<World, conflict::Conflict>(),
    step::<World, revolt::Revolt>(),
    step::<World, displacement::Displacement>(),
    step::<World, politics::Politics>(),
    step::<World, beliefs::BeliefsOfTheDay>(),
];

/// A small world for the tests of rules: Sabha and Ghat in Libya, Agadez in Niger, Kidal in Mali.
#[cfg(test)]
pub(crate) fn test_world() -> World {
    use crate::agents::routes::Routes;
    use crate::engine::rng::Luck;
    use crate::region::Region;
    use std::sync::Arc;
    let region = Region::from_parts(
        &[
            ("Sabha", "LBY", 27.0, 14.4, 130_000),
            ("Ghat", "LBY", 25.0, 10.2, 20_000),
            ("Agadez", "NER", 17.0, 8.0, 110_000),
            ("Kidal", "MLI", 18.4, 1.4, 35_000),
            ("Gao", "MLI", 16.3, 0.0, 90_000),
            ("Bamako", "MLI", 12.6, -8.0, 1_800_000),
        ],
        &[
            ("Sabha", "Agadez", 1400.0),
            ("Ghat", "Agadez", 900.0),
            ("Ghat", "Kidal", 1200.0),
            ("Kidal", "Gao", 320.0),
            ("Gao", "Bamako", 1200.0),
        ],
        &[],
        &[],
    );
    let costs = crews::Params::default().travel_costs(0.002);
    let routes = Arc::new(Routes::build(&region, &costs, &[], &[]));
    World::empty(Arc::new(region), routes, Luck { seed: 1, replicate: 0 }, crate::units::Tick(15_000), 1)
}
