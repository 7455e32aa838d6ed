//! `sirocco import flee`: a whole instance as it must come out, everything wrong in a broken one in one go, input that means harm, and the
//! registrations of two published instances against what Flee itself made of them.

use assert_cmd::Command;
use sirocco::import::flee::{Imported, Options, import};
use sirocco::processes::DAY;
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;
use tempfile::TempDir;

type Done = Result<(), Box<dyn Error>>;

/// A small instance with every feature: (file, text).
const SMALL: [(&str, &str); 13] = [
    (
        "input_csv/locations.csv",
        "#name,region,country,latitude,longitude,type,conflict_date,population,conflict_intensity,deactivation_probability,initial_idps\n\
         Alpha,North,Homeland,10.5,1.25,conflict_zone,0,100000,0.5,,\n\
         Bravo , North, Homeland,11,2,conflict_zone,3,20000\n\
         # a comment\n\
         Fork,,Homeland,10.8,1.5,marker,,\n\
         Haven,,Homeland,9,1,idpcamp,,500,,0.25,40\n\
         Hub,East,Abroad,10,4,forwarding_hub,,\n\
         \"Camp, big\",East,Abroad,10,5,camp,,8000,,0.01,\n\
         Shore,East,Abroad,9.5,5.5,town,,700\n",
    ),
    (
        "input_csv/routes.csv",
        "#name1,name2,distance,forced_redirection,max_move_speed,walk_probability,toll\r\nAlpha,Fork,40,0\r\nFork,Bravo,55.5,\r\n\
         Fork,Hub,120,1,90,0.5,3\r\nAlpha,Haven,30,2\r\nHub,\"Camp, big\",200\r\n\r\nHub,Shore,80,,,\r\n",
    ),
    (
        "input_csv/closures.csv",
        "#type,name1,name2,start,end\ncountry,Homeland,Abroad,0,2\nlocation,Shore,,1,100\nlink,Alpha,Fork,2,3\ncamp,\"Camp, big\",-,1,2\n\
         idpcamp,Haven,-,0,4\nremove_forced_redirection,Fork,Hub,3,4\nlocation,Hub,,5,9\nlocation,Hub,,2,2\ncamp,Shore,,0,2\n\
         remove_forced_redirection,Hub,Fork,3,4\n",
    ),
    (
        "input_csv/conflicts.csv",
        "#Day, Alpha , Bravo,,Shore\n0,0.5,0,,0\n1,0.5,0,,0\n2,0.8,0,,0\n3,0,1,,0\n4,1,1,,0\n5,1,1,,0\n",
    ),
    ("input_csv/sim_period.csv", "StartDate,2012-02-28\nLength,5\n"),
    (
        "input_csv/registration_corrections.csv",
        "\"Camp, big\",2012-03-02,normalize\n\"Camp, big\",2012-03-03,normalize\nHaven,2012-02-20\n",
    ),
    ("input_csv/major_routes.csv", "Alpha,Fork\n"),
    (
        "source_data/data_layout.csv",
        "total,all.csv\n\"Camp, big\",big.csv\nHaven,haven-in.csv,haven-out.csv\nNowhere,nowhere.csv\n",
    ),
    ("source_data/all.csv", "Date,Persons\n2012-02-27,0\n2012-03-03,900\n"),
    ("source_data/big.csv", "2012-02-28,100\n# 2012-02-29,5\n2012-03-01,400\n2012-03-02,300,revised\n2012-03-04,\n"),
    ("source_data/haven-in.csv", "2012-02-20,10\n2012-03-01,20\n\n"),
    ("source_data/haven-out.csv", "2012-02-25,100\n2012-03-06,300\n"),
    ("source_data/nowhere.csv", "2012-02-25,7\n2012-02-24,6\n"),
];

const SETTINGS: &str = "log_levels:\n  camp: 1\nspawn_rules:\n  sum_from_camps: False\n  conflict_spawn_decay: [1.0, 0.5]\n  camps_are_sicks: True\n\
                        move_rules:\n  max_move_speed: 200.0\n  awareness_level: 2\n  use_pop_for_loc_weight: True\n  home_distance_power: 2\n\
                        \x20 camp_wieght: 3\n  start_on_foot: true\noptimisations:\n  hasten: 10\n";

