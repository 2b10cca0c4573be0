//! The views of lists: homes, folders, terms, the archive, feeds.

use pingmark_site::graph::taxonomy::index_route;
use pingmark_site::graph::{PageId, Route, TermId};
use pingmark_site::plan::{Feed, Slice};

use super::{TeaserView, TermTeaser, Text, ViewBuilder};

/// Posts of a category on the home.
const IN_SECTION: usize = 4;

/// A page of a list of posts.
#[derive(Debug, Hash)]
pub struct ListView<'a> {
    /// What the list is.
    pub subject: Subject<'a>,
    /// Its language.
    pub lang: &'a str,
    /// Which part of it.
    pub slice: &'a Slice,
    /// The posts of this part.
    pub posts: Vec<&'a TeaserView<'a>>,
    /// The posts that stand before all others.
    pub pinned: Vec<&'a TeaserView<'a>>,
    /// The text its author wrote about it.
    pub section: Option<Section<'a>>,
    /// The same list in all languages: language and address.
    pub alternates: Vec<(&'a str, Route)>,
    /// The categories with their newest posts, on the first page of the home; none when no
    /// template asks.
    pub sections: Vec<(&'a TermTeaser<'a>, Vec<&'a TeaserView<'a>>)>,
}

/// What a list is about.
#[derive(Debug, Hash)]
pub enum Subject<'a> {
    /// The blog, in a language.
    Home,
    /// A folder.
    Folder,
    /// A tag, a category, a series, an author.
    Term {
        /// The term.
        term: &'a TermTeaser<'a>,
        /// The key of its taxonomy.
        taxonomy: &'a str,
        /// The address of all terms of it.
        index: Route,
        /// Its feed.
        feed: Option<Route>,
        /// How many posts it has.
        count: usize,
    },
}

/// The text of a list.
#[derive(Debug, Hash)]
pub struct Section<'a> {
    /// What is shown of it.
    pub card: &'a TeaserView<'a>,
    /// The text.
    pub text: Text<'a>,
}

/// All terms of a taxonomy, in a language.
#[derive(Debug, Hash)]
pub struct TermsView<'a> {
    /// The taxonomy's key.
    pub taxonomy: &'a str,
    /// The language.
    pub lang: &'a str,
    /// Where this list stands.
    pub index: Route,
    /// The terms, each with the number of its posts.
    pub terms: Vec<(&'a TermTeaser<'a>, usize)>,
    /// The text its author wrote about it.
    pub section: Option<Section<'a>>,
    /// The same list in all languages.
    pub alternates: Vec<(&'a str, Route)>,
}

/// The posts of a language by year.
#[derive(Debug, Hash)]
pub struct ArchiveView<'a> {
    /// The language.
    pub lang: &'a str,
    /// The posts, newest first.
    pub posts: Vec<&'a TeaserView<'a>>,
    /// The archives of all languages.
    pub alternates: Vec<(&'a str, Route)>,
}

/// A feed.
#[derive(Debug, Hash)]
pub struct FeedView<'a> {
    /// Its format, language and term.
    pub feed: &'a Feed,
    /// The term it follows; none for the whole blog.
    pub term: Option<&'a TermTeaser<'a>>,
    /// Its posts, newest first, each with its text where feeds are whole.
    pub items: Vec<(&'a TeaserView<'a>, Option<Text<'a>>)>,
}

