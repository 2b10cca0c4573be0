//! Cited works as readers see them: labels in the text, references in notes and lists.

use std::borrow::Cow;

use pingmark_core::config::BaseUrl;
use pingmark_core::html::{push_href, push_text};
use pingmark_core::lang::CitationWords;
use pingmark_core::lang::Language;
use pingmark_site::bibliography::{AuthorName, PartialDate, SourceKind};

use crate::view::cited_work::Work;

/// Id of a source in the list at the end.
pub fn source_id(number: u32) -> String {
    format!("cite-{number}")
}

/// Id of the citation of a source with this number, from 1.
pub fn place_id(number: u32, place: usize) -> String {
    if place == 1 { format!("citeref-{number}") } else { format!("citeref-{number}-{place}") }
}

/// Cited work, with its addresses as the citing page needs them.
#[derive(Debug)]
pub struct Reference<'a> {
    /// Authors.
    pub authors: Cow<'a, [AuthorName]>,
    /// Title.
    pub title: &'a str,
    /// Website, journal or publisher.
    pub site: Option<&'a str>,
    /// Date of publication.
    pub published: Option<Cow<'a, PartialDate>>,
    /// Date of access.
    pub accessed: Option<&'a PartialDate>,
    /// Kind: `article`, `book`…; `post` for an article of the blog.
    pub kind: &'static str,
    /// Type in schema.org.
    pub schema: &'static str,
    /// Address of the work.
    pub url: Option<Cow<'a, str>>,
    /// Address for links: of the work, or of its archived copy.
    pub link: Option<Cow<'a, str>>,
    /// Address of an archived copy.
    pub archived: Option<&'a str>,
    /// Whether the link is dead.
    pub dead: bool,
    /// Note.
    pub note: Option<&'a str>,
    /// Language code, if known.
    pub lang: Option<&'a str>,
    /// Key in the bibliography.
    pub key: Option<&'a str>,
}

impl<'a> Reference<'a> {
    /// Reference to a work. Addresses of the blog are absolute, or from the root of the host.
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

    /// Label in the text: family names of the authors, else the website or the title.
    pub fn label(&self, words: &CitationWords) -> String {
        let families: Vec<&str> = self.authors.iter().map(|person| person.family.as_str()).collect();
        match families.is_empty() {
            true => self.site.unwrap_or(self.title).to_owned(),
            false => words.join_short(&families),
        }
    }

    /// Year, or the language's abbreviation for “no date”.
    pub fn year(&self, words: &CitationWords) -> String {
        self.published.as_deref().map_or(words.no_date, PartialDate::year).to_owned()
    }

    /// Names of the authors.
    pub fn names(&self, words: &CitationWords) -> String {
        words.join_all(&self.authors.iter().map(|person| person.name.as_str()).collect::<Vec<_>>())
    }

    /// Website, unless it repeats the title or an author.
    pub fn distinct_site(&self) -> Option<&'a str> {
        let site = self.site?;
        let is_said = site == self.title || self.authors.iter().any(|person| person.name == site);
        (!is_said).then_some(site)
    }

    /// Writes the full reference as HTML, without a full stop: authors, title, website, date, place in the
    /// work (HTML too), date of access, archived copy.
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

    /// Writes the short reference of a work that was cited before: authors, title, place in the work.
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
        // Independent works in italics, parts of a work in quotes.
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

/// Writes the words after a citation, as HTML.
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
