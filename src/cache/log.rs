//! The documents, one behind the other in a file that only grows, until it is written anew
//! under another number.

use std::fs::{self, File};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use pingmark_core::fingerprint::Fingerprint;
use pingmark_document::Document;

use super::Documents;
use super::index::Text;
use crate::output::step;

/// Documents that lie near each other are read at once, so many bytes of the log at a time.
const STRETCH: u64 = 1 << 20;

/// So many documents are written at a time.
const BATCH: usize = 256;

/// Where a document lies in its log.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Place {
    /// Its first byte.
    pub at: u64,
    /// How many bytes it has.
    pub len: u64,
    /// What they must be.
    pub fingerprint: Fingerprint,
}

fn location(folder: &Path, log: u64) -> PathBuf {
    folder.join(format!("documents-{log}"))
}

/// Reads documents, in parallel. What cannot be read as it was written is left out.
pub(super) fn read(folder: &Path, log: u64, mut wanted: Vec<(&Text, Place)>) -> Documents {
    wanted.sort_by_key(|(_, place)| place.at);
    let location = location(folder, log);
    let near = |one: &(&Text, Place), next: &(&Text, Place)| one.1.at / STRETCH == next.1.at / STRETCH;
    let stretches: Vec<&[(&Text, Place)]> = wanted.chunk_by(near).collect();
    let read = stretches.into_par_iter().flat_map_iter(|stretch| {
        let bytes = bytes_of(&location, stretch).unwrap_or_default();
        let from = stretch[0].1.at;
        let document = move |(text, place): &(&Text, Place)| {
            let start = usize::try_from(place.at - from).ok()?;
            let bytes = bytes.get(start..start.checked_add(usize::try_from(place.len).ok()?)?)?;
            if Fingerprint::of(bytes) != place.fingerprint {
                return None;
            }
            let document: Document = postcard::from_bytes(bytes).ok()?;
            (document.summary.path == text.path).then(|| (text.fingerprint, Arc::new(document)))
        };
        stretch.iter().filter_map(document).collect::<Vec<_>>()
    });
    read.collect()
}

/// The part of a log from the first of some places to the end of the last.
fn bytes_of(location: &Path, stretch: &[(&Text, Place)]) -> io::Result<Vec<u8>> {
    let (Some((_, first)), Some((_, last))) = (stretch.first(), stretch.last()) else {
        return Ok(Vec::new());
    };
    let mut file = File::open(location)?;
    file.seek(SeekFrom::Start(first.at))?;
    let len = last.at.saturating_add(last.len).saturating_sub(first.at);
    let mut bytes = Vec::new();
    file.take(len).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Adds documents at the end of a log, or to a new one. Gives their places, and the log's
/// length.
pub(super) fn append(
    folder: &Path,
    log: u64,
    is_new: bool,
    documents: &[(usize, &Document)],
) -> io::Result<(Vec<Place>, u64)> {
    let location = location(folder, log);
    let mut file =
        File::options().create(true).truncate(is_new).append(!is_new).write(true).open(&location)?;
    let from = file.seek(SeekFrom::End(0))?;
    // What cannot be kept whole takes no room.
    write(&mut file, from, documents).inspect_err(|_| _ = file.set_len(from))
}

fn write(file: &mut File, from: u64, documents: &[(usize, &Document)]) -> io::Result<(Vec<Place>, u64)> {
    let mut at = from;
    let mut places = Vec::with_capacity(documents.len());
    for batch in documents.chunks(BATCH) {
        let written: Result<Vec<Vec<u8>>, _> =
            batch.par_iter().map(|(_, document)| postcard::to_stdvec(document)).collect();
        let written = written.map_err(io::Error::other)?;
        for bytes in &written {
            let len = bytes.len() as u64;
            places.push(Place { at, len, fingerprint: Fingerprint::of(bytes) });
            at += len;
        }
        step::next()?;
        file.write_all(&written.concat())?;
    }
    Ok((places, at))
}

/// Removes the logs that the index no longer names.
pub(super) fn remove_others(folder: &Path, log: u64) {
    let ours = location(folder, log);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_log = entry.file_name().to_string_lossy().starts_with("documents-");
        if is_log && entry.path() != ours {
            let _ = fs::remove_file(entry.path());
        }
    }
}
