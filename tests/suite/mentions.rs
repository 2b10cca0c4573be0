//! Mentions: which are shown and where, the commands that edit their files, and the microformats
//! that other programs read.

use std::collections::BTreeMap;
use std::fs;
use std::time::{Duration, Instant};

use scraper::{ElementRef, Html, Selector};

use super::expected::assert_snapshot;
use super::microformats::{Item, items};
use super::support::{Run, Site, TODAY};

const POST: &str = "https://essai.example/posts/un/";

/// A mention of the post `un`.
fn mention(kind: &str, number: usize, more: &str) -> String {
    let (hour, minute) = (number / 60 % 24, number % 60);
    let day = number / 1440 + 1;
    format!(
        "type: {kind}\nsource: https://site{number}.example/{kind}/{number}\ntarget: {POST}\n\
         author:\n  name: Personne {number}\n  url: https://site{number}.example/\n\
         published: 2026-02-{day:02}T{hour:02}:{minute:02}:00Z\nstatus: approved\n{more}"
    )
}

fn named(kind: &str, number: usize) -> String {
    format!("mentions/un/2026-02-01-site{number}.example-{kind}{number:04}.yaml")
}

fn site() -> Site {
    Site::new().post("un", "Texte.").post("deux", "Voir [le premier](un.md).")
}

fn with(site: Site, kind: &str, number: usize, more: &str) -> Site {
    site.file(&named(kind, number), mention(kind, number, more))
}

/// The part of the page below the text, where mentions are shown.
fn shown(site: &Site) -> String {
    let page = site.public("posts/un/index.html");
    let start = page.find("<footer class=\"entry-foot\">").expect("the end of the text");
    let end = page[start..].find("</article>").expect("the end of the article");
    page[start..start + end].to_owned()
}

// ---- what is shown, and where -----------------------------------------------------------

#[test]
fn only_what_is_approved_is_shown() {
    for (status, is_shown) in [
        ("approved", true),
        ("pending", false),
        ("rejected", false),
        ("spam", false),
        ("", false),
        ("oui", false),
    ] {
        let text = mention("reply", 1, "content: Merveilleux.\n")
            .replace("status: approved", &format!("status: {status}"));
        let site = site().file(&named("reply", 1), text);
        assert_eq!(site.build().code, 0);
        for (path, bytes) in site.tree("public") {
            let holds = String::from_utf8_lossy(&bytes).contains("Merveilleux");
            assert_eq!(holds, is_shown && path == "posts/un/index.html", "{status}: {path}");
        }
    }
}

#[test]
fn settings_and_front_matters_decide() {
    let pending = mention("reply", 1, "").replace("approved", "pending") + "content: Merveilleux.\n";
    let approved = mention("reply", 1, "content: Merveilleux.\n");
    for (what, rules, meta, text, is_shown) in [
        ("trust", "mentions: {trust: [site1.example]}", "", &pending, true),
        ("trust above", "mentions: {trust: [example.com]}", "", &pending, false),
        ("block", "mentions: {block: [www.Site1.example]}", "", &approved, false),
        ("both", "mentions: {block: [site1.example], trust: [site1.example]}", "", &pending, false),
        ("off", "mentions: {show: off}", "", &approved, false),
        ("off here", "", "mentions: off\n", &approved, false),
        ("nothing said", "", "", &approved, true),
    ] {
        let post = format!("---\ntitle: Un\ndate: 2026-01-01\n{meta}---\n\nTexte.\n");
        let site = site()
            .file("pingmark.yaml", format!("title: Essai\nbase_url: https://essai.example\n{rules}\n"))
            .file("content/posts/un.md", post)
            .file(&named("reply", 1), text)
            .built();
        assert_eq!(site.public("posts/un/index.html").contains("Merveilleux"), is_shown, "{what}");
    }
    let site = site()
        .file("pingmark.yaml", "title: Essai\nbase_url: https://essai.example\nmentions: {own: false}\n");
    let site = with(site, "pingback", 1, "title: Ailleurs\n").built();
    let page = shown(&site);
    assert!(page.contains("Ailleurs") && !page.contains("deux"), "{page}");
}

