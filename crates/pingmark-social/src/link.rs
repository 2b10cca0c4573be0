//! Links in a text, found by the rules of the library that X publishes, which Mastodon uses too.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use url::Url;

/// Top-level domains from the IANA list of November 2026, and [`RESERVED`].
static TOP_LEVEL: LazyLock<HashSet<&str>> =
    LazyLock::new(|| include_str!("top_level.txt").lines().chain(RESERVED).collect());

/// Maximum length of a host, in bytes.
const MAX_HOST: usize = 253;
/// Maximum length of a link after its host, in characters.
const MAX_LINK: usize = 4096;

/// Top-level domains missing from the IANA list: `.onion`, which X links, and `.example`, so that
/// links of a blog whose `base_url` is still a placeholder are counted as links.
const RESERVED: [&str; 2] = ["onion", "example"];

/// Byte ranges of the links in a text that begin with `http://` or `https://`; with `bare`, also
/// of names without a scheme such as `exemple.com/page`.
pub fn links(text: &str, bare: bool) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    let mut before = None;
    while let Some(first) = text[at..].chars().next() {
        let rest = &text[at..];
        let link = if before.is_some_and(blocks_link) {
            None
        } else if starts_with_scheme(rest) {
            whole_link(rest).map(|len| at..at + len)
        } else if bare && is_bare(first) && !before.is_some_and(blocks_bare_name) {
            bare_link(rest).map(|link| at + link.start..at + link.end)
        } else {
            None
        };
        let next = match &link {
            Some(link) => link.end,
            // Skip the whole run: no link begins in the middle of a name.
            None if is_bare(first) && !starts_with_scheme(rest) => at + bare_len(rest),
            None => at + first.len_utf8(),
        };
        before = text[..next].chars().next_back();
        at = next;
        found.extend(link);
    }
    found
}

fn starts_with_scheme(text: &str) -> bool {
    let starts =
        |scheme: &str| text.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
    starts("http://") || starts("https://")
}

/// Whether a character prevents a link right after it.
fn blocks_link(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '@' | '＠' | '$' | '#' | '＃' | '\u{202a}'..='\u{202e}')
}

/// Whether a character prevents a link without a scheme right after it.
fn blocks_bare_name(c: char) -> bool {
    blocks_link(c) || matches!(c, '-' | '_' | '.' | '/' | ':')
}

/// Whether a character is a Latin letter beyond ASCII, or a combining mark.
fn is_accented(c: char) -> bool {
    matches!(c, 'À'..='Ö' | 'Ø'..='ö' | 'ø'..='ɏ' | '\u{300}'..='\u{36f}' | 'Ḁ'..='ỿ')
}

/// Whether a character may begin a name without a scheme.
fn is_bare(c: char) -> bool {
    c.is_ascii_alphanumeric() || is_accented(c)
}

fn bare_len(text: &str) -> usize {
    text.find(|c: char| !is_bare(c) && c != '-' && c != '.').unwrap_or(text.len())
}

fn whole_link(text: &str) -> Option<usize> {
    let start = text.find("://")? + 3;
    let is_host = |c: char| c.is_alphanumeric() || matches!(c, '-' | '.' | '_' | '\u{300}'..='\u{36f}');
    let len = text[start..].find(|c: char| !is_host(c)).unwrap_or(text.len() - start);
    let host = domain(&text[start..start + len], &text[start + len..])?;
    let end = start + host;
    Some(end + tail(&text[start..end], &text[end..]))
}

/// Range of the link without a scheme, path included, at the beginning of a text.
fn bare_link(text: &str) -> Option<Range<usize>> {
    let len = bare_len(text);
    let host = domain(&text[..len], &text[len..])?;
    let name = &text[..host];
    let tail = tail(name, &text[host..]);
    let top = name.rsplit('.').next().unwrap_or_default();
    // `exemple.fr` alone is no link; `exemple.fr/a` and `www.exemple.fr` are.
    let is_short = name.matches('.').count() == 1 && top.len() == 2 && tail == 0;
    (!is_short || matches!(top.to_ascii_lowercase().as_str(), "co" | "tv")).then_some(0..host + tail)
}

/// Length of the domain at the beginning of `run`, a run of host characters: up to the last
/// top-level domain in it. `after` is the text behind the run.
fn domain(run: &str, after: &str) -> Option<usize> {
    let mut end = run.len();
    while end > run.len().saturating_sub(MAX_HOST) {
        let host = &run[..end];
        let dot = host.rfind('.')?;
        let follows = run[end..].chars().next().or_else(|| after.chars().next());
        let may_end = !matches!(follows, Some('@' | '+' | '-'));
        let mut labels = host[..dot].rsplit('.');
        // Underscores are allowed in subdomains only.
        let is_name = labels.next().is_some_and(|name| is_label(name) && !name.contains('_'));
        if may_end && is_name && is_top_level(&host[dot + 1..]) && labels.all(is_label) {
            return Some(end);
        }
        end = dot;
    }
    None
}

