//! `new`: creates a post or a page.

use std::fs;
use std::io::Write;

use pingmark_core::path::SitePath;
use pingmark_core::slug::slugify;
use pingmark_core::when::When;

use super::args::New;
use super::terminal::data;
use super::{Failure, Project, now};

pub(super) fn run(args: &New, project: &Project) -> Result<(), Failure> {
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
    let path = match (args.page, args.bundle) {
        (true, _) => format!("content/{slug}{lang}.md"),
        (false, true) => format!("content/posts/{}-{slug}/index{lang}.md", date.day()),
        (false, false) => format!("content/posts/{}-{slug}{lang}.md", date.day()),
    };
    let path = SitePath::new(&path).map_err(|problem| Failure::Usage(format!("`{path}`: {problem}")))?;
    let location = path.under(&project.root);
    let failed = |error: std::io::Error| Failure::Error(format!("`{}`: {error}", location.display()));
    if let Some(folder) = location.parent() {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let mut file = fs::File::create_new(&location).map_err(failed)?;
    file.write_all(front_matter(args, &date).as_bytes()).map_err(failed)?;
    data(&format!("{}\n", location.display()));
    Ok(())
}

fn front_matter(args: &New, date: &When) -> String {
    // JSON strings are valid YAML.
    let quoted = |text: &str| serde_json::Value::from(text).to_string();
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
