//! Publishing: all or nothing, no needless writes, no loss of files that are not ours.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant, SystemTime};

use super::support::{Run, Site, TODAY, tree};

/// Bytes, modification time and inode of a file.
type Stamp = (Vec<u8>, SystemTime, u64);

fn stamps(site: &Site) -> BTreeMap<String, Stamp> {
    let stamp = |(name, bytes): (String, Vec<u8>)| {
        let metadata = fs::symlink_metadata(site.path("public").join(&name)).expect("it was there just now");
        (name, (bytes, metadata.modified().expect("a time"), inode(&metadata)))
    };
    site.tree("public").into_iter().map(stamp).collect()
}

#[cfg(unix)]
fn inode(metadata: &fs::Metadata) -> u64 {
    std::os::unix::fs::MetadataExt::ino(metadata)
}

#[cfg(not(unix))]
fn inode(_: &fs::Metadata) -> u64 {
    0
}

/// Sorted names of the files that are changed, new or removed between two snapshots.
fn changed(before: &BTreeMap<String, Stamp>, after: &BTreeMap<String, Stamp>) -> Vec<String> {
    let mut names: Vec<String> = before.keys().chain(after.keys()).cloned().collect();
    names.sort();
    names.dedup();
    names.retain(|name| before.get(name) != after.get(name));
    names
}

fn texts(tree: &BTreeMap<String, Vec<u8>>) -> BTreeMap<&str, String> {
    tree.iter().map(|(name, bytes)| (name.as_str(), String::from_utf8_lossy(bytes).into_owned())).collect()
}

fn post(title: &str, day: &str, body: &str) -> String {
    format!("---\ntitle: {title}\ndate: {day}\ndescription: Un essai.\ntags: [veille]\n---\n\n{body}\n")
}

/// Two posts, one citing the other, a page and a static file.
fn blog() -> Site {
    Site::new()
        .file("content/posts/un.md", post("Un", "2026-01-01", "Le premier texte du blog."))
        .file("content/posts/deux.md", post("Deux", "2026-01-02", "Voir [le premier](un.md), qui dit tout."))
        .file("content/a-propos.md", "---\ntitle: À propos\ndescription: Qui.\n---\n\nNous.\n")
        .file("static/robots.txt", "User-agent: *\n")
}

/// Staging folders left beside the output folder. There should be none.
fn leftovers(site: &Site) -> Vec<String> {
    let names = fs::read_dir(site.root()).expect("a folder").flatten();
    names.map(|e| e.file_name().to_string_lossy().into_owned()).filter(|n| n.contains("pingmark-")).collect()
}

fn build_into(site: &Site, output: &str, more: &[&str]) -> Run {
    let mut arguments = vec!["build", "--today", TODAY, "--output-dir", output];
    arguments.extend(more);
    site.run(&arguments)
}

