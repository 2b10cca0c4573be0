//! Texts for social networks, their exports, and share buttons for readers.

use icalendar::{Calendar, CalendarComponent, Component};
use scraper::{Html, Selector};

use super::support::{Site, TODAY, png};

const SUMMARY: &str = "Ce que l’on gagne à répondre lentement, et ce que l’on y perd : trois semaines \
                       d’essai, deux habitudes gardées et une seule règle, lisible par tous.";

fn site() -> Site {
    Site::empty()
        .file(
            "pingmark.yaml",
            "title: Essai\nbase_url: https://essai.example\nsocial:\n  utm: {}\n  limits: {mastodon: 90}\n",
        )
        .file(
            "content/posts/2026-01-02-lent.md",
            format!("---\ntitle: Répondre lentement\ndescription: \"{SUMMARY}\"\ntags: [métier, e-réputation]\n---\n\nTexte.\n"),
        )
        .file(
            "content/posts/2026-01-03-fil.md",
            "---\ntitle: Un fil\ndescription: Un essai.\nsocial:\n  x: [Un, Deux]\n  facebook: false\n  \
             bluesky: \"=SOMME(A1)\"\n---\n\nTexte.\n",
        )
        .file("content/posts/2027-01-03-plus-tard.md", "---\ntitle: Plus tard\n---\n\nTexte.\n")
        .file(
            "content/posts/2026-01-04-brouillon.md",
            "---\ntitle: Brouillon\ndraft: true\n---\n\nTexte.\n",
        )
}

fn rows(site: &Site, arguments: &[&str]) -> Vec<serde_json::Value> {
    let all = [&["social", "--today", TODAY, "--format", "json"], arguments].concat();
    let run = site.run(&all);
    assert_eq!(run.code, 0, "{}", run.err);
    serde_json::from_str::<Vec<serde_json::Value>>(&run.out).expect("JSON")
}

#[test]
fn each_network_gets_its_text() {
    let site = site();
    let all = rows(&site, &[]);
    let of = |network: &str, slug: &str| {
        let fits = |row: &&serde_json::Value| row["network"] == network && row["slug"] == slug;
        all.iter().filter(fits).collect::<Vec<_>>()
    };
    // A thread ends with its link. A post can leave out a network.
    let thread = of("x", "fil");
    assert_eq!(thread.len(), 2);
    assert_eq!(thread[0]["text"], "Un");
    let url = "https://essai.example/posts/fil/?utm_source=x&utm_medium=social&utm_campaign=fil";
    assert_eq!(thread[1]["text"], format!("Deux\n{url}"));
    assert!(of("facebook", "fil").is_empty());
    // On a server with a low limit the summary is cut, and a link counts as 23.
    let short = of("mastodon", "lent")[0];
    assert!(short["count"].as_u64() <= Some(90) && short["fits"] == true, "{short}");
    assert!(short["text"].as_str().is_some_and(|text| text.contains("utm_source=mastodon")), "{short}");
    // Scheduled posts are listed; drafts only on request.
    assert_eq!(of("x", "plus-tard")[0]["state"], "scheduled");
    assert!(of("x", "brouillon").is_empty());
    assert!(!rows(&site, &["--drafts", "--post", "brouillon"]).is_empty());
    assert_eq!(rows(&site, &["--network", "twitter", "--since", "2026-01-03"]).len(), 3);
}

#[test]
fn the_forms_say_the_same() {
    let site = site();
    let run = |format: &str| {
        site.run(&["social", "--today", TODAY, "--post", "fil", "--network", "bluesky", "--format", format])
    };
    let table = run("table");
    assert!(table.out.contains("Bluesky  ") && table.out.contains("    =SOMME(A1)"), "{}", table.out);
    // No cell is a spreadsheet formula.
    let csv = run("csv");
    assert!(csv.out.contains("\"'=SOMME(A1)\n"), "{}", csv.out);
    assert!(run("md").out.contains("## Bluesky ("), "{}", run("md").out);
}

