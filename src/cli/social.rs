//! `social`: shows and exports the texts for social networks.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use serde_json::{Value, json};

use pingmark_core::diag::catalogue::share_issue;
use pingmark_core::network::Network;
use pingmark_core::printable::{printable, printable_line};
use pingmark_core::slug::nearest;
use pingmark_core::when::When;
use pingmark_render::value::page::network_of;
use pingmark_site::graph::UnpublishedReason;
use pingmark_social::export::{self, ExportFormat};
use pingmark_social::{Share, SharePart, csv};

use super::args::social::{CardArgs, Export, ExportTo, Posted, Posts, SocialArgs, SocialCommand, TextForm};
use super::args::{Form, Scope};
use super::list::print_json;
use super::report::{self, many};
use super::terminal::{Terminal, data};
use super::{Failure, Project, calendar, now};
use crate::authoring::MentionStore;
use crate::engine::Site;
use crate::engine::sharing::Shared;

pub(super) fn run(args: &SocialArgs, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    match &args.command {
        None => shown(args, project, terminal),
        Some(SocialCommand::Export(args)) => export(args, project, terminal),
        Some(SocialCommand::Plan(args)) => calendar::plan(args, project, terminal),
        Some(SocialCommand::Queue(args)) => calendar::queue(args, project, terminal),
        Some(SocialCommand::Posted(args)) => posted(args, project, terminal),
        Some(SocialCommand::Card(args)) => card(args, project, terminal),
    }
}

/// Analyzes the site with its unpublished posts.
fn with_unpublished(project: &Project) -> Result<Arc<Site>, Failure> {
    let scope = Scope { drafts: true, future: true, expired: true, ..Scope::default() };
    project.site(&scope)
}

fn unknown_post(slug: &str, site: &Site) -> Failure {
    let posts = site.shared();
    let near = nearest(slug, posts.iter().map(|post| post.slug.as_str()));
    let near = near.map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Failure::Usage(format!("there is no post `{slug}`{near}"))
}

/// Records the address of a post on a network.
fn posted(args: &Posted, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    let name = args.network.name();
    if !(args.url.starts_with("https://") || args.url.starts_with("http://"))
        || url::Url::parse(&args.url).is_err()
    {
        return Err(Failure::Usage(format!("`{}` is not a web address (https://…)", args.url)));
    }
    let found = network_of(&args.url);
    let is_other = Network::of(&found).is_some_and(|other| other != args.network);
    if is_other || (Network::of(&found).is_none() && args.network != Network::Mastodon) {
        return Err(Failure::Usage(format!("`{}` is an address of {found}, not of {name}", args.url)));
    }
    let site = with_unpublished(project)?;
    let posts = site.shared();
    let Some(post) = posts.iter().find(|post| post.slug == args.slug) else {
        return Err(unknown_post(&args.slug, &site));
    };
    let store = MentionStore::open(project.root.clone(), &site.config.timezone)?;
    let path = &post.summary.path;
    match store.add_syndication(path, &args.url)? {
        true => terminal.message(&format!("{path}: added the {name} address to `syndication`")),
        false => terminal.message(&format!("{path}: `syndication` already has this address")),
    }
    Ok(())
}

/// Renders a social image into a file.
fn card(args: &CardArgs, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    let site = with_unpublished(project)?;
    let Some((bytes, diagnostics)) = site.social_image(&args.slug, args.shape) else {
        return Err(unknown_post(&args.slug, &site));
    };
    report::diagnostics(&diagnostics, &site, Form::Human, project, terminal);
    let Some(bytes) = bytes else { return Err(Failure::Site) };
    fs::write(&args.output, bytes)
        .map_err(|error| Failure::Error(format!("`{}`: {error}", args.output.display())))?;
    let (width, height) = args.shape.size();
    terminal.message(&format!("{} written, {width} × {height}", args.output.display()));
    Ok(())
}

/// Writes files for scheduling tools.
fn export(args: &Export, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    let site = read(&args.chosen, project, terminal)?;
    let posts = chosen(&args.chosen, &site, project)?;
    let networks = networks(&args.chosen, &site);
    let items = site.timetable(&posts, &networks);
    if items.is_empty() {
        return Err(Failure::Usage("no posts to export; check --since, --post and --network".to_owned()));
    }
    let format = match args.to {
        ExportTo::Buffer => ExportFormat::Buffer,
        ExportTo::Hootsuite => ExportFormat::Hootsuite,
        ExportTo::Publer => ExportFormat::Publer,
        ExportTo::Csv => ExportFormat::Csv,
        ExportTo::Ics => ExportFormat::Ics,
        ExportTo::Json => ExportFormat::Json,
    };
    let files = export::files(format, &items, &site.config.main_language().title, site.sources.now);
    let failed =
        |path: &Path, error: std::io::Error| Failure::Error(format!("`{}`: {error}", path.display()));
    fs::create_dir_all(&args.output).map_err(|error| failed(&args.output, error))?;
    for (name, text) in files {
        let path = args.output.join(name);
        fs::write(&path, text).map_err(|error| failed(&path, error))?;
        data(&format!("{}\n", path.display()));
    }
    let wrong = items.iter().filter(|item| !item.share.issues.is_empty()).count();
    if wrong > 0 {
        terminal.message(&format!(
            "{wrong} of {} need a second look; run `pingmark social` to see why",
            many(items.len(), "text")
        ));
    }
    Ok(())
}

