//! `new`: creates a post or a page.

use pingmark_core::path::SitePath;
use pingmark_core::slug::slugify;
use pingmark_core::when::When;
use pingmark_core::yaml_edit::quoted;

use super::args::{New, Scope};
use super::terminal::{Terminal, data};
use super::{Failure, Project, now};
use crate::authoring::site_folder::SiteFolder;

pub(super) fn run(args: &New, project: &Project, terminal: &Terminal) -> Result<(), Failure> {
    let config = project.settings();
    let slug = slugify(&args.title);
    if slug.is_empty() {
        let problem = "the title needs at least one letter or digit, from which the address is made";
        return Err(Failure::Usage(problem.into()));
    }
    let zone = &config.timezone;
    let date = match &args.today {
        Some(text) => {
            let problem = || Failure::Usage(format!("`{text}` is not a date; write it as 2026-11-22"));
            When::parse(text, zone).ok_or_else(problem)?
        }
        None => When::at(now(None, zone)?, zone, true),
    };
    let lang = match &args.lang {
        Some(lang) if config.language(lang).is_none() => {
            let known: Vec<&str> = config.languages.iter().map(|language| language.code.as_str()).collect();
            return Err(Failure::Usage(format!(
                "the blog has no language `{lang}`; choose one of {}",
                known.join(", ")
            )));
        }
        Some(lang) if *lang != config.main_language().code => format!(".{lang}"),
        _ => String::new(),
    };
    let code = args.lang.as_ref().unwrap_or(&config.main_language().code);
    let (slug, taken_by) = free_slug(&slug, code, project)?;
    let path = match (args.page, args.bundle) {
        (true, _) => format!("content/{slug}{lang}.md"),
        (false, true) => format!("content/posts/{}-{slug}/index{lang}.md", date.day()),
        (false, false) => format!("content/posts/{}-{slug}{lang}.md", date.day()),
    };
    let path = SitePath::new(&path).map_err(|problem| Failure::Usage(format!("`{path}`: {problem}")))?;
    let location = path.under(&project.root);
    let folder = SiteFolder::new(project.root.clone());
    match folder.create(&path, &front_matter(args, &date)) {
        Ok(true) => {}
        Ok(false) => return Err(Failure::Error(format!("`{}` is there already", location.display()))),
        Err(error) => return Err(Failure::Error(error.to_string())),
    }
    if let Some(other) = taken_by {
        terminal.message(&format!("`{other}` has this title already: the new one gets the address `{slug}`"));
    }
    data(&format!("{}\n", location.display()));
    Ok(())
}

/// A slug that no post or page of the language has: the given one, or with the first number that is
/// free, as WordPress numbers them. Also the file that has the given one.
fn free_slug(slug: &str, lang: &str, project: &Project) -> Result<(String, Option<SitePath>), Failure> {
    let site = project.site(&Scope::default())?;
    let slugs: Vec<(String, &SitePath)> = site
        .documents
        .iter()
        .map(|document| &document.summary)
        .filter(|summary| summary.lang == lang)
        .map(|summary| {
            let own = summary.meta.slug.as_deref().unwrap_or(&summary.name.slug);
            (slugify(own), &summary.path)
        })
        .collect();
    let holder = |wanted: &str| slugs.iter().find(|(slug, _)| slug == wanted).map(|(_, path)| *path);
    let Some(other) = holder(slug) else { return Ok((slug.to_owned(), None)) };
    let numbered = (2..).map(|number| format!("{slug}-{number}")).find(|slug| holder(slug).is_none());
    Ok((numbered.expect("numbers do not end"), Some(other.clone())))
}

fn front_matter(args: &New, date: &When) -> String {
    let mut lines = vec!["---".to_owned(), format!("title: {}", quoted(&args.title))];
    if !args.page {
        let c = date.civil();
        lines.push(format!("date: {} {:02}:{:02}", date.day(), c.hour(), c.minute()));
    }
    lines.push("description: \"\"".to_owned());
    if !args.page {
        let tags: Vec<String> = args.tags.iter().map(|tag| quoted(tag.trim())).collect();
        lines.push(format!("tags: [{}]", tags.join(", ")));
    }
    if !args.publish {
        lines.push("draft: true".to_owned());
    }
    lines.push("---\n\n".to_owned());
    lines.join("\n")
}
