//! Mistakes and their undoing while a site is watched: afterwards the program knows the files as they
//! are, whatever was edited and undone in between.

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::test_runner::{Config as Runs, RngSeed, TestRunner};

use super::live::ends_as_a_clean_build;
use super::served::{Served, TIME_LIMIT};
use super::support::{Site, TODAY, tree};

/// `PROPTEST_CASES` tries more cases than one. The cases are fixed unless `PROPTEST_RNG_SEED` is set.
fn runs() -> Runs {
    let usual = Runs::default();
    let cases = if std::env::var_os("PROPTEST_CASES").is_some() { usual.cases } else { 1 };
    let rng_seed = match usual.rng_seed {
        RngSeed::Random => RngSeed::Fixed(0xB10C),
        given => given,
    };
    Runs { cases, failure_persistence: None, max_shrink_iters: 0, rng_seed, ..usual }
}

// ---- a site, its edits, and how they are undone -------------------------------------------------

/// One step: what is done, and to which file.
#[derive(Clone, Debug)]
enum Step {
    /// New words in a post.
    Words(u8, u8),
    /// A mistake, of one of several kinds.
    Mistake(u8, u8),
    /// A new post.
    Add(u8),
    /// A post disappears.
    Remove(u8),
    /// Another setting.
    Setting(u8),
    /// The last step that is not undone yet is undone, to the byte.
    Undo,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => (any::<u8>(), any::<u8>()).prop_map(|(at, words)| Step::Words(at, words)),
        4 => (any::<u8>(), any::<u8>()).prop_map(|(at, kind)| Step::Mistake(at, kind)),
        1 => any::<u8>().prop_map(Step::Add),
        1 => any::<u8>().prop_map(Step::Remove),
        1 => any::<u8>().prop_map(Step::Setting),
        5 => Just(Step::Undo),
    ];
    vec(step, 14)
}

/// A site whose files are also known as values.
struct Edited {
    site: Site,
    files: BTreeMap<String, Vec<u8>>,
    /// What each file was before each step that is not undone.
    done: Vec<(String, Option<Vec<u8>>)>,
}

fn post(title: &str, words: &str) -> Vec<u8> {
    format!("---\ntitle: {title}\ndate: 2026-01-01\ndescription: Un essai.\n---\n\n{words}\n").into_bytes()
}

impl Edited {
    fn new() -> Self {
        let mut edited = Self { site: Site::empty(), files: BTreeMap::new(), done: Vec::new() };
        for (path, text) in [
            ("pingmark.yaml", b"title: Essai\nbase_url: https://essai.example\nlang: fr\n".to_vec()),
            ("sources.yaml", b"cm:\n  title: Le livre\n  url: https://livre.example/\n".to_vec()),
            ("data/i18n/fr.yaml", b"skip: Sauter\n".to_vec()),
            ("templates/partials/footer.html", b"<footer>{{ config.title }}</footer>\n".to_vec()),
            ("content/posts/un.md", post("Un", "Le premier.")),
            ("content/posts/deux.md", post("Deux", "Voir [[un]] et [@cm].")),
            ("content/posts/trois.md", post("Trois", "Ailleurs.")),
            ("static/note.txt", b"une note\n".to_vec()),
        ] {
            edited.set(path, Some(text));
        }
        edited.done.clear();
        edited
    }

    fn set(&mut self, path: &str, bytes: Option<Vec<u8>>) {
        let before = match &bytes {
            Some(bytes) => {
                self.site.write(path, bytes);
                self.files.insert(path.to_owned(), bytes.clone())
            }
            None => {
                let _ = fs::remove_file(self.site.path(path));
                self.files.remove(path)
            }
        };
        self.done.push((path.to_owned(), before));
    }

    fn append(&mut self, path: &str, more: &[u8]) {
        let bytes = [self.files.get(path).map_or(&[][..], Vec::as_slice), more].concat();
        self.set(path, Some(bytes));
    }

    /// Takes one step. Returns whether a file was written or removed.
    fn take(&mut self, step: &Step) -> bool {
        let posts: Vec<String> =
            self.files.keys().filter(|path| path.starts_with("content/")).cloned().collect();
        match step {
            Step::Words(at, words) => {
                let path = posts[usize::from(*at) % posts.len()].clone();
                self.set(&path, Some(post("Titre", &format!("Des mots, {words}."))));
            }
            Step::Mistake(at, kind) => {
                let path = posts[usize::from(*at) % posts.len()].clone();
                match kind % 8 {
                    0 => self.append(&path, b"\nDEFAIT [[nulle-part]]\n"),
                    1 => self.set(&path, Some(b"---\ntitle: [\n---\nDEFAIT\n".to_vec())),
                    2 => self.append(&path, b"\nDEFAIT \xff\xfe\n"),
                    3 => self.append("pingmark.yaml", b"paginate: beaucoup\n"),
                    4 => self.append("sources.yaml", b"autre: \"DEFAIT\n"),
                    5 => self.append("data/i18n/fr.yaml", b"next: \"DEFAIT\n"),
                    6 => self.set("templates/partials/footer.html", Some(b"<p>{{ DEFAIT }</p>".to_vec())),
                    _ => self.set(
                        "templates/partials/footer.html",
                        Some(b"<p>{{ page.title.x.DEFAIT }}</p>".to_vec()),
                    ),
                }
            }
            Step::Add(number) => {
                let path = format!("content/posts/neuf-{number}.md");
                self.set(&path, Some(post("Neuf", "Tout neuf.")));
            }
            Step::Remove(at) if posts.len() > 2 => {
                let path = posts[usize::from(*at) % posts.len()].clone();
                self.set(&path, None);
            }
            Step::Setting(number) => {
                let text = format!(
                    "title: Essai {number}\nbase_url: https://essai.example\nlang: fr\npaginate: {}\n",
                    number % 3 + 1
                );
                self.set("pingmark.yaml", Some(text.into_bytes()));
            }
            Step::Remove(_) => return false,
            Step::Undo => {
                let Some((path, before)) = self.done.pop() else { return false };
                self.set(&path, before);
                self.done.pop();
            }
        }
        true
    }

