//! Announcements that arrive, and the verification of their sources.

use pingmark_http::Response;
use pingmark_linkback::announcement::{Problem, pingback, webmention};
use pingmark_linkback::feeds::batch;
use pingmark_linkback::verify::verdict;
use pingmark_linkback::{EntryKind, Verdict, xmlrpc};

const TARGET: &str = "https://blog.example/posts/un/";

fn response(media_type: &str, body: &str) -> Response {
    let headers = vec![("content-type".to_owned(), media_type.to_owned())];
    Response {
        status: 200,
        url: "https://a.example/x/".into(),
        headers,
        body: body.into(),
        ..Response::default()
    }
}

fn html(body: &str) -> Verdict {
    verdict(&response("text/html", body), TARGET)
}

#[test]
fn announcements_are_checked_before_anything_is_fetched() {
    let read = webmention(
        b"source=https%3A%2F%2Fa.example%2F%C3%A9&target=https%3A%2F%2Fblog.example%2Fposts%2Fun%2F%23x&x=y",
    )
    .unwrap();
    assert_eq!(
        (read.source.as_str(), read.target.as_str()),
        ("https://a.example/%C3%A9", "https://blog.example/posts/un/#x")
    );
    for (body, problem) in [
        ("", Problem::Missing("source")),
        ("source=https://a.example/", Problem::Missing("target")),
        ("source=&target=", Problem::Missing("source")),
        ("source=words&target=https://blog.example/", Problem::Source),
        ("source=https://a.example/&target=words", Problem::Target),
        ("source=words&target=words", Problem::Source),
        ("source=ftp://a.example/&target=https://blog.example/", Problem::Source),
        ("source=javascript:alert(1)&target=https://blog.example/", Problem::Source),
        ("source=https://u:p@a.example/&target=https://blog.example/", Problem::Source),
        ("source=https://blog.example/&target=http://www.blog.example", Problem::Same),
        ("source=https://blog.example/x%23a&target=https://blog.example/x", Problem::Same),
    ] {
        assert_eq!(webmention(body.as_bytes()), Err(problem), "{body}");
    }
    let call = xmlrpc::call("https://a.example/", TARGET);
    assert_eq!(pingback(&call).unwrap().target, TARGET);
    assert!(matches!(
        pingback(&call.replace("pingback.ping", "system.listMethods")),
        Err(Problem::Method(_))
    ));
    assert_eq!(pingback("<x").unwrap_err().fault(), 0);
    assert_eq!(pingback(&xmlrpc::call("no", TARGET)).unwrap_err().fault(), 16);
}

#[test]
fn only_real_links_count() {
    for body in [
        "<p><a href=https://blog.example/posts/un/>x</a>",
        "<a href='http://www.blog.example/posts/un?utm_source=x#y'>x</a>",
        "<img src=\"https://blog.example/posts/un/\">",
        "<video poster=\"https://blog.example/posts/un/\"></video>",
        "<link rel=canonical href=https://blog.example/posts/un/>",
        "<blockquote cite=https://blog.example/posts/un/>x</blockquote>",
        "<a href=\"//blog.example/posts/un/\">x</a>",
    ] {
        assert!(matches!(html(body), Verdict::Linked(_)), "{body}");
    }
    for body in [
        "",
        "https://blog.example/posts/un/",
        "<a href=https://blog.example/posts/un-autre/>x</a>",
        "<a href=https://blog.example/posts/>x</a>",
        "<a href=https://blog.example.evil/posts/un/>x</a>",
        "<!-- <a href=https://blog.example/posts/un/>x</a> -->",
        "<script>\"<a href=https://blog.example/posts/un/>x</a>\"</script>",
        "<p title=https://blog.example/posts/un/>x",
        "<a data-href=https://blog.example/posts/un/>x</a>",
        "<a href=/posts/un/>x</a>",
    ] {
        assert_eq!(html(body), Verdict::NotLinked, "{body}");
    }
    let stone =
        "<meta http-equiv=\"Status\" content=\"410 Gone\"><a href=https://blog.example/posts/un/>x</a>";
    assert_eq!(html(stone), Verdict::Gone);
    assert_eq!(verdict(&Response { status: 410, ..response("text/html", "") }, TARGET), Verdict::Gone);
    assert_eq!(verdict(&Response { status: 404, ..response("text/html", "") }, TARGET), Verdict::Missing);
    let json = |body: &str| verdict(&response("application/json; charset=utf-8", body), TARGET);
    assert!(matches!(json("{\"a\":[{\"b\":\"https://blog.example/posts/un/\"}]}"), Verdict::Linked(_)));
    assert_eq!(json("{\"a\":\"see https://blog.example/posts/un/\"}"), Verdict::NotLinked);
    let text = |body: &str| verdict(&response("text/plain", body), TARGET);
    assert!(matches!(text("see https://blog.example/posts/un/."), Verdict::Linked(_)));
    assert_eq!(text("see https://blog.example/posts/un/autre"), Verdict::NotLinked);
    assert!(matches!(verdict(&response("image/png", "x"), TARGET), Verdict::Unusable(_)));
}

fn entry(body: &str) -> pingmark_linkback::Entry {
    match html(body) {
        Verdict::Linked(entry) => *entry,
        other => panic!("{other:?}: {body}"),
    }
}

