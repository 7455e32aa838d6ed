//! `sirocco cost-per-weapon`: what a policy paid for each weapon that it kept from armed groups.

use super::print;
use crate::error::{Error, Result};
use crate::study::weapons_kept::{Kept, Pieces, pieces_in, received, spending};
use std::path::PathBuf;

/// Compares the weapons that came to armed groups in two runs with what they spent.
#[derive(clap::Args, Debug)]
pub struct CostPerWeaponArgs {
    /// Folder of the run without the policy
    pub baseline: PathBuf,
    /// Folder of the run with it
    pub policy: PathBuf,
    /// Count only groups in this country, such as MLI
    #[arg(long)]
    pub country: Option<String>,
}

/// Prints the weapons kept, what that cost, and the price of one.
pub fn show(args: &CostPerWeaponArgs) -> Result<()> {
    let [without, with] = [&args.baseline, &args.policy];
    let (before, after) = (received(&without.join("received.csv"))?, received(&with.join("received.csv"))?);
    let country = args.country.as_deref();
    let unknown = |c: &&str| ![&before, &after].iter().any(|all: &&Pieces| all.contains_key(*c));
    if let Some(unknown) = country.filter(unknown) {
        return Err(Error::Input(format!("no weapon came to an armed group in `{unknown}` in either run")));
    }
    let (before, after) = (pieces_in(&before, country), pieces_in(&after, country));
    let usd = spending(&with.join("summary.csv"))? - spending(&without.join("summary.csv"))?;
    let kept = Kept { weapons: before - after, usd };
    let whole = |x: f64| libm::round(x) as i64;
    let place = country.map_or(String::new(), |c| format!(" in {c}"));
    let mut out =
        format!("weapons that came to armed groups{place}: {} without, {} with\n", whole(before), whole(after));
    out.push_str(&format!("kept from them: {}\n", whole(kept.weapons)));
    out.push_str(&format!("spent more: {} USD\n", whole(kept.usd)));
    match kept.usd_per_weapon() {
        Some(usd) => out.push_str(&format!("USD per weapon kept: {usd:.2}\n")),
        None if kept.weapons < 0.0 => {
            out.push_str("USD per weapon kept: none, since the policy kept no weapon from groups: more came to them\n");
        }
        None => out.push_str("USD per weapon kept: none, since the policy kept no weapon from groups\n"),
    }
    print(&out)
}