/// What the small instance becomes, as Flee's faults would have it or not: the same but for registrations and rules.
const NETWORK: [(&str, &str); 6] = [
    (
        "network/nodes.csv",
        "name,country,lat,lon,population,terrain,kind\nAlpha,Homeland,10.5,1.25,100000,,town\nBravo,Homeland,11,2,20000,,town\n\
         Fork,Homeland,10.8,1.5,0,,town\nHaven,Homeland,9,1,0,,town\nHub,Abroad,10,4,0,,town\n\"Camp, big\",Abroad,10,5,0,,town\n\
         Shore,Abroad,9.5,5.5,700,,town\n",
    ),
    (
        "network/links.csv",
        "a,b,km\nAlpha,Fork,40\nFork,Bravo,55.5\nFork,Hub,120\nAlpha,Haven,30\nHub,\"Camp, big\",200\nHub,Shore,80\n",
    ),
    (
        "network/sites.csv",
        "name,country,lat,lon,kind,population,capacity,home,leave_per_day\nAlpha,Homeland,10.5,1.25,conflict_zone,100000,,yes,\n\
         Bravo,Homeland,11,2,town,20000,,yes,\nFork,Homeland,10.8,1.5,marker,0,,yes,\nHaven,Homeland,9,1,idp_camp,0,500,yes,0.25\n\
         Hub,Abroad,10,4,hub,0,,no,\n\"Camp, big\",Abroad,10,5,camp,0,8000,no,0.01\nShore,Abroad,9.5,5.5,town,700,,no,\n",
    ),
    (
        "network/routes.csv",
        "a,b,km,forced,km_per_day,walk_share\nAlpha,Fork,40,,,\nFork,Bravo,55.5,,,\nFork,Hub,120,Hub,90,0.5\nAlpha,Haven,30,Alpha,,\n\
         Hub,\"Camp, big\",200,,,\nHub,Shore,80,,,\n",
    ),
    (
        "network/closures.csv",
        "kind,a,b,from,until\nborder,Homeland,Abroad,2012-02-28,2012-03-01\nsite,Shore,,2012-02-29,2012-06-07\n\
         route,Alpha,Fork,2012-03-01,2012-03-02\ncamp,\"Camp, big\",,2012-02-29,2012-03-01\nidp_camp,Haven,,2012-02-28,2012-03-03\n\
         forced,Fork,Hub,2012-03-02,2012-03-03\n",
    ),
    (
        "network/conflict.csv",
        "date,site,intensity\n2012-02-28,Alpha,0.5\n2012-03-01,Alpha,0.8\n2012-03-02,Alpha,0\n2012-03-02,Bravo,1\n2012-03-03,Alpha,1\n",
    ),
];

const REGISTRATIONS: &str = "site,date,persons\ntotal,2012-02-27,0\ntotal,2012-03-03,900\n\"Camp, big\",2012-02-28,75\n\
    \"Camp, big\",2012-03-01,300\n\"Camp, big\",2012-03-02,300\nHaven,2012-02-20,110\nHaven,2012-02-25,115\nHaven,2012-03-01,220\n\
    Haven,2012-03-06,320\nelsewhere,2012-02-24,6\nelsewhere,2012-02-25,7\n";

const REGISTRATIONS_AS_FLEE: &str = "site,date,persons\ntotal,2012-02-27,0\ntotal,2012-03-03,900\n\"Camp, big\",2012-02-28,75\n\
    \"Camp, big\",2012-03-01,300\n\"Camp, big\",2012-03-02,300\nHaven,2012-02-20,10\nHaven,2012-02-25,120\nHaven,2012-03-01,120\n\
    elsewhere,2012-02-24,6\nelsewhere,2012-02-25,7\n";

const SCENARIO: &str = "# Written by `sirocco import flee`.
# Not carried over:
# - simsetting.yml: `log_levels`, of Flee's own logs
# - simsetting.yml: line 12, unknown `move_rules.camp_wieght` (did you mean `camp_weight`?)
# - simsetting.yml: line 11, `home_distance_power`, since `stay_close_to_home` is off
# - input_csv/locations.csv: the column of regions, which Flee uses for region_attributes_*.csv alone
# - input_csv/locations.csv: columns that mean nothing here: `initial_idps`
# - input_csv/routes.csv: columns that mean nothing here: `toll`
# - input_csv/closures.csv: line 8, a closure of kind `location` from day 5: the run has 5 days
# - input_csv/closures.csv: line 9, a closure of kind `location` that ends on the day on which it begins
# - input_csv/closures.csv: line 10, a closure of kind `camp`: `Shore` is no camp; Flee makes it one on day 2
# - input_csv/closures.csv: line 11, a closure of kind `remove_forced_redirection`: nobody is redirected from `Hub` to `Fork`
# - input_csv/conflicts.csv: days after the run: 1
# - locations.csv: `conflict_intensity`, since conflicts.csv says it by day: `Alpha`
# - source_data/big.csv: lines without a count: 1
# - source_data/big.csv: lines of which only a date and a count are read: 1
# - source_data/nowhere.csv: the order of its lines; they are taken by their dates
# - input_csv/registration_corrections.csv: line 2, since `Camp, big` has no report on 2012-03-03
# - input_csv/registration_corrections.csv: line 3, since no report is earlier
# - source_data/data_layout.csv: registrations of `Nowhere` (at most 7), which is no place of locations.csv: counted under `elsewhere` among those who set out, as in Flee
# - input_csv: files of Flee with what is not simulated here: `major_routes.csv`
title = \"small\"
about = \"A displacement instance of Flee: 7 sites, 6 routes, 6 closures, 5 days from 2012-02-28, registrations of 2 of 2 camps.\"

