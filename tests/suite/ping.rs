//! `ping`: webmentions and pingbacks to servers on loopback, and the ledger.

use std::time::Duration;

use super::support::{Run, Site, TODAY};
use super::web::Web;

const FAULT: &str = "<methodResponse><fault><value><struct><member><name>faultCode</name><value><int>CODE</int></value></member><member><name>faultString</name><value>no</value></member></struct></value></fault></methodResponse>";
const SUCCESS: &str = "<methodResponse><params><param><value>ok</value></param></params></methodResponse>";

/// A blog that is served, and a web that it links to.
struct World {
    site: Site,
    blog: Web,
    web: Web,
}

impl World {
    fn new() -> Self {
        let (blog, web) = (Web::start(), Web::start());
        let site = Site::empty()
            .file("pingmark.yaml", format!("title: Essai\nlang: en\nbase_url: {}\n", blog.url("/")));
        blog.serve(site.path("public"));
        web.page("/hook", "202 Accepted", "");
        web.page("/xmlrpc", "200 OK\r\nContent-Type: text/xml", SUCCESS);
        web.article("/a");
        web.page(
            "/b",
            &format!("200 OK\r\nContent-Type: text/html\r\nX-Pingback: {}", web.url("/xmlrpc")),
            "<p>b",
        );
        web.page("/none", "200 OK\r\nContent-Type: text/html", "<p>none");
        Self { site, blog, web }
    }

    /// A post of 2026-01-01, and the site built with it.
    fn post(&self, slug: &str, body: &str) {
        let text = format!("---\ntitle: {slug}\ndate: 2026-01-01\ndescription: x\n---\n\n{body}\n");
        self.site.write(&format!("content/posts/{slug}.md"), text);
        self.build();
    }

    fn build(&self) {
        let run = self.site.build();
        assert_eq!(run.code, 0, "{}", run.err);
    }

    fn ping(&self, more: &[&str]) -> Run {
        self.ping_at(TODAY, more, None)
    }

    fn ping_at(&self, today: &str, more: &[&str], fault: Option<usize>) -> Run {
        let (blog, web) = (self.blog.address.to_string(), self.web.address.to_string());
        let arguments = ["ping", "--today", today, "--allow-private", &blog, "--allow-private", &web];
        let mut command = self.site.command(&[&arguments[..], more].concat());
        command
            .env("PINGMARK_PING_SPACING", "0")
            .env("HTTP_PROXY", "http://127.0.0.1:9/")
            .env("http_proxy", "http://127.0.0.1:9/");
        if let Some(fault) = fault {
            command.env("PINGMARK_FAULT", fault.to_string());
        }
        Run::of(command.output().unwrap())
    }

    fn ledger(&self, slug: &str) -> String {
        std::fs::read_to_string(self.site.path(&format!("outbox/{slug}.yaml"))).unwrap_or_default()
    }
}

#[test]
fn links_are_told_once_by_webmention_or_pingback() {
    let world = World::new();
    let (a, b, none) = (world.web.url("/a?x=1&y=é#part"), world.web.url("/b"), world.web.url("/none"));
    world.post("one", &format!("[a](<{a}>) [b]({b}) [none]({none}) [own](/) <me@example.org>"));
    let dry = world.ping(&["--dry-run"]);
    assert_eq!((dry.code, dry.out.matches("(new link)").count()), (0, 3), "{}{}", dry.out, dry.err);
    assert!(
        world.blog.received().is_empty() && world.web.received().is_empty() && world.ledger("one").is_empty()
    );
    let asked = world.ping(&[]);
    assert!(
        asked.code == 2 && asked.err.contains("--yes") && world.web.received().is_empty(),
        "{}",
        asked.err
    );

    let run = world.ping(&["--yes"]);
    assert_eq!(run.code, 0, "{}{}", run.out, run.err);
    assert!(run.err.contains("1 none, 2 sent"), "{}", run.err);
    let forms = world.web.posted("/hook");
    let source = world.blog.url("/posts/one/");
    let form: Vec<(String, String)> =
        url::form_urlencoded::parse(forms[0].body.as_bytes()).into_owned().collect();
    // The target is what stands in the post, byte for byte.
    assert_eq!(form, [("source".to_owned(), source.clone()), ("target".to_owned(), a)]);
    let calls = world.web.posted("/xmlrpc");
    assert!(calls[0].body.contains(&source) && calls[0].body.contains(&b), "{}", calls[0].body);
    let ledger = world.ledger("one");
    assert!(
        ledger.contains("state: sent")
            && ledger.contains("channel: pingback")
            && ledger.contains("state: none"),
        "{ledger}"
    );

    let before = (world.web.received().len(), world.blog.received().len());
    let again = world.ping(&["--yes"]);
    assert_eq!((again.code, again.err.trim()), (0, "nothing to tell"));
    assert_eq!((world.web.received().len(), world.blog.received().len()), before);
    assert_eq!(world.ledger("one"), ledger);

    let listed = world.site.run(&["list", "outbox", "--format", "json"]);
    let rows: Vec<serde_json::Value> = serde_json::from_str(&listed.out).unwrap();
    assert_eq!(
        (rows.len(), &rows[0]["state"], &rows[0]["answer"]),
        (3, &"sent".into(), &"202 Accepted".into())
    );
    let status = world.site.run(&["ping", "--status"]);
    assert!(status.err.contains("2 told, 1 without an endpoint"), "{}", status.err);
}

