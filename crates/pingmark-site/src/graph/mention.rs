//! Which article each mention belongs to, which are shown, and in what order.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::sync::Arc;

use url::Url;

use pingmark_core::address::without_www;
use pingmark_core::config::Config;
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::path::SitePath;
use pingmark_core::slug::{nearest, slugify};
use pingmark_core::web_address;

use super::{Graph, LinkInputs, PageId, PageKind, Route};
use crate::mention::{Mention, MentionKind, MentionStatus};

/// How deep answers stand in one another; deeper ones stand beside what they answer.
pub const MAX_THREAD: usize = 3;
/// Most mentions for which a near address is looked for: that takes a look at every post.
const MAX_HINTS: usize = 5;

/// The mentions of a site.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mentions {
    /// What is shown, by page; pages without any are left out.
    pub shown: BTreeMap<PageId, PageMentions>,
    /// Where each mention stands, in the order they were given.
    pub standings: Vec<ResolvedMention>,
}

/// What is shown with one page.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PageMentions {
    /// Articles that link to it, by date.
    pub pings: Vec<Arc<Mention>>,
    /// What is said to it, by date, answers below what they answer.
    pub replies: Vec<Thread>,
    /// Likes, by date.
    pub likes: Vec<Arc<Mention>>,
    /// Reposts, by date.
    pub reposts: Vec<Arc<Mention>>,
    /// Bookmarks, by date.
    pub bookmarks: Vec<Arc<Mention>>,
}

/// A reply or comment, and the answers to it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Thread {
    /// The reply.
    pub mention: Arc<Mention>,
    /// Its answers, by date. At most [`MAX_THREAD`] stand in one another.
    pub replies: Vec<Thread>,
}

/// Where a mention belongs, and whether it is shown there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResolvedMention {
    /// Where it belongs.
    pub place: Place,
    /// Whether readers see it.
    pub shown: bool,
}

/// What a mention belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Place {
    /// A published page.
    Page(PageId),
    /// A file that is not published now.
    Unpublished(SitePath),
    /// Nothing that is known.
    Nowhere,
}

impl PageMentions {
    /// How many there are, answers included.
    pub fn total(&self) -> usize {
        let lists = [&self.pings, &self.likes, &self.reposts, &self.bookmarks];
        lists.into_iter().map(Vec::len).sum::<usize>() + self.replies.iter().map(Thread::total).sum::<usize>()
    }
}

impl Thread {
    /// How many there are in it.
    pub fn total(&self) -> usize {
        1 + self.replies.iter().map(Self::total).sum::<usize>()
    }
}

/// Gives each mention its place.
pub(super) fn gather(graph: &Graph, facts: &LinkInputs<'_>, diagnostics: &mut Vec<Diagnostic>) -> Mentions {
    if facts.mentions.is_empty() {
        return Mentions::default();
    }
    let config = facts.config;
    let addresses = Addresses::new(graph, config);
    let places: Vec<Place> = facts.mentions.iter().map(|mention| addresses.place(mention)).collect();
    let counting = newest(facts.mentions, &places);
    let mut standings = Vec::with_capacity(places.len());
    let mut by_page: BTreeMap<PageId, Vec<Arc<Mention>>> = BTreeMap::new();
    let mut hints = 0;
    for (number, (mention, place)) in facts.mentions.iter().zip(places).enumerate() {
        let is_open = is_open(mention, config);
        if place == Place::Nowhere && is_open != Openness::Closed {
            hints += 1;
            let near = if hints <= MAX_HINTS {
                addresses.near(mention.target.as_deref().unwrap_or(&mention.folder))
            } else {
                None
            };
            let (target, folder) = (mention.target.as_deref(), &mention.folder);
            diagnostics.push(catalogue::mention_without_post(&mention.path, target, folder, near.as_deref()));
        }
        let page = match &place {
            Place::Page(id) if graph.page(*id).summary().meta.mentions => Some(*id),
            _ => None,
        };
        let shown = is_open == Openness::Open && counting[number] && config.settings.mentions.show;
        if let Some(id) = page.filter(|_| shown) {
            by_page.entry(id).or_default().push(mention.clone());
        }
        standings.push(ResolvedMention { place, shown: shown && page.is_some() });
    }
    let shown = by_page.into_iter().map(|(id, mentions)| (id, arrange(mentions))).collect();
    Mentions { shown, standings }
}

