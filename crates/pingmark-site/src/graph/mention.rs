//! Mentions in the graph: the page of each, which are shown, and in what order.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use url::Url;

use pingmark_core::address::without_www;
use pingmark_core::config::Config;
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::path::SitePath;
use pingmark_core::slug::{nearest, slugify};
use pingmark_core::web_address;

use super::alias::{self, Alias};
use super::{LinkInputs, Page, PageId, PageKind, Route, Unpublished, published};
use crate::mention::{Mention, MentionKind, MentionStatus};

/// Maximum nesting of replies. Deeper ones become siblings of the reply that they answer.
pub const MAX_THREAD: usize = 3;
/// Maximum number of mentions without a post that get a suggestion, each of which compares all
/// posts.
const MAX_HINTS: usize = 5;

/// Mentions of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// Mentions shown on each page; pages without any are left out.
    pub by_page: BTreeMap<PageId, PageMentions>,
    /// Target of each mention, in the order of [`LinkInputs::mentions`].
    pub resolved: Vec<ResolvedMention>,
}

/// Mentions shown on one page. Lists are ordered by date, undated mentions last.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PageMentions {
    /// Pingbacks, trackbacks and webmentions.
    pub pings: Vec<Arc<Mention>>,
    /// Replies and comments, as threads.
    pub replies: Vec<Thread>,
    /// Likes.
    pub likes: Vec<Arc<Mention>>,
    /// Reposts.
    pub reposts: Vec<Arc<Mention>>,
    /// Bookmarks.
    pub bookmarks: Vec<Arc<Mention>>,
}

/// Reply or comment with its answers, at most [`MAX_THREAD`] levels deep.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Thread {
    /// The reply itself.
    pub mention: Arc<Mention>,
    /// Answers, by date.
    pub replies: Vec<Thread>,
}

/// Target of a mention, and whether it is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedMention {
    /// Target.
    pub target: MentionTarget,
    /// Whether it is shown on the page.
    pub shown: bool,
}

/// Document that a mention belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum MentionTarget {
    /// Published page.
    Page(PageId),
    /// File of an unpublished document.
    Unpublished(SitePath),
    /// Home page of the blog, in any of its languages: kept, and shown nowhere.
    Home,
    /// No known document.
    Nowhere,
}

/// Folder for mentions of the home page.
const HOME_FOLDER: &str = "index";

impl PageMentions {
    /// Number of mentions, answers included.
    pub fn total(&self) -> usize {
        let lists = [&self.pings, &self.likes, &self.reposts, &self.bookmarks];
        lists.into_iter().map(Vec::len).sum::<usize>() + self.replies.iter().map(Thread::total).sum::<usize>()
    }
}

impl Thread {
    /// Number of replies in the thread.
    pub fn total(&self) -> usize {
        1 + self.replies.iter().map(Self::total).sum::<usize>()
    }
}

/// Resolves the targets of all mentions, and arranges those that are shown.
pub(super) fn resolve(
    pages: &[Page],
    unpublished: &[Unpublished],
    inputs: &LinkInputs<'_>,
    diagnostics: &mut Vec<Diagnostic>,
) -> Mentions {
    if inputs.mentions.is_empty() {
        return Mentions::default();
    }
    let config = inputs.config;
    let lookup = PageLookup::new(pages, unpublished, config);
    let targets: Vec<MentionTarget> =
        inputs.mentions.iter().map(|mention| lookup.target_of(mention)).collect();
    let counting = newest_of_each_source(inputs.mentions, &targets);
    let mut resolved = Vec::with_capacity(targets.len());
    let mut by_page: BTreeMap<PageId, Vec<Arc<Mention>>> = BTreeMap::new();
    let mut hints = 0;
    for (number, (mention, target)) in inputs.mentions.iter().zip(targets).enumerate() {
        let visibility = visibility(mention, config);
        if target == MentionTarget::Nowhere && visibility != Visibility::Hidden {
            hints += 1;
            let near = if hints <= MAX_HINTS {
                lookup.nearest_url(mention.target.as_deref().unwrap_or(&mention.folder))
            } else {
                None
            };
            let (address, folder) = (mention.target.as_deref(), &mention.folder);
            diagnostics.push(catalogue::mention_without_post(
                &mention.path,
                address,
                folder,
                near.as_deref(),
            ));
        }
        let page = match &target {
            MentionTarget::Page(id) if pages[id.index()].summary().meta.mentions => Some(*id),
            _ => None,
        };
        let shown = visibility == Visibility::Shown && counting[number] && config.settings.mentions.show;
        if let Some(id) = page.filter(|_| shown) {
            by_page.entry(id).or_default().push(mention.clone());
        }
        resolved.push(ResolvedMention { target, shown: shown && page.is_some() });
    }
    let by_page = by_page.into_iter().map(|(id, mentions)| (id, page_mentions(mentions))).collect();
    Mentions { by_page, resolved }
}

