//! The files with a block a month, one [`Block`] each: what passed where, who holds which arms, prices, the war.

mod arms;
mod borders;
mod cells;
mod conflict;
mod landings;
mod legs;

use super::recorder::{Lengths, Out, create, flush, io, note_length, reopen};
use crate::agents::world::World;
use crate::engine::save::{pack, unpack};
use crate::error::{Error, Result};
use crate::region::CountryId;
use std::collections::BTreeMap;
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
    /// What it has added up since the first of the month, for a checkpoint.
    fn keep(&self) -> Vec<u8> {
        vec![]
    }
    /// Goes on from what [`Block::keep`] gave.
    fn resume(&mut self, _: &[u8]) -> std::result::Result<(), String> {
        Ok(())
    }
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
        Monthly::open(folder, blocks(cells))
    }

    /// Opens those files that the map of a report is made from.
    ///
    /// # Errors
    /// As [`Monthly::new`].
    pub fn of_a_map(folder: &Path) -> Result<Monthly> {
        Monthly::open(folder, vec![Box::new(arms::Prices::default()), Box::new(cells::Cells)])
    }

    fn open(folder: &Path, blocks: Vec<Box<dyn Block>>) -> Result<Monthly> {
        let open = |block: Box<dyn Block>| {
            let mut head = block.columns();
            head.insert(block.before_month(), "month".into());
            let head: Vec<&str> = head.iter().map(String::as_str).collect();
            let out = create(folder, block.file(), &head)?;
            Ok(Written { path: folder.join(block.file()), block, out })
        };
        Ok(Monthly { files: blocks.into_iter().map(open).collect::<Result<_>>()? })
    }

    /// Goes on with the files in `folder` from what [`Monthly::keep`] gave.
    ///
    /// # Errors
    /// A file that cannot be opened or is shorter than it was; a state that does not fit.
    pub fn resume(folder: &Path, lengths: &Lengths, kept: &BTreeMap<String, Vec<u8>>) -> Result<Monthly> {
        let there = blocks(true).into_iter().filter(|b| kept.contains_key(b.file()));
        let open = |mut block: Box<dyn Block>| {
            let path = folder.join(block.file());
            let wrong = |why| Error::Input(format!("{}: {why}", path.display()));
            block.resume(&kept[block.file()]).map_err(wrong)?;
            Ok(Written { out: reopen(folder, block.file(), lengths)?, path, block })
        };
        Ok(Monthly { files: there.map(open).collect::<Result<_>>()? })
    }

    /// Writes out what is waiting, notes how long the files are, and gives what they have added up.
    ///
    /// # Errors
    /// As [`Monthly::day`].
    pub fn keep(&mut self, folder: &Path, lengths: &mut Lengths) -> Result<BTreeMap<String, Vec<u8>>> {
        let one = |f: &mut Written| {
            note_length(&mut f.out, folder, f.block.file(), lengths)?;
            Ok((f.block.file().to_string(), f.block.keep()))
        };
        self.files.iter_mut().map(one).collect()
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

/// All files, `cells.csv` only if it is wanted.
fn blocks(cells: bool) -> Vec<Box<dyn Block>> {
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
        blocks.push(Box::new(self::cells::Cells));
    }
    blocks
}

/// Names of columns.
fn names(columns: &[&str]) -> Row {
    columns.iter().map(ToString::to_string).collect()
}

/// Code of a country.
fn iso3(w: &World, country: CountryId) -> String {
    w.region.countries[usize::from(country)].iso3.clone()
}
