//! Specialization: partial evaluation of templates for the pages of one language.
//!
//! Interface texts, menus, addresses of style sheets and conditions on settings have the same value on
//! every page; they are rendered once, and partials are copied to where they are included. Thousands
//! of pages then have fewer variables to look up. Code is replaced only where the result is certain to
//! be the same. If a specialized template fails, the page is rendered again with the template as
//! written, whose error has the right place.

use std::collections::{HashMap, HashSet};

use super::node::{Node, parsed, written};
use super::tag::{Kind, Tag, Token, tags};

/// Maximum size of a template with its partials, in bytes.
const MAX_SIZE: usize = 256 * 1024;

/// Keywords of Tera inside expressions.
const KEYWORDS: [&str; 15] = [
    "and", "elif", "else", "False", "false", "if", "in", "is", "none", "None", "not", "null", "or", "True",
    "true",
];

/// Renders code that reads nothing but shared variables.
type Render<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Specializes templates, given by name and text. See [`Optimizer::specialize`](super::Optimizer::specialize).
pub(super) fn specialize<'t>(
    templates: &[(&'t str, &'t str)],
    shared: &[&'static str],
    render: &Render<'_>,
) -> Vec<String> {
    let bound: HashSet<&str> = templates.iter().flat_map(|(_, text)| tags(text)).flat_map(bound).collect();
    let shared = shared.iter().copied().filter(|name| !bound.contains(name)).collect();
    let nodes = templates.iter().filter_map(|(name, text)| Some((*name, parsed(text)?))).collect();
    let specializer = Specializer { nodes, shared, render };
    let one = |name: &'t str| {
        let nodes = specializer.nodes.get(name)?;
        let text = written(&specializer.specialize(nodes, &mut vec![name]))?;
        (text.len() <= MAX_SIZE).then_some(text)
    };
    templates.iter().map(|(name, text)| one(name).unwrap_or_else(|| (*text).to_owned())).collect()
}

/// Names that a tag binds for what follows it. Arguments of a component are bound only inside it.
fn bound(tag: Tag<'_>) -> Vec<&str> {
    let rest = tag.tokens.get(1..).unwrap_or(&[]);
    let end = match tag.keyword() {
        Some("set" | "set_global") => 1,
        Some("for") => rest.iter().position(|token| *token == Token::Word("in")).unwrap_or(rest.len()),
        _ => 0,
    };
    let rest = rest[..end.min(rest.len())].iter();
    rest.filter_map(|token| if let Token::Word(word) = token { Some(*word) } else { None }).collect()
}

struct Specializer<'t> {
    nodes: HashMap<&'t str, Vec<Node<'t>>>,
    shared: HashSet<&'static str>,
    render: &'t Render<'t>,
}

