//! The walk kernel of `benches/common/mod.rs` in krABMaga, beside `engine::hop` and the plain loop, in one run.
//!
//! ```text
//! peers                  the table
//! peers --tsv            program, version, agents, million agent-ticks a second, what differs: for `scripts/peers.py`
//! peers export FOLDER    the net, and what must come out of it, as CSV: the same net for programs in other languages
//! ```
//!
//! Before anything is measured, every program walks from known cells, and what comes out is held against probabilities
//! that were worked out without a draw. A program that walks otherwise ends the run with an error.

use krabmaga::engine::agent::Agent;
use krabmaga::engine::schedule::Schedule;
use krabmaga::engine::state::State;
use rayon::ThreadPool;
use std::any::Any;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::Path;

#[path = "../../common/mod.rs"]
mod common;

use common::{
    CELLS, P, Plain, PlainNet, Walk, Ways, by_clock, medians, medians_by, net, on_core, pool, spin, start_cells,
};

/// Numbers of agents.
const SIZES: [u64; 3] = [100_000, 1_000_000, 10_000_000];
/// krABMaga runs up to here: ten million agents would take minutes and say nothing new.
const KRABMAGA_UP_TO: u64 = 1_000_000;

const NO_DIFFERENCE: &str = "nothing: the reference";
const PLAIN_DIFFERS: &str = "one splitmix generator in each agent, weights as floats";
const KRABMAGA_DIFFERS: &str =
    "draws as in the plain loop; each agent is a box that a queue hands out, at any time and rank";

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args[..] {
        ["export", folder] => Ok(export(Path::new(folder))?),
        [] | ["--tsv"] => {
            check_all()?;
            let rows = measure();
            print!("{}", if args.is_empty() { table(&rows) } else { lines(&rows) });
            Ok(())
        }
        _ => Err("peers [--tsv | export FOLDER]".into()),
    }
}

// ---- the programs -----------------------------------------------------------------------------------------------

/// One program with its agents.
trait Program {
    fn tick(&mut self);
    /// Cell of every agent, in the order in which they were given.
    fn cells(&self) -> Vec<u32>;
    /// Agents in each cell, as the program kept them.
    fn counts(&self) -> Vec<i64>;
}

struct PlainRun {
    net: PlainNet,
    agents: Vec<Plain>,
    counts: Vec<i64>,
}

impl PlainRun {
    fn new(ways: Ways, start: &[u32]) -> PlainRun {
        PlainRun { net: PlainNet::new(ways), agents: Plain::all(start), counts: count(start) }
    }
}

impl Program for PlainRun {
    fn tick(&mut self) {
        self.net.day(&mut self.agents, &mut self.counts);
    }
    fn cells(&self) -> Vec<u32> {
        self.agents.iter().map(|a| a.cell as u32).collect()
    }
    fn counts(&self) -> Vec<i64> {
        self.counts.clone()
    }
}

/// The engine on one thread.
struct HopRun {
    walk: Walk,
    one: &'static ThreadPool,
}

impl Program for HopRun {
    fn tick(&mut self) {
        self.one.install(|| self.walk.day());
    }
    fn cells(&self) -> Vec<u32> {
        self.walk.at.clone()
    }
    fn counts(&self) -> Vec<i64> {
        self.walk.counts.iter().map(|&c| i64::from(c)).collect()
    }
}

/// An agent of krABMaga: the plain loop's, so that only what calls it differs.
#[derive(Clone, Copy)]
struct Walker(Plain);

impl Agent for Walker {
    fn step(&mut self, state: &mut dyn State) {
        let field = state.as_any_mut().downcast_mut::<Field>().expect("the only state there is");
        self.0.day(&field.net, &mut field.counts);
    }
}

/// krABMaga's state: the net and the counts.
struct Field {
    net: PlainNet,
    counts: Vec<i64>,
    start: Vec<Plain>,
}

