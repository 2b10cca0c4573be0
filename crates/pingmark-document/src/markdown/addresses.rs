//! Bare addresses in text, which are links: the extended autolinks of GitHub Flavored Markdown.
//! <https://github.github.com/gfm/#autolinks-extension->
//!
//! Beyond it: quotation marks and no-break spaces end an address too, `www.` leads to `https://`, and
//! the name of a fediverse account, `@ana@social.example`, is no mail address.

use std::ops::Range;

/// A bare address in a text.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct BareAddress {
    /// Byte range in the text.
    pub range: Range<usize>,
    /// What stands before it in the target of the link: a scheme.
    pub scheme: &'static str,
}

/// Longest host, in bytes.
const MAX_HOST: usize = 300;
/// Schemes of bare addresses.
const SCHEMES: [&str; 3] = ["https", "http", "ftp"];

/// Whether a text may contain a bare address.
pub(super) fn may_occur(text: &str) -> bool {
    text.contains("://") || text.contains("www.") || text.contains('@')
}

/// Whether a text ends with the beginning of an address, which markup seems to interrupt: `_` and `*`
/// may stand in one.
pub(super) fn ends_in_address(text: &str) -> bool {
    let start = text.len().saturating_sub(2000);
    let start = (start..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let word = text[start..].rsplit(is_end).next().unwrap_or("");
    next(word, 0).is_some_and(|found| word.len() - found.range.end <= 1)
}

/// The next address from an offset on.
pub(super) fn next(text: &str, from: usize) -> Option<BareAddress> {
    let bytes = text.as_bytes();
    let mut at = from;
    // Most texts have no address: these searches are several times faster than a look at each byte.
    let may_be = |sign: &str| text.get(from..).is_none_or(|rest| rest.contains(sign));
    if !["://", "@", "ww", "WW", "wW"].into_iter().any(may_be) {
        return None;
    }
    while at < bytes.len() {
        let found = match bytes[at] {
            b':' if bytes[at + 1..].starts_with(b"//") => web(text, from, at),
            b'w' | b'W' if bytes[at..].get(..4).is_some_and(|www| www.eq_ignore_ascii_case(b"www.")) => {
                let starts = text[..at].chars().next_back().is_none_or(may_precede);
                let end = if starts { end_of(text, at, true) } else { None };
                end.map(|end| BareAddress { range: at..end, scheme: "https://" })
            }
            b'@' => mail(text, from, at),
            _ => None,
        };
        if found.is_some() {
            return found;
        }
        at += 1;
    }
    None
}

/// An address with a scheme, whose colon stands at an offset.
fn web(text: &str, from: usize, colon: usize) -> Option<BareAddress> {
    let before = &text[from..colon];
    let is_scheme = |scheme: &&str| {
        let start = before.len().checked_sub(scheme.len()).filter(|at| before.is_char_boundary(*at));
        start.is_some_and(|start| before[start..].eq_ignore_ascii_case(scheme))
    };
    let start = colon - SCHEMES.iter().find(|scheme| is_scheme(scheme))?.len();
    text[..start].chars().next_back().is_none_or(may_precede).then_some(())?;
    let host = colon + "://".len();
    let end = end_of(text, host, false)?;
    Some(BareAddress { range: start..end, scheme: "" })
}

/// A mail address, whose `@` stands at an offset.
fn mail(text: &str, from: usize, at: usize) -> Option<BareAddress> {
    let is_local = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '+' | '-');
    let before = &text[from..at];
    let local = &before[before.trim_end_matches(is_local).len()..];
    let local = local.trim_start_matches(['.', '-', '+', '_']);
    let mut start = at - local.len();
    let lead = &text[..start];
    let lead = match lead.len().checked_sub("mailto:".len()).and_then(|at| lead.get(at..)) {
        Some(scheme) if scheme.eq_ignore_ascii_case("mailto:") => {
            start -= "mailto:".len();
            &text[..start]
        }
        _ => lead,
    };
    if local.is_empty() || start < from || lead.ends_with(['@', '/', ':', '=', '#', '&']) {
        return None;
    }
    let is_host = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    let rest = &text[at + 1..];
    let host = &rest[..rest.find(|c| !is_host(c)).unwrap_or(rest.len())];
    let host = host.trim_end_matches(['.', '-', '_']);
    let (name, top) = host.rsplit_once('.')?;
    let end = at + 1 + host.len();
    // `photo@2x.png` is a file, `git@host.example:name` a repository, `@ana@host.example/` a profile.
    let is_size = name.len() <= 2 && name.ends_with('x') && name.starts_with(|c: char| c.is_ascii_digit());
    let goes_on = text[end..].starts_with(['@', '/', '_', '-'])
        || text[end..].strip_prefix(':').is_some_and(|rest| rest.starts_with(char::is_alphanumeric));
    let is_name = top.len() >= 2 && top.bytes().all(|byte| byte.is_ascii_alphabetic());
    let scheme = if start == at - local.len() { "mailto:" } else { "" };
    (is_name && !name.is_empty() && !name.starts_with('.') && !is_size && !goes_on)
        .then_some(BareAddress { range: start..end, scheme })
}

