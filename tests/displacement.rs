//! Displacement as a user meets it: a scenario on sites of its own, its files, and what is wrong with them, named.

mod common;

use common::{code, said};
use sirocco::cli::prepare;
use sirocco::sim::{RunPlan, Simulation};
use std::collections::BTreeMap;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

type Done = Result<(), Box<dyn Error>>;

/// A folder to work in.
struct Desk(tempfile::TempDir);

impl Desk {
    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }
    fn write(&self, name: &str, text: &str) -> Done {
        Ok(fs::write(self.path(name), text)?)
    }
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sirocco"));
        command.args(args).current_dir(self.0.path()).env("SIROCCO_DATA", common::DATA);
        command
    }
    fn ran(&self, args: &[&str]) -> Done {
        let ran = self.command(args).output()?;
        assert_eq!(code(&ran), 0, "{args:?}: {}", said(&ran));
        Ok(())
    }
}

const SITES: &str = "name,country,lat,lon,kind,population,capacity,home,leave_per_day\nKidal,MLI,18.4,1.4,conflict_zone,30000,,yes,\n\
                     Gao,MLI,16.3,0.0,town,90000,,yes,\nFork,MLI,15.6,0.5,marker,,,yes,\nAyorou,NER,14.7,0.9,camp,,400,no,\n\
                     Djibo,BFA,14.1,-1.6,camp,,,no,0.01\n";
const ROUTES: &str = "a,b,km,forced,km_per_day,walk_share\nKidal,Gao,320,,,\nGao,Fork,100,,,\nFork,Ayorou,120,,,0.5\nGao,Djibo,300,,150,\n";
const CLOSURES: &str = "kind,a,b,from,until\nborder,MLI,NER,2012-01-20,2012-02-10\ncamp,Djibo,,2012-03-01,2012-03-15\n";
const WAR: &str = "date,site,intensity\n2012-01-01,Kidal,1\n2012-02-01,Gao,0.5\n2012-03-10,Kidal,0\n";
const REGISTERED: &str = "site,date,persons\ntotal,2012-01-01,0\nAyorou,2012-01-01,120\nAyorou,2012-03-31,900\nDjibo,2012-01-01,0\n\
                          Djibo,2012-02-15,700\nDjibo,2012-03-31,600\n";
const NODES: &str = "name,country,lat,lon,population\nKidal,MLI,18.4,1.4,30000\nGao,MLI,16.3,0.0,90000\nAyorou,NER,14.7,0.9,0\n\
                     Djibo,BFA,14.1,-1.6,0\n";
const LINKS: &str = "a,b,km\nKidal,Gao,320\nGao,Ayorou,220\nGao,Djibo,300\n";
const SCENARIO: &str = "title = \"North\"\n[run]\nstart = 2012-01-01\nend = 2012-03-31\n[region]\nnetwork = \"net\"\n\
                        displacement = \"net\"\n[initial.migrants]\nresidents = 0\n[processes.displacement]\nawareness = 2\nstart_on_foot = true\n";

fn desk() -> Result<Desk, Box<dyn Error>> {
    let desk = Desk(tempfile::tempdir()?);
    fs::create_dir_all(desk.path("net"))?;
    for (name, text) in [
        ("nodes.csv", NODES),
        ("links.csv", LINKS),
        ("sites.csv", SITES),
        ("routes.csv", ROUTES),
        ("closures.csv", CLOSURES),
        ("conflict.csv", WAR),
        ("registrations.csv", REGISTERED),
    ] {
        desk.write(&format!("net/{name}"), text)?;
    }
    desk.write("north.toml", SCENARIO)?;
    Ok(desk)
}

