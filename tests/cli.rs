//! The command line as scripts meet it: exit codes, streams, and texts that come from the code.

use assert_cmd::Command;
use std::error::Error;
use std::fs;
use std::path::Path;

type Done = Result<(), Box<dyn Error>>;

/// Runs `sirocco`; gives standard output, standard error and exit code.
fn sirocco(args: &[&str]) -> Result<(String, String, i32), Box<dyn Error>> {
    let out = Command::cargo_bin("sirocco")?.current_dir(env!("CARGO_MANIFEST_DIR")).args(args).output()?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok((text(&out.stdout), text(&out.stderr), out.status.code().unwrap_or(-1)))
}

const GOOD: &str = "title = \"Good\"\n[run]\nstart = 2011-10-20\nend = 2012-10-20\n";

#[test]
fn a_good_file_is_ok_on_standard_output() -> Done {
    let folder = tempfile::tempdir()?;
    let file = folder.path().join("good.toml");
    fs::write(&file, GOOD)?;
    let name = file.to_string_lossy().into_owned();
    let (out, err, code) = sirocco(&["validate", &name])?;
    assert_eq!((out, err.as_str(), code), (format!("{name}: ok\n"), "", 0));
    let (out, err, code) = sirocco(&["validate", &name, "--set", "run.end=2010-01-01"])?;
    assert_eq!((out.as_str(), code), ("", 2));
    assert!(err.starts_with("--set run.end=2010-01-01: error: `run.end` is 2010-01-01, before `start`"), "{err}");
    Ok(())
}

#[test]
fn one_wrong_file_does_not_hide_another() -> Done {
    let folder = tempfile::tempdir()?;
    let write = |name: &str, text: &str| -> Result<String, Box<dyn Error>> {
        let path = folder.path().join(name);
        fs::write(&path, text)?;
        Ok(path.to_string_lossy().into_owned())
    };
    let (a, b, c) = (write("a.toml", "x = 1\n")?, write("b.toml", GOOD)?, write("c.toml", "title = 3\n")?);
    let missing = folder.path().join("no.toml").to_string_lossy().into_owned();
    let (out, err, code) = sirocco(&["validate", &a, &missing, &b, &c])?;
    assert_eq!(out, format!("{b}: ok\n"));
    assert!(err.contains("a.toml:1:1: error") && err.contains("c.toml:1:9: error"), "{err}");
    assert!(err.contains("no.toml: error: cannot be read"), "{err}");
    assert!(err.ends_with("2 of 4 files with errors\n"), "{err}");
    assert_eq!(code, 2);
    Ok(())
}

#[test]
fn the_schema_is_whole_and_accepts_a_scenario() -> Done {
    let (out, _, code) = sirocco(&["schema", "scenario"])?;
    assert_eq!(code, 0);
    let schema: serde_json::Value = serde_json::from_str(&out)?;
    let validator = jsonschema::validator_for(&schema)?;
    let good = serde_json::json!({
        "title": "x", "run": {"start": "2011-10-20", "end": "2012-10-20"},
        "processes": {"weather": {"mean_wave_m": 1.0}},
        "lever": [{"kind": "naval_patrol", "start": "2012-01-01", "intensity": 1, "standoff_nm": 20}],
    });
    assert!(validator.is_valid(&good));
    for (pointer, bad) in [
        ("/lever/0/standoff_nm", serde_json::json!(-1)),
        ("/lever/0/kind", serde_json::json!("nonsense")),
        ("/processes/weather", serde_json::json!({"nonsense": 1})),
    ] {
        let mut wrong = good.clone();
        *wrong.pointer_mut(pointer).ok_or(pointer)? = bad;
        assert!(!validator.is_valid(&wrong), "{pointer}");
    }
    Ok(())
}

