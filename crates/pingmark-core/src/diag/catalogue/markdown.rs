//! Components, footnotes, and what readers would see as typed.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Text, owned, says};
use crate::diag::args::{ComponentProblem, Generator, LinkProblem, MarkProblem, TagProblem};
use crate::diag::{Code, Diagnostic, Spot};
use crate::invisible::named;
use crate::path::SitePath;
use crate::slug::nearest;

/// Problems of texts.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Markdown {
    ComponentSyntax { reason: TagProblem },
    ComponentOpen { name: String },
    ComponentClose { name: String, open: Option<String> },
    ComponentMisplaced,
    ComponentUnknown { name: String, near: Option<String>, known: Vec<String> },
    ComponentFailed { name: String, reason: ComponentProblem, near: Option<String>, known: Vec<String> },
    FootnoteMissing { name: String },
    FootnoteUnused { name: String },
    ForeignShortcode { name: Generator, count: usize },
    MarkWithoutEffect { name: String, reason: MarkProblem },
    LinkAsText { reason: LinkProblem },
    LinkEmpty,
    SecondTitle { count: usize },
    InlineStyle { count: usize },
    CiteInLink { target: String },
    ControlCharacter { found: char, count: usize },
}

impl Markdown {
    pub(super) fn english(&self) -> Text {
        match self {
            Self::ComponentSyntax { reason } => {
                says(format!("this component is not valid: {}", tag_problem(reason)))
                    .hint("for example {{ <figure src=\"photo.jpg\" caption=\"…\" /> }}")
            }
            Self::ComponentOpen { name } => says(format!("the component `{name}` is not closed"))
                .label("opened here")
                .hint(format!("close it with {{% </{name}> %}}")),
            Self::ComponentClose { name, open } => {
                says(format!("no component `{name}` is open here")).hint(match open {
                    Some(open) => {
                        format!("`{open}` is still open here: close it first with {{% </{open}> %}}")
                    }
                    None => format!("open it with {{% <{name}> %}}, or remove this line"),
                })
            }
            Self::ComponentMisplaced => {
                says("a component cannot be used here").hint("put it on a line of its own")
            }
            Self::ComponentUnknown { name, near, known } => says(format!("unknown component `{name}`"))
                .hint(format!("the components are {}", known.join(", ")))
                .near(near),
            Self::ComponentFailed { name, reason, near, known } => {
                let reason = match reason {
                    ComponentProblem::UnknownArgument(argument) => format!("it has no argument `{argument}`"),
                    ComponentProblem::MissingArgument(argument) => {
                        format!("the argument `{argument}` is missing")
                    }
                    ComponentProblem::WrongType(argument, expected) => {
                        format!("`{argument}` must be of type {expected}")
                    }
                    ComponentProblem::Other(words) => words.clone(),
                };
                let listed = (!known.is_empty()).then(|| format!("its arguments are {}", known.join(", ")));
                says(format!("the component `{name}` cannot be rendered: {reason}"))
                    .hint_opt(listed)
                    .near(near)
            }
            Self::FootnoteMissing { name } => {
                says(format!("the footnote `{name}` does not exist; its mark is shown as text"))
                    .hint(format!("add a line `[^{name}]: …`"))
            }
            Self::FootnoteUnused { name } => {
                says(format!("no mark refers to the footnote `{name}`; it is left out"))
                    .hint(format!("put `[^{name}]` where it belongs, or remove the footnote"))
            }
            Self::ForeignShortcode { name, count } => foreign_shortcode_text(*name, *count),
            Self::MarkWithoutEffect { name, reason } => mark_text(name, reason),
            Self::LinkAsText { reason } => link_text(reason),
            Self::LinkEmpty => {
                says("this link has no URL").hint("put the URL between the parentheses, or remove the link")
            }
            Self::SecondTitle { count } => {
                let message = match count {
                    1 => "this level-1 heading is a second title: the page already shows its own".to_owned(),
                    _ => {
                        format!("{count} level-1 headings are further titles: the page already shows its own")
                    }
                };
                says(message).hint("start headings with `##`; the title belongs in `title:`")
            }
            Self::InlineStyle { count } => {
                let message = match count {
                    1 => "browsers ignore this `style`: the Content-Security-Policy of the site forbids it"
                        .to_owned(),
                    _ => format!(
                        "browsers ignore `style`, used {count} times here: the Content-Security-Policy of the site \
                         forbids it"
                    ),
                };
                says(message).hint("use a `class`, and put the rules in static/custom.css")
            }
            Self::CiteInLink { target } => {
                says(format!("`@{target}` is shown as text: a link cannot contain a citation"))
                    .hint("put the citation after the link")
            }
            Self::ControlCharacter { found, count } => {
                let character = named(*found);
                let message = match count {
                    1 => format!("{character} was removed: HTML does not allow it"),
                    _ => format!("{count} control characters were removed; the first is {character}"),
                };
                says(message).hint("delete it from the text")
            }
        }
    }
}

