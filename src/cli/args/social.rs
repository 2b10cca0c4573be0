//! What can be typed after `social`.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, Subcommand, ValueEnum};

use pingmark_core::config::CardFormat;
use pingmark_core::network::Network;

/// `social`
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct SocialArgs {
    /// Something else to do with the texts.
    #[command(subcommand)]
    pub command: Option<SocialCommand>,
    /// Which posts and networks.
    #[command(flatten)]
    pub chosen: Posts,
    /// The form
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub format: TextForm,
}

/// What else to do with the texts.
#[derive(Debug, Subcommand)]
pub enum SocialCommand {
    /// Write the texts into files that schedulers take in
    ///
    /// Buffer, Hootsuite and Publer get a file for each network, split where they take no more
    /// rows. Each post goes out at its own time (`social: at:` in its front matter), else at its
    /// date if that lies ahead, else at the next free one of `social: slots:` in pingmark.yaml.
    /// Prints the paths of the files.
    #[command(after_help = "Examples:
  pingmark social export --to buffer --since 2026-11-01 -o export/
  pingmark social export --to ics --post mon-article")]
    Export(Export),
    /// Show a month of the editorial calendar
    ///
    /// Posts that are out and to come, drafts, what is posted on networks when, and times of
    /// `social: slots:` that are free; then drafts without a date, long gaps, and what comes at
    /// the same time.
    #[command(after_help = "Examples:
  pingmark social plan
  pingmark social plan --month 2026-12
  pingmark social plan --ics ~/agenda.ics        a calendar for other programs")]
    Plan(Plan),
    /// Propose posts to share again
    ///
    /// Posts that are old enough and have rested, the most cited first, with the next free
    /// times. What is proposed is remembered in .pingmark/queue.json; asked twice on a day, the
    /// answer is the same. `social: evergreen: false` in a front matter leaves a post out.
    #[command(after_help = "Examples:
  pingmark social queue
  pingmark social queue --count 5 --dry-run")]
    Queue(Queue),
    /// Note where a copy of a post stands
    ///
    /// Adds the address to `syndication:` of the post's front matter; comments and order stay.
    #[command(after_help = "Examples:
  pingmark social posted mon-article mastodon https://mastodon.example/@moi/112233445566")]
    Posted(Posted),
    /// Draw the card of one post
    #[command(after_help = "Examples:
  pingmark social card mon-article -o carte.png
  pingmark social card mon-article -o story.png --shape story")]
    Card(CardArgs),
}

/// `social plan`
#[derive(Debug, Args)]
pub struct Plan {
    /// The month, as 2026-12 [default: this one]
    #[arg(long, value_name = "MONTH")]
    pub month: Option<String>,
    /// Write a calendar file for other programs instead
    #[arg(long, value_name = "FILE")]
    pub ics: Option<PathBuf>,
    /// The form
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub format: PlanForm,
    /// The moment to take for now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}

/// Forms of the calendar and the queue.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum PlanForm {
    /// For people
    #[default]
    Table,
    /// JSON
    Json,
}

/// `social queue`
#[derive(Debug, Args)]
pub struct Queue {
    /// How many
    #[arg(short = 'n', long, default_value_t = 3)]
    pub count: usize,
    /// Remember nothing
    #[arg(long)]
    pub dry_run: bool,
    /// The form
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub format: PlanForm,
    /// The moment to take for now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}

/// `social posted`
#[derive(Debug, Args)]
pub struct Posted {
    /// The post's slug
    pub slug: String,
    /// The network
    #[arg(value_parser = networks())]
    pub network: Network,
    /// The address of the copy
    pub url: String,
}

/// `social card`
#[derive(Debug, Args)]
pub struct CardArgs {
    /// The post's slug
    pub slug: String,
    /// The file to write
    #[arg(short, long, value_name = "FILE")]
    pub output: PathBuf,
    /// Its shape
    #[arg(long, value_parser = shapes(), default_value = "landscape")]
    pub shape: CardFormat,
}

/// `social export`
#[derive(Debug, Args)]
pub struct Export {
    /// What the files are for
    #[arg(long, value_enum, value_name = "TOOL")]
    pub to: ExportTo,
    /// Which posts and networks.
    #[command(flatten)]
    pub chosen: Posts,
    /// The folder to write them into
    #[arg(short, long, value_name = "DIR", default_value = ".")]
    pub output: PathBuf,
}

/// Tools that files can be written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportTo {
    /// Buffer's bulk upload
    Buffer,
    /// Hootsuite's bulk composer
    Hootsuite,
    /// Publer's CSV
    Publer,
    /// One table, for spreadsheets
    Csv,
    /// One calendar
    Ics,
    /// JSON
    Json,
}

/// Which posts, for which networks.
#[derive(Debug, Default, Args)]
pub struct Posts {
    /// Only this network; can be given again
    #[arg(long, value_parser = networks(), value_name = "NETWORK")]
    pub network: Vec<Network>,
    /// Only this post, by its slug; can be given again
    #[arg(long, value_name = "SLUG")]
    pub post: Vec<String>,
    /// Only posts dated then or later
    #[arg(long, value_name = "DATE")]
    pub since: Option<String>,
    /// Drafts too
    #[arg(short = 'D', long)]
    pub drafts: bool,
    /// The moment to take for now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}

/// Forms of texts for networks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum TextForm {
    /// For people
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