#[test]
fn lists_print_text_and_json() -> Done {
    let (text, _, code) = sirocco(&["levers"])?;
    assert!(code == 0 && text.contains("\nnaval_patrol\n") && text.contains("standoff_nm"), "{text}");
    assert!(text.lines().all(|l| l.chars().count() <= 140), "a line is too long to read");
    let (json, _, _) = sirocco(&["levers", "--json", "naval_patrol"])?;
    let json: serde_json::Value = serde_json::from_str(&json)?;
    assert_eq!(json.pointer("/0/kind").and_then(|v| v.as_str()), Some("naval_patrol"));
    let (text, _, _) = sirocco(&["processes", "weather"])?;
    assert!(text.contains("mean_wave_m") && text.contains("(m)") && text.contains("plausible"), "{text}");
    let (json, _, _) = sirocco(&["processes", "--json"])?;
    assert!(serde_json::from_str::<serde_json::Value>(&json)?.as_array().is_some_and(|a| !a.is_empty()));
    Ok(())
}

/// 1,000 fewer between Niger and Libya, 400 more into Libya by Chad, who crossed two borders each.
#[test]
fn displacement_compares_two_runs() -> Done {
    let folder = tempfile::tempdir()?;
    let head = "month,from,to,carrier,people,crews,empty,arms\n";
    for (run, rows) in [
        ("off", "2016-01,NER,LBY,crews,3000,100,0,0\n2016-01,TCD,LBY,crews,50,2,0,0\n2016-01,NER,LBY,buses,9,0,0,0\n"),
        (
            "on",
            "2016-01,NER,LBY,crews,2000,70,0,0\n2016-01,TCD,LBY,crews,450,15,0,0\n2016-01,NER,TCD,crews,400,13,0,0\n",
        ),
    ] {
        std::fs::create_dir(folder.path().join(run))?;
        std::fs::write(folder.path().join(run).join("borders.csv"), format!("{head}{rows}"))?;
    }
    let path = |run: &str| folder.path().join(run).display().to_string();
    let (off, on) = (path("off"), path("on"));
    let (out, err, code) = sirocco(&["displacement", &off, &on, "--at", "LBY-NER"])?;
    assert_eq!((err.as_str(), code), ("", 0));
    assert!(out.contains("change at LBY-NER: -1000") && out.contains("LBY-TCD: +400"), "{out}");
    assert!(out.contains("displacement index: 0.80"), "{out}");
    let (out, _, _) = sirocco(&["displacement", &off, &on, "--at", "LBY-NER", "--into", "LBY"])?;
    assert!(out.contains("displacement index: 0.40"), "{out}");
    let (_, err, code) = sirocco(&["displacement", &off, &on, "--at", "LBY-EGY"])?;
    assert!(code == 2 && err.contains("`LBY-EGY`"), "{err}");
    Ok(())
}

/// 150 of 400 rifles kept from Mali's groups for 30,000 USD: 200 USD each; Niger's groups got more.
#[test]
fn cost_per_weapon_compares_two_runs() -> Done {
    let folder = tempfile::tempdir()?;
    for (run, mali, niger, spent) in [("off", 400, 10, 5_000), ("on", 250, 30, 35_000)] {
        let dir = folder.path().join(run);
        std::fs::create_dir(&dir)?;
        let rows = format!("2012-01,MLI,mnla,market,small_arms,{mali}\n2012-01,NER,local,market,small_arms,{niger}\n");
        std::fs::write(dir.join("received.csv"), format!("month,country,bloc,channel,class,count\n{rows}"))?;
        let rows = format!("all,spent_guards,USD,flow,,{spent},\n");
        std::fs::write(dir.join("summary.csv"), format!("year,metric,unit,kind,days,value,observed\n{rows}"))?;
    }
    let path = |run: &str| folder.path().join(run).display().to_string();
    let (off, on) = (path("off"), path("on"));
    let (out, err, code) = sirocco(&["cost-per-weapon", &off, &on, "--country", "MLI"])?;
    assert_eq!((err.as_str(), code), ("", 0));
    assert!(out.contains("in MLI: 400 without, 250 with") && out.contains("spent more: 30000 USD"), "{out}");
    assert!(out.contains("USD per weapon kept: 200.00"), "{out}");
    let (out, _, _) = sirocco(&["cost-per-weapon", &off, &on])?;
    assert!(out.contains("kept from them: 130") && out.contains("USD per weapon kept: 230.77"), "{out}");
    let (out, _, code) = sirocco(&["cost-per-weapon", &off, &on, "--country", "NER"])?;
    assert!(code == 0 && out.contains("none, since the policy kept no weapon") && out.contains("more came"), "{out}");
    let (_, err, code) = sirocco(&["cost-per-weapon", &off, &on, "--country", "TCD"])?;
    assert!(code == 2 && err.contains("`TCD`"), "{err}");
    Ok(())
}

