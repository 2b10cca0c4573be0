//! Shortcodes of WordPress and its common plugins, as HTML.
//!
//! They are expanded before the HTML is parsed, as WordPress does it. Code is expanded first and its text
//! protected. Unknown names stay as they were typed, and are counted: most are no shortcodes at all.

use std::collections::BTreeMap;

use pingmark_core::html::escaped;

/// Attributes by name; those without a name have their number.
pub type Attributes = BTreeMap<String, String>;

/// What shortcodes need to know of the blog.
pub trait Library {
    /// HTML of the images with these numbers, or of those of the post itself.
    fn gallery(&self, attributes: &Attributes) -> String;

    /// Address of a file by its number.
    fn file(&self, id: u64) -> Option<String>;
}

/// Shortcodes whose content is code.
const CODE: [&str; 11] = [
    "sourcecode",
    "source",
    "code",
    "cc",
    "ccN",
    "crayon",
    "highlight",
    "code-highlight",
    "prism",
    "codeblock",
    "cci",
];
/// Languages whose names are shortcodes of code colourers.
const LANGUAGES: [&str; 24] = [
    "actionscript",
    "actionscript3",
    "apache",
    "bash",
    "c",
    "cpp",
    "csharp",
    "css",
    "diff",
    "html",
    "java",
    "javascript",
    "jquery",
    "js",
    "perl",
    "php",
    "python",
    "ruby",
    "scala",
    "shell",
    "sql",
    "vb",
    "xhtml",
    "xml",
];
/// Shortcodes that are expanded.
const KNOWN: [&str; 29] = [
    "audio",
    "blip.tv",
    "bandcamp",
    "caption",
    "dailymotion",
    "embed",
    "embedyt",
    "flickr",
    "gallery",
    "gist",
    "googlemaps",
    "instagram",
    "kickstarter",
    "playlist",
    "polldaddy",
    "quote",
    "slideshare",
    "soundcloud",
    "spotify",
    "ted",
    "tweet",
    "twitter",
    "video",
    "videopress",
    "vimeo",
    "wp_caption",
    "wpvideo",
    "youtube",
    "youtu",
];
/// Longest tag, in bytes.
const MAX_TAG: usize = 8000;

/// Text with its shortcodes expanded, and the names that are not known, with their number.
#[derive(Debug, Default)]
pub struct Expanded {
    /// HTML.
    pub html: String,
    /// Unknown names.
    pub unknown: BTreeMap<String, usize>,
}

/// Expands the shortcodes of a text.
pub fn expand(text: &str, library: &dyn Library) -> Expanded {
    let mut done = Expanded::default();
    if !text.contains('[') {
        done.html = text.to_owned();
        return done;
    }
    let coded = expand_code(text);
    expand_into(&coded, library, &mut done, 0);
    done
}

/// A tag in a text.
struct Tag {
    name: String,
    attributes: Attributes,
    /// Whether it is closed in itself: `[x /]`.
    is_alone: bool,
    len: usize,
}

/// Reads the tag at the start of a text: `[name key="value"]`.
fn tag(text: &str) -> Option<Tag> {
    let inside = text.strip_prefix('[')?;
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    let name = &inside[..inside.find(|c| !is_name(c)).unwrap_or(inside.len())];
    if name.is_empty() || !name.starts_with(|c: char| c.is_ascii_alphabetic()) {
        return None;
    }
    let mut rest = &inside[name.len()..];
    if !rest.starts_with([' ', ']', '/', '=', '\n', '\t', '\u{a0}']) {
        return None;
    }
    let mut attributes = Attributes::new();
    let mut numbered = 0;
    loop {
        if text.len() - rest.len() > MAX_TAG {
            return None;
        }
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '\u{a0}');
        if let Some(after) = rest.strip_prefix("/]") {
            return Some(Tag {
                name: name.to_owned(),
                attributes,
                is_alone: true,
                len: text.len() - after.len(),
            });
        }
        if let Some(after) = rest.strip_prefix(']') {
            return Some(Tag {
                name: name.to_owned(),
                attributes,
                is_alone: false,
                len: text.len() - after.len(),
            });
        }
        if rest.is_empty() || rest.starts_with(['[', '<']) {
            return None;
        }
        let key = &rest[..rest.find(|c: char| !(is_name(c) || c == ':')).unwrap_or(rest.len())];
        let after = rest[key.len()..].trim_start();
        if !key.is_empty() && after.starts_with('=') && !rest.starts_with('=') {
            let (value, left) = value(after[1..].trim_start())?;
            attributes.insert(key.to_ascii_lowercase(), value);
            rest = left;
            continue;
        }
        // `[youtube=http://…]` and `[youtube http://…]`
        let (value, left) = value(rest.strip_prefix('=').unwrap_or(rest))?;
        if value.is_empty() && left.len() == rest.len() {
            return None;
        }
        attributes.insert(numbered.to_string(), value);
        numbered += 1;
        rest = left;
    }
}