/// After a failed build the exit code is 1, and the published site is unchanged in bytes,
/// modification times and inodes. Once the cause is fixed, nothing needs to be written.
#[test]
fn a_failed_build_leaves_the_published_site_alone() {
    let header = "---\ntitle: Mal\ndate: 2026-01-03\n";
    let body = |body: &str| format!("{header}---\n\n{body}\n").into_bytes();
    let key = |line: &str| format!("{header}{line}\n---\n\nTexte.\n").into_bytes();
    let config = |line: &str| format!("title: Essai\nbase_url: https://essai.example\n{line}\n").into_bytes();
    let mal = "content/posts/mal.md";
    let cases: Vec<(&str, &str, Vec<u8>)> = vec![
        ("template-syntax", "templates/post.html", b"{% if page.title %}".to_vec()),
        ("template-syntax", "templates/post.html", b"{{ page.title | filtre_inconnu }}".to_vec()),
        ("template-failed", "templates/post.html", b"{{ page.titel }}".to_vec()),
        ("template-failed", "templates/404.html", b"{{ personne }}".to_vec()),
        ("front-matter-syntax", mal, b"---\ntitle: [\n---\n".to_vec()),
        ("front-matter-open", mal, b"---\ntitle: Mal\n".to_vec()),
        ("front-matter-syntax", mal, b"+++\ntitle = \n+++\n".to_vec()),
        ("wrong-value", mal, key("draft: jamais")),
        ("bad-date", mal, b"---\ntitle: Mal\ndate: hier\n---\n".to_vec()),
        ("slug-bad", mal, key("slug: ../ailleurs")),
        ("address-taken", mal, key("slug: un")),
        ("address-unsafe", mal, key("permalink: /../ailleurs/")),
        ("address-unsafe", mal, key("aliases: [\"/b:c/\"]")),
        ("link-not-found", mal, body("[rien](rien.md)")),
        ("link-not-found", mal, body("[[rien]]")),
        ("link-unsafe", mal, body("[oui](javascript:alert(1))")),
        ("file-not-found", mal, body("![](absente.png)")),
        ("component-unknown", mal, body("{{ <inconnu /> }}")),
        ("component-open", mal, body("{% <note> %}\nsans fin")),
        ("component-failed", mal, body("{{ <figure alt=\"x\" /> }}")),
        ("file-unreadable", mal, b"---\ntitle: \xe9t\xe9\n---\n".to_vec()),
        ("address-taken", "static/posts/un/index.html", b"<a/>".to_vec()),
        ("theme-missing", "pingmark.yaml", config("theme: plumage")),
        ("unknown-key", "pingmark.yaml", config("titel: Essai")),
        ("yaml-syntax", "pingmark.yaml", config("menus: [")),
        ("config-permalink", "pingmark.yaml", config("permalink: /:annee/")),
        ("config-timezone", "pingmark.yaml", config("timezone: Europe/Lutece")),
        ("config-base-url", "pingmark.yaml", b"title: Essai\nbase_url: nulle part\n".to_vec()),
        ("config-missing", "pingmark.yaml", b"title: Essai\n".to_vec()),
    ];
    let site = blog().built();
    let before = stamps(&site);
    for (code, path, bytes) in cases {
        let good = fs::read(site.path(path)).ok();
        site.write(path, &bytes);
        let run = site.run(&["build", "--today", TODAY, "--format", "short"]);
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        assert_eq!(run.code, 1, "{code}: {shown}\n{}", run.err);
        assert!(run.err.contains(&format!("[{code}]")), "{code}: {shown}\n{}", run.err);
        assert_eq!(changed(&before, &stamps(&site)), [""; 0], "{code}: {shown}");
        assert_eq!(leftovers(&site), [""; 0], "{code}: {shown}");
        match good {
            Some(good) => site.write(path, good),
            None => fs::remove_file(site.path(path)).expect("it was written above"),
        }
        let repaired = site.build();
        assert_eq!(repaired.code, 0, "{code}: {}", repaired.err);
        assert!(repaired.err.contains(" 0 written,"), "{code}: {}", repaired.err);
        assert_eq!(changed(&before, &stamps(&site)), [""; 0], "{code}: after the repair");
    }
}

/// A first build that fails creates no output folder. `check` and `--dry-run` never do.
#[test]
fn nothing_is_made_by_a_build_that_fails_or_only_looks() {
    let site = blog().file("content/posts/mal.md", "---\ntitle: [\n---\n");
    assert_eq!(site.build().code, 1);
    fs::remove_file(site.path("content/posts/mal.md")).expect("it is there");
    assert_eq!(site.run(&["build", "--today", TODAY, "--dry-run"]).code, 0);
    assert_eq!(site.run(&["check", "--today", TODAY]).code, 0);
    assert!(!site.path("public").exists());
    assert_eq!(leftovers(&site), [""; 0]);
}

/// A second build writes nothing, even if a source was touched or its front matter only reformatted.
#[test]
fn what_did_not_change_is_not_touched() {
    let site = blog().file("content/posts/b/index.md", post("B", "2026-01-04", "![Un point](p.svg)"));
    let site = site.file("content/posts/b/p.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>").built();
    let before = stamps(&site);
    let again: [(&str, &dyn Fn()); 4] = [
        ("nothing was done", &|| {}),
        ("a post was saved again", &|| {
            site.write("content/posts/un.md", post("Un", "2026-01-01", "Le premier texte du blog."))
        }),
        ("an asset was saved again", &|| {
            site.write("content/posts/b/p.svg", "<svg xmlns=\"http://www.w3.org/2000/svg\"/>")
        }),
        ("a comment was added to the config", &|| {
            site.write("pingmark.yaml", "# Le blog.\ntitle: Essai\nbase_url: https://essai.example\n")
        }),
    ];
    for (what, act) in again {
        act();
        let run = site.build();
        assert_eq!(run.code, 0, "{what}: {}", run.err);
        assert!(run.err.contains(" 0 written,"), "{what}: {}", run.err);
        assert_eq!(changed(&before, &stamps(&site)), [""; 0], "{what}");
    }
}