#[test]
fn too_long_a_text_is_marked_where_it_overflows() {
    let text = format!("{}👩🏽‍💻 et la fin", "a".repeat(298));
    let site = Site::new().file(
        "content/posts/2026-01-02-long.md",
        format!("---\ntitle: Long\ndescription: Un essai.\nsocial:\n  bluesky: \"{text}\"\n---\n\nTexte.\n"),
    );
    let run = site.run(&["social", "--today", TODAY, "--network", "bluesky"]);
    assert!(run.out.contains("👩🏽‍💻 ✂et la fin"), "{}", run.out);
    assert!(run.out.contains("/300  ") && run.out.contains("too many"), "{}", run.out);
    assert!(run.err.contains("1 text needs a second look"), "{}", run.err);
}

#[test]
fn a_slug_that_is_mistyped_is_told() {
    let run = site().run(&["social", "--post", "lant"]);
    assert_eq!(run.code, 2);
    assert!(run.err.contains("did you mean `lent`?"), "{}", run.err);
}

#[test]
fn readers_share_with_plain_links() {
    let site = site().built();
    let page = site.public("posts/lent/index.html");
    let html = Html::parse_document(&page);
    let links = Selector::parse(".share a").unwrap();
    let hrefs: Vec<&str> = html.select(&links).filter_map(|link| link.value().attr("href")).collect();
    assert_eq!(hrefs.len(), 7, "{hrefs:?}");
    let encoded = "https%3A%2F%2Fessai.example%2Fposts%2Flent%2F%3Futm_source%3D";
    // The fragment for Mastodon's share page stays in the browser.
    assert!(hrefs[0].starts_with("https://share.joinmastodon.org/#text=R%C3%A9pondre%20lentement"));
    for (href, network) in
        hrefs.iter().zip(["mastodon", "bluesky", "linkedin", "facebook", "whatsapp", "x", "email"])
    {
        assert!(href.contains(&format!("{encoded}{network}")), "{href}");
    }
    // Canonical URLs and feeds have no tracking parameters.
    let canonical = Selector::parse("link[rel=canonical]").unwrap();
    let canonical = html.select(&canonical).next().and_then(|link| link.value().attr("href"));
    assert_eq!(canonical, Some("https://essai.example/posts/lent/"));
    for feed in ["feed.xml", "atom.xml", "feed.json", "sitemap.xml"] {
        assert!(!site.public(feed).contains("utm_"), "{feed}");
    }
    // The theme's script makes the copy button work.
    assert!(page.contains("data-copy=\"https://essai.example/posts/lent/\""), "{page}");
    let script =
        site.tree("public").keys().find(|name| name.starts_with("plume.") && name.ends_with(".js")).cloned();
    assert!(site.public(&script.expect("a script")).contains("clipboard"));
}

#[test]
fn previews_of_links_can_say_something_else() {
    let site = Site::new()
        .file("static/img/carte.png", png(40, 21))
        .file(
            "content/posts/2026-01-02-un.md",
            "---\ntitle: Un\ndescription: Un essai.\nsocial:\n  og_title: Autrement\n  og_description: Dit.\n  \
             twitter_title: Encore\n  twitter_card: summary\n  image: /img/carte.png\n  image_alt: Une carte\n\
             ---\n\nTexte.\n",
        )
        .built();
    let page = site.public("posts/un/index.html");
    for meta in [
        "property=\"og:title\" content=\"Autrement\"",
        "property=\"og:description\" content=\"Dit.\"",
        "property=\"og:image\" content=\"https://essai.example/img/carte.png\"",
        "property=\"og:image:alt\" content=\"Une carte\"",
        "name=\"twitter:title\" content=\"Encore\"",
        "name=\"twitter:card\" content=\"summary\"",
        "name=\"description\" content=\"Un essai.\"",
    ] {
        assert!(page.contains(meta), "{meta}\n{page}");
    }
    // X falls back to Open Graph.
    assert!(!page.contains("twitter:description"), "{page}");
    assert!(page.contains("<h1 class=\"p-name\">Un</h1>"), "{page}");
}

