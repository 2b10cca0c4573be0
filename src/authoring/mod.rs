//! Edits a site's own files on behalf of its authors: mentions, front matter, settings.
//!
//! Receives a site's folder and an edit. Gives the files that changed: one for each mention, and
//! the configuration if a domain is blocked. Uses std's file system, in [`site_folder`]. Never changes
//! a byte that the edit does not concern, and never leaves the site's folder.
//!
//! Both the command line and the dashboard edit files through this module.

pub mod imported;
pub mod outbox;
pub mod site_folder;

use std::collections::HashMap;
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::tz::TimeZone;

use pingmark_core::diag::Diagnostic;
use pingmark_core::front_matter::{self, Block, Form, Start};
use pingmark_core::path::SitePath;
use pingmark_core::slug::{nearest, slugify};
use pingmark_core::when::When;
use pingmark_core::{site_files, web_address, yaml_edit};
use pingmark_site::mention::plain_text::one_line;
use pingmark_site::mention::{self, Draft, Mention, MentionStatus};

use site_folder::SiteFolder;

/// Folder for mentions whose post is unknown. The name is French whatever the site's language: it
/// is part of existing sites.
const UNKNOWN_POST: &str = "sans-article";

/// Maximum length of an unreadable date in a message, in characters.
const MAX_DATE: usize = 40;

/// The mentions in a site's folder.
#[derive(Debug)]
pub struct MentionStore {
    folder: SiteFolder,
    /// Mention files, sorted by path.
    pub files: Vec<MentionFile>,
}

/// A mention file.
#[derive(Clone, Debug)]
pub struct MentionFile {
    /// Path in the site.
    pub path: SitePath,
    /// Text of the file, unchanged.
    pub text: String,
    /// The parsed mention; `None` if the file cannot be parsed.
    pub mention: Option<Mention>,
    /// Problems found while parsing.
    pub diagnostics: Vec<Diagnostic>,
}

impl MentionFile {
    fn new(path: SitePath, text: String, zone: &TimeZone) -> Self {
        let (mention, diagnostics) = mention::read(&path, &text, zone);
        Self { path, text, mention, diagnostics }
    }

    /// The id used by commands: the file name without extension.
    pub fn id(&self) -> &str {
        self.path.name().rsplit_once('.').map_or(self.path.name(), |(stem, _)| stem)
    }

    /// The hash at the end of the id.
    fn hash(&self) -> &str {
        self.id().rsplit_once('-').map_or("", |(_, hash)| hash)
    }

    /// Status of the mention; pending if it cannot be parsed.
    pub fn status(&self) -> MentionStatus {
        self.mention.as_ref().map_or(MentionStatus::Pending, |mention| mention.status)
    }
}

/// Reasons why an edit failed.
#[derive(Debug)]
pub enum AuthoringError {
    /// No mention has this id. The second value is a similar id.
    Unknown(String, Option<String>),
    /// Several mentions have an id that starts like this.
    Ambiguous(String, Vec<String>),
    /// The value of this key cannot be changed without rewriting the file.
    NotEditable(SitePath, &'static str),
    /// The path leads through a link, which may lead out of the site.
    BehindLink(SitePath),
    /// The file was changed by somebody else after it was read.
    Changed(SitePath),
    /// The given values do not make a valid mention, with the reason.
    Invalid(String),
    /// The ledger cannot be read, with the reason.
    Ledger(SitePath, String),
    /// A file operation failed.
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
                write!(f, "`{id}` could be {}; give more of the id", found.join(" or "))
            }
            Self::NotEditable(path, key) => {
                write!(f, "`{key}` in `{path}` cannot be edited automatically; change it by hand")
            }
            Self::BehindLink(path) => write!(f, "`{path}` leads through a link and was not changed"),
            Self::Changed(path) => write!(f, "`{path}` was changed by another program meanwhile; try again"),
            Self::Invalid(reason) => write!(f, "not a valid mention: {reason}"),
            Self::Ledger(path, reason) => write!(
                f,
                "`{path}` cannot be read: {reason}; nothing was sent, because it says what was sent before: \
                 repair it, or take it back from version control"
            ),
            Self::Io(path, error) => write!(f, "`{}`: {error}", path.display()),
        }
    }
}

