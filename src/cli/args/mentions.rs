//! Arguments of `mentions`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `mentions`
#[derive(Debug, Subcommand)]
pub enum MentionsCommand {
    /// List mentions, newest first
    #[command(after_help = "Examples:
  pingmark mentions list --pending
  pingmark mentions list --post mon-article --format json")]
    List(ListMentions),
    /// Show one mention, with its text as readers see it
    #[command(after_help = "Examples:
  pingmark mentions show 2011-03-04-topsy.com-60f86a8f
  pingmark mentions show 60f8                          a unique prefix of the hash")]
    Show {
        /// Id of the mention, or a unique prefix of the id or of its hash
        id: String,
        /// Output format
        #[arg(long, value_enum, default_value_t, value_name = "FORM")]
        format: MentionForm,
    },
    /// Approve mentions: readers will see them
    #[command(after_help = "Examples:
  pingmark mentions approve 60f86a8f ade6d26e
  pingmark mentions approve --all                      all pending mentions
  pingmark mentions approve --all --from example.org   pending mentions from one domain")]
    Approve(Chosen),
    /// Reject mentions that are not spam
    #[command(after_help = "Examples:
  pingmark mentions reject 60f86a8f
  pingmark mentions reject --all --from example.org")]
    Reject(Chosen),
    /// Mark mentions as spam
    #[command(after_help = "Examples:
  pingmark mentions spam d02ecf59
  pingmark mentions spam --all --from gagner-des-fans.example")]
    Spam(Chosen),
    /// Delete mentions
    ///
    /// --all deletes the mentions marked as spam; --all --from DOMAIN deletes every mention from
    /// that domain.
    #[command(after_help = "Examples:
  pingmark mentions delete d02ecf59
  pingmark mentions delete --all                       all spam
  pingmark mentions delete --all --from gagner-des-fans.example")]
    Delete(Chosen),
    /// Block a domain: its mentions are never shown
    ///
    /// Adds the domain to `mentions: block:` in pingmark.yaml, and keeps comments and order.
    #[command(after_help = "Examples:
  pingmark mentions block gagner-des-fans.example")]
    Block {
        /// Domain; its subdomains are blocked too
        domain: String,
    },
    /// Add a mention by hand
    #[command(after_help = "Examples:
  pingmark mentions add --source https://example.org/reponse/ --post mon-article --title \"Réponse\"
  pingmark mentions add --type comment --post mon-article --name Nadège --content \"Merci !\" --approve")]
    Add(Box<AddMention>),
    /// Import mentions from webmention.io
    ///
    /// Reads the JF2 feed (`mentions.jf2`, with `children`) and the older format
    /// (`api/mentions`, with `links`). Known mentions get their missing values and are never
    /// duplicated.
    #[command(after_help = "Examples:
  pingmark mentions import mentions.jf2
  pingmark mentions import mentions.json --approve")]
    Import(ImportMentions),
    /// Fetch what others sent to webmention.io or to your letterbox
    ///
    /// Asks webmention.io if `mentions: webmention_io:` is set, with the token in the environment variable
    /// PINGMARK_WEBMENTION_IO_TOKEN, and a letterbox with the key in PINGMARK_LETTERBOX_KEY. What comes from
    /// a letterbox is verified first. Says nothing if nothing is new.
    #[command(after_help = "Examples:
  pingmark mentions fetch
  pingmark mentions fetch --letterbox https://my-blog.example/letterbox.php
  pingmark mentions fetch --letterbox letters.php      a file that you copied from the host")]
    Fetch(FetchMentions),
    /// Look at the pages that mention posts again
    ///
    /// Updates what they say, and marks mentions whose page or link is gone. Decisions stay.
    #[command(after_help = "Examples:
  pingmark mentions verify 1f2e
  pingmark mentions verify --all")]
    Verify(VerifyMentions),
}

