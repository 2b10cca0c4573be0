//! Watching real folders, and systems that refuse to watch.

use std::{fs, io};

use notify::{Config, EventHandler, RecursiveMode, WatcherKind};
use tempfile::TempDir;

use super::*;

fn site() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().canonicalize().unwrap();
    fs::create_dir_all(root.join("content/posts")).unwrap();
    fs::write(root.join("content/posts/un.md"), "un").unwrap();
    (folder, root)
}

fn start(root: &Path) -> Watch {
    Watch::start(root, None, &root.join("public"), false).unwrap()
}

/// A watcher that fails after some folders.
struct Refusing(usize, fn() -> notify::Error);

impl notify::Watcher for Refusing {
    fn new<F: EventHandler>(_: F, _: Config) -> notify::Result<Self> {
        unreachable!("made by hand")
    }
    fn watch(&mut self, _: &Path, _: RecursiveMode) -> notify::Result<()> {
        if self.0 == 0 {
            return Err((self.1)());
        }
        self.0 -= 1;
        Ok(())
    }
    fn unwatch(&mut self, _: &Path) -> notify::Result<()> {
        Ok(())
    }
    fn kind() -> WatcherKind {
        WatcherKind::NullWatcher
    }
}

#[test]
fn an_exhausted_limit_is_explained_and_polling_takes_over() {
    let watches: fn() -> notify::Error = || notify::Error::new(notify::ErrorKind::MaxFilesWatch);
    let instances: fn() -> notify::Error = || notify::Error::io(io::Error::from_raw_os_error(24));
    for (folders, error, says) in [
        (0, watches, "max_user_watches"),
        (1, watches, "max_user_watches"),
        (0, instances, "max_user_instances"),
    ] {
        let (_folder, root) = site();
        let make = move |_| -> notify::Result<Box<dyn notify::Watcher + Send>> {
            Ok(Box::new(Refusing(folders, error)))
        };
        let mut watch = Watch::start_with(&root, None, &root.join("public"), Some(&make)).unwrap();
        let notices = watch.take_notices();
        assert!(
            notices.len() == 1 && notices[0].contains("sudo sysctl") && notices[0].contains(says),
            "{notices:?}"
        );
        fs::write(root.join("content/posts/deux.md"), "deux").unwrap();
        assert_eq!(watch.next_batch(None).paths, [root.join("content/posts/deux.md")]);
    }
}

#[test]
fn a_limit_reached_later_is_explained_too() {
    let (_folder, root) = site();
    let (mut watch, sender) = by_hand(&root);
    sender.send(notify_watcher::WatchEvent::Failed("the limit".to_owned())).unwrap();
    fs::write(root.join("content/posts/un.md"), "un, changé").unwrap();
    assert_eq!(watch.next_batch(None).paths, [root.join("content/posts/un.md")]);
    assert_eq!(watch.take_notices(), ["the limit"]);
    assert!(matches!(watch.mode, WatchMode::Polling));
}

/// A watch whose events are sent by the test.
fn by_hand(root: &Path) -> (Watch, mpsc::Sender<notify_watcher::WatchEvent>) {
    let make = |_| -> notify::Result<Box<dyn notify::Watcher + Send>> {
        Ok(Box::new(Refusing(usize::MAX, || unreachable!())))
    };
    let mut watch = Watch::start_with(root, None, &root.join("public"), Some(&make)).unwrap();
    let (sender, receiver) = mpsc::channel();
    if let WatchMode::System(_, events) = &mut watch.mode {
        *events = receiver;
    }
    (watch, sender)
}

#[test]
fn after_an_overflow_a_scan_finds_what_changed() {
    let (_folder, root) = site();
    let (mut watch, sender) = by_hand(&root);
    // Nothing has changed: only the second overflow makes a batch.
    sender.send(notify_watcher::WatchEvent::Lost).unwrap();
    let later = sender.clone();
    let un = root.join("content/posts/un.md");
    let (file, deux) = (un.clone(), root.join("content/posts/deux.md"));
    let unseen = deux.clone();
    std::thread::spawn(move || {
        std::thread::sleep(Duration::from_millis(300));
        fs::write(&file, "autre").unwrap();
        fs::write(&unseen, "deux").unwrap();
        later.send(notify_watcher::WatchEvent::Lost).unwrap();
    });
    let started = Instant::now();
    assert_eq!(watch.next_batch(None).paths, [deux, un]);
    assert!(started.elapsed() >= Duration::from_millis(300), "an overflow alone made a batch");
}

#[test]
fn files_in_a_new_folder_are_found() {
    let (_folder, root) = site();
    let (mut watch, sender) = by_hand(&root);
    let folder = root.join("content/neuf/profond");
    fs::create_dir_all(&folder).unwrap();
    sender
        .send(notify_watcher::WatchEvent::Changed(
            root.join("content/neuf"),
            notify_watcher::ChangeKind::Folder,
        ))
        .unwrap();
    assert_eq!(watch.next_batch(None).paths, [root.join("content/neuf")]);
    fs::write(folder.join("a.md"), "a").unwrap();
    assert_eq!(watch.next_batch(None).paths, [folder.join("a.md")]);
}

#[test]
fn a_change_without_an_event_is_found_in_the_end() {
    let (_folder, root) = site();
    let (mut watch, sender) = by_hand(&root);
    let (un, deux) = (root.join("content/posts/un.md"), root.join("content/posts/deux.md"));
    fs::write(&un, "un, changé").unwrap();
    sender
        .send(notify_watcher::WatchEvent::Changed(un.clone(), notify_watcher::ChangeKind::Settled))
        .unwrap();
    assert_eq!(watch.next_batch(None).paths, [un]);
    fs::write(&deux, "deux").unwrap();
    assert_eq!(watch.next_batch(None).paths, [deux]);
}

#[test]
fn the_system_reports_a_save() {
    let (_folder, root) = site();
    let mut watch = start(&root);
    assert!(watch.take_notices().is_empty());
    fs::write(root.join("content/posts/.un.md.swp"), "x").unwrap();
    fs::read(root.join("content/posts/un.md")).unwrap();
    fs::create_dir_all(root.join("public")).unwrap();
    fs::write(root.join("public/index.html"), "x").unwrap();
    fs::write(root.join("content/posts/un.md"), "un, changé").unwrap();
    assert_eq!(watch.next_batch(None).paths, [root.join("content/posts/un.md")]);
}

#[test]
fn a_config_elsewhere_is_watched() {
    let (_folder, root) = site();
    let elsewhere = tempfile::tempdir().unwrap();
    let config = elsewhere.path().canonicalize().unwrap().join("autre.yaml");
    fs::write(&config, "title: Un").unwrap();
    let mut watch = Watch::start(&root, Some(&config), &root.join("public"), false).unwrap();
    fs::write(elsewhere.path().join("rien.yaml"), "x").unwrap();
    let beside = config.with_extension("new");
    fs::write(&beside, "title: Deux").unwrap();
    fs::rename(&beside, &config).unwrap();
    assert_eq!(watch.next_batch(None).paths, [config]);
}
