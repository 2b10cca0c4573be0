//! Files of an imported blog: from a folder, or fetched from the old site.

use std::collections::{BTreeMap, HashSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use pingmark_core::path::SitePath;
use pingmark_http::{Client, Limits, Request};

use super::Failure;
use super::args::import::ImportArgs;
use super::report::many;
use super::terminal::Terminal;
use crate::authoring::site_folder::SiteFolder;

/// Deepest folder of `--media` that is looked at.
const MAX_DEPTH: usize = 24;
/// What fetching one file may cost.
const LIMITS: Limits = Limits { redirects: 5, seconds: 120, bytes: 100 << 20 };
/// Files that are fetched at the same time.
const WORKERS: usize = 4;
/// Failures in a row after which the old site is taken for gone.
const MAX_FAILURES: usize = 25;

/// Files that the site has, as addresses, once those of `--media` were copied or fetched. `wanted` are the
/// addresses in the site, each with those at which the file can be found.
pub(super) fn media(
    args: &ImportArgs,
    wanted: &BTreeMap<String, Vec<String>>,
    root: &Path,
    terminal: &Terminal,
) -> Result<HashSet<String>, Failure> {
    let fetches = args.media.as_deref() == Some(Path::new("fetch"));
    let found = match &args.media {
        Some(folder) if !fetches => files_below(folder)?,
        _ => BTreeMap::new(),
    };
    let folder = SiteFolder::new(root.to_path_buf());
    let (mut there, mut copied, mut missing) = (HashSet::new(), 0, Vec::new());
    for (path, urls) in wanted {
        let Ok(file) = SitePath::new(&format!("static/{}", path.trim_start_matches('/'))) else { continue };
        if file.unportable().is_some() {
            continue;
        }
        if file.under(root).is_file() {
            there.insert(path.clone());
        } else if let Some(source) = found_for(path, &found) {
            if !args.dry_run && folder.copy(source, &file)? {
                copied += 1;
            }
            there.insert(path.clone());
        } else {
            missing.push((path, urls, file));
        }
    }
    if copied > 0 {
        terminal.message(&format!("{} copied to static/", many(copied, "file")));
    }
    if fetches && !args.dry_run {
        there.extend(fetched(args, &missing, &folder, root, terminal)?);
    }
    Ok(there)
}

/// All files below a folder, by their path in it.
fn files_below(folder: &Path) -> Result<BTreeMap<String, PathBuf>, Failure> {
    let mut found = BTreeMap::new();
    let mut open = vec![(folder.to_path_buf(), String::new(), 0)];
    while let Some((folder, inside, depth)) = open.pop() {
        let failed = |error: std::io::Error| Failure::Error(format!("`{}`: {error}", folder.display()));
        for entry in fs::read_dir(&folder).map_err(failed)? {
            let entry = entry.map_err(failed)?;
            let kind = entry.file_type().map_err(failed)?;
            let Some(name) = entry.file_name().to_str().map(str::to_owned) else { continue };
            let path = format!("{inside}/{}", pingmark_core::path::composed(&name));
            if kind.is_dir() && depth < MAX_DEPTH {
                open.push((entry.path(), path, depth + 1));
            } else if kind.is_file() {
                found.insert(path, entry.path());
            }
        }
    }
    Ok(found)
}

/// The file for an address: the one whose path is the longest end of it.
fn found_for<'f>(path: &str, found: &'f BTreeMap<String, PathBuf>) -> Option<&'f PathBuf> {
    let mut rest = path;
    loop {
        if let Some(file) = found.get(rest) {
            return Some(file);
        }
        let next = rest[1..].find('/')?;
        rest = &rest[next + 1..];
    }
}

