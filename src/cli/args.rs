//! What can be typed. The only place that knows clap.

pub mod mentions;
pub mod social;

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use mentions::MentionsCommand;
use social::SocialArgs;

/// The blog generator that remembers who cites whom.
#[derive(Debug, Parser)]
#[command(name = "pingmark", version, max_term_width = 100, propagate_version = true)]
#[command(after_help = "Examples:
  pingmark init mon-blog        a new blog in the folder mon-blog
  pingmark new \"Mon titre\"      a new post in the blog of the current folder
  pingmark serve --watch        the blog in the browser, as you write
  pingmark build                the finished site in public/

Exit codes: 0 done, 1 problems found in the site, 2 wrong usage, 130 stopped by Ctrl-C.")]
pub struct Cli {
    /// What every command takes.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Flags of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// The blog's folder [default: the nearest one upwards with a pingmark.yaml]
    #[arg(short, long, global = true, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Another file than pingmark.yaml
    #[arg(short, long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Say nothing but what is wrong
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// Whether to use colours
    #[arg(long, global = true, value_enum, default_value_t, value_name = "WHEN")]
    pub color: Colour,
}

/// When to use colours.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless NO_COLOR is set
    #[default]
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Make a new blog
    ///
    /// Writes a small blog that builds at once: a configuration, a page about its author, and
    /// posts that cite each other. Files that are there already are kept.
    #[command(after_help = "Examples:
  pingmark init mon-blog
  pingmark init my-blog --lang en
  pingmark init la-gazette --theme gazette")]
    Init(Init),
    /// Make a new post
    ///
    /// Writes a post with its front matter, as a draft, and prints the path of its file.
    #[command(after_help = "Examples:
  pingmark new \"Modérer sans censurer\"
  pingmark new \"Une journée au salon\" --bundle    with a folder for its images
  pingmark new \"À propos\" --page
  $EDITOR \"$(pingmark new 'Titre')\"")]
    New(New),
    /// Build the site
    ///
    /// Reads the blog's folder and writes the finished site into public/, all or nothing: with
    /// an error anywhere, what was published before stays as it is. Files that did not change
    /// are not touched, and files that Pingmark did not write are never deleted.
    #[command(after_help = "Examples:
  pingmark build
  pingmark build --drafts --output-dir /tmp/apercu
  pingmark build --base-url https://essai.example/blog/
  pingmark build --theme gazette            to see the blog in another theme
  pingmark build --watch
  pingmark build --until-next                     fingerprints when to build again")]
    Build(BuildArgs),
    /// Show the site in the browser while you write
    ///
    /// Builds the blog in memory and serves it on this machine, under a local address; nothing
    /// is written into public/. With --watch, what you save is built again, and open pages show
    /// it without being reloaded. A mistake is told over the page, which stays as it was until
    /// it is mended.
    #[command(after_help = "Examples:
  pingmark serve --watch --open
  pingmark serve --watch --drafts --future     with what is not published yet
  pingmark serve --port 8000
  pingmark serve --interface 0.0.0.0           for the phone beside you; everyone near can look

A base_url with a path is served below it: https://example.org/blog/ at /blog/. Only this
machine's own names are answered (localhost, 127.0.0.1, [::1]); --allow-host adds one.")]
    Serve(Serve),
    /// Check the site without writing anything
    ///
    /// Tells everything that `build` would tell, and advice: images without text, pages
    /// without description, posts that no other post links to.
    #[command(after_help = "Examples:
  pingmark check
  pingmark check --deny-warnings            for continuous integration
  pingmark check --format short             one line a problem, for editors")]
    Check(Check),
    /// List posts, drafts, scheduled or expired posts, tags, citations or orphans
    ///
    /// Prints to standard output, as a table for people or as JSON for programs. Citations
    /// come for Graphviz (dot), Gephi and yEd (graphml) too; their JSON has the shape of the
    /// site's citations.json.
    #[command(after_help = "Examples:
  pingmark list posts
  pingmark list scheduled --format json
  pingmark list citations                                       who cites whom
  pingmark list citations --format dot | dot -Tsvg > graph.svg
  pingmark list citations --format graphml > graph.graphml
  pingmark list orphans                                         posts that no other one cites")]
    List(List),
    /// Look at and decide on the mentions that came in
    ///
    /// Each is a file below mentions/, named for the day, the host and a short hash. A change
    /// touches that one file, and in it the one line.
    #[command(subcommand)]
    Mentions(MentionsCommand),
    /// Show what would be posted on the networks
    ///
    /// Prints, for each post and network, the text exactly as it would be posted, and how long
    /// it is by that network's own rules; ✂ marks where a text becomes too long. Texts are made
    /// of the posts, or stand in their front matters under `social:`.
    #[command(after_help = "Examples:
  pingmark social --post mon-article                what goes where
  pingmark social --network mastodon --since 2026-11-01
  pingmark social --format csv > textes.csv")]
    Social(SocialArgs),
    /// Remove what `build` wrote
    ///
    /// Removes the files that Pingmark wrote into the output folder, and its own state. Files
    /// of others, and files changed by hand, stay.
    #[command(after_help = "Examples:
  pingmark clean
  pingmark clean --output-dir /tmp/apercu")]
    Clean(Clean),
    /// Print completions for a shell
    #[command(after_help = "Examples:
  pingmark completions bash > ~/.local/share/bash-completion/completions/pingmark
  pingmark completions fish > ~/.config/fish/completions/pingmark.fish")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Tell about the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
}

/// `init`
#[derive(Debug, Args)]
pub struct Init {
    /// The new blog's folder
    #[arg(default_value = ".", value_name = "DIR")]
    pub folder: PathBuf,
    /// Its language
    #[arg(long, value_enum, default_value_t)]
    pub lang: StarterLang,
    /// Its title
    #[arg(long)]
    pub title: Option<String>,
    /// The address it will have
    #[arg(short, long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Its theme: plume, a column of text, or gazette, a magazine
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
}

