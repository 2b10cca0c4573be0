//! The first steps of the README.

use super::support::{Site, TODAY};

#[test]
fn a_new_blog_builds_without_a_warning() {
    for lang in ["fr", "en"] {
        let site = Site::empty();
        let answers = ["--title", "Essai", "--base-url", "https://essai.example", "--author", "Claire"];
        assert_eq!(site.run(&[&["init", "--lang", lang][..], &answers].concat()).code, 0);
        let check = site.run(&["check", "--deny-warnings"]);
        assert_eq!(check.code, 0, "{}", check.err);
        // Without `--today`: the first post has the date of today.
        let run = site.run(&["build"]);
        assert!(run.code == 0 && run.err.contains("0 warnings"), "{}", run.err);
        let home = site.public("index.html");
        assert!(home.contains("<h1") && home.contains("Essai"), "{home}");
        let tags = if lang == "fr" { "Étiquettes" } else { "Tags" };
        assert!(home.contains(&format!(">{tags}</a>")), "{home}");
        let ignored = std::fs::read_to_string(site.path(".gitignore")).expect("a .gitignore");
        assert_eq!(ignored, "/public/\n/.pingmark/\n");
        for path in site.tree("content").values() {
            let text = String::from_utf8_lossy(path);
            assert!(!text.contains("pingmark build`, p"), "{text}");
        }
    }
}

#[test]
fn a_new_blog_reminds_of_what_is_still_an_example() {
    for (lang, name) in [("fr", "Votre nom"), ("en", "Your name")] {
        let site = Site::empty();
        assert_eq!(site.run(&["init", "mon blog", "--lang", lang]).code, 0);
        for command in ["build", "check"] {
            let run = site.run(&[command, "--root", "mon blog"]);
            assert_eq!(run.code, 0, "{}", run.err);
            assert_eq!(run.err.matches("warning[placeholder]").count(), 2, "{}", run.err);
            assert!(run.err.contains("https://example.org/") && run.err.contains(name), "{}", run.err);
        }
        // An address given for a try is no example.
        let run = site.run(&["build", "--root", "mon blog", "--base-url", "https://essai.example"]);
        assert_eq!(run.err.matches("warning[placeholder]").count(), 1, "{}", run.err);
    }
}

#[test]
fn the_next_step_can_be_typed_as_it_is_told() {
    let run = Site::empty().run(&["init", "mon blog"]);
    assert!(run.err.contains("cd 'mon blog' && pingmark serve --watch --open"), "{}", run.err);
    assert_eq!(run.out, "mon blog\n");
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
    let answers = ["--base-url", "https://essai.example", "--author", "Claire"];
    assert_eq!(site.run(&[&["init", "--theme", "gazette"][..], &answers].concat()).code, 0);
    let run = site.run(&["build"]);
    assert!(run.code == 0 && run.err.contains("0 warnings"), "{}", run.err);
    assert!(site.public("index.html").contains("/gazette."));
    // A build can use another theme.
    let run = site.run(&["build", "--theme", "plume"]);
    assert!(run.code == 0 && !site.public("index.html").contains("/gazette."), "{}", run.err);
    let wrong = Site::empty().run(&["init", "--theme", "sombre"]);
    assert!(wrong.code == 2 && wrong.err.contains("gazette or plume"), "{}", wrong.err);
}