/// Visibility of a mention, by its status and by the trusted and blocked domains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Visibility {
    /// Approved, or from a trusted domain.
    Shown,
    /// Not decided yet.
    Pending,
    /// Rejected, spam, or from a blocked domain.
    Hidden,
}

fn visibility(mention: &Mention, config: &Config) -> Visibility {
    let settings = &config.settings.mentions;
    match mention.status {
        MentionStatus::Rejected | MentionStatus::Spam | MentionStatus::Gone => Visibility::Hidden,
        _ if mention.comes_from(&settings.block) => Visibility::Hidden,
        MentionStatus::Approved => Visibility::Shown,
        MentionStatus::Pending if mention.comes_from(&settings.trust) => Visibility::Shown,
        MentionStatus::Pending => Visibility::Pending,
    }
}

/// Whether each mention counts: of several from one source to one target, only the newest does.
fn newest_of_each_source(mentions: &[Arc<Mention>], targets: &[MentionTarget]) -> Vec<bool> {
    let mut counts = vec![true; mentions.len()];
    let mut seen: HashMap<(String, &MentionTarget, &str), usize> = HashMap::new();
    let age = |mention: &Mention| {
        let received = mention.received.or(mention.published).map(|when| when.instant);
        (received, mention.published.map(|when| when.instant), mention.path.clone())
    };
    for (number, (mention, target)) in mentions.iter().zip(targets).enumerate() {
        let Some(source) = &mention.source else { continue };
        // Mentions without a known target are grouped by the address that they give.
        let address =
            if *target == MentionTarget::Nowhere { mention.target.as_deref().unwrap_or("") } else { "" };
        let first = *seen.entry((web_address::comparison_key(source), target, address)).or_insert(number);
        if first == number {
            continue;
        }
        let (older, newer) =
            if age(&mentions[first]) <= age(mention) { (first, number) } else { (number, first) };
        counts[older] = false;
        seen.insert((web_address::comparison_key(source), target, address), newer);
    }
    counts
}

/// Mentions of one page by kind, in the order in which they are shown.
fn page_mentions(mut mentions: Vec<Arc<Mention>>) -> PageMentions {
    mentions.sort_by_cached_key(|mention| {
        let date = mention.date().map(|when| when.instant);
        (date.is_none(), date, mention.path.clone())
    });
    let mut page = PageMentions::default();
    let mut replies = Vec::new();
    for mention in mentions {
        match mention.kind {
            MentionKind::Pingback | MentionKind::Trackback | MentionKind::Webmention => {
                page.pings.push(mention)
            }
            MentionKind::Reply | MentionKind::Comment => replies.push(mention),
            MentionKind::Like => page.likes.push(mention),
            MentionKind::Repost => page.reposts.push(mention),
            MentionKind::Bookmark => page.bookmarks.push(mention),
        }
    }
    page.replies = threads(&replies);
    page
}