/// A value, quoted in one of the ways that editors write, and what follows it.
fn value(text: &str) -> Option<(String, &str)> {
    const QUOTES: [(&str, &str); 9] = [
        ("\"", "\""),
        ("'", "'"),
        ("&quot;", "&quot;"),
        ("&#8221;", "&#8221;"),
        ("&#8220;", "&#8221;"),
        ("”", "”"),
        ("“", "”"),
        ("″", "″"),
        ("&#8243;", "&#8243;"),
    ];
    for (open, close) in QUOTES {
        if let Some(inside) = text.strip_prefix(open) {
            let end = inside.find(close)?;
            return Some((inside[..end].to_owned(), &inside[end + close.len()..]));
        }
    }
    let end = text.find(|c: char| c.is_whitespace() || c == ']').unwrap_or(text.len());
    let value = &text[..end];
    // The slash that closes a tag is none of its value.
    let value = if text[end..].starts_with(']') && !value.contains("://") {
        value.trim_end_matches('/')
    } else {
        value
    };
    Some((value.to_owned(), &text[value.len()..]))
}

/// Start and end of the closing tag of a name.
fn closing(text: &str, name: &str) -> Option<(usize, usize)> {
    let mark = format!("[/{name}]");
    text.find(&mark).map(|at| (at, at + mark.len()))
}

/// Replaces code by `<pre>`, in which nothing means anything else.
fn expand_code(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('[') {
        let (before, from) = rest.split_at(at);
        out.push_str(before);
        let found = tag(from).filter(|found| {
            let is_code = CODE.contains(&found.name.as_str())
                || found.name.starts_with("cc_")
                || found.name.starts_with("cci_");
            (is_code || LANGUAGES.contains(&found.name.as_str())) && !found.is_alone && !out.ends_with('[')
        });
        let content = found.and_then(|found| {
            let (end, after) = closing(&from[found.len..], &found.name)?;
            Some((from[found.len..found.len + end].to_owned(), found.len + after, found))
        });
        let Some((content, used, found)) = content else {
            out.push('[');
            rest = &from[1..];
            continue;
        };
        let named =
            ["language", "lang", "syntax"].into_iter().find_map(|key| found.attributes.get(key).cloned());
        let own = found.name.strip_prefix("cc_").or_else(|| found.name.strip_prefix("cci_"));
        let own = own.or_else(|| LANGUAGES.contains(&found.name.as_str()).then_some(found.name.as_str()));
        let language = crate::html::language(&named.or_else(|| own.map(str::to_owned)).unwrap_or_default());
        // Editors write some signs as references already; the others are text.
        let content = content.trim_matches(['\n', '\r']);
        let text = if content.contains("&lt;") || content.contains("&gt;") || content.contains("&amp;") {
            crate::text::decoded(content)
        } else {
            content.to_owned()
        };
        let text = text.replace("<br />\n", "\n").replace("<br />", "\n");
        let is_inline = found.name.starts_with("cci") && !text.contains('\n');
        let code = escaped(&text).replace('[', "&#91;");
        if is_inline {
            out.push_str(&format!("<code>{code}</code>"));
        } else {
            let class =
                if language.is_empty() { String::new() } else { format!(" class=\"language-{language}\"") };
            out.push_str(&format!("\n\n<pre{class}>{code}</pre>\n\n"));
        }
        rest = &from[used..];
    }
    out.push_str(rest);
    out
}

fn expand_into(text: &str, library: &dyn Library, done: &mut Expanded, depth: usize) {
    let mut rest = text;
    while let Some(at) = rest.find(['[', '<']) {
        let (before, from) = rest.split_at(at);
        done.html.push_str(before);
        // Code and comments are left alone.
        if let Some(len) = verbatim_len(from) {
            done.html.push_str(&from[..len]);
            rest = &from[len..];
            continue;
        }
        if let Some(after) = from.strip_prefix('<') {
            done.html.push('<');
            rest = after;
            continue;
        }
        // `[[gallery]]` shows `[gallery]`.
        if let Some(inner) = from.strip_prefix('[').filter(|inner| inner.starts_with('['))
            && let Some(found) = tag(inner)
            && KNOWN.contains(&found.name.as_str())
            && inner[found.len..].starts_with(']')
        {
            done.html.push_str(&inner[..found.len].replace('[', "&#91;"));
            rest = &inner[found.len + 1..];
            continue;
        }
        let Some(found) = tag(from) else {
            done.html.push('[');
            rest = &from[1..];
            continue;
        };
        if !KNOWN.contains(&found.name.as_str()) {
            // A word between brackets is no shortcode; one with values is.
            let has_values = found.attributes.keys().any(|key| key.parse::<usize>().is_err());
            let is_closed = closing(&from[found.len..], &found.name).is_some();
            if has_values || is_closed || found.is_alone {
                *done.unknown.entry(found.name.clone()).or_default() += 1;
            }
            done.html.push('[');
            rest = &from[1..];
            continue;
        }
        let after = &from[found.len..];
        let content = if found.is_alone || depth > 3 { None } else { closing(after, &found.name) };
        // A closing tag behind another opening one belongs to that one.
        let content = content.filter(|(end, _)| !after[..*end].contains(&format!("[{} ", found.name)));
        let (inside, used) = match content {
            Some((end, after_end)) => (Some(&after[..end]), found.len + after_end),
            None => (None, found.len),
        };
        let html = expanded(&found, inside, library);
        match html {
            Some(html) => done.html.push_str(&html),
            None => done.html.push_str(&from[..used].replace('[', "&#91;")),
        }
        rest = &from[used..];
    }
    done.html.push_str(rest);
}

