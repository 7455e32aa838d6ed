//! How well the people of camps are forecast: runs beside what was registered, and beside a forecast without a model (docs/flee.md).

use super::fitted::crps;
use super::stats::{mean, quantile, sorted};
use super::tables::{BAND, table};
use crate::error::{Error, Result};
use crate::observe::metric::displacement::{relative, to_registered};
use crate::observe::recorder::{CAMPS, io, number};
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A row of `displacement.csv`.
#[derive(Deserialize)]
struct Line {
    date: String,
    site: String,
    displaced: f64,
    registered: Option<f64>,
    baseline: Option<f64>,
}

/// A camp of a run on a day; NaN where nobody registers, or is registered on the day of the baseline.
#[derive(Clone, Copy, Debug)]
struct Row {
    displaced: f64,
    registered: f64,
    baseline: f64,
}

/// Camps of a run on a day.
type Day = [Row];
/// Date and camp of each row.
type Names = Vec<(String, String)>;

/// Rows of a run; their names too where they are wanted.
fn read(run: &Path, mut names: Option<&mut Names>) -> Result<Vec<Row>> {
    let path = run.join(CAMPS);
    if !path.is_file() {
        return Ok(vec![]);
    }
    let mut rows = vec![];
    for line in csv::Reader::from_path(&path).map_err(io(&path))?.deserialize() {
        let Line { date, site, displaced, registered, baseline } =
            line.map_err(|e| Error::Input(format!("{}: {e}", path.display())))?;
        let [registered, baseline] = [registered, baseline].map(|x| x.unwrap_or(f64::NAN));
        rows.push(Row { displaced, registered, baseline });
        if let Some(names) = &mut names {
            names.push((date, site));
        }
    }
    Ok(rows)
}

/// Writes `displacement_scores.csv` of camps in which people are registered, and of several runs `displacement_bands.csv` of all. Runs without a file
/// (they failed) are left out.
///
/// # Errors
/// Files that cannot be read or written.
pub fn write(folder: &Path, runs: &[PathBuf]) -> Result<()> {
    let (mut names, mut all) = (vec![], vec![]);
    for run in runs {
        let rows = read(run, names.is_empty().then_some(&mut names))?;
        if !rows.is_empty() {
            all.push(rows);
        }
    }
    let Some(first) = all.first() else { return Ok(()) };
    let camps = names.iter().take_while(|n| n.0 == names[0].0).count();
    if all.iter().any(|rows| rows.len() != first.len()) || first.len() % camps != 0 {
        return Err(Error::Input(format!("{}: {CAMPS} of its replicates differ in length", folder.display())));
    }
    let registered = |rows: &Vec<Row>| rows.iter().filter(|r| r.registered.is_finite()).copied().collect();
    let counted: Vec<Vec<Row>> = all.iter().map(registered).collect();
    if !counted[0].is_empty() {
        scores(folder, &by_day(&counted, first.len() / camps), all.len())?;
    }
    if all.len() > 1 { bands(folder, &by_day(&all, first.len() / camps), &names) } else { Ok(()) }
}

/// Of each day the camps of each run.
fn by_day(all: &[Vec<Row>], days: usize) -> Vec<Vec<&Day>> {
    let camps = all[0].len() / days;
    (0..days).map(|d| all.iter().map(|rows| &rows[d * camps..(d + 1) * camps]).collect()).collect()
}

/// A row for each forecast: the runs one by one, their mean, and that without a model.
fn scores(folder: &Path, days: &[Vec<&Day>], runs: usize) -> Result<()> {
    let head = "forecast,runs,days,error,error_rescaled,order,crps,within_50,within_90";
    table(folder, "displacement_scores.csv", head, |line| {
        let n = [runs.to_string(), days.len().to_string()];
        let mut row = |name: &str, numbers: [f64; 6]| {
            line([name.to_string()].into_iter().chain(n.clone()).chain(numbers.map(number)).collect())
        };
        // Days without a pair of camps to put in order do not count.
        let over = |of: &dyn Fn(&[&Day]) -> f64| mean(&sorted(&days.iter().map(|d| of(d)).collect::<Vec<_>>()));
        let each = |of: fn(&Day) -> f64| over(&|d| mean(&d.iter().map(|run| of(run)).collect::<Vec<_>>()));
        let [half, most] = within(days);
        let one = [each(|d| error(&pairs(d))), each(|d| rescaled(&pairs(d))), each(|d| order(&pairs(d)))];
        row("run", [one[0], one[1], one[2], over(&crps_of), half, most])?;
        if runs > 1 {
            let middle = [
                over(&|d| error(&middle(d, false))),
                over(&|d| error(&middle(d, true))),
                over(&|d| order(&middle(d, false))),
            ];
            row("mean of runs", [middle[0], middle[1], middle[2], f64::NAN, f64::NAN, f64::NAN])?;
        }
        let without = |d: &[&Day]| d[0].iter().map(|c| (c.baseline, c.registered)).collect::<Vec<_>>();
        let (off, sorted) = (over(&|d| error(&without(d))), over(&|d| order(&without(d))));
        row("without a model", [off, off, sorted, off, f64::NAN, f64::NAN])
    })
}

fn pairs(day: &Day) -> Vec<(f64, f64)> {
    day.iter().map(|c| (c.displaced, c.registered)).collect()
}

