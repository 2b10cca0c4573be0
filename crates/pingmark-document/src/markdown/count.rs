//! Counting words.

use super::super::byte_mask::{BLOCK, block_at, byte_mask};

/// Number of words: runs of characters between blanks that contain a letter or a digit. Works on
/// bytes, because it reads every byte of a blog. Outside ASCII, no-break spaces separate words, and
/// all characters are letters but « » and U+2000 to U+2FFF (dashes, quotes, ellipses).
pub(super) fn count_words(text: &str) -> usize {
    // First bytes of characters for which the following bytes decide.
    let is_ambiguous = |byte: u8| matches!(byte, 0xc2 | 0xe2);
    let is_letter = |byte: u8| byte.is_ascii_alphanumeric() || (byte >= 0xc0 && !is_ambiguous(byte));
    let text = text.as_bytes();
    let (mut count, mut inside) = (0, false);
    for start in (0..text.len()).step_by(BLOCK) {
        let block = block_at(text, start);
        let mut letters = byte_mask(&block, is_letter);
        let mut non_blanks = byte_mask(&block, |byte| !matches!(byte, b' ' | b'\n' | b'\t' | 0));
        let mut ambiguous = byte_mask(&block, is_ambiguous);
        while ambiguous != 0 {
            let bit = ambiguous.trailing_zeros();
            match text[start + bit as usize..] {
                [0xc2, 0xa0, ..] | [0xe2, 0x80, 0xaf, ..] => non_blanks &= !(1 << bit),
                [0xc2, 0xab | 0xbb, ..] | [0xe2, ..] => {}
                _ => letters |= 1 << bit,
            }
            ambiguous &= ambiguous - 1;
        }
        // Adding a letter's bit to a run of ones carries into the blank behind the run. So the
        // carries count the runs that contain a letter, that is, the words.
        let (sum, carry) = non_blanks.overflowing_add(letters);
        let (sum, second_carry) = sum.overflowing_add(u64::from(inside));
        count += (sum & !non_blanks).count_ones() as usize;
        inside = carry || second_carry;
    }
    count + usize::from(inside)
}

#[cfg(test)]
mod tests {
    use super::count_words;

    #[test]
    fn words_are_counted_as_a_person_would() {
        for (text, count) in [
            ("", 0),
            ("un deux trois", 3),
            ("l’été, déjà\u{202f}!", 2),
            ("« mot »", 1),
            ("«\u{a0}deux\u{a0}mots\u{a0}»", 2),
            ("10\u{202f}000 — vingt", 3),
            ("e-réputation 42 %", 2),
            ("日本語 😀", 2),
        ] {
            assert_eq!(count_words(text), count, "{text:?}");
            // At any offset in a block of bytes.
            for before in 0..70 {
                assert_eq!(
                    count_words(&format!("{}{text}", " ".repeat(before))),
                    count,
                    "{text:?} at {before}"
                );
                let long = format!("{} {text} {}", "é".repeat(before + 1), "a".repeat(before + 1));
                assert_eq!(count_words(&long), count + 2, "{long:?}");
            }
        }
    }
}
