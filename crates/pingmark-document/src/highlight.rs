//! Code as HTML with a handful of classes, so that one stylesheet colours it by day and night.
//!
//! Receives a language's name and a text. Gives HTML. Uses syntect's parser with the grammars
//! of two-face. Never writes colours.

use std::cell::RefCell;
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxReference, SyntaxSet};
use syntect::util::LinesWithEndings;

use pingmark_core::fingerprint::{FastHash, Fingerprint};
use pingmark_core::html::push_text;

/// Longest block that is coloured, in bytes.
const MAX_BLOCK: usize = 512 * 1024;
/// Longest line that is coloured, in bytes: grammars are slow on minified code.
const MAX_LINE: usize = 16 * 1024;
/// Most lines that are remembered, of some 200 bytes each.
const MAX_LINES: usize = 32 * 1024;
/// Most states that are remembered. They are looked through, for they can be compared and not
/// hashed.
const MAX_STATES: usize = 512;

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

/// The code as HTML, or `None` when the language is not known or the code too long.
///
/// The lines that were coloured are remembered: a closing brace, an import, a tag come again in
/// nearly every block, and looking one up takes a hundredth of the time. The parser's states cannot
/// be sent between threads; what lines look like can.
pub fn highlight(language: &str, code: &str) -> Option<String> {
    thread_local! {
        static MEMORY: RefCell<Memory> = RefCell::default();
    }
    if code.len() > MAX_BLOCK {
        return None;
    }
    MEMORY.with_borrow_mut(|memory| {
        let grammar = memory.grammar(language)?;
        memory.colour(grammar, code)
    })
}

/// What lines look like, by what they begin in.
#[derive(Debug, Default)]
struct Memory {
    /// The grammars that were asked for, by what they were called; as many names as grammars at
    /// most.
    grammars: HashMap<Box<str>, Option<&'static SyntaxReference>, FastHash>,
    /// The classes of the scopes that were met. The grammars have no more than some thousands.
    classes: HashMap<Scope, &'static str, FastHash>,
    /// What lines begin and end in, each once, by its fingerprint. There are few: most lines end in what
    /// another began in.
    states: Vec<(Fingerprint, State)>,
    /// By the fingerprint of the state that it begins in and of its text.
    lines: HashMap<Fingerprint, Rc<Line>, FastHash>,
}

/// The lines that any thread coloured. Each asks here only for those that it has not met.
static COLOURED: LazyLock<RwLock<HashMap<Fingerprint, Coloured, FastHash>>> = LazyLock::new(RwLock::default);