#[test]
fn a_target_leads_to_its_post_however_it_is_written() {
    let post =
        "---\ntitle: Un\ndate: 2026-01-01\naliases: [/2011/03/vieux.html, /archives/un/]\n---\n\nTexte.\n";
    for (target, folder, is_shown) in [
        ("https://essai.example/posts/un/", "x", true),
        ("http://essai.example/posts/un/", "x", true),
        ("http://www.essai.example/posts/un", "x", true),
        ("https://essai.example/posts/un/index.html", "x", true),
        ("https://essai.example/posts/un/?utm_source=a#b", "x", true),
        ("https://ESSAI.example:443/posts/%75n/", "x", true),
        ("https://essai.example/Posts/Un/", "x", true),
        ("https://essai.example/posts/un.html", "x", true),
        ("/posts/un/", "x", true),
        ("https://essai.example/2011/03/vieux.html", "x", true),
        ("https://essai.example/archives/un", "x", true),
        ("https://ancien.example/n-importe-quoi/", "un", true),
        ("https://essai.example/?p=123", "un", true),
        ("", "un", true),
        ("https://essai.example/posts/une/", "x", false),
        ("https://autre.example/posts/un/", "x", false),
        ("https://essai.example/?p=123", "x", false),
        ("https://essai.example/posts/un/../../../etc/", "x", false),
        ("javascript:alert(1)", "x", false),
    ] {
        let text = mention("reply", 1, "content: Merveilleux.\n")
            .replace(&format!("target: {POST}"), &format!("target: \"{target}\""));
        let site = Site::new()
            .file("content/posts/un.md", post)
            .file(&format!("mentions/{folder}/2026-02-01-a.example-12345678.yaml"), text);
        let run = site.build();
        assert_eq!(run.code, 0, "{}", run.err);
        assert_eq!(site.public("posts/un/index.html").contains("Merveilleux"), is_shown, "{target:?}");
        assert_eq!(run.err.contains("warning[mention-without-post]"), !is_shown, "{target:?}: {}", run.err);
    }
}

#[test]
fn what_is_held_back_keeps_its_mentions() {
    let site = Site::new()
        .file("content/posts/un.md", "---\ntitle: Un\ndate: 2026-01-01\ndraft: true\n---\n\nTexte.\n")
        .file(&named("reply", 1), mention("reply", 1, "content: Merveilleux.\n"))
        .built();
    assert!(
        !site.tree("public").values().any(|bytes| String::from_utf8_lossy(bytes).contains("Merveilleux"))
    );
    let run = site.run(&["build", "--drafts", "--today", TODAY]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert!(site.public("posts/un/index.html").contains("Merveilleux"));
}

#[test]
fn of_several_from_one_source_the_newest_counts() {
    let text = |number: usize, received: &str, words: &str| {
        mention("reply", 1, &format!("content: {words}\nreceived: {received}\n")).replace(
            "https://site1.example/reply/1",
            ["https://site1.example/x", "http://www.site1.example/x/"][number],
        )
    };
    let site = site()
        .file(&named("reply", 1), text(0, "2026-03-02", "Neuf."))
        .file(&named("reply", 2), text(1, "2026-03-01", "Ancien."))
        .built();
    let page = shown(&site);
    assert!(page.contains("Neuf.") && !page.contains("Ancien."), "{page}");
}

#[test]
fn strangers_stop_no_build() {
    let huge = format!("source: https://a.example/\ntitle: {}\n", "x".repeat(100_000));
    let files: [(&str, Vec<u8>); 8] = [
        ("mentions/un/latin.yaml", b"source: https://a.example/\ntitle: \xe9t\xe9\n".to_vec()),
        ("mentions/un/utf16.yaml", b"\xff\xfes\0".to_vec()),
        ("mentions/un/rien.yaml", Vec::new()),
        ("mentions/un/syntaxe.yaml", b"source: [".to_vec()),
        ("mentions/un/huge.yaml", huge.into_bytes()),
        ("mentions/un/profond.yaml", "[".repeat(60_000).into_bytes()),
        ("mentions/un/photo.jpg", vec![0xff; 1000]),
        ("mentions/perdu.yaml", b"source: https://a.example/\nstatus: approved\n".to_vec()),
    ];
    let site = files.iter().fold(site(), |site, (path, bytes)| site.file(path, bytes));
    let run = site.build();
    assert_eq!(run.code, 0, "{}", run.err);
    for (path, _) in files.iter().filter(|(path, _)| !path.ends_with("photo.jpg")) {
        assert!(run.err.contains(path), "{path} is not reported:\n{}", run.err);
    }
    assert!(!site.path("public/photo.jpg").exists() && !site.path("public/mentions").exists());
}

// ---- the page ---------------------------------------------------------------------------

/// The kind of a numbered mention: each kind in turn.
fn kind(number: usize) -> &'static str {
    ["pingback", "reply", "like", "repost", "bookmark", "comment"][number % 6]
}