#[test]
fn people_flee_and_are_counted_beside_the_registered() -> Done {
    let desk = desk()?;
    desk.ran(&["run", "north.toml", "--out", "one", "--threads", "1", "--audit", "--quiet"])?;
    desk.ran(&["run", "north.toml", "--out", "two", "--threads", "2", "--quiet"])?;
    for file in ["displacement.csv", "series.csv", "flows.csv", "events.csv"] {
        assert_eq!(
            fs::read(desk.path(&format!("one/{file}")))?,
            fs::read(desk.path(&format!("two/{file}")))?,
            "{file}"
        );
    }
    let rows = common::rows(&desk.path("one/displacement.csv"))?;
    assert_eq!(rows.len(), 2 * 91);
    let of = |date: &str, site: &str| {
        let row = rows.iter().find(|r| r["date"] == date && r["site"] == site).expect("a row");
        (row["displaced"].parse::<i64>().expect("a number"), row["registered"].parse::<i64>().expect("a number"))
    };
    assert_eq!(of("2012-01-01", "Ayorou").1, 120);
    assert_eq!(of("2012-02-15", "Djibo").1, 700);
    let most =
        rows.iter().filter(|r| r["site"] == "Ayorou").map(|r| r["displaced"].parse::<i64>().expect("a number")).max();
    // Room for 400, and over it those who had set out while there was some: most on the day on which the border opens. Nobody comes after them.
    assert!((200..600).contains(&most.expect("rows")), "{most:?}");
    // While the border is shut nobody new comes to Ayorou.
    assert!(of("2012-02-09", "Ayorou").0 <= of("2012-01-28", "Ayorou").0);
    assert!(of("2012-03-31", "Djibo").0 > 300);
    // As many have fled in all as the largest number registered: of 780 at Ayorou and 600 at Djibo on the last day 120 were there before.
    let series = common::rows(&desk.path("one/series.csv"))?;
    let last = series.last().expect("days");
    assert_eq!(last["displaced"], "1500");
    let sum = |names: [&str; 3]| names.iter().map(|n| last[*n].parse::<f64>().expect("a number")).sum::<f64>();
    assert_eq!(sum(["displaced_abroad", "displaced_at_home", "displaced_under_way"]), 1500.0);
    assert_eq!(last["displaced_in_camps_observed"], "1500");
    let flows = common::rows(&desk.path("one/flows.csv"))?;
    let fled = flows.iter().find(|r| r["to"] == "displaced").expect("a flow");
    assert_eq!((fled["from"].as_str(), fled["count"].as_str()), ("outside", "1500"));
    Ok(())
}

/// Flee's averaged relative difference from the files alone.
#[test]
fn errors_are_flees_averaged_relative_differences() -> Done {
    let desk = desk()?;
    desk.ran(&["run", "north.toml", "--out", "one", "--quiet"])?;
    let rows = common::rows(&desk.path("one/displacement.csv"))?;
    let number = |text: &String| text.parse::<f64>().expect("a number");
    let of_day = |date: &str| {
        let of: Vec<(f64, f64)> = rows
            .iter()
            .filter(|r| r["date"] == date)
            .map(|r| (number(&r["displaced"]), number(&r["registered"])))
            .collect();
        let (s, d) = of.iter().fold((0.0, 0.0), |sum, x| (sum.0 + x.0, sum.1 + x.1));
        let ard = |scale: f64| of.iter().map(|x| (x.0 * scale - x.1).abs()).sum::<f64>() / f64::max(d, 1.0);
        (ard(1.0), ard(if s > 0.0 { d / s } else { 0.0 }))
    };
    for day in common::rows(&desk.path("one/series.csv"))? {
        let (plain, rescaled) = of_day(&day["date"]);
        assert!((number(&day["displacement_error"]) - plain).abs() < 1e-6, "{}", day["date"]);
        assert!((number(&day["displacement_error_rescaled"]) - rescaled).abs() < 1e-6, "{}", day["date"]);
    }
    Ok(())
}

