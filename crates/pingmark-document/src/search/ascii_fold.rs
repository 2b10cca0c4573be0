//! ASCII folding: transliterates a text to ASCII, quickly for Latin script.

use std::ops::Range;
use std::sync::LazyLock;

use deunicode::deunicode_char;

use crate::byte_mask::{BLOCK, block_at, byte_mask};

/// Code points with a precomputed folding: accented Latin letters, and typographic dashes and
/// quotes.
const TABLE_RANGES: [Range<u32>; 2] = [0x80..0x250, 0x2000..0x2070];

/// Longest folding in the table, in letters; few are longer.
const MAX_FOLDING: usize = 3;

/// Number of ASCII bytes that are copied at once between two other characters; in French, most gaps
/// are shorter.
const SHORT_GAP: usize = 32;

/// An entry of the table: the folding, padded, and its length. `None` for a longer one.
type TableEntry = Option<([u8; MAX_FOLDING], u8)>;

/// The foldings of [`TABLE_RANGES`].
static TABLES: LazyLock<[Vec<TableEntry>; 2]> =
    LazyLock::new(|| TABLE_RANGES.map(|range| range.map(|code| table_entry(&folding_of(code))).collect()));

fn table_entry(folding: &str) -> TableEntry {
    let mut padded = [0; MAX_FOLDING];
    padded.get_mut(..folding.len())?.copy_from_slice(folding.as_bytes());
    Some((padded, folding.len() as u8))
}

/// The ASCII folding of a code point: empty for a combining accent, a blank for a character without
/// a transliteration.
fn folding_of(code: u32) -> String {
    let folding = char::from_u32(code).and_then(deunicode_char).unwrap_or(" ");
    folding.chars().map(|letter| if letter.is_ascii() { letter } else { ' ' }).collect()
}

/// Appends the first `len` of `N` bytes. Copies all of them and truncates, since copying a constant
/// number is faster.
#[inline(always)]
pub(super) fn append<const N: usize>(text: &mut Vec<u8>, bytes: &[u8; N], len: usize) {
    let end = text.len() + len;
    text.extend_from_slice(bytes);
    text.truncate(end);
}

/// Appends a text to `folded` in ASCII. ASCII characters are kept, upper case included.
pub(super) fn fold(text: &str, folded: &mut Vec<u8>) {
    let bytes = text.as_bytes();
    let [latin, punctuation] = &*TABLES;
    folded.reserve(bytes.len() + SHORT_GAP);
    let mut done = 0;
    for start in (0..bytes.len()).step_by(BLOCK) {
        // The first bytes of characters that are not ASCII.
        let mut firsts = byte_mask(&block_at(bytes, start), |byte| byte >= 0xc0);
        while firsts != 0 {
            let at = start + firsts.trailing_zeros() as usize;
            firsts &= firsts - 1;
            let between = &bytes[done..at];
            match bytes[done..].first_chunk::<SHORT_GAP>().filter(|_| between.len() <= SHORT_GAP) {
                Some(more) => append(folded, more, between.len()),
                None => folded.extend_from_slice(between),
            }
            let c = text[at..].chars().next().unwrap_or(' ');
            done = at + c.len_utf8();
            let code = u32::from(c);
            let index = |first: u32| code.wrapping_sub(first) as usize;
            let entry = latin.get(index(TABLE_RANGES[0].start));
            match entry.or_else(|| punctuation.get(index(TABLE_RANGES[1].start))) {
                Some(Some((folding, len))) => append(folded, folding, usize::from(*len)),
                _ => folded.extend_from_slice(folding_of(code).as_bytes()),
            }
        }
    }
    folded.extend_from_slice(&bytes[done..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_agrees_with_the_transliteration() {
        for c in (0..0x3000).chain(0x1f000..0x1f700).filter_map(char::from_u32) {
            let expected =
                if c.is_ascii() { format!("ab{c}ab") } else { format!("ab{}ab", folding_of(u32::from(c))) };
            let mut folded = Vec::new();
            fold(&format!("ab{c}ab"), &mut folded);
            assert_eq!(String::from_utf8_lossy(&folded), expected, "{c:?}");
        }
    }

    #[test]
    fn characters_are_folded_at_any_offset() {
        for before in 0..2 * BLOCK {
            let mut folded = b"!".to_vec();
            fold(&format!("{}œuvre d’été, \u{1f600} ½ ok", "x".repeat(before)), &mut folded);
            let expected = format!("!{}oeuvre d'ete, {} 1/2 ok", "x".repeat(before), folding_of(0x1f600));
            assert_eq!(String::from_utf8_lossy(&folded), expected);
        }
    }
}
