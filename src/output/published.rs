//! What is known about a published folder from its record, without building: whether it is up to date,
//! which pages it has, and which files can be removed.

use std::collections::BTreeMap;
use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

use rayon::prelude::*;

use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::path::SitePath;

use super::disk::{PublishError, at, modified, remove_empty_folders};
use super::manifest::{BuildStamp, Entry, Manifest, PublishedPage};
use super::safety::{LinkCheck, check_output_folder, real_absolute};
use super::staging;

/// Posts and pages of the site that was last published in `output`, by their route.
pub fn published_pages(root: &Path, output: &Path) -> BTreeMap<String, PublishedPage> {
    let Ok(output) = check_output_folder(root, output) else { return BTreeMap::new() };
    let root = real_absolute(root);
    Manifest::find(&root, &output).map(|manifest| manifest.pages).unwrap_or_default()
}

/// Stamp and number of files of the site published in `output`, if it was built from inputs with
/// this fingerprint, would be the same at `now` (seconds since 1970), and none of its files has
/// been touched. Opens no file but the manifest.
pub fn find_unchanged(
    root: &Path,
    output: &Path,
    fingerprint: Fingerprint,
    now: i64,
) -> Option<(BuildStamp, usize)> {
    let output = check_output_folder(root, output).ok()?;
    let root = real_absolute(root);
    let manifest = Manifest::read(&Manifest::location(&root, &output))?;
    let stamp = manifest.stamp.filter(|stamp| stamp.matches(fingerprint, now))?;
    // A killed build has left files to clean up.
    if staging::of(&output).next().is_some() {
        return None;
    }
    let links = LinkCheck::new(&output);
    let untouched = |(path, entry): (&SitePath, &Entry)| {
        let metadata = fs::symlink_metadata(path.under(&output));
        let same = |metadata: Metadata| {
            metadata.is_file() && metadata.len() == entry.len && modified(&metadata) == entry.modified
        };
        metadata.is_ok_and(same) && links.link_above(path).is_none()
    };
    (manifest.replaced.is_empty() && manifest.files.par_iter().all(untouched))
        .then_some((stamp, manifest.files.len()))
}

/// Removes the files that pingmark wrote into an output folder, unless they were edited since.
/// Returns their number.
pub fn remove_published(root: &Path, output: &Path) -> Result<usize, PublishError> {
    let output = check_output_folder(root, output)?;
    let root = real_absolute(root);
    let manifest_at = Manifest::location(&root, &output);
    let Some(manifest) = Manifest::find(&root, &output) else { return Ok(0) };
    let links = LinkCheck::new(&output);
    let mut removed = 0;
    for (path, entry) in manifest.files.iter().chain(&manifest.replaced) {
        let location = path.under(&output);
        let ours = links.link_above(path).is_none()
            && fs::symlink_metadata(&location).is_ok_and(|metadata| metadata.is_file())
            && fs::read(&location).is_ok_and(|bytes| Fingerprint::of(&bytes) == entry.content);
        if ours {
            fs::remove_file(&location).map_err(at(&location))?;
            remove_empty_folders(&location, &output);
            removed += 1;
        }
    }
    let _ = fs::remove_dir(&output);
    match fs::remove_file(&manifest_at) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(at(&manifest_at)(error)),
        _ => Ok(removed),
    }
}
