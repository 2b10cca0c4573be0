//! The `Link` header (RFC 8288): several links in one value, with quoted parameters.

/// A link of a header, its target as written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct HeaderLink {
    pub(crate) target: String,
    /// Value of the first `rel` parameter; later ones are ignored (section 3.3).
    pub(crate) rel: String,
}

impl HeaderLink {
    pub(crate) fn has_rel(&self, wanted: &str) -> bool {
        self.rel.split_ascii_whitespace().any(|rel| rel.eq_ignore_ascii_case(wanted))
    }
}

/// Parses one value of the header. What follows something that cannot be parsed is left out.
pub(crate) fn parse(value: &str) -> Vec<HeaderLink> {
    let mut links = Vec::new();
    let mut rest = value;
    while let Some(start) = rest.trim_start_matches([' ', '\t', ',']).strip_prefix('<') {
        let Some((target, after)) = start.split_once('>') else { break };
        let mut rel = None;
        rest = after;
        // Parameters, until a comma that is not inside quotes.
        while let Some(parameter) = rest.trim_start().strip_prefix(';') {
            let end = parameter.find(['=', ';', ',']).unwrap_or(parameter.len());
            let name = parameter[..end].trim();
            rest = &parameter[end..];
            let mut content = String::new();
            if let Some(after) = rest.strip_prefix('=') {
                (content, rest) = parameter_value(after.trim_start());
            }
            if name.eq_ignore_ascii_case("rel") && rel.is_none() {
                rel = Some(content);
            }
        }
        links.push(HeaderLink { target: target.trim().to_owned(), rel: rel.unwrap_or_default() });
        // Garbage before the next comma.
        rest = rest.find(',').map_or("", |at| &rest[at..]);
    }
    links
}

/// A quoted string or a token, and what follows it.
fn parameter_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find([';', ',']).unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut value = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '"' => return (value, &quoted[at + 1..]),
            '\\' => value.extend(chars.next().map(|(_, escaped)| escaped)),
            c => value.push(c),
        }
    }
    (value, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn endpoint(value: &str) -> Option<String> {
        parse(value).into_iter().find(|link| link.has_rel("webmention")).map(|link| link.target)
    }

    #[test]
    fn links_are_found_in_every_spelling() {
        for value in [
            "<https://a.example/w>; rel=webmention",
            "<https://a.example/w>; rel=\"webmention\"",
            "<https://a.example/w>;rel=WEBMENTION",
            "<https://a.example/w>; REL=\"somethingelse webmention\"",
            "<https://b.example/?a=1,2;3>; rel=\"other\"; title=\"a, b; rel=webmention\", <https://a.example/w>; rel=webmention",
            " , <https://a.example/w> ; title=\"quo\\\"ted\" ; rel = \"webmention\" ;x",
            "<https://b.example/>; rel=next, <https://a.example/w>; rel=webmention; type=\"text/html\"",
            "<https://b.example/>, <https://a.example/w>; rel=webmention",
        ] {
            assert_eq!(endpoint(value).as_deref(), Some("https://a.example/w"), "{value}");
        }
        assert_eq!(endpoint("<>; rel=webmention").as_deref(), Some(""));
        for value in [
            "",
            "<https://a.example/w>",
            "<https://a.example/w>; rel=\"not-webmention\"",
            "<https://a.example/w>; rel=not-webmention",
            "<https://a.example/w>; rel=next; rel=webmention",
            "<https://a.example/w>; title=\"rel=webmention\"",
            "<https://a.example/w; rel=webmention",
            "https://a.example/w; rel=webmention",
            "<https://a.example/w>; rel=\"",
        ] {
            assert_eq!(endpoint(value), None, "{value}");
        }
    }
}
