//! Typography: quotes, dashes and spaces by the rules of a language.
//!
//! Receives the text fragments of a block and a [`Style`]. Gives the text with typographic quotes,
//! dashes, ellipses and no-break spaces. Uses the facts of [`Typography`]. Never sees code, URLs of links or markup.
//!
//! Words without a character that some rule applies to are copied unchanged. Decisions depend on
//! the output so far, not on the input, so setting a text twice changes nothing.

mod break_points;
mod quotes;

use std::ops::Range;

use pingmark_core::lang::Typography;

use break_points::{BreakPoints, is_gap};

/// No-break space.
const NO_BREAK: char = '\u{a0}';
/// Narrow no-break space.
const NARROW: char = '\u{202f}';

/// Prevents the line break that the dash of `10–20` would allow.
const WORD_JOINER: char = '\u{2060}';

/// Spaces that rules may replace. Not line breaks, which the author placed.
const SPACES: [char; 3] = [' ', NO_BREAK, NARROW];

/// Symbols that follow a number after a narrow no-break space.
const SYMBOLS: [char; 6] = ['%', '‰', '€', '$', '£', '°'];

/// Words that must not be separated from the number before them.
#[rustfmt::skip]
const UNITS: [&str; 35] = [
    "k€", "M€", "Md€", "km", "km²", "m", "m²", "m³", "cm", "mm", "ha", "kg", "g", "mg", "t", "L",
    "cl", "ml", "h", "min", "s", "ms", "an", "ans", "px", "ko", "Ko", "Mo", "Go", "To", "kWh",
    "million", "millions", "milliard", "milliards",
];

/// Words that must not be separated from the number after them, such as the `h` of `20 h 30`.
const REFERENCES: [&str; 9] = ["n°", "p.", "pp.", "art.", "chap.", "fig.", "vol.", "§", "h"];

/// Words that must not be separated from the name after them.
const TITLES: [&str; 8] = ["M.", "MM.", "Mme", "Mmes", "Mlle", "Mlles", "Dr", "Pr"];

/// How text is set: by the rules of a language, or not at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style(Option<&'static Typography>);

impl Style {
    /// Unchanged text.
    pub const PLAIN: Self = Self(None);

    /// The style of a language tag, by its primary subtag; plain for languages without rules.
    #[must_use]
    pub fn of(lang: &str) -> Self {
        Self(Typography::of(lang))
    }
}

/// Sets the text of one block after another. Between the fragments of a block it keeps the state
/// that rules depend on: the last character, and the number of open quotes.
#[derive(Debug)]
pub struct Typographer {
    style: Style,
    /// Last character of the block so far.
    last: Option<char>,
    /// Number of open quotes.
    depth: usize,
    /// Whether a hyphen behind the first letters of a word joins them to the rest.
    joins_hyphens: bool,
    /// Whether a single quote is open whose closing one is in a later fragment.
    single_open: bool,
    /// Whether the block is known to have no closing single quote in later fragments.
    none_closes: bool,
}

impl Typographer {
    /// A typographer at the start of a block.
    #[must_use]
    pub fn new(style: Style) -> Self {
        Self { style, last: None, depth: 0, joins_hyphens: true, single_open: false, none_closes: false }
    }

    /// Starts a new block.
    pub fn start_block(&mut self) {
        *self = Self { joins_hyphens: self.joins_hyphens, ..Self::new(self.style) };
    }

    /// Notes visible content that is not text, such as inline code or an image. The text behind it
    /// is set as after a word.
    pub fn opaque(&mut self) {
        self.last = Some('x');
    }

    /// Sets a fragment of the block and appends it to `out`, whose content stays unchanged. A word
    /// ends at the end of a fragment. Line breaks inside the block must be pushed too, as `"\n"`.
    ///
    /// `ahead` is the source of the block behind the fragment, markup included: a quote may close
    /// there. Empty if there is none, or if it is not known.
    pub fn push(&mut self, text: &str, ahead: &str, out: &mut String) {
        match self.style {
            Style(Some(rules)) => Fragment::new(self, rules, text, ahead, out).set(),
            Style(None) => out.push_str(text),
        }
    }

