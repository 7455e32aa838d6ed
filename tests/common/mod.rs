//! Worlds for tests: a tiny network of seven places on which nothing happens until a test says so, and the shipped
//! scenarios on the real grid, coarse and short.
#![allow(dead_code)]

use sirocco::agents::tally::Tally;
use sirocco::agents::world::World;
use sirocco::error::Result;
use sirocco::observe::metric;
use sirocco::observe::observer::Observer;
use sirocco::processes::DAY;
use sirocco::scenario::diagnose::Names;
use sirocco::scenario::load::{load, peek};
use sirocco::scenario::schema::Scenario;
use sirocco::sim::{Ground, RunPlan, Simulation, run_one};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// Rows of a CSV file by the names of its columns.
pub fn rows(path: &Path) -> std::result::Result<Vec<BTreeMap<String, String>>, Box<dyn std::error::Error>> {
    let mut reader = csv::Reader::from_path(path)?;
    Ok(reader.deserialize().collect::<std::result::Result<_, _>>()?)
}

pub const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");

// One road north (Niamey, by bus to Agadez, with crews over Toummo to Sabha and on to the coast at Zuwara), one from Sabha
// to Kidal, one lane to Lampedusa. Zuwara has few people, so that nearly all who look for work go to Sabha.
const NODES: &str = "name,country,lat,lon,population,terrain,kind
Zuwara,LBY,32.93,12.08,1000,mediterranean,town
Sabha,LBY,27.04,14.43,130000,desert_flat,city
Toummo,NER,22.65,14.1,0,desert_flat,pass
Agadez,NER,16.97,7.99,110000,steppe,city
Niamey,NER,13.51,2.11,1000000,steppe,city
Kidal,MLI,18.44,1.41,35000,steppe,town
Lampedusa,ITA,35.5,12.6,6000,mediterranean,island
";
const LINKS: &str =
    "a,b,km\nZuwara,Sabha,800\nSabha,Toummo,600\nToummo,Agadez,800\nNiamey,Agadez,950\nSabha,Kidal,1700\n";
const LANES: &str = "from,to,zone,km\nZuwara,Lampedusa,Central,300\n";
const CORRIDORS: &str = "id,name,flow,carrier,places
bus,Bus,both,public,Niamey; Agadez
north,North,both,crew,Agadez; Toummo; Sabha
coast,Coast,both,crew,Sabha; Zuwara
west,West,both,crew,Sabha; Kidal
";

/// Everything is off: no depots, groups, crews, people, patrols or vessels.
const BASE: &str = r#"title = "Tiny"
[run]
start = 2014-01-01
end = 2014-12-31
seed = 7
[region]
network = "net"
[initial.depots]
count = 0
chemical_tonnes = 0
[initial.groups]
libya_count = 0
regional = false
[initial.crews]
count = 0
[initial.migrants]
residents = 0
[initial.patrols]
teams_per_base = 0
[initial.vessels]
per_zone = 0
"#;

/// A scenario with its ground, and the folder it was written to.
pub struct Bench {
    pub scenario: Arc<Scenario>,
    pub ground: Ground,
    folder: Option<tempfile::TempDir>,
}

fn read(path: &Path, sets: &[&str], ground: impl FnOnce(&Path) -> Ground) -> (Arc<Scenario>, Ground) {
    let sets: Vec<String> = sets.iter().map(ToString::to_string).collect();
    let ground = ground(path);
    let scenario = load(path, &sets, &Names::of(&ground.region)).unwrap_or_else(|r| panic!("{r}"));
    (Arc::new(scenario), ground)
}

/// The tiny world with more TOML at the end of the file (events, levers, lists) and `--set` arguments.
pub fn tiny(more: &str, sets: &[&str]) -> Bench {
    let files = [("nodes.csv", NODES), ("links.csv", LINKS), ("lanes.csv", LANES), ("corridors.csv", CORRIDORS)];
    on_network(&files, more, sets)
}

