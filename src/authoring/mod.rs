//! The desk: decisions of the blog's people, put into the site's own files.
//!
//! Receives a site's folder and what was decided. Gives the files that changed: one for each
//! mention, and the settings when a domain is blocked. Uses std's file system, in [`store`].
//! Never touches what it was not asked to, and never leaves the site's folder.
//!
//! The command line is one way to it; a page with buttons could be another.

pub mod store;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use pingmark_core::diag::Diagnostic;
use pingmark_core::path::SitePath;
use pingmark_core::slug::{nearest, slugify};
use pingmark_core::when::When;
use pingmark_core::{site_files, web_address, yaml_edit};
use pingmark_site::mention::{self, Draft, Mention, MentionStatus};

use store::Store;

/// The folder of mentions whose post is not known.
const NOWHERE: &str = "sans-article";

/// A site's mentions, as they lie in its folder.
#[derive(Debug)]
pub struct MentionStore {
    store: Store,
    /// The files, in the order of their paths.
    pub entries: Vec<Entry>,
}

/// One file.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Where it lies.
    pub path: SitePath,
    /// Its text, byte for byte.
    pub text: String,
    /// What it says, if it can be read.
    pub mention: Option<Mention>,
    /// What is wrong with it.
    pub diagnostics: Vec<Diagnostic>,
}

impl Entry {
    fn new(path: SitePath, text: String, zone: &TimeZone) -> Self {
        let (mention, diagnostics) = mention::read(&path, &text, zone);
        Self { path, text, mention, diagnostics }
    }

    /// What commands call it by.
    pub fn id(&self) -> &str {
        self.path.name().rsplit_once('.').map_or(self.path.name(), |(stem, _)| stem)
    }

    /// The hash at the end of its name.
    fn hash(&self) -> &str {
        self.id().rsplit_once('-').map_or("", |(_, hash)| hash)
    }

    /// Its status; what cannot be read waits.
    pub fn status(&self) -> MentionStatus {
        self.mention.as_ref().map_or(MentionStatus::Pending, |mention| mention.status)
    }
}

/// Why something was not done.
#[derive(Debug)]
pub enum AuthoringError {
    /// No mention has this id; perhaps that one was meant.
    Unknown(String, Option<String>),
    /// Several mentions begin with it.
    Ambiguous(String, Vec<String>),
    /// The file cannot be changed at one place.
    Unchangeable(SitePath, &'static str),
    /// A path that leads out of the site.
    Outside(SitePath),
    /// A file that changed while it was looked at.
    Changed(SitePath),
    /// What was given is no mention, and why.
    Unfit(String),
    /// The system refused.
    Io(PathBuf, std::io::Error),
}

impl fmt::Display for AuthoringError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unknown(id, Some(near)) => write!(f, "there is no mention `{id}`; did you mean `{near}`?"),
            Self::Unknown(id, None) => {
                write!(f, "there is no mention `{id}`; `pingmark mentions list` shows them all")
            }
            Self::Ambiguous(id, found) => {
                write!(f, "`{id}` could be {}; type more of it", found.join(" or "))
            }
            Self::Unchangeable(path, key) => {
                write!(
                    f,
                    "`{path}` is written in a form in which `{key}` cannot be changed alone; change it by hand"
                )
            }
            Self::Outside(path) => write!(f, "`{path}` lies behind a link, and is left alone"),
            Self::Changed(path) => write!(f, "`{path}` was changed by somebody else meanwhile; try again"),
            Self::Unfit(reason) => write!(f, "this is no mention: {reason}"),
            Self::Io(path, error) => write!(f, "`{}`: {error}", path.display()),
        }
    }
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Files that are new.
    pub taken: Vec<SitePath>,
    /// Files that were completed.
    pub merged: Vec<SitePath>,
    /// How many were known already, and lacked nothing.
    pub known: usize,
    /// What was refused, and why.
    pub refused: Vec<String>,
}

impl MentionStore {
    /// Opens the mentions of a site. A folder without any has an empty desk.
    pub fn open(root: PathBuf, zone: &TimeZone) -> Result<Self, AuthoringError> {
        let store = Store::new(root);
        let files = store.mentions()?;
        let entries = files.into_iter().map(|(path, text)| Entry::new(path, text, zone)).collect();
        Ok(Self { store, entries })
    }