/// `mentions fetch`
#[derive(Debug, Args)]
pub struct FetchMentions {
    /// Address of a letterbox, or a file copied from one
    #[arg(long, value_name = "URL|FILE")]
    pub letterbox: Option<String>,
    /// Fetch everything again, not only what is new
    #[arg(long)]
    pub all: bool,
    /// Address of the service, for tests
    #[arg(long, hide = true, value_name = "URL")]
    pub service: Option<String>,
    /// Contact this private host and port too, for laboratories; can be repeated
    #[arg(long, value_name = "HOST:PORT")]
    pub allow_private: Vec<String>,
    /// Date and time to use as now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}

/// `mentions verify`
#[derive(Debug, Args)]
pub struct VerifyMentions {
    /// Ids of mentions, or unique prefixes of ids or hashes
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    pub ids: Vec<String>,
    /// All mentions with a source
    #[arg(long)]
    pub all: bool,
    /// Contact this private host and port too, for laboratories; can be repeated
    #[arg(long, value_name = "HOST:PORT")]
    pub allow_private: Vec<String>,
    /// Date and time to use as now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}

/// Output formats of `mentions`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MentionForm {
    /// A table
    #[default]
    Table,
    /// JSON
    Json,
}

/// `mentions list`
#[derive(Debug, Args)]
pub struct ListMentions {
    /// Only pending mentions
    #[arg(long)]
    pub pending: bool,
    /// Only approved mentions
    #[arg(long)]
    pub approved: bool,
    /// Only rejected mentions
    #[arg(long)]
    pub rejected: bool,
    /// Only spam
    #[arg(long)]
    pub spam: bool,
    /// Only mentions of this post
    #[arg(long, value_name = "SLUG")]
    pub post: Option<String>,
    /// Only mentions from this domain
    #[arg(long, value_name = "DOMAIN")]
    pub from: Option<String>,
    /// Output format
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub format: MentionForm,
}

/// The mentions that a decision applies to.
#[derive(Debug, Args)]
pub struct Chosen {
    /// Ids of mentions, or unique prefixes of ids or hashes
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    pub ids: Vec<String>,
    /// All pending mentions; for delete, all spam
    #[arg(long)]
    pub all: bool,
    /// With --all: only mentions from this domain
    #[arg(long, value_name = "DOMAIN", requires = "all")]
    pub from: Option<String>,
}

/// `mentions add`
#[derive(Debug, Args)]
pub struct AddMention {
    /// Type of the mention
    #[arg(long = "type", value_enum, default_value_t, value_name = "TYPE")]
    pub kind: MentionKind,
    /// URL of the page that mentions the post; optional for a comment
    #[arg(long, value_name = "URL")]
    pub source: Option<String>,
    /// URL of the mentioned page of this site
    #[arg(long, value_name = "URL", required_unless_present = "post")]
    pub target: Option<String>,
    /// Mentioned post, instead of --target
    #[arg(long, value_name = "SLUG", conflicts_with = "target")]
    pub post: Option<String>,
    /// Title of the source page
    #[arg(long)]
    pub title: Option<String>,
    /// Name of the author
    #[arg(long)]
    pub name: Option<String>,
    /// Website of the author
    #[arg(long, value_name = "URL")]
    pub author_url: Option<String>,
    /// Text of the mention
    #[arg(long, value_name = "TEXT")]
    pub content: Option<String>,
    /// Passage around the link
    #[arg(long, value_name = "TEXT")]
    pub excerpt: Option<String>,
    /// Date of publication
    #[arg(long, value_name = "DATE")]
    pub published: Option<String>,
    /// Mention that this one replies to: an id or a URL
    #[arg(long, value_name = "ID")]
    pub parent: Option<String>,
    /// Approve it at once
    #[arg(long)]
    pub approve: bool,
    /// Date and time to use as now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}

/// Kinds of mentions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MentionKind {
    /// An article that links to the post, announced by XML-RPC
    Pingback,
    /// An article that links to the post, announced by its author
    Trackback,
    /// A page that links to the post
    #[default]
    Webmention,
    /// A reply on another site
    Reply,
    /// A like
    Like,
    /// A repost
    Repost,
    /// A bookmark
    Bookmark,
    /// A comment written on this site
    Comment,
}

/// `mentions import`
#[derive(Debug, Args)]
pub struct ImportMentions {
    /// Exported file
    pub file: PathBuf,
    /// Approve the new mentions at once
    #[arg(long)]
    pub approve: bool,
    /// Date and time to use as now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}
