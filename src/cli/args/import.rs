//! Arguments of `import`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// `import`
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// System that the blog comes from
    #[arg(value_enum, value_name = "FROM")]
    pub from: ImportSystem,
    /// Export files; several parts of one export make one blog
    #[arg(required = true, value_name = "FILE")]
    pub files: Vec<PathBuf>,
    /// Show the report without writing anything
    #[arg(long)]
    pub dry_run: bool,
    /// Folder with the old blog's images and files, such as wp-content/uploads; `fetch` gets them from the
    /// old site
    #[arg(long, value_name = "DIR|fetch")]
    pub media: Option<PathBuf>,
    /// Time zone of the blog, such as Europe/Paris [default: inferred from the dates]
    #[arg(long, value_name = "ZONE")]
    pub timezone: Option<String>,
    /// Write sources.yaml with the pages of other sites that posts link to: title, site, date. Whether they
    /// still exist is not looked at
    #[arg(long)]
    pub sources: bool,
    /// Address of the old blog, where its export does not tell it
    #[arg(short, long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Keep the texts as HTML instead of Markdown
    #[arg(long)]
    pub keep_html: bool,
    /// Private host and port that `--media fetch` may contact, for tests
    #[arg(long, value_name = "HOST:PORT", hide = true)]
    pub allow_private: Vec<String>,
    /// Date and time to use as now
    #[arg(long, value_name = "DATE", hide = true)]
    pub today: Option<String>,
}

/// Systems that blogs come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ImportSystem {
    /// Export of WordPress: Tools, Export, “All content” (WXR)
    Wordpress,
    /// Export of Ghost: Settings, Labs, Export (JSON); give the blog's address with --base-url
    Ghost,
    /// Export of Blogger: Settings, Back up content (Atom)
    Blogger,
    /// Atom or RSS feed: what it holds of a blog that gives nothing else
    Feed,
}
