//! Straight quotes: which of them open, which close, and which are apostrophes.

use super::{Fragment, NO_BREAK, SPACES, ends_clause, is_digit, precedes_opening};

/// Longest tag in HTML that is skipped in search of a visible character, in bytes.
const MAX_TAG: usize = 200;

impl Fragment<'_> {
    pub(super) fn double_quote(&mut self) {
        let (before, next, depth) = (self.before(), self.next(1), self.state.depth);
        if depth == 0 && is_digit(before) {
            self.at += 1; // A unit: inches or seconds.
            return;
        }
        let [outer, inner, _] = self.rules.quotes;
        let mark = match opens_quote(before, next, depth > 0) {
            true if depth == 0 => outer.0,
            true => inner.0,
            false if depth <= 1 => outer.1,
            false => inner.1,
        };
        self.quote(1, mark);
    }

    pub(super) fn single_quote(&mut self) {
        let (before, next) = (self.before(), self.next(1));
        let [_, _, (opening, closing)] = self.rules.quotes;
        let is_unit = is_digit(before) && !next.is_some_and(char::is_alphabetic);
        let may_open = precedes_opening(before) && next.is_some_and(char::is_alphanumeric);
        if self.quote_end == self.at + 1 {
            self.quote(1, closing);
        } else if self.state.single_open
            && !precedes_opening(before)
            && !next.is_some_and(char::is_alphanumeric)
        {
            self.state.single_open = false;
            self.quote(1, closing);
        } else if is_unit {
            self.at += 1;
        } else if may_open && self.text[self.at..].get(..3).is_some_and(|n| n.eq_ignore_ascii_case("'n'")) {
            // Both are apostrophes in `rock 'n' roll`.
            self.put(1, '’');
            self.at += 1;
            self.put(1, '’');
        } else if may_open && !self.is_clipped() && self.is_closed() {
            self.quote(1, opening);
        } else {
            self.put(1, '’');
        }
    }

    /// Whether the quote here is the apostrophe of a shortened word or year: `'cause`, `'90s`.
    fn is_clipped(&self) -> bool {
        let rest = &self.text[self.at + 1..];
        let word = &rest[..rest.find(|c: char| !c.is_alphanumeric()).unwrap_or(rest.len())];
        let number = word.trim_end_matches('s');
        let is_year = number.len() == 2 && number.bytes().all(|byte| byte.is_ascii_digit());
        // In `'cause'`, the word is quoted.
        let is_quoted = rest[word.len()..].starts_with('\'');
        let is_shortened = || self.rules.clipped_words.iter().any(|known| known.eq_ignore_ascii_case(word));
        is_year || (!is_quoted && is_shortened())
    }

    /// Whether a single quote opened here is closed, in this fragment or a later one. What is found
    /// is kept, so that not every opening quote searches the whole text.
    fn is_closed(&mut self) -> bool {
        let start = self.at + 1;
        if self.quote_end <= start {
            self.quote_end = closing_quote(self.text, start).unwrap_or(usize::MAX);
        }
        if self.quote_end != usize::MAX || self.state.single_open {
            return true;
        }
        let closes = !self.state.none_closes && closing_quote(self.ahead, 0).is_some();
        self.state.none_closes = !closes;
        self.state.single_open = closes;
        closes
    }

    /// Sets a quotation mark in place of `len` bytes, with the spaces that it needs inside.
    pub(super) fn quote(&mut self, len: usize, mark: char) {
        self.state.count_quote(self.rules, mark);
        if mark == '»' && self.is_french() {
            self.space(NO_BREAK, |_, _| true);
        }
        self.put(len, mark);
        let rest = &self.text[self.at..];
        let inside = rest.trim_start_matches(SPACES);
        if mark == '«' && self.is_french() && !inside.starts_with(char::is_whitespace) {
            self.put(rest.len() - inside.len(), NO_BREAK);
        }
    }
}

/// Offset behind the first single quote from `start` on that may be a closing one.
fn closing_quote(text: &str, start: usize) -> Option<usize> {
    text[start..].match_indices('\'').find_map(|(at, _)| {
        let (left, right) = text.split_at(start + at + 1);
        let ends = !precedes_opening(left.chars().rev().nth(1));
        (ends && !right.starts_with(char::is_alphanumeric)).then_some(left.len())
    })
}

/// The first character of a source that readers see, which may be a blank: markup is skipped.
pub(super) fn first_visible(source: &str) -> Option<char> {
    let mut rest = source;
    loop {
        rest = rest.trim_start_matches(['*', '_', '~', '`', '[']);
        let inside = rest.strip_prefix('<').and_then(|tag| {
            let end = tag.bytes().take(MAX_TAG).position(|byte| byte == b'>')?;
            Some(&tag[end + 1..])
        });
        match inside.or_else(|| rest.strip_prefix("![")) {
            Some(inside) => rest = inside,
            None => return rest.chars().next(),
        }
    }
}

/// Whether a straight double quote between two characters is an opening one.
fn opens_quote(before: Option<char>, next: Option<char>, nested: bool) -> bool {
    if precedes_opening(before) {
        // In `" mot "`, the closing quote follows a space too.
        return !(nested && next.is_none_or(|c| c.is_whitespace() || ends_clause(c)));
    }
    let elided = before == Some('’');
    let after_punctuation = !nested && !before.is_some_and(char::is_alphanumeric);
    next.is_some_and(char::is_alphanumeric) && (elided || after_punctuation)
}
