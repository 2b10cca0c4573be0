//! Taxonomies: posts grouped by tag, category, author, series, or any key of the settings.

use std::collections::HashMap;

use rayon::prelude::*;

use pingmark_core::config::{Config, Taxonomy};
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::{FastHash, Fingerprint};
use pingmark_core::path::SitePath;
use pingmark_core::slug::{nearest, slugify};
use pingmark_document::typography::{self, Style};

use super::order::DateRanks;
use super::route::Route;
use super::{Page, PageId, PageKind, term_slug};

/// Index of a term in [`Taxonomies::terms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TermId(pub u32);

impl TermId {
    /// Index into the list of terms.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Term of a taxonomy in one language: a tag, a category, an author.
#[derive(Clone, Debug)]
pub struct Term {
    /// Taxonomy.
    pub taxonomy: Taxonomy,
    /// Language of its posts.
    pub lang: String,
    /// Name as first written, with typography applied.
    pub name: String,
    /// Slug of the name, or an author's key.
    pub slug: String,
    /// Address of the list of its posts.
    pub route: Route,
    /// Posts, newest first.
    pub posts: Vec<PageId>,
    /// Introduction to the term (`content/tags/…/_index.md`).
    pub section: Option<PageId>,
}

/// Terms of all taxonomies.
#[derive(Debug, Default)]
pub struct Taxonomies {
    /// Terms, sorted by language, taxonomy (both in the order of the settings) and slug.
    pub terms: Vec<Term>,
    /// Terms of each page: by taxonomy, then in the order of the front matter.
    of_page: Vec<Vec<TermId>>,
}

impl Taxonomies {
    /// Term of an id.
    pub fn term(&self, id: TermId) -> &Term {
        &self.terms[id.index()]
    }

    /// Terms of a taxonomy in a language, sorted by slug.
    pub fn of<'a>(&'a self, lang: &'a str, taxonomy: &'a str) -> impl Iterator<Item = (TermId, &'a Term)> {
        let numbered = self.terms.iter().enumerate().map(|(number, term)| (TermId(number as u32), term));
        numbered.filter(move |(_, term)| term.lang == lang && term.taxonomy.name == taxonomy)
    }

    /// Terms of a page in a taxonomy, in the order of its front matter.
    pub fn of_page<'a>(&'a self, page: PageId, taxonomy: &str) -> &'a [TermId] {
        let inside = |id: &TermId| self.term(*id).taxonomy.name == taxonomy;
        let terms = &self.of_page[page.index()];
        let start = terms.iter().position(inside).unwrap_or(terms.len());
        let len = terms[start..].iter().take_while(|id| inside(id)).count();
        &terms[start..start + len]
    }
}

/// Address of the list of a taxonomy's terms in a language.
pub fn index_route(config: &Config, lang: &str, taxonomy: &str) -> Route {
    let prefix = config.language(lang).map_or("", |language| &language.prefix);
    let slug = slugify(taxonomy);
    // Windows refuses a folder `con`: it becomes `x-con`.
    Route::new(&format!("{prefix}{slug}/"))
        .or_else(|_| Route::new(&format!("{prefix}x-{slug}/")))
        .unwrap_or_else(|_| Route::home())
}

/// Term while its posts are gathered.
struct TermPosts<'a> {
    /// Sort key: index of the language, index of the taxonomy, slug.
    key: (usize, usize, String),
    /// Name as first written.
    name: &'a str,
    posts: Vec<PageId>,
}

/// Term of a name; kept so that each name is slugified once.
#[derive(Clone, Copy)]
enum TermMatch {
    /// Index of the term.
    Term(usize),
    /// Index of a term with this slug, but a clearly different name.
    Collides(usize),
    WithoutSlug,
}

/// Name in a front matter, with the index of its taxonomy.
struct TermName<'a> {
    index: usize,
    name: &'a str,
    /// Fingerprint of language, taxonomy and name.
    fingerprint: Fingerprint,
}

fn language_index(page: &Page, config: &Config) -> usize {
    config.languages.iter().position(|language| language.code == page.summary().lang).unwrap_or(0)
}

/// Index of a page's language, and the terms that it names. Only posts have any.
fn term_names<'a>(page: &'a Page, config: &'a Config) -> (usize, Vec<TermName<'a>>) {
    if page.kind != PageKind::Post {
        return (0, Vec::new());
    }
    let lang = language_index(page, config);
    let all = config.taxonomies.iter().enumerate().flat_map(|(index, taxonomy)| {
        names(page, taxonomy, config).map(move |name| {
            let fingerprint = Fingerprint::of_value(&(lang, index, name));
            TermName { index, name, fingerprint }
        })
    });
    (lang, all.collect())
}

