//! What is fed with wrong bytes: the same functions for libFuzzer (`fuzz/`) and for the replay in CI (`tests/fuzz_replay.rs`).
//! Each must return, whatever the bytes; a panic is a fault of the program.

use sirocco::engine::save::Sections;
use sirocco::import::flee;
use sirocco::observe::sums::Sums;
use sirocco::processes::DAY;
use sirocco::region::Region;
use sirocco::region::check::check_invariants;
use sirocco::region::displacement::DisplacementNet;
use sirocco::region::geodata::GeoData;
use sirocco::scenario::diagnose::Names;
use sirocco::scenario::load::{load, peek};
use sirocco::scenario::schema::RegionSpec;
use sirocco::sim::{Ground, RunPlan, Simulation};
use sirocco::study::measure::{Measure, measures};
use sirocco::study::plan::Plan;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

/// A target by its name.
pub type Target = fn(&[u8]);

/// All of them, with the folder of their corpus.
pub const TARGETS: [(&str, Target); 7] = [
    ("scenario", scenario),
    ("network", network),
    ("checkpoint", checkpoint),
    ("geodata", geodata),
    ("study", study),
    ("sites", |bytes| {
        sites(bytes);
    }),
    ("instance", |bytes| {
        instance(bytes);
    }),
];

/// Begins a file inside the bytes for [`network`], [`sites`] and [`instance`], with its name after it.
pub const FILE: &str = "=== ";

const NET: [&str; 4] = ["nodes.csv", "links.csv", "lanes.csv", "corridors.csv"];

const DISPLACED: [&str; 5] = ["sites.csv", "routes.csv", "closures.csv", "conflict.csv", "registrations.csv"];

const INSTANCE: [&str; 9] = [
    "locations.csv",
    "routes.csv",
    "closures.csv",
    "conflicts.csv",
    "sim_period.csv",
    "data_layout.csv",
    "refugees.csv",
    "east.csv",
    "simsetting.yml",
];

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

/// A scenario file, beside a parent that it may extend.
pub fn scenario(bytes: &[u8]) {
    let dir = folder();
    let path = dir.path().join("s.toml");
    fs::write(dir.path().join("parent.toml"), "title = \"P\"\n[run]\nstart = 2014-01-01\nend = 2014-02-01\n")
        .expect("a file");
    fs::write(&path, bytes).expect("a file");
    let _ = peek(&path, &[]);
    if let Err(report) = load(&path, &[], &Names::any()) {
        assert!(!report.to_string().is_empty(), "refused without a reason");
    }
}

/// A study file: the points that come of it are made, and nothing is run.
pub fn study(bytes: &[u8]) {
    static KNOWN: OnceLock<Vec<Measure>> = OnceLock::new();
    let known = KNOWN.get_or_init(|| measures(&Sums::default()));
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    match Plan::parse(Path::new("s.toml"), text, known, &[]) {
        Ok(plan) => assert!(!plan.points.is_empty(), "a study without points"),
        Err(why) => assert!(why.to_string().starts_with("s.toml"), "refused without a place: {why}"),
    }
}

/// A folder with files that stand one after the other in the bytes, each after a line that begins with [`FILE`].
fn files_of(bytes: &[u8], names: &[&str]) -> tempfile::TempDir {
    let dir = folder();
    let text = bytes.split(|&b| b == b'\n');
    let mut at = 0;
    let mut files: Vec<Vec<u8>> = vec![vec![]; names.len()];
    for line in text {
        match line.strip_prefix(FILE.as_bytes()) {
            Some(name) => at = names.iter().position(|n| name.starts_with(n.as_bytes())).unwrap_or(at),
            None => {
                files[at].extend(line);
                files[at].push(b'\n');
            }
        }
    }
    for (name, text) in names.iter().zip(&files).filter(|f| !f.1.is_empty()) {
        fs::write(dir.path().join(name), text).expect("a file");
    }
    dir
}

/// The files of a plain network.
pub fn network(bytes: &[u8]) {
    if let Ok(region) = Region::from_network(files_of(bytes, &NET).path()) {
        check_invariants(&region).expect("a region that was taken is whole");
    }
}