fn exported(site: &Site, arguments: &[&str]) -> Vec<String> {
    let all = [&["social", "export", "--today", TODAY, "-o", "export"], arguments].concat();
    let run = site.run(&all);
    assert_eq!(run.code, 0, "{}", run.err);
    run.out.lines().map(str::to_owned).collect()
}

/// Header and rows of a CSV file, read with a separate parser.
fn cells(site: &Site, path: &str, header: bool) -> (Vec<String>, Vec<Vec<String>>) {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(header).from_path(site.path(path)).expect("a file");
    let names = if header { reader.headers().expect("a header").clone() } else { Default::default() };
    let rows = reader.records().map(|row| row.expect("a row").iter().map(str::to_owned).collect());
    (names.iter().map(str::to_owned).collect(), rows.collect())
}

#[test]
fn schedulers_get_files_in_their_forms() {
    let site = site().file(
        "content/posts/2026-01-05-image.md",
        "---\ntitle: Une image\ndescription: Un essai.\nimage: /img/a b.png\nimage_alt: \"=A, \\\"b\\\"\"\n\
         social:\n  at: 2026-12-24 18:02\n  text: \"@claire, \\\"oui\\\"\"\n---\n\nTexte.\n",
    );
    let site = site.file("static/img/a b.png", png(40, 21));
    let network = ["--network", "mastodon"];
    // Buffer: its exact header, an absolute image URL, its date format.
    assert_eq!(
        exported(&site, &[&["--to", "buffer"], &network[..]].concat()),
        ["export/buffer-mastodon.csv"]
    );
    let (names, rows) = cells(&site, "export/buffer-mastodon.csv", true);
    assert_eq!(names, ["Text", "Image URL", "Tags", "Posting Time"]);
    let image = rows.iter().find(|row| row[0].contains("@claire")).expect("a row with an image");
    assert!(rows.iter().any(|row| row[1] == "https://essai.example/posts/lent/card.png"));
    assert_eq!(image[1], "https://essai.example/img/a%20b.png");
    assert_eq!(image[3], "2026-12-24 18:02");
    // A leading mention is not a formula: a space protects it, and it is posted unchanged.
    let url = "https://essai.example/posts/image/?utm_source=mastodon&utm_medium=social&utm_campaign=image";
    assert_eq!(image[0], format!(" @claire, \"oui\"\n\n{url}"));
    // Today is a Sunday, so the first free mornings are Monday and Tuesday.
    assert_eq!((&*rows[0][3], &*rows[1][3]), ("2026-11-23 09:00", "2026-11-24 09:00"));
    // A scheduled post is shared when it is published.
    assert_eq!(rows.last().expect("rows")[3], "2027-01-03 09:00");
    // Hootsuite: no header, the link in its own column, times in steps of five minutes.
    exported(&site, &[&["--to", "hootsuite"], &network[..]].concat());
    let (_, rows) = cells(&site, "export/hootsuite-mastodon.csv", false);
    let image = rows.iter().find(|row| row[1].contains("@claire")).expect("a row");
    assert_eq!(*image, ["2026/12/24 18:05", " @claire, \"oui\"", url]);
    // Publer: twelve columns.
    exported(&site, &[&["--to", "publer"], &network[..]].concat());
    let (names, rows) = cells(&site, "export/publer-mastodon.csv", true);
    assert_eq!(names.len(), 12);
    assert_eq!(
        (&*names[0], &*names[3]),
        ("Date - Intl. format or prompt", "Media URL(s) - Separated by comma")
    );
    let image = rows.iter().find(|row| row[1].contains("@claire")).expect("a row");
    assert_eq!((&*image[0], &*image[6]), ("2026/12/24 18:02", " =A, «\u{a0}b\u{a0}»"));
    // The common table: no cell is a formula.
    exported(&site, &["--to", "csv"]);
    let (_, rows) = cells(&site, "export/social.csv", true);
    assert!(rows.iter().flatten().all(|cell| !cell.starts_with(['=', '+', '@'])));
    let thread: Vec<_> = rows.iter().filter(|row| row[1] == "x" && row[2] == "fil").collect();
    assert_eq!((&*thread[0][3], &*thread[1][3]), ("1", "2"));
    let minute = |row: &[String]| row[0][14..16].parse::<u32>().expect("minutes");
    assert_eq!(minute(thread[0]) + 1, minute(thread[1]), "a minute apart");
    exported(&site, &["--to", "json"]);
    let text = std::fs::read_to_string(site.path("export/social.json")).expect("a file");
    let items: Vec<serde_json::Value> = serde_json::from_str(&text).expect("JSON");
    assert!(
        items.iter().any(|item| item["texts"]
            == serde_json::json!([
                "Un",
                format!("Deux\n{}", url.replace("mastodon", "x").replace("image", "fil"))
            ])),
        "{text}"
    );
}

