//! What machines read of the site as a whole: sitemap, robots.txt, web manifest.

use std::io;

use quick_xml::Writer;
use serde_json::json;

use pingmark_site::graph::route::encode;

use super::feed::{finished, started, text};
use super::value::RenderContext;
use super::view::machine::Entry;
use super::view::{ManifestView, SitemapView};

/// Most addresses in one sitemap (sitemaps.org protocol).
const MAX_ADDRESSES: usize = 50_000;

/// `sitemap.xml`: every page that search engines should know, with its translations.
pub fn sitemap(view: &SitemapView<'_>, site: &RenderContext<'_>) -> Vec<u8> {
    write(view, site).expect("writing into memory does not fail")
}

fn write(view: &SitemapView<'_>, site: &RenderContext<'_>) -> io::Result<Vec<u8>> {
    let mut writer = started()?;
    let set = writer.create_element("urlset").with_attributes([
        ("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9"),
        ("xmlns:xhtml", "http://www.w3.org/1999/xhtml"),
    ]);
    set.write_inner_content(|w| {
        view.0.iter().take(MAX_ADDRESSES).try_for_each(|entry| address(w, entry, site))
    })?;
    Ok(finished(writer))
}

fn address(w: &mut Writer<Vec<u8>>, entry: &Entry<'_>, site: &RenderContext<'_>) -> io::Result<()> {
    w.create_element("url").write_inner_content(|w| {
        text(w, "loc", &site.permalink(entry.route))?;
        if let Some(changed) = entry.changed {
            text(w, "lastmod", &changed.rfc3339())?;
        }
        for (lang, route) in &entry.versions {
            let address = site.permalink(route);
            let attributes = [("rel", "alternate"), ("hreflang", *lang), ("href", &address)];
            w.create_element("xhtml:link").with_attributes(attributes).write_empty()?;
        }
        Ok(())
    })?;
    Ok(())
}

/// `robots.txt`: everything may be read, and where the sitemap is.
pub fn robots(site: &RenderContext<'_>) -> String {
    format!("User-agent: *\nAllow: /\n\nSitemap: {}/sitemap.xml\n", site.config.base_url.as_str())
}

/// `site.webmanifest`, for those who keep the site on their home screen.
pub fn web_manifest(view: &ManifestView<'_>, site: &RenderContext<'_>) -> String {
    let language = site.config.main_language();
    let start = format!("{}/", site.config.base_url.path());
    let icons: Vec<_> = view
        .0
        .iter()
        .map(|icon| {
            let is_drawing = icon.address.ends_with(".svg");
            let size = icon.size.filter(|_| !is_drawing);
            let size = size.map_or("any".to_owned(), |(width, height)| format!("{width}x{height}"));
            let media = if is_drawing { "image/svg+xml" } else { "image/png" };
            let address = format!("{}{}", site.config.base_url.path(), encode(icon.address));
            json!({"src": address, "type": media, "sizes": size, "purpose": icon.purpose})
        })
        .collect();
    let manifest = json!({
        "name": language.title,
        "description": language.description,
        "lang": language.code,
        "start_url": start,
        "scope": start,
        "display": "browser",
        "background_color": site.look.paper[0].to_string(),
        "theme_color": site.look.paper[0].to_string(),
        "icons": icons,
    });
    let text = serde_json::to_string_pretty(&manifest).expect("JSON of texts is always written");
    text + "\n"
}
