//! `mentions`: lists, moderates, adds and imports mentions from other sites.

use std::fs;
use std::path::Path;

use clap::ValueEnum;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use pingmark_core::diag::Code;
use pingmark_core::printable::{printable, printable_line};
use pingmark_core::slug::nearest;
use pingmark_core::web_address;
use pingmark_core::when::When;
use pingmark_site::graph::mention::PageLookup;
use pingmark_site::graph::{MentionTarget, ResolvedMention};
use pingmark_site::mention::{Draft, Mention, MentionKind, MentionStatus, import};

use super::args::Scope;
use super::args::mentions::{AddMention, Chosen, ImportMentions, ListMentions, MentionForm, MentionsCommand};
use super::report::many;
use super::terminal::{Terminal, data};
use super::{Failure, Project, list, now};
use crate::authoring::{AuthoringError, MentionFile, MentionStore, folder_of};
use crate::engine::Site;

/// Largest export that is read, in bytes.
const MAX_EXPORT: u64 = 256 * 1024 * 1024;

impl From<AuthoringError> for Failure {
    fn from(error: AuthoringError) -> Self {
        match error {
            AuthoringError::Unknown(..) | AuthoringError::Ambiguous(..) | AuthoringError::Invalid(_) => {
                Self::Usage(error.to_string())
            }
            _ => Self::Error(error.to_string()),
        }
    }
}

pub(super) fn run(command: &MentionsCommand, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    match command {
        MentionsCommand::List(args) => listed(args, project, terminal),
        MentionsCommand::Show { id, format } => show(id, *format, project),
        MentionsCommand::Approve(chosen) => decide(chosen, Some(MentionStatus::Approved), project, terminal),
        MentionsCommand::Reject(chosen) => decide(chosen, Some(MentionStatus::Rejected), project, terminal),
        MentionsCommand::Spam(chosen) => decide(chosen, Some(MentionStatus::Spam), project, terminal),
        MentionsCommand::Delete(chosen) => decide(chosen, None, project, terminal),
        MentionsCommand::Block { domain } => block(domain, project, terminal),
        MentionsCommand::Add(args) => add(args, project),
        MentionsCommand::Import(args) => imported(args, project, terminal),
        MentionsCommand::Fetch(args) => super::receive::fetch::run(args, project, terminal),
        MentionsCommand::Verify(args) => super::receive::verify(args, project, terminal),
    }
}

fn zone(project: &Project) -> TimeZone {
    project.settings().timezone
}

fn store(project: &Project) -> Result<MentionStore, Failure> {
    Ok(MentionStore::open(project.root.clone(), &zone(project))?)
}

fn domain_of(text: &str) -> Result<String, Failure> {
    let usage = || Failure::Usage(format!("`{text}` is not a domain; write it as example.org"));
    web_address::domain(text).ok_or_else(usage)
}

// ---- list and show ----------------------------------------------------------------------

fn listed(args: &ListMentions, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    let site = project.site(&Scope::default())?;
    let from = args.from.as_deref().map(domain_of).transpose()?;
    let wanted: Vec<MentionStatus> = [
        (args.pending, MentionStatus::Pending),
        (args.approved, MentionStatus::Approved),
        (args.rejected, MentionStatus::Rejected),
        (args.spam, MentionStatus::Spam),
    ]
    .into_iter()
    .filter_map(|(is_wanted, status)| is_wanted.then_some(status))
    .collect();
    if let Some(post) = &args.post {
        known_post(&site, post)?;
    }
    let rows: Vec<Value> = rows(&site, |mention, slug| {
        (wanted.is_empty() || wanted.contains(&mention.status))
            && args.post.as_deref().is_none_or(|post| slug == Some(post) || mention.folder == post)
            && from.as_ref().is_none_or(|domain| mention.comes_from(std::slice::from_ref(domain)))
    });
    let unreadable = site
        .diagnostics
        .iter()
        .filter(|diagnostic| matches!(diagnostic.code, Code::MentionUnreadable | Code::MentionSource));
    match unreadable.count() {
        0 => {}
        count => {
            let mentions = many(count, "mention");
            terminal.message(&format!("{mentions} cannot be read; run `pingmark check` to see why"))
        }
    }
    print(&rows, args.format);
    Ok(())
}

