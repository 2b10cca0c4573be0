//! Large sites are rendered with specialized templates, small ones with the templates as written:
//! the files and the diagnostics are the same.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;

use jiff::Timestamp;

use pingmark::engine::{Engine, Request};
use pingmark::source::reader::Reader;
use pingmark_core::artifact::Content;
use pingmark_core::diag::Diagnostics;
use pingmark_core::path::SitePath;

use super::golden::{Golden, SITES};
use super::support::Site;

type Files = BTreeMap<SitePath, Vec<u8>>;

fn made(engine: &Engine, root: &Path, theme: Option<&str>) -> (Files, String) {
    let now = Timestamp::from_second(1_800_000_000).expect("a moment");
    let (sources, diagnostics) = Reader::new(root, None).read(now, None).expect("the site can be read");
    let request = Request { theme: theme.map(str::to_owned), ..Request::default() };
    let build = engine.understand(sources, diagnostics, &request);
    let files = Mutex::new(Files::new());
    let more = build.render(|output| {
        if let Content::Bytes(bytes) = output.content {
            files.lock().expect("no test panics here").insert(output.path, bytes);
        }
        Ok::<(), ()>(())
    });
    let mut all: Diagnostics = build.diagnostics.clone();
    all.extend(more.expect("every file was taken"));
    all.sort();
    (files.into_inner().expect("no test panics here"), format!("{all:#?}"))
}

fn compare(root: &Path, theme: Option<&str>) -> usize {
    let (plain, diagnostics) = made(&Engine::default().deferring_images(), root, theme);
    let (folded, folded_diagnostics) = made(&Engine::default().deferring_images().folding(), root, theme);
    assert_eq!(diagnostics, folded_diagnostics, "{}", root.display());
    assert_eq!(plain.keys().collect::<Vec<_>>(), folded.keys().collect::<Vec<_>>());
    for (path, bytes) in &plain {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        assert_eq!(text(bytes), text(&folded[path]), "{path} in {}", root.display());
    }
    plain.len()
}

#[test]
fn folded_templates_make_the_same_pages() {
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
    let (files, diagnostics) = made(&Engine::default().deferring_images().folding(), site.root(), None);
    assert!(!files.contains_key(&SitePath::new("posts/un/index.html").expect("a path")));
    assert!(
        diagnostics.contains("templates/partials/footer.html")
            && diagnostics.contains("did you mean `title`?"),
        "{diagnostics}"
    );
    assert_eq!(diagnostics, made(&Engine::default().deferring_images(), site.root(), None).1);
}
