//! The log: a file of documents, one after another. It only grows, until a new log with the next
//! number replaces it.

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
use crate::output::fault_injection::checkpoint;

/// Size of a block of the log, in bytes. The documents that start in a block are read together.
const BLOCK: u64 = 1 << 20;

/// Number of documents written at a time.
const BATCH: usize = 256;

/// Position of a document in its log.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct LogEntry {
    /// Offset of the first byte.
    pub at: u64,
    /// Length in bytes.
    pub len: u64,
    /// Fingerprint of the bytes, to notice damage.
    pub fingerprint: Fingerprint,
}

fn location(folder: &Path, log: u64) -> PathBuf {
    folder.join(format!("documents-{log}"))
}

/// Reads documents in parallel. Damaged ones are left out.
pub(super) fn read(folder: &Path, log: u64, mut wanted: Vec<(&Text, LogEntry)>) -> Documents {
    wanted.sort_by_key(|(_, entry)| entry.at);
    let location = location(folder, log);
    let near = |one: &(&Text, LogEntry), next: &(&Text, LogEntry)| one.1.at / BLOCK == next.1.at / BLOCK;
    let blocks: Vec<&[(&Text, LogEntry)]> = wanted.chunk_by(near).collect();
    let read = blocks.into_par_iter().flat_map_iter(|block| {
        let bytes = bytes_of(&location, block).unwrap_or_default();
        let from = block[0].1.at;
        let document = move |(text, entry): &(&Text, LogEntry)| {
            let start = usize::try_from(entry.at - from).ok()?;
            let bytes = bytes.get(start..start.checked_add(usize::try_from(entry.len).ok()?)?)?;
            if Fingerprint::of(bytes) != entry.fingerprint {
                return None;
            }
            let document: Document = postcard::from_bytes(bytes).ok()?;
            (document.summary.path == text.path).then(|| (text.fingerprint, Arc::new(document)))
        };
        block.iter().filter_map(document).collect::<Vec<_>>()
    });
    read.collect()
}

/// Reads the part of a log from the first to the last of the given entries, which are sorted.
fn bytes_of(location: &Path, block: &[(&Text, LogEntry)]) -> io::Result<Vec<u8>> {
    let (Some((_, first)), Some((_, last))) = (block.first(), block.last()) else {
        return Ok(Vec::new());
    };
    let mut file = File::open(location)?;
    file.seek(SeekFrom::Start(first.at))?;
    let len = last.at.saturating_add(last.len).saturating_sub(first.at);
    let mut bytes = Vec::new();
    file.take(len).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// Appends documents to a log, or to a new one. Returns their entries and the log's new length.
pub(super) fn append(
    folder: &Path,
    log: u64,
    is_new: bool,
    documents: &[(usize, &Document)],
) -> io::Result<(Vec<LogEntry>, u64)> {
    let location = location(folder, log);
    let mut file =
        File::options().create(true).truncate(is_new).append(!is_new).write(true).open(&location)?;
    let from = file.seek(SeekFrom::End(0))?;
    // After a failure, cut off what was written in part.
    write(&mut file, from, documents).inspect_err(|_| _ = file.set_len(from))
}

fn write(file: &mut File, from: u64, documents: &[(usize, &Document)]) -> io::Result<(Vec<LogEntry>, u64)> {
    let mut at = from;
    let mut entries = Vec::with_capacity(documents.len());
    for batch in documents.chunks(BATCH) {
        let written: Result<Vec<Vec<u8>>, _> =
            batch.par_iter().map(|(_, document)| postcard::to_stdvec(document)).collect();
        let written = written.map_err(io::Error::other)?;
        for bytes in &written {
            let len = bytes.len() as u64;
            entries.push(LogEntry { at, len, fingerprint: Fingerprint::of(bytes) });
            at += len;
        }
        checkpoint()?;
        file.write_all(&written.concat())?;
    }
    Ok((entries, at))
}

/// Removes all logs but the one with this number.
pub(super) fn remove_others(folder: &Path, log: u64) {
    let ours = location(folder, log);
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let is_log = entry.file_name().to_string_lossy().starts_with("documents-");
        if is_log && entry.path() != ours {
            let _ = fs::remove_file(entry.path());
        }
    }
}