/// A site whose post `un` has `count` mentions.
fn crowd(count: usize) -> Site {
    let mut site = site();
    for number in 0..count {
        let kind = kind(number);
        let more = match kind {
            "pingback" => format!("title: Titre {number}\nexcerpt: \"[…] passage {number} […]\"\n"),
            "reply" => format!("content: Réponse {number}.\n"),
            // Every second comment answers the reply before it.
            "comment" if number % 12 == 5 => {
                format!("content: Suite {number}.\nparent: https://site{0}.example/reply/{0}\n", number - 4)
            }
            "comment" => format!("content: Mot {number}.\n"),
            _ => String::new(),
        };
        site = with(site, kind, number, &more);
    }
    site.built()
}

#[test]
fn pages_with_mentions_look_as_they_should() {
    for count in [0, 1, 30] {
        assert_snapshot(&format!("mentions/{count}-mentions.html"), &shown(&crowd(count)));
    }
}

/// Counted, because nobody can review a page of 200 mentions. Pings fold after five, all else after twenty.
#[test]
fn long_lists_are_folded_without_a_script() {
    assert_eq!(shown(&crowd(30)).matches("<details>").count(), 0);

    let text = shown(&crowd(200));
    assert!(!text.contains("<script"));
    let page = Html::parse_fragment(&text);
    let select = |selector: &str| -> Vec<ElementRef<'_>> {
        page.select(&Selector::parse(selector).expect("a selector")).collect()
    };
    // 34 pings came in, and one is the blog's own, in a list by itself. 17 of the 67 replies answer another one.
    for (list, entry, shown, folded, heading, summary) in [
        (".pings", "> ol > .h-cite", 6, 29, "35\u{a0}pings", "Voir 29\u{a0}autres"),
        (".replies", "> ol > .h-cite", 20, 30, "67\u{a0}réponses", "Voir 30\u{a0}autres"),
        (".reactions", "> .likes > .u-like.h-cite", 20, 13, "33\u{a0}j’aime", "Voir 13\u{a0}autres"),
        (".reactions", "> .reposts > .u-repost.h-cite", 20, 13, "33\u{a0}partages", "Voir 13\u{a0}autres"),
        (
            ".reactions",
            "> .bookmarks > .u-bookmark.h-cite",
            20,
            13,
            "33\u{a0}marque-pages",
            "Voir 13\u{a0}autres",
        ),
    ] {
        assert_eq!(select(&format!("{list} {entry}")).len(), shown, "{list} {entry}");
        assert_eq!(select(&format!("{list} > details {entry}")).len(), folded, "{list} {entry}, folded");
        let section: String = select(list)[0].text().collect();
        assert!(section.contains(heading) && section.contains(summary), "{list}: {section}");
    }
    assert_eq!(select("details").len(), 5);
    assert_eq!(select(".replies .h-cite .h-cite").len(), 17);

    // Each is there once, in the order of their dates.
    for kinds in [&["pingback"][..], &["reply", "comment"], &["like"], &["repost"], &["bookmark"]] {
        let mut links = (0..200).filter(|number| kinds.contains(&kind(*number))).map(|number| {
            let address = format!("href=\"https://site{number}.example/{}/{number}\"", kind(number));
            let mut places = text.match_indices(&address).map(|(at, _)| at);
            (places.next().unwrap_or_else(|| panic!("{address} is missing")), places.next())
        });
        let first = links.next().expect("200 have every kind");
        links.fold(first, |before, link| {
            assert!(
                link.1.is_none() && before.0 < link.0,
                "{kinds:?}: a mention is shown twice or out of order"
            );
            link
        });
    }
}

