//! Streams a copied file from disk in chunks, so that a long video is never held in memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use axum::body::{Body, Bytes};
use futures_util::stream::{self, StreamExt};

const CHUNK: u64 = 64 * 1024;

/// A byte range of a file as a response body. Fails if the file cannot be opened.
///
/// Each chunk is read when the client has room for it, and the file is closed in between: a client that
/// reads nothing holds neither memory nor a thread nor an open file.
pub(super) async fn stream(location: PathBuf, range: Range<u64>) -> io::Result<Body> {
    let location: Arc<Path> = location.into();
    let (first, rest) = chunk(location.clone(), range).await?;
    let rest = stream::try_unfold(rest, move |range| {
        let location = location.clone();
        async move {
            if range.is_empty() {
                return Ok(None);
            }
            let (bytes, rest) = chunk(location, range).await?;
            Ok::<_, io::Error>(Some((bytes, rest)))
        }
    });
    Ok(Body::from_stream(stream::once(std::future::ready(Ok(first))).chain(rest)))
}

/// The first chunk of a range, and the rest of the range. Fails if the file has become shorter.
async fn chunk(location: Arc<Path>, range: Range<u64>) -> io::Result<(Bytes, Range<u64>)> {
    let read = move || {
        let end = range.end.min(range.start.saturating_add(CHUNK));
        let mut bytes = vec![0; (end - range.start) as usize];
        let mut file = File::open(location)?;
        file.seek(SeekFrom::Start(range.start))?;
        file.read_exact(&mut bytes)?;
        Ok((bytes.into(), end..range.end))
    };
    tokio::task::spawn_blocking(read).await.map_err(io::Error::other)?
}
