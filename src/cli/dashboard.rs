//! Data and actions of the author's dashboard: shows the last analyzed site, and edits files as the
//! commands do.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

use jiff::ToSpan;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use pingmark_core::config::{BaseUrl, Config};
use pingmark_core::diag::{Code, Diagnostic, Severity};
use pingmark_core::network::Network;
use pingmark_core::{share_template, web_address};
use pingmark_render::view::Quote;
use pingmark_site::graph::{MentionTarget, Resolved, UnpublishedReason};
use pingmark_site::mention::MentionStatus;
use pingmark_social::agenda::{EntryKind, collisions, gaps};
use pingmark_social::measure;

use crate::authoring::MentionStore;
use crate::authoring::outbox::Outbox;
use crate::engine::Site;
use crate::engine::sharing::Shared;
use crate::server::DashboardApi;

/// The dashboard of a site.
#[derive(Debug)]
pub(super) struct Dashboard {
    root: PathBuf,
    /// A configuration file to use instead of `pingmark.yaml`.
    config: Option<PathBuf>,
    zone: TimeZone,
    shown: RwLock<Option<Arc<Shown>>>,
}

/// A build, with its advice, which is computed on the first request.
#[derive(Debug)]
struct Shown {
    site: Arc<Site>,
    /// The configuration with the address of the published blog, for links in share texts.
    published: Config,
    advice: OnceLock<Vec<Diagnostic>>,
}

impl Dashboard {
    pub(super) fn new(root: PathBuf, config: Option<PathBuf>, zone: TimeZone) -> Self {
        Self { root, config, zone, shown: RwLock::new(None) }
    }

    /// Shows a new build.
    pub(super) fn show(&self, site: Arc<Site>) {
        let mut published = Config::clone(&site.config);
        if let Some(base) = published.settings.base_url.as_deref().and_then(BaseUrl::parse) {
            published.base_url = base;
        }
        let shown = Some(Arc::new(Shown { site, published, advice: OnceLock::new() }));
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = shown;
    }

    fn shown(&self) -> Option<Arc<Shown>> {
        self.shown.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn store(&self) -> Result<MentionStore, String> {
        MentionStore::open(self.root.clone(), &self.zone).map_err(|refusal| refusal.to_string())
    }
}

impl Shown {
    fn problems(&self, post: &Shared<'_>) -> Vec<Value> {
        let advice = self.advice.get_or_init(|| self.site.advice(&self.published));
        let path = Some(&post.summary.path);
        let own = self.site.diagnostics.iter().chain(advice);
        let own = own.filter(|diagnostic| diagnostic.path.as_ref() == path);
        // A problem at several places of a post is shown once.
        let own: BTreeMap<(Severity, Code, String), &Diagnostic> =
            own.map(|found| ((found.severity, found.code, found.english().message), found)).collect();
        let problem = |((severity, code, text), found): ((Severity, Code, String), &Diagnostic)| {
            json!({
                "error": severity == Severity::Error,
                "code": code.as_str(),
                "args": found.args(),
                "text": text,
            })
        };
        own.into_iter().map(problem).collect()
    }

    fn row(&self, post: &Shared<'_>) -> Value {
        let graph = self.site.graph();
        let now = self.site.sources.now.as_second();
        let meta = &post.summary.meta;
        let ahead = post.date().is_some_and(|date| date.instant > now);
        let state = match post.held {
            Some(UnpublishedReason::Draft) => "draft",
            Some(UnpublishedReason::Scheduled) => "scheduled",
            Some(UnpublishedReason::Expired) => "expired",
            // Included in the preview, but not published.
            None if meta.draft => "draft",
            None if ahead => "scheduled",
            None => "published",
        };
        json!({
            "slug": post.slug,
            "title": post.title(),
            "lang": post.summary.lang,
            "path": post.summary.path.as_str(),
            "date": post.date().map(|date| date.rfc3339()),
            "state": state,
            "tags": meta.terms.get("tags").cloned().unwrap_or_default(),
            "cited": post.id.map_or(0, |id| graph.backlinks[id.index()].len()),
            "problems": self.problems(post),
        })
    }

