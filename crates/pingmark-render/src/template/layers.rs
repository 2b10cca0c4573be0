//! Layers of templates: the site's own, the theme's, the built-in theme's.
//!
//! Pages are made with the `base.html` of the highest layer that has one, whether it is written whole or
//! extends another (`{% extends "plume/base.html" %}`). Templates of lower layers are fitted to it.

use std::collections::HashSet;

use pingmark_core::config::DEFAULT_THEME;
use pingmark_core::path::SitePath;

use super::theme::Template;

const BASE: &str = "base.html";

/// Templates of all layers, highest first, fitted to one another, without those that nothing can name.
pub(super) fn stacked(templates: Vec<Template>, theme: &str) -> Vec<Template> {
    reachable(with_own_base(with_parents(templates, theme)))
}

/// Names of templates without their layer.
fn plain(name: &str, path: &SitePath) -> String {
    let in_theme = path.as_str().starts_with("themes/");
    let inside = name.split_once('/').filter(|_| in_theme).map_or(name, |(_, rest)| rest);
    inside.to_owned()
}

/// Name in the tag `{% extends "…" %}` at the start of a template.
fn parent(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once("extends")?;
    let rest = rest.trim_start();
    let quote = rest.chars().next().filter(|c| matches!(c, '"' | '\'' | '`'))?;
    let name = rest[1..].split(quote).next()?;
    text.contains(&format!("extends {quote}{name}{quote}")).then_some(name)
}

/// The text with another template in its tag `{% extends "…" %}`.
fn with_parent(text: &str, name: &str) -> String {
    let Some(old) = parent(text) else { return text.to_owned() };
    let tag = |quote: char| format!("extends {quote}{old}{quote}");
    let tag = ['"', '\'', '`'].map(tag).into_iter().find(|tag| text.contains(tag)).unwrap_or_default();
    text.replacen(&tag, &format!("extends \"{name}\""), 1)
}

/// A template of the theme that the theme does not have is the built-in theme's.
fn with_parents(templates: Vec<Template>, theme: &str) -> Vec<Template> {
    let names: HashSet<String> = templates.iter().map(|(name, ..)| name.clone()).collect();
    let fitted = templates.into_iter().map(|(name, path, text)| {
        let meant = parent(&text).and_then(|parent| {
            let inside = parent.strip_prefix(theme).and_then(|rest| rest.strip_prefix('/'))?;
            let built_in = format!("{DEFAULT_THEME}/{inside}");
            (!names.contains(parent) && names.contains(&built_in)).then_some(built_in)
        });
        let text = meant.map_or(text.clone(), |meant| with_parent(&text, &meant).into());
        (name, path, text)
    });
    fitted.collect()
}

/// Names of the blocks that a template defines or fills.
fn blocks(text: &str) -> HashSet<&str> {
    let tags = text.split("{%").skip(1).map(|tag| tag.trim_start_matches(['-', ' ', '\n']));
    tags.filter_map(|tag| tag.strip_prefix("block ")?.trim_start().split([' ', '%', '-']).next()).collect()
}

/// Blocks that a template offers to those that extend it: its own, and those of its parents.
fn offered<'t>(templates: &'t [Template], base: &'t Template) -> HashSet<&'t str> {
    let mut found = blocks(&base.2);
    let mut seen = HashSet::from([base.0.as_str()]);
    let mut next = base;
    while let Some(name) = parent(&next.2) {
        let Some(above) = templates.iter().find(|(full, ..)| full == name) else { break };
        if !seen.insert(&above.0) {
            break;
        }
        found.extend(blocks(&above.2));
        next = above;
    }
    found
}

/// Fits the templates of themes to the `base.html` of a higher layer. A page's content goes into the
/// block `main` or `content`, whichever the base has; other blocks that it lacks are left out. A base
/// with neither is no base for them: they keep their own.
fn with_own_base(templates: Vec<Template>) -> Vec<Template> {
    let own = format!("{DEFAULT_THEME}/{BASE}");
    let Some(number) = templates.iter().position(|(name, path, _)| plain(name, path) == BASE && *name != own)
    else {
        return templates;
    };
    let base = &templates[number];
    let offered = offered(&templates, base);
    let has_main_tag = base.2.contains("<main");
    let fitted = templates.iter().enumerate().map(|(at, (name, path, text))| {
        let of_theme = path.as_str().starts_with("themes/");
        if at == number || !of_theme || parent(text) != Some(BASE) {
            return (name.clone(), path.clone(), text.clone());
        }
        let mut filled: Vec<&str> =
            blocks(text).into_iter().filter(|block| !offered.contains(block)).collect();
        filled.sort_unstable();
        let mut fitted = text.to_string();
        for block in filled {
            fitted = match block {
                "main" if offered.contains("content") => {
                    let moved = fitted.replace("block main", "block content");
                    // The base has the element already.
                    if has_main_tag {
                        moved
                            .replace("<main id=\"main\"", "<div")
                            .replace("<main", "<div")
                            .replace("</main>", "</div>")
                    } else {
                        moved
                    }
                }
                "content" if offered.contains("main") => fitted.replace("block content", "block main"),
                "main" | "content" => {
                    let below = templates[at.max(number + 1)..]
                        .iter()
                        .find(|(full, path, _)| plain(full, path) == BASE)
                        .map_or(own.as_str(), |(full, ..)| full);
                    return (name.clone(), path.clone(), with_parent(text, below).into());
                }
                other => without_block(&fitted, other),
            };
        }
        (name.clone(), path.clone(), fitted.into())
    });
    fitted.collect()
}

