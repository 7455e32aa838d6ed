//! Puts the commit into the program, for manifests; "unknown" outside a checkout.

use std::process::Command;

fn main() {
    let commit = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output().ok();
    let commit = commit.filter(|o| o.status.success()).and_then(|o| String::from_utf8(o.stdout).ok());
    println!("cargo::rustc-env=SIROCCO_COMMIT={}", commit.as_deref().map_or("unknown", str::trim));
    // A path that is not there would make cargo build again at every call.
    let watched = [".git/HEAD", ".git/refs/heads"].into_iter().filter(|p| std::path::Path::new(p).exists());
    watched.chain(["build.rs"]).for_each(|p| println!("cargo::rerun-if-changed={p}"));
}