impl State for Field {
    fn init(&mut self, schedule: &mut Schedule) {
        for &agent in &self.start {
            schedule.schedule_repeating(Box::new(Walker(agent)), 0.0, 0);
        }
    }
    fn as_any_mut(&mut self) -> &mut dyn Any {
        self
    }
    fn as_any(&self) -> &dyn Any {
        self
    }
    fn as_state_mut(&mut self) -> &mut dyn State {
        self
    }
    fn as_state(&self) -> &dyn State {
        self
    }
    fn reset(&mut self) {}
    fn update(&mut self, _step: u64) {}
}

/// krABMaga's schedule called step by step, as its own `simulate!` does, without the display.
struct KrabmagaRun {
    schedule: Schedule,
    field: Field,
}

impl KrabmagaRun {
    fn new(start: &[u32]) -> KrabmagaRun {
        let mut field = Field { net: PlainNet::new(net()), counts: count(start), start: Plain::all(start) };
        let mut schedule = Schedule::new();
        field.init(&mut schedule);
        KrabmagaRun { schedule, field }
    }
}

impl Program for KrabmagaRun {
    fn tick(&mut self) {
        self.schedule.step(&mut self.field);
    }
    fn cells(&self) -> Vec<u32> {
        let walker = |a: &dyn Agent| a.downcast_ref::<Walker>().expect("the only agents there are").0.cell as u32;
        let at: BTreeMap<u32, u32> = self.schedule.events.iter().map(|(a, _)| (a.id, walker(&*a.agent))).collect();
        at.into_values().collect()
    }
    fn counts(&self) -> Vec<i64> {
        self.field.counts.clone()
    }
}

fn count(cells: &[u32]) -> Vec<i64> {
    let mut counts = vec![0; CELLS as usize];
    cells.iter().for_each(|&c| counts[c as usize] += 1);
    counts
}

// ---- are they the same kernel? ----------------------------------------------------------------------------------

/// Cells in which the agents of the check start, agents in each of them, and ticks that they walk.
const CHECK_CELLS: u32 = 40;
const CHECK_AGENTS: u32 = 2_500;
const CHECK_TICKS: u32 = 3;
/// Standard errors by which a figure may be off. The seeds are fixed, so the check cannot flicker.
const STANDARD_ERRORS: f64 = 5.0;
/// Cells with fewer expected agents are not looked at one by one.
const LEAST_EXPECTED: f64 = 5.0;

/// Agents in known cells, and what is to be expected of them.
struct Check {
    start: Vec<u32>,
    /// By cell: mean and variance of the number of agents after [`CHECK_TICKS`] ticks.
    expected: BTreeMap<u32, (f64, f64)>,
}

impl Check {
    /// Every third cell has roads: 1,237 is prime to 3, so roads start in a third of the cells of the check.
    fn new(ways: &Ways) -> Check {
        let cells: Vec<u32> = (0..CHECK_CELLS).map(|k| k * 1237 % CELLS).collect();
        let mut expected = BTreeMap::new();
        for &cell in &cells {
            for (to, p) in spread(ways, cell) {
                let (mean, variance): &mut (f64, f64) = expected.entry(to).or_default();
                *mean += f64::from(CHECK_AGENTS) * p;
                *variance += f64::from(CHECK_AGENTS) * p * (1.0 - p);
            }
        }
        Check { start: cells.iter().flat_map(|&c| (0..CHECK_AGENTS).map(move |_| c)).collect(), expected }
    }

