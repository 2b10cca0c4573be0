//! Mentions: reactions of other websites to the blog's posts, one file each.
//!
//! Receives the text of a file below `mentions/`. Gives a [`Mention`] that is safe to show, or the
//! reason why the file is left out, always as a warning: no stranger may stop a build. Uses
//! ammonia, in [`sanitise`], and serde_yaml, in [`read`](mod@read). Never does I/O.
//!
//! The path of a file is `mentions/<slug of the post>/<date>-<host>-<short hash>.yaml`, so that
//! every mention is a change of its own in a repository.

pub mod import;
pub mod plain_text;
pub mod read;
pub mod sanitise;
pub mod write;

use pingmark_core::path::SitePath;
use pingmark_core::web_address;
use pingmark_core::when::When;

pub use plain_text::MentionPassage;
pub use read::read;
pub use sanitise::UntrustedHtml;
pub use write::Draft;

/// Mention, read from its file and cleaned.
///
/// Names, titles and URLs are safe to show as text. `content` and `excerpt` are
/// [`UntrustedHtml`], which comes out sanitised or as plain text only.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Mention {
    /// Path of the file.
    pub path: SitePath,
    /// Name of the file without its extension; identifies the mention in commands.
    pub id: String,
    /// Folder below `mentions/`: the slug of the post, if it was known when the file was written.
    pub folder: String,
    /// Kind of reaction.
    pub kind: MentionKind,
    /// URL of the page that mentions the post, http or https. `None` for comments only.
    pub source: Option<String>,
    /// URL for readers, if `source` is a bridge's copy.
    pub url: Option<String>,
    /// Mentioned address, as the other website wrote it.
    pub target: Option<String>,
    /// Title of the page that mentions the post; may be empty.
    pub title: String,
    /// Author.
    pub author: MentionAuthor,
    /// Text of the mention.
    pub content: UntrustedHtml,
    /// Passage around the link, if it came separately.
    pub excerpt: UntrustedHtml,
    /// Date of publication.
    pub published: Option<When>,
    /// Date of receipt.
    pub received: Option<When>,
    /// Decision of the blog's moderators.
    pub status: MentionStatus,
    /// Id or URL of another mention that this one answers.
    pub parent: Option<String>,
    /// Origin of the file: `webmention.io`, `wordpress`, `hand`.
    pub via: String,
    /// Id on the post's page, to which old links lead: `comment-123`. `None` gives it one of its own.
    pub anchor: Option<String>,
}

/// Author of a mention.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct MentionAuthor {
    /// Name, without invisible or bidirectional characters; may be empty.
    pub name: String,
    /// URL of the author's own page, http or https.
    pub url: Option<String>,
    /// URL of a portrait, http or https. Never loaded by a page of the blog.
    pub photo: Option<String>,
}

impl Mention {
    /// URL for readers: `url`, else `source`.
    pub fn link(&self) -> Option<&str> {
        self.url.as_deref().or(self.source.as_deref())
    }

    /// Date of publication, else of receipt.
    pub fn date(&self) -> Option<When> {
        self.published.or(self.received)
    }

    /// Name to show: the author's, else the host of the link.
    pub fn name(&self) -> &str {
        match self.author.name.as_str() {
            "" => self.link().and_then(web_address::host).unwrap_or(""),
            name => name,
        }
    }

    /// Passage to show with a ping: the excerpt, else the text around the link to the post, else
    /// the beginning of the text.
    pub fn passage(&self) -> MentionPassage {
        let excerpt = self.excerpt.text();
        if !excerpt.is_empty() {
            return plain_text::passage(&excerpt);
        }
        match self.target.as_deref().and_then(|target| self.content.text_around_link(target)) {
            Some((text, at)) => plain_text::passage_around(&text, at),
            None => plain_text::passage(&self.content.text()),
        }
    }

    /// Whether `source` or `url` is in one of some domains, or below one.
    pub fn comes_from(&self, domains: &[String]) -> bool {
        let hosts = [self.source.as_deref(), self.url.as_deref()].into_iter().flatten();
        let mut hosts = hosts.filter_map(web_address::host);
        hosts.any(|host| domains.iter().any(|domain| web_address::is_within(host, domain)))
    }
}

/// Kind of a mention.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MentionKind {
    /// Link from another article, announced over XML-RPC.
    Pingback,
    /// Link from another article, announced by its author by hand.
    Trackback,
    /// Link from another page, announced by a webmention.
    Webmention,
    /// Reply on another website.
    Reply,
    /// Like.
    Like,
    /// Repost of the article.
    Repost,
    /// Bookmark of the article.
    Bookmark,
    /// Comment, written on this blog.
    Comment,
}

impl MentionKind {
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

    /// Name in files and templates.
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

    /// Kind of a name: from our own files, from webmention.io (`wm-property`) or from WordPress
    /// (`comment_type`).
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

/// Decision of the blog's moderators on a mention.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MentionStatus {
    /// Not decided yet; shown only if it comes from a trusted domain.
    #[default]
    Pending,
    /// Shown.
    Approved,
    /// Not shown.
    Rejected,
    /// Not shown, and spam.
    Spam,
    /// Not shown: the page that mentioned the post, or its link, is gone.
    Gone,
}

impl MentionStatus {
    /// All statuses.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Approved, Self::Rejected, Self::Spam, Self::Gone];

    /// Name in files.
    pub fn name(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Approved => "approved",
            Self::Rejected => "rejected",
            Self::Spam => "spam",
            Self::Gone => "gone",
        }
    }

    /// Status of a name.
    pub fn of(name: &str) -> Option<Self> {
        let name = name.trim().to_ascii_lowercase();
        Self::ALL.into_iter().find(|status| status.name() == name)
    }
}
