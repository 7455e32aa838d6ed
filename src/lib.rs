//! Sirocco: an agent-based simulation of arms, smuggling and migration across Libya, the Sahel and the central
//! Mediterranean, and of what policy can do about it.
//!
//! The program is a library and one command, `sirocco`. A scenario file says where to start and which policy levers are pulled; a run gives
//! daily series, maps, flows and charts. Rules, equations and sources are in `docs/odd.md`, what is not modelled in `docs/limits.md`.
//!
//! # Words
//!
//! - **actor**: who sends a lever from abroad, accepted more or less. **Polity**: a country whose politics are simulated.
//! - **agent**: a row of a [table](engine::table): a migrant, a crew, a group, a depot, a boat, a vessel, a patrol unit.
//! - **army**: a group of the bloc `state`, or of `foreign_force`, troops from abroad beside it ([`agents::group::is_official`]).
//! - **area**: what the `where` of a lever stands for: countries, places, borders, sea zones ([`region::Area`]).
//! - **audit**: a recount of digest and ledgers from every row, every 30 days, or every day with `--audit`.
//! - **beat**: the cells that a force works over. **Strategy**: how it shares its teams over them.
//! - **belief**: what a network remembers of a cell: seizures and safe crossings, apart for people and for contraband.
//! - **bloc**: whom a group fights for. **Hostility**: a war of two blocs in a country. **Party**: a bloc with an enemy there.
//! - **channel**: how a weapon came to a group, counted each time. **Origin**: where it entered the model, set once.
//! - **class**: one of six classes of weapons; munitions and chemicals are tonnes, the others pieces.
//! - **common random numbers**: two runs with the same seed share all luck that a difference between them does not touch.
//! - **consent**: how willing a state is to let others work on its ground, 0 to 1; levers have a threshold.
//! - **convoy**: fighters on their way home with their arms.
//! - **corridor**: a documented way, a list of places with the years of its use (`data/geo/corridors.csv`).
//! - **counting post**: a place where the people who pass with crews are counted, as an observer would.
//! - **crew**: a smuggling vehicle with its men. **Cargo**: people, arms, fuel or drugs; the last three are contraband.
//! - **digest**: 128 bits that stand for the whole state ([`engine::digest`]).
//! - **displaced**: driven from home by war. **Site**: a camp, town or fork where they can be, on routes ([`region::displacement`]).
//! - **fare**: the price of a seat with a crew on a leg; it moves with loads waiting and crews offering.
//! - **field**: the least cost to one node from every other ([`region::costs`]).
//! - **force**: teams under one command: a patrol unit, or what a lever sends to a border or a base.
//! - **fork**: where corridors part and hardly anyone lives; no hub: corridors that end there are led on.
//! - **ground, holder**: each bloc's share of control of a contested cell ([`agents::territory`]); who has most of it.
//! - **homeland**: cells and towns of a people that may rise ([`agents::homeland`]). **Town**: a place of 5,000 people or more.
//! - **hub**: a place where people and cargo change hands: an end of a corridor, a home of a network, a departure coast.
//! - **key**: an agent's stable 64-bit name, the same in every run; luck hangs on it and not on a row number.
//! - **lane**: a way over sea from a departure place to a landing place. **Zone**: waters with one weather.
//! - **ledger**: double-entry books in whole numbers for arms, people, fighters, boats and money ([`engine::ledger`]).
//! - **leg**: a journey from one hub to another, in one direction. **Through-leg**: one that passes other hubs.
//! - **lever**: a policy with dates, a place, an intensity and a bill ([`levers`]).
//! - **market**: weapons for sale at a hub, with a price that moves around the **usual** one (equation 6). **Store**: weapons of
//!   a market, of civilians or in custody. **Outlet**: the market nearest to a depot.
//! - **metric**: a column of `series.csv`; its *observed twin* is what registers and seizures would have counted.
//! - **militia cell**: one where fighters of groups other than armies are: a toll is taken, and teams are bribed more easily.
//! - **network**: crews with one home, range, purse and set of beliefs. **Tie**: networks that trade news.
//! - **newcomer**: somebody without any experience, who believes the prior of equation 3 of every cell.
//! - **node**: a cell of the H3 grid, or a place of a plain network; the model cannot tell which.
//! - **ODD**: Overview, Design concepts, Details, the protocol for describing agent-based models (Grimm et al. 2020).
//! - **outlook**: what the cells, legs and ways round would cost a network, by what it acts on ([`agents::outlook`]).
//! - **process**: one rule of the day with its parameters; in ODD's words a submodel.
//! - **purpose**: the name of what a draw is for; part of what the draw is a function of ([`engine::rng`]).
//! - **replicate**: the same scenario with other luck. **Seed**: names all luck of a run.
//! - **risk** of being seized in a cell: *true* by teams and sensors, *perceived* by a network, *acted upon* at its last review.
//! - **sensor**: drones and aircraft; they see and stop nobody. **Response**: the chance that a team comes when one calls.
//! - **sighting**: what enforcement remembers of a cell: how often something was found, how hard it was looked for.
//! - **tick**: a day, counted from 1970-01-01. **Ticket**: what luck hangs on instead of who and when ([`agents::ticket`]).
//! - **watch**: what enforcement there is in a cell today ([`agents::patrol::Watch`]).
//! - **way**: one of the documented courses of a leg, through **waypoints** (nodes). **Way round**: any other ground.
//!
//! # A day, in order
//!
//! [`sim::Simulation::day`] does steps 1 and 25, its caller 26; [`processes::DAY`] is the list of the others.
//!
//!  1. calendar: yesterday's counters are cleared, events happen, levers set today's controls and are paid
//!  2. weather: the wave height in every sea zone
//!  3. allocation: patrol teams, sensors and vessels take their places
//!  4. oil: fields and terminals are shut and opened; groups near them live on what is smuggled
//!  5. economy: the state takes and spends; services, wages, the demand for foreign labour
//!  6. patrons: states abroad arm blocs by sea, air and land, past an embargo and in the place of others
//!  7. stockpiles: guards desert, depots are raided
//!  8. leakage: custody and legal stocks leak, weapons wear out, what levers collect is destroyed
//!  9. armed groups: convoys come home
//! 10. programmes: courses of training end and begin, trained men leave, fighters are demobilised or taken into a force
//! 11. recruitment: groups earn, fighters join and give up
//! 12. markets: weapons get dearer or cheaper; civilians and groups sell and buy
//! 13. fares: seats get dearer where people waited yesterday and cheaper where crews did
//! 14. departures: people set out from home, for the sea, for work in Libya or Algeria, by the Western route
//! 15. journeys: who is due arrives, works, takes a bus, joins a line, settles, goes home or turns to the sea
//! 16. captivity: people held are paid for; people in detention are let go, escape, buy themselves out or go home
//! 17. crews: choose cargo and way, load, drive, are stopped or arrive; settle their bills
//! 18. sea: vessels land people, boats are launched, and sink, drift, are rescued, pulled back or arrive, hour by hour
//! 19. landings: cases of people in Europe are decided, some of those refused are sent home or back
//! 20. conflict: cells are contested, parties clash, aircraft strike, towns are taken, groups flee and march
//! 21. revolt: homelands rise, governments fall, allies fall out
//! 22. displacement: war drives people out, to camps, towns and over borders
//! 23. politics: one government comes to command a country or does not; actors from abroad are accepted or not
//! 24. beliefs: networks learn, pass on news, and review their plans
//! 25. books: what is billed by the deed is paid; every ledger is checked after each of the steps 2 to 24, and recounted
//! 26. observers: the day is written down, then its digest is taken
//!
//! # The map of the code
//!
//! Upper layers use lower ones, never the other way: `cli > study > sim > scenario > {levers, processes, observe} > agents > engine >
//! units`; `region` is under `agents`, `import` over `scenario`; `observe` changes nothing; `report` reads files only (`tests/house.rs`).
//!
//! ```text
//! main.rs     arguments in, exit code out
//! cli/        one file a command           | run compare study resume report validate check schema levers processes metrics
//!                                          | displacement cost_per_weapon import
//!             and what they share          | data describe progress live junit
//! study/      more than one run            | ensemble outcome measure stats paired branch tables spec plan factors analysis design targets camps
//!                                          | calibrate emulator fitted sensitivity pareto discover check displacement weapons_kept files
//!                                          | columns maps
//! sim.rs      one run, one day
//! scenario/   the files that users write   | schema load syntax tree extend sets posterior
//!             and what is wrong with them  | check keys union semantic assemble words diagnose idle
//! levers/     one file a policy lever      | depot_security border_patrol naval_patrol surveillance
//!                                          | boat_destruction coast_guard militia_payoff embargo
//!                                          | intelligence_sharing transit_criminalisation niche_teams sanctions
//!                                          | weapons_destruction transfer_tracing stabilisation_force counter_is
//!                                          | legal_pathways processing readmission neighbour_diplomacy
//!                                          | embargo_exemption training ddr ssr oil_unity oil_smuggling_control
//!                                          | economic_support mediation_dialogue
//! processes/  one file a rule of the day   | calendar/ weather allocation/ oil economy patrons stockpiles leakage
//!                                          | armed_groups programmes/ recruitment markets/ fares departures
//!                                          | journeys captivity crews/ sea/ landings conflict/ revolt displacement/ politics beliefs
//!             and what rules share         | route_choice moves
//!             calendar/: returns war affiliation; allocation/: strategy watch vessels; markets/: needs trade; sea/: launch beaches
//!             crossing rescue; crews/: choose drive arrive business; conflict/: arena campaign contest clashes fronts;
//!             programmes/: training ddr ssr; displacement/: war leave origins routes travel rules_tests
//! agents/     the state, a file a kind     | migrant crew network belief fare group depot convoy cohort patrol patron
//!                                          | sighting state vessel store market territory homeland oil hostility fired bill actor ticket displaced
//!             and what holds it together   | world books saved accounts arms controls routes outlook
//!                                          | derived tally model_data hypotheses
//! region/     the ground, fixed once built | grid network graph costs geodata places corridor sea lookup table assemble check displacement catchment
//! engine/     generic: knows no scenario   | step table rng dist digest ledger grant wake parallel save checkpoint disk hop
//! observe/    metrics, a run's files       | observer metric/ condition recorder sums monthly/ profile indicator folder folder_tests hand_made_tests
//!       metric/: people crews arms conflict politics programmes displacement books; monthly/: cells legs borders arms conflict landings
//! report/     charts, maps, report.html    | folder drawing figures fitted chart bands camps compare verdict tradeoff pareto map maps canvas
//!                                          | axis theme view read/ rows sankey published study geo page/ compare_tests
//!             read/: many cells ground; page/: words tables atlas
//! import/     other programs' files; flee/: settings places dated registered write | log sheet yaml flee flee/
//! units.rs    days, dates, money, chances
//! error.rs    what can go wrong; exit codes
//! ```

pub mod agents;
pub mod cli;
pub mod engine;
pub mod error;
pub mod import;
pub mod levers;
pub mod observe;
pub mod processes;
pub mod region;
pub mod report;
pub mod scenario;
pub mod sim;
pub mod study;
pub mod units;