#[test]
fn other_programs_read_the_mentions() {
    let site = crowd(30);
    let entry = items(&site.public("posts/un/index.html")).into_iter().find(|item| item.is("h-entry"));
    let entry = entry.expect("an h-entry");
    let of = |property: &str| -> Vec<&Item> { entry.children(property) };
    assert_eq!(
        (of("mention").len(), of("like").len(), of("repost").len(), of("bookmark").len()),
        (5, 5, 5, 5)
    );
    // One comment is the blog's own ping.
    let (own, said): (Vec<&Item>, Vec<&Item>) =
        of("comment").into_iter().partition(|item| item.text("name") == Some("deux"));
    assert_eq!(own.len(), 1);
    assert_eq!(own[0].text("url"), Some("/posts/deux/"));
    let nested: usize = said.iter().map(|item| item.children("comment").len()).sum();
    assert_eq!((said.len(), nested), (7, 3));
    for item in said.iter().chain(&of("mention")).chain(&of("like")) {
        assert!(item.is("h-cite"));
        assert!(item.text("url").is_some_and(|url| url.starts_with("https://site")), "{item:?}");
        assert!(item.text("published").is_some_and(|date| date.starts_with("2026-02-01T")), "{item:?}");
        let author = item.children("author");
        assert_eq!(author.len(), 1, "{item:?}");
        assert!(author[0].is("h-card"));
        assert!(author[0].text("name").is_some_and(|name| name.starts_with("Personne ")), "{item:?}");
        assert!(author[0].text("url").is_some_and(|url| url.starts_with("https://site")), "{item:?}");
    }
    let mention = of("mention")[0];
    assert_eq!(mention.text("name"), Some("Titre 0"));
    assert_eq!(mention.text("content"), Some("[…] passage 0 […]"));
    assert_eq!(said[0].text("content"), Some("Réponse 1."));
}

/// A generous limit for debug builds. The release figure is in benches/README.md.
#[test]
fn thousands_of_mentions_stay_cheap() {
    let site = site().built();
    let took = |site: &Site| {
        let started = Instant::now();
        assert_eq!(site.run(&["check", "--today", TODAY]).code, 0);
        started.elapsed()
    };
    let without = took(&site);
    for number in 0..5000 {
        let kind = ["reply", "like", "pingback"][number % 3];
        site.write(&named(kind, number), mention(kind, number, "content: Une réponse <b>courte</b>.\n"));
    }
    let with = took(&site);
    assert!(with < without + Duration::from_secs(8), "{without:?} without, {with:?} with");
}

// ---- commands ---------------------------------------------------------------------------

fn ok(run: Run) -> Run {
    assert_eq!(run.code, 0, "{}", run.err);
    run
}

fn waiting() -> Site {
    let site = Site::new().post("un", "Texte.");
    let text = |number: usize| {
        format!(
            "# arrivé le soir\nsource:   https://site{number}.example/x   # là\ntype: 'reply'\r\nstatus:  pending # à voir\n\
             target: {POST}\ncontent: |\n  status: approved\n\n  Bien.\nextra: 1"
        )
    };
    let site = site.file("mentions/un/2026-02-01-site1.example-aaaa1111.yaml", text(1));
    let site = site.file("mentions/un/2026-02-02-site2.example-aaaa2222.yaml", text(2));
    site.file("mentions/un/2026-02-03-sub.site2.example-bbbb3333.yaml", text(2).replace("site2", "sub.site2"))
}