#[test]
fn what_is_not_online_is_not_told() {
    let world = World::new();
    world.post("one", "no link yet");
    let text =
        format!("---\ntitle: one\ndate: 2026-01-01\ndescription: x\n---\n\n[a]({})\n", world.web.url("/a"));
    world.site.write("content/posts/one.md", text);
    // Written, and neither built nor deployed.
    let run = world.ping(&["--yes"]);
    assert_eq!(run.code, 1);
    assert!(run.err.contains("not live yet") && run.err.contains("1 post not live yet"), "{}", run.err);
    assert!(world.web.received().is_empty() && world.ledger("one").is_empty());
    world.build();
    assert_eq!(world.ping(&["--yes"]).code, 0);
    assert_eq!(world.web.posted("/hook").len(), 1);
    // A redirect instead of the page.
    world.post("two", &format!("[a]({})", world.web.url("/a")));
    world.blog.page("/posts/two/", "301 Moved\r\nLocation: /posts/one/", "");
    let run = world.ping(&["--yes"]);
    assert!(run.code == 1 && run.err.contains("redirects to"), "{}", run.err);
    assert_eq!(world.web.posted("/hook").len(), 1);
}

#[test]
fn changes_and_removed_links_are_told_again() {
    let world = World::new();
    let (a, b) = (world.web.url("/a"), world.web.url("/b"));
    world.post("one", &format!("[a]({a}) [b]({b})"));
    world.ping(&["--yes"]);
    world.post("one", &format!("[a]({a}) [b]({b}) and more"));
    let run = world.ping(&["--yes"]);
    assert_eq!((world.web.posted("/hook").len(), world.web.posted("/xmlrpc").len()), (2, 1), "{}", run.err);
    world.post("one", "no link");
    let run = world.ping(&["--yes"]);
    assert_eq!((world.web.posted("/hook").len(), world.web.posted("/xmlrpc").len()), (3, 1), "{}", run.err);
    assert_eq!(world.ledger("one").matches("state: withdrawn").count(), 2, "{}", world.ledger("one"));
    assert!(world.ping(&["--yes"]).err.contains("nothing to tell"));
}

#[test]
fn authors_decide_who_is_told() {
    let world = World::new();
    let a = world.web.url("/a");
    world.site.write(
        "content/posts/quiet.md",
        format!("---\ntitle: q\ndate: 2026-01-01\nping: false\n---\n\n[a]({a})\n"),
    );
    world.site.write(
        "content/posts/shy.md",
        format!("---\ntitle: s\ndate: 2026-01-01\nmentions: false\n---\n\n[a]({a})\n"),
    );
    world.site.write(
        "content/posts/draft.md",
        format!("---\ntitle: d\ndate: 2026-01-01\ndraft: true\n---\n\n[a]({a})\n"),
    );
    world.site.write("content/page.md", format!("---\ntitle: p\n---\n\n[a]({a})\n"));
    world.post("ad", &format!("<p><a rel=\"sponsored nofollow\" href=\"{a}\">ad</a></p>"));
    let run = world.ping(&["--yes"]);
    assert!(run.err.contains("rel=nofollow"), "{}", run.err);
    assert!(world.web.received().is_empty(), "{:?}", world.web.received());
    world.post("one", &format!("[a]({a})"));
    for setting in
        ["ping: { never: [127.0.0.1] }", "ping: { only: [example.org] }", "ping: { webmention: false }"]
    {
        let config = format!("title: Essai\nlang: en\nbase_url: {}\n{setting}\n", world.blog.url("/"));
        world.site.write("pingmark.yaml", config);
        world.ping(&["--yes"]);
        assert!(world.web.posted("/hook").is_empty(), "{setting}");
    }
}

