//! Posts grouped by tag, category, author, series or whatever the config names.

use std::collections::{BTreeMap, HashMap};

use super::route::Route;
use super::{Page, PageId, PageKind};
use crate::config::{Config, Taxonomy};
use crate::diag::{Diagnostic, catalogue};
use crate::document::typography::{self, Style};
use crate::slug::slugify;

/// The number of a term in [`Groups::terms`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct TermId(pub u32);

impl TermId {
    /// As an index.
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// A group of posts: a tag, an author.
#[derive(Clone, Debug)]
pub struct Term {
    /// The taxonomy it belongs to.
    pub taxonomy: Taxonomy,
    /// The language of its posts.
    pub lang: String,
    /// Its name, as first written.
    pub name: String,
    /// The name's slug.
    pub slug: String,
    /// The address of its list.
    pub route: Route,
    /// Its posts, newest first.
    pub posts: Vec<PageId>,
    /// The text its author wrote about it.
    pub section: Option<PageId>,
}

/// All groups of the site.
#[derive(Debug, Default)]
pub struct Groups {
    /// The terms, by language, taxonomy and slug.
    pub terms: Vec<Term>,
    /// The terms of each page, by taxonomy, in the order in which the page names them.
    pub of_page: Vec<BTreeMap<String, Vec<TermId>>>,
}

impl Groups {
    /// A term.
    pub fn term(&self, id: TermId) -> &Term {
        &self.terms[id.index()]
    }

    /// The terms of a language's taxonomy, by slug.
    pub fn of<'a>(&'a self, lang: &'a str, taxonomy: &'a str) -> impl Iterator<Item = (TermId, &'a Term)> {
        let numbered = self.terms.iter().enumerate().map(|(number, term)| (TermId(number as u32), term));
        numbered.filter(move |(_, term)| term.lang == lang && term.taxonomy.name == taxonomy)
    }

    /// The terms of a page in a taxonomy.
    pub fn of_page<'a>(&'a self, page: PageId, taxonomy: &str) -> &'a [TermId] {
        self.of_page[page.index()].get(taxonomy).map_or(&[], Vec::as_slice)
    }
}

/// The address of the list of a taxonomy's terms, in a language.
pub fn index_route(config: &Config, lang: &str, taxonomy: &str) -> Route {
    let prefix = config.language(lang).map_or("", |language| &language.prefix);
    let slug = slugify(taxonomy);
    // A taxonomy called `con` gets an address that every system can hold.
    Route::new(&format!("{prefix}{slug}/"))
        .or_else(|_| Route::new(&format!("{prefix}x-{slug}/")))
        .unwrap_or_else(|_| Route::home())
}

type Key = (usize, usize, String);

