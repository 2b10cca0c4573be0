//! Posts grouped by tag, category, author, series or whatever the config names.

use std::collections::HashMap;

use rayon::prelude::*;

use pingmark_core::config::{Config, Taxonomy};
use pingmark_core::diag::{Diagnostic, catalogue};
use pingmark_core::fingerprint::{FastHash, Fingerprint};
use pingmark_core::slug::slugify;
use pingmark_document::typography::{self, Style};

use super::order::Ranks;
use super::route::Route;
use super::{Page, PageId, PageKind};

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
    /// The terms of each page: taxonomy after taxonomy, in the order in which the page names them.
    of_page: Vec<Vec<TermId>>,
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
        let inside = |id: &TermId| self.term(*id).taxonomy.name == taxonomy;
        let terms = &self.of_page[page.index()];
        let start = terms.iter().position(inside).unwrap_or(terms.len());
        let len = terms[start..].iter().take_while(|id| inside(id)).count();
        &terms[start..start + len]
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

/// A group while its posts are gathered.
struct Gathered<'a> {
    /// By what terms come out in a fixed order: language, taxonomy, slug.
    key: (usize, usize, String),
    /// The name as first written.
    name: &'a str,
    posts: Vec<PageId>,
}

/// What a name was found to be, so that each is looked at once.
#[derive(Clone, Copy)]
enum Met {
    Group(usize),
    /// Another name than the group's, on the same slug.
    Collides(usize),
    WithoutSlug,
}

/// A name as a page gives it: in which of the taxonomies, and what it is told from others by.
struct Named<'a> {
    index: usize,
    name: &'a str,
    known_by: Fingerprint,
}

/// The number of a page's language, and the names it gives; none but a post gives any.
fn named<'a>(page: &'a Page, config: &'a Config) -> (usize, Vec<Named<'a>>) {
    if page.kind != PageKind::Post {
        return (0, Vec::new());
    }
    let lang = config.languages.iter().position(|l| l.code == page.summary().lang).unwrap_or(0);
    let all = config.taxonomies.iter().enumerate().flat_map(|(index, taxonomy)| {
        names(page, taxonomy, config).map(move |name| {
            let known_by = Fingerprint::of_value(&(lang, index, name));
            Named { index, name, known_by }
        })
    });
    (lang, all.collect())
}

/// Gathers the groups in the order in which posts name them, and each page's, as their numbers.
fn gather<'a>(
    pages: &'a [Page],
    config: &'a Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> (Vec<Gathered<'a>>, Vec<Vec<usize>>) {
    let mut groups: Vec<Gathered<'_>> = Vec::new();
    let mut by_key: HashMap<(usize, usize, String), usize> = HashMap::new();
    let mut met: HashMap<Fingerprint, Met, FastHash> = HashMap::default();
    let mut meet = |lang, Named { index, name, known_by }, groups: &mut Vec<Gathered<'a>>| {
        *met.entry(known_by).or_insert_with(|| {
            let key = (lang, index, term_slug(name, &config.taxonomies[index], config));
            if key.2.is_empty() {
                return Met::WithoutSlug;
            }
            let number = *by_key.entry(key.clone()).or_insert(groups.len());
            if number == groups.len() {
                groups.push(Gathered { key, name, posts: Vec::new() });
            }
            let known = groups[number].name;
            if known == name || same_words(known, name) { Met::Group(number) } else { Met::Collides(number) }
        })
    };
    let named: Vec<(usize, Vec<Named<'_>>)> = pages.par_iter().map(|page| named(page, config)).collect();
    let of_page = named.into_iter().enumerate().map(|(number, (lang, names))| {
        let mut own = Vec::with_capacity(names.len());
        let id = PageId(number as u32);
        for named in names {
            let (taxonomy, name) = (&config.taxonomies[named.index].name, named.name);
            let path = || &pages[number].summary().path;
            match meet(lang, named, &mut groups) {
                Met::WithoutSlug => {
                    diagnostics.push(catalogue::term_without_slug(path(), taxonomy, name));
                }
                Met::Collides(group) => {
                    let Gathered { name: known, posts, .. } = &groups[group];
                    let first = posts.first().map(|id| pages[id.index()].summary().path.clone());
                    diagnostics.push(catalogue::terms_collide(path(), taxonomy, name, known, first));
                }
                Met::Group(group) if groups[group].posts.last() != Some(&id) => {
                    groups[group].posts.push(id);
                    own.push(group);
                }
                // Named twice, in two spellings.
                Met::Group(_) => {}
            }
        }
        own
    });
    let of_page = of_page.collect();
    (groups, of_page)
}

/// Groups the posts, and reports names that fall on one slug.
pub(super) fn group(
    pages: &[Page],
    ranks: &Ranks,
    sections: &HashMap<(String, String), PageId>,
    config: &Config,
    diagnostics: &mut Vec<Diagnostic>,
) -> Groups {
    let (gathered, named) = gather(pages, config, diagnostics);
    let mut in_order: Vec<(usize, Gathered<'_>)> = gathered.into_iter().enumerate().collect();
    in_order.sort_by(|(_, a), (_, b)| a.key.cmp(&b.key));
    let mut numbers = vec![None; in_order.len()];
    let mut terms = Vec::with_capacity(in_order.len());
    for (number, Gathered { key: (lang, index, slug), name, mut posts }) in in_order {
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
        let style = if config.settings.typography { Style::of(&language.code) } else { Style::Plain };
        numbers[number] = Some(TermId(terms.len() as u32));
        terms.push(Term {
            taxonomy: taxonomy.clone(),
            lang: language.code.clone(),
            name: typography::set(style, name),
            section: section_of(sections, &language.code, &taxonomy.name, &slug),
            slug,
            route,
            posts,
        });
    }
    let ids = |own: Vec<usize>| own.into_iter().filter_map(|number| numbers[number]).collect();
    Groups { of_page: named.into_iter().map(ids).collect(), terms }
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
fn names<'a>(page: &'a Page, taxonomy: &Taxonomy, config: &'a Config) -> impl Iterator<Item = &'a str> {
    let is_authors = taxonomy.name == "authors";
    let given = page.summary().meta.terms.get(&taxonomy.name).map_or(&[][..], Vec::as_slice);
    let by_default = config.settings.author.as_ref().filter(|_| is_authors && given.is_empty());
    given.iter().chain(by_default).map(move |name| match config.author(name).filter(|_| is_authors) {
        Some((_, author)) if !author.name.is_empty() => author.name.as_str(),
        _ => name,
    })
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