/// An edit changes the files that show it; every other file keeps its inode.
#[test]
fn an_edit_changes_only_what_shows_it() {
    let feeds = ["atom.xml", "feed.json", "feed.xml", "tags/veille/feed.xml"];
    let with = |more: &[&str]| {
        let mut names: Vec<String> = feeds.iter().chain(more).map(|name| (*name).to_owned()).collect();
        names.sort();
        names
    };
    let first = |text: &str| post("Un", "2026-01-01", text);
    let second = |text: &str| post("Deux", "2026-01-02", text);
    let page = |text: &str| format!("---\ntitle: À propos\ndescription: Qui.\n---\n\n{text}\n");
    let cases: Vec<(&str, &str, String, Vec<String>)> = vec![
        (
            "the body of a post",
            "content/posts/un.md",
            first("Le premier texte du monde."),
            with(&["posts/un/index.html", "search/words-0.txt"]),
        ),
        (
            "words around a citation: the ping shows them",
            "content/posts/deux.md",
            second("Lire [le premier](un.md), qui dit tout."),
            with(&["citations.json", "posts/deux/index.html", "posts/un/index.html", "search/words-0.txt"]),
        ),
        ("the body of a page", "content/a-propos.md", page("Vous."), vec!["a-propos/index.html".to_owned()]),
        ("a static file", "static/robots.txt", "User-agent: x\n".to_owned(), vec!["robots.txt".to_owned()]),
    ];
    let site = blog().built();
    for (what, path, text, expected) in cases {
        let before = stamps(&site);
        site.write(path, text);
        let run = site.build();
        assert_eq!(run.code, 0, "{what}: {}", run.err);
        assert_eq!(changed(&before, &stamps(&site)), expected, "{what}");
        let counted = format!(" {} written,", expected.len());
        assert!(run.err.contains(&counted), "{what}: {}", run.err);
    }
}

/// Files in the output folder that the program did not write survive builds and `clean`.
#[test]
fn files_of_others_stay() {
    let site = blog().built();
    let ours: Vec<String> = site.tree("public").into_keys().collect();
    let others = ["CNAME", ".well-known/security.txt", "posts/un/notes.txt", "vide/.gitkeep"];
    others.iter().for_each(|name| site.write(&format!("public/{name}"), "à d’autres"));
    fs::remove_file(site.path("content/posts/deux.md")).expect("it is there");
    let run = site.build();
    // The post, its social image, and with the last citation the two files of the citation graph.
    assert_eq!((run.code, run.err.contains(" 4 removed")), (0, true), "{}", run.err);
    assert!(!site.path("public/posts/deux").exists(), "the folder of the removed page is still there");
    let clean = site.run(&["clean"]);
    assert_eq!(clean.code, 0, "{}", clean.err);
    let mut left: Vec<String> = site.tree("public").into_keys().collect();
    left.sort();
    let mut expected = others.map(str::to_owned).to_vec();
    expected.sort();
    assert_eq!(left, expected);
    assert_eq!(clean.err.trim(), format!("{} files removed", ours.len() - 4));
    assert!(!site.path(".pingmark").exists(), "`clean` left its own state folder");
    assert_eq!(site.run(&["clean"]).code, 0, "a second `clean` has nothing to do");
    assert_eq!(site.tree("public").len(), others.len());
}

/// `clean` removes the output folder when nothing is left in it, and touches no source.
#[test]
fn clean_takes_only_what_was_built() {
    let site = blog();
    let sources = site.tree("");
    let site = site.built();
    assert_eq!(site.run(&["clean"]).code, 0);
    assert_eq!(site.tree(""), sources);
    assert!(!site.path("public").exists());
}

