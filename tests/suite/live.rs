//! Saving while the site is served: the events sent to open pages, and that no save is missed.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant};

use super::served::Served;
use super::support::{Run, Site, TODAY};

fn site() -> Site {
    Site::new().post("un", "Le premier billet.").post("deux", "Voir [[un]].").post("trois", "Ailleurs.")
}

fn post(body: &str) -> String {
    format!("---\ntitle: un\ndate: 2026-01-01\ndescription: Un essai.\n---\n\n{body}\n")
}

/// Fails unless the server sends what a clean build with its base URL writes.
pub(crate) fn ends_as_a_clean_build(site: &Site, served: &Served) {
    let base = format!("http://127.0.0.1:{}/", served.port);
    let run = site.run(&[
        "build",
        "--today",
        TODAY,
        "--base-url",
        &base,
        "--output-dir",
        "public",
        "--plain-names",
    ]);
    assert_eq!(run.code, 0, "{}", run.err);
    let until = Instant::now() + Duration::from_secs(20);
    for (path, bytes) in site.tree("public") {
        let address = path.split('/').map(encoded).collect::<Vec<_>>().join("/");
        loop {
            let reply = served.get(&format!("/{address}"));
            let body = without_additions(&reply.body);
            if reply.status == 200 && body == bytes {
                break;
            }
            assert!(
                Instant::now() < until,
                "{path} is not as a clean build makes it: {}",
                String::from_utf8_lossy(&body)
            );
            std::thread::sleep(Duration::from_millis(20));
        }
    }
}

fn encoded(name: &str) -> String {
    name.bytes()
        .map(|b| {
            if b.is_ascii_alphanumeric() || b"-_.~".contains(&b) {
                char::from(b).to_string()
            } else {
                format!("%{b:02X}")
            }
        })
        .collect()
}

fn without_additions(page: &[u8]) -> Vec<u8> {
    let text = String::from_utf8_lossy(page);
    let added = text.find("<script src=\"/.pingmark/live.js\"").map(|from| {
        let to = text[from..].find("</script>").expect("it is closed") + from + "</script>".len();
        from..to
    });
    match added {
        Some(range) => [&page[..range.start], &page[range.end..]].concat(),
        None => page.to_vec(),
    }
}

#[test]
fn pages_are_told_what_changed_and_others_left_alone() {
    let site = site();
    let served = Served::watching(&site);
    let page = served.get("/posts/un/").text();
    assert!(
        page.contains("<script src=\"/.pingmark/live.js\" data-pingmark data-page=\"/posts/un/\" data-tag="),
        "{page}"
    );
    let mut events = served.events("/posts/un/");
    assert!(events.head[0].contains(" 200 "), "{:?}", events.head);
    assert!(events.head.iter().any(|line| line == "content-type: text/event-stream"), "{:?}", events.head);
    let (name, hello) = events.next();
    assert_eq!(
        (name.as_str(), &hello["stale"], &hello["problems"]),
        ("hello", &true.into(), &serde_json::json!([]))
    );
    site.write("content/posts/un.md", post("Un autre mot."));
    let changed = events.wait_for("changed");
    let paths = changed["paths"].as_array().unwrap();
    assert!(paths.contains(&"/posts/un/".into()), "{changed}");
    assert!(!paths.contains(&"/posts/trois/".into()) && !paths.contains(&"/archive/".into()), "{changed}");
    assert_ne!(changed["build"], hello["build"]);
    assert!(served.get("/posts/un/").text().contains("Un autre mot."));
    // A client that subscribes with the tag of its page is up to date.
    let page = served.get("/posts/un/").text();
    let tag = page.split("data-tag=\"").nth(1).unwrap().split('"').next().unwrap();
    let mut current = served.events_since("/posts/un/", tag);
    assert_eq!(current.wait_for("hello")["stale"], false);
    ends_as_a_clean_build(&site, &served);
}

#[test]
fn a_server_that_was_started_again_is_recognised() {
    let site = site();
    let first = Served::watching(&site).events("/").wait_for("hello");
    let second = Served::watching(&site).events("/").wait_for("hello");
    assert_ne!(first["build"], second["build"]);
}

