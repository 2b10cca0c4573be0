//! What machines read of the site as a whole: sitemap, robots.txt, web manifest.

use std::collections::BTreeMap;
use std::io;

use quick_xml::Writer;
use serde_json::json;

use super::Site;
use super::feed::{finished, started, text};
use crate::graph::{PageId, Route};
use crate::plan::Recipe;
use crate::when::When;

/// Most addresses in one sitemap (sitemaps.org protocol).
const MAX_ADDRESSES: usize = 50_000;

/// `sitemap.xml`: every page that search engines should know, with its translations.
pub fn sitemap(site: &Site<'_>) -> Vec<u8> {
    write(site).expect("writing into memory does not fail")
}

fn write(site: &Site<'_>) -> io::Result<Vec<u8>> {
    let mut writer = started()?;
    let set = writer.create_element("urlset").with_attributes([
        ("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9"),
        ("xmlns:xhtml", "http://www.w3.org/1999/xhtml"),
    ]);
    set.write_inner_content(|w| {
        let listed = site.plan.targets.iter().filter(|target| is_listed(&target.recipe, site));
        let changes = Changes::new(site);
        listed
            .take(MAX_ADDRESSES)
            .try_for_each(|target| address(w, &target.route, &target.recipe, &changes, site))
    })?;
    Ok(finished(writer))
}

fn is_listed(recipe: &Recipe, site: &Site<'_>) -> bool {
    match recipe {
        // A copy of something that stands elsewhere is that site's to announce.
        Recipe::Page(id) => site.graph.page(*id).summary().meta.canonical_url.is_none(),
        Recipe::Home(..) | Recipe::List(..) | Recipe::Term(..) | Recipe::Terms(..) | Recipe::Archive(_) => {
            true
        }
        _ => false,
    }
}

fn address(
    w: &mut Writer<Vec<u8>>,
    route: &Route,
    recipe: &Recipe,
    changes: &Changes,
    site: &Site<'_>,
) -> io::Result<()> {
    let absolute = |route: &Route| format!("{}{}", site.config.base_url.as_str(), route.encoded());
    w.create_element("url").write_inner_content(|w| {
        text(w, "loc", &absolute(route))?;
        if let Some(day) = changes.of(recipe, site) {
            text(w, "lastmod", &day)?;
        }
        let Recipe::Page(id) = recipe else { return Ok(()) };
        let page = site.graph.page(*id);
        if page.translations.is_empty() {
            return Ok(());
        }
        let mut all: Vec<PageId> = page.translations.iter().copied().chain([*id]).collect();
        all.sort_unstable();
        for other in all {
            let other = site.graph.page(other);
            let attributes = [
                ("rel", "alternate"),
                ("hreflang", other.summary().lang.as_str()),
                ("href", &absolute(&other.route)),
            ];
            w.create_element("xhtml:link").with_attributes(attributes).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

/// When lists last changed: with the newest change of their posts. Looked up once, however
/// many pages a list has.
struct Changes {
    languages: BTreeMap<String, Option<When>>,
    terms: Vec<Option<When>>,
}

impl Changes {
    fn new(site: &Site<'_>) -> Self {
        let newest = |posts: &Vec<PageId>| posts.iter().filter_map(|id| of_page(*id, site)).max();
        Self {
            languages: site
                .graph
                .order
                .posts
                .iter()
                .map(|(lang, posts)| (lang.clone(), newest(posts)))
                .collect(),
            terms: site.graph.groups.terms.iter().map(|term| newest(&term.posts)).collect(),
        }
    }

    fn of(&self, recipe: &Recipe, site: &Site<'_>) -> Option<String> {
        let when = match recipe {
            Recipe::Page(id) => of_page(*id, site),
            Recipe::Home(lang, _) | Recipe::Archive(lang) => *self.languages.get(lang)?,
            Recipe::Term(id, _) => *self.terms.get(id.index())?,
            _ => None,
        };
        when.map(|when| when.rfc3339())
    }
}

fn of_page(id: PageId, site: &Site<'_>) -> Option<When> {
    let meta = &site.graph.page(id).summary().meta;
    meta.updated.max(meta.date)
}

/// `robots.txt`: everything may be read, and where the sitemap is.
pub fn robots(site: &Site<'_>) -> String {
    format!("User-agent: *\nAllow: /\n\nSitemap: {}/sitemap.xml\n", site.config.base_url.as_str())
}

/// `site.webmanifest`, for those who keep the site on their home screen.
pub fn web_manifest(site: &Site<'_>) -> String {
    let language = site.config.main_language();
    let start = format!("{}/", site.config.base_url.path());
    let icons: Vec<_> = ["favicon.svg", "icon.png"]
        .iter()
        .filter_map(|name| {
            let asset = site.graph.assets.get(*name)?;
            let size =
                asset.dimensions.map_or("any".to_owned(), |(width, height)| format!("{width}x{height}"));
            let media = if name.ends_with(".svg") { "image/svg+xml" } else { "image/png" };
            Some(json!({"src": format!("{start}{name}"), "type": media, "sizes": size}))
        })
        .collect();
    let manifest = json!({
        "name": language.title,
        "description": language.description,
        "lang": language.code,
        "start_url": start,
        "scope": start,
        "display": "browser",
        "icons": icons,
    });
    let text = serde_json::to_string_pretty(&manifest).expect("JSON of texts is always written");
    text + "\n"
}