fn shown(args: &SocialArgs, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    let site = read(&args.chosen, project, terminal)?;
    let posts = chosen(&args.chosen, &site, project)?;
    let networks = networks(&args.chosen, &site);
    let texts = Texts { posts: &posts, networks: &networks, site: &site };
    match args.format {
        TextForm::Table => data(&texts.table(terminal.colour)),
        TextForm::Json => print_json(&Value::from(texts.rows())),
        TextForm::Csv => data(&texts.csv()),
        TextForm::Md => data(&texts.markdown()),
    }
    let wrong = texts.each().filter(|(_, share)| !share.issues.is_empty()).count();
    if wrong > 0 {
        terminal.message(&format!(
            "{} {} a second look",
            many(wrong, "text"),
            if wrong == 1 { "needs" } else { "need" }
        ));
    }
    Ok(())
}

/// Analyzes the site.
pub(super) fn read(args: &Posts, project: &Project, terminal: &Terminal) -> Result<Arc<Site>, Failure> {
    let scope = Scope { today: args.today.clone(), ..Scope::default() };
    let site = project.site(&scope)?;
    let errors = site.diagnostics.tally().errors;
    if errors > 0 {
        terminal
            .message(&format!("the site has {}; run `pingmark check` to see them", many(errors, "error")));
    }
    Ok(site)
}

/// The posts that the options choose, newest first.
pub(super) fn chosen<'a>(
    args: &Posts,
    site: &'a Site,
    project: &Project,
) -> Result<Vec<Shared<'a>>, Failure> {
    let zone = project.settings().timezone;
    let since = args.since.as_deref().map(|text| {
        When::parse(text, &zone)
            .ok_or_else(|| Failure::Usage(format!("`{text}` is not a date; write it as 2026-11-22")))
    });
    let since = since.transpose()?;
    // Report a wrong `--today` before anything is shown.
    now(args.today.as_deref(), &zone)?;
    let all = site.shared();
    for slug in &args.post {
        if !all.iter().any(|post| post.slug == *slug) {
            return Err(unknown_post(slug, site));
        }
    }
    let keeps = |post: &Shared<'_>| {
        let named = args.post.contains(&post.slug);
        let state = match post.held {
            Some(UnpublishedReason::Expired) => false,
            Some(UnpublishedReason::Draft) => args.drafts,
            Some(UnpublishedReason::Scheduled) | None => true,
        };
        let recent = since.is_none_or(|since| post.date().is_some_and(|date| date >= since));
        (named || (args.post.is_empty() && state)) && recent
    };
    Ok(all.into_iter().filter(keeps).collect())
}

/// The networks given by the options, or by the configuration.
pub(super) fn networks(args: &Posts, site: &Site) -> Vec<Network> {
    let given = if args.network.is_empty() { &site.config.settings.social.networks } else { &args.network };
    Network::ALL.into_iter().filter(|network| given.contains(network)).collect()
}

/// Share texts of some posts for some networks, in several output formats.
struct Texts<'a> {
    posts: &'a [Shared<'a>],
    networks: &'a [Network],
    site: &'a Site,
}