/// A state saved in the evening, put into a new run, goes on to the same digests: what is not saved is found again.
#[test]
fn a_saved_evening_goes_on_the_same() -> Done {
    let desk = desk()?;
    let prepared = prepare(&desk.path("north.toml"), &[], Path::new(common::DATA))?;
    let (scenario, ground) = prepared.map_err(|report| report.to_string())?;
    let plan = RunPlan { scenario: Arc::new(scenario), replicate: 0, values: vec![], audit: false };
    let mut whole = Simulation::new(&plan, &ground)?;
    let mut saved = vec![];
    for day in 0..90 {
        whole.day()?;
        if [0, 25, 40, 61, 70].contains(&day) {
            saved.push((day, whole.save()));
        }
        whole.next_morning();
    }
    for (day, state) in saved {
        let mut again = Simulation::new(&plan, &ground)?;
        again.restore(&state)?;
        for _ in day + 1..90 {
            again.next_morning();
            again.day()?;
        }
        again.next_morning();
        assert_eq!(again.world.digest(), whole.world.digest(), "from day {day}");
    }
    Ok(())
}

#[test]
fn what_is_wrong_with_sites_and_routes_is_named_with_its_line() -> Done {
    let desk = desk()?;
    for (file, good, bad, why) in [
        ("sites.csv", "Gao,MLI,16.3,0.0,town", "Gao,MLI,16.3,0.0,village", "sites.csv:3: `kind` is none of camp"),
        ("sites.csv", "Gao,MLI,16.3", "Kidal,MLI,16.3", "sites.csv:3: the site `Kidal` comes twice"),
        ("sites.csv", "camp,,400", "camp,,-4", "sites.csv:5: `capacity` is -4"),
        ("routes.csv", "Kidal,Gao,320", "Kidla,Gao,320", "routes.csv:2: unknown site `Kidla` (did you mean `Kidal`?)"),
        ("routes.csv", "Gao,Fork,100", "Gao,Fork,-100", "routes.csv:3: `km` is -100"),
        ("routes.csv", "Gao,Fork,100", "Gao,Kidal,100", "routes.csv:3: the route from `Gao` to `Kidal` comes twice"),
        ("routes.csv", "Kidal,Gao,320,", "Kidal,Gao,320,Fork", "routes.csv:2: `forced` is no end of the route"),
        (
            "closures.csv",
            "MLI,NER",
            "MLI,NGR",
            "closures.csv:2: no site lies in the country `NGR` (did you mean `NER`?)",
        ),
        ("closures.csv", "2012-02-10", "2012-01-10", "closures.csv:2: `until` lies before `from`"),
        ("closures.csv", "camp,Djibo", "tent,Djibo", "closures.csv:3: `kind` is `tent`"),
        ("conflict.csv", "Kidal,1", "Kidal,1.5", "conflict.csv:2: `intensity` is 1.5"),
        ("conflict.csv", "2012-02-01", "2012-02-31", "conflict.csv:3: `2012-02-31` is no date"),
        ("registrations.csv", "2012-02-15,700", "2012-02-15,many", "registrations.csv:6: `persons` is `many`"),
        (
            "registrations.csv",
            "Djibo,2012-02-15",
            "Djibo,2011-02-15",
            "registrations.csv:6: reports of a site are not in the order",
        ),
    ] {
        let path = format!("net/{file}");
        let whole = fs::read_to_string(desk.path(&path))?;
        assert!(whole.contains(good), "{good}");
        desk.write(&path, &whole.replacen(good, bad, 1))?;
        let told = desk.command(&["run", "north.toml", "--out", "bad", "--quiet"]).output()?;
        assert!(code(&told) == 2 && said(&told).contains(why), "{bad}: {}", said(&told));
        desk.write(&path, &whole)?;
    }
    fs::remove_file(desk.path("net/routes.csv"))?;
    let told = desk.command(&["validate", "north.toml"]).output()?;
    let why = "north.toml:7:16: error: `region.displacement` names the folder \"net\", which has no file `routes.csv`";
    assert!(code(&told) == 2 && said(&told).contains(why), "{}", said(&told));
    Ok(())
}

/// Flee's published instances, which are not part of the project.
const FLEE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../shared/data/flee");

/// Means over replicates of the rescaled averaged relative difference, and by day and camp of how many are in it.
struct Found {
    error: f64,
    /// Of each replicate the people in each camp by day.
    replicates: Vec<Camps>,
    registered: Vec<f64>,
}

