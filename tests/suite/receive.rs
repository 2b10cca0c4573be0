//! `receive`, `mentions fetch` and `mentions verify`, and two sites that talk to each other.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

use super::support::{Run, Site, TODAY};
use super::web::Web;

fn free_port() -> u16 {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A receiver that is stopped at the end.
struct Receiver {
    child: Child,
    port: u16,
}

impl Receiver {
    fn start(site: &Site, port: u16, allowed: &[&Web]) -> Self {
        let listen = format!("127.0.0.1:{port}");
        let mut arguments = vec!["receive".to_owned(), "--listen".into(), listen, "--behind-proxy".into()];
        for web in allowed {
            arguments.extend(["--allow-private".into(), web.address.to_string()]);
        }
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut child =
            site.command(&arguments).stderr(Stdio::piped()).stdout(Stdio::null()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stderr.take().unwrap()).read_line(&mut line).unwrap();
        assert!(line.contains("Receiving at"), "{line}");
        Self { child, port }
    }

    fn request(&self, text: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        let mut answer = String::new();
        let _ = stream.read_to_string(&mut answer);
        answer
    }

    fn post(&self, client: &str, media_type: &str, body: &str) -> String {
        self.request(&format!(
            "POST /x HTTP/1.1\r\nHost: x\r\nConnection: close\r\nX-Forwarded-For: 9.9.9.9, {client}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        ))
    }

    fn mention(&self, client: &str, source: &str, target: &str) -> String {
        let body = url::form_urlencoded::Serializer::new(String::new())
            .append_pair("source", source)
            .append_pair("target", target)
            .finish();
        self.post(client, "application/x-www-form-urlencoded", &body)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Waits until there is a file below a folder that satisfies a condition; gives its name and text.
fn wait_for(site: &Site, folder: &str, is_it: impl Fn(&str) -> bool) -> (String, String) {
    let until = Instant::now() + Duration::from_secs(20);
    while Instant::now() < until {
        for (name, bytes) in site.tree(folder) {
            let text = String::from_utf8_lossy(&bytes).into_owned();
            if is_it(&text) && name.ends_with(".yaml") && !name.contains(".tmp") {
                return (name, text);
            }
        }
        std::thread::sleep(Duration::from_millis(30));
    }
    panic!("nothing came into {folder}: {:?}", site.tree(folder));
}

fn blog(web: &Web, more: &str) -> Site {
    let site = Site::empty()
        .file("pingmark.yaml", format!("title: Essai\nlang: en\nbase_url: {}\n{more}", web.url("/")));
    web.serve(site.path("public"));
    site
}

#[test]
fn two_sites_cite_each_other() {
    let (a_web, b_web, port) = (Web::start(), Web::start(), free_port());
    let endpoint = format!("127.0.0.1:{port}");
    let a = blog(
        &a_web,
        &format!(
            "mentions: {{ endpoint: \"http://{endpoint}/webmention\", pingback: \"http://{endpoint}/xmlrpc\" }}\n"
        ),
    );
    let a = a.post("cited", "A text.").built();
    let receiver = Receiver::start(&a, port, &[&b_web]);
    let b = blog(&b_web, "");
    b.write("content/posts/citing.md", format!("---\ntitle: Citing\ndate: 2026-01-02\ndescription: x\n---\n\nSome words, then [a cited post]({}) and more.\n", a_web.url("/posts/cited/")));
    assert_eq!(b.build().code, 0);
    let allow = [a_web.address.to_string(), b_web.address.to_string(), endpoint];
    let mut arguments = vec!["ping", "--yes", "--today", TODAY];
    allow.iter().for_each(|host| arguments.extend(["--allow-private", host]));
    let run = b.run(&arguments);
    assert!(run.code == 0 && run.err.contains("1 sent"), "{}{}", run.out, run.err);
    let (name, text) = wait_for(&a, "mentions/cited", |_| true);
    assert!(
        text.contains("status: pending")
            && text.contains("type: webmention")
            && text.contains("title: Citing"),
        "{text}"
    );
    assert!(text.contains("Some words, then a cited post and more."), "{text}");
    assert!(text.contains("published: 2026-01-0"), "{text}");
    let id = name.trim_end_matches(".yaml");
    assert_eq!(a.run(&["mentions", "approve", id]).code, 0);
    assert_eq!(a.build().code, 0);
    let page = a.public("posts/cited/index.html");
    assert!(page.contains("Citing") && page.contains(&b_web.url("/posts/citing/")), "{page}");
    // The post changes: the same file, and the decision waits again.
    b.write("content/posts/citing.md", format!("---\ntitle: Citing\ndate: 2026-01-02\ndescription: x\n---\n\nOther words around [a cited post]({}).\n", a_web.url("/posts/cited/")));
    b.build();
    b.run(&arguments);
    let (again, text) = wait_for(&a, "mentions/cited", |text| text.contains("Other words"));
    assert_eq!((again, text.contains("status: pending")), (name, true));
    // The link goes.
    b.write(
        "content/posts/citing.md",
        "---\ntitle: Citing\ndate: 2026-01-02\ndescription: x\n---\n\nNothing.\n",
    );
    b.build();
    let run = b.run(&arguments);
    assert!(run.err.contains("1 withdrawn"), "{}", run.err);
    let (_, text) = wait_for(&a, "mentions/cited", |text| text.contains("status: gone"));
    assert!(text.contains("Other words"), "{text}");
    drop(receiver);
}

#[test]
fn announcements_are_answered_from_what_they_say_alone() {
    let web = Web::start();
    let site = blog(&web, "").post("one", "x").built();
    let receiver = Receiver::start(&site, free_port(), &[]);
    let target = web.url("/posts/one/");
    let before = web.received().len();
    for (source, target, status) in [
        ("https://a.example/x", target.as_str(), "202"),
        ("https://a.example/x", &format!("{target}#part"), "202"),
        ("random words", target.as_str(), "400"),
        ("https://a.example/x", "random words", "400"),
        ("random", "random", "400"),
        (target.as_str(), target.as_str(), "400"),
        ("https://a.example/x", &web.url("/posts/two/"), "400"),
        ("https://a.example/x", "https://other.example/posts/one/", "400"),
        ("javascript:alert(1)", target.as_str(), "400"),
        ("file:///etc/passwd", target.as_str(), "400"),
        ("https://u:p@a.example/", target.as_str(), "400"),
    ] {
        let answer = receiver.mention("1.1.1.1", source, target);
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}")), "{source} {target}: {answer}");
        assert!(!answer.to_lowercase().contains("location:"), "{answer}");
    }
    let call = |source: &str, target: &str| {
        format!(
            "<?xml version=\"1.0\"?><methodCall><methodName>pingback.ping</methodName><params><param><value><string>{source}</string></value></param><param><value><string>{target}</string></value></param></params></methodCall>"
        )
    };
    for (body, part) in [
        (call("https://a.example/y", &target), "<params>"),
        (call("https://a.example/y", "https://other.example/"), "<int>32</int>"),
        (call("words", &target), "<int>16</int>"),
        ("<methodCall><methodName>system.listMethods</methodName></methodCall>".to_owned(), "<int>0</int>"),
        (
            "<!DOCTYPE x [<!ENTITY a \"b\">]><methodCall><methodName>&a;</methodName></methodCall>"
                .to_owned(),
            "document type",
        ),
        ("<a>".repeat(5000), "<fault>"),
    ] {
        let answer = receiver.post("1.1.1.2", "text/xml", &body);
        assert!(answer.starts_with("HTTP/1.1 200") && answer.contains(part), "{part}: {answer}");
    }
    let large = receiver.post(
        "1.1.1.3",
        "application/x-www-form-urlencoded",
        &format!("source={}", "x".repeat(20_000)),
    );
    assert!(large.starts_with("HTTP/1.1 413"), "{large}");
    let page = receiver.request("GET /webmention HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    assert!(page.contains("<form method=\"post\"") && page.contains("lang=\"en\""), "{page}");
    assert!(
        receiver
            .request("DELETE / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
            .starts_with("HTTP/1.1 405")
    );
    let answers: Vec<String> = (0..70).map(|_| receiver.mention("2.2.2.2", "words", &target)).collect();
    let slow =
        answers.iter().find(|answer| answer.starts_with("HTTP/1.1 429")).expect("a limit for one client");
    assert!(slow.to_lowercase().contains("retry-after:"), "{slow}");
    assert!(receiver.mention("3.3.3.3", "words", &target).starts_with("HTTP/1.1 400"), "others go on");
    assert_eq!(web.received().len(), before, "nothing was fetched");
}

#[test]
fn the_queue_survives_a_kill_and_is_drained() {
    let (web, others) = (Web::start(), Web::start());
    let site = blog(&web, "").post("one", "x").built();
    let target = web.url("/posts/one/");
    let sources: Vec<String> = (0..20).map(|number| others.url(&format!("/p{number}"))).collect();
    {
        // No source may be contacted yet: verification fails as a refusal would, so the queue is only read after.
        let mut receiver = Receiver::start(&site, free_port(), &[]);
        receiver.child.kill().unwrap();
        receiver.child.wait().unwrap();
    }
    for (number, source) in sources.iter().enumerate() {
        others.page(&format!("/p{number}"), "503 Service Unavailable", "");
        let _ = source;
    }
    let mut receiver = Receiver::start(&site, free_port(), &[&others]);
    for (number, source) in sources.iter().enumerate() {
        let answer = receiver.mention(&format!("4.4.4.{number}"), source, &target);
        assert!(answer.starts_with("HTTP/1.1 202"), "{answer}");
    }
    receiver.child.kill().unwrap();
    receiver.child.wait().unwrap();
    let kept = site.tree(".pingmark/received");
    assert_eq!(kept.keys().filter(|name| name.ends_with(".json")).count(), 20, "{:?}", kept.keys());
    for (number, _) in sources.iter().enumerate() {
        let body = format!("<title>P{number}</title><p>I read <a href=\"{target}\">it</a>.");
        others.page(&format!("/p{number}"), "200 OK\r\nContent-Type: text/html", &body);
    }
    let allow = others.address.to_string();
    // Those that were tried before the kill wait; a year later all are due.
    let run = site.run(&["receive", "--once", "--allow-private", &allow, "--today", "2027-12-31"]);
    assert_eq!((run.code, run.out.lines().count()), (0, 20), "{}{}", run.out, run.err);
    assert_eq!(site.tree("mentions/one").len(), 20);
    assert!(!site.tree(".pingmark/received").keys().any(|name| name.ends_with(".json")));
}

#[test]
fn stored_mentions_are_verified_again() {
    let (web, others) = (Web::start(), Web::start());
    let site = blog(&web, "").post("one", "x");
    let target = web.url("/posts/one/");
    let html = "200 OK\r\nContent-Type: text/html";
    others.page("/kept", html, &format!("<title>Kept</title><p><a href=\"{target}\">x</a>"));
    others.page("/gone", "410 Gone", "");
    others.page("/nolink", html, "<p>nothing");
    others.page("/down", "500 Oops", "");
    for name in ["kept", "gone", "nolink", "down", "missing"] {
        let source = others.url(&format!("/{name}"));
        let text = format!(
            "type: pingback\nsource: {source}\ntarget: {target}\ntitle: Kept\nexcerpt: x\nstatus: approved\nvia: pingback\n"
        );
        site.write(&format!("mentions/one/2026-01-01-{name}-0000000{}.yaml", name.len()), text);
    }
    let run = site.run(&[
        "mentions",
        "verify",
        "--all",
        "--allow-private",
        &others.address.to_string(),
        "--today",
        TODAY,
    ]);
    assert!(
        run.code == 0 && run.err.contains("5 mentions looked at, 2 changed, 2 could not be read"),
        "{}{}",
        run.out,
        run.err
    );
    let states: Vec<(String, bool)> = site
        .tree("mentions/one")
        .into_iter()
        .map(|(name, bytes)| (name, String::from_utf8(bytes).unwrap().contains("status: gone")))
        .collect();
    for (name, is_gone) in &states {
        assert_eq!(*is_gone, name.contains("-gone-") || name.contains("-nolink-"), "{states:?}");
    }
    let shown = site.run(&["mentions", "list", "--format", "json"]);
    assert!(shown.out.contains("\"gone\""), "{}", shown.out);
}

#[test]
fn webmention_io_is_fetched_page_by_page_and_its_token_is_told_to_nobody_else() {
    let (web, service) = (Web::start(), Web::start());
    let site = blog(&web, "mentions: { webmention_io: me }\n").post("one", "x");
    let target = web.url("/posts/one/");
    let entry = |id: usize| {
        format!(
            "{{\"wm-id\":{id},\"wm-source\":\"https://a.example/{id}\",\"wm-target\":\"{target}\",\"wm-property\":\"mention-of\",\"author\":{{\"name\":\"A\",\"photo\":\"\",\"url\":\"\"}},\"published\":null}}"
        )
    };
    let list = |from: usize, to: usize| {
        format!("{{\"children\":[{}]}}", (from..to).map(entry).collect::<Vec<_>>().join(","))
    };
    let url = |page: usize, since: &str| {
        format!(
            "/api/mentions.jf2?domain=127.0.0.1&per-page=100&page={page}&sort-by=created&sort-dir=up{since}&token=canary"
        )
    };
    let json = "200 OK\r\nContent-Type: application/json";
    service.page(&url(0, ""), json, &list(1, 101));
    service.page(&url(1, ""), json, &list(101, 131));
    service.page(&url(0, "&since_id=130"), json, &list(131, 131));
    let (allow, at) = (service.address.to_string(), service.url(""));
    let fetch = |token: Option<&str>| {
        let mut command = site.command(&[
            "mentions",
            "fetch",
            "--service",
            &at,
            "--allow-private",
            &allow,
            "--today",
            TODAY,
            "-v",
        ]);
        if let Some(token) = token {
            command.env("PINGMARK_WEBMENTION_IO_TOKEN", token);
        }
        Run::of(command.output().unwrap())
    };
    assert!(fetch(None).code == 2, "no token");
    let run = fetch(Some("canary"));
    assert_eq!((run.code, run.out.lines().count()), (0, 130), "{}", run.err);
    let again = fetch(Some("canary"));
    assert_eq!((again.code, again.out.as_str(), again.err.as_str()), (0, "", ""));
    let wrong = fetch(Some("canary-of-another"));
    assert!(wrong.code == 1, "{}", wrong.err);
    for told in [run.out, run.err, again.err, wrong.err] {
        assert!(!told.contains("canary"), "{told}");
    }
    for (name, bytes) in site.tree("") {
        assert!(!String::from_utf8_lossy(&bytes).contains("canary"), "{name}");
    }
}

#[test]
fn a_letterbox_is_fetched_verified_and_acknowledged() {
    let (web, others) = (Web::start(), Web::start());
    let site = blog(&web, "").post("one", "x");
    let target = web.url("/posts/one/");
    others.page(
        "/yes",
        "200 OK\r\nContent-Type: text/html",
        &format!("<title>Yes</title><p><a href=\"{target}\">x</a>"),
    );
    others.page("/no", "200 OK\r\nContent-Type: text/html", "<p>no");
    let letter = |source: &str, target: &str| {
        format!(
            "{{\"id\":\"1\",\"protocol\":\"pingback\",\"received\":\"2026-11-20T09:30:00Z\",\"source\":\"{source}\",\"target\":\"{target}\"}}\n"
        )
    };
    let (yes, no) = (others.url("/yes"), others.url("/no"));
    let lines =
        [letter(&yes, &target), letter(&no, &target), letter(&yes, "https://other.example/")].concat();
    let head = "{\"letterbox\":1,\"batch\":\"00ff\",\"letters\":3,\"more\":false,\"store\":null}\n";
    web.page(
        "/letterbox.php?letters",
        "200 OK\r\nContent-Type: application/x-ndjson",
        &format!("{head}{lines}"),
    );
    web.page("/letterbox.php?taken=00ff", "204 No Content", "");
    let (a, b, url) = (web.address.to_string(), others.address.to_string(), web.url("/letterbox.php"));
    let mut command = site.command(&[
        "mentions",
        "fetch",
        "--letterbox",
        &url,
        "--allow-private",
        &a,
        "--allow-private",
        &b,
        "--today",
        TODAY,
    ]);
    let run = Run::of(command.env("PINGMARK_LETTERBOX_KEY", "canary").output().unwrap());
    assert_eq!((run.code, run.out.lines().count()), (0, 1), "{}{}", run.out, run.err);
    assert!(!run.err.contains("canary"));
    assert_eq!(web.posted("/letterbox.php?taken=00ff").len(), 1);
    let (_, text) = wait_for(&site, "mentions/one", |_| true);
    assert!(text.contains("type: pingback") && text.contains("received: 2026-11-20T"), "{text}");
    // The same as a file.
    site.write("letters.php", format!("<?php http_response_code(404); exit; __halt_compiler();\n{lines}"));
    let run = site.run(&[
        "mentions",
        "fetch",
        "--letterbox",
        "letters.php",
        "--allow-private",
        &b,
        "--today",
        TODAY,
    ]);
    assert_eq!((run.code, run.out.as_str()), (0, ""), "{}", run.err);
}

#[test]
fn a_letterbox_is_written_with_a_key() {
    let site = Site::new();
    let run = site.run(&["receive", "--letterbox", "php"]);
    assert_eq!(run.code, 0, "{}", run.err);
    let text = std::fs::read_to_string(site.path("static/letterbox.php")).unwrap();
    let key = run.err.split("PINGMARK_LETTERBOX_KEY=").nth(1).unwrap().split_whitespace().next().unwrap();
    assert!(key.len() == 32 && !text.contains(key) && !text.contains("KEY_SHA256 = '';"), "{}", run.err);
    assert!(run.err.contains("https://essai.example/letterbox.php"));
    let again = site.run(&["receive", "--letterbox", "php"]);
    assert_eq!(again.code, 2);
}

#[test]
fn what_strangers_say_is_inert() {
    let (web, others) = (Web::start(), Web::start());
    let site = blog(&web, "").post("one", "x").built();
    let target = web.url("/posts/one/");
    let hostile = [
        "x\"\nstatus: approved\nvia: \"owner",
        "&quot;&#10;status: approved",
        "- a\n---\nstatus: approved\n...",
        "&lt;script&gt;alert(1)&lt;/script&gt;",
        "{{ config.title }} {% include \"x\" %}",
        "|\n  status: approved",
        "*anchor &anchor !!python/object:os.system",
        "\u{202e}evil\u{2066}\u{200b}",
        "\u{1b}[31mred\u{7}",
        "=cmd|' /C calc'!A0",
    ];
    let mut letters = String::new();
    for (number, words) in hostile.iter().enumerate() {
        let body = format!(
            "<article class=h-entry><h1 class=p-name>{words}</h1><a class='p-author h-card' href='javascript:alert(1)'>{words}</a>\
             <time class=dt-published datetime=\"{}\">x</time><a class=u-url href='data:text/html,x'>u</a>\
             <a class=u-in-reply-to href=\"{target}\">re</a><div class=e-content><p onclick=alert(1)>{words}</p>\
             <script>alert(1)</script><img src=x onerror=alert(1)><iframe src=//evil.example></iframe></div></article>",
            words.replace('"', "&quot;")
        );
        others.page(&format!("/h{number}"), "200 OK\r\nContent-Type: text/html; charset=utf-8", &body);
        let source = others.url(&format!("/h{number}"));
        letters.push_str(&format!("{{\"id\":\"{number}\",\"protocol\":\"webmention\",\"received\":\"2026-11-20T09:30:00Z\",\"source\":\"{source}\",\"target\":\"{target}\"}}\n"));
    }
    site.write("letters.php", letters);
    let allow = others.address.to_string();
    let run = site.run(&[
        "mentions",
        "fetch",
        "--letterbox",
        "letters.php",
        "--allow-private",
        &allow,
        "--today",
        TODAY,
    ]);
    assert_eq!((run.code, run.out.lines().count()), (0, hostile.len()), "{}{}", run.out, run.err);
    let listed = site.run(&["mentions", "list", "--pending", "--format", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&listed.out).unwrap();
    assert_eq!(rows.len(), hostile.len(), "one of them approved itself");
    assert!(rows.iter().all(|row| row["via"] == "webmention" && row["author"]["url"].is_null()), "{rows:?}");
    assert_eq!(site.run(&["mentions", "approve", "--all"]).code, 0);
    let built = site.build();
    assert_eq!(built.code, 0, "{}", built.err);
    let page = site.public("posts/one/index.html");
    for part in [
        "<script>alert",
        "onerror",
        "onclick",
        "evil.example\"",
        "javascript:",
        "data:text",
        "\u{202e}",
        "\u{1b}",
    ] {
        assert!(!page.contains(part), "{part} is on the page");
    }
}
