//! `mentions fetch`: webmention.io, and the letterbox.

use std::path::Path;

use jiff::Timestamp;
use pingmark_core::when::When;
use pingmark_http::{Client, Fetch, Limits, Request};
use pingmark_linkback::feeds::{self, Batch, WEBMENTION_IO};
use pingmark_linkback::{Verdict, verify};
use pingmark_site::graph::mention::PageLookup;
use pingmark_site::mention::{MentionStatus, import};
use serde_json::json;

use super::super::args::Scope;
use super::super::args::mentions::FetchMentions;
use super::super::report::many;
use super::super::terminal::{Terminal, data};
use super::super::{Failure, Project, now, ping};
use super::known::Known;
use super::{gone, record};
use crate::authoring::outbox::Outbox;
use crate::authoring::{MentionStore, folder_of};
use crate::engine::Site;

/// Environment variables with secrets.
const TOKEN: &str = "PINGMARK_WEBMENTION_IO_TOKEN";
const KEY: &str = "PINGMARK_LETTERBOX_KEY";
/// Batches of a letterbox that are fetched in one run.
const MAX_BATCHES: usize = 50;

pub(in super::super) fn run(
    args: &FetchMentions,
    project: &Project,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let client = ping::client(&args.allow_private)?;
    let scope = Scope { today: args.today.clone(), ..Scope::default() };
    let site = project.site(&scope)?;
    let rules = &site.config.settings.mentions;
    let now = now(args.today.as_deref(), &site.config.timezone)?;
    let own_letterbox = rules
        .endpoint
        .clone()
        .filter(|url| url.split(['?', '#']).next().is_some_and(|url| url.ends_with("letterbox.php")));
    let letterbox = args.letterbox.clone().or_else(|| own_letterbox.filter(|_| secret(KEY).is_some()));
    if letterbox.is_none() && rules.webmention_io.is_none() {
        return Err(Failure::Usage("there is nothing to fetch from: set `mentions: webmention_io:` in pingmark.yaml, or give a letterbox with --letterbox".into()));
    }
    if rules.webmention_io.is_some() && args.letterbox.is_none() {
        from_service(args, project, &site, &client, now, terminal)?;
    }
    if let Some(letterbox) = letterbox {
        from_letterbox(&letterbox, project, &site, &client, now, terminal)?;
    }
    Ok(())
}

/// A secret of the environment.
fn secret(name: &str) -> Option<String> {
    std::env::var(name).ok().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty())
}

fn from_service(
    args: &FetchMentions,
    project: &Project,
    site: &Site,
    client: &Client,
    now: Timestamp,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let token = secret(TOKEN).ok_or_else(|| {
        Failure::Usage(format!(
            "set {TOKEN} to the token that webmention.io shows under Settings; it belongs in no file"
        ))
    })?;
    let outbox = Outbox::open(project.root.clone())?;
    let since = outbox.fetched().filter(|_| !args.all);
    let service = args.service.as_deref().unwrap_or(WEBMENTION_IO);
    // The service knows domains, without a port.
    let host = site.config.base_url.host();
    let domain = host.rsplit_once(':').map_or(host, |(domain, _)| domain);
    let found = feeds::webmention_io(client, service, domain, &token, since);
    let (entries, newest) = found.map_err(|error| Failure::Error(format!("webmention.io: {error}")))?;
    let text = json!({ "children": entries }).to_string();
    let drafts = import::read(&text, MentionStatus::Pending).map_err(Failure::Error)?;
    let zone = &site.config.timezone;
    let pages = PageLookup::new(&site.graph().pages, &site.graph().unpublished, &site.config);
    let slug_of = |target: &str| pages.folder_of(target).or_else(|| Some(folder_of(target)));
    let trust = &site.config.settings.mentions.trust;
    let trusted = drafts.into_iter().map(|draft| {
        draft.map(|mut draft| {
            if draft.source.as_deref().is_some_and(|source| record::is_from(source, trust)) {
                draft.status = MentionStatus::Approved;
            }
            draft
        })
    });
    let mut store = MentionStore::open(project.root.clone(), zone)?;
    let done = store.import(trusted, &slug_of, zone, When::at(now, zone, true))?;
    for path in done.added.iter().chain(&done.merged) {
        data(&format!("{path}\n"));
    }
    for reason in &done.skipped {
        terminal.message(&format!("skipped: {reason}"));
    }
    if let Some(newest) = newest {
        outbox.set_fetched(newest)?;
    }
    if !done.added.is_empty() || !done.merged.is_empty() {
        terminal.message(&format!(
            "webmention.io: {} added, {} completed",
            many(done.added.len(), "mention"),
            done.merged.len()
        ));
    }
    Ok(())
}