/// Each kind of mistake is shown over the page, which stays, and disappears when it is fixed.
#[test]
fn a_mistake_is_told_and_mended_without_a_restart() {
    let config = "title: Essai\nbase_url: https://essai.example\n";
    let site = site()
        .file("templates/post.html", "<p>{{ page.title }}</p>{{ page.content }}")
        .file("themes/mien/theme.yaml", "name: mien\n");
    let mut served = Served::watching(&site);
    let mut events = served.events("/posts/deux/");
    let good = fs::read_to_string(site.path("content/posts/deux.md")).unwrap();
    let mistakes = [
        (
            "templates/post.html",
            "<p>{{ page.title }</p>",
            "<p>{{ page.title }}</p>{{ page.content }}",
            "template-syntax",
        ),
        ("content/posts/deux.md", "---\ntitle: [\n---\n", good.as_str(), "front-matter-syntax"),
        (
            "content/posts/deux.md",
            "---\ntitle: deux\ndate: 2026-01-01\n---\n\n[[nulle-part]]\n",
            good.as_str(),
            "link-not-found",
        ),
        (
            "pingmark.yaml",
            "title: Essai\nbase_url: https://essai.example\ncouleur: rouge\n",
            config,
            "unknown-key",
        ),
        (
            "pingmark.yaml",
            "title: Essai\nbase_url: https://essai.example\ntheme: absent\n",
            config,
            "theme-missing",
        ),
        ("pingmark.yaml", "title: [\n", config, "yaml-syntax"),
    ];
    for (file, broken, mended, code) in mistakes {
        let before = served.get("/posts/deux/").text();
        site.write(file, broken);
        let problems = events.wait_for("problems");
        let text = problems["problems"][0].as_str().unwrap();
        assert!(text.contains(&format!("[{code}]")) && text.contains(file), "{text}");
        assert!(text.contains(" | ") || text.contains("--> "), "{text} has no file and line");
        assert_eq!(served.get("/posts/deux/").text(), before, "{code}: the page disappeared");
        let mut late = served.events("/posts/deux/");
        assert_eq!(late.wait_for("hello")["problems"], problems["problems"], "{code}");
        served.wait_for(&format!("[{code}]"));
        site.write(file, mended);
        events.wait_for("changed");
        assert_eq!(served.get("/posts/deux/").text(), before, "{code}: the problem is still shown");
        assert_eq!(served.events("/").wait_for("hello")["problems"], serde_json::json!([]));
    }
}

#[test]
fn a_site_that_was_never_whole_shows_what_is_wrong() {
    let site = site().file("content/posts/un.md", "---\ntitle: [<b>]\n  x\n---\n");
    let served = Served::watching(&site);
    let page = served.get("/");
    assert_eq!((page.status, page.header("content-type")), (500, "text/html; charset=utf-8"));
    assert!(
        page.text().contains("[front-matter-syntax]") && page.text().contains("live.js"),
        "{}",
        page.text()
    );
    assert!(!page.text().contains("<b>"), "the excerpt is not escaped");
    site.write("content/posts/un.md", post("Enfin."));
    served.wait_until_says("/posts/un/", "Enfin.");
}

/// However an editor saves a file, the save is served, and after at most two builds.
#[test]
fn every_editors_way_of_saving_is_seen() {
    let site = site();
    let mut served = Served::watching(&site);
    let file = site.path("content/posts/un.md");
    let beside = |name: &str| site.path(&format!("content/posts/{name}"));
    let vim = |text: &str| {
        fs::write(beside(".un.md.swp"), "b0VIM").unwrap();
        fs::write(beside("4913"), "").unwrap();
        fs::remove_file(beside("4913")).unwrap();
        fs::rename(&file, beside("un.md~")).unwrap();
        fs::write(&file, text).unwrap();
        fs::remove_file(beside("un.md~")).unwrap();
        fs::remove_file(beside(".un.md.swp")).unwrap();
    };
    let renamed = |text: &str| {
        fs::write(beside(".un.md.tmp"), text).unwrap();
        fs::rename(beside(".un.md.tmp"), &file).unwrap();
    };
    let recreated = |text: &str| {
        fs::remove_file(&file).unwrap();
        std::thread::sleep(Duration::from_millis(10));
        fs::write(&file, text).unwrap();
    };
    let in_place = |text: &str| fs::write(&file, text).unwrap();
    for way in ["in place", "renamed", "vim", "recreated"] {
        let save: &dyn Fn(&str) = match way {
            "in place" => &in_place,
            "renamed" => &renamed,
            "vim" => &vim,
            _ => &recreated,
        };
        served.says_within(Duration::from_millis(100));
        save(&post(&format!("Enregistré {way}.")));
        served.wait_until("/posts/un/", |reply| {
            // A page is never truncated or missing.
            assert_eq!(reply.status, 200, "{way}: the page disappeared");
            reply.text().contains(&format!("Enregistré {way}."))
        });
        let builds = served.says_within(Duration::from_millis(300));
        assert!((1..=2).contains(&builds.len()), "{way}: {builds:?}");
        assert!(builds[0].starts_with("content/posts/un.md: "), "{way}: {builds:?}");
    }
}

