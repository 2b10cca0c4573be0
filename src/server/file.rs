//! A copied file on its way to a browser: read where it lies, piece by piece, so that a long
//! video never stands in memory.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;

use axum::body::{Body, Bytes};
use tokio::sync::mpsc;

const PIECE: usize = 64 * 1024;

/// A part of a file as a body; `Err` when it cannot be opened any more.
pub(super) async fn body(location: PathBuf, range: Range<u64>) -> io::Result<Body> {
    let open = move || {
        let mut file = File::open(location)?;
        file.seek(SeekFrom::Start(range.start))?;
        Ok::<_, io::Error>((file, range.end - range.start))
    };
    let (file, len) = tokio::task::spawn_blocking(open).await.map_err(io::Error::other)??;
    // A reader that is slow makes the file wait, not the memory grow.
    let (sender, receiver) = mpsc::channel(2);
    tokio::task::spawn_blocking(move || send(file, len, &sender));
    Ok(Body::from_stream(futures_util::stream::unfold(receiver, |mut receiver| async {
        receiver.recv().await.map(|piece| (piece, receiver))
    })))
}

fn send(file: File, len: u64, sender: &mpsc::Sender<io::Result<Bytes>>) {
    let mut file = file.take(len);
    loop {
        let mut piece = vec![0; PIECE];
        let sent = match file.read(&mut piece) {
            Ok(0) => return,
            Ok(count) => {
                piece.truncate(count);
                sender.blocking_send(Ok(piece.into()))
            }
            Err(error) => sender.blocking_send(Err(error)),
        };
        if sent.is_err() {
            return;
        }
    }
}