#[test]
fn files_are_split_where_a_scheduler_takes_no_more() {
    let mut site = Site::new();
    for number in 0..101 {
        let text = format!("---\ntitle: Article {number}\ndescription: Un essai.\n---\n\nTexte.\n");
        site = site.file(&format!("content/posts/2026-01-01-a{number}.md"), text);
    }
    let files = exported(&site, &["--to", "buffer", "--network", "x"]);
    assert_eq!(files, ["export/buffer-x-1.csv", "export/buffer-x-2.csv"]);
    let rows = |path| cells(&site, path, true).1.len();
    assert_eq!((rows("export/buffer-x-1.csv"), rows("export/buffer-x-2.csv")), (100, 1));
    assert_eq!(exported(&site, &["--to", "hootsuite", "--network", "x"]).len(), 1);
}

#[test]
fn calendars_are_read_by_others() {
    let site = site();
    exported(&site, &["--to", "ics", "--network", "bluesky"]);
    let text = std::fs::read_to_string(site.path("export/social.ics")).expect("a file");
    let calendar: Calendar = text.parse().expect("a calendar");
    let events: Vec<_> = calendar
        .components
        .iter()
        .filter_map(|component| match component {
            CalendarComponent::Event(event) => Some(event),
            _ => None,
        })
        .collect();
    assert_eq!(events.len(), 3);
    let thread = events.iter().find(|event| event.get_uid() == Some("fil-bluesky@essai.example"));
    let thread = thread.expect("a stable name");
    assert_eq!(thread.get_summary(), Some("Bluesky : Un fil"));
    assert!(thread.get_start().is_some());
    let again = exported(&site, &["--to", "ics", "--network", "bluesky"]);
    assert_eq!(std::fs::read_to_string(site.path(&again[0])).expect("a file"), text);
}