/// People in each camp by day.
type Camps = BTreeMap<String, Vec<f64>>;

/// An instance with the faults of Flee, so many replicates; nothing where it is missing.
fn as_flee(name: &str, replicates: u32) -> Result<Option<Found>, Box<dyn Error>> {
    let dir = Path::new(FLEE).join(name);
    if !dir.is_dir() {
        println!("skipped: {} is missing", dir.display());
        return Ok(None);
    }
    let desk = Desk(tempfile::tempdir()?);
    desk.ran(&["import", "flee", &dir.to_string_lossy(), "--out", "in", "--parity"])?;
    desk.ran(&["run", "in/scenario.toml", "--replicates", &replicates.to_string(), "--out", "out", "--quiet"])?;
    let mut found = Found { error: 0.0, replicates: vec![], registered: vec![] };
    for replicate in 0..replicates {
        let folder = format!("out/replicates/{replicate:05}");
        let days = common::rows(&desk.path(&format!("{folder}/series.csv")))?;
        let errors: Result<Vec<f64>, _> =
            days.iter().map(|d| d["displacement_error_rescaled"].parse::<f64>()).collect();
        found.error += errors?.iter().sum::<f64>() / days.len() as f64 / f64::from(replicates);
        found.registered = days.iter().map(|d| d["displaced_in_camps_observed"].parse()).collect::<Result<_, _>>()?;
        let mut camps = Camps::new();
        for row in common::rows(&desk.path(&format!("{folder}/displacement.csv")))? {
            camps.entry(row["site"].clone()).or_default().push(row["displaced"].parse()?);
        }
        found.replicates.push(camps);
    }
    Ok(Some(found))
}

/// A run of Flee in which a person stands for `hasten`.
fn of_flee(found: &Found, name: &str, hasten: u32) -> Result<Camps, Box<dyn Error>> {
    let rows = common::rows(&Path::new(FLEE).join(format!("{name}/flee_reference_out_seed1_hasten{hasten}.csv")))?;
    let of = |camp: &String| -> Result<(String, Vec<f64>), Box<dyn Error>> {
        let column = format!("{camp} sim");
        let persons: Result<Vec<f64>, _> = rows.iter().map(|r| r[&column].parse::<f64>()).collect();
        Ok((camp.clone(), persons?.into_iter().map(|n| n * f64::from(hasten)).collect()))
    };
    found.replicates[0].keys().map(of).collect()
}

/// The mean of runs.
fn mean(runs: &[&Camps]) -> Camps {
    let days = |camp: &String, n: usize| {
        (0..n).map(|day| runs.iter().map(|r| r[camp][day]).sum::<f64>() / runs.len() as f64).collect()
    };
    runs[0].iter().map(|(camp, of)| (camp.clone(), days(camp, of.len()))).collect()
}

/// Mean over days of the differences between camps, over all registered.
fn apart(a: &Camps, b: &Camps, registered: &[f64]) -> f64 {
    let days = registered.len();
    let day =
        |day: usize| a.iter().map(|(camp, x)| (x[day] - b[camp][day]).abs()).sum::<f64>() / registered[day].max(1.0);
    (0..days).map(day).sum::<f64>() / days as f64
}