    /// Counts open quotes, both typographic quotes in the input and those just set.
    fn count_quote(&mut self, rules: &Typography, mark: char) {
        if rules.opening.contains(mark) {
            self.depth += 1;
        } else if rules.closing.contains(mark) {
            self.depth = self.depth.saturating_sub(1);
        }
    }
}

/// Sets a text that stands alone, such as a title. Its hyphens stay as they are, since programs read it
/// too.
#[must_use]
pub fn set(style: Style, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    Typographer { joins_hyphens: false, ..Typographer::new(style) }.push(text, "", &mut out);
    out
}

/// A fragment being set. Unchanged text is copied in one piece, at the next change.
struct Fragment<'a> {
    state: &'a mut Typographer,
    rules: &'static Typography,
    text: &'a str,
    /// Source of the block behind the fragment.
    ahead: &'a str,
    out: &'a mut String,
    /// Offset in `out` where the fragment starts; the text before it belongs to the caller.
    floor: usize,
    /// Offset in `text` of the next character to look at.
    at: usize,
    /// Offset in `text` up to which it was copied to `out`.
    copied: usize,
    /// Offset behind the quote that closes the open single quote; `usize::MAX` if none can be
    /// closed any more.
    quote_end: usize,
}

impl<'a> Fragment<'a> {
    fn new(
        state: &'a mut Typographer,
        rules: &'static Typography,
        text: &'a str,
        ahead: &'a str,
        out: &'a mut String,
    ) -> Self {
        Self { state, rules, text, ahead, floor: out.len(), out, at: 0, copied: 0, quote_end: 0 }
    }

    fn set(mut self) {
        let text = self.text.as_bytes();
        let mut break_points = BreakPoints::default();
        while self.at < text.len() {
            let next = break_points.next(text, self.at);
            if next < text.len() && !is_gap(&text[next..]) {
                // Sets the whole word around a character that some rule applies to.
                let start = text[self.at..next].iter().rposition(|byte| *byte == b' ');
                self.at += start.map_or(0, |space| space + 1);
                let end = (next + 1..text.len()).find(|end| is_gap(&text[*end..]));
                self.word(end.unwrap_or(text.len()));
            } else {
                self.at = next;
            }
            self.gap();
        }
        self.state.last = self.before();
    }

    /// Sets a word, except for a URL or e-mail address in it.
    fn word(&mut self, end: usize) {
        let start = self.at;
        let address = find_address(&self.text[start..end]);
        while self.at < end {
            if address.contains(&(self.at - start)) {
                self.at = start + address.end;
            } else if let Some(c) = self.peek(0) {
                self.character(c);
            }
        }
    }

    fn character(&mut self, c: char) {
        match c {
            '"' => self.double_quote(),
            '\'' => self.single_quote(),
            '.' | '-' => self.run(c),
            '!' | '?' | ';' | ':' if self.is_french() => self.high_punctuation(c),
            '«' | '»' | '“' | '”' | '„' | '‚' | '‘' => self.quote(c.len_utf8(), c),
            _ => self.at += c.len_utf8(),
        }
    }

    /// Passes the space between two words, or replaces it by a no-break space.
    fn gap(&mut self) {
        let (left, rest) = self.text.split_at(self.at);
        let right = rest.trim_start_matches(char::is_whitespace);
        let gap = &rest[..rest.len() - right.len()];
        let may_tie = self.is_french() && gap.strip_prefix(SPACES) == Some("");
        match may_tie.then(|| tie(left, right, self.state.last)).flatten() {
            Some(space) => self.put(gap.len(), space),
            None => self.at += gap.len(),
        }
    }

    /// Sets punctuation that needs a space before it in French, if it ends a word. In `10:30`,
    /// `x?y=1`, `!important` and `;-)` it does not.
    fn high_punctuation(&mut self, mark: char) {
        let rest = &self.text[self.at..];
        let after = match mark {
            ':' | ';' => &rest[1..],
            _ => rest.trim_start_matches(['!', '?']),
        };
        let next = after.chars().next();
        let is_face = (matches!(mark, ':' | ';') && matches!(next, Some(')' | ']' | '\'' | '’')))
            || (mark == ':' && self.ends_emoji());
        if !is_face && next.is_none_or(|c| c.is_whitespace() || is_closing(c)) {
            let space = if mark == ':' { NO_BREAK } else { NARROW };
            self.space(space, |before, spaced| {
                !precedes_opening(Some(before)) && (spaced || ends_word(before))
            });
        }
        self.at = self.text.len() - after.len();
    }