/// How far a mention has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Openness {
    /// Readers may see it.
    Open,
    /// Somebody has to decide.
    Waiting,
    /// It is refused.
    Closed,
}

fn is_open(mention: &Mention, config: &Config) -> Openness {
    let settings = &config.settings.mentions;
    match mention.status {
        MentionStatus::Rejected | MentionStatus::Spam => Openness::Closed,
        _ if mention.comes_from(&settings.block) => Openness::Closed,
        MentionStatus::Approved => Openness::Open,
        MentionStatus::Pending if mention.comes_from(&settings.trust) => Openness::Open,
        MentionStatus::Pending => Openness::Waiting,
    }
}

/// Which of the mentions count: of several from one source to one place, the newest.
fn newest(mentions: &[Arc<Mention>], places: &[Place]) -> Vec<bool> {
    let mut counts = vec![true; mentions.len()];
    let mut seen: HashMap<(String, &Place, &str), usize> = HashMap::new();
    let age = |mention: &Mention| {
        let received = mention.received.or(mention.published).map(|when| when.instant);
        (received, mention.published.map(|when| when.instant), mention.path.clone())
    };
    for (number, (mention, place)) in mentions.iter().zip(places).enumerate() {
        let Some(source) = &mention.source else { continue };
        // What belongs nowhere is told apart by what it says it belongs to.
        let target = if *place == Place::Nowhere { mention.target.as_deref().unwrap_or("") } else { "" };
        let first = *seen.entry((web_address::comparison_key(source), place, target)).or_insert(number);
        if first == number {
            continue;
        }
        let (older, newer) =
            if age(&mentions[first]) <= age(mention) { (first, number) } else { (number, first) };
        counts[older] = false;
        seen.insert((web_address::comparison_key(source), place, target), newer);
    }
    counts
}

/// The mentions of one page, in the order in which they are shown.
fn arrange(mut mentions: Vec<Arc<Mention>>) -> PageMentions {
    mentions.sort_by_cached_key(|mention| {
        let date = mention.date().map(|when| when.instant);
        (date.is_none(), date, mention.path.clone())
    });
    let mut page = PageMentions::default();
    let mut said = Vec::new();
    for mention in mentions {
        match mention.kind {
            MentionKind::Pingback | MentionKind::Trackback | MentionKind::Webmention => {
                page.pings.push(mention)
            }
            MentionKind::Reply | MentionKind::Comment => said.push(mention),
            MentionKind::Like => page.likes.push(mention),
            MentionKind::Repost => page.reposts.push(mention),
            MentionKind::Bookmark => page.bookmarks.push(mention),
        }
    }
    page.replies = threads(&said);
    page
}

/// Answers put below what they answer. What answers something that is not shown, or itself
/// over a detour, stands for itself.
fn threads(said: &[Arc<Mention>]) -> Vec<Thread> {
    let mut names: HashMap<String, usize> = HashMap::new();
    for (number, mention) in said.iter().enumerate() {
        let addresses =
            [&mention.source, &mention.url].into_iter().flatten().map(|one| web_address::comparison_key(one));
        for name in addresses.chain([mention.id.clone()]) {
            names.entry(name).or_insert(number);
        }
    }
    let mut parents: Vec<Option<usize>> = said
        .iter()
        .enumerate()
        .map(|(number, mention)| {
            // An answer to a comment may say so by the place it links to.
            let linked = mention.target.as_deref().filter(|target| target.contains('#'));
            let named = mention.parent.as_deref().or(linked)?;
            let parent = names.get(named).or_else(|| names.get(&web_address::comparison_key(named)))?;
            (*parent != number).then_some(*parent)
        })
        .collect();
    cut_circles(&mut parents);
    let mut answers: Vec<Vec<usize>> = vec![Vec::new(); said.len()];
    for (number, parent) in parents.iter().enumerate() {
        if let Some(parent) = parent {
            answers[*parent].push(number);
        }
    }
    // From the roots down, so that the place of what is answered is known.
    let roots: Vec<usize> = (0..said.len()).filter(|number| parents[*number].is_none()).collect();
    let mut below: Vec<Vec<usize>> = vec![Vec::new(); said.len()];
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
    roots.into_iter().map(|root| thread(root, said, &below)).collect()
}