/// Terms that are being gathered.
struct Gathered<'a> {
    config: &'a Config,
    /// Terms in the order in which posts first name them.
    groups: Vec<TermPosts<'a>>,
    by_key: HashMap<(usize, usize, String), usize>,
    known_names: HashMap<Fingerprint, TermMatch, FastHash>,
    /// Slugs that introductions (`content/tags/…/_index.md`) give to their terms, by the slug that the
    /// term would have: language, taxonomy, slug.
    own_slugs: HashMap<(usize, usize, String), &'a str>,
}

impl<'a> Gathered<'a> {
    fn new(pages: &'a [Page], config: &'a Config) -> Self {
        let sections = pages.iter().filter(|page| page.kind == PageKind::Section);
        let own_slugs = sections.filter_map(|page| {
            let summary = page.summary();
            let slug = summary.meta.slug.as_deref().filter(|slug| !slug.contains('/'))?;
            let (taxonomy, term) = summary.name.folder.split_once('/')?;
            let index = config.taxonomies.iter().position(|one| one.name == taxonomy)?;
            Some(((language_index(page, config), index, term_slug::term_slug(term)), slug))
        });
        Self {
            config,
            groups: Vec::new(),
            by_key: HashMap::new(),
            known_names: HashMap::default(),
            own_slugs: own_slugs.collect(),
        }
    }

    /// The term of a name.
    fn find(&mut self, lang: usize, TermName { index, name, fingerprint }: TermName<'a>) -> TermMatch {
        if let Some(known) = self.known_names.get(&fingerprint) {
            return *known;
        }
        let found = self.add(lang, index, name);
        self.known_names.insert(fingerprint, found);
        found
    }

    fn add(&mut self, lang: usize, index: usize, name: &'a str) -> TermMatch {
        let natural = slug_of(name, &self.config.taxonomies[index], self.config);
        if natural.is_empty() {
            return TermMatch::WithoutSlug;
        }
        let mut key = (lang, index, natural);
        let own = self.own_slugs.get(&key).copied();
        if let Some(own) = own {
            own.clone_into(&mut key.2);
        }
        let Some(&number) = self.by_key.get(&key) else { return self.insert(key, name) };
        let known = self.groups[number].name;
        // Not if an introduction gave one of them this slug.
        let is_natural =
            own.is_none() && slug_of(known, &self.config.taxonomies[index], self.config) == key.2;
        if known == name || (is_natural && term_slug::same_signs(known, name)) {
            return TermMatch::Term(number);
        }
        // Two names that only signs tell apart: whichever has them spells them, in any order of posts.
        let spelled = |name| (lang, index, term_slug::spelled_slug(name));
        let (new, old) = (spelled(name), spelled(known));
        if is_natural && new.2 != key.2 {
            return match self.by_key.get(&new) {
                Some(&number) => TermMatch::Term(number),
                None => self.insert(new, name),
            };
        }
        if is_natural && old.2 != key.2 && !self.by_key.contains_key(&old) {
            self.by_key.insert(old.clone(), number);
            self.groups[number].key = old;
            return self.insert(key, name);
        }
        TermMatch::Collides(number)
    }

    fn insert(&mut self, key: (usize, usize, String), name: &'a str) -> TermMatch {
        let number = self.groups.len();
        self.by_key.insert(key.clone(), number);
        self.groups.push(TermPosts { key, name, posts: Vec::new() });
        TermMatch::Term(number)
    }
}

