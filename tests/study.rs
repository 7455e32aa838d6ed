//! `sirocco study`: many points of a scenario, whole, broken off, or in shards.
//!
//! Contract: a study that was killed and run again, one that was run in shards on any number of threads and merged, and one
//! run at a stretch are the same byte for byte (`runtime.json` aside). What is wrong with a study file is said by line before
//! anything runs; shards that are missing are named. Every design gives the tables that docs/studies.md promises.

mod common;

use common::{Files, code, files, said, same_files};
use sirocco::engine::rng::mix;
use std::collections::{BTreeMap, BTreeSet};
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

type Done = Result<(), Box<dyn Error>>;

const BASE: &str = r#"title = "Base"
[run]
start = 2011-10-20
end = 2011-11-30
seed = 3
resolution = 3
persons_per_agent = 30
[region]
countries = ["LBY", "TUN", "DZA", "NER", "TCD"]
[initial.migrants]
residents = 20000
on_coast = 3000
[[lever]]
kind = "border_patrol"
name = "patrols"
start = 2011-10-25
where = ["LBY-NER"]
intensity = 100
[[lever]]
kind = "depot_security"
name = "guards"
start = 2011-10-20
intensity = 0.5
"#;

const POLICY: &str = "extends = \"base.toml\"\n[[lever]]\nkind = \"surveillance\"\nname = \"drones\"\nstart = 2011-11-05\nintensity = 10\n";

const HEAD: &str = r#"title = "What guards do"
scenario = "base.toml"
replicates = 2
measures = ["arms_looted_small_arms", "sea_departures"]
"#;

struct Desk(tempfile::TempDir);

impl Desk {
    fn new() -> Result<Desk, Box<dyn Error>> {
        let folder = tempfile::tempdir()?;
        fs::write(folder.path().join("base.toml"), BASE)?;
        fs::write(folder.path().join("drones.toml"), POLICY)?;
        Ok(Desk(folder))
    }
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sirocco"));
        command.current_dir(self.0.path()).args(args).env("SIROCCO_DATA", common::DATA);
        command
    }
    fn write(&self, name: &str, rest: &str) -> Result<(), Box<dyn Error>> {
        Ok(fs::write(self.path(name), format!("{HEAD}{rest}"))?)
    }
    /// Runs a study and gives its files.
    fn study(&self, name: &str, rest: &str, out: &str) -> Result<Files, Box<dyn Error>> {
        self.write(name, rest)?;
        let ran = self.command(&["study", name, "--quiet", "--out", out]).output()?;
        assert_eq!(code(&ran), 0, "{name}: {}", said(&ran));
        self.complete(out)
    }
    fn complete(&self, out: &str) -> Result<Files, Box<dyn Error>> {
        let mut files = files(&self.path(out))?;
        files.remove(Path::new("runtime.json")).ok_or("no runtime.json")?;
        Ok(files)
    }
    fn rows(&self, path: &str) -> Result<Vec<BTreeMap<String, String>>, Box<dyn Error>> {
        common::rows(&self.path(path))
    }
}

const MORRIS: &str = r#"[design]
kind = "morris"
trajectories = 3
[[factor]]
key = "lever.guards.intensity"
low = 0
high = 1
[[factor]]
key = "processes.stockpiles.raid_rate"
low = 0.01
high = 0.1
[[factor]]
key = "lever.patrols.intensity"
values = [0, 50, 200]
"#;

/// The name of a number parameter with a range of its own, of this process.
fn ranged(process: &str) -> Option<String> {
    let step = sirocco::processes::DAY.iter().find(|s| s.name == process)?;
    let schema = (step.schema)();
    let all = schema.get("properties")?.as_object()?.clone();
    all.iter().find(|(_, p)| p["x-low"].is_number() && p["x-high"].is_number()).map(|x| x.0.clone())
}

/// The screening study, with a parameter of the raids that there is.
fn morris() -> String {
    let name = ranged("stockpiles").expect("stockpiles have a ranged parameter");
    let old = "key = \"processes.stockpiles.raid_rate\"\nlow = 0.01\nhigh = 0.1\n";
    MORRIS.replace(old, &format!("key = \"processes.stockpiles.{name}\"\n"))
}

