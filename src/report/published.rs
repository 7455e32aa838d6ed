//! What was published beside what was simulated (`data/targets/central_med_monthly.csv`).

use super::chart::{Chart, Mark, Set};
use super::read;
use super::theme::INK;
use crate::error::Result;
use jiff::ToSpan;
use std::collections::BTreeMap;
use std::path::Path;

/// Chart, beginning of a panel's axis title, column of the file, label.
const BESIDE: [(&str, &str, &str, &str); 4] = [
    ("sea", "People", "arrivals_italy_unhcr", "arrivals in Italy, published (UNHCR)"),
    ("sea", "Deaths", "dead_missing_central_med_iom", "dead and missing, published (IOM)"),
    ("bands_sea_arrivals", "", "arrivals_italy_unhcr", "arrivals in Italy, published (UNHCR)"),
    ("bands_sea_deaths", "", "dead_missing_central_med_iom", "dead and missing, published (IOM)"),
];

/// Days of the shortest month: values of shorter spans are of no whole month.
const MONTH: f64 = 28.0;

/// Puts published monthly figures into the charts that show the same thing by month. Without the file, or where the run has no month
/// of it, charts stay as they are.
pub fn beside<S: AsRef<str>>(charts: &mut [(S, Chart)], data_dir: &Path) -> Result<()> {
    let path = data_dir.join("targets").join("central_med_monthly.csv");
    for (name, axis, column, label) in BESIDE {
        let Some((_, chart)) = charts.iter_mut().find(|(id, _)| id.as_ref() == name) else { continue };
        let (_, rows) = read::columns(&path, &["month", column], &|_| true)?;
        let published: BTreeMap<&str, f64> =
            rows.iter().filter_map(|r| Some((r.first()?.as_str(), r.get(1)?.parse().ok()?))).collect();
        let first = chart.days.0;
        let Some(panel) = chart.panels.iter_mut().find(|p| p.axis_title.starts_with(axis)) else { continue };
        let Some(spans) = panel.sets.first().map(|s| s.spans.clone()) else { continue };
        let of = |&(begin, end): &(f64, f64)| {
            let day = first.checked_add((begin as i64).days()).ok().filter(|_| end - begin >= MONTH);
            day.and_then(|d| published.get(d.strftime("%Y-%m").to_string().as_str())).copied().unwrap_or(f64::NAN)
        };
        let y: Vec<f64> = spans.iter().map(of).collect();
        if y.iter().any(|v| v.is_finite()) {
            panel.sets.push(Set { label: label.into(), colour: INK, mark: Mark::Dashed, spans, y, low: vec![] });
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::chart::Panel;
    use super::*;
    use jiff::civil::date;

    #[test]
    fn published_months_stand_beside_simulated_ones() {
        let set = Set {
            label: "arrivals".into(),
            colour: INK,
            mark: Mark::Line,
            spans: vec![(0.0, 31.0), (31.0, 59.0), (59.0, 62.0)],
            y: vec![1.0, 2.0, 3.0],
            low: vec![],
        };
        let panel = Panel { axis_title: "People a month".into(), weight: 1.0, whole: true, sets: vec![set] };
        let days = (date(2014, 1, 1), date(2014, 3, 3));
        let chart =
            Chart { title: String::new(), subtitle: String::new(), caption: String::new(), days, panels: vec![panel] };
        let folder = tempfile::tempdir().unwrap();
        let mut charts = [("sea", chart)];
        beside(&mut charts, folder.path()).unwrap();
        assert_eq!(charts[0].1.panels[0].sets.len(), 1, "no file, nothing beside");
        std::fs::create_dir(folder.path().join("targets")).unwrap();
        let text = "month,arrivals_italy_unhcr,dead_missing_central_med_iom\n2014-01,2171,\n2014-03,5459,1\n";
        std::fs::write(folder.path().join("targets/central_med_monthly.csv"), text).unwrap();
        beside(&mut charts, folder.path()).unwrap();
        let added = &charts[0].1.panels[0].sets[1];
        assert_eq!(added.y[0], 2171.0);
        assert!(added.y[1].is_nan() && added.y[2].is_nan(), "no figure, and no whole month");
    }
}
