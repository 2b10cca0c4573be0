//! Command line arguments, and their `--help` texts. Only this module uses clap.

pub mod import;
pub mod mentions;
pub mod ping;
pub mod receive;
pub mod social;

use std::net::{IpAddr, Ipv4Addr};
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use import::ImportArgs;
use mentions::MentionsCommand;
use ping::PingArgs;
use receive::ReceiveArgs;
use social::SocialArgs;

use crate::server::AddressRange;

/// Version, commit and date of the commit, as `pingmark --version` prints them.
pub const VERSION: &str = concat!(env!("CARGO_PKG_VERSION"), " (", env!("PINGMARK_BUILD"), ")");

/// The blog generator that remembers who cites whom.
#[derive(Debug, Parser)]
#[command(name = "pingmark", version = VERSION, max_term_width = 100, propagate_version = true)]
#[command(after_help = "Examples:
  pingmark init mon-blog        create a blog in the folder mon-blog
  pingmark new \"Mon titre\"      create a post in the blog of the current folder
  pingmark serve --watch        preview the blog in the browser as you write
  pingmark build                write the finished site to public/

Exit codes: 0 success, 1 problems found in the site, 2 wrong usage, 130 stopped by Ctrl-C.")]
pub struct Cli {
    /// Options of every command.
    #[command(flatten)]
    pub global: Global,
    /// The command.
    #[command(subcommand)]
    pub command: Command,
}

/// Options of every command.
#[derive(Debug, Args)]
pub struct Global {
    /// Folder of the blog [default: the current folder or the nearest parent with a pingmark.yaml]
    #[arg(short, long, global = true, value_name = "DIR")]
    pub root: Option<PathBuf>,
    /// Configuration file to use instead of pingmark.yaml
    #[arg(short, long, global = true, value_name = "FILE")]
    pub config: Option<PathBuf>,
    /// Print only problems
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Print more details
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// When to use colours
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
    /// Create a new blog
    ///
    /// Writes a small blog that is ready to build: a configuration, an about page, and posts that
    /// cite each other. Existing files are kept. On a terminal, asks for title, address and name.
    #[command(after_help = "Examples:
  pingmark init mon-blog
  pingmark init my-blog --lang en
  pingmark init la-gazette --theme gazette
  pingmark init mon-blog --title \"Mon blog\" --base-url https://mon-blog.fr --author \"Claire Martin\"")]
    Init(Init),
    /// Create a new post
    ///
    /// Writes a draft with its front matter and prints the path of the file.
    #[command(after_help = "Examples:
  pingmark new \"Modérer sans censurer\"
  pingmark new \"Une journée au salon\" --bundle    with a folder for its images
  pingmark new \"À propos\" --page
  $EDITOR \"$(pingmark new 'Titre')\"")]
    New(New),
    /// Build the site
    ///
    /// Reads the blog's folder and writes the finished site to public/, all or nothing: if there
    /// is any error, the previously published site stays unchanged. Unchanged files are not
    /// touched, and files that Pingmark did not write are never deleted.
    #[command(after_help = "Examples:
  pingmark build
  pingmark build --drafts --output-dir /tmp/apercu
  pingmark build --base-url https://essai.example/blog/
  pingmark build --theme gazette            try another theme
  pingmark build --lenient                  publish although some links lead nowhere
  pingmark build --watch
  pingmark build --until-next               print when to build again")]
    Build(BuildArgs),
    /// Preview the site in the browser while you write
    ///
    /// Builds the blog in memory and serves it at a local address; nothing is written to public/.
    /// With --watch, the site is rebuilt when you save a file, and open pages are updated in place.
    /// Errors are shown on top of the page until they are fixed.
    #[command(after_help = "Examples:
  pingmark serve --watch --open
  pingmark serve --watch --drafts --future     include unpublished posts
  pingmark serve --port 8000
  pingmark serve --interface 0.0.0.0           for a phone in the same network, and anyone else in it
  pingmark serve --interface 0.0.0.0 --desk-from 192.168.1.7     the dashboard too, for that address