#[test]
fn killed_sharded_or_at_a_stretch_it_is_the_same() -> Done {
    let desk = Desk::new()?;
    let want = desk.study("s.toml", &morris(), "whole")?;
    assert!(
        ["design.csv", "results.csv", "indices.csv", "manifest.json"].iter().all(|f| want.contains_key(Path::new(f)))
    );

    // A second time nothing is run.
    let again = desk.command(&["study", "s.toml", "--out", "whole"]).output()?;
    assert!(
        code(&again) == 0 && String::from_utf8_lossy(&again.stdout).contains("complete already"),
        "{}",
        said(&again)
    );

    for round in 0..3u64 {
        let mut child = desk
            .command(&["study", "s.toml", "--quiet", "--out", "killed"])
            .stderr(Stdio::null())
            .stdout(Stdio::null())
            .spawn()?;
        std::thread::sleep(Duration::from_millis(150 + mix(round) % 500));
        child.kill()?;
        child.wait()?;
    }
    assert_eq!(code(&desk.command(&["study", "s.toml", "--quiet", "--out", "killed"]).output()?), 0);
    same_files("killed three times", &desk.complete("killed")?, &want);

    // Shards in any order, one of them on one thread, one broken off and one done twice.
    let part = |part: &str, threads: &str| {
        desk.command(&["study", "s.toml", "--quiet", "--out", "parts", "--shard", part, "--threads", threads]).output()
    };
    assert_eq!(code(&part("3/3", "1")?), 0);
    assert_eq!(code(&part("1/3", "2")?), 0);
    let early = desk.command(&["study", "merge", "parts"]).output()?;
    assert!(
        code(&early) == 2 && said(&early).contains("8 runs are missing") && said(&early).contains("point 0"),
        "{}",
        said(&early)
    );
    assert!(!desk.path("parts/manifest.json").exists());
    assert_eq!(code(&part("2/3", "1")?), 0);
    assert_eq!(code(&part("1/3", "1")?), 0);
    // A damaged outcome is one that is missing, and is made again.
    let one = desk.path("parts/outcomes/00002-00001");
    let mut bytes = fs::read(&one)?;
    let n = bytes.len();
    bytes[n / 2] ^= 1;
    fs::write(&one, bytes)?;
    let damaged = desk.command(&["study", "merge", "parts"]).output()?;
    assert!(
        code(&damaged) == 2 && said(&damaged).contains("point 2") && said(&damaged).contains("replicate 1"),
        "{}",
        said(&damaged)
    );
    assert!((1..=3).all(|i| part(&format!("{i}/3"), "2").is_ok_and(|out| code(&out) == 0)));
    let merged = desk.command(&["study", "merge", "parts", "--quiet"]).output()?;
    assert_eq!(code(&merged), 0, "{}", said(&merged));
    same_files("in shards", &desk.complete("parts")?, &want);

    // Another study keeps out of the folder.
    desk.write("s.toml", &morris().replace("trajectories = 3", "trajectories = 4"))?;
    let other = desk.command(&["study", "s.toml", "--out", "parts"]).output()?;
    assert!(code(&other) == 2 && said(&other).contains("holds another study"), "{}", said(&other));
    Ok(())
}

