//! `cells.csv` and `prices.csv`: what passed every cell in every month, and what a rifle cost at every hub.

use super::{bad_csv, open, value};
use crate::error::{Error, Result};
use h3o::CellIndex;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

/// Columns with numbers, those that every file has first.
pub const NUMBERS: [&str; 9] =
    ["people", "arms", "crews", "risk", "believed", "outside_state", "violence", "deaths", "patrol_search"];
/// How many of them every file has.
const ALWAYS: usize = 7;

/// What the maps show of a cell, over several months.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Cell {
    /// Passages of people, of arms and of crews.
    pub people: f64,
    pub arms: f64,
    pub crews: f64,
    /// Persons who died on the way.
    pub deaths: f64,
    /// Chance that a crew is seized in it, mean over the months.
    pub risk: f64,
    /// The same as networks believe it, mean over the months in which any did; 0 when none ever.
    pub believed: f64,
    /// Share of control that armies do not have, 0 to 1, mean over the months.
    pub outside_state: f64,
    /// Fatalities a day, mean over the months.
    pub violence: f64,
}

/// `cells.csv` of a run on an H3 grid.
#[derive(Debug, Clone)]
pub struct Cells {
    /// Their ids, in order, as text and as such.
    pub names: Vec<String>,
    pub h3: Vec<CellIndex>,
    /// The months that have a line, such as `2014-01`, in order.
    pub months: Vec<String>,
    /// Names of those who hold ground, in order.
    pub holders: Vec<String>,
    /// The lines of the file.
    pub rows: Vec<CellMonth>,
}

/// A line of it.
#[derive(Debug, Clone)]
pub struct CellMonth {
    /// Numbers of the cell, of the month and of who holds it, in the lists of [`Cells`].
    pub cell: usize,
    pub month: usize,
    pub holder: Option<usize>,
    /// In the order of [`NUMBERS`]; NaN where the file says nothing.
    pub values: [f64; NUMBERS.len()],
}

/// Texts with a number each, in the order in which they come.
#[derive(Default)]
struct Texts(BTreeMap<String, usize>);

impl Texts {
    fn number(&mut self, text: &str) -> usize {
        let next = self.0.len();
        self.0.get(text).copied().unwrap_or_else(|| {
            self.0.insert(text.to_string(), next);
            next
        })
    }

    /// The texts in their own order, and for each number where its text is in it.
    fn sorted(self) -> (Vec<String>, Vec<usize>) {
        let mut at = vec![0; self.0.len()];
        self.0.values().enumerate().for_each(|(i, number)| at[*number] = i);
        (self.0.into_keys().collect(), at)
    }
}

impl Cells {
    /// Reads `cells.csv` of a run's folder; `None` when there is no such file, nothing in it, or a cell that is not one of H3 (a
    /// network of named places).
    ///
    /// # Errors
    /// A file that cannot be read, a column that is missing, a field that is no number.
    pub fn read(dir: &Path) -> Result<Option<Cells>> {
        let path = dir.join("cells.csv");
        if !path.exists() {
            return Ok(None);
        }
        let mut csv = open(&path)?;
        let header = csv.headers().map_err(|e| bad_csv(&path, e))?.clone();
        let position = |name: &str| header.iter().position(|h| h == name);
        let needed = |name: &str| {
            position(name).ok_or_else(|| Error::Input(format!("{}:1: no column `{name}`", path.display())))
        };
        let (cell, month, holder) = (needed("cell")?, needed("month")?, position("holder"));
        for name in &NUMBERS[..ALWAYS] {
            needed(name)?;
        }
        let columns = NUMBERS.map(|name| (name, position(name)));
        let [mut names, mut months, mut holders] = [(); 3].map(|()| Texts::default());
        let (mut row, mut rows) = (csv::StringRecord::new(), vec![]);
        while csv.read_record(&mut row).map_err(|e| bad_csv(&path, e))? {
            let line = row.position().map_or(0, csv::Position::line);
            let text = |column: usize| row.get(column).unwrap_or_default();
            let mut values = [f64::NAN; NUMBERS.len()];
            for ((name, column), v) in columns.iter().zip(&mut values) {
                *v = column.map_or(Ok(f64::NAN), |i| value(&path, line, name, text(i)))?;
            }
            rows.push(CellMonth {
                cell: names.number(text(cell)),
                month: months.number(text(month)),
                holder: holder.map(|i| holders.number(text(i))),
                values,
            });
        }
        let [(names, cell_at), (months, month_at), (holders, holder_at)] = [names, months, holders].map(Texts::sorted);
        let h3: Option<Vec<CellIndex>> = names.iter().map(|name| name.parse().ok()).collect();
        let Some(h3) = h3.filter(|h3| !h3.is_empty()) else { return Ok(None) };
        for row in &mut rows {
            row.cell = cell_at[row.cell];
            row.month = month_at[row.month];
            row.holder = row.holder.map(|h| holder_at[h]);
        }
        Ok(Some(Cells { names, h3, months, holders, rows }))
    }

