//! A state as bytes: named sections behind a header, with a checksum over everything; and single values.

use serde::{Serialize, de::DeserializeOwned};
use std::collections::BTreeMap;

const MAGIC: &[u8; 8] = b"SIROCCO1";

/// Named sections to be written.
#[derive(Default)]
pub struct Sections(BTreeMap<String, Vec<u8>>);

impl Sections {
    /// Adds a section; a second one of the same name replaces the first.
    pub fn put(&mut self, name: impl Into<String>, bytes: impl Into<Vec<u8>>) {
        self.0.insert(name.into(), bytes.into());
    }
    /// A section's bytes.
    pub fn get(&self, name: &str) -> Result<&[u8], String> {
        self.0.get(name).map(Vec::as_slice).ok_or_else(|| format!("section `{name}` is missing"))
    }
    /// Sections whose name begins with `prefix`, with the rest of the name.
    pub fn under(&self, prefix: &str) -> Vec<(String, Vec<u8>)> {
        self.0.iter().filter_map(|(k, v)| k.strip_prefix(prefix).map(|r| (r.to_string(), v.clone()))).collect()
    }
    /// All sections as one block of bytes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let size: usize = self.0.iter().map(|(name, bytes)| 16 + name.len() + bytes.len()).sum();
        let mut out = Vec::with_capacity(size + 64);
        out.extend(MAGIC);
        out.extend((self.0.len() as u64).to_le_bytes());
        for (name, bytes) in &self.0 {
            out.extend((name.len() as u64).to_le_bytes());
            out.extend(name.as_bytes());
            out.extend((bytes.len() as u64).to_le_bytes());
            out.extend(bytes);
        }
        let sum = blake3::hash(&out);
        out.extend(sum.as_bytes());
        out
    }
    /// Reads what [`Sections::to_bytes`] wrote; any damage is an error, never a panic.
    pub fn from_bytes(bytes: &[u8]) -> Result<Sections, String> {
        let cut = bytes.len().checked_sub(32).ok_or("too short")?;
        let (body, sum) = bytes.split_at(cut);
        if blake3::hash(body).as_bytes() != sum {
            return Err("the checksum does not fit: the bytes are damaged".into());
        }
        let mut rest = body.strip_prefix(MAGIC).ok_or("not a saved state of this version")?;
        let n = number(&mut rest)?;
        let mut out = Sections::default();
        for _ in 0..n {
            let len = number(&mut rest)?;
            let name = String::from_utf8(take(&mut rest, len)?.to_vec()).map_err(|_| "a section's name is not text")?;
            let len = number(&mut rest)?;
            let bytes = take(&mut rest, len)?;
            out.put(name, bytes);
        }
        Ok(out)
    }
}

fn take<'a>(rest: &mut &'a [u8], n: u64) -> Result<&'a [u8], String> {
    let n = usize::try_from(n).ok().filter(|&n| n <= rest.len()).ok_or("a section is cut off")?;
    let (a, b) = rest.split_at(n);
    *rest = b;
    Ok(a)
}

fn number(rest: &mut &[u8]) -> Result<u64, String> {
    let b = take(rest, 8)?;
    Ok(u64::from_le_bytes([b[0], b[1], b[2], b[3], b[4], b[5], b[6], b[7]]))
}

/// A value as bytes.
pub fn pack<T: Serialize>(value: &T) -> Vec<u8> {
    // Writing into memory fails only for types that cannot say how long they are; ours can.
    postcard::to_stdvec(value).unwrap_or_default()
}

/// A value from the bytes that [`pack`] gave.
///
/// # Errors
/// That the bytes are no such value.
pub fn unpack<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, String> {
    let (value, rest) =
        postcard::take_from_bytes(bytes).map_err(|e| format!("what was added up cannot be read: {e}"))?;
    if rest.is_empty() { Ok(value) } else { Err("what was added up is longer than it should be".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sections_survive_and_damage_is_seen() {
        let mut s = Sections::default();
        s.put("a/x", [1, 2, 3]);
        s.put("a/y", []);
        let bytes = s.to_bytes();
        let back = Sections::from_bytes(&bytes).unwrap();
        assert_eq!(back.get("a/x").unwrap(), [1, 2, 3]);
        assert_eq!(back.under("a/").len(), 2);
        assert!(back.get("b").unwrap_err().contains("`b`"));
        for i in 0..bytes.len() {
            let mut torn = bytes.clone();
            torn[i] ^= 1;
            assert!(Sections::from_bytes(&torn).is_err(), "byte {i}");
            assert!(Sections::from_bytes(&bytes[..i]).is_err(), "cut at {i}");
        }
    }

    #[test]
    fn values_come_back_and_nothing_else_does() {
        let value = vec![(1u16, f64::NAN.to_bits(), "a".to_string())];
        let bytes = pack(&value);
        assert_eq!(unpack::<Vec<(u16, u64, String)>>(&bytes).unwrap(), value);
        assert!(unpack::<Vec<(u16, u64, String)>>(&bytes[1..]).is_err());
        assert!(unpack::<Vec<u8>>(&[&bytes[..], &[0]].concat()).is_err());
    }
}
