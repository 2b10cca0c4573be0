//! Words made into addresses: lower-case ASCII letters, digits and hyphens.

use deunicode::deunicode_char;
use rapidfuzz::distance::osa;
use unicode_normalization::{IsNormalized, UnicodeNormalization, is_nfc_quick};

/// The slug of a text: NFC first, `é` → `e`, `œ` → `oe`, everything else a single hyphen.
///
/// Empty when the text has nothing a slug can keep (`"!!!"`).
pub fn slugify(text: &str) -> String {
    let mut slug = String::with_capacity(text.len());
    if text.is_ascii() {
        text.chars().for_each(|c| push(c, &mut slug));
    } else if is_nfc_quick(text.chars()) == IsNormalized::Yes {
        text.chars().for_each(|c| fold(c, &mut slug));
    } else {
        text.nfc().for_each(|c| fold(c, &mut slug));
    }
    if slug.ends_with('-') {
        slug.pop();
    }
    slug
}

fn fold(c: char, slug: &mut String) {
    match c {
        // Apostrophes and quotes part words in French: l’été is l-ete.
        '’' | '‘' | '“' | '”' | '«' | '»' | '\u{00ad}' => push('-', slug),
        _ if c.is_ascii() => push(c, slug),
        _ => deunicode_char(c).unwrap_or("-").chars().for_each(|c| push(c, slug)),
    }
}

fn push(c: char, slug: &mut String) {
    if c.is_ascii_alphanumeric() {
        slug.push(c.to_ascii_lowercase());
    } else if !slug.is_empty() && !slug.ends_with('-') {
        slug.push('-');
    }
}

/// The nearest of some names, if one is near enough to be what was meant.
pub fn nearest<'a>(word: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let mut most = (word.chars().count() / 3).max(1);
    // Many names are compared with one: what is known of it is worked out once.
    let word_of = osa::BatchComparator::new(word.chars());
    let mut nearest: Option<(usize, &str)> = None;
    for name in names {
        // A sign has four bytes at most.
        if name.len() > 4 * (word.len() + most) || word.len() > 4 * (name.len() + most) {
            continue;
        }
        let cutoff = osa::Args::default().score_cutoff(most);
        let Some(distance) = word_of.distance_with_args(name.chars(), &cutoff) else { continue };
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
    fn words_become_addresses() {
        for (text, slug) in [
            ("L’été à l'œuvre !", "l-ete-a-l-oeuvre"),
            ("E\u{0301}te\u{0301}", "ete"),
            ("C#", "c"),
            ("e-réputation", "e-reputation"),
            ("  --déjà  vu-- ", "deja-vu"),
            ("../../etc/passwd", "etc-passwd"),
            ("!!!", ""),
            ("Größe", "grosse"),
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
