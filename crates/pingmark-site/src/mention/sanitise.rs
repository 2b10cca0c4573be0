//! Sanitising of HTML from strangers. The only module that uses ammonia.
//!
//! The allow list starts empty and has paragraphs, lists, quotes, code, emphasis and http(s)
//! links. Other elements lose their tags, and those that are no text to read (scripts, styles,
//! drawings, formulas, frames) their content too.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::LazyLock;

use ammonia::{Builder, UrlRelative};

use pingmark_core::html::{escaped, without_tags};
use pingmark_core::text::prefix;
use pingmark_core::web_address;

use super::plain_text;

/// Maximum length of a text, in bytes. The rest is dropped before anything else.
pub const MAX_LEN: usize = 10_000;
/// Maximum depth of open elements: the parser's time grows with its square.
const MAX_DEPTH: usize = 32;
/// Maximum growth of a text, as a factor: the parser repeats elements left open in every
/// paragraph.
const MAX_GROWTH: usize = 4;
/// Maximum number of passes until a cleaned text no longer changes.
const MAX_PASSES: usize = 5;

/// Allowed elements.
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
/// Value of `rel` on links of strangers.
pub const REL: &str = "ugc nofollow";

/// HTML or plain text as a stranger sent it. Comes out sanitised or as plain text, never raw.
#[derive(Clone, Default, PartialEq, Eq, Hash)]
pub struct UntrustedHtml(String);

impl std::fmt::Debug for UntrustedHtml {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "UntrustedHtml({:?})", self.0)
    }
}

impl UntrustedHtml {
    /// Takes a text, cut to [`MAX_LEN`] bytes.
    pub fn new(text: &str) -> Self {
        let text = text.trim();
        if text.len() <= MAX_LEN {
            return Self(text.to_owned());
        }
        let mut kept = prefix(text, MAX_LEN);
        // Never cut inside a tag or a character reference.
        for (opens, closes, reach) in [('<', '>', MAX_LEN), ('&', ';', 12)] {
            if let Some(at) = kept.rfind(opens)
                && !kept[at..].contains(closes)
                && kept.len() - at < reach
            {
                kept = &kept[..at];
            }
        }
        Self(format!("{}…", kept.trim_end()))
    }

    /// Whether the text is empty.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Sanitised HTML for the content of an element: blocks, or the empty string if nothing would
    /// be visible.
    pub fn html(&self) -> String {
        if looks_like_html(&self.0) {
            html(&self.0)
        } else {
            paragraphs(&escaped(&plain_text::multi_line(&self.0)))
        }
    }

    /// Visible text, and the byte offset in it of the link to `target`. `None` without such a link.
    pub fn text_around_link(&self, target: &str) -> Option<(String, usize)> {
        // Marks the position while the markup is removed; cleaned text never contains it.
        const MARK: char = '\u{e000}';
        let raw = plain_text::multi_line(&self.0);
        let at = link_to(&raw, target)?;
        let text = without_markup(&format!("{}{MARK}{}", &raw[..at], &raw[at..]));
        let at = text.find(MARK)?;
        Some((text.replace(MARK, ""), at))
    }

    /// Visible text without markup. Must be escaped in HTML.
    pub fn text(&self) -> String {
        if looks_like_html(&self.0) { plain(&self.0) } else { plain_text::multi_line(&self.0) }
    }
}

/// Whether a text contains tags or character references, rather than `a < b`.
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

