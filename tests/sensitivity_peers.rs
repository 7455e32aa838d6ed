//! Sensitivity indices beside those of SALib, on the same samples: `scripts/salib.sh` makes the files and runs this.

use sirocco::study::sensitivity::{Bootstrap, Interval, morris, sobol};
use std::path::{Path, PathBuf};

type Tested = std::result::Result<(), Box<dyn std::error::Error>>;

/// Rows of a CSV file of numbers, without its head.
fn rows(path: &Path) -> std::result::Result<Vec<Vec<f64>>, Box<dyn std::error::Error>> {
    csv::Reader::from_path(path)?.deserialize().map(|row| Ok(row?)).collect()
}

/// Estimates are the same but for rounding; SALib's half-width comes from the normal and other resamples, ours from
/// percentiles, so that they only come near each other.
fn same(what: &str, ours: &Interval, salib: f64, half_width: Option<f64>) {
    let ours_half = (ours.high - ours.low) / 2.0;
    let apart = (ours.value - salib).abs();
    println!("{what}: {} and {salib}, {apart:.1e} apart; half-width {ours_half:.5} and {half_width:.5?}", ours.value);
    assert!(apart < 1e-9 * salib.abs().max(1.0), "{what}");
    if let Some(theirs) = half_width.filter(|w| *w > 1e-6) {
        assert!((ours_half / theirs - 1.0).abs() < 0.2, "{what}: half-width {ours_half} {theirs}");
    }
}

#[test]
#[ignore = "needs files of SALib: scripts/salib.sh"]
fn indices_are_those_of_salib() -> Tested {
    let Some(folder) = std::env::var_os("SIROCCO_SALIB").map(PathBuf::from) else {
        println!("SIROCCO_SALIB is not set: there is nothing to compare with");
        return Ok(());
    };
    for function in ["ishigami", "sobol_g", "sobol_g_20"] {
        let read = |method: &str, what: &str| rows(&folder.join(format!("{method}_{function}_{what}.csv")));
        let (sample, theirs) = (read("sobol", "sample")?, read("sobol", "salib")?);
        let y: Vec<f64> = sample.iter().filter_map(|row| row.last().copied()).collect();
        let ours = sobol(theirs.len(), &y, &Bootstrap::default())?;
        assert_eq!(ours.factors.len(), theirs.len());
        for (i, (o, t)) in ours.factors.iter().zip(&theirs).enumerate() {
            same(&format!("{function} S1 of {}", i + 1), &o.first, t[0], Some(t[1]));
            same(&format!("{function} ST of {}", i + 1), &o.total, t[2], Some(t[3]));
        }
        let (sample, theirs) = (read("morris", "sample")?, read("morris", "salib")?);
        let points: Vec<Vec<f64>> = sample.iter().map(|row| row[..theirs.len()].to_vec()).collect();
        let y: Vec<f64> = sample.iter().map(|row| row[theirs.len()]).collect();
        for (i, (o, t)) in morris(&points, &y, &Bootstrap::default())?.factors.iter().zip(&theirs).enumerate() {
            same(&format!("{function} mu of {}", i + 1), &o.mu, t[0], None);
            same(&format!("{function} mu* of {}", i + 1), &o.mu_star, t[1], Some(t[2]));
            same(&format!("{function} sigma of {}", i + 1), &o.sigma, t[3], None);
        }
    }
    Ok(())
}