    /// What every cell comes to over some of the months. A month in which a cell has no line is one without a risk, held by the state,
    /// and quiet.
    pub fn over(&self, months: &Range<usize>) -> Vec<Cell> {
        // Sum and number of the values of each cell.
        let mut sums = vec![[(0.0, 0.0); NUMBERS.len()]; self.names.len()];
        for row in self.rows.iter().filter(|r| months.contains(&r.month)) {
            for (v, sum) in row.values.iter().zip(&mut sums[row.cell]) {
                if v.is_finite() {
                    *sum = (sum.0 + v, sum.1 + 1.0);
                }
            }
        }
        let n = months.len() as f64;
        let cell = |[people, arms, crews, risk, believed, outside, violence, deaths, _]: [(f64, f64);
                        NUMBERS.len()]| {
            let believed = believed.0 / f64::max(believed.1, 1.0);
            Cell {
                people: people.0,
                arms: arms.0,
                crews: crews.0,
                deaths: deaths.0,
                risk: risk.0 / n,
                believed,
                outside_state: outside.0 / n,
                violence: violence.0 / n,
            }
        };
        sums.into_iter().map(cell).collect()
    }
}

/// A row of `prices.csv`.
#[derive(Debug, Clone, Deserialize)]
pub struct PriceMonth {
    pub month: String,
    pub hub: String,
    pub class: String,
    pub price_usd: f64,
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "cell,month,people,arms,crews,deaths,seizures,risk,believed,holder,outside_state,violence\n";

    /// Cells and months come in order whatever the file's; what has no line counts as nothing, a belief that nobody has does not count.
    #[test]
    fn months_are_added_up_or_averaged() {
        let folder = tempfile::tempdir().unwrap();
        let read = |rows: &str| {
            std::fs::write(folder.path().join("cells.csv"), format!("{HEAD}{rows}")).unwrap();
            Cells::read(folder.path())
        };
        let (a, b) = ("84384a3ffffffff", "84384a5ffffffff");
        let rows = format!(
            "{b},2012-02,1,0,0,2,0,0,,mnla,1,0\n{a},2012-02,5,1,2,0,0,0.3,0.5,state,0,0.5\n{a},2012-01,7,0,1,1,0,0.1,,local,0.5,0\n"
        );
        let cells = read(&rows).unwrap().unwrap();
        assert_eq!((cells.names.as_slice(), cells.months.len()), ([a.to_string(), b.to_string()].as_slice(), 2));
        assert_eq!(cells.holders, ["local", "mnla", "state"]);
        assert_eq!((cells.rows[0].cell, cells.rows[0].month, cells.rows[0].holder), (1, 1, Some(1)));
        let all = cells.over(&(0..2));
        assert_eq!((all[0].people, all[0].deaths, all[0].believed), (12.0, 1.0, 0.5));
        assert_eq!((all[0].risk, all[0].outside_state, all[1].outside_state), (0.2, 0.25, 0.5));
        assert_eq!(cells.over(&(0..1))[1], Cell::default());
        assert!(read("Mopti,2012-01,5,1,2,0,0,0.1,,state,1,0\n").unwrap().is_none(), "a network of places");
        assert!(read("").unwrap().is_none(), "no cells");
        let said = read(&format!("{a},2012-01,many,1,2,0,0,0.1,,state,1,0\n")).unwrap_err().to_string();
        assert!(said.contains("cells.csv:2: `people` is `many`"), "{said}");
    }
}
