//! An announcement that arrives: a webmention's form or a pingback's call, checked as far as that is possible
//! without fetching anything.

use pingmark_core::address::UrlKey;
use pingmark_core::web_address;
use url::Url;
use url::form_urlencoded;

use crate::xmlrpc::{self, fault};

/// Protocol of an announcement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Protocol {
    /// Webmention.
    Webmention,
    /// Pingback.
    Pingback,
}

impl Protocol {
    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Webmention => "webmention",
            Self::Pingback => "pingback",
        }
    }

    /// Protocol of a name.
    pub fn of(name: &str) -> Option<Self> {
        [Self::Webmention, Self::Pingback].into_iter().find(|protocol| protocol.name() == name)
    }
}

/// “This page links to that one.”
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Announcement {
    /// Protocol it came by.
    pub protocol: Protocol,
    /// Address of the page that links, normalised.
    pub source: String,
    /// Address of our page, as it was sent.
    pub target: String,
}

/// What is wrong with an announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// It cannot be parsed, with the reason.
    Malformed(String),
    /// A parameter is missing: `source` or `target`.
    Missing(&'static str),
    /// The source is no http(s) address.
    Source,
    /// The target is no http(s) address.
    Target,
    /// Source and target are the same page.
    Same,
    /// The target is no published page of this site.
    NotOurs,
    /// The method of the call is not `pingback.ping`.
    Method(String),
}

impl Problem {
    /// Fault code of a pingback.
    pub fn fault(&self) -> i64 {
        match self {
            Self::Malformed(_) | Self::Missing(_) | Self::Method(_) => fault::GENERIC,
            Self::Source => fault::NO_SOURCE,
            Self::Target | Self::NotOurs => fault::NO_TARGET,
            Self::Same => fault::BAD_TARGET,
        }
    }
}

impl std::fmt::Display for Problem {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Malformed(reason) => write!(f, "the request cannot be read: {reason}"),
            Self::Missing(name) => write!(f, "`{name}` is missing"),
            Self::Source => write!(f, "`source` is not an http or https address"),
            Self::Target => write!(f, "`target` is not an http or https address"),
            Self::Same => write!(f, "`source` and `target` are the same page"),
            Self::NotOurs => write!(f, "`target` is not a published page of this site"),
            Self::Method(method) => {
                write!(f, "there is no method `{}`; only {}", crate::short(method), xmlrpc::PING)
            }
        }
    }
}

/// Reads a webmention: the body of a form.
pub fn webmention(body: &[u8]) -> Result<Announcement, Problem> {
    let mut fields: [Option<String>; 2] = [None, None];
    for (name, value) in form_urlencoded::parse(body).take(100) {
        let field = match &*name {
            "source" => &mut fields[0],
            "target" => &mut fields[1],
            _ => continue,
        };
        field.get_or_insert(value.into_owned());
    }
    let [source, target] = fields;
    let source = source.filter(|source| !source.trim().is_empty()).ok_or(Problem::Missing("source"))?;
    let target = target.filter(|target| !target.trim().is_empty()).ok_or(Problem::Missing("target"))?;
    check(Protocol::Webmention, &source, &target)
}

/// Reads a pingback: the body of an XML-RPC call.
pub fn pingback(body: &str) -> Result<Announcement, Problem> {
    let call = xmlrpc::parse_call(body).map_err(Problem::Malformed)?;
    if call.method != xmlrpc::PING {
        return Err(Problem::Method(call.method));
    }
    let param =
        |number: usize, name| call.params.get(number).cloned().flatten().ok_or(Problem::Missing(name));
    check(Protocol::Pingback, &param(0, "source")?, &param(1, "target")?)
}

/// Checks a pair of addresses, from wherever it came.
pub fn check(protocol: Protocol, source: &str, target: &str) -> Result<Announcement, Problem> {
    let has_password =
        |text: &str| Url::parse(text).is_ok_and(|url| !url.username().is_empty() || url.password().is_some());
    let clean = |text: &str| web_address::normalized(text).filter(|_| !has_password(text.trim()));
    let source = clean(source).ok_or(Problem::Source)?;
    let checked = clean(target).ok_or(Problem::Target)?;
    let same = UrlKey::of(&source).is_some_and(|key| UrlKey::of(&checked) == Some(key));
    if same {
        return Err(Problem::Same);
    }
    Ok(Announcement { protocol, source, target: checked })
}