    fn neighbours(&self, post: &Shared<'_>) -> (Vec<Value>, Vec<Value>) {
        let graph = self.site.graph();
        let Some(id) = post.id else { return Default::default() };
        let page = |id, text: String| {
            let page = graph.page(id);
            let title = &self.site.documents[page.document].teaser.title;
            json!({"slug": page.slug, "title": title, "lang": page.summary().lang, "text": text})
        };
        let cited_by = graph.backlinks[id.index()].iter().map(|citation| {
            let style = self.site.config.settings.citations.style;
            let quote = Quote::of(graph, &self.site.documents, style, citation.from, citation.reference);
            let text = format!("…{}{}{}…", quote.before, quote.words, quote.after);
            page(citation.from, text)
        });
        let mut to = Vec::new();
        for resolved in &graph.resolved[id.index()] {
            if let Resolved::Page(other, _) = resolved
                && *other != id
                && !to.contains(other)
            {
                to.push(*other);
            }
        }
        (cited_by.collect(), to.into_iter().map(|id| page(id, String::new())).collect())
    }
}

/// The blog's account name on a network, such as `@blog`.
fn handle(config: &Config, network: Network) -> Option<String> {
    let social = &config.settings.social;
    let given = match network {
        Network::X => &social.x,
        Network::Mastodon => &social.mastodon,
        Network::Bluesky => &social.bluesky,
        Network::Threads => &social.threads,
        Network::Linkedin => &social.linkedin,
        Network::Facebook => &social.facebook,
        Network::Instagram => &social.instagram,
    };
    let name = given.as_deref()?.trim_end_matches('/').rsplit('/').next()?;
    Some(format!("@{}", name.trim_start_matches('@')))
}

impl DashboardApi for Dashboard {
    fn blog(&self) -> (String, String) {
        let shown = self.shown();
        shown.map_or_else(Default::default, |shown| {
            let language = shown.site.config.main_language();
            (language.title.clone(), language.code.clone())
        })
    }

    fn posts(&self) -> Value {
        let Some(shown) = self.shown() else { return json!([]) };
        shown.site.shared().iter().map(|post| shown.row(post)).collect()
    }

    fn post(&self, slug: &str) -> Option<Value> {
        let shown = self.shown()?;
        let site = &shown.site;
        let posts = site.shared_as(&shown.published);
        let post = posts.iter().find(|post| post.slug == slug)?;
        let (away, here) = (shown.published.base_url.as_str(), site.config.base_url.as_str());
        let mut row = shown.row(post);
        let texts = &post.summary.meta.social;
        let subject = post.shared_post();
        let title = share_template::tidy(post.title());
        let blog = subject.site;
        let host = url::Url::parse(&post.url).ok();
        let host = host.and_then(|url| url.host_str().map(str::to_owned)).unwrap_or_default();
        // Show the site's images from the preview server.
        let here_of = |url: &str| url.replacen(away, here, 1);
        let shares = site.config.settings.social.networks.iter().filter_map(|network| {
            let share = post.on(*network, &shown.published)?;
            // A post that is not in the preview has no social image yet.
            let is_there = post.id.is_some() || post.summary.meta.image.is_some();
            let picture = share.image.as_ref().filter(|_| is_there);
            let parts = share.parts.iter().map(|part| {
                let measure = &part.measure;
                json!({"text": part.text, "count": measure.count, "limit": measure.limit, "fits": measure.fits()})
            });
            Some(json!({
                "network": network.key(),
                "name": network.name(),
                "url": share.url,
                "handle": handle(&site.config, *network).unwrap_or_else(|| host.clone()),
                "image": picture.map(|picture| here_of(&picture.url)),
                "image_alt": picture.map(|picture| &picture.alt),
                "parts": parts.collect::<Vec<_>>(),
                "troubles": share.issues,
            }))
        });
        let (cited_by, cites) = shown.neighbours(post);
        let more = json!({
            "url": post.url,
            "local": here_of(&post.url),
            "host": host,
            "blog": blog,
            "og_title": texts.og_title.as_ref().unwrap_or(&title),
            "og_description": texts.og_description.as_deref().unwrap_or(subject.summary),
            "search_title": format!("{title} — {blog}"),
            "description": subject.summary,
            "shares": shares.collect::<Vec<_>>(),
            "cited_by": cited_by,
            "cites": cites,
        });
        let (Value::Object(row), Value::Object(more)) = (&mut row, more) else { return None };
        row.extend(more);
        Some(Value::Object(row.clone()))
    }

    fn count(&self, network: &str, text: &str) -> Option<Value> {
        let shown = self.shown()?;
        let network = Network::of(network)?;
        let limits = &shown.site.config.settings.social.limits;
        let found = measure(network, text, limits.get(network).copied().unwrap_or(network.limit()));
        Some(json!({"count": found.count, "limit": found.limit, "fits": found.fits()}))
    }