/// A published file that was edited by hand is kept with a warning, by builds and by `clean`, even if
/// it is stale. `--force` overwrites it.
#[test]
fn files_edited_by_hand_are_kept() {
    let site = blog().built();
    let page = "public/posts/un/index.html";
    let made = fs::read(site.path(page)).expect("it was built");
    site.write(page, "à la main");
    for source in ["Le premier texte du blog.", "Un autre texte."] {
        site.write("content/posts/un.md", post("Un", "2026-01-01", source));
        let run = site.build();
        assert_eq!(run.code, 0, "{}", run.err);
        assert!(run.err.contains("`posts/un/index.html`") && run.err.contains("1 warning"), "{}", run.err);
        assert_eq!(site.public("posts/un/index.html"), "à la main");
    }
    site.write("content/posts/un.md", post("Un", "2026-01-01", "Le premier texte du blog."));
    let forced = site.run(&["build", "--today", TODAY, "--force"]);
    assert!(forced.err.contains("0 warnings"), "{}", forced.err);
    assert_eq!(fs::read(site.path(page)).expect("it was built"), made);

    site.write("public/posts/deux/index.html", "à la main aussi");
    fs::remove_file(site.path("content/posts/deux.md")).expect("it is there");
    let run = site.build();
    assert!(run.err.contains("`posts/deux/index.html`"), "{}", run.err);
    assert_eq!(site.public("posts/deux/index.html"), "à la main aussi");
    assert_eq!(site.run(&["clean"]).code, 0);
    let left: Vec<String> = site.tree("public").into_keys().collect();
    assert_eq!(left, ["posts/deux/index.html"]);
}

/// A published file that was deleted or replaced by a folder does not stop a build.
#[test]
fn files_deleted_by_hand_come_back() {
    let site = blog().built();
    let whole = site.tree("public");
    for name in ["index.html", "posts/un/index.html", "_headers"] {
        fs::remove_file(site.path("public").join(name)).expect("it was built");
    }
    let run = site.build();
    assert!(run.err.contains(" 3 written,"), "{}", run.err);
    assert_eq!(site.tree("public"), whole);
    fs::remove_dir_all(site.path("public")).expect("it is there");
    assert_eq!(site.build().code, 0);
    assert_eq!(site.tree("public"), whole);
    fs::remove_file(site.path("public/index.html")).expect("it was built");
    site.write("public/index.html/qui.txt", "un dossier");
    let run = site.build();
    assert_eq!((run.code, run.err.contains("`index.html`")), (0, true), "{}", run.err);
    assert_eq!(site.public("index.html/qui.txt"), "un dossier");
}

/// An output folder with files from elsewhere is refused. With `--force` it is used and keeps them.
#[test]
fn a_folder_of_others_is_not_ours_to_write() {
    let site = blog().file("public/index.html", "ancien").file("public/photo.jpg", "image");
    let before = stamps(&site);
    let refused = site.build();
    assert_eq!(refused.code, 1, "{}", refused.err);
    assert!(refused.err.contains("--force") && refused.err.contains("--output-dir"), "{}", refused.err);
    assert_eq!(changed(&before, &stamps(&site)), [""; 0]);
    assert_eq!(leftovers(&site), [""; 0]);
    let forced = site.run(&["build", "--today", TODAY, "--force"]);
    assert_eq!(forced.code, 0, "{}", forced.err);
    assert!(site.public("index.html").contains("Essai"));
    assert_eq!(site.public("photo.jpg"), "image");
    let again = site.build();
    assert_eq!((again.code, again.err.contains("0 warnings")), (0, true), "{}", again.err);
    assert_eq!(site.public("photo.jpg"), "image");
}

