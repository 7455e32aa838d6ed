//! Sirocco: an agent-based simulation of arms, smuggling and migration across Libya, the Sahel and the central
//! Mediterranean, and of what policy can do about it.
//!
//! The program is a library and one command, `sirocco`. A scenario file says where to start and which policy levers are
//! pulled; a run gives daily series, monthly maps, flows and charts. Rules, equations and sources are in `docs/odd.md`,
//! written from this code; what is not modelled yet is in `docs/limits.md`.
//!
//! # Words
//!
//! - **agent**: a row of a [table](engine::table): a migrant, a crew, a group, a depot, a boat, a vessel, a patrol unit.
//! - **area**: what the `where` of a lever stands for: countries, places, borders, sea zones ([`region::Area`]).
//! - **audit**: a recount of digest and ledgers from every row, every 30 days, or every day with `--audit`.
//! - **class**: one of six classes of weapons; munitions and chemicals are tonnes, the others pieces.
//! - **common random numbers**: two runs with the same seed share all luck that a difference between them does not touch.
//! - **convoy**: fighters on their way home with their arms.
//! - **corridor**: a documented way, a list of places with the years of its use (`data/geo/corridors.csv`).
//! - **crew**: a smuggling vehicle with its men; crews belong to networks with a home and a range.
//! - **digest**: 128 bits that stand for the whole state; equal digests mean equal states ([`engine::digest`]).
//! - **field**: the least cost to one node from every other ([`region::costs`]).
//! - **hub**: a place where people and cargo change hands: an end of a corridor, a home of a network, a departure coast.
//! - **key**: an agent's stable 64-bit name, the same in every run; luck hangs on it and not on a row number.
//! - **lane**: a way over sea from a departure place to a landing place. **Zone**: waters with one weather.
//! - **ledger**: double-entry books in whole numbers for arms, people, fighters, boats and money ([`engine::ledger`]).
//! - **leg**: the part of a corridor between two hubs, in one direction. **Waypoint**: a node that it passes.
//! - **lever**: a policy with dates, a place, an intensity and a bill ([`levers`]).
//! - **market**: the weapons for sale at a hub (no prices move yet). **Store**: weapons that belong to no group.
//! - **metric**: a column of `series.csv`; its *observed twin* is what registers and seizures would have counted.
//! - **node**: a cell of the H3 grid, or a place of a plain network; the model cannot tell which.
//! - **ODD**: Overview, Design concepts, Details, the protocol for describing agent-based models (Grimm et al. 2020).
//! - **process**: one rule of the day with its parameters; in ODD's words a submodel.
//! - **purpose**: the name of what a draw is for; part of what the draw is a function of ([`engine::rng`]).
//! - **replicate**: the same scenario with other luck. **Seed**: names all luck of a run.
//! - **tick**: a day, counted from 1970-01-01.
//!
//! # A day, in order
//!
//! [`sim::Simulation::day`] does steps 1, 10 and 11; [`processes::DAY`] is the list of the others.
//!
//! 1. calendar: yesterday's counters are cleared, dated events happen, levers set today's controls and are paid
//! 2. weather: the wave height in every sea zone
//! 3. allocation: patrol teams and vessels take their places
//! 4. stockpiles: depots are raided
//! 5. armed groups: convoys come home, groups and civilians buy arms
//! 6. departures: people set out from home
//! 7. journeys: who is due arrives, works, takes a bus, joins a line, settles, goes home or turns to the sea
//! 8. crews: choose a cargo, load, drive, are stopped or arrive
//! 9. sea: vessels land people, boats are launched, and sink, are rescued or arrive, hour by hour
//! 10. books: every ledger is checked after each of the steps 2 to 9, and recounted from the rows on audit days
//! 11. observers: the day is written down, then its digest is taken
//!
//! # The map of the code
//!
//! Upper layers use lower ones, never the other way: `cli > study > sim > scenario > levers, processes > agents > engine >
//! units`; `region` lies under `agents`; `observe` reads the world; `report` reads files only. `tests/house.rs` holds
//! this and the map to the truth.
//!
//! ```text
//! main.rs     arguments in, exit code out
//! cli/        one file a command           | run validate schema levers processes metrics
//!             and what they share          | data describe progress
//! study/      more than one run            | ensemble displacement
//! sim.rs      one run, one day
//! scenario/   the files that users write   | schema load syntax tree extend sets
//!             and what is wrong with them  | check keys union semantic assemble words diagnose
//! levers/     one file a policy lever      | depot_security border_patrol naval_patrol surveillance
//!                                          | intelligence_sharing transit_criminalisation niche_teams
//! processes/  one file a rule of the day   | calendar weather allocation/ stockpiles armed_groups
//!                                          | departures journeys crews/ sea
//! agents/     the state, a file a kind     | migrant crew group depot convoy patrol vessel store
//!                                          | sighting state
//!             and what holds it together   | world books saved accounts arms controls routes tally
//!                                          | model_data
//! region/     the ground, fixed once built | grid network graph costs geodata places corridor sea
//!                                          | lookup table assemble check
//! engine/     generic: knows no scenario   | step table rng dist digest ledger grant wake
//!                                          | parallel save hop
//! observe/    metrics, a run's files       | metric recorder monthly indicator folder
//!                                          | folder_tests
//! report/     charts and maps, from files  | figures chart map canvas axis theme view read
//! units.rs    days, dates, money, chances
//! error.rs    what can go wrong; exit codes
//! ```

pub mod agents;
pub mod cli;
pub mod engine;
pub mod error;
pub mod levers;
pub mod observe;
pub mod processes;
pub mod region;
pub mod report;
pub mod scenario;
pub mod sim;
pub mod study;
pub mod units;