[run]
start = 2012-02-28
end = 2012-03-03
# Flee's `hasten`.
persons_per_agent = 10

[region]
network = \"network\"
displacement = \"network\"

# Nothing else of the model takes part.
[initial.depots]
count = 0
chemical_tonnes = 0
armies = false

[initial.groups]
libya_count = 0
regional = false

[initial.migrants]
residents = 0
departure_scale = 0

[initial.vessels]
per_zone = 0

[initial.crews]
count = 0
funds_usd = 0

[initial.patrols]
teams_per_base = 0

[initial.patrons]
regional = false

# From simsetting.yml; keys that are not here have Flee's defaults.
[processes.displacement]
rules = \"flee3\"
km_per_day = 200
awareness = 2
start_on_foot = true
population_power = 0.1
decay = [1, 0.5]
spawn_from_total = true
spawn = \"registrations\"
";

const FAULTS: &str = "# Faults of Flee that this instance can show.
fault_forced_routes_ignored = true
fault_one_way_closures = true
fault_intensity_fixed = true
fault_km_per_hop = true
fault_first_day_in_capacity = true
fault_population_unweighted = true
";

fn put(dir: &Path, file: &str, bytes: impl AsRef<[u8]>) {
    let path = dir.join(file);
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, bytes).unwrap();
}

/// The small instance in a folder `small`, with some files replaced.
fn small(changes: &[(&str, &str)]) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("small");
    put(&dir, "simsetting.yml", SETTINGS);
    for (file, text) in SMALL.iter().chain(changes) {
        put(&dir, file, text);
    }
    (folder, dir)
}

fn imported(dir: &Path, parity: bool) -> Result<Imported, String> {
    import(dir, &Options { settings: None, parity }).map_err(|e| {
        assert_eq!(e.exit_code(), 2, "{e}");
        e.to_string()
    })
}

fn text_of<'a>(imported: &'a Imported, file: &str) -> &'a str {
    imported.files.iter().find(|f| f.0 == file).map_or("", |f| &f.1)
}

#[test]
fn an_instance_becomes_these_files() {
    let (_folder, dir) = small(&[]);
    for parity in [false, true] {
        let imported = imported(&dir, parity).unwrap();
        for (file, text) in NETWORK {
            assert_eq!(text_of(&imported, file), text, "{file}");
        }
        let scenario =
            if parity { SCENARIO.replacen("flee`.", "flee` with --parity.", 1) + FAULTS } else { SCENARIO.into() };
        // The intensity of `locations.csv` counts until the table first speaks of war.
        let scenario = if parity { without(&scenario, "`conflict_intensity`") } else { scenario };
        assert_eq!(text_of(&imported, "scenario.toml"), scenario);
        let registrations = if parity { REGISTRATIONS_AS_FLEE } else { REGISTRATIONS };
        assert_eq!(text_of(&imported, "network/registrations.csv"), registrations);
        assert_eq!(imported.files.last().map(|f| f.0), Some("scenario.toml"));
    }
}

/// A text without the lines that hold a part.
fn without(text: &str, part: &str) -> String {
    text.lines().filter(|l| !l.contains(part)).map(|l| format!("{l}\n")).collect()
}

#[test]
fn the_command_writes_says_what_is_lost_and_replaces_nothing() -> Done {
    let (folder, dir) = small(&[]);
    let out = folder.path().join("a/out");
    let run = |args: &[&str]| -> Result<(String, String, i32), Box<dyn Error>> {
        let done = Command::cargo_bin("sirocco")?.args(["import", "flee"]).arg(&dir).args(args).output()?;
        let text = |b: &[u8]| String::from_utf8_lossy(b).into_owned();
        Ok((text(&done.stdout), text(&done.stderr), done.status.code().unwrap_or(-1)))
    };
    let out_text = out.display().to_string();
    let (said, err, code) = run(&["--out", &out_text])?;
    assert_eq!((err.as_str(), code), ("", 0));
    assert!(
        said.starts_with(
            "7 sites, 6 routes, 6 closures, 5 days from 2012-02-28, registrations of 2 of 2 camps\nwrote "
        )
    );
    assert!(said.contains("not carried over:\n- simsetting.yml: `log_levels`"), "{said}");
    for (file, text) in NETWORK.iter().chain(&[("scenario.toml", SCENARIO)]) {
        assert_eq!(&fs::read_to_string(out.join(file))?, text, "{file}");
    }
    assert_eq!(
        fs::read_dir(&out)?.count() + fs::read_dir(out.join("network"))?.count(),
        9,
        "nothing else is left there"
    );
    let (_, err, code) = run(&["--out", &out_text])?;
    assert!(code == 2 && err.contains("is not empty"), "{err}");
    // A disk that fills up leaves nothing behind.
    let full = folder.path().join("full");
    let mut command = Command::cargo_bin("sirocco")?;
    let done =
        command.args(["import", "flee"]).arg(&dir).arg("--out").arg(&full).env("SIROCCO_FAULT", "eio:7").output()?;
    assert_eq!(done.status.code(), Some(3));
    assert!(!full.exists());
    // Other settings; a wrong one is named by its own path.
    let yml = folder.path().join("other.yml");
    fs::write(&yml, "move_rules:\n  use_v1_rules: True\n  camp_weight: 3\n")?;
    let other = folder.path().join("other").display().to_string();
    let (said, _, _) = run(&["--out", &other, "--settings", &yml.display().to_string()])?;
    assert!(said.contains("- other.yml: line 3, `camp_weight`: `use_v1_rules` sets it to 2"), "{said}");
    let scenario = fs::read_to_string(folder.path().join("other/scenario.toml"))?;
    let rules = "rules = \"flee1\"\nkm_per_day = 200\ncamp_weight = 2\nconflict_weight = 0.25\navoid_short_stints = false\n\
                 start_on_foot = false\nspawn = \"registrations\"\n";
    assert!(scenario.ends_with(rules) && scenario.contains("# From other.yml;"), "{scenario}");
    if DAY.iter().any(|s| s.name == "displacement") {
        Command::cargo_bin("sirocco")?.arg("validate").arg(out.join("scenario.toml")).assert().success();
    }
    Ok(())
}

