//! Structured data for search engines: JSON-LD with the types of schema.org.

use serde::Serialize;
use serde_json::{Value, json};

use pingmark_core::config::{Author, SiteLanguage};
use pingmark_site::bibliography::{AuthorName, PartialDate};
use pingmark_site::graph::Route;

use crate::head::Head;
use crate::template::filters::inert;
use crate::value::RenderContext;
use crate::value::reference::Reference;
use crate::view::PageView;
use crate::view::cited_work::Work;
use crate::view::teaser::Byline;

/// JSON-LD of a page, safe inside a `<script>`.
pub(super) fn json_ld(
    head: &Head<'_>,
    route: &Route,
    language: &SiteLanguage,
    site: &RenderContext<'_>,
) -> String {
    let address = site.permalink(route);
    let mut own = match head.page {
        Some(view) if view.teaser.meta.date.is_some() => {
            let posting = posting(view, &address, head, language, site);
            return written(&Graph(posting, breadcrumbs(head, language, site)));
        }
        Some(_) => json!({
            "@type": "WebPage",
            "@id": address,
            "url": address,
            "name": head.title,
            "description": head.description,
            "inLanguage": language.code,
        }),
        None if head.title.is_none() => website(head, language, site),
        None if head.person.is_some() => json!({
            "@type": "ProfilePage",
            "@id": address,
            "url": address,
            "name": head.title,
            "description": head.description,
            "inLanguage": language.code,
            "mainEntity": head.person.map(|(name, route, author)| person(name, route, author, site)),
        }),
        None => json!({
            "@type": "CollectionPage",
            "@id": address,
            "url": address,
            "name": head.title,
            "description": head.description,
            "inLanguage": language.code,
        }),
    };
    let sources = head.page.map_or(&[][..], |view| &view.text.sources);
    if !sources.is_empty() {
        own["citation"] = sources.iter().map(|source| citation(&source.work, site)).collect();
    }
    written(&Graph(own, breadcrumbs(head, language, site)))
}

/// Node of the page itself, and its breadcrumbs.
struct Graph<'a, T>(T, Option<Breadcrumbs<'a>>);

fn written(graph: &Graph<'_, impl Serialize>) -> String {
    #[derive(Serialize)]
    struct Document<'a, T> {
        #[serde(rename = "@context")]
        context: &'static str,
        #[serde(rename = "@graph")]
        graph: Nodes<'a, T>,
    }
    #[derive(Serialize)]
    #[serde(untagged)]
    enum Nodes<'a, T> {
        Own([&'a T; 1]),
        Both(&'a T, &'a Breadcrumbs<'a>),
    }
    let Graph(own, trail) = graph;
    let graph = trail.as_ref().map_or(Nodes::Own([own]), |trail| Nodes::Both(own, trail));
    let document = Document { context: "https://schema.org", graph };
    inert(&serde_json::to_string(&document).unwrap_or_default())
}

fn website(head: &Head<'_>, language: &SiteLanguage, site: &RenderContext<'_>) -> Value {
    let home =
        format!("{}{}", site.config.base_url.as_str(), pingmark_site::graph::route::encode(&language.prefix));
    json!({
        "@type": ["WebSite", "Blog"],
        "@id": home,
        "url": home,
        "name": language.title,
        "description": head.description,
        "inLanguage": language.code,
        "publisher": publisher(language, site),
        "sameAs": site.config.settings.social.given().iter().map(|(_, url)| *url).collect::<Vec<_>>(),
    })
}

/// Publisher: the blog.
#[derive(Serialize)]
struct Publisher<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    name: &'a str,
    url: String,
}

fn publisher<'a>(language: &'a SiteLanguage, site: &RenderContext<'_>) -> Publisher<'a> {
    let url = format!("{}/", site.config.base_url.as_str());
    Publisher { kind: "Organization", name: &language.title, url }
}

/// Author with a page of their own.
fn person(name: &str, route: &Route, author: &Author, site: &RenderContext<'_>) -> Value {
    let url = site.permalink(route);
    let mut value = json!({"@type": "Person", "@id": url, "name": name, "url": url});
    let profiles = author.social.given();
    if !profiles.is_empty() {
        value["sameAs"] = profiles.iter().map(|(_, url)| *url).collect();
    }
    if let Some(bio) = &author.bio {
        value["description"] = json!(bio);
    }
    if let Some(photo) = &author.photo {
        value["image"] = json!(site.absolute_url(photo));
    }
    value
}