/// The files of sites and routes of displacement, on the ground of the small world. True when they are taken.
pub fn sites(bytes: &[u8]) -> bool {
    let Ok(net) = DisplacementNet::read(files_of(bytes, &DISPLACED).path(), &tiny().world.region) else { return false };
    assert!(net.links.iter().all(|l| l.km > 0.0 && l.km.is_finite()), "a route without a length");
    let day = tiny().world.day;
    assert!(net.registered.iter().flatten().chain([&net.total, &net.elsewhere]).all(|r| r.on(day) >= 0));
    true
}

/// An instance of Flee: whatever is taken becomes a scenario that is taken. True when it is.
pub fn instance(bytes: &[u8]) -> bool {
    let dir = files_of(bytes, &INSTANCE);
    let mut taken = false;
    for parity in [false, true] {
        let options = flee::Options { settings: None, parity };
        let Ok(imported) = flee::import(dir.path(), &options) else { continue };
        taken = true;
        let out = folder();
        for (name, text) in &imported.files {
            let path = out.path().join(name);
            fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
            fs::write(path, text).expect("a file");
        }
        let net = out.path().join("network");
        let region = Region::from_network(&net).expect("places that are taken");
        DisplacementNet::read(&net, &region).expect("sites that are taken");
        if let Err(report) = load(&out.path().join("scenario.toml"), &[], &Names::of(&region)) {
            panic!("{report}");
        }
    }
    taken
}

/// A saved state without its checksum, which is made right: everything behind it is then read.
pub fn checkpoint(bytes: &[u8]) {
    let sealed = [bytes, blake3::hash(bytes).as_bytes()].concat();
    let Ok(sections) = Sections::from_bytes(&sealed) else { return };
    let mut sim = tiny().clone();
    if sim.restore(&sections).is_ok() {
        // Whatever was taken can be looked at and written again.
        let _ = (sim.world.digest(), sim.world.audit());
        sim.save();
    }
}

/// One file of the folder `data/geo`: its first line names it, the others take its place.
pub fn geodata(bytes: &[u8]) {
    const FILES: [&str; 8] = [
        "airports.csv",
        "borders.csv",
        "coasts.csv",
        "corridors.csv",
        "country_facts.csv",
        "places.csv",
        "terrain.csv",
        "water_edges.csv",
    ];
    let cut = bytes.iter().position(|&b| b == b'\n').unwrap_or(bytes.len());
    let (name, rest) = (&bytes[..cut], bytes.get(cut + 1..).unwrap_or(&[]));
    let file = FILES.into_iter().find(|f| f.as_bytes() == name).unwrap_or(FILES[cut % FILES.len()]);
    let dir = folder();
    let geo = dir.path().join("geo");
    fs::create_dir(&geo).expect("a folder");
    for entry in fs::read_dir(data().join("geo")).expect("the data").flatten().filter(|e| e.path().is_file()) {
        if entry.file_name() != file {
            link(&entry.path(), &geo.join(entry.file_name()));
        }
    }
    fs::write(geo.join(file), rest).expect("a file");
    let _ = GeoData::load(dir.path());
}

#[cfg(unix)]
fn link(from: &Path, to: &Path) {
    std::os::unix::fs::symlink(from, to).expect("a link");
}

#[cfg(not(unix))]
fn link(from: &Path, to: &Path) {
    fs::copy(from, to).expect("a copy");
}

/// The data folder: of the package, or one above it (`fuzz/` is a package of its own).
pub fn data() -> PathBuf {
    let own = Path::new(env!("CARGO_MANIFEST_DIR"));
    let found = [own.join("data"), own.join("../data")].into_iter().find(|d| d.join("geo/cells.csv").is_file());
    found.expect("a data folder")
}

