//! Receives text fragments of one block and a language. Gives the text as a typographer of that
//! language would set it. Uses std only. Never sees code, URLs of links or markup.
//!
//! A word is copied as it is unless a byte in it announces a sign to set. Decisions rest on what
//! is already set, not on how it was typed: this is why setting a text twice changes nothing.

mod halts;

use std::ops::Range;

use halts::{Halts, is_gap};

const NO_BREAK: char = '\u{a0}';
const NARROW: char = '\u{202f}';

/// Forbids the line break that the dash of `10–20` would allow.
const WORD_JOINER: char = '\u{2060}';

/// The spaces a rule may replace. A line break is not one of them, for the author placed it.
const SPACES: [char; 3] = [' ', NO_BREAK, NARROW];

/// Signs that follow a number after a narrow space.
const SYMBOLS: [char; 6] = ['%', '‰', '€', '$', '£', '°'];

/// Words that must not be parted from the number before them.
#[rustfmt::skip]
const UNITS: [&str; 35] = [
    "k€", "M€", "Md€", "km", "km²", "m", "m²", "m³", "cm", "mm", "ha", "kg", "g", "mg", "t", "L",
    "cl", "ml", "h", "min", "s", "ms", "an", "ans", "px", "ko", "Ko", "Mo", "Go", "To", "kWh",
    "million", "millions", "milliard", "milliards",
];

/// Words that must not be parted from the number after them, such as the `h` of `20 h 30`.
const REFERENCES: [&str; 9] = ["n°", "p.", "pp.", "art.", "chap.", "fig.", "vol.", "§", "h"];

/// Words that must not be parted from the name after them.
const TITLES: [&str; 8] = ["M.", "MM.", "Mme", "Mmes", "Mlle", "Mlles", "Dr", "Pr"];

/// The typographic habits of a language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// `« … “…” … »`, with no-break spaces around signs and numbers.
    French,
    /// `“…”`, and single quotes where they were typed.
    English,
    /// `„… ‚…‘ …“`.
    German,
    /// `«… “…” …»`.
    Spanish,
    /// `«… “…” …»`.
    Italian,
    /// The text as it was typed.
    Plain,
}

impl Style {
    /// The style of a language tag, by its primary subtag: `fr-CA` is French. An unknown language
    /// is left plain, for straight quotes are less wrong than those of another language.
    #[must_use]
    pub fn of(lang: &str) -> Self {
        match lang.split(['-', '_']).next().map(str::as_bytes) {
            Some([b'f' | b'F', b'r' | b'R']) => Self::French,
            Some([b'e' | b'E', b'n' | b'N']) => Self::English,
            Some([b'd' | b'D', b'e' | b'E']) => Self::German,
            Some([b'e' | b'E', b's' | b'S']) => Self::Spanish,
            Some([b'i' | b'I', b't' | b'T']) => Self::Italian,
            _ => Self::Plain,
        }
    }

    /// The pairs that replace double quotes, those inside double quotes, and single quotes.
    /// English never turns double into single ones: the closing one would be an apostrophe to
    /// whoever reads the text again.
    fn quotes(self) -> [(char, char); 3] {
        match self {
            Self::German => [('„', '“'), ('‚', '‘'), ('‚', '‘')],
            Self::English | Self::Plain => [('“', '”'), ('“', '”'), ('‘', '’')],
            Self::French | Self::Spanish | Self::Italian => [('«', '»'), ('“', '”'), ('‘', '’')],
        }
    }
}

/// Sets the text of one block after another. Remembers, from a fragment of the block to the next,
/// what decides of a sign: the character before it and how many quotes are open.
#[derive(Debug)]
pub struct Typographer {
    style: Style,
    last: Option<char>,
    depth: usize,
}

impl Typographer {
    /// A typographer at the start of a block.
    #[must_use]
    pub fn new(style: Style) -> Self {
        let (last, depth) = (None, 0);
        Self { style, last, depth }
    }

    /// Forgets what came before.
    pub fn start_block(&mut self) {
        *self = Self::new(self.style);
    }

    /// Notes that something visible that is not text comes here, such as inline code or an image:
    /// what follows is set as after a word.
    pub fn opaque(&mut self) {
        self.last = Some('x');
    }

    /// Appends a fragment of the block to `out`, set. What `out` already holds is never changed,
    /// and the end of a fragment is taken for the end of a word. Line breaks inside the block
    /// should be pushed too, as `"\n"`.
    pub fn push(&mut self, text: &str, out: &mut String) {
        if self.style == Style::Plain {
            out.push_str(text);
        } else {
            Fragment::new(self, text, out).set();
        }
    }