If base_url has a path, the site is served below that path: https://example.org/blog/ at /blog/.
Requests must use a name of this machine (localhost, 127.0.0.1, [::1]); --allow-host adds one. The
dashboard answers only programs on this machine, and addresses and networks of --desk-from.")]
    Serve(Serve),
    /// Check the site without writing anything
    ///
    /// Reports everything that `build` would report, and gives advice: images without alt text,
    /// pages without a description, posts that no other post links to.
    #[command(after_help = "Examples:
  pingmark check
  pingmark check --deny-warnings            for continuous integration
  pingmark check --format short             one line per problem, for editors")]
    Check(Check),
    /// List posts, drafts, scheduled or expired posts, tags, citations or orphans
    ///
    /// Prints a table, or JSON for other programs, to standard output. Citations are also
    /// available for Graphviz (dot) and for Gephi and yEd (graphml); their JSON has the format of
    /// the site's citations.json.
    #[command(after_help = "Examples:
  pingmark list posts
  pingmark list scheduled --format json
  pingmark list citations                                       who cites whom
  pingmark list citations --format dot | dot -Tsvg > graph.svg
  pingmark list citations --format graphml > graph.graphml
  pingmark list orphans                                         posts that no other post cites")]
    List(List),
    /// Review and moderate mentions from other sites
    ///
    /// Each mention is a file below mentions/, named by its date, its host and a short hash. A
    /// decision changes a single line of that file.
    #[command(subcommand)]
    Mentions(MentionsCommand),
    /// Tell other sites that posts link to them
    ///
    /// Sends a webmention or a pingback to each page that a published post links to: once, and again
    /// when the post changed. What was told is kept in outbox/, one file per post; commit it with the
    /// site. First looks at the published page: what is not online yet is not told.
    #[command(after_help = "Examples:
  pingmark ping --dry-run          what would be sent, and why
  pingmark ping                    asks once, then sends
  pingmark ping --yes              for continuous integration, after the site is online
  pingmark ping moderating         one post
  pingmark ping --status           what was told, and what waits

Exit codes: 0 done, 1 a post is not online yet or a ledger cannot be written. What another site refuses
is no failure.")]
    Ping(PingArgs),
    /// Receive webmentions and pingbacks from other sites
    ///
    /// Listens for them, behind your web server, and looks at the page that sent one before it becomes a
    /// file below mentions/. Nothing is fetched for an address that your site does not have.
    #[command(after_help = "Examples:
  pingmark receive --listen 127.0.0.1:8098
  pingmark receive --listen 127.0.0.1:8098 --behind-proxy     the proxy sets X-Forwarded-For
  pingmark receive --once                                     verify what waits, then end
  pingmark receive --letterbox php                            write static/letterbox.php, for hosts with PHP

