//! Slugs: lower-case ASCII letters, digits and hyphens, for URLs; and the nearest name to a
//! mistyped one.

use deunicode::deunicode_char;
use rapidfuzz::distance::osa;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

use crate::emoji::is_pictograph;

/// The slug of a text: composed (NFC), transliterated to ASCII (`é` → `e`, `œ` → `oe`), with one
/// hyphen for each run of other characters.
///
/// Empty if nothing is left (`"!!!"`). Emoji are left out, unless nothing else is there: then they
/// are named (`"🎉"` → `tada`).
pub fn slugify(text: &str) -> String {
    let slug = folded(text, is_pictograph);
    if slug.is_empty() && !text.is_ascii() { folded(text, |_| false) } else { slug }
}

fn folded(text: &str, is_left_out: fn(char) -> bool) -> String {
    let mut slug = String::with_capacity(text.len());
    let mut add = |c| if is_left_out(c) { push('-', &mut slug) } else { fold(c, &mut slug) };
    if text.is_ascii() {
        text.chars().for_each(|c| push(c, &mut slug));
    } else if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text.chars().for_each(&mut add);
    } else {
        text.nfc().for_each(&mut add);
    }
    if slug.ends_with('-') {
        slug.pop();
    }
    slug
}

/// Appends the transliteration of a character.
fn fold(c: char, slug: &mut String) {
    match c {
        // Typographic apostrophes and quotes separate words: `l’été` becomes `l-ete`.
        '’' | '‘' | '“' | '”' | '«' | '»' | '\u{00ad}' => push('-', slug),
        _ if c.is_ascii() => push(c, slug),
        _ => deunicode_char(c).unwrap_or("-").chars().for_each(|c| push(c, slug)),
    }
}

/// Appends an ASCII character: in lower case, or as a hyphen.
fn push(c: char, slug: &mut String) {
    if c.is_ascii_alphanumeric() {
        slug.push(c.to_ascii_lowercase());
    } else if !slug.is_empty() && !slug.ends_with('-') {
        slug.push('-');
    }
}

/// The name with the smallest edit distance (OSA) to a word, if that is small enough for a typing
/// error: at most a third of the word's characters, at least one. Of equally near names, the first
/// in the alphabet wins.
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut most = (word.chars().count() / 3).max(1);
    // Prepared once for all names.
    let comparator = osa::BatchComparator::new(word.chars());
    let mut nearest: Option<(usize, &str)> = None;
    for name in names {
        // A character has at most four bytes, so these lengths differ too much.
        if name.len() > 4 * (word.len() + most) || word.len() > 4 * (name.len() + most) {
            continue;
        }
        let cutoff = osa::Args::default().score_cutoff(most);
        let Some(distance) = comparator.distance_with_args(name.chars(), &cutoff) else { continue };
        if nearest.is_none_or(|nearest| (distance, name) < nearest) {
            nearest = Some((distance, name));
            most = distance;
        }
    }
    nearest.map(|(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_become_slugs() {
        for (text, slug) in [
            ("L’été à l'œuvre !", "l-ete-a-l-oeuvre"),
            ("E\u{0301}te\u{0301}", "ete"),
            ("C#", "c"),
            ("e-réputation", "e-reputation"),
            ("  --déjà  vu-- ", "deja-vu"),
            ("../../etc/passwd", "etc-passwd"),
            ("!!!", ""),
            ("Größe", "grosse"),
            ("Les 10 ans 🎉 du blog", "les-10-ans-du-blog"),
            ("🚀 Décollage ✈\u{fe0f}", "decollage"),
            ("👩\u{200d}💻 Coder", "coder"),
            ("J’❤\u{fe0f} Paris", "j-paris"),
            ("🇫🇷 France 1️⃣", "france-1"),
            ("🎉", "tada"),
            ("5 € → 6 €", "5-eur-6-eur"),
        ] {
            assert_eq!(slugify(text), slug, "{text:?}");
        }
    }

    #[test]
    fn a_near_name_is_found_and_a_far_one_is_not() {
        assert_eq!(nearest("titel", ["title", "tags"]), Some("title"));
        assert_eq!(nearest("zebra", ["title", "tags"]), None);
    }
}
