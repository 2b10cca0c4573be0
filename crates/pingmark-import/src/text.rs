//! Small texts: names, titles, addresses and values of YAML.

use percent_encoding::percent_decode_str;
use scraper::Html;

use pingmark_core::path::composed;
use pingmark_core::yaml_edit::quoted;

/// A text with its character references read, as HTML has them; tags stay.
pub fn decoded(text: &str) -> String {
    if !text.contains('&') {
        return text.to_owned();
    }
    // A tag would be read as one: its bracket is put behind a reference of its own.
    let text = text.replace('<', "&lt;");
    Html::parse_fragment(&text)
        .tree
        .root()
        .descendants()
        .filter_map(|node| Some(node.value().as_text()?.to_string()))
        .collect()
}

/// A name or a title: one line without tags, references and control characters.
pub fn plain(html: &str) -> String {
    let text = if html.contains(['<', '&']) {
        let tree = Html::parse_fragment(html);
        let texts = tree.tree.root().descendants().filter(|node| {
            !node.ancestors().any(|above| {
                above.value().as_element().is_some_and(|one| matches!(one.name(), "script" | "style"))
            })
        });
        texts.filter_map(|node| Some(node.value().as_text()?.to_string())).collect()
    } else {
        html.to_owned()
    };
    one_line(&text)
}

/// A text on one line, without control characters.
pub fn one_line(text: &str) -> String {
    let kept: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let kept = kept.replace(['\u{200b}', '\u{feff}', '\u{ad}'], "");
    let words: Vec<&str> = kept.split([' ', '\t', '\n']).filter(|word| !word.is_empty()).collect();
    words.join(" ")
}

/// The first words of a text, at most `max` characters.
pub fn beginning(text: &str, max: usize) -> String {
    let text = one_line(text);
    let Some((end, _)) = text.char_indices().nth(max) else { return text };
    let cut = text[..end].rfind(' ').filter(|at| *at > 0).unwrap_or(end);
    format!("{}…", text[..cut].trim_end_matches([' ', ',', ';', ':', '.']))
}

/// A path of an address with its percent-encoding read, composed (NFC).
pub fn path(text: &str) -> String {
    composed(&percent_decode_str(text).decode_utf8_lossy()).into_owned()
}

/// A value of YAML on one line: plain where that is read as the same text, else double-quoted.
pub fn yaml(text: &str) -> String {
    let is_plain = |c: char| {
        c.is_alphanumeric() || matches!(c, ' ' | '-' | '_' | '.' | '/' | '\'' | '’' | ',' | '(' | ')' | '+')
    };
    let starts = text.starts_with(|c: char| c.is_alphabetic() || c == '/');
    let word = text.to_lowercase();
    let is_other = matches!(
        word.as_str(),
        "true" | "false" | "null" | "yes" | "no" | "on" | "off" | "y" | "n" | "oui" | "non"
    );
    if starts && text.chars().all(is_plain) && !text.ends_with(' ') && !is_other {
        return text.to_owned();
    }
    quoted(text)
}

/// A list of YAML on one line: `[a, "b, c"]`.
pub fn yaml_list<'t>(texts: impl IntoIterator<Item = &'t str>) -> String {
    let one = |text: &str| if text.contains([',', '(', ')']) { quoted(text) } else { yaml(text) };
    format!("[{}]", texts.into_iter().map(one).collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_tags_and_references() {
        assert_eq!(plain("Ana &laquo;&#8211;&raquo; <em>B</em>\n"), "Ana «–» B");
        assert_eq!(decoded("a &lt; b <i>"), "a < b <i>");
        assert_eq!(plain("a < b"), "a < b");
        assert_eq!(beginning("Un deux, trois quatre", 10), "Un deux…");
        assert_eq!(path("/caf%c3%a9/%zz"), "/café/%zz");
    }

    #[test]
    fn values_are_read_as_texts() {
        for (text, expected) in [
            ("Un titre", "Un titre"),
            ("Un: deux", "\"Un: deux\""),
            ("2010", "\"2010\""),
            ("yes", "\"yes\""),
            ("- x", "\"- x\""),
            ("l'été", "l'été"),
            ("", "\"\""),
        ] {
            assert_eq!(yaml(text), expected);
        }
        assert_eq!(yaml_list(["a", "b, c"]), "[a, \"b, c\"]");
    }
}
