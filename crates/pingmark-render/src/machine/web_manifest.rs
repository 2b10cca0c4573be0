//! `site.webmanifest`, for readers who add the site to their home screen.

use serde_json::json;

use pingmark_site::graph::route::encode;

use crate::value::RenderContext;
use crate::view::ManifestView;

/// Text of the web manifest.
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
            let is_jpeg = icon.address.ends_with(".jpg") || icon.address.ends_with(".jpeg");
            let media = match (is_drawing, is_jpeg) {
                (true, _) => "image/svg+xml",
                (false, true) => "image/jpeg",
                (false, false) => "image/png",
            };
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
        "background_color": site.appearance.paper[0].to_string(),
        "theme_color": site.appearance.paper[0].to_string(),
        "icons": icons,
    });
    let text = serde_json::to_string_pretty(&manifest).expect("JSON of texts is always written");
    text + "\n"
}
