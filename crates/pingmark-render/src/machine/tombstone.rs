//! What other sites' programs ask of addresses: a page that says that a post is gone, and the list of addresses
//! that the letterbox accepts.

use pingmark_core::html::escaped;

use crate::value::RenderContext;

/// Page of a post that is gone. The `<meta>` says it to programs on hosts that cannot answer 410
/// (Webmention, 3.1.4).
pub fn tombstone(site: &RenderContext<'_>) -> String {
    let lang = &site.config.main_language().code;
    let words = match lang.split('-').next() {
        Some("fr") => "Cette page n’existe plus.",
        Some("de") => "Diese Seite gibt es nicht mehr.",
        Some("es") => "Esta página ya no existe.",
        Some("it") => "Questa pagina non esiste più.",
        _ => "This page is gone.",
    };
    let (lang, base) = (escaped(lang), escaped(&format!("{}/", site.config.base_url.path())));
    let name = escaped(&site.config.main_language().title);
    format!(
        "<!DOCTYPE html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n<title>{words}</title>\n\
         <meta http-equiv=\"Status\" content=\"410 Gone\">\n<meta name=\"robots\" content=\"noindex\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n</head>\n<body>\n<p>{words}</p>\n\
         <p><a href=\"{base}\">{name}</a></p>\n</body>\n</html>\n"
    )
}

/// Text of `letterbox-targets.txt`: one address a line.
pub fn letterbox_targets(addresses: &[String]) -> String {
    let mut text = "# The addresses that letterbox.php accepts. Written by `pingmark build`.\n".to_owned();
    for address in addresses {
        text.push_str(address);
        text.push('\n');
    }
    text
}