#[test]
fn a_decision_changes_one_word_of_one_file() {
    for (verb, status) in [("approve", "approved"), ("reject", "rejected"), ("spam", "spam")] {
        let site = waiting();
        let mut expected = site.tree("");
        let run = ok(site.run(&["mentions", verb, "aaaa1"]));
        assert_eq!(run.out, "mentions/un/2026-02-01-site1.example-aaaa1111.yaml\n");
        let text = expected.get_mut(run.out.trim()).expect("it was there");
        let edited =
            String::from_utf8_lossy(text).replacen("status:  pending", &format!("status:  {status}"), 1);
        *text = edited.into_bytes();
        assert!(site.tree("") == expected, "{verb} changed something else");
        let again = ok(site.run(&["mentions", verb, "2026-02-01"]));
        assert!(again.out.is_empty() && again.err.contains("already "), "{}", again.err);
        assert!(site.tree("") == expected);
    }
}

#[test]
fn all_of_a_domain_are_decided_at_once() {
    let site = waiting();
    let run = ok(site.run(&["mentions", "spam", "--all", "--from", "site2.example"]));
    assert_eq!(run.out.lines().count(), 2);
    let run = ok(site.run(&["mentions", "approve", "--all"]));
    assert_eq!(run.out, "mentions/un/2026-02-01-site1.example-aaaa1111.yaml\n");
    // `--all` does not approve spam.
    assert!(ok(site.run(&["mentions", "approve", "--all", "--from", "site2.example"])).out.is_empty());
    let run = ok(site.run(&["mentions", "delete", "--all"]));
    assert_eq!(run.out.lines().count(), 2);
    assert_eq!(site.tree("mentions").len(), 1);
    ok(site.run(&["mentions", "delete", "aaaa"]));
    assert!(site.path("mentions").is_dir() && !site.path("mentions/un").exists());
}

#[test]
fn ids_are_found_by_their_beginnings_and_mistakes_are_told() {
    let site = waiting();
    for (arguments, words) in [
        (&["show", "aaaa"][..], "could be `un/2026-02-01-site1.example-aaaa1111` or"),
        (&["approve", "2026-02"], "could be"),
        (
            &["approve", "2026-02-01-site1.exemple-aaaa1111"],
            "did you mean `2026-02-01-site1.example-aaaa1111`?",
        ),
        (&["approve", "rien"], "there is no mention `rien`"),
        (&["approve", "aaaa1111", "rien"], "there is no mention `rien`"),
        (&["approve"], "required"),
        (&["aprove", "aaaa1111"], "approve"),
        (&["block", "pas un domaine"], "is not a domain"),
        (&["list", "--post", "u"], "there is no post `u`; did you mean `un`?"),
        (&["approve", "--from", "site1.example"], "--all"),
    ] {
        let before = site.tree("");
        let run = site.run(&[&["mentions"], arguments].concat());
        assert_eq!(run.code, 2, "{arguments:?}: {}", run.err);
        assert!(run.err.contains(words), "{arguments:?}: {}", run.err);
        assert!(site.tree("") == before, "{arguments:?} changed something");
    }
    for id in ["aaaa1111", "un/2026-02-01", "mentions/un/2026-02-01-site1.example-aaaa1111.yaml"] {
        let run = ok(site.run(&["mentions", "show", id]));
        assert!(run.out.contains("https://site1.example/x") && run.out.contains("Bien."), "{}", run.out);
    }
}

