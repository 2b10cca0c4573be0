//! Templates with all in them already that is the same on every page of a language: words of the
//! interface, menus, the addresses of style sheets, what depends on settings alone; partials in the
//! place where they are included; and filters that need not be told each time what they are to do.
//! Thousands of pages then have less to look up.
//!
//! Only what is certain is folded, and whatever is not stays as it is: what a folded template
//! makes is what the template makes. A mistake in a page is told of the template as it was
//! written, which the page is then made with once more.

pub mod filter;
mod node;

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};

use super::tag::{Kind, Tag, Token, tags};
use filter::Filter;
use node::{Node, parsed, written};

/// Most bytes of a template with its partials in it.
const MOST: usize = 256 * 1024;

/// Words of the language that name nothing.
const KEYWORDS: [&str; 15] = [
    "and", "elif", "else", "False", "false", "if", "in", "is", "none", "None", "not", "null", "or", "True",
    "true",
];

/// What makes text of a piece of a template that reads nothing but shared names.
type Render<'a> = dyn Fn(&str) -> Option<String> + 'a;

/// Templates, folded.
#[derive(Debug)]
pub struct Folded {
    /// Their texts, in their order.
    pub texts: Vec<String>,
    /// The filters that these use, each under its [`filter::name`].
    pub filters: Vec<Filter>,
}

/// Folds templates, each with its name and text. `shared` are the names that stand for the same on
/// every page, and `render` makes text of what reads nothing else.
pub fn folded<'t>(
    templates: &[(&'t str, &'t str)],
    shared: impl IntoIterator<Item = &'static str>,
    render: &Render<'t>,
) -> Folded {
    let bound: HashSet<&str> = templates.iter().flat_map(|(_, text)| tags(text)).flat_map(bound).collect();
    let shared = shared.into_iter().filter(|name| !bound.contains(name)).collect();
    let nodes = templates.iter().filter_map(|(name, text)| Some((*name, parsed(text)?))).collect();
    let folder = Folder { nodes, shared, render, filters: RefCell::default() };
    let fold = |name: &'t str| {
        let nodes = folder.nodes.get(name)?;
        let text = written(&folder.fold(nodes, &mut vec![name]))?;
        (text.len() <= MOST).then_some(text)
    };
    let texts = templates.iter().map(|(name, text)| fold(name).unwrap_or_else(|| (*text).to_owned()));
    let texts = texts.collect();
    Folded { texts, filters: folder.filters.into_inner() }
}

/// The names that a tag gives a meaning of their own, for what follows it. Those of a component are
/// for its own text.
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

struct Folder<'t> {
    nodes: HashMap<&'t str, Vec<Node<'t>>>,
    shared: HashSet<&'static str>,
    render: &'t Render<'t>,
    filters: RefCell<Vec<Filter>>,
}

impl<'t> Folder<'t> {
    /// `open` are the templates that these nodes stand in, one included by the other.
    fn fold(&self, nodes: &[Node<'t>], open: &mut Vec<&'t str>) -> Vec<Node<'t>> {
        let mut folded = Vec::with_capacity(nodes.len());
        for node in nodes {
            match node {
                Node::Text(_) | Node::Output(_) => folded.push(node.clone()),
                Node::Tag(tag) => {
                    if let Some(nodes) = self.included(tag, open) {
                        folded.extend(nodes);
                        continue;
                    }
                    let text = self.output(tag).map(|text| Node::Text(text.into()));
                    let output = || self.filtered(tag).map(Node::Output);
                    folded.push(text.or_else(output).unwrap_or_else(|| node.clone()));
                }
                Node::Between(tag, body, end) => {
                    folded.push(Node::Between(tag.clone(), self.fold(body, open), end.clone()));
                }
                Node::If(branches, other) => folded.extend(self.chosen(branches, other, open)),
                Node::For(tag, body, other) => folded.push(match self.looped(node) {
                    Some(text) => Node::Text(text.into()),
                    None => {
                        let other = other.as_ref().map(|other| self.fold(other, open));
                        Node::For(tag.clone(), self.fold(body, open), other)
                    }
                }),
            }
        }
        folded
    }

    fn output(&self, tag: &Tag<'t>) -> Option<String> {
        let is_shared = tag.kind == Kind::Output && self.is_shared(&tag.tokens, &[]);
        let text = is_shared.then(|| (self.render)(&format!("{{{{ {} }}}}", tag.inside)))??;
        stands_for_itself(&text).then_some(text)
    }