#[test]
fn folders_come_move_and_go() {
    let site = site();
    let served = Served::watching(&site);
    let gone = |path: &str| _ = served.wait_until(path, |reply| reply.status == 404);
    // A new folder with a file already in it.
    let new = |path: &str| site.write(path, "---\ntitle: Neuf\ndate: 2026-02-02\n---\n\nNeuf.\n");
    new("content/posts/a/b/c/neuf.md");
    served.wait_until_says("/posts/neuf/", "Neuf.");
    new("content/posts/a/b/c/autre.md");
    served.wait_until_says("/posts/autre/", "Neuf.");
    // A renamed folder is still watched.
    fs::rename(site.path("content/posts/a"), site.path("content/posts/z")).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    new("content/posts/z/b/c/encore.md");
    served.wait_until_says("/posts/encore/", "Neuf.");
    fs::remove_dir_all(site.path("content/posts/z")).unwrap();
    gone("/posts/encore/");
    gone("/posts/neuf/");
    // The whole content folder: moved away and back, deleted, created again.
    fs::rename(site.path("content"), site.path("ailleurs")).unwrap();
    gone("/posts/un/");
    fs::rename(site.path("ailleurs"), site.path("content")).unwrap();
    served.wait_until_says("/posts/un/", "Le premier billet.");
    fs::remove_dir_all(site.path("content")).unwrap();
    gone("/posts/un/");
    site.write("content/posts/un.md", post("Revenu."));
    served.wait_until_says("/posts/un/", "Revenu.");
    site.write("content/posts/un.md", post("Revenu, et changé."));
    served.wait_until_says("/posts/un/", "et changé.");
    ends_as_a_clean_build(&site, &served);
}

#[test]
fn everything_a_site_is_made_of_is_watched() {
    let site = site();
    let served = Served::watching(&site);
    site.write("static/neuf.txt", "un");
    served.wait_until_says("/neuf.txt", "un");
    site.write("static/neuf.txt", "deux");
    served.wait_until_says("/neuf.txt", "deux");
    site.write("templates/404.html", "Perdu.");
    served.wait_until("/rien", |reply| reply.text().contains("Perdu."));
    site.write("data/i18n/fr.yaml", "skip: Sauter tout cela\n");
    served.wait_until_says("/posts/un/", "Sauter tout cela");
    site.write("themes/mien/theme.yaml", "name: mien\n");
    site.write("themes/mien/templates/post.html", "Mon thème : {{ page.title }}");
    site.write("pingmark.yaml", "title: Autre titre\nbase_url: https://essai.example\ntheme: mien\n");
    served.wait_until_says("/posts/un/", "Mon thème : un");
    served.wait_until_says("/", "Autre titre");
    site.write("themes/mien/templates/post.html", "Mon autre thème : {{ page.title }}");
    served.wait_until_says("/posts/un/", "Mon autre thème : un");
    fs::remove_file(site.path("templates/404.html")).unwrap();
    served.wait_until("/rien", |reply| !reply.text().contains("Perdu."));
    ends_as_a_clean_build(&site, &served);
}

#[test]
fn another_config_file_is_watched_where_it_lies() {
    let site = site();
    let elsewhere = Site::empty().file("autre.yaml", "title: Un titre\nbase_url: https://essai.example\n");
    let config = elsewhere.path("autre.yaml");
    let served = Served::start(&site, &["--watch", "--config", config.to_str().unwrap(), "--root", "."]);
    served.wait_until_says("/", "Un titre");
    elsewhere.write("autre.yaml", "title: Un autre titre\nbase_url: https://essai.example/blog/\n");
    served.wait_until_says("/blog/", "Un autre titre");
}

