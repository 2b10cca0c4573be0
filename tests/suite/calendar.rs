//! The editorial calendar, the record of what was posted where, and the queue of posts to share again.

use std::fs;

use icalendar::{Calendar, CalendarComponent, Component};

use super::expected::assert_snapshot;
use super::support::{Site, TODAY};

fn site() -> Site {
    let post = |title: &str, more: &str| {
        format!("---\ntitle: {title}\ndescription: Un essai.\n{more}---\n\nTexte.\n")
    };
    Site::empty()
        .file(
            "pingmark.yaml",
            "title: Essai\nbase_url: https://essai.example\nsocial:\n  cards: false\n  slots: [tue 09:00]\n  \
             networks: [x, mastodon]\n  queue: {min_age: 30, again_after: 60}\n",
        )
        .file("content/posts/2026-01-02-ancien.md", post("Ancien", ""))
        .file("content/posts/2026-01-03-cite.md", post("Cité", ""))
        .file("content/posts/2026-01-04-citant.md", "---\ntitle: Citant\n---\n\n[[cite]]\n")
        .file("content/posts/2026-01-05-date.md", post("Daté", "social: {evergreen: false}\n"))
        .file("content/posts/2026-11-20-recent.md", post("Récent", "social: {at: 2026-12-08 09:00}\n"))
        .file("content/posts/2026-12-15-un.md", post("Un", "date: 2026-12-15 07:00\n"))
        .file("content/posts/2026-12-15-deux.md", post("Deux", "date: 2026-12-15 18:00\n"))
        .file("content/posts/idee.md", "---\ntitle: Idée\ndraft: true\n---\n\nTexte.\n")
}

#[test]
fn a_month_is_drawn() {
    let site = site();
    let run = site.run(&["social", "plan", "--today", TODAY, "--month", "2026-12"]);
    assert_eq!(run.code, 0, "{}", run.err);
    assert_snapshot("plan.txt", &run.out);
    let run = site.run(&["social", "plan", "--month", "decembre"]);
    assert_eq!(run.code, 2);
}

#[test]
fn scheduled_posts_are_listed_and_drawn_by_month() {
    let site = site();
    let list = |more: &[&str]| site.run(&[&["list", "scheduled", "--today", TODAY], more].concat());
    // Output that is not a terminal is a table.
    let table = list(&[]).out;
    assert_eq!(table.lines().count(), 2, "{table}");
    let months = list(&["--format", "month"]).out;
    assert!(months.starts_with("December 2026\nMon ") && months.contains("15 ●●"), "{months}");
    assert_eq!(months.matches("● scheduled").count(), 1, "{months}");
    assert!(months.ends_with(&table), "{months}");
    let run = site.run(&["list", "posts", "--format", "month"]);
    assert!(run.code == 2 && run.err.contains("works only with `list scheduled`"), "{}", run.err);
    assert_eq!(site.run(&["list", "scheduled", "--today", "2027-06-01", "--format", "month"]).out, "");
}

#[test]
fn the_calendar_is_read_by_others_and_keeps_its_names() {
    let site = site();
    let write = || {
        let run =
            site.run(&["social", "plan", "--today", TODAY, "--month", "2026-12", "--ics", "agenda.ics"]);
        assert_eq!(run.code, 0, "{}", run.err);
        let text = fs::read_to_string(site.path("agenda.ics")).expect("a file");
        let calendar: Calendar = text.parse().expect("a calendar");
        let mut names: Vec<String> = calendar
            .components
            .iter()
            .filter_map(|component| match component {
                CalendarComponent::Event(event) => event.get_uid().map(str::to_owned),
                _ => None,
            })
            .collect();
        names.sort();
        names
    };
    let names = write();
    assert!(names.contains(&"un@essai.example".to_owned()), "{names:?}");
    assert!(names.contains(&"un-mastodon@essai.example".to_owned()), "{names:?}");
    // A post that moves to another day keeps the ID of its event.
    let path = "content/posts/2026-12-15-un.md";
    let text = fs::read_to_string(site.path(path)).expect("a file").replace("12-15 07", "12-17 07");
    site.write(path, text);
    assert_eq!(write(), names);
    // The calendar is not published.
    assert_eq!(site.build().code, 0);
    assert!(site.tree("public").keys().all(|name| !name.ends_with(".ics")));
}

#[test]
fn a_build_can_tell_when_the_next_one_is_due() {
    let site = site();
    let run = site.run(&["build", "--today", TODAY, "--until-next"]);
    assert_eq!(run.out, "2026-12-15T07:00:00+01:00\n", "{}", run.err);
    assert!(run.err.contains("next: “Un” on 2026-12-15T07:00:00+01:00"), "{}", run.err);
    let run = site.run(&["build", "--today", "2027-01-01", "--until-next"]);
    assert_eq!((run.code, run.out.as_str()), (0, ""));
}

