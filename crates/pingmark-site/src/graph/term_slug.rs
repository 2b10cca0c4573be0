//! Slugs of terms. Some signs are words there, because they tell terms apart: C, C++ and C#.

use pingmark_core::slug::slugify;

/// Slug of a term. `+` and `#` at the end of a word are spelled: `c-plus-plus`, `c-sharp`.
pub fn term_slug(name: &str) -> String {
    if !name.contains(['+', '#', '＋', '♯']) {
        return slugify(name);
    }
    let mut spelled = String::with_capacity(name.len() + 16);
    let mut characters = name.chars().peekable();
    let mut joins = false;
    while let Some(c) = characters.next() {
        let word = match c {
            '+' | '＋' => "plus",
            '#' | '♯' => "sharp",
            _ => "",
        };
        // `A+B` is two words; `C++11` is C++.
        let ends = characters.peek().is_none_or(|next| !next.is_alphanumeric() || spelled.ends_with("plus-"));
        if joins && !word.is_empty() && ends {
            spelled.push('-');
            spelled.push_str(word);
            spelled.push('-');
        } else {
            spelled.push(c);
            joins = c.is_alphanumeric();
        }
    }
    slugify(&spelled)
}

/// Slug of a term that shares its [`term_slug`] with another one, with more signs spelled: `R&D` is
/// `r-and-d` where there is an `R D` too.
pub(super) fn spelled_slug(name: &str) -> String {
    let mut spelled = String::with_capacity(name.len() + 16);
    for c in name.chars() {
        match word(c) {
            Some(word) => {
                spelled.push('-');
                spelled.push_str(word);
                spelled.push('-');
            }
            None => spelled.push(c),
        }
    }
    slugify(&spelled)
}

/// The English word for a sign that tells names apart.
fn word(c: char) -> Option<&'static str> {
    Some(match c {
        '+' | '＋' => "plus",
        '#' | '♯' => "sharp",
        '&' => "and",
        '@' => "at",
        '%' => "percent",
        '=' => "equals",
        '*' => "star",
        '$' => "dollar",
        '€' => "euro",
        '£' => "pound",
        '<' => "less",
        '>' => "greater",
        '~' => "tilde",
        '^' => "caret",
        '|' => "bar",
        _ => return None,
    })
}

/// Whether two names with the same slug have the same telling signs: `Open source` and `open-source`
/// do, and so do `Yahoo` and `Yahoo!`; `C` and `C#` do not.
pub(super) fn same_signs(one: &str, other: &str) -> bool {
    let signs = |name: &str| -> Vec<&'static str> { name.chars().filter_map(word).collect() };
    signs(one) == signs(other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn telling_signs_are_words() {
        for (name, slug) in [
            ("C", "c"),
            ("C++", "c-plus-plus"),
            ("C#", "c-sharp"),
            ("F# 4", "f-sharp-4"),
            ("C++11", "c-plus-plus-11"),
            ("Google+", "google-plus"),
            ("A+B", "a-b"),
            ("Top #1", "top-1"),
            ("+ de temps", "de-temps"),
            ("R&D", "r-d"),
            ("réseaux", "reseaux"),
        ] {
            assert_eq!(term_slug(name), slug, "{name}");
        }
        assert_eq!((spelled_slug("R&D"), spelled_slug("x (@y)")), ("r-and-d".into(), "x-at-y".into()));
        assert!(same_signs("Yahoo", "Yahoo!") && same_signs("Open source", "open-source"));
        assert!(!same_signs("C", "C#") && !same_signs("R&D", "R D"));
    }
}