#[test]
fn every_design_gives_its_tables() -> Done {
    let desk = Desk::new()?;
    let guards = "[[factor]]\nkey = \"lever.guards.intensity\"\nlow = 0\nhigh = 1\n";
    let patrols = "[[factor]]\nkey = \"lever.patrols.intensity\"\nlow = 0\nhigh = 200\n";
    let two = format!("{guards}{patrols}");
    let design = |text: &str| format!("[design]\nkind = {text}\n");

    desk.study("oat.toml", &format!("{}{two}", design("\"one_at_a_time\"\nlevels = 3")), "oat")?;
    let points = desk.rows("oat/design.csv")?;
    assert_eq!(points.len(), 7, "the scenario as it is, and two factors at three levels");
    assert_eq!(
        (points[0]["lever.guards.intensity"].as_str(), points[3]["lever.guards.intensity"].as_str()),
        ("", "1.0")
    );
    let effects = desk.rows("oat/effects.csv")?;
    let of = |value: &str| {
        let row = effects.iter().find(|r| {
            r["factor"] == "lever.guards.intensity" && r["value"] == value && r["measure"] == "arms_looted_small_arms"
        });
        row.map(|r| r["effect"].parse::<f64>().unwrap_or(f64::NAN))
    };
    // The scenario has half the guards: the middle level is the scenario itself.
    assert_eq!(of("0.5"), Some(0.0));
    assert!(
        of("0.0").is_some_and(|e| e > 0.0) && of("1.0").is_some_and(|e| e < 0.0),
        "{:?} {:?}",
        of("0.0"),
        of("1.0")
    );

    desk.study("fact.toml", &format!("{}{two}", design("\"factorial\"")), "fact")?;
    let effects = desk.rows("fact/effects.csv")?;
    let names: BTreeSet<&str> = effects.iter().map(|r| r["effect_of"].as_str()).collect();
    assert_eq!(names.len(), 3, "{names:?}");
    let main =
        effects.iter().find(|r| r["effect_of"] == "lever.guards.intensity" && r["measure"] == "arms_looted_small_arms");
    assert!(main.is_some_and(|r| r["effect"].parse::<f64>().is_ok_and(|v| v < 0.0)), "{main:?}");

    let third =
        "[[factor]]\nkey = \"processes.weather.PARAM\"\n".replace("PARAM", &ranged("weather").ok_or("no weather")?);
    desk.study("frac.toml", &format!("{}{two}{third}", design("\"fractional_factorial\"\nresolution = 3")), "frac")?;
    assert_eq!(desk.rows("frac/design.csv")?.len(), 4);
    let aliased = desk.rows("frac/effects.csv")?;
    assert!(aliased.iter().all(|r| !r["aliases"].is_empty()), "in 2^(3-1) every main effect is an interaction's alias");

    let box_of = "[discover]\nmeasure = \"arms_looted_small_arms\"\nbelow = 1e9\n";
    let clause = |name: &str, rest: &str| {
        format!("[[pattern]]\nname = \"{name}\"\nmeasure = \"arms_looted_small_arms\"\n{rest}\n")
    };
    let patterns =
        [clause("loot", "at_least = 0"), clause("never", "at_most = -1"), clause("loot", "at_most = 1e9")].concat();
    let text = format!("{}{two}{box_of}{patterns}", design("\"latin_hypercube\"\npoints = 6"));
    desk.study("lhs.toml", &text, "lhs")?;
    assert!(
        ["patterns", "correlations_arms_looted_small_arms"]
            .iter()
            .all(|f| desk.path(&format!("lhs/charts/{f}.png")).is_file())
    );
    let found = desk.rows("lhs/patterns.csv")?;
    let cells = |i: usize| ["pattern", "clauses", "points", "holds", "share"].map(|c| found[i][c].clone());
    assert_eq!(
        (cells(0), cells(1)),
        (["loot", "2", "6", "6", "1"].map(String::from), ["never", "1", "6", "0", "0"].map(String::from))
    );
    assert_eq!(found.len(), 2);
    let points = desk.rows("lhs/design.csv")?;
    let mut strata: Vec<u32> = vec![];
    for p in &points {
        strata.push((p["lever.guards.intensity"].parse::<f64>()? * 6.0) as u32);
    }
    strata.sort_unstable();
    assert_eq!(strata, [0, 1, 2, 3, 4, 5]);
    let rho = desk.rows("lhs/correlations.csv")?;
    let guards_rho =
        rho.iter().find(|r| r["factor"] == "lever.guards.intensity" && r["measure"] == "arms_looted_small_arms");
    assert!(guards_rho.is_some_and(|r| r["spearman"].parse::<f64>().is_ok_and(|v| v < -0.7)), "{guards_rho:?}");
    assert!(desk.path("lhs/boxes.csv").is_file());

    desk.study("idx.toml", &format!("{}{two}", design("\"sobol_indices\"\npoints = 4")), "idx")?;
    let indices = desk.rows("idx/indices.csv")?;
    assert_eq!((desk.rows("idx/design.csv")?.len(), indices.len()), (16, 4));
    assert!(indices.iter().all(|r| !r["total"].is_empty()));
    assert!(desk.path("idx/charts/indices_arms_looted_small_arms.svg").is_file());

    let levers = "\"budget\"\npoints = 2\nusd_per_year = 1000000\nlevers = [\"guards\", \"patrols\"]";
    desk.study("money.toml", &design(levers), "money")?;
    let pareto = desk.rows("money/pareto.csv")?;
    assert_eq!(pareto.len(), 5, "two corners, the middle, two more");
    assert!(pareto.iter().any(|r| r["front"] == "1") && pareto[0]["share_of_budget_guards"] == "1");

    let variants =
        "[[variant]]\nname = \"as it is\"\n[[variant]]\nname = \"no guards\"\nset = [\"lever.guards.intensity=0\"]\n";
    let head = format!("policies = [\"drones.toml\"]\n{}", design("\"variants\""));
    let same = clause("drones loot nothing", "policy = \"drones\"\nover = \"base\"\nat_least = 0.5\nat_most = 2");
    desk.study("var.toml", &format!("{head}{variants}{same}"), "var")?;
    assert_eq!(desk.rows("var/patterns.csv")?[0]["holds"], "2");
    let effects = desk.rows("var/effects.csv")?;
    assert!(effects.iter().all(|r| r["variant"] == "no guards") && effects.iter().any(|r| r["arm"] == "drones"));
    assert!(desk.path("var/rankings.csv").is_file() && desk.path("var/flips.csv").is_file());
    assert!(desk.path("var/charts/effects_arms_looted_small_arms.png").is_file());
    Ok(())
}