/// What a line looks like: the end of each piece of it, in bytes, and the piece's class.
type Pieces = Arc<[(u32, &'static str)]>;

/// A line that any thread coloured, and the fingerprint of the state that it ends in.
#[derive(Clone, Debug)]
struct Coloured {
    pieces: Pieces,
    next: Fingerprint,
}

/// Where the parser stands between two lines.
#[derive(Clone, Debug, PartialEq, Eq)]
struct State {
    // First, for they tell most states apart.
    scopes: ScopeStack,
    parser: ParseState,
}

impl State {
    /// Tells it from all others, in whatever thread: all that it is made of shows in its text.
    fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(format!("{self:?}").as_bytes())
    }
}

/// A coloured line.
#[derive(Debug)]
struct Line {
    pieces: Pieces,
    /// What it ends in.
    next: Place,
}

/// A state: the number of one that is remembered, or one there was no room for.
#[derive(Clone, Debug)]
enum Place {
    Known(usize),
    Other(Box<State>),
}

impl Memory {
    /// A language's grammar: Syntect compares a name with those of all grammars.
    fn grammar(&mut self, language: &str) -> Option<&'static SyntaxReference> {
        if let Some(known) = self.grammars.get(language) {
            return *known;
        }
        let found = grammar(language);
        if self.grammars.len() < GRAMMARS.syntaxes().len() {
            self.grammars.insert(language.into(), found);
        }
        found
    }

    /// The class of the innermost scope that has one.
    fn class(&mut self, scopes: &ScopeStack) -> &'static str {
        let mut innermost_first = scopes.as_slice().iter().rev();
        let mut class = |scope: &Scope| *self.classes.entry(*scope).or_insert_with(|| class(*scope));
        innermost_first.find_map(|scope| Some(class(scope)).filter(|class| !class.is_empty())).unwrap_or("")
    }

    fn colour(&mut self, grammar: &SyntaxReference, code: &str) -> Option<String> {
        let start = State { parser: ParseState::new(grammar), scopes: ScopeStack::new() };
        let mut place = self.place_of(start);
        let mut out = Spans { html: String::with_capacity(code.len() * 2), open: "" };
        for text in LinesWithEndings::from(code) {
            if text.len() > MAX_LINE {
                out.push(text, "");
                continue;
            }
            let line = self.line(text, place)?;
            let mut done = 0;
            for (end, class) in &*line.pieces {
                out.push(&text[done..*end as usize], class);
                done = *end as usize;
            }
            place = line.next.clone();
        }
        Some(out.finish())
    }

    /// A line as remembered, or coloured now.
    fn line(&mut self, text: &str, place: Place) -> Option<Rc<Line>> {
        let number = match place {
            Place::Known(number) => number,
            Place::Other(state) => return self.colour_line(text, *state).map(Rc::new),
        };
        let (fingerprint, _) = &self.states[number];
        let key = Fingerprint::of_value(&(fingerprint, text));
        if let Some(line) = self.lines.get(&key) {
            return Some(line.clone());
        }
        let line = Rc::new(match self.coloured_elsewhere(key) {
            Some(line) => line,
            None => {
                let line = self.colour_line(text, self.states[number].1.clone())?;
                self.tell_others(key, &line);
                line
            }
        });
        if self.lines.len() < MAX_LINES {
            self.lines.insert(key, line.clone());
        }
        Some(line)
    }

    /// A line that another thread coloured, if this one knows what it ends in: it will have to go
    /// on from there.
    fn coloured_elsewhere(&self, key: Fingerprint) -> Option<Line> {
        let coloured = COLOURED.read().unwrap_or_else(PoisonError::into_inner).get(&key)?.clone();
        let next = self.states.iter().position(|(fingerprint, _)| *fingerprint == coloured.next)?;
        Some(Line { pieces: coloured.pieces, next: Place::Known(next) })
    }

    fn tell_others(&self, key: Fingerprint, line: &Line) {
        let Place::Known(next) = line.next else { return };
        let coloured = Coloured { pieces: line.pieces.clone(), next: self.states[next].0 };
        let mut all = COLOURED.write().unwrap_or_else(PoisonError::into_inner);
        if all.len() < MAX_LINES {
            all.insert(key, coloured);
        }
    }

    fn colour_line(&mut self, text: &str, mut state: State) -> Option<Line> {
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
        Some(Line { pieces: pieces.into(), next: self.place_of(state) })
    }

    fn place_of(&mut self, state: State) -> Place {
        let known = self.states.iter().position(|(_, known)| *known == state);
        match known {
            Some(number) => Place::Known(number),
            // A state that keeps words of an earlier line, as in a here-document, equals nothing,
            // not even its copy: it would never be found again.
            None if self.states.len() < MAX_STATES && state == state.clone() => {
                self.states.push((state.fingerprint(), state));
                Place::Known(self.states.len() - 1)
            }
            None => Place::Other(Box::new(state)),
        }
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

/// The class of a scope, if it has one.
fn class(scope: Scope) -> &'static str {
    SCOPES.iter().find(|(prefix, _)| prefix.is_prefix_of(scope)).map_or("", |(_, class)| *class)
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

    /// The same, line after line, without a memory.
    fn coloured_anew(language: &str, code: &str) -> Option<String> {
        let mut parser = ParseState::new(grammar(language)?);
        let mut scopes = ScopeStack::new();
        let class = |scopes: &ScopeStack| {
            scopes
                .as_slice()
                .iter()
                .rev()
                .map(|scope| class(*scope))
                .find(|class| !class.is_empty())
                .unwrap_or("")
        };
        let mut out = Spans { html: String::new(), open: "" };
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

    /// Lines that look different by what stands before them, in whatever order.
    #[test]
    fn what_is_remembered_looks_as_if_coloured_anew() {
        #[rustfmt::skip]
        let lines = [
            "\n", "}\n", "    x = \"é\"\n", "\"\"\"\n", "'''\n", "# note\n", "/* <b>\n", "*/ let a = 1;\n",
            "<script>\n", "</script>\n", "<style>a { b: c }\n", "<p class='x'>\n", "<!-- a\n", "-->\n",
            "cat <<FIN $a\n", "cat <<AUTRE\n", "FIN\n", "AUTRE\n", "```python\n", "```\n", "{ \"a\": [1,\n",
            "] }\n", "r#\"x\n", "\"#;\n", "def f(x):", "<?php echo \"$a\n", "?>\n", "`${a\n", "}`\n", "é",
        ];
        let languages = ["html", "python", "js", "rust", "bash", "json", "markdown", "php", "ruby", "css"];
        // Threads take lines from one another, each in an order of its own.
        let colour = |seed: u32| {
            let mut draw = seed;
            for round in 0..60 {
                let mut code = String::new();
                for _ in 0..12 {
                    draw = draw.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    code.push_str(lines[(draw >> 16) as usize % lines.len()]);
                }
                let language = languages[round % languages.len()];
                let (known, anew) = (highlight(language, &code), coloured_anew(language, &code));
                assert_eq!(known, anew, "{language}: {code:?}");
            }
        };
        std::thread::scope(|threads| {
            for seed in 1..=3 {
                threads.spawn(move || colour(seed));
            }
        });
        let shared = COLOURED.read().unwrap().len();
        assert!(shared > 0, "no line was shared");
    }

    #[test]
    fn a_full_memory_still_colours() {
        let mut memory = Memory::default();
        let grammar = grammar("html").unwrap();
        let start = State { parser: ParseState::new(grammar), scopes: ScopeStack::new() };
        memory.states = vec![(start.fingerprint(), start); MAX_STATES];
        let code = "<p>\n<script>\nlet a = 1;\n</script>\n<p>\n";
        assert_eq!(memory.colour(grammar, code), coloured_anew("html", code));
        assert_eq!(memory.states.len(), MAX_STATES);
    }

    #[test]
    fn an_unknown_language_stays_plain() {
        assert_eq!(highlight("klingon", "x"), None);
    }
}