#[test]
fn copies_are_noted_and_nothing_else_changes() {
    let text = "---\r\ntitle: Un  # le premier\r\nsyndication:\r\n  # les copies\r\n  - https://bsky.app/profile/a/post/1 # ici\r\ndescription: Un essai.\r\n---\r\n\r\nTexte.\r\n";
    let site = site().file("content/posts/2026-02-01-note.md", text);
    let url = "https://toot.example/@moi/112233445566778899";
    let run = site.run(&["social", "posted", "note", "mastodon", url]);
    assert_eq!(run.code, 0, "{}", run.err);
    let edited = fs::read_to_string(site.path("content/posts/2026-02-01-note.md")).expect("a file");
    assert_eq!(edited, text.replace("# ici\r\n", &format!("# ici\r\n  - {url}\r\n")));
    // Recording a post twice records it once.
    assert_eq!(site.run(&["social", "posted", "note", "mastodon", url]).code, 0);
    assert_eq!(fs::read_to_string(site.path("content/posts/2026-02-01-note.md")).expect("a file"), edited);
    // The page links to the post on each network.
    assert_eq!(site.build().code, 0);
    let page = site.public("posts/note/index.html");
    assert!(
        page.contains(&format!("<a class=\"u-syndication\" rel=\"syndication\" href=\"{url}\">Mastodon</a>")),
        "{page}"
    );
    assert!(page.contains(">Bluesky</a>"), "{page}");
    // A URL of another network is refused.
    for (network, url) in [("x", url), ("bluesky", "https://x.com/a/status/1"), ("x", "javascript:alert(1)")]
    {
        let run = site.run(&["social", "posted", "note", network, url]);
        assert_eq!(run.code, 2, "{}", run.err);
    }
}

#[test]
fn the_queue_proposes_and_remembers() {
    let site = site();
    let ask = |day: &str, more: &[&str]| -> Vec<String> {
        let all = [&["social", "queue", "--today", day, "-n", "2", "--format", "json"], more].concat();
        let run = site.run(&all);
        assert_eq!(run.code, 0, "{}", run.err);
        let rows: Vec<serde_json::Value> = serde_json::from_str(&run.out).expect("JSON");
        rows.iter().map(|row| row["slug"].as_str().unwrap_or_default().to_owned()).collect()
    };
    // `--dry-run` records nothing. The most cited post comes first.
    assert_eq!(ask(TODAY, &["--dry-run"]), ask(TODAY, &["--dry-run"]));
    let first = ask(TODAY, &[]);
    assert_eq!((first.len(), first[0].as_str()), (2, "cite"));
    assert_eq!(ask(TODAY, &[]), first, "asking twice on one day gives the same posts");
    // Neither is suggested again before `again_after`; a post that is not evergreen never is.
    let second = ask("2026-11-23", &[]);
    assert_eq!(second.len(), 1);
    assert!(!first.contains(&second[0]) && second[0] != "date");
    assert!(ask("2026-11-24", &[]).is_empty());
    assert_eq!(ask("2027-01-21", &[]).len(), 2);
    // A damaged record counts as an empty one.
    site.write(".pingmark/queue.json", "{");
    assert_eq!(ask(TODAY, &[]), first);
}

/// Calendar programs keep one event of those with the same name.
#[test]
fn every_event_has_a_name_of_its_own() {
    let post = |date: &str| format!("---\ntitle: T\ndescription: Un essai.\ndate: {date}\n---\n\nTexte.\n");
    let config = "title: Essai\nbase_url: https://essai.example\nlanguages:\n  en: { title: Test }\n\
                  social: {networks: [x, mastodon], cards: false}\n";
    let site = Site::empty()
        .file("pingmark.yaml", config)
        .file("content/posts/un.md", post("2026-12-05 09:00"))
        .file("content/posts/un.en.md", post("2026-12-06 09:00"))
        .file("content/posts/un-x.md", post("2026-12-07 09:00"))
        .file("content/notes/un.md", post("2026-12-08 09:00"));
    let names = |arguments: &[&str], file: &str| {
        let run = site.run(&[&["social"], arguments, &["--today", TODAY]].concat());
        assert_eq!(run.code, 0, "{}", run.err);
        let text = fs::read_to_string(site.path(file)).expect("a file");
        let names: Vec<String> = text
            .replace("\r\n ", "")
            .lines()
            .filter_map(|line| line.strip_prefix("UID:").map(str::to_owned))
            .collect();
        let all = names.len();
        let different: std::collections::BTreeSet<String> = names.into_iter().collect();
        assert_eq!(different.len(), all, "{different:?}");
        different
    };
    let plan = names(&["plan", "--month", "2026-12", "--ics", "agenda.ics"], "agenda.ics");
    let export = names(&["export", "--to", "ics", "-o", "export"], "export/social.ics");
    assert!(plan.len() > export.len() && export.len() >= 6, "{plan:?} {export:?}");
}