#[test]
fn lists_are_for_people_and_for_programs() {
    let site = waiting();
    ok(site.run(&["mentions", "approve", "aaaa1"]));
    let run = ok(site.run(&["mentions", "list", "--pending"]));
    assert_eq!(run.out.lines().count(), 2, "{}", run.out);
    assert!(run.out.lines().all(|line| line.starts_with("pending  reply")), "{}", run.out);
    let rows = |arguments: &[&str]| -> Vec<serde_json::Value> {
        serde_json::from_str(&ok(site.run(&[arguments, &["--format", "json"]].concat())).out).expect("JSON")
    };
    assert_eq!(rows(&["list", "mentions"]).len(), 3);
    assert_eq!(rows(&["mentions", "list", "--post", "un", "--from", "site1.example"]).len(), 1);
    let row = &rows(&["mentions", "list", "--approved"])[0];
    assert_eq!((row["post"].as_str(), row["shown"].as_bool()), (Some("un"), Some(true)));
    assert_eq!(row["text"].as_str(), Some("status: approved\n\nBien."));
}

#[test]
fn a_domain_is_blocked_in_the_settings_whose_comments_stay() {
    let config = "# Mon blog\ntitle: Essai # ici\nbase_url: https://essai.example\n\nmentions:\n  # amis\n  trust: [a.example]\n\nextra: {}\n";
    let site = waiting().file("pingmark.yaml", config);
    let run = ok(site.run(&["mentions", "block", "https://www.Site2.example/"]));
    assert_eq!(run.out, "pingmark.yaml\n");
    assert!(run.err.contains("2 mentions from it"), "{}", run.err);
    let expected = config.replace("[a.example]\n", "[a.example]\n  block:\n    - site2.example\n");
    assert_eq!(fs::read_to_string(site.path("pingmark.yaml")).unwrap(), expected);
    assert!(ok(site.run(&["mentions", "block", "site2.example"])).out.is_empty());
    ok(site.run(&["mentions", "block", "site3.example"]));
    let expected = expected.replace("- site2.example\n", "- site2.example\n    - site3.example\n");
    assert_eq!(fs::read_to_string(site.path("pingmark.yaml")).unwrap(), expected);
    ok(site.run(&["check", "--today", TODAY]));
    site.write("ailleurs/autre.yaml", config);
    let run = ok(site.run(&["mentions", "block", "site2.example", "--config", "ailleurs/autre.yaml"]));
    assert_eq!(run.out, "ailleurs/autre.yaml\n");
    let there = fs::read_to_string(site.path("ailleurs/autre.yaml")).unwrap();
    assert!(there.contains("  block:\n    - site2.example\n"), "{there}");
    let odd = "title: Essai\nbase_url: https://essai.example\nmentions: &m {own: true}\n";
    site.write("pingmark.yaml", odd);
    let run = site.run(&["mentions", "block", "site2.example"]);
    assert!(run.code == 1 && run.err.contains("change it by hand"), "{}", run.err);
    assert_eq!(fs::read_to_string(site.path("pingmark.yaml")).unwrap(), odd);
}

#[test]
fn a_mention_is_written_down_by_hand() {
    let site = Site::new().post("un", "Texte.");
    let add = |more: &[&str]| site.run(&[&["mentions", "add", "--today", TODAY], more].concat());
    let run = ok(add(&[
        "--source",
        "https://a.example/x",
        "--post",
        "un",
        "--title",
        "Ailleurs: \"ici\"",
        "--approve",
    ]));
    assert!(run.out.starts_with("mentions/un/2026-11-22-a.example-"), "{}", run.out);
    let run = ok(add(&[
        "--type",
        "comment",
        "--target",
        POST,
        "--name",
        "Nadège",
        "--content",
        "Merci !\n\nEncore.",
        "--approve",
        "--published",
        "2011-03-05 08:12",
    ]));
    assert!(run.out.starts_with("mentions/un/2011-03-05-ici-"), "{}", run.out);
    let site = site.built();
    let page = shown(&site);
    assert!(
        page.contains("Ailleurs: &quot;ici&quot;") && page.contains("<p>Merci !</p><p>Encore.</p>"),
        "{page}"
    );
    let before = site.tree("");
    for (more, words) in [
        (&["--source", "https://a.example/x/", "--post", "un"][..], "has the same source and target"),
        (&["--source", "javascript:x", "--post", "un"], "is not a web address"),
        (
            &["--source", "https://a.example/y", "--target", "https://essai.example/posts/une/"],
            "did you mean `https://essai.example/posts/un/`?",
        ),
        (&["--source", "https://a.example/y", "--post", "une"], "did you mean `un`?"),
        (&["--source", "https://a.example/y"], "--target"),
        (&["--post", "un"], "this mention has no `source`"),
        (&["--post", "un", "--source", "https://a.example/y", "--published", "hier"], "is not a date"),
    ] {
        let run = site.run(&[&["mentions", "add"], more].concat());
        assert!(run.code == 2 && run.err.contains(words), "{more:?}: {}", run.err);
    }
    assert!(site.tree("") == before);
}