    /// Whether a colon here ends the name of an emoji: `:rocket:`.
    fn ends_emoji(&self) -> bool {
        let before = &self.text[..self.at];
        let word = before.rsplit(char::is_whitespace).next().unwrap_or(before);
        let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '+' | '-');
        // Two hyphens are a dash, which is set as one.
        word.strip_prefix(':')
            .is_some_and(|name| !name.is_empty() && name.chars().all(is_name) && !name.contains("--"))
    }

    /// Replaces the spaces at the end of the output by `space`, if `wanted` says so, given the
    /// character before them and whether there are any. Never puts one at the start of a line.
    fn space(&mut self, space: char, wanted: impl Fn(char, bool) -> bool) {
        self.flush();
        let kept = self.out[self.floor..].trim_end_matches(SPACES);
        let before = kept.chars().next_back().or(self.state.last);
        let kept = self.floor + kept.len();
        if before.is_some_and(|c| !c.is_whitespace() && wanted(c, kept < self.out.len())) {
            self.out.truncate(kept);
            self.out.push(space);
        }
    }

    /// Sets a run of three dots, or of two or three hyphens. Longer runs are left alone: they are
    /// drawings.
    fn run(&mut self, mark: char) {
        let rest = self.text[self.at..].trim_start_matches(mark);
        let run = self.text.len() - rest.len() - self.at;
        let before = self.before();
        let arrow = before == Some('<') || rest.starts_with('>');
        let option = precedes_opening(before) && rest.starts_with(|c: char| c.is_ascii_lowercase());
        match (mark, run) {
            ('.', 3) => self.put(run, '…'),
            ('-', 3) if !arrow => self.put(run, '—'),
            ('-', 2) if !arrow && !option => self.put(run, '–'),
            ('-', 1)
                if self.state.joins_hyphens
                    && self.follows_short_start()
                    && self.next(1).is_some_and(char::is_alphabetic) =>
            {
                self.at += 1;
                self.flush();
                return self.out.push(WORD_JOINER);
            }
            _ => return self.at += run,
        }
        if mark == '-' && is_digit(before) && is_digit(self.peek(0)) && self.is_french() {
            self.out.push(WORD_JOINER);
        }
    }

    /// Whether one or two letters that start a word precede this place: a line that breaks behind
    /// their hyphen leaves them alone at its end, as in `l’e-` / `réputation`.
    fn follows_short_start(&mut self) -> bool {
        self.flush();
        let before = self.out[self.floor..].chars().rev();
        let letters = before.clone().take(3).take_while(|c| c.is_alphabetic()).count();
        let further = before.clone().nth(letters).or(self.state.last);
        matches!(letters, 1 | 2) && !further.is_some_and(char::is_alphanumeric)
    }

    /// Copies the unchanged text before this place.
    fn flush(&mut self) {
        self.out.push_str(&self.text[self.copied..self.at]);
        self.copied = self.at;
    }

    /// Sets a character in place of `len` bytes.
    fn put(&mut self, len: usize, c: char) {
        self.flush();
        self.out.push(c);
        self.at += len;
        self.copied = self.at;
    }

    /// The last character of the output.
    fn before(&mut self) -> Option<char> {
        self.flush();
        let set = &self.out[self.floor..];
        set.chars().next_back().or(self.state.last)
    }

    /// The character at `offset` bytes from here.
    fn peek(&self, offset: usize) -> Option<char> {
        self.text[self.at + offset..].chars().next()
    }

    /// The character at `offset` bytes from here, or the first visible one behind the fragment.
    fn next(&self, offset: usize) -> Option<char> {
        self.peek(offset).or_else(|| quotes::first_visible(self.ahead))
    }

    fn is_french(&self) -> bool {
        self.rules.is_spaced
    }
}

