//! What displacement costs (docs/performance.md): `cargo bench --bench displacement`, or `cargo bench -- displacement-start` for one part.
//!
//! Instances are made up: sites on a lattice with a route to each neighbour, one in eight a camp abroad along two edges, war in the
//! middle, registrations that grow in a straight line. Engine time is that of days and digests, on two threads, without files.

mod common;

use common::*;
use sirocco::cli::prepare;
use sirocco::sim::{Ground, RunPlan, Simulation};
use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

const PARTS: [Part; 3] = [("displacement-days", days), ("displacement-flee", flee), ("displacement-start", start)];

/// Flee's published instances, which are not part of the project.
const FLEE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/flee");

fn main() {
    run(&wanted(&PARTS));
}

/// Writes an instance of `side` x `side` sites, of which `people` flee in 300 days, into a folder.
fn instance(folder: &Path, side: usize, people: usize) {
    let net = folder.join("net");
    fs::create_dir_all(&net).expect("a folder");
    let (mut sites, mut nodes) = (
        String::from("name,country,lat,lon,kind,population,capacity,home\n"),
        String::from("name,country,lat,lon,population\n"),
    );
    let (mut routes, mut links) = (String::from("a,b,km\n"), String::from("a,b,km\n"));
    let (mut war, mut registered) = (String::from("date,site,intensity\n"), String::from("site,date,persons\n"));
    let edge = |i: usize| i == 0 || i + 1 == side;
    let camps = (0..side * side).filter(|n| edge(n / side) && n % 4 == 0).count().max(1);
    for n in 0..side * side {
        let (x, y) = (n / side, n % side);
        let (lat, lon) = (10.0 + 10.0 * x as f64 / side as f64, 10.0 * y as f64 / side as f64);
        let camp = edge(x) && n.is_multiple_of(4);
        let at_war = x == side / 2;
        let kind = if camp {
            "camp"
        } else if at_war {
            "conflict_zone"
        } else {
            "town"
        };
        let (country, home) = if edge(x) { ("BBB", "no") } else { ("AAA", "yes") };
        let population = if camp { 0 } else { 1000 + 37 * (n % 101) };
        // A camp has room for half as many again as come on average.
        let capacity = if camp { (3 * people / camps / 2).to_string() } else { String::new() };
        writeln!(sites, "s{n},{country},{lat},{lon},{kind},{population},{capacity},{home}").expect("memory");
        writeln!(nodes, "s{n},{country},{lat},{lon},{population}").expect("memory");
        for m in [(x + 1 < side).then(|| n + side), (y + 1 < side).then(|| n + 1)].into_iter().flatten() {
            let km = 40 + (n * 13 + m * 7) % 200;
            writeln!(routes, "s{n},s{m},{km}").expect("memory");
            writeln!(links, "s{n},s{m},{km}").expect("memory");
        }
        if at_war {
            writeln!(war, "2012-02-29,s{n},1").expect("memory");
        }
        if camp {
            writeln!(registered, "s{n},2012-02-29,0\ns{n},2012-12-24,{}", people / camps).expect("memory");
        }
    }
    for (name, text) in [
        ("sites.csv", sites),
        ("nodes.csv", nodes),
        ("routes.csv", routes),
        ("links.csv", links),
        ("conflict.csv", war),
        ("registrations.csv", registered),
    ] {
        fs::write(net.join(name), text).expect("a file");
    }
    let scenario = "title = \"Lattice\"\n[run]\nstart = 2012-02-29\nend = 2012-12-24\n[region]\nnetwork = \"net\"\ndisplacement = \"net\"\n\
                    [initial.migrants]\nresidents = 0\n[initial.groups]\nregional = false\nlibya_count = 0\n[initial.crews]\ncount = 0\n\
                    [initial.patrols]\nteams_per_base = 0\n[initial.vessels]\nper_zone = 0\n[initial.depots]\ncount = 0\nchemical_tonnes = 0\n\
                    [processes.displacement]\nstart_on_foot = true\ncamp_weight = 2\nkm_per_day = 200\nmove_chance_town = 0.5\n";
    fs::write(folder.join("scenario.toml"), scenario).expect("a file");
}

