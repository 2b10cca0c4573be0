//! A 128-bit name for a value: equal fingerprints stand for equal content.
//!
//! Every memo table, the manifest of written files and the comparison of outputs use this
//! one type. The hash is XXH3-128: not cryptographic, which is enough where nobody gains by
//! a collision (a site's author would only confuse their own build).

use std::fmt;
use std::hash::{BuildHasherDefault, Hash, Hasher};

use serde::{Deserialize, Serialize};
use xxhash_rust::xxh3::{Xxh3, xxh3_64, xxh3_128};

/// The content's name: 128 bits, the same on every machine.
#[derive(Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fingerprint(u128);

impl Fingerprint {
    /// The fingerprint of some bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(xxh3_128(bytes))
    }

    /// The fingerprint of several pieces, each kept apart from the next:
    /// `["ab", "c"]` and `["a", "bc"]` differ.
    pub fn of_parts<'a>(parts: impl IntoIterator<Item = &'a [u8]>) -> Self {
        let mut hasher = Xxh3::new();
        for part in parts {
            hasher.update(&(part.len() as u64).to_le_bytes());
            hasher.update(part);
        }
        Self(hasher.digest128())
    }

    /// The fingerprint of a value, by what its `Hash` says of it.
    ///
    /// Lengths and numbers enter as the machine holds them: for tables kept on one machine, not
    /// for names that others see.
    pub fn of_value(value: &(impl Hash + ?Sized)) -> Self {
        let mut hasher = Gathering { held: [0; GATHERED], len: 0, stream: None };
        value.hash(&mut hasher);
        Self(hasher.digest())
    }

    /// Its bytes, the same on every machine.
    pub fn to_bytes(self) -> [u8; 16] {
        self.0.to_le_bytes()
    }

    /// The first eight hexadecimal digits: short enough for a file's name or an address.
    pub fn short(self) -> String {
        format!("{:08x}", (self.0 >> 96) as u32)
    }
}

/// Hashes the keys of tables that are made and thrown away, where they are many: faster than
/// std's, and no guard against keys that somebody chose to fall together.
pub type FastHash = BuildHasherDefault<PrintHasher>;

/// See [`FastHash`].
#[derive(Clone, Copy, Debug, Default)]
pub struct PrintHasher(u64);

impl Hasher for PrintHasher {
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

/// How many bytes are gathered before they are hashed.
const GATHERED: usize = 512;

/// Most values are small and hash themselves in pieces of a few bytes: those are gathered, and
/// hashed at once. The state for more than that is large, and made only when there is more.
struct Gathering {
    held: [u8; GATHERED],
    len: usize,
    stream: Option<Box<Xxh3>>,
}

impl Gathering {
    fn flush(&mut self) {
        self.stream.get_or_insert_default().update(&self.held[..self.len]);
        self.len = 0;
    }

    fn digest(mut self) -> u128 {
        if self.stream.is_some() {
            self.flush();
        }
        self.stream.map_or_else(|| xxh3_128(&self.held[..self.len]), |stream| stream.digest128())
    }
}

impl Hasher for Gathering {
    fn write(&mut self, bytes: &[u8]) {
        if self.len + bytes.len() > GATHERED {
            self.flush();
        }
        if bytes.len() > GATHERED {
            self.stream.get_or_insert_default().update(bytes);
        } else {
            self.held[self.len..self.len + bytes.len()].copy_from_slice(bytes);
            self.len += bytes.len();
        }
    }

    fn finish(&self) -> u64 {
        unreachable!("a fingerprint is asked for as a whole")
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
    fn pieces_hash_as_the_whole() {
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
