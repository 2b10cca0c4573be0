//! Syntax highlighting: code as HTML with a few classes, which style sheets colour for light and
//! dark mode.
//!
//! Receives the name of a language and a code block. Gives HTML. Uses syntect's parser with the
//! grammars of two-face. Never writes colours.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};
use syntect::util::LinesWithEndings;

use pingmark_core::fingerprint::{FastHash, Fingerprint};
use pingmark_core::html::push_text;

/// Longest block that is highlighted, in bytes.
const MAX_BLOCK: usize = 512 * 1024;
/// Longest line that is highlighted, in bytes. Some grammars take the square of a line's length, for
/// brackets in SystemVerilog or backquotes in Markdown: a tenth of a second for this one.
const MAX_LINE: usize = 500;
/// Largest sum of the squares of the lines' lengths in a block, before the rest of it stays plain: that of
/// a thousand lines of a hundred bytes. A count, and no time, so that every machine gives the same bytes.
const MAX_WORK: usize = 10_000_000;
/// Most lines in the cache of a thread, of some 200 bytes each.
const MAX_LINES: usize = 32 * 1024;
/// Most parser states in the cache of a thread. They are searched one by one, because they can be
/// compared but not hashed.
const MAX_STATES: usize = 512;

/// The grammars. Loading takes two milliseconds, so they are only loaded when a block needs them.
static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// Scope prefixes of TextMate grammars, and the class of each; the first match counts.
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

/// [`CLASSES`] with parsed scopes.
static SCOPES: LazyLock<Vec<(Scope, &'static str)>> = LazyLock::new(|| {
    CLASSES.iter().filter_map(|(scope, class)| Some((Scope::new(scope).ok()?, *class))).collect()
});

/// Highlights code. `None` if the language is unknown or the code too long.
///
/// Each thread caches highlighted lines: a closing brace, an import, a tag recur in nearly every
/// block, and a lookup takes a hundredth of the time.
pub fn highlight(language: &str, code: &str) -> Option<String> {
    thread_local! {
        static CACHE: RefCell<LineCache> = RefCell::default();
    }
    if code.len() > MAX_BLOCK {
        return None;
    }
    CACHE.with_borrow_mut(|cache| {
        let grammar = cache.grammar(language)?;
        cache.highlight(grammar, code)
    })
}

/// Cache of highlighted lines, by the parser state in which they begin.
#[derive(Debug, Default)]
struct LineCache {
    /// Grammars by the name that was looked up; at most as many names as there are grammars.
    grammars: HashMap<Box<str>, Option<&'static SyntaxReference>, FastHash>,
    /// Classes by scope. The grammars only have some thousand scopes.
    classes: HashMap<Scope, &'static str, FastHash>,
    /// Distinct parser states between two lines. There are few, because most lines end in a state
    /// in which another one begins.
    states: Vec<LineState>,
    /// Highlighted lines, by the fingerprint of their first state's index and their text.
    lines: HashMap<Fingerprint, Rc<HighlightedLine>, FastHash>,
}

/// The parser's state between two lines.
#[derive(Clone, Debug, PartialEq, Eq)]
struct LineState {
    // Compared first, because the scopes alone distinguish most states.
    scopes: ScopeStack,
    parser: ParseState,
}

/// A highlighted line.
#[derive(Debug)]
struct HighlightedLine {
    /// Pieces of the line: the end of each, in bytes, and its class.
    pieces: Box<[(u32, &'static str)]>,
    /// State in which the line ends.
    next: StateRef,
}

/// A cached state, by its index, or one that could not be cached.
#[derive(Clone, Debug)]
enum StateRef {
    Cached(usize),
    Owned(Box<LineState>),
}

impl LineCache {
    /// The grammar of a language. syntect's own lookup compares the name with those of all
    /// grammars.
    fn grammar(&mut self, language: &str) -> Option<&'static SyntaxReference> {
        if let Some(known) = self.grammars.get(language) {
            return *known;
        }
        let found = find_grammar(language);
        if self.grammars.len() < GRAMMARS.syntaxes().len() {
            self.grammars.insert(language.into(), found);
        }
        found
    }

    /// The class of the innermost scope that has one; empty if none has.
    fn class(&mut self, scopes: &ScopeStack) -> &'static str {
        let mut innermost_first = scopes.as_slice().iter().rev();
        let mut class = |scope: &Scope| *self.classes.entry(*scope).or_insert_with(|| class_of(*scope));
        innermost_first.find_map(|scope| Some(class(scope)).filter(|class| !class.is_empty())).unwrap_or("")
    }