    /// The mention of an id: whole, or as much of its beginning, or of its hash, as no other
    /// shares.
    pub fn find(&self, id: &str) -> Result<&Entry, AuthoringError> {
        let wanted = id.trim().trim_end_matches(".yaml").trim_end_matches(".yml");
        let wanted = wanted.strip_prefix("mentions/").unwrap_or(wanted);
        let (folder, name) = match wanted.rsplit_once('/') {
            Some((folder, name)) => (Some(folder), name),
            None => (None, wanted),
        };
        let inside = |entry: &&Entry| {
            folder.is_none_or(|folder| entry.path.parent() == format!("{}/{folder}", site_files::MENTIONS))
        };
        let of = |fits: &dyn Fn(&Entry) -> bool| -> Vec<&Entry> {
            self.entries.iter().filter(inside).filter(|entry| fits(entry)).collect()
        };
        let exact = of(&|entry| entry.id() == name);
        let found = match exact.as_slice() {
            [] if name.is_empty() => Vec::new(),
            [] => of(&|entry| entry.id().starts_with(name) || entry.hash().starts_with(name)),
            _ => exact,
        };
        match found.as_slice() {
            [one] => Ok(one),
            [] => {
                let near = nearest(name, self.entries.iter().map(Entry::id));
                Err(AuthoringError::Unknown(id.to_owned(), near.map(str::to_owned)))
            }
            several => {
                let paths = several.iter().take(4).map(|entry| {
                    let path = entry.path.below(site_files::MENTIONS).unwrap_or(entry.path.as_str());
                    format!("`{}`", path.trim_end_matches(".yaml"))
                });
                Err(AuthoringError::Ambiguous(id.to_owned(), paths.collect()))
            }
        }
    }

    /// The mentions that came from a domain.
    pub fn from_domain(&self, domain: &str) -> Vec<&Entry> {
        let domains = [domain.to_owned()];
        let comes = |entry: &&Entry| entry.mention.as_ref().is_some_and(|one| one.comes_from(&domains));
        self.entries.iter().filter(comes).collect()
    }

    /// Gives a mention another status. Whether its file changed.
    pub fn decide(&self, entry: &Entry, status: MentionStatus) -> Result<bool, AuthoringError> {
        if entry.mention.as_ref().is_some_and(|mention| mention.status == status) {
            return Ok(false);
        }
        let unchangeable = || AuthoringError::Unchangeable(entry.path.clone(), "status");
        let text = yaml_edit::set_value(&entry.text, "status", status.name()).ok_or_else(unchangeable)?;
        self.store.replace(&entry.path, &entry.text, &text)?;
        Ok(true)
    }

    /// Removes a mention's file, and its folder when that is left empty.
    pub fn delete(&self, entry: &Entry) -> Result<(), AuthoringError> {
        self.store.remove(&entry.path)
    }

    /// Adds a domain to `mentions.block` of the settings. Whether it was not there yet.
    ///
    /// `config` names the file that is read in place of the site's `pingmark.yaml`.
    pub fn block(&self, domain: &str, config: Option<&Path>) -> Result<bool, AuthoringError> {
        let elsewhere = config.and_then(|file| {
            let name = SitePath::new(file.file_name()?.to_str()?).ok()?;
            Some((Store::new(file.parent()?.to_path_buf()), name))
        });
        let own = || (self.store.clone(), SitePath::constant(site_files::CONFIG));
        let (store, path) = elsewhere.unwrap_or_else(own);
        let text = store.read(&path)?;
        let unchangeable = || AuthoringError::Unchangeable(path.clone(), "mentions.block");
        let edited =
            yaml_edit::add_to_nested_list(&text, "mentions", "block", domain).ok_or_else(unchangeable)?;
        if edited == text {
            return Ok(false);
        }
        store.replace(&path, &text, &edited)?;
        Ok(true)
    }

    /// Adds an address to `syndication` of an article's front matter. Whether it was not there
    /// yet. Every other byte of the file stays.
    pub fn posted(&self, path: &SitePath, address: &str) -> Result<bool, AuthoringError> {
        let text = self.store.read(path)?;
        let unchangeable = || AuthoringError::Unchangeable(path.clone(), "syndication");
        let mark = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let (yaml, _) = pingmark_core::yaml::front_matter(&text[mark..]).ok_or_else(unchangeable)?;
        let (start, end) = (yaml.start + mark, yaml.end + mark);
        let edited =
            yaml_edit::add_to_list(&text[start..end], "syndication", address).ok_or_else(unchangeable)?;
        let edited = format!("{}{edited}{}", &text[..start], &text[end..]);
        if edited == text {
            return Ok(false);
        }
        self.store.replace(path, &text, &edited)?;
        Ok(true)
    }

    /// Writes a new mention into the folder of a post; refused when there is one already from
    /// this source to this target.
    pub fn add(
        &mut self,
        draft: &Draft,
        slug: &str,
        zone: &TimeZone,
        today: When,
    ) -> Result<SitePath, AuthoringError> {
        if let Some(known) = self.known(draft) {
            let known = self.entries[known].path.to_string();
            return Err(AuthoringError::Unfit(format!("`{known}` has the same source and target")));
        }
        self.write(draft, slug, zone, today)
    }