fn thread(number: usize, said: &[Arc<Mention>], below: &[Vec<usize>]) -> Thread {
    let replies = below[number].iter().map(|answer| thread(*answer, said, below)).collect();
    Thread { mention: said[number].clone(), replies }
}

/// Frees the first of each circle from what it claims to answer.
fn cut_circles(parents: &mut [Option<usize>]) {
    // The walk in which each was first seen.
    let mut walks = vec![usize::MAX; parents.len()];
    for start in 0..parents.len() {
        let mut at = start;
        while walks[at] == usize::MAX {
            walks[at] = start;
            let Some(parent) = parents[at] else { break };
            at = parent;
        }
        if walks[at] == start && parents[at].is_some() {
            // Either a circle or the end of the walk, whose parent belongs to an earlier one.
            let mut circle = vec![at];
            let mut next = parents[at];
            while let Some(parent) = next.filter(|parent| walks[*parent] == start && *parent != at) {
                circle.push(parent);
                next = parents[parent];
            }
            if next == Some(at) {
                let first = circle.into_iter().min().unwrap_or(at);
                parents[first] = None;
            }
        }
    }
}

/// Every address and name by which an article can be meant.
#[derive(Debug)]
pub struct Addresses<'a> {
    graph: &'a Graph,
    config: &'a Config,
    /// The site's host without `www.`.
    host: &'a str,
    routes: HashMap<String, Place>,
    slugs: HashMap<String, PageId>,
    held_slugs: HashMap<String, &'a SitePath>,
}

impl<'a> Addresses<'a> {
    /// Those of a site.
    pub fn new(graph: &'a Graph, config: &'a Config) -> Self {
        let mut routes = HashMap::with_capacity(graph.pages.len());
        let mut slugs: HashMap<String, PageId> = HashMap::with_capacity(graph.pages.len());
        let main = config.main_language().code.as_str();
        // An address counts before an alias, what is published before what is not.
        for id in graph.published() {
            let page = graph.page(id);
            routes.insert(page.route.as_str().to_owned(), Place::Page(id));
            let summary = page.summary();
            let names = [page.slug.clone(), slugify(&summary.name.slug), slugify(summary.path.stem())];
            for name in names {
                let known = slugs.entry(name).or_insert(id);
                let in_main = |id: PageId| graph.page(id).summary().lang == main;
                if in_main(id) && !in_main(*known) {
                    *known = id;
                }
            }
        }
        let aliases = |aliases: &[String]| -> Vec<Route> {
            aliases.iter().filter_map(|alias| Route::new(alias).ok()).collect()
        };
        for id in graph.published() {
            for alias in aliases(&graph.page(id).summary().meta.aliases) {
                routes.entry(alias.as_str().to_owned()).or_insert(Place::Page(id));
            }
        }
        let mut held_slugs = HashMap::new();
        for held in &graph.held {
            let summary = &held.summary;
            for route in held.route.iter().cloned().chain(aliases(&summary.meta.aliases)) {
                routes
                    .entry(route.as_str().to_owned())
                    .or_insert_with(|| Place::Unpublished(summary.path.clone()));
            }
            held_slugs.insert(slugify(&summary.name.slug), &summary.path);
            held_slugs.extend(summary.meta.slug.as_deref().map(|slug| (slugify(slug), &summary.path)));
        }
        let host = web_address::host(config.base_url.origin()).unwrap_or("");
        Self { graph, config, host, routes, slugs, held_slugs }
    }

