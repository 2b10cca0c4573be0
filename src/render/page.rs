//! Pages made by templates: which template, and what it sees.

use std::collections::HashSet;

use tera::{Context, Value};

use super::Site;
use super::fill::Filler;
use super::head::Head;
use super::view::{RELATED, group};
use crate::config::SiteLanguage;
use crate::diag::{Diagnostic, catalogue};
use crate::graph::taxonomy::index_route;
use crate::graph::{Graph, PageId, PageKind, Route, TermId};
use crate::output::Content;
use crate::plan::{Plan, Recipe, Slice, Target};
use crate::slug::nearest;

/// Bytes reserved for a page; most need no more.
const PAGE_SIZE: usize = 24 * 1024;

/// The template that a page is usually made with.
fn usual(recipe: &Recipe, graph: &Graph) -> Option<&'static str> {
    Some(match recipe {
        Recipe::Page(id) if graph.page(*id).kind == PageKind::Post => "post.html",
        Recipe::Page(_) => "page.html",
        Recipe::Home(..) => "index.html",
        Recipe::List(..) => "list.html",
        Recipe::Term(..) => "term.html",
        Recipe::Terms(..) => "terms.html",
        Recipe::Archive(_) => "archive.html",
        Recipe::NotFound(_) => "404.html",
        _ => return None,
    })
}

/// Templates that nothing of the plan is made with.
pub fn idle_templates(plan: &Plan, graph: &Graph) -> Vec<&'static str> {
    const ALL: [&str; 8] = [
        "post.html",
        "page.html",
        "index.html",
        "list.html",
        "term.html",
        "terms.html",
        "archive.html",
        "404.html",
    ];
    let used: HashSet<&str> = plan.targets.iter().filter_map(|target| usual(&target.recipe, graph)).collect();
    let asked = |name: &str| {
        let stem = name.trim_end_matches(".html");
        graph.pages.iter().any(|page| {
            page.summary()
                .meta
                .template
                .as_deref()
                .is_some_and(|asked| asked.trim_end_matches(".html") == stem)
        })
    };
    ALL.into_iter().filter(|name| !used.contains(name) && !asked(name)).collect()
}

/// Renders a page.
pub fn render(target: &Target, site: &Site<'_>) -> (Option<Content>, Vec<Diagnostic>) {
    let mut told = Vec::new();
    let page = Page { target, site };
    let (template, context) = page.prepare(&mut told);
    match site.templates.render(&template, &context, target.route.as_str(), PAGE_SIZE) {
        Ok(bytes) => (Some(Content::Bytes(bytes)), told),
        Err(failure) => {
            told.push(*failure);
            (None, told)
        }
    }
}

struct Page<'a> {
    target: &'a Target,
    site: &'a Site<'a>,
}