/// A flow over the months of a run adds up to that over the run; another luck at every point is a factor of whole numbers; a
/// pattern may be one measure over another.
#[test]
fn metrics_over_a_part_of_the_run_add_up() -> Done {
    let desk = Desk::new()?;
    let parts = "\"arms_looted_small_arms@2011-10\", \"arms_looted_small_arms@2011-11\", \"arms_looted_small_arms@2011-10..2011-11\"";
    let text = format!(
        "{}[design]\nkind = \"sobol\"\npoints = 2\n\
         [[factor]]\nkey = \"run.seed\"\nlow = 1\nhigh = 1000\nwhole = true\n\
         [[pattern]]\nname = \"all in a year\"\nmeasure = \"arms_looted_small_arms@2011-10..2011-11\"\n\
         over_measure = \"arms_looted_small_arms\"\nat_least = 1\nat_most = 1\n",
        HEAD.replace("\"sea_departures\"", parts)
    );
    fs::write(desk.path("parts.toml"), &text)?;
    let ran = desk.command(&["study", "parts.toml", "--quiet", "--out", "parts"]).output()?;
    assert_eq!(code(&ran), 0, "{}", said(&ran));
    let results = desk.rows("parts/results.csv")?;
    let of = |point: &str, replicate: &str, part: &str| {
        let name = format!("arms_looted_small_arms{part}");
        let row = results.iter().find(|r| r["point"] == point && r["replicate"] == replicate && r["measure"] == name);
        row.and_then(|r| r["value"].parse::<f64>().ok()).unwrap_or(f64::NAN)
    };
    for (point, replicate) in [("0", "0"), ("0", "1"), ("1", "0"), ("1", "1")] {
        let [whole, october, november, year] =
            ["", "@2011-10", "@2011-11", "@2011-10..2011-11"].map(|p| of(point, replicate, p));
        assert!(whole > 0.0 && october > 0.0 && november > 0.0, "{whole} {october} {november}");
        assert_eq!((october + november, year), (whole, whole));
    }
    assert_ne!(of("0", "0", ""), of("1", "0", ""), "another luck");
    assert!(desk.rows("parts/design.csv")?.iter().all(|r| r["run.seed"].parse::<u64>().is_ok()));
    assert_eq!(desk.rows("parts/patterns.csv")?[0]["holds"], "2");

    for (part, wants) in [
        ("@2012-03", "is not within the run, 2011-10 to 2011-11"),
        ("@2011", "is not within the run, 2011-10 to 2011-11"),
        ("@2011-1x", "is no part of a run"),
    ] {
        fs::write(desk.path("bad.toml"), text.replace("@2011-11\"", &format!("{part}\"")))?;
        let out = desk.command(&["study", "bad.toml", "--quiet", "--out", "bad"]).output()?;
        assert!(code(&out) == 2 && said(&out).contains(wants) && !desk.path("bad").exists(), "{}", said(&out));
    }
    Ok(())
}