fn is_label(label: &str) -> bool {
    let is_edge = |c: char| c == '-' || c == '_';
    !label.is_empty() && !label.starts_with(is_edge) && !label.ends_with(is_edge)
}

fn is_top_level(name: &str) -> bool {
    if name.is_ascii() {
        return TOP_LEVEL.contains(name.to_ascii_lowercase().as_str());
    }
    // The list has Punycode: `xn--fiqs8s` for `中国`.
    let address = Url::parse(&format!("http://a.{name}/")).ok();
    let host = address.as_ref().and_then(Url::host_str);
    host.and_then(|host| host.strip_prefix("a.")).is_some_and(|name| TOP_LEVEL.contains(name))
}

/// Length of the port, path and query that follow a host, without the punctuation of the
/// surrounding sentence.
fn tail(host: &str, text: &str) -> usize {
    let port = match text.strip_prefix(':') {
        Some(rest) => match rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len()) {
            0 => 0,
            digits => digits + 1,
        },
        None => 0,
    };
    let rest = &text[port..];
    let rest = &rest[..rest.char_indices().nth(MAX_LINK).map_or(rest.len(), |(at, _)| at)];
    // The path of a link shortened by X is one alphanumeric word.
    if host.eq_ignore_ascii_case("t.co") && rest.starts_with('/') {
        let word = rest[1..].find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len() - 1);
        return port + 1 + word;
    }
    let path = if rest.starts_with('/') { path(rest) } else { 0 };
    port + path + query(&rest[path..])
}

fn path(text: &str) -> usize {
    let is_letter = |c: char| is_bare(c) || matches!(c, '\u{400}'..='\u{4ff}');
    let is_sign = |c: char| is_letter(c) || "!*';:=+,.$/%#[]-–_~@|&()".contains(c);
    let path = &text[..text.find(|c: char| !is_sign(c)).unwrap_or(text.len())];
    // An unbalanced bracket belongs to the sentence, with everything after it.
    let mut open = Vec::new();
    let mut end = path.len();
    for (at, c) in path.char_indices() {
        match c {
            '(' => open.push(at),
            ')' if open.pop().is_none() => {
                end = at;
                break;
            }
            _ => {}
        }
    }
    let path = &path[..open.first().copied().unwrap_or(end)];
    let ends = |c: char| is_letter(c) || "+-=_#/)".contains(c);
    path.char_indices().rfind(|(_, c)| ends(*c)).map_or(0, |(at, c)| at + c.len_utf8())
}

fn query(text: &str) -> usize {
    if !text.starts_with('?') {
        return 0;
    }
    let is_sign = |c: char| c.is_ascii_alphanumeric() || "!?*'@();:&=+$/%#[]-_.,~|".contains(c);
    let query = &text[..text.find(|c: char| !is_sign(c)).unwrap_or(text.len())];
    let ends = |c: char| c.is_ascii_alphanumeric() || "-_&=#/".contains(c);
    query.rfind(ends).map_or(0, |last| last + 1)
}

#[cfg(test)]
mod tests {
    use super::links;

