//! Fields that templates read of variables that are costly to make.
//!
//! Only fields that a template names are counted. A template that uses the variable as a whole, or
//! computes the name of a field, gets all of them.

use std::collections::{BTreeMap, HashSet};

use pingmark_core::fingerprint::FastHash;

use super::tag::{Tag, Token, tags};

/// Fields that templates read of a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldUse {
    /// Possibly all: a template uses the variable as a whole, or computes the name of a field.
    All,
    /// Fields with these names.
    Fields(HashSet<Box<str>, FastHash>),
}

impl FieldUse {
    /// Use of some variables in these texts.
    pub(super) fn of<'t, const N: usize>(
        variables: [&'static str; N],
        texts: impl IntoIterator<Item = &'t str>,
    ) -> BTreeMap<&'static str, Self> {
        let mut uses = variables.map(|variable| (variable, Self::Fields(HashSet::default())));
        for Tag { tokens, .. } in texts.into_iter().flat_map(tags) {
            for at in 0..tokens.len() {
                for (variable, own) in &mut uses {
                    own.add(use_at(&tokens, at, variable));
                }
            }
        }
        uses.into()
    }

    fn add(&mut self, found: Use<'_>) {
        match (found, &mut *self) {
            (Use::Whole, _) => *self = Self::All,
            (Use::Field(name), Self::Fields(fields)) => drop(fields.insert(name.into())),
            (Use::Field(_), Self::All) | (Use::None, _) => {}
        }
    }

    /// Whether a template reads a field.
    pub fn has(&self, field: &str) -> bool {
        match self {
            Self::All => true,
            Self::Fields(fields) => fields.contains(field),
        }
    }
}

/// Whether a text reads a field with this name, of any variable.
pub(super) fn names_field(text: &str, field: &str) -> bool {
    let is_read = |tag: Tag<'_>| {
        tag.tokens.windows(2).any(|pair| match pair {
            [Token::Sign('.'), Token::Word(name)] | [Token::Sign('['), Token::Text(name)] => *name == field,
            _ => false,
        })
    };
    tags(text).any(is_read)
}

/// Use of a variable at one token of a tag.
#[derive(Debug, PartialEq, Eq)]
enum Use<'t> {
    None,
    Field(&'t str),
    Whole,
}

fn use_at<'t>(tag: &[Token<'t>], at: usize, variable: &str) -> Use<'t> {
    use Token::{Sign, Text, Word};
    let before = at.checked_sub(1).map(|at| tag[at]);
    // After `{% raw %}`, tags cannot be told from text; `__tera_context` shows all variables.
    if matches!(tag[at], Word("__tera_context")) || (at == 0 && tag[at] == Word("raw")) {
        return Use::Whole;
    }
    if tag[at] != Word(variable) {
        return Use::None;
    }
    if before == Some(Sign('.')) {
        // A field of another variable; but three dots spread all fields.
        return if at > 1 && tag[at - 2] == Sign('.') { Use::Whole } else { Use::None };
    }
    let rest = match &tag[at + 1..] {
        [Sign('?'), rest @ ..] => rest,
        rest => rest,
    };
    match (before, rest) {
        // Name of a block, an argument or the variable of a loop.
        (Some(Word("block" | "endblock" | "for") | Sign('@')), _) => Use::None,
        (_, [Sign('='), next, ..]) if *next != Sign('=') => Use::None,
        (_, [Sign('.'), Word(field), ..] | [Sign('['), Text(field), Sign(']'), ..]) => Use::Field(field),
        // Test whether the variable is there.
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

    fn field_use(text: &str) -> Option<Vec<String>> {
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
    fn named_fields_are_found() {
        let text = "{# page.not #}{%- if page and page.date -%}{{page.title|upper}} page.text \
                    {{ t.page }} {{ page?.mentions.likes | length }}{{ \"page.in\" }}{{ page[\"x y\"] }}{% endif %}\
                    {% block page %}{% endblock page %}{% if page is not defined %}{% endif %}\
                    {% for page in paginator.pages %}{{ page.url }}{% endfor %}{{ a if page else b }}\
                    {% component c(@page, kind: String) %}{{ page.slug }}{% endcomponent c %}{{ <d page=page.via /> }}\
                    {{ f(a={\"b\": {\"c\": \"\\\"}}\"}}, d=page.draft) }}";
        let fields = ["date", "draft", "mentions", "slug", "title", "url", "via", "x y"];
        assert_eq!(field_use(text), Some(fields.map(str::to_owned).to_vec()));
        assert_eq!(field_use("{ page } {{ 'page' }} <p>page</p>"), Some(Vec::new()));
    }

    #[test]
    fn a_variable_that_is_used_as_a_whole_gets_all_fields() {
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
            assert_eq!(field_use(text), None, "{text}");
        }
    }

    #[test]
    fn a_field_of_any_variable_is_found() {
        assert!(names_field("{{ card.html }}", "html") && names_field("{{ card['html'] }}", "html"));
        assert!(!names_field("{% include 'card.html' %}<a>.html</a>{{ html }}", "html"));
    }
}
