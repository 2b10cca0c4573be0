//! Components, footnotes and shortcodes in texts.

use std::ops::Range;

use serde::{Deserialize, Serialize};

use super::{Text, owned, says};
use crate::diag::args::{ComponentProblem, TagProblem};
use crate::diag::{Code, Diagnostic, Spot};
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
    ForeignShortcode,
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
            Self::ForeignShortcode => {
                says("this looks like a shortcode of another generator; it is shown as text")
                    .hint("components are written {{ <name key=\"value\" /> }}")
            }
        }
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

/// A shortcode of another generator.
pub fn foreign_shortcode(path: &SitePath, span: Range<usize>) -> Diagnostic {
    Diagnostic::warning(Code::ForeignShortcode, Markdown::ForeignShortcode)
        .at(path, Spot::Bytes(span.start, span.end))
}
