//! Large sites are rendered with specialized templates, small ones with the templates as written:
//! the files and the diagnostics are the same.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex};

use jiff::Timestamp;

use pingmark::engine::{Engine, EngineOptions, Request, Sink, WholeSitePages, all_diagnostics};
use pingmark::source::reader::Reader;
use pingmark_core::artifact::{Content, Output};
use pingmark_core::path::SitePath;

use super::golden::{Golden, SITES};
use super::support::Site;

type Files = BTreeMap<SitePath, Vec<u8>>;

/// Keeps the files that are rendered to bytes.
#[derive(Default)]
struct Keep(Mutex<Files>);

impl Sink for Keep {
    type Error = ();

    fn take(&self, output: Output) -> Result<(), ()> {
        if let Content::Bytes(bytes) = output.content {
            self.0.lock().expect("no test panics here").insert(output.path, bytes);
        }
        Ok(())
    }
}

fn made(specialize: bool, root: &Path, theme: Option<&str>) -> (Files, String) {
    let options = EngineOptions { specialize, defer_images: true, ..EngineOptions::default() };
    let mut engine = Engine::new(options);
    let now = Timestamp::from_second(1_800_000_000).expect("a moment");
    let (sources, diagnostics) = Reader::new(root, None).read(now, None).expect("the site can be read");
    let request = Request { theme: theme.map(str::to_owned), ..Request::default() };
    let site = Arc::new(engine.analyze(sources, diagnostics, &request));
    let files = Keep::default();
    let rendered = engine.render(&site, WholeSitePages::Now, &files).expect("every file was taken");
    let all = all_diagnostics(&site, &rendered.diagnostics);
    (files.0.into_inner().expect("no test panics here"), format!("{all:#?}"))
}

/// A text with single spaces between its words.
fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn compare(root: &Path, theme: Option<&str>) -> usize {
    let (plain, diagnostics) = made(false, root, theme);
    let (specialized, specialized_diagnostics) = made(true, root, theme);
    assert_eq!(diagnostics, specialized_diagnostics, "{}", root.display());
    assert_eq!(plain.keys().collect::<Vec<_>>(), specialized.keys().collect::<Vec<_>>());
    for (path, bytes) in &plain {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(text(bytes), text(&specialized[path]), "{path} in {}", root.display());
    }
    plain.len()
}

#[test]
fn specialized_templates_make_the_same_pages() {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let example = here.join("example-site");
    for theme in [None, Some("gazette")] {
        assert!(compare(&example, theme) > 100);
    }
    for name in SITES {
        for golden in Golden::read(name) {
            let site = golden.site();
            assert!(compare(site.root(), None) > 5, "{name}");
            // Plume, the built-in theme, has more to specialize than the minimal one.
            assert!(compare(site.root(), Some("plume")) > 5, "{name}");
        }
    }
}

#[test]
fn a_mistake_is_told_of_the_template_as_it_was_written() {
    let site = Site::new()
        .file("content/posts/2026-01-02-un.md", "Bonjour.\n")
        .file("templates/partials/footer.html", "<footer>\n{{ t.feed }}\n{{ page.titel }}</footer>\n");
    let (files, diagnostics) = made(true, site.root(), None);
    assert!(!files.contains_key(&SitePath::new("posts/un/index.html").expect("a path")));
    assert!(
        diagnostics.contains("templates/partials/footer.html")
            && words(&diagnostics).contains("near: Some( \"title\", )"),
        "{diagnostics}"
    );
    assert_eq!(diagnostics, made(false, site.root(), None).1);
}
