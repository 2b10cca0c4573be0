//! Views of pages that list posts or terms.
//!
//! A new list page has a variant of [`ListPageView`], a view, and the method that builds it.

use pingmark_site::graph::taxonomy::index_route;
use pingmark_site::graph::{PageId, Route, TermId};
use pingmark_site::plan::{ListPage, Slice};

use super::{TeaserView, TermTeaser, Text, ViewBuilder};

/// Number of posts shown of each category on the home page.
const POSTS_PER_CATEGORY: usize = 4;

/// View of a [`ListPage`].
#[derive(Debug, Hash)]
pub enum ListPageView<'a> {
    /// Page of a home, a folder or a term.
    Posts(ListView<'a>),
    /// Terms of a taxonomy.
    Terms(TermsView<'a>),
    /// Posts of a language by year.
    Archive(ArchiveView<'a>),
}

/// Page of a list of posts.
#[derive(Debug, Hash)]
pub struct ListView<'a> {
    /// What is listed.
    pub subject: Subject<'a>,
    /// Language code.
    pub lang: &'a str,
    /// Part of the list.
    pub slice: &'a Slice,
    /// Posts of this part.
    pub posts: Vec<&'a TeaserView<'a>>,
    /// Pinned posts, on the first page of a home.
    pub pinned: Vec<&'a TeaserView<'a>>,
    /// Text that the author wrote about the list.
    pub section: Option<Section<'a>>,
    /// Addresses of the list in all languages, by language code.
    pub alternates: Vec<(&'a str, Route)>,
    /// Categories with their newest posts, on the first page of a home if a template reads them.
    pub sections: Vec<(&'a TermTeaser<'a>, Vec<&'a TeaserView<'a>>)>,
}

/// Subject of a list of posts.
#[derive(Debug, Hash)]
pub enum Subject<'a> {
    /// All posts of a language.
    Home,
    /// Posts of a folder.
    Folder,
    /// Posts of a tag, a category, a series or an author.
    Term {
        /// Term.
        term: &'a TermTeaser<'a>,
        /// Name of its taxonomy.
        taxonomy: &'a str,
        /// Address of the list of all terms of the taxonomy.
        index: Route,
        /// Address of the term's feed.
        feed: Option<Route>,
        /// Number of its posts.
        count: usize,
    },
}

/// Text of a list, from its `_index.md`.
#[derive(Debug, Hash)]
pub struct Section<'a> {
    /// Title and description.
    pub teaser: &'a TeaserView<'a>,
    /// Text.
    pub text: Text<'a>,
}

/// Terms of a taxonomy in a language.
#[derive(Debug, Hash)]
pub struct TermsView<'a> {
    /// Name of the taxonomy.
    pub taxonomy: &'a str,
    /// Language code.
    pub lang: &'a str,
    /// Address of this list.
    pub index: Route,
    /// Terms, each with the number of its posts.
    pub terms: Vec<(&'a TermTeaser<'a>, usize)>,
    /// Text that the author wrote about the taxonomy.
    pub section: Option<Section<'a>>,
    /// Addresses of the list in all languages, by language code.
    pub alternates: Vec<(&'a str, Route)>,
}

/// Archive of a language.
#[derive(Debug, Hash)]
pub struct ArchiveView<'a> {
    /// Language code.
    pub lang: &'a str,
    /// Posts, newest first.
    pub posts: Vec<&'a TeaserView<'a>>,
    /// Addresses of the archives of all languages, by language code.
    pub alternates: Vec<(&'a str, Route)>,
}

impl<'a> ViewBuilder<'a> {
    pub(super) fn list_page(&self, page: &'a ListPage) -> ListPageView<'a> {
        match page {
            ListPage::Home(lang, slice) => ListPageView::Posts(self.home(lang, slice)),
            ListPage::Section(id, slice) => ListPageView::Posts(self.section_list(*id, slice)),
            ListPage::Term(id, slice) => ListPageView::Posts(self.term_list(*id, slice)),
            ListPage::Terms(lang, taxonomy) => ListPageView::Terms(self.terms(lang, taxonomy)),
            ListPage::Archive(lang) => ListPageView::Archive(self.archive(lang)),
        }
    }

    fn home(&self, lang: &'a str, slice: &'a Slice) -> ListView<'a> {
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
            posts: self.teasers(slice.of(posts)),
            pinned: if is_first { self.teasers(pinned) } else { Vec::new() },
            section: self.section(self.graph.section(lang, "")),
            alternates: if is_first { homes.collect() } else { Vec::new() },
            sections: if is_first && self.template_reads.variable(Some("index.html"), "sections") {
                self.categories(lang)
            } else {
                Vec::new()
            },
        }
    }

    /// Categories of a language with their newest posts, the largest category first.
    fn categories(&self, lang: &'a str) -> Vec<(&'a TermTeaser<'a>, Vec<&'a TeaserView<'a>>)> {
        let mut terms: Vec<_> = self.graph.taxonomies.of(lang, "categories").collect();
        terms.sort_by_key(|(_, term)| std::cmp::Reverse(term.posts.len()));
        let newest = |posts: &[PageId]| self.teasers(&posts[..posts.len().min(POSTS_PER_CATEGORY)]);
        terms.into_iter().map(|(id, term)| (self.term(id), newest(&term.posts))).collect()
    }

    fn section_list(&self, id: PageId, slice: &'a Slice) -> ListView<'a> {
        let page = self.graph.page(id);
        let listed = self.graph.section_lists.get(&id).map_or(&[][..], Vec::as_slice);
        let versions = page.translations.iter().copied().chain([id]).map(|id| self.graph.page(id));
        ListView {
            subject: Subject::Folder,
            lang: &page.summary.lang,
            slice,
            posts: self.teasers(slice.of(listed)),
            pinned: Vec::new(),
            section: self.section(Some(id)),
            alternates: versions.map(|page| (page.summary.lang.as_str(), page.route.clone())).collect(),
            sections: Vec::new(),
        }
    }

    fn term_list(&self, id: TermId, slice: &'a Slice) -> ListView<'a> {
        let term = self.graph.taxonomies.term(id);
        let taxonomy = term.taxonomy.name.as_str();
        // A series is read from its beginning.
        let posts = match taxonomy {
            "series" => self.teasers(&slice.of_reversed(&term.posts)),
            _ => self.teasers(slice.of(&term.posts)),
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

    fn terms(&self, lang: &'a str, taxonomy: &'a str) -> TermsView<'a> {
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

    fn archive(&self, lang: &'a str) -> ArchiveView<'a> {
        let posts = self.graph.order.posts.get(lang).map_or(&[][..], Vec::as_slice);
        ArchiveView {
            lang,
            posts: self.teasers(posts),
            alternates: self.in_all_languages(|code| {
                let language = self.config.language(code)?;
                Route::new(&format!("{}archive/", language.prefix)).ok()
            }),
        }
    }

    fn section(&self, id: Option<PageId>) -> Option<Section<'a>> {
        id.map(|id| Section { teaser: self.teaser(id), text: self.text(id) })
    }
}