impl<'t> Specializer<'t> {
    /// Specializes nodes. `open` are the templates around them, each included by the one before.
    fn specialize(&self, nodes: &[Node<'t>], open: &mut Vec<&'t str>) -> Vec<Node<'t>> {
        let mut specialized = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Node::Text(_) => specialized.push(node.clone()),
                Node::Tag(tag) => {
                    if let Some(nodes) = self.included(tag, open) {
                        specialized.extend(nodes);
                        continue;
                    }
                    let text = self.output(tag).map(|text| Node::Text(text.into()));
                    specialized.push(text.unwrap_or_else(|| node.clone()));
                }
                Node::Between(tag, body, end) => {
                    specialized.push(Node::Between(tag.clone(), self.specialize(body, open), end.clone()));
                }
                Node::If(branches, other) => specialized.extend(self.chosen(branches, other, open)),
                Node::For(tag, body, other) => specialized.push(match self.looped(node) {
                    Some(text) => Node::Text(text.into()),
                    None => {
                        let other = other.as_ref().map(|other| self.specialize(other, open));
                        Node::For(tag.clone(), self.specialize(body, open), other)
                    }
                }),
            }
        }
        specialized
    }

    fn output(&self, tag: &Tag<'t>) -> Option<String> {
        let is_shared = tag.kind == Kind::Output && self.is_shared(&tag.tokens, &[]);
        let text = is_shared.then(|| (self.render)(&format!("{{{{ {} }}}}", tag.inside)))??;
        stands_for_itself(&text).then_some(text)
    }

    /// Nodes of an included template, if they can stand in the place of the tag.
    fn included(&self, tag: &Tag<'t>, open: &mut Vec<&'t str>) -> Option<Vec<Node<'t>>> {
        let name = tag.part().filter(|name| tag.keyword() == Some("include") && !open.contains(name))?;
        let nodes = self.nodes.get(name)?;
        open.push(name);
        let specialized = self.specialize(nodes, open);
        open.pop();
        can_stand_elsewhere(&specialized).then_some(specialized)
    }

    /// Branches of a condition that depend on the page, up to one that is always taken.
    fn chosen(
        &self,
        branches: &[(Tag<'t>, Vec<Node<'t>>)],
        other: &[Node<'t>],
        open: &mut Vec<&'t str>,
    ) -> Vec<Node<'t>> {
        let mut left: Vec<(Tag<'t>, Vec<Node<'t>>)> = Vec::new();
        let mut last = other;
        for (tag, body) in branches {
            match self.holds(tag) {
                Some(false) => {}
                Some(true) => {
                    last = body;
                    break;
                }
                None => left.push((tag.clone(), self.specialize(body, open))),
            }
        }
        let last = self.specialize(last, open);
        if left.is_empty() { last } else { vec![Node::If(left, last)] }
    }

    /// Result of a condition that is the same on every page.
    fn holds(&self, tag: &Tag<'t>) -> Option<bool> {
        let condition = tag.inside.strip_prefix("elif").or_else(|| tag.inside.strip_prefix("if"))?;
        if !self.is_shared(tag.tokens.get(1..)?, &[]) {
            return None;
        }
        Some((self.render)(&format!("{{% if {condition} %}}1{{% endif %}}"))? == "1")
    }

    /// Text of a loop that is the same on every page.
    fn looped(&self, node: &Node<'t>) -> Option<String> {
        if !self.is_shared_whole(node, &mut Vec::new()) {
            return None;
        }
        let text = (self.render)(&written(std::slice::from_ref(node))?)?;
        stands_for_itself(&text).then_some(text)
    }

    fn is_shared_whole(&self, node: &Node<'t>, own: &mut Vec<&'t str>) -> bool {
        match node {
            Node::Text(_) => true,
            Node::Tag(tag) => tag.kind == Kind::Output && self.is_shared(&tag.tokens, own),
            Node::Between(..) => false,
            Node::If(branches, other) => {
                let mut are_shared = |nodes: &[Node<'t>]| nodes.iter().all(|n| self.is_shared_whole(n, own));
                let in_branches = branches.iter().all(|(_, body)| are_shared(body)) && are_shared(other);
                in_branches && branches.iter().all(|(tag, _)| self.is_shared(&tag.tokens, own))
            }
            Node::For(tag, body, other) => {
                let names = bound(tag.clone());
                let source = tag.tokens.iter().position(|token| *token == Token::Word("in"));
                let source = source.map_or(&[][..], |at| &tag.tokens[at + 1..]);
                if !self.is_shared(source, own) {
                    return false;
                }
                let before = own.len();
                own.extend(names.into_iter().chain(["loop"]));
                let is_shared = body.iter().all(|node| self.is_shared_whole(node, own));
                own.truncate(before);
                is_shared && other.iter().flatten().all(|node| self.is_shared_whole(node, own))
            }
        }
    }

    /// Whether code reads nothing but shared variables and the names in `own`.
    fn is_shared(&self, tokens: &[Token<'_>], own: &[&str]) -> bool {
        (0..tokens.len()).all(|at| {
            let (before, next) = (at.checked_sub(1).map(|at| tokens[at]), tokens.get(at + 1));
            let word = match tokens[at] {
                Token::Text(_) => return true,
                // A component.
                Token::Sign('<') => return false,
                Token::Sign(_) => return true,
                Token::Word(word) => word,
            };
            let is_argument =
                next == Some(&Token::Sign('=')) && tokens.get(at + 2) != Some(&Token::Sign('='));
            let is_number = word.starts_with(|sign: char| sign.is_ascii_digit());
            match before {
                // A field; three dots spread the variable that follows.
                Some(Token::Sign('.')) if at < 2 || tokens[at - 2] != Token::Sign('.') => true,
                // A filter, a test.
                Some(Token::Sign('|') | Token::Word("is")) => true,
                Some(Token::Word("not")) if at > 1 && tokens[at - 2] == Token::Word("is") => true,
                // A function may return something else each time.
                _ if next == Some(&Token::Sign('(')) => false,
                _ => {
                    is_argument
                        || is_number
                        || KEYWORDS.contains(&word)
                        || own.contains(&word)
                        || self.shared.contains(word)
                }
            }
        })
    }
}

/// Whether nodes mean the same in the template that includes them: they set no variable, and do not
/// extend a template.
fn can_stand_elsewhere(nodes: &[Node<'_>]) -> bool {
    nodes.iter().all(|node| match node {
        Node::Text(_) => true,
        Node::Tag(tag) => !matches!(tag.keyword(), Some("set" | "set_global" | "extends")),
        Node::Between(tag, body, _) => tag.keyword() == Some("filter") && can_stand_elsewhere(body),
        Node::If(branches, other) => {
            branches.iter().all(|(_, body)| can_stand_elsewhere(body)) && can_stand_elsewhere(other)
        }
        Node::For(_, body, other) => {
            can_stand_elsewhere(body) && other.iter().all(|other| can_stand_elsewhere(other))
        }
    })
}

/// Whether a text stays text in a template: nothing in it is code.
fn stands_for_itself(text: &str) -> bool {
    !["{{", "{%", "{#"].iter().any(|code| text.contains(code))
}

#[cfg(test)]
mod tests {
    use tera::{Context, Tera, Value};

    use super::*;

    fn context() -> Context {
        let mut context = Context::new();
        context.insert(
            "t",
            &HashMap::from([
                ("home", "Accueil & co"),
                ("brace", "{"),
                ("n", "{n} #"),
                ("code", "{{"),
                ("hash", "#fff"),
            ]),
        );
        context.insert("menu", &["a", "b"]);
        context.insert("generator", "Pingmark 1");
        context.insert_value("search_url", Value::none());
        context
    }

    /// Specializes the first of some templates.
    fn first(templates: &[(&str, &str)]) -> String {
        let tera = Tera::new();
        let render = |text: &str| tera.render_str(text, &context(), true).ok();
        specialize(templates, &["t", "menu", "generator", "search_url", "missing"], &render).swap_remove(0)
    }

    #[test]
    fn shared_values_are_filled_in() {
        for (text, specialized) in [
            ("<a>{{ t.home }}</a>", "<a>Accueil &amp; co</a>"),
            ("{{ t.home | safe }} {{ page.title }}", "Accueil & co {{ page.title }}"),
            ("{{ generator | split(pat=\" \") | first }}", "Pingmark"),
            ("{{ t.n }}{{ t.brace }} {{ t.hash }}<{{ t.hash }}", "{n} #{ #fff<#fff"),
            ("a {%- if search_url %} b {% endif -%} c", "ac"),
            (
                "{% if t.home and not search_url %}{{ page.a }}{% else %}{{ page.b }}{% endif %}",
                "{{ page.a }}",
            ),
            ("{% if page %}a{% elif t %}b{% else %}c{% endif %}", "{% if page %}a{% else %}b{% endif %}"),
            (
                "{% if search_url %}a{% elif page %}b{% elif path %}c{% endif %}",
                "{% if page %}b{% elif path %}c{% endif %}",
            ),
            ("{% if t is defined %}a{% endif %}{% if 1 + 1 == 2 %}b{% endif %}", "ab"),
            ("{% for x in menu %}{{ x }}{% if not loop.last %}, {% endif %}{% endfor %}", "a, b"),
            ("{% for x in [] %}{% else %}{{ generator }}{% endfor %}", "Pingmark 1"),
        ] {
            assert_eq!(first(&[("a.html", text)]), specialized, "{text}");
        }
    }

    #[test]
    fn code_that_depends_on_the_page_stays() {
        for text in [
            "{{ page.t }}{{ t[page.x] }}{{ now() }}{{ x.home }}",
            "{{ missing }}{{ t.missing }}",
            // Text that would be code, or become it.
            "{{ t.code }}",
            "{{ t.brace }}{{ page.x }}",
            "{{ t.brace }}{{ t.hash }}",
            "{{ <card title={t.home} /> }}",
            "{% for x in menu %}{{ x }}{{ page.a }}{% endfor %}",
            "{% for x in page.x %}{{ loop.index }}{% endfor %}",
            // A name that a template gives another meaning.
            "{% for t in page.tags %}{{ t.home }}{% endfor %}{{ t.home }}",
            "{% set t = page.t %}{{ t.home }}",
            "{% set x %}{{ page.a }}{% endset %}",
            "{% set x | replace(from=\"a\", to=\"b\") %}{{ page.a }}{% endset %}",
            "{% filter upper %}{{ page.a }}{% endfilter %}",
            "{% block a %}{{ super() }}{% endblock a %}",
            "{{ [x for x in menu] }}",
            // Not looked into.
            "{% raw %}{{ t.home }}{% endraw %}",
            "{% component c(a: String) %}{{ t.home }}{% endcomponent c %}",
        ] {
            assert_eq!(first(&[("a.html", text)]), text);
        }
        let component = "{% component c(@t, menu: String) %}{{ t.home }}{% endcomponent c %}";
        assert_eq!(first(&[("a.html", "{{ t.home | safe }}"), ("c.html", component)]), "Accueil & co");
    }

    #[test]
    fn partials_stand_where_they_are_included() {
        let text = "<{% include \"b.html\" %}>";
        for (other, specialized) in [
            ("{{- t.home -}}\n", "<Accueil &amp; co>"),
            (
                "{% for x in page.x %}{{ loop.index }}{% endfor %}",
                "<{% for x in page.x %}{{ loop.index }}{% endfor %}>",
            ),
            // A name would be left behind.
            ("{% if page %}{% set x = 1 %}{% endif %}", text),
            ("{% if generator %}{% set x = 1 %}{% endif %}", text),
            // On no page.
            ("{% if search_url %}{% set x = 1 %}{% endif %}y", "<y>"),
            ("{% extends \"c.html\" %}", text),
            ("{% block x %}{% endblock x %}", text),
            // Without end.
            ("-{% include \"b.html\" %}", "<-{% include \"b.html\" %}>"),
            ("-{% include \"a.html\" %}", "<-{% include \"a.html\" %}>"),
        ] {
            assert_eq!(first(&[("a.html", text), ("b.html", other)]), specialized, "{other}");
        }
        assert_eq!(first(&[("a.html", text)]), text, "a partial that is found elsewhere");
    }
}
