//! Who is at war with whom, and where.

use super::world::World;
use crate::engine::rng::Key;
use crate::region::CountryId;
use crate::table;

table! {
    /// Wars between blocs.
    Hostilities("hostilities"),
    /// A war between two blocs in a country.
    Hostility {
        key: u64,
        country: u16,
        /// The two blocs, the lower number first.
        a: u8,
        b: u8,
        /// How hard they fight: factor of equation 9, 1 for open war.
        level: f64,
        since: u32,
        /// First day of peace.
        until: u32,
    }
}

/// A war that lasts until something ends it.
pub const NO_END: u32 = u32::MAX;

impl World {
    /// Row of the war between two blocs in a country, if they have ever fought there.
    fn war_row(&self, country: CountryId, a: u8, b: u8) -> Option<usize> {
        let (a, b) = (a.min(b), a.max(b));
        let t = &self.hostilities;
        t.rows().find(|&i| (t.country()[i], t.a()[i], t.b()[i]) == (country, a, b))
    }

    /// How hard two blocs fight in a country today; 0: they are at peace.
    pub fn hostile(&self, country: CountryId, a: u8, b: u8) -> f64 {
        let now = |i: usize| (self.hostilities.since()[i]..self.hostilities.until()[i]).contains(&self.day.0);
        self.war_row(country, a, b).filter(|&i| now(i)).map_or(0.0, |i| self.hostilities.level()[i])
    }

    /// Puts two blocs at war in a country from today on.
    pub fn open_war(&mut self, country: CountryId, a: u8, b: u8, level: f64, until: u32) {
        let (a, b) = (a.min(b), a.max(b));
        let since = self.day.0;
        match self.war_row(country, a, b) {
            Some(i) => self.hostilities.update(i, |h| (h.level, h.since, h.until) = (level, since, until)),
            None => {
                let name = format!("{}:{a}:{b}", self.region.countries[country as usize].iso3);
                let key = Key::named("hostility", &name, 0).0;
                self.hostilities.push(Hostility { key, country, a, b, level, since, until });
            }
        }
    }

    /// Ends the war between two blocs in a country today.
    pub fn make_peace(&mut self, country: CountryId, a: u8, b: u8) {
        let today = self.day.0;
        if let Some(i) = self.war_row(country, a, b) {
            self.hostilities.update(i, |h| h.until = h.until.min(today));
        }
    }
}
