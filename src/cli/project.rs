//! The site that a command is about: where it is, and how it is read.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use jiff::Timestamp;

use pingmark_core::{config, site_files};
use pingmark_site::graph::IncludeUnpublished;

use super::args::{Global, Scope};
use super::{Failure, now};
use crate::cache::program;
use crate::engine::{EngineOptions, Request, Site};
use crate::session::{Session, SessionOptions, images};

/// A site's folder and its settings file.
pub(crate) struct Project {
    /// The folder, as the user named it or as it was found.
    pub root: PathBuf,
    /// Another file than its `pingmark.yaml`.
    pub config: Option<PathBuf>,
}

/// What a site is analysed for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To be published, or listed.
    Publish,
    /// To give advice.
    Advice,
    /// To be looked at while it changes. Style sheets and scripts keep their names, so that editing one
    /// is no reason to make every page again.
    Preview,
}

impl Project {
    /// The site that the options name, else the nearest one.
    pub fn find(global: &Global) -> Result<Self, Failure> {
        let config = global.config.clone();
        let root = match &global.root {
            Some(root) => root.clone(),
            None if config.is_some() => PathBuf::from("."),
            None => nearest_root(Path::new("."))?,
        };
        let file = config.clone().unwrap_or_else(|| root.join(site_files::CONFIG));
        if !file.is_file() {
            return Err(Failure::Usage(format!(
                "there is no `{}`; make a blog with `pingmark init`, or name its folder with --root",
                file.display()
            )));
        }
        Ok(Self { root, config })
    }

    /// The settings, as far as they can be read: for commands that need one of them before, or
    /// without, reading the site.
    pub fn settings(&self) -> config::Config {
        let file = self.config.clone().unwrap_or_else(|| self.root.join(site_files::CONFIG));
        let text = std::fs::read_to_string(file).unwrap_or_default();
        config::Config::read(&text, None).0
    }

    /// The folder to publish into.
    pub fn output(&self, given: Option<&Path>) -> PathBuf {
        given.map_or_else(|| self.root.join(self.settings().output_dir), Path::to_path_buf)
    }

    /// A session of this site.
    pub fn session(&self, disk_cache: bool, engine: EngineOptions) -> Session {
        Session::open(SessionOptions {
            root: self.root.clone(),
            config: self.config.clone(),
            disk_cache,
            clock: Timestamp::now().as_nanosecond(),
            engine,
        })
    }

    /// The site, analysed once, and a session to go on with.
    pub(super) fn open(&self, scope: &Scope, purpose: Purpose) -> Result<(Session, Arc<Site>), Failure> {
        let engine = EngineOptions { images: Some(images(&self.root)), ..EngineOptions::default() };
        let mut session = self.session(true, engine);
        let now = self.now(scope)?;
        let site = session.refresh(now, None, &request(scope, purpose));
        Ok((session, site.map_err(|error| self.unreadable(&error))?))
    }

    /// The site, analysed once.
    pub(super) fn site(&self, scope: &Scope) -> Result<Arc<Site>, Failure> {
        Ok(self.open(scope, Purpose::Publish)?.1)
    }

    /// The "now" that a site is built for.
    pub(super) fn now(&self, scope: &Scope) -> Result<Timestamp, Failure> {
        now(scope.today.as_deref(), &self.settings().timezone)
    }

    /// The failure of a folder that cannot be read.
    pub(super) fn unreadable(&self, error: &std::io::Error) -> Failure {
        Failure::Error(format!("`{}`: {error}", self.root.display()))
    }
}

/// The nearest folder upwards with a `pingmark.yaml`.
fn nearest_root(from: &Path) -> Result<PathBuf, Failure> {
    let here = std::path::absolute(from).map_err(|error| Failure::Error(error.to_string()))?;
    if here.join(site_files::CONFIG).is_file() {
        return Ok(from.to_path_buf());
    }
    let found = here.ancestors().find(|folder| folder.join(site_files::CONFIG).is_file());
    found.map(Path::to_path_buf).ok_or_else(|| {
        Failure::Usage(
            "no blog here: neither this folder nor one above it has a `pingmark.yaml`; make one with \
             `pingmark init`, or name its folder with --root"
                .to_owned(),
        )
    })
}

/// What is asked of the engine.
pub(super) fn request(scope: &Scope, purpose: Purpose) -> Request {
    Request {
        base_url: scope.base_url.clone(),
        theme: scope.theme.clone(),
        shown: IncludeUnpublished { drafts: scope.drafts, future: scope.future, expired: scope.expired },
        advice: purpose == Purpose::Advice,
        plain_names: purpose == Purpose::Preview,
        program: program(),
    }
}