/// A checkout of a thousand files at once.
#[test]
fn a_thousand_files_are_at_most_three_builds() {
    let config = "title: Essai\nbase_url: https://essai.example\npaginate: 500\n";
    let site = site().file("templates/post.html", "{{ page.content }}").file("pingmark.yaml", config);
    for number in 0..1000 {
        site.write(
            &format!("content/posts/p{number}.md"),
            format!("---\ntitle: Billet {number}\ndate: 2025-01-01\n---\n\nAvant.\n"),
        );
    }
    git(site.root(), &["init", "-q", "-b", "main"]);
    let commit = |message| {
        git(site.root(), &["add", "content"]);
        git(site.root(), &["commit", "-q", "-m", message]);
    };
    commit("avant");
    git(site.root(), &["checkout", "-q", "-b", "apres"]);
    for number in 0..1000 {
        site.write(
            &format!("content/posts/p{number}.md"),
            format!("---\ntitle: Billet {number}\ndate: 2025-01-01\n---\n\nAprès.\n"),
        );
    }
    commit("apres");
    let mut served = Served::watching(&site);
    git(site.root(), &["checkout", "-q", "main"]);
    served.wait_until_says("/posts/p999/", "Avant.");
    let mut builds = served.said.split_off(0);
    builds.extend(served.says_within(Duration::from_millis(2500)));
    builds.retain(|line| line.contains("content/"));
    assert!(builds.len() <= 3, "{} builds: {builds:#?}", builds.len());
    ends_as_a_clean_build(&site, &served);
}

fn git(root: &Path, arguments: &[&str]) {
    let run = std::process::Command::new("git")
        .current_dir(root)
        .args(["-c", "user.name=essai", "-c", "user.email=essai@essai.example", "-c", "gc.auto=0"])
        .args(arguments)
        .output()
        .expect("git runs");
    assert!(run.status.success(), "{}", String::from_utf8_lossy(&run.stderr));
}

/// A build reads every file, which must not trigger the next build.
#[test]
fn idle_is_idle() {
    let site = site();
    let mut served = Served::watching(&site);
    let run = site.build();
    assert_eq!(run.code, 0, "{}", run.err);
    site.write("notes.txt", "rien pour le blog");
    site.write(".git/index", "x");
    site.write(".pingmark/x", "x");
    fs::read(site.path("content/posts/un.md")).unwrap();
    let said = served.says_within(Duration::from_secs(10));
    assert!(said.is_empty(), "{said:?}");
    site.write("content/posts/un.md", post("Elle veille encore."));
    served.wait_until_says("/posts/un/", "veille encore");
}

#[test]
fn without_the_systems_help_the_folder_is_looked_through() {
    let site = site();
    let served = Served::start(&site, &["--watch", "--poll"]);
    site.write("content/posts/un.md", post("Vu quand même."));
    served.wait_until_says("/posts/un/", "Vu quand même.");
}

#[test]
fn build_follows_changes_too() {
    let site = site();
    let mut command = site.command(&["build", "--watch", "--today", TODAY]);
    let mut child = command.stderr(std::process::Stdio::null()).spawn().unwrap();
    let wait = |text: &str| {
        let until = Instant::now() + Duration::from_secs(20);
        while !fs::read_to_string(site.path("public/posts/un/index.html"))
            .is_ok_and(|page| page.contains(text))
        {
            assert!(Instant::now() < until, "{text} was not published");
            std::thread::sleep(Duration::from_millis(10));
        }
    };
    wait("Le premier billet.");
    site.write("content/posts/un.md", post("Publié à nouveau."));
    wait("Publié à nouveau.");
    site.write("content/posts/un.md", "---\ntitle: [\n---\n");
    std::thread::sleep(Duration::from_millis(300));
    site.write("content/posts/un.md", post("Après une faute."));
    wait("Après une faute.");
    child.kill().unwrap();
    child.wait().unwrap();
}

/// A scheduled post appears when it is due, without a save.
#[test]
fn what_falls_due_comes_out_by_itself() {
    let due = jiff::Timestamp::now() + Duration::from_secs(3);
    let due = jiff::Timestamp::from_second(due.as_second()).unwrap();
    let site = site().file(
        "content/posts/bientot.md",
        format!("---\ntitle: Bientôt\ndate: {due}\ndescription: x\n---\n\nEnfin.\n"),
    );
    let mut served = Served::run(site.command(&["serve", "-p", "0", "--watch"]));
    assert_eq!(served.get("/posts/bientot/").status, 404);
    served.wait_for("scheduled time reached: 0 parsed");
    assert!(served.get("/posts/bientot/").text().contains("Enfin."));
}