const PLACES: &str = "name,country,lat,lon,population,terrain,kind
Zuwara,LBY,32.93,12.08,1000,mediterranean,town
Sabha,LBY,27.04,14.43,130000,desert_flat,city
Agadez,NER,16.97,7.99,110000,steppe,city
Lampedusa,ITA,35.5,12.6,6000,mediterranean,island
";
const LINKS: &str = "a,b,km\nZuwara,Sabha,800\nSabha,Agadez,1400\n";
const LANES: &str = "from,to,zone,km\nZuwara,Lampedusa,Central,300\n";
const CORRIDORS: &str = "id,name,flow,carrier,places\nnorth,North,both,crew,Agadez; Sabha; Zuwara\n";
const CAMPS: [&str; 5] = [
    "name,country,lat,lon,kind,population,capacity,home,leave_per_day\nSabha,LBY,27.04,14.43,conflict_zone,cells,,yes,\n\
     Fork,LBY,25,12,marker,,,yes,\nAgadez,NER,16.97,7.99,camp,,500,no,0.001\nFar,NER,16,9,town,7000,,no,\n",
    "a,b,km,forced,km_per_day,walk_share\nSabha,Fork,200,,,\nFork,Agadez,900,Agadez,60,0.5\nSabha,Far,,,,\n",
    "kind,a,b,from,until\nborder,LBY,NER,2014-01-10,2014-02-01\nroute,Fork,Agadez,2014-03-01,2014-03-09\n\
     camp,Agadez,,2014-04-01,2014-04-02\nsite,Far,,2014-05-01,2014-05-02\nforced,Fork,Agadez,2014-06-01,2014-06-02\n",
    "date,site,intensity\n2014-01-01,Sabha,1\n2014-03-01,Sabha,0.25\n2014-08-01,Far,0\n",
    "site,date,persons\nAgadez,2014-01-01,10\nAgadez,2014-06-01,900\ntotal,2014-01-01,12\nelsewhere,2014-02-01,3\n",
];
const FLED: [&str; 9] = [
    "#name,region,country,latitude,longitude,location_type,conflict_date,population\nHome,N,A,15,0,conflict_zone,0,9000\n\
     Half way,N,A,15,1,town,0,500\nFork,N,A,15,2,marker,0,0\nEast,E,B,15,3,camp,0,700\n",
    "#name1,name2,distance,forced_redirection\nHome,Half way,110,0\nHalf way,Fork,100,0\nFork,East,110,2\n",
    "#closure_type,name1,name2,closure_start,closure_end\ncountry,A,B,3,5\nlink,Fork,East,4,9\ncamp,East,,10,20\n",
    "#Day,Home,Half way\n0,1,0\n1,1,0\n2,1,0.5\n3,1,0\n4,0,0\n5,1,1\n6,1,0\n7,1,0\n8,1,0\n9,1,0\n",
    "StartDate,2012-01-01\nLength,10\n",
    "total,refugees.csv\nEast,east.csv\n",
    "2012-01-01,0\n2012-01-09,3000\n",
    "2012-01-01,0\n2012-01-09,2000\n",
    "move_rules:\n  camp_weight: 2.0\n  start_on_foot: True\n  capacity_buffer: 0.8\nspawn_rules:\n  conflict_spawn_decay: [1.0,0.5]\n",
];
const SMALL: &str = r#"title = "Small"
[run]
start = 2014-01-01
end = 2014-12-31
persons_per_agent = 10
[region]
network = "net"
[initial.depots]
count = 3
[initial.groups]
libya_count = 3
regional = false
[initial.crews]
count = 4
[[initial.crews.networks]]
name = "Band"
home = "Agadez"
weight = 1
range_km = 3000
[initial.migrants]
residents = 200
on_coast = 2000
[[initial.migrants.origins]]
place = "Agadez"
pool = 100000
per_year = 36500
[[event]]
kind = "hostility"
date = 2014-01-01
country = "LBY"
bloc = "toubou"
against = "local"
level = 1
"#;