    /// The output of a first build of the files as they are; `None` if it has errors.
    fn cold(&self) -> Option<BTreeMap<String, Vec<u8>>> {
        let fresh = Site::empty();
        for (path, bytes) in &self.files {
            fresh.write(path, bytes);
        }
        (fresh.build().code == 0).then(|| fresh.tree("public"))
    }
}

// ---- build --watch -----------------------------------------------------------------------------

/// A running `build --watch`.
struct Watching {
    child: Child,
    lines: Receiver<String>,
    said: Vec<String>,
}

impl Watching {
    fn start(site: &Site, arguments: &[&str]) -> Self {
        let mut command = site.command(&[&["build", "--watch", "--today", TODAY], arguments].concat());
        let mut child = command.stderr(Stdio::piped()).stdin(Stdio::null()).spawn().expect("it starts");
        let stderr = child.stderr.take().expect("it is piped");
        let (sender, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                if sender.send(line).is_err() {
                    return;
                }
            }
        });
        let mut watching = Self { child, lines, said: Vec::new() };
        watching.wait_for_build();
        watching
    }

    /// Waits until a build has ended. Returns whether it was published.
    fn wait_for_build(&mut self) -> bool {
        let until = Instant::now() + TIME_LIMIT;
        let mut published = true;
        loop {
            let Ok(line) = self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) else {
                panic!("no build came:\n{}", self.said.join("\n"));
            };
            self.said.push(line.clone());
            published &= !line.contains("nothing published");
            if line.contains("Watching for changes") {
                return published;
            }
        }
    }

    /// Lines that came without waiting.
    fn drain(&mut self) {
        self.said.extend(self.lines.try_iter());
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Takes the steps while a build watches, and compares the published folder after each.
fn follows(arguments: &[&str], steps: &[Step]) {
    let mut edited = Edited::new();
    let mut watching = Watching::start(&edited.site, arguments);
    let mut good = edited.cold().expect("a site without mistakes");
    for (number, step) in steps.iter().enumerate() {
        watching.drain();
        if !edited.take(step) {
            continue;
        }
        let cold = edited.cold();
        let mut published = watching.wait_for_build();
        if let Some(cold) = &cold {
            good.clone_from(cold);
        }
        // A second build may be needed for events that came apart.
        let until = Instant::now() + TIME_LIMIT;
        loop {
            let now = tree(&edited.site.path("public"));
            if now == good && published == cold.is_some() {
                break;
            }
            assert!(
                Instant::now() < until,
                "step {number}, {step:?}: {:?} differ (cold build {}):\n{}",
                differing(&now, &good),
                if cold.is_some() { "good" } else { "failed" },
                watching.said.join("\n")
            );
            if let Ok(line) = watching.lines.recv_timeout(Duration::from_millis(50)) {
                published = !line.contains("nothing published") && (published || line.contains("Watching"));
                watching.said.push(line);
            }
        }
    }
}

fn differing(now: &BTreeMap<String, Vec<u8>>, good: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let names = now.keys().chain(good.keys());
    let mut names: Vec<String> = names.filter(|name| now.get(*name) != good.get(*name)).cloned().collect();
    names.sort();
    names.dedup();
    names
}

#[test]
fn a_watched_build_follows_any_edits_and_undos() {
    TestRunner::new(runs())
        .run(&steps(), |steps| {
            follows(&[], &steps);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_polling_build_follows_any_edits_and_undos() {
    TestRunner::new(runs())
        .run(&steps(), |steps| {
            follows(&["--poll"], &steps);
            Ok(())
        })
        .unwrap();
}

#[test]
fn a_served_site_follows_any_edits_and_undos() {
    TestRunner::new(runs())
        .run(&steps(), |steps| {
            let mut edited = Edited::new();
            let served = Served::watching(&edited.site);
            for step in &steps {
                if edited.take(step) && edited.cold().is_some() {
                    ends_as_a_clean_build(&edited.site, &served);
                    fs::remove_dir_all(edited.site.path("public")).expect("the clean build");
                }
            }
            Ok(())
        })
        .unwrap();
}

/// The same mistake made and undone twice, with another edit after it, in every kind of file.
#[test]
fn an_undone_mistake_is_gone_for_every_kind_of_file() {
    let mut steps = Vec::new();
    for kind in 0..8 {
        steps.extend([Step::Mistake(0, kind), Step::Undo, Step::Mistake(0, kind), Step::Undo]);
        steps.push(Step::Words(0, kind));
    }
    follows(&[], &steps);
}

/// Undone words that named a post which exists only later are never published.
#[test]
fn undone_words_are_not_published_by_a_later_post() {
    let mut edited = Edited::new();
    let mut watching = Watching::start(&edited.site, &[]);
    edited.append("content/posts/un.md", "\nDEFAIT [[neuf]]\n".as_bytes());
    assert!(!watching.wait_for_build());
    assert!(edited.take(&Step::Undo));
    assert!(watching.wait_for_build());
    edited.set("content/posts/neuf.md", Some(post("Neuf", "Tout neuf.")));
    assert!(watching.wait_for_build());
    let public = edited.site.tree("public");
    assert!(public.contains_key("posts/neuf/index.html"));
    assert!(!String::from_utf8_lossy(&public["posts/un/index.html"]).contains("DEFAIT"));
}