/// With `-v` every page that is rendered again is listed with the reason.
#[test]
fn reasons_are_given_when_asked_for() {
    let site = site();
    let mut served = Served::start(&site, &["--watch", "-v"]);
    for (file, text, reasons) in [
        (
            "content/posts/un.md",
            post("Un tout autre mot, et encore un."),
            vec!["posts/un/index.html: the words of content/posts/un.md"],
        ),
        (
            "content/posts/deux.md",
            post("Voir aussi [[un]].").replace("title: un", "title: Deux"),
            vec!["posts/un/index.html: the words of content/posts/deux.md"],
        ),
        (
            "content/posts/deux.md",
            post("Voir aussi [[un]].").replace("title: un", "title: Deux\nslug: second"),
            vec!["posts/un/index.html: its links, lists or neighbours changed"],
        ),
        (
            "content/posts/neuf.md",
            post("Neuf.").replace("title: un", "title: Neuf"),
            vec!["posts/neuf/index.html: new"],
        ),
        (
            "templates/404.html",
            "<!DOCTYPE html><title>Rien</title>".to_owned(),
            vec!["posts/un/index.html: the templates, the theme or the settings"],
        ),
    ] {
        site.write(file, text);
        for reason in reasons {
            served.wait_for(&format!("rendered {reason}"));
        }
    }
}

/// A signal ends the server at once, with the exit code of that signal.
#[cfg(unix)]
#[test]
fn a_signal_ends_it_at_once_with_its_own_code() {
    let site = site();
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        let mut served = Served::watching(&site);
        let _listening = served.events("/");
        let started = Instant::now();
        kill(name, served.id());
        assert_eq!(served.ended().code(), Some(code));
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
    }
}

/// A build that a signal stops leaves the old site or the new one, and no staging folder.
#[cfg(unix)]
#[test]
fn a_build_that_is_stopped_leaves_nothing_half_done() {
    let mut site = site();
    for number in 0..300 {
        site = site.post(&format!("p{number}"), "Un billet comme les autres.");
    }
    let old = site.run(&["build", "--today", TODAY]);
    assert_eq!(old.code, 0, "{}", old.err);
    let published = site.tree("public");
    site.write("pingmark.yaml", "title: Autre titre\nbase_url: https://autre.example\n");
    let mut stopped = 0;
    for (at, name, code) in
        [(0, "INT", 130), (40, "INT", 130), (90, "TERM", 143), (160, "INT", 130), (250, "TERM", 143)]
    {
        let mut command = site.command(&["build", "--today", TODAY]);
        let mut child = command.stderr(std::process::Stdio::null()).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(at));
        let started = Instant::now();
        kill(name, child.id());
        let status = child.wait().unwrap();
        assert!(started.elapsed() < Duration::from_secs(3), "{:?}", started.elapsed());
        // A signal before the handler is installed ends the process without a code.
        assert!(status.code().is_none_or(|c| c == code || c == 0), "{status:?}");
        stopped += usize::from(status.code() == Some(code));
        let beside: Vec<_> =
            fs::read_dir(site.root()).unwrap().flatten().map(|entry| entry.file_name()).collect();
        let staging = beside.iter().any(|name| name.to_string_lossy().contains("pingmark-"));
        assert!(!staging || status.code().is_none(), "{beside:?}");
        if status.code() == Some(code) {
            assert_eq!(site.tree("public").len(), published.len());
        }
    }
    assert!(stopped > 0, "no build was still running when the signal came");
    let run: Run = site.run(&["build", "--today", TODAY]);
    assert_eq!(run.code, 0, "{}", run.err);
    let clean = site.run(&["build", "--today", TODAY, "--output-dir", "propre"]);
    assert_eq!(clean.code, 0, "{}", clean.err);
    assert!(site.tree("public") == site.tree("propre"), "the output differs from a clean build");
}

#[cfg(unix)]
fn kill(signal: &str, id: u32) {
    let status = std::process::Command::new("kill").args(["-s", signal, &id.to_string()]).status().unwrap();
    assert!(status.success());
}