/// The text without a block and all that is in it.
fn without_block(text: &str, block: &str) -> String {
    let mut open = 0;
    let mut start = None;
    let mut at = 0;
    while let Some(found) = text[at..].find("{%") {
        let tag_start = at + found;
        let Some(length) = text[tag_start..].find("%}") else { break };
        let end = tag_start + length + 2;
        let tag = text[tag_start + 2..end - 2].trim_matches('-').trim();
        at = end;
        let name = tag.strip_prefix("block ").map(str::trim);
        match (name, start) {
            (Some(name), None) if name == block => (start, open) = (Some(tag_start), 1),
            (Some(_), Some(_)) => open += 1,
            (None, Some(from)) if tag.starts_with("endblock") => {
                open -= 1;
                if open == 0 {
                    return format!("{}{}", &text[..from], &text[end..]);
                }
            }
            _ => {}
        }
    }
    text.to_owned()
}

/// Leaves out templates that a higher layer overrides, unless a template names them with their theme
/// (`{% extends "plume/base.html" %}`). An override then need not provide what other templates of the theme
/// expect of the original.
fn reachable(templates: Vec<Template>) -> Vec<Template> {
    let mut seen = HashSet::new();
    let shadowed: HashSet<String> = templates
        .iter()
        .filter(|(name, path, _)| !seen.insert(plain(name, path)))
        .map(|(name, _, _)| name.clone())
        .collect();
    let named: HashSet<String> = shadowed
        .iter()
        .filter(|name| templates.iter().any(|(_, _, text)| text.contains(name.as_str())))
        .cloned()
        .collect();
    templates.into_iter().filter(|(name, _, _)| !shadowed.contains(name) || named.contains(name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn templates(texts: &[(&str, &str)]) -> Vec<Template> {
        let template = |(name, text): &(&str, &str)| {
            let path = match name.split_once('/') {
                Some((theme, rest)) if theme != "partials" => format!("themes/{theme}/templates/{rest}"),
                _ => format!("templates/{name}"),
            };
            ((*name).to_owned(), SitePath::new(&path).unwrap(), (*text).into())
        };
        texts.iter().map(template).collect()
    }

    fn stacked_texts(texts: &[(&str, &str)], theme: &str) -> Vec<(String, String)> {
        let stacked = stacked(templates(texts), theme).into_iter();
        stacked.map(|(name, _, text)| (name, text.to_string())).collect()
    }

    const PLUME: [(&str, &str); 2] = [
        (
            "plume/base.html",
            "{% block head %}{% endblock %}{% block main %}<main id=\"main\">{% block content %}{% endblock %}</main>{% endblock %}",
        ),
        (
            "plume/post.html",
            "{% extends \"base.html\" %}{% block main -%}<main id=\"main\" class=\"x\">post</main>{% endblock main %}",
        ),
    ];

    fn with(own: &[(&'static str, &'static str)], theme: &str) -> Vec<(String, String)> {
        stacked_texts(&[own, &PLUME].concat(), theme)
    }

    #[test]
    fn a_base_that_extends_another_is_used_by_all() {
        let own = "{% extends \"plume/base.html\" %}{% block head %}x{% endblock %}";
        let found = with(&[("base.html", own)], "plume");
        assert_eq!(found[0].1, own);
        assert_eq!(found[1].1, PLUME[0].1);
        assert_eq!(found[2].1, PLUME[1].1);
        // By the name of a theme that has none.
        let own = "{% extends \"mine/base.html\" %}x";
        assert_eq!(with(&[("base.html", own)], "mine")[0].1, "{% extends \"plume/base.html\" %}x");
    }

    #[test]
    fn a_whole_base_takes_the_content_of_all_pages() {
        let found = with(&[("base.html", "<main>{% block content %}{% endblock %}</main>")], "plume");
        let post = &found.iter().find(|(name, _)| name == "plume/post.html").unwrap().1;
        assert_eq!(
            *post,
            "{% extends \"base.html\" %}{% block content -%}<div class=\"x\">post</div>{% endblock content %}"
        );
        let found = with(&[("mine/base.html", "{% block main %}{% endblock %}")], "mine");
        assert!(found.iter().any(|(name, text)| name == "plume/post.html" && text == PLUME[1].1));
        // Nothing can be put into this one.
        let found = with(&[("base.html", "{% block rest %}{% endblock %}")], "plume");
        assert!(found.iter().any(|(_, text)| text.contains("extends \"plume/base.html\"")));
    }

    #[test]
    fn a_block_is_cut_out_with_what_is_in_it() {
        let text =
            "a{% block x %}b{% block y %}c{% endblock y %}d{% endblock %}e{% block z %}f{% endblock %}";
        assert_eq!(without_block(text, "x"), "ae{% block z %}f{% endblock %}");
        assert_eq!(without_block(text, "w"), text);
    }
}