    /// Counts the open quotes, from marks that are there as well as from those just chosen.
    fn count(&mut self, mark: char) {
        match (self.style, mark) {
            (Style::German, '„' | '‚') => self.depth += 1,
            (Style::German, '“' | '‘') => self.depth = self.depth.saturating_sub(1),
            (Style::German, _) => {}
            (_, '«' | '“' | '„') => self.depth += 1,
            (_, '»' | '”') => self.depth = self.depth.saturating_sub(1),
            _ => {}
        }
    }
}

/// Sets a whole string that stands alone, such as a title.
#[must_use]
pub fn set(style: Style, text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    Typographer::new(style).push(text, &mut out);
    out
}

/// A fragment being set. What it passes over is copied later, with all that is left alone.
struct Fragment<'a> {
    state: &'a mut Typographer,
    text: &'a str,
    out: &'a mut String,
    /// Where the fragment starts in `out`: what precedes belongs to the caller.
    floor: usize,
    /// Where the reading is, and how much of `text` is in `out`.
    at: usize,
    copied: usize,
    /// Where the open single quote ends; beyond the text when none can be closed.
    quote_end: usize,
}

impl<'a> Fragment<'a> {
    fn new(state: &'a mut Typographer, text: &'a str, out: &'a mut String) -> Self {
        Self { state, text, floor: out.len(), out, at: 0, copied: 0, quote_end: 0 }
    }

    fn set(mut self) {
        let text = self.text.as_bytes();
        let mut halts = Halts::default();
        while self.at < text.len() {
            let halt = halts.next(text, self.at);
            if halt < text.len() && !is_gap(&text[halt..]) {
                // A sign, and the word around it.
                let start = text[self.at..halt].iter().rposition(|byte| *byte == b' ');
                self.at += start.map_or(0, |space| space + 1);
                let end = (halt + 1..text.len()).find(|end| is_gap(&text[*end..]));
                self.word(end.unwrap_or(text.len()));
            } else {
                self.at = halt;
            }
            self.gap();
        }
        self.state.last = self.before();
    }

    /// Sets a word, except for the address it may contain.
    fn word(&mut self, end: usize) {
        let start = self.at;
        let address = find_address(&self.text[start..end]);
        while self.at < end {
            if address.contains(&(self.at - start)) {
                self.at = start + address.end;
            } else if let Some(sign) = self.peek(0) {
                self.sign(sign);
            }
        }
    }

    fn sign(&mut self, sign: char) {
        match sign {
            '"' => self.double_quote(),
            '\'' => self.single_quote(),
            '.' | '-' => self.run(sign),
            '!' | '?' | ';' | ':' if self.is_french() => self.high_sign(sign),
            '«' | '»' | '“' | '”' | '„' | '‚' | '‘' => self.mark(sign.len_utf8(), sign),
            _ => self.at += sign.len_utf8(),
        }
    }

    /// Passes the space between two words, and makes it unbreakable where it must be.
    fn gap(&mut self) {
        let (left, rest) = self.text.split_at(self.at);
        let right = rest.trim_start_matches(char::is_whitespace);
        let gap = &rest[..rest.len() - right.len()];
        let may_hold = self.is_french() && gap.strip_prefix(SPACES) == Some("");
        match may_hold.then(|| tie(left, right, self.state.last)).flatten() {
            Some(space) => self.put(gap.len(), space),
            None => self.at += gap.len(),
        }
    }

    fn double_quote(&mut self) {
        let (before, next, depth) = (self.before(), self.peek(1), self.state.depth);
        if depth == 0 && is_digit(before) {
            self.at += 1; // A measure, in inches or seconds.
            return;
        }
        let [outer, inner, _] = self.state.style.quotes();
        let mark = match opens_quote(before, next, depth > 0) {
            true if depth == 0 => outer.0,
            true => inner.0,
            false if depth <= 1 => outer.1,
            false => inner.1,
        };
        self.mark(1, mark);
    }

    fn single_quote(&mut self) {
        let (before, next) = (self.before(), self.peek(1));
        let [_, _, (opening, closing)] = self.state.style.quotes();
        let measures = is_digit(before) && !next.is_some_and(char::is_alphabetic);
        if self.quote_end == self.at + 1 {
            self.mark(1, closing);
        } else if measures {
            self.at += 1;
        } else if precedes_opening(before) && next.is_some_and(char::is_alphabetic) && self.is_closed() {
            self.mark(1, opening);
        } else {
            self.put(1, '’');
        }
    }