/// Fails if no post and no folder of mentions has this slug.
fn known_post(site: &Site, post: &str) -> Result<(), Failure> {
    let mut slugs: Vec<&str> =
        site.graph().published().map(|id| site.graph().page(id).slug.as_str()).collect();
    slugs.extend(site.mentions.iter().map(|mention| mention.folder.as_str()));
    if slugs.contains(&post) {
        return Ok(());
    }
    let near = nearest(post, slugs).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
    Err(Failure::Usage(format!("there is no post `{post}`{near}")))
}

/// All readable mentions, newest first, for `list mentions`.
pub(super) fn all(site: &Site) -> Vec<Value> {
    rows(site, |_, _| true)
}

fn rows(site: &Site, keeps: impl Fn(&Mention, Option<&str>) -> bool) -> Vec<Value> {
    let resolved = site.graph().mentions.resolved.iter();
    let mut found: Vec<(&Mention, &ResolvedMention)> =
        site.mentions.iter().map(AsRef::as_ref).zip(resolved).collect();
    found.sort_by_key(|(mention, _)| (std::cmp::Reverse(mention.date()), mention.path.clone()));
    let kept = found.into_iter().filter_map(|(mention, resolved)| {
        let slug = match &resolved.target {
            MentionTarget::Page(id) => Some(site.graph().page(*id).slug.as_str()),
            MentionTarget::Unpublished(_) | MentionTarget::Home | MentionTarget::Nowhere => None,
        };
        keeps(mention, slug).then(|| {
            let mut row = row(mention);
            row["shown"] = json!(resolved.shown);
            row["post"] = json!(slug);
            row
        })
    });
    kept.collect()
}

fn row(mention: &Mention) -> Value {
    json!({
        "id": mention.id,
        "path": mention.path.as_str(),
        "type": mention.kind.name(),
        "status": mention.status.name(),
        "date": mention.date().map(|date| date.rfc3339()),
        "name": mention.name(),
        "source": mention.source,
        "url": mention.url,
        "target": mention.target,
        "title": mention.title,
        "author": {"name": mention.author.name, "url": mention.author.url, "photo": mention.author.photo},
        "text": mention.content.text(),
        "excerpt": mention.excerpt.text(),
        "published": mention.published.map(|date| date.rfc3339()),
        "received": mention.received.map(|date| date.rfc3339()),
        "parent": mention.parent,
        "via": mention.via,
    })
}

fn print(rows: &[Value], format: MentionForm) {
    match format {
        MentionForm::Json => list::print_json(&Value::from(rows.to_vec())),
        MentionForm::Table => data(&table(rows)),
    }
}

/// Formats mentions as a table.
pub(super) fn table(rows: &[Value]) -> String {
    let texts = |row: &Value, key: &str| row[key].as_str().unwrap_or("-").to_owned();
    let cells: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let day = texts(row, "date");
            let folder = row["path"].as_str().and_then(|path| path.split('/').nth(1)).unwrap_or("-");
            vec![
                texts(row, "status"),
                texts(row, "type"),
                day.get(..10).unwrap_or(&day).to_owned(),
                pingmark_site::mention::plain_text::one_line(&texts(row, "name"), 32),
                row["post"].as_str().unwrap_or(folder).to_owned(),
                texts(row, "id"),
            ]
        })
        .collect();
    list::aligned(&cells)
}