/// Languages a new blog can be in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum StarterLang {
    /// French
    #[default]
    Fr,
    /// English
    En,
}

/// `new`
#[derive(Debug, Args)]
pub struct New {
    /// The title
    pub title: String,
    /// Make a page instead of a post
    #[arg(long, conflicts_with = "bundle")]
    pub page: bool,
    /// Make a folder for the post, where its images go
    #[arg(long)]
    pub bundle: bool,
    /// Publish it at once, instead of as a draft
    #[arg(long)]
    pub publish: bool,
    /// Its tags, with commas between them
    #[arg(long, value_delimiter = ',')]
    pub tags: Vec<String>,
    /// Its language
    #[arg(long)]
    pub lang: Option<String>,
    /// Its date instead of today's
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}

/// What is published, and as of when.
#[derive(Debug, Default, Args)]
pub struct Scope {
    /// Publish drafts too
    #[arg(short = 'D', long)]
    pub drafts: bool,
    /// Publish posts dated in the future too
    #[arg(short = 'F', long)]
    pub future: bool,
    /// Publish expired posts too
    #[arg(short = 'E', long)]
    pub expired: bool,
    /// The moment to take for now [default: SOURCE_DATE_EPOCH, else the clock]
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
    /// The site's address, instead of the configured one
    #[arg(short, long, value_name = "URL")]
    pub base_url: Option<String>,
    /// The theme, instead of the configured one
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
    /// How to show problems
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub format: Form,
}

/// Forms of diagnostics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// With the line and the place underlined
    #[default]
    Human,
    /// One line each
    Short,
    /// One JSON object a line
    Json,
}

/// `build`
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// What is published.
    #[command(flatten)]
    pub scope: Scope,
    /// Where to write the site
    #[arg(short, long, value_name = "DIR")]
    pub output_dir: Option<PathBuf>,
    /// Keep the names of style sheets, scripts and icons, whatever is in them
    #[arg(long)]
    pub plain_names: bool,
    /// Build again whenever something changes
    #[arg(short, long)]
    pub watch: bool,
    /// Look for changes twice a second instead of being told (network drives, containers)
    #[arg(long, requires = "watch")]
    pub poll: bool,
    /// Write into a folder that is not ours, and over files changed by hand
    #[arg(long)]
    pub force: bool,
    /// Tell what would change, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Read and render everything anew
    #[arg(long)]
    pub no_cache: bool,
    /// Fail when there are warnings
    #[arg(long)]
    pub deny_warnings: bool,
    /// Print when the next scheduled post is due, for a task that builds again then
    #[arg(long, conflicts_with = "watch")]
    pub until_next: bool,
}

/// `serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// What is shown.
    #[command(flatten)]
    pub scope: Scope,
    /// The port; when it is taken, the next free one
    #[arg(short, long, default_value_t = 1111)]
    pub port: u16,
    /// The address to listen on; others than this machine's own let everyone near look
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = interface)]
    pub interface: IpAddr,
    /// A further name under which the site may be asked for
    #[arg(long, value_name = "NAME")]
    pub allow_host: Vec<String>,
    /// Open the site in the browser
    #[arg(long)]
    pub open: bool,
    /// Build again whenever something changes, and show it
    #[arg(short, long)]
    pub watch: bool,
    /// Look for changes twice a second instead of being told (network drives, containers)
    #[arg(long, requires = "watch")]
    pub poll: bool,
}

fn interface(text: &str) -> Result<IpAddr, String> {
    match text.trim_matches(['[', ']']) {
        "localhost" => Ok(Ipv4Addr::LOCALHOST.into()),
        address => address.parse().map_err(|_| "write it as 127.0.0.1, ::1 or 0.0.0.0".to_owned()),
    }
}

/// `check`
#[derive(Debug, Args)]
pub struct Check {
    /// What is checked.
    #[command(flatten)]
    pub scope: Scope,
    /// Fail when there are warnings
    #[arg(long)]
    pub deny_warnings: bool,
}

/// `list`
#[derive(Debug, Args)]
pub struct List {
    /// What to list
    #[arg(value_enum)]
    pub what: Listed,
    /// The form; scheduled posts are shown by month on a terminal, all else is a table
    #[arg(long, value_enum, value_name = "FORM")]
    pub format: Option<ListForm>,
    /// The moment to take for now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}

/// What can be listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    /// Published posts, newest first
    Posts,
    /// Drafts
    Drafts,
    /// Posts whose date lies ahead, the next one first
    Scheduled,
    /// Posts whose time is over
    Expired,
    /// Tags, the most used first
    Tags,
    /// Links between articles, by the citing article, newest first
    Citations,
    /// Posts that no other article links to, newest first
    Orphans,
    /// Mentions that came in, newest first
    Mentions,
}

/// Forms of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListForm {
    /// A table
    Table,
    /// JSON
    Json,
    /// The months in which something comes out; scheduled posts only
    Month,
    /// Graphviz; citations only
    Dot,
    /// GraphML; citations only
    Graphml,
}

/// `clean`
#[derive(Debug, Args)]
pub struct Clean {
    /// The folder that `build` wrote
    #[arg(short, long, value_name = "DIR")]
    pub output_dir: Option<PathBuf>,
}

/// `config`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the JSON Schema of pingmark.yaml
    ///
    /// Editors use it to complete and check the file: save it, and begin pingmark.yaml with a
    /// line `# yaml-language-server: $schema=pingmark.schema.json`.
    #[command(after_help = "Examples:
  pingmark config schema > pingmark.schema.json")]
    Schema,
}
