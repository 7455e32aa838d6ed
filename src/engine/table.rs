//! Tables: agents in columns, with a digest kept as rows are touched.
//!
//! `table!` declares a table once: its columns, the row struct, and from them digest, saving and loading.
//! Rows are read and written whole (`get`, `set`, `update`); hot kernels read columns directly. The first column is
//! always `key: u64`; a row whose key is 0 is empty and will be used again. Columns under `links` hold row numbers (who
//! rides with whom): they are saved but stay out of the digest, which must not hang on where a row happens to lie.

/// What every table can do, whatever its columns.
pub trait Table {
    /// Name in saved states and error messages.
    fn name(&self) -> &'static str;
    /// Name, width in bytes of one entry, and bytes of each column.
    fn columns(&self) -> Vec<(&'static str, usize, &[u8])>;
    /// Replaces all columns by saved bytes; `Err` says which column does not fit.
    fn restore(&mut self, columns: &[(String, Vec<u8>)]) -> Result<(), String>;
    /// Digest as kept from touched rows.
    fn digest(&self) -> u128;
    /// Digest computed anew from every row.
    fn recount(&self) -> u128;
    /// Bytes per row over all columns.
    fn row_bytes(&self) -> usize {
        self.columns().iter().map(|c| c.1).sum()
    }
}

/// Copies a plain value into a row's bytes and returns where the next one goes.
#[inline]
pub fn pack<T: bytemuck::NoUninit>(bytes: &mut [u8], at: usize, v: &T) -> usize {
    let v = bytemuck::bytes_of(v);
    bytes[at..at + v.len()].copy_from_slice(v);
    at + v.len()
}

/// Bytes of a saved column as values; `None` when the length does not fit.
pub fn column_from_bytes<T: bytemuck::AnyBitPattern>(bytes: &[u8]) -> Option<Vec<T>> {
    let size = std::mem::size_of::<T>();
    if !bytes.len().is_multiple_of(size) {
        return None;
    }
    Some(bytes.chunks_exact(size).map(bytemuck::pod_read_unaligned).collect())
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
        pub struct $Table { key: Vec<u64>, $( $field: Vec<$ty>, )* $( $( $link: Vec<$lty>, )* )? digest: u128, free: Vec<u32> }

        #[allow(dead_code)]
        impl $Table {
            const SALT: u64 = $crate::engine::rng::hash_name($name);

            /// Number of rows, empty ones included.
            pub fn len(&self) -> usize { self.key.len() }
            /// True when there is no row.
            pub fn is_empty(&self) -> bool { self.key.is_empty() }
            /// Rows in use.
            pub fn live(&self) -> usize { self.key.len() - self.free.len() }
            /// Numbers of the rows in use.
            pub fn rows(&self) -> impl Iterator<Item = usize> + '_ { (0..self.key.len()).filter(|&i| self.key[i] != 0) }
            /// Column of keys; 0 marks an empty row.
            pub fn key(&self) -> &[u64] { &self.key }
            $( $(#[$fmeta])* pub fn $field(&self) -> &[$ty] { &self.$field } )*
            $( $( $(#[$lmeta])* pub fn $link(&self) -> &[$lty] { &self.$link } )* )?

            fn hash(row: &$Row) -> u128 {
                if row.key == 0 { return 0; }
                // Packed first, so that small columns share a word of the hash.
                const BYTES: usize = 8 $( + std::mem::size_of::<$ty>() )*;
                let mut bytes = [0u8; BYTES];
                let _at = $crate::engine::table::pack(&mut bytes, 0, &row.key);
                $( let _at = $crate::engine::table::pack(&mut bytes, _at, &row.$field); )*
                let mut h = $crate::engine::digest::Hasher::new(Self::SALT);
                h.bytes(&bytes);
                h.finish()
            }
            /// A row, whole.
            #[inline]
            pub fn get(&self, i: usize) -> $Row { $Row { key: self.key[i], $( $field: self.$field[i], )* $( $( $link: self.$link[i], )* )? } }
            #[inline]
            fn put(&mut self, i: usize, row: &$Row) { self.key[i] = row.key; $( self.$field[i] = row.$field; )* $( $( self.$link[i] = row.$link; )* )? }
            /// Replaces a row.
            #[inline]
            pub fn set(&mut self, i: usize, row: $Row) {
                let old = Self::hash(&self.get(i));
                self.digest = self.digest.wrapping_sub(old).wrapping_add(Self::hash(&row));
                self.put(i, &row);
            }
            /// Changes a row in place.
            #[inline]
            pub fn update<R>(&mut self, i: usize, change: impl FnOnce(&mut $Row) -> R) -> R {
                let mut row = self.get(i);
                let old = Self::hash(&row);
                let out = change(&mut row);
                self.digest = self.digest.wrapping_sub(old).wrapping_add(Self::hash(&row));
                self.put(i, &row);
                out
            }
            /// Adds a row (in an empty place if there is one) and returns its number.
            pub fn push(&mut self, row: $Row) -> usize {
                debug_assert!(row.key != 0);
                self.digest = self.digest.wrapping_add(Self::hash(&row));
                if let Some(i) = self.free.pop() {
                    self.put(i as usize, &row);
                    return i as usize;
                }
                self.key.push(row.key);
                $( self.$field.push(row.$field); )*
                $( $( self.$link.push(row.$link); )* )?
                self.key.len() - 1
            }
            /// Empties a row.
            pub fn remove(&mut self, i: usize) {
                if self.key[i] == 0 { return; }
                self.digest = self.digest.wrapping_sub(Self::hash(&self.get(i)));
                self.key[i] = 0;
                self.free.push(i as u32);
            }
        }

        impl $crate::engine::table::Table for $Table {
            fn name(&self) -> &'static str { $name }
            fn columns(&self) -> Vec<(&'static str, usize, &[u8])> {
                vec![
                    ("key", 8, bytemuck::cast_slice(&self.key)),
                    $( (stringify!($field), std::mem::size_of::<$ty>(), bytemuck::cast_slice(&self.$field)), )*
                    $( $( (stringify!($link), std::mem::size_of::<$lty>(), bytemuck::cast_slice(&self.$link)), )* )?
                ]
            }
            fn restore(&mut self, columns: &[(String, Vec<u8>)]) -> Result<(), String> {
                let find = |name: &str| columns.iter().find(|c| c.0 == name).map(|c| c.1.as_slice())
                    .ok_or_else(|| format!("{}: column `{name}` is missing", $name));
                let bad = |name: &str| format!("{}: column `{name}` has a wrong length", $name);
                self.key = $crate::engine::table::column_from_bytes(find("key")?).ok_or_else(|| bad("key"))?;
                $(
                    self.$field = $crate::engine::table::column_from_bytes(find(stringify!($field))?)
                        .filter(|c: &Vec<$ty>| c.len() == self.key.len()).ok_or_else(|| bad(stringify!($field)))?;
                )*
                $( $(
                    self.$link = $crate::engine::table::column_from_bytes(find(stringify!($link))?)
                        .filter(|c: &Vec<$lty>| c.len() == self.key.len()).ok_or_else(|| bad(stringify!($link)))?;
                )* )?
                self.free = (0..self.key.len()).rev().filter(|&i| self.key[i] == 0).map(|i| i as u32).collect();
                self.digest = self.recount();
                Ok(())
            }
            fn digest(&self) -> u128 { self.digest }
            fn recount(&self) -> u128 {
                let parts = $crate::engine::parallel::map_chunks(self.len(), $crate::engine::parallel::CHUNK, |r| {
                    r.fold(0u128, |d, i| d.wrapping_add(Self::hash(&self.get(i))))
                });
                parts.into_iter().fold(0u128, u128::wrapping_add)
            }
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
        let mut b = Things::default();
        let rows: Vec<Thing> = a.rows().map(|i| a.get(i)).collect();
        for r in rows.iter().rev() {
            b.push(*r);
        }
        assert_eq!(a.digest(), b.digest());
        b.update(0, |t| t.load[2] ^= 1);
        assert_ne!(a.digest(), b.digest());
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
        let saved: Vec<(String, Vec<u8>)> = a.columns().iter().map(|c| (c.0.to_string(), c.2.to_vec())).collect();
        let mut b = Things::default();
        b.restore(&saved).unwrap();
        assert_eq!((a.digest(), a.live(), b.len()), (b.digest(), b.live(), 49));
        assert_eq!(b.push(thing(900)), 4, "an empty row is used again");
        let mut torn = saved.clone();
        torn[1].1.pop();
        assert!(b.restore(&torn).unwrap_err().contains("`n`"));
    }
}