#[test]
fn every_setting_has_its_key() {
    let yml = "spawn_rules:\n  take_from_population: True\n  insert_day0: False\n  empty_camps_on_day0: yes\n  camps_are_sinks: True\n\
               \x20 conflict_spawn_decay: ~\n  conflict_spawn_decay_interval: 30\n  conflict_driven_spawning:\n    spawn_mode: pop_ratio\n\
               move_rules:\n  max_walk_speed: 35\n  foreign_weight: 1.5\n  conflict_movechance: 1.0\n  idpcamp_movechance: 1e-1\n\
               \x20 capacity_buffer: 0.9\n  weight_softening: 0\n  weight_power: 1.0\n  stay_close_to_home: True\n  awareness_level: 0\n\
               \x20 movechance_pop_base: 10000.0\n  movechance_pop_scale_factor: 0.1\n  ChildrenAvoidHazards: True\n  flood_rules:\n";
    let (_folder, dir) = small(&[("simsetting.yml", yml)]);
    fs::remove_dir_all(dir.join("source_data")).unwrap();
    let imported = imported(&dir, true).unwrap();
    let scenario = text_of(&imported, "scenario.toml");
    let keys = "rules = \"flee3\"\nwalk_km_per_day = 35\nforeign_weight = 1.5\nmove_chance_conflict = 1\nmove_chance_idp_camp = 0.1\n\
                awareness = 0\ncapacity_buffer = 0.9\nweight_softening = 0\nweight_power = 1\nhome_distance_power = 0.5\n\
                move_chance_population_base = 10000\nmove_chance_population_power = 0.1\ntake_from_population = true\n\
                fill_on_first_day = false\nempty_on_first_day = true\ndecay = []\ndecay_days = 30\nspawn = \"population\"\n\
                spawn_per_day = 0.01\n";
    assert!(scenario.contains(&format!("[processes.displacement]\n{keys}")), "{scenario}");
    assert!(
        scenario
            .contains("fault_awareness_0_freezes = true\nfault_km_per_hop = true\nfault_coordinates_swapped = true\n")
    );
    assert!(scenario.contains("`ChildrenAvoidHazards` is `True`, which means nothing here"));
    assert!(scenario.contains("which Flee reads under the name `camps_are_sicks`"));
    assert!(
        text_of(&imported, "network/sites.csv").contains("Haven,Homeland,9,1,idp_camp,0,500,yes,\n"),
        "Flee misreads the key"
    );
}

#[test]
fn without_a_table_wars_begin_on_their_dates() {
    let (_folder, dir) = small(&[]);
    fs::remove_file(dir.join("input_csv/conflicts.csv")).unwrap();
    let text = imported(&dir, false).unwrap();
    let want = "date,site,intensity\n2012-02-28,Alpha,0.5\n2012-03-02,Bravo,1\n";
    assert_eq!(text_of(&text, "network/conflict.csv"), want);
}

#[test]
fn a_zone_at_peace_in_the_table_is_at_war_for_flee() {
    let table = "#Day,Alpha\n0,0\n1,0\n2,0.7\n3,0\n4,0\n";
    let (_folder, dir) = small(&[("input_csv/conflicts.csv", table)]);
    let ours = imported(&dir, false).unwrap();
    assert_eq!(
        text_of(&ours, "network/conflict.csv"),
        "date,site,intensity\n2012-03-01,Alpha,0.7\n2012-03-02,Alpha,0\n"
    );
    assert!(text_of(&ours, "network/sites.csv").contains("Alpha,Homeland,10.5,1.25,town,"));
    assert!(ours.notes.iter().any(|n| n.contains("is followed, and not locations.csv") && n.contains("`Alpha`")));
    assert!(ours.notes.iter().any(|n| n.contains("without a column, never at war: `Bravo`")), "{:?}", ours.notes);
    let flees = imported(&dir, true).unwrap();
    let want = "date,site,intensity\n2012-02-28,Alpha,0.5\n2012-03-01,Alpha,0.7\n2012-03-02,Alpha,0\n";
    assert_eq!(text_of(&flees, "network/conflict.csv"), want);
    assert!(!text_of(&flees, "scenario.toml").contains("fault_intensity_fixed"));
}