/// Threads of a page's replies. A reply whose parent is not shown starts a thread, and so does
/// the first reply of a cycle.
fn threads(replies: &[Arc<Mention>]) -> Vec<Thread> {
    let mut names: HashMap<String, usize> = HashMap::new();
    for (number, mention) in replies.iter().enumerate() {
        let addresses =
            [&mention.source, &mention.url].into_iter().flatten().map(|one| web_address::comparison_key(one));
        for name in addresses.chain([mention.id.clone()]) {
            names.entry(name).or_insert(number);
        }
    }
    let mut parents: Vec<Option<usize>> = replies
        .iter()
        .enumerate()
        .map(|(number, mention)| {
            // A link to a comment's anchor on the page answers the comment.
            let linked = mention.target.as_deref().filter(|target| target.contains('#'));
            let named = mention.parent.as_deref().or(linked)?;
            let parent = names.get(named).or_else(|| names.get(&web_address::comparison_key(named)))?;
            (*parent != number).then_some(*parent)
        })
        .collect();
    break_cycles(&mut parents);
    let mut answers: Vec<Vec<usize>> = vec![Vec::new(); replies.len()];
    for (number, parent) in parents.iter().enumerate() {
        if let Some(parent) = parent {
            answers[*parent].push(number);
        }
    }
    // Breadth first, so that the depth of a parent is known before its answers.
    let roots: Vec<usize> = (0..replies.len()).filter(|number| parents[*number].is_none()).collect();
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); replies.len()];
    let mut open: VecDeque<(usize, usize, usize)> = roots.iter().map(|root| (*root, *root, 1)).collect();
    while let Some((number, parent, depth)) = open.pop_front() {
        let (parent_of_answers, depth_of_answers) =
            if depth < MAX_THREAD { (number, depth + 1) } else { (parent, depth) };
        for &answer in &answers[number] {
            below[parent_of_answers].push(answer);
            open.push_back((answer, parent_of_answers, depth_of_answers));
        }
    }
    for answers in &mut below {
        answers.sort_unstable();
    }
    roots.into_iter().map(|root| thread(root, replies, &below)).collect()
}

fn thread(number: usize, replies: &[Arc<Mention>], below: &[Vec<usize>]) -> Thread {
    let answers = below[number].iter().map(|answer| thread(*answer, replies, below)).collect();
    Thread { mention: replies[number].clone(), replies: answers }
}

/// Removes the parent of the first reply of each cycle.
fn break_cycles(parents: &mut [Option<usize>]) {
    // Start of the walk in which each reply was first seen.
    let mut walks = vec![usize::MAX; parents.len()];
    for start in 0..parents.len() {
        let mut at = start;
        while walks[at] == usize::MAX {
            walks[at] = start;
            let Some(parent) = parents[at] else { break };
            at = parent;
        }
        if walks[at] == start && parents[at].is_some() {
            // Either a cycle, or the end of this walk, whose parent belongs to an earlier one.
            let mut cycle = vec![at];
            let mut next = parents[at];
            while let Some(parent) = next.filter(|parent| walks[*parent] == start && *parent != at) {
                cycle.push(parent);
                next = parents[parent];
            }
            if next == Some(at) {
                let first = cycle.into_iter().min().unwrap_or(at);
                parents[first] = None;
            }
        }
    }
}

/// Look-up of pages by address or by the name of a folder of mentions.
#[derive(Debug)]
pub struct PageLookup<'a> {
    pages: &'a [Page],
    config: &'a Config,
    /// Host of the site, without `www.`.
    host: &'a str,
    routes: HashMap<String, MentionTarget>,
    slugs: HashMap<String, PageId>,
    unpublished_slugs: HashMap<String, &'a SitePath>,
}