/// For [`tiny`]: a government's groups on the coast, its rivals in Sabha, Toubou and the town at war there; two patrons of the
/// government, who can use every way, and one of its rivals; Libya's politics are simulated as far as they are built.
pub const PATRONS: &str = r#"
[initial.states.unity]
LBY = 0.5
[[initial.groups.list]]
name = "Government"
place = "Zuwara"
fighters = 3000
bloc = "gna"
[[initial.groups.list]]
name = "Rivals"
place = "Sabha"
fighters = 2000
bloc = "hor_lna"
[[initial.groups.list]]
name = "Toubou"
place = "Sabha"
fighters = 800
bloc = "toubou"
tie = "toubou"
arms_per_fighter = [1, 0, 0, 0, 0, 0]
[[initial.groups.list]]
name = "Town"
place = "Sabha"
fighters = 800
bloc = "local"
arms_per_fighter = [1, 0, 0, 0, 0, 0]
[[event]]
kind = "hostility"
date = 2014-01-01
country = "LBY"
bloc = "toubou"
against = "local"
level = 2
[[initial.patrons.list]]
name = "First"
bloc = "gna"
port = "Zuwara"
airfield = "Zuwara"
land_place = "Zuwara"
per_year = [6000, 600, 60, 600, 0, 0]
growth = 0
costs = [0.1, 0.1, 0.1]
[[initial.patrons.list]]
name = "Second"
bloc = "gna"
port = "Zuwara"
airfield = "Zuwara"
land_place = "Zuwara"
per_year = [4000, 400, 40, 400, 0, 0]
growth = 0
costs = [0.1, 0.1, 0.1]
[[initial.patrons.list]]
name = "Third"
country = "NER"
bloc = "hor_lna"
land_place = "Sabha"
per_year = [2000, 200, 20, 200, 1, 0]
"#;

/// Files by their paths in a folder.
pub type Files = BTreeMap<PathBuf, Vec<u8>>;

/// Every file below a folder, with its content.
pub fn files(folder: &Path) -> std::result::Result<Files, Box<dyn std::error::Error>> {
    let mut all = Files::new();
    let mut todo = vec![folder.to_path_buf()];
    while let Some(dir) = todo.pop() {
        for entry in std::fs::read_dir(&dir)? {
            let path = entry?.path();
            if path.is_dir() {
                todo.push(path);
            } else {
                all.insert(path.strip_prefix(folder)?.to_path_buf(), std::fs::read(&path)?);
            }
        }
    }
    Ok(all)
}

/// Exit code of a command that has ended.
pub fn code(out: &std::process::Output) -> i32 {
    out.status.code().unwrap_or(-1)
}

/// What it said on standard error.
pub fn said(out: &std::process::Output) -> String {
    String::from_utf8_lossy(&out.stderr).into_owned()
}

/// That two folders hold the same files, byte for byte.
#[track_caller]
pub fn same_files(what: &str, got: &Files, want: &Files) {
    assert_eq!(got.keys().collect::<Vec<_>>(), want.keys().collect::<Vec<_>>(), "{what}");
    let differ: Vec<_> = want.iter().filter(|(name, bytes)| got[*name] != **bytes).map(|x| x.0).collect();
    assert!(differ.is_empty(), "{what}: {differ:?}");
}

/// Mean of values, and the half-width of its interval of 95 % (Student); NaN for fewer than two.
pub fn interval(x: &[f64]) -> (f64, f64) {
    // 97.5 % points of Student's t with 1, 2, ... degrees of freedom.
    const T: [f64; 30] = [
        12.71, 4.30, 3.18, 2.78, 2.57, 2.45, 2.365, 2.31, 2.26, 2.23, 2.20, 2.18, 2.16, 2.14, 2.13, 2.12, 2.11, 2.10,
        2.09, 2.09, 2.08, 2.07, 2.07, 2.06, 2.06, 2.06, 2.05, 2.05, 2.05, 2.04,
    ];
    let n = x.len();
    let mean = x.iter().sum::<f64>() / n as f64;
    if n < 2 {
        return (mean, f64::NAN);
    }
    let variance = x.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / (n - 1) as f64;
    (mean, T.get(n - 2).unwrap_or(&1.96) * libm::sqrt(variance / n as f64))
}

/// Columns and rows of the desert of [`desert`].
pub const DESERT: (usize, usize) = (15, 9);

