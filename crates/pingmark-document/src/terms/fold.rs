//! A text in letters of ASCII.

use std::ops::Range;
use std::sync::LazyLock;

use deunicode::deunicode_char;

use super::super::bits::{TOGETHER, together, which};

/// Signs that are looked up in a table: letters of Latin with their accents, and the dashes and
/// quotes of typography.
const TABLED: [Range<u32>; 2] = [0x80..0x250, 0x2000..0x2070];

/// Letters of a sign in the table at most; few have more.
const SHORT: usize = 3;

/// Bytes between two signs at most that are copied together; in French, most are fewer.
const FEW: usize = 32;

/// A sign of the table: what it is in letters, and how many they are. Nothing for one with more.
type Tabled = Option<([u8; SHORT], u8)>;

static FOLDED: LazyLock<[Vec<Tabled>; 2]> =
    LazyLock::new(|| TABLED.map(|signs| signs.map(|sign| tabled(&letters(sign))).collect()));

fn tabled(letters: &str) -> Tabled {
    let mut short = [0; SHORT];
    short.get_mut(..letters.len())?.copy_from_slice(letters.as_bytes());
    Some((short, letters.len() as u8))
}

/// A sign in letters of ASCII. A combining accent is nothing; a sign without letters is a blank.
fn letters(sign: u32) -> String {
    let letters = char::from_u32(sign).and_then(deunicode_char).unwrap_or(" ");
    letters.chars().map(|letter| if letter.is_ascii() { letter } else { ' ' }).collect()
}

/// Appends the first of some bytes: a fixed number is written more quickly than any other.
#[inline(always)]
pub(super) fn append<const N: usize>(text: &mut Vec<u8>, bytes: &[u8; N], len: usize) {
    let end = text.len() + len;
    text.extend_from_slice(bytes);
    text.truncate(end);
}

/// Writes a text behind what is there, in ASCII alone. ASCII stays as it is.
pub(super) fn fold(text: &str, folded: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let [latin, punctuation] = &*FOLDED;
    folded.reserve(bytes.len() + FEW);
    let mut done = 0;
    for start in (0..bytes.len()).step_by(TOGETHER) {
        // The first byte of each sign that is none of ASCII.
        let mut firsts = which(&together(bytes, start), |byte| byte >= 0xc0);
        while firsts != 0 {
            let at = start + firsts.trailing_zeros() as usize;
            firsts &= firsts - 1;
            let between = &bytes[done..at];
            match bytes[done..].first_chunk::<FEW>().filter(|_| between.len() <= FEW) {
                Some(more) => append(folded, more, between.len()),
                None => folded.extend_from_slice(between),
            }
            let sign = text[at..].chars().next().unwrap_or(' ');
            done = at + sign.len_utf8();
            let sign = sign as u32;
            let number = |first: u32| sign.wrapping_sub(first) as usize;
            let tabled = latin.get(number(TABLED[0].start));
            match tabled.or_else(|| punctuation.get(number(TABLED[1].start))) {
                Some(Some((short, len))) => append(folded, short, usize::from(*len)),
                _ => folded.extend_from_slice(letters(sign).as_bytes()),
            }
        }
    }
    folded.extend_from_slice(&bytes[done..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_are_folded_the_same_with_and_without_the_table() {
        for sign in (0..0x3000).chain(0x1f000..0x1f700).filter_map(char::from_u32) {
            let expected =
                if sign.is_ascii() { format!("ab{sign}ab") } else { format!("ab{}ab", letters(sign as u32)) };
            let mut folded = Vec::new();
            fold(&format!("ab{sign}ab"), &mut folded);
            assert_eq!(String::from_utf8_lossy(&folded), expected, "{sign:?}");
        }
    }

    #[test]
    fn a_long_text_is_folded_sign_by_sign() {
        for before in 0..2 * TOGETHER {
            let mut folded = b"!".to_vec();
            fold(&format!("{}œuvre d’été, \u{1f600} ½ ok", "x".repeat(before)), &mut folded);
            let expected = format!("!{}oeuvre d'ete, {} 1/2 ok", "x".repeat(before), letters(0x1f600));
            assert_eq!(String::from_utf8_lossy(&folded), expected);
        }
    }
}
