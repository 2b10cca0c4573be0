//! The places of a text that a typographer has to look at, found without looking at most of it.

use crate::bits::{TOGETHER, together, which};

/// A space, a sign to set, or the first of a guillemet, another quote or a no-break space.
#[inline(always)]
fn halts(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'.' | b'-' | b'!' | b'?' | b';' | b':' | 0xc2 | 0xe2
    )
}

/// The places of a text that somebody has to look at: all bytes that halt, but for what most gaps
/// are, one space between a letter or sign and a small letter, where no rule has a say.
#[derive(Default)]
pub(super) struct Halts {
    /// Up to where the text was looked through.
    seen: usize,
    /// The places among the last of those bytes, a bit each.
    places: u64,
}

impl Halts {
    /// The first place at `at` or behind it; else where the text ends.
    pub fn next(&mut self, text: &[u8], at: usize) -> usize {
        loop {
            let start = self.seen.saturating_sub(TOGETHER);
            let places = match at.checked_sub(start) {
                _ if self.seen <= at => 0,
                Some(passed) => self.places & u64::MAX << passed,
                None => self.places,
            };
            if places != 0 {
                return start + places.trailing_zeros() as usize;
            }
            if self.seen >= text.len() {
                return text.len();
            }
            let start = self.seen.max(at / TOGETHER * TOGETHER);
            self.places = Self::among(text, start);
            self.seen = start + TOGETHER;
        }
    }

    /// The places in the bytes from `start` on.
    fn among(text: &[u8], start: usize) -> u64 {
        let bytes = together(text, start);
        let spaces = which(&bytes, |byte| byte == b' ');
        let small = which(&bytes, |byte| byte.is_ascii_lowercase());
        let digits = which(&bytes, |byte| byte.is_ascii_digit());
        let is_small_behind = text.get(start + TOGETHER).is_some_and(u8::is_ascii_lowercase);
        // What precedes the text may be a digit.
        let is_digit_before = start == 0 || text[start - 1].is_ascii_digit();
        let before_small = small >> 1 | u64::from(is_small_behind) << (TOGETHER - 1);
        let after_digit = digits << 1 | u64::from(is_digit_before);
        which(&bytes, halts) & !(spaces & before_small & !after_digit)
    }
}

/// Whether what follows is a space that parts words.
pub(super) fn is_gap(text: &[u8]) -> bool {
    matches!(text, [b' ' | b'\t' | b'\n' | b'\r', ..] | [0xc2, 0xa0, ..] | [0xe2, 0x80, 0xaf, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Each place by itself.
    fn one_by_one(text: &[u8]) -> Vec<usize> {
        let is_plain = |at: usize| {
            let is_before_small = text.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            text[at] == b' ' && at > 0 && !text[at - 1].is_ascii_digit() && is_before_small
        };
        (0..text.len()).filter(|at| halts(text[*at]) && !is_plain(*at)).collect()
    }

    #[test]
    fn places_are_the_same_wherever_they_stand() {
        let text = " un mot, l'été 10 km : « oui »\u{a0}! Et\u{202f}? a  b\tc 7 a";
        for before in 0..130 {
            for after in [0, 1, 63, 64, 65] {
                let text = format!("{}{text}{}", "é".repeat(before), "a".repeat(after));
                let bytes = text.as_bytes();
                let (mut halts, mut at, mut found) = (Halts::default(), 0, Vec::new());
                while at < bytes.len() {
                    at = halts.next(bytes, at);
                    found.extend((at < bytes.len()).then_some(at));
                    at += 1;
                }
                assert_eq!(found, one_by_one(bytes), "{text}");
                // Whatever was passed over.
                for at in (0..bytes.len()).step_by(37) {
                    let next = one_by_one(bytes).into_iter().find(|place| *place >= at);
                    assert_eq!(
                        Halts::default().next(bytes, at),
                        next.unwrap_or(bytes.len()),
                        "{text} at {at}"
                    );
                }
            }
        }
    }
}
