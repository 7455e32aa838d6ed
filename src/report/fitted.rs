//! What a calibration foretells beside what was published: the band of every series, month by month.

use super::axis::day;
use super::chart::{Chart, Mark, Panel, Set};
use super::read::{Foretold, Manifest};
use super::theme::{INK, capital, colour, words};
use jiff::civil::Date;

/// A figure for each series of `predictive.csv`, by file name.
pub fn all(manifest: &Manifest, rows: &[Foretold]) -> Vec<(String, Chart)> {
    let mut metrics: Vec<&str> = rows.iter().map(|r| r.metric.as_str()).collect();
    metrics.dedup();
    metrics
        .into_iter()
        .filter_map(|metric| Some((format!("predictive_{metric}"), chart(manifest, metric, rows)?)))
        .collect()
}

fn chart(manifest: &Manifest, metric: &str, rows: &[Foretold]) -> Option<Chart> {
    let mine: Vec<&Foretold> = rows.iter().filter(|r| r.metric == metric).collect();
    let (first, last): (Date, Date) = (mine.first()?.month, mine.last()?.month.last_of_month());
    let spans: Vec<(f64, f64)> =
        mine.iter().map(|r| (day(first, r.month), day(first, r.month.last_of_month()) + 1.0)).collect();
    let values = |of: &dyn Fn(&Foretold) -> f64| mine.iter().map(|r| of(r)).collect::<Vec<f64>>();
    let set =
        |label: &str, colour, mark, y, low| Set { label: label.into(), colour, mark, spans: spans.clone(), y, low };
    let fitted = |seen: bool| values(&|r| if (r.fitted > 0) == seen { r.observed } else { f64::NAN });
    let some = |y: &[f64]| y.iter().any(|v| v.is_finite());
    let ours = colour(0);
    let mut sets = vec![
        set("", ours, Mark::Band, values(&|r| r.q95), values(&|r| r.q05)),
        set("", ours, Mark::Band, values(&|r| r.q75), values(&|r| r.q25)),
        set("the model, middle", ours, Mark::Line, values(&|r| r.q50), vec![]),
    ];
    for (label, colour, y) in
        [("published, fitted", INK, fitted(true)), ("published, not fitted", colour(1), fitted(false))]
    {
        if some(&y) {
            sets.push(set(label, colour, Mark::Dashed, y, vec![]));
        }
    }
    Some(Chart {
        title: format!("{}: what the fitted model foretells", capital(&words(metric))),
        subtitle: manifest.title.clone(),
        caption: manifest.caption_of_many(),
        days: (first, last),
        panels: vec![Panel {
            axis_title: "A month: 25 to 75 % (inner band) and 5 to 95 % (outer), with what the model leaves out".into(),
            weight: 1.0,
            whole: false,
            sets,
        }],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_has_its_band_and_what_was_published() {
        let manifest: Manifest =
            serde_json::from_str(r#"{"title": "T", "scenario": "s", "seed": 1, "version": "0", "replicates": 1}"#)
                .unwrap();
        let row = |metric: &str, month: i8, observed: f64, fitted: u8| Foretold {
            metric: metric.into(),
            month: jiff::civil::date(2014, month, 1),
            observed,
            fitted,
            q05: 1.0,
            q25: 2.0,
            q50: 3.0,
            q75: 4.0,
            q95: 5.0,
        };
        let rows = [row("a", 1, 3.0, 1), row("a", 2, 9.0, 0), row("a", 3, f64::NAN, 0), row("b", 1, 2.0, 1)];
        let all = all(&manifest, &rows);
        assert_eq!(all.iter().map(|f| f.0.as_str()).collect::<Vec<_>>(), ["predictive_a", "predictive_b"]);
        let sets = &all[0].1.panels[0].sets;
        assert_eq!((sets.len(), sets[0].low[0], sets[3].y[0], sets[4].y[1]), (5, 1.0, 3.0, 9.0));
        assert!(sets[3].y[1].is_nan() && sets[4].y[0].is_nan() && sets[3].y[2].is_nan());
        assert_eq!(all[1].1.panels[0].sets.len(), 4, "all of it fitted");
    }
}