#[test]
fn a_post_that_comes_out_later_has_the_card_it_will_have() {
    let text = "---\ntitle: Demain\ndate: 2027-01-01\ndescription: Un essai.\n---\n\nTexte.\n";
    let site = Site::new().file("content/posts/demain.md", text);
    let run = site.run(&["social", "--today", TODAY, "--network", "instagram", "--format", "json"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let rows: serde_json::Value = serde_json::from_str(&run.out).expect("JSON");
    assert_eq!(rows[0]["image"], "https://essai.example/posts/demain/card.png", "{rows}");
    assert_eq!(rows[0]["problems"], serde_json::json!([]));
}

#[test]
fn a_table_for_spreadsheets_says_that_it_is_utf_8() {
    let site = site();
    for (to, has_mark) in [("csv", true), ("buffer", false), ("hootsuite", false), ("publer", false)] {
        for path in exported(&site, &["--to", to]) {
            let bytes = std::fs::read(site.path(&path)).expect("a file");
            assert_eq!(bytes.starts_with(b"\xef\xbb\xbf"), has_mark, "{path}");
        }
    }
    // What another program reads from standard output has none.
    let run = site.run(&["social", "--today", TODAY, "--format", "csv"]);
    assert!(run.out.starts_with("slug,"), "{}", run.out);
}

#[test]
fn hashtags_are_written_as_the_author_does() {
    let post =
        |tags: &str| format!("---\ntitle: T {tags}\ndescription: Un essai.\ntags: [{tags}]\n---\n\nTexte.\n");
    let site = Site::new()
        .file("content/posts/2026-01-01-un.md", post("iOS, eBay"))
        .file("content/posts/2026-01-02-deux.md", post("ﬁn, C++, \"C#\""))
        .file("content/posts/2026-01-03-trois.md", post("réseaux sociaux, modération, .NET"));
    let tags_of = |slug: &str| {
        let rows = rows(&site, &["--network", "mastodon", "--post", slug]);
        let text = rows[0]["text"].as_str().expect("a text").to_owned();
        text.split_whitespace().filter(|word| word.starts_with('#')).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(tags_of("un"), "#iOS #eBay");
    assert_eq!(tags_of("deux"), "#fin #cpp #csharp");
    assert_eq!(tags_of("trois"), "#RéseauxSociaux #modération #dotnet");
}

#[test]
fn a_text_with_too_many_bytes_is_told_in_bytes() {
    let families = format!("Bonjour {}", "👨‍👩‍👧‍👦".repeat(130));
    let text = format!(
        "---\ntitle: Un\ndescription: Un essai.\nsocial:\n  bluesky: \"{families}\"\n---\n\nTexte.\n"
    );
    let site = Site::new().file("content/posts/2026-01-01-un.md", text);
    let run = site.run(&["social", "--today", TODAY, "--network", "bluesky"]);
    let bytes = rows(&site, &["--network", "bluesky"])[0]["bytes"].as_u64().expect("a number");
    assert!(bytes > 3000);
    assert!(run.out.contains(&format!("{} bytes too many", bytes - 3000)), "{}", run.out);
    let words = format!("the text has {bytes} bytes; the limit is 3000");
    assert!(run.out.contains(&words) && !run.out.contains("the text counts as"), "{}", run.out);
    let check = site.run(&["check", "--today", TODAY]);
    assert!(check.err.contains(&words), "{}", check.err);
}

/// What a stranger or a mistake put into a text must not command the terminal that shows it.
#[test]
fn a_terminal_gets_no_commands_from_texts() {
    let escape = "\\e[2J\\e]0;titre\\a\\x9b31m";
    let text = format!(
        "---\ntitle: \"Un{escape}\"\ndescription: \"Essai{escape}\"\nsocial:\n  text: \"Voir{escape}\"\n---\n\n[x](/rien\u{9b}31m)\n"
    );
    let long = format!(
        "---\ntitle: \"Long{escape}\"\ndescription: d\nsocial:\n  text: \"{escape}{}\"\n---\n\nT.\n",
        "mot ".repeat(900)
    );
    let site = Site::new()
        .file("content/posts/2026-01-01-un.md", text)
        .file("content/posts/2026-01-02-long.md", long)
        .file("content/posts/idee.md", format!("---\ntitle: \"Idée{escape}\"\ndraft: true\n---\n\nT.\n"))
        .file(
            "mentions/un/a.yaml",
            format!("type: reply\nsource: https://a.example/1\nauthor: {{name: \"Ana{escape}\"}}\ntitle: \"T{escape}\"\ncontent: \"Oui{escape}\"\n"),
        );
    for arguments in [
        &["social"][..],
        &["social", "--format", "md"],
        &["social", "--format", "csv"],
        &["social", "--format", "json"],
        &["social", "plan"],
        &["social", "queue", "--dry-run"],
        &["list", "posts"],
        &["list", "posts", "--format", "json"],
        &["mentions", "list"],
        &["mentions", "show", "a"],
        &["mentions", "show", "a", "--format", "json"],
        &["check"],
        &["check", "--format", "short"],
        &["check", "--format", "json"],
        &["build", "--format", "short", "-v"],
    ] {
        let run = site.run(&[arguments, &["--color", "never"]].concat());
        let all = run.out + &run.err;
        let is_command = |c: char| c.is_control() && !matches!(c, '\n' | '\t' | '\r');
        assert!(!all.contains(is_command), "{arguments:?}: {all:?}");
    }
}
