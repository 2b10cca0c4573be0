//! The first steps of the README.

use super::support::{Site, TODAY};

#[test]
fn a_new_blog_builds_without_a_warning() {
    for lang in ["fr", "en"] {
        let site = Site::empty();
        assert_eq!(site.run(&["init", "--lang", lang]).code, 0);
        let check = site.run(&["check", "--deny-warnings"]);
        assert_eq!(check.code, 0, "{}", check.err);
        // Without `--today`: the first post has the date of today.
        let run = site.run(&["build"]);
        assert!(run.code == 0 && run.err.contains("0 warnings"), "{}", run.err);
        assert!(site.public("index.html").contains("<h1"));
    }
}

#[test]
fn the_example_site_builds_without_a_warning() {
    let site = Site::empty();
    let example = concat!(env!("CARGO_MANIFEST_DIR"), "/example-site");
    let run = site.run(&["build", "--root", example, "--today", TODAY, "--dry-run", "--deny-warnings"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let check = site.run(&["check", "--root", example, "--today", TODAY, "--deny-warnings"]);
    assert_eq!(check.code, 0, "{}", check.err);
}

#[test]
fn a_new_blog_wears_the_theme_it_was_made_with() {
    let site = Site::empty();
    assert_eq!(site.run(&["init", "--theme", "gazette"]).code, 0);
    let run = site.run(&["build"]);
    assert!(run.code == 0 && run.err.contains("0 warnings"), "{}", run.err);
    assert!(site.public("index.html").contains("/gazette."));
    // A build can use another theme.
    let run = site.run(&["build", "--theme", "plume"]);
    assert!(run.code == 0 && !site.public("index.html").contains("/gazette."), "{}", run.err);
    let wrong = Site::empty().run(&["init", "--theme", "sombre"]);
    assert!(wrong.code == 2 && wrong.err.contains("gazette or plume"), "{}", wrong.err);
}