/// Post, with keys in alphabetical order. A struct, because every post has one: a JSON map would cost
/// more.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Posting<'a> {
    #[serde(rename = "@id")]
    id: &'a str,
    #[serde(rename = "@type")]
    kind: &'static str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    author: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    citation: Vec<Value>,
    date_modified: Option<String>,
    date_published: Option<String>,
    description: &'a str,
    headline: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    image: Option<Value>,
    in_language: &'a str,
    is_part_of: Whole,
    keywords: Vec<&'a str>,
    main_entity_of_page: &'a str,
    publisher: Publisher<'a>,
    url: &'a str,
    word_count: usize,
}

/// Website that a page belongs to.
#[derive(Serialize)]
struct Whole {
    #[serde(rename = "@id")]
    id: String,
}

fn posting<'a>(
    view: &'a PageView<'_>,
    permalink: &'a str,
    head: &'a Head<'_>,
    language: &'a SiteLanguage,
    site: &RenderContext<'_>,
) -> Posting<'a> {
    let teaser = view.teaser;
    let author = teaser.authors.iter().map(|author| match author {
        Byline::Term(term) => match &term.author {
            Some(author) => person(term.name, term.route, author, site),
            None => json!({"@type": "Person", "name": term.name, "url": site.permalink(term.route)}),
        },
        Byline::Name(name) => {
            let known = site.config.author(name).map(|(_, author)| author.name.as_str());
            json!({"@type": "Person", "name": known.filter(|name| !name.is_empty()).unwrap_or(name)})
        }
    });
    // A post without an image of its own has its social image.
    let image = teaser.image.as_ref().or(view.preview.as_ref());
    let image = image.map(|image| match image.dimensions {
        Some((width, height)) => json!({
            "@type": "ImageObject",
            "url": image.permalink,
            "width": width,
            "height": height,
        }),
        None => json!(image.permalink),
    });
    Posting {
        id: permalink,
        kind: "BlogPosting",
        author: author.collect(),
        citation: view.text.sources.iter().map(|source| citation(&source.work, site)).collect(),
        date_modified: teaser.meta.updated.or(teaser.meta.date).map(|date| date.rfc3339()),
        date_published: teaser.meta.date.map(|date| date.rfc3339()),
        description: &head.description,
        headline: teaser.title,
        image,
        in_language: teaser.lang,
        is_part_of: Whole { id: site.absolute_url(&format!("/{}", language.prefix)) },
        keywords: teaser.tags.iter().map(|term| term.name).collect(),
        main_entity_of_page: permalink,
        publisher: publisher(language, site),
        url: permalink,
        word_count: view.text.document.teaser.word_count,
    }
}

/// Source that a page cites.
fn citation(work: &Work<'_>, site: &RenderContext<'_>) -> Value {
    let reference = Reference::new(work, &site.config.base_url, true);
    let mut value = json!({"@type": reference.schema, "name": reference.title});
    let author = |person: &AuthorName| {
        let kind = if person.is_group { "Organization" } else { "Person" };
        json!({"@type": kind, "name": person.name})
    };
    let authors: Vec<Value> = reference.authors.iter().map(author).collect();
    let texts = [
        ("url", reference.url.as_deref()),
        ("datePublished", reference.published.as_deref().map(PartialDate::iso)),
        ("inLanguage", reference.lang),
        ("archivedAt", reference.archived),
    ];
    for (key, text) in texts {
        if let Some(text) = text {
            value[key] = json!(text);
        }
    }
    if !authors.is_empty() {
        value["author"] = Value::Array(authors);
    }
    if let Some(name) = reference.distinct_site() {
        value["publisher"] = json!({"@type": "Organization", "name": name});
    }
    value
}

/// Breadcrumbs of a page.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Breadcrumbs<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    item_list_element: Vec<Crumb<'a>>,
}

#[derive(Serialize)]
struct Crumb<'a> {
    #[serde(rename = "@type")]
    kind: &'static str,
    item: String,
    name: &'a str,
    position: usize,
}

fn breadcrumbs<'a>(
    head: &'a Head<'_>,
    language: &'a SiteLanguage,
    site: &RenderContext<'_>,
) -> Option<Breadcrumbs<'a>> {
    if head.trail.is_empty() {
        return None;
    }
    let base = site.config.base_url.as_str();
    let home =
        (language.title.as_str(), format!("{base}{}", pingmark_site::graph::route::encode(&language.prefix)));
    let trail = head.trail.iter().map(|(name, route)| (name.as_str(), format!("{base}{}", route.encoded())));
    let numbered = std::iter::once(home).chain(trail).enumerate();
    let crumbs = numbered.map(|(at, (name, item))| Crumb { kind: "ListItem", item, name, position: at + 1 });
    Some(Breadcrumbs { kind: "BreadcrumbList", item_list_element: crumbs.collect() })
}
