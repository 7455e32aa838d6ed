//! `sirocco run` as users and scripts meet it.
//!
//! Contract: a run writes a complete folder or none; it never writes over what is there unless told to; files do not hang
//! on the number of threads (`runtime.json` aside); what is wrong is named with an exit code of its class.

mod common;

use common::files;
use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

type Done = Result<(), Box<dyn Error>>;

const DATA: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/data");

const SHORT: &str = r#"title = "Short"
[run]
start = 2011-10-20
end = 2011-11-08
seed = 3
resolution = 3
[initial.migrants]
residents = 20000
on_coast = 3000
[[lever]]
kind = "border_patrol"
start = 2011-10-25
where = ["LBY-NER"]
intensity = 1
"#;

/// A folder with the scenario in it.
fn desk() -> Result<tempfile::TempDir, Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("short.toml"), SHORT)?;
    Ok(folder)
}

/// Runs `sirocco run short.toml` there; gives exit code and standard error.
fn run(folder: &Path, args: &[&str]) -> Result<(i32, String), Box<dyn Error>> {
    run_with(folder, DATA, args)
}

fn run_with(folder: &Path, data: &str, args: &[&str]) -> Result<(i32, String), Box<dyn Error>> {
    let out = Command::new(env!("CARGO_BIN_EXE_sirocco"))
        .current_dir(folder)
        .args(["run", "short.toml", "--quiet", "--data", data])
        .args(args)
        .output()?;
    Ok((out.status.code().unwrap_or(-1), String::from_utf8_lossy(&out.stderr).into_owned()))
}

#[test]
fn a_run_writes_a_whole_folder() -> Done {
    let desk = desk()?;
    let (code, err) = run(desk.path(), &["--set", "run.replicates=2"])?;
    assert_eq!((code, err.as_str()), (0, ""));
    let out = desk.path().join("output/short");
    for name in ["manifest.json", "runtime.json", "summary.csv", "indicators.csv", "bands.csv"] {
        assert!(out.join(name).is_file(), "{name}");
    }
    assert!(fs::read_dir(out.join("charts"))?.count() > 0, "charts are drawn");
    for name in [
        "series.csv",
        "summary.csv",
        "flows.csv",
        "events.csv",
        "cells.csv",
        "legs.csv",
        "borders.csv",
        "holdings.csv",
        "received.csv",
        "prices.csv",
        "conflict.csv",
        "indicators.csv",
    ] {
        for k in ["00000", "00001"] {
            assert!(out.join("replicates").join(k).join(name).is_file(), "{name} of replicate {k}");
        }
    }
    let (a, b) =
        (fs::read(out.join("replicates/00000/series.csv"))?, fs::read(out.join("replicates/00001/series.csv"))?);
    assert!(a != b, "replicates have luck of their own");
    assert!(!out.join(".partial").exists());

    // Columns are the metrics that the program lists, and the rows are the days.
    let listed = Command::new(env!("CARGO_BIN_EXE_sirocco")).args(["metrics", "--json"]).output()?;
    let listed: serde_json::Value = serde_json::from_slice(&listed.stdout)?;
    let mut want = vec!["date".to_string()];
    for m in listed.as_array().ok_or("no list")? {
        let name = m["name"].as_str().ok_or("no name")?.to_string();
        want.push(name.clone());
        if m["observed"].as_bool() == Some(true) {
            want.push(format!("{name}_observed"));
        }
    }
    let mut series = csv::Reader::from_reader(a.as_slice());
    assert_eq!(series.headers()?.iter().collect::<Vec<_>>(), want);
    let dates: Vec<String> = series.records().map(|r| r.map(|r| r[0].to_string())).collect::<Result<_, _>>()?;
    assert_eq!(dates.len(), 20);
    assert_eq!((dates[0].as_str(), dates[19].as_str()), ("2011-10-20", "2011-11-08"));

    let manifest: serde_json::Value = serde_json::from_slice(&fs::read(out.join("manifest.json"))?)?;
    assert_eq!((&manifest["seed"], &manifest["replicates"]), (&3.into(), &2.into()));
    assert_eq!(manifest["resolved"]["run"]["end"], "2011-11-08");
    assert_eq!(manifest["digests"].as_array().map(Vec::len), Some(2));
    Ok(())
}