#[test]
fn everything_wrong_is_found_in_one_go() {
    let (_folder, dir) = small(&[
        (
            "input_csv/locations.csv",
            "#name,region,country,latitude,longitude,type,conflict_date,population,conflict_intensity\nAlpha,,Homeland,95,1,conflict_zone,x,1e9\n\
             Bravo,,Homeland,11,200,conflict_zone,0,-5,1.5\nBravo,,Homeland,11,2,town,,\nFork,,Homeland,,1,village,,1\nHaven,,Homeland\n\
             Hub,,Abroad,10,4,hub town,,3,,7\n\"Camp, big\",,Abroad,10,5,camp,,8000\n,,Abroad,1,1,town,,\ntotal,,Abroad,1,1,town,,\n",
        ),
        (
            "input_csv/routes.csv",
            "#name1,name2,distance,forced_redirection\nAlpha,Brovo,40\n\nFork,Hub,0\nFork,Hub,-3,3\nHub,Fork,3\nHub,Hub,7\nAlpha\nAlpha,Hub,far\n",
        ),
        (
            "input_csv/closures.csv",
            "location,Hub,,x,3\nlink,Alpha,Haven,0,1\ncountry,Homeland,Abraod,0,1\nborder,Hub,,0,1\nlocation,Hub,,-1,3\nlocation,Hub,,4,3\n",
        ),
        ("input_csv/conflicts.csv", "#Day,Alpha,Bravo,Shora,Alpha\n0,1,1.5,0,0\n1,,nan,0,0\n2,0,0,0,0,9\n"),
        ("input_csv/sim_period.csv", "StartDate,2012-02-30\nLength,5\n"),
        (
            "input_csv/registration_corrections.csv",
            "Haven,soon\nHavn,2012-01-01\nHub,2012-01-01\nHaven,2012-03-06,halve\n",
        ),
        ("source_data/data_layout.csv", "Haven,haven-in.csv,haven-in.csv,missing.csv\nHaven,haven-out.csv\nHub\n"),
        ("source_data/haven-in.csv", "2012-02-20,-10\n2012-13-01,20\n2012-03-01,1e400\n2012-03-02,many\n"),
        ("source_data/haven-out.csv", "2012-02-20,0\n2012-03-06,20\n"),
        (
            "simsetting.yml",
            "move_rules:\n  max_move_speed: fast\n  awareness_level: 1.5\n  camp_movechance: 2\n  start_on_foot: maybe\nspawn_rules: 3\n\
             optimisations:\n  hasten: 50\n",
        ),
    ]);
    let text = imported(&dir, false).unwrap_err();
    let text = text.replace(&format!("{}/", dir.display()), "");
    assert_eq!(text, WRONG, "\n{text}");
}

