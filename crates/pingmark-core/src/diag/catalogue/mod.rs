//! Everything the program can say about a site, one file per section.
//!
//! Receives the arguments of a problem. Gives a diagnostic, and its words in English. Never looks at
//! the files of the site.
//!
//! A section has an enum with one variant for each thing that can be wrong, with its arguments
//! named and typed; the words of each variant; and the constructors, which set code, severity
//! and place. Another language is another function over the same arguments, beside `english`.
//!
//! A message is the cause, without a full stop; a hint is the next step. Names of arguments are
//! part of the JSON output, and the same argument has the same name everywhere:
//!
//! - `key` the key a value belongs to, `value` that value as it was typed;
//! - `target` the place that a link names, `path` and `place` a file that is not the one the
//!   diagnostic is about, `name` anything else that has one;
//! - `near` the existing name most like the wrong one, `known` all names that exist;
//! - `reason` why something failed, `expected` and `found` what does not fit together;
//! - `count` and `most` a number and its limit.

mod advice;
mod files;
mod front_matter;
mod images;
mod links;
mod markdown;
mod mentions;
mod publishing;
mod settings;
mod sources;
mod templates;
mod yaml;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::Spot;
use crate::path::SitePath;
use crate::{invisible, site_files};

pub use advice::*;
pub use files::*;
pub use front_matter::*;
pub use images::*;
pub use links::*;
pub use markdown::*;
pub use mentions::*;
pub use publishing::*;
pub use settings::*;
pub use sources::*;
pub use templates::*;
pub use yaml::*;

/// A diagnostic in words.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Text {
    /// The cause, in one sentence without a full stop.
    pub message: String,
    /// Words beside the underlined place; often none.
    pub label: &'static str,
    /// The next step.
    pub hint: Option<String>,
}

/// Words for a cause: a message, to which a label and a hint are added.
fn says(message: impl Into<String>) -> Text {
    Text { message: message.into(), label: "", hint: None }
}

impl Text {
    fn label(mut self, label: &'static str) -> Self {
        self.label = label;
        self
    }

    fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A better hint, if there is one.
    fn hint_opt(mut self, hint: Option<String>) -> Self {
        self.hint = hint.or(self.hint);
        self
    }

    /// Shows invisible characters of what the message quotes, and names them in the hint.
    pub(super) fn with_invisible_shown(mut self) -> Self {
        if self.message.is_ascii() || !self.message.contains('`') {
            return self;
        }
        let mut found = Vec::new();
        let mut message = String::with_capacity(self.message.len());
        for (number, part) in self.message.split('`').enumerate() {
            if number > 0 {
                message.push('`');
            }
            let quoted = number % 2 == 1;
            if quoted {
                found.extend(invisible::find(part).into_iter().map(|(_, c)| c));
            }
            message.push_str(&if quoted { invisible::shown(part) } else { part.into() });
        }
        found.sort_unstable();
        found.dedup();
        if !found.is_empty() {
            let named: Vec<String> = found.into_iter().map(invisible::named).collect();
            self.message = message;
            self.hint = Some(format!("delete {}, which nobody sees, and type it anew", named.join(" and ")));
        }
        self
    }

    /// The existing name most like the wrong one, as the hint.
    fn near(self, near: &Option<String>) -> Self {
        self.hint_opt(near.as_ref().map(|near| format!("did you mean `{near}`?")))
    }
}

/// Makes [`Cause`] from the enums of the sections.
macro_rules! sections {
    ($($section:ident),* $(,)?) => {
        /// One thing that is wrong, with its arguments.
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub(crate) enum Cause { $($section($section),)* }

        impl Cause {
            /// The words in English.
            pub(super) fn english(&self) -> Text {
                match self { $(Self::$section(cause) => cause.english(),)* }
            }
        }

        $(impl From<$section> for Cause {
            fn from(cause: $section) -> Self {
                Self::$section(cause)
            }
        })*
    };
}

sections! {
    Advice, Files, FrontMatter, Images, Links, Markdown, Mentions, Publishing, Settings, Sources, Templates,
    Yaml,
}

impl Cause {
    /// The arguments by their names.
    pub(super) fn args(&self) -> Value {
        // `{"Links": {"NotFound": {…}}}`, or `{"Advice": "Orphan"}` when there are none.
        let inner = |value: Value| match value {
            Value::Object(variant) => variant.into_iter().next().map_or(Value::Null, |(_, inner)| inner),
            _ => Value::Null,
        };
        match inner(inner(serde_json::to_value(self).unwrap_or_default())) {
            Value::Object(args) => args.into_iter().filter(|(_, value)| !value.is_null()).collect(),
            _ => Value::Object(Map::new()),
        }
    }
}

/// What several problems of one kind have in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Alike {
    /// Words for all of them: "links to `/books/…`".
    pub words: String,
    /// Folder of the site's host that they lead to: `/books/`.
    pub folder: Option<String>,
}

impl Cause {
    /// What the problem has in common with others of its kind.
    pub(super) fn alike(&self) -> Option<Alike> {
        match self {
            Self::Links(cause) => cause.alike(),
            _ => None,
        }
    }
}

fn key(name: &str) -> Spot {
    Spot::Key(vec![name.to_owned()])
}

fn value(name: &str, word: &str) -> Spot {
    Spot::Value(vec![name.to_owned()], word.to_owned())
}

/// `social.x.text` as the path of a key.
fn keys_of(name: &str) -> Vec<String> {
    name.split('.').map(str::to_owned).collect()
}

fn owned(text: Option<&str>) -> Option<String> {
    text.map(str::to_owned)
}

fn config_file() -> SitePath {
    SitePath::constant(site_files::CONFIG)
}