/// Folders that hold something other than a published site are refused even with `--force`, and stay
/// as they are.
#[cfg(unix)]
#[test]
fn dangerous_output_folders_are_refused() {
    let outer = Site::empty();
    let place = |path: &str, text: &str| outer.write(path, text);
    place("maison/blog/pingmark.yaml", "title: Essai\nbase_url: https://essai.example\n");
    place("maison/blog/content/posts/un.md", &post("Un", "2026-01-01", "Texte."));
    place("maison/blog/static/x.txt", "x");
    place("dehors/lettre.txt", "à moi");
    let link = |target: &str, at: &str| {
        std::os::unix::fs::symlink(outer.path(target), outer.path(at)).expect("a link");
    };
    link("dehors", "maison/blog/lien-dehors");
    link("maison/blog/content", "maison/blog/lien-contenu");
    link("maison", "lien-maison");
    let before = outer.tree("");
    let home = outer.path("maison").to_string_lossy().into_owned();
    let content = outer.path("maison/blog/content").to_string_lossy().into_owned();
    let outputs = [
        "/",
        ".",
        "..",
        "../..",
        home.as_str(),
        content.as_str(),
        "content",
        "content/",
        "content/sortie",
        "./content/../content",
        "static",
        "static/sortie",
        "templates",
        "templates/sortie",
        "themes/plume",
        "data",
        "mentions",
        ".pingmark",
        ".pingmark/sortie",
        "lien-dehors",
        "lien-dehors/sortie",
        "lien-contenu",
        "lien-contenu/sortie",
        "absent/../content/sortie",
        "../../lien-maison",
    ];
    for output in outputs {
        for more in [&["--force"][..], &[]] {
            let mut arguments = vec!["build", "--today", TODAY, "--output-dir", output];
            arguments.extend(more);
            let run = outer
                .command(&arguments)
                .current_dir(outer.path("maison/blog"))
                .env("HOME", &home)
                .output()
                .expect("the program starts");
            let err = String::from_utf8_lossy(&run.stderr);
            assert_eq!(run.status.code(), Some(1), "--output-dir {output}: {err}");
            assert!(err.contains("cannot be the output folder"), "--output-dir {output}: {err}");
        }
        let mut after = outer.tree("");
        after.retain(|name, _| !name.contains("/.pingmark/"));
        let lost: Vec<_> = after.keys().filter(|name| !before.contains_key(*name)).collect();
        assert!(after == before, "--output-dir {output} changed files: {lost:?}");
    }
}

/// The config cannot name such a folder either.
#[test]
fn dangerous_output_folders_are_refused_in_the_config() {
    for output in ["/", "/tmp", ".", "..", "../x", "content", "content/x", "static", "themes/x", "a/../../b"]
    {
        let site = blog();
        let config = format!("title: Essai\nbase_url: https://essai.example\noutput_dir: {output}\n");
        let site = site.file("pingmark.yaml", config);
        let before = site.tree("");
        let run = site.build();
        assert_eq!(run.code, 1, "output_dir: {output}: {}", run.err);
        let mut after = site.tree("");
        after.retain(|name, _| !name.starts_with(".pingmark/"));
        assert!(after == before, "output_dir: {output} changed files");
    }
}

/// Builds, removals and `clean` do not follow a symlink that replaced a folder of the output.
#[cfg(unix)]
#[test]
fn links_in_the_output_lead_nowhere() {
    let outside = Site::empty().file("posts/lettre.txt", "à moi").file("posts/un/index.html", "à moi aussi");
    let site = blog().built();
    // Even a file with the published bytes is not ours outside the output folder.
    outside.write("posts/deux/index.html", site.public("posts/deux/index.html"));
    let before = outside.tree("");
    fs::remove_dir_all(site.path("public/posts")).expect("it was built");
    std::os::unix::fs::symlink(outside.path("posts"), site.path("public/posts")).expect("a link");
    let steps: [(&str, &dyn Fn() -> Run); 5] = [
        ("build", &|| site.build()),
        ("build after an edit", &|| {
            site.write("content/posts/un.md", post("Un", "2026-01-01", "Autrement."));
            site.build()
        }),
        ("build after a removal", &|| {
            fs::remove_file(site.path("content/posts/deux.md")).expect("it is there");
            site.build()
        }),
        ("build --force", &|| site.run(&["build", "--today", TODAY, "--force"])),
        ("clean", &|| site.run(&["clean"])),
    ];
    for (what, act) in steps {
        let run = act();
        assert!(matches!(run.code, 0 | 1), "{what}: {}", run.err);
        assert!(outside.tree("") == before, "{what} reached out of the output folder: {}", run.err);
    }
}

