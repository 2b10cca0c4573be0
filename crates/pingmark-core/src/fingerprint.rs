//! Fingerprints: 128-bit hashes of values. Equal fingerprints stand for equal content.
//!
//! Caches, the manifest of written files and the comparison of outputs all use this type. The hash
//! is XXH3-128. It is not cryptographic, which is enough here: by a collision, the author of a site
//! would only confuse their own build.

use std::fmt;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_128};

/// A 128-bit hash of bytes or of a value.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// Hashes bytes; the result is the same on every machine.
    pub fn of(bytes: &[u8]) -> Self {
        Self(xxh3_128(bytes))
    }

    /// Hashes several pieces with their lengths, so that `["ab", "c"]` and `["a", "bc"]` differ.
    /// The result is the same on every machine.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Xxh3::new();
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.digest128())
    }

    /// Hashes a value by its `Hash` implementation.
    ///
    /// Depends on the machine's word size and byte order: fit for caches on one machine, not for
    /// published names.
    pub fn of_value(value: &(impl Hash + ?Sized)) -> Self {
        let mut hasher = BufferedHasher { buffer: [0; BUFFER_LEN], len: 0, stream: None };
        value.hash(&mut hasher);
        Self(hasher.digest())
    }

    /// The bytes, lowest first.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }

    /// The first eight hexadecimal digits, for file names and URLs.
    pub fn short(self) -> String {
        format!("{:08x}", (self.0 >> 96) as u32)
    }
}

/// Hasher for short-lived tables with many keys. Faster than std's, but without its protection
/// against keys chosen to collide.
pub type FastHash = BuildHasherDefault<FastHasher>;

/// The hasher behind [`FastHash`].
#[derive(Clone, Copy, Debug, Default)]
pub struct FastHasher(u64);

impl Hasher for FastHasher {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = self.0.rotate_left(5) ^ xxh3_64(bytes);
    }

    fn write_u8(&mut self, byte: u8) {
        self.write_u64(u64::from(byte));
    }

    fn write_u32(&mut self, number: u32) {
        self.write_u64(u64::from(number));
    }

    fn write_u64(&mut self, number: u64) {
        self.0 = (self.0.rotate_left(5) ^ number).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn write_usize(&mut self, number: usize) {
        self.write_u64(number as u64);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 32
    }
}

/// Length of the buffer of a [`BufferedHasher`], in bytes.
const BUFFER_LEN: usize = 512;

/// Collects the small pieces in which values hash themselves, and hashes them at once. XXH3's
/// streaming state is large, so it is only created for more than a full buffer.
struct BufferedHasher {
    buffer: [u8; BUFFER_LEN],
    len: usize,
    stream: Option<Box<Xxh3>>,
}

impl BufferedHasher {
    fn flush(&mut self) {
        self.stream.get_or_insert_default().update(&self.buffer[..self.len]);
        self.len = 0;
    }

    fn digest(mut self) -> u128 {
        if self.stream.is_some() {
            self.flush();
        }
        self.stream.map_or_else(|| xxh3_128(&self.buffer[..self.len]), |stream| stream.digest128())
    }
}

impl Hasher for BufferedHasher {
    fn write(&mut self, bytes: &[u8]) {
        if self.len + bytes.len() > BUFFER_LEN {
            self.flush();
        }
        if bytes.len() > BUFFER_LEN {
            self.stream.get_or_insert_default().update(bytes);
        } else {
            self.buffer[self.len..self.len + bytes.len()].copy_from_slice(bytes);
            self.len += bytes.len();
        }
    }

    fn finish(&self) -> u64 {
        unreachable!("fingerprints have 128 bits; use `digest`")
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Fingerprint({self})")
    }
}

#[cfg(test)]
mod tests {
    use super::Fingerprint;

    #[test]
    fn pieces_hash_like_the_whole() {
        // As `Hash` of a slice writes it: its length, then its content.
        for len in [0, 1, 500, 504, 505, 512, 513, 5000] {
            let bytes = vec![7_u8; len];
            let whole = [len.to_ne_bytes().as_slice(), &bytes].concat();
            assert_eq!(Fingerprint::of_value(bytes.as_slice()), Fingerprint::of(&whole), "{len}");
            let pieces: Vec<(u8, u8, u8)> = vec![(7, 7, 7); len];
            let whole = [len.to_ne_bytes().as_slice(), &bytes, &bytes, &bytes].concat();
            assert_eq!(Fingerprint::of_value(&pieces), Fingerprint::of(&whole), "{len}");
        }
    }

    #[test]
    fn parts_are_kept_apart() {
        let one = Fingerprint::of_parts([b"ab".as_slice(), b"c"]);
        let other = Fingerprint::of_parts([b"a".as_slice(), b"bc"]);
        assert_ne!(one, other);
    }
}