/// Byte range of the URL or e-mail address in a word, empty if there is none. Starts with the name
/// before `://` or `@`, because an elision or a bracket may precede it: `d'ada@example.org`.
fn find_address(word: &str) -> Range<usize> {
    let is_letter = |c: char| c.is_ascii_alphanumeric();
    let is_anchor = |&(at, c): &(usize, char)| match c {
        ':' => word[at..].starts_with("://"),
        'w' => word[at..].starts_with("www."),
        '@' => word[..at].ends_with(is_letter) && word[at + 1..].starts_with(is_letter),
        _ => false,
    };
    let Some((anchor, _)) = word.char_indices().find(is_anchor) else {
        return 0..0;
    };
    let punctuation = ['_', '.', '+', '-'];
    let before = word[..anchor].trim_end_matches(|c| is_letter(c) || punctuation.contains(&c));
    let name = word[before.len()..anchor].trim_start_matches(punctuation);
    anchor - name.len()..word.trim_end_matches(ends_clause).len()
}

/// Whether a quote behind `before` opens: at the start of a text, a word or a bracket.
fn precedes_opening(before: Option<char>) -> bool {
    let opens =
        |c| matches!(c, '(' | '[' | '{' | '/' | '-' | '–' | '—' | '¿' | '¡' | '«' | '“' | '„' | '‘' | '‚');
    before.is_none_or(|c| c.is_whitespace() || opens(c))
}

/// Whether `c` ends a quotation, a bracket or a sentence.
fn is_closing(c: char) -> bool {
    matches!(c, ')' | ']' | '}' | '»' | '”' | '"' | '’' | '\'' | '…' | '.' | ',')
}

/// Whether `c` may come between a word and the space after it.
fn ends_clause(c: char) -> bool {
    is_closing(c) || matches!(c, '!' | '?' | ';' | ':' | '“' | '‘')
}

/// Whether punctuation right behind `c` ends a word, and so needs a space in French. The last range
/// contains combining accents.
fn ends_word(c: char) -> bool {
    c.is_alphanumeric() || is_closing(c) || SYMBOLS.contains(&c) || ('\u{300}'..='\u{36f}').contains(&c)
}

fn is_digit(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_digit())
}

/// The no-break space needed between `left` and `right`, if any. `last` is the character before
/// `left`, for an empty one.
fn tie(left: &str, right: &str, last: Option<char>) -> Option<char> {
    let next = right.chars().next()?;
    if is_digit(left.chars().next_back().or(last)) {
        return tie_number(left, right);
    }
    let introduced = (next.is_ascii_digit() && ends_with_any(left, &REFERENCES))
        || (next.is_uppercase() && ends_with_any(left, &TITLES));
    introduced.then_some(NO_BREAK)
}

/// The no-break space needed between a number and the text behind it.
fn tie_number(number: &str, right: &str) -> Option<char> {
    if right.starts_with(SYMBOLS) || is_thousands(number, right) {
        return Some(NARROW);
    }
    let word = first_word(right);
    // In `en 1984 s'ouvre`, the `s` is no unit.
    let elided = right[word.len()..].starts_with(['\'', '’']);
    (!elided && UNITS.contains(&word)).then_some(NO_BREAK)
}

/// Whether `right` continues the number at the end of `left`: one to three digits, then exactly
/// three.
fn is_thousands(left: &str, right: &str) -> bool {
    let head = left.trim_end_matches(|c: char| c.is_ascii_digit());
    let part_of_other = |c: char| c.is_alphanumeric() || matches!(c, ',' | ':' | '/');
    (1..=3).contains(&(left.len() - head.len()))
        && !head.ends_with(part_of_other)
        && right.bytes().take(4).take_while(u8::is_ascii_digit).count() == 3
}

/// Whether the last word of `text` is one of `words`.
fn ends_with_any(text: &str, words: &[&str]) -> bool {
    let mut heads = words.iter().filter_map(|word| text.strip_suffix(word));
    heads.any(|head| !head.ends_with(char::is_alphanumeric))
}

/// The letters and digits at the start of `text`; `€` counts as a letter, for `k€`.
fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '€');
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests;
