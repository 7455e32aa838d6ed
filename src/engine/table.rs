//! Tables: agents by the row, with a digest kept as rows are touched.
//!
//! `table!` declares a table once: its columns, the row struct, and from them digest, saving and loading.
//! Rows are read and written whole (`get`, `set`, `update`) or read by column ([`Column`]). They lie one after the other, not
//! column by column: agents are woken one here and one there, and a row that lies in one or two lines of the cache is there
//! at once, where a dozen columns are a dozen waits (docs/performance.md). Kernels over all rows keep columns of their own
//! ([`super::hop`]). The first column is always `key: u64`; a row whose key is 0 is empty and will be used again. Columns under
//! `links` hold row numbers (who rides with whom): they are saved but stay out of the digest, which must not hang on where a
//! row happens to lie.
//!
//! The digest of a table is the sum of its rows' hashes. A row's old hash is taken off when it is first touched, its new one
//! added when [`Table::settle`] is called in the evening, so that a row changed many times a day is hashed twice.
//!
//! No float may be NaN or infinite: [`Table::check_touched`] looks at the rows touched today if any was written since it last
//! looked, so that it can be asked after every process and says whose fault it is. Tables without floats are never looked at.

use std::ops::Index;

/// What every table can do, whatever its columns.
pub trait Table: Send + Sync {
    /// Name in saved states and error messages.
    fn name(&self) -> &'static str;
    /// Number of rows, empty ones included.
    fn rows_kept(&self) -> usize;
    /// Name and width in bytes of each column.
    fn columns(&self) -> Vec<(&'static str, usize)>;
    /// Bytes of each column, in the order of [`Table::columns`].
    fn column_bytes(&self) -> Vec<Vec<u8>>;
    /// Replaces all columns by saved bytes; `Err` says which column does not fit.
    fn restore(&mut self, columns: &[(String, Vec<u8>)]) -> Result<(), String>;
    /// Digest of the rows as they stand.
    fn digest(&self) -> u128;
    /// Digest computed anew from every row.
    fn recount(&self) -> u128;
    /// Hashes the rows touched since the last call.
    fn settle(&mut self);
    /// Names of the columns that are floats or hold some.
    fn float_columns(&self) -> Vec<&'static str>;
    /// The first NaN or infinity in the rows touched since the table was settled, if one was written since the last call:
    /// column, key and value. What is touched twice a day is looked at twice; a list of its own for every call would cost more.
    fn check_touched(&mut self) -> Option<String>;
    /// The first NaN or infinity in any row.
    fn check_all(&self) -> Option<String>;
    /// Puts a number into a column of floats of the first row in use and gives its key, for tests of what must stop a run.
    #[doc(hidden)]
    fn poison(&mut self, column: &str, x: f64) -> Option<u64>;
    /// Times a row was written, added or emptied since the table was made.
    fn written(&self) -> u64;
    /// Bytes per row over all columns.
    fn row_bytes(&self) -> usize {
        self.columns().iter().map(|c| c.1).sum()
    }
}

/// One column of a table.
#[derive(Clone, Copy)]
pub struct Column<'a, R, T> {
    rows: &'a [R],
    of: fn(&R) -> &T,
}

impl<'a, R, T: 'a> Column<'a, R, T> {
    /// The entries that `of` finds in each row.
    #[inline]
    pub fn new(rows: &'a [R], of: fn(&R) -> &T) -> Column<'a, R, T> {
        Column { rows, of }
    }
    /// Its entries, empty rows' included.
    #[inline]
    pub fn iter(self) -> impl ExactSizeIterator<Item = &'a T> + Clone {
        self.rows.iter().map(self.of)
    }
    /// The entry of a row, if there is such a row.
    #[inline]
    pub fn get(self, i: usize) -> Option<&'a T> {
        self.rows.get(i).map(self.of)
    }
    /// Its entries, copied.
    pub fn to_vec(self) -> Vec<T>
    where
        T: Copy,
    {
        self.iter().copied().collect()
    }
    /// True when a row has this entry.
    pub fn contains(self, entry: &T) -> bool
    where
        T: PartialEq,
    {
        self.iter().any(|e| e == entry)
    }
}

