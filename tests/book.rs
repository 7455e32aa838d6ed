//! The pages of the book that show what commands print show what they print.
//!
//! Contract: a page in [`PAGES`] is followed as a reader would, in a folder of its own. A paragraph of indented lines is run by
//! bash, and a `text` block after it is what it prints, but for the seconds it took and the lines that tell how far a run is.
//! A `toml` block is written to the file that the sentence before it names. `BLESS=1 cargo test --test book` writes what is
//! printed into the pages.

mod common;

use std::error::Error;
use std::fs;
use std::path::Path;
use std::process::Command;

/// Pages whose commands run within two minutes.
const PAGES: [&str; 1] = ["docs/first-run.md"];

/// A line with the seconds of its `in 13.1 s` left out.
fn masked(line: &str) -> String {
    let words: Vec<&str> = line.split(' ').collect();
    let timed =
        |i: usize| i > 0 && words[i - 1] == "in" && words.get(i + 1).is_some_and(|w| w.trim_end_matches(';') == "s");
    let shown = |(i, w): (usize, &&str)| if timed(i) && w.parse::<f64>().is_ok() { "?".into() } else { w.to_string() };
    words.iter().enumerate().map(shown).collect::<Vec<_>>().join(" ")
}

/// Lines that do not hang on the machine.
fn all_masked(text: &str) -> Vec<String> {
    text.trim_end().lines().map(masked).collect()
}

/// What is printed without the lines that tell how far a run is.
fn without_progress(text: &str) -> String {
    let lines: Vec<&str> =
        text.trim_end().lines().filter(|l| !(l.contains(" days/s ") && l.ends_with(" left"))).collect();
    lines.join("\n")
}

/// Runs a page's commands in `desk`; returns the page as it should be, and where it shows something else.
fn follow(page: &str, desk: &Path) -> Result<(String, Vec<String>), Box<dyn Error>> {
    let lines: Vec<&str> = page.lines().collect();
    let (mut out, mut faults, mut printed, mut file) = (vec![], vec![], None::<(bool, String)>, None);
    // Only a failure that is shown is meant.
    let unseen =
        |printed: Option<(bool, String)>| printed.filter(|p| !p.0).map(|p| format!("a command failed\n{}", p.1));
    let mut i = 0;
    while i < lines.len() {
        let line = lines[i];
        let block = |from: usize, inside: fn(&&&str) -> bool| lines[from..].iter().take_while(inside).count();
        if line.starts_with("    ") {
            let n = block(i, |l| l.starts_with("    "));
            let script = lines[i..i + n].iter().map(|l| &l[4..]).collect::<Vec<_>>().join("\n");
            out.extend(lines[i..i + n].iter().map(ToString::to_string));
            i += n;
            // The reader builds the program once; here it is built.
            if !script.starts_with("cargo ") {
                faults.extend(unseen(printed.take()));
                printed = Some(printed_by(&script, desk)?);
            }
        } else if line.starts_with("```") {
            let n = block(i + 1, |l| !l.starts_with("```"));
            let text = lines[i + 1..=i + n].join("\n");
            match (line, printed.take(), file.take()) {
                ("```text", Some((_, now)), _) => {
                    if all_masked(&now) != all_masked(&text) {
                        faults.push(format!("line {}\n--- shown\n{text}\n--- printed\n{now}", i + 1));
                    }
                    let same = all_masked(&now) == all_masked(&text);
                    out.extend([line.into(), if same { text } else { now.trim_end().into() }, "```".into()]);
                }
                (_, before, name) => {
                    faults.extend(unseen(before));
                    if let ("```toml", Some(name)) = (line, name) {
                        fs::write(desk.join(name), &text)?;
                    }
                    out.extend(lines[i..=i + n + 1].iter().map(ToString::to_string));
                }
            }
            i += n + 2;
        } else {
            if let Some(name) = line.strip_prefix("Write `").and_then(|l| l.split_once('`')) {
                file = Some(name.0);
            }
            out.push(line.into());
            i += 1;
        }
    }
    faults.extend(unseen(printed));
    Ok((out.join("\n") + "\n", faults))
}

/// Whether a script, up to its first command that fails, succeeds, and what it prints, errors among it.
fn printed_by(script: &str, desk: &Path) -> Result<(bool, String), Box<dyn Error>> {
    let program = Path::new(env!("CARGO_BIN_EXE_sirocco")).parent().ok_or("no folder")?.to_path_buf();
    let path = std::env::join_paths(
        [program].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default())),
    )?;
    let run = Command::new("bash")
        .args(["-c", &format!("set -e\nexec 2>&1\n{script}")])
        .current_dir(desk)
        .env("PATH", path)
        .env("SIROCCO_DATA", common::DATA)
        .output()?;
    Ok((run.status.success(), without_progress(&String::from_utf8(run.stdout)?)))
}

fn copy(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        let at = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy(&entry.path(), &at)?;
        } else {
            fs::copy(entry.path(), at)?;
        }
    }
    Ok(())
}

#[test]
fn pages_show_what_their_commands_print() -> Result<(), Box<dyn Error>> {
    for name in PAGES {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let desk = tempfile::tempdir()?;
        copy(&root.join("scenarios"), &desk.path().join("scenarios"))?;
        let page = fs::read_to_string(root.join(name))?;
        let (now, faults) = follow(&page, desk.path())?;
        if std::env::var_os("BLESS").is_some() {
            fs::write(root.join(name), now)?;
        } else {
            assert!(faults.is_empty(), "{name} (BLESS=1 writes what is printed)\n{}", faults.join("\n\n"));
        }
    }
    Ok(())
}

#[test]
fn seconds_are_no_difference() {
    assert_eq!(masked("8 pairs in 32.7 s; results in output/g"), "8 pairs in ? s; results in output/g");
    assert_eq!(masked("kept in 7 places"), "kept in 7 places");
    assert_eq!(without_progress("2012-01-08   10 %  127 days/s  6 s left\n804 days\n"), "804 days");
}

/// A page is followed: files are written, commands run, and what is shown wrongly is found.
#[test]
fn a_page_that_shows_something_else_is_found() -> Result<(), Box<dyn Error>> {
    let desk = tempfile::tempdir()?;
    let page = |shown: &str| {
        format!(
            "Write `a.txt`:\n\n```toml\nx = 1\n```\n\n    cat a.txt\n    echo took in 3 s\n\n```text\n{shown}\n```\nEnd\n"
        )
    };
    let (now, faults) = follow(&page("x = 1took in 9 s"), desk.path())?;
    assert_eq!((now, faults.len()), (page("x = 1took in 9 s"), 0));
    assert_eq!(follow("    ls nothing-of-this-name\n\nWords.\n\n    true\n", desk.path())?.1.len(), 1);
    let (now, faults) = follow(&page("x = 2"), desk.path())?;
    assert_eq!((now, faults.len()), (page("x = 1took in 3 s"), 1));
    Ok(())
}
