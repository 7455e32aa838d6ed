//! What was published beside what was simulated (`data/targets/`).

use super::chart::{Chart, Mark, Set};
use super::read::Sheet;
use super::theme::{FAINT, INK, colour};
use crate::error::Result;
use jiff::ToSpan;
use jiff::civil::Date;
use plotters::style::RGBColor;
use std::collections::BTreeMap;
use std::path::Path;

/// A published series, and the chart that shows the same thing.
struct Beside {
    chart: &'static str,
    /// Beginning of the axis title of a panel.
    axis: &'static str,
    series: Published,
    label: &'static str,
    colour: fn() -> RGBColor,
}

/// Where a series is.
#[derive(Clone, Copy)]
enum Published {
    /// A column of `central_med_monthly.csv`.
    Monthly(&'static str),
    /// Years of a target in `headline_targets.csv`; a twelfth stands for a month. A year of which the run has a part is left out: most of
    /// what was counted in it may have happened in the other.
    Yearly(&'static str),
}

const ARRIVALS: Published = Published::Monthly("arrivals_italy_unhcr");
const DETECTIONS: Published = Published::Monthly("detections_central_med_frontex");
const DEAD: Published = Published::Monthly("dead_missing_central_med_iom");
const RETURNED: Published = Published::Monthly("returned_to_libya");
const KILLED_LIBYA: Published = Published::Yearly("ucdp_deaths_libya");
const KILLED_MALI: Published = Published::Yearly("ucdp_deaths_mali");

const BESIDE: [Beside; 10] = [
    of("sea", "People", ARRIVALS, "published: Italy (UNHCR)", || INK),
    of("sea", "People", DETECTIONS, "published: route (Frontex)", || FAINT),
    of("sea", "People", RETURNED, "published: brought back", || colour(3)),
    of("sea", "Deaths", DEAD, "published: deaths (IOM)", || colour(0)),
    of("bands_sea_arrivals", "", ARRIVALS, "published: Italy (UNHCR)", || INK),
    of("bands_sea_deaths", "", DEAD, "published: deaths (IOM)", || INK),
    of("fatalities", "Fatalities", KILLED_LIBYA, "published: Libya (UCDP)", || colour(0)),
    of("fatalities", "Fatalities", KILLED_MALI, "published: Mali (UCDP)", || colour(1)),
    of("bands_fatalities_libya", "", KILLED_LIBYA, "published (UCDP)", || INK),
    of("bands_fatalities_mali", "", KILLED_MALI, "published (UCDP)", || INK),
];

const fn of(
    chart: &'static str,
    axis: &'static str,
    series: Published,
    label: &'static str,
    colour: fn() -> RGBColor,
) -> Beside {
    Beside { chart, axis, series, label, colour }
}

/// In the line under a chart.
const TWELFTH: &str = " Published by the year: a twelfth of it a month.";

/// Days of the shortest month: values of shorter spans are of no whole month.
const MONTH: f64 = 28.0;

/// The files of published figures, each number by its series and by its month or year.
struct Files {
    monthly: Sheet,
    yearly: Sheet,
}

impl Files {
    fn read(data_dir: &Path) -> Result<Files> {
        let read = |name: &str| Sheet::read(&data_dir.join("targets").join(name));
        Ok(Files { monthly: read("central_med_monthly.csv")?, yearly: read("headline_targets.csv")? })
    }

    fn numbers(&self, series: Published) -> Result<BTreeMap<String, f64>> {
        let (_, rows) = match series {
            Published::Monthly(column) => self.monthly.columns(&["month", column], &|_| true)?,
            Published::Yearly(target) => self.yearly.columns(&["period", "value"], &|l| l.get("target") == target)?,
        };
        let share = if matches!(series, Published::Yearly(_)) { 12.0 } else { 1.0 };
        let number = |r: Vec<String>| Some((r.first()?.clone(), r.get(1)?.parse::<f64>().ok()? / share));
        Ok(rows.into_iter().filter_map(number).collect())
    }
}

/// Puts published figures into the charts that show the same thing by month. Without the files, or where the run has no month of them,
/// charts stay as they are.
pub fn beside(charts: &mut [(String, Chart)], data_dir: &Path) -> Result<()> {
    let files = Files::read(data_dir)?;
    for Beside { chart, axis, series, label, colour } in BESIDE {
        let Some((_, chart)) = charts.iter_mut().find(|(id, _)| id == chart) else { continue };
        let published = files.numbers(series)?;
        let days = chart.days;
        let first = days.0;
        let Some(panel) = chart.panels.iter_mut().find(|p| p.axis_title.starts_with(axis)) else { continue };
        let Some(spans) = panel.sets.first().map(|s| s.spans.clone()) else { continue };
        let name = |d: Date| match series {
            Published::Monthly(_) => d.strftime("%Y-%m").to_string(),
            Published::Yearly(_) => d.strftime("%Y").to_string(),
        };
        let of = |&(begin, end): &(f64, f64)| {
            let day = first.checked_add((begin as i64).days()).ok().filter(|_| end - begin >= MONTH);
            let day = day.filter(|d| matches!(series, Published::Monthly(_)) || whole_year(d.year(), days));
            day.and_then(|d| published.get(&name(d))).copied().unwrap_or(f64::NAN)
        };
        let y: Vec<f64> = spans.iter().map(of).collect();
        if y.iter().any(|v| v.is_finite()) {
            if matches!(series, Published::Yearly(_)) && !chart.caption.ends_with(TWELFTH) {
                chart.caption.push_str(if chart.caption.ends_with('.') { "" } else { "." });
                chart.caption.push_str(TWELFTH);
            }
            panel.sets.push(Set { label: label.into(), colour: colour(), mark: Mark::Dashed, spans, y, low: vec![] });
        }
    }
    Ok(())
}

/// Whether a run has the whole of a year.
fn whole_year(year: i16, (first, last): (Date, Date)) -> bool {
    let (begin, end) = (Date::new(year, 1, 1), Date::new(year, 12, 31));
    begin.is_ok_and(|d| first <= d) && end.is_ok_and(|d| d <= last)
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
        let mut charts = [("sea".to_string(), chart)];
        beside(&mut charts, folder.path()).unwrap();
        assert_eq!(charts[0].1.panels[0].sets.len(), 1, "no file, nothing beside");
        std::fs::create_dir(folder.path().join("targets")).unwrap();
        let text = "month,arrivals_italy_unhcr,dead_missing_central_med_iom,detections_central_med_frontex,returned_to_libya\n\
                    2014-01,2171,,,\n2014-03,5459,1,,\n";
        std::fs::write(folder.path().join("targets/central_med_monthly.csv"), text).unwrap();
        beside(&mut charts, folder.path()).unwrap();
        let added = &charts[0].1.panels[0].sets[1];
        assert_eq!(added.y[0], 2171.0);
        assert!(added.y[1].is_nan() && added.y[2].is_nan(), "no figure, and no whole month");
        assert_eq!(charts[0].1.panels[0].sets.len(), 2, "what nobody published stands nowhere");

        // A year is shared out over its months; a period that is no year is not shown.
        charts[0].0 = "fatalities".into();
        charts[0].1.panels[0].axis_title = "Fatalities a month".into();
        let text = "target,period,value\nucdp_deaths_mali,2014,1200\nucdp_deaths_libya,2014-2016,50\n";
        std::fs::write(folder.path().join("targets/headline_targets.csv"), text).unwrap();
        beside(&mut charts, folder.path()).unwrap();
        assert_eq!(charts[0].1.panels[0].sets.len(), 2, "the run has a part of the year");
        charts[0].1.days.1 = date(2014, 12, 31);
        beside(&mut charts, folder.path()).unwrap();
        let sets = &charts[0].1.panels[0].sets;
        assert_eq!((sets.len(), &sets[2].y[..2]), (3, [100.0, 100.0].as_slice()));
        assert!(charts[0].1.caption.ends_with("a twelfth of it a month."));
    }
}
