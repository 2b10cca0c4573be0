//! Hashtags from an article's tags, and their number in a text.

use unicode_normalization::UnicodeNormalization;

/// Hashtag of a tag, without `#`: `réseaux sociaux` becomes `RéseauxSociaux`, so that screen
/// readers speak its words separately. Accents stay, punctuation and symbols go. `None` if the
/// rest has no letter, as networks do not link such hashtags.
pub fn hashtag(tag: &str) -> Option<String> {
    let mut made = String::with_capacity(tag.len());
    let mut begins = true;
    for c in tag.nfc() {
        if c.is_alphanumeric() {
            if begins {
                made.extend(c.to_uppercase());
            } else {
                made.push(c);
            }
            begins = false;
        } else if c == '_' {
            made.push(c);
            begins = true;
        } else {
            begins = true;
        }
    }
    let made = made.trim_matches('_').to_owned();
    made.chars().any(char::is_alphabetic).then_some(made)
}

/// Hashtags of several tags: at most `most`, without duplicates that differ in case only.
pub fn hashtags<'a>(tags: impl IntoIterator<Item = &'a str>, most: usize) -> Vec<String> {
    let mut made: Vec<String> = Vec::new();
    for tag in tags.into_iter().filter_map(hashtag) {
        if made.len() == most {
            break;
        }
        if !made.iter().any(|known| known.to_lowercase() == tag.to_lowercase()) {
            made.push(tag);
        }
    }
    made
}

/// Number of hashtags in a text. A `#` inside a word or a URL's path begins none, nor does one
/// without a letter after it.
pub fn count(text: &str) -> usize {
    let mut before = ' ';
    let mut found = 0;
    let mut signs = text.chars().peekable();
    while let Some(c) = signs.next() {
        let starts = c == '#' && !before.is_alphanumeric() && !matches!(before, '&' | '/' | '#');
        if starts && signs.peek().is_some_and(|next| next.is_alphanumeric() || *next == '_') {
            let mut has_letter = false;
            while let Some(next) = signs.next_if(|next| next.is_alphanumeric() || *next == '_') {
                has_letter |= next.is_alphabetic();
                before = next;
            }
            found += usize::from(has_letter);
        } else {
            before = c;
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_become_words_without_spaces() {
        for (tag, expected) in [
            ("réseaux sociaux", Some("RéseauxSociaux")),
            ("e-réputation", Some("ERéputation")),
            ("IndieWeb", Some("IndieWeb")),
            ("l'écoute", Some("LÉcoute")),
            ("l’été 2026", Some("LÉté2026")),
            ("C++", Some("C")),
            ("2026", None),
            ("#dejavu", Some("Dejavu")),
            ("e\u{301}te\u{301}", Some("Été")),
            ("🎉", None),
        ] {
            assert_eq!(hashtag(tag).as_deref(), expected, "{tag}");
        }
        assert_eq!(hashtags(["Veille", "veille", "outils", "écoute"], 2), ["Veille", "Outils"]);
    }

    #[test]
    fn hashtags_are_counted_in_a_text() {
        for (text, number) in
            [("#Un et #Deux.", 2), ("https://a.fr/#un", 0), ("C# #12 #a1", 1), ("#un#deux", 1), ("", 0)]
        {
            assert_eq!(count(text), number, "{text}");
        }
    }
}
