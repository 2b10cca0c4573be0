//! Mentions: what other places say of the blog's articles, one file each.
//!
//! Receives the text of a file below `mentions/`. Gives a [`Mention`], cleaned of what a
//! stranger could hide in it, or the reason why it is left out: always a warning, since no
//! stranger may stop a build. Uses ammonia, in `sanitise`, and serde_yaml, in `read`. Never
//! does IO.
//!
//! A file is `mentions/<slug of the post>/<date>-<host>-<short hash>.yaml`, so that a
//! repository shows each arrival by itself.

pub mod import;
pub mod read;
pub mod sanitise;
pub mod words;
pub mod write;

use pingmark_core::path::SitePath;
use pingmark_core::web_address;
use pingmark_core::when::When;

pub use read::read;
pub use sanitise::Raw;
pub use write::Draft;

/// One mention, as its file tells it.
///
/// Names, titles and addresses are safe to show as text. What the stranger wrote is [`Raw`]: it
/// comes out only sanitised, or as plain text.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mention {
    /// The file.
    pub path: SitePath,
    /// The file's name without its extension: what commands call the mention by.
    pub id: String,
    /// The folder it lies in: the slug of its post, as far as it is known.
    pub folder: String,
    /// What it is.
    pub kind: Kind,
    /// Where it stands: http(s). Only a comment may have none.
    pub source: Option<String>,
    /// Where readers find it, when `source` is a bridge's copy.
    pub url: Option<String>,
    /// The address it mentions, as the other side wrote it.
    pub target: Option<String>,
    /// The title of the page it stands on.
    pub title: String,
    /// Who wrote it.
    pub author: Author,
    /// What it says.
    pub content: Raw,
    /// The passage around its link.
    pub excerpt: Raw,
    /// When it was written.
    pub published: Option<When>,
    /// When it came in.
    pub received: Option<When>,
    /// Whether it may be shown.
    pub status: Status,
    /// What it answers: the id, or the address, of another mention.
    pub parent: Option<String>,
    /// How it came: `webmention.io`, `wordpress`, `hand`.
    pub via: String,
}

/// Who wrote a mention.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Author {
    /// The name, without signs that hide or turn text.
    pub name: String,
    /// Their own page: http(s).
    pub url: Option<String>,
    /// Their portrait: http(s). No page loads it from there.
    pub photo: Option<String>,
}

impl Mention {
    /// Where readers are sent.
    pub fn link(&self) -> Option<&str> {
        self.url.as_deref().or(self.source.as_deref())
    }

    /// When it was written, else when it came in.
    pub fn date(&self) -> Option<When> {
        self.published.or(self.received)
    }

    /// The name to show: the author's, else the host it came from.
    pub fn name(&self) -> &str {
        match self.author.name.as_str() {
            "" => self.link().and_then(web_address::host).unwrap_or(""),
            name => name,
        }
    }

    /// The passage to show with a ping: the excerpt, else the words around its link, else the
    /// beginning of what it says.
    pub fn passage(&self) -> words::Cut {
        let excerpt = self.excerpt.text();
        if !excerpt.is_empty() {
            return words::passage(&excerpt);
        }
        match self.target.as_deref().and_then(|target| self.content.around(target)) {
            Some((text, at)) => words::around(&text, at),
            None => words::passage(&self.content.text()),
        }
    }

    /// Whether the place it came from, or its author's, lies in one of some domains.
    pub fn comes_from(&self, domains: &[String]) -> bool {
        let hosts = [self.source.as_deref(), self.url.as_deref()].into_iter().flatten();
        let mut hosts = hosts.filter_map(web_address::host);
        hosts.any(|host| domains.iter().any(|domain| web_address::is_within(host, domain)))
    }
}

/// Kinds of mentions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// An article that links here, told by XML-RPC.
    Pingback,
    /// An article that links here, told by its author's hand.
    Trackback,
    /// A page that links here.
    Webmention,
    /// An answer, written elsewhere.
    Reply,
    /// A sign of approval.
    Like,
    /// The article, passed on.
    Repost,
    /// The article, kept for later.
    Bookmark,
    /// A comment, written here.
    Comment,
}

impl Kind {
    /// All kinds.
    pub const ALL: [Self; 8] = [
        Self::Pingback,
        Self::Trackback,
        Self::Webmention,
        Self::Reply,
        Self::Like,
        Self::Repost,
        Self::Bookmark,
        Self::Comment,
    ];

    /// The name it has in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pingback => "pingback",
            Self::Trackback => "trackback",
            Self::Webmention => "webmention",
            Self::Reply => "reply",
            Self::Like => "like",
            Self::Repost => "repost",
            Self::Bookmark => "bookmark",
            Self::Comment => "comment",
        }
    }

    /// The kind of a name: those of files, and those of other systems (webmention.io's
    /// `wm-property`, WordPress's `comment_type`).
    pub fn of(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        let known = Self::ALL.into_iter().find(|kind| kind.name() == name);
        known.or(match name.as_str() {
            "ping" => Some(Self::Pingback),
            "mention" | "mention-of" | "link" => Some(Self::Webmention),
            "in-reply-to" | "rsvp" => Some(Self::Reply),
            "like-of" | "favorite" | "favourite" => Some(Self::Like),
            "repost-of" | "share" => Some(Self::Repost),
            "bookmark-of" => Some(Self::Bookmark),
            _ => None,
        })
    }
}

/// What its moderators said of a mention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Status {
    /// Nothing yet.
    #[default]
    Pending,
    /// It is shown.
    Approved,
    /// It is not shown.
    Rejected,
    /// It is not shown, and was never meant well.
    Spam,
}

impl Status {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Pending, Self::Approved, Self::Rejected, Self::Spam];

    /// The name it has in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Spam => "spam",
        }
    }

    /// The status of a name.
    pub fn of(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}
