//! The signs that cards can show: those of the fonts that come with the program.

use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_segmentation::UnicodeSegmentation;

use pingmark_core::emoji::is_emoji;

use crate::fonts;

/// The fonts, by their files.
pub const FONTS: [&str; 2] = ["themes/plume/fonts/Inter-Regular.ttf", "themes/plume/fonts/Inter-Bold.ttf"];

/// What could not be shown of a text.
#[derive(Debug, Default)]
pub struct Lost {
    /// Emoji, which are left out.
    pub emoji: Vec<String>,
    /// Characters that the fonts have no sign for.
    pub signs: Vec<char>,
}

/// The characters that every font has a sign for, in order.
static SIGNS: LazyLock<Vec<u32>> = LazyLock::new(|| {
    let mut fonts = [fonts::REGULAR, fonts::BOLD].into_iter().map(|bytes| {
        let face = ttf_parser::Face::parse(bytes, 0).expect("the fonts come with the program");
        let mut signs = Vec::new();
        for table in face.tables().cmap.iter().flat_map(|cmap| cmap.subtables) {
            if table.is_unicode() {
                table.codepoints(|code| signs.extend(table.glyph_index(code).map(|_| code)));
            }
        }
        signs.sort_unstable();
        signs.dedup();
        signs
    });
    let mut all = fonts.next().unwrap_or_default();
    for signs in fonts {
        all.retain(|sign| signs.binary_search(sign).is_ok());
    }
    all
});

/// Whether the fonts have a sign.
fn has(c: char) -> bool {
    matches!(c, ' '..='~') || SIGNS.binary_search(&u32::from(c)).is_ok()
}

/// A text as it can be shown: composed, without emoji and without signs that show nothing. What
/// is lost is noted.
pub fn clean(text: &str, lost: &mut Lost) -> String {
    let mut kept = String::with_capacity(text.len());
    for cluster in text.graphemes(true) {
        if is_emoji(cluster) {
            lost.emoji.push(cluster.to_owned());
            continue;
        }
        for c in cluster.nfc() {
            if c.is_whitespace() {
                kept.push(if matches!(c, '\u{a0}' | '\u{202f}') { c } else { ' ' });
            } else if shows_nothing(c) {
            } else if has(c) {
                kept.push(c);
            } else {
                lost.signs.push(c);
            }
        }
    }
    kept.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// The first character of a text that no font has a sign for.
pub fn missing(text: &str) -> Option<char> {
    // Nearly all texts are made of signs that are there.
    if text.chars().all(has) {
        return None;
    }
    let mut lost = Lost::default();
    clean(text, &mut lost);
    lost.signs.first().copied()
}

/// Controls, joiners, marks of direction, selectors.
fn shows_nothing(c: char) -> bool {
    c.is_control()
        || u32::from(c) & 0xFFFE == 0xFFFE
        || matches!(u32::from(c), 0xFDD0..=0xFDEF)
        || matches!(u32::from(c), 0xAD | 0x200B..=0x200F | 0x202A..=0x202E | 0x2060..=0x2069 | 0xFE00..=0xFE0F | 0xFEFF)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_shown_is_noted() {
        let mut lost = Lost::default();
        let kept = clean("Été 👩🏽‍💻 « œuvre » 中\u{200d}!", &mut lost);
        assert_eq!(kept, "Été « œuvre » !");
        assert_eq!((lost.emoji, lost.signs), (vec!["👩🏽‍💻".to_owned()], vec!['中']));
        assert_eq!((missing("Un 😀 mot\u{200b}, e\u{301}te\u{301}"), missing("x 中文")), (None, Some('中')));
    }

    #[test]
    fn every_sign_of_french_is_there() {
        let signs = "AÀÂÄÆBCÇDEÉÈÊËFGHIÎÏJKLMNOÔÖŒPQRSTUÙÛÜVWXYŸZ aàâäæbcçdeéèêëfghiîïjklmnoôöœpqrstuùûüvwxyÿz \
                     0123456789 «\u{a0}\u{202f}» “” ‘’ „ ‹› – — … · • € % ‰ & @ # § ° ² ³ № ½ → ← ×";
        assert_eq!(missing(signs), None);
    }
}
