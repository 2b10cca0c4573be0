//! What strangers wrote, made harmless. The only place that knows ammonia.
//!
//! The list of what may stay begins empty: paragraphs, lists, quotes, code, emphasis and links
//! of the web. Everything else goes: the markup of what shows text, the text too of what does
//! not (scripts, styles, drawings, formulas, frames).

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use pingmark_core::html::{escaped, without_tags};
use pingmark_core::web_address;

use super::words;

/// Longest text that is looked at, in bytes.
pub const MAX: usize = 10_000;
/// Most elements that may be open at once: the parser's time grows with the square of it.
const MAX_DEPTH: usize = 32;
/// How many times longer than it came a text may get: elements left open are written again in
/// every paragraph.
const MAX_GROWTH: usize = 4;
/// How many times a text is cleaned until nothing changes any more.
const MAX_PASSES: usize = 5;

/// The elements that may stay.
pub const TAGS: [&str; 17] = [
    "a",
    "b",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "i",
    "li",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "strong",
    "sub",
    "ul",
];
/// What the links of strangers say to search engines.
pub const REL: &str = "ugc nofollow";

/// A text as a stranger sent it. It comes out sanitised or as plain text, never as it is.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct Raw(String);

impl std::fmt::Debug for Raw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Raw({:?})", self.0)
    }
}

impl Raw {
    /// Takes a text in, cut to [`MAX`].
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        if text.len() <= MAX {
            return Self(text.to_owned());
        }
        let mut end = MAX;
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let mut kept = &text[..end];
        // Not inside a tag, nor inside a reference to a sign.
        for (opens, closes, reach) in [('<', '>', MAX), ('&', ';', 12)] {
            if let Some(at) = kept.rfind(opens)
                && !kept[at..].contains(closes)
                && kept.len() - at < reach
            {
                kept = &kept[..at];
            }
        }
        Self(format!("{}…", kept.trim_end()))
    }

    /// Whether nothing was sent.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// HTML that is safe between tags: blocks only, empty when it shows nothing.
    pub fn html(&self) -> String {
        if looks_like_html(&self.0) { html(&self.0) } else { paragraphs(&escaped(&words::text(&self.0))) }
    }

    /// The text a reader sees, and where in it the link to an address stands, in bytes; `None`
    /// when there is no such link.
    pub fn around(&self, target: &str) -> Option<(String, usize)> {
        // A sign that no text keeps marks the place while the markup goes.
        const MARK: char = '\u{e000}';
        let raw = words::text(&self.0);
        let at = link_to(&raw, target)?;
        let text = stripped(&format!("{}{MARK}{}", &raw[..at], &raw[at..]));
        let at = text.find(MARK)?;
        Some((text.replace(MARK, ""), at))
    }

    /// The text a reader sees, without markup: to be escaped where it is shown.
    pub fn text(&self) -> String {
        if looks_like_html(&self.0) { plain(&self.0) } else { words::text(&self.0) }
    }
}

/// Whether a text has tags or references to signs, rather than `a < b`.
fn looks_like_html(text: &str) -> bool {
    let after = |mark: char, ends: char, starts: fn(char) -> bool| {
        text.match_indices(mark).any(|(at, _)| {
            let rest = &text[at + 1..];
            rest.starts_with(starts) && rest.contains(ends)
        })
    };
    after('<', '>', |c| c.is_ascii_alphabetic() || matches!(c, '/' | '!' | '?'))
        || after('&', ';', |c| c.is_ascii_alphanumeric() || c == '#')
}

/// Makes HTML of a stranger harmless: only [`TAGS`], only links of the web, marked as [`REL`].
///
/// Doing it again changes nothing: what reads differently the second time is what attacks on
/// sanitisers are made of, and is shown as plain text if it does not settle.
pub fn html(raw: &str) -> String {
    let raw = words::text(raw);
    let limit = raw.len() * MAX_GROWTH + 1024;
    let mut text = spaced(&raw);
    for _ in 0..MAX_PASSES {
        if is_deep(&text) {
            break;
        }
        // A reference may stand for a sign that no text keeps.
        let shown = words::text(&CLEANER.clean(&text).to_string());
        let cleaned = paragraphs(&visible(shown));
        if cleaned == text {
            return text;
        }
        if cleaned.len() > limit {
            break;
        }
        text = cleaned;
    }
    paragraphs(&escaped(&without_tags(&raw)))
}

/// The text of a stranger's HTML, on one line a block.
pub fn plain(raw: &str) -> String {
    words::text(&stripped(&words::text(raw)))
}