impl Texts<'_> {
    fn each(&self) -> impl Iterator<Item = (&Shared<'_>, Share)> {
        self.posts.iter().flat_map(move |post| {
            let shares = self.networks.iter().filter_map(|network| post.on(*network, &self.site.config));
            shares.map(move |share| (post, share))
        })
    }

    fn table(&self, colour: bool) -> String {
        let mut text = String::new();
        let mut last = "";
        for (post, share) in self.each() {
            if last != post.summary.path.as_str() {
                last = post.summary.path.as_str();
                if !text.is_empty() {
                    text.push('\n');
                }
                let date = post.date().map(|date| format!(", {}", date.day())).unwrap_or_default();
                text.push_str(&format!("{} ({last}{date}{})\n", printable_line(post.title()), state(post)));
            }
            for (number, part) in share.parts.iter().enumerate() {
                let of = match share.parts.len() {
                    1 => String::new(),
                    parts => format!(" {}/{parts}", number + 1),
                };
                let measure = &part.measure;
                let over = if measure.fits() { String::new() } else { over(part) };
                let name = share.network.name();
                text.push_str(&format!("\n  {name}{of}  {}/{}{over}\n", measure.count, measure.limit));
                for line in marked(part, colour).lines() {
                    text.push_str(&format!("    {line}\n"));
                }
            }
            for issue in &share.issues {
                text.push_str(&format!("    ! {}\n", share_issue(issue)));
            }
        }
        text
    }

    fn rows(&self) -> Vec<Value> {
        let rows = self.each().flat_map(|(post, share)| {
            let parts = share.parts.iter().enumerate().map(|(number, part)| {
                let measure = &part.measure;
                json!({
                    "post": post.title(),
                    "slug": post.slug,
                    "path": post.summary.path.as_str(),
                    "state": state_name(post),
                    "date": post.date().map(|date| date.rfc3339()),
                    "at": share.at.map(|at| at.rfc3339()),
                    "network": share.network.key(),
                    "part": number + 1,
                    "parts": share.parts.len(),
                    "text": part.text,
                    "count": measure.count,
                    "limit": measure.limit,
                    "fits": measure.fits(),
                    "bytes": measure.bytes.map(|(bytes, _)| bytes),
                    "bytes_limit": measure.bytes.map(|(_, most)| most),
                    "over_at": measure.over_at,
                    "url": share.url,
                    "image": share.image.as_ref().map(|picture| &picture.url),
                    "image_alt": share.image.as_ref().map(|picture| &picture.alt),
                    "problems": share.issues.iter().map(share_issue).collect::<Vec<_>>(),
                })
            });
            parts.collect::<Vec<_>>()
        });
        rows.collect()
    }

    fn csv(&self) -> String {
        const COLUMNS: [&str; 12] = [
            "slug",
            "date",
            "network",
            "part",
            "text",
            "count",
            "limit",
            "fits",
            "url",
            "image",
            "image_alt",
            "problems",
        ];
        let mut text = csv::row(COLUMNS);
        for row in self.rows() {
            text.push_str(&csv::row(COLUMNS.map(|column| match &row[column] {
                Value::String(text) => text.clone(),
                Value::Null => String::new(),
                Value::Array(items) => items.iter().filter_map(Value::as_str).collect::<Vec<_>>().join("; "),
                other => other.to_string(),
            })));
        }
        text
    }

    fn markdown(&self) -> String {
        let mut text = String::new();
        let mut last = "";
        for (post, share) in self.each() {
            if last != post.summary.path.as_str() {
                last = post.summary.path.as_str();
                text.push_str(&format!("# {}\n\n<{}>\n\n", printable_line(post.title()), post.url));
            }
            for (number, part) in share.parts.iter().enumerate() {
                let of = match share.parts.len() {
                    1 => String::new(),
                    parts => format!(" {}/{parts}", number + 1),
                };
                let (count, limit) = (part.measure.count, part.measure.limit);
                let fence = if part.text.contains("```") { "~~~~" } else { "```" };
                text.push_str(&format!(
                    "## {}{of} ({count}/{limit})\n\n{fence}text\n{}\n{fence}\n\n",
                    share.network.name(),
                    printable(&part.text)
                ));
            }
            for issue in &share.issues {
                text.push_str(&format!("- **{}**\n", share_issue(issue)));
            }
            if !share.issues.is_empty() {
                text.push('\n');
            }
        }
        text
    }
}

fn state_name(post: &Shared<'_>) -> &'static str {
    match post.held {
        None => "published",
        Some(UnpublishedReason::Draft) => "draft",
        Some(UnpublishedReason::Scheduled) => "scheduled",
        Some(UnpublishedReason::Expired) => "expired",
    }
}

fn state(post: &Shared<'_>) -> String {
    if post.held.is_none() { String::new() } else { format!(", {}", state_name(post)) }
}

fn over(part: &SharePart) -> String {
    match (part.measure.over(), part.measure.bytes_over()) {
        (0, bytes) => format!("  {bytes} bytes too many"),
        (over, _) => format!("  {over} too many"),
    }
}

/// The text with ✂ where it becomes too long.
fn marked(part: &SharePart, colour: bool) -> String {
    let Some(at) = part.measure.over_at else { return printable(&part.text).into_owned() };
    let (fits, over) = part.text.split_at(at);
    let (fits, over) = (printable(fits), printable(over));
    match colour {
        true => {
            let over: Vec<String> = over.lines().map(|line| format!("\u{1b}[31m{line}\u{1b}[0m")).collect();
            format!("{fits}\u{1b}[1;31m✂\u{1b}[0m{}", over.join("\n"))
        }
        false => format!("{fits}✂{over}"),
    }
}