/// Result of an import.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// New files.
    pub added: Vec<SitePath>,
    /// Existing files that were completed with missing values.
    pub merged: Vec<SitePath>,
    /// Number of mentions that were already there and complete.
    pub known: usize,
    /// Reasons for the mentions that were skipped.
    pub skipped: Vec<String>,
    /// Dates that cannot be read and were left out, each with the mention's source.
    pub dates: Vec<String>,
}

impl MentionStore {
    /// Reads the mentions of a site, which may have none.
    pub fn open(root: PathBuf, zone: &TimeZone) -> Result<Self, AuthoringError> {
        let folder = SiteFolder::new(root);
        let files = folder.mentions()?;
        let files = files.into_iter().map(|(path, text)| MentionFile::new(path, text, zone)).collect();
        Ok(Self { folder, files })
    }

    /// Finds a mention by its id, or by a prefix of the id or of its hash that no other mention
    /// has.
    pub fn find(&self, id: &str) -> Result<&MentionFile, AuthoringError> {
        let wanted = id.trim().trim_end_matches(".yaml").trim_end_matches(".yml");
        let wanted = wanted.strip_prefix("mentions/").unwrap_or(wanted);
        let (folder, name) = match wanted.rsplit_once('/') {
            Some((folder, name)) => (Some(folder), name),
            None => (None, wanted),
        };
        let inside = |file: &&MentionFile| {
            folder.is_none_or(|folder| file.path.parent() == format!("{}/{folder}", site_files::MENTIONS))
        };
        let of = |fits: &dyn Fn(&MentionFile) -> bool| -> Vec<&MentionFile> {
            self.files.iter().filter(inside).filter(|file| fits(file)).collect()
        };
        let exact = of(&|file| file.id() == name);
        let found = match exact.as_slice() {
            [] if name.is_empty() => Vec::new(),
            [] => of(&|file| file.id().starts_with(name) || file.hash().starts_with(name)),
            _ => exact,
        };
        match found.as_slice() {
            [one] => Ok(one),
            [] => {
                let near = nearest(name, self.files.iter().map(MentionFile::id));
                Err(AuthoringError::Unknown(id.to_owned(), near.map(str::to_owned)))
            }
            several => {
                let paths = several.iter().take(4).map(|file| {
                    let path = file.path.below(site_files::MENTIONS).unwrap_or(file.path.as_str());
                    format!("`{}`", path.trim_end_matches(".yaml"))
                });
                Err(AuthoringError::Ambiguous(id.to_owned(), paths.collect()))
            }
        }
    }

    /// Mentions from a domain or one of its subdomains.
    pub fn from_domain(&self, domain: &str) -> Vec<&MentionFile> {
        let domains = [domain.to_owned()];
        let comes = |file: &&MentionFile| file.mention.as_ref().is_some_and(|one| one.comes_from(&domains));
        self.files.iter().filter(comes).collect()
    }

    /// Sets the status of a mention. Returns whether its file changed.
    pub fn set_status(&self, file: &MentionFile, status: MentionStatus) -> Result<bool, AuthoringError> {
        if file.mention.as_ref().is_some_and(|mention| mention.status == status) {
            return Ok(false);
        }
        let not_editable = || AuthoringError::NotEditable(file.path.clone(), "status");
        let text = yaml_edit::set_value(&file.text, "status", status.name()).ok_or_else(not_editable)?;
        self.folder.replace(&file.path, &file.text, &text)?;
        Ok(true)
    }

    /// Removes a mention's file, and its folder if that is then empty.
    pub fn delete(&self, file: &MentionFile) -> Result<(), AuthoringError> {
        self.folder.remove(&file.path)
    }