fn stripped(raw: &str) -> String {
    if is_deep(raw) {
        return without_tags(raw);
    }
    let marked = BLOCK_ENDS.iter().fold(raw.to_owned(), |text, end| text.replace(end, &format!("\n{end}")));
    let text = STRIPPER.clean(&marked).to_string();
    // What ammonia writes for the signs of markup, and nothing else.
    let text = text.replace("&nbsp;", "\u{a0}").replace("&lt;", "<").replace("&gt;", ">");
    let text = text.replace("&quot;", "\"").replace("&amp;", "&");
    let lines = text.split('\n').map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// Where the words of the first link to an address begin.
fn link_to(html: &str, target: &str) -> Option<usize> {
    let bare =
        |address: &str| web_address::comparison_key(&address[..address.find('#').unwrap_or(address.len())]);
    let target = bare(target);
    let opens = html.match_indices('<').filter(|(at, _)| {
        let rest = &html.as_bytes()[at + 1..];
        matches!(rest, [b'a' | b'A', next, ..] if next.is_ascii_whitespace())
    });
    opens.map(|(at, _)| &html[at..]).find_map(|rest| {
        let tag = &rest[..=rest.find('>')?];
        let (_, value) = tag.split_once("href=").or_else(|| tag.split_once("HREF="))?;
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let address = match quote {
            Some(quote) => value[1..].split(quote).next()?,
            None => value.split([' ', '>']).next()?,
        };
        (bare(&address.replace("&amp;", "&")) == target).then(|| html.len() - rest.len() + tag.len())
    })
}

/// Where a line ends that a reader sees as one.
const BLOCK_ENDS: [&str; 6] = ["</p>", "<br", "</li>", "</div>", "</blockquote>", "</pre>"];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = nothing();
    cleaner
        .tags(TAGS.into())
        .tag_attributes(HashMap::from([("a", HashSet::from(["href"]))]))
        .url_schemes(HashSet::from(["http", "https"]))
        .link_rel(Some(REL))
        .attribute_filter(|_, name, value| match name {
            "href" => web_address::normalized(value).map(Cow::Owned),
            _ => Some(Cow::Borrowed(value)),
        });
    cleaner
});

static STRIPPER: LazyLock<Builder<'static>> = LazyLock::new(nothing);

/// A cleaner that lets nothing but text through; not even text where it is no text to read.
fn nothing() -> Builder<'static> {
    let unread = [
        "applet",
        "audio",
        "canvas",
        "embed",
        "frameset",
        "iframe",
        "math",
        "noembed",
        "noframes",
        "noscript",
        "object",
        "plaintext",
        "script",
        "select",
        "style",
        "svg",
        "template",
        "textarea",
        "title",
        "video",
        "xmp",
    ];
    let mut cleaner = Builder::empty();
    cleaner
        .clean_content_tags(unread.into())
        .tag_attributes(HashMap::new())
        .generic_attributes(HashSet::new())
        .generic_attribute_prefixes(HashSet::new())
        .url_schemes(HashSet::new())
        .url_relative(UrlRelative::Deny)
        .link_rel(None)
        .strip_comments(true);
    cleaner
}

/// A text whose words stay apart where elements go that may not stay.
fn spaced(html: &str) -> String {
    const GONE: [&str; 12] = [
        "</div>",
        "</h1>",
        "</h2>",
        "</h3>",
        "</h4>",
        "</h5>",
        "</h6>",
        "</tr>",
        "</section>",
        "</article>",
        "</figure>",
        "<hr",
    ];
    let has_one = GONE.iter().any(|end| html.contains(end));
    if !has_one {
        return html.to_owned();
    }
    GONE.iter().fold(html.to_owned(), |text, end| text.replace(end, &format!("\n\n{end}")))
}

/// Lines made paragraphs where the text has no block of its own: what people type into a box.
fn paragraphs(text: &str) -> String {
    const BLOCKS: [&str; 6] = ["p", "blockquote", "ul", "ol", "pre", "br"];
    let lower = text.to_ascii_lowercase();
    let has = |tag: &&str| {
        lower
            .match_indices(&format!("<{tag}"))
            .any(|(at, open)| lower[at + open.len()..].starts_with(|c: char| !c.is_ascii_alphanumeric()))
    };
    if text.trim().is_empty() || BLOCKS.iter().any(has) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len() + 16);
    for block in text.split("\n\n").map(str::trim).filter(|block| !block.is_empty()) {
        out.push_str("<p>");
        let lines = block.split('\n').map(str::trim).filter(|line| !line.is_empty());
        out.push_str(&lines.collect::<Vec<_>>().join("<br>"));
        out.push_str("</p>");
    }
    out
}

/// A text, or nothing when no reader would see anything of it.
fn visible(html: String) -> String {
    let text = without_tags(&html).replace("&nbsp;", "");
    if text.trim().is_empty() { String::new() } else { html }
}