#[test]
fn an_export_is_taken_in_as_often_as_one_likes() {
    let feed = r#"{"type":"feed","name":"Webmentions","children":[
      {"type":"entry","author":{"type":"card","name":"Zoé","photo":"","url":"https://a.example/"},"url":"https://a.example/1",
       "published":null,"wm-received":"2024-02-03T04:05:06Z","wm-id":1,"wm-source":"https://bridge.example/1",
       "wm-target":"https://essai.example/posts/un/","wm-property":"like-of","wm-private":false},
      {"wm-source":"https://a.example/2","wm-target":"http://www.essai.example/posts/un","wm-property":"in-reply-to",
       "content":{"html":"<p>Oui</p><script>alert(1)</script>","text":"Oui"}},
      {"wm-source":"https://a.example/3","wm-target":"https://essai.example/2010/perdu.html","wm-property":"mention-of"},
      {"wm-source":"javascript:x","wm-target":"https://essai.example/posts/un/"},
      {"wm-source":"https://a.example/4"}]}"#;
    let links = r#"{"links":[{"source":"https://a.example/2/","verified":true,"verified_date":"2013-10-13T00:00:00Z","id":1,
      "private":false,"data":{"author":{"name":"Ana","url":null,"photo":null},"url":null,"name":null,"content":"autre",
      "published":null},"activity":{"type":"reply"},"target":"https://essai.example/posts/un/"},
      {"source":"https://a.example/5","verified_date":"2013-10-13T00:00:00Z","data":{},"activity":{"type":"repost"},
       "target":"https://essai.example/posts/un/"}]}"#;
    let site = Site::new().post("un", "Texte.").file("a.json", feed).file("b.json", links);
    let import = |file: &str| ok(site.run(&["mentions", "import", file, "--today", TODAY, "--approve"]));
    let run = import("a.json");
    assert!(run.err.contains("3 added, 0 completed, 0 already known, 2 skipped"), "{}", run.err);
    assert!(run.err.contains("skipped: entry 4: `javascript:x` is not a web address"), "{}", run.err);
    let taken = site.tree("mentions");
    let names: Vec<&String> = taken.keys().collect();
    assert!(names[0].starts_with("perdu/2026-11-22-a.example-"), "{names:?}");
    assert!(names[1].starts_with("un/2024-02-03-bridge.example-"), "{names:?}");
    let run = import("a.json");
    assert!(run.out.is_empty() && run.err.contains("0 added, 0 completed, 3 already known"), "{}", run.err);
    assert!(site.tree("mentions") == taken);

    // The second export has the author that the first one lacked.
    let reply = names[2].clone();
    let run = import("b.json");
    assert!(run.err.contains("1 added, 1 completed, 0 already known, 0 skipped"), "{}", run.err);
    let completed = site.tree("mentions");
    let (old, new) = (String::from_utf8_lossy(&taken[&reply]), String::from_utf8_lossy(&completed[&reply]));
    assert!(new.starts_with(old.as_ref()) && new.contains("name: Ana"), "{new}");
    assert!(new.contains("<p>Oui</p>") && !new.contains("autre"), "{new}");
    import("b.json");
    import("a.json");
    assert!(site.tree("mentions") == completed);

    assert_eq!(site.build().code, 0);
    let page = shown(&site);
    assert!(
        page.contains("<p>Oui</p>")
            && page.contains("href=\"https://a.example/1\"")
            && !page.contains("alert"),
        "{page}"
    );
}

