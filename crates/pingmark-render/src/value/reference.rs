//! A work as a reader sees it cited: its label in the text, its reference in a note or a list.

use std::borrow::Cow;

use pingmark_core::config::BaseUrl;
use pingmark_core::html::{push_href, push_text};
use pingmark_core::lang::Language;
use pingmark_site::bibliography::{AuthorName, CitationWords, PartialDate, SourceKind};

use crate::view::cited_work::Work;

/// The id of a source in the list at the end.
pub fn source_id(number: u32) -> String {
    format!("cite-{number}")
}

/// The id of a place that cites a source: which of its places, from 1.
pub fn place_id(number: u32, place: usize) -> String {
    if place == 1 { format!("citeref-{number}") } else { format!("citeref-{number}-{place}") }
}

/// A work, with its addresses as the page that cites it needs them.
#[derive(Debug)]
pub struct Reference<'a> {
    /// Who wrote it.
    pub authors: Cow<'a, [AuthorName]>,
    /// Its title.
    pub title: &'a str,
    /// Where it appeared.
    pub site: Option<&'a str>,
    /// When it appeared.
    pub published: Option<Cow<'a, PartialDate>>,
    /// When it was read.
    pub accessed: Option<&'a PartialDate>,
    /// What it is: `article`, `book`…; `post` for an article of the blog.
    pub kind: &'static str,
    /// What schema.org calls it.
    pub schema: &'static str,
    /// Its own address.
    pub url: Option<Cow<'a, str>>,
    /// Where a link to it leads.
    pub link: Option<Cow<'a, str>>,
    /// The address of a copy.
    pub archived: Option<&'a str>,
    /// Whether the original is gone.
    pub dead: bool,
    /// A remark on it.
    pub note: Option<&'a str>,
    /// Its language, where known.
    pub lang: Option<&'a str>,
    /// Its key in the catalogue.
    pub key: Option<&'a str>,
}

impl<'a> Reference<'a> {
    /// The reference of a work; addresses of the blog whole, or from the root of its host.
    pub fn new(work: &'a Work<'a>, base: &BaseUrl, absolute: bool) -> Self {
        let nothing = Self {
            authors: Cow::Borrowed(&[]),
            title: "",
            site: None,
            published: None,
            accessed: None,
            kind: SourceKind::Article.name(),
            schema: "CreativeWork",
            url: None,
            link: None,
            archived: None,
            dead: false,
            note: None,
            lang: None,
            key: None,
        };
        match work {
            Work::Source(source) => Self {
                authors: Cow::Borrowed(&source.authors),
                title: &source.title,
                site: source.site.as_deref(),
                published: source.published.as_ref().map(Cow::Borrowed),
                accessed: source.accessed.as_ref(),
                kind: source.kind.name(),
                schema: source.kind.schema(),
                url: source.url.as_deref().map(Cow::Borrowed),
                link: source.link().map(Cow::Borrowed),
                archived: source.archived.as_deref(),
                dead: source.dead,
                note: source.note.as_deref(),
                lang: source.lang.as_deref(),
                key: Some(&source.key),
            },
            Work::Article(article) => {
                let url = if absolute { article.route.permalink(base) } else { article.route.url(base) };
                let day = article.date.and_then(|date| PartialDate::read(&date.day()));
                Self {
                    authors: article.authors.iter().filter_map(|name| AuthorName::read(name)).collect(),
                    title: article.title,
                    published: day.map(Cow::Owned),
                    kind: "post",
                    schema: "BlogPosting",
                    url: Some(url.clone().into()),
                    link: Some(url.into()),
                    lang: Some(article.lang),
                    ..nothing
                }
            }
            Work::Address(url, title, host) => Self {
                title,
                site: Some(host),
                url: Some(Cow::Borrowed(url)),
                link: Some(Cow::Borrowed(url)),
                ..nothing
            },
        }
    }

    /// What stands for the work in the text: its authors' families, else its site or its title.
    pub fn label(&self, words: &CitationWords) -> String {
        let families: Vec<&str> = self.authors.iter().map(|person| person.family.as_str()).collect();
        match families.is_empty() {
            true => self.site.unwrap_or(self.title).to_owned(),
            false => words.join_short(&families),
        }
    }

    /// The year, or the language's words for none.
    pub fn year(&self, words: &CitationWords) -> String {
        self.published.as_deref().map_or(words.no_date, PartialDate::year).to_owned()
    }

    /// Its authors' names.
    pub fn names(&self, words: &CitationWords) -> String {
        words.join_all(&self.authors.iter().map(|person| person.name.as_str()).collect::<Vec<_>>())
    }

    /// Where it appeared, unless its title or its author says so already.
    pub fn distinct_site(&self) -> Option<&'a str> {
        let site = self.site?;
        let is_said = site == self.title || self.authors.iter().any(|person| person.name == site);
        (!is_said).then_some(site)
    }

    /// The whole reference as HTML, without a full stop: authors, title, site, date, the place in
    /// it (HTML too), when it was read, the copy.
    pub fn push_full(&self, lang: &str, place: &str, out: &mut String) {
        let words = CitationWords::of(lang);
        let language = Language::of(lang);
        let names = self.names(words);
        if !names.is_empty() {
            push_text(out, &names);
            out.push_str(", ");
        }
        self.push_title(words, out);
        if let Some(site) = self.distinct_site() {
            out.push_str(", <cite>");
            push_text(out, site);
            out.push_str("</cite>");
        }
        out.push_str(", ");
        match &self.published {
            Some(day) => push_text(out, &day.in_words(language)),
            None => out.push_str(words.no_date),
        }
        push_after(place, out);
        if let Some(day) = self.accessed {
            out.push_str(", ");
            out.push_str(words.accessed);
            out.push(' ');
            push_text(out, &day.in_words(language));
        }
        if self.dead {
            out.push_str(", ");
            out.push_str(words.dead);
        }
        if let Some(archived) = self.archived {
            out.push_str(", ");
            push_link(out, Some(archived), |out| out.push_str(words.archived));
        }
    }

    /// The reference when it was given before: who, the title, and the place in it.
    pub fn push_short(&self, lang: &str, place: &str, out: &mut String) {
        let words = CitationWords::of(lang);
        if !self.authors.is_empty() {
            push_text(out, &self.label(words));
            out.push_str(", ");
        }
        self.push_title(words, out);
        push_after(place, out);
    }

    fn push_title(&self, words: &CitationWords, out: &mut String) {
        let title = |out: &mut String| push_text(out, self.title);
        // What stands on its own is set apart by its letters, what stands in something by quotes.
        if matches!(self.kind, "book" | "report" | "site") {
            out.push_str("<cite>");
            push_link(out, self.link.as_deref(), title);
            out.push_str("</cite>");
        } else {
            out.push_str(words.quotes[0]);
            push_link(out, self.link.as_deref(), title);
            out.push_str(words.quotes[1]);
        }
    }
}

/// Words after what they belong to, as HTML.
pub fn push_after(words: &str, out: &mut String) {
    if !words.is_empty() {
        out.push_str(", ");
        out.push_str(words);
    }
}

fn push_link(out: &mut String, address: Option<&str>, words: impl FnOnce(&mut String)) {
    let Some(address) = address else { return words(out) };
    out.push_str("<a href=\"");
    push_href(out, address);
    out.push_str(if address.contains("//") { "\" rel=\"noopener\">" } else { "\">" });
    words(out);
    out.push_str("</a>");
}