fn foreign_shortcode_text(generator: Generator, count: usize) -> Text {
    let (one, many) = match generator {
        Generator::Hugo => ("a shortcode of Hugo", "shortcodes of Hugo"),
        Generator::Jekyll => ("a Liquid tag, as in Jekyll", "Liquid tags, as in Jekyll,"),
        Generator::Zola => ("a shortcode of Zola", "shortcodes of Zola"),
        Generator::Wordpress => ("a shortcode of WordPress", "shortcodes of WordPress"),
        Generator::Kramdown => ("an attribute list, as in kramdown", "attribute lists, as in kramdown,"),
    };
    let message = match count {
        1 => format!("this looks like {one}; it is shown as text"),
        _ => format!("{count} {many} are shown as text; this is the first"),
    };
    says(message).hint(match generator {
        Generator::Kramdown => "only headings take attributes, `## Title {#id .class}`; use HTML elsewhere",
        _ => "components are written {{ <name key=\"value\" /> }}",
    })
}

fn mark_text(mark: &str, reason: &MarkProblem) -> Text {
    let shown = |cause: String| says(format!("`{mark}` is shown as text: {cause}"));
    match reason {
        MarkProblem::NoBlank => {
            shown("there is no space after it".to_owned()).hint(format!("write `{mark} ` before the heading"))
        }
        MarkProblem::InvisibleAfter(c) => {
            shown(format!("{} follows it", named(*c))).hint("replace it with an ordinary space")
        }
        MarkProblem::InvisibleBefore(c) => {
            shown(format!("{} precedes it", named(*c))).hint("delete the invisible character")
        }
        MarkProblem::Bullet => shown("it does not start a list item".to_owned()).hint("write `- ` instead"),
        MarkProblem::BlankInside => shown("there is a space between it and the words".to_owned())
            .hint(format!("put the marks next to the words: `{mark}words{mark}`")),
        MarkProblem::InvisibleInside(c) => shown(format!("{} is between it and the words", named(*c)))
            .hint(format!("delete the invisible character: `{mark}words{mark}`")),
        MarkProblem::LetterAfter => {
            shown("the closing mark follows punctuation and precedes a letter".to_owned())
                .hint(format!("put a space after it, or move the punctuation behind `{mark}`"))
        }
        MarkProblem::LetterBefore => {
            shown("the opening mark follows a letter and precedes punctuation".to_owned())
                .hint(format!("put a space before it, or move the punctuation before `{mark}`"))
        }
    }
}

