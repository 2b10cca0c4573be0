//! What templates ask of values that are dear to make: the fields that they name.
//!
//! Whoever makes a post's value or its head leaves out what no template reads. Only names that
//! stand in a template count; one that looks at such a value as a whole gets all of it.

use std::collections::{BTreeMap, HashSet};

use pingmark_core::fingerprint::FastHash;

use super::tag::{Tag, Token, tags};

/// The fields that templates read of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldUse {
    /// Any: a template looks at it whole, or at a field whose name it makes.
    All,
    /// Those that are named.
    Fields(HashSet<Box<str>, FastHash>),
}

impl FieldUse {
    /// What templates with these texts read of some variables.
    pub fn of<'t, const N: usize>(
        variables: [&'static str; N],
        texts: impl IntoIterator<Item = &'t str>,
    ) -> BTreeMap<&'static str, Self> {
        let mut asked = variables.map(|variable| (variable, Self::Fields(HashSet::default())));
        for Tag { tokens, .. } in texts.into_iter().flat_map(tags) {
            for at in 0..tokens.len() {
                for (variable, asked) in &mut asked {
                    asked.add(use_at(&tokens, at, variable));
                }
            }
        }
        asked.into()
    }

    fn add(&mut self, found: Use<'_>) {
        match (found, &mut *self) {
            (Use::Whole, _) => *self = Self::All,
            (Use::Field(name), Self::Fields(fields)) => drop(fields.insert(name.into())),
            (Use::Field(_), Self::All) | (Use::None, _) => {}
        }
    }

    /// Whether a field is read.
    pub fn has(&self, field: &str) -> bool {
        match self {
            Self::All => true,
            Self::Fields(fields) => fields.contains(field),
        }
    }
}

/// Whether a text reads a field of any variable.
pub fn names_field(text: &str, field: &str) -> bool {
    let is_read = |tag: Tag<'_>| {
        tag.tokens.windows(2).any(|pair| match pair {
            [Token::Sign('.'), Token::Word(name)] | [Token::Sign('['), Token::Text(name)] => *name == field,
            _ => false,
        })
    };
    tags(text).any(is_read)
}

/// The templates that a text extends or includes, by name.
pub fn parts(text: &str) -> impl Iterator<Item = &str> {
    tags(text).filter_map(|tag| tag.part())
}

/// How a variable is used at a place of a tag.
#[derive(Debug, PartialEq, Eq)]
enum Use<'t> {
    None,
    Field(&'t str),
    Whole,
}

fn use_at<'t>(tag: &[Token<'t>], at: usize, variable: &str) -> Use<'t> {
    use Token::{Sign, Text, Word};
    let before = at.checked_sub(1).map(|at| tag[at]);
    // `{% raw %}` ends reading by tags, and all that a page was given can be shown at once.
    if matches!(tag[at], Word("__tera_context")) || (at == 0 && tag[at] == Word("raw")) {
        return Use::Whole;
    }
    if tag[at] != Word(variable) {
        return Use::None;
    }
    if before == Some(Sign('.')) {
        // A field of another; but three dots spread all that there is.
        return if at > 1 && tag[at - 2] == Sign('.') { Use::Whole } else { Use::None };
    }
    let rest = match &tag[at + 1..] {
        [Sign('?'), rest @ ..] => rest,
        rest => rest,
    };
    match (before, rest) {
        // The name of a block, of an argument, of a loop's own variable.
        (Some(Word("block" | "endblock" | "for") | Sign('@')), _) => Use::None,
        (_, [Sign('='), next, ..]) if *next != Sign('=') => Use::None,
        (_, [Sign('.'), Word(field), ..] | [Sign('['), Text(field), Sign(']'), ..]) => Use::Field(field),
        // Whether it is there at all.
        (Some(Word("if" | "elif" | "and" | "or" | "not")), [] | [Word("and" | "or" | "else"), ..]) => {
            Use::None
        }
        (_, [Word("is"), Word("defined" | "undefined"), ..])
        | (_, [Word("is"), Word("not"), Word("defined" | "undefined"), ..]) => Use::None,
        _ => Use::Whole,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str) -> Option<Vec<String>> {
        match &FieldUse::of(["head", "page"], [text])["page"] {
            FieldUse::All => None,
            FieldUse::Fields(fields) => {
                let mut fields: Vec<String> = fields.iter().map(|name| name.to_string()).collect();
                fields.sort();
                Some(fields)
            }
        }
    }

    #[test]
    fn fields_are_those_that_are_named() {
        let text = "{# page.not #}{%- if page and page.date -%}{{page.title|upper}} page.text \
                    {{ t.page }} {{ page?.mentions.likes | length }}{{ \"page.in\" }}{{ page[\"x y\"] }}{% endif %}\
                    {% block page %}{% endblock page %}{% if page is not defined %}{% endif %}\
                    {% for page in paginator.pages %}{{ page.url }}{% endfor %}{{ a if page else b }}\
                    {% component c(@page, kind: String) %}{{ page.slug }}{% endcomponent c %}{{ <d page=page.via /> }}\
                    {{ f(a={\"b\": {\"c\": \"\\\"}}\"}}, d=page.draft) }}";
        let fields = ["date", "draft", "mentions", "slug", "title", "url", "via", "x y"];
        assert_eq!(asked(text), Some(fields.map(str::to_owned).to_vec()));
        assert_eq!(asked("{ page } {{ 'page' }} <p>page</p>"), Some(Vec::new()));
    }

    #[test]
    fn what_is_looked_at_whole_is_given_whole() {
        for text in [
            "{{ page }}",
            "{{ page | json }}",
            "{% for key, value in page %}{% endfor %}",
            "{% set it = page %}{{ it.title }}",
            "{{ page[key] }}",
            "{{ <card of={page} /> }}",
            "{{ <card {...page} /> }}",
            "{% if page == other %}{% endif %}",
            "{% if \"title\" in page %}{% endif %}",
            "{{ __tera_context }}",
            "{% raw %}{{ don't }}{% endraw %}{{ page.title }}",
        ] {
            assert_eq!(asked(text), None, "{text}");
        }
    }

    #[test]
    fn a_field_of_any_variable_is_found() {
        assert!(names_field("{{ card.html }}", "html") && names_field("{{ card['html'] }}", "html"));
        assert!(!names_field("{% include 'card.html' %}<a>.html</a>{{ html }}", "html"));
    }

    #[test]
    fn parts_are_named_in_any_quotes() {
        let text = "{% extends 'a.html' %}{%- include   \"b.html\" -%}{{ \"c.html\" }}{% include `d.html` %}";
        assert_eq!(parts(text).collect::<Vec<_>>(), ["a.html", "b.html", "d.html"]);
    }
}
