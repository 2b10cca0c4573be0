//! Arguments of `ping`.

use clap::Args;

use super::mentions::MentionForm;

/// `ping`
#[derive(Debug, Args)]
pub struct PingArgs {
    /// Only these posts, by slug [default: all published posts]
    #[arg(value_name = "POST")]
    pub posts: Vec<String>,
    /// Show what would be sent, and why; contact nobody
    #[arg(long)]
    pub dry_run: bool,
    /// Send without asking
    #[arg(short, long)]
    pub yes: bool,
    /// Show what was told to whom, and what waits; contact nobody
    #[arg(long, conflicts_with_all = ["dry_run", "yes"])]
    pub status: bool,
    /// Output format
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub format: MentionForm,
    /// Contact this private host and port too, for laboratories; can be repeated
    #[arg(long, value_name = "HOST:PORT")]
    pub allow_private: Vec<String>,
    /// Address of the site, overriding the configuration
    #[arg(short, long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Date and time to use as now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}