/// The end of an address whose host begins at an offset; `None` if that is no host.
fn end_of(text: &str, host: usize, has_dot: bool) -> Option<usize> {
    let rest = &text[host..];
    // The host first: if it is none, the rest of a long text is not looked at.
    let ends_host = |(at, c): &(usize, char)| *at > MAX_HOST || is_end(*c) || "/?#:@".contains(*c);
    let name = &rest[..rest.char_indices().find(ends_host).map_or(rest.len(), |(at, _)| at)];
    let name = name.trim_end_matches(|c: char| !c.is_alphanumeric());
    let labels: Vec<&str> = name.split('.').collect();
    let is_label = |label: &str| {
        !label.is_empty() && label.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_'))
    };
    let is_valid = labels.iter().all(|label| is_label(label))
        && labels.iter().rev().take(2).all(|label| !label.contains('_'))
        && (!has_dot || labels.len() > 1);
    is_valid.then(|| host + trimmed(&rest[..rest.find(is_end).unwrap_or(rest.len())]))
}

/// Length of an address without what belongs to the sentence around it: punctuation, and brackets that
/// it does not open.
fn trimmed(address: &str) -> usize {
    let mut open = [('(', ')'), ('[', ']'), ('{', '}')].map(|(open, close)| {
        let count = |mark: char| address.matches(mark).count() as isize;
        (close, count(open) - count(close))
    });
    let mut len = address.len();
    while let Some(last) = address[..len].chars().next_back() {
        let unopened = open.iter_mut().find(|(close, balance)| *close == last && *balance < 0);
        match unopened {
            Some((_, balance)) => *balance += 1,
            None if matches!(
                last,
                '?' | '!' | '.' | ',' | ':' | ';' | '*' | '_' | '~' | '\'' | '’' | '…'
            ) => {}
            None => break,
        }
        len -= last.len_utf8();
    }
    len
}

/// Whether a character ends an address.
fn is_end(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '`' | '|' | '\\' | '^' | '«' | '»' | '“' | '”' | '„' | '‹' | '›')
        || matches!(c, '\u{200b}' | '\u{feff}' | '\u{3000}'..='\u{303f}' | '\u{ff00}'..='\u{ff0f}')
        || matches!(c, '\u{ff1a}'..='\u{ff20}')
}

/// Whether an address may follow a character: not within a word or another address.
fn may_precede(c: char) -> bool {
    !c.is_alphanumeric() && !matches!(c, '/' | '=' | '&' | '@' | '.' | '#' | '?' | '%' | '+')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_found_as_in_gfm() {
        for (text, expected) in [
            (
                "Voir https://a.example/page?a=1&b=2. Et www.b.example aussi.",
                "https://a.example/page?a=1&b=2 https://www.b.example",
            ),
            (
                "(https://fr.example/Foo_(bar)) (voir http://a.example/b).",
                "https://fr.example/Foo_(bar) http://a.example/b",
            ),
            ("«\u{a0}https://a.example\u{a0}», \"https://b.example\"", "https://a.example https://b.example"),
            ("https://a.example/x, https://a.example/y!", "https://a.example/x https://a.example/y"),
            (
                "HTTPS://A.example/é#ü http://localhost:3000/x",
                "HTTPS://A.example/é#ü http://localhost:3000/x",
            ),
            ("https://a_b.example.fr/ https://a.b_c.fr", "https://a_b.example.fr/"),
            ("xhttps://a.example https:// http://. wwwx www. awww.b.fr www.x", "https://www.x"),
            (
                "moi@exemple.fr, mailto:a.b+c@d.fr. @ana@social.example",
                "mailto:moi@exemple.fr mailto:a.b+c@d.fr",
            ),
            ("photo@2x.png git@github.com:a/b a@b lodash@4.17.21 @ana", ""),
            (
                "https://mastodon.example/@ana/1 https://u@h.example/",
                "https://mastodon.example/@ana/1 https://u@h.example/",
            ),
            (
                "https://a.example/~ana/ ftp://f.example gopher://g.example",
                "https://a.example/~ana/ ftp://f.example",
            ),
            ("https://a.example/x。见", "https://a.example/x"),
        ] {
            let (mut from, mut found) = (0, Vec::new());
            while let Some(BareAddress { range, scheme }) = next(text, from) {
                from = range.end;
                found.push(format!("{scheme}{}", &text[range]));
            }
            assert_eq!(found.join(" "), expected, "{text:?}");
        }
    }
}