/// Gathers the terms in the order in which posts first name them, and each page's terms as indices
/// into that list. Reports names without a slug, names that collide, and authors that the settings do
/// not list.
fn gather_terms<'a>(
    pages: &'a [Page],
    config: &'a Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<TermPosts<'a>>, Vec<Vec<usize>>) {
    let mut gathered = Gathered::new(pages, config);
    let lists_authors = !config.settings.authors.is_empty();
    let named: Vec<(usize, Vec<TermName<'_>>)> =
        pages.par_iter().map(|page| term_names(page, config)).collect();
    let of_page = named.into_iter().enumerate().map(|(number, (lang, names))| {
        let mut own = Vec::with_capacity(names.len());
        let id = PageId(number as u32);
        for named in names {
            let (taxonomy, name) = (&config.taxonomies[named.index].name, named.name);
            let path = || &pages[number].summary().path;
            if lists_authors && taxonomy == "authors" && config.author(name).is_none() {
                diagnostics.push(unknown_author(path(), name, config));
            }
            match gathered.find(lang, named) {
                TermMatch::WithoutSlug => {
                    diagnostics.push(catalogue::term_without_slug(path(), taxonomy, name));
                }
                TermMatch::Collides(group) => {
                    let TermPosts { name: known, posts, .. } = &gathered.groups[group];
                    let first = posts.first().map(|id| pages[id.index()].summary().path.clone());
                    diagnostics.push(catalogue::terms_collide(path(), taxonomy, name, known, first));
                }
                TermMatch::Term(group) if gathered.groups[group].posts.last() != Some(&id) => {
                    gathered.groups[group].posts.push(id);
                    own.push(group);
                }
                // Named twice on one page, in two spellings.
                TermMatch::Term(_) => {}
            }
        }
        own
    });
    let of_page = of_page.collect();
    (gathered.groups, of_page)
}

fn unknown_author(path: &SitePath, name: &str, config: &Config) -> Diagnostic {
    let authors = &config.settings.authors;
    let keys: Vec<&str> = authors.keys().map(String::as_str).collect();
    let names = authors.values().map(|author| author.name.as_str()).filter(|name| !name.is_empty());
    let lower = name.to_lowercase();
    let same = keys.iter().copied().chain(names.clone()).find(|known| known.to_lowercase() == lower);
    let near = same.or_else(|| nearest(&lower, keys.iter().copied())).or_else(|| nearest(name, names));
    catalogue::author_unknown(path, name, &keys, near)
}

/// Groups the posts of the site by term.
pub(super) fn taxonomies(
    pages: &[Page],
    ranks: &DateRanks,
    sections: &HashMap<(String, String), PageId>,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Taxonomies {
    let (gathered, named) = gather_terms(pages, config, diagnostics);
    let mut in_order: Vec<(usize, TermPosts<'_>)> = gathered.into_iter().enumerate().collect();
    in_order.sort_by(|(_, a), (_, b)| a.key.cmp(&b.key));
    let mut numbers = vec![None; in_order.len()];
    let mut terms = Vec::with_capacity(in_order.len());
    for (number, TermPosts { key: (lang, index, slug), name, mut posts }) in in_order {
        let (language, taxonomy) = (&config.languages[lang], &config.taxonomies[index]);
        ranks.sort(&mut posts);
        let folder = slugify(&taxonomy.name);
        let text = format!("{}{folder}/{slug}/", language.prefix);
        let route = match Route::new(&text) {
            Ok(route) => route,
            Err(problem) => {
                for id in posts.iter().take(1) {
                    let path = &pages[id.index()].summary().path;
                    diagnostics.push(catalogue::term_unsafe(path, &taxonomy.name, name, &problem));
                }
                continue;
            }
        };
        let style = if config.settings.typography { Style::of(&language.code) } else { Style::PLAIN };
        numbers[number] = Some(TermId(terms.len() as u32));
        terms.push(Term {
            taxonomy: taxonomy.clone(),
            lang: language.code.clone(),
            name: typography::set(style, name),
            section: section_of(sections, pages, &language.code, &taxonomy.name, &slug),
            slug,
            route,
            posts,
        });
    }
    let ids = |own: Vec<usize>| own.into_iter().filter_map(|number| numbers[number]).collect();
    Taxonomies { of_page: named.into_iter().map(ids).collect(), terms }
}

/// Names in a page's front matter; for `authors`, the site's author if it names none, and full
/// names for the keys of known authors.
fn names<'a>(page: &'a Page, taxonomy: &Taxonomy, config: &'a Config) -> impl Iterator<Item = &'a str> {
    let is_authors = taxonomy.name == "authors";
    let given = page.summary().meta.terms.get(&taxonomy.name).map_or(&[][..], Vec::as_slice);
    let by_default = config.settings.author.as_ref().filter(|_| is_authors && given.is_empty());
    given.iter().chain(by_default).map(move |name| match config.author(name).filter(|_| is_authors) {
        Some((_, author)) if !author.name.is_empty() => author.name.as_str(),
        _ => name,
    })
}

/// Slug of a term: a known author's key, else the name.
fn slug_of(name: &str, taxonomy: &Taxonomy, config: &Config) -> String {
    match config.author(name).filter(|_| taxonomy.name == "authors") {
        Some((key, _)) => slugify(key),
        None => term_slug::term_slug(name),
    }
}

/// Introduction to a term: `content/tags/moderation/_index.md`, or a folder with the same slug, or
/// the one that gives the slug.
fn section_of(
    sections: &HashMap<(String, String), PageId>,
    pages: &[Page],
    lang: &str,
    taxonomy: &str,
    slug: &str,
) -> Option<PageId> {
    let own = |id: PageId| pages[id.index()].summary().meta.slug.as_deref();
    let mut matching: Vec<(bool, PageId)> = sections
        .iter()
        .filter_map(|((section_lang, folder), id)| {
            let term = folder.strip_prefix(taxonomy)?.strip_prefix('/').filter(|_| section_lang == lang)?;
            let is_it = match own(*id) {
                Some(own) => own == slug,
                None => term == slug || term_slug::term_slug(term) == slug,
            };
            is_it.then_some((term != slug, *id))
        })
        .collect();
    matching.sort_unstable();
    matching.first().map(|(_, id)| *id)
}
