//! Order-free 128-bit digests: the digest of a set is the sum of its members' hashes modulo 2^128.

use super::rng::{absorb, mix};

/// Hash of one row or record.
#[derive(Clone, Copy, Debug)]
pub struct Hasher {
    a: u64,
    b: u64,
}

impl Hasher {
    /// A hasher salted by `salt` (a hash of the table's name).
    pub const fn new(salt: u64) -> Hasher {
        Hasher { a: mix(salt), b: mix(salt ^ 0x5851_f42d_4c95_7f2d) }
    }
    /// Adds a word.
    #[inline]
    pub fn word(&mut self, w: u64) {
        self.a = mix(self.a ^ w);
        self.b = (self.b ^ w).wrapping_mul(0x2127_599b_f432_5c37).rotate_left(29).wrapping_add(self.a);
    }
    /// Adds bytes.
    #[inline]
    pub fn bytes(&mut self, bytes: &[u8]) {
        let mut chunks = bytes.chunks_exact(8);
        for c in &mut chunks {
            self.word(u64::from_le_bytes([c[0], c[1], c[2], c[3], c[4], c[5], c[6], c[7]]));
        }
        let rest = chunks.remainder();
        if !rest.is_empty() {
            let mut w = [0u8; 8];
            w[..rest.len()].copy_from_slice(rest);
            self.word(u64::from_le_bytes(w));
        }
    }
    /// The hash.
    #[inline]
    pub fn finish(self) -> u128 {
        (u128::from(absorb(self.a, self.b)) << 64) | u128::from(mix(self.b ^ self.a.rotate_left(17)))
    }
}