/// Whether more elements are open at once than a text needs. Counts tags, not elements: what
/// closes by itself is left out, everything else is an over-estimate.
fn is_deep(html: &str) -> bool {
    const CLOSES_ITSELF: [&str; 10] = ["p", "li", "dt", "dd", "br", "hr", "img", "wbr", "input", "source"];
    let mut depth = 0usize;
    for (at, _) in html.match_indices('<') {
        let rest = &html[at + 1..];
        let (closes, rest) = rest.strip_prefix('/').map_or((false, rest), |rest| (true, rest));
        let end = rest.find(|c: char| !c.is_ascii_alphanumeric()).unwrap_or(rest.len());
        let name = &rest[..end];
        if !name.starts_with(|c: char| c.is_ascii_alphabetic())
            || CLOSES_ITSELF.iter().any(|known| name.eq_ignore_ascii_case(known))
        {
            continue;
        }
        depth = if closes { depth.saturating_sub(1) } else { depth + 1 };
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_stay_stays() {
        for (raw, shown) in [
            ("Bonjour <b>vous</b>", "<p>Bonjour <b>vous</b></p>"),
            ("un\ndeux\n\ntrois", "<p>un<br>deux</p><p>trois</p>"),
            ("a < b & c", "<p>a &lt; b &amp; c</p>"),
            (
                "<p>Voir <a href=\"https://a.example/x\" title=\"y\" onclick=z>ici</a>.</p>",
                "<p>Voir <a href=\"https://a.example/x\" rel=\"ugc nofollow\">ici</a>.</p>",
            ),
            ("<ul><li>un<li>deux</ul>", "<ul><li>un</li><li>deux</li></ul>"),
            ("<h1>Titre</h1> <span class=x>mot</span>", "<p>Titre</p><p>mot</p>"),
            ("<div>un</div><div>deux</div>", "<p>un</p><p>deux</p>"),
            ("<b>un\n\ndeux</b>", "<p><b>un</b></p><p><b>deux</b></p>"),
            ("L&rsquo;été", "<p>L’été</p>"),
        ] {
            assert_eq!(Raw::new(raw).html(), shown, "{raw}");
        }
    }

    #[test]
    fn what_may_not_goes() {
        for (raw, shown) in [
            ("<script>alert(1)</script>", ""),
            ("a<script>alert(1)</script>b", "<p>ab</p>"),
            ("<a href=javascript:alert(1)>x</a>", "<p><a rel=\"ugc nofollow\">x</a></p>"),
            ("<img src=https://a.example/pixel.gif>", ""),
            ("<svg><style><img src=x onerror=alert(1)></style></svg>x", "<p>x</p>"),
            (
                "<math><mtext><table><mglyph><style><!--</style><img title=\"--&gt;&lt;img src=1 onerror=alert(1)&gt;\">",
                "",
            ),
            ("<style>body{display:none}</style>mot", "<p>mot</p>"),
            ("<p>\u{202e}mot</p>", "<p>mot</p>"),
            ("<p> <br>&nbsp;</p>", ""),
        ] {
            assert_eq!(Raw::new(raw).html(), shown, "{raw}");
        }
    }

    #[test]
    fn doing_it_again_changes_nothing() {
        for raw in [
            "<p><button><p>x",
            "<p><svg><p>x",
            "<a href=https://a.example/><table><a href=https://b.example/>x",
            "<b><p>x</b>y<i>z",
            "<pre>\n\n  x\n\n  y</pre>",
            "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
            "x<p>",
            "&lt;script&gt;",
            "&amp;lt;script&amp;gt;",
        ] {
            let once = html(raw);
            assert_eq!(html(&once), once, "{raw}");
        }
    }

    #[test]
    fn the_text_is_the_readers() {
        assert_eq!(plain("<p>Un &amp;lt; <b>d</b>eux</p><p>trois<br>quatre"), "Un &lt; deux\ntrois\nquatre");
        assert_eq!(Raw::new("a < b").text(), "a < b");
        assert_eq!(plain("<script>alert(1)</script>"), "");
        let html = "<p>Un</p><p>Voir <a class=x href=\"http://www.b.example/un/#x\">ceci</a>.</p>";
        assert_eq!(Raw::new(html).around("https://b.example/un"), Some(("Un\nVoir ceci.".into(), 8)));
        for html in ["<a href=https://c.example/>x</a>", "https://b.example/un", "<a", "<a href="] {
            assert_eq!(Raw::new(html).around("https://b.example/un"), None);
        }
    }

    #[test]
    fn what_is_huge_or_deep_stays_cheap() {
        let deep = format!("{}x", "<b>".repeat(3000));
        assert_eq!(html(&deep), "<p>x</p>");
        let many: String = (0..31).map(|n| format!("<b a={n}>")).collect::<String>() + &"<p>x".repeat(2000);
        assert!(html(&many).len() < many.len() * 5 + 1024);
        let long =
            Raw::new(&format!("{}<a href=\"https://a.example/{}\">x</a>", "é".repeat(4990), "y".repeat(99)));
        assert!(long.0.len() <= MAX + 3 && !long.html().contains("href"));
    }
}
