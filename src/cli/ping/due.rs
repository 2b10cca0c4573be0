//! What each post is to tell: its links, compared with its ledger.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use jiff::Timestamp;
use pingmark_core::config::Config;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::front_matter::{self, Start};
use pingmark_core::path::SitePath;
use pingmark_core::slug::nearest;
use pingmark_core::web_address;
use pingmark_linkback::ledger::{Due, Post, decide};
use pingmark_site::graph::{PageId, PageKind, Resolved};
use url::Url;

use super::super::Failure;
use crate::authoring::outbox::{LedgerFile, Outbox};
use crate::engine::Site;

/// A post with its ledger, and what is due.
pub(super) struct PostJob {
    pub(super) source: String,
    pub(super) path: SitePath,
    pub(super) file: LedgerFile,
    pub(super) fingerprint: String,
    pub(super) is_gone: bool,
    pub(super) due: Vec<Due>,
    pub(super) waiting: Vec<(String, Timestamp)>,
}

/// All posts, or those with a slug of `wanted`; and those that are gone but told somebody.
pub(super) fn posts(
    site: &Site,
    outbox: &Outbox,
    wanted: &[String],
    root: &Path,
    now: Timestamp,
) -> Result<Vec<PostJob>, Failure> {
    let graph = site.graph();
    let (only, never) = (
        domains("only", &site.config.settings.ping.only)?,
        domains("never", &site.config.settings.ping.never)?,
    );
    let published: Vec<PageId> =
        graph.published().filter(|id| graph.page(*id).kind == PageKind::Post).collect();
    if let Some(unknown) =
        wanted.iter().find(|slug| !published.iter().any(|id| graph.page(*id).slug == **slug))
    {
        let slugs = published.iter().map(|id| graph.page(*id).slug.as_str());
        let near =
            nearest(unknown, slugs).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
        return Err(Failure::Usage(format!("there is no published post `{unknown}`{near}")));
    }
    let mut live: BTreeSet<String> = BTreeSet::new();
    let mut jobs: BTreeMap<SitePath, PostJob> = BTreeMap::new();
    // Files of new ledgers, so that two posts with one slug get two.
    let mut taken = outbox.clone();
    for id in published {
        let page = graph.page(id);
        let source = page.route.permalink(&site.config.base_url);
        live.insert(source.clone());
        let meta = &page.summary().meta;
        let is_asked = wanted.is_empty() || wanted.contains(&page.slug);
        if !is_asked || !meta.ping || !meta.mentions {
            continue;
        }
        let is_told = |url: &String| {
            let Some(host) =
                web_address::normalized(url).and_then(|url| web_address::host(&url).map(str::to_owned))
            else {
                return false;
            };
            let within =
                |domains: &[String]| domains.iter().any(|domain| web_address::is_within(&host, domain));
            (only.is_empty() || within(&only)) && !within(&never)
        };
        let links: BTreeSet<String> = links(site, id).into_iter().filter(is_told).collect();
        let path = taken.file_of(&source, &page.slug);
        let file = taken.ledgers.get(&path).cloned();
        if links.is_empty() && file.is_none() {
            continue;
        }
        let title = &site.documents[page.document].teaser.title;
        let fingerprint = fingerprint(root, &page.summary().path, title);
        let post = Post { fingerprint, links, is_gone: false };
        let job = job(&post, source, path, file, now);
        taken.ledgers.insert(job.path.clone(), job.file.clone());
        jobs.insert(job.path.clone(), job);
    }
    if wanted.is_empty() {
        for (path, file) in outbox.ledgers.iter().filter(|(_, file)| !live.contains(&file.ledger.source)) {
            let post = Post { is_gone: true, ..Post::default() };
            let source = file.ledger.source.clone();
            jobs.insert(path.clone(), job(&post, source, path.clone(), Some(file.clone()), now));
        }
    }
    Ok(jobs.into_values().collect())
}

fn job(post: &Post, source: String, path: SitePath, file: Option<LedgerFile>, now: Timestamp) -> PostJob {
    let mut file = file.unwrap_or_else(|| LedgerFile::new(&source));
    let decision = decide(post, &file.ledger, now);
    file.ledger = decision.ledger;
    PostJob {
        source,
        path,
        file,
        fingerprint: post.fingerprint.clone(),
        is_gone: post.is_gone,
        due: decision.due,
        waiting: decision.waiting,
    }
}

fn domains(key: &str, typed: &[String]) -> Result<Vec<String>, Failure> {
    let read = |text: &String| {
        let wrong = || {
            Failure::Usage(format!(
                "`ping.{key}` in pingmark.yaml: `{text}` is not a domain; write it as example.org"
            ))
        };
        web_address::domain(text).ok_or_else(wrong)
    };
    typed.iter().map(read).collect()
}

/// Addresses on other sites that a post links to, as they stand in it.
fn links(site: &Site, id: PageId) -> BTreeSet<String> {
    let graph = site.graph();
    let page = graph.page(id);
    let summary = page.summary();
    let mut found = BTreeSet::new();
    for (reference, resolved) in summary.references.iter().zip(&graph.resolved[id.index()]) {
        let url = match resolved {
            Resolved::External if reference.kind.is_link() => Some(reference.target.trim()),
            Resolved::Source(source) => {
                let source = graph.bibliography.source(*source);
                source.url.as_deref().filter(|_| !source.dead)
            }
            _ => None,
        };
        found.extend(url.map(str::to_owned));
    }
    let meta = &summary.meta;
    let named = [&meta.link, &meta.in_reply_to, &meta.bookmark_of, &meta.repost_of, &meta.like_of, &meta.via];
    found.extend(named.into_iter().flatten().map(|url| url.trim().to_owned()));
    found.into_iter().filter_map(|url| elsewhere(&url, &site.config)).collect()
}

/// The address as it stands, with a scheme; `None` if it is not on another site of the web.
fn elsewhere(url: &str, config: &Config) -> Option<String> {
    let whole = if url.starts_with("//") { format!("https:{url}") } else { url.to_owned() };
    let parsed = Url::parse(&whole).ok().filter(|parsed| matches!(parsed.scheme(), "http" | "https"))?;
    let host = parsed.host_str()?;
    let with_port = parsed.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    let with_port = pingmark_core::address::without_www(&with_port);
    let is_own = config.hosts().iter().any(|own| own.eq_ignore_ascii_case(with_port));
    // `Url` would normalise it; what is sent is what is written.
    (!is_own).then_some(whole)
}

/// Fingerprint of a post's title and text, whatever its front matter and the version of the program.
fn fingerprint(root: &Path, path: &SitePath, title: &str) -> String {
    let text = std::fs::read_to_string(path.under(root)).unwrap_or_default();
    let text = text.trim_start_matches('\u{feff}');
    let body = match front_matter::find(text) {
        Start::FrontMatter(block) => &text[block.body..],
        _ => text,
    };
    let body = body.replace("\r\n", "\n");
    Fingerprint::of_parts([title.as_bytes(), body.trim().as_bytes()])
        .to_bytes()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