fn show(id: &str, format: MentionForm, project: &Project) -> Result<(), Failure> {
    let store = store(project)?;
    let entry = store.find(id)?;
    let Some(mention) = &entry.mention else {
        let reason =
            entry.diagnostics.first().map_or_else(String::new, |diagnostic| diagnostic.english().message);
        return Err(Failure::Error(format!("`{}`: {reason}", entry.path)));
    };
    if format == MentionForm::Json {
        list::print_json(&row(mention));
        return Ok(());
    }
    let date = |date: Option<When>| date.map(|date| date.rfc3339());
    let fields = [
        ("file", Some(mention.path.to_string())),
        ("type", Some(mention.kind.name().to_owned())),
        ("status", Some(mention.status.name().to_owned())),
        ("source", mention.source.clone()),
        ("url", mention.url.clone()),
        ("target", mention.target.clone()),
        ("title", Some(mention.title.clone())),
        ("name", Some(mention.author.name.clone())),
        ("author", mention.author.url.clone()),
        ("published", date(mention.published)),
        ("received", date(mention.received)),
        ("parent", mention.parent.clone()),
        ("via", Some(mention.via.clone())),
    ];
    let mut text = String::new();
    for (name, value) in fields {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            text.push_str(&format!("{name:<10}{}\n", printable_line(&value)));
        }
    }
    for words in [mention.content.text(), mention.excerpt.text()] {
        if !words.is_empty() {
            text.push_str(&format!("\n{}\n", printable(&words)));
        }
    }
    data(&text);
    Ok(())
}

// ---- moderate ---------------------------------------------------------------------------

/// Sets the status of the chosen mentions; `None` deletes them.
fn decide(
    chosen: &Chosen,
    status: Option<MentionStatus>,
    project: &Project,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let store = store(project)?;
    let entries = choose(&store, chosen, status)?;
    let mut changed = 0;
    for entry in &entries {
        let did = match status {
            Some(status) => store.set_status(entry, status)?,
            None => {
                store.delete(entry)?;
                true
            }
        };
        if did {
            changed += 1;
            data(&format!("{}\n", entry.path));
        }
    }
    let result = status.map_or("deleted", MentionStatus::name);
    let unchanged = entries.len() - changed;
    let rest = if unchanged > 0 { format!(", {unchanged} already {result}") } else { String::new() };
    terminal.message(&format!("{} {result}{rest}", many(changed, "mention")));
    Ok(())
}

fn choose<'a>(
    store: &'a MentionStore,
    chosen: &Chosen,
    status: Option<MentionStatus>,
) -> Result<Vec<&'a MentionFile>, Failure> {
    if !chosen.all {
        // Look up all of them before changing the first.
        let mut found: Vec<&MentionFile> = Vec::new();
        for id in &chosen.ids {
            let entry = store.find(id)?;
            if !found.iter().any(|known| known.path == entry.path) {
                found.push(entry);
            }
        }
        return Ok(found);
    }
    let Some(domain) = &chosen.from else {
        let wanted = if status.is_none() { MentionStatus::Spam } else { MentionStatus::Pending };
        let entries = store.files.iter();
        return Ok(entries.filter(|entry| entry.mention.is_some() && entry.status() == wanted).collect());
    };
    let mut found = store.from_domain(&domain_of(domain)?);
    match status {
        // Approving in bulk never brings back a rejected mention.
        Some(MentionStatus::Approved) => found.retain(|entry| entry.status() == MentionStatus::Pending),
        Some(MentionStatus::Rejected) => found.retain(|entry| entry.status() != MentionStatus::Spam),
        Some(MentionStatus::Spam | MentionStatus::Pending | MentionStatus::Gone) | None => {}
    }
    Ok(found)
}

fn block(domain: &str, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    let domain = domain_of(domain)?;
    let store = store(project)?;
    if store.block(&domain, project.config.as_deref())? {
        let file = project.config.as_deref().unwrap_or(Path::new(pingmark_core::site_files::CONFIG));
        data(&format!("{}\n", file.display()));
    }
    let hidden = store.from_domain(&domain).len();
    terminal.message(&format!("{domain} is blocked; {} from it will not be shown", many(hidden, "mention")));
    Ok(())
}

// ---- add and import ---------------------------------------------------------------------

/// The build's "now" in the site's time zone.
fn today(typed: Option<&str>, zone: &TimeZone) -> Result<When, Failure> {
    Ok(When::at(now(typed, zone)?, zone, true))
}