Webmentions go to /webmention, pingbacks to /xmlrpc. Announce them in pingmark.yaml:
  mentions: { endpoint: https://example.org/webmention, pingback: https://example.org/xmlrpc }")]
    Receive(ReceiveArgs),
    /// Show the texts for social networks
    ///
    /// Prints, for each post and network, the exact text to post and its length as that network
    /// counts it; ✂ marks where a text becomes too long. Texts are generated from the posts,
    /// unless the front matter has its own under `social:`.
    #[command(after_help = "Examples:
  pingmark social --post mon-article
  pingmark social --network mastodon --since 2026-11-01
  pingmark social --format csv > textes.csv")]
    Social(SocialArgs),
    /// Bring a blog over from another system
    ///
    /// Writes posts, pages, comments, pings and settings as files of a site, which builds at once. Old
    /// addresses keep working, drafts and private texts stay so, and mail and IP addresses of readers are
    /// left behind. Files that you edited are kept: the import can be repeated. import-report.md accounts for
    /// everything.
    #[command(after_help = "Examples:
  pingmark import wordpress blog.wordpress.2026-11-22.xml --root mon-blog
  pingmark import wordpress part1.xml part2.xml --media uploads/
  pingmark import wordpress blog.xml --media fetch        images from the old site
  pingmark import wordpress blog.xml --dry-run            only the report")]
    Import(ImportArgs),
    /// Remove the files written by `build`
    ///
    /// Removes the files that Pingmark wrote to the output folder, and its caches. Other files,
    /// and files edited by hand, are kept.
    #[command(after_help = "Examples:
  pingmark clean
  pingmark clean --output-dir /tmp/apercu")]
    Clean(Clean),
    /// Print a completion script for a shell
    #[command(after_help = "Examples:
  pingmark completions bash > ~/.local/share/bash-completion/completions/pingmark
  pingmark completions fish > ~/.config/fish/completions/pingmark.fish")]
    Completions {
        /// The shell
        shell: Shell,
    },
    /// Write the manual pages to a folder
    ///
    /// One page for the program and one for each command, in the format of `man`.
    #[command(after_help = "Examples:
  pingmark man ~/.local/share/man/man1    then: man pingmark-build")]
    Man {
        /// The folder, which is created if it does not exist
        #[arg(value_name = "DIR")]
        folder: PathBuf,
    },
    /// Print the version, with its commit and date
    #[command(after_help = "Examples:
  pingmark version
  pingmark version --check     the only way in which Pingmark looks for a newer version")]
    Version {
        /// Ask where releases are published whether there is a newer one
        #[arg(long)]
        check: bool,
    },
    /// Show information about the configuration
    #[command(subcommand)]
    Config(ConfigCommand),
}

/// `init`
#[derive(Debug, Args)]
pub struct Init {
    /// Folder of the new blog
    #[arg(default_value = ".", value_name = "DIR")]
    pub folder: PathBuf,
    /// Language of the blog
    #[arg(long, value_enum, default_value_t)]
    pub lang: StarterLang,
    /// Title of the blog
    #[arg(long)]
    pub title: Option<String>,
    /// Address at which the blog will be published
    #[arg(short, long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Name of the person who writes
    #[arg(long, value_name = "NAME")]
    pub author: Option<String>,
    /// Theme: plume (a single column of text) or gazette (a magazine)
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
}

/// Languages of new blogs.
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
    /// Title
    pub title: String,
    /// Create a page instead of a post
    #[arg(long, conflicts_with = "bundle")]
    pub page: bool,
    /// Create a folder for the post and its images
    #[arg(long)]
    pub bundle: bool,
    /// Do not mark it as a draft
    #[arg(long)]
    pub publish: bool,
    /// Tags, separated by commas
    #[arg(long, value_delimiter = ',')]
    pub tags: Vec<String>,
    /// Language
    #[arg(long)]
    pub lang: Option<String>,
    /// Date to use instead of today's
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}

/// Options that decide which posts are published, and for which date.
#[derive(Debug, Default, Args)]
pub struct Scope {
    /// Include drafts
    #[arg(short = 'D', long)]
    pub drafts: bool,
    /// Include posts dated in the future
    #[arg(short = 'F', long)]
    pub future: bool,
    /// Include expired posts
    #[arg(short = 'E', long)]
    pub expired: bool,
    /// Date and time to use as now [default: SOURCE_DATE_EPOCH, or the system clock]
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
    /// Address of the site, overriding the configuration
    #[arg(short, long, value_name = "URL")]
    pub base_url: Option<String>,
    /// Theme, overriding the configuration
    #[arg(long, value_name = "NAME")]
    pub theme: Option<String>,
    /// Publish although links, images or files do not exist; report them as warnings
    #[arg(long)]
    pub lenient: bool,
    /// Format of problem reports
    #[arg(long, value_enum, default_value_t, value_name = "FORM")]
    pub format: Form,
}

/// Output formats of diagnostics.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub enum Form {
    /// Show the source line, with the problem underlined
    #[default]
    Human,
    /// One line per problem
    Short,
    /// One JSON object per line
    Json,
}