    /// Takes in what an export holds. Twice the same changes nothing the second time. `slug_of`
    /// tells the folder of a target, if it leads to a post.
    pub fn import(
        &mut self,
        drafts: impl IntoIterator<Item = Result<Draft, String>>,
        slug_of: &dyn Fn(&str) -> Option<String>,
        zone: &TimeZone,
        today: When,
    ) -> Result<Imported, AuthoringError> {
        let mut done = Imported::default();
        let mut index = self.index();
        for draft in drafts {
            let draft = match draft {
                Ok(draft) => draft,
                Err(reason) => {
                    done.refused.push(reason);
                    continue;
                }
            };
            let key = key_of(draft.source.as_deref(), draft.target.as_deref());
            if let Some(&number) = index.get(&key) {
                match draft.complete(&self.entries[number].text) {
                    Some(text) => {
                        let entry = &self.entries[number];
                        self.store.replace(&entry.path, &entry.text, &text)?;
                        let path = entry.path.clone();
                        if !done.taken.contains(&path) && !done.merged.contains(&path) {
                            done.merged.push(path.clone());
                        }
                        self.entries[number] = Entry::new(path, text, zone);
                    }
                    None => done.known += 1,
                }
                continue;
            }
            let target = draft.target.as_deref().unwrap_or("");
            let slug = slug_of(target).unwrap_or_else(|| folder_of(target));
            match self.write(&draft, &slug, zone, today) {
                Ok(path) => {
                    index.insert(key, self.entries.len() - 1);
                    done.taken.push(path);
                }
                Err(AuthoringError::Unfit(reason)) => done.refused.push(reason),
                Err(refusal) => return Err(refusal),
            }
        }
        Ok(done)
    }

    fn write(
        &mut self,
        draft: &Draft,
        slug: &str,
        zone: &TimeZone,
        today: When,
    ) -> Result<SitePath, AuthoringError> {
        let text = draft.text();
        let day = [&draft.published, &draft.received];
        let day = day.into_iter().flatten().find_map(|date| When::parse(date, zone));
        let name = draft.file_name(day, today);
        let unfit = |problem: pingmark_core::path::PathProblem| AuthoringError::Unfit(problem.to_string());
        let mut path = SitePath::new(&format!("{}/{slug}/{name}", site_files::MENTIONS)).map_err(unfit)?;
        let entry = Entry::new(path.clone(), text, zone);
        if entry.mention.is_none() {
            let reason = entry
                .diagnostics
                .first()
                .map_or("it cannot be read", |diagnostics| diagnostics.message.as_str());
            return Err(AuthoringError::Unfit(reason.to_owned()));
        }
        // Another mention may have this name already.
        for number in 2.. {
            if self.store.create(&path, &entry.text)? {
                break;
            }
            let stem = name.trim_end_matches(".yaml");
            path = SitePath::new(&format!("{}/{slug}/{stem}-{number}.yaml", site_files::MENTIONS))
                .map_err(unfit)?;
        }
        self.entries.push(Entry::new(path.clone(), entry.text, zone));
        Ok(path)
    }

    fn known(&self, draft: &Draft) -> Option<usize> {
        draft.source.as_ref()?;
        self.index().get(&key_of(draft.source.as_deref(), draft.target.as_deref())).copied()
    }

    /// The entries by what makes them one and the same.
    fn index(&self) -> HashMap<String, usize> {
        let numbered = self.entries.iter().enumerate();
        let known = numbered.filter_map(|(number, entry)| {
            let mention = entry.mention.as_ref()?;
            mention.source.as_ref()?;
            Some((key_of(mention.source.as_deref(), mention.target.as_deref()), number))
        });
        known.collect()
    }
}

fn key_of(source: Option<&str>, target: Option<&str>) -> String {
    let source = source.map(web_address::comparison_key).unwrap_or_default();
    // What follows an address's path does not make it another article.
    let target = target.map(|target| target[..target.find('#').unwrap_or(target.len())].to_owned());
    format!("{source}\n{}", target.as_deref().map(web_address::comparison_key).unwrap_or_default())
}

/// The folder for a target that leads to no post: its last part.
pub fn folder_of(target: &str) -> String {
    let path = target[..target.find(['?', '#']).unwrap_or(target.len())].trim_end_matches('/');
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let name = path.rsplit_once('/').map_or("", |(_, name)| name).trim_end_matches(".html");
    let mut slug = slugify(name);
    slug.truncate(100);
    let is_device = SitePath::new(&slug).map_or(true, |path| path.unportable().is_some());
    if slug.is_empty() || is_device { NOWHERE.to_owned() } else { slug }
}