fn add(args: &AddMention, project: &Project) -> Result<(), Failure> {
    let site = project.site(&Scope::default())?;
    let zone = site.config.timezone.clone();
    let today = today(args.today.as_deref(), &zone)?;
    let pages = PageLookup::new(&site.graph().pages, &site.graph().unpublished, &site.config);
    let (target, slug) = match (&args.target, &args.post) {
        (_, Some(post)) => {
            let Some(MentionTarget::Page(id)) = pages.by_folder(post) else {
                known_post(&site, post)?;
                return Err(Failure::Usage(format!("there is no published post `{post}`")));
            };
            let page = site.graph().page(id);
            let address = page.route.permalink(&site.config.base_url);
            (address, page.slug.clone())
        }
        (Some(target), None) => match pages.folder_of(target) {
            Some(slug) => (target.clone(), slug),
            None => {
                let near = pages.nearest_url(target).map(|near| format!("; did you mean `{near}`?"));
                let near = near.unwrap_or_default();
                return Err(Failure::Usage(format!("this site has no page `{target}`{near}")));
            }
        },
        (None, None) => return Err(Failure::Usage("give the post with --post or --target".into())),
    };
    for (flag, given) in [("--source", &args.source), ("--author-url", &args.author_url)] {
        if let Some(given) = given.as_deref().filter(|given| web_address::normalized(given).is_none()) {
            return Err(Failure::Usage(format!("{flag}: `{given}` is not a web address (https://…)")));
        }
    }
    if let Some(date) = args.published.as_deref().filter(|date| When::parse(date, &zone).is_none()) {
        return Err(Failure::Usage(format!("`{date}` is not a date; write it as 2026-11-22 10:30")));
    }
    let kind = args.kind.to_possible_value().and_then(|kind| MentionKind::of(kind.get_name()));
    let kind = kind.unwrap_or(MentionKind::Webmention);
    let published = args.published.as_deref().and_then(|date| When::parse(date, &zone));
    let draft = Draft {
        source: args.source.as_deref().and_then(web_address::normalized),
        target: Some(target),
        title: args.title.clone(),
        name: args.name.clone(),
        author_url: args.author_url.as_deref().and_then(web_address::normalized),
        content: args.content.clone(),
        excerpt: args.excerpt.clone(),
        published: published.map(|date| date.rfc3339()),
        received: Some(today.rfc3339()),
        status: if args.approve { MentionStatus::Approved } else { MentionStatus::Pending },
        parent: args.parent.clone(),
        ..Draft::new(kind, "hand")
    };
    let mut store = store(project)?;
    let path = store.add(&draft, &slug, &zone, today)?;
    data(&format!("{path}\n"));
    Ok(())
}

fn imported(args: &ImportMentions, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    let failed = |reason: String| Failure::Error(format!("`{}`: {reason}", args.file.display()));
    let len = fs::metadata(&args.file).map_err(|error| failed(error.to_string()))?.len();
    if len > MAX_EXPORT {
        return Err(failed(format!("it is {} MB; the limit is {} MB", len >> 20, MAX_EXPORT >> 20)));
    }
    let text = fs::read_to_string(&args.file).map_err(|error| failed(error.to_string()))?;
    let status = if args.approve { MentionStatus::Approved } else { MentionStatus::Pending };
    let entries = import::read(&text, status).map_err(failed)?;
    let site = project.site(&Scope::default())?;
    let zone = site.config.timezone.clone();
    let pages = PageLookup::new(&site.graph().pages, &site.graph().unpublished, &site.config);
    let slug_of = |target: &str| pages.folder_of(target).or_else(|| Some(folder_of(target)));
    let mut store = store(project)?;
    let today = today(args.today.as_deref(), &zone)?;
    let done = store.import(entries, &slug_of, &zone, today)?;
    for path in done.added.iter().chain(&done.merged) {
        data(&format!("{path}\n"));
    }
    for reason in &done.skipped {
        terminal.message(&format!("skipped: {reason}"));
    }
    if let Some(first) = done.dates.first() {
        let others = match done.dates.len() {
            1 => String::new(),
            all => format!(", and {}", many(all - 1, "other")),
        };
        terminal.message(&format!("left out, because it is not a date: {first}{others}"));
    }
    terminal.message(&format!(
        "{} added, {} completed, {} already known, {} skipped",
        done.added.len(),
        done.merged.len(),
        done.known,
        done.skipped.len()
    ));
    Ok(())
}