/// Sanitises HTML: only [`TAGS`] stay, and only http(s) links, marked with [`REL`].
///
/// The result is stable: sanitising it again changes nothing. Mutation XSS relies on HTML that
/// parses differently the second time, so that HTML which does not settle within a few passes
/// becomes plain text.
pub fn html(raw: &str) -> String {
    let raw = plain_text::multi_line(raw);
    let limit = raw.len() * MAX_GROWTH + 1024;
    let mut text = separated(&raw);
    for _ in 0..MAX_PASSES {
        if is_deep(&text) {
            break;
        }
        // Character references may have become invisible characters.
        let shown = plain_text::multi_line(&CLEANER.clean(&text).to_string());
        let cleaned = paragraphs(&if_visible(shown));
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

/// Visible text of HTML, one line per block.
pub fn plain(raw: &str) -> String {
    plain_text::multi_line(&without_markup(&plain_text::multi_line(raw)))
}

fn without_markup(raw: &str) -> String {
    if is_deep(raw) {
        return without_tags(raw);
    }
    let marked = BLOCK_ENDS.iter().fold(raw.to_owned(), |text, end| text.replace(end, &format!("\n{end}")));
    let text = STRIPPER.clean(&marked).to_string();
    // Undo the only escapes that ammonia writes.
    let text = text.replace("&nbsp;", "\u{a0}").replace("&lt;", "<").replace("&gt;", ">");
    let text = text.replace("&quot;", "\"").replace("&amp;", "&");
    let lines = text.split('\n').map(str::trim).filter(|line| !line.is_empty());
    lines.collect::<Vec<_>>().join("\n")
}

/// Byte offset of the content of the first link to an address, whatever its fragment.
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

/// Tags before which the plain text gets a line end.
const BLOCK_ENDS: [&str; 6] = ["</p>", "<br", "</li>", "</div>", "</blockquote>", "</pre>"];

static CLEANER: LazyLock<Builder<'static>> = LazyLock::new(|| {
    let mut cleaner = text_only();
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

static STRIPPER: LazyLock<Builder<'static>> = LazyLock::new(text_only);

/// Cleaner that keeps text only, and drops the content of elements that are no text to read.
fn text_only() -> Builder<'static> {
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

/// Puts empty lines where block elements end that are not allowed, so that their words stay apart.
fn separated(html: &str) -> String {
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

/// Turns lines into paragraphs if the text has no block elements, like text typed into a comment
/// form.
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

/// Returns the HTML, or the empty string if nothing of it would be visible.
fn if_visible(html: String) -> String {
    let text = without_tags(&html).replace("&nbsp;", "");
    if text.trim().is_empty() { String::new() } else { html }
}

/// Whether elements may be nested deeper than [`MAX_DEPTH`]. Counts tags, so that the depth is
/// over-estimated; elements that close by themselves are left out.
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
            assert_eq!(UntrustedHtml::new(raw).html(), shown, "{raw}");
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
            assert_eq!(UntrustedHtml::new(raw).html(), shown, "{raw}");
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
        assert_eq!(UntrustedHtml::new("a < b").text(), "a < b");
        assert_eq!(plain("<script>alert(1)</script>"), "");
        let html = "<p>Un</p><p>Voir <a class=x href=\"http://www.b.example/un/#x\">ceci</a>.</p>";
        assert_eq!(
            UntrustedHtml::new(html).text_around_link("https://b.example/un"),
            Some(("Un\nVoir ceci.".into(), 8))
        );
        for html in ["<a href=https://c.example/>x</a>", "https://b.example/un", "<a", "<a href="] {
            assert_eq!(UntrustedHtml::new(html).text_around_link("https://b.example/un"), None);
        }
    }

    #[test]
    fn what_is_huge_or_deep_stays_cheap() {
        let deep = format!("{}x", "<b>".repeat(3000));
        assert_eq!(html(&deep), "<p>x</p>");
        let many: String = (0..31).map(|n| format!("<b a={n}>")).collect::<String>() + &"<p>x".repeat(2000);
        assert!(html(&many).len() < many.len() * 5 + 1024);
        let long = UntrustedHtml::new(&format!(
            "{}<a href=\"https://a.example/{}\">x</a>",
            "é".repeat(4990),
            "y".repeat(99)
        ));
        assert!(long.0.len() <= MAX_LEN + 3 && !long.html().contains("href"));
    }
}