    /// An output with a filter that has its arguments in it.
    fn filtered(&self, tag: &Tag<'t>) -> Option<String> {
        // A template may call something else by these names.
        let is_there = |word: &str| {
            let asked = format!("{{{{ t.{word} is defined }}}}");
            self.shared.contains("t") && (self.render)(&asked).as_deref() == Some("true")
        };
        let (input, filter) = Filter::of(tag, is_there).filter(|_| self.shared.contains("lang"))?;
        let mut filters = self.filters.borrow_mut();
        let number = filters.iter().position(|known| *known == filter).unwrap_or_else(|| {
            filters.push(filter);
            filters.len() - 1
        });
        Some(format!("{input} | {}", filter::name(number)))
    }

    /// What an `include` stands for, if what is left of it leaves no name behind.
    fn included(&self, tag: &Tag<'t>, open: &mut Vec<&'t str>) -> Option<Vec<Node<'t>>> {
        let name = tag.part().filter(|name| tag.keyword() == Some("include") && !open.contains(name))?;
        let nodes = self.nodes.get(name)?;
        open.push(name);
        let folded = self.fold(nodes, open);
        open.pop();
        can_stand_elsewhere(&folded).then_some(folded)
    }

    /// The branches that depend on the page, up to one that is always taken.
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
                None => left.push((tag.clone(), self.fold(body, open))),
            }
        }
        let last = self.fold(last, open);
        if left.is_empty() { last } else { vec![Node::If(left, last)] }
    }

    /// Whether a condition holds, if it is the same on every page.
    fn holds(&self, tag: &Tag<'t>) -> Option<bool> {
        let condition = tag.inside.strip_prefix("elif").or_else(|| tag.inside.strip_prefix("if"))?;
        if !self.is_shared(tag.tokens.get(1..)?, &[]) {
            return None;
        }
        Some((self.render)(&format!("{{% if {condition} %}}1{{% endif %}}"))? == "1")
    }

    /// What a loop makes, if it is the same on every page.
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
            Node::Output(_) => false,
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

    /// Whether code reads nothing but shared names, and those in `own`.
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
                // A field; three dots spread what follows.
                Some(Token::Sign('.')) if at < 2 || tokens[at - 2] != Token::Sign('.') => true,
                // A filter, a test.
                Some(Token::Sign('|') | Token::Word("is")) => true,
                Some(Token::Word("not")) if at > 1 && tokens[at - 2] == Token::Word("is") => true,
                // A function may give something else each time.
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

/// Whether a template can stand where it is included: it leaves no names behind, and is not one
/// that others build upon.
fn can_stand_elsewhere(nodes: &[Node<'_>]) -> bool {
    nodes.iter().all(|node| match node {
        Node::Text(_) | Node::Output(_) => true,
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

/// Whether a text says the same in a template: nothing in it is code.
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

    /// The first of some templates, folded.
    fn fold(templates: &[(&str, &str)]) -> String {
        let tera = Tera::new();
        let render = |text: &str| tera.render_str(text, &context(), true).ok();
        folded(templates, ["t", "menu", "generator", "search_url", "missing"], &render).texts.swap_remove(0)
    }

    #[test]
    fn what_all_pages_share_is_folded() {
        for (text, folded) in [
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
            assert_eq!(fold(&[("a.html", text)]), folded, "{text}");
        }
    }

    #[test]
    fn what_may_differ_stays() {
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
            assert_eq!(fold(&[("a.html", text)]), text);
        }
        let component = "{% component c(@t, menu: String) %}{{ t.home }}{% endcomponent c %}";
        assert_eq!(fold(&[("a.html", "{{ t.home | safe }}"), ("c.html", component)]), "Accueil & co");
    }

    #[test]
    fn filters_have_their_arguments_in_them() {
        let text =
            "{{ page.date | date }}{{ x.date | date }}{{ t.n | plural(n=x) }}{{ t.missing | plural(n=x) }}";
        let render = |text: &str| Tera::new().render_str(text, &context(), true).ok();
        let made = folded(&[("a.html", text)], ["t", "lang"], &render);
        assert_eq!(made.filters, [Filter::Date("long".into()), Filter::Plural("n".into())]);
        let expected = "{{ page.date | folded_0 }}{{ x.date | folded_0 }}{{ (x) | folded_1 }}{{ t.missing | plural(n=x) }}";
        assert_eq!(made.texts, [expected]);
        // The language, or the words, are another one's.
        for text in [
            "{% for lang in languages %}{{ page.date | date }}{% endfor %}",
            "{% set t = page.words %}{{ t.n | plural(n=x) }}",
        ] {
            assert_eq!(folded(&[("a.html", text)], ["t", "lang"], &render).texts, [text]);
        }
    }

    #[test]
    fn partials_stand_where_they_are_included() {
        let text = "<{% include \"b.html\" %}>";
        for (other, folded) in [
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
            assert_eq!(fold(&[("a.html", text), ("b.html", other)]), folded, "{other}");
        }
        assert_eq!(fold(&[("a.html", text)]), text, "a partial that is found elsewhere");
    }
}
