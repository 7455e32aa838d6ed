//! Wrong scenarios are refused with place, reason and advice, all mistakes at once (promise 11).
//!
//! Contract: for every `tests/refused/NAME.toml`, `sirocco validate NAME.toml` run in that folder prints exactly
//! `NAME.txt`. A first line `# args: ...` gives further arguments. Files in `parents/` are there to be extended.
//!
//! Re-mint when a message was changed on purpose, or the unit of a lever or the list of kinds was: run
//! `BLESS=1 cargo test --test refused` and read the difference (`git diff tests/refused`) before it is committed: every
//! line must still name the right place and help a tired modeller.

use assert_cmd::Command;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};

type Done = Result<(), Box<dyn Error>>;

fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/refused")
}

/// Runs `sirocco validate` in a folder; gives all it printed and its exit code.
fn validate(folder: &Path, args: &[&str]) -> Result<(String, i32), Box<dyn Error>> {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
    let out = Command::cargo_bin("sirocco")?
        .current_dir(folder)
        .arg("validate")
        .args(args)
        .arg("--data")
        .arg(data)
        .output()?;
    let text = format!("{}{}", String::from_utf8_lossy(&out.stderr), String::from_utf8_lossy(&out.stdout));
    Ok((text, out.status.code().unwrap_or(-1)))
}

fn names() -> Result<Vec<String>, Box<dyn Error>> {
    let mut names: Vec<String> = fs::read_dir(corpus())?
        .flatten()
        .filter_map(|e| e.file_name().to_str().and_then(|n| n.strip_suffix(".toml")).map(String::from))
        .collect();
    names.sort();
    Ok(names)
}

fn said_of(name: &str) -> Result<(String, i32), Box<dyn Error>> {
    let file = format!("{name}.toml");
    let text = fs::read_to_string(corpus().join(&file))?;
    let args = text.lines().next().and_then(|l| l.strip_prefix("# args: ")).unwrap_or("").to_string();
    let args: Vec<&str> = std::iter::once(file.as_str()).chain(args.split_whitespace()).collect();
    validate(&corpus(), &args)
}

#[test]
fn every_wrong_file_is_refused_as_expected() -> Done {
    let bless = std::env::var_os("BLESS").is_some();
    let names = names()?;
    assert!(names.len() >= 135, "the corpus has shrunk to {}", names.len());
    let mut differ = Vec::new();
    for name in &names {
        let (said, code) = said_of(name)?;
        let said = format!("{said}exit {code}\n");
        let golden = corpus().join(format!("{name}.txt"));
        let expected = fs::read_to_string(&golden).unwrap_or_default();
        let warns = name.ends_with("_warns");
        assert_eq!(code, if warns { 0 } else { 2 }, "{name}: {said}");
        if bless {
            fs::write(&golden, &said)?;
        } else if said != expected {
            differ.push(format!("--- {name}: expected\n{expected}--- {name}: printed\n{said}"));
        }
    }
    assert!(differ.is_empty(), "{}", differ.join("\n"));
    Ok(())
}

/// Every error line has the form that editors jump to, and every one of its places exists.
#[test]
fn every_error_has_a_place_that_exists() -> Done {
    for name in names()? {
        let (said, _) = said_of(&name)?;
        for line in said.lines().filter(|l| l.contains(": error: ") && !l.starts_with([' ', '-'])) {
            let parts: Vec<&str> = line.splitn(4, ':').collect();
            let [file, row, column, _] = parts.as_slice() else {
                return Err(format!("{name}: {line}").into());
            };
            let (row, column): (usize, usize) = (row.parse()?, column.parse()?);
            let text = fs::read_to_string(corpus().join(file))?;
            let length = text.lines().nth(row - 1).map_or(0, |l| l.chars().count());
            assert!(row <= text.lines().count().max(1) && (1..=length + 1).contains(&column), "{name}: {line}");
        }
    }
    Ok(())
}

/// One of each: misspelt key, misspelt kind, impossible date, end before start, negative intensity, NaN, unknown place.
#[test]
fn seven_mistakes_are_seven_errors() -> Done {
    let (said, code) = said_of("seven")?;
    assert_eq!(code, 2);
    let lines: Vec<&str> = said.lines().filter(|l| l.starts_with("seven.toml:") && l.contains(": error: ")).collect();
    assert_eq!(lines.len(), 7, "{said}");
    Ok(())
}

#[test]
fn a_file_of_more_than_a_mebibyte_is_refused() -> Done {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("large.toml"), "# x\n".repeat(300_000))?;
    let (said, code) = validate(folder.path(), &["large.toml"])?;
    assert!(said.starts_with("large.toml:1:1: error: the file is larger than 1024 KiB"), "{said}");
    assert_eq!(code, 2);
    Ok(())
}