impl<R, T> Index<usize> for Column<'_, R, T> {
    type Output = T;
    #[inline(always)]
    fn index(&self, i: usize) -> &T {
        (self.of)(&self.rows[i])
    }
}

/// Which rows were touched since they were last hashed: a bit for each, and a list.
#[derive(Clone, Debug, Default)]
pub struct Touched {
    bits: Vec<u64>,
    pub rows: Vec<u32>,
}

impl Touched {
    /// Notes a row; true when it was not noted yet.
    #[inline]
    pub fn note(&mut self, row: usize) -> bool {
        let (word, bit) = (row / 64, 1u64 << (row % 64));
        if word >= self.bits.len() {
            self.bits.resize(word + 1, 0);
        }
        let first = self.bits[word] & bit == 0;
        if first {
            self.bits[word] |= bit;
            self.rows.push(row as u32);
        }
        first
    }
    /// True when a row was noted.
    #[inline]
    pub fn has(&self, row: usize) -> bool {
        self.bits.get(row / 64).is_some_and(|word| word >> (row % 64) & 1 == 1)
    }
    /// Forgets all rows and keeps the memory.
    pub fn clear(&mut self) {
        for row in self.rows.drain(..) {
            self.bits[row as usize / 64] = 0;
        }
    }
}

/// Bytes of a saved column as values; `None` when the length does not fit.
pub fn column_from_bytes<T: bytemuck::AnyBitPattern>(bytes: &[u8]) -> Option<Vec<T>> {
    let size = std::mem::size_of::<T>();
    if !bytes.len().is_multiple_of(size) {
        return None;
    }
    Some(bytes.chunks_exact(size).map(bytemuck::pod_read_unaligned).collect())
}

/// Bytes of one entry of every row.
pub fn column_to_bytes<R, T: bytemuck::NoUninit>(rows: &[R], of: fn(&R) -> &T) -> Vec<u8> {
    rows.iter().flat_map(|r| bytemuck::bytes_of(of(r))).copied().collect()
}

/// Rows of a table that are hashed together.
pub const HASHED: usize = 2048;

/// A row of a table.
pub trait Row: Copy + Send + Sync {
    /// Its key; 0 of an empty row.
    fn key(&self) -> u64;
    /// Its part of the table's digest; 0 of an empty row.
    fn hash(&self) -> u128;
    /// The first column that holds no finite number, and what it holds.
    fn not_finite(&self) -> Option<(&'static str, f64)>;
}

/// Neighbouring rows of a table that one thread changes, while others change other rows.
pub struct Piece<'a, R> {
    first: usize,
    rows: &'a mut [R],
    touched: &'a Touched,
    /// What the changes do to the digest.
    pub change: u128,
    /// Times that a row was replaced.
    pub written: u64,
    /// Rows in which something is not finite.
    pub faults: Vec<usize>,
}

impl<'a, R: Row> Piece<'a, R> {
    /// The rows from number `first` on.
    pub fn new(first: usize, rows: &'a mut [R], touched: &'a Touched) -> Piece<'a, R> {
        Piece { first, rows, touched, change: 0, written: 0, faults: vec![] }
    }
    /// A row, whole, by its number in the table.
    #[inline]
    pub fn get(&self, i: usize) -> R {
        self.rows[i - self.first]
    }
    /// Reads rows that will be worked on one after the other: the memory fetches several at once.
    pub fn read_ahead(&self, rows: impl Iterator<Item = u32>) {
        std::hint::black_box(rows.fold(0u64, |sum, i| sum ^ self.rows[i as usize - self.first].key()));
    }
    /// Replaces a row. The digest takes its old and its new hash at once, unless the row is to be hashed in the evening.
    #[inline]
    pub fn set(&mut self, i: usize, new: R) {
        let row = &mut self.rows[i - self.first];
        if !self.touched.has(i) {
            self.change = self.change.wrapping_add(new.hash().wrapping_sub(row.hash()));
        }
        self.written += 1;
        if new.not_finite().is_some() {
            self.faults.push(i);
        }
        *row = new;
    }
}

