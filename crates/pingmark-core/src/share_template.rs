//! Templates of share texts: text with `{{ name }}` placeholders, no logic.

use unicode_normalization::UnicodeNormalization;

/// Names that a template may use.
pub const NAMES: [&str; 9] =
    ["title", "summary", "url", "hashtags", "text", "author", "site", "slug", "date"];

/// Piece of a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TemplatePiece<'a> {
    /// Literal text.
    Text(&'a str),
    /// Name between braces, trimmed.
    Name(&'a str),
}

/// Splits a template into its pieces. A `{{` that is never closed is literal text.
pub fn parse(template: &str) -> Vec<TemplatePiece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, behind)) = after.split_once("}}") else { break };
        if !before.is_empty() {
            pieces.push(TemplatePiece::Text(before));
        }
        pieces.push(TemplatePiece::Name(name.trim()));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(TemplatePiece::Text(rest));
    }
    pieces
}

/// Names in a template that are not in [`NAMES`].
pub fn unknown_names(template: &str) -> Vec<&str> {
    let names = parse(template).into_iter().filter_map(|piece| match piece {
        TemplatePiece::Name(name) if !NAMES.contains(&name) => Some(name),
        _ => None,
    });
    names.collect()
}

/// Whether a template uses a name.
pub fn uses(template: &str, name: &str) -> bool {
    parse(template).contains(&TemplatePiece::Name(name))
}

/// Fills a template, and drops separators beside empty values: with no summary,
/// `{{ title }} — {{ summary }}` becomes the title alone. `value` gives the value of a name.
pub fn fill(pieces: &[TemplatePiece<'_>], value: &dyn Fn(&str) -> String) -> String {
    let mut out = String::new();
    // Separator without letters, held back until the next value is known not to be empty.
    let mut between = "";
    // Whether the last value is not empty. A text without names, `🎉🎉`, is no separator.
    let mut is_there = true;
    for piece in pieces {
        match piece {
            TemplatePiece::Text(words) if !words.contains(char::is_alphanumeric) => between = words,
            TemplatePiece::Text(words) => {
                out.push_str(std::mem::take(&mut between));
                out.push_str(words);
            }
            TemplatePiece::Name(name) => {
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

/// Normalises a text for networks: NFC, U+00A0 instead of the narrow no-break space U+202F (which
/// counts double on X and is missing from many fonts), no soft hyphens or zero-width spaces, no
/// spaces at line ends, at most one empty line in a row.
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
            fill(&parse(template), &|name| if name == missing { String::new() } else { name.to_uppercase() })
        };
        let usual = "{{ title }} — {{ summary }} {{ url }} {{ hashtags }}";
        assert_eq!(filled(usual, ""), "TITLE — SUMMARY URL HASHTAGS");
        assert_eq!(filled(usual, "hashtags"), "TITLE — SUMMARY URL");
        assert_eq!(filled(usual, "summary"), "TITLE URL HASHTAGS");
        assert_eq!(filled("{{title}}\n\n{{summary}}\n\n{{url}}", "summary"), "TITLE\n\nURL");
        assert_eq!(filled("{{ title }} (via {{ author }})", "title"), "(via AUTHOR)");
        assert_eq!(filled("À lire : {{ title }} !", ""), "À lire : TITLE !");
        assert_eq!(filled("{{ text", "x"), "{{ text");
        assert_eq!(filled("🎉🎉", ""), "🎉🎉");
        assert_eq!(unknown_names("{{ titel }} {{ url }}"), ["titel"]);
    }

    #[test]
    fn a_text_is_made_tidy() {
        assert_eq!(tidy(" e\u{301}té\u{202f}! \n\n\n\nfin "), "été\u{a0}!\n\nfin");
    }
}