    /// Whether a single quote opened here is closed in the fragment. What closes it is kept until
    /// it is passed, lest each opening quote search the whole text for it.
    fn is_closed(&mut self) -> bool {
        let start = self.at + 1;
        if self.quote_end <= start {
            let mut quotes = self.text[start..].match_indices('\'');
            let end = quotes.find_map(|(at, _)| {
                let (left, right) = self.text.split_at(start + at + 1);
                let ends = !precedes_opening(left.chars().rev().nth(1));
                (ends && !right.starts_with(char::is_alphanumeric)).then_some(left.len())
            });
            self.quote_end = end.unwrap_or(usize::MAX);
        }
        self.quote_end != usize::MAX
    }

    /// Sets a quotation mark in the place of `len` bytes, with the spaces it wants inside.
    fn mark(&mut self, len: usize, mark: char) {
        self.state.count(mark);
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

    /// Sets the signs that want a space before them. They end a word: the signs of `10:30`,
    /// `x?y=1`, `!important` and `;-)` are something else.
    fn high_sign(&mut self, sign: char) {
        let rest = &self.text[self.at..];
        let after = match sign {
            ':' | ';' => &rest[1..],
            _ => rest.trim_start_matches(['!', '?']),
        };
        let next = after.chars().next();
        let is_face = matches!(sign, ':' | ';') && matches!(next, Some(')' | ']' | '\'' | '’'));
        if !is_face && next.is_none_or(|c| c.is_whitespace() || is_closing(c)) {
            let space = if sign == ':' { NO_BREAK } else { NARROW };
            self.space(space, |before, spaced| {
                !precedes_opening(Some(before)) && (spaced || ends_word(before))
            });
        }
        self.at = self.text.len() - after.len();
    }

    /// Ends what is set with `space`, in the place of the spaces there, if it is `wanted` after
    /// the character before them, knowing whether there are any. A line never starts with it.
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

    /// Sets three dots, and two or three hyphens. Longer runs are drawings.
    fn run(&mut self, sign: char) {
        let rest = self.text[self.at..].trim_start_matches(sign);
        let run = self.text.len() - rest.len() - self.at;
        let before = self.before();
        let arrow = before == Some('<') || rest.starts_with('>');
        let option = precedes_opening(before) && rest.starts_with(|c: char| c.is_ascii_lowercase());
        match (sign, run) {
            ('.', 3) => self.put(run, '…'),
            ('-', 3) if !arrow => self.put(run, '—'),
            ('-', 2) if !arrow && !option => self.put(run, '–'),
            _ => return self.at += run,
        }
        if sign == '-' && is_digit(before) && is_digit(self.peek(0)) && self.is_french() {
            self.out.push(WORD_JOINER);
        }
    }

    /// Copies what was passed over.
    fn flush(&mut self) {
        self.out.push_str(&self.text[self.copied..self.at]);
        self.copied = self.at;
    }

    /// Sets `sign` in the place of `len` bytes.
    fn put(&mut self, len: usize, sign: char) {
        self.flush();
        self.out.push(sign);
        self.at += len;
        self.copied = self.at;
    }

    /// The character set before this place.
    fn before(&mut self) -> Option<char> {
        self.flush();
        let set = &self.out[self.floor..];
        set.chars().next_back().or(self.state.last)
    }

    /// The character some bytes after this place.
    fn peek(&self, offset: usize) -> Option<char> {
        self.text[self.at + offset..].chars().next()
    }

    fn is_french(&self) -> bool {
        self.state.style == Style::French
    }
}

/// The part of a word that is a URL or an e-mail address, empty if there is none. It starts with
/// the name before `://` or `@`, for an elision or a bracket may precede: `d'ada@example.org`.
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
    let signs = ['_', '.', '+', '-'];
    let before = word[..anchor].trim_end_matches(|c| is_letter(c) || signs.contains(&c));
    let name = word[before.len()..anchor].trim_start_matches(signs);
    anchor - name.len()..word.trim_end_matches(ends_clause).len()
}

/// Whether a straight double quote opens.
fn opens_quote(before: Option<char>, next: Option<char>, nested: bool) -> bool {
    if precedes_opening(before) {
        // The closing quote of `" mot "` also follows a space.
        return !(nested && next.is_none_or(|c| c.is_whitespace() || ends_clause(c)));
    }
    let elided = before == Some('’');
    let after_sign = !nested && !before.is_some_and(char::is_alphanumeric);
    next.is_some_and(char::is_alphanumeric) && (elided || after_sign)
}