#[test]
fn wrong_arguments_are_wrong_input() -> Done {
    let (_, err, code) = sirocco(&["levers", "navl_patrol"])?;
    assert_eq!((err.as_str(), code), ("error: unknown lever `navl_patrol`; did you mean `naval_patrol`?\n", 2));
    assert_eq!(sirocco(&["nonsense"])?.2, 2);
    assert_eq!(sirocco(&["--help"])?.2, 0);
    let (_, err, code) = sirocco(&["validate", "x.toml", "--data", "tests"])?;
    assert_eq!((err.as_str(), code), ("error: --data names `tests`, which has no file `geo/cells.csv`\n", 2));
    Ok(())
}

#[test]
fn the_data_folder_is_found_from_below_or_named_in_the_environment() -> Done {
    let top = Path::new(env!("CARGO_MANIFEST_DIR"));
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("good.toml"), GOOD)?;
    let run = |dir: &Path, data: &str, file: &Path| -> Result<i32, Box<dyn Error>> {
        let out = Command::cargo_bin("sirocco")?
            .current_dir(dir)
            .env("SIROCCO_DATA", data)
            .arg("validate")
            .arg(file)
            .output()?;
        Ok(out.status.code().unwrap_or(-1))
    };
    let file = folder.path().join("good.toml");
    assert_eq!(run(&top.join("tests"), "", &file)?, 0, "found above the current folder");
    assert_eq!(run(folder.path(), &top.join("data").to_string_lossy(), &file)?, 0, "named in the environment");
    assert_eq!(run(folder.path(), "nowhere", &file)?, 2, "a wrong name is not passed over");
    Ok(())
}

/// A report is made of a complete folder only; a live view needs a terminal and one run.
#[test]
fn a_report_needs_results_and_a_live_view_a_terminal() -> Done {
    let folder = tempfile::tempdir()?;
    let name = folder.path().to_string_lossy().into_owned();
    let (out, err, code) = sirocco(&["report", &name])?;
    assert_eq!((out.as_str(), code), ("", 2));
    assert!(err.contains(&name) && err.contains("there is no manifest.json"), "{err}");
    fs::write(folder.path().join("manifest.json"), "{}")?;
    let (_, err, code) = sirocco(&["report", &name])?;
    assert!(code == 2 && err.contains("manifest.json") && err.contains("missing field `title`"), "{code} {err}");
    let (_, err, code) = sirocco(&["report", &name, "--templates", "/no/such/folder"])?;
    assert!(code == 2 && err.contains("/no/such/folder is no folder"), "{code} {err}");

    let file = folder.path().join("good.toml");
    fs::write(&file, GOOD)?;
    let (file, out) = (file.to_string_lossy().into_owned(), folder.path().join("out"));
    let place = out.to_string_lossy().into_owned();
    let (_, err, code) = sirocco(&["run", &file, "--live", "--out", &place])?;
    assert!(code == 2 && err.contains("--live needs a terminal"), "{code} {err}");
    let (_, err, code) = sirocco(&["run", &file, "--live", "--replicates", "2", "--out", &place])?;
    assert!(code == 2 && err.contains("there are 2 replicates"), "{code} {err}");
    assert!(!out.exists(), "nothing is written");
    Ok(())
}