impl<'a> ViewBuilder<'a> {
    pub(super) fn home(&self, lang: &'a str, slice: &'a Slice) -> ListView<'a> {
        let order = self.graph.order.home.get(lang);
        let (pinned, posts) = order.map_or((&[][..], &[][..]), |(pinned, others)| (pinned, others));
        let is_first = slice.number == 1;
        let homes = self.config.languages.iter().map(|language| {
            let route = Route::new(&language.prefix).expect("a language's prefix is a route");
            (language.code.as_str(), route)
        });
        ListView {
            subject: Subject::Home,
            lang,
            slice,
            posts: self.card_list(slice.of(posts)),
            pinned: if is_first { self.card_list(pinned) } else { Vec::new() },
            section: self.section(self.graph.section(lang, "")),
            alternates: if is_first { homes.collect() } else { Vec::new() },
            sections: if is_first && self.templates.reads("index.html", "sections") {
                self.categories(lang)
            } else {
                Vec::new()
            },
        }
    }

    /// The categories of a language, those of most posts first, with their newest posts.
    fn categories(&self, lang: &'a str) -> Vec<(&'a TermTeaser<'a>, Vec<&'a TeaserView<'a>>)> {
        let mut terms: Vec<_> = self.graph.taxonomies.of(lang, "categories").collect();
        terms.sort_by_key(|(_, term)| std::cmp::Reverse(term.posts.len()));
        let newest = |posts: &[PageId]| self.card_list(&posts[..posts.len().min(IN_SECTION)]);
        terms.into_iter().map(|(id, term)| (self.term(id), newest(&term.posts))).collect()
    }

    pub(super) fn list(&self, id: PageId, slice: &'a Slice) -> ListView<'a> {
        let page = self.graph.page(id);
        let listed = self.graph.section_lists.get(&id).map_or(&[][..], Vec::as_slice);
        let versions = page.translations.iter().copied().chain([id]).map(|id| self.graph.page(id));
        ListView {
            subject: Subject::Folder,
            lang: &page.summary.lang,
            slice,
            posts: self.card_list(slice.of(listed)),
            pinned: Vec::new(),
            section: self.section(Some(id)),
            alternates: versions.map(|page| (page.summary.lang.as_str(), page.route.clone())).collect(),
            sections: Vec::new(),
        }
    }

    pub(super) fn term_list(&self, id: TermId, slice: &'a Slice) -> ListView<'a> {
        let term = self.graph.taxonomies.term(id);
        let taxonomy = term.taxonomy.name.as_str();
        // A series is read from its beginning.
        let posts = match taxonomy {
            "series" => self.card_list(&slice.of_reversed(&term.posts)),
            _ => self.card_list(slice.of(&term.posts)),
        };
        ListView {
            subject: Subject::Term {
                term: self.term(id),
                taxonomy,
                index: index_route(self.config, &term.lang, taxonomy),
                feed: term.taxonomy.feed.then(|| term.route.join("feed.xml")),
                count: term.posts.len(),
            },
            lang: &term.lang,
            slice,
            posts,
            pinned: Vec::new(),
            section: self.section(term.section),
            alternates: Vec::new(),
            sections: Vec::new(),
        }
    }

    pub(super) fn terms_index(&self, lang: &'a str, taxonomy: &'a str) -> TermsView<'a> {
        let terms = self.graph.taxonomies.of(lang, taxonomy);
        TermsView {
            taxonomy,
            lang,
            index: index_route(self.config, lang, taxonomy),
            terms: terms.map(|(id, term)| (self.term(id), term.posts.len())).collect(),
            section: self.section(self.graph.section(lang, taxonomy)),
            alternates: self.in_all_languages(|code| {
                let has = self.graph.taxonomies.of(code, taxonomy).next().is_some();
                has.then(|| index_route(self.config, code, taxonomy))
            }),
        }
    }

    pub(super) fn archive(&self, lang: &'a str) -> ArchiveView<'a> {
        let posts = self.graph.order.posts.get(lang).map_or(&[][..], Vec::as_slice);
        ArchiveView {
            lang,
            posts: self.card_list(posts),
            alternates: self.in_all_languages(|code| {
                let language = self.config.language(code)?;
                Route::new(&format!("{}archive/", language.prefix)).ok()
            }),
        }
    }

    pub(super) fn feed(&self, feed: &'a Feed) -> FeedView<'a> {
        let posts = match feed.term {
            Some(id) => &self.graph.taxonomies.term(id).posts[..],
            None => self.graph.order.posts.get(&feed.lang).map_or(&[][..], Vec::as_slice),
        };
        let settings = &self.config.settings.feed;
        let newest = &posts[..posts.len().min(settings.limit)];
        FeedView {
            feed,
            term: feed.term.map(|id| self.term(id)),
            items: newest.iter().map(|id| (self.card(*id), settings.full.then(|| self.text(*id)))).collect(),
        }
    }

    fn section(&self, id: Option<PageId>) -> Option<Section<'a>> {
        id.map(|id| Section { card: self.card(id), text: self.text(id) })
    }

    pub(super) fn in_all_languages(&self, route: impl Fn(&'a str) -> Option<Route>) -> Vec<(&'a str, Route)> {
        let languages = self.config.languages.iter();
        languages.filter_map(|language| Some((language.code.as_str(), route(&language.code)?))).collect()
    }
}
