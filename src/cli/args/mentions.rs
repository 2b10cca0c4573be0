//! What can be typed after `mentions`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

/// `mentions`
#[derive(Debug, Subcommand)]
pub enum MentionsCommand {
    /// List mentions, the newest first
    #[command(after_help = "Examples:
  pingmark mentions list --pending
  pingmark mentions list --post mon-article --format json")]
    List(ListMentions),
    /// Show one mention, as its readers would see its text
    #[command(after_help = "Examples:
  pingmark mentions show 2011-03-04-topsy.com-60f86a8f
  pingmark mentions show 60f8                          as much of it as no other shares")]
    Show {
        /// Its id, or the beginning of it or of its hash
        id: String,
        /// The form
        #[arg(long, value_enum, default_value_t, value_name = "FORM")]
        format: MentionForm,
    },
    /// Let readers see mentions
    #[command(after_help = "Examples:
  pingmark mentions approve 60f86a8f ade6d26e
  pingmark mentions approve --all                      everything that waits
  pingmark mentions approve --all --from example.org   what waits from one domain")]
    Approve(Chosen),
    /// Refuse mentions without a bad word
    #[command(after_help = "Examples:
  pingmark mentions reject 60f86a8f
  pingmark mentions reject --all --from example.org")]
    Reject(Chosen),
    /// Mark mentions as spam
    #[command(after_help = "Examples:
  pingmark mentions spam d02ecf59
  pingmark mentions spam --all --from gagner-des-fans.example")]
    Spam(Chosen),
    /// Delete the files of mentions
    ///
    /// With --all alone, those marked as spam; with --all --from DOMAIN, all of that domain.
    #[command(after_help = "Examples:
  pingmark mentions delete d02ecf59
  pingmark mentions delete --all                       what is marked as spam
  pingmark mentions delete --all --from gagner-des-fans.example")]
    Delete(Chosen),
    /// Never show mentions of a domain
    ///
    /// Adds the domain to `mentions: block:` of pingmark.yaml. Comments and order stay.
    #[command(after_help = "Examples:
  pingmark mentions block gagner-des-fans.example")]
    Block {
        /// The domain; all below it are meant too
        domain: String,
    },
    /// Write down a mention that came by another way
    #[command(after_help = "Examples:
  pingmark mentions add --source https://example.org/reponse/ --post mon-article --title \"Réponse\"
  pingmark mentions add --type comment --post mon-article --name Nadège --content \"Merci !\" --approve")]
    Add(Box<AddMention>),
    /// Take in mentions that webmention.io exported
    ///
    /// Reads the feed in JF2 (`mentions.jf2`, with `children`) and the older form
    /// (`api/mentions`, with `links`). What is known already is completed where it lacks
    /// something, and never doubled.
    #[command(after_help = "Examples:
  pingmark mentions import mentions.jf2
  pingmark mentions import mentions.json --approve")]
    Import(ImportMentions),
}

/// Forms of what `mentions` shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MentionForm {
    /// For people
    #[default]
    Table,
    /// JSON
    Json,
}

/// `mentions list`
#[derive(Debug, Args)]
pub struct ListMentions {
    /// Those that wait for a decision
    #[arg(long)]
    pub pending: bool,
    /// Those that readers may see
    #[arg(long)]
    pub approved: bool,
    /// Those that were refused
    #[arg(long)]
    pub rejected: bool,
    /// Those marked as spam
    #[arg(long)]
    pub spam: bool,
    /// Those of one post
    #[arg(long, value_name = "SLUG")]
    pub post: Option<String>,
    /// Those of one domain
    #[arg(long, value_name = "DOMAIN")]
    pub from: Option<String>,
    /// The form
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub format: MentionForm,
}

/// Which mentions a decision is about.
#[derive(Debug, Args)]
pub struct Chosen {
    /// Their ids, or the beginnings of them or of their hashes
    #[arg(value_name = "ID", required_unless_present = "all", conflicts_with = "all")]
    pub ids: Vec<String>,
    /// All that wait for a decision
    #[arg(long)]
    pub all: bool,
    /// With --all: only those of one domain
    #[arg(long, value_name = "DOMAIN", requires = "all")]
    pub from: Option<String>,
}

/// `mentions add`
#[derive(Debug, Args)]
pub struct AddMention {
    /// What it is
    #[arg(long = "type", value_enum, default_value_t, value_name = "TYPE")]
    pub kind: MentionKind,
    /// The address it stands at; a comment needs none
    #[arg(long, value_name = "URL")]
    pub source: Option<String>,
    /// The address of this site that it mentions
    #[arg(long, value_name = "URL", required_unless_present = "post")]
    pub target: Option<String>,
    /// The post it mentions, instead of its address
    #[arg(long, value_name = "SLUG", conflicts_with = "target")]
    pub post: Option<String>,
    /// The title of its page
    #[arg(long)]
    pub title: Option<String>,
    /// Its author's name
    #[arg(long)]
    pub name: Option<String>,
    /// Its author's own page
    #[arg(long, value_name = "URL")]
    pub author_url: Option<String>,
    /// What it says
    #[arg(long, value_name = "TEXT")]
    pub content: Option<String>,
    /// The passage around its link
    #[arg(long, value_name = "TEXT")]
    pub excerpt: Option<String>,
    /// When it was written
    #[arg(long, value_name = "DATE")]
    pub published: Option<String>,
    /// The mention it answers: an id or an address
    #[arg(long, value_name = "ID")]
    pub parent: Option<String>,
    /// Let readers see it at once
    #[arg(long)]
    pub approve: bool,
    /// The moment to take for now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}

/// Kinds of mentions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum MentionKind {
    /// An article that links here, told by XML-RPC
    Pingback,
    /// An article that links here, told by its author
    Trackback,
    /// A page that links here
    #[default]
    Webmention,
    /// An answer written elsewhere
    Reply,
    /// A sign of approval
    Like,
    /// The article, passed on
    Repost,
    /// The article, kept for later
    Bookmark,
    /// A comment written here
    Comment,
}

/// `mentions import`
#[derive(Debug, Args)]
pub struct ImportMentions {
    /// The export
    pub file: PathBuf,
    /// Let readers see them at once
    #[arg(long)]
    pub approve: bool,
    /// The moment to take for now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}
