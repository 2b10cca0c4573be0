//! Glyph coverage: which characters of a text the built-in fonts can draw.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use pingmark_core::emoji::is_emoji;

use crate::fonts;

/// The parts of a text that cannot be drawn, in order.
#[derive(Debug, Default)]
pub struct Undrawable {
    /// Emoji, one grapheme cluster each.
    pub emoji: Vec<String>,
    /// Other characters without a glyph.
    pub characters: Vec<char>,
}

/// Code points for which every built-in font has a glyph, sorted.
static COVERED: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let mut fonts = [fonts::REGULAR, fonts::BOLD].into_iter().map(|bytes| {
        let face = ttf_parser::Face::parse(bytes, 0).expect("the fonts come with the program");
        let mut covered = Vec::new();
        for table in face.tables().cmap.iter().flat_map(|cmap| cmap.subtables) {
            if table.is_unicode() {
                table.codepoints(|code| covered.extend(table.glyph_index(code).map(|_| code)));
            }
        }
        covered.sort_unstable();
        covered.dedup();
        covered
    });
    let mut all = fonts.next().unwrap_or_default();
    for covered in fonts {
        all.retain(|code| covered.binary_search(code).is_ok());
    }
    all
});

/// Whether every font has a glyph for a character.
fn has_glyph(c: char) -> bool {
    matches!(c, ' '..='~') || COVERED.binary_search(&u32::from(c)).is_ok()
}

/// The drawable part of a text: composed (NFC), blanks collapsed, without invisible characters,
/// emoji and characters that have no glyph. Emoji and missing characters are added to `undrawable`.
pub fn drawable(text: &str, undrawable: &mut Undrawable) -> String {
    let mut kept = String::with_capacity(text.len());
    for cluster in text.graphemes(true) {
        if is_emoji(cluster) {
            undrawable.emoji.push(cluster.to_owned());
            continue;
        }
        for c in cluster.nfc() {
            if c.is_whitespace() {
                kept.push(if matches!(c, '\u{a0}' | '\u{202f}') { c } else { ' ' });
            } else if is_invisible(c) {
            } else if has_glyph(c) {
                kept.push(c);
            } else {
                undrawable.characters.push(c);
            }
        }
    }
    kept.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The first character of a text that has no glyph. Emoji and invisible characters do not count.
pub fn first_undrawable(text: &str) -> Option<char> {
    // Nearly every text is drawable as it is.
    if text.chars().all(has_glyph) {
        return None;
    }
    let mut undrawable = Undrawable::default();
    drawable(text, &mut undrawable);
    undrawable.characters.first().copied()
}

/// Whether a character draws nothing: a control, joiner, direction mark, variation selector or
/// noncharacter.
fn is_invisible(c: char) -> bool {
    c.is_control()
        || u32::from(c) & 0xFFFE == 0xFFFE
        || matches!(u32::from(c), 0xFDD0..=0xFDEF)
        || matches!(u32::from(c), 0xAD | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x2069 | 0xFE00..=0xFE0F | 0xFEFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn undrawable_characters_are_noted() {
        let mut undrawable = Undrawable::default();
        let kept = drawable("Été 👩🏽‍💻 « œuvre » 中\u{200d}!", &mut undrawable);
        assert_eq!(kept, "Été « œuvre » !");
        assert_eq!((undrawable.emoji, undrawable.characters), (vec!["👩🏽‍💻".to_owned()], vec!['中']));
        let first = first_undrawable;
        assert_eq!((first("Un 😀 mot\u{200b}, e\u{301}te\u{301}"), first("x 中文")), (None, Some('中')));
    }

    #[test]
    fn every_character_of_french_has_a_glyph() {
        let characters = "AÀÂÄÆBCÇDEÉÈÊËFGHIÎÏJKLMNOÔÖŒPQRSTUÙÛÜVWXYŸZ aàâäæbcçdeéèêëfghiîïjklmnoôöœpqrstuùûüvwxyÿz \
                          0123456789 «\u{a0}\u{202f}» “” ‘’ „ ‹› – — … · • € % ‰ & @ # § ° ² ³ № ½ → ← ×";
        assert_eq!(first_undrawable(characters), None);
    }
}