#[test]
fn refusals_are_final_and_failures_wait() {
    let world = World::new();
    world.web.page("/hook", "400 Bad Request\r\nContent-Type: text/plain", "source does not link");
    world.post("one", &format!("[a]({})", world.web.url("/a")));
    let run = world.ping(&["--yes"]);
    assert!(
        run.code == 0 && run.out.contains("refused") && run.out.contains("source does not link"),
        "{}",
        run.out
    );
    assert!(world.ping_at("2027-11-22", &["--yes"], None).err.contains("nothing to tell"));
    world.web.page("/hook", "429 Too Many Requests\r\nRetry-After: 7200", "");
    world.post("one", &format!("[a]({}) again", world.web.url("/a")));
    let run = world.ping_at("2026-11-22 10:00", &["--yes"], None);
    assert!(run.out.contains("retry") && run.out.contains("2026-11-22T11:00:00Z"), "{}{}", run.out, run.err);
    world.web.page("/hook", "202 Accepted", "");
    assert!(world.ping_at("2026-11-22 11:59", &["--yes"], None).err.contains("1 will be tried again later"));
    assert!(world.ping_at("2026-11-22 12:01", &["--yes"], None).err.contains("1 sent"));
    // WordPress: known already, and slow down.
    for (code, state) in [("48", "state: sent"), ("429", "state: retry"), ("0", "state: refused")] {
        let world = World::new();
        world.web.page("/xmlrpc", "200 OK\r\nContent-Type: text/xml", &FAULT.replace("CODE", code));
        world.post("one", &format!("[b]({})", world.web.url("/b")));
        world.ping(&["--yes"]);
        assert!(world.ledger("one").contains(state), "{code}: {}", world.ledger("one"));
    }
}

#[test]
fn a_ledger_that_cannot_be_read_stops_everything() {
    let world = World::new();
    world.post("one", &format!("[a]({})", world.web.url("/a")));
    world.site.write("outbox/one.yaml", "<<<<<<< HEAD\nsource: x\n=======\n");
    let run = world.ping(&["--yes"]);
    assert!(
        run.code == 1 && run.err.contains("outbox/one.yaml") && run.err.contains("nothing was sent"),
        "{}",
        run.err
    );
    assert!(world.web.received().is_empty());
}

#[test]
fn a_ping_that_is_killed_at_any_step_converges() {
    for fault in 1.. {
        let world = World::new();
        let (a, b) = (world.web.url("/a"), world.web.url("/b"));
        world.post("one", &format!("[a]({a}) [b]({b})"));
        let killed = world.ping_at(TODAY, &["--yes"], Some(fault));
        let is_over = killed.code == 0;
        for _ in 0..3 {
            world.ping(&["--yes"]);
        }
        let ledger = world.ledger("one");
        assert_eq!(ledger.matches("state: sent").count(), 2, "step {fault}: {ledger}");
        assert!(world.ping(&["--yes"]).err.contains("nothing to tell"), "step {fault}");
        let (forms, calls) = (world.web.posted("/hook").len(), world.web.posted("/xmlrpc").len());
        assert!((1..=2).contains(&forms) && (1..=2).contains(&calls), "step {fault}: {forms} and {calls}");
        assert!(world.site.tree("outbox").len() == 1, "step {fault}: {:?}", world.site.tree("outbox").keys());
        if is_over {
            assert!(fault > 4, "there are fewer checkpoints than writes");
            assert_eq!((forms, calls), (1, 1));
            break;
        }
    }
}

#[test]
fn one_host_is_left_alone_between_pings_while_others_go_on() {
    let world = World::new();
    let page = format!("200 OK\r\nContent-Type: text/html\r\nX-Pingback: {}", world.web.url("/xmlrpc"));
    let mut body = String::new();
    for number in 0..3 {
        world.web.page(&format!("/b{number}"), &page, "<p>b");
        body.push_str(&format!("[b]({}) ", world.web.url(&format!("/b{number}"))));
    }
    world.post("one", &body);
    let (blog, web) = (world.blog.address.to_string(), world.web.address.to_string());
    let mut command = world.site.command(&[
        "ping",
        "--yes",
        "--allow-private",
        &blog,
        "--allow-private",
        &web,
        "--today",
        TODAY,
    ]);
    let run = Run::of(command.env("PINGMARK_PING_SPACING", "400").output().unwrap());
    assert!(run.err.contains("3 sent"), "{}", run.err);
    let calls = world.web.posted("/xmlrpc");
    assert_eq!(calls.len(), 3);
    for pair in calls.windows(2) {
        assert!(pair[1].at - pair[0].at >= Duration::from_millis(250), "{:?}", pair[1].at - pair[0].at);
    }
    assert!(world.web.most() <= 20);
}