const STUDY: &str = r#"title = "Study"
scenario = "s.toml"
policies = ["p.toml"]
set = ["run.end=2014-02-01"]
replicates = 2
seed = 7
measures = ["sea_deaths", "unity"]
"#;
const FACTORS: &str = r#"[[factor]]
key = "processes.markets.elasticity"
[[factor]]
key = "lever.guards.intensity"
low = 0.5
high = 20
scale = "log"
[[factor]]
key = "hypotheses.rescue_pull"
values = [0, 1.5, "x", true]
[[factor]]
all_of = "crews"
"#;
/// Designs, and whether they vary factors.
const DESIGNS: [(&str, bool); 8] = [
    ("kind = \"one_at_a_time\"\nlevels = 3\n", true),
    ("kind = \"fractional_factorial\"\nresolution = 4\n", true),
    ("kind = \"latin_hypercube\"\npoints = 9\ntries = 4\n", true),
    ("kind = \"sobol\"\npoints = 16\n[discover]\nmeasure = \"unity\"\nabove = 0.4\n", true),
    ("kind = \"morris\"\ntrajectories = 3\nlevels = 4\n", true),
    ("kind = \"sobol_indices\"\npoints = 4\n", true),
    ("kind = \"budget\"\npoints = 3\nusd_per_year = 1e6\nlevers = [\"a\", \"b\"]\n", false),
    ("kind = \"variants\"\n[[variant]]\nname = \"a\"\n[[variant]]\nname = \"b\"\nset = [\"x=1\"]\n", false),
];

/// A small world on its first morning.
fn tiny() -> &'static Simulation {
    static SIM: OnceLock<Simulation> = OnceLock::new();
    SIM.get_or_init(|| {
        let dir = folder();
        let net = dir.path().join("net");
        fs::create_dir(&net).expect("a folder");
        for (name, text) in NET.iter().zip([PLACES, LINKS, LANES, CORRIDORS]) {
            fs::write(net.join(name), text).expect("a file");
        }
        let path = dir.path().join("small.toml");
        fs::write(&path, SMALL).expect("a file");
        let spec = RegionSpec { network: Some("net".into()), countries: vec![], displacement: None };
        let ground = Ground::load(&data(), &spec, 4, dir.path()).expect("a network");
        let scenario = load(&path, &[], &Names::of(&ground.region)).unwrap_or_else(|r| panic!("{r}"));
        let plan = RunPlan { scenario: Arc::new(scenario), replicate: 0, values: vec![], audit: false };
        Simulation::new(&plan, &ground).expect("a plan that fits")
    })
}

/// Bytes to begin with, which the targets take: fed as they are, and changed.
pub fn seeds(target: &str) -> Vec<Vec<u8>> {
    match target {
        "scenario" => vec![SMALL.into(), format!("extends = \"parent.toml\"\n{SMALL}").into(), whole_scenario()],
        "network" => vec![whole(&NET, &[PLACES, LINKS, LANES, CORRIDORS])],
        "checkpoint" => [0, 20]
            .map(|days| {
                let mut sim = tiny().clone();
                for _ in 0..days {
                    sim.day().expect("a sound day");
                    sim.next_morning();
                }
                let mut bytes = sim.save().to_bytes();
                bytes.truncate(bytes.len() - 32);
                bytes
            })
            .to_vec(),
        "study" => DESIGNS
            .map(|(design, varies)| {
                format!("{STUDY}[design]\n{design}{}", if varies { FACTORS } else { "" }).into_bytes()
            })
            .to_vec(),
        "sites" => vec![whole(&DISPLACED, &CAMPS)],
        "instance" => vec![whole(&INSTANCE, &FLED)],
        _ => ["borders.csv", "corridors.csv", "terrain.csv", "coasts.csv", "water_edges.csv"]
            .map(|f| [format!("{f}\n").into_bytes(), fs::read(data().join("geo").join(f)).expect("the data")].concat())
            .to_vec(),
    }
}

/// Files one after the other.
fn whole(names: &[&str], texts: &[&str]) -> Vec<u8> {
    names.iter().zip(texts).map(|(name, text)| format!("{FILE}{name}\n{text}")).collect::<String>().into()
}

/// A scenario with a value for every parameter of every process.
fn whole_scenario() -> Vec<u8> {
    let mut text = SMALL.to_string();
    for step in DAY {
        let default = (step.parse)(serde_json::json!({})).expect("defaults").resolved;
        text += &format!("[processes.{}]\n", step.name);
        for (key, value) in default.as_object().into_iter().flatten().filter(|v| v.1.is_number() || v.1.is_boolean()) {
            text += &format!("{key} = {value}\n");
        }
    }
    text.into()
}
