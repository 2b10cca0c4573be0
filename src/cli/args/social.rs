//! Arguments of `social`.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};

use pingmark_core::config::CardFormat;
use pingmark_core::network::Network;

/// `social`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct SocialArgs {
    /// Subcommand; without one, the texts are shown.
    #[command(subcommand)]
    pub command: Option<SocialCommand>,
    /// Posts and networks to include.
    #[command(flatten)]
    pub chosen: Posts,
    /// Output format
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub format: TextForm,
}

/// Subcommands of `social`.
#[derive(Debug, Subcommand)]
pub enum SocialCommand {
    /// Export the texts for scheduling tools
    ///
    /// For Buffer, Hootsuite and Publer, writes one file per network, split at the tool's maximum
    /// number of rows. Each post is scheduled for its own time (`social: at:` in its front
    /// matter), or for its date if that is in the future, or for the next free time of
    /// `social: slots:` in pingmark.yaml. Prints the paths of the files.
    #[command(after_help = "Examples:
  pingmark social export --to buffer --since 2026-11-01 -o export/
  pingmark social export --to ics --post mon-article")]
    Export(Export),
    /// Show a month of the editorial calendar
    ///
    /// Shows published and scheduled posts, drafts, posts on social networks, and free times of
    /// `social: slots:`; then drafts without a date, long gaps, and posts at the same time.
    #[command(after_help = "Examples:
  pingmark social plan
  pingmark social plan --month 2026-12
  pingmark social plan --ics ~/agenda.ics        write a calendar file")]
    Plan(Plan),
    /// Propose older posts to share again
    ///
    /// Proposes posts that are old enough and have not been proposed recently, most cited first,
    /// with the next free times. Proposals are remembered in .pingmark/queue.json; running the
    /// command again on the same day gives the same answer. A post with `social: evergreen: false`
    /// in its front matter is never proposed.
    #[command(after_help = "Examples:
  pingmark social queue
  pingmark social queue --count 5 --dry-run")]
    Queue(Queue),
    /// Record the address of a post on a network
    ///
    /// Adds the address to `syndication:` in the post's front matter, and keeps comments and order.
    #[command(after_help = "Examples:
  pingmark social posted mon-article mastodon https://mastodon.example/@moi/112233445566")]
    Posted(Posted),
    /// Render the social image of a post
    #[command(after_help = "Examples:
  pingmark social card mon-article -o carte.png
  pingmark social card mon-article -o story.png --shape story")]
    Card(CardArgs),
}

/// `social plan`
#[derive(Debug, Args)]
pub struct Plan {
    /// Month, such as 2026-12 [default: the current month]
    #[arg(long, value_name = "MONTH")]
    pub month: Option<String>,
    /// Write a calendar file (iCalendar) instead
    #[arg(long, value_name = "FILE")]
    pub ics: Option<PathBuf>,
    /// Output format
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub format: PlanForm,
    /// Date and time to use as now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}

/// Output formats of the calendar and the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanForm {
    /// A table
    #[default]
    Table,
    /// JSON
    Json,
}

/// `social queue`
#[derive(Debug, Args)]
pub struct Queue {
    /// Number of posts
    #[arg(short = 'n', long, default_value_t = 3)]
    pub count: usize,
    /// Do not remember the proposals
    #[arg(long)]
    pub dry_run: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub format: PlanForm,
    /// Date and time to use as now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}

/// `social posted`
#[derive(Debug, Args)]
pub struct Posted {
    /// Slug of the post
    pub slug: String,
    /// Network
    #[arg(value_parser = networks())]
    pub network: Network,
    /// Address of the post on the network
    pub url: String,
}

/// `social card`
#[derive(Debug, Args)]
pub struct CardArgs {
    /// Slug of the post
    pub slug: String,
    /// File to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Shape of the image
    #[arg(long, value_parser = shapes(), default_value = "landscape")]
    pub shape: CardFormat,
}

/// `social export`
#[derive(Debug, Args)]
pub struct Export {
    /// Tool to export for
    #[arg(long, value_enum, value_name = "TOOL")]
    pub to: ExportTo,
    /// Posts and networks to include.
    #[command(flatten)]
    pub chosen: Posts,
    /// Folder to write the files to
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    pub output: PathBuf,
}

/// Tools and formats to export for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportTo {
    /// Buffer's bulk upload
    Buffer,
    /// Hootsuite's bulk composer
    Hootsuite,
    /// Publer's CSV
    Publer,
    /// A single table, for spreadsheets
    Csv,
    /// A single calendar file
    Ics,
    /// JSON
    Json,
}

/// Options that choose posts and networks.
#[derive(Debug, Default, Args)]
pub struct Posts {
    /// Only this network; can be repeated
    #[arg(long, value_parser = networks(), value_name = "NETWORK")]
    pub network: Vec<Network>,
    /// Only this post, by its slug; can be repeated
    #[arg(long, value_name = "SLUG")]
    pub post: Vec<String>,
    /// Only posts from this date on
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// Include drafts
    #[arg(short = 'D', long)]
    pub drafts: bool,
    /// Date and time to use as now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}

/// Output formats of texts for networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TextForm {
    /// A table
    #[default]
    Table,
    /// JSON
    Json,
    /// CSV, for spreadsheets
    Csv,
    /// Markdown
    Md,
}

/// Parses the shape of a social image.
fn shapes() -> impl TypedValueParser<Value = CardFormat> {
    let shape = |format: CardFormat| {
        let (width, height) = format.size();
        PossibleValue::new(format.name()).help(format!("{width} × {height}"))
    };
    let parser = PossibleValuesParser::new(CardFormat::ALL.map(shape));
    parser.try_map(|name| CardFormat::ALL.into_iter().find(|format| format.name() == name).ok_or("no shape"))
}

/// Parses a network's key, in lower case.
fn networks() -> impl TypedValueParser<Value = Network> {
    let network = |network: Network| {
        let value = PossibleValue::new(network.key());
        if network == Network::X { value.alias("twitter") } else { value }
    };
    PossibleValuesParser::new(Network::ALL.map(network)).try_map(|key| Network::of(&key).ok_or("no network"))
}
