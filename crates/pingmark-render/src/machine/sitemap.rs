//! `sitemap.xml` (<https://www.sitemaps.org/protocol.html>).

use std::io;

use super::xml::{finished, started, text};
use crate::value::RenderContext;
use crate::view::SitemapView;
use crate::view::machine::SitemapEntry;
use quick_xml::Writer;

/// Maximum number of addresses in one sitemap, as the protocol sets it.
const MAX_ADDRESSES: usize = 50_000;

/// Text of the sitemap.
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

fn address(w: &mut Writer<Vec<u8>>, entry: &SitemapEntry<'_>, site: &RenderContext<'_>) -> io::Result<()> {
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