/// In the order of files, then lines.
const WRONG: &str = "input_csv/closures.csv:1: error: `closure_start` is `x`, which is no whole number
input_csv/closures.csv:2: error: no route joins `Alpha` and `Haven`
input_csv/closures.csv:3: error: no place is in the country `Abraod` (did you mean `Abroad`?)
input_csv/closures.csv:4: error: unknown kind of closure `border`
input_csv/closures.csv:5: error: `closure_start` is -1, below 0
input_csv/closures.csv:6: error: it ends on day 3, before it begins on day 4
input_csv/conflicts.csv:1: error: `Alpha` has two columns
input_csv/conflicts.csv:1: error: unknown place `Shora`
input_csv/conflicts.csv:2: error: `intensity` is `1.5`, outside 0 to 1
input_csv/conflicts.csv:3: error: `intensity` is `nan`, outside 0 to 1
input_csv/conflicts.csv:3: error: `intensity` is empty
input_csv/conflicts.csv:4: error: `9` stands in a column without a head
input_csv/conflicts.csv:4: error: the table ends here, after 3 days of 5 of the run
input_csv/locations.csv:2: error: `conflict_date` is `x`, which is no whole number
input_csv/locations.csv:2: error: `latitude` is `95`, outside -90 to 90
input_csv/locations.csv:2: error: `population` is `1e9`, which is no whole number
input_csv/locations.csv:3: error: `conflict_intensity` is `1.5`, outside 0 to 1
input_csv/locations.csv:3: error: `longitude` is `200`, outside -180 to 180
input_csv/locations.csv:3: error: `population` is -5, below 0
input_csv/locations.csv:4: error: place `Bravo` stands twice, first on line 3
input_csv/locations.csv:5: error: `latitude` is empty
input_csv/locations.csv:5: error: unknown type of place `village` (known: camp, idpcamp, conflict_zone, town, forwarding_hub, marker)
input_csv/locations.csv:6: error: 3 fields, where at least 8 are needed
input_csv/locations.csv:7: error: `7` stands in a column that the first line does not name
input_csv/locations.csv:9: error: a place without a name
input_csv/locations.csv:10: error: no place can be called `total`: registrations use the name
input_csv/registration_corrections.csv:1: error: `soon` is no date from 1970 on, such as 2012-02-29
input_csv/registration_corrections.csv:2: error: unknown place `Havn` (did you mean `Haven`?)
input_csv/registration_corrections.csv:3: error: `Hub` has no registrations in data_layout.csv
input_csv/registration_corrections.csv:4: error: the report before 2012-03-06 is 0, which nothing can scale
input_csv/registration_corrections.csv:4: error: unknown kind of correction `halve` (known: normalize)
input_csv/routes.csv:2: error: unknown place `Brovo` (did you mean `Bravo`?)
input_csv/routes.csv:4: error: `distance` is `0`, outside 0.001 to 20000
input_csv/routes.csv:5: error: `distance` is `-3`, outside 0.001 to 20000
input_csv/routes.csv:5: error: `forced_redirection` is `3`, none of 0, 1, 2
input_csv/routes.csv:5: error: the route between `Fork` and `Hub` stands twice, first on line 4
input_csv/routes.csv:6: error: the route between `Hub` and `Fork` stands twice, first on line 4
input_csv/routes.csv:7: error: the route from `Hub` leads back to it
input_csv/routes.csv:8: error: 1 fields, where at least 3 are needed
input_csv/routes.csv:9: error: `distance` is `far`, which is no number
input_csv/sim_period.csv:1: error: `2012-02-30` is no date from 1970 on, such as 2012-02-29
simsetting.yml:2: error: `max_move_speed` is `fast`, which is no number
simsetting.yml:3: error: `awareness_level` is `1.5`, which is no whole number
simsetting.yml:4: error: `camp_movechance` is `2`, outside 0 to 1
simsetting.yml:5: error: `start_on_foot` is `maybe`, neither True nor False
simsetting.yml:6: error: `spawn_rules` is `3`, no table
simsetting.yml:8: error: `hasten` is 50: an agent stands for at most 30 persons here
source_data/data_layout.csv:1: error: file `missing.csv`: there is no such file
source_data/data_layout.csv:1: error: the file `haven-in.csv` stands twice
source_data/data_layout.csv:1: error: the first line is of `Haven`; it must be `total`
source_data/data_layout.csv:2: error: `Haven` stands twice, first on line 1
source_data/data_layout.csv:3: error: `Hub` has no file
source_data/haven-in.csv:1: error: `count` is `-10`, outside 0 to 100000000
source_data/haven-in.csv:2: error: `2012-13-01` is no date from 1970 on, such as 2012-02-29
source_data/haven-in.csv:3: error: `count` is `1e400`, outside 0 to 100000000
source_data/haven-in.csv:4: error: `count` is `many`, which is no number
56 errors";

#[test]
fn missing_files_are_named_together() {
    let (_folder, dir) = small(&[]);
    for file in ["locations", "routes", "sim_period"] {
        fs::remove_file(dir.join(format!("input_csv/{file}.csv"))).unwrap();
    }
    fs::remove_file(dir.join("source_data/data_layout.csv")).unwrap();
    let text = imported(&dir, false).unwrap_err();
    let named = text.lines().filter(|l| l.ends_with(":1: error: there is no such file")).count();
    assert!(named == 4 && text.ends_with("\n4 errors"), "{text}");
    let nowhere = import(&dir.join("none"), &Options::default()).unwrap_err();
    assert_eq!(nowhere.exit_code(), 3);
}

#[test]
fn nothing_outside_the_folder_is_read() {
    let (folder, dir) = small(&[]);
    let secret = folder.path().join("secret.csv");
    fs::write(&secret, "2012-01-01,5\nsecret,words\n").unwrap();
    let absolute = secret.display().to_string();
    for name in
        ["../../secret.csv", absolute.as_str(), "./../../secret.csv", "C:\\secret.csv", "..\\..\\secret.csv", "."]
    {
        put(&dir, "source_data/data_layout.csv", format!("total,{name}\n\"Camp, big\",big.csv\nHaven,haven-in.csv\n"));
        let text = imported(&dir, false).unwrap_err();
        assert!(text.contains("data_layout.csv:1: error: file `") && !text.contains("words"), "{name}: {text}");
    }
    #[cfg(unix)]
    for (link, to) in [
        ("source_data/all.csv", secret.as_path()),
        ("input_csv/routes.csv", &secret),
        ("source_data/big.csv", Path::new("/dev/zero")),
    ] {
        let (_folder, dir) = small(&[]);
        fs::remove_file(dir.join(link)).unwrap();
        std::os::unix::fs::symlink(to, dir.join(link)).unwrap();
        let text = imported(&dir, false).unwrap_err();
        assert!(
            text.contains("a link that leads out of the folder is not followed") && !text.contains("words"),
            "{link}: {text}"
        );
    }
}