/// Files of just under a mebibyte that once took, or could take, time that grows with the square of their size.
#[test]
fn hostile_files_are_refused_in_seconds() -> Done {
    let folder = tempfile::tempdir()?;
    let full = |piece: &str| piece.repeat((1 << 20) / piece.len() - 1);
    let keys: String = (0..80_000).map(|i| format!("k{i}=1\n")).collect();
    let levers = full("[[lever]]\nkind='naval_patrol'\n");
    fs::write(folder.path().join("base.toml"), &levers)?;
    let hostile = [
        keys,
        full("a=1\n"),
        full("=\n"),
        full("["),
        full("a."),
        format!("event=[{}]", full("{kind='x'},")),
        format!("x=\"{}", full("y")),
        full("[run]\n"),
        format!("extends='base.toml'\n{levers}"),
        full("\"\"\"\n"),
        full("{"),
        full("[[lever]]\nwhere=[\n"),
    ];
    for text in &hostile {
        let head: String = text.chars().take(30).collect();
        fs::write(folder.path().join("h.toml"), text)?;
        let start = std::time::Instant::now();
        let (said, code) = validate(folder.path(), &["h.toml"])?;
        assert_eq!(code, 2, "{head}");
        assert!(said.len() < 1 << 20, "{head}: {} bytes of messages", said.len());
        let took = start.elapsed().as_secs_f64();
        eprintln!("{took:6.2} s  {head:?}");
        assert!(took < 20.0, "{head:?}: {took} s");
    }
    Ok(())
}

#[test]
fn bytes_that_are_no_text_are_refused_at_their_place() -> Done {
    let folder = tempfile::tempdir()?;
    fs::write(folder.path().join("bytes.toml"), b"title = \"x\"\nabout = \"\xff\xfe\"\n")?;
    let (said, code) = validate(folder.path(), &["bytes.toml"])?;
    assert!(said.starts_with("bytes.toml:2:10: error: the file is not UTF-8 text: byte 0xff"), "{said}");
    assert_eq!(code, 2);
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_link_does_not_lead_out_of_the_folder() -> Done {
    let outside = tempfile::tempdir()?;
    let folder = tempfile::tempdir()?;
    let good = "title = \"x\"\n[run]\nstart = 2011-10-20\nend = 2012-10-20\n";
    fs::write(outside.path().join("secret.toml"), good)?;
    std::os::unix::fs::symlink(outside.path().join("secret.toml"), folder.path().join("link.toml"))?;
    fs::write(folder.path().join("a.toml"), "extends = \"link.toml\"\n")?;
    let (said, code) = validate(folder.path(), &["a.toml"])?;
    assert!(said.starts_with("a.toml:1:11: error: `extends` names \"link.toml\", a link that leads out"), "{said}");
    assert_eq!(code, 2);
    Ok(())
}

const NET: [(&str, &str); 2] = [
    ("nodes.csv", "name,country,lat,lon,population\nA,LBY,30,10,5\nB,NER,20,10,7\n"),
    ("links.csv", "a,b,km\nA,B,9\n"),
];
const ON_NET: &str = "title = \"x\"\n[run]\nstart = 2011-10-20\nend = 2012-10-20\n[region]\nnetwork = \"net\"\n";

#[test]
fn a_network_file_of_more_than_64_mebibytes_is_refused() -> Done {
    let folder = tempfile::tempdir()?;
    let net = folder.path().join("net");
    fs::create_dir(&net)?;
    fs::write(folder.path().join("a.toml"), ON_NET)?;
    fs::write(net.join("links.csv"), NET[1].1)?;
    // A file with a hole: long, and nothing on the disk.
    fs::File::create(net.join("nodes.csv"))?.set_len((64 << 20) + 1)?;
    let (said, code) = validate(folder.path(), &["a.toml"])?;
    assert!(said.contains("nodes.csv:1: the file is larger than 64 MiB"), "{said}");
    assert_eq!(code, 2);
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_link_in_a_network_does_not_lead_out_of_the_folder() -> Done {
    let (outside, folder) = (tempfile::tempdir()?, tempfile::tempdir()?);
    let net = folder.path().join("net");
    fs::create_dir(&net)?;
    fs::write(folder.path().join("a.toml"), ON_NET)?;
    for (name, text) in NET {
        fs::write(net.join(name), text)?;
    }
    assert_eq!(validate(folder.path(), &["a.toml"])?.1, 0);
    fs::write(outside.path().join("secret.csv"), NET[1].1)?;
    fs::remove_file(net.join("links.csv"))?;
    std::os::unix::fs::symlink(outside.path().join("secret.csv"), net.join("links.csv"))?;
    let (said, code) = validate(folder.path(), &["a.toml"])?;
    assert!(
        said.starts_with("a.toml:6:11: error: `region.network` names \"net\", whose `links.csv` is a link"),
        "{said}"
    );
    assert_eq!(code, 2);
    Ok(())
}

#[test]
fn a_missing_file_and_a_folder_are_io_errors() -> Done {
    let folder = tempfile::tempdir()?;
    let (said, code) = validate(folder.path(), &["nope.toml"])?;
    assert!(said.starts_with("error: nope.toml: "), "{said}");
    assert_eq!(code, 3);
    assert_eq!(validate(folder.path(), &["."])?.1, 3);
    Ok(())
}
