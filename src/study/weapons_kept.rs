//! What a policy pays for each weapon that it keeps from armed groups.
//!
//! Counted are pieces (not what is weighed) that came to groups other than armies: looted, bought, captured, brought by
//! returning fighters or given from abroad.  A weapon that
//! is captured again counts again.

use super::files::rows;
use crate::agents::arms::CLASS_NAMES;
use crate::agents::group::{BLOCS, is_official};
use crate::error::Result;
use crate::observe::metric::weighed;
use std::collections::BTreeMap;
use std::path::Path;

/// Pieces that came to armed groups, by country.
pub type Pieces = BTreeMap<String, f64>;

/// A policy's effect on the weapons of groups, and its price.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Kept {
    /// Pieces that did not come to groups; below zero when more came.
    pub weapons: f64,
    /// What the policy's run spent more than the other, USD.
    pub usd: f64,
}

impl Kept {
    /// USD per weapon kept; none when no weapon was.
    pub fn usd_per_weapon(&self) -> Option<f64> {
        (self.weapons > 0.0).then(|| self.usd / self.weapons)
    }
}

/// Pieces that came to groups in a country, or everywhere.
pub fn pieces_in(all: &Pieces, country: Option<&str>) -> f64 {
    all.iter().filter(|x| country.is_none_or(|c| c == x.0)).map(|x| x.1).sum()
}

/// Reads what came to groups in all months of a run's `received.csv`.
///
/// # Errors
/// A file that cannot be read, by its path.
pub fn received(path: &Path) -> Result<Pieces> {
    #[derive(serde::Deserialize)]
    struct Row {
        country: String,
        bloc: String,
        class: String,
        count: f64,
    }
    let an_army = |bloc: &str| (0..BLOCS.len()).any(|b| BLOCS[b] == bloc && is_official(b as u8));
    let tonnes = |class: &str| (0..CLASS_NAMES.len()).any(|c| CLASS_NAMES[c] == class && weighed(c));
    let mut sums = Pieces::new();
    for row in rows::<Row>(path)? {
        if !an_army(&row.bloc) && !tonnes(&row.class) {
            *sums.entry(row.country).or_default() += row.count;
        }
    }
    Ok(sums)
}

/// Reads what a run spent on all levers, USD, from its `summary.csv`.
///
/// # Errors
/// A file that cannot be read, by its path.
pub fn spending(path: &Path) -> Result<f64> {
    #[derive(serde::Deserialize)]
    struct Row {
        year: String,
        metric: String,
        value: Option<f64>,
    }
    let spent = |r: &Row| r.year == "all" && r.metric.starts_with("spent_");
    Ok(rows::<Row>(path)?.iter().filter(|r| spent(r)).filter_map(|r| r.value).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By hand: 60 rifles and 2 missiles to rebels in Mali, 8 rifles in Niger; the army and tonnes do not count.
    #[test]
    fn pieces_of_unofficial_groups_are_read() -> std::result::Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("received.csv");
        std::fs::write(
            &path,
            "month,country,bloc,channel,class,count\n2012-01,MLI,mnla,returnee,small_arms,50\n\
             2012-02,MLI,aqim,market,small_arms,10\n2012-02,MLI,aqim,captured,manpads,2\n\
             2012-02,MLI,state,captured,small_arms,400\n2012-02,MLI,mnla,looted,munitions,30\n\
             2012-02,NER,local,market,small_arms,8\n",
        )?;
        let all = received(&path)?;
        assert_eq!(
            (pieces_in(&all, Some("MLI")), pieces_in(&all, None), pieces_in(&all, Some("TCD"))),
            (62.0, 70.0, 0.0)
        );
        let said = received(&folder.path().join("no.csv")).unwrap_err().to_string();
        assert!(said.contains("no.csv"), "{said}");
        Ok(())
    }

    #[test]
    fn spending_is_that_of_all_levers_over_the_run() -> std::result::Result<(), Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("summary.csv");
        std::fs::write(
            &path,
            "year,metric,unit,kind,days,value,observed\n2012,policy_spending,USD,flow,366,700,\n\
             2012,libyan_share_mali,share,stock,0,,\nall,spent_guards,USD,flow,,500,\nall,spent_boats,USD,flow,,250.5,\n",
        )?;
        assert_eq!(spending(&path)?, 750.5);
        Ok(())
    }

    #[test]
    fn nothing_kept_has_no_price() {
        let kept = |weapons, usd| Kept { weapons, usd }.usd_per_weapon();
        assert_eq!((kept(200.0, 50_000.0), kept(0.0, 50_000.0), kept(-3.0, 50_000.0)), (Some(250.0), None, None));
        assert_eq!(kept(10.0, -500.0), Some(-50.0), "it saves money too");
    }
}