#[test]
fn input_that_means_harm_is_refused_with_its_line() {
    let broken: [(&str, &[u8], &str); 13] = [
        ("input_csv/locations.csv", b"", "locations.csv:1: error: there is no place in it"),
        ("input_csv/sim_period.csv", b"", "sim_period.csv:1: error: there is no line `StartDate`"),
        ("source_data/data_layout.csv", b"\n\n", "data_layout.csv:1: error: there is no line in it"),
        ("source_data/big.csv", b"", "big.csv:1: error: there is no report in it"),
        ("input_csv/routes.csv", b"# ok\n# ok\nAl\xffpha,Fork,40\n", "routes.csv:3: error: this is not UTF-8"),
        ("source_data/big.csv", b"2012-01-01,1\n\xff\xfe", "big.csv:2: error: this is not UTF-8"),
        (
            "input_csv/sim_period.csv",
            b"StartDate,2012-01-01\nLength,99999999999999999999999\n",
            "sim_period.csv:2: error: `Length` is",
        ),
        (
            "input_csv/closures.csv",
            b"location,Hub,,0,18446744073709551616\n",
            "closures.csv:1: error: `closure_end` is",
        ),
        ("source_data/big.csv", b"2012-01-01,9e300\n", "big.csv:1: error: `count` is `9e300`, outside 0 to 100000000"),
        ("source_data/big.csv", b"99999999999999-01-01,9\n", "big.csv:1: error: `99999999999999-01-01` is no date"),
        ("simsetting.yml", b"a: &a [x]\nb: *a\n", "simsetting.yml:2: error: aliases are not read"),
        // Found by the fuzz target: what was taken here was refused by the run.
        (
            "simsetting.yml",
            b"move_rules:\n  camp_weight: 65535\nspawn_rules:\n  conflict_spawn_decay: [1.5]\n",
            "simsetting.yml:2: error: `camp_weight` is `65535`, outside 0 to 1000",
        ),
        ("input_csv/routes.csv", b"Alpha,\x1b[31mFork,40\n", "routes.csv:1: error: unknown place `\\u{1b}[31mFork`"),
    ];
    for (file, bytes, want) in broken {
        let (_folder, dir) = small(&[]);
        put(&dir, file, bytes);
        let text = imported(&dir, false).unwrap_err();
        assert!(text.contains(want) && !text.contains('\x1b'), "{text}");
    }
    let (_folder, dir) = small(&[]);
    let large = fs::File::create(dir.join("input_csv/routes.csv")).unwrap();
    large.set_len((64 << 20) + 1).unwrap();
    assert!(imported(&dir, false).unwrap_err().contains("routes.csv:1: error: the file is larger than 64 MiB"));
}

/// Changed bytes and cut files give an error or a scenario and never a panic. The same changes every time: nothing here has an error rate.
#[test]
fn no_bytes_crash_the_importer() {
    let (_folder, dir) = small(&[]);
    let files = SMALL.iter().copied().chain([("simsetting.yml", SETTINGS)]);
    let scraps: [&[u8]; 12] =
        [b"-1", b"1e999", b"nan", b"\"", b"\n", b"\r", b",,,", b"#", b"\xff", b"2012-02-30", b": [", b"- - - "];
    let mut luck = 1_u64;
    let mut below = |n: usize| {
        luck = luck.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (luck >> 33) as usize % n.max(1)
    };
    for (file, text) in files {
        for _ in 0..80 {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..=below(3) {
                let (from, scrap) = (below(bytes.len() + 1), scraps[below(scraps.len())]);
                let to = (from + below(6)).min(bytes.len());
                bytes.splice(from..to, scrap.iter().copied());
            }
            put(&dir, file, &bytes);
            let _ = imported(&dir, below(2) == 0);
        }
        put(&dir, file, text);
    }
    assert!(imported(&dir, false).is_ok());
}

#[test]
fn ten_thousand_places_are_read_at_once() {
    let count = 10_000;
    let places: String = (0..count).map(|i| format!("P{i},,X,{},0,conflict_zone,0,5\n", i % 90)).collect();
    let mut routes: String = (1..count).map(|i| format!("P{i},P{},10,\n", i / 2)).collect();
    let head: String = (0..count).map(|i| format!(",P{i}")).collect();
    let day = ",0".repeat(count);
    let table: String = (0..30).map(|t| format!("{t}{day}\n")).collect();
    let layout: String = (0..count).map(|i| format!("P{i},big.csv\n")).collect();
    let closures: String = (1..count).map(|i| format!("link,P{i},P{},0,1\n", i / 2)).collect();
    let (conflicts, layout) = (format!("#Day{head}\n{table}"), format!("total,all.csv\n{layout}"));
    let (_folder, dir) = small(&[
        ("input_csv/locations.csv", &places),
        ("input_csv/routes.csv", &routes),
        ("input_csv/closures.csv", &closures),
        ("input_csv/conflicts.csv", &conflicts),
        ("source_data/data_layout.csv", &layout),
        ("input_csv/registration_corrections.csv", ""),
    ]);
    let start = Instant::now();
    let text = imported(&dir, false).unwrap();
    assert!(text.summary.starts_with("10000 sites, 9999 routes, 9999 closures"), "{}", text.summary);
    println!("10,000 places: {:?}", start.elapsed());
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
    // Names that nobody knows are many times as dear, since others like them are looked for: there is an end to that.
    routes = routes.replace('P', "Q");
    put(&dir, "input_csv/routes.csv", &routes);
    let start = Instant::now();
    let text = imported(&dir, false).unwrap_err();
    assert!(text.contains("errors, of which 1000 are shown"), "{}", text.lines().last().unwrap_or(""));
    assert!(start.elapsed().as_secs() < 10, "{:?}", start.elapsed());
}