/// `build`
#[derive(Debug, Args)]
pub struct BuildArgs {
    /// Posts to include, and the date to build for.
    #[command(flatten)]
    pub scope: Scope,
    /// Folder to write the site to
    #[arg(short, long, value_name = "DIR")]
    pub output_dir: Option<PathBuf>,
    /// Do not add content hashes to the names of style sheets, scripts and icons
    #[arg(long)]
    pub plain_names: bool,
    /// Rebuild when a file changes
    #[arg(short, long)]
    pub watch: bool,
    /// Scan for changes twice a second, for network drives and containers
    #[arg(long, requires = "watch")]
    pub poll: bool,
    /// Write to a folder with other files, and overwrite files edited by hand
    #[arg(long)]
    pub force: bool,
    /// Report problems without writing anything
    #[arg(long)]
    pub dry_run: bool,
    /// Ignore all caches
    #[arg(long)]
    pub no_cache: bool,
    /// Fail if there are warnings
    #[arg(long)]
    pub deny_warnings: bool,
    /// Print when the next scheduled post is due, to schedule the next build
    #[arg(long, conflicts_with = "watch")]
    pub until_next: bool,
}

/// `serve`
#[derive(Debug, Args)]
pub struct Serve {
    /// Posts to include, and the date to build for.
    #[command(flatten)]
    pub scope: Scope,
    /// Port; if it is in use, the next free one is taken
    #[arg(short, long, default_value_t = 1111)]
    pub port: u16,
    /// Address to listen on; any other than the default lets other machines read the site
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1", value_parser = interface)]
    pub interface: IpAddr,
    /// Accept requests for another host name; can be repeated
    #[arg(long, value_name = "NAME")]
    pub allow_host: Vec<String>,
    /// Open the dashboard to another address or network; can be repeated. It shows drafts and approves
    /// mentions, and answers only this machine otherwise
    #[arg(long, value_name = "ADDRESS")]
    pub desk_from: Vec<AddressRange>,
    /// Open the site in the browser
    #[arg(long)]
    pub open: bool,
    /// Rebuild when a file changes, and update open pages
    #[arg(short, long)]
    pub watch: bool,
    /// Scan for changes twice a second, for network drives and containers
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
    /// Posts to include, and the date to build for.
    #[command(flatten)]
    pub scope: Scope,
    /// Fail if there are warnings
    #[arg(long)]
    pub deny_warnings: bool,
}

/// `list`
#[derive(Debug, Args)]
pub struct List {
    /// Items to list
    #[arg(value_enum)]
    pub what: Listed,
    /// Output format [default: table; month for scheduled posts on a terminal]
    #[arg(long, value_enum, value_name = "FORM")]
    pub format: Option<ListForm>,
    /// Date and time to use as now
    #[arg(long, value_name = "DATE")]
    pub today: Option<String>,
}

/// Things that `list` can list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Listed {
    /// Published posts, newest first
    Posts,
    /// Drafts
    Drafts,
    /// Posts dated in the future, next one first
    Scheduled,
    /// Expired posts
    Expired,
    /// Tags, most used first
    Tags,
    /// Links between articles, newest citing article first
    Citations,
    /// Posts that no other article links to, newest first
    Orphans,
    /// Mentions from other sites, newest first
    Mentions,
    /// What posts told to other sites
    Outbox,
}

/// Output formats of lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ListForm {
    /// A table
    Table,
    /// JSON
    Json,
    /// Calendar of the months with scheduled posts; scheduled posts only
    Month,
    /// Graphviz; citations only
    Dot,
    /// GraphML; citations only
    Graphml,
}

/// `clean`
#[derive(Debug, Args)]
pub struct Clean {
    /// Output folder of `build`
    #[arg(short, long, value_name = "DIR")]
    pub output_dir: Option<PathBuf>,
}

/// `config`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print the JSON Schema of pingmark.yaml
    ///
    /// Editors use it for completion and validation: save it, and start pingmark.yaml with the
    /// line `# yaml-language-server: $schema=pingmark.schema.json`.
    #[command(after_help = "Examples:
  pingmark config schema > pingmark.schema.json")]
    Schema,
}