#[test]
fn what_is_wrong_is_said_by_line_before_anything_runs() -> Done {
    let desk = Desk::new()?;
    let factor = "[[factor]]\nkey = \"lever.guards.intensity\"\nlow = 0\nhigh = 1\n";
    let design = "[design]\nkind = \"sobol\"\npoints = 4\n";
    let with = |from: &str, to: &str| format!("{HEAD}{design}{factor}").replace(from, to);
    for (text, wants) in [
        (
            with("lever.guards.intensity", "processes.crews.seets"),
            vec!["bad.toml:9", "no parameter `seets`", "did you mean `seats`"],
        ),
        (
            with("lever.guards.intensity", "processes.crew.seats"),
            vec!["bad.toml:9", "no process `crew`", "did you mean `crews`"],
        ),
        (with("lever.guards.intensity", "lever.guard.intensity"), vec!["bad.toml", "`guard`"]),
        (
            with("high = 1", "high = 0"),
            vec!["bad.toml:9", "the range of `lever.guards.intensity` is empty: from 0 to 0"],
        ),
        (
            with("intensity\"\nlow = 0\nhigh = 1", "coordination\"\nlow = 0\nhigh = 7"),
            vec!["bad.toml: point", "lever.guards.coordination=", "from 0 to 1"],
        ),
        (with("low = 0\nhigh = 1\n", ""), vec!["bad.toml:9", "has no range of its own"]),
        (
            with(
                "key = \"lever.guards.intensity\"\nlow = 0\nhigh = 1",
                "all_of = \"crews\"\nexcept = [\"processes.crews.fuel_load_per_day\"]",
            ),
            vec!["bad.toml:10", "has no range in `crews`", "did you mean `processes.crews.fuel_loads_per_day`"],
        ),
        (
            with("sea_departures", "sea_departure"),
            vec!["bad.toml:4", "no measure `sea_departure`", "did you mean `sea_departures`"],
        ),
        (with("[\"arms_looted_small_arms\", \"sea_departures\"]", "[]"), vec!["bad.toml:4", "`measures` is empty"]),
        (with("\"sobol\"", "\"sobbol\""), vec!["bad.toml", "line 6", "sobbol"]),
        (with("points = 4", "points = 0"), vec!["bad.toml:5", "not 0"]),
        (with(factor, ""), vec!["bad.toml:5", "needs `[[factor]]`"]),
        (with(factor, &factor.repeat(2)), vec!["`lever.guards.intensity` is varied twice"]),
        (
            with(
                factor,
                &format!(
                    "{factor}[[pattern]]\nname = \"p\"\nmeasure = \"fatalities\"\npolicy = \"bass\"\nover = \"base\"\n"
                ),
            ),
            vec![
                "`p` looks at `fatalities`, which is not in",
                "`bass`, which is no policy",
                "did you mean `base`",
                "`p` needs `at_least`",
            ],
        ),
        (with("replicates = 2", "replicats = 2"), vec!["line 3", "replicats"]),
        (with("base.toml", "none.toml"), vec!["none.toml"]),
        (
            with("scenario = \"base.toml\"", "scenario = \"base.toml\"\npolicies = [\"late.toml\"]"),
            vec!["late.toml", "cannot be compared", "run.seed"],
        ),
    ] {
        fs::write(desk.path("bad.toml"), &text)?;
        fs::write(desk.path("late.toml"), "extends = \"base.toml\"\n[run]\nseed = 9\n")?;
        let out = desk.command(&["study", "bad.toml", "--out", "bad"]).output()?;
        let said = said(&out);
        assert!([2, 3].contains(&code(&out)) && wants.iter().all(|w| said.contains(w)), "{wants:?} not in:\n{said}");
        assert!(!desk.path("bad").exists(), "{wants:?}: something was written");
    }
    for args in [["--shard", "4/3"], ["--shard", "x"]] {
        let out = desk.command(&["study", "bad.toml", args[0], args[1]]).output()?;
        assert!(code(&out) == 2 && said(&out).contains("3/8"), "{}", said(&out));
    }
    let none = desk.command(&["study", "merge", "nowhere"]).output()?;
    assert!(code(&none) == 3 && said(&none).contains("nowhere"), "{}", said(&none));
    Ok(())
}

#[test]
fn shipped_studies_can_be_read() -> Done {
    let known = sirocco::study::measure::measures(&sirocco::observe::sums::Sums::default());
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/studies");
    let mut n = 0;
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            continue;
        }
        let plan = sirocco::study::plan::Plan::read(&path, &known, &[])?;
        assert!(plan.points.len() > 1 && Path::new(folder).join(&plan.file.scenario).is_file());
        n += 1;
    }
    assert!(n > 0);
    Ok(())
}