// ---- published instances, which are not part of this repository ----

fn published(name: &str) -> Option<PathBuf> {
    let dir = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/flee").join(name);
    let found = dir.is_dir();
    if !found {
        println!("skipped: {} is not there", dir.display());
    }
    found.then_some(dir)
}

/// Reports by site: (day, persons).
fn reports(text: &str) -> BTreeMap<String, Vec<(i64, f64)>> {
    let mut out: BTreeMap<String, Vec<(i64, f64)>> = BTreeMap::new();
    for row in csv::Reader::from_reader(text.as_bytes()).records() {
        let row = row.unwrap();
        out.entry(row[0].to_string()).or_default().push((day(&row[1]), row[2].parse().unwrap()));
    }
    out
}

fn day(date: &str) -> i64 {
    let date: sirocco::units::Date = toml::Value::String(date.into()).try_into().unwrap();
    i64::from(date.tick().0)
}

/// Persons on a day, with every report divided: straight between reports, cut to whole.
fn on(reports: &[(i64, f64)], day: i64, divided: f64) -> i64 {
    let next = reports.partition_point(|r| r.0 <= day);
    let share = |r: (i64, f64)| r.1 / divided;
    let x = match (next.checked_sub(1).map(|i| reports[i]), reports.get(next)) {
        (Some(a), Some(&b)) => share(a) + (day - a.0) as f64 / (b.0 - a.0) as f64 * (share(b) - share(a)),
        (Some(a), None) => share(a),
        (None, b) => b.map_or(0.0, |b| share(*b)),
    };
    libm::trunc(x) as i64
}

/// Compares with the `data` columns of a run of Flee: (numbers compared, those that differ by 1). More is a failure.
fn against_flee(name: &str, hasten: u32) -> Option<(usize, usize)> {
    let dir = published(name)?;
    let imported = imported(&dir, true).unwrap();
    let reports = reports(text_of(&imported, "network/registrations.csv"));
    let sim = fs::read_to_string(dir.join("input_csv/sim_period.csv")).unwrap();
    let start = day(sim.lines().next().unwrap().split(',').nth(1).unwrap());
    let path = dir.join(format!("flee_reference_out_seed1_hasten{hasten}.csv"));
    let mut table = csv::Reader::from_path(path).unwrap();
    let heads = table.headers().unwrap().clone();
    let (mut compared, mut off) = (0, 0);
    for (t, row) in table.records().enumerate() {
        let row = row.unwrap();
        for (head, value) in heads.iter().zip(&row) {
            let Some(site) = head.strip_suffix(" data") else { continue };
            let (flee, ours) = (value.parse::<i64>().unwrap(), on(&reports[site], start + t as i64, f64::from(hasten)));
            assert!((flee - ours).abs() <= 1, "{name}, day {t}, {site}: {ours}, Flee {flee}");
            compared += 1;
            off += usize::from(flee != ours);
        }
    }
    println!("{name}: {compared} numbers compared, {off} differ by 1");
    Some((compared, off))
}

/// Mali was run with all persons, the Central African Republic, where some camps have two files, with a fiftieth of them.
#[test]
fn registrations_are_those_of_flee() {
    for (name, hasten, numbers) in [("mali2012", 1, 300 * 7), ("car2013", 50, 820 * 14)] {
        if let Some(found) = against_flee(name, hasten) {
            assert_eq!(found, (numbers, 0), "{name}");
        }
    }
}

#[test]
fn published_instances_and_rule_sets_are_read() {
    for name in ["mali2012", "car2013"] {
        let Some(dir) = published(name) else { continue };
        for parity in [false, true] {
            imported(&dir, parity).unwrap();
        }
        let Some(rules) = published("rulesets") else { continue };
        for rule in fs::read_dir(rules).unwrap() {
            let settings = Some(rule.unwrap().path());
            let imported = import(&dir, &Options { settings, parity: false }).unwrap();
            assert!(!imported.notes.iter().any(|n| n.contains("unknown `move_rules")), "{:?}", imported.notes);
        }
    }
}
