//! What can be typed after `social`.

use std::path::PathBuf;

use clap::{Args, Subcommand, ValueEnum};

use crate::social::Network;

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
    #[arg(long, value_enum, value_name = "NETWORK")]
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

impl ValueEnum for Network {
    fn value_variants<'a>() -> &'a [Self] {
        &Self::ALL
    }

    fn to_possible_value(&self) -> Option<clap::builder::PossibleValue> {
        let value = clap::builder::PossibleValue::new(self.key());
        Some(if *self == Self::X { value.alias("twitter") } else { value })
    }
}