    fn found(text: &str, bare: bool) -> Vec<&str> {
        links(text, bare).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn links_end_where_the_sentence_goes_on() {
        for (text, expected) in [
            ("Lire https://exemple.fr/a?b=c#d.", vec!["https://exemple.fr/a?b=c#d"]),
            ("(https://fr.wikipedia.org/wiki/Web_(2.0))", vec!["https://fr.wikipedia.org/wiki/Web_(2.0)"]),
            ("«\u{a0}https://exemple.fr/é\u{a0}»", vec!["https://exemple.fr/é"]),
            ("HTTP://Exemple.FR:8080/x, puis http://a.b", vec!["HTTP://Exemple.FR:8080/x"]),
            ("https://exemple.fr/a(b, puis", vec!["https://exemple.fr/a"]),
            ("https://-exemple.fr et https://exemple", vec![]),
            ("xhttps://exemple.fr", vec![]),
        ] {
            assert_eq!(found(text, false), expected, "{text}");
        }
    }

    #[test]
    fn names_alone_are_links_on_some_networks() {
        for (text, expected) in [
            ("voir exemple.com et www.exemple.fr", vec!["exemple.com", "www.exemple.fr"]),
            ("exemple.fr exemple.fr/page t.co", vec!["exemple.fr/page", "t.co"]),
            ("nom@exemple.com @exemple.com node.js fin.Le", vec![]),
            ("exemple.com.", vec!["exemple.com"]),
        ] {
            assert_eq!(found(text, true), expected, "{text}");
        }
        assert!(found("exemple.com", false).is_empty());
    }

    /// Cases of the library's published conformance tests, with texts of our own.
    #[test]
    fn links_are_those_that_x_finds() {
        for (text, expected) in [
            // Hosts.
            ("à http://un.deux.cd", vec!["http://un.deux.cd"]),
            ("à http://sous_nom-x.exemple.com", vec!["http://sous_nom-x.exemple.com"]),
            ("à http://a_b.c-d.com", vec!["http://a_b.c-d.com"]),
            ("http://-tiret.exemple.com http://tiret-.exemple.com", vec![]),
            ("http://_trait.exemple.com http://trait_.exemple.com", vec![]),
            ("http://-exemple.com http://exemple-.com", vec![]),
            ("http://un_nom.com http://exemple.c_o_m", vec![]),
            ("ftp://exemple.inconnu http://machine/ http://192.168.0.1/x", vec![]),
            ("http://xn--ls8h.XN--ls8h.la/", vec!["http://xn--ls8h.XN--ls8h.la/"]),
            ("http://nom.みんな/ et http://nom.中国/", vec!["http://nom.みんな/", "http://nom.中国/"]),
            ("ELPAÍS.com", vec!["ELPAÍS.com"]),
            ("exemple.com.Merci", vec!["exemple.com"]),
            // Characters before and after.
            ("#exemple.com @exemple.com #http://exemple.com @http://exemple.com", vec![]),
            ("$http://exemple.com $exemple.com $t.co/abc $t.co $TVI.CA", vec![]),
            ("long.essai.tar.bz2 essai.tar.bz2 tar.bz2", vec![]),
            ("nom.suite.gov@exemple.com nom.suite.jp@exemple.com", vec![]),
            ("it.so\nit.so/abc", vec!["it.so/abc"]),
            ("foo.co.jp t.co bit.ly/abc", vec!["foo.co.jp", "t.co", "bit.ly/abc"]),
            (
                "exemple.comこれは日本語です。essai.com中国語t.co/abc한국exemple.com autre2.comテスト",
                vec!["exemple.com", "essai.com", "t.co/abc", "exemple.com", "autre2.com"],
            ),
            ("http://exemple.com/これは", vec!["http://exemple.com/"]),
            ("皆さん！ http://exemple.com", vec!["http://exemple.com"]),
            // Paths.
            ("http://exemple.com/un/chemin./", vec!["http://exemple.com/un/chemin./"]),
            (
                "http://exemple.com/x.stm?a=un;b=P1|0||P2|0",
                vec!["http://exemple.com/x.stm?a=un;b=P1|0||P2|0"],
            ),
            ("http://exemple.com/un_&_deux/", vec!["http://exemple.com/un_&_deux/"]),
            ("http://exemple.com/.", vec!["http://exemple.com/"]),
            ("http://exemple.com/a?b#?=&c=d.e", vec!["http://exemple.com/a?b#?=&c=d.e"]),
            ("http://exemple.com/a.......... b", vec!["http://exemple.com/a"]),
            (
                "http://exemple.com/,,,,,,, http://exemple.com/a/!!!!",
                vec!["http://exemple.com/", "http://exemple.com/a/"],
            ),
            ("http://exemple.com/Русские_слова", vec!["http://exemple.com/Русские_слова"]),
            ("https://exemple.com/liste?id=PL0-", vec!["https://exemple.com/liste?id=PL0-"]),
            ("http://exemple.com?a=$b.;c?D&e=f-#g/?h+", vec!["http://exemple.com?a=$b.;c?D&e=f-#g/?h"]),
            (
                "http://t.co/pbY2NfTZ's http://t.co/2vYHpAc5; http://t.co/8Mk+c http://t.co/FNkPfmii-",
                vec![
                    "http://t.co/pbY2NfTZ",
                    "http://t.co/2vYHpAc5",
                    "http://t.co/8Mk",
                    "http://t.co/FNkPfmii",
                ],
            ),
        ] {
            assert_eq!(found(text, true), expected, "{text}");
        }
    }

    #[test]
    fn long_texts_are_read_in_time() {
        for text in
            ["a.", "com.", "-.com", "http://a.com/(", "http://a.com/)", "http://a.com?(", "(", "http://"]
        {
            links(&text.repeat(5000), true);
            links(&format!("http://a.com/{}", text.repeat(5000)), true);
        }
    }

    #[test]
    fn every_top_level_domain_is_known() {
        for name in ["com", "museum", "photography", "vermögensberatung", "рф", "zw", "COM"] {
            assert!(super::is_top_level(name), "{name}");
        }
        for name in ["bz2", "js", "le", "local", ""] {
            assert!(!super::is_top_level(name), "{name}");
        }
    }
}