#[test]
fn what_is_there_is_not_written_over() -> Done {
    let desk = desk()?;
    let out = desk.path().join("mine");
    fs::create_dir(&out)?;
    fs::write(out.join("thesis.txt"), "years of work")?;
    let (code, err) = run(desk.path(), &["--out", "mine", "--set", "output.charts=false"])?;
    assert_eq!(code, 2, "{err}");
    assert!(err.contains("mine"), "{err}");
    let (code, err) = run(desk.path(), &["--out", "mine", "--force"])?;
    assert_eq!(code, 2, "a folder that is not a run's is not replaced even by force: {err}");
    let after = files(&out)?;
    assert_eq!(after.len(), 1);
    assert_eq!(after[Path::new("thesis.txt")], b"years of work");
    // A run's own folder: refused, then replaced by force.
    let args = ["--out", "run", "--set", "output.charts=false", "--until", "2011-10-22"];
    assert_eq!(run(desk.path(), &args)?.0, 0);
    let first = files(&desk.path().join("run"))?;
    let (code, err) = run(desk.path(), &args)?;
    assert_eq!(code, 2, "{err}");
    assert!(files(&desk.path().join("run"))? == first);
    assert_eq!(run(desk.path(), &[&args[..], &["--force", "--seed", "4"]].concat())?.0, 0);
    assert!(files(&desk.path().join("run"))? != first);
    Ok(())
}

#[test]
fn threads_change_no_byte() -> Done {
    let desk = desk()?;
    let mut folders = vec![];
    // One thread; three for two runs side by side; two for one run after the other.
    for (threads, inside, out) in [("1", "1", "a"), ("3", "1", "b"), ("2", "2", "c")] {
        let args = ["--threads", threads, "--threads-per-run", inside, "--out", out, "--replicates", "2"];
        let (code, err) = run(desk.path(), &args)?;
        assert_eq!(code, 0, "{err}");
        let mut files = files(&desk.path().join(out))?;
        assert!(files.remove(Path::new("runtime.json")).is_some());
        folders.push(files);
    }
    for other in &folders[1..] {
        assert_eq!(folders[0].keys().collect::<Vec<_>>(), other.keys().collect::<Vec<_>>());
        for (name, bytes) in &folders[0] {
            assert!(bytes == &other[name], "{} differs", name.display());
        }
    }
    Ok(())
}

/// A copy of the data folder.
fn copy(from: &Path, to: &Path) -> Done {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        let at = to.join(path.file_name().ok_or("no name")?);
        if path.is_dir() {
            copy(&path, &at)?;
        } else {
            fs::copy(&path, &at)?;
        }
    }
    Ok(())
}

#[test]
fn a_missing_data_file_is_named_and_nothing_is_left() -> Done {
    let desk = desk()?;
    for (missing, codes) in [("geo/cells.csv", [2, 2]), ("model/networks.csv", [2, 3]), ("geo/corridors.csv", [2, 3])] {
        let data = desk.path().join("data");
        copy(Path::new(DATA), &data)?;
        fs::remove_file(data.join(missing))?;
        let (code, err) = run_with(desk.path(), &data.to_string_lossy(), &[])?;
        assert!(codes.contains(&code), "{missing}: exit {code}: {err}");
        assert!(err.contains(missing), "{missing}: {err}");
        assert!(!desk.path().join("output/short").exists(), "{missing}: a folder was left");
        fs::remove_dir_all(&data)?;
    }
    Ok(())
}

/// Promise 11 through `run`: seven mistakes, seven places, no folder.
#[test]
fn seven_mistakes_are_printed_at_once() -> Done {
    let desk = desk()?;
    let wrong = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/refused/seven.toml");
    fs::copy(wrong, desk.path().join("short.toml"))?;
    let (code, err) = run(desk.path(), &[])?;
    assert_eq!(code, 2, "{err}");
    let at_place = |l: &&str| {
        let mut parts = l.splitn(4, ':');
        parts.next() == Some("short.toml")
            && parts.next().is_some_and(|row| row.parse::<u32>().is_ok())
            && parts.next().is_some_and(|column| column.parse::<u32>().is_ok())
            && parts.next().is_some_and(|rest| rest.starts_with(" error"))
    };
    assert_eq!(err.lines().filter(at_place).count(), 7, "{err}");
    assert!(!desk.path().join("output").exists());
    Ok(())
}