/// Length of an element or comment at the start of a text whose content is no text to expand.
fn verbatim_len(text: &str) -> Option<usize> {
    if text.starts_with("<!--") {
        return text.find("-->").map(|end| end + "-->".len());
    }
    for name in ["pre", "code", "script", "style"] {
        let starts = text
            .strip_prefix('<')
            .and_then(|rest| rest.get(..name.len()))
            .is_some_and(|start| start.eq_ignore_ascii_case(name));
        if starts && text[name.len() + 1..].starts_with([' ', '>', '\n']) {
            let close = format!("</{name}>");
            return text
                .find(&close)
                .or_else(|| text.to_ascii_lowercase().find(&close))
                .map(|end| end + close.len());
        }
    }
    None
}

/// HTML of a known shortcode; `None` if it says nothing that can be shown.
fn expanded(found: &Tag, inside: Option<&str>, library: &dyn Library) -> Option<String> {
    let get = |keys: &[&str]| {
        keys.iter().find_map(|key| found.attributes.get(*key)).map(|value| value.trim().replace("&amp;", "&"))
    };
    let words = || inside.map(crate::text::plain).filter(|text| !text.is_empty());
    let embed = |url: &str| format!("\n\n<pingmark-embed url=\"{}\"></pingmark-embed>\n\n", escaped(url));
    let own = || get(&["0", "url", "src", "id", "href"]).filter(|value| !value.is_empty()).or_else(words);
    match found.name.as_str() {
        "caption" | "wp_caption" => Some(caption(found, inside.unwrap_or_default())),
        "gallery" => Some(format!("\n\n{}\n\n", library.gallery(&found.attributes))),
        "playlist" => Some(playlist(found, library)),
        "embed" | "embedyt" | "instagram" | "ted" | "kickstarter" | "spotify" | "polldaddy" | "bandcamp"
        | "videopress" | "wpvideo" | "flickr" | "blip.tv" | "googlemaps" => {
            let url =
                words().filter(|url| url.contains("://")).or_else(own).filter(|url| url.contains("://"))?;
            Some(embed(&url))
        }
        "youtube" | "youtu" => {
            let url = own()?;
            if url.contains("://") {
                return Some(embed(&url.replace("/?v=", "/watch?v=")));
            }
            Some(embed(&format!(
                "https://www.youtube.com/watch?v={}",
                url.split(['&', '?']).next().unwrap_or(&url)
            )))
        }
        "vimeo" => {
            own().map(
                |id| if id.contains("://") { embed(&id) } else { embed(&format!("https://vimeo.com/{id}")) },
            )
        }
        "dailymotion" => own().map(|id| {
            if id.contains("://") {
                embed(&id)
            } else {
                embed(&format!("https://www.dailymotion.com/video/{id}"))
            }
        }),
        "tweet" | "twitter" => own().map(|id| {
            if id.contains("://") { embed(&id) } else { embed(&format!("https://twitter.com/i/status/{id}")) }
        }),
        "gist" => own().map(|id| {
            let url = if id.contains("://") { id } else { format!("https://gist.github.com/{id}") };
            format!("\n\n<p><a href=\"{0}\">{0}</a></p>\n\n", escaped(&url))
        }),
        "soundcloud" => own().filter(|url| url.contains("://")).map(|url| embed(&url)),
        "slideshare" => own().map(|id| {
            let id = id.trim_start_matches("id=").split('&').next().unwrap_or_default().to_owned();
            embed(&format!("https://www.slideshare.net/slideshow/embed_code/{id}"))
        }),
        "video" | "audio" => {
            let types = ["src", "mp4", "m4v", "webm", "ogv", "mp3", "m4a", "ogg", "wav", "0"];
            let src = get(&types).or_else(words).filter(|src| !src.is_empty())?;
            let src = src.split('|').next().unwrap_or(&src).to_owned();
            let poster = get(&["poster"])
                .map(|poster| format!(" poster=\"{}\"", escaped(&poster)))
                .unwrap_or_default();
            let name = &found.name;
            Some(format!("\n\n<{name} src=\"{}\"{poster}></{name}>\n\n", escaped(&src)))
        }
        "quote" => inside.map(|inside| format!("\n\n<blockquote>{inside}</blockquote>\n\n")),
        _ => None,
    }
}

