//! Argument types that exist for diagnostics alone.
//!
//! Their serialised names are part of the JSON output.

use serde::{Deserialize, Serialize};

use crate::path::{PathProblem, SitePath};
use crate::yaml::ValueKind;

/// Reason why a file of the site cannot be published under its name.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FileNameProblem {
    /// The name is not UTF-8.
    NotUtf8,
    /// The name makes no site path.
    Path(PathProblem),
}

/// Reason why `permalink` cannot make addresses.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PermalinkProblem {
    /// It does not start with `/`.
    NotRooted,
    /// It has no `:slug`.
    NoSlug,
    /// It has a token that does not exist; the ones that do.
    UnknownToken(String, Vec<String>),
}

/// Reason why a folder cannot be the output folder.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OutputDirProblem {
    /// Its name makes no site path.
    Path(PathProblem),
    /// It holds sources of the site.
    HoldsSources,
}

/// The value that a key takes.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Expected {
    /// A text.
    Text,
    /// A list of texts.
    Texts,
    /// A list, or texts with commas between them.
    Words,
    /// A text, or a list of texts.
    Thread,
    /// The keys below `social`.
    SocialKeys,
    /// A whole number.
    WholeNumber,
    /// `true` or `false`.
    Flag,
    /// A date, with or without a time.
    Date,
    /// A date with a time and a time zone.
    Timestamp,
    /// One of these words.
    OneOf(Vec<String>),
}

/// The value that a key has.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Found {
    /// A value of the wrong kind.
    Kind(ValueKind),
    /// A text that does not fit.
    Text(String),
}

/// What a mention is treated as when one of its values does not fit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fallback {
    /// The value is left out.
    LeftOut,
    /// The mention is shown as a webmention.
    Webmention,
    /// The mention counts as pending.
    Pending,
}

/// Reason why a document is not published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum UnpublishedReason {
    /// `draft: true`.
    Draft,
    /// Date in the future.
    Scheduled,
    /// `expires:` in the past.
    Expired,
}

/// Reason why a component's tag cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TagProblem {
    /// `{% <name /> %}`: a tag of this name without content, in the braces of one with content.
    Braces(String),
    /// `{{ <name> }}`: the tag of this name is not closed.
    NotClosed(String),
    /// Something else stands where an argument should; its first character.
    NotAnArgument(Option<char>),
    /// The value of an argument is not closed by this character.
    OpenValue(String, char),
    /// The value between braces cannot be read.
    BadValue(String),
    /// The value of an argument has no quotation marks.
    Unquoted(String),
}

/// Program whose tags a text uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Generator {
    /// Hugo, and others with `{{< name >}}`.
    Hugo,
    /// Jekyll, and others with Liquid or a language like it.
    Jekyll,
    /// Zola, and others with `{{ name(key="value") }}`.
    Zola,
    /// WordPress, and others with `[name]`.
    Wordpress,
    /// kramdown, and other dialects of Markdown with `{: .class}`.
    Kramdown,
}

impl Generator {
    /// All generators, in their order.
    pub const ALL: [Self; 5] = [Self::Hugo, Self::Jekyll, Self::Zola, Self::Wordpress, Self::Kramdown];
}

/// Reason why a mark of Markdown marks nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MarkProblem {
    /// No blank behind the mark of a heading.
    NoBlank,
    /// An invisible character behind it, in place of a blank.
    InvisibleAfter(char),
    /// An invisible character before it.
    InvisibleBefore(char),
    /// It is a sign of text processors, and none of Markdown.
    Bullet,
    /// A blank between the mark and the words that it emphasises.
    BlankInside,
    /// An invisible character there.
    InvisibleInside(char),
    /// A letter directly behind the second mark, which follows punctuation.
    LetterAfter,
    /// A letter directly before the first mark, which punctuation follows.
    LetterBefore,
}

/// Reason why a link is shown as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum LinkProblem {
    /// A blank in the address.
    BlankInAddress,
    /// An invisible character in the address.
    Invisible(char),
    /// A blank between the words and the address.
    BlankBefore,
    /// The address is named, and no line gives the name an address.
    Undefined(String),
    /// Anything else, such as a link inside a link.
    Other,
}

/// Reason why a component cannot be shown.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ComponentProblem {
    /// It takes no argument of this name.
    UnknownArgument(String),
    /// An argument of this name is missing.
    MissingArgument(String),
    /// An argument is not of the type it must have.
    WrongType(String, String),
    /// Anything else, in the words of the template engine.
    Other(String),
}

/// File of the published site that has an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Occupant {
    /// The page of a text, or a file that is copied; by its file in the site.
    File(SitePath),
    /// A smaller version of an image.
    SmallerImage(SitePath),
    /// The social image of a text.
    SocialImage(SitePath),
    /// An alias of a text.
    Alias(SitePath),
    /// The home page of a language.
    Home(String),
    /// The page or feed of a term.
    Term {
        /// Name of the taxonomy.
        taxonomy: String,
        /// Name of the term.
        name: String,
    },
    /// The list of all terms of a taxonomy.
    TermList(String),
    /// The page about a website that is cited.
    CitedWebsite(String),
    /// Any other generated file, by the name of its kind: `archive`, `sitemap`.
    Generated(String),
}

/// The way out when two things want one address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum WayOut {
    /// Give one of them another slug or permalink.
    Move,
    /// Remove the alias.
    RemoveAlias,
    /// Rename the term, or move the other one.
    RenameTerm,
    /// Rename the file, or move the other one.
    RenameFile,
    /// Rename one of two files.
    RenameEither,
}

/// A name that social images show.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShownName {
    /// The blog's title.
    Blog,
    /// The author's name.
    Author,
}

/// Reason why a file is not read as a mention.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MentionProblem {
    /// The file cannot be read.
    File(crate::sources::ReadError),
    /// It is longer than mentions may be: its length and the longest, in bytes.
    TooLong(usize, usize),
    /// It is not YAML.
    Syntax(crate::yaml::SyntaxError),
}

/// What a file is that cannot be shown as an image.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ShownAs {
    /// An image in a format that browsers lack.
    Image,
    /// A film or a sound.
    Film,
    /// A document.
    Paper,
}

/// What became of a page whose address is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Gone {
    /// Its file has another address now.
    Moved,
    /// Its file is gone; another one looks like it.
    Alike,
    /// Its file is not published any more.
    Unpublished(UnpublishedReason),
    /// Nothing looks like it.
    Removed,
}