#[test]
fn microformats_say_who_and_when() {
    let reply = entry(
        "<article class=h-entry><a class=u-url href=/notes/7><time class=dt-published datetime=2026-12-01T10:00:00+01:00>today</time></a>\
         <a class='p-author h-card' href=/><img src=/ana.jpg alt=>Ana  Lima</a>\
         <a class='u-in-reply-to' href=https://blog.example/posts/un/>re</a>\
         <div class='e-content p-name'><p>I would <b>add</b> one rule.</p></div></article>",
    );
    assert_eq!(reply.kind, EntryKind::Reply);
    assert_eq!(reply.url.as_deref(), Some("https://a.example/notes/7"));
    assert_eq!(reply.published.as_deref(), Some("2026-12-01T10:00:00+01:00"));
    assert_eq!(reply.content.as_deref(), Some("<p>I would <b>add</b> one rule.</p>"));
    let author = &reply.author;
    assert_eq!(
        (author.name.as_deref(), author.url.as_deref()),
        (Some("Ana Lima"), Some("https://a.example/"))
    );
    assert_eq!((author.photo.as_deref(), reply.title), (Some("https://a.example/ana.jpg"), None));

    for (property, kind) in
        [("like-of", EntryKind::Like), ("repost-of", EntryKind::Repost), ("bookmark-of", EntryKind::Bookmark)]
    {
        let body = format!(
            "<div class=h-entry><div class='u-{property} h-cite'><a class=u-url href={TARGET}>x</a></div></div>"
        );
        assert_eq!(entry(&body).kind, kind, "{property}");
    }
    // A reply to something else that also links here is a mention.
    let other = format!(
        "<div class=h-entry><a class=u-in-reply-to href=https://c.example/>c</a><div class=e-content><a href={TARGET}>x</a></div></div>"
    );
    assert_eq!(entry(&other).kind, EntryKind::Mention);
    // The entry around the link, not the first of a feed; its author is the feed's.
    let feed = format!(
        "<div class=h-feed><span class='p-author h-card'>Bo</span><div class=h-entry><h2 class=p-name>One</h2></div>\
         <div class=h-entry><h2 class=p-name>Two</h2><div class=e-content><a href={TARGET}>x</a></div></div></div>"
    );
    let found = entry(&feed);
    assert_eq!((found.title.as_deref(), found.author.name.as_deref()), (Some("Two"), Some("Bo")));
}

#[test]
fn a_wordpress_page_gives_title_passage_and_date() {
    let page = format!(
        "<title>My post &#8211; My site</title><body><article class='post hentry'><h1 class=entry-title>My post</h1>\
         <span class='author vcard'><a class='url fn n' href=https://a.example/author/admin/>admin</a></span>\
         <time class='entry-date published' datetime=2026-11-30T09:00:00+00:00>30 November</time>\
         <div class=entry-content><p>{} I read <em>what <a href='{TARGET}'>the first post</a></em>, says about rules. {}</p></div></article>",
        "Before. ".repeat(40),
        "After. ".repeat(40),
    );
    let found = entry(&page);
    assert_eq!((found.title.as_deref(), found.author.name.as_deref()), (Some("My post"), Some("admin")));
    assert_eq!(found.published.as_deref(), Some("2026-11-30T09:00:00+00:00"));
    let excerpt = found.excerpt.unwrap();
    assert!(excerpt.starts_with("[…] Before.") && excerpt.ends_with("After. […]"), "{excerpt}");
    assert!(excerpt.contains("Before. I read what the first post, says about rules. After."), "{excerpt}");
    assert!(excerpt.chars().count() < 240);
    // Nothing but a title.
    let bare = entry(&format!("<title>Bare</title><svg><title>Icon</title></svg><a href={TARGET}>x</a>"));
    assert_eq!((bare.title.as_deref(), bare.excerpt.as_deref()), (Some("Bare"), Some("x")));
}

#[test]
fn hostile_pages_end_quickly() {
    let deep = format!("{}<a href={TARGET}>x</a>", "<div>".repeat(100_000));
    let bold = format!(
        "{}<a href={TARGET}>x</a>",
        (0..50_000).map(|n| format!("<p><b id={n}>")).collect::<String>()
    );
    let lists = format!("<a href={TARGET}>x</a>{}", "<ul><li>".repeat(60_000));
    let classes =
        format!("<div class='{}'><a href={TARGET}>x</a></div>", "h-entry p-author h-card ".repeat(30_000));
    let nested = format!("{}<a href={TARGET}>x</a>", "<div class='h-entry p-author h-card'>".repeat(500));
    let started = std::time::Instant::now();
    for body in [&deep, &bold, &lists, &classes, &nested] {
        let _ = html(body);
    }
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}

#[test]
fn a_letterbox_is_read_in_both_forms() {
    let line = "{\"id\":\"0f1e2d3c4b5a6978\",\"protocol\":\"pingback\",\"received\":\"2026-12-01T09:30:00Z\",\"source\":\"https://a.example/x\",\"target\":\"https://blog.example/posts/un/\"}\n";
    let answer = format!(
        "{{\"letterbox\":1,\"batch\":\"1234567890abcdef\",\"letters\":1,\"more\":true,\"store\":\"letterbox-data\"}}\n{line}"
    );
    let read = batch(&answer).unwrap();
    assert_eq!((read.id.as_deref(), read.more, read.letters.len()), (Some("1234567890abcdef"), true, 1));
    assert_eq!(read.letters[0].1, "2026-12-01T09:30:00Z");
    let file = format!("<?php http_response_code(404); exit; __halt_compiler();\n{line}{{\"id\":\"cut");
    let read = batch(&file).unwrap();
    assert_eq!((read.letters.len(), read.skipped.len()), (1, 1));
    let cut = answer.replace("\"letters\":1", "\"letters\":2");
    assert!(batch(&cut).is_err());
    let empty =
        batch("{\"letterbox\":1,\"batch\":null,\"letters\":0,\"more\":false,\"store\":null}\n").unwrap();
    assert_eq!((empty.id, empty.letters.len()), (None, 0));
}