/// Groups the posts, and reports names that fall on one slug.
pub(super) fn group(
    pages: &[Page],
    sections: &HashMap<(String, String), PageId>,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Groups {
    // Keyed by (language, taxonomy, slug), so that terms come out in a fixed order.
    let mut found: BTreeMap<Key, (String, Vec<PageId>)> = BTreeMap::new();
    let mut named: Vec<Vec<(String, Key)>> = vec![Vec::new(); pages.len()];
    for (number, page) in pages.iter().enumerate() {
        if page.kind != PageKind::Post {
            continue;
        }
        let summary = page.summary();
        let lang = config.languages.iter().position(|l| l.code == summary.lang).unwrap_or(0);
        for (index, taxonomy) in config.taxonomies.iter().enumerate() {
            for name in names(page, taxonomy, config) {
                let slug = term_slug(&name, taxonomy, config);
                if slug.is_empty() {
                    diagnostics.push(catalogue::term_without_slug(&summary.path, &taxonomy.name, &name));
                    continue;
                }
                let key = (lang, index, slug);
                let (known, posts) = found.entry(key.clone()).or_insert_with(|| (name.clone(), Vec::new()));
                if *known != name && !same_words(known, &name) {
                    let first = posts.first().map(|id| pages[id.index()].summary().path.clone());
                    let known = known.clone();
                    diagnostics.push(catalogue::terms_collide(
                        &summary.path,
                        &taxonomy.name,
                        &name,
                        &known,
                        first,
                    ));
                    continue;
                }
                let id = PageId(number as u32);
                if posts.last() != Some(&id) {
                    posts.push(id);
                    named[number].push((taxonomy.name.clone(), key));
                }
            }
        }
    }
    let mut numbers: HashMap<Key, TermId> = HashMap::with_capacity(found.len());
    let mut terms = Vec::with_capacity(found.len());
    for (key, (name, mut posts)) in found {
        let (language, taxonomy) = (&config.languages[key.0], &config.taxonomies[key.1]);
        super::order::newest_first(&mut posts, pages);
        let folder = slugify(&taxonomy.name);
        let text = format!("{}{folder}/{}/", language.prefix, key.2);
        let route = match Route::new(&text) {
            Ok(route) => route,
            Err(problem) => {
                for id in posts.iter().take(1) {
                    let path = &pages[id.index()].summary().path;
                    diagnostics.push(catalogue::term_unsafe(path, &taxonomy.name, &name, &problem));
                }
                continue;
            }
        };
        let name =
            if config.settings.typography { typography::set(Style::of(&language.code), &name) } else { name };
        let section = section_of(sections, &language.code, &taxonomy.name, &key.2);
        numbers.insert(key.clone(), TermId(terms.len() as u32));
        terms.push(Term {
            taxonomy: taxonomy.clone(),
            lang: language.code.clone(),
            name,
            slug: key.2,
            route,
            posts,
            section,
        });
    }
    let of_page = named
        .into_iter()
        .map(|keys| {
            let mut by_taxonomy: BTreeMap<String, Vec<TermId>> = BTreeMap::new();
            for (taxonomy, key) in keys {
                if let Some(id) = numbers.get(&key) {
                    by_taxonomy.entry(taxonomy).or_default().push(*id);
                }
            }
            by_taxonomy
        })
        .collect();
    Groups { terms, of_page }
}

/// Whether two names differ only in case, accents and what stands between their words: `Open
/// source` and `open-source` do, `C` and `C#` do not.
fn same_words(one: &str, other: &str) -> bool {
    let signs = |name: &str| -> Vec<char> {
        let between = |c: char| c.is_whitespace() || matches!(c, '-' | '_' | '.' | '\'' | '’' | '/' | ',');
        let letter = |c: char| c.is_alphanumeric() || between(c);
        name.chars().filter(|c| !letter(*c)).collect()
    };
    signs(one) == signs(other)
}

/// The names a page gives; the site's author stands in where a post names none.
fn names(page: &Page, taxonomy: &Taxonomy, config: &Config) -> Vec<String> {
    let given = page.summary().meta.terms.get(&taxonomy.name).cloned().unwrap_or_default();
    if taxonomy.name != "authors" {
        return given;
    }
    let given = if given.is_empty() { config.settings.author.iter().cloned().collect() } else { given };
    let full_name = |name: String| match config.author(&name) {
        Some((_, author)) if !author.name.is_empty() => author.name.clone(),
        _ => name,
    };
    given.into_iter().map(full_name).collect()
}

/// A known author stands at the address of their key; everyone and everything else at the
/// slug of the name.
fn term_slug(name: &str, taxonomy: &Taxonomy, config: &Config) -> String {
    match config.author(name).filter(|_| taxonomy.name == "authors") {
        Some((key, _)) => slugify(key),
        None => slugify(name),
    }
}

/// The text in `content/tags/moderation/_index.md`, whatever the folder's spelling.
fn section_of(
    sections: &HashMap<(String, String), PageId>,
    lang: &str,
    taxonomy: &str,
    slug: &str,
) -> Option<PageId> {
    sections.get(&(lang.to_owned(), format!("{taxonomy}/{slug}"))).copied().or_else(|| {
        let mut matching: Vec<_> = sections
            .iter()
            .filter(|((section_lang, folder), _)| {
                let term = folder.strip_prefix(taxonomy).and_then(|rest| rest.strip_prefix('/'));
                section_lang == lang && term.is_some_and(|term| slugify(term) == slug)
            })
            .map(|(_, id)| *id)
            .collect();
        matching.sort_unstable();
        matching.first().copied()
    })
}