/// A captioned image. Before WordPress 3.4 the words were an attribute; since then they follow the image.
fn caption(found: &Tag, inside: &str) -> String {
    let lower = inside.to_ascii_lowercase();
    let image = lower.find("<img").and_then(|at| lower[at..].find('>').map(|end| at + end + 1));
    let image = image.map(|end| match lower[end..].find("</a>") {
        Some(close) if lower[..end].contains("<a ") && !lower[end..end + close].contains("<a ") => {
            end + close + "</a>".len()
        }
        _ => end,
    });
    let Some(end) = image else { return inside.to_owned() };
    let words = inside[end..].trim();
    let own = found.attributes.get("caption").map_or("", |caption| caption.trim());
    let words = if words.is_empty() { own } else { words };
    format!("\n\n<figure>{}<figcaption>{words}</figcaption></figure>\n\n", &inside[..end])
}

fn playlist(found: &Tag, library: &dyn Library) -> String {
    let ids = found.attributes.get("ids").map_or("", String::as_str).split(',');
    let files = ids.filter_map(|id| library.file(id.trim().parse().ok()?));
    let items = files.map(|file| {
        let name = file.rsplit('/').next().unwrap_or(&file).to_owned();
        format!("<li><a href=\"{}\">{}</a></li>", escaped(&file), escaped(&name))
    });
    let items: String = items.collect();
    if items.is_empty() { String::new() } else { format!("\n\n<ul>{items}</ul>\n\n") }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct NoLibrary;

    impl Library for NoLibrary {
        fn gallery(&self, attributes: &Attributes) -> String {
            format!("<gallery {}>", attributes.get("ids").map_or("", String::as_str))
        }

        fn file(&self, id: u64) -> Option<String> {
            Some(format!("/x/{id}.mp3"))
        }
    }

    #[test]
    fn known_ones_become_html() {
        for (text, expected) in [
            ("a [gallery ids=\"1,2\"] b", "a \n\n<gallery 1,2>\n\n b"),
            ("[[gallery]] x", "&#91;gallery] x"),
            ("tab[i] et [a-z] [name]", "tab[i] et [a-z] [name]"),
            ("<pre>[gallery]</pre>", "<pre>[gallery]</pre>"),
            (
                "[caption id=\"x\" width=\"3\"]<a href=\"u\"><img src=\"a.png\" /></a> Un <em>mot</em>[/caption]",
                "\n\n<figure><a href=\"u\"><img src=\"a.png\" /></a><figcaption>Un <em>mot</em></figcaption></figure>\n\n",
            ),
            (
                "[caption caption=\"Vieux\"]<img src=\"a.png\" />[/caption]",
                "\n\n<figure><img src=\"a.png\" /><figcaption>Vieux</figcaption></figure>\n\n",
            ),
            (
                "[youtube=http://www.youtube.com/watch?v=abc&w=3]",
                "\n\n<pingmark-embed url=\"http://www.youtube.com/watch?v=abc&amp;w=3\"></pingmark-embed>\n\n",
            ),
            (
                "[youtube]abc[/youtube]",
                "\n\n<pingmark-embed url=\"https://www.youtube.com/watch?v=abc\"></pingmark-embed>\n\n",
            ),
            (
                "[sourcecode language=\"php\"]\nif (a < b) [gallery]\n[/sourcecode]",
                "\n\n<pre class=\"language-php\">if (a &lt; b) &#91;gallery]</pre>\n\n",
            ),
            ("[audio http://a.example/x.mp3]", "\n\n<audio src=\"http://a.example/x.mp3\"></audio>\n\n"),
        ] {
            assert_eq!(expand(text, &NoLibrary).html, expected, "{text}");
        }
    }

    #[test]
    fn unknown_ones_stay_and_are_counted() {
        let done = expand("[contact-form-7 id=\"3\" title=\"x\"] [tab]x[/tab] [mot] [2]", &NoLibrary);
        assert_eq!(done.html, "[contact-form-7 id=\"3\" title=\"x\"] [tab]x[/tab] [mot] [2]");
        assert_eq!(done.unknown.into_keys().collect::<Vec<_>>(), ["contact-form-7", "tab"]);
    }
}