#[test]
fn announced_endpoints_are_on_every_page() {
    let site = Site::empty().file("pingmark.yaml", "title: Essai\nlang: en\nbase_url: https://essai.example\nmentions: { webmention_io: essai.example }\n");
    let site = site.post("one", "x").built();
    for page in ["index.html", "posts/one/index.html"] {
        let html = site.public(page);
        assert!(
            html.contains(
                "<link rel=\"webmention\" href=\"https://webmention.io/essai.example/webmention\">"
            ),
            "{page}"
        );
        // The form that Pingback's specification asks for, byte for byte.
        assert!(
            html.contains("<link rel=\"pingback\" href=\"https://webmention.io/essai.example/xmlrpc\">"),
            "{page}"
        );
    }
    let headers = site.public("_headers");
    assert!(
        headers.contains("  Link: <https://webmention.io/essai.example/webmention>; rel=\"webmention\"\n"),
        "{headers}"
    );
    assert!(headers.contains("  X-Pingback: https://webmention.io/essai.example/xmlrpc\n"));
    site.write("pingmark.yaml", "title: Essai\nlang: en\ntheme: gazette\nbase_url: https://essai.example\nmentions: { endpoint: \"https://essai.example/letterbox.php\" }\n");
    let site = site.built();
    let html = site.public("posts/one/index.html");
    assert!(
        html.contains("<link rel=\"webmention\" href=\"https://essai.example/letterbox.php\">")
            && !html.contains("rel=\"pingback\"")
    );
}

#[test]
fn a_post_that_is_gone_leaves_a_page_that_says_so() {
    let world = World::new();
    let (a, b) = (world.web.url("/a"), world.web.url("/b"));
    world.post("kept", "x");
    world.post("one", &format!("[a]({a}) [b]({b})"));
    world.ping(&["--yes"]);
    let source = std::fs::read_to_string(world.site.path("content/posts/one.md")).unwrap();
    std::fs::remove_file(world.site.path("content/posts/one.md")).unwrap();
    // Deleted here, and still online.
    let run = world.ping(&["--yes"]);
    assert!(run.code == 1 && run.err.contains("still online"), "{}", run.err);
    world.build();
    let stone = world.site.public("posts/one/index.html");
    assert!(stone.contains("<meta http-equiv=\"Status\" content=\"410 Gone\">"), "{stone}");
    assert!(!world.site.public("sitemap.xml").contains("/posts/one/"));
    let run = world.ping(&["--yes"]);
    assert!(run.code == 0 && run.err.contains("1 withdrawn"), "{}", run.err);
    assert_eq!((world.web.posted("/hook").len(), world.web.posted("/xmlrpc").len()), (2, 1));
    assert_eq!(world.ledger("one").matches("state: withdrawn").count(), 2, "{}", world.ledger("one"));
    assert!(world.ping(&["--yes"]).err.contains("nothing to tell"));
    // It comes back, and is told again.
    world.site.write("content/posts/one.md", source);
    world.build();
    assert!(!world.site.public("posts/one/index.html").contains("410 Gone"));
    let run = world.ping(&["--yes"]);
    assert!(run.err.contains("2 sent"), "{}", run.err);
}

#[test]
fn the_letterbox_gets_the_list_of_addresses() {
    let site = Site::new().post("one", "x").file("static/letterbox.php", "<?php\n");
    site.write(
        "content/posts/two.md",
        "---\ntitle: two\ndate: 2026-01-01\ndescription: x\naliases: [/old/two/]\n---\n\nx\n",
    );
    site.write("content/posts/three.md", "---\ntitle: three\ndate: 2026-01-01\ndraft: true\n---\n\nx\n");
    assert_eq!(site.build().code, 0);
    let list = site.public("letterbox-targets.txt");
    let lines: Vec<&str> = list.lines().filter(|line| !line.starts_with('#')).collect();
    let base = "https://essai.example";
    assert_eq!(
        lines,
        [
            format!("{base}/"),
            format!("{base}/old/two/"),
            format!("{base}/posts/one/"),
            format!("{base}/posts/two/")
        ]
    );
}

#[test]
fn a_post_that_moved_is_told_from_its_new_address_only() {
    let world = World::new();
    let a = world.web.url("/a");
    world.post("one", &format!("[a]({a})"));
    world.ping(&["--yes"]);
    std::fs::remove_file(world.site.path("content/posts/one.md")).unwrap();
    let text = format!(
        "---\ntitle: two\ndate: 2026-01-01\ndescription: x\naliases: [/posts/one/]\n---\n\n[a]({a})\n"
    );
    world.site.write("content/posts/two.md", text);
    world.build();
    let run = world.ping(&["--yes"]);
    assert!(run.code == 0 && run.err.contains("1 sent"), "{}", run.err);
    let sources: Vec<String> = world.web.posted("/hook").iter().map(|one| one.body.clone()).collect();
    assert!(sources.len() == 2 && sources[1].contains("two"), "{sources:?}");
    assert!(world.ledger("one").contains("the post has moved"), "{}", world.ledger("one"));
    assert!(world.ping(&["--yes"]).err.contains("nothing to tell"));
}
