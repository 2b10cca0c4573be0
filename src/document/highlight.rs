//! Code as HTML with a handful of classes, so that one stylesheet colours it by day and night.
//!
//! Receives a language's name and a text. Gives HTML. Uses syntect's parser with the grammars
//! of two-face. Never writes colours.

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex};

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};
use syntect::util::LinesWithEndings;

use crate::fingerprint::Fingerprint;
use crate::html::push_text;

/// Longest block that is coloured, in bytes.
const MAX_BLOCK: usize = 512 * 1024;
/// Longest line that is coloured, in bytes: grammars are slow on minified code.
const MAX_LINE: usize = 16 * 1024;

/// Loading the grammars takes two milliseconds: only when a block needs them.
static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// Scopes of TextMate grammars and the class each is shown as; the first that fits counts.
/// <https://www.sublimetext.com/docs/scope_naming.html>
const CLASSES: [(&str, &str); 27] = [
    ("comment", "c"),
    ("string.regexp", "re"),
    ("constant.character.escape", "e"),
    ("punctuation.definition.string", "s"),
    ("string", "s"),
    ("constant.numeric", "n"),
    ("constant.language", "k"),
    ("constant", "n"),
    ("keyword.operator", "o"),
    ("keyword", "k"),
    ("storage", "k"),
    ("entity.name.function", "f"),
    ("support.function", "f"),
    ("variable.function", "f"),
    ("entity.name.tag", "t"),
    ("entity.other.attribute-name", "a"),
    ("support.type.property-name", "a"),
    ("meta.property-name", "a"),
    ("entity.name", "t"),
    ("support", "t"),
    ("variable.parameter", "v"),
    ("variable", "v"),
    ("markup.inserted", "i"),
    ("markup.deleted", "d"),
    ("markup.heading", "t"),
    ("markup.bold", "b"),
    ("markup.italic", "em"),
];

static SCOPES: LazyLock<Vec<(Scope, &'static str)>> = LazyLock::new(|| {
    CLASSES.iter().filter_map(|(scope, class)| Some((Scope::new(scope).ok()?, *class))).collect()
});

/// Colours code, and remembers what it coloured.
#[derive(Debug, Default)]
pub struct Highlighter {
    done: Mutex<HashMap<Fingerprint, Option<Arc<str>>>>,
}

impl Highlighter {
    /// The code as HTML, or `None` when the language is not known or the code too long.
    pub fn highlight(&self, language: &str, code: &str) -> Option<Arc<str>> {
        if code.len() > MAX_BLOCK {
            return None;
        }
        let key = Fingerprint::of_parts([language.as_bytes(), code.as_bytes()]);
        if let Some(known) = self.done.lock().ok()?.get(&key) {
            return known.clone();
        }
        let made = grammar(language).and_then(|grammar| colour(grammar, code)).map(Arc::from);
        self.done.lock().ok()?.insert(key, made.clone());
        made
    }
}

fn grammar(language: &str) -> Option<&'static SyntaxReference> {
    let language = match language {
        // Names that writers use and the grammars do not know.
        "shell" | "console" | "sh-session" | "zsh" => "bash",
        "js" | "mjs" => "javascript",
        "jsonc" | "json5" => "json",
        "yml" => "yaml",
        "text" | "txt" | "plain" | "plaintext" => return None,
        other => other,
    };
    GRAMMARS.find_syntax_by_token(language)
}

fn colour(grammar: &SyntaxReference, code: &str) -> Option<String> {
    let mut parser = ParseState::new(grammar);
    let mut scopes = ScopeStack::new();
    let mut out = Spans { html: String::with_capacity(code.len() * 2), open: "" };
    for line in LinesWithEndings::from(code) {
        if line.len() > MAX_LINE {
            out.push(line, "");
            continue;
        }
        let changes = parser.parse_line(line, &GRAMMARS).ok()?;
        let mut done = 0;
        for (at, change) in changes {
            if at > done {
                out.push(&line[done..at], class(&scopes));
                done = at;
            }
            scopes.apply(&change).ok()?;
        }
        out.push(&line[done..], class(&scopes));
    }
    Some(out.finish())
}

/// The class of the innermost scope that has one.
fn class(scopes: &ScopeStack) -> &'static str {
    let innermost_first = scopes.as_slice().iter().rev();
    innermost_first
        .filter_map(|scope| SCOPES.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope)))
        .map(|(_, class)| *class)
        .next()
        .unwrap_or("")
}

/// HTML in which neighbours of the same class share one element.
struct Spans {
    html: String,
    open: &'static str,
}

impl Spans {
    fn push(&mut self, text: &str, class: &'static str) {
        if text.is_empty() {
            return;
        }
        // Blanks look the same in every class.
        if class != self.open && !text.trim().is_empty() {
            self.close();
            if !class.is_empty() {
                self.html.push_str("<span class=\"c-");
                self.html.push_str(class);
                self.html.push_str("\">");
            }
            self.open = class;
        }
        push_text(&mut self.html, text);
    }

    fn close(&mut self) {
        if !self.open.is_empty() {
            self.html.push_str("</span>");
        }
    }

    fn finish(mut self) -> String {
        self.close();
        self.html
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_is_coloured_and_its_text_kept() {
        let code = "def f(x):\n    return \"<é>\"  # note\n";
        let html = Highlighter::default().highlight("python", code).unwrap();
        assert!(html.contains("<span class=\"c-k\">return"), "{html}");
        assert!(html.contains("<span class=\"c-c\"># note"), "{html}");
        let mut text = String::new();
        let mut inside = false;
        for c in html.chars() {
            match c {
                '<' => inside = true,
                '>' => inside = false,
                c if !inside => text.push(c),
                _ => {}
            }
        }
        assert_eq!(text.replace("&lt;", "<").replace("&gt;", ">"), code);
    }

    #[test]
    fn an_unknown_language_stays_plain() {
        assert_eq!(Highlighter::default().highlight("klingon", "x"), None);
    }
}