#[test]
fn slurm_files_run_every_part_once() -> Done {
    let desk = Desk::new()?;
    desk.write("s.toml", &morris())?;
    let out = desk.command(&["study", "slurm", "s.toml", "--out", "far", "--runs-per-task", "10"]).output()?;
    assert_eq!(code(&out), 0, "{}", said(&out));
    assert!(String::from_utf8_lossy(&out.stdout).contains("24 runs in 3 tasks"));
    // What Slurm would do: every task by its number, then the merge.
    let read = |name: &str| fs::read_to_string(desk.path("far/slurm").join(name));
    assert!(read("array.sbatch")?.contains("#SBATCH --array=1-3\n") && read("submit.sh")?.contains("afterany:$array"));
    for task in 1..=3 {
        let ran = Command::new("bash")
            .arg(desk.path("far/slurm/array.sbatch"))
            .env("SLURM_ARRAY_TASK_ID", task.to_string())
            .output()?;
        assert_eq!(code(&ran), 0, "{}", said(&ran));
    }
    let merged = Command::new("bash").arg(desk.path("far/slurm/merge.sbatch")).output()?;
    assert_eq!(code(&merged), 0, "{}", said(&merged));
    let want = desk.study("s.toml", &morris(), "near")?;
    let mut got = desk.complete("far")?;
    got.retain(|name, _| !name.starts_with("slurm"));
    same_files("by tasks", &got, &want);
    Ok(())
}

/// A key set on the command line is one set in the file: the same results. One that the study varies is refused; the folder is another, and so is the study in
/// it; parts and Slurm's files carry the key too.
#[test]
fn a_key_that_is_set_holds_at_every_point() -> Done {
    let desk = Desk::new()?;
    let design = "[design]\nkind = \"one_at_a_time\"\nlevels = 2\n[[factor]]\nkey = \"lever.guards.intensity\"\nlow = 0\nhigh = 1\n";
    let raids = "processes.stockpiles.raid_rate=0.05";
    let inside = desk.study("a.toml", &format!("set = [\"{raids}\"]\n{design}"), "a")?;
    desk.write("b.toml", design)?;
    let run = |args: &[&str]| desk.command(args).output();
    let ran = run(&["study", "b.toml", "--quiet", "--set", raids, "--out", "b"])?;
    assert_eq!(code(&ran), 0, "{}", said(&ran));
    let beside = desk.complete("b")?;
    for file in ["results.csv", "effects.csv", "design.csv"] {
        assert_eq!(inside[Path::new(file)], beside[Path::new(file)], "{file}");
    }
    let other = run(&["study", "b.toml", "--quiet", "--out", "b"])?;
    assert_eq!(code(&other), 2);
    assert!(
        said(&other).contains("b holds the same study with other keys set: name another folder"),
        "{}",
        said(&other)
    );
    let varied = run(&["study", "b.toml", "--set", "lever.guards.intensity=0.5", "--out", "c"])?;
    assert_eq!(code(&varied), 2);
    let why = "--set lever.guards.intensity=0.5: b.toml sets that key itself, at its points";
    assert!(said(&varied).contains(why), "{}", said(&varied));
    for part in ["1/2", "2/2"] {
        let ran = run(&["study", "b.toml", "--quiet", "--set", raids, "--shard", part])?;
        assert_eq!(code(&ran), 0, "{}", said(&ran));
    }
    let folder = "output/b-processes.stockpiles.raid_rate=0.05";
    let merged = run(&["study", "merge", folder, "--quiet"])?;
    assert_eq!(code(&merged), 0, "{}", said(&merged));
    assert_eq!(desk.complete(folder)?[Path::new("results.csv")], inside[Path::new("results.csv")]);
    let slurm = run(&["study", "slurm", "b.toml", "--set", raids, "--out", "s"])?;
    assert_eq!(code(&slurm), 0, "{}", said(&slurm));
    let array = fs::read_to_string(desk.path("s/slurm/array.sbatch"))?;
    assert!(array.contains(&format!(" --set '{raids}' ")), "{array}");
    Ok(())
}