fn link_text(reason: &LinkProblem) -> Text {
    match reason {
        LinkProblem::BlankInAddress => says("this link is shown as text: its URL contains a space")
            .hint("put the URL between `<` and `>`: `[text](<a file.pdf>)`"),
        LinkProblem::Invisible(c) => {
            says(format!("this link is shown as text: its URL contains {}", named(*c)))
                .hint("delete the invisible character")
        }
        LinkProblem::BlankBefore => says("this is not a link: there is a space between `]` and `(`")
            .hint("write `[text](url)` without the space"),
        LinkProblem::Undefined(name) => says(format!("this link is shown as text: `{name}` is not defined"))
            .hint(format!("add a line `[{name}]: https://…`")),
        LinkProblem::Other => says("this link is shown as text: it is not valid Markdown")
            .hint("write `[text](url)`; a link cannot contain another link"),
    }
}

/// The reason why a tag cannot be read, as it follows a colon.
fn tag_problem(reason: &TagProblem) -> String {
    match reason {
        TagProblem::Braces(name) => format!("a component without content is written {{{{ <{name} … /> }}}}"),
        TagProblem::NotClosed(name) => format!("`{name}` must end with `/>`"),
        TagProblem::NotAnArgument(Some(c)) => format!("expected `name=\"value\"`, found `{c}`"),
        TagProblem::NotAnArgument(None) => "expected `name=\"value\"`, found the end of the text".to_owned(),
        TagProblem::OpenValue(argument, close) => {
            format!("the value of `{argument}` has no closing `{close}`")
        }
        TagProblem::BadValue(text) => {
            format!("`{{{text}}}` is not a number, `true`, `false`, a list or a quoted string")
        }
        TagProblem::Unquoted(argument) => format!("the value of `{argument}` needs quotes: {argument}=\"…\""),
    }
}

/// A component's tag that cannot be read.
pub fn component_syntax(path: &SitePath, span: Range<usize>, reason: TagProblem) -> Diagnostic {
    Diagnostic::error(Code::ComponentSyntax, Markdown::ComponentSyntax { reason })
        .at(path, Spot::Bytes(span.start, span.end))
}

/// A component that is never closed.
pub fn component_open(path: &SitePath, span: Range<usize>, name: &str) -> Diagnostic {
    Diagnostic::error(Code::ComponentOpen, Markdown::ComponentOpen { name: name.to_owned() })
        .at(path, Spot::Bytes(span.start, span.end))
}

/// A closing tag without its opening one.
pub fn component_close(path: &SitePath, span: Range<usize>, name: &str, open: Option<&str>) -> Diagnostic {
    let cause = Markdown::ComponentClose { name: name.to_owned(), open: owned(open) };
    Diagnostic::error(Code::ComponentClose, cause).at(path, Spot::Bytes(span.start, span.end))
}

/// A component inside something that holds no markup.
pub fn component_misplaced(path: &SitePath, span: Range<usize>) -> Diagnostic {
    Diagnostic::error(Code::ComponentMisplaced, Markdown::ComponentMisplaced)
        .at(path, Spot::Bytes(span.start, span.end))
}

/// A component no template defines.
pub fn component_unknown(path: &SitePath, number: u32, name: &str, known: &[String]) -> Diagnostic {
    let near = owned(nearest(name, known.iter().map(String::as_str)));
    let cause = Markdown::ComponentUnknown { name: name.to_owned(), near, known: known.to_vec() };
    Diagnostic::error(Code::ComponentUnknown, cause).at(path, Spot::Component(number))
}

/// A component used wrongly: `message` is what the template engine says, `arguments` are those it
/// takes.
pub fn component_failed(
    path: &SitePath,
    number: u32,
    name: &str,
    message: &str,
    arguments: &[String],
) -> Diagnostic {
    let quoted = message.split('`').nth(1).unwrap_or("");
    let reason = if message.starts_with("Unknown argument") {
        ComponentProblem::UnknownArgument(quoted.to_owned())
    } else if message.starts_with("Argument") && message.contains("missing") {
        ComponentProblem::MissingArgument(quoted.to_owned())
    } else if let Some((_, expected)) = message.split_once("does not match expected type: ") {
        let expected = expected.trim_matches(['`', '.']);
        ComponentProblem::WrongType(quoted.to_owned(), expected.to_owned())
    } else {
        ComponentProblem::Other(message.trim_end_matches('.').to_owned())
    };
    let near = nearest(quoted, arguments.iter().map(String::as_str)).filter(|near| *near != quoted);
    let (name, near, known) = (name.to_owned(), owned(near), arguments.to_vec());
    Diagnostic::error(Code::ComponentFailed, Markdown::ComponentFailed { name, reason, near, known })
        .at(path, Spot::Component(number))
}