/// Flee's rescaled error of mali2012 is 0.360 to 0.363 (seeds 1 to 3 with a tenth of the persons, one run with all), that of car2013 0.427 to 0.432
/// (a fiftieth). Ours vary by 0.001 from one replicate to another, so these bounds fail only when a rule has changed. At full scale Flee's run is to be no
/// further from our mean than one of ours is from the mean of the others (by a quarter more at most), and no camp's mean over days further than three
/// standard deviations of a replicate: of seven camps one in fifty draws would be. Of car2013 only a run with a fiftieth of the persons is at hand,
/// whose own luck is seven times as large.
#[test]
fn errors_and_camps_are_those_of_flee() -> Done {
    for (name, hasten, replicates, flee) in [("mali2012", 1, 20, 0.361), ("car2013", 50, 4, 0.43)] {
        let Some(found) = as_flee(name, replicates)? else { continue };
        assert!((found.error - flee).abs() < 0.02, "{name}: {}", found.error);
        let theirs = of_flee(&found, name, hasten)?;
        let all: Vec<&Camps> = found.replicates.iter().collect();
        let off = apart(&mean(&all), &theirs, &found.registered);
        let others = |i: usize| all.iter().enumerate().filter(|x| x.0 != i).map(|x| *x.1).collect::<Vec<_>>();
        let own = |i: usize| apart(all[i], &mean(&others(i)), &found.registered);
        let own = (0..all.len()).map(own).sum::<f64>() / all.len() as f64;
        println!(
            "{name}: rescaled error {:.4}; Flee's run is {off:.4} of all registered away, one of ours {own:.4}",
            found.error
        );
        if hasten > 1 {
            assert!(off < 0.025, "{name}: {off}");
            continue;
        }
        assert!(off < 1.25 * own, "{name}: {off} and {own}");
        for (camp, persons) in &theirs {
            let over_days = |of: &[f64]| of.iter().sum::<f64>() / of.len() as f64;
            let means: Vec<f64> = all.iter().map(|r| over_days(&r[camp])).collect();
            let middle = over_days(&means);
            let sd = (means.iter().map(|m| (m - middle) * (m - middle)).sum::<f64>() / (means.len() - 1) as f64).sqrt();
            let away = (over_days(persons) - middle) / sd;
            println!("{camp}: {middle:.0} in the mean of days, Flee {away:+.1} standard deviations of a run");
            assert!(away.abs() < 3.0, "{camp}: {away}");
        }
    }
    Ok(())
}

/// A small instance of Flee: war in one town, two camps abroad, a hundred days.
fn small_instance(desk: &Desk) -> Done {
    fs::create_dir_all(desk.path("flee/input_csv"))?;
    fs::create_dir_all(desk.path("flee/source_data"))?;
    for (name, text) in [
        (
            "input_csv/locations.csv",
            "#name,region,country,latitude,longitude,location_type,conflict_date,population\n\
             Home,N,A,15,0,conflict_zone,0,9000\nHalf way,N,A,15,1,town,0,500\n\
             East,E,B,15,3,camp,0,0\nSouth,S,C,13,0,camp,0,0\n",
        ),
        (
            "input_csv/routes.csv",
            "#name1,name2,distance,forced_redirection\nHome,Half way,110,0\nHalf way,East,210,0\nHome,South,220,0\n",
        ),
        ("input_csv/closures.csv", "#closure_type,name1,name2,closure_start,closure_end\n"),
        ("input_csv/sim_period.csv", "StartDate,2012-01-01\nLength,100\n"),
        ("source_data/data_layout.csv", "total,refugees.csv\nEast,east.csv\nSouth,south.csv\n"),
        ("source_data/refugees.csv", "2012-01-01,0\n2012-04-09,3000\n"),
        ("source_data/east.csv", "2012-01-01,0\n2012-04-09,2000\n"),
        ("source_data/south.csv", "2012-01-01,0\n2012-04-09,1000\n"),
        ("simsetting.yml", "move_rules:\n  camp_weight: 2.0\n  start_on_foot: True\n"),
    ] {
        desk.write(&format!("flee/{name}"), text)?;
    }
    Ok(())
}

/// Rows of `displacement_scores.csv` by their first column.
fn scores(desk: &Desk, out: &str) -> Result<BTreeMap<String, BTreeMap<String, String>>, Box<dyn Error>> {
    let rows = common::rows(&desk.path(&format!("{out}/displacement_scores.csv")))?;
    Ok(rows.into_iter().map(|r| (r["forecast"].clone(), r)).collect())
}