impl Page<'_> {
    fn prepare(&self, told: &mut Vec<Diagnostic>) -> (String, Context) {
        match &self.target.recipe {
            Recipe::Page(id) => self.page(*id, told),
            Recipe::Home(lang, slice) => self.home(lang, slice, told),
            Recipe::List(id, slice) => self.list(*id, slice, told),
            Recipe::Term(id, slice) => self.term(*id, slice, told),
            Recipe::Terms(lang, taxonomy) => self.terms(lang, taxonomy, told),
            Recipe::Archive(lang) => self.archive(lang),
            Recipe::NotFound(lang) => self.not_found(lang),
            other => unreachable!("{other:?} is not made by a template"),
        }
    }

    fn language(&self, code: &str) -> &SiteLanguage {
        let config = self.site.config;
        config.language(code).unwrap_or_else(|| config.main_language())
    }

    /// The shared values, and those every page has.
    fn context(&self, template: &str, lang: &str, head: &Head) -> Context {
        let site = self.site;
        let reads = |name: &str| site.templates.reads(template, name);
        let mut context = site.views.context(lang, &reads);
        let language = self.language(lang);
        let url = |route: &Route| format!("{}{}", site.config.base_url.path(), route.encoded());
        context.insert_value("path", Value::from(url(&self.target.route)));
        context.insert_value("head", head.value(&self.target.route, language, site));
        let switch = site.views.switch(lang, |language| {
            let own = head.alternates.iter().find(|(code, _)| *code == language.code);
            own.map_or_else(|| site.views.home(language), |(_, route)| url(route))
        });
        context.insert_value("languages", switch);
        if let (Some(id), true) = (head.page, reads("related")) {
            context.insert_value("related", site.views.cards(&site.graph.related(id, RELATED)));
        }
        context
    }

    fn page(&self, id: PageId, told: &mut Vec<Diagnostic>) -> (String, Context) {
        let page = self.site.graph.page(id);
        let summary = page.summary();
        let template =
            self.template(id, usual(&self.target.recipe, self.site.graph).unwrap_or("page.html"), told);
        let description = summary.meta.description.clone().unwrap_or_else(|| summary.excerpt.clone());
        let mut alternates = vec![(summary.lang.clone(), page.route.clone())];
        alternates.extend(page.translations.iter().map(|other| {
            let other = self.site.graph.page(*other);
            (other.summary().lang.clone(), other.route.clone())
        }));
        alternates.sort();
        let head = Head {
            title: Some(summary.title.clone()),
            description,
            canonical: summary.meta.canonical_url.clone(),
            page: Some(id),
            image: self.site.views.image(id),
            alternates,
            trail: vec![(summary.title.clone(), page.route.clone())],
            ..Head::default()
        };
        let mut context = self.context(&template, &summary.lang, &head);
        let value = self.site.views.page(id, self.site.templates, &context, told);
        context.insert_value("page", value);
        (template, context)
    }

    /// The template a front matter asks for, or the usual one.
    fn template(&self, id: PageId, usual: &str, told: &mut Vec<Diagnostic>) -> String {
        let summary = self.site.graph.page(id).summary();
        let Some(asked) = &summary.meta.template else { return usual.to_owned() };
        let name = if asked.contains('.') { asked.clone() } else { format!("{asked}.html") };
        // Other generators' names for what is usual here.
        if matches!(asked.as_str(), "default" | "single" | "article" | "post" | "page")
            && !self.site.templates.has(&name)
        {
            return usual.to_owned();
        }
        if self.site.templates.has(&name) {
            return name;
        }
        let names = self.site.templates.names();
        let stems: Vec<&str> = names.iter().map(|name| name.trim_end_matches(".html")).collect();
        let near = nearest(name.trim_end_matches(".html"), stems);
        told.push(catalogue::template_missing(&summary.path, asked, near));
        usual.to_owned()
    }

    fn home(&self, lang: &str, slice: &Slice, told: &mut Vec<Diagnostic>) -> (String, Context) {
        let site = self.site;
        let language = self.language(lang);
        let section = site.graph.section(lang, "");
        let described = section.and_then(|id| site.graph.page(id).summary().meta.description.clone());
        let mut head = self.list_head(slice, described.unwrap_or_else(|| language.description.clone()));
        if slice.number == 1 {
            let homes = site.config.languages.iter().map(|language| {
                let route = Route::new(&language.prefix).expect("a language's prefix is a route");
                (language.code.clone(), route)
            });
            head.alternates = homes.collect();
        }
        let mut context = self.context("index.html", lang, &head);
        let (pinned, posts) = site.graph.order.home.get(lang).map_or((&[][..], &[][..]), |(p, o)| (p, o));
        let pinned = if slice.number == 1 { pinned } else { &[] };
        context.insert_value("pinned", site.views.cards(pinned));
        context.insert_value("section", self.section(section, &context, told));
        self.add_posts(&mut context, slice.of(posts), slice);
        ("index.html".into(), context)
    }

    fn list(&self, id: PageId, slice: &Slice, told: &mut Vec<Diagnostic>) -> (String, Context) {
        let page = self.site.graph.page(id);
        let summary = page.summary();
        let mut head = self
            .list_head(slice, summary.meta.description.clone().unwrap_or_else(|| summary.excerpt.clone()));
        head.title = Some(summary.title.clone());
        head.trail = vec![(summary.title.clone(), page.route.clone())];
        head.alternates = page
            .translations
            .iter()
            .chain([&id])
            .map(|id| self.site.graph.page(*id))
            .map(|page| (page.summary().lang.clone(), page.route.clone()))
            .collect();
        let template = self.template(id, "list.html", told);
        let mut context = self.context(&template, &summary.lang, &head);
        context.insert_value("section", self.section(Some(id), &context, told));
        let listed = self.site.graph.lists.get(&id).map_or(&[][..], Vec::as_slice);
        self.add_posts(&mut context, slice.of(listed), slice);
        (template, context)
    }

    fn term(&self, id: TermId, slice: &Slice, told: &mut Vec<Diagnostic>) -> (String, Context) {
        let site = self.site;
        let term = site.graph.groups.term(id);
        let taxonomy = &term.taxonomy;
        let section = term.section.map(|section| site.graph.page(section).summary());
        let bio =
            || Some(site.config.author(&term.name)?.1.bio.clone()?).filter(|_| taxonomy.name == "authors");
        let description = section.and_then(|summary| summary.meta.description.clone()).or_else(bio);
        let name = section.filter(|summary| summary.meta.title.is_some());
        let name = name.map_or_else(|| term.name.clone(), |summary| summary.title.clone());
        let index = index_route(site.config, &term.lang, &taxonomy.name);
        let mut head = self.list_head(slice, description.clone().unwrap_or_default());
        head.title = Some(name.clone());
        head.trail = vec![(self.word(&term.lang, &taxonomy.name), index), (name.clone(), term.route.clone())];
        let feed = taxonomy.feed.then(|| term.route.join("feed.xml"));
        head.feeds = feed.iter().map(|route| (name.clone(), route.clone())).collect();
        if head.description.is_empty() {
            head.description = format!("{name} — {}", self.language(&term.lang).description);
        }
        let mut context = self.context("term.html", &term.lang, &head);
        let url = |route: &Route| Value::from(format!("{}{}", site.config.base_url.path(), route.encoded()));
        let content = self.section(term.section, &context, told);
        let author = if taxonomy.name == "authors" { site.views.term(id) } else { Value::none() };
        let value = group([
            ("name", Value::from(name)),
            ("slug", Value::from(term.slug.as_str())),
            ("url", url(&term.route)),
            ("count", Value::from(term.posts.len())),
            ("description", Value::from(description.unwrap_or_default())),
            ("content", content.get_from_path("content").cloned().unwrap_or_else(|| Value::from(""))),
            ("feed", feed.as_ref().map_or_else(Value::none, url)),
            ("author", author),
        ]);
        context.insert_value("term", value);
        context.insert_value("taxonomy", site.views.taxonomy(&term.lang, &taxonomy.name));
        // A series is read from its beginning.
        match taxonomy.name.as_str() {
            "series" => self.add_posts(&mut context, &slice.of_reversed(&term.posts), slice),
            _ => self.add_posts(&mut context, slice.of(&term.posts), slice),
        }
        ("term.html".into(), context)
    }

    fn terms(&self, lang: &str, taxonomy: &str, told: &mut Vec<Diagnostic>) -> (String, Context) {
        let site = self.site;
        let language = self.language(lang);
        let section = site.graph.section(lang, taxonomy);
        let own =
            section.map(|id| site.graph.page(id).summary()).filter(|summary| summary.meta.title.is_some());
        let title = own.map_or_else(|| self.word(lang, taxonomy), |summary| summary.title.clone());
        let described = section.and_then(|id| site.graph.page(id).summary().meta.description.clone());
        let head = Head {
            description: described.unwrap_or_else(|| format!("{title} — {}", language.description)),
            title: Some(title.clone()),
            trail: vec![(title, self.target.route.clone())],
            alternates: self.same_in_all_languages(|code| {
                let has = site.graph.groups.of(code, taxonomy).next().is_some();
                has.then(|| index_route(site.config, code, taxonomy))
            }),
            ..Head::default()
        };
        let mut context = self.context("terms.html", lang, &head);
        let terms = site.graph.groups.of(lang, taxonomy).map(|(id, _)| site.views.term(id));
        context.insert_value("terms", Value::from(terms.collect::<Vec<_>>()));
        context.insert_value("taxonomy", site.views.taxonomy(lang, taxonomy));
        context.insert_value("section", self.section(section, &context, told));
        ("terms.html".into(), context)
    }

    fn archive(&self, lang: &str) -> (String, Context) {
        let site = self.site;
        let title = self.word(lang, "archive");
        let head = Head {
            description: format!("{title} — {}", self.language(lang).description),
            title: Some(title.clone()),
            trail: vec![(title, self.target.route.clone())],
            alternates: self.same_in_all_languages(|code| {
                let language = site.config.language(code)?;
                Route::new(&format!("{}archive/", language.prefix)).ok()
            }),
            ..Head::default()
        };
        let mut context = self.context("archive.html", lang, &head);
        let posts = site.graph.order.posts.get(lang).map_or(&[][..], Vec::as_slice);
        let year = |id: &PageId| site.graph.page(*id).date().map_or(0, |date| date.civil().year());
        let years = posts.chunk_by(|a, b| year(a) == year(b)).map(|posts| {
            group([("year", Value::from(i64::from(year(&posts[0])))), ("posts", site.views.cards(posts))])
        });
        context.insert_value("years", Value::from(years.collect::<Vec<_>>()));
        ("archive.html".into(), context)
    }

    fn not_found(&self, lang: &str) -> (String, Context) {
        let head = Head {
            title: Some(self.word(lang, "not_found")),
            description: self.language(lang).description.clone(),
            noindex: true,
            ..Head::default()
        };
        ("404.html".into(), self.context("404.html", lang, &head))
    }

    fn same_in_all_languages(&self, route: impl Fn(&str) -> Option<Route>) -> Vec<(String, Route)> {
        let languages = self.site.config.languages.iter();
        languages.filter_map(|language| Some((language.code.clone(), route(&language.code)?))).collect()
    }

    /// A word of the interface.
    fn word(&self, lang: &str, key: &str) -> String {
        self.site.views.word(lang, key).unwrap_or_else(|| {
            let mut signs = key.chars();
            signs.next().map(|first| first.to_uppercase().chain(signs).collect()).unwrap_or_default()
        })
    }

    fn list_head(&self, slice: &Slice, description: String) -> Head {
        let at = |number: usize| slice.first.numbered(number);
        Head {
            description,
            previous: (slice.number > 1).then(|| at(slice.number - 1)),
            next: (slice.number < slice.total).then(|| at(slice.number + 1)),
            number: slice.number,
            ..Head::default()
        }
    }

    fn add_posts(&self, context: &mut Context, posts: &[PageId], slice: &Slice) {
        context.insert_value("posts", self.site.views.cards(posts));
        let url = |number: usize| {
            Value::from(format!(
                "{}{}",
                self.site.config.base_url.path(),
                slice.first.numbered(number).encoded()
            ))
        };
        let page = |number: usize| {
            let current = Value::from(number == slice.number);
            group([("number", Value::from(number)), ("url", url(number)), ("current", current)])
        };
        let none = Value::none;
        context.insert_value(
            "paginator",
            group([
                ("number", Value::from(slice.number)),
                ("total", Value::from(slice.total)),
                ("count", Value::from(slice.count)),
                ("previous", if slice.number > 1 { url(slice.number - 1) } else { none() }),
                ("next", if slice.number < slice.total { url(slice.number + 1) } else { none() }),
                ("pages", Value::from(shown_pages(slice.number, slice.total).map(page).collect::<Vec<_>>())),
            ]),
        );
    }

    /// The text of a list: title, description, content; nothing without one.
    fn section(&self, id: Option<PageId>, implicits: &Context, told: &mut Vec<Diagnostic>) -> Value {
        let Some(id) = id else { return Value::none() };
        let summary = self.site.graph.page(id).summary();
        let filler = Filler {
            config: self.site.config,
            graph: self.site.graph,
            document: self.site.views.document(id),
            templates: self.site.templates,
            implicits,
            page: id,
            absolute: false,
        };
        group([
            ("title", Value::from(summary.title.as_str())),
            ("description", Value::from(summary.meta.description.as_deref().unwrap_or(""))),
            ("content", Value::safe_string(&filler.body(told))),
        ])
    }
}

/// The pages a pagination names: the first, the last, and those around the current one. So a
/// list of a thousand pages costs each of them no more than a short one.
fn shown_pages(current: usize, total: usize) -> impl Iterator<Item = usize> {
    const AROUND: usize = 2;
    let from = current.saturating_sub(AROUND).max(1);
    let to = (current + AROUND).min(total);
    let first = (from > 1).then_some(1);
    let last = (to < total).then_some(total);
    first.into_iter().chain(from..=to).chain(last)
}

#[cfg(test)]
mod tests {
    use super::shown_pages;

    #[test]
    fn a_pagination_names_few_pages() {
        assert_eq!(shown_pages(1, 1).collect::<Vec<_>>(), [1]);
        assert_eq!(shown_pages(1, 4).collect::<Vec<_>>(), [1, 2, 3, 4]);
        assert_eq!(shown_pages(500, 1000).collect::<Vec<_>>(), [1, 498, 499, 500, 501, 502, 1000]);
    }
}
