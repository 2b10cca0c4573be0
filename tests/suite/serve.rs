//! The server and its clients: what it serves, to whom, and what it survives.

use std::io::{Read, Write};
use std::net::TcpListener;
use std::time::{Duration, Instant};

use super::served::Served;
use super::support::Site;

fn site() -> Site {
    Site::new()
        .post("un", "Le premier billet.")
        .post("deux", "Voir [[un]].")
        .file(
            "content/posts/brouillon.md",
            "---\ntitle: Secret\ndate: 2026-01-02\ndraft: true\n---\n\nPas encore.\n",
        )
        .file("static/photo.bin", (0..=255u8).collect::<Vec<u8>>())
        .file("static/.well-known/security.txt", "Contact: mailto:a@essai.example\n")
        .file(".env", "SECRET=1")
        .file(".git/config", "[core]")
}

#[test]
fn a_site_is_served_from_memory_under_the_local_address() {
    let site = site();
    let served = Served::start(&site, &[]);
    let home = served.get("/");
    assert_eq!((home.status, home.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(home.text().contains(&format!("http://127.0.0.1:{}/", served.port)), "{}", home.text());
    assert!(!home.text().contains("essai.example"), "the published address shows");
    assert!(!home.text().contains(".pingmark"), "something was added without --watch");
    for (path, mime) in [
        ("/feed.xml", "application/xml; charset=utf-8"),
        ("/photo.bin", "application/octet-stream"),
        ("/.well-known/security.txt", "text/plain; charset=utf-8"),
        ("/posts/un/", "text/html; charset=utf-8"),
    ] {
        let reply = served.get(path);
        assert_eq!((reply.status, reply.header("content-type")), (200, mime), "{path}");
        assert_eq!(reply.header("x-content-type-options"), "nosniff");
        assert_eq!(reply.header("cross-origin-resource-policy"), "same-origin");
        assert_eq!(reply.header("cache-control"), "no-cache");
        assert!(!reply.headers.contains_key("access-control-allow-origin"));
    }
    assert_eq!(served.get("/.pingmark/events").status, 404);
    assert!(!site.path("public").exists(), "something was published");
    let kept: Vec<_> = std::fs::read_dir(site.path(".pingmark")).expect("a folder").flatten().collect();
    assert!(kept.iter().all(|entry| entry.file_name() == "cache"), "{kept:?}");
}

#[test]
fn folders_lead_to_their_pages_and_nothing_to_the_404_page() {
    let site = site();
    site.write(
        "pingmark.yaml",
        "title: Essai\nbase_url: https://essai.example\nlanguages:\n  en: { title: Test }\n",
    );
    let served = Served::start(&site, &[]);
    let folder = served.get("/posts/un?a=b&c");
    assert_eq!((folder.status, folder.header("location")), (302, "/posts/un/?a=b&c"));
    let nothing = served.get("/rien/du/tout/");
    assert_eq!((nothing.status, nothing.header("content-type")), (404, "text/html; charset=utf-8"));
    assert!(nothing.text().contains("lang=\"fr\""));
    assert!(served.get("/en/nothing").text().contains("lang=\"en\""));
}

#[test]
fn a_base_url_with_a_path_is_served_below_it() {
    let site = site();
    site.write("pingmark.yaml", "title: Essai\nbase_url: https://essai.example/blog/\n");
    let served = Served::start(&site, &[]);
    assert_eq!(served.get("/").header("location"), "/blog/");
    assert_eq!(served.get("/blog").header("location"), "/blog/");
    assert_eq!(served.get("/blog/posts/un").header("location"), "/blog/posts/un/");
    assert_eq!(served.get("/blog/posts/un/").status, 200);
    assert_eq!(served.get("/posts/un/").status, 404);
    assert!(served.get("/blog/").text().contains("href=\"/blog/posts/un/\""));
}

/// Requests over a raw socket, in forms that no client would send.
#[test]
fn no_path_leaves_the_site() {
    let site = site().file("secret.txt", "hors du site");
    let served = Served::start(&site, &[]);
    let paths = [
        "/../secret.txt",
        "/../../../../../../etc/passwd",
        "/posts/../../secret.txt",
        "/posts/un/../../../etc/passwd",
        "/%2e%2e/secret.txt",
        "/%2E%2E/%2E%2E/etc/passwd",
        "/..%2fsecret.txt",
        "/..%2F..%2Fetc%2Fpasswd",
        "/%252e%252e/secret.txt",
        "/%252e%252e%252fetc/passwd",
        "/..%5csecret.txt",
        "/%5c..%5c..%5cetc",
        "/..\\secret.txt",
        "/%00",
        "/index.html%00",
        "/%00/etc/passwd",
        "//etc/passwd",
        "///etc/passwd",
        "//",
        "/./secret.txt",
        "/.",
        "/..",
        "/%c0%ae%c0%ae/secret.txt",
        "/%e0%80%ae%e0%80%ae/",
        "/%c0%af",
        "/%ff%fe",
        "/.git/config",
        "/.env",
        "/.git",
        "/pingmark.yaml",
        "/content/posts/un.md",
        "/posts/brouillon/",
        "/secret.txt",
        "/static/photo.bin",
        "/public/",
        "/proc/self/environ",
        "/C:/",
        "/c:%5cwindows",
        "/posts/un/index.html/",
        "/%2f%2fevil.example",
        "/.pingmark/",
        "/.pingmark/lock",
        "/~root",
        "/%0d%0aX: y",
        "/?/../../etc/passwd/../..",
    ];
    for path in paths {
        let reply = served.get(path);
        let expected = if path.starts_with("/?") { 200 } else { 404 };
        assert!([expected, 400].contains(&reply.status), "{path}: {}", reply.status);
        assert!(!reply.text().contains("hors du site") && !reply.text().contains("root:"), "{path}");
        assert!(!reply.headers.contains_key("x"), "{path}");
    }
    let port = served.port;
    for (target, expected) in [
        (format!("http://127.0.0.1:{port}/../secret.txt"), 404),
        (format!("http://127.0.0.1:{port}/posts/un/"), 200),
        ("http://evil.example/".to_owned(), 400),
        (format!("http://evil.example@127.0.0.1:{port}/"), 400),
        ("file:///etc/passwd".to_owned(), 400),
        ("etc/passwd".to_owned(), 400),
        ("*".to_owned(), 400),
    ] {
        let reply = served.ask("GET", &target, &[]);
        assert_eq!(reply.status, expected, "{target}");
    }
    for request in [
        "GET",
        "\r\n\r\n",
        "GET /\r\n\r\n",
        "GET / HTTP/9.9\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nA\u{0}: b\r\n\r\n",
        "GET  / HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
        "CONNECT evil.example:80 HTTP/1.1\r\nHost: evil.example:80\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: x\r\n\r\n",
    ] {
        let mut stream = served.connect();
        stream.write_all(request.as_bytes()).unwrap();
        stream.shutdown(std::net::Shutdown::Write).unwrap();
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains(" 200 "), "{request:?}: {text}");
    }
    let long = format!("/{}", "a".repeat(100_000));
    assert!(
        served
            .raw(format!("GET {long} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"))
            .is_none_or(|r| r.status >= 400)
    );
    assert_eq!(served.get("/posts/un/").status, 200, "the server stopped answering");
}

/// The `Host` header must be a name of this machine, against DNS rebinding.
#[test]
fn only_this_machines_names_are_answered() {
    let site = site();
    let served = Served::start(&site, &["--allow-host", "blog.test"]);
    let port = served.port;
    let ask = |host: &str| served.ask("GET", "/", &[&format!("Host: {host}")]).status;
    for host in ["localhost", "127.0.0.1", "[::1]", "LocalHost", "blog.test"] {
        assert_eq!(ask(host), 200, "{host}");
        assert_eq!(ask(&format!("{host}:{port}")), 200, "{host}");
    }
    for host in ["evil.example", "192.168.1.1", "127.0.0.1.evil.example", "localhost.evil.example", "test"] {
        assert_eq!(ask(host), 403, "{host}");
    }
    for host in [
        "",
        "a b",
        "a/b",
        "user@localhost",
        "[::1",
        "localhost:port",
        "localhost:99999",
        "localhost,evil",
        "é",
    ] {
        assert_eq!(ask(host), 400, "{host}");
    }
    for request in [
        "GET / HTTP/1.1\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n",
        "GET / HTTP/1.1\r\nHost: \u{1}\r\nConnection: close\r\n\r\n",
    ] {
        assert_eq!(served.raw(request).unwrap().status, 400, "{request:?}");
    }
    assert_eq!(served.raw(b"GET / HTTP/1.1\r\nHost: \x80\r\nConnection: close\r\n\r\n").unwrap().status, 400);
    assert_eq!(ask("localhost"), 200);
}

#[test]
fn only_pages_of_the_server_may_listen() {
    let site = site();
    let served = Served::watching(&site);
    let port = served.port;
    let ask = |lines: &[&str]| served.ask("HEAD", "/.pingmark/events", lines).status;
    let own = format!("Origin: http://127.0.0.1:{port}");
    assert_eq!(ask(&[]), 200);
    assert_eq!(ask(&[&own]), 200);
    for origin in ["http://evil.example", "null", "http://127.0.0.1:1", "https://localhost.evil.example"] {
        assert_eq!(ask(&[&format!("Origin: {origin}")]), 403, "{origin}");
    }
    assert_eq!(ask(&["Sec-Fetch-Site: cross-site"]), 403);
    assert_eq!(ask(&["Host: evil.example"]), 403);
}

#[test]
fn what_a_browser_has_already_is_not_sent_again() {
    let site = site();
    let served = Served::watching(&site);
    for path in ["/posts/un/", "/feed.xml", "/photo.bin", "/.pingmark/live.js"] {
        let first = served.get(path);
        let tag = first.header("etag").to_owned();
        assert!(tag.len() > 10, "{path}");
        for known in [tag.clone(), format!("\"x\", W/{tag}"), "*".to_owned()] {
            let reply = served.ask("GET", path, &[&format!("If-None-Match: {known}")]);
            assert_eq!((reply.status, reply.body.len()), (304, 0), "{path} {known}");
        }
        assert_eq!(served.ask("GET", path, &["If-None-Match: \"x\""]).status, 200, "{path}");
        let head = served.ask("HEAD", path, &[]);
        assert_eq!((head.status, head.body.len()), (200, 0), "{path}");
        assert_eq!(head.header("content-length"), first.body.len().to_string(), "{path}");
    }
}

#[test]
fn parts_of_a_file_are_sent() {
    let site = site();
    let served = Served::start(&site, &[]);
    for path in ["/photo.bin", "/feed.xml"] {
        let whole = served.get(path);
        let len = whole.body.len();
        let ask = |range: &str| served.ask("GET", path, &[&format!("Range: bytes={range}")]);
        for (range, from, to) in
            [("0-9", 0, 10), ("10-", 10, len), ("-5", len - 5, len), ("5-5", 5, 6), ("20-999999", 20, len)]
        {
            let part = ask(range);
            assert_eq!(part.status, 206, "{path} {range}");
            assert_eq!(part.body, whole.body[from..to], "{path} {range}");
            assert_eq!(part.header("content-range"), format!("bytes {from}-{}/{len}", to - 1));
        }
        for range in ["999999-", "-0"] {
            let outside = ask(range);
            assert_eq!(
                (outside.status, outside.header("content-range")),
                (416, format!("bytes */{len}").as_str())
            );
        }
        assert_eq!(ask("9-1").status, 200);
        assert_eq!(ask("0-1,3-4").body, whole.body);
        let other = served.ask("GET", path, &["Range: bytes=0-1", "If-Range: \"x\""]);
        assert_eq!((other.status, other.body.len()), (200, len));
        let same =
            served.ask("GET", path, &["Range: bytes=0-1", &format!("If-Range: {}", whole.header("etag"))]);
        assert_eq!(same.status, 206);
    }
}

#[test]
fn nothing_is_received() {
    let site = site();
    let served = Served::start(&site, &[]);
    for method in ["POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "FOO"] {
        let reply = served.ask(method, "/", &[]);
        assert_eq!((reply.status, reply.header("allow")), (405, "GET, HEAD"), "{method}");
    }
    assert_eq!(served.ask("POST", "/.pingmark/events", &["Content-Length: 0"]).status, 405);
    for length in
        ["Content-Length: 10000000", "Content-Length: 9007199254740991", "Transfer-Encoding: chunked"]
    {
        assert_eq!(served.ask("POST", "/", &[length]).status, 413, "{length}");
        assert_eq!(served.ask("GET", "/", &[length]).status, 413, "{length}");
    }
    // A very long body does not keep the server busy.
    let mut stream = served.connect();
    stream.write_all(b"POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10000000\r\n\r\n").unwrap();
    let sent = (0..2000).map_while(|_| stream.write_all(&[b'a'; 4096]).ok()).count();
    assert!(sent < 2000, "all of it was taken");
    assert_eq!(served.get("/").status, 200);
}

/// Clients that send a request byte by byte do not slow down others, and are disconnected.
#[test]
fn slow_clients_keep_nobody_waiting() {
    let site = site();
    let served = Served::start(&site, &[]);
    let mut slow: Vec<_> = (0..500)
        .map(|_| {
            let mut stream = served.connect();
            stream.write_all(b"GET / HTTP/1.1\r\nHost: loc").expect("a beginning");
            stream
        })
        .collect();
    let opened = Instant::now();
    let mut fastest = Duration::MAX;
    while opened.elapsed() < Duration::from_secs(3) {
        let started = Instant::now();
        assert_eq!(served.get("/posts/un/").status, 200);
        fastest = fastest.min(started.elapsed());
        for stream in &mut slow {
            let _ = stream.write_all(b"a");
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(fastest < Duration::from_millis(50), "{fastest:?}");
    // The whole head must arrive within five seconds, so sending slowly does not help.
    for stream in &mut slow {
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        let mut end = Vec::new();
        let _ = stream.read_to_end(&mut end);
    }
    assert!(opened.elapsed() < Duration::from_secs(9), "{:?}", opened.elapsed());
    assert_eq!(served.get("/posts/un/").status, 200);
}

#[test]
fn a_busy_port_is_told_and_the_next_one_taken() {
    let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = taken.local_addr().unwrap().port();
    let site = site();
    let served = Served::run(site.command(&["serve", "-p", &port.to_string()]));
    assert!(served.port > port, "{} is not after {port}", served.port);
    let said = served.said.join("\n");
    assert!(said.contains(&format!("Port {port} is in use; using {} instead", served.port)), "{said}");
    assert_eq!(served.get("/").status, 200);
}

#[test]
fn a_wider_interface_is_warned_about() {
    let site = site();
    let served = Served::start(&site, &["--interface", "0.0.0.0", "--drafts"]);
    let said = served.said.join("\n");
    assert!(said.contains("anyone who can reach this machine can read the blog, including drafts"), "{said}");
    // Every IP address is accepted as host, but no foreign name.
    assert_eq!(served.ask("GET", "/", &["Host: 192.168.1.7:1111"]).status, 200);
    assert_eq!(served.ask("GET", "/", &["Host: evil.example"]).status, 403);
    let wrong = site.run(&["serve", "--interface", "partout"]);
    assert_eq!(wrong.code, 2, "{}", wrong.err);
}

#[test]
fn what_is_not_published_is_shown_under_a_banner_only_here() {
    let site =
        site().file("content/posts/demain.md", "---\ntitle: Demain\ndate: 2027-01-02\n---\n\nPlus tard.\n");
    let served = Served::start(&site, &["--drafts", "--future"]);
    let page = served.get("/posts/brouillon/");
    assert_eq!(page.status, 200);
    assert!(
        page.text().contains("Shown here but not published: drafts (1), scheduled posts (1)"),
        "{}",
        page.text()
    );
    assert_eq!(served.get("/.pingmark/live.css").header("content-type"), "text/css; charset=utf-8");
    let plain = Served::start(&site, &[]);
    assert!(!plain.get("/posts/un/").text().contains("not published"));
    assert_eq!(plain.get("/posts/brouillon/").status, 404);
    let built = site.built();
    for (path, bytes) in built.tree("public") {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("pingmark/live") && !text.contains("data-pingmark"), "{path}");
        assert!(!text.contains("127.0.0.1"), "{path} has a local address");
    }
}

#[test]
fn without_watching_a_broken_site_is_not_served() {
    let run = site().file("content/posts/casse.md", "---\ntitle: [\n---\n").run(&["serve", "-p", "0"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("front-matter-syntax"), "{}", run.err);
}
