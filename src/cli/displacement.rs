//! `sirocco displacement`: what of a measure's effect on some borders moved to the others.

use super::print;
use crate::error::{Error, Result};
use crate::study::displacement::{Counted, Crossings, crossings, displacement, of_country};
use std::path::{Path, PathBuf};

/// Compares the border crossings of two runs.
#[derive(clap::Args, Debug)]
pub struct DisplacementArgs {
    /// Folder of the run without the measure
    pub baseline: PathBuf,
    /// Folder of the run with it
    pub policy: PathBuf,
    /// Borders that the measure is about: `LBY-NER`, or `NER` for all of a country's; may be given several times
    #[arg(long = "at", required = true)]
    pub at: Vec<String>,
    /// What to count
    #[arg(long, value_enum, default_value_t = Counted::People)]
    pub count: Counted,
    /// Count only borders of the country of destination: journeys in the place of crossings
    #[arg(long)]
    pub into: Option<String>,
}

/// Prints the change at the named borders, at each of the others, and the index.
pub fn show(args: &DisplacementArgs) -> Result<()> {
    let read = |run: &Path| -> Result<Crossings> {
        let all = crossings(&run.join("borders.csv"), args.count)?;
        Ok(args.into.as_ref().map_or_else(|| all.clone(), |country| of_country(&all, country)))
    };
    let (without, with) = (read(&args.baseline)?, read(&args.policy)?);
    let known = |name: &String| {
        let (a, b) = name.split_once('-').unwrap_or((name, name));
        without
            .keys()
            .chain(with.keys())
            .any(|(x, y)| if a == b { x == a || y == a } else { (x == a && y == b) || (x == b && y == a) })
    };
    if let Some(unknown) = args.at.iter().find(|n| !known(n)) {
        let message = format!("nobody crosses `{unknown}` in either run: give a border such as LBY-NER, or a country");
        return Err(Error::Input(message));
    }
    let named: Vec<&str> = args.at.iter().map(String::as_str).collect();
    let d = displacement(&without, &with, &named);
    let whole = |x: f64| libm::round(x) as i64;
    let mut out = format!("change at {}: {:+}\n", args.at.join(", "), whole(d.inside));
    out.push_str(&format!("change elsewhere: {:+}\n", whole(d.outside)));
    for ((a, b), share) in d.by_border.iter().filter(|x| libm::fabs(*x.1) >= 0.005) {
        out.push_str(&format!("  {a}-{b}: {:+}\n", whole(-share * d.inside)));
    }
    match d.index {
        Some(index) => out.push_str(&format!("displacement index: {index:.2}\n")),
        None => out.push_str("displacement index: none, since nothing changed at the named borders\n"),
    }
    print(&out)
}