    fn highlight(&mut self, grammar: &SyntaxReference, code: &str) -> Option<String> {
        let start = LineState { parser: ParseState::new(grammar), scopes: ScopeStack::new() };
        let mut state = self.state_ref(start);
        let mut out = SpanWriter { html: String::with_capacity(code.len() * 2), open: "" };
        let mut work = 0;
        for text in LinesWithEndings::from(code) {
            if text.len() <= MAX_LINE {
                work += text.len() * text.len();
            }
            if text.len() > MAX_LINE || work > MAX_WORK {
                out.push(text, "");
                continue;
            }
            let line = self.line(text, state)?;
            let mut done = 0;
            for (end, class) in &*line.pieces {
                out.push(&text[done..*end as usize], class);
                done = *end as usize;
            }
            state = line.next.clone();
        }
        Some(out.finish())
    }

    /// A line from the cache, or highlighted now.
    fn line(&mut self, text: &str, state: StateRef) -> Option<Rc<HighlightedLine>> {
        let number = match state {
            StateRef::Cached(number) => number,
            StateRef::Owned(state) => return self.highlight_line(text, *state).map(Rc::new),
        };
        let key = Fingerprint::of_value(&(number, text));
        if let Some(line) = self.lines.get(&key) {
            return Some(line.clone());
        }
        let line = Rc::new(self.highlight_line(text, self.states[number].clone())?);
        if self.lines.len() < MAX_LINES {
            self.lines.insert(key, line.clone());
        }
        Some(line)
    }

    fn highlight_line(&mut self, text: &str, mut state: LineState) -> Option<HighlightedLine> {
        let mut pieces = Vec::new();
        let mut done = 0;
        for (at, change) in state.parser.parse_line(text, &GRAMMARS).ok()? {
            if at > done {
                pieces.push((at as u32, self.class(&state.scopes)));
                done = at;
            }
            state.scopes.apply(&change).ok()?;
        }
        pieces.push((text.len() as u32, self.class(&state.scopes)));
        Some(HighlightedLine { pieces: pieces.into(), next: self.state_ref(state) })
    }

    /// Looks up a state in the cache, and adds it if there is room.
    fn state_ref(&mut self, state: LineState) -> StateRef {
        let known = self.states.iter().position(|known| *known == state);
        match known {
            Some(number) => StateRef::Cached(number),
            // A state that contains text of an earlier line, as in a here-document, does not even
            // equal its own clone: it would never be found again.
            None if self.states.len() < MAX_STATES && state == state.clone() => {
                self.states.push(state);
                StateRef::Cached(self.states.len() - 1)
            }
            None => StateRef::Owned(Box::new(state)),
        }
    }
}

/// The grammar of a language, by one of its names or file extensions.
fn find_grammar(language: &str) -> Option<&'static SyntaxReference> {
    let language = match language {
        // Names that authors use and the grammars do not know.
        "shell" | "console" | "sh-session" | "zsh" => "bash",
        "js" | "mjs" => "javascript",
        "jsonc" | "json5" => "json",
        "yml" => "yaml",
        "text" | "txt" | "plain" | "plaintext" => return None,
        other => other,
    };
    GRAMMARS.find_syntax_by_token(language)
}

/// The class of a scope; empty if it has none.
fn class_of(scope: Scope) -> &'static str {
    SCOPES.iter().find(|(prefix, _)| prefix.is_prefix_of(scope)).map_or("", |(_, class)| *class)
}