    /// Adds a domain to `mentions.block` of the configuration. Returns whether it was new.
    ///
    /// `config` is the file read in place of the site's `pingmark.yaml`.
    pub fn block(&self, domain: &str, config: Option<&Path>) -> Result<bool, AuthoringError> {
        let elsewhere = config.and_then(|file| {
            let name = SitePath::new(file.file_name()?.to_str()?).ok()?;
            Some((SiteFolder::new(file.parent()?.to_path_buf()), name))
        });
        let own = || (self.folder.clone(), SitePath::constant(site_files::CONFIG));
        let (folder, path) = elsewhere.unwrap_or_else(own);
        let text = folder.read(&path)?;
        let not_editable = || AuthoringError::NotEditable(path.clone(), "mentions.block");
        let edited =
            yaml_edit::add_to_nested_list(&text, "mentions", "block", domain).ok_or_else(not_editable)?;
        if edited == text {
            return Ok(false);
        }
        folder.replace(&path, &text, &edited)?;
        Ok(true)
    }

    /// Adds a URL to `syndication` in an article's front matter. Returns whether it was new. Every
    /// other byte of the file stays the same.
    pub fn add_syndication(&self, path: &SitePath, address: &str) -> Result<bool, AuthoringError> {
        let text = self.folder.read(path)?;
        let not_editable = || AuthoringError::NotEditable(path.clone(), "syndication");
        let bom = if text.starts_with('\u{feff}') { 3 } else { 0 };
        let yaml = match front_matter::find(&text[bom..]) {
            Start::FrontMatter(Block { form: Form::Yaml, range, .. }) => range,
            // Only YAML is written.
            _ => return Err(not_editable()),
        };
        let (start, end) = (yaml.start + bom, yaml.end + bom);
        let edited =
            yaml_edit::add_to_list(&text[start..end], "syndication", address).ok_or_else(not_editable)?;
        let edited = format!("{}{edited}{}", &text[..start], &text[end..]);
        if edited == text {
            return Ok(false);
        }
        self.folder.replace(path, &text, &edited)?;
        Ok(true)
    }

    /// Writes a new mention into the folder of a post. Fails if there is already one with the same
    /// source and target.
    pub fn add(
        &mut self,
        draft: &Draft,
        slug: &str,
        zone: &TimeZone,
        today: When,
    ) -> Result<SitePath, AuthoringError> {
        if let Some(known) = self.known(draft) {
            let known = self.files[known].path.to_string();
            return Err(AuthoringError::Invalid(format!("`{known}` has the same source and target")));
        }
        self.write(draft, slug, zone, today)
    }