fn read(scenario: &Path) -> (RunPlan, Ground) {
    let prepared = prepare(scenario, &[], Path::new(DATA)).expect("a ground");
    let (scenario, ground) = prepared.unwrap_or_else(|r| panic!("{r}"));
    (RunPlan { scenario: Arc::new(scenario), replicate: 0, values: vec![], audit: false }, ground)
}

/// Bytes that the system holds for this process.
fn held() -> f64 {
    let text = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = text.lines().find_map(|l| l.strip_prefix("VmRSS:")?.split_whitespace().next()?.parse::<f64>().ok());
    line.unwrap_or(0.0) * 1024.0
}

/// A row of the table of a run: the best of five.
fn row(name: &str, scenario: &Path) {
    let two = pool(2);
    let (plan, ground) = read(scenario);
    let (mut best, mut begun) = (f64::INFINITY, f64::INFINITY);
    let (mut agent_days, mut bytes, mut displaced) = (0, 0.0, 0);
    for _ in 0..5 {
        let before = held();
        begun = begun.min(time(by_clock, || {
            let (plan, ground) = read(scenario);
            std::hint::black_box(Simulation::new(&plan, &ground).expect("the plan fits").world.digest());
        }));
        let mut sim = Simulation::new(&plan, &ground).expect("the plan fits");
        agent_days = 0;
        let took = time(by_clock, || {
            two.install(|| {
                loop {
                    sim.day().expect("a day");
                    std::hint::black_box(sim.world.digest());
                    agent_days += sim.world.displaced.live();
                    if sim.world.day >= sim.last_day() {
                        break;
                    }
                    sim.next_morning();
                }
            });
        });
        best = best.min(took);
        displaced = sim.world.displaced.live();
        bytes = f64::max(bytes, (held() - before) / displaced as f64);
    }
    let rate = agent_days as f64 / best / 1e6;
    // Of few agents the allocator's own steps are as large as what is measured.
    let bytes = if displaced < 500_000 { "-".into() } else { format!("{bytes:.0}") };
    println!("| {name} | {displaced} | {begun:.3} | {best:.3} | {rate:.0} | {bytes} |");
}

fn head() {
    println!(
        "\nDisplacement, two threads (start: from files to the first morning; days: days and digests).\n\n\
         | instance | displaced | start, s | days, s | million agent-days a second | bytes an agent |\n|---|---|---|---|---|---|"
    );
}

fn days() {
    head();
    for people in [90_000, 1_000_000] {
        let folder = tempfile::tempdir().expect("a folder");
        instance(folder.path(), 5, people);
        row("lattice of 25 sites, 300 days", &folder.path().join("scenario.toml"));
    }
}

/// Flee's own instances, one to one, with its validation settings.
fn flee() {
    head();
    for name in ["mali2012", "car2013"] {
        let dir = Path::new(FLEE).join(name);
        if !dir.is_dir() {
            println!("skipped: {} is missing", dir.display());
            continue;
        }
        let out = tempfile::tempdir().expect("a folder");
        let mut import = Command::new(env!("CARGO_BIN_EXE_sirocco"));
        let told = import.args(["import", "flee", "--parity", "--out"]).arg(out.path()).arg(&dir).output();
        assert!(told.expect("the program").status.success(), "{name} is imported");
        row(name, &out.path().join("scenario.toml"));
    }
}

fn start() {
    println!("\nFrom files to the first morning.\n\n| sites | s |\n|---|---|");
    for side in [5, 32, 100] {
        let folder = tempfile::tempdir().expect("a folder");
        instance(folder.path(), side, 10_000);
        let one = || {
            time(by_clock, || {
                let (plan, ground) = read(&folder.path().join("scenario.toml"));
                std::hint::black_box(Simulation::new(&plan, &ground).expect("the plan fits").world.digest());
            })
        };
        let took = [one(), one(), one()].into_iter().fold(f64::INFINITY, f64::min);
        println!("| {} | {took:.3} |", side * side);
    }
}