/// Eight builds at once all succeed and give the output of one.
#[test]
fn builds_at_once_end_as_one() {
    let site = (0..40).fold(blog(), |site, n| {
        let text = post(&format!("Texte {n}"), "2026-02-01", "Des mots, et [un lien](un.md).");
        site.file(&format!("content/posts/texte-{n}.md"), text)
    });
    assert_eq!(build_into(&site, "reference", &[]).code, 0);
    let clean = site.tree("reference");
    for round in ["into nothing", "over a published site"] {
        let start = |_| {
            let mut command = site.command(&["build", "--today", TODAY]);
            command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("the program starts")
        };
        let all: Vec<_> = (0..8).map(start).collect();
        for child in all {
            let output = child.wait_with_output().expect("it ends");
            assert!(output.status.success(), "{round}: {}", String::from_utf8_lossy(&output.stderr));
        }
        assert!(site.tree("public") == clean, "{round}: not the tree of a clean build");
        assert_eq!(leftovers(&site), [""; 0], "{round}");
    }
}

/// A build removes the staging folders of killed builds, and only those.
#[test]
fn stale_staging_folders_are_cleared() {
    let site = blog().file(".public.pingmark-999999/index.html", "reste");
    let others = [".public.pingmark-notes/x", ".autre.pingmark-1/x", "public.pingmark-1/x"];
    others.iter().for_each(|name| site.write(name, "à d’autres"));
    let site = site.built();
    assert!(!site.path(".public.pingmark-999999").exists());
    for name in others {
        assert!(site.path(name).exists(), "{name} was removed");
    }
}

/// Sixty posts whose text contains a version number, and a page that only this version has.
fn write_version(site: &Site, version: usize) {
    for n in 0..60 {
        let text =
            post(&format!("Texte {n}"), "2026-02-01", &format!("Version {version}, [un](texte-1.md)."));
        site.write(&format!("content/posts/texte-{n}.md"), text);
    }
    let _ = fs::remove_file(site.path(&format!("content/page-{}.md", version.wrapping_sub(1))));
    site.write(&format!("content/page-{version}.md"), "---\ntitle: Page\ndescription: x\n---\n\nx\n");
}

/// Fails if a published file is truncated.
fn assert_whole(public: &Path, what: &str) {
    for (name, bytes) in tree(public) {
        let end: &[u8] = match name.rsplit('.').next() {
            Some("html") => b"</html>\n",
            Some("xml") => b">\n",
            Some("json") if name.contains("search/pages-") => b"]\n",
            Some("json") => b"}\n",
            _ => continue,
        };
        let found = String::from_utf8_lossy(&bytes[bytes.len().saturating_sub(20)..]).into_owned();
        assert!(bytes.trim_ascii_end().ends_with(end.trim_ascii_end()), "{what}: {name} ends in {found:?}");
    }
}

/// Fails unless one more build gives the output of a clean build.
fn assert_converges(site: &Site, what: &str) {
    let run = site.build();
    assert_eq!(run.code, 0, "{what}: {}", run.err);
    // Pages that the new sources lack are told; nothing else is.
    let (all, gone) = (run.err.matches("warning[").count(), run.err.matches("warning[address-gone]").count());
    assert_eq!(all, gone, "{what}: {}", run.err);
    let _ = fs::remove_dir_all(site.path("reference"));
    assert_eq!(build_into(site, "reference", &[]).code, 0, "{what}");
    let (found, clean) = (site.tree("public"), site.tree("reference"));
    let names: Vec<_> = found.keys().chain(clean.keys()).filter(|n| found.get(*n) != clean.get(*n)).collect();
    assert!(names.is_empty(), "{what}: differs from a clean build in {names:?}");
    assert_eq!(leftovers(site), [""; 0], "{what}");
}

/// A build killed at any moment leaves complete files, and the next one gives the output of a clean
/// build.
#[cfg(unix)]
#[test]
fn a_killed_build_is_made_good_by_the_next() {
    let site = Site::new();
    write_version(&site, 0);
    let started = Instant::now();
    let site = site.built();
    let length = started.elapsed();
    // A fixed sequence of "random" moments, from 0 to a little longer than a build takes.
    let mut state = 0x2545_f491_u32;
    for round in 1..=15 {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        let delay = length.mul_f64(1.2 * f64::from(state) / f64::from(u32::MAX));
        write_version(&site, round);
        let mut child = site
            .command(&["build", "--today", TODAY])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("the program starts");
        std::thread::sleep(delay);
        child.kill().expect("SIGKILL");
        child.wait().expect("it ends");
        let what = format!("round {round}, killed after {delay:?} of {length:?}");
        assert_whole(&site.path("public"), &what);
        // Every third time the sources change before the next build.
        if round % 3 == 0 {
            write_version(&site, round);
        }
        assert_converges(&site, &what);
    }
}