    /// Walks the agents of the check with a program that was given [`Check::start`].
    ///
    /// # Errors
    /// Says in what the program does not do what the kernel is to do.
    fn judge(&self, program: &mut dyn Program) -> Result<(), String> {
        let mut moves = 0_usize;
        let mut cells = program.cells();
        for _ in 0..CHECK_TICKS {
            program.tick();
            let now = program.cells();
            moves += now.iter().zip(&cells).filter(|(a, b)| a != b).count();
            cells = now;
        }
        let counts = count(&cells);
        if counts != program.counts() {
            return Err("the counts kept are not those of the agents".into());
        }
        let trials = self.start.len() as f64 * f64::from(CHECK_TICKS);
        let share = moves as f64 / trials;
        if (share - P).abs() > STANDARD_ERRORS * (P * (1.0 - P) / trials).sqrt() {
            return Err(format!("{share:.4} moves per agent and tick, not {P}"));
        }
        if let Some(cell) = (0..CELLS).find(|c| counts[*c as usize] > 0 && !self.expected.contains_key(c)) {
            return Err(format!("agents in cell {cell}, which none can reach"));
        }
        let squares: Vec<f64> = self
            .expected
            .iter()
            .filter(|(_, (mean, _))| *mean >= LEAST_EXPECTED)
            .map(|(cell, (mean, variance))| {
                let off = counts[*cell as usize] as f64 - mean;
                off * off / variance
            })
            .collect();
        // Squared deviations in units of the variance: 1 on average, and each with a variance of about 2.
        let (n, mean) = (squares.len() as f64, squares.iter().sum::<f64>() / squares.len() as f64);
        if (mean - 1.0).abs() > STANDARD_ERRORS * (2.0 / n).sqrt() {
            return Err(format!("squared deviations over {n} cells are {mean:.2} variances on average, not 1"));
        }
        Ok(())
    }
}

/// Where an agent is after [`CHECK_TICKS`] ticks, with probabilities.
fn spread(ways: &Ways, start: u32) -> BTreeMap<u32, f64> {
    let mut at = BTreeMap::from([(start, 1.0)]);
    for _ in 0..CHECK_TICKS {
        let mut next = BTreeMap::new();
        for (&cell, &p) in &at {
            let out = &ways[cell as usize];
            let total: f64 = out.iter().map(|w| w.1).sum();
            *next.entry(cell).or_default() += p * (1.0 - P);
            for (to, weight) in out {
                *next.entry(*to).or_default() += p * P * weight / total;
            }
        }
        at = next;
    }
    at
}

/// All programs through the check; and krABMaga's agents, which have the plain loop's luck, must stand where the plain
/// loop's stand, agent by agent.
fn check_all() -> Result<(), String> {
    let ways = net();
    let check = Check::new(&ways);
    let mut hop = HopRun { walk: Walk::from(check.start.clone()), one: pool(1) };
    let mut plain = PlainRun::new(ways, &check.start);
    let mut krabmaga = KrabmagaRun::new(&check.start);
    check.judge(&mut hop).map_err(|e| format!("engine::hop: {e}"))?;
    check.judge(&mut plain).map_err(|e| format!("plain loop: {e}"))?;
    check.judge(&mut krabmaga).map_err(|e| format!("krABMaga: {e}"))?;
    if plain.cells() != krabmaga.cells() {
        return Err("krABMaga: agents stand elsewhere than those of the plain loop".into());
    }
    Ok(())
}

/// Writes `net.csv` (cell, neighbour, weight), `start.csv` (cell, agents of the check that start there), `expected.csv`
/// (cell, mean and variance of the agents of the check in it) and `kernel.csv` (names and values of the constants).
fn export(folder: &Path) -> std::io::Result<()> {
    let ways = net();
    let check = Check::new(&ways);
    let mut text = String::from("cell,to,weight\n");
    for (cell, out) in ways.iter().enumerate() {
        for (to, weight) in out {
            let _ = writeln!(text, "{cell},{to},{weight}");
        }
    }
    std::fs::write(folder.join("net.csv"), text)?;
    let mut text = String::from("cell,agents\n");
    for (cell, n) in count(&check.start).iter().enumerate().filter(|(_, n)| **n > 0) {
        let _ = writeln!(text, "{cell},{n}");
    }
    std::fs::write(folder.join("start.csv"), text)?;
    let mut text = String::from("cell,mean,variance\n");
    for (cell, (mean, variance)) in &check.expected {
        let _ = writeln!(text, "{cell},{mean},{variance}");
    }
    std::fs::write(folder.join("expected.csv"), text)?;
    let constants = format!(
        "name,value\np,{P}\nticks,{CHECK_TICKS}\nstandard_errors,{STANDARD_ERRORS}\nleast_expected,{LEAST_EXPECTED}\n"
    );
    std::fs::write(folder.join("kernel.csv"), constants)
}