/// Fetches files that are not there yet. What an interrupted run fetched is not fetched again.
fn fetched(
    args: &ImportArgs,
    missing: &[(&String, &Vec<String>, SitePath)],
    folder: &SiteFolder,
    root: &Path,
    terminal: &Terminal,
) -> Result<HashSet<String>, Failure> {
    let mut client = Client::builder();
    for host in &args.allow_private {
        client = client.allow(host).map_err(Failure::Usage)?;
    }
    let client = client.build();
    let (next, done, failures) = (AtomicUsize::new(0), AtomicUsize::new(0), AtomicUsize::new(0));
    let there = Mutex::new(HashSet::new());
    let reasons = Mutex::new(Vec::new());
    let problem = Mutex::new(None);
    let show = terminal.progress("Files");
    std::thread::scope(|scope| {
        for _ in 0..WORKERS {
            scope.spawn(|| {
                while let Some((path, urls, file)) = missing.get(next.fetch_add(1, Ordering::SeqCst)) {
                    if failures.load(Ordering::SeqCst) >= MAX_FAILURES {
                        return;
                    }
                    match one(&client, urls, file, folder, root) {
                        Ok(Ok(())) => {
                            failures.store(0, Ordering::SeqCst);
                            lock(&there).insert((*path).clone());
                        }
                        Ok(Err(reason)) => {
                            failures.fetch_add(usize::from(reason.1), Ordering::SeqCst);
                            lock(&reasons).push(reason.0);
                        }
                        Err(error) => {
                            *lock(&problem) = Some(error);
                            return;
                        }
                    }
                    let count = done.fetch_add(1, Ordering::SeqCst) + 1;
                    if let Some(show) = show.as_ref().filter(|_| count < missing.len()) {
                        show(count, missing.len());
                    }
                }
            });
        }
    });
    if let Some(show) = &show {
        show(1, 1);
    }
    if let Some(error) = problem.into_inner().unwrap_or_default() {
        return Err(error);
    }
    let there = there.into_inner().unwrap_or_default();
    let mut reasons = reasons.into_inner().unwrap_or_default();
    reasons.sort();
    terminal.message(&format!(
        "{} fetched to static/, {} not found",
        many(there.len(), "file"),
        missing.len() - there.len()
    ));
    if failures.into_inner() >= MAX_FAILURES {
        terminal.message(
            "the old site does not answer; import again later, and what is here is not fetched again",
        );
    }
    if let Some(first) = reasons.first() {
        terminal.message(&format!("for example {first}"));
    }
    reasons.iter().for_each(|reason| terminal.detail(reason));
    Ok(there)
}

/// Fetches one file from the first of its addresses that has it. The inner error has the reason, and whether
/// the site did not answer at all.
fn one(
    client: &Client,
    urls: &[String],
    file: &SitePath,
    folder: &SiteFolder,
    root: &Path,
) -> Result<Result<(), (String, bool)>, Failure> {
    let mut reason = ("no address".to_owned(), false);
    let location = file.under(root);
    let failed = |error: std::io::Error| Failure::Error(format!("`{}`: {error}", location.display()));
    // Fails if the path leads through a link.
    folder.bytes(file)?;
    for url in urls {
        let temporary = location.with_file_name(format!(".{}.fetch.tmp", file.name()));
        if let Some(parent) = location.parent() {
            fs::create_dir_all(parent).map_err(failed)?;
        }
        let mut into = File::create(&temporary).map_err(failed)?;
        let answer = client.download(&Request::get(url.as_str()).limits(LIMITS), &mut into);
        drop(into);
        let taken = match answer {
            // Many sites answer with a page where there is no file.
            Ok(response) if response.is_success() && response.media_type() == "text/html" => {
                reason = (format!("{url}: a page instead of a file"), false);
                false
            }
            Ok(response) if response.is_success() => folder.copy(&temporary, file)?,
            Ok(response) => {
                reason = (format!("{url}: status {}", response.status), false);
                false
            }
            Err(failure) => {
                reason = (failure.to_string(), failure.is_temporary());
                false
            }
        };
        let _ = fs::remove_file(&temporary);
        if taken {
            return Ok(Ok(()));
        }
    }
    Ok(Err(reason))
}

fn lock<T>(value: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    value.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}
