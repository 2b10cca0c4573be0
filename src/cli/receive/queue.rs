//! Announcements that wait to be verified: one file each, in `.pingmark/received/`, so that neither a crash
//! nor a restart loses one, and that the same pair waits once.

use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use jiff::{SignedDuration, Timestamp};
use pingmark_core::fingerprint::Fingerprint;
use pingmark_linkback::announcement::{Announcement, Protocol};
use serde_json::{Value, json};

/// Most announcements that wait.
const MAX_WAITING: usize = 20_000;

/// The queue.
#[derive(Debug)]
pub(super) struct Queue {
    folder: PathBuf,
    waiting: AtomicUsize,
    /// Number of the next temporary file.
    number: AtomicUsize,
    /// Whether something was added since the folder was last read.
    is_changed: AtomicBool,
}

/// An announcement in the queue.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    name: String,
    pub(super) announcement: Announcement,
    pub(super) received: Timestamp,
    /// Verifications that failed.
    pub(super) tries: u32,
    /// Time before which it is not verified again.
    pub(super) next: Timestamp,
}

impl Queue {
    pub(super) fn open(folder: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&folder)?;
        let waiting =
            fs::read_dir(&folder)?.flatten().filter(|entry| is_entry(&entry.file_name().to_string_lossy()));
        let waiting = AtomicUsize::new(waiting.count());
        Ok(Self { folder, waiting, number: AtomicUsize::new(0), is_changed: AtomicBool::new(true) })
    }

    pub(super) fn is_full(&self) -> bool {
        self.waiting.load(Ordering::SeqCst) >= MAX_WAITING
    }

    /// Adds an announcement, or renews the one of the same pair.
    pub(super) fn put(&self, announcement: &Announcement, received: Timestamp) -> io::Result<()> {
        let parts = [announcement.source.as_bytes(), announcement.target.as_bytes()];
        let hash = Fingerprint::of_parts(parts).to_bytes();
        let name: String = hash.iter().map(|byte| format!("{byte:02x}")).collect();
        let name = format!("{name}.json");
        let is_new = !self.folder.join(&name).exists();
        self.write(&Entry { name, announcement: announcement.clone(), received, tries: 0, next: received })?;
        self.waiting.fetch_add(usize::from(is_new), Ordering::SeqCst);
        Ok(())
    }

    pub(super) fn write(&self, entry: &Entry) -> io::Result<()> {
        let value = json!({
            "protocol": entry.announcement.protocol.name(),
            "source": entry.announcement.source,
            "target": entry.announcement.target,
            "received": entry.received.to_string(),
            "tries": entry.tries,
            "next": entry.next.to_string(),
        });
        let number = self.number.fetch_add(1, Ordering::SeqCst);
        let temporary = self.folder.join(format!(".{number}.{}.tmp", std::process::id()));
        let mut file = fs::File::create(&temporary)?;
        file.write_all(value.to_string().as_bytes())?;
        file.sync_data()?;
        fs::rename(&temporary, self.folder.join(&entry.name))?;
        self.is_changed.store(true, Ordering::SeqCst);
        Ok(())
    }

    /// Whether something was added since [`Queue::due`] was last called.
    pub(super) fn is_changed(&self) -> bool {
        self.is_changed.load(Ordering::SeqCst)
    }

    /// Entries that can be verified now, the oldest first, and the time of the next one that waits.
    pub(super) fn due(&self, now: Timestamp) -> io::Result<(Vec<Entry>, Option<Timestamp>)> {
        self.is_changed.store(false, Ordering::SeqCst);
        let (mut due, mut next) = (Vec::new(), None);
        for file in fs::read_dir(&self.folder)?.flatten() {
            let name = file.file_name().to_string_lossy().into_owned();
            if !is_entry(&name) {
                continue;
            }
            let text = fs::read_to_string(file.path()).unwrap_or_default();
            let Some(entry) = read(name, &text) else {
                // Not ours, or from a disk that was full.
                let _ = fs::remove_file(file.path());
                continue;
            };
            if entry.next <= now {
                due.push(entry);
            } else {
                next = Some(next.map_or(entry.next, |next: Timestamp| next.min(entry.next)));
            }
        }
        due.sort_by_key(|entry| (entry.received, entry.name.clone()));
        Ok((due, next))
    }

    /// Removes an entry, unless it was announced again meanwhile.
    pub(super) fn done(&self, entry: &Entry) {
        let path = self.folder.join(&entry.name);
        let now = fs::read_to_string(&path).ok().and_then(|text| read(entry.name.clone(), &text));
        if now.is_some_and(|now| now.received == entry.received) && fs::remove_file(&path).is_ok() {
            self.waiting.fetch_sub(1, Ordering::SeqCst);
        }
    }

    /// Keeps an entry for later.
    pub(super) fn later(&self, mut entry: Entry, now: Timestamp, wait: SignedDuration) -> io::Result<()> {
        entry.tries += 1;
        entry.next = now.saturating_add(wait).unwrap_or(now);
        self.write(&entry)
    }
}

fn is_entry(name: &str) -> bool {
    name.ends_with(".json") && !name.starts_with('.')
}

fn read(name: String, text: &str) -> Option<Entry> {
    let value: Value = serde_json::from_str(text).ok()?;
    let word = |key: &str| value.get(key)?.as_str();
    Some(Entry {
        name,
        announcement: Announcement {
            protocol: Protocol::of(word("protocol")?)?,
            source: word("source")?.to_owned(),
            target: word("target")?.to_owned(),
        },
        received: word("received")?.parse().ok()?,
        tries: value.get("tries")?.as_u64()?.try_into().ok()?,
        next: word("next")?.parse().ok()?,
    })
}