    /// Imports the mentions of an export. Importing the same export again changes nothing.
    /// `slug_of` gives the folder for a target URL, if it leads to a post.
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
            let mut draft = match draft {
                Ok(draft) => draft,
                Err(reason) => {
                    done.skipped.push(reason);
                    continue;
                }
            };
            for date in [&mut draft.published, &mut draft.received] {
                if let Some(unreadable) = date.take_if(|text| When::parse(text, zone).is_none()) {
                    let source = draft.source.as_deref().unwrap_or_default();
                    done.dates.push(format!("`{}` of {source}", one_line(&unreadable, MAX_DATE)));
                }
            }
            let key = key_of(draft.source.as_deref(), draft.target.as_deref());
            if let Some(&number) = index.get(&key) {
                match draft.complete(&self.files[number].text) {
                    Some(text) => {
                        let file = &self.files[number];
                        self.folder.replace(&file.path, &file.text, &text)?;
                        let path = file.path.clone();
                        if !done.added.contains(&path) && !done.merged.contains(&path) {
                            done.merged.push(path.clone());
                        }
                        self.files[number] = MentionFile::new(path, text, zone);
                    }
                    None => done.known += 1,
                }
                continue;
            }
            let target = draft.target.as_deref().unwrap_or("");
            let slug = slug_of(target).unwrap_or_else(|| folder_of(target));
            match self.write(&draft, &slug, zone, today) {
                Ok(path) => {
                    index.insert(key, self.files.len() - 1);
                    done.added.push(path);
                }
                Err(AuthoringError::Invalid(reason)) => done.skipped.push(reason),
                Err(error) => return Err(error),
            }
        }
        Ok(done)
    }

    /// Records a verified mention: a new file, or an update of the known one. An approved mention whose text
    /// changed is pending again, unless its domain is trusted. `None` if nothing changed.
    pub fn record(
        &mut self,
        draft: &Draft,
        slug: &str,
        zone: &TimeZone,
        today: When,
    ) -> Result<Option<SitePath>, AuthoringError> {
        let Some(number) = self.known(draft) else { return self.write(draft, slug, zone, today).map(Some) };
        let file = &self.files[number];
        let Some(before) = file.mention.clone() else { return Ok(None) };
        let not_editable = || AuthoringError::NotEditable(file.path.clone(), "status");
        let mut text = draft.update(&file.text).unwrap_or_else(|| file.text.clone());
        let after = MentionFile::new(file.path.clone(), text.clone(), zone).mention;
        let said =
            |mention: &Mention| (mention.title.clone(), mention.content.clone(), mention.excerpt.clone());
        let is_other = after.as_ref().map(said) != Some(said(&before));
        let status = match before.status {
            MentionStatus::Gone => draft.status,
            MentionStatus::Approved if is_other => draft.status,
            kept => kept,
        };
        if status != before.status {
            text = yaml_edit::set_value(&text, "status", status.name()).ok_or_else(not_editable)?;
        }
        if text == file.text {
            return Ok(None);
        }
        let path = file.path.clone();
        self.folder.replace(&path, &file.text, &text)?;
        self.files[number] = MentionFile::new(path.clone(), text, zone);
        Ok(Some(path))
    }

    /// The mention with this source and target.
    pub fn of_pair(&self, source: &str, target: &str) -> Option<&MentionFile> {
        let number = self.index().get(&key_of(Some(source), Some(target))).copied()?;
        Some(&self.files[number])
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
        let invalid =
            |problem: pingmark_core::path::PathProblem| AuthoringError::Invalid(problem.to_string());
        let mut path = SitePath::new(&format!("{}/{slug}/{name}", site_files::MENTIONS)).map_err(invalid)?;
        let file = MentionFile::new(path.clone(), text, zone);
        if file.mention.is_none() {
            let reason = file
                .diagnostics
                .first()
                .map_or_else(|| "it cannot be read".to_owned(), |diagnostic| diagnostic.english().message);
            return Err(AuthoringError::Invalid(reason));
        }
        // Another mention may already have this name.
        for number in 2.. {
            if self.folder.create(&path, &file.text)? {
                break;
            }
            let stem = name.trim_end_matches(".yaml");
            path = SitePath::new(&format!("{}/{slug}/{stem}-{number}.yaml", site_files::MENTIONS))
                .map_err(invalid)?;
        }
        self.files.push(MentionFile::new(path.clone(), file.text, zone));
        Ok(path)
    }

    fn known(&self, draft: &Draft) -> Option<usize> {
        draft.source.as_ref()?;
        self.index().get(&key_of(draft.source.as_deref(), draft.target.as_deref())).copied()
    }

    /// Indices of the mention files by source and target, which identify a mention.
    fn index(&self) -> HashMap<String, usize> {
        let numbered = self.files.iter().enumerate();
        let known = numbered.filter_map(|(number, file)| {
            let mention = file.mention.as_ref()?;
            mention.source.as_ref()?;
            Some((key_of(mention.source.as_deref(), mention.target.as_deref()), number))
        });
        known.collect()
    }
}

fn key_of(source: Option<&str>, target: Option<&str>) -> String {
    let source = source.map(web_address::comparison_key).unwrap_or_default();
    // A fragment does not make it another article.
    let target = target.map(|target| target[..target.find('#').unwrap_or(target.len())].to_owned());
    format!("{source}\n{}", target.as_deref().map(web_address::comparison_key).unwrap_or_default())
}

/// The folder for a target URL that leads to no post: the slug of its last path segment.
pub fn folder_of(target: &str) -> String {
    let path = target[..target.find(['?', '#']).unwrap_or(target.len())].trim_end_matches('/');
    let path = path.split_once("://").map_or(path, |(_, rest)| rest);
    let name = path.rsplit_once('/').map_or("", |(_, name)| name).trim_end_matches(".html");
    let mut slug = slugify(name);
    slug.truncate(100);
    let is_device = SitePath::new(&slug).map_or(true, |path| path.unportable().is_some());
    if slug.is_empty() || is_device { UNKNOWN_POST.to_owned() } else { slug }
}
