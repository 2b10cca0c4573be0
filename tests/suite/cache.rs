//! The cache between two runs: it saves work and does not change the output.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use jiff::Timestamp;

use pingmark::cache::Cache;
use pingmark::engine::{self, Engine, Request};
use pingmark::source::reader::Reader;
use pingmark_core::diag::Diagnostics;
use pingmark_core::fingerprint::Fingerprint;
use pingmark_core::sources::{SourceContent, Sources};

use super::support::{Site, TODAY};

const PROGRAM: &[u8] = b"this one";
/// A time long after every file of a test was written.
const LATER: Duration = Duration::from_secs(60);

fn blog() -> Site {
    let mut site =
        Site::new().file("content/a-propos.md", "---\ntitle: À propos\ndescription: Qui.\n---\n\nNous.\n");
    for n in 0..12 {
        let text = format!(
            "---\ntitle: Texte {n}\ndate: 2026-01-{:02}\ndescription: Un essai.\ntags: [veille]\nextra: {{note: 0.1, liste: [1, deux]}}\n---\n\n\
             Voir [[texte-{}|un autre texte]], {{{{ <note kind=\"tip\" /> }}}} et `du code`.\n\n```rust\nfn main() {{}}\n```\n",
            n + 1,
            (n + 1) % 12
        );
        site = site.file(&format!("content/posts/texte-{n}.md"), text);
    }
    site
}

fn state(site: &Site) -> PathBuf {
    site.path(".pingmark")
}

#[expect(clippy::disallowed_methods, reason = "the cache compares this clock with that of the files")]
fn clock(later: Duration) -> i128 {
    let since = (SystemTime::now() + later).duration_since(SystemTime::UNIX_EPOCH).expect("after 1970");
    since.as_nanos() as i128
}

/// One run: the documents compiled, the files opened, and all rendered bodies.
fn run(site: &Site, program: &[u8], later: Duration) -> (Vec<String>, usize, String) {
    let mut cache = Cache::open(&state(site), Fingerprint::of(program), clock(later));
    let mut reader = Reader::new(site.root(), None).with_cached_facts(cache.facts());
    let (sources, diagnostics) =
        reader.read(Timestamp::from_second(1_800_000_000).expect("a moment"), None).expect("readable");
    assert!(diagnostics.is_empty(), "{diagnostics:?}");
    let opened = opened(&sources);
    let mut engine = Engine::default();
    let (options, documents) = cache.documents(&sources);
    engine.preload(options, documents);
    let site = engine.analyze(sources, Diagnostics::new(), &Request::default());
    cache.save(&site.sources, site.fingerprints.options, &site.documents).expect("it is saved");
    (site.recomputed.parsed.iter().map(ToString::to_string).collect(), opened, shown(&site))
}

fn opened(sources: &Sources) -> usize {
    let texts =
        sources.below("content").filter(|(.., source)| matches!(source.content, SourceContent::Text(..)));
    texts.count()
}

fn shown(site: &engine::Site) -> String {
    format!("{:#?}\n{:#?}", site.documents, site.diagnostics)
}

#[test]
fn what_did_not_change_is_neither_opened_nor_compiled() {
    let site = blog();
    let (parsed, opened, first) = run(&site, PROGRAM, LATER);
    assert_eq!((parsed.len(), opened), (13, 13));
    let (parsed, opened, second) = run(&site, PROGRAM, LATER);
    assert_eq!((parsed.len(), opened), (0, 0));
    assert_eq!(second, first, "a document from the cache differs from the compiled one");
    site.write("content/posts/texte-3.md", "---\ntitle: Autre\ndate: 2026-01-04\n---\n\nAutre.\n");
    let (parsed, opened, _) = run(&site, PROGRAM, LATER);
    assert_eq!((parsed.as_slice(), opened), (["content/posts/texte-3.md".to_owned()].as_slice(), 1));
    fs::remove_file(site.path("content/posts/texte-5.md")).expect("it is there");
    site.write("content/posts/texte-4.md", "---\ntitle: Autre\ndate: 2026-01-05\n---\n\nSans lien.\n");
    let (parsed, ..) = run(&site, PROGRAM, LATER);
    assert_eq!(parsed, ["content/posts/texte-4.md"]);
    assert_eq!(run(&site, PROGRAM, LATER).0, [""; 0]);
}

/// Within one tick of the clock a file can change and keep its length and time. So a file read right
/// after it was written is read again by the next run, but not compiled again.
#[test]
fn a_fresh_stamp_is_not_trusted() {
    let site = blog();
    run(&site, PROGRAM, Duration::ZERO);
    let (parsed, opened, _) = run(&site, PROGRAM, LATER);
    assert_eq!((parsed.len(), opened), (0, 13));
    let (parsed, opened, _) = run(&site, PROGRAM, LATER);
    assert_eq!((parsed.len(), opened), (0, 0));
}

#[cfg(unix)]
#[test]
fn a_change_that_keeps_length_and_time_is_seen() {
    let site = blog();
    let path = site.path("content/posts/texte-3.md");
    let text = fs::read_to_string(&path).expect("readable");
    let time = fs::metadata(&path).and_then(|file| file.modified()).expect("a time");
    run(&site, PROGRAM, LATER);
    fs::write(&path, text.replace("autre texte", "autre TEXTE")).expect("writable");
    fs::File::options().write(true).open(&path).and_then(|file| file.set_modified(time)).expect("settable");
    assert_eq!(run(&site, PROGRAM, LATER).0, ["content/posts/texte-3.md"]);
}