/// Writer of HTML in which neighbours of the same class share one element.
struct SpanWriter {
    html: String,
    /// Class of the open element; empty if none is open.
    open: &'static str,
}

impl SpanWriter {
    fn push(&mut self, text: &str, class: &'static str) {
        if text.is_empty() {
            return;
        }
        // Blanks look the same in every class, so they do not end an element.
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
    fn code_is_highlighted_and_its_text_kept() {
        let code = "def f(x):\n    return \"<é>\"  # note\n";
        let html = highlight("python", code).unwrap();
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

    /// Highlights line by line, without a cache.
    fn highlighted_anew(language: &str, code: &str) -> Option<String> {
        let mut parser = ParseState::new(find_grammar(language)?);
        let mut scopes = ScopeStack::new();
        let class = |scopes: &ScopeStack| {
            scopes
                .as_slice()
                .iter()
                .rev()
                .map(|scope| class_of(*scope))
                .find(|class| !class.is_empty())
                .unwrap_or("")
        };
        let mut out = SpanWriter { html: String::new(), open: "" };
        for line in LinesWithEndings::from(code) {
            let mut done = 0;
            for (at, change) in parser.parse_line(line, &GRAMMARS).unwrap() {
                if at > done {
                    out.push(&line[done..at], class(&scopes));
                    done = at;
                }
                scopes.apply(&change).unwrap();
            }
            out.push(&line[done..], class(&scopes));
        }
        Some(out.finish())
    }

    /// Joins lines in random order; each looks different depending on the lines before it.
    #[test]
    fn cached_lines_look_as_if_highlighted_anew() {
        #[rustfmt::skip]
        let lines = [
            "\n", "}\n", "    x = \"é\"\n", "\"\"\"\n", "'''\n", "# note\n", "/* <b>\n", "*/ let a = 1;\n",
            "<script>\n", "</script>\n", "<style>a { b: c }\n", "<p class='x'>\n", "<!-- a\n", "-->\n",
            "cat <<FIN $a\n", "cat <<AUTRE\n", "FIN\n", "AUTRE\n", "```python\n", "```\n", "{ \"a\": [1,\n",
            "] }\n", "r#\"x\n", "\"#;\n", "def f(x):", "<?php echo \"$a\n", "?>\n", "`${a\n", "}`\n", "é",
        ];
        let languages = ["html", "python", "js", "rust", "bash", "json", "markdown", "php", "ruby", "css"];
        let mut draw = 1_u32;
        for round in 0..180 {
            let mut code = String::new();
            for _ in 0..12 {
                draw = draw.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                code.push_str(lines[(draw >> 16) as usize % lines.len()]);
            }
            let language = languages[round % languages.len()];
            let (cached, anew) = (highlight(language, &code), highlighted_anew(language, &code));
            assert_eq!(cached, anew, "{language}: {code:?}");
        }
    }

    #[test]
    fn a_full_cache_still_highlights() {
        let mut cache = LineCache::default();
        let grammar = find_grammar("html").unwrap();
        let start = LineState { parser: ParseState::new(grammar), scopes: ScopeStack::new() };
        cache.states = vec![start; MAX_STATES];
        let code = "<p>\n<script>\nlet a = 1;\n</script>\n<p>\n";
        assert_eq!(cache.highlight(grammar, code), highlighted_anew("html", code));
        assert_eq!(cache.states.len(), MAX_STATES);
    }

    #[test]
    fn a_long_block_stays_plain_at_its_end() {
        let line = format!("{}\n", "~a ".repeat(150));
        let html = highlight("markdown", &format!("# Titre\n{}# Fin\n", line.repeat(200))).unwrap();
        assert!(
            html.starts_with("<span class=\"c-t\"># Titre") && html.ends_with("\n# Fin\n"),
            "{}",
            &html[html.len() - 80..]
        );
        let code = highlight("python", &"return 1\n".repeat(20_000)).unwrap();
        assert_eq!(code.matches("c-n").count(), 20_000);
    }

    #[test]
    fn an_unknown_language_stays_plain() {
        assert_eq!(highlight("klingon", "x"), None);
    }
}