/// Whether a quote after `before` is at the start of something.
fn precedes_opening(before: Option<char>) -> bool {
    let opens =
        |c| matches!(c, '(' | '[' | '{' | '/' | '-' | '–' | '—' | '¿' | '¡' | '«' | '“' | '„' | '‘' | '‚');
    before.is_none_or(|c| c.is_whitespace() || opens(c))
}

/// Whether `c` ends what is quoted, bracketed or said.
fn is_closing(c: char) -> bool {
    matches!(c, ')' | ']' | '}' | '»' | '”' | '"' | '’' | '\'' | '…' | '.' | ',')
}

/// Whether `c` may come between a word and the space after it.
fn ends_clause(c: char) -> bool {
    is_closing(c) || matches!(c, '!' | '?' | ';' | ':' | '“' | '‘')
}

/// Whether a high sign right after `c` ends what precedes, and so wants a space. The last range is
/// of the accents that follow their letter.
fn ends_word(c: char) -> bool {
    c.is_alphanumeric() || is_closing(c) || SYMBOLS.contains(&c) || ('\u{300}'..='\u{36f}').contains(&c)
}

fn is_digit(c: Option<char>) -> bool {
    c.is_some_and(|c| c.is_ascii_digit())
}

/// The space that must hold `left` and `right` together, if any.
fn tie(left: &str, right: &str, last: Option<char>) -> Option<char> {
    let next = right.chars().next()?;
    if is_digit(left.chars().next_back().or(last)) {
        return tie_number(left, right);
    }
    let introduced = (next.is_ascii_digit() && ends_with_any(left, &REFERENCES))
        || (next.is_uppercase() && ends_with_any(left, &TITLES));
    introduced.then_some(NO_BREAK)
}

/// The space between a number and what follows it.
fn tie_number(number: &str, right: &str) -> Option<char> {
    if right.starts_with(SYMBOLS) || is_thousands(number, right) {
        return Some(NARROW);
    }
    let word = first_word(right);
    let elided = right[word.len()..].starts_with(['\'', '’']); // As in `en 1984 s'ouvre`.
    (!elided && UNITS.contains(&word)).then_some(NO_BREAK)
}

/// Whether `right` goes on with the number that ends `left`: one to three digits, then three.
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

