//! A run's folder: whole or not at all, never shared, old content safe until the new one is complete.

use super::*;
use std::io::Write;

type R = std::result::Result<(), Box<dyn std::error::Error>>;

fn write(run: &RunFolder, rel: &str, text: &str) -> R {
    let mut f = run.file(rel)?;
    f.write_all(text.as_bytes())?;
    f.flush()?;
    Ok(())
}

fn names(dir: &Path) -> Vec<String> {
    entries(dir).unwrap_or_default().iter().map(|e| e.to_string_lossy().into_owned()).collect()
}

#[test]
fn files_appear_together_at_the_end() -> R {
    let tmp = tempfile::tempdir()?;
    let root = tmp.path().join("output");
    let run = RunFolder::create(&root, "libya", false, None)?;
    write(&run, "series.csv", "date\n")?;
    write(&run, "charts/sea.svg", "<svg/>")?;
    write(&run, "manifest.json", "{}")?;
    assert_eq!(names(&root.join("libya")), [".partial"]);
    assert_eq!(fs::read_to_string(run.path("series.csv"))?, "date\n");
    let dir = run.finish()?;
    assert_eq!(dir, root.join("libya"));
    assert_eq!(names(&dir), ["charts", "manifest.json", "series.csv"]);
    assert_eq!(fs::read_to_string(dir.join("charts/sea.svg"))?, "<svg/>");
    Ok(())
}

#[test]
fn the_next_free_name_is_taken() -> R {
    let tmp = tempfile::tempdir()?;
    RunFolder::create(tmp.path(), "a", false, None)?.finish()?;
    let second = RunFolder::create(tmp.path(), "a", false, None)?;
    let third = RunFolder::create(tmp.path(), "a", false, None)?;
    assert_eq!(second.folder(), tmp.path().join("a-2"));
    assert_eq!(third.finish()?, tmp.path().join("a-3"));
    Ok(())
}

#[test]
fn racing_runs_get_different_folders() -> R {
    let tmp = tempfile::tempdir()?;
    let runs: Vec<Result<RunFolder>> = std::thread::scope(|s| {
        let all: Vec<_> = (0..16).map(|_| s.spawn(|| RunFolder::create(tmp.path(), "a", false, None))).collect();
        all.into_iter().filter_map(|h| h.join().ok()).collect()
    });
    let mut folders = Vec::new();
    for run in runs {
        folders.push(run?.finish()?);
    }
    folders.sort();
    folders.dedup();
    assert_eq!(folders.len(), 16);
    Ok(())
}

#[test]
fn racing_for_an_explicit_folder_has_one_winner() -> R {
    for force in [false, true] {
        let tmp = tempfile::tempdir()?;
        let dir = tmp.path().join("mine");
        let start = std::sync::Barrier::new(8);
        let runs: Vec<Result<RunFolder>> = std::thread::scope(|s| {
            let go = || {
                start.wait();
                RunFolder::create(tmp.path(), "a", force, Some(&dir))
            };
            let all: Vec<_> = (0..8).map(|_| s.spawn(go)).collect();
            all.into_iter().filter_map(|h| h.join().ok()).collect()
        });
        assert_eq!(runs.len(), 8);
        // The losers are dropped with the winner: all of them were alive together.
        assert_eq!(runs.iter().filter(|r| r.is_ok()).count(), 1, "force {force}");
        assert!(runs.iter().all(|r| matches!(r, Ok(_) | Err(Error::Input(_)))));
    }
    Ok(())
}

#[test]
fn dropped_runs_leave_nothing() -> R {
    let tmp = tempfile::tempdir()?;
    let run = RunFolder::create(tmp.path(), "a", false, None)?;
    write(&run, "replicates/1.csv", "x")?;
    drop(run);
    assert!(names(tmp.path()).is_empty());
    // A folder that was there before stays, empty.
    let dir = tmp.path().join("mine");
    fs::create_dir(&dir)?;
    drop(RunFolder::create(tmp.path(), "a", false, Some(&dir))?);
    assert_eq!(names(tmp.path()), ["mine"]);
    assert!(names(&dir).is_empty());
    Ok(())
}

#[test]
fn an_explicit_folder_with_content_is_refused_by_name() -> R {
    let tmp = tempfile::tempdir()?;
    let dir = tmp.path().join("mine");
    fs::create_dir(&dir)?;
    fs::write(dir.join("manifest.json"), "old")?;
    let Err(Error::Input(text)) = RunFolder::create(tmp.path(), "a", false, Some(&dir)) else {
        return Err("not refused".into());
    };
    assert!(text.contains(&dir.display().to_string()), "{text}");
    assert_eq!(names(&dir), ["manifest.json"]);
    let file = tmp.path().join("file");
    fs::write(&file, "")?;
    assert!(matches!(RunFolder::create(tmp.path(), "a", true, Some(&file)), Err(Error::Input(_))));
    Ok(())
}

