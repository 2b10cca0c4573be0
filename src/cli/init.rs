//! `init`: creates a small blog that is ready to build.

use std::fs;
use std::io::{ErrorKind, Write};

use include_dir::{Dir, include_dir};
use jiff::tz::TimeZone;

use pingmark_core::config::BaseUrl;

use super::args::{Init, StarterLang};
use super::report::many;
use super::terminal::{Terminal, data};
use super::{Failure, now};
use crate::source::builtin;

/// Date of the posts in the starter blogs; replaced by the current date.
const STARTER_DATE: &str = "2026-01-01";

static STARTER: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/src/cli/starter");

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
    for file in files {
        let inside = file.path().strip_prefix(lang).unwrap_or(file.path());
        let location = args.folder.join(inside.to_string_lossy().replace(STARTER_DATE, &today));
        let failed = |error: std::io::Error| Failure::Error(format!("`{}`: {error}", location.display()));
        if let Some(folder) = location.parent() {
            fs::create_dir_all(folder).map_err(failed)?;
        }
        let text = file.contents_utf8().map(|text| filled(text, args, &today));
        let bytes = text.as_ref().map_or(file.contents(), String::as_bytes);
        match fs::File::create_new(&location) {
            Ok(mut new) => new.write_all(bytes).map_err(failed)?,
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
        format!("cd {} && ", args.folder.display())
    };
    terminal.message(&format!("Your blog is ready. Next: {step}pingmark build"));
    Ok(())
}

/// Replaces the values of a starter file by the given ones.
fn filled(text: &str, args: &Init, today: &str) -> String {
    let mut text = text.replace(STARTER_DATE, today);
    if let Some(title) = &args.title {
        let quoted = serde_json::Value::from(title.as_str()).to_string();
        for own in ["title: Mon blog\n", "title: My blog\n"] {
            text = text.replace(own, &format!("title: {quoted}\n"));
        }
    }
    if let Some(url) = &args.base_url {
        text = text.replace("https://example.org/", url);
    }
    if let Some(theme) = &args.theme {
        text = text.replace("theme: plume\n", &format!("theme: {theme}\n"));
    }
    text
}
