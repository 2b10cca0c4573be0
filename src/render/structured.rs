//! JSON-LD for search engines: what a page is, in schema.org's words.

use serde_json::{Value, json};

use super::head::Head;
use super::reference::Reference;
use super::value::Site;
use super::view::PageView;
use super::view::card::Byline;
use super::view::work::Work;
use crate::bibliography::{Day, Person};
use crate::config::{Author, SiteLanguage};
use crate::graph::Route;

/// The page's JSON-LD, safe inside a `<script>`.
pub fn json_ld(head: &Head<'_>, route: &Route, language: &SiteLanguage, site: &Site<'_>) -> String {
    let address = site.permalink(route);
    let mut own = match head.page {
        Some(view) if view.card.meta.date.is_some() => posting(view, head, language, site),
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
    let mut graph = vec![own];
    if !head.trail.is_empty() {
        graph.push(breadcrumbs(head, language, site));
    }
    let document = json!({"@context": "https://schema.org", "@graph": graph});
    inert(&document.to_string())
}

/// JSON that cannot end the script it stands in, nor begin another
/// (HTML, "Restrictions for contents of script elements").
pub fn inert(json: &str) -> String {
    json.replace('<', "\\u003c")
        .replace('>', "\\u003e")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

fn website(head: &Head<'_>, language: &SiteLanguage, site: &Site<'_>) -> Value {
    let home = format!("{}{}", site.config.base_url.as_str(), crate::graph::route::encode(&language.prefix));
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

/// Who publishes: the blog.
fn publisher(language: &SiteLanguage, site: &Site<'_>) -> Value {
    json!({
        "@type": "Organization",
        "name": language.title,
        "url": format!("{}/", site.config.base_url.as_str()),
    })
}

/// Somebody who writes, known by the address of their page.
fn person(name: &str, route: &Route, author: &Author, site: &Site<'_>) -> Value {
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
        value["image"] = json!(site.whole_url(photo));
    }
    value
}

fn posting(view: &PageView<'_>, head: &Head<'_>, language: &SiteLanguage, site: &Site<'_>) -> Value {
    let card = view.card;
    let permalink = site.permalink(card.route);
    let authors: Vec<Value> = card
        .authors
        .iter()
        .map(|author| match author {
            Byline::Term(term) => match &term.author {
                Some(author) => person(term.name, term.route, author, site),
                None => json!({"@type": "Person", "name": term.name, "url": site.permalink(term.route)}),
            },
            Byline::Name(name) => {
                let known = site.config.author(name).map(|(_, author)| author.name.as_str());
                json!({"@type": "Person", "name": known.filter(|name| !name.is_empty()).unwrap_or(name)})
            }
        })
        .collect();
    let keywords: Vec<&str> = card.tags.iter().map(|term| term.name).collect();
    let mut posting = json!({
        "@type": "BlogPosting",
        "@id": permalink,
        "mainEntityOfPage": permalink,
        "url": permalink,
        "headline": card.title,
        "description": head.description,
        "inLanguage": card.lang,
        "datePublished": card.meta.date.map(|date| date.rfc3339()),
        "dateModified": card.meta.updated.or(card.meta.date).map(|date| date.rfc3339()),
        "wordCount": view.text.document.lead.word_count,
        "keywords": keywords,
        "publisher": publisher(language, site),
        "isPartOf": {"@id": site.whole_url(&format!("/{}", language.prefix))},
    });
    if !authors.is_empty() {
        posting["author"] = Value::Array(authors);
    }
    if let Some(image) = &card.image {
        posting["image"] = match image.dimensions {
            Some((width, height)) => json!({
                "@type": "ImageObject",
                "url": image.permalink,
                "width": width,
                "height": height,
            }),
            None => json!(image.permalink),
        };
    }
    posting
}

/// A source of a page.
fn citation(work: &Work<'_>, site: &Site<'_>) -> Value {
    let reference = Reference::new(work, site, true);
    let mut value = json!({"@type": reference.schema, "name": reference.title});
    let author = |person: &Person| {
        let kind = if person.is_group { "Organization" } else { "Person" };
        json!({"@type": kind, "name": person.name})
    };
    let authors: Vec<Value> = reference.authors.iter().map(author).collect();
    let texts = [
        ("url", reference.url.as_deref()),
        ("datePublished", reference.published.as_deref().map(Day::iso)),
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

fn breadcrumbs(head: &Head<'_>, language: &SiteLanguage, site: &Site<'_>) -> Value {
    let base = site.config.base_url.as_str();
    let home = (language.title.clone(), format!("{base}{}", crate::graph::route::encode(&language.prefix)));
    let trail = head.trail.iter().map(|(name, route)| (name.clone(), format!("{base}{}", route.encoded())));
    let items: Vec<Value> = std::iter::once(home)
        .chain(trail)
        .enumerate()
        .map(|(number, (name, item))| json!({"@type": "ListItem", "position": number + 1, "name": name, "item": item}))
        .collect();
    json!({"@type": "BreadcrumbList", "itemListElement": items})
}

#[cfg(test)]
mod tests {
    use super::inert;

    #[test]
    fn json_cannot_leave_its_script() {
        let text = inert(r#"{"a":"</script><script>alert(1)</script><!--"}"#);
        assert!(!text.contains('<') && !text.contains('>'));
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(value["a"], "</script><script>alert(1)</script><!--");
    }
}
