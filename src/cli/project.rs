//! The site that a command works on: its folder, and how it is read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use pingmark_core::{config, site_files};
use pingmark_site::graph::IncludeUnpublished;

use super::args::{Global, Scope};
use super::terminal::quoted;
use super::{Failure, now};
use crate::cache::program;
use crate::engine::{EngineOptions, Request, Site};
use crate::session::{Session, SessionOptions, images};
use crate::source::disk::leaves_root;

/// A site's folder and its configuration file.
pub(crate) struct Project {
    /// The folder, as given by the user or as found.
    pub root: PathBuf,
    /// A configuration file to use instead of `pingmark.yaml`.
    pub config: Option<PathBuf>,
}

/// Purpose of an analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To publish or list the site.
    Publish,
    /// To give advice.
    Advice,
    /// To show the site while it changes. Style sheets and scripts get no content hash in their
    /// names, so that editing one does not change every page.
    Preview,
}

impl Project {
    /// Finds the site: the one given by the options, or the nearest one upwards.
    pub(crate) fn find(global: &Global) -> Result<Self, Failure> {
        let config = global.config.clone();
        let root = match &global.root {
            Some(root) => root.clone(),
            None if config.is_some() => PathBuf::from("."),
            None => nearest_root(Path::new("."))?,
        };
        let file = config.clone().unwrap_or_else(|| root.join(site_files::CONFIG));
        if !file.is_file() {
            let elsewhere = match config {
                Some(_) => None,
                None => blog_near(&root),
            };
            let next = elsewhere.unwrap_or_else(|| {
                "create a blog with `pingmark init`, or give its folder with --root".to_owned()
            });
            return Err(Failure::Usage(format!("there is no `{}`; {next}", file.display())));
        }
        Ok(Self { root, config })
    }

    /// The configuration, as far as it can be read. For commands that need a setting before they
    /// read the site, or without reading it.
    pub(crate) fn settings(&self) -> config::Config {
        let file = self.config.clone().unwrap_or_else(|| self.root.join(site_files::CONFIG));
        // A link out of the site is not followed here either; reading the site reports it.
        let root = self.root.canonicalize().unwrap_or_else(|_| self.root.clone());
        let is_refused = self.config.is_none() && file.is_symlink() && leaves_root(&file, &root);
        let text = if is_refused { String::new() } else { std::fs::read_to_string(file).unwrap_or_default() };
        config::Config::read(&text, None).0
    }

    /// The output folder.
    pub(crate) fn output(&self, given: Option<&Path>) -> PathBuf {
        given.map_or_else(|| self.root.join(self.settings().output_dir), Path::to_path_buf)
    }

    /// Opens a session for this site.
    pub(crate) fn session(&self, disk_cache: bool, engine: EngineOptions) -> Session {
        Session::open(SessionOptions {
            root: self.root.clone(),
            config: self.config.clone(),
            disk_cache,
            clock: Timestamp::now().as_nanosecond(),
            engine,
        })
    }

    /// Analyzes the site once. The session can be used to continue.
    pub(super) fn open(&self, scope: &Scope, purpose: Purpose) -> Result<(Session, Arc<Site>), Failure> {
        let engine = EngineOptions { images: Some(images(&self.root)), ..EngineOptions::default() };
        let mut session = self.session(true, engine);
        let now = self.now(scope)?;
        let site = session.refresh(now, None, &request(scope, purpose));
        Ok((session, site.map_err(|error| self.unreadable(&error))?))
    }

    /// Analyzes the site once.
    pub(super) fn site(&self, scope: &Scope) -> Result<Arc<Site>, Failure> {
        Ok(self.open(scope, Purpose::Publish)?.1)
    }

    /// The "now" to build the site for.
    pub(super) fn now(&self, scope: &Scope) -> Result<Timestamp, Failure> {
        now(scope.today.as_deref(), &self.settings().timezone)
    }

    /// Failure for a folder that cannot be read.
    pub(super) fn unreadable(&self, error: &std::io::Error) -> Failure {
        Failure::Error(format!("`{}`: {error}", self.root.display()))
    }
}

/// Finds the nearest folder upwards with a `pingmark.yaml`.
fn nearest_root(from: &Path) -> Result<PathBuf, Failure> {
    let here = std::path::absolute(from).map_err(|error| Failure::Error(error.to_string()))?;
    if here.join(site_files::CONFIG).is_file() {
        return Ok(from.to_path_buf());
    }
    let found = here.ancestors().find(|folder| folder.join(site_files::CONFIG).is_file());
    found.map(Path::to_path_buf).ok_or_else(|| {
        let next = blog_near(from).unwrap_or_else(|| {
            "create a blog with `pingmark init`, or give its folder with --root".to_owned()
        });
        Failure::Usage(format!(
            "no blog found: neither this folder nor any of its parents has a `pingmark.yaml`; {next}"
        ))
    })
}

/// Where a blog is that may have been meant: in a folder below this one, or around it. As the next
/// step of a message.
fn blog_near(folder: &Path) -> Option<String> {
    let is_blog = |folder: &Path| folder.join(site_files::CONFIG).is_file();
    let mut below: Vec<PathBuf> = std::fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .filter(|path| is_blog(path))
        .collect();
    below.sort();
    let named = |path: &Path| path.strip_prefix(".").unwrap_or(path).display().to_string();
    match &below[..] {
        [] => {
            let whole = std::path::absolute(folder).ok()?;
            let around = whole.ancestors().skip(1).find(|folder| is_blog(folder))?;
            Some(format!("the blog is in `{}`: give that folder with --root", around.display()))
        }
        [one] => Some(format!(
            "there is a blog in `{0}`: go there, or use `--root {1}`",
            named(one),
            quoted(&named(one))
        )),
        several => {
            let names: Vec<String> = several.iter().map(|path| format!("`{}`", named(path))).collect();
            Some(format!("there are blogs in {}: give one of these folders with --root", names.join(", ")))
        }
    }
}

/// The request to the engine.
pub(super) fn request(scope: &Scope, purpose: Purpose) -> Request {
    Request {
        base_url: scope.base_url.clone(),
        theme: scope.theme.clone(),
        lenient: scope.lenient,
        shown: IncludeUnpublished { drafts: scope.drafts, future: scope.future, expired: scope.expired },
        advice: purpose == Purpose::Advice,
        plain_names: purpose == Purpose::Preview,
        program: program(),
    }
}
