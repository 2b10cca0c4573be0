//! Templates of share texts: words with `{{ names }}` in them.

use unicode_normalization::UnicodeNormalization;

use crate::network::Network;

/// The names that a template may hold.
pub const NAMES: [&str; 9] =
    ["title", "summary", "url", "hashtags", "text", "author", "site", "slug", "date"];

/// The template that a network has when the settings give none.
pub fn usual(network: Network) -> &'static str {
    match network {
        Network::X => "{{ title }} — {{ summary }} {{ url }} {{ hashtags }}",
        Network::Instagram => "{{ title }}\n\n{{ summary }}\n\n{{ hashtags }}",
        _ => "{{ title }}\n\n{{ summary }}\n\n{{ url }}\n\n{{ hashtags }}",
    }
}

/// A piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Words(&'a str),
    /// A name in braces.
    Name(&'a str),
}

/// Takes a template apart. What has no end is words.
pub fn read(template: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else { break };
        if !before.is_empty() {
            pieces.push(Piece::Words(before));
        }
        pieces.push(Piece::Name(name.trim()));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

/// The names of a template that nothing has.
pub fn unknown(template: &str) -> Vec<&str> {
    let names = read(template).into_iter().filter_map(|piece| match piece {
        Piece::Name(name) if !NAMES.contains(&name) => Some(name),
        _ => None,
    });
    names.collect()
}

/// Whether a template holds a name.
pub fn holds(template: &str, name: &str) -> bool {
    read(template).contains(&Piece::Name(name))
}

/// Fills a template. What stood between two values goes with the one that is empty.
pub fn fill(pieces: &[Piece<'_>], value: &dyn Fn(&str) -> String) -> String {
    let mut out = String::new();
    // Signs without a letter, kept back until what follows them is known.
    let mut between = "";
    let mut is_there = false;
    for piece in pieces {
        match piece {
            Piece::Words(words) if !words.contains(char::is_alphanumeric) => between = words,
            Piece::Words(words) => {
                out.push_str(std::mem::take(&mut between));
                out.push_str(words);
            }
            Piece::Name(name) => {
                let value = value(name);
                is_there = !value.is_empty();
                let kept = std::mem::take(&mut between);
                if is_there {
                    out.push_str(if out.is_empty() { kept.trim_start() } else { kept });
                    out.push_str(&value);
                }
            }
        }
    }
    if is_there {
        out.push_str(between);
    }
    tidy(&out)
}

/// A text as networks keep it: composed characters, the wide no-break space for the narrow one
/// (which counts double on X and is missing in many fonts), no spaces at the ends of lines and
/// no more than one empty line.
pub fn tidy(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut empty = 0;
    for line in text.trim().lines() {
        let line = line.trim_end_matches([' ', '\t']);
        empty = if line.is_empty() { empty + 1 } else { 0 };
        if empty > 1 {
            continue;
        }
        if !out.is_empty() {
            out.push('\n');
        }
        let kept = line.nfc().filter(|c| !matches!(c, '\u{ad}' | '\u{200b}'));
        out.extend(kept.map(|c| if c == '\u{202f}' { '\u{a0}' } else { c }));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn separators_go_with_what_is_missing() {
        let filled = |template: &str, missing: &str| {
            fill(&read(template), &|name| if name == missing { String::new() } else { name.to_uppercase() })
        };
        let usual = "{{ title }} — {{ summary }} {{ url }} {{ hashtags }}";
        assert_eq!(filled(usual, ""), "TITLE — SUMMARY URL HASHTAGS");
        assert_eq!(filled(usual, "hashtags"), "TITLE — SUMMARY URL");
        assert_eq!(filled(usual, "summary"), "TITLE URL HASHTAGS");
        assert_eq!(filled("{{title}}\n\n{{summary}}\n\n{{url}}", "summary"), "TITLE\n\nURL");
        assert_eq!(filled("{{ title }} (via {{ author }})", "title"), "(via AUTHOR)");
        assert_eq!(filled("À lire : {{ title }} !", ""), "À lire : TITLE !");
        assert_eq!(filled("{{ text", "x"), "{{ text");
        assert_eq!(unknown("{{ titel }} {{ url }}"), ["titel"]);
    }

    #[test]
    fn a_text_is_made_tidy() {
        assert_eq!(tidy(" e\u{301}té\u{202f}! \n\n\n\nfin "), "été\u{a0}!\n\nfin");
    }
}