    /// Reads the files anew, so that decisions show at once even without `--watch`.
    fn told(&self) -> Value {
        let Ok(outbox) = Outbox::open(self.root.clone()) else { return json!([]) };
        let mut rows: Vec<Value> = super::ping::rows(&outbox);
        rows.sort_by_key(|row| std::cmp::Reverse(row["at"].as_str().unwrap_or_default().to_owned()));
        // What waits comes first, and enough of the rest.
        rows.sort_by_key(|row| row["next"].is_null());
        rows.truncate(200);
        json!(rows)
    }

    fn mentions(&self) -> Value {
        let (Some(shown), Ok(store)) = (self.shown(), self.store()) else { return json!([]) };
        let graph = shown.site.graph();
        let known = || shown.site.mentions.iter().zip(&graph.mentions.resolved);
        let waiting = store.files.iter().filter(|entry| entry.status() == MentionStatus::Pending);
        let rows = waiting.filter_map(|entry| {
            let mention = entry.mention.as_ref()?;
            let standing = known().find(|(known, _)| known.path == entry.path).map(|(_, standing)| standing);
            let post = match standing.map(|standing| &standing.target) {
                Some(MentionTarget::Page(id)) => Some(graph.page(*id).slug.as_str()),
                _ => None,
            };
            let text = mention.content.text();
            let text = if text.is_empty() { mention.excerpt.text() } else { text };
            Some(json!({
                "path": entry.path.as_str(),
                "kind": mention.kind.name(),
                "name": mention.name(),
                "date": mention.date().map(|date| date.rfc3339()),
                "source": mention.source.as_ref().filter(|source| !pingmark_core::html::is_unsafe(source)),
                "domain": mention.source.as_deref().and_then(web_address::domain),
                "target": mention.target,
                "post": post,
                "text": text,
            }))
        });
        rows.collect()
    }

    fn calendar(&self, month: Option<&str>) -> Option<Value> {
        let shown = self.shown()?;
        let site = &shown.site;
        let month: Date = match month {
            None => site.sources.now.to_zoned(site.config.timezone.clone()).date(),
            Some(month) => format!("{month}-01").parse().ok()?,
        };
        let found = site.calendar(month);
        let (first, last) = (month.first_of_month(), month.last_of_month());
        let entries = found.entries.iter().filter(|entry| (first..=last).contains(&entry.at.civil().date()));
        let entries = entries.map(|entry| {
            let c = entry.at.civil();
            let time = entry.at.has_time.then(|| format!("{:02}:{:02}", c.hour(), c.minute()));
            json!({
                "day": entry.at.day(),
                "time": time,
                "kind": entry.kind.name(),
                "title": entry.title,
                "slug": if entry.kind == EntryKind::FreeSlot { "" } else { &entry.slug },
                "networks": entry.networks,
            })
        });
        let near = |at: &pingmark_core::when::When| {
            at.instant > site.sources.now.as_second() || at.civil().date() >= first
        };
        let gaps = gaps(&found.entries).into_iter().filter(|(_, after, _)| near(&after.at));
        let double = collisions(&found.entries).into_iter().filter(|found| near(&found[0].at));
        let name = |date: Date| date.strftime("%Y-%m").to_string();
        Some(json!({
            "month": name(month),
            "before": name(first.checked_sub(1.day()).ok()?),
            "after": name(last.checked_add(1.day()).ok()?),
            "entries": entries.collect::<Vec<_>>(),
            "undated": found.undated.iter().map(|(title, _)| title).collect::<Vec<_>>(),
            "gaps": gaps.map(|(from, to, days)| json!({"days": days, "from": from.at.day(), "to": to.at.day()})).collect::<Vec<_>>(),
            "double": double.map(|found| found.iter().map(|entry| entry.title.clone()).collect::<Vec<_>>()).collect::<Vec<_>>(),
        }))
    }

    fn act(&self, action: &str, id: &str) -> Result<String, String> {
        let store = self.store()?;
        let entry = store.find(id).map_err(|refusal| refusal.to_string())?;
        let reason_of = |refusal: crate::authoring::AuthoringError| refusal.to_string();
        let status = match action {
            "approve" => MentionStatus::Approved,
            "reject" => MentionStatus::Rejected,
            "spam" => MentionStatus::Spam,
            "block" => {
                let source = entry.mention.as_ref().and_then(|mention| mention.source.as_deref());
                let domain = source.and_then(web_address::domain).ok_or("this mention has no source")?;
                store.block(&domain, self.config.as_deref()).map_err(reason_of)?;
                store.set_status(entry, MentionStatus::Spam).map_err(reason_of)?;
                return Ok(format!("{domain}: blocked"));
            }
            _ => return Err(format!("unknown action `{action}`")),
        };
        store.set_status(entry, status).map_err(reason_of)?;
        Ok(format!("{}: {}", entry.id(), status.name()))
    }
}