#[test]
fn an_imported_instance_is_fitted_to_its_first_days_and_forecast() -> Done {
    let desk = Desk(tempfile::tempdir()?);
    small_instance(&desk)?;
    desk.ran(&["import", "flee", "flee", "--out", "in"])?;
    // A key that is fitted stands in the posterior alone; the others are those of the instance.
    let forecast = fs::read_to_string(desk.path("in/forecast.toml"))?;
    assert!(!forecast.contains("camp_weight") && forecast.contains("start_on_foot = true"), "{forecast}");
    assert!(forecast.contains("start = 2012-01-31\nend = 2012-04-09\nreplicates = 48\n"), "{forecast}");
    let fit = fs::read_to_string(desk.path("in/fit.toml"))?;
    assert!(fit.contains("set = [\"run.end=2012-01-31\"]"), "{fit}");
    let short = fit.replace("points = 128", "points = 24").replace("generations = 3", "generations = 1");
    desk.write("in/fit.toml", &short.replace("sample = 48", "sample = 6"))?;
    desk.ran(&["study", "in/fit.toml", "--out", "in/fit", "--quiet"])?;
    desk.ran(&["run", "in/forecast.toml", "--replicates", "6", "--out", "out", "--quiet"])?;
    // On the first day camps hold those who are registered there.
    let bands = common::rows(&desk.path("out/displacement_bands.csv"))?;
    assert_eq!((bands.len(), bands[0]["site"].as_str(), bands[0]["date"].as_str()), (2 * 70, "East", "2012-01-31"));
    assert_eq!((bands[0]["registered"].as_str(), bands[0]["baseline"].as_str()), ("606", "606"));
    assert!(bands[0]["mean"].parse::<f64>()? > 590.0, "{:?}", bands[0]);
    // Scores are those of the runs' own series; without a model all is right here, since shares stay as they are.
    let scores = scores(&desk, "out")?;
    let mut mean = 0.0;
    for replicate in 0..6 {
        let days = common::rows(&desk.path(&format!("out/replicates/{replicate:05}/series.csv")))?;
        let errors: Result<Vec<f64>, _> =
            days.iter().map(|d| d["displacement_error_rescaled"].parse::<f64>()).collect();
        mean += errors?.iter().sum::<f64>() / days.len() as f64 / 6.0;
    }
    let number = |forecast: &str, column: &str| scores[forecast][column].parse::<f64>().expect("a number");
    assert!((number("run", "error_rescaled") - mean).abs() < 1e-5, "{scores:?}");
    assert!(number("mean of runs", "error") <= number("run", "error") + 1e-9, "{scores:?}");
    assert!(number("run", "crps") <= number("run", "error") + 1e-9, "{scores:?}");
    assert!(number("without a model", "error") < 0.01, "{scores:?}");
    assert_eq!(number("run", "runs"), 6.0);
    // Another set of parameters for each replicate.
    let manifest: serde_json::Value = serde_json::from_str(&fs::read_to_string(desk.path("out/manifest.json"))?)?;
    let mut drawn: Vec<u64> =
        manifest["posterior_rows"].as_array().expect("rows").iter().filter_map(serde_json::Value::as_u64).collect();
    drawn.sort_unstable();
    assert_eq!(drawn, [0, 1, 2, 3, 4, 5]);
    Ok(())
}

/// Flee's rescaled error over the days after the thirtieth, of its run that is at hand.
fn flee_after_thirty_days(name: &str, hasten: u32) -> Result<f64, Box<dyn Error>> {
    let rows = common::rows(&Path::new(FLEE).join(format!("{name}/flee_reference_out_seed1_hasten{hasten}.csv")))?;
    let mut errors = vec![];
    for row in rows.iter().skip(30) {
        let camps = row.keys().filter_map(|k| k.strip_suffix(" sim"));
        let both = |c: &str| Ok((row[&format!("{c} sim")].parse::<f64>()?, row[&format!("{c} data")].parse::<f64>()?));
        let both: Result<Vec<(f64, f64)>, std::num::ParseFloatError> = camps.map(both).collect();
        let both = both?;
        let (s, d) = both.iter().fold((0.0, 0.0), |sum, x| (sum.0 + x.0, sum.1 + x.1));
        let scale = if s > 0.0 { d / s } else { 0.0 };
        errors.push(both.iter().map(|x| (x.0 * scale - x.1).abs()).sum::<f64>() / f64::max(d, 1.0));
    }
    Ok(errors.iter().sum::<f64>() / errors.len() as f64)
}