// ---- how fast are they? -----------------------------------------------------------------------------------------

/// One line of the table.
struct Row {
    program: &'static str,
    package: &'static str,
    agents: u64,
    /// Million agent-ticks per second that the process had a core.
    rate: f64,
    /// The same over that of `engine::hop` at the same number of agents.
    ratio: f64,
    differs: &'static str,
}

fn measure() -> Vec<Row> {
    let one = pool(1);
    let mut rows = vec![];
    for n in SIZES {
        let start = start_cells(n);
        let mut hop = HopRun { walk: Walk::from(start.clone()), one };
        let mut plain = PlainRun::new(net(), &start);
        let took = if n > KRABMAGA_UP_TO {
            medians(3, [&mut || hop.tick(), &mut || plain.tick()]).to_vec()
        } else {
            let krabmaga = RefCell::new(KrabmagaRun::new(&start));
            medians(3, [&mut || hop.tick(), &mut || plain.tick(), &mut || krabmaga.borrow_mut().tick()]).to_vec()
        };
        let names = [
            ("engine::hop", "sirocco", NO_DIFFERENCE),
            ("plain loop", "sirocco", PLAIN_DIFFERS),
            ("krABMaga", "krabmaga", KRABMAGA_DIFFERS),
        ];
        for ((program, package, differs), seconds) in names.into_iter().zip(&took) {
            let rate = n as f64 / seconds / 1e6;
            rows.push(Row { program, package, agents: n, rate, ratio: took[0] / seconds, differs });
        }
    }
    rows
}

/// The version of a package that this program was built with.
fn version(package: &str) -> &'static str {
    let mut lock = include_str!("../Cargo.lock").split("[[package]]");
    let name = format!("name = \"{package}\"");
    let entry = lock.find(|e| e.lines().any(|l| l == name));
    entry.and_then(|e| e.lines().find_map(|l| l.strip_prefix("version = "))).map_or("?", |v| v.trim_matches('"'))
}

fn table(rows: &[Row]) -> String {
    let mut out = format!(
        "{:<14} {:<9} {:>10} {:>16} {:>22}   what differs\n",
        "program", "version", "agents", "M agent-ticks/s", "ratio to engine::hop"
    );
    for r in rows {
        let version = version(r.package);
        let _ = writeln!(
            out,
            "{:<14} {version:<9} {:>10} {:>16.1} {:>22.3}   {}",
            r.program, r.agents, r.rate, r.ratio, r.differs
        );
    }
    let [clock, core] = [by_clock, on_core].map(|clock| medians_by(clock, 3, [&mut spin])[0]);
    let _ = writeln!(out, "\nOne thread got {:.0} % of a core.", 100.0 * core / clock);
    out
}

fn lines(rows: &[Row]) -> String {
    let line = |r: &Row| format!("{}\t{}\t{}\t{}\t{}\n", r.program, version(r.package), r.agents, r.rate, r.differs);
    rows.iter().map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check lets through the kernel and refuses one that leaves the weights out of account.
    #[test]
    fn another_kernel_is_refused() {
        let check = Check::new(&net());
        assert_eq!(check.judge(&mut PlainRun::new(net(), &check.start)), Ok(()));
        let mut even = net();
        even.iter_mut().flatten().for_each(|way| way.1 = 1.0);
        let why = check.judge(&mut PlainRun::new(even, &check.start)).unwrap_err();
        assert!(why.contains("squared deviations"), "{why}");
    }
}