/// A mark of a footnote that is nowhere written.
pub fn footnote_missing(path: &SitePath, span: Range<usize>, name: &str) -> Diagnostic {
    Diagnostic::warning(Code::FootnoteMissing, Markdown::FootnoteMissing { name: name.to_owned() })
        .at(path, Spot::Bytes(span.start, span.end))
}

/// A footnote that the text does not mention.
pub fn footnote_unused(path: &SitePath, span: Range<usize>, name: &str) -> Diagnostic {
    Diagnostic::warning(Code::FootnoteUnused, Markdown::FootnoteUnused { name: name.to_owned() })
        .at(path, Spot::Bytes(span.start, span.end))
}

/// Tags of another generator, of which `span` is the first.
pub fn foreign_shortcode(
    path: &SitePath,
    span: Range<usize>,
    generator: Generator,
    count: usize,
) -> Diagnostic {
    let cause = Markdown::ForeignShortcode { name: generator, count };
    Diagnostic::warning(Code::ForeignShortcode, cause).at(path, Spot::Bytes(span.start, span.end))
}

/// A mark of Markdown that is shown as typed.
pub fn mark_without_effect(
    path: &SitePath,
    span: Range<usize>,
    mark: &str,
    reason: MarkProblem,
) -> Diagnostic {
    let cause = Markdown::MarkWithoutEffect { name: mark.to_owned(), reason };
    Diagnostic::warning(Code::MarkWithoutEffect, cause).at(path, Spot::Bytes(span.start, span.end))
}

/// A link that is shown as typed.
pub fn link_as_text(path: &SitePath, span: Range<usize>, reason: LinkProblem) -> Diagnostic {
    Diagnostic::warning(Code::LinkAsText, Markdown::LinkAsText { reason })
        .at(path, Spot::Bytes(span.start, span.end))
}

/// A link without an address.
pub fn link_empty(path: &SitePath, span: Range<usize>) -> Diagnostic {
    Diagnostic::warning(Code::LinkEmpty, Markdown::LinkEmpty).at(path, Spot::Bytes(span.start, span.end))
}

/// Headings of level 1 beside the title, of which `span` is the first.
pub fn second_title(path: &SitePath, span: Range<usize>, count: usize) -> Diagnostic {
    Diagnostic::warning(Code::SecondTitle, Markdown::SecondTitle { count })
        .at(path, Spot::Bytes(span.start, span.end))
}

/// `style` attributes, of which `span` is the first.
pub fn inline_style(path: &SitePath, span: Range<usize>, count: usize) -> Diagnostic {
    Diagnostic::warning(Code::InlineStyle, Markdown::InlineStyle { count })
        .at(path, Spot::Bytes(span.start, span.end))
}

/// A citation inside a link.
pub fn cite_in_link(path: &SitePath, span: Range<usize>, key: &str) -> Diagnostic {
    Diagnostic::warning(Code::CiteInLink, Markdown::CiteInLink { target: key.to_owned() })
        .at(path, Spot::Bytes(span.start, span.end))
}

/// Control characters, of which `found` at `span` is the first.
pub fn control_character(path: &SitePath, span: Range<usize>, found: char, count: usize) -> Diagnostic {
    Diagnostic::warning(Code::ControlCharacter, Markdown::ControlCharacter { found, count })
        .at(path, Spot::Bytes(span.start, span.end))
}
