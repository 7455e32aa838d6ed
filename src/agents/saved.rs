//! A world as bytes, and back.

use super::tally::LegCount;
use super::world::World;
use crate::engine::save::Sections;
use crate::engine::table::column_from_bytes;
use crate::units::Tick;

/// The evening of a saved state.
///
/// # Errors
/// That it has none.
pub fn saved_day(s: &Sections) -> Result<Tick, String> {
    let day = s.get("day")?;
    Ok(Tick(u32::from_le_bytes(day.try_into().map_err(|_| "section `day` has a wrong length")?)))
}

impl World {
    /// The state as bytes: every column, every ledger, the day.
    pub fn save(&self) -> Vec<u8> {
        let mut s = Sections::default();
        self.save_into(&mut s);
        s.to_bytes()
    }

    /// Adds the state's sections to others.
    pub fn save_into(&self, s: &mut Sections) {
        s.put("day", self.day.0.to_le_bytes());
        for t in self.tables() {
            for ((name, _), bytes) in t.columns().into_iter().zip(t.column_bytes()) {
                s.put(format!("table/{}/{name}", t.name()), bytes);
            }
        }
        for l in self.ledgers.all() {
            let (balance, moved) = l.parts();
            s.put(format!("ledger/{}/balance", l.name), bytemuck::cast_slice::<_, u8>(balance));
            s.put(format!("ledger/{}/moved", l.name), bytemuck::cast_slice::<_, u8>(moved));
        }
        let cells: Vec<[u32; 5]> =
            self.cells.iter().map(|c| [c.people, c.arms, c.crews, c.deaths, c.seizures]).collect();
        s.put("cells", bytemuck::cast_slice::<_, u8>(&cells));
        s.put("legs", bytemuck::cast_slice::<_, u8>(&self.leg_counts));
    }

    /// Puts a saved state into this world, which must be of the same scenario; the error says what does not fit.
    pub fn restore(&mut self, bytes: &[u8]) -> Result<(), String> {
        self.restore_from(&Sections::from_bytes(bytes)?)
    }

    /// The same from sections.
    ///
    /// # Errors
    /// A section that is missing or does not fit.
    pub fn restore_from(&mut self, s: &Sections) -> Result<(), String> {
        self.day = saved_day(s)?;
        for t in self.tables_mut() {
            let prefix = format!("table/{}/", t.name());
            t.restore(&s.under(&prefix))?;
        }
        for l in self.ledgers.all_mut() {
            let column = |part: &str| -> Result<Vec<i64>, String> {
                let name = format!("ledger/{}/{part}", l.name);
                column_from_bytes(s.get(&name)?).ok_or(format!("section `{name}` has a wrong length"))
            };
            let (balance, moved) = (column("balance")?, column("moved")?);
            if !l.restore(&balance, &moved) {
                return Err(format!("ledger `{}` has a wrong length", l.name));
            }
        }
        let cells: Vec<[u32; 5]> = column_from_bytes(s.get("cells")?).ok_or("section `cells` has a wrong length")?;
        if cells.len() != self.cells.len() {
            return Err("section `cells` has a wrong length".into());
        }
        for (c, v) in self.cells.iter_mut().zip(cells) {
            [c.people, c.arms, c.crews, c.deaths, c.seizures] = v;
        }
        let legs: Vec<LegCount> = column_from_bytes(s.get("legs")?).ok_or("section `legs` has a wrong length")?;
        if legs.len() != self.leg_counts.len() {
            return Err("section `legs` has a wrong length".into());
        }
        self.leg_counts = legs;
        self.rederive();
        Ok(())
    }
}