/// The mean over runs of each camp, scaled to as many as are registered or as it is.
fn middle(day: &[&Day], scaled: bool) -> Vec<(f64, f64)> {
    let scale = |run: &Day| if scaled { to_registered(pairs(run).into_iter()) } else { 1.0 };
    let scales: Vec<f64> = day.iter().map(|run| scale(run)).collect();
    let camp = |c: usize| day.iter().zip(&scales).map(|(run, x)| run[c].displaced * x).sum::<f64>() / day.len() as f64;
    (0..day[0].len()).map(|c| (camp(c), day[0][c].registered)).collect()
}

fn error(camps: &[(f64, f64)]) -> f64 {
    relative(camps.iter().copied())
}

fn rescaled(camps: &[(f64, f64)]) -> f64 {
    let scale = to_registered(camps.iter().copied());
    relative(camps.iter().map(|c| (c.0 * scale, c.1)))
}

/// Share of the pairs of camps of which the one with more registered has more people; half for a tie. NaN without such a pair.
fn order(camps: &[(f64, f64)]) -> f64 {
    let pairs = camps.iter().enumerate().flat_map(|(i, a)| camps[..i].iter().map(move |b| (a, b)));
    let right = pairs.filter(|(a, b)| a.1 != b.1).map(|(a, b)| match (a.0 - b.0) * (a.1 - b.1) {
        x if x > 0.0 => 1.0,
        x if x < 0.0 => 0.0,
        _ => 0.5,
    });
    mean(&right.collect::<Vec<_>>())
}

/// Draws of a camp, sorted.
fn draws(day: &[&Day], camp: usize) -> Vec<f64> {
    sorted(&day.iter().map(|run| run[camp].displaced).collect::<Vec<_>>())
}

/// Sum over camps of the CRPS of the runs, over all registered: of one run it is its error.
fn crps_of(day: &[&Day]) -> f64 {
    let off: f64 = (0..day[0].len()).map(|c| crps(&draws(day, c), day[0][c].registered)).sum();
    off / day[0].iter().map(|c| c.registered).sum::<f64>().max(1.0)
}

/// Shares of the days of camps on which what is registered lies in the middle half of the runs, and in the middle nine tenths; days on which nobody
/// is in a camp or registered there do not count. NaN of one run.
fn within(days: &[Vec<&Day>]) -> [f64; 2] {
    let (mut inside, mut all) = ([0.0; 2], 0.0);
    for day in days.iter().filter(|d| d.len() > 1) {
        for c in 0..day[0].len() {
            let (of, registered) = (draws(day, c), day[0][c].registered);
            if registered == 0.0 && of[of.len() - 1] == 0.0 {
                continue;
            }
            all += 1.0;
            for (n, edge) in inside.iter_mut().zip([0.25, 0.05]) {
                *n += f64::from((quantile(&of, edge)..=quantile(&of, 1.0 - edge)).contains(&registered));
            }
        }
    }
    inside.map(|n| n / all)
}

/// Of each day and camp the mean and the quantiles over runs.
fn bands(folder: &Path, days: &[Vec<&Day>], names: &Names) -> Result<()> {
    let head = "date,site,registered,baseline,mean,q05,q25,q50,q75,q95";
    table(folder, "displacement_bands.csv", head, |line| {
        let mut names = names.iter();
        for day in days {
            for (c, (camp, name)) in day[0].iter().zip(&mut names).enumerate() {
                let of = draws(day, c);
                let numbers =
                    [camp.registered, camp.baseline, mean(&of)].into_iter().chain(BAND.map(|p| quantile(&of, p)));
                line([name.0.clone(), name.1.clone()].into_iter().chain(numbers.map(number)).collect())?;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(displaced: [f64; 3]) -> Vec<Row> {
        let rows = displaced.into_iter().zip([(100.0, 50.0), (300.0, 150.0), (0.0, 200.0)]);
        rows.map(|(displaced, (registered, baseline))| Row { displaced, registered, baseline }).collect()
    }

    #[test]
    fn scores_by_hand() {
        let (a, b) = (day([50.0, 150.0, 0.0]), day([300.0, 100.0, 0.0]));
        assert_eq!((error(&pairs(&a)), rescaled(&pairs(&a))), (0.5, 0.0));
        assert_eq!((error(&pairs(&b)), rescaled(&pairs(&b))), (1.0, 1.0));
        assert_eq!((order(&pairs(&a)), order(&pairs(&b))), (1.0, 2.0 / 3.0));
        let both = [a.as_slice(), b.as_slice()];
        assert_eq!(middle(&both, false), [(175.0, 100.0), (125.0, 300.0), (0.0, 0.0)]);
        assert_eq!(middle(&both, true), [(200.0, 100.0), (200.0, 300.0), (0.0, 0.0)]);
        // |50 - 100| and |300 - 100|, half of the distance of the draws taken off: 125 - 62.5; then 175 - 12.5.
        assert_eq!(crps_of(&both), (62.5 + 162.5) / 400.0);
        // Of two camps one is between its draws, at a tenth of the way: outside of the middle half, inside of nine tenths.
        let c = day([90.0, 100.0, 0.0]);
        let d = day([190.0, 200.0, 0.0]);
        assert_eq!(within(&[vec![c.as_slice(), d.as_slice()]]), [0.0, 0.5]);
        assert!(within(&[vec![c.as_slice()]])[0].is_nan());
    }
}
