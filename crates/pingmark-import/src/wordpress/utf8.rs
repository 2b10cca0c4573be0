//! Bytes that may be no UTF-8, as bytes that are: each bad sequence becomes U+FFFD.

use std::io::{self, BufRead, Read};

/// Bytes that are converted at once.
const CHUNK: usize = 64 * 1024;

/// Reader of valid UTF-8.
pub(super) struct Utf8Reader<R> {
    inner: R,
    /// Converted text that was not read yet, from `at` on.
    ready: Vec<u8>,
    at: usize,
    /// The beginning of a character whose end was not read yet.
    pending: Vec<u8>,
}

impl<R: BufRead> Utf8Reader<R> {
    /// Wraps a reader.
    pub(super) fn new(inner: R) -> Self {
        Self { inner, ready: Vec::new(), at: 0, pending: Vec::new() }
    }

    fn refill(&mut self) -> io::Result<()> {
        self.ready.clear();
        self.at = 0;
        while self.ready.is_empty() {
            let available = self.inner.fill_buf()?;
            let len = available.len().min(CHUNK);
            self.pending.extend_from_slice(&available[..len]);
            self.inner.consume(len);
            let is_end = len == 0;
            let pending = std::mem::take(&mut self.pending);
            let mut chunks = pending.utf8_chunks().peekable();
            while let Some(chunk) = chunks.next() {
                self.ready.extend_from_slice(chunk.valid().as_bytes());
                let bad = chunk.invalid();
                let may_go_on = chunks.peek().is_none() && bad.len() < 4 && !is_end;
                if may_go_on {
                    self.pending.extend_from_slice(bad);
                } else if !bad.is_empty() {
                    self.ready.extend_from_slice("\u{fffd}".as_bytes());
                }
            }
            if is_end {
                break;
            }
        }
        Ok(())
    }
}

impl<R: BufRead> Read for Utf8Reader<R> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let available = self.fill_buf()?;
        let len = available.len().min(out.len());
        out[..len].copy_from_slice(&available[..len]);
        self.consume(len);
        Ok(len)
    }
}

impl<R: BufRead> BufRead for Utf8Reader<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.at >= self.ready.len() {
            self.refill()?;
        }
        Ok(&self.ready[self.at..])
    }

    fn consume(&mut self, len: usize) {
        self.at += len;
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::*;

    #[test]
    fn bad_bytes_become_a_sign_wherever_they_are_cut() {
        let bytes = "é€😀".bytes().chain([0xff, b'x', 0xe2, 0x82]).collect::<Vec<u8>>();
        for size in 1..8 {
            let mut text = String::new();
            Utf8Reader::new(BufReader::with_capacity(size, &bytes[..])).read_to_string(&mut text).unwrap();
            assert_eq!(text, "é€😀\u{fffd}x\u{fffd}", "{size}");
        }
    }
}
