//! `init`: creates a small blog that is ready to build.

use std::fs;
use std::io::{ErrorKind, Write};

use include_dir::{Dir, include_dir};
use jiff::tz::TimeZone;

use pingmark_core::config::BaseUrl;

use super::args::{Init, StarterLang};
use super::report::many;
use super::terminal::{Terminal, data, quoted};
use super::{Failure, now};
use crate::source::builtin;

/// Date of the posts in the starter blogs; replaced by the current date.
const STARTER_DATE: &str = "2026-01-01";

static STARTER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/cli/starter");

/// What git leaves out: everything that a build makes again.
const GITIGNORE: &str = "/public/\n/.pingmark/\n";

/// What the owner says about a new blog. What is not said keeps the example of the starter, of which
/// `build` reminds.
struct Answers {
    title: Option<String>,
    base_url: Option<String>,
    author: Option<String>,
}

pub(super) fn run(args: &Init, terminal: &Terminal) -> Result<(), Failure> {
    let lang = match args.lang {
        StarterLang::Fr => "fr",
        StarterLang::En => "en",
    };
    if let Some(url) = &args.base_url
        && BaseUrl::parse(url).is_none()
    {
        return Err(Failure::Usage(format!(
            "`{url}` is not the address of a site; write it as https://example.org/"
        )));
    }
    let themes = builtin::themes();
    if let Some(theme) = args.theme.as_deref().filter(|theme| !themes.contains(theme)) {
        return Err(Failure::Usage(format!(
            "there is no built-in theme `{theme}`; choose {}",
            themes.join(" or ")
        )));
    }
    let config = args.folder.join(pingmark_core::site_files::CONFIG);
    if config.exists() {
        let problem = "choose another folder, or remove the file";
        return Err(Failure::Error(format!("`{}` already exists; {problem}", config.display())));
    }
    let answers = ask(args, terminal);
    let starter = STARTER.get_dir(lang).expect("the starters are embedded in the binary");
    let today = now(None, &TimeZone::UTC)?.to_string()[..10].to_owned();
    let mut kept = 0;
    let mut folders = vec![starter];
    let mut files = Vec::new();
    while let Some(folder) = folders.pop() {
        folders.extend(folder.dirs());
        files.extend(folder.files());
    }
    files.sort_by_key(|file| file.path());
    let texts = files.into_iter().map(|file| {
        let inside = file.path().strip_prefix(lang).unwrap_or(file.path());
        let text = file.contents_utf8().map(|text| filled(text, args, &answers, &today));
        let bytes = text.map_or_else(|| file.contents().to_vec(), String::into_bytes);
        (inside.to_string_lossy().replace(STARTER_DATE, &today), bytes)
    });
    for (inside, bytes) in texts.chain([(".gitignore".to_owned(), GITIGNORE.into())]) {
        let location = args.folder.join(inside);
        let failed = |error: std::io::Error| Failure::Error(format!("`{}`: {error}", location.display()));
        if let Some(folder) = location.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        match fs::File::create_new(&location) {
            Ok(mut new) => new.write_all(&bytes).map_err(failed)?,
            Err(error) if error.kind() == ErrorKind::AlreadyExists => kept += 1,
            Err(error) => return Err(failed(error)),
        }
    }
    data(&format!("{}\n", args.folder.display()));
    if kept > 0 {
        terminal.message(&format!("kept {}", many(kept, "existing file")));
    }
    let step = if args.folder.as_os_str() == "." {
        String::new()
    } else {
        format!("cd {} && ", quoted(&args.folder.to_string_lossy()))
    };
    terminal.message(&format!("Your blog is ready. Next: {step}pingmark serve --watch --open"));
    Ok(())
}

/// The answers given as options; on a terminal, asks for the others.
fn ask(args: &Init, terminal: &Terminal) -> Answers {
    let mut answers =
        Answers { title: args.title.clone(), base_url: args.base_url.clone(), author: args.author.clone() };
    if !terminal.can_ask() {
        return answers;
    }
    let [title, base_url, author] = match args.lang {
        StarterLang::Fr => ["Titre du blog :", "Son adresse, une fois publié (https://…) :", "Votre nom :"],
        StarterLang::En => {
            ["Title of the blog:", "Its address, once it is published (https://…):", "Your name:"]
        }
    };
    if answers.title.is_none() {
        answers.title = terminal.ask(title);
    }
    while answers.base_url.is_none() {
        let Some(typed) = terminal.ask(base_url) else { break };
        let whole = if typed.contains("://") { typed } else { format!("https://{typed}") };
        answers.base_url = Some(whole).filter(|url| BaseUrl::parse(url).is_some());
    }
    if answers.author.is_none() {
        answers.author = terminal.ask(author);
    }
    answers
}

/// Replaces the values of a starter file by the given ones.
fn filled(text: &str, args: &Init, answers: &Answers, today: &str) -> String {
    let mut text = text.replace(STARTER_DATE, today);
    // JSON strings are valid YAML.
    let yaml = |text: &str| serde_json::Value::from(text).to_string();
    if let Some(title) = &answers.title {
        let quoted = yaml(title);
        for own in ["title: Mon blog\n", "title: My blog\n"] {
            text = text.replace(own, &format!("title: {quoted}\n"));
        }
    }
    if let Some(url) = &answers.base_url {
        text = text.replace("base_url: https://example.org/", &format!("base_url: {url}"));
    }
    if let Some(author) = &answers.author {
        for own in ["name: Votre nom\n", "name: Your name\n"] {
            text = text.replace(own, &format!("name: {}\n", yaml(author)));
        }
        // The example of a few words would be published.
        text = text.replace("    bio: ", "    # bio: ");
    }
    if let Some(theme) = &args.theme {
        text = text.replace("theme: plume\n", &format!("theme: {theme}\n"));
    }
    text
}
