//! Filters of the theme contract with their arguments in them.
//!
//! To call a filter with arguments, the engine makes a table of them each time, which takes longer
//! than most filters do.

use super::super::tag::{Kind, Tag, Token};

/// A filter, with what it was told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// `… | date(format="…")`
    Date(String),
    /// `t.… | plural(n=…)`: what is filtered now is the number.
    Plural(String),
}

/// What a filter is called by, of its number among those of a folded theme.
pub fn name(number: usize) -> String {
    format!("folded_{number}")
}

impl Filter {
    /// What an output filters, and the filter; `is_there` tells whether `t` has a word.
    pub(super) fn of(tag: &Tag<'_>, is_there: impl Fn(&str) -> bool) -> Option<(String, Self)> {
        if tag.kind != Kind::Output {
            return None;
        }
        date(tag).or_else(|| plural(tag, is_there))
    }
}

/// `page.date | date(format="short")`
fn date(tag: &Tag<'_>) -> Option<(String, Filter)> {
    use Token::{Sign, Text, Word};
    let at = tag.tokens.iter().position(|token| *token == Sign('|'))?;
    let (input, filter) = tag.tokens.split_at(at);
    let format = match filter {
        [_, Word("date")] => "long",
        [_, Word("date"), Sign('('), Word("format"), Sign('='), Text(format), Sign(')')] => format,
        _ => return None,
    };
    // A name and its fields bind as tightly as a filter does.
    let is_path = input.iter().enumerate().all(|(at, token)| match token {
        Word(_) => at % 2 == 0,
        Sign(sign) => at % 2 == 1 && *sign == '.',
        Text(_) => false,
    });
    // A backslash stands for something else.
    if !is_path || input.len().is_multiple_of(2) || format.contains('\\') {
        return None;
    }
    let input = tag.inside.split('|').next().unwrap_or_default().trim().to_owned();
    Some((input, Filter::Date(format.to_owned())))
}

/// `t.n_pings | plural(n=page.pings | length)`
fn plural(tag: &Tag<'_>, is_there: impl Fn(&str) -> bool) -> Option<(String, Filter)> {
    use Token::{Sign, Word};
    let (head, rest) = tag.tokens.split_at_checked(8)?;
    let [Word("t"), Sign('.'), Word(key), Sign('|'), Word("plural"), Sign('('), Word("n"), Sign('=')] = head
    else {
        return None;
    };
    let (last, number) = rest.split_last()?;
    // A comma may part this argument from another one.
    let is_whole = *last == Sign(')') && !number.is_empty() && are_closed(number);
    if !is_whole || number.contains(&Sign(',')) || !is_there(key) {
        return None;
    }
    let number = tag.inside.split_once('=')?.1.strip_suffix(')')?.trim();
    Some((format!("({number})"), Filter::Plural((*key).to_owned())))
}

/// Whether every bracket is closed that is opened, and none else.
fn are_closed(tokens: &[Token<'_>]) -> bool {
    let mut open = Vec::new();
    let fits = tokens.iter().all(|token| match token {
        Token::Sign(sign @ ('(' | '[' | '{')) => {
            open.push(*sign);
            true
        }
        Token::Sign(')') => open.pop() == Some('('),
        Token::Sign(']') => open.pop() == Some('['),
        Token::Sign('}') => open.pop() == Some('{'),
        _ => true,
    });
    fits && open.is_empty()
}

#[cfg(test)]
mod tests {
    use super::super::super::tag::tags;
    use super::*;

    fn filter(text: &str) -> Option<(String, Filter)> {
        let tag = tags(text).next().expect("a tag");
        Filter::of(&tag, |word| word != "missing")
    }

    #[test]
    fn filters_with_known_arguments_are_told() {
        let date = |format: &str| Filter::Date(format.to_owned());
        let plural = |key: &str| Filter::Plural(key.to_owned());
        for (text, input, expected) in [
            ("{{ page.date | date }}", "page.date", date("long")),
            ("{{x|date(format='short')}}", "x", date("short")),
            ("{{- a.b.c | date( format = \"%d|%m\" ) -}}", "a.b.c", date("%d|%m")),
            (
                "{{ t.n | plural(n=(page.x | length) - f([2])[0]) }}",
                "((page.x | length) - f([2])[0])",
                plural("n"),
            ),
            ("{{ t.n|plural(n = 3) }}", "(3)", plural("n")),
        ] {
            assert_eq!(filter(text), Some((input.to_owned(), expected)), "{text}");
        }
    }

    #[test]
    fn others_are_left_as_they_are() {
        for text in [
            "{{ page.date | date(format=x) }}",
            "{{ page.date | date(format=\"long\", lang=\"en\") }}",
            "{{ page.date or x | date }}",
            "{{ page[0] | date }}",
            "{{ \"2011\" | date }}",
            "{{ f(x) | date }}",
            "{{ page.date | date | upper }}",
            "{{ page.date | date(format=\"\\\\%Y\") }}",
            "{% if page.date | date == x %}",
            "{{ t.n | plural(n=page.x, lang=\"en\") }}",
            "{{ t.n | plural(n=page.x) | upper(a=(1)) }}",
            "{{ t.n | plural(n=) }}",
            "{{ t.missing | plural(n=page.x) }}",
            "{{ page.t | plural(n=1) }}",
            "{{ t.n | plural(x=1) }}",
            "{{ t.n | plural(n=(1]) }}",
        ] {
            assert_eq!(filter(text), None, "{text}");
        }
    }
}
