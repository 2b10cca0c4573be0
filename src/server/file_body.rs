//! Streams a copied file from disk in chunks, so that a long video is never held in memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;

use axum::body::{Body, Bytes};
use tokio::sync::mpsc;

const CHUNK: usize = 64 * 1024;

/// A byte range of a file as a response body. Fails if the file cannot be opened.
pub(super) async fn stream(location: PathBuf, range: Range<u64>) -> io::Result<Body> {
    let open = move || {
        let mut file = File::open(location)?;
        file.seek(SeekFrom::Start(range.start))?;
        Ok::<_, io::Error>((file, range.end - range.start))
    };
    let (file, len) = tokio::task::spawn_blocking(open).await.map_err(io::Error::other)??;
    // A bounded channel: a slow client delays reading instead of filling memory.
    let (sender, receiver) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || send(file, len, &sender));
    Ok(Body::from_stream(futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|chunk| (chunk, receiver))
    })))
}

fn send(file: File, len: u64, sender: &mpsc::Sender<io::Result<Bytes>>) {
    let mut file = file.take(len);
    loop {
        let mut chunk = vec![0; CHUNK];
        let sent = match file.read(&mut chunk) {
            Ok(0) => return,
            Ok(count) => {
                chunk.truncate(count);
                sender.blocking_send(Ok(chunk.into()))
            }
            Err(error) => sender.blocking_send(Err(error)),
        };
        if sent.is_err() {
            return;
        }
    }
}