#[test]
fn force_replaces_only_when_complete() -> R {
    let tmp = tempfile::tempdir()?;
    let dir = tmp.path().join("a");
    fs::create_dir_all(dir.join("charts"))?;
    fs::write(dir.join("manifest.json"), "old")?;
    fs::write(dir.join("charts/old.svg"), "old")?;
    let run = RunFolder::create(tmp.path(), "a", true, None)?;
    write(&run, "manifest.json", "new")?;
    assert_eq!(fs::read_to_string(dir.join("manifest.json"))?, "old");
    drop(run);
    assert_eq!(names(&dir), ["charts", "manifest.json"]);
    assert_eq!(fs::read_to_string(dir.join("manifest.json"))?, "old");

    let run = RunFolder::create(tmp.path(), "other", true, Some(&dir))?;
    write(&run, "manifest.json", "new")?;
    write(&run, "series.csv", "new")?;
    run.finish()?;
    assert_eq!(names(&dir), ["manifest.json", "series.csv"]);
    assert_eq!(fs::read_to_string(dir.join("manifest.json"))?, "new");
    Ok(())
}

#[test]
fn force_spares_what_no_run_wrote() -> R {
    let tmp = tempfile::tempdir()?;
    let dir = tmp.path().join("home");
    fs::create_dir(&dir)?;
    fs::write(dir.join("thesis.txt"), "years of work")?;
    assert!(matches!(RunFolder::create(tmp.path(), "a", true, Some(&dir)), Err(Error::Input(_))));
    assert_eq!(names(&dir), ["thesis.txt"]);
    Ok(())
}

#[test]
fn force_takes_over_from_a_dead_run_not_from_a_living_one() -> R {
    let tmp = tempfile::tempdir()?;
    let dir = tmp.path().join("a");
    fs::create_dir_all(dir.join(".partial/replicates"))?;
    fs::write(dir.join(".partial/series.csv"), "torn")?;
    let run = RunFolder::create(tmp.path(), "a", true, None)?;
    assert!(!run.path("series.csv").exists());
    assert!(matches!(RunFolder::create(tmp.path(), "a", true, None), Err(Error::Input(_))));
    write(&run, "manifest.json", "{}")?;
    run.finish()?;
    assert_eq!(names(&dir), ["manifest.json"]);
    Ok(())
}

#[test]
fn a_move_that_fails_puts_everything_back() -> R {
    let tmp = tempfile::tempdir()?;
    let run = RunFolder::create(tmp.path(), "a", false, None)?;
    write(&run, "a.csv", "new")?;
    write(&run, "b.csv", "new")?;
    let dir = run.folder().to_path_buf();
    // Somebody else's file where ours should go.
    fs::write(dir.join("b.csv"), "theirs")?;
    assert!(matches!(run.finish(), Err(Error::Io { path, .. }) if path == dir.join("b.csv")));
    assert_eq!(names(&dir), ["b.csv"]);
    assert_eq!(fs::read_to_string(dir.join("b.csv"))?, "theirs");
    Ok(())
}

#[test]
fn names_cannot_lead_out_of_the_folder() -> R {
    let tmp = tempfile::tempdir()?;
    for name in ["", "..", "a/b", "/a"] {
        assert!(matches!(RunFolder::create(tmp.path(), name, false, None), Err(Error::Input(_))), "{name}");
    }
    let run = RunFolder::create(tmp.path(), "a", false, None)?;
    for rel in ["", "../x", "/x"] {
        assert!(matches!(run.file(rel), Err(Error::Input(_))), "{rel}");
    }
    Ok(())
}

#[cfg(unix)]
#[test]
fn a_read_only_folder_is_an_io_error_with_its_path() -> R {
    use std::os::unix::fs::PermissionsExt;
    let tmp = tempfile::tempdir()?;
    let root = tmp.path().join("locked");
    fs::create_dir(&root)?;
    fs::set_permissions(&root, fs::Permissions::from_mode(0o555))?;
    if fs::write(root.join("probe"), "").is_ok() {
        eprintln!("skipped: this user (root?) may write to a read-only folder");
        return Ok(());
    }
    let got = RunFolder::create(&root, "a", false, None);
    assert!(matches!(&got, Err(Error::Io { path, .. }) if *path == root.join("a")), "{got:?}");
    Ok(())
}

#[test]
fn a_root_that_is_a_file_is_an_io_error_with_its_path() -> R {
    let tmp = tempfile::tempdir()?;
    let root = tmp.path().join("file");
    fs::write(&root, "")?;
    assert!(matches!(RunFolder::create(&root, "a", false, None), Err(Error::Io { path, .. }) if path == root));
    Ok(())
}