    /// The target decides; the folder does where it leads nowhere.
    fn place(&self, mention: &Mention) -> Place {
        let target = mention.target.as_deref().and_then(|target| self.of_address(target));
        target.or_else(|| self.of_folder(&mention.folder)).unwrap_or(Place::Nowhere)
    }

    /// What stands at an address.
    pub fn of_address(&self, target: &str) -> Option<Place> {
        let path = self.path(target)?;
        let base = self.config.base_url.path();
        let inside = path.strip_prefix(base).filter(|rest| rest.is_empty() || rest.starts_with('/'));
        // A blog that moved into a folder kept its aliases as they were.
        inside.into_iter().chain([path.as_str()]).find_map(|path| {
            let lower = path.to_lowercase();
            let bare = lower.strip_suffix(".html").or_else(|| lower.strip_suffix(".htm"));
            [Some(path), Some(lower.as_str()), bare].into_iter().flatten().find_map(|path| {
                let route = Route::new(path.trim_end_matches("index.php")).ok()?;
                let found = self.routes.get(route.as_str()).or_else(|| {
                    // `vieux.html` is a file, with or without a slash after it.
                    self.routes.get(route.as_str().trim_end_matches('/'))
                });
                found.cloned()
            })
        })
    }

    /// The path of an address of this site: `http` or `https`, with or without `www.`.
    fn path(&self, target: &str) -> Option<String> {
        if target.starts_with('/') && !target.starts_with("//") {
            return Some(target[..target.find(['?', '#']).unwrap_or(target.len())].to_owned());
        }
        let url = Url::parse(target).ok()?;
        let host = url.host_str()?;
        let is_own = without_www(host) == self.host;
        // `/?p=123` is an article by its number, not the home.
        let is_number = url.path() == "/" && url.query().is_some();
        (is_own && matches!(url.scheme(), "http" | "https") && !is_number).then(|| url.path().to_owned())
    }

    /// What a folder of mentions is named for.
    pub fn of_folder(&self, folder: &str) -> Option<Place> {
        let name = slugify(folder.rsplit('/').next().unwrap_or(folder));
        let page = self.slugs.get(&name).map(|id| Place::Page(*id));
        page.or_else(|| self.held_slugs.get(&name).map(|path| Place::Unpublished((*path).clone())))
    }

    /// The slug of what stands at an address: the name of its folder of mentions.
    pub fn slug_of(&self, target: &str) -> Option<String> {
        match self.of_address(target)? {
            Place::Page(id) => Some(self.graph.page(id).slug.clone()),
            Place::Unpublished(path) => Some(slugify(path.stem())),
            Place::Nowhere => None,
        }
    }

    /// The address of the article whose name is most like the one that was meant.
    pub fn near(&self, target: &str) -> Option<String> {
        let path = target[..target.find(['?', '#']).unwrap_or(target.len())].trim_end_matches('/');
        let name = slugify(path.rsplit('/').next().unwrap_or(path).trim_end_matches(".html"));
        let mut names: Vec<&str> = self.slugs.keys().map(String::as_str).collect();
        names.sort_unstable();
        let near = nearest(&name, names)?;
        let page = self.graph.page(*self.slugs.get(near)?);
        debug_assert!(page.kind != PageKind::Section, "a section is no article");
        Some(page.route.permalink(&self.config.base_url))
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::*;

    fn said(entries: &[(&str, &str)]) -> Vec<Arc<Mention>> {
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
            assert_eq!(shape(&threads(&said(&entries))), expected);
        }
    }

    #[test]
    fn long_threads_and_circles_lose_nobody() {
        let names: Vec<String> = (0..1000).map(|n| format!("m{n}")).collect();
        for shift in [1, 999, 500] {
            let entries: Vec<(&str, &str)> =
                (0..1000).map(|n| (names[n].as_str(), names[(n + shift) % 1000].as_str())).collect();
            let threads = threads(&said(&entries));
            assert_eq!(threads.iter().map(Thread::total).sum::<usize>(), 1000);
        }
    }
}
