//! Who may use the author's dashboard, and clients that hold the server up.

use std::io::{Read, Write};
use std::net::{IpAddr, Ipv4Addr, TcpStream, UdpSocket};
use std::time::{Duration, Instant};

use super::served::{Reply, Served, TIME_LIMIT};
use super::support::Site;

const DASHBOARD: [&str; 7] = [
    "/__pingmark/",
    "/__pingmark/dashboard.js",
    "/__pingmark/posts.json",
    "/__pingmark/post.json?slug=brouillon",
    "/__pingmark/mentions.json",
    "/__pingmark/calendar.json",
    "/__pingmark/count.json?network=x&text=a",
];

fn site() -> Site {
    Site::new()
        .post("un", "Le premier billet.")
        .file(
            "content/posts/brouillon.md",
            "---\ntitle: Secret\ndate: 2026-01-02\ndraft: true\n---\n\nPas encore.\n",
        )
        .file(
            "mentions/un/2026-01-03-a.example-1f2e3d4c.yaml",
            "type: reply\nsource: https://a.example/1\nstatus: pending\ncontent: Bravo\n",
        )
}

/// An address of this machine that is not a loopback address; `None` without a network. A datagram
/// socket learns it without sending anything.
fn outer_address() -> Option<IpAddr> {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).ok()?;
    socket.connect(("192.0.2.1", 9)).ok()?;
    Some(socket.local_addr().ok()?.ip()).filter(|address| !address.is_loopback() && !address.is_unspecified())
}