/// Fitted to thirty days of registrations by the files that `import` writes, then run on: better than Flee over the same days and than the
/// forecast without a model, on both instances. In full 0.25 (Flee 0.39) and 0.29 (0.41), with ten persons an agent and fewer runs, as here, 0.23 and 0.28 with the seed
/// of the instance.
#[test]
fn forecasts_are_better_than_flee_and_than_none() -> Done {
    for (name, hasten) in [("mali2012", 1), ("car2013", 50)] {
        let dir = Path::new(FLEE).join(name);
        if !dir.is_dir() {
            println!("skipped: {} is missing", dir.display());
            continue;
        }
        let desk = Desk(tempfile::tempdir()?);
        desk.ran(&["import", "flee", &dir.to_string_lossy(), "--out", "in"])?;
        let fit = fs::read_to_string(desk.path("in/fit.toml"))?;
        let short = fit.replace("points = 128", "points = 64").replace("generations = 3", "generations = 2");
        let short =
            short.replace("set = [", "set = [\"run.persons_per_agent=10\", ").replace("sample = 48", "sample = 16");
        desk.write("in/fit.toml", &short)?;
        desk.ran(&["study", "in/fit.toml", "--out", "in/fit", "--quiet"])?;
        let set = ["--set", "run.persons_per_agent=10", "--replicates", "16", "--set", "output.charts=false"];
        desk.ran(&[&["run", "in/forecast.toml", "--out", "out", "--quiet"], &set[..]].concat())?;
        let scores = scores(&desk, "out")?;
        let of = |forecast: &str| scores[forecast]["error_rescaled"].parse::<f64>().expect("a number");
        let (ours, none, flee) = (of("mean of runs"), of("without a model"), flee_after_thirty_days(name, hasten)?);
        println!("{name}: mean of runs {ours:.3}, one run {:.3}, Flee {flee:.3}, without a model {none:.3}", of("run"));
        assert!(ours < flee - 0.03 && ours < none - 0.03, "{name}: {ours} {flee} {none}");
    }
    Ok(())
}

const MALI: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/mali-2012-displacement.toml");

/// Runs the scenario of Mali to the end of June 2012 without migrants, who do not flee, ten persons an agent; days by date, and camps by date and site.
fn mali_2012() -> Result<(Rows, Rows), Box<dyn Error>> {
    let desk = Desk(tempfile::tempdir()?);
    let sets =
        ["run.end=2012-06-28", "run.persons_per_agent=10", "initial.migrants.residents=0", "initial.crews.count=0"];
    let mut args = vec!["run", MALI, "--out", "mali", "--quiet"];
    sets.iter().for_each(|set| args.extend(["--set", set]));
    desk.ran(&args)?;
    let days = common::rows(&desk.path("mali/series.csv"))?;
    let camps = common::rows(&desk.path("mali/displacement.csv"))?;
    Ok((days, camps))
}

type Rows = Vec<BTreeMap<String, String>>;

