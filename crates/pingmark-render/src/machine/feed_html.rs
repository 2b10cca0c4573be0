//! What feeds leave out of a post's HTML: scripts, style sheets, event handlers and forms. A feed
//! reader runs them, shows them as text, or refuses the whole feed. The page keeps them.

use std::borrow::Cow;

use pingmark_core::html::is_unsafe;
use pingmark_core::html_tokens::{Kind, Tokens, attributes, decoded, tokens};

/// Elements that are left out with their content.
const WITH_CONTENT: [&str; 11] = [
    "script", "style", "form", "select", "textarea", "button", "datalist", "template", "applet", "noframes",
    "xmp",
];
/// Elements that lose their tags only: their content is shown.
const TAGS_ONLY: [&str; 20] = [
    "base",
    "embed",
    "fieldset",
    "frame",
    "frameset",
    "input",
    "label",
    "legend",
    "link",
    "meta",
    "noembed",
    "noscript",
    "object",
    "optgroup",
    "option",
    "output",
    "param",
    "plaintext",
    "portal",
    "title",
];
/// Attributes that start a request or send something, beside the event handlers.
const ATTRIBUTES: [&str; 8] =
    ["action", "autofocus", "contenteditable", "form", "formaction", "http-equiv", "ping", "srcdoc"];
/// Attributes whose value is a URL.
const ADDRESSES: [&str; 7] = ["background", "cite", "data", "href", "poster", "src", "xlink:href"];

/// HTML without anything active.
pub(super) fn without_active(html: &str) -> Cow<'_, str> {
    let mut out = String::new();
    // Bytes before this one are in `out`, or left out.
    let mut done = 0;
    let mut all = tokens(html);
    // Elements whose closing tag was searched for in vain: it is not searched for again.
    let mut unclosed = [false; WITH_CONTENT.len()];
    while let Some(token) = all.next() {
        let mut end = token.range.end;
        let replacement: Cow<'_, str> = match token.kind {
            Kind::Text => continue,
            Kind::RawText => match html[token.range.clone()].contains('<') {
                true => html[token.range.clone()].replace('<', "&lt;").into(),
                false => continue,
            },
            Kind::Comment => "".into(),
            Kind::Close(name) if is_one_of(name, &TAGS_ONLY) || is_one_of(name, &WITH_CONTENT) => "".into(),
            Kind::Close(_) => continue,
            Kind::Open(name) => match position(name, &WITH_CONTENT) {
                Some(number) => {
                    // Once one has no end, no later one of the name has.
                    let closed = if unclosed[number] { None } else { end_of(all.clone(), name) };
                    match closed {
                        Some(closed) => end = closed,
                        // The rest of the text is its content, as in a browser.
                        None if is_one_of(name, &["script", "style"]) => end = html.len(),
                        None => unclosed[number] = true,
                    }
                    while all.clone().next().is_some_and(|next| next.range.start < end) {
                        all.next();
                    }
                    "".into()
                }
                None if is_one_of(name, &TAGS_ONLY) => "".into(),
                None => match inert(&html[token.range.clone()]) {
                    Some(tag) => tag.into(),
                    None => continue,
                },
            },
        };
        out.push_str(&html[done..token.range.start]);
        out.push_str(&replacement);
        done = end;
    }
    if done == 0 {
        return html.into();
    }
    out.push_str(&html[done..]);
    out.into()
}

/// Where an element's closing tag ends, given the tokens after its opening tag. `None` if it is never
/// closed.
fn end_of(after: Tokens<'_>, name: &str) -> Option<usize> {
    let mut depth = 1;
    for token in after {
        match token.kind {
            Kind::Close(found) if found.eq_ignore_ascii_case(name) => depth -= 1,
            Kind::Open(found) if found.eq_ignore_ascii_case(name) => depth += 1,
            _ => {}
        }
        if depth == 0 {
            return Some(token.range.end);
        }
    }
    None
}

/// A tag without its handlers and unsafe addresses; `None` if it has none.
fn inert(tag: &str) -> Option<String> {
    let mut out = String::new();
    let mut done = 0;
    let mut end_before = 0;
    for attribute in attributes(tag) {
        let name = attribute.name;
        let is_handler = name.get(..2).is_some_and(|on| on.eq_ignore_ascii_case("on"));
        let is_bad_address = is_one_of(name, &ADDRESSES) && is_unsafe(&decoded(attribute.value));
        if is_handler || is_bad_address || is_one_of(name, &ATTRIBUTES) {
            // What separates two attributes is a blank or a slash; a slash may end an unquoted value.
            let kept = done.max(end_before);
            out.push_str(&tag[done..kept]);
            let separator = &tag[kept..attribute.range.start];
            out.push_str(separator.trim_end_matches(|c: char| c.is_ascii_whitespace() || c == '/'));
            done = attribute.range.end;
        }
        end_before = attribute.range.end;
    }
    if done == 0 {
        return None;
    }
    out.push_str(&tag[done..]);
    Some(out)
}

fn position(name: &str, names: &[&str]) -> Option<usize> {
    names.iter().position(|one| name.eq_ignore_ascii_case(one))
}

fn is_one_of(name: &str, names: &[&str]) -> bool {
    position(name, names).is_some()
}

#[cfg(test)]
mod tests {
    use super::without_active;

    #[test]
    fn nothing_active_is_left() {
        for (html, left) in [
            ("<p>Un</p><script>a<b>c</script><p>Deux</p>", "<p>Un</p><p>Deux</p>"),
            ("<SCRIPT src=x></SCRIPT >a", "a"),
            ("<script>var a = '</b>';</script>b", "b"),
            ("<style>p{}</style>a", "a"),
            ("<p onclick=\"x()\" class='c'>a</p>", "<p class='c'>a</p>"),
            ("<img src=x.png onerror=alert(1)>", "<img src=x.png>"),
            ("<img/onerror=x src=y>", "<img src=y>"),
            ("<form action=/go><p>a</p><input name=q></form>b", "b"),
            ("<form>a<form>b</form>c</form>d", "d"),
            ("a<form>b", "ab"),
            ("<label>a <input></label><noscript><p>b</p></noscript>", "a <p>b</p>"),
            ("<a href='java&#115;cript:x'>a</a>", "<a>a</a>"),
            ("<svg onload=x><a xlink:href=\"javascript:x\">a</a></svg>", "<svg><a>a</a></svg>"),
            ("<svg><style><!--</style><script>x</script>--></svg>", "<svg>--></svg>"),
            ("<!--><script>x</script>-->", "-->"),
            ("<iframe srcdoc='<script>'></iframe>", "<iframe></iframe>"),
            ("<button onclick=x>a</button>b<textarea><b></textarea>", "b"),
            ("<svg><title><img src onerror=x></title></svg>", "<svg>&lt;img src onerror=x></svg>"),
            ("<meta http-equiv=refresh content=x><link rel=stylesheet href=y>a", "a"),
            ("a<script>b", "a"),
        ] {
            assert_eq!(without_active(html), left, "{html}");
        }
    }

    #[test]
    fn what_is_read_stays_as_it_is() {
        for html in [
            "<p style=\"color: red\">a &lt; b <code>onclick=\"x\"</code></p>",
            "<iframe src=\"https://video.example/1\"></iframe>",
            "<figure><img src=\"a.png\" alt=\"on sale\"></figure> 1 < 2",
            "<video src=\"a.mp4\" controls></video>",
        ] {
            assert_eq!(without_active(html), html);
        }
    }
}