fn from_letterbox(
    letterbox: &str,
    project: &Project,
    site: &Site,
    client: &Client,
    now: Timestamp,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let known = Known::of(site);
    if !letterbox.contains("://") {
        let path = Path::new(letterbox);
        let text = std::fs::read_to_string(path)
            .map_err(|error| Failure::Error(format!("`{letterbox}`: {error}")))?;
        let batch = feeds::batch(&text).map_err(Failure::Error)?;
        return take(&batch, &known, project, site, client, now, terminal);
    }
    let key = secret(KEY).ok_or_else(|| {
        Failure::Usage(format!("set {KEY} to the key of the letterbox; it belongs in no file"))
    })?;
    let wrong = |reason: String| Failure::Error(format!("{letterbox}: {reason}"));
    let ask = |request: Request| {
        let request = request.secret_header("X-Letterbox-Key", key.as_str());
        let response = client.fetch(&request).map_err(|failure| wrong(failure.cause.to_string()))?;
        match response.status {
            200..=299 => Ok(response),
            403 => Err(wrong("the key was not accepted; the letterbox answers over https only".into())),
            status => Err(wrong(format!("it answers with status {status}"))),
        }
    };
    for _ in 0..MAX_BATCHES {
        let limits = Limits { bytes: 16 << 20, seconds: 60, ..Limits::default() };
        let response = ask(Request::get(format!("{letterbox}?letters")).limits(limits))?;
        let batch = feeds::batch(&String::from_utf8_lossy(&response.body)).map_err(wrong)?;
        take(&batch, &known, project, site, client, now, terminal)?;
        let Some(id) = &batch.id else { return Ok(()) };
        let is_plain = id.len() <= 64 && id.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if !is_plain {
            return Err(wrong("it gave a batch without a proper id".into()));
        }
        // Only now: a crash before this gives the same batch again.
        ask(Request::post(format!("{letterbox}?taken={id}"), "application/x-www-form-urlencoded", ""))?;
        if !batch.more {
            return Ok(());
        }
    }
    Ok(())
}

/// Verifies the letters of a batch, and writes what is true.
fn take(
    batch: &Batch,
    known: &Known,
    project: &Project,
    site: &Site,
    client: &Client,
    now: Timestamp,
    terminal: &Terminal,
) -> Result<(), Failure> {
    let (zone, rules) = (&site.config.timezone, &site.config.settings.mentions);
    for reason in &batch.skipped {
        terminal.message(&format!("skipped: {reason}"));
    }
    let mut store = MentionStore::open(project.root.clone(), zone)?;
    let (mut written, mut dropped) = (0, 0);
    for (announcement, received) in &batch.letters {
        let Some(folder) = known.folder_of(&announcement.target) else {
            dropped += 1;
            continue;
        };
        if record::is_from(&announcement.source, &rules.block) {
            dropped += 1;
            continue;
        }
        let path = match verify(client, &announcement.source, &announcement.target) {
            Verdict::Linked(entry) => {
                let received = received.parse().unwrap_or(now);
                let draft = record::draft(announcement, &entry, received, zone, rules);
                store.record(&draft, folder, zone, When::at(now, zone, true))?.map(|path| path.to_string())
            }
            Verdict::NotLinked | Verdict::Gone => gone(&store, &announcement.source, &announcement.target)?,
            Verdict::Missing => None,
            Verdict::Unusable(reason) => {
                terminal.detail(&format!("{}: {reason}", announcement.source));
                None
            }
            Verdict::Unknown(reason) => {
                // Kept for `receive --once`, which tries again.
                terminal.message(&format!(
                    "{}: {reason}; kept, `pingmark receive --once` tries again",
                    announcement.source
                ));
                let folder = project.root.join(crate::output::disk::STATE).join(super::FOLDER);
                let failed =
                    |error: std::io::Error| Failure::Error(format!("`{}`: {error}", folder.display()));
                super::queue::Queue::open(folder.clone())
                    .and_then(|queue| queue.put(announcement, now))
                    .map_err(failed)?;
                None
            }
        };
        match path {
            Some(path) => {
                written += 1;
                data(&format!("{path}\n"));
            }
            None => dropped += 1,
        }
    }
    if written > 0 {
        terminal.message(&format!(
            "letterbox: {} written, {dropped} without a link or unchanged",
            many(written, "mention")
        ));
    }
    Ok(())
}