/// The letters and digits at the start of `text`, and the sign of `k€`.
fn first_word(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_alphanumeric() && c != '€');
    &text[..end.unwrap_or(text.len())]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is typed and what is set. There `|` stands between fragments, and a backquote for
    /// inline code; `~` is a no-break space, `_` a narrow one, `^` a word joiner.
    const FRENCH: &str = r#"
        Un mot simple. => Un mot simple.
        "mot" => «~mot~»
        dit " mot ". => dit «~mot~».
        « mot », «mot» => «~mot~», «~mot~»
        "un "deux" trois" => «~un “deux” trois~»
        l'"idée" => l’«~idée~»
        ("mot") => («~mot~»)
        "fin => «~fin
        fin" => fin~»
        » suite => » suite
        "" => «~»
        “mot” ‘mot’ l’an => “mot” ‘mot’ l’an
        aujourd'hui l'été => aujourd’hui l’été
        le 'mot' dit => le ‘mot’ dit
        mai '68 => mai ’68
        Quoi ? Non! => Quoi_? Non_!
        "Oui!" => «~Oui_!~»
        Quoi?! Ah!!! => Quoi_?! Ah_!!!
        (vrai?) => (vrai_?)
        un;deux ; trois; => un;deux_; trois_;
        ! alerte => ! alerte
        x?y=1 a != b !important => x?y=1 a != b !important
        ah ;-) oh :-) hi :) eh:] => ah ;-) oh :-) hi :) eh:]
        snif :'( => snif :’(
        Note: voir : => Note~: voir~:
        à 10:30 en 16:9 => à 10:30 en 16:9
        C:\x std::fmt a :: => C:\x std::fmt a ::
        Il dit:"oui" => Il dit~:«~oui~»
        Fin... => Fin…
        [...] .... .. => […] .... ..
        Quoi!... => Quoi_!…
        un--deux --- trois => un–deux — trois
        a --> b ---- ls --all => a --> b ---- ls --all
        semi-libre => semi-libre
        10 000 et 1 234 567 => 10_000 et 1_234_567
        10 0000, 2024 300 => 10 0000, 2024 300
        06 12 34 56 78 => 06 12 34 56 78
        5 %, 3 € et 20 °C => 5_%, 3_€ et 20_°C
        3 M€, 10 km/h, 2 m² => 3~M€, 10~km/h, 2~m²
        7 milliards, 3 ans => 7~milliards, 3~ans
        en 1984 s'ouvre => en 1984 s’ouvre
        3 kilos => 3 kilos
        20 h 30 => 20~h~30
        n° 5, p. 3, art. 4 => n°~5, p.~3, art.~4
        M. Dupont, Mme Durand => M.~Dupont, Mme~Durand
        le Dr Élan, un stop. 3 => le Dr~Élan, un stop. 3
        10-20 et 10--20 => 10-20 et 10–^20
        voir https://a.fr/?b--c! => voir https://a.fr/?b--c_!
        "http://a.fr/l'x" => «~http://a.fr/l'x~»
        www.a.fr/b...c... => www.a.fr/b...c…
        d'ada--b@c.org. => d’ada--b@c.org.
        d'@ada #idée! => d’@ada #idée_!
        5'10" de haut => 5'10" de haut
        "|mot|"|! => «~mot~»_!
        un |`|! et |`| : |` => un `_! et `~: `
        mot |! => mot !
        l'|"idée" => l’«~idée~»
        10| km => 10~km
    "#;
    const ENGLISH: &str = r#"
        "He said 'yes'" => “He said ‘yes’”
        I don't, the dogs' toys => I don’t, the dogs’ toys
        the '90s and 'so on' => the ’90s and ‘so on’
        rock 'n' roll => rock ‘n’ roll
        Wait... what? 10 000 km! => Wait… what? 10 000 km!
        a -- b---c => a – b—c
        6'2" but "in 1990" => 6'2" but “in 1990”
        semi-"pro" => semi-“pro”
        a "|`|" b => a “`” b
    "#;
    const GERMAN: &str = r#"
        "Das "Wort" da" => „Das ‚Wort‘ da“
        'Wort', geht's? => ‚Wort‘, geht’s?
        „Wort“ »Wort« => „Wort“ »Wort«
    "#;
    const SPANISH: &str = r#"
        "uno "dos"" => «uno “dos”»
        ¿"Qué"? ¡No! => ¿«Qué»? ¡No!
    "#;
    const STYLES: [(Style, &str); 6] = [
        (Style::French, FRENCH),
        (Style::English, ENGLISH),
        (Style::German, GERMAN),
        (Style::Spanish, SPANISH),
        (Style::Italian, r#"l'"idea" è: sì! => l’«idea» è: sì!"#),
        (Style::Plain, r#""a" -- l'b... => "a" -- l'b..."#),
    ];

    fn set_fragments(style: Style, text: &str) -> String {
        let (mut typographer, mut out) = (Typographer::new(style), String::new());
        for fragment in text.split('|') {
            if fragment == "`" {
                typographer.opaque();
                out.push('`');
            } else {
                typographer.push(fragment, &mut out);
            }
        }
        out.replace(NO_BREAK, "~").replace(NARROW, "_").replace(WORD_JOINER, "^")
    }

    fn check_stable(style: Style, text: &str) {
        let once = set(style, text);
        assert_eq!(set(style, &once), once, "{style:?} {text:?}");
    }

    #[test]
    fn sets_each_case_once_and_for_all() {
        for (style, cases) in STYLES {
            for case in cases.trim().lines() {
                let (typed, expected) = case.trim().split_once(" => ").unwrap();
                assert_eq!(set_fragments(style, typed), expected, "{style:?} {typed:?}");
                check_stable(style, typed);
            }
        }
    }

    #[test]
    fn sets_any_text_once_and_for_all() {
        let signs = "\" ' ‘ ’ “ ” « » „ ‚ ( ) - -- --- . ... … ! ? : ; , @ :// www. a M. É n° h km s €";
        let spaces = [" ", " ", " ", "\n", "\u{a0}", "\u{202f}", "\u{2009}", "5", "10", "e\u{301}"];
        let pieces: Vec<&str> = signs.split(' ').chain(spaces).collect();
        let mut seed = 1_u32;
        for _ in 0..5_000 {
            let mut text = String::new();
            for _ in 0..12 {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                text.push_str(pieces[(seed >> 16) as usize % pieces.len()]);
            }
            for (style, _) in STYLES {
                check_stable(style, &text);
            }
        }
    }

    #[test]
    fn forgets_a_block_and_knows_a_language() {
        let (mut typographer, mut out) = (Typographer::new(Style::of("fr-CA")), String::new());
        typographer.push("\"mot", &mut out);
        typographer.start_block();
        typographer.push("! \"«\nmot", &mut out);
        assert_eq!(out, "«\u{a0}mot! «\u{a0}«\nmot");
        assert_eq!(Style::of("EN_us"), Style::English);
        assert_eq!(Style::of("pl"), Style::Plain);
    }
}
