//! The places of a text that a typographer has to look at, found without looking at most of it.

/// What is known of a byte by itself.
static KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        kinds[byte] = match byte as u8 {
            b' ' => HALT | SPACE,
            b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'.' | b'-' | b'!' | b'?' | b';' | b':' | 0xc2 | 0xe2 => {
                HALT
            }
            b'a'..=b'z' => SMALL,
            b'0'..=b'9' => DIGIT,
            _ => 0,
        };
        byte += 1;
    }
    kinds
};
/// A space, a sign to set, or the first of a guillemet, another quote or a no-break space.
const HALT: u8 = 1;
const SPACE: u8 = 2;
const SMALL: u8 = 4;
const DIGIT: u8 = 8;

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
    /// Bytes that are looked at together.
    const TOGETHER: usize = 64;

    /// The first place at `at` or behind it; else where the text ends.
    pub fn next(&mut self, text: &[u8], at: usize) -> usize {
        loop {
            let start = self.seen.saturating_sub(Self::TOGETHER);
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
            let start = self.seen.max(at / Self::TOGETHER * Self::TOGETHER);
            self.places = Self::among(text, start);
            self.seen = start + Self::TOGETHER;
        }
    }

    /// The places in the bytes from `start` on. Nobody can foresee where they are, so nothing
    /// branches on it.
    fn among(text: &[u8], start: usize) -> u64 {
        let together = &text[start..text.len().min(start + Self::TOGETHER)];
        let (mut halts, mut spaces, mut small, mut digits) = (0_u64, 0_u64, 0_u64, 0_u64);
        for (bit, byte) in together.iter().enumerate() {
            let kind = u64::from(KINDS[usize::from(*byte)]);
            halts |= (kind & 1) << bit;
            spaces |= (kind >> 1 & 1) << bit;
            small |= (kind >> 2 & 1) << bit;
            digits |= (kind >> 3) << bit;
        }
        let has =
            |byte: Option<&u8>, kind: u8| byte.is_some_and(|byte| KINDS[usize::from(*byte)] & kind != 0);
        let is_small_behind = has(text.get(start + Self::TOGETHER), SMALL);
        // What precedes the text may be a digit.
        let is_digit_before = start == 0 || has(text.get(start - 1), DIGIT);
        let before_small = small >> 1 | u64::from(is_small_behind) << (Self::TOGETHER - 1);
        let after_digit = digits << 1 | u64::from(is_digit_before);
        halts & !(spaces & before_small & !after_digit)
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
        let is = |at: usize, kind: u8| text.get(at).is_some_and(|byte| KINDS[usize::from(*byte)] & kind != 0);
        let is_plain = |at: usize| is(at, SPACE) && at > 0 && !is(at - 1, DIGIT) && is(at + 1, SMALL);
        (0..text.len()).filter(|at| is(*at, HALT) && !is_plain(*at)).collect()
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