/// Refugees and displaced people in Mali on 15 May 2012 within 5 % of UNHCR's figures, to which two numbers are set; the split between three countries, to
/// which none is, within six points of each published share. Luck moves the totals by less than half a percent, so this fails when a rule or the scenario
/// has changed. Where the shared data are, every report of March to June within 20 %.
#[test]
fn refugees_of_mali_are_as_many_as_were_counted_in_2012() -> Done {
    let (days, camps) = mali_2012()?;
    let number = |text: &str| text.parse::<f64>().expect("a number");
    let of = |date: &str, column: &str| {
        number(&days.iter().find(|d| d["date"] == date).unwrap_or_else(|| panic!("no {date}"))[column])
    };
    let at_home = |date: &str| of(date, "displaced_at_home");
    let day = "2012-05-15";
    let targets = common::rows(&Path::new(common::DATA).join("targets/headline_targets.csv"))?;
    let target = |metric: &str| targets.iter().find(|t| t["target"] == metric).expect("a target")["value"].clone();
    for (metric, run) in [("mali_refugees_total", of(day, "displaced_abroad")), ("mali_idps", at_home(day))] {
        let published = number(&target(metric));
        println!("{metric}: {published} published, {run} here");
        assert!((run / published - 1.0).abs() < 0.05, "{metric}: {run} and not {published}");
    }
    let in_camps = |sites: &[&str]| {
        let there = camps.iter().filter(|c| c["date"] == day && sites.contains(&c["site"].as_str()));
        there.map(|c| number(&c["displaced"])).sum::<f64>()
    };
    let countries: [(&str, &[&str]); 3] =
        [("Mauritania", &["Mbera"]), ("Burkina Faso", &["Djibo", "Dori"]), ("Niger", &["Ayorou", "Ouallam", "Abala"])];
    let all: f64 = countries.iter().map(|c| in_camps(c.1)).sum();
    for part in target("mali_refugee_split").split(", ") {
        let (name, share) = part.trim_end_matches('%').rsplit_once(' ').expect("a country and its share");
        let here = 100.0 * in_camps(countries.iter().find(|c| c.0 == name).expect("a country").1) / all;
        println!("{name}: {share} % published, {here:.0} % here");
        assert!((here - number(share)).abs() < 6.0, "{name}: {here} and not {share}");
    }
    let course = Path::new(FLEE).join("../observed/mali_displacement.csv");
    if !course.is_file() {
        println!("skipped: {} is missing", course.display());
        return Ok(());
    }
    for row in common::rows(&course)?.iter().filter(|r| r["date"].as_str() >= "2012-03-01") {
        let run = match row["series"].as_str() {
            "refugees_total" => of(&row["date"], "displaced_abroad"),
            "idps" => at_home(&row["date"]),
            _ => continue,
        };
        let off = run / number(&row["value"]) - 1.0;
        println!("{} {}: {} published, {run} here, {:+.0} %", row["date"], row["series"], row["value"], 100.0 * off);
        assert!(off.abs() < 0.2, "{row:?}: {run}");
    }
    Ok(())
}

/// People leave camps for home and as migrants; every one of them is in the ledger, and some of them reach the sea.
#[test]
fn people_leave_camps_for_home_and_for_the_sea() -> Done {
    let desk = Desk(tempfile::tempdir()?);
    let scenario = concat!(env!("CARGO_MANIFEST_DIR"), "/scenarios/benchmarks/camps-left.toml");
    let sets = ["initial.migrants.origins=[]", "initial.migrants.on_coast=0", "run.end=2014-06-30"];
    let mut args = vec!["run", scenario, "--out", "out", "--quiet", "--audit"];
    sets.iter().for_each(|set| args.extend(["--set", set]));
    desk.ran(&args)?;
    let number = |text: &String| text.parse::<f64>().expect("a number");
    let days = common::rows(&desk.path("out/series.csv"))?;
    let sum = |column: &str| days.iter().map(|d| number(&d[column])).sum::<f64>();
    let flows = common::rows(&desk.path("out/flows.csv"))?;
    let flow = |from: &str, to: &str| {
        let of = flows.iter().filter(|f| f["ledger"] == "people" && f["from"] == from && f["to"] == to);
        of.map(|f| number(&f["count"])).sum::<f64>()
    };
    let (home, on, fled) = (flow("displaced", "outside"), flow("displaced", "at_hubs"), flow("outside", "displaced"));
    assert!(home > 100.0 && on > 100.0, "{home} went home, {on} went on");
    assert_eq!((home, on, fled), (sum("displaced_returned"), sum("displaced_onward"), sum("displaced_newly")));
    assert_eq!(number(&days.last().expect("days")["displaced"]), fled - home - on);
    // Nobody else sets out in this run.
    assert!(sum("sea_departures") > 0.0, "nobody who went on came to the sea");
    Ok(())
}
