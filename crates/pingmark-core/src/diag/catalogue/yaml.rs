//! YAML files: settings, sources, data and words of themes.

use serde::{Deserialize, Serialize};

use super::{Text, says};
use crate::diag::{Code, Diagnostic, Spot};
use crate::invisible;
use crate::path::SitePath;
use crate::slug::nearest;
use crate::yaml::{Problem, SyntaxError};

/// Problems of YAML files.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) enum Yaml {
    Syntax { reason: SyntaxError },
    UnknownKey { key: String, near: Option<String>, known: Vec<String> },
    WrongValue { key: String, reason: String },
    Comment { key: String },
}

impl Yaml {
    pub(super) fn english(&self) -> Text {
        match self {
            Self::Syntax { reason } => says(format!("this file is not valid YAML: {}", syntax_error(reason)))
                .hint(syntax_hint(reason)),
            Self::UnknownKey { key, near, known } => {
                let listed = (!known.is_empty()).then(|| format!("the keys here are {}", known.join(", ")));
                says(format!("unknown key `{key}`")).hint_opt(listed).near(near)
            }
            Self::Comment { key } => {
                says(format!("YAML reads a comment from this `#` on: it is not part of `{key}`"))
                    .hint("put quotes around the text, or a space after the `#` of a comment")
            }
            Self::WrongValue { key, reason } => says(format!("invalid value for `{key}`: {}", plain(reason))),
        }
    }
}

/// The reason why a text is not YAML, as it follows a colon.
pub(super) fn syntax_error(reason: &SyntaxError) -> String {
    match reason {
        SyntaxError::DuplicateKey(key) => format!("the key `{key}` appears twice"),
        SyntaxError::OpenQuote => "a quotation mark is never closed".to_owned(),
        SyntaxError::Invisible(c) => format!("{} is used in place of a space", invisible::named(*c)),
        SyntaxError::TooDeep(most) => format!("brackets are nested more than {most} deep"),
        SyntaxError::NotAMapping(found) => format!("expected `key: value` lines, found {found}"),
        SyntaxError::KeyKind(found) => format!("expected a name, found {found}"),
        SyntaxError::Tab => "this line is indented with a tab".to_owned(),
        SyntaxError::OpenBracket(bracket) => format!("this `{bracket}` is never closed"),
        SyntaxError::CommentInBrackets => {
            "this `#` starts a comment, which hides the closing bracket".to_owned()
        }
        SyntaxError::Toml(words) | SyntaxError::Json(words) | SyntaxError::Parser(words) => words.clone(),
    }
}

/// The next step for a text that is not YAML.
pub(super) fn syntax_hint(reason: &SyntaxError) -> &'static str {
    // The words of the parser, and what was meant most often.
    const HINTS: [(&str, &str); 5] = [
        ("mapping values", "put quotes around text that contains `: `"),
        ("cannot start any token", "put quotes around text that starts with `@`, `` ` `` or `%`"),
        ("',' or ']'", "close the bracket with `]`, or put quotes around text that starts with `[`"),
        ("',' or '}'", "close the brace with `}`, or put quotes around text that starts with `{`"),
        ("alias", "put quotes around text that starts with `*` or `&`"),
    ];
    match reason {
        SyntaxError::DuplicateKey(_) => "keep one of the two lines",
        SyntaxError::OpenQuote => "end the text with the quotation mark that it starts with",
        SyntaxError::Invisible(_) => "delete it, and type the space again",
        SyntaxError::TooDeep(_) => "write lists as lines that start with `- `",
        SyntaxError::NotAMapping(_) => "for example `title: A title`",
        SyntaxError::KeyKind(_) => "put quotes around text that contains `: `, `#` or quotation marks",
        SyntaxError::Tab => "indent with spaces: YAML allows no tabs here",
        SyntaxError::OpenBracket('{') => "close it with `}`, or put quotes around text that starts with `{`",
        SyntaxError::OpenBracket(_) => "close it with `]`, or put quotes around text that starts with `[`",
        SyntaxError::CommentInBrackets => "put quotes around text that starts with `#`: \"#word\"",
        SyntaxError::Toml(_) => "put double quotes around text, and none around dates and numbers",
        SyntaxError::Json(_) => "put double quotes around keys and text, and commas between members only",
        SyntaxError::Parser(words) => {
            let hint = HINTS.iter().find(|(part, _)| words.contains(part)).map(|(_, hint)| *hint);
            hint.unwrap_or("put quotes around text that contains `: `, `#` or quotation marks")
        }
    }
}

/// A message of serde in the words of people who write.
fn plain(message: &str) -> String {
    let message = match message.split_once("unknown variant ") {
        Some((_, rest)) => format!("found {rest}"),
        None => message.to_owned(),
    };
    let message = match message.split_once("struct ") {
        Some((before, rest)) => {
            let after = rest.trim_start_matches(|c: char| c.is_alphanumeric() || c == '_');
            format!("{before}a mapping{after}")
        }
        None => message,
    };
    [
        ("invalid type: ", "found "),
        ("invalid value: ", "found "),
        ("unit value", "no value"),
        ("null", "no value"),
        ("a sequence", "a list"),
        ("sequence", "a list"),
        ("a string", "text"),
        ("string ", "text "),
        // Our own types say "a mapping" already.
        ("a mapping", "a map"),
        ("a map", "a mapping"),
        ("map, ", "a mapping, "),
        ("a boolean", "true or false"),
        ("boolean ", ""),
        ("usize", "a whole number"),
        (
            "data did not match any variant of untagged enum TaxonomySettings",
            "expected a list of names, or names with options",
        ),
    ]
    .iter()
    .fold(message, |message, (theirs, ours)| message.replace(theirs, ours))
}

/// A `#` that cuts off the value of a key. The line counts from the start of the file, the column in
/// characters.
pub fn yaml_comment(path: &SitePath, key: &str, line: usize, column: usize) -> Diagnostic {
    Diagnostic::warning(Code::YamlComment, Yaml::Comment { key: key.to_owned() })
        .at(path, Spot::LineColumn(line, column))
}

/// Something wrong in a YAML file of the site; `known` lists the keys that may stand at a path.
pub fn yaml_problem(
    path: &SitePath,
    problem: &Problem,
    known: &dyn Fn(&[String]) -> Vec<String>,
) -> Diagnostic {
    match problem {
        Problem::Syntax(reason, line, column) => {
            Diagnostic::error(Code::YamlSyntax, Yaml::Syntax { reason: reason.clone() })
                .at(path, Spot::LineColumn(*line, *column))
        }
        Problem::UnknownKey(keys) => {
            let (last, parents) =
                keys.split_last().map_or(("", &[][..]), |(last, rest)| (last.as_str(), rest));
            let mut known = known(parents);
            known.sort();
            let near = nearest(last, known.iter().map(String::as_str)).map(str::to_owned);
            Diagnostic::error(Code::UnknownKey, Yaml::UnknownKey { key: keys.join("."), near, known })
                .at(path, Spot::Key(keys.clone()))
        }
        Problem::Value(keys, reason) => {
            let (key, reason) = (keys.join("."), reason.clone());
            Diagnostic::error(Code::WrongValue, Yaml::WrongValue { key, reason })
                .at(path, Spot::Value(keys.clone(), String::new()))
        }
    }
}