/// A request from another address than the loopback one, under any name.
fn ask_from(address: IpAddr, served: &Served, head: &str, body: &str) -> Reply {
    let mut stream = TcpStream::connect((address, served.port)).expect("it listens");
    stream.set_read_timeout(Some(TIME_LIMIT)).expect("a timeout");
    write!(stream, "{head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len())
        .expect("sent");
    let mut bytes = Vec::new();
    let _ = stream.read_to_end(&mut bytes);
    Reply::of(&bytes).expect("a response")
}

fn token_of(served: &Served) -> String {
    let page = served.get("/__pingmark/").text();
    let (_, rest) = page.split_once("name=\"pingmark-token\" content=\"").expect("a token");
    rest.split('"').next().expect("a token").to_owned()
}

fn approve(token: &str, host: &str) -> (String, String) {
    let head = format!(
        "POST /__pingmark/mention HTTP/1.1\r\nHost: {host}\r\nOrigin: http://{host}\r\nX-Pingmark-Token: {token}\r\n\
         Content-Type: application/json"
    );
    (head, r#"{"action":"approve","id":"2026-01-03-a.example-1f2e3d4c"}"#.to_owned())
}

#[test]
fn the_dashboard_answers_only_this_machine() {
    let Some(outer) = outer_address() else { return };
    let site = site();
    let mention = || std::fs::read_to_string(site.path("mentions/un/2026-01-03-a.example-1f2e3d4c.yaml"));
    let served = Served::start(&site, &["--interface", "0.0.0.0"]);
    let said = served.said.join("\n");
    assert!(said.contains("answers only this machine (--desk-from ADDRESS opens it to another)"), "{said}");
    for path in DASHBOARD {
        assert_eq!(served.get(path).status, 200, "{path}");
        // Whatever name the request carries: what counts is the connection.
        for host in [format!("{outer}:{}", served.port), "localhost".into(), "127.0.0.1".into()] {
            let reply = ask_from(outer, &served, &format!("GET {path} HTTP/1.1\r\nHost: {host}"), "");
            assert_eq!(reply.status, 403, "{path} as {host}");
            let text = reply.text();
            assert!(!text.contains("Secret") && text.contains(&format!("--desk-from {outer}")), "{text}");
        }
    }
    let token = token_of(&served);
    for host in [format!("{outer}:{}", served.port), format!("127.0.0.1:{}", served.port)] {
        let (head, body) = approve(&token, &host);
        assert_eq!(ask_from(outer, &served, &head, &body).status, 403, "{host}");
    }
    assert!(mention().expect("it is there").contains("status: pending"));
    // The site itself is open, without the draft.
    let head = |path: &str| format!("GET {path} HTTP/1.1\r\nHost: {outer}");
    assert_eq!(ask_from(outer, &served, &head("/posts/un/"), "").status, 200);
    assert_eq!(ask_from(outer, &served, &head("/posts/brouillon/"), "").status, 404);
    let (head, body) = approve(&token, &format!("127.0.0.1:{}", served.port));
    assert_eq!(ask_from(Ipv4Addr::LOCALHOST.into(), &served, &head, &body).status, 200);
    assert!(mention().expect("it is there").contains("status: approved"));
}

#[test]
fn the_dashboard_is_opened_to_an_address_on_purpose() {
    let Some(outer) = outer_address() else { return };
    let site = site();
    let range = format!("{outer}/32");
    let served = Served::start(
        &site,
        &["--interface", "0.0.0.0", "--desk-from", "203.0.113.7", "--desk-from", &range],
    );
    let said = served.said.join("\n");
    assert!(said.contains(&format!("203.0.113.7 and {outer} can use the dashboard too")), "{said}");
    let host = format!("{outer}:{}", served.port);
    for path in DASHBOARD {
        assert_eq!(ask_from(outer, &served, &format!("GET {path} HTTP/1.1\r\nHost: {host}"), "").status, 200);
    }
    let (head, body) = approve(&token_of(&served), &host);
    assert_eq!(ask_from(outer, &served, &head, &body).status, 200);
    let other = Served::start(&site, &["--interface", "0.0.0.0", "--desk-from", "203.0.113.0/24"]);
    let host = format!("{outer}:{}", other.port);
    assert_eq!(
        ask_from(outer, &other, &format!("GET /__pingmark/ HTTP/1.1\r\nHost: {host}"), "").status,
        403
    );
    let wrong = site.run(&["serve", "--desk-from", "partout"]);
    assert_eq!(wrong.code, 2, "{}", wrong.err);
    assert!(wrong.err.contains("192.168.1.0/24"), "{}", wrong.err);
}

#[test]
fn a_proxy_does_not_speak_for_the_author() {
    let site = site();
    let served = Served::start(&site, &[]);
    for header in ["X-Forwarded-For: 203.0.113.7", "Forwarded: for=127.0.0.1", "X-Real-IP: 127.0.0.1"] {
        assert_eq!(served.ask("GET", "/__pingmark/posts.json", &[header]).status, 403, "{header}");
        assert_eq!(served.ask("GET", "/posts/un/", &[header]).status, 200, "{header}");
    }
}

#[test]
fn errors_of_drafts_are_shown_to_the_author_alone() {
    let Some(outer) = outer_address() else { return };
    let site = site();
    let mut served = Served::start(&site, &["--watch", "--interface", "0.0.0.0"]);
    site.write(
        "content/posts/brouillon.md",
        "---\ntitle: [nulle-part-secrete\ndraft: true\n---\n\nPas encore.\n",
    );
    served.wait_for("pages are not updated");
    let events = |address: IpAddr| {
        let mut stream = TcpStream::connect((address, served.port)).expect("it listens");
        stream.set_read_timeout(Some(Duration::from_millis(300))).expect("a timeout");
        write!(stream, "GET /.pingmark/events?page=%2F HTTP/1.1\r\nHost: {address}\r\n\r\n").expect("sent");
        let mut bytes = Vec::new();
        let _ = stream.read_to_end(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    };
    let (own, other) = (events(Ipv4Addr::LOCALHOST.into()), events(outer));
    assert!(own.contains("nulle-part-secrete"), "{own}");
    assert!(other.contains("event: hello") && !other.contains("secrete"), "{other}");
}

#[test]
fn a_header_that_decides_is_accepted_once() {
    let site = site();
    let served = Served::watching(&site);
    let own = format!("Origin: http://127.0.0.1:{}", served.port);
    for path in ["/.pingmark/events", "/__pingmark/posts.json", "/posts/un/"] {
        assert_eq!(served.ask("HEAD", path, &[&own]).status, 200, "{path}");
        for second in ["Origin: http://evil.example", own.as_str()] {
            assert_eq!(served.ask("HEAD", path, &[&own, second]).status, 400, "{path} {second}");
        }
    }
}

#[test]
fn a_request_head_has_a_bound() {
    let site = site();
    let served = Served::start(&site, &[]);
    let ask =
        |bytes: usize| served.ask("GET", "/posts/un/", &[&format!("X-Long: {}", "a".repeat(bytes))]).status;
    assert_eq!(ask(15_000), 200);
    for bytes in [17_000, 60_000] {
        let long = format!("GET / HTTP/1.1\r\nHost: localhost\r\nX: {}\r\n\r\n", "a".repeat(bytes));
        assert!(served.raw(long).is_none_or(|reply| reply.status == 431), "{bytes}");
    }
}

#[test]
fn a_client_that_has_sent_everything_is_answered() {
    let site = site().file("static/photo.bin", vec![7; 300_000]);
    let served = Served::start(&site, &[]);
    for path in ["/posts/un/", "/photo.bin", "/posts/un/card.png", "/__pingmark/posts.json"] {
        let mut stream = served.connect();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: localhost:{}\r\n\r\n", served.port).expect("sent");
        stream.shutdown(std::net::Shutdown::Write).expect("half closed");
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).expect("a whole response");
        let reply = Reply::of(&bytes).expect("a response");
        assert_eq!(reply.status, 200, "{path}");
        assert_eq!(reply.header("content-length"), reply.body.len().to_string(), "{path}");
    }
}

/// A page that is left frees its place at once, although responses to half-closed connections go on.
#[test]
fn pages_that_are_left_stop_listening() {
    let site = site();
    let served = Served::watching(&site);
    for _ in 0..300 {
        let events = served.events("/");
        assert!(events.head[0].contains(" 200 "), "{:?}", events.head);
    }
}

/// Clients that request large files and read nothing keep nobody waiting, and are disconnected.
#[test]
fn clients_that_do_not_read_hold_nothing_up() {
    let site = site().file("static/film.bin", vec![7; 16 << 20]).file("static/photo.bin", vec![7; 300_000]);
    let served = Served::start(&site, &[]);
    let opened = Instant::now();
    let mut idle: Vec<TcpStream> = (0..520)
        .map(|_| {
            let mut stream = served.connect();
            write!(stream, "GET /film.bin HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("sent");
            stream
        })
        .collect();
    std::thread::sleep(Duration::from_secs(1));
    for path in ["/photo.bin", "/__pingmark/posts.json", "/posts/un/"] {
        let started = Instant::now();
        assert_eq!(served.get(path).status, 200, "{path}");
        assert!(started.elapsed() < Duration::from_secs(1), "{path}: {:?}", started.elapsed());
    }
    // After the time for writing, only what the system had taken arrives.
    std::thread::sleep(Duration::from_secs(17).saturating_sub(opened.elapsed()));
    let mut bytes = Vec::new();
    let _ = idle[0].read_to_end(&mut bytes);
    assert!(bytes.len() < 16 << 20, "{} bytes", bytes.len());
}