impl<'a> PageLookup<'a> {
    /// Indexes the pages and unpublished documents of a [`Graph`](super::Graph).
    pub fn new(pages: &'a [Page], unpublished: &'a [Unpublished], config: &'a Config) -> Self {
        let mut routes = HashMap::with_capacity(pages.len());
        let mut slugs: HashMap<String, PageId> = HashMap::with_capacity(pages.len());
        let main = config.main_language().code.as_str();
        // Addresses take precedence over aliases, published pages over unpublished ones.
        for id in published(pages) {
            let page = &pages[id.index()];
            routes.insert(page.route.as_str().to_owned(), MentionTarget::Page(id));
            let summary = page.summary();
            let names = [slugify(&page.slug), slugify(&summary.name.slug), slugify(summary.path.stem())];
            for name in names {
                let known = slugs.entry(name).or_insert(id);
                let in_main = |id: PageId| pages[id.index()].summary().lang == main;
                if in_main(id) && !in_main(*known) {
                    *known = id;
                }
            }
        }
        for id in published(pages) {
            let page = &pages[id.index()];
            for alias in alias::keys(&page.summary().meta.aliases, page.route.as_str(), config) {
                routes.entry(alias).or_insert(MentionTarget::Page(id));
            }
        }
        let mut unpublished_slugs = HashMap::new();
        for document in unpublished {
            let summary = &document.summary;
            let route = document.route.as_ref().map_or("", Route::as_str);
            let aliases = alias::keys(&summary.meta.aliases, route, config);
            for address in document.route.iter().map(|route| route.as_str().to_owned()).chain(aliases) {
                routes.entry(address).or_insert_with(|| MentionTarget::Unpublished(summary.path.clone()));
            }
            unpublished_slugs.insert(slugify(&summary.name.slug), &summary.path);
            unpublished_slugs.extend(summary.meta.slug.as_deref().map(|slug| (slugify(slug), &summary.path)));
        }
        let host = web_address::host(config.base_url.origin()).unwrap_or("");
        Self { pages, config, host, routes, slugs, unpublished_slugs }
    }

    /// Target of a mention: by its target address, else by its folder.
    fn target_of(&self, mention: &Mention) -> MentionTarget {
        let target = mention.target.as_deref().and_then(|target| self.by_address(target));
        target.or_else(|| self.by_folder(&mention.folder)).unwrap_or(MentionTarget::Nowhere)
    }

    /// Document at an address of this site, given as a URL or a path. Aliases, upper case and
    /// `.html` are recognised.
    pub fn by_address(&self, target: &str) -> Option<MentionTarget> {
        if let Some(alias) = Alias::parse(target, "", self.config).ok().filter(|alias| !alias.is_foreign)
            && alias.query.is_some()
            && let Some(found) = self.routes.get(&alias.key())
        {
            return Some(found.clone());
        }
        let path = self.path(target)?;
        let base = self.config.base_url.path();
        let inside = path.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        // Also the whole path: a blog that moved into a folder kept its aliases as they were.
        inside.into_iter().chain([path.as_str()]).find_map(|path| {
            let lower = path.to_lowercase();
            let bare = lower.strip_suffix(".html").or_else(|| lower.strip_suffix(".htm"));
            [Some(path), Some(lower.as_str()), bare].into_iter().flatten().find_map(|path| {
                let route = Route::new(path.trim_end_matches("index.php")).ok()?;
                let found = self.routes.get(route.as_str()).or_else(|| {
                    // `vieux.html/` is the file `vieux.html`.
                    self.routes.get(route.as_str().trim_end_matches('/'))
                });
                found.cloned().or_else(|| self.is_home(&route).then_some(MentionTarget::Home))
            })
        })
    }

    fn is_home(&self, route: &Route) -> bool {
        self.config.languages.iter().any(|language| language.prefix == route.as_str())
    }

    /// Path of an address of this site: `http` or `https`, with or without `www.`.
    fn path(&self, target: &str) -> Option<String> {
        if target.starts_with('/') && !target.starts_with("//") {
            return Some(target[..target.find(['?', '#']).unwrap_or(target.len())].to_owned());
        }
        let url = Url::parse(target).ok()?;
        let host = url.host_str()?;
        let is_own = without_www(host) == self.host;
        // `/?p=123` is WordPress's number of a post, not the home page.
        let mut names = url.query_pairs();
        let is_number =
            url.path() == "/" && names.any(|(name, _)| matches!(&*name, "p" | "page_id" | "attachment_id"));
        (is_own && matches!(url.scheme(), "http" | "https") && !is_number).then(|| url.path().to_owned())
    }

