//! Hashtags from an article's tags, and their number in a text.

use unicode_normalization::UnicodeNormalization;

/// Hashtag of a tag, without `#`. The author's capitals stay: `iOS`, `modération`. Several words are
/// joined, each with a capital, so that screen readers speak them separately: `réseaux sociaux` becomes
/// `RéseauxSociaux`, `iPhone et photo` `iPhoneEtPhoto`. Accents stay, ligatures are taken apart, and
/// punctuation and symbols go, except in the names of languages: `C++` becomes `cpp`, `C#` `csharp` and
/// `.NET` `dotnet`. `None` if the rest has no letter, as networks do not link such hashtags.
pub fn hashtag(tag: &str) -> Option<String> {
    let tag: String = tag.nfkc().collect();
    let words = words(&tag);
    let made = match words.as_slice() {
        [one] => one.clone(),
        several => several.iter().map(|word| capitalized(word)).collect(),
    };
    let made = made.trim_matches('_').to_owned();
    made.chars().any(char::is_alphabetic).then_some(made)
}

/// Words of a tag: runs of letters, digits and underscores.
fn words(tag: &str) -> Vec<String> {
    let is_word = |c: char| c.is_alphanumeric() || c == '_';
    let mut words = Vec::new();
    let mut rest = tag;
    while let Some(start) = rest.find(is_word) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_word(c)).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        let ends_here = |sign: &str| {
            after.strip_prefix(sign).is_some_and(|next| !next.starts_with(|c| is_word(c) || sign.contains(c)))
        };
        // `ASP.NET` has the same dot inside.
        let begins_here =
            before.strip_suffix('.').is_some_and(|before| !before.is_empty() || words.is_empty());
        let is_name = word.chars().all(char::is_alphabetic);
        words.push(match word {
            _ if is_name && ends_here("++") => format!("{}pp", word.to_lowercase()),
            _ if is_name && ends_here("#") => format!("{}sharp", word.to_lowercase()),
            _ if begins_here && word.eq_ignore_ascii_case("net") => "dotnet".to_owned(),
            _ => word.to_owned(),
        });
        rest = after;
    }
    words
}

/// A word that begins with a capital, unless it has one elsewhere: `iPhone` is written so.
fn capitalized(word: &str) -> String {
    let mut letters = word.chars();
    match letters.next() {
        Some(first) if !word.contains(char::is_uppercase) => first.to_uppercase().chain(letters).collect(),
        _ => word.to_owned(),
    }
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
            ("iOS", Some("iOS")),
            ("eBay", Some("eBay")),
            ("modération", Some("modération")),
            ("iPhone et photo", Some("iPhoneEtPhoto")),
            ("ﬁn", Some("fin")),
            ("œuvre", Some("œuvre")),
            ("C", Some("C")),
            ("C++", Some("cpp")),
            ("C#", Some("csharp")),
            ("F#", Some("fsharp")),
            ("C++ moderne", Some("CppModerne")),
            (".NET", Some("dotnet")),
            ("ASP.NET", Some("ASPNET")),
            ("Node.js", Some("NodeJs")),
            ("R&D", Some("RD")),
            ("C#x", Some("CX")),
            ("snake_case", Some("snake_case")),
            ("2026", None),
            ("#dejavu", Some("dejavu")),
            ("e\u{301}te\u{301}", Some("été")),
            ("🎉", None),
        ] {
            assert_eq!(hashtag(tag).as_deref(), expected, "{tag}");
        }
        assert_eq!(hashtags(["Veille", "veille", "outils", "écoute"], 2), ["Veille", "outils"]);
        assert_eq!(hashtags(["C", "C++", "C#", "c"], 9), ["C", "cpp", "csharp"]);
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
