//! What can be typed after `social`.

use clap::{Args, ValueEnum};

use crate::social::Network;

/// `social`
#[derive(Debug, Args)]
pub struct SocialArgs {
    /// Which posts and networks.
    #[command(flatten)]
    pub chosen: Posts,
    /// The form
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub format: TextForm,
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
