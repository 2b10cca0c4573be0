//! Reports of many problems: levels, groups, and the file with every place.

use super::support::{Run, Site, TODAY};

/// A site with 841 errors of a few causes, as a blog that is being moved has them.
fn moved() -> Site {
    let mut site = Site::new().file("static/uploads/2014/photo.jpg", "x").post("cible", "Cible.");
    for number in 0..144 {
        site = site.post(&format!("livre-{number}"), &format!("[livre](/books/{number}/)"));
    }
    for number in 0..300 {
        let body = format!("![image](/wp-content/{number}.jpg) ![deux](images/{number}.png)");
        site = site.post(&format!("image-{number}"), &body);
    }
    for number in 0..96 {
        site = site.post(&format!("texte-{number}"), &format!("[un](perdu-{number}.md)"));
    }
    site.post("photo", "![photo](../2014/photo.jpg)")
}

fn check(site: &Site, arguments: &[&str]) -> Run {
    site.run(&[&["check", "--today", TODAY], arguments].concat())
}

#[test]
fn hundreds_of_errors_are_told_in_a_page() {
    let site = moved();
    for command in ["check", "build"] {
        let run = site.run(&[command, "--today", TODAY]);
        assert_eq!(run.code, 1, "{}", run.err);
        assert!(run.err.contains("841 errors"), "{}", run.err);
        let lines = run.err.lines().count();
        assert!(lines <= 60, "{lines} lines\n{}", run.err);
        for part in [
            "  144 × error[link-not-found]: broken links to `/books/…`\n",
            "        content/posts/livre-0.md:7:9, content/posts/livre-1.md:7:9, content/posts/livre-10.md:7:9 and 141 more\n",
            "        help: 144 of 841 lead to `/books/`: part of another site? `elsewhere: [/books/]`\n",
            "  300 × error[file-not-found]: missing files `/wp-content/…`\n",
            "  300 × error[file-not-found]: missing files `*.png`\n",
            "   96 × error[link-not-found]: broken links to `*.md`\n",
            "is at static/uploads/2014/photo.jpg: write `/uploads/2014/photo.jpg`",
            ".pingmark/report.txt",
        ] {
            assert!(run.err.contains(part), "{part}\n{}", run.err);
        }
        // Most first.
        let place = |part: &str| run.err.find(part).expect("it is there");
        assert!(place("  300 ×") < place("  144 ×") && place("  144 ×") < place("   96 ×"));
    }
    let whole = std::fs::read_to_string(site.path(".pingmark/report.txt")).expect("the whole list");
    assert_eq!(whole.matches("error[").count(), 841);
    assert_eq!(check(&site, &["-v"]).err.matches("error[").count(), 841);
    assert_eq!(
        check(&site, &["--format", "json"]).out.lines().count(),
        check(&site, &["--format", "short"]).err.lines().count() - 1
    );
    assert_eq!(check(&site, &["--format", "short"]).err.matches(": error[").count(), 841);
    // A site that is mended has no list any more.
    std::fs::remove_dir_all(site.path("content")).expect("the texts");
    check(&site, &[]);
    assert!(!site.path(".pingmark/report.txt").exists());
}

#[test]
fn a_key_that_nobody_knows_is_told_once() {
    let site = (0..5).fold(Site::new(), |site, number| {
        let text = format!("---\ntitle: Un {number}\ndate: 2026-01-01\nkeywords: [a]\n---\n\nUn.\n");
        site.file(&format!("content/posts/un-{number}.md"), text)
    });
    let run = site.build();
    assert_eq!(run.err.matches("`keywords`").count(), 1, "{}", run.err);
    assert!(
        run.err.contains("the same at content/posts/un-1.md:4:1, content/posts/un-2.md:4:1 and 2 more"),
        "{}",
        run.err
    );
    assert!(run.err.contains("5 warnings"), "{}", run.err);
}

#[test]
fn advice_is_given_by_check_alone_and_never_fails() {
    let site = Site::new()
        .file("content/posts/2026-01-01-un.md", "---\ntitle: Un\n---\n\nUn.\n")
        .file("content/posts/2026-11-01-deux.md", "---\ntitle: Deux\n---\n\nDeux.\n")
        .file("content/posts/2027-11-01-trois.md", "---\ntitle: Trois\n---\n\nTrois.\n");
    let run = check(&site, &["--deny-warnings", "--future"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(run.err.contains("0 errors, 0 warnings, 4 pieces of advice"), "{}", run.err);
    // Posts of this month and of the future may still be cited.
    assert_eq!(run.err.matches("advice[orphan]").count(), 1, "{}", run.err);
    let build = site.run(&["build", "--today", TODAY, "--deny-warnings"]);
    assert!(build.code == 0 && !build.err.contains("advice"), "{}", build.err);
}