    /// Document that a folder of mentions is named after.
    pub fn by_folder(&self, folder: &str) -> Option<MentionTarget> {
        let name = slugify(folder.rsplit('/').next().unwrap_or(folder));
        let page = self.slugs.get(&name).map(|id| MentionTarget::Page(*id));
        page.or_else(|| {
            self.unpublished_slugs.get(&name).map(|path| MentionTarget::Unpublished((*path).clone()))
        })
        .or_else(|| (folder == HOME_FOLDER).then_some(MentionTarget::Home))
    }

    /// Name of the folder for mentions of an address: the slug of the document there.
    pub fn folder_of(&self, target: &str) -> Option<String> {
        match self.by_address(target)? {
            MentionTarget::Page(id) => Some(self.pages[id.index()].slug.clone()),
            MentionTarget::Unpublished(path) => Some(slugify(path.stem())),
            MentionTarget::Home => Some(HOME_FOLDER.to_owned()),
            MentionTarget::Nowhere => None,
        }
    }

    /// URL of the article with the name most similar to the last component of an address.
    pub fn nearest_url(&self, target: &str) -> Option<String> {
        let path = target[..target.find(['?', '#']).unwrap_or(target.len())].trim_end_matches('/');
        let name = slugify(path.rsplit('/').next().unwrap_or(path).trim_end_matches(".html"));
        let mut names: Vec<&str> = self.slugs.keys().map(String::as_str).collect();
        names.sort_unstable();
        let near = nearest(&name, names)?;
        let page = &self.pages[self.slugs.get(near)?.index()];
        debug_assert!(page.kind != PageKind::Section, "a section is no article");
        Some(page.route.permalink(&self.config.base_url))
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn replies(entries: &[(&str, &str)]) -> Vec<Arc<Mention>> {
        let read = |(number, (id, parent)): (usize, &(&str, &str))| {
            let path = SitePath::new(&format!("mentions/un/{id}.yaml")).unwrap();
            let parent = if parent.is_empty() { String::new() } else { format!("parent: {parent}\n") };
            let text = format!(
                "type: reply\nsource: https://a.example/{id}\npublished: 2020-01-01T{:02}:{:02}:00Z\n{parent}",
                number / 60,
                number % 60
            );
            Arc::new(crate::mention::read(&path, &text, &TimeZone::UTC).0.unwrap())
        };
        entries.iter().enumerate().map(read).collect()
    }

    fn shape(threads: &[Thread]) -> String {
        let one = |thread: &Thread| match thread.replies.as_slice() {
            [] => thread.mention.id.clone(),
            replies => format!("{}({})", thread.mention.id, shape(replies)),
        };
        threads.iter().map(one).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn answers_stand_below_what_they_answer() {
        for (entries, expected) in [
            (vec![("a", ""), ("b", "a"), ("c", "a"), ("d", "b")], "a(b(d) c)"),
            (vec![("a", ""), ("b", "https://a.example/a")], "a(b)"),
            (vec![("a", "rien"), ("b", "a")], "a(b)"),
            (vec![("a", "a")], "a"),
            (vec![("a", "b"), ("b", "a")], "a(b)"),
            (vec![("a", "c"), ("b", "a"), ("c", "b"), ("d", "c")], "a(b(c d))"),
            (vec![("a", "d"), ("b", "c"), ("c", "b"), ("d", "")], "b(c) d(a)"),
            (vec![("a", ""), ("b", "a"), ("c", "b"), ("d", "c"), ("e", "d"), ("f", "e")], "a(b(c d e f))"),
        ] {
            assert_eq!(shape(&threads(&replies(&entries))), expected);
        }
    }

    #[test]
    fn long_threads_and_circles_lose_nobody() {
        let names: Vec<String> = (0..1000).map(|n| format!("m{n}")).collect();
        for shift in [1, 999, 500] {
            let entries: Vec<(&str, &str)> =
                (0..1000).map(|n| (names[n].as_str(), names[(n + shift) % 1000].as_str())).collect();
            let threads = threads(&replies(&entries));
            assert_eq!(threads.iter().map(Thread::total).sum::<usize>(), 1000);
        }
    }
}
