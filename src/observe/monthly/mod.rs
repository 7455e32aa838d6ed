//! The files with a block a month, one [`Block`] each: what passed where, who holds which arms, prices, the war.

mod arms;
mod borders;
mod cells;
mod conflict;
mod landings;
mod legs;

use super::recorder::{Out, create, flush, io};
use crate::agents::world::World;
use crate::error::Result;
use crate::region::CountryId;
use std::path::{Path, PathBuf};

/// A line of a file, without its month.
type Row = Vec<String>;

/// What goes into one file.
trait Block: Send {
    /// Name of the file.
    fn file(&self) -> &'static str;
    /// Names of the columns; `month` is put in after the first `before_month()` of them.
    fn columns(&self) -> Row;
    /// Columns that stand before the month.
    fn before_month(&self) -> usize {
        0
    }
    /// Adds a day.
    fn day(&mut self, _: &World) {}
    /// The lines of the month that ends today; counting begins anew.
    fn end_month(&mut self, w: &World) -> Vec<Row>;
}

/// A block with its file.
struct Written {
    block: Box<dyn Block>,
    out: Out,
    path: PathBuf,
}

/// Writes the monthly files.
pub struct Monthly {
    files: Vec<Written>,
}

impl Monthly {
    /// Opens the files in `folder`, `cells.csv` only if it is wanted.
    ///
    /// # Errors
    /// A file that cannot be made, by its path.
    pub fn new(folder: &Path, cells: bool) -> Result<Monthly> {
        let mut blocks: Vec<Box<dyn Block>> = vec![
            Box::new(legs::Legs::default()),
            Box::new(borders::Borders::default()),
            Box::new(arms::Holdings),
            Box::new(arms::Receipts::default()),
            Box::new(arms::Prices::default()),
            Box::new(conflict::Conflict::default()),
            Box::new(landings::Landings::default()),
        ];
        if cells {
            blocks.push(Box::new(cells::Cells));
        }
        let open = |block: Box<dyn Block>| {
            let mut head = block.columns();
            head.insert(block.before_month(), "month".into());
            let head: Vec<&str> = head.iter().map(String::as_str).collect();
            let out = create(folder, block.file(), &head)?;
            Ok(Written { path: folder.join(block.file()), block, out })
        };
        Ok(Monthly { files: blocks.into_iter().map(open).collect::<Result<_>>()? })
    }

    /// Adds a day; on the last of a month (`end`) writes it down.
    ///
    /// # Errors
    /// A file that cannot be written, by its path.
    pub fn day(&mut self, w: &World, end: bool) -> Result<()> {
        let date = w.day.date().0;
        let month = format!("{:04}-{:02}", date.year(), date.month());
        for f in &mut self.files {
            f.block.day(w);
            if !end {
                continue;
            }
            for mut row in f.block.end_month(w) {
                row.insert(f.block.before_month(), month.clone());
                f.out.write_record(row).map_err(io(&f.path))?;
            }
        }
        Ok(())
    }

    /// Makes sure that everything is in the files.
    ///
    /// # Errors
    /// As [`Monthly::day`].
    pub fn flush(&mut self) -> Result<()> {
        self.files.iter_mut().try_for_each(|f| flush(&mut f.out, &f.path))
    }
}

/// Names of columns.
fn names(columns: &[&str]) -> Row {
    columns.iter().map(ToString::to_string).collect()
}

/// Code of a country.
fn iso3(w: &World, country: CountryId) -> String {
    w.region.countries[usize::from(country)].iso3.clone()
}