/// Declares a table. See the module's text.
#[macro_export]
macro_rules! table {
    (
        $(#[$meta:meta])* $Table:ident ($name:literal), $(#[$rmeta:meta])* $Row:ident {
            $(#[$kmeta:meta])* key: u64, $( $(#[$fmeta:meta])* $field:ident : $ty:ty ),* $(,)?
        } $( links { $( $(#[$lmeta:meta])* $link:ident : $lty:ty ),* $(,)? } )?
    ) => {
        $(#[$rmeta])*
        #[derive(Clone, Copy, Debug, PartialEq)]
        pub struct $Row { $(#[$kmeta])* pub key: u64, $( $(#[$fmeta])* pub $field: $ty, )* $( $( $(#[$lmeta])* pub $link: $lty, )* )? }

        $(#[$meta])*
        #[derive(Clone, Debug, Default)]
        pub struct $Table {
            all: Vec<$Row>,
            /// Digest of the rows that were not touched since it was settled.
            settled: u128,
            touched: $crate::engine::table::Touched,
            written: u64,
            /// What `written` was when floats were last looked at.
            checked: u64,
            free: Vec<u32>,
        }

        impl $crate::engine::table::Row for $Row {
            #[inline]
            fn key(&self) -> u64 { self.key }
            #[inline]
            fn hash(&self) -> u128 {
                if self.key == 0 { return 0; }
                let mut h = $crate::engine::digest::Feed::new($Table::SALT);
                h.add(&self.key);
                $( h.add(&self.$field); )*
                h.finish()
            }
            #[inline]
            fn not_finite(&self) -> Option<(&'static str, f64)> {
                use $crate::engine::digest::Words;
                $( if let Some(x) = self.$field.not_finite() { return Some((stringify!($field), x)); } )*
                None
            }
        }

        #[allow(dead_code)]
        impl $Table {
            const SALT: u64 = $crate::engine::rng::hash_name($name);
            const FLOAT: bool = $( <$ty as $crate::engine::digest::Words>::FLOAT || )* false;

            /// Number of rows, empty ones included.
            pub fn len(&self) -> usize { self.all.len() }
            /// True when there is no row.
            pub fn is_empty(&self) -> bool { self.all.is_empty() }
            /// Rows in use.
            pub fn live(&self) -> usize { self.all.len() - self.free.len() }
            /// Numbers of the rows in use.
            pub fn rows(&self) -> impl Iterator<Item = usize> + '_ { (0..self.all.len()).filter(|&i| self.all[i].key != 0) }
            /// Column of keys; 0 marks an empty row.
            #[inline]
            pub fn key(&self) -> $crate::engine::table::Column<'_, $Row, u64> { $crate::engine::table::Column::new(&self.all, |r| &r.key) }
            $( $(#[$fmeta])* #[inline] pub fn $field(&self) -> $crate::engine::table::Column<'_, $Row, $ty> { $crate::engine::table::Column::new(&self.all, |r| &r.$field) } )*
            $( $( $(#[$lmeta])* #[inline] pub fn $link(&self) -> $crate::engine::table::Column<'_, $Row, $lty> { $crate::engine::table::Column::new(&self.all, |r| &r.$link) } )* )?

            #[inline]
            fn first_fault(&self, rows: impl Iterator<Item = usize>) -> Option<String> {
                for row in rows.map(|i| &self.all[i]).filter(|r| r.key != 0) {
                    if let Some((column, x)) = $crate::engine::table::Row::not_finite(row) {
                        return Some(format!("`{}.{column}` of key {:x} is {x}", $name, row.key));
                    }
                }
                None
            }
            /// Takes a row's hash off before its first change of the day.
            #[inline]
            fn touch(&mut self, i: usize) {
                self.written += 1;
                if self.touched.note(i) {
                    self.settled = self.settled.wrapping_sub($crate::engine::table::Row::hash(&self.all[i]));
                }
            }
            /// A row, whole.
            #[inline]
            pub fn get(&self, i: usize) -> $Row { self.all[i] }
            /// Reads rows that will be worked on one after the other: the memory fetches several at once.
            pub fn read_ahead(&self, rows: &[u32]) {
                std::hint::black_box(rows.iter().fold(0u64, |sum, &i| sum ^ self.all[i as usize].key));
            }
            /// Replaces a row.
            #[inline]
            pub fn set(&mut self, i: usize, row: $Row) {
                self.touch(i);
                self.all[i] = row;
            }
            /// Changes rows in pieces of `len` of them, each with something of its own, side by side if that is worth it; answers in order.
            /// The cut hangs on the number of rows alone.
            ///
            /// # Panics
            /// When there is not one thing of its own for each piece: a mistake in the program.
            pub fn change_pieces<S: Send, T: Send>(
                &mut self,
                len: usize,
                own: &mut [S],
                side_by_side: bool,
                f: impl Fn(&mut $crate::engine::table::Piece<'_, $Row>, &mut S) -> T + Sync + Send,
            ) -> Vec<T> {
                let touched = &self.touched;
                let done = $crate::engine::parallel::map_pieces(&mut self.all, len, own, side_by_side, |n, rows, own| {
                    let mut piece = $crate::engine::table::Piece::new(n * len, rows, touched);
                    let answer = f(&mut piece, own);
                    (answer, piece.change, piece.written, piece.faults)
                });
                let mut answers = Vec::with_capacity(done.len());
                for (answer, change, written, faults) in done {
                    self.settled = self.settled.wrapping_add(change);
                    self.written += written;
                    // No other of the rows changed need be looked at again. A touched row's hash is added in the evening.
                    for i in faults {
                        if self.touched.note(i) {
                            self.settled = self.settled.wrapping_sub($crate::engine::table::Row::hash(&self.all[i]));
                        }
                    }
                    answers.push(answer);
                }
                answers
            }
            /// Changes a row in place.
            #[inline]
            pub fn update<R>(&mut self, i: usize, change: impl FnOnce(&mut $Row) -> R) -> R {
                self.touch(i);
                change(&mut self.all[i])
            }
            /// Adds a row (in an empty place if there is one) and returns its number.
            pub fn push(&mut self, row: $Row) -> usize {
                debug_assert!(row.key != 0);
                if let Some(i) = self.free.pop() {
                    self.set(i as usize, row);
                    return i as usize;
                }
                self.all.push(row);
                let i = self.all.len() - 1;
                self.written += 1;
                self.touched.note(i);
                i
            }
            /// Empties a row.
            pub fn remove(&mut self, i: usize) {
                if self.all[i].key == 0 { return; }
                self.touch(i);
                self.all[i].key = 0;
                self.free.push(i as u32);
            }
            fn hash_touched(&self) -> u128 {
                let rows = &self.touched.rows;
                let parts = $crate::engine::parallel::map_chunks(rows.len(), $crate::engine::table::HASHED, |r| {
                    self.read_ahead(&rows[r.clone()]);
                    rows[r].iter().fold(0u128, |d, &i| d.wrapping_add($crate::engine::table::Row::hash(&self.all[i as usize])))
                });
                parts.into_iter().fold(0u128, u128::wrapping_add)
            }
        }

        impl $crate::engine::table::Table for $Table {
            fn name(&self) -> &'static str { $name }
            fn rows_kept(&self) -> usize { self.all.len() }
            fn columns(&self) -> Vec<(&'static str, usize)> {
                vec![
                    ("key", 8),
                    $( (stringify!($field), std::mem::size_of::<$ty>()), )*
                    $( $( (stringify!($link), std::mem::size_of::<$lty>()), )* )?
                ]
            }
            fn column_bytes(&self) -> Vec<Vec<u8>> {
                vec![
                    $crate::engine::table::column_to_bytes(&self.all, |r| &r.key),
                    $( $crate::engine::table::column_to_bytes(&self.all, |r| &r.$field), )*
                    $( $( $crate::engine::table::column_to_bytes(&self.all, |r| &r.$link), )* )?
                ]
            }
            fn restore(&mut self, columns: &[(String, Vec<u8>)]) -> Result<(), String> {
                let find = |name: &str| columns.iter().find(|c| c.0 == name).map(|c| c.1.as_slice())
                    .ok_or_else(|| format!("{}: column `{name}` is missing", $name));
                let bad = |name: &str| format!("{}: column `{name}` has a wrong length", $name);
                let key: Vec<u64> = $crate::engine::table::column_from_bytes(find("key")?).ok_or_else(|| bad("key"))?;
                $(
                    let $field: Vec<$ty> = $crate::engine::table::column_from_bytes(find(stringify!($field))?)
                        .filter(|c: &Vec<$ty>| c.len() == key.len()).ok_or_else(|| bad(stringify!($field)))?;
                )*
                $( $(
                    let $link: Vec<$lty> = $crate::engine::table::column_from_bytes(find(stringify!($link))?)
                        .filter(|c: &Vec<$lty>| c.len() == key.len()).ok_or_else(|| bad(stringify!($link)))?;
                )* )?
                let row = |i: usize| $Row { key: key[i], $( $field: $field[i], )* $( $( $link: $link[i], )* )? };
                let all: Vec<$Row> = (0..key.len()).map(row).collect();
                let free = (0..key.len()).rev().filter(|&i| key[i] == 0).map(|i| i as u32).collect();
                let mut restored = $Table { all, free, written: self.written, ..Default::default() };
                if let Some(fault) = $crate::engine::table::Table::check_all(&restored) {
                    return Err(fault);
                }
                restored.settled = restored.recount();
                *self = restored;
                Ok(())
            }
            fn digest(&self) -> u128 { self.settled.wrapping_add(self.hash_touched()) }
            fn recount(&self) -> u128 {
                let parts = $crate::engine::parallel::map_chunks(self.len(), $crate::engine::table::HASHED, |r| {
                    r.fold(0u128, |d, i| d.wrapping_add($crate::engine::table::Row::hash(&self.all[i])))
                });
                parts.into_iter().fold(0u128, u128::wrapping_add)
            }
            fn settle(&mut self) {
                self.settled = self.digest();
                self.touched.clear();
            }
            fn float_columns(&self) -> Vec<&'static str> {
                let all = [$( (stringify!($field), <$ty as $crate::engine::digest::Words>::FLOAT) ),*];
                all.into_iter().filter(|c| c.1).map(|c| c.0).collect()
            }
            fn check_touched(&mut self) -> Option<String> {
                if !Self::FLOAT || self.checked == self.written {
                    return None;
                }
                self.checked = self.written;
                self.first_fault(self.touched.rows.iter().map(|&i| i as usize))
            }
            fn check_all(&self) -> Option<String> {
                if !Self::FLOAT {
                    return None;
                }
                let parts = $crate::engine::parallel::map_chunks(self.len(), $crate::engine::table::HASHED, |r| self.first_fault(r));
                parts.into_iter().flatten().next()
            }
            fn poison(&mut self, column: &str, x: f64) -> Option<u64> {
                let row = self.rows().next()?;
                if !$crate::engine::table::Table::float_columns(self).contains(&column) {
                    return None;
                }
                self.update(row, |r| {
                    $( if column == stringify!($field) { $crate::engine::digest::Words::fill_floats(&mut r.$field, x); } )*
                });
                Some(self.all[row].key)
            }
            fn written(&self) -> u64 { self.written }
        }
    };
}

#[cfg(test)]
mod tests {
    use super::Table;

    table! {
        /// Things.
        Things("things"),
        /// A thing.
        Thing { key: u64, n: u32, load: [u16; 3] }
    }

    table! {
        /// Things with a float.
        Floats("floats"),
        /// One of them.
        Float { key: u64, x: f64 }
    }

    fn thing(key: u64) -> Thing {
        Thing { key, n: key as u32 * 3, load: [1, 2, key as u16] }
    }

    #[test]
    fn the_kept_digest_equals_the_recount_and_forgets_order() {
        let mut a = Things::default();
        for k in 1..100 {
            a.push(thing(k));
        }
        a.update(3, |t| t.n += 1);
        a.remove(7);
        a.set(9, thing(500));
        a.push(thing(700));
        assert_eq!(a.digest(), a.recount());
        a.settle();
        a.update(5, |t| t.n += 1);
        a.update(5, |t| t.n += 1);
        a.remove(11);
        assert_eq!(a.digest(), a.recount(), "settled, and touched again");
        let mut b = Things::default();
        let rows: Vec<Thing> = a.rows().map(|i| a.get(i)).collect();
        for r in rows.iter().rev() {
            b.push(*r);
        }
        assert_eq!(a.digest(), b.digest());
        b.update(0, |t| t.load[2] ^= 1);
        assert_ne!(a.digest(), b.digest());
    }

    /// Rows changed in pieces, some of them touched before, some twice and some after: the kept digest is that of the rows as they now stand,
    /// answers are in order, and what is no number is found.
    #[test]
    fn rows_changed_in_pieces_are_kept() {
        let mut a = Floats::default();
        for key in 1..50 {
            a.push(Float { key, x: 0.5 });
        }
        a.settle();
        a.update(3, |t| t.x = 0.25);
        let pool = rayon::ThreadPoolBuilder::new().num_threads(3).build().unwrap();
        for side_by_side in [false, true] {
            let mut own = [10, 20, 30, 40];
            let answers = pool.install(|| {
                a.change_pieces(16, &mut own, side_by_side, |rows, own| {
                    // The 49 rows are numbers 0 to 48.
                    let first = *own / 10 * 16 - 16;
                    for i in (first..(first + 16).min(49)).filter(|i| i % 3 == 0) {
                        rows.set(i, Float { key: i as u64 + 900, x: i as f64 });
                        rows.set(i, Float { x: 0.125, ..rows.get(i) });
                    }
                    *own += 1;
                    first
                })
            });
            assert_eq!((answers, own), (vec![0, 16, 32, 48], [11, 21, 31, 41]));
            assert_eq!((a.get(48).key, a.get(48).x, a.get(47).key), (948, 0.125, 48));
            assert_eq!(a.digest(), a.recount());
        }
        a.update(7, |t| t.x = 0.75);
        assert_eq!(a.digest(), a.recount());
        a.settle();
        assert_eq!((a.digest(), a.check_touched()), (a.recount(), None));
        a.change_pieces(64, &mut [()], true, |rows, ()| rows.set(4, Float { key: 5, x: f64::NAN }));
        assert_eq!(a.check_touched().as_deref(), Some("`floats.x` of key 5 is NaN"));
        a.change_pieces(64, &mut [()], true, |rows, ()| {
            rows.set(6, Float { key: 6, x: f64::NAN });
            rows.set(6, Float { key: 6, x: 0.5 });
        });
        assert_eq!(a.digest(), a.recount(), "what is no number is kept like any other");
    }

    /// Any column may change or not, the key too: the kept digest is that of the row as it now stands.
    #[test]
    fn every_kind_of_change_is_kept() {
        let mut a = Things::default();
        let i = a.push(thing(1));
        for n in 0..64_u64 {
            let before = (a.get(i), a.digest());
            a.update(i, |t| {
                t.key ^= (n & 1) << 9;
                t.n ^= (n as u32 >> 1) & 1;
                t.load[0] ^= (n as u16 >> 2) & 1;
                t.load[2] ^= (n as u16 >> 3) & 1;
            });
            assert_eq!(a.digest(), a.recount(), "update {n}");
            assert_eq!(before.0 == a.get(i), before.1 == a.digest(), "update {n}");
            if n % 3 == 0 {
                a.settle();
            }
            a.set(i, Thing { n: n as u32 / 2, ..a.get(i) });
            assert_eq!(a.digest(), a.recount(), "set {n}");
        }
        a.remove(i);
        a.set(i, thing(3));
        assert_eq!(a.digest(), a.recount());
    }

    #[test]
    fn columns_save_and_load() {
        let mut a = Things::default();
        for k in 1..50 {
            a.push(thing(k));
        }
        a.remove(4);
        let names = a.columns().into_iter().map(|c| c.0.to_string());
        let saved: Vec<(String, Vec<u8>)> = names.zip(a.column_bytes()).collect();
        let mut b = Things::default();
        b.restore(&saved).unwrap();
        assert_eq!((a.digest(), a.live(), b.len()), (b.digest(), b.live(), 49));
        assert_eq!(b.push(thing(900)), 4, "an empty row is used again");
        let mut torn = saved.clone();
        torn[1].1.pop();
        assert!(b.restore(&torn).unwrap_err().contains("`n`"));
    }
}