#[test]
fn other_options_and_other_programs_begin_anew() {
    let site = blog();
    let (.., first) = run(&site, PROGRAM, LATER);
    let (parsed, opened, again) = run(&site, b"a later one", LATER);
    assert_eq!((parsed.len(), opened), (13, 13));
    assert_eq!(again, first);
    let config = fs::read_to_string(site.path("pingmark.yaml")).expect("readable");
    site.write("pingmark.yaml", format!("{config}typography: false\n"));
    let (parsed, ..) = run(&site, b"a later one", LATER);
    assert_eq!(parsed.len(), 13);
    assert_eq!(run(&site, b"a later one", LATER).0.len(), 0);
}

/// Whatever happens to the files of the cache, the documents are the same.
#[test]
fn a_damaged_cache_is_a_cold_build() {
    let site = blog();
    let (.., whole) = run(&site, PROGRAM, LATER);
    let folder = state(&site).join("cache");
    let files: Vec<(PathBuf, Vec<u8>)> = ["index", "documents-1"]
        .into_iter()
        .map(|name| folder.join(name))
        .map(|path| (path.clone(), fs::read(&path).expect("it is kept")))
        .collect();
    let restore = || files.iter().for_each(|(path, bytes)| fs::write(path, bytes).expect("writable"));
    let check = |what: &str| {
        let (.., shown) = run(&site, PROGRAM, LATER);
        assert_eq!(shown, whole, "{what}");
        // The next run finds a complete cache again.
        assert_eq!(run(&site, PROGRAM, LATER).0.len(), 0, "{what}: the cache was not repaired");
        fs::remove_dir_all(&folder).expect("it is there");
        fs::create_dir_all(&folder).expect("writable");
        restore();
    };
    for (path, bytes) in &files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for at in (0..bytes.len()).step_by((bytes.len() / 60).max(1)) {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(path, flipped).expect("writable");
            check(&format!("{name}: a bit flipped at {at}"));
            fs::write(path, &bytes[..at]).expect("writable");
            check(&format!("{name}: cut off at {at}"));
        }
        fs::remove_file(path).expect("it is there");
        check(&format!("{name}: gone"));
        fs::write(path, vec![7; 999]).expect("writable");
        check(&format!("{name}: noise"));
    }
}

/// Entries that are no longer used are removed.
#[test]
fn the_log_is_written_anew_before_it_is_mostly_waste() {
    let site = blog();
    let long = "Une phrase qui ne dit rien de plus que la précédente. ".repeat(20_000);
    let logs = || {
        let names = fs::read_dir(state(&site).join("cache")).expect("a folder").flatten();
        let logs = names.filter(|entry| entry.file_name().to_string_lossy().starts_with("documents-"));
        logs.map(|log| (log.file_name(), log.metadata().expect("a file").len())).collect::<Vec<_>>()
    };
    let mut most = 0;
    for round in 0..12 {
        site.write(
            "content/posts/long.md",
            format!("---\ntitle: Long\ndate: 2026-02-01\n---\n\n{round} {long}\n"),
        );
        run(&site, PROGRAM, LATER);
        assert_eq!(logs().len(), 1, "{:?}", logs());
        most = most.max(logs()[0].1);
    }
    assert!(most < 7 * long.len() as u64, "{most} bytes for {}", long.len());
    assert_ne!(logs()[0].0, "documents-1", "the cache was never compacted");
    assert_eq!(run(&site, PROGRAM, LATER).0.len(), 0);
}

fn age(folder: &Path) {
    // The change time of a file cannot be set, so the test has to wait.
    let newest = fs::read_dir(folder).expect("a folder").flatten().count();
    assert!(newest > 0);
    std::thread::sleep(Duration::from_millis(2100));
}

#[test]
fn a_second_build_opens_nothing_and_writes_nothing() {
    let site = blog();
    let first = site.build();
    assert!(first.err.contains("0 warnings"), "{}", first.err);
    age(&site.path("content/posts"));
    site.build();
    let stamp = |name: &str| fs::metadata(site.path(name)).and_then(|file| file.modified()).expect("a time");
    let names = [".pingmark/cache/index", ".pingmark/cache/documents-1"];
    let before = names.map(stamp);
    let run = site.build();
    assert_eq!(names.map(stamp), before);
    assert!(run.err.contains(" 0 written,") && run.err.contains("0 removed"), "{}", run.err);
    let counts = |text: &str| text.split(" · ").next().map(str::to_owned);
    assert_eq!(counts(&run.err), counts(&first.err));
    let without = site.run(&["build", "--today", TODAY, "--no-cache", "-v"]);
    assert!(without.err.contains(" 0 written,") && without.err.contains("compile"), "{}", without.err);
    assert_eq!(site.run(&["clean"]).code, 0);
    assert!(!site.path(".pingmark").exists());
}

/// A scheduled post becomes due although no file changes.
#[test]
fn time_passes_between_two_builds() {
    let site = blog().file(
        "content/posts/demain.md",
        "---\ntitle: Demain\ndate: 2026-11-24\ndescription: x\n---\n\nDemain.\n",
    );
    let build = |day: &str| {
        let run = site.run(&["build", "--today", day]);
        assert_eq!(run.code, 0, "{}", run.err);
        (site.path("public/posts/demain/index.html").exists(), run.err)
    };
    assert!(!build("2026-11-22").0);
    let (shown, words) = build("2026-11-23");
    assert!(!shown && words.contains("next: “Demain”"), "{words}");
    assert!(build("2026-11-24").0);
    assert!(build("2026-11-25").1.contains(" 0 written,"));
    assert!(!build("2026-11-23").0, "a build for an earlier day shows a post that was not due");
}