#[cfg(unix)]
#[test]
fn nothing_outside_of_the_site_is_touched() {
    let outside = Site::empty().file("secret.yaml", "source: https://a.example/\nstatus: pending\n");
    let site = Site::new().post("un", "Texte.");
    fs::create_dir_all(site.path("mentions/un")).unwrap();
    std::os::unix::fs::symlink(outside.path("secret.yaml"), site.path("mentions/un/lien.yaml")).unwrap();
    std::os::unix::fs::symlink(outside.root(), site.path("mentions/deux")).unwrap();
    for verb in ["approve", "delete"] {
        assert_eq!(site.run(&["mentions", verb, "lien"]).code, 2);
        assert_eq!(site.run(&["mentions", verb, "secret"]).code, 2);
    }
    let mut expected = BTreeMap::new();
    expected.insert("secret.yaml".to_owned(), b"source: https://a.example/\nstatus: pending\n".to_vec());
    assert!(outside.tree("") == expected);
}

#[test]
fn an_import_takes_what_is_a_mention_and_tells_the_rest_once() {
    let feed = r#"{"type":"feed","children":[
      {"wm-source":"https://s.example/1","wm-target":"https://essai.example/posts/un/","wm-property":"rsvp","rsvp":"yes",
       "wm-received":"2026-11-02T10:00:00Z"},
      {"wm-source":"https://s.example/2","wm-target":"https://essai.example/posts/un/","wm-property":"mention-of",
       "published":"not a date","wm-received":"2026-11-02T10:00:00Z"},
      {"wm-source":"https://s.example/3","wm-target":"https://essai.example/posts/un/","wm-property":"like-of",
       "published":"hier","wm-received":"demain"},
      {"wm-source":"https://s.example/4","wm-target":"https://essai.example/","wm-property":"mention-of",
       "wm-received":"2026-11-02T10:00:00Z"},
      {"wm-source":"https://s.example/5","wm-target":"https://essai.example/en/?utm_source=a","wm-property":"like-of"}]}"#;
    let config = "title: Essai\nbase_url: https://essai.example\nlanguages:\n  en: { title: Test }\n";
    let site = Site::new().file("pingmark.yaml", config).post("un", "Texte.").file("a.json", feed);
    let run = ok(site.run(&["mentions", "import", "a.json", "--today", TODAY]));
    assert!(run.err.contains("entry 1: it answers an invitation (RSVP: yes)"), "{}", run.err);
    assert!(run.err.contains("not a date: `not a date` of https://s.example/2, and 2 others"), "{}", run.err);
    assert!(run.err.contains("4 added, 0 completed, 0 already known, 1 skipped"), "{}", run.err);
    let files = site.tree("mentions");
    assert!(files.values().all(|bytes| !String::from_utf8_lossy(bytes).contains("hier")), "{files:?}");
    let of_home = files.keys().filter(|path| path.starts_with("index/")).count();
    assert_eq!(of_home, 2, "{:?}", files.keys());
    // Importing it again changes nothing, and a build has nothing to say.
    let run = ok(site.run(&["mentions", "import", "a.json", "--today", TODAY]));
    assert!(run.err.contains("0 added, 0 completed, 4 already known"), "{}", run.err);
    let run = ok(site.build());
    assert!(run.err.contains("0 warnings"), "{}", run.err);
    let target = ["mentions", "add", "--source", "https://s.example/6", "--target", "https://essai.example"];
    assert!(ok(site.run(&target)).out.starts_with("mentions/index/"));
}