/// A desert 14 steps of 45 km wide and 8 high, with a paved road along its middle row from West (in Mali) past Post in
/// Niger to East (in Libya), rough ground everywhere else, one network of crews at home in West, and one lane from East. Like
/// [`tiny`], everything else is off.
pub fn desert(more: &str, sets: &[&str]) -> Bench {
    let (columns, rows) = DESERT;
    let mid = rows / 2;
    let name = |x: usize, y: usize| match (x, y) {
        (0, y) if y == mid => "West".to_string(),
        (14, y) if y == mid => "East".to_string(),
        (7, y) if y == mid => "Post".to_string(),
        _ => format!("n{x}_{y}"),
    };
    let mut nodes = String::from("name,country,lat,lon,population,terrain,kind\n");
    let mut links = String::from("a,b,km,road,speed_kmh\n");
    for x in 0..columns {
        for y in 0..rows {
            let country = ["MLI", "NER", "LBY"][usize::from(x > 1) + usize::from(x > 12)];
            let people = if y == mid && (x == 0 || x == columns - 1) { 50_000 } else { 0 };
            let (lat, lon) = (16.0 + 0.4 * y as f64 + 0.05 * x as f64, 2.0 + 0.42 * x as f64);
            nodes += &format!("{},{country},{lat},{lon},{people},desert_flat,town\n", name(x, y));
            if x + 1 < columns {
                let (road, speed) = if y == mid { ("paved", 75) } else { ("none", 45) };
                links += &format!("{},{},45,{road},{speed}\n", name(x, y), name(x + 1, y));
            }
            if y + 1 < rows {
                links += &format!("{},{},45,none,45\n", name(x, y), name(x, y + 1));
            }
        }
    }
    nodes += "Island,ITA,30.0,8.0,6000,mediterranean,island\n";
    let lanes = "from,to,zone,km\nEast,Island,Sea,300\n";
    let corridors = "id,name,flow,carrier,places\nroad,Road,both,crew,West; Post; East\n";
    let crews = "\n[[initial.crews.networks]]\nname = \"Band\"\nhome = \"West\"\nweight = 1\nrange_km = 2000\n";
    let files = [("nodes.csv", &nodes[..]), ("links.csv", &links), ("lanes.csv", lanes), ("corridors.csv", corridors)];
    let mut all = vec![
        "initial.crews.count=150",
        "processes.crews.drug_loads_per_day=20",
        "processes.crews.fuel_loads_per_day=0",
        "processes.crews.stopped_days=10",
        "processes.allocation.corruption=0.2",
        "processes.allocation.will=0.9",
    ];
    all.extend(sets);
    on_network(&files, &format!("{crews}{more}"), &all)
}

fn on_network(files: &[(&str, &str)], more: &str, sets: &[&str]) -> Bench {
    let folder = tempfile::tempdir().expect("a folder");
    let net = folder.path().join("net");
    std::fs::create_dir(&net).expect("a folder");
    for (name, text) in files {
        std::fs::write(net.join(name), text).expect("a file");
    }
    let path = folder.path().join("tiny.toml");
    std::fs::write(&path, format!("{BASE}{more}")).expect("a file");
    let (scenario, ground) = read(&path, sets, |p| {
        let peeked = peek(p, &[]).unwrap_or_else(|r| panic!("{r}"));
        Ground::load(Path::new(DATA), &peeked.region, peeked.resolution, &peeked.folder).expect("the network builds")
    });
    Bench { scenario, ground, folder: Some(folder) }
}

/// The real grid at resolution 3, built once per test binary.
pub fn coarse_ground() -> Ground {
    static GROUND: OnceLock<Ground> = OnceLock::new();
    let build = || Ground::load(Path::new(DATA), &Default::default(), 3, Path::new(".")).expect("the grid builds");
    GROUND.get_or_init(build).clone()
}

/// A shipped scenario on the grid of resolution 3.
pub fn shipped(name: &str, sets: &[&str]) -> Bench {
    scenario(name, &[&["run.resolution=3"], sets].concat())
}

/// A shipped scenario as it is, but for the sets.
pub fn scenario(name: &str, sets: &[&str]) -> Bench {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(format!("scenarios/{name}.toml"));
    let (scenario, ground) = read(&path, sets, |p| ground_of(p, sets));
    Bench { scenario, ground, folder: None }
}

/// A shipped scenario with more TOML laid on top in a file that extends it, on the grid of resolution 3.
pub fn shipped_with(name: &str, more: &str, sets: &[&str]) -> Bench {
    scenario_with(name, more, &[&["run.resolution=3"], sets].concat())
}

/// The same on the scenario's own grid.
pub fn scenario_with(name: &str, more: &str, sets: &[&str]) -> Bench {
    let folder = tempfile::tempdir().expect("a folder");
    let scenarios = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios"));
    std::fs::create_dir(folder.path().join("posteriors")).expect("a folder");
    for part in ["", "posteriors"] {
        let shipped = std::fs::read_dir(scenarios.join(part)).expect("a folder");
        for file in shipped.map(|f| f.expect("a file")).filter(|f| f.path().is_file()) {
            std::fs::copy(file.path(), folder.path().join(part).join(file.file_name())).expect("a copy");
        }
    }
    let path = folder.path().join("child.toml");
    std::fs::write(&path, format!("extends = \"{name}.toml\"\n{more}")).expect("a file");
    let (scenario, ground) = read(&path, sets, |p| ground_of(p, sets));
    Bench { scenario, ground, folder: Some(folder) }
}

