//! JSON-LD for search engines: what a page is, in schema.org's words.

use serde_json::{Value, json};

use super::Site;
use super::head::Head;
use crate::config::SiteLanguage;
use crate::graph::{PageId, Route};

/// The page's JSON-LD, safe inside a `<script>`.
pub fn json_ld(head: &Head, route: &Route, language: &SiteLanguage, site: &Site<'_>) -> String {
    let address = format!("{}{}", site.config.base_url.as_str(), route.encoded());
    let mut graph = Vec::new();
    match head.page {
        Some(id) if site.graph.page(id).date().is_some() => graph.push(posting(id, head, language, site)),
        Some(_) => graph.push(json!({
            "@type": "WebPage",
            "@id": address,
            "url": address,
            "name": head.title,
            "description": head.description,
            "inLanguage": language.code,
        })),
        None if head.title.is_none() => graph.push(website(language, site)),
        None => graph.push(json!({
            "@type": "CollectionPage",
            "@id": address,
            "url": address,
            "name": head.title,
            "description": head.description,
            "inLanguage": language.code,
        })),
    }
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

fn website(language: &SiteLanguage, site: &Site<'_>) -> Value {
    let home = format!("{}{}", site.config.base_url.as_str(), crate::graph::route::encode(&language.prefix));
    json!({
        "@type": "Blog",
        "@id": home,
        "url": home,
        "name": language.title,
        "description": language.description,
        "inLanguage": language.code,
        "sameAs": site.config.settings.social.given().iter().map(|(_, url)| *url).collect::<Vec<_>>(),
    })
}

fn posting(id: PageId, head: &Head, language: &SiteLanguage, site: &Site<'_>) -> Value {
    let page = site.graph.page(id);
    let summary = page.summary();
    let permalink = site.views.permalink(id);
    let authors: Vec<Value> = site
        .graph
        .groups
        .of_page(id, "authors")
        .iter()
        .map(|term| {
            let term = site.graph.groups.term(*term);
            let url = format!("{}{}", site.config.base_url.as_str(), term.route.encoded());
            let same =
                site.config.author(&term.name).map(|(_, author)| author.social.given()).unwrap_or_default();
            let same: Vec<&str> = same.iter().map(|(_, url)| *url).collect();
            json!({"@type": "Person", "name": term.name, "url": url, "sameAs": same})
        })
        .collect();
    let keywords: Vec<&str> = site
        .graph
        .groups
        .of_page(id, "tags")
        .iter()
        .map(|term| site.graph.groups.term(*term).name.as_str())
        .collect();
    let mut posting = json!({
        "@type": "BlogPosting",
        "@id": permalink,
        "mainEntityOfPage": permalink,
        "url": permalink,
        "headline": summary.title,
        "description": head.description,
        "inLanguage": summary.lang,
        "datePublished": summary.meta.date.map(|date| date.rfc3339()),
        "dateModified": summary.meta.updated.or(summary.meta.date).map(|date| date.rfc3339()),
        "wordCount": summary.word_count,
        "keywords": keywords,
        "publisher": {"@type": "Organization", "name": language.title, "url": format!("{}/", site.config.base_url.as_str())},
    });
    if !authors.is_empty() {
        posting["author"] = Value::Array(authors);
    }
    if let Some(image) = &head.image {
        posting["image"] = json!(image.permalink);
    }
    posting
}

fn breadcrumbs(head: &Head, language: &SiteLanguage, site: &Site<'_>) -> Value {
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
