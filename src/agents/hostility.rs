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

    /// True for two blocs that fight the same enemy in a country and not each other.
    pub fn allied(&self, country: CountryId, a: u8, b: u8) -> bool {
        let enemies = |x: u8| self.wars(country).filter(move |w| w.0 == x || w.1 == x).map(move |w| w.0 ^ w.1 ^ x);
        self.hostile(country, a, b) == 0.0 && enemies(a).any(|e| enemies(b).any(|f| e == f))
    }

    /// Wars of a country today: the two blocs and how hard they fight.
    pub fn wars(&self, country: CountryId) -> impl Iterator<Item = (u8, u8, f64)> + '_ {
        let (t, today) = (&self.hostilities, self.day.0);
        let now = move |&i: &usize| t.country()[i] == country && (t.since()[i]..t.until()[i]).contains(&today);
        t.rows().filter(now).map(move |i| (t.a()[i], t.b()[i], t.level()[i]))
    }

    /// Countries where anyone is at war today, ascending.
    pub fn countries_at_war(&self) -> Vec<CountryId> {
        let (t, today) = (&self.hostilities, self.day.0);
        let now = t.rows().filter(|&i| (t.since()[i]..t.until()[i]).contains(&today) && t.level()[i] > 0.0);
        let mut countries: Vec<CountryId> = now.map(|i| t.country()[i]).collect();
        countries.sort_unstable();
        countries.dedup();
        countries
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
