//! Break points: the places in a text at which a typographic rule may apply, found 64 bytes at a
//! time.

use crate::byte_mask::{BLOCK, block_at, byte_mask};

/// Whether a rule may apply at a byte: a space, a straight quote, a dot, a hyphen, other
/// punctuation, or the first byte of a guillemet, a quote or a no-break space.
#[inline(always)]
fn may_break(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\n' | b'\r' | b'"' | b'\'' | b'.' | b'-' | b'!' | b'?' | b';' | b':' | 0xc2 | 0xe2
    )
}

/// Finds the break points of a text, on demand. Leaves out the most frequent kind of space, to
/// which no rule applies: a single one before a lower-case letter and not behind a digit.
#[derive(Default)]
pub(super) struct BreakPoints {
    /// Offset up to which the text was scanned.
    scanned: usize,
    /// Byte mask of the break points in the last block scanned.
    mask: u64,
}

impl BreakPoints {
    /// The first break point at or behind `at`; the length of the text if there is none.
    pub(super) fn next(&mut self, text: &[u8], at: usize) -> usize {
        loop {
            let start = self.scanned.saturating_sub(BLOCK);
            let left = match at.checked_sub(start) {
                _ if self.scanned <= at => 0,
                Some(passed) => self.mask & u64::MAX << passed,
                None => self.mask,
            };
            if left != 0 {
                return start + left.trailing_zeros() as usize;
            }
            if self.scanned >= text.len() {
                return text.len();
            }
            let start = self.scanned.max(at / BLOCK * BLOCK);
            self.mask = Self::in_block(text, start);
            self.scanned = start + BLOCK;
        }
    }

    /// Byte mask of the break points in the block from `start` on.
    fn in_block(text: &[u8], start: usize) -> u64 {
        let block = block_at(text, start);
        let spaces = byte_mask(&block, |byte| byte == b' ');
        let lower = byte_mask(&block, |byte| byte.is_ascii_lowercase());
        let digits = byte_mask(&block, |byte| byte.is_ascii_digit());
        let is_lower_behind = text.get(start + BLOCK).is_some_and(u8::is_ascii_lowercase);
        // The fragment before this text may end in a digit.
        let is_digit_before = start == 0 || text[start - 1].is_ascii_digit();
        let before_lower = lower >> 1 | u64::from(is_lower_behind) << (BLOCK - 1);
        let after_digit = digits << 1 | u64::from(is_digit_before);
        byte_mask(&block, may_break) & !(spaces & before_lower & !after_digit)
    }
}

/// Whether a text starts with a space that separates words; no-break spaces included.
pub(super) fn is_gap(text: &[u8]) -> bool {
    matches!(text, [b' ' | b'\t' | b'\n' | b'\r', ..] | [0xc2, 0xa0, ..] | [0xe2, 0x80, 0xaf, ..])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The break points, byte by byte.
    fn one_by_one(text: &[u8]) -> Vec<usize> {
        let is_plain = |at: usize| {
            let is_before_lower = text.get(at + 1).is_some_and(u8::is_ascii_lowercase);
            text[at] == b' ' && at > 0 && !text[at - 1].is_ascii_digit() && is_before_lower
        };
        (0..text.len()).filter(|at| may_break(text[*at]) && !is_plain(*at)).collect()
    }

    #[test]
    fn break_points_are_found_at_any_offset() {
        let text = " un mot, l'été 10 km : « oui »\u{a0}! Et\u{202f}? a  b\tc 7 a";
        for before in 0..130 {
            for after in [0, 1, 63, 64, 65] {
                let text = format!("{}{text}{}", "é".repeat(before), "a".repeat(after));
                let bytes = text.as_bytes();
                let (mut break_points, mut at, mut found) = (BreakPoints::default(), 0, Vec::new());
                while at < bytes.len() {
                    at = break_points.next(bytes, at);
                    found.extend((at < bytes.len()).then_some(at));
                    at += 1;
                }
                assert_eq!(found, one_by_one(bytes), "{text}");
                // From any offset, without scanning what precedes it.
                for at in (0..bytes.len()).step_by(37) {
                    let next = one_by_one(bytes).into_iter().find(|place| *place >= at);
                    assert_eq!(
                        BreakPoints::default().next(bytes, at),
                        next.unwrap_or(bytes.len()),
                        "{text} at {at}"
                    );
                }
            }
        }
    }
}