/// The ground that a scenario asks for; the coarse one is shared.
fn ground_of(path: &Path, sets: &[&str]) -> Ground {
    let sets: Vec<String> = sets.iter().map(ToString::to_string).collect();
    match peek(path, &sets).unwrap_or_else(|r| panic!("{r}")).resolution {
        3 => coarse_ground(),
        fine => Ground::load(Path::new(DATA), &Default::default(), fine, Path::new(".")).expect("the grid builds"),
    }
}

impl Bench {
    pub fn plan(&self, replicate: u32) -> RunPlan {
        RunPlan { scenario: self.scenario.clone(), replicate, values: vec![], audit: false }
    }
    pub fn sim(&self, replicate: u32) -> Simulation {
        Simulation::new(&self.plan(replicate), &self.ground).expect("the plan fits")
    }
    /// A whole run, ledgers recounted every day when `audit`.
    pub fn run_audited(&self, replicate: u32, audit: bool) -> Seen {
        let mut seen = Seen { flows: metric::all(), ..Seen::default() };
        let plan = RunPlan { audit, ..self.plan(replicate) };
        let out = run_one(&plan, &self.ground, &mut seen).unwrap_or_else(|e| panic!("{e}"));
        seen.digests = out.digests;
        seen
    }
    pub fn run(&self, replicate: u32) -> Seen {
        self.run_audited(replicate, false)
    }
    /// One process of the day, alone.
    pub fn step(&self, name: &str, w: &mut World) {
        let step = DAY.iter().find(|s| s.name == name).expect("a process of the day");
        let day = w.day;
        (step.run)(&self.scenario.params[step.name], w, day);
    }
}

/// What a run was like, day by day.
#[derive(Default)]
pub struct Seen {
    pub digests: Vec<u128>,
    pub tallies: Vec<Tally>,
    pub waves: Vec<f64>,
    /// Metrics by day, in the order of `metric::all`.
    pub values: Vec<Vec<f64>>,
    pub flows: Vec<metric::Metric>,
    /// Fares by day and leg, US cents.
    pub fares: Vec<Vec<f64>>,
    pub last: Option<World>,
}

impl Seen {
    /// Sum of something over all days.
    pub fn sum(&self, f: impl Fn(&Tally) -> i64) -> f64 {
        self.tallies.iter().map(f).sum::<i64>() as f64
    }
    /// Column of a metric in `values`.
    pub fn metric(&self, name: &str) -> usize {
        self.flows.iter().position(|m| m.name == name).expect("a metric")
    }
    pub fn end(&self) -> &World {
        self.last.as_ref().expect("a run that ended")
    }
}

impl Observer for Seen {
    fn day(&mut self, w: &World, _: &[(String, i64)]) -> Result<()> {
        self.tallies.push(w.tally.clone());
        self.waves.extend(w.zones.wave_m().iter());
        self.fares.push(w.fares.price().to_vec());
        self.values.push(self.flows.iter().map(|m| (m.value)(w)).collect());
        Ok(())
    }
    fn end(&mut self, w: &World) -> Result<()> {
        self.last = Some(w.clone());
        Ok(())
    }
}

/// Puts `n` weapons of an item (class and origin) into the black market at a hub, from outside, with the books kept.
pub fn stock_market(w: &mut World, hub: u16, item: usize, n: u32) {
    use sirocco::agents::accounts::Arms;
    use sirocco::agents::store::MARKET;
    let row = w.store(MARKET, hub);
    w.stores.update(row, |s| s.arms[item] += n);
    w.ledgers.arms.transfer(item, Arms::Outside as usize, Arms::Markets as usize, i64::from(n));
}

/// The hub with that name.
pub fn hub(w: &World, name: &str) -> u16 {
    w.routes.hubs.iter().position(|h| h.name == name).expect("a hub") as u16
}

/// The node of a place.
pub fn node(w: &World, name: &str) -> usize {
    w.region.places[w.region.place(name).expect("a place") as usize].node.expect("on land") as usize
}

/// Asserts that `got` is within 4 standard errors of `want`.
#[track_caller]
pub fn near(what: &str, got: f64, want: f64, se: f64) {
    assert!((got - want).abs() <= 4.0 * se, "{what}: {got}, expected {want} (standard error {se})");
}