/// Starts a build and kills it as soon as a condition holds. Returns whether it was killed before it
/// ended.
#[cfg(unix)]
fn kill_when(site: &Site, mut seen: impl FnMut() -> bool) -> bool {
    let mut child = site
        .command(&["build", "--today", TODAY])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .expect("the program starts");
    let until = Instant::now() + Duration::from_secs(10);
    while Instant::now() < until && !seen() {
        if child.try_wait().expect("a state").is_some() {
            return false;
        }
    }
    child.kill().expect("SIGKILL");
    !child.wait().expect("it ends").success()
}

/// Kills builds halfway through publishing: at the first file in the staging folder, after the
/// manifest, after the first page and after the last feed.
#[cfg(unix)]
#[test]
fn a_build_killed_while_it_publishes_is_made_good() {
    let inode_of = |path: &Path| fs::symlink_metadata(path).map(|m| inode(&m)).unwrap_or_default();
    let published = |site: &Site| {
        let state = fs::read_dir(site.path(".pingmark")).into_iter().flatten().flatten();
        let names = state.filter(|entry| entry.file_name().to_string_lossy().starts_with("published-"));
        names.map(|entry| (entry.file_name(), inode_of(&entry.path()))).collect::<BTreeMap<_, _>>()
    };
    for first in [true, false] {
        for moment in ["staging", "manifest", "page", "feed"] {
            for version in 0..4 {
                let site = Site::new();
                write_version(&site, 0);
                let site = if first { site } else { site.built() };
                write_version(&site, version + 1);
                let page = site.path("public/posts/texte-0/index.html");
                let feed = site.path("public/feed.xml");
                let before = (published(&site), inode_of(&page), inode_of(&feed));
                let killed = kill_when(&site, || match moment {
                    "staging" => !leftovers(&site).is_empty(),
                    "manifest" => published(&site) != before.0,
                    "page" => inode_of(&page) != before.1,
                    _ => inode_of(&feed) != before.2,
                });
                let what = format!("{moment} of a {} build", if first { "first" } else { "later" });
                let what = format!("{what}, {}", if killed { "killed" } else { "which was faster" });
                assert_whole(&site.path("public"), &what);
                assert_converges(&site, &what);
            }
        }
    }
}

/// With a damaged manifest a build neither deletes nor overwrites anything: it refuses the folder
/// until `--force`.
#[test]
fn a_damaged_state_is_no_danger() {
    let site = blog().built();
    let whole = site.tree("public");
    let state = fs::read_dir(site.path(".pingmark")).expect("a folder").flatten();
    let manifest = state.map(|e| e.path()).find(|p| p.to_string_lossy().contains("published-")).expect("one");
    let good = fs::read(&manifest).expect("readable");
    let mut flipped = good.clone();
    flipped[good.len() / 2] ^= 1;
    let damages: [(&str, &[u8]); 4] =
        [("empty", b""), ("cut short", &good[..good.len() / 2]), ("flipped", &flipped), ("noise", &[7; 999])];
    for (what, bytes) in damages {
        fs::write(&manifest, bytes).expect("writable");
        let run = site.build();
        assert_eq!(run.code, 1, "{what}: {}", run.err);
        assert!(run.err.contains("--force"), "{what}: {}", run.err);
        assert_eq!(texts(&site.tree("public")), texts(&whole), "{what}");
        assert_eq!(site.run(&["clean"]).code, 0, "{what}");
        assert_eq!(
            texts(&site.tree("public")),
            texts(&whole),
            "{what}: `clean` deleted what it did not know"
        );
        let forced = site.run(&["build", "--today", TODAY, "--force"]);
        assert_eq!(forced.code, 0, "{what}: {}", forced.err);
        assert_eq!(texts(&site.tree("public")), texts(&whole), "{what}");
    }
}
